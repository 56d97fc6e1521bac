// The search dialog: `/` and Ctrl-K open it, typing, ↓ and Enter land, Esc gives the focus back, axe with
// it open, first key to results in 100 ms. Its checks go here once pages have the dialog; run.mjs runs
// whatever stands in `checks`.
export default { name: 'search', checks: [] };

// Turns alert pages into how far down a phone's screen the first command ends.
import { inPairs, withPage } from '../browser.mjs';
import { realPages } from '../pages.mjs';

const LOWEST = 680;
const CARD = '.card .cmd';

/** The bottom of the first command in px from the top of the page, or null. */
export const firstCommand = (page) => page.evaluate((card) => {
  const figure = document.querySelector(card);
  return figure && Math.round(figure.getBoundingClientRect().bottom + scrollY);
}, CARD);

async function firstCommandIsAboveTheFold(world, claim) {
  const alerts = realPages(world.demo).filter((page) => /^alerts\/./.test(page) && /class="card[" ]/.test(world.demo.html(page)));
  const figures = [];
  await inPairs(alerts, (address) => withPage(world, { path: address, mode: 'phone' }, async (page) => {
    const bottom = await firstCommand(page);
    if (bottom === null) return;
    figures.push({ page: address, px: bottom });
    claim({ page: address, mode: 'phone', what: 'the first command ends above the thumb bar', expected: `≤ ${LOWEST} px`, got: `${bottom} px`, ok: bottom <= LOWEST });
  }));
  world.report.figures = figures.sort((a, b) => b.px - a.px || (a.page < b.page ? -1 : 1));
  claim({ what: 'alert pages have a first command', expected: 'at least one page with .card .cmd', got: figures.length, ok: figures.length > 0 });
}

export default { name: 'fold', checks: [firstCommandIsAboveTheFold] };

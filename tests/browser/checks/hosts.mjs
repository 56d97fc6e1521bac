// Turns all that was asked for while the other groups ran into what went to other hosts. Runs last.
async function nothingWasAskedOfOtherHosts(world, claim) {
  claim({ what: 'no request to another host', expected: [], got: world.foreign.slice(0, 5).map(({ page, url }) => `${page} asks ${url}`) });
}

async function noPageComplained(world, claim) {
  claim({ what: 'no error in the console', expected: [], got: [...new Set(world.noise.map(({ page, text }) => `${page}: ${text}`))].slice(0, 5) });
}

export default { name: 'hosts', checks: [nothingWasAskedOfOtherHosts, noPageComplained] };

// Turns each page type into axe's verdict, in four modes, and once more with everything opened that a
// reader can open.
import { readFileSync } from 'node:fs';
import { MODES, inPairs, turn, withPage } from '../browser.mjs';
import { pagesWith } from '../runbook.mjs';

const SOURCE = readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function everyPageTypeIsAccessible(world, claim) {
  await inPairs(world.demo.types, ({ page: address, path }) =>
    withPage(world, { path, mode: 'light' }, (page) => inModes(page, Object.keys(MODES), address, claim)));
}

/** A wrong value, a running log and an armed deletion have colours and names of their own. */
async function openedAlertPage(world, claim) {
  const address = pagesWith(world.demo, 'fields')[0];
  if (address === undefined) {
    claim({ what: 'a page has a values form', expected: 'form[data-fill]', got: 'none', ok: false });
    return;
  }
  await withPage(world, { path: address, mode: 'phone' }, async (page) => {
    await page.locator('[data-fill] input[data-p]').first().fill('x; rm -rf /');
    await page.getByRole('button', { name: 'Start an incident log' }).click();
    await page.locator('.logp').waitFor();
    await inModes(page, ['phone', 'phone dark', 'light', 'dark'], address, claim);
  });
}

async function inModes(page, modes, address, claim) {
  for (const mode of modes) {
    await turn(page, mode);
    claim({ page: address, mode, what: 'axe finds nothing', expected: [], got: await axeFinds(page) });
  }
}

/** What axe finds on an open page as it is now. */
export async function axeFinds(page) {
  if (!await page.evaluate(() => Boolean(globalThis.axe))) await page.evaluate(SOURCE);
  return page.evaluate(violations, TAGS);
}

async function violations(values) {
  // preload would fetch the sheets again, which the policy of the page forbids
  const options = { runOnly: { type: 'tag', values }, resultTypes: ['violations'], preload: false };
  const { violations } = await globalThis.axe.run(document, options);
  return violations.map(({ id, nodes }) => `${id} ×${nodes.length}, first ${nodes[0].target.join(' ')} ${nodes[0].html.slice(0, 160)}`);
}

export default { name: 'axe', checks: [everyPageTypeIsAccessible, openedAlertPage] };

// Turns presses of Tab into the places where the focus stands, and tells whether a reader can see it there.
import { inPairs, withPage } from '../browser.mjs';
import { ofType } from '../pages.mjs';

const MOST = 600;

async function skipLinkComesFirst(world, claim) {
  await inPairs(world.demo.types, ({ page: address, path }) =>
    withPage(world, { path, mode: 'light' }, async (page) => {
      await page.keyboard.press('Tab');
      const first = await page.evaluate(() => document.activeElement.getAttribute('href'));
      claim({ page: address, what: 'Tab from the top reaches the skip link', expected: '#ol-main', got: first });
      const shown = await page.evaluate(() => document.activeElement.getBoundingClientRect().top >= 0);
      claim({ page: address, what: 'the skip link shows when it has the focus', expected: true, got: shown });
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      const inside = await page.evaluate(() => {
        const main = document.getElementById('ol-main');
        const after = main.compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_FOLLOWING;
        return main.contains(document.activeElement) || (!main.querySelector('a, button, input, summary, [tabindex]') && after > 0);
      });
      claim({ page: address, what: 'after Enter on the skip link the next Tab stands in main', expected: true, got: inside });
    }));
}

async function focusIsSeenOnAnAlertPage(world, claim) {
  const address = ofType(world.demo, 'alert with runbook');
  await withPage(world, { path: address, mode: 'phone' }, async (page) => {
    await page.evaluate(markFocusable);
    const reached = new Set();
    for (let pressed = 0; pressed < MOST; pressed += 1) {
      await page.keyboard.press('Tab');
      const stand = await page.evaluate(standing);
      if (!stand || reached.has(stand.number)) break;
      reached.add(stand.number);
      if (stand.fault) claim({ page: address, mode: 'phone', what: `focus is seen on ${stand.html}`, expected: 'in view and not covered', got: stand.fault, ok: false });
    }
    const missed = await page.evaluate((seen) => globalThis.tabbable.filter((_, i) => !seen.includes(i)).map((node) => node.outerHTML.slice(0, 120)), [...reached]);
    claim({ page: address, mode: 'phone', what: 'Tab reaches all that can have the focus', expected: [], got: missed.slice(0, 5) });
  });
}

function markFocusable() {
  const all = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  // one radio of a group, disabled and hidden ones are no stops
  globalThis.tabbable = [...document.querySelectorAll(all)].filter((node) => !node.disabled && node.checkVisibility({ visibilityProperty: true }));
}

function standing() {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const box = node.getBoundingClientRect();
  const html = node.outerHTML.slice(0, 120);
  const number = globalThis.tabbable.indexOf(node);
  const top = Math.max(box.top, 0);
  const bottom = Math.min(box.bottom, innerHeight);
  const left = Math.max(box.left, 0);
  const right = Math.min(box.right, innerWidth);
  if (!box.width || !box.height) return { number, html, fault: 'no size' };
  if (bottom <= top || right <= left) return { number, html, fault: `outside the screen (top ${Math.round(box.top)} px)` };
  // a link that wraps has a hollow bounding box: ask where its first line is
  const line = [...node.getClientRects()].find((part) => part.bottom > 0 && part.top < innerHeight) ?? box;
  const x = (Math.max(line.left, 0) + Math.min(line.right, innerWidth)) / 2;
  const y = (Math.max(line.top, 0) + Math.min(line.bottom, innerHeight)) / 2;
  const above = document.elementFromPoint(x, y);
  const seen = above && (node.contains(above) || above.contains(node) || above.closest('label')?.contains(node));
  return { number, html, fault: seen ? null : `covered by ${above?.outerHTML.slice(0, 80)}` };
}

export default { name: 'keyboard', checks: [skipLinkComesFirst, focusIsSeenOnAnAlertPage] };

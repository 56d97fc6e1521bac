// Turns pages without JavaScript into what a reader can still do, and into controls that do nothing.
import { inPairs, withPage } from '../browser.mjs';
import { realPages } from '../pages.mjs';
import { pagesWith } from '../runbook.mjs';

const PLAIN = { javaScriptEnabled: false, mode: 'phone' };

async function everyPageTypeReadsWithoutScript(world, claim) {
  await inPairs(world.demo.types, ({ page: address, path }) => withPage(world, { path, ...PLAIN }, async (page) => {
    const where = { page: address, mode: 'no JS' };
    const words = await page.locator('#ol-main').innerText();
    claim({ ...where, what: 'main has text', expected: 'over 20 characters', got: words.slice(0, 60), ok: words.trim().length > 20 });
    claim({ ...where, what: 'controls that do nothing', expected: [], got: await page.evaluate(idleControls) });
    await page.locator('.menu').click();
    claim({ ...where, what: 'the menu link leads to the menu', expected: true, got: await page.evaluate(inView, '#ol-menu') });
  }));
}

function idleControls() {
  const visible = (node) => node.checkVisibility({ visibilityProperty: true });
  const acts = (node) => node.closest('form[action]') || (node.type === 'checkbox' && node.closest('#ol-main label'));
  const controls = [...document.querySelectorAll('button, input, select, textarea')].filter((node) => visible(node) && !node.disabled && !acts(node));
  const forms = [...document.querySelectorAll('form:not([action])')].filter(visible);
  const links = [...document.querySelectorAll('a')].filter((a) => {
    const href = a.getAttribute('href');
    if (!visible(a) || (href && !href.startsWith('#'))) return false;
    return !href || href === '#' || !document.getElementById(decodeURIComponent(href.slice(1)));
  });
  return [...controls, ...forms, ...links].map((node) => node.outerHTML.slice(0, 120));
}

function inView(selector) {
  const node = document.querySelector(selector);
  const box = node?.getBoundingClientRect();
  return Boolean(box && box.height && box.top < innerHeight && box.bottom > 0);
}

async function escalationIsOnePressAway(world, claim) {
  const alerts = realPages(world.demo).filter((page) => /^alerts\/./.test(page) && /<nav class="dock"/.test(world.demo.html(page)));
  claim({ what: 'alert pages have the thumb bar', expected: 'at least one .dock', got: alerts.length, ok: alerts.length > 0 });
  await inPairs(alerts.slice(0, 6), (address) => withPage(world, { path: address, ...PLAIN }, async (page) => {
    const link = page.locator('.dock a', { hasText: /escalate/i });
    if (!claim({ page: address, what: 'links to the escalation in the bar', expected: 1, got: await link.count() })) return;
    const target = await link.getAttribute('href');
    await link.click();
    const seen = await page.evaluate(inView, target);
    claim({ page: address, mode: 'no JS', what: `the bar leads to ${target}`, expected: true, got: seen });
    const covered = await page.evaluate((selector) => {
      const box = document.querySelector(selector).getBoundingClientRect();
      return document.elementFromPoint(box.left + 4, box.top + Math.min(8, box.height / 2))?.closest('.dock, .band') ? 'covered' : 'free';
    }, target);
    claim({ page: address, mode: 'no JS', what: 'its heading stands free', expected: 'free', got: covered });
  }));
}

async function boxesTick(world, claim) {
  const pages = [...pagesWith(world.demo, 'steps').slice(0, 1), ...pagesWith(world.demo, 'tasks').slice(0, 1)];
  claim({ what: 'pages have checkboxes', expected: 'at least one', got: pages.length, ok: pages.length > 0 });
  for (const address of new Set(pages)) {
    await withPage(world, { path: address, ...PLAIN }, async (page) => {
      const box = page.locator('#ol-main input[type=checkbox]:not([disabled])').first();
      await box.check();
      claim({ page: address, mode: 'no JS', what: 'a checkbox ticks', expected: true, got: await box.isChecked() });
    });
  }
}

export default { name: 'noscript', checks: [everyPageTypeReadsWithoutScript, escalationIsOnePressAway, boxesTick] };

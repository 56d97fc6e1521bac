// Turns keys, pastes and links into what the search shows, in a dialog, on its own page, from the disk and offline.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { MODES, ignoreTimeout, turn, until, withContext, withPage } from '../browser.mjs';
import { axeFinds } from './axe.mjs';
import { ofType, realPages } from '../pages.mjs';
import { build } from '../sites.mjs';

const FILLING_MS = 20_000;
const KIB = 1024;
// reader.md 4.7: the goal that must hold; what a question costs that finds nothing loaded, excerpts included
const SCRIPTS_MOST = 15 * KIB;
const FIRST_MOST = { bytes: 40 * KIB, requests: 24 };

const box = (page) => page.locator('[role=combobox]');
const chosen = (page) => page.locator('[role=option][aria-selected=true]');
const isOpen = (page) => page.evaluate(() => Boolean(document.querySelector('dialog.pal[open]')));

/** An alert with a runbook: its address and its name. */
function anAlert(site) {
  const page = (site.types && ofType(site, 'alert with runbook')) ?? realPages(site).find((address) => /^alerts\/[^/]+\/$/.test(address));
  return { page, name: decodeURIComponent(page.split('/')[1]) };
}

/** Waits until the status tells what a question has found; returns it. */
async function told(page, words = /^(\d+ pages?|Nothing)/) {
  const status = page.locator('.pal [role=status]');
  await until(async () => words.test(await status.textContent()), 5000);
  return status.textContent();
}

async function ask(page, text) {
  await page.locator('.pal [role=status]').evaluate((node) => (node.textContent = ''));
  await box(page).fill(text);
  return told(page);
}

async function openBySlash(page) {
  await page.keyboard.press('/');
  await page.locator('dialog.pal[open]').waitFor();
}

async function keysAndLinksOpenIt(world, claim) {
  const { page: address } = anAlert(world.demo);
  await withPage(world, { path: address, mode: 'light' }, async (page) => {
    for (const key of ['/', 'Control+k', 'Meta+k']) {
      await page.locator('.brand').focus();
      await page.keyboard.press(key);
      await page.locator('dialog.pal[open]').waitFor().catch(ignoreTimeout);
      const inside = await box(page).evaluate((node) => node === document.activeElement).catch(() => 'no field');
      claim({ page: address, mode: key, what: 'the field has the focus', expected: true, got: inside });
      await page.keyboard.press('Escape');
      await until(async () => !await isOpen(page), 2000);
      const back = await page.evaluate(() => document.activeElement.className);
      claim({ page: address, mode: key, what: 'Escape gives the focus back', expected: 'brand', got: back });
    }
    // Nothing waits between the keys: closing goes back in the history, which takes a moment, and leaves the focus
    // in the hidden field until the next frame.
    for (let n = 1; n <= 5; n += 1) {
      await page.keyboard.press('/');
      await page.locator('dialog.pal[open]').waitFor().catch(ignoreTimeout);
      await page.evaluate((inField) => {
        const panel = document.querySelector('dialog.pal');
        panel.close();
        const target = inField ? panel.querySelector('input') : document.body;
        target.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true }));
      }, n % 2);
      await page.waitForTimeout(300);
      claim({ page: address, what: `asked for within its closing, time ${n}, it opens again`, expected: true, got: await isOpen(page) });
      await page.keyboard.press('Escape');
      await page.keyboard.press('/');
      await page.waitForTimeout(300);
      claim({ page: address, what: `a key right behind Escape, time ${n}, opens it`, expected: true, got: await isOpen(page) });
      await page.keyboard.press('Escape');
      await until(async () => !await isOpen(page), 2000);
    }
    await openBySlash(page);
    await page.keyboard.press('Control+k');
    claim({ page: address, what: 'Ctrl-K closes it too', expected: false, got: await until(async () => !await isOpen(page), 2000) ? false : true });
    const field = page.locator('[data-fill] input').first();
    if (await field.count()) {
      await field.fill('');
      await page.keyboard.type('a/b');
      claim({ page: address, what: 'a slash in a field is a slash', expected: ['a/b', false], got: [await field.inputValue(), await isOpen(page)] });
    }
  });
  await withPage(world, { path: address, mode: 'phone' }, async (page) => {
    const links = await page.locator('[data-find]').count();
    claim({ page: address, mode: 'phone', what: 'links that open it, in the band and under the thumb', expected: '≥ 2', got: links, ok: links >= 2 });
    for (let n = 0; n < links; n += 1) {
      await page.locator('[data-find]').nth(n).click();
      await page.locator('dialog.pal[open]').waitFor().catch(ignoreTimeout);
      claim({ page: address, mode: 'phone', what: `link ${n + 1} opens it`, expected: true, got: await isOpen(page) });
      await page.getByRole('button', { name: 'Close' }).click();
      await until(async () => !await isOpen(page), 2000);
    }
  });
}

async function typingAndEnterLand(world, claim) {
  const { page: target, name } = anAlert(world.demo);
  await withPage(world, { path: 'services/', mode: 'light' }, async (page) => {
    await openBySlash(page);
    const status = await ask(page, name);
    claim({ what: 'the status tells how many', expected: 'n pages', got: status, ok: /^\d+ pages?\./.test(status) });
    const state = await box(page).evaluate((node) => ({
      expanded: node.getAttribute('aria-expanded'),
      list: document.getElementById(node.getAttribute('aria-controls'))?.getAttribute('role'),
      active: document.getElementById(node.getAttribute('aria-activedescendant'))?.getAttribute('aria-selected'),
      named: document.querySelectorAll('.pal [role=listbox] > :not([role=group][aria-label])').length,
      links: document.querySelectorAll('.pal [role=option]:not(a[href])').length,
    }));
    claim({ what: 'the field tells list and choice', expected: { expanded: 'true', list: 'listbox', active: 'true', named: 0, links: 0 }, got: state });
    const first = await chosen(page).getAttribute('href');
    claim({ what: 'the name of an alert finds its page first', expected: target, got: first, ok: first.endsWith(target) });
    await page.keyboard.press('ArrowDown');
    const second = await chosen(page).getAttribute('href');
    claim({ what: 'the arrow chooses another', expected: `not ${first}`, got: second, ok: second !== first });
    await page.keyboard.press('Enter');
    await page.waitForURL(second).catch(ignoreTimeout);
    claim({ what: 'Enter opens it', expected: second, got: page.url() });
  });
  await withPage(world, { path: 'services/', mode: 'light' }, async (page) => {
    await openBySlash(page);
    await page.keyboard.type(name);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/${target}`).catch(ignoreTimeout);
    claim({ what: 'Enter before the hits are there opens the best', expected: target, got: page.url(), ok: page.url().endsWith(target) });
  });
}

/** Sections, copies and the list of keys, by the keyboard alone. */
async function keysWorkOnAHit(world, claim) {
  const { page: target } = anAlert(world.demo);
  const options = { path: 'services/', mode: 'light', permissions: ['clipboard-read', 'clipboard-write'] };
  await withPage(world, options, async (page) => {
    const status = page.locator('.pal [role=status]');
    const number = () => page.locator('[role=option]').count();
    const active = () => box(page).evaluate((node) => document.getElementById(node.getAttribute('aria-activedescendant'))?.getAttribute('href'));
    await openBySlash(page);
    await page.keyboard.press('?');
    const listed = await told(page, /Alt C.*Esc/);
    claim({ what: '? in the empty field lists the keys', expected: /Alt C.*Esc/.source, got: listed, ok: /Alt C.*Esc/.test(listed) });
    claim({ what: 'and is not typed', expected: '', got: await box(page).inputValue() });
    await page.keyboard.type('why?');
    claim({ what: 'behind a word it is typed', expected: 'why?', got: await box(page).inputValue() });
    await told(page);

    await ask(page, 'kind:runbook memory');
    const before = await number();
    const hit = (await active()).split('#')[0];
    await page.keyboard.press('ArrowRight');
    const opened = await number();
    claim({ what: '→ opens the sections of the hit', expected: `> ${before}`, got: opened, ok: opened > before });
    const section = await active();
    claim({ what: 'and chooses the first of them', expected: `${hit}#…`, got: section, ok: section.startsWith(`${hit}#`) });
    const ids = await page.locator('[role=option]').evaluateAll((nodes) => new Set(nodes.map((node) => node.id)).size);
    claim({ what: 'each option has an id of its own', expected: opened, got: ids });
    const selected = await page.locator('[role=option][aria-selected=true]').count();
    claim({ what: 'one is selected', expected: 1, got: selected });
    claim({ what: 'axe finds nothing with sections open', expected: [], got: await axeFinds(page) });
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowLeft');
    claim({ what: '← closes them and chooses the hit', expected: [before, hit], got: [await number(), (await active()).split('#')[0]] });
    await page.keyboard.press('ArrowRight');
    const url = new URL(await active(), page.url()).href;
    await page.keyboard.press('Enter');
    await page.waitForURL(url).catch(ignoreTimeout);
    claim({ what: 'Enter opens a section', expected: url, got: page.url() });

    await page.goto(world.server.origin + 'services/');
    await openBySlash(page);
    await ask(page, 'kind:alert session login pool');
    const copied = { command: 0, link: 0 };
    for (let n = await number(); n > 0; n -= 1) {
      const [link, told] = await chosen(page).evaluate((node) => [node.href, node.hit?.copies ? node.hit.note : '']);
      await page.keyboard.press('Alt+c');
      const want = told || link;
      await until(async () => await page.evaluate(() => navigator.clipboard.readText()) === want, 2000);
      const got = await page.evaluate(() => navigator.clipboard.readText());
      claim({ what: `Alt-C on hit ${n} from the last`, expected: want, got });
      claim({ what: 'and says so', expected: 'Copied: …', got: await status.textContent(), ok: (await status.textContent()) === `Copied: ${told || 'the link'}` });
      copied[told ? 'command' : 'link'] += 1;
      await page.keyboard.press('ArrowDown');
    }
    claim({ what: 'a command that changes nothing is copied, for others the link', expected: '≥ 1 of each', got: copied, ok: copied.command > 0 && copied.link > 0 });
    claim({ what: 'the field keeps the focus', expected: true, got: await box(page).evaluate((node) => node === document.activeElement) });

    await ask(page, decodeURIComponent(target.split('/')[1]));
    const marks = page.locator('[role=option] .chip');
    const now = await marks.count();
    await page.clock.setFixedTime(new Date('2099-01-01'));
    await ask(page, `${decodeURIComponent(target.split('/')[1])} `);
    const later = await marks.count();
    claim({ what: 'a hit whose review is overdue says so, and only then', expected: 'more in 2099', got: [now, later], ok: later > now });
  });
}

async function aLateAnswerIsDropped(world, claim) {
  await withPage(world, { path: 'services/', mode: 'light' }, async (page) => {
    let held = null;
    await page.route('**/search/*.js', (route) => held ? held.push(route) : route.continue());
    await openBySlash(page);
    await told(page, /alert/i);
    held = [];
    await box(page).fill('memory');
    await until(() => held.length, 3000);
    const late = held;
    held = null;
    claim({ what: 'the first question waits for a file', expected: '≥ 1', got: late.length, ok: late.length > 0 });
    const status = await ask(page, 'certificate');
    const hits = await page.locator('[role=option] > span').allTextContents();
    await Promise.all(late.map((route) => route.continue()));
    await page.waitForTimeout(300);
    const after = [await page.locator('.pal [role=status]').textContent(), await page.locator('[role=option] > span').allTextContents()];
    claim({ what: 'what is shown stays the answer to the last words', expected: [status, hits], got: after });
  });
}

async function facetsWriteTheQuestion(world, claim) {
  await withPage(world, { path: 'services/', mode: 'light' }, async (page) => {
    await openBySlash(page);
    const before = await ask(page, 'pool');
    const chip = page.locator('.facets button').filter({ hasText: /^Alerts/ });
    const count = Number(await chip.locator('b').textContent());
    await chip.click();
    const after = await told(page, RegExp(`^${count} page`));
    claim({ what: 'a chip leaves as many as it said', expected: count, got: parseInt(after, 10) });
    claim({ what: 'and stands in the question', expected: 'pool kind:alert', got: await box(page).inputValue() });
    const pressed = page.locator('.facets [aria-pressed=true]');
    claim({ what: 'it is pressed', expected: 1, got: await pressed.count() });
    await pressed.first().click();
    claim({ what: 'pressed again it gives all back', expected: before, got: await told(page, RegExp(`^${before.split('.')[0]}`)) });
  });
}

async function backAndForth(world, claim) {
  const { name } = anAlert(world.demo);
  await withPage(world, { path: 'services/', mode: 'light' }, async (page) => {
    const start = page.url();
    await openBySlash(page);
    await ask(page, name);
    claim({ what: 'the address holds the question', expected: name, got: new URL(page.url()).searchParams.get('q') });
    await page.goBack();
    claim({ what: 'Back closes the search', expected: [false, start], got: [await until(async () => !await isOpen(page), 2000) ? false : true, page.url()] });
    await openBySlash(page);
    await ask(page, name);
    const target = await chosen(page).getAttribute('href');
    await page.keyboard.press('Enter');
    await page.waitForURL(target);
    await page.goBack();
    await page.locator('dialog.pal[open]').waitFor().catch(ignoreTimeout);
    const status = await told(page);
    claim({ what: 'Back from a hit shows the question and its hits again', expected: name, got: await box(page).inputValue() });
    claim({ what: 'with its hits', expected: 'n pages', got: status, ok: /^\d+ page/.test(status) });
    await page.keyboard.press('Escape');
    await until(() => page.url() === start, 2000);
    claim({ what: 'Escape then leaves no question behind', expected: start, got: page.url() });
    await openBySlash(page);
    // the last letter and Escape before anything could be made of the letter
    await box(page).evaluate((node) => {
      node.value = 'heron';
      node.dispatchEvent(new InputEvent('input', { bubbles: true }));
      node.closest('dialog').close();
    });
    await pause(300);
    const left = await page.evaluate(() => history.state?.find ?? 'nothing');
    claim({ what: 'nor does Escape right behind a letter', expected: [start, 'nothing', false], got: [page.url(), left, await isOpen(page)] });
  });
}

const put = (page, text) => box(page).evaluate((node, data) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData('text', data);
  node.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}, text);

async function pastedLogsAndAlerts(world, claim) {
  const { page: target, name } = anAlert(world.demo);
  await withPage(world, { path: 'services/', mode: 'light' }, async (page) => {
    await openBySlash(page);
    const log = `2026-11-22T03:14:07.123Z level=info msg="request done" id=4f1c2b7a99\n2026-11-22T03:14:08.001Z level=error msg="FATAL: remaining connection slots are reserved" pid=812\n`;
    await put(page, log);
    const status = await told(page);
    claim({ what: 'a pasted log finds pages', expected: 'n pages', got: status, ok: /^\d+ page/.test(status) });
    claim({ what: 'and does not stand in the address', expected: null, got: new URL(page.url()).searchParams.get('q') });
    await put(page, JSON.stringify({ version: '4', alerts: [{ status: 'firing', labels: { alertname: name, cluster: 'eu-1', severity: 'page' }, annotations: { summary: 'x' } }] }, null, 2));
    await page.waitForURL(`**/${target}#*`).catch(ignoreTimeout);
    const hash = new URLSearchParams(new URL(page.url()).hash.slice(1));
    claim({ what: 'what Alertmanager sends opens the page of its alert, with its labels', expected: [target, 'eu-1'], got: [page.url(), hash.get('cluster')], ok: new URL(page.url()).pathname.endsWith(target) && hash.get('cluster') === 'eu-1' });
  });
}

async function nothingFoundSaysWhy(world, claim) {
  await withPage(world, { path: 'services/', mode: 'phone' }, async (page) => {
    await openBySlash(page);
    const status = await ask(page, 'zzqqxyv team:checkout');
    claim({ what: 'it names the word that nobody wrote', expected: /zzqqxyv/.source, got: status, ok: /^Nothing found.*zzqqxyv/.test(status) });
    const ways = await page.locator('.pal > .row').last().locator('a, button').allTextContents();
    claim({ what: 'and offers what else to do', expected: 'Without team:checkout, All alerts…', got: ways, ok: ways[0] === 'Without team:checkout' && ways.length >= 3 });
    const fixed = await ask(page, 'certifcate');
    claim({ what: 'a typo is told', expected: 'Searched for … instead of “certifcate”', got: fixed, ok: /Searched for “certificate\w*” instead of “certifcate”/.test(fixed) });
  });
  await withPage(world, { path: 'services/', mode: 'phone', quiet: true }, async (page) => {
    await page.route('**/search/root.js', (route) => route.abort());
    await openBySlash(page);
    const status = await told(page, /cannot/);
    const ways = await page.locator('.pal > .row').last().locator('a').count();
    claim({ what: 'a search that does not load says so and leads on', expected: 'The search cannot be loaded.', got: status, ok: /cannot be loaded/.test(status) && ways >= 3 });
  });
}

async function theEmptyBoxRemembers(world, claim) {
  await withPage(world, { path: 'services/', mode: 'light' }, async (page) => {
    await page.evaluate(() => localStorage.setItem('opslore:teams', '["checkout"]'));
    await page.goto(`${world.server.origin}alerts/`);
    await openBySlash(page);
    await page.locator('[role=option]').first().waitFor();
    const groups = await page.locator('.pal [role=group][aria-label]').evaluateAll((nodes) => nodes.map((node) => node.ariaLabel));
    claim({ what: 'recent pages and those of my team', expected: ['Recent on this device', 'Of checkout'], got: groups.filter((name) => name !== 'Narrow down') });
  });
}

async function accessibleInEveryState(world, claim) {
  for (const [path, text] of [['alerts/', ''], ['alerts/', 'checkout latency'], ['alerts/', 'zzqqxyv'], ['', 'redis'], ['search/', 'redis']]) {
    await withPage(world, { path, mode: 'light' }, async (page) => {
      if (path === 'alerts/') await openBySlash(page);
      else await page.locator('[data-search] input').focus();
      if (text) {
        await page.locator('[role=combobox]').waitFor();
        await ask(page, text);
      }
      await page.waitForTimeout(300);
      for (const mode of Object.keys(MODES)) {
        await turn(page, mode);
        claim({ page: path, mode: `${mode}, “${text}”`, what: 'axe finds nothing', expected: [], got: await axeFinds(page) });
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        claim({ page: path, mode: `${mode}, “${text}”`, what: 'no sideways scroll', expected: 0, got: Math.max(0, sideways) });
      }
    });
  }
}

async function itsPageAndTheHomePage(world, claim) {
  const { page: target, name } = anAlert(world.demo);
  for (const path of ['search/', '']) {
    await withPage(world, { path: `${path}?q=${name}`, mode: 'phone' }, async (page) => {
      const status = await told(page);
      claim({ page: path, what: '?q= is answered in the page', expected: [true, false], got: [/^\d+ page/.test(status), await isOpen(page)] });
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/${target}`).catch(ignoreTimeout);
      claim({ page: path, what: 'Enter opens the best', expected: target, got: page.url(), ok: page.url().endsWith(target) });
    });
  }
  await withPage(world, { path: '', mode: 'phone', javaScriptEnabled: false }, async (page) => {
    await page.locator('[data-search] input').fill(name);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/search/?q=*').catch(ignoreTimeout);
    const words = await page.locator('.no-js').innerText();
    claim({ page: 'search/', mode: 'no JS', what: 'it says what it needs and what helps', expected: 'needs JavaScript … opslore search', got: words, ok: /needs JavaScript/.test(words) && /opslore search/.test(words) });
    const ways = await page.locator('.no-js a').evaluateAll((links) => links.map((link) => new URL(link.href).pathname));
    claim({ page: 'search/', mode: 'no JS', what: 'the lists that help', expected: ['/alerts/', '/services/', '/runbooks/'], got: ways });
  });
}

async function worksFromDisk(world, claim) {
  const { page: target, name } = anAlert(world.portable);
  await withContext(world, { mode: 'light' }, async (context) => {
    const page = await context.newPage();
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(pathToFileURL(join(world.portable.folder, 'services/index.html')).href);
    await openBySlash(page);
    await ask(page, name);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/${target}index.html**`).catch(ignoreTimeout);
    claim({ mode: 'file://', what: 'a question leads to its page', expected: `${target}index.html`, got: page.url(), ok: page.url().includes(`${target}index.html`) });
    claim({ mode: 'file://', what: 'complaints of the browser', expected: [], got: complaints });
  });
}

async function worksWithoutANetwork(world, claim) {
  const { page: target, name } = anAlert(world.demo);
  await withContext(world, { workers: true, quiet: true, mode: 'phone' }, async (context) => {
    const page = await context.newPage();
    await page.goto(world.server.origin);
    const all = [...world.demo.files].filter((file) => /^search\/.*\.js$/.test(file)).map((file) => world.server.origin + file);
    const kept = () => page.evaluate(async (urls) => (await Promise.all(urls.map((url) => caches.match(url)))).every(Boolean), all);
    claim({ what: `the worker keeps all ${all.length} files of the search`, expected: true, got: await until(kept, FILLING_MS) });
    try {
      for (const mode of ['closed', 'hang']) {
        await world.server.set(mode);
        const other = await context.newPage();
        await other.goto(`${world.server.origin}services/`);
        await openBySlash(other);
        await ask(other, name);
        const href = await chosen(other).getAttribute('href').catch(() => 'none');
        claim({ mode, what: 'the search answers', expected: target, got: href, ok: href.endsWith(target) });
        await other.close();
      }
    } finally {
      await world.server.set('normal');
    }
  });
}

/** Below a hit stands the line of its section that has most of what was asked, with these words marked. */
async function theLineSaysWhy(world, claim) {
  await withPage(world, { path: 'services/', mode: 'light' }, async (page) => {
    await openBySlash(page);
    await ask(page, 'what does the provider say');
    const lines = page.locator('[role=option] > small:has(mark)');
    const marked = () => lines.evaluateAll((nodes) => nodes.map((node) => [...node.querySelectorAll('mark')].map((mark) => mark.textContent).join(' ')));
    await until(async () => (await marked()).includes('provider say'), 5000);
    const got = await marked();
    claim({ what: 'a line with both words, and no others marked', expected: 'provider say', got, ok: got.includes('provider say') });
  });
}

/** A page that was open while the site was published anew answers from what is there now. */
async function aNewSiteAnswersOldPages(world, claim) {
  const source = join(world.folder, 'published-anew');
  mkdirSync(join(source, 'runbooks'), { recursive: true });
  writeFileSync(join(source, 'runbooks', 'zeppelin.md'), '# Zeppelin leaks\n\nClose the valve of the checkout.\n');
  const anew = build(world, claim, 'anew', source);
  if (!anew) return;
  await withPage(world, { path: 'services/' }, async (page) => {
    await openBySlash(page);
    await ask(page, 'stock');
    world.server.show(anew.folder);
    try {
      await ask(page, 'checkout');
      const href = await chosen(page).getAttribute('href').catch(() => 'none');
      claim({ what: 'the first question after it finds the new page', expected: 'zeppelin', got: href, ok: /zeppelin/.test(href) });
    } finally {
      world.server.show(world.demo.folder);
    }
  });
}

/** What a reader pays who searches from an alert's page, with nothing in the cache. */
async function theFirstQuestionIsLight(world, claim) {
  const rows = [];
  for (const site of [world.demo, ...world.corpora.filter(({ name }) => name === 'one-organization')]) {
    const { page: address, name } = anAlert(site);
    world.server.show(site.folder);
    try {
      await withContext(world, { mode: 'phone' }, async (context) => {
        await context.addInitScript(() => {
          globalThis.refused = [];
          addEventListener('securitypolicyviolation', ({ blockedURI, effectiveDirective }) => globalThis.refused.push(`${effectiveDirective} ${blockedURI}`));
        });
        const page = await context.newPage();
        const wire = await bytesOf(context, page);
        await page.goto(world.server.origin + address, { waitUntil: 'networkidle' });
        await openBySlash(page);
        await ask(page, name);
        await page.waitForLoadState('networkidle');
        await page.waitForTimeout(400);
        rows.push({ site: site.name, pages: site.pages.length, 'JS gz': wire.scripts, 'search gz': wire.search, requests: wire.requests });
        claim({ page: address, mode: site.name, what: 'bytes of all scripts of an alert’s page with the search in use', expected: `≤ ${SCRIPTS_MOST}`, got: wire.scripts, ok: wire.scripts <= SCRIPTS_MOST });
        claim({ page: address, mode: site.name, what: 'bytes of the first question', expected: `≤ ${FIRST_MOST.bytes}`, got: wire.search, ok: wire.search <= FIRST_MOST.bytes && wire.search > 0 });
        claim({ page: address, mode: site.name, what: 'requests of the first question', expected: `≤ ${FIRST_MOST.requests}`, got: wire.requests, ok: wire.requests <= FIRST_MOST.requests });
        claim({ page: address, mode: site.name, what: 'what the policy refused', expected: [], got: await page.evaluate(() => globalThis.refused) });
        const found = (await chosen(page).getAttribute('href')) ?? '';
        claim({ page: address, mode: site.name, what: 'and finds the page', expected: address, got: found, ok: found.includes(address.split('/').slice(0, 2).join('/')) });
      });
    } finally {
      world.server.show(world.demo.folder);
    }
  }
  for (const row of rows) console.log(`  first question: ${Object.entries(row).map(([name, value]) => `${name} ${value}`).join(', ')}`);
}

async function bytesOf(context, page) {
  const wire = { scripts: 0, search: 0, requests: 0 };
  const kinds = new Map();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  session.on('Network.requestWillBeSent', ({ requestId, request }) => {
    const path = new URL(request.url).pathname;
    if (/^\/assets\/.*\.js$/.test(path)) kinds.set(requestId, 'scripts');
    if (/^\/search\/.*\.js$/.test(path)) kinds.set(requestId, 'search');
    if (kinds.get(requestId) === 'search') wire.requests += 1;
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (kinds.has(requestId)) wire[kinds.get(requestId)] += encodedDataLength;
  });
  return wire;
}

export default {
  name: 'search',
  checks: [
    keysAndLinksOpenIt, typingAndEnterLand, keysWorkOnAHit, aLateAnswerIsDropped, facetsWriteTheQuestion, backAndForth, pastedLogsAndAlerts,
    nothingFoundSaysWhy, theEmptyBoxRemembers, accessibleInEveryState, itsPageAndTheHomePage, worksFromDisk,
    worksWithoutANetwork, theLineSaysWhy, aNewSiteAnswersOldPages, theFirstQuestionIsLight,
  ],
};

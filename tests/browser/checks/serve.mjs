// Turns edits of a served folder into what an open page does: the change without losing the place, what is
// wrong above a page that stays, and nothing lost under many saves.
import { spawn } from 'node:child_process';
import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MODES, until } from '../browser.mjs';
import { NOW, contentFolder } from '../sites.mjs';

const PAGE = 'runbooks/postgres-replication-lag/';
const FILE = 'repos/data-platform/inventory-db/ops/runbooks/postgres-replication-lag.md';
const PATIENCE = 30_000;
const SAVES = 200;

/** Serves a copy of the content and hands on an open page of it. */
async function withServed(world, { mode = 'phone', workers = 'block' }, use) {
  const folder = join(world.folder, `serve-${Math.random().toString(36).slice(2)}`);
  cpSync(contentFolder(world), folder, { recursive: true });
  const server = spawn(resolve(world.options.opslore), ['serve', folder, '--port', '0', '--now', NOW, '--quiet'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise((done) => server.once('exit', (code, signal) => done(signal ?? code)));
  const origin = await new Promise((done, fail) => {
    server.stdout.once('data', (line) => done(String(line).trim()));
    server.once('exit', () => fail(new Error('serve ended before it began')));
  });
  const context = await world.browser.newContext({ ...MODES[mode], reducedMotion: 'reduce', serviceWorkers: workers });
  const noise = [];
  context.on('page', (page) => {
    page.on('pageerror', (error) => noise.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && noise.push(message.text()));
  });
  try {
    const page = await context.newPage();
    await page.goto(origin + PAGE);
    const file = join(folder, FILE);
    const text = readFileSync(file, 'utf8');
    await use({ page, server, ended, origin, folder, file, text, noise, context });
  } finally {
    await context.close();
    server.kill();
    await ended;
  }
}

/** Saves as editors do: beside, then in its place. */
function save(file, text) {
  writeFileSync(`${file}~`, text);
  renameSync(`${file}~`, file);
}

const says = (page, words) => until(() => page.evaluate((w) => document.body?.innerText.includes(w), words).catch(() => false), PATIENCE);
const problem = (page) => page.evaluate(() => document.querySelector('opslore-problems')?.shadowRoot.textContent ?? '').catch(() => '');

async function editIsSeenInPlace(world, claim) {
  await withServed(world, {}, async ({ page, file, text, noise }) => {
    await page.evaluate(() => scrollTo(0, 700));
    const before = await page.evaluate(() => (window.begun = true) && scrollY);
    const buttons = () => page.evaluate(() => document.querySelectorAll('button').length);
    const usual = await buttons();
    for (const bird of ['heron', 'stork', 'crane']) {
      save(file, `${text}\n## What we saw\n\nThe ${bird} sleeps.\n`);
      claim({ page: PAGE, what: 'the change is seen', expected: true, got: await says(page, `The ${bird} sleeps.`) });
    }
    const after = await until(() => page.evaluate((y) => scrollY === y && scrollY, before).catch(() => false), PATIENCE);
    claim({ page: PAGE, what: 'the place is kept', expected: before, got: after, ok: before > 0 && before === after });
    claim({ page: PAGE, what: 'no new document was needed', expected: true, got: await page.evaluate(() => window.begun) });
    // what the scripts made of the page that was
    claim({ page: PAGE, what: 'each button is there once', expected: usual, got: await until(async () => (await buttons()) === usual && usual, PATIENCE) });
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    await page.getByRole('button', { name: 'Light or dark' }).click();
    claim({ page: PAGE, what: 'a button works once', expected: 'dark', got: await theme() });
    for (const bird of ['raven', 'finch']) {
      await page.keyboard.press('/');
      await page.locator('dialog[open] input').waitFor();
      await page.keyboard.type(bird);
      const got = await page.evaluate(() => [document.querySelectorAll('dialog').length, document.activeElement.value]);
      claim({ page: PAGE, what: 'the search opens once', expected: [1, bird], got });
      // files that it still asks for would be gone with the site that has them
      await until(() => page.evaluate(() => /page|Nothing/.test(document.querySelector('dialog [role=status]')?.textContent)), PATIENCE);
      await page.keyboard.press('Escape');
      save(file, `${text}\n## What we saw\n\nThe ${bird} sleeps.\n`);
      claim({ page: PAGE, what: 'the change is seen', expected: true, got: await says(page, `The ${bird} sleeps.`) });
      await until(async () => (await buttons()) === usual, PATIENCE);
    }
    claim({ page: PAGE, what: 'no error in the console', expected: [], got: noise });
  });
}

async function otherSheetsTakeANewDocument(world, claim) {
  await withServed(world, {}, async ({ page, folder, noise }) => {
    await page.evaluate(() => scrollTo(0, 700));
    const before = await page.evaluate(() => (window.begun = true) && scrollY);
    const site = join(folder, 'opslore.yaml');
    save(site, `${readFileSync(site, 'utf8')}\ntheme: slate\n`);
    const fresh = await until(() => page.evaluate(() => !window.begun).catch(() => false), PATIENCE);
    claim({ page: PAGE, what: 'the page is loaded anew', expected: true, got: fresh });
    await page.waitForLoadState();
    const after = await until(() => page.evaluate((y) => Math.abs(scrollY - y) < 200 && scrollY, before).catch(() => false), PATIENCE);
    claim({ page: PAGE, what: 'near the place', expected: before, got: after, ok: after > 0 });
    claim({ page: PAGE, what: 'no error in the console', expected: [], got: noise });
  });
}

async function brokenFileIsToldAboveThePageThatStays(world, claim) {
  for (const mode of ['light', 'phone dark']) {
    await withServed(world, { mode }, async ({ page, folder, file, text, noise }) => {
      const title = await page.title();
      save(file, text.replace('---\n', '---\nowner: [\n'));
      const told = await until(async () => (await problem(page)).includes('OL104'), PATIENCE);
      claim({ page: PAGE, mode, what: 'a broken file is told', expected: true, got: told });
      claim({ page: PAGE, mode, what: 'the last good page stays', expected: title, got: await page.title() });
      const fits = await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
      claim({ page: PAGE, mode, what: 'nothing scrolls sideways', expected: true, got: fits });
      const styled = await until(() => page.evaluate(() => getComputedStyle(document.querySelector('opslore-problems').shadowRoot.querySelector('section')).position === 'fixed'), PATIENCE);
      claim({ page: PAGE, mode, what: 'the problem has its sheet', expected: true, got: styled });
      if (world.options.pictures) await page.screenshot({ path: join(world.options.pictures, `serve-${mode.replace(' ', '-')}.png`) });
      await page.reload();
      const again = await until(async () => (await problem(page)).includes('OL104'), PATIENCE);
      claim({ page: PAGE, mode, what: 'it is told after a reload as well', expected: true, got: again });
      save(file, text);
      const gone = await until(async () => (await problem(page)) === '', PATIENCE);
      claim({ page: PAGE, mode, what: 'it goes when the file is mended', expected: true, got: gone });
      const site = join(folder, 'opslore.yaml');
      const good = readFileSync(site, 'utf8');
      save(site, `titel: x\n${good}`);
      const config = await until(async () => (await problem(page)).includes('did you mean'), PATIENCE);
      claim({ page: PAGE, mode, what: 'a broken site file is told', expected: true, got: config });
      save(site, good);
      claim({ page: PAGE, mode, what: 'and its cure', expected: true, got: await until(async () => (await problem(page)) === '', PATIENCE) });
      claim({ page: PAGE, mode, what: 'no error in the console', expected: [], got: noise });
    });
  }
}

async function manySavesLoseNothing(world, claim) {
  await withServed(world, {}, async ({ page, file, text, server, ended }) => {
    for (let n = 1; n <= SAVES; n += 1) {
      save(file, `${text}\n## What we saw\n\nSave number ${n}.\n`);
      await pause(100);
    }
    claim({ page: PAGE, what: 'the last save is seen', expected: true, got: await says(page, `Save number ${SAVES}.`) });
    const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8').trim();
    claim({ what: 'it has started no program that stays', expected: '', got: children });
    server.kill('SIGINT');
    claim({ what: 'it ends when asked', expected: 'SIGINT', got: await ended });
  });
}

async function noWorkerWhileServing(world, claim) {
  await withServed(world, { workers: 'allow' }, async ({ page }) => {
    const workers = () => page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
    await page.waitForLoadState('load');
    claim({ page: PAGE, what: 'a page takes no worker', expected: 0, got: await workers() });
    // what a built site left at this address
    await page.evaluate(() => ServiceWorkerContainer.prototype.register.call(navigator.serviceWorker, '/sw.js'));
    claim({ page: PAGE, what: 'an old worker goes', expected: true, got: await until(async () => (await workers()) === 0, PATIENCE) });
  });
}

export default {
  name: 'serve',
  checks: [editIsSeenInPlace, otherSheetsTakeANewDocument, brokenFileIsToldAboveThePageThatStays, noWorkerWhileServing, manySavesLoseNothing],
};

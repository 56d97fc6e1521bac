// Turns a server that goes away, or falls silent, into how long a reader waits for a kept page.
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ignoreTimeout, isStyled, until, withContext } from '../browser.mjs';
import { NOWHERE } from '../pages.mjs';
import { build, contentFolder } from '../sites.mjs';

const CLOSED_MS = 400;
const HANGING_MS = 1500;
const FILLING_MS = 20_000;

/** Visits the home page until `wanted` is kept, then hands on the context; leaves the server as it was. */
function withKept(world, claim, wanted, use) {
  return withContext(world, { workers: true, quiet: true }, async (context) => {
    await context.addInitScript(timeTheHeading);
    const page = await context.newPage();
    await page.goto(world.server.origin);
    if (!await filled(page, world.server.origin + wanted)) {
      claim({ page: wanted, what: `the worker keeps it within ${FILLING_MS / 1000} s`, expected: true, got: false });
      return;
    }
    try {
      await use(context, page);
    } finally {
      await world.server.set('normal');
    }
  });
}

function filled(page, url) {
  const kept = async (address) => {
    const worker = (await navigator.serviceWorker?.getRegistration())?.active;
    return worker?.state === 'activated' && Boolean(await caches.match(address, { ignoreSearch: true, ignoreVary: true }));
  };
  return until(() => page.evaluate(kept, url), FILLING_MS);
}

function timeTheHeading() {
  new MutationObserver((_, observer) => {
    if (!document.querySelector('h1')) return;
    globalThis.headingAt = performance.now();
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
}

const list = (world) => JSON.parse(readFileSync(join(world.demo.folder, 'offline.json'), 'utf8'));

/** The demo's list of what to keep, or a failed claim. */
function keptList(world, claim) {
  const there = existsSync(join(world.demo.folder, 'offline.json'));
  claim({ what: 'the site has offline.json', expected: true, got: there });
  return there ? list(world) : null;
}

/** An alert page that is in the list and that nobody visited. */
function neverVisited(world, claim) {
  const kept = keptList(world, claim);
  return kept?.files.map(([path]) => path).filter((path) => /^alerts\/./.test(path)).at(-1) ?? null;
}

async function keptPagesOpenWithoutANetwork(world, claim) {
  const address = neverVisited(world, claim);
  if (!address) return;
  await withKept(world, claim, address, async (context) => {
    await claimNoBar(world, claim, context);
    for (const [mode, most] of [['closed', CLOSED_MS], ['hang', HANGING_MS]]) {
      await world.server.set(mode);
      const page = await context.newPage();
      await page.goto(world.server.origin + address, { waitUntil: 'commit' });
      await page.waitForFunction(() => globalThis.headingAt !== undefined);
      const took = Math.round(await page.evaluate(() => globalThis.headingAt));
      claim({ page: address, mode, what: 'the heading of a page never visited', expected: `≤ ${most} ms`, got: `${took} ms`, ok: took <= most });
      await claimBar(page, address, mode, claim);
      claim({ page: address, mode, what: 'it has its styles', expected: true, got: await isStyled(page) });
      if (mode === 'closed') await claimMissing(world, claim, context);
      await page.close();
    }
  });
}

async function claimNoBar(world, claim, context) {
  const page = await context.newPage();
  await page.goto(world.server.origin, { waitUntil: 'networkidle' });
  claim({ page: '', mode: 'normal', what: 'bars while the network answers', expected: 0, got: await page.locator('#ol-bar').count() });
  await page.close();
}

async function claimMissing(world, claim, context) {
  const page = await context.newPage();
  await page.goto(world.server.origin + NOWHERE, { waitUntil: 'commit' });
  const main = page.locator('main[data-missing]');
  await main.waitFor().catch(ignoreTimeout);
  claim({ page: NOWHERE, mode: 'closed', what: 'the 404 page answers', expected: 1, got: await main.count() });
  await page.close();
}

async function claimBar(page, address, mode, claim) {
  const bar = page.locator('#ol-bar');
  await bar.waitFor().catch(ignoreTimeout);
  const text = await bar.count() ? (await bar.textContent()).trim() : 'no bar';
  const words = /No network\. You read the copy kept on this device, built \d+ \w+ \d{4}/;
  claim({ page: address, mode, what: 'the bar says which copy this is', expected: words.source, got: text, ok: words.test(text) });
  if (!await bar.count()) return;
  const before = await bar.evaluate((node) => Boolean(node.compareDocumentPosition(document.querySelector('main')) & Node.DOCUMENT_POSITION_FOLLOWING));
  claim({ page: address, mode, what: 'the bar stands before main', expected: true, got: before });
}

/** A page is edited, the site is built and published again: the device fetches what differs, no more. */
async function anUpdateFetchesWhatChanged(world, claim) {
  if (!keptList(world, claim)) return;
  const before = new Map(list(world).files.map(([path, hash]) => [path, hash]));
  const edited = editedSite(world, claim);
  if (!edited) return;
  const after = JSON.parse(readFileSync(join(edited.folder, 'offline.json'), 'utf8')).files;
  const changed = after.filter(([path, hash]) => before.get(path) !== hash).map(([path]) => path);
  const gone = [...before.keys()].filter((path) => !after.some(([other]) => other === path));
  const last = after.at(-1)[0];
  await withKept(world, claim, last, async (context, page) => {
    world.server.show(edited.folder);
    const from = world.server.asked.length;
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
    const target = changed.filter((path) => path.startsWith('alerts/') || path.startsWith('runbooks/'))[0] ?? changed[0];
    const fresh = async ([path, mark]) => Boolean((await (await caches.match(path, { ignoreSearch: true }))?.text())?.includes(mark));
    const arrived = await until(() => page.evaluate(fresh, [world.server.origin + target, MARK]), FILLING_MS);
    claim({ page: target, what: 'the kept copy is the new one', expected: true, got: arrived });
    const needless = [...new Set(world.server.asked.slice(from))].filter((path) => !changed.includes(path) && !['sw.js', 'offline.json', 'build.json'].includes(path));
    claim({ what: `asked for beside the ${changed.length} files that changed`, expected: [], got: needless.slice(0, 5) });
    claim({ what: 'the edit changes part of the site only', expected: `fewer than ${after.length}`, got: changed.length, ok: changed.length > 0 && changed.length < after.length });
    const stale = () => page.evaluate(async (paths) => {
      const found = await Promise.all(paths.map((path) => caches.match(path)));
      return paths.filter((_, i) => found[i]);
    }, gone.map((path) => world.server.origin + path));
    // The worker drops old files once all new ones are there.
    await until(async () => (await stale()).length === 0, FILLING_MS);
    const left = await stale();
    claim({ what: 'files of the old build that are still kept', expected: [], got: left });
  }).finally(() => world.server.show(world.demo.folder));
}

const MARK = 'A sentence that the second build brings.';

/** The demo with one more sentence in one of its runbooks, built. */
function editedSite(world, claim) {
  const copy = join(world.folder, 'edited-content');
  cpSync(contentFolder(world), copy, { recursive: true });
  const runbook = readdirSync(copy, { recursive: true }).filter((path) => /runbooks[/\\][^/\\]+\.md$/.test(path)).sort()[0];
  if (!runbook) {
    claim({ what: 'the content has a runbook to edit', expected: true, got: false });
    return null;
  }
  const path = join(copy, runbook);
  writeFileSync(path, `${readFileSync(path, 'utf8')}\n${MARK}\n`);
  return build(world, claim, 'edited', copy);
}

export default { name: 'offline', checks: [keptPagesOpenWithoutANetwork, anUpdateFetchesWhatChanged] };

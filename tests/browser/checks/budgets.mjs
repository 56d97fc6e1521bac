// Turns pages into bytes on the wire, requests and elements, and holds them against the budgets.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { inPairs, withContext } from '../browser.mjs';
import { firstCommand } from './fold.mjs';
import { inside, plain, tags } from '../html.mjs';
import { realPages } from '../pages.mjs';

const KIB = 1024;
const ALL = { css: 8 * KIB, js: 12 * KIB, requests: 3, elements: 1500 };
const HTML = { 'alert with runbook': 8 * KIB, 'alert without runbook': 8 * KIB, chooser: 8 * KIB, home: 8 * KIB, postmortem: 10 * KIB };
const HTML_MOST = 14 * KIB;
const WORKER_MOST = 1.5 * KIB;
// what this device keeps is known to that page's script only
const FILLED_LATER = 'offline';
// scripts of one page only, and what a page's script may ask for once it is read
const MORE_REQUESTS = { offline: 3, 404: 2 };

async function everyPageTypeIsLight(world, claim) {
  const rows = new Map();
  await inPairs(world.demo.types, async (entry) => rows.set(entry.type, await measure(world, entry, claim)));
  world.report.rows = world.demo.types.map(({ type }) => rows.get(type)).filter(Boolean);
}

async function measure(world, { type, page: address, path }, claim) {
  return withContext(world, { mode: 'phone' }, async (context) => {
    const page = await context.newPage();
    const wire = await listen(context, page);
    await page.goto(world.server.origin + path, { waitUntil: 'networkidle' });
    const elements = await page.evaluate(() => document.querySelectorAll('*').length);
    const row = {
      'page type': type, 'HTML gz': wire.html, 'CSS gz': wire.css, 'JS gz': wire.js, requests: wire.requests, elements,
      'first command px': await firstCommand(page), page: address,
    };
    const most = (what, got, budget) => claim({ page: address, mode: type, what, expected: `≤ ${budget}`, got, ok: got <= budget });
    most('bytes of HTML', wire.html, HTML[type] ?? HTML_MOST);
    most('bytes of CSS', wire.css, ALL.css);
    most('bytes of JS', wire.js, ALL.js);
    most('requests', wire.requests, ALL.requests + (MORE_REQUESTS[type] ?? 0));
    most('elements', elements, ALL.elements);
    claim({ page: address, mode: type, what: 'requests that failed', expected: [], got: wire.failed });
    return row;
  });
}

/** Scripts are held back until the page was painted, else it is chance whether a reader sees them move it. */
async function nothingMovesWhenScriptsArrive(world, claim) {
  const types = world.demo.types.filter(({ type }) => type !== FILLED_LATER);
  await inPairs(types, ({ page: address, path }) => withContext(world, { mode: 'phone' }, async (context) => {
    await context.addInitScript(countShifts);
    const page = await context.newPage();
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route('**/*.js', (route) => held.then(() => route.continue()));
    await page.goto(world.server.origin + path, { waitUntil: 'commit' });
    await page.evaluate(painted);
    release();
    await page.waitForLoadState('networkidle');
    claim({ page: address, mode: 'phone', what: 'what moved', expected: [], got: await page.evaluate(() => globalThis.shifted) });
  }));
}

/**
 * Waits until all of the text is on the screen: what moves from here on is the scripts' doing. A table
 * that is painted while its rows arrive widens its columns, with scripts or without.
 */
async function painted() {
  const ready = () => document.readyState !== 'loading' && performance.getEntriesByName('first-contentful-paint').length > 0;
  while (!ready()) await new Promise(requestAnimationFrame);
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  globalThis.whole = performance.now();
}

/** What moved once all was painted: how much, and the first node that did. */
function countShifts() {
  globalThis.shifted = [];
  new PerformanceObserver((list) => {
    for (const { value, startTime, sources } of list.getEntries()) {
      if (!(startTime > globalThis.whole)) continue;
      // Rounding of a fraction of a pixel is nothing that anybody sees move.
      if (value < 0.0001) continue;
      const node = sources[0]?.node;
      globalThis.shifted.push(`${value.toFixed(4)} ${(node?.outerHTML ?? node?.textContent ?? 'a node that is gone').slice(0, 100)}`);
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

async function listen(context, page) {
  const wire = { html: 0, css: 0, js: 0, other: 0, requests: 0, failed: [] };
  const kinds = new Map();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  session.on('Network.requestWillBeSent', ({ requestId, request, type }) => {
    // the icon is a data: address
    if (!request.url.startsWith('http')) return;
    wire.requests += 1;
    kinds.set(requestId, { Document: 'html', Stylesheet: 'css', Script: 'js' }[type] ?? 'other');
  });
  session.on('Network.responseReceived', ({ response, type }) => {
    if (type !== 'Document' && response.status >= 400) wire.failed.push(`${response.status} ${response.url}`);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (kinds.has(requestId)) wire[kinds.get(requestId)] += encodedDataLength;
  });
  session.on('Network.loadingFailed', ({ requestId, errorText }) => {
    if (kinds.has(requestId)) wire.failed.push(errorText);
  });
  return wire;
}

async function workerIsSmall(world, claim) {
  const path = join(world.demo.folder, 'sw.js');
  const got = existsSync(path) ? gzipSync(readFileSync(path), { level: 9 }).length : 'no sw.js';
  claim({ what: 'bytes of the worker', expected: `≤ ${WORKER_MOST}`, got, ok: got <= WORKER_MOST });
}

/** A page may be as heavy as what somebody wrote, never heavier because of us. */
async function noPageIsHeavierThanItsSource(world, claim) {
  for (const site of [world.demo, ...world.corpora]) {
    for (const page of realPages(site)) {
      const html = site.html(page);
      if (html.length <= HTML_MOST) continue;
      const size = gzipSync(html, { level: 9 }).length;
      const source = sourceSize(site, html);
      const most = Math.max(HTML_MOST, source);
      claim({ page, mode: site.name, what: `bytes of gzipped HTML (source ${source || 'none'})`, expected: `≤ ${most}`, got: size, ok: size <= most });
    }
  }
}

/** The source file's size: the first path that the page's origin names. */
function sourceSize(site, html) {
  const origin = inside(html, /<details class="origin"[^>]*>/g, 'details')[0] ?? '';
  const path = plain(inside(origin, /<code>/g, 'code')[0] ?? '');
  return path ? statSync(join(site.source, path), { throwIfNoEntry: false })?.size ?? 0 : 0;
}

const LOADS = { script: 'src', img: 'src', iframe: 'src', video: 'src', audio: 'src', source: 'src', embed: 'src', object: 'data', input: 'src' };

/** The policy of the page would stop such a request, so that a browser does not show it: the text does. */
async function noPageNamesAnotherHost(world, claim) {
  for (const site of [world.demo, world.portable, ...world.corpora].filter(Boolean)) {
    const found = site.pages.flatMap((page) => tags(site.html(page)).filter(asksOthers).map(({ name }) => `${page}: <${name}>`));
    claim({ mode: site.name, what: 'nothing is loaded from another host', expected: [], got: found.slice(0, 5) });
  }
}

function asksOthers({ name, attributes }) {
  const loaded = name === 'link' && !/canonical|alternate/.test(attributes.rel) ? attributes.href : attributes[LOADS[name]];
  return /^(https?:)?\/\//.test(loaded ?? '') || /(^|[\s,])(https?:)?\/\//.test(attributes.srcset ?? '');
}

export default { name: 'budgets', checks: [everyPageTypeIsLight, nothingMovesWhenScriptsArrive, workerIsSmall, noPageIsHeavierThanItsSource, noPageNamesAnotherHost] };

// Turns a page's address and a mode into an open page of the one browser, and watches what it asks of
// other hosts and what it complains of.
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';

const PATIENCE = 5000;
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

export const MODES = {
  light: { viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  phone: { viewport: { width: 360, height: 740 }, colorScheme: 'light' },
  'phone dark': { viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
};

export function launch() {
  const known = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const executablePath = known.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('no Chromium: run tests/browser/install.sh, or name one in $CHROMIUM');
  return chromium.launch({ executablePath, args: FLAGS });
}

/** A context of its own: nothing kept of other pages. Workers are blocked unless `workers` is said. */
export async function withContext(world, { mode = 'phone', workers = false, quiet = false, ...more }, use) {
  const context = await world.browser.newContext({
    ...MODES[mode],
    // smooth scrolling would have to be waited for
    reducedMotion: 'reduce',
    serviceWorkers: workers ? 'allow' : 'block',
    ...more,
  });
  context.setDefaultTimeout(PATIENCE);
  context.on('request', (request) => watch(world, request));
  if (!quiet) context.on('page', (page) => listen(world, page));
  try {
    return await use(context);
  } finally {
    await context.close();
  }
}

/** Opens `path` of the served demo, or the absolute `url`, and hands on the page. */
export function withPage(world, { path, url, ...more }, use) {
  return withContext(world, more, async (context) => {
    const page = await context.newPage();
    await page.goto(url ?? world.server.origin + path);
    return use(page);
  });
}

/** At most two pages at a time: the machines that run this have two cores. */
export async function inPairs(items, use) {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await use(item);
  };
  await Promise.all([worker(), worker()]);
}

export async function turn(page, mode) {
  await page.setViewportSize(MODES[mode].viewport);
  await page.emulateMedia({ colorScheme: MODES[mode].colorScheme });
}

/** Asks again until the answer is yes or the time is over: for what has no event, a clipboard or a cache. */
export async function until(ask, milliseconds) {
  const end = performance.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer || performance.now() > end) return answer;
    await pause(25);
  }
}

/** For waits whose outcome is the claim that follows. */
export function ignoreTimeout(error) {
  if (error.name !== 'TimeoutError') throw error;
}

/** Whether the sheet has come: the policy of file:// forbids to read it, so ask for what it does. */
export const isStyled = (page) => page.evaluate(() => getComputedStyle(document.querySelector('.band')).backgroundColor !== 'rgba(0, 0, 0, 0)');

function watch(world, request) {
  const url = request.url();
  if (/^(data|blob|file|about|chrome-error):/.test(url) || url.startsWith(world.server.origin)) return;
  world.foreign.push({ page: request.frame()?.url() ?? 'worker', url });
}

function listen(world, page) {
  const note = (text) => world.noise.push({ page: page.url(), text });
  page.on('pageerror', (error) => note(String(error)));
  page.on('console', (message) => {
    // a page that is not there says so in the console
    if (message.type() === 'error' && !/status of 404/.test(message.text())) note(message.text());
  });
}

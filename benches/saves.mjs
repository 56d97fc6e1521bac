// Turns saves of one file of a served folder into milliseconds until a real browser has painted what was saved:
// node benches/saves.mjs OPSLORE FOLDER FILE ADDRESS SAVES
// prints {"text": […], "title": […]}: a paragraph that is added, and the title in the front matter that changes.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { launch } from '../tests/browser/browser.mjs';

const PATIENCE = 60_000;
/* A save comes one to ten of these after the last was shown: while the server rests, and while it still works. */
const PAUSE = 300;

const [program, folder, name, address, saves] = process.argv.slice(2);
const file = join(folder, name);
const before = readFileSync(file, 'utf8');
const edits = {
  text: (mark) => `${before}\n${mark}\n`,
  title: (mark) => before.replace(/^title: .*$/m, `title: "Lag ${mark}"`),
};

/* In the page: when each mark was first painted. */
function watch() {
  window.painted = {};
  const look = () => {
    for (const [mark] of document.body?.textContent.matchAll(/benchmark-mark-\w+/g) ?? []) {
      if (mark in window.painted) continue;
      window.painted[mark] = null;
      requestAnimationFrame(() => setTimeout(() => (window.painted[mark] = Date.now())));
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
}

async function painted(page, mark) {
  const end = Date.now() + PATIENCE;
  while (Date.now() < end) {
    /* A page that is loaded anew cannot be asked for a moment. */
    const at = await page.evaluate((m) => window.painted[m], mark).catch(() => null);
    if (at) return at;
    await pause(50);
  }
  throw new Error(`${address} does not show what was saved`);
}

const server = spawn(program, ['serve', folder, '--port', '0', '--quiet'], { stdio: ['ignore', 'pipe', 'ignore'] });
const origin = await new Promise((done) => server.stdout.once('data', (line) => done(String(line).trim())));
const browser = await launch();
try {
  const page = await browser.newPage();
  await page.addInitScript(watch);
  await page.goto(origin + address.replace(/^\//, ''));
  const times = {};
  for (const [kind, edit] of Object.entries(edits)) {
    times[kind] = [];
    for (let n = 0; n < saves; n += 1) {
      await pause(PAUSE * (1 + (n * 7) % 10));
      const mark = `benchmark-mark-${kind}${n}`;
      const start = Date.now();
      writeFileSync(file, edit(mark));
      times[kind].push(await painted(page, mark) - start);
    }
  }
  console.log(JSON.stringify(times));
} finally {
  writeFileSync(file, before);
  await browser.close();
  server.kill();
}

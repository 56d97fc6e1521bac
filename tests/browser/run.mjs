#!/usr/bin/env node
// Turns a built `opslore` program into a verdict: builds sites with it, reads them in a real browser,
// prints one line a group, the table of budgets and every failure; exit code 1 when there is one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launch } from './browser.mjs';
import { Report } from './report.mjs';
import { serve } from './server.mjs';
import { buildSites } from './sites.mjs';
import { groups } from './checks/index.mjs';

const { values: options } = parseArgs({
  options: {
    opslore: { type: 'string' },
    content: { type: 'string' },
    only: { type: 'string' },
    pictures: { type: 'string' },
  },
});
if (!options.opslore) {
  console.error('usage: node tests/browser/run.mjs --opslore PATH [--only NAME] [--content FOLDER] [--pictures FOLDER]');
  process.exit(2);
}

const report = new Report();
const folder = mkdtempSync(join(tmpdir(), 'opslore-browser-'));
try {
  await runAll();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
report.finish();
process.exitCode = report.failed ? 1 : 0;

/** The groups that `--only` leaves: a group's name, or the name of one check. */
function chosen() {
  const name = options.only;
  if (!name) return groups.filter((group) => !group.onRequest || options[group.onRequest]);
  return groups
    .map((group) => group.name === name ? group : { ...group, checks: group.checks.filter((check) => check.name === name) })
    .filter((group) => group.checks.length);
}

async function runAll() {
  const left = chosen();
  if (!left.length) {
    console.error(`no group and no check is called ${options.only}`);
    report.failed += 1;
    return;
  }
  const world = { options, report, folder, foreign: [], noise: [] };
  await report.group('build', [buildSites], world);
  if (!world.demo) return;
  const server = await serve(world.demo.folder);
  const browser = await launch();
  Object.assign(world, { server, browser });
  try {
    for (const group of left) await report.group(group.name, group.checks, world);
  } finally {
    await browser.close();
    await server.stop();
  }
}

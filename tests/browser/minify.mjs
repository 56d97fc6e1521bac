#!/usr/bin/env node
// Turns themes/default/js/*.js into the copies that pages load, themes/default/js/min/*.js; with --check it
// only tells, by its exit code, whether the copies are what it would write.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { minify } from 'terser';

const SOURCES = fileURLToPath(new URL('../../themes/default/js/', import.meta.url));
const COPIES = join(SOURCES, 'min');
const check = process.argv.includes('--check');

const names = readdirSync(SOURCES).filter((name) => name.endsWith('.js')).sort();
mkdirSync(COPIES, { recursive: true });
for (const name of names) {
  const source = readFileSync(join(SOURCES, name), 'utf8');
  const { code } = await minify(source, { ecma: 2020, compress: { passes: 3 }, format: { comments: false } });
  // tests/it/tidy.rs compares these digits with the source, so that no copy grows old where there is no Node
  const digits = createHash('sha256').update(source).digest('base64').slice(0, 12);
  const copy = `/*! ${name} ${digits} */\n${code}\n`;
  const path = join(COPIES, name);
  if (!check) writeFileSync(path, copy);
  else if (readIfThere(path) !== copy) fail(`${name} is not what minify.mjs makes of its source`);
}
for (const name of readdirSync(COPIES)) {
  if (!names.includes(name)) fail(`min/${name} has no source`);
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function fail(words) {
  console.error(`${words}: run node tests/browser/minify.mjs`);
  process.exitCode = 1;
}

// Turns the demo content and the corpora into built sites by running the program.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join, relative, resolve, sep } from 'node:path';
import { missingTypes, pageTypes } from './pages.mjs';

export const NOW = '2026-11-22';
const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));
const CORPORA = ['alert-runbooks', 'one-organization'];

/** Runs the program; what it printed and its exit code. */
export function opslore(world, args) {
  const ran = spawnSync(resolve(world.options.opslore), args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  return { code: ran.status ?? String(ran.error), out: ran.stdout ?? '', err: ran.stderr ?? '' };
}

/** Builds `source` into a folder of its own; null and a failed claim when the program refuses. */
export function build(world, claim, name, source, flags = []) {
  const out = join(world.folder, name);
  const ran = opslore(world, ['build', source, '-o', out, '--now', NOW, '--quiet', ...flags]);
  const got = ran.code === 0 ? 0 : `${ran.code}: ${ran.err.trim().split('\n').slice(-3).join(' ')}`;
  const built = claim({ mode: name, what: `opslore build ${flags.join(' ')}`, expected: 0, got });
  return built ? site(name, out, source) : null;
}

export function contentFolder(world) {
  return world.options.content ?? join(PACKAGE, 'content');
}

export async function buildSites(world, claim) {
  const content = contentFolder(world);
  world.demo = build(world, claim, 'demo', content);
  world.portable = build(world, claim, 'portable', content, ['--portable']);
  const corpora = process.env.OPSLORE_CORPORA ?? join(PACKAGE, '../shared/corpora');
  const present = CORPORA.filter((name) => existsSync(join(corpora, name)));
  if (!present.length) console.log('no corpora at hand: their checks have nothing to do');
  world.corpora = present.map((name) => build(world, claim, name, join(corpora, name))).filter(Boolean);
  if (!world.demo) return;
  world.demo.types = pageTypes(world.demo);
  if (world.portable) world.portable.types = pageTypes(world.portable);
  for (const type of missingTypes(world.demo)) {
    claim({ what: 'the demo has a page of each type', expected: type, got: 'none', ok: false });
  }
}

/** A built site: `pages` are addresses relative to its root, such as `alerts/X/` and `404.html`. */
function site(name, folder, source) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  const texts = new Map();
  const pages = files.filter((file) => file.endsWith('.html')).map((file) => file.replace(/(^|\/)index\.html$/, '$1'));
  const fileOf = (page) => page === '' || page.endsWith('/') ? `${page}index.html` : page;
  const text = (file) => {
    if (!texts.has(file)) texts.set(file, readFileSync(join(folder, file), 'utf8'));
    return texts.get(file);
  };
  return { name, folder, source, files: new Set(files), pages, fileOf, text, html: (page) => text(fileOf(page)) };
}

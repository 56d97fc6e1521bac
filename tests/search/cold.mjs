// What a query costs that finds nothing loaded: bytes over the wire, requests, rounds that wait for each other; and
// how long it takes once all is there. Five hits are shown before anybody asks for more.
//   node cold.mjs SITE [QUERIES] [names]     of a built site; without a file of queries, of its own titles, headings
//   and lines. Prints one line for each measure, and with `names` what each class of files costs a query.
import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import zlib from 'node:zlib';

const [folder, ...rest] = process.argv.slice(2);
const list = rest.find(word => word !== 'names');
const isLong = rest.includes('names');
const here = path.dirname(new URL(import.meta.url).pathname);
const source = fs.readFileSync(path.join(here, '../../themes/default/js/search.js'), 'utf8');
const client = zlib.gzipSync(fs.readFileSync(path.join(here, '../../themes/default/js/min/search.js')), {level: 9}).length;
const sizes = new Map();

const textOf = file => fs.readFileSync(path.join(folder, file), 'utf8');
function sizeOf(file) {
  if (!sizes.has(file)) sizes.set(file, zlib.gzipSync(textOf(file), {level: 9}).length);
  return sizes.get(file);
}

/** An engine with nothing loaded, and what it asks for. */
function engine() {
  const wire = {bytes: 0, requests: 0, rounds: 0, classes: {}};
  let pending = 0;
  const window = {};
  const fetch = address => {
    const file = new URL(address).pathname.slice(1);
    wire.rounds += pending ? 0 : 1;
    pending += 1;
    wire.requests += 1;
    wire.bytes += sizeOf(file);
    const kind = path.basename(file)[0];
    wire.classes[kind] = [(wire.classes[kind]?.[0] || 0) + 1, (wire.classes[kind]?.[1] || 0) + sizeOf(file)];
    return new Promise(resolve => {
      setTimeout(() => {
        pending -= 1;
        resolve({ok: true, text: async () => textOf(file)});
      });
    });
  };
  const document = {currentScript: {src: 'https://site.example/assets/search.js'}};
  // Not a context of its own: there, every look at `Math` costs as much as the sum beside it.
  vm.compileFunction(source, ['window', 'document', 'fetch', 'location'])(window, document, fetch, {protocol: 'https:'});
  return {search: window.opsloreSearch, wire};
}

/** Titles, titles with a heading, and lines, of pages far from each other. */
function ownQueries(most = 300) {
  const call = name => JSON.parse(textOf(`search/${name}`).slice(13).replace(/\)\s*$/, ''));
  const blocks = fs.readdirSync(path.join(folder, 'search')).filter(name => /^d.*\.js$/.test(name)).sort();
  const out = [];
  for (let n = 0; out.length < most && n < most * 4; n++) {
    const file = blocks[(n * 7919) % blocks.length], [, pages] = call(file), [, texts] = call(file.replace('d', 'x'));
    const page = pages[n % pages.length], headings = page[9] || [], lines = texts[n % pages.length].join('\n').split('\n');
    const line = lines[n % lines.length].split(/\s+/).slice(0, 7).join(' ');
    const made = [page[1], headings.length ? `${page[1]} ${headings[1]}` : '', line][n % 3];
    if (made && /\p{L}{3}/u.test(made)) out.push(made);
  }
  return out;
}

const queries = list ? JSON.parse(fs.readFileSync(list, 'utf8')).queries.map(({query}) => query) : ownQueries();
const rows = {first: [], later: [], requests: [], rounds: []};
const classes = {};
for (const text of queries) {
  const {search, wire} = engine();
  await search.open();
  const opened = {...wire};
  await search.query(text, {limit: 5});
  rows.first.push(wire.bytes + client);
  rows.later.push(wire.bytes - opened.bytes);
  rows.requests.push(wire.requests - opened.requests);
  rows.rounds.push(wire.rounds - opened.rounds);
  for (const [kind, [number, bytes]] of Object.entries(wire.classes)) {
    classes[kind] = [(classes[kind]?.[0] || 0) + number, (classes[kind]?.[1] || 0) + bytes];
  }
  if (isLong && rows.rounds.at(-1) > 2) console.log(`${rows.rounds.at(-1)} rounds, ${rows.requests.at(-1)} requests, ${rows.later.at(-1)} bytes: ${text.slice(0, 90)}`);
}
if (isLong) {
  for (const [name, [number, bytes]] of Object.entries(classes)) {
    console.log(`${name} ${(number / queries.length).toFixed(1)} files, ${Math.round(bytes / queries.length)} bytes a query`);
  }
}

const {search} = engine();
const warm = [];
for (const text of queries) await search.query(text, {limit: 12});
for (const text of queries) {
  const times = [];
  for (let n = 0; n < 3; n++) {
    const start = performance.now();
    await search.query(text, {limit: 12});
    times.push(performance.now() - start);
  }
  warm.push(Math.min(...times));
}
console.log(`${queries.length} queries, client ${client} bytes`);
for (const [name, all] of Object.entries({...rows, 'warm ms': warm})) {
  all.sort((a, b) => a - b);
  const at = share => Number(all[Math.floor((all.length - 1) * share)].toFixed(2));
  console.log(`${name} median ${at(0.5)}, p95 ${at(0.95)}, most ${at(1)}`);
}

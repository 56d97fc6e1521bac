// The questions of the scoreboard → one table of this search, Pagefind and MiniSearch over the same pages.
//   bash tests/search/peers/run [SEED]     builds everything below target/peers
import {spawn} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import zlib from 'node:zlib';
import {pathToFileURL} from 'node:url';
import MiniSearch from 'minisearch';
import {OPTIONS} from './minisearch.mjs';

const here = import.meta.dirname;
const top = path.join(here, '../../..');
const [opslore, questionsFile, work] = process.argv.slice(2);
const {questions, sources} = JSON.parse(fs.readFileSync(questionsFile, 'utf8'));
const gz = new Map();
const weight = file => {
  if (!gz.has(file)) gz.set(file, zlib.gzipSync(fs.readFileSync(file), {level: 9}).length);
  return gz.get(file);
};

/* Runs a program; what it and its threads cost is read from /proc. */
function measured(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {stdio: 'ignore'});
    let cpu = 0, peak = 0;
    const look = setInterval(() => {
      try {
        const stat = fs.readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
        cpu = Math.max(cpu, (+stat[11] + +stat[12]) / 100);
        peak = Math.max(peak, +/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1] / 1024);
      } catch { /* It has ended. */ }
    }, 5);
    child.on('exit', code => {
      clearInterval(look);
      if (code) reject(new Error(`${program} ended with ${code}`));
      else resolve({cpu, peak});
    });
  });
}

const sizeOf = (folder, is = () => true) => fs.readdirSync(folder, {recursive: true})
  .map(f => path.join(folder, f)).filter(f => fs.statSync(f).isFile() && is(f)).reduce((sum, f) => sum + fs.statSync(f).size, 0);

/* This search: what it costs to build is that of the whole site, pages and all. */
const site = path.join(work, 'site');
fs.rmSync(site, {recursive: true, force: true});
const built = await measured(opslore, ['build', path.join(work, 'two'), '--output', site, '--quiet', '--fail-on', 'never']);

function open() {
  const cost = {bytes: weight(path.join(top, 'themes/default/js/search.js')), requests: 1};
  const window = {};
  const fetch = async address => {
    const file = path.join(site, new URL(address).pathname);
    cost.bytes += weight(file);
    cost.requests += 1;
    return {ok: true, text: async () => fs.readFileSync(file, 'utf8')};
  };
  vm.runInContext(fs.readFileSync(path.join(top, 'themes/default/js/search.js'), 'utf8'), vm.createContext({window, URL,
    document: {currentScript: {src: 'https://site.example/assets/search.js'}}, fetch, location: {protocol: 'https:'}}));
  return {cost, query: async (text, limit) => (await window.opsloreSearch.query(text, {limit}))
    .map(h => ({url: h.url.split('#')[0], heading: h.section}))};
}

/* Pagefind: its defaults, over what stands in main. */
const marked = path.join(work, 'pagefind');
fs.rmSync(marked, {recursive: true, force: true});
fs.cpSync(site, marked, {recursive: true, filter: f => !f.endsWith('/search/root.js')});
for (const file of fs.readdirSync(marked, {recursive: true}).filter(f => f.endsWith('.html'))) {
  const at = path.join(marked, file);
  fs.writeFileSync(at, fs.readFileSync(at, 'utf8').replace('<main', '<main data-pagefind-body'));
}
const binary = fs.readdirSync(path.join(here, 'node_modules/@pagefind')).map(name =>
  path.join(here, 'node_modules/@pagefind', name, 'bin/pagefind_extended')).find(f => fs.existsSync(f));
const pagefindBuilt = await measured(binary, ['--site', marked, '--quiet']);
const bundle = path.join(marked, 'pagefind');
globalThis.location = {href: 'http://site.example/', origin: 'http://site.example'};
globalThis.document = {currentScript: null, querySelector: () => ({getAttribute: () => 'en'})};
let instances = 0;
async function openPagefind() {
  const cost = {bytes: weight(path.join(bundle, 'pagefind.js')), requests: 1};
  globalThis.fetch = async address => {
    const file = path.join(bundle, new URL(String(address), 'http://site.example').pathname.split('/pagefind/').pop());
    cost.bytes += /\.(pf_|pagefind)/.test(file) ? fs.statSync(file).size : weight(file);
    cost.requests += 1;
    return new Response(fs.readFileSync(file));
  };
  const pagefind = await import(`${pathToFileURL(path.join(bundle, 'pagefind.js'))}?${instances++}`);
  await pagefind.options({basePath: '/pagefind/', baseUrl: '/'});
  await pagefind.init();
  return {cost, query: async (text, limit) => {
    const {results} = await pagefind.search(text);
    const top = await Promise.all(results.slice(0, limit).map(r => r.data()));
    return top.map(({url, sub_results: parts}) => {
      const best = parts.reduce((a, b) => (b.locations.length > a.locations.length ? b : a), parts[0]);
      return {url: url.split('#')[0].replace(/^\//, ''), heading: best?.title};
    });
  }};
}

/* MiniSearch: the index comes whole; a page stands where its best section does. */
const file = path.join(work, 'minisearch.json');
const miniBuilt = await measured(process.execPath, [path.join(here, 'minisearch.mjs'), site, file]);
const library = path.join(here, 'node_modules/minisearch/dist/umd/index.js');
const mini = MiniSearch.loadJSON(fs.readFileSync(file, 'utf8'), OPTIONS);
const openMini = () => ({cost: {bytes: weight(file) + weight(library), requests: 2}, query: async (text, limit) => {
  const seen = new Map();
  for (const r of mini.search(text)) {
    const url = r.id.split('#')[0];
    if (!seen.has(url)) seen.set(url, {url, heading: r.title});
    if (seen.size === limit) break;
  }
  return [...seen.values()];
}});

const at = (all, share) => all.sort((a, b) => a - b)[Math.floor((all.length - 1) * share)];
const search = f => f.includes('/search/') && f.endsWith('.js');
const engines = [
  ['opslore', open, {cpu: built.cpu, peak: built.peak, size: sizeOf(path.join(site, 'search'), search)}],
  ['Pagefind 1.6.0', openPagefind, {...pagefindBuilt, size: sizeOf(bundle)}],
  ['MiniSearch 7.2.0', openMini, {...miniBuilt, size: fs.statSync(file).size}],
];
const rows = new Map();
const row = (name, cell) => rows.set(name, [...rows.get(name) || [], cell]);
for (const [, make, cost] of engines) {
  const warm = await make();
  const by = new Map();
  const times = [];
  for (const run of [0, 1]) {
    for (const q of questions) {
      const start = performance.now();
      const hits = await warm.query(q.query, 10);
      if (run) {
        times.push(performance.now() - start);
        continue;
      }
      const rank = hits.findIndex(h => (q.right.includes(h.url) || q.right.includes(sources[h.url])) &&
        (!q.headings.length || q.headings.includes(h.heading)));
      for (const name of [`**${q.set}**`, q.category]) {
        const score = by.get(name) ?? {asked: 0, first: 0, sum: 0};
        score.asked += 1;
        score.first += rank === 0;
        score.sum += rank < 0 ? 0 : 1 / (rank + 1);
        by.set(name, score);
      }
    }
  }
  for (const [name, s] of by) row(`${name} (${s.asked})`, `${(s.first / s.asked * 100).toFixed(1)} / ${(s.sum / s.asked).toFixed(3)}`);
  const cold = {bytes: [], requests: []};
  for (const q of questions.filter(q => ['written', 'dev', 'test'].includes(q.set))) {
    const fresh = await make();
    await fresh.query(q.query, 5);
    cold.bytes.push(fresh.cost.bytes / 1024);
    cold.requests.push(fresh.cost.requests);
  }
  row('first query, all in, KB gz, median / p95', `${at(cold.bytes, 0.5).toFixed(1)} / ${at(cold.bytes, 0.95).toFixed(1)}`);
  row('first query, requests, median / p95', `${at(cold.requests, 0.5)} / ${at(cold.requests, 0.95)}`);
  row('warm query, ms, median / p95', `${at(times, 0.5).toFixed(2)} / ${at(times, 0.95).toFixed(2)}`);
  row('build, CPU s', `${cost.cpu.toFixed(1)}`);
  row('build, peak MB', `${cost.peak.toFixed(0)}`);
  row('index on disk, MB', `${(cost.size / 1e6).toFixed(2)}`);
}
console.log(`| | ${engines.map(e => e[0]).join(' | ')} |\n| --- |${' --- |'.repeat(engines.length)}`);
for (const [name, cells] of rows) console.log(`| ${name} | ${cells.join(' | ')} |`);

// The search of the pages under node: words of the table, hits of queries; JSON on standard output.
//   node compare.mjs FOLDER     with FOLDER/queries.json and FOLDER/search/*.js
import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';

const folder = process.argv[2];
const here = path.dirname(new URL(import.meta.url).pathname);
let files = 0;
let bytes = 0;
const window = {};
const context = vm.createContext({
  window,
  URL,
  location: {protocol: 'https:'},
  document: {currentScript: {src: 'https://site.example/assets/search.js'}},
  fetch: async address => {
    const file = path.join(folder, new URL(address).pathname);
    if (!fs.existsSync(file)) return {ok: false};
    const text = fs.readFileSync(file, 'utf8');
    files += 1;
    bytes += text.length;
    return {ok: true, text: async () => text};
  },
});
vm.runInContext(fs.readFileSync(path.join(here, '../../themes/default/js/search.js'), 'utf8'), context);
const {query, facets, tokens} = window.opsloreSearch;
const table = JSON.parse(fs.readFileSync(path.join(here, 'tokens.json'), 'utf8'));
const queries = JSON.parse(fs.readFileSync(path.join(folder, 'queries.json'), 'utf8'));
const answers = [];
const times = [];
for (const text of queries) {
  const start = performance.now();
  const found = await query(text, {limit: 10});
  times.push(performance.now() - start);
  const hits = found.map(h => [h.page, h.number, h.url, h.title, h.section, String(h.score)]);
  answers.push([hits, found.total, found.fixes, found.unknown, await facets(found)]);
}
times.sort((a, b) => a - b);
const at = share => times[Math.floor((times.length - 1) * share)].toFixed(2);
process.stdout.write(JSON.stringify({
  tokens: table.map(([text]) => {
    const {words, compounds} = tokens(text);
    return [words, compounds];
  }),
  answers,
  loaded: `${files} files, ${bytes} bytes, median ${at(0.5)} ms, p95 ${at(0.95)} ms`,
}));

// What a query costs that finds nothing loaded: bytes over the wire, requests, rounds that wait for each other.
// Five hits are shown before anybody asks for more.
//   node cold.mjs FOLDER QUERIES [names]     with FOLDER/search/*.js of a built site; prints one line for each
//   measure, and with `names` how many files of each class a query asks for
import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import zlib from 'node:zlib';

const [folder, list] = process.argv.slice(2);
const here = path.dirname(new URL(import.meta.url).pathname);
const source = fs.readFileSync(path.join(here, '../../themes/default/js/search.js'), 'utf8');
const sizes = new Map();
const rows = {all: [], later: [], requests: [], rounds: []};
const classes = {};

const queries = JSON.parse(fs.readFileSync(list, 'utf8')).queries;
for (const {query: text} of queries) {
  let [bytes, requests, rounds, pending] = [0, 0, 0, 0];
  const window = {};
  const fetch = address => {
    const file = path.join(folder, new URL(address).pathname);
    if (!sizes.has(file)) sizes.set(file, zlib.gzipSync(fs.readFileSync(file), {level: 9}).length);
    if (!pending) rounds += 1;
    pending += 1;
    requests += 1;
    bytes += sizes.get(file);
    const name = path.basename(file)[0];
    classes[name] = (classes[name] || 0) + 1;
    return new Promise(resolve => {
      setTimeout(() => {
        pending -= 1;
        resolve({ok: true, text: async () => fs.readFileSync(file, 'utf8')});
      }, 3);
    });
  };
  const document = {currentScript: {src: 'https://site.example/assets/search.js'}};
  vm.runInContext(source, vm.createContext({window, URL, document, fetch, location: {protocol: 'https:'}}));
  await window.opsloreSearch.open();
  const first = bytes;
  [requests, rounds] = [0, 0];
  await window.opsloreSearch.query(text, {limit: 5});
  rows.all.push(bytes);
  rows.later.push(bytes - first);
  rows.requests.push(requests);
  rows.rounds.push(rounds);
  if (process.argv[4] && rounds > 2) console.log(`${rounds} rounds, ${requests} requests: ${text}`);
}
if (process.argv[4]) {
  for (const [name, all] of Object.entries(classes)) console.log(`${name} ${(all / queries.length).toFixed(1)} a query`);
}
console.log(`client ${zlib.gzipSync(source, {level: 9}).length} bytes`);
for (const [name, all] of Object.entries(rows)) {
  all.sort((a, b) => a - b);
  const at = share => all[Math.floor((all.length - 1) * share)];
  console.log(`${name} median ${at(0.5)}, p95 ${at(0.95)}, most ${at(1)}`);
}

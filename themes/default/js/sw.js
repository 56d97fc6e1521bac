/* Turns the list of a build into pages without network. */
'use strict';

const ROOT = registration.scope;
const LIST = ROOT + 'offline.json';
const served = new Map();
let work = Promise.resolve();

const marked = kept => JSON.parse(kept?.headers.get('x-opslore') || '{}');

async function put(url, { body, headers }, hash) {
  const cache = await caches.open(LIST);
  const mark = JSON.stringify({ hash, at: Date.now(), built: '__BUILT__' });
  await cache.put(url, new Response(body, { headers: [...headers, ['x-opslore', mark]] }));
}

/* Without teams: the core. */
async function keep(teams, port) {
  const done = '__BUILD__' + encodeURIComponent(teams);
  if (!port && marked(await caches.match(LIST)).hash === done) return;
  const list = await (await fetch(LIST, { cache: 'no-store' })).json();
  const rank = file => (file[3].some(i => teams.includes(list.teams[i])) ? 0 : 1);
  const core = list.files.splice(0, list.core);
  const rest = teams ? list.files.sort((a, b) => rank(a) - rank(b)) : [];
  let sum = 0;
  const files = [...core, ...rest].filter(([, , bytes]) => (sum += bytes) <= list.budget);
  for (let i = 0; i < files.length; i += 6) {
    await Promise.all(files.slice(i, i + 6).map(async ([path, hash]) => {
      const url = ROOT + path;
      if (marked(await caches.match(url)).hash === hash) return;
      const response = await fetch(url, { cache: 'no-cache' });
      if (response.ok && !response.redirected) await put(url, response, hash);
    }));
  }
  if (!teams) return;
  /* Last: old pages need their old assets. */
  const wanted = files.map(([path]) => new URL(path, ROOT).href);
  const cache = await caches.open(LIST);
  for (const { url } of await cache.keys()) if (!wanted.includes(url)) await cache.delete(url);
  await put(LIST, new Response(JSON.stringify({ ...list, files })), done);
}

async function page(event, url) {
  const id = event.resultingClientId;
  const kept = await caches.match(url);
  const net = fetch(event.request);
  event.waitUntil(net.then(async response => {
    const copy = response.clone();
    const text = await response.clone().text();
    /* Sign-in pages answer for every page. */
    if (!copy.ok || !text.includes('ol-main')) return;
    const newer = text !== await (await caches.match(url))?.text();
    if (newer) await put(url, copy);
    if (!served.has(id)) return;
    served.set(id, { newer });
    (await clients.get(id))?.postMessage({ newer });
  }));
  const late = new Promise(done => kept && setTimeout(done, 1000));
  const answer = await Promise.race([net, late]).catch(() => {});
  if (answer && (!kept || answer.status < 500)) return answer;
  const shown = kept || await caches.match(ROOT + '404.html');
  served.set(id, { kept: true, ...marked(await caches.match(LIST) || shown) });
  return shown;
}

/* The one file of the search whose name says nothing of its content. */
async function newest(request, url) {
  const kept = await caches.match(url);
  const net = fetch(request);
  if (!kept) return net;
  const late = new Promise(done => setTimeout(done, 1000));
  const answer = await Promise.race([net, late]).catch(() => {});
  return answer?.ok ? answer : kept;
}

addEventListener('install', event => event.waitUntil(keep().then(skipWaiting)));
addEventListener('activate', event => event.waitUntil(clients.claim()));

addEventListener('message', event => {
  const { data: { ask, teams }, ports: [port], source } = event;
  if (ask === 'how') return port.postMessage(served.get(source.id) || {});
  work = work.then(() => keep(teams, port)).then(() => true, () => false);
  event.waitUntil(work.then(end => port?.postMessage({ end })));
});

addEventListener('fetch', event => {
  const { request } = event;
  const url = request.url.replace(/[?#].*/, '');
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate') event.respondWith(page(event, url));
  else if (url === ROOT + 'search/root.js') event.respondWith(newest(request, url));
  else if (/^(assets|search)\//.test(url.slice(ROOT.length))) event.respondWith(caches.match(url).then(kept => kept || fetch(request)));
});

/* Turns the page about reading offline into what this device keeps, and the choice of it. */
(() => {
  'use strict';

  const root = new URL('..', document.currentScript.src).href;
  const list = root + 'offline.json';
  const place = document.querySelector('#ol-kept');
  const workers = navigator.serviceWorker;

  function el(tag, props, ...children) {
    const made = Object.assign(document.createElement(tag), props);
    made.append(...children);
    return made;
  }

  function chosen(value) {
    try {
      if (value !== undefined) localStorage.setItem('opslore:teams', JSON.stringify(value));
      return JSON.parse(localStorage.getItem('opslore:teams')) || [];
    } catch {
      return [];
    }
  }

  const status = el('p', { role: 'status' });

  async function count() {
    const kept = await caches.match(list);
    const cache = await caches.has(list) ? await (await caches.open(list)).keys() : [];
    const pages = cache.filter(({ url }) => url.endsWith('/')).length;
    if (!kept) return `${pages} pages are kept so far.`;
    const { files, built } = await kept.json();
    const size = files.reduce((sum, file) => sum + file[2], 0) / 1e6;
    const { at } = JSON.parse(kept.headers.get('x-opslore'));
    return `${pages} pages are kept, ${size.toFixed(1)} MB, built ${built}, since ${new Date(at).toUTCString()}.`;
  }

  async function keep() {
    const teams = [...place.querySelectorAll(':checked')].map(box => box.value);
    const { port1, port2 } = new MessageChannel();
    const timer = setInterval(async () => (status.textContent = await count()), 1000);
    chosen(teams);
    const end = async words => {
      clearInterval(timer);
      status.textContent = words + await count();
    };
    port1.onmessage = ({ data }) => end(data.end ? 'Done. ' : 'The network failed. ');
    try {
      await workers.register(root + 'sw.js');
      (await workers.ready).active.postMessage({ ask: 'keep', teams }, [port2]);
    } catch {
      end('This browser refused. ');
    }
  }

  async function forget({ target, detail }) {
    if (target.textContent === 'Forget all') {
      target.textContent = 'Forget every page?';
      setTimeout(() => (target.textContent = 'Forget all'), 4000);
      status.textContent = 'Press again to forget every page.';
      return;
    }
    /* A double tap is one press. */
    if (detail > 1) return;
    /* Or the next page would begin to keep all again. */
    chosen(false);
    await (await workers.getRegistration(root))?.unregister();
    await caches.delete(list);
    status.textContent = await count();
  }

  async function start() {
    place.append(status);
    place.hidden = false;
    if (!workers || !window.caches || 'portable' in document.documentElement.dataset) {
      status.textContent = 'This browser cannot keep pages from here.';
      return;
    }
    status.textContent = await count();
    const teams = await fetch(list).catch(() => caches.match(list)).then(r => r.json()).then(l => l.teams, chosen);
    const boxes = teams.map(value => el('label', {},
      el('input', { type: 'checkbox', value, checked: chosen().includes(value) }), ' ' + value));
    place.append(
      el('fieldset', { className: 'row' }, el('legend', {}, 'Teams to keep first'), ...boxes),
      el('p', { className: 'row' },
        el('button', { type: 'button', className: 'btn btn--main', onclick: keep }, 'Keep now'),
        el('button', { type: 'button', className: 'btn', onclick: forget }, 'Forget all')));
  }

  start();
})();

/*
 * Turns an address that is nearly right into the right page: a chooser's labels into the one service
 * they name, a missing page into the alert of another case, else into the nearest names.
 */
(() => {
  'use strict';

  const root = new URL('..', document.currentScript.src).href;

  /* One alert of several services: the labels in the address may already say which. */
  function choose() {
    const links = [...document.querySelectorAll('[data-choose] a')];
    const labels = new URLSearchParams(location.hash.slice(1));
    /* An anchor such as #ol-main holds no labels. */
    if (!location.hash.includes('=')) return;
    for (const link of links) link.href = link.href.split('#')[0] + location.hash;
    for (const key of ['service', 'namespace']) {
      const asked = [...labels].find(([name]) => name.toLowerCase() === key)?.[1];
      const found = links.filter(link => asked && link.dataset[key]?.split(' ').includes(asked));
      if (found.length === 1) return location.replace(found[0].href);
    }
  }

  /* How many letters must be changed to make the one of the other. */
  function distance(a, b) {
    let row = [0, ...b].map((letter, i) => i);
    [...a].forEach((letter, i) => {
      const next = [i + 1];
      [...b].forEach((other, j) => {
        next.push(Math.min(next[j] + 1, row[j + 1] + 1, row[j] + (letter !== other)));
      });
      row = next;
    });
    return row[b.length];
  }

  const address = (kind, name) => `${root}${kind}/${name.split('/').map(encodeURIComponent).join('/')}/`;

  function missing() {
    const names = window.opsloreNames;
    const list = document.querySelector('[data-near]');
    if (!names || !list) return;
    const here = location.href.split(/[?#]/)[0];
    let path = here.slice(root.length);
    try {
      path = decodeURIComponent(path);
    } catch {
      /* A lone % is part of the name. */
    }
    const parts = path.toLowerCase().replace(/(\/index)?\.html$/, '').split('/').filter(Boolean);
    const asked = parts.at(-1);
    if (!asked) return;

    const same = names.alerts.filter(name => name.toLowerCase() === asked);
    if (parts.length === 2 && parts[0] === 'alerts' && same.length === 1) {
      const target = address('alerts', same[0]);
      /* A page that is named but missing must not lead to itself for ever. */
      if (target !== here) return location.replace(target + location.hash);
    }

    const near = ['alerts', 'services', 'runbooks'].flatMap((kind, order) => (names[kind] || []).map(name => {
      const other = name.toLowerCase().split('/').pop();
      const part = other.length > 3 && asked.length > 3 && (other.includes(asked) || asked.includes(other));
      return { kind, order, name, far: part ? 1 : distance(asked, other) };
    }));
    const best = near.filter(entry => entry.far <= Math.max(2, asked.length / 3))
      .sort((a, b) => a.far - b.far)
      .slice(0, 8)
      .sort((a, b) => a.order - b.order);
    for (const { kind, name } of best) {
      const item = document.createElement('li');
      const link = document.createElement('a');
      link.href = address(kind, name);
      link.textContent = name;
      item.append(link);
      list.append(item);
    }
    list.hidden = !best.length;
  }

  choose();
  addEventListener('hashchange', choose);
  /* By then the list of names, a script of its own, has run. */
  addEventListener('DOMContentLoaded', missing);
})();

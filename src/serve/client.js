/* Turns the server's word of a change into a reload that keeps the place, or into what is wrong. */
(() => {
  'use strict';

  const { src, dataset } = document.currentScript;
  const own = new URL('.', src).href;
  const place = 'opslore-serve:' + location.pathname;
  let host;
  let source;

  /* A kept copy would hide the change. */
  const workers = navigator.serviceWorker;
  if (workers) {
    workers.register = () => Promise.reject(new Error('no worker while serving'));
    workers.getRegistrations().then(all => all.forEach(one => one.unregister()));
  }

  function show(problems) {
    host?.remove();
    host = null;
    if (!problems.length) return;
    host = document.createElement('opslore-problems');
    const root = host.attachShadow({ mode: 'open' });
    const add = (tag, parent, props) => parent.appendChild(Object.assign(document.createElement(tag), props));
    add('link', root, { rel: 'stylesheet', href: own + 'client.css' });
    const panel = add('section', root, { role: 'alert', ariaLabel: 'Problems' });
    add('h2', panel, { textContent: 'You see the last good site' });
    for (const textContent of problems) add('pre', panel, { textContent, tabIndex: 0 });
    add('button', panel, { type: 'button', textContent: 'Hide', onclick: () => (host.hidden = true) });
    document.body.append(host);
  }

  function reload() {
    source.close();
    sessionStorage.setItem(place, scrollY);
    location.reload();
  }

  function listen() {
    source?.close();
    /* A browser opens six connections to a server: pages that nobody sees take none. */
    if (document.hidden) return;
    source = new EventSource(own + 'events?page=' + encodeURIComponent(location.pathname));
    source.onmessage = ({ data }) => {
      const { page, problems } = JSON.parse(data);
      if (page !== dataset.page) reload();
      else show(problems);
    };
  }

  addEventListener('DOMContentLoaded', () => {
    const top = sessionStorage.getItem(place);
    if (top !== null) {
      sessionStorage.removeItem(place);
      history.scrollRestoration = 'manual';
      const back = () => scrollTo({ top, behavior: 'instant' });
      back();
      addEventListener('load', back);
    }
    document.addEventListener('visibilitychange', listen);
    addEventListener('pagehide', () => source?.close());
    addEventListener('pageshow', event => event.persisted && listen());
    listen();
  });
})();

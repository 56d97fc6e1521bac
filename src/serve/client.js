/* Turns the server's word of a change into the new page in the place of the old, or into what is wrong. */
(() => {
  'use strict';

  const { src, dataset } = document.currentScript;
  const own = new URL('.', src).href;
  const place = 'opslore-serve:' + location.pathname;
  let host;
  let source;
  let state = dataset.page;
  let told;
  let busy = Promise.resolve();

  /* What the page's scripts listen to and repeat ends with the body that they began it for. */
  const on = EventTarget.prototype.addEventListener;
  let begun = [];
  for (const target of [window, document]) {
    target.addEventListener = (...what) => {
      on.apply(target, what);
      begun.push(() => target.removeEventListener(...what));
    };
  }
  const { setInterval: repeat } = window;
  window.setInterval = (...what) => {
    const id = repeat(...what);
    begun.push(() => clearInterval(id));
    return id;
  };

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

  /* A new document takes a browser 150 ms: where sheets and scripts are the same, only the body is new. */
  const parts = page => [...page.head.querySelectorAll('link[rel=stylesheet], script[src]:not([data-page])')];
  const names = page => parts(page).map(part => part.getAttribute(part.src === undefined ? 'href' : 'src'));
  const usual = names(document);

  async function turn() {
    const answer = await fetch(location.pathname + location.search, { cache: 'no-store' });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (answer.redirected || `${names(page)}` !== `${usual}`) return reload();
    state = answer.headers.get('ETag').replaceAll('"', '');
    const { scrollX: left, scrollY: top } = window;
    begun.forEach(stop => stop());
    begun = [];
    document.title = page.title;
    document.body.replaceWith(document.adoptNode(page.body));
    /* A script that cannot run twice in one document gets a new one. */
    on.call(window, 'error', reload);
    await Promise.all(parts(document).filter(part => part.src).map(old => {
      const src = old.getAttribute('src');
      old.remove();
      /* Others came when somebody asked for them. */
      if (!usual.includes(src)) return null;
      return new Promise((onload, onerror) => {
        const script = Object.assign(document.createElement('script'), { async: false, onload, onerror });
        script.setAttribute('src', src);
        document.head.append(script);
      });
    }));
    removeEventListener('error', reload);
    document.dispatchEvent(new Event('DOMContentLoaded'));
    dispatchEvent(new Event('load'));
    /* The heading that the address names is another element now. */
    if (document.getElementById(location.hash.slice(1))) location.replace(location.hash);
    scrollTo({ top, left, behavior: 'instant' });
  }

  async function follow() {
    if (told.page !== state) await turn().catch(reload);
    show(told.problems);
  }

  function listen() {
    source?.close();
    /* A browser opens six connections to a server: pages that nobody sees take none. */
    if (document.hidden) return;
    source = new EventSource(own + 'events?page=' + encodeURIComponent(location.pathname));
    source.onmessage = ({ data }) => {
      told = JSON.parse(data);
      busy = busy.then(follow);
    };
  }

  on.call(document, 'DOMContentLoaded', () => {
    const top = sessionStorage.getItem(place);
    if (top !== null) {
      sessionStorage.removeItem(place);
      history.scrollRestoration = 'manual';
      const back = () => scrollTo({ top, behavior: 'instant' });
      back();
      on.call(window, 'load', back, { once: true });
    }
    on.call(document, 'visibilitychange', listen);
    on.call(window, 'pagehide', () => source?.close());
    on.call(window, 'pageshow', event => event.persisted && listen());
    listen();
  }, { once: true });
})();

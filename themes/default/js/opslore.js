/* Turns pages that read without it into pages that fill, copy, tick and log. */
(() => {
  'use strict';

  const $ = selector => document.querySelector(selector);
  const $$ = selector => [...document.querySelectorAll(selector)];
  const clean = text => text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  const words = node => clean(node.textContent);
  const html = document.documentElement;
  const main = $('main');
  const { alert, missing, runbook, services } = main.dataset;
  const root = new URL('..', document.currentScript.src).href;
  const page = location.href.split(/[?#]/)[0].slice(root.length);

  function store(key, value) {
    try {
      if (value !== undefined) localStorage.setItem('opslore:' + key, JSON.stringify(value));
      return JSON.parse(localStorage.getItem('opslore:' + key));
    } catch {
      return null;
    }
  }

  function el(tag, props, ...children) {
    const made = Object.assign(document.createElement(tag), props);
    made.append(...children);
    return made;
  }

  /* Emptied first, or the same words are not read again. */
  const live = el('div', { role: 'status', className: 'live' });
  function say(text) {
    live.textContent = '';
    setTimeout(() => (live.textContent = text), 60);
  }

  function button(name, onclick, about) {
    const made = el('button', { type: 'button', className: 'btn', onclick, name, about });
    become(made, name);
    return made;
  }

  function become(button, text, state) {
    clearTimeout(button.timer);
    button.textContent = text;
    button.ariaLabel = button.about ? `${text}: ${button.about}` : null;
    button.state = state;
    button.toggleAttribute('data-done', state === 'done');
    if (state) button.timer = setTimeout(become, 4000, button, button.name);
  }

  function sure(button, event, question) {
    /* A double tap is one press. */
    if (button.state === 'asked') return event.detail < 2;
    become(button, question, 'asked');
    say(question + ' Press again');
  }

  async function toClipboard(text, place) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      getSelection().selectAllChildren(place);
      document.oncopy = event => {
        event.preventDefault();
        event.clipboardData.setData('text/plain', text);
      };
      const done = document.execCommand('copy');
      document.oncopy = null;
      return done;
    }
  }

  async function copyText(text, button, place) {
    if (!(await toClipboard(text, place))) return say('Not copied');
    become(button, 'Copied', 'done');
    say('Copied');
    return true;
  }

  /* Values end in a shell, and anybody can make a link. */
  const SAFE = /^[A-Za-z0-9_.:/@-]{1,253}$/;
  const fields = new Map($$('[data-fill] [data-p]').map(field => [field.p = field.dataset.p, field]));
  const open = $$('[data-fill] [data-p]:not([data-secret])');
  let refused;

  function fits({ options, dataset }, value) {
    if (!SAFE.test(value || '')) return false;
    if (options && ![...options].some(option => option.value === value)) return false;
    try {
      return RegExp(`^(?:${dataset.pattern || '.*'})$`).test(value);
    } catch {
      return true;
    }
  }

  function valueOf(field) {
    const value = field?.value.trim();
    return value && fits(field, value) ? value : '';
  }

  const filled = () => open.map(field => [field.p, valueOf(field)]).filter(pair => pair[1]);
  const save = () => store('vals:' + page, { t: Date.now(), v: Object.fromEntries(filled()) });

  function paint() {
    for (const place of $$('var.p')) {
      place.own ??= place.textContent;
      const value = valueOf(fields.get(place.dataset.p));
      place.textContent = value || place.own;
      place.toggleAttribute('data-set', !!value);
    }
  }

  function fill(event) {
    const plain = key => key.toLowerCase().replace(/[-_]/g, '');
    const given = new Map([...new URLSearchParams(location.hash.slice(1))].map(([key, value]) => [plain(key), value]));
    /* A leading dash from a link would be an option, such as --all. */
    for (const field of open) {
      field.link = `${field.p} ${field.dataset.from || field.p}`.split(' ')
        .map(key => given.get(plain(key))).find(value => fits(field, value) && value[0] !== '-');
    }
    const some = open.some(field => field.link);
    if (event && !some) return;
    let kept = store('vals:' + page)?.v || {};
    /* What was kept for another alert must not mix in. */
    if (open.some(({ link, p }) => link && kept[p] && kept[p] !== link)) kept = {};
    for (const field of open) {
      const usual = field.defaultValue ?? field.querySelector('[selected]')?.value;
      field.value = [field.link, kept[field.p], usual].find(value => fits(field, value)) || '';
      judge(field);
    }
    if (some) save();
    paint();
  }

  function judge(field, done) {
    const value = field.value.trim();
    const id = 'ol-err-' + field.p;
    const safe = SAFE.test(value);
    const wrong = value && !(done ? fits(field, value) : safe);
    const text = safe ? 'Must look like ' + field.dataset.pattern : 'Only letters, digits and . _ : / @ -';
    document.getElementById(id)?.remove();
    field.setAttribute('aria-describedby', id);
    field.ariaInvalid = wrong ? 'true' : null;
    field.ariaLabel = wrong ? field.p : null;
    if (!wrong) return;
    field.after(el('span', { id, className: 'err' }, text));
    say(`${field.p}: ${text}`);
  }

  function values() {
    if (!fields.size) return;
    for (const field of fields.values()) {
      field.oninput = () => {
        judge(field);
        paint();
        save();
        /* Or a reload would bring the link's value back. */
        if (/=/.test(location.hash)) history.replaceState(null, '', '#' + new URLSearchParams(filled()));
      };
      field.onchange = () => judge(field, true);
    }
    $('[data-fill]').onkeydown = event => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      refused?.focus();
    };
    addEventListener('hashchange', fill);
    fill();
  }

  function command(pre, secrets) {
    const copy = pre.cloneNode(true);
    const each = (selector, change) => copy.querySelectorAll(selector).forEach(change);
    each('.pr', part => part.remove());
    /* NUL, which no page can hold, marks where output was. */
    each('.out', part => part.replaceWith('\0'));
    each('var.p', part => {
      if (!secrets && !open.includes(fields.get(part.dataset.p))) part.textContent = part.dataset.p;
    });
    const text = copy.textContent.replace(/^\0\n?/gm, '').replace(/\0|\n+$/g, '');
    return [text, copy.querySelector('var.p:not([data-set])')?.dataset.p];
  }

  function copies() {
    for (const figure of $$('[data-cmd]')) {
      const pre = figure.querySelector('pre');
      const caption = figure.querySelector('figcaption');
      const ask = figure.dataset.confirm || (figure.matches('.cmd--danger') && 'Copy deletion');
      const copy = button('Copy', async event => {
        const [text, empty] = command(pre, true);
        if (empty) {
          refused = copy;
          fields.get(empty)?.focus();
          return say('First fill in ' + empty);
        }
        if (ask && !sure(copy, event, ask + '?')) return;
        if (!(await copyText(text, copy, pre))) return;
        note('copied `' + command(pre)[0].split('\n')[0].slice(0, 120) + '`');
      }, words(caption));
      caption.append(copy);
    }
  }

  const boxes = $$('.step > label input, #ol-main .task input:not(:disabled)');

  function tick() {
    store('ticks:' + page, { t: Date.now(), v: boxes.filter(box => box.checked).map(box => box.key) });
  }

  function steps() {
    const ticked = store('ticks:' + page)?.v || [];
    boxes.forEach((box, i) => {
      const item = box.closest('li');
      box.key = item.matches('.step') ? item.id : i + words(item).slice(0, 40);
      box.checked = ticked.includes(box.key);
      box.onchange = () => {
        tick();
        note((box.checked ? 'done: ' : 'undone: ') + words(box.closest('label, li')));
      };
    });
  }

  const now = () => new Date().toISOString().slice(0, 19) + 'Z';
  let log;
  let show;

  function note(text) {
    if (!log) return;
    log.e.push([now(), text]);
    store('log:' + page, log);
    show();
  }

  function logs() {
    const tools = $('#ol-tools');
    if (!tools) return;
    const clock = el('strong');
    const list = el('ol', { tabIndex: 0, ariaLabel: 'Entries' });
    const input = el('input', { className: 'in', ariaLabel: 'Note for the log' });
    const start = button('Start an incident log', () => {
      log = { s: now(), e: [] };
      note('log started');
      input.focus();
    });
    const copy = button('Copy as postmortem draft', () => copyText(draft(), copy, panel));
    const save = button('Download', () => {
      const href = URL.createObjectURL(new Blob([draft()]));
      el('a', { href, download: `${log.s.slice(0, 10)}-${alert || 'incident'}.md` }).click();
    });
    const end = button('End', event => {
      if (!sure(end, event, 'End and lose the log?')) return;
      become(end, 'End');
      store('log:' + page, null);
      read();
      start.focus();
      say('Log ended');
    });
    const onsubmit = event => {
      event.preventDefault();
      if (input.value.trim()) note(input.value.trim());
      input.value = '';
    };
    const panel = el('section', { className: 'logp', ariaLabel: 'Incident log' }, clock, list,
      el('form', { className: 'row', onsubmit }, input, el('button', { className: 'btn' }, 'Add note')),
      el('p', { className: 'row' }, copy, save, end));

    const time = () => {
      const minutes = Math.floor((Date.now() - Date.parse(log?.s)) / 6e4);
      clock.textContent = `${minutes} min since ${log?.s.slice(11, 16)} UTC`;
    };
    show = () => {
      panel.hidden = !log;
      start.hidden = !!log;
      list.replaceChildren(...(log?.e || []).map(([at, text]) => el('li', {}, `${at.slice(11, 16)}  ${text}`)));
      list.scrollTop = list.scrollHeight;
      time();
    };
    const read = () => {
      log = store('log:' + page);
      show();
    };

    tools.append(start);
    if (boxes.length) {
      tools.append(button('Clear steps', () => {
        for (const box of boxes) box.checked = false;
        tick();
        note('steps cleared');
        say('Steps cleared');
      }));
    }
    tools.hidden = false;
    tools.after(panel);
    addEventListener('storage', read);
    setInterval(time, 15e3);
    read();
  }

  const quote = text => `"${clean(text).replace(/[\\"]/g, '\\$&')}"`;
  const escape = text => clean(text).replace(/[\\`*_[\]<>#&~|]/g, '\\$&');
  const day = date => new Date(date).toUTCString().slice(5, 16).replace(/^0/, '');

  function draft() {
    const title = `${alert || words($('h1'))}, ${day(log.s)}`;
    const rows = filled().map(pair => `| ${pair.map(escape).join(' | ')} |\n`);
    return `---
kind: postmortem
title: ${quote(title)}
status: draft
${services ? `services: [${services.split(' ').map(quote)}]\n` : ''}started_at: ${log.s}
${alert ? `detection:\n  method: alert\n  alerts: [${quote(alert)}]\n` : ''}timeline:
${log.e.map(([at, event]) => `  - {at: ${at}, event: ${quote(event)}}\n`).join('')}${
  runbook ? `runbooks_used:\n  - {runbook: ${quote('runbook:' + runbook)}}\n` : ''}---

# ${escape(title)}

## Summary

_What happened._

## Impact

_What users felt, with a number._

## Contributing factors

_What made it possible._

## What went well

_What helped._

## Lessons learned

_What others should know._

## Action items

_What, by whom, by when._
${rows[0] ? `\n## Values used\n\n| Value | Set to |\n| --- | --- |\n${rows.join('')}` : ''}`;
  }

  function ago(ms) {
    for (const [unit, size] of [['year', 365.25], ['month', 30.44], ['day', 1], ['hour', 1 / 24]]) {
      const n = Math.floor(ms / 864e5 / size);
      if (n > 0) return `${n} ${unit}${n > 1 ? 's' : ''} ago`;
    }
    return 'today';
  }

  function dates() {
    const today = now().slice(0, 10);
    for (const mark of $$('[data-review-by]:not([data-overdue])')) {
      if (mark.dataset.reviewBy >= today) continue;
      mark.classList.add('chip', 'chip--2');
      mark.append(' · review overdue');
    }
    for (const time of $$('[data-ago]')) {
      const past = Date.parse(today) - Date.parse(time.dateTime.slice(0, 10));
      if (past >= 0) time.append(` (${ago(past)})`);
    }
  }

  function recent() {
    const others = (store('recent') || []).filter(visit => visit.u !== page);
    const list = $('[data-recent]');
    if (list && others.length) {
      list.append(...others.slice(0, 5).map(({ u, t }) => el('a', { href: root + u }, t)));
      list.hidden = false;
    }
    if (missing == null) store('recent', [{ u: page, t: document.title.split(' · ')[0] }, ...others].slice(0, 8));
  }

  function sweep() {
    for (const name of Object.keys(localStorage)) {
      if (Date.now() - store(name.slice(8))?.t > 432e5) localStorage.removeItem(name);
    }
  }

  /* The search is a script of its own, which comes when somebody asks for it. */
  let engine;
  const load = () => engine ||= new Promise((resolve, reject) => {
    document.head.append(el('script', { src: root + '__SEARCH__', onload: resolve, onerror: reject }));
  });
  const field = $('[data-search] input');
  const find = text => load().then(() => opsloreFind(text), () => field || location.assign($('[data-find]').href));

  function finding() {
    window.opslore = { el, store, root, toClipboard };
    for (const link of $$('[data-find]')) {
      link.onclick = event => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        find();
      };
    }
    addEventListener('keydown', event => {
      const { key, target, ctrlKey, metaKey, altKey } = event;
      const held = ctrlKey || metaKey;
      /* A field that was just hidden has the focus until the next frame. */
      const typing = target.offsetParent && target.closest('input:not([type=checkbox]), select, textarea');
      if (altKey || !(held ? key.toLowerCase() === 'k' : key === '/' && !typing)) return;
      event.preventDefault();
      find(held && document.querySelector('.pal[open]') ? null : undefined);
    });
    /* Back closes the search, forward opens it again. */
    addEventListener('popstate', ({ state }) => {
      if (state?.find != null) find();
      else window.opsloreFind?.(null);
    });
    if (field) field.onfocus = () => load().catch(() => {});
    if (history.state?.find != null || (field && /[?&]q=./.test(location.search))) find();
  }

  function theme() {
    $('.foot .wrap').append(button('Light or dark', () => {
      const old = html.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
      html.dataset.theme = old === 'dark' ? 'light' : 'dark';
      localStorage.setItem('opslore:theme', html.dataset.theme);
    }));
  }

  function spy() {
    const links = $$('.toc a');
    const watcher = new IntersectionObserver(entries => {
      const seen = entries.find(entry => entry.isIntersecting);
      if (seen) links.forEach(link => (link.ariaCurrent = link.hash === '#' + seen.target.id ? 'true' : null));
    }, { rootMargin: '0px 0px -75%' });
    for (const { hash } of links) {
      const target = document.getElementById(hash.slice(1));
      if (target) watcher.observe(target);
    }
  }

  function bar({ kept, newer, at, built }) {
    $('#ol-bar')?.remove();
    if (!kept && !newer) return;
    const text = newer ? 'A newer version of this page exists. '
      : `No network. You read the copy kept on this device, built ${day(built)}, kept ${ago(Date.now() - at)}.`;
    main.before(el('p', { id: 'ol-bar', role: 'status', className: 'note note--2' }, text));
    if (newer) $('#ol-bar').append(button('Reload', () => location.reload()));
    say(text);
  }

  function offline() {
    const workers = navigator.serviceWorker;
    if (!workers || 'portable' in html.dataset || store('teams') === false) return;
    const { port1, port2 } = new MessageChannel();
    const keep = () => workers.controller?.postMessage({ ask: 'keep', teams: store('teams') || [] });
    port1.onmessage = workers.onmessage = event => bar(event.data);
    workers.controller?.postMessage({ ask: 'how' }, [port2]);
    workers.oncontrollerchange = keep;
    addEventListener('load', keep);
    workers.register(root + 'sw.js').catch(() => {});
  }

  document.body.append(live);
  for (const part of [sweep, values, copies, steps, logs, dates, recent, finding, theme, spy, offline]) {
    try {
      part();
    } catch (error) {
      console.error(error);
    }
  }
})();

/* Turns words into pages to choose from: in a dialog over any page, or below the field of a page that has one. */
(() => {
  'use strict';

  const { el, store, root, toClipboard } = window.opslore;
  const { query, lines: linesOf, facets: allFacets, open } = window.opsloreSearch;
  const GROUPS = {
    alert: 'Alerts', runbook: 'Runbooks', service: 'Services', team: 'Teams', incident: 'Incidents', lesson: 'Lessons',
    factor: 'Factors', page: 'Pages',
  };
  const FIELD = /(?:^|\s)((?:kind|team|service|severity|tag):(?:"[^"]*"|\S+))/gi;
  const place = document.querySelector('[data-search]');
  const portable = 'portable' in document.documentElement.dataset;
  const address = url => root + (portable ? url.replace(/\/(?=#|$)/, '/index.html') : url);
  const A_TO_Z = address('search/');
  const KEYS = '↑ ↓ choose · Enter open · Ctrl Enter new tab · → ← sections · Alt C copy · ? keys · Esc close';

  const input = place?.querySelector('input') || el('input', { placeholder: 'Alert, service, error', autocapitalize: 'off' });
  Object.assign(input, { type: 'text', role: 'combobox', ariaLabel: 'Search', ariaExpanded: 'false', ariaAutoComplete: 'list',
    autocomplete: 'off', spellcheck: false, enterKeyHint: 'go' });
  input.setAttribute('aria-controls', 'ol-hits');
  const chips = el('div', { className: 'facets', role: 'group', ariaLabel: 'Narrow down', hidden: true });
  const status = el('p', { className: 'g', role: 'status' });
  const more = el('p', { className: 'row', hidden: true });
  const list = el('div', { id: 'ol-hits', role: 'listbox', ariaLabel: 'Results', hidden: true });
  const button = (text, onclick) => el('button', { type: 'button', className: 'btn', textContent: text, onclick });

  let panel, text = '', shown, turn = 0, at = 0, options = [], made = 0, hasEntered, leaving, again;

  /* A field of one line drops the line ends that tell a log from a question, so what was pasted is kept beside it. */
  function ask(value, keep) {
    text = value;
    input.value = value.replace(/\s+/g, ' ');
    if (!keep) remember();
    return show();
  }

  /* Short questions stand in the address; a pasted log may hold what no server should read. */
  function remember() {
    const url = new URL(location);
    url.searchParams.delete('q');
    if (text && text.length < 200 && !text.includes('\n')) url.searchParams.set('q', text);
    try {
      history.replaceState({ find: text }, '', url);
    } catch {
      /* A file in a browser that allows no such thing. */
    }
  }

  const word = (name, value) => `${name}:${/\s/.test(value) ? `"${value}"` : value}`;
  const has = part => ` ${input.value.toLowerCase()} `.includes(` ${part.toLowerCase()} `);

  function toggle(part) {
    ask((has(part) ? ` ${input.value} `.replace(` ${part} `, ' ') : `${input.value} ${part}`).trim());
    input.focus();
  }

  /* A long name breaks before a capital, never inside a word. */
  const broken = name => name.split(/(?<=[a-z\d])(?=[A-Z])/).flatMap((part, n) => (n ? [el('wbr'), part] : part));

  function marker(answer) {
    const words = [...answer.keys, ...answer.fixes.map(fix => fix[1])].sort((a, b) => b.length - a.length).slice(0, 24);
    const any = RegExp(`(${words.map(w => (w.length > 2 ? '' : '\\b') + w).join('|') || '$^'})`, 'iu');
    const count = line => new Set(line.toLowerCase().split(any).filter((_, n) => n % 2)).size;
    return {
      any,
      most: lines => lines.reduce((best, line) => (count(line) > count(best) ? line : best)),
      mark: line => line.split(any).flatMap((part, n) => (n % 2 ? [el('mark', {}, ...broken(part))] : broken(part))),
    };
  }

  function option(href, ...children) {
    const one = el('a', { href, role: 'option', id: 'ol-o' + made++, tabIndex: -1, ariaSelected: 'false',
      onmousemove: () => choose(options.indexOf(one)) }, ...children);
    options.push(one);
    return one;
  }

  function row(hit, { mark }) {
    const { title, section, kind, note, team, service, day, due } = hit;
    const name = el('span', {}, ...mark(title), ...(section ? [el('small', {}, ' › ', ...mark(section))] : []));
    const told = kind === 'alert' || kind === 'runbook' ? note && [el('code', { textContent: note })]
      : kind === 'incident' && [[day, note && 'fixed by ' + note].filter(Boolean).join(' · ')];
    const late = due && due < new Date().toISOString() ? [el('span', { className: 'chip chip--2', textContent: 'overdue' }), ' '] : [];
    const one = option(address(hit.url), name, el('em', {}, ...late, (kind !== 'team' && team) || service),
      ...(told && told[0] ? [el('small', {}, ...told)] : []));
    one.hit = hit;
    return one;
  }

  function group(name, rows) {
    return el('div', { role: 'group', ariaLabel: name },
      el('div', { className: 'g', ariaHidden: 'true', textContent: name }), ...rows);
  }

  function choose(n) {
    options[at]?.setAttribute('aria-selected', 'false');
    at = (n + options.length) % options.length || 0;
    const now = options[at];
    input.setAttribute('aria-activedescendant', now?.id || '');
    if (!now) return;
    now.ariaSelected = 'true';
    return now;
  }

  /* The sections of a hit stand below it while somebody looks for one. */
  function unfold() {
    const hit = options[at]?.hit;
    if (!hit?.headings.length || options[at].inner) return;
    const all = options.length;
    const inner = hit.headings.flatMap((name, n) => (n % 2 ? option(address(`${hit.address}#${hit.headings[n - 1]}`), '› ' + name) : []));
    options.splice(at + 1, 0, ...options.splice(all));
    options[at].inner = inner;
    options[at].after(...inner);
    return choose(at + 1);
  }

  function fold() {
    const top = options.find((one, n) => one.inner && (n === at || one.inner.includes(options[at])));
    if (!top) return;
    for (const one of top.inner) one.remove();
    options = options.filter(one => !top.inner.includes(one));
    top.inner = 0;
    return choose(options.indexOf(top));
  }

  /* A command that changes something, or has a value to fill in, is copied on its page, which asks first. */
  async function copy({ href, hit }) {
    const copies = hit?.copies;
    const done = await toClipboard(copies ? hit.note : href, list);
    input.focus();
    status.textContent = done ? `Copied: ${copies ? hit.note : 'the link'}` : 'Not copied';
  }

  function results(answer) {
    const marks = marker(answer);
    const kinds = new Map(answer.facets.find(facet => facet[0] === 'kind')?.[1]);
    const one = kinds.size === 1;
    const lines = [];
    const make = hit => {
      const made = row(hit, marks);
      lines.push([made, hit]);
      return made;
    };
    const groups = [];
    const order = Object.keys(GROUPS).filter(kind => answer.some(hit => hit.kind === kind));
    /* The order of the groups never changes, so what answers best must not be looked for in the last of them. */
    const best = answer[0]?.kind === order[0] ? null : answer[0];
    if (best) groups.push(group('Best match, in ' + GROUPS[best.kind], [make(best)]));
    for (const kind of order) {
      const hits = answer.filter(hit => hit.kind === kind && hit !== best).slice(0, one ? 60 : 6);
      const all = kinds.get(kind);
      const rows = hits.map(make);
      if (!one && all > 6) {
        const part = word('kind', kind);
        const link = option(`${A_TO_Z}?q=${encodeURIComponent(text + ' ' + part)}`, `All ${all} ${GROUPS[kind].toLowerCase()}`);
        link.onclick = event => {
          if (event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          toggle(part);
        };
        rows.push(link);
      }
      if (rows.length) groups.push(group(GROUPS[kind], rows));
    }
    list.replaceChildren(...groups);
    return () => lines.slice(0, 3).forEach(async ([made, hit]) => {
      /* Room first: nothing may move under a finger. */
      const place = el('small', {}, '\u00a0');
      made.append(place);
      const line = marks.most(await linesOf(hit).catch(() => [''])).trim();
      /* A lone word or address says less of the page than the file that it comes from. */
      if (!/\s/.test(line) || line === hit.note || line === hit.title) return place.replaceChildren(hit.source);
      const from = line.search(marks.any);
      place.replaceChildren(...marks.mark(from > 40 ? '…' + line.slice(from - 30) : line));
    });
  }

  function facets(all, total) {
    const made = all.flatMap(([name, values]) => values.slice(0, name === 'kind' ? 8 : 2).flatMap(([value, count]) => {
      const part = word(name, value);
      if (count === total && !has(part)) return [];
      const text = name === 'kind' ? GROUPS[value] : `${name} ${value}`;
      return [el('button', { type: 'button', ariaPressed: String(has(part)), onclick: () => toggle(part) }, `${text} `, el('b', { textContent: count }))];
    }));
    chips.replaceChildren(...made);
    chips.hidden = !made.length;
  }

  const quoted = words => words.map(w => `“${w}”`).join(', ');

  function tell({ total, fixes, unknown }) {
    const parts = [total ? `${total} ${total > 1 ? 'pages' : 'page'}.` : 'Nothing found.'];
    for (const [typed, taken] of fixes) parts.push(`Searched for “${taken}” instead of “${typed}”.`);
    if (unknown.length) parts.push(`Nobody wrote ${quoted(unknown)}.`);
    return parts.join(' ');
  }

  /* What helps where nothing is found: fewer words, fewer filters, lists. */
  function ways({ total, unknown }) {
    const made = [];
    if (!total) {
      const fields = [...input.value.matchAll(FIELD)].map(found => found[1]);
      for (const part of fields) made.push(button('Without ' + part, () => toggle(part)));
      for (const [path, name] of [['alerts/', 'All alerts'], ['services/', 'Services'], ['search/#ol-az', 'Everything, A to Z']]) {
        made.push(el('a', { className: 'btn', href: address(path), textContent: name }));
      }
    }
    more.replaceChildren(...made);
    more.hidden = !made.length;
  }

  /* The empty box: where this device was lately, and what its teams own. */
  async function start() {
    const here = location.href.split(/[?#]/)[0];
    const recent = (store('recent') || []).filter(({ u }) => root + u !== here).slice(0, 5);
    const rows = recent.map(({ u, t }) => option(root + u, el('span', { textContent: t })));
    const groups = rows.length ? [group('Recent on this device', rows)] : [];
    for (const team of (store('teams') || []).slice(0, 3)) {
      const hits = await query(word('team', team), { limit: 6 });
      if (hits.length) groups.push(group('Of ' + team, hits.map(hit => row(hit, { mark: line => [line] }))));
    }
    return groups;
  }

  async function show() {
    const mine = ++turn;
    const asked = text.trim();
    const late = setTimeout(() => mine === turn && (status.textContent = 'Searching…'), 400);
    let answer, counted, found;
    try {
      await open();
      answer = asked && await query(asked, { limit: has('kind:') || /(^|\s)kind:/i.test(asked) ? 60 : 12 });
      /* Chips that came later would move what somebody is about to press: the next question has them. */
      counted = answer && await Promise.race([allFacets(answer), new Promise(done => setTimeout(done, 100, answer.facets))]);
    } catch {
      found = 'The search cannot be loaded.';
    }
    clearTimeout(late);
    if (mine !== turn) return;
    options = [];
    let later;
    if (answer) {
      later = results(answer);
      facets(counted, answer.total);
      found = tell(answer);
      ways(answer);
    } else {
      const groups = found || (place && !panel) ? [] : await start().catch(() => []);
      if (mine !== turn) return;
      list.replaceChildren(...groups);
      chips.hidden = true;
      ways(found ? { total: 0 } : { total: 1 });
      found ||= 'An alert, a service, an error, a line of a log, or Alertmanager’s JSON.';
    }
    status.textContent = found;
    list.hidden = !options.length;
    list.scrollTop = 0;
    input.ariaExpanded = String(!list.hidden);
    shown = asked;
    choose(0);
    if (hasEntered) options[0]?.click();
    hasEntered = false;
    later?.();
  }

  /* One alert in what was pasted, with what its labels agree on. */
  function labelsOf(pasted) {
    try {
      const data = JSON.parse(pasted);
      const all = [].concat(data.alerts || data).map(alert => Object.entries(alert.labels || alert));
      const same = all[0].filter(([name, value]) => {
        return typeof value === 'string' && all.every(labels => labels.some(l => l[0] === name && l[1] === value));
      });
      return same.some(([name]) => name === 'alertname') && Object.fromEntries(same);
    } catch {
      return false;
    }
  }

  async function paste(event) {
    const pasted = event.clipboardData.getData('text');
    const labels = labelsOf(pasted);
    if (!labels && !pasted.trim().includes('\n')) return;
    event.preventDefault();
    ask(pasted.trim());
    if (!labels) return;
    const { alertname, ...rest } = labels;
    const mine = turn;
    const hits = await query(alertname, { limit: 20 }).catch(() => []);
    const hit = hits.find(({ url }) => url.startsWith(`alerts/${encodeURIComponent(alertname)}/`));
    if (hit && mine === turn) location.assign(`${address(hit.url.split('/', 2).join('/') + '/')}#${new URLSearchParams(rest)}`);
  }

  let timer;
  input.addEventListener('input', () => {
    text = input.value;
    hasEntered = false;
    clearTimeout(timer);
    timer = setTimeout(() => {
      remember();
      show();
    }, 30);
  });
  input.addEventListener('paste', paste);
  input.addEventListener('keydown', event => {
    const { key, ctrlKey, metaKey, altKey, isComposing } = event;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (isComposing) return;
    const isEnd = input.selectionStart === input.value.length && !(ctrlKey || metaKey || altKey || event.shiftKey);
    const moved = isEnd && (key === 'ArrowRight' ? unfold() : key === 'ArrowLeft' && fold());
    moved?.scrollIntoView?.({ block: 'nearest' });
    const asks = key === '?' && !input.value, copies = altKey && event.code === 'KeyC' && options[at];
    if (!(step || moved || asks || copies || key === 'Enter')) return;
    event.preventDefault();
    if (moved) return;
    if (asks) return show().then(() => status.textContent = KEYS);
    if (copies) return copy(copies);
    if (step) choose(at + step)?.scrollIntoView({ block: 'nearest' });
    else if (shown !== text.trim()) hasEntered = true;
    else if (ctrlKey || metaKey) options[at] && window.open(options[at].href);
    else options[at]?.click();
  });

  function build() {
    panel = el('dialog', { className: 'pal', ariaLabel: 'Search' },
      el('div', { className: 'row' }, input, button('Close', () => panel.close())), chips, status, more, list,
      el('footer', { className: 'only-wide', textContent: KEYS }));
    document.body.append(panel);
    panel.onclick = ({ target }) => {
      if (target === panel) panel.close();
    };
    panel.onclose = () => {
      /* What was typed last would be written into the address of the page itself. */
      clearTimeout(timer);
      leaving = !panel.open && history.state?.find != null;
      if (leaving) history.back();
    };
    addEventListener('hashchange', () => panel.open && panel.close());
    /* To go back takes a moment; who asked within it is answered after it. */
    addEventListener('popstate', () => {
      const next = again;
      leaving = again = null;
      next?.();
    });
  }

  if (place) {
    input.form.onsubmit = event => event.preventDefault();
    input.form.after(el('div', { className: 'pal' }, chips, status, more, list));
    text = input.value;
    /* What was typed before this script came. */
    if (text) show();
  }

  /* Opens the search, with a question or what was asked last; null closes it. */
  window.opsloreFind = asked => {
    if (asked === null) return panel?.close();
    if (leaving) return again = () => window.opsloreFind(asked);
    const kept = history.state?.find;
    const value = asked ?? kept ?? (place && new URLSearchParams(location.search).get('q')) ?? text;
    if (!place) {
      if (!panel) build();
      if (!panel.open) panel.showModal();
      if (kept == null) {
        try {
          history.pushState({ find: value }, '');
        } catch {
          /* As above. */
        }
      }
    }
    input.focus();
    ask(value, value === kept);
    input.select();
  };
})();

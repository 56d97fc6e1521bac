/*
 * The search: src/text/{tokens,words}.rs and src/index/{ask,shards,terms,score,query}.rs in JavaScript, function by function.
 * `opsloreSearch.query(text, {limit})` resolves to hits, best first, with `total`, `keys`, `fixes`, `unknown` and
 * `facets`, of which only the kinds are told at once; `lines(hit)` to the text of its section, `facets(hits)` to all
 * facets; `open()` loads what every query needs.
 * A run over what is loaded notes what it misses and is repeated once that is there.
 */
(() => {
  'use strict';

  const KINDS = 'alert runbook service team incident lesson factor page'.split(' ');
  /* tokens.rs */
  const UNSPACED = '\\u0e00-\\u0e7f\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7af\\uf900-\\ufaff' +
    '\\u{20000}-\\u{3ffff}';
  const WORD = `\\p{Alphabetic}\\p{N}${UNSPACED}`;
  const test = set => RegExp.prototype.test.bind(new RegExp(`^[${set}]`, 'u'));
  const isWord = test(WORD), isUnspaced = test(UNSPACED), isLatin = test('\\u00c0-\\u017f\\u1e00-\\u1e95\\u1ea0-\\u1ef9');
  const isUpper = c => c.toLowerCase() !== c, isLower = c => c.toUpperCase() !== c;
  const isNumber = word => /^\d*$/.test(word);
  const FOLDS = 'æaeðdøoþthßssđdħhıiĳijĸqŀlłlŋngœoeŧtſs';

  const isJunk = word => {
    const all = [...word].length, digits = word.replace(/\D/g, '').length;
    return all > 48 || (digits === all && all > 6) || (all > 18 && digits * 4 > all) || !all;
  };

  const fold = c => {
    const low = c.toLowerCase();
    const [, base] = isLatin(c) && RegExp(low + '([a-z]+)').exec(FOLDS + low + low.normalize('NFD')) || [];
    return base || low;
  };

  function tokens(text) {
    const words = [], compounds = [], chars = [...text];
    let chunk = [];
    const take = () => {
      while (chunk.length && !isWord(chunk.at(-1))) chunk.pop();
      const start = words.length;
      let whole = true, word = '';
      const put = () => {
        if (word && isJunk(word)) whole = false;
        else if (word) words.push(word);
        word = '';
      };
      for (let n = 0; n < chunk.length; n++) {
        const c = chunk[n];
        if (isUnspaced(c)) {
          put();
          let end = n;
          while (end < chunk.length && isUnspaced(chunk[end])) end++;
          if (end - n === 1) words.push(c);
          for (; n + 1 < end; n++) words.push(chunk[n] + chunk[n + 1]);
          whole = false;
          continue;
        }
        const letter = isWord(c);
        if (!letter || (n && isWord(chunk[n - 1]) && isUpper(c) && isBorder(chunk, n))) put();
        if (letter) word += fold(c);
      }
      put();
      const parts = words.slice(start);
      if (whole && parts.length > 1 && !parts.every(isNumber)) compounds.push([start, words.length]);
      chunk = [];
    };
    chars.forEach((c, n) => {
      if (isWord(c) || (chunk.length && '_-.'.includes(c))) chunk.push(c);
      else if (c === "'" || c === '’') {
        if (!(chunk.length && isWord(chunk.at(-1)) && isWord(chars[n + 1] || ''))) take();
      } else take();
    });
    take();
    return {words, compounds};
  }

  const isBorder = (chunk, n) => {
    if (!isUpper(chunk[n - 1])) return true;
    const next = chunk[n + 1], after = chunk[n + 2];
    return !!next && isLower(next) && !isUpper(next) &&
      !(next === 's' && (!after || !isWord(after) || isUpper(after)));
  };

  /* words.rs */
  const stems = new Map();
  const stem = word => stems.get(word) ?? stems.set(word, stemAnew(word)).get(word);
  function stemAnew(word) {
    if (!/^[a-z]{5,}$/.test(word)) return word;
    const base = word.replace(/ies$/, 'y').replace(/([^sui])s$/, '$1');
    let short = base.replace(/(ations|ation|ating|ated)$/, 'at').replace(/(ings|ing|ed|er|ion|ly)$/, '');
    if (short.length < 4 || !/[aeiouy]/.test(short)) short = base;
    if (short.length > 4 && /([^lsz])\1$/.test(short)) short = short.slice(0, -1);
    return short.replace(/e$/, '');
  }

  function distance(a, b, most) {
    if (Math.abs(a.length - b.length) > most) return 9;
    let before = [], above = [0, ...b].map((_, n) => n);
    for (let i = 1; i <= a.length; i++) {
      const row = [i];
      let least = i;
      for (let j = 1; j <= b.length; j++) {
        let value = Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] !== b[j - 1]));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
          value = Math.min(value, before[j - 2] + 1);
        }
        row.push(value);
        least = Math.min(least, value);
      }
      if (least > most) return least;
      [before, above] = [above, row];
    }
    return above[b.length];
  }

  /* ask.rs */
  const TELLING = /error|exception|fatal|panic|fail|caused|denied|refused|timeout/;
  const trimmed = token => token.replace(new RegExp(`^[^${WORD}]+|[^${WORD}]+$`, 'gu'), '');

  const BETWEEN = `["' \\\\\\t\\n=:~]*`;
  const alertName = query =>
    RegExp(`alertname${BETWEEN}[:=]${BETWEEN}([${WORD}_.-][${WORD}_.:-]*)`, 'u').exec(query)?.[1];

  const parts = query =>
    query.match(query.split('"').length % 2 ? /("[^"]*"|[^"\p{White_Space}])+/gu : /\P{White_Space}+/gu) || [];

  function isNoise(token) {
    token = trimmed(token);
    const count = set => token.split(set).length - 1, all = token.length;
    const digits = count(/\d/), marks = count(/[-:.\/+]/);
    if (!digits) return false;
    if (/^[-\dTZ:.\/+]+$/.test(token)) return marks > 1 || digits > 3;
    return (/^[-\da-f:.\/+]{8,}$/i.test(token) && digits > 1) || (token.startsWith('0x') && all > 10);
  }

  const plain = text => text.split('\n').map(line =>
    line.split(/[\p{White_Space},;()[\]{}<>"'=|]/u).filter(t => t && !isNoise(t)).join(' ')).filter(l => l);

  function ask(query, isValue) {
    const asked = {keys: [], phrases: [], fields: []}, named = alertName(query);
    const pasted = /\P{White_Space}[^]*\n[^]*\P{White_Space}/u.test(query);
    let text = named || (pasted ? query : '');
    if (!text) {
      for (const part of parts(query)) {
        const [, name, value] = /^(kind|team|service|severity|tag):"*([^]*?)"*$/i.exec(part) || [];
        if (value && isValue(name.toLowerCase(), value)) asked.fields.push([name.toLowerCase(), value]);
        else text += part + ' ';
      }
      const quoted = text.split('"');
      if (quoted.length % 2) {
        asked.phrases = quoted.filter((_, n) => n % 2).map(q => tokens(q).words).filter(w => w.length > 1);
      }
    }
    let found = tokens(text);
    if (pasted || found.words.length >= 6) {
      const lines = plain(text);
      found = tokens(lines.join('\n'));
      if (found.words.length > 24) {
        const tells = line => TELLING.test(line.toLowerCase());
        found = tokens([...lines.filter(tells), ...lines.filter(line => !tells(line))].join('\n'));
        found.words.length = Math.min(found.words.length, 24);
        found.compounds = found.compounds.filter(c => c[1] <= 24);
      }
    }
    const keys = found.words.filter(word => !stop.has(word));
    asked.keys = [...new Set(keys.length ? keys : found.words)];
    return Object.assign(asked, found);
  }

  /* shards.rs */
  const digit = (text, at) => {
    const c = text.charCodeAt(at);
    return c > 96 ? c - 71 : c === 95 ? 63 : c > 64 ? c - 65 : c > 47 ? c + 4 : c > 44 ? 62 : 0;
  };
  let at = 0;
  const number = text => {
    let out = 0, shift = 0, value;
    do {
      value = digit(text, at++);
      out |= (value & 31) << shift;
      shift += 5;
    } while (value > 31 && at < text.length);
    return out >>> 0;
  };
  const numbers = text => {
    const out = [];
    for (at = 0; at < text.length;) out.push(number(text));
    return out;
  };
  const unfold = text => {
    let word = '';
    return (text.match(/[A-Z][^A-Z]*/g) || []).map(item => (word = word.slice(0, digit(item, 0)) + item.slice(1)));
  };
  let root, groups, pageCount, perBlock, blockNames, firstLetters, spellingNames, facetFiles,
    synonyms, directories, stop, quiet, alike, blockShare, first, pageOf, kinds, fresh, sums;
  let loaded = new Map(), missing = new Set();

  /* places.rs: sections with their impacts, as one number each */
  const placesIn = text => {
    const out = [], take = size => {
      let bits = 0;
      for (; size--; at++) bits = bits * 2 + (digit(text, at / 6 | 0) >> 5 - at % 6 & 1);
      return bits;
    };
    const ones = () => {
      let all = 0;
      while (take(1)) all++;
      return all;
    };
    const gamma = () => {
      const size = ones();
      return 2 ** size + take(size);
    };
    let impact = 0;
    for (at = 0; text.length * 6 - at > 5;) {
      impact += gamma();
      let left = gamma(), section = 0;
      for (const low = take(4); left--; section++) {
        section += ones() * 2 ** low + take(low);
        if (section >= pageOf.length) return out;
        out.push(section * 64 + impact);
      }
    }
    return out;
  };
  const READ = {
    a: file => {
      const all = file[2].split(';');
      return unfold(file[1]).map((word, n) => {
        at = 0;
        return {word, pages: number(all[n]), places: all[n].slice(at)};
      });
    },
    v: file => {
      const pages = numbers(file[2]);
      return unfold(file[1]).map((word, n) => [word, pages[n]]);
    },
    c: file => file[1].map(([values, data]) => {
      at = 0;
      return {values, pages: first.map(() => Array.from({length: number(data)}, () => number(data)))};
    }),
    r: ([, starts, ...others]) => [unfold(starts), ...others],
  };
  READ.w = READ.a;

  /* What is not there yet is empty, and noted: no answer is given before it is there. */
  let misses = 0;
  const get = name => {
    if (name && !loaded.has(name)) {
      missing.add(name);
      misses++;
    }
    return loaded.get(name);
  };
  const waits = () => [...missing].some(name => name[0] !== 'v');
  const nameAt = (names, n, share = 1, kind = '') => {
    const width = kind ? 8 : 9, at = (n / share | 0) * width;
    return names.length >= at + width && kind + names.slice(at, at + width) + (share > 1 ? n % share : '');
  };
  /* The last of sorted starts that is not behind a word. */
  const place = (starts, word) => {
    let low = 0;
    for (let high = starts.length; low + 1 < high;) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= word) low = middle;
      else high = middle;
    }
    return low;
  };

  /* groups.rs */
  const groupsAt = word => directories ? get(nameAt(directories, place(groups[0], word), 1, 'r')) || ['', '', ''] : groups;
  function fileOf(word) {
    const [starts, names, letters] = groupsAt(word), n = place(starts, word);
    const hash = [...stem([...word].slice(0, digit(letters, n)).join(''))].reduce((sum, c) => (sum * 31 + c.codePointAt()) % 8191, 0);
    return nameAt(names, n * 16 + hash % 16, 64);
  }
  const neighbours = word => get(fileOf(word)) || [];
  const range = prefix => neighbours(prefix).filter(({word}) =>
    word.endsWith('*') ? word === prefix + '*' : word.startsWith(prefix));
  const places = row => row.list ||= placesIn(row.places);
  function spelling(letters, n) {
    const at = firstLetters.indexOf(letters[n]), size = letters.length;
    return at >= 0 && get(nameAt(spellingNames, at * 4 + (size > 7) + (size > 10) + (size > 14), 1, 'v')) || [];
  }
  const blockOf = (kind, page) => get(nameAt(blockNames, page / perBlock | 0, blockShare, kind)) || [];
  const texts = page => blockOf('x', page)[page % perBlock] || [];

  /* terms.rs */
  const exact = word => neighbours(word).filter(row => row.word === word);

  function rowsFor(word, last) {
    const stemOf = stem(word), size = word.length;
    const found = range(word), out = [], hit = found.length && found[0].word === word;
    const near = stemOf !== word && word.startsWith(stemOf) ? range(stemOf) : [];
    for (const row of near) if (!found.some(r => r.word === row.word)) found.push(row);
    for (const row of found) {
      if (row.word.includes(' ')) continue;
      if (row.word === word) out.push([row, 1]);
      else if (stem(row.word) === stemOf) out.push([row, 0.9]);
      else if (row.word.startsWith(word) && size >= 2 && (last || !hit || size >= 5)) {
        out.push([row, 0.75 * Math.max(size / row.word.length, 0.35)]);
      }
    }
    if (out.length > 24) out.sort((a, b) => b[1] - a[1]).length = 24;
    return out;
  }

  function nearest(word, anew) {
    const letters = [...word], most = letters.length < 4 ? 0 : letters.length < 8 ? 1 : 2;
    if (!most) return [];
    const found = new Map();
    const add = (other, pages) => {
      const steps = distance(letters, [...other], most);
      if (steps > 0 && steps <= most && !stop.has(other)) found.set(other, [other, steps, pages]);
    };
    for (const row of neighbours(word)) if (!/[ *]/.test(row.word)) add(row.word, row.pages);
    for (const [other, pages] of spelling(letters, 0)) add(other, pages);
    if (anew && !found.size) for (const [other, pages] of spelling(letters, 1)) add(other, pages);
    const differs = other => [...other][0] !== letters[0];
    return [...found.values()].sort((a, b) => a[1] - b[1] || differs(a[0]) - differs(b[0]) || b[2] - a[2] ||
      (a[0] < b[0] ? -1 : 1)).slice(0, 3);
  }

  function halves(word) {
    const letters = [...word], best = [0];
    for (let n = 3; n < letters.length - 2; n++) {
      const [front] = exact(letters.slice(0, n).join(''));
      if (!front || front.pages <= 2) continue;
      const [back] = exact(letters.slice(n).join(''));
      const pages = back ? Math.min(front.pages, back.pages) : 0;
      if (pages > best[0]) best.splice(0, 3, pages, [front, 0.5], [back, 0.5]);
    }
    return best.slice(1);
  }

  function groupOf(word, last, words, few, answer) {
    const stemOf = stem(word), size = word.length;
    let before = misses;
    const rows = rowsFor(word, last), others = synonyms.filter(([first]) => first === word).flatMap(line => line.slice(1));
    for (const line of alike) {
      const strange = line.filter(w => stem(w) !== stemOf);
      if (strange.length < line.length) others.push(...strange);
    }
    if (!others.length && misses > before && few && size > 3) spelling([...word], 0);
    const meant = words < 6 ? others.flatMap(exact) : [];
    if (misses > before) return;
    const add = (found, weight) => rows.push(...found.map(row => [row, weight]));
    add(meant, 0.45);
    const strong = rows.some(r => r[1] >= 0.9), written = rows.find(r => r[1] >= 1);
    if (written && size > 3 && written[0].pages <= 4 && words < 9) {
      const better = nearest(word).find(n => n[1] === 1 && n[2] >= 4 * written[0].pages + 4);
      if (better) {
        add(exact(better[0]), 0.65);
        answer.fixes.push([word, better[0]]);
      }
    }
    const begun = rows.some(([row, w]) => w > 0.3 && (row.pages > 2 || size > 9));
    if (!strong && words < 9 && (!rows.length || (size > 4 && !begun))) {
      before = misses;
      const isNew = !rows.length, near = nearest(word, isNew);
      if (isNew && misses > before) return;
      near.forEach(([other, steps], n) => {
        const weight = n ? 0.6 : 0.9;
        add(exact(other), (steps === 1 ? weight : weight * 0.8) * (isNew ? 1 : 0.4));
      });
      if (near.length) answer.fixes.push([word, near[0][0]]);
      else if (isNew) {
        if (few) rows.push(...halves(word));
        if (!rows.length) answer.unknown.push(word);
      }
    }
    const best = Math.min(Math.max(0, ...rows.map(r => r[1])), 0.9);
    const pages = Math.max(0, ...rows.filter(r => r[1] >= best).map(r => r[0].pages));
    return {rows, idf: idf(pageCount, pages) * (quiet.has(word) ? 0.25 : 1)};
  }

  function bonusesOf(asked, fixes) {
    const words = asked.words.map(word => (fixes.find(f => f[0] === word) || [0, word])[1]);
    const joined = new Map(), out = [];
    const join = (name, weight) => { if (!isJunk(name) && !joined.has(name)) joined.set(name, weight); };
    for (const [start, end] of asked.compounds) join(words.slice(start, end).join(''), 1.5);
    if (words.length > 1 && words.length <= 6) join(words.join(''), 0.6);
    for (const [name, weight] of joined) {
      for (const row of range(name)) {
        if (row.word.includes(' ')) continue;
        const isName = row.word === name, part = name.length / row.word.length;
        out.push({row, weight: weight * (isName ? 1 : 0.5 * Math.max(part, 0.3)), exact: isName});
      }
    }
    if (words.length > 2) {
      const telling = words.filter(w => !stop.has(w) && !isNumber(w)), pairs = new Map();
      for (let n = 1; n < telling.length; n++) {
        const pair = telling[n - 1] + ' ' + telling[n];
        if (!pairs.has(pair)) pairs.set(pair, fileOf(pair) === fileOf(telling[n - 1]));
      }
      const all = [...pairs.keys()], far = all.filter(p => !pairs.get(p)).sort((a, b) => b.length - a.length)
        .slice(0, asked.keys.length < 6 ? 2 : 1);
      for (const pair of all) {
        if (!pairs.get(pair) && !far.includes(pair)) continue;
        for (const row of exact(pair)) out.push({row, weight: words.length > 3 ? 0.5 : 0.7, exact: true});
      }
    }
    return out.sort((a, b) => b.weight - a.weight).slice(0, 40);
  }

  /* score.rs */
  const idf = (all, some) => Math.fround(Math.log(1 + (all - some + 0.5) / (some + 0.5)));

  function score(groups, bonuses) {
    const long = groups.length >= 6, most = long ? 17 : 63;
    const total = groups.reduce((sum, g) => sum + g.idf, 0) || 1;
    sums ||= [6, 5].flatMap((all, n) => Array.from({length: all}, () => new Float64Array(n ? pageOf.length : pageCount)));
    for (const array of sums) array.fill(0);
    const [sum, covered, extra, best, told, titled, sectionSum, sectionCovered, sectionBest, choice, touched] = sums;
    groups.forEach((group, n) => {
      const here = [];
      for (const [row, weight] of group.rows) {
        const unit = weight * Math.min(group.idf, idf(pageCount, row.pages)) / 6;
        for (const both of places(row)) {
          const section = both >> 6, impact = both & 63, page = pageOf[section], value = Math.min(impact, most) * unit;
          if (impact > 14 && first[page] === section) titled[page] = n + 1;
          if (sectionBest[section] === 0) here.push(section);
          if (value > sectionBest[section]) sectionBest[section] = value;
          if (value > best[page]) best[page] = value;
        }
      }
      for (const section of here) {
        const page = pageOf[section], isTitled = titled[page] === n + 1;
        sectionSum[section] += sectionBest[section];
        sectionCovered[section] += group.idf;
        choice[section] += sectionBest[section] * (isTitled ? 0.05 : 1);
        sectionBest[section] = 0;
        if (best[page] > 0) {
          if (isTitled) told[page] += group.idf;
          sum[page] += best[page];
          covered[page] += group.idf;
          best[page] = 0;
        }
        touched[section] = 1;
      }
    });
    for (const bonus of bonuses) {
      const unit = bonus.weight * idf(pageCount, bonus.row.pages) / 6, share = bonus.exact ? 0.8 : 0.4, here = [];
      for (const both of places(bonus.row)) {
        const section = both >> 6, page = pageOf[section], value = Math.min(both & 63, most) * unit;
        const part = Math.min(value, 14) * share;
        sectionSum[section] += value;
        if (first[page] !== section) choice[section] += value;
        touched[section] = 1;
        if (best[page] === 0) here.push(page);
        if (part > best[page]) best[page] = part;
      }
      for (const page of here) {
        extra[page] += best[page];
        best[page] = 0;
      }
    }
    const found = [];
    let widest = 0;
    for (let k = touched.indexOf(1); k >= 0; k = touched.indexOf(1, k)) {
      const page = pageOf[k];
      let top = 0, section = k, chosen = -1, whole;
      for (; pageOf[k] === page; k++) {
        if (!touched[k]) continue;
        const part = sectionCovered[k] / total + 0.05;
        const value = sectionSum[k] * (groups.length >= 4 ? part * part : Math.sqrt(part));
        top = Math.max(top, value);
        if (choice[k] > chosen) [chosen, section] = [choice[k], k];
        if (sectionCovered[k] >= total) whole ??= k;
      }
      if (told[page] >= total) section = first[page];
      const part = Math.max(covered[page] / total, 0.05);
      const gathered = long ? (0.5 * sum[page] + 2.5 * top) * (part * part) :
        (sum[page] + (groups.length > 3 ? 3 : 0.7) * top) * (part * Math.sqrt(part));
      widest = Math.max(widest, covered[page]);
      found.push({page, section, whole, score: (gathered + extra[page]) * (1 + (fresh[page] || 0) / 100)});
    }
    return found.filter(f => covered[f.page] >= 0.4 * widest);
  }

  /* query.rs */
  const key = text => tokens(text).words.join(' ');
  const facetOf = field => {
    const [, file, n] = facetFiles.find(([name]) => name === field) || [];
    return (field === 'kind' ? {values: KINDS, pages: kinds} : get(file)?.[n]) || {values: [], pages: []};
  };

  function valuesOf(field, value) {
    const wanted = key((field === 'kind' && {postmortem: 'incident', doc: 'page'}[value]) || value);
    const names = facetOf(field).values.map(key), exactly = names.indexOf(wanted);
    if (exactly >= 0 || !wanted) return wanted ? [exactly] : [];
    return [...names.keys()].filter(n => names[n].startsWith(wanted));
  }

  function countsOf(field, pages) {
    const facet = facetOf(field), found = facet.values.map(value => [value, 0]);
    for (const {page} of pages) for (const n of facet.pages[page] || []) found[n][1]++;
    const all = found.filter(f => f[1]);
    return [field, field === 'kind' ? all : all.sort((a, b) => b[1] - a[1])];
  }

  function phrasesIn(phrases, pages) {
    const all = pages.map(p => texts(p.page));
    const kept = [], likely = [];
    all.forEach((sections, n) => {
      const page = pages[n], start = first[page.page];
      const words = sections.map(text => ` ${key(text)} `);
      const found = phrases.map(phrase => words.findIndex(w => w.includes(` ${phrase.join(' ')} `)));
      if (!found.includes(-1)) kept.push({...page, section: start + found[0]});
      else if ((sections[page.whole - start] || '').endsWith('…')) likely.push({...page, section: page.whole});
    });
    return kept.concat(likely);
  }

  function run(query, limit) {
    const isValue = (field, value) => {
      const before = misses, values = valuesOf(field, value);
      return values.length > 0 || misses > before;
    };
    const asked = ask(query, isValue);
    const answer = {keys: asked.keys, fixes: [], unknown: []};
    const groups = asked.keys.map((word, n) =>
      groupOf(word, n + 1 === asked.keys.length, asked.keys.length, asked.keys.length < 5 - query.includes(' '), answer));
    const bonuses = bonusesOf(asked, answer.fixes);
    if (groups.includes() || waits()) return;
    let pages = score(groups, bonuses);
    for (const [field, value] of asked.fields) {
      const wanted = valuesOf(field, value), facet = facetOf(field);
      if (!asked.keys.length && !pages.length) {
        pages = Array.from(first, (section, page) => ({page, section, score: 0}));
      }
      pages = pages.filter(p => wanted.some(v => facet.pages[p.page].includes(v)));
    }
    let top = [...pages].sort((a, b) => b.score - a.score);
    if (asked.phrases.length) {
      const kept = phrasesIn(asked.phrases, top.slice(0, 16));
      if (waits()) return;
      if (kept.length) pages = top = kept;
    }
    answer.total = pages.length;
    answer.pages = pages;
    answer.facets = [countsOf('kind', pages)];
    top = top.slice(0, limit);
    const hits = [];
    for (const p of top) {
      const entry = blockOf('d', p.page)[p.page % perBlock];
      if (!entry) continue;
      const [address, title, kind, team, service, , source, note, day, headings, due, copies] = entry;
      const number = p.section - first[p.page], [anchor, section = ''] = headings.slice(number * 2 - 2 || 0);
      const url = number ? `${address}#${anchor}` : address;
      hits.push({url, title, section: number ? section : '', kind: KINDS[kind], team, service, source, note, day,
        address, headings, due, copies, score: p.score, page: p.page, number});
    }
    return Object.assign(hits, answer);
  }

  /* What the engine in Rust need not do: files come over the network, or as scripts where there is none. */
  const base = new URL('../search/', document.currentScript.src).href;
  const waiting = new Map();
  let isStale = false;

  window.opsloreShard = file => waiting.get(file[0])?.(file);

  const byScript = name => new Promise(resolve => {
    waiting.set(name, resolve);
    const script = Object.assign(document.createElement('script'), {src: `${base}${name}.js`});
    script.onload = script.onerror = () => resolve(script.remove());
    document.head.append(script);
  });
  const byFetch = name => fetch(`${base}${name}.js`, name === 'root' ? {cache: 'no-cache'} : {})
    .then(answer => answer.ok && answer.text())
    .then(text => text && JSON.parse(text.slice(13, text.lastIndexOf(')'))));
  const loading = new Map();

  function load(name) {
    if (!loading.has(name)) loading.set(name, (location.protocol === 'file:' ? byScript : byFetch)(name).catch(() => 0));
    return loading.get(name);
  }

  async function open() {
    if (isStale) {
      /* The site was published anew, or the network is gone. */
      root = undefined;
      isStale = false;
      loaded.clear();
      loading.clear();
    }
    if (root) return;
    const file = await load('root');
    if (!file || file[1] !== 5) {
      isStale = true;
      throw Error('no root');
    }
    let starts, names, letters, counts;
    [, , pageCount, perBlock, starts, names, blockNames, firstLetters, spellingNames, facetFiles,
      synonyms, directories, stop, alike, blockShare, counts, kinds, fresh, letters] = root = file;
    [stop, quiet] = stop.split(';').map(words => new Set(words.split(' ')));
    [synonyms, alike] = [synonyms, alike].map(lines => lines.split(';').map(line => line.split(' ')));
    groups = [unfold(starts), names, letters];
    counts = numbers(counts);
    first = [];
    pageOf = Int32Array.from(counts.flatMap((sections, page) => {
      first.push(page && first[page - 1] + counts[page - 1]);
      return Array(sections).fill(page);
    }));
    const runs = numbers(kinds);
    kinds = [];
    while (runs.length) {
      const [kind, pages] = runs.splice(0, 2);
      kinds = kinds.concat(Array(pages).fill([kind]));
    }
    fresh = [...fresh].map(c => digit(c, 0));
    sums = 0;
  }

  const fetchAll = names => Promise.all(names.map(async name => {
    const file = await load(name);
    isStale ||= !file;
    loaded.set(name, file && (READ[name[0]] || (all => all[1]))(file));
  }));

  /* Runs until nothing is missing; where a file is gone, once more from the root. */
  async function settled(work) {
    for (let tries = 0; ; tries += isStale) {
      if (tries < 2) await open();
      missing = new Set();
      const answer = work();
      if (!missing.size) return answer;
      await fetchAll([...missing]);
    }
  }

  const query = (text, {limit = 10} = {}) => settled(() => run(text, limit));

  /* Which values the pages of an answer have; it may take files that no answer needs. */
  const facets = hits => settled(() => [hits.facets[0], ...facetFiles.map(([name]) => countsOf(name, hits.pages))]);

  const lines = hit => settled(() => (texts(hit.page)[hit.number] || '').split('\n'));

  window.opsloreSearch = {query, lines, facets, open, tokens};
})();

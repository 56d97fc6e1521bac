// A built site → an index of MiniSearch as VitePress makes one: a document for each heading, fuzzy and prefix.
//   node minisearch.mjs SITE FILE
import fs from 'node:fs';
import path from 'node:path';
import MiniSearch from 'minisearch';

export const OPTIONS = {
  fields: ['title', 'titles', 'text'],
  storeFields: ['title', 'titles'],
  searchOptions: {fuzzy: 0.2, prefix: true, boost: {title: 4, text: 2, titles: 1}},
};

const plain = html => html.replace(/<[^>]*>/g, ' ').replace(/&lt;/g, '<').replace(/&gt;/g, '>')
  .replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&amp;/g, '&').replace(/\s+/g, ' ').trim();

export function sections(site) {
  const out = [];
  const files = fs.readdirSync(site, {recursive: true}).filter(f => f.endsWith('index.html')).sort();
  for (const file of files) {
    const main = /<main[^>]*>([^]*?)<\/main>/.exec(fs.readFileSync(path.join(site, file), 'utf8'));
    if (!main) continue;
    const url = file.slice(0, -'index.html'.length);
    const titles = [];
    const parts = main[1].split(/(?=<h[1-6] id=")/);
    for (const part of parts) {
      const head = /^<h([1-6]) id="([^"]*)"[^>]*>([^]*?)<\/h\1>/.exec(part);
      if (!head) continue;
      const level = +head[1], title = plain(head[3]);
      titles.length = level - 1;
      out.push({id: level === 1 ? url : `${url}#${head[2]}`, title, titles: titles.filter(t => t),
        text: plain(part.slice(head[0].length))});
      titles[level - 1] = title;
    }
  }
  return out;
}

if (import.meta.filename === process.argv[1]) {
  const index = new MiniSearch(OPTIONS);
  const seen = new Set();
  for (const section of sections(process.argv[2])) {
    if (!seen.has(section.id)) index.add(section);
    seen.add(section.id);
  }
  fs.writeFileSync(process.argv[3], JSON.stringify(index));
}

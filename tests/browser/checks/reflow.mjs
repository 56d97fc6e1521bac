// Turns pages at 320 px of width into what sticks out of them at the side.
import { inPairs, withContext, withPage } from '../browser.mjs';
import { serve } from '../server.mjs';
import { bySize, realPages } from '../pages.mjs';
import { inside, plain } from '../html.mjs';

const NARROW = { width: 320, height: 740 };
const EACH = 4;

async function everyPageTypeFits320px(world, claim) {
  await inPairs(world.demo.types, ({ page: address, path }) =>
    withPage(world, { path, viewport: NARROW }, (page) => claimReflow(page, address, 'demo', claim)));
}

/** Real pages are wider than made-up ones: the longest, those with the widest code, those with most tables. */
async function realPagesFit320px(world, claim) {
  for (const corpus of world.corpora) {
    const server = await serve(corpus.folder);
    await inPairs(hardest(corpus), (address) =>
      withContext({ ...world, server }, { viewport: NARROW }, async (context) => {
        const page = await context.newPage();
        await page.goto(server.origin + encodeURI(address));
        await claimReflow(page, address, corpus.name, claim);
      }));
    await server.stop();
  }
}

export function hardest(corpus) {
  const chosen = new Set();
  const take = (size) => {
    const fresh = bySize(corpus, realPages(corpus), size).filter((page) => !chosen.has(page));
    for (const page of fresh.slice(0, EACH)) chosen.add(page);
  };
  take((html) => html.length);
  take(widestCode);
  take((html) => html.split('<table').length);
  return [...chosen];
}

function widestCode(html) {
  const lines = inside(html, /<pre\b[^>]*>/g, 'pre').flatMap((code) => plain(code).split('\n'));
  return lines.reduce((widest, line) => Math.max(widest, line.length), 0);
}

async function claimReflow(page, address, mode, claim) {
  const got = await page.evaluate(sticksOut);
  claim({ page: address, mode: `${mode}, 320 px`, what: 'no sideways scroll', expected: '0 px', got });
}

function sticksOut() {
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide <= 0) return '0 px';
  const scrolls = (node) => node && (/auto|scroll|hidden|clip/.test(getComputedStyle(node).overflowX) || scrolls(node.parentElement));
  const guilty = [...document.body.querySelectorAll('*')]
    .filter((node) => node.getBoundingClientRect().right > innerWidth + 0.5 && !scrolls(node.parentElement))
    .slice(-1)
    .map((node) => node.outerHTML.slice(0, 160));
  return `${wide} px, innermost ${guilty}`;
}

export default { name: 'reflow', checks: [everyPageTypeFits320px, realPagesFit320px] };

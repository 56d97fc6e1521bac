// Turns all pages of all sites into links that lead nowhere and ids that stand twice.
import { posix } from 'node:path';
import { tags } from '../html.mjs';

const MOST = 8;

async function everyLinkLeadsSomewhere(world, claim) {
  for (const site of [world.demo, world.portable, ...world.corpora].filter(Boolean)) {
    const ids = idsOf(site);
    const faults = site.pages.flatMap((page) => linksOf(site, page).map((link) => fault(site, ids, page, link)).filter(Boolean));
    claim({ mode: site.name, what: `links of ${site.pages.length} pages lead to a file and an id`, expected: [], got: told(faults) });
  }
}

async function everyIdStandsOnce(world, claim) {
  for (const site of [world.demo, ...world.corpora]) {
    const faults = site.pages.flatMap((page) => {
      const all = tags(site.html(page)).map(({ attributes }) => attributes.id).filter((id) => id !== undefined);
      return all.filter((id, i) => all.indexOf(id) !== i).map((id) => `${page}#${id}`);
    });
    claim({ mode: site.name, what: 'ids stand once on a page', expected: [], got: told(faults) });
  }
}

const told = (faults) => faults.length > MOST ? [...faults.slice(0, MOST), `and ${faults.length - MOST} more`] : faults;

function idsOf(site) {
  return new Map(site.pages.map((page) => [site.fileOf(page), new Set(tags(site.html(page)).map(({ attributes }) => attributes.id))]));
}

function linksOf(site, page) {
  return tags(site.html(page)).flatMap(({ name, attributes }) => [attributes.href, attributes.src, name === 'form' ? attributes.action : undefined])
    .filter((link) => link !== undefined && !/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(link));
}

function fault(site, ids, page, link) {
  const [, address, , fragment] = /^([^?#]*)(\?[^#]*)?(?:#(.*))?$/s.exec(link) ?? [];
  if (address === undefined) return `${page} → ${link}: no address`;
  const file = address ? target(site, page, decodeURIComponent(address)) : site.fileOf(page);
  if (!site.files.has(file)) return `${page} → ${link}: no file ${file}`;
  if (!fragment || !ids.has(file)) return null;
  return ids.get(file).has(decodeURIComponent(fragment)) ? null : `${page} → ${link}: no id`;
}

/** The file that an address names. 404.html answers for every address, so its own is the root. */
function target(site, page, address) {
  const base = address.startsWith('/') ? '' : posix.dirname(site.fileOf(page));
  const path = posix.normalize(posix.join(base, address)).replace(/^(\.\/|\/)+/, '').replace(/^\.$/, '');
  return path === '' || path.endsWith('/') ? `${path}index.html` : path;
}

export default { name: 'links', checks: [everyLinkLeadsSomewhere, everyIdStandsOnce] };

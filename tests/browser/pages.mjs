// Turns a built site into its page types and the page that stands for each: the largest one, since
// that has most of what can go wrong. Pages are told by address and by marks in their HTML, never by name.
const ALERT = /^alerts\/[^/]+\/$/;
const hasRunbook = (html) => /<main[^>]* data-runbook=|<details class="origin"/.test(html);
// the words are those of builds from before data-choose
const isStub = (html) => !hasRunbook(html) && /No runbook yet/.test(html);
const isChooser = (html) => /\sdata-choose[\s>]|Which one is it\?/.test(html);

const NEEDED = [
  ['home', /^$/],
  ['alerts', /^alerts\/$/],
  ['alert with runbook', ALERT, (html) => hasRunbook(html) && !isChooser(html)],
  ['alert without runbook', ALERT, (html) => isStub(html) && !isChooser(html)],
  ['chooser', ALERT, isChooser],
  ['procedure', /^runbooks\/.+\/$/, (html) => !/<main[^>]* data-alert=/.test(html)],
  ['services', /^services\/$/],
  ['service', /^services\/[^/]+\/$/],
  ['teams', /^teams\/$/],
  ['team', /^teams\/[^/]+\/$/],
  ['team book', /^teams\/[^/]+\/book\/$/],
  ['for teams', /^for\/$/],
  ['for a team', /^for\/[^/]+\/$/],
  ['incidents', /^incidents\/$/],
  ['incident year', /^incidents\/\d{4}\/$/],
  ['postmortem', /^incidents\/(?!\d{4}\/)[^/]+\/$/],
  ['lesson', /^lessons\/[^/]+\/$/],
  ['factor', /^factors\/[^/]+\/$/],
  ['tag', /^tags\/[^/]+\/$/],
  ['actions', /^actions\/$/],
  ['reports', /^reports\/$/],
  ['report: problems', /^reports\/problems\/$/],
  ['search', /^search\/$/],
  ['offline', /^offline\/$/],
  ['about', /^about\/$/],
  ['wiring', /^about\/wiring\/$/],
  ['404', /^404\.html$/],
];
const WELCOME = [
  ['alert of a shared runbook', ALERT, (html) => !hasRunbook(html) && !isStub(html) && !isChooser(html)],
  ['runbooks', /^runbooks\/$/],
  ['lessons', /^lessons\/$/],
  ['factors', /^factors\/$/],
  ['tags', /^tags\/$/],
  ['page', /^pages\/.+\/$/],
  ['keys', /^keys\/$/],
];
// answered with 404.html from a depth, where relative addresses go wrong
export const NOWHERE = 'no/such/page/';

/** A stub that only leads on. */
export const isRedirect = (html) => /<meta http-equiv="refresh"/i.test(html);

/** [{type, page, path}]: `page` is the file's address, `path` where a reader meets it. */
export function pageTypes(site) {
  const pages = realPages(site);
  const reports = pages
    .map((page) => /^reports\/([^/]+)\/$/.exec(page)?.[1])
    .filter((name) => name && name !== 'problems')
    .map((name) => [`report: ${name}`, new RegExp(`^reports/${name}/$`)]);
  return [...NEEDED, ...WELCOME, ...reports].flatMap(([type, pattern, test = () => true]) => {
    const page = largest(site, pages.filter((page) => pattern.test(page) && test(site.html(page))));
    return page === undefined ? [] : [{ type, page, path: type === '404' ? NOWHERE : page }];
  });
}

export function missingTypes(site) {
  const found = new Set(site.types.map(({ type }) => type));
  return NEEDED.map(([type]) => type).filter((type) => !found.has(type));
}

export const realPages = (site) => site.pages.filter((page) => !isRedirect(site.html(page)));

/** The page of a type, or undefined. */
export const ofType = (site, type) => site.types.find((entry) => entry.type === type)?.page;

/** Alert and runbook pages, largest first. */
export const runbookPages = (site) => bySize(site, realPages(site).filter((page) => /^(alerts|runbooks)\/.+\/$/.test(page)));

export const bySize = (site, pages, size = (html) => html.length) =>
  [...pages].sort((a, b) => size(site.html(b)) - size(site.html(a)) || (a < b ? -1 : 1));

const largest = (site, pages) => bySize(site, pages)[0];

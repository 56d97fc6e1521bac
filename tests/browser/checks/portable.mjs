// Turns the portable build into a site read from the disk: styles, links, values and copying without a server.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inPairs, isStyled, withContext } from '../browser.mjs';
import { tags } from '../html.mjs';
import { ofType, realPages } from '../pages.mjs';
import { copiedBy, copyButton, fieldOf, fillAll, filled, pagesWith, readPlan } from '../runbook.mjs';

const urlOf = (site, address) => pathToFileURL(join(site.folder, site.fileOf(address))).href;

/** Opens a page of the portable build; `complaints` gathers what the browser says against it. */
function open(world, address, use, { hash = '', ...more } = {}) {
  return withContext(world, { mode: 'light', ...more }, async (context) => {
    const page = await context.newPage();
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('requestfailed', (request) => complaints.push(`${request.url()} ${request.failure()?.errorText}`));
    await page.goto(urlOf(world.portable, address) + hash);
    return use(page, complaints);
  });
}

async function everyPageTypeReadsFromDisk(world, claim) {
  // nobody is led to the 404 page from the disk
  await inPairs(world.portable.types.filter(({ type }) => type !== '404'), ({ page: address }) => open(world, address, async (page, complaints) => {
    const where = { page: address, mode: 'file://' };
    claim({ ...where, what: 'styles apply', expected: true, got: await isStyled(page) });
    claim({ ...where, what: 'complaints of the browser', expected: [], got: complaints });
  }));
}

async function linksNameFiles(world, claim) {
  const faults = world.portable.pages.flatMap((page) => tags(world.portable.html(page))
    .map(({ attributes }) => attributes.href)
    .filter((href) => href !== undefined && !/^([a-z][a-z0-9+.-]*:|#|\/\/)/i.test(href) && !/\.[a-z0-9]+([?#].*)?$/i.test(href))
    .map((href) => `${page} → ${href}`));
  claim({ mode: 'file://', what: `links that name no file (${faults.length})`, expected: [], got: faults.slice(0, 5) });
}

async function aReaderGetsFromPageToPage(world, claim) {
  const way = ['header nav a', '#ol-main .list a', '.crumbs a', '.brand'];
  await open(world, '', async (page, complaints) => {
    for (const link of way) {
      await page.locator(link).first().click();
      await page.waitForLoadState();
      const arrived = await page.evaluate(() => ({ heading: document.querySelectorAll('h1').length, file: location.pathname.endsWith('.html') }));
      claim({ mode: 'file://', what: `${link} leads to a page`, expected: { heading: 1, file: true }, got: arrived });
    }
    claim({ mode: 'file://', what: 'complaints on the way', expected: [], got: complaints });
  });
}

async function valuesAndCopyWork(world, claim) {
  const address = pagesWith(world.portable, 'commands', 'parameters', 'fields')[0];
  if (address === undefined) {
    claim({ what: 'a page of the portable build has a command with a field', expected: 'at least one', got: 'none', ok: false });
    return;
  }
  const allowed = { permissions: ['clipboard-read', 'clipboard-write'] };
  await open(world, address, async (page, complaints) => {
    const { figures, fields } = await readPlan(page, world.portable.html(address));
    const values = await fillAll(page, fields);
    const index = figures.findIndex(({ copies, danger, parameters }) => copies && !danger && parameters.length);
    const got = index < 0 ? 'no such command' : await copiedBy(page, () => copyButton(page, index).click());
    claim({ page: address, mode: 'file://', what: 'the copied command', expected: index < 0 ? 'a command' : filled(figures[index], values), got });
    await page.reload();
    const kept = fields.find(({ secret }) => !secret);
    if (kept) claim({ page: address, mode: 'file://', what: `${kept.name} after a reload`, expected: values[kept.name], got: await fieldOf(page, kept.name).inputValue() });
    claim({ page: address, mode: 'file://', what: 'complaints of the browser', expected: [], got: complaints });
  }, allowed);
}

async function itSaysThatItIsPortable(world, claim) {
  const pages = realPages(world.portable).filter((page) => !/<html[^>]* data-portable/.test(world.portable.html(page)));
  claim({ mode: 'file://', what: 'pages without <html data-portable>', expected: [], got: pages.slice(0, 3) });
  claim({ mode: 'file://', what: 'it has a home page', expected: '', got: ofType(world.portable, 'home') });
}

const checks = [everyPageTypeReadsFromDisk, linksNameFiles, aReaderGetsFromPageToPage, valuesAndCopyWork, itSaysThatItIsPortable];

export default { name: 'portable', checks: checks.map(onlyWhereBuilt) };

/** Without a portable build the group says so once a check and does not fall over. */
function onlyWhereBuilt(check) {
  const guarded = async (world, claim) => {
    if (world.portable) await check(world, claim);
    else claim({ what: 'there is a portable build', expected: true, got: false });
  };
  return Object.defineProperty(guarded, 'name', { value: check.name });
}

// Turns addresses that are not quite right into where a reader arrives: the chooser, the 404 page in
// another case, dates that go by.
import { isStyled, withPage } from '../browser.mjs';
import { inside, plain, tags } from '../html.mjs';
import { NOWHERE, ofType, realPages } from '../pages.mjs';

async function chooserJumps(world, claim) {
  const choosers = realPages(world.demo).filter((page) => /\sdata-choose[\s>=]/.test(world.demo.html(page)));
  claim({ what: 'a page has ul[data-choose]', expected: 'at least one', got: choosers.length, ok: choosers.length > 0 });
  for (const address of choosers) {
    const ways = tags(world.demo.html(address)).filter(({ attributes }) => attributes['data-service']);
    for (const { attributes } of ways) {
      const service = attributes['data-service'];
      const alone = ways.filter((way) => way.attributes['data-service'] === service).length === 1;
      const target = new URL(attributes.href, world.server.origin + address).href;
      const hash = `#service=${encodeURIComponent(service)}&cluster=eu-west-1`;
      await withPage(world, { path: address + hash }, async (page) => {
        if (alone) await page.waitForURL((url) => url.href.startsWith(target)).catch(() => {});
        const expected = alone ? target + hash : world.server.origin + address + hash;
        claim({ page: address, mode: hash, what: 'where the reader arrives', expected, got: page.url() });
      });
    }
    await withPage(world, { path: `${address}#service=no-such-service` }, async (page) => {
      const links = await page.locator('[data-choose] a').evaluateAll((all) => all.map((a) => a.hash));
      claim({ page: address, what: 'with no match it stays, and its links carry the values', expected: ['#service=no-such-service'], got: [...new Set(links)] });
    });
  }
}

async function missingPageHasItsStyles(world, claim) {
  await withPage(world, { path: NOWHERE }, async (page) => {
    claim({ page: NOWHERE, what: 'the 404 page has its styles at a deep address', expected: true, got: await isStyled(page) });
    const broken = await page.evaluate(async () => {
      const links = [...document.querySelectorAll('a[href]')].map((a) => a.href).filter((href) => href.startsWith(location.origin) && !href.includes('#'));
      const answers = await Promise.all([...new Set(links)].slice(0, 12).map(async (href) => [(await fetch(href, { method: 'HEAD' })).status, href]));
      return answers.filter(([status]) => status !== 200).map(([, href]) => href);
    });
    claim({ page: NOWHERE, what: 'its links lead somewhere from a deep address', expected: [], got: broken.slice(0, 3) });
  });
}

async function missingAlertIsFound(world, claim) {
  const address = ofType(world.demo, 'alert with runbook');
  const name = address.split('/')[1];
  const target = `${world.server.origin}${address}#cluster=eu-west-1`;
  for (const other of [name.toLowerCase(), name.toUpperCase(), `%${name.charCodeAt(0).toString(16)}${name.slice(1).toLowerCase()}`]) {
    for (const slash of ['/', '']) {
      await withPage(world, { path: `alerts/${other}${slash}#cluster=eu-west-1` }, async (page) => {
        await page.waitForURL(target).catch(() => {});
        claim({ page: `alerts/${other}${slash}`, what: 'the alert of another case is found', expected: target, got: page.url() });
      });
    }
  }
  await withPage(world, { path: `alerts/${name.slice(0, -2)}/` }, async (page) => {
    const near = page.locator('[data-near] a');
    await near.first().waitFor().catch(() => {});
    const hrefs = await near.evaluateAll((all) => all.map((a) => a.href));
    claim({ page: `alerts/${name.slice(0, -2)}/`, what: 'near names are offered', expected: world.server.origin + address, got: hrefs, ok: hrefs.length <= 8 && hrefs.includes(world.server.origin + address) });
  });
}

async function datesGoBy(world, claim) {
  const pages = realPages(world.demo);
  const due = pages.find((page) => tags(world.demo.html(page)).some(({ attributes }) => attributes['data-review-by'] && !('data-overdue' in attributes)));
  const ago = pages.find((page) => / data-ago[\s>=]/.test(world.demo.html(page)));
  claim({ what: 'pages have data-review-by and data-ago', expected: 'both', got: { 'data-review-by': due ?? 'none', 'data-ago': ago ?? 'none' }, ok: due !== undefined && ago !== undefined });
  if (due !== undefined) await claimOverdue(world, claim, due);
  if (ago !== undefined) await claimAgo(world, claim, ago);
}

/** Opens the page as if `day` were today. */
function onDay(world, address, day, use) {
  return withPage(world, { path: '' }, async (page) => {
    await page.clock.setFixedTime(`${day}T12:00:00Z`);
    await page.goto(world.server.origin + address);
    return use(page);
  });
}

async function claimOverdue(world, claim, address) {
  const { attributes } = tags(world.demo.html(address)).find((tag) => tag.attributes['data-review-by'] && !('data-overdue' in tag.attributes));
  for (const [day, overdue] of [['2020-01-01', false], ['2099-01-01', true]]) {
    await onDay(world, address, day, async (page) => {
      const mark = page.locator('[data-review-by]').first();
      const state = await mark.evaluate((node) => ({ chip: node.classList.contains('chip--2'), words: node.textContent.includes('review overdue') }));
      claim({ page: address, mode: day, what: `overdue (due ${attributes['data-review-by']})`, expected: { chip: overdue, words: overdue }, got: state });
    });
  }
}

async function claimAgo(world, claim, address) {
  const html = world.demo.html(address);
  const { attributes } = tags(html).find((tag) => 'data-ago' in tag.attributes);
  const written = plain(inside(html, /<time[^>]* data-ago[^>]*>/g, 'time')[0]);
  const day = new Date(Date.parse(attributes.datetime) + 6 * 86400_000).toISOString().slice(0, 10);
  for (const [today, pattern] of [[day, /\(6 days ago\)/], ['2000-01-01', new RegExp(`^${written}$`)]]) {
    await onDay(world, address, today, async (page) => {
      const got = (await page.locator('time[data-ago]').first().textContent()).trim();
      claim({ page: address, mode: today, what: 'how long ago', expected: String(pattern), got, ok: pattern.test(got) });
    });
  }
}

export default { name: 'ways', checks: [chooserJumps, missingPageHasItsStyles, missingAlertIsFound, datesGoBy] };

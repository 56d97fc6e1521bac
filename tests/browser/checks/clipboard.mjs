// Turns presses of Copy into what stands on the clipboard, and values from links and fields into what
// the page makes of them. One page at a time: the browser has one clipboard.
import { withPage } from '../browser.mjs';
import {
  EMPTY, clearClipboard, copiedBy, copyButton, fieldOf, fillAll, filled, pagesWith, readClipboard, readPlan, sample, told,
} from '../runbook.mjs';

const PAGES = 4;
const ALLOWED = { permissions: ['clipboard-read', 'clipboard-write'] };

/** Opens the page with its plan; `hash` is what an alert's link brings. */
function open(world, address, use, hash = '') {
  const path = hash ? `${address}#${hash}` : address;
  return withPage(world, { path, ...ALLOWED }, async (page) => use(page, await readPlan(page, world.demo.html(address))));
}

/** The first page that `suits`, or a failed claim. */
function need(claim, pages, what) {
  if (pages.length) return pages[0];
  claim({ what: `a page of the demo has ${what}`, expected: 'at least one', got: 'none', ok: false });
  return null;
}

async function filledCommandsAreCopied(world, claim) {
  const pages = pagesWith(world.demo, 'commands', 'parameters');
  need(claim, pages, 'a command with a parameter');
  for (const address of pages.slice(0, PAGES)) {
    await open(world, address, async (page, { figures, fields }) => {
      const values = await fillAll(page, fields);
      for (const [i, figure] of figures.entries()) {
        if (!figure.copies || figure.danger) continue;
        const got = await copiedBy(page, () => copyButton(page, i).click());
        claim({ page: address, what: `copied text of command ${i + 1}`, expected: filled(figure, values), got });
      }
    });
  }
}

async function promptsAndOutputAreNotCopied(world, claim) {
  const pages = pagesWith(world.demo, 'commands', 'session');
  need(claim, pages, 'a session with prompts and output');
  for (const address of pages.slice(0, PAGES)) {
    await open(world, address, async (page, { figures, fields }) => {
      const values = await fillAll(page, fields);
      for (const [i, figure] of figures.entries()) {
        if (!figure.copies || !figure.session || figure.danger) continue;
        const got = await copiedBy(page, () => copyButton(page, i).click());
        claim({ page: address, what: `copied text of session ${i + 1}`, expected: filled(figure, values), got });
      }
    });
  }
}

async function onlyCommandsHaveACopyButton(world, claim) {
  for (const address of pagesWith(world.demo, 'commands').slice(0, PAGES)) {
    await open(world, address, async (page, { figures }) => {
      const got = await page.evaluate(() => [...document.querySelectorAll('figure.cmd')].map((figure) => figure.querySelectorAll('figcaption button').length));
      claim({ page: address, what: 'Copy buttons a figure', expected: figures.map(({ copies }) => Number(copies)), got });
    });
  }
}

/** A command that lacks a value: [page, index of the figure, name of the field]. */
async function lacking(world) {
  for (const address of pagesWith(world.demo, 'commands', 'parameters', 'fields')) {
    const found = await open(world, address, (page, { figures, fields }) => {
      const empty = fields.filter(({ preset }) => !preset).map(({ name }) => name);
      const index = figures.findIndex(({ copies, parameters }) => copies && parameters.some((name) => empty.includes(name)));
      return index < 0 ? null : { address, index, name: figures[index].parameters.find((name) => empty.includes(name)) };
    });
    if (found) return found;
  }
  return null;
}

async function copyIsRefusedWhileAValueIsMissing(world, claim) {
  const found = await lacking(world);
  if (!found) return void need(claim, [], 'a command whose parameter has no default');
  const { address, index, name } = found;
  await open(world, address, async (page) => {
    await clearClipboard(page);
    await copyButton(page, index).click();
    const said = await told(page, /First fill in/);
    claim({ page: address, what: 'the live region names what is missing', expected: `First fill in ${name}`, got: said, ok: said.includes(`First fill in ${name}`) });
    const focused = await page.evaluate(() => document.activeElement.dataset.p ?? document.activeElement.tagName);
    claim({ page: address, what: 'the focus is on the field', expected: name, got: focused });
    claim({ page: address, what: 'the clipboard after a refusal', expected: EMPTY, got: await readClipboard(page) });
  });
}

/** [page, field] of the first input and of the first select that any page has. */
async function fieldsToTry(world) {
  const found = new Map();
  for (const address of pagesWith(world.demo, 'commands', 'fields')) {
    await open(world, address, (page, { fields, figures }) => {
      for (const field of fields) {
        const kind = field.secret ? 'secret' : field.options ? 'select' : field.pattern ? 'pattern' : 'input';
        const used = figures.some(({ copies, parameters }) => copies && parameters.includes(field.name));
        if (used && !found.has(kind)) found.set(kind, { address, field });
      }
    });
    if (found.size === 4) break;
  }
  return [...found.values()];
}

async function valuesFromALinkAreChecked(world, claim) {
  const tries = await fieldsToTry(world);
  if (!tries.length) return void need(claim, [], 'a command with a field');
  for (const { address, field } of tries) {
    const wrong = ['$(id)', 'x; rm -rf /', 'a`b`', "x'y", 'x\ny', 'é', 'x'.repeat(254), ...(field.options ? ['no-option'] : [])];
    for (const value of wrong) await claimLink(world, claim, address, field, field.name, value, field.preset);
    const good = sample(field);
    const names = [field.name, field.name.toLowerCase(), field.name.toLowerCase().replaceAll('_', '-'), ...field.from];
    for (const name of names) await claimLink(world, claim, address, field, name, good, field.secret ? field.preset : good);
  }
}

async function claimLink(world, claim, address, field, name, value, expected) {
  const hash = `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
  await open(world, address, async (page) => {
    const where = { page: address, mode: `#${hash.slice(0, 60)}` };
    claim({ ...where, what: `field ${field.name}`, expected, got: await fieldOf(page, field.name).inputValue() });
    const shown = await page.evaluate((p) => [...document.querySelectorAll(`#ol-main figure[data-cmd] var.p[data-p="${p}"]`)].map((node) => ('set' in node.dataset ? node.textContent : '')), field.name);
    claim({ ...where, what: `${field.name} in the commands`, expected: [...new Set(shown.map(() => expected))], got: [...new Set(shown)] });
  }, hash);
}

async function wrongValuesAreMarked(world, claim) {
  for (const { address, field } of await fieldsToTry(world)) {
    if (field.options) continue;
    await open(world, address, async (page, { figures, fields }) => {
      const where = { page: address, mode: `${field.name} typed as x; rm -rf /` };
      await fillAll(page, fields);
      const control = fieldOf(page, field.name);
      await control.fill('x; rm -rf /');
      claim({ ...where, what: 'aria-invalid', expected: 'true', got: await control.getAttribute('aria-invalid') });
      const described = await control.evaluate((node) => (node.getAttribute('aria-describedby') ?? '').split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join(' ').trim());
      claim({ ...where, what: 'aria-describedby leads to words', expected: 'an error text', got: described, ok: described.length > 5 });
      const index = figures.findIndex(({ copies, parameters }) => copies && parameters.includes(field.name));
      await clearClipboard(page);
      await copyButton(page, index).click();
      await told(page, /First fill in/);
      claim({ ...where, what: 'the clipboard after Copy', expected: EMPTY, got: await readClipboard(page) });
      await control.fill(sample(field));
      claim({ ...where, what: 'aria-invalid once it is mended', expected: true, got: (await control.getAttribute('aria-invalid')) !== 'true' });
    });
  }
}

async function deletionsAskTwice(world, claim) {
  const pages = pagesWith(world.demo, 'danger');
  need(claim, pages, 'a deletion (.cmd--danger with data-cmd)');
  for (const address of pages.slice(0, PAGES)) {
    await open(world, address, async (page, { figures, fields }) => {
      await page.clock.install();
      await page.reload();
      const values = await fillAll(page, fields);
      for (const [i, figure] of figures.entries()) {
        if (!figure.copies || !figure.danger) continue;
        const where = { page: address, mode: `command ${i + 1}` };
        const button = copyButton(page, i);
        const idle = await button.textContent();
        const question = figure.confirm ? `${figure.confirm}?` : 'Copy deletion?';
        await clearClipboard(page);
        await button.click();
        await page.clock.runFor(200);
        claim({ ...where, what: 'the button asks', expected: question, got: await button.textContent() });
        const said = await told(page, new RegExp(question.replace(/[^\w ]/g, '.')));
        claim({ ...where, what: 'the live region asks', expected: question, got: said, ok: said.includes(question) });
        claim({ ...where, what: 'the clipboard after one press', expected: EMPTY, got: await readClipboard(page) });
        await page.clock.runFor(5000);
        claim({ ...where, what: 'the button after 5 s', expected: idle, got: await button.textContent() });
        await button.click();
        const got = await copiedBy(page, () => button.click());
        claim({ ...where, what: 'the clipboard after a second press', expected: filled(figure, values), got });
      }
    });
  }
}

export default {
  name: 'clipboard',
  checks: [
    filledCommandsAreCopied, promptsAndOutputAreNotCopied, onlyCommandsHaveACopyButton, copyIsRefusedWhileAValueIsMissing,
    valuesFromALinkAreChecked, wrongValuesAreMarked, deletionsAskTwice,
  ],
};

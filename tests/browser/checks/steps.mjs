// Turns ticks, filled values and a log into what is still there later, and the log's draft into what the
// program itself reads in it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withPage } from '../browser.mjs';
import { plain } from '../html.mjs';
import { copiedBy, copyButton, fieldOf, fillAll, filled, pagesWith, readPlan } from '../runbook.mjs';
import { NOW, build, opslore } from '../sites.mjs';

const HOUR = 3600_000;
const START = Date.parse(`${NOW}T04:10:00Z`);
const NOTE = 'says "full" | 90 %: C:\\tmp, #1 {x} \'y\' <b> ünï';
const ALLOWED = { permissions: ['clipboard-read', 'clipboard-write'] };

function need(claim, pages, what) {
  if (pages.length) return pages[0];
  claim({ what: `a page of the demo has ${what}`, expected: 'at least one', got: 'none', ok: false });
  return null;
}

/** Opens the page at `START`; the clock stands until `setFixedTime` is said again. */
function openAt(world, address, use) {
  return withPage(world, { path: '', ...ALLOWED }, async (page) => {
    await page.clock.setFixedTime(START);
    await page.goto(world.server.origin + address);
    return use(page);
  });
}

async function later(page, hours) {
  await page.clock.setFixedTime(START + hours * HOUR);
  await page.reload();
}

async function ticksAreKeptForTwelveHours(world, claim) {
  const kinds = [['steps', '.step > label input[type=checkbox]'], ['tasks', '#ol-main .task input:not([disabled])']];
  for (const [kind, selector] of kinds) {
    const address = need(claim, pagesWith(world.demo, kind), kind);
    if (address === null) continue;
    await openAt(world, address, async (page) => {
      const boxes = page.locator(selector);
      const first = boxes.first();
      await first.check();
      const state = (checked) => ({ page: address, mode: kind, expected: checked });
      for (const [hours, checked] of [[0, true], [11.9, true], [12.1, false]]) {
        await later(page, hours);
        claim({ ...state(checked), what: `ticked after ${hours} h and a reload`, got: await first.isChecked() });
      }
      const others = (await boxes.count()) > 1 ? await boxes.nth(1).isChecked() : false;
      claim({ ...state(false), what: 'the next one is ticked', got: others });
    });
  }
}

async function clearStepsClears(world, claim) {
  const address = need(claim, pagesWith(world.demo, 'steps'), 'steps');
  if (address === null) return;
  await openAt(world, address, async (page) => {
    const first = page.locator('.step > label input[type=checkbox]').first();
    await first.check();
    await page.locator('[data-tools]').getByRole('button', { name: 'Clear steps' }).click();
    claim({ page: address, what: 'ticked after Clear steps', expected: false, got: await first.isChecked() });
    await page.reload();
    claim({ page: address, what: 'ticked after Clear steps and a reload', expected: false, got: await first.isChecked() });
  });
}

async function valuesAreKeptForTwelveHours(world, claim) {
  const address = need(claim, pagesWith(world.demo, 'fields', 'commands'), 'fields');
  if (address === null) return;
  await openAt(world, address, async (page) => {
    const { fields } = await readPlan(page, world.demo.html(address));
    const values = await fillAll(page, fields);
    for (const [hours, kept] of [[0, true], [11.9, true], [12.1, false]]) {
      await later(page, hours);
      for (const field of fields) {
        const expected = kept && !field.secret ? values[field.name] : field.preset;
        claim({ page: address, mode: field.name, what: `value after ${hours} h and a reload`, expected, got: await fieldOf(page, field.name).inputValue() });
      }
    }
  });
}

/** The alert pages that have most to log, else any page with tools. */
function pageToLog(world) {
  const pages = [...pagesWith(world.demo, 'steps', 'commands'), ...pagesWith(world.demo, 'commands')];
  return pages.filter((page) => / data-tools[\s>=]/.test(world.demo.html(page)));
}

async function logBecomesAPostmortem(world, claim) {
  const address = need(claim, pageToLog(world), 'tools and commands');
  if (address === null) return;
  await openAt(world, address, async (page) => {
    const plan = await readPlan(page, world.demo.html(address));
    const values = await fillAll(page, plan.fields);
    await page.locator('[data-tools]').getByRole('button', { name: 'Start an incident log' }).click();
    const copied = await workThrough(page, plan, values);
    await page.reload();
    const events = page.locator('.logp ol li');
    await events.first().waitFor();
    const count = await events.count();
    const logged = (await events.allTextContents()).join('\n');
    for (const part of [NOTE, copied].filter(Boolean)) {
      claim({ page: address, what: 'the log has it after a reload', expected: part, got: logged, ok: logged.includes(part) });
    }
    const draft = await copiedBy(page, () => page.getByRole('button', { name: 'Copy as postmortem draft' }).click());
    claim({ page: address, what: 'the draft is markdown with front matter', expected: '---\\nkind: postmortem', got: draft.slice(0, 80), ok: draft.startsWith('---\nkind: postmortem') });
    claimDraft(world, claim, address, draft, count, [NOTE, copied].filter(Boolean));
  });
}

/** Ticks a step, copies a command and types a note, a few minutes apart; returns the command's first line. */
async function workThrough(page, { figures }, values) {
  await page.clock.setFixedTime(START + 0.05 * HOUR);
  const step = page.locator('.step > label input[type=checkbox]').first();
  if (await step.count()) await step.check();
  await page.clock.setFixedTime(START + 0.1 * HOUR);
  const index = figures.findIndex(({ copies, danger }) => copies && !danger);
  if (index >= 0) await copiedBy(page, () => copyButton(page, index).click());
  await page.clock.setFixedTime(START + 0.2 * HOUR);
  const note = page.locator('.logp input').first();
  await note.fill(NOTE);
  await note.press('Enter');
  return index < 0 ? '' : filled(figures[index], values).split('\n')[0].slice(0, 40);
}

function claimDraft(world, claim, address, draft, count, parts) {
  const folder = join(world.folder, 'draft-of-a-log');
  mkdirSync(join(folder, 'postmortems'), { recursive: true });
  writeFileSync(join(folder, 'postmortems/draft.md'), draft);
  const where = { page: address, mode: 'draft' };
  const checked = opslore(world, ['check', folder, '--format', 'json', '--now', NOW]);
  const faults = JSON.parse(checked.out).findings.filter(({ code, level }) => /^OL1/.test(code) || level === 'error');
  claim({ ...where, what: 'findings of its front matter and errors', expected: [], got: faults.map(({ code, line, message }) => `${code} in line ${line}: ${message}`) });
  const inspected = opslore(world, ['inspect', '-C', folder, 'postmortems/draft.md', '--now', NOW]).out;
  const field = (name) => new RegExp(`^${name} +(\\S+(?: entries)?)`, 'm').exec(inspected)?.[1];
  claim({ ...where, what: 'kind', expected: 'postmortem', got: field('kind') });
  claim({ ...where, what: 'started_at', expected: new Date(START).toISOString().replace('.000', ''), got: field('started_at') });
  claim({ ...where, what: 'timeline', expected: `${count} entries`, got: field('timeline') });
  const site = build(world, claim, 'draft-site', folder);
  const page = site?.pages.find((path) => /^incidents\/.*draft/.test(path));
  const text = page ? plain(site.html(page)).replace(/\s+/g, ' ') : '';
  for (const part of parts) {
    claim({ ...where, what: 'its page tells the event', expected: part, got: text.slice(0, 300), ok: text.includes(part) });
  }
}

async function endAsksTwice(world, claim) {
  const address = need(claim, pageToLog(world), 'tools');
  if (address === null) return;
  await openAt(world, address, async (page) => {
    await page.locator('[data-tools]').getByRole('button', { name: 'Start an incident log' }).click();
    const panel = page.locator('.logp');
    const end = panel.getByRole('button', { name: /^End/ });
    await end.click();
    claim({ page: address, what: 'the log is still there after one press of End', expected: true, got: await panel.isVisible() });
    await panel.getByRole('button', { name: /\bend\b/i }).first().click();
    claim({ page: address, what: 'the log is gone after a second press', expected: false, got: await panel.isVisible() });
  });
}

export default {
  name: 'steps',
  checks: [ticksAreKeptForTwelveHours, clearStepsClears, valuesAreKeptForTwelveHours, logBecomesAPostmortem, endAsksTwice],
};

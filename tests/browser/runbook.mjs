// Turns a runbook page, as it was built and before any script ran, into its fields and into what its
// commands must give when they are copied; and works the page as a reader would.
import { until } from './browser.mjs';
import { runbookPages } from './pages.mjs';

const SAFE = /^[A-Za-z0-9_.:/@-]{1,253}$/;
const OPEN = '\uE000';
const SHUT = '\uE001';
const LEFT_OUT = '\uE002';

const MARKS = {
  commands: /<figure[^>]* data-cmd[\s>=]/,
  parameters: /<figure[^>]* data-cmd[\s>=](?:(?!<\/figure>)[\s\S])*<var[^>]* data-p=/,
  danger: /<figure(?=[^>]* data-cmd[\s>=])[^>]*cmd--danger/,
  session: /<figure[^>]* data-cmd[\s>=](?:(?!<\/figure>)[\s\S])*<span class="(?:pr|out)"/,
  fields: /<form[^>]* data-fill[\s>=][\s\S]*?<input[^>]* data-p=/,
  steps: /<li class="step" id=/,
  tasks: /<li class="task"|class="task"/,
};

/** Alert and runbook pages that have what the name stands for, largest first. */
export function pagesWith(site, ...names) {
  return runbookPages(site).filter((page) => names.every((name) => MARKS[name].test(site.html(page))));
}

/** What stands on the page: {figures, fields}, read from the built text and never from the live page. */
export function readPlan(page, html) {
  return page.evaluate(planOf, { html, OPEN, SHUT, LEFT_OUT });
}

function planOf({ html, OPEN, SHUT, LEFT_OUT }) {
  const doc = new DOMParser().parseFromString(html, 'text/html');
  const figures = [...doc.querySelectorAll('figure.cmd')].map((figure) => {
    const pre = figure.querySelector('pre').cloneNode(true);
    for (const node of pre.querySelectorAll('.pr, .out')) node.replaceWith(LEFT_OUT);
    for (const node of pre.querySelectorAll('var.p[data-p]')) node.replaceWith(OPEN + node.dataset.p + SHUT);
    // a line that held nothing but output leaves no empty line behind
    const lines = pre.textContent.split('\n').filter((line) => !line.includes(LEFT_OUT) || line.replaceAll(LEFT_OUT, '').trim());
    const text = lines.join('\n').replaceAll(LEFT_OUT, '').replace(/\n+$/, '');
    return {
      copies: figure.hasAttribute('data-cmd'),
      danger: figure.classList.contains('cmd--danger'),
      confirm: figure.dataset.confirm ?? null,
      session: text !== pre.textContent.replace(/\n+$/, ''),
      text,
      parameters: [...text.matchAll(new RegExp(`${OPEN}(.*?)${SHUT}`, 'g'))].map((match) => match[1]),
    };
  });
  const fields = [...doc.querySelectorAll('[data-fill] [data-p]')].map((field) => ({
    name: field.dataset.p,
    from: (field.dataset.from ?? '').split(/\s+/).filter(Boolean),
    pattern: field.dataset.pattern ?? null,
    secret: 'secret' in field.dataset,
    preset: field.tagName === 'SELECT' ? field.querySelector('option[selected]')?.value ?? '' : field.getAttribute('value') ?? '',
    options: field.tagName === 'SELECT' ? [...field.options].map((option) => option.value).filter(Boolean) : null,
  }));
  return { figures, fields };
}

/** The text that a figure must put on the clipboard. */
export function filled(figure, values) {
  return figure.text.replace(new RegExp(`${OPEN}(.*?)${SHUT}`, 'g'), (_, name) => values[name] ?? name);
}

/** A value that the field accepts and that differs from its preset. */
export function sample(field) {
  if (field.options) return field.options.at(-1);
  const value = field.pattern ? fromPattern(field.pattern) : `${field.name.toLowerCase().replace(/[^a-z0-9]/g, '')}-7`;
  if (!SAFE.test(value)) throw new Error(`no sample for the pattern ${field.pattern} of ${field.name}: ${value}`);
  return value;
}

/** The shortest text that a plain regular expression accepts: classes, groups, alternatives, counts. */
export function fromPattern(pattern) {
  let at = 0;
  const sequence = () => {
    let text = '';
    while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') text += repeated(atom());
    return text;
  };
  const alternatives = () => {
    const first = sequence();
    while (pattern[at] === '|') {
      at += 1;
      sequence();
    }
    return first;
  };
  const atom = () => {
    const letter = pattern[at];
    at += 1;
    if (letter === '^' || letter === '$') return '';
    if (letter === '.') return 'a';
    if (letter === '\\') return { d: '7', w: 'a', s: ' ' }[pattern[at++]] ?? pattern[at - 1];
    if (letter === '[') return fromClass();
    if (letter !== '(') return letter;
    if (pattern.startsWith('?:', at)) at += 2;
    const inner = alternatives();
    at += 1;
    return inner;
  };
  const fromClass = () => {
    const shut = pattern.indexOf(']', at + 1);
    const first = pattern[at] === '\\' ? ({ d: '7', w: 'a' }[pattern[at + 1]] ?? pattern[at + 1]) : pattern[at];
    at = shut + 1;
    return first;
  };
  const repeated = (text) => {
    const count = /^(?:[+*?]|\{(\d+)(?:,\d*)?\})/.exec(pattern.slice(at));
    if (!count) return text;
    at += count[0].length;
    return count[1] ? text.repeat(Number(count[1])) : text;
  };
  return alternatives();
}

export const fieldOf = (page, name) => page.locator(`[data-fill] [data-p="${name}"]`);

export const copyButton = (page, index) => page.locator('figure.cmd').nth(index).locator('figcaption button');

/** Fills every field with a sample; returns the values by name. */
export async function fillAll(page, fields) {
  const values = {};
  for (const field of fields) {
    values[field.name] = sample(field);
    const control = fieldOf(page, field.name);
    if (field.options) await control.selectOption(values[field.name]);
    else await control.fill(values[field.name]);
  }
  return values;
}

export const EMPTY = 'nothing was copied';

export const readClipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

export const clearClipboard = (page) => page.evaluate((text) => navigator.clipboard.writeText(text), EMPTY);

/** What `act` puts on the clipboard, or the words that nothing was. */
export async function copiedBy(page, act) {
  await clearClipboard(page);
  await act();
  await until(async () => (await readClipboard(page)) !== EMPTY, 2000);
  return readClipboard(page);
}

/** What the live region says; waits until `pattern` is in it. */
export async function told(page, pattern) {
  const said = () => page.evaluate(() => [...document.querySelectorAll('[role=status], [aria-live]')].map((node) => node.textContent).join(' '));
  await until(async () => pattern.test(await said()), 2000);
  return said();
}

// Turns pages into PDF and the PDF into its text: commands must stand in it whole, menus not at all.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withPage } from '../browser.mjs';
import { inside, plain } from '../html.mjs';
import { ofType } from '../pages.mjs';
import { pagesWith } from '../runbook.mjs';

const TYPES = ['alert with runbook', 'alert without runbook', 'procedure', 'team book', 'postmortem'];
// what does not fit on a sheet has to break somewhere
const LONGEST_BLOCK = 40;
const BREAK = '\f';

async function commandsAreWholeAndMenusGone(world, claim) {
  const addresses = new Set([...TYPES.map((type) => ofType(world.demo, type)), pagesWith(world.demo, 'steps')[0]]);
  for (const address of [...addresses].filter((each) => each !== undefined)) {
    const { text, commands } = await printed(world, address);
    for (const command of commands) {
      const whole = text.includes(packed(command));
      const got = whole || !text.replaceAll(BREAK, '').includes(packed(command)) ? 'not there' : 'broken over two sheets';
      claim({ page: address, what: 'the PDF has the command whole', expected: command.slice(0, 200), got, ok: whole });
    }
    const left = unwanted(world.demo.html(address)).filter((words) => text.includes(packed(words)));
    claim({ page: address, what: 'the PDF has no menu and no controls', expected: [], got: left });
  }
}

/** The text without white space, so that line breaks of the sheet do not count; sheets end with a mark. */
async function printed(world, address) {
  const file = join(world.folder, 'printed.pdf');
  const commands = await withPage(world, { path: address, mode: 'light' }, async (page) => {
    writeFileSync(file, await page.pdf({ format: 'A4' }));
    // of the live page, where defaults are filled in
    const all = await page.locator('figure.cmd pre').evaluateAll((blocks) => blocks.map((block) => block.textContent.trim()));
    return all.filter((command) => command.split('\n').length <= LONGEST_BLOCK);
  });
  const ran = spawnSync('pdftotext', ['-raw', file, '-'], { encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`pdftotext (package poppler-utils): ${ran.error ?? ran.stderr}`);
  return { text: packed(ran.stdout), commands };
}

const packed = (text) => text.replace(/[^\S\f]+/g, '');

function unwanted(html) {
  const menu = inside(html, /<nav aria-label="Main">/g, 'nav').map((nav) => plain(nav));
  return [...menu, 'Skip to content', 'Copy deletion', 'Light or dark', 'Start an incident log'];
}

export default { name: 'print', checks: [commandsAreWholeAndMenusGone] };

// Turns ten page types into pictures in four modes: artefacts to look at, nothing is compared.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MODES, inPairs, turn, withPage } from '../browser.mjs';

const TYPES = [
  'home', 'alert with runbook', 'alert without runbook', 'chooser', 'procedure', 'service', 'team', 'postmortem', 'lesson',
  'report: problems',
];

async function tenPageTypes(world, claim) {
  const folder = world.options.pictures;
  mkdirSync(folder, { recursive: true });
  await inPairs(world.demo.types.filter(({ type }) => TYPES.includes(type)), ({ type, page: address, path }) =>
    withPage(world, { path, mode: 'light' }, async (page) => {
      for (const mode of Object.keys(MODES)) {
        await turn(page, mode);
        const name = `${type}-${mode}.png`.replace(/[^a-z.-]+/g, '-');
        const picture = await page.screenshot({ path: join(folder, name), animations: 'disabled' });
        claim({ page: address, mode, what: 'a picture is written', expected: true, got: picture.length > 0 });
      }
    }));
}

export default { name: 'pictures', onRequest: 'pictures', checks: [tenPageTypes] };

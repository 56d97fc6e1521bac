// Turns every page of the demo into html-validate's verdict.
import { HtmlValidate } from 'html-validate';

const checker = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    // a postmortem's title is the sentence that its author wrote, and no search engine reads this site
    'long-title': 'off',
    // the form of a runbook's values is never sent: they act as they are typed
    'wcag/h32': 'off',
    // ids come from headings in any language and from incident names that start with a digit: HTML allows both
    'valid-id': ['error', { relaxed: true }],
  },
});

async function everyPageOfTheDemo(world, claim) {
  for (const page of world.demo.pages) {
    const { results } = await checker.validateString(world.demo.html(page), `${page || 'home'}`);
    const messages = results.flatMap((result) => result.messages);
    const told = messages.slice(0, 4).map(({ ruleId, line, message }) => `${ruleId} in line ${line}: ${message}`);
    claim({ page, what: `html-validate finds nothing (${messages.length})`, expected: [], got: told });
  }
}

export default { name: 'valid', checks: [everyPageOfTheDemo] };

// Turns claims (page, mode, what, expected, got) into lines for people: one a group, the table of
// budgets, then one a failure.
const LONGEST = 600;

export class Report {
  passed = 0;
  failed = 0;
  failures = [];
  rows = [];
  figures = [];

  /** Runs the checks of a group one after the other; a check that throws has failed. */
  async group(name, checks, world) {
    const from = { passed: this.passed, failed: this.failed, failures: this.failures.length, at: performance.now() };
    for (const check of checks) {
      const claim = (claimed) => this.claim({ group: name, check: check.name, ...claimed });
      try {
        await check(world, claim);
      } catch (error) {
        claim({ what: 'the check runs to its end', expected: 'no exception', got: firstLines(error), ok: false });
      }
    }
    // two pages are read at a time: which ends first must not show
    const fresh = this.failures.splice(from.failures);
    const order = (failure) => checks.findIndex(({ name: own }) => own === failure.check);
    this.failures.push(...fresh.sort((a, b) => order(a) - order(b) || String(a.page).localeCompare(String(b.page))));
    const seconds = ((performance.now() - from.at) / 1000).toFixed(1);
    const passed = this.passed - from.passed;
    const failed = this.failed - from.failed;
    console.log(`${name.padEnd(10)} ${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed ${seconds.padStart(6)} s`);
  }

  /** Without `ok` the claim holds when `expected` and `got` are the same; tells whether it holds. */
  claim({ expected, got, ok = same(expected, got), ...place }) {
    if (ok) this.passed += 1;
    else {
      this.failed += 1;
      this.failures.push({ expected, got, ...place });
    }
    return ok;
  }

  finish() {
    printTable('Budgets of the page types', this.rows);
    printTable('Bottom of the first command, 360×740', this.figures);
    if (this.failures.length) console.log('\nFailures');
    for (const failure of this.failures) console.log(line(failure));
    console.log(`\n${this.passed} passed, ${this.failed} failed`);
  }
}

function same(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}

function firstLines(error) {
  return String(error?.stack ?? error).split('\n').slice(0, 4).join(' ');
}

function line({ group, check, page, mode, what, expected, got }) {
  const where = [page === undefined ? '' : `/${page}`, mode].filter(Boolean).join(', ');
  return `- ${group} › ${check}${where && `: ${where}`}: ${what}: expected ${short(expected)}, got ${short(got)}`;
}

function short(value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text === undefined ? 'nothing' : text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function printTable(title, rows) {
  if (!rows.length) return;
  const names = Object.keys(rows[0]);
  const cell = (row, name) => String(row[name] ?? '–');
  const widths = names.map((name) => Math.max(name.length, ...rows.map((row) => cell(row, name).length)));
  const print = (cells) => console.log(cells.map((text, i) => i ? text.padStart(widths[i]) : text.padEnd(widths[i])).join('  '));
  console.log(`\n${title}`);
  print(names);
  for (const row of rows) print(names.map((name) => cell(row, name)));
}

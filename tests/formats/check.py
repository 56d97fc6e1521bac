"""Runs `opslore check` on sites and reads every format with a consumer that is not ours.

    python tests/formats/check.py OPSLORE SITE...
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import jsonschema
from junitparser import Failure, JUnitXml, Skipped

FORMATS = ["text", "json", "sarif", "github", "gitlab", "junit", "markdown"]
SCHEMA = json.loads((Path(__file__).parent / "sarif-schema-2.1.0.json").read_text())
LEVELS = {"error": "error", "warning": "warning", "note": "info", "notice": "info"}
SEVERITIES = {"major": "error", "minor": "warning", "info": "info"}
COMMAND = re.compile(r"^::(error|warning|notice) ([^:\n]*)::(.*)$")


def run(opslore, site, folder):
    """Makes every format of one run."""
    command = [opslore, "check", site, "--now", "2026-11-22", "--fail-on", "warning", "--quiet"]
    for name in FORMATS:
        command += ["--output", f"{name}={folder / name}"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode in (0, 1), ran.stderr
    assert ran.stdout == "", ran.stdout
    return {name: (folder / name).read_text(encoding="utf-8") for name in FORMATS}, ran.returncode


def of_sarif(text):
    """Places, codes and levels of a SARIF log that the schema takes."""
    log = json.loads(text)
    checker = jsonschema.Draft7Validator.FORMAT_CHECKER
    validator = jsonschema.Draft7Validator(SCHEMA, format_checker=checker)
    faults = [f"{e.json_path}: {e.message[:200]}" for e in validator.iter_errors(log)]
    assert not faults, "\n".join(faults[:10])
    (ran,) = log["runs"]
    rules = ran["tool"]["driver"]["rules"]
    prints = set()
    for result in ran["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        prints.add(result["partialFingerprints"]["opsloreFinding/v1"])
        place = result["locations"][0]["physicalLocation"]
        region = place["region"]
        assert (region["startLine"], region["startColumn"]) <= (region["endLine"], region["endColumn"])
        yield unquote(place["artifactLocation"]["uri"]), region["startLine"], result["ruleId"], LEVELS[result["level"]]
    assert len(prints) == len(ran["results"])
    assert all("## Fix" in rule["help"]["text"] for rule in rules)


def mended(log):
    """Results that carry a fix, by what stays the same when lines move."""
    for result in log["runs"][0]["results"]:
        if "fixes" in result:
            uri = unquote(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
            yield (uri, result["ruleId"], result["message"]["text"]), result["fixes"]


def mend(opslore, site, text):
    """Makes the edits of a SARIF log in a copy of the site, as an editor would: what they mend is found no more."""
    before = list(mended(json.loads(text)))
    edits = {}
    for _, fixes in before:
        ((change,),) = [fix["artifactChanges"] for fix in fixes]
        for replacement in change["replacements"]:
            region = replacement["deletedRegion"]
            place = [region[key] for key in ("startLine", "startColumn", "endLine", "endColumn")]
            edit = (place, replacement["insertedContent"]["text"])
            edits.setdefault(unquote(change["artifactLocation"]["uri"]), []).append(edit)
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "site"
        shutil.copytree(site, copy, symlinks=True)
        for path, of_file in edits.items():
            file = next(f for f in (copy / path, *copy.glob(f"**/{Path(path).name}")) if f.is_file())
            lines = file.read_text(encoding="utf-8-sig").split("\n")
            last = (len(lines) + 1, 1)
            for (line, column, end_line, end_column), new in sorted(of_file, reverse=True):
                assert line == end_line and column <= end_column, (path, line)
                if (line, end_column) <= last:
                    old = lines[line - 1]
                    lines[line - 1] = old[: column - 1] + new + old[end_column - 1 :]
                    last = (line, column)
            file.write_text("\n".join(lines), encoding="utf-8")
        texts, _ = run(opslore, str(copy), Path(name))
        left = dict(before).keys() & dict(mended(json.loads(texts["sarif"]))).keys()
        assert not left, left
    return len(before)


def of_github(text):
    """The same of workflow commands, unescaped as the runner does."""
    for line in text.split("\n")[:-1]:
        level, properties, _ = COMMAND.match(line).groups()
        pairs = dict(pair.split("=", 1) for pair in properties.split(","))
        for escape, char in [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]:
            pairs = {key: value.replace(escape, char) for key, value in pairs.items()}
        yield pairs["file"], int(pairs["line"]), pairs["title"].split()[0], LEVELS[level]


def of_gitlab(text):
    """The same of a code quality report."""
    issues = json.loads(text)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    for issue in issues:
        assert issue["description"]
        place = issue["location"]
        yield place["path"], place["lines"]["begin"], issue["check_name"], SEVERITIES[issue["severity"]]


def of_junit(path):
    """The same of JUnit; what did not fail tells its level in words."""
    suites = JUnitXml.fromfile(str(path))
    cases = [case for suite in suites for case in suite]
    assert suites.tests == len(cases)
    assert suites.failures == sum(case.is_failure for case in cases)
    assert sum(suite.skipped for suite in suites) == sum(case.is_skipped for case in cases)
    for case in cases:
        (result,) = case.result
        assert isinstance(result, (Failure, Skipped)) and result.message
        level = result.type if isinstance(result, Failure) else result.message.split(":")[0]
        line = int(case.name.rsplit(" ", 1)[1].split(":")[0])
        yield case.classname, line, case.name.split()[0], level


def hostile(folder):
    """A site whose names and words every format has to escape."""
    path = folder / "we, ird: 100% <b> \u00fc" / "::error::a.md"
    path.parent.mkdir(parents=True)
    path.write_bytes('# A\n\n[x](<100%,b&"]]\x1b.md>) \u00fc [z](q.md)\n\n[y](#n|o_*p*) and\r\n [y](#n|o_*p*)\n'.encode())
    return str(folder)


def main(opslore, sites):
    with tempfile.TemporaryDirectory() as name:
        read(opslore, [*sites, hostile(Path(name) / "hostile")])


def read(opslore, sites):
    for site in sites:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            texts, code = run(opslore, site, folder)
            found = json.loads(texts["json"])
            expected = [(f["path"], f["line"], f["code"], f["level"]) for f in found["findings"]]
            assert Counter(level for *_, level in expected) == Counter(found["counts"]), found["counts"]
            assert list(of_sarif(texts["sarif"])) == expected
            assert list(of_github(texts["github"])) == expected
            assert list(of_gitlab(texts["gitlab"])) == expected
            junit = list(of_junit(folder / "junit"))
            assert junit == expected
            fails = any(level in ("error", "warning") for *_, level in expected)
            assert code == int(fails)
            codes = [code for _, _, code, _ in expected]
            listed = re.findall(r"^- line \d+: \w+ (OL\d{3})", texts["markdown"], re.MULTILINE)
            assert listed == codes[: len(listed)]
            rest = re.search(r"^and (\d+) more$", texts["markdown"], re.MULTILINE)
            assert len(listed) + (int(rest[1]) if rest else 0) == len(codes)
            assert len(texts["markdown"]) < 65_536
            told = re.findall(r": (?:error|warning|info) (OL\d{3}) [a-z0-9-]+: ", texts["text"])
            assert told == codes
            fixed = mend(opslore, site, texts["sarif"])
            print(f"{len(expected):6} findings, equal in {len(FORMATS)} formats, {fixed} mended by SARIF: {Path(site).name}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])

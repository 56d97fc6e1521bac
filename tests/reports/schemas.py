"""Checks what `opslore schema` prints by a library of others: each is a schema, the files of content/ are valid,
and what `opslore check` takes or refuses the schema takes or refuses.
    python schemas.py path/to/opslore content built-site"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema
import yaml

PROGRAM, ROOT, SITE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
OWN = {"wrong-type", "unknown-value", "bad-time", "unknown-kind"}
faults = []


class Core(yaml.SafeLoader):
    """YAML 1.2 as editors read it: no dates, `yes` and `off` are words."""


Core.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rows if not tag.endswith((":timestamp", ":bool", ":merge"))]
    for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|True|TRUE|false|False|FALSE)$"), list("tTfF"))


def load(text):
    return yaml.load(text, Loader=Core)


def run(*args):
    return subprocess.run([PROGRAM, *args], capture_output=True, text=True)


KINDS = [line.split()[0] for line in run("schema").stdout.splitlines()]
SCHEMAS = {}
for kind in KINDS:
    schema = json.loads(run("schema", kind).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    # Editors that know no newer draft read it as draft 7.
    jsonschema.Draft7Validator.check_schema(schema)
    SCHEMAS[kind] = jsonschema.Draft202012Validator(schema)
    for key, value in schema["properties"].items():
        if not value.get("description", "").endswith("."):
            faults.append(f"{kind}: {key} is not described")


def errors(kind, value):
    return [f"{e.json_path}: {e.message[:200]}" for e in SCHEMAS[kind].iter_errors(value)]


def content():
    """Files that say something in our own words."""
    pages = {row["source"]: row["kind"] for row in json.loads((SITE / "api/v1/pages.json").read_text())["pages"]}
    for path in sorted(ROOT.rglob("*.md")):
        kind = pages.get(str(path.relative_to(ROOT)))
        match = re.match(r"---\n(.*?)\n---\n", path.read_text(), re.S)
        if kind and match:
            yield kind, path, match[1]
    for path in sorted([*ROOT.rglob("service.yaml"), ROOT / "teams.yml", ROOT / "opslore.yaml"]):
        kind = {"service": "service", "teams": "teams", "opslore": "config"}[path.stem]
        yield kind, path, path.read_text()


# What the file's own findings name is wrong on purpose.
told = json.loads(run("check", str(ROOT), "--format", "json", "--fail-on", "never").stdout)["findings"]
wrong = {row["path"] for row in told if row["name"] in OWN}
seen, known = {}, 0
for kind, path, text in content():
    try:
        value = load(text)
    except yaml.YAMLError:
        continue
    if not isinstance(value, dict):
        continue
    seen[kind] = seen.get(kind, 0) + 1
    known += len(value.keys() & SCHEMAS[kind].schema["properties"].keys())
    found = errors(kind, value)
    if found and str(path.relative_to(ROOT)) not in wrong:
        faults.append(f"{path} as {kind}: {found[:3]}")
# Teams of content stand in one file.
if set(KINDS) - set(seen) != {"team"}:
    faults.append(f"content has no file of some kinds: {seen}")
print(f"files {seen}, {known} keys")

# Kind, what is written, whether it is right.
CASES = [
    ("runbook", "risk: hihg", False),
    ("runbook", "risk: Medium", True),
    ("runbook", "risk:", True),
    ("runbook", "alerts: {a: b}", False),
    ("runbook", "alerts: A, B", True),
    ("runbook", "alerts: [A, 5]", True),
    ("runbook", "alerts: [[A]]", False),
    ("runbook", "last_reviewed: yesterday", False),
    ("runbook", "last_reviewed: 2026-05-12", True),
    ("runbook", "last_reviewed_on: May 12, 2026", True),
    ("runbook", "review_every: often", False),
    ("runbook", "review_in: 6  months", True),
    ("runbook", "title: [a]", False),
    ("runbook", "title: 5", True),
    ("runbook", "status: actve", False),
    ("runbook", "kind: runbok", False),
    ("runbook", "colour: blue", True),
    ("runbook", "verification: {a: b}", False),
    ("postmortem", "started_at: soon", False),
    ("postmortem", "started_at: 2026-03-04 02:07 UTC", True),
    ("postmortem", "status: finl", False),
    ("postmortem", "timeline: often", False),
    ("postmortem", "timeline: [{at: 2026-03-04T02:07:00Z, event: a}]", True),
    ("postmortem", "timeline: [{at: noon, event: a}]", False),
    ("postmortem", "lessons: {a: b}", False),
    ("postmortem", "lessons: Test it", True),
    ("postmortem", "action_items: [{title: a, status: finnished}]", False),
    ("postmortem", "action_items: [{title: a, status: In progress, owner: b, due: 2026-12-01}]", True),
    ("postmortem", "action_items: [{title: a, due: soon}]", False),
    ("postmortem", "severity: [a]", False),
    ("service", "lessons: [{lesson: a, answer: aplied}]", False),
    ("service", "lessons: [{lesson: a, answer: not_applicable, on: 2026-05-12}]", True),
    ("service", "lessons: {a: planned}", True),
    ("service", "lessons: [{lesson: a, answer: applied, on: soon}]", False),
    ("service", "links: [{rel: dashbord, url: https://a.example}]", False),
    ("service", "links: [{rel: Grafana, url: https://a.example}]", True),
    ("service", "links: {logs: https://a.example}", True),
    ("service", "links: 5", True),
    ("service", "depends_on: [{service: a, strength: heavy}]", False),
    ("service", "depends_on: [a, {service: b, strength: soft}]", True),
    ("service", "owner: {a: b}", False),
    ("service", "tags: {a: b}", False),
    ("service", "contacts: [[a]]", False),
    ("service", "oncall: [a]", False),
    ("service", "tier: 1", True),
    ("service", "tier: platinum", True),
    ("team", "name: [a]", False),
    ("team", "members: [a, {name: b}]", True),
    ("lesson", "factors: {a: b}", False),
    ("page", "tags: {a: b}", False),
    ("config", "titel: a", False),
    ("config", "base_url: ftp://a.example", False),
    ("config", "base_url: https://a.example", True),
    ("config", "policy: {rules: {broken-link: loud}}", False),
    ("config", "policy: {rules: {broken-link: off, OL202: false}}", True),
    ("config", "policy: {rules: {broken-lnk: off}}", False),
    ("config", "policy: {review_every: often}", False),
    ("config", "policy: {tiers: {gold: 5}}", False),
    ("config", "policy: {tiers: {gold: 1}, max_vanish: 12.5}", True),
    ("config", "policy: {max_vanish: 20 %}", True),
    ("config", "policy: {required_parts: [rolback]}", False),
    ("config", "policy: {required_parts: {all: [rollback], 1: [escalation]}}", True),
    ("config", "policy: {severities: {critical: wake}}", False),
    ("config", "kinds: {'a/**': runbok}", False),
    ("config", "url_templates: {wiki: 'https://a.example/{service}'}", True),
    ("config", "alerts: {exmpt: [a]}", False),
    ("config", "sources: [{path: ., team: a}]", True),
    ("config", "sources: [{path: ., taem: a}]", False),
    ("config", "secrets: {alow: [a]}", False),
]


def checked(kind, written):
    """True where the program has nothing to say against it."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        if kind == "config":
            (root / "opslore.yaml").write_text(written + "\n")
            return run("check", folder, "--fail-on", "never").returncode == 0
        stated = "" if written.startswith("kind:") else f"kind: {kind}\n"
        (root / "a.md").write_text(f"---\n{stated}{written}\n---\n\n# A\n\nWords.\n")
        done = run("check", folder, "--format", "json", "--fail-on", "never")
        return not any(row["name"] in OWN for row in json.loads(done.stdout)["findings"])


for kind, written, right in CASES:
    value = load(written)
    # Keys of YAML may be numbers, those of JSON are text.
    value = json.loads(json.dumps(value))
    if checked(kind, written) != right:
        faults.append(f"check of {kind}: `{written}` is {'refused' if right else 'taken'}")
    if (not errors(kind, value)) != right:
        faults.append(f"schema of {kind}: `{written}`: {errors(kind, value) or 'taken'}")
print(f"schemas {len(KINDS)}, {len(CASES)} values")
print("\n".join(faults))
sys.exit(1 if faults else 0)

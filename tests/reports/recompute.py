"""Counts overdue actions, coverage, blast radius and durations from the files of content/, and compares them
with what the program reports. Shares no code with it: files in, numbers out.
    python recompute.py path/to/opslore content"""
import datetime
import json
import pathlib
import re
import subprocess
import sys

import yaml

TODAY = datetime.date(2026, 11, 22)
PROGRAM, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
faults = []


def report(name):
    done = subprocess.run(
        [PROGRAM, "-C", ROOT, "--now", str(TODAY), "report", name, "--format", "json"],
        capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def compare(what, expected, got):
    if expected == got:
        print(f"same   {what}: {len(expected)}")
        return
    keys = sorted(set(expected) | set(got)) if isinstance(expected, dict) else [None]
    for key in keys:
        a, b = (expected, got) if key is None else (expected.get(key), got.get(key))
        if a != b:
            faults.append(f"{what} {key}: recomputed {a}, reported {b}")


def load(text):
    """YAML with every scalar as written."""
    return yaml.load(text, Loader=yaml.BaseLoader)


def documents():
    """Markdown files: path, front matter, body."""
    for path in sorted(ROOT.rglob("*.md")):
        text = path.read_text()
        match = re.match(r"---\n(.*?)\n---\n(.*)", text, re.S)
        yield path, (load(match[1]) or {}) if match else {}, match[2] if match else text


def section(body, *names):
    """The text below a heading of one of these names."""
    parts = re.split(r"^## +(.+)$", body, flags=re.M)
    for title, text in zip(parts[1::2], parts[2::2]):
        if title.strip().lower() in names:
            return text
    return ""


def as_list(value):
    if value in (None, ""):
        return []
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    return value


DOCUMENTS = list(documents())
POSTMORTEMS = [d for d in DOCUMENTS if "postmortems" in d[0].parts]
RUNBOOKS = [d for d in DOCUMENTS if "runbooks" in d[0].parts]
CONFIG = load((ROOT / "opslore.yaml").read_text())


# --- services and their blast radius -----------------------------------------------------------------

def bare(reference):
    """`component:default/cart`, `service:cart` and `cart` are one name."""
    return reference.split(":")[-1].split("/")[-1].strip().lower()


def services():
    """Declared services, each with what it needs."""
    needs = {}
    inverse = []
    for path in sorted(ROOT.rglob("*.yaml")):
        if "ops" in path.parts or path.name in ("opslore.yaml", "rules.yaml"):
            continue
        for part in yaml.load_all(path.read_text(), Loader=yaml.BaseLoader):
            if not isinstance(part, dict):
                continue
            spec, meta = part.get("spec", {}), part.get("metadata", {})
            if path.name == "catalog-info.yaml":
                if part["kind"] in ("Component", "Resource", "System", "API"):
                    needs[bare(meta["name"])] = [bare(n) for n in spec.get("dependsOn", [])]
                    inverse += [(bare(n), bare(meta["name"])) for n in spec.get("dependencyOf", [])]
            elif ".datadog." in path.name:
                needs[bare(meta["name"])] = [bare(n) for n in spec.get("dependsOn", [])]
            elif path.name.startswith("service."):
                needs[bare(part.get("id", path.parent.name))] = depends(part)
    for path, front, body in DOCUMENTS:
        if front.get("kind") == "service" or path.name == "service.md":
            needs[bare(front.get("id", path.parent.name))] = depends(front)
        elif path.name == "runbook.md" and "## Service Tier" in body:
            listed = re.findall(r"^- (.+)$", section(body, "dependencies"), re.M)
            needs[bare(section(body, "code").strip())] = [bare(n) for n in listed]
    for dependent, needed in inverse:
        needs.setdefault(dependent, []).append(needed)
    return needs


def depends(front):
    names = [d["service"] if isinstance(d, dict) else d for d in as_list(front.get("depends_on"))]
    return [bare(name) for name in names]


def radius(needs):
    """How many services feel it when each is down: everybody from whom a chain of needs leads here."""
    felt = {}
    for service in needs:
        found, grown = {service}, True
        while grown:
            more = {name for name, of in needs.items() if found & set(of)} - found
            found |= more
            grown = bool(more)
        felt[service] = len(found) - 1
    return felt


# --- alerts -------------------------------------------------------------------------------------------

def rules():
    """Alert rules: name, labels and annotations of the keys that count, also of templates that are no YAML."""
    for path in sorted(ROOT.rglob("*.yaml")):
        text = path.read_text()
        for block in re.split(r"^(?=\s*- alert:)", text, flags=re.M)[1:]:
            name = re.match(r"\s*- alert:\s*[\"']?(\w+)", block)[1]
            url = re.search(r"^\s*runbook_url:\s*(.+)$", block, re.M)
            severity = re.search(r"severity:\s*[\"']?(\w+)", block)
            url = re.sub(r"\{\{`|`\}\}|[\"']", "", url[1]).strip() if url else None
            yield name, severity[1] if severity else "", url


def coverage():
    claims = {}
    for path, front, body in RUNBOOKS:
        title = re.search(r"^# +(.+)$", body, re.M)
        named = as_list(front.get("alerts") or front.get("alert") or front.get("alertname"))
        for name in named or [path.stem, title[1].strip() if title else ""]:
            claims.setdefault(name, path)
    addresses = {front.get("id", path.stem) for path, front, _ in RUNBOOKS}
    by_name, exempt = {}, set(CONFIG["alerts"]["exempt"])
    for name, severity, url in rules():
        if name in exempt or severity == "none":
            continue
        by_name.setdefault(name, []).append(url)
    out = {}
    for name, urls in by_name.items():
        told = [url for url in urls if url is not None]
        reached = [leads(url, name, claims, addresses) for url in told]
        # any of the rules may be the one that fires
        out[name] = all(reached) if told else name in claims
    return out


def leads(url, name, claims, addresses):
    base = CONFIG["base_url"]
    if not url.startswith(base):
        return False
    kind, target = url[len(base):].split("#")[0].strip("/").split("/")[:2]
    target = re.sub(r"\{\{ *\$labels\.alertname *\}\}", name, target)
    return target in claims if kind == "alerts" else target in addresses


# --- incidents ----------------------------------------------------------------------------------------

def moment(text):
    text = re.sub(r"\s*(UTC|GMT)$", "Z", text.strip())
    if len(text) <= 10:
        return None
    at = datetime.datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=datetime.timezone.utc)


def durations():
    keys = [("started_at", "started"), ("detected_at", "first detected"), ("acknowledged_at", ""),
            ("mitigated_at", "repaired"), ("resolved_at", "resolved")]
    out = {}
    for path, front, body in POSTMORTEMS:
        listed = dict(re.findall(r"^- \*\*(.+?):\*\* (.+)$", section(body, "key events"), re.M))
        listed = {key.lower(): value for key, value in listed.items()}
        at = [moment(front.get(key) or listed.get(word) or "") for key, word in keys]
        pairs = [(0, 1), (1, 2), (0, 3), (0, 4)]
        seconds = [int((at[b] - at[a]).total_seconds()) if at[a] and at[b] else None for a, b in pairs]
        out[front.get("id", path.stem)] = seconds
    return out


def overdue():
    """Open actions whose day is past: postmortem → days late."""
    out = {}
    for path, front, body in POSTMORTEMS:
        late = []
        if front.get("status") != "draft":
            for item in front.get("action_items", []):
                if item.get("status", "open") in ("open", "in-progress") and item.get("due"):
                    late.append(datetime.date.fromisoformat(item["due"]))
            for line in re.findall(r"^- \[ \] (.+)$", section(body, "action items", "actions"), re.M):
                late += [datetime.date.fromisoformat(d) for d in re.findall(r"\b\d{4}-\d\d-\d\d\b", line)[:1]]
        late = sorted((TODAY - due).days for due in late if due < TODAY)
        if late:
            out[front.get("id", path.stem)] = late
    return out


needs = services()
got = {row["service"]: row["blast_radius"] for row in report("services")["rows"]}
compare("blast radius of services", radius(needs), got)

rows = report("coverage")["rows"]
covered = {"ok", "by name only", "outside", "templated", "dead anchor"}
got = {row["alert"]: row["class"] in covered for row in rows if row["class"] != "exempt"}
compare("alerts that lead to a runbook", coverage(), got)

names = ["detect_seconds", "acknowledge_seconds", "mitigate_seconds", "resolve_seconds"]
rows = report("durations")["rows"]
compare("durations of incidents", durations(), {r["incident"]: [r[name] for name in names] for r in rows})

got = {}
for row in report("actions")["rows"]:
    if row["state"] == "overdue":
        got.setdefault(row["incident"], []).append(row["days_late"])
compare("overdue actions", overdue(), {key: sorted(days) for key, days in got.items()})

print("\n".join(faults))
sys.exit(1 if faults else 0)

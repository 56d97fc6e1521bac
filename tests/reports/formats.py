"""Checks the files of a built site by libraries of others: JSON against its schemas, the calendar, feeds, CSV.
    python formats.py folder"""
import csv
import io
import json
import pathlib
import re
import sys

import atoma
import icalendar
import jsonschema

SITE = pathlib.Path(sys.argv[1])
faults = []


def check(what, ok, detail=""):
    if not ok:
        faults.append(f"{what}: {detail}")


def strict(schema):
    """The same schema without room for keys that it does not name."""
    if isinstance(schema, dict):
        out = {key: strict(value) for key, value in schema.items()}
        if schema.get("type") == "object" and "properties" in schema:
            out["additionalProperties"] = False
        return out
    return [strict(value) for value in schema] if isinstance(schema, list) else schema


def interface():
    files = sorted(SITE.glob("api/v1/*.json"))
    data = [file for file in files if not file.name.endswith(".schema.json")]
    check("interface", len(data) == 9 and len(files) == 18, [file.name for file in files])
    for file in data:
        schema = json.loads(file.with_suffix(".schema.json").read_text())
        validator = jsonschema.Draft202012Validator
        validator.check_schema(schema)
        checker = validator(strict(schema), format_checker=validator.FORMAT_CHECKER)
        document = json.loads(file.read_text())
        check(file.name, document[file.stem], "no rows")
        for error in list(checker.iter_errors(document))[:3]:
            faults.append(f"{file.name}: {error.json_path}: {error.message}")
        # every address of a page is one that exists
        for row in document[file.stem]:
            for key in ("url", "postmortem_url", "from"):
                if row.get(key):
                    page = row[key] if not row[key].endswith("/") else row[key] + "index.html"
                    check(file.name, (SITE / page).is_file(), f"no page {row[key]}")
    print(f"schemas {len(data)} files")


def calendar():
    raw = (SITE / "actions.ics").read_bytes()
    check("actions.ics", all(len(line) <= 75 for line in raw.split(b"\r\n")), "a line is too long")
    check("actions.ics", b"\n" not in raw.replace(b"\r\n", b""), "a line ends with LF alone")
    events = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    rows = json.loads((SITE / "actions.json").read_text())["rows"]
    wanted = {(row["due"], row["action"]) for row in rows if row["due"] and row["state"] in ("overdue", "open", "in progress")}
    got = {(str(e.decoded("DTSTART")), re.sub("^Overdue: ", "", str(e["SUMMARY"]))) for e in events}
    check("actions.ics", got == wanted, got ^ wanted)
    check("actions.ics", len({e["UID"] for e in events}) == len(events), "two events have one UID")
    print(f"calendar {len(events)} events")


def tables():
    files = [SITE / "actions.csv", *sorted(SITE.glob("reports/*.csv"))]
    for file in files:
        text = file.read_bytes().decode()
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        check(file.name, len({len(row) for row in rows}) == 1, "rows of several lengths")
        cells = [cell for row in rows for cell in row]
        check(file.name, not [c for c in cells if c[:1] in ("=", "+", "-", "@", "\t", "\r")], "a formula")
        document = json.loads(file.with_suffix(".json").read_text())
        check(file.name, len(rows) - 1 == len(document["rows"]), "other rows than the JSON")
    print(f"csv {len(files)} files")


def feeds():
    """A strict reader of RFC 4287: it refuses a feed without what must stand there."""
    files = sorted(SITE.rglob("feed.xml"))
    entries, ids = 0, set()
    for file in files:
        try:
            feed = atoma.parse_atom_bytes(file.read_bytes())
        except atoma.FeedParseError as error:
            faults.append(f"{file.relative_to(SITE)}: {error}")
            continue
        entries += len(feed.entries)
        check(file, feed.entries or feed.id_ not in ids, "an empty feed twice")
        check(file, all(entry.links for entry in feed.entries), "an entry leads nowhere")
        days = [entry.updated for entry in feed.entries]
        check(file, days == sorted(days, reverse=True), "not newest first")
        new = {feed.id_, *(entry.id_ for entry in feed.entries)}
        check(file, len(new) == len(feed.entries) + 1 and not new & ids, "an id stands twice")
        ids |= new
    check("feeds", len(files) > 20 and entries > 100, f"{len(files)} feeds, {entries} entries")
    print(f"feeds {len(files)} files, {entries} entries")


interface()
calendar()
tables()
feeds()
print("\n".join(str(fault) for fault in faults))
sys.exit(1 if faults else 0)

"""A folder with planted faults, programs that make sites of markdown -> one table of what each program says of each fault.

Each fault is tried alone, beside two pages that are right. What a program also prints of a healthy file of the same
name is no finding. Each cell comes from the program's output and from the files that it wrote:

  7:41        the place that it printed together with the file
  file        the file, no line in it
  message     an error that names neither
  silent      nothing
  stops       the pages that are right were not written either
  printed     front matter stands in the text of a page
  page lost   two files, one page: the text of the other is nowhere
  both built  two files, two pages, and nothing to say

  python3 compare.py FOLDER-OF-TOOLS OPSLORE FOLDER-TO-WORK-IN
"""

import datetime
import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FIXTURE = HERE / "fixture"
RIGHT = ["index.md", "runbooks/good.md"]
RIGHT_WORDS = "Look at the queue"


def say(command, folder):
    """Runs a command; returns its exit code and both streams as plain text."""
    env = {**os.environ, "NO_COLOR": "1", "CI": "1", "NO_MKDOCS_2_WARNING": "1"}
    ran = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300)
    text = re.sub(r"\x1b\[[0-9;]*m", "", ran.stdout + "\n" + ran.stderr)
    return ran.returncode, text


class Tool:
    """A program: its name, how its folder is laid out, how it is run, where it writes."""

    def __init__(self, name, program, package=""):
        self.name, self.program, self.package = name, [str(program)], package

    def version(self):
        _, text = say([*self.program, "--version"], HERE)
        return re.findall(r"\d+\.\d+\.\d+", text)[-1]

    def lay(self, folder, files):
        self.copy(folder / "docs", files)

    def copy(self, into, files):
        for name, text in files.items():
            into.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
            into.joinpath(name).write_text(text, encoding="utf-8")


class Opslore(Tool):
    def run(self, folder):
        return say([*self.program, "build", "docs", "--output", "out", "--now", "2026-11-22", "--strict"], folder)


class Hugo(Tool):
    def version(self):
        return re.search(r"hugo v(\d+\.\d+\.\d+)", say([*self.program, "version"], HERE)[1])[1]

    def lay(self, folder, files):
        self.copy(folder / "content", {"_index.md" if n == "index.md" else n: t for n, t in files.items()})
        page = "<title>{{ .Title }}</title>{{ .Content }}"
        self.copy(folder, {
            "hugo.yaml": "baseURL: https://x.example/\nrefLinksErrorLevel: ERROR\nmarkup:\n  goldmark:\n"
            "    renderHooks:\n      link: {useEmbedded: always}\n      image: {useEmbedded: always}\n",
            "layouts/single.html": page, "layouts/list.html": page, "layouts/home.html": page,
        })

    def run(self, folder):
        return say([*self.program, "build", "--destination", "out", "--logLevel", "warn", "--printPathWarnings"], folder)


class MdBook(Tool):
    def lay(self, folder, files):
        listed = "".join(f"- [{n}](<{n}>)\n" for n in sorted(files))
        self.copy(folder / "src", {**files, "SUMMARY.md": f"# Summary\n\n{listed}"})
        self.copy(folder, {"book.toml": '[book]\ntitle = "Handbook"\n\n[build]\ncreate-missing = false\n'})

    def run(self, folder):
        return say([*self.program, "build", "--dest-dir", "out"], folder)


class MkDocs(Tool):
    settings = ""

    def version(self):
        code = f"import importlib.metadata as m; print(m.version('{self.package}'))"
        return say([str(Path(self.program[0]).with_name("python")), "-c", code], HERE)[1].strip()

    def lay(self, folder, files):
        super().lay(folder, files)
        self.copy(folder, {
            "mkdocs.yml": "site_name: Handbook\nvalidation:\n  omitted_files: warn\n  absolute_links: warn\n"
            f"  unrecognized_links: warn\n  anchors: warn\n{self.settings}",
        })

    def run(self, folder):
        return say([*self.program, "build", "--strict", "--site-dir", "out"], folder)


class Material(MkDocs):
    settings = "theme: {name: material}\n"


class TechDocs(MkDocs):
    settings = "plugins: [techdocs-core]\n"



def healthy(name):
    return f"---\ntitle: Healthy\n---\n\n# Healthy\n\nThe text of {name}.\n"


def words(folder):
    """Returns what a reader of every page sees, by path: no menu, nothing folded."""
    pages = {}
    for file in sorted(folder.rglob("*.html")):
        text = file.read_text(encoding="utf-8", errors="replace")
        text = re.sub(r"(?s)<(script|style|head|nav|details)\b.*?</\1>", " ", text)
        pages[file.relative_to(folder).as_posix()] = html.unescape(re.sub(r"<[^>]+>", "", text))
    return pages


def plain(line):
    return re.sub(r"\d+", "0", line.strip())


def attempt(tool, work, files):
    folder = work / tool.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tool.lay(folder, files)
    code, text = tool.run(folder)
    return code, text, words(folder / "out")


def place(fault, new):
    """What the new lines of the output tell of where it is."""
    stems = [re.sub(r"(/index)?\.md$", "", n) for n in fault["files"]]
    named = [n for n, line in enumerate(new) if any(s in line for s in stems)]
    near = [new[m] for n in named for m in range(max(0, n - 3), min(len(new), n + 4))]
    for lines in ([new[n] for n in named], near):
        for line in lines:
            found = re.search(r"\.md:(\d+)(?::(\d+))?|line (\d+)(?:,? column (\d+))?", line)
            if found:
                return ":".join(g for g in found.groups() if g)
    if named:
        return "file"
    return "message" if any(re.search(r"error|warn|fail", l, re.I) for l in new) else "silent"


def cell(tool, work, fault, usual, log):
    texts = {n: FIXTURE.joinpath(n).read_text(encoding="utf-8") for n in RIGHT + fault["files"]}
    code, text, pages = attempt(tool, work, texts)
    new = [l for l in text.splitlines() if l.strip() and plain(l) not in usual]
    log.write(f"\n== {tool.name}: {fault['fault']}: exit {code}, {len(pages)} pages\n" + "\n".join(new) + "\n")
    said = [place(fault, new)]
    shown = "\n".join(pages.values())
    if RIGHT_WORDS not in shown:
        return said[0] + ", stops"
    lost = [p for p in fault["pages"] if p not in shown]
    if lost:
        said.append("page lost")
    if len(fault["pages"]) > 1 and said == ["silent"]:
        said = ["both built"]
    own = [text for text in pages.values() if fault["pages"][0] in text]
    if any(fault.get("front_matter", "\0") in re.sub(r"\s+", " ", text) for text in own):
        said.append("printed")
    return ", ".join(said)


def main():
    tools_folder, opslore, work = (Path(p).resolve() for p in sys.argv[1:4])
    known = [
        Opslore("opslore", opslore),
        Hugo("Hugo", tools_folder / "hugo/bin/hugo"),
        MdBook("mdBook", tools_folder / "cargo/bin/mdbook"),
        MkDocs("MkDocs", tools_folder / "mkdocs/bin/mkdocs", "mkdocs"),
        Material("Material for MkDocs", tools_folder / "mkdocs/bin/mkdocs", "mkdocs-material"),
        TechDocs("TechDocs", tools_folder / "techdocs/bin/mkdocs", "mkdocs-techdocs-core"),
    ]
    tools = [tool for tool in known if Path(tool.program[0]).exists()]
    faults = json.loads((HERE / "faults.json").read_text(encoding="utf-8"))
    rows = {f["fault"]: [] for f in faults}
    work.mkdir(parents=True, exist_ok=True)
    with open(work / "output.txt", "w", encoding="utf-8") as log:
        for tool in tools:
            names = RIGHT + [f["files"][0] for f in faults]
            right = {n: FIXTURE.joinpath(n).read_text(encoding="utf-8") for n in RIGHT}
            code, text, pages = attempt(tool, work, {**{n: healthy(n) for n in names}, **right})
            log.write(f"\n== {tool.name}: nothing wrong: exit {code}\n{text}\n")
            if code != 0 or RIGHT_WORDS not in "\n".join(pages.values()):
                sys.exit(f"{tool.name} does not build the pages that are right:\n{text}")
            usual = {plain(l) for l in text.splitlines()}
            for fault in faults:
                rows[fault["fault"]].append(cell(tool, work, fault, usual, log))
                print(f"{tool.name}: {fault['fault']}: {rows[fault['fault']][-1]}", file=sys.stderr)
    columns = {}
    for n, tool in enumerate(tools):
        cells = tuple(row[n] for row in rows.values())
        columns.setdefault(cells, []).append(f"{tool.name} {tool.version()}".strip())
    print("| fault | " + " | ".join(", ".join(names) for names in columns.values()) + " |")
    print("| --- |" + " --- |" * len(columns))
    for n, name in enumerate(rows):
        print(f"| {name} | " + " | ".join(cells[n] for cells in columns) + " |")
    print(f"\nMeasured {datetime.date.today():%Y-%m-%d}.")


main()

//! Literate cases, `tests/cases/*.md`: files go in, findings and fragments of pages come out.
//!
//! `tests/README.md` tells how a case is written. `UPDATE=1` writes the expectations anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use opslore::diag::codes::RULES;
use opslore::text::path::percent_decode;

use crate::html;
use crate::support::{Built, build, difference, package, updating};

/// Codes that no text of a case can raise, and who raises them instead.
const NOT_IN_MEMORY: [(&str, &str); 6] = [
    ("OL101", "a file that may not be read: output.rs"),
    ("OL102", "bytes that are no text: output.rs"),
    ("OL103", "two megabytes of text: hostile.rs and output.rs"),
    ("OL219", "a `Makefile` is read from the disk: drift.rs"),
    ("OL404", "a fault of ours: no input is known that raises it"),
    ("OL504", "a symbolic link: output.rs"),
];

/// Codes that no line of the program raises.
const NEVER_RAISED: [&str; 0] = [];

/// One fenced block of a case file.
struct Block {
    /// Language and the words behind it.
    info: String,
    /// Lines of the block, each with its line end.
    text: String,
    /// Number of the line of its opening fence, from 0.
    line: usize,
    /// Its opening fence.
    fence: String,
}

impl Block {
    fn word(&self, name: &str) -> Option<&str> {
        self.info.split_whitespace().find_map(|w| w.strip_prefix(name)?.strip_prefix('='))
    }

    fn has(&self, word: &str) -> bool {
        self.info.split_whitespace().any(|w| w == word)
    }

    /// The file that the block stands for: `escapes` makes `\u{202e}` a character, `crlf` ends lines with both.
    fn content(&self) -> String {
        let mut text = if self.has("escapes") { unescaped(&self.text) } else { self.text.clone() };
        if self.has("crlf") {
            text = text.replace('\n', "\r\n");
        }
        if self.has("no-end") {
            text.truncate(text.trim_end_matches(['\r', '\n']).len());
        }
        text
    }
}

/// One heading of a case file and its blocks.
struct Case {
    name: String,
    blocks: Vec<Block>,
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\\u{") {
        let end = rest[at..].find('}').expect("an escape is closed") + at;
        let code = u32::from_str_radix(&rest[at + 3..end], 16).expect("an escape is hexadecimal");
        out.push_str(&rest[..at]);
        out.push(char::from_u32(code).expect("an escape is a character"));
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    out
}

fn read(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut open: Option<Block> = None;
    for (line, words) in text.lines().enumerate() {
        if let Some(block) = &mut open {
            if words.starts_with(&block.fence) && words.trim_matches('`').is_empty() {
                let block = open.take().expect("a block is open");
                cases.last_mut().expect("a block stands below a heading").blocks.push(block);
            } else {
                block.text.push_str(words);
                block.text.push('\n');
            }
            continue;
        }
        if let Some(name) = words.strip_prefix("## ") {
            cases.push(Case { name: name.to_owned(), blocks: Vec::new() });
        } else if words.starts_with("```") {
            let n = words.bytes().take_while(|b| *b == b'`').count();
            open = Some(Block {
                info: words[n..].to_owned(),
                text: String::new(),
                line,
                fence: words[..n].to_owned(),
            });
        }
    }
    assert!(open.is_none(), "a fence is never closed");
    cases
}

/// What stands between two marks of a page.
fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let Some(at) = page.find(start) else { return "" };
    let tail = &page[at + start.len()..];
    &tail[..tail.find(end).unwrap_or(tail.len())]
}

/// The fragment of a page that a block asks for: the body of the text, `of=main`, `of=head` or `of=note`.
fn fragment(built: &Built, block: &Block) -> String {
    let page = built
        .page(block.word("path").expect("an html block names its page").trim_start_matches('/'));
    let part = match block.word("of") {
        None => between(page, "<div class=\"main\">", "<details class=\"origin\">"),
        Some("main") => {
            let main = between(page, "<main id=\"ol-main\"", "</main>");
            main.split_once('>').map_or("", |(_, inside)| inside)
        }
        Some("head") => between(page, "<div class=\"wrap head", "</div>\n<div class=\"wrap cols"),
        Some("origin") => between(page, "<details class=\"origin\">", "</details>"),
        Some("page") => page,
        Some(other) => panic!("no part of a page is called {other}"),
    };
    let lines = part.lines().map(str::trim_end).filter(|l| !l.is_empty());
    lines.fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "{line}");
        out
    })
}

/// What a page says to its readers, words only.
fn words(built: &Built, block: &Block) -> String {
    let page =
        built.page(block.word("path").expect("a block names its page").trim_start_matches('/'));
    let main = between(page, "<main id=\"ol-main\"", "</main>");
    let text = if main.is_empty() { page } else { main.split_once('>').map_or("", |(_, m)| m) };
    html::words(text)
}

/// Lines of a `says` block that the page lacks, and lines of a `never` block that it has.
fn said_wrong(built: &Built, block: &Block) -> String {
    let words = words(built, block);
    let wanted = block.info.starts_with("says ");
    let wrong = block.text.lines().filter(|line| words.contains(line.trim()) != wanted);
    wrong.fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "{line}");
        out
    })
}

/// Runs every case of a file.
fn run(name: &str) {
    let file = package().join("tests/cases").join(format!("{name}.md"));
    let text = fs::read_to_string(&file).unwrap();
    let mut faults = String::new();
    let mut names = BTreeSet::new();
    let mut updates: Vec<(usize, usize, String)> = Vec::new();
    for case in read(&text) {
        assert!(names.insert(case.name.clone()), "two cases are called {}", case.name);
        let is_said = |b: &&Block| b.info.starts_with("says ") || b.info.starts_with("never ");
        let is_input =
            |b: &&Block| b.word("path").is_some() && !b.info.starts_with("html ") && !is_said(b);
        let inputs: Vec<(String, String)> = case
            .blocks
            .iter()
            .filter(is_input)
            .map(|b| (percent_decode(b.word("path").unwrap()), b.content()))
            .collect();
        let texts: Vec<(&str, &str)> =
            inputs.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let built = build(&texts);
        let unsound = html::faults(&built.files);
        if !unsound.is_empty() {
            let _ = writeln!(faults, "## {}\n{}", case.name, unsound.join("\n"));
        }
        let expectations =
            case.blocks.iter().filter(|b| b.info == "findings" || b.info.starts_with("html "));
        let mut n = 0;
        for block in case.blocks.iter().filter(is_said) {
            n += 1;
            let wrong = said_wrong(&built, block);
            if !wrong.is_empty() {
                let _ = writeln!(
                    faults,
                    "## {} ({})\n{wrong}the page says: {}",
                    case.name,
                    block.info,
                    words(&built, block)
                );
            }
        }
        for block in expectations {
            n += 1;
            let actual = if block.info == "findings" {
                built.findings.clone()
            } else {
                fragment(&built, block)
            };
            if actual != block.text {
                let _ = writeln!(
                    faults,
                    "## {} ({})\n{}",
                    case.name,
                    block.info,
                    difference(&block.text, &actual)
                );
            }
            updates.push((block.line + 1, block.text.lines().count(), actual));
        }
        assert!(n > 0, "`{}` expects nothing", case.name);
    }
    if updating() {
        rewrite(&file, &text, updates);
        // What a page must and must not say is written by hand; nothing rewrites it.
        assert!(!faults.contains("the page says: "), "{name}.md\n{faults}");
        return;
    }
    assert!(faults.is_empty(), "{name}.md; UPDATE=1 rewrites the expectations\n{faults}");
}

fn rewrite(file: &Path, text: &str, updates: Vec<(usize, usize, String)>) {
    let mut lines: Vec<&str> = text.lines().collect();
    for (at, n, new) in updates.iter().rev() {
        lines.splice(*at..at + n, new.lines());
    }
    fs::write(file, lines.join("\n") + "\n").unwrap();
}

macro_rules! files {
    ($($test:ident $name:literal,)+) => {
        const FILES: &[&str] = &[$($name),+];
        $(#[test]
        fn $test() {
            run($name);
        })+
    };
}

files! {
    actions "actions",
    addresses "addresses",
    alerts "alerts",
    anchors "anchors",
    catalog "catalog",
    drift "drift",
    factors "factors",
    front_matter "front-matter",
    home "home",
    kinds "kinds",
    lessons "lessons",
    markdown "markdown",
    ownership "ownership",
    parts "parts",
    postmortem_times "postmortem-times",
    raw_html "raw-html",
    references "references",
    reports "reports",
    safety "safety",
    secrets "secrets",
    theme "theme",
}

#[test]
fn every_file_of_cases_is_run() {
    let found: BTreeSet<String> = fs::read_dir(package().join("tests/cases"))
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let known: BTreeSet<String> = FILES.iter().map(|name| format!("{name}.md")).collect();
    assert_eq!(found, known);
}

#[test]
fn every_code_has_a_case() {
    let mut seen = String::new();
    for name in FILES {
        let text =
            fs::read_to_string(package().join("tests/cases").join(format!("{name}.md"))).unwrap();
        for block in read(&text).iter().flat_map(|c| &c.blocks).filter(|b| b.info == "findings") {
            seen.push_str(&block.text);
        }
    }
    for rule in RULES {
        let cased = seen.contains(&format!(" {} {}: ", rule.code, rule.name));
        let elsewhere = NOT_IN_MEMORY.iter().any(|(code, _)| *code == rule.code)
            || NEVER_RAISED.contains(&rule.code);
        assert!(
            cased != elsewhere,
            "{} {}: {}",
            rule.code,
            rule.name,
            if cased { "has a case by now, take it off the list" } else { "has no case" }
        );
    }
}

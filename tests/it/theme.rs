//! The contract of `themes/README.md`: classes and tokens as the sheets, the templates and the program have them.

use std::collections::BTreeSet;
use std::fs;

use crate::support::{package, tree};

/// Classes of highlighted code: they are listed behind the parts.
const CODE: [&str; 9] = ["hl0", "hl1", "hl2", "hl3", "hlx", "o", "out", "p", "pr"];

/// Sheets of the default theme, without comments.
fn sheets() -> Vec<(String, String)> {
    let files = tree(&package().join("themes/default/css"));
    let text = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).unwrap();
        let mut parts = text.split("/*");
        let first = parts.next().unwrap().to_owned();
        parts.fold(first, |out, part| out + part.split_once("*/").unwrap().1)
    };
    files.into_iter().map(|(name, bytes)| (name, text(bytes))).collect()
}

/// Words that follow `mark` in a text.
fn after<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
    text.match_indices(mark).map(move |(at, _)| {
        let tail = &text[at + mark.len()..];
        &tail[..tail.find(|c: char| !c.is_alphanumeric() && c != '-').unwrap_or(tail.len())]
    })
}

/// Classes that the sheets name.
fn styled() -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for (_, text) in sheets() {
        // What stands before a brace is a selector or a condition; `.5rem` is no class.
        for part in text.split('{') {
            let selector = part.rsplit(['}', ';']).next().unwrap();
            let names = after(selector, ".");
            out.extend(names.filter(|n| n.starts_with(char::is_alphabetic)).map(str::to_owned));
        }
    }
    out
}

/// Names that stand in backticks between two headings of the contract.
fn named(start: &str, end: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(package().join("themes/README.md")).unwrap();
    let at = text.find(start).unwrap();
    let tail = &text[at..];
    let part = &tail[..tail.find(end).unwrap_or(tail.len())];
    part.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn parts() -> BTreeSet<String> {
    named("\n- `skip`", "\nCode is coloured")
}

/// Adds the classes of every `class=` in a text, without what stands between `{{`, `{%` and their ends.
fn classes(text: &str, out: &mut BTreeSet<String>) {
    for (at, mark) in text.match_indices("class=\"").chain(text.match_indices("class=\\\"")) {
        let mut value = String::new();
        let mut rest = &text[at + mark.len()..];
        while let Some(next) = rest.find(['"', '\\', '{']) {
            value.push_str(&rest[..next]);
            let close = match &rest[next..] {
                tail if tail.starts_with("{{") => "}}",
                tail if tail.starts_with("{%") => "%}",
                _ => break,
            };
            // A part whose variant is put in by a template is known by its part.
            let keep = if close == "}}" { "" } else { " " };
            value.push_str(keep);
            rest = rest[next..].split_once(close).unwrap().1;
        }
        out.extend(value.split_whitespace().filter(|c| !c.ends_with("--")).map(str::to_owned));
    }
}

/// Classes that a page can have.
fn used() -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for folder in ["templates", "src/render", "src/text"] {
        for (name, bytes) in tree(&package().join(folder)) {
            let text = String::from_utf8(bytes).unwrap();
            if name.ends_with(".html") {
                classes(&text, &mut out);
            } else if !name.ends_with("tests.rs") {
                classes(text.split("\n#[cfg(test)]").next().unwrap(), &mut out);
            }
        }
    }
    assert!(out.len() > 40, "{out:?}");
    out
}

fn assert_none(what: &str, faults: &[&String]) {
    assert!(faults.is_empty(), "{what}: {faults:?}");
}

#[test]
fn every_part_that_is_named_has_a_rule() {
    let (parts, styled) = (parts(), styled());
    assert!(parts.len() > 60, "{parts:?}");
    let faults: Vec<_> = parts.iter().filter(|name| !styled.contains(*name)).collect();
    assert_none("themes/README.md names classes that no sheet has", &faults);
    let code = |name: &&String| CODE.contains(&name.as_str());
    let faults: Vec<_> = styled.difference(&parts).filter(|name| !code(name)).collect();
    assert_none("classes of the sheets that themes/README.md does not name", &faults);
}

#[test]
fn every_class_of_a_page_is_named() {
    let (parts, used) = (parts(), used());
    let known = |name: &str| parts.contains(name) || CODE.contains(&name);
    let faults: Vec<_> = used.iter().filter(|name| !known(name)).collect();
    assert_none("classes of pages that themes/README.md does not name", &faults);
}

#[test]
fn every_token_is_named() {
    let text = sheets().into_iter().find(|(name, _)| name == "tokens.css").unwrap().1;
    let set = |name: &&str| text.contains(&format!("--{name}:"));
    let tokens: BTreeSet<String> =
        after(&text, "--").filter(set).map(|name| format!("--{name}")).collect();
    let named = named("## Tokens", "## Parts");
    assert!(tokens.len() > 40, "{tokens:?}");
    assert_eq!(tokens, named.into_iter().filter(|n| n.starts_with("--")).collect());
    for (sheet, text) in sheets() {
        for name in after(&text, "var(--") {
            assert!(tokens.contains(&format!("--{name}")), "{sheet}: --{name} is no token");
        }
    }
}

#[test]
fn colours_are_tokens_and_nothing_moves() {
    for (sheet, text) in sheets().into_iter().filter(|(name, _)| name != "tokens.css") {
        for (n, line) in text.lines().enumerate() {
            for word in after(line, "#") {
                let digits = word.len() >= 3 && word.bytes().all(|b| b.is_ascii_hexdigit());
                assert!(!digits, "{sheet}:{}: #{word} is no token", n + 1);
            }
            // Shadows, and what lies behind an open palette.
            let raw = ["rgb(", "rgba(", "hsl(", "oklch("].iter().any(|f| line.contains(f));
            let shade = line.contains("shadow") || line.contains("::backdrop");
            assert!(!raw || shade, "{sheet}:{}: a colour that is no token", n + 1);
            let moves = ["animation", "transition", "scroll-behavior: smooth"];
            let moves = moves.iter().any(|word| line.contains(word));
            let asked = line.contains("prefers-reduced-motion: no-preference");
            assert!(!moves || asked, "{sheet}:{}: moves unasked", n + 1);
        }
    }
}

#[test]
fn every_theme_is_a_few_tokens() {
    let names: BTreeSet<String> = fs::read_dir(package().join("themes"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    for name in names.iter().filter(|name| *name != "default") {
        let text = fs::read_to_string(package().join("themes").join(name).join("css/theme.css"));
        let text = text.unwrap();
        assert!(text.lines().count() <= 10, "{name} has {} lines", text.lines().count());
        // A theme that is built in is chosen by its name, without a folder.
        assert!(opslore::theme::theme(&package().join("src"), name).is_ok(), "{name}");
    }
    assert!(names.len() > 1);
}

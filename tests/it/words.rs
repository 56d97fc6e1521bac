//! No word is lost: every word of a markdown file stands on its page, at least as often.

use std::collections::BTreeMap;
use std::path::Path;

use opslore::config::Config;
use opslore::link::Site;
use opslore::pipeline::{self, Times};
use opslore::text::date::Day;
use opslore::text::source::SourceKind;

use crate::html;
use crate::support::{Files, TODAY, no_clock, rendered};

/// Tags that the page writes as markup, so that their names and attributes are no words.
const TAGS: [&str; 58] = [
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "center",
    "cite",
    "code",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
    "font",
    "nobr",
];

/// Analyses and renders a folder.
pub(crate) fn built(root: &Path) -> (Site, Files) {
    let root = std::fs::canonicalize(root).unwrap();
    let text = std::fs::read_to_string(root.join("opslore.yaml")).unwrap_or_default();
    let config = Config::parse(&root, &text).unwrap();
    let today = Day::parse(TODAY).unwrap();
    let (site, findings) =
        pipeline::analyse(config, None, today, &no_clock, &mut Times::default()).unwrap();
    let (_, files) = rendered(&site, findings, today);
    (site, files)
}

/// Returns how many words were compared, and a line for each file that lost some.
pub(crate) fn lost(site: &Site, files: &Files) -> (usize, Vec<String>) {
    let mut n_words = 0;
    let mut faults = Vec::new();
    for (id, doc) in site.docs() {
        let source = site.source(doc);
        assert_eq!(source.kind, SourceKind::Markdown);
        let path = site.routes.doc(id).file();
        let Some(page) = files.get(&path) else {
            faults.push(format!("{}: its page {path} was not written", source.path));
            continue;
        };
        let (joined, spaced) = html::texts(std::str::from_utf8(page).unwrap());
        let (joined, spaced) = (count(&joined), count(&spaced));
        let mut missing = Vec::new();
        for (word, n) in count(&plain(&source.text)) {
            n_words += n;
            let there = joined.get(&word).max(spaced.get(&word)).copied().unwrap_or(0);
            if there < n {
                missing.push(if n - there == 1 { word } else { format!("{word} ×{}", n - there) });
            }
        }
        if !missing.is_empty() {
            faults.push(format!("{} → {path}: {}", source.path, missing.join(" ")));
        }
    }
    (n_words, faults)
}

fn count(text: &str) -> BTreeMap<String, usize> {
    let mut words = BTreeMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        *words.entry(word.to_lowercase()).or_insert(0) += 1;
    }
    words
}

/// A file's text without what is no word to its reader: fences, list numbers, targets of links, tags, entities.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let bare = line.trim_start_matches([' ', '\t', '>', '*', '-', '+', '/']);
        let bare = bare
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .trim_start_matches(['.', ')', ' ', '\t', '>']);
        if let Some(open) = fence {
            if bare.starts_with(open) && bare.trim_matches(['`', '~', ' ', '\r']).is_empty() {
                fence = None;
            } else {
                out.push_str(line);
                out.push('\n');
            }
            continue;
        }
        let mark = ["```", "~~~"].into_iter().find(|mark| bare.starts_with(mark));
        if let Some(mark) = mark.filter(|m| !bare[m.len()..].contains('`')) {
            fence = Some(mark);
            continue;
        }
        let definition = bare.starts_with('[') && !bare.starts_with("[^") && bare.contains("]:");
        if definition {
            continue;
        }
        out.push_str(&without_markers(line));
        out.push('\n');
    }
    without_tags(&without_targets(&out))
}

/// `  1. [x] text` → `text`: the page shows numbers and boxes, it does not write them.
fn without_markers(line: &str) -> String {
    let mut rest = line;
    loop {
        let bare = rest.trim_start_matches([' ', '\t', '>', '*', '-', '+']);
        let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
        let number = (1..=9).contains(&digits) && bare[digits..].starts_with(['.', ')']);
        let next = if number { &bare[digits + 1..] } else { bare };
        let next =
            ["[x] ", "[X] ", "[ ] "].iter().find_map(|b| next.strip_prefix(b)).unwrap_or(next);
        if next.len() == rest.len() {
            return rest.to_owned();
        }
        rest = next;
    }
}

/// `[words](target "title")` → `[words]`, `[words][label]` → `[words]`.
fn without_targets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = ["](", "]["].into_iter().filter_map(|mark| rest.find(mark)).min() {
        out.push_str(&rest[..=at]);
        let tail = &rest[at + 2..];
        if rest[at..].starts_with("][") {
            let label =
                tail.find(']').filter(|end| *end < 80 && !tail[..*end].contains(['\n', '"', '[']));
            rest = label.map_or(tail, |end| &tail[end + 1..]);
            continue;
        }
        let mut depth = 1;
        let end = tail.char_indices().find(|(_, c)| {
            depth += i32::from(*c == '(') - i32::from(*c == ')');
            depth == 0
        });
        rest = end.map_or("", |(at, _)| &tail[at + 1..]);
        if end.is_none() {
            out.push_str(tail);
        }
    }
    out.push_str(rest);
    out
}

/// Leaves out tags off the list and entities; `<placeholder>` is a word.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = if let Some(entity) = rest.strip_prefix('&') {
            let name =
                entity.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'#').count();
            (name > 0 && entity[name..].starts_with(';')).then_some(name + 2)
        } else {
            let tag = rest[1..].trim_start_matches('/');
            let name = tag.bytes().take_while(u8::is_ascii_alphanumeric).count();
            let known = TAGS.contains(&tag[..name].to_ascii_lowercase().as_str());
            rest.find('>').filter(|_| known).map(|end| end + 1)
        };
        let end = end.unwrap_or(1);
        out.push(' ');
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

#[test]
fn words_are_what_a_reader_reads() {
    let text = "---\ntitle: T\n---\n1. [x] see [the page](a/b.md) &amp; `<pod-name>` <b>now</b>\n```bash\nls\n```\n[x]: y\n";
    let words = count(&plain(text)).into_keys().collect::<Vec<_>>().join(" ");
    assert_eq!(words, "ls name now page pod see t the title");
}

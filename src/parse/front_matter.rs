//! Start of a file → [`FrontMatter`]: the YAML between two `---` lines, split off before markdown is read.

use crate::diag::{Code, Finding, Place};
use crate::text::source::Source;
use crate::text::span::Span;
use crate::text::yaml::{self, Node, Value};

/// Largest front matter that is parsed, in bytes.
pub const MAX_BYTES: usize = 16 * 1024;

/// The head of a markdown file.
#[derive(Clone, Debug, Default)]
pub struct FrontMatter {
    /// The text between the `---` lines; empty where there is none.
    pub raw: Span,
    /// Its YAML, places counted in the whole file; `None` where there is none or it is broken.
    pub node: Option<Node>,
    /// True where there is a head that could not be understood: the page says so.
    pub broken: bool,
    /// Where the body starts, in bytes.
    pub body_start: usize,
}

/// Splits the front matter off.
pub fn split(source: &Source, findings: &mut Vec<Finding>) -> FrontMatter {
    let text = &*source.text;
    let lead = text.len() - text.trim_start_matches(['\n', '\r', ' ', '\t']).len();
    let lead = text[..lead].rfind('\n').map_or(0, |at| at + 1);
    let Some(first) =
        text[lead..].split_inclusive('\n').next().filter(|line| line.trim_end() == "---")
    else {
        return FrontMatter::default();
    };
    let start = lead + first.len();
    let mut at = start;
    let mut end = None;
    for line in text[start..].split_inclusive('\n') {
        if matches!(line.trim_end(), "---" | "...") {
            end = Some((at, at + line.len()));
            break;
        }
        at += line.len();
    }
    let Some((end, body_start)) = end else {
        let next = text[start..].lines().next().unwrap_or("");
        if looks_like_key(next) {
            let place = Place::new(source.id, Span::new(lead, lead + 3));
            findings.push(
                Finding::new(Code::UnclosedFrontMatter, place, "front matter is never closed")
                    .hint("write `---` on a line of its own below the last key"),
            );
        }
        return FrontMatter::default();
    };
    let raw = Span::new(start, end);
    let mut front = FrontMatter { raw, node: None, broken: false, body_start };
    if raw.range().len() > MAX_BYTES {
        let place = Place::new(source.id, Span::new(lead, lead + 3));
        let message = format!("front matter of {} bytes is not read", raw.range().len());
        findings.push(
            Finding::new(Code::FrontMatterTooLarge, place, message).hint("the limit is 16 KiB"),
        );
        front.broken = true;
        return front;
    }
    match yaml::parse(raw.of(text), yaml::FRONT_MATTER) {
        Ok(mut node) => {
            node.shift(start);
            match node.value {
                Value::Map(_) => front.node = Some(node),
                Value::Null => {}
                // Prose between two rules is not front matter: it belongs to the body.
                Value::Scalar(..) | Value::Seq(_) => return FrontMatter::default(),
            }
        }
        Err(e) => {
            let has_key = raw.of(text).lines().any(looks_like_key);
            if !has_key {
                return FrontMatter::default();
            }
            let mut finding = Finding::new(
                Code::BrokenFrontMatter,
                Place::new(source.id, e.span.shifted(start)),
                format!("front matter is not YAML: {}", e.message),
            );
            if e.message.contains("mapping values are not allowed") {
                finding = finding.hint("put a value that holds `: ` in quotes");
            } else if e.message.contains("unclosed quote") {
                finding = finding.hint("close the quote");
            } else if raw.of(text).contains('\t') {
                finding = finding.hint("indent with spaces, YAML allows no tabs");
            }
            findings.push(finding);
            front.broken = true;
        }
    }
    front
}

/// Returns true for a line that starts with `key:`.
fn looks_like_key(line: &str) -> bool {
    line.split_once(':').is_some_and(|(key, rest)| {
        !key.is_empty()
            && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
            && (rest.is_empty() || rest.starts_with([' ', '\r']))
    })
}

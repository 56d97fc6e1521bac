//! [`Source`] → [`Document`], one file at a time, pure; it never fails: a broken file is still a document.

mod fence;
pub mod front_matter;
mod markdown;
pub mod outline;
mod raw_html;
pub mod tree;

use crate::diag::{Code, Finding, Place};
use crate::parse::front_matter::FrontMatter;
use crate::parse::outline::Heading;
use crate::parse::tree::Tree;
use crate::secret::{self, Family};
use crate::text::par;
use crate::text::source::{ReadFault, Source, SourceId};
use crate::text::span::Span;

/// Largest text that is read as markdown, in bytes; larger ones are shown as they are.
pub const MAX_MARKDOWN_BYTES: usize = 2 * 1024 * 1024;

/// One markdown file, understood as far as its syntax goes.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file.
    pub source: SourceId,
    /// The head between `---` lines.
    pub front: FrontMatter,
    /// The body.
    pub tree: Tree,
    /// Its headings in order.
    pub outline: Vec<Heading>,
    /// Comments and generator marks that the page does not show in its text.
    pub hidden: Vec<Span>,
    /// Rules that the file allows by `<!-- opslore-allow: … -->`.
    pub allowed: Vec<Code>,
    /// True where the text is shown as it is, unformatted.
    pub plain: bool,
    /// What is wrong with its syntax.
    pub findings: Vec<Finding>,
}

/// Parses one markdown source.
pub fn parse(source: &Source) -> Document {
    let mut findings = read_findings(source);
    let front = front_matter::split(source, &mut findings);
    let body = Span::new(front.body_start, source.text.len());
    if let Some(at) = source.text.find('\0') {
        let place = Place::new(source.id, Span::new(at, at + 1));
        findings.push(
            Finding::new(Code::ControlCharacters, place, "the text holds NUL characters")
                .hint("save the file as plain UTF-8 text"),
        );
    }
    let parsed = if body.range().len() > MAX_MARKDOWN_BYTES {
        let message =
            format!("{} MiB of markdown are shown as plain text", body.range().len() >> 20);
        findings.push(
            Finding::new(Code::FileTooLarge, Place::file(source.id), message)
                .hint("split the file, or keep logs and dumps out of the tree"),
        );
        None
    } else {
        let parsed = par::caught(|| markdown::parse(source, body));
        if parsed.is_none() {
            findings.push(Finding::new(
                Code::InternalFault,
                Place::file(source.id),
                "the markdown could not be read and is shown as plain text",
            ));
        }
        parsed
    };
    let plain = parsed.is_none();
    let parsed = parsed.unwrap_or_else(|| markdown::Parsed::plain(source, body));
    findings.extend(parsed.findings);
    Document {
        source: source.id,
        front,
        tree: parsed.tree,
        outline: parsed.outline,
        allowed: allowed(source, &parsed.hidden),
        hidden: parsed.hidden,
        plain,
        findings,
    }
}

/// Returns the findings of what happened while a file of any kind was read.
pub fn read_findings(source: &Source) -> Vec<Finding> {
    let place = Place::file(source.id);
    let word = |fault: &ReadFault| match fault {
        ReadFault::Unreadable(words) => Finding::new(
            Code::UnreadableFile,
            place,
            format!("the file could not be read: {words}"),
        ),
        ReadFault::NotUtf8(span) => {
            let place = Place::new(source.id, *span);
            Finding::new(Code::NotUtf8, place, "bytes that are not UTF-8 are shown as \u{fffd}")
                .hint("save the file as UTF-8")
        }
        ReadFault::TooLarge(bytes) => {
            Finding::new(Code::FileTooLarge, place, format!("{bytes} bytes are too many to read"))
                .hint("the limit is 32 MiB a file")
        }
        ReadFault::Secret(span, rule) => secret_finding(Place::new(source.id, *span), rule),
        ReadFault::Symlink => {
            Finding::new(Code::SymlinkSkipped, place, "a symbolic link is not followed")
                .hint("add the folder it points to as a source of its own")
        }
    };
    source.faults.iter().map(word).collect()
}

/// Returns the finding of a secret that was written over, by the name of the rule that found it.
pub fn secret_finding(place: Place, rule: &str) -> Finding {
    let (code, what) = match secret::family(rule) {
        Family::PrivateKey => (Code::PrivateKey, "a private key"),
        Family::Token => (Code::AccessToken, "an access token"),
        Family::Password => (Code::PasswordInText, "a password"),
    };
    Finding::new(code, place, format!("{what} (`{rule}`) is not published")).hint(
        "rotate it and take it out of the file; where it is none, add it to `secrets.allow` in `opslore.yaml`",
    )
}

/// Returns the rules named in `<!-- opslore-allow: rule, rule -->` comments.
fn allowed(source: &Source, hidden: &[Span]) -> Vec<Code> {
    let comments = hidden.iter().map(|span| span.of(&source.text));
    let lists = comments
        .filter_map(|c| c.trim_start_matches("<!--").trim_start().strip_prefix("opslore-allow:"));
    let names = lists.flat_map(|list| list.trim_end_matches("-->").split([',', ' ', '\n']));
    names.filter_map(|name| Code::find(name.trim())).collect()
}

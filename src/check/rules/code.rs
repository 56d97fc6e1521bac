//! Code that a reader may paste: nothing in it is hidden from the eye.

use crate::diag::{Code, Finding, Place};
use crate::link::Site;
use crate::parse::tree::Kind;
use crate::text::date::Day;
use crate::text::html::hidden_name;

pub(crate) fn check(site: &Site, _today: Day, findings: &mut Vec<Finding>) {
    for doc in &site.catalog.documents {
        let text = &*site.source(doc).text;
        // Ordinary files hold no such character at all.
        if text.is_ascii() || !text.chars().any(|c| hidden_name(c).is_some()) {
            continue;
        }
        for node in &doc.tree.nodes {
            let code = match &node.kind {
                Kind::Code(block) => &block.code,
                Kind::InlineCode(words) => words.of(text),
                _ => continue,
            };
            let Some(found) = code.chars().find(|c| hidden_name(*c).is_some()) else { continue };
            let at = node
                .span
                .of(text)
                .find(found)
                .map_or(node.span.start as usize, |at| node.span.start as usize + at);
            let place =
                Place::new(doc.source, crate::text::span::Span::new(at, at + found.len_utf8()));
            findings.push(
                Finding::new(
                    Code::HiddenCharacters,
                    place,
                    format!("this code holds the hidden character U+{:04X}", found as u32),
                )
                .hint("retype the command; the page shows the character"),
            );
        }
    }
}

//! Findings that one edit mends → texts with these edits, and what was edited.

pub mod aliases;
pub mod diff;
pub mod renames;

use std::collections::BTreeMap;

use crate::diag::{Code, Finding, Fix};
use crate::text::source::{SourceId, Sources};

/// One edit, as a person wants to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// The file.
    pub source: SourceId,
    /// Its line when the edit was made.
    pub line: usize,
    /// What asked for it; `None` for the old address of a page that moved.
    pub code: Option<Code>,
    /// What stood there.
    pub old: String,
    /// What stands there now.
    pub new: String,
}

/// An edit and what asked for it.
pub type Edit = (Fix, Option<Code>);

/// Returns the edits that findings ask for.
pub fn edits(findings: &[Finding]) -> Vec<Edit> {
    findings.iter().filter_map(|f| Some((f.fix.clone()?, Some(f.code)))).collect()
}

/// Makes the edits in the texts. Of two that meet, the first in the text is made: the other is found again.
pub fn apply(sources: &mut Sources, edits: Vec<Edit>) -> Vec<Mended> {
    let mut by_source: BTreeMap<SourceId, Vec<Edit>> = BTreeMap::new();
    for edit in edits {
        by_source.entry(edit.0.place.source).or_default().push(edit);
    }
    let mut mended = Vec::new();
    for (id, mut edits) in by_source {
        edits.sort();
        edits.dedup_by(|a, b| a.0 == b.0);
        let source = sources.get(id);
        let text = &*source.text;
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for (fix, code) in edits {
            let range = fix.place.span.range();
            let Some(old) = text.get(range.clone()) else { continue };
            if range.start < at || old == fix.text {
                continue;
            }
            mended.push(Mended {
                source: id,
                line: source.line_column(fix.place.span.start).0,
                code,
                old: old.to_owned(),
                new: fix.text.clone(),
            });
            out.push_str(&text[at..range.start]);
            out.push_str(&fix.text);
            at = range.end;
        }
        out.push_str(&text[at..]);
        if let Some(file) = sources.files.get_mut(id.0 as usize) {
            file.text = out.into();
        }
    }
    mended
}

#[cfg(test)]
mod tests {
    use super::apply;
    use crate::diag::{Fix, Place};
    use crate::text::source::{SourceId, SourceKind, Sources};
    use crate::text::span::Span;

    #[test]
    fn edits_that_meet_are_not_mixed() {
        let mut sources = Sources::from_texts([("a.md", SourceKind::Markdown, "one two")], []);
        let fix = |start, end, text: &str| {
            let place = Place::new(SourceId(0), Span::new(start, end));
            (Fix { place, text: text.to_owned() }, None)
        };
        let edits = vec![fix(4, 7, "2"), fix(0, 3, "1"), fix(2, 5, "x"), fix(0, 3, "1")];
        let mended = apply(&mut sources, edits);
        assert_eq!(&*sources.files[0].text, "1 2");
        let told: Vec<_> = mended.iter().map(|m| (m.old.as_str(), m.new.as_str())).collect();
        assert_eq!(told, [("one", "1"), ("two", "2")]);
    }
}

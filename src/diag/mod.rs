//! What is wrong with the input: findings with a code, a place and a cure, sorted and counted.

pub mod baseline;
pub mod codes;
pub mod emit;
pub mod identity;

use std::collections::BTreeMap;

pub use crate::diag::codes::{Code, Level};
use crate::text::source::{SourceId, Sources};
use crate::text::span::Span;

/// A place in a source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub source: SourceId,
    /// The bytes meant.
    pub span: Span,
}

impl Place {
    /// Returns the place of `span` in `source`.
    pub fn new(source: SourceId, span: Span) -> Self {
        Self { source, span }
    }

    /// Returns the start of a file: for what concerns the file as a whole.
    pub fn file(source: SourceId) -> Self {
        Self { source, span: Span::default() }
    }
}

/// One thing that is wrong with the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which rule found it.
    pub code: Code,
    /// Where.
    pub place: Place,
    /// One lower-case phrase with names in backticks and no full stop.
    pub message: String,
    /// What to write instead, or the nearest thing that exists.
    pub hint: Option<String>,
    /// Other places that belong to it, with a word each.
    pub related: Vec<(Place, String)>,
    /// The one edit that mends it, where there is exactly one.
    pub fix: Option<Fix>,
}

/// Text of a file and what is to stand there instead.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fix {
    /// The bytes to replace.
    pub place: Place,
    /// The new text.
    pub text: String,
}

impl Finding {
    /// Returns a finding without hint.
    pub fn new(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self { code, place, message: message.into(), hint: None, related: Vec::new(), fix: None }
    }

    /// Returns the same finding with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Returns the same finding with the edit that mends it, where there is one.
    #[must_use]
    pub fn fixed_by(mut self, fix: Option<Fix>) -> Self {
        self.fix = fix;
        self
    }

    /// Returns the same finding with "did you mean …" where something near exists.
    #[must_use]
    pub fn nearest(mut self, nearest: Option<&str>) -> Self {
        if let Some(name) = nearest {
            self.hint = Some(format!("did you mean `{name}`?"));
        }
        self
    }

    /// Returns the same finding with another place that belongs to it.
    #[must_use]
    pub fn also(mut self, place: Place, word: impl Into<String>) -> Self {
        self.related.push((place, word.into()));
        self
    }
}

/// Findings with the level that the configuration gives them, sorted by path, place and code.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Each finding once, with its level; none is [`Level::Off`].
    pub findings: Vec<(Level, Finding)>,
}

impl Report {
    /// Sorts findings, drops repetitions and those that `level` switches off.
    pub fn new(
        mut findings: Vec<Finding>,
        sources: &Sources,
        level: impl Fn(&Finding, &str) -> Level,
    ) -> Self {
        // Sources are numbered in the order of their paths, so the place's own order is the path's.
        findings.sort_by(|a, b| {
            (a.place, a.code, &a.message, &a.hint).cmp(&(b.place, b.code, &b.message, &b.hint))
        });
        findings.dedup();
        let findings = findings
            .into_iter()
            .map(|f| (level(&f, &sources.get(f.place.source).path), f))
            .filter(|(level, _)| *level != Level::Off)
            .collect();
        Self { findings }
    }

    /// Returns how many findings there are at each level.
    pub fn counts(&self) -> BTreeMap<Level, usize> {
        let mut counts = BTreeMap::new();
        for (level, _) in &self.findings {
            *counts.entry(*level).or_insert(0) += 1;
        }
        counts
    }

    /// Returns true where a finding is at `level` or above.
    pub fn reaches(&self, level: Level) -> bool {
        self.findings.iter().any(|(l, _)| *l >= level)
    }
}

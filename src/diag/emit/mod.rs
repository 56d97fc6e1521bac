//! Findings → text, in the format that was asked for.

pub mod github;
pub mod gitlab;
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod sarif;

use std::borrow::Cow;

use crate::diag::emit::json::JsonFinding;
use crate::diag::{Code, Level, Report};
use crate::text::source::Sources;

/// Findings with their places worked out: every format prints these, so that all agree in what they count.
#[derive(Debug)]
pub struct Sheet<'a> {
    /// The findings.
    pub report: &'a Report,
    /// What they were found in.
    pub sources: &'a Sources,
    /// The findings again, in the same order, each with its fingerprint.
    pub rows: Vec<JsonFinding>,
    /// From the top of the repository to the root of the site: "" or ending in `/`.
    pub prefix: &'a str,
    /// The level at which a finding fails the run; `None` where none does.
    pub fails_at: Option<Level>,
}

impl<'a> Sheet<'a> {
    /// Returns the sheet of a report, with a fingerprint for each of its findings.
    pub fn new(report: &'a Report, fingerprints: Vec<String>, sources: &'a Sources) -> Self {
        let mut rows = json::findings(report, sources);
        for (row, fingerprint) in rows.iter_mut().zip(fingerprints) {
            row.fingerprint = Some(fingerprint);
        }
        Self { report, sources, rows, prefix: "", fails_at: None }
    }

    /// Returns each finding's rule and row.
    fn rows(&self) -> impl Iterator<Item = (Code, &JsonFinding)> {
        self.report.findings.iter().map(|(_, f)| f.code).zip(&self.rows)
    }

    /// Returns a path as the repository has it.
    fn path<'b>(&self, path: &'b str) -> Cow<'b, str> {
        if self.prefix.is_empty() {
            return Cow::Borrowed(path);
        }
        Cow::Owned(format!("{}{path}", self.prefix))
    }

    /// Returns whether a finding fails the run.
    fn fails(&self, row: &JsonFinding) -> bool {
        self.fails_at.is_some_and(|level| row.level >= level)
    }
}

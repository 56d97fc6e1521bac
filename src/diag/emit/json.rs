//! Findings → JSON: one object with a list, stable field names.

use serde::Serialize;

use crate::diag::{Level, Report};
use crate::text::source::Sources;

/// One finding as `build.json` and `check --format json` hold it.
#[derive(Debug, Serialize)]
pub struct JsonFinding<'a> {
    code: &'static str,
    name: &'static str,
    level: &'static str,
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
}

/// Returns every finding, ready to be serialized.
pub fn findings<'a>(report: &'a Report, sources: &'a Sources) -> Vec<JsonFinding<'a>> {
    report
        .findings
        .iter()
        .map(|(level, finding)| {
            let source = sources.get(finding.place.source);
            let (line, column) = source.line_column(finding.place.span.start);
            let (end_line, end_column) = source.line_column(finding.place.span.end);
            let rule = finding.code.rule();
            JsonFinding {
                code: rule.code,
                name: rule.name,
                level: level.word(),
                path: &source.path,
                line,
                column,
                end_line,
                end_column,
                message: &finding.message,
                hint: finding.hint.as_deref(),
            }
        })
        .collect()
}

/// Returns `{"findings": […], "counts": {…}}`.
pub fn report(report: &Report, sources: &Sources) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        findings: Vec<JsonFinding<'a>>,
        counts: Counts,
    }
    #[derive(Serialize)]
    struct Counts {
        error: usize,
        warning: usize,
        info: usize,
    }
    let counts = report.counts();
    let count = |level| counts.get(&level).copied().unwrap_or(0);
    let counts = Counts {
        error: count(Level::Error),
        warning: count(Level::Warning),
        info: count(Level::Info),
    };
    serde_json::to_string_pretty(&Document { findings: findings(report, sources), counts })
        .unwrap_or_default()
}

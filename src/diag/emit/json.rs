//! Findings ↔ JSON: one object with a list, stable field names. The only file that names `serde_json`.

use serde::{Deserialize, Serialize};

use crate::diag::emit::Sheet;
use crate::diag::{Code, Finding, Fix, Level, Place, Report};
use crate::text::par;
use crate::text::source::{Sources, offset};
use crate::text::span::Span;

/// One finding as `build.json` and `check --format json` hold it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JsonFinding {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) level: Level,
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) end_line: usize,
    pub(crate) end_column: usize,
    pub(crate) message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) related: Vec<JsonPlace>,
    /// The edit that mends it, where there is exactly one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fix: Option<JsonFix>,
    /// What stays the same while lines move; `check` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fingerprint: Option<String>,
}

/// Another place that belongs to a finding.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JsonPlace {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) message: String,
}

/// Text of the file of a finding and what is to stand there instead.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JsonFix {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) end_line: usize,
    pub(crate) end_column: usize,
    pub(crate) text: String,
}

/// Returns every finding, ready to be serialized.
pub fn findings(report: &Report, sources: &Sources) -> Vec<JsonFinding> {
    let one = |(level, finding): &(Level, Finding)| {
        let source = sources.get(finding.place.source);
        let (line, column) = source.line_column(finding.place.span.start);
        let (end_line, end_column) = source.line_column(finding.place.span.end);
        let rule = finding.code.rule();
        let related = finding.related.iter().map(|(place, word)| {
            let source = sources.get(place.source);
            let (line, column) = source.line_column(place.span.start);
            JsonPlace { path: source.path.clone(), line, column, message: word.clone() }
        });
        let fix = finding.fix.as_ref().filter(|fix| fix.place.source == finding.place.source);
        let fix = fix.map(|fix| {
            let (line, column) = source.line_column(fix.place.span.start);
            let (end_line, end_column) = source.line_column(fix.place.span.end);
            JsonFix { line, column, end_line, end_column, text: fix.text.clone() }
        });
        JsonFinding {
            code: rule.code.to_owned(),
            name: rule.name.to_owned(),
            level: *level,
            path: source.path.clone(),
            line,
            column,
            end_line,
            end_column,
            message: finding.message.clone(),
            hint: finding.hint.clone(),
            related: related.collect(),
            fix,
            fingerprint: None,
        }
    };
    par::map(&report.findings, one)
}

/// Turns the findings of a manifest back into a report; `None` where they do not fit the sources.
pub fn restore(found: &[JsonFinding], sources: &Sources) -> Option<Report> {
    let mut findings = Vec::with_capacity(found.len());
    for json in found {
        let source = sources.by_path(&json.path)?;
        let start = offset(&source.text, json.line, json.column);
        let span = Span::new(start, offset(&source.text, json.end_line, json.end_column));
        let mut finding = Finding::new(
            Code::find(&json.code)?,
            Place::new(source.id, span),
            json.message.as_str(),
        );
        finding.hint.clone_from(&json.hint);
        finding.fix = json.fix.as_ref().map(|fix| {
            let start = offset(&source.text, fix.line, fix.column);
            let span = Span::new(start, offset(&source.text, fix.end_line, fix.end_column));
            Fix { place: Place::new(source.id, span), text: fix.text.clone() }
        });
        for place in &json.related {
            let other = sources.by_path(&place.path)?;
            let start = offset(&other.text, place.line, place.column);
            finding
                .related
                .push((Place::new(other.id, Span::new(start, start)), place.message.clone()));
        }
        findings.push((json.level, finding));
    }
    Some(Report { findings })
}

/// Returns `{"findings": […], "counts": {…}}`.
pub fn report(sheet: &Sheet<'_>) -> Result<String, String> {
    #[derive(Serialize)]
    struct Document<'a> {
        findings: &'a [JsonFinding],
        counts: Counts,
    }
    #[derive(Serialize)]
    struct Counts {
        error: usize,
        warning: usize,
        info: usize,
    }
    let counts = sheet.report.counts();
    let count = |level| counts.get(&level).copied().unwrap_or(0);
    let counts = Counts {
        error: count(Level::Error),
        warning: count(Level::Warning),
        info: count(Level::Info),
    };
    Ok(format!("{}\n", pretty(&Document { findings: &sheet.rows, counts })?))
}

/// Writes a value as JSON on several lines.
pub fn pretty(value: &impl Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(value).map_err(|e| e.to_string())
}

/// Reads a value from JSON; `None` where it is something else.
pub fn read<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Option<T> {
    serde_json::from_slice(text).ok()
}

/// Reads a value from JSON; says what is wrong with the text, and where.
pub fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|e| e.to_string())
}

/// Returns a value as JSON on one line.
pub fn compact(value: &impl Serialize) -> Result<String, String> {
    serde_json::to_string(value).map_err(|e| e.to_string())
}

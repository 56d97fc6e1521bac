//! Findings → the code quality report of GitLab, a list of issues in the form of Code Climate.

use serde::Serialize;

use crate::diag::Level;
use crate::diag::emit::{Sheet, json};

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: std::borrow::Cow<'a, str>,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// Returns the report as JSON.
pub fn issues(sheet: &Sheet<'_>) -> Result<String, String> {
    let issues: Vec<Issue<'_>> = sheet
        .rows()
        .map(|(code, row)| Issue {
            description: match &row.hint {
                Some(hint) => format!("{}: {} ({hint})", code.rule().name, row.message),
                None => format!("{}: {}", code.rule().name, row.message),
            },
            check_name: code.rule().code,
            fingerprint: row.fingerprint.as_deref().unwrap_or_default(),
            severity: match row.level {
                Level::Error => "major",
                Level::Warning => "minor",
                Level::Info | Level::Off => "info",
            },
            location: Location {
                path: sheet.path(&row.path),
                lines: Lines { begin: row.line, end: row.end_line.max(row.line) },
            },
        })
        .collect();
    Ok(format!("{}\n", json::pretty(&issues)?))
}

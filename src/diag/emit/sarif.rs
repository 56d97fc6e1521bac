//! Findings → SARIF 2.1.0 (OASIS standard, section numbers below), which code scanning reads.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::diag::codes::{Code, Level, Rule};
use crate::diag::emit::json::JsonFix;
use crate::diag::emit::{Sheet, json};
use crate::text::path::percent_encode;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What paths are relative to: the top of the repository, by the name that consumers know.
const ROOT: &str = "%SRCROOT%";

/// Name and version of how fingerprints are made.
const FINGERPRINT: &str = "opsloreFinding/v1";

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Outcome<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    name: &'static str,
    short_description: Text<'static>,
    full_description: Text<'static>,
    help: Help,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text<'a> {
    text: std::borrow::Cow<'a, str>,
}

/// A `result` (3.27).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text<'a>,
    locations: [Spot; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Spot>,
    partial_fingerprints: BTreeMap<&'static str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<[Mending<'a>; 1]>,
}

/// A `fix` (3.55).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Mending<'a> {
    artifact_changes: [Change<'a>; 1],
}

/// An `artifactChange` (3.56).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    artifact_location: Artifact,
    replacements: [Replacement<'a>; 1],
}

/// A `replacement` (3.57).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'a> {
    deleted_region: Region,
    inserted_content: Text<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Spot {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text<'static>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    uri_base_id: &'static str,
}

/// A `region` (3.30): the end column is the one behind the last character.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

/// Returns the log as JSON, with the rules that found something.
pub fn log(sheet: &Sheet<'_>) -> Result<String, String> {
    let found: BTreeSet<Code> = sheet.rows().map(|(code, _)| code).collect();
    let rules: Vec<Code> = found.into_iter().collect();
    let artifact =
        |path: &str| Artifact { uri: percent_encode(&sheet.path(path)), uri_base_id: ROOT };
    let results = sheet.rows().map(|(code, row)| {
        let message = match &row.hint {
            Some(hint) => format!("{}\n{hint}", row.message).into(),
            None => row.message.as_str().into(),
        };
        let region = Region {
            start_line: row.line,
            start_column: row.column,
            end_line: Some(row.end_line),
            end_column: Some(row.end_column),
        };
        let related = row.related.iter().enumerate().map(|(n, place)| Spot {
            id: Some(n + 1),
            physical_location: Physical {
                artifact_location: artifact(&place.path),
                region: Region {
                    start_line: place.line,
                    start_column: place.column,
                    end_line: None,
                    end_column: None,
                },
            },
            message: Some(Text { text: place.message.clone().into() }),
        });
        Outcome {
            rule_id: code.rule().code,
            rule_index: rules.binary_search(&code).unwrap_or_default(),
            level: level(row.level),
            message: Text { text: message },
            locations: [Spot {
                id: None,
                physical_location: Physical { artifact_location: artifact(&row.path), region },
                message: None,
            }],
            related_locations: related.collect(),
            partial_fingerprints: row.fingerprint.iter().map(|f| (FINGERPRINT, &**f)).collect(),
            fixes: row.fix.as_ref().map(|fix| [mending(fix, artifact(&row.path))]),
        }
    });
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            results: results.collect(),
            tool: Tool {
                driver: Driver {
                    name: "opslore",
                    version: env!("CARGO_PKG_VERSION"),
                    rules: rules.iter().map(|code| descriptor(code.rule())).collect(),
                },
            },
            column_kind: "unicodeCodePoints",
        }],
    };
    Ok(format!("{}\n", json::pretty(&log)?))
}

fn mending(fix: &JsonFix, artifact_location: Artifact) -> Mending<'_> {
    let deleted_region = Region {
        start_line: fix.line,
        start_column: fix.column,
        end_line: Some(fix.end_line),
        end_column: Some(fix.end_column),
    };
    let inserted_content = Text { text: fix.text.as_str().into() };
    let replacements = [Replacement { deleted_region, inserted_content }];
    Mending { artifact_changes: [Change { artifact_location, replacements }] }
}

fn descriptor(rule: &Rule) -> Descriptor {
    Descriptor {
        id: rule.code,
        name: rule.name,
        short_description: Text { text: rule.summary.into() },
        full_description: Text { text: what(rule).into() },
        help: Help { text: rule.explanation, markdown: rule.explanation },
        default_configuration: Configuration { level: level(rule.level) },
    }
}

/// The first section of an explanation.
fn what(rule: &Rule) -> String {
    let section = rule.explanation.split("\n## ").nth(1).unwrap_or(rule.summary);
    let body = section.split_once('\n').map_or(section, |(_, body)| body);
    body.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
        Level::Off => "none",
    }
}

//! Schemas and what editors are told of them → the files that `init` writes for editors.
//!
//! Language servers of YAML read a schema for YAML files; none reads one for the front matter of markdown. There a
//! snippet of Visual Studio Code writes what each kind has.

use serde_json::{Map, Value, json};

use crate::cli::args::SchemaKind;
use crate::cli::schema::{self, SCHEMAS};
use crate::config::FILE_NAME;
use crate::model::document;
use crate::model::kind::Kind;
use crate::text::keys::{self, Key, Shape};

/// Folder of the schemas; hidden, and so no source of pages.
const SCHEMA_FOLDER: &str = ".opslore/schema";

/// Where Visual Studio Code looks.
const SETTINGS: &str = ".vscode/settings.json";
const SNIPPETS: &str = ".vscode/opslore.code-snippets";

/// Files that a schema holds for, wherever they stand.
const FILES: [(SchemaKind, &[&str]); 4] = [
    (SchemaKind::Config, &[FILE_NAME]),
    (SchemaKind::Service, &["**/service.yaml", "**/service.yml"]),
    (SchemaKind::Team, &["**/team.yaml", "**/team.yml"]),
    (SchemaKind::Teams, &["**/teams.yaml", "**/teams.yml"]),
];

/// Keys that a snippet begins with, by kind.
const BEGIN: [(Kind, &[&str]); 5] = [
    (
        Kind::Runbook,
        &["title", "alerts", "services", "owner", "severity", "risk", "last_reviewed", "tags"],
    ),
    (
        Kind::Postmortem,
        &[
            "id",
            "title",
            "status",
            "severity",
            "services",
            "owner",
            "started_at",
            "detected_at",
            "mitigated_at",
            "resolved_at",
        ],
    ),
    (Kind::Service, &["id", "name", "owner", "tier", "lifecycle", "type", "tags"]),
    (Kind::Team, &["id", "name", "description"]),
    (Kind::Lesson, &["title", "owner", "factors", "tags"]),
];

const TODAY: &str = "$CURRENT_YEAR-$CURRENT_MONTH-$CURRENT_DATE";
const NOW: &str = "T$CURRENT_HOUR:$CURRENT_MINUTE:00$CURRENT_TIMEZONE_OFFSET";

/// Every file for editors: path and text.
pub(crate) fn files() -> Result<Vec<(String, String)>, String> {
    let mut files = Vec::new();
    for (kind, name, _) in SCHEMAS {
        files.push((format!("{SCHEMA_FOLDER}/{name}.json"), schema::text(kind)?));
    }
    let mut schemas = Map::new();
    for (kind, globs) in FILES {
        let name = SCHEMAS.iter().find(|row| row.0 == kind).map_or("", |row| row.1);
        schemas.insert(format!("./{SCHEMA_FOLDER}/{name}.json"), json!(globs));
    }
    files.push((SETTINGS.to_owned(), pretty(&json!({ "yaml.schemas": schemas }))?));
    let mut snippets = Map::new();
    for (kind, names) in BEGIN {
        let word = kind.word();
        let snippet = json!({
            "scope": "markdown",
            "prefix": [word, "---"],
            "description": format!("Front matter of a {word}"),
            "body": body(kind, names),
        });
        snippets.insert(format!("opslore: {word}"), snippet);
    }
    files.push((SNIPPETS.to_owned(), pretty(&Value::Object(snippets))?));
    Ok(files)
}

fn pretty(value: &Value) -> Result<String, String> {
    serde_json::to_string_pretty(value).map(|text| text + "\n").map_err(|e| e.to_string())
}

/// The lines of a snippet; one jumps from value to value with the tabulator.
fn body(kind: Kind, names: &[&str]) -> Vec<String> {
    let mut lines = vec!["---".to_owned(), format!("kind: {}", kind.word())];
    for (n, name) in names.iter().enumerate() {
        let tables = document::tables(kind).iter().copied();
        let table = tables.into_iter().find(|table| table.iter().any(|key| key.name() == *name));
        let key = keys::row(table.unwrap_or_default(), name);
        lines.push(format!("{name}: {}", value(key, n + 1)));
    }
    lines.extend(["---".to_owned(), String::new(), "$0".to_owned()]);
    lines
}

fn value(key: &Key, n: usize) -> String {
    let choose = |words: Vec<&str>| format!("${{{n}|{}|}}", words.join(","));
    match key.shape {
        Shape::Word(table) => choose(keys::words(table).collect()),
        Shape::Usual(words) | Shape::Exactly(words) => choose(words.to_vec()),
        Shape::Either([Shape::Exactly(words), ..]) => choose(words.to_vec()),
        Shape::Day => TODAY.to_owned(),
        Shape::Time => format!("${{{n}:{TODAY}{NOW}}}"),
        Shape::Texts => format!("[${n}]"),
        _ => format!("${n}"),
    }
}

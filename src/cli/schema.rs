//! `schema KIND`: the tables that the readers ask by → JSON Schemas, by which editors complete and check.

use std::path::Path;

use crate::cli::args::SchemaKind;
use crate::cli::run::{here, print};
use crate::config::{self, FILE_NAME};
use crate::model::catalog::keys::LIST_KEYS;
use crate::model::document;
use crate::model::kind::Kind;
use crate::text::schema::Schema;
use crate::write;

/// Every schema: its kind, its name, and what it describes.
pub(crate) const SCHEMAS: [(SchemaKind, &str, &str); 8] = [
    (SchemaKind::Runbook, "runbook", "Front matter of a runbook"),
    (SchemaKind::Postmortem, "postmortem", "Front matter of a postmortem"),
    (SchemaKind::Service, "service", "A service: service.yaml, or front matter of its page"),
    (SchemaKind::Team, "team", "A team: team.yaml, or front matter of its page"),
    (SchemaKind::Teams, "teams", "Many teams or services: teams.yml, services.yaml"),
    (SchemaKind::Lesson, "lesson", "Front matter of the page of a lesson"),
    (SchemaKind::Page, "page", "Front matter of any other page"),
    (SchemaKind::Config, "config", "The site file opslore.yaml"),
];

pub(crate) fn schema(kind: Option<SchemaKind>, folder: Option<&Path>) -> Result<u8, String> {
    if let Some(folder) = folder {
        let folder = here()?.join(folder);
        write::folder(&folder)?;
        for (kind, name, _) in SCHEMAS {
            write::file(&folder.join(format!("{name}.json")), &text(kind)?)?;
            print(&format!("{name}.json\n"))?;
        }
    } else if let Some(kind) = kind {
        print(&text(kind)?)?;
    } else {
        for (_, name, title) in SCHEMAS {
            print(&format!("{name:<11} {title}\n"))?;
        }
    }
    Ok(0)
}

/// The schema of a kind as text.
pub(crate) fn text(kind: SchemaKind) -> Result<String, String> {
    let title = SCHEMAS.iter().find(|row| row.0 == kind).map_or(FILE_NAME, |row| row.2);
    let tables = match kind {
        SchemaKind::Runbook => document::tables(Kind::Runbook),
        SchemaKind::Postmortem => document::tables(Kind::Postmortem),
        SchemaKind::Service => document::tables(Kind::Service),
        SchemaKind::Team => document::tables(Kind::Team),
        SchemaKind::Lesson => document::tables(Kind::Lesson),
        SchemaKind::Page => document::tables(Kind::Page),
        SchemaKind::Teams => &[LIST_KEYS],
        SchemaKind::Config => &[config::keys::SITE],
    };
    // Unknown keys of a site file are errors; those of content are kept, and told as findings.
    let schema = Schema { title, tables, closed: kind == SchemaKind::Config };
    let text = serde_json::to_string_pretty(&schema).map_err(|e| e.to_string())?;
    Ok(text + "\n")
}

//! [`Facts`] of a site → what programs read of it: `/api/v1/*.json`, each with its schema, markdown twins, `llms.txt`.

mod body;
mod entities;
mod incidents;
pub mod llms;
mod schema;
pub mod twin;

use serde::Serialize;

use crate::diag::emit::json;
use crate::export::schema::SCHEMAS;
use crate::report::facts::Facts;
use crate::report::files::Put;

/// Where the files of the interface stand.
const FOLDER: &str = "api/v1/";

/// One file of the interface: what it is made from, and the entities under their name.
struct Api<'a, T> {
    name: &'a str,
    today: String,
    base_url: Option<&'a str>,
    rows: Vec<T>,
}

impl<T: Serialize> Serialize for Api<'_, T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut out = serializer.serialize_map(None)?;
        out.serialize_entry("$schema", &format!("{}.schema.json", self.name))?;
        out.serialize_entry("version", &1)?;
        out.serialize_entry("today", &self.today)?;
        out.serialize_entry("base_url", &self.base_url)?;
        out.serialize_entry(self.name, &self.rows)?;
        out.end()
    }
}

/// Hands the files of the interface to `put`, each as soon as it is made: together they are large.
pub fn api(facts: &Facts<'_>, put: Put<'_>) -> Result<(), String> {
    for (name, about, fields) in SCHEMAS {
        let text = json::pretty(&schema::Document { name, about, fields })?;
        put(&format!("{FOLDER}{name}.schema.json"), format!("{text}\n").into_bytes())?;
    }
    let mut file = |name: &str, bytes| put(&path(name), bytes);
    file("services", rows(facts, "services", entities::services(facts))?)?;
    file("teams", rows(facts, "teams", entities::teams(facts))?)?;
    file("alerts", rows(facts, "alerts", entities::alerts(facts))?)?;
    file("runbooks", rows(facts, "runbooks", entities::runbooks(facts))?)?;
    file("pages", rows(facts, "pages", entities::pages(facts))?)?;
    file("links", rows(facts, "links", entities::links(facts))?)?;
    file("postmortems", rows(facts, "postmortems", incidents::postmortems(facts))?)?;
    file("actions", rows(facts, "actions", incidents::actions(facts))?)?;
    file("lessons", rows(facts, "lessons", incidents::lessons(facts))?)
}

/// Files of the interface that tell two sites apart.
pub const COMPARED: [&str; 3] = ["pages", "links", "alerts"];

/// Returns the files named in [`COMPARED`], in that order.
pub fn compared(facts: &Facts<'_>) -> Result<[Vec<u8>; 3], String> {
    Ok([
        rows(facts, COMPARED[0], entities::pages(facts))?,
        rows(facts, COMPARED[1], entities::links(facts))?,
        rows(facts, COMPARED[2], entities::alerts(facts))?,
    ])
}

/// Returns where a file of the interface stands in a site.
pub fn path(name: &str) -> String {
    format!("{FOLDER}{name}.json")
}

fn rows<T: Serialize>(facts: &Facts<'_>, name: &str, rows: Vec<T>) -> Result<Vec<u8>, String> {
    let api = Api {
        name,
        today: facts.today.to_string(),
        base_url: facts.site.config.base_url.as_deref(),
        rows,
    };
    Ok(format!("{}\n", json::compact(&api)?).into_bytes())
}

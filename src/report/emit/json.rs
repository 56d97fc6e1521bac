//! Figures → JSON: rows as objects under the keys of their columns.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::diag::emit::json;
use crate::report::{Column, Figures, Share, Table, Value};
use crate::text::date::Day;

/// Returns a report as one object; addresses are relative to the root of the site.
pub fn json(figures: &Figures, today: Day) -> Result<String, String> {
    #[derive(serde::Serialize)]
    struct Document<'a> {
        report: &'a str,
        title: &'a str,
        today: String,
        summary: &'a str,
        notes: &'a [String],
        #[serde(skip_serializing_if = "Option::is_none")]
        share: Option<Percent<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        totals: Option<Rows<'a>>,
        rows: Rows<'a>,
    }
    #[derive(serde::Serialize)]
    struct Percent<'a> {
        part: u64,
        of: u64,
        of_what: &'a str,
    }
    let percent =
        |share: &'_ Share| Percent { part: share.part, of: share.of, of_what: share.words };
    let text = json::pretty(&Document {
        report: figures.name,
        title: figures.title,
        today: today.to_string(),
        summary: &figures.lead,
        notes: &figures.notes,
        share: figures.share.as_ref().map(percent),
        totals: figures.totals.as_ref().map(Rows),
        rows: Rows(&figures.table),
    })?;
    Ok(format!("{text}\n"))
}

struct Rows<'a>(&'a Table);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_seq(Some(self.0.rows.len()))?;
        for row in &self.0.rows {
            rows.serialize_element(&Row(&self.0.columns, row))?;
        }
        rows.end()
    }
}

struct Row<'a>(&'a [Column], &'a [Value]);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_map(None)?;
        for (column, value) in self.0.iter().zip(self.1) {
            let key = column.key.as_str();
            match value {
                Value::None => row.serialize_entry(key, &None::<u8>)?,
                Value::Text(text) => row.serialize_entry(key, text)?,
                Value::State(word, _) => row.serialize_entry(key, word)?,
                Value::Number(n) => row.serialize_entry(key, n)?,
                Value::Share(part, of) => {
                    row.serialize_entry(key, &Part { part: *part, of: *of })?;
                }
                Value::Day(day) => row.serialize_entry(key, &day.to_string())?,
                Value::Seconds(seconds) => row.serialize_entry(key, seconds)?,
                Value::Points(points) => row.serialize_entry(key, points)?,
                Value::Page(text, address) => {
                    row.serialize_entry(key, text)?;
                    row.serialize_entry(&format!("{key}_url"), address.as_str())?;
                }
                Value::Outside(text, url) => {
                    row.serialize_entry(key, text)?;
                    row.serialize_entry(&format!("{key}_url"), url)?;
                }
                Value::Pages(pages) => {
                    let names: Vec<&str> = pages.iter().map(|(text, _)| text.as_str()).collect();
                    row.serialize_entry(key, &names)?;
                }
            }
        }
        row.end()
    }
}

#[derive(serde::Serialize)]
struct Part {
    part: u64,
    of: u64,
}

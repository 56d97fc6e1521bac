//! Figures → text for programs and people: CSV, JSON, markdown, a terminal, calendars.

pub mod calendar;
pub mod csv;
pub mod json;
pub mod markdown;
pub mod text;

use crate::report::Value;
use crate::text::date::duration_words;

/// Returns a value as people read it, on one line.
pub(crate) fn words(value: &Value) -> String {
    match value {
        Value::None => String::new(),
        Value::Text(text) | Value::Page(text, _) | Value::Outside(text, _) => text.clone(),
        Value::State(word, _) => (*word).to_owned(),
        Value::Number(n) => n.to_string(),
        Value::Share(part, of) => format!("{part} of {of}"),
        Value::Day(day) => day.to_string(),
        Value::Seconds(seconds) => duration_words(*seconds).replace('\u{a0}', " "),
        Value::Points(points) => {
            let mut points = points.clone();
            points.sort_unstable();
            let words = points.iter().map(|s| duration_words(*s).replace('\u{a0}', " "));
            words.collect::<Vec<_>>().join(", ")
        }
        Value::Pages(pages) => {
            pages.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(", ")
        }
    }
}

//! Figures → columns in a terminal.

use crate::diag::emit::human::plain;
use crate::report::emit::words;
use crate::report::{Figures, Look, Table, Value};

/// Widest column; the rest of a cell is cut.
const WIDEST: usize = 60;

/// Returns a report as text.
pub fn text(figures: &Figures) -> String {
    let mut out = format!("{}\n{}\n", figures.title, figures.lead);
    if let Some(totals) = &figures.totals {
        table(totals, &mut out);
    }
    table(&figures.table, &mut out);
    out
}

fn table(table: &Table, out: &mut String) {
    if table.rows.is_empty() {
        return;
    }
    let shown: Vec<usize> =
        (0..table.columns.len()).filter(|n| table.columns[*n].look != Look::Hidden).collect();
    let mut lines: Vec<Vec<String>> =
        vec![shown.iter().map(|n| table.columns[*n].title.clone()).collect()];
    lines.extend(table.rows.iter().map(|row| shown.iter().map(|n| cell(&row[*n])).collect()));
    let width = |n: usize| lines.iter().map(|line| line[n].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..shown.len()).map(width).collect();
    let number =
        |n: &usize| table.rows.iter().all(|row| matches!(row[*n], Value::Number(_) | Value::None));
    let right: Vec<bool> = shown.iter().map(number).collect();
    out.push_str(&format!("\n{}\n", table.title));
    for line in lines {
        let mut text = String::new();
        for ((cell, width), right) in line.iter().zip(&widths).zip(&right) {
            let pad = " ".repeat(width - cell.chars().count());
            let (before, behind) = if *right { (pad.as_str(), "") } else { ("", pad.as_str()) };
            text.push_str(&format!("{before}{cell}{behind}  "));
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
}

fn cell(value: &Value) -> String {
    let words = words(value);
    let words = plain(&words);
    if words.chars().count() <= WIDEST {
        return words.into_owned();
    }
    let cut: String = words.chars().take(WIDEST - 1).collect();
    format!("{cut}…")
}

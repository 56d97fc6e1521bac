//! Figures → the files beside their pages: CSV, JSON, the calendar of actions, badges.

use crate::report::Figures;
use crate::report::badges;
use crate::report::emit::{calendar, csv, json};
use crate::report::facts::Facts;

/// Returns where the files of a report stand, without their ending.
pub fn place(name: &str) -> String {
    if name == "actions" { "actions".to_owned() } else { format!("reports/{name}") }
}

/// Returns the files of all reports.
pub fn files(facts: &Facts<'_>, reports: &[Figures]) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut out = Vec::new();
    for figures in reports {
        let place = place(figures.name);
        out.push((format!("{place}.csv"), csv::csv(&figures.table).into_bytes()));
        out.push((format!("{place}.json"), json::json(figures, facts.today)?.into_bytes()));
    }
    let calendar = calendar::calendar(facts, &facts.ledger);
    out.push(("actions.ics".to_owned(), calendar.into_bytes()));
    out.extend(badges::badges(facts));
    Ok(out)
}

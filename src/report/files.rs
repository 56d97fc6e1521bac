//! Figures → the files beside their pages: CSV, JSON, the calendar of actions, badges.

use crate::report::Figures;
use crate::report::badges;
use crate::report::emit::{calendar, csv, json};
use crate::report::facts::Facts;

/// Returns where the files of a report stand, without their ending.
pub fn place(name: &str) -> String {
    if name == "actions" { "actions".to_owned() } else { format!("reports/{name}") }
}

/// Takes a file: its path and its bytes.
pub type Put<'a> = &'a mut dyn FnMut(&str, Vec<u8>) -> Result<(), String>;

/// Hands the files of all reports to `put`, each as soon as it is made: together they are large.
pub fn files(facts: &Facts<'_>, reports: &[Figures], put: Put<'_>) -> Result<(), String> {
    for figures in reports {
        let place = place(figures.name);
        put(&format!("{place}.csv"), csv::csv(&figures.table).into_bytes())?;
        put(&format!("{place}.json"), json::json(figures, facts.today)?.into_bytes())?;
    }
    let calendar = calendar::calendar(facts, &facts.ledger);
    put("actions.ics", calendar.into_bytes())?;
    badges::badges(facts).into_iter().try_for_each(|(path, bytes)| put(&path, bytes))
}

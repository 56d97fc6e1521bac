//! Runbooks used in incidents: how often, whether they helped, and whether they were changed afterwards.

use std::cmp::Reverse;

use crate::report::facts::{Facts, Use};
use crate::report::{Column, Figures, Mood, Share, Table, Value, counted};

/// The report.
pub(crate) fn runbooks(facts: &Facts<'_>) -> Figures {
    let mut rows = Vec::new();
    let (mut told, mut helped, mut all) = (0, 0, 0);
    let pages = facts.used.iter().map(|(id, uses)| (Some(*id), "", uses));
    let missed = facts.missed.iter().map(|(name, uses)| (None, *name, uses));
    for (id, name, uses) in pages.chain(missed) {
        let count = |word: &str| uses.iter().filter(|u| u.helped == Some(word)).count();
        let newest = uses.iter().filter_map(|u| facts.incidents[u.incident].day).max();
        let failed: Vec<&Use<'_>> =
            uses.iter().filter(|u| u.helped.is_some_and(|h| h != "yes")).collect();
        let failed = failed.iter().filter_map(|u| facts.incidents[u.incident].day).max();
        let doc = id.map(|id| facts.site.doc(id));
        all += uses.len();
        helped += count("yes");
        told += uses.iter().filter(|u| u.helped.is_some()).count();
        let mended = match (id.and_then(|id| facts.site.changes(id).last.as_ref()), failed) {
            (Some(change), Some(day)) => Value::yes(change.day > day),
            // Without a history, a review after the day says as much.
            (None, Some(day)) => match doc.and_then(|d| d.reviewed.as_ref()) {
                Some(reviewed) => Value::yes(reviewed.value > day),
                None => Value::None,
            },
            _ => Value::None,
        };
        rows.push((
            (Reverse(uses.len()), id.is_none()),
            vec![
                id.map_or_else(|| Value::text(name), |id| facts.doc(id)),
                facts.team(doc.and_then(|d| d.owner.as_ref()).map(|o| &o.value)),
                Value::count(uses.len()),
                Value::count(count("yes")),
                Value::count(count("partly")),
                Value::count(count("no")),
                Value::count(count("missing")),
                Value::day(newest),
                if id.is_none() { Value::State("not written", Mood::Bad) } else { mended },
            ],
        ));
    }
    rows.sort_by_key(|(order, _)| *order);
    let lead = format!(
        "Runbooks were used {} in {}; {helped} of {told} that say so helped.",
        if all == 1 { "once".to_owned() } else { format!("{all} times") },
        counted(facts.incidents.len(), "incident", "incidents")
    );
    let columns = Column::plain([
        ("runbook", "Runbook"),
        ("team", "Team"),
        ("used", "Used"),
        ("helped", "Helped"),
        ("partly", "Partly"),
        ("not_helped", "Did not"),
        ("missing", "Missing"),
        ("last_used", "Last used"),
        ("changed_since", "Changed since"),
    ]);
    Figures {
        name: "runbooks",
        title: "Runbooks in use",
        lead,
        notes: vec![
            "As postmortems state under `runbooks_used`. Changed since: after the last incident in which it did not fully help, by its commits, or by its review where there is no history.".to_owned(),
        ],
        share: Some(Share {
            part: helped as u64,
            of: told as u64,
            words: "uses of a runbook that helped",
        }),
        table: Table {
            title: "Runbooks",
            columns,
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        },
        ..Figures::default()
    }
}

//! Findings → a table: each with its place, its team and its cure.

use std::collections::BTreeMap;

use crate::diag::Level;
use crate::link::Site;
use crate::model::id::TeamId;
use crate::report::facts::Facts;
use crate::report::{Column, Figures, Mood, Table, Value, counted};

/// The teams that files belong to, by the number of the source.
pub fn teams_of_sources(site: &Site) -> BTreeMap<u32, &TeamId> {
    let mut teams: BTreeMap<u32, &TeamId> =
        site.catalog.owners.iter().map(|(source, team)| (*source, team)).collect();
    for doc in &site.catalog.documents {
        if let Some(owner) = &doc.owner {
            teams.insert(doc.source.0, &owner.value);
        }
    }
    for service in site.catalog.services.values() {
        if let Some(owner) = &service.owner {
            teams.entry(service.place.source.0).or_insert(&owner.value);
        }
    }
    teams
}

/// The report.
pub(crate) fn problems(facts: &Facts<'_>) -> Figures {
    let teams = teams_of_sources(facts.site);
    let rows = facts.findings.findings.iter().map(|(level, finding)| {
        let source = facts.site.sources.get(finding.place.source);
        let (line, column) = source.line_column(finding.place.span.start);
        let rule = finding.code.rule();
        let mood = match level {
            Level::Error => Mood::Bad,
            Level::Warning => Mood::Warn,
            _ => Mood::Plain,
        };
        vec![
            Value::Text(source.path.clone()),
            Value::count(line),
            Value::count(column),
            Value::State(level.word(), mood),
            Value::text(rule.code),
            Value::text(rule.name),
            Value::Text(finding.message.clone()),
            Value::text(finding.hint.as_deref().unwrap_or("")),
            facts.team(teams.get(&source.id.0).copied()),
        ]
    });
    let rows: Vec<Vec<Value>> = rows.collect();
    let mut by_team: BTreeMap<Option<&TeamId>, [usize; 3]> = BTreeMap::new();
    for (level, finding) in &facts.findings.findings {
        let team = teams.get(&finding.place.source.0).copied();
        let at = match level {
            Level::Error => 0,
            Level::Warning => 1,
            _ => 2,
        };
        by_team.entry(team).or_default()[at] += 1;
    }
    let mut debt: Vec<(Option<&TeamId>, [usize; 3])> = by_team.into_iter().collect();
    debt.sort_by_key(|(_, counts)| std::cmp::Reverse(*counts));
    let row = |(team, counts): (Option<&TeamId>, [usize; 3])| {
        let mut row = vec![match team {
            Some(_) => facts.team(team),
            None => Value::Text("no team".to_owned()),
        }];
        row.extend(counts.map(Value::count));
        row
    };
    let totals = Table {
        title: "By team",
        columns: Column::plain([
            ("team", "Team"),
            ("errors", "Errors"),
            ("warnings", "Warnings"),
            ("notes", "Notes"),
        ]),
        rows: debt.into_iter().map(row).collect(),
    };
    Figures {
        name: "problems",
        title: "Problems",
        lead: format!("{}.", counted(rows.len(), "finding", "findings")),
        totals: Some(totals),
        table: Table {
            title: "Findings",
            columns: Column::plain([
                ("path", "File"),
                ("line", "Line"),
                ("column", "Column"),
                ("level", "Level"),
                ("code", "Code"),
                ("name", "Rule"),
                ("message", "Message"),
                ("hint", "Hint"),
                ("team", "Team"),
            ]),
            rows,
        },
        ..Figures::default()
    }
}

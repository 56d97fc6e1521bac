//! What incidents teach: factors that come back, and who has answered which lesson.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::document::Detail;
use crate::model::id::{DocId, LessonId, TeamId};
use crate::report::facts::{Facts, Incident};
use crate::report::incidents::{by_month, cells, month_columns};
use crate::report::{Column, Figures, Share, Table, Value, counted};
use crate::text::date::Day;

/// Contributing factors by month.
pub(crate) fn factors(facts: &Facts<'_>) -> Figures {
    let known: BTreeMap<DocId, &Incident<'_>> = facts.incidents.iter().map(|i| (i.id, i)).collect();
    let mut rows = Vec::new();
    let mut back = 0;
    for (id, factor) in &facts.site.catalog.factors {
        let of: Vec<&Incident<'_>> =
            factor.postmortems.iter().filter_map(|(doc, _)| known.get(doc).copied()).collect();
        if of.is_empty() {
            continue;
        }
        back += usize::from(of.len() > 1);
        let teams: BTreeSet<TeamId> =
            of.iter().flat_map(|i| facts.site.teams_of_incident(i.postmortem)).collect();
        let months = by_month(facts, of.iter().copied());
        let lately: u32 = months.iter().map(|(_, n)| n).sum();
        let mut row = vec![match facts.site.routes.factor(id) {
            Some(address) => Value::Page(id.to_string(), address.clone()),
            None => Value::text(id.as_str()),
        }];
        row.extend(cells(&months));
        row.extend([
            Value::Number(u64::from(lately)),
            Value::count(of.len()),
            Value::count(teams.len()),
            Value::day(of.iter().filter_map(|i| i.day).max()),
            Value::text(&factor.description),
        ]);
        rows.push(((Reverse(lately), Reverse(of.len())), row));
    }
    rows.sort_by_key(|(order, _)| *order);
    let mut columns = Column::plain([("factor", "Factor")]);
    columns.extend(month_columns(facts));
    columns.extend(Column::plain([
        ("twelve_months", "In 12 months"),
        ("all", "In all"),
        ("teams", "Teams"),
        ("last", "Last"),
        ("meaning", "What it means"),
    ]));
    Figures {
        name: "factors",
        title: "Contributing factors over time",
        lead: format!("{back} of {} came back.", counted(rows.len(), "factor", "factors")),
        notes: vec!["Incidents in which each factor had a part, by month.".to_owned()],
        table: Table {
            title: "Factors",
            columns,
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        },
        ..Figures::default()
    }
}

/// The days and teams of a lesson's postmortems.
pub(crate) fn origin(facts: &Facts<'_>, postmortems: &[DocId]) -> (Option<Day>, BTreeSet<TeamId>) {
    let mut day = None;
    let mut teams = BTreeSet::new();
    for id in postmortems {
        if let Detail::Postmortem(postmortem) = &facts.site.doc(*id).detail {
            day = day.max(postmortem.day());
            teams.extend(facts.site.teams_of_incident(postmortem));
        }
    }
    (day, teams)
}

/// How far lessons reached: which services answered what.
pub(crate) fn lessons(facts: &Facts<'_>) -> Figures {
    let mut answers: BTreeMap<&LessonId, Vec<&str>> = BTreeMap::new();
    for service in facts.site.catalog.services.values() {
        for answer in &service.answers {
            answers.entry(&answer.lesson).or_default().push(&answer.answer);
        }
    }
    let mut rows = Vec::new();
    let mut answered = 0;
    for (id, lesson) in &facts.site.catalog.lessons {
        let of = answers.get(id).map_or(&[][..], Vec::as_slice);
        answered += usize::from(!of.is_empty());
        let count = |word: &str| Value::count(of.iter().filter(|a| **a == word).count());
        let (day, teams) = origin(facts, &lesson.postmortems);
        let teams: Vec<_> =
            teams.iter().map(|t| (t.to_string(), facts.site.routes.team(t).cloned())).collect();
        rows.push((
            Reverse(day),
            vec![
                match facts.site.routes.lesson(id) {
                    Some(address) => Value::Page(lesson.text.clone(), address.clone()),
                    None => Value::text(&lesson.text),
                },
                Value::day(day),
                if teams.is_empty() { Value::None } else { Value::Pages(teams) },
                Value::count(lesson.postmortems.len()),
                count("applied"),
                count("planned"),
                count("not-applicable"),
            ],
        ));
    }
    rows.sort_by_key(|(day, _)| *day);
    let columns = Column::plain([
        ("lesson", "Lesson"),
        ("day", "Learned"),
        ("teams", "By"),
        ("incidents", "Incidents"),
        ("applied", "Applied"),
        ("planned", "Planned"),
        ("not_applicable", "Not applicable"),
    ]);
    Figures {
        name: "lessons",
        title: "How far lessons reached",
        lead: format!(
            "{answered} of {} answered by a service.",
            counted(rows.len(), "lesson is", "lessons are")
        ),
        notes: vec![
            "Answers are what services state under `lessons` in their metadata.".to_owned(),
        ],
        share: Some(Share {
            part: answered as u64,
            of: rows.len() as u64,
            words: "lessons that a service answered",
        }),
        table: Table {
            title: "Lessons",
            columns,
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        },
        ..Figures::default()
    }
}

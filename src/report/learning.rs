//! What incidents teach: factors that come back, and who has answered which lesson.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::link::recurrence::Recurrence;
use crate::model::id::{DocId, TeamId};
use crate::report::facts::{Facts, Incident};
use crate::report::incidents::{by_month, cells, month_columns};
use crate::report::{Column, Figures, Look, Mood, Share, Table, Value, counted};

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

/// Factors that came back where they had been, or over a dependency, and what had been done about them.
pub(crate) fn recurrence(facts: &Facts<'_>) -> Figures {
    let mut rows = Vec::new();
    let (mut open, mut back) = (0, 0);
    for incident in &facts.incidents {
        let found = facts.site.recurrences.of(incident.id);
        back += usize::from(!found.is_empty());
        open += usize::from(found.iter().any(|r| r.actions.open > 0));
        for Recurrence { factor, before, over, actions } in found {
            let state = match (actions.open, actions.done) {
                (0, 0) => Value::None,
                (0, _) => Value::State("all done", Mood::Bad),
                _ => Value::State("some open", Mood::Warn),
            };
            rows.push(vec![
                facts.incident(incident),
                Value::day(incident.day),
                match facts.site.routes.factor(factor) {
                    Some(address) => Value::Page(factor.to_string(), address.clone()),
                    None => Value::text(factor.as_str()),
                },
                Value::Text(over.words().replace('`', "")),
                Value::Page(
                    facts.site.doc(*before).id.value.clone(),
                    facts.site.routes.doc(*before).clone(),
                ),
                state,
                Value::count(actions.open),
                Value::count(actions.done),
            ]);
        }
    }
    let mut columns = Column::plain([
        ("incident", "Incident"),
        ("day", "Day"),
        ("factor", "Factor"),
        ("over", "Where"),
        ("before", "Earlier"),
        ("state", "Its actions"),
    ]);
    let hidden = [("open", "Open then"), ("done", "Done then")];
    columns.extend(Column::plain(hidden).into_iter().map(|column| column.look(Look::Hidden)));
    Figures {
        name: "recurrence",
        title: "What came back",
        lead: format!(
            "A factor came back in {back} of {}, in {open} while an action of the earlier one was still open.",
            counted(facts.incidents.len(), "incident", "incidents"),
        ),
        notes: vec![
            "The same factor at the same service, at a service that depends on it, or over a dependency that both share. Actions are those of the earlier incident, as they stood when the later one began.".to_owned(),
        ],
        table: Table {
            title: "Recurrences",
            columns,
            rows,
        },
        ..Figures::default()
    }
}

/// How far lessons reached: the services they concern, and what those answered.
pub(crate) fn lessons(facts: &Facts<'_>) -> Figures {
    let mut rows = Vec::new();
    let mut sum = (0, 0);
    for (id, learned) in facts.site.concern.lessons() {
        let Some(lesson) = facts.site.catalog.lessons.get(id) else { continue };
        let reach = learned.reach();
        sum = (sum.0 + reach.answered(), sum.1 + reach.concerned);
        let teams: Vec<_> = learned
            .teams
            .iter()
            .map(|team| (team.to_string(), facts.site.routes.team(team).cloned()))
            .collect();
        let open = reach.concerned - reach.answered();
        rows.push((
            (Reverse(learned.day), Reverse(open)),
            vec![
                match facts.site.routes.lesson(id) {
                    Some(address) => Value::Page(lesson.text.clone(), address.clone()),
                    None => Value::text(&lesson.text),
                },
                Value::day(learned.day),
                if teams.is_empty() { Value::None } else { Value::Pages(teams) },
                Value::count(lesson.postmortems.len()),
                Value::count(reach.concerned),
                Value::count(reach.applied),
                Value::count(reach.planned),
                Value::count(reach.not_applicable),
                Value::count(open),
            ],
        ));
    }
    rows.sort_by_key(|(order, _)| *order);
    let mut columns = Column::plain([
        ("lesson", "Lesson"),
        ("day", "Learned"),
        ("teams", "By"),
        ("incidents", "Incidents"),
        ("concerned", "Concerns"),
        ("applied", "Applied"),
        ("planned", "Planned"),
        ("not_applicable", "Not applicable"),
        ("unanswered", "No answer yet"),
    ]);
    columns[8].look = Look::Hot;
    let (answered, concerned) = sum;
    Figures {
        name: "lessons",
        title: "How far lessons reached",
        lead: format!(
            "{} to other services {concerned} times; {answered} of these are answered.",
            if rows.len() == 1 {
                "1 lesson applies".to_owned()
            } else {
                format!("{} lessons apply", rows.len())
            }
        ),
        notes: vec![
            "Whom a lesson concerns follows from dependencies, tags, factors, alerts and runbooks that files declare; the page of each lesson gives the reasons. Answers are what services state under `lessons` in their metadata.".to_owned(),
        ],
        share: Some(Share {
            part: answered as u64,
            of: concerned as u64,
            words: "concerned services that answered",
        }),
        table: Table {
            title: "Lessons",
            columns,
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        },
        ..Figures::default()
    }
}

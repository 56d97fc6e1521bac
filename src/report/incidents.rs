//! Incidents by service and month, how they were noticed, and how long they took.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::model::postmortem::Measure;
use crate::report::facts::{Facts, Incident};
use crate::report::{Column, Figures, Look, Month, Share, Table, Value, counted, median};

/// Incidents of the last twelve months, by month.
pub(crate) fn by_month<'a>(
    facts: &Facts<'_>,
    incidents: impl IntoIterator<Item = &'a Incident<'a>>,
) -> Vec<(Month, u32)> {
    let mut months: Vec<(Month, u32)> =
        Month::twelve(facts.today).into_iter().map(|month| (month, 0)).collect();
    for incident in incidents {
        let month = incident.day.map(Month::of);
        if let Some((_, n)) = months.iter_mut().find(|(known, _)| Some(*known) == month) {
            *n += 1;
        }
    }
    months
}

/// The counts of months as cells.
pub(crate) fn cells(months: &[(Month, u32)]) -> impl Iterator<Item = Value> + '_ {
    months.iter().map(|(_, n)| Value::Number(u64::from(*n)))
}

/// Columns of the last twelve months.
pub(crate) fn month_columns(facts: &Facts<'_>) -> impl Iterator<Item = Column> {
    Month::twelve(facts.today).into_iter().map(Column::month)
}

fn sum(months: &[(Month, u32)]) -> u64 {
    months.iter().map(|(_, n)| u64::from(*n)).sum()
}

/// Incidents per service and month.
pub(crate) fn incidents(facts: &Facts<'_>) -> Figures {
    let all = by_month(facts, &facts.incidents);
    let mut rows = Vec::new();
    for (service, of) in &facts.of_service {
        let of: Vec<&Incident<'_>> = of.iter().map(|n| &facts.incidents[*n]).collect();
        let months = by_month(facts, of.iter().copied());
        let open = of.iter().flat_map(|i| &i.postmortem.actions);
        let open = open.filter(|action| action.state.is_open()).count();
        let mut row = vec![facts.service(service), facts.team(facts.site.owner_of(service))];
        row.extend(cells(&months));
        row.extend([
            Value::Number(sum(&months)),
            Value::count(of.len()),
            Value::count(open),
            Value::day(of.first().and_then(|i| i.day)),
        ]);
        rows.push(((Reverse(sum(&months)), Reverse(of.len())), row));
    }
    rows.sort_by_key(|(order, _)| *order);
    let mut columns = Column::plain([("service", "Service"), ("team", "Team")]);
    columns.extend(month_columns(facts));
    columns.extend(Column::plain([
        ("twelve_months", "In 12 months"),
        ("all", "In all"),
        ("open_actions", "Open actions"),
        ("last", "Last"),
    ]));
    Figures {
        name: "incidents",
        title: "Incidents by service and month",
        lead: format!(
            "{} in twelve months, {} in all.",
            counted(usize::try_from(sum(&all)).unwrap_or(0), "incident", "incidents"),
            facts.incidents.len()
        ),
        notes: vec![
            "An incident counts for each service it names. Few incidents may also mean few postmortems.".to_owned(),
        ],
        months: Some(("incidents", all)),
        totals: by_severity(facts),
        table: Table {
            title: "By service",
            columns,
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        },
        ..Figures::default()
    }
}

fn by_severity(facts: &Facts<'_>) -> Option<Table> {
    let mut severities: BTreeMap<String, Vec<&Incident<'_>>> = BTreeMap::new();
    for incident in &facts.incidents {
        let word = incident.postmortem.severity.as_ref().map(|s| s.value.to_lowercase());
        severities
            .entry(word.unwrap_or_else(|| "not stated".to_owned()))
            .or_default()
            .push(incident);
    }
    let row = |(severity, of): (&String, &Vec<&Incident<'_>>)| {
        let months = by_month(facts, of.iter().copied());
        let mut row = vec![Value::Text(severity.clone())];
        row.extend(cells(&months));
        row.extend([Value::Number(sum(&months)), Value::count(of.len())]);
        row
    };
    let mut columns = Column::plain([("severity", "Severity")]);
    columns.extend(month_columns(facts));
    columns.extend(Column::plain([("twelve_months", "In 12 months"), ("all", "In all")]));
    let rows: Vec<Vec<Value>> = severities.iter().map(row).collect();
    (!rows.is_empty()).then_some(Table { title: "By severity", columns, rows })
}

/// How incidents were noticed.
pub(crate) fn detection(facts: &Facts<'_>) -> Figures {
    let mut methods: BTreeMap<&str, Vec<&Incident<'_>>> = BTreeMap::new();
    for incident in &facts.incidents {
        let method = incident.postmortem.detection.as_ref().map_or("not stated", |d| &d.value);
        methods.entry(method).or_default().push(incident);
    }
    let all = facts.incidents.len();
    let stated = all - methods.get("not stated").map_or(0, Vec::len);
    let by_alert = methods.get("alert").map_or(0, Vec::len);
    let mut rows = Vec::new();
    for (method, of) in &methods {
        let times: Vec<i64> =
            of.iter().filter_map(|i| i.postmortem.duration(Measure::Detect)).collect();
        rows.push((
            (*method == "not stated", Reverse(of.len())),
            vec![
                Value::text(method),
                Value::Share(of.len() as u64, all as u64),
                Value::seconds(median(times.clone())),
                Value::count(times.len()),
                Value::Pages(
                    of.iter()
                        .take(5)
                        .map(|i| {
                            let address = facts.site.routes.doc(i.id).clone();
                            (i.doc.id.value.clone(), Some(address))
                        })
                        .collect(),
                ),
            ],
        ));
    }
    rows.sort_by_key(|(order, _)| *order);
    let mut columns = Column::plain([
        ("method", "Noticed by"),
        ("incidents", "Incidents"),
        ("median_detect_seconds", "Median time to detect"),
        ("timed", "Of so many"),
        ("latest", "Latest"),
    ]);
    columns[1].look = Look::Bar;
    Figures {
        name: "detection",
        title: "How incidents were noticed",
        lead: format!(
            "{by_alert} of {} that say how were noticed by an alert.",
            counted(stated, "incident", "incidents")
        ),
        notes: vec!["A median is shown from three incidents on.".to_owned()],
        share: Some(Share {
            part: by_alert as u64,
            of: stated as u64,
            words: "incidents noticed by an alert",
        }),
        table: Table {
            title: "Ways",
            columns,
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        },
        ..Figures::default()
    }
}

/// How long incidents took: points, median and number; a mean of such numbers says nothing.
pub(crate) fn durations(facts: &Facts<'_>) -> Figures {
    let measures = [
        (Measure::Detect, "detect_seconds", "To detect"),
        (Measure::Acknowledge, "acknowledge_seconds", "To acknowledge"),
        (Measure::Mitigate, "mitigate_seconds", "To mitigate"),
        (Measure::Resolve, "resolve_seconds", "To resolve"),
    ];
    let mut rows = Vec::new();
    for incident in &facts.incidents {
        let times = measures.map(|(measure, ..)| incident.postmortem.duration(measure));
        if times.iter().all(Option::is_none) {
            continue;
        }
        let mut row = vec![
            facts.incident(incident),
            Value::day(incident.day),
            Value::text(incident.postmortem.severity.as_ref().map_or("", |s| &s.value)),
            facts.services(incident.postmortem.services.iter().map(|s| &s.value)),
        ];
        row.extend(times.map(Value::seconds));
        rows.push(row);
    }
    let totals = measures.iter().map(|(measure, ..)| {
        let all: Vec<i64> =
            facts.incidents.iter().filter_map(|i| i.postmortem.duration(*measure)).collect();
        vec![
            Value::text(measure.words()),
            Value::Points(all.clone()),
            Value::seconds(median(all.clone())),
            Value::count(all.len()),
            Value::seconds(all.iter().min().copied()),
            Value::seconds(all.iter().max().copied()),
        ]
    });
    let totals = Table {
        title: "In all",
        columns: Column::plain([
            ("measure", "Measure"),
            ("points", "Each incident"),
            ("median_seconds", "Median"),
            ("incidents", "Incidents"),
            ("shortest_seconds", "Shortest"),
            ("longest_seconds", "Longest"),
        ]),
        rows: totals.collect(),
    };
    let mut columns = Column::plain([
        ("incident", "Incident"),
        ("day", "Day"),
        ("severity", "Severity"),
        ("services", "Services"),
    ]);
    columns.extend(measures.iter().map(|(_, key, title)| Column::new(key, title)));
    Figures {
        name: "durations",
        title: "How long incidents took",
        lead: format!(
            "{} of {} have times from which a duration follows.",
            rows.len(),
            counted(facts.incidents.len(), "postmortem", "postmortems")
        ),
        notes: vec![
            "Derived from the time stamps, never as stated. The scale of the points is logarithmic. There is no mean: one long incident would decide it. A median is shown from three incidents on.".to_owned(),
        ],
        totals: Some(totals),
        table: Table { title: "Incidents", columns, rows },
        ..Figures::default()
    }
}

//! What is missing: pages that others ask for, what to write next, pages that nothing leads to.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::config::Urgency;
use crate::link::resolve::Resolved;
use crate::model::document::{Detail, Doc};
use crate::model::id::{DocId, ServiceId};
use crate::parse::tree::Kind;
use crate::report::coverage::alerts;
use crate::report::facts::Facts;
use crate::report::{Column, Figures, Look, Mood, Table, Value, counted};
use crate::text::path::join;

/// Points that each reason is worth; the page says them.
const PER_TIER: u64 = 10;
const PER_INCIDENT: u64 = 5;
const WAKES: u64 = 20;
/// More dependants than this add no weight: all of them are many.
const MOST_DEPENDANTS: u64 = 20;

/// What to write next: alerts and services without a runbook, by what their lack may cost.
pub(crate) fn next(facts: &Facts<'_>) -> Figures {
    let mut rows = Vec::new();
    let mut weigh =
        |what: Value, kind: &str, services: &[ServiceId], wakes: bool, incidents: usize| {
            let tier = facts.tier(services);
            let feel =
                services.iter().filter_map(|s| facts.radius.get(s)).max().copied().unwrap_or(0);
            // Where nothing is said, a service counts as one of the third tier.
            let tiers = 5 - u64::from(tier.unwrap_or(3).clamp(1, 4));
            let points = PER_TIER * tiers
                + (feel as u64).min(MOST_DEPENDANTS)
                + PER_INCIDENT * incidents as u64
                + if wakes { WAKES } else { 0 };
            rows.push((
                Reverse(points),
                vec![
                    what,
                    Value::Number(points),
                    Value::text(kind),
                    facts.services(services),
                    facts.team(services.first().and_then(|s| facts.site.owner_of(s))),
                    tier.map_or(Value::None, |t| Value::Number(u64::from(t))),
                    Value::count(feel),
                    Value::count(incidents),
                    if wakes { Value::State("yes", Mood::Warn) } else { Value::None },
                ],
            ));
        };
    for alert in alerts(facts).iter().filter(|a| a.class != crate::report::coverage::Class::Exempt)
    {
        if !alert.class.is_covered() {
            let caught = facts.of_alert.get(alert.name).map_or(0, |of| lately(facts, of));
            let wakes = alert.urgency == Some(Urgency::Page);
            weigh(facts.alert(alert.name), "alert", &alert.services, wakes, caught);
        }
    }
    for service in facts.site.catalog.services.values().filter(|s| s.declared) {
        if !facts.runbooks.contains_key(&service.id) {
            let n = facts.of_service.get(&service.id).map_or(0, |of| lately(facts, of));
            let ids = std::slice::from_ref(&service.id);
            weigh(facts.service(&service.id), "service", ids, false, n);
        }
    }
    rows.sort_by_key(|(points, _)| *points);
    let mut columns = Column::plain([
        ("what", "Write a runbook for"),
        ("points", "Points"),
        ("kind", "Kind"),
        ("services", "Services"),
        ("team", "Team"),
        ("tier", "Tier"),
        ("blast_radius", "Feel it"),
        ("incidents", "Incidents"),
        ("wakes", "Wakes somebody"),
    ]);
    columns[1].look = Look::Bar;
    Figures {
        name: "next",
        title: "What to write next",
        lead: format!(
            "{} no runbook.",
            match rows.len() {
                1 => "1 alert or service has".to_owned(),
                n => format!("{n} alerts and services have"),
            }
        ),
        notes: vec![format!(
            "Points = {PER_TIER} × (5 − tier of the service, 3 where none is stated) + services that feel it when it is down (at most {MOST_DEPENDANTS}) + {PER_INCIDENT} × incidents of the last 365 days (that the alert caught, or of the service) + {WAKES} where the alert wakes somebody."
        )],
        table: Table {
            title: "Alerts and services",
            columns,
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        },
        ..Figures::default()
    }
}

fn lately(facts: &Facts<'_>, incidents: &[usize]) -> usize {
    incidents.iter().filter(|n| facts.is_lately(facts.incidents[**n].day)).count()
}

/// What asks for a page that does not exist.
#[derive(Default)]
struct Demand {
    /// Files that ask.
    by: BTreeSet<u32>,
    /// The first of them, as path and line.
    first: String,
}

/// Pages that are linked or named and do not exist, by how many files ask for them.
pub(crate) fn wanted(facts: &Facts<'_>) -> Figures {
    let site = facts.site;
    let mut demands: BTreeMap<(&str, String), Demand> = BTreeMap::new();
    let mut ask = |kind: &'static str, name: String, source: u32, at: u32| {
        let demand = demands.entry((kind, name)).or_default();
        if demand.by.is_empty() {
            let source = &site.sources.files[source as usize];
            demand.first = format!("{}:{}", source.path, source.line_column(at).0);
        }
        demand.by.insert(source);
    };
    for (id, doc) in site.docs() {
        let source = site.source(doc);
        for (node, resolved) in &site.links[id.0 as usize].by_node {
            let node = &doc.tree.nodes[*node as usize];
            if let (Resolved::Broken, Kind::Link(target)) = (resolved, &node.kind) {
                let written = target.address.of(&source.text);
                let path = written.split(['#', '?']).next().unwrap_or(written);
                let path = match path.strip_prefix('/') {
                    Some(absolute) => absolute.to_owned(),
                    None => join(source.folder(), path).unwrap_or_else(|| path.to_owned()),
                };
                ask("page", path, doc.source.0, node.span.start);
            }
        }
        if let Detail::Postmortem(postmortem) = &doc.detail {
            for (name, _) in &postmortem.runbooks_used {
                if facts.missed.contains_key(name.value.as_str()) {
                    let at = name.place.map_or(0, |place| place.span.start);
                    ask("runbook", name.value.clone(), doc.source.0, at);
                }
            }
        }
    }
    if site.catalog.declares_services {
        for service in site.catalog.services.values() {
            for dependency in &service.depends_on {
                let known = |id| site.catalog.services.get(id).is_some_and(|s| s.declared);
                if let Some(id) = dependency.service.as_ref().filter(|id| !known(id)) {
                    let place = dependency.place;
                    ask("service", id.to_string(), place.source.0, place.span.start);
                }
            }
        }
    }
    let mut rows: Vec<_> = demands.into_iter().collect();
    rows.sort_by_key(|(_, demand)| Reverse(demand.by.len()));
    let rows: Vec<Vec<Value>> = rows
        .into_iter()
        .map(|((kind, name), demand)| {
            vec![
                Value::Text(name),
                Value::text(kind),
                Value::count(demand.by.len()),
                Value::Text(demand.first),
            ]
        })
        .collect();
    let mut columns = Column::plain([
        ("wanted", "Wanted"),
        ("kind", "Kind"),
        ("files", "Files that ask"),
        ("first", "First asked in"),
    ]);
    columns[2].look = Look::Bar;
    Figures {
        name: "wanted",
        title: "Wanted pages",
        lead: format!(
            "{} asked for and {} not exist.",
            counted(rows.len(), "page is", "pages are"),
            if rows.len() == 1 { "does" } else { "do" }
        ),
        notes: vec![
            "Targets of broken links, services that others depend on and nobody declares, runbooks that postmortems used and nobody wrote.".to_owned(),
        ],
        table: Table { title: "Wanted", columns, rows },
        ..Figures::default()
    }
}

/// Runbooks and pages that nothing leads to but lists and the search.
pub(crate) fn orphans(facts: &Facts<'_>) -> Figures {
    let site = facts.site;
    let mut led_to: BTreeSet<DocId> = BTreeSet::new();
    for (name, rules) in &site.catalog.alerts {
        // A runbook that claims an alert which no rule raises is reached by nobody.
        if !rules.is_empty() {
            led_to.extend(site.alerts.documents(name, rules));
        }
    }
    let is_orphan = |id: DocId, doc: &Doc| {
        let kind = matches!(doc.detail, Detail::Runbook(_) | Detail::Page);
        kind && !led_to.contains(&id)
            && !facts.used.contains_key(&id)
            && site.routes.home != Some(id)
            && !site.backlinks.contains_key(site.routes.doc(id))
    };
    let orphans: Vec<(DocId, &Doc)> = site.docs().filter(|(id, doc)| is_orphan(*id, doc)).collect();
    let runbooks =
        orphans.iter().filter(|(_, doc)| matches!(doc.detail, Detail::Runbook(_))).count();
    let mut rows: Vec<_> = orphans
        .iter()
        .map(|(id, doc)| {
            let row = vec![
                facts.doc(*id),
                Value::text(doc.kind.value.word()),
                facts.team(doc.owner.as_ref().map(|o| &o.value)),
                facts.path(doc),
            ];
            (!matches!(doc.detail, Detail::Runbook(_)), row)
        })
        .collect();
    rows.sort_by_key(|(rank, _)| *rank);
    Figures {
        name: "orphans",
        title: "Pages that nothing leads to",
        lead: format!(
            "{runbooks} of {} and {} are reached by lists and the search only.",
            counted(facts.all_runbooks().count(), "runbook", "runbooks"),
            counted(orphans.len() - runbooks, "other page", "other pages")
        ),
        notes: vec![
            "No alert that fires leads to them, no page links to them, and no postmortem used them.".to_owned(),
        ],
        table: Table {
            title: "Pages",
            columns: Column::plain([
                ("page", "Page"),
                ("kind", "Kind"),
                ("team", "Team"),
                ("source", "Source"),
            ]),
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        },
        ..Figures::default()
    }
}

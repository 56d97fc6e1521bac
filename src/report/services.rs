//! Services × parts: who owns each, who feels it, and which parts its runbooks have.

use std::collections::BTreeMap;

use crate::model::document::Detail;
use crate::model::id::{DocId, ServiceId};
use crate::model::runbook::Runbook;
use crate::model::sections::RunbookPart;
use crate::report::coverage::{Class, alerts};
use crate::report::facts::Facts;
use crate::report::{Column, Figures, Look, Share, Table, Value, counted};

/// Parts that the report counts: key and title.
const PARTS: [(&str, &str); 7] = [
    ("meaning", "Meaning"),
    ("impact", "Impact"),
    ("first_command", "First command"),
    ("mitigation", "Mitigation"),
    ("verification", "Verification"),
    ("rollback", "Rollback"),
    ("escalation", "Escalation"),
];

/// True where a runbook has the part of this key.
fn has(runbook: &Runbook, key: &str) -> bool {
    let section = |part| runbook.parts.iter().any(|(p, _)| *p == part);
    match key {
        "meaning" => {
            section(RunbookPart::Meaning)
                || runbook.meaning.is_some()
                || runbook.procedure.meaning.is_some()
        }
        "impact" => {
            section(RunbookPart::Impact)
                || runbook.impact.is_some()
                || runbook.procedure.impact.is_some()
        }
        "first_command" => runbook.first.is_some() || runbook.procedure.first.is_some(),
        "mitigation" => section(RunbookPart::Mitigation),
        "verification" => section(RunbookPart::Verification) || runbook.verification.is_some(),
        "rollback" => section(RunbookPart::Rollback) || runbook.rollback.is_some(),
        _ => section(RunbookPart::Escalation) || !runbook.escalation.is_empty(),
    }
}

/// The report.
pub(crate) fn services(facts: &Facts<'_>) -> Figures {
    let alerts = alerts(facts);
    let mut of_service: BTreeMap<&ServiceId, (u64, u64)> = BTreeMap::new();
    for alert in alerts.iter().filter(|a| a.class != Class::Exempt) {
        for service in &alert.services {
            let (covered, all) = of_service.entry(service).or_default();
            *covered += u64::from(alert.class.is_covered());
            *all += 1;
        }
    }
    let catalog = &facts.site.catalog;
    let mut rows = Vec::new();
    let mut with = 0;
    for service in catalog.services.values().filter(|s| s.declared || !catalog.declares_services) {
        let ids = facts.runbooks.get(&service.id).map_or(&[][..], Vec::as_slice);
        with += usize::from(!ids.is_empty());
        let (covered, all) = of_service.get(&service.id).copied().unwrap_or_default();
        let team = service.owner.as_ref().map(|o| &o.value);
        let called = |oncall: &crate::model::service::OnCall| {
            oncall.url.is_some() || !oncall.escalation.is_empty()
        };
        let by_team = || catalog.teams.get(team?)?.oncall.as_ref();
        let oncall = service.oncall.as_ref().or_else(by_team).is_some_and(called);
        let dashboard = service.links.iter().any(|link| link.rel == "dashboard")
            || facts.site.config.url_templates.contains_key("dashboard");
        let lately = facts.of_service.get(&service.id).map_or(0, |of| {
            of.iter().filter(|n| facts.is_lately(facts.incidents[**n].day)).count()
        });
        let mut row = vec![
            facts.service(&service.id),
            facts.team(team),
            Value::text(service.tier.as_ref().map_or("", |t| t.value.word.as_str())),
            Value::count(facts.radius.get(&service.id).copied().unwrap_or(0)),
            Value::count(lately),
            if all == 0 { Value::None } else { Value::Share(covered, all) },
            Value::yes(oncall),
            Value::yes(dashboard),
            Value::count(ids.len()),
        ];
        row.extend(PARTS.iter().map(|(key, _)| {
            let n =
                ids.iter().filter(|id| runbook(facts, **id).is_some_and(|r| has(r, key))).count();
            if ids.is_empty() { Value::None } else { Value::Share(n as u64, ids.len() as u64) }
        }));
        rows.push(row);
    }
    let mut columns = Column::plain([
        ("service", "Service"),
        ("team", "Team"),
        ("tier", "Tier"),
        ("blast_radius", "Feel it"),
        ("incidents", "Incidents"),
        ("alerts_covered", "Alerts with a runbook"),
        ("on_call", "On call"),
        ("dashboard", "Dashboard"),
        ("runbooks", "Runbooks"),
    ]);
    if let Some(column) = columns.get_mut(3) {
        column.look = Look::Bar;
    }
    columns.extend(Column::plain(PARTS));
    Figures {
        name: "services",
        title: "Services and the parts of their runbooks",
        lead: format!("{with} of {} have a runbook.", counted(rows.len(), "service", "services")),
        notes: vec![
            "Declared services. “Feel it” counts the services that depend on one, over any number of steps. A part is counted where front matter states it or a heading names it; incidents are those of the last 365 days.".to_owned(),
        ],
        share: Some(Share {
            part: with as u64,
            of: rows.len() as u64,
            words: "services that have a runbook",
        }),
        table: Table { title: "Services", columns, rows },
        ..Figures::default()
    }
}

fn runbook<'a>(facts: &Facts<'a>, id: DocId) -> Option<&'a Runbook> {
    match &facts.site.doc(id).detail {
        Detail::Runbook(runbook) => Some(runbook),
        _ => None,
    }
}

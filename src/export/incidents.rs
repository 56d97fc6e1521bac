//! Postmortems, actions and lessons → rows of the interface. Every key always stands there.

use serde::Serialize;

use crate::link::concern::{Concerned, Learned, Person};
use crate::link::routes::UrlPath;
use crate::model::field::Field;
use crate::model::id::{FactorId, LessonId, ServiceId, TeamId};
use crate::model::postmortem::Measure;
use crate::report::facts::Facts;
use crate::text::date::Stamp;

/// One postmortem.
#[derive(Serialize)]
pub(crate) struct PostmortemRow<'a> {
    id: &'a str,
    url: &'a str,
    title: &'a str,
    status: &'a str,
    severity: Option<&'a str>,
    day: Option<String>,
    services: Vec<&'a ServiceId>,
    teams: Vec<TeamId>,
    authors: Vec<&'a str>,
    started_at: Option<String>,
    detected_at: Option<String>,
    acknowledged_at: Option<String>,
    mitigated_at: Option<String>,
    resolved_at: Option<String>,
    detect_seconds: Option<i64>,
    acknowledge_seconds: Option<i64>,
    mitigate_seconds: Option<i64>,
    resolve_seconds: Option<i64>,
    detection: Option<&'a str>,
    detection_alerts: Vec<&'a str>,
    impact: Option<&'a str>,
    factors: Vec<&'a FactorId>,
    runbooks_used: Vec<UsedRow<'a>>,
    actions: usize,
    source: &'a str,
}

#[derive(Serialize)]
pub(crate) struct UsedRow<'a> {
    runbook: &'a str,
    helped: Option<&'a str>,
}

/// Every postmortem, newest first.
pub(crate) fn postmortems<'a>(facts: &'a Facts<'a>) -> Vec<PostmortemRow<'a>> {
    let at = |field: &Option<Field<Stamp>>| field.as_ref().map(|f| f.value.iso());
    facts
        .incidents
        .iter()
        .map(|incident| {
            let postmortem = incident.postmortem;
            PostmortemRow {
                id: &incident.doc.id.value,
                url: facts.site.routes.doc(incident.id).as_str(),
                title: &incident.doc.title.value,
                status: postmortem.status(),
                severity: postmortem.severity.as_ref().map(|s| s.value.as_str()),
                day: incident.day.map(|d| d.to_string()),
                services: postmortem.services.iter().map(|s| &s.value).collect(),
                teams: facts.site.teams_of_incident(postmortem),
                authors: postmortem.authors.iter().map(|a| a.value.as_str()).collect(),
                started_at: at(&postmortem.started_at),
                detected_at: at(&postmortem.detected_at),
                acknowledged_at: at(&postmortem.acknowledged_at),
                mitigated_at: at(&postmortem.mitigated_at),
                resolved_at: at(&postmortem.resolved_at),
                detect_seconds: postmortem.duration(Measure::Detect),
                acknowledge_seconds: postmortem.duration(Measure::Acknowledge),
                mitigate_seconds: postmortem.duration(Measure::Mitigate),
                resolve_seconds: postmortem.duration(Measure::Resolve),
                detection: postmortem.detection.as_ref().map(|d| d.value.as_str()),
                detection_alerts: postmortem
                    .detection_alerts
                    .iter()
                    .map(|a| a.value.as_str())
                    .collect(),
                impact: postmortem.impact.as_deref(),
                factors: postmortem.factors.iter().map(|(f, _)| &f.value).collect(),
                runbooks_used: postmortem
                    .runbooks_used
                    .iter()
                    .map(|(name, helped)| UsedRow {
                        runbook: &name.value,
                        helped: helped.as_deref(),
                    })
                    .collect(),
                actions: postmortem.actions.len(),
                source: &facts.site.source(incident.doc).path,
            }
        })
        .collect()
}

/// One action item.
#[derive(Serialize)]
pub(crate) struct ActionRow<'a> {
    name: &'a str,
    title: String,
    state: &'static str,
    overdue: bool,
    due: Option<String>,
    done_on: Option<String>,
    age_days: Option<i64>,
    owner: Option<&'a str>,
    team: Option<&'a TeamId>,
    r#type: Option<&'a str>,
    link: Option<&'a str>,
    postmortem: &'a str,
    postmortem_url: &'a str,
    source: &'a str,
    line: usize,
}

/// Every action item, overdue ones first.
pub(crate) fn actions<'a>(facts: &'a Facts<'a>) -> Vec<ActionRow<'a>> {
    facts
        .ledger
        .iter()
        .map(|entry| {
            let incident = &facts.incidents[entry.incident];
            let source = facts.site.sources.get(entry.action.place.source);
            ActionRow {
                title: entry.title(),
                state: entry.action.state.words(),
                overdue: entry.late.is_some(),
                due: entry.action.due.map(|d| d.to_string()),
                done_on: entry.action.done_on.map(|d| d.to_string()),
                age_days: entry.age,
                owner: entry.action.owner.as_deref(),
                r#type: entry.action.kind.as_deref(),
                link: entry.action.link.as_deref(),
                postmortem: &incident.doc.id.value,
                postmortem_url: facts.site.routes.doc(incident.id).as_str(),
                source: &source.path,
                line: source.line_column(entry.action.place.span.start).0,
                name: &entry.name,
                team: entry.team.as_ref(),
            }
        })
        .collect()
}

/// One lesson.
#[derive(Serialize)]
pub(crate) struct LessonRow<'a> {
    id: &'a LessonId,
    url: Option<&'a str>,
    text: &'a str,
    day: Option<String>,
    teams: Vec<&'a TeamId>,
    postmortems: Vec<&'a str>,
    concerns: Vec<ConcernedRow<'a>>,
}

#[derive(Serialize)]
pub(crate) struct ConcernedRow<'a> {
    service: &'a ServiceId,
    weight: u32,
    reasons: Vec<String>,
    answer: Option<&'a str>,
    on: Option<String>,
    note: Option<&'a str>,
}

/// Every lesson, and whom it concerns.
pub(crate) fn lessons<'a>(facts: &'a Facts<'a>) -> Vec<LessonRow<'a>> {
    let site = facts.site;
    let row = |(id, learned): (&'a LessonId, &'a Learned)| {
        let lesson = site.catalog.lessons.get(id)?;
        let concerned = |of: &'a Concerned| {
            let service = site.catalog.services.get(&of.service);
            let said = service.and_then(|s| s.answer_to(id)).filter(|_| of.answer.is_some());
            ConcernedRow {
                service: &of.service,
                weight: of.weight,
                reasons: of.reasons.iter().map(|reason| reason.words(Person::It)).collect(),
                answer: said.map(|answer| answer.answer.as_str()),
                on: said.and_then(|answer| answer.on).map(|day| day.to_string()),
                note: said.and_then(|answer| answer.note.as_deref()),
            }
        };
        Some(LessonRow {
            id,
            url: site.routes.lesson(id).map(UrlPath::as_str),
            text: &lesson.text,
            day: learned.day.map(|d| d.to_string()),
            teams: learned.teams.iter().collect(),
            postmortems: lesson
                .postmortems
                .iter()
                .map(|id| site.routes.doc(*id).as_str())
                .collect(),
            concerns: learned.services.iter().map(concerned).collect(),
        })
    };
    site.concern.lessons().filter_map(row).collect()
}

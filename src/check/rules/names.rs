//! Names in metadata: services, teams, alerts and lessons that must be declared somewhere.

use std::collections::BTreeSet;

use crate::diag::{Code, Finding, Place};
use crate::link::Site;
use crate::model::document::Detail;
use crate::model::field::{Field, Origin};
use crate::model::id::{LessonId, ServiceId, TeamId};
use crate::model::lesson::is_reference;
use crate::text::date::Day;
use crate::text::nearest::nearest;

pub(crate) fn check(site: &Site, _today: Day, findings: &mut Vec<Finding>) {
    let catalog = &site.catalog;
    let services: Vec<&str> =
        catalog.services.values().filter(|s| s.declared).map(|s| s.id.as_str()).collect();
    let teams: Vec<&str> =
        catalog.teams.values().filter(|t| t.declared).map(|t| t.id.as_str()).collect();
    let unknown_service = |id: &ServiceId, place: Place| {
        let message = format!("no file declares the service `{id}`");
        Finding::new(Code::UnknownService, place, message)
            .nearest(nearest(id.as_str(), services.iter().copied()))
    };
    let unknown_lesson = |id: &LessonId, place: Place| {
        let known = catalog.lessons.keys().map(LessonId::as_str);
        Finding::new(Code::UnknownLesson, place, format!("there is no lesson `{id}`"))
            .nearest(nearest(id.as_str(), known))
    };
    let unknown_team = |id: &TeamId, place: Place| {
        let message = format!("no file declares the team `{id}`");
        Finding::new(Code::UnknownTeam, place, message)
            .nearest(nearest(id.as_str(), teams.iter().copied()))
    };
    let stated =
        |owner: &Field<TeamId>| matches!(owner.origin, Origin::Stated(_) | Origin::Section(_));
    let is_team = |id: &TeamId| catalog.teams.get(id).is_some_and(|t| t.declared);
    for service in catalog.services.values().filter(|s| s.declared) {
        for dependency in &service.depends_on {
            match &dependency.service {
                None => findings.push(
                    Finding::new(
                        Code::EmptyDependency,
                        dependency.place,
                        format!("a dependency of `{}` names nothing", service.id),
                    )
                    .hint("name the service, or remove the entry"),
                ),
                Some(id) if !catalog.services.contains_key(id) => {
                    findings.push(unknown_service(id, dependency.place));
                }
                Some(_) => {}
            }
        }
        if let Some(owner) = service
            .owner
            .as_ref()
            .filter(|o| catalog.declares_teams && stated(o) && !is_team(&o.value))
        {
            findings.push(unknown_team(&owner.value, owner.place.unwrap_or(service.place)));
        }
        for answer in service.answers.iter().filter(|a| !catalog.lessons.contains_key(&a.lesson)) {
            findings.push(unknown_lesson(&answer.lesson, answer.place));
        }
    }
    let raised: BTreeSet<&str> =
        catalog.alerts.iter().filter(|(_, r)| !r.is_empty()).map(|(n, _)| n.as_str()).collect();
    for doc in &catalog.documents {
        let named: &[Field<ServiceId>] = match &doc.detail {
            Detail::Runbook(runbook) => &runbook.services,
            Detail::Postmortem(postmortem) => &postmortem.services,
            _ => &[],
        };
        for field in named.iter().filter(|_| catalog.declares_services) {
            let declared = catalog.services.get(&field.value).is_some_and(|s| s.declared);
            if let Some(place) = field.place.filter(|_| !declared) {
                findings.push(unknown_service(&field.value, place));
            }
        }
        if let Some(owner) =
            doc.owner.as_ref().filter(|o| catalog.declares_teams && stated(o) && !is_team(&o.value))
        {
            // A service's own owner is reported where the service is.
            if !matches!(doc.detail, Detail::Service(_) | Detail::Team(_)) {
                findings.push(unknown_team(
                    &owner.value,
                    owner.place.unwrap_or(Place::file(doc.source)),
                ));
            }
        }
        if let Detail::Postmortem(postmortem) = &doc.detail {
            for alert in postmortem
                .detection_alerts
                .iter()
                .filter(|a| !raised.is_empty() && !raised.contains(a.value.as_str()))
            {
                let place = alert.place.unwrap_or(Place::file(doc.source));
                let message = format!("no rule raises `{}`", alert.value);
                findings.push(
                    Finding::new(Code::UnknownAlert, place, message)
                        .nearest(nearest(&alert.value, raised.iter().copied())),
                );
            }
            for stated in postmortem.lessons.iter().filter(|l| is_reference(&l.text)) {
                let id = LessonId::new(&stated.text);
                if !catalog.lessons.contains_key(&id) {
                    findings.push(unknown_lesson(&id, stated.place));
                }
            }
            for action in &postmortem.actions {
                let team =
                    action.owner.as_deref().and_then(|o| o.strip_prefix("team:")).map(TeamId::new);
                if let Some(team) = team.filter(|t| catalog.declares_teams && !is_team(t)) {
                    findings.push(unknown_team(&team, action.place));
                }
            }
        }
    }
}

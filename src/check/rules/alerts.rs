//! Alerts and runbooks: each alert has a runbook, each runbook its alert, and its rule names it.

use std::collections::BTreeSet;

use crate::config::Urgency;
use crate::diag::{Code, Finding, Place};
use crate::link::Site;
use crate::link::alerts::{RunbookTarget, annotation};
use crate::model::document::Detail;
use crate::model::field::Origin;
use crate::text::date::Day;
use crate::text::nearest::nearest;

pub(crate) fn check(site: &Site, _today: Day, findings: &mut Vec<Finding>) {
    let any_rules = !site.catalog.rules.is_empty();
    for (name, rules) in &site.catalog.alerts {
        if site.config.alerts.exempt.contains(name) || rules.is_empty() {
            continue;
        }
        let targets: Vec<&RunbookTarget> =
            rules.iter().map(|r| &site.alerts.by_rule[*r as usize]).collect();
        let claimed = site.alerts.claims.get(name).is_some_and(|c| !c.is_empty());
        let first = &site.catalog.rules[rules[0] as usize];
        // A dead, placeholder or templated address has a finding of its own; another site's page is a runbook too.
        let spoken =
            targets.iter().any(|t| !matches!(t, RunbookTarget::None | RunbookTarget::OwnPage));
        let silent = rules.iter().all(|r| {
            let severity = site.catalog.rules[*r as usize].severity().unwrap_or("");
            site.config.policy.urgency(severity) == Some(Urgency::None)
        });
        if !claimed && !spoken && !silent {
            findings.push(
                Finding::new(Code::AlertWithoutRunbook, first.place, format!("nobody wrote a runbook for `{name}`"))
                    .hint(format!("write one named `{name}.md`, or list the alert under `alerts:` of the one that helps")),
            );
        }
        if claimed && targets.iter().all(|t| matches!(t, RunbookTarget::None)) {
            findings.push(
                Finding::new(
                    Code::RunbookByNameOnly,
                    first.place,
                    format!("the rule of `{name}` does not name its runbook"),
                )
                .hint(format!("add `{}`", annotation(&site.config, name))),
            );
        }
    }
    let known = || {
        site.catalog
            .alerts
            .iter()
            .filter(|(_, rules)| !rules.is_empty())
            .map(|(name, _)| name.as_str())
    };
    for doc in &site.catalog.documents {
        let Detail::Runbook(runbook) = &doc.detail else { continue };
        for alert in &runbook.alerts {
            if !any_rules || site.catalog.alerts.get(&alert.value).is_some_and(|r| !r.is_empty()) {
                continue;
            }
            let place = alert.place.unwrap_or(Place::file(doc.source));
            let finding = Finding::new(
                Code::RunbookWithoutAlert,
                place,
                format!("no rule raises `{}`", alert.value),
            );
            let stated = matches!(alert.origin, Origin::Stated(_));
            let near = if stated { nearest(&alert.value, known()) } else { None };
            findings.push(match near {
                Some(near) => finding.nearest(Some(near)),
                None => finding
                    .hint("the rule was renamed or removed, or its file is not among the sources"),
            });
        }
    }
    for (name, claims) in &site.alerts.claims {
        if claims.len() < 2 {
            continue;
        }
        let mut seen: Vec<(BTreeSet<&str>, Place)> = Vec::new();
        for id in claims {
            let doc = site.doc(*id);
            let Detail::Runbook(runbook) = &doc.detail else { continue };
            let services: BTreeSet<&str> =
                runbook.services.iter().map(|s| s.value.as_str()).collect();
            let claim = runbook.alerts.iter().find(|a| a.value == *name).and_then(|a| a.place);
            let place = claim.unwrap_or(Place::file(doc.source));
            // Runbooks of different services share an alert name without being rivals.
            if let Some((_, other)) = seen
                .iter()
                .find(|(s, _)| *s == services || s.intersection(&services).next().is_some())
            {
                let path = &site.sources.get(other.source).path;
                findings.push(
                    Finding::new(
                        Code::RivalRunbooks,
                        place,
                        format!("`{path}` answers `{name}` too"),
                    )
                    .hint("keep one, or name different `services:`")
                    .also(*other, "the other one"),
                );
            }
            seen.push((services, place));
        }
    }
}

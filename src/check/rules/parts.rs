//! Parts that somebody who was just woken misses: a first command, somebody to call, a way back.

use crate::code::effect::Effect;
use crate::config::RequiredPart;
use crate::diag::{Code, Finding, Place};
use crate::link::Site;
use crate::model::document::{Detail, Doc};
use crate::model::runbook::Runbook;
use crate::model::sections::RunbookPart;
use crate::text::date::Day;

pub(crate) fn check(site: &Site, _today: Day, findings: &mut Vec<Finding>) {
    for doc in &site.catalog.documents {
        let Detail::Runbook(runbook) = &doc.detail else { continue };
        if doc.broken || doc.plain || doc.status.as_deref() == Some("deprecated") {
            continue;
        }
        let tier = runbook
            .services
            .iter()
            .filter_map(|s| site.catalog.services.get(&s.value)?.tier.as_ref()?.value.rank)
            .min();
        let requires = |part| site.config.policy.requires(part, tier);
        let has_part = |part| runbook.parts.iter().any(|(p, _)| *p == part);
        let whole = Place::file(doc.source);
        if requires(RequiredPart::FirstCommand)
            && runbook.first.is_none()
            && runbook.procedure.first.is_none()
        {
            findings.push(
                Finding::new(Code::NoFirstCommand, whole, "nothing says what to do first")
                    .hint("put a command under `Diagnosis`, write a section `Do this first`, or add `first:`"),
            );
        }
        if requires(RequiredPart::Escalation)
            && !has_part(RunbookPart::Escalation)
            && !has_escalation(site, doc, runbook)
        {
            findings.push(
                Finding::new(
                    Code::NoEscalation,
                    whole,
                    "nobody is named to call when this does not help",
                )
                .hint("write a section `Escalation`, or add `oncall:` to the service or its team"),
            );
        }
        if requires(RequiredPart::Rollback)
            && runbook.rollback.is_none()
            && !has_part(RunbookPart::Rollback)
            && let Some(command) =
                runbook.procedure.commands.iter().find(|c| c.effect == Some(Effect::Deletes))
        {
            let place = Place::new(doc.source, doc.tree.nodes[command.node].span);
            findings.push(
                Finding::new(
                    Code::NoRollback,
                    place,
                    "this deletes, and nothing says how to take it back",
                )
                .hint("write a section `Rollback`, even if it says that there is none"),
            );
        }
    }
}

/// Returns true where front matter, a service or the owning team names somebody.
fn has_escalation(site: &Site, doc: &Doc, runbook: &Runbook) -> bool {
    let named = |oncall: &crate::model::service::OnCall| {
        oncall.url.is_some() || !oncall.escalation.is_empty()
    };
    let by_service = runbook.services.iter().any(|s| {
        site.catalog.services.get(&s.value).and_then(|s| s.oncall.as_ref()).is_some_and(named)
    });
    let by_team = doc
        .owner
        .as_ref()
        .and_then(|o| site.catalog.teams.get(&o.value)?.oncall.as_ref())
        .is_some_and(named);
    !runbook.escalation.is_empty() || by_service || by_team
}

//! Owners: every declared service has one, and so has every runbook.

use crate::diag::{Code, Finding, Place};
use crate::link::Site;
use crate::model::document::Detail;
use crate::text::date::Day;

pub(crate) fn check(site: &Site, _today: Day, findings: &mut Vec<Finding>) {
    for service in site.catalog.services.values().filter(|s| s.declared && s.owner.is_none()) {
        let system = matches!(service.kind.as_deref(), Some("system" | "domain"));
        if !system && !is_broken(site, service.place) {
            findings.push(
                Finding::new(Code::OwnerMissing, service.place, format!("nobody owns the service `{}`", service.id))
                    .hint("add `owner: team:…`, a CODEOWNERS file, or `team:` to its source in opslore.yaml"),
            );
        }
    }
    // Where nothing names an owner anywhere, each page saying so helps nobody.
    if site.catalog.teams.is_empty() {
        return;
    }
    for doc in site.catalog.documents.iter().filter(|d| d.owner.is_none() && !d.broken) {
        let Detail::Runbook(runbook) = &doc.detail else { continue };
        // The missing owner of its service is said once, at the service.
        let by_service = runbook
            .services
            .iter()
            .any(|s| site.catalog.services.get(&s.value).is_some_and(|s| s.declared));
        if !by_service {
            findings.push(
                Finding::new(
                    Code::OwnerMissing,
                    Place::file(doc.source),
                    "nobody owns this runbook",
                )
                .hint("add `owner: team:…`, or a CODEOWNERS file"),
            );
        }
    }
}

/// What broken front matter may have said is not missing.
fn is_broken(site: &Site, place: Place) -> bool {
    site.catalog.documents.iter().any(|d| d.source == place.source && d.broken)
}

//! What every later stage asks of a [`Site`]: whose alert, whose incident, due when, which page is meant.

use crate::link::Site;
use crate::link::routes::{Page, UrlPath};
use crate::model::document::Doc;
use crate::model::id::{DocId, ServiceId, TeamId};
use crate::model::postmortem::Postmortem;
use crate::text::date::{Day, Interval};
use crate::text::slug::segment;

impl Site {
    /// Returns the services that raise an alert, by the labels of its rules.
    pub fn services_of_alert(&self, name: &str) -> Vec<ServiceId> {
        let mut out: Vec<ServiceId> = Vec::new();
        for rule in self.catalog.alerts.get(name).into_iter().flatten() {
            let id = self.catalog.rules[*rule as usize].service();
            out.extend(id.filter(|id| self.catalog.services.contains_key(id) && !out.contains(id)));
        }
        out
    }

    /// Returns the teams that an alert is for: by the labels of its rules, then the owners of `services`.
    pub fn teams_of_alert(&self, name: &str, services: &[ServiceId]) -> Vec<TeamId> {
        let mut out: Vec<TeamId> = Vec::new();
        for rule in self.catalog.alerts.get(name).into_iter().flatten() {
            let team = self.catalog.rules[*rule as usize].team();
            out.extend(team.filter(|t| self.catalog.teams.contains_key(t) && !out.contains(t)));
        }
        for service in services {
            let owner = self.owner_of(service).cloned();
            out.extend(owner.filter(|t| !out.contains(t)));
        }
        out
    }

    /// Returns the teams that an incident hit: as stated, else the owners of the services.
    pub fn teams_of_incident(&self, postmortem: &Postmortem) -> Vec<TeamId> {
        self.catalog.teams_of(postmortem)
    }

    /// Returns the team that owns a service.
    pub fn owner_of(&self, service: &ServiceId) -> Option<&TeamId> {
        self.catalog.services.get(service)?.owner.as_ref().map(|owner| &owner.value)
    }

    /// Returns how often a document is to be reviewed.
    pub fn review_interval(&self, doc: &Doc) -> Interval {
        doc.review_every.as_ref().map_or(self.config.policy.review_every, |f| f.value)
    }

    /// Returns the day the next review of a document is due; `None` where it names no last one.
    pub fn review_due(&self, doc: &Doc) -> Option<Day> {
        doc.reviewed.as_ref().map(|f| f.value.plus(self.review_interval(doc)))
    }

    /// Returns the address of a reference such as `runbook:x`; a bare name may be any of them.
    pub fn reference(&self, written: &str) -> Option<UrlPath> {
        let found = places(written).into_iter().find_map(|place| self.routes.find(&place))?;
        match self.routes.pages.get(found) {
            Some(Page::Redirect(to)) => Some(to.clone()),
            _ => Some(found.clone()),
        }
    }

    /// Returns the document that a reference such as `runbook:x` means.
    pub fn referenced(&self, written: &str) -> Option<DocId> {
        match self.routes.pages.get(&self.reference(written)?)? {
            Page::Doc(id) => Some(*id),
            _ => None,
        }
    }
}

/// Returns where the page of a reference may stand, the likeliest first: `runbooks/x`, `alerts/x`.
pub fn places(written: &str) -> Vec<String> {
    let (kind, name) = match written.split_once(':') {
        Some((kind, name)) if kind.bytes().all(|b| b.is_ascii_alphabetic()) => (kind, name),
        _ => ("", written),
    };
    let folders: &[&str] = match kind {
        "runbook" => &["runbooks", "alerts"],
        "alert" => &["alerts"],
        "service" => &["services"],
        "team" => &["teams"],
        "postmortem" | "incident" => &["incidents"],
        "lesson" => &["lessons"],
        "factor" => &["factors"],
        _ => &["runbooks", "incidents", "alerts"],
    };
    let name = segment(name);
    folders.iter().map(|folder| format!("{folder}/{name}")).collect()
}

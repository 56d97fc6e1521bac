//! What every report asks of a site, counted once: incidents, runbooks by service, uses, blast radius.

use std::collections::BTreeMap;

use crate::diag::Report;
use crate::link::Site;
use crate::model::document::{Detail, Doc};
use crate::model::id::{DocId, ServiceId, TeamId};
use crate::model::postmortem::Postmortem;
use crate::model::runbook::Runbook;
use crate::report::Value;
use crate::report::actions::{self, Entry};
use crate::text::date::Day;
use crate::text::par;

/// Facts that several reports need.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The site.
    pub site: &'a Site,
    /// Its findings.
    pub findings: &'a Report,
    /// Today.
    pub today: Day,
    /// Postmortems, newest first.
    pub(crate) incidents: Vec<Incident<'a>>,
    /// Places in `incidents` by service, newest first.
    pub(crate) of_service: BTreeMap<&'a ServiceId, Vec<usize>>,
    /// Places in `incidents` by alert that caught them.
    pub(crate) of_alert: BTreeMap<&'a str, Vec<usize>>,
    /// Runbooks by service.
    pub(crate) runbooks: BTreeMap<&'a ServiceId, Vec<DocId>>,
    /// Uses of each runbook, newest first.
    pub(crate) used: BTreeMap<DocId, Vec<Use<'a>>>,
    /// Names of runbooks that incidents asked for and nobody has written.
    pub(crate) missed: BTreeMap<&'a str, Vec<Use<'a>>>,
    /// Services by team.
    pub(crate) services_of: BTreeMap<&'a TeamId, Vec<&'a ServiceId>>,
    /// The document of each service that has one.
    pub(crate) service_docs: BTreeMap<&'a ServiceId, DocId>,
    /// The document of each team that has one.
    pub(crate) team_docs: BTreeMap<&'a TeamId, DocId>,
    /// Every action, overdue ones first.
    pub(crate) ledger: Vec<Entry<'a>>,
    /// Places in `ledger` of what a team has still to do.
    pub(crate) open_of: BTreeMap<TeamId, Vec<usize>>,
    /// How many services feel it when each is down.
    pub radius: BTreeMap<&'a ServiceId, usize>,
}

/// A postmortem with its document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Incident<'a> {
    pub(crate) id: DocId,
    pub(crate) doc: &'a Doc,
    pub(crate) postmortem: &'a Postmortem,
    pub(crate) day: Option<Day>,
}

/// A runbook used in an incident.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use<'a> {
    /// Place in `Facts::incidents`.
    pub(crate) incident: usize,
    /// `yes`, `partly`, `no` or `missing`.
    pub(crate) helped: Option<&'a str>,
}

impl<'a> Facts<'a> {
    /// Counts what the reports of a site need.
    pub fn new(site: &'a Site, findings: &'a Report, today: Day) -> Self {
        let services: Vec<&ServiceId> = site.catalog.services.keys().collect();
        let radius = par::map(&services, |id| site.dependencies.blast_radius(id).len());
        let mut facts = Self {
            site,
            findings,
            today,
            incidents: Vec::new(),
            of_service: BTreeMap::new(),
            of_alert: BTreeMap::new(),
            runbooks: BTreeMap::new(),
            used: BTreeMap::new(),
            missed: BTreeMap::new(),
            services_of: BTreeMap::new(),
            service_docs: BTreeMap::new(),
            team_docs: BTreeMap::new(),
            ledger: Vec::new(),
            open_of: BTreeMap::new(),
            radius: services.into_iter().zip(radius).collect(),
        };
        for (id, doc) in site.docs() {
            match &doc.detail {
                Detail::Postmortem(postmortem) => {
                    let day = postmortem.day();
                    facts.incidents.push(Incident { id, doc, postmortem, day });
                }
                Detail::Runbook(runbook) => {
                    for service in &runbook.services {
                        push(facts.runbooks.entry(&service.value).or_default(), id);
                    }
                }
                Detail::Service(service) => {
                    facts.service_docs.entry(service).or_insert(id);
                }
                Detail::Team(team) => {
                    facts.team_docs.entry(team).or_insert(id);
                }
                Detail::Lesson(_) | Detail::Page => {}
            }
        }
        for service in site.catalog.services.values() {
            if let Some(owner) = &service.owner {
                facts.services_of.entry(&owner.value).or_default().push(&service.id);
            }
        }
        facts.incidents.sort_by(|a, b| b.day.cmp(&a.day).then(a.id.cmp(&b.id)));
        for (n, incident) in facts.incidents.iter().enumerate() {
            for service in &incident.postmortem.services {
                push(facts.of_service.entry(&service.value).or_default(), n);
            }
            for alert in &incident.postmortem.detection_alerts {
                if let Some((name, _)) = site.catalog.alerts.get_key_value(&alert.value) {
                    push(facts.of_alert.entry(name).or_default(), n);
                }
            }
            for (name, helped) in &incident.postmortem.runbooks_used {
                let one = Use { incident: n, helped: helped.as_deref() };
                match site.referenced(&name.value) {
                    Some(id) => facts.used.entry(id).or_default().push(one),
                    None => facts.missed.entry(&name.value).or_default().push(one),
                }
            }
        }
        facts.ledger = actions::ledger(&facts);
        for (n, entry) in facts.ledger.iter().enumerate() {
            if let Some(team) = entry.team.as_ref().filter(|_| entry.action.state.is_open()) {
                facts.open_of.entry(team.clone()).or_default().push(n);
            }
        }
        facts
    }

    /// Every runbook.
    pub(crate) fn all_runbooks(&self) -> impl Iterator<Item = (DocId, &'a Doc, &'a Runbook)> {
        self.site.docs().filter_map(|(id, doc)| match &doc.detail {
            Detail::Runbook(runbook) => Some((id, doc, &**runbook)),
            _ => None,
        })
    }

    /// True for a day of the last year.
    pub(crate) fn is_lately(&self, day: Option<Day>) -> bool {
        day.is_some_and(|day| (0..=365).contains(&self.today.days_since(day)))
    }

    /// A document as a cell: its title.
    pub(crate) fn doc(&self, id: DocId) -> Value {
        Value::Page(self.site.doc(id).title.value.clone(), self.site.routes.doc(id).clone())
    }

    /// An incident as a cell: its id, which is short.
    pub(crate) fn incident(&self, incident: &Incident<'_>) -> Value {
        Value::Page(incident.doc.id.value.clone(), self.site.routes.doc(incident.id).clone())
    }

    /// A service as a cell.
    pub(crate) fn service(&self, id: &ServiceId) -> Value {
        match self.site.routes.service(id) {
            Some(address) => Value::Page(id.to_string(), address.clone()),
            None => Value::text(id.as_str()),
        }
    }

    /// Services as a cell.
    pub(crate) fn services<'b>(&self, ids: impl IntoIterator<Item = &'b ServiceId>) -> Value {
        let ids = ids.into_iter();
        let all: Vec<_> =
            ids.map(|id| (id.to_string(), self.site.routes.service(id).cloned())).collect();
        if all.is_empty() { Value::None } else { Value::Pages(all) }
    }

    /// A team as a cell: its id.
    pub(crate) fn team(&self, id: Option<&TeamId>) -> Value {
        let Some(id) = id else { return Value::None };
        match self.site.routes.team(id) {
            Some(address) => Value::Page(id.to_string(), address.clone()),
            None => Value::text(id.as_str()),
        }
    }

    /// An alert as a cell.
    pub(crate) fn alert(&self, name: &str) -> Value {
        match self.site.routes.alert(name) {
            Some(address) => Value::Page(name.to_owned(), address.clone()),
            None => Value::text(name),
        }
    }

    /// Where a document is written.
    pub(crate) fn path(&self, doc: &Doc) -> Value {
        Value::Text(self.site.source(doc).path.clone())
    }

    /// The best rank of some services' tiers.
    pub(crate) fn tier<'b>(&self, ids: impl IntoIterator<Item = &'b ServiceId>) -> Option<u8> {
        let tier = |id| self.site.catalog.services.get(id)?.tier.as_ref()?.value.rank;
        ids.into_iter().filter_map(tier).min()
    }
}

/// Appends what the list does not end with: lists are filled in order, so that is all there can be.
fn push<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if list.last() != Some(&item) {
        list.push(item);
    }
}

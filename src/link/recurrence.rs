//! Postmortems → what came back: the same factor at the same service, or over a dependency, and what had
//! been done about it; chains of incidents that repeat each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::link::dependencies::Dependencies;
use crate::link::resolve::Resolver;
use crate::model::action::{Action, ActionState};
use crate::model::collect::Catalog;
use crate::model::document::Detail;
use crate::model::id::{DocId, FactorId, ServiceId};
use crate::model::postmortem::Postmortem;
use crate::text::date::Day;

/// Most earlier incidents that are told of one factor of one incident, the latest first.
const MOST: usize = 3;

/// What came back in each incident.
#[derive(Debug, Default)]
pub struct Recurrences {
    by_doc: BTreeMap<DocId, Vec<Recurrence>>,
    chains: BTreeMap<DocId, Vec<DocId>>,
}

/// A factor that contributed before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recurrence {
    /// The factor.
    pub factor: FactorId,
    /// The earlier incident.
    pub before: DocId,
    /// What ties the two.
    pub over: Over,
    /// What the earlier incident's actions had come to when this one began.
    pub actions: Standing,
}

/// What ties an incident to an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Over {
    /// Both hit this service.
    Service(ServiceId),
    /// The service of one declares the service of the other as a dependency: who depends, and on what.
    Dependency(ServiceId, ServiceId),
    /// Services of both declare the same dependency.
    Shared(ServiceId),
}

/// What had become of the actions of an incident.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Actions that were still to be done.
    pub open: usize,
    /// Actions that were done before.
    pub done: usize,
}

impl Over {
    /// Returns what ties them in words, names between back ticks.
    pub fn words(&self) -> String {
        match self {
            Self::Service(id) => format!("at `{id}`"),
            Self::Dependency(who, on) => format!("`{who}` depends on `{on}`"),
            Self::Shared(on) => format!("both depend on `{on}`"),
        }
    }
}

impl Standing {
    /// Returns what it means, or nothing where no action is known.
    pub fn words(self) -> String {
        match self {
            Self { open: 0, done: 0 } => "no action was noted then".to_owned(),
            Self { open: 0, done: 1 } => "after its action was done".to_owned(),
            Self { open: 0, .. } => "after its actions were done".to_owned(),
            Self { open: 1, .. } => "while 1 of its actions was still open".to_owned(),
            Self { open, .. } => format!("while {open} of its actions were still open"),
        }
    }
}

impl Recurrences {
    /// Finds what came back.
    pub(in crate::link) fn new(resolver: &Resolver<'_>, dependencies: &Dependencies) -> Self {
        let catalog = resolver.catalog;
        let mut by_doc: BTreeMap<DocId, Vec<Recurrence>> = BTreeMap::new();
        for (id, factor) in &catalog.factors {
            let mut past: Past<'_> = Past::default();
            let mut incidents: Vec<(Day, DocId, &Postmortem)> = factor
                .postmortems
                .iter()
                .filter_map(|(doc, _)| {
                    let Detail::Postmortem(p) = &catalog.documents[doc.0 as usize].detail else {
                        return None;
                    };
                    Some((p.day()?, *doc, &**p))
                })
                .collect();
            incidents.sort_by_key(|(day, doc, _)| (*day, *doc));
            for (day, doc, postmortem) in incidents {
                let before = past.before(catalog, dependencies, postmortem, day);
                let found = before.into_iter().map(|(before, over)| Recurrence {
                    factor: id.clone(),
                    before,
                    over,
                    actions: standing(catalog, before, day),
                });
                by_doc.entry(doc).or_default().extend(found);
                past.add(catalog, postmortem, day, doc);
            }
        }
        by_doc.retain(|_, found| !found.is_empty());
        Self { by_doc, chains: chains(resolver) }
    }

    /// Returns what came back in an incident, by factor, the latest earlier incident first.
    pub fn of(&self, id: DocId) -> &[Recurrence] {
        self.by_doc.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Returns every incident in which something came back.
    pub fn all(&self) -> impl Iterator<Item = (DocId, &[Recurrence])> {
        self.by_doc.iter().map(|(id, found)| (*id, found.as_slice()))
    }

    /// Returns the chain of incidents that an incident is part of, as `recurrence_of` tells it, oldest first.
    pub fn chain(&self, id: DocId) -> &[DocId] {
        self.chains.get(&id).map_or(&[], Vec::as_slice)
    }
}

/// Earlier incidents of one factor by what ties them.
#[derive(Default)]
struct Past<'a> {
    by_service: BTreeMap<&'a ServiceId, Vec<(Day, DocId)>>,
    /// By what the services that were hit depend on.
    by_need: BTreeMap<&'a ServiceId, Vec<(Day, DocId, &'a ServiceId)>>,
}

impl<'a> Past<'a> {
    fn add(&mut self, catalog: &'a Catalog, postmortem: &'a Postmortem, day: Day, doc: DocId) {
        for service in &postmortem.services {
            self.by_service.entry(&service.value).or_default().push((day, doc));
            for need in needs(catalog, &service.value) {
                self.by_need.entry(need).or_default().push((day, doc, &service.value));
            }
        }
    }

    /// Returns earlier incidents, each once and over what ties it best, the latest first.
    fn before(
        &self,
        catalog: &'a Catalog,
        dependencies: &Dependencies,
        postmortem: &'a Postmortem,
        day: Day,
    ) -> Vec<(DocId, Over)> {
        let mut found: BTreeMap<DocId, (Day, Over)> = BTreeMap::new();
        let mut put = |doc: DocId, then: Day, over: Over| {
            if then < day {
                let known = found.entry(doc).or_insert_with(|| (then, over.clone()));
                if over < known.1 {
                    known.1 = over;
                }
            }
        };
        let latest =
            |list: &[(Day, DocId)]| list.iter().rev().take(MOST).copied().collect::<Vec<_>>();
        for service in postmortem.services.iter().map(|f| &f.value) {
            for (then, doc) in self.by_service.get(service).map(|l| latest(l)).unwrap_or_default() {
                put(doc, then, Over::Service(service.clone()));
            }
            for need in needs(catalog, service) {
                for (then, doc) in self.by_service.get(need).map(|l| latest(l)).unwrap_or_default()
                {
                    put(doc, then, Over::Dependency(service.clone(), need.clone()));
                }
                // What everybody needs ties nobody.
                if dependencies.dependents(need).count() <= WIDEST {
                    for (then, doc, _) in
                        self.by_need.get(need).into_iter().flatten().rev().take(MOST)
                    {
                        put(*doc, *then, Over::Shared(need.clone()));
                    }
                }
            }
            for (then, doc, who) in self.by_need.get(service).into_iter().flatten().rev().take(MOST)
            {
                put(*doc, *then, Over::Dependency((*who).clone(), service.clone()));
            }
        }
        let mut found: Vec<(DocId, (Day, Over))> = found.into_iter().collect();
        found.sort_by_key(|(doc, (then, over))| (tie(over), std::cmp::Reverse(*then), *doc));
        found.into_iter().take(MOST).map(|(doc, (_, over))| (doc, over)).collect()
    }
}

/// A dependency of more services than this ties no two of them.
const WIDEST: usize = 8;

/// The same service says more than a dependency.
fn tie(over: &Over) -> u8 {
    match over {
        Over::Service(_) => 0,
        Over::Dependency(..) => 1,
        Over::Shared(_) => 2,
    }
}

fn needs<'a>(catalog: &'a Catalog, id: &ServiceId) -> impl Iterator<Item = &'a ServiceId> {
    let service = catalog.services.get(id);
    service.into_iter().flat_map(|s| &s.depends_on).filter_map(|d| d.service.as_ref())
}

/// What had become of an incident's actions on a day.
fn standing(catalog: &Catalog, incident: DocId, day: Day) -> Standing {
    let Detail::Postmortem(postmortem) = &catalog.documents[incident.0 as usize].detail else {
        return Standing::default();
    };
    let mut out = Standing::default();
    for action in &postmortem.actions {
        match was_done(action, day) {
            Some(true) => out.done += 1,
            Some(false) => out.open += 1,
            None => {}
        }
    }
    out
}

/// Whether an action was done on a day, as far as the file tells.
fn was_done(action: &Action, day: Day) -> Option<bool> {
    match (action.state, action.done_on) {
        (ActionState::Done, Some(done)) => Some(done <= day),
        (ActionState::Done, None) => Some(true),
        (ActionState::Open | ActionState::InProgress, _) => Some(false),
        (ActionState::WontDo | ActionState::Unknown, _) => None,
    }
}

/// Chains of incidents, each under every one of its links.
fn chains(resolver: &Resolver<'_>) -> BTreeMap<DocId, Vec<DocId>> {
    let catalog = resolver.catalog;
    let mut before: BTreeMap<DocId, DocId> = BTreeMap::new();
    for (n, doc) in catalog.documents.iter().enumerate() {
        let Detail::Postmortem(postmortem) = &doc.detail else { continue };
        let Some(reference) = &postmortem.recurrence_of else { continue };
        let earlier = resolver.referenced(&reference.value, "postmortem");
        if let Some(earlier) = earlier.filter(|id| id.0 as usize != n) {
            before.insert(DocId(n as u32), earlier);
        }
    }
    // All that lead to one first incident are one chain; a circle has none and ends where it closes.
    let mut members: BTreeMap<DocId, Vec<DocId>> = BTreeMap::new();
    for start in before.keys() {
        let mut seen = BTreeSet::from([*start]);
        let mut at = *start;
        while let Some(earlier) = before.get(&at).filter(|e| seen.insert(**e)) {
            at = *earlier;
        }
        let first = *seen.iter().find(|id| !before.contains_key(id)).unwrap_or(&at);
        let chain = members.entry(first).or_default();
        chain.extend(seen);
    }
    let day = |id: &DocId| match &catalog.documents[id.0 as usize].detail {
        Detail::Postmortem(postmortem) => postmortem.day(),
        _ => None,
    };
    let mut out = BTreeMap::new();
    for mut chain in members.into_values() {
        chain.sort_by_key(|id| (day(id), *id));
        chain.dedup();
        for id in &chain {
            out.insert(*id, chain.clone());
        }
    }
    out
}

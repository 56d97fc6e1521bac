//! What services have in common → whom one lesson concerns: relations, weighed by their rarity.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::link::concern::{Concerned, Learned, Path, Reason};
use crate::link::dependencies::{Dependencies, Way};
use crate::link::resolve::{DocLinks, Resolved, Resolver};
use crate::link::routes::Page;
use crate::model::collect::Catalog;
use crate::model::document::Detail;
use crate::model::id::{DocId, FactorId, ServiceId};
use crate::model::lesson::Lesson;
use crate::model::postmortem::Postmortem;
use crate::model::service::Service;
use crate::text::date::Day;
use crate::text::par;
use crate::text::slug::slug;

/// What more than one service in so many needs directly is common, and no reason.
const COMMON: usize = 4;

/// What ties services less closely than that is common when more than one in so many share it.
const COMMON_TIE: usize = 50;

/// What so few services share is never common: in a small organization everything is a large part.
const FEW: usize = 10;

/// Longest way over dependencies that is a reason.
const STEPS: u32 = 3;

/// Reasons that are kept of each service, the weightiest first.
const REASONS: usize = 3;

/// What a reason must weigh to be one, in thousandths of what two services alone could share. Reasons do not
/// add up to one: many weak ties are what any two services have.
const LEAST: u32 = 150;

/// What is left of the weight of a dependency after each step, in tenths.
const FADES: [u32; STEPS as usize] = [10, 6, 4];

/// Weight of each relation, in thousandths of its rarity.
mod weight {
    /// It needs what failed, or what the postmortem names as a part of it.
    pub(super) const NEEDS: u32 = 1000;
    /// It needs what the failing service needs too, and the postmortem names nothing.
    pub(super) const NEEDS_TOO: u32 = 300;
    /// It has a tag of the lesson or of the postmortem, or is written in what they name.
    pub(super) const TAG: u32 = 800;
    /// It has a tag of the failing service.
    pub(super) const TAG_OF_ORIGIN: u32 = 200;
    /// It had an incident of its own with the same contributing factor.
    pub(super) const FACTOR: u32 = 600;
    /// It raises the alert that caught the incident.
    pub(super) const ALERT: u32 = 800;
    /// It has or used the runbook of the incident.
    pub(super) const RUNBOOK: u32 = 600;
}

/// A reason as it is found, before it is known whether it weighs enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Why<'a> {
    DependsOn { on: u32, through: u32, steps: u32 },
    AlsoDependsOn { on: u32, through: u32, steps: u32 },
    Tag(&'a str),
    Language(&'a str),
    Factor(&'a FactorId, DocId),
    Alert(&'a str),
    Runbook(DocId),
}

impl Why<'_> {
    /// How many steps a dependency is away.
    fn steps(&self) -> Option<u32> {
        match self {
            Self::DependsOn { steps, .. } | Self::AlsoDependsOn { steps, .. } => Some(*steps),
            _ => None,
        }
    }
}

/// What services have in common, by what it is: lists that are filled once and asked for every lesson.
pub(super) struct Shared<'a> {
    catalog: &'a Catalog,
    dependencies: &'a Dependencies,
    services: Vec<&'a Service>,
    /// Ways to each service.
    ways: Vec<Vec<Way>>,
    /// Services by tag or language; true for a language.
    tags: BTreeMap<String, (&'a str, bool, Vec<u32>)>,
    /// Services by factor, each with its latest incident.
    factors: BTreeMap<&'a FactorId, BTreeMap<u32, DocId>>,
    alerts: BTreeMap<&'a str, BTreeSet<u32>>,
    runbooks: BTreeMap<DocId, BTreeSet<u32>>,
    /// By document: runbooks that a postmortem used, and services that it names or links to.
    used: BTreeMap<DocId, (Vec<DocId>, BTreeSet<u32>)>,
}

impl<'a> Shared<'a> {
    pub(super) fn new(
        resolver: &Resolver<'a>,
        dependencies: &'a Dependencies,
        links: &[Arc<DocLinks>],
    ) -> Self {
        let catalog = resolver.catalog;
        let most = FEW.max(catalog.services.len() / COMMON_TIE);
        let places: Vec<u32> = (0..dependencies.ids().len() as u32).collect();
        let mut shared = Self {
            catalog,
            dependencies,
            services: catalog.services.values().collect(),
            ways: par::map(&places, |n| dependencies.ways_to(*n, STEPS, most)),
            tags: BTreeMap::new(),
            factors: BTreeMap::new(),
            alerts: BTreeMap::new(),
            runbooks: BTreeMap::new(),
            used: BTreeMap::new(),
        };
        for (n, service) in catalog.services.values().enumerate() {
            let tags = service.tags.iter().map(|t| (t, false));
            for (tag, language) in tags.chain(service.languages.iter().map(|l| (l, true))) {
                let (.., services) =
                    shared.tags.entry(slug(tag)).or_insert((tag, language, Vec::new()));
                if services.last() != Some(&(n as u32)) {
                    services.push(n as u32);
                }
            }
            for alert in &service.alerts {
                shared.alerts.entry(&alert.value).or_default().insert(n as u32);
            }
        }
        for rule in &catalog.rules {
            let service = rule.service().and_then(|id| dependencies.place(&id));
            if let Some(service) = service {
                shared.alerts.entry(&rule.name).or_default().insert(service);
            }
        }
        for (n, doc) in catalog.documents.iter().enumerate() {
            let id = DocId(n as u32);
            match &doc.detail {
                Detail::Runbook(runbook) => {
                    let services = runbook.services.iter();
                    for service in services.filter_map(|f| dependencies.place(&f.value)) {
                        shared.runbooks.entry(id).or_default().insert(service);
                        for alert in &runbook.alerts {
                            shared.alerts.entry(&alert.value).or_default().insert(service);
                        }
                    }
                }
                Detail::Postmortem(postmortem) => {
                    shared.postmortem(resolver, links, id, postmortem);
                }
                _ => {}
            }
        }
        shared
    }

    /// Files a postmortem under its factors and runbooks, and finds what it names.
    fn postmortem(
        &mut self,
        resolver: &Resolver<'a>,
        links: &[Arc<DocLinks>],
        id: DocId,
        postmortem: &'a Postmortem,
    ) {
        let hit: Vec<u32> = self.places(postmortem).collect();
        for (factor, _) in &postmortem.factors {
            let by_service = self.factors.entry(&factor.value).or_default();
            for service in &hit {
                let latest = by_service.entry(*service).or_insert(id);
                if day(self.catalog, *latest) < postmortem.day() {
                    *latest = id;
                }
            }
        }
        let mut used: Vec<DocId> = Vec::new();
        for (name, _) in &postmortem.runbooks_used {
            used.extend(resolver.referenced(&name.value, "runbook"));
        }
        for runbook in &used {
            self.runbooks.entry(*runbook).or_default().extend(&hit);
        }
        let mut named: BTreeSet<u32> = BTreeSet::new();
        let references = postmortem.related.iter().map(|f| f.value.as_str());
        let trigger = postmortem.trigger.iter().filter_map(|(_, r)| r.as_deref());
        for reference in references.chain(trigger) {
            let id = match reference.split_once(':') {
                Some(("service", name)) => ServiceId::new(name),
                Some(_) => continue,
                None => ServiceId::new(reference),
            };
            named.extend(self.dependencies.place(&id));
        }
        for (_, target) in &links[id.0 as usize].by_node {
            if let Resolved::Page { address, .. } = target
                && let Some(Page::Service(service)) = resolver.routes.pages.get(address)
            {
                named.extend(self.dependencies.place(service));
            }
        }
        self.used.insert(id, (used, named));
    }

    fn places(&self, postmortem: &'a Postmortem) -> impl Iterator<Item = u32> {
        let places = postmortem.services.iter().map(|f| self.dependencies.place(&f.value));
        places.flatten()
    }

    /// Whom a lesson concerns.
    pub(super) fn learned(&self, lesson: &Lesson) -> Learned {
        let mut origins: BTreeSet<u32> = BTreeSet::new();
        let mut named: BTreeSet<u32> = BTreeSet::new();
        let mut tags: BTreeSet<String> = BTreeSet::new();
        let mut factors: BTreeSet<&FactorId> = BTreeSet::new();
        let mut alerts: BTreeSet<&str> = BTreeSet::new();
        let mut runbooks: BTreeSet<DocId> = BTreeSet::new();
        let mut learned = Learned::default();
        for id in &lesson.postmortems {
            let doc = &self.catalog.documents[id.0 as usize];
            let Detail::Postmortem(postmortem) = &doc.detail else { continue };
            if learned.latest.is_none() || learned.day < postmortem.day() {
                (learned.day, learned.latest) = (postmortem.day(), Some(*id));
            }
            learned.teams.extend(self.catalog.teams_of(postmortem));
            origins.extend(self.places(postmortem));
            tags.extend(doc.tags.iter().map(|t| slug(t)));
            factors.extend(postmortem.factors.iter().map(|(f, _)| &f.value));
            alerts.extend(postmortem.detection_alerts.iter().map(|a| a.value.as_str()));
            if let Some((used, about)) = self.used.get(id) {
                runbooks.extend(used);
                named.extend(about);
            }
        }
        if let Some(id) = lesson.document {
            let doc = &self.catalog.documents[id.0 as usize];
            tags.extend(doc.tags.iter().map(|t| slug(t)));
            if let Detail::Lesson(page) = &doc.detail
                && !page.factors.is_empty()
            {
                // The page says which factors the lesson is about; its incidents had others besides.
                factors = page.factors.iter().collect();
            }
        }
        let mut found: Vec<(u32, u32, Why<'_>)> = Vec::new();
        self.by_dependencies(&origins, &named, &mut found);
        self.by_tags(&origins, &tags, &mut found);
        for factor in factors {
            let Some((factor, by_service)) = self.factors.get_key_value(factor) else { continue };
            let heavy = self.tie(by_service.len(), weight::FACTOR);
            let had = by_service.iter().filter(|_| heavy > 0);
            found.extend(had.map(|(service, id)| (*service, heavy, Why::Factor(factor, *id))));
        }
        for alert in alerts {
            let Some((name, raised)) = self.alerts.get_key_value(alert) else { continue };
            let heavy = self.tie(raised.len(), weight::ALERT);
            let raised = raised.iter().filter(|_| heavy > 0);
            found.extend(raised.map(|service| (*service, heavy, Why::Alert(name))));
        }
        for id in runbooks {
            let Some(users) = self.runbooks.get(&id) else { continue };
            let heavy = self.tie(users.len(), weight::RUNBOOK);
            let users = users.iter().filter(|_| heavy > 0);
            found.extend(users.map(|service| (*service, heavy, Why::Runbook(id))));
        }
        learned.services = self.weigh(&origins, found);
        let ids = self.dependencies.ids();
        learned.origins = origins.into_iter().map(|n| ids[n as usize].clone()).collect();
        learned
    }

    /// Who needs what failed, and who needs what it needs too.
    fn by_dependencies(
        &self,
        origins: &BTreeSet<u32>,
        named: &BTreeSet<u32>,
        found: &mut Vec<(u32, u32, Why<'a>)>,
    ) {
        let mut add = |on: u32, factor: u32, also: bool| {
            let ways = &self.ways[on as usize];
            let mut from = 0;
            while let Some(Way { steps, .. }) = ways.get(from).copied() {
                let to = from + ways[from..].iter().take_while(|w| w.steps == steps).count();
                let direct = steps == 1 && factor == weight::NEEDS && to <= self.most();
                let rare = if direct { self.rarity(to, factor) } else { self.tie(to, factor) };
                let heavy = rare * FADES[steps as usize - 1] / 10;
                if heavy == 0 {
                    break;
                }
                for way in &ways[from..to] {
                    let Way { from: service, through, steps } = *way;
                    let why = if also {
                        Why::AlsoDependsOn { on, through, steps }
                    } else {
                        Why::DependsOn { on, through, steps }
                    };
                    found.push((service, heavy, why));
                }
                from = to;
            }
        };
        let mut needed: BTreeSet<u32> = BTreeSet::new();
        for origin in origins {
            add(*origin, weight::NEEDS, false);
            let declared = self.services[*origin as usize].depends_on.iter();
            let ids = declared.filter_map(|d| d.service.as_ref());
            needed.extend(ids.filter_map(|id| self.dependencies.place(id)));
        }
        // A postmortem that names one of these, or was hit together with one, is about that one.
        let told = needed.iter().any(|n| named.contains(n) || origins.contains(n));
        for on in named.iter().filter(|n| !origins.contains(n)) {
            add(*on, weight::NEEDS, needed.contains(on));
        }
        if !told {
            for on in needed.iter().filter(|n| !named.contains(n)) {
                add(*on, weight::NEEDS_TOO, true);
            }
        }
    }

    fn by_tags(
        &self,
        origins: &BTreeSet<u32>,
        told: &BTreeSet<String>,
        found: &mut Vec<(u32, u32, Why<'a>)>,
    ) {
        let of_origins = origins.iter().flat_map(|n| {
            // A language alone ties two services to each other only where the lesson is about it.
            self.services[*n as usize].tags.iter().map(|t| slug(t))
        });
        let of_origins: BTreeSet<String> = of_origins.filter(|t| !told.contains(t)).collect();
        let all = told.iter().map(|tag| (tag, weight::TAG));
        for (tag, factor) in all.chain(of_origins.iter().map(|tag| (tag, weight::TAG_OF_ORIGIN))) {
            let Some((name, language, services)) = self.tags.get(tag) else { continue };
            let heavy = self.tie(services.len(), factor);
            let why = if *language { Why::Language(name) } else { Why::Tag(name) };
            found.extend(services.iter().filter(|_| heavy > 0).map(|n| (*n, heavy, why)));
        }
    }

    /// How many services may need one thing directly before that is common.
    fn most(&self) -> usize {
        FEW.max(self.services.len() / COMMON)
    }

    /// Weight of what so many services share.
    fn tie(&self, shared_by: usize, factor: u32) -> u32 {
        let most = FEW.max(self.services.len() / COMMON_TIE);
        if shared_by > most { 0 } else { self.rarity(shared_by, factor) }
    }

    /// The inverse frequency, as a part of what one service alone would have.
    fn rarity(&self, shared_by: usize, factor: u32) -> u32 {
        let all = self.services.len();
        if shared_by == 0 {
            return 0;
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of services are far below 2^52")]
        let part = (1.0 + all as f64 / shared_by as f64).ln() / (1.0 + all as f64).ln();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a part of a thousand"
        )]
        let rare = (part * f64::from(factor)).round() as u32;
        rare
    }

    /// Keeps the services that have a reason which weighs enough, by id.
    fn weigh(
        &self,
        origins: &BTreeSet<u32>,
        mut found: Vec<(u32, u32, Why<'a>)>,
    ) -> Vec<Concerned> {
        found.retain(|(service, heavy, _)| {
            let lifecycle = self.services[*service as usize].lifecycle.as_ref();
            let retired = lifecycle.is_some_and(|l| l.value == "retired");
            *heavy >= LEAST && !origins.contains(service) && !retired
        });
        found
            .sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)).then_with(|| a.2.cmp(&b.2)));
        let of_service = found.chunk_by(|a, b| a.0 == b.0).map(|reasons| {
            let nearest = reasons.iter().filter_map(|(.., why)| why.steps()).min();
            // Who needs one thing directly needs others over it: that is the same reason again.
            let told =
                reasons.iter().filter(|(.., why)| why.steps().is_none_or(|s| Some(s) == nearest));
            let told: Vec<_> = told.take(REASONS).collect();
            Concerned {
                service: self.id(reasons[0].0),
                weight: told.iter().map(|(_, heavy, _)| heavy).sum(),
                reasons: told.iter().map(|(.., why)| self.reason(*why)).collect(),
                answer: None,
            }
        });
        of_service.collect()
    }

    fn id(&self, place: u32) -> ServiceId {
        self.dependencies.ids()[place as usize].clone()
    }

    fn reason(&self, why: Why<'_>) -> Reason {
        let path = |on: u32, through: u32, steps| Path {
            on: self.id(on),
            through: (through != on).then(|| self.id(through)),
            steps,
        };
        let doc = |id: DocId| &self.catalog.documents[id.0 as usize];
        match why {
            Why::DependsOn { on, through, steps } => Reason::DependsOn(path(on, through, steps)),
            Why::AlsoDependsOn { on, through, steps } => {
                Reason::AlsoDependsOn(path(on, through, steps))
            }
            Why::Tag(tag) => Reason::Tag(tag.to_owned()),
            Why::Language(name) => Reason::Language(name.to_owned()),
            Why::Factor(factor, id) => Reason::Factor(factor.clone(), doc(id).id.value.clone()),
            Why::Alert(name) => Reason::Alert(name.to_owned()),
            Why::Runbook(id) => Reason::Runbook(doc(id).title.value.clone()),
        }
    }
}

fn day(catalog: &Catalog, id: DocId) -> Option<Day> {
    match &catalog.documents[id.0 as usize].detail {
        Detail::Postmortem(postmortem) => postmortem.day(),
        _ => None,
    }
}

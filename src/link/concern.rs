//! Lessons of postmortems → the services they concern, each with its reasons and its answer.
//!
//! A lesson reaches a service only over something that files declare: a dependency on what failed or on what
//! the failing service needs, a tag or language, a contributing factor or a runbook of an incident of its
//! own, an alert of the same name. What fewer services share says more: every reason weighs by its rarity,
//! and what is common is none. A service whose own incident taught the lesson has learned it already.

use std::collections::{BTreeMap, BTreeSet};

use crate::link::dependencies::{Dependencies, Way};
use crate::link::resolve::{DocLinks, Resolved, Resolver};
use crate::link::routes::Page;
use crate::model::collect::Catalog;
use crate::model::document::Detail;
use crate::model::id::{DocId, FactorId, LessonId, ServiceId, TeamId};
use crate::model::lesson::Lesson;
use crate::model::postmortem::Postmortem;
use crate::model::service::{Answer, Service};
use crate::text::date::Day;
use crate::text::par;
use crate::text::slug::slug;

/// What more than one service in this many shares is common, and no reason.
const COMMON: usize = 4;

/// What so few services share is never common: in a small organization everything is a large part.
const FEW: usize = 10;

/// Longest way over dependencies that is a reason.
const STEPS: u32 = 3;

/// Reasons that are kept of each service, the weightiest first.
const REASONS: usize = 3;

/// What reasons must weigh together: 1000 is what one service alone could share, declared in so many words.
const LEAST: u32 = 200;

/// Weight of each relation, in thousandths of its rarity.
mod weight {
    /// It needs what failed, or what the postmortem names as a part of it.
    pub(super) const NEEDS: u32 = 1000;
    /// It needs what the failing service needs too, and the postmortem names nothing.
    pub(super) const NEEDS_TOO: u32 = 400;
    /// It has a tag of the lesson or of the postmortem.
    pub(super) const TAG: u32 = 800;
    /// It has a tag or a language of the failing service.
    pub(super) const TAG_OF_ORIGIN: u32 = 350;
    /// It had an incident of its own with the same contributing factor.
    pub(super) const FACTOR: u32 = 600;
    /// It raises the alert that caught the incident.
    pub(super) const ALERT: u32 = 800;
    /// It has or used the runbook of the incident.
    pub(super) const RUNBOOK: u32 = 600;
}

/// Whom lessons concern.
#[derive(Debug, Default)]
pub struct Concern {
    lessons: BTreeMap<LessonId, Learned>,
    /// Lessons of each service, with its position in [`Learned::services`], weightiest first.
    by_service: BTreeMap<ServiceId, Vec<(LessonId, u32)>>,
}

/// Where a lesson was learned, and whom it concerns.
#[derive(Debug, Default)]
pub struct Learned {
    /// The day of the latest incident that taught it.
    pub day: Option<Day>,
    /// Services whose incidents taught it.
    pub origins: BTreeSet<ServiceId>,
    /// Teams whose incidents taught it.
    pub teams: BTreeSet<TeamId>,
    /// Services that it concerns, weightiest first, then by id.
    pub services: Vec<Concerned>,
}

/// A service that a lesson concerns.
#[derive(Debug)]
pub struct Concerned {
    /// The service.
    pub service: ServiceId,
    /// How much, in thousandths; 0 where it answered of its own accord.
    pub weight: u32,
    /// Why, weightiest first; none where it answered of its own accord.
    pub reasons: Vec<Reason>,
    /// What its metadata says to it.
    pub answer: Option<Answer>,
}

/// Why a lesson concerns a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It depends on the service that failed, or that the postmortem names.
    DependsOn(Path),
    /// It depends on what the service that failed depends on.
    AlsoDependsOn(Path),
    /// It has the same tag.
    Tag(String),
    /// It is written in the same language.
    Language(String),
    /// An incident of its own had the same contributing factor.
    Factor(FactorId, String),
    /// It raises the alert of the same name.
    Alert(String),
    /// Its incident used the same runbook, or the runbook is its own.
    Runbook(String),
}

/// A way over declared dependencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Where it leads.
    pub on: ServiceId,
    /// The first step, where that is not the goal.
    pub through: Option<ServiceId>,
    /// How many steps.
    pub steps: u32,
}

/// To whom a reason is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// The team of the service: "you also depend on …".
    You,
    /// Anybody else: "also depends on …".
    It,
}

/// How far a lesson has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Services that it concerns.
    pub concerned: usize,
    /// Of these, who applied it.
    pub applied: usize,
    /// Who plans to.
    pub planned: usize,
    /// Who said that it does not concern them, and why.
    pub not_applicable: usize,
}

impl Reach {
    /// Returns how many answered, whatever they said.
    pub fn answered(self) -> usize {
        self.applied + self.planned + self.not_applicable
    }
}

impl Learned {
    /// Returns how many services it concerns and what they said.
    pub fn reach(&self) -> Reach {
        let said = |answer| self.services.iter().filter(|s| s.answer == Some(answer)).count();
        Reach {
            concerned: self.services.len(),
            applied: said(Answer::Applied),
            planned: said(Answer::Planned),
            not_applicable: said(Answer::NotApplicable),
        }
    }
}

impl Reason {
    /// Returns the reason in words, names between back ticks.
    pub fn words(&self, person: Person) -> String {
        let say = |you: &str, it: &str, rest: &str| {
            format!("{} {rest}", if person == Person::You { you } else { it })
        };
        let your = if person == Person::You { "your" } else { "its" };
        match self {
            Self::DependsOn(path) => say("you depend on", "depends on", &path.words()),
            Self::AlsoDependsOn(path) => {
                say("you also depend on", "also depends on", &path.words())
            }
            Self::Tag(tag) => say("you are also tagged", "is also tagged", &format!("`{tag}`")),
            Self::Language(name) => {
                say("you are also written in", "is also written in", &format!("`{name}`"))
            }
            Self::Factor(factor, incident) => {
                format!("`{factor}` also played a part in {your} {incident}")
            }
            Self::Alert(name) => say("you also raise", "also raises", &format!("`{name}`")),
            Self::Runbook(title) => {
                say("you also use the runbook", "also uses the runbook", &format!("“{title}”"))
            }
        }
    }
}

impl Path {
    fn words(&self) -> String {
        match &self.through {
            None => format!("`{}`", self.on),
            Some(through) => format!("`{}` through `{through}` ({} steps)", self.on, self.steps),
        }
    }
}

impl Concern {
    /// Computes whom the lessons of a catalog concern.
    pub(in crate::link) fn new(
        resolver: &Resolver<'_>,
        dependencies: &Dependencies,
        links: &[DocLinks],
    ) -> Self {
        let catalog = resolver.catalog;
        let shared = Shared::new(resolver, dependencies, links);
        let lessons: Vec<(&LessonId, &Lesson)> = catalog.lessons.iter().collect();
        let learned = par::map(&lessons, |(_, lesson)| shared.learned(lesson));
        let mut lessons: BTreeMap<LessonId, Learned> =
            lessons.into_iter().map(|(id, _)| id.clone()).zip(learned).collect();
        answers(catalog, &mut lessons);
        let mut by_service: BTreeMap<ServiceId, Vec<(LessonId, u32)>> = BTreeMap::new();
        for (id, learned) in &mut lessons {
            learned
                .services
                .sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.service.cmp(&b.service)));
            for (n, concerned) in learned.services.iter().enumerate() {
                by_service
                    .entry(concerned.service.clone())
                    .or_default()
                    .push((id.clone(), n as u32));
            }
        }
        let weight = |(id, n): &(LessonId, u32)| lessons[id].services[*n as usize].weight;
        for of_service in by_service.values_mut() {
            of_service.sort_by(|a, b| {
                let day = |entry: &(LessonId, u32)| lessons[&entry.0].day;
                weight(b).cmp(&weight(a)).then(day(b).cmp(&day(a))).then_with(|| a.0.cmp(&b.0))
            });
        }
        Self { lessons, by_service }
    }

    /// Returns where a lesson was learned and whom it concerns.
    pub fn lesson(&self, id: &LessonId) -> Option<&Learned> {
        self.lessons.get(id)
    }

    /// Returns every lesson.
    pub fn lessons(&self) -> impl Iterator<Item = (&LessonId, &Learned)> {
        self.lessons.iter()
    }

    /// Returns the lessons that concern a service, weightiest first, then the latest.
    pub fn of_service(
        &self,
        id: &ServiceId,
    ) -> impl Iterator<Item = (&LessonId, &Learned, &Concerned)> {
        let list = self.by_service.get(id).map_or(&[][..], Vec::as_slice);
        list.iter().filter_map(|(lesson, n)| {
            let learned = self.lessons.get(lesson)?;
            Some((lesson, learned, learned.services.get(*n as usize)?))
        })
    }
}

/// Notes what services say; who answers without being asked is concerned too.
fn answers(catalog: &Catalog, lessons: &mut BTreeMap<LessonId, Learned>) {
    for service in catalog.services.values() {
        let named: BTreeSet<&LessonId> = service.answers.iter().map(|a| &a.lesson).collect();
        for id in named {
            let Some(answer) = service.answer_to(id).and_then(|a| a.said()) else { continue };
            let Some(learned) = lessons.get_mut(id) else { continue };
            match learned.services.binary_search_by(|known| known.service.cmp(&service.id)) {
                Ok(at) => learned.services[at].answer = Some(answer),
                Err(_) if learned.origins.contains(&service.id) => {}
                Err(at) => learned.services.insert(
                    at,
                    Concerned {
                        service: service.id.clone(),
                        weight: 0,
                        reasons: Vec::new(),
                        answer: Some(answer),
                    },
                ),
            }
        }
    }
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

/// What services have in common, by what it is: lists that are filled once and asked for every lesson.
struct Shared<'a> {
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
    fn new(
        resolver: &Resolver<'a>,
        dependencies: &'a Dependencies,
        links: &[DocLinks],
    ) -> Self {
        let catalog = resolver.catalog;
        let places: Vec<u32> = (0..dependencies.ids().len() as u32).collect();
        let mut shared = Self {
            catalog,
            dependencies,
            services: catalog.services.values().collect(),
            ways: par::map(&places, |n| dependencies.ways_to(*n, STEPS)),
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
        links: &[DocLinks],
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
            used.extend(runbook(resolver, &name.value));
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
    fn learned(&self, lesson: &Lesson) -> Learned {
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
            learned.day = learned.day.max(postmortem.day());
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
            let heavy = self.rarity(by_service.len(), weight::FACTOR);
            let had = by_service.iter().filter(|_| heavy > 0);
            found.extend(had.map(|(service, id)| (*service, heavy, Why::Factor(factor, *id))));
        }
        for alert in alerts {
            let Some((name, raised)) = self.alerts.get_key_value(alert) else { continue };
            let heavy = self.rarity(raised.len(), weight::ALERT);
            let raised = raised.iter().filter(|_| heavy > 0);
            found.extend(raised.map(|service| (*service, heavy, Why::Alert(name))));
        }
        for id in runbooks {
            let Some(users) = self.runbooks.get(&id) else { continue };
            let heavy = self.rarity(users.len(), weight::RUNBOOK);
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
                let heavy = self.rarity(to, factor) / steps;
                if heavy == 0 {
                    break;
                }
                for way in &ways[from..to] {
                    let Way { from: service, through, steps } = *way;
                    // Who comes there through what failed is told so already.
                    if also && steps > 1 && origins.contains(&through) {
                        continue;
                    }
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
            let service = self.services[*n as usize];
            service.tags.iter().chain(&service.languages).map(|t| slug(t))
        });
        let of_origins: BTreeSet<String> = of_origins.filter(|t| !told.contains(t)).collect();
        let all = told.iter().map(|tag| (tag, weight::TAG));
        for (tag, factor) in all.chain(of_origins.iter().map(|tag| (tag, weight::TAG_OF_ORIGIN))) {
            let Some((name, language, services)) = self.tags.get(tag) else { continue };
            let heavy = self.rarity(services.len(), factor);
            let why = if *language { Why::Language(name) } else { Why::Tag(name) };
            found.extend(services.iter().filter(|_| heavy > 0).map(|n| (*n, heavy, why)));
        }
    }

    /// Weight of what so many services share: the inverse frequency, as a part of what one alone would have.
    fn rarity(&self, shared_by: usize, factor: u32) -> u32 {
        let all = self.services.len();
        if shared_by == 0 || shared_by > FEW.max(all / COMMON) {
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

    /// Keeps the services whose reasons weigh enough, by id.
    fn weigh(&self, origins: &BTreeSet<u32>, found: Vec<(u32, u32, Why<'a>)>) -> Vec<Concerned> {
        let mut by_service: Vec<(u32, u32, Why<'_>)> = found;
        by_service.retain(|(service, ..)| {
            let lifecycle = self.services[*service as usize].lifecycle.as_ref();
            !origins.contains(service) && lifecycle.is_none_or(|l| l.value != "retired")
        });
        by_service.sort_unstable_by(|a, b| {
            a.0.cmp(&b.0).then(b.1.cmp(&a.1)).then_with(|| a.2.cmp(&b.2))
        });
        let kept = by_service.chunk_by(|a, b| a.0 == b.0).filter_map(|reasons| {
            let reasons = &reasons[..reasons.len().min(REASONS)];
            let weight = reasons.iter().map(|(_, heavy, _)| heavy).sum();
            (weight >= LEAST).then(|| Concerned {
                service: self.id(reasons[0].0),
                weight,
                reasons: reasons.iter().map(|(.., why)| self.reason(*why)).collect(),
                answer: None,
            })
        });
        kept.collect()
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

/// The runbook that a postmortem names, by id, by title or by its alert.
fn runbook(resolver: &Resolver<'_>, written: &str) -> Option<DocId> {
    let address = resolver.reference(written, "runbook")?;
    let page = resolver.routes.pages.get(&address)?;
    let page = match page {
        Page::Redirect(to) => resolver.routes.pages.get(to)?,
        page => page,
    };
    match page {
        Page::Doc(id) => Some(*id),
        _ => None,
    }
}

//! Lessons of postmortems → the services they concern, each with its reasons and its answer.
//!
//! A lesson reaches a service only over something that files declare: a dependency on what failed or on what
//! the failing service needs, a tag or language, a contributing factor or a runbook of an incident of its
//! own, an alert of the same name. What fewer services share says more: every reason weighs by its rarity,
//! and what is common is none. A service whose own incident taught the lesson has learned it already.

mod shared;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::link::concern::shared::Shared;
use crate::link::dependencies::Dependencies;
use crate::link::resolve::{DocLinks, Resolver};
use crate::model::collect::Catalog;
use crate::model::id::{DocId, FactorId, LessonId, ServiceId, TeamId};
use crate::model::lesson::Lesson;
use crate::model::service::{Answer, LessonAnswer};
use crate::text::date::Day;
use crate::text::par;

/// Whom lessons concern.
#[derive(Debug, Default)]
pub struct Concern {
    /// In order.
    ids: Vec<LessonId>,
    /// By the same position.
    learned: Vec<Learned>,
    /// Positions of the lessons of each service and its own in [`Learned::services`], weightiest first.
    by_service: BTreeMap<ServiceId, Vec<(u32, u32)>>,
}

/// Where a lesson was learned, and whom it concerns.
#[derive(Debug, Default)]
pub struct Learned {
    /// The day of the latest incident that taught it.
    pub day: Option<Day>,
    /// That incident, or the first where none has a day.
    pub latest: Option<DocId>,
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
                say("you had", "had", &format!("`{factor}` in {incident} too"))
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
        links: &[Arc<DocLinks>],
    ) -> Self {
        let catalog = resolver.catalog;
        let shared = Shared::new(resolver, dependencies, links);
        let ids: Vec<LessonId> = catalog.lessons.keys().cloned().collect();
        let lessons: Vec<&Lesson> = catalog.lessons.values().collect();
        let mut learned = par::map(&lessons, |lesson| shared.learned(lesson));
        answers(catalog, &ids, &mut learned);
        let mut found: BTreeMap<&ServiceId, Vec<_>> = BTreeMap::new();
        for learned in &mut learned {
            learned
                .services
                .sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.service.cmp(&b.service)));
        }
        for (at, learned) in learned.iter().enumerate() {
            for (n, concerned) in learned.services.iter().enumerate() {
                let order = (Reverse(concerned.weight), Reverse(learned.day), at as u32, n as u32);
                found.entry(&concerned.service).or_default().push(order);
            }
        }
        let mut by_service = BTreeMap::new();
        for (service, mut lessons) in found {
            lessons.sort_unstable();
            let places = lessons.into_iter().map(|(.., at, n)| (at, n)).collect();
            by_service.insert(service.clone(), places);
        }
        Self { ids, learned, by_service }
    }

    /// Returns where a lesson was learned and whom it concerns.
    pub fn lesson(&self, id: &LessonId) -> Option<&Learned> {
        self.learned.get(self.ids.binary_search(id).ok()?)
    }

    /// Returns every lesson.
    pub fn lessons(&self) -> impl Iterator<Item = (&LessonId, &Learned)> {
        self.ids.iter().zip(&self.learned)
    }

    /// Returns the lessons that concern a service, weightiest first, then the latest.
    pub fn of_service(
        &self,
        id: &ServiceId,
    ) -> impl Iterator<Item = (&LessonId, &Learned, &Concerned)> {
        let list = self.by_service.get(id).map_or(&[][..], Vec::as_slice);
        list.iter().map(|(at, n)| {
            let learned = &self.learned[*at as usize];
            (&self.ids[*at as usize], learned, &learned.services[*n as usize])
        })
    }
}

/// Notes what services say; who answers without being asked is concerned too.
fn answers(catalog: &Catalog, ids: &[LessonId], lessons: &mut [Learned]) {
    for service in catalog.services.values() {
        let named: BTreeSet<&LessonId> = service.answers.iter().map(|a| &a.lesson).collect();
        for id in named {
            let Some(answer) = service.answer_to(id).and_then(LessonAnswer::said) else { continue };
            let Ok(at) = ids.binary_search(id) else { continue };
            let learned = &mut lessons[at];
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

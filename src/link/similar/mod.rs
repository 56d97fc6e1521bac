//! Postmortems and runbooks → what resembles each, and why: shared factors, alerts, services, words.
//!
//! Every kind is compared with its own only. What two files share weighs by its rarity, so that what all
//! of a team's reports say is nothing; below a fixed likeness nothing is told, rather than noise.

mod marks;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::link::similar::marks::{Mark, Marks};
use crate::model::collect::Catalog;
use crate::model::document::{Detail, Doc};
use crate::model::id::DocId;
use crate::text::ln::ln;
use crate::text::map::FastMap;
use crate::text::par;
use crate::text::source::Sources;

/// Most that are told of one document.
const MOST: usize = 3;

/// A word that more than one file in this many has tells nothing.
const COMMON: usize = 6;

/// What so few files share is never common: of a handful of files half may be about one thing.
const FEW: usize = 8;

/// Most files that a word may stand in to bring two of them together: it keeps the work linear.
const WIDEST: usize = 300;

/// Documents whose sums are made in one place.
const RUN: usize = 128;

/// Weightiest words of a file that are compared.
const WORDS: usize = 60;

/// Words that are told as a reason.
const TOLD: usize = 4;

/// Likeness below which nothing is told, in thousandths.
const LEAST: u32 = 275;

/// Words of a title or summary, or names, that two files must share at least: that their texts are alike as
/// a whole may only be how their teams write.
const TIES: usize = 2;

/// What is left of the likeness of planned work and an outage, as a factor.
const PLANNED: f64 = 0.5;

/// What resembles each document.
#[derive(Debug, Default)]
pub struct Similar {
    by_doc: BTreeMap<DocId, Vec<Alike>>,
}

/// A document that resembles another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alike {
    /// The document.
    pub doc: DocId,
    /// How much, in thousandths.
    pub likeness: u32,
    /// What they share, the weightiest first.
    pub shared: Vec<Shared>,
}

/// Something that two documents share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shared {
    /// The title, word for word.
    Title,
    /// A contributing factor.
    Factor(String),
    /// An alert that caught both, or that both are for.
    Alert(String),
    /// A service that both hit.
    Service(String),
    /// A tag.
    Tag(String),
    /// Words that few other documents have.
    Words(Vec<String>),
}

impl Shared {
    /// Returns the reason in words, names between back ticks.
    pub fn words(&self) -> String {
        match self {
            Self::Title => "same title".to_owned(),
            Self::Factor(id) => format!("same factor `{id}`"),
            Self::Alert(name) => format!("same alert `{name}`"),
            Self::Service(id) => format!("same service `{id}`"),
            Self::Tag(tag) => format!("both tagged `{tag}`"),
            Self::Words(words) => format!("both speak of {}", words.join(", ")),
        }
    }
}

impl Similar {
    /// Compares the documents of a catalog, each kind with its own.
    pub(in crate::link) fn new(catalog: &Catalog, sources: &Sources) -> Self {
        let mut by_doc = BTreeMap::new();
        let is_postmortem = |doc: &Doc| matches!(doc.detail, Detail::Postmortem(_));
        let is_runbook = |doc: &Doc| matches!(doc.detail, Detail::Runbook(_));
        for kind in [&is_postmortem as &dyn Fn(&Doc) -> bool, &is_runbook] {
            let docs = catalog.documents.iter().enumerate().filter(|(_, doc)| kind(doc));
            let docs: Vec<DocId> = docs.map(|(n, _)| DocId(n as u32)).collect();
            by_doc.extend(compare(catalog, sources, &docs));
        }
        Self { by_doc }
    }

    /// Returns what resembles a document, the most alike first.
    pub fn of(&self, id: DocId) -> &[Alike] {
        self.by_doc.get(&id).map_or(&[], Vec::as_slice)
    }
}

/// A mark by number, and its weight in one document.
type Weighed = Vec<(u32, f64)>;

fn compare(catalog: &Catalog, sources: &Sources, docs: &[DocId]) -> BTreeMap<DocId, Vec<Alike>> {
    let of = |id: &DocId| &catalog.documents[id.0 as usize];
    let marks = par::map(docs, |id| Marks::of(of(id), &sources.get(of(id).source).text));
    let mut files: FastMap<&Mark, u32> = FastMap::default();
    for mark in marks.iter().flat_map(|m| m.all.keys()) {
        *files.entry(mark).or_default() += 1;
    }
    let widest = (docs.len() / COMMON).clamp(FEW, WIDEST);
    // A title that many have is a form, and not what happened.
    let most = |mark: &Mark| if matches!(mark, Mark::Title { .. }) { FEW } else { widest };
    let mut known: Vec<(&Mark, f64)> = files
        .into_iter()
        .filter(|(mark, n)| *n > 1 && *n as usize <= most(mark))
        .map(|(mark, n)| (mark, mark.weight() * rarity(docs.len(), n)))
        .collect();
    // A map by hash has no order: marks are numbered by their own.
    known.sort_unstable_by_key(|(mark, _)| *mark);
    let numbers: FastMap<&Mark, u32> = known.iter().map(|(mark, _)| *mark).zip(0..).collect();
    let weighed: Vec<Weighed> = par::map(&marks, |marks| weigh(marks, &numbers, &known));
    let lengths: Vec<f64> = par::map(&weighed, length);
    let mut holders: Vec<Vec<(u32, f64)>> = vec![Vec::new(); known.len()];
    for (n, weighed) in weighed.iter().enumerate() {
        for (mark, weight) in weighed {
            holders[*mark as usize].push((n as u32, *weight));
        }
    }
    let compared = Compared { known, weighed, lengths, holders, marks: &marks };
    let runs: Vec<usize> = (0..docs.len()).step_by(RUN).collect();
    let found = par::map(&runs, |start| {
        let mut sums = Sums::of(docs.len());
        let run = *start..docs.len().min(start + RUN);
        run.map(|n| compared.alike(n, docs, &mut sums)).collect::<Vec<_>>()
    });
    let found = found.into_iter().flatten();
    docs.iter().copied().zip(found).filter(|(_, alike)| !alike.is_empty()).collect()
}

/// What every other document shares with one, summed up; made once for many documents.
struct Sums {
    by_doc: Vec<f64>,
    touched: Vec<u32>,
}

impl Sums {
    fn of(docs: usize) -> Self {
        Self { by_doc: vec![0.0; docs], touched: Vec::new() }
    }

    fn add(&mut self, doc: u32, weight: f64) {
        let sum = &mut self.by_doc[doc as usize];
        // Weights are above zero, so that zero says it was not touched.
        if *sum == 0.0 {
            self.touched.push(doc);
        }
        *sum += weight;
    }

    /// Returns all sums and begins anew.
    fn take(&mut self) -> impl Iterator<Item = (usize, f64)> {
        let by_doc = &mut self.by_doc;
        self.touched
            .drain(..)
            .map(move |doc| (doc as usize, std::mem::take(&mut by_doc[doc as usize])))
    }
}

/// Documents of one kind, ready to be compared.
struct Compared<'a> {
    /// Marks that tell something, with what each weighs.
    known: Vec<(&'a Mark, f64)>,
    weighed: Vec<Weighed>,
    lengths: Vec<f64>,
    /// Who has each mark.
    holders: Vec<Vec<(u32, f64)>>,
    marks: &'a [Marks],
}

impl Compared<'_> {
    /// What resembles document `n`.
    fn alike(&self, n: usize, docs: &[DocId], sums: &mut Sums) -> Vec<Alike> {
        for (mark, weight) in &self.weighed[n] {
            for (other, theirs) in &self.holders[*mark as usize] {
                sums.add(*other, weight * theirs);
            }
        }
        let mut best: Vec<(u32, usize)> = sums
            .take()
            .map(|(other, sum)| (self.likeness(n, other, sum), other))
            .filter(|(likeness, other)| *likeness >= LEAST && *other != n)
            .collect();
        best.sort_by_key(|(likeness, other)| (Reverse(*likeness), *other));
        let told = best.into_iter().filter_map(|(likeness, other)| {
            let shared = self.shared(n, other);
            let shared = self.is_tied(n, other, &shared).then(|| self.reasons(n, &shared))?;
            Some(Alike { doc: docs[other], likeness, shared })
        });
        told.take(MOST).collect()
    }

    fn likeness(&self, a: usize, b: usize, sum: f64) -> u32 {
        let cosine = sum / (self.lengths[a] * self.lengths[b]);
        let alike = self.marks[a].is_planned == self.marks[b].is_planned;
        let thousandths = cosine * 1000.0 * if alike { 1.0 } else { PLANNED };
        #[expect(clippy::cast_sign_loss, reason = "clamped to thousandths")]
        let thousandths = thousandths.clamp(0.0, 1000.0) as u32;
        thousandths
    }

    /// The marks that two documents share, the weightiest first.
    fn shared(&self, a: usize, b: usize) -> Vec<&Mark> {
        let mut theirs = self.weighed[b].iter().peekable();
        let mut both: Vec<(f64, u32)> = Vec::new();
        for (n, weight) in &self.weighed[a] {
            while theirs.next_if(|(other, _)| other < n).is_some() {}
            if let Some((_, other)) = theirs.next_if(|(other, _)| other == n) {
                both.push((weight * other, *n));
            }
        }
        both.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        both.into_iter().map(|(_, n)| self.known[n as usize].0).collect()
    }

    /// Whether two documents share what their authors put first.
    fn is_tied(&self, a: usize, b: usize, shared: &[&Mark]) -> bool {
        // The words of a service's name say no more than the service.
        let of_service = |word: &str| {
            shared.iter().any(|mark| matches!(mark, Mark::Service(id) if id.contains(word)))
        };
        let is_telling = |mark: &Mark| {
            [a, b].iter().any(|n| self.marks[*n].all.get(mark).is_some_and(|m| m.telling))
        };
        let ties = |mark: &&Mark| match mark {
            Mark::Title { .. } => TIES,
            Mark::Factor(_) | Mark::Alert(_) => 1,
            Mark::Service(_) | Mark::Tag(_) => 0,
            Mark::Word(word) => usize::from(is_telling(mark) && !of_service(word)),
        };
        shared.iter().map(ties).sum::<usize>() >= TIES
    }

    /// What is told of what two documents share: names, and the weightiest words together.
    fn reasons(&self, n: usize, shared: &[&Mark]) -> Vec<Shared> {
        let mut out = Vec::new();
        let mut words: Vec<String> = Vec::new();
        for mark in shared {
            match mark {
                Mark::Title { .. } if out.contains(&Shared::Title) => {}
                Mark::Title { .. } => out.push(Shared::Title),
                Mark::Factor(id) => out.push(Shared::Factor(id.clone())),
                Mark::Alert(name) => out.push(Shared::Alert(name.clone())),
                Mark::Service(id) => out.push(Shared::Service(id.clone())),
                Mark::Tag(tag) => out.push(Shared::Tag(tag.clone())),
                Mark::Word(stem) if words.len() < TOLD => {
                    let made = self.marks[n].all.get(mark);
                    words.push(made.map_or_else(|| stem.clone(), |made| made.written.clone()));
                }
                Mark::Word(_) => {}
            }
        }
        if !words.is_empty() {
            out.push(Shared::Words(words));
        }
        out
    }
}

/// Keeps the weightiest marks of a document.
fn weigh(marks: &Marks, numbers: &FastMap<&Mark, u32>, known: &[(&Mark, f64)]) -> Weighed {
    let mut out: Weighed = marks
        .all
        .iter()
        .filter_map(|(mark, made)| {
            let number = *numbers.get(mark)?;
            Some((number, made.weight * known[number as usize].1))
        })
        .collect();
    out.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    out.truncate(WORDS);
    out.sort_by_key(|(number, _)| *number);
    out
}

fn length(weighed: &Weighed) -> f64 {
    weighed.iter().map(|(_, w)| w * w).sum::<f64>().sqrt().max(1.0)
}

/// How much it tells that so many of all files have something.
fn rarity(all: usize, files: u32) -> f64 {
    ln(1.0 + f64::from(all as u32) / f64::from(files))
}

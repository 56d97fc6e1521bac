//! Postmortems and runbooks → what resembles each, and why: shared factors, alerts, services, words.
//!
//! Every kind is compared with its own only. What two files share weighs by its rarity, so that what all
//! of a team's reports say is nothing; below a fixed likeness nothing is told, rather than noise.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::model::collect::Catalog;
use crate::model::document::{Detail, Doc};
use crate::model::id::DocId;
use crate::model::postmortem::Postmortem;
use crate::model::runbook::Runbook;
use crate::parse::tree::Kind;
use crate::text::ln::ln;
use crate::text::par;
use crate::text::source::Sources;
use crate::text::tokens::{Sink, is_number, scan};
use crate::text::words::{is_quiet, is_stop, stem};

/// Most that are told of one document.
const MOST: usize = 3;

/// A word that more than one file in this many has tells nothing.
const COMMON: usize = 6;

/// What so few files share is never common: of a handful of files half may be about one thing.
const FEW: usize = 8;

/// Most files that a word may stand in to bring two of them together: it keeps the work linear.
const WIDEST: usize = 300;

/// Weightiest words of a file that are compared.
const WORDS: usize = 60;

/// Words that are told as a reason.
const TOLD: usize = 4;

/// Likeness below which nothing is told, in thousandths.
const LEAST: u32 = 275;

/// Words of a title or summary, or names, that two files must share at least: that their texts are alike as
/// a whole may only be how their teams write.
const TIES: usize = 2;

/// Words that a title has at least if it names what happened, beside services and what every title says.
const NAMING: usize = 2;

/// What is left of the likeness of planned work and an outage, as a factor.
const PLANNED: f64 = 0.5;

/// Words that every report of an incident has: they tie no two of them.
const SAID: &str = "incident incidents issue issues outage outages problem problems resolved resolve resolution \
    investigating investigate currently monitoring update updated started start caused causing cause due time team \
    users user customers customer impact impacted affected affecting unavailable available down degraded \
    experiencing encountering seems working back again failed failing failure error errors service services \
    system systems new some two hours hour minutes minute day days maintenance planned priority state returning";

/// What each field of a file adds to the weight of its words.
mod field {
    pub(super) const TITLE: f64 = 4.0;
    pub(super) const SUMMARY: f64 = 2.0;
    pub(super) const ERROR: f64 = 2.0;
}

/// What tells more than a word does: how much more, as a factor of its rarity.
mod shared {
    pub(super) const TITLE: f64 = 4.0;
    pub(super) const FACTOR: f64 = 6.0;
    pub(super) const ALERT: f64 = 4.0;
    pub(super) const SERVICE: f64 = 2.0;
    pub(super) const TAG: f64 = 1.0;
}

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

/// What a document is compared by: a name of some sort, or a word without its ending.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    /// What is named alike but hit another service, or was planned, is not alike for that.
    Title {
        title: String,
        service: String,
        is_planned: bool,
    },
    Factor(String),
    Alert(String),
    Service(String),
    Tag(String),
    Word(String),
}

impl Mark {
    fn weight(&self) -> f64 {
        match self {
            Self::Title { .. } => shared::TITLE,
            Self::Factor(_) => shared::FACTOR,
            Self::Alert(_) => shared::ALERT,
            Self::Service(_) => shared::SERVICE,
            Self::Tag(_) => shared::TAG,
            Self::Word(_) => 1.0,
        }
    }
}

/// The marks of one document: how much it makes of each, and for words how it writes them.
#[derive(Default)]
struct Marks {
    weights: BTreeMap<Mark, f64>,
    written: BTreeMap<String, String>,
    /// Words of its title and summary, without their ending.
    telling: BTreeSet<String>,
    /// True for work that was planned: it is no outage, whatever it shares with one.
    is_planned: bool,
    weight: f64,
}

impl Sink for Marks {
    fn word(&mut self, word: &str) {
        if word.chars().count() < 3 || is_stop(word) || is_quiet(word) || is_number(word) {
            return;
        }
        let stem = stem(word);
        if self.weight >= field::SUMMARY && !is_said(word) {
            self.telling.insert(stem.clone());
        }
        *self.weights.entry(Mark::Word(stem.clone())).or_default() += self.weight;
        self.written.entry(stem).or_insert_with(|| word.to_owned());
    }

    fn compound(&mut self, _number: usize) {}
}

impl Marks {
    fn add(&mut self, text: &str, weight: f64) {
        self.weight = weight;
        scan(text, self);
    }

    fn name(&mut self, mark: Mark) {
        self.weights.insert(mark, 1.0);
    }

    fn of(doc: &Doc, text: &str) -> Self {
        let mut marks = Self::default();
        marks.body(doc, text);
        // Said ten times is not ten times as much.
        for weight in marks.weights.values_mut() {
            *weight = ln(1.0 + *weight);
        }
        marks.add(&doc.title.value, field::TITLE);
        for tag in &doc.tags {
            marks.name(Mark::Tag(tag.to_lowercase()));
        }
        match &doc.detail {
            Detail::Postmortem(postmortem) => marks.postmortem(postmortem),
            Detail::Runbook(runbook) => marks.runbook(runbook),
            _ => {}
        }
        marks.title(doc);
        marks
    }

    /// Its title, for each service that it is about, if it says more than that they failed.
    fn title(&mut self, doc: &Doc) {
        let title = doc.title.value.to_lowercase();
        let service = |mark: &Mark| match mark {
            Mark::Service(id) => Some(id.clone()),
            _ => None,
        };
        let mut services: Vec<String> = self.weights.keys().filter_map(service).collect();
        let is_generic = |word: &str| is_stop(word) || is_quiet(word) || is_said(word);
        let is_service = |word: &str| services.iter().any(|id| id.contains(word));
        let says = |word: &&str| !word.is_empty() && !is_generic(word) && !is_service(word);
        if title.split(|c: char| !c.is_alphanumeric()).filter(says).count() < NAMING {
            return;
        }
        if services.is_empty() {
            services.push(String::new());
        }
        for service in services {
            let title = title.clone();
            self.name(Mark::Title { title, service, is_planned: self.is_planned });
        }
    }

    fn postmortem(&mut self, postmortem: &Postmortem) {
        for (factor, note) in &postmortem.factors {
            self.name(Mark::Factor(factor.value.to_string()));
            self.add(note.as_deref().unwrap_or(""), field::SUMMARY);
        }
        let severity = postmortem.severity.as_ref().map_or("", |f| &f.value);
        self.is_planned = matches!(severity, "notice" | "maintenance" | "info");
        for service in &postmortem.services {
            self.name(Mark::Service(service.value.to_string()));
        }
        for alert in &postmortem.detection_alerts {
            self.name(Mark::Alert(alert.value.clone()));
        }
        self.add(postmortem.impact.as_deref().unwrap_or(""), field::SUMMARY);
        for cause in &postmortem.causes {
            self.add(cause, field::SUMMARY);
        }
    }

    fn runbook(&mut self, runbook: &Runbook) {
        for alert in &runbook.alerts {
            self.name(Mark::Alert(alert.value.clone()));
        }
        for sentence in runbook.symptoms.iter().chain(&runbook.questions) {
            self.add(&sentence.value, field::SUMMARY);
        }
        self.add(runbook.meaning.as_ref().map_or("", |f| &f.value), field::SUMMARY);
    }

    /// The words of a text; what is written as code with a space in it is an error message or a command.
    fn body(&mut self, doc: &Doc, text: &str) {
        for node in &doc.tree.nodes {
            match &node.kind {
                Kind::Text(words) => self.add(words.of(text), 1.0),
                Kind::InlineCode(words) => {
                    let code = words.of(text);
                    let weight = if code.trim().contains(' ') { field::ERROR } else { 1.0 };
                    self.add(code, weight);
                }
                _ => {}
            }
        }
    }
}

/// A mark by number, and its weight in one document.
type Weighed = Vec<(u32, f64)>;

fn compare(catalog: &Catalog, sources: &Sources, docs: &[DocId]) -> BTreeMap<DocId, Vec<Alike>> {
    let of = |id: &DocId| &catalog.documents[id.0 as usize];
    let marks = par::map(docs, |id| Marks::of(of(id), &sources.get(of(id).source).text));
    let mut files: BTreeMap<&Mark, u32> = BTreeMap::new();
    for mark in marks.iter().flat_map(|m| m.weights.keys()) {
        *files.entry(mark).or_default() += 1;
    }
    let widest = (docs.len() / COMMON).clamp(FEW, WIDEST);
    // A title that many have is a form, and not what happened.
    let most = |mark: &Mark| if matches!(mark, Mark::Title { .. }) { FEW } else { widest };
    let known: Vec<(&Mark, f64)> = files
        .into_iter()
        .filter(|(mark, n)| *n > 1 && *n as usize <= most(mark))
        .map(|(mark, n)| (mark, mark.weight() * rarity(docs.len(), n)))
        .collect();
    let numbers: BTreeMap<&Mark, u32> = known.iter().map(|(mark, _)| *mark).zip(0..).collect();
    let weighed: Vec<Weighed> = par::map(&marks, |marks| weigh(marks, &numbers, &known));
    let lengths: Vec<f64> = par::map(&weighed, length);
    let mut holders: Vec<Vec<(u32, f64)>> = vec![Vec::new(); known.len()];
    for (n, weighed) in weighed.iter().enumerate() {
        for (mark, weight) in weighed {
            holders[*mark as usize].push((n as u32, *weight));
        }
    }
    let compared = Compared { known, weighed, lengths, holders, marks: &marks };
    let all: Vec<usize> = (0..docs.len()).collect();
    let found = par::map(&all, |n| compared.alike(*n, docs));
    docs.iter().copied().zip(found).filter(|(_, alike)| !alike.is_empty()).collect()
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
    fn alike(&self, n: usize, docs: &[DocId]) -> Vec<Alike> {
        let mut sums: BTreeMap<u32, f64> = BTreeMap::new();
        for (mark, weight) in &self.weighed[n] {
            for (other, theirs) in &self.holders[*mark as usize] {
                *sums.entry(*other).or_default() += weight * theirs;
            }
        }
        let mut best: Vec<(u32, usize)> = sums
            .into_iter()
            .map(|(other, sum)| (self.likeness(n, other as usize, sum), other as usize))
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
        let theirs: BTreeMap<u32, f64> = self.weighed[b].iter().copied().collect();
        let both = self.weighed[a].iter();
        let mut both: Vec<(f64, u32)> =
            both.filter_map(|(n, weight)| Some((weight * theirs.get(n)?, *n))).collect();
        both.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        both.into_iter().map(|(_, n)| self.known[n as usize].0).collect()
    }

    /// Whether two documents share what their authors put first.
    fn is_tied(&self, a: usize, b: usize, shared: &[&Mark]) -> bool {
        // The words of a service's name say no more than the service.
        let of_service = |word: &str| {
            shared.iter().any(|mark| matches!(mark, Mark::Service(id) if id.contains(word)))
        };
        let is_telling = |word: &String| {
            self.marks[a].telling.contains(word) || self.marks[b].telling.contains(word)
        };
        let ties = |mark: &&Mark| match mark {
            Mark::Title { .. } => TIES,
            Mark::Factor(_) | Mark::Alert(_) => 1,
            Mark::Service(_) | Mark::Tag(_) => 0,
            Mark::Word(word) => usize::from(is_telling(word) && !of_service(word)),
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
                    words.push(self.marks[n].written.get(stem).unwrap_or(stem).clone());
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
fn weigh(marks: &Marks, numbers: &BTreeMap<&Mark, u32>, known: &[(&Mark, f64)]) -> Weighed {
    let mut out: Weighed = marks
        .weights
        .iter()
        .filter_map(|(mark, weight)| {
            let number = *numbers.get(mark)?;
            Some((number, weight * known[number as usize].1))
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

/// True for a word that every report of an incident has.
fn is_said(word: &str) -> bool {
    static SAYINGS: LazyLock<BTreeSet<&str>> =
        LazyLock::new(|| SAID.split_ascii_whitespace().collect());
    SAYINGS.contains(word)
}

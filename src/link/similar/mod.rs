//! Postmortems and runbooks → what resembles each, and why: shared factors, alerts, services, words.
//!
//! Every kind is compared with its own only. What two files share weighs by its rarity, so that what all
//! of a team's reports say is nothing; below a fixed likeness nothing is told, rather than noise.

mod marks;

use crate::link::similar::marks::{Mark, Names, Reader, Said, Words};
use crate::model::collect::Catalog;
use crate::model::document::{Detail, Doc};
use crate::model::id::DocId;
use crate::parse::tree::Tree;
use crate::text::ln::ln;
use crate::text::map::FastMap;
use crate::text::par;
use crate::text::source::Sources;
use std::cmp::Reverse;
use std::sync::{Arc, OnceLock};

/// Most that are told of one document.
const MOST: usize = 3;

/// A word that more than one file in this many has tells nothing.
const COMMON: usize = 6;

/// What so few files share is never common: of a handful of files half may be about one thing.
const FEW: usize = 8;

/// Most files that a word may stand in to bring two of them together: it keeps the work linear.
const WIDEST: usize = 300;

/// Documents that are read one after the other: more share their words, fewer are read anew for one that changed.
const RUN: usize = 512;

/// The same in a preview, which reads them again after each change.
const RUN_OF_PREVIEW: usize = 128;

/// Weightiest words of a file that are compared.
const WEIGHTIEST: usize = 60;

/// Words that are told as a reason.
const TOLD: usize = 4;

/// Likeness below which nothing is told, in thousandths.
const LEAST: u32 = 275;

/// Words of a title or summary, or names, that two files must share at least: that their texts are alike as
/// a whole may only be how their teams write.
const TIES: usize = 2;

/// What is left of the likeness of planned work and an outage, as a factor.
const PLANNED: f64 = 0.5;

/// What resembles each document, where somebody has asked: one site's, which the next may read.
pub type SharedSimilar = Arc<OnceLock<Similar>>;

/// What resembles each document; it is found when somebody asks.
#[derive(Debug, Default)]
pub struct Similar {
    kinds: Vec<Compared>,
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
    /// Reads the documents of a catalog, each kind for itself; what is as it was `before` is not read again.
    /// `None` where `is_old` says meanwhile that nobody wants to know any more.
    pub(in crate::link) fn new(
        catalog: &Catalog,
        sources: &Sources,
        before: Option<&SharedSimilar>,
        is_old: &dyn Fn() -> bool,
    ) -> Option<Self> {
        let is_postmortem = |doc: &Doc| matches!(doc.detail, Detail::Postmortem(_));
        let is_runbook = |doc: &Doc| matches!(doc.detail, Detail::Runbook(_));
        let last = before.and_then(|before| before.get());
        let kinds = [&is_postmortem as &dyn Fn(&Doc) -> bool, &is_runbook];
        let kinds = kinds.iter().enumerate().map(|(kind, is_of_kind)| {
            let docs = catalog.documents.iter().enumerate().filter(|(_, doc)| is_of_kind(doc));
            let docs = docs.map(|(n, _)| DocId(n as u32)).collect();
            let runs = last.map_or(&[][..], |last| &last.kinds[kind].runs);
            Compared::new(catalog, sources, docs, before.map(|_| runs), is_old)
        });
        Some(Self { kinds: kinds.collect::<Option<_>>()? })
    }

    /// Returns what resembles a document, the most alike first.
    pub fn of(&self, id: DocId) -> Vec<Alike> {
        let found =
            self.kinds.iter().find_map(|kind| Some((kind, kind.docs.binary_search(&id).ok()?)));
        found.map_or_else(Vec::new, |(kind, n)| kind.alike(n))
    }
}

/// A document, ready to be compared.
#[derive(Debug)]
struct Weighed {
    /// Its weightiest marks, by number.
    marks: Vec<Made>,
    length: f64,
    is_planned: bool,
}

/// What a document makes of a mark.
#[derive(Debug)]
struct Made {
    /// Number of the mark.
    mark: u32,
    weight: f64,
    /// For words: how the document writes it, by number in the words of its run.
    written: u32,
    /// For words: whether its author put it first.
    telling: bool,
}

/// Documents that were read one after the other.
#[derive(Debug)]
struct Run {
    /// Their bodies: equal ones are of equal files.
    trees: Vec<Arc<Tree>>,
    said: Vec<Box<[Said]>>,
    words: Arc<Words>,
    /// In how many of them each stem stands.
    counts: Vec<u32>,
}

impl Run {
    fn read(catalog: &Catalog, sources: &Sources, ids: &[DocId]) -> Self {
        let mut reader = Reader::default();
        let docs = ids.iter().map(|id| &catalog.documents[id.0 as usize]);
        let said: Vec<Box<[Said]>> =
            docs.clone().map(|doc| reader.read(doc, &sources.get(doc.source).text)).collect();
        let trees = docs.map(|doc| Arc::clone(&doc.tree)).collect();
        let words = reader.words();
        let mut counts = vec![0; words.stems.len()];
        for said in said.iter().flatten() {
            counts[words.stem_of[said.written as usize] as usize] += 1;
        }
        Self { trees, said, words: Arc::new(words), counts }
    }

    fn is_of(&self, catalog: &Catalog, ids: &[DocId]) -> bool {
        let tree = |id: &DocId| &catalog.documents[id.0 as usize].tree;
        self.trees.len() == ids.len()
            && self.trees.iter().zip(ids).all(|(known, id)| Arc::ptr_eq(known, tree(id)))
    }
}

/// The marks that tell something of so many documents, in their own order, with what each weighs.
fn known(runs: &[Arc<Run>], all: &[Names]) -> Vec<(Mark, f64)> {
    let docs = all.len();
    let mut stems: FastMap<&str, u32> = FastMap::default();
    let mut names: FastMap<&Mark, u32> = FastMap::default();
    for run in runs {
        for (stem, n) in run.words.stems.iter().zip(&run.counts) {
            *stems.entry(stem).or_default() += n;
        }
    }
    for name in all.iter().flat_map(|names| &names.marks) {
        *names.entry(name).or_default() += 1;
    }
    let widest = (docs / COMMON).clamp(FEW, WIDEST);
    // A title that many have is a form, and not what happened.
    let most = |mark: &Mark| if matches!(mark, Mark::Title { .. }) { FEW } else { widest };
    let names = names.into_iter().filter(|(mark, n)| *n > 1 && *n as usize <= most(mark));
    let names = names.map(|(mark, n)| (mark.clone(), n));
    let stems = stems.into_iter().filter(|(_, n)| *n > 1 && *n as usize <= widest);
    let stems = stems.map(|(stem, n)| (Mark::Word(stem.into()), n));
    let mut known: Vec<(Mark, f64)> = names
        .chain(stems)
        .map(|(mark, n)| {
            let weight = mark.weight() * rarity(docs, n);
            (mark, weight)
        })
        .collect();
    // A map by hash has no order: marks are numbered by their own.
    known.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    known
}

/// Documents of one kind, ready to be compared.
#[derive(Debug)]
struct Compared {
    docs: Vec<DocId>,
    /// How many of them are in a run.
    run: usize,
    /// Marks that tell something, with what each weighs.
    known: Vec<(Mark, f64)>,
    weighed: Vec<Weighed>,
    /// Who has each mark.
    holders: Vec<Vec<(u32, f64)>>,
    /// The words of each run of documents.
    words: Vec<Arc<Words>>,
    /// What a preview keeps for its next site.
    runs: Vec<Arc<Run>>,
}

/// Something that two documents share.
struct Both<'a> {
    mark: &'a Mark,
    weight: f64,
    /// What the first of them makes of it.
    made: &'a Made,
    /// Whether an author of either put it first.
    telling: bool,
}

impl Compared {
    fn new(
        catalog: &Catalog,
        sources: &Sources,
        docs: Vec<DocId>,
        before: Option<&[Arc<Run>]>,
        is_old: &dyn Fn() -> bool,
    ) -> Option<Self> {
        let run = if before.is_some() { RUN_OF_PREVIEW } else { RUN };
        let parts: Vec<(usize, &[DocId])> = docs.chunks(run).enumerate().collect();
        let runs = par::map(&parts, |(n, ids)| match before.and_then(|before| before.get(*n)) {
            Some(run) if run.is_of(catalog, ids) => Arc::clone(run),
            _ => Arc::new(Run::read(catalog, sources, ids)),
        });
        let names = par::map(&docs, |id| Names::of(&catalog.documents[id.0 as usize]));
        if is_old() {
            return None;
        }
        let known = known(&runs, &names);
        if is_old() {
            return None;
        }
        let numbers: FastMap<&Mark, u32> = known.iter().map(|(mark, _)| mark).zip(0..).collect();
        let words: FastMap<&str, u32> = (0..)
            .zip(&known)
            .filter_map(|(n, (mark, _))| match mark {
                Mark::Word(stem) => Some((&**stem, n)),
                _ => None,
            })
            .collect();
        let parts: Vec<(&Arc<Run>, &[Names])> = runs.iter().zip(names.chunks(run)).collect();
        let weighed = par::map(&parts, |(run, names)| {
            let stems = run.words.stems.iter();
            let stems: Vec<Option<u32>> = stems.map(|stem| words.get(&**stem).copied()).collect();
            let docs = run.said.iter().zip(*names);
            // Of each word as it is written.
            let words: Vec<Option<u32>> =
                run.words.stem_of.iter().map(|stem| stems[*stem as usize]).collect();
            docs.map(|(said, names)| weigh(said, names, &words, &numbers, &known))
                .collect::<Vec<_>>()
        });
        let weighed: Vec<Weighed> = weighed.into_iter().flatten().collect();
        let mut holders: Vec<Vec<(u32, f64)>> = vec![Vec::new(); known.len()];
        for (n, weighed) in weighed.iter().enumerate() {
            for made in &weighed.marks {
                holders[made.mark as usize].push((n as u32, made.weight));
            }
        }
        let words = runs.iter().map(|run| Arc::clone(&run.words)).collect();
        let runs = if before.is_some() { runs } else { Vec::new() };
        Some(Self { docs, run, known, weighed, holders, words, runs })
    }

    /// What resembles document `n`.
    fn alike(&self, n: usize) -> Vec<Alike> {
        let mut sums = vec![0.0; self.docs.len()];
        for made in &self.weighed[n].marks {
            for (other, theirs) in &self.holders[made.mark as usize] {
                sums[*other as usize] += made.weight * theirs;
            }
        }
        let mut best: Vec<(u32, usize)> = sums
            .into_iter()
            .enumerate()
            .filter(|(other, sum)| *sum > 0.0 && *other != n)
            .map(|(other, sum)| (self.likeness(n, other, sum), other))
            .filter(|(likeness, _)| *likeness >= LEAST)
            .collect();
        best.sort_by_key(|(likeness, other)| (Reverse(*likeness), *other));
        let told = best.into_iter().filter_map(|(likeness, other)| {
            let shared = self.shared(n, other);
            let shared = is_tied(&shared).then(|| self.reasons(n, &shared))?;
            Some(Alike { doc: self.docs[other], likeness, shared })
        });
        told.take(MOST).collect()
    }

    fn likeness(&self, a: usize, b: usize, sum: f64) -> u32 {
        let (a, b) = (&self.weighed[a], &self.weighed[b]);
        let cosine = sum / (a.length * b.length);
        let thousandths =
            cosine * 1000.0 * if a.is_planned == b.is_planned { 1.0 } else { PLANNED };
        #[expect(clippy::cast_sign_loss, reason = "clamped to thousandths")]
        let thousandths = thousandths.clamp(0.0, 1000.0) as u32;
        thousandths
    }

    /// The marks that two documents share, the weightiest first.
    fn shared(&self, a: usize, b: usize) -> Vec<Both<'_>> {
        let mut theirs = self.weighed[b].marks.iter().peekable();
        let mut both: Vec<Both<'_>> = Vec::new();
        for made in &self.weighed[a].marks {
            while theirs.next_if(|other| other.mark < made.mark).is_some() {}
            if let Some(other) = theirs.next_if(|other| other.mark == made.mark) {
                both.push(Both {
                    mark: &self.known[made.mark as usize].0,
                    weight: made.weight * other.weight,
                    made,
                    telling: made.telling || other.telling,
                });
            }
        }
        both.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.made.mark.cmp(&b.made.mark)));
        both
    }

    /// What is told of what two documents share, the first of which is `n`: names, and the weightiest words together.
    fn reasons(&self, n: usize, shared: &[Both<'_>]) -> Vec<Shared> {
        let mut out = Vec::new();
        let mut words: Vec<String> = Vec::new();
        let written = &self.words[n / self.run].written;
        for both in shared {
            match both.mark {
                Mark::Title { .. } if out.contains(&Shared::Title) => {}
                Mark::Title { .. } => out.push(Shared::Title),
                Mark::Factor(id) => out.push(Shared::Factor(id.clone())),
                Mark::Alert(name) => out.push(Shared::Alert(name.clone())),
                Mark::Service(id) => out.push(Shared::Service(id.clone())),
                Mark::Tag(tag) => out.push(Shared::Tag(tag.clone())),
                Mark::Word(_) if words.len() < TOLD => {
                    words.push(written[both.made.written as usize].to_string());
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

/// Whether two documents share what their authors put first.
fn is_tied(shared: &[Both<'_>]) -> bool {
    // The words of a service's name say no more than the service.
    let of_service = |word: &str| {
        shared.iter().any(|both| matches!(both.mark, Mark::Service(id) if id.contains(word)))
    };
    let ties = |both: &Both<'_>| match both.mark {
        Mark::Title { .. } => TIES,
        Mark::Factor(_) | Mark::Alert(_) => 1,
        Mark::Service(_) | Mark::Tag(_) => 0,
        Mark::Word(word) => usize::from(both.telling && !of_service(word)),
    };
    shared.iter().map(ties).sum::<usize>() >= TIES
}

/// Keeps the weightiest marks of a document; `words` are the marks of the words of its run.
fn weigh(
    said: &[Said],
    names: &Names,
    words: &[Option<u32>],
    numbers: &FastMap<&Mark, u32>,
    known: &[(Mark, f64)],
) -> Weighed {
    let name = |mark: &Mark| Some((*numbers.get(mark)?, 1.0, 0, false));
    let word = |said: &Said| {
        Some((words[said.written as usize]?, said.weight, said.written, said.telling))
    };
    let all = names.marks.iter().filter_map(name).chain(said.iter().filter_map(word));
    let made = |(mark, weight, written, telling): (u32, f64, u32, bool)| Made {
        mark,
        weight: weight * known[mark as usize].1,
        written,
        telling,
    };
    let mut made: Vec<Made> = all.map(made).collect();
    if made.len() > WEIGHTIEST {
        let weightiest =
            |a: &Made, b: &Made| b.weight.total_cmp(&a.weight).then(a.mark.cmp(&b.mark));
        made.select_nth_unstable_by(WEIGHTIEST - 1, weightiest);
        made.truncate(WEIGHTIEST);
    }
    made.shrink_to_fit();
    made.sort_unstable_by_key(|made| made.mark);
    let length = made.iter().map(|made| made.weight * made.weight).sum::<f64>().sqrt().max(1.0);
    Weighed { marks: made, length, is_planned: names.is_planned }
}

/// How much it tells that so many of all files have something.
fn rarity(all: usize, files: u32) -> f64 {
    ln(1.0 + f64::from(all as u32) / f64::from(files))
}

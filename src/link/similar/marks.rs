//! A document → its marks: the names it states and the words it makes much of.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::model::document::{Detail, Doc};
use crate::model::postmortem::Postmortem;
use crate::model::runbook::Runbook;
use crate::parse::tree::Kind;
use crate::text::ln::ln;
use crate::text::map::FastMap;
use crate::text::tokens::{Sink, is_number, scan};
use crate::text::words::{is_quiet, is_stop, stem};

/// Words that a title has at least if it names what happened, beside services and what every title says.
const NAMING: usize = 2;

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

/// What a document is compared by: a name of some sort, or a word without its ending.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Mark {
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
    /// Returns how much more it tells than a word does, as a factor of its rarity.
    pub(super) fn weight(&self) -> f64 {
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
pub(super) struct Marks {
    pub(super) all: FastMap<Mark, Made>,
    /// What the words of the part at hand add up to, as they are written, in the order of their coming.
    words: Vec<(String, Told)>,
    /// Places in `words`; `None` for what tells nothing.
    places: FastMap<String, Option<usize>>,
    /// True for work that was planned: it is no outage, whatever it shares with one.
    pub(super) is_planned: bool,
    weight: f64,
}

/// What a document makes of a mark.
#[derive(Clone, Debug, Default)]
pub(super) struct Made {
    /// How much.
    pub(super) weight: f64,
    /// For words: as it is written.
    pub(super) written: String,
    /// For words: true for those of its title, its summary or an error message.
    pub(super) telling: bool,
}

/// How much a file makes of a word.
#[derive(Clone, Copy, Default)]
struct Told {
    weight: f64,
    /// True for what stands in its title, its summary or an error message.
    first: bool,
}

impl Sink for Marks {
    fn word(&mut self, word: &str) {
        // Most words come again: what they are is looked for once.
        let place = self.places.get(word).copied().unwrap_or_else(|| {
            let tells =
                word.chars().count() >= 3 && !(is_stop(word) || is_quiet(word) || is_number(word));
            let place = tells.then_some(self.words.len());
            if tells {
                self.words.push((word.to_owned(), Told::default()));
            }
            self.places.insert(word.to_owned(), place);
            place
        });
        let Some(place) = place else { return };
        let told = &mut self.words[place].1;
        told.weight += self.weight;
        told.first |= self.weight >= field::SUMMARY;
    }

    fn compound(&mut self, _number: usize) {}
}

impl Marks {
    fn add(&mut self, text: &str, weight: f64) {
        self.weight = weight;
        scan(text, self);
    }

    /// Takes the words that were gathered into account.
    fn gathered(&mut self) {
        self.places.clear();
        for (word, told) in std::mem::take(&mut self.words) {
            let made = self.all.entry(Mark::Word(stem(&word))).or_default();
            made.weight += told.weight;
            made.telling |= told.first && !is_said(&word);
            if made.written.is_empty() {
                made.written = word;
            }
        }
    }

    fn name(&mut self, mark: Mark) {
        self.all.insert(mark, Made { weight: 1.0, ..Made::default() });
    }

    pub(super) fn of(doc: &Doc, text: &str) -> Self {
        let mut marks = Self::default();
        marks.body(doc, text);
        marks.gathered();
        // Said ten times is not ten times as much.
        marks.all.values_mut().for_each(|made| made.weight = ln(1.0 + made.weight));
        marks.add(&doc.title.value, field::TITLE);
        for tag in &doc.tags {
            marks.name(Mark::Tag(tag.to_lowercase()));
        }
        match &doc.detail {
            Detail::Postmortem(postmortem) => marks.postmortem(postmortem),
            Detail::Runbook(runbook) => marks.runbook(runbook),
            _ => {}
        }
        marks.gathered();
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
        let mut services: Vec<String> = self.all.keys().filter_map(service).collect();
        let is_generic = |word: &str| is_stop(word) || is_quiet(word) || is_said(word);
        let is_service = |word: &str| services.iter().any(|id| id.contains(word));
        let says = |word: &&str| !word.is_empty() && !is_generic(word) && !is_service(word);
        if title.split(|c: char| !c.is_alphanumeric()).filter(says).count() < NAMING {
            return;
        }
        services.sort();
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

/// True for a word that every report of an incident has.
fn is_said(word: &str) -> bool {
    static SAYINGS: LazyLock<BTreeSet<&str>> =
        LazyLock::new(|| SAID.split_ascii_whitespace().collect());
    SAYINGS.contains(word)
}

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
    Word(Box<str>),
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

/// The words of many documents, each once, and what each is without its ending.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// As they are written.
    pub(super) written: Vec<Box<str>>,
    /// Of each, its number in `stems`.
    pub(super) stem_of: Vec<u32>,
    /// Without their endings.
    pub(super) stems: Vec<Box<str>>,
}

/// What a document names.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Each name once.
    pub(super) marks: Vec<Mark>,
    /// True for work that was planned: it is no outage, whatever it shares with one.
    pub(super) is_planned: bool,
}

/// What a document makes of a word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said {
    /// How much it makes of it.
    pub(super) weight: f64,
    /// How the document writes it: its number in [`Words::written`].
    pub(super) written: u32,
    /// True for words of its title, its summary or an error message.
    pub(super) telling: bool,
}

/// Reads documents, one after the other.
#[derive(Default)]
pub(super) struct Reader {
    words: Words,
    /// Words by what is written; `None` for what tells nothing.
    numbers: FastMap<Box<str>, Option<u32>>,
    stems: FastMap<Box<str>, u32>,
    /// Of each word: whether every report has it.
    known: Vec<bool>,
    /// Of each stem: where it stands in what the document at hand says.
    places: Vec<Option<u32>>,
    said: Vec<Said>,
    /// What a word of the field at hand weighs.
    weight: f64,
}

impl Sink for Reader {
    fn word(&mut self, word: &str) {
        let number = match self.numbers.get(word) {
            Some(number) => *number,
            None => self.learn(word),
        };
        let Some(number) = number else { return };
        let (stem, is_said) = (self.words.stem_of[number as usize], self.known[number as usize]);
        let said = &mut self.said;
        let place = *self.places[stem as usize].get_or_insert_with(|| {
            said.push(Said { weight: 0.0, written: number, telling: false });
            said.len() as u32 - 1
        });
        let said = &mut said[place as usize];
        said.weight += self.weight;
        said.telling |= self.weight >= field::SUMMARY && !is_said;
    }

    fn compound(&mut self, _number: usize) {}
}

impl Reader {
    /// Returns all words that were read.
    pub(super) fn words(self) -> Words {
        self.words
    }

    fn learn(&mut self, word: &str) -> Option<u32> {
        let tells =
            word.chars().count() >= 3 && !(is_stop(word) || is_quiet(word) || is_number(word));
        let number = tells.then(|| {
            let stem: Box<str> = stem(word).into();
            let stem = *self.stems.entry(stem).or_insert_with_key(|stem| {
                self.words.stems.push(stem.clone());
                self.places.push(None);
                self.places.len() as u32 - 1
            });
            self.words.written.push(word.into());
            self.words.stem_of.push(stem);
            self.known.push(is_said(word));
            self.known.len() as u32 - 1
        });
        self.numbers.insert(word.into(), number);
        number
    }

    fn add(&mut self, text: &str, weight: f64) {
        self.weight = weight;
        scan(text, self);
    }

    /// Returns what a document says of each stem, in the order of their coming: all of it stands in its file.
    pub(super) fn read(&mut self, doc: &Doc, text: &str) -> Box<[Said]> {
        self.body(doc, text);
        // Said ten times is not ten times as much.
        self.said.iter_mut().for_each(|said| said.weight = ln(1.0 + said.weight));
        self.add(&doc.title.value, field::TITLE);
        match &doc.detail {
            Detail::Postmortem(postmortem) => self.postmortem(postmortem),
            Detail::Runbook(runbook) => self.runbook(runbook),
            _ => {}
        }
        for said in &self.said {
            self.places[self.words.stem_of[said.written as usize] as usize] = None;
        }
        // A copy has no room that is not needed.
        let said = self.said.as_slice().into();
        self.said.clear();
        said
    }

    fn postmortem(&mut self, postmortem: &Postmortem) {
        for (_, note) in &postmortem.factors {
            self.add(note.as_deref().unwrap_or(""), field::SUMMARY);
        }
        self.add(postmortem.impact.as_deref().unwrap_or(""), field::SUMMARY);
        for cause in &postmortem.causes {
            self.add(cause, field::SUMMARY);
        }
    }

    fn runbook(&mut self, runbook: &Runbook) {
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

impl Names {
    /// Returns what a document names; other files may have a part in it.
    pub(super) fn of(doc: &Doc) -> Self {
        let mut names = Self::default();
        let marks = &mut names.marks;
        marks.extend(doc.tags.iter().map(|tag| Mark::Tag(tag.to_lowercase())));
        match &doc.detail {
            Detail::Postmortem(postmortem) => {
                let factors = postmortem.factors.iter();
                marks.extend(factors.map(|(factor, _)| Mark::Factor(factor.value.to_string())));
                let services = postmortem.services.iter();
                marks.extend(services.map(|service| Mark::Service(service.value.to_string())));
                let alerts = postmortem.detection_alerts.iter();
                marks.extend(alerts.map(|alert| Mark::Alert(alert.value.clone())));
                let severity = postmortem.severity.as_ref().map_or("", |f| &f.value);
                names.is_planned = matches!(severity, "notice" | "maintenance" | "info");
            }
            Detail::Runbook(runbook) => {
                marks.extend(runbook.alerts.iter().map(|alert| Mark::Alert(alert.value.clone())));
            }
            _ => {}
        }
        names.title(doc);
        names.marks.sort_unstable();
        names.marks.dedup();
        names
    }

    /// Its title, for each service that it is about, if it says more than that they failed.
    fn title(&mut self, doc: &Doc) {
        let title = doc.title.value.to_lowercase();
        let service = |mark: &Mark| match mark {
            Mark::Service(id) => Some(id.clone()),
            _ => None,
        };
        let mut services: Vec<String> = self.marks.iter().filter_map(service).collect();
        let is_generic = |word: &str| is_stop(word) || is_quiet(word) || is_said(word);
        let is_service = |word: &str| services.iter().any(|id| id.contains(word));
        let says = |word: &&str| !word.is_empty() && !is_generic(word) && !is_service(word);
        if title.split(|c: char| !c.is_alphanumeric()).filter(says).count() < NAMING {
            return;
        }
        if services.is_empty() {
            services.push(String::new());
        }
        let is_planned = self.is_planned;
        let mark = |service| Mark::Title { title: title.clone(), service, is_planned };
        self.marks.extend(services.into_iter().map(mark));
    }
}

/// True for a word that every report of an incident has.
fn is_said(word: &str) -> bool {
    static SAYINGS: LazyLock<BTreeSet<&str>> =
        LazyLock::new(|| SAID.split_ascii_whitespace().collect());
    SAYINGS.contains(word)
}

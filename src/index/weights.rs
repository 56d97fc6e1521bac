//! Records → how much each section says about each word: impacts of six bits, a run of pages at a time.

use std::ops::Range;
use std::rc::Rc;

use crate::text::map::FastMap;

use crate::index::records::{Record, Section};
use crate::text::tokens::{Sink, is_number, scan, tails};
use crate::text::words::is_stop;

/// Largest impact: one digit of the files holds it.
const MAX_IMPACT: u8 = 63;

/// Bits of a [`Place`] that hold its impact.
const IMPACT_BITS: u32 = 6;

/// Steps of impact to one unit of weight.
const STEPS: f64 = 6.0;

/// What the names of a page weigh that nobody wrote: the page that somebody wrote of the same thing says more.
const STUB: f64 = 0.7;

/// How much more the whole of a name weighs than its words.
const WHOLE: f64 = 1.2;

/// Words of a section of usual length. A fixed number, so that a new page changes no other page's impacts, and
/// with them their files.
const USUAL_LENGTH: f64 = 60.0;

/// How soon a pair that repeats says no more.
const PAIR_NORM: f64 = 0.6;

/// A word that stands by itself: it may be what somebody meant to type.
pub(crate) const WORD: u8 = 1;
/// A word of a name.
pub(crate) const NAMED: u8 = 2;
/// A word of the name of an alert.
pub(crate) const ALERT: u8 = 4;
/// Two words side by side.
pub(crate) const PAIR: u8 = 8;

/// A section and how much it says, in one number that sorts by section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place(u32);

impl Place {
    /// A section by its number, and an impact of at most 63.
    pub(crate) fn new(section: u32, impact: u8) -> Self {
        Self(section << IMPACT_BITS | u32::from(impact))
    }

    /// Number of the section.
    pub(crate) fn section(self) -> u32 {
        self.0 >> IMPACT_BITS
    }

    /// What it says about the word, at most 63.
    pub(crate) fn impact(self) -> u8 {
        (self.0 & u32::from(MAX_IMPACT)) as u8
    }

    /// The same place where `sections` more stand before it.
    pub(crate) fn after(self, sections: u32) -> Self {
        Self(self.0 + (sections << IMPACT_BITS))
    }
}

/// The words of a run of pages, sorted, and where each stands. Of a large site there are millions: they share what
/// they are kept in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    /// The letters of all words, one after the other.
    text: String,
    /// The places of all words, one word after the other.
    places: Vec<Place>,
    /// Each word once.
    all: Vec<Word>,
}

/// One word, which starts where the one before it ends.
#[derive(Clone, Copy, Debug)]
struct Word {
    /// Where its letters end.
    text: u32,
    /// Where its places end.
    places: u32,
    /// What it is: [`WORD`], [`NAMED`], [`ALERT`], [`PAIR`].
    what: u8,
}

impl Words {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// A word, or two with a space between.
    pub(crate) fn text(&self, word: usize) -> &str {
        let start = word.checked_sub(1).map_or(0, |n| self.all[n].text as usize);
        &self.text[start..self.all[word].text as usize]
    }

    /// What a word is: [`WORD`], [`NAMED`], [`ALERT`], [`PAIR`].
    pub(crate) fn what(&self, word: usize) -> u8 {
        self.all[word].what
    }

    /// The places of a word, by section.
    pub(crate) fn places(&self, word: usize) -> &[Place] {
        let start = word.checked_sub(1).map_or(0, |n| self.all[n].places as usize);
        &self.places[start..self.all[word].places as usize]
    }

    /// The number of the first word that is not before `text`.
    pub(crate) fn from(&self, text: &str) -> usize {
        let (mut start, mut end) = (0, self.len());
        while start < end {
            let middle = start.midpoint(end);
            if self.text(middle) < text {
                start = middle + 1;
            } else {
                end = middle;
            }
        }
        start
    }
}

/// What is known of one word in one section.
#[derive(Clone, Copy, Default)]
struct Weight {
    head: f64,
    heading: f64,
    count: f64,
    what: u8,
    /// True where the section has it.
    is_here: bool,
}

/// The words of one text, by number.
#[derive(Default)]
struct Text {
    words: Vec<u32>,
    /// Which words were written as one.
    compounds: Vec<Range<usize>>,
}

/// Collects the words of pages, one page after the other.
#[derive(Default)]
pub(crate) struct Weigher {
    numbers: FastMap<Rc<str>, u32>,
    /// Numbers of pairs by those of their words.
    pairs: FastMap<(u32, u32), u32>,
    /// All words and pairs by number.
    words: Vec<Known>,
    /// The words of the section at hand.
    touched: Vec<u32>,
    /// Word and place, in the order of sections.
    found: Vec<(u32, Place)>,
    sections: u32,
    /// The text at hand.
    text: Text,
}

/// A word.
struct Known {
    /// Its letters; a pair has none of its own.
    text: Rc<str>,
    /// What it is anywhere.
    what: u8,
    /// True where it tells nothing beside another word.
    is_silent: bool,
    /// What is known of it in the section at hand.
    here: Weight,
}

impl Sink for Weigher {
    fn word(&mut self, word: &str) {
        let number = self.number(word);
        self.text.words.push(number);
    }

    fn compound(&mut self, number: usize) {
        let end = self.text.words.len();
        self.text.compounds.push(end - number..end);
    }
}

impl Weigher {
    /// Adds the words of a page.
    pub(crate) fn add(&mut self, record: &Record) {
        for (n, section) in record.sections.iter().enumerate() {
            if n == 0 {
                for (head, weight) in &record.heads {
                    let is_name = *weight >= 1.0;
                    let weight = if record.stub { weight * STUB } else { *weight };
                    self.name(head, weight, is_name, |w, v| w.head = w.head.max(v));
                }
            }
            self.name(&section.heading, 1.0, false, |w, v| w.heading = w.heading.max(v));
            for block in &section.text {
                self.body(block, false);
            }
            for line in &section.code {
                self.body(line, true);
            }
            self.finish(section, record.kind == 0);
        }
    }

    /// Ends a section: what is known of its words becomes impacts.
    fn finish(&mut self, section: &Section, is_alert: bool) {
        let norm = 1.2 * (0.25 + 0.75 * length(section) / USUAL_LENGTH);
        for word in self.touched.drain(..) {
            let known = &mut self.words[word as usize];
            let weight = std::mem::take(&mut known.here);
            // That two words stand side by side means the same in a long text.
            let norm = if weight.what & PAIR == 0 { norm } else { PAIR_NORM };
            let count =
                if weight.count > 0.0 { 2.2 * weight.count / (weight.count + norm) } else { 0.0 };
            let impact = 4.0 * weight.head + 2.2 * weight.heading + count;
            let impact = (impact * STEPS).round().clamp(1.0, f64::from(MAX_IMPACT));
            let is_name = is_alert && weight.what & NAMED != 0;
            known.what |= weight.what | if is_name { ALERT } else { 0 };
            #[expect(clippy::cast_sign_loss, reason = "clamped to what six bits hold")]
            self.found.push((word, Place::new(self.sections, impact as u8)));
        }
        self.sections += 1;
    }

    /// Returns the words of all pages, sorted.
    pub(crate) fn words(self) -> Words {
        let text = |number: u32| &*self.words[number as usize].text;
        let mut sorted: Vec<(Box<str>, u32)> = Vec::with_capacity(self.words.len());
        sorted.extend(self.numbers.values().map(|number| (text(*number).into(), *number)));
        sorted.extend(self.pairs.iter().map(|((first, second), number)| {
            (format!("{} {}", text(*first), text(*second)).into(), *number)
        }));
        // The order in which a map hands out what it has ends here.
        sorted.sort_unstable();
        let mut rank = vec![0_u32; sorted.len()];
        for (n, (_, word)) in sorted.iter().enumerate() {
            rank[*word as usize] = n as u32;
        }
        let mut ends = vec![0_u32; sorted.len() + 1];
        for (word, _) in &self.found {
            ends[rank[*word as usize] as usize + 1] += 1;
        }
        for n in 1..ends.len() {
            ends[n] += ends[n - 1];
        }
        let mut places = vec![Place(0); self.found.len()];
        for (word, place) in &self.found {
            let next = &mut ends[rank[*word as usize] as usize];
            places[*next as usize] = *place;
            *next += 1;
        }
        let mut letters = String::with_capacity(sorted.iter().map(|(text, _)| text.len()).sum());
        let words = sorted.into_iter().zip(ends).map(|((text, word), places)| {
            letters.push_str(&text);
            let what = self.words[word as usize].what;
            Word { text: letters.len() as u32, places, what }
        });
        let all = words.collect();
        Words { text: letters, places, all }
    }

    /// The number of a word.
    fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let text: Rc<str> = word.into();
        let is_silent = is_stop(word) || is_number(word);
        let number = self.new_number(Rc::clone(&text), is_silent);
        self.numbers.insert(text, number);
        number
    }

    /// The number of two words side by side.
    fn pair(&mut self, first: u32, second: u32) -> u32 {
        if let Some(number) = self.pairs.get(&(first, second)) {
            return *number;
        }
        let number = self.new_number(Rc::default(), true);
        self.pairs.insert((first, second), number);
        number
    }

    fn new_number(&mut self, text: Rc<str>, is_silent: bool) -> u32 {
        self.words.push(Known { text, what: 0, is_silent, here: Weight::default() });
        self.words.len() as u32 - 1
    }

    /// What is known of a word in the section at hand.
    fn here(&mut self, word: u32, what: u8) -> &mut Weight {
        let weight = &mut self.words[word as usize].here;
        if !weight.is_here {
            weight.is_here = true;
            self.touched.push(word);
        }
        weight.what |= what;
        weight
    }

    /// The words of a text.
    fn read(&mut self, text: &str) -> Text {
        self.text.words.clear();
        self.text.compounds.clear();
        scan(text, self);
        std::mem::take(&mut self.text)
    }

    /// The numbers of what the ends of a compound are when written as one, longest first.
    fn tails(&mut self, words: &[u32], most: usize) -> Vec<u32> {
        let texts: Vec<Rc<str>> =
            words.iter().map(|word| Rc::clone(&self.words[*word as usize].text)).collect();
        tails(&texts).take(most).map(|tail| self.number(&tail)).collect()
    }

    /// Words of a title or heading: the shorter it is, the more each of them says.
    fn name(&mut self, text: &str, weight: f64, joins: bool, set: impl Fn(&mut Weight, f64)) {
        let text = self.read(text);
        let value = weight / (0.35 + 0.65 * real(text.words.len()) / 4.0).max(0.5);
        let mut whole = text.compounds.clone();
        // A title in words is typed as one word too.
        if joins && text.words.len() > 1 {
            whole.push(0..text.words.len());
        }
        for range in whole {
            for (n, tail) in
                self.tails(&text.words[range.clone()], usize::MAX).into_iter().enumerate()
            {
                // The end of a name is less than a name.
                let whole = range.len() == text.words.len() && n == 0;
                let share = if whole { WHOLE } else { 1.0 - 0.3 * real(n) / real(range.len()) };
                let what = if n == 0 { WORD | NAMED } else { NAMED };
                set(self.here(tail, what), value * share);
            }
        }
        if weight >= 0.5 {
            self.pairs(&text, |weight| set(weight, value));
        }
        for word in &text.words {
            set(self.here(*word, WORD | NAMED), value);
        }
        self.text = text;
    }

    /// Words of a block of text or a line of code.
    fn body(&mut self, text: &str, code: bool) {
        let text = self.read(text);
        // In a text only whole identifiers are typed as one; the tails of names are those of titles.
        for range in &text.compounds {
            for whole in self.tails(&text.words[range.clone()], 1) {
                self.here(whole, 0).count += 1.0;
            }
        }
        if code {
            self.pairs(&text, |weight| weight.count += 1.0);
        }
        for word in &text.words {
            self.here(*word, WORD).count += 1.0;
        }
        self.text = text;
    }

    /// Words beside each other, those between left out that say nothing; in prose pairs tell nothing that
    /// the words do not.
    fn pairs(&mut self, text: &Text, set: impl Fn(&mut Weight)) {
        let mut before: Option<u32> = None;
        for word in &text.words {
            if self.words[*word as usize].is_silent {
                continue;
            }
            if let Some(before) = before.replace(*word) {
                let pair = self.pair(before, *word);
                set(self.here(pair, PAIR));
            }
        }
    }
}

fn real(number: usize) -> f64 {
    f64::from(number as u32)
}

/// About how many words a section has.
fn length(section: &Section) -> f64 {
    let bytes: usize = section.text.iter().chain(&section.code).map(String::len).sum();
    real(bytes / 6)
}

//! Records → how much each section says about each word: impacts of six bits, page by page in parallel.

use std::collections::BTreeMap;

use crate::index::records::Record;
use crate::index::tokens::{Tokens, is_number, tails, tokens};
use crate::index::words::is_stop;
use crate::text::par;

/// Largest impact: one digit of the files holds it.
const MAX_IMPACT: u8 = 63;

/// Steps of impact to one unit of weight.
const STEPS: f64 = 6.0;

/// What the names of a page weigh that nobody wrote: the page that somebody wrote of the same thing says more.
const STUB: f64 = 0.7;

/// How much more the whole of a name weighs than its words.
const WHOLE: f64 = 1.2;

/// How soon a pair that repeats says no more.
const PAIR_NORM: f64 = 0.6;

/// A word that stands by itself: it may be what somebody meant to type.
pub(crate) const WORD: u8 = 1;
/// A word of a name.
pub(crate) const NAMED: u8 = 2;

/// A word, what it is, and the sections it stands in with their impacts.
pub(crate) type PageWord = (String, u8, Vec<(u32, u8)>);

/// The words of one page, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct PageWords {
    /// Each word once.
    pub(crate) words: Vec<PageWord>,
}

/// What is known of one word in one section.
#[derive(Clone, Copy, Default)]
struct Weight {
    head: f64,
    heading: f64,
    count: f64,
    what: u8,
}

/// Returns the words of every page.
pub(crate) fn weigh(records: &[Record]) -> Vec<PageWords> {
    let lengths = par::map(records, |r| r.sections.iter().map(length).collect::<Vec<_>>());
    let all: f64 = lengths.iter().flatten().sum();
    let sections = lengths.iter().map(Vec::len).sum::<usize>().max(1);
    let mean = (all / real(sections)).max(1.0);
    par::map(records, |record| page(record, mean))
}

fn real(number: usize) -> f64 {
    f64::from(number as u32)
}

/// About how many words a section has.
fn length(section: &crate::index::records::Section) -> f64 {
    let bytes: usize = section.text.iter().chain(&section.code).map(String::len).sum();
    real(bytes / 6)
}

fn page(record: &Record, mean: f64) -> PageWords {
    let mut words: BTreeMap<String, (u8, Vec<(u32, u8)>)> = BTreeMap::new();
    for (n, section) in record.sections.iter().enumerate() {
        let mut found: BTreeMap<String, Weight> = BTreeMap::new();
        if n == 0 {
            for (head, weight) in &record.heads {
                let is_name = *weight >= 1.0;
                let weight = if record.stub { weight * STUB } else { *weight };
                name(head, weight, is_name, &mut found, |w, v| w.head = w.head.max(v));
            }
        }
        name(&section.heading, 1.0, false, &mut found, |w, v| w.heading = w.heading.max(v));
        for block in &section.text {
            body(block, false, &mut found);
        }
        for line in &section.code {
            body(line, true, &mut found);
        }
        let norm = 1.2 * (0.25 + 0.75 * length(section) / mean);
        for (word, weight) in found {
            // That two words stand side by side means the same in a long text.
            let norm = if word.contains(' ') { PAIR_NORM } else { norm };
            let count =
                if weight.count > 0.0 { 2.2 * weight.count / (weight.count + norm) } else { 0.0 };
            let impact = 4.0 * weight.head + 2.2 * weight.heading + count;
            let impact = (impact * STEPS).round().clamp(1.0, f64::from(MAX_IMPACT));
            let entry = words.entry(word).or_default();
            entry.0 |= weight.what;
            #[expect(clippy::cast_sign_loss, reason = "clamped to what six bits hold")]
            entry.1.push((n as u32, impact as u8));
        }
    }
    PageWords { words: words.into_iter().map(|(word, (what, at))| (word, what, at)).collect() }
}

/// Words of a title or heading: the shorter it is, the more each of them says.
fn name(
    text: &str,
    weight: f64,
    joins: bool,
    found: &mut BTreeMap<String, Weight>,
    set: impl Fn(&mut Weight, f64),
) {
    let tokens = tokens(text);
    let value = weight / (0.35 + 0.65 * real(tokens.words.len()) / 4.0).max(0.5);
    let mut put = |word: String, what: u8, share: f64| {
        let entry = found.entry(word).or_default();
        entry.what |= what;
        set(entry, value * share);
    };
    let mut whole = tokens.compounds.clone();
    // A title in words is typed as one word too.
    if joins && tokens.words.len() > 1 {
        whole.push(0..tokens.words.len());
    }
    for range in whole {
        for (n, tail) in tails(&tokens.words[range.clone()]).into_iter().enumerate() {
            // The end of a name is less than a name.
            let whole = range.len() == tokens.words.len() && n == 0;
            let share = if whole { WHOLE } else { 1.0 - 0.3 * real(n) / real(range.len()) };
            put(tail, if n == 0 { WORD | NAMED } else { NAMED }, share);
        }
    }
    if weight >= 0.5 {
        pairs(&tokens, |pair| put(pair, 0, 1.0));
    }
    for word in tokens.words {
        put(word, WORD | NAMED, 1.0);
    }
}

/// Words of a block of text or a line of code.
fn body(text: &str, code: bool, found: &mut BTreeMap<String, Weight>) {
    let tokens = tokens(text);
    let mut put = |word: String, what: u8| {
        let entry = found.entry(word).or_default();
        entry.what |= what;
        entry.count += 1.0;
    };
    // In a text only whole identifiers are typed as one; the tails of names are those of titles.
    for range in &tokens.compounds {
        if let Some(whole) = tails(&tokens.words[range.clone()]).into_iter().next() {
            put(whole, 0);
        }
    }
    if code {
        pairs(&tokens, |pair| put(pair, 0));
    }
    for word in tokens.words {
        put(word, WORD);
    }
}

/// Words beside each other, those between left out that say nothing; in prose pairs tell nothing that the
/// words do not.
fn pairs(tokens: &Tokens, mut put: impl FnMut(String)) {
    let mut before: Option<&String> = None;
    for word in tokens.words.iter().filter(|w| !is_stop(w) && !is_number(w)) {
        if let Some(before) = before.replace(word) {
            put(format!("{before} {word}"));
        }
    }
}

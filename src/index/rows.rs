//! Words of runs of pages → rows of the index: each word once, with every section it stands in, merged in parallel.

use std::cmp::Reverse;

use crate::index::places;
use crate::index::weights::{ALERT, NAMED, PAIR, Place, WORD, Words};
use crate::text::par;

/// Ranges of words that are merged at the same time; more than any machine has cores to use.
const RANGES: usize = 64;

/// Most sections of one word: of a word this common only the best pages are of use, and each costs bytes of
/// every query with it.
const MOST: usize = 600;

/// Places of a word that count where only its beginning is asked for.
pub(crate) const BEST: usize = 24;

/// A pair of words on more pages than this tells nothing.
const MOST_PAIRS: usize = 400;

/// A word of a run of pages: the word, the run, and its number there.
type Found<'a> = (&'a str, usize, usize);

/// One word of the index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    /// The word, or two with a space between.
    pub(crate) word: &'a str,
    /// On how many pages it stands.
    pub(crate) pages: u32,
    /// Sections by their impact.
    pub(crate) places: &'a str,
    /// The best of them, the very best last; none where there are no more than [`BEST`].
    pub(crate) best: &'a [Place],
    /// True where it may be what somebody meant to type.
    pub(crate) spelled: bool,
    /// True where it is of the name of an alert.
    pub(crate) alert: bool,
}

/// Words that follow each other. A large site has millions: they share what they are kept in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    /// Each word and its places, one after the other.
    text: String,
    best: Vec<Place>,
    all: Vec<Kept>,
}

/// A row, which starts where the one before it ends.
#[derive(Clone, Copy, Debug)]
struct Kept {
    /// Where its word ends.
    word: u32,
    /// Where its places end.
    places: u32,
    /// Where its best places end.
    best: u32,
    pages: u32,
    spelled: bool,
    alert: bool,
}

impl Rows {
    /// Returns the rows in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.from(0)
    }

    /// Returns how many bytes words and places have.
    pub(crate) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Returns the rows in order, but for so many at the front.
    pub(crate) fn from(&self, first: usize) -> impl Iterator<Item = Row<'_>> {
        let (before, all) = self.all.split_at(first);
        let ends = |row: &Kept| (row.places as usize, row.best as usize);
        let start = before.last().map_or((0, 0), ends);
        let starts = [start].into_iter().chain(all.iter().map(ends));
        starts.zip(all).map(|((start, best), row)| Row {
            word: &self.text[start..row.word as usize],
            best: &self.best[best..row.best as usize],
            pages: row.pages,
            places: &self.text[row.word as usize..row.places as usize],
            spelled: row.spelled,
            alert: row.alert,
        })
    }
}

/// A run of pages: its words and how many sections stand before it.
pub(crate) struct Run<'a> {
    /// Its words.
    pub(crate) words: &'a Words,
    /// Number of its first section.
    pub(crate) first: u32,
}

/// Returns the rows of all words, in parts. `page_of` names the page of each section.
pub(crate) fn rows(runs: &[Run<'_>], page_of: &[u32]) -> Vec<Rows> {
    let ranges = ranges(runs);
    par::map(&ranges, |(from, to)| merge(runs, page_of, from, to.as_deref()))
}

/// Borders that cut the words into parts of about the same size, whatever the threads.
fn ranges(runs: &[Run<'_>]) -> Vec<(String, Option<String>)> {
    let step = (runs.len() / 8).max(1);
    let mut sample: Vec<&str> = runs
        .iter()
        .step_by(step)
        .flat_map(|r| (0..r.words.len()).step_by(64).map(|n| r.words.text(n)))
        .collect();
    sample.sort_unstable();
    let mut borders: Vec<String> = (1..RANGES)
        .filter_map(|n| sample.get(n * sample.len() / RANGES))
        .map(|w| (*w).to_owned())
        .collect();
    borders.dedup();
    let ends = borders.iter().cloned().map(Some).chain([None]);
    let starts = [String::new()].into_iter().chain(borders.clone());
    starts.zip(ends).collect()
}

fn merge(runs: &[Run<'_>], page_of: &[u32], from: &str, to: Option<&str>) -> Rows {
    let mut found: Vec<Found<'_>> = Vec::new();
    for (n, run) in runs.iter().enumerate() {
        let end = to.map_or(run.words.len(), |to| run.words.from(to));
        found.extend((run.words.from(from)..end).map(|k| (run.words.text(k), n, k)));
    }
    #[expect(clippy::stable_sort_primitive, reason = "each run is sorted: it merges them")]
    found.sort();
    let common = 2 + page_of.last().map_or(0, |last| *last as usize + 1) / 500;
    let mut rows = Rows::default();
    let mut places: Vec<Place> = Vec::new();
    for all in found.chunk_by(|a, b| a.0 == b.0) {
        let word = all[0].0;
        places.clear();
        let mut what = 0;
        for (_, n, k) in all {
            let run = &runs[*n];
            what |= run.words.what(*k);
            places.extend(run.words.places(*k).iter().map(|place| place.after(run.first)));
        }
        let page = |place: &Place| page_of[place.section() as usize];
        let pages = places.chunk_by(|a, b| page(a) == page(b)).count();
        if what & PAIR != 0 && pages > MOST_PAIRS {
            continue;
        }
        if places.len() > MOST {
            // The best section of each page first, then what else says most.
            let mut ranked: Vec<(bool, Reverse<u8>, Place)> = Vec::with_capacity(places.len());
            for all in places.chunk_by(|a, b| page(a) == page(b)) {
                let best = all.iter().copied().max_by_key(|p| (p.impact(), Reverse(p.section())));
                ranked.extend(all.iter().map(|p| (best != Some(*p), Reverse(p.impact()), *p)));
            }
            ranked.select_nth_unstable(MOST);
            ranked.truncate(MOST);
            places.clear();
            places.extend(ranked.into_iter().map(|(_, _, place)| place));
        }
        let plain = (4..=30).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase());
        rows.text.push_str(word);
        let end = rows.text.len();
        places::write(&mut places, &mut rows.text);
        if let Some(first) = places.len().checked_sub(BEST).filter(|first| *first > 0) {
            rows.best.extend_from_slice(&places[first..]);
        }
        rows.all.push(Kept {
            word: end as u32,
            best: rows.best.len() as u32,
            places: rows.text.len() as u32,
            pages: pages as u32,
            spelled: plain && what & WORD != 0 && (what & NAMED != 0 || pages >= common),
            alert: what & ALERT != 0,
        });
    }
    rows.text.shrink_to_fit();
    rows.best.shrink_to_fit();
    rows.all.shrink_to_fit();
    rows
}

//! Words of pages → rows of the index: each word once, with every section it stands in, merged in parallel.

use crate::index::code::{digit, put};
use crate::index::weights::{NAMED, PageWords, WORD};
use crate::text::par;

/// Ranges of words that are merged at the same time; more than any machine has cores to use.
const RANGES: usize = 64;

/// Most sections of one word: of a word this common only the best pages are of use.
const MOST: usize = 1_500;

/// A pair of words on more pages than this tells nothing.
const MOST_PAIRS: usize = 400;

/// A word on a page: the word, the page, what it is, and its sections there with their impacts.
type Found<'a> = (&'a str, usize, u8, &'a [(u32, u8)]);

/// One word of the index.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The word, or two with a space between.
    pub(crate) word: String,
    /// On how many pages it stands.
    pub(crate) pages: u32,
    /// Sections as differences, each with its impact.
    pub(crate) places: String,
    /// True where it may be what somebody meant to type.
    pub(crate) spelled: bool,
    /// True where it is of the name of an alert.
    pub(crate) alert: bool,
}

/// Returns the rows of all words. `first` is the number of each page's first section; pages below `alerts`
/// are alerts.
pub(crate) fn rows(pages: &[PageWords], first: &[u32], alerts: usize) -> Vec<Row> {
    let ranges = ranges(pages);
    let made = par::map(&ranges, |(from, to)| merge(pages, first, alerts, from, to.as_deref()));
    made.into_iter().flatten().collect()
}

/// Borders that cut the words into parts of about the same size, whatever the threads.
fn ranges(pages: &[PageWords]) -> Vec<(String, Option<String>)> {
    let step = (pages.len() / 40).max(1);
    let mut sample: Vec<&str> =
        pages.iter().step_by(step).flat_map(|p| &p.words).map(|(w, ..)| w.as_str()).collect();
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

fn merge(
    pages: &[PageWords],
    first: &[u32],
    alerts: usize,
    from: &str,
    to: Option<&str>,
) -> Vec<Row> {
    let mut found: Vec<Found<'_>> = Vec::new();
    for (page, words) in pages.iter().enumerate() {
        let start = words.words.partition_point(|(w, ..)| w.as_str() < from);
        let end = to
            .map_or(words.words.len(), |to| words.words.partition_point(|(w, ..)| w.as_str() < to));
        for (word, what, at) in words.words.get(start..end).unwrap_or_default() {
            found.push((word, page, *what, at));
        }
    }
    found.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    let common = 2 + pages.len() / 500;
    found
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|all| all.len() <= MOST_PAIRS || !all[0].0.contains(' '))
        .map(|all| {
            let what = all.iter().fold(0, |what, (_, _, w, _)| what | w);
            let word = all[0].0;
            let plain =
                (4..=30).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase());
            Row {
                word: word.to_owned(),
                pages: all.len() as u32,
                places: places(all, first),
                spelled: plain && what & WORD != 0 && (what & NAMED != 0 || all.len() >= common),
                alert: all.iter().any(|(_, page, w, _)| *page < alerts && w & NAMED != 0),
            }
        })
        .collect()
}

fn places(all: &[Found<'_>], first: &[u32]) -> String {
    let number: usize = all.iter().map(|(.., at)| at.len()).sum();
    let mut places: Vec<(u32, u8)> = Vec::with_capacity(number);
    for (_, page, _, at) in all {
        if number > MOST {
            // The best section of each page, and then the best pages.
            let best =
                at.iter().max_by_key(|(section, impact)| (*impact, std::cmp::Reverse(*section)));
            places.extend(best.map(|(s, i)| (first[*page] + s, *i)));
        } else {
            places.extend(at.iter().map(|(s, i)| (first[*page] + s, *i)));
        }
    }
    if places.len() > MOST {
        places.sort_by_key(|(section, impact)| (std::cmp::Reverse(*impact), *section));
        places.truncate(MOST);
        places.sort_unstable();
    }
    let mut out = String::with_capacity(places.len() * 3);
    let mut before = 0;
    for (section, impact) in places {
        put(section - before, &mut out);
        out.push(digit(impact));
        before = section;
    }
    out
}

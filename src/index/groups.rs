//! Sorted rows → groups of files of words: the root names where a group starts, a hash names a word's file in it.
//!
//! Were the files themselves sorted, the root would say where each of them starts: two thirds of its bytes at
//! 10,000 pages. A hash needs none. It is of a word's first letters only, as many as fill the files of a group
//! about evenly, and of its stem, so that what a word begins, what else has its stem and its pairs stay in one file
//! where they can.

use serde_json::json;

use crate::index::begun::{Begun, begun};
use crate::index::code::{fold, put, shared};
use crate::index::rows::{Row, Rows};
use crate::text::par;
use crate::text::words::stem;

/// Files in a group.
pub(crate) const FILES: usize = 16;

/// Bytes of a group at which it may end: of small sites, up to so many bytes of words, and of larger ones, of which
/// each file has more of the common words that are asked for.
const ENOUGH: [(usize, usize); 2] = [(1_500_000, 640 * FILES), (usize::MAX, 370 * FILES)];

/// Bytes at which a group ends in any case.
const MOST: usize = 3_000 * FILES;

/// Letters in which the first word of a group may differ from the word before when the group before may just
/// end, and the bytes for which one letter more will do. The shorter they are, the less the root has to say.
const BORDER: (usize, usize) = (1, 30 * FILES);

/// Most letters that a hash is of.
const MOST_LETTERS: usize = 24;

/// How many tenths of the least that a query may cost it may cost with fewer letters.
const UNEVEN: usize = 22;

/// Neighbouring words, and the files that they are in.
#[derive(Debug)]
pub(crate) struct Group {
    /// As much of its first word as tells it from the word before.
    pub(crate) start: String,
    /// How many letters of a word the hash is of.
    pub(crate) letters: usize,
    /// True where it has words of alerts.
    pub(crate) alert: bool,
    /// The text of each file.
    pub(crate) files: Vec<String>,
}

/// Rows that follow each other: in which part the first is, its number there, and how many they are.
#[derive(Debug, Default)]
pub(crate) struct Range {
    pub(crate) start: String,
    part: usize,
    first: usize,
    rows: usize,
}

impl Range {
    /// Returns the rows in order.
    pub(crate) fn of<'a>(&self, rows: &'a [Rows]) -> impl Iterator<Item = Row<'a>> {
        let all = rows[self.part..].iter().enumerate();
        all.flat_map(|(n, rows)| rows.from(if n == 0 { self.first } else { 0 })).take(self.rows)
    }
}

/// Returns the groups in order.
pub(crate) fn groups(rows: &[Rows]) -> Vec<Group> {
    let bytes: usize = rows.iter().map(Rows::bytes).sum();
    let enough = ENOUGH.iter().find(|(most, _)| bytes <= *most).map_or(MOST, |(_, enough)| *enough);
    let ranges = cut(rows, |before, word, size| ends(before, word, size, enough));
    let letters = par::map(&ranges, |range| letters(&range.of(rows).collect::<Vec<_>>()));
    let begun = begun(rows, &ranges, &letters);
    let all: Vec<_> = ranges.iter().zip(&letters).zip(&begun).collect();
    par::map(&all, |((range, letters), begun)| group(range, rows, **letters, begun))
}

/// Cuts rows where a word, the one before it and the bytes since the last cut say how many of its bytes the next range
/// starts with.
pub(crate) fn cut(rows: &[Rows], ends: impl Fn(&str, &str, usize) -> Option<usize>) -> Vec<Range> {
    let mut out = vec![Range::default()];
    let mut before = "";
    let mut size = 0_usize;
    for (part, all) in rows.iter().enumerate() {
        for (first, row) in all.iter().enumerate() {
            if let Some(border) = ends(before, row.word, size) {
                out.push(Range { start: row.word[..border].to_owned(), part, first, rows: 0 });
                size = 0;
            }
            size += row.word.len() - shared(before, row.word) + row.places.len() + 3;
            if let Some(range) = out.last_mut() {
                range.rows += 1;
            }
            before = row.word;
        }
    }
    out
}

/// Where a group ends depends on the words there, so that a change moves few borders.
fn ends(before: &str, word: &str, size: usize, enough: usize) -> Option<usize> {
    let border = differs(before, word);
    let letters = size.checked_sub(enough).map(|more| BORDER.0 + more / BORDER.1);
    let ends = size > MOST || letters.is_some_and(|letters| border <= letters);
    ends.then_some(border)
}

fn group(range: &Range, rows: &[Rows], letters: usize, begun: &[Begun]) -> Group {
    let mut parts: [Vec<(&str, u32, &str)>; FILES] = Default::default();
    let mut alert = false;
    for row in range.of(rows) {
        alert |= row.alert;
        parts[file_of(row.word, letters)].push((row.word, row.pages, row.places));
    }
    for begun in begun {
        let part = &mut parts[file_of(begun.beginning(), letters)];
        part.push((&begun.word, begun.pages, &begun.places));
    }
    let files = parts.into_iter().map(|mut rows| {
        rows.sort_unstable();
        file(&rows)
    });
    Group { start: range.start.clone(), letters, alert, files: files.collect() }
}

/// The words of a file; behind them for each on how many pages it stands, and its places.
fn file(rows: &[(&str, u32, &str)]) -> String {
    let mut data = String::new();
    for (n, (_, pages, places)) in rows.iter().enumerate() {
        if n > 0 {
            data.push(';');
        }
        put(*pages, &mut data);
        data.push_str(places);
    }
    json!([fold(rows.iter().map(|row| row.0)), data]).to_string()
}

/// Returns in which file of a group a word is whose hash is of so many letters.
pub(crate) fn file_of(word: &str, letters: usize) -> usize {
    let start: String = word.chars().take(letters).collect();
    stem(&start).chars().fold(0, hash) % FILES
}

/// The hash of some letters and of one more.
fn hash(hash: usize, letter: char) -> usize {
    (hash * 31 + letter as usize) % 8191
}

/// The fewest letters whose hash fills the files nearly as evenly as any. What a query costs grows as the sum of
/// their squares: the larger a file, the more words are in it.
fn letters(rows: &[Row<'_>]) -> usize {
    let mut sizes = [[0_usize; FILES]; MOST_LETTERS];
    for row in rows {
        let (mut letters, mut of) = (row.word.chars(), 0);
        for sizes in &mut sizes {
            of = letters.next().map_or(of, |letter| hash(of, letter));
            sizes[of % FILES] += row.word.len() / 2 + row.places.len() + 4;
        }
    }
    let costs = sizes.map(|sizes| sizes.iter().map(|size| size * size).sum::<usize>());
    let least = costs.iter().min().copied().unwrap_or(0);
    let uneven = costs.iter().take_while(|cost| **cost * 10 > least * UNEVEN).count();
    (uneven + 1).min(MOST_LETTERS)
}

/// Bytes up to the end of the first letter in which a word differs from the one that sorts before it.
fn differs(before: &str, word: &str) -> usize {
    let same = before.chars().zip(word.chars()).take_while(|(a, b)| a == b);
    let same: usize = same.map(|(letter, _)| letter.len_utf8()).sum();
    same + word[same..].chars().next().map_or(0, char::len_utf8)
}

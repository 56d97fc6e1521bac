//! Sorted rows → rows of beginnings: what somebody finds who has typed too few letters for the hash of a group.
//!
//! What `pay` begins is in many files of its group, and of the next ones. So the file of `pay` has a row of its own for it,
//! with the best places of all these words.

use crate::index::groups::{Range, cut};
use crate::index::places;
use crate::index::rows::{BEST, Row, Rows};
use crate::index::weights::Place;
use crate::text::par;

/// What ends the word of such a row; no word has it.
pub(crate) const BEGUN: char = '*';

/// Letters of the shortest beginning.
const LEAST_LETTERS: usize = 2;

/// Impacts of a row: how many there are, as each costs bytes, and how far apart.
const LEVELS: usize = 8;
const STEP: usize = 64 / LEVELS;

/// The least share of a word that a beginning counts for, in percent; the same as of a word that is in its file.
const LEAST_SHARE: usize = 35;

/// A row of a beginning.
#[derive(Debug)]
pub(crate) struct Begun {
    /// The beginning and [`BEGUN`].
    pub(crate) word: String,
    /// Pages of the most common word.
    pub(crate) pages: u32,
    /// Sections by their impact.
    pub(crate) places: String,
}

impl Begun {
    /// Returns what was typed.
    pub(crate) fn beginning(&self) -> &str {
        self.word.trim_end_matches(BEGUN)
    }
}

/// A word, its pages and its best places.
struct Word<'a> {
    text: &'a str,
    letters: usize,
    /// The number of its group.
    group: usize,
    /// Letters from which all that one of its beginnings begins is in that one's file.
    enough: usize,
    pages: u32,
    best: Vec<Place>,
}

impl<'a> Word<'a> {
    fn new(row: &Row<'a>, groups: &[Range], letters: &[usize], group: usize) -> Self {
        let mut best = row.best.to_vec();
        if best.is_empty() {
            let places = places::read(row.places).into_iter();
            best.extend(places.map(|(section, impact)| Place::new(section, impact)));
        }
        let next = groups.get(group + 1).map_or("", |next| &next.start);
        let shared = row.word.chars().zip(next.chars()).take_while(|(a, b)| a == b).count();
        let start = groups[group].start.chars().count();
        Self {
            text: row.word,
            letters: row.word.chars().count(),
            group,
            enough: letters[group].max(start).max(shared + 1),
            pages: row.pages,
            best,
        }
    }

    /// Its first letters, of which it has more.
    fn begins(&self, letters: usize) -> &'a str {
        let is_ascii = self.letters == self.text.len();
        let end = if is_ascii {
            Some(letters)
        } else {
            self.text.char_indices().nth(letters).map(|(at, _)| at)
        };
        end.and_then(|end| self.text.get(..end)).unwrap_or(self.text)
    }
}

/// Returns the rows of beginnings of each group, whose hashes are of `letters` letters.
pub(crate) fn begun(rows: &[Rows], groups: &[Range], letters: &[usize]) -> Vec<Vec<Begun>> {
    let pieces = cut(rows, |before, word, _| {
        let [before, word] = [before, word].map(|word| word.as_bytes().get(..LEAST_LETTERS));
        (before != word).then_some(0)
    });
    let made = par::map(&pieces, |piece| {
        let mut words: Vec<Word<'_>> = Vec::new();
        for row in piece.of(rows).filter(is_begun) {
            let mut group = words.last().map_or_else(|| place(groups, row.word), |word| word.group);
            while groups.get(group + 1).is_some_and(|next| next.start.as_str() <= row.word) {
                group += 1;
            }
            words.push(Word::new(&row, groups, letters, group));
        }
        let mut out = Vec::new();
        for size in LEAST_LETTERS.. {
            words.retain(|word| word.enough.min(word.letters) > size);
            if words.is_empty() {
                return out;
            }
            for words in words.chunk_by(|a, b| a.begins(size) == b.begins(size)) {
                let start = words[0].begins(size);
                let is_own = groups[words[0].group].start.as_str() <= start;
                let group = if is_own { words[0].group } else { place(groups, start) };
                out.push((group, row(start, size, words)));
            }
        }
        out
    });
    let mut out: Vec<Vec<Begun>> = groups.iter().map(|_| Vec::new()).collect();
    for (group, row) in made.into_iter().flatten() {
        out[group].push(row);
    }
    out
}

/// The group in which a word stands.
fn place(groups: &[Range], word: &str) -> usize {
    groups.partition_point(|group| group.start.as_str() <= word).saturating_sub(1)
}

/// Nobody types half a pair, or half a number.
fn is_begun(row: &Row<'_>) -> bool {
    !row.word.contains(' ') && !row.word.starts_with(|c: char| c.is_ascii_digit())
}

fn row(start: &str, size: usize, words: &[Word<'_>]) -> Begun {
    let mut levels = [(); LEVELS].map(|()| Vec::new());
    for word in words {
        let share = (size * 100 / word.letters).max(LEAST_SHARE);
        for place in &word.best {
            let level = &mut levels[usize::from(place.impact()) * share / 100 / STEP];
            if level.len() < BEST {
                level.push(place.section());
            }
        }
    }
    let mut places: Vec<Place> = Vec::with_capacity(BEST);
    for (level, sections) in levels.iter().enumerate().rev() {
        let impact = (level * STEP + STEP / 2) as u8;
        for section in sections {
            let is_new = places.iter().all(|place| place.section() != *section);
            if is_new && places.len() < BEST {
                places.push(Place::new(*section, impact));
            }
        }
    }
    let mut text = String::new();
    places::write(&mut places, &mut text);
    Begun {
        word: format!("{start}{BEGUN}"),
        pages: words.iter().map(|word| word.pages).max().unwrap_or(0),
        places: text,
    }
}

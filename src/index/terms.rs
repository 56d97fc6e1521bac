//! Words of a query → rows of the index: their stems, what they begin, synonyms, typos, names and pairs.

use std::collections::BTreeMap;

use crate::index::ask::Asked;
use crate::index::begun::BEGUN;
use crate::index::query::Answer;
use crate::index::score;
use crate::index::shards::{Row, Shards};
use crate::text::tokens::{is_junk, is_number};
use crate::text::words::{SYNONYMS, distance, is_quiet, is_stop, stem};

/// Most other words that one word stands for.
const MOST_ROWS: usize = 24;

/// Words below which the spelling is asked for before anybody knows that one is wrong, and below which two may have been
/// run together.
const SHORT: usize = 4;

/// Words below which a query was typed: of a longer one those that are known suffice.
const TYPED: usize = 9;

/// Pages up to which a word that stands there may be a typo of theirs.
const RARE: u32 = 4;

/// What a word tells that says little.
const QUIET: f64 = 0.25;

/// Words from which those beside each other in the query are looked for beside each other.
const PAIRED: usize = 3;

/// Pairs in files of their own that are asked for, unless the query is a sentence, where one is.
const FAR: usize = 2;

/// One word of the query and the words of the index that it may stand for.
pub(crate) struct Group<'s> {
    pub(crate) rows: Vec<(&'s Row, f64)>,
    /// How much it tells.
    pub(crate) idf: f64,
}

/// A row that counts beside the words: names and pairs.
pub(crate) struct Bonus<'s> {
    pub(crate) row: &'s Row,
    pub(crate) weight: f64,
    pub(crate) exact: bool,
}

/// Words of the query → rows of the index. `is_one` says that they were typed without a space.
pub(crate) fn groups<'s>(
    shards: &'s Shards<'_>,
    asked: &Asked,
    is_one: bool,
    answer: &mut Answer,
) -> Option<Vec<Group<'s>>> {
    // A name is one word more, as it is written as one.
    let is_short = asked.keys.len() < SHORT + usize::from(is_one);
    let mut out = Vec::new();
    let mut known = true;
    for (n, word) in asked.keys.iter().enumerate() {
        let last = n + 1 == asked.keys.len();
        match group(shards, word, last, (asked.keys.len(), is_short), answer) {
            Some(group) => out.push(group),
            None => known = false,
        }
    }
    known.then_some(out)
}

fn group<'s>(
    shards: &'s Shards<'_>,
    word: &str,
    last: bool,
    (words, is_short): (usize, bool),
    answer: &mut Answer,
) -> Option<Group<'s>> {
    let stem_of = stem(word);
    let own = rows(shards, word, last);
    let mut others: Vec<&str> = shards.synonyms(word).iter().map(String::as_str).collect();
    for line in SYNONYMS {
        if line.split(' ').any(|w| stem(w) == stem_of) {
            others.extend(line.split(' ').filter(|w| stem(w) != stem_of));
        }
    }
    // A short query may hold a typo: asking for the spelling now saves a round. What has synonyms is none.
    if others.is_empty() && own.is_none() && is_short && length(word) >= 4 {
        spelling(shards, word);
    }
    // A longer one has words enough to be found by.
    if words >= score::LONG {
        others.clear();
    }
    let others: Vec<Option<Vec<&Row>>> = others.iter().map(|w| exact(shards, w)).collect();
    let mut rows = own?;
    for other in others {
        rows.extend(other?.into_iter().map(|row| (row, 0.45)));
    }
    let strong = rows.iter().any(|(_, w)| *w >= 0.9);
    let written = rows.iter().find(|(_, w)| *w >= 1.0).map(|(row, _)| row.pages);
    if let Some(pages) = written
        && length(word) >= 4
        && pages <= RARE
        && words < TYPED
    {
        // A typo that somebody else made too. While nobody knows, the pages without it are asked for.
        let near = near(shards, word, false).unwrap_or_default();
        let better = near.iter().find(|(_, d, more)| *d == 1 && *more >= 4 * pages + 4);
        if let Some((better, ..)) = better {
            let found = exact(shards, better).unwrap_or_default();
            rows.extend(found.into_iter().map(|row| (row, 0.65)));
            answer.fixes.push((word.to_owned(), better.clone()));
        }
    }
    // What begins rare words only may be one of the typos that others made.
    let begun = rows.iter().any(|(row, w)| *w > 0.3 && (row.pages > 2 || length(word) > 9));
    if !strong && words < TYPED && (rows.is_empty() || length(word) > 4 && !begun) {
        let all = if rows.is_empty() { 1.0 } else { 0.4 };
        let near = match near(shards, word, rows.is_empty()) {
            None if rows.is_empty() => return None,
            near => near.unwrap_or_default(),
        };
        let found: Vec<Option<Vec<&Row>>> = near.iter().map(|(w, ..)| exact(shards, w)).collect();
        for (n, ((_, steps, _), row)) in near.iter().zip(found).enumerate() {
            // The nearest is nearly sure, the others are guesses.
            let weight = if n == 0 { 0.9 } else { 0.6 };
            let weight = if *steps == 1 { weight } else { weight * 0.8 };
            rows.extend(row?.into_iter().map(|row| (row, weight * all)));
        }
        match near.first() {
            Some((better, ..)) => answer.fixes.push((word.to_owned(), better.clone())),
            None if rows.is_empty() => {
                if is_short {
                    rows.extend(halves(shards, word)?);
                }
                if rows.is_empty() {
                    answer.unknown.push(word.to_owned());
                }
            }
            None => {}
        }
    }
    let best = rows.iter().fold(0.0_f64, |best, (_, w)| best.max(*w)).min(0.9);
    let best = rows.iter().filter(|(_, w)| *w >= best);
    let pages = best.map(|(row, _)| row.pages).max().unwrap_or(0);
    let share = if is_quiet(word) { QUIET } else { 1.0 };
    Some(Group { idf: score::idf(shards.pages(), pages) * share, rows })
}

/// Length as JavaScript counts it.
fn length(word: &str) -> u32 {
    word.encode_utf16().count() as u32
}

/// Rows of a word, of those of its stem, and of those it begins.
fn rows<'s>(shards: &'s Shards<'_>, word: &str, last: bool) -> Option<Vec<(&'s Row, f64)>> {
    let stem_of = stem(word);
    let size = length(word);
    let found = shards.range(word);
    let shorter = stem_of != word && word.starts_with(&stem_of) && length(&stem_of) >= 3;
    let near = if shorter { shards.range(&stem_of) } else { Some(Vec::new()) };
    let (mut found, near) = (found?, near?);
    let hit = found.first().is_some_and(|row| row.word == word);
    for row in near {
        if !found.iter().any(|r| r.word == row.word) {
            found.push(row);
        }
    }
    let mut out: Vec<(&Row, f64)> = Vec::new();
    for row in found {
        if row.word.contains(' ') {
            continue;
        }
        if row.word == word {
            out.push((row, 1.0));
        } else if stem(&row.word) == stem_of {
            out.push((row, 0.9));
        } else if row.word.starts_with(word) && size >= 2 && (last || !hit || size >= 5) {
            let part = f64::from(size) / f64::from(length(&row.word));
            out.push((row, 0.75 * part.max(0.35)));
        }
    }
    if out.len() > MOST_ROWS {
        out.sort_by(|a, b| b.1.total_cmp(&a.1));
        out.truncate(MOST_ROWS);
    }
    Some(out)
}

/// The row of exactly this word.
fn exact<'s>(shards: &'s Shards<'_>, word: &str) -> Option<Vec<&'s Row>> {
    Some(shards.neighbours(word)?.iter().filter(|row| row.word == word).collect())
}

/// Asks for the words that a typo may have been, before anybody knows that it is one.
fn spelling(shards: &Shards<'_>, word: &str) {
    for letter in word.chars().take(1) {
        shards.spelling(letter, word.chars().count());
    }
}

/// At most three words that differ from `word` in a letter or two, with how many and their number of pages.
fn near(shards: &Shards<'_>, word: &str, anew: bool) -> Option<Vec<(String, usize, u32)>> {
    let letters: Vec<char> = word.chars().collect();
    let most = match letters.len() {
        0..=3 => return Some(Vec::new()),
        4..=7 => 1,
        _ => 2,
    };
    let mut found: BTreeMap<&str, (usize, u32)> = BTreeMap::new();
    let add = |other: &'_ str, pages: u32| -> Option<(usize, u32)> {
        let chars: Vec<char> = other.chars().collect();
        let steps = distance(&letters, &chars, most);
        (steps > 0 && steps <= most && !is_stop(other)).then_some((steps, pages))
    };
    for row in shards.neighbours(word)? {
        if !row.word.contains([' ', BEGUN])
            && let Some(is) = add(&row.word, row.pages)
        {
            found.insert(&row.word, is);
        }
    }
    let own = shards.spelling(letters[0], letters.len());
    for (other, pages) in own.unwrap_or_default() {
        if let Some(is) = add(other, *pages) {
            found.insert(other, is);
        }
    }
    // The first letter may be the wrong one. While nobody knows, both are asked for, to save a round.
    if anew && found.is_empty() {
        for (other, pages) in shards.spelling(letters[1], letters.len())? {
            if let Some(is) = add(other, *pages) {
                found.insert(other, is);
            }
        }
    }
    own?;
    let mut out: Vec<(String, usize, u32)> =
        found.into_iter().map(|(w, (steps, pages))| (w.to_owned(), steps, pages)).collect();
    let same = |word: &str| u8::from(word.chars().next() != letters.first().copied());
    out.sort_by(|a, b| {
        (a.1, same(&a.0), std::cmp::Reverse(a.2)).cmp(&(b.1, same(&b.0), std::cmp::Reverse(b.2)))
    });
    out.truncate(3);
    Some(out)
}

/// Two words that were run together: the pair whose rarer one is the most common.
fn halves<'s>(shards: &'s Shards<'_>, word: &str) -> Option<Vec<(&'s Row, f64)>> {
    let chars: Vec<char> = word.chars().collect();
    let mut fronts = Vec::new();
    for at in 3..chars.len().saturating_sub(2) {
        let front: String = chars[..at].iter().collect();
        fronts.push((at, exact(shards, &front)));
    }
    let mut best: Option<(u32, &Row, &Row)> = None;
    let mut known = true;
    for (at, front) in fronts {
        let Some(front) = front else {
            known = false;
            continue;
        };
        let Some(front) = front.first().filter(|row| row.pages > 2) else { continue };
        let back: String = chars[at..].iter().collect();
        let Some(back) = exact(shards, &back) else {
            known = false;
            continue;
        };
        if let Some(back) = back.first() {
            let pages = front.pages.min(back.pages);
            if best.is_none_or(|(most, ..)| pages > most) {
                best = Some((pages, front, back));
            }
        }
    }
    known.then(|| best.map_or(Vec::new(), |(_, a, b)| vec![(a, 0.5), (b, 0.5)]))
}

/// Names written as one or apart, and pairs of words beside each other.
pub(crate) fn bonuses<'s>(
    shards: &'s Shards<'_>,
    asked: &Asked,
    fixes: &[(String, String)],
) -> Option<Vec<Bonus<'s>>> {
    let fixed = |word: &String| {
        fixes
            .iter()
            .find(|(from, _)| from == word)
            .map_or_else(|| word.clone(), |(_, to)| to.clone())
    };
    let words: Vec<String> = asked.words.iter().map(fixed).collect();
    let mut joined: Vec<(String, f64)> = Vec::new();
    for range in &asked.compounds {
        let name = words[range.clone()].concat();
        if !is_junk(&name) && !joined.iter().any(|(n, _)| *n == name) {
            joined.push((name, 1.5));
        }
    }
    if words.len() > 1 && words.len() <= 6 {
        let name = words.concat();
        if !is_junk(&name) && !joined.iter().any(|(n, _)| *n == name) {
            joined.push((name, 0.6));
        }
    }
    let mut out = Vec::new();
    let mut known = true;
    for (name, weight) in &joined {
        let Some(rows) = shards.range(name) else {
            known = false;
            continue;
        };
        for row in rows.into_iter().filter(|row| !row.word.contains(' ')) {
            let exact = row.word == *name;
            let part = f64::from(length(name)) / f64::from(length(&row.word));
            let weight = weight * if exact { 1.0 } else { 0.5 * part.max(0.3) };
            out.push(Bonus { row, weight, exact });
        }
    }
    if words.len() >= PAIRED {
        // Of a few words, each pair tells more.
        let weight = if words.len() > PAIRED { 0.5 } else { 0.7 };
        let telling: Vec<&String> = words.iter().filter(|w| !is_stop(w) && !is_number(w)).collect();
        let mut pairs: Vec<(String, bool)> = Vec::new();
        for pair in telling.windows(2) {
            let pair_of = format!("{} {}", pair[0], pair[1]);
            if !pairs.iter().any(|(p, _)| *p == pair_of) {
                let near = shards.together(&pair_of, pair[0]);
                pairs.push((pair_of, near));
            }
        }
        // Most pairs stand beside their first word; of the others the longest are worth a file.
        let mut far: Vec<usize> = (0..pairs.len()).filter(|n| !pairs[*n].1).collect();
        far.sort_by_key(|n| std::cmp::Reverse(length(&pairs[*n].0)));
        far.truncate(if asked.keys.len() < score::LONG { FAR } else { 1 });
        for (n, (pair, near)) in pairs.iter().enumerate() {
            if !near && !far.contains(&n) {
                continue;
            }
            match exact(shards, pair) {
                Some(row) => {
                    out.extend(row.into_iter().map(|row| Bonus { row, weight, exact: true }));
                }
                None => known = false,
            }
        }
    }
    out.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    out.truncate(40);
    known.then_some(out)
}

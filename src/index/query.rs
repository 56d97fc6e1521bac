//! Queries → hits: which sections of which pages answer, best first.
//!
//! `themes/default/js/search.js` is this file and its neighbours in JavaScript, line by line. Both use `+ - * /`
//! and square roots on 64-bit floats in the same order, so scores are equal to the last bit; equal scores go to
//! the page that stands first.

use std::collections::BTreeMap;

use crate::index::ask::{Asked, ask};
use crate::index::records::KINDS;
use crate::index::score;
use crate::index::shards::{Columns, Entry, Row, Shards};
use crate::index::tokens::{is_junk, is_number, tokens};
use crate::index::words::{SYNONYMS, distance, is_stop, stem};

pub use crate::index::shards::Load;

/// Rounds after which a query gives up: none needs half of them.
const MOST_ROUNDS: usize = 9;

/// Most other words that one word stands for.
const MOST_ROWS: usize = 24;

/// Pages up to which a word that stands there may be a typo of theirs.
const RARE: u32 = 4;

/// Pages whose text is looked at for a phrase.
const MOST_CHECKED: usize = 40;

/// A section that answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hit {
    /// Address of the page with the section's anchor.
    pub url: String,
    /// Title of the page.
    pub title: String,
    /// Heading of the section, "" for the page itself.
    pub section: String,
    /// What kind of page it is.
    pub kind: String,
    /// Owning team.
    pub team: String,
    /// First service.
    pub service: String,
    /// Severity word.
    pub severity: String,
    /// File it comes from.
    pub source: String,
    /// First command of an alert, what ended an incident.
    pub note: String,
    /// Last confirmed.
    pub day: String,
    /// How well it answers.
    pub score: f64,
    /// Number of the page, by which both languages are compared.
    pub page: usize,
    /// Number of the section in the page.
    pub number: usize,
}

/// What a query finds.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// Best first.
    pub hits: Vec<Hit>,
    /// How many pages answer.
    pub total: usize,
    /// Words nobody wrote, and what was probably meant.
    pub fixes: Vec<(String, String)>,
    /// Words nobody wrote and nothing comes near.
    pub unknown: Vec<String>,
    /// Facets of everything that answers: name, and values with their number of pages.
    pub facets: Vec<(String, Vec<(String, usize)>)>,
    /// Rounds of loading that depended on each other.
    pub rounds: usize,
}

/// A search that is open.
pub struct Search<'a> {
    shards: Shards<'a>,
}

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

impl<'a> Search<'a> {
    /// Opens a search; `load` gives its files.
    pub fn new(load: Load<'a>) -> Result<Self, String> {
        Ok(Self { shards: Shards::new(load)? })
    }

    /// Number of the files loaded so far, and their bytes.
    pub fn loaded(&self) -> (usize, usize) {
        (self.shards.files, self.shards.bytes)
    }

    /// Answers a query with at most `limit` hits.
    pub fn search(&mut self, query: &str, limit: usize) -> Answer {
        let mut rounds = 0;
        loop {
            let answer = run(&self.shards, query, limit);
            if rounds == MOST_ROUNDS || !self.shards.fetch() {
                return Answer { rounds, ..answer.unwrap_or_default() };
            }
            rounds += 1;
        }
    }
}

/// One run over what is loaded; `None` where something is missing.
fn run(shards: &Shards<'_>, query: &str, limit: usize) -> Option<Answer> {
    let columns = shards.columns();
    let asked = ask(query, |field, value| {
        columns.is_none_or(|columns| !values(columns, field, value).is_empty())
    });
    let mut answer = Answer::default();
    let groups = groups(shards, &asked, &mut answer);
    let bonuses = bonuses(shards, &asked, &answer.fixes);
    let (groups, bonuses, columns) = (groups?, bonuses?, columns?);
    let mut pages = score::score(shards, columns, &groups, &bonuses)?;
    for (field, value) in &asked.fields {
        let wanted = values(columns, field, value);
        if asked.keys.is_empty() && pages.is_empty() {
            let all = columns.first.iter().enumerate();
            pages = all.map(|(n, s)| score::Found { page: n, section: *s, score: 0.0 }).collect();
        }
        pages.retain(|p| wanted.iter().any(|v| has(columns, field, *v, p.page)));
    }
    if !asked.phrases.is_empty() {
        phrases(shards, columns, &asked.phrases, &mut pages)?;
    }
    answer.total = pages.len();
    answer.facets = counts(columns, &pages);
    pages.truncate(limit);
    let entries: Vec<Option<Option<&Entry>>> = pages.iter().map(|p| shards.entry(p.page)).collect();
    for (found, entry) in pages.iter().zip(entries) {
        answer.hits.extend(entry?.map(|entry| hit(columns, found, entry)));
    }
    Some(answer)
}

fn hit(columns: &Columns, found: &score::Found, entry: &Entry) -> Hit {
    let first = columns.first.get(found.page).copied().unwrap_or(0);
    let number = (found.section - first) as usize;
    let heading = number.checked_sub(1).and_then(|n| entry.headings.get(n));
    let mut url = entry.text[0].clone();
    if let Some((anchor, _)) = heading {
        url.push('#');
        url.push_str(anchor);
    }
    Hit {
        url,
        title: entry.text[1].clone(),
        section: heading.map_or(String::new(), |(_, heading)| heading.clone()),
        kind: KINDS.get(entry.kind).map_or(String::new(), |k| (*k).to_owned()),
        team: entry.text[3].clone(),
        service: entry.text[4].clone(),
        severity: entry.text[5].clone(),
        source: entry.text[6].clone(),
        note: entry.text[7].clone(),
        day: entry.text[8].clone(),
        score: found.score,
        page: found.page,
        number,
    }
}

/// Values of a facet that a filter means: the one of this name, else those that start with it.
fn values(columns: &Columns, field: &str, value: &str) -> Vec<usize> {
    let key = |text: &str| tokens(text).words.join(" ");
    let wanted = key(if field == "kind" {
        match value {
            "postmortem" => "incident",
            "doc" => "page",
            _ => value,
        }
    } else {
        value
    });
    let names: Vec<String> = if field == "kind" {
        KINDS.iter().map(|k| (*k).to_owned()).collect()
    } else {
        let facet = columns.facets.iter().find(|f| f.name == field);
        facet.map_or(Vec::new(), |f| f.values.iter().map(|v| key(v)).collect())
    };
    if wanted.is_empty() {
        return Vec::new();
    }
    if let Some(exact) = names.iter().position(|n| *n == wanted) {
        return vec![exact];
    }
    (0..names.len()).filter(|n| names[*n].starts_with(&wanted)).collect()
}

fn has(columns: &Columns, field: &str, value: usize, page: usize) -> bool {
    if field == "kind" {
        return columns.kinds.get(page).is_some_and(|k| usize::from(*k) == value);
    }
    let facet = columns.facets.iter().find(|f| f.name == field);
    facet.and_then(|f| f.pages.get(page)).is_some_and(|values| values.contains(&value))
}

fn counts(columns: &Columns, pages: &[score::Found]) -> Vec<(String, Vec<(String, usize)>)> {
    let mut kinds = vec![0; KINDS.len()];
    for page in pages {
        if let Some(count) =
            columns.kinds.get(page.page).and_then(|k| kinds.get_mut(usize::from(*k)))
        {
            *count += 1;
        }
    }
    let kinds = KINDS.iter().zip(kinds).map(|(name, n)| ((*name).to_owned(), n));
    let mut out = vec![("kind".to_owned(), kinds.filter(|(_, n)| *n > 0).collect::<Vec<_>>())];
    for facet in &columns.facets {
        let mut found = vec![0; facet.values.len()];
        for page in pages {
            for value in facet.pages.get(page.page).into_iter().flatten() {
                if let Some(count) = found.get_mut(*value) {
                    *count += 1;
                }
            }
        }
        let mut all: Vec<(String, usize)> =
            facet.values.iter().cloned().zip(found).filter(|(_, n)| *n > 0).collect();
        all.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        out.push((facet.name.clone(), all));
    }
    out
}

/// Keeps the pages that have every phrase, where any has; the section with the phrase is the link.
fn phrases(
    shards: &Shards<'_>,
    columns: &Columns,
    phrases: &[Vec<String>],
    pages: &mut Vec<score::Found>,
) -> Option<()> {
    let texts: Vec<Option<&[String]>> =
        pages.iter().take(MOST_CHECKED).map(|p| shards.texts(p.page)).collect();
    let mut kept = Vec::new();
    for (page, texts) in pages.iter().zip(texts) {
        let sections: Vec<Vec<String>> = texts?.iter().map(|t| tokens(t).words).collect();
        let stands = |phrase: &Vec<String>| {
            sections.iter().position(|words| words.windows(phrase.len()).any(|w| w == &phrase[..]))
        };
        let found: Vec<Option<usize>> = phrases.iter().map(stands).collect();
        if let (true, Some(Some(section))) = (found.iter().all(Option::is_some), found.first()) {
            let first = columns.first.get(page.page).copied().unwrap_or(0);
            kept.push(score::Found { section: first + *section as u32, ..*page });
        }
    }
    if !kept.is_empty() {
        *pages = kept;
    }
    Some(())
}

/// Words of the query → rows of the index.
fn groups<'s>(
    shards: &'s Shards<'_>,
    asked: &Asked,
    answer: &mut Answer,
) -> Option<Vec<Group<'s>>> {
    let mut out = Vec::new();
    let mut known = true;
    for (n, word) in asked.keys.iter().enumerate() {
        let last = n + 1 == asked.keys.len();
        match group(shards, word, last, asked.keys.len(), answer) {
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
    words: usize,
    answer: &mut Answer,
) -> Option<Group<'s>> {
    let common = shards.expect(word);
    let own = rows(shards, word, last);
    let mut others: Vec<&str> = shards.synonyms(word).iter().map(String::as_str).collect();
    for line in SYNONYMS {
        if line.split(' ').any(|w| w == word) {
            others.extend(line.split(' ').filter(|w| *w != word));
        }
    }
    let others: Vec<Option<Option<&Row>>> = others.iter().map(|w| exact(shards, w)).collect();
    // A short query may hold a typo: asking for the spelling now saves a round.
    if !common && own.is_none() && words < 4 && word.len() > 4 {
        spelling(shards, word);
    }
    let mut rows = own?;
    for other in others {
        rows.extend(other?.map(|row| (row, 0.45)));
    }
    let strong = rows.iter().any(|(_, w)| *w >= 0.9);
    let written = rows.iter().find(|(_, w)| *w >= 1.0).map(|(row, _)| row.pages);
    if let Some(pages) = written
        && word.len() > 4
        && pages <= RARE
    {
        // A typo that somebody else made too.
        let near = near(shards, word)?;
        let better = near.iter().find(|(_, d, more)| *d == 1 && *more >= 6 * pages + 8);
        if let Some((better, ..)) = better {
            rows.extend(exact(shards, better)?.map(|row| (row, 0.65)));
            answer.fixes.push((word.to_owned(), better.clone()));
        }
    }
    // What begins rare words only may be one of the typos that others made.
    let begun = rows.iter().any(|(row, w)| *w > 0.3 && (row.pages > 2 || word.len() > 9));
    if !strong && (rows.is_empty() || word.len() > 4 && !begun) {
        let all = if rows.is_empty() { 1.0 } else { 0.4 };
        let near = near(shards, word)?;
        let found: Vec<Option<Option<&Row>>> =
            near.iter().map(|(w, ..)| exact(shards, w)).collect();
        for (n, ((_, steps, _), row)) in near.iter().zip(found).enumerate() {
            // The nearest is nearly sure, the others are guesses.
            let weight = if n == 0 { 0.9 } else { 0.6 };
            let weight = if *steps == 1 { weight } else { weight * 0.8 };
            rows.extend(row?.map(|row| (row, weight * all)));
        }
        match near.first() {
            Some((better, ..)) => answer.fixes.push((word.to_owned(), better.clone())),
            None if rows.is_empty() => {
                rows.extend(halves(shards, word)?);
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
    Some(Group { idf: score::idf(shards.pages(), pages), rows })
}

/// Length as JavaScript counts it.
fn length(word: &str) -> usize {
    word.encode_utf16().count()
}

/// Rows of a word, of those of its stem, and of those it begins.
fn rows<'s>(shards: &'s Shards<'_>, word: &str, last: bool) -> Option<Vec<(&'s Row, f64)>> {
    let stem_of = stem(word);
    let size = length(word);
    let found = shards.range(word, if last { 2 } else { 1 });
    let shorter = stem_of != word && word.starts_with(&stem_of) && stem_of.len() >= 3;
    let near = if shorter { shards.range(&stem_of, 1) } else { Some(Vec::new()) };
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
            let part = size as f64 / length(&row.word) as f64;
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
fn exact<'s>(shards: &'s Shards<'_>, word: &str) -> Option<Option<&'s Row>> {
    Some(shards.range(word, 1)?.first().copied().filter(|row| row.word == word))
}

/// Asks for the words that a typo may have been, before anybody knows that it is one.
fn spelling(shards: &Shards<'_>, word: &str) {
    for letter in word.chars().take(1) {
        shards.spelling(letter);
    }
}

/// At most three words that differ from `word` in a letter or two, with how many and their number of pages.
fn near(shards: &Shards<'_>, word: &str) -> Option<Vec<(String, usize, u32)>> {
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
        if !row.word.contains(' ')
            && let Some(is) = add(&row.word, row.pages)
        {
            found.insert(&row.word, is);
        }
    }
    for (other, pages) in shards.spelling(letters[0])? {
        if let Some(is) = add(other, *pages) {
            found.insert(other, is);
        }
    }
    // The first letter may be the wrong one.
    if found.is_empty() {
        for (other, pages) in shards.spelling(letters[1])? {
            if let Some(is) = add(other, *pages) {
                found.insert(other, is);
            }
        }
    }
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
        let Some(front) = front.filter(|row| row.pages > 2) else { continue };
        let back: String = chars[at..].iter().collect();
        let Some(back) = exact(shards, &back) else {
            known = false;
            continue;
        };
        if let Some(back) = back {
            let pages = front.pages.min(back.pages);
            if best.is_none_or(|(most, ..)| pages > most) {
                best = Some((pages, front, back));
            }
        }
    }
    known.then(|| best.map_or(Vec::new(), |(_, a, b)| vec![(a, 0.5), (b, 0.5)]))
}

/// Names written as one or apart, and pairs of words beside each other.
fn bonuses<'s>(
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
        let Some(rows) = shards.range(name, 1) else {
            known = false;
            continue;
        };
        for row in rows.into_iter().filter(|row| !row.word.contains(' ')) {
            let exact = row.word == *name;
            let part = length(name) as f64 / length(&row.word) as f64;
            let weight = weight * if exact { 1.0 } else { 0.5 * part.max(0.3) };
            out.push(Bonus { row, weight, exact });
        }
    }
    if words.len() >= 4 {
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
        far.truncate(4);
        for (n, (pair, near)) in pairs.iter().enumerate() {
            if !near && !far.contains(&n) {
                continue;
            }
            match exact(shards, pair) {
                Some(row) => out.extend(row.map(|row| Bonus { row, weight: 0.5, exact: true })),
                None => known = false,
            }
        }
    }
    out.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    out.truncate(40);
    known.then_some(out)
}

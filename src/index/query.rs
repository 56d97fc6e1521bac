//! Queries → hits: which sections of which pages answer, best first.
//!
//! `themes/default/js/search.js` is this file and its neighbours in JavaScript, line by line. Both use `+ - * /`
//! and square roots on 64-bit floats in the same order, so scores are equal to the last bit; equal scores go to
//! the page that stands first.

use crate::index::ask::ask;
use crate::index::files::CUT;
use crate::index::records::KINDS;
use crate::index::score;
use crate::index::shards::{Columns, Entry, Shards};
use crate::index::terms;
use crate::text::tokens::tokens;

pub use crate::index::shards::Load;

/// Rounds after which a query gives up: none needs half of them.
const MOST_ROUNDS: usize = 9;

/// Pages whose text is looked at for a phrase.
const MOST_CHECKED: usize = 16;

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
        values(shards, field, value).is_none_or(|values| !values.is_empty())
    });
    let mut answer = Answer::default();
    let groups = terms::groups(shards, &asked, !query.contains(' '), &mut answer);
    let bonuses = terms::bonuses(shards, &asked, &answer.fixes);
    let (groups, bonuses) = (groups?, bonuses?);
    let mut pages = score::score(shards, columns, &groups, &bonuses);
    for (field, value) in &asked.fields {
        let wanted = values(shards, field, value)?;
        if asked.keys.is_empty() && pages.is_empty() {
            let all = columns.first.iter().enumerate();
            pages = all
                .map(|(n, s)| score::Found { page: n, section: *s, score: 0.0, whole: None })
                .collect();
        }
        let has = holder(shards, field)?;
        pages.retain(|p| wanted.iter().any(|v| has(*v, p.page)));
    }
    if !asked.phrases.is_empty() {
        phrases(shards, columns, &asked.phrases, &mut pages)?;
    }
    answer.total = pages.len();
    let facets = counts(shards, &pages);
    pages.truncate(limit);
    let entries: Vec<Option<&[Entry]>> = pages.iter().map(|p| shards.entry(p.page)).collect();
    for (found, entry) in pages.iter().zip(entries) {
        answer.hits.extend(entry?.iter().map(|entry| hit(columns, found, entry)));
    }
    answer.facets = facets?;
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
fn values(shards: &Shards<'_>, field: &str, value: &str) -> Option<Vec<usize>> {
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
        shards.facet(field)?.values.iter().map(|v| key(v)).collect()
    };
    if wanted.is_empty() {
        return Some(Vec::new());
    }
    if let Some(exact) = names.iter().position(|n| *n == wanted) {
        return Some(vec![exact]);
    }
    Some((0..names.len()).filter(|n| names[*n].starts_with(&wanted)).collect())
}

/// Tells whether a page has a value of a facet.
fn holder<'s>(
    shards: &'s Shards<'_>,
    field: &str,
) -> Option<Box<dyn Fn(usize, usize) -> bool + 's>> {
    if field == "kind" {
        let kinds = &shards.columns().kinds;
        let has = |value, page| kinds.get(page).is_some_and(|k: &u8| usize::from(*k) == value);
        return Some(Box::new(has));
    }
    let pages = &shards.facet(field)?.pages;
    Some(Box::new(|value, page| {
        pages.get(page).is_some_and(|values: &Vec<usize>| values.contains(&value))
    }))
}

/// Values of all facets, each with its number of pages.
type Counts = Vec<(String, Vec<(String, usize)>)>;

fn counts(shards: &Shards<'_>, pages: &[score::Found]) -> Option<Counts> {
    let mut kinds = vec![0; KINDS.len()];
    for page in pages {
        let kind = shards.columns().kinds.get(page.page);
        if let Some(count) = kind.and_then(|k| kinds.get_mut(usize::from(*k))) {
            *count += 1;
        }
    }
    let kinds = KINDS.iter().zip(kinds).map(|(name, n)| ((*name).to_owned(), n));
    let mut out = vec![("kind".to_owned(), kinds.filter(|(_, n)| *n > 0).collect::<Vec<_>>())];
    let facets: Vec<_> = shards.facets().map(|name| (name, shards.facet(name))).collect();
    for (name, facet) in facets {
        let facet = facet?;
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
        out.push((name.to_owned(), all));
    }
    Some(out)
}

/// Keeps the pages that have every phrase, where any has, and those that may have it behind them; the section
/// with the phrase is the link.
fn phrases(
    shards: &Shards<'_>,
    columns: &Columns,
    phrases: &[Vec<String>],
    pages: &mut Vec<score::Found>,
) -> Option<()> {
    let texts: Vec<Option<&[String]>> =
        pages.iter().take(MOST_CHECKED).map(|p| shards.texts(p.page)).collect();
    let (mut kept, mut likely) = (Vec::new(), Vec::new());
    for (page, texts) in pages.iter().zip(texts) {
        let texts = texts?;
        let sections: Vec<Vec<String>> = texts.iter().map(|t| tokens(t).words).collect();
        let stands = |phrase: &Vec<String>| {
            sections.iter().position(|words| words.windows(phrase.len()).any(|w| w == &phrase[..]))
        };
        let found: Vec<Option<usize>> = phrases.iter().map(stands).collect();
        if let (true, Some(Some(section))) = (found.iter().all(Option::is_some), found.first()) {
            let first = columns.first.get(page.page).copied().unwrap_or(0);
            kept.push(score::Found { section: first + *section as u32, ..*page });
        } else if let Some(section) = page.whole {
            // What stands behind the part that is kept cannot be told, but all the words are there.
            let first = columns.first.get(page.page).copied().unwrap_or(0);
            let text = texts.get((section - first) as usize);
            if text.is_some_and(|text| text.ends_with(CUT)) {
                likely.push(score::Found { section, ..*page });
            }
        }
    }
    kept.append(&mut likely);
    if !kept.is_empty() {
        *pages = kept;
    }
    Some(())
}

//! Records and rows → files, each named after its content.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use serde::Serialize;
use serde_json::json;

use crate::index::code::{NAME, digit, fold, name, put};
use crate::index::groups::{Group, groups};
use crate::index::records::Record;
use crate::index::rows::{Row, Rows};
use crate::text::date::Day;
use crate::text::par;
use crate::text::tokens::tokens;
use crate::text::words::{STOP, SYNONYMS};

/// Folder of the search within the site.
pub const FOLDER: &str = "search/";

/// Number of the format: a script that reads another one asks for the page to be loaded again.
pub(crate) const FORMAT: u32 = 5;

/// A letter's files of spelling: the longest word that may have been meant to be one of a file's, and how long these
/// are. A typo is a letter or two, so that a query need not load what is much longer or shorter.
pub(crate) const SPELLED: [(usize, RangeInclusive<usize>); 4] =
    [(7, 4..=8), (10, 6..=12), (14, 9..=16), (usize::MAX, 13..=30)];

/// Pages in a block.
pub(crate) const BLOCK: usize = 4;

/// What a text ends with that goes on.
pub(crate) const CUT: char = '…';

/// Most bytes of a note.
const NOTE: usize = 160;

/// Most bytes of a section's text that are kept: with more the search would be heavier than a quarter of the
/// pages.
const SECTION_TEXT: usize = 200;

/// Most groups of files of words that the root names itself.
pub(crate) const MOST_NAMED: usize = 2_048;

/// Groups whose files share a name.
pub(crate) const NAMED: usize = 4;

/// Groups in a directory.
const DIRECTORY: usize = 64;

/// Most blocks that have names of their own. Of more, [`SHARED`] neighbours have one name and a number each: the
/// root would be mostly names.
const MOST_OWN: usize = 512;

/// Blocks that share a name.
const SHARED: usize = 16;

/// Up to how many days a page is fresh, and the hundredths by which its score then grows. There are few, as the
/// root names them for each page.
const FRESH: [(i64, u8); 2] = [(300, 10), (800, 5)];

/// What remains of a page once its words are counted.
pub(crate) struct Facts {
    kind: usize,
    /// How many sections it has, the page itself counted.
    pub(crate) sections: u32,
    day: Option<Day>,
    team: String,
    services: Vec<String>,
    severity: String,
    tags: Vec<String>,
}

impl Facts {
    /// Keeps what the columns tell.
    pub(crate) fn new(record: Record) -> Self {
        Self {
            kind: record.kind,
            sections: record.sections.len() as u32,
            day: record.day.filter(|_| record.current),
            team: record.team,
            services: record.services,
            severity: record.severity,
            tags: record.tags,
        }
    }
}

/// A block's files: its texts, and its pages.
pub(crate) type Block = [String; 2];

/// How many blocks share a name where there are so many.
pub(crate) fn sharing(blocks: usize) -> usize {
    if blocks > MOST_OWN { SHARED } else { 1 }
}

/// Returns the files by path; the root names at most so many groups of words itself.
pub(crate) fn files(
    pages: &[Facts],
    blocks: Vec<Made>,
    rows: &[Rows],
    synonyms: &BTreeMap<String, Vec<String>>,
    most_named: usize,
) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut files = Files::default();
    let groups = groups(rows);
    let named: Vec<_> = groups.chunks(NAMED).collect();
    let made = par::map(&named, |groups| {
        let texts: Vec<&str> =
            groups.iter().flat_map(|group| &group.files).map(String::as_str).collect();
        let alert = groups.iter().any(|group| group.alert);
        Made::new(if alert { 'a' } else { 'w' }, &texts, texts.len())
    });
    let names: Vec<String> = made.into_iter().map(|made| files.shared(made)).collect();
    let (letters, spelling) = spelling(rows, &mut files)?;
    let mut block_names = String::new();
    for group in blocks {
        block_names.push_str(&files.shared(group)[1..]);
    }
    let block_share = sharing(pages.len().div_ceil(BLOCK));
    let mut facets = Vec::new();
    // Of a small site they are one file, for one request; of a large one a filter needs its own alone.
    for some in FACETS.chunks(if block_share > 1 { 1 } else { FACETS.len() }) {
        let all: Vec<_> = some.iter().map(|(_, of)| facet_of(pages, *of)).collect();
        let file = files.add('c', &(all,))?;
        facets.extend(some.iter().enumerate().map(|(n, (name, _))| (*name, file.clone(), n)));
    }
    let mut directories = String::new();
    let mut list = list_of(&groups, &names);
    if groups.len() > most_named {
        for (groups, names) in groups.chunks(DIRECTORY).zip(names.chunks(DIRECTORY / NAMED)) {
            let name = files.add('r', &list_of(groups, names))?;
            directories.push_str(&name[1..]);
        }
        let first = groups.iter().step_by(DIRECTORY).map(|group| group.start.as_str());
        list = [fold(first), String::new(), String::new()];
    }
    let [starts, names, letters_of] = list;
    let (sections, kinds, fresh) = columns(pages);
    let root = json!([
        FORMAT,
        pages.len(),
        BLOCK,
        starts,
        names,
        block_names,
        letters,
        spelling,
        facets,
        own_synonyms(synonyms),
        directories,
        STOP,
        SYNONYMS.join(";"),
        block_share,
        sections,
        kinds,
        fresh,
        letters_of,
    ]);
    files.made.insert(path("root"), call("root", &root.to_string()));
    Ok(files.made.into_iter().collect())
}

#[derive(Default)]
struct Files {
    made: BTreeMap<String, Vec<u8>>,
}

impl Files {
    /// Adds a file and returns its name.
    fn add(&mut self, class: char, content: &impl Serialize) -> Result<String, String> {
        let (name, text) = file(class, content)?;
        self.made.insert(path(&name), text);
        Ok(name)
    }

    /// Adds files that share a name, and returns it.
    fn shared(&mut self, made: Made) -> String {
        self.made.extend(made.files.into_iter().map(|(name, text)| (path(&name), text)));
        made.name
    }
}

/// Files that share a name.
#[derive(Debug)]
pub(crate) struct Made {
    name: String,
    files: Vec<(String, Vec<u8>)>,
}

impl Made {
    /// Names files after the content of all of them, and each after its number where there may be several.
    fn new(class: char, contents: &[&str], share: usize) -> Self {
        let mut made =
            Self { name: format!("{class}{}", name(&contents.concat())), files: Vec::new() };
        made.add(class, contents, share);
        made
    }

    /// Adds files of a class.
    fn add(&mut self, class: char, contents: &[&str], share: usize) {
        for (n, text) in contents.iter().enumerate() {
            let mut name = format!("{class}{}", &self.name[1..]);
            if share > 1 {
                name.push_str(&n.to_string());
            }
            let text = call(&name, text);
            self.files.push((name, text));
        }
    }
}

/// Names the files of blocks beside each other.
pub(crate) fn named(blocks: &[Block], share: usize) -> Made {
    let [texts, pages] = [0, 1].map(|n| blocks.iter().map(|b| b[n].as_str()).collect::<Vec<_>>());
    // One name for both, so it comes from both.
    let both = [texts.concat(), pages.concat()].concat();
    let mut made = Made { name: format!("d{}", name(&both)), files: Vec::new() };
    made.add('x', &texts, share);
    made.add('d', &pages, share);
    made
}

fn path(name: &str) -> String {
    format!("{FOLDER}{name}.js")
}

/// Returns the name and text of a file whose content is a list.
fn file(class: char, content: &impl Serialize) -> Result<(String, Vec<u8>), String> {
    let text = serde_json::to_string(content).map_err(|e| e.to_string())?;
    let name = format!("{class}{}", name(&text));
    debug_assert_eq!(name.len(), NAME + 1);
    let text = call(&name, &text);
    Ok((name, text))
}

/// A call with a name and what is in a list of JSON.
fn call(name: &str, list: &str) -> Vec<u8> {
    format!("opsloreShard([\"{name}\",{})\n", list.strip_prefix('[').unwrap_or(list)).into_bytes()
}

/// What is said of groups: their starts, their names, and of how many letters their hashes are.
fn list_of(groups: &[Group], names: &[String]) -> [String; 3] {
    [
        fold(groups.iter().map(|group| group.start.as_str())),
        names.concat(),
        groups.iter().map(|group| digit(group.letters as u8)).collect(),
    ]
}

/// Words that somebody may have meant to type, by first letter and length.
fn spelling(rows: &[Rows], files: &mut Files) -> Result<(String, String), String> {
    let (mut letters, mut names) = (String::new(), String::new());
    let rows = rows.iter().flat_map(Rows::iter);
    let spelled: Vec<Row<'_>> = rows.filter(|r| r.spelled).collect();
    for all in spelled.chunk_by(|a, b| a.word.as_bytes()[0] == b.word.as_bytes()[0]) {
        letters.push(char::from(all[0].word.as_bytes()[0]));
        for (_, sizes) in SPELLED {
            let some = || all.iter().filter(|row| sizes.contains(&row.word.len()));
            let mut pages = String::new();
            for row in some() {
                put(row.pages, &mut pages);
            }
            let words = fold(some().map(|row| row.word));
            names.push_str(&files.add('v', &(words, pages))?[1..]);
        }
    }
    Ok((letters, names))
}

/// Returns the files of a block of pages.
pub(crate) fn block(block: &[Record]) -> Result<Block, String> {
    let texts: Vec<Vec<String>> =
        block.iter().map(|r| r.sections.iter().map(section_text).collect()).collect();
    let pages: Vec<_> = block.iter().map(entry).collect();
    let text = |made: serde_json::Result<String>| made.map_err(|e| e.to_string());
    Ok([text(serde_json::to_string(&(texts,)))?, text(serde_json::to_string(&(pages,)))?])
}

fn entry(record: &Record) -> impl Serialize {
    let headings: Vec<&str> = record
        .sections
        .iter()
        .skip(1)
        .flat_map(|s| [s.anchor.as_str(), s.heading.as_str()])
        .collect();
    let due = record.due.filter(|_| record.current);
    (
        &record.url,
        &record.title,
        record.kind,
        &record.team,
        record.services.first().map_or("", String::as_str),
        &record.severity,
        &record.source,
        cut(&record.note, NOTE),
        record.day.map_or(String::new(), |d| d.to_string()),
        headings,
        due.map_or(String::new(), |d| d.to_string()),
        u8::from(record.copies && record.note.len() <= NOTE),
    )
}

fn section_text(section: &crate::index::records::Section) -> String {
    let mut out = String::new();
    for line in section.text.iter().chain(&section.code) {
        if out.len() > SECTION_TEXT {
            break;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(line.trim());
    }
    if out.len() > SECTION_TEXT {
        out.truncate(cut(&out, SECTION_TEXT).len());
        out.push(CUT);
    }
    out
}

fn cut(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// What every query asks of every page: sections, kinds as runs, freshness.
fn columns(pages: &[Facts]) -> (String, String, String) {
    let (mut sections, mut kinds, mut fresh) = (String::new(), String::new(), String::new());
    let newest = pages.iter().filter_map(|p| p.day).max();
    for page in pages {
        put(page.sections, &mut sections);
        fresh.push(digit(freshness(page.day, newest)));
    }
    for run in pages.chunk_by(|a, b| a.kind == b.kind) {
        put(run[0].kind as u32, &mut kinds);
        put(run.len() as u32, &mut kinds);
    }
    (sections, kinds, fresh)
}

type ValuesOf = fn(&Facts) -> &[String];

/// Facets beside the kind.
const FACETS: [(&str, ValuesOf); 4] = [
    ("team", |p| std::slice::from_ref(&p.team)),
    ("service", |p| &p.services),
    ("severity", |p| std::slice::from_ref(&p.severity)),
    ("tag", |p| &p.tags),
];

/// One facet: its values, and for each page how many and which.
fn facet_of(pages: &[Facts], of: ValuesOf) -> (Vec<String>, String) {
    // Many pages name the same: each spelling is folded once.
    let mut keys: BTreeMap<&str, String> = BTreeMap::new();
    for value in pages.iter().flat_map(of) {
        keys.entry(value).or_insert_with(|| tokens(value).words.join(" "));
    }
    let mut values: BTreeMap<&str, &str> = BTreeMap::new();
    for value in pages.iter().flat_map(of) {
        values.entry(&keys[value.as_str()]).or_insert(value);
    }
    values.remove("");
    let numbers: BTreeMap<&str, u32> = values.keys().copied().zip(0..).collect();
    let mut out = String::new();
    for page in pages {
        let mut found: Vec<u32> =
            of(page).iter().filter_map(|v| numbers.get(&*keys[v.as_str()]).copied()).collect();
        found.sort_unstable();
        found.dedup();
        put(found.len() as u32, &mut out);
        for n in found {
            put(n, &mut out);
        }
    }
    let values: Vec<String> = values.into_values().map(str::to_owned).collect();
    (values, out)
}

/// How fresh a page is, measured at the newest one: the same files every day nobody changes anything.
fn freshness(day: Option<Day>, newest: Option<Day>) -> u8 {
    let (Some(day), Some(newest)) = (day, newest) else { return 0 };
    let age = newest.days_since(day);
    FRESH.iter().find(|(days, _)| age <= *days).map_or(0, |(_, share)| *share)
}

/// Synonyms of the site, folded: `word other other;…`. What a word also means is one word or more; a single
/// one means the first in turn.
fn own_synonyms(synonyms: &BTreeMap<String, Vec<String>>) -> String {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (word, others) in synonyms {
        let word = tokens(word).words.concat();
        for other in others {
            let words = tokens(other).words;
            if let [only] = &words[..] {
                all.entry(only.clone()).or_default().insert(word.clone());
            }
            all.entry(word.clone()).or_default().extend(words);
        }
    }
    let lines = all.iter().map(|(word, others)| {
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        format!("{word} {}", others.join(" "))
    });
    lines.collect::<Vec<_>>().join(";")
}

//! Files of a search → the rows, places and pages that a query asks for; what is not loaded yet is noted.
//!
//! A query runs over what is loaded and is run again once what it missed is there: a run is a round. So the
//! engine itself never waits, and is the same program in both languages.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::index::begun::BEGUN;
use crate::index::code::{NAME, take, unfold, value};
use crate::index::files::{BLOCK, FORMAT, NAMED, SPELLED};
use crate::index::groups::{FILES, file_of};
use crate::index::places;

/// Gives the text of a file of the search by its name, such as `root`.
pub type Load<'a> = Box<dyn Fn(&str) -> Option<String> + 'a>;

/// A row of a file of words.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) word: String,
    /// On how many pages it stands.
    pub(crate) pages: u32,
    /// Its sections, as the file has them.
    places: String,
}

/// A facet: its values, and which of them each page has.
#[derive(Debug, Default)]
pub(crate) struct Facet {
    pub(crate) values: Vec<String>,
    pub(crate) pages: Vec<Vec<usize>>,
}

/// What is known of every page.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    /// The page of each section.
    pub(crate) page_of: Vec<u32>,
    /// The first section of each page.
    pub(crate) first: Vec<u32>,
    pub(crate) kinds: Vec<u8>,
    pub(crate) fresh: Vec<u8>,
}

/// A page as its block has it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    pub(crate) text: Vec<String>,
    pub(crate) kind: usize,
    pub(crate) headings: Vec<(String, String)>,
}

#[derive(Debug)]
enum Shard {
    Words(Vec<Row>),
    Block(Vec<Entry>),
    Texts(Vec<Vec<String>>),
    Spelling(Vec<(String, u32)>),
    Facets(Vec<Facet>),
    Directory(Groups),
    /// A file that cannot be had or read.
    Gone,
}

/// Groups of files of words, or the directories of groups.
#[derive(Debug, Default)]
struct Groups {
    starts: Vec<String>,
    names: String,
    /// A digit for each: of how many letters its hash is.
    letters: String,
}

impl Groups {
    /// The place of the group in which a word stands.
    fn place(&self, word: &str) -> usize {
        self.starts.partition_point(|start| start.as_str() <= word).saturating_sub(1)
    }

    /// The name of the file in which a word stands.
    fn file(&self, word: &str) -> Option<String> {
        let group = self.place(word);
        let start = group / NAMED * (NAME + 1);
        let name = self.names.get(start..start + NAME + 1)?;
        let letters = self.letters.as_bytes().get(group).map_or(0, |digit| value(*digit));
        let n = group % NAMED * FILES + file_of(word, usize::from(letters));
        Some(format!("{name}{n}"))
    }
}

/// What the root says.
#[derive(Debug, Default)]
struct Root {
    pages: usize,
    groups: Groups,
    blocks: String,
    letters: String,
    spelling: String,
    columns: Columns,
    /// Facets beside the kind, each with its file and its number there.
    facets: Vec<(String, String, usize)>,
    synonyms: BTreeMap<String, Vec<String>>,
    directories: String,
    /// How many blocks share a name.
    block_share: usize,
}

/// The files that are loaded.
pub(crate) struct Shards<'a> {
    load: Load<'a>,
    root: Root,
    loaded: BTreeMap<String, Shard>,
    missing: RefCell<BTreeSet<String>>,
    /// Bytes of the files that were loaded, and their number.
    pub(crate) bytes: usize,
    pub(crate) files: usize,
}

fn text(values: &[Value], n: usize) -> &str {
    values.get(n).and_then(Value::as_str).unwrap_or("")
}

/// Reads the argument of the one call that a file is.
fn arguments(text: &str) -> Option<Vec<Value>> {
    let inside = text.trim_end().strip_prefix("opsloreShard(")?.strip_suffix(')')?;
    serde_json::from_str(inside).ok()
}

/// The name of a file by its number, of names without their class; so many files share one.
fn name_at(names: &str, class: char, n: usize, share: usize) -> Option<String> {
    let at = n / share * NAME;
    Some(format!("{class}{}{}", names.get(at..at + NAME)?, member(n, share)))
}

/// What a file adds to a name that several share.
fn member(n: usize, share: usize) -> String {
    if share > 1 { (n % share).to_string() } else { String::new() }
}

fn number(values: &[Value], n: usize) -> usize {
    let number = values.get(n).and_then(Value::as_u64).unwrap_or(0);
    usize::try_from(number).unwrap_or(0)
}

impl<'a> Shards<'a> {
    /// Opens a search by its root.
    pub(crate) fn new(load: Load<'a>) -> Result<Self, String> {
        let file = load("root").ok_or("there is no search index")?;
        let root = arguments(&file).ok_or("the search index cannot be read")?;
        if root.get(1).and_then(Value::as_u64) != Some(u64::from(FORMAT)) {
            return Err("the search index is of another version; build the site again".to_owned());
        }
        let mut synonyms: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in text(&root, 10).split(';').filter(|l| !l.is_empty()) {
            let mut words = line.split(' ').map(str::to_owned);
            let first = words.next().unwrap_or_default();
            synonyms.entry(first).or_default().extend(words);
        }
        let facets = root.get(9).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let facets = facets.iter().filter_map(Value::as_array);
        let own = Root {
            pages: number(&root, 2),
            groups: groups(text(&root, 4), text(&root, 5), text(&root, 18)),
            blocks: text(&root, 6).to_owned(),
            letters: text(&root, 7).to_owned(),
            spelling: text(&root, 8).to_owned(),
            columns: columns(text(&root, 15), text(&root, 16), text(&root, 17)),
            facets: facets
                .map(|f| (text(f, 0).to_owned(), text(f, 1).to_owned(), number(f, 2)))
                .collect(),
            synonyms,
            directories: text(&root, 11).to_owned(),
            block_share: number(&root, 14).max(1),
        };
        let bytes = file.len();
        Ok(Self {
            load,
            root: own,
            loaded: BTreeMap::new(),
            missing: RefCell::default(),
            bytes,
            files: 1,
        })
    }

    /// Loads what was missed; false where nothing was.
    pub(crate) fn fetch(&mut self) -> bool {
        let missing = self.missing.take();
        for name in &missing {
            let file = (self.load)(name);
            self.bytes += file.as_ref().map_or(0, String::len);
            self.files += 1;
            let shard = file.and_then(|f| arguments(&f)).and_then(|all| read(name, &all));
            self.loaded.insert(name.clone(), shard.unwrap_or(Shard::Gone));
        }
        !missing.is_empty()
    }

    /// Number of pages.
    pub(crate) fn pages(&self) -> usize {
        self.root.pages
    }

    /// Synonyms of the site.
    pub(crate) fn synonyms(&self, word: &str) -> &[String] {
        self.root.synonyms.get(word).map_or(&[], Vec::as_slice)
    }

    /// A file; `None` where it is still to be loaded. One that cannot be had is empty.
    fn get(&self, name: Option<String>) -> Option<&Shard> {
        let Some(name) = name else { return Some(&Shard::Gone) };
        let shard = self.loaded.get(&name);
        if shard.is_none() {
            self.missing.borrow_mut().insert(name);
        }
        shard
    }

    /// The groups around a word.
    fn groups(&self, word: &str) -> Option<&Groups> {
        static NONE: Groups =
            Groups { starts: Vec::new(), names: String::new(), letters: String::new() };
        let own = &self.root.groups;
        if self.root.directories.is_empty() {
            return Some(own);
        }
        match self.get(name_at(&self.root.directories, 'r', own.place(word), 1))? {
            Shard::Directory(groups) => Some(groups),
            _ => Some(&NONE),
        }
    }

    /// True where two words stand in one file.
    pub(crate) fn together(&self, a: &str, b: &str) -> bool {
        let file = |word: &str| self.groups(word).and_then(|groups| groups.file(word));
        file(a) == file(b)
    }

    /// All rows of the file in which a word stands.
    pub(crate) fn neighbours(&self, word: &str) -> Option<&[Row]> {
        match self.get(self.groups(word)?.file(word))? {
            Shard::Words(rows) => Some(rows),
            _ => Some(&[]),
        }
    }

    /// Rows of the words that start with `prefix`: of all of them, or the row of the beginning and some.
    pub(crate) fn range(&self, prefix: &str) -> Option<Vec<&Row>> {
        let begins = |row: &&Row| match row.word.strip_suffix(BEGUN) {
            Some(beginning) => beginning == prefix,
            None => row.word.starts_with(prefix),
        };
        Some(self.neighbours(prefix)?.iter().filter(begins).collect())
    }

    /// Sections of a row, each with its impact.
    pub(crate) fn places(&self, row: &Row) -> Vec<(u32, u8)> {
        places::read(&row.places)
    }

    /// Words that begin with a letter and that one of `size` letters may have been meant to be.
    pub(crate) fn spelling(&self, letter: char, size: usize) -> Option<&[(String, u32)]> {
        let Some(n) = self.root.letters.chars().position(|l| l == letter) else {
            return Some(&[]);
        };
        let n = n * SPELLED.len() + SPELLED.iter().take_while(|(most, _)| *most < size).count();
        match self.get(name_at(&self.root.spelling, 'v', n, 1))? {
            Shard::Spelling(words) => Some(words),
            _ => Some(&[]),
        }
    }

    /// What is known of every page.
    pub(crate) fn columns(&self) -> &Columns {
        &self.root.columns
    }

    /// Names of the facets beside the kind.
    pub(crate) fn facets(&self) -> impl Iterator<Item = &str> {
        self.root.facets.iter().map(|(name, ..)| name.as_str())
    }

    /// A facet beside the kind.
    pub(crate) fn facet(&self, name: &str) -> Option<&Facet> {
        static NONE: Facet = Facet { values: Vec::new(), pages: Vec::new() };
        let Some((_, file, n)) = self.root.facets.iter().find(|(facet, ..)| facet == name) else {
            return Some(&NONE);
        };
        match self.get(Some(file.clone()))? {
            Shard::Facets(facets) => Some(facets.get(*n).unwrap_or(&NONE)),
            _ => Some(&NONE),
        }
    }

    /// The name of a file of a page's block.
    fn block(&self, class: char, page: usize) -> Option<String> {
        name_at(&self.root.blocks, class, page / BLOCK, self.root.block_share)
    }

    /// A page.
    pub(crate) fn entry(&self, page: usize) -> Option<&[Entry]> {
        match self.get(self.block('d', page))? {
            Shard::Block(pages) => {
                let n = page % BLOCK;
                Some(pages.get(n..=n).unwrap_or(&[]))
            }
            _ => Some(&[]),
        }
    }

    /// The texts of a page's sections.
    pub(crate) fn texts(&self, page: usize) -> Option<&[String]> {
        match self.get(self.block('x', page))? {
            Shard::Texts(pages) => Some(pages.get(page % BLOCK).map_or(&[], Vec::as_slice)),
            _ => Some(&[]),
        }
    }
}

fn read(name: &str, all: &[Value]) -> Option<Shard> {
    Some(match name.chars().next()? {
        'a' | 'w' => Shard::Words(rows(text(all, 1), text(all, 2))),
        'd' => Shard::Block(all.get(1)?.as_array()?.iter().map(entry).collect()),
        'x' => {
            let strings = |page: &Value| -> Vec<String> {
                let texts = page.as_array().map_or(&[][..], Vec::as_slice);
                texts.iter().map(|t| t.as_str().unwrap_or("").to_owned()).collect()
            };
            Shard::Texts(all.get(1)?.as_array()?.iter().map(strings).collect())
        }
        'v' => {
            let pages = text(all, 2).as_bytes();
            let mut at = 0;
            let words = unfold(text(all, 1)).into_iter();
            Shard::Spelling(words.map(|word| (word, take(pages, &mut at))).collect())
        }
        'c' => Shard::Facets(all.get(1)?.as_array()?.iter().map(facet).collect()),
        'r' => Shard::Directory(groups(text(all, 1), text(all, 2), text(all, 3))),
        _ => return None,
    })
}

fn groups(starts: &str, names: &str, letters: &str) -> Groups {
    Groups { starts: unfold(starts), names: names.to_owned(), letters: letters.to_owned() }
}

fn rows(words: &str, data: &str) -> Vec<Row> {
    let rows = unfold(words).into_iter().zip(data.split(';'));
    let row = |(word, data): (String, &str)| {
        let mut at = 0;
        let pages = take(data.as_bytes(), &mut at);
        Row { word, pages, places: data.get(at..).unwrap_or("").to_owned() }
    };
    rows.map(row).collect()
}

fn entry(value: &Value) -> Entry {
    let cells = value.as_array().map_or(&[][..], Vec::as_slice);
    let headings = cells.get(9).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let word = |n: usize| headings.get(n).and_then(Value::as_str).unwrap_or("").to_owned();
    let kind = cells.get(2).and_then(Value::as_u64).unwrap_or(0);
    Entry {
        text: (0..9).map(|n| text(cells, n).to_owned()).collect(),
        kind: usize::try_from(kind).unwrap_or(0),
        headings: (0..headings.len() / 2).map(|n| (word(n * 2), word(n * 2 + 1))).collect(),
    }
}

/// Reads the columns: sections, kinds in runs, freshness.
fn columns(sections: &str, kinds: &str, fresh: &str) -> Columns {
    let mut out = Columns::default();
    let (counts, runs) = (sections.as_bytes(), kinds.as_bytes());
    let mut at = 0;
    while at < counts.len() {
        let page = out.first.len() as u32;
        out.first.push(out.page_of.len() as u32);
        let sections = take(counts, &mut at) as usize;
        out.page_of.extend(std::iter::repeat_n(page, sections));
    }
    let mut at = 0;
    while at < runs.len() {
        let kind = take(runs, &mut at) as u8;
        let left = out.first.len() - out.kinds.len();
        let pages = take(runs, &mut at) as usize;
        out.kinds.extend(std::iter::repeat_n(kind, pages.min(left)));
    }
    out.fresh = fresh.bytes().map(value).collect();
    out
}

fn facet(facet: &Value) -> Facet {
    let all = facet.as_array().map_or(&[][..], Vec::as_slice);
    let values = all.first().and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let data = text(all, 1).as_bytes();
    let mut at = 0;
    let mut pages = Vec::new();
    while at < data.len() {
        let n = (take(data, &mut at) as usize).min(data.len());
        pages.push((0..n).map(|_| take(data, &mut at) as usize).collect());
    }
    let values = values.iter().map(|v| v.as_str().unwrap_or("").to_owned()).collect();
    Facet { values, pages }
}

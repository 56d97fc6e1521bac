//! What a map may say, as tables of keys: the readers ask by them, and JSON Schemas are made of them.
//!
//! A key stands in its table once, with its spellings and the shape of its value. A reader that asks for a key
//! which its table lacks is a fault of ours.

use crate::text::yaml::{Entry, Node};

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name in the documentation, then other spellings that are taken for it.
    pub names: &'static [&'static str],
    /// What its value may be. Nothing at all is allowed everywhere.
    pub shape: Shape,
    /// One or two sentences, which editors show beside the key.
    pub says: &'static str,
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// One scalar, read as text.
    Text,
    /// A day.
    Day,
    /// A time such as `3 months`.
    Interval,
    /// An instant.
    Time,
    /// `true` or `false`, `yes` or `no`.
    Flag,
    /// One of these words and their spellings; another is a finding.
    Word(&'static [Word]),
    /// Any text; these words are the usual ones.
    Usual(&'static [&'static str]),
    /// One of these words as they are.
    Exactly(&'static [&'static str]),
    /// Text that this pattern matches.
    Like(&'static str),
    /// A whole number within these bounds.
    Number(u32, u32),
    /// A share in percent.
    Share,
    /// A list of texts, or one text with commas.
    Texts,
    /// A list of these, nothing else.
    List(&'static Shape),
    /// One of these, or a list of them.
    OneOrMany(&'static Shape),
    /// A map of known keys.
    Map(&'static [Key]),
    /// A map of keys that another table gives.
    Made(fn() -> Vec<Key>),
    /// A map of known keys, and of others that hold these.
    Open(&'static [Key], &'static Shape),
    /// A map from names to these.
    ByName(&'static Shape),
    /// The first of these that fits.
    Either(&'static [Shape]),
    /// Anything.
    Any,
}

/// A word that files write, then other spellings that are taken for it.
pub type Word = &'static [&'static str];

/// Returns a row of a table.
pub const fn key(names: &'static [&'static str], shape: Shape, says: &'static str) -> Key {
    Key { names, shape, says }
}

impl Key {
    /// Returns its name in the documentation.
    pub const fn name(&self) -> &'static str {
        match self.names {
            [name, ..] => name,
            [] => "",
        }
    }
}

/// Returns the row of a key.
///
/// # Panics
///
/// Where the table lacks it: then the reader and what editors are told would differ.
pub fn row(table: &'static [Key], name: &str) -> &'static Key {
    let found = table.iter().find(|key| key.name() == name);
    found.unwrap_or_else(|| panic!("a reader asks for `{name}`, which its table lacks"))
}

/// Returns the first entry of a map that says this key and is not blank, its name before its other spellings.
pub fn entry<'n>(map: &'n Node, table: &'static [Key], name: &str) -> Option<&'n Entry> {
    let mut names = row(table, name).names.iter();
    names.find_map(|name| map.entries().iter().find(|e| e.key == *name && !e.value.is_blank()))
}

/// Returns the value of a key.
pub fn value<'n>(map: &'n Node, table: &'static [Key], name: &str) -> Option<&'n Node> {
    entry(map, table, name).map(|entry| &entry.value)
}

/// Returns the text of a key; a list or map has none.
pub fn text<'n>(map: &'n Node, table: &'static [Key], name: &str) -> Option<&'n str> {
    let mut names = row(table, name).names.iter();
    names.find_map(|name| map.text_at(name))
}

/// Returns every spelling of every key.
pub fn spellings(table: &'static [Key]) -> impl Iterator<Item = &'static str> {
    table.iter().flat_map(|key| key.names.iter().copied())
}

/// Returns the words as documented.
pub fn words(table: &'static [Word]) -> impl Iterator<Item = &'static str> {
    table.iter().filter_map(|word| word.first().copied())
}

/// Returns the number of the word that `written` is a spelling of; only letters and digits count, in any case.
pub fn which(table: &'static [Word], written: &str) -> Option<usize> {
    fn plain(text: &str) -> impl Iterator<Item = u8> {
        text.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase())
    }
    plain(written).next()?;
    table.iter().position(|word| word.iter().any(|known| plain(known).eq(plain(written))))
}

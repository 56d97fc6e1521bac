//! [`Site`] → the files of its search, and queries → hits.
//!
//! A file is one call, `opsloreShard([name, …])` and a line end, whose argument is JSON: as a script it works
//! from `file://`, where nothing can be fetched, and fetched it is parsed without being run. The first letter
//! of a name says what it holds, the rest comes from the content, so a file never changes:
//!
//! - `root`: format, pages, pages a block; first words and names of the word files; common words and their
//!   files; names of the blocks; letters and names of the spelling files; the columns' name; synonyms of the
//!   site; directories, below; and for the script the words that say nothing and the synonyms of `words.rs`.
//! - `a…`, `w…` words, those of alerts in `a`: rows `word,pages,places` with `;` between. Sorted, each word as
//!   one digit for what it shares with the one before, and the rest. Numbers have five bits a digit, the lowest
//!   first (`code.rs`). Places are sections as differences, each with its impact as one digit;
//!   `~n` is the `n`-th common word, whose places are a file of their own.
//! - `h…` the places of one common word.
//! - `d…` blocks of pages: `[text file, [[address, title, kind, team, service, severity, source, note, day,
//!   [anchor, heading, …]], …]]`.
//! - `x…` the text of a block's sections, for excerpts and quoted phrases.
//! - `v…` spelling: words by first letter, with their number of pages.
//! - `c…` columns: sections of each page, kinds, freshness, and for each facet its values and which page has
//!   which.
//! - `r…` directories: where a site has more than 1,024 word files, the root names 128 at a time by the file
//!   that lists them.

mod ask;
mod code;
mod files;
pub mod query;
pub mod records;
mod rows;
mod score;
mod sections;
mod shards;
mod terms;
pub mod tokens;
mod weights;
pub mod words;

use crate::link::Site;

pub use crate::index::files::FOLDER;

/// Returns the files of a site's search by path.
pub fn index(site: &Site) -> Result<Vec<(String, Vec<u8>)>, String> {
    let records = records::records(site);
    let words = weights::weigh(&records);
    let mut first = Vec::with_capacity(records.len());
    let mut sections = 0;
    for record in &records {
        first.push(sections);
        sections += record.sections.len() as u32;
    }
    let alerts = records.iter().filter(|r| r.kind == 0).count();
    let rows = rows::rows(&words, &first, alerts);
    files::files(&records, &rows, &site.config.synonyms)
}

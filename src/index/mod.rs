//! [`Site`] → the files of its search, and queries → hits.
//!
//! A file is one call, `opsloreShard([name, …])` and a line end, whose argument is JSON: as a script it works
//! from `file://`, where nothing can be fetched, and fetched it is parsed without being run. The first letter
//! of a name says what it holds, the rest comes from the content, so a file never changes:
//!
//! - `root`: format, pages, pages a block; starts and names of the groups of words; names of the blocks; letters
//!   and names of the spelling files; the facets, each with its file and its number there; synonyms of the site;
//!   directories, below; for the script the words that say nothing and the synonyms of `text::words`; how many
//!   blocks share a name; of each page how many sections it has, its kind (`kind,pages` in runs) and its
//!   freshness; and of how many letters the hash of each group is.
//! - `a…`, `w…` words, those of alerts in `a`, and for each, with `;` between, its pages and places. A group is sixteen
//!   files of neighbouring words, and the hash of a word's first letters says which of them it is in (`groups.rs`).
//!   `pay*` stands for what `pay` begins where its file has not all of that (`begun.rs`). Sorted, each
//!   word as one capital for what it shares with the one before, and the rest. Numbers have five bits a digit, the
//!   lowest first (`code.rs`). Places are bits, six a digit, the highest first, those of one impact together: how
//!   much larger the impact is and how many there are (Elias gamma), how many low bits a section has (4 bits), then
//!   the sections between them (Rice). Of a common word those with the best impacts.
//! - `d…` blocks of pages: `[[address, title, kind, team, service, severity, source, note, day,
//!   [anchor, heading, …], due, 1 where the note may be copied], …]`.
//! - `x…` the text of a block's sections, for excerpts and quoted phrases; named like the block.
//! - `v…` spelling: words by first letter and length, four files a letter, with their number of pages.
//! - `c…` facets: the values of each, and which page has which. Asked for by a filter, and by the chips below the
//!   box.
//! - `r…` directories: where a site has more than 2,048 groups, the root names 64 at a time by the file that lists
//!   them.
//!
//! A start is as much of a group's first word as tells it from the word before. The files of four groups share a
//! name and add a number of their own, and so do sixteen blocks where there are many.

mod ask;
mod begun;
mod code;
mod files;
mod groups;
mod places;
pub mod query;
pub mod records;
mod rows;
mod score;
mod sections;
mod shards;
mod terms;
mod weights;

use crate::index::files::Facts;
use crate::index::records::{Reader, Record};
use crate::index::rows::Run;
use crate::index::weights::Weigher;
use crate::link::Site;
use crate::text::par;

pub use crate::index::files::FOLDER;

/// Pages whose words are gathered at a time: whole blocks, whatever the threads.
const RUN: usize = 64 * files::BLOCK;

/// Returns the files of a site's search by path.
pub fn index(site: &Site) -> Result<Vec<(String, Vec<u8>)>, String> {
    index_naming(site, files::MOST_NAMED)
}

/// Returns the same where the root names at most so many groups itself, and directories name more than that.
pub fn index_naming(site: &Site, most: usize) -> Result<Vec<(String, Vec<u8>)>, String> {
    let reader = Reader::new(site);
    let share = files::sharing(reader.pages.len().div_ceil(files::BLOCK));
    let runs: Vec<_> = reader.pages.chunks(RUN).collect();
    let made = par::map(&runs, |run| {
        let (mut weigher, mut blocks, mut facts) = (Weigher::default(), Vec::new(), Vec::new());
        for pages in run.chunks(files::BLOCK) {
            let records: Vec<Record> = pages.iter().map(|page| reader.record(page)).collect();
            for record in &records {
                weigher.add(record);
            }
            blocks.push(files::block(&records)?);
            facts.extend(records.into_iter().map(Facts::new));
        }
        let blocks: Vec<_> =
            blocks.chunks(share).map(|blocks| files::named(blocks, share)).collect();
        Ok::<_, String>((weigher.words(), blocks, facts))
    });
    let (mut words, mut blocks, mut pages) = (Vec::new(), Vec::new(), Vec::new());
    let (mut first, mut page_of) = (Vec::new(), Vec::new());
    for run in made {
        let (run, files, facts) = run?;
        first.push(page_of.len() as u32);
        for page in &facts {
            let number = page_of.last().map_or(0, |last| last + 1);
            page_of.extend(std::iter::repeat_n(number, page.sections as usize));
        }
        words.push(run);
        blocks.extend(files);
        pages.extend(facts);
    }
    let runs: Vec<_> = words.iter().zip(first).map(|(words, first)| Run { words, first }).collect();
    let rows = rows::rows(&runs, &page_of);
    drop(words);
    files::files(&pages, blocks, &rows, &site.config.synonyms, most)
}

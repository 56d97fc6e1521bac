//! What happened to the files of one repository: commits, newest first, and the paths each touched.

use std::ops::Range;

use crate::text::date::Day;

/// The commits of one repository, as far back as they were read. Merges are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Id of the commit that is checked out, in full.
    pub head: String,
    /// The commits, newest first.
    pub commits: Vec<Commit>,
    /// Every path that a commit touched, relative to the repository, sorted.
    pub paths: Vec<String>,
    /// Every author's name, in the order they were met.
    pub authors: Vec<String>,
    /// Places in `paths`, commit after commit.
    pub touched: Vec<u32>,
    /// The day behind which every commit was read, where older ones were left out.
    pub since: Option<Day>,
}

/// One commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The day it was committed, in UTC.
    pub day: Day,
    /// The first 48 bits of its id.
    pub id: u64,
    /// Place of its author in [`History::authors`].
    pub author: u32,
    /// Its part of [`History::touched`].
    pub touched: Range<u32>,
}

impl Commit {
    /// Returns the first 12 hexadecimal digits of its id.
    pub fn short(&self) -> String {
        format!("{:012x}", self.id)
    }
}

impl History {
    /// Returns places in `paths` of what a commit touched.
    pub fn touched(&self, commit: &Commit) -> &[u32] {
        self.touched
            .get(commit.touched.start as usize..commit.touched.end as usize)
            .unwrap_or_default()
    }

    /// Returns the place of a path in `paths`.
    pub fn path(&self, path: &str) -> Option<u32> {
        let at = self.paths.binary_search_by(|known| known.as_str().cmp(path)).ok()?;
        Some(at as u32)
    }
}

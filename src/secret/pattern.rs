//! Regular expressions over bytes, as rules and allow lists write them: the only file that names regex.

use std::ops::Range;

use regex::bytes::{Regex, RegexBuilder};

/// Most memory of one compiled expression; the longest rules hold values of thousands of characters.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// A compiled expression. Its classes are those of ASCII, as keys are.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// Compiles an expression; the error is one phrase.
    pub fn new(pattern: &str) -> Result<Self, String> {
        let built = RegexBuilder::new(pattern).unicode(false).size_limit(MAX_BYTES).build();
        built.map(Self).map_err(|e| {
            let words = e.to_string();
            words.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
        })
    }

    /// Returns true where it matches anywhere in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text.as_bytes())
    }

    /// Returns the next match in `text` from `at` on, and the group in it that holds the value.
    ///
    /// Group 0 asks for the first group that holds anything, or the whole match where there is none.
    pub(crate) fn next(&self, text: &[u8], at: usize, group: usize) -> Option<Match> {
        // A search without groups is many times faster, and most searches find nothing.
        let whole = self.0.find_at(text, at)?;
        let groups = self.0.captures_at(text, whole.start())?;
        let first = || groups.iter().skip(1).flatten().find(|group| !group.is_empty());
        let value = if group > 0 { groups.get(group) } else { first() };
        Some(Match { whole: whole.range(), value: value.unwrap_or(whole).range() })
    }
}

/// Where an expression matched.
pub(crate) struct Match {
    /// All of it.
    pub(crate) whole: Range<usize>,
    /// The value in it.
    pub(crate) value: Range<usize>,
}

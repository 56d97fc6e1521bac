//! Glob patterns over paths with `/`: the only file that names globset.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// A set of compiled patterns. `*` stays within a folder, `**` crosses folders.
#[derive(Clone, Debug, Default)]
pub struct Globs {
    set: GlobSet,
}

impl Globs {
    /// Compiles patterns; the error names the first that is not one.
    pub fn new<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let mut builder = GlobSetBuilder::new();
        for pattern in patterns {
            let glob = GlobBuilder::new(pattern.trim_start_matches("./"))
                .literal_separator(true)
                .build()
                .map_err(|e| format!("`{pattern}` is not a glob: {}", e.kind()))?;
            builder.add(glob);
        }
        builder.build().map(|set| Self { set }).map_err(|e| e.to_string())
    }

    /// Returns true where any pattern matches the whole path.
    pub fn is_match(&self, path: &str) -> bool {
        self.set.is_match(path)
    }

    /// Returns the positions of the patterns that match, in the order given to [`Globs::new`].
    pub fn matches(&self, path: &str) -> Vec<usize> {
        self.set.matches(path)
    }

    /// Returns true where there is no pattern.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty()
    }
}

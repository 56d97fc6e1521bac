//! Absolute addresses that are written everywhere → the trees they stand for: learned, not guessed.

use std::collections::{BTreeMap, BTreeSet};

/// Fewest different addresses that must lead into the tree before a prefix counts as ours.
const ENOUGH: usize = 3;

/// Splits a forge's address of a file: `https://host/org/repo/blob/main/` and the path.
pub(crate) fn forge(url: &str) -> Option<(&str, &str)> {
    let path_start = url.find("://")? + 3;
    for mark in [
        "/-/blob/",
        "/-/tree/",
        "/-/edit/",
        "/-/raw/",
        "/blob/",
        "/tree/",
        "/raw/",
        "/edit/",
        "/src/branch/",
        "/src/",
    ] {
        if let Some(at) = url[path_start..].find(mark) {
            let branch = path_start + at + mark.len();
            let end = branch + url[branch..].find('/')? + 1;
            return Some((&url[..end], &url[end..]));
        }
    }
    None
}

/// Returns the part of a forge prefix that is the same for `blob`, `tree` and every branch.
pub(crate) fn repository_of(prefix: &str) -> &str {
    let marks = ["/-/", "/blob/", "/tree/", "/raw/", "/edit/", "/src/"];
    let end = marks.iter().filter_map(|mark| prefix.find(mark)).min().unwrap_or(prefix.len());
    &prefix[..end]
}

/// Counts which keys lead into the tree.
#[derive(Debug, Default)]
pub(crate) struct Learner {
    seen: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)>,
}

impl Learner {
    /// Takes one address: its key (a repository, a host) and its path, and whether the tree has it.
    pub(crate) fn take(&mut self, key: &str, path: &str, known: bool) {
        let entry = self.seen.entry(key.to_owned()).or_default();
        if known { &mut entry.0 } else { &mut entry.1 }.insert(path.to_owned());
    }

    /// Returns the keys of which enough different addresses, and at least half of all, are in the tree.
    pub(crate) fn ours(&self) -> BTreeSet<&str> {
        let ours = self
            .seen
            .iter()
            .filter(|(_, (known, unknown))| known.len() >= ENOUGH && known.len() >= unknown.len());
        ours.map(|(key, _)| key.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{forge, repository_of};

    #[test]
    fn forge_addresses_are_split() {
        let url = "https://gitlab.com/gitlab-com/runbooks/-/blob/master/docs/a.md";
        assert_eq!(
            forge(url),
            Some(("https://gitlab.com/gitlab-com/runbooks/-/blob/master/", "docs/a.md"))
        );
        assert_eq!(repository_of(forge(url).unwrap().0), "https://gitlab.com/gitlab-com/runbooks");
        assert_eq!(forge("https://x.example/a/b"), None);
    }
}

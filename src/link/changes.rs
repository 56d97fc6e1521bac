//! Histories of repositories → when each document last changed, and how much changed beside it since.

use std::collections::BTreeMap;

use crate::model::collect::Catalog;
use crate::model::document::{Detail, Doc};
use crate::model::id::DocId;
use crate::text::date::Day;
use crate::text::history::{Commit, History};
use crate::text::source::{RepositoryId, Source, Sources};

/// Folders for people who run a service, inside the folder of its code.
const SIDE_FOLDERS: [&str; 4] = ["ops", "runbooks", "docs", "alerts"];

/// What histories tell of every document.
#[derive(Debug, Default)]
pub struct Changes {
    by_doc: Vec<DocChanges>,
}

/// What the history of its repository tells of one document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocChanges {
    /// The newest commit that touched its file.
    pub last: Option<Change>,
    /// Commits since its review that touched the code beside it; only runbooks with a review have it.
    pub beside: Option<Beside>,
    /// How many people's commits touched its file; 0 where no history is known.
    pub authors: usize,
    /// Who that is, where it is one.
    pub only_author: Option<String>,
}

/// A commit as pages name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its day, in UTC.
    pub day: Day,
    /// The first 12 digits of its id.
    pub id: String,
}

/// How much changed beside a runbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beside {
    /// Commits behind the day of the review.
    pub commits: usize,
    /// True where the history was not read back to the review: there may be more.
    pub at_least: bool,
}

impl Changes {
    /// Looks every document up in the history of its repository.
    pub fn new(sources: &Sources, catalog: &Catalog) -> Self {
        let mut by_doc = vec![DocChanges::default(); catalog.documents.len()];
        if sources.histories.is_empty() {
            return Self { by_doc };
        }
        let services = ServiceFolders::new(sources, catalog);
        let mut docs: BTreeMap<RepositoryId, Vec<usize>> = BTreeMap::new();
        for (n, doc) in catalog.documents.iter().enumerate() {
            docs.entry(sources.get(doc.source).repository).or_default().push(n);
        }
        for (id, history) in &sources.histories {
            let prefix = sources.repository(*id).prefix.as_str();
            let inside = |path: &str| path.strip_prefix(prefix).unwrap_or(path).to_owned();
            let docs = docs.get(id).map_or(&[][..], Vec::as_slice);
            let newest = newest(history);
            let authors = authors(history);
            let mut folders = Folders::default();
            let mut asked: Vec<(usize, u32, Day)> = Vec::new();
            for n in docs {
                let doc = &catalog.documents[*n];
                let source = sources.get(doc.source);
                let change = history.path(&inside(&source.path)).and_then(|p| newest[p as usize]);
                by_doc[*n].last = change.map(|c| Change { day: c.day, id: c.short() });
                let path = history.path(&inside(&source.path));
                let authors = path.map_or(&[][..], |path| authors[path as usize].as_slice());
                by_doc[*n].authors = authors.len();
                if let [only] = authors {
                    by_doc[*n].only_author = history.authors.get(*only as usize).cloned();
                }
                if let (Detail::Runbook(_), Some(reviewed)) = (&doc.detail, &doc.reviewed) {
                    // A folder and the prefix of a repository differ by the `/` at the end.
                    let folder = format!("{}/", services.folder_beside(doc, source));
                    let folder = inside(&folder);
                    let folder = without_side_folders(folder.trim_matches('/'));
                    asked.push((*n, folders.number(folder), reviewed.value));
                }
            }
            let days = folders.days(history);
            for (n, folder, reviewed) in asked {
                let days = &days[folder as usize];
                let commits = days.len() - days.partition_point(|day| *day <= reviewed);
                let at_least = history.since.is_some_and(|since| reviewed < since);
                by_doc[n].beside = Some(Beside { commits, at_least });
            }
        }
        Self { by_doc }
    }

    /// Returns what is known of a document.
    pub fn of(&self, id: DocId) -> &DocChanges {
        &self.by_doc[id.0 as usize]
    }
}

/// The newest commit of each path.
fn newest(history: &History) -> Vec<Option<&Commit>> {
    let mut newest = vec![None; history.paths.len()];
    for commit in &history.commits {
        for path in history.touched(commit) {
            newest[*path as usize].get_or_insert(commit);
        }
    }
    newest
}

/// Who touched each path, each once.
fn authors(history: &History) -> Vec<Vec<u32>> {
    let mut authors: Vec<Vec<u32>> = vec![Vec::new(); history.paths.len()];
    for commit in &history.commits {
        for path in history.touched(commit) {
            let known = &mut authors[*path as usize];
            if !known.contains(&commit.author) {
                known.push(commit.author);
            }
        }
    }
    authors
}

/// Folders of one repository that runbooks ask about.
#[derive(Default)]
struct Folders {
    by_path: BTreeMap<String, u32>,
    longest: usize,
}

impl Folders {
    fn number(&mut self, folder: &str) -> u32 {
        let next = self.by_path.len() as u32;
        self.longest = self.longest.max(folder.len());
        *self.by_path.entry(folder.to_owned()).or_insert(next)
    }

    /// The days of commits that touched code below each folder, in order: one pass over the history.
    fn days(&self, history: &History) -> Vec<Vec<Day>> {
        let around: Vec<Vec<u32>> = history.paths.iter().map(|path| self.around(path)).collect();
        let mut days = vec![Vec::new(); self.by_path.len()];
        let mut counted = vec![usize::MAX; self.by_path.len()];
        for (n, commit) in history.commits.iter().enumerate() {
            for path in history.touched(commit) {
                for folder in &around[*path as usize] {
                    let folder = *folder as usize;
                    if counted[folder] != n {
                        counted[folder] = n;
                        days[folder].push(commit.day);
                    }
                }
            }
        }
        for days in &mut days {
            days.sort_unstable();
        }
        days
    }

    /// The folders that a path is code of.
    fn around(&self, path: &str) -> Vec<u32> {
        if is_markdown(path) {
            return Vec::new();
        }
        let ends = path.match_indices('/').map(|(at, _)| at).take_while(|at| *at <= self.longest);
        let folders = std::iter::once(0).chain(ends).map(|at| &path[..at]);
        folders.filter_map(|folder| self.by_path.get(folder)).copied().collect()
    }
}

fn is_markdown(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let lower = lower.strip_suffix(".erb").unwrap_or(&lower);
    [".md", ".markdown", ".mdx", ".mdown"].iter().any(|ending| lower.ends_with(ending))
}

/// Folders whose metadata is of one service: a folder with the metadata of many holds no code of them.
struct ServiceFolders<'a> {
    sources: &'a Sources,
    catalog: &'a Catalog,
    declared: BTreeMap<&'a str, u32>,
}

impl<'a> ServiceFolders<'a> {
    fn new(sources: &'a Sources, catalog: &'a Catalog) -> Self {
        let mut declared: BTreeMap<&str, u32> = BTreeMap::new();
        for service in catalog.services.values().filter(|s| s.declared) {
            *declared.entry(sources.get(service.place.source).folder()).or_default() += 1;
        }
        Self { sources, catalog, declared }
    }

    /// The folder that is nearest to the code a runbook is about: its service's, else its own.
    fn folder_beside(&self, doc: &'a Doc, source: &'a Source) -> &'a str {
        let services = match &doc.detail {
            Detail::Runbook(runbook) => runbook.services.as_slice(),
            _ => &[],
        };
        let folders = services.iter().filter_map(|id| {
            let service = self.catalog.services.get(&id.value).filter(|s| s.declared)?;
            let metadata = self.sources.get(service.place.source);
            let own = metadata.repository == source.repository
                && self.declared.get(metadata.folder()) == Some(&1);
            own.then(|| metadata.folder())
        });
        // Of several services the one whose folder the runbook stands nearest to, the first among equals.
        let steps = |folder: &str| {
            folder.split('/').zip(source.folder().split('/')).take_while(|(a, b)| a == b).count()
        };
        let nearest = folders.rev().max_by_key(|folder| steps(folder));
        nearest.unwrap_or(source.folder())
    }
}

fn without_side_folders(folder: &str) -> &str {
    let mut folder = folder;
    loop {
        let (rest, name) = folder.rsplit_once('/').unwrap_or(("", folder));
        if name.is_empty() || !SIDE_FOLDERS.contains(&name) {
            return folder;
        }
        folder = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::{Folders, is_markdown, newest, without_side_folders};
    use crate::text::date::Day;
    use crate::text::history::{Commit, History};

    #[test]
    fn side_folders_are_left_at_the_end_only() {
        for (folder, expected) in [
            ("pay/ops/runbooks", "pay"),
            ("docs/redis", "docs/redis"),
            ("docs", ""),
            ("", ""),
            ("devops", "devops"),
        ] {
            assert_eq!(without_side_folders(folder), expected);
        }
        assert!(is_markdown("a/B.MD") && is_markdown("a.html.md.erb") && !is_markdown("a.mdb"));
    }

    #[test]
    fn a_commit_counts_once_for_each_folder_around_what_it_touched() {
        let day = |n| Day::new(2026, 10, n).unwrap();
        let history = History {
            paths: ["a/b/x.go", "a/b/y.go", "a/r.md", "ab/z.go"].map(str::to_owned).to_vec(),
            touched: vec![0, 1, 3, 2, 0],
            commits: [(5, 0..3), (4, 3..4), (6, 4..5)]
                .map(|(n, touched)| Commit {
                    day: day(n),
                    id: u64::from(n.unsigned_abs()),
                    author: 0,
                    touched,
                })
                .to_vec(),
            ..History::default()
        };
        let mut folders = Folders::default();
        let numbers = ["", "a", "a/b", "ab", "a/r.md", "none"].map(|f| folders.number(f));
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5]);
        let days = folders.days(&history);
        let both = vec![day(5), day(6)];
        assert_eq!(days, [both.clone(), both.clone(), both, vec![day(5)], vec![], vec![]]);
        let ids: Vec<_> = newest(&history).into_iter().map(|c| c.map(|c| c.id)).collect();
        assert_eq!(ids, [Some(5), Some(5), Some(4), Some(5)]);
    }
}

//! The input texts and where each came from: repositories, files, and line numbers in them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::text::history::History;
use crate::text::span::Span;

/// Index of a [`Source`] in [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// Index of a [`Repository`] in [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepositoryId(pub u32);

/// What a file is, judged by its name and first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    /// Markdown, with or without front matter: always gets a page.
    Markdown,
    /// YAML that may hold service metadata, teams or alert rules.
    Yaml,
    /// A `CODEOWNERS` file.
    Codeowners,
    /// A style sheet of the site's own theme: it has no page and is read for its colours only.
    Sheet,
    /// A file that was not read: a symbolic link, or one that vanished. It has faults and no page.
    Skipped,
}

/// One tree that was read as if it were a repository.
#[derive(Clone, Debug, Default)]
pub struct Repository {
    /// Name from the configuration, or the folder's name.
    pub name: String,
    /// Prefix of its files' paths: "" or a path ending in `/`.
    pub prefix: String,
    /// Default owner of its files, a team id.
    pub team: Option<String>,
    /// Address where a file can be read, with `{path}`.
    pub url: Option<String>,
    /// Address where a file can be edited, with `{path}`.
    pub edit_url: Option<String>,
}

/// A fault met while the file was read; `check` words it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadFault {
    /// The file vanished or could not be read; holds the system's words.
    Unreadable(String),
    /// Bytes that are not UTF-8 were replaced, the first at this place.
    NotUtf8(Span),
    /// The file is over the size limit; holds its size in bytes. Its text is empty.
    TooLarge(u64),
    /// A symbolic link; it was not followed.
    Symlink,
    /// A secret, written over in the text; holds its place and the name of the rule that found it.
    Secret(Span, &'static str),
}

/// One text file of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Position in [`Sources::files`].
    pub id: SourceId,
    /// The repository it belongs to.
    pub repository: RepositoryId,
    /// Path relative to the site's root, with `/`; unique.
    pub path: String,
    /// What it is.
    pub kind: SourceKind,
    /// Decoded text without byte-order mark; a preview has it in one site after the other.
    pub text: Arc<str>,
    /// What went wrong while it was read.
    pub faults: Vec<ReadFault>,
}

/// A file that is not text for us: an image or an attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Where it is on disk; `None` for input made in memory.
    pub file: Option<PathBuf>,
    /// Size in bytes.
    pub size: u64,
    /// When it last changed, in nanoseconds since 1970; 0 where that is not known. Never shown.
    pub changed: u64,
}

/// All input of one build, in the order of its paths.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The trees, in the order of the configuration.
    pub repositories: Vec<Repository>,
    /// Text files, sorted by path.
    pub files: Vec<Source>,
    /// Other files by path.
    pub assets: BTreeMap<String, Asset>,
    /// Every folder that holds a file, by path without trailing slash; "" is the root.
    pub folders: BTreeSet<String>,
    /// Histories of the repositories that have one.
    pub histories: BTreeMap<RepositoryId, History>,
}

impl Sources {
    /// Returns sources made of `(path, text)` pairs in one nameless repository: for tests and previews.
    pub fn from_texts<'a>(
        texts: impl IntoIterator<Item = (&'a str, SourceKind, &'a str)>,
        assets: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let mut files: Vec<Source> = texts
            .into_iter()
            .map(|(path, kind, text)| Source {
                id: SourceId(0),
                repository: RepositoryId(0),
                path: path.to_owned(),
                kind,
                text: text.into(),
                faults: Vec::new(),
            })
            .collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let assets = assets
            .into_iter()
            .map(|path| (path.to_owned(), Asset { file: None, size: 0, changed: 0 }))
            .collect();
        let mut sources = Self {
            repositories: vec![Repository::default()],
            files,
            assets,
            folders: BTreeSet::new(),
            histories: BTreeMap::new(),
        };
        sources.index();
        sources
    }

    /// Adds the sheets of the site's own theme, by path; they belong to no tree and count to the first.
    pub fn add_sheets(&mut self, sheets: &BTreeMap<String, String>) {
        if sheets.is_empty() {
            return;
        }
        self.files.extend(sheets.iter().map(|(path, text)| Source {
            id: SourceId(0),
            repository: RepositoryId(0),
            path: path.clone(),
            kind: SourceKind::Sheet,
            text: text.as_str().into(),
            faults: Vec::new(),
        }));
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        self.index();
    }

    /// Numbers the files and collects the folders; call once after the files are in place.
    pub fn index(&mut self) {
        for (n, file) in self.files.iter_mut().enumerate() {
            file.id = SourceId(n as u32);
        }
        let paths = self
            .files
            .iter()
            .map(|f| f.path.as_str())
            .chain(self.assets.keys().map(String::as_str));
        let mut folders = BTreeSet::from([String::new()]);
        for path in paths {
            let mut rest = path;
            while let Some((folder, _)) = rest.rsplit_once('/') {
                if !folders.insert(folder.to_owned()) {
                    break;
                }
                rest = folder;
            }
        }
        self.folders = folders;
    }

    /// Returns the file with this id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// Returns the file at this path.
    pub fn by_path(&self, path: &str) -> Option<&Source> {
        let at = self.files.binary_search_by(|f| f.path.as_str().cmp(path)).ok()?;
        self.files.get(at)
    }

    /// Returns the repository of a file.
    pub fn repository(&self, id: RepositoryId) -> &Repository {
        &self.repositories[id.0 as usize]
    }
}

impl Source {
    /// Returns the file's name without folders.
    pub fn file_name(&self) -> &str {
        self.path.rsplit_once('/').map_or(self.path.as_str(), |(_, name)| name)
    }

    /// Returns the folder of the file, without trailing slash; "" at the root.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Returns line and column of a byte offset, both from 1; columns count characters.
    pub fn line_column(&self, offset: u32) -> (usize, usize) {
        line_column(&self.text, offset as usize)
    }
}

/// Returns the byte offset of a line and column of `text`, both from 1, columns in characters.
pub fn offset(text: &str, line: usize, column: usize) -> usize {
    let mut start = 0;
    for _ in 1..line {
        match text[start..].find('\n') {
            Some(at) => start += at + 1,
            None => return text.len(),
        }
    }
    let rest = text[start..].char_indices();
    rest.map(|(at, _)| start + at).nth(column.saturating_sub(1)).unwrap_or(text.len())
}

/// Returns line and column of a byte offset of `text`, both from 1; columns count characters.
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.bytes().filter(|&b| b == b'\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}

//! [`Sources`] of today and a commit → the sources as they were, and which files are others now.
//!
//! What a change breaks elsewhere is what the sources of before did not have; so they are read as well.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::config::{Config, SourceConfig};
use crate::discover::classify::{self, Class};
use crate::discover::{blacken, decode, history};
use crate::text::par;
use crate::text::source::{Asset, ReadFault, RepositoryId, Source, SourceId, SourceKind, Sources};

/// An image that is no more: only its name counts.
const GONE: Asset = Asset { file: None, size: 0, changed: 0 };

/// The sources as they were.
#[derive(Debug)]
pub struct Older {
    /// All of them.
    pub sources: Sources,
    /// Paths of today's files that are new or differ.
    pub changed: BTreeSet<String>,
}

/// Returns the sources as they were where the branch of each repository left `since`.
///
/// Fails where a source is in no repository of git, or in one that does not know the commit.
pub fn older(config: &Config, sources: &Sources, since: &str) -> Result<Older, String> {
    let mut older = sources.clone();
    older.files.clear();
    let mut changed = BTreeSet::new();
    for (n, source) in config.sources.iter().enumerate() {
        let id = RepositoryId(n as u32);
        let tree = history::tree(&source.folder, since)?;
        let files: Vec<&Source> = sources.files.iter().filter(|f| f.repository == id).collect();
        let same = same(source, &files, &tree)?;
        let mut wanted = Vec::new();
        for (file, same) in files.iter().zip(same) {
            if same {
                older.files.push((*file).clone());
                continue;
            }
            changed.insert(file.path.clone());
            let path = file.path.strip_prefix(&source.prefix);
            if let Some(blob) = path.and_then(|path| tree.get(path)) {
                wanted.push((file.path.clone(), Some(file.kind), blob));
            }
        }
        let others: Vec<&Path> =
            config.sources.iter().map(|s| &*s.folder).filter(|f| *f != source.folder).collect();
        for (path, blob) in &tree {
            let full = format!("{}{path}", source.prefix);
            let file = source.folder.join(path);
            let is_here = sources.by_path(&full).is_some() || sources.assets.contains_key(&full);
            let is_other =
                others.iter().any(|o| o.starts_with(&source.folder) && file.starts_with(o));
            if is_here || is_other || is_left_out(config, source, path, &full) || exists(&file) {
                continue;
            }
            match classify::by_name(path.rsplit('/').next().unwrap_or(path)) {
                Class::Text(kind) => wanted.push((full, Some(kind), blob)),
                Class::NeedsLook => wanted.push((full, None, blob)),
                Class::Asset => {
                    older.assets.insert(full, GONE);
                }
            }
        }
        let read = par::map_owned(wanted, |(path, kind, blob)| {
            let bytes = history::blob(&source.folder, blob)?;
            let (text, fault) = decode(bytes);
            let is_text = kind.is_some() || classify::looks_like_markdown(&text);
            let (kind, faults) =
                (kind.unwrap_or(SourceKind::Markdown), fault.into_iter().collect());
            let text = text.into();
            let file = Source { id: SourceId(0), repository: id, path, kind, text, faults };
            Ok::<_, String>((file, is_text))
        });
        for file in read {
            match file? {
                (file, true) => older.files.push(file),
                (file, false) => {
                    older.assets.insert(file.path, GONE);
                }
            }
        }
        let is_new = |path: &String| {
            let Some(inside) = path.strip_prefix(&source.prefix) else { return false };
            let file = source.folder.join(inside);
            !others.iter().any(|o| o.starts_with(&source.folder) && file.starts_with(o))
                && !tree.contains_key(inside)
        };
        older.assets.retain(|path, _| !is_new(path));
    }
    older.files.sort_by(|a, b| a.path.cmp(&b.path));
    older.index();
    older.files.iter_mut().for_each(|file| blacken(config, file));
    Ok(Older { sources: older, changed })
}

/// Whether each file holds what the commit has.
fn same(
    source: &SourceConfig,
    files: &[&Source],
    tree: &BTreeMap<String, String>,
) -> Result<Vec<bool>, String> {
    let mut names: Vec<Option<(&str, &String)>> = Vec::with_capacity(files.len());
    for file in files {
        let path = file.path.strip_prefix(&source.prefix);
        let known = path.and_then(|path| Some((path, tree.get(path)?)));
        let is_read = !file.faults.iter().any(|f| matches!(f, ReadFault::Unreadable(_)));
        names.push(known.filter(|(path, _)| {
            let meta = fs::symlink_metadata(source.folder.join(path));
            is_read && meta.is_ok_and(|m| m.is_file())
        }));
    }
    let paths: Vec<&str> = names.iter().flatten().map(|(path, _)| *path).collect();
    let mut ids = history::ids(&source.folder, &paths)?.into_iter();
    let mut same = Vec::with_capacity(files.len());
    for (file, name) in files.iter().zip(names) {
        same.push(if let Some((_, blob)) = name {
            ids.next().is_some_and(|id| id == *blob)
        } else {
            // Of a link only its name is input.
            let path = file.path.strip_prefix(&source.prefix);
            file.kind == SourceKind::Skipped && path.is_some_and(|p| tree.contains_key(p))
        });
    }
    Ok(same)
}

fn exists(file: &Path) -> bool {
    fs::symlink_metadata(file).is_ok()
}

/// Whether `discover` would not have read a file.
fn is_left_out(config: &Config, source: &SourceConfig, path: &str, full: &str) -> bool {
    let is_hidden = path.split('/').any(|part| part.starts_with('.'));
    (is_hidden && !path.ends_with("CODEOWNERS"))
        || source.ignore.is_match(path)
        || config.ignore.is_match(full)
}

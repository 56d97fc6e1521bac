//! A folder → its files in the order of their paths, by the rules of `.gitignore`.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use crate::text::source::ReadFault;

/// Folders that hold other people's files or templates of files.
const SKIPPED_FOLDERS: [&str; 6] =
    ["node_modules", "vendor", "target", "archetypes", ".git", "__pycache__"];

/// Hidden folders of forges, read for CODEOWNERS only.
const FORGE_FOLDERS: [&str; 2] = [".github", ".gitlab"];

/// Marker that opslore leaves in every site it makes.
pub(crate) const SITE_MARKER: &str = ".opslore-site";

/// One file of a tree.
pub(crate) struct Entry {
    /// Path relative to the tree, with `/`.
    pub(crate) path: String,
    /// Where it is on disk.
    pub(crate) file: PathBuf,
    /// Why it cannot be read, if so.
    pub(crate) fault: Option<ReadFault>,
}

/// Lists the files below `root`; the folders in `skip` are left out, and so are sites opslore made.
pub(crate) fn walk(root: &Path, skip: Vec<PathBuf>) -> Result<Vec<Entry>, String> {
    let mut entries = Vec::new();
    for item in walker(root, skip).build() {
        match item {
            Ok(item) => {
                let Some(kind) = item.file_type() else { continue };
                // Pipes, sockets and devices are nothing to read; opening them could block for ever.
                if kind.is_file() || kind.is_symlink() {
                    let fault = kind.is_symlink().then_some(ReadFault::Symlink);
                    entries.extend(entry(root, item.path(), fault));
                }
            }
            Err(e) => {
                let path = error_path(&e).unwrap_or_else(|| root.to_path_buf());
                let words = e.to_string();
                if path == root {
                    return Err(format!("cannot read the folder {}: {words}", root.display()));
                }
                let words = e.into_io_error().map_or(words, |e| e.to_string());
                entries.extend(entry(root, &path, Some(ReadFault::Unreadable(words))));
            }
        }
    }
    Ok(entries)
}

/// Lists the folders that [`walk`] looks into, the root among them; none where there is no such folder.
pub(crate) fn folders(root: &Path, skip: impl IntoIterator<Item = PathBuf>) -> Vec<PathBuf> {
    let items = walker(root, skip.into_iter().collect()).build().flatten();
    let folders = items.filter(|item| item.file_type().is_some_and(|kind| kind.is_dir()));
    folders.map(ignore::DirEntry::into_path).collect()
}

fn walker(root: &Path, skip: Vec<PathBuf>) -> WalkBuilder {
    let mut builder = WalkBuilder::new(root);
    // Only the tree's own .gitignore files count, so that a build depends on nothing outside its input.
    builder.hidden(false).parents(false).git_global(false).git_exclude(false).require_git(false);
    builder.follow_links(false).ignore(false).sort_by_file_name(Ord::cmp);
    builder.filter_entry(move |entry| {
        let name = entry.file_name().to_str().unwrap_or("");
        if entry.depth() == 0 {
            return true;
        }
        if !entry.file_type().is_some_and(|kind| kind.is_dir()) {
            // GitHub and GitLab look for owners in these hidden folders too.
            return !is_hidden(name) && (!in_forge_folder(entry.path()) || name == "CODEOWNERS");
        }
        let hidden = is_hidden(name) && !FORGE_FOLDERS.contains(&name);
        let skipped = SKIPPED_FOLDERS.contains(&name) || skip.iter().any(|s| s == entry.path());
        !hidden
            && !skipped
            && !in_forge_folder(entry.path())
            && !entry.path().join(SITE_MARKER).exists()
    });
    builder
}

/// Returns true for what stands in `.github/` or `.gitlab/`.
fn in_forge_folder(path: &Path) -> bool {
    let parent = path.parent().and_then(Path::file_name).and_then(|n| n.to_str());
    parent.is_some_and(|name| FORGE_FOLDERS.contains(&name))
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.') && name != "."
}

fn entry(root: &Path, file: &Path, fault: Option<ReadFault>) -> Option<Entry> {
    let relative = file.strip_prefix(root).ok()?;
    let parts: Vec<String> =
        relative.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
    Some(Entry { path: parts.join("/"), file: file.to_path_buf(), fault })
}

fn error_path(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            error_path(err)
        }
        _ => None,
    }
}

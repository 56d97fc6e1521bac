//! Changes on the disk → what changed, once it is at rest: the only file that names notify.
//!
//! Folders are watched, not files, so that an editor that writes beside a file and renames is seen as well.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

/// How long nothing may change before the change counts as whole.
const QUIET: Duration = Duration::from_millis(20);

/// Most quiet times that a change may take: a tree that never rests is built all the same.
const MOST_WAITS: usize = 25;

/// What ends a wait.
pub(crate) enum Waited {
    /// Something changed.
    Change(Change),
    /// Nothing changed for the time that was given.
    Nothing,
    /// Nothing can change any more.
    End,
}

/// What changed.
pub(crate) struct Change {
    /// The files and folders.
    pub(crate) files: BTreeSet<PathBuf>,
    /// False where more may have changed than these.
    pub(crate) is_known: bool,
}

impl Default for Change {
    fn default() -> Self {
        Self { files: BTreeSet::new(), is_known: true }
    }
}

impl Change {
    fn add(&mut self, told: Vec<PathBuf>) {
        self.is_known &= !told.is_empty();
        self.files.extend(told);
    }
}

/// Watches folders.
pub(crate) struct Watch {
    watcher: RecommendedWatcher,
    folders: BTreeSet<PathBuf>,
    changes: Receiver<Vec<PathBuf>>,
    /// What changed since the last wait, where somebody looked.
    seen: Option<Vec<PathBuf>>,
}

impl Watch {
    /// Starts without a folder.
    pub(crate) fn new() -> Result<Self, String> {
        let (sender, changes) = channel();
        let tell = move |event: notify::Result<Event>| tell(&sender, event);
        let watcher = notify::recommended_watcher(tell)
            .map_err(|e| format!("cannot watch for changes: {e}"))?;
        Ok(Self { watcher, folders: BTreeSet::new(), changes, seen: None })
    }

    /// Watches these folders and no others; returns true where one is new, whose change may have been missed.
    pub(crate) fn folders(&mut self, wanted: Vec<PathBuf>) -> Result<bool, String> {
        let wanted: BTreeSet<PathBuf> = wanted.into_iter().collect();
        for gone in self.folders.difference(&wanted) {
            // A folder that was removed is watched no more already.
            let _ = self.watcher.unwatch(gone);
        }
        let mut watched: BTreeSet<PathBuf> = self.folders.intersection(&wanted).cloned().collect();
        let before = watched.len();
        for folder in wanted.difference(&self.folders) {
            match self.watcher.watch(folder, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    watched.insert(folder.clone());
                }
                Err(_) if !folder.is_dir() => {}
                Err(e) => return Err(format!("cannot watch {}: {e}", folder.display())),
            }
        }
        let new = watched.len() > before;
        self.folders = watched;
        Ok(new)
    }

    /// Returns true where something changed since the last wait; the next one does not wait for it.
    pub(crate) fn has_news(&mut self) -> bool {
        self.seen = self.seen.take().or_else(|| self.changes.try_recv().ok());
        self.seen.is_some()
    }

    /// Waits until something changed and is at rest, or until nothing changed for so long.
    pub(crate) fn wait(&mut self, most: Option<Duration>) -> Waited {
        let first = match (self.seen.take(), most) {
            (Some(told), _) => Ok(told),
            (None, Some(most)) => self.changes.recv_timeout(most),
            (None, None) => self.changes.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        let mut change = Change::default();
        match first {
            Ok(told) => change.add(told),
            Err(RecvTimeoutError::Timeout) => return Waited::Nothing,
            Err(RecvTimeoutError::Disconnected) => return Waited::End,
        }
        for _ in 0..MOST_WAITS {
            match self.changes.recv_timeout(QUIET) {
                Ok(told) => change.add(told),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return Waited::End,
            }
            while let Ok(told) = self.changes.try_recv() {
                change.add(told);
            }
        }
        change.is_known &= !self.forget(&change.files);
        Waited::Change(change)
    }

    /// Forgets folders that were removed or made again: the system does not watch the new one of an old name.
    /// Returns true where there was one.
    fn forget(&mut self, paths: &BTreeSet<PathBuf>) -> bool {
        if paths.is_disjoint(&self.folders) {
            return false;
        }
        let forgotten = |folder: &PathBuf| {
            folder.ancestors().any(|f| self.folders.contains(f) && paths.contains(f))
        };
        let gone: Vec<PathBuf> = self.folders.iter().filter(|f| forgotten(f)).cloned().collect();
        for folder in gone {
            let _ = self.watcher.unwatch(&folder);
            self.folders.remove(&folder);
        }
        true
    }
}

/// Hands on what may change a site: not who only read, nor an editor's own files.
fn tell(sender: &Sender<Vec<PathBuf>>, event: notify::Result<Event>) {
    let paths = match event {
        Ok(event) if matches!(event.kind, EventKind::Access(_)) => return,
        Ok(event) if event.paths.is_empty() => Vec::new(),
        Ok(event) => {
            let paths: Vec<PathBuf> = event.paths.into_iter().filter(|p| counts(p)).collect();
            if paths.is_empty() {
                return;
            }
            paths
        }
        // Some events were lost: look.
        Err(_) => Vec::new(),
    };
    // The server is at its end where nobody listens.
    let _ = sender.send(paths);
}

fn counts(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let hidden = name.starts_with('.')
        && !matches!(&*name, ".gitignore" | ".git" | ".github" | ".gitlab" | ".opslore-site");
    !hidden && !name.ends_with('~')
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::counts;

    #[test]
    fn editors_own_files_do_not_count() {
        for name in ["a.md", "docs", ".gitignore", "x/.github", "opslore.yaml"] {
            assert!(counts(Path::new(name)), "{name}");
        }
        for name in [".a.md.swp", "a.md~", "x/.#a.md", ".DS_Store"] {
            assert!(!counts(Path::new(name)), "{name}");
        }
    }
}

//! Files on disk → those that are as they were when they were last read, which need not be read again.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::config::Config;
use crate::text::source::Source;

/// How much older than the newest of its files one must be, in nanoseconds: a file system tells times in steps, and
/// within one a file may change twice.
const SETTLED: i128 = 2_000_000_000;

/// What changes with every change of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    size: u64,
    inode: u64,
    /// When it was last written, and when anything of it changed, in nanoseconds since 1970.
    times: [i128; 2],
}

impl Stamp {
    pub(super) fn of(meta: &Metadata) -> Self {
        let time = |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
        Self {
            size: meta.size(),
            inode: meta.ino(),
            times: [time(meta.mtime(), meta.mtime_nsec()), time(meta.ctime(), meta.ctime_nsec())],
        }
    }

    fn last(&self) -> i128 {
        self.times[0].max(self.times[1])
    }
}

/// Files as they were when they were last read.
#[derive(Debug, Default)]
pub struct Kept {
    /// The site file that they were read with.
    config: String,
    files: BTreeMap<String, (Stamp, Source)>,
}

impl Kept {
    /// Forgets what was read with another site file.
    pub(super) fn begin(&mut self, config: &Config) {
        if self.config != config.text {
            self.files.clear();
            self.config.clone_from(&config.text);
        }
    }

    /// Returns a file where it is as it was.
    pub(super) fn get(&self, path: &str, file: &Path) -> Option<(Stamp, Source)> {
        let (stamp, source) = self.files.get(path)?;
        let meta = std::fs::symlink_metadata(file).ok()?;
        (meta.is_file() && Stamp::of(&meta) == *stamp).then(|| (*stamp, source.clone()))
    }

    /// Keeps what was read, but for files that may change once more without showing it.
    pub(super) fn end(&mut self, read: impl Iterator<Item = (Stamp, Source)>) {
        let read: Vec<(Stamp, Source)> = read.collect();
        let newest = read.iter().map(|(stamp, _)| stamp.last()).max().unwrap_or_default();
        let settled = read.into_iter().filter(|(stamp, _)| stamp.last() + SETTLED < newest);
        self.files =
            settled.map(|(stamp, source)| (source.path.clone(), (stamp, source))).collect();
    }
}

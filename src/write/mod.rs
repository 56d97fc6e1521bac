//! Pages → disk, in one step: the new site is built beside the old one and takes its place at once.
//!
//! Files are taken as they are made, so that a site is never in memory as a whole.
//! A reader, or a build that is killed, never sees half a site. Files that did not change are linked, not
//! written again. A folder that opslore did not make is never touched.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, Timespec, Timestamps, futimens, renameat_with};
use rustix::io::Errno;

use crate::text::hash::hex;
use crate::text::par;

/// Marker that opslore leaves in every site it makes.
const MARKER: &str = ".opslore-site";
const MARKER_TEXT: &[u8] = b"This folder is made by opslore and replaced by its next build.\n";

/// A site in memory: every file by its path.
#[derive(Debug, Default)]
pub struct Output {
    files: BTreeMap<String, Vec<u8>>,
}

/// What writing a site did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files of the site.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Files that are new or differ.
    pub changed: usize,
    /// Files of the old site that are gone.
    pub removed: usize,
}

impl Output {
    /// Adds a file; a path that is there already, in any case, is a fault of ours.
    pub fn insert(&mut self, path: impl Into<String>, bytes: Vec<u8>) -> Result<(), String> {
        let path = path.into();
        inside(&path)?;
        if self.files.insert(path.clone(), bytes).is_some() {
            return Err(twice(&path));
        }
        Ok(())
    }

    /// Returns the files in the order of their paths.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }
}

/// Writes a file that does not exist yet, with the folders above it.
pub fn create(path: &Path, bytes: &[u8]) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        make_folder(folder).map_err(|e| fail("make the folder", folder, &e))?;
    }
    let made = File::create_new(path).and_then(|mut file| file.write_all(bytes));
    made.map_err(|e| fail("write", path, &e))
}

/// Hexadecimal digits of a file's hash in the manifest.
pub const HASH_DIGITS: usize = 16;

/// Returns the manifest of the site in `folder`, if it is one of ours.
pub fn manifest(folder: &Path) -> Option<Vec<u8>> {
    folder.join(MARKER).is_file().then(|| read_file(&folder.join("build.json")).ok())?
}

/// Returns what is in `folder` where it holds exactly these files, by path and hash, and the manifest.
///
/// Whoever changes a file, or puts another in its place, changes its change time, which no program can set: what was
/// last changed before the marker is as it was written, and is not read. In a copy, where change times say when it was
/// copied, the marker has not the time of its [`seal`], and all is read.
pub fn verify(folder: &Path, files: &BTreeMap<String, String>) -> Option<Written> {
    let present = existing(folder).ok()?;
    let others = present.iter().filter(|path| !matches!(path.as_str(), MARKER | "build.json"));
    if others.clone().count() != files.len() || !others.clone().all(|path| files.contains_key(path))
    {
        return None;
    }
    let expected: Vec<(&String, &String)> = files.iter().collect();
    let marker = fs::symlink_metadata(folder.join(MARKER)).ok()?;
    let is_sealed = (marker.mtime(), marker.mtime_nsec()) == seal(folder).ok()?;
    let sizes = par::map(&expected, |(path, hash)| {
        let meta = fs::symlink_metadata(folder.join(path)).ok().filter(fs::Metadata::is_file)?;
        if is_sealed && changed(&meta) < changed(&marker) {
            return Some(meta.len());
        }
        let bytes = read_file(&folder.join(path)).ok()?;
        (hex(&bytes, HASH_DIGITS) == **hash).then_some(bytes.len() as u64)
    });
    let bytes = sizes.into_iter().sum::<Option<u64>>()?;
    Some(Written { files: files.len() + 1, bytes, ..Written::default() })
}

/// When anything of a file was last changed, in seconds since 1970 and nanoseconds.
fn changed(meta: &fs::Metadata) -> (i64, i64) {
    (meta.ctime(), meta.ctime_nsec())
}

/// The time that the marker of a site has: by the manifest's change time, which is another one in every copy, and no
/// time of today, which a copy may have.
fn seal(folder: &Path) -> io::Result<(i64, i64)> {
    let (seconds, rest) = changed(&fs::symlink_metadata(folder.join("build.json"))?);
    Ok((seconds / 2, rest))
}

/// A file that a [`Writer`] has taken.
#[derive(Debug)]
pub struct Kept {
    /// Path inside the site.
    pub path: String,
    /// Digits of its hash, as the manifest has them.
    pub hash: String,
    /// Its size in bytes.
    pub bytes: u64,
    same: bool,
}

/// A site on its way to the disk: it takes finished files one by one, from any thread, and keeps none.
#[derive(Debug)]
pub struct Writer {
    target: PathBuf,
    /// The new site, until it takes the old one's place.
    beside: PathBuf,
    lock_path: PathBuf,
    _lock: File,
    exists: bool,
    /// Files of the old site.
    old: BTreeSet<String>,
}

impl Writer {
    /// Starts a site that will replace the one in `folder`.
    pub fn begin(folder: &Path) -> Result<Self, String> {
        let target = resolve(folder)?;
        let parent = target.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf);
        make_folder(&parent).map_err(|e| fail("make the folder", &parent, &e))?;
        let name = target.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let lock_path = parent.join(format!(".{name}.opslore-lock"));
        let lock = lock(&lock_path)?;
        let beside = parent.join(format!(".{name}.opslore-new"));
        // From here on leaving takes the lock's file along.
        let mut writer =
            Self { target, beside, lock_path, _lock: lock, exists: false, old: BTreeSet::new() };
        writer.exists = check_ours(&writer.target)?;
        if writer.exists {
            let old = existing(&writer.target).map_err(|e| fail("read", &writer.target, &e))?;
            writer.old = old.into_iter().collect();
        }
        remove(&writer.beside).map_err(|e| fail("remove", &writer.beside, &e))?;
        Ok(writer)
    }

    /// Takes a file: it is written now, unless the old site has the same.
    pub fn keep(&self, path: &str, bytes: &[u8]) -> Result<Kept, String> {
        inside(path)?;
        let same = self.old.contains(path) && same(&self.target.join(path), bytes);
        if !same {
            let new = self.beside.join(path);
            make_parent(&new).and_then(|()| create_file(&new, bytes)).map_err(|e| {
                match e.kind() {
                    io::ErrorKind::AlreadyExists => twice(path),
                    _ => fail("write", &new, &e),
                }
            })?;
        }
        let hash = hex(bytes, HASH_DIGITS);
        Ok(Kept { path: path.to_owned(), hash, bytes: bytes.len() as u64, same })
    }

    /// Puts the new site in the place of the old one. `files` is everything that it took.
    pub fn finish(self, mut files: Vec<Kept>) -> Result<Written, String> {
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        if let Some(pair) = files.windows(2).find(|pair| pair[0].path == pair[1].path) {
            return Err(twice(&pair[0].path));
        }
        let is_new = |path: &String| files.binary_search_by(|f| f.path.cmp(path)).is_ok();
        let written = Written {
            files: files.len(),
            bytes: files.iter().map(|f| f.bytes).sum(),
            changed: files.iter().filter(|f| !f.same).count(),
            removed: self.old.iter().filter(|path| *path != MARKER && !is_new(path)).count(),
        };
        if self.exists && written.changed == 0 && written.removed == 0 {
            return Ok(written);
        }
        let unchanged: Vec<&Kept> = files.iter().filter(|f| f.same).collect();
        let linked = par::map(&unchanged, |file| {
            let new = self.beside.join(&file.path);
            self.link(&self.target.join(&file.path), &new).map_err(|e| fail("write", &new, &e))
        });
        linked.into_iter().collect::<Result<(), _>>()?;
        let marker = self.beside.join(MARKER);
        make_parent(&marker)
            .and_then(|()| create_file(&marker, MARKER_TEXT))
            .map_err(|e| fail("write", &marker, &e))?;
        if self.exists {
            swap(&self.beside, &self.target)
                .map_err(|e| fail("put the new site in place of", &self.target, &e))?;
            remove(&self.beside).map_err(|e| fail("remove the old site in", &self.beside, &e))?;
        } else {
            rename(&self.beside, &self.target)
                .map_err(|e| fail("put the new site at", &self.target, &e))?;
        }
        // Last of all: that a file has one name less changes it as well.
        let marker = self.target.join(MARKER);
        seal(&self.target)
            .and_then(|time| set_time(&marker, time))
            .map_err(|e| fail("write", &marker, &e))?;
        Ok(written)
    }

    fn link(&self, old: &Path, new: &Path) -> io::Result<()> {
        make_parent(new)?;
        // Some disks cannot link; writing the bytes again is always right.
        if fs::hard_link(old, new).is_ok() { Ok(()) } else { create_file(new, &read_file(old)?) }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // After a swap nothing is there; after a fault, half a site.
        let _ = remove(&self.beside);
        let _ = remove_file(&self.lock_path);
    }
}

fn fail(what: &str, path: &Path, e: &io::Error) -> String {
    format!("cannot {what} {}: {e}", path.display())
}

fn twice(path: &str) -> String {
    format!("`{path}` is written twice")
}

/// Refuses a path that leads out of the site.
fn inside(path: &str) -> Result<(), String> {
    if path.is_empty()
        || path.starts_with('/')
        || path.split('/').any(|p| p.is_empty() || p == "." || p == "..")
    {
        return Err(format!("`{path}` is not a path inside the site"));
    }
    Ok(())
}

/// Lets two folders change places.
fn swap(new: &Path, old: &Path) -> io::Result<()> {
    match renameat_with(CWD, new, CWD, old, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        // Some file systems cannot exchange; two renames leave a gap of microseconds, and undo themselves.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            let aside = new.with_extension("opslore-old");
            remove(&aside)?;
            rename(old, &aside)?;
            if let Err(e) = rename(new, old) {
                rename(&aside, old)?;
                return Err(e);
            }
            rename(&aside, new)
        }
        Err(e) => Err(e.into()),
    }
}

/// Follows a link to the folder that is meant, so that the swap replaces the folder and not the link.
fn resolve(folder: &Path) -> Result<PathBuf, String> {
    match fs::canonicalize(folder) {
        Ok(path) => Ok(path),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            std::path::absolute(folder).map_err(|e| e.to_string())
        }
        Err(e) => Err(format!("cannot use {} for the site: {e}", folder.display())),
    }
}

/// Returns whether there is a site of ours; refuses anything else but nothing and an empty folder.
fn check_ours(target: &Path) -> Result<bool, String> {
    let entries = match read_dir(target) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(format!("cannot use {} for the site: {e}", target.display())),
    };
    if entries.is_empty() || target.join(MARKER).is_file() {
        return Ok(true);
    }
    Err(format!(
        "{} holds files that opslore did not make; choose another folder with -o, or empty it",
        target.display()
    ))
}

fn lock(path: &Path) -> Result<File, String> {
    let file = open_lock(path).map_err(|e| format!("cannot open {}: {e}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err("another opslore build is writing this folder".to_owned())
        }
        Err(TryLockError::Error(e)) => Err(format!("cannot lock {}: {e}", path.display())),
    }
}

#[expect(clippy::disallowed_methods, reason = "write is the stage that writes the disk")]
fn open_lock(path: &Path) -> io::Result<File> {
    File::create(path)
}

#[expect(clippy::disallowed_methods, reason = "write is the stage that writes the disk")]
fn make_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Makes the folder of a file; most files of a fresh site are the first in theirs.
#[expect(clippy::disallowed_methods, reason = "write is the stage that writes the disk")]
fn make_parent(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent() else { return Ok(()) };
    match fs::create_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => make_folder(folder),
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => Err(e),
        _ => Ok(()),
    }
}

/// Makes a folder that somebody named, with those above it.
pub fn folder(path: &Path) -> Result<(), String> {
    make_folder(path).map_err(|e| fail("make the folder", path, &e))
}

/// Writes one file that somebody named: a report, or a list that is kept beside the sources.
#[expect(clippy::disallowed_methods, reason = "write is the stage that writes the disk")]
pub fn file(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|e| fail("write", path, &e))
}

/// Puts new text in the place of a file's old one, in one step: its rights stay, and a file that holds something else
/// than `old`, or is no plain file, is left alone.
pub fn replace(path: &Path, old: &[u8], new: &[u8]) -> Result<(), String> {
    let meta = fs::symlink_metadata(path).map_err(|e| fail("read", path, &e))?;
    if !meta.is_file() || !same(path, old) {
        return Err(format!("{} was changed by somebody else meanwhile", path.display()));
    }
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.opslore-new"));
    let written = create_file(&beside, new)
        .and_then(|()| fs::set_permissions(&beside, meta.permissions()))
        .and_then(|()| rename(&beside, path));
    written.map_err(|e| {
        if e.kind() != io::ErrorKind::AlreadyExists {
            let _ = remove_file(&beside);
        }
        fail("write", path, &e)
    })
}

fn create_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::OpenOptions::new().write(true).create_new(true).open(path)?.write_all(bytes)
}

fn set_time(path: &Path, (tv_sec, tv_nsec): (i64, i64)) -> io::Result<()> {
    let file = fs::OpenOptions::new().write(true).open(path)?;
    let last_modification = Timespec { tv_sec, tv_nsec };
    Ok(futimens(file, &Timestamps { last_access: last_modification, last_modification })?)
}

#[expect(clippy::disallowed_methods, reason = "write is the stage that writes the disk")]
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

#[expect(clippy::disallowed_methods, reason = "write is the stage that writes the disk")]
fn remove_file(path: &Path) -> io::Result<()> {
    fs::remove_file(path)
}

#[expect(clippy::disallowed_methods, reason = "write is the stage that writes the disk")]
fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

#[expect(clippy::disallowed_methods, reason = "write compares with what is there")]
fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path)
}

fn same(path: &Path, bytes: &[u8]) -> bool {
    let size =
        fs::symlink_metadata(path).is_ok_and(|m| m.is_file() && m.len() == bytes.len() as u64);
    size && read_file(path).is_ok_and(|old| old == bytes)
}

#[expect(clippy::disallowed_methods, reason = "write compares with what is there")]
fn read_dir(folder: &Path) -> io::Result<Vec<fs::DirEntry>> {
    fs::read_dir(folder)?.collect()
}

/// Every file below a folder, by its path with `/`.
fn existing(folder: &Path) -> io::Result<Vec<String>> {
    let mut out = Vec::new();
    let mut open = vec![(folder.to_path_buf(), String::new())];
    while let Some((path, prefix)) = open.pop() {
        for entry in read_dir(&path)? {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                open.push((entry.path(), format!("{name}/")));
            } else {
                out.push(name);
            }
        }
    }
    Ok(out)
}

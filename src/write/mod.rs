//! Pages → disk, in one step: the new site is built beside the old one and takes its place at once.
//!
//! A reader, or a build that is killed, never sees half a site. Files that did not change are linked, not
//! written again. A folder that opslore did not make is never touched.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use crate::text::hash::hex;
use crate::text::par;

/// Marker that opslore leaves in every site it makes.
const MARKER: &str = ".opslore-site";

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
        if path.is_empty()
            || path.starts_with('/')
            || path.split('/').any(|p| p.is_empty() || p == "." || p == "..")
        {
            return Err(format!("`{path}` is not a path inside the site"));
        }
        if self.files.insert(path.clone(), bytes).is_some() {
            return Err(format!("`{path}` is written twice"));
        }
        Ok(())
    }

    /// Returns the files in the order of their paths.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }
}

/// Hexadecimal digits of a file's hash in the manifest.
pub const HASH_DIGITS: usize = 16;

/// Returns the manifest of the site in `folder`, if it is one of ours.
pub fn manifest(folder: &Path) -> Option<Vec<u8>> {
    folder.join(MARKER).is_file().then(|| read_file(&folder.join("build.json")).ok())?
}

/// Returns what is in `folder` where it holds exactly these files, by path and hash, and the manifest.
pub fn verify(folder: &Path, files: &BTreeMap<String, String>) -> Option<Written> {
    let present = existing(folder).ok()?;
    let others = present.iter().filter(|path| !matches!(path.as_str(), MARKER | "build.json"));
    if others.clone().count() != files.len() || !others.clone().all(|path| files.contains_key(path))
    {
        return None;
    }
    let expected: Vec<(&String, &String)> = files.iter().collect();
    let sizes = par::map(&expected, |(path, hash)| {
        let bytes = read_file(&folder.join(path)).ok()?;
        (hex(&bytes, HASH_DIGITS) == **hash).then_some(bytes.len() as u64)
    });
    let bytes = sizes.into_iter().sum::<Option<u64>>()?;
    Some(Written { files: files.len() + 1, bytes, ..Written::default() })
}

/// Writes a site to `folder`, replacing the one that is there.
pub fn write(output: &Output, folder: &Path) -> Result<Written, String> {
    let target = resolve(folder)?;
    let fail =
        |what: &str, path: &Path, e: &io::Error| format!("cannot {what} {}: {e}", path.display());
    let parent = target.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    make_folder(&parent).map_err(|e| fail("make the folder", &parent, &e))?;
    let name = target.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let lock_path = parent.join(format!(".{name}.opslore-lock"));
    let lock = lock(&lock_path)?;
    let exists = check_ours(&target)?;
    let mut written = Written { files: output.files.len(), ..Written::default() };
    written.bytes = output.files.values().map(|b| b.len() as u64).sum();
    let old =
        if exists { existing(&target).map_err(|e| fail("read", &target, &e))? } else { Vec::new() };
    written.removed =
        old.iter().filter(|path| *path != MARKER && !output.files.contains_key(*path)).count();
    let known: std::collections::BTreeSet<&str> = old.iter().map(String::as_str).collect();
    let files: Vec<(&String, &Vec<u8>)> = output.files.iter().collect();
    let same = par::map(&files, |(path, bytes)| {
        known.contains(path.as_str()) && same(&target.join(path), bytes)
    });
    written.changed = same.iter().filter(|same| !**same).count();
    if exists && written.changed == 0 && written.removed == 0 {
        drop(lock);
        let _ = remove_file(&lock_path);
        return Ok(written);
    }
    let beside = parent.join(format!(".{name}.opslore-new"));
    remove(&beside).map_err(|e| fail("remove", &beside, &e))?;
    let made = fill(&beside, &target, &files, &same);
    if let Err((path, e)) = made {
        let _ = remove(&beside);
        return Err(fail("write", &path, &e));
    }
    if exists {
        swap(&beside, &target).map_err(|e| fail("put the new site in place of", &target, &e))?;
        remove(&beside).map_err(|e| fail("remove the old site in", &beside, &e))?;
    } else {
        rename(&beside, &target).map_err(|e| fail("put the new site at", &target, &e))?;
    }
    drop(lock);
    let _ = remove_file(&lock_path);
    Ok(written)
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

fn fill(
    beside: &Path,
    old: &Path,
    files: &[(&String, &Vec<u8>)],
    same: &[bool],
) -> Result<(), (PathBuf, io::Error)> {
    let mut folders: std::collections::BTreeSet<PathBuf> =
        std::collections::BTreeSet::from([beside.to_path_buf()]);
    folders.extend(
        files.iter().filter_map(|(path, _)| beside.join(path).parent().map(Path::to_path_buf)),
    );
    for folder in &folders {
        make_folder(folder).map_err(|e| (folder.clone(), e))?;
    }
    let work: Vec<(&&String, &&Vec<u8>, bool)> =
        files.iter().zip(same).map(|((path, bytes), same)| (path, bytes, *same)).collect();
    let results = par::map(&work, |(path, bytes, same)| {
        let new = beside.join(path.as_str());
        // Some disks cannot link; writing the bytes again is always right.
        if *same && fs::hard_link(old.join(path.as_str()), &new).is_ok() {
            return Ok(());
        }
        write_file(&new, bytes).map_err(|e| (new, e))
    });
    results.into_iter().collect::<Result<(), _>>()?;
    let marker = beside.join(MARKER);
    write_file(&marker, b"This folder is made by opslore and replaced by its next build.\n")
        .map_err(|e| (marker, e))
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

#[expect(clippy::disallowed_methods, reason = "write is the stage that writes the disk")]
fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)
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

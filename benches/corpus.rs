//! The pages to build: made by `gen_corpus.py`, and copied for Hugo.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rayon::prelude::*;
use walkdir::WalkDir;

use crate::measure::count;

/// A generated tree.
pub(crate) struct Corpus {
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// Markdown files: the pages asked for, one a team and the home page.
    pub(crate) files: usize,
    /// Bytes of them.
    pub(crate) bytes: u64,
}

/// Returns the corpus of `pages` pages, made now where it is not there in full.
///
/// The generator's last line is kept beside the folder once it is done: a folder without it, or with
/// other files than it counts, is made again.
pub(crate) fn corpus(benches: &Path, work: &Path, pages: usize) -> Result<Corpus, String> {
    let folder = work.join(format!("corpus-{pages}"));
    let note = work.join(format!("corpus-{pages}.json"));
    let expected = fs::read_to_string(&note).ok().and_then(|text| counts(&text));
    let there = count(&folder);
    if expected.is_none() || expected != there {
        remove(&folder)?;
        let _ = fs::remove_file(&note);
        let mut command = Command::new("python3");
        command
            .arg(benches.join("gen_corpus.py"))
            .args(["--pages", &pages.to_string(), "--out"])
            .arg(&folder);
        let done = command.output().map_err(|e| format!("cannot run python3: {e}"))?;
        if !done.status.success() {
            return Err(format!("gen_corpus.py: {}", String::from_utf8_lossy(&done.stderr)));
        }
        fs::write(&note, done.stdout).map_err(|e| e.to_string())?;
    }
    // Everything is read once, so that the first tool does not pay for a cold page cache.
    let files = markdown_files(&folder)?;
    let sizes = files
        .par_iter()
        .map(|file| fs::read(folder.join(file)).map_or(0, |bytes| bytes.len() as u64));
    let bytes = sizes.sum();
    Ok(Corpus { folder, files: files.len(), bytes })
}

/// Files and bytes, as the generator's report has them.
fn counts(text: &str) -> Option<(u64, u64)> {
    let report: serde_json::Value = serde_json::from_str(text).ok()?;
    Some((report.get("files")?.as_u64()?, report.get("bytes")?.as_u64()?))
}

/// Returns the markdown files below a folder, relative to it.
pub(crate) fn markdown_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for entry in WalkDir::new(folder) {
        let entry = entry.map_err(|e| e.to_string())?;
        if entry.file_type().is_file() && entry.path().extension().is_some_and(|e| e == "md") {
            files.extend(entry.path().strip_prefix(folder).map(Path::to_path_buf));
        }
    }
    Ok(files)
}

/// Makes the site folder that Hugo builds: our theme, and the corpus with the names Hugo needs.
pub(crate) fn hugo_site(
    benches: &Path,
    work: &Path,
    corpus: &Corpus,
    pages: usize,
) -> Result<PathBuf, String> {
    let site = work.join(format!("hugo-{pages}"));
    remove(&site)?;
    copy(&benches.join("hugo"), &site, &|_, bytes| bytes)?;
    let content = site.join("content");
    // `kind` is Hugo's own word in a page's head.
    copy(&corpus.folder, &content, &|path, bytes| {
        let text = String::from_utf8_lossy(&bytes);
        if path.extension().is_some_and(|e| e == "md") {
            text.replacen("\nkind: ", "\ndoc_kind: ", 1).into_bytes()
        } else {
            bytes
        }
    })?;
    // An `index.md` would make the whole tree attachments of one page.
    fs::rename(content.join("index.md"), content.join("_index.md"))
        .map_err(|e| format!("index.md: {e}"))?;
    Ok(site)
}

fn copy(from: &Path, to: &Path, change: &dyn Fn(&Path, Vec<u8>) -> Vec<u8>) -> Result<(), String> {
    for entry in WalkDir::new(from) {
        let entry = entry.map_err(|e| e.to_string())?;
        let target = to.join(entry.path().strip_prefix(from).map_err(|e| e.to_string())?);
        let done = if entry.file_type().is_dir() {
            fs::create_dir_all(&target)
        } else {
            fs::read(entry.path()).and_then(|bytes| fs::write(&target, change(entry.path(), bytes)))
        };
        done.map_err(|e| format!("{}: {e}", target.display()))?;
    }
    Ok(())
}

/// Removes a folder of the benchmark, if it is there.
pub(crate) fn remove(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("cannot remove {}: {e}", folder.display()))
        }
        _ => Ok(()),
    }
}

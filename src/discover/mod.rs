//! [`Config`] → [`Sources`]: walks the trees, decides what each file is, reads the texts.
//!
//! This stage and `theme` are the only ones that read the disk. Symbolic links are not followed, only
//! regular files are opened, and a file that cannot be read becomes a fault of that file alone.

mod classify;
mod history;
mod kept;
mod older;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::Config;
use crate::discover::classify::Class;
pub use crate::discover::kept::Kept;
use crate::discover::kept::Stamp;
pub use crate::discover::older::{Older, older};
use crate::secret::{self, Secret};
use crate::text::history::History;
use crate::text::par;
use crate::text::source::{
    Asset, ReadFault, Repository, RepositoryId, Source, SourceId, SourceKind, Sources,
};
use crate::text::span::Span;

/// Largest file that is read, in bytes.
pub const MAX_FILE_BYTES: u64 = 32 * 1024 * 1024;

/// Reads every source of the configuration. `output` is the folder being written, left out of the walk.
///
/// Fails only where a source's own folder cannot be read.
pub fn discover(config: &Config, output: Option<&Path>) -> Result<Sources, String> {
    let read = |repository, path, file| read_entry(config, repository, path, file);
    Ok(gather(config, output, read)?.0)
}

/// Does what [`discover`] does; files that are as they were in `kept` are not read again.
pub fn discover_again(
    config: &Config,
    output: Option<&Path>,
    kept: &mut Kept,
) -> Result<Sources, String> {
    kept.begin(config);
    let read = |repository, path: String, file: PathBuf| match kept.get(&path, &file) {
        Some((stamp, source)) if source.repository == repository => Read::Text(source, Some(stamp)),
        _ => read_entry(config, repository, path, file),
    };
    let (sources, stamps) = gather(config, output, read)?;
    let files = sources.files.iter();
    kept.end(files.filter_map(|file| Some((*stamps.get(&file.path)?, file.clone()))));
    Ok(sources)
}

/// Reads again, of sources that were read before, the files that changed; `None` where more than the texts of known
/// markdown files may have changed. A file that is gone again and never was a source, as editors make some, changes
/// nothing.
pub fn changed(config: &Config, known: &Sources, files: &BTreeSet<PathBuf>) -> Option<Sources> {
    let mut sources = known.clone();
    for file in files {
        let path = config.sources.iter().find_map(|source| {
            let inside = file.strip_prefix(&source.folder).ok()?;
            let path = format!("{}{}", source.prefix, inside.to_str()?);
            known.by_path(&path).map(|_| path)
        });
        let Some(path) = path else {
            if fs::symlink_metadata(file).is_ok() {
                return None;
            }
            continue;
        };
        let id = known.by_path(&path)?.id;
        let last = &mut sources.files[id.0 as usize];
        let Read::Text(source, Some(_)) = read_entry(config, last.repository, path, file.clone())
        else {
            return None;
        };
        if [last.kind, source.kind] != [SourceKind::Markdown; 2] {
            return None;
        }
        *last = Source { id, ..source };
    }
    Some(sources)
}

/// Reads every file that the walk finds; beside the sources stands what changes with each file.
fn gather(
    config: &Config,
    output: Option<&Path>,
    read: impl Fn(RepositoryId, String, PathBuf) -> Read + Sync + Send,
) -> Result<(Sources, BTreeMap<String, Stamp>), String> {
    let mut stamps = BTreeMap::new();
    let mut sources = Sources::default();
    let mut found = Vec::new();
    for (n, source) in config.sources.iter().enumerate() {
        sources.repositories.push(Repository {
            name: source.name.clone(),
            prefix: source.prefix.clone(),
            team: source.team.clone(),
            url: source.url.clone(),
            edit_url: source.edit_url.clone(),
        });
        let others = config.sources.iter().map(|s| &s.folder).filter(|f| **f != source.folder);
        let skip = others.cloned().chain(output.map(Path::to_path_buf)).collect();
        for entry in walk::walk(&source.folder, skip)? {
            let path = format!("{}{}", source.prefix, entry.path);
            if source.ignore.is_match(&entry.path) || config.ignore.is_match(&path) {
                continue;
            }
            found.push((RepositoryId(n as u32), path, entry));
        }
    }
    let items = par::map_owned(found, |(repository, path, entry)| match entry.fault {
        Some(fault) => Read::Text(skipped(repository, path, fault), None),
        None => read(repository, path, entry.file),
    });
    for item in items {
        match item {
            Read::Text(source, stamp) => {
                stamps.extend(stamp.map(|stamp| (source.path.clone(), stamp)));
                sources.files.push(source);
            }
            Read::Asset(path, asset) => {
                sources.assets.insert(path, asset);
            }
        }
    }
    sources.files.sort_by(|a, b| a.path.cmp(&b.path));
    // Names that differ only in bytes that are not UTF-8 read the same; both files keep their page.
    for n in 1..sources.files.len() {
        if sources.files[n].path == sources.files[n - 1].path {
            sources.files[n].path.push_str("~2");
        }
    }
    sources.files.sort_by(|a, b| a.path.cmp(&b.path));
    sources.index();
    for (n, source) in config.sources.iter().enumerate() {
        let id = RepositoryId(n as u32);
        let of_use = |file: &Source| file.repository == id && file.kind == SourceKind::Markdown;
        if sources.files.iter().any(of_use)
            && let Some(head) = history::head(&source.folder)
        {
            sources.histories.insert(id, History { head, ..History::default() });
        }
    }
    Ok((sources, stamps))
}

/// Writes over every secret in a text; each becomes a fault of its file.
///
/// It is done before anybody reads a text, so nothing that is made of texts can hold one.
pub fn blacken(config: &Config, file: &mut Source) {
    // A theme is the site's own program, not knowledge.
    if file.kind == SourceKind::Sheet {
        return;
    }
    let secrets = secret::find(&file.path, &file.text, &config.secrets);
    if secrets.is_empty() {
        return;
    }
    let mut text = file.text.to_string();
    secret::blacken(&mut text, &secrets);
    file.text = text.into();
    file.faults.extend(secrets.iter().map(|s| ReadFault::Secret(s.span, s.rule)));
}

/// Reads the commits behind the heads that [`discover`] found: the slow part, which only pages need.
pub fn histories(config: &Config, sources: &mut Sources) {
    for (id, known) in &mut sources.histories {
        let source = config.sources.get(id.0 as usize);
        if let Some(read) = source.and_then(|s| history::history(&s.folder, &known.head)) {
            *known = read;
        }
    }
}

/// Returns every folder where a change can change the site: what [`discover`] walks, the root with its site file,
/// templates and themes. A folder that cannot be read is left out.
pub fn folders(config: &Config, output: Option<&Path>) -> Vec<PathBuf> {
    let own = ["templates", "themes"].map(|name| config.root.join(name));
    let trees = config.sources.iter().map(|source| &source.folder).chain(&own);
    let walked = trees.flat_map(|tree| walk::folders(tree, output.map(Path::to_path_buf)));
    let folders: BTreeSet<PathBuf> = walked.chain([config.root.clone()]).collect();
    folders.into_iter().collect()
}

/// A file that is not parsed, as it is published.
#[derive(Debug)]
pub struct Attachment {
    /// What it holds.
    pub bytes: Vec<u8>,
    /// What was written over in it.
    pub secrets: Vec<Secret>,
}

/// Returns true for a file that is published as text although nobody parses it.
pub fn is_text(path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    ["txt", "csv", "log", "svg"].iter().any(|text| ending.eq_ignore_ascii_case(text))
}

/// Reads one file of the input again, for what pages show. `None` where it cannot be read.
pub fn read_asset(config: &Config, path: &str, asset: &Asset) -> Option<Attachment> {
    let file = asset.file.as_ref()?;
    let bytes = open(file).ok()?.0?;
    if !is_text(path) {
        return Some(Attachment { bytes, secrets: Vec::new() });
    }
    let (mut text, _) = decode(bytes.clone());
    let secrets = secret::find(path, &text, &config.secrets);
    secret::blacken(&mut text, &secrets);
    // A file of another encoding is passed on as it is where nothing was found.
    let bytes = if secrets.is_empty() { bytes } else { text.into_bytes() };
    Some(Attachment { bytes, secrets })
}

/// Returns where a file of the input is on disk, and its bytes, where these are its text, with or without a byte-order mark.
///
/// Fails where the file cannot be read as it is, or is outside of the root.
pub fn bytes(config: &Config, source: &Source) -> Result<(PathBuf, Vec<u8>), String> {
    let fail = |why: &str| format!("{} is left alone: {why}", source.path);
    let of = config.sources.get(source.repository.0 as usize);
    let inside = of.and_then(|of| Some(of.folder.join(source.path.strip_prefix(&of.prefix)?)));
    let file = inside.ok_or_else(|| fail("its folder is not known"))?;
    let folder = file.parent().map(fs::canonicalize);
    let root = fs::canonicalize(&config.root).map_err(|e| fail(&e.to_string()))?;
    if !folder.is_some_and(|folder| folder.is_ok_and(|folder| folder.starts_with(&root))) {
        return Err(fail("it is outside of the root"));
    }
    let bytes = match open(&file) {
        Ok((Some(bytes), _)) => bytes,
        Ok((None, _)) => return Err(fail("it is too large")),
        Err(e) => return Err(fail(&e.to_string())),
    };
    let text = bytes.strip_prefix(MARK).unwrap_or(&bytes);
    if text != source.text.as_bytes() {
        return Err(fail("it is not UTF-8, or was changed meanwhile"));
    }
    Ok((file, bytes))
}

/// UTF-8's byte-order mark.
const MARK: &[u8] = &[0xef, 0xbb, 0xbf];

/// Reads the site file of a folder; `None` where there is none.
#[expect(clippy::disallowed_methods, reason = "discover is the stage that reads the disk")]
pub fn read_site_file(file: &Path) -> Result<Option<String>, String> {
    match fs::read(file) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(format!("cannot read {}: {e}", file.display())),
    }
}

enum Read {
    /// A text, and what changes with its file.
    Text(Source, Option<Stamp>),
    Asset(String, Asset),
}

fn skipped(repository: RepositoryId, path: String, fault: ReadFault) -> Source {
    Source {
        id: SourceId(0),
        repository,
        path,
        kind: SourceKind::Skipped,
        text: Arc::default(),
        faults: vec![fault],
    }
}

fn read_entry(config: &Config, repository: RepositoryId, path: String, file: PathBuf) -> Read {
    let name = path.rsplit_once('/').map_or(path.as_str(), |(_, name)| name);
    let class = classify::by_name(name);
    let kind = match class {
        Class::Text(kind) => kind,
        Class::Asset => {
            return Read::Asset(path, asset(file));
        }
        Class::NeedsLook => SourceKind::Markdown,
    };
    let mut source = Source {
        id: SourceId(0),
        repository,
        path,
        kind,
        text: Arc::default(),
        faults: Vec::new(),
    };
    let mut stamp = None;
    match open(&file) {
        Ok((Some(bytes), meta)) => {
            let (text, fault) = decode(bytes);
            source.text = text.into();
            source.faults.extend(fault);
            stamp = Some(Stamp::of(&meta));
        }
        Ok((None, meta)) => source.faults.push(ReadFault::TooLarge(meta.len())),
        Err(e) => source.faults.push(ReadFault::Unreadable(e.to_string())),
    }
    if class == Class::NeedsLook && !classify::looks_like_markdown(&source.text) {
        return Read::Asset(source.path, asset(file));
    }
    blacken(config, &mut source);
    Read::Text(source, stamp)
}

fn asset(file: PathBuf) -> Asset {
    let meta = fs::symlink_metadata(&file).ok();
    let since =
        meta.as_ref().and_then(|m| m.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok());
    Asset {
        size: meta.map_or(0, |m| m.len()),
        changed: since.map_or(0, |d| d.as_nanos() as u64),
        file: Some(file),
    }
}

/// Opens a regular file without following a link and reads it; no bytes where it is over the limit.
fn open(file: &Path) -> io::Result<(Option<Vec<u8>>, fs::Metadata)> {
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let mut handle =
        fs::OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(file)?;
    let meta = handle.metadata()?;
    if !meta.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    if meta.len() > MAX_FILE_BYTES {
        return Ok((None, meta));
    }
    let mut bytes = Vec::with_capacity(meta.len() as usize + 1);
    handle.by_ref().take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    Ok((Some(bytes), meta))
}

/// Decodes UTF-8, or UTF-16 with a byte-order mark; other bytes become U+FFFD and a fault.
fn decode(bytes: Vec<u8>) -> (String, Option<ReadFault>) {
    let wide = |big: bool| {
        let units = bytes[2..].chunks_exact(2).map(|pair| {
            if big {
                u16::from_be_bytes([pair[0], pair[1]])
            } else {
                u16::from_le_bytes([pair[0], pair[1]])
            }
        });
        char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect::<String>()
    };
    match bytes.as_slice() {
        [0xff, 0xfe, ..] => return (wide(false), None),
        [0xfe, 0xff, ..] => return (wide(true), None),
        _ => {}
    }
    let bytes = match bytes.strip_prefix(MARK) {
        Some(rest) => rest.to_vec(),
        None => bytes,
    };
    match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(e) => {
            let at = e.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(e.as_bytes()).into_owned();
            (text, Some(ReadFault::NotUtf8(Span::new(at, at + '\u{fffd}'.len_utf8()))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn byte_order_marks_and_foreign_bytes_are_decoded() {
        assert_eq!(decode(b"\xef\xbb\xbfa".to_vec()).0, "a");
        assert_eq!(decode(b"\xff\xfea\0b\0".to_vec()).0, "ab");
        let (text, fault) = decode(b"caf\xe9 x".to_vec());
        assert_eq!(text, "caf\u{fffd} x");
        assert!(fault.is_some());
    }
}

//! A folder that is the top of a git repository → its [`History`], and the files of an older commit: the only file
//! that runs a program.
//!
//! The repository may be hostile, so git is told to run nothing for it (hooks, monitors, signature and
//! diff programs), to fetch nothing and to look at no folder but this one. Where git is missing,
//! refuses, or knows a part of the history only, there is none: pages then say nothing of changes.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::text::date::Day;
use crate::text::history::{Commit, History};

/// Most commits that are read.
const MAX_COMMITS: usize = 20_000;

/// Commits that are this much older than the newest are not read: five years.
const MAX_SECONDS: i64 = 5 * 366 * 86_400;

/// Reading ends after so many commits in a row that are too old; clocks of authors differ.
const OLD_IN_A_ROW: usize = 200;

/// Most bytes that are read: commits of many files can be far larger than most.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Most paths of one call: together they are far below what a system takes.
const MAX_PATHS: usize = 200;

/// Each commit starts with an empty field, which no path can be; a letter keeps an empty name apart from it.
const FORMAT: &str = "--format=tformat:%x00%H%x00%ct%x00a%an";

/// What the repository's own configuration may not decide.
const CONFIG: [&str; 8] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.quotePath=false",
    "diff.relative=false",
    "log.showSignature=false",
    "log.showRoot=true",
    "protocol.allow=never",
    "safe.bareRepository=explicit",
];

/// Environment of git, for a build started by a hook must read this repository and not that of the hook.
const UNSET: [&str; 20] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_ATTR_SOURCE",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_GLOB_PATHSPECS",
    "GIT_GRAFT_FILE",
    "GIT_ICASE_PATHSPECS",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_LITERAL_PATHSPECS",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// Returns the id of the commit that is checked out; `None` where the folder has no whole history.
pub(crate) fn head(folder: &Path) -> Option<String> {
    let own = fs::symlink_metadata(folder.join(".git")).ok()?.file_type();
    if !own.is_dir() && !own.is_file() || folder.join(".git/shallow").exists() {
        return None;
    }
    // A work tree's `.git` is a file, and what says that it is shallow stands elsewhere.
    let output =
        git(folder)?.args(["rev-parse", "--is-shallow-repository", "HEAD"]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (shallow, id) = text.trim_end().split_once('\n')?;
    let whole = output.status.success() && shallow == "false";
    (whole && is_id(id.as_bytes())).then(|| id.to_owned())
}

/// Returns the commits behind `head`, newest first.
pub(crate) fn history(folder: &Path, head: &str) -> Option<History> {
    let mut git = git(folder)?;
    git.args(["log", "-z", "--name-only", "--no-merges", "--no-renames", "--no-ext-diff"]);
    git.args(["--no-textconv", "--no-mailmap", "--no-show-signature", "--no-notes", "--no-color"]);
    // The repository's own order of files is a file that git would open.
    git.args(["-O/dev/null", "--encoding=UTF-8", FORMAT]);
    git.args([&format!("--max-count={MAX_COMMITS}"), head, "--"]);
    let mut child = git.stdout(Stdio::piped()).spawn().ok()?;
    let mut output = BufReader::new(child.stdout.take()?.take(MAX_BYTES));
    let mut reader = Reader::default();
    let end = reader.read(&mut output);
    let at_limit = output.get_ref().limit() == 0;
    if end != End::All {
        let _ = child.kill();
    }
    let status = child.wait().ok()?;
    match end {
        End::All => status.success().then(|| reader.finish(head)),
        End::Enough => Some(reader.finish(head)),
        End::Cut if at_limit => {
            reader.cut();
            Some(reader.finish(head))
        }
        End::Cut | End::Broken => None,
    }
}

/// Returns the ids of the files below a folder, by path seen from it, where the branch left `since`.
pub(crate) fn tree(folder: &Path, since: &str) -> Result<BTreeMap<String, String>, String> {
    let fail = || {
        format!(
            "cannot tell what changed since `{since}` in {}: git finds no such commit there; \
             a shallow clone has to fetch it first",
            folder.display()
        )
    };
    let commit = |args: &[&str]| {
        let bytes = ask(folder, args)?;
        let id = String::from_utf8(bytes).ok()?.trim_end().to_owned();
        is_id(id.as_bytes()).then_some(id)
    };
    let name = format!("{since}^{{commit}}");
    let given = commit(&["rev-parse", "--verify", "--quiet", "--end-of-options", &name]);
    let given = given.ok_or_else(fail)?;
    let left = commit(&["merge-base", &given, "HEAD"]).unwrap_or(given);
    let output = ask(folder, &["ls-tree", "-r", "-z", &left]).ok_or_else(fail)?;
    let entries = output.split(|b| *b == 0).filter_map(|entry| {
        let tab = entry.iter().position(|b| *b == b'\t')?;
        let id = entry[..tab].rsplit(|b| *b == b' ').next().filter(|id| is_id(id))?;
        let path = String::from_utf8_lossy(&entry[tab + 1..]).into_owned();
        Some((path, String::from_utf8_lossy(id).into_owned()))
    });
    Ok(entries.collect())
}

/// Returns the ids that files of a folder would have, as they are: no filter of the repository runs.
pub(crate) fn ids(folder: &Path, paths: &[&str]) -> Result<Vec<String>, String> {
    let mut ids = Vec::with_capacity(paths.len());
    for chunk in paths.chunks(MAX_PATHS) {
        let output = ask(folder, &[&["hash-object", "--no-filters", "--"][..], chunk].concat());
        let text = output.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
        ids.extend(text.lines().map(str::to_owned));
    }
    if ids.len() != paths.len() {
        return Err(format!("git cannot read every file of {}", folder.display()));
    }
    Ok(ids)
}

/// Returns what a file held.
pub(crate) fn blob(folder: &Path, id: &str) -> Result<Vec<u8>, String> {
    ask(folder, &["cat-file", "blob", id])
        .ok_or_else(|| format!("git has no object {id} in {}", folder.display()))
}

/// Runs git in a folder of any repository and returns what it printed.
fn ask(folder: &Path, args: &[&str]) -> Option<Vec<u8>> {
    let mut git = git(folder)?;
    // Asked for a commit, the repository further up is the one that is meant.
    git.env_remove("GIT_CEILING_DIRECTORIES");
    let output = git.args(args).output().ok()?;
    output.status.success().then_some(output.stdout)
}

fn git(folder: &Path) -> Option<Command> {
    // Without this git would take the repository of a folder further up.
    let ceiling = folder.parent().unwrap_or(folder);
    if ceiling.as_os_str().as_encoded_bytes().contains(&b':') {
        return None;
    }
    #[expect(clippy::disallowed_methods, reason = "the one place that runs a program")]
    let mut git = Command::new("git");
    for name in UNSET {
        git.env_remove(name);
    }
    git.env("GIT_CEILING_DIRECTORIES", ceiling)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .env("GIT_ALLOW_PROTOCOL", "none")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    // `-C` and not the child's folder: a relative entry of PATH must not lead into the repository.
    git.arg("-C").arg(folder).arg("--no-pager");
    for setting in CONFIG {
        git.arg("-c").arg(setting);
    }
    Some(git)
}

fn is_id(field: &[u8]) -> bool {
    matches!(field.len(), 40 | 64) && field.iter().all(u8::is_ascii_hexdigit)
}

/// How reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Everything was read.
    All,
    /// There is more than is wanted.
    Enough,
    /// The output ended in the midst of a commit.
    Cut,
    /// What was read is not what git writes.
    Broken,
}

/// What was read of git's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Field,
    End,
    Part,
}

/// Reads what stands before the next NUL.
fn next_field(input: &mut impl BufRead, field: &mut Vec<u8>) -> Next {
    field.clear();
    match input.read_until(0, field) {
        Ok(0) => Next::End,
        Ok(_) if field.pop() == Some(0) => Next::Field,
        Ok(_) | Err(_) => Next::Part,
    }
}

/// Fields of git's output → commits.
#[derive(Default)]
struct Reader {
    history: History,
    /// Number of each path, in the order they were met.
    paths: BTreeMap<String, u32>,
    authors: BTreeMap<String, u32>,
    /// Commits that are too old are left out.
    oldest: Option<i64>,
    old_in_a_row: usize,
    read: usize,
    left_out: bool,
}

impl Reader {
    fn read(&mut self, input: &mut impl BufRead) -> End {
        let mut field = Vec::new();
        let mut next = next_field(input, &mut field);
        while next == Next::Field {
            let mut head = [Vec::new(), Vec::new(), Vec::new()];
            for part in &mut head {
                next = next_field(input, part);
            }
            if next != Next::Field {
                return End::Cut;
            }
            // `field` is the empty one before a commit.
            let Some(kept) = self.commit(&head).filter(|_| field.is_empty()) else {
                return End::Broken;
            };
            if self.old_in_a_row >= OLD_IN_A_ROW {
                return End::Enough;
            }
            let mut is_first = true;
            loop {
                next = next_field(input, &mut field);
                if next != Next::Field || field.is_empty() {
                    break;
                }
                // Git writes a line end before the first path.
                let path = if is_first { field.strip_prefix(b"\n") } else { Some(&field[..]) };
                let Some(path) = path else { return End::Broken };
                is_first = false;
                if kept {
                    self.path(path);
                }
            }
        }
        self.left_out |= self.read >= MAX_COMMITS;
        if next == Next::End { End::All } else { End::Cut }
    }

    /// Takes the head of a commit; false where it is too old.
    fn commit(&mut self, [id, time, author]: &[Vec<u8>; 3]) -> Option<bool> {
        let id = std::str::from_utf8(id.get(..12)?).ok().filter(|_| is_id(id))?;
        let id = u64::from_str_radix(id, 16).ok()?;
        let seconds: i64 = std::str::from_utf8(time).ok()?.parse().ok()?;
        let author = String::from_utf8_lossy(author.strip_prefix(b"a")?);
        self.read += 1;
        let day = Day::of_seconds(seconds)
            .filter(|_| seconds >= *self.oldest.get_or_insert(seconds.saturating_sub(MAX_SECONDS)));
        let Some(day) = day else {
            self.left_out = true;
            self.old_in_a_row += 1;
            return Some(false);
        };
        self.old_in_a_row = 0;
        let next = self.authors.len() as u32;
        let author = *self.authors.entry(author.into_owned()).or_insert(next);
        let at = self.history.touched.len() as u32;
        self.history.commits.push(Commit { day, id, author, touched: at..at });
        Some(true)
    }

    fn path(&mut self, path: &[u8]) {
        let path = String::from_utf8_lossy(path);
        let next = self.paths.len() as u32;
        let n = match self.paths.get(path.as_ref()) {
            Some(n) => *n,
            None => *self.paths.entry(path.into_owned()).or_insert(next),
        };
        self.history.touched.push(n);
        if let Some(commit) = self.history.commits.last_mut() {
            commit.touched.end = self.history.touched.len() as u32;
        }
    }

    /// Drops the commit that was not read to its end.
    fn cut(&mut self) {
        if let Some(last) = self.history.commits.pop() {
            self.history.touched.truncate(last.touched.start as usize);
        }
        self.left_out = true;
    }

    fn finish(mut self, head: &str) -> History {
        let mut history = self.history;
        history.head = head.to_owned();
        history.since = history.commits.last().map(|c| c.day).filter(|_| self.left_out);
        let mut place = vec![0; self.paths.len()];
        for (at, (path, n)) in std::mem::take(&mut self.paths).into_iter().enumerate() {
            place[n as usize] = at as u32;
            history.paths.push(path);
        }
        for n in &mut history.touched {
            *n = place[*n as usize];
        }
        let mut authors: Vec<(u32, String)> =
            self.authors.into_iter().map(|(name, n)| (n, name)).collect();
        authors.sort_unstable();
        history.authors = authors.into_iter().map(|(_, name)| name).collect();
        history
    }
}

#[cfg(test)]
mod tests {
    use super::{End, MAX_SECONDS, OLD_IN_A_ROW, Reader};

    const NOW: i64 = 1_790_000_000;

    fn one(n: u128, seconds: i64, paths: &[&str]) -> Vec<u8> {
        let mut out = format!("\0{n:040x}\0{seconds}\0aAda\0").into_bytes();
        for (n, path) in paths.iter().enumerate() {
            out.extend(format!("{}{path}\0", if n == 0 { "\n" } else { "" }).bytes());
        }
        out
    }

    fn read(bytes: &[u8]) -> (End, Reader) {
        let mut reader = Reader::default();
        let end = reader.read(&mut &bytes[..]);
        (end, reader)
    }

    #[test]
    fn fields_become_commits() {
        let mut bytes = one(0xabc << 112, NOW, &["b", "\na", "c/d"]);
        bytes.extend(one(2, NOW - 86_400, &[]));
        bytes.extend(one(3, NOW - 86_400, &["b"]));
        let (end, reader) = read(&bytes);
        let history = reader.finish("head");
        assert_eq!((end, history.since), (End::All, None));
        assert_eq!(history.paths, ["\na", "b", "c/d"]);
        let touched: Vec<_> = history.commits.iter().map(|c| history.touched(c)).collect();
        assert_eq!(touched, [&[1, 0, 2][..], &[], &[1]]);
        assert_eq!(history.commits[0].short(), "000000000abc");
        assert_eq!(history.commits[0].day.to_string(), "2026-09-21");
        assert_eq!(history.authors, ["Ada"]);
        assert_eq!(history.path("c/d"), Some(2));
    }

    #[test]
    fn what_git_does_not_write_is_no_history() {
        let good = one(1, NOW, &["a"]);
        for bytes in [b"a\0b\0c\0d\0e\0".to_vec(), b"\0x\x001\0aA\0".to_vec()] {
            assert_ne!(read(&bytes).0, End::All, "{bytes:?}");
        }
        for end in 1..good.len() {
            let whole = good.len() - b"\na\0".len();
            assert_eq!(read(&good[..end]).0 == End::All, end == whole, "{end}");
        }
        // A time that no calendar has is a commit too old.
        let mut bytes = one(1, i64::MAX, &["a"]);
        bytes.extend(one(2, NOW, &["b"]));
        assert_eq!(read(&bytes).1.finish("").paths, ["b"]);
    }

    #[test]
    fn reading_ends_where_commits_are_too_old() {
        let mut bytes = one(1, NOW, &["a"]);
        bytes.extend(one(2, 0, &["b"]));
        bytes.extend(one(3, NOW - 1, &["c"]));
        for n in 0..OLD_IN_A_ROW as u128 {
            bytes.extend(one(4 + n, NOW - MAX_SECONDS - 1, &["d"]));
        }
        bytes.extend(one(9_999, NOW, &["e"]));
        let (end, reader) = read(&bytes);
        let history = reader.finish("head");
        assert_eq!((end, history.paths), (End::Enough, vec!["a".to_owned(), "c".to_owned()]));
        assert_eq!(history.since, Some(history.commits[1].day));
    }

    #[test]
    fn half_a_commit_is_dropped() {
        let mut bytes = one(1, NOW, &["a"]);
        bytes.extend(one(2, NOW, &["a", "b"]));
        let (end, mut reader) = read(&bytes[..bytes.len() - 1]);
        assert_eq!(end, End::Cut);
        reader.cut();
        let history = reader.finish("head");
        assert_eq!((history.commits.len(), history.touched.len()), (1, 1));
        assert!(history.since.is_some());
    }
}

//! A site in memory from `(path, text)` pairs, temporary folders, and the program run as a process.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use opslore::config::{Config, FILE_NAME};
use opslore::diag::{Finding, Report};
use opslore::discover;
use opslore::link::Site;
use opslore::pipeline::{self, Times};
use opslore::render::Options;
use opslore::text::date::Day;
use opslore::text::source::{Repository, RepositoryId, SourceKind, Sources};
use opslore::theme::Theme;

/// The day that every test takes as today.
pub(crate) const TODAY: &str = "2026-11-22";

/// Longest time that the program may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(120);

/// Files of a site by path.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// A site that was built in memory.
pub(crate) struct Built {
    /// Every finding as text, one line each and its hint and notes below it.
    pub(crate) findings: String,
    /// Every file of the output.
    pub(crate) files: Files,
}

impl Built {
    /// Returns the page at an address such as `alerts/Foo/`.
    pub(crate) fn page(&self, address: &str) -> &str {
        let path = if address.is_empty() || address.ends_with('/') {
            format!("{address}index.html")
        } else {
            address.to_owned()
        };
        let found = self.files.get(&path);
        let known = || {
            self.files
                .keys()
                .filter(|k| k.ends_with(".html"))
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join("\n")
        };
        let bytes =
            found.unwrap_or_else(|| panic!("there is no page {path}; there are\n{}", known()));
        std::str::from_utf8(bytes).unwrap()
    }
}

/// Builds a site of texts. The text at `opslore.yaml` is the site file, paths without a text's ending are assets.
pub(crate) fn build(texts: &[(&str, &str)]) -> Built {
    let (site, report, files) = build_site(texts);
    Built { findings: findings_text(&report, &site.sources), files }
}

/// Parses, links, checks and renders a site of texts.
pub(crate) fn build_site(texts: &[(&str, &str)]) -> (Site, Report, Files) {
    let root = Path::new("/site");
    let config = match texts.iter().find(|(path, _)| *path == FILE_NAME) {
        Some((_, text)) => Config::parse(root, text).unwrap_or_else(|errors| panic!("{errors:?}")),
        None => Config::default_for(root),
    };
    let texts_of = |folder| texts.iter().filter(move |(path, _)| path.starts_with(folder));
    let own = texts_of("templates/").chain(texts_of("themes/"));
    let own = own.map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    let theme = Theme::new(&config.theme, own.collect());
    let mut sources = sources(&config, texts);
    sources.add_sheets(&theme.own);
    let today = Day::parse(TODAY).unwrap();
    let (site, findings) =
        pipeline::analyse_sources(config, sources, today, &no_clock, &mut Times::default());
    let (report, files) = rendered_with(&site, findings, &theme, today);
    (site, report, files)
}

/// Renders a site with the theme of its root.
pub(crate) fn rendered(site: &Site, findings: Vec<Finding>, today: Day) -> (Report, Files) {
    let theme = opslore::theme::theme(&site.config.root, &site.config.theme).unwrap();
    rendered_with(site, findings, &theme, today)
}

fn rendered_with(
    site: &Site,
    findings: Vec<Finding>,
    theme: &Theme,
    today: Day,
) -> (Report, Files) {
    let options = Options { today, portable: false };
    let input = pipeline::fingerprint(&site.config, &site.sources, theme, options);
    let (output, report) =
        pipeline::render(site, findings, theme, &input, options, &no_clock, &mut Times::default())
            .unwrap();
    let files = output.files().map(|(path, bytes)| (path.to_owned(), bytes.to_vec())).collect();
    (report, files)
}

/// A clock that stands still: stages need one, tests need no times.
pub(crate) fn no_clock() -> Duration {
    Duration::ZERO
}

/// Classifies texts by their names, as `discover` does, and gives them to the configuration's sources.
fn sources(config: &Config, texts: &[(&str, &str)]) -> Sources {
    let kind = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let lower = name.to_lowercase();
        match lower.strip_suffix(".erb").unwrap_or(&lower).rsplit_once('.') {
            _ if name == "CODEOWNERS" => Some(SourceKind::Codeowners),
            Some((_, "md" | "markdown" | "mdx" | "mdown")) => Some(SourceKind::Markdown),
            Some((_, "yaml" | "yml")) => Some(SourceKind::Yaml),
            _ => None,
        }
    };
    let input = || texts.iter().filter(|(path, _)| *path != FILE_NAME);
    let read = input().filter_map(|(path, text)| Some((*path, kind(path)?, *text)));
    let assets = input().filter(|(path, _)| kind(path).is_none()).map(|(path, _)| *path);
    let mut sources = Sources::from_texts(read, assets);
    let repository = |s: &opslore::config::SourceConfig| Repository {
        name: s.name.clone(),
        prefix: s.prefix.clone(),
        team: s.team.clone(),
        url: s.url.clone(),
        edit_url: s.edit_url.clone(),
    };
    sources.repositories = config.sources.iter().map(repository).collect();
    for file in &mut sources.files {
        let inside = sources
            .repositories
            .iter()
            .enumerate()
            .filter(|(_, r)| file.path.starts_with(&r.prefix));
        let nearest = inside.max_by_key(|(_, r)| r.prefix.len()).map_or(0, |(n, _)| n);
        file.repository = RepositoryId(u32::try_from(nearest).unwrap());
    }
    sources.files.iter_mut().for_each(|file| discover::blacken(config, file));
    sources
}

/// Returns findings as `path:line:column: level code name: message`, notes and hints indented below.
pub(crate) fn findings_text(report: &Report, sources: &Sources) -> String {
    let mut out = String::new();
    for (level, finding) in &report.findings {
        let source = sources.get(finding.place.source);
        let (line, column) = source.line_column(finding.place.span.start);
        let rule = finding.code.rule();
        out.push_str(&format!(
            "{}:{line}:{column}: {} {} {}: {}\n",
            source.path,
            level.word(),
            rule.code,
            rule.name,
            finding.message
        ));
        for (place, word) in &finding.related {
            let source = sources.get(place.source);
            let (line, column) = source.line_column(place.span.start);
            out.push_str(&format!("  note: {word}: {}:{line}:{column}\n", source.path));
        }
        if let Some(hint) = &finding.hint {
            out.push_str(&format!("  hint: {hint}\n"));
        }
    }
    out
}

/// Returns true where expectations are to be written anew.
pub(crate) fn updating() -> bool {
    std::env::var_os("UPDATE").is_some_and(|v| !v.is_empty() && v != "0")
}

/// Compares a text with the file that holds its expectation, or writes that file under `UPDATE=1`.
pub(crate) fn golden(file: &Path, actual: &str) {
    if updating() {
        fs::write(file, actual).unwrap();
        return;
    }
    let expected = fs::read_to_string(file).unwrap_or_default();
    assert!(
        expected == actual,
        "{} differs; UPDATE=1 rewrites it\n{}",
        file.display(),
        difference(&expected, actual)
    );
}

/// Returns the lines that only one of two texts has, in the order they stand.
pub(crate) fn difference(expected: &str, actual: &str) -> String {
    let mut rest: Vec<&str> = expected.lines().collect();
    let mut out = String::new();
    for line in actual.lines() {
        match rest.iter().position(|l| *l == line) {
            Some(at) => {
                for gone in rest.drain(..=at).take(at) {
                    out.push_str(&format!("-{gone}\n"));
                }
            }
            None => out.push_str(&format!("+{line}\n")),
        }
    }
    for gone in rest {
        out.push_str(&format!("-{gone}\n"));
    }
    out
}

/// The folder of the package.
pub(crate) fn package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of the corpora, where there is one.
pub(crate) fn corpora() -> Option<PathBuf> {
    let folder = std::env::var_os("OPSLORE_CORPORA")
        .map_or_else(|| package().join("../shared/corpora"), PathBuf::from);
    folder.is_dir().then_some(folder)
}

/// A folder that is gone when the test is.
pub(crate) struct Temp {
    path: PathBuf,
}

impl Temp {
    /// Makes an empty folder.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name =
            format!("opslore-it-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self { path: fs::canonicalize(path).unwrap() }
    }

    /// Makes a folder with files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let temp = Self::new();
        for (path, text) in files {
            temp.file(path, text.as_bytes());
        }
        temp
    }

    /// Writes a file, and the folders around it.
    pub(crate) fn file(&self, path: &str, bytes: &[u8]) {
        let file = self.path.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }

    /// Returns a path below the folder.
    pub(crate) fn join(&self, path: &str) -> PathBuf {
        self.path.join(path)
    }

    /// Returns the folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// What the program printed, and how it ended.
pub(crate) struct Ran {
    /// Exit code; `None` where a signal ended it.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

/// Returns the program, with no environment that changes what it says.
pub(crate) fn opslore() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_opslore"));
    for name in ["NO_COLOR", "SOURCE_DATE_EPOCH", "CLICOLOR_FORCE", "GITHUB_ACTIONS"] {
        command.env_remove(name);
    }
    command
}

/// Runs the program in a folder.
pub(crate) fn run(folder: &Path, args: &[&str]) -> Ran {
    let mut command = opslore();
    command.current_dir(folder).args(args);
    run_command(command)
}

/// Runs a command to its end; one that does not come to an end fails the test.
pub(crate) fn run_command(mut command: Command) -> Ran {
    let child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let id = child.id();
    let (sender, receiver) = mpsc::channel::<Output>();
    std::thread::spawn(move || {
        if let Ok(output) = child.wait_with_output() {
            let _ = sender.send(output);
        }
    });
    let Ok(output) = receiver.recv_timeout(PATIENCE) else {
        let _ = Command::new("kill").args(["-9", &id.to_string()]).status();
        panic!("{command:?} did not come to an end");
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

/// Reads every file below a folder, by its path with `/`.
pub(crate) fn tree(folder: &Path) -> Files {
    let mut files = Files::new();
    let mut open = vec![(folder.to_path_buf(), String::new())];
    while let Some((path, prefix)) = open.pop() {
        for entry in fs::read_dir(&path).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type().unwrap().is_dir() {
                open.push((entry.path(), format!("{name}/")));
            } else {
                files.insert(name, fs::read(entry.path()).unwrap());
            }
        }
    }
    files
}

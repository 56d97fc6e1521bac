//! `check`: arguments → findings, each format of them where it was asked to go.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use crate::cli::args::{Args, Check, Format};
use crate::cli::run::{
    exit_code, here, load, no_color, print, relative, root, say, say_times, start, today,
};
use crate::diag::Report;
use crate::diag::emit::{Sheet, github, gitlab, human, json, junit, markdown, sarif};
use crate::diag::identity::fingerprints;
use crate::pipeline::{self, Times};
use crate::text::par;
use crate::text::source::Sources;
use crate::write;

pub(crate) fn check(args: &Args, check: &Check) -> Result<u8, String> {
    let start = start();
    let clock = || start.elapsed();
    let outlets = outlets(check)?;
    let root = root(args, check.dir.as_deref())?;
    let config = load(&root)?;
    let today = today(args)?;
    let only = check.paths.iter().map(|p| relative(&root, p)).collect::<Result<Vec<_>, _>>()?;
    let prefix = prefix(&root);
    par::on_threads(args.threads, || {
        let mut times = Times::default();
        let (site, findings) = pipeline::analyse(config, None, today, &clock, &mut times)?;
        let report = pipeline::report(&site, findings);
        let prints = fingerprints(&report, &site.sources);
        let (report, prints) = kept(report, prints, |n, report| {
            let path = &site.sources.get(report.findings[n].1.place.source).path;
            only.is_empty() || only.iter().any(|folder| holds(folder, path))
        });
        let mut sheet = Sheet::new(&report, prints, &site.sources);
        sheet.prefix = &prefix;
        sheet.fails_at = check.fail_on.level();
        for outlet in &outlets {
            outlet.emit(&sheet)?;
        }
        if !args.quiet && outlets.iter().any(|o| o.format == Format::Text || o.file.is_some()) {
            say(&human::summary(&report));
        }
        if args.verbose {
            say_times(&times);
        }
        let code = exit_code(&report, check.fail_on);
        // The process ends here: to free each node by itself takes longer than some stages.
        std::mem::forget((report, site));
        Ok(code)
    })?
}

/// Keeps some findings of a report, and their fingerprints with them.
fn kept(
    report: Report,
    prints: Vec<String>,
    keep: impl Fn(usize, &Report) -> bool,
) -> (Report, Vec<String>) {
    let keeps: Vec<bool> = (0..report.findings.len()).map(|n| keep(n, &report)).collect();
    let pairs = report.findings.into_iter().zip(prints).zip(keeps);
    let (findings, prints) = pairs.filter(|(_, keep)| *keep).map(|(pair, _)| pair).unzip();
    (Report { findings }, prints)
}

/// Whether a file is in a folder, or is that file.
fn holds(folder: &str, path: &str) -> bool {
    let rest = path.strip_prefix(folder);
    folder.is_empty() || rest.is_some_and(|r| r.is_empty() || r.starts_with('/'))
}

/// A format and where it goes.
#[derive(Debug)]
struct Outlet {
    format: Format,
    /// `None`: standard output.
    file: Option<PathBuf>,
    /// True where a runner reads standard output for commands.
    in_runner: bool,
    /// True where the format came by itself and must stay out of what others read.
    aside: bool,
}

impl Outlet {
    fn emit(&self, sheet: &Sheet<'_>) -> Result<(), String> {
        let to_file = self.file.is_some();
        let text = match self.format {
            Format::Text => {
                let colour = !to_file && io::stdout().is_terminal() && !no_color();
                let text = findings(sheet.report, sheet.sources, colour);
                if self.in_runner && !to_file { github::quoted(&text) } else { text }
            }
            Format::Json => json::report(sheet)?,
            Format::Sarif => sarif::log(sheet)?,
            Format::Github => github::commands(sheet),
            Format::Gitlab => gitlab::issues(sheet)?,
            Format::Junit => junit::suites(sheet),
            Format::Markdown => markdown::comment(sheet),
        };
        match &self.file {
            Some(file) => write::file(file, &text),
            None if self.aside => {
                say(text.trim_end());
                Ok(())
            }
            None => print(&text),
        }
    }
}

fn findings(report: &Report, sources: &Sources, colour: bool) -> String {
    let one = |(level, finding): &_| human::finding(*level, finding, sources, colour);
    par::map(&report.findings, one).concat()
}

/// Works out which format goes where. One goes to standard output at most, so that it can be read.
fn outlets(check: &Check) -> Result<Vec<Outlet>, String> {
    let mut formats = check.formats.clone();
    formats.dedup();
    let named = |format: Format| check.outputs.iter().any(|o| o.format == Some(format));
    let mut free: Vec<Format> = formats.iter().copied().filter(|f| !named(*f)).collect();
    let mut outlets = Vec::new();
    let in_runner = variable("GITHUB_ACTIONS").is_some_and(|v| v == "true");
    let mut add = |format, file, aside| outlets.push(Outlet { format, file, in_runner, aside });
    for output in &check.outputs {
        let format = match (output.format, free.as_slice()) {
            (Some(format), _) => format,
            (None, [format]) => *format,
            (None, []) if formats.is_empty() => Format::Text,
            (None, _) => {
                return Err(format!(
                    "--output {}: write which format goes there, as sarif={0}",
                    output.file.display()
                ));
            }
        };
        if output.format.is_none() {
            free.clear();
            formats.push(format);
        }
        add(format, Some(here()?.join(&output.file)), false);
    }
    if formats.is_empty() && !named(Format::Text) {
        free.push(Format::Text);
    }
    if let [first, second, ..] = free.as_slice() {
        return Err(format!(
            "{} and {} cannot both go to standard output; give one a file: --output {1}=FILE",
            word(*first),
            word(*second)
        ));
    }
    for format in &free {
        add(*format, None, false);
    }
    if in_runner && !formats.contains(&Format::Github) && !named(Format::Github) {
        // The runner reads both streams; whoever reads the data reads one.
        add(Format::Github, None, !free.iter().all(|f| *f == Format::Text));
    }
    Ok(outlets)
}

fn word(format: Format) -> String {
    format!("{format:?}").to_lowercase()
}

/// From the top of the repository, where a runner of GitHub or GitLab says it is, to the root of the site.
fn prefix(root: &Path) -> String {
    let top = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"].into_iter().find_map(|name| {
        let top = std::fs::canonicalize(variable(name)?).ok()?;
        root.strip_prefix(top).ok()
    });
    let parts = top.into_iter().flat_map(Path::components);
    let mut prefix = String::new();
    for part in parts {
        prefix.push_str(&part.as_os_str().to_string_lossy());
        prefix.push('/');
    }
    prefix
}

#[expect(clippy::disallowed_methods, reason = "cli is the stage that reads the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

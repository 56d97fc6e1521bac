//! `check`: arguments → findings, each format of them where it was asked to go.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cli::FINDINGS;
use crate::cli::args::{Args, Check, Format};
use crate::cli::report::judged;
use crate::cli::run::{
    exit_code, here, load, no_color, print, relative, root, say, say_times, start, today,
};
use crate::config::Config;
use crate::diag::baseline::Baseline;
use crate::diag::emit::{Sheet, github, gitlab, human, json, junit, markdown, sarif};
use crate::diag::identity::fingerprints;
use crate::diag::{Finding, Report};
use crate::discover;
use crate::pipeline::{self, Times};
use crate::report::coverage;
use crate::report::facts::Facts;
use crate::text::date::Day;
use crate::text::par;
use crate::text::source::Sources;
use crate::write;

pub(crate) fn check(args: &Args, check: &Check) -> Result<u8, String> {
    let start = start();
    let clock = || start.elapsed();
    let outlets = outlets(check)?;
    let root = root(args, check.dir.as_deref())?;
    let config = load(&root)?;
    let today = today(args.now.as_deref())?;
    let only = check.paths.iter().map(|p| relative(&root, p)).collect::<Result<Vec<_>, _>>()?;
    let prefix = prefix(&root);
    let ratchet = Ratchet::load(check)?;
    par::on_threads(args.threads, || {
        let mut times = Times::default();
        let (sources, _) = pipeline::read(&config, None, &clock, &mut times)?;
        let since = match &check.changed_since {
            Some(since) => Some(Since::new(&config, &sources, since, today)?),
            None => None,
        };
        let (site, findings) =
            pipeline::analyse_sources(config, sources, today, &clock, &mut times);
        let report = pipeline::report(&site, findings);
        let prints = fingerprints(&report, &site.sources);
        let covered = check.min_coverage.map(|limit| {
            let share = coverage::paging(&coverage::alerts(&Facts::new(&site, &report, today)));
            judged(&share, limit)
        });
        let baseline = match &ratchet {
            Some(ratchet) => ratchet.turn(&report, &prints, &site.sources, args.quiet)?,
            None => Baseline::default(),
        };
        let (report, prints) = kept(report, prints, |finding, print| {
            let path = &site.sources.get(finding.place.source).path;
            let asked = only.is_empty() || only.iter().any(|folder| holds(folder, path));
            let caused = since.as_ref().is_none_or(|s| s.caused(finding, print, &site.sources));
            asked && caused && !baseline.knows(print)
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
        let mut code = exit_code(&report, check.fail_on);
        if let Some((below, words)) = covered {
            if below || !args.quiet {
                say(&words);
            }
            code = code.max(if below { FINDINGS } else { 0 });
        }
        // The process ends here: to free each node by itself takes longer than some stages.
        std::mem::forget((report, site));
        Ok(code)
    })?
}

/// Keeps some findings of a report, and their fingerprints with them.
fn kept(
    report: Report,
    prints: Vec<String>,
    keep: impl Fn(&Finding, &str) -> bool,
) -> (Report, Vec<String>) {
    let pairs = report.findings.into_iter().zip(prints);
    let (findings, prints) = pairs.filter(|((_, f), print)| keep(f, print)).unzip();
    (Report { findings }, prints)
}

/// What was there before a change.
struct Since {
    /// Paths of files that changed.
    changed: BTreeSet<String>,
    /// Fingerprints of what was found before.
    before: BTreeSet<String>,
}

impl Since {
    fn new(config: &Config, sources: &Sources, since: &str, today: Day) -> Result<Self, String> {
        let older = discover::older(config, sources, since)?;
        let clock = || Duration::ZERO;
        let mut times = Times::default();
        let config = config.clone();
        let (site, findings) =
            pipeline::analyse_sources(config, older.sources, today, &clock, &mut times);
        let report = pipeline::report(&site, findings);
        let before = fingerprints(&report, &site.sources).into_iter().collect();
        // The process ends soon: to free each node by itself takes longer than some stages.
        std::mem::forget((report, site));
        Ok(Self { changed: older.changed, before })
    }

    /// Whether a finding stands in a changed file, concerns one, or was not there before.
    fn caused(&self, finding: &Finding, print: &str, sources: &Sources) -> bool {
        let places = finding.related.iter().map(|(place, _)| place).chain([&finding.place]);
        let mut paths = places.map(|place| &sources.get(place.source).path);
        paths.any(|path| self.changed.contains(path)) || !self.before.contains(print)
    }
}

/// The baseline that was asked for: its file, what it holds, and whether it is to be written.
struct Ratchet<'a> {
    file: &'a Path,
    /// `None` where there is no file and one is to be made.
    known: Option<Baseline>,
    update: bool,
}

impl<'a> Ratchet<'a> {
    fn load(check: &'a Check) -> Result<Option<Self>, String> {
        let Some(file) = check.baseline.as_deref() else { return Ok(None) };
        let update = check.update_baseline;
        let text = discover::read_site_file(&here()?.join(file))?;
        let known = match text {
            Some(text) => Some(
                Baseline::parse(&text)
                    .map_err(|e| format!("{} is no baseline: {e}", file.display()))?,
            ),
            None if update => None,
            None => {
                return Err(format!(
                    "there is no baseline {}; --update-baseline makes it",
                    file.display()
                ));
            }
        };
        Ok(Some(Self { file, known, update }))
    }

    /// Returns which findings pass, says what became of them, and writes the file where that was asked for.
    fn turn(
        &self,
        report: &Report,
        prints: &[String],
        sources: &Sources,
        quiet: bool,
    ) -> Result<Baseline, String> {
        let file = self.file.display();
        let now = match &self.known {
            Some(known) => known.shrunk(prints),
            None => Baseline::of(&Sheet::new(report, prints.to_vec(), sources).rows),
        };
        let gone = self.known.as_ref().map_or(0, |known| known.len() - now.len());
        if self.update && self.known.as_ref() != Some(&now) {
            write::file(&here()?.join(self.file), &now.text()?)?;
        }
        if !quiet {
            let known = format!("{} known by {file}", now.len());
            say(&match gone {
                0 => known,
                n if self.update => format!("{known}, {n} removed from it"),
                n => format!("{known}, {n} in it found no more: --update-baseline removes them"),
            });
        }
        Ok(now)
    }
}

/// Whether a file is in a folder, or is that file.
pub(crate) fn holds(folder: &str, path: &str) -> bool {
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

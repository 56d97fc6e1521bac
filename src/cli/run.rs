//! `build` and `config`: arguments → pipeline → report, and what every command needs.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::cli::FINDINGS;
use crate::cli::args::{AllowVanish, Args, Build, FailOn};
use crate::cli::diff::published;
use crate::compare::guard::{self, Allowed};
use crate::config::{Config, FILE_NAME};
use crate::diag::emit::human;
use crate::diag::{Level, Report};
use crate::discover;
use crate::pipeline::{self, Times};
use crate::render;
use crate::text::date::Day;
use crate::text::glob::Globs;
use crate::text::par;
use crate::text::source::Sources;
use crate::write::Written;

/// Most findings that `build` prints in full; the summary counts them all.
const MAX_PRINTED: usize = 20;

pub(crate) fn build(args: &Args, build: &Build) -> Result<u8, String> {
    let start = start();
    let clock = || start.elapsed();
    let root = root(args, build.dir.as_deref())?;
    let mut config = load(&root)?;
    if let Some(url) = &build.base_url {
        config.base_url = Some(if url.ends_with('/') { url.clone() } else { format!("{url}/") });
    }
    let today = today(args.now.as_deref())?;
    let output =
        if build.output.is_absolute() { build.output.clone() } else { here()?.join(&build.output) };
    let against = build.against.as_deref().map(published).transpose()?;
    let fail = if build.strict { Some(FailOn::Warning) } else { build.fail_on };
    par::on_threads(args.threads, || {
        let mut times = Times::default();
        let options = render::Options { today, portable: build.portable };
        let (mut sources, theme) = pipeline::read(&config, Some(&output), &clock, &mut times)?;
        let input = pipeline::fingerprint(&config, &sources, &theme, options);
        let known = match build.against {
            // What is published where may be another site than the one in the output folder.
            Some(_) => None,
            None => pipeline::unchanged(&output, &input, &sources),
        };
        if let Some((report, written)) = known {
            print_findings(&report, &sources, args);
            if !args.quiet {
                say(&format!("{}: nothing changed", config.title));
                summary(&report, &written, build, clock());
            }
            return Ok(exit_code(&report, fail.unwrap_or(FailOn::Never)));
        }
        pipeline::histories(&config, &mut sources, &clock, &mut times);
        let (site, findings) =
            pipeline::analyse_sources(config, sources, today, &clock, &mut times);
        if let Some(against) = &against {
            let report = pipeline::report(&site, findings.clone());
            let new = pipeline::inventory(&site, &report, today)?;
            guard::guard(against, &new, &allowed(build, &site.config)?)?;
        }
        let (written, report) =
            pipeline::build(&site, findings, &theme, &input, options, &output, &clock, &mut times)?;
        print_findings(&report, &site.sources, args);
        if args.verbose {
            say_times(&times);
        }
        if !args.quiet {
            let catalog = &site.catalog;
            say(&format!(
                "{}: {} pages of {} files, {} services, {} teams, {} alerts",
                site.config.title,
                site.routes.pages.len(),
                site.sources.files.len(),
                catalog.services.len(),
                catalog.teams.len(),
                catalog.alerts.len()
            ));
            summary(&report, &written, build, clock());
        }
        let code = exit_code(&report, fail.unwrap_or(FailOn::Never));
        // The process ends here: to free each node by itself takes longer than some stages.
        std::mem::forget((site, report));
        Ok(code)
    })?
}

/// What a build may take away from the old site: as asked for, else as the site file says.
fn allowed(build: &Build, config: &Config) -> Result<Allowed, String> {
    let mut percent = config.policy.max_vanish;
    let mut addresses = Vec::new();
    for allowed in &build.allow_vanish {
        match allowed {
            AllowVanish::Percent(share) => percent = *share,
            AllowVanish::Address(address) => addresses.push(address.as_str()),
        }
    }
    Ok(Allowed { addresses: Globs::new(addresses)?, percent })
}

pub(crate) fn config(args: &Args, dir: Option<&Path>) -> Result<u8, String> {
    let root = root(args, dir)?;
    let config = load(&root)?;
    let mut out = format!("root: {}\ntitle: {}\n", config.root.display(), config.title);
    out.push_str(&format!("base_url: {}\n", config.base_url.as_deref().unwrap_or("(none)")));
    out.push_str(&format!(
        "theme: {}\nreview_every: {}\nsources:\n",
        config.theme, config.policy.review_every
    ));
    for source in &config.sources {
        out.push_str(&format!("  - {} in {}\n", source.name, source.folder.display()));
    }
    print(&out)?;
    Ok(0)
}

/// Finds the root: as given, else the nearest folder upward with a site file, else the working folder.
pub(crate) fn root(args: &Args, given: Option<&Path>) -> Result<PathBuf, String> {
    let here = here()?;
    if let Some(dir) = given.or(args.dir.as_deref()) {
        let dir = here.join(dir);
        return std::fs::canonicalize(&dir)
            .map_err(|e| format!("cannot open {}: {e}", dir.display()));
    }
    let upward = here.ancestors().find(|dir| dir.join(FILE_NAME).is_file());
    Ok(upward.unwrap_or(&here).to_path_buf())
}

/// Reads the site file of a root.
pub(crate) fn load(root: &Path) -> Result<Config, String> {
    if !root.is_dir() {
        return Err(format!("{} is not a folder", root.display()));
    }
    let file = root.join(FILE_NAME);
    let Some(text) = discover::read_site_file(&file)? else { return Ok(Config::default_for(root)) };
    Config::parse(root, &text).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(|e| format!("{}:{e}", file.display())).collect();
        lines.join("\nerror: ")
    })
}

/// Today: as given, else `SOURCE_DATE_EPOCH`, else the clock.
#[expect(clippy::disallowed_methods, reason = "cli is the stage that reads clock and environment")]
pub(crate) fn today(now: Option<&str>) -> Result<Day, String> {
    if let Some(text) = now {
        return Day::parse(text)
            .ok_or_else(|| format!("--now {text} is not a date; write it as 2026-11-22"));
    }
    let epoch = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => text
            .trim()
            .parse::<i64>()
            .map_err(|_| format!("SOURCE_DATE_EPOCH is not a number: {text}"))?,
        Err(_) => std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(0)),
    };
    Day::of_seconds(epoch).ok_or_else(|| "today is outside the calendar".to_owned())
}

#[expect(clippy::disallowed_methods, reason = "cli is the stage that reads the environment")]
pub(crate) fn here() -> Result<PathBuf, String> {
    std::env::current_dir().map_err(|e| format!("cannot tell the working folder: {e}"))
}

#[expect(clippy::disallowed_methods, reason = "cli is the stage that reads the clock")]
pub(crate) fn start() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "cli is the stage that reads the environment")]
pub(crate) fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty())
}

/// A path as sources name it: relative to the root, with `/`.
pub(crate) fn relative(root: &Path, path: &Path) -> Result<String, String> {
    let tried = [root.join(path), here()?.join(path)];
    let found = tried
        .iter()
        .find_map(|p| std::fs::canonicalize(p).ok())
        .ok_or_else(|| format!("there is no {}", path.display()))?;
    let inside = found
        .strip_prefix(root)
        .map_err(|_| format!("{} is not inside {}", path.display(), root.display()))?;
    let parts: Vec<_> =
        inside.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
    Ok(parts.join("/"))
}

fn summary(report: &Report, written: &Written, build: &Build, time: Duration) {
    say(&format!("{} (opslore check prints them all)", human::summary(report)));
    say(&format!(
        "{} files in {}, {} new or changed, {} removed, {:.2} s",
        written.files,
        build.output.display(),
        written.changed,
        written.removed,
        time.as_secs_f64()
    ));
}

fn print_findings(report: &Report, sources: &Sources, args: &Args) {
    let (most, least) =
        if args.verbose { (usize::MAX, Level::Info) } else { (MAX_PRINTED, Level::Warning) };
    let colour = io::stderr().is_terminal() && !no_color();
    let mut shown: Vec<_> = report.findings.iter().filter(|(level, _)| *level >= least).collect();
    // The worst first, where only some are shown.
    if shown.len() > most {
        shown.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
        shown.truncate(most);
    }
    for (level, finding) in shown {
        let text = human::finding(*level, finding, sources, colour);
        say(text.trim_end());
    }
}

pub(crate) fn exit_code(report: &Report, fail: FailOn) -> u8 {
    if fail.level().is_some_and(|level| report.reaches(level)) { FINDINGS } else { 0 }
}

/// Tells how long each stage took.
pub(crate) fn say_times(times: &Times) {
    for (stage, time) in &times.stages {
        say(&format!("{stage:>10} {:>8.1} ms", time.as_secs_f64() * 1_000.0));
    }
}

/// Prints data to standard output; a reader that went away is no fault.
pub(crate) fn print(text: &str) -> Result<(), String> {
    let mut out = anstream::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("cannot write to standard output: {e}"))
        }
        _ => Ok(()),
    }
}

/// Prints a line for the person to standard error.
pub(crate) fn say(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

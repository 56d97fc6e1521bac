//! What was typed.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{CommandFactory as _, Parser, Subcommand, ValueEnum};

use crate::cli::complete::Shell;
use crate::diag::Level;

pub(crate) use clap::{Arg, Command as Spec};

/// Name of the program.
pub(crate) const NAME: &str = "opslore";

/// Turns the runbooks, postmortems, service metadata and alert rules which teams keep beside their code
/// into one searchable, linked static site, and says what is wrong with them.
#[derive(Debug, Parser)]
#[command(name = NAME, version, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Root of the site [default: the nearest folder upward that has opslore.yaml, else this one]
    #[arg(short = 'C', long, global = true, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Take this day as today, such as 2026-11-22 [default: $`SOURCE_DATE_EPOCH`, else the clock]
    #[arg(long, global = true, value_name = "DATE")]
    pub(crate) now: Option<String>,
    /// Worker threads; 0 takes one a core
    #[arg(long, global = true, value_name = "N", default_value_t = 0)]
    pub(crate) threads: usize,
    /// Print findings and errors only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print the time of each stage, and every note
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Build the whole site
    Build(Build),
    /// Show the site while you write: made anew on every change, written nowhere
    Serve(Serve),
    /// Print findings, make no site
    Check(Check),
    /// Write a runbook, postmortem or service to begin with; never over a file that exists
    New {
        /// What it is
        #[arg(value_enum)]
        kind: NewKind,
        /// Its name: the alert's, where it answers one
        name: String,
    },
    /// Write a site file, and a first team, service and runbook where there is nothing yet
    Init {
        /// Root of the site
        dir: Option<PathBuf>,
    },
    /// Tell what a change adds, removes, moves and breaks, and for whom
    Diff(Diff),
    /// Mend what exactly one edit mends: moved links, slips of the pen in headings and keys, forms of dates
    Fix(Fix),
    /// Explain a finding by its code or name; without one, list all
    Explain {
        /// Code or name, such as OL201 or broken-link
        code: Option<String>,
    },
    /// Print each field of a file, its value and where it came from
    Inspect {
        /// A file of the site
        file: PathBuf,
    },
    /// Find the section that answers, as the site's own search does
    Search(Search),
    /// Show a page in the terminal: its commands are there to be copied
    Show(Show),
    /// Print the numbers of a report; without a name, list all
    Report(Report),
    /// Print the configuration as understood
    Config {
        /// Root of the site
        dir: Option<PathBuf>,
    },
    /// Print the JSON Schema of a kind of file, by which editors complete; without a kind, list all
    Schema {
        /// What it describes
        #[arg(value_enum)]
        kind: Option<SchemaKind>,
        /// Write every schema into this folder
        #[arg(long, short, value_name = "FOLDER", conflicts_with = "kind")]
        output: Option<PathBuf>,
    },
    /// Print the script that completes commands and options in a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual for man, all commands in one page
    Man {
        /// Write a page a command into this folder
        #[arg(long, short, value_name = "FOLDER")]
        output: Option<PathBuf>,
    },
}

/// Returns every command and option, for what is made of them.
pub(crate) fn command() -> Spec {
    Args::command()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum NewKind {
    /// What to do when an alert fires
    Runbook,
    /// What happened in an incident
    Postmortem,
    /// What a team runs
    Service,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaKind {
    /// Front matter of a runbook
    Runbook,
    /// Front matter of a postmortem
    Postmortem,
    /// A service, in YAML or front matter
    Service,
    /// A team, in YAML or front matter
    Team,
    /// Many teams or services in one file
    Teams,
    /// Front matter of the page of a lesson
    Lesson,
    /// Front matter of any other page
    Page,
    /// The site file
    Config,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Build {
    /// Root of the site
    pub(crate) dir: Option<PathBuf>,
    /// Folder to write
    #[arg(short, long, default_value = "public", value_name = "FOLDER")]
    pub(crate) output: PathBuf,
    /// Address of the published site
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// Publish only where no promised address of this built site vanishes, and no more pages than allowed
    #[arg(long, value_name = "SITE")]
    pub(crate) against: Option<PathBuf>,
    /// What may vanish: a share such as 30, or an address or pattern such as 'alerts/Old*/'; may be repeated
    #[arg(long, value_name = "WHAT", requires = "against", value_parser = allow_vanish)]
    pub(crate) allow_vanish: Vec<AllowVanish>,
    /// Links name index.html, so that the site works from file://
    #[arg(long)]
    pub(crate) portable: bool,
    /// Findings at warning or above make the exit code 1
    #[arg(long)]
    pub(crate) strict: bool,
    /// Findings at this level or above make the exit code 1
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub(crate) fail_on: Option<FailOn>,
}

/// What `build` may take away from the old site.
#[derive(Clone, Debug)]
pub(crate) enum AllowVanish {
    /// A share of its addresses.
    Percent(f64),
    /// Addresses like this one.
    Address(String),
}

fn allow_vanish(text: &str) -> Result<AllowVanish, String> {
    if text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains('/') {
        return percent(text).map(AllowVanish::Percent);
    }
    Ok(AllowVanish::Address(text.trim_start_matches('/').to_owned()))
}

#[derive(Debug, clap::Args)]
pub(crate) struct Diff {
    /// Before: a built site, a folder of sources, or git:COMMIT of the sources in NEW
    pub(crate) old: PathBuf,
    /// After: a built site or a folder of sources
    pub(crate) new: PathBuf,
    /// Format of the differences
    #[arg(long, value_enum, default_value_t = DiffFormat::Markdown)]
    pub(crate) format: DiffFormat,
    /// Links that break and promised addresses that vanish make the exit code 1
    #[arg(long)]
    pub(crate) fail_on_loss: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Fix {
    /// Only these files and folders
    pub(crate) paths: Vec<PathBuf>,
    /// Print a unified diff, write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Also follow files that moved since: a built site, a folder of sources, or git:COMMIT
    #[arg(long, value_name = "OLD")]
    pub(crate) against: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// For a comment on a change
    Markdown,
    /// One JSON object
    Json,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// Root of the site
    pub(crate) dir: Option<PathBuf>,
    /// Address to listen at; any other than this machine's own lets others read
    #[arg(short, long, default_value = "127.0.0.1", value_name = "ADDRESS")]
    pub(crate) interface: IpAddr,
    /// Port to listen at; 0 takes one that is free
    #[arg(short, long, default_value_t = 4004, value_name = "PORT")]
    pub(crate) port: u16,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Search {
    /// Words, an alert's name, a line of a log, `team:payments`, or "a phrase"
    #[arg(required = true)]
    pub(crate) query: Vec<String>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// Most hits
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) limit: usize,
    /// Search a built site instead of the sources
    #[arg(long, value_name = "FOLDER")]
    pub(crate) site: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// Alert, service, file, `runbook:checkout-slow`, or an address of the site; `#mitigation` behind it is a section
    #[arg(value_name = "REF")]
    pub(crate) reference: String,
    /// Show it as a built site has it, instead of the sources
    #[arg(long, value_name = "FOLDER")]
    pub(crate) site: Option<PathBuf>,
    /// Columns to wrap to [default: those of the terminal, 88 at most]
    #[arg(long, value_name = "N")]
    pub(crate) width: Option<usize>,
    /// Print markdown
    #[arg(long)]
    pub(crate) raw: bool,
    /// Print at once, however long it is
    #[arg(long)]
    pub(crate) no_pager: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Report {
    /// Name of the report, such as coverage; digest is a text of what was learned lately
    pub(crate) name: Option<String>,
    /// Format of the numbers
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,
    /// A share below this makes the exit code 1
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(crate) fail_under: Option<f64>,
    /// First day of the digest [default: 7 days ago]
    #[arg(long, value_name = "DATE")]
    pub(crate) since: Option<String>,
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches('%').trim().parse::<f64>().ok();
    number
        .filter(|n| (0.0..=100.0).contains(n))
        .ok_or_else(|| "write a number from 0 to 100".into())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// Columns for a terminal
    Text,
    /// One JSON object
    Json,
    /// The rows, no formula among them
    Csv,
    /// Tables for an issue or a chat
    Markdown,
    /// The digest for an e-mail
    Html,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// Root of the site
    pub(crate) dir: Option<PathBuf>,
    /// Only findings of these files and folders
    pub(crate) paths: Vec<PathBuf>,
    /// Format of the findings, several where each but one has a file [default: text]
    #[arg(long = "format", value_enum, value_delimiter = ',', value_name = "FORMAT")]
    pub(crate) formats: Vec<Format>,
    /// Write the format to a file; with several formats, which one: sarif=findings.sarif
    #[arg(long = "output", short, value_name = "[FORMAT=]FILE", value_parser = output)]
    pub(crate) outputs: Vec<Output>,
    /// Leave out the findings that this file knows: they were there before
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Remove from the baseline what is no longer found; make it where there is none
    #[arg(long, requires = "baseline", conflicts_with_all = ["paths", "changed_since"])]
    pub(crate) update_baseline: bool,
    /// Only findings of files that changed since this commit of git, and those that the change caused elsewhere
    #[arg(long, value_name = "COMMIT")]
    pub(crate) changed_since: Option<String>,
    /// A smaller share of paging alerts that lead to a runbook makes the exit code 1
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(crate) min_coverage: Option<f64>,
    /// Findings at this level or above make the exit code 1
    #[arg(long, value_enum, default_value_t = FailOn::Error, value_name = "LEVEL")]
    pub(crate) fail_on: FailOn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Place, excerpt and hint
    Text,
    /// One JSON object
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands of GitHub, which annotate lines; by itself where its runner runs
    Github,
    /// Code quality report of GitLab
    Gitlab,
    /// As test programs write it
    #[value(help = "JUnit XML; what fails the run is a failed test")]
    Junit,
    /// For a comment on a change
    Markdown,
}

/// A file, and which format goes there.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) format: Option<Format>,
    pub(crate) file: PathBuf,
}

#[expect(clippy::unnecessary_wraps, reason = "the form that clap asks for")]
fn output(text: &str) -> Result<Output, String> {
    let named = text.split_once('=').and_then(|(name, file)| {
        Some(Output { format: Some(Format::from_str(name, true).ok()?), file: file.into() })
    });
    Ok(named.unwrap_or_else(|| Output { format: None, file: text.into() }))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Any finding
    Info,
    /// Warnings and errors
    Warning,
    /// Errors
    Error,
    /// Never
    Never,
}

impl FailOn {
    /// The lowest level that fails; `None` where none does.
    pub(crate) fn level(self) -> Option<Level> {
        match self {
            Self::Info => Some(Level::Info),
            Self::Warning => Some(Level::Warning),
            Self::Error => Some(Level::Error),
            Self::Never => None,
        }
    }
}

//! Arguments in, exit code out: the only code that prints, and that reads clock and environment.

mod args;
mod check;
mod complete;
mod diff;
mod editor;
mod explain;
mod fix;
mod inspect;
mod manual;
mod new;
mod report;
mod run;
mod schema;
mod search;
mod serve;
mod show;
mod terminal;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::args::{Args, Command};

/// Exit code where findings reach the failing level.
pub(crate) const FINDINGS: u8 = 1;
/// Exit code where the job could not be done.
pub(crate) const FAILED: u8 = 2;

/// Runs the program: 0 clean, 1 findings at or above the failing level, 2 could not do the job.
pub fn run() -> ExitCode {
    let args = Args::parse();
    let result = match &args.command {
        Command::Build(build) => run::build(&args, build),
        Command::Serve(serve) => serve::serve(&args, serve),
        Command::Check(check) => check::check(&args, check),
        Command::Diff(wanted) => diff::diff(&args, wanted),
        Command::Fix(wanted) => fix::fix(&args, wanted),
        Command::Explain { code } => explain::explain(code.as_deref()),
        Command::Inspect { file } => inspect::inspect(&args, file),
        Command::New { kind, name } => new::new(&args, *kind, name),
        Command::Init { dir } => new::init(&args, dir.as_deref()),
        Command::Report(wanted) => report::report(&args, wanted),
        Command::Search(search) => search::search(&args, search),
        Command::Show(wanted) => show::show(&args, wanted),
        Command::Config { dir } => run::config(&args, dir.as_deref()),
        Command::Schema { kind, output } => schema::schema(*kind, output.as_deref()),
        Command::Completions { shell } => complete::completions(*shell),
        Command::Man { output } => manual::man(output.as_deref()),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(message) => {
            run::say(&format!("error: {message}"));
            ExitCode::from(FAILED)
        }
    }
}

//! `completions SHELL`: the commands and options → a script that completes them.

pub(crate) use clap_complete::Shell;

use crate::cli::args;
use crate::cli::run::print;

pub(crate) fn completions(shell: Shell) -> Result<u8, String> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut args::command(), args::NAME, &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(0)
}

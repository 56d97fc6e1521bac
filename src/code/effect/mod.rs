//! A block of commands → what it does to production.
//!
//! Every simple command is looked up in tables, also behind `sudo`, `ssh`, `kubectl exec` and the like,
//! inside loops and substitutions and in the text given to `bash -c`; the worst decides. Three things
//! are told apart, and one more is admitted:
//!
//! - it *reads*: every command is known to read. So is `--dry-run` of what would change, and what is
//!   written to `/tmp`.
//! - it *changes* something: what runs, how it is set up, who may do what, what is stored.
//! - it *deletes*: afterwards something is gone that this command does not bring back.
//! - it *cannot be told*: nothing known changes, but at least one command is in no table, or depends on
//!   what the reader does next (a shell, an editor, a console), or changes only what may be the
//!   reader's own (`git commit`, `> file`).
//!
//! An unknown command inside `kubectl exec` or `ssh` cannot be told either. Most of them read, and a
//! mark that is mostly wrong teaches readers to pass over it; calling them harmless would be worse.

mod clouds;
mod http;
mod programs;
mod redis;
mod sql;
mod tables;

use crate::code::command::{self, Simple, Word};
use crate::code::effect::tables::Program;
use crate::code::languages::Language;
use crate::code::table::TableLanguage;
use crate::code::token::Token;
use crate::code::{lex_console, lex_shell, prompt};

/// Deepest nesting of commands within commands that is followed: `ssh h "kubectl exec p -- bash -c '…'"`.
pub(in crate::code) const MAX_DEPTH: u32 = 4;
/// Most wrappers around one command: `sudo`, `time`, `nohup`.
const MAX_WRAPPERS: u32 = 12;

/// Programs whose names start lines of prose, of configuration and of other languages as well.
const AMBIGUOUS: &str = "[ : host w last type time test at info true false read set let install patch \
    history command exit return date local tree users groups file write mail watch";

/// What a command does to production.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Nothing is different afterwards.
    Reads,
    /// Something runs or is set differently afterwards.
    Changes,
    /// Something is gone afterwards.
    Deletes,
}

/// What is known of several commands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::code) struct Verdict {
    worst: Option<Effect>,
    has_unknown: bool,
}

impl Verdict {
    /// Takes note of one more command, of which nothing may be known.
    pub(in crate::code) fn add(&mut self, effect: Option<Effect>) {
        self.worst = self.worst.max(effect);
        self.has_unknown |= effect.is_none();
    }

    /// Returns the worst effect; a command that is not known leaves room for nothing better than a
    /// change.
    pub(in crate::code) fn effect(self) -> Option<Effect> {
        self.worst.filter(|worst| *worst > Effect::Reads || !self.has_unknown)
    }
}

/// How a block is to be read.
#[derive(Debug)]
pub(in crate::code) enum Reading {
    /// As shell commands, with these tokens.
    Shell(Vec<Token>),
    /// As SQL.
    Sql,
}

/// Returns how the commands of a block are to be read, or nothing where it holds none.
///
/// A block without a label holds commands where its first line has a prompt, starts with a known
/// program or is a statement of SQL.
pub(in crate::code) fn reading(language: Language, code: &str) -> Option<Reading> {
    match language {
        Language::Shell | Language::Console if starts_with_sql(code) => Some(Reading::Sql),
        Language::Shell => Some(Reading::Shell(lex_shell(code))),
        Language::Console => Some(Reading::Shell(lex_console(code))),
        Language::Table(TableLanguage::Sql) => Some(Reading::Sql),
        Language::Unknown if starts_with_sql(code) => Some(Reading::Sql),
        Language::Unknown if starts_with_command(code) => Some(Reading::Shell(lex_shell(code))),
        _ => None,
    }
}

/// Returns true where a block holds commands, as far as its language and its first line tell.
pub fn holds_commands(language: Language, code: &str) -> bool {
    reading(language, code).is_some()
}

/// Returns the worst effect of the commands in a block.
///
/// Nothing is returned for a block without commands, and where it cannot be told: see the module.
pub fn effect(language: Language, code: &str) -> Option<Effect> {
    match reading(language, code)? {
        Reading::Shell(tokens) => script(code, &tokens, 0).effect(),
        Reading::Sql => sql::verdict(code).effect(),
    }
}

/// Judges a script that is given to a shell as text.
pub(in crate::code) fn nested(code: &str, depth: u32) -> Option<Effect> {
    if depth >= MAX_DEPTH {
        return None;
    }
    script(code, &lex_shell(code), depth + 1).effect()
}

/// Judges every command of a script.
fn script(code: &str, tokens: &[Token], depth: u32) -> Verdict {
    let commands = command::commands(code, tokens);
    let mut out = Verdict::default();
    let mut printed: Option<&str> = None;
    for simple in &commands.simple {
        let input = simple.input.as_deref().or(printed.filter(|_| simple.is_piped));
        let name = simple.words.first().map_or("", |word| word.text.as_ref());
        if !simple.words.is_empty() && !commands.functions.contains(name) {
            let effect = simple_command(&simple.words, input, depth);
            out.add(effect.filter(|effect| *effect > Effect::Reads || !simple.is_garbled));
        }
        for (target, empties) in &simple.writes {
            out.add(write(&target.text, *empties && prints_nothing(simple)));
        }
        printed = match name {
            "echo" | "printf" => simple.words.last().map(|word| word.text.as_ref()),
            "cat" => simple.input.as_deref(),
            _ => None,
        };
    }
    out
}

/// Judges a command, behind whatever runs it.
pub(in crate::code) fn simple_command(
    words: &[Word<'_>],
    input: Option<&str>,
    depth: u32,
) -> Option<Effect> {
    if depth > MAX_DEPTH {
        return None;
    }
    let mut words = words;
    for _ in 0..MAX_WRAPPERS {
        let (first, arguments) = words.split_first()?;
        let name = tables::program(&first.text);
        let Some(Program::Wrapper(wrapper)) = tables::lookup(&name) else {
            return programs::judge(&name, arguments, input, depth);
        };
        words = wrapper.inner(arguments);
        match words {
            [] => return wrapper.alone,
            // `watch 'kubectl get pods'`: a script in one word.
            [only] if only.text.contains(' ') => return nested(&only.text, depth),
            _ => {}
        }
    }
    None
}

/// Judges a file that is written by `>` or `>>`.
fn write(target: &str, empties: bool) -> Option<Effect> {
    let device = target.strip_prefix("/dev/");
    match device {
        Some(disk)
            if ["sd", "nvme", "vd", "xvd", "mapper/"].iter().any(|d| disk.starts_with(d)) =>
        {
            Some(Effect::Deletes)
        }
        Some(_) => Some(Effect::Reads),
        None if is_scratch(target) => Some(Effect::Reads),
        None if target.starts_with('/') && empties => Some(Effect::Deletes),
        None if target.starts_with('/') => Some(Effect::Changes),
        // A file beside the reader: on whose machine, the text does not tell.
        None => None,
    }
}

/// Returns true for files that nobody misses: those in `/tmp`, named one by one.
pub(in crate::code) fn is_scratch(path: &str) -> bool {
    let inside = ["/tmp/", "/var/tmp/"].iter().find_map(|folder| path.strip_prefix(folder));
    path == "/tmp"
        || inside
            .is_some_and(|rest| !rest.is_empty() && !rest.contains('*') && !rest.contains(".."))
}

/// Returns true for `> file` alone and for what prints nothing into it.
fn prints_nothing(simple: &Simple<'_>) -> bool {
    let words: Vec<&str> = simple.words.iter().map(|word| word.text.as_ref()).collect();
    matches!(words.as_slice(), [] | [":" | "true"] | ["cat", "/dev/null"] | ["echo", "-n"])
}

/// Returns the first line that is not blank and no comment, without the spaces around it.
fn first_line(code: &str) -> &str {
    let mut lines = code.lines().map(str::trim);
    lines.find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or("")
}

fn starts_with_sql(code: &str) -> bool {
    let first = first_line(code);
    let rest = code.find(first).and_then(|at| code.get(at..)).unwrap_or(code);
    sql::prompt(first).is_some() || sql::is_statement(rest)
}

/// Returns true where the first line has a prompt or starts with a program that is known.
fn starts_with_command(code: &str) -> bool {
    if prompt::session(code, prompt::Label::Shell).is_some() {
        return true;
    }
    let mut words = first_line(code).split_ascii_whitespace();
    let first = words.find(|word| *word != "sudo" && !tables::is_assignment(word)).unwrap_or("");
    !AMBIGUOUS.split_ascii_whitespace().any(|word| word == first)
        && tables::lookup(&tables::program(first)).is_some()
        && words.next().is_none_or(|w| w != ":" && w != "=")
}

#[cfg(test)]
mod tests;

//! Code → tokens, for the languages runbooks are mostly written in: shell, console sessions,
//! `PromQL` and `LogQL`, and by tables `YAML`, `JSON`, `SQL` and `Go`. One pass serves highlighting and the
//! handling of commands. Every lexer is linear in the code, cannot fail and covers the code without gaps or
//! overlaps. On top of the tokens: what commands do to production, and what the reader has to fill in.
//! Knows nothing of the project.

mod command;
pub mod console;
pub mod effect;
pub mod languages;
pub mod parameter;
pub mod placeholder;
pub mod prompt;
pub mod promql;
pub mod redirect;
pub mod shell;
pub mod table;
mod tables;
pub mod token;
pub mod word;
mod yaml;

use crate::code::token::Token;

/// Returns the tokens of a shell block.
///
/// A block whose first line carries a prompt is read as a session: see [`lex_console`].
pub fn lex_shell(code: &str) -> Vec<Token> {
    match prompt::session(code, prompt::Label::Shell) {
        Some(session) => console::lex_session(code, session),
        None => shell::lex_script(code),
    }
}

/// Returns the tokens of a console block: prompts, commands and output.
///
/// A block in which no line carries a prompt is read as a script, since that is what authors put
/// there.
pub fn lex_console(code: &str) -> Vec<Token> {
    match prompt::session(code, prompt::Label::Console) {
        Some(session) => console::lex_session(code, session),
        None => shell::lex_script(code),
    }
}

//! A recorded session → prompts, commands and what they printed.
//!
//! A line with a prompt starts a command, which is read by the shell lexer as far as it goes (over
//! continuations, open quotes and heredocs); the lines up to the next prompt are output. A line
//! with a prompt always ends an unfinished command, so one stray quote costs one command.

use crate::code::prompt::{self, Session};
use crate::code::shell::ShellLexer;
use crate::code::token::{Token, TokenKind};

/// Returns the tokens of a session.
pub fn lex_session(code: &str, session: Session) -> Vec<Token> {
    let bytes = code.as_bytes();
    let mut lexer = ShellLexer::new(code, Some(session));
    while lexer.position() < bytes.len() {
        let at = lexer.position();
        if let Some(end) = prompt::end(bytes, at, session) {
            lexer.take(TokenKind::Prompt, end);
            lexer.run();
            continue;
        }
        let end = line_end(bytes, at);
        let line = bytes.get(at..end).unwrap_or_default().trim_ascii_start();
        let kind = if line.is_empty() {
            TokenKind::Text
        } else if line.starts_with(b"#") {
            TokenKind::Comment
        } else {
            TokenKind::Output
        };
        lexer.take(
            kind,
            if kind == TokenKind::Comment { end - line_break(bytes, end) } else { end },
        );
        lexer.take(TokenKind::Text, end);
    }
    lexer.finish()
}

/// Returns one past the line break that ends the line at `at`.
fn line_end(code: &[u8], at: usize) -> usize {
    let rest = code.get(at..).unwrap_or_default();
    rest.iter().position(|b| *b == b'\n').map_or(code.len(), |offset| at + offset + 1)
}

/// Returns the length of the line break before `end`.
fn line_break(code: &[u8], end: usize) -> usize {
    usize::from(end > 0 && code.get(end - 1) == Some(&b'\n'))
}

#[cfg(test)]
mod tests {
    use crate::code::lex_console;
    use crate::code::token::TokenKind;

    fn check(code: &str, kind: TokenKind, expected: &[&str]) {
        let tokens = lex_console(code);
        let found: Vec<&str> =
            tokens.iter().filter(|t| t.kind == kind).map(|t| t.of(code)).collect();
        assert_eq!(found, expected, "{code:?} {tokens:?}");
    }

    #[test]
    fn lines_without_a_prompt_are_output() {
        let code = "$ kubectl get pods\nNAME  READY\nfoo   1/1\n\n# then\n$ ls | wc -l\n2\n";
        check(code, TokenKind::Prompt, &["$ ", "$ "]);
        check(code, TokenKind::Command, &["kubectl", "ls", "wc"]);
        check(code, TokenKind::Output, &["NAME  READY\nfoo   1/1\n", "2\n"]);
        check(code, TokenKind::Comment, &["# then"]);
    }

    #[test]
    fn commands_go_on_over_lines() {
        let code =
            "$ cat <<EOF \\\n> >x\n> body 'x\n> EOF\nout\n$ for i in 1; do\n  ls\ndone\nout\n";
        check(code, TokenKind::Prompt, &["$ ", "> ", "> ", "> ", "$ "]);
        check(code, TokenKind::Output, &["out\n", "out\n"]);
        check(code, TokenKind::Command, &["cat", "ls"]);
    }

    #[test]
    fn a_prompt_ends_an_unfinished_command() {
        let code = "$ echo 'oops\n$ ls\nit's\n";
        check(code, TokenKind::Prompt, &["$ ", "$ "]);
        check(code, TokenKind::Output, &["it's\n"]);
        check(code, TokenKind::Command, &["echo", "ls"]);
        check("$ cat <<EOF\nbody\n$ ls\n", TokenKind::Command, &["cat", "ls"]);
    }

    #[test]
    fn root_prompts_and_named_prompts() {
        check("# systemctl stop x\nok\n# ls\n", TokenKind::Prompt, &["# ", "# "]);
        check("[root@db ~]# ls -l\ntotal 0\n", TokenKind::Output, &["total 0\n"]);
        check("kubectl get <pod>\n", TokenKind::Command, &["kubectl"]);
    }
}

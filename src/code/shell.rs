//! A shell script → tokens, in one pass and without recursion.
//!
//! Knows quotes over several lines, `$(…)` inside quotes to a fixed depth, heredocs, comments,
//! assignments and keywords. It guesses where authors are not exact: an apostrophe that no other
//! follows is text, and names to fill in are told from redirections. It does not check syntax.

use crate::code::placeholder;
use crate::code::prompt::{self, Session};
use crate::code::redirect::Heredoc;
use crate::code::token::{Token, TokenKind, Tokens};

/// Deepest nesting of quotes and substitutions; what lies deeper is read as if it were not nested.
pub(in crate::code) const MAX_DEPTH: usize = 32;
/// Longest `${…}` or `$((…))` that is looked for, in bytes.
const MAX_EXPANSION: usize = 256;

/// Returns the tokens of a script, in which every line is code.
pub fn lex_script(code: &str) -> Vec<Token> {
    let mut lexer = ShellLexer::new(code, None);
    lexer.run();
    lexer.finish()
}

/// What encloses the current byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::code) enum Frame {
    Double,
    Single { escapes: bool },
    Backtick { command: bool },
    Parenthesis { command: bool },
    Array,
}

/// Reads shell code from where its tokens end: all of it, or one command of a session.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a state of its own, and all change apart"
)]
pub struct ShellLexer<'a> {
    text: &'a str,
    pub(in crate::code) code: &'a [u8],
    pub(in crate::code) tokens: Tokens,
    pub(in crate::code) session: Option<Session>,
    pub(in crate::code) stack: Vec<Frame>,
    pub(in crate::code) heredocs: Vec<Heredoc<'a>>,
    /// The last `'`, `"` and backtick of the code: none of them opens a string.
    last_quotes: [Option<usize>; 3],
    /// How many `if`, `for`, `{` and the like are open.
    pub(in crate::code) open_blocks: u32,
    /// The next word starts a command.
    pub(in crate::code) command: bool,
    /// The kind of plain text in the current word, if one has begun.
    pub(in crate::code) word: Option<TokenKind>,
    /// So many of the next words belong to a redirection or to an option of `sudo`.
    pub(in crate::code) skip_words: u8,
    /// A `for` or `case` still lacks its `in`.
    pub(in crate::code) awaits_in: bool,
    /// The words of `export` and the like may assign.
    pub(in crate::code) assigns: bool,
    /// The line ended in `\`, `|` or `&&`.
    pub(in crate::code) goes_on: bool,
    stopped: bool,
}

impl<'a> ShellLexer<'a> {
    /// Returns a lexer at the start of `text`; with a session, it stops after each command.
    pub fn new(text: &'a str, session: Option<Session>) -> Self {
        Self {
            text,
            code: text.as_bytes(),
            tokens: Tokens::for_code(text),
            session,
            stack: Vec::new(),
            heredocs: Vec::new(),
            last_quotes: [text.rfind('\''), text.rfind('"'), text.rfind('`')],
            open_blocks: 0,
            command: true,
            word: None,
            skip_words: 0,
            awaits_in: false,
            assigns: false,
            goes_on: false,
            stopped: false,
        }
    }

    /// Returns the byte up to which the code has been read.
    pub fn position(&self) -> usize {
        self.tokens.end()
    }

    /// Covers the code up to `end` with one token, without reading it.
    pub fn take(&mut self, kind: TokenKind, end: usize) {
        self.tokens.push(kind, end);
    }

    /// Returns the tokens, with what was not read covered by text.
    pub fn finish(self) -> Vec<Token> {
        self.tokens.finish(self.text)
    }

    /// Reads to the end of the code, or in a session to the end of the command's last line.
    pub fn run(&mut self) {
        self.start_command();
        while !self.stopped && self.position() < self.code.len() {
            match self.stack.last().copied() {
                Some(Frame::Double) => self.quoted(b'"', true),
                Some(Frame::Single { escapes }) => self.quoted(b'\'', escapes),
                _ => self.unquoted(),
            }
        }
    }

    /// Forgets everything that was open.
    fn start_command(&mut self) {
        self.stack.clear();
        self.heredocs.clear();
        self.open_blocks = 0;
        self.goes_on = false;
        self.stopped = false;
        self.end_simple_command();
    }

    fn end_simple_command(&mut self) {
        self.command = self.stack.last() != Some(&Frame::Array);
        self.word = None;
        self.skip_words = 0;
        self.awaits_in = false;
        self.assigns = false;
    }

    pub(in crate::code) fn byte(&self, at: usize) -> u8 {
        self.code.get(at).copied().unwrap_or(b'\n')
    }

    /// Reads one piece of code outside quotes.
    fn unquoted(&mut self) {
        let at = self.position();
        match self.byte(at) {
            b'\n' => self.line_break(at),
            b' ' | b'\t' | b'\r' => {
                self.word = None;
                let rest = self.code.get(at..).unwrap_or_default();
                let length = rest.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\r'));
                self.tokens.text(length.map_or(self.code.len(), |length| at + length));
            }
            b'\\' if self.byte(at + 1) == b'\n' => {
                self.tokens.push(TokenKind::Operator, at + 1);
                self.goes_on = true;
                self.word = None;
            }
            b'\\' => {
                let kind = self.start_word();
                let escaped = self.text.get(at + 1..).and_then(|rest| rest.chars().next());
                self.tokens.push(kind, at + 1 + escaped.map_or(0, char::len_utf8));
            }
            b'#' if self.word.is_none() => {
                let rest = self.code.get(at..).unwrap_or_default();
                let length = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
                self.tokens.push(TokenKind::Comment, at + length);
            }
            quote @ (b'\'' | b'"' | b'`') => self.quote(at, quote, false),
            b'$' if self.is_stray_prompt(at) => self.tokens.push(TokenKind::Prompt, at + 2),
            b'$' => {
                let kind = self.start_word();
                self.dollar(at, kind);
            }
            b'<' | b'>' => self.redirection(at),
            b'|' | b'&' | b';' | b'(' | b')' => self.operator(at),
            _ => self.plain(at),
        }
    }

    /// Returns true for `$ ` at the start of a line of a script.
    fn is_stray_prompt(&self, at: usize) -> bool {
        let before = self.code.get(..at).unwrap_or_default();
        let blank = before.iter().rev().take_while(|b| matches!(b, b' ' | b'\t')).take(16).count();
        self.byte(at + 1) == b' '
            && self.stack.is_empty()
            && (blank == at || self.byte(at - blank - 1) == b'\n')
    }

    /// Begins a word if none has begun, and returns the kind of its plain text.
    pub(in crate::code) fn start_word(&mut self) -> TokenKind {
        if let Some(kind) = self.word {
            return kind;
        }
        self.goes_on = false;
        let mut kind = TokenKind::Text;
        if self.skip_words > 0 {
            self.skip_words -= 1;
        } else if self.command {
            self.command = false;
            kind = TokenKind::Command;
        }
        self.word = Some(kind);
        kind
    }

    /// Ends the line at `at`: reads the bodies of heredocs; stops where a session's command ends.
    fn line_break(&mut self, at: usize) {
        self.tokens.text(at + 1);
        if !self.goes_on {
            self.end_simple_command();
        }
        let continued = std::mem::take(&mut self.goes_on);
        if continued && at > 0 && self.byte(at - 1) == b'\\' {
            return self.session_line(true);
        }
        for heredoc in std::mem::take(&mut self.heredocs) {
            if !self.heredoc_body(heredoc) {
                self.stopped = true;
                return;
            }
        }
        self.session_line(continued);
    }

    /// At the start of a line of a session: stops at a prompt or behind a complete command.
    fn session_line(&mut self, continued: bool) {
        let Some(session) = self.session else { return };
        let at = self.position();
        let complete = self.stack.is_empty() && self.open_blocks == 0 && !continued;
        if complete || prompt::end(self.code, at, session).is_some() {
            self.stopped = true;
        } else if let Some(end) = prompt::continuation_end(self.code, at) {
            self.tokens.push(TokenKind::Prompt, end);
        }
    }

    /// Reads a quote that opens a string or, for backticks, opens or closes a command.
    fn quote(&mut self, at: usize, quote: u8, escapes: bool) {
        let kind = self.start_word();
        let last = match quote {
            b'\'' => self.last_quotes[0],
            b'"' => self.last_quotes[1],
            _ => self.last_quotes[2],
        };
        if let (b'`', Some(Frame::Backtick { command })) = (quote, self.stack.last().copied()) {
            self.stack.pop();
            self.tokens.push(TokenKind::Operator, at + 1);
            self.resume(command);
        } else if last == Some(at) || self.stack.len() >= MAX_DEPTH {
            self.tokens.push(kind, at + 1);
        } else if quote == b'`' {
            self.tokens.push(TokenKind::Operator, at + 1);
            self.nest(Frame::Backtick { command: self.command });
        } else {
            self.tokens.push(TokenKind::String, at + 1);
            let double = quote == b'"';
            self.stack.push(if double { Frame::Double } else { Frame::Single { escapes } });
        }
    }

    /// Enters commands inside a command.
    pub(in crate::code) fn nest(&mut self, frame: Frame) {
        self.stack.push(frame);
        self.end_simple_command();
    }

    /// Goes on with the word that a nested command was part of.
    fn resume(&mut self, command: bool) {
        self.end_simple_command();
        self.command = command;
        self.word = Some(TokenKind::Text);
    }

    /// Reads a piece of a string up to its end, a substitution, or in a session the line's end.
    fn quoted(&mut self, quote: u8, escapes: bool) {
        let from = self.position();
        let mut at = from;
        while let Some(&byte) = self.code.get(at) {
            let found = match byte {
                b'\\' if escapes && self.byte(at + 1) != b'\n' => {
                    at += 2;
                    continue;
                }
                b'<' => placeholder::angle(self.code, at),
                b'{' => placeholder::braces(self.code, at),
                b'[' => placeholder::brackets(self.code, at),
                b'$' | b'`' if quote == b'"' => {
                    self.words(TokenKind::String, at);
                    return if byte == b'$' {
                        self.dollar(at, TokenKind::String);
                    } else {
                        self.quote(at, byte, false);
                    };
                }
                b'\n' if self.session.is_some() => {
                    self.words(TokenKind::String, at + 1);
                    self.session_line(true);
                    return;
                }
                _ if byte == quote => {
                    self.words(TokenKind::String, at + 1);
                    self.stack.pop();
                    return;
                }
                _ => None,
            };
            at += 1;
            if let Some(end) = found {
                self.words(TokenKind::String, at - 1);
                self.tokens.push(TokenKind::Placeholder, end);
                at = end;
            }
        }
        self.words(TokenKind::String, self.code.len());
    }

    /// Reads what `$` starts; `kind` is that of a `$` which starts nothing.
    fn dollar(&mut self, at: usize, kind: TokenKind) {
        let next = self.byte(at + 1);
        let end = match next {
            b'{' => self.balanced(at + 1, b'{', b'}'),
            b'(' if self.byte(at + 2) == b'(' => self.balanced(at + 1, b'(', b')'),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let rest = self.code.get(at + 1..).unwrap_or_default();
                let length = rest.iter().position(|b| !placeholder::is_word_byte(*b));
                length.map_or(Some(self.code.len()), |length| Some(at + 1 + length))
            }
            b'0'..=b'9' | b'?' | b'@' | b'$' | b'!' | b'#' | b'*' | b'-' => Some(at + 2),
            _ => None,
        };
        if let Some(end) = end {
            self.tokens.push(TokenKind::Variable, end);
        } else if next == b'(' && self.stack.len() < MAX_DEPTH {
            self.tokens.push(TokenKind::Operator, at + 2);
            self.nest(Frame::Parenthesis { command: self.command });
        } else {
            self.tokens.push(kind, at + 1);
            if next == b'\'' && kind != TokenKind::String {
                self.quote(at + 1, next, true);
            }
        }
    }

    /// Returns the end of a balanced pair on the same line, if it ends within the limit.
    fn balanced(&self, from: usize, open: u8, close: u8) -> Option<usize> {
        let window = self.code.get(from..self.code.len().min(from + MAX_EXPANSION))?;
        let mut depth = 0_u32;
        for (offset, &byte) in window.iter().enumerate() {
            if byte == open {
                depth += 1;
            } else if byte == close {
                depth -= 1;
                if depth == 0 {
                    return Some(from + offset + 1);
                }
            } else if byte == b'\n' {
                return None;
            }
        }
        None
    }

    /// Reads an operator that ends a word: `|`, `&`, `;` and parentheses.
    fn operator(&mut self, at: usize) {
        let (byte, next) = (self.byte(at), self.byte(at + 1));
        let top = self.stack.last().copied();
        if byte == b'&' && next == b'>' {
            let end = at + 2 + usize::from(self.byte(at + 2) == b'>');
            self.tokens.push(TokenKind::Operator, end);
            self.word = None;
            self.skip_words = 1;
            return;
        }
        match byte {
            b'(' => {
                let arithmetic = self.command && next == b'(';
                if let (true, Some(end)) = (arithmetic, self.balanced(at, b'(', b')')) {
                    self.tokens.push(TokenKind::Variable, end);
                } else {
                    self.tokens.push(TokenKind::Operator, at + 1);
                    if self.stack.len() < MAX_DEPTH {
                        self.nest(Frame::Parenthesis { command: false });
                    }
                }
            }
            b')' => {
                self.tokens.push(TokenKind::Operator, at + 1);
                match top {
                    Some(Frame::Parenthesis { command }) => {
                        self.stack.pop();
                        self.resume(command);
                    }
                    Some(Frame::Array) => {
                        self.stack.pop();
                        self.end_simple_command();
                    }
                    _ => self.end_simple_command(),
                }
            }
            _ => {
                let doubled = byte == next || byte == b'|' && next == b'&';
                self.tokens.push(TokenKind::Operator, at + 1 + usize::from(doubled));
                self.end_simple_command();
                self.goes_on = byte == b'|' || byte == b'&' && doubled;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::code::lex_shell;
    use crate::code::token::TokenKind::{self, *};

    fn check(code: &str, kind: TokenKind, expected: &[&str]) {
        let tokens = lex_shell(code);
        let found: Vec<&str> =
            tokens.iter().filter(|t| t.kind == kind).map(|t| t.of(code)).collect();
        assert_eq!(found, expected, "{code:?} {tokens:?}");
    }

    #[test]
    fn first_words_are_commands() {
        check(
            "ps aux | grep x && ls; (cd /tmp) & wait",
            Command,
            &["ps", "grep", "ls", "cd", "wait"],
        );
        check(
            "A=1 B=$(date -u) ./run \"$(cat x | wc -l)\"",
            Command,
            &["date", "./run", "cat", "wc"],
        );
        check("sudo -u postgres psql -c x", Command, &["sudo", "psql"]);
        check("echo `hostname -f` x\nls \\\n  foo", Command, &["echo", "hostname", "ls"]);
        check("ls >out err 2>&1\n>log make all", Command, &["ls", "make"]);
        check("x=(a b)\nls $(( 1 + 2 ))", Command, &["ls"]);
        check("<command> --now", Command, &[]);
    }

    #[test]
    fn keywords_are_found_in_a_commands_place_only() {
        check("for i in a in; do echo if done; done", Keyword, &["for", "in", "do", "done"]);
        check("case $x in\n  foo) ls;;\nesac", Keyword, &["case", "in", "esac"]);
        check("case $x in\n  foo) ls;;\nesac", Command, &["ls"]);
        check("if ! true; then export A=1; fi", Keyword, &["if", "!", "then", "export", "fi"]);
        check("export A=1 B", Variable, &["A"]);
    }

    #[test]
    fn options_are_one_token_without_their_value() {
        check(
            "x --flag=a --name-with-dash -n5 -- - a-b",
            Option,
            &["--flag", "--name-with-dash", "-n5", "--"],
        );
    }

    #[test]
    fn names_to_fill_in_are_told_from_redirections() {
        for (code, expected) in [
            ("kubectl logs <pod-name> -n <namespace>", vec!["<pod-name>", "<namespace>"]),
            ("cat <file >out", vec![]),
            ("sort <in>out 2>err", vec![]),
            ("cat <<EOF\n<name> {{ x }}\nEOF\n", vec![]),
            ("ssh <user>@<host>", vec!["<user>", "<host>"]),
            ("curl 'x/<id>' \"{{ host }}/[TOKEN]\"", vec!["<id>", "{{ host }}", "[TOKEN]"]),
            ("a TOKEN_HERE s3://YOUR_BUCKET/x", vec!["TOKEN_HERE", "YOUR_BUCKET"]),
            ("YOUR_X=1 b '{{.Names}}' [A-Z]* <(ls)", vec![]),
            ("use <<CLUSTER>>", vec!["<<CLUSTER>>"]),
            ("# <comment>", vec![]),
        ] {
            check(code, Placeholder, &expected);
        }
    }

    #[test]
    fn strings_and_variables() {
        check("echo \"a $X ${Y:-z} b\" 'c\nd' $'e\\'f'", Variable, &["$X", "${Y:-z}"]);
        check("echo \"a $X b\" 'c\nd' $'e\\'f'", String, &["\"a ", " b\"", "'c\nd'", "'e\\'f'"]);
        check("echo it's fine", String, &[]);
        check("echo \"$(echo \"in\" ')')\" out", String, &["\"", "\"in\"", "')'", "\""]);
        check("echo \\\"x #no\nls # yes", Comment, &["#no", "# yes"]);
    }

    #[test]
    fn heredocs_end_at_their_delimiter() {
        check("cat <<'EOF' | sh\nls 'x\nEOF\nls", String, &["'EOF'", "ls 'x\nEOF\n"]);
        check("cat <<'EOF' | sh\nls 'x\nEOF\nls", Command, &["cat", "sh", "ls"]);
        check("cat <<-A <<B\n\tx\n\tA\ny\nB\nls", Command, &["cat", "ls"]);
        check("cat <<< word\nls", Command, &["cat", "ls"]);
        check("cat <<EOF\nnever closed", String, &["EOF", "never closed"]);
    }

    #[test]
    fn prompts_of_a_script_and_of_a_session() {
        check("ls\n$ ps\n", Prompt, &["$ "]);
        check("$ ls\nout\n", Output, &["out\n"]);
        check("# systemctl stop x\n# ls /var\n", Prompt, &["# ", "# "]);
        check("# all of it\nls\n", Comment, &["# all of it"]);
    }

    #[test]
    fn every_byte_is_covered_once() {
        let pieces = [
            "$(", "${", "`", "\"", "'", "<<EOF", "\n", "\\", "é", " ", "<a", ">", "$((", "))",
            "{{", "[", "#", "|", "&", "$ ", "x=(", ")", "case", "-", "\u{202e}", "EOF", "=", "<<",
            "for ",
        ];
        let mut state = 1_u32;
        for _ in 0..3000 {
            let mut code = std::string::String::new();
            for _ in 0..=state % 17 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                code.push_str(pieces[(state >> 16) as usize % pieces.len()]);
            }
            for tokens in [lex_shell(&code), crate::code::lex_console(&code)] {
                let text: std::string::String = tokens.iter().map(|t| t.of(&code)).collect();
                assert_eq!(text, code, "{tokens:?}");
            }
        }
        assert_eq!(lex_shell(&"$(\"".repeat(100_000)).last().map(|t| t.end), Some(300_000));
    }
}

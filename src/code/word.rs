//! A plain piece of a shell word → tokens: names of commands, keywords, options, assignments, and
//! names to fill in that are written as words.

use crate::code::placeholder;
use crate::code::shell::{Frame, ShellLexer};
use crate::code::token::TokenKind;

/// What a keyword does to the words after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    /// Opens a block whose condition is a command: `if`, `while`, `{`.
    OpensCommand,
    /// Opens a block with a word: `for`, `case`.
    OpensWord,
    /// A command follows: `then`, `do`, `!`.
    Command,
    /// Ends a block: `fi`, `done`.
    Closes,
    /// No command follows: `function`, `[[`.
    Word,
}

/// Returns the effect of a keyword in a command's place.
fn keyword(word: &[u8]) -> Option<Effect> {
    Some(match word {
        b"if" | b"while" | b"until" | b"{" => Effect::OpensCommand,
        b"for" | b"case" | b"select" => Effect::OpensWord,
        b"then" | b"do" | b"else" | b"elif" | b"!" | b"time" => Effect::Command,
        b"fi" | b"done" | b"esac" | b"}" => Effect::Closes,
        b"function" | b"[[" | b"return" | b"local" | b"export" | b"readonly" | b"declare" => {
            Effect::Word
        }
        _ => return None,
    })
}

/// Returns true for commands whose argument is another command.
fn is_prefix(command: &[u8]) -> bool {
    matches!(
        command,
        b"sudo"
            | b"env"
            | b"exec"
            | b"nohup"
            | b"xargs"
            | b"watch"
            | b"command"
            | b"nice"
            | b"doas"
    )
}

/// Returns the length of the name and of the sign in `NAME=` or `NAME+=`.
fn assignment(word: &[u8]) -> Option<(usize, usize)> {
    let length = word.iter().position(|b| !placeholder::is_word_byte(*b))?;
    let named = word.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_');
    match word.get(length..)? {
        [b'=', ..] if named => Some((length, 1)),
        [b'+', b'=', ..] if named => Some((length, 2)),
        _ => None,
    }
}

impl ShellLexer<'_> {
    /// Reads plain text up to the next byte that means something to the shell.
    pub(in crate::code) fn plain(&mut self, at: usize) {
        let mut end = at;
        let mut found = None;
        while let Some(byte) = self.code.get(end) {
            found = match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b'\'' | b'"' | b'`' | b'$' | b'\\' | b'|' | b'&'
                | b';' | b'(' | b')' | b'<' | b'>' => break,
                b'{' => placeholder::braces(self.code, end),
                b'[' => placeholder::brackets(self.code, end),
                _ => None,
            };
            if found.is_some() {
                break;
            }
            end += 1;
        }
        if end > at {
            if self.word.is_some() {
                let kind = self.start_word();
                self.words(kind, end);
            } else {
                self.first(at, end);
            }
        }
        if let Some(after) = found {
            self.start_word();
            self.tokens.push(TokenKind::Placeholder, after);
        }
    }

    /// Reads the plain piece `at..end` with which a word begins.
    fn first(&mut self, at: usize, end: usize) {
        let code = self.code;
        let piece = code.get(at..end).unwrap_or_default();
        let next = self.byte(end);
        if matches!(next, b'<' | b'>') && piece.iter().all(u8::is_ascii_digit) {
            self.tokens.push(TokenKind::Operator, end);
            return;
        }
        if let [b'-', b'-' | b'?' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z', ..] = piece {
            let skipped = self.skip_words > 0;
            self.skip_words = self.skip_words.saturating_sub(1);
            let value = piece.iter().position(|b| *b == b'=').unwrap_or(piece.len());
            self.tokens.push(TokenKind::Option, at + value);
            self.words(TokenKind::Text, end);
            self.word = Some(TokenKind::Text);
            self.goes_on = false;
            // `sudo -u postgres psql`: the command comes after the user.
            if self.command && !skipped && matches!(piece, b"-u" | b"-g" | b"-n") {
                self.skip_words = u8::from(piece != b"-n");
            }
            return;
        }
        if self.skip_words > 0 || !self.command {
            let is_in = piece == b"in" && self.skip_words == 0 && self.awaits_in;
            self.start_word();
            if is_in {
                self.awaits_in = false;
                self.tokens.push(TokenKind::Keyword, end);
            } else if let (true, Some((name, sign))) = (self.assigns, assignment(piece)) {
                self.assign(at, end, name, sign);
            } else {
                self.words(TokenKind::Text, end);
            }
            return;
        }
        if let Some((name, sign)) = assignment(piece) {
            self.goes_on = false;
            self.assign(at, end, name, sign);
            return;
        }
        let whole = matches!(
            next,
            b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>'
        );
        if let (true, Some(effect)) = (whole, keyword(piece)) {
            self.goes_on = false;
            self.word = Some(TokenKind::Text);
            self.tokens.push(TokenKind::Keyword, end);
            self.apply(effect, piece);
            return;
        }
        self.start_word();
        let is_pattern = next == b')' && !self.stack.iter().any(|f| *f != Frame::Array);
        let named = piece.iter().any(u8::is_ascii_alphanumeric) || matches!(piece, b"." | b"[");
        let kind = if named && !is_pattern { TokenKind::Command } else { TokenKind::Text };
        self.words(kind, end);
        if whole && is_prefix(piece) {
            self.command = true;
        }
    }

    /// Covers `NAME=value`; the command, if one follows, is still to come.
    fn assign(&mut self, at: usize, end: usize, name: usize, sign: usize) {
        self.tokens.push(TokenKind::Variable, at + name);
        self.tokens.push(TokenKind::Operator, at + name + sign);
        self.words(TokenKind::Text, end);
        self.word = Some(TokenKind::Text);
        if end == at + name + sign && self.byte(end) == b'(' && self.stack.is_empty() {
            self.tokens.push(TokenKind::Operator, end + 1);
            self.stack.push(Frame::Array);
            self.command = false;
            self.word = None;
        }
    }

    fn apply(&mut self, effect: Effect, word: &[u8]) {
        match effect {
            Effect::OpensCommand => self.open_blocks += 1,
            Effect::OpensWord => {
                self.open_blocks += 1;
                self.command = false;
                self.awaits_in = true;
            }
            Effect::Command => {}
            Effect::Closes => {
                self.open_blocks = self.open_blocks.saturating_sub(1);
                self.command = false;
            }
            Effect::Word => {
                self.command = false;
                self.assigns = !matches!(word, b"function" | b"[[" | b"return");
            }
        }
    }

    /// Covers the code up to `end` with `kind`, but for the words that are to be replaced.
    pub(in crate::code) fn words(&mut self, kind: TokenKind, end: usize) {
        let code = self.code;
        let mut at = self.position();
        let mut start = at;
        while at <= end {
            let byte = code.get(at).copied().unwrap_or(b' ');
            if at < end && (placeholder::is_word_byte(byte) || byte == b'-') {
                at += 1;
                continue;
            }
            let word = code.get(start..at).unwrap_or_default();
            if word.len() > 5 && byte != b'=' && placeholder::is_word(word) {
                self.tokens.push(kind, start);
                self.tokens.push(TokenKind::Placeholder, at);
            }
            at += 1;
            start = at;
        }
        self.tokens.push(kind, end);
    }
}

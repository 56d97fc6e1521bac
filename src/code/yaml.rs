//! Keys, scalars and blocks of `YAML` → tokens, for the lexer in [`crate::code::table`].

use crate::code::placeholder;
use crate::code::table::{TableLexer, is_name_byte};
use crate::code::token::TokenKind;

/// What is known of the line of `YAML` that is read.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::code) struct Line {
    pub(in crate::code) start: usize,
    /// Whether the line has a key; what follows is its value.
    keyed: bool,
    /// Least indentation of a block that belongs to the last key or `-`.
    pub(in crate::code) body: usize,
    /// Whether the next lines are such a block.
    opens_block: bool,
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}

fn is_flow(byte: u8) -> bool {
    matches!(byte, b',' | b'[' | b']' | b'{' | b'}')
}

impl TableLexer<'_> {
    /// Returns true where white space or the end stands.
    fn ends_word(&self, at: usize) -> bool {
        is_blank(self.byte(at)) || self.byte(at) == b'\n'
    }

    /// Reads one token of `YAML`.
    pub(in crate::code) fn yaml_step(&mut self) {
        let at = self.tokens.end();
        let byte = self.byte(at);
        let column = at - self.line.start;
        let next = self.byte(at + 1);
        match byte {
            b'\n' => self.yaml_line(at + 1),
            _ if is_blank(byte) => {
                let end = self.skip(at, is_blank);
                self.tokens.text(end);
            }
            b'#' if column == 0 || self.ends_word(at - 1) => {
                self.comment(at);
            }
            b'-' | b'.'
                if column == 0
                    && (self.starts(at, b"---") || self.starts(at, b"..."))
                    && self.ends_word(at + 3) =>
            {
                self.depth = 0;
                self.tokens.push(TokenKind::Operator, at + 3);
            }
            b'-' | b'?' if !self.line.keyed && self.ends_word(at + 1) => {
                self.line.body = column + 1;
                self.tokens.text(at + 1);
            }
            b'!' | b'&' | b'*' if byte == b'!' || is_name_byte(next) => {
                let end = self.skip(at, |b| !is_blank(b) && b != b'\n' && !is_flow(b));
                self.tokens.push(TokenKind::Variable, end);
            }
            // `{{` and `{%` are a template's.
            b'[' | b'{' if byte == b'[' || !matches!(next, b'{' | b'%') => {
                self.depth += 1;
                self.tokens.text(at + 1);
            }
            b']' | b'}' | b',' if self.depth > 0 => {
                self.depth -= usize::from(byte != b',');
                self.tokens.text(at + 1);
            }
            b':' if self.depth > 0 => self.tokens.text(at + 1),
            b'|' | b'>' if self.depth == 0 => self.block_header(at),
            b'"' | b'\'' => match self.quoted(at) {
                Some((end, kind)) => self.scalar(end, kind),
                None => self.plain(at),
            },
            _ => self.plain(at),
        }
    }

    /// Starts a line of `YAML` at `start`, behind the block that the last line may have opened.
    fn yaml_line(&mut self, start: usize) {
        let Line { body, opens_block, .. } = self.line;
        let mut end = start;
        while opens_block && end < self.code.len() {
            let text = self.skip(end, |b| b == b' ');
            let is_empty = self.byte(self.skip(text, is_blank)) == b'\n';
            if !is_empty && text - end < body {
                break;
            }
            end = self.code.len().min(self.skip(text, |b| b != b'\n') + 1);
        }
        self.tokens.text(start);
        self.cover(TokenKind::Text, end);
        self.line = Line { start: end, body: 1, ..Line::default() };
    }

    /// Reads `|-` and the like, if a block follows.
    fn block_header(&mut self, at: usize) {
        let end = self.skip(at + 1, |b| matches!(b, b'+' | b'-' | b'0'..=b'9'));
        let after = self.byte(self.skip(end, is_blank));
        if self.ends_word(end) && matches!(after, b'\n' | b'#') {
            self.line.opens_block = true;
            self.tokens.push(TokenKind::Operator, end);
        } else {
            self.plain(at);
        }
    }

    /// Returns true where the `:` at `at` ends a key.
    fn ends_key(&self, at: usize) -> bool {
        let flow = self.depth > 0;
        self.byte(at) == b':'
            && (flow || !self.line.keyed)
            && (self.ends_word(at + 1) || flow && is_flow(self.byte(at + 1)))
    }

    /// Reads a scalar without quotes: to the end of its key, of its line, or of its place in a list.
    fn plain(&mut self, at: usize) {
        let mut end = at;
        let mut last = at;
        while let Some(&byte) = self.code.get(end) {
            let found = if byte == b'{' { placeholder::braces(self.code, end) } else { None };
            if let Some(after) = found {
                end = after;
                last = after;
                continue;
            }
            if byte == b'\n'
                || byte == b'#' && last < end
                || byte == b':' && end > at && self.ends_key(end)
                || self.depth > 0 && is_flow(byte) && end > at
            {
                break;
            }
            end += 1;
            if !is_blank(byte) {
                last = end;
            }
        }
        let text = self.text.get(at..last).unwrap_or("");
        let kind = if self.is_keyword(text.as_bytes()) {
            TokenKind::Keyword
        } else if text.ends_with(|c: char| c.is_ascii_digit()) && text.parse::<f64>().is_ok() {
            TokenKind::Number
        } else {
            TokenKind::Text
        };
        self.scalar(last, kind);
    }

    /// Covers a scalar of `YAML`, and the `:` behind it where it is a key.
    fn scalar(&mut self, end: usize, kind: TokenKind) {
        let colon = self.skip(end, is_blank);
        // Behind a quoted key in braces, `:` needs no space.
        let quoted = kind == TokenKind::String && self.depth > 0 && self.byte(colon) == b':';
        if quoted || self.ends_key(colon) {
            let column = self.tokens.end().saturating_sub(self.line.start);
            self.cover(TokenKind::Label, end);
            self.tokens.text(colon + 1);
            self.line.keyed = true;
            self.line.body = column + 1;
        } else {
            self.cover(kind, end);
        }
    }
}

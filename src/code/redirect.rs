//! `<` and `>` of a shell script → tokens: redirections, heredocs with their bodies, and the names
//! to fill in that look like them.

use crate::code::placeholder;
use crate::code::prompt;
use crate::code::shell::{Frame, MAX_DEPTH, ShellLexer};
use crate::code::token::TokenKind;

/// Most heredocs that one line may open.
const MAX_HEREDOCS: usize = 8;

/// A heredoc whose body starts on the next line.
#[derive(Clone, Copy, Debug)]
pub(in crate::code) struct Heredoc<'a> {
    delimiter: &'a [u8],
    strips_tabs: bool,
}

impl<'a> ShellLexer<'a> {
    /// Reads `<` or `>`: a name to fill in, a heredoc or a redirection.
    pub(in crate::code) fn redirection(&mut self, at: usize) {
        if let (b'<', Some(end)) = (self.byte(at), placeholder::angle(self.code, at)) {
            self.start_word();
            self.tokens.push(TokenKind::Placeholder, end);
            return;
        }
        self.word = None;
        let end = match (self.byte(at), self.byte(at + 1), self.byte(at + 2)) {
            (b'<', b'<', b'<') => at + 3,
            (b'<', b'<', _) => return self.heredoc(at),
            (_, b'(', _) if self.stack.len() < MAX_DEPTH => {
                self.start_word();
                self.tokens.push(TokenKind::Operator, at + 2);
                return self.nest(Frame::Parenthesis { command: self.command });
            }
            (_, b'&', b'0'..=b'9' | b'-') => {
                self.tokens.push(TokenKind::Operator, at + 3);
                return;
            }
            (_, b'&' | b'>' | b'|', _) => at + 2,
            _ => at + 1,
        };
        self.tokens.push(TokenKind::Operator, end);
        self.skip_words = 1;
    }

    /// Reads `<<EOF`; the body follows on the next line.
    fn heredoc(&mut self, at: usize) {
        let strips_tabs = self.byte(at + 2) == b'-';
        let mut from = at + 2 + usize::from(strips_tabs);
        self.tokens.push(TokenKind::Operator, from);
        while self.byte(from) == b' ' {
            from += 1;
        }
        let quoted = matches!(self.byte(from), b'\'' | b'"' | b'\\');
        let start = from + usize::from(quoted);
        let rest = self.code.get(start..).unwrap_or_default();
        let length = rest.iter().position(|b| !placeholder::is_word_byte(*b)).unwrap_or(rest.len());
        let delimiter = rest.get(..length).unwrap_or_default();
        if !delimiter.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
            || self.heredocs.len() >= MAX_HEREDOCS
        {
            return;
        }
        self.tokens.text(from);
        let closed = quoted && self.byte(start + length) == self.byte(from);
        self.tokens.push(TokenKind::String, start + length + usize::from(closed));
        self.heredocs.push(Heredoc { delimiter, strips_tabs });
    }

    /// Reads a heredoc to its delimiter, or to the end. Returns false at a prompt of a session.
    pub(in crate::code) fn heredoc_body(&mut self, heredoc: Heredoc<'a>) -> bool {
        while self.position() < self.code.len() {
            if let Some(session) = self.session {
                if prompt::end(self.code, self.position(), session).is_some() {
                    return false;
                }
                if let Some(end) = prompt::continuation_end(self.code, self.position()) {
                    self.tokens.push(TokenKind::Prompt, end);
                }
            }
            let rest = self.code.get(self.position()..).unwrap_or_default();
            let length = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
            let line = rest.get(..length).unwrap_or_default().trim_ascii_end();
            let line = if heredoc.strips_tabs { line.trim_ascii_start() } else { line };
            let ends = line == heredoc.delimiter;
            let end = self.position() + (length + 1).min(rest.len());
            self.tokens.push(TokenKind::String, end);
            if ends {
                break;
            }
        }
        true
    }
}

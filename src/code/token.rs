//! The vocabulary of the lexers: a [`Token`] is a kind and a byte range, [`Tokens`] collects them
//! so that they cover the code exactly.

/// What a piece of code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Anything without a meaning of its own: arguments, white space.
    Text,
    /// A comment, without the line break after it.
    Comment,
    /// The first word of a simple command, also after `|`, `;`, `&&`, `$(` and `sudo`.
    Command,
    /// A word of the language: `if`, `done`, `sum`, `by`.
    Keyword,
    /// An option with its dashes and without its value: `--flag`, `-x`.
    Option,
    /// A quoted string with its quotes, or a line of a heredoc's body.
    String,
    /// `$X`, `${X}`, or the name in an assignment `X=1`.
    Variable,
    /// A name to be replaced by the reader: `<name>`, `{{ name }}`, `NAME_HERE`, `[NAME]`.
    Placeholder,
    /// A pipe, a redirection, a line continuation, an arithmetic operator.
    Operator,
    /// A prompt with the space after it.
    Prompt,
    /// A line a command printed, with its line break.
    Output,
    /// The name of a function (`PromQL`, `LogQL`).
    Function,
    /// The name of a label (`PromQL`, `LogQL`).
    Label,
    /// A number or a duration (`PromQL`, `LogQL`).
    Number,
}

/// A piece of code: the bytes `start..end`, which lie on character boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What the piece is.
    pub kind: TokenKind,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Token {
    /// Returns the token's text, or "" where `code` is not the code it was made from.
    pub fn of(self, code: &str) -> &str {
        code.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}

/// Collects tokens in order. Neighbours of the same kind become one where nobody needs them apart.
#[derive(Debug)]
pub struct Tokens {
    tokens: Vec<Token>,
    end: usize,
}

impl Tokens {
    /// Returns an empty collection with room for the tokens of `code`.
    pub fn for_code(code: &str) -> Self {
        Self { tokens: Vec::with_capacity(code.len() / 6 + 4), end: 0 }
    }

    /// Returns the byte up to which the code is covered.
    pub fn end(&self) -> usize {
        self.end
    }

    /// Covers the code from where the last token ended to `end`; nothing where that is no byte.
    pub fn push(&mut self, kind: TokenKind, end: usize) {
        if end <= self.end {
            return;
        }
        let merges = matches!(kind, TokenKind::Text | TokenKind::String | TokenKind::Output);
        match self.tokens.last_mut() {
            Some(last) if merges && last.kind == kind => last.end = end as u32,
            _ => self.tokens.push(Token { kind, start: self.end as u32, end: end as u32 }),
        }
        self.end = end;
    }

    /// Covers the code with text up to `end`.
    pub fn text(&mut self, end: usize) {
        self.push(TokenKind::Text, end);
    }

    /// Returns the tokens, with the rest of `code` covered by text.
    pub fn finish(mut self, code: &str) -> Vec<Token> {
        self.text(code.len());
        self.tokens
    }
}

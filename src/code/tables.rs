//! What the lexer in [`crate::code::table`] has to know of each of its languages.

use crate::code::token::TokenKind;

/// How a quote is written inside a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::code) enum Escape {
    None,
    Backslash,
    Doubled,
}

/// What a name is by what stands behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::code) enum Names {
    Plain,
    /// A key before `:`, as is a string; numbers take the `-` before them.
    Keys,
    /// A function before `(`.
    Calls,
}

/// A string delimiter.
#[derive(Clone, Copy, Debug)]
pub(in crate::code) struct Quote {
    pub(in crate::code) sign: u8,
    pub(in crate::code) escape: Escape,
    /// Whether the string may go on in the next line.
    pub(in crate::code) lines: bool,
    pub(in crate::code) kind: TokenKind,
}

const fn quote(sign: u8, escape: Escape, lines: bool, kind: TokenKind) -> Quote {
    Quote { sign, escape, lines, kind }
}

/// What the lexer has to know of a language.
#[derive(Debug)]
pub(in crate::code) struct Table {
    pub(in crate::code) line_comment: &'static [u8],
    pub(in crate::code) block_comment: Option<(&'static [u8], &'static [u8])>,
    pub(in crate::code) quotes: &'static [Quote],
    /// In lower case and in order.
    pub(in crate::code) keywords: &'static [&'static str],
    pub(in crate::code) ignore_case: bool,
    /// Signs that start a variable before a name or, for `$`, a number.
    pub(in crate::code) variables: &'static [u8],
    pub(in crate::code) names: Names,
    /// Whether names to fill in are marked.
    pub(in crate::code) placeholders: bool,
}

pub(in crate::code) const YAML: Table = Table {
    line_comment: b"#",
    block_comment: None,
    quotes: &[
        quote(b'"', Escape::Backslash, true, TokenKind::String),
        quote(b'\'', Escape::Doubled, true, TokenKind::String),
    ],
    keywords: &["false", "no", "null", "off", "on", "true", "yes", "~"],
    ignore_case: true,
    variables: b"&*!",
    names: Names::Keys,
    placeholders: true,
};

pub(in crate::code) const JSON: Table = Table {
    line_comment: b"//",
    block_comment: Some((b"/*", b"*/")),
    quotes: &[
        quote(b'"', Escape::Backslash, false, TokenKind::String),
        quote(b'\'', Escape::Backslash, false, TokenKind::String),
    ],
    keywords: &["false", "null", "true"],
    ignore_case: false,
    variables: b"",
    names: Names::Keys,
    placeholders: true,
};

pub(in crate::code) const SQL: Table = Table {
    line_comment: b"--",
    block_comment: Some((b"/*", b"*/")),
    quotes: &[
        quote(b'\'', Escape::Doubled, true, TokenKind::String),
        quote(b'"', Escape::Doubled, false, TokenKind::Variable),
        quote(b'`', Escape::Doubled, false, TokenKind::Variable),
    ],
    keywords: &SQL_KEYWORDS,
    ignore_case: true,
    variables: b"$:@",
    names: Names::Plain,
    placeholders: true,
};

pub(in crate::code) const GO: Table = Table {
    line_comment: b"//",
    block_comment: Some((b"/*", b"*/")),
    quotes: &[
        quote(b'"', Escape::Backslash, false, TokenKind::String),
        quote(b'\'', Escape::Backslash, false, TokenKind::String),
        quote(b'`', Escape::None, true, TokenKind::String),
    ],
    keywords: &GO_KEYWORDS,
    ignore_case: false,
    variables: b"",
    names: Names::Calls,
    placeholders: false,
};

#[rustfmt::skip]
const SQL_KEYWORDS: [&str; 132] = [
    "add", "all", "alter", "analyze", "and", "any", "as", "asc", "begin", "between", "bigint",
    "boolean", "buffers", "by", "cascade", "case", "cast", "check", "column", "commit",
    "concurrently", "constraint", "copy", "create", "cross", "current_date", "current_timestamp",
    "database", "declare", "default", "delete", "desc", "distinct", "do", "drop", "else", "end",
    "except", "execute", "exists", "explain", "extension", "false", "fetch", "filter", "for",
    "foreign", "from", "full", "function", "global", "grant", "group", "having", "if", "ilike",
    "in", "index", "inner", "insert", "int", "integer", "intersect", "interval", "into", "is",
    "join", "key", "kill", "language", "lateral", "left", "like", "limit", "lock", "loop",
    "materialized", "not", "null", "offset", "on", "only", "or", "order", "outer", "over",
    "owner", "partition", "primary", "privileges", "procedure", "public", "references", "reindex",
    "rename", "replace", "reset", "returning", "returns", "revoke", "right", "role", "rollback",
    "savepoint", "schema", "select", "sequence", "serial", "session", "set", "show", "table",
    "text", "then", "timestamp", "to", "transaction", "trigger", "true", "truncate", "union",
    "unique", "update", "use", "using", "vacuum", "values", "varchar", "view", "when", "where",
    "with",
];

#[rustfmt::skip]
const GO_KEYWORDS: [&str; 29] = [
    "break", "case", "chan", "const", "continue", "default", "defer", "else", "fallthrough",
    "false", "for", "func", "go", "goto", "if", "import", "interface", "iota", "map", "nil",
    "package", "range", "return", "select", "struct", "switch", "true", "type", "var",
];

//! `YAML`, `JSON`, `SQL` and `Go` → tokens, in one pass that a static table for each language
//! steers. It does not check syntax.
//!
//! A string that nothing closes is text: to its line's end where it may not go on behind that, or
//! else the quote alone, and from there on that quote is not looked for again. So every byte is
//! read a bounded number of times.

use crate::render::lexer::placeholder;
use crate::render::lexer::token::{Token, TokenKind, Tokens};

/// A language that is read by its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableLanguage {
    /// `YAML`, also with Jinja or Helm templates inside.
    Yaml,
    /// `JSON`, also with comments and with what `JSON5` allows.
    Json,
    /// `SQL` in any dialect.
    Sql,
    /// The Go programming language.
    Go,
}

/// How a quote is written inside a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Escape {
    None,
    Backslash,
    Doubled,
}

/// What a name is by what stands behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    Plain,
    /// A key before `:`, as is a string; numbers take the `-` before them.
    Keys,
    /// A function before `(`.
    Calls,
}

/// A string delimiter.
#[derive(Clone, Copy, Debug)]
struct Quote {
    sign: u8,
    escape: Escape,
    /// Whether the string may go on in the next line.
    lines: bool,
    kind: TokenKind,
}

const fn quote(sign: u8, escape: Escape, lines: bool, kind: TokenKind) -> Quote {
    Quote { sign, escape, lines, kind }
}

/// What the lexer has to know of a language.
#[derive(Debug)]
struct Table {
    line_comment: &'static [u8],
    block_comment: Option<(&'static [u8], &'static [u8])>,
    quotes: &'static [Quote],
    /// In lower case and in order.
    keywords: &'static [&'static str],
    ignore_case: bool,
    /// Signs that start a variable before a name or, for `$`, a number.
    variables: &'static [u8],
    names: Names,
    /// Whether names to fill in are marked.
    placeholders: bool,
}

const YAML: Table = Table {
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

const JSON: Table = Table {
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

const SQL: Table = Table {
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

const GO: Table = Table {
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

/// Returns the tokens of a block.
pub fn lex(code: &str, language: TableLanguage) -> Vec<Token> {
    let table = match language {
        TableLanguage::Yaml => &YAML,
        TableLanguage::Json => &JSON,
        TableLanguage::Sql => &SQL,
        TableLanguage::Go => &GO,
    };
    let mut lexer = TableLexer {
        text: code,
        code: code.as_bytes(),
        tokens: Tokens::for_code(code),
        table,
        unclosed: 0,
        line: Line::default(),
        depth: 0,
    };
    while lexer.tokens.end() < code.len() {
        if language == TableLanguage::Yaml {
            lexer.yaml_step();
        } else {
            lexer.step();
        }
    }
    lexer.tokens.finish(code)
}

/// What is known of the line of `YAML` that is read.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    start: usize,
    /// Whether the line has a key; what follows is its value.
    keyed: bool,
    /// Least indentation of a block that belongs to the last key or `-`.
    body: usize,
    /// Whether the next lines are such a block.
    opens_block: bool,
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}

fn is_flow(byte: u8) -> bool {
    matches!(byte, b',' | b'[' | b']' | b'{' | b'}')
}

/// The lexer at work.
#[derive(Debug)]
struct TableLexer<'a> {
    text: &'a str,
    code: &'a [u8],
    tokens: Tokens,
    table: &'static Table,
    /// A bit for each quote of the table that the rest of the code does not close.
    unclosed: u8,
    line: Line,
    /// Open `[` and `{` of `YAML`.
    depth: usize,
}

fn is_name_byte(byte: u8) -> bool {
    placeholder::is_word_byte(byte) || !byte.is_ascii()
}

impl TableLexer<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.code.get(at).copied().unwrap_or(b'\n')
    }

    fn starts(&self, at: usize, mark: &[u8]) -> bool {
        self.code.get(at..).is_some_and(|rest| rest.starts_with(mark))
    }

    /// Returns the first byte from `from` on that `inside` does not hold for.
    fn skip(&self, from: usize, inside: impl Fn(u8) -> bool) -> usize {
        let rest = self.code.get(from..).unwrap_or_default();
        from + rest.iter().position(|b| !inside(*b)).unwrap_or(rest.len())
    }

    /// Reads one token of `JSON`, `SQL` or `Go`.
    fn step(&mut self) {
        let at = self.tokens.end();
        let byte = self.byte(at);
        if byte.is_ascii_whitespace() {
            let end = self.skip(at, |b| b.is_ascii_whitespace());
            self.tokens.text(end);
        } else if is_name_byte(byte) && !byte.is_ascii_digit() {
            self.name(at);
        } else if byte.is_ascii_digit()
            || byte == b'-' && self.table.names == Names::Keys && self.byte(at + 1).is_ascii_digit()
        {
            self.number(at);
        } else if !self.comment(at) && !self.string(at) && !self.variable(at) {
            self.placeholder(at);
        }
    }

    fn name(&mut self, at: usize) {
        let end = self.skip(at, is_name_byte);
        let name = self.code.get(at..end).unwrap_or_default();
        let kind = if self.table.placeholders && placeholder::is_word(name) {
            TokenKind::Placeholder
        } else if self.is_key(end) {
            TokenKind::Label
        } else if self.is_keyword(name) {
            TokenKind::Keyword
        } else if self.table.names == Names::Calls && self.byte(end) == b'(' {
            TokenKind::Function
        } else {
            TokenKind::Text
        };
        self.tokens.push(kind, end);
    }

    fn is_keyword(&self, name: &[u8]) -> bool {
        let fold = |b: &u8| if self.table.ignore_case { b.to_ascii_lowercase() } else { *b };
        let found = self.table.keywords.binary_search_by(|k| k.bytes().cmp(name.iter().map(fold)));
        found.is_ok()
    }

    /// Returns true where what ends at `end` is a key of `JSON`.
    fn is_key(&self, end: usize) -> bool {
        self.table.names == Names::Keys
            && self.byte(self.skip(end, |b| b.is_ascii_whitespace())) == b':'
    }

    fn number(&mut self, at: usize) {
        let inside = |b| placeholder::is_word_byte(b) || b == b'.';
        let mut end = self.skip(at + 1, inside);
        let exponent = matches!(self.byte(end - 1), b'e' | b'E') && self.byte(at + 1) != b'x';
        if exponent && matches!(self.byte(end), b'+' | b'-') {
            end = self.skip(end + 1, inside);
        }
        self.tokens.push(TokenKind::Number, end);
    }

    /// Reads a comment, if one starts here. A block comment that nothing closes goes to the end.
    fn comment(&mut self, at: usize) -> bool {
        if self.starts(at, self.table.line_comment) {
            let end = self.skip(at, |b| b != b'\n');
            self.tokens.push(TokenKind::Comment, end);
            return true;
        }
        let Some((_, close)) = self.table.block_comment.filter(|(open, _)| self.starts(at, open))
        else {
            return false;
        };
        let rest = self.code.get(at + 2..).unwrap_or_default();
        let length = rest.windows(close.len()).position(|window| window == close);
        let end = length.map_or(self.code.len(), |length| at + 2 + length + close.len());
        self.tokens.push(TokenKind::Comment, end);
        true
    }

    /// Reads a string, if a quote stands here.
    fn string(&mut self, at: usize) -> bool {
        let Some((end, kind)) = self.quoted(at) else { return false };
        let kind =
            if kind == TokenKind::String && self.is_key(end) { TokenKind::Label } else { kind };
        self.cover(kind, end);
        true
    }

    /// Returns the end and the kind of the string that starts here.
    fn quoted(&mut self, at: usize) -> Option<(usize, TokenKind)> {
        let sign = self.byte(at);
        let index = self.table.quotes.iter().position(|quote| quote.sign == sign)?;
        let quote = self.table.quotes.get(index)?;
        if self.unclosed & 1 << index != 0 {
            return None;
        }
        let mut end = at + 1;
        while let Some(&byte) = self.code.get(end) {
            end += 1;
            if byte == b'\\' && quote.escape == Escape::Backslash {
                end += usize::from(quote.lines || self.byte(end) != b'\n');
            } else if byte == sign {
                if quote.escape != Escape::Doubled || self.code.get(end) != Some(&sign) {
                    return Some((end, quote.kind));
                }
                end += 1;
            } else if byte == b'\n' && !quote.lines {
                return Some((end - 1, TokenKind::Text));
            }
        }
        if quote.lines {
            self.unclosed |= 1 << index;
            return None;
        }
        Some((self.code.len(), TokenKind::Text))
    }

    /// Reads `$1`, `:name` or `@name`, if the table has them.
    fn variable(&mut self, at: usize) -> bool {
        let (sign, next) = (self.byte(at), self.byte(at + 1));
        let before = at.checked_sub(1).map_or(b' ', |before| self.byte(before));
        let named = next.is_ascii_alphabetic() || next == b'_';
        let starts = self.table.variables.contains(&sign)
            && (named || sign == b'$' && next.is_ascii_digit())
            // `a::text` casts, `a[1:n]` is a range, `a@b` an address.
            && !is_name_byte(before)
            && before != sign;
        if starts {
            let end = self.skip(at + 1, placeholder::is_word_byte);
            self.tokens.push(TokenKind::Variable, end);
        }
        starts
    }

    fn found(&self, at: usize) -> Option<usize> {
        match self.byte(at) {
            b'<' if self.table.placeholders => placeholder::angle(self.code, at),
            b'{' if self.table.placeholders => placeholder::braces(self.code, at),
            _ => None,
        }
    }

    /// Reads a name to fill in, or else one byte of text.
    fn placeholder(&mut self, at: usize) {
        match self.found(at) {
            Some(end) => self.tokens.push(TokenKind::Placeholder, end),
            None => self.tokens.text(at + 1),
        }
    }

    /// Covers the code up to `end` with `kind`, but for the names that are to be filled in.
    fn cover(&mut self, kind: TokenKind, end: usize) {
        let mut at = self.tokens.end();
        let mut start = at;
        while at <= end && self.table.placeholders {
            let byte = self.byte(at);
            if at < end && (placeholder::is_word_byte(byte) || byte == b'-') {
                at += 1;
                continue;
            }
            let word = self.code.get(start..at).unwrap_or_default();
            if word.len() > 5 && placeholder::is_word(word) {
                self.tokens.push(kind, start);
                self.tokens.push(TokenKind::Placeholder, at);
            }
            let found = if at < end { self.found(at).filter(|after| *after <= end) } else { None };
            if let Some(after) = found {
                self.tokens.push(kind, at);
                self.tokens.push(TokenKind::Placeholder, after);
            }
            at = found.unwrap_or(at + 1);
            start = at;
        }
        self.tokens.push(kind, end);
    }
}

impl TableLexer<'_> {
    /// Returns true where white space or the end stands.
    fn ends_word(&self, at: usize) -> bool {
        is_blank(self.byte(at)) || self.byte(at) == b'\n'
    }

    /// Reads one token of `YAML`.
    fn yaml_step(&mut self) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use TableLanguage::{Go, Json, Sql, Yaml};

    const ALL: [TableLanguage; 4] = [Yaml, Json, Sql, Go];

    #[track_caller]
    fn check(language: TableLanguage, code: &str, kind: TokenKind, expected: &[&str]) {
        let tokens = lex(code, language);
        let found: Vec<&str> =
            tokens.iter().filter(|t| t.kind == kind).map(|t| t.of(code)).collect();
        assert_eq!(found, expected, "{code:?} {tokens:?}");
    }

    #[test]
    fn keywords_are_in_order() {
        for table in [YAML, JSON, SQL, GO] {
            assert!(table.keywords.is_sorted_by(|a, b| a < b), "{:?}", table.keywords);
            assert!(table.keywords.iter().all(|k| **k == k.to_ascii_lowercase()));
        }
    }

    #[test]
    fn the_code_is_covered_exactly() {
        let pieces = [
            "", "a", ": ", "\n", "\r\n", "  ", "- ", "\"", "'", "`", "\\", "/*", "*/", "--", "//",
            "#", " # ", "é", "\u{200b}", "1e", "-", "{", "}", "{{ x }}", "<name>", "[", "]", ",",
            "|", ">-", "$1", ":n", "&a", "*", "!", "---", "X_HERE", "true", "(", "\u{0}", "\t",
        ];
        let mut seed = 1_u32;
        for round in 0..20_000 {
            let mut code = String::new();
            for _ in 0..round % 24 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                code.push_str(pieces[(seed >> 16) as usize % pieces.len()]);
            }
            for language in ALL {
                let mut end = 0;
                for token in lex(&code, language) {
                    assert!(token.start == end && token.end > end, "{code:?} {token:?}");
                    assert!(code.is_char_boundary(token.end as usize), "{code:?} {token:?}");
                    end = token.end;
                }
                assert_eq!(end as usize, code.len(), "{code:?}");
            }
        }
    }

    #[test]
    fn many_open_quotes_cost_no_more_than_one() {
        for piece in ["\"", "'", "`", "'\n", "a: \"\n", "{{", "<", "/*", "a: [", "\\\"", "- |\n"] {
            let code = piece.repeat(200_000);
            for language in ALL {
                assert!(!lex(&code, language).is_empty());
            }
        }
    }

    #[test]
    fn yaml_keys_values_and_comments() {
        let code = "---\r\n# é\r\nname: web # c\r\n\"q k\": 'it''s'\nurl: http://x#y\n- image : \
                    \"a\\\"b\"\n  n: -1.5\n  v: 1.2.3\n  on: Yes\n  e: ~\n  cmd: echo a: b\n\
                    base: &b !Ref x\n<<: *b\nm: {a: 1, \"b\":true, c: [x, 'y']}\n...\n";
        let keys = [
            "name", "\"q k\"", "url", "image", "n", "v", "on", "e", "cmd", "base", "<<", "m", "a",
            "\"b\"", "c",
        ];
        check(Yaml, code, TokenKind::Label, &keys);
        check(Yaml, code, TokenKind::Comment, &["# é\r", "# c\r"]);
        check(Yaml, code, TokenKind::String, &["'it''s'", "\"a\\\"b\"", "'y'"]);
        check(Yaml, code, TokenKind::Number, &["-1.5", "1"]);
        check(Yaml, code, TokenKind::Keyword, &["Yes", "~", "true"]);
        check(Yaml, code, TokenKind::Variable, &["&b", "!Ref", "*b"]);
        check(Yaml, code, TokenKind::Operator, &["---", "..."]);
    }

    #[test]
    fn yaml_blocks_are_text_up_to_the_next_key() {
        let code = "- run: |-\n    echo \"a: b\n    x: 'y # z <name>\n\n  env: >\n    k: v\n- |\n \
                    a: 1\nb: | c\n";
        check(Yaml, code, TokenKind::Label, &["run", "env", "b"]);
        check(Yaml, code, TokenKind::Operator, &["|-", ">", "|"]);
        check(Yaml, code, TokenKind::String, &[]);
        check(Yaml, code, TokenKind::Placeholder, &["<name>"]);
        check(Yaml, "a: \"open\nb: 'x'\nc: it's", TokenKind::Label, &["a", "b", "c"]);
    }

    #[test]
    fn placeholders_stand_in_text_and_in_strings() {
        let code = "a: <name>/{{ x }}:1\nk: \"v-<your name>\"\n<key>: TOKEN_HERE\nl: [{{ y }}]\n\
                    {{- if .Values.a }}";
        let expected = ["<name>", "{{ x }}", "<your name>", "<key>", "TOKEN_HERE", "{{ y }}"];
        check(Yaml, code, TokenKind::Placeholder, &expected);
        check(Yaml, code, TokenKind::Label, &["a", "k", "l"]);
        let code = "{\"a\": \"<name>\", \"<key>\": {{ x }}, \"c\": YOUR_ID, \"d\": <n>}";
        let expected = ["<name>", "<key>", "{{ x }}", "YOUR_ID", "<n>"];
        check(Json, code, TokenKind::Placeholder, &expected);
        let code = "select '<id>', ID_HERE from <users> where a < 1 and b<>2";
        check(Sql, code, TokenKind::Placeholder, &["<id>", "ID_HERE", "<users>"]);
        check(Go, "var c <chan> x_HERE", TokenKind::Placeholder, &[]);
    }

    #[test]
    fn json_keys_are_told_from_values() {
        let code = "{\"a\\\"b\" : \"c\\\\\", // d\r\n u: [true, null, -1.5e+3, \"é\"], /* \"x\": 1 \
                    */ \"open: 1\n, \"n\": 0}";
        check(Json, code, TokenKind::Label, &["\"a\\\"b\"", "u", "\"n\""]);
        check(Json, code, TokenKind::String, &["\"c\\\\\"", "\"é\""]);
        check(Json, code, TokenKind::Keyword, &["true", "null"]);
        check(Json, code, TokenKind::Number, &["-1.5e+3", "0"]);
        check(Json, code, TokenKind::Comment, &["// d\r", "/* \"x\": 1 */"]);
    }

    #[test]
    fn sql_is_read_in_any_case() {
        let code = "SELECT \"a b\", x::text, 'it''s\n2' -- c'\r\nFrom t /* d\n */ where y = $1 and \
                    z=:name limit 10;\n'open from";
        check(
            Sql,
            code,
            TokenKind::Keyword,
            &["SELECT", "text", "From", "where", "and", "limit", "from"],
        );
        check(Sql, code, TokenKind::String, &["'it''s\n2'"]);
        check(Sql, code, TokenKind::Variable, &["\"a b\"", "$1", ":name"]);
        check(Sql, code, TokenKind::Comment, &["-- c'\r", "/* d\n */"]);
        check(Sql, code, TokenKind::Number, &["10"]);
    }

    #[test]
    fn go_calls_strings_and_runes() {
        let code = "func main() { // c\n\tx := `a\n\"b`\n\tfmt.Println(\"é\\\"\", '\\'', 0x1e-1, \
                    2.5e-3, nil)\n\ty := \"open\n\tif ok {} /* open";
        check(Go, code, TokenKind::Keyword, &["func", "nil", "if"]);
        check(Go, code, TokenKind::Function, &["main", "Println"]);
        check(Go, code, TokenKind::String, &["`a\n\"b`", "\"é\\\"\"", "'\\''"]);
        check(Go, code, TokenKind::Number, &["0x1e", "1", "2.5e-3"]);
        check(Go, code, TokenKind::Comment, &["// c", "/* open"]);
    }
}

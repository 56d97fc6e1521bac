//! `YAML`, `JSON`, `SQL` and `Go` → tokens, in one pass that a static table for each language
//! steers. It does not check syntax.
//!
//! A string that nothing closes is text: to its line's end where it may not go on behind that, or
//! else the quote alone, and from there on that quote is not looked for again. So every byte is
//! read a bounded number of times.

use crate::code::placeholder;
use crate::code::tables::{Escape, GO, JSON, Names, SQL, Table, YAML};
use crate::code::token::{Token, TokenKind, Tokens};
use crate::code::yaml::Line;

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

/// The lexer at work; what is `YAML`'s alone stands in [`crate::code::yaml`].
#[derive(Debug)]
pub(in crate::code) struct TableLexer<'a> {
    pub(in crate::code) text: &'a str,
    pub(in crate::code) code: &'a [u8],
    pub(in crate::code) tokens: Tokens,
    table: &'static Table,
    /// A bit for each quote of the table that the rest of the code does not close.
    unclosed: u8,
    pub(in crate::code) line: Line,
    /// Open `[` and `{` of `YAML`.
    pub(in crate::code) depth: usize,
}

pub(in crate::code) fn is_name_byte(byte: u8) -> bool {
    placeholder::is_word_byte(byte) || !byte.is_ascii()
}

impl TableLexer<'_> {
    pub(in crate::code) fn byte(&self, at: usize) -> u8 {
        self.code.get(at).copied().unwrap_or(b'\n')
    }

    pub(in crate::code) fn starts(&self, at: usize, mark: &[u8]) -> bool {
        self.code.get(at..).is_some_and(|rest| rest.starts_with(mark))
    }

    /// Returns the first byte from `from` on that `inside` does not hold for.
    pub(in crate::code) fn skip(&self, from: usize, inside: impl Fn(u8) -> bool) -> usize {
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

    pub(in crate::code) fn is_keyword(&self, name: &[u8]) -> bool {
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
    pub(in crate::code) fn comment(&mut self, at: usize) -> bool {
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
    pub(in crate::code) fn quoted(&mut self, at: usize) -> Option<(usize, TokenKind)> {
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
    pub(in crate::code) fn cover(&mut self, kind: TokenKind, end: usize) {
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

//! `PromQL` and `LogQL` → tokens, in one pass. Both share names, selectors, strings and durations;
//! `LogQL` adds stages behind `|`. It does not check syntax.

use crate::code::placeholder;
use crate::code::token::{Token, TokenKind, Tokens};

/// Which of the two languages a block is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Prometheus queries.
    PromQl,
    /// Loki queries.
    LogQl,
}

/// Aggregations and words of the grammar.
const KEYWORDS: [&str; 29] = [
    "and",
    "atan2",
    "avg",
    "bool",
    "bottomk",
    "by",
    "count",
    "count_values",
    "end",
    "group",
    "group_left",
    "group_right",
    "ignoring",
    "inf",
    "limit_ratio",
    "limitk",
    "max",
    "min",
    "nan",
    "offset",
    "on",
    "or",
    "quantile",
    "start",
    "stddev",
    "stdvar",
    "sum",
    "topk",
    "unless",
];

/// Words behind which a list of labels stands in parentheses.
const BEFORE_LABELS: [&str; 6] = ["by", "group_left", "group_right", "ignoring", "on", "without"];

/// Stages of a `LogQL` pipeline.
const STAGES: [&str; 13] = [
    "decolorize",
    "drop",
    "ip",
    "json",
    "keep",
    "label_format",
    "line_format",
    "logfmt",
    "packed",
    "pattern",
    "regexp",
    "unpack",
    "unwrap",
];

/// Returns the tokens of a query.
pub fn lex_query(code: &str, dialect: Dialect) -> Vec<Token> {
    let mut lexer = QueryLexer {
        text: code,
        code: code.as_bytes(),
        tokens: Tokens::for_code(code),
        dialect,
        in_selector: false,
        labels: Labels::No,
        after_pipe: false,
    };
    while lexer.tokens.end() < code.len() {
        lexer.step();
    }
    lexer.tokens.finish(code)
}

/// Whether names are those of labels, as in `by (job, instance)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Labels {
    No,
    AfterParenthesis,
    Yes,
}

#[derive(Debug)]
struct QueryLexer<'a> {
    text: &'a str,
    code: &'a [u8],
    tokens: Tokens,
    dialect: Dialect,
    in_selector: bool,
    labels: Labels,
    after_pipe: bool,
}

impl QueryLexer<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.code.get(at).copied().unwrap_or(b'\n')
    }

    /// Returns the first byte from `from` on that `inside` does not hold for.
    fn skip(&self, from: usize, inside: impl Fn(u8) -> bool) -> usize {
        let rest = self.code.get(from..).unwrap_or_default();
        from + rest.iter().position(|b| !inside(*b)).unwrap_or(rest.len())
    }

    fn step(&mut self) {
        let at = self.tokens.end();
        let byte = self.byte(at);
        match byte {
            b'#' => {
                let end = self.skip(at, |b| b != b'\n');
                self.tokens.push(TokenKind::Comment, end);
            }
            b'"' | b'\'' | b'`' => self.string(at, byte),
            b'0'..=b'9' => {
                let mut end = self.skip(at, |b| placeholder::is_word_byte(b) || b == b'.');
                if matches!(self.byte(end - 1), b'e' | b'E')
                    && matches!(self.byte(end), b'+' | b'-')
                {
                    end = self.skip(end + 1, |b| b.is_ascii_digit());
                }
                self.tokens.push(TokenKind::Number, end);
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.name(at),
            b'$' => self.variable(at),
            b'<' | b'{' | b'[' => self.opening(at, byte),
            b'(' => {
                self.labels =
                    if self.labels == Labels::AfterParenthesis { Labels::Yes } else { Labels::No };
                self.tokens.text(at + 1);
            }
            b')' | b'}' => {
                self.labels = Labels::No;
                self.in_selector &= byte != b'}';
                self.tokens.text(at + 1);
            }
            b'+' | b'-' | b'*' | b'/' | b'%' | b'^' | b'=' | b'!' | b'>' | b'|' | b'~' | b'@' => {
                self.after_pipe = byte == b'|';
                self.tokens.push(TokenKind::Operator, at + 1);
            }
            byte if byte.is_ascii() => self.tokens.text(at + 1),
            _ => {
                let end = self.skip(at, |b| !b.is_ascii());
                self.tokens.text(end);
            }
        }
    }

    /// Reads `<`, `{` or `[`: a name to fill in, a selector, a range, a comparison.
    fn opening(&mut self, at: usize, byte: u8) {
        let found = match byte {
            b'<' => placeholder::angle(self.code, at),
            b'{' => placeholder::braces(self.code, at),
            _ => placeholder::brackets(self.code, at),
        };
        match (found, byte) {
            (Some(end), _) => self.tokens.push(TokenKind::Placeholder, end),
            (None, b'<') => self.tokens.push(TokenKind::Operator, at + 1),
            (None, _) => {
                self.in_selector |= byte == b'{';
                self.tokens.text(at + 1);
            }
        }
    }

    /// Reads `$name` or `${name}`.
    fn variable(&mut self, at: usize) {
        let braced = self.byte(at + 1) == b'{';
        let from = at + 1 + usize::from(braced);
        let end = self.skip(from, placeholder::is_word_byte);
        if end == from || braced && self.byte(end) != b'}' {
            self.tokens.text(at + 1);
        } else {
            self.tokens.push(TokenKind::Variable, end + usize::from(braced));
        }
    }

    fn name(&mut self, at: usize) {
        let end = self.skip(at, |b| placeholder::is_word_byte(b) || b == b':');
        let name = self.text.get(at..end).unwrap_or("");
        let next = self.byte(self.skip(end, |b| matches!(b, b' ' | b'\t')));
        let stage = std::mem::take(&mut self.after_pipe) && self.dialect == Dialect::LogQl;
        let kind = if placeholder::is_word(name.as_bytes()) {
            TokenKind::Placeholder
        } else if self.labels == Labels::Yes
            || self.in_selector && matches!(next, b'=' | b'!')
            || stage && matches!(next, b'=' | b'!' | b'<' | b'>')
        {
            TokenKind::Label
        } else if BEFORE_LABELS.contains(&name) {
            self.labels = Labels::AfterParenthesis;
            TokenKind::Keyword
        } else if KEYWORDS.contains(&name) || stage && STAGES.contains(&name) {
            TokenKind::Keyword
        } else if next == b'(' {
            TokenKind::Function
        } else {
            TokenKind::Text
        };
        self.tokens.push(kind, end);
    }

    /// Reads a string; a quote that its line (for a backtick: the code) does not close is text.
    fn string(&mut self, at: usize, quote: u8) {
        let mut end = at + 1;
        let mut names = Vec::new();
        while let Some(&byte) = self.code.get(end) {
            let found = match byte {
                b'\\' if quote != b'`' => {
                    end += 1 + usize::from(self.byte(end + 1) != b'\n');
                    continue;
                }
                b'\n' if quote != b'`' => break,
                // `| pattern "<ip>"` captures, and so does `(?P<name>…)`.
                b'<' if self.dialect == Dialect::PromQl && self.byte(end - 1) != b'P' => {
                    placeholder::angle(self.code, end)
                }
                b'{' => placeholder::braces(self.code, end),
                _ => None,
            };
            end += 1;
            if let Some(after) = found {
                names.push((end - 1, after));
                end = after;
            } else if byte == quote {
                for (start, after) in names {
                    self.tokens.push(TokenKind::String, start);
                    self.tokens.push(TokenKind::Placeholder, after);
                }
                self.tokens.push(TokenKind::String, end);
                return;
            }
        }
        // The rest is not read again, so that many open quotes cost no more than one.
        self.tokens.text(end.min(self.code.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: &str, dialect: Dialect, kind: TokenKind, expected: &[&str]) {
        let tokens = lex_query(code, dialect);
        let found: Vec<&str> =
            tokens.iter().filter(|t| t.kind == kind).map(|t| t.of(code)).collect();
        assert_eq!(found, expected, "{code:?} {tokens:?}");
        let text: String = tokens.iter().map(|t| t.of(code)).collect();
        assert_eq!(text, code);
    }

    #[test]
    fn a_query_is_read() {
        let code = "sum by (job, le) (rate(http:x_total{env=\"<env>\", code!~'5..'}[$__range:1m])) \
                    > 1.5e-3 # é \"\nor up offset 1h30m == bool inf";
        let prom = Dialect::PromQl;
        check(code, prom, TokenKind::Keyword, &["sum", "by", "or", "offset", "bool", "inf"]);
        check(code, prom, TokenKind::Function, &["rate"]);
        check(code, prom, TokenKind::Label, &["job", "le", "env", "code"]);
        check(code, prom, TokenKind::String, &["\"", "\"", "'5..'"]);
        check(code, prom, TokenKind::Placeholder, &["<env>"]);
        check(code, prom, TokenKind::Variable, &["$__range"]);
        check(code, prom, TokenKind::Number, &["1m", "1.5e-3", "1h30m"]);
        check(code, prom, TokenKind::Comment, &["# é \""]);
        check("a <b \"open\nsum(x)", prom, TokenKind::Keyword, &["sum"]);
        check("x{a=\"\\", prom, TokenKind::String, &[]);
    }

    #[test]
    fn stages_of_a_pipeline_are_keywords() {
        let code = "{app=\"x\"} |= \"err\" | json | pattern `<ip> <_>` | status >= 500";
        check(code, Dialect::LogQl, TokenKind::Keyword, &["json", "pattern"]);
        check(code, Dialect::LogQl, TokenKind::Label, &["app", "status"]);
        check(code, Dialect::LogQl, TokenKind::Placeholder, &[]);
    }
}

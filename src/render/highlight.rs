//! A code block with its label → HTML with a handful of short classes. The only file that names
//! `syntect` and `two_face`.
//!
//! Shell, sessions, `PromQL`, `LogQL`, `YAML`, `JSON`, `SQL` and Go go through our own lexers, the
//! rest through syntect.
//! The text of the HTML is the code, except that characters which cannot be seen are shown.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxSet};

use crate::code;
use crate::code::languages::{self, Grammar, Language, language};
use crate::code::parameter::Use;
use crate::code::promql::Dialect;
use crate::code::token::{Token, TokenKind};
use crate::text::hash::Fingerprint;
use crate::text::html::{Html, HtmlWriter};

/// Largest block that syntect reads or a table is used for, in bytes; larger ones are shown plain.
const MAX_BLOCK: usize = 64 * 1024;

/// A highlighted block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Highlighted {
    /// The content of `<code>`.
    pub html: Html,
    /// True where the block, or its end, is plain because highlighting would have taken too long.
    pub over_budget: bool,
}

/// Highlights blocks from any number of threads.
///
/// Loads the syntax set at the first block that needs it, and keeps what syntect made of each
/// block for the next one with the same language and code. The own lexers are as quick as looking
/// a block up, so their results are not kept.
#[derive(Default)]
pub struct Highlighter {
    grammars: OnceLock<Grammars>,
    cache: Mutex<BTreeMap<[u8; 32], Arc<OnceLock<Highlighted>>>>,
}

/// The syntax set with the scopes that have a class.
struct Grammars {
    syntaxes: SyntaxSet,
    classes: Vec<(Scope, Class)>,
}

/// How a piece of code is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Plain,
    Secondary,
    Word,
    String,
    Other,
    Option,
    Placeholder,
    Prompt,
    Output,
    /// A place for a value: index among those of the block.
    Value(u32),
}

/// A piece of code: its class and the byte it ends at.
type Piece = (Class, usize);

/// Scopes with the class they are shown in; where several fit, the longest counts.
const SCOPES: [(&str, Class); 47] = [
    ("comment", Class::Secondary),
    ("constant", Class::Other),
    ("constant.character.escape", Class::String),
    ("entity.name.function", Class::Other),
    ("entity.name.tag", Class::Word),
    ("entity.name.type", Class::Other),
    ("entity.name.class", Class::Other),
    ("entity.name.section", Class::Word),
    ("entity.other.attribute-name", Class::Other),
    ("entity.other.inherited-class", Class::Other),
    ("invalid", Class::Plain),
    ("keyword", Class::Word),
    ("keyword.operator", Class::Plain),
    ("keyword.operator.word", Class::Word),
    ("keyword.operator.logical", Class::Word),
    ("keyword.other.unit", Class::Other),
    ("markup.deleted", Class::Other),
    ("markup.heading", Class::Word),
    ("markup.inserted", Class::String),
    ("markup.raw", Class::String),
    ("meta.diff.header", Class::Secondary),
    ("meta.diff.range", Class::Secondary),
    ("meta.embedded", Class::Plain),
    ("meta.environment-variable", Class::Other),
    ("meta.interpolation", Class::Plain),
    ("meta.mapping.key", Class::Word),
    ("meta.object-literal.key", Class::Plain),
    ("meta.preprocessor", Class::Word),
    ("meta.structure.dictionary.key", Class::Word),
    ("meta.template.expression", Class::Plain),
    ("punctuation.definition.annotation", Class::Other),
    ("punctuation.section.embedded", Class::Plain),
    ("source", Class::Plain),
    ("storage", Class::Word),
    ("storage.modifier", Class::Word),
    ("storage.type.numeric", Class::Other),
    ("string", Class::String),
    ("support.class", Class::Other),
    ("support.constant", Class::Other),
    ("support.function", Class::Other),
    ("support.type", Class::Other),
    ("support.type.property-name", Class::Word),
    ("text", Class::Plain),
    ("variable.annotation", Class::Other),
    ("variable.function", Class::Other),
    ("variable.language", Class::Word),
    ("variable.parameter.option", Class::Option),
];

impl Highlighter {
    /// Returns the HTML of a block; `label` is the info string of its fence.
    ///
    /// Which blocks and lines are left plain depends on the text alone and never on how fast the
    /// machine is, so the same input gives the same bytes everywhere.
    pub fn highlight(&self, label: &str, code: &str, values: &[Use]) -> Highlighted {
        let pieces = match language(label) {
            Language::Shell => from_tokens(&code::lex_shell(code)),
            Language::Console => from_tokens(&code::lex_console(code)),
            Language::PromQl => from_tokens(&code::promql::lex_query(code, Dialect::PromQl)),
            Language::LogQl => from_tokens(&code::promql::lex_query(code, Dialect::LogQl)),
            Language::Table(_) if code.len() > MAX_BLOCK => return write(code, &[], values, true),
            Language::Table(language) => from_table(code, &code::table::lex(code, language)),
            Language::Plain | Language::Unknown => Vec::new(),
            Language::Syntect(name) => return self.cached(name, code),
        };
        write(code, &with_values(pieces, code, values), values, false)
    }

    /// Returns what syntect makes of a block, from the cache where it is there.
    fn cached(&self, name: &'static str, code: &str) -> Highlighted {
        let Some(grammar) = languages::grammar(name) else { return write(code, &[], &[], false) };
        if code.len() > MAX_BLOCK {
            return write(code, &[], &[], true);
        }
        let mut print = Fingerprint::default();
        let key = print.part(name.as_bytes()).part(code.as_bytes()).finish();
        let slot = {
            let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(cache.entry(key).or_default())
        };
        slot.get_or_init(|| {
            // A grammar whose regular expressions syntect cannot deal with panics in there.
            let pieces = catch_unwind(AssertUnwindSafe(|| self.pieces(grammar, code)));
            pieces.map_or_else(
                |_| write(code, &[], &[], false),
                |(pieces, over_budget)| write(code, &pieces, &[], over_budget),
            )
        })
        .clone()
    }

    /// Returns the pieces of the lines that are within the budget, and whether some are not.
    fn pieces(&self, grammar: &Grammar, code: &str) -> (Vec<Piece>, bool) {
        let grammars = self.grammars.get_or_init(Grammars::load);
        let mut pieces = Vec::new();
        let Some(syntax) = grammars.syntaxes.find_syntax_by_name(grammar.name) else {
            return (pieces, false);
        };
        let mut state = ParseState::new(syntax);
        let mut stack = ScopeStack::new();
        let mut known = BTreeMap::new();
        let grammar = grammar.for_block(code);
        let mut budget = languages::BUDGET;
        let mut line_start = 0;
        for line in code.split_inclusive('\n') {
            let Some(left) = grammar.work(line).and_then(|work| budget.checked_sub(work)) else {
                return (pieces, true);
            };
            budget = left;
            let Ok(operations) = state.parse_line(line, &grammars.syntaxes) else {
                return (pieces, false);
            };
            for (offset, operation) in &operations {
                pieces.push((grammars.class(&stack, &mut known), line_start + offset));
                if stack.apply(operation).is_err() {
                    return (pieces, false);
                }
            }
            line_start += line.len();
            pieces.push((grammars.class(&stack, &mut known), line_start));
        }
        (pieces, false)
    }
}

impl Grammars {
    fn load() -> Self {
        let syntaxes = two_face::syntax::extra_newlines();
        let classes = SCOPES
            .iter()
            .filter_map(|(name, class)| Some((Scope::new(name).ok()?, *class)))
            .collect();
        Self { syntaxes, classes }
    }

    /// Returns the class of the topmost scope that has one.
    fn class(&self, stack: &ScopeStack, known: &mut BTreeMap<Scope, Option<Class>>) -> Class {
        let mut found = Class::Plain;
        for (depth, scope) in stack.as_slice().iter().rev().enumerate() {
            let class = *known.entry(*scope).or_insert_with(|| {
                let fitting = self.classes.iter().filter(|(prefix, _)| prefix.is_prefix_of(*scope));
                fitting.max_by_key(|(prefix, _)| prefix.len()).map(|(_, class)| *class)
            });
            match class {
                // The string that is a key stands within the scope of the key.
                Some(Class::String) if depth < 3 && found == Class::Plain => found = Class::String,
                Some(Class::Word) if found == Class::String => return Class::Word,
                Some(class) => return if found == Class::String { found } else { class },
                None => {}
            }
        }
        found
    }
}

/// Returns the pieces of a block that one of our lexers has read.
fn from_tokens(tokens: &[Token]) -> Vec<Piece> {
    tokens.iter().map(|token| (class_of(token.kind), token.end as usize)).collect()
}

/// Returns the pieces of a block that a table was used for: keys are words of the language, and a
/// comment takes its line break, so that lines of comments become one span.
fn from_table(code: &str, tokens: &[Token]) -> Vec<Piece> {
    let piece = |token: &Token| {
        let end = token.end as usize;
        match token.kind {
            TokenKind::Label => (Class::Word, end),
            TokenKind::Comment if code.as_bytes().get(end) == Some(&b'\n') => {
                (Class::Secondary, end + 1)
            }
            kind => (class_of(kind), end),
        }
    };
    tokens.iter().map(piece).collect()
}

/// Cuts places for values out of the pieces they lie in.
fn with_values(pieces: Vec<Piece>, code: &str, values: &[Use]) -> Vec<Piece> {
    if values.is_empty() {
        return pieces;
    }
    let mut out = Vec::with_capacity(pieces.len() + values.len() * 2);
    let mut values = values.iter().enumerate().peekable();
    let mut from = 0;
    for (class, end) in pieces.into_iter().chain([(Class::Plain, code.len())]) {
        while let Some((n, value)) = values.peek() {
            let (start, stop) = (value.start as usize, value.end as usize);
            if start >= end {
                break;
            }
            if start > from {
                out.push((class, start));
            }
            out.push((Class::Value(*n as u32), stop));
            from = stop;
            values.next();
        }
        if end > from {
            out.push((class, end));
            from = end;
        }
    }
    out
}

fn class_of(kind: TokenKind) -> Class {
    match kind {
        TokenKind::Text => Class::Plain,
        TokenKind::Comment | TokenKind::Operator => Class::Secondary,
        TokenKind::Command | TokenKind::Keyword => Class::Word,
        TokenKind::Option => Class::Option,
        TokenKind::String => Class::String,
        TokenKind::Variable | TokenKind::Function | TokenKind::Label | TokenKind::Number => {
            Class::Other
        }
        TokenKind::Placeholder => Class::Placeholder,
        TokenKind::Prompt => Class::Prompt,
        TokenKind::Output => Class::Output,
    }
}

/// Writes the code in pieces; neighbours of one class become one span, and the rest is plain.
fn write(code: &str, pieces: &[Piece], values: &[Use], over_budget: bool) -> Highlighted {
    let mut out = HtmlWriter::with_capacity(code.len() * 2);
    let mut from = 0;
    let mut pieces = pieces.iter().copied().chain([(Class::Plain, code.len())]).peekable();
    while let Some((class, mut end)) = pieces.next() {
        // Two options or two names side by side are two.
        let merges = !matches!(class, Class::Option | Class::Placeholder | Class::Value(_));
        while let Some(&(next, next_end)) = pieces.peek() {
            if next_end > end && !(merges && next == class) {
                break;
            }
            end = end.max(next_end);
            pieces.next();
        }
        let Some(text) = code.get(from..end) else { continue };
        if text.is_empty() {
            continue;
        }
        if let Class::Value(n) = class {
            let name = values.get(n as usize).map_or("", |value| value.name.as_str());
            out.markup("<var class=\"p\"").attr("data-p", name).markup(">");
            out.code(text).markup("</var>");
            from = end;
            continue;
        }
        let (open, close) = markup(class);
        out.markup(open);
        out.code(text);
        out.markup(close);
        from = end;
    }
    Highlighted { html: out.finish(), over_budget }
}

fn markup(class: Class) -> (&'static str, &'static str) {
    match class {
        Class::Plain => ("", ""),
        Class::Secondary => ("<span class=\"hl0\">", "</span>"),
        Class::Word => ("<span class=\"hl1\">", "</span>"),
        Class::String => ("<span class=\"hl2\">", "</span>"),
        Class::Other => ("<span class=\"hl3\">", "</span>"),
        Class::Option => ("<span class=\"o\">", "</span>"),
        Class::Placeholder => ("<var class=\"p\">", "</var>"),
        Class::Prompt => ("<span class=\"pr\">", "</span>"),
        Class::Output => ("<span class=\"out\">", "</span>"),
        Class::Value(_) => ("<var class=\"p\">", "</var>"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the text of HTML in which the only entities are those of `HtmlWriter`.
    fn text_of(html: &str) -> String {
        let mut text = String::new();
        let mut in_tag = false;
        for character in html.chars() {
            match character {
                '<' => in_tag = true,
                '>' => in_tag = false,
                _ if !in_tag => text.push(character),
                _ => {}
            }
        }
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
        text.replace("&#39;", "'").replace("&amp;", "&")
    }

    #[test]
    fn blocks_are_marked_with_short_classes() {
        let highlighter = Highlighter::default();
        for (label, code, expected) in [
            (
                "sh",
                "kubectl --context <cluster> get pods \\\n  | grep 'a' # x\n",
                "<span class=\"hl1\">kubectl</span> <span class=\"o\">--context</span> \
                 <var class=\"p\">&lt;cluster&gt;</var> get pods <span class=\"hl0\">\\</span>\n  \
                 <span class=\"hl0\">|</span> <span class=\"hl1\">grep</span> \
                 <span class=\"hl2\">&#39;a&#39;</span> <span class=\"hl0\"># x</span>\n",
            ),
            (
                "console",
                "$ ls\na b\n",
                "<span class=\"pr\">$ </span><span class=\"hl1\">ls</span>\n\
                 <span class=\"out\">a b\n</span>",
            ),
            (
                "promql",
                "rate(x[5m])",
                "<span class=\"hl3\">rate</span>(x[<span class=\"hl3\">5m</span>])",
            ),
            (
                "yaml",
                "key: \"v\" # c\n",
                "<span class=\"hl1\">key</span>: <span class=\"hl2\">&quot;v&quot;</span> \
                 <span class=\"hl0\"># c\n</span>",
            ),
            (
                "json",
                "{\"a\": 1}",
                "{<span class=\"hl1\">&quot;a&quot;</span>: <span class=\"hl3\">1</span>}",
            ),
            ("sql", "select 1", "<span class=\"hl1\">select</span> <span class=\"hl3\">1</span>"),
            ("", "<b> $ x", "&lt;b&gt; $ x"),
        ] {
            let found = highlighter.highlight(label, code, &[]);
            assert_eq!(found.html.as_str(), expected, "{label}");
            assert!(!found.over_budget);
        }
    }

    #[test]
    fn characters_that_cannot_be_seen_are_shown_in_every_language() {
        let highlighter = Highlighter::default();
        for label in ["sh", "console", "promql", "yaml", "text", "frobnicate"] {
            let found = highlighter.highlight(label, "a: \u{202e}b\u{200b}", &[]);
            assert_eq!(found.html.as_str().matches("hlx").count(), 2, "{label}");
            let html = found.html.as_str();
            assert!(
                html.contains("<span class=\"hlx\" title=\"right-to-left override\">U+202E</span>")
            );
            assert_eq!(text_of(html), "a: U+202EbU+200B", "{label}");
        }
    }

    #[test]
    fn the_text_is_kept_in_every_language() {
        let highlighter = Highlighter::default();
        let samples = [
            "for i in 1 2; do echo \"$i <x>\" && ls 'é'; done\n",
            "$ kubectl get pods\nNAME <none>\n",
            "sum by (a) (rate(x{y=~\"z.*\"}[5m])) > 0.5\n",
            "a: &b [1, 'two', \"three\"]\n<<: *b\nc: |\n  text\n",
            "{\"a\": [1, null, \"b\\n\"]}",
            "resource \"x\" \"y\" {\n  a = \"${var.b}\"\n}\n",
            "SELECT * FROM t WHERE a = 'b''c' -- x\n;",
            "def f(x: int) -> str:\n    \"\"\"doc\"\"\"\n    return f\"{x}\"\n",
            "puts <<~SQL\n  select #{x}\nSQL\n",
            "<a href=\"x\">&amp;</a><script>let x = `a${b}`;</script>",
            "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n",
            "FROM x\nRUN a && \\\n  b\n",
            "a:\n\t$(CC) -o $@ $<\n",
            "\r\n\ttab\u{0}nul\r\n\n",
            "\"unclosed\n'unclosed\n/* unclosed",
            "",
        ];
        for label in languages::labels().chain(["", "unknown"]) {
            for code in samples {
                let found = highlighter.highlight(label, code, &[]);
                let expected = code.replace('\0', "\u{fffd}");
                assert_eq!(text_of(found.html.as_str()), expected, "{label}");
            }
        }
    }

    #[test]
    fn what_would_take_too_long_is_plain() {
        let highlighter = Highlighter::default();
        for (label, code) in [
            ("make", "FOO:=$($($($($($($($($(\n".repeat(200)),
            ("js", "_if".repeat(400)),
            ("cs", "A".repeat(390)),
            ("rust", "function".repeat(400)),
            ("ini", "\t".repeat(300)),
            ("yaml", "a: b\n".repeat(20_000)),
        ] {
            let found = highlighter.highlight(label, &code, &[]);
            assert!(found.over_budget, "{label}");
            assert_eq!(text_of(found.html.as_str()), code, "{label}");
            assert!(found.html.as_str().ends_with(&code[code.len() - 3..]), "{label}");
        }
        let ordinary = "- name: web\n  image: \"x:1\"\n".repeat(60);
        assert!(!highlighter.highlight("yaml", &ordinary, &[]).over_budget);
    }

    #[test]
    fn every_language_has_a_grammar_and_a_budget() {
        let grammars = Grammars::load();
        for label in languages::labels() {
            if let Language::Syntect(name) = language(label) {
                assert!(grammars.syntaxes.find_syntax_by_name(name).is_some(), "{name}");
                assert!(languages::grammar(name).is_some(), "{name}");
            }
        }
        assert_eq!(grammars.classes.len(), SCOPES.len());
    }
}

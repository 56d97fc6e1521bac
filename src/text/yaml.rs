//! YAML text → a tree in which every key and value knows its place: the only file that names a YAML crate.
//!
//! Reading goes through `serde-saphyr` (places, budgets against bombs, duplicate keys refused), writing
//! through `serde_yaml`. Scalars keep the words of the file: `1.10` stays `1.10`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use crate::text::source::offset;
use crate::text::span::Span;

/// A value and its place in the text that was parsed.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Place of the value; for a map or list its first byte to the end of its last value.
    pub span: Span,
    /// The value.
    pub value: Value,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing, `~` or `null`.
    Null,
    /// A scalar as it is written, without quotes.
    Scalar(String, ScalarKind),
    /// A list.
    Seq(Vec<Node>),
    /// A map, in the order of the file.
    Map(Vec<Entry>),
}

/// What a scalar would be by YAML 1.2's core rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarKind {
    /// Text, quoted or not.
    Text,
    /// `true` or `false`.
    Bool,
    /// An integer or a decimal.
    Number,
}

/// One key of a map with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key as text.
    pub key: String,
    /// Place of the key.
    pub key_span: Span,
    /// Its value.
    pub value: Node,
}

/// Why a text is not YAML, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError {
    /// One lower-case phrase.
    pub message: String,
    /// Place in the text that was parsed.
    pub span: Span,
}

/// How much a text may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Deepest nesting.
    pub depth: usize,
    /// Most values.
    pub nodes: usize,
}

/// Limits of front matter: small and flat.
pub const FRONT_MATTER: Limits = Limits { depth: 16, nodes: 5_000 };

/// Limits of whole YAML files: rule files of thousands of alerts exist.
pub const FILE: Limits = Limits { depth: 48, nodes: 1_000_000 };

/// Parses one document. An empty text is [`Value::Null`].
pub fn parse(text: &str, limits: Limits) -> Result<Node, YamlError> {
    serde_saphyr::from_str_with_options::<Raw>(text, options(limits))
        .map(|raw| raw.into_node(text))
        .map_err(|e| error(text, &e))
}

/// Parses every document of a multi-document text.
pub fn parse_documents(text: &str, limits: Limits) -> Result<Vec<Node>, YamlError> {
    serde_saphyr::from_multiple_with_options::<Raw>(text, options(limits))
        .map(|raws| raws.into_iter().map(|raw| raw.into_node(text)).collect())
        .map_err(|e| error(text, &e))
}

/// Writes a value as YAML.
pub fn write<T: serde::Serialize>(value: &T) -> Result<String, String> {
    serde_yaml::to_string(value).map_err(|e| e.to_string())
}

impl Node {
    /// Returns the value of `key` where this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|e| e.key == key).map(|e| &e.value)
    }

    /// Returns the value below several keys.
    pub fn at(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// Returns the entries of a map; none for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Returns the items of a list; none for anything else.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::Seq(items) => items,
            _ => &[],
        }
    }

    /// Returns the words of a scalar that is not empty.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text, _) if !text.trim().is_empty() => Some(text.trim()),
            _ => None,
        }
    }

    /// Returns the words of the scalar at `key`.
    pub fn text_at(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// Returns true for nothing, an empty scalar, list or map.
    pub fn is_blank(&self) -> bool {
        match &self.value {
            Value::Null => true,
            Value::Scalar(text, _) => text.trim().is_empty(),
            Value::Seq(items) => items.is_empty(),
            Value::Map(entries) => entries.is_empty(),
        }
    }

    /// Returns the words "text", "list", "map", … for messages.
    pub fn type_name(&self) -> &'static str {
        match &self.value {
            Value::Null => "nothing",
            Value::Scalar(_, ScalarKind::Text) => "text",
            Value::Scalar(_, ScalarKind::Bool) => "true/false",
            Value::Scalar(_, ScalarKind::Number) => "a number",
            Value::Seq(_) => "a list",
            Value::Map(_) => "a map",
        }
    }

    /// Moves every place right by `offset` bytes: for a text that was cut out of a file.
    pub fn shift(&mut self, offset: usize) {
        self.span = self.span.shifted(offset);
        match &mut self.value {
            Value::Null | Value::Scalar(..) => {}
            Value::Seq(items) => items.iter_mut().for_each(|item| item.shift(offset)),
            Value::Map(entries) => {
                for entry in entries {
                    entry.key_span = entry.key_span.shifted(offset);
                    entry.value.shift(offset);
                }
            }
        }
    }
}

fn options(limits: Limits) -> serde_saphyr::Options {
    let mut options = serde_saphyr::Options::default();
    options.strict_booleans = true;
    options.with_snippet = false;
    if let Some(budget) = options.budget.as_mut() {
        budget.max_depth = limits.depth;
        budget.max_nodes = limits.nodes;
        budget.max_events = limits.nodes.saturating_mul(4);
        budget.max_aliases = 200;
        budget.max_anchors = 200;
    }
    options
}

fn error(text: &str, error: &serde_saphyr::Error) -> YamlError {
    let full = error.to_string();
    let message = full
        .split(" at line ")
        .next()
        .unwrap_or(&full)
        .replace(", set DuplicateKeyPolicy in Options if acceptable", "");
    let mut message = message.trim().trim_end_matches('.').to_owned();
    if let Some(first) = message.get(..1) {
        let lower = first.to_lowercase();
        message.replace_range(..1, &lower);
    }
    let span = error.location().map_or(Span::new(0, 0), |place| {
        let start = offset(text, place.line() as usize, place.column() as usize);
        let end = text[start..].chars().next().map_or(start, |c| start + c.len_utf8());
        Span::new(start, end)
    });
    YamlError { message, span }
}

/// The tree as serde hands it over, before scalars are read back from the text.
struct Raw(Spanned<RawValue>);

enum RawValue {
    Null,
    Bool,
    Number,
    Text(String),
    Seq(Vec<Raw>),
    Map(Vec<(Spanned<String>, Raw)>),
}

impl Raw {
    fn into_node(self, text: &str) -> Node {
        let place = self.0.referenced;
        let bytes = place.span();
        let start = bytes.byte_offset().map_or_else(
            || offset(text, place.line() as usize, place.column() as usize),
            |at| at as usize,
        );
        let span = Span::new(start, start + bytes.byte_len().unwrap_or(0) as usize);
        let written = |span: Span| span.of(text).trim().to_owned();
        let (value, span) = match self.0.value {
            RawValue::Null => (Value::Null, span),
            RawValue::Bool => (Value::Scalar(written(span), ScalarKind::Bool), span),
            RawValue::Number => (Value::Scalar(written(span), ScalarKind::Number), span),
            RawValue::Text(words) => (Value::Scalar(words, ScalarKind::Text), span),
            RawValue::Seq(items) => {
                let items: Vec<Node> = items.into_iter().map(|item| item.into_node(text)).collect();
                let end = items.last().map_or(span.end, |item| item.span.end).max(span.end);
                (Value::Seq(items), Span { start: span.start, end })
            }
            RawValue::Map(pairs) => {
                let entries: Vec<Entry> = pairs
                    .into_iter()
                    .map(|(key, value)| {
                        let at = key.referenced.span();
                        let start = at.byte_offset().unwrap_or(0) as usize;
                        Entry {
                            key_span: Span::new(start, start + at.byte_len().unwrap_or(0) as usize),
                            key: key.value,
                            value: value.into_node(text),
                        }
                    })
                    .collect();
                let end = entries.last().map_or(span.end, |e| e.value.span.end).max(span.end);
                (Value::Map(entries), Span { start: span.start, end })
            }
        };
        Node { span, value }
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(Raw)
    }
}

impl<'de> Deserialize<'de> for RawValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = RawValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<RawValue, E> {
        Ok(RawValue::Null)
    }

    fn visit_none<E>(self) -> Result<RawValue, E> {
        Ok(RawValue::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<RawValue, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }

    fn visit_bool<E>(self, _: bool) -> Result<RawValue, E> {
        Ok(RawValue::Bool)
    }

    fn visit_i64<E>(self, _: i64) -> Result<RawValue, E> {
        Ok(RawValue::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<RawValue, E> {
        Ok(RawValue::Number)
    }

    fn visit_i128<E>(self, _: i128) -> Result<RawValue, E> {
        Ok(RawValue::Number)
    }

    fn visit_u128<E>(self, _: u128) -> Result<RawValue, E> {
        Ok(RawValue::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<RawValue, E> {
        Ok(RawValue::Number)
    }

    fn visit_str<E>(self, text: &str) -> Result<RawValue, E> {
        Ok(RawValue::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<RawValue, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(RawValue::Seq(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<RawValue, A::Error> {
        let mut pairs = Vec::new();
        while let Some(key) = access.next_key()? {
            pairs.push((key, access.next_value()?));
        }
        Ok(RawValue::Map(pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::{FRONT_MATTER, Value, parse, parse_documents};
    use crate::text::source::line_column;

    #[test]
    fn values_keep_their_words_and_places() {
        let text = "title: é \"x\"\nver: 1.10\nid: 012\ntags: [a, 'b c', yes]\n";
        let node = parse(text, FRONT_MATTER).unwrap();
        assert_eq!(node.text_at("ver"), Some("1.10"));
        assert_eq!(node.text_at("id"), Some("012"));
        let tags = node.get("tags").unwrap().items();
        assert_eq!(tags.iter().filter_map(|t| t.text()).collect::<Vec<_>>(), ["a", "b c", "yes"]);
        assert_eq!(tags[0].span.of(text), "a");
        assert_eq!(node.entries()[1].key_span.of(text), "ver");
    }

    #[test]
    fn faults_have_a_place() {
        for (text, line, column) in [
            ("a: b\na: c\n", 2, 1),
            ("x: 1\na: \"unclosed\n", 2, 4),
            ("a: b: c\n", 1, 5),
            ("é: [1\n", 1, 4),
        ] {
            let error = parse(text, FRONT_MATTER).unwrap_err();
            assert_eq!(
                line_column(text, error.span.start as usize),
                (line, column),
                "{text:?} {error:?}"
            );
        }
    }

    #[test]
    fn bombs_are_refused_and_documents_counted() {
        assert!(parse(&"[".repeat(20_000), FRONT_MATTER).is_err());
        assert_eq!(parse_documents("a: 1\n---\nb: 2\n", FRONT_MATTER).unwrap().len(), 2);
        assert_eq!(parse("", FRONT_MATTER).unwrap().value, Value::Null);
    }
}

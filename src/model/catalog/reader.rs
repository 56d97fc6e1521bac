//! YAML values of the wrong type → findings, of the right type → texts and lists with their places.

use crate::diag::{Code, Finding, Place};
use crate::model::field::Field;
use crate::model::id::TeamId;
use crate::model::secret;
use crate::text::keys::{Key, spellings};
use crate::text::nearest::nearest;
use crate::text::source::SourceId;
use crate::text::span::Span;
use crate::text::yaml::{Entry, Node, Value};

/// Deepest nesting that [`flat`] writes out.
const FLAT_DEPTH: usize = 4;

/// Most bytes of a value that is kept without a field of its own.
const FLAT_BYTES: usize = 2_000;

/// Reads values of one file and collects what is wrong with them.
pub(crate) struct Reader {
    source: SourceId,
    /// True while the file is in our own schema, where an unknown key is a fault.
    pub(crate) strict: bool,
    /// What was wrong so far.
    pub(crate) findings: Vec<Finding>,
    /// Values under unknown keys of nested maps, for `extra`.
    pub(crate) kept: Vec<(String, String)>,
}

/// One item of a list of texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// The words.
    pub(crate) text: String,
    /// Where they stand.
    pub(crate) span: Span,
}

impl Reader {
    /// Returns a reader of one file.
    pub(crate) fn new(source: SourceId) -> Self {
        Self { source, strict: false, findings: Vec::new(), kept: Vec::new() }
    }

    /// Returns a place in the file.
    pub(crate) fn place(&self, span: Span) -> Place {
        Place::new(self.source, span)
    }

    /// Reports a fault of the file.
    pub(crate) fn report(&mut self, code: Code, span: Span, message: impl Into<String>) {
        let place = self.place(span);
        self.findings.push(Finding::new(code, place, message));
    }

    /// Reports that `key` holds something else than was expected; a blank value is "not given".
    pub(crate) fn wrong(&mut self, key: &str, node: &Node, expected: &str) {
        if !node.is_blank() {
            let message = format!("`{key}` is {}, expected {expected}", node.type_name());
            self.report(Code::WrongType, node.span, message);
        }
    }

    /// Returns the words of a scalar; a list or a map is a fault.
    pub(crate) fn words(&mut self, key: &str, node: &Node) -> Option<String> {
        let text = node.text();
        if text.is_none() {
            self.wrong(key, node, "text");
        }
        text.map(str::to_owned)
    }

    /// Returns the words at the first of `keys` that holds any.
    pub(crate) fn text(&mut self, map: &Node, keys: &[&str]) -> Option<String> {
        let entry = first(map, keys)?;
        self.words(&entry.key, &entry.value)
    }

    /// Returns the texts of a list, of a scalar, or of a scalar with commas.
    pub(crate) fn list(&mut self, key: &str, node: &Node) -> Vec<Item> {
        match &node.value {
            Value::Null => Vec::new(),
            Value::Scalar(text, _) => text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(|part| Item { text: part.to_owned(), span: node.span })
                .collect(),
            Value::Seq(_) => self.lines(key, node),
            Value::Map(_) => {
                self.wrong(key, node, "a list of texts");
                Vec::new()
            }
        }
    }

    /// Returns the texts of a list or of one scalar that may hold commas, such as an address.
    pub(crate) fn lines(&mut self, key: &str, node: &Node) -> Vec<Item> {
        let mut items = Vec::new();
        for node in many(node) {
            match node.text() {
                Some(text) => items.push(Item { text: text.to_owned(), span: node.span }),
                None if node.is_blank() => {}
                None => {
                    let message =
                        format!("an item of `{key}` is {}, expected text", node.type_name());
                    self.report(Code::WrongType, node.span, message);
                }
            }
        }
        items
    }

    /// Returns the texts at the first of `keys` that holds any.
    pub(crate) fn texts(&mut self, map: &Node, keys: &[&str]) -> Vec<String> {
        let Some(entry) = first(map, keys) else { return Vec::new() };
        self.list(&entry.key, &entry.value).into_iter().map(|item| item.text).collect()
    }

    /// Returns the value at `key` where it is a map; anything else but blank is a fault.
    pub(crate) fn map<'n>(&mut self, map: &'n Node, key: &str) -> Option<&'n Node> {
        let node = map.get(key).filter(|node| !node.is_blank())?;
        if node.entries().is_empty() {
            self.wrong(key, node, "a map");
            return None;
        }
        Some(node)
    }

    /// Returns the first team of a value as owner, and the others as written.
    pub(crate) fn owner(&mut self, key: &str, node: &Node) -> (Option<Field<TeamId>>, Vec<String>) {
        let mut owners = self.list(key, node).into_iter().filter(|item| {
            // `@` alone, or signs only, names nobody.
            !TeamId::new(&item.text).as_str().is_empty()
        });
        let first = owners.next();
        let rest = owners.map(|item| item.text).collect();
        let owner =
            first.map(|item| Field::stated(TeamId::new(&item.text), key, self.place(item.span)));
        (owner, rest)
    }

    /// Reports keys of a nested map of our own schema that `table` lacks, and keeps their values.
    pub(crate) fn only(&mut self, what: &str, map: &Node, table: &'static [Key]) {
        if !self.strict {
            return;
        }
        for entry in map.entries() {
            if spellings(table).all(|known| known != entry.key) {
                self.unknown(&entry.key, entry.key_span, what, spellings(table));
                if !entry.value.is_blank() {
                    self.kept.push((format!("{what}.{}", entry.key), flat(&entry.value)));
                }
            }
        }
    }

    /// Reports one unknown key, with the nearest that exists.
    pub(crate) fn unknown<'a>(
        &mut self,
        key: &str,
        span: Span,
        what: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) {
        let message = format!("`{key}` is not a key of `{what}`");
        let finding = Finding::new(Code::UnknownKey, self.place(span), message);
        self.findings.push(finding.nearest(nearest(key, known)));
    }

    /// Takes every key that opens incidents out of the tree and reports its place, never its value.
    pub(crate) fn drop_secrets(&mut self, node: &mut Node) {
        match &mut node.value {
            Value::Null | Value::Scalar(..) => {}
            // The parser bounds the depth of the tree.
            Value::Seq(items) => {
                let mut spans = Vec::new();
                items.retain_mut(|item| {
                    let secret = item.text().is_some_and(is_secret_text);
                    if secret {
                        spans.push(item.span);
                    } else {
                        self.drop_secrets(item);
                    }
                    !secret
                });
                for span in spans {
                    self.secret("a value", Span { start: span.start, end: span.start + 1 });
                }
            }
            Value::Map(entries) => {
                let named = entries.iter().any(|e| {
                    matches!(e.key.as_str(), "name" | "key" | "type" | "definition")
                        && e.value.text().is_some_and(secret::is_secret_key)
                });
                entries.retain_mut(|entry| {
                    let secret = secret::is_secret_key(&entry.key)
                        || (named && matches!(entry.key.as_str(), "value" | "contact" | "id"))
                        || entry.value.text().is_some_and(is_secret_text);
                    if !secret {
                        self.drop_secrets(&mut entry.value);
                        return true;
                    }
                    if !entry.value.is_blank() {
                        self.secret(&format!("`{}`", entry.key), entry.key_span);
                    }
                    false
                });
            }
        }
    }

    fn secret(&mut self, what: &str, span: Span) {
        let message = format!("{what} holds a key that opens incidents; it is left out");
        let finding = Finding::new(Code::IntegrationKey, self.place(span), message);
        self.findings.push(finding.hint("revoke the key and keep the new one in a secret store"));
    }
}

/// Returns the items of a list, or the value itself where one stands for a list; none where blank.
pub(crate) fn many(node: &Node) -> &[Node] {
    match &node.value {
        Value::Null => &[],
        Value::Seq(items) => items,
        Value::Scalar(..) | Value::Map(_) => std::slice::from_ref(node),
    }
}

/// Returns the first entry of `map` that is one of `keys` and not blank, in the order of `keys`.
pub(crate) fn first<'n>(map: &'n Node, keys: &[&str]) -> Option<&'n Entry> {
    keys.iter().find_map(|key| map.entries().iter().find(|e| e.key == *key && !e.value.is_blank()))
}

/// Returns what stands under other keys than `known`, for `extra`.
pub(crate) fn rest(map: &Node, known: &[&str]) -> Vec<(String, String)> {
    let entries = map.entries().iter().filter(|e| !known.contains(&e.key.as_str()));
    entries.filter_map(|e| fact(&e.key, &e.value)).collect()
}

/// Returns a label with its value in one line, or nothing where the value is blank all through.
pub(crate) fn fact(label: &str, node: &Node) -> Option<(String, String)> {
    let value = flat(node);
    (!value.is_empty()).then(|| (label.to_owned(), value))
}

/// Returns a value in one line: lists joined by commas, maps as `key: value; …`, blanks left out.
pub(crate) fn flat(node: &Node) -> String {
    let mut out = flat_to(node, FLAT_DEPTH);
    if out.len() > FLAT_BYTES {
        let mut end = FLAT_BYTES;
        while !out.is_char_boundary(end) {
            end -= 1;
        }
        out.truncate(end);
        out.push('…');
    }
    out
}

fn flat_to(node: &Node, depth: usize) -> String {
    if depth == 0 && !matches!(node.value, Value::Scalar(..)) {
        return if node.is_blank() { String::new() } else { "…".to_owned() };
    }
    match &node.value {
        Value::Null => String::new(),
        Value::Scalar(text, _) => text.trim().to_owned(),
        Value::Seq(items) => joined(items.iter().map(|item| flat_to(item, depth - 1)), ", "),
        Value::Map(entries) => joined(
            entries.iter().map(|e| match flat_to(&e.value, depth - 1) {
                text if text.is_empty() => text,
                text => format!("{}: {text}", e.key),
            }),
            "; ",
        ),
    }
}

fn joined(parts: impl Iterator<Item = String>, between: &str) -> String {
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(between)
}

fn is_secret_text(text: &str) -> bool {
    let tagged = text.split_once([':', '=']).is_some_and(|(key, value)| {
        !value.starts_with("//") && secret::is_secret_key(key) && !value.trim().is_empty()
    });
    tagged || secret::is_secret_value(text)
}

//! A rule file that is not YAML, most often a Helm template → its rules, read line by line.
//!
//! Knows items that start with a rule's key, their scalars (plain, quoted, in blocks), and one level
//! of labels and annotations. Lines of the template itself are stepped over.

use crate::model::rules::{Pair, Recording, Said, unwrapped};
use crate::text::span::Span;
use crate::text::yaml::{FRONT_MATTER, Node, parse};

/// Keys of a rule; an item that starts with another one is none.
const RULE_KEYS: &[&str] =
    &["alert", "record", "expr", "for", "labels", "annotations", "keep_firing_for"];

/// Actions of a template that stand on a line of their own.
const ACTIONS: &[&str] = &[
    "if", "else", "end", "range", "with", "include", "template", "define", "block", "toYaml",
    "tpl", "/*", ".Values", ".Files", "$_", "fail", "required", "printf", "default",
];

/// Signs of a template inside a line; `{{ $labels.x }}` is Prometheus' own and none.
const SIGNS: &[&str] = &[
    "{{`",
    ".Values",
    ".Release",
    ".Chart",
    ".Files",
    "{{ include",
    "{{- ",
    "{%",
    "[[ ",
    "toYaml",
];

/// Returns the first line of a template, or nothing where the text is no template.
pub(crate) fn first_template(text: &str) -> Option<Span> {
    let line = lines(text).find(|line| {
        let braces = line.trimmed.contains("{{") || line.trimmed.contains("[[ ");
        is_action(line.trimmed)
            || line.trimmed.contains("{%")
            || (braces && SIGNS.iter().any(|sign| line.trimmed.contains(sign)))
    })?;
    Some(Span::new(line.at, line.at + line.trimmed.len()))
}

/// Returns the alert rules of a text.
pub(crate) fn rules(text: &str) -> Vec<Said> {
    let mut rules = Vec::new();
    let mut item: Option<Item> = None;
    for line in lines(text) {
        if is_action(line.trimmed) {
            continue;
        }
        if let Some(item) = &mut item
            && item.goes_on(&line)
        {
            continue;
        }
        if line.trimmed.starts_with('#') || line.trimmed == "---" {
            continue;
        }
        let after_dash = line.trimmed.strip_prefix("- ").map(str::trim_start);
        let content = after_dash.unwrap_or(line.trimmed);
        let column = line.indent + line.trimmed.len() - content.len();
        let key = split_key(content);
        if after_dash.is_some() && item.as_ref().is_none_or(|item| line.indent <= item.dash) {
            rules.extend(item.take().and_then(Item::finish));
            if key.is_some_and(|(key, _)| RULE_KEYS.contains(&key)) {
                item = Some(Item::new(line.indent, column));
            }
        } else if item.as_ref().is_some_and(|item| column < item.indent) {
            rules.extend(item.take().and_then(Item::finish));
        }
        if let (Some(item), Some((key, value))) = (&mut item, key) {
            let at = line.at + line.trimmed.len() - value.len();
            item.key(key, value, at, column);
        }
    }
    rules.extend(item.and_then(Item::finish));
    rules
}

/// Returns the recording rules of a text, by their names alone.
pub(crate) fn recordings(text: &str) -> Vec<Recording> {
    let named = lines(text).filter_map(|line| {
        let (key, value) = split_key(line.trimmed.strip_prefix("- ").unwrap_or(line.trimmed))?;
        let name = value.trim().trim_matches(['"', '\'']);
        (key == "record" && !name.is_empty()).then(|| unwrapped(name))
    });
    named.map(|name| Recording { name, expr: None }).collect()
}

/// One line that is not blank.
struct Line<'t> {
    /// Columns before the first word.
    indent: usize,
    /// Byte offset of the first word.
    at: usize,
    trimmed: &'t str,
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let at = start;
        start += line.len();
        let trimmed = line.trim();
        let indent = line.len() - line.trim_start().len();
        (!trimmed.is_empty()).then_some(Line { indent, at: at + indent, trimmed })
    })
}

fn is_action(trimmed: &str) -> bool {
    if trimmed.starts_with("{%") {
        return true;
    }
    let Some(inner) = trimmed.strip_prefix("{{") else { return false };
    let inner = inner.trim_start_matches('-').trim_start();
    // A line with several actions is text of an annotation: `{{range x}} {{.y}} {{end}}`.
    let one = trimmed.ends_with("}}") && trimmed.matches("}}").count() == 1;
    let whole = one || inner.starts_with("/*");
    let assigns = inner.starts_with('$') && inner.contains(":=");
    whole && (assigns || ACTIONS.iter().any(|action| inner.starts_with(action)))
}

/// `key: value` → both; the key may stand in quotes.
fn split_key(content: &str) -> Option<(&str, &str)> {
    let (key, value) = content.split_once(':')?;
    if !value.is_empty() && !value.starts_with([' ', '\t']) {
        return None;
    }
    let key = key.trim().trim_matches(['"', '\'']);
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    (!key.is_empty() && key.chars().all(plain)).then(|| (key, value.trim()))
}

/// Where a scalar belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Name,
    Expr,
    For,
    Label,
    Annotation,
    /// A key that is of no use here.
    Other,
}

/// A scalar that may go on in the lines below.
#[derive(Clone, Debug)]
struct Scalar {
    target: Target,
    key: String,
    raw: String,
    span: Span,
    /// Column of its key; deeper lines belong to it.
    column: usize,
    /// `|` keeps line ends.
    literal: bool,
    /// Quotes and comments are signs like any other in a block.
    block: bool,
}

/// One item of a list of rules.
struct Item {
    /// Column of the dash.
    dash: usize,
    /// Column of the rule's keys.
    indent: usize,
    section: Option<Target>,
    /// Column of the section's keys, from its first.
    section_column: Option<usize>,
    open: Option<Scalar>,
    rule: Said,
}

impl Item {
    fn new(dash: usize, indent: usize) -> Self {
        Self {
            dash,
            indent,
            section: None,
            section_column: None,
            open: None,
            rule: Said::default(),
        }
    }

    /// Takes a line that belongs to the scalar above it.
    fn goes_on(&mut self, line: &Line<'_>) -> bool {
        let Some(open) = self.open.as_mut().filter(|open| line.indent > open.column) else {
            return false;
        };
        if !open.raw.is_empty() {
            open.raw.push(if open.literal { '\n' } else { ' ' });
        }
        open.raw.push_str(line.trimmed);
        let start = if open.span.is_empty() { line.at } else { open.span.start as usize };
        open.span = Span::new(start, line.at + line.trimmed.len());
        true
    }

    fn key(&mut self, key: &str, value: &str, at: usize, column: usize) {
        self.close();
        if column == self.indent {
            self.section = None;
            self.section_column = None;
            let target = match key {
                "alert" => Target::Name,
                "expr" => Target::Expr,
                "for" => Target::For,
                "labels" => return self.open_section(Target::Label, value, at),
                "annotations" => return self.open_section(Target::Annotation, value, at),
                _ => Target::Other,
            };
            self.open(target, key, value, at, column);
        } else if let Some(section) = self.section
            && *self.section_column.get_or_insert(column) == column
        {
            self.open(section, key, value, at, column);
        }
    }

    /// Opens `labels:` or `annotations:`; both may be a map in one line.
    fn open_section(&mut self, target: Target, value: &str, at: usize) {
        self.section = Some(target);
        if !value.starts_with('{') || value.starts_with("{{") {
            return;
        }
        let Ok(mut map) = parse(value, FRONT_MATTER) else { return };
        map.shift(at);
        for entry in map.entries() {
            let value = Node::text(&entry.value).unwrap_or_default();
            self.push(target, &entry.key, unwrapped(value), entry.value.span);
        }
    }

    fn open(&mut self, target: Target, key: &str, value: &str, at: usize, column: usize) {
        let block = value.starts_with(['|', '>'])
            && value[1..].trim_start_matches(['+', '-']).split('#').next().is_some_and(|rest| {
                rest.trim().bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-'))
            });
        let raw = if block { "" } else { without_comment(value) };
        self.open = Some(Scalar {
            target,
            key: key.to_owned(),
            raw: raw.to_owned(),
            span: Span::new(at, at + raw.len()),
            column,
            literal: block && value.starts_with('|'),
            block,
        });
    }

    fn close(&mut self) {
        let Some(scalar) = self.open.take() else { return };
        let text = if scalar.block { scalar.raw } else { unquoted(&scalar.raw) };
        self.push(scalar.target, &scalar.key, unwrapped(text.trim()), scalar.span);
    }

    fn push(&mut self, target: Target, key: &str, value: String, span: Span) {
        let rule = &mut self.rule;
        match target {
            Target::Name => {
                rule.name = value;
                rule.name_span = span;
            }
            Target::Expr => rule.expr = (!value.is_empty()).then_some(value),
            Target::For => rule.for_ = (!value.is_empty()).then_some(value),
            Target::Label => rule.labels.push(Pair { key: key.to_owned(), value, span }),
            Target::Annotation => rule.annotations.push(Pair { key: key.to_owned(), value, span }),
            Target::Other => {}
        }
    }

    fn finish(mut self) -> Option<Said> {
        self.close();
        (!self.rule.name.is_empty()).then_some(self.rule)
    }
}

/// A plain scalar ends before ` #`, a quoted one where that follows its quote.
fn without_comment(value: &str) -> &str {
    let (before, kept) = match value.chars().next() {
        Some('#') => return "",
        Some('"') => ("\" #", 1),
        Some('\'') => ("' #", 1),
        _ => (" #", 0),
    };
    value.find(before).map_or(value, |at| value[..at + kept].trim_end())
}

fn unquoted(raw: &str) -> String {
    let inner = |quote: char| raw.strip_prefix(quote)?.strip_suffix(quote);
    if let Some(inner) = inner('\'') {
        return inner.replace("''", "'");
    }
    match inner('"') {
        Some(inner) => match parse(raw, FRONT_MATTER) {
            Ok(node) => node.text().unwrap_or_default().to_owned(),
            // `"{{ include "x" . }}"` is no YAML; the template would have made it some.
            Err(_) => inner.replace("\\\"", "\""),
        },
        None => raw.to_owned(),
    }
}

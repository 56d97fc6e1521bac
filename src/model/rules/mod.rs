//! Prometheus rule files in every wrapping → alert rules, and the metrics that recording rules make.
//!
//! Plain files, `PrometheusRule` manifests (also in lists and `SelectorSyncSet`s), Loki and Mimir
//! namespaces and Helm values are YAML; templates that are not YAML are read line by line.

mod lines;

use crate::diag::{Code, Finding, Place};
use crate::model::alert::AlertRule;
use crate::model::field::{Field, Origin};
use crate::text::source::SourceId;
use crate::text::span::Span;
use crate::text::yaml::{FILE, Node, Value, parse_documents};

/// What one rule file holds.
#[derive(Clone, Debug, Default)]
pub struct RuleFile {
    /// Alert rules, in the order of the file.
    pub rules: Vec<AlertRule>,
    /// Recording rules, in the order of the file.
    pub recordings: Vec<Recording>,
    /// Faults of the file.
    pub findings: Vec<Finding>,
}

/// A recording rule: a metric that is made of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The metric.
    pub name: String,
    /// What it is made of.
    pub expr: Option<String>,
}

/// Deepest place of a rule that is looked for: a manifest in a set in a list is ten levels down.
const DEPTH: usize = 16;

/// Keys under which rules name their runbook, the most telling first.
const RUNBOOK_KEYS: &[&str] = &[
    "runbook_url",
    "runbook",
    "runbookURL",
    "runbookUrl",
    "sop_url",
    "sop",
    "SOP",
    "playbook",
    "link",
];

/// Reads one YAML file; `None` where it holds no rule.
pub fn read(path: &str, source: SourceId, text: &str) -> Option<RuleFile> {
    let has_alert = has_key(text, "alert");
    if !has_alert && !has_key(text, "record") {
        return None;
    }
    let mut file = RuleFile::default();
    match parse_documents(text, FILE) {
        Ok(documents) => {
            for node in &documents {
                collect(node, false, DEPTH, source, &mut file);
            }
        }
        Err(error) => {
            let said = lines::rules(text);
            file.rules = said.into_iter().map(|rule| rule.into_rule(source, true)).collect();
            file.recordings = lines::recordings(text);
            let name = path.rsplit('/').next().unwrap_or(path);
            let finding = if let Some(span) = lines::first_template(text) {
                let message = format!("`{name}` is a template; it was read line by line");
                Finding::new(Code::ReadAsText, Place::new(source, span), message)
            } else {
                Finding::new(Code::BrokenYaml, Place::new(source, error.span), error.message)
                    .hint("its alerts were read line by line")
            };
            // What holds no alert may be anything: it is no rule file that broke.
            file.findings.extend(has_alert.then_some(finding));
        }
    }
    (!file.rules.is_empty() || !file.recordings.is_empty()).then_some(file)
}

/// Returns true where a key stands somewhere; spares most files the parser.
fn has_key(text: &str, key: &str) -> bool {
    text.match_indices(key).any(|(at, word)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].trim_start_matches(['"', '\'', ' ']);
        after.starts_with(':') && before.is_none_or(|c| " \t\n\r-{,\"'".contains(c))
    })
}

/// One rule as it is said, before its parts are sorted out.
#[derive(Clone, Debug, Default)]
struct Said {
    name: String,
    name_span: Span,
    expr: Option<String>,
    for_: Option<String>,
    labels: Vec<Pair>,
    annotations: Vec<Pair>,
}

/// A label or an annotation.
#[derive(Clone, Debug)]
struct Pair {
    key: String,
    value: String,
    span: Span,
}

impl Said {
    fn into_rule(self, source: SourceId, read_as_text: bool) -> AlertRule {
        AlertRule {
            name: self.name,
            place: Place::new(source, self.name_span),
            expr: self.expr,
            for_: self.for_,
            runbook: runbook(&self.annotations, &self.labels, source),
            labels: self.labels.into_iter().map(|pair| (pair.key, pair.value)).collect(),
            annotations: self.annotations.into_iter().map(|pair| (pair.key, pair.value)).collect(),
            read_as_text,
        }
    }
}

/// The first runbook that is said: in the annotations, else in the labels, else one that is blank.
fn runbook(annotations: &[Pair], labels: &[Pair], source: SourceId) -> Option<Field<String>> {
    let said = |pairs: &'_ [Pair], is_label: bool| {
        let found = RUNBOOK_KEYS.iter().filter_map(|key| {
            let pair = pairs.iter().find(|pair| pair.key == *key)?;
            // `link` holds anything, from a dashboard's id to a sentence.
            (*key != "link" || is_address(&pair.value)).then(|| pair.clone())
        });
        found.map(|pair| (pair, is_label)).collect::<Vec<_>>()
    };
    let all = [said(annotations, false), said(labels, true)].concat();
    let (pair, is_label) =
        all.iter().find(|(pair, _)| !pair.value.is_empty()).or_else(|| all.first())?.clone();
    let origin = if is_label { Origin::Label(pair.key) } else { Origin::Stated(pair.key) };
    Some(Field { value: pair.value, origin, place: Some(Place::new(source, pair.span)) })
}

fn is_address(text: &str) -> bool {
    let one_word = !text.is_empty() && !text.contains(char::is_whitespace);
    text.contains("://") || (one_word && (text.contains('/') || text.contains(".md")))
}

/// Collects the rules below a node: items of a `rules:` list, and any map with `alert` or `record` and `expr`.
fn collect(node: &Node, in_rules: bool, depth: usize, source: SourceId, file: &mut RuleFile) {
    if depth == 0 {
        return;
    }
    match &node.value {
        Value::Null | Value::Scalar(..) => {}
        Value::Seq(items) => {
            for item in items {
                collect(item, in_rules, depth - 1, source, file);
            }
        }
        Value::Map(entries) => {
            if let Some(name) = node.get("alert")
                && (in_rules || node.get("expr").is_some())
            {
                rule(node, name, source, file);
                return;
            }
            if let Some(name) = node.get("record").and_then(Node::text)
                && let Some(expr) = node.text_at("expr")
            {
                let expr = Some(unwrapped(expr));
                file.recordings.push(Recording { name: unwrapped(name), expr });
                return;
            }
            for entry in entries {
                collect(&entry.value, entry.key == "rules", depth - 1, source, file);
            }
        }
    }
}

fn rule(node: &Node, name: &Node, source: SourceId, file: &mut RuleFile) {
    let Some(text) = name.text() else {
        wrong("alert", name, "a name", source, file);
        return;
    };
    let said = Said {
        name: unwrapped(text),
        name_span: name.span,
        expr: node.text_at("expr").map(unwrapped),
        for_: node.text_at("for").map(unwrapped),
        labels: pairs(node, "labels", source, file),
        annotations: pairs(node, "annotations", source, file),
    };
    file.rules.push(said.into_rule(source, false));
}

fn pairs(node: &Node, key: &str, source: SourceId, file: &mut RuleFile) -> Vec<Pair> {
    let Some(map) = node.get(key) else { return Vec::new() };
    if map.entries().is_empty() {
        wrong(key, map, "a map", source, file);
    }
    let mut pairs = Vec::new();
    for entry in map.entries() {
        let value = match &entry.value.value {
            Value::Null => String::new(),
            Value::Scalar(text, _) => unwrapped(text.trim()),
            Value::Seq(_) | Value::Map(_) => {
                wrong(&entry.key, &entry.value, "text", source, file);
                continue;
            }
        };
        pairs.push(Pair { key: entry.key.clone(), value, span: entry.value.span });
    }
    pairs
}

fn wrong(key: &str, node: &Node, expected: &str, source: SourceId, file: &mut RuleFile) {
    if !node.is_blank() {
        let message = format!("`{key}` is {}, expected {expected}", node.type_name());
        let place = Place::new(source, node.span);
        file.findings.push(Finding::new(Code::WrongType, place, message));
    }
}

/// Returns a text without Helm's escapes: ``{{`x {{ $y }}`}}`` → `x {{ $y }}`.
fn unwrapped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escaped)) = rest.split_once("{{`") {
        let Some((inner, after)) = escaped.split_once("`}}") else { break };
        out.push_str(before);
        out.push_str(inner);
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;

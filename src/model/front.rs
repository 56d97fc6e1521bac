//! Front matter → typed values: aliases of keys, wrong types as findings, the rest kept as extra facts.

use std::collections::BTreeSet;

use crate::diag::{Code, Finding, Fix, Place};
use crate::model::field::Field;
use crate::model::secret::is_secret_key;
use crate::text::date::{Day, Interval, Stamp, Zone, is_day_alone, standard_form};
use crate::text::keys::{self, Key, Shape};
use crate::text::nearest::{nearest, only_slip};
use crate::text::source::SourceId;
use crate::text::yaml::{Entry, Node, Value};

/// Keys that site generators read and that say nothing about operations: kept, never warned about.
const FOREIGN: [&str; 65] = [
    // Editors are told by it which schema holds.
    "$schema",
    "layout",
    "weight",
    "type",
    "menu",
    "draft",
    "sidenav",
    "permalink",
    "section",
    "linkTitle",
    "slug",
    "url",
    "toc",
    "parent",
    "nav_order",
    "has_children",
    "bookHidden",
    "bookCollapseSection",
    "bookFlatSection",
    "bookToc",
    "sidebar_label",
    "sidebar_position",
    "sidebar",
    "category",
    "categories",
    "subcategory",
    "keywords",
    "excerpt",
    "lastmod",
    "last_modified",
    "uuid",
    "company",
    "product",
    "project",
    "source_published_at",
    "source_fetched_at",
    "archive_url",
    "redirect_to",
    "related_repos",
    "source_repository",
    "expiration_in_days",
    "diataxis_content_type",
    "hide",
    "template",
    "cascade",
    "outputs",
    "image",
    "images",
    "nav_title",
    "hide_title",
    "icon",
    "order",
    "version",
    "versions",
    "lang",
    "language",
    "locale",
    "robots",
    "canonical",
    "comments",
    "share",
    "informational",
    "hidden",
    "pagination_next",
    "slack",
];

/// Reads the keys of one front matter.
pub struct Front<'a> {
    tables: &'static [&'static [Key]],
    node: Option<&'a Node>,
    source: SourceId,
    used: BTreeSet<usize>,
    /// Faults met so far.
    pub findings: Vec<Finding>,
}

impl<'a> Front<'a> {
    /// Starts reading by these tables; `None` is a file without front matter.
    pub fn new(
        node: Option<&'a Node>,
        source: SourceId,
        tables: &'static [&'static [Key]],
    ) -> Self {
        Self { tables, node, source, used: BTreeSet::new(), findings: Vec::new() }
    }

    /// Returns the place of a value.
    pub fn place(&self, node: &Node) -> Place {
        Place::new(self.source, node.span)
    }

    fn row(&self, name: &str) -> &'static Key {
        let mut tables = self.tables.iter();
        let own = tables.find(|table| table.iter().any(|key| key.name() == name));
        keys::row(own.copied().unwrap_or_default(), name)
    }

    /// Returns what is said of a key, its name before its other spellings, and marks all of them as known.
    pub fn entry(&mut self, name: &str) -> Option<&'a Entry> {
        let row = self.row(name);
        let entries = self.node?.entries();
        let mut found = None;
        for key in row.names {
            if let Some(at) = entries.iter().position(|e| e.key == *key) {
                self.used.insert(at);
                if found.is_none() && !entries[at].value.is_blank() {
                    found = Some(&entries[at]);
                }
            }
        }
        found
    }

    fn wrong(&mut self, entry: &Entry, expected: &str) {
        let place = Place::new(self.source, entry.value.span);
        let message =
            format!("`{}` must be {expected}, not {}", entry.key, entry.value.type_name());
        self.findings.push(Finding::new(Code::WrongType, place, message));
    }

    /// Says so where a value is no list.
    pub fn expect_list(&mut self, entry: &Entry) {
        if !matches!(entry.value.value, Value::Seq(_)) {
            self.wrong(entry, "a list");
        }
    }

    /// Returns a text.
    pub fn text(&mut self, name: &str) -> Option<Field<String>> {
        let entry = self.entry(name)?;
        if let Some(text) = entry.value.text() {
            Some(Field::stated(
                text.to_owned(),
                &entry.key,
                Place::new(self.source, entry.value.span),
            ))
        } else {
            self.wrong(entry, "text");
            None
        }
    }

    /// Returns a list: a YAML list, a comma list or a single value.
    pub fn list(&mut self, name: &str) -> Vec<Field<String>> {
        let Some(entry) = self.entry(name) else { return Vec::new() };
        match &entry.value.value {
            Value::Seq(items) => {
                let mut out = Vec::new();
                for item in items {
                    match item.text() {
                        Some(text) => out.push(self.stated(text, entry, item)),
                        None if item.is_blank() => {}
                        None => {
                            let place = Place::new(self.source, item.span);
                            let message = format!(
                                "an item of `{}` must be text, not {}",
                                entry.key,
                                item.type_name()
                            );
                            self.findings.push(Finding::new(Code::WrongType, place, message));
                        }
                    }
                }
                out
            }
            Value::Scalar(text, _) => text
                .split(',')
                .map(str::trim)
                .filter(|t| !t.is_empty())
                .map(|t| self.stated(t, entry, &entry.value))
                .collect(),
            Value::Null => Vec::new(),
            Value::Map(_) => {
                self.wrong(entry, "a list");
                Vec::new()
            }
        }
    }

    /// Returns a list of sentences: like [`Front::list`], but a single text is not split at commas.
    pub fn sentences(&mut self, name: &str) -> Vec<Field<String>> {
        let single = self.entry(name).filter(|e| matches!(e.value.value, Value::Scalar(..)));
        if let Some((entry, text)) = single.and_then(|e| Some((e, e.value.text()?))) {
            return vec![self.stated(text, entry, &entry.value)];
        }
        self.list(name)
    }

    fn stated(&self, text: &str, entry: &Entry, node: &Node) -> Field<String> {
        Field::stated(text.to_owned(), &entry.key, Place::new(self.source, node.span))
    }

    /// Returns a date.
    pub fn day(&mut self, name: &str) -> Option<Field<Day>> {
        let field = self.text(name)?;
        if let Some(day) = Day::parse(&field.value) {
            self.form(&field, is_day_alone(&field.value).then(|| day.to_string()));
            Some(Field { value: day, origin: field.origin, place: field.place })
        } else {
            let place = field.place?;
            let message = format!("`{}` is not a date", field.value);
            self.findings
                .push(Finding::new(Code::BadTime, place, message).hint("write it as `2026-05-12`"));
            None
        }
    }

    /// Says so where a date could be written in the standard's form.
    fn form(&mut self, field: &Field<String>, standard: Option<String>) {
        let written = field.value.as_str();
        if let (Some(text), Some(place)) = (standard.filter(|text| text != written), field.place) {
            let message = format!("`{written}` is not in the standard's form");
            let finding = Finding::new(Code::DateForm, place, message);
            let finding = finding.hint(format!("write it as `{text}`"));
            self.findings.push(finding.fixed_by(Some(Fix { place, text })));
        }
    }

    /// Returns an interval such as `3 months`.
    pub fn interval(&mut self, name: &str) -> Option<Field<Interval>> {
        let field = self.text(name)?;
        if let Some(value) = Interval::parse(&field.value) {
            Some(Field { value, origin: field.origin, place: field.place })
        } else {
            let place = field.place?;
            let message = format!("`{}` is not an interval", field.value);
            self.findings.push(
                Finding::new(Code::BadTime, place, message).hint("write it as `90d` or `3 months`"),
            );
            None
        }
    }

    /// Returns an instant; one without zone is taken as `zone` or UTC, and said so.
    pub fn stamp(&mut self, name: &str, zone: Option<&Zone>) -> Option<Field<Stamp>> {
        let entry = self.entry(name)?;
        let Some(text) = entry.value.text() else {
            self.wrong(entry, "a time");
            return None;
        };
        let place = Place::new(self.source, entry.value.span);
        let stamp = stamp_of(text, zone, place, &mut self.findings)?;
        let field = Field::stated(text.to_owned(), &entry.key, place);
        self.form(&field, standard_form(text));
        Some(Field::stated(stamp, &entry.key, place))
    }

    /// Returns one of the words of a key; another word is a finding with the nearest.
    pub fn choice(&mut self, name: &str) -> Option<Field<String>> {
        let Shape::Word(table) = self.row(name).shape else { return self.text(name) };
        let mut field = self.text(name)?;
        if let Some(word) = keys::which(table, &field.value).and_then(|at| table[at].first()) {
            field.value = (*word).to_owned();
            return Some(field);
        }
        let place = field.place?;
        let words = || keys::words(table);
        let lower = field.value.to_ascii_lowercase();
        let message = format!("`{}` is not a word for `{name}`", field.value);
        let mut finding = Finding::new(Code::UnknownValue, place, message);
        if let Some(near) = nearest(&lower, words()) {
            let only = only_slip(&lower, words());
            let fix = only.map(|word| Fix { place, text: word.to_owned() });
            finding = finding.nearest(Some(near)).fixed_by(fix);
        } else {
            let words: Vec<&str> = words().collect();
            finding = finding.hint(format!("write one of {}", words.join(", ")));
        }
        self.findings.push(finding);
        Some(field)
    }

    /// Returns what no key asked for, as label and value, and warns about keys that look like a typo.
    pub fn rest(&mut self, known: &[&'static [Key]]) -> Vec<(String, String)> {
        let Some(node) = self.node else { return Vec::new() };
        let mut extra = Vec::new();
        for (at, entry) in node.entries().iter().enumerate() {
            if self.used.contains(&at) {
                continue;
            }
            if is_secret_key(&entry.key) {
                let place = Place::new(self.source, entry.key_span);
                self.findings.push(
                    Finding::new(
                        Code::IntegrationKey,
                        place,
                        format!("`{}` is a secret and is not published", entry.key),
                    )
                    .hint("remove it from the file and rotate the key"),
                );
                continue;
            }
            let value = flat(&entry.value);
            if !value.is_empty() {
                extra.push((entry.key.clone(), value));
            }
            if FOREIGN.contains(&entry.key.as_str()) {
                continue;
            }
            let place = Place::new(self.source, entry.key_span);
            let finding =
                Finding::new(Code::UnknownKey, place, format!("unknown key `{}`", entry.key));
            let names = || known.iter().copied().flatten().map(Key::name);
            let others = known.iter().flat_map(|table| keys::spellings(table));
            let near = nearest(&entry.key, names().chain(others));
            let only = only_slip(&entry.key, names())
                .filter(|key| !node.entries().iter().any(|e| e.key == *key));
            let fix = only.map(|key| Fix { place, text: key.to_owned() });
            self.findings.push(finding.nearest(near).fixed_by(fix));
        }
        extra
    }
}

/// Reads an instant and words its faults.
pub fn stamp_of(
    text: &str,
    zone: Option<&Zone>,
    place: Place,
    findings: &mut Vec<Finding>,
) -> Option<Stamp> {
    if let Some(stamp) = Stamp::parse(text, zone, None) {
        if stamp.timed && !stamp.zoned {
            findings.push(
                Finding::new(
                    Code::TimeWithoutZone,
                    place,
                    format!("`{text}` names no zone and is read as UTC"),
                )
                .hint("add `Z`, an offset such as `+01:00`, or a `timezone:` key"),
            );
        }
        Some(stamp)
    } else {
        findings.push(
            Finding::new(Code::BadTime, place, format!("`{text}` is not a time"))
                .hint("write it as `2026-03-04T02:07:00Z`"),
        );
        None
    }
}

/// Returns true for the mail address of a person: `eli@payments.example`.
pub fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}

/// Returns a value in one line, for facts that have no field of their own.
pub fn flat(node: &Node) -> String {
    fn part(node: &Node, depth: usize, out: &mut String) {
        match &node.value {
            Value::Null => {}
            Value::Scalar(text, _) => out.push_str(text.trim()),
            _ if depth == 0 => out.push('…'),
            Value::Seq(items) => {
                for (n, item) in items.iter().enumerate() {
                    if n > 0 {
                        out.push_str(", ");
                    }
                    part(item, depth - 1, out);
                }
            }
            Value::Map(entries) => {
                let mut first = true;
                for entry in
                    entries.iter().filter(|e| !is_secret_key(&e.key) && !e.value.is_blank())
                {
                    if !first {
                        out.push_str("; ");
                    }
                    first = false;
                    out.push_str(&entry.key);
                    out.push_str(": ");
                    part(&entry.value, depth - 1, out);
                }
            }
        }
    }
    let mut out = String::new();
    part(node, 8, &mut out);
    out
}

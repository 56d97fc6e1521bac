//! YAML tree of the site file → [`Config`]; unknown keys are errors with place and did-you-mean.

use std::collections::BTreeMap;
use std::fmt;

use crate::config::keys;
use crate::config::{
    Config, FILE_NAME, KindGlobs, PrefixTarget, RequiredPart, RunbookPrefix, SourceConfig, Urgency,
};
use crate::diag::{Code, Level};
use crate::secret::{self, Allow};
use crate::text::date::Interval;
use crate::text::glob::Globs;
use crate::text::keys::{Key, Shape, which};
use crate::text::nearest::nearest;
use crate::text::source::line_column;
use crate::text::span::Span;
use crate::text::yaml::{self, Entry, Node, Value};

/// One fault of the site file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// One phrase.
    pub message: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

/// Reads the site file over the defaults.
pub(crate) fn read(config: Config, text: &str) -> Result<Config, Vec<ConfigError>> {
    let mut reader = Reader { text, errors: Vec::new(), config };
    match yaml::parse(text, yaml::FILE) {
        Ok(node) => {
            reader.root(&node);
            reader.no_secrets();
        }
        Err(e) => reader.fault(e.span, e.message),
    }
    if reader.errors.is_empty() { Ok(reader.config) } else { Err(reader.errors) }
}

struct Reader<'a> {
    text: &'a str,
    errors: Vec<ConfigError>,
    config: Config,
}

impl Reader<'_> {
    fn fault(&mut self, span: Span, message: impl Into<String>) {
        let (line, column) = line_column(self.text, span.start as usize);
        self.errors.push(ConfigError { line, column, message: message.into() });
    }

    fn unknown<'k>(
        &mut self,
        entry: &Entry,
        place: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        let mut message = format!("unknown key `{}`{place}", entry.key);
        if let Some(near) = nearest(&entry.key, known) {
            message = format!("{message}: did you mean `{near}`?");
        }
        self.fault(entry.key_span, message);
    }

    /// Returns the entries whose keys the table has; others are faults.
    fn known<'n>(
        &mut self,
        node: &'n Node,
        place: &str,
        table: &'static [Key],
    ) -> Vec<(&'static str, &'n Entry)> {
        if !matches!(node.value, Value::Map(_) | Value::Null) {
            let what = if place.is_empty() { "the site file" } else { "what stands" };
            let wrong = node.type_name();
            self.fault(node.span, format!("{what}{place} must be a map, not {wrong}"));
        }
        let mut found = Vec::new();
        for entry in node.entries() {
            match table.iter().find(|key| key.name() == entry.key) {
                Some(key) => {
                    if let Some(wanted) = wanted(key.shape, &entry.value) {
                        let wrong = entry.value.type_name();
                        let message = format!("`{}` must be {wanted}, not {wrong}", entry.key);
                        self.fault(entry.value.span, message);
                    } else {
                        found.push((key.name(), entry));
                    }
                }
                None => self.unknown(entry, place, table.iter().map(Key::name)),
            }
        }
        found
    }

    fn text(&mut self, entry: &Entry) -> Option<String> {
        let text = entry.value.text().map(str::to_owned);
        if text.is_none() && !entry.value.is_blank() {
            let found = entry.value.type_name();
            self.fault(entry.value.span, format!("`{}` must be text, not {found}", entry.key));
        }
        text
    }

    fn list(&mut self, entry: &Entry) -> Vec<String> {
        match &entry.value.value {
            Value::Seq(items) => items.iter().filter_map(Node::text).map(str::to_owned).collect(),
            Value::Scalar(text, _) => text
                .split(',')
                .map(str::trim)
                .filter(|t| !t.is_empty())
                .map(str::to_owned)
                .collect(),
            Value::Null => Vec::new(),
            Value::Map(_) => {
                self.fault(entry.value.span, format!("`{}` must be a list, not a map", entry.key));
                Vec::new()
            }
        }
    }

    fn globs(&mut self, entry: &Entry) -> Globs {
        let patterns = self.list(entry);
        Globs::new(patterns.iter().map(String::as_str)).unwrap_or_else(|message| {
            self.fault(entry.value.span, message);
            Globs::default()
        })
    }

    fn words(&mut self, entry: &Entry) -> BTreeMap<String, String> {
        let rows = entry.value.entries();
        rows.iter()
            .map(|row| (row.key.clone(), row.value.text().unwrap_or("").to_owned()))
            .collect()
    }

    fn root(&mut self, node: &Node) {
        for (key, entry) in self.known(node, "", keys::SITE) {
            match key {
                "title" => {
                    if let Some(title) = self.text(entry) {
                        self.config.title = title;
                    }
                }
                "base_url" => self.base_url(entry),
                "sources" => self.sources(entry),
                "ignore" => self.config.ignore = self.globs(entry),
                "kinds" => self.kinds(entry),
                "policy" => self.policy(entry),
                "url_templates" => self.config.url_templates = self.words(entry),
                "alerts" => self.alerts(entry),
                "factors" => self.factors(entry),
                "theme" => {
                    if let Some(theme) = self.text(entry) {
                        self.config.theme = theme;
                    }
                }
                "search" => self.search(entry),
                "secrets" => self.secrets(entry),
                _ => unread(key),
            }
        }
    }

    fn base_url(&mut self, entry: &Entry) {
        let Some(mut url) = self.text(entry) else { return };
        if !(url.starts_with("https://") || url.starts_with("http://")) {
            self.fault(entry.value.span, "`base_url` must start with `https://` or `http://`");
            return;
        }
        if !url.ends_with('/') {
            url.push('/');
        }
        self.config.base_url = Some(url);
    }

    fn sources(&mut self, entry: &Entry) {
        let mut sources: Vec<SourceConfig> = Vec::new();
        for item in entry.value.items() {
            let mut source = SourceConfig {
                name: String::new(),
                folder: self.config.root.clone(),
                prefix: String::new(),
                team: None,
                url: None,
                edit_url: None,
                ignore: Globs::default(),
            };
            let mut path = item.text().unwrap_or("").to_owned();
            for (key, row) in self.known(item, " in a source", keys::SOURCE) {
                match key {
                    "name" => source.name = self.text(row).unwrap_or_default(),
                    "path" => path = self.text(row).unwrap_or_default(),
                    "team" => source.team = self.text(row),
                    "url" => source.url = self.text(row),
                    "edit_url" => source.edit_url = self.text(row),
                    "ignore" => source.ignore = self.globs(row),
                    _ => unread(key),
                }
            }
            if path.is_empty() {
                self.fault(item.span, "a source needs a `path`");
                continue;
            }
            let inside = crate::text::path::join("", &path).filter(|_| !path.starts_with('/'));
            source.folder = self.config.root.join(&path);
            if source.name.is_empty() {
                source.name = path.trim_matches('/').rsplit('/').next().unwrap_or("").to_owned();
            }
            source.prefix = match inside {
                Some(inside) if inside.is_empty() => String::new(),
                Some(inside) => format!("{inside}/"),
                None => format!("{}/", crate::text::slug::segment(&source.name)),
            };
            if sources.iter().any(|other| other.prefix == source.prefix) {
                self.fault(item.span, format!("two sources have the path `{path}`"));
            }
            sources.push(source);
        }
        if !sources.is_empty() {
            self.config.sources = sources;
        }
    }

    fn kinds(&mut self, entry: &Entry) {
        let mut kinds = KindGlobs::default();
        let mut patterns = Vec::new();
        for row in entry.value.entries() {
            match row.value.text() {
                Some(kind) if keys::KINDS.contains(&kind) => {
                    patterns.push(row.key.as_str());
                    kinds.kinds.push(kind.to_owned());
                }
                found => {
                    let near = nearest(found.unwrap_or(""), keys::KINDS.iter().copied())
                        .unwrap_or("runbook");
                    self.fault(
                        row.value.span,
                        format!(
                            "a kind is one of {}: did you mean `{near}`?",
                            keys::KINDS.join(", ")
                        ),
                    );
                }
            }
        }
        match Globs::new(patterns) {
            Ok(globs) => kinds.globs = globs,
            Err(message) => self.fault(entry.value.span, message),
        }
        self.config.kinds = kinds;
    }

    fn policy(&mut self, entry: &Entry) {
        for (key, row) in self.known(&entry.value, " in `policy`", keys::POLICY) {
            match key {
                "review_every" => match row.value.text().and_then(Interval::parse) {
                    Some(interval) => self.config.policy.review_every = interval,
                    None => self.fault(
                        row.value.span,
                        "`review_every` must be an interval such as `6 months`",
                    ),
                },
                "tiers" => {
                    for tier in row.value.entries() {
                        match tier.value.text().and_then(|t| t.parse::<u8>().ok()) {
                            Some(rank @ 1..=4) => {
                                self.config.policy.tiers.insert(tier.key.to_lowercase(), rank);
                            }
                            _ => self.fault(tier.value.span, "a tier is a number from 1 to 4"),
                        }
                    }
                }
                "severities" => {
                    for word in row.value.entries() {
                        match word.value.text().and_then(Urgency::named) {
                            Some(urgency) => {
                                self.config
                                    .policy
                                    .severities
                                    .insert(word.key.to_lowercase(), urgency);
                            }
                            None => self.fault(
                                word.value.span,
                                "a severity means `page`, `ticket`, `info` or `none`",
                            ),
                        }
                    }
                }
                "max_vanish" => {
                    let share =
                        row.value.text().and_then(|t| t.trim_end_matches('%').trim().parse().ok());
                    match share.filter(|share| (0.0..=100.0).contains(share)) {
                        Some(share) => self.config.policy.max_vanish = share,
                        None => self.fault(
                            row.value.span,
                            "`max_vanish` is a share in percent, from 0 to 100",
                        ),
                    }
                }
                "required_parts" => self.required_parts(row),
                "rules" => self.config.policy.rules = self.levels(&row.value),
                "paths" => {
                    for item in row.value.items() {
                        let (mut globs, mut rules) = (Globs::default(), BTreeMap::new());
                        for (key, row) in self.known(item, " in `paths`", keys::PATHS) {
                            match key {
                                "glob" => globs = self.globs(row),
                                "rules" => rules = self.levels(&row.value),
                                _ => unread(key),
                            }
                        }
                        self.config.policy.paths.push((globs, rules));
                    }
                }
                _ => unread(key),
            }
        }
    }

    /// A list of parts for all runbooks, or a list by tier.
    fn required_parts(&mut self, entry: &Entry) {
        let mut lists: Vec<(Option<u8>, &Node)> = Vec::new();
        for row in entry.value.entries() {
            match row.key.parse::<u8>() {
                Ok(rank @ 1..=4) => lists.push((Some(rank), &row.value)),
                _ if row.key == "all" => lists.push((None, &row.value)),
                _ => self.fault(
                    row.value.span,
                    "parts are required by tier: a number from 1 to 4, or `all`",
                ),
            }
        }
        if lists.is_empty() {
            lists.push((None, &entry.value));
        }
        let mut required = Vec::new();
        for (tier, list) in lists {
            for item in list.items() {
                match item.text().and_then(RequiredPart::named) {
                    Some(part) => required.push((tier, part)),
                    None => self.fault(
                        item.span,
                        format!("a part is one of `{}`", RequiredPart::NAMES.join("`, `")),
                    ),
                }
            }
        }
        self.config.policy.required = required;
    }

    fn levels(&mut self, node: &Node) -> BTreeMap<Code, Level> {
        let mut levels = BTreeMap::new();
        for row in node.entries() {
            let Some(code) = Code::find(&row.key) else {
                let names: Vec<&str> = crate::diag::codes::RULES.iter().map(|r| r.name).collect();
                self.unknown(row, " in `rules`", names);
                continue;
            };
            let written = row.value.text().and_then(|word| which(keys::LEVELS, word));
            let Some(level) = written.and_then(|at| Level::ALL.get(at)) else {
                self.fault(row.value.span, "a level is `off`, `info`, `warning` or `error`");
                continue;
            };
            levels.insert(code, *level);
        }
        levels
    }

    fn alerts(&mut self, entry: &Entry) {
        for (key, row) in self.known(&entry.value, " in `alerts`", keys::ALERTS) {
            match key {
                "rules" => self.config.alerts.rules = self.globs(row),
                "exempt" => self.config.alerts.exempt = self.list(row),
                "runbook_urls" => {
                    for item in row.value.items() {
                        self.prefix(item);
                    }
                    self.config.alerts.runbook_urls.sort_by(|a, b| {
                        b.prefix.len().cmp(&a.prefix.len()).then_with(|| a.prefix.cmp(&b.prefix))
                    });
                }
                _ => unread(key),
            }
        }
    }

    fn prefix(&mut self, item: &Node) {
        let rows = self.known(item, " in `runbook_urls`", keys::PREFIX);
        let text =
            |name| rows.iter().find(|(key, _)| *key == name).and_then(|(_, e)| e.value.text());
        let target = match (text("path"), text("site")) {
            (Some(path), None) => {
                PrefixTarget::Folder(crate::text::path::join("", path).unwrap_or_default())
            }
            (None, Some(site)) => PrefixTarget::Site(site.trim_start_matches('/').to_owned()),
            _ => {
                self.fault(
                    item.span,
                    "a row of `runbook_urls` needs `prefix` and either `path` or `site`",
                );
                return;
            }
        };
        match text("prefix") {
            Some(prefix) => self
                .config
                .alerts
                .runbook_urls
                .push(RunbookPrefix { prefix: prefix.to_owned(), target }),
            None => self.fault(item.span, "a row of `runbook_urls` needs a `prefix`"),
        }
    }

    fn factors(&mut self, entry: &Entry) {
        if let Value::Seq(items) = &entry.value.value {
            let slugs = items.iter().filter_map(Node::text);
            self.config.factors = slugs.map(|s| (s.to_owned(), String::new())).collect();
        } else {
            self.config.factors = self.words(entry);
        }
    }

    fn secrets(&mut self, entry: &Entry) {
        let (mut values, mut paths) = (Vec::new(), Globs::default());
        for (key, row) in self.known(&entry.value, " in `secrets`", keys::SECRETS) {
            match key {
                "allow" => values = self.list(row),
                "paths" => paths = self.globs(row),
                _ => unread(key),
            }
        }
        self.config.secrets = Allow::new(values, paths);
    }

    /// Addresses and words of the site file stand on many pages.
    fn no_secrets(&mut self) {
        for secret in secret::find(FILE_NAME, self.text, &self.config.secrets) {
            let message = format!(
                "a secret (`{}`) must not stand here: rotate it, or name it under `secrets.allow`",
                secret.rule
            );
            self.fault(secret.span, message);
        }
    }

    fn search(&mut self, entry: &Entry) {
        for (key, row) in self.known(&entry.value, " in `search`", keys::SEARCH) {
            match key {
                "synonyms" => {
                    for word in row.value.entries() {
                        let meanings = self.list(word);
                        self.config.synonyms.insert(word.key.clone(), meanings);
                    }
                }
                _ => unread(key),
            }
        }
    }
}

/// What a value ought to be where it is neither that nor blank. Texts are told of where they are read.
fn wanted(shape: Shape, node: &Node) -> Option<&'static str> {
    let (is_map, is_list) = match node.value {
        Value::Null => return None,
        Value::Map(_) => (true, false),
        Value::Seq(_) => (false, true),
        Value::Scalar(..) => (false, false),
    };
    match shape {
        Shape::Map(_) | Shape::Made(_) | Shape::Open(..) | Shape::ByName(_) => {
            (!is_map).then_some("a map")
        }
        Shape::List(_) => (!is_list).then_some("a list"),
        Shape::Either(shapes) if shapes.iter().all(|shape| wanted(*shape, node).is_some()) => {
            Some("a list or a map")
        }
        _ => None,
    }
}

/// A key that its table has and no arm reads would be taken and forgotten.
fn unread(key: &str) -> ! {
    unreachable!("`{key}` is declared and not read")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::{Config, ConfigError, Urgency, keys};
    use crate::diag::Level;
    use crate::text::keys::{Key, Shape};

    #[test]
    fn every_fault_is_told_at_once_with_its_place() {
        let text = "titel: x\nsources:\n  - {name: a}\npolicy:\n  rules:\n    broken-lnk: off\n";
        let errors = Config::parse(Path::new("/x"), text).unwrap_err();
        let shown: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "1:1: unknown key `titel`: did you mean `title`?",
                "3:5: a source needs a `path`",
                "6:5: unknown key `broken-lnk` in `rules`: did you mean `broken-link`?",
            ]
        );
    }

    #[test]
    fn a_value_of_another_shape_is_told() {
        let told = |text: &str| {
            let errors = Config::parse(Path::new("/x"), text).err().unwrap_or_default();
            errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        };
        for (text, expected) in [
            ("- a", "1:1: the site file must be a map, not a list"),
            ("policy: strict", "1:9: `policy` must be a map, not text"),
            ("policy: {rules: off}", "1:17: `rules` must be a map, not text"),
            ("policy: {paths: [a]}", "1:18: what stands in `paths` must be a map, not text"),
            ("policy: {paths: {a: b}}", "1:17: `paths` must be a list, not a map"),
            (
                "policy: {required_parts: rollback}",
                "1:26: `required_parts` must be a list or a map, not text",
            ),
            ("kinds: [runbook]", "1:8: `kinds` must be a map, not a list"),
            ("sources: docs", "1:10: `sources` must be a list, not text"),
            ("factors: x", "1:10: `factors` must be a list or a map, not text"),
            ("policy:\nalerts:\nkinds:\nsources:\n", ""),
            ("ignore: a, b\nfactors: [x]\npolicy: {required_parts: {all: [rollback]}}", ""),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }

    #[test]
    fn every_declared_key_is_read() {
        fn rows(shape: Shape) -> &'static [Key] {
            match shape {
                Shape::Map(rows) => rows,
                Shape::List(item) => rows(*item),
                Shape::Either(shapes) => {
                    shapes.iter().map(|s| rows(*s)).max_by_key(|r| r.len()).unwrap()
                }
                _ => &[],
            }
        }
        let mut n = 0;
        for key in keys::SITE {
            // A key without an arm panics; one that has no row is unknown.
            let name = key.name();
            let is_map = matches!(key.shape, Shape::Map(_));
            let within = |sub: &str| {
                if is_map {
                    format!("{name}: {{{sub}: }}\n")
                } else {
                    format!("{name}: [{{{sub}: }}]\n")
                }
            };
            let below = rows(key.shape).iter().flat_map(|sub| {
                let deeper = rows(sub.shape).iter().map(|deep| format!("[{{{}: }}]", deep.name()));
                let deeper = deeper.map(|value| format!("{name}: {{{}: {value}}}\n", sub.name()));
                let deeper: Vec<String> = if is_map { deeper.collect() } else { Vec::new() };
                [within(sub.name())].into_iter().chain(deeper)
            });
            for text in [format!("{name}:\n")].into_iter().chain(below) {
                let errors = Config::parse(Path::new("/x"), &text).err().unwrap_or_default();
                let unknown = |e: &ConfigError| e.message.contains("unknown key");
                assert!(!errors.iter().any(unknown), "{text}{errors:?}");
                n += 1;
            }
        }
        assert!(n > 40, "{n}");
    }

    #[test]
    fn levels_and_urgencies_are_the_words_of_the_tables() {
        for (level, words) in Level::ALL.iter().zip(keys::LEVELS) {
            assert_eq!(words[0], level.word());
        }
        for word in Urgency::NAMES {
            assert!(Urgency::named(word).is_some(), "{word}");
        }
    }

    #[test]
    fn an_empty_file_is_the_default() {
        let config = Config::parse(Path::new("/x/alert-runbooks"), "").unwrap();
        assert_eq!(config.title, "Alert runbooks");
        assert_eq!(config.sources.len(), 1);
    }
}

//! YAML tree of the site file → [`Config`]; unknown keys are errors with place and did-you-mean.

use std::collections::BTreeMap;
use std::fmt;

use crate::config::{
    Config, FILE_NAME, KindGlobs, PrefixTarget, RequiredPart, RunbookPrefix, SourceConfig, Urgency,
};
use crate::diag::{Code, Level};
use crate::secret::{self, Allow};
use crate::text::date::Interval;
use crate::text::glob::Globs;
use crate::text::nearest::nearest;
use crate::text::source::line_column;
use crate::text::span::Span;
use crate::text::yaml::{self, Entry, Node, Value};

/// Kinds that the configuration may give a file.
const KINDS: [&str; 6] = ["page", "runbook", "postmortem", "service", "team", "lesson"];

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

    fn unknown(&mut self, entry: &Entry, place: &str, known: &[&str]) {
        let mut message = format!("unknown key `{}`{place}", entry.key);
        if let Some(near) = nearest(&entry.key, known.iter().copied()) {
            message = format!("{message}: did you mean `{near}`?");
        }
        self.fault(entry.key_span, message);
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
        if !matches!(entry.value.value, Value::Map(_) | Value::Null) {
            let found = entry.value.type_name();
            self.fault(entry.value.span, format!("`{}` must be a map, not {found}", entry.key));
        }
        let rows = entry.value.entries();
        rows.iter()
            .map(|row| (row.key.clone(), row.value.text().unwrap_or("").to_owned()))
            .collect()
    }

    fn root(&mut self, node: &Node) {
        const KNOWN: [&str; 12] = [
            "title",
            "base_url",
            "sources",
            "ignore",
            "kinds",
            "policy",
            "url_templates",
            "alerts",
            "factors",
            "theme",
            "search",
            "secrets",
        ];
        if !matches!(node.value, Value::Map(_) | Value::Null) {
            self.fault(node.span, format!("the site file must be a map, not {}", node.type_name()));
        }
        for entry in node.entries() {
            match entry.key.as_str() {
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
                _ => self.unknown(entry, "", &KNOWN),
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
        const KNOWN: [&str; 6] = ["name", "path", "team", "url", "edit_url", "ignore"];
        if !matches!(entry.value.value, Value::Seq(_) | Value::Null) {
            let found = entry.value.type_name();
            self.fault(entry.value.span, format!("`sources` must be a list, not {found}"));
        }
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
            for row in item.entries() {
                match row.key.as_str() {
                    "name" => source.name = self.text(row).unwrap_or_default(),
                    "path" => path = self.text(row).unwrap_or_default(),
                    "team" => source.team = self.text(row),
                    "url" => source.url = self.text(row),
                    "edit_url" => source.edit_url = self.text(row),
                    "ignore" => source.ignore = self.globs(row),
                    _ => self.unknown(row, " in a source", &KNOWN),
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
                Some(kind) if KINDS.contains(&kind) => {
                    patterns.push(row.key.as_str());
                    kinds.kinds.push(kind.to_owned());
                }
                found => {
                    let near = nearest(found.unwrap_or(""), KINDS).unwrap_or("runbook");
                    self.fault(
                        row.value.span,
                        format!("a kind is one of {}: did you mean `{near}`?", KINDS.join(", ")),
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
        const KNOWN: [&str; 7] = [
            "review_every",
            "tiers",
            "severities",
            "required_parts",
            "rules",
            "paths",
            "max_vanish",
        ];
        for row in entry.value.entries() {
            match row.key.as_str() {
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
                        let glob = item.entries().iter().find(|e| e.key == "glob");
                        let globs = glob.map(|e| self.globs(e)).unwrap_or_default();
                        let rules = item.get("rules").map(|n| self.levels(n)).unwrap_or_default();
                        for other in
                            item.entries().iter().filter(|e| e.key != "glob" && e.key != "rules")
                        {
                            self.unknown(other, " in `paths`", &["glob", "rules"]);
                        }
                        self.config.policy.paths.push((globs, rules));
                    }
                }
                _ => self.unknown(row, " in `policy`", &KNOWN),
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
                self.unknown(row, " in `rules`", &names);
                continue;
            };
            let level = match row.value.text() {
                Some("off" | "allow" | "false") => Level::Off,
                Some("info" | "note") => Level::Info,
                Some("warning" | "warn") => Level::Warning,
                Some("error" | "deny") => Level::Error,
                _ => {
                    self.fault(row.value.span, "a level is `off`, `info`, `warning` or `error`");
                    continue;
                }
            };
            levels.insert(code, level);
        }
        levels
    }

    fn alerts(&mut self, entry: &Entry) {
        const KNOWN: [&str; 3] = ["rules", "runbook_urls", "exempt"];
        for row in entry.value.entries() {
            match row.key.as_str() {
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
                _ => self.unknown(row, " in `alerts`", &KNOWN),
            }
        }
    }

    fn prefix(&mut self, item: &Node) {
        for other in
            item.entries().iter().filter(|e| !["prefix", "path", "site"].contains(&e.key.as_str()))
        {
            self.unknown(other, " in `runbook_urls`", &["prefix", "path", "site"]);
        }
        let target = match (item.text_at("path"), item.text_at("site")) {
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
        match item.text_at("prefix") {
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
        for row in entry.value.entries() {
            match row.key.as_str() {
                "allow" => values = self.list(row),
                "paths" => paths = self.globs(row),
                _ => self.unknown(row, " in `secrets`", &["allow", "paths"]),
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
        for row in entry.value.entries() {
            if row.key == "synonyms" {
                for word in row.value.entries() {
                    let meanings = self.list(word);
                    self.config.synonyms.insert(word.key.clone(), meanings);
                }
            } else {
                self.unknown(row, " in `search`", &["synonyms"]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::Config;

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
    fn an_empty_file_is_the_default() {
        let config = Config::parse(Path::new("/x/alert-runbooks"), "").unwrap();
        assert_eq!(config.title, "Alert runbooks");
        assert_eq!(config.sources.len(), 1);
    }
}

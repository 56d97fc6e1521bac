//! The site file `opslore.yaml` → [`Config`]: what is read, what counts as what, and which rules hold.

pub mod keys;
mod read;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::diag::{Code, Finding, Level};
use crate::secret::Allow;
use crate::text::date::Interval;
use crate::text::glob::Globs;

pub use crate::config::read::ConfigError;

/// Name of the site file.
pub const FILE_NAME: &str = "opslore.yaml";

/// Everything the site file may say, with defaults for what it does not.
#[derive(Clone, Debug)]
pub struct Config {
    /// Root folder, absolute.
    pub root: PathBuf,
    /// The site file as written; "" where there is none.
    pub text: String,
    /// Name of the site.
    pub title: String,
    /// Address of the published site, for feeds and the sitemap; ends in `/`.
    pub base_url: Option<String>,
    /// The trees to read; one, the root itself, where nothing is said.
    pub sources: Vec<SourceConfig>,
    /// Globs of files to leave out, for every source.
    pub ignore: Globs,
    /// Kinds by glob; the first that matches holds.
    pub kinds: KindGlobs,
    /// What the organization asks of its knowledge.
    pub policy: Policy,
    /// Address templates by purpose (`dashboard`, `logs`, `new_issue`, `new_file`).
    pub url_templates: BTreeMap<String, String>,
    /// How alerts find their runbooks.
    pub alerts: AlertsConfig,
    /// Vocabulary of contributing factors: slug and what it means.
    pub factors: BTreeMap<String, String>,
    /// Name of a built-in theme.
    pub theme: String,
    /// Search synonyms of the site: word and what it also means.
    pub synonyms: BTreeMap<String, Vec<String>>,
    /// What looks like a secret and is none.
    pub secrets: Allow,
}

/// One tree of the input.
#[derive(Clone, Debug)]
pub struct SourceConfig {
    /// Its name.
    pub name: String,
    /// Where it is on disk, absolute.
    pub folder: PathBuf,
    /// What its paths start with in messages: "" or ending in `/`.
    pub prefix: String,
    /// Default owner.
    pub team: Option<String>,
    /// Where a file can be read, with `{path}`.
    pub url: Option<String>,
    /// Where a file can be edited, with `{path}`.
    pub edit_url: Option<String>,
    /// Globs of files to leave out, relative to the tree.
    pub ignore: Globs,
}

/// Kinds by glob.
#[derive(Clone, Debug, Default)]
pub struct KindGlobs {
    globs: Globs,
    kinds: Vec<String>,
}

impl KindGlobs {
    /// Returns the kind that the configuration gives a path.
    pub fn kind(&self, path: &str) -> Option<&str> {
        let at = *self.globs.matches(path).first()?;
        self.kinds.get(at).map(String::as_str)
    }
}

/// What the organization asks of its knowledge.
#[derive(Clone, Debug)]
pub struct Policy {
    /// How often a runbook is reviewed where it does not say so itself.
    pub review_every: Interval,
    /// Tier words to ranks 1 to 4, lower case.
    pub tiers: BTreeMap<String, u8>,
    /// Severity words to urgency, lower case.
    pub severities: BTreeMap<String, Urgency>,
    /// Parts that runbooks must have: of services of a tier, or of all.
    pub required: Vec<(Option<u8>, RequiredPart)>,
    /// Levels by rule.
    pub rules: BTreeMap<Code, Level>,
    /// Levels by rule for paths; later rows win.
    pub paths: Vec<(Globs, BTreeMap<Code, Level>)>,
    /// Share of the published addresses, in percent, that a build with `--against` may take away.
    pub max_vanish: f64,
}

/// A part that a runbook can be required to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequiredPart {
    /// Something to do first.
    FirstCommand,
    /// Somebody to call.
    Escalation,
    /// A way back, where a command deletes.
    Rollback,
}

impl RequiredPart {
    /// Names in the site file.
    pub const NAMES: [&str; 3] = ["first-command", "escalation", "rollback"];

    /// Returns the part of this name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "first-command" => Some(Self::FirstCommand),
            "escalation" => Some(Self::Escalation),
            "rollback" => Some(Self::Rollback),
            _ => None,
        }
    }
}

impl Policy {
    /// Returns whether runbooks of services of this tier must have a part.
    pub fn requires(&self, part: RequiredPart, tier: Option<u8>) -> bool {
        self.required.iter().any(|(of, p)| *p == part && (of.is_none() || *of == tier))
    }

    /// Returns the level of a finding in the file at `path`.
    pub fn level(&self, finding: &Finding, path: &str) -> Level {
        let code = finding.code;
        let by_path = self
            .paths
            .iter()
            .rev()
            .find_map(|(globs, rules)| rules.get(&code).filter(|_| globs.is_match(path)));
        by_path.or_else(|| self.rules.get(&code)).copied().unwrap_or(code.rule().level)
    }

    /// Returns the urgency of a severity word.
    pub fn urgency(&self, severity: &str) -> Option<Urgency> {
        let word = severity.trim().to_ascii_lowercase();
        self.severities.get(&word).copied().or_else(|| Urgency::of_word(&word))
    }
}

/// What an alert asks of the person it reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Somebody is woken.
    Page,
    /// Somebody looks at it in working hours.
    Ticket,
    /// Nobody is told.
    Info,
    /// Not an alert for people.
    None,
}

impl Urgency {
    /// Returns the urgency of the severity words met in real rule files, lower case.
    pub fn of_word(word: &str) -> Option<Self> {
        Some(match word {
            "page" | "critical" | "sev1" | "s1" | "p1" | "fatal" | "emergency" | "high"
            | "paging" => Self::Page,
            "sev2" | "s2" | "p2" | "major" => Self::Page,
            "ticket" | "warning" | "warn" | "task" | "notify" | "sev3" | "s3" | "p3" | "error"
            | "minor" | "medium" => Self::Ticket,
            "info" | "s4" | "sev4" | "p4" | "low" | "informational" => Self::Info,
            "none" => Self::None,
            _ => return None,
        })
    }

    /// Returns "Pages at once", "Ticket", "For information" or "No notification".
    pub fn words(self) -> &'static str {
        match self {
            Self::Page => "Pages at once",
            Self::Ticket => "Ticket",
            Self::Info => "For information",
            Self::None => "No notification",
        }
    }

    /// Names in the site file.
    pub const NAMES: [&str; 4] = ["page", "ticket", "info", "none"];

    /// Returns the urgency of its own name in the configuration.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "page" => Self::Page,
            "ticket" => Self::Ticket,
            "info" => Self::Info,
            "none" => Self::None,
            _ => return None,
        })
    }
}

/// How alerts find their runbooks.
#[derive(Clone, Debug, Default)]
pub struct AlertsConfig {
    /// Globs of rule files; empty: every YAML file that looks like one.
    pub rules: Globs,
    /// Prefixes of `runbook_url` and what they stand for, longest first.
    pub runbook_urls: Vec<RunbookPrefix>,
    /// Alerts that need no runbook.
    pub exempt: Vec<String>,
}

/// What a prefix of `runbook_url` stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunbookPrefix {
    /// The start of the address.
    pub prefix: String,
    /// What replaces it.
    pub target: PrefixTarget,
}

/// Where a prefix leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrefixTarget {
    /// A folder of the input, relative to the root.
    Folder(String),
    /// An address of this site.
    Site(String),
}

impl Config {
    /// Returns the configuration of a root folder without a site file.
    pub fn default_for(root: &Path) -> Self {
        let name = root.file_name().and_then(|n| n.to_str()).unwrap_or("Operations");
        Self {
            root: root.to_path_buf(),
            text: String::new(),
            title: title_of(name),
            base_url: None,
            sources: vec![SourceConfig {
                name: name.to_owned(),
                folder: root.to_path_buf(),
                prefix: String::new(),
                team: None,
                url: None,
                edit_url: None,
                ignore: Globs::default(),
            }],
            ignore: Globs::default(),
            kinds: KindGlobs::default(),
            policy: Policy {
                review_every: Interval { months: 6, days: 0 },
                tiers: BTreeMap::new(),
                severities: BTreeMap::new(),
                required: vec![(None, RequiredPart::Rollback)],
                rules: BTreeMap::new(),
                paths: Vec::new(),
                max_vanish: 20.0,
            },
            url_templates: BTreeMap::new(),
            alerts: AlertsConfig::default(),
            factors: BTreeMap::new(),
            theme: "default".to_owned(),
            synonyms: BTreeMap::new(),
            secrets: Allow::default(),
        }
    }

    /// Reads the site file's text; every fault at once.
    pub fn parse(root: &Path, text: &str) -> Result<Self, Vec<ConfigError>> {
        read::read(Self { text: text.to_owned(), ..Self::default_for(root) }, text)
    }
}

/// `alert-runbooks` → `Alert runbooks`.
fn title_of(name: &str) -> String {
    let spaced = name.replace(['-', '_'], " ");
    let mut chars = spaced.chars();
    chars
        .next()
        .map_or_else(|| "Operations".to_owned(), |c| c.to_uppercase().chain(chars).collect())
}

//! What a site says of itself (`build.json`, `/api/v1/`) → [`Inventory`]; sources are asked for the same files.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::compare::{AlertRow, PageRow};
use crate::diag::emit::json::{self, JsonFinding};
use crate::export::{COMPARED, compared, path};
use crate::report::facts::Facts;

/// What a state of a site has: enough to tell it from another.
#[derive(Debug, Default)]
pub struct Inventory {
    /// Every address that leads to a page.
    pub(crate) addresses: BTreeSet<String>,
    /// Pages that a file stands behind, by address.
    pub(crate) pages: BTreeMap<String, Page>,
    /// What authors linked to, by the page that the link stands on.
    pub(crate) links: BTreeMap<String, BTreeSet<String>>,
    /// Alerts that rules raise, by name.
    pub(crate) alerts: BTreeMap<String, Alert>,
    /// What is wrong with it.
    pub(crate) findings: Vec<JsonFinding>,
    /// True where its pages were made, which finds more.
    pub(crate) rendered: bool,
}

/// A page that a file stands behind.
#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    pub(crate) url: String,
    pub(crate) title: String,
    pub(crate) kind: String,
    pub(crate) owner: Option<String>,
    pub(crate) source: String,
    #[serde(default)]
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) aliases: BTreeSet<String>,
    #[serde(default)]
    pub(crate) anchors: BTreeSet<String>,
    #[serde(default)]
    pub(crate) text: String,
}

/// An alert that a rule raises.
#[derive(Debug, Deserialize)]
pub(crate) struct Alert {
    pub(crate) name: String,
    pub(crate) url: Option<String>,
    pub(crate) urgency: Option<String>,
    pub(crate) runbook_class: String,
    pub(crate) covered: bool,
    pub(crate) team: Option<String>,
    pub(crate) runbooks: Vec<String>,
    pub(crate) rules: Vec<Rule>,
}

/// A rule of an alert.
#[derive(Debug, Deserialize)]
pub(crate) struct Rule {
    pub(crate) runbook: Option<String>,
    pub(crate) source: String,
}

#[derive(Deserialize)]
struct Links {
    from: String,
    #[serde(default)]
    written: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Files {
    #[serde(default)]
    pages: Vec<Page>,
    #[serde(default)]
    links: Vec<Links>,
    #[serde(default)]
    alerts: Vec<Alert>,
}

#[derive(Deserialize)]
struct Manifest {
    findings: Vec<JsonFinding>,
    files: BTreeMap<String, String>,
}

impl Page {
    pub(crate) fn row(&self) -> PageRow {
        PageRow {
            url: self.url.clone(),
            title: self.title.clone(),
            kind: self.kind.clone(),
            owner: self.owner.clone(),
            source: self.source.clone(),
        }
    }
}

impl Alert {
    pub(crate) fn row(&self) -> AlertRow {
        AlertRow {
            name: self.name.clone(),
            url: self.url.clone(),
            team: self.team.clone(),
            covered: self.covered,
            runbook_class: self.runbook_class.clone(),
        }
    }

    pub(crate) fn is_exempt(&self) -> bool {
        self.runbook_class == "exempt"
    }
}

impl Inventory {
    /// Returns the inventory of a site that was built; `file` reads one of its files.
    ///
    /// Says which file is missing or is none of opslore's.
    pub fn built(file: impl Fn(&str) -> Result<Option<String>, String>) -> Result<Self, String> {
        let text = |path: &str| file(path)?.ok_or_else(|| format!("there is no {path}"));
        let manifest: Manifest =
            json::parse(&text("build.json")?).map_err(|e| format!("build.json: {e}"))?;
        let mut out = Self { findings: manifest.findings, rendered: true, ..Self::default() };
        for file in manifest.files.keys() {
            let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
            if name == "index.html" {
                let end = if folder.is_empty() { 0 } else { folder.len() + 1 };
                out.addresses.insert(file[..end].to_owned());
            } else if name.split('.').next_back() == Some("html") {
                out.addresses.insert(file.clone());
            }
        }
        for name in COMPARED {
            let path = path(name);
            out.take(&text(&path)?).map_err(|e| format!("{path}: {e}"))?;
        }
        Ok(out)
    }

    /// Returns the inventory of a site in memory.
    pub fn of(facts: &Facts<'_>) -> Result<Self, String> {
        let mut out = Self {
            findings: json::findings(facts.findings, &facts.site.sources),
            ..Self::default()
        };
        out.addresses = facts.site.routes.pages.keys().map(|at| at.as_str().to_owned()).collect();
        for bytes in compared(facts)? {
            out.take(&String::from_utf8_lossy(&bytes))?;
        }
        Ok(out)
    }

    fn take(&mut self, text: &str) -> Result<(), String> {
        let files: Files = json::parse(text)?;
        for page in files.pages {
            self.pages.entry(page.url.clone()).or_insert(page);
        }
        self.links.extend(files.links.into_iter().map(|row| (row.from, row.written)));
        self.alerts.extend(files.alerts.into_iter().map(|row| (row.name.clone(), row)));
        Ok(())
    }

    /// Owners by path of a file.
    pub(crate) fn owners(&self) -> BTreeMap<&str, &str> {
        let rules = self.alerts.values().flat_map(|alert| {
            let team = alert.team.as_deref();
            alert.rules.iter().filter_map(move |rule| Some((rule.source.as_str(), team?)))
        });
        let pages = self.pages.values();
        rules.chain(pages.filter_map(|p| Some((p.source.as_str(), p.owner.as_deref()?)))).collect()
    }
}

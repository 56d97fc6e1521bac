//! Two [`Inventory`]s → [`Diff`]: what a change adds, removes, moves and breaks, and for whom.

pub mod emit;
pub mod guard;
mod inventory;
mod lost;
pub mod moves;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::compare::inventory::Alert;
pub use crate::compare::inventory::Inventory;
use crate::compare::moves::Matched;
use crate::diag::Level;
use crate::diag::emit::json::JsonFinding;
use crate::diag::identity::without_numbers;

/// Start of the codes of references that lead nowhere.
const REFERENCES: &str = "OL2";

/// What differs between two states of a site.
#[derive(Debug, Serialize)]
pub struct Diff {
    /// Pages that a file stands behind.
    pub pages: Pages,
    /// Addresses that lead nowhere any more.
    pub vanished: Vec<Vanished>,
    /// Links of pages and alerts that are still there and led to what is not.
    pub broken: Vec<Broken>,
    /// Alerts that rules raise.
    pub alerts: Alerts,
    /// Places that a link can name, on pages that both states have.
    pub anchors: Anchors,
    /// What is wrong.
    pub findings: Findings,
    /// Both states in numbers.
    pub before: Numbers,
    /// Both states in numbers.
    pub after: Numbers,
}

/// Pages that came, went, moved or say something else.
#[derive(Debug, Default, Serialize)]
pub struct Pages {
    /// New ones.
    pub added: Vec<PageRow>,
    /// Those that are gone.
    pub removed: Vec<PageRow>,
    /// Those that have another address.
    pub moved: Vec<Moved>,
    /// Those whose file has another text.
    pub changed: Vec<PageRow>,
}

/// A page.
#[derive(Clone, Debug, Serialize)]
pub struct PageRow {
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: String,
    /// What it is.
    pub kind: String,
    /// The team that owns it.
    pub owner: Option<String>,
    /// Its file.
    pub source: String,
}

/// A page with another address.
#[derive(Debug, Serialize)]
pub struct Moved {
    /// The address it had.
    pub from: String,
    /// The page as it is now.
    #[serde(flatten)]
    pub page: PageRow,
    /// What tells that it is the same: `alias`, `source`, `id` or `title`.
    pub by: &'static str,
    /// Whether the old address still leads somewhere.
    pub redirect: bool,
}

/// An address that leads nowhere any more.
#[derive(Debug, Serialize)]
pub struct Vanished {
    /// The address.
    pub url: String,
    /// Who relies on it: `alias`, `alert` or `runbook_url`.
    pub promised: Option<&'static str>,
    /// Where its page is now.
    pub moved_to: Option<String>,
}

/// A link that led somewhere.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Broken {
    /// The team that owns where it stands.
    pub owner: Option<String>,
    /// The page or alert that it stands on.
    pub from: String,
    /// Its title or name.
    pub title: String,
    /// The file that it stands in.
    pub source: String,
    /// Where it led.
    pub to: String,
}

/// Alerts that came, went, or lead elsewhere.
#[derive(Debug, Default, Serialize)]
pub struct Alerts {
    /// New ones.
    pub added: Vec<AlertRow>,
    /// Those that no rule raises any more.
    pub removed: Vec<AlertRow>,
    /// Those that led to a runbook and do not now.
    pub lost_runbook: Vec<AlertRow>,
    /// Those that lead to a runbook now.
    pub got_runbook: Vec<AlertRow>,
}

/// An alert.
#[derive(Debug, Serialize)]
pub struct AlertRow {
    /// Its name.
    pub name: String,
    /// Its page.
    pub url: Option<String>,
    /// The team it is for.
    pub team: Option<String>,
    /// Whether it leads to a runbook.
    pub covered: bool,
    /// Where its rules lead.
    pub runbook_class: String,
}

/// Places that a link can name.
#[derive(Debug, Default, Serialize)]
pub struct Anchors {
    /// New ones, by page.
    pub added: BTreeMap<String, Vec<String>>,
    /// Those that are gone, by page.
    pub removed: BTreeMap<String, Vec<String>>,
}

/// Findings of one state only.
#[derive(Debug, Default, Serialize)]
pub struct Findings {
    /// New ones.
    pub added: Vec<FindingRow>,
    /// Those that are gone.
    pub removed: Vec<FindingRow>,
}

/// A finding, and who owns the file.
#[derive(Debug, Serialize)]
pub struct FindingRow {
    /// The team.
    pub owner: Option<String>,
    /// The finding.
    #[serde(flatten)]
    pub finding: JsonFinding,
}

/// One state in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Numbers {
    /// Pages that a file stands behind.
    pub pages: usize,
    /// Runbooks among them.
    pub runbooks: usize,
    /// Alerts that somebody is to answer.
    pub alerts: usize,
    /// Those that lead to a runbook.
    pub covered: usize,
    /// Alerts that wake somebody.
    pub paging: usize,
    /// Those that lead to a runbook.
    pub paging_covered: usize,
    /// Findings of level error.
    pub errors: usize,
    /// Findings of level warning.
    pub warnings: usize,
    /// Findings of level info.
    pub infos: usize,
}

impl Diff {
    /// Returns what turned `old` into `new`.
    pub fn new(old: &Inventory, new: &Inventory) -> Self {
        let matched = Matched::new(old, new);
        let findings = findings(old, new, &matched);
        let mut faults: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for FindingRow { finding, .. } in &findings.added {
            if finding.code.starts_with(REFERENCES) {
                faults.entry(&finding.path).or_default().push(&finding.message);
            }
        }
        let broken = lost::broken(old, new, &matched, &faults);
        Self {
            pages: pages(old, new, &matched),
            vanished: lost::vanished(old, new, &matched),
            broken,
            alerts: alerts(old, new),
            anchors: anchors(old, new, &matched),
            findings,
            before: numbers(old),
            after: numbers(new),
        }
    }

    /// Returns whether somebody stands before nothing: a promised address is gone or a link leads nowhere.
    pub fn loses(&self) -> bool {
        !self.broken.is_empty() || self.vanished.iter().any(|gone| gone.promised.is_some())
    }
}

fn pages(old: &Inventory, new: &Inventory, matched: &Matched<'_>) -> Pages {
    let mut out = Pages::default();
    let known: BTreeSet<&str> = matched.pairs.values().map(|(to, _)| *to).collect();
    out.added.extend(
        new.pages.iter().filter(|(url, _)| !known.contains(url.as_str())).map(|(_, p)| p.row()),
    );
    for (url, page) in &old.pages {
        let Some((to, by)) = matched.pairs.get(url.as_str()) else {
            out.removed.push(page.row());
            continue;
        };
        let Some(now) = new.pages.get(*to) else { continue };
        if let Some(by) = by {
            let redirect = new.addresses.contains(url);
            out.moved.push(Moved { from: url.clone(), page: now.row(), by, redirect });
        }
        // A site of an older version says nothing of its texts.
        if page.text != now.text && !page.text.is_empty() && !now.text.is_empty() {
            out.changed.push(now.row());
        }
    }
    out
}

fn alerts(old: &Inventory, new: &Inventory) -> Alerts {
    let only = |a: &Inventory, b: &Inventory| {
        let names = a.alerts.iter().filter(|(name, _)| !b.alerts.contains_key(*name));
        names.map(|(_, alert)| alert.row()).collect()
    };
    let mut out = Alerts { added: only(new, old), removed: only(old, new), ..Alerts::default() };
    for (name, alert) in &new.alerts {
        match old.alerts.get(name) {
            Some(before) if before.covered && !alert.covered && !alert.is_exempt() => {
                let mut row = alert.row();
                row.team = row.team.or_else(|| before.team.clone());
                out.lost_runbook.push(row);
            }
            Some(before) if !before.covered && alert.covered => out.got_runbook.push(alert.row()),
            _ => {}
        }
    }
    out
}

fn anchors(old: &Inventory, new: &Inventory, matched: &Matched<'_>) -> Anchors {
    let mut out = Anchors::default();
    for (from, (to, _)) in &matched.pairs {
        let (Some(before), Some(now)) = (old.pages.get(*from), new.pages.get(*to)) else {
            continue;
        };
        let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| -> Vec<String> {
            a.difference(b).cloned().collect()
        };
        for (into, list) in [
            (&mut out.added, only(&now.anchors, &before.anchors)),
            (&mut out.removed, only(&before.anchors, &now.anchors)),
        ] {
            if !list.is_empty() {
                into.insert((*to).to_owned(), list);
            }
        }
    }
    out
}

/// Findings that only one state has. Those of a file that moved are the same ones.
fn findings(old: &Inventory, new: &Inventory, matched: &Matched<'_>) -> Findings {
    let comparable =
        |finding: &&JsonFinding| (old.rendered && new.rendered) || !is_of_rendering(&finding.code);
    let key = |finding: &JsonFinding, path: &str| {
        (finding.code.clone(), path.to_owned(), without_numbers(&finding.message))
    };
    let mut before: BTreeMap<_, Vec<&JsonFinding>> = BTreeMap::new();
    for finding in old.findings.iter().filter(comparable) {
        let path = matched.paths.get(finding.path.as_str()).copied().unwrap_or(&finding.path);
        before.entry(key(finding, path)).or_default().push(finding);
    }
    // Of several alike the first are the ones that were there.
    for list in before.values_mut() {
        list.reverse();
    }
    let mut out = Findings::default();
    let owners = new.owners();
    for finding in new.findings.iter().filter(comparable) {
        if before.get_mut(&key(finding, &finding.path)).and_then(Vec::pop).is_none() {
            out.added.push(row(finding, &owners));
        }
    }
    let owners = old.owners();
    let mut gone: Vec<&JsonFinding> = before.into_values().flatten().collect();
    gone.sort_by(|a, b| {
        (&a.path, a.line, a.column, &a.code).cmp(&(&b.path, b.line, b.column, &b.code))
    });
    out.removed = gone.into_iter().map(|finding| row(finding, &owners)).collect();
    out
}

fn row(finding: &JsonFinding, owners: &BTreeMap<&str, &str>) -> FindingRow {
    let owner = owners.get(finding.path.as_str()).map(|owner| (*owner).to_owned());
    FindingRow { owner, finding: finding.clone() }
}

/// Found while pages are made, so that sources alone do not have them.
fn is_of_rendering(code: &str) -> bool {
    use crate::diag::Code;
    [Code::OutputTooLarge, Code::InternalFault].iter().any(|c| c.rule().code == code)
}

fn numbers(of: &Inventory) -> Numbers {
    let count = |level| of.findings.iter().filter(|f| f.level == level).count();
    let answered: Vec<&Alert> = of.alerts.values().filter(|a| !a.is_exempt()).collect();
    let paging = || answered.iter().filter(|a| a.urgency.as_deref() == Some("page"));
    Numbers {
        pages: of.pages.len(),
        runbooks: of.pages.values().filter(|p| p.kind == "runbook").count(),
        alerts: answered.len(),
        covered: answered.iter().filter(|a| a.covered).count(),
        paging: paging().count(),
        paging_covered: paging().filter(|a| a.covered).count(),
        errors: count(Level::Error),
        warnings: count(Level::Warning),
        infos: count(Level::Info),
    }
}

//! Path, headings and front matter → what a markdown file is: rule B of the measurements, then the path.

use std::collections::BTreeSet;

use crate::config::Config;
use crate::diag::{Code, Finding, Place};
use crate::model::field::{Field, Origin};
use crate::model::sections::{
    PostmortemPart, RunbookPart, is_service_field, postmortem_part, runbook_part,
};
use crate::parse::Document;
use crate::text::keys::{self, Word};
use crate::text::nearest::nearest;
use crate::text::source::Source;
use crate::text::yaml::Node;

/// Kinds of markdown files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// What to do when an alert fires, or how a procedure goes.
    Runbook,
    /// What happened in an incident.
    Postmortem,
    /// Metadata of a service.
    Service,
    /// Metadata of a team.
    Team,
    /// A lesson that several postmortems name.
    Lesson,
    /// Anything else.
    Page,
}

/// Words of kinds, in the order of [`Kind::ALL`].
pub const WORDS: &[Word] = &[
    &["runbook", "sop", "playbook", "procedure", "run-book"],
    &["postmortem", "incident", "post-mortem", "incident-report"],
    &["service"],
    &["team"],
    &["lesson"],
    &["page", "doc", "docs", "guide"],
];

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Runbook, Self::Postmortem, Self::Service, Self::Team, Self::Lesson, Self::Page];

    /// Returns the kind's word.
    pub fn word(self) -> &'static str {
        let mut words = Self::ALL.iter().zip(keys::words(WORDS));
        words.find(|(kind, _)| **kind == self).map_or("page", |(_, word)| word)
    }

    /// Returns the kind of a word, in any case and with synonyms such as `incident`, `doc` and `sop`.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.get(keys::which(WORDS, word)?).copied()
    }
}

/// Decides what a document is, and says why.
pub fn infer(
    config: &Config,
    source: &Source,
    document: &Document,
    findings: &mut Vec<Finding>,
) -> Field<Kind> {
    let front = document.front.node.as_ref();
    if let Some((entry, word)) = front
        .and_then(|n| n.entries().iter().find(|e| e.key == "kind"))
        .and_then(|e| Some((e, e.value.text()?)))
    {
        let place = Place::new(source.id, entry.value.span);
        if let Some(kind) = Kind::named(word) {
            return Field::stated(kind, "kind", place);
        }
        findings.push(
            Finding::new(Code::UnknownKind, place, format!("there is no kind `{word}`"))
                .nearest(nearest(word, keys::words(WORDS))),
        );
    }
    if let Some(kind) = config.kinds.kind(&source.path).and_then(Kind::named) {
        return Field::derived(kind, Origin::Default);
    }
    if let Some(kind) = front.and_then(by_keys) {
        return Field::derived(kind, Origin::Stated("front matter".to_owned()));
    }
    // A template shows the headings of a kind without being one of it.
    if is_template(source) {
        return Field::derived(Kind::Page, Origin::Path);
    }
    if let Some(kind) = by_headings(document) {
        return Field::derived(kind, Origin::Section("headings".to_owned()));
    }
    match by_path(source, document) {
        Some(kind) => Field::derived(kind, Origin::Path),
        None => Field::derived(Kind::Page, Origin::Default),
    }
}

fn is_template(source: &Source) -> bool {
    let stem = crate::text::path::stem(source.file_name()).to_lowercase();
    stem.split(|c: char| !c.is_alphanumeric()).any(|word| word == "template")
}

/// Front matter that only one kind has, in any of its spellings.
fn by_keys(node: &Node) -> Option<Kind> {
    let has = |keys: &[&str]| keys.iter().any(|key| node.get(key).is_some());
    let start = has(&["started_at", "start_time", "started", "start"]);
    let end =
        has(&["resolved_at", "end_time", "resolvedWhen", "resolved", "ended_at", "mitigated_at"]);
    let what = has(&[
        "severity",
        "affected",
        "services",
        "components",
        "timeline",
        "action_items",
        "detected_at",
        "incident",
    ]);
    if (start && end && what)
        || (has(&["resolvedWhen"]) && has(&["severity", "affected"]))
        || (has(&["timeline"]) && has(&["action_items", "contributing_factors"]))
    {
        return Some(Kind::Postmortem);
    }
    if has(&["alerts", "alertname", "alert"]) && !has(&["depends_on", "tier", "lifecycle"]) {
        return Some(Kind::Runbook);
    }
    (has(&["depends_on", "dependencies"]) && has(&["tier", "lifecycle", "owner"]))
        .then_some(Kind::Service)
}

/// Rule B: strict enough to leave 3,236 of 3,242 unrelated pages alone.
fn by_headings(document: &Document) -> Option<Kind> {
    let titles = || document.outline.iter().map(|h| h.title.as_str());
    if titles().filter(|t| is_service_field(t)).count() >= 5 {
        return Some(Kind::Service);
    }
    let parts: BTreeSet<PostmortemPart> = titles().filter_map(postmortem_part).collect();
    let story = parts
        .iter()
        .filter(|part| {
            use PostmortemPart as P;
            matches!(
                part,
                P::Causes | P::Lessons | P::Actions | P::Summary | P::Impact | P::Detection
            )
        })
        .count();
    if (parts.contains(&PostmortemPart::Timeline) && story >= 2) || story >= 4 {
        return Some(Kind::Postmortem);
    }
    let parts: BTreeSet<RunbookPart> = titles().filter_map(runbook_part).collect();
    let has = |part| parts.contains(&part);
    let telling = parts
        .iter()
        .filter(|p| !matches!(p, RunbookPart::Prerequisites | RunbookPart::References))
        .count();
    let pair =
        has(RunbookPart::Mitigation) && (has(RunbookPart::Diagnosis) || has(RunbookPart::Meaning));
    (telling >= 3 || pair).then_some(Kind::Runbook)
}

/// The folders and the name of a file.
fn by_path(source: &Source, document: &Document) -> Option<Kind> {
    let path = source.path.to_lowercase();
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", &path));
    let stem = crate::text::path::stem(file);
    let all: Vec<&str> = folders.split('/').collect();
    // `runbooks/content/docs/guide.md` is a guide: what stands nearer to the file speaks for it.
    let nearest = all
        .iter()
        .rposition(|f| matches!(*f, "content" | "docs" | "doc" | "src" | "site"))
        .map_or(0, |at| at + 1);
    let folders = &all[nearest..];
    let within = |names: &[&str]| folders.iter().any(|f| names.contains(f));
    match file {
        "service.md" => return Some(Kind::Service),
        "team.md" => return Some(Kind::Team),
        "lesson.md" => return Some(Kind::Lesson),
        "runbook.md" => return Some(Kind::Runbook),
        _ => {}
    }
    let index = matches!(stem, "readme" | "index" | "_index" | "contributing" | "contributors");
    if index {
        return (all.len() >= 2 && all[all.len() - 2] == "service-catalog")
            .then_some(Kind::Service);
    }
    if within(&["postmortem", "postmortems", "post-mortem", "post-mortems", "incident-reports"]) {
        return Some(Kind::Postmortem);
    }
    let signs = document
        .outline
        .iter()
        .filter(|h| postmortem_part(&h.title).is_some_and(|p| p != PostmortemPart::Summary))
        .count();
    if within(&["incident", "incidents", "outages", "outage", "rca"])
        && (is_incident_name(stem) || signs >= 2)
    {
        return Some(Kind::Postmortem);
    }
    if folders.last() == Some(&"lessons") {
        return Some(Kind::Lesson);
    }
    let runbooks = [
        "runbook",
        "runbooks",
        "run-book",
        "run-books",
        "playbook",
        "playbooks",
        "sop",
        "sops",
        "alert",
        "alerts",
        "oncall",
        "on-call",
        "how-to",
        "procedures",
    ];
    if within(&runbooks) {
        return Some(Kind::Runbook);
    }
    let signs = document.outline.iter().any(|h| runbook_part(&h.title).is_some());
    (within(&["troubleshooting"]) && signs).then_some(Kind::Runbook)
}

/// `pm2022-002…`, `inc-2026-031…`, `2026-03-30-…`: names of incident reports, lower case.
fn is_incident_name(stem: &str) -> bool {
    let rest = ["pm", "inc", "ir"].iter().find_map(|p| stem.strip_prefix(p)).unwrap_or(stem);
    let rest = rest.trim_start_matches(['-', '_', ' ']);
    rest.len() >= 4 && rest.bytes().take(4).all(|b| b.is_ascii_digit())
}

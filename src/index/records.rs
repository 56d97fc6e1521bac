//! [`Site`] → what search knows of each page: its names, its facets, and the words of each section.
//!
//! Sections are those of the tree from which the pages are made, with the anchors of its headings.

use std::collections::BTreeMap;

use crate::code::effect::{Effect, effect};
use crate::code::languages::Language;
use crate::code::parameter::{Assigned, parameters};
use crate::index::sections;
use crate::link::Site;
use crate::link::routes::{Page, UrlPath};
use crate::model::document::{Detail, Doc};
use crate::model::field::Field;
use crate::model::id::{DocId, ServiceId, TeamId};
use crate::model::postmortem::Postmortem;
use crate::model::runbook::Runbook;
use crate::parse::tree::Kind;
use crate::text::date::Day;
use crate::text::par;
use crate::text::path::stem;

/// Kinds of pages, in the order in which results are grouped.
pub const KINDS: [&str; 8] =
    ["alert", "runbook", "service", "team", "incident", "lesson", "factor", "page"];

/// Weight of names: titles, alerts, file names.
const NAME: f64 = 1.0;

/// Weight of sentences that say when a page is needed: symptoms, errors, questions.
const SENTENCE: f64 = 0.9;

/// Weight of what a page is only about: its tags, its folder.
const SUBJECT: f64 = 0.25;

/// One page.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Position in [`KINDS`].
    pub kind: usize,
    /// Owning team, "" where nobody is known.
    pub team: String,
    /// Services it is about.
    pub services: Vec<String>,
    /// Severity word, "" where there is none.
    pub severity: String,
    /// Tags.
    pub tags: Vec<String>,
    /// The file it comes from.
    pub source: String,
    /// An alert's first command, what ended an incident.
    pub note: String,
    /// True where the note is the whole of a command with nothing to fill in, of which nobody knows that it changes
    /// anything.
    pub copies: bool,
    /// When somebody last said that it holds.
    pub day: Option<Day>,
    /// When somebody has to look at it again.
    pub due: Option<Day>,
    /// False where it is a draft, or something has replaced it.
    pub current: bool,
    /// True for a service or team of which metadata is all there is.
    pub stub: bool,
    /// Names and sentences by which the page is meant, with their weight.
    pub heads: Vec<(String, f64)>,
    /// Its sections; the first is the page itself.
    pub sections: Vec<Section>,
}

/// What stands under one heading.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// The heading's anchor, "" for the page itself.
    pub anchor: String,
    /// The heading, "" for the page itself.
    pub heading: String,
    /// Blocks of text.
    pub text: Vec<String>,
    /// Lines of code.
    pub code: Vec<String>,
}

/// A site whose pages are read, and the pages that search knows: alerts first, each kind by address.
pub(crate) struct Reader<'a> {
    site: &'a Site,
    /// The document of each service and team that has one.
    services: BTreeMap<&'a ServiceId, DocId>,
    teams: BTreeMap<&'a TeamId, DocId>,
    /// Kind, address and page.
    pub(crate) pages: Vec<(usize, &'a UrlPath, &'a Page)>,
}

/// Returns what search knows of every page, alerts first.
pub fn records(site: &Site) -> Vec<Record> {
    let reader = Reader::new(site);
    par::map(&reader.pages, |page| reader.record(page))
}

impl<'a> Reader<'a> {
    pub(crate) fn new(site: &'a Site) -> Self {
        let (mut services, mut teams) = (BTreeMap::new(), BTreeMap::new());
        for (id, doc) in site.docs() {
            match &doc.detail {
                Detail::Service(service) => drop(services.entry(service).or_insert(id)),
                Detail::Team(team) => drop(teams.entry(team).or_insert(id)),
                _ => {}
            }
        }
        let pages = site.routes.pages.iter();
        let mut pages: Vec<_> = pages
            .filter_map(|(address, page)| Some((number(kind(site, address, page)?), address, page)))
            .collect();
        pages.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
        Self { site, services, teams, pages }
    }

    /// Returns what search knows of one of the pages.
    pub(crate) fn record(&self, (kind, address, page): &(usize, &UrlPath, &Page)) -> Record {
        let site = self.site;
        let mut record = Record {
            kind: *kind,
            current: true,
            sections: vec![Section::default()],
            ..Record::default()
        };
        match page {
            Page::Alert(name) => {
                record.title.clone_from(name);
                record.heads.push((name.clone(), NAME));
                alert(site, name, &mut record);
                let rules = site.catalog.alerts.get(name).map_or(&[][..], Vec::as_slice);
                let runbook = site.alerts.documents(name, rules).first().map(|id| site.doc(*id));
                if let Some((doc, Detail::Runbook(runbook))) = runbook.map(|d| (d, &d.detail)) {
                    command(doc, runbook, &mut record);
                    record.due = site.review_due(doc);
                }
                let rule = rules.first().map(|r| site.catalog.rules[*r as usize].place.source);
                let source = runbook.map(|doc| doc.source).or(rule);
                record.source = source.map_or(String::new(), |s| site.sources.get(s).path.clone());
            }
            Page::Doc(id) => {
                document_of(site, *id, &mut record);
                let doc = site.doc(*id);
                match &doc.detail {
                    Detail::Runbook(runbook) => self::runbook(site, doc, runbook, &mut record),
                    Detail::Postmortem(p) => postmortem(p, &mut record),
                    // The address of a service or team may be that of its document.
                    Detail::Service(id) => service(site, id, &mut record),
                    Detail::Team(id) => team(site, id, &mut record),
                    Detail::Lesson(_) | Detail::Page => {}
                }
            }
            Page::Service(id) => {
                match self.services.get(id) {
                    Some(doc) => document_of(site, *doc, &mut record),
                    None => record.stub = true,
                }
                service(site, id, &mut record);
            }
            Page::Team(id) => {
                match self.teams.get(id) {
                    Some(doc) => document_of(site, *doc, &mut record),
                    None => record.stub = true,
                }
                team(site, id, &mut record);
            }
            Page::Lesson(id) => {
                if let Some(lesson) = site.catalog.lessons.get(id) {
                    if let Some(doc) = lesson.document {
                        document_of(site, doc, &mut record);
                    }
                    record.title = lesson.text.clone();
                    from_incidents(site, lesson.postmortems.iter().copied(), &mut record);
                }
            }
            Page::Factor(id) => {
                if let Some(factor) = site.catalog.factors.get(id) {
                    record.title = id.as_str().replace('-', " ");
                    record.sections[0].text.push(factor.description.clone());
                    let incidents = factor.postmortems.iter().map(|(id, _)| *id);
                    from_incidents(site, incidents, &mut record);
                    let notes = factor.postmortems.iter().filter_map(|(_, note)| note.clone());
                    record.sections[0].text.extend(notes);
                }
            }
            _ => {}
        }
        record.url = address.as_str().to_owned();
        record.heads.push((record.title.clone(), NAME));
        record.services.sort();
        record.services.dedup();
        record
    }
}

/// The kind of a page; nothing for those that only list others.
fn kind(site: &Site, address: &UrlPath, page: &Page) -> Option<&'static str> {
    Some(match page {
        Page::Alert(_) => "alert",
        Page::Doc(id) => match &site.doc(*id).detail {
            Detail::Runbook(_) if address.as_str().starts_with("alerts/") => "alert",
            Detail::Runbook(_) => "runbook",
            Detail::Postmortem(_) => "incident",
            Detail::Service(_) => "service",
            Detail::Team(_) => "team",
            Detail::Lesson(_) => "lesson",
            Detail::Page => "page",
        },
        Page::Service(_) => "service",
        Page::Team(_) => "team",
        Page::Lesson(_) => "lesson",
        Page::Factor(_) => "factor",
        _ => return None,
    })
}

fn number(kind: &str) -> usize {
    KINDS.iter().position(|k| *k == kind).unwrap_or(KINDS.len() - 1)
}

/// What every document tells.
fn document_of(site: &Site, id: DocId, record: &mut Record) {
    let doc = site.doc(id);
    let source = site.source(doc);
    record.title = doc.title.value.clone();
    record.source = source.path.clone();
    record.team = doc.owner.as_ref().map_or(String::new(), |o| o.value.to_string());
    record.tags = doc.tags.clone();
    record.day = doc.reviewed.as_ref().map(|f| f.value);
    record.due = site.review_due(doc);
    record.current = !matches!(doc.status.as_deref(), Some("draft" | "deprecated"));
    record.sections = sections::sections(doc, &source.text);
    record.heads.push((doc.stem.clone(), NAME));
    record.heads.push((doc.id.value.clone(), NAME));
    record.heads.extend(doc.heading.iter().map(|h| (h.clone(), NAME)));
    record.heads.extend(doc.tags.iter().map(|t| (t.clone(), SUBJECT)));
    for alias in &doc.aliases {
        let last = alias.value.trim_end_matches('/').rsplit('/').next().unwrap_or("");
        record.heads.push((stem(last).to_owned(), SENTENCE));
    }
    let folder = source.folder().rsplit('/').next().unwrap_or("");
    record.heads.push((folder.to_owned(), SUBJECT));
    let extra = doc.extra.iter().map(|(_, value)| value.clone());
    record.sections[0].text.extend(extra);
}

fn names(fields: &[Field<ServiceId>]) -> impl Iterator<Item = String> + '_ {
    fields.iter().map(|f| f.value.to_string())
}

fn runbook(site: &Site, doc: &Doc, runbook: &Runbook, record: &mut Record) {
    record.services.extend(names(&runbook.services));
    record.severity = runbook.severity.as_ref().map_or(String::new(), |f| f.value.clone());
    record.current &= runbook.superseded_by.is_none();
    record.day = record.day.max(runbook.last_exercised.as_ref().map(|f| f.value));
    for name in &runbook.alerts {
        record.heads.push((name.value.clone(), NAME));
        alert(site, &name.value, record);
    }
    for sentence in runbook.symptoms.iter().chain(&runbook.questions) {
        record.heads.push((sentence.value.clone(), SENTENCE));
        record.sections[0].text.push(sentence.value.clone());
    }
    let told = [&runbook.meaning, &runbook.impact, &runbook.verification, &runbook.rollback];
    let told = told.into_iter().flatten().map(|f| f.value.clone());
    record.sections[0].text.extend(told);
    if let Some(first) = &runbook.first {
        record.sections[0].text.push(first.sentence.clone());
        record.sections[0].code.push(first.command.clone());
    }
    for parameter in &runbook.parameters {
        record.sections[0].text.push(parameter.name.clone());
        record.sections[0].text.extend(parameter.description.clone());
    }
    command(doc, runbook, record);
}

/// The first line of a runbook's first command, and whether it may be copied by who has not seen its page.
fn command(doc: &Doc, runbook: &Runbook, record: &mut Record) {
    let stated = runbook.first.as_ref().map(|f| f.command.as_str()).filter(|c| !c.is_empty());
    let found = runbook.procedure.first.as_ref().and_then(|f| f.command);
    let block = found.and_then(|n| match &doc.tree.nodes.get(n)?.kind {
        Kind::Code(block) => Some(block.code.as_ref()),
        _ => None,
    });
    let command = stated.or(block).unwrap_or("");
    let mut lines = command.lines().map(str::trim).filter(|line| !line.is_empty());
    record.note = lines.next().unwrap_or("").to_owned();
    let values = || parameters(Language::Shell, &record.note, &[], &mut Assigned::default());
    record.copies = lines.next().is_none()
        && !record.note.starts_with("$ ")
        && effect(Language::Shell, &record.note).is_none_or(|effect| effect == Effect::Reads)
        && values().is_empty();
}

/// What the rules of an alert tell.
fn alert(site: &Site, name: &str, record: &mut Record) {
    let mut services: Vec<ServiceId> = Vec::new();
    for rule in site.catalog.alerts.get(name).into_iter().flatten() {
        let rule = &site.catalog.rules[*rule as usize];
        let section = &mut record.sections[0];
        section.code.extend(rule.expr.iter().flat_map(|e| e.lines()).map(str::to_owned));
        // Rules of one name often say the same.
        for text in rule.annotations.values().chain(rule.labels.values()) {
            if !section.text.contains(text) {
                section.text.push(text.clone());
            }
        }
        if record.severity.is_empty() {
            record.severity = rule.severity().unwrap_or("").to_owned();
        }
        services.extend(rule.service().filter(|id| site.catalog.services.contains_key(id)));
    }
    if record.team.is_empty() {
        let teams = site.teams_of_alert(name, &services);
        record.team = teams.first().map_or(String::new(), ToString::to_string);
    }
    record.services.extend(services.iter().map(ToString::to_string));
}

fn postmortem(postmortem: &Postmortem, record: &mut Record) {
    record.services.extend(names(&postmortem.services));
    record.severity = postmortem.severity.as_ref().map_or(String::new(), |f| f.value.clone());
    record.day = record.day.max(postmortem.day());
    record.note = postmortem.ended_by().unwrap_or("").to_owned();
    record.current &= postmortem.status() != "draft" || postmortem.status.is_none();
    for alert in &postmortem.detection_alerts {
        record.heads.push((alert.value.clone(), SUBJECT));
    }
    let text = &mut record.sections[0].text;
    text.extend(postmortem.impact.clone());
    text.extend(postmortem.detection_note.clone());
    text.extend(postmortem.mitigators.iter().map(|m| m.value.clone()));
    text.extend(postmortem.lessons.iter().map(|l| l.text.clone()));
    for (factor, note) in &postmortem.factors {
        text.push(factor.value.to_string());
        text.extend(note.clone());
    }
}

fn service(site: &Site, id: &ServiceId, record: &mut Record) {
    let Some(service) = site.catalog.services.get(id) else { return };
    record.title.clone_from(&service.name);
    record.services.push(id.to_string());
    record.heads.push((id.to_string(), NAME));
    if record.source.is_empty() {
        record.source.clone_from(&site.sources.get(service.place.source).path);
    }
    if let Some(owner) = &service.owner {
        record.team = owner.value.to_string();
    }
    record.tags.extend(service.tags.iter().cloned());
    let text = &mut record.sections[0].text;
    text.extend(service.description.clone());
    text.extend(service.system.clone());
    text.extend(service.kind.clone());
    text.extend(service.languages.iter().cloned());
    text.extend(service.contacts.iter().map(|c| c.value.clone()));
    text.extend(service.depends_on.iter().map(|d| d.written.clone()));
    text.extend(service.provides.iter().chain(&service.consumes).cloned());
    text.extend(service.slos.iter().map(|s| s.name.clone()));
    text.extend(service.links.iter().map(|l| l.title.clone()));
    text.extend(service.extra.iter().map(|(_, value)| value.clone()));
}

fn team(site: &Site, id: &TeamId, record: &mut Record) {
    let Some(team) = site.catalog.teams.get(id) else { return };
    record.title.clone_from(&team.name);
    record.team = id.to_string();
    record.heads.push((id.to_string(), NAME));
    if record.source.is_empty() {
        record.source.clone_from(&site.sources.get(team.place.source).path);
    }
    let text = &mut record.sections[0].text;
    text.extend(team.description.clone());
    text.extend(team.contacts.iter().map(|c| c.value.clone()));
    text.extend(team.members.iter().cloned());
    text.extend(team.links.iter().map(|l| l.title.clone()));
    text.extend(team.extra.iter().map(|(_, value)| value.clone()));
}

/// A lesson or factor stands in the files of its incidents.
fn from_incidents(site: &Site, ids: impl Iterator<Item = DocId>, record: &mut Record) {
    for id in ids {
        let doc = site.doc(id);
        if record.source.is_empty() {
            record.source.clone_from(&site.source(doc).path);
        }
        record.sections[0].text.push(doc.title.value.clone());
        if let Detail::Postmortem(postmortem) = &doc.detail {
            record.services.extend(names(&postmortem.services));
            record.day = record.day.max(postmortem.day());
        }
    }
}

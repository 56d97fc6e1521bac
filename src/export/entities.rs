//! Services, teams, alerts, runbooks, pages and links → rows of the interface. Every key always stands there.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::config::Urgency;
use crate::link::resolve::Resolved;
use crate::link::routes::{Page, UrlPath};
use crate::model::document::{Detail, Doc};
use crate::model::id::{DocId, ServiceId, TeamId};
use crate::model::service::{Contact, EscalationStep, Link, OnCall};
use crate::parse::tree::Kind;
use crate::report::coverage;
use crate::report::facts::Facts;
use crate::text::hash::hex;
use crate::text::par;

#[derive(Serialize)]
pub(crate) struct ContactRow<'a> {
    r#type: &'a str,
    value: &'a str,
    url: Option<&'a str>,
}

#[derive(Serialize)]
pub(crate) struct OnCallRow<'a> {
    provider: Option<&'a str>,
    url: Option<&'a str>,
    escalation: Vec<StepRow<'a>>,
}

#[derive(Serialize)]
pub(crate) struct StepRow<'a> {
    after: &'a str,
    who: &'a str,
}

#[derive(Serialize)]
pub(crate) struct LinkRow<'a> {
    rel: &'a str,
    title: &'a str,
    url: &'a str,
}

impl<'a> From<&'a Contact> for ContactRow<'a> {
    fn from(contact: &'a Contact) -> Self {
        Self { r#type: &contact.kind, value: &contact.value, url: contact.url.as_deref() }
    }
}

impl<'a> From<&'a EscalationStep> for StepRow<'a> {
    fn from(step: &'a EscalationStep) -> Self {
        Self { after: &step.after, who: &step.who }
    }
}

impl<'a> From<&'a OnCall> for OnCallRow<'a> {
    fn from(oncall: &'a OnCall) -> Self {
        // The name of the schedule stays inside: some systems open incidents for whoever knows it.
        Self {
            provider: oncall.provider.as_deref(),
            url: oncall.url.as_deref(),
            escalation: rows(&oncall.escalation),
        }
    }
}

impl<'a> From<&'a Link> for LinkRow<'a> {
    fn from(link: &'a Link) -> Self {
        Self { rel: &link.rel, title: &link.title, url: &link.url }
    }
}

/// Each thing as a row.
fn rows<'a, T, R: From<&'a T>>(things: &'a [T]) -> Vec<R> {
    things.iter().map(R::from).collect()
}

/// One service.
#[derive(Serialize)]
pub(crate) struct ServiceRow<'a> {
    id: &'a ServiceId,
    url: Option<&'a str>,
    name: &'a str,
    description: Option<&'a str>,
    declared: bool,
    owner: Option<&'a TeamId>,
    tier: Option<u8>,
    tier_word: Option<&'a str>,
    lifecycle: Option<&'a str>,
    r#type: Option<&'a str>,
    system: Option<&'a str>,
    languages: &'a [String],
    tags: &'a [String],
    repo: Option<&'a str>,
    contacts: Vec<ContactRow<'a>>,
    on_call: Option<OnCallRow<'a>>,
    depends_on: Vec<DependencyRow<'a>>,
    dependents: Vec<&'a ServiceId>,
    blast_radius: usize,
    runbooks: Vec<&'a str>,
    postmortems: Vec<&'a str>,
    links: Vec<LinkRow<'a>>,
    source: &'a str,
}

#[derive(Serialize)]
pub(crate) struct DependencyRow<'a> {
    service: Option<&'a ServiceId>,
    hard: bool,
    note: Option<&'a str>,
}

/// Every service.
pub(crate) fn services<'a>(facts: &'a Facts<'a>) -> Vec<ServiceRow<'a>> {
    let site = facts.site;
    let address = |id| site.routes.doc(id).as_str();
    let row = |service: &'a crate::model::service::Service| {
        let incidents = facts.of_service.get(&service.id).into_iter().flatten();
        ServiceRow {
            id: &service.id,
            url: site.routes.service(&service.id).map(UrlPath::as_str),
            name: &service.name,
            description: service.description.as_deref(),
            declared: service.declared,
            owner: service.owner.as_ref().map(|o| &o.value),
            tier: service.tier.as_ref().and_then(|t| t.value.rank),
            tier_word: service.tier.as_ref().map(|t| t.value.word.as_str()),
            lifecycle: service.lifecycle.as_ref().map(|l| l.value.as_str()),
            r#type: service.kind.as_deref(),
            system: service.system.as_deref(),
            languages: &service.languages,
            tags: &service.tags,
            repo: service.repo.as_deref(),
            contacts: rows(&service.contacts),
            on_call: service.oncall.as_ref().map(OnCallRow::from),
            depends_on: service
                .depends_on
                .iter()
                .map(|d| DependencyRow {
                    service: d.service.as_ref(),
                    hard: d.hard,
                    note: d.note.as_deref(),
                })
                .collect(),
            dependents: site.dependencies.dependents(&service.id).map(|(id, _)| id).collect(),
            blast_radius: facts.radius.get(&service.id).copied().unwrap_or(0),
            runbooks: facts
                .runbooks
                .get(&service.id)
                .into_iter()
                .flatten()
                .map(|id| address(*id))
                .collect(),
            postmortems: incidents.map(|n| address(facts.incidents[*n].id)).collect(),
            links: rows(&service.links),
            source: &site.sources.get(service.place.source).path,
        }
    };
    site.catalog.services.values().map(row).collect()
}

/// One team.
#[derive(Serialize)]
pub(crate) struct TeamRow<'a> {
    id: &'a TeamId,
    url: Option<&'a str>,
    name: &'a str,
    description: Option<&'a str>,
    declared: bool,
    contacts: Vec<ContactRow<'a>>,
    on_call: Option<OnCallRow<'a>>,
    members: &'a [String],
    services: Vec<&'a ServiceId>,
    links: Vec<LinkRow<'a>>,
}

/// Every team.
pub(crate) fn teams<'a>(facts: &'a Facts<'a>) -> Vec<TeamRow<'a>> {
    let site = facts.site;
    let mut services: BTreeMap<&TeamId, Vec<&ServiceId>> = BTreeMap::new();
    for service in site.catalog.services.values() {
        if let Some(owner) = &service.owner {
            services.entry(&owner.value).or_default().push(&service.id);
        }
    }
    let teams = site.catalog.teams.values();
    teams
        .map(|team| TeamRow {
            id: &team.id,
            url: site.routes.team(&team.id).map(UrlPath::as_str),
            name: &team.name,
            description: team.description.as_deref(),
            declared: team.declared,
            contacts: rows(&team.contacts),
            on_call: team.oncall.as_ref().map(OnCallRow::from),
            members: &team.members,
            services: services.remove(&team.id).unwrap_or_default(),
            links: rows(&team.links),
        })
        .collect()
}

/// One alert.
#[derive(Serialize)]
pub(crate) struct AlertRow<'a> {
    name: &'a str,
    url: Option<&'a str>,
    urgency: Option<&'static str>,
    runbook_class: &'static str,
    covered: bool,
    team: Option<TeamId>,
    services: Vec<ServiceId>,
    runbooks: Vec<&'a str>,
    rules: Vec<RuleRow<'a>>,
}

#[derive(Serialize)]
pub(crate) struct RuleRow<'a> {
    expr: Option<&'a str>,
    r#for: Option<&'a str>,
    severity: Option<&'a str>,
    runbook: Option<&'a str>,
    source: &'a str,
    line: usize,
}

/// Every alert that a rule raises.
pub(crate) fn alerts<'a>(facts: &'a Facts<'a>) -> Vec<AlertRow<'a>> {
    let site = facts.site;
    let rule = |n: &u32| {
        let rule = &site.catalog.rules[*n as usize];
        let source = site.sources.get(rule.place.source);
        RuleRow {
            expr: rule.expr.as_deref(),
            r#for: rule.for_.as_deref(),
            severity: rule.severity(),
            runbook: rule.runbook.as_ref().map(|f| f.value.as_str()),
            source: &source.path,
            line: source.line_column(rule.place.span.start).0,
        }
    };
    let row = |alert: coverage::Alert<'a>| AlertRow {
        name: alert.name,
        url: site.routes.alert(alert.name).map(UrlPath::as_str),
        urgency: alert.urgency.map(coverage::urgency_word),
        runbook_class: alert.class.word(),
        covered: alert.class.is_covered(),
        team: alert.team,
        services: alert.services,
        runbooks: alert.runbooks.iter().map(|id| site.routes.doc(*id).as_str()).collect(),
        rules: site.catalog.alerts.get(alert.name).into_iter().flatten().map(rule).collect(),
    };
    coverage::alerts(facts).into_iter().map(row).collect()
}

/// One runbook.
#[derive(Serialize)]
pub(crate) struct RunbookRow<'a> {
    id: &'a str,
    url: &'a str,
    title: &'a str,
    description: Option<&'a str>,
    owner: Option<&'a TeamId>,
    services: Vec<&'a ServiceId>,
    alerts: Vec<&'a str>,
    severity: Option<&'a str>,
    urgency: Option<&'static str>,
    status: Option<&'a str>,
    reviewed: Option<String>,
    review_due: Option<String>,
    last_exercised: Option<String>,
    incidents: usize,
    tags: &'a [String],
    source: &'a str,
}

/// Every runbook.
pub(crate) fn runbooks<'a>(facts: &'a Facts<'a>) -> Vec<RunbookRow<'a>> {
    let urgency =
        |severity: &str| -> Option<Urgency> { facts.site.config.policy.urgency(severity) };
    facts
        .all_runbooks()
        .map(|(id, doc, runbook)| {
            let severity = runbook.severity.as_ref().map(|s| s.value.as_str());
            RunbookRow {
                id: &doc.id.value,
                url: facts.site.routes.doc(id).as_str(),
                title: &doc.title.value,
                description: doc.description.as_deref(),
                owner: doc.owner.as_ref().map(|o| &o.value),
                services: runbook.services.iter().map(|s| &s.value).collect(),
                alerts: runbook.alerts.iter().map(|a| a.value.as_str()).collect(),
                severity,
                urgency: severity.and_then(urgency).map(coverage::urgency_word),
                status: doc.status.as_deref(),
                reviewed: doc.reviewed.as_ref().map(|r| r.value.to_string()),
                review_due: facts.site.review_due(doc).map(|d| d.to_string()),
                last_exercised: coverage::exercised(facts, id).map(|d| d.to_string()),
                incidents: facts.used.get(&id).map_or(0, Vec::len),
                tags: &doc.tags,
                source: &facts.site.source(doc).path,
            }
        })
        .collect()
}

/// One page that a file stands behind.
#[derive(Serialize)]
pub(crate) struct PageRow<'a> {
    url: &'a str,
    title: &'a str,
    kind: &'static str,
    owner: Option<&'a TeamId>,
    tags: &'a [String],
    source: &'a str,
    id: &'a str,
    aliases: Vec<&'a str>,
    anchors: BTreeSet<&'a str>,
    text: String,
}

/// Digits of the hash of a page's text: enough to tell one state of it from another.
const TEXT_DIGITS: usize = 16;

/// Every page that a file stands behind.
pub(crate) fn pages<'a>(facts: &'a Facts<'a>) -> Vec<PageRow<'a>> {
    let site = facts.site;
    let mut aliases: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (from, page) in &site.routes.pages {
        if let Page::Redirect(to) = page {
            aliases.entry(to.as_str()).or_default().push(from.as_str());
        }
    }
    let docs: Vec<(DocId, &Doc)> = site.docs().collect();
    par::map(&docs, |(id, doc)| {
        let url = site.routes.doc(*id).as_str();
        let source = site.source(doc);
        PageRow {
            url,
            title: &doc.title.value,
            kind: doc.kind.value.word(),
            owner: doc.owner.as_ref().map(|o| &o.value),
            tags: &doc.tags,
            source: &source.path,
            id: &doc.id.value,
            aliases: aliases.get(url).cloned().unwrap_or_default(),
            anchors: doc.anchors().collect(),
            text: hex(source.text.as_bytes(), TEXT_DIGITS),
        }
    })
}

/// The pages that one page links to.
#[derive(Serialize)]
pub(crate) struct LinksRow<'a> {
    from: &'a str,
    to: BTreeSet<&'a str>,
    written: BTreeSet<String>,
}

/// Links between pages, by the page they stand on.
pub(crate) fn links<'a>(facts: &'a Facts<'a>) -> Vec<LinksRow<'a>> {
    let site = facts.site;
    let row = |(id, doc): (_, &Doc)| {
        let from = site.routes.doc(id);
        let mut to: BTreeSet<&str> = BTreeSet::new();
        let mut written = BTreeSet::new();
        for (node, resolved) in &site.links[id.0 as usize].by_node {
            if let Resolved::Page { address, anchor } = resolved {
                to.insert(address.as_str());
                // The name of an alert in code leads there as well, and breaks nothing when the alert goes.
                if matches!(doc.tree.nodes[*node as usize].kind, Kind::Link(_)) && address != from {
                    let anchor = anchor.as_deref().filter(|a| !a.is_empty());
                    written.insert(match anchor {
                        Some(anchor) => format!("{}#{anchor}", address.as_str()),
                        None => address.as_str().to_owned(),
                    });
                }
            }
        }
        if let Detail::Runbook(runbook) = &doc.detail {
            to.extend(
                runbook
                    .services
                    .iter()
                    .filter_map(|s| Some(site.routes.service(&s.value)?.as_str())),
            );
        }
        if let Detail::Postmortem(postmortem) = &doc.detail {
            to.extend(
                postmortem
                    .services
                    .iter()
                    .filter_map(|s| Some(site.routes.service(&s.value)?.as_str())),
            );
        }
        to.remove(from.as_str());
        to.retain(|address| !matches!(site.routes.pages.get(*address), Some(Page::Redirect(_))));
        let any = !to.is_empty() || !written.is_empty();
        any.then_some(LinksRow { from: from.as_str(), to, written })
    };
    site.docs().filter_map(row).collect()
}

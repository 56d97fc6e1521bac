//! Entities → views: which words stand on which page; the templates decide where.

mod about;
mod alert;
mod applies;
mod echo;
mod figures;
mod home;
mod incident;
mod lessons;
mod lists;
mod people;
mod pictures;
mod reports;
mod runbook;
mod service;
mod shared;
mod sheet;
mod team;
mod topics;

use std::collections::BTreeMap;

use crate::diag::Finding;
use crate::link::Site;
use crate::link::routes::{Page, UrlPath};
use crate::model::document::{Detail, Doc};
use crate::model::id::{DocId, LessonId, ServiceId, TeamId};
use crate::model::lesson::by_text;
use crate::model::postmortem::Measure;
use crate::render::Renderer;
use crate::render::page::{Hrefs, LinkView, NavView, PageView};
use crate::text::slug::slug;

pub(crate) use crate::render::view::about::names_script;
pub(crate) use crate::render::view::shared::sentence;

/// What pages ask again and again, counted once.
pub(crate) struct Index<'a> {
    /// Runbooks by service.
    pub(crate) runbooks: BTreeMap<&'a ServiceId, Vec<DocId>>,
    /// Postmortems by service, newest first.
    pub(crate) incidents: BTreeMap<&'a ServiceId, Vec<DocId>>,
    /// Alerts by service.
    pub(crate) alerts: BTreeMap<&'a ServiceId, Vec<&'a str>>,
    /// Services by team.
    pub(crate) services: BTreeMap<&'a TeamId, Vec<&'a ServiceId>>,
    /// Documents by team.
    pub(crate) documents: BTreeMap<&'a TeamId, Vec<DocId>>,
    /// Postmortems that an alert caught or that used its runbook, newest first.
    pub(crate) incidents_of_alert: BTreeMap<&'a str, Vec<DocId>>,
    /// Postmortems, newest first.
    pub(crate) postmortems: Vec<DocId>,
    /// The document of each service that has one.
    pub(crate) service_docs: BTreeMap<&'a ServiceId, DocId>,
    /// The document of each team that has one.
    pub(crate) team_docs: BTreeMap<&'a TeamId, DocId>,
    /// Postmortems by team, newest first.
    pub(crate) incidents_of_team: BTreeMap<TeamId, Vec<DocId>>,
    /// Postmortems that used the runbook at an address, and whether it helped, newest first.
    pub(crate) used: BTreeMap<UrlPath, Vec<(DocId, Option<&'a str>)>>,
    /// Documents by tag.
    pub(crate) tagged: BTreeMap<String, Vec<DocId>>,
    /// Every incident's duration by measure, in seconds.
    pub(crate) durations: [Vec<i64>; Measure::ALL.len()],
    /// Lessons by their sentence, lower case.
    pub(crate) lesson_by_text: BTreeMap<String, LessonId>,
}

impl<'a> Index<'a> {
    pub(crate) fn new(site: &'a Site) -> Self {
        let mut index = Self {
            runbooks: BTreeMap::new(),
            incidents: BTreeMap::new(),
            alerts: BTreeMap::new(),
            services: BTreeMap::new(),
            documents: BTreeMap::new(),
            incidents_of_alert: BTreeMap::new(),
            postmortems: Vec::new(),
            service_docs: BTreeMap::new(),
            team_docs: BTreeMap::new(),
            incidents_of_team: BTreeMap::new(),
            used: BTreeMap::new(),
            tagged: BTreeMap::new(),
            durations: Default::default(),
            lesson_by_text: by_text(&site.catalog.lessons),
        };
        for service in site.catalog.services.values() {
            if let Some(owner) = &service.owner {
                index.services.entry(&owner.value).or_default().push(&service.id);
            }
        }
        let mut postmortems: Vec<(DocId, Option<crate::text::date::Day>)> = Vec::new();
        for (id, doc) in site.docs() {
            if let Some(owner) = &doc.owner {
                index.documents.entry(&owner.value).or_default().push(id);
            }
            for tag in &doc.tags {
                push(index.tagged.entry(slug(tag)).or_default(), id);
            }
            match &doc.detail {
                Detail::Runbook(runbook) => {
                    for service in &runbook.services {
                        push(index.runbooks.entry(&service.value).or_default(), id);
                        for alert in &runbook.alerts {
                            push(
                                index.alerts.entry(&service.value).or_default(),
                                alert.value.as_str(),
                            );
                        }
                    }
                }
                Detail::Postmortem(postmortem) => {
                    postmortems.push((id, postmortem.day()));
                    for (measure, all) in Measure::ALL.into_iter().zip(&mut index.durations) {
                        all.extend(postmortem.duration(measure));
                    }
                }
                Detail::Service(service) => {
                    index.service_docs.entry(service).or_insert(id);
                }
                Detail::Team(team) => {
                    index.team_docs.entry(team).or_insert(id);
                }
                Detail::Lesson(_) | Detail::Page => {}
            }
        }
        postmortems.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        for (id, _) in &postmortems {
            let Detail::Postmortem(postmortem) = &site.doc(*id).detail else { continue };
            for service in &postmortem.services {
                push(index.incidents.entry(&service.value).or_default(), *id);
            }
            for team in site.teams_of_incident(postmortem) {
                push(index.incidents_of_team.entry(team).or_default(), *id);
            }
            for (name, helped) in &postmortem.runbooks_used {
                if let Some(address) = site.reference(&name.value) {
                    index.used.entry(address).or_default().push((*id, helped.as_deref()));
                }
            }
            for alert in &postmortem.detection_alerts {
                if let Some((name, _)) = site.catalog.alerts.get_key_value(&alert.value) {
                    push(index.incidents_of_alert.entry(name).or_default(), *id);
                }
            }
        }
        index.postmortems = postmortems.into_iter().map(|(id, _)| id).collect();
        for (name, rules) in &site.catalog.alerts {
            for rule in rules {
                let rule = &site.catalog.rules[*rule as usize];
                if let Some((id, _)) =
                    rule.service().and_then(|s| site.catalog.services.get_key_value(&s))
                {
                    push(index.alerts.entry(id).or_default(), name.as_str());
                }
            }
        }
        for names in index.alerts.values_mut() {
            names.sort_unstable();
            names.dedup();
        }
        index
    }
}

/// Appends what the list does not end with: lists are filled in order, so that is all there can be.
fn push<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if list.last() != Some(&item) {
        list.push(item);
    }
}

/// One page: its HTML and what was found while it was made.
type Made = Result<(String, Vec<Finding>), String>;

/// Whether the page of a document may show what a feed tells: those of lists, services, teams and the like do.
fn has_feed(doc: &Doc) -> bool {
    !matches!(doc.detail, Detail::Runbook(_) | Detail::Postmortem(_))
}

impl Renderer<'_> {
    pub(crate) fn page(&self, address: &UrlPath, page: &Page) -> Made {
        let hrefs = match page {
            Page::NotFound => self.hrefs_from_anywhere(address),
            // Whose page has no feed asks for none: making them takes long where only one page is made.
            Page::Alert(_) => self.hrefs(address),
            Page::Doc(id) if !has_feed(self.site.doc(*id)) => self.hrefs(address),
            _ => self.hrefs(address).with_feed(self.feeds().get(address)),
        };
        match page {
            Page::Home => self.home(&hrefs),
            Page::Alerts => self.alerts(&hrefs),
            Page::Alert(name) => self.alert(&hrefs, address, name),
            Page::Runbooks => self.runbooks(&hrefs),
            Page::Services => self.services(&hrefs),
            Page::Service(id) => self.service(&hrefs, address, id),
            Page::Teams => self.teams(&hrefs),
            Page::Team(id) => self.team(&hrefs, address, id),
            Page::Book(id) => self.book(&hrefs, id),
            Page::ForAll => self.for_all(&hrefs),
            Page::For(id) => self.for_team(&hrefs, id),
            Page::Incidents => self.incidents(&hrefs, None),
            Page::Year(year) => self.incidents(&hrefs, Some(*year)),
            Page::Lessons => self.lessons(&hrefs),
            Page::Lesson(id) => self.lesson(&hrefs, address, id),
            Page::Factors => self.factors(&hrefs),
            Page::Factor(id) => self.factor(&hrefs, id),
            Page::Tags => self.tags(&hrefs),
            Page::Tag(tag) => self.tag(&hrefs, tag),
            Page::Pages => self.pages(&hrefs),
            Page::Reports => self.reports(&hrefs),
            Page::Problems => self.problems_page(&hrefs),
            Page::Report(name) => self.figures(&hrefs, name),
            Page::Actions => self.figures(&hrefs, "actions"),
            Page::Search => self.search(&hrefs),
            Page::About => self.about_page(&hrefs),
            Page::Wiring => self.wiring(&hrefs),
            Page::Offline => self.offline(&hrefs),
            Page::NotFound => self.not_found(&hrefs),
            Page::Doc(id) => match &self.site.doc(*id).detail {
                Detail::Runbook(runbook) => self.runbook(&hrefs, address, *id, runbook),
                Detail::Postmortem(postmortem) => self.postmortem(&hrefs, address, *id, postmortem),
                _ => self.document(&hrefs, address, *id),
            },
            Page::Redirect(target) => self.redirect(&hrefs, target),
        }
    }

    fn redirect(&self, hrefs: &Hrefs, target: &UrlPath) -> Made {
        let title = self.title_of(target);
        let frame = self.frame(hrefs, &title, "", Vec::new());
        let view = LinkView { href: hrefs.to(target), text: title, note: String::new() };
        Ok((self.templates.page("redirect.html", &frame, &view)?, Vec::new()))
    }

    /// The frame of a page: title, navigation, crumbs.
    pub(crate) fn frame(
        &self,
        hrefs: &Hrefs,
        title: &str,
        section: &'static str,
        crumbs: Vec<LinkView>,
    ) -> PageView {
        const NAV: [(&str, &str); 6] = [
            ("alerts/", "Alerts"),
            ("services/", "Services"),
            ("teams/", "Teams"),
            ("incidents/", "Incidents"),
            ("lessons/", "Lessons"),
            ("reports/", "Reports"),
        ];
        let site = &self.site.config.title;
        let catalog = &self.site.catalog;
        let sources = self.site.sources.repositories.len();
        let footer = format!(
            "Built from {} {}: {} alerts, {} services, {} teams",
            sources,
            if sources == 1 { "source" } else { "sources" },
            catalog.alerts.len(),
            catalog.services.len(),
            catalog.teams.len()
        );
        PageView {
            site: site.clone(),
            title: if title.is_empty() { site.clone() } else { format!("{title} · {site}") },
            description: String::new(),
            root: hrefs.root().to_owned(),
            home: hrefs.file(""),
            search: hrefs.file("search/"),
            css: self.assets.css.clone(),
            scripts: vec![hrefs.file(&self.assets.script)],
            boot_html: self.boot.clone(),
            boot_hash: self.assets.boot_hash.clone(),
            role: "",
            portable: self.options.portable,
            nav: NAV
                .iter()
                .map(|(path, text)| NavView {
                    href: hrefs.file(path),
                    text,
                    current: *text == section,
                })
                .collect(),
            crumbs,
            dock: Vec::new(),
            about: crate::render::page::About::default(),
            feed: hrefs.feed(),
            footer,
        }
    }
}

/// Returns the sitemap: absolute where the site's address is known.
pub(crate) fn sitemap(site: &Site) -> Vec<u8> {
    let base = site.config.base_url.as_deref().unwrap_or("/");
    let mut out = crate::text::html::HtmlWriter::default();
    out.markup("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for (address, page) in &site.routes.pages {
        if matches!(page, Page::Redirect(_) | Page::NotFound) {
            continue;
        }
        out.markup("<url><loc>").text(base).text(address.as_str()).markup("</loc></url>\n");
    }
    out.markup("</urlset>\n");
    out.finish().as_str().as_bytes().to_vec()
}

//! Entities → addresses: generated from a small alphabet, unique whatever the case, stable.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Code, Finding, Place};
use crate::link::aliases::aliases;
use crate::link::fixed;
use crate::model::collect::Catalog;
use crate::model::document::{Detail, Doc, subject_folder};
use crate::model::field::Origin;
use crate::model::id::{DocId, FactorId, LessonId, ServiceId, TeamId};
use crate::text::hash::hex;
use crate::text::slug::{segment, slug};
use crate::text::source::Sources;

/// An address relative to the site's root: "" is the home page, others end in `/` or a file name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UrlPath(String);

impl std::borrow::Borrow<str> for UrlPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl UrlPath {
    /// Returns the address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the file that holds the page.
    pub fn file(&self) -> String {
        if self.0.is_empty() || self.0.ends_with('/') {
            format!("{}index.html", self.0)
        } else {
            self.0.clone()
        }
    }

    /// Returns what leads from this page to the root: "" or `../` as often as needed.
    pub fn to_root(&self) -> String {
        "../".repeat(self.0.matches('/').count())
    }
}

/// Name of a feed beside the page that shows the same.
pub const FEED: &str = "feed.xml";

/// What a page is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// `/`
    Home,
    /// `/alerts/`
    Alerts,
    /// `/alerts/<Name>/` where no single runbook answers the alert.
    Alert(String),
    /// `/runbooks/`
    Runbooks,
    /// `/services/`
    Services,
    /// `/services/<id>/`
    Service(ServiceId),
    /// `/teams/`
    Teams,
    /// `/teams/<id>/`
    Team(TeamId),
    /// `/teams/<id>/book/`
    Book(TeamId),
    /// `/for/`
    ForAll,
    /// `/for/<team>/`
    For(TeamId),
    /// `/incidents/`
    Incidents,
    /// `/incidents/<yyyy>/`
    Year(i16),
    /// `/lessons/`
    Lessons,
    /// `/lessons/<id>/`
    Lesson(LessonId),
    /// `/factors/`
    Factors,
    /// `/factors/<id>/`
    Factor(FactorId),
    /// `/tags/`
    Tags,
    /// `/tags/<tag>/`
    Tag(String),
    /// `/pages/`
    Pages,
    /// `/reports/`
    Reports,
    /// `/reports/<name>/`
    Report(&'static str),
    /// `/reports/problems/`
    Problems,
    /// `/actions/`
    Actions,
    /// `/search/`
    Search,
    /// `/about/`
    About,
    /// `/about/wiring/`
    Wiring,
    /// `/offline/`
    Offline,
    /// `/404.html`
    NotFound,
    /// A runbook, postmortem or page.
    Doc(DocId),
    /// A page that leads on.
    Redirect(UrlPath),
}

/// Every address of a site.
#[derive(Debug, Default)]
pub struct Routes {
    /// Pages by address.
    pub pages: BTreeMap<UrlPath, Page>,
    /// Address of each document, by `DocId`.
    pub(in crate::link) docs: Vec<UrlPath>,
    alerts: BTreeMap<String, UrlPath>,
    services: BTreeMap<ServiceId, UrlPath>,
    teams: BTreeMap<TeamId, UrlPath>,
    /// What applies to each team.
    for_teams: BTreeMap<TeamId, UrlPath>,
    lessons: BTreeMap<LessonId, UrlPath>,
    factors: BTreeMap<FactorId, UrlPath>,
    tags: BTreeMap<String, UrlPath>,
    /// The document whose text stands on the home page.
    pub home: Option<DocId>,
    /// Lower-case address without trailing slash → the address that has it.
    taken: BTreeMap<String, UrlPath>,
}

impl Routes {
    /// Returns the address of a document.
    pub fn doc(&self, id: DocId) -> &UrlPath {
        &self.docs[id.0 as usize]
    }

    /// Returns the address of an alert.
    pub fn alert(&self, name: &str) -> Option<&UrlPath> {
        self.alerts.get(name)
    }

    /// Returns the address of a service.
    pub fn service(&self, id: &ServiceId) -> Option<&UrlPath> {
        self.services.get(id)
    }

    /// Returns the address of a team.
    pub fn team(&self, id: &TeamId) -> Option<&UrlPath> {
        self.teams.get(id)
    }

    /// Returns the address of what applies to a team.
    pub fn for_team(&self, id: &TeamId) -> Option<&UrlPath> {
        self.for_teams.get(id)
    }

    /// Returns the address of a lesson.
    pub fn lesson(&self, id: &LessonId) -> Option<&UrlPath> {
        self.lessons.get(id)
    }

    /// Returns the address of a factor.
    pub fn factor(&self, id: &FactorId) -> Option<&UrlPath> {
        self.factors.get(id)
    }

    /// Returns the address of a tag.
    pub fn tag(&self, tag: &str) -> Option<&UrlPath> {
        self.tags.get(&slug(tag))
    }

    /// Returns the address that a text such as `alerts/Foo` names, in any case, with or without slash.
    pub fn find(&self, address: &str) -> Option<&UrlPath> {
        let plain = address
            .trim_matches('/')
            .trim_end_matches("index.html")
            .trim_end_matches('/')
            .to_lowercase();
        self.taken.get(&plain)
    }

    pub(in crate::link) fn claim(&mut self, wanted: &str, page: Page) -> UrlPath {
        let address = self.free(wanted);
        self.taken.insert(key(&address.0), address.clone());
        self.pages.insert(address.clone(), page);
        address
    }

    fn is_free(&self, wanted: &str) -> bool {
        !self.taken.contains_key(&key(wanted))
    }

    fn free(&self, wanted: &str) -> UrlPath {
        if self.is_free(wanted) {
            return UrlPath(wanted.to_owned());
        }
        let (stem, end) = wanted.strip_suffix('/').map_or((wanted, ""), |stem| (stem, "/"));
        let mut n = 2_u64;
        loop {
            let candidate = format!("{stem}-{n}{end}");
            if self.is_free(&candidate) {
                return UrlPath(candidate);
            }
            n += 1;
        }
    }
}

fn key(address: &str) -> String {
    address.trim_end_matches('/').to_lowercase()
}

/// Gives every page its address. Order decides who gets a disputed one, and it is the order of the paths.
pub fn route(sources: &Sources, catalog: &Catalog, findings: &mut Vec<Finding>) -> Routes {
    let mut routes = Routes::default();
    for (address, page) in fixed::pages() {
        routes.claim(&address, page);
    }
    for own in fixed::files() {
        routes.taken.insert(key(&own), UrlPath(own));
    }
    let years: BTreeSet<i16> = catalog
        .documents
        .iter()
        .filter_map(|d| match &d.detail {
            Detail::Postmortem(p) => p.day().map(crate::text::date::Day::year),
            _ => None,
        })
        .collect();
    for year in years {
        routes.claim(&format!("incidents/{year}/"), Page::Year(year));
    }
    for id in catalog.services.keys() {
        let address =
            routes.claim(&format!("services/{}/", segment(id.as_str())), Page::Service(id.clone()));
        routes.services.insert(id.clone(), address);
    }
    for id in catalog.teams.keys() {
        let address =
            routes.claim(&format!("teams/{}/", segment(id.as_str())), Page::Team(id.clone()));
        routes.claim(&format!("{}book/", address.0), Page::Book(id.clone()));
        routes.teams.insert(id.clone(), address);
        let address =
            routes.claim(&format!("for/{}/", segment(id.as_str())), Page::For(id.clone()));
        let feed = UrlPath(format!("{}{FEED}", address.0));
        routes.taken.insert(key(&feed.0), feed);
        routes.for_teams.insert(id.clone(), address);
    }
    for name in catalog.alerts.keys() {
        let address =
            routes.claim(&format!("alerts/{}/", segment(name)), Page::Alert(name.clone()));
        routes.alerts.insert(name.clone(), address);
    }
    for id in catalog.lessons.keys() {
        let address =
            routes.claim(&format!("lessons/{}/", segment(id.as_str())), Page::Lesson(id.clone()));
        routes.lessons.insert(id.clone(), address);
    }
    for id in catalog.factors.keys() {
        let address =
            routes.claim(&format!("factors/{}/", segment(id.as_str())), Page::Factor(id.clone()));
        routes.factors.insert(id.clone(), address);
    }
    documents(sources, catalog, &mut routes, findings);
    let mut tags = BTreeSet::new();
    for tag in catalog
        .documents
        .iter()
        .flat_map(|d| &d.tags)
        .chain(catalog.services.values().flat_map(|s| &s.tags))
    {
        let id = slug(tag);
        if !id.is_empty() {
            tags.insert(id);
        }
    }
    for tag in tags {
        let address = routes.claim(&format!("tags/{tag}/"), Page::Tag(tag.clone()));
        routes.tags.insert(tag, address);
    }
    aliases(catalog, &mut routes, findings);
    routes
}

fn documents(
    sources: &Sources,
    catalog: &Catalog,
    routes: &mut Routes,
    findings: &mut Vec<Finding>,
) {
    let mut claims: BTreeMap<&str, Vec<DocId>> = BTreeMap::new();
    for (n, doc) in catalog.documents.iter().enumerate() {
        if let Detail::Runbook(runbook) = &doc.detail {
            for alert in &runbook.alerts {
                claims.entry(&alert.value).or_default().push(DocId(n as u32));
            }
        }
    }
    let mut stated: BTreeMap<(&str, &str), Place> = BTreeMap::new();
    for (n, doc) in catalog.documents.iter().enumerate() {
        let id = DocId(n as u32);
        let place = doc.id.place.unwrap_or(Place::file(doc.source));
        let folder = match &doc.detail {
            Detail::Service(service) => {
                let address = routes.services.get(service).cloned().unwrap_or_default();
                routes.docs.push(address);
                continue;
            }
            Detail::Team(team) => {
                let address = routes.teams.get(team).cloned().unwrap_or_default();
                routes.docs.push(address);
                continue;
            }
            Detail::Lesson(lesson) => {
                let lesson = &lesson.id;
                let first = catalog.lessons.get(lesson).and_then(|l| l.document) == Some(id);
                if first {
                    routes.docs.push(routes.lessons.get(lesson).cloned().unwrap_or_default());
                    continue;
                }
                "lessons"
            }
            Detail::Runbook(_) => "runbooks",
            Detail::Postmortem(_) => "incidents",
            Detail::Page => {
                page(sources, doc, id, routes, findings);
                continue;
            }
        };
        let is_stated = matches!(doc.id.origin, Origin::Stated(_));
        if is_stated {
            if let Some(first) = stated.get(&(folder, doc.id.value.as_str())) {
                let other = sources.get(first.source);
                let message = format!(
                    "{} `{}` is already declared in `{}`",
                    doc.kind.value.word(),
                    doc.id.value,
                    other.path
                );
                findings.push(
                    Finding::new(Code::DuplicateId, place, message)
                        .hint("give one of them another `id`")
                        .also(*first, "first declared here"),
                );
            } else {
                stated.insert((folder, doc.id.value.as_str()), place);
            }
        }
        let wanted = format!("{folder}/{}/", segment(&doc.id.value));
        let own_alert = match &doc.detail {
            Detail::Runbook(runbook) => match &runbook.alerts[..] {
                [alert] if claims.get(alert.value.as_str()).is_some_and(|c| c.len() == 1) => {
                    Some(alert.value.as_str())
                }
                _ => None,
            },
            _ => None,
        };
        // Names made from files repeat from folder to folder: the folder's name tells them apart.
        let wanted = if routes.is_free(&wanted) || is_stated {
            wanted
        } else {
            let path = sources.get(doc.source).path.as_str();
            let parent = subject_folder(sources.get(doc.source).folder());
            let longer = format!("{folder}/{}-{}/", segment(parent), segment(&doc.stem));
            if !parent.is_empty() && routes.is_free(&longer) {
                longer
            } else {
                format!("{folder}/{}/", slug(path))
            }
        };
        let address = if let Some(address) = own_alert.and_then(|a| routes.alerts.get(a)).cloned() {
            routes.pages.insert(address.clone(), Page::Doc(id));
            if routes.is_free(&wanted) {
                routes.claim(&wanted, Page::Redirect(address.clone()));
            }
            address
        } else {
            routes.claim(&wanted, Page::Doc(id))
        };
        routes.docs.push(address);
    }
}

/// A page keeps the path of its file; `README.md` and its like stand for their folder.
fn page(sources: &Sources, doc: &Doc, id: DocId, routes: &mut Routes, findings: &mut Vec<Finding>) {
    let path = sources.get(doc.source).path.as_str();
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let mut name = file;
    for ending in [".erb", ".md", ".markdown", ".mdx", ".mdown", ".html"] {
        let cut = name.len().saturating_sub(ending.len());
        if name.get(cut..).is_some_and(|tail| tail.eq_ignore_ascii_case(ending)) && cut > 0 {
            name = &name[..cut];
        }
    }
    let index = matches!(name.to_lowercase().as_str(), "readme" | "index" | "_index");
    if folder.is_empty() && index && routes.home.is_none() && !name.eq_ignore_ascii_case("readme") {
        routes.home = Some(id);
        routes.docs.push(UrlPath::default());
        return;
    }
    let mut wanted = "pages/".to_owned();
    for part in folder.split('/').filter(|p| !p.is_empty()) {
        wanted.push_str(&segment(part));
        wanted.push('/');
    }
    if !index || folder.is_empty() || !routes.is_free(&wanted) {
        wanted.push_str(&segment(name));
        wanted.push('/');
    }
    // A path that is long already would be too long below the folder of the site.
    if wanted.len() > 600 {
        wanted = format!("pages/{}/", hex(path.as_bytes(), 16));
    }
    if !routes.is_free(&wanted) {
        let message = format!("the address `/{wanted}` is already taken");
        findings.push(Finding::new(Code::AddressCollision, Place::file(doc.source), message).hint(
            "file names that differ only in case or punctuation share an address; rename one",
        ));
    }
    let address = routes.claim(&wanted, Page::Doc(id));
    routes.docs.push(address);
}

#[cfg(test)]
mod tests {
    use super::{Page, Routes};

    #[test]
    fn addresses_are_unique_whatever_the_case() {
        let mut routes = Routes::default();
        let mut claim = |wanted: &str| routes.claim(wanted, Page::Home).as_str().to_owned();
        assert_eq!(claim("alerts/Foo/"), "alerts/Foo/");
        assert_eq!(claim("alerts/foo/"), "alerts/foo-2/");
        assert_eq!(claim("alerts/FOO/"), "alerts/FOO-3/");
    }
}

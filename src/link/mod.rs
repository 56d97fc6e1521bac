//! [`Catalog`] → [`Site`]: addresses, resolved references, backlinks, dependencies; immutable from here.

mod address;
pub mod alerts;
mod aliases;
pub mod answers;
pub mod changes;
pub mod concern;
pub mod dependencies;
pub(crate) mod find;
pub mod fixed;
mod prefixes;
pub mod recurrence;
pub mod resolve;
pub mod routes;
pub mod similar;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::Config;
use crate::diag::{Code, Finding, Place};
use crate::link::alerts::AlertLinks;
use crate::link::changes::{Changes, DocChanges};
use crate::link::concern::Concern;
use crate::link::dependencies::Dependencies;
use crate::link::recurrence::Recurrences;
use crate::link::resolve::{DocLinks, Resolved, Resolver};
use crate::link::routes::{Routes, UrlPath};
use crate::link::similar::{SharedSimilar, Similar};
use crate::model::collect::Catalog;
use crate::model::document::{Detail, Doc};
use crate::model::id::{DocId, ServiceId};
use crate::parse::tree::Tree;
use crate::text::par;
use crate::text::source::{Source, Sources};

/// Everything that pages, findings and search are made of.
#[derive(Debug)]
pub struct Site {
    /// What the site file says.
    pub config: Config,
    /// The input.
    pub sources: Sources,
    /// The entities.
    pub catalog: Catalog,
    /// Every address.
    pub routes: Routes,
    /// References of each document, by `DocId`.
    pub links: Vec<Arc<DocLinks>>,
    /// Links of each service's metadata, in the order of `Service::links`.
    pub service_links: BTreeMap<ServiceId, Vec<Resolved>>,
    /// Documents that link to an address, by the address.
    pub backlinks: BTreeMap<UrlPath, Vec<DocId>>,
    /// Runbooks of alerts.
    pub alerts: AlertLinks,
    /// Dependencies both ways.
    pub dependencies: Dependencies,
    /// Whom each lesson concerns, and why.
    pub concern: Concern,
    /// What came back in each incident.
    pub recurrences: Recurrences,
    /// What resembles each postmortem and runbook, where somebody has asked.
    similar: SharedSimilar,
    /// The same of the site before this one, in a preview.
    similar_before: Option<SharedSimilar>,
    /// What the histories of the repositories tell of documents.
    pub changes: Changes,
}

impl Site {
    /// Returns a document.
    pub fn doc(&self, id: DocId) -> &Doc {
        &self.catalog.documents[id.0 as usize]
    }

    /// Returns the file of a document.
    pub fn source(&self, doc: &Doc) -> &Source {
        self.sources.get(doc.source)
    }

    /// Returns what resembles each postmortem and runbook. All are read when somebody first asks: ask once before
    /// many ask side by side, of whom all would wait.
    pub fn similar(&self) -> &Similar {
        let read = || self.read_similar(&|| false).unwrap_or_default();
        self.similar.get_or_init(read)
    }

    /// Reads what resembles what; false where `is_old` says meanwhile that nobody wants to know any more.
    pub fn ask_similar(&self, is_old: &dyn Fn() -> bool) -> bool {
        // Where somebody was faster, it is the same.
        self.read_similar(is_old).is_some_and(|similar| self.similar.set(similar).is_ok())
    }

    fn read_similar(&self, is_old: &dyn Fn() -> bool) -> Option<Similar> {
        Similar::new(&self.catalog, &self.sources, self.similar_before.as_ref(), is_old)
    }

    /// Lets this site take over what resembled what in the one before it; returns the same for the next.
    pub fn follow(&mut self, before: SharedSimilar) -> SharedSimilar {
        self.similar_before = Some(before);
        Arc::clone(&self.similar)
    }

    /// Lets this site, which has the same files, tell what resembled what in the one before it.
    pub fn repeat(&mut self, before: SharedSimilar) {
        self.similar_before = Some(Arc::clone(&before));
        self.similar = before;
    }

    /// Returns the references of each document with the body that has them.
    pub fn linked(&self) -> Linked {
        let links = self.links.iter().map(Arc::clone);
        self.catalog.documents.iter().map(|doc| Arc::clone(&doc.tree)).zip(links).collect()
    }

    /// Lets documents take over other readings of their files, of which `sources` has the texts and which tell the pages
    /// of others the same.
    pub fn take(&mut self, sources: Sources, readings: &[Doc], findings: &mut Vec<Finding>) {
        self.sources = sources;
        let mut ids = Vec::with_capacity(readings.len());
        for (n, doc) in self.catalog.documents.iter_mut().enumerate() {
            if let Some(reading) = readings.iter().find(|reading| reading.source == doc.source) {
                doc.take(reading);
                ids.push(DocId(n as u32));
            }
        }
        let resolver = Resolver::new(&self.config, &self.sources, &self.catalog, &self.routes);
        let resolved: Vec<_> = ids.iter().map(|id| resolver.document(*id)).collect();
        for (id, (links, mut found)) in ids.into_iter().zip(resolved) {
            findings.append(&mut found);
            self.links[id.0 as usize] = Arc::new(links);
        }
    }

    /// Returns what the history of its repository tells of a document.
    pub fn changes(&self, id: DocId) -> &DocChanges {
        self.changes.of(id)
    }

    /// Returns every document with its id.
    pub fn docs(&self) -> impl Iterator<Item = (DocId, &Doc)> {
        self.catalog.documents.iter().enumerate().map(|(n, doc)| (DocId(n as u32), doc))
    }
}

/// The references of each document of a site, by `DocId`, with the body that has them.
pub type Linked = Vec<(Arc<Tree>, Arc<DocLinks>)>;

/// Links a catalog. References that lead nowhere become findings.
pub fn link(
    config: Config,
    sources: Sources,
    catalog: Catalog,
    findings: &mut Vec<Finding>,
) -> Site {
    link_again(config, sources, catalog, &Linked::new(), findings)
}

/// Does what [`link`] does; references of a document whose body is that of `before` lead where they led, and nothing
/// is found of them.
pub fn link_again(
    config: Config,
    sources: Sources,
    catalog: Catalog,
    before: &Linked,
    findings: &mut Vec<Finding>,
) -> Site {
    let routes = routes::route(&sources, &catalog, findings);
    let resolver = Resolver::new(&config, &sources, &catalog, &routes);
    resolver.ours();
    let ids: Vec<DocId> = (0..catalog.documents.len() as u32).map(DocId).collect();
    let resolved = par::map(&ids, |id| {
        let tree = &catalog.documents[id.0 as usize].tree;
        let known = before.get(id.0 as usize).filter(|(known, _)| Arc::ptr_eq(known, tree));
        if let Some((_, links)) = known {
            return (Arc::clone(links), Vec::new());
        }
        let (links, found) = resolver.document(*id);
        (Arc::new(links), found)
    });
    let mut links = Vec::with_capacity(resolved.len());
    let mut backlinks: BTreeMap<UrlPath, Vec<DocId>> = BTreeMap::new();
    for (id, (doc_links, mut found)) in ids.iter().zip(resolved) {
        findings.append(&mut found);
        let own = routes.doc(*id);
        for (_, target) in &doc_links.by_node {
            let Resolved::Page { address, .. } = target else { continue };
            if address != own {
                let from = backlinks.entry(address.clone()).or_default();
                if from.last() != Some(id) {
                    from.push(*id);
                }
            }
        }
        links.push(doc_links);
    }
    let alerts = alerts::link(&resolver, findings);
    let dependencies = Dependencies::new(&catalog);
    let concern = Concern::new(&resolver, &dependencies, &links);
    let recurrences = Recurrences::new(&resolver, &dependencies);
    references(&resolver, findings);
    let service_links = service_links(&resolver, findings);
    let changes = Changes::new(&sources, &catalog);
    Site {
        config,
        sources,
        catalog,
        routes,
        links,
        service_links,
        backlinks,
        alerts,
        dependencies,
        concern,
        recurrences,
        similar: SharedSimilar::default(),
        similar_before: None,
        changes,
    }
}

/// Resolves the links of services as those of documents are.
fn service_links(
    resolver: &Resolver<'_>,
    findings: &mut Vec<Finding>,
) -> BTreeMap<ServiceId, Vec<Resolved>> {
    let mut out = BTreeMap::new();
    for service in resolver.catalog.services.values().filter(|s| !s.links.is_empty()) {
        let mut resolved = Vec::with_capacity(service.links.len());
        for link in &service.links {
            let source = resolver.sources.get(link.place.source);
            let (target, finding) = resolver.link(None, source, &link.url, link.place, false);
            // Catalogs also hold words and paths on servers; only what is written like a link is one.
            let url = link.url.as_str();
            let meant = url.starts_with("./") || url.starts_with("../") || url.contains(".md");
            findings.extend(finding.filter(|_| meant && !url.contains(' ')));
            resolved.push(target);
        }
        out.insert(service.id.clone(), resolved);
    }
    out
}

/// Names in metadata that must exist: related things, runbooks used, incidents repeated.
fn references(resolver: &Resolver<'_>, findings: &mut Vec<Finding>) {
    let catalog = resolver.catalog;
    for doc in &catalog.documents {
        let mut wanted: Vec<(&str, Option<Place>, &str)> = Vec::new();
        match &doc.detail {
            Detail::Runbook(runbook) => {
                wanted
                    .extend(runbook.related.iter().map(|f| (f.value.as_str(), f.place, "runbook")));
                wanted.extend(
                    runbook.supersedes.iter().map(|f| (f.value.as_str(), f.place, "runbook")),
                );
                wanted.extend(
                    runbook.superseded_by.iter().map(|f| (f.value.as_str(), f.place, "runbook")),
                );
            }
            Detail::Postmortem(postmortem) => {
                wanted.extend(
                    postmortem.related.iter().map(|f| (f.value.as_str(), f.place, "postmortem")),
                );
                wanted.extend(
                    postmortem
                        .recurrence_of
                        .iter()
                        .map(|f| (f.value.as_str(), f.place, "postmortem")),
                );
                wanted.extend(
                    postmortem
                        .runbooks_used
                        .iter()
                        .map(|(f, _)| (f.value.as_str(), f.place, "runbook")),
                );
            }
            _ => {}
        }
        for (name, place, kind) in wanted {
            let place = place.unwrap_or(Place::file(doc.source));
            if name.trim().is_empty()
                || resolver.reference(name, kind).is_some()
                || name.contains("://")
                || resolver.path_exists(name, doc)
            {
                continue;
            }
            let kind = name.split_once(':').map_or(kind, |(k, _)| k);
            let (code, near) = match kind {
                "service" => (Code::UnknownService, resolver.nearest_service(name)),
                "team" => (Code::UnknownTeam, resolver.nearest_team(name)),
                "alert" => (Code::UnknownAlert, resolver.nearest_alert(name)),
                "lesson" => (Code::UnknownLesson, None),
                "postmortem" | "incident" => {
                    (Code::UnknownPostmortem, resolver.nearest_id(name, "postmortem"))
                }
                _ => (Code::UnknownRunbook, resolver.nearest_id(name, "runbook")),
            };
            let word = code.rule().name.trim_start_matches("unknown-");
            let message =
                format!("there is no {word} `{}`", name.split_once(':').map_or(name, |(_, n)| n));
            findings.push(Finding::new(code, place, message).nearest(near.as_deref()));
        }
    }
}

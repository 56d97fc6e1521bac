//! References of documents → [`Resolved`] targets, as GitHub resolves them, then as site generators do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::config::Config;
use crate::diag::{Code, Finding, Fix, Place};
use crate::link::address::{Address, judge};
use crate::link::find::{Found, is_destination, names_one_thing, relative, rewritten};
use crate::link::prefixes::{self, Learner};
use crate::link::routes::Page;
use crate::link::routes::{Routes, UrlPath};
use crate::model::collect::Catalog;
use crate::model::document::Doc;
use crate::model::id::{DocId, ServiceId, TeamId};
use crate::parse::tree::{Kind, Words};
use crate::text::nearest::{nearest, only_slip};
use crate::text::par;
use crate::text::path::{percent_decode, percent_encode};
use crate::text::source::{Source, Sources};
use crate::text::span::Span;

/// Where a reference leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// A page of this site and a heading of it.
    Page {
        /// Its address.
        address: UrlPath,
        /// The heading's anchor.
        anchor: Option<String>,
    },
    /// A heading of the same document.
    Here(String),
    /// An allowed absolute address.
    Outside(String),
    /// A file of the input that is shown or offered: its path.
    Asset(String),
    /// A file or folder of the repository that has no page: its path.
    InRepository(String),
    /// Not a link: only its words are shown.
    Words,
    /// Nothing is there.
    Broken,
}

/// The references of one document.
#[derive(Clone, Debug, Default)]
pub struct DocLinks {
    /// Targets by index of the node, in the order of the nodes.
    pub by_node: Vec<(u32, Resolved)>,
}

impl DocLinks {
    /// Returns the target of a node.
    pub fn get(&self, node: usize) -> Option<&Resolved> {
        let at = self.by_node.binary_search_by_key(&(node as u32), |(n, _)| *n).ok()?;
        self.by_node.get(at).map(|(_, resolved)| resolved)
    }
}

/// Resolves references against everything that exists.
pub(crate) struct Resolver<'a> {
    pub(crate) config: &'a Config,
    pub(crate) sources: &'a Sources,
    pub(crate) catalog: &'a Catalog,
    pub(crate) routes: &'a Routes,
    pub(in crate::link) doc_of_source: Vec<Option<DocId>>,
    pub(in crate::link) by_lower_path: BTreeMap<String, DocId>,
    pub(in crate::link) by_file_name: BTreeMap<String, Vec<DocId>>,
    pub(in crate::link) by_id: BTreeMap<(&'static str, String), DocId>,
    pub(in crate::link) aliases: BTreeMap<String, DocId>,
    pub(in crate::link) alert_names: BTreeMap<String, &'a str>,
    names: BTreeMap<&'a str, &'a UrlPath>,
    ours: OnceLock<BTreeSet<String>>,
    /// Anchors of each document, sorted.
    anchors: Vec<OnceLock<Vec<String>>>,
    pub(in crate::link) service_of_source: BTreeMap<u32, ServiceId>,
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(
        config: &'a Config,
        sources: &'a Sources,
        catalog: &'a Catalog,
        routes: &'a Routes,
    ) -> Self {
        let mut resolver = Self {
            config,
            sources,
            catalog,
            routes,
            doc_of_source: vec![None; sources.files.len()],
            by_lower_path: BTreeMap::new(),
            by_file_name: BTreeMap::new(),
            by_id: BTreeMap::new(),
            aliases: BTreeMap::new(),
            alert_names: catalog
                .alerts
                .keys()
                .map(|name| (name.to_lowercase(), name.as_str()))
                .collect(),
            names: BTreeMap::new(),
            ours: OnceLock::new(),
            anchors: catalog.documents.iter().map(|_| OnceLock::new()).collect(),
            service_of_source: BTreeMap::new(),
        };
        for (n, doc) in catalog.documents.iter().enumerate() {
            let id = DocId(n as u32);
            let source = sources.get(doc.source);
            resolver.doc_of_source[doc.source.0 as usize] = Some(id);
            resolver.by_lower_path.entry(source.path.to_lowercase()).or_insert(id);
            resolver.by_file_name.entry(source.file_name().to_lowercase()).or_default().push(id);
            resolver
                .by_id
                .entry((doc.kind.value.word(), doc.id.value.to_lowercase()))
                .or_insert(id);
            for alias in &doc.aliases {
                resolver.aliases.entry(alias.value.trim_matches('/').to_lowercase()).or_insert(id);
            }
        }
        for service in catalog.services.values() {
            if let Some(address) = routes.service(&service.id) {
                resolver.names.insert(service.id.as_str(), address);
                resolver
                    .service_of_source
                    .entry(service.place.source.0)
                    .or_insert_with(|| service.id.clone());
            }
        }
        for team in catalog.teams.keys().filter(|t| t.as_str().contains(['-', '_'])) {
            if let Some(address) = routes.team(team) {
                resolver.names.entry(team.as_str()).or_insert(address);
            }
        }
        for name in catalog.alerts.keys() {
            if let Some(address) = routes.alert(name) {
                resolver.names.insert(name, address);
            }
        }
        resolver
    }

    /// Returns the repositories whose absolute addresses lead into this input. All documents are read when somebody
    /// first asks: ask once before many ask side by side, of whom all would wait.
    pub(crate) fn ours(&self) -> &BTreeSet<String> {
        self.ours.get_or_init(|| self.learn())
    }

    fn anchors(&self, id: DocId) -> &[String] {
        self.anchors[id.0 as usize].get_or_init(|| {
            let doc = &self.catalog.documents[id.0 as usize];
            let mut anchors: Vec<String> = doc.anchors().map(str::to_owned).collect();
            anchors.sort_unstable();
            anchors.dedup();
            anchors
        })
    }

    fn learn(&self) -> BTreeSet<String> {
        let links = par::map(&self.catalog.documents, |doc| {
            let source = self.sources.get(doc.source);
            let base = &self.sources.repository(source.repository).prefix;
            let links = doc.tree.nodes.iter().filter_map(|node| {
                let Kind::Link(target) = &node.kind else { return None };
                let (prefix, path) = prefixes::forge(target.address.of(&source.text))?;
                let path = path.split(['#', '?']).next().unwrap_or(path);
                let known = self.by_repository_path(base, path).is_some();
                Some((prefixes::repository_of(prefix), path, known))
            });
            links.collect::<Vec<_>>()
        });
        let mut learner = Learner::default();
        for (repository, path, known) in links.into_iter().flatten() {
            learner.take(repository, path, known);
        }
        let mut ours: BTreeSet<String> = learner.ours().into_iter().map(str::to_owned).collect();
        for source in &self.config.sources {
            for template in source.url.iter().chain(&source.edit_url) {
                if let Some((head, _)) = template.split_once("{path}") {
                    ours.insert(prefixes::repository_of(head).to_owned());
                }
            }
        }
        ours
    }

    /// Resolves every reference of a document.
    pub(crate) fn document(&self, id: DocId) -> (DocLinks, Vec<Finding>) {
        let doc = &self.catalog.documents[id.0 as usize];
        let source = self.sources.get(doc.source);
        let text = &*source.text;
        let mut links = DocLinks::default();
        let mut findings = Vec::new();
        let own = self.routes.doc(id);
        let mut quiet_until = 0;
        for (n, node) in doc.tree.nodes.iter().enumerate() {
            let place = |words: &Words| match words {
                Words::At(span) => Place::new(doc.source, *span),
                Words::Own(_) => Place::new(doc.source, node.span),
            };
            match &node.kind {
                Kind::Link(target) => {
                    quiet_until = quiet_until.max(node.end as usize);
                    let written = target.address.of(text);
                    let (resolved, finding) =
                        self.link(Some(id), source, written, place(&target.address), false);
                    findings.extend(finding);
                    links.by_node.push((n as u32, resolved));
                }
                Kind::Image(target) => {
                    let written = target.address.of(text);
                    let (resolved, finding) =
                        self.link(Some(id), source, written, place(&target.address), true);
                    findings.extend(finding);
                    links.by_node.push((n as u32, resolved));
                }
                Kind::Heading(..) => quiet_until = quiet_until.max(node.end as usize),
                Kind::InlineCode(words) if n >= quiet_until => {
                    let name = words.of(text).trim_start_matches("alert:");
                    if let Some(address) = self.names.get(name).filter(|a| **a != own) {
                        links.by_node.push((
                            n as u32,
                            Resolved::Page { address: (*address).clone(), anchor: None },
                        ));
                    }
                }
                _ => {}
            }
        }
        (links, findings)
    }

    /// Resolves one address of a file; `id` is its document, where it is one.
    pub(crate) fn link(
        &self,
        id: Option<DocId>,
        source: &Source,
        written: &str,
        place: Place,
        image: bool,
    ) -> (Resolved, Option<Finding>) {
        match judge(written) {
            Address::Template => (Resolved::Words, None),
            Address::Empty => {
                let finding = Finding::new(Code::BrokenLink, place, "a link without address");
                (
                    Resolved::Broken,
                    Some(finding.hint("write where it leads, or remove the brackets")),
                )
            }
            Address::Refused(scheme) => {
                let mut finding = Finding::new(
                    Code::RefusedUrl,
                    place,
                    format!("links with the scheme `{scheme}:` are not allowed"),
                );
                finding = match nearest(&scheme, ["https", "http", "mailto"]) {
                    Some(near) => finding.nearest(Some(&format!("{near}:"))),
                    None => finding.hint(
                        "only http, https, mailto and tel are links; the address is shown as text",
                    ),
                };
                (Resolved::Words, Some(finding))
            }
            Address::Absolute(url) => (self.absolute(source, url), None),
            Address::Reference(kind, name) => {
                if let Some(address) = self.reference(&format!("{kind}:{name}"), kind) {
                    (Resolved::Page { address, anchor: None }, None)
                } else {
                    let finding = Finding::new(
                        Code::BrokenLink,
                        place,
                        format!("there is no {kind} `{name}`"),
                    );
                    (
                        Resolved::Broken,
                        Some(finding.nearest(self.nearest_of(kind, name).as_deref())),
                    )
                }
            }
            Address::Path { path: "", fragment } => {
                let fragment = percent_decode(fragment.unwrap_or(""));
                if fragment.is_empty() {
                    return (Resolved::Here(String::new()), None);
                }
                let Some(id) = id else { return (Resolved::Words, None) };
                match self.anchor(id, &fragment) {
                    Some(anchor) => (Resolved::Here(anchor), None),
                    None => (Resolved::Broken, Some(self.broken_anchor(id, &fragment, place))),
                }
            }
            Address::Path { path, fragment } => self.path(source, path, fragment, place, image),
        }
    }

    fn path(
        &self,
        source: &Source,
        path: &str,
        fragment: Option<&str>,
        place: Place,
        image: bool,
    ) -> (Resolved, Option<Finding>) {
        let decoded = percent_decode(path);
        match self.find(source, &decoded) {
            Some(Found::Doc(target, exact)) => {
                let mut finding = (!exact).then(|| {
                    let real =
                        &self.sources.get(self.catalog.documents[target.0 as usize].source).path;
                    Finding::new(
                        Code::BrokenLink,
                        place,
                        format!("`{path}` differs from the file's name in upper and lower case"),
                    )
                    .hint(format!("the file is `{real}`"))
                    .fixed_by(rewritten(
                        source,
                        place,
                        path,
                        &relative(source.folder(), real),
                    ))
                });
                let mut anchor = None;
                if let Some(fragment) = fragment.map(percent_decode).filter(|f| !f.is_empty()) {
                    anchor = self.anchor(target, &fragment);
                    if anchor.is_none() {
                        finding =
                            finding.or_else(|| Some(self.broken_anchor(target, &fragment, place)));
                    }
                }
                (Resolved::Page { address: self.routes.doc(target).clone(), anchor }, finding)
            }
            Some(Found::Service(address)) => (Resolved::Page { address, anchor: None }, None),
            Some(Found::Asset(path)) => (Resolved::Asset(path), None),
            Some(Found::InRepository(path)) => (Resolved::InRepository(path), None),
            None => {
                let code = if image { Code::MissingImage } else { Code::BrokenLink };
                let what = if image { "image" } else { "file" };
                let finding = Finding::new(code, place, format!("there is no {what} `{path}`"));
                let finding = if let Some(real) = self.moved(&decoded) {
                    let to = relative(source.folder(), real);
                    let fix =
                        names_one_thing(&decoded).then(|| rewritten(source, place, path, &to));
                    finding.nearest(Some(&to)).fixed_by(fix.flatten())
                } else {
                    let only = self.only_file(source, &decoded);
                    finding
                        .nearest(self.nearest_file(source, &decoded).as_deref())
                        .fixed_by(only.and_then(|to| rewritten(source, place, path, &to)))
                };
                (Resolved::Broken, Some(finding))
            }
        }
    }

    fn anchor(&self, id: DocId, fragment: &str) -> Option<String> {
        let anchors = self.anchors(id);
        if anchors.binary_search_by(|anchor| anchor.as_str().cmp(fragment)).is_ok() {
            return Some(fragment.to_owned());
        }
        let plain = fragment.strip_prefix("user-content-").unwrap_or(fragment).to_lowercase();
        anchors.iter().find(|a| a.to_lowercase() == plain).cloned()
    }

    /// Returns the anchor of a document, for alert rules.
    pub(crate) fn has_anchor(&self, id: DocId, fragment: &str) -> bool {
        self.anchor(id, fragment).is_some()
    }

    fn broken_anchor(&self, id: DocId, fragment: &str, place: Place) -> Finding {
        let doc = &self.catalog.documents[id.0 as usize];
        let path = &self.sources.get(doc.source).path;
        let is_link = is_destination(self.sources.get(place.source), place);
        let fix = self.anchor_fix(id, fragment, place).filter(|_| is_link);
        Finding::new(Code::BrokenAnchor, place, format!("`{path}` has no heading `#{fragment}`"))
            .nearest(self.near_anchor(id, fragment).as_deref())
            .fixed_by(fix)
    }

    /// Returns the anchor of a document that may have been meant, with its `#`.
    pub(crate) fn near_anchor(&self, id: DocId, fragment: &str) -> Option<String> {
        let anchors = self.anchors(id).iter().map(String::as_str);
        nearest(fragment, anchors).map(|anchor| format!("#{anchor}"))
    }

    /// Returns the edit by which the address at a place leads to the only anchor that its own is a slip of.
    pub(crate) fn anchor_fix(&self, id: DocId, fragment: &str, place: Place) -> Option<Fix> {
        let anchor = only_slip(fragment, self.anchors(id).iter().map(String::as_str))?;
        let written = place.span.of(&self.sources.get(place.source).text);
        let (before, old) = written.rsplit_once('#')?;
        // Quotes of YAML are around the address.
        let old = old.trim_end_matches(['"', '\'']);
        let is_plain = percent_encode(anchor) == anchor && percent_decode(old) == fragment;
        let start = place.span.start as usize + before.len() + "#".len();
        let place = Place::new(place.source, Span::new(start, start + old.len()));
        is_plain.then(|| Fix { place, text: anchor.to_owned() })
    }

    fn absolute(&self, source: &Source, url: String) -> Resolved {
        if let Some((prefix, rest)) = prefixes::forge(&url)
            && self.ours().contains(prefixes::repository_of(prefix))
        {
            let (path, fragment) = rest.split_once('#').map_or((rest, None), |(p, f)| (p, Some(f)));
            let path = percent_decode(path.split('?').next().unwrap_or(path));
            let owner = self.config.sources.iter().find(|s| {
                s.url
                    .iter()
                    .chain(&s.edit_url)
                    .any(|t| prefixes::repository_of(t) == prefixes::repository_of(prefix))
            });
            let base = owner.map_or_else(
                || self.sources.repository(source.repository).prefix.as_str(),
                |s| s.prefix.as_str(),
            );
            if let Some(target) = self.by_repository_path(base, &path) {
                let anchor = fragment.and_then(|f| self.anchor(target, f));
                return Resolved::Page { address: self.routes.doc(target).clone(), anchor };
            }
        }
        if let Some(rest) = self.config.base_url.as_deref().and_then(|base| url.strip_prefix(base))
        {
            let (path, fragment) = rest.split_once('#').map_or((rest, None), |(p, f)| (p, Some(f)));
            if let Some(address) =
                self.routes.find(&percent_decode(path.split('?').next().unwrap_or(path)))
            {
                return Resolved::Page {
                    address: address.clone(),
                    anchor: fragment.map(str::to_owned),
                };
            }
        }
        Resolved::Outside(url)
    }

    /// Returns true where a name is the path of a document, seen from another.
    pub(crate) fn path_exists(&self, name: &str, doc: &Doc) -> bool {
        (name.contains('/') || name.contains('.'))
            && self.find(self.sources.get(doc.source), name).is_some()
    }

    /// Returns the address of a reference such as `runbook:x`; a bare name is of the kind given.
    pub(crate) fn reference(&self, written: &str, kind: &str) -> Option<UrlPath> {
        let (kind, name) = match written.split_once(':') {
            Some((k, name)) if k.bytes().all(|b| b.is_ascii_alphabetic()) => (k, name.trim()),
            _ => (kind, written.trim()),
        };
        match kind {
            "service" => self.routes.service(&ServiceId::new(name)).cloned(),
            "team" => self.routes.team(&TeamId::new(name)).cloned(),
            "alert" => self.alert(name).and_then(|name| self.routes.alert(name)).cloned(),
            "lesson" => self.routes.lesson(&crate::model::id::LessonId::new(name)).cloned(),
            "factor" => self.routes.factor(&crate::model::id::FactorId::new(name)).cloned(),
            "postmortem" | "incident" => self.by_kind("postmortem", name),
            "runbook" => self
                .by_kind("runbook", name)
                .or_else(|| self.alert(name).and_then(|n| self.routes.alert(n)).cloned()),
            "page" => self.by_kind("page", name).or_else(|| {
                self.exact(&format!("{name}.md")).map(|id| self.routes.doc(id).clone())
            }),
            _ => None,
        }
    }

    fn by_kind(&self, kind: &'static str, name: &str) -> Option<UrlPath> {
        self.by_id.get(&(kind, name.to_lowercase())).map(|id| self.routes.doc(*id).clone())
    }

    /// Returns the document that a reference of front matter means.
    pub(in crate::link) fn referenced(&self, written: &str, kind: &str) -> Option<DocId> {
        let page = self.routes.pages.get(&self.reference(written, kind)?)?;
        match page {
            Page::Redirect(to) => match self.routes.pages.get(to)? {
                Page::Doc(id) => Some(*id),
                _ => None,
            },
            Page::Doc(id) => Some(*id),
            _ => None,
        }
    }

    /// Returns the document of a kind with this id.
    pub(crate) fn doc_by_id(&self, kind: &'static str, name: &str) -> Option<DocId> {
        self.by_id.get(&(kind, name.to_lowercase())).copied()
    }

    /// Returns an alert's name as rules write it, whatever the case.
    pub(crate) fn alert(&self, name: &str) -> Option<&'a str> {
        self.alert_names.get(&name.to_lowercase()).copied()
    }

    /// Returns documents whose lower-case path without ending matches `test`.
    pub(crate) fn docs_by_path(&self, test: impl Fn(&str) -> bool) -> Vec<DocId> {
        self.by_lower_path.iter().filter(|(path, _)| test(path)).map(|(_, id)| *id).collect()
    }
}

//! Alert rules and runbooks → which runbook answers which alert, and how it was found.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{Config, PrefixTarget};
use crate::diag::{Code, Finding, Place};
use crate::link::prefixes::{self, Learner};
use crate::link::resolve::Resolver;
use crate::link::routes::Page;
use crate::model::alert::AlertRule;
use crate::model::document::Detail;
use crate::model::id::DocId;
use crate::text::glob::Globs;
use crate::text::path::{join, percent_decode};

/// Runbooks of every alert.
#[derive(Debug, Default)]
pub struct AlertLinks {
    /// Where each rule's runbook leads, by position in `Catalog::rules`.
    pub by_rule: Vec<RunbookTarget>,
    /// Runbooks that say they answer an alert, or are named after it, by alert.
    pub claims: BTreeMap<String, Vec<DocId>>,
}

impl AlertLinks {
    /// Returns the documents that help with an alert: claimed first, then those its rules point at.
    pub fn documents(&self, name: &str, rules: &[u32]) -> Vec<DocId> {
        let mut out = self.claims.get(name).cloned().unwrap_or_default();
        for rule in rules {
            let more: &[DocId] = match self.by_rule.get(*rule as usize) {
                Some(RunbookTarget::Document(id, _)) => std::slice::from_ref(id),
                Some(RunbookTarget::Templated(ids)) => ids,
                _ => &[],
            };
            for id in more {
                if !out.contains(id) {
                    out.push(*id);
                }
            }
        }
        out
    }
}

/// Where the runbook of a rule leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunbookTarget {
    /// The rule names none.
    None,
    /// A document and a heading of it.
    Document(DocId, Option<String>),
    /// A page of this site that is not a document: the alert's own.
    OwnPage,
    /// It should be in this input and is not.
    Dead,
    /// `TODO` and its like.
    Placeholder,
    /// Another site.
    Outside(String),
    /// It depends on a label; these documents match.
    Templated(Vec<DocId>),
}

/// Words that stand where a runbook should.
const PLACEHOLDERS: [&str; 12] =
    ["todo", "tbd", "n/a", "na", "none", "-", "fixme", "xxx", "?", "tba", "null", "placeholder"];

/// Links all rules.
pub(crate) fn link(resolver: &Resolver<'_>, findings: &mut Vec<Finding>) -> AlertLinks {
    let catalog = resolver.catalog;
    let mut claims: BTreeMap<String, Vec<DocId>> = BTreeMap::new();
    for (n, doc) in catalog.documents.iter().enumerate() {
        if let Detail::Runbook(runbook) = &doc.detail {
            for alert in &runbook.alerts {
                claims.entry(alert.value.clone()).or_default().push(DocId(n as u32));
            }
        }
    }
    let linker = Linker::new(resolver);
    let mut by_rule = Vec::with_capacity(catalog.rules.len());
    for rule in &catalog.rules {
        by_rule.push(linker.rule(rule, findings));
    }
    AlertLinks { by_rule, claims }
}

/// Returns the annotation that leads from a rule to the page of its alert.
pub fn annotation(config: &Config, alert: &str) -> String {
    let base = config.base_url.as_deref().unwrap_or("https://<this site>/");
    format!("runbook_url: {base}alerts/{alert}/")
}

struct Linker<'a, 'b> {
    resolver: &'a Resolver<'b>,
    /// Hosts whose addresses lead into this input.
    ours: BTreeSet<String>,
    /// Last two parts of a document's path, lower case, without ending.
    by_tail: BTreeMap<String, Vec<DocId>>,
    /// Documents by their path, lower case, without ending.
    by_plain: BTreeMap<String, DocId>,
}

impl<'a, 'b> Linker<'a, 'b> {
    fn new(resolver: &'a Resolver<'b>) -> Self {
        let mut by_tail: BTreeMap<String, Vec<DocId>> = BTreeMap::new();
        let mut by_plain = BTreeMap::new();
        for (n, doc) in resolver.catalog.documents.iter().enumerate() {
            let path = plain(&resolver.sources.get(doc.source).path);
            by_plain.entry(path.clone()).or_insert(DocId(n as u32));
            if let Some(tail) = tail(&path) {
                by_tail.entry(tail.to_owned()).or_default().push(DocId(n as u32));
            }
        }
        let mut linker = Self { resolver, ours: BTreeSet::new(), by_tail, by_plain };
        let mut learner = Learner::default();
        for rule in &resolver.catalog.rules {
            let Some(url) =
                rule.runbook.as_ref().map(|f| f.value.as_str()).filter(|u| u.starts_with("http"))
            else {
                continue;
            };
            if url.contains("{{") {
                continue;
            }
            let (page, _) = split(url);
            let known = linker.by_suffix(page).is_some();
            learner.take(site_of(url), page, known);
        }
        linker.ours = learner.ours().into_iter().map(str::to_owned).collect();
        linker
    }

    /// A document whose path ends like the address, in two parts at least.
    fn by_suffix(&self, page: &str) -> Option<DocId> {
        let path = plain(page.split_once("://").map_or(page, |(_, rest)| rest));
        let found = self.by_tail.get(tail(&path)?)?;
        let path_of = |id: &DocId| {
            &self.resolver.sources.get(self.resolver.catalog.documents[id.0 as usize].source).path
        };
        // Two files that differ in their ending are one page twice; two pages of one name are no answer.
        let same = found.iter().all(|id| plain(path_of(id)) == plain(path_of(&found[0])));
        let markdown = found.iter().find(|id| path_of(id).to_lowercase().ends_with(".md"));
        markdown.or_else(|| found.first()).copied().filter(|_| same)
    }

    fn rule(&self, rule: &AlertRule, findings: &mut Vec<Finding>) -> RunbookTarget {
        let Some(field) = &rule.runbook else { return RunbookTarget::None };
        let written = field.value.trim();
        let place = field.place.unwrap_or(rule.place);
        if is_placeholder(written) {
            findings.push(
                Finding::new(
                    Code::PlaceholderRunbookUrl,
                    place,
                    format!("the runbook of `{}` is a placeholder: `{written}`", rule.name),
                )
                .hint("write the runbook's address, or leave the annotation out"),
            );
            return RunbookTarget::Placeholder;
        }
        let (page, fragment) = split(written);
        // A template behind `#` fills in values for the reader; one before it chooses the page.
        if is_template(&without_alertname(page, &rule.name)) {
            return self.templated(rule, page, place, findings);
        }
        let page = without_alertname(page, &rule.name);
        let target = self.find(rule, &page);
        match &target {
            RunbookTarget::Document(id, _) => {
                let fragment =
                    fragment.filter(|f| !f.is_empty() && !is_template(f) && !f.contains('='));
                if let Some(fragment) = fragment.map(percent_decode) {
                    if !self.resolver.has_anchor(*id, &fragment) {
                        let path = &self
                            .resolver
                            .sources
                            .get(self.resolver.catalog.documents[id.0 as usize].source)
                            .path;
                        let message = format!("`{path}` has no heading `#{fragment}`");
                        let near = self.resolver.near_anchor(*id, &fragment);
                        let hint = match near {
                            Some(near) => format!("did you mean `{near}`?"),
                            None => {
                                format!("the runbook of alert `{}` opens at its top", rule.name)
                            }
                        };
                        let fix = self.resolver.anchor_fix(*id, &fragment, place);
                        let finding = Finding::new(Code::DeadRunbookAnchor, place, message);
                        findings.push(finding.hint(hint).fixed_by(fix));
                    }
                    return RunbookTarget::Document(*id, Some(fragment));
                }
            }
            RunbookTarget::Dead => {
                let finding = Finding::new(
                    Code::DeadRunbookUrl,
                    place,
                    format!("the runbook of `{}` does not exist: `{page}`", rule.name),
                );
                let named = self.resolver.catalog.documents.iter().find(|d| matches!(&d.detail, Detail::Runbook(r) if r.alerts.iter().any(|a| a.value == rule.name)));
                findings.push(match named {
                    Some(doc) => finding.hint(format!(
                        "`{}` is written for this alert",
                        self.resolver.sources.get(doc.source).path
                    )),
                    None => {
                        finding.hint("write it, or point the annotation at the page that helps")
                    }
                });
            }
            _ => {}
        }
        target
    }

    fn find(&self, rule: &AlertRule, page: &str) -> RunbookTarget {
        let resolver = self.resolver;
        for prefix in &resolver.config.alerts.runbook_urls {
            let Some(rest) = page.strip_prefix(prefix.prefix.as_str()) else { continue };
            return match &prefix.target {
                PrefixTarget::Folder(folder) => self
                    .in_folder(folder, rest)
                    .map_or(RunbookTarget::Dead, |id| RunbookTarget::Document(id, None)),
                PrefixTarget::Site(site) => self.on_site(&format!("{site}{rest}")),
            };
        }
        if let Some(rest) =
            resolver.config.base_url.as_deref().and_then(|base| page.strip_prefix(base))
        {
            return self.on_site(rest);
        }
        if page.contains("://") {
            if let Some((_, path)) = prefixes::forge(page) {
                let by_path = resolver
                    .by_repository_path(self.prefix(rule), path)
                    .or_else(|| resolver.by_repository_path("", path));
                if let Some(id) = by_path {
                    return RunbookTarget::Document(id, None);
                }
            }
            if let Some(id) = self.by_suffix(page).filter(|_| self.ours.contains(site_of(page))) {
                return RunbookTarget::Document(id, None);
            }
            return if self.ours.contains(site_of(page)) {
                RunbookTarget::Dead
            } else {
                RunbookTarget::Outside(page.to_owned())
            };
        }
        // A path in the same repository, or seen from one of the folders above the rule file.
        let mut folder = resolver.sources.get(rule.place.source).folder();
        let by_root = resolver.by_repository_path(self.prefix(rule), page);
        let found = by_root.or_else(|| {
            loop {
                let seen =
                    join(folder, page).and_then(|_| resolver.by_repository_path(folder, page));
                if seen.is_some() || folder.is_empty() {
                    break seen;
                }
                folder = folder.rsplit_once('/').map_or("", |(up, _)| up);
            }
        });
        let by_id = || resolver.doc_by_id("runbook", page.trim_start_matches("runbook:"));
        found.or_else(by_id).map_or(RunbookTarget::Dead, |id| RunbookTarget::Document(id, None))
    }

    fn prefix(&self, rule: &AlertRule) -> &str {
        let source = self.resolver.sources.get(rule.place.source);
        &self.resolver.sources.repository(source.repository).prefix
    }

    fn in_folder(&self, folder: &str, rest: &str) -> Option<DocId> {
        let wanted = plain(&join(folder, &percent_decode(rest))?);
        self.by_plain.get(&wanted).copied()
    }

    fn on_site(&self, address: &str) -> RunbookTarget {
        let resolver = self.resolver;
        let address = address.split('?').next().unwrap_or(address);
        let Some(found) = resolver.routes.find(&percent_decode(address)) else {
            return RunbookTarget::Dead;
        };
        match resolver.routes.pages.get(found) {
            Some(Page::Doc(id)) => RunbookTarget::Document(*id, None),
            Some(Page::Redirect(to)) => match resolver.routes.pages.get(to) {
                Some(Page::Doc(id)) => RunbookTarget::Document(*id, None),
                _ => RunbookTarget::OwnPage,
            },
            _ => RunbookTarget::OwnPage,
        }
    }

    fn templated(
        &self,
        rule: &AlertRule,
        page: &str,
        place: Place,
        findings: &mut Vec<Finding>,
    ) -> RunbookTarget {
        let pattern = glob_of(page);
        let path = pattern
            .split_once("://")
            .map_or(pattern.as_str(), |(_, rest)| rest.split_once('/').map_or("", |(_, p)| p));
        let local = format!("{}{}", self.prefix(rule), path.trim_start_matches('/')).to_lowercase();
        // A bare `*` would match everything, which says nothing.
        let telling = path.bytes().filter(u8::is_ascii_alphanumeric).count() >= 3;
        let globs =
            Globs::new([local.as_str()]).ok().filter(|_| telling && !pattern.contains("://"));
        let matches =
            globs.map(|g| self.resolver.docs_by_path(|p| g.is_match(p))).unwrap_or_default();
        let message = format!("the runbook of `{}` depends on a label: `{page}`", rule.name);
        let finding = Finding::new(Code::TemplatedRunbookUrl, place, message);
        findings.push(if matches.is_empty() {
            finding.hint("no page of this site matches it")
        } else {
            finding.hint(match matches.len() {
                1 => "1 page matches it".to_owned(),
                n => format!("{n} pages match it"),
            })
        });
        RunbookTarget::Templated(matches)
    }
}

fn is_placeholder(written: &str) -> bool {
    let lower = written.to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '/' | '?' | '-'));
    written.is_empty()
        || PLACEHOLDERS.contains(&bare)
        || lower.starts_with("todo")
        || lower.contains("://example.com")
        || lower.contains("://todo")
}

fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("[[") || text.contains("${")
}

/// `{{ $labels.alertname }}` in an alert's own rule is the alert's name.
fn without_alertname(page: &str, name: &str) -> String {
    let mut out = page.to_owned();
    for form in ["{{ $labels.alertname }}", "{{$labels.alertname}}", "{{ .Labels.alertname }}"] {
        out = out.replace(form, name);
    }
    out
}

fn split(written: &str) -> (&str, Option<&str>) {
    let (page, fragment) = written.split_once('#').map_or((written, None), |(p, f)| (p, Some(f)));
    (page.split('?').next().unwrap_or(page), fragment)
}

/// Scheme and host of an address; for a forge, the repository.
fn site_of(url: &str) -> &str {
    if let Some((prefix, _)) = prefixes::forge(url) {
        return prefixes::repository_of(prefix);
    }
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find('/').map_or(url.len(), |at| start + at);
    &url[..end]
}

/// Lower case, without ending, slash, `index` and `readme`.
fn plain(path: &str) -> String {
    let lower = path.trim_matches('/').to_lowercase();
    let mut path = lower.as_str();
    for ending in [".erb", ".md", ".markdown", ".html", ".htm"] {
        path = path.strip_suffix(ending).unwrap_or(path);
    }
    for index in ["/_index", "/index", "/readme"] {
        path = path.strip_suffix(index).unwrap_or(path);
    }
    path.trim_end_matches('/').to_owned()
}

/// The last two parts of a path.
fn tail(path: &str) -> Option<&str> {
    let mut cuts = path.rmatch_indices('/').map(|(at, _)| at);
    cuts.next()?;
    Some(cuts.next().map_or(path, |at| &path[at + 1..]))
}

/// `docs/{{ $labels.type }}/README.md` → `docs/*/README.md`.
fn glob_of(page: &str) -> String {
    let mut out = String::new();
    let mut rest = page;
    while let Some(at) = ["{{", "[[", "${"].iter().filter_map(|m| rest.find(m)).min() {
        out.push_str(&rest[..at]);
        out.push('*');
        let close = ["}}", "]]", "}"]
            .iter()
            .filter_map(|m| rest[at..].find(m).map(|e| at + e + m.len()))
            .min();
        rest = close.map_or("", |end| &rest[end..]);
        rest = rest.trim_start_matches('}');
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::{glob_of, is_placeholder, plain, site_of, tail};

    #[test]
    fn addresses_are_made_comparable() {
        assert_eq!(plain("Docs/Redis/README.md"), "docs/redis");
        assert_eq!(tail("a/b/c"), Some("b/c"));
        assert_eq!(tail("c"), None);
        assert_eq!(site_of("https://x.example/a/b"), "https://x.example");
        assert_eq!(glob_of("docs/{{ $labels.type }}/README.md"), "docs/*/README.md");
        assert!(
            is_placeholder("TODO: write") && is_placeholder("N/A") && !is_placeholder("docs/a.md")
        );
    }
}

//! Parsed sources → [`Catalog`]: every entity once, with its origins; contradictions become findings.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Config;
use crate::diag::{Code, Finding, Place};
use crate::model::alert::AlertRule;
use crate::model::catalog::{self, AlertFile, Declared};
use crate::model::codeowners::{self, CodeOwners};
use crate::model::document::{Detail, Doc};
use crate::model::field::{Field, Origin};
use crate::model::id::{FactorId, LessonId, ServiceId, TeamId};
use crate::model::known::Understood;
use crate::model::lesson::{Factor, Lesson, learn};
use crate::model::owners::{Owners, own};
use crate::model::postmortem::Postmortem;
use crate::model::rules::{self, Recording};
use crate::model::service::{Dependency, Service, Slo};
use crate::model::team::Team;
use crate::parse::read_findings;
use crate::text::glob::Globs;
use crate::text::par;
use crate::text::path::join;
use crate::text::source::{ReadFault, Source, SourceKind, Sources};

/// Everything that the input knows, by id.
#[derive(Debug, Default)]
pub struct Catalog {
    /// Every markdown file, in the order of the paths.
    pub documents: Vec<Doc>,
    /// Services.
    pub services: BTreeMap<ServiceId, Service>,
    /// Teams.
    pub teams: BTreeMap<TeamId, Team>,
    /// Every alert rule, in the order of the files.
    pub rules: Vec<AlertRule>,
    /// Every recording rule, in the order of the files.
    pub recordings: Vec<Recording>,
    /// Alerts by name: positions in [`Catalog::rules`]; none for an alert that only a runbook names.
    pub alerts: BTreeMap<String, Vec<u32>>,
    /// Lessons.
    pub lessons: BTreeMap<LessonId, Lesson>,
    /// Contributing factors.
    pub factors: BTreeMap<FactorId, Factor>,
    /// Teams that own files which are no documents, by the number of the source.
    pub owners: BTreeMap<u32, TeamId>,
    /// True where any file declares a service, so that a name nothing declares is a fault.
    pub declares_services: bool,
    /// True where any file declares a team.
    pub declares_teams: bool,
}

impl Catalog {
    /// Returns the teams that an incident hit: as stated, else the owners of its services.
    pub fn teams_of(&self, postmortem: &Postmortem) -> Vec<TeamId> {
        let mut teams: Vec<TeamId> = postmortem.teams.iter().map(|t| t.value.clone()).collect();
        if teams.is_empty() {
            for service in &postmortem.services {
                let owner = self.services.get(&service.value).and_then(|s| s.owner.as_ref());
                if let Some(owner) = owner.filter(|o| !teams.contains(&o.value)) {
                    teams.push(owner.value.clone());
                }
            }
        }
        teams
    }
}

/// Collects the catalog. `documents` are the markdown files, in the order of the paths.
pub fn collect(
    config: &Config,
    sources: &Sources,
    documents: Vec<Understood>,
    findings: &mut Vec<Finding>,
) -> Catalog {
    let mut catalog = Catalog::default();
    for source in sources.files.iter().filter(|s| s.kind != SourceKind::Markdown) {
        findings.extend(read_findings(source));
    }
    let metadata = read_metadata(config, sources);
    let mut owners = Owners::default();
    let mut inverse: Vec<(ServiceId, Dependency)> = Vec::new();
    let mut slos: Vec<(ServiceId, Slo)> = Vec::new();
    let mut alert_files: Vec<AlertFile> = Vec::new();
    for read in metadata {
        match read {
            Metadata::Declared(mut declared) => {
                findings.append(&mut declared.findings);
                inverse.append(&mut declared.inverse_dependencies);
                slos.append(&mut declared.slos);
                alert_files.append(&mut declared.alert_files);
                add_declared(&mut catalog, sources, declared, findings);
            }
            Metadata::Rules(mut file) => {
                findings.append(&mut file.findings);
                catalog.rules.append(&mut file.rules);
                catalog.recordings.append(&mut file.recordings);
            }
            Metadata::Owners(folder, parsed) => {
                owners.by_folder.insert(folder, parsed);
            }
        }
    }
    let mut first: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for (n, (mut doc, declared)) in documents.into_iter().enumerate() {
        findings.append(&mut doc.findings);
        let name = match &doc.detail {
            Detail::Service(id) => Some(("service", id.as_str().to_owned())),
            Detail::Team(id) => Some(("team", id.as_str().to_owned())),
            _ => None,
        };
        let known = name.map(|name| *first.entry(name).or_insert(n));
        if let Some(mut declared) = declared {
            // The first document to declare an id has its page; a rival is shown as a page of its own.
            let rival = known.and_then(|known| catalog.documents.get(known));
            if let (Some(other), Detail::Team(id)) = (rival, &doc.detail) {
                let path = &sources.get(other.source).path;
                let message = format!("team `{id}` is already declared in `{path}`");
                findings.push(
                    Finding::new(Code::DuplicateId, Place::file(doc.source), message)
                        .hint("give one of them another `id`, or remove one file")
                        .also(Place::file(other.source), "first declared here"),
                );
            }
            if rival.is_some() {
                doc.detail = Detail::Page;
            }
            findings.append(&mut declared.findings);
            inverse.append(&mut declared.inverse_dependencies);
            slos.append(&mut declared.slos);
            alert_files.append(&mut declared.alert_files);
            add_declared(&mut catalog, sources, declared, findings);
        }
        debug_assert_eq!(n, catalog.documents.len());
        catalog.documents.push(doc);
    }
    catalog.declares_services = catalog.services.values().any(|s| s.declared);
    catalog.declares_teams = catalog.teams.values().any(|t| t.declared);
    for (dependent, dependency) in inverse {
        if let Some(service) = catalog.services.get_mut(&dependent) {
            service.depends_on.push(dependency);
        }
    }
    for (id, slo) in slos {
        if let Some(service) = catalog.services.get_mut(&id) {
            service.slos.push(slo);
        }
    }
    rank_tiers(config, &mut catalog);
    alerts_of_files(sources, &alert_files, &mut catalog, findings);
    name_alerts(&mut catalog);
    place_documents(sources, &mut catalog);
    first_use(&mut catalog);
    own(sources, &owners, &mut catalog);
    learn(config, &mut catalog);
    tell_once(sources, findings);
    catalog
}

/// Drops what findings tell of keys that others tell as well.
pub fn tell_once(sources: &Sources, findings: &mut Vec<Finding>) {
    findings.retain(|finding| !is_told_already(finding, sources));
}

/// A key that was found by its form and by the name before it is told once.
fn is_told_already(finding: &Finding, sources: &Sources) -> bool {
    let source = sources.get(finding.place.source);
    let span = finding.place.span;
    finding.code == Code::IntegrationKey
        && source.faults.iter().any(|fault| {
            let ReadFault::Secret(secret, _) = fault else { return false };
            let between = span.end.min(secret.end) as usize..span.start.max(secret.start) as usize;
            !source.text.get(between).is_some_and(|text| text.contains('\n'))
        })
}

enum Metadata {
    Declared(Declared),
    Rules(rules::RuleFile),
    Owners(String, CodeOwners),
}

fn read_metadata(config: &Config, sources: &Sources) -> Vec<Metadata> {
    let files: Vec<&Source> = sources
        .files
        .iter()
        .filter(|s| matches!(s.kind, SourceKind::Yaml | SourceKind::Codeowners))
        .collect();
    let read = par::map(&files, |source| {
        if source.kind == SourceKind::Codeowners {
            let folder = source.folder();
            let folder = folder
                .strip_suffix(".github")
                .or_else(|| folder.strip_suffix(".gitlab"))
                .or_else(|| folder.strip_suffix("docs"))
                .unwrap_or(folder);
            return Some(Metadata::Owners(
                folder.trim_end_matches('/').to_owned(),
                codeowners::parse(&source.text),
            ));
        }
        if source.file_name() == crate::config::FILE_NAME {
            return None;
        }
        if let Some(declared) = catalog::read(&source.path, source.id, &source.text) {
            return Some(Metadata::Declared(declared));
        }
        let wanted = config.alerts.rules.is_empty() || config.alerts.rules.is_match(&source.path);
        let file = if wanted { rules::read(&source.path, source.id, &source.text) } else { None };
        file.map(Metadata::Rules)
    });
    read.into_iter().flatten().collect()
}

fn add_declared(
    catalog: &mut Catalog,
    sources: &Sources,
    declared: Declared,
    findings: &mut Vec<Finding>,
) {
    for team in declared.teams {
        match catalog.teams.get_mut(&team.id) {
            None => {
                catalog.teams.insert(team.id.clone(), team);
            }
            Some(known) => merge_team(known, team),
        }
    }
    for service in declared.services {
        let Some(known) = catalog.services.get_mut(&service.id) else {
            catalog.services.insert(service.id.clone(), service);
            continue;
        };
        let system = |s: &Service| matches!(s.kind.as_deref(), Some("system" | "domain"));
        let together =
            sources.get(known.place.source).folder() == sources.get(service.place.source).folder();
        if !together && !system(known) && !system(&service) {
            let other = sources.get(known.place.source);
            let message =
                format!("service `{}` is already declared in `{}`", service.id, other.path);
            findings.push(
                Finding::new(Code::DuplicateId, service.place, message)
                    .hint("give one of them another `id`, or remove one file")
                    .also(known.place, "first declared here"),
            );
        }
        merge_service(known, service);
    }
}

/// Takes over what the first file does not say.
fn merge_service(known: &mut Service, other: Service) {
    known.declared |= other.declared;
    if known.name == known.id.as_str() {
        known.name = other.name;
    }
    known.description = known.description.take().or(other.description);
    known.owner = known.owner.take().or(other.owner);
    known.tier = known.tier.take().or(other.tier);
    known.lifecycle = known.lifecycle.take().or(other.lifecycle);
    known.kind = known.kind.take().or(other.kind);
    known.system = known.system.take().or(other.system);
    known.repo = known.repo.take().or(other.repo);
    known.oncall = known.oncall.take().or(other.oncall);
    extend(&mut known.languages, other.languages);
    extend(&mut known.tags, other.tags);
    extend(&mut known.contacts, other.contacts);
    extend(&mut known.provides, other.provides);
    extend(&mut known.consumes, other.consumes);
    extend(&mut known.slos, other.slos);
    extend(&mut known.extra, other.extra);
    known.links.extend(other.links);
    known.alerts.extend(other.alerts);
    known.answers.extend(other.answers);
    for dependency in other.depends_on {
        if dependency.service.is_none()
            || !known.depends_on.iter().any(|d| d.service == dependency.service)
        {
            known.depends_on.push(dependency);
        }
    }
}

fn merge_team(known: &mut Team, other: Team) {
    known.declared |= other.declared;
    if known.name == known.id.as_str() {
        known.name = other.name;
    }
    known.description = known.description.take().or(other.description);
    known.url = known.url.take().or(other.url);
    known.oncall = known.oncall.take().or(other.oncall);
    extend(&mut known.contacts, other.contacts);
    extend(&mut known.members, other.members);
    extend(&mut known.extra, other.extra);
    known.links.extend(other.links);
}

fn extend<T: PartialEq>(known: &mut Vec<T>, more: Vec<T>) {
    for item in more {
        if !known.contains(&item) {
            known.push(item);
        }
    }
}

fn rank_tiers(config: &Config, catalog: &mut Catalog) {
    for service in catalog.services.values_mut() {
        if let Some(tier) = &mut service.tier
            && let Some(rank) = config.policy.tiers.get(&tier.value.word.to_lowercase())
        {
            tier.value.rank = Some(*rank);
        }
    }
}

/// Alerts of the rule files that a service's metadata names, by globs seen from its own folder.
fn alerts_of_files(
    sources: &Sources,
    files: &[AlertFile],
    catalog: &mut Catalog,
    findings: &mut Vec<Finding>,
) {
    for file in files {
        let folder = sources.get(file.place.source).folder();
        let globs =
            join(folder, &file.glob).ok_or_else(|| format!("`{}` leaves the tree", file.glob));
        let globs = match globs.and_then(|glob| Globs::new([glob.as_str()])) {
            Ok(globs) => globs,
            Err(message) => {
                findings.push(Finding::new(Code::UnknownValue, file.place, message));
                continue;
            }
        };
        let named =
            catalog.rules.iter().filter(|r| globs.is_match(&sources.get(r.place.source).path));
        let names: BTreeSet<String> = named.map(|r| r.name.clone()).collect();
        if let Some(service) = catalog.services.get_mut(&file.service) {
            service.alerts.extend(names.into_iter().map(|name| Field::derived(name, Origin::Path)));
        }
    }
}

/// Groups rules by name, and gives runbooks the alerts they are named after.
fn name_alerts(catalog: &mut Catalog) {
    for (n, rule) in catalog.rules.iter().enumerate() {
        catalog.alerts.entry(rule.name.clone()).or_default().push(n as u32);
    }
    let by_lower: BTreeMap<String, String> =
        catalog.alerts.keys().map(|name| (name.to_lowercase(), name.clone())).collect();
    for doc in &mut catalog.documents {
        let Detail::Runbook(runbook) = &mut doc.detail else { continue };
        if runbook.alerts.is_empty() {
            let by_stem =
                by_lower.get(&doc.stem.to_lowercase()).map(|name| (name.clone(), Origin::Path));
            let by_title = || {
                by_lower
                    .get(&doc.title.value.to_lowercase())
                    .map(|name| (name.clone(), Origin::Title))
            };
            let by_heading = || {
                by_lower
                    .get(&doc.heading.as_deref()?.to_lowercase())
                    .map(|name| (name.clone(), Origin::Title))
            };
            let pattern = || {
                let named = doc.heading.as_deref() == Some(doc.stem.as_str())
                    && looks_like_alert(&doc.stem);
                named.then(|| (doc.stem.clone(), Origin::Title))
            };
            if let Some((name, origin)) =
                by_stem.or_else(by_title).or_else(by_heading).or_else(pattern)
            {
                runbook.alerts.push(Field::derived(name, origin));
            }
        }
        for alert in &mut runbook.alerts {
            let plain = alert.value.trim_start_matches("alert:").to_owned();
            alert.value = by_lower.get(&plain.to_lowercase()).cloned().unwrap_or(plain);
            catalog.alerts.entry(alert.value.clone()).or_default();
        }
    }
}

/// `KubePodCrashLooping`: one word, two humps, nothing but letters and digits.
fn looks_like_alert(name: &str) -> bool {
    let humps = name
        .as_bytes()
        .windows(2)
        .filter(|w| !w[0].is_ascii_uppercase() && w[1].is_ascii_uppercase())
        .count();
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric())
        && humps >= 1
        && name.len() >= 8
}

/// Gives runbooks the service whose metadata stands nearest upward, or whose name is one of their folders.
fn place_documents(sources: &Sources, catalog: &mut Catalog) {
    let mut by_folder: BTreeMap<&str, BTreeSet<&ServiceId>> = BTreeMap::new();
    for service in catalog.services.values().filter(|s| s.declared) {
        let folder = sources.get(service.place.source).folder();
        by_folder.entry(folder).or_default().insert(&service.id);
    }
    let mut found = Vec::new();
    for (n, doc) in catalog.documents.iter().enumerate() {
        let has_services = match &doc.detail {
            Detail::Runbook(runbook) => !runbook.services.is_empty(),
            Detail::Postmortem(postmortem) => !postmortem.services.is_empty(),
            _ => true,
        };
        if has_services {
            continue;
        }
        let source = sources.get(doc.source);
        let mut folder = source.folder();
        let service = loop {
            if let Some(ids) = by_folder.get(folder) {
                break if ids.len() == 1 { ids.first().map(|id| (*id).clone()) } else { None };
            }
            // A service described in `runbooks/` or `docs/` of its repository speaks for the repository.
            let beside = ["runbooks", "docs", "ops"].iter().find_map(|sub| {
                let below =
                    if folder.is_empty() { (*sub).to_owned() } else { format!("{folder}/{sub}") };
                by_folder
                    .get(below.as_str())
                    .filter(|ids| ids.len() == 1)
                    .and_then(|ids| ids.first())
            });
            if let Some(id) = beside {
                break Some((*id).clone());
            }
            match folder.rsplit_once('/') {
                Some((up, _)) => folder = up,
                None if folder.is_empty() => break None,
                None => folder = "",
            }
        };
        let by_name = || {
            let mut folders =
                source.folder().rsplit('/').filter(|f| !f.is_empty()).map(ServiceId::new);
            folders.find(|id| catalog.services.get(id).is_some_and(|s| s.declared))
        };
        if let Some(id) = service.or_else(by_name) {
            found.push((n, id));
        }
    }
    for (n, id) in found {
        let field = Field::derived(id, Origin::Path);
        match &mut catalog.documents[n].detail {
            Detail::Runbook(runbook) => runbook.services.push(field),
            // An incident report beside a service need not be about it alone; only its folder speaks for it.
            Detail::Postmortem(postmortem) => postmortem.services.push(field),
            _ => {}
        }
    }
}

/// Services and teams that are only known because something names them.
fn first_use(catalog: &mut Catalog) {
    let mut new = Vec::new();
    for doc in &catalog.documents {
        let services = match &doc.detail {
            Detail::Runbook(runbook) => &runbook.services,
            Detail::Postmortem(postmortem) => &postmortem.services,
            _ => continue,
        };
        for service in services.iter().filter(|s| !s.value.as_str().is_empty()) {
            if !catalog.services.contains_key(&service.value) {
                let place = service.place.unwrap_or(Place::file(doc.source));
                new.push(Service::new(service.value.clone(), place, false));
            }
        }
    }
    for service in new {
        catalog.services.entry(service.id.clone()).or_insert(service);
    }
}

//! Backstage entities (`catalog-info.yaml`) → services and teams.
//!
//! Components, APIs and resources are services; systems and domains too, by their kind. Users,
//! locations and templates say nothing we show.

use crate::diag::Code;
use crate::model::catalog::Declared;
use crate::model::catalog::parts::{contact, dependency, link, links, provider, service_id};
use crate::model::catalog::reader::{Reader, fact, rest};
use crate::model::catalog::words::{is_url, lifecycle, link_rel, tier};
use crate::model::field::Field;
use crate::model::id::{ServiceId, TeamId};
use crate::model::service::{OnCall, Service};
use crate::model::team::Team;
use crate::text::yaml::{Node, Value};

/// Reads one entity.
pub(crate) fn entity(reader: &mut Reader, node: &Node, out: &mut Declared) {
    let Some(kind) = node.text_at("kind") else { return };
    let kind = kind.to_ascii_lowercase();
    let known = ["component", "api", "resource", "system", "domain", "group"];
    if !known.contains(&kind.as_str()) {
        return;
    }
    let Some(meta) = reader.map(node, "metadata") else { return };
    let Some(name) = reader.text(meta, &["name"]) else {
        reader.report(Code::WrongType, meta.span, format!("a {kind} without a `metadata.name`"));
        return;
    };
    if name.contains("{{") {
        let span = meta.get("name").map_or(meta.span, |name| name.span);
        reader.report(Code::ReadAsText, span, "a template declares nothing; it is left out");
        return;
    }
    let empty = Node { span: node.span, value: Value::Null };
    let spec = reader.map(node, "spec").unwrap_or(&empty);
    if kind == "group" {
        group(reader, meta, spec, &name, out);
    } else {
        component(reader, meta, spec, &kind, &name, out);
    }
}

fn component(
    reader: &mut Reader,
    meta: &Node,
    spec: &Node,
    kind: &str,
    name: &str,
    out: &mut Declared,
) {
    let Some(id) = service_id(name) else { return };
    let at = meta.get("name").map_or(meta.span, |name| name.span);
    let mut service = Service::new(id, reader.place(at), true);
    service.name = reader.text(meta, &["title"]).unwrap_or_else(|| name.to_owned());
    service.description = reader.text(meta, &["description"]);
    service.tags = reader.texts(meta, &["tags"]);
    if let Some(node) = meta.get("links") {
        service.links = links(reader, "links", node);
    }
    if let Some(node) = spec.get("owner") {
        service.owner = reader.owner("owner", node).0;
    }
    if let Some(node) = spec.get("lifecycle")
        && let Some(word) = reader.words("lifecycle", node)
    {
        let place = reader.place(node.span);
        service.lifecycle = Some(Field::stated(lifecycle(&word), "lifecycle", place));
    }
    service.kind = match kind {
        // Their types (`product`, `bundle`) would hide that they are no services.
        "system" | "domain" => Some(kind.to_owned()),
        _ => reader.text(spec, &["type"]).or_else(|| Some(kind.to_owned())),
    };
    let parent = reader.text(spec, &["system", "subcomponentOf", "domain"]);
    service.system = parent.map(|name| entity_name(&name));
    for (key, apis) in
        [("providesApis", &mut service.provides), ("consumesApis", &mut service.consumes)]
    {
        *apis = reader.texts(spec, &[key]).iter().map(|name| entity_name(name)).collect();
    }
    for key in ["dependsOn", "dependencyOf"] {
        let Some(node) = spec.get(key) else { continue };
        for item in reader.list(key, node) {
            if key == "dependsOn" {
                service.depends_on.push(dependency(reader, &item.text, item.span));
            } else if let Some(dependent) = service_id(&item.text) {
                let dependency = dependency(reader, service.id.as_str(), item.span);
                out.inverse_dependencies.push((dependent, dependency));
            }
        }
    }
    tier_of(reader, meta, &mut service);
    annotations(reader, meta, &mut service);
    let subcomponent = spec.get("system").and(spec.get("subcomponentOf"));
    service.extra.extend(subcomponent.and_then(|node| fact("subcomponentOf", node)));
    let read = ["owner", "lifecycle", "type", "system", "subcomponentOf", "domain", "definition"];
    let apis = ["providesApis", "consumesApis", "dependsOn", "dependencyOf"];
    service.extra.extend(rest(spec, &[&read[..], &apis].concat()));
    let read = ["name", "namespace", "title", "description", "tags", "links", "annotations"];
    for (key, value) in rest(meta, &read) {
        service.extra.push((key, value));
    }
    out.services.push(service);
}

/// Backstage has no tier; by habit it is an annotation or a label `…/tier`, or a tag `tier-1`.
fn tier_of(reader: &mut Reader, meta: &Node, service: &mut Service) {
    let maps = ["annotations", "labels"];
    let entries = maps.iter().filter_map(|key| meta.get(key)).flat_map(Node::entries);
    for entry in entries.filter(|e| e.key == "tier" || e.key.ends_with("/tier")) {
        if let Some(word) = reader.words(&entry.key, &entry.value) {
            let place = reader.place(entry.value.span);
            service.tier = Some(Field::stated(tier(&word), &entry.key, place));
            return;
        }
    }
    let Some(tags) = meta.get("tags") else { return };
    let mut tags = tags.items().iter().filter_map(|tag| Some((tag.text()?, tag.span)));
    let ranked = tags
        .find(|(tag, _)| tag.to_ascii_lowercase().starts_with("tier") && tier(tag).rank.is_some());
    if let Some((tag, span)) = ranked {
        service.tier = Some(Field::stated(tier(tag), "tags", reader.place(span)));
    }
}

fn annotations(reader: &mut Reader, meta: &Node, service: &mut Service) {
    let Some(map) = reader.map(meta, "annotations") else { return };
    let mut slug = None;
    let mut extra = Vec::new();
    for entry in map.entries() {
        let Some(text) = reader.words(&entry.key, &entry.value) else { continue };
        let (domain, name) = entry.key.split_once('/').unwrap_or(("", &entry.key));
        match (domain, name) {
            ("github.com" | "gitlab.com" | "bitbucket.org", "project-slug") => {
                slug = Some(format!("https://{domain}/{text}"));
            }
            ("backstage.io", "source-location") => {
                let url = text.strip_prefix("url:").unwrap_or(&text).to_owned();
                service.repo = Some(url);
            }
            ("backstage.io", "view-url") => {
                service.links.push(link(reader, "other", "Source", &text, entry.value.span));
            }
            ("pagerduty.com" | "opsgenie.com", _) if service.oncall.is_none() => {
                let provider = domain.split('.').next().map(str::to_owned);
                let schedule = Some(text);
                service.oncall = Some(OnCall { provider, schedule, ..OnCall::default() });
            }
            (_, "tier") => {}
            _ if is_url(&text) => {
                let words = entry.key.split(|c: char| !c.is_alphanumeric());
                let rel = words.into_iter().rev().find_map(link_rel).unwrap_or("other");
                service.links.push(link(reader, rel, &entry.key, &text, entry.value.span));
            }
            _ => extra.push((entry.key.clone(), text)),
        }
    }
    service.repo = service.repo.take().or(slug);
    service.extra.extend(extra);
}

fn group(reader: &mut Reader, meta: &Node, spec: &Node, name: &str, out: &mut Declared) {
    let id = TeamId::new(name);
    if id.as_str().is_empty() {
        return;
    }
    let at = meta.get("name").map_or(meta.span, |name| name.span);
    let mut team = Team::new(id, reader.place(at), true);
    name.clone_into(&mut team.name);
    if let Some(profile) = reader.map(spec, "profile") {
        team.name = reader.text(profile, &["displayName"]).unwrap_or(team.name);
        if let Some(email) = reader.text(profile, &["email"]) {
            team.contacts.push(contact(Some("email"), None, &email));
        }
        team.extra.extend(rest(profile, &["displayName", "email", "picture"]));
    }
    if team.name == name {
        team.name = reader.text(meta, &["title"]).unwrap_or(team.name);
    }
    team.description = reader.text(meta, &["description"]);
    if let Some(node) = meta.get("links") {
        team.links = links(reader, "links", node);
    }
    team.members = reader.texts(spec, &["members"]).iter().map(|m| entity_name(m)).collect();
    // A team's annotations are read like a service's, and what they hold is handed over.
    let mut service = Service::new(ServiceId::new(name), team.place, false);
    annotations(reader, meta, &mut service);
    team.oncall = service.oncall.or_else(|| {
        let url = team.links.iter().find(|link| provider(&link.url).is_some())?.url.clone();
        Some(OnCall { provider: provider(&url), url: Some(url), ..OnCall::default() })
    });
    team.links.extend(service.links);
    team.extra.extend(service.extra);
    let facts = rest(spec, &["profile", "members"]).into_iter();
    team.extra.extend(facts.filter(|(key, value)| key != "type" || value != "team"));
    let read = ["name", "namespace", "title", "description", "links", "annotations"];
    team.extra.extend(rest(meta, &read));
    out.teams.push(team);
}

/// The name in a reference: `api:default/checkout` → `checkout`.
fn entity_name(reference: &str) -> String {
    let name = reference.rsplit('/').next().unwrap_or(reference);
    name.rsplit(':').next().unwrap_or(name).trim().to_owned()
}

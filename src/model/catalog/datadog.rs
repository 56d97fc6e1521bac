//! Datadog service definitions (`service.datadog.yaml`, schema v2 to v3) → services.

use crate::model::catalog::Declared;
use crate::model::catalog::parts::{contacts, dependency, link, links, service_id};
use crate::model::catalog::reader::{Reader, first, rest};
use crate::model::catalog::words::{is_url, lifecycle, tier};
use crate::model::field::Field;
use crate::model::service::{Link, OnCall, Service};
use crate::text::yaml::{Node, Value};

/// Reads one definition of schema v2, v2.1 or v2.2: everything at the top level.
pub(crate) fn v2(reader: &mut Reader, node: &Node, out: &mut Declared) {
    let Some(mut service) = named(reader, node, "dd-service") else { return };
    common(reader, node, &mut service, "team");
    spec(reader, node, &mut service);
    service.system = reader.text(node, &["application"]);
    if let Some(repos) = node.get("repos") {
        for link in links(reader, "repos", repos) {
            match service.repo {
                None => service.repo = Some(link.url),
                Some(_) => service.links.push(Link { rel: "repo".to_owned(), ..link }),
            }
        }
    }
    if let Some(docs) = node.get("docs") {
        for mut link in links(reader, "docs", docs) {
            "doc".clone_into(&mut link.rel);
            service.links.push(link);
        }
    }
    integrations(reader, node, &mut service);
    let read = ["schema-version", "dd-service", "team", "description", "tags", "contacts"];
    let more = ["links", "tier", "lifecycle", "type", "languages", "application", "repos"];
    let last = ["docs", "integrations", "extensions", "dd-team"];
    service.extra.extend(rest(node, &[&read[..], &more, &last].concat()));
    out.services.push(service);
}

/// Reads one entity of schema v3: `metadata`, `spec`, `integrations`.
pub(crate) fn v3(reader: &mut Reader, node: &Node, out: &mut Declared) {
    let Some(meta) = reader.map(node, "metadata") else { return };
    let Some(mut service) = named(reader, meta, "name") else { return };
    if let Some(name) = reader.text(meta, &["displayName"]) {
        service.name = name;
    }
    common(reader, meta, &mut service, "owner");
    if let Some(node) = reader.map(node, "spec") {
        spec(reader, node, &mut service);
        let systems = reader.texts(node, &["componentOf"]);
        service.system = (!systems.is_empty())
            .then(|| systems.iter().map(|name| bare(name)).collect::<Vec<_>>().join(", "));
        for key in ["dependsOn", "dependencyOf"] {
            let Some(node) = node.get(key) else { continue };
            for item in reader.list(key, node) {
                if key == "dependsOn" {
                    service.depends_on.push(dependency(reader, &item.text, item.span));
                } else if let Some(dependent) = service_id(&item.text) {
                    let dependency = dependency(reader, service.id.as_str(), item.span);
                    out.inverse_dependencies.push((dependent, dependency));
                }
            }
        }
        let read = ["lifecycle", "tier", "type", "languages"];
        let more = ["componentOf", "dependsOn", "dependencyOf"];
        service.extra.extend(rest(node, &[&read[..], &more].concat()));
    }
    if service.kind.is_none() {
        service.kind = reader.text(node, &["kind"]);
    }
    if let Some(others) = meta.get("additionalOwners") {
        let names: Vec<String> = others
            .items()
            .iter()
            .filter_map(|item| item.text_at("name").or_else(|| item.text()))
            .map(str::to_owned)
            .collect();
        if !names.is_empty() {
            service.extra.push(("other owners".to_owned(), names.join(", ")));
        }
    }
    integrations(reader, node, &mut service);
    let read = ["name", "namespace", "displayName", "description", "owner", "tags", "contacts"];
    service.extra.extend(rest(meta, &[&read[..], &["links", "additionalOwners"]].concat()));
    out.services.push(service);
}

fn named(reader: &mut Reader, map: &Node, key: &str) -> Option<Service> {
    let name = reader.text(map, &[key])?;
    let at = map.get(key).map_or(map.span, |name| name.span);
    let mut service = Service::new(service_id(&name)?, reader.place(at), true);
    service.name = name;
    Some(service)
}

fn common(reader: &mut Reader, map: &Node, service: &mut Service, owner: &str) {
    service.description = reader.text(map, &["description"]);
    let keys = [owner, "dd-team"];
    if let Some(entry) = first(map, &keys) {
        service.owner = reader.owner(&entry.key, &entry.value).0;
    }
    service.tags = reader.texts(map, &["tags"]);
    if let Some(node) = map.get("contacts") {
        service.contacts = contacts(reader, "contacts", node);
    }
    if let Some(node) = map.get("links") {
        service.links = links(reader, "links", node);
    }
    let repo = service.links.iter().find(|link| link.rel == "repo");
    service.repo = repo.map(|link| link.url.clone());
}

fn spec(reader: &mut Reader, map: &Node, service: &mut Service) {
    if let Some(node) = map.get("tier")
        && let Some(word) = reader.words("tier", node)
    {
        service.tier = Some(Field::stated(tier(&word), "tier", reader.place(node.span)));
    }
    if let Some(node) = map.get("lifecycle")
        && let Some(word) = reader.words("lifecycle", node)
    {
        let place = reader.place(node.span);
        service.lifecycle = Some(Field::stated(lifecycle(&word), "lifecycle", place));
    }
    service.kind = reader.text(map, &["type"]);
    service.languages = reader.texts(map, &["languages"]);
}

fn integrations(reader: &mut Reader, node: &Node, service: &mut Service) {
    if let Some(extensions) = node.get("extensions") {
        service.extra.extend(rest(extensions, &[]));
    }
    let Some(map) = reader.map(node, "integrations") else { return };
    for entry in map.entries() {
        // Schema v2 writes an address where later ones have a map.
        let url = match &entry.value.value {
            Value::Scalar(..) => entry.value.text().map(str::to_owned),
            _ => reader.text(&entry.value, &["service-url", "serviceURL", "service_url", "url"]),
        };
        let Some(url) = url else { continue };
        if service.oncall.is_none() {
            service.oncall = Some(OnCall {
                provider: Some(entry.key.to_ascii_lowercase()),
                schedule: (!is_url(&url)).then(|| url.clone()),
                url: is_url(&url).then_some(url),
                escalation: Vec::new(),
            });
        } else {
            service.links.push(link(reader, "other", &entry.key, &url, entry.value.span));
        }
    }
}

fn bare(reference: &str) -> &str {
    reference.rsplit([':', '/']).next().unwrap_or(reference)
}

//! `service-catalog.yml` in the shape of GitLab's runbooks → services.

use crate::model::catalog::Declared;
use crate::model::catalog::parts::{dependencies, link};
use crate::model::catalog::reader::{Reader, fact, many, rest};
use crate::model::catalog::words::{is_url, tier};
use crate::model::field::Field;
use crate::model::id::ServiceId;
use crate::model::service::Service;
use crate::text::yaml::Node;

/// Keys that tell GitLab's shape of a service from ours.
pub(crate) const SIGNS: &[&str] =
    &["friendly_name", "technical", "business", "operations", "observability", "infrastructure"];

/// Reads one entry of `services:`.
pub(crate) fn service(reader: &mut Reader, node: &Node, out: &mut Declared) {
    let Some(name) = reader.text(node, &["name"]) else {
        reader.wrong("services", node, "a list of maps with a `name`");
        return;
    };
    let id = ServiceId::new(&name);
    if id.as_str().is_empty() {
        return;
    }
    let at = node.get("name").map_or(node.span, |name| name.span);
    let mut service = Service::new(id, reader.place(at), true);
    service.name = reader.text(node, &["friendly_name"]).unwrap_or(name);
    if let Some(node) = node.get("tier")
        && let Some(word) = reader.words("tier", node)
    {
        service.tier = Some(Field::stated(tier(&word), "tier", reader.place(node.span)));
    }
    for key in ["teams", "infra_owner"] {
        let Some(node) = node.get(key) else { continue };
        let (owner, others) = reader.owner(key, node);
        if !others.is_empty() {
            service.extra.push(("other teams".to_owned(), others.join(", ")));
        }
        match owner {
            Some(owner) if service.owner.is_none() => service.owner = Some(owner),
            Some(owner) => service.extra.push((key.to_owned(), owner.value.to_string())),
            None => {}
        }
    }
    service.tags = reader.texts(node, &["label", "labels"]);
    if let Some(business) = reader.map(node, "business") {
        service.description = reader.text(business, &["requirement", "business_value"]);
        service.extra.extend(rest(business, &["requirement"]));
    }
    if let Some(technical) = reader.map(node, "technical") {
        read_technical(reader, technical, &mut service);
    }
    if let Some(operations) = reader.map(node, "operations") {
        for key in ["runbooks", "playbooks"] {
            push_links(reader, operations, key, "runbook", "", &mut service);
        }
        service.extra.extend(rest(operations, &["runbooks", "playbooks"]));
    }
    if let Some(observability) = reader.map(node, "observability") {
        read_observability(reader, observability, &mut service);
    }
    let read = ["name", "friendly_name", "tier", "teams", "infra_owner", "label", "labels"];
    let read = [&read[..], &["business", "technical", "operations", "observability"]].concat();
    service.extra.extend(rest(node, &read));
    out.services.push(service);
}

fn read_technical(reader: &mut Reader, node: &Node, service: &mut Service) {
    if let Some(projects) = node.get("project") {
        let mut projects = reader.lines("project", projects).into_iter();
        service.repo = projects.next().map(|item| item.text);
        for item in projects {
            service.links.push(link(reader, "repo", &item.text, &item.text, item.span));
        }
    }
    if let Some(node) = node.get("dependencies") {
        service.depends_on = dependencies(reader, "dependencies", node);
    }
    for entry in node.get("logging").map(many).unwrap_or_default() {
        if let Some(url) = entry.text() {
            service.links.push(link(reader, "logs", url, url, entry.span));
        } else if let Some(url) = reader.text(entry, &["permalink", "url"]) {
            let title = reader.text(entry, &["name"]).unwrap_or_else(|| "Logs".to_owned());
            service.links.push(link(reader, "logs", &title, &url, entry.span));
        }
    }
    if let Some(documents) = node.get("documents") {
        for entry in documents.entries() {
            push_links(reader, documents, &entry.key, "doc", &entry.key, service);
        }
        if documents.entries().is_empty() {
            push_links(reader, node, "documents", "doc", "", service);
        }
    }
    for entry in node.get("security").map(Node::entries).unwrap_or_default() {
        service.extra.extend(fact(&entry.key, &entry.value));
    }
    let read = ["project", "dependencies", "logging", "documents", "security"];
    service.extra.extend(rest(node, &read));
}

fn read_observability(reader: &mut Reader, node: &Node, service: &mut Service) {
    let monitors = reader.map(node, "monitors");
    for map in [Some(node), monitors].into_iter().flatten() {
        for entry in map.entries().iter().filter(|e| e.key != "monitors") {
            let is_dashboard = entry.key.contains("dashboard");
            match entry.value.text() {
                Some(url) if is_dashboard && is_url(url) => {
                    let title = entry.key.replace('_', " ");
                    service.links.push(link(reader, "dashboard", &title, url, entry.value.span));
                }
                // An id such as `api-main/api-overview` is no address without Grafana's own.
                _ => service.extra.extend(fact(&entry.key, &entry.value)),
            }
        }
    }
}

fn push_links(
    reader: &mut Reader,
    map: &Node,
    key: &str,
    rel: &str,
    title: &str,
    service: &mut Service,
) {
    let Some(node) = map.get(key) else { return };
    for item in reader.lines(key, node) {
        let title = if title.is_empty() { item.text.clone() } else { title.replace('_', " ") };
        service.links.push(link(reader, rel, &title, &item.text, item.span));
    }
}

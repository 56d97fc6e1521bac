//! `opslevel.yml`, `cortex.yaml` and `compass.yml` → services and teams.

use crate::model::catalog::Declared;
use crate::model::catalog::parts::{contact, dependencies, dependency, link, links, service_id};
use crate::model::catalog::reader::{Reader, fact, first, flat, many, rest};
use crate::model::catalog::words::{guess_contact, is_url, lifecycle, tier};
use crate::model::field::Field;
use crate::model::id::TeamId;
use crate::model::service::{Link, OnCall, Service, Slo};
use crate::model::team::Team;
use crate::text::span::Span;
use crate::text::yaml::Node;

/// Reads the `service:` of an `opslevel.yml`.
pub(crate) fn opslevel(reader: &mut Reader, node: &Node, out: &mut Declared) {
    let aliases: Vec<String> = reader.texts(node, &["aliases"]);
    let name = reader.text(node, &["name"]);
    let Some(id) = aliases.first().or(name.as_ref()).and_then(|name| service_id(name)) else {
        return;
    };
    let at = first(node, &["name", "aliases"]).map_or(node.span, |e| e.value.span);
    let mut service = Service::new(id, reader.place(at), true);
    service.name = name.unwrap_or(service.name);
    facts(reader, node, &mut service);
    if let Some(entry) = first(node, &["owner", "team"]) {
        service.owner = reader.owner(&entry.key, &entry.value).0;
    }
    service.kind = reader.text(node, &["type"]);
    service.system = reader.text(node, &["system", "product"]);
    service.languages = reader.texts(node, &["language", "languages"]);
    if let Some(tags) = node.get("tags") {
        // A tag is `{key, value}` here.
        let shown = |tag: &Node| match (tag.text_at("key"), tag.text_at("value")) {
            (Some(key), Some(value)) => format!("{key}:{value}"),
            _ => flat(tag),
        };
        service.tags = many(tags).iter().map(shown).filter(|tag| !tag.is_empty()).collect();
    }
    for node in node.get("dependencies").map(many).unwrap_or_default() {
        // An entry is a name, `{alias}` or `{service: {alias}}`.
        let named = node.get("service").unwrap_or(node);
        match first(named, &["alias", "name"]) {
            Some(e) => {
                let name = e.value.text().unwrap_or_default();
                service.depends_on.push(dependency(reader, name, e.value.span));
            }
            None => service.depends_on.extend(dependencies(reader, "dependencies", node)),
        }
    }
    for node in node.get("tools").map(many).unwrap_or_default() {
        service.links.extend(links(reader, "tools", node));
    }
    for node in node.get("repositories").map(many).unwrap_or_default() {
        let Some(path) = node.text().or_else(|| node.text_at("name")) else { continue };
        let url = match node.text_at("provider") {
            Some(provider) if !is_url(path) => format!("https://{provider}.com/{path}"),
            _ => path.to_owned(),
        };
        add_repo(reader, &mut service, &url, node.span);
    }
    for node in node.get("alert_sources").map(many).unwrap_or_default() {
        let schedule = reader.text(node, &["external_id", "name"]);
        if schedule.is_some() && service.oncall.is_none() {
            let provider = reader.text(node, &["type"]);
            service.oncall = Some(OnCall { provider, schedule, ..OnCall::default() });
        }
    }
    let read = ["name", "aliases", "description", "owner", "team", "tier", "lifecycle", "type"];
    let more = ["system", "product", "language", "languages", "tags", "dependencies", "tools"];
    let last = ["repositories", "alert_sources"];
    service.extra.extend(rest(node, &[&read[..], &more, &last].concat()));
    if node.get("system").is_some() {
        service.extra.extend(node.get("product").and_then(|node| fact("product", node)));
    }
    out.services.push(service);
}

/// Reads the `info:` of a `cortex.yaml`.
pub(crate) fn cortex(reader: &mut Reader, info: &Node, out: &mut Declared) {
    let title = reader.text(info, &["title"]);
    let tag = reader.text(info, &["x-cortex-tag"]).or_else(|| title.clone());
    let Some(id) = tag.as_deref().and_then(service_id) else { return };
    let at = first(info, &["x-cortex-tag", "title"]).map_or(info.span, |e| e.value.span);
    let kind = reader.text(info, &["x-cortex-type"]);
    let mut service = Service::new(id, reader.place(at), true);
    service.name = title.unwrap_or(service.name);
    service.description = reader.text(info, &["description", "x-cortex-description"]);
    service.kind.clone_from(&kind);
    service.tags = reader.texts(info, &["x-cortex-groups", "x-cortex-service-groups"]);
    let ranked =
        |name: &&String| name.to_ascii_lowercase().starts_with("tier") && tier(name).rank.is_some();
    if let Some(name) = service.tags.iter().find(ranked) {
        service.tier = Some(Field::stated(tier(name), "x-cortex-groups", reader.place(at)));
    }
    for node in info.get("x-cortex-owners").map(many).unwrap_or_default() {
        let name = reader.text(node, &["name", "email", "channel"]);
        let Some(name) = name.or_else(|| node.text().map(str::to_owned)) else { continue };
        match node.text_at("type").unwrap_or("group").to_ascii_lowercase().as_str() {
            "group" if service.owner.is_none() => {
                let place = reader.place(node.span);
                let team = TeamId::new(&name);
                if !team.as_str().is_empty() {
                    service.owner = Some(Field::stated(team, "x-cortex-owners", place));
                }
            }
            "group" => service.extra.push(("other owners".to_owned(), name)),
            kind => {
                let value = node.text_at(if kind == "slack" { "channel" } else { "email" });
                service.contacts.push(contact(Some(kind), None, value.unwrap_or(&name)));
            }
        }
    }
    for node in info.get("x-cortex-link").map(many).unwrap_or_default() {
        service.links.extend(links(reader, "x-cortex-link", node));
    }
    for node in info.at(&["x-cortex-dashboards", "embeds"]).map(many).unwrap_or_default() {
        if let Some(url) = reader.text(node, &["url"]) {
            service.links.push(link(reader, "dashboard", "Dashboard", &url, node.span));
        }
    }
    for provider in ["github", "gitlab", "bitbucket"] {
        let Some(node) = info.at(&["x-cortex-git", provider]) else { continue };
        if let Some(path) = reader.text(node, &["repository"]) {
            let host = if provider == "bitbucket" { "bitbucket.org" } else { provider };
            let dot = if host.contains('.') { "" } else { ".com" };
            add_repo(reader, &mut service, &format!("https://{host}{dot}/{path}"), node.span);
        }
    }
    if let Some(oncall) = reader.map(info, "x-cortex-oncall") {
        for entry in oncall.entries() {
            let schedule = reader.text(&entry.value, &["id", "name"]);
            let provider = Some(entry.key.clone());
            if schedule.is_some() && service.oncall.is_none() {
                service.oncall = Some(OnCall { provider, schedule, ..OnCall::default() });
            }
        }
    }
    let parents = info.get("x-cortex-domain-parents").map(many).unwrap_or_default();
    service.system = parents
        .first()
        .and_then(|node| node.text_at("tag").or_else(|| node.text()))
        .map(str::to_owned);
    read_cortex_dependencies(reader, info, &mut service);
    read_cortex_slos(info, &mut service);
    let read = ["title", "description", "version", "x-cortex-tag", "x-cortex-type"];
    let more = ["x-cortex-description", "x-cortex-groups", "x-cortex-service-groups"];
    let last = ["x-cortex-owners", "x-cortex-link", "x-cortex-dashboards", "x-cortex-oncall"];
    let refs = ["x-cortex-git", "x-cortex-domain-parents", "x-cortex-dependency", "x-cortex-slos"];
    for (key, value) in rest(info, &[&read[..], &more, &last, &refs].concat()) {
        service.extra.push((key.trim_start_matches("x-cortex-").to_owned(), value));
    }
    if kind.as_deref() == Some("team") {
        out.teams.push(team_of(service));
    } else {
        out.services.push(service);
    }
}

fn read_cortex_dependencies(reader: &mut Reader, info: &Node, service: &mut Service) {
    let Some(node) = info.get("x-cortex-dependency") else { return };
    // Either a list, or `cortex: [{tag, description}]` by the way it was found.
    let lists = match node.entries() {
        [] => vec![node],
        entries => entries.iter().map(|e| &e.value).collect(),
    };
    for node in lists.into_iter().flat_map(many) {
        let name = reader.text(node, &["tag"]).or_else(|| node.text().map(str::to_owned));
        let mut found = dependency(reader, name.as_deref().unwrap_or_default(), node.span);
        found.note = reader.text(node, &["description"]);
        service.depends_on.push(found);
    }
}

fn read_cortex_slos(info: &Node, service: &mut Service) {
    let by_tool = info.get("x-cortex-slos").map(Node::entries).unwrap_or_default();
    for (tool, node) in by_tool.iter().flat_map(|e| many(&e.value).iter().map(|n| (&e.key, n))) {
        let name = ["name", "id", "query"].iter().find_map(|key| node.text_at(key));
        service.slos.push(Slo {
            name: name.or_else(|| node.text()).unwrap_or(tool).to_owned(),
            target: ["target", "slo"].iter().find_map(|key| node.text_at(key)).map(str::to_owned),
            window: None,
            url: node.text_at("url").map(str::to_owned),
        });
    }
}

fn team_of(service: Service) -> Team {
    Team {
        name: service.name,
        description: service.description,
        contacts: service.contacts,
        oncall: service.oncall,
        links: service.links,
        extra: service.extra,
        ..Team::new(TeamId::new(service.id.as_str()), service.place, true)
    }
}

/// Reads a `compass.yml`.
pub(crate) fn compass(reader: &mut Reader, node: &Node, out: &mut Declared) {
    let Some(name) = reader.text(node, &["name"]) else { return };
    let Some(id) = service_id(&name) else { return };
    let at = node.get("name").map_or(node.span, |name| name.span);
    let mut service = Service::new(id, reader.place(at), true);
    service.name = name;
    service.description = reader.text(node, &["description"]);
    service.kind = reader.text(node, &["typeId"]).map(|word| word.to_lowercase());
    if let Some(owner) = node.get("ownerId") {
        // An ARI ends in a number of Atlassian's that names no team we know.
        match owner.text() {
            Some(text) if text.starts_with("ari:") => service.extra.extend(fact("ownerId", owner)),
            _ => service.owner = reader.owner("ownerId", owner).0,
        }
    }
    if let Some(fields) = reader.map(node, "fields") {
        facts(reader, fields, &mut service);
        service.extra.extend(rest(fields, &["tier", "lifecycle", "description"]));
    }
    for label in reader.texts(node, &["labels"]) {
        match label.strip_prefix("language:") {
            Some(language) => service.languages.push(language.to_owned()),
            None => service.tags.push(label),
        }
    }
    let said = node.get("links").map(|node| links(reader, "links", node)).unwrap_or_default();
    let items = node.get("links").map(many).unwrap_or_default();
    for (mut found, kind) in said.into_iter().zip(items.iter().map(|item| item.text_at("type"))) {
        match kind.unwrap_or_default() {
            "ON_CALL" if service.oncall.is_none() => {
                let url = Some(found.url);
                service.oncall = Some(OnCall { url, ..OnCall::default() });
            }
            "CHAT_CHANNEL" => {
                let kind = guess_contact(&found.url);
                service.contacts.push(contact(Some(kind), Some(&found.title), &found.url));
            }
            "REPOSITORY" if service.repo.is_none() => service.repo = Some(found.url),
            kind => {
                if kind == "DOCUMENT" && found.title.to_ascii_lowercase().contains("runbook") {
                    "runbook".clone_into(&mut found.rel);
                }
                service.links.push(found);
            }
        }
    }
    for entry in node.get("relationships").map(Node::entries).unwrap_or_default() {
        if entry.key != "DEPENDS_ON" {
            service.extra.extend(fact(&entry.key, &entry.value));
            continue;
        }
        for item in reader.lines(&entry.key, &entry.value) {
            if item.text.starts_with("ari:") {
                service.extra.push((entry.key.clone(), item.text));
            } else {
                service.depends_on.push(dependency(reader, &item.text, item.span));
            }
        }
    }
    for node in node.get("customFields").map(many).unwrap_or_default() {
        if let (Some(name), Some(value)) = (node.text_at("name"), node.get("value")) {
            service.extra.extend(fact(name, value));
        }
    }
    let read = ["name", "description", "typeId", "ownerId", "fields", "labels", "links"];
    let more = ["relationships", "customFields", "configVersion", "id"];
    service.extra.extend(rest(node, &[&read[..], &more].concat()));
    out.services.push(service);
}

fn facts(reader: &mut Reader, map: &Node, service: &mut Service) {
    if service.description.is_none() {
        service.description = reader.text(map, &["description"]);
    }
    // Compass allows a list of one.
    let one = |node: &'_ Node| many(node).first().cloned();
    if let Some(node) = map.get("tier").and_then(one)
        && let Some(word) = reader.words("tier", &node)
    {
        service.tier = Some(Field::stated(tier(&word), "tier", reader.place(node.span)));
    }
    if let Some(node) = map.get("lifecycle").and_then(one)
        && let Some(word) = reader.words("lifecycle", &node)
    {
        let place = reader.place(node.span);
        service.lifecycle = Some(Field::stated(lifecycle(&word), "lifecycle", place));
    }
}

fn add_repo(reader: &Reader, service: &mut Service, url: &str, span: Span) {
    if service.repo.is_none() {
        service.repo = Some(url.to_owned());
    } else {
        let found: Link = link(reader, "repo", url, url, span);
        service.links.push(found);
    }
}

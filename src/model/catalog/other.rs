//! `OpenSLO` objectives, Score workloads and app-sre applications → services.

use crate::model::catalog::Declared;
use crate::model::catalog::parts::{contact, dependency, link, service_id};
use crate::model::catalog::reader::{Reader, fact, many, rest};
use crate::model::service::{OnCall, Service, Slo};
use crate::text::yaml::Node;

/// Reads one `OpenSLO` document; only `kind: SLO` says anything of a service.
pub(crate) fn openslo(reader: &mut Reader, node: &Node, out: &mut Declared) {
    if !node.text_at("kind").is_some_and(|kind| kind.eq_ignore_ascii_case("slo")) {
        return;
    }
    let (Some(meta), Some(spec)) = (reader.map(node, "metadata"), reader.map(node, "spec")) else {
        return;
    };
    let Some(service) = reader.text(spec, &["service"]).and_then(|name| service_id(&name)) else {
        return;
    };
    let Some(name) = reader.text(meta, &["displayName", "name"]) else { return };
    let objective = spec.get("objectives").and_then(|node| many(node).first());
    let window = spec.get("timeWindow").or_else(|| spec.get("timeWindows"));
    let window = window.and_then(|node| many(node).first());
    let target = objective.and_then(|node| match node.text_at("targetPercent") {
        Some(percent) => Some(percent.to_owned()),
        None => node.text_at("target").map(percent),
    });
    let slo = Slo {
        name,
        target,
        window: window.and_then(|node| reader.text(node, &["duration"])),
        url: None,
    };
    out.slos.push((service, slo));
}

/// A fraction as percent: `0.9995` → `99.95`.
fn percent(target: &str) -> String {
    match target.parse::<f64>() {
        Ok(fraction) if (0.0..=1.0).contains(&fraction) => {
            let text = format!("{:.6}", fraction * 100.0);
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => target.to_owned(),
    }
}

/// Reads one Score workload: its name, and what it needs.
pub(crate) fn score(reader: &mut Reader, node: &Node, out: &mut Declared) {
    let Some(meta) = reader.map(node, "metadata") else { return };
    let Some(name) = reader.text(meta, &["name"]) else { return };
    let Some(id) = service_id(&name) else { return };
    let at = meta.get("name").map_or(meta.span, |name| name.span);
    let mut service = Service::new(id, reader.place(at), true);
    let mut resources = Vec::new();
    for entry in node.get("resources").map(Node::entries).unwrap_or_default() {
        let kind = reader.text(&entry.value, &["type"]).unwrap_or_default();
        // A database of its own is no service of the catalog; another workload is.
        if kind == "service" || kind == "workload" {
            service.depends_on.push(dependency(reader, &entry.key, entry.key_span));
        } else {
            resources.push(format!("{} ({kind})", entry.key).replace(" ()", ""));
        }
    }
    if !resources.is_empty() {
        service.extra.push(("resources".to_owned(), resources.join(", ")));
    }
    service.extra.extend(rest(meta, &["name"]));
    out.services.push(service);
}

/// Reads one app-sre `app-1` file.
pub(crate) fn app_sre(reader: &mut Reader, node: &Node, out: &mut Declared) {
    let Some(name) = reader.text(node, &["name"]) else { return };
    let Some(id) = service_id(&name) else { return };
    let at = node.get("name").map_or(node.span, |name| name.span);
    let mut service = Service::new(id, reader.place(at), true);
    service.name = name;
    service.description = reader.text(node, &["description"]);
    for key in ["serviceOwners", "serviceNotifications"] {
        for owner in node.get(key).map(many).unwrap_or_default() {
            if let Some(email) = reader.text(owner, &["email"]) {
                service.contacts.push(contact(Some("email"), None, &email));
            }
        }
    }
    for (key, rel, title) in
        [("sopsUrl", "runbook", "SOPs"), ("architectureDocument", "doc", "Architecture")]
    {
        if let Some(url) = reader.text(node, &[key]) {
            service.links.push(link(reader, rel, title, &url, node.span));
        }
    }
    for item in node.get("grafanaUrls").map(many).unwrap_or_default() {
        if let Some(url) = reader.text(item, &["url"]) {
            let title = reader.text(item, &["title"]).unwrap_or_else(|| "Grafana".to_owned());
            service.links.push(link(reader, "dashboard", &title, &url, item.span));
        }
    }
    for item in node.get("codeComponents").map(many).unwrap_or_default() {
        let Some(url) = reader.text(item, &["url"]) else { continue };
        if service.repo.is_none() {
            service.repo = Some(url);
        } else {
            let title = reader.text(item, &["name"]).unwrap_or_else(|| url.clone());
            service.links.push(link(reader, "repo", &title, &url, item.span));
        }
    }
    for item in node.get("dependencies").map(many).unwrap_or_default() {
        let name = reference(item).unwrap_or_default();
        service.depends_on.push(dependency(reader, &name, item.span));
    }
    service.system = node.get("parentApp").and_then(reference);
    if let Some(schedule) = node.get("escalationPolicy").and_then(reference) {
        service.oncall = Some(OnCall { schedule: Some(schedule), ..OnCall::default() });
    }
    service.extra.extend(node.get("onboardingStatus").and_then(|n| fact("onboardingStatus", n)));
    let read = ["$schema", "name", "description", "serviceOwners", "serviceNotifications"];
    let more = ["sopsUrl", "architectureDocument", "grafanaUrls", "codeComponents"];
    let last = ["dependencies", "parentApp", "escalationPolicy", "onboardingStatus"];
    service.extra.extend(rest(node, &[&read[..], &more, &last].concat()));
    out.services.push(service);
}

/// The name behind `{$ref: /dependencies/postgres.yml}`; of `/services/x/app.yml` it is the folder.
fn reference(node: &Node) -> Option<String> {
    let path = node.text().or_else(|| node.text_at("$ref"))?;
    let stem = path.strip_suffix(".yml").or_else(|| path.strip_suffix(".yaml")).unwrap_or(path);
    let mut parts = stem.rsplit('/');
    let last = parts.next()?;
    let name = if last == "app" { parts.next().unwrap_or(last) } else { last };
    Some(name.to_owned())
}

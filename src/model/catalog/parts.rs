//! The parts that formats share: links, contacts, on call and dependencies.
//!
//! Every part may be a list, one item that stands for a list, or a map from name to value.

use crate::diag::{Code, Finding};
use crate::model::catalog::keys::{
    CONTACT, CONTACT_KIND, CONTACT_VALUE, DEPENDENCY, DEPENDENCY_NAME, DEPENDENCY_STRENGTH, LINK,
    LINK_REL, LINK_TITLE, LINK_URL, NOTE, ONCALL, RELS, SCHEDULE, STEP, STRENGTHS,
};
use crate::model::catalog::reader::{Reader, many};
use crate::model::catalog::words;
use crate::model::id::ServiceId;
use crate::model::service::{Contact, Dependency, EscalationStep, Link, OnCall};
use crate::text::keys;
use crate::text::nearest::nearest;
use crate::text::span::Span;
use crate::text::yaml::{Node, Value};

/// Returns the links of a list of `{rel, title, url}`, of addresses, or of a map by title.
pub(crate) fn links(reader: &mut Reader, key: &str, node: &Node) -> Vec<Link> {
    if let Value::Map(entries) = &node.value
        && !has(node, LINK_URL)
    {
        let mut links = Vec::new();
        for entry in entries {
            for item in reader.lines(&entry.key, &entry.value) {
                let rel = words::link_rel(&entry.key)
                    .unwrap_or_else(|| words::guess_rel(&entry.key, &item.text));
                links.push(link(reader, rel, &entry.key, &item.text, item.span));
            }
        }
        return links;
    }
    let mut links = Vec::new();
    for node in many(node) {
        if let Some(url) = node.text() {
            let rel = words::guess_rel("", url);
            links.push(link(reader, rel, url, url, node.span));
        } else if node.entries().is_empty() {
            reader.wrong(key, node, "a list of `{rel, title, url}`");
        } else {
            links.extend(link_of_map(reader, key, node));
        }
    }
    links
}

fn link_of_map(reader: &mut Reader, key: &str, node: &Node) -> Option<Link> {
    reader.only(key, node, LINK);
    let Some(url) = reader.text(node, LINK_URL) else {
        if !LINK_URL.iter().any(|key| node.get(key).is_some()) {
            reader.report(Code::WrongType, node.span, format!("an item of `{key}` has no `url`"));
        }
        return None;
    };
    let title = reader.text(node, LINK_TITLE).unwrap_or_else(|| url.clone());
    let said: Vec<String> =
        LINK_REL.iter().filter_map(|key| node.text_at(key)).map(str::to_owned).collect();
    let known = said.iter().filter_map(|word| words::link_rel(word));
    let rel = known.clone().find(|rel| *rel != "other").or_else(|| known.clone().next());
    if let (None, Some(word), true) = (rel, node.text_at("rel"), reader.strict) {
        let known: Vec<&str> = keys::words(RELS).collect();
        let place = reader.place(node.get("rel").map_or(node.span, |rel| rel.span));
        let message = format!("`{word}` is not a purpose of a link");
        let finding = Finding::new(Code::UnknownValue, place, message)
            .hint(format!("one of `{}`", known.join("`, `")))
            .nearest(nearest(word, known));
        reader.findings.push(finding);
    }
    let rel = rel.unwrap_or_else(|| words::guess_rel(&title, &url));
    Some(link(reader, rel, &title, &url, node.span))
}

/// Returns one link.
pub(crate) fn link(reader: &Reader, rel: &str, title: &str, url: &str, span: Span) -> Link {
    Link {
        rel: rel.to_owned(),
        title: title.to_owned(),
        url: url.to_owned(),
        place: reader.place(span),
    }
}

/// Returns the contacts of a list of `{type, value, url}`, of values, or of a map by kind.
pub(crate) fn contacts(reader: &mut Reader, key: &str, node: &Node) -> Vec<Contact> {
    if let Value::Map(entries) = &node.value
        && !has(node, CONTACT_KIND)
        && !has(node, &["value", "contact"])
    {
        let mut contacts = Vec::new();
        for entry in entries {
            for item in reader.lines(&entry.key, &entry.value) {
                contacts.push(contact(Some(&entry.key), None, &item.text));
            }
        }
        return contacts;
    }
    let mut contacts = Vec::new();
    for node in many(node) {
        if let Some(text) = node.text() {
            contacts.push(contact(None, None, text));
        } else if node.entries().is_empty() {
            reader.wrong(key, node, "a list of `{type, value}`");
        } else {
            reader.only(key, node, CONTACT);
            let kind = reader.text(node, CONTACT_KIND);
            let url = reader.text(node, &["url"]);
            let Some(value) = reader.text(node, CONTACT_VALUE).or_else(|| url.clone()) else {
                continue;
            };
            let mut contact = contact(kind.as_deref(), node.text_at("name"), &value);
            contact.url = url.or(contact.url);
            contacts.push(contact);
        }
    }
    contacts
}

/// Returns one contact; where the value is an address to click on, `name` is what people read.
pub(crate) fn contact(kind: Option<&str>, name: Option<&str>, value: &str) -> Contact {
    let kind = kind.map_or_else(
        || words::guess_contact(value).to_owned(),
        |kind| match words::letters(kind).as_str() {
            "slack" | "slackchannel" => "slack".to_owned(),
            "email" | "mail" => "email".to_owned(),
            "teams" | "msteams" | "microsoftteams" => "teams".to_owned(),
            "phone" | "tel" | "telephone" => "phone".to_owned(),
            _ => kind.trim().to_lowercase(),
        },
    );
    let value = value.strip_prefix("mailto:").unwrap_or(value).trim();
    if words::is_url(value) {
        let shown = name.unwrap_or(value).to_owned();
        return Contact { kind, value: shown, url: Some(value.to_owned()) };
    }
    Contact { kind, value: value.to_owned(), url: None }
}

/// Returns who is called: a map, an address, or the name of a schedule.
pub(crate) fn oncall(reader: &mut Reader, key: &str, node: &Node) -> Option<OnCall> {
    if let Some(text) = node.text() {
        let url = words::is_url(text).then(|| text.to_owned());
        let schedule = url.is_none().then(|| text.to_owned());
        return Some(OnCall { provider: provider(text), schedule, url, escalation: Vec::new() });
    }
    if node.entries().is_empty() {
        reader.wrong(key, node, "a map");
        return None;
    }
    reader.only(key, node, ONCALL);
    let url = reader.text(node, &["url"]);
    let oncall = OnCall {
        provider: reader
            .text(node, &["provider"])
            .or_else(|| provider(url.as_deref().unwrap_or_default())),
        schedule: reader.text(node, SCHEDULE),
        url,
        escalation: node
            .get("escalation")
            .map(|steps| escalation(reader, "escalation", steps))
            .unwrap_or_default(),
    };
    (oncall != OnCall::default()).then_some(oncall)
}

/// Returns the service that calls people at this address, where its name says so.
pub(crate) fn provider(url: &str) -> Option<String> {
    let lower = url.to_ascii_lowercase();
    let known = ["pagerduty", "opsgenie", "victorops", "squadcast", "grafana", "incident.io"];
    known.into_iter().find(|name| words::is_url(url) && lower.contains(name)).map(str::to_owned)
}

fn escalation(reader: &mut Reader, key: &str, node: &Node) -> Vec<EscalationStep> {
    let mut steps = Vec::new();
    for node in many(node) {
        if let Some(who) = node.text() {
            steps.push(EscalationStep { after: String::new(), who: who.to_owned() });
        } else if node.entries().is_empty() {
            reader.wrong(key, node, "a list of `{after, who}`");
        } else {
            reader.only(key, node, STEP);
            let after = reader.text(node, &["after"]);
            let who = reader.text(node, &["who"]);
            if after.is_some() || who.is_some() {
                steps.push(EscalationStep {
                    after: after.unwrap_or_default(),
                    who: who.unwrap_or_default(),
                });
            }
        }
    }
    steps
}

/// Returns the dependencies of a list of names or `{service, strength, note}`, empty ones too.
pub(crate) fn dependencies(reader: &mut Reader, key: &str, node: &Node) -> Vec<Dependency> {
    match &node.value {
        Value::Null => Vec::new(),
        Value::Scalar(..) => {
            let items = reader.list(key, node);
            items.iter().map(|item| dependency(reader, &item.text, item.span)).collect()
        }
        Value::Map(entries) if !has(node, DEPENDENCY_NAME) => entries
            .iter()
            .map(|entry| {
                let mut found = match entry.value.text() {
                    Some(_) => dependency(reader, &entry.key, entry.key_span),
                    None => dependency_of_map(reader, key, &entry.value),
                };
                found.written.clone_from(&entry.key);
                found.service = service_id(&entry.key);
                if let Some(word) = entry.value.text() {
                    found.hard = strength(reader, word, entry.value.span);
                }
                found
            })
            .collect(),
        Value::Map(_) | Value::Seq(_) => {
            let mut found = Vec::new();
            for node in many(node) {
                match &node.value {
                    Value::Null => found.push(dependency(reader, "", node.span)),
                    Value::Scalar(text, _) => found.push(dependency(reader, text, node.span)),
                    Value::Map(_) => found.push(dependency_of_map(reader, key, node)),
                    Value::Seq(_) => reader.wrong(key, node, "a list of names"),
                }
            }
            found
        }
    }
}

fn dependency_of_map(reader: &mut Reader, key: &str, node: &Node) -> Dependency {
    reader.only(key, node, DEPENDENCY);
    let name = reader.text(node, DEPENDENCY_NAME).unwrap_or_default();
    let mut found = dependency(reader, &name, node.span);
    found.note = reader.text(node, NOTE);
    if let Some(node) = node.get("strength")
        && let Some(word) = reader.words("strength", node)
    {
        found.hard = strength(reader, &word, node.span);
    } else {
        let word = reader.text(node, DEPENDENCY_STRENGTH).unwrap_or_default();
        found.hard = !is_soft(&word);
    }
    found
}

/// Returns a hard dependency on the service of this name; an empty one where the name is blank.
pub(crate) fn dependency(reader: &Reader, written: &str, span: Span) -> Dependency {
    Dependency {
        service: service_id(written),
        written: written.trim().to_owned(),
        hard: true,
        note: None,
        place: reader.place(span),
    }
}

/// Returns the id of a service, or nothing where the name holds no usable sign.
pub(crate) fn service_id(name: &str) -> Option<ServiceId> {
    let id = ServiceId::new(name);
    (!id.as_str().is_empty()).then_some(id)
}

fn is_soft(word: &str) -> bool {
    keys::which(STRENGTHS, word) == Some(1)
}

fn strength(reader: &mut Reader, word: &str, span: Span) -> bool {
    if reader.strict && keys::which(STRENGTHS, word).is_none() {
        let message = format!("`{word}` is not a strength");
        let finding = Finding::new(Code::UnknownValue, reader.place(span), message)
            .hint("write `hard` or `soft`")
            .nearest(nearest(word, keys::words(STRENGTHS)));
        reader.findings.push(finding);
    }
    !is_soft(word)
}

/// Returns true where a map has one of these keys.
pub(crate) fn has(node: &Node, keys: &[&str]) -> bool {
    node.entries().iter().any(|e| keys.contains(&e.key.as_str()))
}

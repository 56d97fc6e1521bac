//! Our own schema, in `service.yaml`, `team.yaml`, `teams.yml` and front matter → services, teams.

use crate::diag::Code;
use crate::model::catalog::keys::{ALERTS, PAGE_KEYS, SERVICE_KEYS, TEAM_KEYS, entry, is, same};
use crate::model::catalog::parts::{contact, contacts, dependencies, link, links, oncall};
use crate::model::catalog::promises::{lessons, slos};
use crate::model::catalog::reader::{Item, Reader, fact, flat};
use crate::model::catalog::words::{lifecycle, tier};
use crate::model::catalog::{AlertFile, Declared};
use crate::model::field::Field;
use crate::model::id::{ServiceId, TeamId};
use crate::model::service::{Contact, Service};
use crate::model::team::Team;
use crate::text::keys::{Key, row};
use crate::text::span::Span;
use crate::text::yaml::{Entry, Node, Value};

/// Reads one service; `fallback` is its id where the text gives none.
pub(crate) fn service(reader: &mut Reader, node: &Node, fallback: &str, out: &mut Declared) {
    let mut own = Own { reader, node, keys: SERVICE_KEYS };
    let said = own.words("id");
    let name = own.words("name");
    let Some((id, span)) = own.identity(said.as_ref(), name.as_ref(), fallback, |name| {
        ServiceId::new(name).as_str().to_owned()
    }) else {
        return;
    };
    let mut service = Service::new(ServiceId::new(&id), own.reader.place(span), true);
    if let Some((name, _)) = name {
        service.name = name;
    }
    service.description = own.text("description");
    // A person's address is a way to reach somebody; the team beside it owns the service.
    let person = own
        .value("owner")
        .and_then(|(_, value)| value.text())
        .filter(|text| crate::model::front::is_address(text));
    let beside = own.node.entries().iter().find(|e| e.key == "team" && e.value.text().is_some());
    if let (Some(person), Some(_)) = (person, beside) {
        let contact = Contact { kind: "email".to_owned(), value: person.to_owned(), url: None };
        service.contacts.push(contact);
    }
    let beside = beside.filter(|_| person.is_some()).map(|e| (e.key.as_str(), &e.value));
    if let Some((key, value)) = beside.or_else(|| own.value("owner")) {
        let (owner, others) = own.reader.owner(key, value);
        service.owner = owner;
        if !others.is_empty() {
            service.extra.push(("other owners".to_owned(), others.join(", ")));
        }
    }
    service.tier = own.field("tier", tier);
    service.lifecycle = own.field("lifecycle", lifecycle);
    service.kind = own.text("type");
    service.system = own.text("system");
    service.languages = own.texts("languages");
    service.tags = own.texts("tags");
    own.repo(&mut service);
    service.contacts = own.part("contacts", contacts);
    service.oncall = own.value("oncall").and_then(|(key, value)| oncall(own.reader, key, value));
    service.depends_on = own.part("depends_on", dependencies);
    service.provides = own.texts("provides");
    service.consumes = own.texts("consumes");
    own.alerts(&mut service, out);
    service.slos = own.part("slos", slos);
    service.links.extend(own.part("links", links));
    service.answers = own.part("lessons", lessons);
    service.extra.extend(own.extra("service", &[]));
    out.services.push(service);
}

/// Keys that GitLab's teams carry; kept, and no fault.
const GITLAB_TEAM_KEYS: &[&str] = &[
    "slack",
    "slack_channel",
    "slack_alerts_channel",
    "oncall_schedule",
    "engagement_policy",
    "manager_slug",
    "product_stage_group",
    "ignored_components",
    "send_slo_alerts_to_team_slack_channel",
];

/// Reads one team; `fallback` is its id where the text gives none.
pub(crate) fn team(reader: &mut Reader, node: &Node, fallback: &str, out: &mut Declared) {
    let mut own = Own { reader, node, keys: TEAM_KEYS };
    let said = own.words("id");
    let name = own.words("name");
    let Some((id, span)) = own.identity(said.as_ref(), name.as_ref(), fallback, |name| {
        TeamId::new(name).as_str().to_owned()
    }) else {
        return;
    };
    let mut team = Team::new(TeamId::new(&id), own.reader.place(span), true);
    if let Some((name, _)) = name {
        team.name = name;
    }
    team.description = own.text("description");
    team.url = own.text("url");
    team.contacts = own.part("contacts", contacts);
    for key in ["slack", "slack_channel", "slack_alerts_channel"] {
        if let Some(channel) = own.reader.text(node, &[key]) {
            let value = if channel.starts_with('#') { channel } else { format!("#{channel}") };
            team.contacts.extend(contacts_of_channel(&value));
        }
    }
    let called = own.value("oncall").or_else(|| {
        let node = node.get("oncall_schedule").filter(|node| !node.is_blank());
        node.map(|node| ("oncall_schedule", node))
    });
    team.oncall = called.and_then(|(key, value)| oncall(own.reader, key, value));
    team.members = own.members();
    team.links = own.part("links", links);
    team.extra = own.extra("team", GITLAB_TEAM_KEYS);
    let shown = |key: &str| GITLAB_TEAM_KEYS.iter().skip(4).any(|known| *known == key);
    let more = node.entries().iter().filter(|e| shown(&e.key));
    team.extra.extend(more.filter_map(|e| fact(&e.key, &e.value)));
    out.teams.push(team);
}

/// Reads the value of a top-level `teams:`: a list of teams, of names, or a map from id to team.
pub(crate) fn teams(reader: &mut Reader, node: &Node, out: &mut Declared) {
    match &node.value {
        Value::Null => {}
        Value::Scalar(..) => reader.wrong("teams", node, "a list of teams"),
        Value::Seq(items) => {
            for item in items.iter().filter(|item| !item.is_blank()) {
                match item.text() {
                    Some(name) => bare_team(reader, name, item.span, out),
                    None => team(reader, item, "", out),
                }
            }
        }
        Value::Map(entries) => {
            for entry in entries {
                match &entry.value.value {
                    Value::Map(_) => team(reader, &entry.value, &entry.key, out),
                    Value::Null => bare_team(reader, &entry.key, entry.key_span, out),
                    Value::Scalar(..) | Value::Seq(_) => {
                        reader.wrong(&entry.key, &entry.value, "a map");
                        bare_team(reader, &entry.key, entry.key_span, out);
                    }
                }
            }
        }
    }
}

fn bare_team(reader: &Reader, name: &str, span: Span, out: &mut Declared) {
    let id = TeamId::new(name);
    if !id.as_str().is_empty() {
        let mut team = Team::new(id, reader.place(span), true);
        name.clone_into(&mut team.name);
        out.teams.push(team);
    }
}

fn contacts_of_channel(value: &str) -> Option<Contact> {
    (value.len() > 1).then(|| contact(Some("slack"), None, value))
}

/// One map of our schema, read key by key.
struct Own<'r, 'n> {
    reader: &'r mut Reader,
    node: &'n Node,
    keys: &'static [Key],
}

impl<'n> Own<'_, 'n> {
    fn entry(&self, name: &str) -> Option<&'n Entry> {
        entry(self.node, self.keys, name)
    }

    fn value(&self, name: &str) -> Option<(&'n str, &'n Node)> {
        self.entry(name).map(|entry| (entry.key.as_str(), &entry.value))
    }

    fn words(&mut self, name: &str) -> Option<(String, Span)> {
        let (key, value) = self.value(name)?;
        self.reader.words(key, value).map(|words| (words, value.span))
    }

    fn text(&mut self, name: &str) -> Option<String> {
        self.words(name).map(|(words, _)| words)
    }

    fn texts(&mut self, name: &str) -> Vec<String> {
        let Some((key, value)) = self.value(name) else { return Vec::new() };
        self.reader.list(key, value).into_iter().map(|item| item.text).collect()
    }

    fn field<T>(&mut self, name: &str, read: fn(&str) -> T) -> Option<Field<T>> {
        let (key, value) = self.value(name)?;
        let words = self.reader.words(key, value)?;
        Some(Field::stated(read(&words), key, self.reader.place(value.span)))
    }

    fn part<T>(&mut self, name: &str, read: fn(&mut Reader, &str, &Node) -> Vec<T>) -> Vec<T> {
        match self.value(name) {
            Some((key, value)) => read(self.reader, key, value),
            None => Vec::new(),
        }
    }

    /// The id and where it stands: `id`, else a `name` that is an id already, else the folder, else
    /// the name.
    fn identity(
        &mut self,
        id: Option<&(String, Span)>,
        name: Option<&(String, Span)>,
        fallback: &str,
        normal: fn(&str) -> String,
    ) -> Option<(String, Span)> {
        let is_id = |(name, _): &&(String, Span)| normal(name) == *name;
        let start = self.node.span.start as usize;
        let folder = (fallback.to_owned(), Span::new(start, start));
        let found = [id, name.filter(is_id), Some(&folder), name]
            .into_iter()
            .flatten()
            .find(|(words, _)| !normal(words).is_empty())
            .cloned();
        if found.is_none() {
            let message = "an entry has neither `id` nor `name`";
            self.reader.report(Code::WrongType, self.node.span, message);
        }
        found
    }

    fn repo(&mut self, service: &mut Service) {
        let Some((key, value)) = self.value("repo") else { return };
        let mut repos = self.reader.lines(key, value).into_iter();
        service.repo = repos.next().map(|item| item.text);
        for item in repos {
            service.links.push(link(self.reader, "repo", &item.text, &item.text, item.span));
        }
    }

    fn alerts(&mut self, service: &mut Service, out: &mut Declared) {
        let Some((key, value)) = self.value("alerts") else { return };
        let mut names = Vec::new();
        if matches!(value.value, Value::Map(_)) {
            self.reader.only(key, value, ALERTS);
            for key in row(ALERTS, "names").names {
                if let Some(node) = value.get(key) {
                    names.extend(self.reader.list(key, node));
                }
            }
            for key in row(ALERTS, "files").names {
                let Some(node) = value.get(key) else { continue };
                for item in self.reader.list(key, node) {
                    out.alert_files.push(AlertFile {
                        service: service.id.clone(),
                        glob: item.text,
                        place: self.reader.place(item.span),
                    });
                }
            }
        } else {
            names = self.reader.list(key, value);
        }
        let reader = &self.reader;
        let stated = |item: Item| Field::stated(item.text, key, reader.place(item.span));
        service.alerts = names.into_iter().map(stated).collect();
    }

    fn members(&mut self) -> Vec<String> {
        let Some((key, value)) = self.value("members") else { return Vec::new() };
        if !value.items().iter().any(|item| !item.entries().is_empty()) {
            return self.reader.list(key, value).into_iter().map(|item| item.text).collect();
        }
        let shown = |item: &Node| match item.text_at("name") {
            Some(name) => name.to_owned(),
            None => flat(item),
        };
        value.items().iter().map(shown).filter(|text| !text.is_empty()).collect()
    }

    /// What has no field: `extra`, unknown keys, second spellings of a key that was read already.
    fn extra(&mut self, what: &str, silent: &[&str]) -> Vec<(String, String)> {
        let mut extra = Vec::new();
        for entry in self.node.entries() {
            let key = entry.key.as_str();
            if key == "extra" {
                match &entry.value.value {
                    Value::Map(entries) => {
                        extra.extend(entries.iter().filter_map(|e| fact(&e.key, &e.value)));
                    }
                    _ => self.reader.wrong(key, &entry.value, "a map"),
                }
                continue;
            }
            if let Some(known) = self.keys.iter().find(|known| is(known, key)) {
                let read = self.entry(known.name()).is_none_or(|e| std::ptr::eq(e, entry));
                if !read {
                    extra.extend(fact(key, &entry.value));
                }
                continue;
            }
            if PAGE_KEYS.iter().chain(silent).any(|known| same(known, key)) {
                continue;
            }
            let known = self.keys.iter().map(Key::name);
            self.reader.unknown(key, entry.key_span, what, known);
            extra.extend(fact(key, &entry.value));
        }
        extra.append(&mut self.reader.kept);
        extra
    }
}

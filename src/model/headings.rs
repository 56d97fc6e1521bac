//! A service described by headings (`## Service Tier` / `Gold`) → [`Service`].

use crate::diag::Place;
use crate::model::catalog;
use crate::model::field::{Field, Origin};
use crate::model::id::{ServiceId, TeamId};
use crate::model::sections::{SERVICE_FIELDS, normalized};
use crate::model::service::{Dependency, Link, Service};
use crate::parse::Document;
use crate::parse::tree::Kind;
use crate::text::source::Source;

/// Labels of fields that stand on the page as facts of the service.
const FACTS: [&str; 10] = [
    "host platform",
    "failover architecture type",
    "failover process type",
    "failback process type",
    "data recovery process type",
    "release process type",
    "rollback process type",
    "key management process type",
    "contains personal data",
    "contains sensitive data",
];

/// Reads a document whose headings are fields; `None` where fewer than five are.
pub fn read(source: &Source, document: &Document, fallback_id: &str) -> Option<Service> {
    let text = &*source.text;
    let fields: Vec<(String, &str, String, Place)> = document
        .outline
        .iter()
        .enumerate()
        .filter(|(_, h)| {
            SERVICE_FIELDS.contains(&normalized(&h.title).as_str())
                || normalized(&h.title) == "dependencies"
        })
        .map(|(n, h)| {
            let from = document.tree.nodes[h.node as usize].end as usize;
            let to = document
                .outline
                .get(n + 1)
                .map_or(document.tree.nodes.len(), |next| next.node as usize);
            let mut words = String::new();
            document.tree.words_into(from..to, text, &mut words);
            (
                normalized(&h.title),
                h.title.as_str(),
                words.trim().to_owned(),
                Place::new(source.id, h.span),
            )
        })
        .collect();
    if fields.iter().filter(|(name, ..)| name != "dependencies").count() < 5 {
        return None;
    }
    let value = |name: &str| {
        fields
            .iter()
            .find(|(n, _, v, _)| n == name && !v.is_empty())
            .map(|(_, title, v, place)| (v.as_str(), *title, *place))
    };
    let section = |title: &str| Origin::Section(title.to_owned());
    let code = value("code").map(|(v, ..)| v).filter(|v| !v.contains(char::is_whitespace));
    let title = document.outline.first().filter(|h| h.level == 1);
    let place = title.map_or(Place::file(source.id), |h| Place::new(source.id, h.span));
    let mut service = Service::new(ServiceId::new(code.unwrap_or(fallback_id)), place, true);
    if let Some(title) = title {
        service.name.clone_from(&title.title);
    }
    service.description = first_paragraph(source, document);
    let owner = ["delivered by", "supported by"].iter().find_map(|name| value(name));
    service.owner = owner.filter(|(v, ..)| v.len() < 60).map(|(v, title, place)| Field {
        value: TeamId::new(v),
        origin: section(title),
        place: Some(place),
    });
    service.tier = value("service tier").map(|(v, title, place)| Field {
        value: catalog::tier(v),
        origin: section(title),
        place: Some(place),
    });
    service.lifecycle = value("lifecycle stage").map(|(v, title, place)| Field {
        value: catalog::lifecycle(v),
        origin: section(title),
        place: Some(place),
    });
    if let Some((url, title, place)) = value("primary url").filter(|(v, ..)| v.starts_with("http"))
    {
        let url = url.split_whitespace().next().unwrap_or(url).to_owned();
        service.links.push(Link { rel: "other".to_owned(), title: title.to_owned(), url, place });
    }
    service.depends_on = dependencies(source, document);
    for (name, title, value, _) in &fields {
        if FACTS.contains(&name.as_str()) && !value.is_empty() && value.len() < 120 {
            service.extra.push(((*title).to_owned(), value.clone()));
        }
    }
    Some(service)
}

/// The items below the heading "Dependencies" that are one name; sentences tell of things that have none.
fn dependencies(source: &Source, document: &Document) -> Vec<Dependency> {
    let nodes = &document.tree.nodes;
    let headings = document.outline.iter().enumerate();
    let mut found = headings.filter(|(_, h)| normalized(&h.title) == "dependencies");
    let Some((n, heading)) = found.next() else { return Vec::new() };
    let from = nodes[heading.node as usize].end as usize;
    let to = document.outline.get(n + 1).map_or(nodes.len(), |next| next.node as usize);
    let items = (from..to).filter(|at| matches!(nodes[*at].kind, Kind::Item));
    let one = |at: usize| {
        let written = document.tree.words(at, &source.text);
        let is_name = !written.is_empty()
            && !written.contains(char::is_whitespace)
            && !matches!(written.to_lowercase().as_str(), "none" | "n/a" | "-");
        is_name.then(|| Dependency {
            service: Some(ServiceId::new(&written)).filter(|id| !id.as_str().is_empty()),
            place: Place::new(source.id, nodes[at].span),
            written,
            hard: true,
            note: None,
        })
    };
    items.filter_map(one).collect()
}

/// Returns the words of the first paragraph before any section.
pub fn first_paragraph(source: &Source, document: &Document) -> Option<String> {
    let nodes = &document.tree.nodes;
    for at in document.tree.roots() {
        match nodes[at].kind {
            Kind::Heading(1, _) => {}
            Kind::Heading(..) => return None,
            Kind::Paragraph => {
                let words = document.tree.words(at, &source.text);
                let badge = nodes[at + 1..nodes[at].end as usize]
                    .iter()
                    .any(|n| matches!(n.kind, Kind::Image(_)));
                if words.chars().filter(|c| c.is_alphabetic()).count() > 8
                    && !badge
                    && !words.starts_with("[[")
                {
                    return Some(words);
                }
            }
            _ => {}
        }
    }
    None
}

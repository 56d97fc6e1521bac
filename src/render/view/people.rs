//! Who to ask and where to look: escalation, contacts, dashboards, links of services.

use crate::link::resolve::Resolved;
use crate::model::field::Field;
use crate::model::id::{ServiceId, TeamId};
use crate::model::service::{Contact, EscalationStep, OnCall};
use crate::render::Renderer;
use crate::render::page::{Cell, Hrefs, LinkView, Part, Row, Table};
use crate::render::view::shared::{capital, outside_row};

impl Renderer<'_> {
    /// Escalation as a table: the runbook's own steps, else those of its service, else its team's.
    pub(crate) fn escalation(
        &self,
        own: &[EscalationStep],
        services: &[Field<ServiceId>],
        team: Option<&TeamId>,
    ) -> Option<Part> {
        let by_service = || {
            let oncall = services
                .iter()
                .find_map(|s| self.site.catalog.services.get(&s.value)?.oncall.as_ref())?;
            (!oncall.escalation.is_empty() || oncall.url.is_some()).then_some(oncall)
        };
        let by_team =
            || team.and_then(|t| self.site.catalog.teams.get(t)).and_then(|t| t.oncall.as_ref());
        let oncall = if own.is_empty() { by_service().or_else(by_team) } else { None };
        let steps = oncall.map_or(own, |o| &o.escalation);
        let url = oncall.and_then(|o| o.url.clone());
        if steps.is_empty() && url.is_none() {
            return None;
        }
        let row = |step: &EscalationStep| {
            let at_once = matches!(step.after.trim(), "" | "0" | "0m" | "0s" | "0 m");
            let when = if at_once { "at once".to_owned() } else { format!("after {}", step.after) };
            vec![
                Cell { text: when, ..Cell::default() },
                Cell { text: step.who.clone(), ..Cell::default() },
            ]
        };
        let more = url.filter(|u| u.starts_with("http")).map(|href| LinkView {
            href,
            text: "Who is on call".to_owned(),
            note: String::new(),
        });
        let table = (!steps.is_empty())
            .then(|| Table::new(["When", "Who"], steps.iter().map(row).collect()));
        Some(Part {
            id: "ol-escalate".into(),
            title: "Escalate".into(),
            table,
            more: more.into_iter().collect(),
            ..Part::default()
        })
    }

    /// Who to ask: team, channels, on call.
    pub(crate) fn who(
        &self,
        hrefs: &Hrefs,
        team: Option<&TeamId>,
        contacts: &[Contact],
        oncall: Option<&OnCall>,
    ) -> Option<Part> {
        let mut rows = Vec::new();
        if let Some(id) = team {
            let link = self.team_link(hrefs, id);
            rows.push(Row { href: link.href, text: link.text, ..Row::default() });
        }
        let known = team.and_then(|id| self.site.catalog.teams.get(id));
        let team_contacts = known.map_or(&[][..], |t| t.contacts.as_slice());
        let mut seen: Vec<&str> = Vec::new();
        for contact in contacts.iter().chain(team_contacts) {
            if seen.contains(&contact.value.as_str()) {
                continue;
            }
            seen.push(&contact.value);
            let href = match (&contact.url, contact.kind.as_str()) {
                (Some(url), _) if url.starts_with("http") => url.clone(),
                (_, "email") if contact.value.contains('@') => format!("mailto:{}", contact.value),
                (_, "phone") => format!("tel:{}", contact.value.replace(' ', "")),
                _ => String::new(),
            };
            // A number that breaks in two is dialled wrong.
            let whole = contact.kind == "phone";
            let text =
                if whole { contact.value.replace(' ', "\u{a0}") } else { contact.value.clone() };
            rows.push(Row { href, text, note: contact.kind.clone(), ..Row::default() });
        }
        let oncall = oncall.or_else(|| known.and_then(|t| t.oncall.as_ref()));
        if let Some(url) = oncall.and_then(|o| o.url.as_ref()).filter(|u| u.starts_with("http")) {
            rows.push(Row {
                href: url.clone(),
                text: "Who is on call now".into(),
                ..Row::default()
            });
        }
        (!rows.is_empty()).then(|| Part {
            id: "ol-who".into(),
            title: "Who".into(),
            rows,
            ..Part::default()
        })
    }

    /// Dashboards and logs: the service's own links, then the site's templates filled for it.
    pub(crate) fn dashboards(&self, hrefs: &Hrefs, services: &[&ServiceId]) -> Option<Part> {
        let mut rows = Vec::new();
        for id in services {
            let Some(service) = self.site.catalog.services.get(*id) else { continue };
            rows.extend(self.service_links(hrefs, id, |rel| {
                matches!(rel, "dashboard" | "logs" | "traces" | "status")
            }));
            for (name, template) in &self.site.config.url_templates {
                if template.contains("{service}") && !service.links.iter().any(|l| l.rel == *name) {
                    let href = template.replace("{service}", id.as_str());
                    rows.push(Row {
                        href,
                        text: format!("{} of {id}", capital(name)),
                        ..Row::default()
                    });
                }
            }
        }
        rows.retain(|r| !r.href.is_empty());
        (!rows.is_empty()).then(|| Part {
            id: "ol-dashboards".into(),
            title: "Dashboards".into(),
            rows,
            ..Part::default()
        })
    }

    /// Links of a service's metadata whose purpose is wanted.
    pub(crate) fn service_links(
        &self,
        hrefs: &Hrefs,
        id: &ServiceId,
        wanted: impl Fn(&str) -> bool,
    ) -> Vec<Row> {
        let links = self.site.catalog.services.get(id).map_or(&[][..], |s| s.links.as_slice());
        let resolved = self.site.service_links.get(id).map_or(&[][..], Vec::as_slice);
        let rows = links.iter().zip(resolved).filter(|(link, _)| wanted(&link.rel));
        rows.map(|(link, resolved)| match resolved {
            Resolved::Page { address, anchor } => Row {
                href: hrefs.with_anchor(address, anchor.as_deref()),
                text: if link.title == link.url {
                    self.title_of(address)
                } else {
                    link.title.clone()
                },
                note: link.rel.clone(),
                ..Row::default()
            },
            Resolved::InRepository(path) | Resolved::Asset(path) => {
                let repository = self.site.sources.get(link.place.source).repository;
                let href = hrefs.in_repository(self.site, repository, path).unwrap_or_default();
                Row { href, ..outside_row(link) }
            }
            _ => outside_row(link),
        })
        .collect()
    }
}

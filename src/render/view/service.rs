//! A service's page: owner, what it needs, who feels it, its alerts, runbooks, incidents.

use std::collections::BTreeSet;

use crate::link::routes::UrlPath;
use crate::model::id::ServiceId;
use crate::render::Renderer;
use crate::render::page::{Article, Cell, Chip, Fact, Hrefs, LinkView, Part, Row, Table};
use crate::render::view::Made;
use crate::render::view::shared::{crumb, first_sentence, here, join};

impl Renderer<'_> {
    pub(crate) fn service(&self, hrefs: &Hrefs, address: &UrlPath, id: &ServiceId) -> Made {
        let Some(service) = self.site.catalog.services.get(id) else {
            return Ok((String::new(), Vec::new()));
        };
        let doc = self.index.service_docs.get(id).copied();
        let (mut article, findings) = match doc {
            Some(doc) => self.article(hrefs, doc),
            None => (Article::default(), Vec::new()),
        };
        article.edge = "service";
        article.title.clone_from(&service.name);
        if service.name != id.as_str() {
            article.facts.push(Fact { text: id.to_string(), ..Fact::default() });
        }
        article.facts.push(self.owner_fact(hrefs, service.owner.as_ref()));
        if let Some(tier) = &service.tier {
            let level = match tier.value.rank {
                Some(1) => "1",
                Some(2) => "2",
                Some(_) => "3",
                None => "",
            };
            article.chips.push(Chip { level, text: format!("Tier {}", tier.value.word) });
        }
        let words = |label: &str, value: &Option<String>| {
            value.as_ref().map(|v| Fact {
                label: label.to_owned(),
                text: v.clone(),
                ..Fact::default()
            })
        };
        article.facts.extend(
            service.lifecycle.as_ref().map(|l| Fact { text: l.value.clone(), ..Fact::default() }),
        );
        article.facts.extend(words("type", &service.kind));
        article.facts.extend(words("part of", &service.system));
        if !service.declared {
            article.facts.push(Fact {
                text: "known only because other pages name it".into(),
                ..Fact::default()
            });
        }
        let shown = doc.and_then(|d| self.site.doc(d).description.clone());
        if service.description != shown || doc.is_none() {
            article.lead = service.description.clone().unwrap_or_default();
        }
        let body = article.parts.pop();
        article.boxes.extend(self.graph(hrefs, id));
        article.parts.extend(self.needs(hrefs, id));
        article.parts.extend(self.feels(hrefs, id));
        article.parts.extend(self.alerts_of_service(hrefs, id));
        if let Some(ids) = self.index.runbooks.get(id) {
            article.parts.push(Part {
                id: "ol-runbooks".into(),
                title: "Runbooks".into(),
                rows: self.doc_rows(hrefs, ids),
                ..Part::default()
            });
        }
        article.parts.extend(self.incident_rows(hrefs, id));
        article.parts.extend(self.lessons_for_service(hrefs, service));
        article.parts.extend(slos(service));
        if let Some(mut body) = body {
            body.id = "ol-about".into();
            body.title = "About".into();
            article.parts.push(body);
        }
        let field = vec![crate::model::field::Field::derived(
            id.clone(),
            crate::model::field::Origin::Path,
        )];
        article.parts.extend(self.escalation(
            &[],
            &field,
            service.owner.as_ref().map(|o| &o.value),
        ));
        let team = service.owner.as_ref().map(|o| &o.value);
        article.boxes.extend(self.who(hrefs, team, &service.contacts, service.oncall.as_ref()));
        article.boxes.extend(self.dashboards(hrefs, &[id]));
        let mut rows = self.service_links(hrefs, id, |rel| {
            !matches!(rel, "dashboard" | "logs" | "traces" | "status")
        });
        rows.extend(service.repo.iter().map(|url| Row {
            href: if url.starts_with("http") { url.clone() } else { String::new() },
            text: "Code".into(),
            note: url.clone(),
            ..Row::default()
        }));
        if !rows.is_empty() {
            article.boxes.push(Part {
                id: "ol-links".into(),
                title: "Links".into(),
                rows,
                ..Part::default()
            });
        }
        let mut extra: Vec<(String, String)> = Vec::new();
        for (label, list) in [
            ("languages", &service.languages),
            ("tags", &service.tags),
            ("provides", &service.provides),
            ("consumes", &service.consumes),
        ] {
            if !list.is_empty() {
                extra.push((label.to_owned(), list.join(", ")));
            }
        }
        extra.extend(service.extra.iter().cloned());
        article.parts.extend(self.more(&extra));
        article.boxes.extend(self.backlinks(hrefs, address));
        if article.source.is_none() {
            let source = self.site.sources.get(service.place.source);
            let (line, _) = source.line_column(service.place.span.start);
            article.boxes.push(Part {
                id: "ol-source".into(),
                title: "Declared in".into(),
                rows: vec![Row { text: format!("{}:{line}", source.path), ..Row::default() }],
                ..Part::default()
            });
        }
        let crumbs = vec![crumb(hrefs, "services/", "Services"), here(&service.name)];
        let html = self.finish(
            hrefs,
            "Services",
            crumbs,
            service.description.as_deref().unwrap_or(""),
            &article,
        )?;
        Ok((html, findings))
    }

    fn needs(&self, hrefs: &Hrefs, id: &ServiceId) -> Option<Part> {
        let service = self.site.catalog.services.get(id)?;
        let mut rows = Vec::new();
        for dependency in service.depends_on.iter().filter(|d| d.service.is_some()) {
            let Some(needed) = &dependency.service else { continue };
            let strength = if dependency.hard { "" } else { "soft" };
            let note = join(&[strength.to_owned(), dependency.note.clone().unwrap_or_default()]);
            if self.site.catalog.services.contains_key(needed) {
                rows.push(Row { chip: None, ..self.service_row(hrefs, needed, &note) });
            } else {
                rows.push(Row {
                    text: dependency.written.clone(),
                    note: join(&[note, "nothing declares it".into()]),
                    ..Row::default()
                });
            }
        }
        (!rows.is_empty()).then(|| Part {
            id: "ol-needs".into(),
            title: "Depends on".into(),
            rows,
            ..Part::default()
        })
    }

    fn feels(&self, hrefs: &Hrefs, id: &ServiceId) -> Option<Part> {
        let radius = self.site.dependencies.blast_radius(id);
        if radius.is_empty() {
            return None;
        }
        let direct = self.site.dependencies.dependents(id);
        let soft: BTreeSet<_> = direct.filter(|(_, hard)| !hard).map(|(other, _)| other).collect();
        let rows = radius.iter().take(40).map(|(other, distance)| {
            let soft = soft.contains(other);
            let words = match (distance, soft) {
                (1, false) => "directly".to_owned(),
                (1, true) => "directly, soft".to_owned(),
                (n, _) => format!("over {n} steps"),
            };
            self.service_row(hrefs, other, &words)
        });
        let lead = if radius.len() == 1 {
            "1 service feels it when this one is down.".to_owned()
        } else {
            format!("{} services feel it when this one is down.", radius.len())
        };
        Some(Part {
            id: "ol-feels".into(),
            title: "Who depends on it".into(),
            lead,
            rows: rows.collect(),
            ..Part::default()
        })
    }

    fn alerts_of_service(&self, hrefs: &Hrefs, id: &ServiceId) -> Option<Part> {
        let mut names: Vec<&str> = self.index.alerts.get(id).cloned().unwrap_or_default();
        let service = self.site.catalog.services.get(id)?;
        for alert in &service.alerts {
            if let Some((name, _)) = self.site.catalog.alerts.get_key_value(&alert.value)
                && !names.contains(&name.as_str())
            {
                names.push(name);
            }
        }
        names.sort_unstable();
        let rows: Vec<Row> = names.iter().map(|name| self.alert_row(hrefs, name)).collect();
        (!rows.is_empty()).then(|| Part {
            id: "ol-alerts".into(),
            title: "Alerts".into(),
            rows,
            ..Part::default()
        })
    }

    pub(crate) fn services(&self, hrefs: &Hrefs) -> Made {
        let mut rows = Vec::new();
        for service in self.site.catalog.services.values() {
            let address =
                self.site.routes.service(&service.id).map(|a| hrefs.to(a)).unwrap_or_default();
            let owner = service
                .owner
                .as_ref()
                .map_or_else(|| here("nobody"), |o| self.team_link(hrefs, &o.value));
            let tier = service.tier.as_ref().map(|t| t.value.word.clone()).unwrap_or_default();
            let n_alerts = self.index.alerts.get(&service.id).map_or(0, Vec::len);
            let n_runbooks = self.index.runbooks.get(&service.id).map_or(0, Vec::len);
            let n_incidents = self.index.incidents.get(&service.id).map_or(0, Vec::len);
            let number = |n: usize| Cell {
                text: if n == 0 { String::new() } else { n.to_string() },
                number: true,
                ..Cell::default()
            };
            let name = join(&[
                service.id.to_string(),
                if service.declared { String::new() } else { "only named".into() },
            ]);
            rows.push(vec![
                Cell { text: name, href: address, ..Cell::default() },
                Cell { text: owner.text, href: owner.href, ..Cell::default() },
                Cell { text: tier, ..Cell::default() },
                number(n_alerts),
                number(n_runbooks),
                number(n_incidents),
            ]);
        }
        let head = ["Service", "Owner", "Tier", "Alerts", "Runbooks", "Incidents"];
        let lead = format!("{} services.", rows.len());
        let table = (!rows.is_empty()).then_some(Table::new(head, rows));
        self.list(
            hrefs,
            "Services",
            "Services",
            &lead,
            vec![Part { title: String::new(), table, ..Part::default() }],
        )
    }

    pub(crate) fn list(
        &self,
        hrefs: &Hrefs,
        section: &'static str,
        title: &str,
        lead: &str,
        parts: Vec<Part>,
    ) -> Made {
        let article =
            Article { title: title.to_owned(), lead: lead.to_owned(), parts, ..Article::default() };
        let mut frame =
            self.frame(hrefs, title, section, vec![crumb(hrefs, "", "Home"), here(title)]);
        frame.description = first_sentence(lead);
        Ok((self.templates.page("list.html", &frame, &article)?, Vec::new()))
    }
}

fn slos(service: &crate::model::service::Service) -> Option<Part> {
    let row = |slo: &crate::model::service::Slo| {
        let href = slo.url.clone().filter(|u| u.starts_with("http")).unwrap_or_default();
        let target = slo
            .target
            .as_ref()
            .map(|t| format!("{}\u{a0}%", t.trim_end_matches([' ', '%'])))
            .unwrap_or_default();
        vec![
            Cell { text: slo.name.clone(), href, ..Cell::default() },
            Cell { text: target, ..Cell::default() },
            Cell { text: slo.window.clone().unwrap_or_default(), ..Cell::default() },
        ]
    };
    let head = ["Objective", "Target", "Window"];
    let table = Table::new(head, service.slos.iter().map(row).collect());
    (!service.slos.is_empty()).then(|| Part {
        id: "ol-slos".into(),
        title: "Objectives".into(),
        table: Some(table),
        ..Part::default()
    })
}

/// A button-like link.
pub(crate) fn button(href: String, text: &str) -> LinkView {
    LinkView { href, text: text.to_owned(), note: String::new() }
}

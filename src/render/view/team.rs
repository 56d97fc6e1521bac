//! A team's page, and its runbooks as one book to print.

use crate::link::routes::UrlPath;
use crate::model::document::Detail;
use crate::model::id::{DocId, TeamId};
use crate::render::Renderer;
use crate::render::page::{Article, Cell, Chip, Fact, Hrefs, Part, Row, Table};
use crate::render::view::Made;
use crate::render::view::service::button;
use crate::render::view::shared::{crumb, here, join, outside_row};
use crate::text::html::Html;

/// Most open actions that a team's page shows.
const MOST_ACTIONS: usize = 10;

/// One runbook of a book.
#[derive(serde::Serialize)]
struct Chapter {
    id: String,
    title: String,
    href: String,
    body_html: Html,
}

#[derive(serde::Serialize)]
struct Book {
    title: String,
    lead: String,
    chapters: Vec<Chapter>,
}

impl Renderer<'_> {
    pub(crate) fn team(&self, hrefs: &Hrefs, address: &UrlPath, id: &TeamId) -> Made {
        let Some(team) = self.site.catalog.teams.get(id) else {
            return Ok((String::new(), Vec::new()));
        };
        let (mut article, findings) = match self.index.team_docs.get(id) {
            Some(doc) => self.article(hrefs, *doc),
            None => (Article::default(), Vec::new()),
        };
        article.title.clone_from(&team.name);
        article.edge = "service";
        if team.name != id.as_str() {
            article.facts.push(Fact { text: id.to_string(), ..Fact::default() });
        }
        if !team.declared {
            article.facts.push(Fact {
                text: "known only because files name it as owner".into(),
                ..Fact::default()
            });
        }
        article.lead = team.description.clone().unwrap_or_default();
        let body = article.parts.pop();
        let services = self.index.services.get(id).map_or(&[][..], Vec::as_slice);
        let rows: Vec<Row> = services.iter().map(|s| self.service_row(hrefs, s, "")).collect();
        if !rows.is_empty() {
            article.parts.push(Part {
                id: "ol-services".into(),
                title: "Services".into(),
                rows,
                ..Part::default()
            });
        }
        let runbooks = self.runbooks_of_team(id);
        let due: Vec<DocId> = runbooks
            .iter()
            .copied()
            .filter(|r| {
                self.site.review_due(self.site.doc(*r)).is_some_and(|d| d < self.options.today)
            })
            .collect();
        if !due.is_empty() {
            article.parts.push(Part {
                id: "ol-due".into(),
                title: "Due for review".into(),
                note: due.len().to_string(),
                rows: self.doc_rows(hrefs, &due),
                ..Part::default()
            });
        }
        article.parts.extend(self.open_actions(hrefs, id));
        if !runbooks.is_empty() {
            let more = vec![button(
                format!(
                    "{}book/{}",
                    hrefs.file(address.as_str()).trim_end_matches("index.html"),
                    hrefs.file_name()
                ),
                "All of them as one book",
            )];
            article.parts.push(Part {
                id: "ol-runbooks".into(),
                title: "Runbooks".into(),
                note: runbooks.len().to_string(),
                rows: self.doc_rows(hrefs, &runbooks),
                more,
                ..Part::default()
            });
        }
        article.parts.extend(self.lessons_for_team(hrefs, id));
        let incidents = self.index.incidents_of_team.get(id).map_or(&[][..], Vec::as_slice);
        let incidents = &incidents[..incidents.len().min(20)];
        if !incidents.is_empty() {
            article.parts.push(Part {
                id: "ol-incidents".into(),
                title: "Incidents".into(),
                rows: self.doc_rows(hrefs, incidents),
                ..Part::default()
            });
        }
        if let Some(mut body) = body {
            body.id = "ol-about".into();
            body.title = "About".into();
            article.parts.push(body);
        }
        article.parts.extend(self.escalation(&[], &[], Some(id)));
        article.boxes.extend(self.who(hrefs, None, &team.contacts, team.oncall.as_ref()));
        let mut rows: Vec<Row> = team.links.iter().map(outside_row).collect();
        rows.extend(team.url.iter().filter(|u| u.starts_with("http")).map(|u| Row {
            href: u.clone(),
            text: "Team page".into(),
            ..Row::default()
        }));
        rows.extend(team.members.iter().map(|m| Row {
            text: m.clone(),
            note: "member".into(),
            ..Row::default()
        }));
        if !rows.is_empty() {
            article.boxes.push(Part {
                id: "ol-links".into(),
                title: "Links and people".into(),
                rows,
                ..Part::default()
            });
        }
        article.parts.extend(self.more(&team.extra));
        article.boxes.extend(self.backlinks(hrefs, address));
        let crumbs = vec![crumb(hrefs, "teams/", "Teams"), here(&team.name)];
        let html = self.finish(
            hrefs,
            "Teams",
            crumbs,
            team.description.as_deref().unwrap_or(""),
            &article,
        )?;
        Ok((html, findings))
    }

    /// What a team has to do after incidents, overdue first.
    fn open_actions(&self, hrefs: &Hrefs, id: &TeamId) -> Option<Part> {
        let open = self.facts.open_of.get(id)?;
        let row = |n: &usize| {
            let entry = &self.facts.ledger[*n];
            let incident = &self.facts.incidents[entry.incident];
            let words = |days| format!("{days} {} late", if days == 1 { "day" } else { "days" });
            let late = entry.late.map(|days| Chip { level: "1", text: words(days) });
            Row {
                href: hrefs.to(self.site.routes.doc(incident.id)),
                text: entry.title(),
                chip: late,
                note: join(&[
                    match entry.action.owner.as_deref() {
                        None => "nobody named".to_owned(),
                        Some(owner) if TeamId::new(owner) == *id => String::new(),
                        Some(owner) => owner.to_owned(),
                    },
                    entry.action.due.map_or("no date".to_owned(), |due| format!("due {due}")),
                    incident.doc.id.value.clone(),
                ]),
                ..Row::default()
            }
        };
        Some(Part {
            id: "ol-actions".into(),
            title: "Open actions".into(),
            note: open.len().to_string(),
            rows: open.iter().take(MOST_ACTIONS).map(row).collect(),
            more: vec![button(hrefs.file("actions/"), "Every action")],
            ..Part::default()
        })
    }

    pub(crate) fn runbooks_of_team(&self, id: &TeamId) -> Vec<DocId> {
        let docs = self.index.documents.get(id).map_or(&[][..], Vec::as_slice);
        docs.iter()
            .copied()
            .filter(|d| matches!(self.site.doc(*d).detail, Detail::Runbook(_)))
            .collect()
    }

    pub(crate) fn teams(&self, hrefs: &Hrefs) -> Made {
        let number = |n: usize| Cell {
            text: if n == 0 { String::new() } else { n.to_string() },
            number: true,
            ..Cell::default()
        };
        let mut rows = Vec::new();
        for team in self.site.catalog.teams.values() {
            let address = self.site.routes.team(&team.id).map(|a| hrefs.to(a)).unwrap_or_default();
            let channel = team
                .contacts
                .iter()
                .find(|c| c.kind == "slack")
                .map(|c| c.value.clone())
                .unwrap_or_default();
            let runbooks = self.runbooks_of_team(&team.id);
            let due = runbooks
                .iter()
                .filter(|r| {
                    self.site.review_due(self.site.doc(**r)).is_some_and(|d| d < self.options.today)
                })
                .count();
            rows.push(vec![
                Cell { text: team.name.clone(), href: address, ..Cell::default() },
                Cell { text: channel, ..Cell::default() },
                number(self.index.services.get(&team.id).map_or(0, Vec::len)),
                number(runbooks.len()),
                number(due),
            ]);
        }
        let head = ["Team", "Channel", "Services", "Runbooks", "Due for review"];
        let lead = format!("{} teams.", rows.len());
        let table = (!rows.is_empty()).then_some(Table::new(head, rows));
        self.list(hrefs, "Teams", "Teams", &lead, vec![Part { table, ..Part::default() }])
    }

    pub(crate) fn book(&self, hrefs: &Hrefs, id: &TeamId) -> Made {
        let name = self.site.catalog.teams.get(id).map_or(id.as_str(), |t| t.name.as_str());
        let mut chapters = Vec::new();
        let mut findings = Vec::new();
        for (n, doc_id) in self.runbooks_of_team(id).into_iter().enumerate() {
            let doc = self.site.doc(doc_id);
            let (body, mut found) = self.body(hrefs, doc_id, 3, format!("c{}-", n + 1));
            findings.append(&mut found);
            chapters.push(Chapter {
                id: format!("ol-chapter-{}", n + 1),
                title: doc.title.value.clone(),
                href: hrefs.to(self.site.routes.doc(doc_id)),
                body_html: body.html,
            });
        }
        let title = format!("Runbooks of {name}");
        let lead = format!("{} runbooks in one page, to print or to keep as PDF.", chapters.len());
        let crumbs = vec![crumb(hrefs, "teams/", "Teams"), self.team_link(hrefs, id), here("Book")];
        let frame = self.frame(hrefs, &title, "Teams", crumbs);
        Ok((self.templates.page("book.html", &frame, &Book { title, lead, chapters })?, findings))
    }
}

//! Lists of everything of a kind, and the A to Z of the site.

use std::collections::BTreeMap;

use crate::link::routes::Page;
use crate::model::document::Detail;
use crate::model::id::DocId;
use crate::render::Renderer;
use crate::render::page::{Article, Hrefs, LinkView, Part, Row};
use crate::render::view::Made;
use crate::render::view::service::button;
use crate::render::view::shared::{crumb, here};

/// Up to this many rows the list of everything also says what each is.
const MAX_TOLD: usize = 400;

/// The page of the search: what helps without JavaScript, and everything from A to Z.
#[derive(serde::Serialize)]
struct SearchView {
    ways: Vec<LinkView>,
    parts: Vec<Part>,
}

impl Renderer<'_> {
    pub(crate) fn alerts(&self, hrefs: &Hrefs) -> Made {
        let mut groups: BTreeMap<char, Vec<Row>> = BTreeMap::new();
        for name in self.site.catalog.alerts.keys() {
            let first = name.chars().next().map_or('#', |c| c.to_ascii_uppercase());
            groups.entry(first).or_default().push(self.alert_row(hrefs, name));
        }
        let without =
            self.site.catalog.alerts.keys().filter(|n| self.runbooks_of(n).is_empty()).count();
        let lead = format!(
            "{} alerts, {without} of them without a runbook.",
            self.site.catalog.alerts.len()
        );
        let parts = groups.into_iter().map(|(first, rows)| Part {
            id: format!("ol-{}", first.to_ascii_lowercase()),
            title: first.to_string(),
            rows,
            ..Part::default()
        });
        self.list(hrefs, "Alerts", "Alerts", &lead, parts.collect())
    }

    pub(crate) fn runbooks(&self, hrefs: &Hrefs) -> Made {
        let mut groups: BTreeMap<String, Vec<DocId>> = BTreeMap::new();
        for (id, doc) in self.site.docs() {
            if let Detail::Runbook(runbook) = &doc.detail {
                let service = runbook
                    .services
                    .first()
                    .map_or_else(|| "No service".to_owned(), |s| s.value.to_string());
                groups.entry(service).or_default().push(id);
            }
        }
        let n: usize = groups.values().map(Vec::len).sum();
        let parts = groups.into_iter().enumerate().map(|(at, (service, ids))| Part {
            id: format!("ol-{at}"),
            title: service,
            rows: self.doc_rows(hrefs, &ids),
            ..Part::default()
        });
        self.list(
            hrefs,
            "Alerts",
            "Runbooks",
            &format!("{n} runbooks, by service."),
            parts.collect(),
        )
    }

    pub(crate) fn incidents(&self, hrefs: &Hrefs, only: Option<i16>) -> Made {
        let mut groups: BTreeMap<std::cmp::Reverse<Option<i16>>, Vec<DocId>> = BTreeMap::new();
        for id in &self.index.postmortems {
            let Detail::Postmortem(postmortem) = &self.site.doc(*id).detail else { continue };
            let year = postmortem.day().map(crate::text::date::Day::year);
            if only.is_none() || year == only {
                groups.entry(std::cmp::Reverse(year)).or_default().push(*id);
            }
        }
        let n: usize = groups.values().map(Vec::len).sum();
        let parts: Vec<Part> = groups
            .into_iter()
            .map(|(year, ids)| {
                let months = self.months(&ids, year.0).filter(|_| year.0.is_some());
                let title = year.0.map_or_else(|| "Without a date".to_owned(), |y| y.to_string());
                Part {
                    id: format!("ol-{}", title.to_lowercase().replace(' ', "-")),
                    title,
                    note: ids.len().to_string(),
                    body_html: months.unwrap_or_default(),
                    rows: self.doc_rows(hrefs, &ids),
                    ..Part::default()
                }
            })
            .collect();
        match only {
            Some(year) => {
                let title = format!("Incidents of {year}");
                let article = Article {
                    title: title.clone(),
                    lead: format!("{n} incidents."),
                    parts,
                    ..Article::default()
                };
                let crumbs = vec![crumb(hrefs, "incidents/", "Incidents"), here(&year.to_string())];
                let frame = self.frame(hrefs, &title, "Incidents", crumbs);
                Ok((self.templates.page("list.html", &frame, &article)?, Vec::new()))
            }
            None => self.list(
                hrefs,
                "Incidents",
                "Incidents",
                &format!("{n} postmortems, newest first."),
                parts,
            ),
        }
    }

    pub(crate) fn pages(&self, hrefs: &Hrefs) -> Made {
        let mut groups: BTreeMap<&str, Vec<DocId>> = BTreeMap::new();
        for (id, doc) in self.site.docs() {
            if matches!(doc.detail, Detail::Page) {
                groups.entry(self.site.source(doc).folder()).or_default().push(id);
            }
        }
        let n: usize = groups.values().map(Vec::len).sum();
        let parts = groups.into_iter().enumerate().map(|(at, (folder, ids))| Part {
            id: format!("ol-{at}"),
            title: if folder.is_empty() { "Top".to_owned() } else { folder.to_owned() },
            // A list of everything holds names only: it is long enough.
            rows: ids
                .iter()
                .map(|id| Row { note: String::new(), ..self.doc_row(hrefs, *id) })
                .collect(),
            ..Part::default()
        });
        self.list(hrefs, "", "Pages", &format!("{n} other pages, by folder."), parts.collect())
    }

    /// The search, and without JavaScript everything from A to Z.
    pub(crate) fn search(&self, hrefs: &Hrefs) -> Made {
        let mut groups: BTreeMap<char, Vec<Row>> = BTreeMap::new();
        let mut add = |text: &str, href: String, note: &str| {
            let first = text
                .chars()
                .find(|c| c.is_alphanumeric())
                .map_or('#', |c| c.to_uppercase().next().unwrap_or('#'));
            let first = if first.is_numeric() { '#' } else { first };
            groups.entry(first).or_default().push(Row {
                href,
                text: text.to_owned(),
                note: note.to_owned(),
                ..Row::default()
            });
        };
        for (address, page) in &self.site.routes.pages {
            let href = hrefs.to(address);
            match page {
                Page::Alert(name) => add(name, href, "alert"),
                Page::Service(id) => add(id.as_str(), href, "service"),
                Page::Team(id) => add(
                    self.site.catalog.teams.get(id).map_or(id.as_str(), |t| &t.name),
                    href,
                    "team",
                ),
                Page::Lesson(id) => add(
                    self.site.catalog.lessons.get(id).map_or(id.as_str(), |l| &l.text),
                    href,
                    "lesson",
                ),
                Page::Factor(id) => add(id.as_str(), href, "factor"),
                Page::Doc(id) => {
                    let doc = self.site.doc(*id);
                    let word = if address.as_str().starts_with("alerts/") {
                        "alert"
                    } else {
                        match doc.kind.value.word() {
                            // Most of everything is pages: the word says nothing and weighs much.
                            "page" => "",
                            word => word,
                        }
                    };
                    add(&doc.title.value, href, word);
                }
                _ => {}
            }
        }
        for rows in groups.values_mut() {
            rows.sort_by(|a, b| {
                a.text.to_lowercase().cmp(&b.text.to_lowercase()).then_with(|| a.href.cmp(&b.href))
            });
        }
        let n: usize = groups.values().map(Vec::len).sum();
        if n > MAX_TOLD {
            groups.values_mut().flatten().for_each(|row| row.note.clear());
        }
        let jumps = groups.keys().map(|c| button(format!("#{}", az(*c)), &c.to_string())).collect();
        let mut parts = vec![Part {
            id: "ol-az".into(),
            title: "Everything, A to Z".into(),
            note: format!("{n} pages"),
            more: jumps,
            ..Part::default()
        }];
        parts.extend(groups.into_iter().map(|(first, rows)| Part {
            id: az(first),
            title: first.to_string(),
            rows,
            ..Part::default()
        }));
        let ways = [("alerts/", "Alerts"), ("services/", "Services"), ("runbooks/", "Runbooks")];
        let view = SearchView {
            ways: ways.iter().map(|(path, text)| button(hrefs.file(path), text)).collect(),
            parts,
        };
        let frame = self.frame(hrefs, "Search", "", Vec::new());
        Ok((self.templates.page("search.html", &frame, &view)?, Vec::new()))
    }

    pub(crate) fn not_found(&self, hrefs: &Hrefs) -> Made {
        let rows: Vec<Row> =
            self.site.catalog.alerts.keys().map(|name| self.alert_row(hrefs, name)).collect();
        let parts = vec![
            Part {
                id: "ol-ways".into(),
                title: "Ways on".into(),
                more: vec![
                    button(hrefs.file("search/"), "Everything, A to Z"),
                    button(hrefs.file("services/"), "Services"),
                    button(hrefs.file("teams/"), "Teams and who is on call"),
                ],
                ..Part::default()
            },
            Part {
                id: "ol-alerts".into(),
                title: "Alerts".into(),
                rows: rows.into_iter().take(500).collect(),
                ..Part::default()
            },
        ];
        let article = Article { title: "Not found".into(), lead: "The alert or page may have another name. Every alert has a page, whether or not somebody wrote a runbook.".into(), parts, ..Article::default() };
        let mut frame = self.frame(hrefs, "Not found", "", Vec::new());
        frame.role = "missing";
        frame.scripts = vec![hrefs.file(&self.assets.names), hrefs.file(&self.assets.lead)];
        Ok((self.templates.page("404.html", &frame, &article)?, Vec::new()))
    }
}

/// The id of a letter's list; what starts with no letter stands under 0.
fn az(first: char) -> String {
    format!("ol-az-{}", if first == '#' { '0' } else { first })
}

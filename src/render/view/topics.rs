//! Lessons, factors and tags: what binds pages of several teams.

use std::collections::BTreeSet;

use crate::link::routes::UrlPath;
use crate::model::document::Detail;
use crate::model::id::{DocId, FactorId, LessonId, TeamId};
use crate::render::Renderer;
use crate::render::page::{Article, Cell, Fact, Hrefs, Part, Row, Table};
use crate::render::view::Made;
use crate::render::view::service::button;
use crate::render::view::shared::{crumb, here, join};
use crate::text::slug::slug;

impl Renderer<'_> {
    pub(crate) fn teams_of(&self, ids: &[DocId]) -> BTreeSet<TeamId> {
        let postmortems = ids.iter().filter_map(|id| match &self.site.doc(*id).detail {
            Detail::Postmortem(postmortem) => Some(postmortem),
            _ => None,
        });
        postmortems.flat_map(|p| self.site.teams_of_incident(p)).collect()
    }

    pub(crate) fn lesson(&self, hrefs: &Hrefs, address: &UrlPath, id: &LessonId) -> Made {
        let Some(lesson) = self.site.catalog.lessons.get(id) else {
            return Ok((String::new(), Vec::new()));
        };
        let (mut article, findings) = match lesson.document {
            Some(doc) => self.article(hrefs, doc),
            None => (Article::default(), Vec::new()),
        };
        article.edge = "lesson";
        article.title.clone_from(&lesson.text);
        let teams = self.teams_of(&lesson.postmortems);
        if !teams.is_empty() {
            let links = teams.iter().map(|t| self.team_link(hrefs, t)).collect();
            article.facts.push(Fact { label: "learned by".into(), links, ..Fact::default() });
        }
        if !lesson.postmortems.is_empty() {
            article.parts.push(Part {
                id: "ol-incidents".into(),
                title: "Learned in".into(),
                rows: self.doc_rows(hrefs, &lesson.postmortems),
                ..Part::default()
            });
        }
        if let Some(learned) = self.site.concern.lesson(id) {
            article.facts.push(Fact { text: self.reach_words(learned), ..Fact::default() });
            article.parts.extend(self.matrix(hrefs, id, learned));
            article.parts.push(self.how_to_answer(id));
        }
        article.boxes.extend(self.backlinks(hrefs, address));
        let crumbs = vec![crumb(hrefs, "lessons/", "Lessons"), here(&lesson.text)];
        Ok((self.finish(hrefs, "Lessons", crumbs, &lesson.text, &article)?, findings))
    }

    pub(crate) fn lessons(&self, hrefs: &Hrefs) -> Made {
        let mut rows: Vec<Row> = Vec::new();
        for (id, lesson) in &self.site.catalog.lessons {
            let learned = self.site.concern.lesson(id);
            let newest = learned.and_then(|l| l.day);
            let reach = learned.map(|l| self.reach_words(l)).unwrap_or_default();
            let teams: Vec<String> = self
                .teams_of(&lesson.postmortems)
                .iter()
                .map(|t| self.team_link(hrefs, t).text)
                .collect();
            rows.push(Row {
                href: self.site.routes.lesson(id).map(|a| hrefs.to(a)).unwrap_or_default(),
                text: lesson.text.clone(),
                date: newest.map(|d| d.to_string()).unwrap_or_default(),
                note: join(&[teams.join(", "), reach]),
                ..Row::default()
            });
        }
        rows.sort_by(|a, b| b.date.cmp(&a.date).then_with(|| a.text.cmp(&b.text)));
        let n = match rows.len() {
            1 => "1 lesson".to_owned(),
            n => format!("{n} lessons"),
        };
        let lead = format!("{n} from the postmortems of all teams, newest first.");
        let more = vec![button(hrefs.file("for/"), "By the team they apply to")];
        let parts = vec![Part { more, ..Part::default() }, Part { rows, ..Part::default() }];
        self.list(hrefs, "Lessons", "Lessons", &lead, parts)
    }

    pub(crate) fn factors(&self, hrefs: &Hrefs) -> Made {
        let mut factors: Vec<_> = self.site.catalog.factors.iter().collect();
        factors
            .sort_by(|a, b| b.1.postmortems.len().cmp(&a.1.postmortems.len()).then(a.0.cmp(b.0)));
        let rows: Vec<Vec<Cell>> = factors
            .into_iter()
            .map(|(id, factor)| {
                let ids: Vec<DocId> = factor.postmortems.iter().map(|(d, _)| *d).collect();
                vec![
                    Cell {
                        text: id.to_string(),
                        href: self.site.routes.factor(id).map(|a| hrefs.to(a)).unwrap_or_default(),
                        ..Cell::default()
                    },
                    Cell { text: factor.description.clone(), ..Cell::default() },
                    Cell { text: ids.len().to_string(), number: true, ..Cell::default() },
                    Cell {
                        text: self.teams_of(&ids).len().to_string(),
                        number: true,
                        ..Cell::default()
                    },
                ]
            })
            .collect();
        let head = ["Contributing factor", "What it means", "Incidents", "Teams"];
        let table = (!rows.is_empty()).then_some(Table::new(head, rows));
        self.list(
            hrefs,
            "Lessons",
            "Contributing factors",
            "What keeps coming back, over all teams.",
            vec![Part { table, ..Part::default() }],
        )
    }

    pub(crate) fn factor(&self, hrefs: &Hrefs, id: &FactorId) -> Made {
        let Some(factor) = self.site.catalog.factors.get(id) else {
            return Ok((String::new(), Vec::new()));
        };
        let rows: Vec<Row> = factor
            .postmortems
            .iter()
            .map(|(doc, note)| {
                let row = self.doc_row(hrefs, *doc);
                Row { note: join(&[row.note.clone(), note.clone().unwrap_or_default()]), ..row }
            })
            .collect();
        let title = id.to_string();
        let ids: Vec<DocId> = factor.postmortems.iter().map(|(doc, _)| *doc).collect();
        let postmortems = || {
            ids.iter().filter_map(|id| match &self.site.doc(*id).detail {
                Detail::Postmortem(postmortem) => Some(&**postmortem),
                _ => None,
            })
        };
        let mut article = Article {
            title: title.clone(),
            lead: factor.description.clone(),
            edge: "lesson",
            ..Article::default()
        };
        let teams: BTreeSet<TeamId> =
            postmortems().flat_map(|p| self.site.teams_of_incident(p)).collect();
        if !teams.is_empty() {
            article.facts.push(Fact {
                label: if teams.len() == 1 { "team" } else { "teams" }.into(),
                links: teams.iter().map(|team| self.team_link(hrefs, team)).collect(),
                ..Fact::default()
            });
        }
        article.parts.push(Part {
            body_html: self.months(&ids, None).unwrap_or_default(),
            id: "ol-incidents".into(),
            title: "Incidents".into(),
            note: rows.len().to_string(),
            rows,
            ..Part::default()
        });
        article.parts.extend(self.lessons_of(hrefs, postmortems()));
        let crumbs = vec![crumb(hrefs, "factors/", "Factors"), here(&title)];
        Ok((self.finish(hrefs, "Lessons", crumbs, &factor.description, &article)?, Vec::new()))
    }

    pub(crate) fn tags(&self, hrefs: &Hrefs) -> Made {
        let mut rows: Vec<Row> = Vec::new();
        for (address, page) in &self.site.routes.pages {
            if let crate::link::routes::Page::Tag(tag) = page {
                rows.push(Row {
                    href: hrefs.to(address),
                    text: tag.clone(),
                    note: self.tagged(tag).len().to_string(),
                    ..Row::default()
                });
            }
        }
        self.list(hrefs, "", "Tags", "", vec![Part { rows, ..Part::default() }])
    }

    fn tagged(&self, tag: &str) -> &[DocId] {
        self.index.tagged.get(tag).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn tag(&self, hrefs: &Hrefs, tag: &str) -> Made {
        let mut parts = Vec::new();
        let services =
            self.site.catalog.services.values().filter(|s| s.tags.iter().any(|t| slug(t) == tag));
        let rows: Vec<Row> = services.map(|s| self.service_row(hrefs, &s.id, "")).collect();
        if !rows.is_empty() {
            parts.push(Part {
                id: "ol-services".into(),
                title: "Services".into(),
                rows,
                ..Part::default()
            });
        }
        let docs: Vec<DocId> = self
            .tagged(tag)
            .iter()
            .copied()
            .filter(|d| !matches!(self.site.doc(*d).detail, Detail::Service(_)))
            .collect();
        if !docs.is_empty() {
            parts.push(Part {
                id: "ol-pages".into(),
                title: "Pages".into(),
                rows: self.doc_rows(hrefs, &docs),
                ..Part::default()
            });
        }
        self.list(hrefs, "", &format!("Tag {tag}"), "", parts)
    }
}

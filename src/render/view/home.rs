//! The home page: what paged you, what was learned lately, what keeps coming back, what is due.

use std::collections::BTreeSet;

use crate::config::Urgency;
use crate::link::concern::Learned;
use crate::model::document::Detail;
use crate::model::id::{DocId, LessonId};
use crate::render::Renderer;
use crate::render::page::{Cell, Hrefs, LessonView, LinkView, Part, SourceView, Table, WhyView};
use crate::render::view::Made;
use crate::render::view::service::button;
use crate::render::view::shared::join;
use crate::text::date::Day;
use crate::text::html::{Html, with_code};

#[derive(serde::Serialize)]
struct Home {
    question: &'static str,
    alerts: Vec<LinkView>,
    all_alerts: Option<LinkView>,
    counts: Vec<LinkView>,
    learned: Vec<LessonView>,
    all_lessons: String,
    for_teams: String,
    factors: Vec<FactorRow>,
    all_factors: String,
    parts: Vec<Part>,
    boxes: Vec<Part>,
    body_html: Html,
    source: Option<SourceView>,
}

#[derive(serde::Serialize)]
struct FactorRow {
    href: String,
    text: String,
    share: usize,
    incidents: usize,
    teams: usize,
}

impl Renderer<'_> {
    pub(crate) fn home(&self, hrefs: &Hrefs) -> Made {
        let catalog = &self.site.catalog;
        let mut findings = Vec::new();
        let mut body_html = Html::default();
        let mut source = None;
        if let Some(id) = self.site.routes.home {
            let (body, mut found) = self.body(hrefs, id, 2, String::new());
            body_html = body.html;
            findings.append(&mut found);
            source = Some(self.source_view(id));
        }
        let of_kind = |is_of: fn(&Detail) -> bool| {
            self.site.docs().filter(|(_, doc)| is_of(&doc.detail)).count()
        };
        let counts = [
            ("runbooks/", of_kind(|detail| matches!(detail, Detail::Runbook(_))), "runbook"),
            ("services/", catalog.services.len(), "service"),
            ("teams/", catalog.teams.len(), "team"),
            ("incidents/", self.index.postmortems.len(), "incident"),
            ("pages/", of_kind(|detail| matches!(detail, Detail::Page)), "page"),
        ];
        let all_alerts = match catalog.alerts.len() {
            0 => None,
            1 => Some("The one alert".to_owned()),
            n => Some(format!("All {n} alerts")),
        };
        let home = Home {
            question: if all_alerts.is_some() {
                "What paged you?"
            } else {
                "What do you look for?"
            },
            alerts: self.paged_most(hrefs),
            all_alerts: all_alerts.map(|text| button(hrefs.file("alerts/"), &text)),
            counts: counts
                .iter()
                .filter(|(_, n, _)| *n > 0)
                .map(|(path, n, word)| {
                    let end = if *n == 1 { "" } else { "s" };
                    button(hrefs.file(path), &format!("{n} {word}{end}"))
                })
                .collect(),
            learned: self.learned(hrefs),
            all_lessons: hrefs.file("lessons/"),
            for_teams: hrefs.file("for/"),
            factors: self.coming_back(hrefs),
            all_factors: hrefs.file("factors/"),
            parts: self.middle(hrefs),
            boxes: [self.due_box(hrefs), self.health_box(hrefs), self.no_runbook_box(hrefs)]
                .into_iter()
                .flatten()
                .collect(),
            body_html,
            source,
        };
        let mut frame = self.frame(hrefs, "", "", Vec::new());
        frame.description =
            format!("Runbooks, incidents and lessons of all teams of {}.", self.site.config.title);
        Ok((self.templates.page("home.html", &frame, &home)?, findings))
    }

    /// What stands in the middle where postmortems teach no lessons: the latest incidents, else the services.
    fn middle(&self, hrefs: &Hrefs) -> Vec<Part> {
        let part = |id: &str, title: &str, rows| Part {
            id: id.into(),
            title: title.into(),
            rows,
            ..Part::default()
        };
        if self.site.catalog.lessons.values().any(|l| !l.postmortems.is_empty()) {
            return Vec::new();
        }
        let mut parts = Vec::new();
        let latest = &self.index.postmortems[..self.index.postmortems.len().min(8)];
        if !latest.is_empty() {
            parts.push(part("ol-latest", "Latest incidents", self.doc_rows(hrefs, latest)));
        }
        let services = self.site.catalog.services.keys().take(60);
        let rows: Vec<_> = services.map(|id| self.service_row(hrefs, id, "")).collect();
        if !rows.is_empty() {
            parts.push(part("ol-services", "Services", rows));
        } else if self.site.routes.home.is_none() {
            let names = self.site.catalog.alerts.keys().take(60);
            let rows: Vec<_> = names.map(|name| self.alert_row(hrefs, name)).collect();
            if rows.is_empty() {
                let ids: Vec<DocId> = self.site.docs().map(|(id, _)| id).take(60).collect();
                parts.push(part("ol-pages", "Pages", self.doc_rows(hrefs, &ids)));
            } else {
                parts.push(part("ol-alerts", "Alerts", rows));
            }
        }
        parts
    }

    /// Alerts that caught the latest incidents.
    fn paged_most(&self, hrefs: &Hrefs) -> Vec<LinkView> {
        let mut names: Vec<&str> = Vec::new();
        for id in &self.index.postmortems {
            let Detail::Postmortem(postmortem) = &self.site.doc(*id).detail else { continue };
            for alert in &postmortem.detection_alerts {
                if self.site.catalog.alerts.contains_key(&alert.value)
                    && !names.contains(&alert.value.as_str())
                {
                    names.push(&alert.value);
                }
            }
        }
        let link = |name: &&str| Some(button(hrefs.to(self.site.routes.alert(name)?), name));
        names.iter().take(4).filter_map(link).collect()
    }

    /// The latest lesson of each of the latest incidents that taught one.
    fn learned(&self, hrefs: &Hrefs) -> Vec<LessonView> {
        let dated = self.site.concern.lessons();
        let mut lessons: Vec<_> =
            dated.filter_map(|(id, l)| Some((l.day?, id, l.latest?, l))).collect();
        lessons.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        let mut seen: BTreeSet<DocId> = BTreeSet::new();
        lessons.retain(|(_, _, incident, _)| seen.insert(*incident));
        let one = |(_, id, incident, learned): &(Day, &LessonId, DocId, &Learned)| {
            let severity = match &self.site.doc(*incident).detail {
                Detail::Postmortem(postmortem) => postmortem.severity.as_ref(),
                _ => None,
            };
            let teams: Vec<String> =
                learned.teams.iter().map(|t| self.team_link(hrefs, t).text).collect();
            let words = join(&[teams.join(", "), self.reach_words(learned)]);
            let line = WhyView {
                chip: severity.map(|s| self.severity_chip(&s.value)),
                words_html: with_code(&words),
                ..WhyView::default()
            };
            let note = self.site.doc(*incident).title.value.clone();
            LessonView { note, lines: vec![line], ..self.lesson_view(hrefs, id, learned) }
        };
        lessons.iter().take(5).map(one).collect()
    }

    fn coming_back(&self, hrefs: &Hrefs) -> Vec<FactorRow> {
        let mut factors: Vec<_> =
            self.site.catalog.factors.iter().filter(|(_, f)| f.postmortems.len() > 1).collect();
        factors
            .sort_by(|a, b| b.1.postmortems.len().cmp(&a.1.postmortems.len()).then(a.0.cmp(b.0)));
        let most = factors.first().map_or(1, |(_, f)| f.postmortems.len());
        let row = |(id, factor): &(&crate::model::id::FactorId, &crate::model::lesson::Factor)| {
            let ids: Vec<DocId> = factor.postmortems.iter().map(|(d, _)| *d).collect();
            FactorRow {
                href: self.site.routes.factor(id).map(|a| hrefs.to(a)).unwrap_or_default(),
                text: id.to_string(),
                share: ids.len() * 100 / most,
                incidents: ids.len(),
                teams: self.teams_of(&ids).len(),
            }
        };
        factors.iter().take(6).map(row).collect()
    }

    fn due_box(&self, hrefs: &Hrefs) -> Option<Part> {
        let mut due: Vec<(Day, DocId)> = self
            .site
            .docs()
            .filter_map(|(id, doc)| Some((self.site.review_due(doc)?, id)))
            .filter(|(d, _)| *d < self.options.today)
            .collect();
        due.sort_unstable();
        let rows = due.iter().take(6).map(|(_, id)| self.doc_row(hrefs, *id)).collect();
        (!due.is_empty()).then(|| Part {
            id: "ol-due".into(),
            title: "Due for review".into(),
            note: due.len().to_string(),
            rows,
            ..Part::default()
        })
    }

    fn health_box(&self, hrefs: &Hrefs) -> Option<Part> {
        let mut rows = Vec::new();
        for id in self.site.catalog.teams.keys() {
            let services = self.index.services.get(id).map_or(&[][..], Vec::as_slice);
            let mut names: Vec<&str> = services
                .iter()
                .flat_map(|s| self.index.alerts.get(s).into_iter().flatten())
                .copied()
                .collect();
            names.sort_unstable();
            names.dedup();
            if names.is_empty() {
                continue;
            }
            let answered = names.iter().filter(|n| !self.runbooks_of(n).is_empty()).count();
            let link = self.team_link(hrefs, id);
            rows.push(vec![
                Cell { text: link.text, href: link.href, ..Cell::default() },
                Cell {
                    text: format!("{answered} of {}", names.len()),
                    number: true,
                    ..Cell::default()
                },
            ]);
        }
        let head = ["Team", "Alerts with a runbook"];
        (!rows.is_empty()).then(|| Part {
            id: "ol-health".into(),
            title: "Health of our knowledge".into(),
            table: Some(Table::new(head, rows)),
            ..Part::default()
        })
    }

    fn no_runbook_box(&self, hrefs: &Hrefs) -> Option<Part> {
        let urgent = |name: &&String| {
            let rules = self.site.catalog.alerts.get(*name).into_iter().flatten();
            let mut severities =
                rules.filter_map(|r| self.site.catalog.rules[*r as usize].severity());
            severities.any(|s| self.site.config.policy.urgency(s) == Some(Urgency::Page))
        };
        let missing: Vec<&String> = self
            .site
            .catalog
            .alerts
            .keys()
            .filter(|n| self.runbooks_of(n).is_empty())
            .filter(urgent)
            .collect();
        let rows = missing.iter().take(6).map(|name| self.alert_row(hrefs, name)).collect();
        (!missing.is_empty()).then(|| Part {
            id: "ol-missing".into(),
            title: "Pages somebody, no runbook".into(),
            rows,
            ..Part::default()
        })
    }
}

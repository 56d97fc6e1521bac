//! A postmortem's page: what users felt, how long it took, what happened when, what follows.

use std::collections::BTreeSet;

use crate::link::routes::UrlPath;
use crate::model::action::ActionState;
use crate::model::field::{Field, Origin};
use crate::model::id::{DocId, ServiceId, TeamId};
use crate::model::lesson::lesson_id;
use crate::model::postmortem::{Measure, Postmortem, StatedLesson};
use crate::render::Renderer;
use crate::render::page::{Cell, Chip, Fact, Hrefs, Part, Row, Table};
use crate::render::view::shared::{crumb, here, join};
use crate::render::view::{Made, pictures};
use crate::text::date::{Stamp, duration_words};
use crate::text::html::HtmlWriter;

impl Renderer<'_> {
    pub(crate) fn postmortem(
        &self,
        hrefs: &Hrefs,
        address: &UrlPath,
        id: DocId,
        postmortem: &Postmortem,
    ) -> Made {
        let doc = self.site.doc(id);
        let (mut article, findings) = self.article(hrefs, id);
        article.edge = "pm";
        article.chips.extend(postmortem.severity.as_ref().map(|s| self.severity_chip(&s.value)));
        if postmortem.status() != "final" {
            article.chips.push(Chip { level: "", text: postmortem.status().to_owned() });
        }
        if let Some(day) = postmortem.day() {
            article.facts.push(Fact {
                text: day.words(),
                date: day.to_string(),
                ..Fact::default()
            });
        }
        if doc.id.value != doc.title.value {
            article.facts.push(Fact { text: doc.id.value.clone(), ..Fact::default() });
        }
        if !postmortem.services.is_empty() {
            let links =
                postmortem.services.iter().map(|s| self.service_link(hrefs, &s.value)).collect();
            article.facts.push(Fact { links, ..Fact::default() });
        }
        let teams = self.site.teams_of_incident(postmortem);
        if !teams.is_empty() {
            let links = teams.iter().map(|t| self.team_link(hrefs, t)).collect();
            article.facts.push(Fact { label: "teams".into(), links, ..Fact::default() });
        }
        if !postmortem.authors.is_empty() {
            let names: Vec<&str> = postmortem.authors.iter().map(|a| a.value.as_str()).collect();
            article.facts.push(Fact {
                label: "by".into(),
                text: names.join(", "),
                ..Fact::default()
            });
        }
        article.lead = postmortem.impact.clone().unwrap_or_default();
        let body = article.parts.pop();
        article.parts.extend(self.durations(postmortem));
        article.parts.extend(timeline(postmortem));
        article.parts.extend(body);
        article.parts.extend(self.factors_of(hrefs, postmortem));
        article.parts.extend(self.came_back(hrefs, id));
        article.parts.extend(self.lessons_of(hrefs, [postmortem]));
        article.parts.extend(self.exposed(hrefs, postmortem));
        article.parts.extend(self.actions_of(hrefs, postmortem));
        article.parts.extend(self.facts_of(postmortem));
        article.boxes.extend(self.runbooks_used(hrefs, postmortem));
        let mut related: Vec<Row> = postmortem
            .recurrence_of
            .iter()
            .map(|f| self.reference_row(hrefs, &f.value, "happened before"))
            .collect();
        related.extend(postmortem.related.iter().map(|f| self.reference_row(hrefs, &f.value, "")));
        if !related.is_empty() {
            article.boxes.push(Part {
                id: "ol-related".into(),
                title: "Related".into(),
                rows: related,
                ..Part::default()
            });
        }
        article.boxes.extend(self.chain(hrefs, id));
        article.boxes.extend(self.similar(hrefs, id, "Similar incidents"));
        article.boxes.extend(self.backlinks(hrefs, address));
        article.parts.extend(self.more(&doc.extra));
        let mut crumbs = vec![crumb(hrefs, "incidents/", "Incidents")];
        crumbs.extend(
            postmortem
                .day()
                .map(|d| crumb(hrefs, &format!("incidents/{}/", d.year()), &d.year().to_string())),
        );
        crumbs.push(here(&doc.title.value));
        let words = postmortem.impact.as_deref().or(doc.description.as_deref()).unwrap_or("");
        let html = self.finish(hrefs, "Incidents", crumbs, words, &article)?;
        Ok((html, findings))
    }

    /// The durations derived from the time stamps, with what they were derived from.
    fn durations(&self, postmortem: &Postmortem) -> Option<Part> {
        let mut facts = Vec::new();
        for measure in Measure::ALL {
            if let Some(seconds) = postmortem.duration(measure) {
                let end = match measure {
                    Measure::Detect => &postmortem.detected_at,
                    Measure::Acknowledge => &postmortem.acknowledged_at,
                    Measure::Mitigate => &postmortem.mitigated_at,
                    Measure::Resolve => &postmortem.resolved_at,
                };
                let inferred = [&postmortem.started_at, end]
                    .iter()
                    .any(|f| f.as_ref().is_some_and(|f| matches!(f.origin, Origin::Section(_))));
                let from = if inferred { "first to last timeline entry" } else { "" };
                let compared = self.compared(measure, seconds);
                facts.push(Fact {
                    label: measure.words().to_owned(),
                    text: duration_words(seconds),
                    date: join(&[compared.words, from.to_owned()]),
                    strip_html: compared.strip,
                    ..Fact::default()
                });
            }
        }
        (!facts.is_empty()).then(|| Part { facts, ..Part::default() })
    }

    fn facts_of(&self, postmortem: &Postmortem) -> Option<Part> {
        let mut rows: Vec<(String, String)> = Vec::new();
        if let Some((kind, reference)) = &postmortem.trigger {
            rows.push((
                "trigger".into(),
                join(&[kind.clone(), reference.clone().unwrap_or_default()]),
            ));
        }
        if let Some(words) = self.told_by_a_customer(postmortem) {
            rows.push(("detection".into(), words.into()));
        }
        if let Some(method) = &postmortem.detection {
            let note = postmortem.detection_note.clone().unwrap_or_default();
            let alerts: Vec<&str> =
                postmortem.detection_alerts.iter().map(|a| a.value.as_str()).collect();
            rows.push((
                "noticed by".into(),
                join(&[method.value.clone(), alerts.join(", "), note]),
            ));
        }
        rows.extend(postmortem.impact_facts.iter().cloned());
        rows.extend(
            postmortem.mitigators.iter().map(|m| ("what helped".to_owned(), m.value.clone())),
        );
        let mut part = self.more(&rows)?;
        part.id = "ol-facts".into();
        part.title = "Facts".into();
        Some(part)
    }

    fn factors_of(&self, hrefs: &Hrefs, postmortem: &Postmortem) -> Option<Part> {
        let row = |(factor, note): &(Field<crate::model::id::FactorId>, Option<String>)| {
            let known = self.site.catalog.factors.get(&factor.value);
            let others = known.map_or(0, |f| f.postmortems.len().saturating_sub(1));
            let seen = match others {
                0 => String::new(),
                1 => "in 1 other incident".to_owned(),
                n => format!("in {n} other incidents"),
            };
            Row {
                href: self
                    .site
                    .routes
                    .factor(&factor.value)
                    .map(|a| hrefs.to(a))
                    .unwrap_or_default(),
                text: factor.value.to_string(),
                note: join(&[note.clone().unwrap_or_default(), seen]),
                ..Row::default()
            }
        };
        let mut rows: Vec<Row> = postmortem.factors.iter().map(row).collect();
        rows.extend(postmortem.causes.iter().map(|c| Row { text: c.clone(), ..Row::default() }));
        (!rows.is_empty()).then(|| Part {
            id: "ol-factors".into(),
            title: "Contributing factors".into(),
            rows,
            ..Part::default()
        })
    }

    /// What was learned from incidents, each lesson once.
    pub(crate) fn lessons_of<'p>(
        &self,
        hrefs: &Hrefs,
        postmortems: impl IntoIterator<Item = &'p Postmortem>,
    ) -> Option<Part> {
        let mut seen = BTreeSet::new();
        let stated = postmortems.into_iter().flat_map(|postmortem| &postmortem.lessons);
        let row = |lesson: &StatedLesson| {
            let id = lesson_id(&lesson.text, lesson.id.as_deref(), &self.index.lesson_by_text);
            let text =
                self.site.catalog.lessons.get(&id).map_or(lesson.text.clone(), |l| l.text.clone());
            let href = self.site.routes.lesson(&id).map(|a| hrefs.to(a)).unwrap_or_default();
            seen.insert(id).then(|| Row { href, text, ..Row::default() })
        };
        let rows: Vec<Row> = stated.filter_map(row).collect();
        (!rows.is_empty()).then(|| Part {
            id: "ol-lessons".into(),
            title: "Lessons".into(),
            rows,
            ..Part::default()
        })
    }

    fn actions_of(&self, hrefs: &Hrefs, postmortem: &Postmortem) -> Option<Part> {
        let today = self.options.today;
        let row = |action: &crate::model::action::Action| {
            let overdue = action.state.is_open() && action.due.is_some_and(|d| d < today);
            let chip = match (action.state, overdue) {
                (_, true) => Some(Chip { level: "1", text: "overdue".into() }),
                (ActionState::Done, _) => Some(Chip { level: "ok", text: "done".into() }),
                (ActionState::Unknown, _) => None,
                (state, _) => Some(Chip { level: "", text: state.words().into() }),
            };
            let owner = action.owner.as_deref().unwrap_or("nobody");
            let team = TeamId::new(owner);
            let known = self.site.catalog.teams.contains_key(&team);
            let owner_link = if known {
                self.team_link(hrefs, &team)
            } else {
                here(owner.trim_start_matches("team:"))
            };
            let title = join(&[
                action.id.clone().unwrap_or_default(),
                action.title.clone(),
                action.kind.clone().unwrap_or_default(),
            ]);
            vec![
                Cell {
                    text: title,
                    href: action.link.clone().filter(|l| l.starts_with("http")).unwrap_or_default(),
                    ..Cell::default()
                },
                Cell { text: owner_link.text, href: owner_link.href, ..Cell::default() },
                Cell {
                    text: action.due.map_or_else(|| "no date".into(), |d| d.to_string()),
                    whole: true,
                    ..Cell::default()
                },
                Cell {
                    chip,
                    text: action.done_on.map(|d| d.to_string()).unwrap_or_default(),
                    whole: true,
                    ..Cell::default()
                },
            ]
        };
        let stated: Vec<_> = postmortem.actions.iter().filter(|a| !a.inferred).collect();
        if stated.is_empty() {
            return None;
        }
        let head = ["Action", "Owner", "Due", "State"];
        let table = Table::new(head, stated.into_iter().map(row).collect());
        Some(Part {
            id: "ol-actions".into(),
            title: "Actions".into(),
            table: Some(table),
            ..Part::default()
        })
    }

    fn runbooks_used(&self, hrefs: &Hrefs, postmortem: &Postmortem) -> Option<Part> {
        let mut rows = Vec::new();
        for (name, helped) in &postmortem.runbooks_used {
            let note = helped.as_deref().map(|h| format!("helped: {h}")).unwrap_or_default();
            let since = self.site.referenced(&name.value);
            let since = since.and_then(|id| self.changed_since(id, postmortem));
            let note = join(&[note, since.unwrap_or_default()]);
            rows.push(self.reference_row(hrefs, &name.value, &note));
        }
        (!rows.is_empty()).then(|| Part {
            id: "ol-used".into(),
            title: "Runbooks used".into(),
            rows,
            ..Part::default()
        })
    }

    pub(crate) fn incident_rows(&self, hrefs: &Hrefs, service: &ServiceId) -> Option<Part> {
        let ids = self.index.incidents.get(service)?;
        let rows = self.doc_rows(hrefs, &ids[..ids.len().min(20)]);
        Some(Part {
            body_html: self.months(ids, None).unwrap_or_default(),
            id: "ol-incidents".into(),
            title: "Incidents".into(),
            note: ids.len().to_string(),
            rows,
            ..Part::default()
        })
    }
}

/// The timeline of front matter; one in the text stands where its author put it.
fn timeline(postmortem: &Postmortem) -> Option<Part> {
    let from_text = postmortem.timeline.iter().any(|e| e.kind.is_none() && e.link.is_none())
        && matches!(postmortem.started_at.as_ref().map(|f| &f.origin), Some(Origin::Section(_)));
    let listed = !postmortem.timeline.is_empty() && !from_text;
    let mut out = HtmlWriter::default();
    let picture = pictures::timeline(postmortem, listed);
    if let Some(picture) = &picture {
        out.html(picture);
    }
    if !listed {
        return picture.map(|_| Part {
            id: "ol-phases".into(),
            title: "How it went".into(),
            note: "UTC".into(),
            body_html: out.finish(),
            ..Part::default()
        });
    }
    out.markup("<ol class=\"events\">\n");
    let mut day = None;
    for (n, entry) in postmortem.timeline.iter().enumerate() {
        let key = entry
            .kind
            .as_deref()
            .is_some_and(|k| matches!(k, "start" | "detect" | "mitigate" | "resolve"));
        out.markup(if key { "<li class=\"key\"><b>" } else { "<li><b>" })
            .number(n as u64 + 1)
            .markup("</b>");
        let shown = entry.at.map_or_else(|| entry.written.clone(), Stamp::clock);
        out.markup("<time").attr("datetime", &entry.at.map(Stamp::iso).unwrap_or_default());
        out.attr("title", &entry.at.map(Stamp::iso_of_record).unwrap_or_default())
            .markup(">")
            .text(&shown)
            .markup("</time><p>");
        let today = entry.at.and_then(Stamp::day);
        if today.is_some() && today != day {
            out.markup("<small>")
                .text(&today.map(crate::text::date::Day::words).unwrap_or_default())
                .markup("</small> ");
            day = today;
        }
        out.text(&entry.text);
        if let Some(kind) = &entry.kind {
            out.markup(" <small>").text(kind).markup("</small>");
        }
        out.markup("</p></li>\n");
    }
    out.markup("</ol>\n");
    Some(Part {
        id: "ol-timeline".into(),
        title: "Timeline".into(),
        note: "UTC".into(),
        body_html: out.finish(),
        ..Part::default()
    })
}

//! A runbook's page: what paged, whose it is, what to do, whom to call, what happened before.

use crate::link::routes::UrlPath;
use crate::model::document::{Detail, Doc};
use crate::model::id::{DocId, ServiceId};
use crate::model::runbook::Runbook;
use crate::render::Renderer;
use crate::render::over_budget;
use crate::render::page::{Article, Cell, Chip, Fact, Hrefs, LinkView, Part, Row, Table};
use crate::render::view::Made;
use crate::render::view::shared::{crumb, first_sentence, here, join};
use crate::text::html::breakable;
use crate::text::html::with_code;

impl Renderer<'_> {
    pub(crate) fn runbook(
        &self,
        hrefs: &Hrefs,
        address: &UrlPath,
        id: DocId,
        runbook: &Runbook,
    ) -> Made {
        let doc = self.site.doc(id);
        let mut alerts = runbook.alerts.iter().map(|f| f.value.as_str());
        let alert = alerts.find(|name| self.site.routes.alert(name) == Some(address));
        let mut article = self.head(id);
        let mut written = self.sheet(hrefs, id, runbook, alert, &mut article);
        if let Some(name) = alert {
            article.edge = "alert";
            // The name on the pager is what the reader looks for.
            if article.title.to_lowercase().replace(' ', "") != name.to_lowercase() {
                article.facts.push(Fact { text: article.title.clone(), ..Fact::default() });
            }
            article.title = name.to_owned();
            article.name_html = breakable(name);
            article.chips.extend(self.alert_chip(name));
        }
        if article.chips.is_empty() {
            article.chips.extend(runbook.severity.as_ref().map(|s| self.chip(&s.value)));
        }
        if doc.status.as_deref() == Some("deprecated") {
            article.chips.push(Chip { level: "2", text: "Deprecated".into() });
        }
        let mut services: Vec<ServiceId> =
            runbook.services.iter().map(|s| s.value.clone()).collect();
        if let Some(name) = alert {
            services.extend(
                self.site
                    .services_of_alert(name)
                    .into_iter()
                    .filter(|s| !runbook.services.iter().any(|k| k.value == *s)),
            );
        }
        if !services.is_empty() {
            let links = services.iter().map(|s| self.service_link(hrefs, s)).collect();
            article.facts.push(Fact { links, ..Fact::default() });
        }
        article.facts.push(self.owner_fact(hrefs, doc.owner.as_ref()));
        article.facts.extend(self.review_fact(doc));
        article.facts.extend(self.beside_fact(id));
        if let Some(day) = &runbook.last_exercised {
            article.facts.push(Fact {
                label: "last exercised".into(),
                text: day.value.words(),
                date: day.value.to_string(),
                wide: true,
                ..Fact::default()
            });
        }
        for (label, field) in [("takes", &runbook.estimated_time), ("risk", &runbook.risk)] {
            article.facts.extend(field.as_ref().map(|f| Fact {
                label: label.into(),
                text: f.value.clone(),
                wide: true,
                ..Fact::default()
            }));
        }
        article.facts.extend(self.used_fact(hrefs, id));
        article.facts.extend(self.owner_gone(doc));
        let team = doc.owner.as_ref().map(|o| &o.value);
        article.parts.extend(needed(runbook));
        article.parts.append(&mut written.before);
        article.parts.extend(self.after(runbook));
        let called = self.escalation(&runbook.escalation, &runbook.services, team);
        let mut escalate = String::new();
        if written.escalation.is_empty() {
            escalate.push_str(if called.is_some() { "ol-escalate" } else { "" });
            article.parts.extend(called);
        } else {
            escalate.push_str(&written.escalate);
            article.parts.append(&mut written.escalation);
            article.parts.extend(called.map(|part| Part {
                id: "ol-called".into(),
                title: "Who is called, and when".into(),
                ..part
            }));
        }
        for name in runbook.alerts.iter().map(|f| f.value.as_str()) {
            article.parts.extend(self.past(hrefs, name));
            if alert == Some(name) {
                article.parts.extend(self.fires(name));
            }
        }
        if alert.is_none() && !runbook.alerts.is_empty() {
            let rows = runbook.alerts.iter().map(|f| self.alert_row(hrefs, &f.value)).collect();
            article.boxes.push(Part {
                id: "ol-alerts".into(),
                title: "Answers these alerts".into(),
                rows,
                ..Part::default()
            });
        }
        article.parts.extend(self.past_of_dependencies(hrefs, &services));
        article.parts.extend(self.lessons_beside(hrefs, &services));
        article.parts.append(&mut written.background);
        article.parts.extend(self.stated(runbook));
        let used = self.used_in(hrefs, id);
        let service = services.first().and_then(|s| self.site.catalog.services.get(s));
        article.boxes.extend(self.who(
            hrefs,
            team,
            service.map_or(&[], |s| &s.contacts),
            service.and_then(|s| s.oncall.as_ref()),
        ));
        article.boxes.extend(self.dashboards(hrefs, &services.iter().collect::<Vec<_>>()));
        article.boxes.extend(services.first().and_then(|id| self.graph(hrefs, id)));
        article.boxes.extend(used);
        article.boxes.extend(self.this_page(id, &article.title));
        article.boxes.extend(self.related(hrefs, runbook));
        article.boxes.extend(self.similar(hrefs, id, "Similar runbooks"));
        article.boxes.extend(self.backlinks(hrefs, address));
        article.parts.extend(self.more(&doc.extra));
        let mut crumbs = vec![if alert.is_some() {
            crumb(hrefs, "alerts/", "Alerts")
        } else {
            crumb(hrefs, "runbooks/", "Runbooks")
        }];
        crumbs.extend(services.first().map(|s| self.service_link(hrefs, s)));
        crumbs.push(here(&article.title));
        let section = if alert.is_some() { "Alerts" } else { "" };
        buttons(&escalate, &mut article);
        let mut frame = self.frame(hrefs, &article.title, section, crumbs);
        frame.description = first_sentence(doc.description.as_deref().unwrap_or(""));
        frame.dock = self.dock(hrefs, &article, &escalate);
        frame.about = self.about(alert, Some(doc), &services);
        let findings = if written.over_budget { vec![over_budget(doc)] } else { Vec::new() };
        Ok((self.templates.page("article.html", &frame, &article)?, findings))
    }

    /// What front matter says and the text need not repeat, behind it.
    fn stated(&self, runbook: &Runbook) -> Vec<Part> {
        let list = |title: &str, items: Vec<Row>| {
            (!items.is_empty()).then(|| Part {
                id: format!("ol-{}", title.to_lowercase().replace(' ', "-")),
                title: title.into(),
                rows: items,
                ..Part::default()
            })
        };
        let rows = |fields: &[crate::model::field::Field<String>]| {
            fields
                .iter()
                .map(|f| Row { words_html: with_code(&f.value), ..Row::default() })
                .collect::<Vec<_>>()
        };
        let mut parts: Vec<Part> = Vec::new();
        parts.extend(list("Symptoms", rows(&runbook.symptoms)));
        parts.extend(list("Questions it answers", rows(&runbook.questions)));
        if !runbook.parameters.is_empty() {
            let row = |p: &crate::model::runbook::Parameter| {
                let choices = if p.choices.is_empty() {
                    p.pattern.clone().unwrap_or_default()
                } else {
                    p.choices.join(", ")
                };
                [
                    p.name.clone(),
                    p.description.clone().unwrap_or_default(),
                    p.default.clone().unwrap_or_default(),
                    choices,
                ]
                .into_iter()
                .map(|text| Cell { text, ..Cell::default() })
                .collect()
            };
            let head = ["Value", "What it is", "Default", "Allowed"];
            let table = Table::new(head, runbook.parameters.iter().map(row).collect());
            parts.push(Part {
                id: "ol-values".into(),
                title: "Values for the commands".into(),
                table: Some(table),
                ..Part::default()
            });
        }
        parts
    }

    fn after(&self, runbook: &Runbook) -> Vec<Part> {
        let mut parts = Vec::new();
        for (id, title, field) in [
            ("ol-verify", "How to know that it worked", &runbook.verification),
            ("ol-rollback", "How to take it back", &runbook.rollback),
        ] {
            parts.extend(field.as_ref().map(|f| Part {
                id: id.into(),
                title: title.into(),
                lead: f.value.clone(),
                ..Part::default()
            }));
        }
        parts
    }

    /// How often the code that it is about changed since somebody checked the runbook.
    fn beside_fact(&self, id: DocId) -> Option<Fact> {
        let beside = self.site.changes(id).beside.filter(|b| b.commits > 0)?;
        let at_least = if beside.at_least { "at least " } else { "" };
        let times = match beside.commits {
            1 => "once".to_owned(),
            n => format!("{n} times"),
        };
        Some(Fact {
            label: format!("code beside it changed {at_least}{times} since"),
            wide: true,
            ..Fact::default()
        })
    }

    /// When it was last used, and in which incident.
    fn used_fact(&self, hrefs: &Hrefs, id: DocId) -> Option<Fact> {
        let (incident, _) = self.index.used.get(self.site.routes.doc(id))?.first()?;
        let Detail::Postmortem(postmortem) = &self.site.doc(*incident).detail else { return None };
        let row = self.doc_row(hrefs, *incident);
        Some(Fact {
            label: "used in".into(),
            text: postmortem.day()?.words(),
            date: postmortem.day()?.to_string(),
            links: vec![LinkView { href: row.href, text: row.text, note: String::new() }],
            wide: true,
            ..Fact::default()
        })
    }

    /// An owner that no team file knows, where there are team files.
    fn owner_gone(&self, doc: &Doc) -> Option<Fact> {
        let owner = doc.owner.as_ref()?;
        let teams = &self.site.catalog.teams;
        let gone = teams.values().any(|t| t.declared)
            && teams.get(&owner.value).is_none_or(|team| !team.declared);
        gone.then(|| Fact {
            label: "its owner is in no team file any more".into(),
            wide: true,
            ..Fact::default()
        })
    }

    /// What a reader can do about the page itself.
    fn this_page(&self, id: DocId, title: &str) -> Option<Part> {
        let source = self.site.source(self.site.doc(id));
        let repository = self.site.sources.repository(source.repository);
        let inside = source.path.strip_prefix(repository.prefix.as_str()).unwrap_or(&source.path);
        let encode = crate::text::path::percent_encode;
        let mut rows = Vec::new();
        if let Some(template) = &repository.edit_url {
            rows.push(Row {
                href: template.replace("{path}", &encode(inside)),
                text: format!("Edit in {}", repository.name),
                note: join(&[inside.to_owned(), self.last_change(id).unwrap_or_default()]),
                ..Row::default()
            });
        }
        let wanted = format!("{title}: this did not work");
        let values = [("source", repository.name.as_str()), ("title", &wanted), ("alert", title)];
        if let Some(href) = self.forge("new_issue", &values) {
            rows.push(Row {
                href,
                text: "This did not work".into(),
                note: "opens an issue".into(),
                ..Row::default()
            });
        }
        (!rows.is_empty()).then(|| Part {
            id: "ol-page".into(),
            title: "This page".into(),
            rows,
            ..Part::default()
        })
    }

    /// Incidents that used this runbook.
    fn used_in(&self, hrefs: &Hrefs, id: DocId) -> Option<Part> {
        let address = self.site.routes.doc(id);
        let used = self.index.used.get(address).map_or(&[][..], Vec::as_slice);
        let row = |(other, helped): &(DocId, Option<&str>)| {
            let note = helped.map(|h| format!("helped: {h}")).unwrap_or_default();
            Row { note, ago: true, ..self.doc_row(hrefs, *other) }
        };
        let rows: Vec<Row> = used.iter().take(20).map(row).collect();
        (!rows.is_empty()).then(|| Part {
            id: "ol-used".into(),
            title: "Used in".into(),
            rows,
            ..Part::default()
        })
    }

    fn related(&self, hrefs: &Hrefs, runbook: &Runbook) -> Option<Part> {
        let named = runbook
            .related
            .iter()
            .map(|f| (f, ""))
            .chain(runbook.supersedes.iter().map(|f| (f, "replaced by this page")));
        let named = named.chain(runbook.superseded_by.iter().map(|f| (f, "replaces this page")));
        let rows: Vec<Row> =
            named.map(|(f, note)| self.reference_row(hrefs, &f.value, note)).collect();
        (!rows.is_empty()).then(|| Part {
            id: "ol-related".into(),
            title: "Related".into(),
            rows,
            ..Part::default()
        })
    }

    pub(crate) fn reference_row(&self, hrefs: &Hrefs, written: &str, note: &str) -> Row {
        let address = self.site.reference(written);
        let text = address.as_ref().and_then(|a| match self.site.routes.pages.get(a) {
            Some(crate::link::routes::Page::Doc(id)) => {
                Some(self.site.doc(*id).title.value.clone())
            }
            _ => None,
        });
        let href = address.map(|a| hrefs.to(&a)).unwrap_or_default();
        let text = text.unwrap_or_else(|| written.to_owned());
        let note = if text == written {
            note.to_owned()
        } else {
            join(&[written.to_owned(), note.to_owned()])
        };
        Row { href, text, note, ..Row::default() }
    }
}

/// What the reader needs before the first step.
fn needed(runbook: &Runbook) -> Option<Part> {
    let rows: Vec<Row> = runbook
        .access
        .iter()
        .map(|f| Row { words_html: with_code(&f.value), ..Row::default() })
        .collect();
    (!rows.is_empty()).then(|| Part {
        id: "ol-you-need".into(),
        title: "You need".into(),
        rows,
        ..Part::default()
    })
}

/// The way on from the first command: whom to call, and where to look.
fn buttons(escalate: &str, article: &mut Article) {
    let link = |id: &str, text: &str| LinkView {
        href: format!("#{id}"),
        text: text.into(),
        note: String::new(),
    };
    let has = |id: &str| article.boxes.iter().any(|p| p.id == id);
    let mut buttons = Vec::new();
    if !escalate.is_empty() {
        buttons.push(link(escalate, "Escalate"));
    }
    if has("ol-dashboards") {
        buttons.push(link("ol-dashboards", "Dashboards"));
    }
    if let Some(first) = article.sheet.as_mut().and_then(|s| s.first.as_mut()) {
        first.buttons = buttons;
    }
}

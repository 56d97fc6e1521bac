//! An alert's page where no single runbook answers it: what fires, who owns it, what helps.

use crate::link::alerts::RunbookTarget;
use crate::link::routes::UrlPath;
use crate::model::id::{ServiceId, TeamId};
use crate::render::Renderer;
use crate::render::page::{Article, Fact, Hrefs, LinkView, Part, Row};
use crate::render::view::Made;
use crate::render::view::shared::{crumb, here, join};
use crate::text::html::HtmlWriter;
use crate::text::html::breakable;
use crate::text::slug::slug;

impl Renderer<'_> {
    pub(crate) fn alert(&self, hrefs: &Hrefs, address: &UrlPath, name: &str) -> Made {
        let docs = self.runbooks_of(name);
        let services = self.services_of_alert(name);
        let teams = self.teams_of_alert(name, &services);
        let mut article = Article {
            edge: "alert",
            title: name.to_owned(),
            name_html: breakable(name),
            chips: self.alert_chip(name).into_iter().collect(),
            ..Article::default()
        };
        if !services.is_empty() {
            let links = services.iter().map(|s| self.service_link(hrefs, s)).collect();
            article.facts.push(Fact { label: "raised by".into(), links, ..Fact::default() });
        }
        if !teams.is_empty() {
            let links = teams.iter().map(|t| self.team_link(hrefs, t)).collect();
            article.facts.push(Fact { label: "owned by".into(), links, ..Fact::default() });
        }
        let rules = self.site.catalog.alerts.get(name).map_or(&[][..], Vec::as_slice);
        let told = rules.iter().find_map(|r| {
            let annotations = &self.site.catalog.rules[*r as usize].annotations;
            ["summary", "title", "description", "message"].iter().find_map(|k| annotations.get(*k))
        });
        article.lead = told.cloned().unwrap_or_default();
        if docs.is_empty() {
            article.parts.push(self.no_runbook(hrefs, name, &services));
        } else {
            let title = if docs.len() == 1 { "Runbook" } else { "Which one is it?" };
            let lead = if docs.len() == 1 {
                ""
            } else {
                "More than one guide answers this alert. Take the one of your service."
            };
            article.parts.push(Part {
                id: "ol-runbooks".into(),
                title: title.into(),
                lead: lead.into(),
                rows: self.doc_rows(hrefs, &docs),
                ..Part::default()
            });
        }
        article.parts.extend(self.fires(name));
        let field: Vec<_> = services
            .iter()
            .map(|s| {
                crate::model::field::Field::derived(s.clone(), crate::model::field::Origin::Path)
            })
            .collect();
        article.parts.extend(self.escalation(&[], &field, teams.first()));
        article.parts.extend(self.past(hrefs, name));
        let first = services.first().and_then(|s| self.site.catalog.services.get(s));
        article.boxes.extend(self.who(
            hrefs,
            teams.first(),
            first.map_or(&[], |s| &s.contacts),
            first.and_then(|s| s.oncall.as_ref()),
        ));
        let ids: Vec<&ServiceId> = services.iter().collect();
        article.boxes.extend(self.dashboards(hrefs, &ids));
        article.boxes.extend(self.backlinks(hrefs, address));
        let crumbs = vec![crumb(hrefs, "alerts/", "Alerts"), here(name)];
        let lead = article.lead.clone();
        Ok((self.finish(hrefs, "Alerts", crumbs, &lead, &article)?, Vec::new()))
    }

    fn no_runbook(&self, hrefs: &Hrefs, name: &str, services: &[ServiceId]) -> Part {
        let nearest: Vec<_> = services
            .iter()
            .flat_map(|s| self.index.runbooks.get(s).into_iter().flatten())
            .take(8)
            .copied()
            .collect();
        let mut rows = self.doc_rows(hrefs, &nearest);
        let mut more = Vec::new();
        let rules = self.site.catalog.alerts.get(name).map_or(&[][..], Vec::as_slice);
        for rule in rules {
            if let Some(RunbookTarget::Outside(url)) = self.site.alerts.by_rule.get(*rule as usize)
                && url.starts_with("http")
                && !more.iter().any(|m: &LinkView| m.href == *url)
            {
                more.push(LinkView {
                    href: url.clone(),
                    text: "Runbook on another site".into(),
                    note: String::new(),
                });
            }
        }
        if let Some(template) = self.site.config.url_templates.get("new_issue") {
            let source = rules
                .first()
                .map(|r| self.site.sources.get(self.site.catalog.rules[*r as usize].place.source));
            let repository =
                source.map_or("", |s| self.site.sources.repository(s.repository).name.as_str());
            let title = crate::text::path::percent_encode(&format!("Write a runbook for {name}"));
            let href = template
                .replace("{source}", repository)
                .replace("{title}", &title)
                .replace("{alert}", name);
            more.push(LinkView { href, text: "Ask for one".into(), note: String::new() });
        }
        let outside = more.iter().any(|m| m.text.starts_with("Runbook on"));
        let lead = match (outside, rows.is_empty()) {
            (true, _) => "The runbook of this alert is kept on another site.",
            (false, true) => {
                "Nobody has written a runbook for this alert yet. Look at what fires below, then at the service and its dependencies."
            }
            (false, false) => {
                "Nobody has written a runbook for this alert yet. These are the runbooks of its service."
            }
        };
        rows.truncate(8);
        Part {
            id: "ol-runbooks".into(),
            title: if outside { "Runbook".into() } else { "No runbook yet".into() },
            lead: lead.into(),
            rows,
            more,
            ..Part::default()
        }
    }

    /// The rules that raise an alert.
    pub(crate) fn fires(&self, name: &str) -> Option<Part> {
        let rules = self.site.catalog.alerts.get(name).filter(|r| !r.is_empty())?;
        let mut out = HtmlWriter::default();
        for rule in rules.iter().take(12) {
            let rule = &self.site.catalog.rules[*rule as usize];
            let labels: Vec<String> = rule.labels.iter().map(|(k, v)| format!("{k}={v}")).collect();
            let held = rule.for_.as_deref().map(|f| format!("held for {f}")).unwrap_or_default();
            let words = join(&[held, labels.join(", ")]);
            if let Some(expr) = &rule.expr {
                self.code.block("promql", "", expr, &mut out);
            }
            if !words.is_empty() {
                out.markup("<p class=\"dim\">").text(&words).markup("</p>\n");
            }
            for key in ["summary", "title", "description", "message"] {
                if let Some(text) = rule.annotations.get(key) {
                    out.markup("<p>").text(text.trim()).markup("</p>\n");
                }
            }
            let source = self.site.sources.get(rule.place.source);
            let (line, _) = source.line_column(rule.place.span.start);
            let as_text = if rule.read_as_text { ", read as text" } else { "" };
            out.markup("<p class=\"dim\"><code>")
                .text(&format!("{}:{line}", source.path))
                .markup("</code>")
                .text(as_text)
                .markup("</p>\n");
        }
        if rules.len() > 12 {
            out.markup("<p class=\"dim\">")
                .text(&format!("and {} more rules of this name", rules.len() - 12))
                .markup("</p>\n");
        }
        let title = if rules.len() == 1 {
            "When it fires".to_owned()
        } else {
            format!("When it fires: {} rules", rules.len())
        };
        Some(Part { id: "ol-rule".into(), title, body_html: out.finish(), ..Part::default() })
    }

    /// Past incidents of an alert.
    pub(crate) fn past(&self, hrefs: &Hrefs, name: &str) -> Option<Part> {
        let ids = self.index.incidents_of_alert.get(name)?;
        let rows: Vec<Row> = ids.iter().take(10).map(|id| self.doc_row(hrefs, *id)).collect();
        Some(Part {
            id: format!("ol-past-{}", slug(name)),
            title: "Past incidents of this alert".into(),
            rows,
            ..Part::default()
        })
    }

    pub(crate) fn services_of_alert(&self, name: &str) -> Vec<ServiceId> {
        let mut out: Vec<ServiceId> = Vec::new();
        for rule in self.site.catalog.alerts.get(name).into_iter().flatten() {
            let labels = &self.site.catalog.rules[*rule as usize].labels;
            let id = ["service", "type", "app"]
                .iter()
                .find_map(|l| labels.get(*l))
                .map(|s| ServiceId::new(s));
            out.extend(
                id.filter(|id| self.site.catalog.services.contains_key(id) && !out.contains(id)),
            );
        }
        out
    }

    fn teams_of_alert(&self, name: &str, services: &[ServiceId]) -> Vec<TeamId> {
        let mut out: Vec<TeamId> = Vec::new();
        for rule in self.site.catalog.alerts.get(name).into_iter().flatten() {
            let team = self.site.catalog.rules[*rule as usize].team();
            out.extend(
                team.filter(|t| self.site.catalog.teams.contains_key(t) && !out.contains(t)),
            );
        }
        for service in services {
            let owner = self
                .site
                .catalog
                .services
                .get(service)
                .and_then(|s| s.owner.as_ref())
                .map(|o| o.value.clone());
            out.extend(owner.filter(|t| !out.contains(t)));
        }
        out
    }
}

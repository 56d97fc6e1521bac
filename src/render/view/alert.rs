//! An alert's page where no single runbook answers it: what fires, who owns it, what helps.

use crate::link::alerts::RunbookTarget;
use crate::link::routes::UrlPath;
use crate::model::document::Detail;
use crate::model::id::{DocId, ServiceId};
use crate::parse::tree::Kind;
use crate::render::Renderer;
use crate::render::code::Block;
use crate::render::page::{Article, Fact, Hrefs, LinkView, Part, Row};
use crate::render::view::Made;
use crate::render::view::shared::{crumb, first_sentence, here, join};
use crate::text::html::HtmlWriter;
use crate::text::html::breakable;
use crate::text::slug::slug;

/// Most incidents of dependencies that a page lists.
const MAX_NEAR: usize = 5;

/// What a new runbook starts with.
const OUTLINE: &str =
    "## Meaning\n\n\n## Impact\n\n\n## Diagnosis\n\n\n## Mitigation\n\n\n## Escalation\n";

/// A runbook of up to this many alerts stands on the page of each; of more, it is linked.
const MAX_SHARED: usize = 4;

impl Renderer<'_> {
    pub(crate) fn alert(&self, hrefs: &Hrefs, address: &UrlPath, name: &str) -> Made {
        let docs = self.runbooks_of(name);
        if let [id] = docs.as_slice()
            && let Detail::Runbook(runbook) = &self.site.doc(*id).detail
            && runbook.alerts.len() <= MAX_SHARED
            && runbook.alerts.iter().any(|f| f.value == name)
        {
            // Who was paged sees what to do, not one more link.
            return self.runbook(hrefs, address, *id, runbook);
        }
        let services = self.site.services_of_alert(name);
        let teams = self.site.teams_of_alert(name, &services);
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
        if docs.len() <= 1 {
            article.lead = self.told_by_rule(name).unwrap_or_default();
        }
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
                rows: docs.iter().map(|id| self.choice(hrefs, *id)).collect(),
                choose: docs.len() > 1,
                ..Part::default()
            });
        }
        article.parts.extend(self.fires(name));
        if docs.is_empty() {
            article.parts.push(self.general_steps(hrefs, &services));
        }
        let field: Vec<_> = services
            .iter()
            .map(|s| {
                crate::model::field::Field::derived(s.clone(), crate::model::field::Origin::Path)
            })
            .collect();
        article.parts.extend(self.escalation(&[], &field, teams.first()));
        article.parts.extend(self.past(hrefs, name));
        article.parts.extend(self.past_of_dependencies(hrefs, &services));
        article.parts.extend(self.lessons_beside(hrefs, &services));
        let first = services.first().and_then(|s| self.site.catalog.services.get(s));
        article.boxes.extend(self.who(
            hrefs,
            teams.first(),
            first.map_or(&[], |s| &s.contacts),
            first.and_then(|s| s.oncall.as_ref()),
        ));
        let ids: Vec<&ServiceId> = services.iter().collect();
        article.boxes.extend(self.dashboards(hrefs, &ids));
        article.boxes.extend(services.first().and_then(|id| self.graph(hrefs, id)));
        article.boxes.extend(self.backlinks(hrefs, address));
        let crumbs = vec![crumb(hrefs, "alerts/", "Alerts"), here(name)];
        let mut frame = self.frame(hrefs, name, "Alerts", crumbs);
        frame.description = first_sentence(&article.lead);
        let called = article.parts.iter().any(|p| p.id == "ol-escalate");
        frame.dock = self.dock(hrefs, &article, if called { "ol-escalate" } else { "" });
        frame.about = self.about(Some(name), None, &services);
        if docs.len() > 1 {
            frame.scripts = vec![hrefs.file(&self.assets.lead)];
        }
        Ok((self.templates.page("article.html", &frame, &article)?, Vec::new()))
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
        let source = rules
            .first()
            .map(|r| self.site.sources.get(self.site.catalog.rules[*r as usize].place.source));
        let repository =
            source.map_or("", |s| self.site.sources.repository(s.repository).name.as_str());
        let title = format!("Write a runbook for {name}");
        let path = format!("runbooks/{name}.md");
        let content = format!("# {name}\n\n{OUTLINE}");
        for (template, text) in [("new_issue", "Ask for one"), ("new_file", "Write it")] {
            let values = [
                ("source", repository),
                ("title", title.as_str()),
                ("path", path.as_str()),
                ("content", content.as_str()),
                ("alert", name),
            ];
            if let Some(href) = self.forge(template, &values) {
                more.push(LinkView { href, text: text.into(), note: String::new() });
            }
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

    /// What to do where nobody wrote it down: general, with the links of these services.
    fn general_steps(&self, hrefs: &Hrefs, services: &[ServiceId]) -> Part {
        let mut out = HtmlWriter::default();
        let mut step = 0;
        let mut start = |out: &mut HtmlWriter, words: &'static str| {
            step += 1;
            out.markup("<li class=\"step\" id=\"ol-s").number(step).markup("\"><label><span>");
            out.text(words).markup("</span> <input type=\"checkbox\"></label>\n");
        };
        out.markup(
            "<p class=\"row\" id=\"ol-tools\" data-tools hidden></p>\n<ol class=\"steps\">\n",
        );
        start(&mut out, "Is it true?");
        out.markup("<p>Put the expression above into the graph of your metrics. Since when, and everywhere or in one place?</p></li>\n");
        start(&mut out, "What changed?");
        out.markup("<p>Deployments, configuration and feature switches of the last two hours. If the graph bends there, undo that first and ask later.</p></li>\n");
        start(&mut out, "Is it somebody else?");
        let needs: Vec<&ServiceId> = services
            .iter()
            .filter_map(|id| self.site.catalog.services.get(id))
            .flat_map(|s| s.depends_on.iter().filter_map(|d| d.service.as_ref()))
            .collect();
        if needs.is_empty() {
            out.markup("<p>Look at what it depends on before you restart anything.</p></li>\n");
        } else {
            out.markup("<p>It depends on ");
            for (n, id) in needs.iter().take(12).enumerate() {
                if n > 0 {
                    out.markup(", ");
                }
                let link = self.service_link(hrefs, id);
                if link.href.is_empty() {
                    out.text(&link.text);
                } else {
                    out.markup("<a").attr("href", &link.href).markup(">");
                    out.text(&link.text).markup("</a>");
                }
            }
            out.markup(". Look there before you restart anything.</p></li>\n");
        }
        start(&mut out, "Call somebody");
        out.markup("<p>After 15 minutes without an idea you are not alone: see below whom to call.</p></li>\n</ol>\n");
        Part {
            id: "ol-steps".into(),
            title: "What helps with any alert".into(),
            body_html: out.finish(),
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
                self.code.block(&Block::plain("promql"), expr, &mut out);
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
        let rows: Vec<Row> = ids.iter().take(10).map(|id| self.past_row(hrefs, *id)).collect();
        Some(Part {
            id: format!("ol-past-{}", slug(name)),
            title: "Past incidents of this alert".into(),
            rows,
            ..Part::default()
        })
    }

    /// One of several runbooks of an alert: whose it is, and what it says to do first.
    fn choice(&self, hrefs: &Hrefs, id: DocId) -> Row {
        let row = self.doc_row(hrefs, id);
        let doc = self.site.doc(id);
        let Detail::Runbook(runbook) = &doc.detail else { return row };
        let services: Vec<&str> = runbook.services.iter().map(|s| s.value.as_str()).collect();
        let team = doc.owner.as_ref().map(|o| self.team_link(hrefs, &o.value).text);
        let stated = runbook.first.as_ref().map(|f| f.command.as_str());
        let found = runbook.procedure.first.as_ref().and_then(|f| f.command);
        let code = found.and_then(|node| match &doc.tree.nodes.get(node)?.kind {
            Kind::Code(block) => Some(&*block.code),
            _ => None,
        });
        let first = stated.or(code).and_then(|code| code.trim().lines().next());
        let first = first.map(|line| format!("first: {line}")).unwrap_or_default();
        let note = join(&[services.join(", "), team.unwrap_or_default(), first]);
        Row { services: services.join(" "), note, ..row }
    }

    /// A past incident: when, what ended it, and what is still to be done.
    fn past_row(&self, hrefs: &Hrefs, id: DocId) -> Row {
        let row = self.doc_row(hrefs, id);
        let Detail::Postmortem(postmortem) = &self.site.doc(id).detail else { return row };
        let open = postmortem.actions.iter().filter(|a| a.state.is_open()).count();
        let actions = match (postmortem.actions.len(), open) {
            (0, _) => String::new(),
            (_, 0) => "all actions done".to_owned(),
            (all, open) => format!("{open} of {all} actions open"),
        };
        let ended =
            postmortem.ended_by().map(|how| format!("ended by: {}", how.trim_end_matches('.')));
        Row { note: join(&[ended.unwrap_or_default(), actions]), ..row }
    }

    /// The latest incidents of what these services depend on directly, with the reason.
    pub(crate) fn past_of_dependencies(
        &self,
        hrefs: &Hrefs,
        services: &[ServiceId],
    ) -> Option<Part> {
        let mut found: Vec<(DocId, String)> = Vec::new();
        for id in services {
            let needs =
                self.site.catalog.services.get(id).map_or(&[][..], |s| s.depends_on.as_slice());
            for needed in needs.iter().filter_map(|d| d.service.as_ref()) {
                let latest = self.index.incidents.get(needed).into_iter().flatten().take(MAX_NEAR);
                for incident in latest {
                    if !found.iter().any(|(known, _)| known == incident) {
                        found.push((*incident, format!("{id} depends on {needed}")));
                    }
                }
            }
        }
        // The index has the newest first; a stable sort by day keeps what has none at the end.
        let day = |id: DocId| match &self.site.doc(id).detail {
            Detail::Postmortem(postmortem) => postmortem.day(),
            _ => None,
        };
        found.sort_by_key(|(id, _)| std::cmp::Reverse(day(*id)));
        let rows: Vec<Row> = found
            .into_iter()
            .take(MAX_NEAR)
            .map(|(id, why)| {
                let row = self.past_row(hrefs, id);
                Row { note: join(&[why, row.note.clone()]), ..row }
            })
            .collect();
        (!rows.is_empty()).then(|| Part {
            id: "ol-past-near".into(),
            title: "Incidents of what it depends on".into(),
            rows,
            ..Part::default()
        })
    }
}

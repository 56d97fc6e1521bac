//! A runbook's [`Procedure`] → what stands on the first screen, and its parts in reading order.

use crate::code::parameter::normalized;
use crate::model::document::Doc;
use crate::model::id::{DocId, ServiceId};
use crate::model::procedure::{FirstFrom, Group, Lead, Piece};
use crate::model::runbook::{Parameter, Runbook};
use crate::model::sections::RunbookPart;
use crate::render::Renderer;
use crate::render::html::Writer;
use crate::render::page::{
    Article, BodyContext, FieldView, FirstView, Hrefs, LeadView, LinkView, Part, Sheet,
};
use crate::text::html::{Html, HtmlWriter};

/// Most fields of the form: more than that is a program, not a runbook.
const MAX_FIELDS: usize = 12;

/// Parts of the body in reading order, and what was found on the way.
pub(crate) struct Written {
    /// Parts that stand before the escalation.
    pub(crate) before: Vec<Part>,
    /// Whom to call, in the author's words.
    pub(crate) escalation: Vec<Part>,
    /// The id of their first heading.
    pub(crate) escalate: String,
    /// Everything one can read tomorrow.
    pub(crate) background: Vec<Part>,
    /// True where the page has steps to go to.
    pub(crate) has_steps: bool,
    /// True where the body grew past its limit.
    pub(crate) over_budget: bool,
}

impl Renderer<'_> {
    /// Renders a runbook's body: the first screen goes into `article`, the rest comes back in parts.
    pub(crate) fn sheet(
        &self,
        hrefs: &Hrefs,
        id: DocId,
        runbook: &Runbook,
        alert: Option<&str>,
        article: &mut Article,
    ) -> Written {
        let context = BodyContext {
            site: self.site,
            hrefs,
            code: &self.code,
            images: &self.images,
            top_level: 2,
            keep_title: false,
            id_prefix: String::new(),
        };
        let mut writer = Writer::new(&context, id);
        let procedure = &runbook.procedure;
        let mut sheet = Sheet::default();
        let leads = [&procedure.meaning, &procedure.impact];
        let leads = leads.into_iter().flatten().filter(|lead| lead.has_heading).count();
        let meaning = self.lead(
            &mut writer,
            procedure.meaning.as_ref(),
            "ol-meaning",
            "What it means",
            || {
                let stated = runbook.meaning.as_ref().map(|f| f.value.clone());
                stated.or_else(|| self.told_by_rule(alert?))
            },
        );
        sheet.leads.extend(meaning);
        let impact =
            self.lead(&mut writer, procedure.impact.as_ref(), "ol-impact", "Impact", || {
                runbook.impact.as_ref().map(|f| f.value.clone())
            });
        sheet.leads.extend(impact);
        sheet.first = self.first(&mut writer, runbook);
        let mut written = Written {
            before: Vec::new(),
            escalation: Vec::new(),
            escalate: String::new(),
            background: Vec::new(),
            has_steps: false,
            over_budget: false,
        };
        for piece in &procedure.pieces {
            if piece.group == Group::Steps && !written.has_steps {
                written.has_steps = true;
                written.before.push(tools("ol-steps"));
            }
            let headings = writer.headings.len();
            let part = piece_part(&mut writer, piece);
            if piece.group == Group::Escalation && written.escalate.is_empty() {
                let heading = writer.headings.get(headings);
                written.escalate = heading.map(|(_, id, _)| id.clone()).unwrap_or_default();
            }
            match piece.group {
                Group::Escalation => written.escalation.push(part),
                Group::Background => written.background.push(part),
                _ => written.before.push(part),
            }
        }
        if !written.has_steps {
            written.before.push(tools(""));
        }
        let body = writer.finish(Html::default());
        written.over_budget = body.over_budget;
        sheet.fill = fields(&runbook.parameters, &body.parameters);
        article.toc = toc(&body.headings, leads, sheet.first.as_ref());
        article.sheet = Some(sheet);
        written
    }

    fn lead(
        &self,
        writer: &mut Writer<'_>,
        lead: Option<&Lead>,
        id: &'static str,
        title: &'static str,
        stated: impl FnOnce() -> Option<String>,
    ) -> Option<LeadView> {
        if let Some(lead) = lead {
            let body_html = writer.piece(lead.nodes.clone(), false);
            let (id, title) = if lead.has_heading { ("", "") } else { (id, title) };
            return Some(LeadView { id, title, body_html });
        }
        let mut out = HtmlWriter::default();
        out.markup("<p>").text(stated()?.trim()).markup("</p>\n");
        Some(LeadView { id, title, body_html: out.finish() })
    }

    /// What the alert's rule says of it, where the runbook says nothing.
    pub(crate) fn told_by_rule(&self, alert: &str) -> Option<String> {
        let rules = self.site.catalog.alerts.get(alert)?;
        rules.iter().find_map(|rule| {
            let annotations = &self.site.catalog.rules[*rule as usize].annotations;
            let told = ["summary", "title", "description", "message"];
            told.iter().find_map(|key| annotations.get(*key)).map(|text| without_templates(text))
        })
    }

    fn first(&self, writer: &mut Writer<'_>, runbook: &Runbook) -> Option<FirstView> {
        if let Some(stated) = &runbook.first {
            let mut out = HtmlWriter::default();
            if !stated.sentence.is_empty() {
                out.markup("<p>").text(&stated.sentence).markup("</p>\n");
            }
            if !stated.command.is_empty() {
                let declared: Vec<&str> =
                    runbook.parameters.iter().map(|p| p.name.as_str()).collect();
                writer.stated(&stated.command, &stated.place, &declared);
                out.html(&writer.take());
            }
            return Some(FirstView {
                title: "Do this first",
                body_html: out.finish(),
                ..FirstView::default()
            });
        }
        let first = runbook.procedure.first.as_ref()?;
        let nodes = first.nodes.clone();
        if first.from == FirstFrom::Section {
            let body = writer.heading_end(nodes.start);
            let heading_html = writer.piece(nodes.start..body, false);
            let html = writer.piece(body..nodes.end, false);
            return Some(FirstView { heading_html, body_html: html, ..FirstView::default() });
        }
        let command = first.command?;
        let html = writer.repeated(nodes, command);
        let note = match first.from {
            FirstFrom::Part(RunbookPart::Diagnosis) => "from the diagnosis",
            FirstFrom::Part(_) => "from the mitigation",
            _ => "first command here",
        };
        Some(FirstView { title: "Do this first", note, body_html: html, ..FirstView::default() })
    }

    /// The words of the page's `main`, by which a draft of a postmortem knows what it was about.
    pub(crate) fn about(
        &self,
        alert: Option<&str>,
        doc: Option<&Doc>,
        services: &[ServiceId],
    ) -> crate::render::page::About {
        let names: Vec<&str> = services.iter().map(ServiceId::as_str).collect();
        crate::render::page::About {
            alert: alert.unwrap_or("").to_owned(),
            runbook: doc.map(|d| d.id.value.clone()).unwrap_or_default(),
            services: names.join(" "),
            owner: doc
                .and_then(|d| d.owner.as_ref())
                .map(|o| o.value.to_string())
                .unwrap_or_default(),
        }
    }

    /// Links of the bar under the thumb: only to what the page has. `escalate` is the id of whom to call.
    pub(crate) fn dock(&self, hrefs: &Hrefs, article: &Article, escalate: &str) -> Vec<LinkView> {
        let has = |id: &str| article.parts.iter().chain(&article.boxes).any(|p| p.id == id);
        let link =
            |href: String, text: &str| LinkView { href, text: text.into(), note: String::new() };
        let mut out = Vec::new();
        if !escalate.is_empty() {
            out.push(link(format!("#{escalate}"), "Escalate"));
        } else if has("ol-who") {
            out.push(link("#ol-who".into(), "Who to ask"));
        }
        for (id, text) in [("ol-dashboards", "Dashboards"), ("ol-steps", "Steps")] {
            if has(id) {
                out.push(link(format!("#{id}"), text));
            }
        }
        out.push(link(hrefs.file("search/"), "Search"));
        out
    }
}

/// The place where the steps begin, and where scripts put their tools.
fn tools(id: &str) -> Part {
    let mut out = HtmlWriter::default();
    out.markup("<p class=\"row\" id=\"ol-tools\" data-tools hidden></p>\n");
    Part { id: id.into(), body_html: out.finish(), ..Part::default() }
}

fn piece_part(writer: &mut Writer<'_>, piece: &Piece) -> Part {
    let body_html = writer.piece(piece.nodes.clone(), piece.group < Group::Escalation);
    let (id, title) = match piece.continues {
        Some(RunbookPart::Meaning) => ("ol-meaning-more", "What it means, in full"),
        Some(_) => ("ol-impact-more", "Impact, in full"),
        None => ("", ""),
    };
    Part { id: id.into(), title: title.into(), body_html, ..Part::default() }
}

fn toc(
    headings: &[(u8, String, String)],
    leads: usize,
    first: Option<&FirstView>,
) -> Vec<LinkView> {
    let mut out: Vec<LinkView> = Vec::new();
    if first.is_some_and(|f| f.heading_html.is_empty()) {
        out.push(LinkView {
            href: "#ol-first".into(),
            text: "Do this first".into(),
            note: String::new(),
        });
    }
    let shown = headings
        .iter()
        // What stands on the first screen needs no link to it.
        .skip(leads)
        .filter(|(level, anchor, title)| *level <= 3 && !anchor.is_empty() && !title.is_empty());
    out.extend(shown.map(|(_, anchor, title)| LinkView {
        href: format!("#{anchor}"),
        text: title.clone(),
        note: String::new(),
    }));
    if out.len() >= 2 { out } else { Vec::new() }
}

/// Fields of the form: what the author declared, then what the commands name besides.
fn fields(declared: &[Parameter], used: &[String]) -> Vec<FieldView> {
    let mut out: Vec<FieldView> = declared
        .iter()
        .map(|p| FieldView {
            name: normalized(&p.name),
            label: p.name.clone(),
            note: p.description.clone().unwrap_or_default(),
            default: p.default.clone().unwrap_or_default(),
            choices: p.choices.clone(),
            pattern: p.pattern.clone().unwrap_or_default(),
            from: p.from.join(" "),
            secret: p.secret,
        })
        .collect();
    for name in used {
        if !out.iter().any(|field| field.name == *name) {
            out.push(FieldView { name: name.clone(), label: name.clone(), ..FieldView::default() });
        }
    }
    out.retain(|field| used.contains(&field.name));
    out.truncate(MAX_FIELDS);
    out
}

/// `Shard {{ $labels.shard }} is at {{ $value | humanize }}` → `Shard ‹shard› is at ‹value›`: words for people.
fn without_templates(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once("{{") {
        let Some((inside, after)) = tail.split_once("}}") else { break };
        out.push_str(before);
        let expression = inside.split('|').next().unwrap_or("").trim();
        let name = expression
            .rsplit(['.', '$', ' '])
            .next()
            .unwrap_or("")
            .trim_matches(['"', '`', '(', ')']);
        out.push('‹');
        out.push_str(if name.is_empty() { "value" } else { name });
        out.push('›');
        rest = after;
    }
    out.push_str(rest);
    out
}

//! Rows, chips and facts that many pages show alike.

use crate::config::Urgency;
use crate::diag::{Code, Finding, Level};
use crate::link::alerts::RunbookTarget;
use crate::link::routes::{Page, UrlPath};
use crate::model::document::{Detail, Doc};
use crate::model::field::Field;
use crate::model::id::{DocId, ServiceId, TeamId};
use crate::model::secret::is_secret_key;
use crate::model::service::Link;
use crate::render::Renderer;
use crate::render::page::{
    Article, Cell, Chip, Fact, Hrefs, LinkView, Part, Row, SourceView, Table,
};
use crate::render::view::Made;
use crate::text::html::breakable;
use crate::text::path::percent_encode;
use crate::text::span::Span;

impl Renderer<'_> {
    pub(crate) fn chip(&self, severity: &str) -> Chip {
        let urgency = self.site.config.policy.urgency(severity);
        let level = match urgency {
            Some(Urgency::Page) => "1",
            Some(Urgency::Ticket) => "2",
            Some(Urgency::Info) => "3",
            Some(Urgency::None) | None => "",
        };
        let text = urgency.map_or_else(|| severity.to_owned(), |u| u.words().to_owned());
        Chip { level, text }
    }

    /// The severity of an incident keeps its own word.
    pub(crate) fn severity_chip(&self, severity: &str) -> Chip {
        let word = severity.to_ascii_lowercase();
        let level = match word.as_str() {
            "sev1" | "s1" | "p1" | "critical" | "down" | "1" => "1",
            "sev2" | "s2" | "p2" | "major" | "disrupted" | "2" | "high" => "2",
            _ => "3",
        };
        Chip { level, text: severity.to_owned() }
    }

    /// What an alert asks of the reader: the most urgent of its rules.
    pub(crate) fn alert_chip(&self, name: &str) -> Option<Chip> {
        let rules = self.site.catalog.alerts.get(name)?;
        let severities =
            rules.iter().filter_map(|r| self.site.catalog.rules[*r as usize].severity());
        let best = severities
            .min_by_key(|s| (self.site.config.policy.urgency(s).map_or(9, |u| u as u8), *s))?;
        Some(self.chip(best))
    }

    pub(crate) fn team_link(&self, hrefs: &Hrefs, id: &TeamId) -> LinkView {
        let name = self.site.catalog.teams.get(id).map_or(id.as_str(), |t| t.name.as_str());
        let href = self.site.routes.team(id).map(|a| hrefs.to(a)).unwrap_or_default();
        LinkView { href, text: name.to_owned(), note: String::new() }
    }

    pub(crate) fn service_link(&self, hrefs: &Hrefs, id: &ServiceId) -> LinkView {
        let href = self.site.routes.service(id).map(|a| hrefs.to(a)).unwrap_or_default();
        LinkView { href, text: id.as_str().to_owned(), note: String::new() }
    }

    pub(crate) fn service_row(&self, hrefs: &Hrefs, id: &ServiceId, note: &str) -> Row {
        let service = self.site.catalog.services.get(id);
        let tier = service.and_then(|s| s.tier.as_ref()).map(|t| t.value.word.clone());
        let described = service.and_then(|s| s.description.as_deref()).map(first_sentence);
        let words = [
            note.to_owned(),
            tier.map(|t| format!("tier {t}")).unwrap_or_default(),
            described.unwrap_or_default(),
        ];
        Row {
            href: self.site.routes.service(id).map(|a| hrefs.to(a)).unwrap_or_default(),
            text: id.as_str().to_owned(),
            note: join(&words),
            ..Row::default()
        }
    }

    pub(crate) fn alert_row(&self, hrefs: &Hrefs, name: &str) -> Row {
        let docs = self.runbooks_of(name);
        let rules = self.site.catalog.alerts.get(name).map_or(&[][..], Vec::as_slice);
        let outside = |rule: &u32| {
            matches!(self.site.alerts.by_rule.get(*rule as usize), Some(RunbookTarget::Outside(_)))
        };
        let note = match (docs.is_empty(), rules.iter().any(outside)) {
            (false, _) => "",
            (true, true) => "runbook on another site",
            (true, false) => "no runbook",
        };
        Row {
            href: self.site.routes.alert(name).map(|a| hrefs.to(a)).unwrap_or_default(),
            text: name.to_owned(),
            name_html: breakable(name),
            chip: self.alert_chip(name),
            note: note.to_owned(),
            ..Row::default()
        }
    }

    pub(crate) fn runbooks_of(&self, alert: &str) -> Vec<DocId> {
        let rules = self.site.catalog.alerts.get(alert).map_or(&[][..], Vec::as_slice);
        self.site.alerts.documents(alert, rules)
    }

    pub(crate) fn doc_row(&self, hrefs: &Hrefs, id: DocId) -> Row {
        let doc = self.site.doc(id);
        let mut row = Row {
            href: hrefs.to(self.site.routes.doc(id)),
            text: doc.title.value.clone(),
            note: doc.description.as_deref().map(first_sentence).unwrap_or_default(),
            ..Row::default()
        };
        match &doc.detail {
            Detail::Postmortem(postmortem) => {
                row.date = postmortem.day().map(|d| d.to_string()).unwrap_or_default();
                row.chip = postmortem.severity.as_ref().map(|s| self.severity_chip(&s.value));
                let services: Vec<&str> =
                    postmortem.services.iter().map(|s| s.value.as_str()).collect();
                row.note = services.join(", ");
            }
            Detail::Runbook(runbook) => {
                let services: Vec<String> =
                    runbook.services.iter().map(|s| s.value.to_string()).collect();
                let due = self
                    .site
                    .review_due(doc)
                    .filter(|d| *d < self.options.today)
                    .map(|d| format!("review was due {d}"));
                row.note = join(&[services.join(", "), due.unwrap_or_default()]);
            }
            _ => {}
        }
        row
    }

    pub(crate) fn doc_rows(&self, hrefs: &Hrefs, ids: &[DocId]) -> Vec<Row> {
        ids.iter().map(|id| self.doc_row(hrefs, *id)).collect()
    }

    /// Owner, with why it is the owner where nobody said so.
    pub(crate) fn owner_fact(&self, hrefs: &Hrefs, owner: Option<&Field<TeamId>>) -> Fact {
        match owner {
            Some(owner) => Fact {
                label: "owned by".to_owned(),
                links: vec![self.team_link(hrefs, &owner.value)],
                ..Fact::default()
            },
            None => Fact { label: "nobody owns this".to_owned(), ..Fact::default() },
        }
    }

    pub(crate) fn review_fact(&self, doc: &Doc) -> Option<Fact> {
        let reviewed = doc.reviewed.as_ref()?.value;
        let due = self.site.review_due(doc)?;
        let by = doc.reviewed_by.as_deref().map(|who| format!(" by {who}")).unwrap_or_default();
        let overdue = due < self.options.today;
        let late =
            if overdue { format!(", review was due {}", due.words()) } else { String::new() };
        Some(Fact {
            label: "reviewed".to_owned(),
            text: format!("{}{by}{late}", reviewed.words()),
            date: reviewed.to_string(),
            due: due.to_string(),
            overdue,
            ..Fact::default()
        })
    }

    /// When the file of a document last changed, in words.
    pub(crate) fn last_change(&self, id: DocId) -> Option<String> {
        let last = self.site.changes(id).last.as_ref()?;
        Some(format!("last change {}, {}", last.day.words(), last.id))
    }

    /// The title of the page at an address.
    pub(crate) fn title_of(&self, address: &UrlPath) -> String {
        match self.site.routes.pages.get(address) {
            Some(Page::Doc(id)) => self.site.doc(*id).title.value.clone(),
            _ => address.as_str().to_owned(),
        }
    }

    /// Pages that link here.
    pub(crate) fn backlinks(&self, hrefs: &Hrefs, address: &UrlPath) -> Option<Part> {
        let ids = self.site.backlinks.get(address)?;
        let rows = ids.iter().take(30).map(|id| {
            let doc = self.site.doc(*id);
            Row {
                href: hrefs.to(self.site.routes.doc(*id)),
                text: doc.title.value.clone(),
                note: doc.kind.value.word().to_owned(),
                ..Row::default()
            }
        });
        Some(Part {
            id: "ol-backlinks".into(),
            title: "Linked from".into(),
            rows: rows.collect(),
            ..Part::default()
        })
    }

    /// Where a document's page comes from, and what its text does not show.
    pub(crate) fn source_view(&self, id: DocId) -> SourceView {
        let doc = self.site.doc(id);
        let source = self.site.source(doc);
        let repository = self.site.sources.repository(source.repository);
        let inside = source.path.strip_prefix(repository.prefix.as_str()).unwrap_or(&source.path);
        let fill = |template: &Option<String>| {
            template
                .as_ref()
                .map(|t| t.replace("{path}", &percent_encode(inside)))
                .unwrap_or_default()
        };
        let mut front = String::new();
        let mut from = doc.front.start;
        for secret in doc.secrets.iter().filter(|s| s.start >= doc.front.start) {
            front.push_str(Span { start: from, end: secret.start.max(from) }.of(&source.text));
            front.push_str("(removed: a secret)");
            from = secret.end.max(from);
        }
        front.push_str(Span { start: from, end: doc.front.end.max(from) }.of(&source.text));
        if doc.broken {
            // Where YAML is broken, whole lines that look like they hold a secret go.
            let keep = |line: &str| {
                let secret = line.split([':', '=']).any(|word| is_secret_key(word.trim()));
                if secret { "(removed: a secret)".to_owned() } else { line.to_owned() }
            };
            front = front.lines().map(keep).collect::<Vec<_>>().join("\n");
        }
        SourceView {
            path: source.path.clone(),
            view: fill(&repository.url),
            edit: fill(&repository.edit_url),
            change: self.last_change(id).map(|c| format!("({c})")).unwrap_or_default(),
            front: front.trim_end().to_owned(),
            hidden: doc.hidden.iter().map(|span| span.of(&source.text).to_owned()).collect(),
        }
    }

    /// An address of the forge: a template of the site file with each `{name}` filled, percent-encoded.
    pub(crate) fn forge(&self, template: &str, values: &[(&str, &str)]) -> Option<String> {
        let template = self.site.config.url_templates.get(template)?;
        Some(values.iter().fold(template.clone(), |filled, (name, value)| {
            filled.replace(&format!("{{{name}}}"), &percent_encode(value))
        }))
    }

    /// Faults of a page's file that its reader ought to know of.
    pub(crate) fn problems_of(&self, doc: &Doc) -> Vec<String> {
        let found = self.problems.get(&doc.source.0).map_or(&[][..], Vec::as_slice);
        let mut out = Vec::new();
        for n in found {
            let (level, finding) = &self.report.findings[*n];
            let telling = matches!(
                finding.code,
                Code::BrokenFrontMatter
                    | Code::NotUtf8
                    | Code::FileTooLarge
                    | Code::UnreadableFile
                    | Code::FrontMatterTooLarge
                    | Code::UnclosedFrontMatter
                    | Code::InternalFault
                    | Code::DuplicateId
                    | Code::HiddenCharacters
                    | Code::ControlCharacters
            );
            if telling && *level >= Level::Warning {
                let (line, _) = self
                    .site
                    .sources
                    .get(finding.place.source)
                    .line_column(finding.place.span.start);
                out.push(format!("line {line}: {}", finding.message));
            }
        }
        out
    }

    /// An article about a document, without its body.
    pub(crate) fn head(&self, id: DocId) -> Article {
        let doc = self.site.doc(id);
        Article {
            title: doc.title.value.clone(),
            anchor: doc
                .title_heading
                .map(|n| doc.outline[n as usize].anchor.clone())
                .unwrap_or_default(),
            problems: self.problems_of(doc),
            source: Some(self.source_view(id)),
            ..Article::default()
        }
    }

    /// An article about a document: body, contents, origin.
    pub(crate) fn article(&self, hrefs: &Hrefs, id: DocId) -> (Article, Vec<Finding>) {
        let (body, findings) = self.body(hrefs, id, 2, String::new());
        let toc: Vec<LinkView> = body
            .headings
            .iter()
            .filter(|(level, anchor, title)| *level <= 3 && !anchor.is_empty() && !title.is_empty())
            .map(|(_, anchor, title)| LinkView {
                href: format!("#{anchor}"),
                text: title.clone(),
                note: String::new(),
            })
            .collect();
        let mut article = self.head(id);
        article.toc = if toc.len() >= 2 { toc } else { Vec::new() };
        if !body.html.is_empty() {
            article.parts.push(Part { body_html: body.html, ..Part::default() });
        }
        (article, findings)
    }

    /// Facts that no field holds.
    pub(crate) fn more(&self, extra: &[(String, String)]) -> Option<Part> {
        let row = |(label, value): &(String, String)| {
            vec![
                Cell { text: label.clone(), ..Cell::default() },
                Cell { text: value.clone(), ..Cell::default() },
            ]
        };
        let table = Table::new(["Fact", "Value"], extra.iter().map(row).collect());
        (!extra.is_empty()).then(|| Part {
            id: "ol-more".into(),
            title: "More".into(),
            table: Some(table),
            ..Part::default()
        })
    }

    pub(crate) fn finish(
        &self,
        hrefs: &Hrefs,
        section: &'static str,
        crumbs: Vec<LinkView>,
        description: &str,
        article: &Article,
    ) -> Result<String, String> {
        let mut frame = self.frame(hrefs, &article.title, section, crumbs);
        frame.description = first_sentence(description);
        self.templates.page("article.html", &frame, article)
    }

    pub(crate) fn document(&self, hrefs: &Hrefs, address: &UrlPath, id: DocId) -> Made {
        let doc = self.site.doc(id);
        let (mut article, findings) = self.article(hrefs, id);
        if doc.owner.is_some() {
            article.facts.push(self.owner_fact(hrefs, doc.owner.as_ref()));
        }
        article.facts.extend(self.review_fact(doc));
        article.boxes.extend(self.backlinks(hrefs, address));
        article.parts.extend(self.more(&doc.extra));
        let crumbs = vec![crumb(hrefs, "pages/", "Pages"), here(&doc.title.value)];
        let html =
            self.finish(hrefs, "", crumbs, doc.description.as_deref().unwrap_or(""), &article)?;
        Ok((html, findings))
    }
}

/// A link as it is written: only absolute addresses are links.
pub(crate) fn outside_row(link: &Link) -> Row {
    let href = if link.url.starts_with("http") { link.url.clone() } else { String::new() };
    Row { href, text: link.title.clone(), note: link.rel.clone(), ..Row::default() }
}

pub(crate) fn crumb(hrefs: &Hrefs, path: &str, text: &str) -> LinkView {
    LinkView { href: hrefs.file(path), text: text.to_owned(), note: String::new() }
}

pub(crate) fn here(text: &str) -> LinkView {
    LinkView { href: String::new(), text: text.to_owned(), note: String::new() }
}

/// Joins what is not empty.
pub(crate) fn join(words: &[String]) -> String {
    words.iter().filter(|w| !w.is_empty()).cloned().collect::<Vec<_>>().join(" · ")
}

/// The first sentence of a text, whole.
pub(crate) fn sentence(text: &str) -> &str {
    // "(i.e. a bot)" does not end a sentence: the next one starts with a capital.
    let ends = text.match_indices(". ").map(|(at, _)| at + 1);
    let mut ends = ends.filter(|end| text[*end..].trim_start().starts_with(char::is_uppercase));
    &text[..ends.next().unwrap_or(text.len())]
}

/// The first sentence, at most 160 characters.
pub(crate) fn first_sentence(text: &str) -> String {
    let sentence = sentence(text);
    if sentence.chars().count() <= 160 {
        return sentence.to_owned();
    }
    let cut: String = sentence.chars().take(157).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(head, _)| head))
}

pub(crate) fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

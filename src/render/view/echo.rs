//! What came back in an incident, and what resembles it or a runbook → parts of its page, each with the reason.

use crate::link::recurrence::Recurrence;
use crate::link::similar::Shared;
use crate::model::document::Detail;
use crate::model::id::DocId;
use crate::model::postmortem::Postmortem;
use crate::render::Renderer;
use crate::render::page::{Chip, Hrefs, Part, Row};
use crate::render::view::shared::join;

impl Renderer<'_> {
    /// Earlier incidents with the same factor at the same place, and what had been done about it.
    pub(crate) fn came_back(&self, hrefs: &Hrefs, id: DocId) -> Option<Part> {
        let row = |found: &Recurrence| {
            let chip = match (found.actions.open, found.actions.done) {
                (0, 0) => None,
                (0, _) => Some(Chip { level: "2", text: "after it was mended".into() }),
                _ => Some(Chip { level: "1", text: "action was still open".into() }),
            };
            let why = format!("`{}` {}", found.factor, found.over.words());
            Row { chip, ..self.echo_row(hrefs, found.before, &[why, found.actions.words()]) }
        };
        let rows: Vec<Row> = self.site.recurrences.of(id).iter().map(row).collect();
        (!rows.is_empty()).then(|| Part {
            id: "ol-back".into(),
            title: "It came back".into(),
            rows,
            ..Part::default()
        })
    }

    /// The chain of incidents that an incident is one of.
    pub(crate) fn chain(&self, hrefs: &Hrefs, id: DocId) -> Option<Part> {
        let chain = self.site.recurrences.chain(id);
        let row = |other: &DocId| {
            let here = if *other == id { "this incident" } else { "" };
            let row = self.echo_row(hrefs, *other, &[here.to_owned()]);
            if *other == id { Row { href: String::new(), ..row } } else { row }
        };
        (chain.len() > 2).then(|| Part {
            id: "ol-chain".into(),
            title: format!("It happened {} times", chain.len()),
            rows: chain.iter().map(row).collect(),
            ..Part::default()
        })
    }

    /// What resembles an incident or a runbook.
    pub(crate) fn similar(&self, hrefs: &Hrefs, id: DocId, title: &str) -> Option<Part> {
        let rows: Vec<Row> = self
            .site
            .similar()
            .of(id)
            .into_iter()
            .map(|alike| {
                let why: Vec<String> = alike.shared.iter().map(Shared::words).collect();
                self.echo_row(hrefs, alike.doc, &why)
            })
            .collect();
        (!rows.is_empty()).then(|| Part {
            id: "ol-similar".into(),
            title: title.into(),
            rows,
            ..Part::default()
        })
    }

    /// Whether a runbook was changed after the incident that used it, as far as its history tells.
    pub(crate) fn changed_since(&self, runbook: DocId, postmortem: &Postmortem) -> Option<String> {
        let last = self.site.changes(runbook).last.as_ref()?;
        let day = postmortem.day()?;
        Some(if last.day > day {
            format!("changed since, on {}", last.day)
        } else {
            "not changed since".to_owned()
        })
    }

    /// What tells of an incident that no alert did.
    pub(crate) fn told_by_a_customer(&self, postmortem: &Postmortem) -> Option<&'static str> {
        postmortem.noticed_by_customer().then(|| match postmortem.detects() {
            Some(true) => "a customer noticed it first; an action is to detect it",
            Some(false) => "a customer noticed it first, and no action is to detect it",
            None => "a customer noticed it first",
        })
    }

    fn echo_row(&self, hrefs: &Hrefs, id: DocId, why: &[String]) -> Row {
        let row = self.doc_row(hrefs, id);
        let chip = match &self.site.doc(id).detail {
            Detail::Postmortem(_) => row.chip,
            _ => None,
        };
        Row { chip, note: join(why).replace('`', ""), ..row }
    }
}

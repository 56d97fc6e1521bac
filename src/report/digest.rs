//! What was learned since a day, by whom, whom it concerns, and what is overdue → a text that is ready to paste.

use std::collections::{BTreeMap, BTreeSet};

use crate::link::routes::UrlPath;
use crate::model::action::ActionState;
use crate::model::id::TeamId;
use crate::report::counted;
use crate::report::emit::markdown;
use crate::report::facts::Facts;
use crate::text::date::Day;
use crate::text::html::{Html, HtmlWriter};

/// Most teams that a lesson names.
const MAX_TEAMS: usize = 6;

/// A text of a title, a sentence and sections of rows.
#[derive(Clone, Debug, Default)]
pub struct Digest {
    title: String,
    lead: String,
    sections: Vec<(String, Vec<Row>)>,
}

/// One row: a link in bold and the words behind it.
#[derive(Clone, Debug, Default)]
struct Row {
    words: String,
    /// An address; empty where none is known.
    url: String,
    note: String,
}

/// Collects the digest of the days from `since` on.
pub fn digest(facts: &Facts<'_>, since: Day) -> Digest {
    let site = facts.site;
    let base = site.config.base_url.as_deref();
    let url = |page: Option<&UrlPath>| match (base, page) {
        (Some(base), Some(page)) => format!("{base}{}", page.as_str()),
        _ => String::new(),
    };
    let is_new = |day: Option<Day>| day.is_some_and(|day| day >= since && day <= facts.today);
    let names = |teams: &mut dyn Iterator<Item = &TeamId>| {
        let name =
            |id: &TeamId| site.catalog.teams.get(id).map_or(id.to_string(), |t| t.name.clone());
        teams.map(name).collect::<Vec<_>>().join(", ")
    };
    let mut learned = Vec::new();
    for (id, lesson) in site.concern.lessons().filter(|(_, lesson)| is_new(lesson.day)) {
        let Some(known) = site.catalog.lessons.get(id) else { continue };
        let mut note = vec![format!("learned by {}", names(&mut lesson.teams.iter()))];
        let mut teams: BTreeMap<&TeamId, Vec<&str>> = BTreeMap::new();
        for concerned in lesson.services.iter().filter(|c| c.answer.is_none()) {
            if let Some(owner) = site.owner_of(&concerned.service) {
                teams.entry(owner).or_default().push(concerned.service.as_str());
            }
        }
        if !teams.is_empty() {
            let more = teams.len().saturating_sub(MAX_TEAMS);
            let mut words: Vec<String> = teams
                .iter()
                .take(MAX_TEAMS)
                .map(|(team, of)| {
                    format!("{} ({})", names(&mut [*team].into_iter()), of.join(", "))
                })
                .collect();
            if more > 0 {
                words.push(format!("{} more", counted(more, "team", "teams")));
            }
            note.push(format!("no answer yet from {}", words.join(", ")));
        }
        let address = url(site.routes.lesson(id));
        let row = Row { words: known.text.clone(), url: address, note: note.join("; ") };
        learned.push((std::cmp::Reverse(lesson.day), row));
    }
    learned.sort_by_key(|(day, _)| *day);
    let incidents =
        facts.incidents.iter().filter(|incident| is_new(incident.day)).map(|incident| {
            let services: BTreeSet<&str> =
                incident.postmortem.services.iter().map(|s| s.value.as_str()).collect();
            let services = services.into_iter().collect::<Vec<_>>().join(", ");
            let day = incident.day.map(|day| day.to_string()).unwrap_or_default();
            let severity = incident.postmortem.severity.as_ref().map(|s| s.value.clone());
            let note: Vec<String> = [day, severity.unwrap_or_default(), services]
                .into_iter()
                .filter(|w| !w.is_empty())
                .collect();
            Row {
                words: incident.doc.title.value.clone(),
                url: url(Some(site.routes.doc(incident.id))),
                note: note.join("; "),
            }
        });
    let incidents: Vec<Row> = incidents.collect();
    let ledger = &facts.ledger;
    let late = ledger.iter().filter_map(|entry| {
        let days = usize::try_from(entry.late?).ok()?;
        let incident = &facts.incidents[entry.incident];
        let owner = match (&entry.team, &entry.action.owner) {
            (Some(team), _) => names(&mut [team].into_iter()),
            (None, Some(owner)) => owner.clone(),
            (None, None) => "nobody".to_owned(),
        };
        Some(Row {
            words: entry.title(),
            url: url(Some(site.routes.doc(incident.id))),
            note: format!(
                "{owner}; {} late; {}",
                counted(days, "day", "days"),
                incident.doc.id.value
            ),
        })
    });
    let late: Vec<Row> = late.collect();
    let done = ledger
        .iter()
        .filter(|entry| entry.action.state == ActionState::Done && is_new(entry.action.done_on))
        .count();
    Digest {
        title: format!("{}: what we learned since {since}", site.config.title),
        lead: format!(
            "{}, {}, {} done, {} overdue.",
            counted(learned.len(), "lesson", "lessons"),
            counted(incidents.len(), "incident", "incidents"),
            counted(done, "action", "actions"),
            late.len()
        ),
        sections: vec![
            ("Learned".to_owned(), learned.into_iter().map(|(_, row)| row).collect()),
            ("Incidents".to_owned(), incidents),
            ("Overdue".to_owned(), late),
        ],
    }
}

impl Digest {
    fn filled(&self) -> impl Iterator<Item = &(String, Vec<Row>)> {
        self.sections.iter().filter(|(_, rows)| !rows.is_empty())
    }

    /// Returns the text as markdown.
    pub fn markdown(&self) -> String {
        let mut out =
            format!("# {}\n\n{}\n", markdown::escaped(&self.title), markdown::escaped(&self.lead));
        for (title, rows) in self.filled() {
            out.push_str(&format!("\n## {title}\n\n"));
            for row in rows {
                let words = match row.url.as_str() {
                    "" => markdown::escaped(&row.words),
                    url => markdown::link(&row.words, url),
                };
                out.push_str(&format!("- **{words}**: {}\n", markdown::escaped(&row.note)));
            }
        }
        out
    }

    /// Returns the text as HTML, for an e-mail: no style, no script, no page around it.
    pub fn html(&self) -> Html {
        let mut out = HtmlWriter::default();
        out.markup("<h1>").text(&self.title).markup("</h1>\n<p>").text(&self.lead).markup("</p>\n");
        for (title, rows) in self.filled() {
            out.markup("<h2>").text(title).markup("</h2>\n<ul>\n");
            for row in rows {
                out.markup("<li><strong>");
                if row.url.is_empty() {
                    out.text(&row.words);
                } else {
                    out.markup("<a")
                        .attr("href", &row.url)
                        .markup(">")
                        .text(&row.words)
                        .markup("</a>");
                }
                out.markup("</strong>: ").text(&row.note).markup("</li>\n");
            }
            out.markup("</ul>\n");
        }
        out.finish()
    }
}

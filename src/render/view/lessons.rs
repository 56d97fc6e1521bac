//! Lessons on the pages of those they concern: services, incidents, runbooks; and who answered what.

use std::collections::{BTreeMap, BTreeSet};

use crate::link::concern::{Concerned, Learned, Person};
use crate::model::id::{LessonId, ServiceId, TeamId};
use crate::model::lesson::lesson_id;
use crate::model::postmortem::Postmortem;
use crate::model::service::{Answer, LessonAnswer, Service};
use crate::render::Renderer;
use crate::render::code::Block;
use crate::render::page::{Cell, Chip, Hrefs, LessonView, LinkView, Part, Row, Table, WhyView};
use crate::render::view::service::button;
use crate::render::view::shared::{capital, here, join};
use crate::text::date::Day;
use crate::text::html::{HtmlWriter, with_code};

/// Lessons that a service's page tells with their reasons; the rest are named below them.
const TOLD: usize = 8;

/// Lessons that a service's page names without reasons.
const NAMED: usize = 25;

/// Lessons beside a runbook, and those of a team beside its services: the weightiest.
pub(crate) const BESIDE: usize = 3;

/// Services of a team that are told for one lesson.
pub(crate) const OWN: usize = 4;

/// Exposed services that an incident's page lists; the pages of its lessons list the rest.
const EXPOSED: usize = 15;

/// Services that a lesson's page lists with reasons; it names the rest.
const MATRIX: usize = 60;

impl<'a> Renderer<'a> {
    /// A lesson without reasons.
    pub(crate) fn lesson_view(
        &self,
        hrefs: &Hrefs,
        id: &LessonId,
        learned: &Learned,
    ) -> LessonView {
        let lesson = self.site.catalog.lessons.get(id);
        LessonView {
            href: self.site.routes.lesson(id).map(|a| hrefs.to(a)).unwrap_or_default(),
            text: lesson.map_or_else(|| id.to_string(), |l| l.text.clone()),
            date: learned.day.map(|d| d.to_string()).unwrap_or_default(),
            day: learned.day.map(Day::words).unwrap_or_default(),
            ..LessonView::default()
        }
    }

    /// "may concern 4 services of 3 teams, 1 answered".
    pub(crate) fn reach_words(&self, learned: &Learned) -> String {
        let reach = learned.reach();
        let services = match reach.concerned {
            0 => return String::new(),
            1 => "1 service".to_owned(),
            n => format!("{n} services"),
        };
        let teams = match self.owners(learned.services.iter().map(|s| &s.service)).len() {
            0 => String::new(),
            1 => " of 1 team".to_owned(),
            n => format!(" of {n} teams"),
        };
        let answered = match reach.answered() {
            0 => String::new(),
            n => format!(", {n} answered"),
        };
        format!("may concern {services}{teams}{answered}")
    }

    fn owners<'b>(&self, services: impl Iterator<Item = &'b ServiceId>) -> BTreeSet<&'a TeamId> {
        let services = services.filter_map(|id| self.site.catalog.services.get(id));
        services.filter_map(|s| Some(&s.owner.as_ref()?.value)).collect()
    }

    /// Who learned it, and in which incident.
    pub(crate) fn learned_in(&self, hrefs: &Hrefs, learned: &Learned) -> String {
        let teams: Vec<String> =
            learned.teams.iter().map(|t| self.team_link(hrefs, t).text).collect();
        let title = learned.latest.map(|id| self.site.doc(id).title.value.clone());
        join(&[teams.join(", "), title.unwrap_or_default()])
    }

    /// What a service said, in its own words.
    fn said(answer: &LessonAnswer) -> String {
        let on = answer.on.map(Day::words).unwrap_or_default();
        join(&[on, answer.note.clone().unwrap_or_default()])
    }

    pub(crate) fn why(&self, id: &LessonId, concerned: &Concerned, person: Person) -> WhyView {
        let answer = self.site.catalog.services.get(&concerned.service);
        let said = answer.and_then(|s| s.answer_to(id)).map(Self::said).unwrap_or_default();
        let mut words = reasons(concerned, person);
        if person == Person::You {
            words = capital(&words);
        }
        WhyView {
            chip: Some(answer_chip(concerned.answer)),
            words_html: with_code(&join(&[words, said])),
            link: None,
        }
    }

    /// Lessons that apply to a service, with the reason and the answer of each.
    pub(crate) fn lessons_for_service(&self, hrefs: &Hrefs, service: &Service) -> Option<Part> {
        let mut all: Vec<_> = self.site.concern.of_service(&service.id).collect();
        // What still waits for an answer comes first; the order within is that of the reasons.
        all.sort_by_key(|(_, _, concerned)| concerned.answer.is_some());
        let told = |(id, learned, concerned): &(&LessonId, &Learned, &Concerned)| LessonView {
            note: self.learned_in(hrefs, learned),
            lines: vec![self.why(id, concerned, Person::You)],
            ..self.lesson_view(hrefs, id, learned)
        };
        let mut lessons: Vec<LessonView> = all.iter().take(TOLD).map(told).collect();
        let known: BTreeSet<&LessonId> = all.iter().map(|(id, ..)| *id).collect();
        let nothing = Learned::default();
        for answer in service.answers.iter().filter(|a| !known.contains(&a.lesson)) {
            let learned = self.site.concern.lesson(&answer.lesson);
            let note = if learned.is_some() { "learned here" } else { "no such lesson" };
            lessons.push(LessonView {
                note: note.into(),
                lines: vec![WhyView {
                    chip: Some(answer_chip(answer.said())),
                    words_html: with_code(&Self::said(answer)),
                    link: None,
                }],
                ..self.lesson_view(hrefs, &answer.lesson, learned.unwrap_or(&nothing))
            });
        }
        let rest = all.iter().skip(TOLD);
        let rows: Vec<Row> = rest
            .take(NAMED)
            .map(|(id, learned, concerned)| {
                let view = self.lesson_view(hrefs, id, learned);
                let note = concerned.answer.map_or("no answer yet", Answer::word).to_owned();
                Row { href: view.href, text: view.text, date: view.date, note, ..Row::default() }
            })
            .collect();
        let waiting = all.iter().filter(|(.., c)| c.answer.is_none()).count();
        let unnamed = all.len().saturating_sub(TOLD + NAMED);
        let lead = match (rows.is_empty(), unnamed) {
            (true, _) => String::new(),
            (false, 0) => format!("The {TOLD} most closely tied to this service, then the rest."),
            (false, n) => format!(
                "The {TOLD} most closely tied to this service, then {NAMED} others; {n} are left out."
            ),
        };
        let team = service.owner.as_ref().map(|o| &o.value);
        let page = team.and_then(|t| Some((t, self.site.routes.for_team(t)?)));
        (!lessons.is_empty()).then(|| Part {
            id: "ol-lessons".into(),
            title: "Lessons that apply here".into(),
            note: waits(all.len(), waiting),
            lead,
            lessons,
            rows,
            more: page
                .map(|(team, address)| {
                    let name = self.team_link(hrefs, team).text;
                    button(hrefs.to(address), &format!("All that applies to {name}"))
                })
                .into_iter()
                .collect(),
            ..Part::default()
        })
    }

    /// The weightiest lessons without an answer for services of a runbook or an alert.
    pub(crate) fn lessons_beside(&self, hrefs: &Hrefs, services: &[ServiceId]) -> Option<Part> {
        let mut found: BTreeMap<&LessonId, (&Learned, &Concerned)> = BTreeMap::new();
        for service in services.iter().take(OWN) {
            let waiting =
                self.site.concern.of_service(service).filter(|(.., concerned)| {
                    matches!(concerned.answer, None | Some(Answer::Planned))
                });
            for (id, learned, concerned) in waiting.take(BESIDE) {
                let best = found.entry(id).or_insert((learned, concerned));
                if best.1.weight < concerned.weight {
                    *best = (learned, concerned);
                }
            }
        }
        let mut found: Vec<_> = found.into_iter().collect();
        found.sort_by(|a, b| b.1.1.weight.cmp(&a.1.1.weight).then_with(|| a.0.cmp(b.0)));
        let rows = found.into_iter().take(BESIDE).map(|(id, (learned, concerned))| {
            let view = self.lesson_view(hrefs, id, learned);
            let first = concerned.reasons.first().map(|r| r.words(Person::It));
            let why = first.map(|words| format!("{} {words}", concerned.service).replace('`', ""));
            Row {
                href: view.href,
                text: view.text,
                date: view.date,
                note: why.unwrap_or_default(),
                ..Row::default()
            }
        });
        let rows: Vec<Row> = rows.collect();
        (!rows.is_empty()).then(|| Part {
            id: "ol-lessons-near".into(),
            title: "Learned elsewhere, may apply here".into(),
            rows,
            ..Part::default()
        })
    }

    /// Services that share something with an incident that did not hit them.
    pub(crate) fn exposed(&self, hrefs: &Hrefs, postmortem: &Postmortem) -> Option<Part> {
        let stated = postmortem.lessons.iter();
        let ids: BTreeSet<LessonId> = stated
            .map(|l| lesson_id(&l.text, l.id.as_deref(), &self.index.lesson_by_text))
            .collect();
        let mut services: BTreeMap<&ServiceId, Vec<&Concerned>> = BTreeMap::new();
        let hit: BTreeSet<&ServiceId> = postmortem.services.iter().map(|s| &s.value).collect();
        for learned in ids.iter().filter_map(|id| self.site.concern.lesson(id)) {
            for concerned in &learned.services {
                if !hit.contains(&concerned.service) {
                    services.entry(&concerned.service).or_default().push(concerned);
                }
            }
        }
        let teams = self.owners(services.keys().copied()).len();
        let mut exposed: Vec<(&ServiceId, Vec<&Concerned>)> = services.into_iter().collect();
        for (_, each) in &mut exposed {
            each.sort_by_key(|c| std::cmp::Reverse(c.weight));
        }
        exposed.sort_by(|a, b| b.1[0].weight.cmp(&a.1[0].weight).then_with(|| a.0.cmp(b.0)));
        let rows = exposed.iter().take(EXPOSED).map(|(id, each)| {
            let link = self.service_link(hrefs, id);
            vec![
                Cell { text: link.text, href: link.href, ..Cell::default() },
                Cell { words_html: with_code(&reasons(each[0], Person::It)), ..Cell::default() },
                Cell { chip: Some(answers_chip(each)), ..Cell::default() },
            ]
        });
        let table = Table::stacked(["Service", "Why", "Answer"], rows.collect());
        let more = ids.iter().filter_map(|id| {
            let lesson = self.site.catalog.lessons.get(id)?;
            let address = self.site.routes.lesson(id)?;
            let text = format!("All {}: {}", exposed.len(), lesson.text);
            (exposed.len() > EXPOSED).then(|| button(hrefs.to(address), &text))
        });
        let more = more.collect();
        let lead = match (exposed.len(), teams) {
            (1, _) => "1 service that this did not hit shares something with it.".to_owned(),
            (n, 0 | 1) => format!("{n} services that this did not hit share something with it."),
            (n, teams) => format!(
                "{n} services of {teams} teams that this did not hit share something with it."
            ),
        };
        (!exposed.is_empty()).then(|| Part {
            id: "ol-exposed".into(),
            title: "Who else is exposed".into(),
            lead,
            table: Some(table),
            more,
            ..Part::default()
        })
    }

    /// Services, why a lesson concerns them, and what they say.
    pub(crate) fn matrix(&self, hrefs: &Hrefs, id: &LessonId, learned: &Learned) -> Vec<Part> {
        let row = |concerned: &Concerned| {
            let service = self.site.catalog.services.get(&concerned.service);
            let link = self.service_link(hrefs, &concerned.service);
            let owner = service.and_then(|s| s.owner.as_ref());
            let team = owner.map_or_else(|| here("nobody"), |o| self.team_link(hrefs, &o.value));
            let said = service.and_then(|s| s.answer_to(id)).map(Self::said);
            vec![
                Cell { text: link.text, href: link.href, ..Cell::default() },
                Cell { text: team.text, href: team.href, ..Cell::default() },
                Cell { words_html: with_code(&reasons(concerned, Person::It)), ..Cell::default() },
                Cell {
                    chip: Some(answer_chip(concerned.answer)),
                    words_html: with_code(&said.unwrap_or_default()),
                    ..Cell::default()
                },
            ]
        };
        let rows: Vec<_> = learned.services.iter().take(MATRIX).map(row).collect();
        let mut parts = Vec::new();
        if !rows.is_empty() {
            let waiting = learned.services.iter().filter(|s| s.answer.is_none()).count();
            parts.push(Part {
                id: "ol-answers".into(),
                title: "Whom it concerns".into(),
                note: waits(learned.services.len(), waiting),
                table: Some(Table::stacked(["Service", "Team", "Why", "Answer"], rows)),
                ..Part::default()
            });
        }
        let rest = learned.services.iter().skip(MATRIX);
        let more: Vec<LinkView> = rest
            .map(|c| {
                let link = self.service_link(hrefs, &c.service);
                button(link.href, &link.text)
            })
            .collect();
        if !more.is_empty() {
            parts.push(Part {
                id: "ol-others".into(),
                title: "Less closely tied".into(),
                note: more.len().to_string(),
                more,
                ..Part::default()
            });
        }
        let origins = learned.origins.iter().filter_map(|origin| {
            let answer = self.site.catalog.services.get(origin)?.answer_to(id)?;
            let link = self.service_link(hrefs, origin);
            let note = join(&[answer.answer.clone(), Self::said(answer)]);
            Some(Row { href: link.href, text: link.text, note, ..Row::default() })
        });
        let rows: Vec<Row> = origins.collect();
        if !rows.is_empty() {
            parts.push(Part {
                id: "ol-origins".into(),
                title: "What those who learned it did".into(),
                rows,
                ..Part::default()
            });
        }
        parts
    }

    /// What to write into a service's metadata.
    pub(crate) fn how_to_answer(&self, id: &LessonId) -> Part {
        let mut out = HtmlWriter::default();
        out.markup("<p>In the metadata of your service, with <code>applied</code>, <code>planned</code> or <code>not-applicable</code>:</p>\n");
        let code = format!(
            "lessons:\n  - {{lesson: \"lesson:{id}\", answer: planned, on: YYYY-MM-DD, note: \"…\"}}\n"
        );
        self.code.block(&Block::plain("yaml"), &code, &mut out);
        Part {
            id: "ol-answer".into(),
            title: "Answer it".into(),
            body_html: out.finish(),
            ..Part::default()
        }
    }
}

/// "5, 2 without an answer".
pub(crate) fn waits(all: usize, waiting: usize) -> String {
    match (all, waiting) {
        (0, _) => String::new(),
        (all, 0) => format!("{all}, all answered"),
        (all, waiting) => format!("{all}, {waiting} without an answer"),
    }
}

/// Every reason in one sentence.
pub(crate) fn reasons(concerned: &Concerned, person: Person) -> String {
    if concerned.reasons.is_empty() {
        return match person {
            Person::You => "answered unasked".to_owned(),
            Person::It => "has answered unasked".to_owned(),
        };
    }
    let words: Vec<String> = concerned.reasons.iter().map(|r| r.words(person)).collect();
    words.join("; ")
}

fn answer_chip(answer: Option<Answer>) -> Chip {
    let (level, text) = match answer {
        None => ("2", "no answer yet"),
        Some(Answer::Applied) => ("ok", "applied"),
        Some(Answer::Planned) => ("3", "planned"),
        Some(Answer::NotApplicable) => ("", "not applicable"),
    };
    Chip { level, text: text.to_owned() }
}

/// What a service says to several lessons.
fn answers_chip(each: &[&Concerned]) -> Chip {
    let answered = each.iter().filter(|c| c.answer.is_some()).count();
    if each.iter().all(|c| c.answer == each[0].answer) {
        return answer_chip(each[0].answer);
    }
    Chip { level: "3", text: format!("{answered} of {} answered", each.len()) }
}

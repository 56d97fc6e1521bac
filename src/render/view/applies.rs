//! What other teams learned → what applies to a team: its page, its feed, the list of teams.

use std::collections::BTreeMap;

use crate::link::concern::{Concerned, Learned, Person};
use crate::link::routes::FEED;
use crate::model::id::{LessonId, TeamId};
use crate::render::Renderer;
use crate::render::feed::{Entry, Feed};
use crate::render::page::{Article, Cell, Hrefs, LessonView, Part, Table, WhyView};
use crate::render::view::Made;
use crate::render::view::lessons::{BESIDE, OWN, reasons, waits};
use crate::render::view::service::button;
use crate::render::view::shared::{crumb, here};
use crate::text::html::with_code;

/// A lesson is new for so many days.
const NEW: i64 = 90;

/// Lessons in each section of a team's page of lessons, and entries of its feed.
const LISTED: usize = 50;

/// A lesson that applies to services of a team.
struct Applies<'a> {
    id: &'a LessonId,
    learned: &'a Learned,
    services: Vec<&'a Concerned>,
}

impl Applies<'_> {
    fn is_answered(&self) -> bool {
        self.services.iter().all(|s| s.answer.is_some())
    }
}

impl<'a> Renderer<'a> {
    /// What other teams learned that applies to services of this one.
    fn applies_to(&self, team: &TeamId) -> Vec<Applies<'a>> {
        let mut by_lesson: BTreeMap<&LessonId, Applies<'_>> = BTreeMap::new();
        for service in self.index.services.get(team).into_iter().flatten() {
            for (id, learned, concerned) in self.site.concern.of_service(service) {
                if !learned.teams.contains(team) {
                    let applies = by_lesson.entry(id).or_insert_with(|| Applies {
                        id,
                        learned,
                        services: Vec::new(),
                    });
                    applies.services.push(concerned);
                }
            }
        }
        let mut all: Vec<Applies<'_>> = by_lesson.into_values().collect();
        for applies in &mut all {
            applies
                .services
                .sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.service.cmp(&b.service)));
        }
        all.sort_by(|a, b| b.learned.day.cmp(&a.learned.day).then_with(|| a.id.cmp(b.id)));
        all
    }

    fn is_new(&self, learned: &Learned) -> bool {
        learned.day.is_some_and(|day| self.options.today.days_since(day) <= NEW)
    }

    fn applies_view(&self, hrefs: &Hrefs, applies: &Applies<'_>) -> LessonView {
        // Where nobody has answered, the section says so once.
        let silent = applies.services.iter().all(|c| c.answer.is_none());
        let mut lines: Vec<WhyView> = applies
            .services
            .iter()
            .take(OWN)
            .map(|c| {
                let link = Some(self.service_link(hrefs, &c.service));
                let why = self.why(applies.id, c, Person::It);
                WhyView { link, chip: why.chip.filter(|_| !silent), ..why }
            })
            .collect();
        let more = applies.services.len().saturating_sub(OWN);
        if more > 0 {
            let words_html = with_code(&format!("and {more} more of your services"));
            lines.push(WhyView { words_html, ..WhyView::default() });
        }
        LessonView {
            note: self.learned_in(hrefs, applies.learned),
            lines,
            ..self.lesson_view(hrefs, applies.id, applies.learned)
        }
    }

    /// The lessons of a team's own page: the latest that wait for an answer.
    pub(crate) fn lessons_for_team(&self, hrefs: &Hrefs, team: &TeamId) -> Option<Part> {
        let all = self.applies_to(team);
        let waiting: Vec<_> = all.iter().filter(|a| !a.is_answered()).collect();
        let address = self.site.routes.for_team(team)?;
        (!all.is_empty()).then(|| Part {
            id: "ol-lessons".into(),
            title: "Lessons of other teams".into(),
            note: waits(all.len(), waiting.len()),
            lessons: waiting.iter().take(BESIDE).map(|a| self.applies_view(hrefs, a)).collect(),
            more: vec![button(hrefs.to(address), &format!("All {}, and the feed", all.len()))],
            ..Part::default()
        })
    }

    /// `/for/<team>/`
    pub(crate) fn for_team(&self, hrefs: &Hrefs, team: &TeamId) -> Made {
        let name = self.team_link(hrefs, team).text;
        let all = self.applies_to(team);
        let (answered, waiting): (Vec<_>, Vec<_>) = all.iter().partition(|a| a.is_answered());
        let (new, mut older): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|a| self.is_new(a.learned));
        older.reverse();
        let counts = (new.len(), older.len(), answered.len());
        let part = |id: &str, title: &str, list: Vec<&Applies<'_>>| {
            let cut = list.len().saturating_sub(LISTED);
            (!list.is_empty()).then(|| Part {
                id: id.into(),
                title: title.into(),
                note: list.len().to_string(),
                lead: if cut > 0 {
                    format!("{LISTED} of them; {cut} follow when these have an answer.")
                } else {
                    String::new()
                },
                lessons: list.iter().take(LISTED).map(|a| self.applies_view(hrefs, a)).collect(),
                ..Part::default()
            })
        };
        let mut parts: Vec<Part> = [
            part("ol-new", &format!("New in the last {NEW} days"), new),
            part("ol-waiting", "Waiting for an answer", older),
            part("ol-answered", "Answered", answered),
        ]
        .into_iter()
        .flatten()
        .collect();
        let feed =
            self.site.routes.for_team(team).map(|a| hrefs.file(&format!("{}{FEED}", a.as_str())));
        let feed = feed.unwrap_or_default();
        let team_page = self.site.routes.team(team).map(|a| hrefs.to(a)).unwrap_or_default();
        let ways = vec![
            button(team_page, &name),
            button(hrefs.file("for/"), "Other teams"),
            button(feed.clone(), "Atom feed"),
        ];
        parts.push(Part { more: ways, ..Part::default() });
        let title = format!("Lessons for {name}");
        let lead = match counts {
            (0, 0, 0) => {
                "Nothing that other teams learned is known to concern services of this team."
                    .to_owned()
            }
            (new, older, answered) => format!(
                "What other teams learned that applies to services of {name}, and why: {} waiting for an answer, {answered} answered.",
                new + older
            ),
        };
        let article =
            Article { title: title.clone(), lead: lead.clone(), parts, ..Article::default() };
        let crumbs =
            vec![crumb(hrefs, "lessons/", "Lessons"), crumb(hrefs, "for/", "By team"), here(&name)];
        let mut frame = self.frame(hrefs, &title, "Lessons", crumbs);
        frame.description = lead;
        frame.feed = Some(button(feed, &title));
        Ok((self.templates.page("list.html", &frame, &article)?, Vec::new()))
    }

    /// `/for/`
    pub(crate) fn for_all(&self, hrefs: &Hrefs) -> Made {
        let number = |n: usize| Cell {
            text: if n == 0 { String::new() } else { n.to_string() },
            number: true,
            ..Cell::default()
        };
        let mut rows = Vec::new();
        for team in self.site.catalog.teams.keys() {
            let all = self.applies_to(team);
            let waiting = all.iter().filter(|a| !a.is_answered());
            let new = waiting.clone().filter(|a| self.is_new(a.learned)).count();
            let address = self.site.routes.for_team(team).map(|a| hrefs.to(a));
            rows.push(vec![
                Cell {
                    text: self.team_link(hrefs, team).text,
                    href: address.unwrap_or_default(),
                    ..Cell::default()
                },
                number(new),
                number(waiting.count()),
                number(all.len()),
            ]);
        }
        let head = ["Team", "New", "Without an answer", "Lessons"];
        let table = (!rows.is_empty()).then_some(Table::new(head, rows));
        let lead = "What other teams learned that applies to each team, with the reason.";
        let title = "What applies to my team";
        self.list(hrefs, "Lessons", title, lead, vec![Part { table, ..Part::default() }])
    }

    /// The feed of each team: the latest lessons that apply to it.
    pub(crate) fn feeds_of_teams(&self) -> Vec<Feed> {
        let feed = |team: &TeamId| {
            let page = self.site.routes.for_team(team)?;
            let name = self.site.catalog.teams.get(team).map_or(team.as_str(), |t| &t.name);
            let entry = |applies: &Applies<'_>| {
                let lesson = self.site.catalog.lessons.get(applies.id)?;
                let incident = applies.learned.latest.map(|id| &self.site.doc(id).title.value);
                let learned = incident.map(|title| format!("Learned in “{title}”. "));
                let why =
                    applies.services.iter().take(OWN).map(|c| {
                        format!("{} {}.", c.service, reasons(c, Person::It).replace('`', ""))
                    });
                let why: Vec<String> = why.collect();
                let teams = applies.learned.teams.iter();
                let named = |t: &TeamId| {
                    self.site.catalog.teams.get(t).map_or_else(|| t.to_string(), |t| t.name.clone())
                };
                Some(Entry {
                    key: format!("lesson:{}", applies.id),
                    title: lesson.text.clone(),
                    page: self.site.routes.lesson(applies.id)?.clone(),
                    updated: applies.learned.day?,
                    authors: teams.map(named).collect(),
                    summary: format!("{}{}", learned.unwrap_or_default(), why.join(" ")),
                    categories: applies
                        .services
                        .iter()
                        .take(OWN)
                        .map(|c| c.service.to_string())
                        .collect(),
                })
            };
            Some(Feed {
                title: format!("Lessons for {name}"),
                subtitle: format!(
                    "What other teams learned that applies to services of {name}, with the reason."
                ),
                file: format!("{}{FEED}", page.as_str()),
                page: page.clone(),
                entries: self.applies_to(team).iter().filter_map(entry).take(LISTED).collect(),
            })
        };
        self.site.catalog.teams.keys().filter_map(feed).collect()
    }
}

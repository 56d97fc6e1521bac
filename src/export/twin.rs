//! A page → its markdown twin, `index.md` beside it: what the page tells, for terminals and language models.

use std::ops::Bound;

use crate::export::body::{body, twin_of};
use crate::link::concern::Person;
use crate::link::routes::{Page, UrlPath};
use crate::model::document::Detail;
use crate::model::id::{DocId, FactorId, LessonId, ServiceId, TeamId};
use crate::model::postmortem::{Measure, Postmortem};
use crate::model::service::Answer;
use crate::report::Figures;
use crate::report::emit::markdown::{self, escaped, link};
use crate::report::facts::Facts;
use crate::text::date::{Stamp, duration_words};

/// Most entries of a list.
const MAX_ROWS: usize = 500;

/// Returns the path of a page's twin.
pub fn file(address: &UrlPath) -> String {
    format!("{}index.md", address.as_str())
}

/// Returns the twin of a page; `None` for pages that are only tools: the search, offline, books.
pub fn twin(
    facts: &Facts<'_>,
    figures: &[Figures],
    address: &UrlPath,
    page: &Page,
) -> Option<String> {
    let mut out = Twin { facts, root: address.to_root(), text: String::new() };
    match page {
        Page::Home => out.home(),
        Page::Doc(id) => out.doc(*id),
        Page::Service(id) => out.service(id),
        Page::Team(id) => out.team(id),
        Page::Alert(name) => out.alert(name),
        Page::Lesson(id) => out.lesson(id),
        Page::Factor(id) => out.factor(id),
        Page::For(id) => out.applies(id),
        Page::Actions => out.figures(figures, "actions"),
        Page::Report(name) => out.figures(figures, name),
        Page::Alerts => out.list("Alerts", |page| matches!(page, Page::Alert(_)), "alerts/"),
        Page::Runbooks => out.list("Runbooks", |_| false, "runbooks/"),
        Page::Services => {
            out.list("Services", |page| matches!(page, Page::Service(_)), "services/");
        }
        Page::Teams => out.list("Teams", |page| matches!(page, Page::Team(_)), "teams/"),
        Page::ForAll => {
            out.list("What applies to my team", |page| matches!(page, Page::For(_)), "for/");
        }
        Page::Lessons => out.list("Lessons", |page| matches!(page, Page::Lesson(_)), "lessons/"),
        Page::Factors => {
            out.list("Contributing factors", |page| matches!(page, Page::Factor(_)), "factors/");
        }
        Page::Pages => out.list("Pages", |_| false, "pages/"),
        Page::Reports => out.list("Reports", |page| matches!(page, Page::Report(_)), "reports/"),
        Page::Incidents => out.incidents("Incidents", None),
        Page::Year(year) => out.incidents(&format!("Incidents of {year}"), Some(*year)),
        _ => {
            debug_assert!(!has_twin(page), "{page:?} has a twin that nobody writes");
            return None;
        }
    }
    out.text.push('\n');
    Some(out.text)
}

/// Returns whether a page has a twin.
pub(crate) fn has_twin(page: &Page) -> bool {
    !matches!(
        page,
        Page::Tags
            | Page::Tag(_)
            | Page::Book(_)
            | Page::Problems
            | Page::Search
            | Page::About
            | Page::Wiring
            | Page::Offline
            | Page::NotFound
            | Page::Redirect(_)
    )
}

struct Twin<'a, 'b> {
    facts: &'b Facts<'a>,
    root: String,
    text: String,
}

impl Twin<'_, '_> {
    fn title(&mut self, title: &str) {
        self.text.push_str(&format!("# {}\n", escaped(title)));
    }

    fn section(&mut self, title: &str, rows: &[String]) {
        if !rows.is_empty() {
            self.text.push_str(&format!("\n## {title}\n\n"));
            self.rows(rows);
        }
    }

    fn rows(&mut self, rows: &[String]) {
        for row in rows.iter().take(MAX_ROWS) {
            self.text.push_str(&format!("- {row}\n"));
        }
        if rows.len() > MAX_ROWS {
            self.text.push_str(&format!("- and {} more\n", rows.len() - MAX_ROWS));
        }
    }

    fn words(&mut self, words: Option<&str>) {
        if let Some(words) = words.filter(|words| !words.is_empty()) {
            self.text.push_str(&format!("\n{}\n", escaped(words)));
        }
    }

    /// Facts of the head: label and words that are markdown already.
    fn head(&mut self, facts: &[(&str, String)]) {
        let known = facts.iter().filter(|(_, words)| !words.is_empty());
        let rows: Vec<String> = known.map(|(label, words)| format!("{label}: {words}")).collect();
        if !rows.is_empty() {
            self.text.push('\n');
            self.rows(&rows);
        }
    }

    fn to(&self, address: &UrlPath, words: &str) -> String {
        link(words, &twin_of(self.facts.site, &self.root, address))
    }

    fn link_doc(&self, id: DocId) -> String {
        let site = self.facts.site;
        self.to(site.routes.doc(id), &site.doc(id).title.value)
    }

    fn link_service(&self, id: &ServiceId) -> String {
        let address = self.facts.site.routes.service(id);
        address.map_or_else(|| escaped(id.as_str()), |address| self.to(address, id.as_str()))
    }

    fn link_team(&self, id: Option<&TeamId>) -> String {
        let Some(id) = id else { return "nobody".to_owned() };
        let name = self.facts.site.catalog.teams.get(id).map_or(id.as_str(), |t| t.name.as_str());
        let address = self.facts.site.routes.team(id);
        address.map_or_else(|| escaped(name), |address| self.to(address, name))
    }

    fn link_alert(&self, name: &str) -> String {
        let address = self.facts.site.routes.alert(name);
        address.map_or_else(|| escaped(name), |address| self.to(address, name))
    }

    fn link_services<'b>(&self, ids: impl Iterator<Item = &'b ServiceId>) -> String {
        ids.map(|id| self.link_service(id)).collect::<Vec<_>>().join(", ")
    }

    fn text_of(&mut self, id: DocId) {
        let body = body(self.facts.site, id, &self.root);
        if !body.is_empty() {
            self.text.push_str(&format!("\n{body}\n"));
        }
    }

    fn home(&mut self) {
        let site = self.facts.site;
        self.title(&site.config.title);
        let lists =
            ["alerts/", "services/", "teams/", "incidents/", "lessons/", "reports/", "actions/"];
        let row = |path: &&str| {
            let name = path.trim_end_matches('/');
            link(name, &format!("{}{path}index.md", self.root))
        };
        let rows: Vec<String> = lists.iter().map(row).collect();
        self.text.push('\n');
        self.rows(&rows);
        if let Some(home) = site.routes.home {
            self.text_of(home);
        }
    }

    fn doc(&mut self, id: DocId) {
        let site = self.facts.site;
        let doc = site.doc(id);
        self.title(&doc.title.value);
        let owner = doc.owner.as_ref().map(|o| self.link_team(Some(&o.value)));
        let day =
            |day: Option<crate::text::date::Day>| day.map(|d| d.to_string()).unwrap_or_default();
        let mut head =
            vec![("Kind", doc.kind.value.word().to_owned()), ("Owner", owner.unwrap_or_default())];
        match &doc.detail {
            Detail::Runbook(runbook) => {
                let alerts = runbook.alerts.iter().map(|a| self.link_alert(&a.value));
                head.extend([
                    ("Alerts", alerts.collect::<Vec<_>>().join(", ")),
                    ("Services", self.link_services(runbook.services.iter().map(|s| &s.value))),
                    ("Reviewed", day(doc.reviewed.as_ref().map(|r| r.value))),
                    ("Review due", day(site.review_due(doc))),
                ]);
            }
            Detail::Postmortem(postmortem) => {
                head.extend([
                    ("Id", escaped(&doc.id.value)),
                    ("Day", day(postmortem.day())),
                    ("Status", escaped(postmortem.status())),
                    ("Severity", escaped(postmortem.severity.as_ref().map_or("", |s| &s.value))),
                    ("Services", self.link_services(postmortem.services.iter().map(|s| &s.value))),
                    ("Impact", escaped(postmortem.impact.as_deref().unwrap_or(""))),
                ]);
            }
            _ => {}
        }
        head.push(("Source", escaped(&site.source(doc).path)));
        self.head(&head);
        self.text_of(id);
        if let Detail::Postmortem(postmortem) = &doc.detail {
            self.postmortem(postmortem);
        }
    }

    /// What front matter says of an incident; what its text says stands there already.
    fn postmortem(&mut self, postmortem: &Postmortem) {
        let times = Measure::ALL.into_iter().filter_map(|measure| {
            let words = duration_words(postmortem.duration(measure)?).replace('\u{a0}', " ");
            Some(format!("{}: {words}", measure.words()))
        });
        self.section("Durations", &times.collect::<Vec<_>>());
        let stated = postmortem.timeline.iter().filter(|e| e.kind.is_some());
        let event = stated.map(|entry| {
            let at = entry.at.map_or_else(|| entry.written.clone(), Stamp::iso);
            format!("{}: {}", escaped(&at), escaped(&entry.text))
        });
        self.section("Times", &event.collect::<Vec<_>>());
        let factor = postmortem.factors.iter().map(|(factor, note)| {
            let name = match self.facts.site.routes.factor(&factor.value) {
                Some(address) => self.to(address, factor.value.as_str()),
                None => escaped(factor.value.as_str()),
            };
            match note {
                Some(note) => format!("{name}: {}", escaped(note)),
                None => name,
            }
        });
        self.section("Factors", &factor.collect::<Vec<_>>());
        let actions = postmortem.actions.iter().filter(|a| !a.inferred).map(|action| {
            let due = action.due.map(|d| format!(", due {d}")).unwrap_or_default();
            let owner = action.owner.as_deref().unwrap_or("nobody");
            format!(
                "{} ({}, {}{due})",
                escaped(&action.title),
                escaped(owner),
                action.state.words()
            )
        });
        self.section("Actions stated", &actions.collect::<Vec<_>>());
    }

    fn alert(&mut self, name: &str) {
        let site = self.facts.site;
        self.title(name);
        let services = site.services_of_alert(name);
        let teams = site.teams_of_alert(name, &services);
        self.head(&[
            ("Kind", "alert".to_owned()),
            ("Services", self.link_services(services.iter())),
            ("Owner", self.link_team(teams.first())),
        ]);
        let rules = site.catalog.alerts.get(name).map_or(&[][..], Vec::as_slice);
        let runbooks: Vec<String> =
            site.alerts.documents(name, rules).iter().map(|id| self.link_doc(*id)).collect();
        if runbooks.is_empty() {
            self.text.push_str("\nNobody wrote a runbook for it yet.\n");
        }
        self.section("Runbooks", &runbooks);
        for rule in rules {
            let rule = &site.catalog.rules[*rule as usize];
            let source = site.sources.get(rule.place.source);
            self.text.push_str(&format!("\n## Rule in {}\n", escaped(&source.path)));
            if let Some(expr) = &rule.expr {
                let fence = "`".repeat(3.max(longest_run(expr) + 1));
                self.text.push_str(&format!("\n{fence}promql\n{}\n{fence}\n", expr.trim_end()));
            }
        }
        let incidents = self.facts.of_alert.get(name).into_iter().flatten();
        let incidents = incidents.map(|n| self.link_doc(self.facts.incidents[*n].id));
        self.section("Incidents", &incidents.collect::<Vec<_>>());
    }

    fn service(&mut self, id: &ServiceId) {
        let site = self.facts.site;
        let Some(service) = site.catalog.services.get(id) else { return };
        self.title(&service.name);
        let word = |field: Option<&str>| escaped(field.unwrap_or(""));
        let radius = self.facts.radius.get(id).copied().unwrap_or(0);
        self.head(&[
            ("Kind", "service".to_owned()),
            ("Id", escaped(id.as_str())),
            ("Owner", self.link_team(service.owner.as_ref().map(|o| &o.value))),
            ("Tier", word(service.tier.as_ref().map(|t| t.value.word.as_str()))),
            ("Lifecycle", word(service.lifecycle.as_ref().map(|l| l.value.as_str()))),
            ("Services that feel it when it is down", radius.to_string()),
        ]);
        self.words(service.description.as_deref());
        let needs = service.depends_on.iter().filter_map(|d| {
            let soft = if d.hard { "" } else { ", soft" };
            Some(format!("{}{soft}", self.link_service(d.service.as_ref()?)))
        });
        self.section("Depends on", &needs.collect::<Vec<_>>());
        let felt = site.dependencies.dependents(id).map(|(other, _)| self.link_service(other));
        self.section("Who depends on it", &felt.collect::<Vec<_>>());
        let runbooks = self.facts.runbooks.get(id).into_iter().flatten();
        self.section("Runbooks", &runbooks.map(|id| self.link_doc(*id)).collect::<Vec<_>>());
        let incidents = self.facts.of_service.get(id).into_iter().flatten();
        let incidents = incidents.map(|n| self.link_doc(self.facts.incidents[*n].id));
        self.section("Incidents", &incidents.collect::<Vec<_>>());
        if let Some(doc) = self.facts.service_docs.get(id) {
            self.text_of(*doc);
        }
    }

    fn team(&mut self, id: &TeamId) {
        let site = self.facts.site;
        let Some(team) = site.catalog.teams.get(id) else { return };
        self.title(&team.name);
        self.head(&[("Kind", "team".to_owned()), ("Id", escaped(id.as_str()))]);
        self.words(team.description.as_deref());
        let contacts = team.contacts.iter();
        let contacts = contacts.map(|c| format!("{}: {}", escaped(&c.kind), escaped(&c.value)));
        self.section("Contacts", &contacts.collect::<Vec<_>>());
        let services = self.facts.services_of.get(id).into_iter().flatten();
        self.section("Services", &services.map(|s| self.link_service(s)).collect::<Vec<_>>());
        if let Some(doc) = self.facts.team_docs.get(id) {
            self.text_of(*doc);
        }
    }

    fn lesson(&mut self, id: &LessonId) {
        let site = self.facts.site;
        let Some(lesson) = site.catalog.lessons.get(id) else { return };
        self.title(&lesson.text);
        let incidents: Vec<String> =
            lesson.postmortems.iter().map(|id| self.link_doc(*id)).collect();
        self.section("Learned in", &incidents);
        if let Some(learned) = site.concern.lesson(id) {
            let concerned = learned.services.iter().map(|c| {
                let reasons: Vec<String> =
                    c.reasons.iter().take(3).map(|r| r.words(Person::It)).collect();
                let said = Answer::ALL.iter().find(|(answer, _)| Some(*answer) == c.answer);
                let answer = said.map(|(_, word)| format!(" (answered: {word})"));
                let answer = answer.unwrap_or_default();
                format!("{} {}{answer}", self.link_service(&c.service), reasons.join(", "))
            });
            self.section("Concerns", &concerned.collect::<Vec<_>>());
        }
        if let Some(doc) = lesson.document {
            self.text_of(doc);
        }
    }

    fn factor(&mut self, id: &FactorId) {
        let Some(factor) = self.facts.site.catalog.factors.get(id) else { return };
        self.title(id.as_str());
        self.words(Some(&factor.description));
        let rows: Vec<String> =
            factor.postmortems.iter().map(|(id, _)| self.link_doc(*id)).collect();
        self.section("Incidents", &rows);
    }

    fn applies(&mut self, id: &TeamId) {
        let site = self.facts.site;
        let name = site.catalog.teams.get(id).map_or(id.as_str(), |t| t.name.as_str());
        self.title(&format!("What applies to {name}"));
        let own: Vec<&ServiceId> =
            self.facts.services_of.get(id).into_iter().flatten().copied().collect();
        let mut rows = Vec::new();
        for (lesson, learned) in site.concern.lessons() {
            let mut of = learned.services.iter().filter(|c| own.contains(&&c.service));
            let (Some(first), Some(text)) = (of.next(), site.catalog.lessons.get(lesson)) else {
                continue;
            };
            let why = first.reasons.first().map(|r| r.words(Person::It)).unwrap_or_default();
            let address = site.routes.lesson(lesson);
            let words = address.map_or_else(|| escaped(&text.text), |a| self.to(a, &text.text));
            rows.push((
                std::cmp::Reverse(learned.day),
                format!("{words}: {} {why}", escaped(first.service.as_str())),
            ));
        }
        rows.sort();
        let rows: Vec<String> = rows.into_iter().map(|(_, row)| row).collect();
        self.text.push('\n');
        self.rows(&rows);
    }

    fn figures(&mut self, figures: &[Figures], name: &str) {
        if let Some(figures) = figures.iter().find(|figures| figures.name == name) {
            self.text = markdown::markdown(figures, Some(&self.root), MAX_ROWS);
            self.text.truncate(self.text.trim_end().len());
        }
    }

    /// Pages of a kind, and documents below an address.
    fn list(&mut self, title: &str, is: impl Fn(&Page) -> bool, below: &str) {
        self.title(title);
        let site = self.facts.site;
        let mut rows = Vec::new();
        let from = site.routes.pages.range::<str, _>((Bound::Included(below), Bound::Unbounded));
        for (address, page) in from.take_while(|(address, _)| address.as_str().starts_with(below)) {
            let words = match page {
                Page::Doc(id) => site.doc(*id).title.value.clone(),
                Page::Lesson(id) => {
                    site.catalog.lessons.get(id).map_or(id.to_string(), |l| l.text.clone())
                }
                page if is(page) => {
                    let path = address.as_str().trim_end_matches('/');
                    path.rsplit('/').next().unwrap_or(path).to_owned()
                }
                _ => continue,
            };
            rows.push(self.to(address, &words));
        }
        self.text.push('\n');
        self.rows(&rows);
    }

    fn incidents(&mut self, title: &str, year: Option<i16>) {
        self.title(title);
        let of_year = |n: &&crate::report::facts::Incident<'_>| {
            year.is_none() || n.day.map(crate::text::date::Day::year) == year
        };
        let rows: Vec<String> = self
            .facts
            .incidents
            .iter()
            .filter(of_year)
            .map(|incident| {
                let day = incident.day.map(|d| format!("{d}: ")).unwrap_or_default();
                format!("{day}{}", self.link_doc(incident.id))
            })
            .collect();
        self.text.push('\n');
        self.rows(&rows);
    }
}

/// The longest run of back ticks in a text.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

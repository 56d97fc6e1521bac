//! Alerts × runbook × owner × freshness × first command × exercise: which alert is answered, and how well.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Urgency;
use crate::link::Site;
use crate::link::alerts::{RunbookTarget, annotation};
use crate::model::document::{Detail, Doc};
use crate::model::id::{DocId, ServiceId, TeamId};
use crate::report::facts::Facts;
use crate::report::{Column, Figures, Look, Mood, Share, Table, Value, counted};
use crate::text::date::Day;

/// What becomes of somebody who follows an alert to its runbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// The rule names a page that exists.
    Ok,
    /// A runbook exists; the rule does not name it.
    ByName,
    /// The rule names a page of another site.
    Outside,
    /// The address depends on a label, and pages match.
    Templated,
    /// The page exists, the heading does not.
    DeadAnchor,
    /// The rule names a page that does not exist.
    DeadPage,
    /// The rule names `TODO` or its like.
    Placeholder,
    /// Nobody wrote one.
    Missing,
    /// It needs none: exempt by the site file, or no alert for people.
    Exempt,
}

impl Class {
    /// True where the reader gets to a runbook.
    pub(crate) fn is_covered(self) -> bool {
        matches!(self, Self::Ok | Self::ByName | Self::Outside | Self::Templated | Self::DeadAnchor)
    }

    /// The class as files say it.
    pub(crate) fn word(self) -> &'static str {
        self.told().0
    }

    fn state(self) -> Value {
        Value::State(self.word(), self.told().1)
    }

    fn told(self) -> (&'static str, Mood) {
        match self {
            Self::Ok => ("ok", Mood::Good),
            Self::ByName => ("by name only", Mood::Warn),
            Self::Outside => ("outside", Mood::Plain),
            Self::Templated => ("templated", Mood::Plain),
            Self::DeadAnchor => ("dead anchor", Mood::Warn),
            Self::DeadPage => ("dead page", Mood::Bad),
            Self::Placeholder => ("placeholder", Mood::Bad),
            Self::Missing => ("missing", Mood::Bad),
            Self::Exempt => ("exempt", Mood::Plain),
        }
    }
}

/// The urgency as files say it.
pub(crate) fn urgency_word(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Page => "page",
        Urgency::Ticket => "ticket",
        Urgency::Info => "info",
        Urgency::None => "none",
    }
}

/// An alert that a rule raises.
pub(crate) struct Alert<'a> {
    pub(crate) name: &'a str,
    pub(crate) class: Class,
    pub(crate) urgency: Option<Urgency>,
    pub(crate) services: Vec<ServiceId>,
    pub(crate) team: Option<TeamId>,
    pub(crate) runbooks: Vec<DocId>,
    /// What its rules say of a runbook, each once.
    pub(crate) written: BTreeSet<&'a str>,
    /// Pages that a pattern of its rules matches.
    pub(crate) matches: BTreeSet<DocId>,
}

/// Every alert that a rule raises, by name.
pub(crate) fn alerts<'a>(facts: &Facts<'a>) -> Vec<Alert<'a>> {
    let raised = facts.site.catalog.alerts.iter().filter(|(_, rules)| !rules.is_empty());
    raised.map(|(name, rules)| alert(facts, name, rules)).collect()
}

fn alert<'a>(facts: &Facts<'a>, name: &'a str, rules: &[u32]) -> Alert<'a> {
    let site = facts.site;
    let runbooks = site.alerts.documents(name, rules);
    let urgencies = rules.iter().filter_map(|rule| {
        let severity = site.catalog.rules[*rule as usize].severity()?;
        site.config.policy.urgency(severity)
    });
    let urgency = urgencies.min_by_key(|u| *u as u8);
    let mut services = site.services_of_alert(name);
    let mut teams = site.teams_of_alert(name, &services);
    for id in &runbooks {
        let doc = site.doc(*id);
        if let (true, Detail::Runbook(runbook)) = (services.is_empty(), &doc.detail) {
            services.extend(runbook.services.iter().map(|s| s.value.clone()));
        }
        teams.extend(doc.owner.as_ref().map(|owner| owner.value.clone()));
    }
    let by_file = || {
        let source = site.catalog.rules.get(*rules.first()? as usize)?.place.source;
        site.catalog.owners.get(&source.0).cloned()
    };
    let team = teams.into_iter().next().or_else(by_file);
    let exempt =
        site.config.alerts.exempt.iter().any(|e| e == name) || urgency == Some(Urgency::None);
    let class = if exempt { Class::Exempt } else { class(site, rules, !runbooks.is_empty()) };
    let named = rules.iter().filter_map(|rule| site.catalog.rules[*rule as usize].runbook.as_ref());
    let patterns = rules.iter().filter_map(|rule| match site.alerts.by_rule.get(*rule as usize) {
        Some(RunbookTarget::Templated(pages)) => Some(pages),
        _ => None,
    });
    let (written, matches) =
        (named.map(|field| field.value.trim()).collect(), patterns.flatten().copied().collect());
    Alert { name, class, urgency, services, team, runbooks, written, matches }
}

/// The share of the alerts that wake somebody which lead to a runbook.
pub(crate) fn paging(alerts: &[Alert<'_>]) -> Share {
    let wakes = |a: &&Alert<'_>| a.class != Class::Exempt && a.urgency == Some(Urgency::Page);
    let of = alerts.iter().filter(wakes);
    let part = of.clone().filter(|alert| alert.class.is_covered());
    Share {
        part: part.count() as u64,
        of: of.count() as u64,
        words: "alerts that wake somebody lead to a runbook",
    }
}

/// How many alerts there are of each class, the best first.
fn by_class(alerts: &[Alert<'_>]) -> String {
    let mut classes: BTreeMap<Class, usize> = BTreeMap::new();
    for alert in alerts {
        *classes.entry(alert.class).or_default() += 1;
    }
    let words = classes.iter().map(|(class, n)| format!("{} {n}", class.word()));
    format!("By class: {}.", words.collect::<Vec<_>>().join(", "))
}

/// The class of an alert: the worst of what its rules name, since any of them may be the one that fires.
fn class(site: &Site, rules: &[u32], has_runbook: bool) -> Class {
    let otherwise = if has_runbook { Class::Ok } else { Class::Missing };
    let of_rule = |rule: &u32| match site.alerts.by_rule.get(*rule as usize) {
        None | Some(RunbookTarget::None) => None,
        Some(RunbookTarget::Document(id, anchor)) => {
            let found = anchor.as_deref().is_none_or(|anchor| has_anchor(site.doc(*id), anchor));
            Some(if found { Class::Ok } else { Class::DeadAnchor })
        }
        Some(RunbookTarget::OwnPage) => Some(otherwise),
        Some(RunbookTarget::Dead) => Some(Class::DeadPage),
        Some(RunbookTarget::Placeholder) => Some(Class::Placeholder),
        Some(RunbookTarget::Outside(_)) => Some(Class::Outside),
        Some(RunbookTarget::Templated(pages)) => {
            Some(if pages.is_empty() { Class::DeadPage } else { Class::Templated })
        }
    };
    let unnamed = if has_runbook { Class::ByName } else { Class::Missing };
    rules.iter().filter_map(of_rule).max().unwrap_or(unnamed)
}

fn has_anchor(doc: &Doc, anchor: &str) -> bool {
    doc.anchors().any(|known| known == anchor)
}

/// Whether a review is in time.
pub(crate) fn freshness(site: &Site, doc: &Doc, today: Day) -> Value {
    match site.review_due(doc) {
        None => Value::State("no date", Mood::Warn),
        Some(due) if due < today => Value::State("overdue", Mood::Bad),
        Some(_) => Value::State("fresh", Mood::Good),
    }
}

fn has_first(doc: &Doc) -> bool {
    let Detail::Runbook(runbook) = &doc.detail else { return false };
    runbook.first.is_some() || runbook.procedure.first.is_some()
}

/// The day a runbook was last exercised or used in an incident.
pub(crate) fn exercised(facts: &Facts<'_>, id: DocId) -> Option<Day> {
    let Detail::Runbook(runbook) = &facts.site.doc(id).detail else { return None };
    let stated = runbook.last_exercised.as_ref().map(|f| f.value);
    let uses = facts.used.get(&id).into_iter().flatten();
    uses.filter_map(|used| facts.incidents[used.incident].day).chain(stated).max()
}

/// What the sums count, and how each is called.
const QUALITIES: [(&str, &str); 4] = [
    ("covered", "With a runbook"),
    ("fresh", "Fresh"),
    ("first_command", "First command"),
    ("exercised", "Exercised"),
];

/// Which of [`QUALITIES`] an alert has.
struct Quality<'a> {
    team: Option<&'a TeamId>,
    has: [bool; QUALITIES.len()],
}

/// The report.
pub(crate) fn coverage(facts: &Facts<'_>) -> Figures {
    let alerts = alerts(facts);
    let mut rows = Vec::new();
    let mut qualities: Vec<Quality<'_>> = Vec::new();
    let mut missing = Vec::new();
    for alert in &alerts {
        let runbook = alert.runbooks.first().copied();
        let doc = runbook.map(|id| facts.site.doc(id));
        let fresh = doc.map_or(Value::None, |doc| freshness(facts.site, doc, facts.today));
        let first = doc.is_some_and(has_first);
        let day = runbook.and_then(|id| exercised(facts, id));
        let urgency = alert.urgency.map_or("", urgency_word);
        let row = vec![
            facts.alert(alert.name),
            alert.class.state(),
            Value::text(urgency),
            facts.team(alert.team.as_ref()),
            facts.services(&alert.services),
            runbook.map_or(Value::None, |id| facts.doc(id)),
            fresh.clone(),
            doc.map_or(Value::None, |_| Value::yes(first)),
            Value::day(day),
            Value::text(&alert.written.iter().copied().collect::<Vec<_>>().join(" ")),
            matches(facts, &alert.matches),
            match alert.class {
                Class::ByName => Value::Text(annotation(&facts.site.config, alert.name)),
                _ => Value::None,
            },
        ];
        if alert.class == Class::Exempt {
            rows.push((9, alert.urgency, row));
            continue;
        }
        if !alert.class.is_covered() && alert.urgency == Some(Urgency::Page) {
            missing.push(alert.name);
        }
        qualities.push(Quality {
            team: alert.team.as_ref(),
            has: [
                alert.class.is_covered(),
                matches!(fresh, Value::State("fresh", _)),
                first,
                facts.is_lately(day),
            ],
        });
        rows.push((u8::from(alert.class.is_covered()), alert.urgency, row));
    }
    // What wakes somebody and leads nowhere comes first.
    rows.sort_by_key(|(rank, urgency, _)| (*rank, urgency.map_or(9, |u| u as u8)));
    let covered = qualities.iter().filter(|q| q.has[0]).count();
    let mut lead =
        format!("{covered} of {} lead to a runbook.", counted(qualities.len(), "alert", "alerts"));
    if !missing.is_empty() {
        lead.push_str(&format!(
            " {} somebody at night and {} to none.",
            counted(missing.len(), "alert wakes", "alerts wake"),
            if missing.len() == 1 { "leads" } else { "lead" }
        ));
    }
    let mut columns = Column::plain([
        ("alert", "Alert"),
        ("class", "Runbook"),
        ("urgency", "Urgency"),
        ("team", "Team"),
        ("services", "Services"),
        ("runbook", "Page"),
        ("review", "Review"),
        ("first_command", "First command"),
        ("last_exercised", "Last exercised"),
    ]);
    let hidden = [("written", "Written"), ("matches", "Pages that match"), ("add", "Line to add")];
    columns.extend(Column::plain(hidden).into_iter().map(|column| column.look(Look::Hidden)));
    let mut notes = Vec::new();
    if !alerts.is_empty() {
        notes.push(by_class(&alerts));
    }
    notes.push("Alerts that a rule raises, by name. An alert leads to a runbook where its rule names a page that exists (also without the heading), a page of another site or of a pattern, or where a runbook claims it by name. Exempt are those of `alerts.exempt` and of severity none. Exercised: as the runbook states, or used in an incident; the sums count the last 365 days.".to_owned());
    Figures {
        name: "coverage",
        title: "Coverage of alerts",
        lead,
        notes,
        share: Some(Share {
            part: covered as u64,
            of: qualities.len() as u64,
            words: "alerts that lead to a runbook",
        }),
        totals: Some(by_team(facts, &qualities)),
        table: Table {
            title: "Alerts",
            columns,
            rows: rows.into_iter().map(|(.., row)| row).collect(),
        },
        ..Figures::default()
    }
}

fn matches(facts: &Facts<'_>, pages: &BTreeSet<DocId>) -> Value {
    if pages.is_empty() {
        return Value::None;
    }
    let page = |id: &DocId| {
        let doc = facts.site.doc(*id);
        (doc.title.value.clone(), Some(facts.site.routes.doc(*id).clone()))
    };
    Value::Pages(pages.iter().map(page).collect())
}

fn by_team(facts: &Facts<'_>, qualities: &[Quality<'_>]) -> Table {
    let mut teams: BTreeMap<Option<&TeamId>, Vec<&Quality<'_>>> = BTreeMap::new();
    for quality in qualities {
        teams.entry(quality.team).or_default().push(quality);
    }
    let row =
        |(team, of): (Option<&TeamId>, Vec<&Quality<'_>>)| {
            let mut row = vec![match team {
                Some(_) => facts.team(team),
                None => Value::Text("no team".to_owned()),
            }];
            row.extend((0..QUALITIES.len()).map(|n| {
                Value::Share(of.iter().filter(|q| q.has[n]).count() as u64, of.len() as u64)
            }));
            row
        };
    let mut columns = Column::plain([("team", "Team")]);
    columns.extend(Column::plain(QUALITIES).into_iter().map(|column| column.look(Look::Bar)));
    Table { title: "By team", columns, rows: teams.into_iter().map(row).collect() }
}

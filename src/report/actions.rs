//! Action items of all postmortems → one ledger: what is overdue first, then what is due next.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::model::action::{Action, ActionState};
use crate::model::id::TeamId;
use crate::report::facts::{Facts, Incident};
use crate::report::{Column, Figures, Look, Mood, Share, Table, Value, counted, median};
use crate::text::date::Day;
use crate::text::slug::short_slug;

/// One action item with what follows from it.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// As its postmortem states it.
    pub action: &'a Action,
    /// A name that stays the same from build to build.
    pub name: String,
    /// The team that has to do it: its owner, else the owner of the postmortem or of the services.
    pub team: Option<TeamId>,
    /// Place of its postmortem in `Facts::incidents`.
    pub(crate) incident: usize,
    /// Days since it was due, where it is open and late.
    pub late: Option<i64>,
    /// Days from the incident until it was done, or until today.
    pub age: Option<i64>,
}

impl Entry<'_> {
    /// Returns what is to be done, without the owner, the date and the ticket that its line also holds.
    pub fn title(&self) -> String {
        let action = self.action;
        if !action.inferred {
            return action.title.clone();
        }
        let is_told = |word: &&str| {
            let bare = word.trim_matches(|c: char| matches!(c, '(' | ')' | ',' | ';' | '.' | ':'));
            let owner = bare.strip_prefix('@').is_some_and(|w| Some(w) == action.owner.as_deref());
            let link = action.link.as_deref() == Some(bare);
            owner || link || action.due.is_some_and(|due| due.to_string() == bare)
        };
        let words: Vec<&str> = action.title.split_whitespace().filter(|w| !is_told(w)).collect();
        let title = words.join(" ");
        let title = title.trim_end_matches([',', ';', ':', ' ']);
        if title.is_empty() { action.title.clone() } else { title.to_owned() }
    }

    /// Returns the state in words and how it is meant.
    pub fn state(&self) -> (&'static str, Mood) {
        match self.action.state {
            _ if self.late.is_some() => ("overdue", Mood::Bad),
            ActionState::Done => ("done", Mood::Good),
            state => (state.words(), Mood::Plain),
        }
    }
}

/// Returns every action item, overdue ones first.
pub(crate) fn ledger<'a>(facts: &Facts<'a>) -> Vec<Entry<'a>> {
    let mut out = Vec::new();
    for (n, incident) in facts.incidents.iter().enumerate() {
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        for action in &incident.postmortem.actions {
            let own = action.id.clone().unwrap_or_else(|| short_slug(&action.title, 60));
            let name = format!("{}-{own}", incident.doc.id.value);
            let seen = names.entry(name.clone()).or_default();
            *seen += 1;
            let name = if *seen > 1 { format!("{name}-{seen}") } else { name };
            // What is still being agreed upon is not late.
            let agreed = incident.postmortem.status() != "draft";
            let due =
                action.due.filter(|due| action.state.is_open() && agreed && *due < facts.today);
            let end = action.done_on.unwrap_or(facts.today);
            let is_over = matches!(action.state, ActionState::Done | ActionState::WontDo);
            let ages = !is_over || action.done_on.is_some();
            out.push(Entry {
                action,
                name,
                team: team(facts, incident, action),
                incident: n,
                late: due.map(|due| facts.today.days_since(due)),
                age: incident.day.filter(|_| ages).map(|day| end.days_since(day)),
            });
        }
    }
    let day = |day: Option<Day>| day.map_or(i64::MAX, Day::seconds);
    out.sort_by_key(|entry| {
        let action = entry.action;
        let (rank, order) = match action.state {
            _ if entry.late.is_some() => (0, day(action.due)),
            state if state.is_open() => (1, day(action.due)),
            ActionState::Done => (3, -action.done_on.map_or(0, Day::seconds)),
            ActionState::WontDo => (4, 0),
            _ => (2, 0),
        };
        (rank, order, Reverse(entry.age), action.place)
    });
    out
}

fn team(facts: &Facts<'_>, incident: &Incident<'_>, action: &Action) -> Option<TeamId> {
    let teams = &facts.site.catalog.teams;
    let named = action.owner.as_deref().map(TeamId::new).filter(|team| teams.contains_key(team));
    let of_services = || facts.site.teams_of_incident(incident.postmortem).into_iter().next();
    named.or_else(|| incident.doc.owner.as_ref().map(|o| o.value.clone())).or_else(of_services)
}

/// The ledger as a report.
pub(crate) fn actions(facts: &Facts<'_>) -> Figures {
    let ledger = &facts.ledger;
    let open = ledger.iter().filter(|e| e.action.state.is_open()).count();
    let late = ledger.iter().filter(|e| e.late.is_some()).count();
    let lead = format!(
        "{} from {}: {open} open, {late} of them overdue.",
        counted(ledger.len(), "action", "actions"),
        counted(facts.incidents.len(), "postmortem", "postmortems")
    );
    Figures {
        name: "actions",
        title: "Actions",
        lead,
        notes: vec![
            "The team is the owner; where the owner is a person or nobody, the team that owns the postmortem or the services. Days count from the incident. Actions of drafts are not overdue.".to_owned(),
        ],
        share: Some(Share {
            part: (open - late) as u64,
            of: open as u64,
            words: "open actions that are not overdue",
        }),
        totals: Some(by_team(facts, ledger)),
        table: rows(facts, ledger),
        ..Figures::default()
    }
}

fn rows(facts: &Facts<'_>, ledger: &[Entry<'_>]) -> Table {
    let row = |entry: &Entry<'_>| {
        let action = entry.action;
        let incident = &facts.incidents[entry.incident];
        let (word, mood) = entry.state();
        let link = action.link.as_deref().filter(|link| link.starts_with("http"));
        let place = facts.site.sources.get(action.place.source);
        let (line, _) = place.line_column(action.place.span.start);
        let owner = action.owner.as_deref().unwrap_or("");
        let known = facts.site.routes.team(&TeamId::new(owner)).filter(|_| !owner.is_empty());
        vec![
            match link {
                Some(link) => Value::Outside(entry.title(), link.to_owned()),
                None => Value::Text(entry.title()),
            },
            Value::State(word, mood),
            Value::day(action.due),
            entry.late.map_or(Value::None, Value::days),
            match known {
                Some(address) => Value::Page(TeamId::new(owner).to_string(), address.clone()),
                None => Value::text(owner),
            },
            facts.team(entry.team.as_ref()),
            facts.incident(incident),
            entry.age.map_or(Value::None, Value::days),
            Value::day(action.done_on),
            Value::text(action.kind.as_deref().unwrap_or("")),
            Value::Text(entry.name.clone()),
            Value::Text(format!("{}:{line}", place.path)),
        ]
    };
    let mut columns = Column::plain([
        ("action", "Action"),
        ("state", "State"),
        ("due", "Due"),
        ("days_late", "Days late"),
        ("owner", "Owner"),
        ("team", "Team"),
        ("incident", "Incident"),
        ("age_days", "Days old"),
        ("done_on", "Done"),
    ]);
    let hidden = [("type", "Type"), ("name", "Name"), ("source", "Source")];
    columns.extend(Column::plain(hidden).into_iter().map(|column| column.look(Look::Hidden)));
    Table { title: "Actions", columns, rows: ledger.iter().map(row).collect() }
}

fn by_team(facts: &Facts<'_>, ledger: &[Entry<'_>]) -> Table {
    let mut teams: BTreeMap<Option<&TeamId>, Vec<&Entry<'_>>> = BTreeMap::new();
    for entry in ledger {
        teams.entry(entry.team.as_ref()).or_default().push(entry);
    }
    let mut rows: Vec<(usize, Vec<Value>)> = Vec::new();
    for (team, entries) in teams {
        let count = |is: &dyn Fn(&Entry<'_>) -> bool| entries.iter().filter(|e| is(e)).count();
        let open = |e: &Entry<'_>| e.action.state.is_open();
        let late = count(&|e| e.late.is_some());
        let done = |e: &&&Entry<'_>| e.action.state == ActionState::Done;
        let days =
            entries.iter().filter(done).filter_map(|e| e.action.done_on.and(e.age)).collect();
        rows.push((
            late,
            vec![
                match team {
                    Some(_) => facts.team(team),
                    None => Value::Text("no team".to_owned()),
                },
                Value::count(late),
                Value::count(count(&open)),
                Value::count(count(&|e| open(e) && e.action.owner.is_none())),
                Value::count(count(&|e| open(e) && e.action.due.is_none())),
                Value::count(count(&|e| e.action.state == ActionState::Done)),
                median(days).map_or(Value::None, Value::days),
            ],
        ));
    }
    rows.sort_by_key(|(late, _)| Reverse(*late));
    let mut columns = Column::plain([
        ("team", "Team"),
        ("overdue", "Overdue"),
        ("open", "Open"),
        ("without_owner", "No owner"),
        ("without_date", "No date"),
        ("done", "Done"),
        ("median_days", "Median days to done"),
    ]);
    if let Some(column) = columns.get_mut(1) {
        column.look = Look::Hot;
    }
    Table { title: "By team", columns, rows: rows.into_iter().map(|(_, row)| row).collect() }
}

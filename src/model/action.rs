//! Action items of a postmortem: from front matter, task lists, bullets and tables.

use std::ops::Range;

use crate::diag::{Code, Finding, Place};
use crate::model::front::Front;
use crate::model::keys::{ACTION, ACTION_STATES};
use crate::model::postmortem::items;
use crate::parse::Document;
use crate::parse::tree::Kind;
use crate::text::date::Day;
use crate::text::keys;
use crate::text::source::Source;
use crate::text::yaml::{Entry, Node};

/// One action item.
#[derive(Clone, Debug)]
pub struct Action {
    /// Its id within the postmortem.
    pub id: Option<String>,
    /// What will be done.
    pub title: String,
    /// `prevent`, `detect`, `mitigate`, `process` or `document`.
    pub kind: Option<String>,
    /// Who: a team or a person, as written.
    pub owner: Option<String>,
    /// Until when.
    pub due: Option<Day>,
    /// Where it stands.
    pub state: ActionState,
    /// When it was done.
    pub done_on: Option<Day>,
    /// Its ticket.
    pub link: Option<String>,
    /// Where it is written.
    pub place: Place,
    /// True where it was read from a section: only what the author plainly meant is checked.
    pub inferred: bool,
}

/// Where an action stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActionState {
    /// Not begun.
    Open,
    /// Begun.
    InProgress,
    /// Done.
    Done,
    /// Dropped.
    WontDo,
    /// The text does not say.
    Unknown,
}

impl ActionState {
    /// Returns true where it still has to be done.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::InProgress)
    }

    /// Returns the state in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InProgress => "in progress",
            Self::Done => "done",
            Self::WontDo => "won't do",
            Self::Unknown => "not stated",
        }
    }

    fn named(word: &str) -> Option<Self> {
        let states = [Self::Open, Self::InProgress, Self::Done, Self::WontDo];
        states.get(keys::which(ACTION_STATES, word)?).copied()
    }
}

/// Reads `action_items:`.
pub fn from_front_matter(entry: &Entry, front: &mut Front<'_>) -> Vec<Action> {
    let mut out = Vec::new();
    front.expect_list(entry);
    for item in entry.value.items() {
        let own = |name: &str| keys::text(item, ACTION, name).map(str::to_owned);
        let Some(title) = item.text().map(str::to_owned).or_else(|| own("title")) else {
            continue;
        };
        let due = day(item, "due", front);
        let done_on = day(item, "done_on", front);
        let state = match keys::value(item, ACTION, "status") {
            Some(node) => state(node, front),
            None if done_on.is_some() => ActionState::Done,
            None => ActionState::Open,
        };
        out.push(Action {
            id: own("id"),
            title,
            kind: own("type"),
            owner: own("owner"),
            due,
            state,
            done_on,
            link: own("link"),
            place: front.place(keys::value(item, ACTION, "title").unwrap_or(item)),
            inferred: false,
        });
    }
    out
}

fn state(node: &Node, front: &mut Front<'_>) -> ActionState {
    let word = node.text().unwrap_or("");
    ActionState::named(word).unwrap_or_else(|| {
        if !word.is_empty() {
            let place = front.place(node);
            let finding = Finding::new(
                Code::UnknownValue,
                place,
                format!("`{word}` is not a word for the status of an action"),
            );
            let words: Vec<&str> = keys::words(ACTION_STATES).collect();
            front.findings.push(finding.hint(format!("write one of {}", words.join(", "))));
        }
        ActionState::Unknown
    })
}

fn day(item: &Node, name: &str, front: &mut Front<'_>) -> Option<Day> {
    let node = keys::value(item, ACTION, name)?;
    let text = node.text()?;
    let day = Day::parse(text);
    if day.is_none() {
        let place = front.place(node);
        front.findings.push(
            Finding::new(Code::BadTime, place, format!("`{text}` is not a date"))
                .hint("write it as `2026-05-12`"),
        );
    }
    day
}

/// Reads the list items and table rows of an actions section.
pub fn from_section(source: &Source, document: &Document, range: Range<usize>) -> Vec<Action> {
    let text = &*source.text;
    let nodes = &document.tree.nodes;
    let mut out = Vec::new();
    for item in items(document, range.clone()) {
        let end = nodes[item].end as usize;
        let nested =
            (item + 1..end).find(|n| matches!(nodes[*n].kind, Kind::List(_))).unwrap_or(end);
        let mut words = String::new();
        document.tree.words_into(item..nested, text, &mut words);
        let words = words.trim();
        if words.is_empty() {
            continue;
        }
        let task = nodes[item..nested]
            .iter()
            .find_map(|n| if let Kind::Task(done) = n.kind { Some(done) } else { None });
        let struck = nodes[item..nested].iter().any(|n| matches!(n.kind, Kind::Strikethrough));
        let state = match task {
            Some(true) => ActionState::Done,
            Some(false) => ActionState::Open,
            None if struck => ActionState::WontDo,
            None => ActionState::Unknown,
        };
        let link = nodes[item..nested].iter().find_map(|n| {
            if let Kind::Link(t) = &n.kind { Some(t.address.of(text).to_owned()) } else { None }
        });
        let place = Place::new(source.id, nodes[item].span);
        out.push(Action { state, link, ..plain(words, place) });
    }
    for table in range.filter(|n| matches!(nodes[*n].kind, Kind::Table(_))) {
        let mut rows = document.tree.children(table);
        let Some(head) = rows.next() else { continue };
        let names: Vec<String> = document
            .tree
            .children(head)
            .map(|c| document.tree.words(c, text).to_lowercase())
            .collect();
        let column =
            |words: &[&str]| names.iter().position(|n| words.iter().any(|w| n.contains(w)));
        for row in rows {
            let cells: Vec<String> =
                document.tree.children(row).map(|c| document.tree.words(c, text)).collect();
            let cell = |at: Option<usize>| {
                at.and_then(|n| cells.get(n)).filter(|c| !c.is_empty()).cloned()
            };
            let Some(title) = cell(
                column(&["action", "title", "what", "item", "task", "description"]).or(Some(0)),
            ) else {
                continue;
            };
            let place = Place::new(source.id, nodes[row].span);
            let found = plain(&title, place);
            out.push(Action {
                owner: cell(column(&["owner", "who", "assignee", "responsible"])).or(found.owner),
                due: cell(column(&["due", "date", "deadline", "when"]))
                    .and_then(|d| Day::parse(&d))
                    .or(found.due),
                state: cell(column(&["status", "state", "done"]))
                    .and_then(|s| ActionState::named(&s))
                    .unwrap_or(ActionState::Unknown),
                title,
                ..found
            });
        }
    }
    out
}

/// An action from its words alone: `@name` owns it, an ISO date is its due date.
fn plain(words: &str, place: Place) -> Action {
    let tokens = || {
        words.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';' | '[' | ']'))
    };
    let owner = tokens()
        .find_map(|w| w.strip_prefix('@'))
        .map(|w| w.trim_end_matches([':', '.']).to_owned());
    let due = tokens()
        .map(|w| w.trim_end_matches(['.', ':']))
        .filter(|w| w.len() == 10)
        .find_map(Day::parse);
    Action {
        id: None,
        title: words.to_owned(),
        kind: None,
        owner: owner.filter(|o| !o.is_empty()),
        due,
        state: ActionState::Unknown,
        done_on: None,
        link: None,
        place,
        inferred: true,
    }
}

//! What is known of one service, whichever file format said it.

use crate::diag::Place;
use crate::model::field::Field;
use crate::model::id::{LessonId, ServiceId, TeamId};
use crate::text::date::Day;

/// One service as its metadata declares it. Everything but the id may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// Where it is declared, or first used where nothing declares it.
    pub place: Place,
    /// False where the service is only known because something names it.
    pub declared: bool,
    /// Name for people; the id where none is given.
    pub name: String,
    /// One or two sentences.
    pub description: Option<String>,
    /// Owning team.
    pub owner: Option<Field<TeamId>>,
    /// 1 (most critical) to 4, and the word it was written as.
    pub tier: Option<Field<Tier>>,
    /// `experimental`, `production`, `deprecated`, `retired`, or the word as written.
    pub lifecycle: Option<Field<String>>,
    /// `service`, `database`, `queue`, `library`, … as written.
    pub kind: Option<String>,
    /// The system it is part of.
    pub system: Option<String>,
    /// Programming languages.
    pub languages: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Where its code is.
    pub repo: Option<String>,
    /// Ways to reach its people.
    pub contacts: Vec<Contact>,
    /// On-call schedule and escalation.
    pub oncall: Option<OnCall>,
    /// Services it needs.
    pub depends_on: Vec<Dependency>,
    /// APIs it offers.
    pub provides: Vec<String>,
    /// APIs it uses.
    pub consumes: Vec<String>,
    /// Names of alerts it raises.
    pub alerts: Vec<Field<String>>,
    /// Objectives.
    pub slos: Vec<Slo>,
    /// Links by purpose.
    pub links: Vec<Link>,
    /// Answers to lessons of other teams.
    pub answers: Vec<LessonAnswer>,
    /// Facts with no field of their own, shown under "more": label and value.
    pub extra: Vec<(String, String)>,
}

/// A tier as rank and as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tier {
    /// 1 (most critical) to 4; `None` where the word is not a rank (a layer such as `db`).
    pub rank: Option<u8>,
    /// The word in the file.
    pub word: String,
}

/// A way to reach people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// `slack`, `email`, `teams`, `phone`, …
    pub kind: String,
    /// Channel, address or number.
    pub value: String,
    /// Where to click.
    pub url: Option<String>,
}

/// Who is called, and then whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnCall {
    /// `pagerduty`, `opsgenie`, …
    pub provider: Option<String>,
    /// Name or id of the service or schedule there.
    pub schedule: Option<String>,
    /// Where to click.
    pub url: Option<String>,
    /// Steps in order.
    pub escalation: Vec<EscalationStep>,
}

/// One step of an escalation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscalationStep {
    /// After how long, as written.
    pub after: String,
    /// Who.
    pub who: String,
}

/// One declared dependency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The service it needs; `None` where the entry is empty.
    pub service: Option<ServiceId>,
    /// The name as written.
    pub written: String,
    /// True for `strength: hard` and where nothing is said.
    pub hard: bool,
    /// Why, in the author's words.
    pub note: Option<String>,
    /// Where it is declared.
    pub place: Place,
}

/// A service level objective.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slo {
    /// Its name.
    pub name: String,
    /// Target in percent, as written.
    pub target: Option<String>,
    /// Window, as written.
    pub window: Option<String>,
    /// Where to look.
    pub url: Option<String>,
}

/// A link by purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// `dashboard`, `logs`, `traces`, `runbook`, `doc`, `status`, `repo` or `other`.
    pub rel: String,
    /// Its words.
    pub title: String,
    /// Address as written: absolute, or relative to the file.
    pub url: String,
    /// Where it is declared.
    pub place: Place,
}

/// What a team says to a lesson of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// Done.
    Applied,
    /// Will be done.
    Planned,
    /// Does not concern the service, for the reason in the note.
    NotApplicable,
}

impl Answer {
    /// Every answer, as files write it.
    pub const ALL: [(Self, &'static str); 3] = [
        (Self::Applied, "applied"),
        (Self::Planned, "planned"),
        (Self::NotApplicable, "not-applicable"),
    ];

    /// Returns the word that files write.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(answer, _)| *answer == self).map_or("", |(_, word)| word)
    }
}

/// A team's answer to a lesson, kept in the service's metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonAnswer {
    /// The lesson.
    pub lesson: LessonId,
    /// `applied`, `planned` or `not-applicable`.
    pub answer: String,
    /// Since when.
    pub on: Option<Day>,
    /// In the team's words.
    pub note: Option<String>,
    /// Where it is said.
    pub place: Place,
}

impl LessonAnswer {
    /// Returns the answer; `None` where the word is none of those that are.
    pub fn said(&self) -> Option<Answer> {
        Answer::ALL.iter().find(|(_, word)| *word == self.answer).map(|(answer, _)| *answer)
    }
}

impl Service {
    /// Returns the last answer to a lesson: what is written below takes its place.
    pub fn answer_to(&self, lesson: &LessonId) -> Option<&LessonAnswer> {
        self.answers.iter().rev().find(|a| a.lesson == *lesson && a.said().is_some())
    }

    /// Returns a service of which nothing but its id is known.
    pub fn new(id: ServiceId, place: Place, declared: bool) -> Self {
        Self {
            name: id.as_str().to_owned(),
            id,
            place,
            declared,
            description: None,
            owner: None,
            tier: None,
            lifecycle: None,
            kind: None,
            system: None,
            languages: Vec::new(),
            tags: Vec::new(),
            repo: None,
            contacts: Vec::new(),
            oncall: None,
            depends_on: Vec::new(),
            provides: Vec::new(),
            consumes: Vec::new(),
            alerts: Vec::new(),
            slos: Vec::new(),
            links: Vec::new(),
            answers: Vec::new(),
            extra: Vec::new(),
        }
    }
}

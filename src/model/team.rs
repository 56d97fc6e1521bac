//! What is known of one team.

use crate::diag::Place;
use crate::model::id::TeamId;
use crate::model::service::{Contact, Link, OnCall};

/// One team. Everything but the id may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Where it is declared, or first used.
    pub place: Place,
    /// False where the team is only known because something names it as owner.
    pub declared: bool,
    /// Name for people; the id where none is given.
    pub name: String,
    /// One or two sentences.
    pub description: Option<String>,
    /// Its page elsewhere.
    pub url: Option<String>,
    /// Ways to reach it.
    pub contacts: Vec<Contact>,
    /// On-call schedule and escalation.
    pub oncall: Option<OnCall>,
    /// Members as written.
    pub members: Vec<String>,
    /// Links by purpose.
    pub links: Vec<Link>,
    /// Facts with no field of their own: label and value.
    pub extra: Vec<(String, String)>,
}

impl Team {
    /// Returns a team of which nothing but its id is known.
    pub fn new(id: TeamId, place: Place, declared: bool) -> Self {
        Self {
            name: id.as_str().to_owned(),
            id,
            place,
            declared,
            description: None,
            url: None,
            contacts: Vec::new(),
            oncall: None,
            members: Vec::new(),
            links: Vec::new(),
            extra: Vec::new(),
        }
    }
}

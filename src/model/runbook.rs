//! Front matter and headings of a runbook → [`Runbook`].

use crate::model::field::{Field, values};
use crate::model::front::Front;
use crate::model::id::ServiceId;
use crate::model::keys::{FIRST, PARAMETER, STEP};
use crate::model::procedure::Procedure;
use crate::model::sections::{RunbookPart, runbook_part};
use crate::model::service::EscalationStep;
use crate::parse::Document;
use crate::text::date::Day;
use crate::text::keys;
use crate::text::yaml::Node;

/// What to do when an alert fires, or how a procedure goes.
#[derive(Clone, Debug, Default)]
pub struct Runbook {
    /// Alerts it answers.
    pub alerts: Vec<Field<String>>,
    /// Services it is about.
    pub services: Vec<Field<ServiceId>>,
    /// Severity word as written.
    pub severity: Option<Field<String>>,
    /// What people see when it is needed.
    pub symptoms: Vec<Field<String>>,
    /// Questions it answers.
    pub questions: Vec<Field<String>>,
    /// When it was last used or exercised.
    pub last_exercised: Option<Field<Day>>,
    /// How long it takes, as written.
    pub estimated_time: Option<Field<String>>,
    /// `low`, `medium` or `high`.
    pub risk: Option<Field<String>>,
    /// What the reader needs to be allowed to do.
    pub access: Vec<Field<String>>,
    /// Values that its commands need.
    pub parameters: Vec<Parameter>,
    /// How to know that it worked.
    pub verification: Option<Field<String>>,
    /// How to take it back.
    pub rollback: Option<Field<String>>,
    /// Whom to call, after how long.
    pub escalation: Vec<EscalationStep>,
    /// References to related things, as written.
    pub related: Vec<Field<String>>,
    /// References to what it replaces.
    pub supersedes: Vec<Field<String>>,
    /// Reference to what replaces it.
    pub superseded_by: Option<Field<String>>,
    /// What it means, where front matter says so.
    pub meaning: Option<Field<String>>,
    /// What users feel, where front matter says so.
    pub impact: Option<Field<String>>,
    /// What to do first, where front matter says so.
    pub first: Option<StatedFirst>,
    /// Parts found among its headings: part and index of the heading.
    pub parts: Vec<(RunbookPart, u32)>,
    /// The parts of its page, in reading order.
    pub procedure: Procedure,
}

impl Runbook {
    /// Returns what the pages of others are told by.
    pub(in crate::model) fn tells(&self) -> impl PartialEq {
        (values(&self.alerts), values(&self.services))
    }
}

/// The first thing to do as front matter states it: `first: command`, or `first: {do, run, where}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatedFirst {
    /// What to do, in words.
    pub sentence: String,
    /// The command; "" where there is none.
    pub command: String,
    /// Where it is run.
    pub place: String,
}

/// A value that commands need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameter {
    /// Its name as it stands in the commands.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Value where the reader gives none.
    pub default: Option<String>,
    /// Values to choose from.
    pub choices: Vec<String>,
    /// Pattern that values must match.
    pub pattern: Option<String>,
    /// Labels of the alert's link that give the value, besides its own name.
    pub from: Vec<String>,
    /// True for what may not be kept on the device.
    pub secret: bool,
}

/// Reads a runbook.
pub fn read(front: &mut Front<'_>, document: &Document) -> Runbook {
    let services = front.list("services");
    Runbook {
        alerts: front.list("alerts"),
        services: services.into_iter().map(service_field).collect(),
        severity: front.text("severity"),
        symptoms: front.sentences("symptoms"),
        questions: front.sentences("questions"),
        last_exercised: front.day("last_exercised"),
        estimated_time: front.text("estimated_time"),
        risk: front.choice("risk"),
        access: front.sentences("access"),
        parameters: parameters(front),
        verification: front.text("verification"),
        rollback: front.text("rollback"),
        escalation: escalation(front),
        related: front.list("related"),
        supersedes: front.list("supersedes"),
        superseded_by: front.text("superseded_by"),
        meaning: front.text("meaning"),
        impact: front.text("impact"),
        first: first(front),
        parts: parts(document),
        procedure: Procedure::default(),
    }
}

/// Returns a name as the id of a service.
pub fn service_field(field: Field<String>) -> Field<ServiceId> {
    Field { value: ServiceId::new(&field.value), origin: field.origin, place: field.place }
}

fn parts(document: &Document) -> Vec<(RunbookPart, u32)> {
    let found = document.outline.iter().enumerate();
    found.filter_map(|(n, h)| runbook_part(&h.title).map(|part| (part, n as u32))).collect()
}

fn parameters(front: &mut Front<'_>) -> Vec<Parameter> {
    let Some(entry) = front.entry("parameters") else { return Vec::new() };
    let text = |node: &Node, name: &str| keys::text(node, PARAMETER, name).map(str::to_owned);
    let list = |node: &Node, name: &str| -> Vec<String> {
        let values = keys::value(node, PARAMETER, name).map(Node::items).unwrap_or_default();
        values.iter().filter_map(Node::text).map(str::to_owned).collect()
    };
    let one = |name: &str, node: &Node| Parameter {
        name: name.to_owned(),
        description: text(node, "description"),
        default: text(node, "default"),
        choices: list(node, "enum"),
        pattern: text(node, "pattern"),
        from: list(node, "from"),
        secret: text(node, "secret").is_some_and(|word| word == "true" || word == "yes"),
    };
    let mut out = Vec::new();
    for item in entry.value.items() {
        if let Some(name) = item.text().or_else(|| keys::text(item, PARAMETER, "name")) {
            out.push(one(name, item));
        } else {
            let place = front.place(item);
            let message = "a parameter needs a `name`";
            front.findings.push(crate::diag::Finding::new(
                crate::diag::Code::WrongType,
                place,
                message,
            ));
        }
    }
    out.extend(entry.value.entries().iter().map(|e| one(&e.key, &e.value)));
    out
}

fn first(front: &mut Front<'_>) -> Option<StatedFirst> {
    let entry = front.entry("first")?;
    let said = |name| keys::text(&entry.value, FIRST, name).unwrap_or("").trim().to_owned();
    let stated = match entry.value.text() {
        Some(command) => {
            StatedFirst { command: command.trim().to_owned(), ..StatedFirst::default() }
        }
        None => StatedFirst { sentence: said("do"), command: said("run"), place: said("where") },
    };
    let is_empty = stated.sentence.is_empty() && stated.command.is_empty();
    (!is_empty).then_some(stated)
}

fn escalation(front: &mut Front<'_>) -> Vec<EscalationStep> {
    let Some(entry) = front.entry("escalation") else { return Vec::new() };
    let step = |node: &Node| {
        let who = node.text().or_else(|| keys::text(node, STEP, "who"))?;
        let after = keys::text(node, STEP, "after").unwrap_or("");
        Some(EscalationStep { after: after.to_owned(), who: who.to_owned() })
    };
    match entry.value.text() {
        Some(who) => vec![EscalationStep { after: String::new(), who: who.to_owned() }],
        None => entry.value.items().iter().filter_map(step).collect(),
    }
}

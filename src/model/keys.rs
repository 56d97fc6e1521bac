//! What front matter may say, by kind: the readers ask by these tables, `opslore schema` prints them.

use crate::model::kind;
use crate::text::keys::Shape::{
    Any, ByName, Day, Either, Exactly, Flag, Interval, List, Map, OneOrMany, Open, Text, Texts,
    Time, Usual, Word as OneOf,
};
use crate::text::keys::{Key, Word, key};

/// How sure a runbook has to be.
pub const RISKS: &[Word] = &[&["low"], &["medium"], &["high"]];

/// Words for where a runbook stands.
pub const RUNBOOK_STATES: &[Word] = &[&["active"], &["draft"], &["deprecated"], &["published"]];

/// Words for where a postmortem stands.
pub const POSTMORTEM_STATES: &[Word] =
    &[&["draft"], &["review"], &["final"], &["published"], &["closed"], &["open"], &["resolved"]];

/// Words for where an action stands, in the order of [`crate::model::action::ActionState`].
pub const ACTION_STATES: &[Word] = &[
    &["open", "todo", "to-do", "new", "planned"],
    &["in-progress", "doing", "started", "wip"],
    &["done", "closed", "complete", "completed", "fixed", "resolved"],
    &["wont-do", "won't-do", "wontfix", "dropped", "rejected", "cancelled"],
];

const SEVERITIES: &[&str] = &["sev1", "sev2", "sev3", "sev4", "page", "ticket", "info"];

const ALIASES: Key = key(
    &["aliases", "redirect_from", "old_paths"],
    Texts,
    "Older addresses of the page; each leads here.",
);
const LAST_REVIEWED: Key = key(
    &["last_reviewed", "last_reviewed_on", "last_review_date", "reviewed"],
    Day,
    "The day somebody last read it and found it right, as 2026-05-12.",
);
const REVIEW_EVERY: Key = key(
    &["review_every", "review_in"],
    Interval,
    "How often it is to be read again, as 90d or 3 months; else `policy.review_every` holds.",
);

/// Keys that every kind has.
pub const COMMON: &[Key] = &[
    key(&["kind"], OneOf(kind::WORDS), "What the file is; else its path and headings tell."),
    key(&["title", "name", "linkTitle"], Text, "Its title; else the first heading."),
    key(&["id", "incident"], Text, "Its name in references; else the file's name."),
    key(&["description", "summary"], Text, "One or two sentences, for lists and the search."),
    key(&["owner", "owners"], Text, "The team that owns it; else the service's, or CODEOWNERS."),
    key(&["team", "owner_slack"], Text, "The team that owns it, where `owner` is a person."),
    LAST_REVIEWED,
    key(&["reviewed_by", "reviewer"], Text, "Who last read it and found it right."),
    REVIEW_EVERY,
    key(&["tags", "labels"], Texts, "Words to find it by."),
    ALIASES,
];

/// Keys of a service's or team's page beside its metadata.
pub const DESCRIBED: &[Key] = &[
    key(&["kind"], OneOf(kind::WORDS), "What the file is; else its path and headings tell."),
    LAST_REVIEWED,
    REVIEW_EVERY,
    ALIASES,
    key(&["tags"], Texts, "Words to find it by."),
];

/// Keys of any other page.
pub const PAGE: &[Key] = &[key(&["date"], Any, "Kept; says nothing of operations.")];

/// Keys of the page of a lesson.
pub const LESSON: &[Key] = &[key(
    &["factors", "contributing_factors"],
    Texts,
    "Contributing factors that it is about, by their slugs.",
)];

/// Keys of a runbook.
pub const RUNBOOK: &[Key] = &[
    key(&["alerts", "alert", "alertname"], Texts, "Names of the alerts that it answers."),
    key(&["services", "service", "affected", "components"], Texts, "Ids of its services."),
    key(&["severity", "priority"], Usual(SEVERITIES), "How urgent it is."),
    key(&["symptoms", "symptom", "errors"], Texts, "What people see, and words of the errors."),
    key(&["questions", "user_questions"], Texts, "Questions that it answers, for the search."),
    key(&["last_exercised", "last_tested", "last_used"], Day, "When it was last used or tried."),
    key(&["estimated_time", "duration"], Text, "How long it takes, as 15m."),
    key(&["risk"], OneOf(RISKS), "What can go wrong while following it."),
    key(&["access", "prerequisites", "requirements"], Texts, "What the reader must be allowed to."),
    key(
        &["parameters", "params"],
        Either(&[List(&Either(&[Text, Map(PARAMETER)])), ByName(&Map(PARAMETER))]),
        "Values that its commands need; the reader fills them in once.",
    ),
    key(&["verification", "verify"], Text, "How to know that it worked."),
    key(&["rollback"], Text, "How to take it back."),
    key(
        &["escalation", "escalate"],
        Either(&[Text, List(&Either(&[Text, Map(STEP)]))]),
        "Whom to call, after how long; else the service's.",
    ),
    key(&["related", "see_also"], Texts, "References such as runbook:orders-db-failover."),
    key(&["supersedes"], Texts, "References to what it replaces."),
    key(&["superseded_by"], Text, "Reference to what replaces it."),
    key(&["meaning", "means"], Text, "What is true when the alert fires, in one sentence."),
    key(&["impact"], Text, "What users feel, in one sentence."),
    key(&["first", "do_this_first"], Either(&[Text, Map(FIRST)]), "What to do first: a command."),
    key(&["status"], OneOf(RUNBOOK_STATES), "Where it stands."),
];

/// Keys of a parameter.
pub const PARAMETER: &[Key] = &[
    key(
        &["name"],
        Text,
        "As it stands in the commands: NAMESPACE for ${NAMESPACE} or <NAMESPACE>.",
    ),
    key(&["description"], Text, "What it is."),
    key(&["default"], Text, "Value where the reader gives none."),
    key(&["enum", "choices"], List(&Text), "Values to choose from."),
    key(&["pattern"], Text, "Pattern that values must match."),
    key(&["from", "label"], List(&Text), "Labels of the alert that give the value."),
    key(&["secret"], Flag, "True for what is not kept on the device."),
];

/// Keys of the first thing to do.
pub const FIRST: &[Key] = &[
    key(&["do", "say", "text", "note"], Text, "What to do, in words."),
    key(&["run", "command", "cmd"], Text, "The command."),
    key(&["where"], Text, "Where it is run."),
];

/// Keys of a step of an escalation.
pub const STEP: &[Key] =
    &[key(&["after"], Text, "After how long, as 15m."), key(&["who", "to"], Text, "Whom to call.")];

/// Keys of a postmortem.
pub const POSTMORTEM: &[Key] = &[
    key(&["timezone", "tz"], Text, "Zone of times that name none, as Europe/Berlin."),
    key(&["status"], OneOf(POSTMORTEM_STATES), "Where it stands."),
    key(&["severity", "priority", "sev"], Usual(SEVERITIES), "How bad it was."),
    key(
        &["services", "service", "affected", "components"],
        Texts,
        "Ids of services that were hit.",
    ),
    key(&["teams"], Texts, "Teams that were hit; else the owners of the services."),
    key(&["authors", "author"], Texts, "Who wrote it; roles will do."),
    key(
        &["started_at", "start_time", "started", "start", "date"],
        Time,
        "When it began, as 2026-03-04T02:07:00Z. Durations are computed from these times.",
    ),
    key(&["detected_at", "detected"], Time, "When somebody or something noticed."),
    key(&["acknowledged_at", "acknowledged"], Time, "When somebody took it on."),
    key(&["mitigated_at", "mitigated"], Time, "When users were well again."),
    key(&["resolved_at", "end_time", "resolvedWhen", "ended_at", "end"], Time, "When it was over."),
    key(
        &["resolved"],
        Either(&[Exactly(&["true", "false"]), Time]),
        "When it was over, or whether it is.",
    ),
    key(&["published", "published_at"], Day, "When the report was published."),
    key(&["trigger"], Either(&[Usual(TRIGGERS), Map(TRIGGER)]), "What set it off."),
    key(
        &["detection", "detected_by"],
        Either(&[Usual(DETECTIONS), Map(DETECTION)]),
        "How it was noticed.",
    ),
    key(&["impact"], Either(&[Text, Open(IMPACT, &Any)]), "What users felt, and facts of it."),
    key(&["timeline"], List(&Either(&[Text, Map(EVENT)])), "What happened when."),
    key(
        &["contributing_factors", "factors", "categories"],
        OneOrMany(&Either(&[Text, Map(FACTOR)])),
        "What had to come together: slugs of the shared vocabulary, or sentences.",
    ),
    key(&["mitigators"], Texts, "What made it better than it might have been."),
    key(
        &["lessons", "lessons_learned"],
        Either(&[Text, List(&Either(&[Text, Map(STATED)]))]),
        "What others can learn: sentences, or references such as lesson:canary-config.",
    ),
    key(&["related"], Texts, "References to related things."),
    key(&["recurrence_of"], Text, "The incident that this one repeats."),
    key(
        &["action_items", "actions"],
        List(&Either(&[Text, Map(ACTION)])),
        "What will be done, by whom and by when.",
    ),
    key(
        &["runbooks_used", "runbooks"],
        Either(&[Text, List(&Either(&[Text, Map(USED)]))]),
        "Runbooks used, and whether they helped.",
    ),
];

const TRIGGERS: &[&str] = &[
    "deploy",
    "config-change",
    "traffic",
    "dependency",
    "hardware",
    "certificate",
    "data",
    "security",
    "human-action",
    "unknown",
];

/// Keys of a trigger.
pub const TRIGGER: &[Key] = &[
    key(&["type"], Usual(TRIGGERS), "What set it off."),
    key(&["ref"], Text, "Address of the change."),
];

const DETECTIONS: &[&str] = &["alert", "customer", "staff", "synthetic", "partner", "unknown"];

/// Keys of a detection.
pub const DETECTION: &[Key] = &[
    key(&["method"], Usual(DETECTIONS), "How it was noticed."),
    key(&["alerts", "alert"], Either(&[Text, List(&Text)]), "Alerts that caught it."),
    key(&["note"], Text, "In your words."),
];

/// Keys of an impact; others are shown as facts.
pub const IMPACT: &[Key] = &[
    key(&["summary"], Text, "What users felt, in one sentence."),
    key(&["duration"], Text, "How long users felt it, as 41m; checked against the times."),
];

/// Keys of an entry of a timeline.
pub const EVENT: &[Key] = &[
    key(&["at", "time"], Time, "When."),
    key(&["event", "text"], Text, "What happened."),
    key(
        &["kind"],
        Usual(&[
            "start", "detect", "ack", "escalate", "action", "mitigate", "resolve", "comms", "other",
        ]),
        "What it was.",
    ),
    key(&["link"], Text, "A link beside it."),
];

/// Keys of a contributing factor.
pub const FACTOR: &[Key] = &[
    key(&["id"], Text, "Slug of the shared vocabulary."),
    key(&["note"], Text, "How it contributed here."),
];

/// Keys of a lesson that a postmortem states.
pub const STATED: &[Key] = &[
    key(&["text", "title", "lesson"], Text, "The sentence."),
    key(&["id"], Text, "Its name, so that other postmortems and services can name it."),
];

/// Keys of an action item.
pub const ACTION: &[Key] = &[
    key(&["id"], Text, "Its name within the postmortem."),
    key(&["title", "action", "what"], Text, "What will be done."),
    key(
        &["type"],
        Usual(&["prevent", "detect", "mitigate", "process", "document"]),
        "What it is for.",
    ),
    key(&["owner", "assignee"], Text, "Who: a team or a person."),
    key(&["due", "due_date", "deadline"], Day, "Until when, as 2026-05-12."),
    key(&["status", "state"], OneOf(ACTION_STATES), "Where it stands."),
    key(&["done_on", "closed", "completed"], Day, "When it was done."),
    key(&["link", "issue", "ticket"], Text, "Its ticket."),
];

/// Keys of a runbook that was used.
pub const USED: &[Key] = &[
    key(&["runbook"], Text, "Its id or address."),
    key(&["helped"], Usual(&["yes", "partly", "no", "missing"]), "Whether it helped."),
];

//! The keys of our own schema and the spellings that are taken for them.

use crate::text::keys::Shape::{
    Any, ByName, Day, Either, Exactly, Map, OneOrMany, Text, Texts, Usual, Word as OneOf,
};
use crate::text::keys::{Key, Shape, Word, key, row};
use crate::text::yaml::{Entry, Node};

/// Names of a link's keys; other formats have them too.
pub(crate) const LINK_REL: &[&str] = &["rel", "type", "category", "icon", "provider"];
pub(crate) const LINK_TITLE: &[&str] = &["title", "name", "label", "description"];
pub(crate) const LINK_URL: &[&str] = &["url", "href", "link", "permalink"];
pub(crate) const CONTACT_KIND: &[&str] = &["type", "kind"];
pub(crate) const CONTACT_VALUE: &[&str] =
    &["value", "contact", "email", "channel", "address", "name"];
pub(crate) const DEPENDENCY_NAME: &[&str] =
    &["service", "name", "id", "component", "ref", "locator"];
pub(crate) const DEPENDENCY_STRENGTH: &[&str] = &["strength", "type", "kind"];
/// Keys of a reason in the author's words.
pub(crate) const NOTE: &[&str] = &["note", "notes", "description", "reason"];
pub(crate) const LESSON_ID: &[&str] = &["lesson", "id"];
pub(crate) const ANSWERED_ON: &[&str] = &["on", "date"];
pub(crate) const SLO_NAME: &[&str] = &["name", "id"];
pub(crate) const SLO_TARGET: &[&str] = &["target", "objective"];
pub(crate) const SLO_WINDOW: &[&str] = &["window", "period"];
pub(crate) const SCHEDULE: &[&str] = &["service", "schedule", "id", "name"];

/// Purposes of links, each with the words that metadata files have for it.
pub(crate) const RELS: &[Word] = &[
    &["dashboard", "dashboards", "grafana", "monitoring", "monitor", "metrics"],
    &["logs", "log", "logging", "kibana"],
    &["traces", "trace", "tracing", "apm"],
    &["runbook", "runbooks", "playbook", "playbooks", "sop", "sops"],
    &[
        "doc",
        "docs",
        "document",
        "documents",
        "documentation",
        "wiki",
        "design",
        "architecture",
        "adr",
        "api-docs",
        "openapi",
    ],
    &["status", "status-page", "status-pages"],
    &["repo", "repos", "repository", "repositories", "source", "code", "git", "github", "gitlab"],
    &["other", "other-link", "link", "web"],
];

/// Words for an answer to a lesson, in the order of [`crate::model::service::Answer::ALL`].
pub(crate) const ANSWERS: &[Word] = &[
    &["applied", "guarded", "done", "yes"],
    &["planned"],
    &["not-applicable", "not-affected", "na", "no"],
];

/// Words for how much a service needs another: hard or soft.
pub(crate) const STRENGTHS: &[Word] =
    &[&["hard", "strong", "required"], &["soft", "weak", "optional"]];

/// Keys of a step of an escalation.
pub(crate) const STEP: &[Key] =
    &[key(&["after"], Text, "After how long, as 15m."), key(&["who"], Text, "Whom to call.")];

/// Keys of on-call.
pub(crate) const ONCALL: &[Key] = &[
    key(&["provider"], Usual(&["pagerduty", "opsgenie", "grafana"]), "Who calls people."),
    key(SCHEDULE, Text, "Name or id of the service or schedule there."),
    key(&["url"], Text, "Where to click."),
    key(
        &["escalation"],
        OneOrMany(&Either(&[Text, Map(STEP)])),
        "Whom to call after how long, in order.",
    ),
];

/// Keys of a contact.
pub(crate) const CONTACT: &[Key] = &[
    key(CONTACT_KIND, Usual(&["slack", "email", "teams", "phone", "other"]), "What it is."),
    key(CONTACT_VALUE, Text, "Channel, address or number."),
    key(&["url"], Text, "Where to click."),
];

/// Keys of a link.
pub(crate) const LINK: &[Key] = &[
    key(LINK_REL, OneOf(RELS), "Its purpose."),
    key(LINK_TITLE, Text, "Its words."),
    key(LINK_URL, Text, "Its address."),
    key(&["environment"], Text, "Kept; says nothing of the page."),
];

/// Keys of a dependency.
pub(crate) const DEPENDENCY: &[Key] = &[
    key(DEPENDENCY_NAME, Text, "Id of the service that it needs."),
    key(DEPENDENCY_STRENGTH, OneOf(STRENGTHS), "hard: it is down without; soft: it works on."),
    key(NOTE, Text, "Why it needs it."),
];

/// Keys of an objective.
pub(crate) const SLO: &[Key] = &[
    key(SLO_NAME, Text, "Its name."),
    key(SLO_TARGET, Text, "Target in percent, as 99.9."),
    key(SLO_WINDOW, Text, "Window, as 28d."),
    key(&["url"], Text, "Where to look."),
];

/// Keys of an answer to a lesson.
pub(crate) const ANSWER: &[Key] = &[
    key(LESSON_ID, Text, "The lesson, by its id or its sentence."),
    key(&["answer"], OneOf(ANSWERS), "What you say to it."),
    key(ANSWERED_ON, Day, "Since when, as 2026-05-12."),
    key(NOTE, Text, "In your words."),
];

/// Keys of `alerts` where it is a map.
pub(crate) const ALERTS: &[Key] = &[
    key(&["files", "file"], Texts, "Rule files whose alerts it raises, relative to this file."),
    key(&["names", "name"], Texts, "Names of alerts that it raises."),
];

const CONTACTS: Shape = Either(&[OneOrMany(&Either(&[Text, Map(CONTACT)])), ByName(&Texts)]);
const LINKS: Shape = Either(&[OneOrMany(&Either(&[Text, Map(LINK)])), ByName(&Texts)]);

/// Keys of a service, in `service.yaml` and in front matter; case, `-` and `_` never matter.
pub const SERVICE_KEYS: &[Key] = &[
    key(&["id", "service"], Text, "Its name in references; else the folder's."),
    key(&["name", "title", "display_name"], Text, "Name for people."),
    key(&["description", "summary"], Text, "One or two sentences."),
    key(&["owner", "team", "owners", "owned_by"], Texts, "The team that owns it."),
    key(
        &["tier", "service_tier", "criticality"],
        Either(&[Exactly(&["1", "2", "3", "4"]), Text]),
        "1 (most critical) to 4, or a word such as platinum.",
    ),
    key(
        &["lifecycle", "lifecycle_stage"],
        Usual(&["experimental", "production", "deprecated", "retired"]),
        "Where it stands.",
    ),
    key(
        &["type", "service_type"],
        Usual(&["service", "database", "queue", "library", "website", "job"]),
        "What it is.",
    ),
    key(&["system"], Text, "The system that it is part of."),
    key(&["languages", "language"], Texts, "Programming languages."),
    key(&["tags", "tag"], Texts, "Words to find it by."),
    key(&["repo", "repository", "repos", "repositories"], Texts, "Where its code is."),
    key(&["contacts", "contact"], CONTACTS, "Ways to reach its people."),
    key(&["oncall", "on_call"], Either(&[Text, Map(ONCALL)]), "Who is called, and then whom."),
    key(
        &["depends_on", "dependencies"],
        Either(&[
            OneOrMany(&Either(&[Text, Map(DEPENDENCY)])),
            ByName(&Either(&[OneOf(STRENGTHS), Map(DEPENDENCY)])),
        ]),
        "Services that it needs.",
    ),
    key(&["provides", "provides_apis"], Texts, "APIs that it offers."),
    key(&["consumes", "consumes_apis"], Texts, "APIs that it uses."),
    key(&["alerts", "alert"], Either(&[Texts, Map(ALERTS)]), "Alerts that it raises."),
    key(
        &["slos", "slo"],
        Either(&[OneOrMany(&Either(&[Text, Map(SLO)])), ByName(&Either(&[Text, Map(SLO)]))]),
        "What it promises.",
    ),
    key(&["links", "link"], LINKS, "Dashboards, logs and other places, by purpose."),
    key(
        &["lessons", "heard", "answers"],
        Either(&[OneOrMany(&Map(ANSWER)), ByName(&Either(&[OneOf(ANSWERS), Map(ANSWER)]))]),
        "What you say to lessons of other teams.",
    ),
    key(&["extra"], ByName(&Any), "Facts with no key of their own, shown on its page."),
];

/// Keys of a team, in `teams.yml`, `team.yaml` and in front matter; case, `-` and `_` never matter.
pub const TEAM_KEYS: &[Key] = &[
    key(&["id", "team"], Text, "Its name in references; else the folder's."),
    key(&["name", "title", "display_name"], Text, "Name for people."),
    key(&["description", "summary"], Text, "One or two sentences."),
    key(&["url", "homepage"], Text, "Its page elsewhere."),
    key(&["contacts", "contact"], CONTACTS, "Ways to reach it."),
    key(&["oncall", "on_call"], Either(&[Text, Map(ONCALL)]), "Who is called, and then whom."),
    key(&["members", "member", "people"], OneOrMany(&Either(&[Text, ByName(&Any)])), "Its people."),
    key(&["links", "link"], LINKS, "Its places, by purpose."),
    key(&["tags"], Texts, "Words to find it by."),
    key(&["extra"], ByName(&Any), "Facts with no key of their own, shown on its page."),
];

/// Keys of a file of many, such as `teams.yml`.
pub const LIST_KEYS: &[Key] = &[
    key(
        &["teams"],
        Either(&[Shape::List(&Either(&[Text, Map(TEAM_KEYS)])), ByName(&Map(TEAM_KEYS))]),
        "Teams: a list, or a map from id to team.",
    ),
    key(&["services"], Shape::List(&Map(SERVICE_KEYS)), "Services."),
];

/// Keys that a page may carry beside its facts; other stages read them or nobody does.
pub const PAGE_KEYS: &[&str] = &[
    "kind",
    "$schema",
    "aliases",
    "redirect_from",
    "old_paths",
    "layout",
    "weight",
    "draft",
    "date",
    "lastmod",
    "slug",
    "permalink",
    "last_reviewed",
    "last_reviewed_on",
    "last_review_date",
    "reviewed",
    "reviewed_by",
    "reviewer",
    "review_every",
    "review_in",
];

/// Returns true where `written` is this key or one of its other spellings.
pub(crate) fn is(key: &Key, written: &str) -> bool {
    key.names.iter().any(|name| same(name, written))
}

/// Returns the entry that says `key`: the documented name before its other spellings.
pub(crate) fn entry<'n>(map: &'n Node, keys: &'static [Key], name: &str) -> Option<&'n Entry> {
    let key = row(keys, name);
    let entries = map.entries();
    let stated = |e: &&Entry| !e.value.is_blank();
    entries
        .iter()
        .find(|e| same(name, &e.key) && stated(e))
        .or_else(|| entries.iter().find(|e| is(key, &e.key) && stated(e)))
}

/// Returns true where two keys differ in nothing but case, `-` and `_`.
pub(crate) fn same(a: &str, b: &str) -> bool {
    fn plain(text: &str) -> impl Iterator<Item = u8> {
        text.bytes().filter(|b| !matches!(b, b'-' | b'_' | b' ')).map(|b| b.to_ascii_lowercase())
    }
    plain(a).eq(plain(b))
}

#[cfg(test)]
mod tests {
    use super::{SERVICE_KEYS, entry, same};
    use crate::text::yaml::{FRONT_MATTER, parse};

    #[test]
    fn spellings_are_one_key_and_the_documented_name_wins() {
        assert!(same("depends_on", "dependsOn"));
        assert!(same("depends_on", "Depends-On"));
        assert!(!same("tier", "tiers"));
        let node = parse("team: a\nowner: b\nname:\ntitle: T\n", FRONT_MATTER).unwrap();
        assert_eq!(entry(&node, SERVICE_KEYS, "owner").unwrap().value.text(), Some("b"));
        assert_eq!(entry(&node, SERVICE_KEYS, "name").unwrap().value.text(), Some("T"));
    }
}

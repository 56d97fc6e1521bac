//! What the site file may say: its reader takes no other key, and editors are told of these.

use crate::config::{RequiredPart, Urgency};
use crate::diag::codes::RULES;
use crate::text::keys::Shape::{
    ByName, Either, Exactly, Interval, Like, List, Made, Map, Number, Open, Share, Text, Texts,
    Word as OneOf,
};
use crate::text::keys::{Key, Word, key};

/// Kinds that the configuration may give a file.
pub(crate) const KINDS: &[&str] = &["page", "runbook", "postmortem", "service", "team", "lesson"];

/// Words for what a severity asks for.
const URGENCIES: &[&str] = &Urgency::NAMES;

/// Words for levels, in the order of [`crate::diag::Level::ALL`].
pub(crate) const LEVELS: &[Word] =
    &[&["off", "allow", "false"], &["info", "note"], &["warning", "warn"], &["error", "deny"]];

const PARTS: &[&str] = &RequiredPart::NAMES;

/// Keys of the site file.
pub const SITE: &[Key] = &[
    key(&["title"], Text, "Name of the site."),
    key(
        &["base_url"],
        Like("^(https?://.*)?$"),
        "Address of the published site, for feeds and the sitemap.",
    ),
    key(
        &["sources"],
        List(&Either(&[Text, Map(SOURCE)])),
        "Folders to read, each as if it were a repository; else the root itself.",
    ),
    key(&["ignore"], Texts, "Globs of files to leave out."),
    key(
        &["kinds"],
        ByName(&Exactly(KINDS)),
        "What a path holds, where nothing in the file tells: glob to kind.",
    ),
    key(&["policy"], Map(POLICY), "What you ask of your knowledge."),
    key(
        &["url_templates"],
        Open(URL_TEMPLATES, &Text),
        "Addresses by purpose, with names such as {service} in braces.",
    ),
    key(&["alerts"], Map(ALERTS), "How alerts find their runbooks."),
    key(
        &["factors"],
        Either(&[List(&Text), ByName(&Text)]),
        "Shared vocabulary of contributing factors: slug, and what it means.",
    ),
    key(&["theme"], Text, "Name of a theme."),
    key(&["search"], Map(SEARCH), "What the search of this site knows."),
    key(&["secrets"], Map(SECRETS), "What looks like a secret and is none."),
];

/// Keys of a source.
pub(crate) const SOURCE: &[Key] = &[
    key(&["name"], Text, "Its name; else the folder's."),
    key(&["path"], Text, "The folder, relative to this file."),
    key(&["team"], Text, "Owner of what nobody else claims."),
    key(&["url"], Text, "Where a file can be read, with {path}."),
    key(&["edit_url"], Text, "Where a file can be edited, with {path}."),
    key(&["ignore"], Texts, "Globs of files to leave out, relative to the folder."),
];

/// Keys of the policy.
pub(crate) const POLICY: &[Key] = &[
    key(&["review_every"], Interval, "How often a runbook is read again, as 6 months."),
    key(&["tiers"], ByName(&Number(1, 4)), "Your words for tiers: 1 (most critical) to 4."),
    key(
        &["severities"],
        ByName(&Exactly(URGENCIES)),
        "Your words for severities: what each asks for.",
    ),
    key(
        &["required_parts"],
        Either(&[List(&Exactly(PARTS)), Map(BY_TIER)]),
        "Parts that runbooks must have: of all, or by tier of their service.",
    ),
    key(&["rules"], Made(rules), "Levels of findings."),
    key(&["paths"], List(&Map(PATHS)), "Levels of findings for paths; later rows win."),
    key(
        &["max_vanish"],
        Share,
        "Percent of the published addresses that `build --against` lets go.",
    ),
];

/// Keys of `required_parts` where it is a map.
pub(crate) const BY_TIER: &[Key] = &[
    key(&["all"], List(&Exactly(PARTS)), "Parts of every runbook."),
    key(&["1"], List(&Exactly(PARTS)), "Parts of runbooks of tier 1."),
    key(&["2"], List(&Exactly(PARTS)), "Parts of runbooks of tier 2."),
    key(&["3"], List(&Exactly(PARTS)), "Parts of runbooks of tier 3."),
    key(&["4"], List(&Exactly(PARTS)), "Parts of runbooks of tier 4."),
];

/// Keys of levels for paths.
pub(crate) const PATHS: &[Key] = &[
    key(&["glob"], Texts, "Files that it is about."),
    key(&["rules"], Made(rules), "Levels of findings there."),
];

/// Usual names of addresses.
const URL_TEMPLATES: &[Key] = &[
    key(&["dashboard"], Text, "Dashboard of a service, with {service}."),
    key(&["logs"], Text, "Logs of a service, with {service}."),
    key(&["new_issue"], Text, "Where to file what is wrong with a page."),
    key(&["new_file"], Text, "Where to write a runbook that is missing."),
];

/// Keys of `alerts`.
pub(crate) const ALERTS: &[Key] = &[
    key(&["rules"], Texts, "Globs of rule files; else every file that looks like one."),
    key(&["runbook_urls"], List(&Map(PREFIX)), "What an address in `runbook_url` stands for."),
    key(&["exempt"], Texts, "Names of alerts that need no runbook."),
];

/// Keys of a prefix.
pub(crate) const PREFIX: &[Key] = &[
    key(&["prefix"], Text, "Start of the address."),
    key(&["path"], Text, "The folder that it stands for."),
    key(&["site"], Text, "The address of this site that it stands for."),
];

/// Keys of `search`.
pub(crate) const SEARCH: &[Key] =
    &[key(&["synonyms"], ByName(&Texts), "A word, and what it also means.")];

/// Keys of `secrets`.
pub(crate) const SECRETS: &[Key] = &[
    key(&["allow"], Texts, "Values, or patterns of whole values."),
    key(&["paths"], Texts, "Globs of files published as they are written."),
];

/// Every rule, by its name and its code.
fn rules() -> Vec<Key> {
    let names = |name: &'static &'static str| std::slice::from_ref(name);
    let row = |names, says| key(names, OneOf(LEVELS), says);
    let by_name = RULES.iter().map(|rule| row(names(&rule.name), rule.summary));
    let by_code = RULES.iter().map(|rule| row(names(&rule.code), rule.summary));
    by_name.chain(by_code).collect()
}

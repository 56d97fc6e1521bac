//! The keys of our own schema and the spellings that are taken for them.

use crate::text::yaml::{Entry, Node};

/// One key of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name in the documentation.
    pub name: &'static str,
    /// Other spellings; case, `-` and `_` never matter.
    pub aliases: &'static [&'static str],
}

const fn key(name: &'static str, aliases: &'static [&'static str]) -> Key {
    Key { name, aliases }
}

/// Keys of a service, in `service.yaml` and in front matter.
pub const SERVICE_KEYS: &[Key] = &[
    key("id", &["service"]),
    key("name", &["title", "display_name"]),
    key("description", &["summary"]),
    key("owner", &["team", "owners", "owned_by"]),
    key("tier", &["service_tier", "criticality"]),
    key("lifecycle", &["lifecycle_stage"]),
    key("type", &["service_type"]),
    key("system", &[]),
    key("languages", &["language"]),
    key("tags", &["tag"]),
    key("repo", &["repository", "repos", "repositories"]),
    key("contacts", &["contact"]),
    key("oncall", &["on_call"]),
    key("depends_on", &["dependencies"]),
    key("provides", &["provides_apis"]),
    key("consumes", &["consumes_apis"]),
    key("alerts", &["alert"]),
    key("slos", &["slo"]),
    key("links", &["link"]),
    key("lessons", &["heard", "answers"]),
    key("extra", &[]),
];

/// Keys of a team, in `teams.yml`, `team.yaml` and in front matter.
pub const TEAM_KEYS: &[Key] = &[
    key("id", &["team"]),
    key("name", &["title", "display_name"]),
    key("description", &["summary"]),
    key("url", &["homepage"]),
    key("contacts", &["contact"]),
    key("oncall", &["on_call"]),
    key("members", &["member", "people"]),
    key("links", &["link"]),
    key("tags", &[]),
    key("extra", &[]),
];

/// Keys that a page may carry beside its facts; other stages read them or nobody does.
pub const PAGE_KEYS: &[&str] = &[
    "kind",
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

impl Key {
    /// Returns true where `written` is this key or one of its other spellings.
    pub fn is(&self, written: &str) -> bool {
        same(self.name, written) || self.aliases.iter().any(|alias| same(alias, written))
    }
}

/// Returns the entry that says `key`: the documented name before its other spellings.
pub(crate) fn entry<'n>(map: &'n Node, keys: &[Key], name: &str) -> Option<&'n Entry> {
    let key = keys.iter().find(|key| key.name == name)?;
    let entries = map.entries();
    let stated = |e: &&Entry| !e.value.is_blank();
    entries
        .iter()
        .find(|e| same(name, &e.key) && stated(e))
        .or_else(|| entries.iter().find(|e| key.is(&e.key) && stated(e)))
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

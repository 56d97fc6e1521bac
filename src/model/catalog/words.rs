//! Words of metadata files → the words of the model: tiers, lifecycles, purposes of links.

use crate::model::catalog::keys::RELS;
use crate::model::service::Tier;
use crate::text::keys;

/// Returns a tier as rank and word: `1`, `tier-1`, `T1`, `p1`, `platinum` and `critical` are rank 1.
///
/// A word that is no rank (a layer such as `db`) is kept without one.
pub fn tier(word: &str) -> Tier {
    let plain = letters(word);
    let bare = plain.strip_prefix("tier").unwrap_or(&plain);
    let rank = match bare.strip_prefix(['t', 'p']).unwrap_or(bare) {
        "0" | "1" => Some(1),
        "2" => Some(2),
        "3" => Some(3),
        "4" => Some(4),
        _ => match bare {
            "platinum" | "critical" | "missioncritical" => Some(1),
            "gold" | "high" => Some(2),
            "silver" | "medium" => Some(3),
            "bronze" | "low" => Some(4),
            _ => None,
        },
    };
    Tier { rank, word: word.trim().to_owned() }
}

/// Returns `experimental`, `production`, `deprecated` or `retired`, or the word as it is.
pub fn lifecycle(word: &str) -> String {
    let known = match letters(word).as_str() {
        "experimental" | "experiment" | "alpha" | "prealpha" | "beta" | "prerelease"
        | "preview" | "preproduction" | "preprod" | "development" | "indevelopment" | "dev"
        | "poc" | "prototype" | "incubating" | "planned" => "experimental",
        "production"
        | "prod"
        | "active"
        | "live"
        | "ga"
        | "generallyavailable"
        | "generalavailability"
        | "stable"
        | "operational"
        | "released" => "production",
        "deprecated" | "sunset" | "sunsetting" | "legacy" | "phaseout" | "endofsupport" => {
            "deprecated"
        }
        "retired" | "decommissioned" | "decommission" | "eol" | "endoflife" | "inactive"
        | "archived" | "removed" | "obsolete" | "disabled" => "retired",
        _ => return word.trim().to_owned(),
    };
    known.to_owned()
}

/// Returns the purpose that a word of a metadata file names: `Runbooks` → `runbook`.
pub(crate) fn link_rel(word: &str) -> Option<&'static str> {
    RELS.get(keys::which(RELS, word)?)?.first().copied()
}

/// Returns the purpose of a link that names none, judged by the words of its title and address.
pub(crate) fn guess_rel(title: &str, url: &str) -> &'static str {
    let by_title = title.split(|c: char| !c.is_alphanumeric()).find_map(link_rel);
    if let Some(rel) = by_title {
        return rel;
    }
    let url = url.to_ascii_lowercase();
    for (part, rel) in [
        ("runbook", "runbook"),
        ("playbook", "runbook"),
        ("grafana", "dashboard"),
        ("dashboard", "dashboard"),
        ("kibana", "logs"),
        ("//logs.", "logs"),
        ("//traces.", "traces"),
        ("//status.", "status"),
        ("//docs.", "doc"),
        ("/docs/", "doc"),
        ("/wiki/", "doc"),
    ] {
        if url.contains(part) {
            return rel;
        }
    }
    "other"
}

/// Returns `slack`, `email`, `phone`, `teams` or `other`, judged by a contact's value.
pub(crate) fn guess_contact(value: &str) -> &'static str {
    let lower = value.to_ascii_lowercase();
    if value.starts_with('#') || lower.contains("slack.com/") || lower.starts_with("slack:") {
        return "slack";
    }
    if lower.contains("teams.microsoft.com/") {
        return "teams";
    }
    if lower.starts_with("mailto:") || (value.contains('@') && !is_url(value)) {
        return "email";
    }
    let phone = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '/');
    if value.chars().filter(char::is_ascii_digit).count() >= 3 && value.chars().all(phone) {
        return "phone";
    }
    "other"
}

/// Returns true for an absolute address.
pub(crate) fn is_url(text: &str) -> bool {
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    lower.starts_with("http://") || lower.starts_with("https://")
}

/// The letters and digits of a word in lower case, so that spellings compare equal.
pub(crate) fn letters(word: &str) -> String {
    word.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::{guess_contact, lifecycle, tier};

    #[test]
    fn tiers_are_ranks_where_the_word_is_one() {
        for (word, rank) in [
            ("1", Some(1)),
            ("0", Some(1)),
            ("tier-1", Some(1)),
            ("tier_2", Some(2)),
            ("T3", Some(3)),
            ("p4", Some(4)),
            ("Platinum", Some(1)),
            ("Bronze", Some(4)),
            ("silver", Some(3)),
            ("medium", Some(3)),
            ("High", Some(2)),
            ("sv", None),
            ("db", None),
            ("5", None),
            ("", None),
            ("プラチナ", None),
        ] {
            assert_eq!(tier(word).rank, rank, "{word}");
            assert_eq!(tier(word).word, word);
        }
    }

    #[test]
    fn lifecycles_have_four_words() {
        for (word, expected) in [
            ("Active", "production"),
            ("Pre-Release", "experimental"),
            ("Decommissioned", "retired"),
            ("beta", "experimental"),
            ("generally_available", "production"),
            ("Deprecated", "deprecated"),
            ("on ice", "on ice"),
        ] {
            assert_eq!(lifecycle(word), expected, "{word}");
        }
    }

    #[test]
    fn contacts_tell_their_kind() {
        for (value, kind) in [
            ("#payments", "slack"),
            ("https://acme.slack.com/archives/C01", "slack"),
            ("a@b.example", "email"),
            ("+49 40 123-456", "phone"),
            ("ask Jo", "other"),
        ] {
            assert_eq!(guess_contact(value), kind, "{value}");
        }
    }
}

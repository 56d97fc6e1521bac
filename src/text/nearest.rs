//! A name that does not exist → the nearest one that does, for hints.

use crate::text::words::stem;

/// Returns the candidate nearest to `name`, if it is near enough to be what was meant.
///
/// Near enough: Damerau-Levenshtein distance at most a third of the longer name's length and at most 4,
/// compared without case; ties go to the first candidate.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let n_wanted = wanted.chars().count();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let n = candidate.chars().count();
        let limit = (n.max(n_wanted) / 3).clamp(1, 4).min(best.map_or(usize::MAX, |(d, _)| d));
        if n.abs_diff(n_wanted) > limit {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase());
        if distance <= limit && best.is_none_or(|(d, _)| distance < d) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Returns the only candidate that is the same name with a slip of the pen: see [`is_slip_of`].
pub fn only_slip<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut found = candidates.into_iter().filter(|candidate| is_slip_of(name, candidate));
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

/// Returns true where two names differ in case, in what separates their words, or in one letter of one long word, or two letters of one word changed places.
///
/// Far stricter than [`nearest`], which a person judges: `eu-db` and `us-db`, `node-1` and `node-2` are two things.
pub fn is_slip_of(a: &str, b: &str) -> bool {
    let words = |name: &str| {
        let lower = name.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
        words.map(str::to_owned).collect::<Vec<_>>()
    };
    let (a, b) = (words(a), words(b));
    if a.is_empty() || b.is_empty() {
        return false;
    }
    // Without what separates them `1-12` and `11-2` would be one.
    let digits = |words: &[String]| words.iter().any(|w| w.bytes().any(|b| b.is_ascii_digit()));
    if a == b || (!digits(&a) && !digits(&b) && a.concat() == b.concat()) {
        return true;
    }
    let mut differing = a.iter().zip(&b).filter(|(a, b)| a != b);
    let (Some((one, other)), None) = (differing.next(), differing.next()) else { return false };
    let letters = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    // Two letters that changed places make another word more seldom than one that is another.
    let least = if letters(one) == letters(other) { 4 } else { 5 };
    let is_long =
        |word: &str| word.chars().count() >= least && word.chars().all(char::is_alphabetic);
    a.len() == b.len()
        && is_long(one)
        && is_long(other)
        && strsim::damerau_levenshtein(one, other) == 1
}

/// Returns true where two slugs are one name, written twice: an ending or a letter differs, or the order.
pub fn is_spelling_of(a: &str, b: &str) -> bool {
    let parts = |slug: &str| {
        let mut parts: Vec<String> = slug.split('-').map(stem).collect();
        parts.sort();
        parts
    };
    let longest = a.len().max(b.len());
    parts(a) == parts(b) || (longest >= 8 && strsim::damerau_levenshtein(a, b) == 1)
}

#[cfg(test)]
mod tests {
    use super::{is_slip_of, is_spelling_of, nearest, only_slip};

    #[test]
    fn a_slip_of_the_pen_is_no_other_thing() {
        for (a, b) in [
            ("onwer", "owner"),
            ("last-reviewed", "last_reviewed"),
            ("roll-back", "rollback"),
            ("Drain_Region.md", "drain-region.md"),
            ("mitigaton-in-eu", "mitigation-in-eu"),
            ("roll-bakc", "roll-back"),
        ] {
            assert!(is_slip_of(a, b), "{a} {b}");
        }
        for (a, b) in [
            ("eu-failover.md", "us-failover.md"),
            ("uk-failover.md", "us-failover.md"),
            ("node-1", "node-2"),
            ("step-1-12", "step-11-2"),
            ("renamed.md", "reader.md"),
            ("drain", "drain-region"),
            ("disable", "enable"),
            ("", ""),
        ] {
            assert!(!is_slip_of(a, b), "{a} {b}");
        }
        assert_eq!(only_slip("esclation", ["escalation", "impact"]), Some("escalation"));
        assert_eq!(only_slip("start", ["stars", "smart"]), None, "one of two is a guess");
    }

    #[test]
    fn slugs_that_mean_the_same_are_one_name() {
        assert!(is_spelling_of("missing-alert", "missing-alerts"));
        assert!(is_spelling_of("canary-missing", "missing-canary"));
        assert!(is_spelling_of("expired-certifcate", "expired-certificate"));
        assert!(!is_spelling_of("missing-alert", "missing-test"));
        assert!(!is_spelling_of("dns", "dos"));
    }

    #[test]
    fn a_typo_finds_its_name() {
        let names = ["owner", "title", "last_reviewed", "services"];
        assert_eq!(nearest("onwer", names), Some("owner"));
        assert_eq!(nearest("last-reviewed", names), Some("last_reviewed"));
        assert_eq!(nearest("colour", names), None);
        assert_eq!(nearest("x", names), None);
    }
}

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
    use super::{is_spelling_of, nearest};

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

//! Words → names that are safe in an address: slugs, path segments, GitHub heading anchors.

/// Longest name in an address, in bytes: file systems allow 255.
const MAX_NAME: usize = 100;

/// Files that stand beside pages.
const OWN_FILES: [&str; 3] = ["index.html", "index.md", "feed.xml"];

/// Returns the letters of ASCII that stand for a letter of another alphabet; "" where none do.
pub fn ascii_of(c: char) -> &'static str {
    any_ascii::any_ascii_char(c)
}

/// Returns `text` as an id of `[a-z0-9-]`: transliterated, lower case, other runs become one `-`.
///
/// Empty where nothing usable is left; at most [`MAX_NAME`] bytes.
pub fn slug(text: &str) -> String {
    let ascii = any_ascii::any_ascii(text);
    let mut out = String::with_capacity(ascii.len());
    for c in ascii.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') && c != '\'' {
            out.push('-');
        }
    }
    out.truncate(MAX_NAME);
    while out.ends_with('-') {
        out.pop();
    }
    out
}

/// Returns the first words of `text` as a slug of at most `limit` bytes, cut between words.
pub fn short_slug(text: &str, limit: usize) -> String {
    let full = slug(text);
    if full.len() <= limit {
        return full;
    }
    let cut = &full[..limit];
    cut.rsplit_once('-').map_or(cut, |(head, _)| head).to_owned()
}

/// Returns `text` as one path segment of `[A-Za-z0-9._-]`, case kept; never empty, `.`, `..` or the name
/// of a page's own file.
pub fn segment(text: &str) -> String {
    let ascii = any_ascii::any_ascii(text);
    let mut out = String::with_capacity(ascii.len());
    for c in ascii.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '_' | '.') {
            out.push(c);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    let trimmed = out.trim_matches(|c| c == '-' || c == '.');
    if OWN_FILES.iter().any(|own| trimmed.eq_ignore_ascii_case(own)) {
        return trimmed.replace('.', "-");
    }
    let mut end = trimmed.len().min(MAX_NAME);
    while !trimmed.is_char_boundary(end) {
        end -= 1;
    }
    if trimmed.is_empty() { "x".to_owned() } else { trimmed[..end].to_owned() }
}

/// Returns the anchor that GitHub gives a heading: lower case, punctuation dropped, spaces to `-`.
///
/// Letters, marks and digits of every script stay, so do `-` and `_`
/// (rule of `html-pipeline`'s table-of-contents filter; comrak's `Anchorizer` is the oracle in tests).
pub fn github_anchor(heading: &str) -> String {
    let mut out = String::with_capacity(heading.len());
    for c in heading.chars().flat_map(char::to_lowercase) {
        if c == ' ' {
            out.push('-');
        } else if c.is_alphanumeric() || matches!(c, '-' | '_') || is_mark(c) {
            out.push(c);
        }
    }
    out
}

/// Combining marks that stand in real headings (accents, Indic and Arabic vowel signs).
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}'
        | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{e31}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}'
        | '\u{200d}' | '\u{203f}'..='\u{2040}' | '\u{20d0}'..='\u{20f0}' | '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use super::{github_anchor, segment, short_slug, slug};

    #[test]
    fn slugs_are_plain_ascii() {
        for (text, expected) in [
            (
                "Config changes need the same canary as code.",
                "config-changes-need-the-same-canary-as-code",
            ),
            ("Ünï & co", "uni-co"),
            ("  --  ", ""),
            ("don't", "dont"),
            ("../../etc", "etc"),
        ] {
            assert_eq!(slug(text), expected);
        }
        assert_eq!(short_slug("alpha beta gamma", 11), "alpha-beta");
    }

    #[test]
    fn segments_never_leave_their_folder() {
        for (text, expected) in [
            ("..", "x"),
            ("", "x"),
            ("PM2022-002 -  Logs", "PM2022-002-Logs"),
            ("a/b\\c", "a-b-c"),
            (".git", "git"),
        ] {
            assert_eq!(segment(text), expected);
        }
    }

    #[test]
    fn anchors_are_those_of_another_implementation() {
        for heading in [
            "Meaning",
            "What's new?",
            "A & B / C",
            "1. First: `kubectl get pods -n $NS`",
            "Ünïcode Über",
            "日本語 見出し",
            "emoji 🚨 here",
            "under_score-and--dash",
            "tabs\tand  two spaces",
            "(parens) [brackets] {braces}",
            "a.b.c v1.2",
            "résumé – dash — em",
            "100 % of $COST",
            "हिन्दी शीर्षक",
            "العربية",
            "ends with space ",
            "Ⅳ ² ½",
        ] {
            let mut other = comrak::Anchorizer::new();
            assert_eq!(github_anchor(heading), other.anchorize(heading), "{heading}");
        }
    }

    #[test]
    fn anchors_follow_github() {
        for (heading, expected) in [
            ("Meaning", "meaning"),
            ("What to do: `kubectl get`?", "what-to-do-kubectl-get"),
            ("A -- B", "a----b"),
            ("snake_case & Co", "snake_case--co"),
            ("含义", "含义"),
            ("v1.2.3", "v123"),
        ] {
            assert_eq!(github_anchor(heading), expected);
        }
    }
}

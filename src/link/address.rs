//! An authored address → what a browser would make of it: scheme, host or path.

/// An address, judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address<'a> {
    /// `http`, `https`, `mailto` or `tel`: the whole address, cleaned.
    Absolute(String),
    /// A scheme that is not allowed, in lower case.
    Refused(String),
    /// One of our reference forms: kind and name.
    Reference(&'a str, &'a str),
    /// A path, a query and a fragment, as written.
    Path { path: &'a str, fragment: Option<&'a str> },
    /// Holds a template of another generator.
    Template,
    /// Nothing at all.
    Empty,
}

/// Kinds that a reference may name.
const REFERENCES: [&str; 8] =
    ["service", "team", "alert", "runbook", "postmortem", "lesson", "factor", "page"];

/// Judges an address as a browser parses it: control characters and white space around are dropped, tabs and
/// line ends anywhere (WHATWG URL, 4.4), the scheme is compared without case.
pub(crate) fn judge(written: &str) -> Address<'_> {
    let trimmed = written.trim_matches(|c: char| c <= ' ');
    if trimmed.is_empty() {
        return Address::Empty;
    }
    if ["{{", "{%", "<%", "${"].iter().any(|mark| trimmed.contains(mark)) {
        return Address::Template;
    }
    let cleaned: String = trimmed.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    if let Some((scheme, rest)) = cleaned.split_once(':') {
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
        if is_scheme {
            let lower = scheme.to_ascii_lowercase();
            if let Some(kind) = REFERENCES.iter().find(|k| **k == lower)
                && let Some((_, name)) = trimmed.split_once(':')
            {
                return Address::Reference(kind, name);
            }
            return match lower.as_str() {
                "http" | "https" => Address::Absolute(format!("{lower}:{rest}")),
                "mailto" | "tel" => Address::Absolute(format!("{lower}:{rest}")),
                _ => Address::Refused(lower),
            };
        }
    }
    if cleaned.starts_with("//")
        || cleaned.starts_with("\\\\")
        || cleaned.starts_with("/\\")
        || cleaned.starts_with("\\/")
    {
        return Address::Absolute(format!("https://{}", cleaned.trim_start_matches(['/', '\\'])));
    }
    let (path, fragment) = match trimmed.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment)),
        None => (trimmed, None),
    };
    let path = path.split('?').next().unwrap_or(path);
    Address::Path { path, fragment }
}

#[cfg(test)]
mod tests {
    use super::{Address, judge};

    #[test]
    fn schemes_are_judged_as_a_browser_does() {
        for refused in [
            "javascript:alert(1)",
            "JaVaScRiPt:x",
            " javascript:x",
            "java\tscript:x",
            "data:text/html,x",
            "vbscript:x",
            "\u{1}javascript:x",
            "file:///etc/passwd",
        ] {
            assert!(matches!(judge(refused), Address::Refused(_)), "{refused:?}");
        }
        assert_eq!(judge("HTTPS://x.example/"), Address::Absolute("https://x.example/".into()));
        assert_eq!(judge("//evil.example"), Address::Absolute("https://evil.example".into()));
        assert_eq!(judge("runbook:a-b"), Address::Reference("runbook", "a-b"));
        assert_eq!(judge("a.md?x#y"), Address::Path { path: "a.md", fragment: Some("y") });
        assert_eq!(judge("{{ x }}"), Address::Template);
        assert_eq!(judge(" "), Address::Empty);
    }
}

//! File name and first bytes → what a file is.

use crate::text::source::SourceKind;

/// What a file's name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Text that is parsed.
    Text(SourceKind),
    /// Kept for links and images only.
    Asset,
    /// A name without ending: markdown if it starts like it.
    NeedsLook,
}

/// Judges a file name.
pub(crate) fn by_name(name: &str) -> Class {
    if name == "CODEOWNERS" {
        return Class::Text(SourceKind::Codeowners);
    }
    let lower = name.to_ascii_lowercase();
    // `.html.md.erb` is Middleman's name for a markdown page.
    let lower = lower.strip_suffix(".erb").unwrap_or(&lower);
    match lower.rsplit_once('.') {
        Some((_, "md" | "markdown" | "mdx" | "mdown")) => Class::Text(SourceKind::Markdown),
        Some((_, "yaml" | "yml")) => Class::Text(SourceKind::Yaml),
        // `PM2022-009 - Bad AWS EKS AMI` has no ending; `v1.2` has none that is one.
        Some((_, ending)) if ending.len() <= 8 && !ending.contains(' ') => Class::Asset,
        _ if matches!(lower, "license" | "notice" | "makefile" | "dockerfile" | "owners") => {
            Class::Asset
        }
        _ => Class::NeedsLook,
    }
}

/// Returns true for a text whose first line that is not blank is a level-1 heading or front matter.
pub(crate) fn looks_like_markdown(text: &str) -> bool {
    let Some(first) = text.lines().find(|line| !line.trim().is_empty()) else { return false };
    let title = first
        .strip_prefix("# ")
        .is_some_and(|rest| rest.chars().next().is_some_and(char::is_alphanumeric));
    // A script's or configuration file's comment also starts with `# `; markdown has a second heading.
    let second = text.lines().skip(1).any(|line| line.starts_with("## "));
    !text.contains('\0') && title && second
}

#[cfg(test)]
mod tests {
    use super::{Class, by_name, looks_like_markdown};
    use crate::text::source::SourceKind;

    #[test]
    fn names_decide() {
        for (name, class) in [
            ("README.md", Class::Text(SourceKind::Markdown)),
            ("index.html.md.erb", Class::Text(SourceKind::Markdown)),
            ("rules.YML", Class::Text(SourceKind::Yaml)),
            ("CODEOWNERS", Class::Text(SourceKind::Codeowners)),
            ("a.png", Class::Asset),
            ("LICENSE", Class::Asset),
            ("PM2022-009 - Bad AMI", Class::NeedsLook),
        ] {
            assert_eq!(by_name(name), class, "{name}");
        }
        assert!(looks_like_markdown("\n# Title\n\n## Summary\n"));
        assert!(!looks_like_markdown("# a comment\nx=1\n"));
    }
}

//! CODEOWNERS text → owners of paths, by GitHub's rules: the last pattern that matches decides.
//!
//! GitLab's section headings are read for their default owners only.

use crate::text::glob::Globs;

/// The rules of one CODEOWNERS file.
#[derive(Clone, Debug, Default)]
pub struct CodeOwners {
    globs: Globs,
    /// The rule of each glob; a rule may have two.
    rule_of_glob: Vec<usize>,
    /// Owners of each rule, as written.
    owners: Vec<Vec<String>>,
}

/// Reads a CODEOWNERS file. A line that is no pattern is skipped, as GitHub does.
pub fn parse(text: &str) -> CodeOwners {
    let mut globs = Vec::new();
    let mut rule_of_glob = Vec::new();
    let mut owners = Vec::new();
    let mut defaults = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(rest) = after_section(line) {
            defaults = words(rest);
            continue;
        }
        let mut said = words(line).into_iter();
        let Some(pattern) = said.next() else { continue };
        let compiled: Vec<String> = globs_of(&pattern)
            .into_iter()
            .filter(|glob| Globs::new([glob.as_str()]).is_ok())
            .collect();
        let mut named: Vec<String> = said.collect();
        if named.is_empty() {
            named.clone_from(&defaults);
        }
        rule_of_glob.extend(compiled.iter().map(|_| owners.len()));
        globs.extend(compiled);
        owners.push(named);
    }
    let globs = Globs::new(globs.iter().map(String::as_str)).unwrap_or_default();
    CodeOwners { globs, rule_of_glob, owners }
}

impl CodeOwners {
    /// Returns the owners of a path as written (`@org/team`, `@user`, an address); none where no
    /// pattern matches or the last one that does names nobody.
    pub fn owners<'a>(&'a self, path_in_repository: &str) -> &'a [String] {
        let path = path_in_repository.trim_start_matches("./").trim_start_matches('/');
        let rules = self.globs.matches(path);
        let rule = rules.iter().filter_map(|glob| self.rule_of_glob.get(*glob)).max();
        rule.and_then(|rule| self.owners.get(*rule)).map_or(&[], Vec::as_slice)
    }
}

/// What follows a heading of GitLab: `^[Docs][2] @writers` → ` @writers`.
fn after_section(line: &str) -> Option<&str> {
    let inner = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?;
    let (_, rest) = inner.split_once(']')?;
    let rest = match rest.strip_prefix('[').and_then(|count| count.split_once(']')) {
        Some((count, rest)) if count.bytes().all(|b| b.is_ascii_digit()) => rest,
        _ => rest,
    };
    (rest.is_empty() || rest.starts_with([' ', '\t'])).then_some(rest)
}

/// The words of a line up to a comment; `\ ` is a space inside a word.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\\' && chars.peek().is_some_and(|next| matches!(next, ' ' | '#')) {
            word.extend(chars.next());
        } else if c.is_whitespace() {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
        } else if c == '#' && word.is_empty() {
            break;
        } else {
            word.push(c);
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The globs of one pattern: the path itself, and all below it where it may be a folder.
fn globs_of(pattern: &str) -> Vec<String> {
    let bare = pattern.strip_prefix('/').unwrap_or(pattern);
    let is_folder = bare.ends_with('/');
    let bare = bare.trim_end_matches('/');
    if bare.is_empty() {
        return vec!["**".to_owned()];
    }
    // A slash anywhere but at the end ties the pattern to the root.
    let anchored = pattern.starts_with('/') || bare.contains('/');
    let mut glob = if anchored { String::new() } else { "**/".to_owned() };
    for c in bare.chars() {
        // GitHub knows no classes and no alternatives.
        if matches!(c, '[' | ']' | '{' | '}') {
            glob.push('\\');
        }
        glob.push(c);
    }
    let below = format!("{glob}/**");
    if is_folder {
        return vec![below];
    }
    // `docs/*` means the files of the folder, not of folders in it.
    if anchored && glob.ends_with("/*") || glob.ends_with("**") {
        return vec![glob];
    }
    vec![glob, below]
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn check(text: &str, expected: &[(&str, &str)]) {
        let owners = parse(text);
        for (path, names) in expected {
            assert_eq!(owners.owners(path).join(" "), *names, "{path} in {text:?}");
        }
    }

    #[test]
    fn the_last_match_decides() {
        check(
            "# Owners\n*  @acme/all  # everyone\n/docs/ @acme/docs a@b.example\n*.js @js\n\
             /docs/generated/\n",
            &[
                ("README.md", "@acme/all"),
                ("a/b/c.txt", "@acme/all"),
                ("docs/a/b.md", "@acme/docs a@b.example"),
                ("/docs/x.js", "@js"),
                ("docs/generated/x.md", ""),
                ("a/docs/x.md", "@acme/all"),
            ],
        );
    }

    #[test]
    fn patterns_are_githubs() {
        check(
            "docs/* @direct\napps/ @anywhere\n/build/logs @build\n**/logs @logs\n/scripts/**/x @x\n",
            &[
                ("docs/a.md", "@direct"),
                ("docs/a/b.md", ""),
                ("x/apps/y/z", "@anywhere"),
                ("apps/y", "@anywhere"),
                ("build/logs/today", "@logs"),
                ("a/logs/b", "@logs"),
                ("scripts/a/b/x", "@x"),
                ("scripts/x", "@x"),
                ("other", ""),
            ],
        );
        check(
            "with\\ space/ @space\n/a[1].md @class\n{b}.md @brace\n\\#x @hash\n\\\n",
            &[
                ("with space/x", "@space"),
                ("a[1].md", "@class"),
                ("a1.md", ""),
                ("{b}.md", "@brace"),
                ("#x", "@hash"),
            ],
        );
    }

    #[test]
    fn sections_give_defaults() {
        check(
            "* @all\n[Docs] @docs\n*.md\nx.md @x\n^[Tests][2] @qa @qb\ntests/\n[Plain]\nplain/\n",
            &[
                ("a.rs", "@all"),
                ("a.md", "@docs"),
                ("x.md", "@x"),
                ("tests/a", "@qa @qb"),
                ("plain/a", ""),
            ],
        );
        check("", &[("a", "")]);
        check("*", &[("a", "")]);
    }
}

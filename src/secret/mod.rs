//! Text → private keys, tokens and passwords in it, and the same text without them.
//!
//! Values are written over in the text itself, before anybody reads it: so no page, index, report or message has them.

mod judge;
mod pattern;
mod rules;
mod url;

use std::collections::BTreeMap;
use std::ops::Range;

pub use crate::secret::pattern::Pattern;
use crate::secret::rules::{RULES, Rule};
use crate::text::glob::Globs;
use crate::text::span::Span;

/// What a value lets its reader do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// It proves to be somebody.
    PrivateKey,
    /// Whoever bears it is let in.
    Token,
    /// It stands beside the name of an account.
    Password,
}

impl Family {
    /// Words after `opslore-allow:` that let values of this family pass: all secrets, its rule, its number.
    fn names(self) -> [&'static str; 3] {
        match self {
            Self::PrivateKey => ["secret", "private-key", "ol506"],
            Self::Token => ["secret", "access-token", "ol507"],
            Self::Password => ["secret", "password-in-text", "ol508"],
        }
    }
}

/// A secret in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Secret {
    /// The value, without what every value of its rule begins with.
    pub span: Span,
    /// The rule that found it.
    pub rule: &'static str,
}

/// What a site says is no secret.
#[derive(Clone, Debug, Default)]
pub struct Allow {
    values: Vec<String>,
    patterns: Vec<Pattern>,
    paths: Globs,
}

impl Allow {
    /// Allows values that are one of `values` or that one of them matches as a whole, and files by their paths.
    pub fn new(values: Vec<String>, paths: Globs) -> Self {
        let whole = |value: &String| Pattern::new(&format!("^(?:{value})$")).ok();
        let patterns = values.iter().filter_map(whole).collect();
        Self { values, patterns, paths }
    }

    fn value(&self, value: &str) -> bool {
        self.values.iter().any(|v| v == value) || self.patterns.iter().any(|p| p.is_match(value))
    }
}

/// Words on a line that let its values pass, as gitleaks reads them.
const LINE_MARK: &str = "gitleaks:allow";

/// Words that let values of a whole file pass, as other findings are allowed.
const FILE_MARK: &str = "opslore-allow:";

/// The rule that finds the first value of a `Secret`, with its key.
const KUBERNETES: &str = "kubernetes-secret-yaml";

/// Bytes before a word in which what belongs to it can begin.
const BEFORE: usize = 512;

/// Returns the secrets of a file's text in the order of their places, none within another.
pub fn find(path: &str, text: &str, allow: &Allow) -> Vec<Secret> {
    if allow.paths.is_match(path) {
        return Vec::new();
    }
    let mut found = tokens(text, allow);
    let passwords = url::passwords(text).filter(|span| !allow.value(span.of(text)));
    found.extend(passwords.map(|span| Secret { span, rule: url::RULE }));
    if found.is_empty() {
        return found;
    }
    let allowed = allowed(text);
    found.retain(|secret| {
        !family(secret.rule).names().iter().any(|name| allowed.iter().any(|a| a == name))
            && !lines(text, secret.span).contains(LINE_MARK)
    });
    found.sort_by_key(|s| (s.span.start, std::cmp::Reverse(s.span.end), s.rule));
    let mut apart: Vec<Secret> = Vec::new();
    for secret in found {
        match apart.last_mut() {
            Some(last) if secret.span.start < last.span.end => {
                last.span.end = last.span.end.max(secret.span.end);
            }
            _ => apart.push(secret),
        }
    }
    apart
}

/// Writes over the values, byte by byte: every other place of the text stays where it is.
///
/// `X` is a letter in every format: a run of `*` would be an alias in YAML and a rule in markdown.
pub fn blacken(text: &mut String, secrets: &[Secret]) {
    if secrets.is_empty() {
        return;
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for secret in secrets {
        let range = secret.span.range();
        out.push_str(&text[at..range.start]);
        for c in secret.span.of(text).chars() {
            // Lines and indents are the shape of the file.
            if c.is_ascii_whitespace() {
                out.push(c);
            } else {
                out.extend(std::iter::repeat_n('X', c.len_utf8()));
            }
        }
        at = range.end;
    }
    out.push_str(&text[at..]);
    *text = out;
}

/// Names in comments `opslore-allow: …`, lower case.
fn allowed(text: &str) -> Vec<String> {
    let lists = text.match_indices(FILE_MARK).map(|(at, mark)| {
        let rest = text[at + mark.len()..].lines().next().unwrap_or_default();
        rest.split("-->").next().unwrap_or_default()
    });
    let names = lists.flat_map(|list| list.split([',', ' ']).map(str::to_ascii_lowercase));
    names.filter(|name| !name.is_empty()).collect()
}

/// The lines that a span touches.
fn lines(text: &str, span: Span) -> &str {
    let range = span.range();
    let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[range.end..].find('\n').map_or(text.len(), |at| range.end + at);
    &text[start..end]
}

/// What the rules find.
fn tokens(text: &str, allow: &Allow) -> Vec<Secret> {
    let mut windows: BTreeMap<usize, Vec<Range<usize>>> = BTreeMap::new();
    RULES.words(text, |start, end, rules| {
        for n in rules {
            let reach = RULES.all[*n].reach;
            let window = start.saturating_sub(BEFORE.min(reach))..(end + reach).min(text.len());
            let of_rule = windows.entry(*n).or_default();
            match of_rule.last_mut() {
                Some(last) if window.start <= last.end => last.end = window.end,
                _ => of_rule.push(window),
            }
        }
    });
    let mut found = Vec::new();
    for (n, windows) in windows {
        let rule = &RULES.all[n];
        let Some(pattern) = rule.pattern() else { continue };
        for window in windows {
            let bytes = &text.as_bytes()[..window.end];
            let mut at = window.start;
            while let Some(next) = pattern.next(bytes, at, rule.group) {
                at = next.whole.end.max(at + 1);
                let value = whole_characters(text, next.value);
                let whole = whole_characters(text, next.whole);
                if is_secret(rule, &text[value.clone()], &text[whole])
                    && !allow.value(&text[value.clone()])
                {
                    let hidden = hidden(rule, &text[value.clone()]);
                    let span = Span::new(value.start + hidden.start, value.start + hidden.end);
                    found.push(Secret { span, rule: rule.name });
                    if rule.name == KUBERNETES {
                        let others = siblings(text, value.start);
                        found.extend(others.map(|span| Secret { span, rule: rule.name }));
                    }
                }
                if at > bytes.len() {
                    break;
                }
            }
        }
    }
    found
}

fn is_secret(rule: &Rule, value: &str, whole: &str) -> bool {
    let is_random = rule.entropy == 0.0 || judge::entropy(value) > rule.entropy;
    let is_other = judge::is_filler(value)
        || (family(rule.name) == Family::Password && is_placeholder(value))
        || RULES.passes.holds(value, whole)
        || rule.passes.holds(value, whole);
    is_random && !is_other
}

/// A password alone, or behind the name of an account.
fn is_placeholder(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']);
    // A key can be the name of an account without password: `curl --user key:`.
    let (user, password) = match value.trim_end_matches(':').split_once(':') {
        Some((user, password)) => (user, password),
        None => ("", value.trim_end_matches(':')),
    };
    judge::is_placeholder(user, password.trim_start())
}

/// Expressions are about bytes; a text is cut between characters only.
fn whole_characters(text: &str, range: Range<usize>) -> Range<usize> {
    let (mut start, mut end) = (range.start, range.end);
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

/// Values on the lines that follow a key of a `Secret` at the same depth.
fn siblings(text: &str, key: usize) -> impl Iterator<Item = Span> {
    let start = text[..key].rfind('\n').map_or(0, |at| at + 1);
    let indent = &text[start..key];
    let mut at = text[key..].find('\n').map_or(text.len(), |end| key + end + 1);
    let keys = std::iter::from_fn(move || {
        let line = text[at..].lines().next()?;
        let (_, value) = line.strip_prefix(indent)?.split_once(": ")?;
        let is_key = !indent.is_empty() && !line[indent.len()..].starts_with([' ', '\t']);
        let end = at + line.trim_end().len();
        let start = end - value.trim().len();
        at = (at + line.len() + 1).min(text.len());
        is_key.then(|| Span::new(start, end))
    });
    keys.filter(|span| span.of(text).len() >= 8 && !span.of(text).contains("{{"))
}

/// The part of a value that nobody may read: what all values of the rule begin with tells what it was.
fn hidden(rule: &Rule, value: &str) -> Range<usize> {
    let all = 0..value.len();
    let lower = value.to_ascii_lowercase();
    if rule.name == "private-key" {
        let head =
            value.find("-----").and_then(|at| Some(at + 10 + value[at + 5..].find("-----")?));
        let foot = lower.rfind("-----end");
        return match (head, foot) {
            (Some(head), Some(foot)) if head < foot => head..foot,
            _ => all,
        };
    }
    if rule.name == KUBERNETES {
        return value.find(':').map_or(all, |at| at + 1..value.len());
    }
    let is_url = lower.starts_with("https://") || lower.starts_with("http://");
    let key_end = |key: &&str| lower.starts_with(*key).then_some(key.len());
    let start = match lower.match_indices('/').nth(2) {
        // The host says whose address it is; what follows lets people in.
        Some((slash, _)) if is_url && !lower[..slash].contains('@') => slash + 1,
        _ => rule.keys.iter().filter_map(key_end).max().unwrap_or(0),
    };
    if start < value.len() { start..value.len() } else { all }
}

/// Returns what the values of a rule are for.
pub fn family(rule: &str) -> Family {
    match rule {
        "private-key" | "age-secret-key" => Family::PrivateKey,
        url::RULE
        | "curl-auth-user"
        | "hashicorp-tf-password"
        | KUBERNETES
        | "nuget-config-password" => Family::Password,
        _ => Family::Token,
    }
}

#[cfg(test)]
mod tests;

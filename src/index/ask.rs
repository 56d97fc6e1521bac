//! What was typed or pasted → words, phrases and filters.
//!
//! A pasted alert (Alertmanager's JSON or labels) is its name; of pasted log lines and stack traces the times,
//! ids and addresses are left out, and of long ones the lines that tell of an error come first.

use std::ops::Range;

use crate::text::tokens::{is_word, tokens};
use crate::text::words::is_stop;

/// Facets that `field:value` may name.
pub(crate) const FIELDS: [&str; 5] = ["kind", "team", "service", "severity", "tag"];

/// Words from which a query is taken for something pasted.
const PASTED: usize = 6;

/// Most words that are looked up.
const MOST_WORDS: usize = 24;

/// Words by which a line tells of an error.
const TELLING: [&str; 9] =
    ["error", "exception", "fatal", "panic", "fail", "caused", "denied", "refused", "timeout"];

/// A query, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Its words in order.
    pub words: Vec<String>,
    /// Which of them were written as one.
    pub compounds: Vec<Range<usize>>,
    /// The words that are looked up: each once, those that say nothing only where there are no others.
    pub keys: Vec<String>,
    /// Words between quotes.
    pub phrases: Vec<Vec<String>>,
    /// Facet and what it must be.
    pub fields: Vec<(String, String)>,
}

/// Understands a query. `is_value` says whether a facet has a value, so that `service:` in a log line is a word.
pub(crate) fn ask(query: &str, is_value: impl Fn(&str, &str) -> bool) -> Asked {
    let mut asked = Asked::default();
    let named = alert_name(query);
    let pasted = query.trim().contains('\n');
    let mut text = String::new();
    if let Some(name) = named {
        text.push_str(name);
    } else if pasted {
        text.push_str(query);
    } else {
        for part in parts(query) {
            if let Some((name, value)) = field(part).filter(|(name, value)| is_value(name, value)) {
                asked.fields.push((name.to_owned(), value.to_owned()));
            } else {
                text.push_str(part);
                text.push(' ');
            }
        }
        asked.phrases = phrases(&text);
    }
    let mut found = tokens(&text);
    if pasted || found.words.len() >= PASTED {
        let lines = plain(&text);
        found = tokens(&lines.join("\n"));
        if found.words.len() > MOST_WORDS {
            let tells = |line: &&String| {
                let lower = line.to_lowercase();
                TELLING.iter().any(|word| lower.contains(word))
            };
            let (mut first, rest): (Vec<&String>, Vec<&String>) = lines.iter().partition(tells);
            first.extend(rest);
            let text: Vec<&str> = first.into_iter().map(String::as_str).collect();
            found = tokens(&text.join("\n"));
            found.words.truncate(MOST_WORDS);
            found.compounds.retain(|c| c.end <= MOST_WORDS);
        }
    }
    for word in &found.words {
        if !is_stop(word) && !asked.keys.contains(word) {
            asked.keys.push(word.clone());
        }
    }
    if asked.keys.is_empty() {
        for word in &found.words {
            if !asked.keys.contains(word) {
                asked.keys.push(word.clone());
            }
        }
    }
    asked.words = found.words;
    asked.compounds = found.compounds;
    asked
}

/// The name in `"alertname": "X"` or `alertname="X"`.
fn alert_name(query: &str) -> Option<&str> {
    const KEY: &str = "alertname";
    let mut from = 0;
    while let Some(at) = query[from..].find(KEY) {
        let rest = &query[from + at + KEY.len()..];
        let value = rest.trim_start_matches(['"', '\'', ' ', '\\', '\t', '\n', '=', ':', '~']);
        let between = &rest[..rest.len() - value.len()];
        let end = value.find(|c: char| !is_word(c) && !matches!(c, '_' | '-' | '.' | ':'));
        let name = &value[..end.unwrap_or(value.len())];
        if between.contains([':', '=']) && !name.is_empty() {
            return Some(name);
        }
        from += at + KEY.len();
    }
    None
}

/// Pieces between spaces; quotes hold theirs together.
fn parts(query: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = None;
    let mut quoted = false;
    let balanced = query.matches('"').count().is_multiple_of(2);
    for (n, c) in query.char_indices() {
        if c == '"' && balanced {
            quoted = !quoted;
        }
        if c.is_whitespace() && !quoted {
            if let Some(from) = start.take() {
                out.push(&query[from..n]);
            }
        } else if start.is_none() {
            start = Some(n);
        }
    }
    out.extend(start.map(|from| &query[from..]));
    out
}

fn field(part: &str) -> Option<(&str, &str)> {
    let (name, value) = part.split_once(':')?;
    let name = FIELDS.into_iter().find(|f| f.eq_ignore_ascii_case(name))?;
    let value = value.trim_matches('"');
    (!value.is_empty()).then_some((name, value))
}

fn phrases(text: &str) -> Vec<Vec<String>> {
    if !text.matches('"').count().is_multiple_of(2) {
        return Vec::new();
    }
    let quoted = text.split('"').skip(1).step_by(2).map(|q| tokens(q).words);
    quoted.filter(|words| words.len() > 1).collect()
}

/// Lines without times, ids and addresses.
fn plain(text: &str) -> Vec<String> {
    let separates = |c: char| c.is_whitespace() || ",;()[]{}<>\"'=|".contains(c);
    let line = |line: &str| {
        let kept = line.split(separates).filter(|t| !t.is_empty() && !is_noise(t));
        kept.collect::<Vec<_>>().join(" ")
    };
    text.split('\n').map(line).filter(|l| !l.is_empty()).collect()
}

/// A time, a number, an address of the network or of memory, a hash.
fn is_noise(token: &str) -> bool {
    let token = token.trim_matches(|c: char| !is_word(c));
    let count = |is: &dyn Fn(u8) -> bool| token.bytes().filter(|b| is(*b)).count();
    let digits = count(&|b| b.is_ascii_digit());
    if digits == 0 {
        return false;
    }
    let zones = count(&|b| matches!(b, b'T' | b'Z'));
    let hex = count(&|b| matches!(b, b'a'..=b'f' | b'A'..=b'F'));
    let marks = count(&|b| matches!(b, b'-' | b':' | b'.' | b'/' | b'+'));
    let all = token.encode_utf16().count();
    if digits + zones + marks == all {
        return marks > 1 || digits > 3;
    }
    if digits + hex + marks == all && all >= 8 && digits > 1 {
        return true;
    }
    token.starts_with("0x") && all > 10
}

#[cfg(test)]
mod tests {
    use super::ask;

    fn words(query: &str) -> String {
        ask(query, |_, _| true).keys.join(" ")
    }

    #[test]
    fn a_pasted_alert_is_its_name() {
        for query in [
            r#"{"alerts":[{"status":"firing","labels":{"alertname":"KubePodCrash","pod":"x"}}]}"#,
            "[FIRING:1] alertname = KubePodCrash\n - namespace = x",
            r#"{alertname="KubePodCrash", job="x"}"#,
        ] {
            assert_eq!(words(query), "kube pod crash", "{query}");
        }
        assert_eq!(words("alertname missing"), "alertname missing");
    }

    #[test]
    fn of_a_log_line_the_words_stay() {
        assert_eq!(
            words(
                "2026-11-22T10:11:12.123Z 10.0.3.4:5432 ERROR [req=6f1c2d3e-aaaa-4b4b-8c8c-0123456789ab] \
                 checkout: connection refused at 0xc000a1b2c3 after 3 tries"
            ),
            "error req checkout connection refused after 3 tries"
        );
    }

    #[test]
    fn filters_and_phrases_are_taken_out() {
        let asked = ask("team:payments \"no such host\" kind:alert", |_, _| true);
        assert_eq!(asked.fields.len(), 2);
        assert_eq!(asked.phrases, [["no", "such", "host"]]);
        assert_eq!(asked.keys, ["such", "host"]);
        let asked = ask("service:unknown down", |_, _| false);
        assert_eq!(asked.keys, ["service", "unknown", "down"]);
    }

    #[test]
    fn nothing_makes_it_fall() {
        for query in
            ["", " ", "\"", "alertname", "alertname:", ":", "a:b:c", "\u{0}é\u{301}\n\n", "''"]
        {
            ask(query, |_, _| true);
        }
    }
}

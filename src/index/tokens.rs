//! Text → the words that search knows: parts of identifiers, their tails, bigrams of scripts without spaces.
//!
//! The script of the pages does the same in JavaScript; `tests/search/tokens.json` holds both to one table.
//! Everything here is decided character by character, so that the two cannot differ in how they scan.

use std::ops::Range;

use crate::text::slug::ascii_of;

/// Longest word that is kept, in characters.
const MAX_WORD: usize = 48;

/// Most parts of an identifier whose tails are words too.
const MAX_PARTS: usize = 12;

/// The words of a text, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Folded words: parts of identifiers stand by themselves.
    pub words: Vec<String>,
    /// Which words were written as one: `KubePodCrash`, `pg_repack`, `db-1.prod`.
    pub compounds: Vec<Range<usize>>,
}

/// Returns the words of a text.
pub fn tokens(text: &str) -> Tokens {
    let mut out = Tokens::default();
    let chars: Vec<char> = text.chars().collect();
    let mut chunk: Vec<char> = Vec::new();
    for (n, c) in chars.iter().enumerate() {
        if is_word(*c) || (matches!(c, '_' | '-' | '.') && !chunk.is_empty()) {
            chunk.push(*c);
        } else if matches!(c, '\'' | '’') {
            // `don't` is one word, `'quoted'` has quotes around it.
            let inside = chunk.last().is_some_and(|c| is_word(*c))
                && chars.get(n + 1).is_some_and(|c| is_word(*c));
            if !inside {
                take(&mut chunk, &mut out);
            }
        } else {
            take(&mut chunk, &mut out);
        }
    }
    take(&mut chunk, &mut out);
    out
}

/// Returns what the last `n - 1`, `n - 2`, … of these words are when written as one, longest first; with
/// prefixes this finds any run of them.
pub fn tails(words: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    if words.len() > MAX_PARTS {
        return out;
    }
    for start in 0..words.len().saturating_sub(1) {
        let tail = words[start..].concat();
        if !is_junk(&tail) {
            out.push(tail);
        }
    }
    out
}

/// Returns true for what nobody types: numbers of many digits, hashes, very long words.
pub fn is_junk(word: &str) -> bool {
    let all = word.chars().count();
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    all > MAX_WORD || (digits == all && all > 6) || (all > 18 && digits * 4 > all) || all == 0
}

/// Returns true for a word of ASCII digits only.
pub fn is_number(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit())
}

/// Letters and digits of every script; vowel signs of Thai count, as its words have no spaces between them.
pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || is_unspaced(c)
}

/// Scripts that write no spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Has a lower-case form that differs.
fn is_upper(c: char) -> bool {
    !c.to_lowercase().eq([c])
}

/// Has an upper-case form that differs.
fn is_lower(c: char) -> bool {
    !c.to_uppercase().eq([c])
}

/// Appends a character in the form in which all are compared: lower case, Latin letters without accents.
fn fold(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
        return;
    }
    if matches!(c, '\u{c0}'..='\u{17f}' | '\u{1e00}'..='\u{1e95}' | '\u{1ea0}'..='\u{1ef9}') {
        let ascii = ascii_of(c);
        if !ascii.is_empty() && ascii.bytes().all(|b| b.is_ascii_alphabetic()) {
            out.push_str(&ascii.to_ascii_lowercase());
            return;
        }
    }
    out.extend(c.to_lowercase());
}

/// Takes the words of what stands between two separators.
fn take(chunk: &mut Vec<char>, out: &mut Tokens) {
    while chunk.last().is_some_and(|c| !is_word(*c)) {
        chunk.pop();
    }
    let start = out.words.len();
    let mut whole = true;
    let mut word = String::new();
    let put = |word: &mut String, out: &mut Tokens, whole: &mut bool| {
        if word.is_empty() {
            return;
        }
        if is_junk(word) {
            *whole = false;
            word.clear();
        } else {
            out.words.push(std::mem::take(word));
        }
    };
    let mut n = 0;
    while n < chunk.len() {
        let c = chunk[n];
        if is_unspaced(c) {
            put(&mut word, out, &mut whole);
            let end =
                chunk[n..].iter().position(|c| !is_unspaced(*c)).map_or(chunk.len(), |l| n + l);
            if end - n == 1 {
                out.words.push(c.to_string());
            }
            for pair in chunk[n..end].windows(2) {
                out.words.push(pair.iter().collect());
            }
            whole = false;
            n = end;
            continue;
        }
        let follows = n > 0 && is_word(chunk[n - 1]);
        if !is_word(c) || (follows && is_upper(c) && is_border(chunk, n)) {
            put(&mut word, out, &mut whole);
        }
        if is_word(c) {
            fold(c, &mut word);
        }
        n += 1;
    }
    put(&mut word, out, &mut whole);
    let parts = start..out.words.len();
    // The tails of dates and versions are numbers that nobody looks for.
    if whole && parts.len() > 1 && !out.words[parts.clone()].iter().all(|w| is_number(w)) {
        out.compounds.push(parts);
    }
    chunk.clear();
}

/// A capital begins a part: `aB`, `1B`, `ABc`; the `s` of `PVCs` does not.
fn is_border(chunk: &[char], n: usize) -> bool {
    if !is_upper(chunk[n - 1]) {
        return true;
    }
    let Some(next) = chunk.get(n + 1) else { return false };
    let plural = *next == 's' && chunk.get(n + 2).is_none_or(|c| !is_word(*c) || is_upper(*c));
    is_lower(*next) && !is_upper(*next) && !plural
}

#[cfg(test)]
mod tests {
    use super::{tails, tokens};

    #[test]
    fn identifiers_fall_into_parts() {
        for (text, words) in [
            ("KubePodCrashLooping", "kube pod crash looping"),
            ("APIDown", "api down"),
            ("PVCs full, NodeRAIDDegraded", "pvcs full node raid degraded"),
            ("pg_stat_activity.query-id", "pg stat activity query id"),
            ("don't 'quote' pod's", "dont quote pods"),
            ("/etc/haproxy/haproxy.cfg", "etc haproxy haproxy cfg"),
            ("Überläufe naïve", "uberlaufe naive"),
            ("数据库连接 down", "数据 据库 库连 连接 down"),
            ("0123456789abcdef0123456789abcdef x", "x"),
        ] {
            assert_eq!(tokens(text).words.join(" "), words, "{text}");
        }
        let all = tokens("KubePodCrash 2026-11-22 a/b");
        assert_eq!(all.compounds, vec![0..3]);
        assert_eq!(tails(&all.words[0..3]), ["kubepodcrash", "podcrash"]);
    }
}

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

/// What takes the words of a text as they are found.
pub(crate) trait Sink {
    /// The next word.
    fn word(&mut self, word: &str);
    /// The last `number` words were written as one.
    fn compound(&mut self, number: usize);
}

impl Sink for Tokens {
    fn word(&mut self, word: &str) {
        self.words.push(word.to_owned());
    }

    fn compound(&mut self, number: usize) {
        self.compounds.push(self.words.len() - number..self.words.len());
    }
}

/// Returns the words of a text.
pub fn tokens(text: &str) -> Tokens {
    let mut out = Tokens::default();
    scan(text, &mut out);
    out
}

/// Hands the words of a text to `sink`, in order.
pub(crate) fn scan(text: &str, sink: &mut impl Sink) {
    let mut chunk = Chunk::default();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii() && !byte.is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let inside = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        let end = bytes[at..].iter().position(|b| !inside(b)).map_or(bytes.len(), |n| at + n);
        // Most text is ASCII, where a word is a slice; what is not goes letter by letter.
        if bytes.get(end).is_some_and(|b| !b.is_ascii() || *b == b'\'') {
            at += chunk.take_letters(&text[at..], sink);
        } else {
            chunk.take_ascii(&text[at..end], sink);
            at = end;
        }
    }
}

/// Returns what the last `n`, `n - 1`, … of these words are when written as one, longest first; with
/// prefixes this finds any run of them.
pub fn tails<T: AsRef<str>>(words: &[T]) -> impl Iterator<Item = String> {
    let starts = if words.len() > MAX_PARTS { 0 } else { words.len().saturating_sub(1) };
    let tail = |start: usize| words[start..].iter().map(AsRef::as_ref).collect::<String>();
    (0..starts).map(tail).filter(|tail| !is_junk(tail))
}

/// Returns true for what nobody types: numbers of many digits, hashes, very long words.
pub fn is_junk(word: &str) -> bool {
    if (1..=6).contains(&word.len()) {
        return false;
    }
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
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() || is_unspaced(c) }
}

/// Scripts that write no spaces between words.
fn is_unspaced(c: char) -> bool {
    !c.is_ascii()
        && matches!(c, '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Has a lower-case form that differs.
fn is_upper(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_uppercase();
    }
    !c.to_lowercase().eq([c])
}

/// Has an upper-case form that differs.
fn is_lower(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_lowercase();
    }
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

/// What stands between two separators, and the word at hand.
#[derive(Default)]
struct Chunk {
    letters: Vec<char>,
    word: String,
    /// Words so far, and how many of them are numbers.
    words: usize,
    numbers: usize,
    /// True where a part was left out.
    is_cut: bool,
}

impl Chunk {
    /// Takes the first chunk of a text and returns how many of its bytes that were.
    fn take_letters(&mut self, text: &str, sink: &mut impl Sink) -> usize {
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            if is_word(c) || (matches!(c, '_' | '-' | '.') && !self.letters.is_empty()) {
                self.letters.push(c);
                continue;
            }
            // `don't` is one word, `'quoted'` has quotes around it.
            let inside = matches!(c, '\'' | '’')
                && self.letters.last().is_some_and(|c| is_word(*c))
                && rest.clone().next().is_some_and(is_word);
            if !inside {
                break;
            }
        }
        self.take(sink);
        text.len() - rest.as_str().len()
    }

    /// Takes a chunk of ASCII, of which `take` would find the same words.
    fn take_ascii(&mut self, chunk: &str, sink: &mut impl Sink) {
        let bytes = chunk.trim_end_matches(['_', '-', '.']).as_bytes();
        let mut start = 0;
        for (n, byte) in bytes.iter().enumerate() {
            let is_mark = !byte.is_ascii_alphanumeric();
            let starts = byte.is_ascii_uppercase() && n > start && is_ascii_border(bytes, n);
            if is_mark || starts {
                self.put_ascii(&chunk[start..n], sink);
                start = n + usize::from(is_mark);
            }
        }
        self.put_ascii(&chunk[start..bytes.len()], sink);
        self.end(sink);
    }

    fn put_ascii(&mut self, word: &str, sink: &mut impl Sink) {
        self.word.push_str(word);
        self.word.make_ascii_lowercase();
        self.put(sink);
    }

    /// Takes its words and starts anew.
    fn take(&mut self, sink: &mut impl Sink) {
        while self.letters.last().is_some_and(|c| !is_word(*c)) {
            self.letters.pop();
        }
        let mut n = 0;
        while let Some(c) = self.letters.get(n).copied() {
            if is_unspaced(c) {
                self.put(sink);
                let run = self.letters[n..].iter().position(|c| !is_unspaced(*c));
                let end = run.map_or(self.letters.len(), |l| n + l);
                if end - n == 1 {
                    self.word.push(c);
                    self.put(sink);
                }
                for k in n + 1..end {
                    self.word.extend([self.letters[k - 1], self.letters[k]]);
                    self.put(sink);
                }
                self.is_cut = true;
                n = end;
                continue;
            }
            let is_letter = is_word(c);
            let starts = is_letter
                && is_upper(c)
                && n.checked_sub(1).is_some_and(|n| is_word(self.letters[n]))
                && is_border(&self.letters, n);
            if !is_letter || starts {
                self.put(sink);
            }
            if is_letter {
                fold(c, &mut self.word);
            }
            n += 1;
        }
        self.put(sink);
        self.letters.clear();
        self.end(sink);
    }

    /// Tells what was written as one.
    fn end(&mut self, sink: &mut impl Sink) {
        // The tails of dates and versions are numbers that nobody looks for.
        if !self.is_cut && self.words > 1 && self.numbers < self.words {
            sink.compound(self.words);
        }
        (self.words, self.numbers, self.is_cut) = (0, 0, false);
    }

    fn put(&mut self, sink: &mut impl Sink) {
        if self.word.is_empty() {
            return;
        }
        if is_junk(&self.word) {
            self.is_cut = true;
        } else {
            self.words += 1;
            self.numbers += usize::from(is_number(&self.word));
            sink.word(&self.word);
        }
        self.word.clear();
    }
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

/// The same in ASCII, where a letter stands before.
fn is_ascii_border(chunk: &[u8], n: usize) -> bool {
    if !chunk[n - 1].is_ascii_uppercase() {
        return true;
    }
    let Some(next) = chunk.get(n + 1) else { return false };
    let after = chunk.get(n + 2);
    let plural =
        *next == b's' && after.is_none_or(|b| !b.is_ascii_alphanumeric() || b.is_ascii_uppercase());
    next.is_ascii_lowercase() && !plural
}

#[cfg(test)]
mod tests {
    use super::{Chunk, Tokens, tails, tokens};

    #[test]
    fn both_ways_find_the_same() {
        for chunk in [
            "KubePodCrashLooping",
            "APIDown",
            "PVCs",
            "NodeRAIDDegraded-2x_a.B",
            "A",
            "aB1cD",
            "x--y..z_",
            "2026-11-22",
            "IDs.x",
            "HTTPs3",
            "0123456789abcdef0123456789abcdef",
        ] {
            let (mut ascii, mut letters) = (Tokens::default(), Tokens::default());
            Chunk::default().take_ascii(chunk, &mut ascii);
            Chunk::default().take_letters(chunk, &mut letters);
            assert_eq!(ascii, letters, "{chunk}");
        }
    }

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
        assert_eq!(tails(&all.words[0..3]).collect::<Vec<_>>(), ["kubepodcrash", "podcrash"]);
    }
}

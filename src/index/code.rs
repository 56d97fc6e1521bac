//! Numbers and sorted words ↔ the letters of the files: what a few lines of JavaScript read.

use crate::text::hash::hash;

/// Digits of six bits.
pub(crate) const DIGITS: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Letters of file names: no two differ in case only.
const NAME_LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Most letters that a word of [`fold`] is said to share with the one before it: as a digit, a capital.
const MOST_SHARED: usize = 25;

/// Characters of a file's name that come from its content.
pub(crate) const NAME: usize = 8;

/// Appends a number: five bits a digit, the lowest first; the sixth bit says that more follow.
pub(crate) fn put(mut number: u32, out: &mut String) {
    loop {
        let low = number & 31;
        number >>= 5;
        let more = if number > 0 { 32 } else { 0 };
        out.push(digit((low | more) as u8));
        if number == 0 {
            return;
        }
    }
}

/// Returns the digit of a number below 64.
pub(crate) fn digit(number: u8) -> char {
    char::from(DIGITS[usize::from(number & 63)])
}

/// Returns the number of a digit; 0 for what is none.
pub(crate) fn value(digit: u8) -> u8 {
    match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'-' => 62,
        b'_' => 63,
        _ => 0,
    }
}

/// Takes a number off the front.
pub(crate) fn take(text: &[u8], at: &mut usize) -> u32 {
    let mut number = 0_u32;
    let mut shift = 0;
    while let Some(digit) = text.get(*at) {
        *at += 1;
        let value = u32::from(value(*digit));
        number |= (value & 31).checked_shl(shift).unwrap_or(0);
        shift += 5;
        if value < 32 {
            break;
        }
    }
    number
}

/// Returns how many letters two words share at the front, ASCII only and at most 25: what one capital tells in
/// either language.
pub(crate) fn shared(before: &str, word: &str) -> usize {
    let same = before.bytes().zip(word.bytes()).take_while(|(a, b)| a == b && a.is_ascii());
    same.count().min(MOST_SHARED)
}

/// Writes sorted words without capitals, each as what differs from the one before: a capital for how many letters
/// they share, and the rest.
pub(crate) fn fold<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::new();
    let mut before = "";
    for word in words {
        let n = shared(before, word);
        out.push(digit(n as u8));
        out.push_str(&word[n..]);
        before = word;
    }
    out
}

/// Reads what [`fold`] wrote.
pub(crate) fn unfold(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for letter in text.chars() {
        if letter.is_ascii_uppercase() {
            let n = usize::from(value(letter as u8));
            out.push(out.last().and_then(|w| w.get(..n)).unwrap_or("").to_owned());
        } else if let Some(word) = out.last_mut() {
            word.push(letter);
        }
    }
    out
}

/// Returns the name of a file of this content.
pub(crate) fn name(content: &str) -> String {
    let bytes = hash(content.as_bytes());
    let letters = bytes.iter().take(NAME).map(|b| char::from(NAME_LETTERS[usize::from(*b & 31)]));
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::{fold, put, take, unfold};

    #[test]
    fn numbers_and_words_come_back() {
        let mut text = String::new();
        for n in [0, 31, 32, 1023, 1024, u32::MAX] {
            put(n, &mut text);
        }
        let mut at = 0;
        let read: Vec<u32> = (0..6).map(|_| take(text.as_bytes(), &mut at)).collect();
        assert_eq!(read, [0, 31, 32, 1023, 1024, u32::MAX]);
        let long = "kubernetescontrollermanagerdown";
        let words = ["", "kube", "kubelet", long, &format!("{long}again"), "kübel", "数据"];
        assert_eq!(unfold(&fold(words)), words);
    }
}

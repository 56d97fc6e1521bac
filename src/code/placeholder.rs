//! Code at a byte → the end of the placeholder that starts there, if one does.
//!
//! Looks at most [`LIMIT`] bytes ahead, so asking at every byte stays linear.

/// Longest placeholder, in bytes. Longer ones are prose or markup.
const LIMIT: usize = 64;

/// Words between angle brackets that are markup rather than names to fill in.
const MARKUP: [&str; 22] = [
    "a", "b", "body", "br", "code", "div", "em", "h1", "h2", "head", "html", "i", "li", "p", "pre",
    "script", "span", "strong", "table", "td", "tr", "ul",
];

/// Words between double braces that are template actions rather than names to fill in.
const ACTIONS: [&str; 8] = ["block", "break", "continue", "else", "end", "if", "range", "with"];

/// Returns the end of `<name>` or `<<name>>` at `at`, where it cannot be a redirection.
///
/// `cat <file >out` and `sort <in>out` are redirections; `<pod-name>` and `<your cluster>` are not.
pub fn angle(code: &[u8], at: usize) -> Option<usize> {
    let doubled = code.get(at + 1) == Some(&b'<');
    let from = at + 1 + usize::from(doubled);
    let window = code.get(from..code.len().min(from + LIMIT))?;
    let length = window.iter().position(|b| !is_name_byte(*b))?;
    let name = window.get(..length)?;
    let end = from + length + 1 + usize::from(doubled);
    let closed = window.get(length) == Some(&b'>')
        && (!doubled || window.get(length + 1) == Some(&b'>'))
        && (doubled || window.get(length + 1) != Some(&b'>'));
    if !closed || !is_name(name) {
        return None;
    }
    let text = std::str::from_utf8(name).unwrap_or("");
    let after = code.get(end).copied().unwrap_or(b' ');
    let starts_word = at == 0 || code.get(at - 1).is_none_or(u8::is_ascii_whitespace);
    let redirects = starts_word && !doubled && (after.is_ascii_alphanumeric() || after == b'&');
    if redirects || MARKUP.contains(&text) || is_closed_element(code, end, name) {
        return None;
    }
    Some(end)
}

/// Returns the end of `{{ name }}` at `at`; template actions (`{{end}}`, `{{.Name}}`) are none.
pub fn braces(code: &[u8], at: usize) -> Option<usize> {
    let window = code.get(at..code.len().min(at + LIMIT))?;
    let inner = window.strip_prefix(b"{{")?;
    let length = inner.iter().position(|b| matches!(b, b'}' | b'{' | b'\n'))?;
    if inner.get(length..length + 2) != Some(b"}}".as_slice()) {
        return None;
    }
    let name = inner.get(..length)?.trim_ascii();
    let text = std::str::from_utf8(name).unwrap_or("");
    let named = name.first().is_some_and(u8::is_ascii_alphabetic)
        && name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    (named && !ACTIONS.contains(&text)).then_some(at + length + 4)
}

/// Returns the end of `[NAME]` in capitals at `at`; ranges (`[A-Z]`) and indices are none.
pub fn brackets(code: &[u8], at: usize) -> Option<usize> {
    let window = code.get(at + 1..code.len().min(at + LIMIT))?;
    let length = window.iter().position(|b| *b == b']')?;
    let name = window.get(..length)?;
    let capitals = name.first().is_some_and(u8::is_ascii_uppercase)
        && name.last().is_some_and(u8::is_ascii_alphanumeric)
        && name.iter().all(|b| {
            b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-' | b' ')
        });
    let long_parts = name.split(|b| *b == b'-').all(|part| part.len() > 1);
    let indexes = at > 0 && code.get(at - 1).is_some_and(|b| is_word_byte(*b));
    (capitals && long_parts && !indexes).then_some(at + length + 2)
}

/// Returns true where the word says that it is to be replaced: `NAME_HERE`, `YOUR_X`, `your-x`.
pub fn is_word(word: &[u8]) -> bool {
    let is_marked = word.ends_with(b"_HERE")
        || word.starts_with(b"YOUR_")
        || word.starts_with(b"YOUR-")
        || word.starts_with(b"your-")
        || word.starts_with(b"your_");
    is_marked && word.len() > 5 && word.iter().all(|b| is_word_byte(*b) || *b == b'-')
}

/// Returns true for the bytes of a word: letters, digits and `_`.
pub fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_name_byte(byte: u8) -> bool {
    is_word_byte(byte) || matches!(byte, b'-' | b'.' | b':' | b'/' | b'|' | b'@' | b' ')
}

fn is_name(name: &[u8]) -> bool {
    let edges = name.first().is_some_and(u8::is_ascii_alphabetic)
        && name.last().is_some_and(u8::is_ascii_alphanumeric);
    // `<ann@example.com>` is an address, `<user@host>` a name.
    let is_address = name.contains(&b'@') && name.contains(&b'.');
    // `<in.txt 2>log`: every word of a name in words starts with a letter.
    edges
        && !is_address
        && !name.windows(2).any(|pair| pair == b"//" || pair == b"  ")
        && (!name.contains(&b' ')
            || name.split(|b| *b == b' ').all(|w| w.first().is_some_and(u8::is_ascii_alphabetic)))
}

/// Returns true where `</name>` follows within the limit: then it is an element, not a name.
fn is_closed_element(code: &[u8], from: usize, name: &[u8]) -> bool {
    let window = code.get(from..code.len().min(from + LIMIT)).unwrap_or_default();
    let close = window.windows(2).position(|pair| pair == b"</");
    close.is_some_and(|at| window.get(at + 2..).is_some_and(|rest| rest.starts_with(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_between_angle_brackets_are_told_from_redirections() {
        for (code, expected) in [
            ("<pod-name>", Some("<pod-name>")),
            ("<your cluster name> x", Some("<your cluster name>")),
            ("<<CLUSTER>>", Some("<<CLUSTER>>")),
            ("<host:port>/x", Some("<host:port>")),
            ("<file >out", None),
            ("<in>out", None),
            ("<in.txt 2>log", None),
            ("<(sort a)", None),
            ("<<EOF", None),
            ("<a>", None),
            ("<user@host>", Some("<user@host>")),
            ("<ann@example.com>", None),
            ("<name>x</name>", None),
            ("<http://x.example>", None),
            ("<unclosed", None),
            ("<", None),
        ] {
            assert_eq!(angle(code.as_bytes(), 0).map(|end| &code[..end]), expected, "{code}");
        }
    }

    #[test]
    fn names_between_braces_and_brackets() {
        for (code, expected) in [
            ("{{ name }}", Some(10)),
            ("{{inventory_hostname}}x", Some(22)),
            ("{{.Names}}", None),
            ("{{end}}", None),
            ("{{range .items}}", None),
            ("{{", None),
        ] {
            assert_eq!(braces(code.as_bytes(), 0), expected, "{code}");
        }
        for (code, expected) in [
            ("[CLUSTER]", Some(9)),
            ("[POD NAME]", Some(10)),
            ("[A-Z]", None),
            ("[ -f x ]", None),
            ("[0-9]", None),
            ("[", None),
        ] {
            assert_eq!(brackets(code.as_bytes(), 0), expected, "{code}");
        }
        assert!(is_word(b"TOKEN_HERE") && is_word(b"YOUR_TOKEN") && !is_word(b"HERE"));
    }
}

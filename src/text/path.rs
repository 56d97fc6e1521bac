//! Paths with `/`: joining a reference to the folder it stands in, and percent decoding.

/// Returns `reference` seen from `folder`, with `.` and `..` resolved; `None` where it leaves the root.
pub fn join(folder: &str, reference: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for part in reference.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// Returns `text` with `%41` decoded; sequences that are not UTF-8 stay as they are.
pub fn percent_decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).and_then(|h| u8::from_str_radix(h, 16).ok());
        match (bytes[at], hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// Returns `text` with everything but letters, digits and `-._~/` percent-encoded.
pub fn percent_encode(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

/// Returns file name without its last ending, or the whole name where it has none.
pub fn stem(file_name: &str) -> &str {
    match file_name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => file_name,
    }
}

#[cfg(test)]
mod tests {
    use super::{join, percent_decode, percent_encode, stem};

    #[test]
    fn references_are_joined_as_a_browser_does() {
        for (folder, reference, expected) in [
            ("a/b", "c.md", Some("a/b/c.md")),
            ("a/b", "../c.md", Some("a/c.md")),
            ("a", "./x/./y", Some("a/x/y")),
            ("a", "../../etc", None),
            ("", "x", Some("x")),
        ] {
            assert_eq!(join(folder, reference).as_deref(), expected);
        }
    }

    #[test]
    fn percent_forms_round_trip() {
        assert_eq!(percent_decode("a%20b%zz"), "a b%zz");
        assert_eq!(percent_decode("%ff"), "%ff");
        assert_eq!(percent_encode("a b/é"), "a%20b/%C3%A9");
        assert_eq!(stem("a.html.md"), "a.html");
    }
}

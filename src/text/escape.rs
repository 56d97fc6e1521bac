//! Words of authors → words that other languages than HTML take for nothing but words.

/// Returns words on one line, with everything escaped that markdown would take for more than words.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut start = true;
    for c in text.chars() {
        let special = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$' | '@' => true,
            // At the start of a line these begin a heading, a list or a rule.
            '#' | '+' | '-' | '=' => start,
            _ => false,
        };
        if c.is_whitespace() || c.is_control() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
            continue;
        }
        if special {
            out.push('\\');
        }
        out.push(c);
        start = false;
    }
    // A number with a dot at the start is the first item of a list.
    let digits = out.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && matches!(out.as_bytes().get(digits), Some(b'.' | b')')) {
        out.insert(digits, '\\');
    }
    out.truncate(out.trim_end().len());
    out
}

/// Returns text without the characters that XML 1.0 cannot hold, not even escaped (section 2.2).
pub fn xml(text: &str) -> String {
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().map(|c| if allowed(c) { c } else { '\u{fffd}' }).collect()
}

#[cfg(test)]
mod tests {
    use super::{markdown, xml};

    #[test]
    fn words_stay_words() {
        for (text, expected) in [
            ("plain words, 2 of 3", "plain words, 2 of 3"),
            ("a|b\nc", "a\\|b c"),
            ("# no heading", "\\# no heading"),
            ("- no item", "\\- no item"),
            ("1. no item", "1\\. no item"),
            ("<img onerror=x>", "\\<img onerror=x\\>"),
            ("[x](javascript:1) `y`", "\\[x\\](javascript:1) \\`y\\`"),
            ("@everyone", "\\@everyone"),
            ("missing-limit-alert", "missing-limit-alert"),
        ] {
            assert_eq!(markdown(text), expected);
        }
    }

    #[test]
    fn xml_holds_no_control_characters() {
        assert_eq!(xml("a\u{0}\u{1b}[1m\tb\u{fffe}"), "a\u{fffd}\u{fffd}[1m\tb\u{fffd}");
    }
}

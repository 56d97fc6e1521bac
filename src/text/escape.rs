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

/// Returns words on one line as [`markdown`] does, with what stands between backticks as code.
pub fn markdown_with_code(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let mut out = String::with_capacity(text.len());
    for (n, part) in parts.iter().enumerate() {
        let clean = |c: char| if c.is_control() { ' ' } else { c };
        let code = part.chars().map(clean).collect::<String>();
        let is_code = n % 2 == 1 && n + 1 < parts.len() && !code.trim().is_empty();
        if is_code {
            out.push('`');
            out.push_str(&code.split_whitespace().collect::<Vec<_>>().join(" "));
            out.push('`');
            continue;
        }
        if n % 2 == 1 {
            out.push_str("\\`");
        }
        if part.starts_with(char::is_whitespace) && !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&markdown(part));
        if part.trim_end().len() < part.len() && !part.trim().is_empty() {
            out.push(' ');
        }
        if n % 2 == 1 && n + 1 < parts.len() {
            out.push_str("\\`");
        }
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
    use super::{markdown, markdown_with_code, xml};

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
    fn code_stays_code_and_ends_where_it_should() {
        for (text, expected) in [
            ("`a|*b*` is not `c\nd`", "`a|*b*` is not `c d`"),
            ("there is no <b> `x", "there is no \\<b\\> \\`x"),
            ("an empty `` and ` ` one", "an empty \\`\\` and \\` \\` one"),
            ("`a`*b*`c` `", "`a`\\*b\\*`c` \\`"),
            ("`\\`", "`\\`"),
        ] {
            assert_eq!(markdown_with_code(text), expected);
        }
    }

    #[test]
    fn xml_holds_no_control_characters() {
        assert_eq!(xml("a\u{0}\u{1b}[1m\tb\u{fffe}"), "a\u{fffd}\u{fffd}[1m\tb\u{fffd}");
    }
}

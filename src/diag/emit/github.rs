//! Findings → workflow commands of GitHub Actions, which become annotations of the changed lines.

use std::fmt::Write as _;

use crate::diag::Level;
use crate::diag::emit::Sheet;
use crate::text::hash::hex;

/// Returns one command a finding.
pub fn commands(sheet: &Sheet<'_>) -> String {
    let mut out = String::new();
    for (code, row) in sheet.rows() {
        let command = match row.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info | Level::Off => "notice",
        };
        let rule = code.rule();
        let file = property(&sheet.path(&row.path));
        let _ = write!(out, "::{command} file={file},line={}", row.line);
        if row.end_line > row.line {
            let _ = write!(out, ",endLine={}", row.end_line);
        } else if row.end_column > row.column {
            let _ = write!(out, ",col={},endColumn={}", row.column, row.end_column);
        }
        let title = property(&format!("{} {}", rule.code, rule.name));
        let _ = write!(out, ",title={title}::{}", data(&row.message));
        if let Some(hint) = &row.hint {
            let _ = write!(out, "%0A{}", data(hint));
        }
        out.push('\n');
    }
    out
}

/// Returns text in which the runner looks for no commands: words of authors might look like some.
pub fn quoted(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    // Text that names its own hash does not exist, so that it cannot end the quotation.
    let token = hex(text.as_bytes(), 32);
    format!("::stop-commands::{token}\n{text}::{token}::\n")
}

fn data(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property, quoted};

    #[test]
    fn no_word_ends_a_command_or_begins_another() {
        assert_eq!(data("100%\r\n::error::x\u{1b}[1m"), "100%25%0D%0A::error::x\u{fffd}[1m");
        assert_eq!(property("a,b:c%3A\nd"), "a%2Cb%3Ac%253A%0Ad");
        let text = "::error::x\n";
        let lines: Vec<String> = quoted(text).lines().map(str::to_owned).collect();
        let token = lines[0].strip_prefix("::stop-commands::").unwrap();
        assert_eq!((lines[1].as_str(), lines[2].clone()), ("::error::x", format!("::{token}::")));
    }
}

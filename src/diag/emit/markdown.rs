//! Findings → markdown for a comment on a change: the sum first, then a list a file.

use std::fmt::Write as _;

use crate::diag::emit::{Sheet, human};
use crate::text::escape::{markdown, markdown_with_code};

/// A comment on GitHub holds 65,536 characters; what is below the list has to fit too.
const MAX_BYTES: usize = 60_000;

/// Returns the comment. A finding that it has no room for is counted, and the end says how many these are.
pub fn comment(sheet: &Sheet<'_>) -> String {
    let mut out = format!("### opslore: {}\n", human::summary(sheet.report));
    let mut file = None;
    for (n, (code, row)) in sheet.rows().enumerate() {
        let mut item = String::new();
        if file != Some(&row.path) {
            let _ = write!(item, "\n**{}**\n\n", markdown(&sheet.path(&row.path)));
        }
        let rule = code.rule();
        let _ = write!(
            item,
            "- line {}: {} {} {}: {}",
            row.line,
            row.level.word(),
            rule.code,
            rule.name,
            markdown_with_code(&row.message)
        );
        if let Some(hint) = &row.hint {
            let _ = write!(item, " — {}", markdown_with_code(hint));
        }
        item.push('\n');
        if out.len() + item.len() > MAX_BYTES {
            let _ = write!(out, "\nand {} more\n", sheet.rows.len() - n);
            break;
        }
        out.push_str(&item);
        file = Some(&row.path);
    }
    out
}

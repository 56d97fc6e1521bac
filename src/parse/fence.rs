//! The source of a code block → whether its fence is closed.

/// Returns true for a fenced block whose last line closes it, and for what has no fence.
pub(crate) fn is_closed(block: &str) -> bool {
    let fence: String = block.chars().take_while(|c| matches!(c, '`' | '~')).collect();
    let last = block.trim_end().rsplit('\n').next().unwrap_or("");
    let last = last.trim_start_matches([' ', '>', '\t']).trim_end();
    let closing = last.starts_with(&fence) && last.trim_matches(['`', '~']).is_empty();
    fence.is_empty() || (block.trim_end().contains('\n') && closing)
}

#[cfg(test)]
mod tests {
    use super::is_closed;

    #[test]
    fn a_fence_is_closed_by_its_own_marks_on_the_last_line() {
        for (block, closed) in [
            ("```sh\nls\n```", true),
            ("```sh\nls\n", false),
            ("````\n```\n", false),
            ("~~~\nx\n  ~~~\n", true),
            ("```", false),
            ("    indented", true),
        ] {
            assert_eq!(is_closed(block), closed, "{block:?}");
        }
    }
}

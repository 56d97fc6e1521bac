//! Two texts of a file → a unified diff that `patch` and `git apply` take.

use similar::TextDiff;

/// Returns the diff of a file from `old` to `new`.
pub fn unified(path: &str, old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    let mut unified = diff.unified_diff();
    unified.context_radius(3).header(&format!("a/{path}"), &format!("b/{path}")).to_string()
}

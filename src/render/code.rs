//! Code blocks → figures with a caption: language, title and the author's warnings.

use crate::render::highlight;
use crate::text::html::HtmlWriter;

/// Renders code blocks; identical ones are highlighted once a build.
#[derive(Default)]
pub(crate) struct Highlighter {
    inner: highlight::Highlighter,
}

impl Highlighter {
    /// Writes one block: language label, the words after it, the code.
    pub(crate) fn block(&self, label: &str, words: &str, code: &str, out: &mut HtmlWriter) {
        if let Some(level) = callout(label) {
            out.markup(level).text(label.trim_matches(['{', '}'])).text(" ").text(words);
            out.markup("</strong>\n<p class=\"lines\">")
                .text(code.trim_end())
                .markup("</p></div>\n");
            return;
        }
        let (title, rest) = title(words);
        let danger =
            rest.split_whitespace().any(|w| w == "danger" || w == "delete" || w == "deletes");
        let change = rest.split_whitespace().any(|w| w == "change" || w == "changes");
        out.markup(match (danger, change) {
            (true, _) => "<figure class=\"cmd cmd--danger\">",
            (_, true) => "<figure class=\"cmd cmd--change\">",
            _ => "<figure class=\"cmd\">",
        });
        if !label.is_empty() || !words.is_empty() {
            out.markup("<figcaption>");
            if !title.is_empty() {
                out.markup("<b>").text(&title).markup("</b> ");
            }
            if !rest.is_empty() {
                out.markup("<span>").text(&rest).markup("</span> ");
            }
            out.markup("<span class=\"lang\">").text(label).markup("</span></figcaption>");
        }
        let shown = self.inner.highlight(label, code.strip_suffix('\n').unwrap_or(code));
        out.markup("<pre tabindex=\"0\"><code>")
            .html(&shown.html)
            .markup("</code></pre></figure>\n");
    }
}

/// Returns the start of a box for a `MyST` directive such as `{note}`: prose, not code.
fn callout(label: &str) -> Option<&'static str> {
    match label.strip_prefix('{')?.strip_suffix('}')?.to_ascii_lowercase().as_str() {
        "note" | "tip" | "hint" | "seealso" | "admonition" | "important" => {
            Some("<div class=\"note\"><strong class=\"kind\">")
        }
        "warning" | "caution" | "attention" => {
            Some("<div class=\"note note--2\"><strong class=\"kind\">")
        }
        "danger" | "error" => Some("<div class=\"note note--1\"><strong class=\"kind\">"),
        _ => None,
    }
}

/// Takes `title="…"` out of the words behind a fence's language; what is left is shown as it is.
fn title(words: &str) -> (String, String) {
    let Some(at) = words.find("title=") else { return (String::new(), words.to_owned()) };
    let value = &words[at + 6..];
    let (title, after) = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => match value[1..].split_once(quote) {
            Some((title, after)) => (title, after),
            None => (&value[1..], ""),
        },
        _ => value.split_once(' ').unwrap_or((value, "")),
    };
    (title.to_owned(), format!("{} {}", words[..at].trim(), after.trim()).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn the_title_is_taken_out_of_the_words() {
        assert_eq!(title("danger title=\"Roll back\" x"), ("Roll back".into(), "danger x".into()));
        assert_eq!(title("danger"), (String::new(), "danger".into()));
        assert_eq!(title("title=\"open"), ("open".into(), String::new()));
    }
}

//! Code blocks → figures with a caption: what the command does, its title, the author's warnings.

use crate::code::effect::Effect;
use crate::code::parameter::Use;
use crate::model::procedure::FenceWords;
use crate::render::highlight;
use crate::text::html::HtmlWriter;

/// A block of code as its fence and its page describe it.
pub(crate) struct Block<'a> {
    /// Language label.
    pub(crate) label: &'a str,
    /// The words after it, as written.
    pub(crate) words: &'a str,
    /// The same words, understood.
    pub(crate) fence: &'a FenceWords,
    /// True for something to be run.
    pub(crate) is_command: bool,
    /// What it does to production.
    pub(crate) effect: Option<Effect>,
    /// Places for values.
    pub(crate) values: &'a [Use],
}

impl<'a> Block<'a> {
    /// Returns a block that is nothing but code of a language.
    pub(crate) fn plain(label: &'a str) -> Self {
        Self { label, words: "", fence: &NO_WORDS, is_command: false, effect: None, values: &[] }
    }

    /// Returns a block that is there to be copied.
    pub(crate) fn to_copy(label: &'a str) -> Self {
        Self { is_command: true, ..Self::plain(label) }
    }
}

/// What a fence without words says.
static NO_WORDS: FenceWords = FenceWords {
    effect: None,
    title: String::new(),
    confirm: String::new(),
    place: String::new(),
    output: false,
    copy: true,
    rest: String::new(),
};

/// Renders code blocks; identical ones are highlighted once a build.
#[derive(Default)]
pub(crate) struct Highlighter {
    inner: highlight::Highlighter,
}

impl Highlighter {
    /// Writes one block.
    pub(crate) fn block(&self, block: &Block<'_>, code: &str, out: &mut HtmlWriter) {
        if let Some(level) = callout(block.label) {
            out.markup(level)
                .text(block.label.trim_matches(['{', '}']))
                .text(" ")
                .text(block.words);
            out.markup("</strong>\n<p class=\"lines\">")
                .text(code.trim_end())
                .markup("</p></div>\n");
            return;
        }
        out.markup(match block.effect {
            Some(Effect::Deletes) => "<figure class=\"cmd cmd--danger\"",
            Some(Effect::Changes) => "<figure class=\"cmd cmd--change\"",
            Some(Effect::Reads) => "<figure class=\"cmd cmd--read\"",
            None => "<figure class=\"cmd\"",
        });
        if block.is_command && block.fence.copy {
            out.markup(" data-cmd");
            if !block.fence.confirm.is_empty() {
                out.attr("data-confirm", &block.fence.confirm);
            }
        }
        out.markup(">");
        if block.is_command || !block.label.is_empty() || !block.words.is_empty() {
            out.markup("<figcaption>");
            if block.is_command {
                out.markup(match block.effect {
                    Some(Effect::Deletes) => "<b>Deletes data</b> ",
                    Some(Effect::Changes) => "<b>Changes production</b> ",
                    Some(Effect::Reads) => "<b>Reads only</b> ",
                    None => "<b>Command</b> ",
                });
            }
            let fence = block.fence;
            for (before, words) in
                [("", &fence.title), ("Only when: ", &fence.confirm), ("in ", &fence.place)]
            {
                if !words.is_empty() {
                    out.markup("<span>").text(before).text(words).markup("</span> ");
                }
            }
            out.markup("<span class=\"lang\">").text(block.label);
            if !fence.rest.is_empty() {
                out.text(" ").text(&fence.rest);
            }
            out.markup("</span></figcaption>");
        }
        let code = code.strip_suffix('\n').unwrap_or(code);
        let shown = self.inner.highlight(block.label, code, block.values);
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

//! The allow list of raw HTML tags: how we write each, and inside which it may stand.

use crate::render::html::{OpenElement, Writer};

/// How a raw tag is written.
pub(crate) struct RawTag {
    name: &'static str,
    /// Its start tag without `>`.
    pub(crate) open: &'static str,
    /// Its end tag; empty for tags that have none.
    pub(crate) close: &'static str,
    /// True where it holds words, not blocks.
    pub(crate) inline: bool,
}

const fn raw(name: &'static str, open: &'static str, close: &'static str, inline: bool) -> RawTag {
    RawTag { name, open, close, inline }
}

/// The allow list, as we write it. Headings become bold words: the outline belongs to markdown.
static RAW_TAGS: [RawTag; 55] = [
    raw("a", "<span", "</span>", true),
    raw("abbr", "<abbr", "</abbr>", true),
    raw("b", "<b", "</b>", true),
    raw("br", "<br", "", true),
    raw("cite", "<cite", "</cite>", true),
    raw("code", "<code", "</code>", true),
    raw("del", "<del", "</del>", true),
    raw("dfn", "<dfn", "</dfn>", true),
    raw("em", "<em", "</em>", true),
    raw("i", "<i", "</i>", true),
    raw("ins", "<ins", "</ins>", true),
    raw("kbd", "<kbd", "</kbd>", true),
    raw("mark", "<mark", "</mark>", true),
    raw("q", "<q", "</q>", true),
    raw("s", "<s", "</s>", true),
    raw("samp", "<samp", "</samp>", true),
    raw("small", "<small", "</small>", true),
    raw("span", "<span", "</span>", true),
    raw("strike", "<s", "</s>", true),
    raw("strong", "<strong", "</strong>", true),
    raw("sub", "<sub", "</sub>", true),
    raw("sup", "<sup", "</sup>", true),
    raw("tt", "<code", "</code>", true),
    raw("u", "<u", "</u>", true),
    raw("var", "<var", "</var>", true),
    raw("wbr", "<wbr", "", true),
    raw("blockquote", "<blockquote", "</blockquote>\n", false),
    raw("center", "<div", "</div>\n", false),
    raw("dd", "<dd", "</dd>\n", false),
    raw("details", "<details", "</details>\n", false),
    raw("div", "<div", "</div>\n", false),
    raw("dl", "<dl", "</dl>\n", false),
    raw("dt", "<dt", "</dt>\n", false),
    raw("figure", "<figure", "</figure>\n", false),
    raw("figcaption", "<figcaption", "</figcaption>\n", false),
    raw("h1", "<p class=\"h\"", "</p>\n", true),
    raw("h2", "<p class=\"h\"", "</p>\n", true),
    raw("h3", "<p class=\"h\"", "</p>\n", true),
    raw("h4", "<p class=\"h\"", "</p>\n", true),
    raw("h5", "<p class=\"h\"", "</p>\n", true),
    raw("h6", "<p class=\"h\"", "</p>\n", true),
    raw("hr", "<hr", "", false),
    raw("li", "<li", "</li>\n", false),
    raw("ol", "<ol", "</ol>\n", false),
    raw("p", "<p", "</p>\n", true),
    raw("pre", "<pre", "</pre>\n", true),
    raw("summary", "<summary", "</summary>\n", true),
    raw("table", "<table", "</table>\n", false),
    raw("tbody", "<tbody", "</tbody>\n", false),
    raw("td", "<td", "</td>\n", false),
    raw("tfoot", "<tfoot", "</tfoot>\n", false),
    raw("th", "<th", "</th>\n", false),
    raw("thead", "<thead", "</thead>\n", false),
    raw("tr", "<tr", "</tr>\n", false),
    raw("ul", "<ul", "</ul>\n", false),
];

/// Returns how a tag off the allow list is written.
pub(crate) fn tag(name: &str) -> Option<&'static RawTag> {
    RAW_TAGS.iter().find(|t| t.name == name)
}

/// Returns true where a tag may stand directly inside another raw tag, or inside none.
pub(crate) fn may_stand(name: &str, inside: Option<&str>) -> bool {
    // A part without its whole would be dropped by the browser with everything in it.
    let parents: &[&str] = match name {
        "li" => &["ul", "ol"],
        "td" | "th" => &["tr"],
        "tr" => &["table", "tbody", "thead", "tfoot"],
        "tbody" | "thead" | "tfoot" => &["table"],
        "dt" | "dd" => &["dl"],
        "summary" => &["details"],
        "figcaption" => &["figure"],
        _ => &[],
    };
    if !parents.is_empty() && !inside.is_some_and(|p| parents.contains(&p)) {
        return false;
    }
    // The other way round: a table holds rows, a list holds items, nothing else.
    let holds: Option<&[&str]> = match inside {
        Some("table") => Some(&["tr", "tbody", "thead", "tfoot"]),
        Some("tbody" | "thead" | "tfoot") => Some(&["tr"]),
        Some("tr") => Some(&["td", "th"]),
        Some("ul" | "ol") => Some(&["li"]),
        Some("dl") => Some(&["dt", "dd"]),
        _ => None,
    };
    if holds.is_some_and(|h| !h.contains(&name)) {
        return false;
    }
    true
}

impl Writer<'_> {
    /// Writes a start tag off the allow list where it may stand.
    pub(in crate::render) fn raw_open(&mut self, name: &'static str, anchor: Option<&str>) {
        let Some(tag) = tag(name) else { return };
        // A paragraph holds words like an inline tag, but may not stand inside one.
        if !tag.inline
            || matches!(name, "p" | "pre" | "summary" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
        {
            self.block();
        }
        if !may_stand(name, self.stack.last().and_then(|e| e.raw)) {
            return;
        }
        self.out.markup(tag.open);
        if let Some(anchor) = anchor {
            let id = format!("{}{anchor}", self.context.id_prefix);
            // A heading of that name is what a link to it means.
            if !anchor.starts_with("ol-") && self.ids.insert(id.clone()) {
                self.out.attr("id", &id);
            }
        }
        self.out.markup(">");
        if !tag.close.is_empty() {
            self.stack.push(OpenElement {
                close: tag.close,
                end: 0,
                raw: Some(name),
                inline: tag.inline,
                ..OpenElement::default()
            });
        }
    }

    /// Closes a raw tag and everything left open in it; an end tag without start is nothing.
    pub(in crate::render) fn raw_close(&mut self, name: &'static str) {
        let mut at = self.stack.len();
        while at > 0 && self.stack[at - 1].raw.is_some() {
            at -= 1;
            if self.stack[at].raw == Some(name) {
                while self.stack.len() > at {
                    self.pop();
                }
                return;
            }
        }
    }
}

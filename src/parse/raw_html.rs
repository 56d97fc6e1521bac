//! Raw HTML of markdown → tags off a short allow list, text, comments; everything else stays text.
//!
//! The only file that names html5gum. Nothing of the author's markup reaches a page as markup: the
//! renderer writes allowed tags itself, from its own literals, and balances them.

use html5gum::{DefaultEmitter, Token, Tokenizer};

/// One piece of raw HTML, with its byte range in the text given to [`pieces`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text with entities decoded.
    Text(String),
    /// A start tag off the list.
    Open {
        /// Lower-case name.
        name: &'static str,
        /// `id` or `name`.
        anchor: Option<String>,
    },
    /// An end tag off the list.
    Close(&'static str),
    /// A link, `href` and title.
    Link(String, String),
    /// An image: address, title, alternative text.
    Image(String, String, String),
    /// A comment, hidden.
    Comment,
    /// Anything else: shown as it is written.
    Shown,
}

/// Tags that stand for blocks; they are kept only where markdown expects a block.
const BLOCKS: [&str; 29] = [
    "blockquote",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "figure",
    "figcaption",
];

/// Tags that stand for words.
const INLINES: [&str; 25] = [
    "abbr", "b", "br", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s",
    "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr",
];

/// Splits raw HTML. `block` tells whether it stands where a block is expected.
pub(crate) fn pieces(html: &str, block: bool) -> Vec<(std::ops::Range<usize>, Piece)> {
    let mut out = Vec::new();
    let emitter = DefaultEmitter::<usize>::new_with_span();
    let mut done = 0;
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        let (end, piece) = match token {
            Token::Error(_) => continue,
            Token::String(text) => {
                (text.span.end, Piece::Text(String::from_utf8_lossy(&text.value).into_owned()))
            }
            Token::Comment(comment) => (comment.span.end, Piece::Comment),
            Token::Doctype(doctype) => (doctype.span.end, Piece::Shown),
            Token::EndTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                (tag.span.end, known(&name, block).map_or(Piece::Shown, Piece::Close))
            }
            Token::StartTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                let attr = |name: &str| {
                    let value = tag.attributes.get(name.as_bytes())?;
                    Some(String::from_utf8_lossy(&value.value).into_owned())
                };
                let anchor = || attr("id").or_else(|| attr("name")).filter(|a| !a.is_empty());
                let piece = match name.as_str() {
                    "a" => match attr("href") {
                        Some(href) => Piece::Link(href, attr("title").unwrap_or_default()),
                        None => Piece::Open { name: "a", anchor: anchor() },
                    },
                    "img" => Piece::Image(
                        attr("src").unwrap_or_default(),
                        attr("title").unwrap_or_default(),
                        attr("alt").unwrap_or_default(),
                    ),
                    _ => match known(&name, block) {
                        Some(name) => Piece::Open { name, anchor: anchor() },
                        None => Piece::Shown,
                    },
                };
                (tag.span.end, piece)
            }
        };
        let end = boundary(html, end.max(done));
        if matches!(piece, Piece::Text(_)) && !html[done..end].contains(['&', '\r', '\0']) {
            out.push((done..end, Piece::Text(html[done..end].to_owned())));
        } else {
            out.push((done..end, piece));
        }
        done = end;
    }
    if done < html.len() {
        // What the tokenizer holds back at the end (an unfinished tag) is text to the reader.
        out.push((done..html.len(), Piece::Shown));
    }
    out
}

fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

fn known(name: &str, block: bool) -> Option<&'static str> {
    let find = |list: &'static [&'static str]| list.iter().copied().find(|known| *known == name);
    if name == "a" {
        return Some("a");
    }
    find(&INLINES).or_else(|| if block { find(&BLOCKS) } else { find(&BLOCKS).map(|_| "span") })
}

/// Returns the name of a tag that is HTML and not allowed; `<placeholder>` and its like are no HTML.
pub(crate) fn refused_element(tag: &str) -> Option<&'static str> {
    const ELEMENTS: [&str; 24] = [
        "script", "style", "iframe", "object", "embed", "svg", "math", "form", "input", "button",
        "select", "textarea", "video", "audio", "source", "picture", "link", "meta", "base",
        "canvas", "template", "noscript", "font", "marquee",
    ];
    let name = tag.strip_prefix('<')?.trim_start_matches('/');
    let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    ELEMENTS.into_iter().find(|element| name[..end].eq_ignore_ascii_case(element))
}

#[cfg(test)]
mod tests {
    use super::{Piece, pieces};

    fn shown(html: &str, block: bool) -> Vec<(&str, Piece)> {
        pieces(html, block).into_iter().map(|(range, piece)| (&html[range], piece)).collect()
    }

    #[test]
    fn every_byte_is_in_one_piece() {
        for html in [
            "<b>x</b>",
            "a<cluster-id>b",
            "<!-- c -->d",
            "<a href='x",
            "&lt;é<p",
            "<script>1<2</script>",
        ] {
            let joined: String =
                pieces(html, true).into_iter().map(|(range, _)| &html[range]).collect();
            assert_eq!(joined, html);
        }
    }

    #[test]
    fn only_listed_tags_are_tags() {
        let b = |name| Piece::Open { name, anchor: None };
        assert_eq!(shown("<b>", false), [("<b>", b("b"))]);
        assert_eq!(shown("<BR/>", false), [("<BR/>", b("br"))]);
        assert_eq!(shown("<name_of_pod>", false), [("<name_of_pod>", Piece::Shown)]);
        assert_eq!(shown("<script src=x>", true), [("<script src=x>", Piece::Shown)]);
        assert_eq!(shown("<div onclick=x>", true), [("<div onclick=x>", b("div"))]);
        assert_eq!(shown("<details>", false), [("<details>", b("span"))]);
        assert_eq!(
            shown("<a name=\"top\">", false),
            [("<a name=\"top\">", Piece::Open { name: "a", anchor: Some("top".into()) })]
        );
        assert_eq!(shown("<!-- x -->", true), [("<!-- x -->", Piece::Comment)]);
    }
}

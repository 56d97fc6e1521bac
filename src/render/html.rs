//! [`Tree`](crate::parse::tree::Tree) → HTML: the only place where authored text becomes markup.
//!
//! It walks the flat tree with a stack of its own, so depth costs memory and never the call stack. Raw HTML
//! tags off the allow list are written here from literals and balanced against the markdown around them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::link::resolve::Resolved;
use crate::model::document::{Detail, Doc};
use crate::model::id::DocId;
use crate::parse::tree::{Align, Callout, Kind, Target};
use crate::render::page::{Body, BodyContext};
use crate::render::steps::{Role, Steps};
use crate::text::html::{Html, HtmlWriter};

/// Renders the body of a document as one piece.
pub(crate) fn body(context: &BodyContext<'_>, id: DocId) -> Body {
    let mut writer = Writer::new(context, id);
    writer.out = HtmlWriter::with_capacity(writer.text.len() * 2);
    let html = writer.piece(0..writer.doc.tree.nodes.len(), false);
    writer.finish(html)
}

/// An element that is open in the output.
#[derive(Default)]
pub(in crate::render) struct OpenElement {
    /// Its end tag.
    pub(in crate::render) close: &'static str,
    /// Index of the first node behind it; raw HTML ends with its own tag or its container.
    pub(in crate::render) end: usize,
    /// Name of the raw HTML tag, if it is one.
    pub(in crate::render) raw: Option<&'static str>,
    /// True for elements that hold words, not blocks.
    pub(in crate::render) inline: bool,
    /// What a list's items are, or what an item is.
    pub(in crate::render) role: Role,
}

/// Writes one body.
pub(in crate::render) struct Writer<'a> {
    pub(in crate::render) context: &'a BodyContext<'a>,
    pub(in crate::render) doc: &'a Doc,
    pub(in crate::render) id: DocId,
    pub(in crate::render) text: &'a str,
    pub(in crate::render) out: HtmlWriter,
    pub(in crate::render) stack: Vec<OpenElement>,
    pub(in crate::render) level: u8,
    pub(in crate::render) base: Option<u8>,
    pub(in crate::render) headings: Vec<(u8, String, String)>,
    pub(in crate::render) in_head: bool,
    pub(in crate::render) aligns: Vec<Align>,
    pub(in crate::render) column: usize,
    pub(in crate::render) skip_title: Option<u32>,
    /// Ids given out besides those of headings.
    pub(in crate::render) ids: BTreeSet<String>,
    pub(in crate::render) footnotes: BTreeMap<String, usize>,
    /// Steps, and what they need, written so far.
    pub(in crate::render) steps: Steps,
    /// Bytes of the pieces before this one.
    written: usize,
    over_budget: bool,
}

impl<'a> Writer<'a> {
    /// Returns a writer for the pieces of one document.
    pub(in crate::render) fn new(context: &'a BodyContext<'a>, id: DocId) -> Self {
        let doc = context.site.doc(id);
        Self {
            context,
            doc,
            id,
            text: context.site.source(doc).text.as_ref(),
            out: HtmlWriter::default(),
            stack: Vec::new(),
            level: context.top_level - 1,
            base: None,
            headings: Vec::new(),
            in_head: false,
            aligns: Vec::new(),
            column: 0,
            skip_title: doc.title_heading.filter(|_| !context.keep_title),
            ids: doc.outline.iter().map(|h| format!("{}{}", context.id_prefix, h.anchor)).collect(),
            footnotes: BTreeMap::new(),
            steps: Steps::default(),
            written: 0,
            over_budget: false,
        }
    }

    /// Renders consecutive nodes; `steps` makes steps of the numbered lists that stand in no other block.
    pub(in crate::render) fn piece(&mut self, nodes: Range<usize>, steps: bool) -> Html {
        // Ten times the source and a little: a table of empty cells can be a hundred times its source.
        let limit = self.text.len() * 10 + 64 * 1024;
        self.level = self.context.top_level - 1;
        self.steps.wanted = steps;
        let mut n = nodes.start;
        while n < nodes.end {
            self.close_until(n);
            if self.written + self.out.len() > limit && self.stack.is_empty() {
                self.over_budget = true;
                let from = self.doc.tree.nodes[n].span.start as usize;
                let to = self.doc.tree.nodes.get(nodes.end).map(|next| next.span.start as usize);
                let rest = self.text.get(from..to.unwrap_or(self.text.len()).max(from));
                self.out
                    .markup("<pre class=\"plain\">")
                    .text(rest.unwrap_or(""))
                    .markup("</pre>\n");
                break;
            }
            n = self.node(n);
        }
        self.close_until(usize::MAX);
        self.written += self.out.len();
        std::mem::take(&mut self.out).finish()
    }

    /// Returns what is known once all pieces are written; `html` is the one that holds the text.
    pub(in crate::render) fn finish(self, html: Html) -> Body {
        Body {
            html,
            over_budget: self.over_budget,
            headings: self.headings,
            parameters: self.steps.parameters,
        }
    }

    fn close_until(&mut self, n: usize) {
        while let Some(top) = self.stack.last() {
            // Raw HTML without an end tag ends with the markdown element around it.
            let around =
                self.stack.iter().rev().find(|e| e.raw.is_none()).map_or(usize::MAX, |e| e.end);
            let ends = if top.raw.is_some() { around <= n } else { top.end <= n };
            if !ends {
                break;
            }
            self.pop();
        }
        if n == usize::MAX {
            while !self.stack.is_empty() {
                self.pop();
            }
        }
    }

    pub(in crate::render) fn pop(&mut self) {
        if let Some(element) = self.stack.pop() {
            self.out.markup(element.close);
            if element.close == "</thead>" {
                self.in_head = false;
            }
        }
    }

    pub(in crate::render) fn open(
        &mut self,
        open: &'static str,
        close: &'static str,
        n: usize,
        inline: bool,
    ) {
        self.out.markup(open);
        let end = self.doc.tree.nodes[n].end as usize;
        self.stack.push(OpenElement { close, end, inline, ..OpenElement::default() });
    }

    /// A block may not stand inside words: close what holds words.
    pub(in crate::render) fn block(&mut self) {
        while self
            .stack
            .last()
            .is_some_and(|e| e.inline && (e.raw.is_some() || e.close.ends_with("</label>")))
        {
            self.pop();
        }
    }

    fn node(&mut self, n: usize) -> usize {
        let node = &self.doc.tree.nodes[n];
        let end = node.end as usize;
        match &node.kind {
            Kind::Paragraph => {
                self.block();
                self.paragraph(n);
            }
            Kind::Heading(level, outline) => {
                self.block();
                return self.heading(n, *level, *outline);
            }
            Kind::Quote(None) => {
                self.block();
                self.open("<blockquote>\n", "</blockquote>\n", n, false);
            }
            Kind::Quote(Some(callout)) => {
                self.block();
                let open = match callout {
                    Callout::Note => "<div class=\"note\"><strong>Note</strong>\n",
                    Callout::Tip => "<div class=\"note\"><strong>Tip</strong>\n",
                    Callout::Important => {
                        "<div class=\"note note--2\"><strong>Important</strong>\n"
                    }
                    Callout::Warning => "<div class=\"note note--2\"><strong>Warning</strong>\n",
                    Callout::Caution => "<div class=\"note note--1\"><strong>Caution</strong>\n",
                };
                self.open(open, "</div>\n", n, false);
            }
            Kind::Code(block) => {
                self.block();
                self.code(n, block);
            }
            Kind::List(first) => {
                self.block();
                self.list(n, *first);
            }
            Kind::Item => self.item(n),
            Kind::Task(done) => {
                let live = matches!(self.doc.detail, Detail::Runbook(_));
                self.out.markup(match (live, done) {
                    (true, true) => "<label class=\"task\"><input type=\"checkbox\" checked> ",
                    (true, false) => "<label class=\"task\"><input type=\"checkbox\"> ",
                    (false, true) => {
                        "<label class=\"task\"><input type=\"checkbox\" checked disabled> "
                    }
                    (false, false) => "<label class=\"task\"><input type=\"checkbox\" disabled> ",
                });
                let around = self.stack.last().map_or(end, |e| e.end);
                self.stack.push(OpenElement {
                    close: "</label>",
                    end: around,
                    inline: true,
                    ..OpenElement::default()
                });
            }
            Kind::Table(aligns) => {
                self.block();
                self.aligns = aligns.to_vec();
                self.open("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>\n", "</tbody></table></div>\n", n, false);
                // A table whose body is empty still needs one for its end tag.
                let has_rows = self.doc.tree.children(n).nth(1).is_some();
                if !has_rows && let Some(top) = self.stack.last_mut() {
                    top.close = "</table></div>\n";
                }
            }
            Kind::TableHead => {
                self.in_head = true;
                self.column = 0;
                let more = self.stack.last().is_some_and(|t| t.end > end);
                self.open(
                    "<thead><tr>",
                    if more { "</tr></thead>\n<tbody>\n" } else { "</tr></thead>\n" },
                    n,
                    false,
                );
            }
            Kind::TableRow => {
                self.in_head = false;
                self.column = 0;
                self.open("<tr>", "</tr>\n", n, false);
            }
            Kind::TableCell => {
                let align = self.aligns.get(self.column).copied().unwrap_or(Align::Default);
                self.column += 1;
                let head = self.in_head;
                let empty = end == n + 1;
                let open = match (head && !empty, align) {
                    (true, Align::Default) => "<th scope=\"col\">",
                    (true, Align::Center) => "<th scope=\"col\" class=\"c\">",
                    (true, Align::End) => "<th scope=\"col\" class=\"n\">",
                    (false, Align::Default) => "<td>",
                    (false, Align::Center) => "<td class=\"c\">",
                    (false, Align::End) => "<td class=\"n\">",
                };
                self.open(open, if head && !empty { "</th>" } else { "</td>" }, n, false);
            }
            Kind::Footnote(label) => {
                self.block();
                let label = label.of(self.text);
                self.out.markup("<div class=\"footnote\"");
                let id = self.footnote_id(label);
                if self.ids.insert(id.clone()) {
                    self.out.attr("id", &id);
                }
                self.out.markup("><sup>").text(label);
                self.open("</sup>\n", "</div>\n", n, false);
            }
            Kind::FootnoteReference(label) => {
                let label = label.of(self.text);
                let inside = self.in_link();
                self.out.markup("<sup>");
                if !inside {
                    let href = format!("#{}", self.footnote_id(label));
                    self.out.markup("<a").attr("href", &href).markup(">");
                }
                self.out.text(label).markup(if inside { "</sup>" } else { "</a></sup>" });
            }
            Kind::Rule => {
                self.block();
                self.out.markup("<hr>\n");
            }
            Kind::Text(words) => self.words(n, words.of(self.text)),
            Kind::InlineCode(words) => self.inline_code(n, words.of(self.text)),
            Kind::SoftBreak => self.line_end(n),
            Kind::HardBreak => {
                self.out.markup("<br>\n");
            }
            Kind::Emphasis => self.open("<em>", "</em>", n, false),
            Kind::Strong => self.open("<strong>", "</strong>", n, false),
            Kind::Strikethrough => self.open("<s>", "</s>", n, false),
            Kind::Link(target) => self.link(n, target),
            Kind::Image(target) => {
                self.image(n, target);
                return end;
            }
            Kind::Open(tag) => self.raw_open(tag.name, tag.anchor.as_deref()),
            Kind::Close(name) => self.raw_close(name),
        }
        n + 1
    }

    pub(in crate::render) fn in_link(&self) -> bool {
        self.stack.iter().any(|e| e.close == "</a>")
    }

    /// Footnotes are numbered by their first use: labels are free words, ids are not.
    fn footnote_id(&mut self, label: &str) -> String {
        let next = self.footnotes.len() + 1;
        let n = *self.footnotes.entry(label.to_owned()).or_insert(next);
        format!("{}ol-fn-{n}", self.context.id_prefix)
    }

    fn heading(&mut self, n: usize, level: u8, outline: u32) -> usize {
        let end = self.doc.tree.nodes[n].end as usize;
        if self.skip_title == Some(outline) {
            return end;
        }
        // A page has one h1, its own; the body's outermost headings come next, and none skips a level.
        let base = *self.base.get_or_insert_with(|| {
            let levels = self
                .doc
                .outline
                .iter()
                .enumerate()
                .filter(|(n, _)| self.skip_title != Some(*n as u32));
            levels.map(|(_, h)| h.level).min().unwrap_or(level)
        });
        let wanted = self.context.top_level + level.saturating_sub(base);
        let shown = wanted.min(self.level + 1).clamp(self.context.top_level, 6);
        self.level = shown;
        let heading = &self.doc.outline[outline as usize];
        let anchor = format!("{}{}", self.context.id_prefix, heading.anchor);
        let (open, close) = match shown {
            0..=2 => ("<h2", "</h2>\n"),
            3 => ("<h3", "</h3>\n"),
            4 => ("<h4", "</h4>\n"),
            5 => ("<h5", "</h5>\n"),
            _ => ("<h6", "</h6>\n"),
        };
        self.out.markup(open);
        if !anchor.is_empty() {
            self.out.attr("id", &anchor);
        }
        self.headings.push((shown, anchor, heading.title.clone()));
        self.open(">", close, n, false);
        n + 1
    }

    fn inline_code(&mut self, n: usize, code: &str) {
        let link = match self.context.site.links[self.id.0 as usize].get(n) {
            Some(Resolved::Page { address, .. }) => Some(self.context.hrefs.to(address)),
            _ => None,
        };
        if let Some(href) = &link {
            self.out.markup("<a").attr("href", href).markup(">");
        }
        self.out.markup("<code>").code(code).markup("</code>");
        if link.is_some() {
            self.out.markup("</a>");
        }
    }

    fn link(&mut self, n: usize, target: &Target) {
        let written = target.address.of(self.text);
        let resolved = self.context.site.links[self.id.0 as usize].get(n);
        let title = target.title.of(self.text);
        let raw = self.doc.tree.nodes[n].end as usize == n + 1;
        let open = |href: &str, outside: bool, out: &mut HtmlWriter| {
            out.markup("<a").attr("href", href);
            if outside {
                out.markup(" rel=\"noopener noreferrer\"");
            }
            if !title.is_empty() {
                out.attr("title", title);
            }
            out.markup(">");
        };
        // A link inside a link cannot be: the inner one is only its words.
        if self.in_link() {
            return;
        }
        let close = match resolved {
            Some(Resolved::Page { address, anchor }) => {
                let href = self.context.hrefs.with_anchor(address, anchor.as_deref());
                open(&href, false, &mut self.out);
                "</a>"
            }
            Some(Resolved::Here(anchor)) => {
                open(&format!("#{}{anchor}", self.context.id_prefix), false, &mut self.out);
                "</a>"
            }
            Some(Resolved::Outside(url)) => {
                open(url, true, &mut self.out);
                "</a>"
            }
            Some(Resolved::Asset(path)) => match self.context.images.get(path) {
                Some(file) => {
                    open(&self.context.hrefs.file(file), false, &mut self.out);
                    "</a>"
                }
                None => self.in_repository(path, &open),
            },
            Some(Resolved::InRepository(path)) => self.in_repository(path, &open),
            Some(Resolved::Broken) => {
                self.out
                    .markup("<span class=\"dead\"")
                    .attr("title", &format!("nothing is at {written}"))
                    .markup(">");
                if raw { "</span>" } else { "</span><sup class=\"dead\">dead link</sup>" }
            }
            Some(Resolved::Words) | None => {
                // The address stays readable where it may not be a link.
                self.out.markup("<span>");
                if !target.bare && !written.is_empty() {
                    self.out.markup("<code>").text(written).markup("</code> ");
                }
                "</span>"
            }
        };
        let end = self.doc.tree.nodes[n].end as usize;
        let (end, raw) = if raw { (0, Some("a")) } else { (end, None) };
        let inline = raw.is_some();
        self.stack.push(OpenElement { close, end, raw, inline, ..OpenElement::default() });
    }

    fn in_repository(
        &mut self,
        path: &str,
        open: &dyn Fn(&str, bool, &mut HtmlWriter),
    ) -> &'static str {
        if let Some(url) = self.context.hrefs.in_repository(
            self.context.site,
            self.context.site.source(self.doc).repository,
            path,
        ) {
            open(&url, true, &mut self.out);
            "</a>"
        } else {
            self.out
                .markup("<span class=\"file\"")
                .attr("title", &format!("{path} in the repository"))
                .markup(">");
            "</span>"
        }
    }
}

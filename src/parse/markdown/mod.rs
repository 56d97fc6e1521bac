//! Markdown text → [`Tree`] and outline: the only file that names pulldown-cmark and linkify.

mod html;

use std::collections::BTreeMap;
use std::ops::Range;

use linkify::{LinkFinder, LinkKind};
use pulldown_cmark::{
    Alignment, BlockQuoteKind, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag,
    TagEnd, TextMergeWithOffset,
};

use crate::diag::{Code, Finding, Place};
use crate::parse::fence;
use crate::parse::outline::{self, Anchors, Heading};
use crate::parse::tree::{Align, Callout, CodeBlock, Kind, Node, Target, Tree, Words};
use crate::text::source::Source;
use crate::text::span::{Span, find};

/// Deepest nesting of blocks and inlines that is kept; deeper containers lose their mark, not their words.
const MAX_DEPTH: usize = 48;

/// What the body of a file holds.
pub(crate) struct Parsed {
    pub(crate) tree: Tree,
    pub(crate) outline: Vec<Heading>,
    pub(crate) hidden: Vec<Span>,
    pub(crate) findings: Vec<Finding>,
}

impl Parsed {
    /// Returns the body as one block of plain text.
    pub(crate) fn plain(source: &Source, body: Span) -> Self {
        let code =
            CodeBlock { info: Words::Own("text".into()), code: body.of(&source.text).into() };
        let node = Node { kind: Kind::Code(Box::new(code)), span: body, end: 1 };
        Self {
            tree: Tree { nodes: vec![node] },
            outline: Vec::new(),
            hidden: Vec::new(),
            findings: Vec::new(),
        }
    }
}

/// Parses the bytes `body` of a source.
pub(crate) fn parse(source: &Source, body: Span) -> Parsed {
    let text = body.of(&source.text);
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM;
    let parser = Parser::new_ext(text, options);
    let definitions = parser.reference_definitions().iter();
    let definitions =
        definitions.map(|(label, def)| (label.to_lowercase(), def.span.clone())).collect();
    let mut builder = Builder {
        source,
        text,
        definitions,
        base: body.start as usize,
        nodes: Vec::with_capacity(text.len() / 24),
        open: Vec::new(),
        outline: Vec::new(),
        anchors: Anchors::default(),
        hidden: Vec::new(),
        findings: Vec::new(),
        finder: LinkFinder::new(),
        block: None,
        html: Vec::new(),
        quiet: 0,
        deep: false,
        cell_end: 0,
        raw_shown: false,
    };
    builder.finder.kinds(&[LinkKind::Url]);
    for (event, range) in TextMergeWithOffset::new(parser.into_offset_iter()) {
        builder.event(event, range);
    }
    builder.finish()
}

struct Builder<'a> {
    source: &'a Source,
    text: &'a str,
    /// Where each label is defined, by the label in small letters.
    definitions: BTreeMap<String, Range<usize>>,
    base: usize,
    nodes: Vec<Node>,
    /// Open containers: index of the node, `None` where nesting went past the limit.
    open: Vec<Option<usize>>,
    outline: Vec<Heading>,
    anchors: Anchors,
    hidden: Vec<Span>,
    findings: Vec<Finding>,
    finder: LinkFinder,
    /// The code block being read.
    block: Option<CodeBlock>,
    /// Ranges of the HTML block being read.
    html: Vec<Range<usize>>,
    /// Depth of links and images around: bare addresses inside are not links.
    quiet: usize,
    deep: bool,
    /// Where the last cell of a table ended.
    cell_end: usize,
    /// True once raw HTML was reported.
    raw_shown: bool,
}

impl Builder<'_> {
    fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.base + range.start, self.base + range.end)
    }

    fn push(&mut self, kind: Kind, range: &Range<usize>) -> usize {
        let at = self.nodes.len();
        self.nodes.push(Node { kind, span: self.span(range), end: at as u32 + 1 });
        at
    }

    fn start(&mut self, kind: Kind, range: &Range<usize>) {
        if self.open.len() >= MAX_DEPTH {
            if !self.deep {
                self.deep = true;
                let place = Place::new(self.source.id, self.span(range));
                let message = format!("text is nested more than {MAX_DEPTH} levels deep");
                self.findings.push(
                    Finding::new(Code::TooDeep, place, message)
                        .hint("deeper levels are shown flat"),
                );
            }
            self.open.push(None);
            return;
        }
        let at = self.push(kind, range);
        self.open.push(Some(at));
    }

    fn end(&mut self) -> Option<usize> {
        let at = self.open.pop().flatten()?;
        self.nodes[at].end = self.nodes.len() as u32;
        Some(at)
    }

    /// Words as a place where they are a slice of the source, as their own text otherwise.
    fn words(&self, words: &CowStr<'_>, range: &Range<usize>) -> Words {
        let here = self.text.get(range.clone()).unwrap_or("");
        if here == &**words {
            return Words::At(self.span(range));
        }
        match find(here, words) {
            Some(at) if matches!(words, CowStr::Borrowed(_)) => {
                let start = range.start + at;
                Words::At(self.span(&(start..start + words.len())))
            }
            _ => Words::Own((&**words).into()),
        }
    }

    /// The address of a link, where it is written: in the link, or in the definition that it refers to.
    fn address(
        &self,
        link: LinkType,
        label: &str,
        address: &CowStr<'_>,
        range: &Range<usize>,
    ) -> Words {
        let refers = matches!(link, LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut);
        let written = self.definitions.get(&label.to_lowercase()).filter(|_| refers);
        let written = written.and_then(|definition| {
            let behind = self.text.get(definition.clone())?.find("]:")? + "]:".len();
            Some(definition.start + behind..definition.end)
        });
        self.words(address, written.as_ref().unwrap_or(range))
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start_tag(tag, &range),
            Event::End(tag) => self.end_tag(tag, &range),
            Event::Text(words) => self.text(&words, &range),
            Event::Code(words) => {
                let words = self.words(&words, &range);
                self.push(Kind::InlineCode(words), &range);
            }
            Event::InlineHtml(html) => self.raw_html(&html, &range, false),
            Event::Html(html) => {
                if self.html.is_empty() && html.trim().is_empty() {
                    return;
                }
                self.html.push(range);
            }
            Event::FootnoteReference(label) => {
                self.push(Kind::FootnoteReference(Words::Own((&*label).into())), &range);
            }
            Event::SoftBreak => {
                self.push(Kind::SoftBreak, &range);
            }
            Event::HardBreak => {
                self.push(Kind::HardBreak, &range);
            }
            Event::Rule => {
                self.push(Kind::Rule, &range);
            }
            Event::TaskListMarker(done) => {
                self.push(Kind::Task(done), &range);
            }
            Event::InlineMath(words) | Event::DisplayMath(words) => self.text(&words, &range),
        }
    }

    fn start_tag(&mut self, tag: Tag<'_>, range: &Range<usize>) {
        let kind = match tag {
            Tag::Paragraph => Kind::Paragraph,
            Tag::Heading { level, .. } => Kind::Heading(level as u8, self.outline.len() as u32),
            Tag::BlockQuote(kind) => Kind::Quote(kind.map(|kind| match kind {
                BlockQuoteKind::Note => Callout::Note,
                BlockQuoteKind::Tip => Callout::Tip,
                BlockQuoteKind::Important => Callout::Important,
                BlockQuoteKind::Warning => Callout::Warning,
                BlockQuoteKind::Caution => Callout::Caution,
            })),
            Tag::CodeBlock(kind) => {
                let info = match kind {
                    CodeBlockKind::Indented => Words::Own("".into()),
                    CodeBlockKind::Fenced(info) => {
                        self.check_fence(range);
                        Words::Own((&*info).into())
                    }
                };
                self.block = Some(CodeBlock { info, code: "".into() });
                return;
            }
            Tag::List(first) => Kind::List(first),
            Tag::Item => Kind::Item,
            Tag::Table(columns) => Kind::Table(
                columns
                    .iter()
                    .map(|a| match a {
                        Alignment::Center => Align::Center,
                        Alignment::Right => Align::End,
                        Alignment::Left | Alignment::None => Align::Default,
                    })
                    .collect(),
            ),
            Tag::TableHead => Kind::TableHead,
            Tag::TableRow => Kind::TableRow,
            Tag::TableCell => Kind::TableCell,
            Tag::FootnoteDefinition(label) => Kind::Footnote(Words::Own((&*label).into())),
            Tag::Emphasis => Kind::Emphasis,
            Tag::Strong => Kind::Strong,
            Tag::Strikethrough => Kind::Strikethrough,
            Tag::Link { link_type, dest_url, title, id } => {
                self.quiet += 1;
                let bare = matches!(link_type, LinkType::Autolink | LinkType::Email);
                let address = if link_type == LinkType::Email {
                    Words::Own(format!("mailto:{dest_url}").into())
                } else {
                    self.address(link_type, &id, &dest_url, range)
                };
                Kind::Link(Box::new(Target { address, title: Words::Own((&*title).into()), bare }))
            }
            Tag::Image { link_type, dest_url, title, id } => {
                self.quiet += 1;
                let address = self.address(link_type, &id, &dest_url, range);
                Kind::Image(Box::new(Target {
                    address,
                    title: Words::Own((&*title).into()),
                    bare: false,
                }))
            }
            Tag::HtmlBlock => {
                self.html.clear();
                return;
            }
            // The options for these are off; their text still arrives as text.
            Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => Kind::Paragraph,
        };
        self.start(kind, range);
    }

    fn end_tag(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::CodeBlock => {
                if let Some(block) = self.block.take() {
                    self.push(Kind::Code(Box::new(block)), range);
                }
            }
            TagEnd::HtmlBlock => self.html_block(),
            TagEnd::TableCell => {
                self.cell_end = range.end;
                self.end();
            }
            TagEnd::TableRow => {
                self.surplus_cells(range);
                self.end();
            }
            TagEnd::Heading(level) => {
                if let Some(node) = self.end() {
                    self.heading(node, level as u8);
                }
            }
            TagEnd::Link | TagEnd::Image => {
                self.quiet = self.quiet.saturating_sub(1);
                self.end();
            }
            _ => {
                self.end();
            }
        }
    }

    fn heading(&mut self, node: usize, level: u8) {
        let id = self.heading_attributes(node);
        let mut title = String::new();
        for part in &self.nodes[node + 1..] {
            match &part.kind {
                Kind::Text(words) | Kind::InlineCode(words) => {
                    title.push_str(words.of(&self.source.text));
                }
                Kind::SoftBreak | Kind::HardBreak => title.push(' '),
                _ => {}
            }
        }
        let anchor = match id.filter(|id| !id.is_empty()) {
            Some(id) => self.anchors.unique(id),
            None => self.anchors.of_title(&title),
        };
        let span = self.nodes[node].span;
        self.outline.push(Heading {
            level,
            title: title.trim().to_owned(),
            anchor,
            node: node as u32,
            span,
        });
    }

    /// Takes `{#id}` and `{.class}` off the end of a heading; other braces are words of the author.
    fn heading_attributes(&mut self, node: usize) -> Option<String> {
        let last = self.nodes.get_mut(node + 1..)?.last_mut()?;
        let Kind::Text(words) = &mut last.kind else { return None };
        let (kept, id) = outline::attributes(words.of(&self.source.text))?;
        *words = match words {
            Words::At(span) => Words::At(Span { start: span.start, end: span.start + kept as u32 }),
            Words::Own(own) => Words::Own(own[..kept].into()),
        };
        id
    }

    /// Cells beyond the columns of the head are dropped by the parser; their words are not.
    fn surplus_cells(&mut self, row: &Range<usize>) {
        let from = self.cell_end.clamp(row.start, row.end);
        let rest = self.text.get(from..row.end).unwrap_or("");
        let mut at = from;
        for cell in rest.split('|') {
            let range = at..at + cell.len();
            at = range.end + 1;
            if cell.trim().is_empty() {
                continue;
            }
            let node = self.push(Kind::TableCell, &range);
            self.push(Kind::Text(Words::At(self.span(&range))), &range);
            self.nodes[node].end = self.nodes.len() as u32;
        }
    }

    fn text(&mut self, words: &CowStr<'_>, range: &Range<usize>) {
        if let Some(block) = &mut self.block {
            let mut code = String::from(std::mem::take(&mut block.code));
            code.push_str(words);
            block.code = code.into_boxed_str();
            return;
        }
        let kept = self.words(words, range);
        if self.quiet > 0 || !words.contains("://") {
            self.push(Kind::Text(kept), range);
            return;
        }
        let exact = matches!(&kept, Words::At(span) if *span == self.span(range));
        let slice = |from: usize, to: usize| {
            if exact { Some(range.start + from..range.start + to) } else { None }
        };
        let links: Vec<(usize, usize)> = self
            .finder
            .links(words)
            .filter(|link| link.as_str().starts_with("http"))
            .map(|link| (link.start(), link.end()))
            .collect();
        let mut done = 0;
        for (from, to) in links {
            self.piece(&words[done..from], slice(done, from), range);
            let at = slice(from, to).unwrap_or_else(|| range.clone());
            let address =
                if exact { Words::At(self.span(&at)) } else { Words::Own(words[from..to].into()) };
            let target =
                Target { address: address.clone(), title: Words::Own("".into()), bare: true };
            let link = self.push(Kind::Link(Box::new(target)), &at);
            self.push(Kind::Text(address), &at);
            self.nodes[link].end = self.nodes.len() as u32;
            done = to;
        }
        self.piece(&words[done..], slice(done, words.len()), range);
    }

    fn piece(&mut self, words: &str, exact: Option<Range<usize>>, range: &Range<usize>) {
        if words.is_empty() {
            return;
        }
        match exact {
            Some(at) => self.push(Kind::Text(Words::At(self.span(&at))), &at),
            None => self.push(Kind::Text(Words::Own(words.into())), range),
        };
    }

    /// A fence that runs to the end of its container without a closing line.
    fn check_fence(&mut self, range: &Range<usize>) {
        let block = &self.text[range.clone()];
        if !fence::is_closed(block) {
            let start = range.start..range.start + block.lines().next().unwrap_or("").len();
            let place = Place::new(self.source.id, self.span(&start));
            self.findings.push(
                Finding::new(Code::UnclosedFence, place, "this code fence is never closed")
                    .hint("close it with the same marks, indented like the text of its list item"),
            );
        }
    }

    fn finish(mut self) -> Parsed {
        while !self.open.is_empty() {
            self.end();
        }
        // Trees live as long as the build; what they reserved beyond their size is given back.
        self.nodes.shrink_to_fit();
        Parsed {
            tree: Tree { nodes: self.nodes },
            outline: self.outline,
            hidden: self.hidden,
            findings: self.findings,
        }
    }
}

//! The body of a document as a tree that is stored flat: each node knows where its children end.
//!
//! Nodes stand in the order of the text; the children of node `n` are the nodes from `n + 1` up to
//! `nodes[n].end`. Nothing that walks it needs recursion, so no input can exhaust the stack.

use crate::text::span::Span;

/// A document's body.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// All nodes, parents before children.
    pub nodes: Vec<Node>,
}

/// One block or inline.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Its place in the file.
    pub span: Span,
    /// Index of the first node that is not inside it.
    pub end: u32,
}

/// Words of the source: a place in it, or a text of their own where escapes were resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// Exactly the bytes of this place.
    At(Span),
    /// Other words.
    Own(Box<str>),
}

impl Words {
    /// Returns the words, given the file's text.
    pub fn of<'a>(&'a self, text: &'a str) -> &'a str {
        match self {
            Self::At(span) => span.of(text),
            Self::Own(words) => words,
        }
    }
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A paragraph.
    Paragraph,
    /// A heading: level in the file, and its index in the outline.
    Heading(u8, u32),
    /// A quotation, or a GitHub alert.
    Quote(Option<Callout>),
    /// A code block.
    Code(Box<CodeBlock>),
    /// A list; the number of its first item where it is ordered.
    List(Option<u64>),
    /// A list item.
    Item,
    /// The box of a task item, ticked or not.
    Task(bool),
    /// A table with the alignment of its columns.
    Table(Box<[Align]>),
    /// The head of a table; its children are cells.
    TableHead,
    /// A row of a table's body.
    TableRow,
    /// A cell.
    TableCell,
    /// A footnote's text, with its label.
    Footnote(Words),
    /// A reference to a footnote.
    FootnoteReference(Words),
    /// A rule between sections.
    Rule,
    /// Text.
    Text(Words),
    /// Inline code.
    InlineCode(Words),
    /// A line end in the source.
    SoftBreak,
    /// A line end that is meant.
    HardBreak,
    /// Emphasis.
    Emphasis,
    /// Strong emphasis.
    Strong,
    /// Text that no longer holds.
    Strikethrough,
    /// A link.
    Link(Box<Target>),
    /// An image; its children are its alternative text.
    Image(Box<Target>),
    /// Raw HTML that is allowed: a start tag.
    Open(Box<Tag>),
    /// Raw HTML that is allowed: an end tag.
    Close(&'static str),
}

impl Kind {
    /// Returns true for what stands within a line of text.
    pub fn is_inline(&self) -> bool {
        matches!(
            self,
            Self::Text(_)
                | Self::InlineCode(_)
                | Self::SoftBreak
                | Self::HardBreak
                | Self::Emphasis
                | Self::Strong
                | Self::Strikethrough
                | Self::Link(_)
                | Self::Image(_)
                | Self::FootnoteReference(_)
                | Self::Task(_)
                | Self::Open(_)
                | Self::Close(_)
        )
    }
}

/// Where a link or image leads.
#[derive(Clone, Debug)]
pub struct Target {
    /// The address as written.
    pub address: Words,
    /// The title as written.
    pub title: Words,
    /// True for a bare address or `<address>`.
    pub bare: bool,
}

/// A start tag off the allow list.
#[derive(Clone, Debug)]
pub struct Tag {
    /// Lower-case name.
    pub name: &'static str,
    /// A name that links may point at: `id` or `name` in the source.
    pub anchor: Option<String>,
}

/// A code block.
#[derive(Clone, Debug)]
pub struct CodeBlock {
    /// Everything after the opening fence; empty for an indented block.
    pub info: Words,
    /// The code without fence and indentation, ending in a line end.
    pub code: Box<str>,
}

impl CodeBlock {
    /// Returns the language label and the words after it.
    pub fn label<'a>(&'a self, text: &'a str) -> (&'a str, &'a str) {
        let info = self.info.of(text).trim();
        info.split_once([' ', ',', '\t']).map_or((info, ""), |(label, rest)| (label, rest.trim()))
    }
}

/// Alignment of a table's column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// As the page has it.
    Default,
    /// Centred.
    Center,
    /// At the end, as numbers are.
    End,
}

/// Kinds of GitHub alerts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callout {
    /// `> [!NOTE]`
    Note,
    /// `> [!TIP]`
    Tip,
    /// `> [!IMPORTANT]`
    Important,
    /// `> [!WARNING]`
    Warning,
    /// `> [!CAUTION]`
    Caution,
}

impl Tree {
    /// Returns the indices of the direct children of node `n`.
    pub fn children(&self, n: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.nodes[n].end as usize;
        let mut at = n + 1;
        std::iter::from_fn(move || {
            let here = at;
            (here < end).then(|| {
                at = self.nodes[here].end as usize;
                here
            })
        })
    }

    /// Returns the indices of the nodes that stand in no other.
    pub fn roots(&self) -> impl Iterator<Item = usize> + '_ {
        let mut at = 0;
        std::iter::from_fn(move || {
            let here = at;
            (here < self.nodes.len()).then(|| {
                at = self.nodes[here].end as usize;
                here
            })
        })
    }

    /// Appends the plain words of the nodes in `range` to `out`, blocks and line ends as spaces.
    pub fn words_into(&self, range: std::ops::Range<usize>, text: &str, out: &mut String) {
        for node in &self.nodes[range] {
            match &node.kind {
                Kind::Text(words) | Kind::InlineCode(words) => out.push_str(words.of(text)),
                Kind::Code(block) => out.push_str(&block.code),
                Kind::SoftBreak | Kind::HardBreak => out.push(' '),
                Kind::Paragraph
                | Kind::Heading(..)
                | Kind::Quote(_)
                | Kind::Item
                | Kind::TableCell
                | Kind::Footnote(_)
                    if !out.is_empty() && !out.ends_with(' ') =>
                {
                    out.push(' ');
                }
                _ => {}
            }
        }
    }

    /// Returns the plain words of node `n`.
    pub fn words(&self, n: usize, text: &str) -> String {
        let mut out = String::new();
        self.words_into(n..self.nodes[n].end as usize, text, &mut out);
        let kept = out.trim().len();
        if kept == out.len() { out } else { out.trim().to_owned() }
    }
}

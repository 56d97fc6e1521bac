//! Markdown → text for a terminal: wrapped lines, colours, tables as columns; commands stay as they are.

use std::fmt::Write as _;

use textwrap::core::display_width;

use crate::code::effect::Effect;
use crate::diag::emit::human::plain;
use crate::model::procedure::{command, fence_words};
use crate::parse;
use crate::parse::outline::Heading;
use crate::parse::tree::{Align, Callout, Kind, Tree};
use crate::text::source::{RepositoryId, Source, SourceId, SourceKind};

/// Fewest columns that text is wrapped to.
const NARROWEST: usize = 24;

/// A markdown text, ready to be shown.
pub(crate) struct Page {
    source: Source,
    tree: Tree,
    outline: Vec<Heading>,
}

/// How it is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// Columns.
    pub(crate) width: usize,
    /// True for colours.
    pub(crate) colour: bool,
}

/// Colours by what they mean, as the terminal's owner chose them.
mod sgr {
    pub(super) const TITLE: &str = "1";
    pub(super) const CODE: &str = "36";
    pub(super) const QUIET: &str = "2";
    pub(super) const WARNING: &str = "1;33";
    pub(super) const DANGER: &str = "1;31";
    pub(super) const STRONG: &str = "1";
    pub(super) const EMPHASIS: &str = "3";
    pub(super) const GONE: &str = "9";
    pub(super) const LINK: &str = "34";
}

impl Page {
    /// Reads a markdown text.
    pub(crate) fn new(text: String) -> Self {
        let source = Source {
            id: SourceId(0),
            repository: RepositoryId(0),
            path: "index.md".to_owned(),
            kind: SourceKind::Markdown,
            text: text.into(),
            faults: Vec::new(),
        };
        let document = parse::parse(&source);
        Self { source, tree: document.tree, outline: document.outline }
    }

    /// Returns the anchors of its sections.
    pub(crate) fn anchors(&self) -> impl Iterator<Item = &str> {
        self.outline.iter().map(|heading| heading.anchor.as_str())
    }

    /// Returns its text, or that of one section.
    pub(crate) fn show(&self, section: Option<&str>, look: Look) -> String {
        let from = self.outline.iter().position(|h| Some(h.anchor.as_str()) == section);
        let start = from.map_or(0, |n| self.outline[n].node as usize);
        let end = from.map_or(self.tree.nodes.len(), |n| {
            let level = self.outline[n].level;
            let next = self.outline[n + 1..].iter().find(|h| h.level <= level);
            next.map_or(self.tree.nodes.len(), |h| h.node as usize)
        });
        let mut writer = Writer {
            page: self,
            look,
            out: String::new(),
            line: String::new(),
            indents: Vec::new(),
            styles: Vec::new(),
            open: Vec::new(),
        };
        writer.nodes(start, end);
        writer.out.truncate(writer.out.trim_end().len());
        writer.out.push('\n');
        writer.out
    }
}

/// What stands before the lines of a block: once, then on every other line.
struct Indent {
    first: Option<String>,
    rest: String,
}

struct Writer<'a> {
    page: &'a Page,
    look: Look,
    out: String,
    line: String,
    indents: Vec<Indent>,
    styles: Vec<&'static str>,
    /// Where open nodes end, and what they are.
    open: Vec<(usize, usize)>,
}

impl Writer<'_> {
    fn nodes(&mut self, start: usize, end: usize) {
        let mut at = start;
        while at < end {
            self.close(at);
            let node = &self.page.tree.nodes[at];
            let inside = node.end as usize;
            match &node.kind {
                Kind::Code(block) => {
                    self.flush();
                    let (label, words) = block.label(&self.page.source.text);
                    self.code(&block.code, label, words);
                    at = inside;
                    continue;
                }
                Kind::Table(aligns) => {
                    self.flush();
                    self.table(at, aligns);
                    at = inside;
                    continue;
                }
                _ => self.start(at),
            }
            self.open.push((inside, at));
            at += 1;
        }
        self.close(usize::MAX);
        self.flush();
    }

    /// Ends what is over before node `at`.
    fn close(&mut self, at: usize) {
        while let Some((_, node)) = self.open.pop_if(|(end, _)| *end <= at) {
            self.end(node);
        }
    }

    fn start(&mut self, at: usize) {
        let page = self.page;
        let text = &page.source.text;
        match &page.tree.nodes[at].kind {
            Kind::Paragraph | Kind::Footnote(_) => self.block(),
            Kind::Heading(level, _) => {
                self.block();
                let marks = "#".repeat(usize::from(*level));
                self.styled(sgr::QUIET, &format!("{marks} "));
                self.push_style(sgr::TITLE);
            }
            Kind::Quote(callout) => {
                self.block();
                let bar = self.paint(sgr::QUIET, "│ ");
                self.indents.push(Indent { first: None, rest: bar });
                if let Some(callout) = callout {
                    self.styled(sgr::WARNING, name(*callout));
                    self.flush();
                }
            }
            // A list within a list is part of its item.
            Kind::List(_) if self.indents.iter().any(|indent| indent.rest.trim().is_empty()) => {
                self.flush();
            }
            Kind::List(_) => self.block(),
            Kind::Item => {
                self.flush();
                let mark = self.mark(at);
                let rest = " ".repeat(display_width(&mark));
                self.indents.push(Indent { first: Some(mark), rest });
            }
            Kind::Task(done) => self.line.push_str(if *done { "[x] " } else { "[ ] " }),
            Kind::Rule => {
                self.block();
                self.styled(sgr::QUIET, "────");
                self.flush();
            }
            Kind::Text(words) => self.line.push_str(&plain(words.of(text))),
            Kind::InlineCode(words) => {
                let words = words.of(text).to_owned();
                // Without colours the marks tell code from words.
                let marked = if self.look.colour { words } else { format!("`{words}`") };
                self.styled(sgr::CODE, &marked);
            }
            Kind::SoftBreak => self.line.push(' '),
            Kind::HardBreak => self.line.push('\n'),
            Kind::Emphasis => self.push_style(sgr::EMPHASIS),
            Kind::Strong => self.push_style(sgr::STRONG),
            Kind::Strikethrough => self.push_style(sgr::GONE),
            Kind::Link(_) => self.push_style(sgr::LINK),
            Kind::Image(_) => self.line.push_str("[image: "),
            Kind::FootnoteReference(label) => {
                let label = format!("[{}]", label.of(text));
                self.styled(sgr::QUIET, &label);
            }
            Kind::Code(_)
            | Kind::Table(_)
            | Kind::TableHead
            | Kind::TableRow
            | Kind::TableCell
            | Kind::Open(_)
            | Kind::Close(_) => {}
        }
    }

    fn end(&mut self, at: usize) {
        let page = self.page;
        match &page.tree.nodes[at].kind {
            Kind::Paragraph | Kind::Footnote(_) => self.flush(),
            Kind::Heading(..) => {
                self.pop_style();
                self.flush();
            }
            Kind::Quote(_) | Kind::Item => {
                self.flush();
                self.indents.pop();
            }
            Kind::Emphasis | Kind::Strong | Kind::Strikethrough => self.pop_style(),
            Kind::Link(target) => {
                self.pop_style();
                let address = target.address.of(&page.source.text);
                // Where a page of the site stands is told by its own reference.
                if !target.bare && address.contains("://") {
                    self.styled(sgr::QUIET, &format!(" <{address}>"));
                }
            }
            Kind::Image(_) => self.line.push(']'),
            _ => {}
        }
    }

    /// The mark of a list's item.
    fn mark(&self, at: usize) -> String {
        let tree = &self.page.tree;
        let list = self.open.iter().rev().map(|(_, node)| *node);
        let list = list.into_iter().find(|n| matches!(tree.nodes[*n].kind, Kind::List(_)));
        match list.map(|n| (n, &tree.nodes[n].kind)) {
            Some((list, Kind::List(Some(first)))) => {
                let before = tree.children(list).take_while(|item| *item < at).count();
                format!("{}. ", first + before as u64)
            }
            _ => "• ".to_owned(),
        }
    }

    /// Begins a block: an empty line before it, unless an item's mark still waits for its text.
    fn block(&mut self) {
        self.flush();
        let waits = self.indents.last().is_some_and(|indent| indent.first.is_some());
        if !self.out.is_empty() && !self.out.ends_with("\n\n") && !waits {
            let (_, rest) = self.indents();
            self.out.push_str(rest.trim_end());
            self.out.push('\n');
        }
    }

    /// What stands before the next line, and before those after it.
    fn indents(&mut self) -> (String, String) {
        let mut first = String::new();
        let mut rest = String::new();
        for indent in &mut self.indents {
            first.push_str(&indent.first.take().unwrap_or_else(|| indent.rest.clone()));
            rest.push_str(&indent.rest);
        }
        (first, rest)
    }

    /// Writes the line that was gathered, wrapped.
    fn flush(&mut self) {
        let line = std::mem::take(&mut self.line);
        if line.trim().is_empty() {
            return;
        }
        let (first, rest) = self.indents();
        let width = self.look.width.max(display_width(&rest) + NARROWEST);
        let options = textwrap::Options::new(width)
            .initial_indent(&first)
            .subsequent_indent(&rest)
            .break_words(false)
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        for wrapped in textwrap::wrap(line.trim_end(), options) {
            self.out.push_str(wrapped.trim_end());
            self.out.push('\n');
        }
    }

    /// Writes code line by line: it is there to be copied, so nothing is wrapped or put before it but room.
    fn code(&mut self, code: &str, label: &str, words: &str) {
        self.block();
        let (first, rest) = self.indents();
        let mut before = first;
        let words = fence_words(words);
        let effect = command(label, &words, code).and_then(|(_, effect)| effect);
        let (style, effect) = match effect {
            Some(Effect::Deletes) => (sgr::DANGER, "Deletes data"),
            Some(Effect::Changes) => (sgr::WARNING, "Changes production"),
            Some(Effect::Reads) => (sgr::QUIET, "Reads only"),
            None => (sgr::QUIET, ""),
        };
        let about = [("", &words.title), ("Only when: ", &words.confirm), ("in ", &words.place)];
        let about = about.iter().filter(|(_, words)| !words.is_empty());
        let about: Vec<String> =
            about.map(|(name, words)| format!("{name}{}", plain(words))).collect();
        let caption: Vec<String> =
            [self.paint(style, effect), self.paint(sgr::QUIET, &about.join(" · "))]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect();
        if !caption.is_empty() {
            let _ = writeln!(self.out, "{before}  {}", caption.join(" · "));
            before.clone_from(&rest);
        }
        for line in code.trim_end_matches('\n').split('\n') {
            let line = self.paint(sgr::CODE, &plain(&line.replace('\t', "    ")));
            let _ = writeln!(self.out, "{}", format!("{before}    {line}").trim_end());
            before.clone_from(&rest);
        }
        self.out.push('\n');
    }

    /// Writes a table as columns where they fit, else row by row under the names of its columns.
    fn table(&mut self, at: usize, aligns: &[Align]) {
        self.block();
        let tree = &self.page.tree;
        let words = |cell| plain(&tree.words(cell, &self.page.source.text)).into_owned();
        let cells = |row| tree.children(row).map(words).collect::<Vec<String>>();
        let rows: Vec<Vec<String>> = tree.children(at).map(cells).collect();
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let widest = |n: usize| rows.iter().filter_map(move |r| r.get(n)).map(|c| display_width(c));
        let widths: Vec<usize> = (0..columns).map(|n| widest(n).max().unwrap_or(0)).collect();
        let (first, rest) = self.indents();
        let room = self.look.width.saturating_sub(display_width(&rest));
        let mut before = first;
        let mut lines = Vec::new();
        if widths.iter().sum::<usize>() + 2 * columns <= room {
            for (n, row) in rows.iter().enumerate() {
                let mut line = String::new();
                for (cell, (width, align)) in row.iter().zip(widths.iter().zip(aligns)) {
                    let space = " ".repeat(width - display_width(cell));
                    match align {
                        Align::End => line.extend([space.as_str(), cell, "  "]),
                        _ => line.extend([cell, space.as_str(), "  "]),
                    }
                }
                let line = line.trim_end();
                lines.push(if n == 0 { self.paint(sgr::STRONG, line) } else { line.to_owned() });
            }
        } else if let Some((head, rows)) = rows.split_first() {
            for row in rows {
                for (name, cell) in head.iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
                    let text = format!("{}: {cell}", self.paint(sgr::QUIET, name));
                    let options =
                        textwrap::Options::new(room.max(NARROWEST)).subsequent_indent("  ");
                    lines.extend(textwrap::wrap(&text, options).into_iter().map(String::from));
                }
                lines.push(String::new());
            }
        }
        for line in lines {
            self.out.push_str(format!("{before}{line}").trim_end());
            self.out.push('\n');
            before.clone_from(&rest);
        }
    }

    fn paint(&self, style: &str, words: &str) -> String {
        if self.look.colour && !words.is_empty() {
            format!("\u{1b}[{style}m{words}\u{1b}[0m")
        } else {
            words.to_owned()
        }
    }

    /// Adds words in a style of their own, within the styles that are open.
    fn styled(&mut self, style: &'static str, words: &str) {
        let painted = self.paint(style, &plain(words));
        self.line.push_str(&painted);
        self.resume();
    }

    fn push_style(&mut self, style: &'static str) {
        self.styles.push(style);
        self.resume();
    }

    fn pop_style(&mut self) {
        self.styles.pop();
        if self.look.colour {
            self.line.push_str("\u{1b}[0m");
        }
        self.resume();
    }

    fn resume(&mut self) {
        if self.look.colour {
            for style in &self.styles {
                let _ = write!(self.line, "\u{1b}[{style}m");
            }
        }
    }
}

fn name(callout: Callout) -> &'static str {
    match callout {
        Callout::Note => "Note",
        Callout::Tip => "Tip",
        Callout::Important => "Important",
        Callout::Warning => "Warning",
        Callout::Caution => "Caution",
    }
}

#[cfg(test)]
mod tests {
    use super::{Look, Page};

    fn shown(text: &str, width: usize) -> String {
        Page::new(text.to_owned()).show(None, Look { width, colour: false })
    }

    #[test]
    fn text_wraps_and_commands_do_not() {
        let text = "# Title\n\nOne two three four five six seven eight.\n\n1. Do it:\n\n   ```sh\n   kubectl get pods --all-namespaces -o wide --sort-by=.metadata.name\n   ```\n\n2. Then *this*.\n";
        assert_eq!(
            shown(text, 30),
            "# Title\n\nOne two three four five six\nseven eight.\n\n1. Do it:\n\n     Reads only\n       kubectl get pods --all-namespaces -o wide --sort-by=.metadata.name\n\n2. Then this.\n"
        );
    }

    #[test]
    fn a_table_that_does_not_fit_is_told_row_by_row() {
        let text = "| Path | Means |\n| --- | --: |\n| a | 1 |\n| b | 20 |\n";
        assert_eq!(shown(text, 40), "Path  Means\na         1\nb        20\n");
        let long =
            "| Path | Means |\n| --- | --- |\n| a | nothing that would fit in so few columns |\n";
        assert_eq!(
            shown(long, 30),
            "Path: a\nMeans: nothing that would fit\n  in so few columns\n"
        );
    }

    #[test]
    fn what_an_author_writes_does_not_steer_the_terminal() {
        let text = "a \u{1b}[31mred\u{1b}[0m `\u{1b}]0;x\u{7}`\n\n```\n\u{1b}[2J\n```\n";
        let page = Page::new(text.to_owned()).show(None, Look { width: 80, colour: true });
        assert!(!page.contains("\u{1b}[31m") && !page.contains("\u{1b}]"), "{page:?}");
        assert!(!page.contains("\u{1b}[2J") && page.contains("\\u{1b}[2J"), "{page:?}");
    }

    #[test]
    fn one_section_is_shown_with_what_is_below_it() {
        let page = Page::new("# A\n\nx\n\n## B\n\ny\n\n### C\n\nz\n\n## D\n\nw\n".to_owned());
        let look = Look { width: 80, colour: false };
        assert_eq!(page.show(Some("b"), look), "## B\n\ny\n\n### C\n\nz\n");
    }
}

//! Numbered lists of a runbook → steps with a box to tick, and what to expect of each; code blocks → commands.

use std::ops::Range;

use crate::code::effect::effect;
use crate::code::languages::Language;
use crate::code::lex_console;
use crate::code::parameter::{Assigned, parameters};
use crate::code::token::TokenKind;
use crate::model::document::Detail;
use crate::model::procedure::{self, FenceWords, fence_words};
use crate::parse::tree::{CodeBlock, Kind};
use crate::render::code::Block;
use crate::render::html::{OpenElement, Writer};
use crate::render::view::sentence;
use crate::text::html::Html;

/// How a step's label ends: its words are the box's name.
const STEP_LABEL_END: &str = "</span> <input type=\"checkbox\"></label>\n";

/// Longest words before the colon of `If …: do this`, in bytes.
const MAX_TERM: usize = 90;

/// What the items of a list are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::render) enum Role {
    /// Nothing special.
    #[default]
    Plain,
    /// Steps to be ticked; also the item itself.
    Steps,
    /// What to expect of a step: a term and what it means.
    Terms,
}

/// Steps written so far.
#[derive(Debug, Default)]
pub(in crate::render) struct Steps {
    /// True where numbered lists are steps.
    pub(in crate::render) wanted: bool,
    /// Steps so far.
    count: u64,
    /// True right behind the start of a step whose first paragraph is its label.
    label_due: bool,
    /// The text node whose term is already written, and the bytes it took.
    cut: Option<(usize, usize)>,
    /// True within a paragraph of terms.
    terms: bool,
    /// Values that the commands need, in the order of their first use.
    pub(in crate::render) parameters: Vec<String>,
}

impl Writer<'_> {
    pub(in crate::render) fn list(&mut self, n: usize, first: Option<u64>) {
        let role = match first {
            Some(_) if self.steps.wanted && self.stack.is_empty() => Role::Steps,
            None if self.in_step() && self.is_list_of_terms(n) => Role::Terms,
            _ => Role::Plain,
        };
        match (role, first) {
            (Role::Terms, _) => self.open("<dl class=\"see\">\n", "</dl>\n", n, false),
            (_, None) => self.open("<ul>\n", "</ul>\n", n, false),
            (_, Some(first)) => {
                self.out.markup("<ol");
                if role == Role::Steps {
                    self.out.markup(" class=\"steps\"");
                }
                if first != 1 {
                    self.out.markup(" start=\"").number(first).markup("\"");
                }
                self.open(">\n", "</ol>\n", n, false);
            }
        }
        if let Some(top) = self.stack.last_mut() {
            top.role = role;
        }
    }

    pub(in crate::render) fn item(&mut self, n: usize) {
        match self.stack.last().map_or(Role::Plain, |list| list.role) {
            Role::Plain => self.open("<li>", "</li>\n", n, false),
            Role::Steps => {
                self.steps.count += 1;
                let prefix = &self.context.id_prefix;
                let id = format!("{prefix}ol-s{}", self.steps.count);
                self.out.markup("<li class=\"step\"").attr("id", &id);
                self.open(">", "</li>\n", n, false);
                if let Some(item) = self.stack.last_mut() {
                    item.role = Role::Steps;
                }
                let first = self.doc.tree.nodes.get(n + 1).filter(|_| self.end(n) > n + 1);
                match first.map(|node| &node.kind) {
                    // A task brings its own box.
                    Some(Kind::Task(_)) => {}
                    Some(Kind::Paragraph) if self.starts_with_task(n + 1) => {}
                    Some(kind) if kind.is_inline() => {
                        self.out.markup("<label><span>");
                        let end = self.end(n);
                        self.stack.push(OpenElement {
                            close: STEP_LABEL_END,
                            end,
                            inline: true,
                            ..OpenElement::default()
                        });
                    }
                    Some(Kind::Paragraph) => self.steps.label_due = true,
                    // A step that starts with something else than words is named all the same.
                    _ => {
                        self.out.markup("<label><span>This step").markup(STEP_LABEL_END);
                    }
                }
            }
            Role::Terms => {
                let text = self.first_text(n + 1);
                self.term(text);
                self.open("<dd>", "</dd>\n", n, false);
            }
        }
    }

    fn starts_with_task(&self, paragraph: usize) -> bool {
        let first = self.doc.tree.nodes.get(paragraph + 1);
        self.end(paragraph) > paragraph + 1
            && first.is_some_and(|n| matches!(n.kind, Kind::Task(_)))
    }

    pub(in crate::render) fn paragraph(&mut self, n: usize) {
        self.steps.terms = false;
        if std::mem::take(&mut self.steps.label_due) {
            return self.open("<label><span>", STEP_LABEL_END, n, false);
        }
        let text = (self.end(n) > n + 1).then_some(n + 1);
        if self.in_step() && text.is_some_and(|t| self.term_of(t).is_some()) {
            self.out.markup("<dl class=\"see\">");
            self.term(text);
            self.steps.terms = true;
            return self.open("<dd>", "</dd></dl>\n", n, false);
        }
        self.open("<p>", "</p>\n", n, false);
    }

    pub(in crate::render) fn line_end(&mut self, n: usize) {
        if self.steps.terms && self.term_of(n + 1).is_some() {
            self.out.markup("</dd>");
            self.term(Some(n + 1));
            self.out.markup("<dd>");
        } else {
            self.out.markup("\n");
        }
    }

    pub(in crate::render) fn words(&mut self, n: usize, words: &str) {
        let cut = self.steps.cut.take_if(|(node, _)| *node == n).map_or(0, |(_, bytes)| bytes);
        self.out.text(words.get(cut..).unwrap_or(words));
    }

    /// Writes the term that a text node starts with; the node itself then leaves it out.
    fn term(&mut self, text: Option<usize>) {
        let Some((node, term)) = text.and_then(|n| Some((n, self.term_of(n)?))) else {
            return;
        };
        let Some(Kind::Text(words)) = self.doc.tree.nodes.get(node).map(|n| &n.kind) else {
            return;
        };
        let words = words.of(self.text);
        let term = words.get(..term).unwrap_or("");
        let after = words.get(term.len() + 1..).unwrap_or("");
        self.steps.cut = Some((node, words.len() - after.trim_start().len()));
        self.out.markup("<dt>").text(term).markup("</dt>");
    }

    /// The length of the term that a text starts with: `Expect: …`, `If it stays: …`, `Undo: …`, `Takes: …`.
    fn term_of(&self, node: usize) -> Option<usize> {
        let Kind::Text(words) = &self.doc.tree.nodes.get(node)?.kind else { return None };
        let words = words.of(self.text);
        let colon = words.bytes().take(MAX_TERM).position(|b| b == b':')?;
        let term = words.get(..colon)?;
        let known = matches!(
            term.to_ascii_lowercase().as_str(),
            "expect" | "expected" | "undo" | "takes" | "otherwise" | "then"
        ) || term.starts_with("If ");
        (known && words[colon + 1..].starts_with([' ', '\u{a0}'])).then_some(colon)
    }

    fn is_list_of_terms(&self, n: usize) -> bool {
        let mut items = self.doc.tree.children(n);
        items.all(|item| self.first_text(item + 1).is_some_and(|t| self.term_of(t).is_some()))
    }

    /// The text that a block starts with.
    fn first_text(&self, n: usize) -> Option<usize> {
        match self.doc.tree.nodes.get(n)?.kind {
            Kind::Text(_) => Some(n),
            Kind::Paragraph if self.end(n) > n + 1 => {
                matches!(self.doc.tree.nodes.get(n + 1)?.kind, Kind::Text(_)).then_some(n + 1)
            }
            _ => None,
        }
    }

    fn end(&self, n: usize) -> usize {
        self.doc.tree.nodes.get(n).map_or(n, |node| node.end as usize)
    }

    fn in_step(&self) -> bool {
        self.stack.last().is_some_and(|e| e.role == Role::Steps && e.close == "</li>\n")
    }

    pub(in crate::render) fn code(&mut self, n: usize, block: &CodeBlock) {
        self.code_up_to(n, block, block.code.len());
    }

    fn code_up_to(&mut self, n: usize, block: &CodeBlock, end: usize) {
        let (label, words) = block.label(self.text);
        let fence = fence_words(words);
        let doc = self.doc;
        let mut shown = Block { words, fence: &fence, ..Block::plain(label) };
        if let Detail::Runbook(runbook) = &doc.detail {
            if let Some(command) = runbook.procedure.command(n) {
                let values = command.values.partition_point(|v| v.end as usize <= end);
                shown = Block {
                    is_command: true,
                    effect: command.effect,
                    values: &command.values[..values],
                    ..shown
                };
            }
        } else if let Some((_, effect)) = procedure::command(label, &fence, &block.code) {
            shown = Block { is_command: true, effect, ..shown };
        }
        self.shown(&shown, block.code.get(..end).unwrap_or(&block.code));
    }

    /// Writes a command that stands in front matter.
    pub(in crate::render) fn stated(&mut self, code: &str, place: &str, declared: &[&str]) {
        let fence = FenceWords { place: place.to_owned(), copy: true, ..FenceWords::default() };
        let effect = effect(Language::Shell, code);
        let values = parameters(Language::Shell, code, declared, &mut Assigned::default());
        let shown = Block {
            fence: &fence,
            is_command: true,
            effect,
            values: &values,
            ..Block::plain("sh")
        };
        self.shown(&shown, code);
    }

    fn shown(&mut self, block: &Block<'_>, code: &str) {
        for place in block.values {
            if !self.steps.parameters.contains(&place.name) {
                self.steps.parameters.push(place.name.clone());
            }
        }
        self.context.code.block(block, code, &mut self.out);
    }

    /// Returns the index behind a heading.
    pub(in crate::render) fn heading_end(&self, heading: usize) -> usize {
        self.end(heading)
    }

    /// Returns a sentence and the command behind it, which stand again where the author put them.
    pub(in crate::render) fn repeated(&mut self, before: Range<usize>, command: usize) -> Html {
        let words = self.doc.tree.nodes.get(before.clone()).unwrap_or_default();
        if !words.is_empty() {
            let mut out = String::new();
            self.doc.tree.words_into(before, self.text, &mut out);
            self.out.markup("<p>").text(sentence(out.trim())).markup("</p>\n");
        }
        if let Some(Kind::Code(block)) = self.doc.tree.nodes.get(command).map(|n| &n.kind) {
            // What it printed stands where the author put it: here is no room.
            let end = first_output(&block.code).unwrap_or(block.code.len());
            self.code_up_to(command, block, end);
        }
        self.take()
    }

    /// Returns what was written since the last piece.
    pub(in crate::render) fn take(&mut self) -> Html {
        std::mem::take(&mut self.out).finish()
    }
}

/// Where a session prints something for the first time.
fn first_output(code: &str) -> Option<usize> {
    let tokens = lex_console(code);
    let printed = tokens.iter().find(|token| token.kind == TokenKind::Output)?;
    Some(printed.start as usize)
}

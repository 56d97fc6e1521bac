//! The tree of a runbook → [`Procedure`]: its parts in the order in which somebody who was just woken reads them.
//!
//! The author's file keeps its own order; every root node is in exactly one part, so no word is lost.

use std::ops::Range;

use crate::code::effect::{self, Effect};
use crate::code::languages::{Language, language};
use crate::code::parameter::{Assigned, Use, parameters};
use crate::code::table::TableLanguage;
use crate::model::sections::{RunbookPart, is_background, is_first, runbook_part};
use crate::parse::outline::Heading;
use crate::parse::tree::{Kind, Tree};

/// Longest list that still stands beside the impact at the top, in bytes of source.
const MAX_LEAD_LIST: usize = 500;

/// Longest sentence that is repeated above the first command, in bytes of source.
const MAX_SENTENCE: usize = 300;

/// The parts of a runbook's page. Ranges are indices of nodes of the document's tree.
#[derive(Clone, Debug, Default)]
pub struct Procedure {
    /// What it means: a heading, where there is one, and the first block under it.
    pub meaning: Option<Lead>,
    /// What users feel.
    pub impact: Option<Lead>,
    /// What to do before anything else.
    pub first: Option<First>,
    /// The rest of the body in reading order.
    pub pieces: Vec<Piece>,
    /// Blocks of commands, in the author's order.
    pub commands: Vec<Command>,
}

impl Procedure {
    /// Returns the command in a code block.
    pub fn command(&self, node: usize) -> Option<&Command> {
        let at = self.commands.binary_search_by_key(&node, |c| c.node).ok()?;
        self.commands.get(at)
    }
}

/// A heading and the one block under it that says the most important thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// False where the text says it before any heading.
    pub has_heading: bool,
    /// The heading and the block.
    pub nodes: Range<usize>,
}

/// What to do first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct First {
    /// Why this is the first thing.
    pub from: FirstFrom,
    /// A section of its own: heading and all; else the sentence before the command, possibly empty.
    pub nodes: Range<usize>,
    /// The block with the command.
    pub command: Option<usize>,
}

/// Where the first thing to do comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstFrom {
    /// The author wrote a section for it.
    Section,
    /// It is the first command of this part.
    Part(RunbookPart),
    /// It is the first command of a runbook without such parts.
    Body,
}

/// Consecutive nodes of one part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Which part of the page it belongs to.
    pub group: Group,
    /// Its nodes.
    pub nodes: Range<usize>,
    /// The part whose first words stand at the top of the page.
    pub continues: Option<RunbookPart>,
}

/// Parts of the page, in reading order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// What is needed before.
    Before,
    /// Diagnosis and mitigation, in the author's order.
    Steps,
    /// How to know that it worked.
    Verification,
    /// How to take it back.
    Rollback,
    /// Whom to call.
    Escalation,
    /// Everything one can read tomorrow.
    Background,
}

/// A block of commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The code block.
    pub node: usize,
    /// What it does to production; `None` where nobody can tell.
    pub effect: Option<Effect>,
    /// Places in it that stand for a value.
    pub values: Vec<Use>,
}

/// What a fence says of its block, behind the language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FenceWords {
    /// What it does, as the author says.
    pub effect: Option<Effect>,
    /// What it is for.
    pub title: String,
    /// What must be true before it is run.
    pub confirm: String,
    /// Where it is run.
    pub place: String,
    /// True for what a command prints.
    pub output: bool,
    /// False where the author wants no copy button.
    pub copy: bool,
    /// Everything else, as written.
    pub rest: String,
}

/// Reads the words behind a fence's language: `danger title="…" confirm="…" where="…" output copy=false`.
pub fn fence_words(words: &str) -> FenceWords {
    let mut found = FenceWords { copy: true, ..FenceWords::default() };
    let mut rest = words.trim();
    while !rest.is_empty() {
        let (word, value, after) = next_word(rest);
        rest = after;
        match (word.to_ascii_lowercase().as_str(), value) {
            ("title", Some(value)) => value.clone_into(&mut found.title),
            ("confirm", Some(value)) => value.clone_into(&mut found.confirm),
            ("where", Some(value)) => value.clone_into(&mut found.place),
            ("copy", Some("false" | "no")) => found.copy = false,
            ("output", None) => found.output = true,
            ("read" | "reads" | "readonly" | "read-only", None) => {
                found.effect = found.effect.max(Some(Effect::Reads));
            }
            ("danger" | "change" | "changes", None) => {
                found.effect = found.effect.max(Some(Effect::Changes));
            }
            ("delete" | "deletes" | "destructive", None) => {
                found.effect = found.effect.max(Some(Effect::Deletes));
            }
            (_, value) => {
                if !found.rest.is_empty() {
                    found.rest.push(' ');
                }
                found.rest.push_str(word);
                if let Some(value) = value {
                    found.rest.push('=');
                    found.rest.push_str(value);
                }
            }
        }
    }
    found
}

/// The next word of a fence: name, value behind `=`, and what follows.
fn next_word(text: &str) -> (&str, Option<&str>, &str) {
    let end = text.find([' ', '\t', '=']).unwrap_or(text.len());
    let (word, after) = text.split_at(end);
    let Some(value) = after.strip_prefix('=') else { return (word, None, after.trim_start()) };
    let (value, after) = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
        _ => value.split_once([' ', '\t']).unwrap_or((value, "")),
    };
    (word, Some(value), after.trim_start())
}

/// Returns the language of a block that holds commands, and what its fence says or they do.
pub fn command(label: &str, words: &FenceWords, code: &str) -> Option<(Language, Option<Effect>)> {
    let known = language(label);
    let shell =
        matches!(known, Language::Shell | Language::Console | Language::Table(TableLanguage::Sql));
    let is_command = !words.output
        && (shell
            || words.effect.is_some()
            // Without a label only what is known to be a command is one: it may as well be a log.
            || (known == Language::Unknown && label.is_empty() && effect::holds_commands(known, code)));
    is_command.then(|| {
        let found = effect::effect(known, code);
        let effect = match words.effect {
            // The author may call worse what looks harmless, and knows better what reads only.
            Some(Effect::Reads) => Some(Effect::Reads),
            stated => stated.max(found),
        };
        (known, effect)
    })
}

/// Finds the parts of a runbook. `title` is the index of the heading that the page's own title replaces;
/// `told` says that front matter tells what it means, `declared` are the names of its parameters.
pub fn read(
    tree: &Tree,
    outline: &[Heading],
    text: &str,
    title: Option<u32>,
    told: bool,
    declared: &[&str],
) -> Procedure {
    let reader = Reader { tree, outline, text, title };
    let sections = reader.sections();
    let mut procedure = Procedure { commands: reader.commands(declared), ..Procedure::default() };
    let mut pieces: Vec<(usize, Piece)> = Vec::new();
    let steps =
        |s: &Section| matches!(s.part, Some(RunbookPart::Diagnosis | RunbookPart::Mitigation));
    let last_steps = sections.iter().rposition(steps);
    let first_steps = sections.iter().position(steps);
    for (n, section) in sections.iter().enumerate() {
        let mut nodes = section.nodes.clone();
        let mut continues = None;
        let lead = match section.part {
            Some(RunbookPart::Meaning) => Some(&mut procedure.meaning),
            Some(RunbookPart::Impact) => Some(&mut procedure.impact),
            _ => None,
        };
        if let Some(slot) = lead
            && slot.is_none()
            && let Some(end) = reader.lead(section)
        {
            *slot = Some(Lead { has_heading: true, nodes: nodes.start..end });
            nodes.start = end;
            continues = section.part;
        }
        if section.first && procedure.first.is_none() {
            let command = procedure.commands.iter().map(|c| c.node).find(|c| nodes.contains(c));
            procedure.first =
                Some(First { from: FirstFrom::Section, nodes: nodes.clone(), command });
            continue;
        }
        let between = first_steps.is_some_and(|f| f < n) && last_steps.is_some_and(|l| n < l);
        let group = match section.part {
            Some(RunbookPart::Prerequisites) => Group::Before,
            Some(RunbookPart::Diagnosis | RunbookPart::Mitigation) => Group::Steps,
            Some(RunbookPart::Verification) => Group::Verification,
            Some(RunbookPart::Rollback) => Group::Rollback,
            Some(RunbookPart::Escalation) => Group::Escalation,
            Some(RunbookPart::Meaning | RunbookPart::Impact | RunbookPart::References) => {
                Group::Background
            }
            None if section.heading.is_none() => Group::Before,
            None if section.background => Group::Background,
            // What tells how to do something is a step, whatever its heading says.
            None if between || reader.has_procedure(&nodes) => Group::Steps,
            None => Group::Background,
        };
        if !nodes.is_empty() {
            pieces.push((n, Piece { group, nodes, continues }));
        }
    }
    if !told {
        reader.preamble(&sections, &mut procedure, &mut pieces);
    }
    if procedure.first.is_none() {
        procedure.first = reader.first_command(&sections, &procedure.commands);
    }
    pieces.sort_by_key(|(n, piece)| (piece.group, *n));
    procedure.pieces = pieces.into_iter().map(|(_, piece)| piece).collect();
    procedure
}

/// Nodes from one heading to the next that ends them.
struct Section {
    part: Option<RunbookPart>,
    first: bool,
    background: bool,
    /// Its heading's node; `None` for what stands before every heading.
    heading: Option<usize>,
    nodes: Range<usize>,
}

struct Reader<'a> {
    tree: &'a Tree,
    outline: &'a [Heading],
    text: &'a str,
    title: Option<u32>,
}

impl Reader<'_> {
    fn sections(&self) -> Vec<Section> {
        let mut sections: Vec<Section> = Vec::new();
        let mut level = 0;
        for node in self.tree.roots() {
            let end = self.tree.nodes[node].end as usize;
            if let Kind::Heading(own, index) = self.tree.nodes[node].kind
                && self.title != Some(index)
            {
                let title = self.outline.get(index as usize).map_or("", |h| h.title.as_str());
                let part = runbook_part(title);
                let first = is_first(title);
                let last = sections.last();
                let inside = last.is_some_and(|s| s.heading.is_some() && own > level);
                let known = |s: &Section| s.part.is_some() || s.first;
                // A part within a part stays there; a part within anything else is one of its own.
                let starts = !inside || ((part.is_some() || first) && !last.is_some_and(known));
                if starts {
                    level = own;
                    let background = part.is_none() && is_background(title);
                    sections.push(Section {
                        part,
                        first,
                        background,
                        heading: Some(node),
                        nodes: node..end,
                    });
                    continue;
                }
            }
            match sections.last_mut() {
                Some(section) => section.nodes.end = end,
                None => sections.push(Section {
                    part: None,
                    first: false,
                    background: false,
                    heading: None,
                    nodes: node..end,
                }),
            }
        }
        sections
    }

    /// The end of the first block under a section's heading, where it is short enough for the top of the page.
    fn lead(&self, section: &Section) -> Option<usize> {
        let heading = section.heading?;
        let block = self.tree.nodes[heading].end as usize;
        (block < section.nodes.end && self.is_lead(block))
            .then(|| self.tree.nodes[block].end as usize)
    }

    fn is_lead(&self, block: usize) -> bool {
        let node = &self.tree.nodes[block];
        match node.kind {
            Kind::Paragraph => true,
            Kind::List(_) => node.span.range().len() <= MAX_LEAD_LIST,
            _ => false,
        }
    }

    /// Without a section for it, the first paragraph before every heading says what the alert means.
    fn preamble(
        &self,
        sections: &[Section],
        procedure: &mut Procedure,
        pieces: &mut Vec<(usize, Piece)>,
    ) {
        if procedure.meaning.is_some() || sections.first().is_none_or(|s| s.heading.is_some()) {
            return;
        }
        let Some(at) = pieces.iter().position(|(n, _)| *n == 0) else { return };
        let nodes = pieces[at].1.nodes.clone();
        let is_title = |n: usize| matches!(self.tree.nodes[n].kind, Kind::Heading(_, h) if self.title == Some(h));
        let block = if is_title(nodes.start) {
            self.tree.nodes[nodes.start].end as usize
        } else {
            nodes.start
        };
        if block >= nodes.end || !matches!(self.tree.nodes[block].kind, Kind::Paragraph) {
            return;
        }
        let end = self.tree.nodes[block].end as usize;
        if self.tree.words(block, self.text).is_empty() {
            return;
        }
        procedure.meaning = Some(Lead { has_heading: false, nodes: nodes.start..end });
        if end == nodes.end {
            pieces.remove(at);
        } else {
            pieces[at].1.nodes.start = end;
        }
    }

    /// True where somebody is told to do something: a block of code or a numbered list.
    fn has_procedure(&self, nodes: &Range<usize>) -> bool {
        self.tree.nodes[nodes.clone()]
            .iter()
            .any(|n| matches!(n.kind, Kind::Code(_) | Kind::List(Some(_)) | Kind::Task(_)))
    }

    fn commands(&self, declared: &[&str]) -> Vec<Command> {
        let mut assigned = Assigned::default();
        let mut commands = Vec::new();
        for (node, n) in self.tree.nodes.iter().enumerate() {
            let Kind::Code(block) = &n.kind else { continue };
            let (label, words) = block.label(self.text);
            let Some((language, effect)) = command(label, &fence_words(words), &block.code) else {
                continue;
            };
            let values = parameters(language, &block.code, declared, &mut assigned);
            commands.push(Command { node, effect, values });
        }
        commands
    }

    fn first_command(&self, sections: &[Section], commands: &[Command]) -> Option<First> {
        // Nobody's first act is a deletion that no author has put there.
        let harmless = |c: &&Command| c.effect != Some(Effect::Deletes);
        let within = |section: &Section| {
            commands.iter().filter(harmless).map(|c| c.node).find(|c| section.nodes.contains(c))
        };
        for part in [RunbookPart::Diagnosis, RunbookPart::Mitigation] {
            let found = sections.iter().filter(|s| s.part == Some(part)).find_map(within);
            if let Some(command) = found {
                return Some(First {
                    from: FirstFrom::Part(part),
                    nodes: self.sentence_before(command),
                    command: Some(command),
                });
            }
        }
        let has_parts = sections
            .iter()
            .any(|s| matches!(s.part, Some(RunbookPart::Diagnosis | RunbookPart::Mitigation)));
        let open = |s: &&Section| !s.background && s.part.is_none();
        let command = sections.iter().filter(open).find_map(within).filter(|_| !has_parts)?;
        Some(First {
            from: FirstFrom::Body,
            nodes: self.sentence_before(command),
            command: Some(command),
        })
    }

    /// The paragraph, or the words of the list item, right before a block.
    fn sentence_before(&self, block: usize) -> Range<usize> {
        let nodes = &self.tree.nodes;
        let short = |range: Range<usize>| {
            let (Some(first), Some(last)) =
                (nodes.get(range.start), nodes.get(range.end.saturating_sub(1)))
            else {
                return block..block;
            };
            let bytes = (last.span.range().end).saturating_sub(first.span.range().start);
            if range.is_empty() || bytes > MAX_SENTENCE { block..block } else { range }
        };
        for at in (0..block).rev() {
            match nodes[at].kind {
                Kind::Paragraph if nodes[at].end as usize == block => return short(at..block),
                Kind::Item if nodes[at].end as usize > block => {
                    let inline = nodes[at + 1..block].iter().all(|n| n.kind.is_inline());
                    return if inline { short(at + 1..block) } else { block..block };
                }
                Kind::Heading(..) | Kind::Code(_) | Kind::List(_) | Kind::Table(_) => break,
                _ => {}
            }
        }
        block..block
    }
}

//! The tree of a document → the text and code under each of its headings.

use crate::index::records::Section;
use crate::model::document::Doc;
use crate::parse::tree::Kind;

/// Returns the sections of a document; the first is what stands before every heading but the title.
pub(crate) fn sections(doc: &Doc, text: &str) -> Vec<Section> {
    let mut sections = vec![Section::default()];
    let mut block = String::new();
    // Until this node, words are those of a heading, which the section has already.
    let mut in_heading = 0;
    for (n, node) in doc.tree.nodes.iter().enumerate() {
        let Some(section) = sections.last_mut() else { break };
        if n < in_heading {
            continue;
        }
        if starts_line(&node.kind) {
            push(&mut section.text, &mut block);
        }
        match &node.kind {
            Kind::Heading(_, index) => {
                in_heading = node.end as usize;
                if doc.title_heading == Some(*index) {
                    continue;
                }
                if let Some(heading) = doc.outline.get(*index as usize) {
                    sections.push(Section {
                        anchor: heading.anchor.clone(),
                        heading: heading.title.clone(),
                        ..Section::default()
                    });
                }
            }
            Kind::Text(words) => block.push_str(words.of(text)),
            Kind::InlineCode(words) => {
                let code = words.of(text);
                block.push_str(code);
                // An error message in a sentence is one that people paste.
                if code.split_whitespace().nth(1).is_some() {
                    section.code.push(code.to_owned());
                }
            }
            Kind::SoftBreak | Kind::HardBreak | Kind::TableCell => block.push(' '),
            Kind::Code(code) => {
                let lines = code.code.lines().filter(|l| !l.trim().is_empty());
                section.code.extend(lines.map(str::to_owned));
            }
            _ => {}
        }
    }
    if let Some(section) = sections.last_mut() {
        push(&mut section.text, &mut block);
    }
    sections
}

fn starts_line(kind: &Kind) -> bool {
    !kind.is_inline() && !matches!(kind, Kind::TableCell)
}

fn push(lines: &mut Vec<String>, block: &mut String) {
    if block.trim().is_empty() {
        block.clear();
    } else {
        lines.push(std::mem::take(block));
    }
}

//! Pages that moved and left nothing at their old address → edits that write it into `aliases`.

use crate::compare::{Diff, Inventory};
use crate::diag::{Fix, Place};
use crate::link::Site;
use crate::mend::Edit;
use crate::text::source::Source;
use crate::text::span::Span;
use crate::text::yaml::{self, Value};

/// Returns an edit for each page that moved since `old` and does not say so.
pub fn missing(site: &Site, old: &Inventory, new: &Inventory) -> Vec<Edit> {
    let moved = Diff::new(old, new).pages.moved;
    let gone = moved.into_iter().filter(|moved| !moved.redirect);
    gone.filter_map(|moved| {
        let source = site.sources.by_path(&moved.page.source)?;
        let doc = site.docs().find(|(_, doc)| doc.source == source.id)?.1;
        if doc.broken {
            return None;
        }
        Some((edit(source, doc.front, &moved.from)?, None))
    })
    .collect()
}

/// The edit by which the front matter names an older address; `None` where it is written in a way that we do not know.
fn edit(source: &Source, front: Span, address: &str) -> Option<Fix> {
    let text = &*source.text;
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let insert = |at: usize, text: String| {
        Some(Fix { place: Place::new(source.id, Span::new(at, at)), text })
    };
    if front.end == 0 {
        return insert(0, format!("---{end}aliases: [/{address}]{end}---{end}{end}"));
    }
    let node = yaml::parse(front.of(text), yaml::FRONT_MATTER).ok()?;
    let names = ["aliases", "redirect_from", "old_paths"];
    let Some(entry) = node.entries().iter().find(|e| names.contains(&e.key.as_str())) else {
        return insert(front.end as usize, format!("aliases: [/{address}]{end}"));
    };
    let Value::Seq(items) = &entry.value.value else { return None };
    let last = items.last()?;
    let start = front.start as usize;
    let (key, behind) = (start + entry.key_span.end as usize, start + last.span.end as usize);
    if text.get(key..)?.trim_start_matches([':', ' ']).starts_with('[') {
        return insert(behind, format!(", /{address}"));
    }
    // A list with an item a line: the new one stands below the last, as far to the right.
    let line = text[..behind].rfind('\n').map_or(0, |at| at + 1);
    let dash = text[line..behind].find("- ")?;
    let lead = &text[line..line + dash];
    let next = behind + text[behind..].find('\n')? + 1;
    lead.bytes().all(|b| b == b' ').then(|| insert(next, format!("{lead}- /{address}{end}")))?
}

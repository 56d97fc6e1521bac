//! A document → its own markdown without front matter, with each link leading to where the site resolved it.

use crate::export::twin::has_twin;
use crate::link::Site;
use crate::link::resolve::Resolved;
use crate::link::routes::UrlPath;
use crate::model::document::Doc;
use crate::model::id::DocId;
use crate::parse::tree::{Kind, Target};
use crate::report::emit::markdown::address as encoded;
use crate::text::path::percent_encode;
use crate::text::span::Span;

/// Returns the text of a document as seen from a page `root` below the root of the site.
pub(crate) fn body(site: &Site, id: DocId, root: &str) -> String {
    let doc = site.doc(id);
    let text = &*site.source(doc).text;
    let nodes = &doc.tree.nodes;
    let mut edits: Vec<(Span, String)> = Vec::new();
    if let Some(heading) = doc.title_heading {
        // The title stands above it already.
        let node = &nodes[doc.outline[heading as usize].node as usize];
        edits.push((node.span, String::new()));
    }
    for (n, resolved) in &site.links[id.0 as usize].by_node {
        let node = &nodes[*n as usize];
        let (Kind::Link(target) | Kind::Image(target)) = &node.kind else { continue };
        let Some(to) = leads(site, doc, resolved, root) else { continue };
        edits.extend(edit(text, node.span, target, &to));
    }
    edits.sort_by_key(|(span, _)| (span.start, span.end));
    let start = start(doc, text);
    let mut out = String::with_capacity(text.len() - start + edits.len() * 16);
    let mut at = start;
    for (span, new) in edits {
        // A link in a link's words was written anew with it.
        if span.start as usize >= at {
            out.push_str(&text[at..span.start as usize]);
            out.push_str(&new);
            at = span.end as usize;
        }
    }
    out.push_str(&text[at..]);
    out.trim().to_owned()
}

/// Where the body begins: behind the line that closes the front matter.
fn start(doc: &Doc, text: &str) -> usize {
    let front = doc.front.end as usize;
    if doc.front.start == doc.front.end {
        return doc.tree.nodes.first().map_or(0, |node| {
            let first = node.span.start as usize;
            // Without front matter there is nothing before the text but what belongs to it.
            if text[..first].starts_with("---") { first } else { 0 }
        });
    }
    let mut at = front;
    for line in text[front..].split_inclusive('\n') {
        at += line.len();
        if line.trim_end() == "---" || line.trim_end() == "..." {
            return at;
        }
    }
    doc.tree.nodes.first().map_or(text.len(), |node| node.span.start as usize)
}

/// The new address of a link; `None` where it stays as it is.
fn leads(site: &Site, doc: &Doc, resolved: &Resolved, root: &str) -> Option<String> {
    match resolved {
        Resolved::Page { address, anchor } => {
            let anchor = anchor.as_deref().filter(|a| !a.is_empty());
            Some(match anchor {
                Some(anchor) => format!("{}#{anchor}", twin_of(site, root, address)),
                None => twin_of(site, root, address),
            })
        }
        Resolved::InRepository(path) | Resolved::Asset(path) => {
            let repository = site.sources.repository(site.source(doc).repository);
            let inside = path.strip_prefix(repository.prefix.as_str())?;
            Some(repository.url.as_ref()?.replace("{path}", &percent_encode(inside)))
        }
        Resolved::Here(_) | Resolved::Outside(_) | Resolved::Words | Resolved::Broken => None,
    }
}

/// The address of a page's twin, or of the page where it has none.
pub(crate) fn twin_of(site: &Site, root: &str, address: &UrlPath) -> String {
    let path = address.as_str();
    let has = site.routes.pages.get(address).is_some_and(has_twin);
    format!("{root}{path}{}", if has { "index.md" } else { "" })
}

/// Writes a link's address anew: in place where it stands in brackets, else the whole link, whose address
/// stands elsewhere. Bare addresses are their own words and stay.
fn edit(text: &str, link: Span, target: &Target, to: &str) -> Option<(Span, String)> {
    if target.bare {
        return None;
    }
    let here = link.of(text);
    let to = encoded(to);
    if let Some(open) = here.rfind("](") {
        let rest = &here[open + 2..];
        let at = open + 2 + (rest.len() - rest.trim_start_matches([' ', '\n', '<']).len());
        let written = target.address.of(text);
        if !written.is_empty() && here[at..].starts_with(written) {
            let start = link.start as usize + at;
            return Some((Span::new(start, start + written.len()), to));
        }
        return None;
    }
    let words = here.strip_prefix("![").or_else(|| here.strip_prefix('['))?;
    let words = words.strip_suffix(']')?;
    let words = words.split("][").next().unwrap_or(words);
    let image = if here.starts_with('!') { "!" } else { "" };
    Some((link, format!("{image}[{words}]({to})")))
}

//! Raw HTML in markdown → nodes of what is allowed, text of what is not.

use std::ops::Range;

use crate::diag::{Code, Finding, Place};
use crate::parse::markdown::Builder;
use crate::parse::raw_html::{self, Piece};
use crate::parse::tree::{Kind, Tag, Target, Words};

impl Builder<'_> {
    pub(super) fn html_block(&mut self) {
        let ranges = std::mem::take(&mut self.html);
        let Some((first, last)) = ranges.first().zip(ranges.last()) else { return };
        let whole = first.start..last.end;
        if ranges.windows(2).all(|pair| pair[0].end == pair[1].start) {
            let html = self.text[whole.clone()].to_owned();
            self.raw_html(&html, &whole, true);
        } else {
            let html: String = ranges.iter().map(|range| &self.text[range.clone()]).collect();
            self.raw_html(&html, &whole, true);
        }
    }

    pub(super) fn raw_html(&mut self, html: &str, range: &Range<usize>, block: bool) {
        let exact = self.text.get(range.clone()) == Some(html);
        for (part, piece) in raw_html::pieces(html, block) {
            let at = if exact {
                range.start + part.start..range.start + part.end
            } else {
                range.clone()
            };
            match piece {
                Piece::Text(words) => {
                    self.piece(&words, (exact && words == html[part]).then(|| at.clone()), range);
                }
                Piece::Shown => {
                    self.refused_html(&html[part.clone()], &at);
                    self.piece(&html[part], exact.then(|| at.clone()), range);
                }
                Piece::Open { name, anchor } => {
                    self.push(Kind::Open(Box::new(Tag { name, anchor })), &at);
                }
                Piece::Close(name) => {
                    self.push(Kind::Close(name), &at);
                }
                Piece::Link(address, title) => {
                    let target = Target {
                        address: Words::Own(address.into()),
                        title: Words::Own(title.into()),
                        bare: false,
                    };
                    // The link's words follow as siblings up to `</a>`: the renderer closes it there.
                    self.push(Kind::Link(Box::new(target)), &at);
                }
                Piece::Image(address, title, alt) => {
                    let target = Target {
                        address: Words::Own(address.into()),
                        title: Words::Own(title.into()),
                        bare: false,
                    };
                    let image = self.push(Kind::Image(Box::new(target)), &at);
                    self.push(Kind::Text(Words::Own(alt.into())), &at);
                    self.nodes[image].end = self.nodes.len() as u32;
                }
                Piece::Comment => {
                    let span = self.span(&at);
                    self.hidden.push(span);
                }
            }
        }
    }

    /// Says once a file that raw HTML is shown as text; `<placeholder>` and its like are no HTML.
    fn refused_html(&mut self, tag: &str, at: &Range<usize>) {
        let Some(name) = raw_html::refused_element(tag).filter(|_| !self.raw_shown) else { return };
        self.raw_shown = true;
        let place = Place::new(self.source.id, self.span(at));
        let message = format!("the HTML element `{name}` is not allowed and is shown as text");
        let finding = Finding::new(Code::RawHtmlShown, place, message);
        self.findings.push(finding.hint("write it in markdown, or put it into a code block"));
    }
}

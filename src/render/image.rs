//! Images of a document → `<img>` of files of the site, links to pictures elsewhere, words where there is none.

use crate::link::resolve::Resolved;
use crate::parse::tree::Target;
use crate::render::html::Writer;

impl Writer<'_> {
    pub(in crate::render) fn image(&mut self, n: usize, target: &Target) {
        let alt = self.doc.tree.words(n, self.text);
        let title = target.title.of(self.text);
        let written = target.address.of(self.text);
        match self.context.site.links[self.id.0 as usize].get(n) {
            Some(Resolved::Asset(path)) if self.context.images.contains_key(path) => {
                let file = self.context.images.get(path).map_or("", String::as_str);
                self.out
                    .markup("<img loading=\"lazy\"")
                    .attr("src", &self.context.hrefs.file(file))
                    .attr("alt", &alt);
                if !title.is_empty() {
                    self.out.attr("title", title);
                }
                self.out.markup(">");
            }
            // Pictures of other sites would tell them who reads what, and are not there offline.
            Some(Resolved::Outside(url)) if !self.in_link() => {
                let words = if alt.is_empty() { written } else { &alt };
                self.out
                    .markup("<a rel=\"noopener noreferrer\"")
                    .attr("href", url)
                    .markup(">")
                    .text(words)
                    .markup("</a>");
            }
            Some(Resolved::Broken) => {
                self.out.markup("<span class=\"dead\">").text(if alt.is_empty() {
                    written
                } else {
                    &alt
                });
                self.out.markup("</span><sup class=\"dead\">missing image</sup>");
            }
            other => {
                self.out.text(if alt.is_empty() { written } else { &alt });
                if matches!(other, Some(Resolved::Words)) && !alt.is_empty() {
                    self.out.markup(" <code>").text(written).markup("</code>");
                }
            }
        }
    }
}

//! Headings → anchors, unique in the document, the same that GitHub gives them.

use std::collections::BTreeMap;

use crate::text::slug::github_anchor;
use crate::text::span::Span;

/// One heading.
#[derive(Clone, Debug)]
pub struct Heading {
    /// Level in the file, 1 to 6.
    pub level: u8,
    /// Its plain words.
    pub title: String,
    /// Its anchor, without `#`.
    pub anchor: String,
    /// Index of its node in the tree.
    pub node: u32,
    /// Its place in the file.
    pub span: Span,
}

/// Gives out anchors: the first `Meaning` is `meaning`, the next `meaning-1`.
#[derive(Debug, Default)]
pub struct Anchors {
    used: BTreeMap<String, u32>,
}

impl Anchors {
    /// Returns the anchor of the next heading with this title.
    pub fn of_title(&mut self, title: &str) -> String {
        self.unique(github_anchor(title))
    }

    /// Returns `wanted`, or `wanted-1` and so on where it is taken.
    ///
    /// Names that start with `ol-` are those of the page itself; a heading gets another.
    pub fn unique(&mut self, wanted: String) -> String {
        let wanted = if wanted.starts_with("ol-") { format!("h-{wanted}") } else { wanted };
        // The counter makes the next free name known at once: many equal headings stay linear.
        let mut n = match self.used.get(&wanted) {
            None => {
                self.used.insert(wanted.clone(), 0);
                return wanted;
            }
            Some(n) => *n,
        };
        let name = loop {
            n += 1;
            let name = format!("{wanted}-{n}");
            if !self.used.contains_key(&name) {
                break name;
            }
        };
        self.used.insert(wanted, n);
        self.used.insert(name.clone(), 0);
        name
    }
}

/// Splits `{#id}` and `{.class}` off the end of a heading: the bytes of its words, and the id.
///
/// `None` where it ends otherwise; `{uuid}` are words.
pub fn attributes(heading: &str) -> Option<(usize, Option<String>)> {
    let (before, inside) = heading.trim_end().strip_suffix('}')?.rsplit_once('{')?;
    let parts = || inside.split_whitespace();
    let known = parts().all(|p| p.len() > 1 && (p.starts_with('#') || p.starts_with('.')));
    if !known || parts().next().is_none() {
        return None;
    }
    let id = parts().find_map(|p| p.strip_prefix('#')).map(str::to_owned);
    Some((before.trim_end().len(), id))
}

#[cfg(test)]
mod tests {
    use super::Anchors;

    #[test]
    fn repeated_titles_are_numbered() {
        let mut anchors = Anchors::default();
        let titles = ["Foo", "Foo", "Foo-1", "foo", ""];
        let given: Vec<String> = titles.iter().map(|t| anchors.of_title(t)).collect();
        assert_eq!(given, ["foo", "foo-1", "foo-1-1", "foo-2", ""]);
    }
}

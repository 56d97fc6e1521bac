//! Pages of two states → which of the new ones is which of the old ones.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::inventory::{Inventory, Page};

/// Pages that both states have.
pub(crate) struct Matched<'a> {
    /// New address by old address, and what told it where they differ.
    pub(crate) pairs: BTreeMap<&'a str, (&'a str, Option<&'static str>)>,
    /// New path by old path, of files that moved.
    pub(crate) paths: BTreeMap<&'a str, &'a str>,
}

impl<'a> Matched<'a> {
    /// A page with the same address is the same page. The others are looked for by what they are sure to keep:
    /// first a new page that names the old address, then the file, then the id, then the title.
    pub(crate) fn new(old: &'a Inventory, new: &'a Inventory) -> Self {
        let mut pairs = BTreeMap::new();
        let mut open: Vec<&Page> = Vec::new();
        for (url, page) in &old.pages {
            if new.pages.contains_key(url) {
                pairs.insert(url.as_str(), (url.as_str(), None));
            } else {
                open.push(page);
            }
        }
        let mut free: BTreeMap<&str, &Page> = new
            .pages
            .iter()
            .filter(|(url, _)| !old.pages.contains_key(*url))
            .map(|(url, page)| (url.as_str(), page))
            .collect();
        let signs: [(&'static str, Sign<'a>); 4] = [
            ("alias", |page, is_old| {
                if is_old { vec![page.url.clone()] } else { page.aliases.iter().cloned().collect() }
            }),
            ("source", |page, _| vec![page.source.clone()]),
            ("id", |page, _| vec![format!("{}:{}", page.kind, page.id)]),
            ("title", |page, _| vec![format!("{}:{}", page.kind, page.title.to_lowercase())]),
        ];
        for (by, sign) in signs {
            let mut by_sign: BTreeMap<String, Vec<&'a str>> = BTreeMap::new();
            for (url, page) in &free {
                for word in sign(page, false) {
                    by_sign.entry(word).or_default().push(url);
                }
            }
            let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
            for word in open.iter().flat_map(|page| sign(page, true)) {
                *wanted.entry(word).or_default() += 1;
            }
            open.retain(|page| {
                let found = sign(page, true).into_iter().find_map(|word| {
                    // Two pages of one title are no answer.
                    let [only] = by_sign.get(&word)?[..] else { return None };
                    (wanted.get(&word) == Some(&1) && free.contains_key(only)).then_some(only)
                });
                let Some(to) = found else { return true };
                free.remove(to);
                pairs.insert(page.url.as_str(), (to, Some(by)));
                false
            });
        }
        let mut paths = BTreeMap::new();
        let known: BTreeSet<&str> = new.pages.values().map(|p| p.source.as_str()).collect();
        for (from, (to, _)) in &pairs {
            if let (Some(before), Some(now)) = (old.pages.get(*from), new.pages.get(*to))
                && before.source != now.source
                && !known.contains(before.source.as_str())
            {
                paths.insert(before.source.as_str(), now.source.as_str());
            }
        }
        Self { pairs, paths }
    }
}

/// Words by which a page is known; true for one of the old state.
type Sign<'a> = fn(&'a Page, bool) -> Vec<String>;

/// Returns where files are now that moved from `old` to `new`: new path by old path.
pub fn paths(old: &Inventory, new: &Inventory) -> BTreeMap<String, String> {
    let paths = Matched::new(old, new).paths.into_iter();
    paths.map(|(from, to)| (from.to_owned(), to.to_owned())).collect()
}

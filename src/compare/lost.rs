//! What a change takes away from readers: addresses, and links that led to them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use crate::compare::inventory::Inventory;
use crate::compare::moves::Matched;
use crate::compare::{Broken, Vanished};

/// Addresses that somebody outside relies on, and who: an alias by the author's word, the page of an alert and
/// what rules name as runbook by whoever is paged.
pub(crate) fn promised(of: &Inventory) -> BTreeMap<&str, &'static str> {
    let mut out = BTreeMap::new();
    for alert in of.alerts.values() {
        let is_named = alert.rules.iter().any(|rule| rule.runbook.is_some());
        for url in alert.runbooks.iter().filter(|_| is_named) {
            out.insert(url.as_str(), "runbook_url");
        }
    }
    for url in of.alerts.values().filter_map(|alert| alert.url.as_deref()) {
        out.insert(url, "alert");
    }
    for alias in of.pages.values().flat_map(|page| &page.aliases) {
        out.entry(alias.as_str()).or_insert("alias");
    }
    out
}

/// Every address of `old` that `new` does not have.
pub(crate) fn vanished(old: &Inventory, new: &Inventory, matched: &Matched<'_>) -> Vec<Vanished> {
    let promised = promised(old);
    let mut page_of: BTreeMap<&str, &str> = BTreeMap::new();
    for (url, page) in &old.pages {
        page_of.extend(page.aliases.iter().map(|alias| (alias.as_str(), url.as_str())));
    }
    let gone = old.addresses.difference(&new.addresses).map(|url| {
        let page = page_of.get(url.as_str()).copied().unwrap_or(url);
        Vanished {
            url: url.clone(),
            promised: promised.get(url.as_str()).copied(),
            moved_to: matched.pairs.get(page).map(|(to, _)| (*to).to_owned()),
        }
    });
    gone.collect()
}

/// Links of `old` whose page is still there and that lead nowhere in `new`. `faults` are messages of new findings by file:
/// a link that is gone from a text which changed was taken out or mended, unless a finding names what it led to.
pub(crate) fn broken(
    old: &Inventory,
    new: &Inventory,
    matched: &Matched<'_>,
    faults: &BTreeMap<&str, Vec<&str>>,
) -> Vec<Broken> {
    let mut out = BTreeSet::new();
    let none = BTreeSet::new();
    for (from, targets) in &old.links {
        let Some((now_at, _)) = matched.pairs.get(from.as_str()) else { continue };
        let (Some(before), Some(page)) = (old.pages.get(from), new.pages.get(*now_at)) else {
            continue;
        };
        let said = faults.get(page.source.as_str());
        let same = before.text == page.text;
        if !same && said.is_none() {
            continue;
        }
        let now = new.links.get(*now_at).unwrap_or(&none);
        let leads_to = |address: &str| {
            let from = (Bound::Included(address), Bound::Unbounded);
            let mut like = now.range::<str, _>(from).take_while(|link| link.starts_with(address));
            like.any(|link| matches!(link.as_bytes().get(address.len()), None | Some(b'#')))
        };
        for target in targets {
            let (address, anchor) =
                target.split_once('#').map_or((target.as_str(), None), |(a, f)| (a, Some(f)));
            let moved = matched.pairs.get(address).map_or(address, |(to, _)| *to);
            // A link to the page itself is none between pages.
            let arrives = leads_to(address) || leads_to(moved) || moved == *now_at;
            let finds = anchor.is_none_or(|anchor| {
                new.pages.get(moved).is_none_or(|page| page.anchors.contains(anchor))
            });
            let is_told = || {
                let led_to = old.pages.get(address);
                let names = led_to.into_iter().flat_map(|led| {
                    [led.source.rsplit('/').next().unwrap_or(&led.source), led.id.as_str()]
                });
                let mut words = names.chain(anchor);
                words.any(|word| said.into_iter().flatten().any(|message| message.contains(word)))
            };
            if (!arrives || !finds) && (same || is_told()) {
                out.insert(Broken {
                    owner: page.owner.clone(),
                    from: (*now_at).to_owned(),
                    title: page.title.clone(),
                    source: page.source.clone(),
                    to: target.clone(),
                });
            }
        }
    }
    let dead = |class: &str| matches!(class, "dead page" | "dead anchor");
    for (name, alert) in &new.alerts {
        let before = old.alerts.get(name).filter(|before| !dead(&before.runbook_class));
        let (Some(before), true) = (before, dead(&alert.runbook_class)) else { continue };
        for rule in &alert.rules {
            if let Some(runbook) = &rule.runbook {
                out.insert(Broken {
                    // Often it was the runbook that told whose alert it is.
                    owner: alert.team.clone().or_else(|| before.team.clone()),
                    from: alert.url.clone().unwrap_or_default(),
                    title: name.clone(),
                    source: rule.source.clone(),
                    to: runbook.clone(),
                });
            }
        }
    }
    out.into_iter().collect()
}

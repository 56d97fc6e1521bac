//! The site that is published and the one that is to take its place → whether too much of it would vanish.

use crate::compare::inventory::Inventory;
use crate::compare::lost::vanished;
use crate::compare::moves::Matched;
use crate::text::glob::Globs;

/// Most addresses that the refusal names.
const MOST: usize = 10;

/// What may vanish.
#[derive(Debug)]
pub struct Allowed {
    /// Addresses, by pattern; they count for nothing.
    pub addresses: Globs,
    /// Share of the other pages, in percent.
    pub percent: f64,
}

/// Refuses a site in which a promised address or more than the share allowed of the old pages is gone; says what
/// vanished and what allows it.
pub fn guard(old: &Inventory, new: &Inventory, allowed: &Allowed) -> Result<(), String> {
    let matched = Matched::new(old, new);
    let mut gone = vanished(old, new, &matched);
    gone.retain(|gone| !allowed.addresses.is_match(&gone.url));
    let promised: Vec<String> = gone
        .iter()
        .filter_map(|gone| {
            let why = match gone.promised? {
                "alert" => "page of an alert",
                "runbook_url" => "named by a rule",
                _ => "alias",
            };
            Some(format!("/{} ({why})", gone.url))
        })
        .collect();
    let all: Vec<String> = gone.iter().map(|gone| format!("/{}", gone.url)).collect();
    #[expect(clippy::cast_precision_loss, reason = "counts of pages are far below 2^52")]
    let share = all.len() as f64 * 100.0 / old.addresses.len().max(1) as f64;
    let (count, of) = (all.len(), old.addresses.len());
    if share > allowed.percent {
        return Err(format!(
            "not published: {count} of {of} addresses would vanish ({share:.1} %, allowed are {} %):{}\n\
             the old site is untouched; --allow-vanish {} allows it, `policy.max_vanish` for good",
            allowed.percent,
            named(&all),
            share.ceil()
        ));
    }
    if !promised.is_empty() {
        let (what, them) = match promised.len() {
            1 => ("1 promised address", "it"),
            _ => ("promised addresses", "them"),
        };
        return Err(format!(
            "not published: {what} would vanish:{}\n\
             the old site is untouched; `aliases` of the page that has the text now keep {them}, and \
             --allow-vanish ADDRESS allows one or a pattern",
            named(&promised)
        ));
    }
    Ok(())
}

fn named(addresses: &[String]) -> String {
    let mut out = String::new();
    for address in addresses.iter().take(MOST) {
        out.push_str(&format!("\n  {address}"));
    }
    if addresses.len() > MOST {
        out.push_str(&format!("\n  and {} more", addresses.len() - MOST));
    }
    out
}

//! [`Diff`] → markdown for a comment on a change: what it breaks first, numbers last.

use std::fmt::Write as _;

use crate::compare::{AlertRow, Broken, Diff, FindingRow, Numbers, PageRow, Vanished};
use crate::text::escape::{markdown, markdown_with_code};

/// Most lines of one list; the rest is counted.
const MOST: usize = 20;

/// Returns the comment.
pub fn comment(diff: &Diff) -> String {
    let mut out = format!("### opslore: {}\n", headline(diff));
    broken(&diff.broken, &mut out);
    vanished(&diff.vanished, &mut out);
    pages(diff, &mut out);
    alerts(diff, &mut out);
    anchors(diff, &mut out);
    findings(diff, &mut out);
    numbers(&diff.before, &diff.after, &mut out);
    out
}

/// `2 pages added, 1 removed; 3 links break`.
fn headline(diff: &Diff) -> String {
    let pages = &diff.pages;
    let mut parts = Vec::new();
    for (n, word) in [
        (pages.added.len(), "added"),
        (pages.removed.len(), "removed"),
        (pages.moved.len(), "moved"),
        (pages.changed.len(), "changed"),
    ] {
        match n {
            0 => {}
            1 if parts.is_empty() => parts.push(format!("1 page {word}")),
            n if parts.is_empty() => parts.push(format!("{n} pages {word}")),
            n => parts.push(format!("{n} {word}")),
        }
    }
    let mut out = parts.join(", ");
    let lost = diff.vanished.iter().filter(|gone| gone.promised.is_some()).count();
    for (n, one, many) in [
        (diff.broken.len(), "link breaks", "links break"),
        (lost, "promised address vanishes", "promised addresses vanish"),
        (diff.alerts.lost_runbook.len(), "alert loses its runbook", "alerts lose their runbook"),
    ] {
        if n > 0 {
            let sign = if out.is_empty() { "" } else { "; " };
            let _ = write!(out, "{sign}{n} {}", if n == 1 { one } else { many });
        }
    }
    if out.is_empty() { "no page differs".to_owned() } else { out }
}

/// A heading and a list below it, cut where it is long; nothing where there is nothing.
fn list<T>(title: &str, items: &[T], item: impl Fn(&T) -> String, out: &mut String) {
    if items.is_empty() {
        return;
    }
    let _ = write!(out, "\n**{title}**\n\n");
    for one in items.iter().take(MOST) {
        let _ = writeln!(out, "- {}", item(one));
    }
    if items.len() > MOST {
        let _ = writeln!(out, "- and {} more", items.len() - MOST);
    }
}

fn broken(rows: &[Broken], out: &mut String) {
    let row = |row: &Broken| {
        format!(
            "{}: the link of {} ({}) to {} is dead",
            owner(row.owner.as_deref()),
            markdown(&row.title),
            markdown(&row.source),
            target(&row.to)
        )
    };
    list("Links that break, by who has to mend them", rows, row, out);
}

fn vanished(rows: &[Vanished], out: &mut String) {
    let moved = |gone: &Vanished| match &gone.moved_to {
        Some(to) => {
            format!("; its page is at {} now: add the old address to `aliases`", address(to))
        }
        None => String::new(),
    };
    let row = |gone: &&Vanished| {
        let why = match gone.promised {
            Some("alert") => " (page of an alert)",
            Some("runbook_url") => " (the runbook that a rule names)",
            Some(_) => " (an alias)",
            None => "",
        };
        format!("{}{why}{}", address(&gone.url), moved(gone))
    };
    let (promised, others): (Vec<_>, Vec<_>) =
        rows.iter().partition(|gone| gone.promised.is_some());
    list("Promised addresses that vanish", &promised, row, out);
    list("Other addresses that vanish", &others, row, out);
}

fn pages(diff: &Diff, out: &mut String) {
    let row = |page: &PageRow| {
        format!(
            "{} {} ({}), {}: {}",
            page.kind,
            markdown(&page.title),
            markdown(&page.source),
            owner(page.owner.as_deref()),
            address(&page.url)
        )
    };
    let pages = &diff.pages;
    list("Pages added", &pages.added, row, out);
    list("Pages removed", &pages.removed, row, out);
    let moved = |moved: &crate::compare::Moved| {
        let old = if moved.redirect { "leads there" } else { "leads nowhere" };
        format!(
            "{} {}: {} to {}; the old address {old}",
            moved.page.kind,
            markdown(&moved.page.title),
            address(&moved.from),
            address(&moved.page.url)
        )
    };
    list("Pages moved", &pages.moved, moved, out);
    list("Pages changed", &pages.changed, row, out);
}

fn alerts(diff: &Diff, out: &mut String) {
    let row = |alert: &AlertRow| {
        let runbook = if alert.covered {
            "has a runbook".to_owned()
        } else {
            format!("runbook: {}", alert.runbook_class)
        };
        format!("{}, {}: {runbook}", markdown(&alert.name), owner(alert.team.as_deref()))
    };
    let gone =
        |alert: &AlertRow| format!("{}, {}", markdown(&alert.name), owner(alert.team.as_deref()));
    list("Alerts that lose their runbook", &diff.alerts.lost_runbook, row, out);
    list("Alerts that got a runbook", &diff.alerts.got_runbook, gone, out);
    list("Alerts added", &diff.alerts.added, row, out);
    list("Alerts that no rule raises any more", &diff.alerts.removed, gone, out);
}

fn anchors(diff: &Diff, out: &mut String) {
    let removed: Vec<_> = diff.anchors.removed.iter().collect();
    let row = |(page, anchors): &(&String, &Vec<String>)| {
        let named: Vec<String> = anchors.iter().map(|a| code(&format!("#{a}"))).collect();
        format!("{}: {}", address(page), named.join(", "))
    };
    list("Headings that are gone, which links may name", &removed, row, out);
}

fn findings(diff: &Diff, out: &mut String) {
    let row = |row: &FindingRow| {
        let finding = &row.finding;
        let hint = finding.hint.as_deref().map(|hint| format!(" — {}", markdown_with_code(hint)));
        format!(
            "{}:{}: {} {} {}: {}{} ({})",
            markdown(&finding.path),
            finding.line,
            finding.level.word(),
            finding.code,
            finding.name,
            markdown_with_code(&finding.message),
            hint.unwrap_or_default(),
            owner(row.owner.as_deref())
        )
    };
    let mut added: Vec<&FindingRow> = diff.findings.added.iter().collect();
    added.sort_by_key(|row| std::cmp::Reverse(row.finding.level));
    list("New findings", &added, |one| row(one), out);
    list("Findings that are gone", &diff.findings.removed, row, out);
}

fn numbers(before: &Numbers, after: &Numbers, out: &mut String) {
    out.push_str("\n| | before | after |\n| --- | ---: | ---: |\n");
    let share = |part: usize, of: usize| format!("{part} of {of}");
    let plain = |n: usize| n.to_string();
    for (name, was, is) in [
        (
            "Alerts that lead to a runbook",
            share(before.covered, before.alerts),
            share(after.covered, after.alerts),
        ),
        (
            "Of those that wake somebody",
            share(before.paging_covered, before.paging),
            share(after.paging_covered, after.paging),
        ),
        ("Runbooks", plain(before.runbooks), plain(after.runbooks)),
        ("Pages of files", plain(before.pages), plain(after.pages)),
        ("Errors", plain(before.errors), plain(after.errors)),
        ("Warnings", plain(before.warnings), plain(after.warnings)),
        ("Notes", plain(before.infos), plain(after.infos)),
    ] {
        let is = if was == is { is } else { format!("**{is}**") };
        let _ = writeln!(out, "| {name} | {was} | {is} |");
    }
}

fn owner(owner: Option<&str>) -> String {
    owner.map_or_else(|| "no owner".to_owned(), |owner| format!("team {}", markdown(owner)))
}

/// An address of the site, or what a rule names outside of it.
fn target(to: &str) -> String {
    if to.contains("://") { code(to) } else { address(to) }
}

fn address(address: &str) -> String {
    code(&format!("/{address}"))
}

/// Words between backticks, with none of their own.
fn code(words: &str) -> String {
    let plain: String =
        words.chars().map(|c| if c == '`' || c.is_control() { '\u{fffd}' } else { c }).collect();
    format!("`{plain}`")
}

//! How old knowledge is, and how many people hold it.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::model::document::Detail;
use crate::report::coverage::freshness as state;
use crate::report::facts::Facts;
use crate::report::{Column, Figures, Look, Share, Table, Value, counted};

/// Runbooks by how long their review is due, and how often they were needed since.
pub(crate) fn freshness(facts: &Facts<'_>) -> Figures {
    let mut rows = Vec::new();
    let (mut fresh, mut dated) = (0, 0);
    for (id, doc, runbook) in facts.all_runbooks() {
        if doc.status.as_deref() == Some("deprecated") {
            continue;
        }
        let reviewed = doc.reviewed.as_ref().map(|f| f.value);
        let due = facts.site.review_due(doc);
        let late = due.map(|due| facts.today.days_since(due)).filter(|days| *days > 0);
        dated += usize::from(due.is_some());
        fresh += usize::from(due.is_some() && late.is_none());
        let mut since: BTreeSet<usize> = BTreeSet::new();
        let uses = facts.used.get(&id).into_iter().flatten().map(|used| used.incident);
        let by_alert = runbook.alerts.iter().filter_map(|a| facts.of_alert.get(a.value.as_str()));
        since.extend(uses.chain(by_alert.flatten().copied()).filter(|n| {
            let day = facts.incidents.get(*n).and_then(|i| i.day);
            day.is_some_and(|day| reviewed.is_none_or(|reviewed| day > reviewed))
        }));
        let beside = facts.site.changes(id).beside.map(|b| b.commits);
        let order = (late.is_none(), due.is_some(), Reverse(since.len()), Reverse(late));
        rows.push((
            order,
            vec![
                facts.doc(id),
                facts.team(doc.owner.as_ref().map(|o| &o.value)),
                facts.services(runbook.services.iter().map(|s| &s.value)),
                state(facts.site, doc, facts.today),
                Value::count(since.len()),
                late.map_or(Value::None, Value::days),
                Value::day(reviewed),
                Value::day(due),
                reviewed.map_or(Value::None, |day| Value::days(facts.today.days_since(day))),
                beside.map_or(Value::None, Value::count),
                facts.path(doc),
            ],
        ));
    }
    rows.sort_by_key(|(order, _)| *order);
    let n = rows.len();
    let mut columns = Column::plain([
        ("runbook", "Runbook"),
        ("team", "Team"),
        ("services", "Services"),
        ("review", "Review"),
        ("incidents_since", "Incidents since"),
        ("days_late", "Days late"),
        ("reviewed", "Reviewed"),
        ("due", "Due"),
        ("age_days", "Days old"),
        ("commits_beside", "Commits beside it"),
        ("source", "Source"),
    ]);
    columns[4].look = Look::Hot;
    columns[10].look = Look::Hidden;
    Figures {
        name: "freshness",
        title: "Freshness of runbooks",
        lead: format!(
            "{fresh} of {} are reviewed in time; {} no date.",
            counted(n, "runbook", "runbooks"),
            match n - dated {
                1 => "1 has".to_owned(),
                n => format!("{n} have"),
            }
        ),
        notes: vec![
            "Incidents since the review are those that used the runbook, or that one of its alerts caught. Commits beside it are those to the code of its service since the review, where the source is a git repository.".to_owned(),
        ],
        share: Some(Share {
            part: fresh as u64,
            of: n as u64,
            words: "runbooks reviewed in time",
        }),
        table: Table {
            title: "Runbooks",
            columns,
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        },
        ..Figures::default()
    }
}

/// Runbooks and guides that only one person ever wrote.
pub(crate) fn authors(facts: &Facts<'_>) -> Figures {
    let mut rows = Vec::new();
    let mut known = 0;
    for (id, doc) in facts.site.docs() {
        if !matches!(doc.detail, Detail::Runbook(_) | Detail::Service(_)) {
            continue;
        }
        let changes = facts.site.changes(id);
        if changes.authors == 0 {
            continue;
        }
        known += 1;
        let Some(author) = changes.only_author.as_deref().filter(|_| changes.authors == 1) else {
            continue;
        };
        rows.push(vec![
            facts.doc(id),
            Value::text(doc.kind.value.word()),
            facts.team(doc.owner.as_ref().map(|o| &o.value)),
            Value::text(author),
            Value::day(changes.last.as_ref().map(|change| change.day)),
            facts.path(doc),
        ]);
    }
    let lead = match (known, rows.len()) {
        (0, _) => "No source is a git repository, so nothing is known of authors.".to_owned(),
        (known, n) => {
            format!("{n} of {} written by one person only.", counted(known, "page is", "pages are"))
        }
    };
    let mut columns = Column::plain([
        ("page", "Page"),
        ("kind", "Kind"),
        ("team", "Team"),
        ("author", "Only author"),
        ("changed", "Last change"),
        ("source", "Source"),
    ]);
    columns[5].look = Look::Hidden;
    let n = rows.len();
    Figures {
        name: "authors",
        title: "Knowledge of one author",
        lead,
        notes: vec![
            "Runbooks and pages of services, by the commits of the last five years. Somebody else changing a line is enough to leave this list: that is how the knowledge is shared.".to_owned(),
        ],
        share: (known > 0).then_some(Share {
            part: (known - n) as u64,
            of: known as u64,
            words: "pages with more than one author",
        }),
        table: Table { title: "Pages", columns, rows },
        ..Figures::default()
    }
}

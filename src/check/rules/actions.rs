//! Action items: each has an owner and a date, and is done by then.

use crate::diag::{Code, Finding};
use crate::link::Site;
use crate::model::document::Detail;
use crate::text::date::Day;

pub(crate) fn check(site: &Site, today: Day, findings: &mut Vec<Finding>) {
    for doc in &site.catalog.documents {
        let Detail::Postmortem(postmortem) = &doc.detail else { continue };
        if postmortem.status() == "draft" {
            continue;
        }
        // In a section, owners and dates are asked for only where the author writes them at all.
        let writes_owners = postmortem.actions.iter().any(|a| !a.inferred || a.owner.is_some());
        let writes_dates = postmortem.actions.iter().any(|a| !a.inferred || a.due.is_some());
        for action in &postmortem.actions {
            if action.state.is_open()
                || (action.inferred && action.state == crate::model::action::ActionState::Unknown)
            {
                if action.owner.is_none() && writes_owners {
                    findings.push(
                        Finding::new(
                            Code::ActionWithoutOwner,
                            action.place,
                            format!("nobody owns the action “{}”", short(&action.title)),
                        )
                        .hint(if action.inferred {
                            "name its owner: `@team`"
                        } else {
                            "add `owner: team:…`"
                        }),
                    );
                }
                if action.due.is_none() && writes_dates {
                    findings.push(
                        Finding::new(
                            Code::ActionWithoutDate,
                            action.place,
                            format!("the action “{}” has no date", short(&action.title)),
                        )
                        .hint(if action.inferred {
                            "write the day it is due: `2026-05-12`"
                        } else {
                            "add `due: 2026-05-12`"
                        }),
                    );
                }
            }
            if let Some(due) = action.due.filter(|due| action.state.is_open() && *due < today) {
                findings.push(
                    Finding::new(
                        Code::OverdueAction,
                        action.place,
                        format!("the action “{}” was due on {due}", short(&action.title)),
                    )
                    .hint("finish it, move its date, or write `status: wont-do` and why"),
                );
            }
        }
    }
}

fn short(title: &str) -> String {
    let line = title.lines().next().unwrap_or("");
    if line.chars().count() <= 60 {
        return line.to_owned();
    }
    let cut: String = line.chars().take(57).collect();
    format!("{}…", cut.trim_end())
}

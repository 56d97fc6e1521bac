//! Reviews: a page that names its last review is reviewed again in time.

use crate::diag::{Code, Finding, Place};
use crate::link::Site;
use crate::model::document::Detail;
use crate::text::date::Day;

pub(crate) fn check(site: &Site, today: Day, findings: &mut Vec<Finding>) {
    for doc in &site.catalog.documents {
        let Some(reviewed) = &doc.reviewed else { continue };
        // A postmortem tells what was; it does not rot.
        if matches!(doc.detail, Detail::Postmortem(_))
            || doc.status.as_deref() == Some("deprecated")
        {
            continue;
        }
        let interval =
            doc.review_every.as_ref().map_or(site.config.policy.review_every, |f| f.value);
        let due = reviewed.value.plus(interval);
        if due < today {
            let place = reviewed.place.unwrap_or(Place::file(doc.source));
            let late = today.days_since(due);
            let message = format!(
                "the review was due on {due}, {late} {} ago",
                if late == 1 { "day" } else { "days" }
            );
            findings.push(
                Finding::new(Code::StaleRunbook, place, message)
                    .hint(format!("check it against production and set the date; it is to be reviewed every {interval}")),
            );
        }
    }
}

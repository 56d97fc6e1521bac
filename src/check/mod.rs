//! [`Site`] → findings about what the organization asks of its knowledge; nothing is changed.

mod rules;

use crate::diag::Finding;
use crate::link::Site;
use crate::text::date::Day;

/// One rule or a few that belong together: the site, today, and where findings go.
type Check = fn(&Site, Day, &mut Vec<Finding>);

/// Every check, in no order that matters: findings are sorted afterwards.
const CHECKS: &[Check] = &[
    rules::alerts::check,
    rules::actions::check,
    rules::code::check,
    rules::cycles::check,
    rules::drift::check,
    rules::factors::check,
    rules::names::check,
    rules::ownership::check,
    rules::parts::check,
    rules::review::check,
    rules::theme::check,
    rules::times::check,
];

/// Runs every check, until `is_old` says that nobody wants to know any more.
pub fn check(site: &Site, today: Day, findings: &mut Vec<Finding>, is_old: &dyn Fn() -> bool) {
    for check in CHECKS.iter().take_while(|_| !is_old()) {
        check(site, today, findings);
    }
}

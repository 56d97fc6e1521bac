//! The vocabulary of contributing factors: that of the site, else one to start with.

use std::collections::BTreeMap;

use crate::config::Config;

/// What incident reports name most often, each in one line; a site's own `factors` replaces it.
const START: [(&str, &str); 20] = [
    ("backfill-without-throttle", "A bulk job competed with live traffic for the same resource."),
    ("capacity-exhausted", "Demand grew past what was there, and nobody had looked ahead."),
    ("config-without-canary", "A configuration change reached everything at once."),
    ("deploy-without-canary", "A release reached everything at once."),
    ("dependency-failure", "Something that this service needs failed first."),
    ("expired-credential", "A certificate, key or token ran out or was stale."),
    ("hidden-dependency", "A dependency that neither the catalogue nor the team knew of."),
    ("human-slip", "A correct procedure, and one wrong key, host or name."),
    ("lock-during-migration", "A schema migration held a lock that live traffic needed."),
    ("missing-alert", "Nothing warned when it failed."),
    ("missing-limit-alert", "Nothing warned before a hard limit was reached."),
    ("missing-test", "A test or a staging run would have shown it."),
    ("pool-without-queue-limit", "Callers waited for a connection without a limit on the wait."),
    ("responder-lacks-access", "The person who knew the fix was not allowed to run it."),
    ("retry-without-budget", "Retries multiplied the load on what was already failing."),
    ("runbook-gap", "The runbook was missing, wrong, or silent on the step that mattered."),
    ("silent-degradation", "It failed in a way that no probe or alert looks at."),
    ("single-point-of-failure", "One instance, zone or person carried it all."),
    ("unowned-component", "The part that failed had no owner."),
    ("untested-failover", "A standby, restore or second region had not been exercised."),
];

/// Returns the vocabulary of a site: slug and what it means.
pub fn vocabulary(config: &Config) -> BTreeMap<&str, &str> {
    if config.factors.is_empty() {
        return START.into_iter().collect();
    }
    config.factors.iter().map(|(slug, words)| (slug.as_str(), words.as_str())).collect()
}

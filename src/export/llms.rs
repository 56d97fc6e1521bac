//! A site → `llms.txt`: what it holds and how a program reads it.

use crate::report::emit::markdown::{escaped, link};
use crate::report::facts::Facts;

/// Returns the text; addresses are absolute where the site's address is known.
pub fn llms(facts: &Facts<'_>) -> String {
    let site = facts.site;
    let base = site.config.base_url.as_deref().unwrap_or("");
    let catalog = &site.catalog;
    let mut out = format!("# {}\n\n", escaped(&site.config.title));
    out.push_str(&format!(
        "> Operational knowledge: {} services, {} teams, {} alerts, {} runbooks, {} postmortems, {} lessons.\n\n",
        catalog.services.len(),
        catalog.teams.len(),
        catalog.alerts.len(),
        facts.all_runbooks().count(),
        facts.incidents.len(),
        catalog.lessons.len()
    ));
    out.push_str("Pages that tell of something have a markdown twin: `index.md` beside `index.html`. An alert has its page at `alerts/<AlertName>/`, whether or not a runbook exists. Dates are judged by the day of the build.\n");
    let mut section = |title: &str, rows: &[(&str, &str, &str)]| {
        out.push_str(&format!("\n## {title}\n\n"));
        for (name, path, about) in rows {
            out.push_str(&format!("- {}: {about}\n", link(name, &format!("{base}{path}"))));
        }
    };
    section(
        "Pages",
        &[
            ("Alerts", "alerts/index.md", "every alert, and the runbook that answers it"),
            ("Runbooks", "runbooks/index.md", "procedures that no single alert points to"),
            ("Services", "services/index.md", "owner, dependencies both ways, runbooks, incidents"),
            ("Teams", "teams/index.md", "who owns what and how to reach them"),
            ("Incidents", "incidents/index.md", "postmortems, newest first"),
            ("Lessons", "lessons/index.md", "what was learned, and whom it concerns"),
            ("Actions", "actions/index.md", "action items of all postmortems, overdue ones first"),
            ("Reports", "reports/index.md", "coverage, freshness, durations, what to write next"),
        ],
    );
    section(
        "Data",
        &[
            (
                "Services",
                "api/v1/services.json",
                "with api/v1/services.schema.json beside it, as the others have",
            ),
            ("Teams", "api/v1/teams.json", "contacts and on-call"),
            ("Alerts", "api/v1/alerts.json", "rules and where their runbooks lead"),
            ("Runbooks", "api/v1/runbooks.json", "owners, reviews, uses"),
            ("Postmortems", "api/v1/postmortems.json", "times and durations"),
            ("Actions", "api/v1/actions.json", "state, owner, date"),
            ("Lessons", "api/v1/lessons.json", "concerned services with reasons and answers"),
            ("Pages", "api/v1/pages.json", "every page that a file stands behind"),
            ("Links", "api/v1/links.json", "which page links to which"),
        ],
    );
    out
}

//! `report NAME`: the numbers of a report, as text, JSON, CSV or markdown.

use std::time::Duration;

use crate::cli::FINDINGS;
use crate::cli::args::{Args, Report as ReportArgs, ReportFormat};
use crate::cli::run::{load, print, root, say, today};
use crate::pipeline::{self, Times};
use crate::report::emit::{csv, json, markdown, text};
use crate::report::facts::Facts;
use crate::report::{self, Share};
use crate::text::nearest::nearest;
use crate::text::par;

pub(crate) fn report(args: &Args, wanted: &ReportArgs) -> Result<u8, String> {
    let Some(name) = wanted.name.as_deref() else {
        let names: Vec<String> = report::names().map(|name| format!("{name}\n")).collect();
        print(&names.concat())?;
        return Ok(0);
    };
    if !report::names().any(|known| known == name) {
        let near = nearest(name, report::names());
        let hint = near.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
        return Err(format!("there is no report `{name}`{hint}"));
    }
    let root = root(args, None)?;
    let config = load(&root)?;
    let today = today(args)?;
    let clock = || Duration::ZERO;
    par::on_threads(args.threads, || {
        let mut times = Times::default();
        let (mut sources, _) = pipeline::read(&config, None, &clock, &mut times)?;
        pipeline::histories(&config, &mut sources, &clock, &mut times);
        let (site, findings) =
            pipeline::analyse_sources(config, sources, today, &clock, &mut times);
        let findings = pipeline::report(&site, findings);
        let facts = Facts::new(&site, &findings, today);
        let Some(figures) = report::report(name, &facts) else { return Ok(0) };
        let base = site.config.base_url.as_deref();
        print(&match wanted.format {
            ReportFormat::Text => text::text(&figures),
            ReportFormat::Json => json::json(&figures, today)?,
            ReportFormat::Csv => csv::csv(&figures.table),
            ReportFormat::Markdown => markdown::markdown(&figures, base, usize::MAX),
        })?;
        let Some(limit) = wanted.fail_under else { return Ok(0) };
        let Some(share) = &figures.share else {
            return Err(format!("the report `{name}` is no share: --fail-under has no meaning"));
        };
        let (below, words) = judged(share, limit);
        if below || !args.quiet {
            say(&words);
        }
        Ok(if below { FINDINGS } else { 0 })
    })?
}

/// Whether a share is below a limit in percent, and what is said of it. Nothing of nothing is not below.
fn judged(share: &Share, limit: f64) -> (bool, String) {
    let Share { part, of, words } = share;
    #[expect(clippy::cast_precision_loss, reason = "counts of pages are far below 2^52")]
    let below = (*part as f64) * 100.0 < limit * (*of as f64);
    let against = if below { "below" } else { "at or above" };
    (below, format!("{part} of {of} {words}: {against} {limit} %"))
}

#[cfg(test)]
mod tests {
    use super::judged;
    use crate::report::Share;

    #[test]
    fn a_limit_is_met_exactly() {
        let below = |part, of, limit| judged(&Share { part, of, words: "x" }, limit).0;
        assert!(!below(9, 10, 90.0) && below(9, 10, 90.1) && below(0, 1, 1.0));
        assert!(!below(0, 0, 100.0), "nothing of nothing is whole");
        assert!(!below(1, 3, 33.3) && below(1, 3, 33.4));
    }
}

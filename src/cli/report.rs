//! `report NAME`: the numbers of a report, as text, JSON, CSV or markdown.

use std::time::Duration;

use crate::cli::FINDINGS;
use crate::cli::args::{Args, Report as ReportArgs, ReportFormat};
use crate::cli::run::{load, print, root, say, today};
use crate::pipeline::{self, Times};
use crate::report::emit::{csv, json, markdown, text};
use crate::report::facts::Facts;
use crate::report::{self, Share, digest};
use crate::text::date::Day;
use crate::text::nearest::nearest;
use crate::text::par;

/// The report that is a text.
const DIGEST: &str = "digest";

pub(crate) fn report(args: &Args, wanted: &ReportArgs) -> Result<u8, String> {
    let Some(name) = wanted.name.as_deref() else {
        let names: Vec<String> =
            report::names().chain([DIGEST]).map(|name| format!("{name}\n")).collect();
        print(&names.concat())?;
        return Ok(0);
    };
    let is_digest = name == DIGEST;
    if !is_digest && !report::names().any(|known| known == name) {
        let near = nearest(name, report::names().chain([DIGEST]));
        let hint = near.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
        return Err(format!("there is no report `{name}`{hint}"));
    }
    if !is_digest && (wanted.format == ReportFormat::Html || wanted.since.is_some()) {
        return Err("`--since` and `--format html` belong to the digest".to_owned());
    }
    let root = root(args, None)?;
    let config = load(&root)?;
    let today = today(args.now.as_deref())?;
    let clock = || Duration::ZERO;
    par::on_threads(args.threads, || {
        let mut times = Times::default();
        let (mut sources, _) = pipeline::read(&config, None, &clock, &mut times)?;
        pipeline::histories(&config, &mut sources, &clock, &mut times);
        let (site, findings) =
            pipeline::analyse_sources(config, sources, today, &clock, &mut times);
        let findings = pipeline::report(&site, findings);
        let facts = Facts::new(&site, &findings, today);
        if is_digest {
            let digest = digest::digest(&facts, since(wanted, today)?);
            print(&match wanted.format {
                ReportFormat::Text | ReportFormat::Markdown => digest.markdown(),
                ReportFormat::Html => digest.html().as_str().to_owned(),
                ReportFormat::Json | ReportFormat::Csv => {
                    return Err("the digest is markdown or html".to_owned());
                }
            })?;
            return Ok(0);
        }
        let Some(figures) = report::report(name, &facts) else { return Ok(0) };
        let base = site.config.base_url.as_deref();
        print(&match wanted.format {
            ReportFormat::Text => text::text(&figures),
            ReportFormat::Json => json::json(&figures, today)?,
            ReportFormat::Csv => csv::csv(&figures.table),
            ReportFormat::Html => String::new(),
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

/// The first day of the digest.
fn since(wanted: &ReportArgs, today: Day) -> Result<Day, String> {
    match &wanted.since {
        Some(text) => Day::parse(text)
            .ok_or_else(|| format!("--since {text} is not a date; write it as 2026-11-22")),
        None => Ok(Day::of_seconds(today.seconds() - 7 * 86_400).unwrap_or(today)),
    }
}

/// Whether a share is below a limit in percent, and what is said of it. Nothing of nothing is not below.
pub(crate) fn judged(share: &Share, limit: f64) -> (bool, String) {
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

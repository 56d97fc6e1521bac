//! `fix [PATH…]`: findings that one edit mends → files with that edit, or a diff of it.

use std::time::Duration;

use crate::cli::FAILED;
use crate::cli::args::{Args, Fix as FixArgs};
use crate::cli::check::holds;
use crate::cli::diff;
use crate::cli::run::{load, print, relative, root, say, today};
use crate::compare::Inventory;
use crate::diag::Finding;
use crate::diag::emit::human::plain;
use crate::discover;
use crate::link::Site;
use crate::mend::diff::unified;
use crate::mend::{self, Edit, Mended, aliases, renames};
use crate::pipeline::{self, Times};
use crate::text::date::Day;
use crate::text::par;
use crate::text::source::Sources;
use crate::write;

/// An edit may bring out another fault: a link that leads to its file again may name a heading with a typo.
const MOST_ROUNDS: usize = 4;

pub(crate) fn fix(args: &Args, wanted: &FixArgs) -> Result<u8, String> {
    let root = root(args, None)?;
    let config = load(&root)?;
    let today = today(args.now.as_deref())?;
    let only = wanted.paths.iter().map(|p| relative(&root, p)).collect::<Result<Vec<_>, _>>()?;
    let clock = || Duration::ZERO;
    par::on_threads(args.threads, || {
        let mut times = Times::default();
        let (before, _) = pipeline::read(&config, None, &clock, &mut times)?;
        let asked = |edit: &Edit| {
            let path = &before.get(edit.0.place.source).path;
            only.is_empty() || only.iter().any(|folder| holds(folder, path))
        };
        let mut sources = before.clone();
        let mut mended = Vec::new();
        let old = match &wanted.against {
            Some(old) => Some(diff::before(args, old, &config, &before, today)?),
            None => None,
        };
        for round in 0..MOST_ROUNDS {
            let (site, findings) =
                pipeline::analyse_sources(config.clone(), sources, today, &clock, &mut times);
            let mut edits = edits(&site, findings, old.as_ref(), round == 0, today)?;
            edits.retain(asked);
            let Site { sources: texts, .. } = site;
            sources = texts;
            let made = mend::apply(&mut sources, edits);
            if made.is_empty() {
                break;
            }
            mended.extend(made);
        }
        mended.sort_by_key(|m| (m.source, m.line));
        let changed: Vec<usize> = (0..before.files.len())
            .filter(|n| before.files[*n].text != sources.files[*n].text)
            .collect();
        let mut left = 0;
        for n in &changed {
            let (old, new) = (&before.files[*n], &sources.files[*n]);
            let done = discover::bytes(&config, old).and_then(|(file, bytes)| {
                // What stands before the text is a byte-order mark, or nothing.
                let mark = &bytes[..bytes.len() - old.text.len()];
                let now = [mark, new.text.as_bytes()].concat();
                if wanted.dry_run {
                    let [old_text, new_text] = [&bytes, &now].map(|b| String::from_utf8_lossy(b));
                    return print(&unified(&old.path, &old_text, &new_text));
                }
                write::replace(&file, &bytes, &now)
            });
            if let Err(message) = done {
                left += 1;
                mended.retain(|m| m.source != old.id);
                say(&format!("error: {message}"));
            }
        }
        if !wanted.dry_run {
            print(&mended.iter().map(|m| told(m, &before)).collect::<String>())?;
        }
        if !args.quiet {
            say(&summary(mended.len(), changed.len() - left, wanted.dry_run));
        }
        Ok(if left > 0 { FAILED } else { 0 })
    })?
}

/// The edits of one round; `old` is what files may have moved since.
fn edits(
    site: &Site,
    mut findings: Vec<Finding>,
    old: Option<&Inventory>,
    is_first: bool,
    today: Day,
) -> Result<Vec<Edit>, String> {
    let Some(old) = old else { return Ok(mend::edits(&pipeline::mendable(site, findings))) };
    let report = pipeline::report(site, findings.clone());
    let new = pipeline::inventory(site, &report, today)?;
    findings = pipeline::mendable(site, findings);
    renames::follow(site, old, &new, &mut findings);
    let mut edits = mend::edits(&findings);
    if is_first {
        edits.extend(aliases::missing(site, old, &new));
    }
    Ok(edits)
}

/// An edit in one line.
fn told(mended: &Mended, sources: &Sources) -> String {
    let path = &sources.get(mended.source).path;
    let place = format!("{}:{}", plain(path), mended.line);
    match mended.code {
        Some(code) => {
            let rule = code.rule();
            let (old, new) = (plain(&mended.old), plain(&mended.new));
            format!("{place}: {} {}: {old} → {new}\n", rule.code, rule.name)
        }
        None => format!("{place}: old address: {}\n", plain(mended.new.trim())),
    }
}

fn summary(fixes: usize, files: usize, dry: bool) -> String {
    let what = match (fixes, files) {
        (0, _) => return "nothing to fix".to_owned(),
        (1, _) => "1 fix in 1 file".to_owned(),
        (n, 1) => format!("{n} fixes in 1 file"),
        (n, files) => format!("{n} fixes in {files} files"),
    };
    if dry { format!("{what}, not written") } else { what }
}

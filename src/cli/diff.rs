//! `diff OLD NEW`: two sites, trees or a commit → what differs; and the old site that `build --against` names.

use std::path::Path;
use std::time::Duration;

use crate::cli::FINDINGS;
use crate::cli::args::{Args, Diff as DiffArgs, DiffFormat};
use crate::cli::run::{here, load, print, root, today};
use crate::compare::emit::comment;
use crate::compare::{Diff, Inventory};
use crate::config::Config;
use crate::diag::emit::json;
use crate::discover;
use crate::pipeline::{self, Times};
use crate::text::date::Day;
use crate::text::par;
use crate::text::source::Sources;

/// What stands before a commit.
const GIT: &str = "git:";

pub(crate) fn diff(args: &Args, wanted: &DiffArgs) -> Result<u8, String> {
    let today = today(args.now.as_deref())?;
    par::on_threads(args.threads, || {
        let (old, new) = match wanted.old.to_str().and_then(|old| old.strip_prefix(GIT)) {
            Some(commit) => since(args, commit, &wanted.new, today)?,
            None => (side(args, &wanted.old, today)?, side(args, &wanted.new, today)?),
        };
        let diff = Diff::new(&old, &new);
        print(&match wanted.format {
            DiffFormat::Markdown => comment(&diff),
            DiffFormat::Json => format!("{}\n", json::pretty(&diff)?),
        })?;
        Ok(if wanted.fail_on_loss && diff.loses() { FINDINGS } else { 0 })
    })?
}

/// Reads one side: a built site, or sources.
fn side(args: &Args, folder: &Path, today: Day) -> Result<Inventory, String> {
    let path = here()?.join(folder);
    if path.join(MANIFEST).is_file() {
        return published(folder);
    }
    if !path.is_dir() {
        return Err(format!(
            "{} is no folder; a commit of NEW's repository is written {GIT}COMMIT",
            folder.display()
        ));
    }
    let config = load(&root(args, Some(&path))?)?;
    let (sources, _) = pipeline::read(&config, None, &|| Duration::ZERO, &mut Times::default())?;
    analysed(config, sources, today)
}

/// What a built site says it was made from.
const MANIFEST: &str = "build.json";

/// Reads the inventory of a built site.
pub(crate) fn published(folder: &Path) -> Result<Inventory, String> {
    let path = here()?.join(folder);
    Inventory::built(|file| discover::read_site_file(&path.join(file)))
        .map_err(|e| format!("{} is no site of opslore: {e}", folder.display()))
}

/// Reads what stands before sources: a built site, a folder, or a commit of them.
pub(crate) fn before(
    args: &Args,
    old: &Path,
    config: &Config,
    sources: &Sources,
    today: Day,
) -> Result<Inventory, String> {
    match old.to_str().and_then(|old| old.strip_prefix(GIT)) {
        Some(commit) => {
            let older = discover::older(config, sources, commit)?;
            analysed(config.clone(), older.sources, today)
        }
        None => side(args, old, today),
    }
}

/// The sources of a folder as they were where its branch left a commit, and as they are.
fn since(
    args: &Args,
    commit: &str,
    new: &Path,
    today: Day,
) -> Result<(Inventory, Inventory), String> {
    let config = load(&root(args, Some(&here()?.join(new)))?)?;
    let (sources, _) = pipeline::read(&config, None, &|| Duration::ZERO, &mut Times::default())?;
    let old = before(args, Path::new(&format!("{GIT}{commit}")), &config, &sources, today)?;
    Ok((old, analysed(config, sources, today)?))
}

fn analysed(config: Config, sources: Sources, today: Day) -> Result<Inventory, String> {
    let clock = || Duration::ZERO;
    let (site, findings) =
        pipeline::analyse_sources(config, sources, today, &clock, &mut Times::default());
    let report = pipeline::report(&site, findings);
    let inventory = pipeline::inventory(&site, &report, today);
    // The process ends soon: to free each node by itself takes longer than some stages.
    std::mem::forget((report, site));
    inventory
}

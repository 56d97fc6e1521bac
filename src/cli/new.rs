//! `new KIND NAME` and `init`: a template, and what the site knows already → files that did not exist, and settings of editors.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cli::args::{Args, NewKind};
use crate::cli::editor;
use crate::cli::run::{here, load, print, root, say, today};
use crate::config::FILE_NAME;
use crate::discover;
use crate::link::Site;
use crate::model::alert::AlertRule;
use crate::model::id::ServiceId;
use crate::pipeline::{self, Times};
use crate::text::date::Day;
use crate::text::par;
use crate::write;

const RUNBOOK: (&str, &str) = ("runbook.md", include_str!("../../templates/new/runbook.md"));
const POSTMORTEM: (&str, &str) =
    ("postmortem.md", include_str!("../../templates/new/postmortem.md"));
const SERVICE: (&str, &str) = ("service.md", include_str!("../../templates/new/service.md"));
const TEAM: (&str, &str) = ("team.md", include_str!("../../templates/new/team.md"));
const SITE_FILE: &str = include_str!("../../templates/new/opslore.yaml");

/// Folder of a site's own templates, which is no source of pages.
const ARCHETYPES: &str = "archetypes";

/// Names of what `init` makes.
const FIRST_TEAM: &str = "first-team";
const FIRST_SERVICE: &str = "first-service";
const FIRST_RUNBOOK: &str = "first-service-down";

pub(crate) fn new(args: &Args, kind: NewKind, name: &str) -> Result<u8, String> {
    if !is_plain(name) {
        return Err(format!(
            "`{name}` is no name: write letters, digits, `-`, `_` and `.`, as in `checkout-latency-high`"
        ));
    }
    let root = root(args, None)?;
    let today = today(args.now.as_deref())?;
    let values = site_of(args, &root, today, |site| known(site, kind, name, today))?;
    let (template, path) = match kind {
        NewKind::Runbook => (RUNBOOK, format!("runbooks/{name}.md")),
        NewKind::Postmortem => (POSTMORTEM, format!("postmortems/{name}.md")),
        NewKind::Service => (SERVICE, format!("services/{name}/service.md")),
    };
    let own = discover::read_site_file(&root.join(ARCHETYPES).join(template.0))?;
    let text = filled(own.as_deref().unwrap_or(template.1), &values);
    create(&root, &[(path, text)])
}

pub(crate) fn init(args: &Args, dir: Option<&Path>) -> Result<u8, String> {
    let here = here()?;
    let root = dir.or(args.dir.as_deref()).map_or_else(|| here.clone(), |dir| here.join(dir));
    let today = today(args.now.as_deref())?;
    // A tree that holds something already needs no first things.
    let is_empty = !root.is_dir() || {
        let root = std::fs::canonicalize(&root).map_err(|e| format!("cannot open: {e}"))?;
        site_of(args, &root, today, |site| site.catalog.documents.is_empty())?
    };
    let mut files = vec![(FILE_NAME.to_owned(), SITE_FILE.to_owned())];
    if is_empty {
        let values = |name: &str| {
            let mut values = vec![("name", name.to_owned()), ("today", today.to_string())];
            values.push(("owner", FIRST_TEAM.to_owned()));
            values.push(("service", FIRST_SERVICE.to_owned()));
            values.push(("service-or-name", FIRST_SERVICE.to_owned()));
            values
        };
        for (path, template, name) in [
            (format!("teams/{FIRST_TEAM}.md"), TEAM, FIRST_TEAM),
            (format!("services/{FIRST_SERVICE}/service.md"), SERVICE, FIRST_SERVICE),
            (format!("runbooks/{FIRST_RUNBOOK}.md"), RUNBOOK, FIRST_RUNBOOK),
        ] {
            files.push((path, filled(template.1, &values(name))));
        }
    }
    let done = create(&root, &files)?;
    for (name, text) in editor::files()? {
        let path = root.join(&name);
        if path.symlink_metadata().is_ok() {
            say(&format!("{name} exists already and stays as it is"));
        } else {
            write::create(&path, text.as_bytes())?;
            print(&format!("{name}\n"))?;
        }
    }
    Ok(done)
}

/// Asks the site of a folder.
fn site_of<R: Send>(
    args: &Args,
    root: &Path,
    today: Day,
    ask: impl FnOnce(&Site) -> R + Send,
) -> Result<R, String> {
    let config = load(root)?;
    let clock = || Duration::ZERO;
    par::on_threads(args.threads, || {
        let (site, _) = pipeline::analyse(config, None, today, &clock, &mut Times::default())?;
        Ok(ask(&site))
    })?
}

/// What the site knows of a name: its alert, its service, who owns that.
fn known(site: &Site, kind: NewKind, name: &str, today: Day) -> Vec<(&'static str, String)> {
    let catalog = &site.catalog;
    let mut values = vec![("name", name.to_owned()), ("today", today.to_string())];
    let rule = catalog.rules.iter().find(|rule| kind == NewKind::Runbook && rule.name == name);
    if let Some(rule) = rule {
        values.push(("alert", rule.name.clone()));
        let severity = rule.labels.get("severity").filter(|word| is_plain(word));
        values.extend(severity.map(|word| ("severity", word.clone())));
        // A fence inside would end the fence.
        let expression = rule.expr.as_ref().filter(|expr| !expr.contains("```"));
        values.extend(expression.map(|expr| ("expression", expr.trim().to_owned())));
    }
    let named = rule.and_then(AlertRule::service);
    let mut service = named.filter(|id| catalog.services.contains_key(id));
    if catalog.services.len() == 1 && kind != NewKind::Service {
        service = service.or_else(|| catalog.services.keys().next().cloned());
    }
    let owner = service.as_ref().and_then(|id| catalog.services.get(id)?.owner.as_ref());
    let only = catalog.teams.keys().next().filter(|_| catalog.teams.len() == 1);
    let owner =
        owner.map(|field| field.value.to_string()).or_else(|| only.map(ToString::to_string));
    values.extend(owner.map(|owner| ("owner", owner)));
    values.push(("service-or-name", service.as_ref().map_or(name, ServiceId::as_str).to_owned()));
    values.extend(service.map(|service| ("service", service.to_string())));
    values
}

/// Puts values into a template; a line that asks for what is not known is left out, and so is a fence around it.
fn filled(template: &str, values: &[(&str, String)]) -> String {
    const KEYS: [&str; 8] =
        ["name", "today", "alert", "severity", "expression", "service", "service-or-name", "owner"];
    let mut out = String::new();
    for block in template.split_inclusive("\n\n") {
        let unknown = |line: &str| {
            KEYS.iter().any(|key| {
                line.contains(&format!("{{{key}}}")) && !values.iter().any(|(k, _)| k == key)
            })
        };
        if block.starts_with("```") && block.lines().any(unknown) {
            continue;
        }
        for line in block.split_inclusive('\n').filter(|line| !unknown(line)) {
            out.push_str(&one(line, values));
        }
    }
    out
}

/// Fills one line; what a value holds is not looked at again.
fn one(line: &str, values: &[(&str, String)]) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let value = values
            .iter()
            .find_map(|(key, value)| Some((value, rest.strip_prefix(&format!("{{{key}}}"))?)));
        if let Some((value, tail)) = value {
            out.push_str(value);
            rest = tail;
        } else {
            out.push('{');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// Returns true for what is safe as a file's name and as a value.
fn is_plain(name: &str) -> bool {
    let inside = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
        && name.len() <= 200
        && name.bytes().all(inside)
}

/// Writes files, none where one of them is there already.
fn create(root: &Path, files: &[(String, String)]) -> Result<u8, String> {
    let paths: Vec<PathBuf> = files.iter().map(|(path, _)| root.join(path)).collect();
    if let Some(there) = paths.iter().find(|path| path.symlink_metadata().is_ok()) {
        return Err(format!("{} exists already and stays as it is", there.display()));
    }
    for (path, (name, text)) in paths.iter().zip(files) {
        write::create(path, text.as_bytes())?;
        print(&format!("{name}\n"))?;
    }
    say("`opslore serve` shows it while you write");
    Ok(0)
}

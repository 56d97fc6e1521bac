//! `show REF`: a page for a terminal, over the sources or a built site.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::cli::args::{Args, Show};
use crate::cli::run::{here, load, no_color, print, root, say, today};
use crate::cli::terminal::{Look, Page};
use crate::discover;
use crate::export::twin;
use crate::link::Site;
use crate::link::answers::places;
use crate::link::routes::{self, UrlPath};
use crate::pipeline::{self, Times};
use crate::report;
use crate::report::facts::Facts;
use crate::text::nearest::nearest;
use crate::text::par;

/// What a bare name may mean besides a runbook, an incident or an alert.
const OTHER_KINDS: [&str; 4] = ["service", "team", "lesson", "factor"];

/// Columns where nothing tells how many there are, and the most that are read with ease.
const WIDTH: usize = 88;

pub(crate) fn show(args: &Args, show: &Show) -> Result<u8, String> {
    let (name, section) = match show.reference.split_once('#') {
        Some((name, section)) => (name, Some(section)),
        None => (&*show.reference, None),
    };
    let text = match &show.site {
        Some(folder) => from_site(&here()?.join(folder), name)?,
        None => from_sources(args, name)?,
    };
    if show.raw {
        print(&text)?;
        return Ok(0);
    }
    let page = Page::new(text);
    if let Some(wanted) = section.filter(|wanted| !page.anchors().any(|anchor| anchor == *wanted)) {
        let near = nearest(wanted, page.anchors());
        let hint = near.map(|n| format!("; did you mean `#{n}`?")).unwrap_or_default();
        return Err(format!("`{name}` has no section `#{wanted}`{hint}"));
    }
    let terminal = terminal_size::terminal_size();
    let columns = terminal.map_or(WIDTH, |(width, _)| usize::from(width.0).min(WIDTH));
    let is_terminal = io::stdout().is_terminal();
    let look = Look { width: show.width.unwrap_or(columns), colour: is_terminal && !no_color() };
    let shown = page.show(section, look);
    let rows = terminal.map_or(usize::MAX, |(_, height)| usize::from(height.0));
    if is_terminal && !show.no_pager && shown.lines().count() >= rows && paged(&shown) {
        return Ok(0);
    }
    print(&shown)?;
    Ok(0)
}

/// The page of a name, made from the sources.
fn from_sources(args: &Args, name: &str) -> Result<String, String> {
    let root = root(args, None)?;
    let config = load(&root)?;
    let today = today(args.now.as_deref())?;
    let clock = || Duration::ZERO;
    par::on_threads(args.threads, || {
        let (site, findings) =
            pipeline::analyse(config, None, today, &clock, &mut Times::default())?;
        let findings = pipeline::report(&site, findings);
        let facts = Facts::new(&site, &findings, today);
        let address = address(&site, name).ok_or_else(|| {
            let known = site.routes.pages.keys().map(|address| last(address.as_str()));
            missing(name, nearest(last(name), known))
        })?;
        let page = &site.routes.pages[&address];
        let figures = if matches!(page, routes::Page::Report(_) | routes::Page::Actions) {
            report::all(&facts)
        } else {
            Vec::new()
        };
        let text = twin::twin(&facts, &figures, &address, page);
        let text = text.ok_or_else(|| format!("/{} is there for a browser only", address.as_str()));
        // The process ends soon: to free each node by itself takes longer than some stages.
        std::mem::forget(site);
        text
    })?
}

/// The address that a name means: a file of the sources, an address of the site, or a reference.
fn address(site: &Site, name: &str) -> Option<UrlPath> {
    let path = name.trim_start_matches("./");
    if let Some((id, _)) = site.docs().find(|(_, doc)| site.source(doc).path == path) {
        return Some(site.routes.doc(id).clone());
    }
    let found = candidates(name).iter().find_map(|path| site.routes.find(path))?;
    Some(match site.routes.pages.get(found) {
        Some(routes::Page::Redirect(to)) => to.clone(),
        _ => found.clone(),
    })
}

/// Where the page that a person names may stand, the likeliest first.
fn candidates(name: &str) -> Vec<String> {
    let mut out: Vec<String> = paths(name).map(str::to_owned).collect();
    out.extend(places(name));
    if !name.contains([':', '/']) {
        out.extend(OTHER_KINDS.iter().flat_map(|kind| places(&format!("{kind}:{name}"))));
    }
    out
}

/// What of an address may be the path in the site: all of it, then less and less of its beginning.
fn paths(name: &str) -> impl Iterator<Item = &str> {
    let bare = name.split_once("://").map_or(name, |(_, rest)| rest);
    let bare = bare.split_once('?').map_or(bare, |(path, _)| path).trim_matches('/');
    let cuts = bare.char_indices().filter(|(_, c)| *c == '/').map(|(at, _)| at + 1);
    std::iter::once(0).chain(cuts).map(move |at| &bare[at..])
}

fn last(address: &str) -> &str {
    let address = address.trim_end_matches('/');
    address.rsplit_once('/').map_or(address, |(_, last)| last)
}

fn missing(name: &str, near: Option<&str>) -> String {
    match near.filter(|near| !near.is_empty()) {
        Some(near) => format!("no page is called `{name}`; did you mean `{near}`?"),
        None => format!("no page is called `{name}`; `opslore search` finds by words"),
    }
}

/// The page of a name, as a built site has it.
fn from_site(folder: &Path, name: &str) -> Result<String, String> {
    let map = discover::read_site_file(&folder.join("sitemap.xml"))?
        .ok_or_else(|| format!("{} holds no site; build it", folder.display()))?;
    let locations = map.split("<loc>").skip(1).filter_map(|rest| rest.split("</loc>").next());
    // The first is the root, which every other begins with.
    let mut locations = locations.peekable();
    let base = locations.peek().copied().unwrap_or_default().to_owned();
    let pages: BTreeMap<String, &str> = locations
        .filter_map(|at| at.strip_prefix(&*base))
        .map(|path| (path.trim_end_matches('/').to_lowercase(), path))
        .collect();
    let wanted = candidates(name);
    let known = wanted.iter().find_map(|path| Some((*pages.get(&path.to_lowercase())?).to_owned()));
    let Some(path) = known.or_else(|| moved(folder, name)) else {
        return Err(missing(name, nearest(last(name), pages.values().map(|path| last(path)))));
    };
    let file = folder.join(format!("{path}index.md"));
    discover::read_site_file(&file)?.ok_or_else(|| format!("/{path} is there for a browser only"))
}

/// Where a reference leads that has an address of its own, but no page.
fn moved(folder: &Path, name: &str) -> Option<String> {
    places(name).into_iter().find_map(|place| {
        let text = discover::read_site_file(&folder.join(&place).join("index.html")).ok()??;
        let (_, rest) = text.split_once("http-equiv=\"refresh\" content=\"0; url=")?;
        let href = rest.split('"').next()?.trim_end_matches("index.html");
        let ups = href.matches("../").count();
        // Redirects lead to pages of the same site only, up to its root and down again.
        (ups == place.matches('/').count() + 1).then(|| href.replace("../", ""))
    })
}

/// Shows a text in the person's pager; false where none starts.
#[expect(clippy::disallowed_methods, reason = "the pager that the person's own environment names")]
fn paged(text: &str) -> bool {
    let wanted = std::env::var("PAGER").ok().filter(|pager| !pager.trim().is_empty());
    let wanted = wanted.unwrap_or_else(|| "less".to_owned());
    let mut words = wanted.split_whitespace();
    let Some(program) = words.next() else { return false };
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::piped());
    if std::env::var_os("LESS").is_none() {
        command.env("LESS", "FRX");
    }
    let Ok(mut pager) = command.spawn() else {
        say(&format!("`{program}` does not start; set PAGER"));
        return false;
    };
    if let Some(mut input) = pager.stdin.take() {
        // Who leaves the pager early has read enough.
        let _ = input.write_all(text.as_bytes());
    }
    pager.wait().is_ok()
}

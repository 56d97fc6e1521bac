//! Files of a finished site → what a device keeps of it: `offline.json`, and the worker that reads it.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::emit::json;
use crate::link::Site;
use crate::link::routes::{Page, UrlPath};
use crate::model::document::Detail;
use crate::model::id::{ServiceId, TeamId};
use crate::render::view::Index;
use crate::text::date::Day;
use crate::text::hash::Fingerprint;
use crate::theme::Theme;

/// What a device keeps unless its reader asks for more, in bytes over the wire.
const BUDGET: usize = 8_000_000;

/// HTML is about a quarter of its size over the wire.
const SHRINKS_TO: usize = 4;

/// Files of the search are dense already.
const SEARCH_SHRINKS_TO: usize = 2;

/// A file of the finished site.
#[derive(Clone, Copy, Debug)]
pub struct Made<'a> {
    /// Its path.
    pub path: &'a str,
    /// The hash of its bytes, at least eight digits.
    pub hash: &'a str,
    /// Its size in bytes.
    pub size: usize,
}

/// Returns `offline.json` and `sw.js` of a site of these files.
pub fn keep(
    site: &Site,
    theme: &Theme,
    built: Day,
    files: &[Made<'_>],
) -> Result<Vec<(String, Vec<u8>)>, String> {
    #[derive(serde::Serialize)]
    struct Kept<'a> {
        build: &'a str,
        built: String,
        budget: usize,
        /// Files at the front that are kept in any case.
        core: usize,
        teams: Vec<&'a str>,
        /// Address, hash, bytes over the wire, and the teams whose readers want it.
        files: Vec<(&'a str, &'a str, usize, &'a [u32])>,
    }
    let mut print = Fingerprint::default();
    for file in files {
        print.part(file.path.as_bytes()).part(file.hash.as_bytes());
    }
    print.part(built.to_string().as_bytes());
    let build = print.hex(12);
    let wanted = wanted(site);
    let mut kept: Vec<(u8, &Made<'_>, &str)> = files
        .iter()
        .filter_map(|file| {
            let address = file.path.strip_suffix("index.html").unwrap_or(file.path);
            Some((rank(site, file.path, address)?, file, address))
        })
        .collect();
    kept.sort_by_key(|(rank, file, _)| (*rank, file.path));
    let core = kept.iter().filter(|(rank, ..)| *rank == 0).count();
    let list = Kept {
        build: &build,
        built: built.to_string(),
        budget: BUDGET,
        core,
        teams: site.catalog.teams.keys().map(TeamId::as_str).collect(),
        files: kept
            .iter()
            .map(|(_, file, address)| {
                let teams = wanted.get(*address).map_or(&[][..], Vec::as_slice);
                let hash = file.hash.get(..8).unwrap_or(file.hash);
                let by =
                    if file.path.starts_with("search/") { SEARCH_SHRINKS_TO } else { SHRINKS_TO };
                (*address, hash, file.size / by, teams)
            })
            .collect(),
    };
    let worker = theme.scripts.get("sw.js").map_or("", String::as_str);
    let worker = worker.replace("__BUILD__", &build).replace("__BUILT__", &built.to_string());
    Ok(vec![
        ("offline.json".to_owned(), format!("{}\n", json::compact(&list)?).into_bytes()),
        ("sw.js".to_owned(), worker.into_bytes()),
    ])
}

/// How soon a file is kept; `None` for what is not worth its room.
fn rank(site: &Site, path: &str, address: &str) -> Option<u8> {
    if path.starts_with("assets/") {
        return Some(0);
    }
    // The search: its root and columns, the words of alerts, pages and common words, other words, texts.
    if let Some(name) = path.strip_suffix(".js").and_then(|p| p.strip_prefix("search/")) {
        return Some(match name.bytes().next().unwrap_or(b'x') {
            b'r' | b'c' => 0,
            b'a' => 1,
            b'd' | b'h' => 2,
            b'x' => 5,
            _ => 3,
        });
    }
    let page = site.routes.pages.get(address)?;
    Some(match page {
        Page::Home
        | Page::Alerts
        | Page::Services
        | Page::Teams
        | Page::Search
        | Page::Offline
        | Page::NotFound => 0,
        Page::Alert(_) => 1,
        Page::Doc(id) => match site.doc(*id).detail {
            Detail::Runbook(_) if address.starts_with("alerts/") => 1,
            Detail::Runbook(_) => 2,
            Detail::Service(_) | Detail::Team(_) => 3,
            _ => 4,
        },
        Page::Service(_) | Page::Team(_) | Page::For(_) => 3,
        Page::Redirect(_) => 5,
        // A book holds what other pages hold too.
        Page::Book(_) => return None,
        _ => 4,
    })
}

/// Which teams' readers want which address: their own things, and those of what they depend on.
fn wanted(site: &Site) -> BTreeMap<&str, Vec<u32>> {
    let index = Index::new(site);
    let mut wanted: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (n, team) in site.catalog.teams.keys().enumerate() {
        let mut services: BTreeSet<&ServiceId> = BTreeSet::new();
        for own in index.services.get(team).into_iter().flatten() {
            services.insert(*own);
            let needs =
                site.catalog.services.get(*own).map_or(&[][..], |s| s.depends_on.as_slice());
            services.extend(needs.iter().filter_map(|d| d.service.as_ref()));
        }
        let mut addresses: BTreeSet<&str> = BTreeSet::new();
        addresses.extend(site.routes.team(team).map(UrlPath::as_str));
        addresses.extend(site.routes.for_team(team).map(UrlPath::as_str));
        addresses.extend(
            index.documents.get(team).into_iter().flatten().map(|id| site.routes.doc(*id).as_str()),
        );
        for service in services {
            addresses.extend(site.routes.service(service).map(UrlPath::as_str));
            let runbooks = index.runbooks.get(service).into_iter().flatten();
            addresses.extend(runbooks.map(|id| site.routes.doc(*id).as_str()));
            let alerts = index.alerts.get(service).into_iter().flatten();
            addresses.extend(alerts.filter_map(|name| Some(site.routes.alert(name)?.as_str())));
        }
        for address in addresses {
            wanted.entry(address).or_default().push(n as u32);
        }
    }
    wanted
}

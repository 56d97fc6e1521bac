//! Addresses that every site has, whatever its input: pages, and files that no alias may take.

use crate::link::routes::Page;

/// Reports with a page below `/reports/`, whose numbers `report` makes.
pub const REPORTS: [&str; 14] = [
    "coverage",
    "services",
    "freshness",
    "next",
    "wanted",
    "orphans",
    "authors",
    "runbooks",
    "incidents",
    "detection",
    "durations",
    "factors",
    "recurrence",
    "lessons",
];

/// Files and folders of the site itself.
const FILES: [&str; 17] = [
    "assets/",
    "images/",
    "badges/",
    "index.html",
    "build.json",
    "sitemap.xml",
    "robots.txt",
    "api/",
    "actions.json",
    "actions.csv",
    "actions.ics",
    "feed.xml",
    "llms.txt",
    "sw.js",
    "offline.json",
    "search/root.js",
    "index.md",
];

/// Files and folders of every site, so that no alias can take their place.
pub(crate) fn files() -> impl Iterator<Item = String> {
    let report = |name: &str| [format!("reports/{name}.csv"), format!("reports/{name}.json")];
    let reports = REPORTS.iter().copied().chain(["problems"]).flat_map(report);
    FILES.iter().map(|file| (*file).to_owned()).chain(reports)
}

/// Pages of every site.
pub(crate) fn pages() -> impl Iterator<Item = (String, Page)> {
    let fixed = [
        ("", Page::Home),
        ("alerts/", Page::Alerts),
        ("runbooks/", Page::Runbooks),
        ("services/", Page::Services),
        ("teams/", Page::Teams),
        ("for/", Page::ForAll),
        ("incidents/", Page::Incidents),
        ("lessons/", Page::Lessons),
        ("factors/", Page::Factors),
        ("tags/", Page::Tags),
        ("pages/", Page::Pages),
        ("actions/", Page::Actions),
        ("reports/", Page::Reports),
        ("reports/problems/", Page::Problems),
        ("search/", Page::Search),
        ("about/", Page::About),
        ("about/wiring/", Page::Wiring),
        ("offline/", Page::Offline),
        ("404.html", Page::NotFound),
    ];
    let fixed = fixed.into_iter().map(|(address, page)| (address.to_owned(), page));
    let report = |name: &&'static str| (format!("reports/{name}/"), Page::Report(name));
    fixed.chain(REPORTS.iter().map(report))
}

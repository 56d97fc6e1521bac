//! Incidents, lessons and reviews → the feeds of the site: all of it, a kind, a team, a service, a factor.

use std::collections::BTreeMap;

use crate::link::routes::{FEED, UrlPath};
use crate::model::id::TeamId;
use crate::render::feed::{Entry, Feed};
use crate::report::facts::{Facts, Incident};

/// Most entries of a feed.
const MAX_ENTRIES: usize = 30;

/// Returns every feed that has an entry, and the feed of the site in any case.
pub(crate) fn feeds(facts: &Facts<'_>) -> Vec<Feed> {
    let site = facts.site;
    let title = &site.config.title;
    let incidents: Vec<Entry> = facts.incidents.iter().filter_map(|i| incident(facts, i)).collect();
    let lessons = lessons(facts);
    let mut all: Vec<Entry> = incidents.iter().chain(&lessons).cloned().collect();
    all.sort_by(|a, b| b.updated.cmp(&a.updated).then_with(|| a.key.cmp(&b.key)));
    let mut out = vec![Feed {
        subtitle: "Incidents and lessons of all teams.".to_owned(),
        ..feed(title, &UrlPath::default(), all)
    }];
    let kinds = [("incidents/", "Incidents", incidents), ("lessons/", "Lessons", lessons)];
    let reviews = ("runbooks/", "Reviewed runbooks", reviews(facts));
    for (path, name, entries) in kinds.into_iter().chain([reviews]) {
        if let Some(page) = site.routes.find(path) {
            out.push(feed(&format!("{name} of {title}"), page, entries));
        }
    }
    let of = |places: &[usize]| {
        let places = places.iter().map(|n| &facts.incidents[*n]);
        places.filter_map(|i| incident(facts, i)).take(MAX_ENTRIES).collect::<Vec<_>>()
    };
    for (service, places) in &facts.of_service {
        if let Some(page) = site.routes.service(service) {
            out.push(feed(&format!("Incidents of {service}"), page, of(places)));
        }
    }
    let mut by_team: BTreeMap<TeamId, Vec<usize>> = BTreeMap::new();
    for (n, incident) in facts.incidents.iter().enumerate() {
        for team in site.teams_of_incident(incident.postmortem) {
            by_team.entry(team).or_default().push(n);
        }
    }
    for (team, places) in &by_team {
        if let Some(page) = site.routes.team(team) {
            let name = site.catalog.teams.get(team).map_or(team.as_str(), |t| t.name.as_str());
            out.push(feed(&format!("Incidents of {name}"), page, of(places)));
        }
    }
    let place: BTreeMap<_, usize> =
        facts.incidents.iter().enumerate().map(|(n, i)| (i.id, n)).collect();
    for (id, factor) in &site.catalog.factors {
        let mut places: Vec<usize> =
            factor.postmortems.iter().filter_map(|(doc, _)| place.get(doc).copied()).collect();
        places.sort_unstable();
        if let Some(page) = site.routes.factor(id) {
            out.push(feed(&format!("Incidents with {id}"), page, of(&places)));
        }
    }
    out.retain(|feed| !feed.entries.is_empty() || feed.page == UrlPath::default());
    out
}

fn feed(title: &str, page: &UrlPath, mut entries: Vec<Entry>) -> Feed {
    entries.truncate(MAX_ENTRIES);
    Feed {
        title: title.to_owned(),
        subtitle: String::new(),
        file: format!("{}{FEED}", page.as_str()),
        page: page.clone(),
        entries,
    }
}

fn names<'a>(facts: &Facts<'_>, teams: impl IntoIterator<Item = &'a TeamId>) -> Vec<String> {
    let known = &facts.site.catalog.teams;
    let name = |id: &TeamId| known.get(id).map_or_else(|| id.to_string(), |team| team.name.clone());
    teams.into_iter().map(name).collect()
}

/// An incident of which a day is known.
fn incident(facts: &Facts<'_>, incident: &Incident<'_>) -> Option<Entry> {
    let postmortem = incident.postmortem;
    let page = facts.site.routes.doc(incident.id);
    let told = postmortem.impact.as_ref().or(incident.doc.description.as_ref());
    Some(Entry {
        key: format!("incident:{}", page.as_str()),
        title: incident.doc.title.value.clone(),
        page: page.clone(),
        // A report that is published later is news on that day.
        updated: postmortem.published.as_ref().map(|f| f.value).max(incident.day)?,
        authors: names(facts, &facts.site.teams_of_incident(postmortem)),
        summary: told.cloned().unwrap_or_default(),
        categories: postmortem.services.iter().map(|s| s.value.to_string()).collect(),
    })
}

/// Lessons of which a day is known, newest first.
fn lessons(facts: &Facts<'_>) -> Vec<Entry> {
    let site = facts.site;
    let mut entries: Vec<Entry> = Vec::new();
    for (id, learned) in site.concern.lessons() {
        let (Some(lesson), Some(page), Some(day)) =
            (site.catalog.lessons.get(id), site.routes.lesson(id), learned.day)
        else {
            continue;
        };
        let incident = learned.latest.map(|id| &site.doc(id).title.value);
        entries.push(Entry {
            key: format!("lesson:{id}"),
            title: lesson.text.clone(),
            page: page.clone(),
            updated: day,
            authors: names(facts, &learned.teams),
            summary: incident.map(|title| format!("Learned in “{title}”.")).unwrap_or_default(),
            categories: learned.origins.iter().map(ToString::to_string).collect(),
        });
    }
    entries.sort_by(|a, b| b.updated.cmp(&a.updated).then_with(|| a.key.cmp(&b.key)));
    entries
}

/// Runbooks that were reviewed, the latest first.
fn reviews(facts: &Facts<'_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (id, doc, runbook) in facts.all_runbooks() {
        // A day to come is a slip of the pen.
        let day = doc.reviewed.as_ref().map(|f| f.value).filter(|day| *day <= facts.today);
        let Some(day) = day else { continue };
        let page = facts.site.routes.doc(id);
        entries.push(Entry {
            key: format!("review:{}:{day}", page.as_str()),
            title: doc.title.value.clone(),
            page: page.clone(),
            updated: day,
            authors: names(facts, doc.owner.as_ref().map(|owner| &owner.value)),
            summary: doc.description.clone().unwrap_or_else(|| format!("Reviewed on {day}.")),
            categories: runbook.services.iter().map(|s| s.value.to_string()).collect(),
        });
    }
    entries.sort_by(|a, b| b.updated.cmp(&a.updated).then_with(|| a.key.cmp(&b.key)));
    entries
}

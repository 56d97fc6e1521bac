//! Who owns what nobody claims: CODEOWNERS, the service beside it, the source's team.

use std::collections::BTreeMap;

use crate::diag::Place;
use crate::model::codeowners::CodeOwners;
use crate::model::collect::Catalog;
use crate::model::document::Detail;
use crate::model::field::{Field, Origin};
use crate::model::id::{ServiceId, TeamId};
use crate::model::team::Team;
use crate::text::source::{SourceKind, Sources};

/// CODEOWNERS files by the folder they speak for.
#[derive(Default)]
pub(crate) struct Owners {
    /// Rules by folder, without trailing slash.
    pub(crate) by_folder: BTreeMap<String, CodeOwners>,
}

impl Owners {
    /// Returns the team that owns a path: the nearest CODEOWNERS upward speaks.
    fn team(&self, path: &str, teams: &BTreeMap<TeamId, Team>) -> Option<TeamId> {
        let mut folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        loop {
            if let Some(owners) = self.by_folder.get(folder) {
                let inside = path.strip_prefix(folder).unwrap_or(path).trim_start_matches('/');
                return owners.owners(inside).iter().find_map(|owner| {
                    let handle = owner.strip_prefix('@')?;
                    let id = TeamId::new(handle);
                    (handle.contains('/') || teams.contains_key(&id)).then_some(id)
                });
            }
            match folder.rsplit_once('/') {
                Some((up, _)) => folder = up,
                None if folder.is_empty() => return None,
                None => folder = "",
            }
        }
    }
}

/// Finds owners: stated, else the service's, else CODEOWNERS, else the source's team.
pub(crate) fn own(sources: &Sources, owners: &Owners, catalog: &mut Catalog) {
    let fallback = |place: Place, teams: &BTreeMap<TeamId, Team>| {
        let source = sources.get(place.source);
        let by_code =
            owners.team(&source.path, teams).map(|team| Field::derived(team, Origin::CodeOwners));
        let team = || sources.repository(source.repository).team.as_deref().map(TeamId::new);
        by_code.or_else(|| team().map(|team| Field::derived(team, Origin::SourceTeam)))
    };
    let mut derived: BTreeMap<ServiceId, Field<TeamId>> = BTreeMap::new();
    for source in sources.files.iter().filter(|s| s.kind == SourceKind::Yaml) {
        if let Some(owner) = fallback(Place::file(source.id), &catalog.teams) {
            catalog.owners.insert(source.id.0, owner.value);
        }
    }
    for service in catalog.services.values().filter(|s| s.owner.is_none() && s.declared) {
        if let Some(owner) = fallback(service.place, &catalog.teams) {
            derived.insert(service.id.clone(), owner);
        }
    }
    for (id, owner) in derived {
        if let Some(service) = catalog.services.get_mut(&id) {
            service.owner = Some(owner);
        }
    }
    let mut owned = Vec::new();
    for (n, doc) in catalog.documents.iter().enumerate().filter(|(_, d)| d.owner.is_none()) {
        let services: &[Field<ServiceId>] = match &doc.detail {
            Detail::Runbook(runbook) => &runbook.services,
            _ => &[],
        };
        let by_service = services.iter().find_map(|s| {
            let owner = catalog.services.get(&s.value)?.owner.as_ref()?;
            Some(Field::derived(owner.value.clone(), Origin::Service(s.value.to_string())))
        });
        let own = match &doc.detail {
            Detail::Service(id) => catalog.services.get(id).and_then(|s| s.owner.clone()),
            _ => None,
        };
        if let Some(owner) =
            own.or(by_service).or_else(|| fallback(Place::file(doc.source), &catalog.teams))
        {
            owned.push((n, owner));
        }
    }
    for (n, owner) in owned {
        catalog.documents[n].owner = Some(owner);
    }
    let named = catalog.services.values().filter_map(|s| Some((s.owner.as_ref()?, s.place)));
    let named = named.chain(
        catalog.documents.iter().filter_map(|d| Some((d.owner.as_ref()?, Place::file(d.source)))),
    );
    let new: Vec<Team> = named
        .filter(|(owner, _)| {
            !catalog.teams.contains_key(&owner.value) && !owner.value.as_str().is_empty()
        })
        // Where teams are declared, a name that nothing declares is a finding and not a team.
        .filter(|(owner, _)| {
            !catalog.declares_teams
                || matches!(owner.origin, Origin::CodeOwners | Origin::SourceTeam)
        })
        .map(|(owner, place)| Team::new(owner.value.clone(), owner.place.unwrap_or(place), false))
        .collect();
    for team in new {
        catalog.teams.entry(team.id.clone()).or_insert(team);
    }
}

//! Declared dependencies → both directions, with the transitive blast radius of each service.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::model::collect::Catalog;
use crate::model::id::ServiceId;

/// Who needs whom.
#[derive(Debug, Default)]
pub struct Dependencies {
    /// Services that declare a dependency on this one, and whether it is a hard one.
    dependents: BTreeMap<ServiceId, Vec<(ServiceId, bool)>>,
}

impl Dependencies {
    /// Turns the declared dependencies around.
    pub fn new(catalog: &Catalog) -> Self {
        let mut dependents: BTreeMap<ServiceId, Vec<(ServiceId, bool)>> = BTreeMap::new();
        for service in catalog.services.values() {
            for dependency in &service.depends_on {
                let Some(needed) =
                    dependency.service.as_ref().filter(|id| catalog.services.contains_key(*id))
                else {
                    continue;
                };
                let list = dependents.entry(needed.clone()).or_default();
                if *needed != service.id && !list.iter().any(|(id, _)| *id == service.id) {
                    list.push((service.id.clone(), dependency.hard));
                }
            }
        }
        Self { dependents }
    }

    /// Returns the services that depend on this one directly, and whether each does so hard.
    pub fn dependents(&self, id: &ServiceId) -> &[(ServiceId, bool)] {
        self.dependents.get(id).map_or(&[], Vec::as_slice)
    }

    /// Returns every service that feels it when this one is down, with its distance, nearest first.
    ///
    /// Cycles end where they began: a service is not in its own blast radius.
    pub fn blast_radius(&self, id: &ServiceId) -> Vec<(ServiceId, u32)> {
        let mut seen = BTreeSet::from([id]);
        let mut queue = VecDeque::from([(id, 0_u32)]);
        let mut out = Vec::new();
        while let Some((at, distance)) = queue.pop_front() {
            for (dependent, _) in self.dependents(at) {
                if seen.insert(dependent) {
                    out.push((dependent.clone(), distance + 1));
                    queue.push_back((dependent, distance + 1));
                }
            }
        }
        out
    }
}

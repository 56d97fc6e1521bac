//! Declared dependencies → both directions, with the transitive blast radius of each service.

use std::collections::{BTreeMap, VecDeque};

use crate::model::collect::Catalog;
use crate::model::id::ServiceId;

/// How one service comes to feel another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::link) struct Way {
    /// The service that feels it.
    pub(in crate::link) from: u32,
    /// The dependency of that service which leads there; the goal itself where it is one.
    pub(in crate::link) through: u32,
    /// 1 where it is declared, one more for each service between.
    pub(in crate::link) steps: u32,
}

/// Who needs whom.
#[derive(Debug, Default)]
pub struct Dependencies {
    ids: Vec<ServiceId>,
    by_id: BTreeMap<ServiceId, u32>,
    /// Services that declare a dependency on each, and whether it is a hard one.
    dependents: Vec<Vec<(u32, bool)>>,
}

impl Dependencies {
    /// Turns the declared dependencies around.
    pub fn new(catalog: &Catalog) -> Self {
        let ids: Vec<ServiceId> = catalog.services.keys().cloned().collect();
        let by_id: BTreeMap<ServiceId, u32> =
            ids.iter().enumerate().map(|(n, id)| (id.clone(), n as u32)).collect();
        let mut dependents: Vec<Vec<(u32, bool)>> = vec![Vec::new(); ids.len()];
        for (n, service) in catalog.services.values().enumerate() {
            let n = n as u32;
            for dependency in &service.depends_on {
                let needed = dependency.service.as_ref().and_then(|id| by_id.get(id)).copied();
                let Some(needed) = needed.filter(|needed| *needed != n) else { continue };
                let list = &mut dependents[needed as usize];
                // Services come in order, so a repetition can only be the last entry.
                if list.last().is_none_or(|(last, _)| *last != n) {
                    list.push((n, dependency.hard));
                }
            }
        }
        Self { ids, by_id, dependents }
    }

    /// Returns the services in order; their places are what [`Way`] holds.
    pub(in crate::link) fn ids(&self) -> &[ServiceId] {
        &self.ids
    }

    /// Returns the place of a service.
    pub(in crate::link) fn place(&self, id: &ServiceId) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    /// Returns who feels it over at most `steps` steps when the service at this place is down, nearest first.
    ///
    /// Nobody further is looked for where more than `most` are nearer.
    pub(in crate::link) fn ways_to(&self, goal: u32, steps: u32, most: usize) -> Vec<Way> {
        let mut seen = vec![false; self.ids.len()];
        seen[goal as usize] = true;
        let mut ways = vec![Way { from: goal, through: goal, steps: 0 }];
        let mut at = 0;
        while let Some(Way { from: near, steps: so_far, .. }) = ways.get(at).copied() {
            let last = ways.last().map_or(0, |way| way.steps);
            if so_far == steps || (so_far == last && ways.len() > most + 1) {
                break;
            }
            at += 1;
            for (dependent, _) in &self.dependents[near as usize] {
                if !std::mem::replace(&mut seen[*dependent as usize], true) {
                    ways.push(Way { from: *dependent, through: near, steps: so_far + 1 });
                }
            }
        }
        ways.remove(0);
        ways
    }

    /// Returns the services that depend on this one directly, and whether each does so hard.
    pub fn dependents(&self, id: &ServiceId) -> impl Iterator<Item = (&ServiceId, bool)> {
        let list = self.by_id.get(id).map_or(&[][..], |n| self.dependents[*n as usize].as_slice());
        list.iter().map(|(n, hard)| (&self.ids[*n as usize], *hard))
    }

    /// Returns every service that feels it when this one is down, with its distance, nearest first.
    ///
    /// Cycles end where they began: a service is not in its own blast radius.
    pub fn blast_radius(&self, id: &ServiceId) -> Vec<(&ServiceId, u32)> {
        let Some(start) = self.by_id.get(id) else { return Vec::new() };
        let mut seen = vec![false; self.ids.len()];
        seen[*start as usize] = true;
        let mut queue = VecDeque::from([(*start, 0_u32)]);
        let mut out = Vec::new();
        while let Some((at, distance)) = queue.pop_front() {
            for (dependent, _) in &self.dependents[at as usize] {
                if !std::mem::replace(&mut seen[*dependent as usize], true) {
                    out.push((&self.ids[*dependent as usize], distance + 1));
                    queue.push_back((*dependent, distance + 1));
                }
            }
        }
        out
    }
}

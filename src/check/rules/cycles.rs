//! Services that need each other in a circle: none of them can start, or be mended, before the others.

use std::collections::{BTreeMap, VecDeque};

use crate::diag::{Code, Finding};
use crate::link::Site;
use crate::model::id::ServiceId;
use crate::model::service::Service;
use crate::text::date::Day;

pub(crate) fn check(site: &Site, _today: Day, findings: &mut Vec<Finding>) {
    let services = &site.catalog.services;
    let mut state: BTreeMap<&ServiceId, State> = BTreeMap::new();
    let mut needs = Needs::new(services);
    for start in services.keys() {
        // The way so far, each service with the next of its dependencies to follow.
        let mut way: Vec<(&ServiceId, usize)> = vec![(start, 0)];
        if state.contains_key(start) {
            continue;
        }
        state.insert(start, State::OnTheWay);
        while let Some((at, next)) = way.last_mut() {
            let dependency = services.get(*at).and_then(|s| s.depends_on.get(*next));
            *next += 1;
            let Some(dependency) = dependency else {
                state.insert(at, State::Done);
                way.pop();
                continue;
            };
            let known = dependency.service.as_ref().and_then(|id| services.get_key_value(id));
            let Some((needed, _)) = known else { continue };
            match state.get(needed) {
                None => {
                    state.insert(needed, State::OnTheWay);
                    way.push((needed, 0));
                }
                Some(State::OnTheWay) => {
                    findings.extend(told(services, &needs.shortest(needed, at)));
                }
                Some(State::Done) => {}
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    OnTheWay,
    Done,
}

/// Which services need which, by number: every circle is looked for in all of it.
struct Needs<'a> {
    ids: Vec<&'a ServiceId>,
    of: Vec<Vec<usize>>,
    /// Of each service, in which search it was met, and from where.
    met: Vec<(usize, usize)>,
    searches: usize,
}

impl<'a> Needs<'a> {
    fn new(services: &'a BTreeMap<ServiceId, Service>) -> Self {
        let ids: Vec<&ServiceId> = services.keys().collect();
        let number = |id: &ServiceId| ids.binary_search(&id).ok();
        let needs = services.values().map(|service| {
            let needed = service.depends_on.iter().filter_map(|d| number(d.service.as_ref()?));
            needed.collect()
        });
        Self { of: needs.collect(), met: vec![(0, 0); ids.len()], searches: 0, ids }
    }

    /// The shortest way from one service to another that it leads to, both included: a circle of hundreds is read by
    /// nobody.
    fn shortest(&mut self, from: &ServiceId, to: &ServiceId) -> Vec<&'a ServiceId> {
        let number = |id: &ServiceId| self.ids.binary_search(&id).ok();
        let (Some(from), Some(to)) = (number(from), number(to)) else { return Vec::new() };
        self.searches += 1;
        self.met[from] = (self.searches, from);
        let mut open = VecDeque::from([from]);
        while let Some(at) = open.pop_front().filter(|at| *at != to) {
            for needed in &self.of[at] {
                if self.met[*needed].0 != self.searches {
                    self.met[*needed] = (self.searches, at);
                    open.push_back(*needed);
                }
            }
        }
        if self.met[to].0 != self.searches {
            return Vec::new();
        }
        let before = |at: &usize| (*at != from).then(|| self.met[*at].1);
        let mut way: Vec<usize> = std::iter::successors(Some(to), before).collect();
        way.reverse();
        way.into_iter().map(|n| self.ids[n]).collect()
    }
}

/// Tells of a circle at the entry that closes it; a service that names itself is no circle.
fn told(services: &BTreeMap<ServiceId, Service>, circle: &[&ServiceId]) -> Option<Finding> {
    let (first, last) = (circle.first()?, circle.last()?);
    let closes =
        services.get(*last)?.depends_on.iter().find(|d| d.service.as_ref() == Some(*first))?;
    let names: Vec<String> = circle.iter().chain([first]).map(|id| format!("`{id}`")).collect();
    (circle.len() > 1).then(|| {
        let message = format!("services need each other in a circle: {}", names.join(" → "));
        Finding::new(Code::DependencyCycle, closes.place, message)
            .hint("say which of them can do without the other: `hard: false`")
    })
}

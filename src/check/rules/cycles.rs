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
                    findings.extend(told(services, &shortest(services, needed, at)));
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

/// The shortest way from one service to another that needs it, both included: a circle of hundreds is read by nobody.
fn shortest<'a>(
    services: &'a BTreeMap<ServiceId, Service>,
    from: &'a ServiceId,
    to: &'a ServiceId,
) -> Vec<&'a ServiceId> {
    let mut before: BTreeMap<&ServiceId, &ServiceId> = BTreeMap::new();
    let mut open = VecDeque::from([from]);
    while let Some(at) = open.pop_front().filter(|at| *at != to) {
        let needed = services.get(at).into_iter().flat_map(|service| &service.depends_on);
        for id in needed.filter_map(|dependency| dependency.service.as_ref()) {
            if id != from && services.contains_key(id) && !before.contains_key(id) {
                before.insert(id, at);
                open.push_back(id);
            }
        }
    }
    let mut way: Vec<&ServiceId> =
        std::iter::successors(Some(to), |at| before.get(*at).copied()).collect();
    way.reverse();
    way
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

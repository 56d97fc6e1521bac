//! What contributed to incidents: slugs that mean the same, and what came back though it had been noticed.

use crate::diag::{Code, Finding, Place};
use crate::link::Site;
use crate::link::recurrence::{Over, Recurrence};
use crate::model::document::Detail;
use crate::model::factors;
use crate::model::id::FactorId;
use crate::text::date::Day;
use crate::text::nearest::is_spelling_of;

pub(crate) fn check(site: &Site, _today: Day, findings: &mut Vec<Finding>) {
    let catalog = &site.catalog;
    let vocabulary = factors::vocabulary(&site.config);
    let used = |id: &FactorId| catalog.factors.get(id).map_or(0, |f| f.postmortems.len());
    // Only what is used once can be a slip: what is used again is a word of its own.
    let rare = catalog.factors.iter().filter(|(_, f)| f.postmortems.len() == 1);
    for (id, factor) in rare.filter(|(id, _)| !vocabulary.contains_key(id.as_str())) {
        let known = catalog.factors.keys().filter(|other| used(other) > 0).map(FactorId::as_str);
        let near = known
            .chain(vocabulary.keys().copied())
            .filter(|other| *other != id.as_str() && is_spelling_of(id.as_str(), other))
            // Of two that are used once each, one is told: the later in order.
            .filter(|other| used(&FactorId::new(other)) != 1 || *other < id.as_str())
            .max_by_key(|other| (used(&FactorId::new(other)), std::cmp::Reverse(*other)));
        let (Some(near), Some((doc, _))) = (near, factor.postmortems.first()) else { continue };
        let doc = site.doc(*doc);
        let Detail::Postmortem(postmortem) = &doc.detail else { continue };
        let field = postmortem.factors.iter().find(|(f, _)| f.value == *id);
        let place = field.and_then(|(f, _)| f.place).unwrap_or(Place::file(doc.source));
        let times = match used(&FactorId::new(near)) {
            0 => "is in the vocabulary".to_owned(),
            1 => "contributed to another incident".to_owned(),
            n => format!("contributed to {n} incidents"),
        };
        let message = format!("the factor `{id}` is used once, and `{near}` {times}");
        findings.push(Finding::new(Code::NearDuplicateFactor, place, message).nearest(Some(near)));
    }
    for (id, found) in site.recurrences.all() {
        let doc = site.doc(id);
        let Detail::Postmortem(postmortem) = &doc.detail else { continue };
        let mut told: Vec<&FactorId> = Vec::new();
        for Recurrence { factor, before, over, .. } in found {
            // Over a dependency it may be chance: pages tell of it, and nobody is called to account.
            if !matches!(over, Over::Service(_)) || told.contains(&factor) {
                continue;
            }
            let earlier = site.doc(*before);
            let Detail::Postmortem(past) = &earlier.detail else { continue };
            let open = past.actions.iter().filter(|a| a.state.is_open()).count();
            if open == 0 {
                continue;
            }
            told.push(factor);
            let field = postmortem.factors.iter().find(|(f, _)| f.value == *factor);
            let place = field.and_then(|(f, _)| f.place).unwrap_or(Place::file(doc.source));
            let actions = if open == 1 { "an action" } else { "actions" };
            let message = format!(
                "`{factor}` was in {} before ({}), of which {actions} is still open",
                earlier.id.value,
                over.words()
            );
            let message =
                if open == 1 { message } else { message.replace(" is still", " are still") };
            findings.push(
                Finding::new(Code::RecurrenceWithOpenAction, place, message)
                    .hint("finish what the earlier incident asked for, or say why not"),
            );
        }
    }
    for doc in &catalog.documents {
        let Detail::Postmortem(postmortem) = &doc.detail else { continue };
        let open = postmortem.noticed_by_customer() && postmortem.detects() == Some(false);
        if open && postmortem.status() != "draft" {
            let said = postmortem.detection.as_ref().and_then(|method| method.place);
            let place = said.unwrap_or(Place::file(doc.source));
            findings.push(
                Finding::new(
                    Code::NoticedByCustomer,
                    place,
                    "a customer noticed this first, and no action is to detect it",
                )
                .hint("add an action of `type: detect`, or say in the text why none would help"),
            );
        }
    }
}

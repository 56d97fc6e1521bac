//! Times of incidents: they run forward, and stated durations agree with them.

use crate::diag::{Code, Finding, Place};
use crate::link::Site;
use crate::model::document::Detail;
use crate::model::field::{Field, Origin};
use crate::model::postmortem::Postmortem;
use crate::text::date::{Day, Stamp, duration_words};

pub(crate) fn check(site: &Site, _today: Day, findings: &mut Vec<Finding>) {
    for doc in &site.catalog.documents {
        let Detail::Postmortem(postmortem) = &doc.detail else { continue };
        let file = Place::file(doc.source);
        order(postmortem, file, findings);
        timeline(postmortem, findings);
        durations(postmortem, findings);
    }
}

fn stated(field: Option<&Field<Stamp>>) -> Option<&Field<Stamp>> {
    field.filter(|f| matches!(f.origin, Origin::Stated(_)))
}

fn order(postmortem: &Postmortem, file: Place, findings: &mut Vec<Finding>) {
    let Some(start) = stated(postmortem.started_at.as_ref()) else { return };
    let later = [
        ("ends", stated(postmortem.resolved_at.as_ref())),
        ("is mitigated", stated(postmortem.mitigated_at.as_ref())),
        ("is acknowledged", stated(postmortem.acknowledged_at.as_ref())),
        ("is detected", stated(postmortem.detected_at.as_ref())),
    ];
    for (word, field) in later {
        let Some(field) = field else { continue };
        // A day alone is its midnight: only a whole earlier day is before the start.
        let before = if field.value.timed {
            field.value.seconds < start.value.seconds
        } else {
            field.value.day() < start.value.day()
        };
        if before {
            let by = duration_words(start.value.seconds - field.value.seconds);
            findings.push(
                Finding::new(
                    Code::EndBeforeStart,
                    field.place.unwrap_or(file),
                    format!("the incident {word} {by} before it starts"),
                )
                .hint("compare day, month and zone of both times")
                .also(start.place.unwrap_or(file), "it starts here"),
            );
            return;
        }
    }
}

fn timeline(postmortem: &Postmortem, findings: &mut Vec<Finding>) {
    let mut latest: Option<Stamp> = None;
    for entry in &postmortem.timeline {
        let Some(at) = entry.at else { continue };
        if let Some(before) = latest.filter(|before| at.seconds < before.seconds) {
            findings.push(
                Finding::new(
                    Code::TimelineOutOfOrder,
                    entry.place,
                    format!("`{}` comes after {}", entry.written, before.words()),
                )
                .hint("check the day, or move the entry to its place"),
            );
            return;
        }
        latest = Some(at);
    }
}

fn durations(postmortem: &Postmortem, findings: &mut Vec<Finding>) {
    for claim in &postmortem.stated {
        let ends = [
            &postmortem.started_at,
            &postmortem.detected_at,
            &postmortem.mitigated_at,
            &postmortem.resolved_at,
        ];
        // First and last entry of a timeline are a guess at start and end; only stated times can contradict.
        if ends.into_iter().flatten().any(|f| !matches!(f.origin, Origin::Stated(_))) {
            continue;
        }
        let Some(derived) = postmortem.duration(claim.measure) else { continue };
        if (derived - claim.seconds).abs() > 60 {
            findings.push(
                Finding::new(
                    Code::DurationMismatch,
                    claim.place,
                    format!(
                        "`{}` is stated, the times give {}",
                        claim.written,
                        duration_words(derived)
                    ),
                )
                .hint("leave the duration out: it is computed from the times"),
            );
        }
    }
}

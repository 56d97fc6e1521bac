//! Front matter and sections of a postmortem → [`Postmortem`], with the durations derived from its times.

use crate::diag::{Code, Finding, Place};
use crate::model::action::{self, Action};
use crate::model::field::{Field, Origin, values};
use crate::model::front::{Front, stamp_of};
use crate::model::id::{FactorId, ServiceId, TeamId};
use crate::model::keys::{DETECTION, EVENT, FACTOR, IMPACT, STATED, TRIGGER, USED};
use crate::model::lesson;
use crate::model::runbook::service_field;
use crate::model::sections::{PostmortemPart, postmortem_part};
use crate::model::timeline::{self, TimelineEntry};
use crate::parse::Document;
use crate::parse::tree::Kind;
use crate::text::date::{Day, Stamp, Zone, parse_duration};
use crate::text::keys;
use crate::text::source::Source;
use crate::text::yaml::{Node, Value};

/// What happened in an incident.
#[derive(Clone, Debug, Default)]
pub struct Postmortem {
    /// `draft`, `review` or `final`.
    pub status: Option<Field<String>>,
    /// Severity word as written.
    pub severity: Option<Field<String>>,
    /// Services that were hit.
    pub services: Vec<Field<ServiceId>>,
    /// Teams that were hit; empty: the owners of the services.
    pub teams: Vec<Field<TeamId>>,
    /// Who wrote it.
    pub authors: Vec<Field<String>>,
    /// When it began.
    pub started_at: Option<Field<Stamp>>,
    /// When somebody or something noticed.
    pub detected_at: Option<Field<Stamp>>,
    /// When somebody took it on.
    pub acknowledged_at: Option<Field<Stamp>>,
    /// When users were well again.
    pub mitigated_at: Option<Field<Stamp>>,
    /// When it was over.
    pub resolved_at: Option<Field<Stamp>>,
    /// When the report was published.
    pub published: Option<Field<Day>>,
    /// What set it off: type and reference.
    pub trigger: Option<(String, Option<String>)>,
    /// `alert`, `customer`, `staff`, `synthetic`, `partner` or `unknown`.
    pub detection: Option<Field<String>>,
    /// In the author's words.
    pub detection_note: Option<String>,
    /// Alerts that caught it.
    pub detection_alerts: Vec<Field<String>>,
    /// What users felt, in one sentence.
    pub impact: Option<String>,
    /// Other facts of the impact: label and value.
    pub impact_facts: Vec<(String, String)>,
    /// What happened when.
    pub timeline: Vec<TimelineEntry>,
    /// Contributing factors of the shared vocabulary.
    pub factors: Vec<(Field<FactorId>, Option<String>)>,
    /// What contributed, in sentences of its own.
    pub causes: Vec<String>,
    /// What made it better than it might have been.
    pub mitigators: Vec<Field<String>>,
    /// What was learned.
    pub lessons: Vec<StatedLesson>,
    /// What will be done.
    pub actions: Vec<Action>,
    /// Runbooks used: reference and whether it helped.
    pub runbooks_used: Vec<(Field<String>, Option<String>)>,
    /// References to related things.
    pub related: Vec<Field<String>>,
    /// The incident that this one repeats.
    pub recurrence_of: Option<Field<String>>,
    /// Durations that the file states itself.
    pub stated: Vec<StatedDuration>,
}

/// A lesson as a postmortem states it.
#[derive(Clone, Debug)]
pub struct StatedLesson {
    /// The reference (`lesson:canary-config`) or the sentence.
    pub text: String,
    /// An id given beside the sentence.
    pub id: Option<String>,
    /// Where.
    pub place: Place,
}

/// A duration that a file states itself.
#[derive(Clone, Debug)]
pub struct StatedDuration {
    /// Which.
    pub measure: Measure,
    /// In seconds.
    pub seconds: i64,
    /// As written.
    pub written: String,
    /// Where.
    pub place: Place,
}

/// Durations of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// From start to detection.
    Detect,
    /// From detection to acknowledgement.
    Acknowledge,
    /// From start to mitigation.
    Mitigate,
    /// From start to resolution.
    Resolve,
}

impl Measure {
    /// Every measure, in the order of an incident.
    pub const ALL: [Self; 4] = [Self::Detect, Self::Acknowledge, Self::Mitigate, Self::Resolve];

    /// Returns "Time to detect" and so on.
    pub fn words(self) -> &'static str {
        match self {
            Self::Detect => "Time to detect",
            Self::Acknowledge => "Time to acknowledge",
            Self::Mitigate => "Time to mitigate",
            Self::Resolve => "Time to resolve",
        }
    }
}

impl Postmortem {
    /// Returns what the pages of others are told by.
    pub(in crate::model) fn tells(&self) -> impl PartialEq {
        let lessons = self.lessons.iter().map(|lesson| (lesson.text.clone(), lesson.id.clone()));
        let used = self.runbooks_used.iter().map(|(used, _)| used.value.clone());
        (
            (self.day(), self.trigger.clone(), values(self.recurrence_of.as_slice())),
            (values(&self.services), values(&self.teams), values(&self.detection_alerts)),
            self.factors.iter().map(|(factor, _)| factor.value.clone()).collect::<Vec<_>>(),
            (values(&self.related), lessons.collect::<Vec<_>>(), used.collect::<Vec<_>>()),
        )
    }

    /// Returns whether a customer told of it, and no alert.
    pub fn noticed_by_customer(&self) -> bool {
        self.detection.as_ref().is_some_and(|method| method.value == "customer")
    }

    /// Returns whether an action is to detect the next of its kind; `None` where no action says of which type it is.
    pub fn detects(&self) -> Option<bool> {
        let kinds = || self.actions.iter().filter_map(|action| action.kind.as_deref());
        kinds().next()?;
        Some(kinds().any(|kind| kind == "detect"))
    }

    /// Returns what ended it, in the author's words: a mitigator, else the timeline's entry that mitigated.
    pub fn ended_by(&self) -> Option<&str> {
        let event = |kind: &str| {
            let mut entries = self.timeline.iter();
            entries.find(|e| e.kind.as_deref() == Some(kind)).map(|e| e.text.as_str())
        };
        let stated = self.mitigators.first().map(|m| m.value.as_str());
        stated.or_else(|| event("mitigate")).or_else(|| event("resolve"))
    }

    /// Returns a duration in seconds, derived from the time stamps; `None` where one of them is missing.
    pub fn duration(&self, measure: Measure) -> Option<i64> {
        let at = |field: &Option<Field<Stamp>>| {
            field.as_ref().filter(|f| f.value.timed).map(|f| f.value.seconds)
        };
        let (from, to) = match measure {
            Measure::Detect => (at(&self.started_at)?, at(&self.detected_at)?),
            Measure::Acknowledge => (at(&self.detected_at)?, at(&self.acknowledged_at)?),
            Measure::Mitigate => (at(&self.started_at)?, at(&self.mitigated_at)?),
            Measure::Resolve => (at(&self.started_at)?, at(&self.resolved_at)?),
        };
        (to >= from).then_some(to - from)
    }

    /// Returns the day it happened: its start, or the day its report names.
    pub fn day(&self) -> Option<Day> {
        let stamps = [&self.started_at, &self.detected_at, &self.mitigated_at, &self.resolved_at];
        let first = stamps.iter().find_map(|f| f.as_ref()).and_then(|f| f.value.day());
        first.or_else(|| self.published.as_ref().map(|f| f.value))
    }

    /// Returns the status: as stated, else `final` where there are actions, else `draft`.
    pub fn status(&self) -> &str {
        let stated = self.status.as_ref().map(|f| f.value.as_str());
        stated.unwrap_or(if self.actions.is_empty() { "draft" } else { "final" })
    }
}

/// Reads a postmortem.
pub fn read(front: &mut Front<'_>, source: &Source, document: &Document) -> Postmortem {
    let text = &*source.text;
    let zone = front.text("timezone").and_then(|f| Zone::named(&f.value));
    let mut out = Postmortem {
        status: front.choice("status"),
        severity: front.text("severity"),
        services: front.list("services").into_iter().map(service_field).collect(),
        teams: front
            .list("teams")
            .into_iter()
            .map(|f| Field { value: TeamId::new(&f.value), origin: f.origin, place: f.place })
            .collect(),
        authors: front.list("authors"),
        started_at: front.stamp("started_at", zone.as_ref()),
        detected_at: front.stamp("detected_at", zone.as_ref()),
        acknowledged_at: front.stamp("acknowledged_at", zone.as_ref()),
        mitigated_at: front.stamp("mitigated_at", zone.as_ref()),
        published: front.day("published"),
        ..Postmortem::default()
    };
    // `resolved: true` says that it is over, not when.
    let is_flag =
        front.entry("resolved").is_some_and(|e| matches!(e.value.text(), Some("true" | "false")));
    out.resolved_at = front.stamp("resolved_at", zone.as_ref());
    if out.resolved_at.is_none() && !is_flag {
        out.resolved_at = front.stamp("resolved", zone.as_ref());
    }
    read_maps(front, &mut out, zone.as_ref());
    out.mitigators = front.sentences("mitigators");
    out.lessons = lessons(front);
    out.related = front.list("related");
    out.recurrence_of = front.text("recurrence_of");
    if let Some(entry) = front.entry("action_items") {
        out.actions = action::from_front_matter(entry, front);
    }
    read_sections(source, document, text, zone, &mut out, &mut front.findings);
    out
}

fn read_maps(front: &mut Front<'_>, out: &mut Postmortem, zone: Option<&Zone>) {
    let own = |node: &Node, table, name: &str| keys::text(node, table, name).map(str::to_owned);
    if let Some(entry) = front.entry("trigger") {
        let kind =
            entry.value.text().map(str::to_owned).or_else(|| own(&entry.value, TRIGGER, "type"));
        out.trigger = kind.map(|kind| (kind, own(&entry.value, TRIGGER, "ref")));
    }
    if let Some(entry) = front.entry("detection") {
        let method = entry.value.text().map(|t| (t, &entry.value));
        let method = method.or_else(|| {
            keys::value(&entry.value, DETECTION, "method").and_then(|n| Some((n.text()?, n)))
        });
        out.detection = method.map(|(word, node)| {
            Field::stated(word.to_ascii_lowercase(), &entry.key, front.place(node))
        });
        out.detection_note = own(&entry.value, DETECTION, "note");
        let alerts = keys::value(&entry.value, DETECTION, "alerts");
        let names: Vec<&Node> = alerts.map_or_else(Vec::new, |n| {
            if n.text().is_some() { vec![n] } else { n.items().iter().collect() }
        });
        out.detection_alerts = names
            .into_iter()
            .filter_map(|n| {
                Some(Field::stated(
                    n.text()?.trim_start_matches("alert:").to_owned(),
                    "alerts",
                    front.place(n),
                ))
            })
            .collect();
    }
    if let Some(entry) = front.entry("impact") {
        out.impact =
            entry.value.text().map(str::to_owned).or_else(|| own(&entry.value, IMPACT, "summary"));
        for fact in
            entry.value.entries().iter().filter(|e| e.key != "summary" && !e.value.is_blank())
        {
            let label = fact.key.replace('_', " ");
            out.impact_facts.push((label, crate::model::front::flat(&fact.value)));
            if fact.key == keys::row(IMPACT, "duration").name() {
                let written = fact.value.text().unwrap_or("").to_owned();
                if let Some(seconds) = parse_duration(&written) {
                    out.stated.push(StatedDuration {
                        measure: Measure::Mitigate,
                        seconds,
                        written,
                        place: front.place(&fact.value),
                    });
                }
            }
        }
    }
    if let Some(entry) = front.entry("timeline") {
        front.expect_list(entry);
        for item in entry.value.items() {
            out.timeline.extend(timeline_item(item, front, zone));
        }
    }
    if let Some(entry) = front.entry("contributing_factors") {
        let items: Vec<&Node> = match &entry.value.value {
            Value::Seq(items) => items.iter().collect(),
            _ => vec![&entry.value],
        };
        for item in items {
            let id = item.text().map(|t| (t, item));
            if let Some((id, node)) =
                id.or_else(|| keys::value(item, FACTOR, "id").and_then(|n| Some((n.text()?, n))))
            {
                // The vocabulary is made of slugs; a sentence is this incident's own and stays one.
                if id.contains(' ') && item.text().is_some() {
                    out.causes.push(id.to_owned());
                    continue;
                }
                let factor = FactorId::new(id);
                if !factor.as_str().is_empty() {
                    out.factors.push((
                        Field::stated(factor, &entry.key, front.place(node)),
                        own(item, FACTOR, "note"),
                    ));
                }
            }
        }
    }
    if let Some(entry) = front.entry("runbooks_used") {
        let items: Vec<&Node> = if entry.value.text().is_some() {
            vec![&entry.value]
        } else {
            entry.value.items().iter().collect()
        };
        for item in items {
            let name = item.text().map(|t| (t, item));
            if let Some((name, node)) = name
                .or_else(|| keys::value(item, USED, "runbook").and_then(|n| Some((n.text()?, n))))
            {
                let field = Field::stated(name.to_owned(), &entry.key, front.place(node));
                out.runbooks_used.push((field, own(item, USED, "helped")));
            }
        }
    }
}

fn timeline_item(item: &Node, front: &mut Front<'_>, zone: Option<&Zone>) -> Option<TimelineEntry> {
    let at = keys::value(item, EVENT, "at");
    let text = keys::text(item, EVENT, "event").or_else(|| item.text())?;
    let place = front.place(at.unwrap_or(item));
    let written = at.and_then(Node::text).unwrap_or("");
    let stamp =
        if written.is_empty() { None } else { stamp_of(written, zone, place, &mut front.findings) };
    Some(TimelineEntry {
        at: stamp,
        written: written.to_owned(),
        text: text.to_owned(),
        kind: keys::text(item, EVENT, "kind").map(str::to_owned),
        link: keys::text(item, EVENT, "link").map(str::to_owned),
        place,
    })
}

fn lessons(front: &mut Front<'_>) -> Vec<StatedLesson> {
    let Some(entry) = front.entry("lessons") else { return Vec::new() };
    if entry.value.text().is_none() {
        front.expect_list(entry);
    }
    let items: Vec<&Node> = if entry.value.text().is_some() {
        vec![&entry.value]
    } else {
        entry.value.items().iter().collect()
    };
    let stated = items.into_iter().filter_map(|item| {
        let text = item.text().or_else(|| keys::text(item, STATED, "text"));
        let id = keys::text(item, STATED, "id").map(str::to_owned);
        let text = text.map(str::to_owned).or_else(|| id.clone())?;
        Some(StatedLesson { text, id, place: front.place(item) })
    });
    stated.collect()
}

/// What the body says where front matter does not: everything found here is marked as inferred.
fn read_sections(
    source: &Source,
    document: &Document,
    text: &str,
    zone: Option<Zone>,
    out: &mut Postmortem,
    findings: &mut Vec<Finding>,
) {
    let range_of = |part: PostmortemPart| {
        let outline = &document.outline;
        let at = outline.iter().position(|h| postmortem_part(&h.title) == Some(part))?;
        let level = outline[at].level;
        let end = outline[at + 1..]
            .iter()
            .find(|h| h.level <= level)
            .map_or(document.tree.nodes.len(), |h| h.node as usize);
        Some((outline[at].node as usize + 1, end, outline[at].title.clone()))
    };
    if out.timeline.is_empty()
        && let Some((from, to, title)) = range_of(PostmortemPart::Timeline)
    {
        let read = timeline::from_section(source, document, from..to, zone);
        let zoned = read.zoned;
        out.timeline = read.entries;
        findings.extend(read.findings);
        let stamps: Vec<Stamp> = out.timeline.iter().filter_map(|e| e.at).collect();
        if let Some(first) = stamps.first().filter(|s| !zoned && s.timed) {
            let place = out.timeline.first().map_or(Place::file(source.id), |e| e.place);
            let message = format!("the timeline names no zone, `{}` is read as UTC", first.clock());
            findings.push(
                Finding::new(Code::TimeWithoutZone, place, message)
                    .hint("write “All times in UTC” above it"),
            );
        }
        let derived = |stamp: Stamp| Some(Field::derived(stamp, Origin::Section(title.clone())));
        if out.started_at.is_none() {
            out.started_at = stamps.iter().min().copied().and_then(derived);
        }
        if out.resolved_at.is_none() && stamps.len() > 1 {
            out.resolved_at = stamps.iter().max().copied().and_then(derived);
        }
    }
    if out.lessons.is_empty() {
        out.lessons = lesson::from_sections(source, document);
    }
    if out.actions.is_empty()
        && let Some((from, to, _)) = range_of(PostmortemPart::Actions)
    {
        out.actions = action::from_section(source, document, from..to);
    }
    for node in document
        .tree
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, n)| matches!(n.kind, Kind::Item))
        .map(|(n, _)| n)
    {
        let words = document.tree.words(node, text);
        let Some((label, value)) = words.split_once(':') else { continue };
        let label = crate::model::sections::normalized(label);
        if key_event(
            &label,
            value,
            &words,
            Place::new(source.id, document.tree.nodes[node].span),
            out,
        ) {
            continue;
        }
        let measure = match label.as_str() {
            "time to detection" | "time to detect" => Measure::Detect,
            "time to recovery" | "time to recover" | "time to resolve" | "time to resolution"
            | "time to repair" => Measure::Resolve,
            "time to mitigate" | "time to mitigation" => Measure::Mitigate,
            _ => continue,
        };
        if let Some(seconds) = parse_duration(value) {
            let place = Place::new(source.id, document.tree.nodes[node].span);
            out.stated.push(StatedDuration {
                measure,
                seconds,
                written: value.trim().to_owned(),
                place,
            });
        }
    }
}

/// `Resolved: 2026-09-24 05:50 UTC` in a list says it as plainly as front matter does.
fn key_event(label: &str, value: &str, words: &str, place: Place, out: &mut Postmortem) -> bool {
    let field = match label {
        "started" | "start" | "start time" | "incident started" => &mut out.started_at,
        "first detected" | "detected" | "detection time" => &mut out.detected_at,
        "acknowledged" | "incident declared" => &mut out.acknowledged_at,
        "mitigated" | "repaired" => &mut out.mitigated_at,
        "resolved" | "end" | "end time" | "ended" => &mut out.resolved_at,
        "severity" if out.severity.is_none() && value.trim().len() <= 16 => {
            out.severity = Some(Field::stated(value.trim().to_owned(), "Severity", place));
            return true;
        }
        _ => return false,
    };
    let Some(stamp) = Stamp::parse(value, None, None) else { return false };
    // What front matter states wins; what was guessed from the timeline gives way.
    if field.as_ref().is_none_or(|f| !matches!(f.origin, Origin::Stated(_))) {
        let key = words.split(':').next().unwrap_or(label);
        *field = Some(Field::stated(stamp, key.trim(), place));
    }
    true
}

/// Items of the outermost lists in a range of nodes.
pub(crate) fn items(document: &Document, range: std::ops::Range<usize>) -> Vec<usize> {
    let nodes = &document.tree.nodes;
    let mut out = Vec::new();
    let mut at = range.start;
    while at < range.end {
        if matches!(nodes[at].kind, Kind::List(_)) {
            out.extend(document.tree.children(at));
            at = nodes[at].end as usize;
        } else {
            at += 1;
        }
    }
    out
}

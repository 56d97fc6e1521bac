//! Entities → the input of pictures: who calls whom, what happened when, how long it took beside other times.

use crate::model::document::Detail;
use crate::model::id::{DocId, ServiceId};
use crate::model::postmortem::{Measure, Postmortem};
use crate::render::Renderer;
use crate::render::page::{Hrefs, Part};
use crate::render::picture::bars::{Month, Months};
use crate::render::picture::durations::{Compared, Durations};
use crate::render::picture::graph::{Graph, Node};
use crate::render::picture::timeline::{Event, Timeline};
use crate::text::date::{Day, Stamp};
use crate::text::html::{Html, HtmlWriter};

/// An incident this many days ago is still a reason to look there first.
const LATELY: i64 = 90;

/// What leads to the root from the pages whose pictures are kept.
const GRAPHS_ROOT: &str = "../../";

/// Most neighbours that a picture gets on each side: it shows fewer, and hot ones first.
const MAX_NEIGHBOURS: usize = 24;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Renderer<'_> {
    /// The dependencies of a service as a picture, with the number of services that feel it.
    pub(crate) fn graph(&self, hrefs: &Hrefs, id: &ServiceId) -> Option<Part> {
        let drawn = || self.drawn(hrefs, id);
        let body_html = match self.graphs.get(id) {
            // Pages of alerts, runbooks and services stand at one depth: each picture is drawn once for all.
            Some(graph) if hrefs.root() == GRAPHS_ROOT => graph.get_or_init(drawn).clone()?,
            _ => drawn()?,
        };
        Some(Part {
            id: "ol-graph".into(),
            title: "Depends on, and who depends on it".into(),
            body_html,
            ..Part::default()
        })
    }

    fn drawn(&self, hrefs: &Hrefs, id: &ServiceId) -> Option<Html> {
        let node = |other: &ServiceId, hard: bool| Node {
            name: other.to_string(),
            href: self.site.routes.service(other).map(|a| hrefs.to(a)),
            hot: self.had_incident_lately(other),
            soft: !hard,
        };
        let callers: Vec<Node> =
            self.site.dependencies.dependents(id).map(|(other, hard)| node(other, hard)).collect();
        let service = self.site.catalog.services.get(id)?;
        let needs: Vec<Node> = service
            .depends_on
            .iter()
            .filter_map(|d| Some(node(d.service.as_ref()?, d.hard)))
            .collect();
        if callers.is_empty() && needs.is_empty() {
            return None;
        }
        let radius = self.facts.radius.get(id).copied().unwrap_or(0);
        let (more_callers, more_needs) = (
            callers.len().saturating_sub(MAX_NEIGHBOURS),
            needs.len().saturating_sub(MAX_NEIGHBOURS),
        );
        let graph = Graph {
            me: id.to_string(),
            callers: callers.into_iter().take(MAX_NEIGHBOURS).collect(),
            needs: needs.into_iter().take(MAX_NEIGHBOURS).collect(),
            more_callers,
            more_needs,
            hot_words: format!("incident in the last {LATELY} days"),
        };
        let mut out = HtmlWriter::default();
        out.html(&graph.html());
        if radius > 0 {
            let href = self.site.routes.service(id).map(|a| hrefs.to(a)).unwrap_or_default();
            let words = if radius == 1 { " service feels it" } else { " services feel it" };
            out.markup("<p class=\"dim\"><a").attr("href", &href).markup(">");
            out.number(radius as u64).text(words).markup("</a> when it is down.</p>\n");
        }
        Some(out.finish())
    }

    fn had_incident_lately(&self, id: &ServiceId) -> bool {
        let latest = self.index.incidents.get(id).and_then(|ids| ids.first());
        latest.and_then(|id| self.day_of(*id)).is_some_and(|day| {
            let days = self.options.today.days_since(day);
            (0..=LATELY).contains(&days)
        })
    }

    fn day_of(&self, id: DocId) -> Option<Day> {
        match &self.site.doc(id).detail {
            Detail::Postmortem(postmortem) => postmortem.day(),
            _ => None,
        }
    }

    /// How long a part of an incident took beside the other incidents of this organization.
    pub(crate) fn compared(&self, measure: Measure, this: i64) -> Compared {
        let all = self.durations.get(measure as usize);
        all.map_or_else(|| Durations::default().compared(this), |all| all.compared(this))
    }

    /// Incidents of the twelve months up to today, or of the months of a year.
    pub(crate) fn months(&self, ids: &[DocId], year: Option<i16>) -> Option<Html> {
        let today = self.options.today;
        let last = year.map_or((today.year(), today.month()), |year| (year, 12));
        let mut months: Vec<(i16, i8)> = Vec::new();
        for back in (0..12_i16).rev() {
            let index = last.0 * 12 + i16::from(last.1) - 1 - back;
            months.push((index.div_euclid(12), index.rem_euclid(12) as i8 + 1));
        }
        let days: Vec<Day> = ids.iter().filter_map(|id| self.day_of(*id)).collect();
        let count = |(year, month): (i16, i8)| {
            days.iter().filter(|d| d.year() == year && d.month() == month).count() as u32
        };
        if !months.iter().any(|month| count(*month) > 0) {
            return None;
        }
        let months = months.into_iter().map(|(year, month)| {
            let short = MONTHS.get(usize::try_from(month - 1).unwrap_or(0)).copied().unwrap_or("");
            Month {
                name: format!("{short} {year}"),
                short: short.get(..1).unwrap_or("").to_owned(),
                count: count((year, month)),
            }
        });
        Some(Months { what: "incidents".into(), months: months.collect() }.html())
    }
}

/// The phases and events of an incident as a picture; nothing where fewer than two times are known.
pub(crate) fn timeline(postmortem: &Postmortem, with_events: bool) -> Option<Html> {
    let at =
        |field: &Option<crate::model::field::Field<Stamp>>| field.as_ref().map(|f| f.value.seconds);
    let times = [
        at(&postmortem.started_at),
        at(&postmortem.detected_at),
        at(&postmortem.acknowledged_at),
        at(&postmortem.mitigated_at),
        at(&postmortem.resolved_at),
    ];
    if times.iter().flatten().count() < 2 {
        return None;
    }
    let events = postmortem.timeline.iter().enumerate().filter_map(|(n, entry)| {
        Some(Event {
            seconds: entry.at?.seconds,
            number: n as u32 + 1,
            key: entry
                .kind
                .as_deref()
                .is_some_and(|k| matches!(k, "start" | "detect" | "mitigate" | "resolve")),
        })
    });
    let from = postmortem.started_at.as_ref().map(|f| f.value.words()).unwrap_or_default();
    let [started, detected, acknowledged, mitigated, resolved] = times;
    let timeline = Timeline {
        from,
        started,
        detected,
        acknowledged,
        mitigated,
        resolved,
        events: if with_events { events.collect() } else { Vec::new() },
    };
    Some(timeline.html())
}

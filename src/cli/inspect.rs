//! `inspect FILE`: each field, its value, and where it came from.

use std::path::Path;
use std::time::Duration;

use crate::cli::args::Args;
use crate::cli::run::{load, print, relative, root, today};
use crate::diag::emit::human::plain;
use crate::model::document::{Detail, Doc};
use crate::model::field::{Field, Origin};
use crate::model::postmortem::Measure;
use crate::pipeline::{self, Times};
use crate::text::date::duration_words;
use crate::text::par;

pub(crate) fn inspect(args: &Args, file: &Path) -> Result<u8, String> {
    let root = root(args, None)?;
    let config = load(&root)?;
    let path = relative(&root, file)?;
    let today = today(args.now.as_deref())?;
    let clock = || Duration::ZERO;
    let (site, _) = par::on_threads(args.threads, || {
        pipeline::analyse(config, None, today, &clock, &mut Times::default())
    })??;
    let source =
        site.sources.by_path(&path).ok_or_else(|| format!("{path} is not among the sources"))?;
    let mut rows = Rows::default();
    if let Some((id, doc)) = site.docs().find(|(_, d)| d.source == source.id) {
        document(doc, &mut rows);
        rows.add("address", format!("/{}", site.routes.doc(id).as_str()), "");
        if let Detail::Service(id) = &doc.detail {
            service(&site, id, &mut rows);
        }
    } else {
        for service_id in
            site.catalog.services.values().filter(|s| s.place.source == source.id).map(|s| &s.id)
        {
            service(&site, service_id, &mut rows);
        }
        for team in site.catalog.teams.values().filter(|t| t.place.source == source.id) {
            rows.add("team", team.id.to_string(), "");
        }
        for rule in site.catalog.rules.iter().filter(|r| r.place.source == source.id) {
            rows.add(
                "alert",
                rule.name.clone(),
                rule.runbook.as_ref().map_or("no runbook", |f| &f.value),
            );
        }
    }
    print(&rows.text())?;
    Ok(0)
}

#[derive(Default)]
struct Rows {
    rows: Vec<(String, String, String)>,
}

impl Rows {
    fn add(&mut self, name: &str, value: String, origin: &str) {
        self.rows.push((name.to_owned(), value, origin.to_owned()));
    }

    fn field<T>(&mut self, name: &str, field: Option<&Field<T>>, words: impl Fn(&T) -> String) {
        if let Some(field) = field {
            self.add(name, words(&field.value), &field.origin.words());
        }
    }

    fn text(&self) -> String {
        let width = self.rows.iter().map(|(n, ..)| n.len()).max().unwrap_or(0);
        let line = |(name, value, origin): &(String, String, String)| {
            let from = if origin.is_empty() { String::new() } else { format!("  [{origin}]") };
            format!("{name:<width$}  {}{from}\n", plain(value))
        };
        self.rows.iter().map(line).collect()
    }
}

fn document(doc: &Doc, rows: &mut Rows) {
    let why = match &doc.kind.origin {
        Origin::Default => "nothing says otherwise".to_owned(),
        other => other.words(),
    };
    rows.add("kind", doc.kind.value.word().to_owned(), &why);
    rows.field("id", Some(&doc.id), Clone::clone);
    rows.field("title", Some(&doc.title), Clone::clone);
    rows.field("owner", doc.owner.as_ref(), ToString::to_string);
    rows.field("last_reviewed", doc.reviewed.as_ref(), ToString::to_string);
    rows.field("review_every", doc.review_every.as_ref(), ToString::to_string);
    if !doc.tags.is_empty() {
        rows.add("tags", doc.tags.join(", "), "key `tags`");
    }
    match &doc.detail {
        Detail::Runbook(runbook) => {
            for alert in &runbook.alerts {
                rows.field("alert", Some(alert), Clone::clone);
            }
            for service in &runbook.services {
                rows.field("service", Some(service), ToString::to_string);
            }
            rows.field("severity", runbook.severity.as_ref(), Clone::clone);
            for (part, heading) in &runbook.parts {
                rows.add(
                    "part",
                    format!("{part:?}").to_lowercase(),
                    &format!("section “{}”", doc.outline[*heading as usize].title),
                );
            }
        }
        Detail::Postmortem(postmortem) => {
            rows.field("severity", postmortem.severity.as_ref(), Clone::clone);
            for service in &postmortem.services {
                rows.field("service", Some(service), ToString::to_string);
            }
            let times = [
                ("started_at", &postmortem.started_at),
                ("detected_at", &postmortem.detected_at),
                ("acknowledged_at", &postmortem.acknowledged_at),
                ("mitigated_at", &postmortem.mitigated_at),
                ("resolved_at", &postmortem.resolved_at),
            ];
            for (name, field) in times {
                rows.field(name, field.as_ref(), |s| s.iso());
            }
            for measure in Measure::ALL {
                if let Some(seconds) = postmortem.duration(measure) {
                    rows.add(
                        &measure.words().to_lowercase(),
                        duration_words(seconds).replace('\u{a0}', " "),
                        "derived from the times",
                    );
                }
            }
            rows.add("timeline", format!("{} entries", postmortem.timeline.len()), "");
            rows.add("actions", format!("{} items", postmortem.actions.len()), "");
        }
        _ => {}
    }
    for (key, value) in &doc.extra {
        rows.add(key, value.clone(), "kept, no schema knows it");
    }
}

fn service(site: &crate::link::Site, id: &crate::model::id::ServiceId, rows: &mut Rows) {
    let Some(service) = site.catalog.services.get(id) else { return };
    rows.add("service", id.to_string(), "");
    rows.field("owner", service.owner.as_ref(), ToString::to_string);
    rows.field("tier", service.tier.as_ref(), |t| t.word.clone());
    rows.field("lifecycle", service.lifecycle.as_ref(), Clone::clone);
    for dependency in &service.depends_on {
        rows.add(
            "depends_on",
            dependency.written.clone(),
            if dependency.hard { "hard" } else { "soft" },
        );
    }
    for (label, value) in &service.extra {
        rows.add(label, value.clone(), "");
    }
}

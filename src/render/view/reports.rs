//! Every finding by team.

use std::collections::BTreeMap;

use crate::diag::Level;
use crate::model::id::TeamId;
use crate::render::Renderer;
use crate::render::page::{Cell, Chip, Hrefs, Part, Row, Table};
use crate::render::view::Made;
use crate::render::view::service::button;
use crate::report::problems::teams_of_sources;

/// Most findings that one page lists in full.
const MAX_ROWS: usize = 400;

impl Renderer<'_> {
    pub(crate) fn problems_page(&self, hrefs: &Hrefs) -> Made {
        let team_of = teams_of_sources(self.site);
        let mut doc_of: BTreeMap<u32, String> = BTreeMap::new();
        for (id, doc) in self.site.docs() {
            doc_of.insert(doc.source.0, hrefs.to(self.site.routes.doc(id)));
        }
        let mut by_team: BTreeMap<Option<&TeamId>, Vec<usize>> = BTreeMap::new();
        let mut by_rule: BTreeMap<&str, (&str, [usize; 3])> = BTreeMap::new();
        for (n, (level, finding)) in self.report.findings.iter().enumerate() {
            by_team.entry(team_of.get(&finding.place.source.0).copied()).or_default().push(n);
            let rule = finding.code.rule();
            let at = match level {
                Level::Error => 0,
                Level::Warning => 1,
                _ => 2,
            };
            by_rule.entry(rule.code).or_insert((rule.name, [0; 3])).1[at] += 1;
        }
        let number = |n: usize| Cell {
            text: if n == 0 { String::new() } else { n.to_string() },
            number: true,
            ..Cell::default()
        };
        let rules: Vec<Vec<Cell>> = by_rule
            .iter()
            .map(|(code, (name, counts))| {
                let mut row = vec![Cell { text: format!("{code} {name}"), ..Cell::default() }];
                row.extend(counts.iter().map(|n| number(*n)));
                row
            })
            .collect();
        let head = ["Rule", "Errors", "Warnings", "Notes"];
        let table = (!rules.is_empty()).then_some(Table::new(head, rules));
        let mut parts = vec![Part {
            id: "ol-rules".into(),
            title: "By rule".into(),
            table,
            more: vec![
                button(hrefs.file("reports/problems.csv"), "CSV"),
                button(hrefs.file("reports/problems.json"), "JSON"),
            ],
            ..Part::default()
        }];
        let figures = self.all_figures().iter().find(|figures| figures.name == "problems");
        if let Some(totals) = figures.and_then(|f| f.totals.as_ref()).filter(|t| !t.rows.is_empty())
        {
            parts.push(Part {
                id: "ol-totals".into(),
                title: totals.title.into(),
                table: Some(self.table(hrefs, totals)),
                ..Part::default()
            });
        }
        let mut shown = 0;
        for (n, (team, findings)) in by_team.into_iter().enumerate() {
            let title =
                team.map_or_else(|| "No team".to_owned(), |t| self.team_link(hrefs, t).text);
            let room = MAX_ROWS.saturating_sub(shown).max(3).min(findings.len());
            shown += room;
            let rows = findings[..room].iter().map(|at| {
                let (level, finding) = &self.report.findings[*at];
                let source = self.site.sources.get(finding.place.source);
                let (line, column) = source.line_column(finding.place.span.start);
                let rule = finding.code.rule();
                let level = match level {
                    Level::Error => "1",
                    Level::Warning => "2",
                    _ => "3",
                };
                Row {
                    href: doc_of.get(&finding.place.source.0).cloned().unwrap_or_default(),
                    text: format!("{}:{line}:{column}", source.path),
                    chip: Some(Chip { level, text: format!("{} {}", rule.code, rule.name) }),
                    note: match &finding.hint {
                        Some(hint) => format!("{}; {hint}", finding.message),
                        None => finding.message.clone(),
                    },
                    ..Row::default()
                }
            });
            let rows: Vec<Row> = rows.collect();
            let lead = if room < findings.len() {
                format!("The first {room} of {}; `opslore check` prints them all.", findings.len())
            } else {
                String::new()
            };
            parts.push(Part {
                id: format!("ol-team-{n}"),
                title,
                note: findings.len().to_string(),
                lead,
                rows,
                ..Part::default()
            });
        }
        let lead = format!(
            "{} findings. A finding marks one page and stops nobody else's.",
            self.report.findings.len()
        );
        self.list(hrefs, "Reports", "Problems", &lead, parts)
    }
}

//! Pages about the site itself: what it is made from, how alerts are wired to it, what is kept offline.

use std::collections::BTreeMap;

use crate::diag::emit::json;
use crate::link::Site;
use crate::link::alerts::RunbookTarget;
use crate::link::routes::Page;
use crate::model::document::Detail;
use crate::render::Renderer;
use crate::render::code::Block;
use crate::render::page::{Article, Cell, Hrefs, Part, Table};
use crate::render::view::Made;
use crate::render::view::service::button;
use crate::render::view::shared::{crumb, here};
use crate::text::html::{Html, HtmlWriter};
use crate::text::slug::segment;

/// Most alerts that the page of lines for rules lists.
const MAX_LINES: usize = 400;

/// What stands for the site's address where nobody has told it.
const NO_BASE: &str = "https://ops.example/";

impl Renderer<'_> {
    /// `/about/`: sources, counts, how to go on.
    pub(crate) fn about_page(&self, hrefs: &Hrefs) -> Made {
        let sources = &self.site.sources;
        let mut files: BTreeMap<u32, usize> = BTreeMap::new();
        for file in &sources.files {
            *files.entry(file.repository.0).or_default() += 1;
        }
        let row = |(n, repository): (usize, &crate::text::source::Repository)| {
            let n_files = files.get(&(n as u32)).copied().unwrap_or(0);
            vec![
                Cell { text: repository.name.clone(), ..Cell::default() },
                Cell { text: repository.prefix.clone(), ..Cell::default() },
                Cell { text: n_files.to_string(), number: true, ..Cell::default() },
            ]
        };
        let rows: Vec<_> = sources.repositories.iter().enumerate().map(row).collect();
        let more = vec![
            button(hrefs.file("about/wiring/"), "Wire alerts to this site"),
            button(hrefs.file("offline/"), "What is kept on this device"),
            button(hrefs.file("reports/problems/"), "Problems in the files"),
        ];
        let parts = vec![
            Part { id: "ol-ways".into(), title: "From here".into(), more, ..Part::default() },
            Part {
                id: "ol-sources".into(),
                title: "Sources".into(),
                table: Some(Table::new(["Source", "Folder", "Files"], rows)),
                ..Part::default()
            },
        ];
        let lead = "This site is made from what teams keep beside their code. To change a page, change its file.";
        self.list(hrefs, "", "About this site", lead, parts)
    }

    /// `/about/wiring/`: for each alert the line that its rule needs.
    pub(crate) fn wiring(&self, hrefs: &Hrefs) -> Made {
        let base = self.site.config.base_url.as_deref().unwrap_or(NO_BASE);
        let mut parts = vec![Part {
            id: "ol-general".into(),
            title: "One line for every rule".into(),
            lead: "The values behind # stay in the browser: the commands of the page come filled in, and nothing is sent anywhere.".into(),
            body_html: self.yaml(&format!(
                "annotations:\n  runbook_url: {base}alerts/{{{{ $labels.alertname }}}}/#cluster={{{{ $labels.cluster }}}}&namespace={{{{ $labels.namespace }}}}&pod={{{{ $labels.pod }}}}\n"
            )),
            ..Part::default()
        }];
        if self.site.config.base_url.is_none() {
            parts[0].note = "set base_url in opslore.yaml to see your own address here".into();
        }
        let mut lines = Vec::new();
        let (mut wired, mut left) = (0, 0);
        for (name, rules) in &self.site.catalog.alerts {
            if rules.is_empty() {
                continue;
            }
            let is_wired = rules.iter().all(|rule| {
                matches!(
                    self.site.alerts.by_rule.get(*rule as usize),
                    Some(RunbookTarget::OwnPage | RunbookTarget::Document(..))
                )
            });
            if is_wired {
                wired += 1;
            } else if lines.len() < MAX_LINES {
                lines.push((name, self.alert_row(hrefs, name), self.line_for(base, name)));
            } else {
                left += 1;
            }
        }
        if !lines.is_empty() {
            let mut text = String::new();
            for (name, _, line) in &lines {
                text.push_str(&format!("# {name}\n{line}\n"));
            }
            let note = if left > 0 { format!("and {left} more") } else { String::new() };
            parts.push(Part {
                id: "ol-lines".into(),
                title: format!("{} alerts to wire", lines.len() + left),
                note,
                lead: "Their rules name no page of this site, or one that does not exist. Each line goes under annotations of its rule.".into(),
                body_html: self.yaml(&text),
                ..Part::default()
            });
        }
        let lead = match (wired, lines.len() + left) {
            (0, 0) => "No alert rules are among the sources.".to_owned(),
            (all, 0) => format!("All {all} alerts of the rules lead to their pages."),
            (some, open) => format!("{some} alerts lead to their pages, {open} do not yet."),
        };
        self.list(hrefs, "Alerts", "Wire alerts to their pages", &lead, parts)
    }

    /// The annotation of one alert, with the values that its runbook's commands need.
    fn line_for(&self, base: &str, name: &str) -> String {
        let mut values: Vec<String> = Vec::new();
        for id in self.runbooks_of(name).into_iter().take(1) {
            if let Detail::Runbook(runbook) = &self.site.doc(id).detail {
                for parameter in runbook.parameters.iter().filter(|p| !p.secret) {
                    let label = parameter
                        .from
                        .first()
                        .cloned()
                        .unwrap_or_else(|| parameter.name.to_lowercase().replace('-', "_"));
                    values.push(format!("{}={{{{ $labels.{label} }}}}", parameter.name));
                }
            }
        }
        let behind =
            if values.is_empty() { String::new() } else { format!("#{}", values.join("&")) };
        format!("runbook_url: {base}alerts/{}/{behind}", segment(name))
    }

    fn yaml(&self, text: &str) -> Html {
        let mut out = HtmlWriter::default();
        self.code.block(&Block::to_copy("yaml"), text, &mut out);
        out.finish()
    }

    /// `/offline/`: what this device keeps; a script fills it.
    pub(crate) fn offline(&self, hrefs: &Hrefs) -> Made {
        let mut out = HtmlWriter::default();
        out.markup("<div id=\"ol-kept\" hidden></div>\n<noscript><p>Without scripts nothing is kept on this device. The portable build of this site works from a folder.</p></noscript>\n");
        let parts = vec![
            Part { body_html: out.finish(), ..Part::default() },
            Part {
                id: "ol-ways".into(),
                title: "From here".into(),
                more: vec![
                    button(hrefs.file("alerts/"), "Alerts"),
                    button(hrefs.file("search/"), "Everything, A to Z"),
                ],
                ..Part::default()
            },
        ];
        let article = Article {
            title: "Kept on this device".into(),
            lead: "Pages that were kept open without a network, or with one that does not answer."
                .into(),
            parts,
            ..Article::default()
        };
        let mut frame = self.frame(
            hrefs,
            &article.title,
            "",
            vec![crumb(hrefs, "about/", "About"), here(&article.title)],
        );
        frame.role = "offline";
        frame.scripts.push(hrefs.file(&self.assets.offline));
        Ok((self.templates.page("list.html", &frame, &article)?, Vec::new()))
    }
}

/// Names for the page that is shown where nothing is: the last parts of addresses.
pub(crate) fn names_script(site: &Site) -> Result<String, String> {
    let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (address, page) in &site.routes.pages {
        if matches!(page, Page::Book(_)) {
            continue;
        }
        if let Some((folder @ ("alerts" | "services" | "runbooks"), name)) =
            address.as_str().trim_end_matches('/').split_once('/')
        {
            names.entry(folder).or_default().push(name);
        }
    }
    Ok(format!("window.opsloreNames = {};\n", json::compact(&names)?))
}

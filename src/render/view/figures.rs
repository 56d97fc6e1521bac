//! [`Figures`] → pages: the sentence, the picture, the tables, and where the files are.

use crate::link::routes::UrlPath;
use crate::render::Renderer;
use crate::render::page::{Article, Cell, Chip, Hrefs, LinkView, Part, Row, Table as View};
use crate::render::picture::bars::{Bar, Month as Column, Months};
use crate::render::picture::durations::Durations;
use crate::render::view::Made;
use crate::render::view::service::button;
use crate::render::view::shared::{crumb, here};
use crate::report::emit::words;
use crate::report::files::place;
use crate::report::{Figures, Look, Month, Mood, Table, Value};
use crate::text::date::duration_words;
use crate::text::html::{Html, HtmlWriter, with_code};

/// Most rows that a page shows; the files hold all.
const MAX_ROWS: usize = 300;

/// Longest id that is never broken.
const MAX_ID: usize = 20;

impl Renderer<'_> {
    /// The list of all reports, each with its sentence.
    pub(crate) fn reports(&self, hrefs: &Hrefs) -> Made {
        let row = |figures: &Figures| Row {
            href: match figures.name {
                "actions" => hrefs.file("actions/"),
                name => hrefs.file(&format!("reports/{name}/")),
            },
            text: figures.title.to_owned(),
            note: figures.lead.clone(),
            ..Row::default()
        };
        let rows = self.all_figures().iter().map(row).collect();
        let lead = "Numbers of what this site knows. Each report is also CSV and JSON, and opslore report prints it in a terminal.";
        self.list(hrefs, "Reports", "Reports", lead, vec![Part { rows, ..Part::default() }])
    }

    /// The page of a report.
    pub(crate) fn figures(&self, hrefs: &Hrefs, name: &str) -> Made {
        let Some(figures) = self.all_figures().iter().find(|figures| figures.name == name) else {
            return Ok((String::new(), Vec::new()));
        };
        let mut parts = Vec::new();
        if let Some((what, months)) = &figures.months {
            parts.push(Part { body_html: strip(what, months), ..Part::default() });
        }
        if let Some(totals) = figures.totals.as_ref().filter(|t| !t.rows.is_empty()) {
            parts.push(Part {
                id: "ol-totals".into(),
                title: totals.title.into(),
                table: Some(self.table(hrefs, totals)),
                ..Part::default()
            });
        }
        let n = figures.table.rows.len();
        let lead = if n > MAX_ROWS {
            format!("The first {MAX_ROWS} of {n}; the files hold them all.")
        } else {
            String::new()
        };
        let place = place(name);
        let mut more = vec![
            button(hrefs.file(&format!("{place}.csv")), "CSV"),
            button(hrefs.file(&format!("{place}.json")), "JSON"),
        ];
        if name == "actions" {
            more.push(button(hrefs.file("actions.ics"), "Calendar"));
        }
        parts.push(Part {
            id: "ol-rows".into(),
            title: figures.table.title.into(),
            note: n.to_string(),
            lead,
            table: (n > 0).then(|| self.table(hrefs, &figures.table)),
            more,
            ..Part::default()
        });
        if !figures.notes.is_empty() {
            parts.push(Part {
                id: "ol-counted".into(),
                title: "How it is counted".into(),
                body_html: counted(&figures.notes),
                ..Part::default()
            });
        }
        let article = Article {
            title: figures.title.to_owned(),
            lead: figures.lead.clone(),
            parts,
            ..Article::default()
        };
        let crumbs = vec![crumb(hrefs, "reports/", "Reports"), here(figures.title)];
        let mut frame = self.frame(hrefs, figures.title, "Reports", crumbs);
        frame.description.clone_from(&figures.lead);
        Ok((self.templates.page("list.html", &frame, &article)?, Vec::new()))
    }

    pub(crate) fn table(&self, hrefs: &Hrefs, table: &Table) -> View {
        let most: Vec<u64> = (0..table.columns.len())
            .map(|n| table.rows.iter().filter_map(|row| number(&row[n])).max().unwrap_or(0))
            .collect();
        let first = table.columns.iter().position(|column| column.look == Look::Month);
        let shown: Vec<usize> = (0..table.columns.len())
            .filter(|n| match table.columns[*n].look {
                Look::Hidden => false,
                // Months stand in one picture a row, in the place of the first.
                Look::Month => Some(*n) == first,
                _ => true,
            })
            .collect();
        let months: Vec<usize> =
            (0..table.columns.len()).filter(|n| table.columns[*n].look == Look::Month).collect();
        let highest = months.iter().map(|n| most[*n]).max().unwrap_or(0);
        let rows = table.rows.iter().take(MAX_ROWS).map(|row| {
            let cell = |n: &usize| match table.columns[*n].look {
                Look::Month => Cell {
                    picture_html: row_of_months(table, row, &months, highest),
                    ..Cell::default()
                },
                look => self.cell(hrefs, &row[*n], look, most[*n], table, *n),
            };
            shown.iter().map(cell).collect()
        });
        let head = shown.iter().map(|n| {
            let column = &table.columns[*n];
            let text = match (column.look, months.last()) {
                (Look::Month, Some(last)) => {
                    format!("{} to {}", column.title, table.columns[*last].title)
                }
                _ => column.title.clone(),
            };
            let number = table.rows.iter().any(|row| number(&row[*n]).is_some());
            Cell { text, number: number && column.look != Look::Month, ..Cell::default() }
        });
        View { head: head.collect(), rows: rows.collect(), stack: true }
    }

    fn cell(
        &self,
        hrefs: &Hrefs,
        value: &Value,
        look: Look,
        most: u64,
        table: &Table,
        column: usize,
    ) -> Cell {
        let mut cell = match value {
            Value::State(word, mood) => {
                let level = match mood {
                    Mood::Good => "ok",
                    Mood::Plain => "",
                    Mood::Warn => "2",
                    Mood::Bad => "1",
                };
                Cell { chip: Some(Chip { level, text: (*word).to_owned() }), ..Cell::default() }
            }
            Value::Page(text, address) => Cell {
                text: text.clone(),
                href: hrefs.to(address),
                // Ids are read as one word.
                whole: text.len() <= MAX_ID && !text.contains(' '),
                ..Cell::default()
            },
            Value::Outside(text, url) => {
                Cell { text: text.clone(), href: url.clone(), ..Cell::default() }
            }
            Value::Pages(pages) => {
                let link = |(text, address): &(String, Option<UrlPath>)| LinkView {
                    href: address.as_ref().map(|a| hrefs.to(a)).unwrap_or_default(),
                    text: text.clone(),
                    note: String::new(),
                };
                Cell { links: pages.iter().map(link).collect(), ..Cell::default() }
            }
            Value::Day(_) => Cell { text: words(value), whole: true, ..Cell::default() },
            Value::Seconds(seconds) => {
                Cell { text: duration_words(*seconds), number: true, ..Cell::default() }
            }
            Value::Points(points) => Cell {
                picture_html: Durations::with_ends(points.clone(), ends(table, column)).alone(),
                ..Cell::default()
            },
            Value::Number(0) => Cell { number: true, ..Cell::default() },
            Value::Number(_) | Value::Share(..) => {
                Cell { text: words(value), number: true, ..Cell::default() }
            }
            Value::None | Value::Text(_) => Cell { text: words(value), ..Cell::default() },
        };
        let bar = match (look, value) {
            (Look::Bar, Value::Share(part, of)) => {
                Some(Bar { value: *part, of: *of, hot: false, ground: true })
            }
            (Look::Bar | Look::Hot, Value::Number(n)) if *n > 0 => {
                Some(Bar { value: *n, of: most, hot: look == Look::Hot, ground: false })
            }
            _ => None,
        };
        cell.bar_html = bar.map(|bar| bar.html()).unwrap_or_default();
        cell
    }
}

/// The shortest and the longest of all points of a column: their strips have one scale.
fn ends(table: &Table, column: usize) -> Option<(i64, i64)> {
    let points = table.rows.iter().filter_map(|row| match &row[column] {
        Value::Points(points) => Some(points),
        _ => None,
    });
    let all: Vec<i64> = points.flatten().copied().collect();
    Some((*all.iter().min()?, *all.iter().max()?))
}

fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(n) => Some(*n),
        Value::Share(part, _) => Some(*part),
        Value::Seconds(seconds) => u64::try_from(*seconds).ok(),
        _ => None,
    }
}

fn strip(what: &str, months: &[(Month, u32)]) -> Html {
    let month = |(month, count): &(Month, u32)| Column {
        name: month.words(),
        short: month.name().get(..1).unwrap_or("").to_owned(),
        count: *count,
    };
    Months { what: what.to_owned(), months: months.iter().map(month).collect() }.html()
}

fn row_of_months(table: &Table, row: &[Value], months: &[usize], highest: u64) -> Html {
    let month = |n: &usize| Column {
        name: table.columns[*n].title.clone(),
        short: String::new(),
        count: number(&row[*n]).map_or(0, |n| u32::try_from(n).unwrap_or(u32::MAX)),
    };
    let months = months.iter().map(month).collect();
    Months { what: String::new(), months }.row(u32::try_from(highest).unwrap_or(u32::MAX))
}

/// How a report counts, a paragraph.
fn counted(notes: &[String]) -> Html {
    let mut out = HtmlWriter::default();
    out.markup("<p>").html(&with_code(&notes.join(" "))).markup("</p>\n");
    out.finish()
}

//! The floor program: the least that any generator of this kind does. It reads every markdown file,
//! reads the YAML of its front matter, turns the rest into HTML and writes one file a page, on all cores.
//! It keeps no page in memory and knows no links, no templates and no highlighting.

use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Alignment, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use rayon::prelude::*;

/// Builds the folder `input` into the folder `output`.
pub(crate) fn run(input: &Path, output: &Path) -> Result<(), String> {
    let files = crate::corpus::markdown_files(input)?;
    files.par_iter().try_for_each(|file| {
        let text =
            fs::read_to_string(input.join(file)).map_err(|e| format!("{}: {e}", file.display()))?;
        let (front, body) = split(&text);
        let mut html = String::with_capacity(text.len() * 3 / 2);
        html.push_str("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>");
        escape(&title(front), &mut html);
        html.push_str("</title></head><body>\n");
        write_body(body, &mut html);
        html.push_str("</body></html>\n");
        let path: PathBuf = output.join(file).with_extension("html");
        let write = || {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&path, html)
        };
        write().map_err(|e| format!("{}: {e}", path.display()))
    })
}

fn split(text: &str) -> (&str, &str) {
    let inner = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
    inner.unwrap_or(("", text))
}

fn title(front: &str) -> String {
    let fields: Option<serde_yaml::Mapping> = serde_yaml::from_str(front).ok();
    let title = fields.as_ref().and_then(|fields| fields.get("title")?.as_str());
    title.unwrap_or("").to_owned()
}

/// Writes the events as HTML. The library's own writer is behind a feature that opslore leaves off;
/// this one is as plain as that.
fn write_body(text: &str, out: &mut String) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_HEADING_ATTRIBUTES;
    let mut columns: Vec<Alignment> = Vec::new();
    let mut column = 0;
    let mut cell = "td";
    let mut in_image = false;
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(tag) => match tag {
                Tag::Heading { level, .. } => {
                    out.push('<');
                    out.push_str(heading(level as u8));
                    out.push('>');
                }
                Tag::CodeBlock(CodeBlockKind::Fenced(info)) if !info.is_empty() => {
                    out.push_str("<pre><code class=\"language-");
                    escape(info.split(' ').next().unwrap_or(""), out);
                    out.push_str("\">");
                }
                Tag::CodeBlock(_) => out.push_str("<pre><code>"),
                Tag::List(Some(1)) => out.push_str("<ol>\n"),
                Tag::List(Some(first)) => {
                    out.push_str("<ol start=\"");
                    out.push_str(&first.to_string());
                    out.push_str("\">\n");
                }
                Tag::List(None) => out.push_str("<ul>\n"),
                Tag::Table(alignments) => {
                    columns = alignments;
                    out.push_str("<table>");
                }
                Tag::TableHead => {
                    (cell, column) = ("th", 0);
                    out.push_str("<thead><tr>");
                }
                Tag::TableRow => {
                    column = 0;
                    out.push_str("<tr>");
                }
                Tag::TableCell => {
                    out.push('<');
                    out.push_str(cell);
                    out.push_str(match columns.get(column) {
                        Some(Alignment::Left) => " style=\"text-align: left\">",
                        Some(Alignment::Center) => " style=\"text-align: center\">",
                        Some(Alignment::Right) => " style=\"text-align: right\">",
                        _ => ">",
                    });
                    column += 1;
                }
                Tag::Link { dest_url, title, .. } => {
                    out.push_str("<a href=\"");
                    escape(&dest_url, out);
                    if !title.is_empty() {
                        out.push_str("\" title=\"");
                        escape(&title, out);
                    }
                    out.push_str("\">");
                }
                Tag::Image { dest_url, .. } => {
                    in_image = true;
                    out.push_str("<img src=\"");
                    escape(&dest_url, out);
                    out.push_str("\" alt=\"");
                }
                Tag::Paragraph => out.push_str("<p>"),
                Tag::BlockQuote(_) => out.push_str("<blockquote>\n"),
                Tag::Item => out.push_str("<li>"),
                Tag::Emphasis => out.push_str("<em>"),
                Tag::Strong => out.push_str("<strong>"),
                Tag::Strikethrough => out.push_str("<del>"),
                _ => {}
            },
            Event::End(tag) => match tag {
                TagEnd::Heading(level) => {
                    out.push_str("</");
                    out.push_str(heading(level as u8));
                    out.push_str(">\n");
                }
                TagEnd::CodeBlock => out.push_str("</code></pre>\n"),
                TagEnd::List(true) => out.push_str("</ol>\n"),
                TagEnd::List(false) => out.push_str("</ul>\n"),
                TagEnd::Table => out.push_str("</tbody></table>\n"),
                TagEnd::TableHead => {
                    cell = "td";
                    out.push_str("</tr></thead><tbody>\n");
                }
                TagEnd::TableRow => out.push_str("</tr>\n"),
                TagEnd::TableCell => {
                    out.push_str("</");
                    out.push_str(cell);
                    out.push('>');
                }
                TagEnd::Image => {
                    in_image = false;
                    out.push_str("\">");
                }
                TagEnd::Link => out.push_str("</a>"),
                TagEnd::Paragraph => out.push_str("</p>\n"),
                TagEnd::BlockQuote(_) => out.push_str("</blockquote>\n"),
                TagEnd::Item => out.push_str("</li>\n"),
                TagEnd::Emphasis => out.push_str("</em>"),
                TagEnd::Strong => out.push_str("</strong>"),
                TagEnd::Strikethrough => out.push_str("</del>"),
                _ => {}
            },
            Event::Code(code) if !in_image => {
                out.push_str("<code>");
                escape(&code, out);
                out.push_str("</code>");
            }
            Event::Text(text) | Event::Code(text) => escape(&text, out),
            Event::Html(html) | Event::InlineHtml(html) => out.push_str(&html),
            Event::SoftBreak => out.push('\n'),
            Event::HardBreak => out.push_str("<br>\n"),
            Event::Rule => out.push_str("<hr>\n"),
            Event::TaskListMarker(true) => {
                out.push_str("<input disabled type=\"checkbox\" checked>\n");
            }
            Event::TaskListMarker(false) => out.push_str("<input disabled type=\"checkbox\">\n"),
            _ => {}
        }
    }
}

fn heading(level: u8) -> &'static str {
    match level {
        1 => "h1",
        2 => "h2",
        3 => "h3",
        4 => "h4",
        5 => "h5",
        _ => "h6",
    }
}

fn escape(text: &str, out: &mut String) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let entity = match byte {
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'&' => "&amp;",
            b'"' => "&quot;",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        out.push_str(entity);
        from = at + 1;
    }
    out.push_str(&text[from..]);
}

//! [`Site`] and [`Theme`] → pages: every address of the site as finished HTML.

mod code;
pub mod highlight;
mod html;
pub mod languages;
mod page;
mod raw;
mod templates;
mod view;

use std::collections::BTreeMap;

use crate::diag::{Code, Finding, Level, Place, Report};
use crate::link::Site;
use crate::link::resolve::Resolved;
use crate::link::routes::{Page, UrlPath};
use crate::model::id::DocId;
use crate::parse::tree::Kind;
use crate::render::page::Hrefs;
use crate::render::page::{Body, BodyContext};
use crate::render::templates::Templates;
use crate::text::date::Day;
use crate::text::hash::hex;
use crate::text::html::HtmlWriter;
use crate::text::par;
use crate::text::path::{percent_encode, stem};
use crate::text::slug::segment;
use crate::theme::Theme;

/// How a site is rendered.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Today, for what is due and overdue.
    pub today: Day,
    /// True for links that name `index.html`, so that the site works from `file://`.
    pub portable: bool,
}

/// Files of a site: path and bytes.
pub type Files = Vec<(String, Vec<u8>)>;

/// Everything that a page may look at while it is made.
pub(crate) struct Renderer<'a> {
    pub(crate) site: &'a Site,
    pub(crate) report: &'a Report,
    pub(crate) options: Options,
    pub(crate) css: String,
    pub(crate) images: BTreeMap<String, String>,
    pub(crate) code: code::Highlighter,
    pub(crate) templates: Templates,
    pub(crate) index: view::Index<'a>,
    pub(crate) problems: BTreeMap<u32, Vec<usize>>,
}

/// Returns the images and attachments that pages show, by path: read them and pass them to [`render`].
pub fn wanted_assets(site: &Site) -> Vec<String> {
    let mut wanted = std::collections::BTreeSet::new();
    for (id, doc) in site.docs() {
        for (node, target) in &site.links[id.0 as usize].by_node {
            let Resolved::Asset(path) = target else { continue };
            let image = matches!(doc.tree.nodes[*node as usize].kind, Kind::Image(_));
            if is_servable(path, image) {
                wanted.insert(path.clone());
            }
        }
    }
    wanted.into_iter().collect()
}

/// Kinds of files that do no harm when a browser opens them from our address.
fn is_servable(path: &str, image: bool) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, e)| e).to_ascii_lowercase();
    let picture = matches!(ending.as_str(), "png" | "jpg" | "jpeg" | "gif" | "webp" | "avif");
    // An SVG can hold scripts: it is shown through `<img>`, where they do not run, and never linked.
    picture
        || (image && ending == "svg")
        || matches!(ending.as_str(), "pdf" | "txt" | "csv" | "log" | "zip" | "gz")
}

/// Renders every page. `assets` are the files of [`wanted_assets`] that could be read.
pub fn render(
    site: &Site,
    theme: &Theme,
    report: &Report,
    options: Options,
    assets: Vec<(String, Vec<u8>)>,
) -> Result<(Files, Vec<Finding>), String> {
    let mut files = Files::new();
    let css = format!("assets/opslore-{}.css", hex(theme.css.as_bytes(), 12));
    files.push((css.clone(), theme.css.clone().into_bytes()));
    let mut images = BTreeMap::new();
    for (path, bytes) in assets {
        let name = path.rsplit_once('/').map_or(path.as_str(), |(_, name)| name);
        let ending = name.rsplit_once('.').map_or("", |(_, e)| e).to_ascii_lowercase();
        let file = format!("images/{}-{}.{ending}", segment(stem(name)), hex(&bytes, 12));
        images.insert(path, percent_encode(&file));
        if !files.iter().any(|(known, _)| *known == file) {
            files.push((file, bytes));
        }
    }
    let mut problems: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (n, (level, finding)) in report.findings.iter().enumerate() {
        if *level >= Level::Info {
            problems.entry(finding.place.source.0).or_default().push(n);
        }
    }
    let renderer = Renderer {
        site,
        report,
        options,
        css,
        images,
        code: code::Highlighter::default(),
        templates: Templates::new(theme)?,
        index: view::Index::new(site),
        problems,
    };
    let pages: Vec<(&UrlPath, &Page)> = site.routes.pages.iter().collect();
    let rendered = par::map(&pages, |(address, page)| {
        let made = par::caught(|| renderer.page(address, page));
        match made {
            Some(made) => made.map(|(html, findings)| {
                // Every page is kept until all are written: what it reserved beyond its size goes back.
                let mut bytes = html.into_bytes();
                bytes.shrink_to_fit();
                (address.file(), bytes, findings)
            }),
            None => Ok(renderer.fallen(address, page)),
        }
    });
    let mut findings = Vec::new();
    for page in rendered {
        let (path, bytes, mut found) = page?;
        findings.append(&mut found);
        files.push((path, bytes));
    }
    files.push(("robots.txt".to_owned(), b"User-agent: *\nAllow: /\n".to_vec()));
    files.push(("sitemap.xml".to_owned(), view::sitemap(site)));
    Ok((files, findings))
}

impl Renderer<'_> {
    pub(crate) fn hrefs(&self, from: &UrlPath) -> Hrefs {
        Hrefs::new(from, self.options.portable)
    }

    /// What stands in place of a page whose rendering failed: the words of its file.
    fn fallen(&self, address: &UrlPath, page: &Page) -> (String, Vec<u8>, Vec<Finding>) {
        let mut out = HtmlWriter::default();
        let mut findings = Vec::new();
        out.markup("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
            .text(address.as_str());
        out.markup(
            "</title></head><body><p>This page could not be rendered; its text follows.</p><pre>",
        );
        if let Page::Doc(id) = page {
            let doc = self.site.doc(*id);
            out.text(&self.site.source(doc).text);
            findings.push(Finding::new(
                Code::InternalFault,
                Place::file(doc.source),
                "the page could not be rendered and is shown as plain text",
            ));
        }
        out.markup("</pre></body></html>\n");
        (address.file(), out.finish().as_str().as_bytes().to_vec(), findings)
    }

    pub(crate) fn body(
        &self,
        hrefs: &Hrefs,
        id: DocId,
        top_level: u8,
        id_prefix: String,
    ) -> (Body, Vec<Finding>) {
        let keep_title = self.site.routes.home == Some(id);
        let context = BodyContext {
            site: self.site,
            hrefs,
            code: &self.code,
            images: &self.images,
            top_level,
            keep_title,
            id_prefix,
        };
        let body = html::body(&context, id);
        let mut findings = Vec::new();
        if body.over_budget {
            let place = Place::file(self.site.doc(id).source);
            let message = "the page grew past ten times its source and ends in plain text";
            let finding = Finding::new(Code::OutputTooLarge, place, message);
            findings.push(finding.hint("a table of many empty cells does that"));
        }
        (body, findings)
    }
}

//! [`Site`] and [`Theme`] → pages: every address of the site as finished HTML.

mod assets;
mod code;
pub mod feed;
mod feeds;
pub mod highlight;
mod html;
mod image;
pub mod keep;

mod page;
pub mod picture;
mod raw;
mod steps;
mod templates;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::diag::{Code, Finding, Level, Place, Report};
use crate::export::{self, llms, twin};
use crate::link::Site;
use crate::link::resolve::Resolved;
use crate::link::routes::{Page, UrlPath};
use crate::model::document::Doc;
use crate::model::id::{DocId, ServiceId};
use crate::parse::tree::Kind;
use crate::render::assets::{Assets, BOOT};
use crate::render::page::Hrefs;
use crate::render::page::{Body, BodyContext};
use crate::render::picture::durations::Durations;
use crate::render::templates::Templates;
use crate::report::facts::Facts;
use crate::report::{self, Figures};
use crate::text::date::Day;
use crate::text::hash::hex;
use crate::text::html::{Html, HtmlWriter};
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

/// Where finished files go: path and bytes in, what is to be known of the file out. It is called from
/// several threads at once.
pub type Keep<'a, T> = &'a (dyn Fn(&str, Vec<u8>) -> Result<T, String> + Sync);

/// Everything that a page may look at while it is made.
pub(crate) struct Renderer<'a> {
    pub(crate) site: &'a Site,
    pub(crate) report: &'a Report,
    pub(crate) options: Options,
    pub(crate) assets: Assets,
    pub(crate) boot: Html,
    pub(crate) images: BTreeMap<String, String>,
    pub(crate) code: code::Highlighter,
    pub(crate) templates: Templates,
    pub(crate) index: view::Index<'a>,
    pub(crate) problems: BTreeMap<u32, Vec<usize>>,
    /// How many services feel it when each is down.
    pub(crate) radius: BTreeMap<&'a ServiceId, usize>,
    /// The picture of each service's dependencies, once it was drawn.
    pub(crate) graphs: BTreeMap<&'a ServiceId, OnceLock<Option<Html>>>,
    /// Every incident's durations by measure.
    pub(crate) durations: Vec<Durations>,
    /// Every report.
    pub(crate) figures: Vec<Figures>,
    /// Titles of feeds by the page that shows the same.
    pub(crate) feeds: BTreeMap<UrlPath, String>,
}

/// Returns the images and attachments that pages show, by path.
fn wanted_assets(site: &Site) -> Vec<String> {
    let mut wanted = BTreeSet::new();
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

/// Renders every page and hands each to `keep` at once; `read` gives the bytes of an image or attachment.
pub fn render<T: Send>(
    site: &Site,
    theme: &Theme,
    found: &Report,
    options: Options,
    read: &(dyn Fn(&str) -> Option<Vec<u8>> + Sync),
    keep: Keep<'_, T>,
) -> Result<(Vec<T>, Vec<Finding>), String> {
    let mut files = Vec::new();
    let assets_of_theme = Assets::new(theme, &view::names_script(site)?, |path, text| {
        files.push(keep(path, text.as_bytes().to_vec())?);
        Ok(())
    })?;
    let mut boot = HtmlWriter::default();
    boot.markup(BOOT);
    let images = assets(site, read, keep, &mut files)?;
    let mut problems: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (n, (level, finding)) in found.findings.iter().enumerate() {
        if *level >= Level::Info {
            problems.entry(finding.place.source.0).or_default().push(n);
        }
    }
    let facts = Facts::new(site, found, options.today);
    let figures = report::all(&facts);
    let api = export::api(&facts)?;
    for (path, bytes) in report::files::files(&facts, &figures)?.into_iter().chain(api) {
        files.push(keep(&path, bytes)?);
    }
    let mut index = view::Index::new(site);
    let durations = std::mem::take(&mut index.durations).map(Durations::new).to_vec();
    let mut feeds = feeds::feeds(&facts);
    let renderer = Renderer {
        site,
        report: found,
        options,
        assets: assets_of_theme,
        boot: boot.finish(),
        images,
        code: code::Highlighter::default(),
        templates: Templates::new(theme)?,
        index,
        problems,
        durations,
        graphs: site.catalog.services.keys().map(|id| (id, OnceLock::new())).collect(),
        radius: facts.radius.clone(),
        figures,
        feeds: feeds.iter().map(|feed| (feed.page.clone(), feed.title.clone())).collect(),
    };
    let pages: Vec<(&UrlPath, &Page)> = site.routes.pages.iter().collect();
    let rendered = par::map(&pages, |(address, page)| {
        let made = par::caught(|| renderer.page(address, page));
        let (html, findings) = made.unwrap_or_else(|| Ok(renderer.fallen(address, page)))?;
        Ok::<_, String>((keep(&address.file(), html.into_bytes())?, findings))
    });
    let mut findings = Vec::new();
    for page in rendered {
        let (file, mut found) = page?;
        findings.append(&mut found);
        files.push(file);
    }
    let twins = par::map(&pages, |(address, page)| {
        let text = twin::twin(&facts, &renderer.figures, address, page)?;
        Some(keep(&format!("{}index.md", address.as_str()), text.into_bytes()))
    });
    for file in twins.into_iter().flatten() {
        files.push(file?);
    }
    files.push(keep("llms.txt", llms::llms(&facts).into_bytes())?);
    feeds.extend(renderer.feeds_of_teams());
    for file in
        par::map(&feeds, |feed| keep(&feed.file, feed::atom(&site.config, feed, options.portable)))
    {
        files.push(file?);
    }
    files.push(keep("robots.txt", b"User-agent: *\nAllow: /\n".to_vec())?);
    files.push(keep("sitemap.xml", view::sitemap(site))?);
    Ok((files, findings))
}

/// Keeps the images and attachments that pages show; returns the address of each path in the site.
fn assets<T: Send>(
    site: &Site,
    read: &(dyn Fn(&str) -> Option<Vec<u8>> + Sync),
    keep: Keep<'_, T>,
    files: &mut Vec<T>,
) -> Result<BTreeMap<String, String>, String> {
    // Copies of one image have one name, and are kept once.
    let names = Mutex::new(BTreeSet::new());
    let wanted = wanted_assets(site);
    let kept = par::map(&wanted, |path| {
        let Some(bytes) = read(path) else { return Ok(None) };
        let name = path.rsplit_once('/').map_or(path.as_str(), |(_, name)| name);
        let ending = name.rsplit_once('.').map_or("", |(_, e)| e).to_ascii_lowercase();
        let file = format!("images/{}-{}.{ending}", segment(stem(name)), hex(&bytes, 12));
        let new = names.lock().unwrap_or_else(PoisonError::into_inner).insert(file.clone());
        let kept = if new { Some(keep(&file, bytes)?) } else { None };
        Ok::<_, String>(Some((percent_encode(&file), kept)))
    });
    let mut images = BTreeMap::new();
    for (path, asset) in wanted.into_iter().zip(kept) {
        let Some((address, kept)) = asset? else { continue };
        images.insert(path, address);
        files.extend(kept);
    }
    Ok(images)
}

impl Renderer<'_> {
    pub(crate) fn hrefs(&self, from: &UrlPath) -> Hrefs {
        Hrefs::new(from, self.options.portable)
    }

    /// The page that a server shows at any address knows its place only if the site file says it.
    pub(crate) fn hrefs_from_anywhere(&self, from: &UrlPath) -> Hrefs {
        let base = self.site.config.base_url.as_deref().filter(|_| !self.options.portable);
        let host_and_path = base.and_then(|url| url.split_once("://")).map(|(_, rest)| rest);
        let path = host_and_path.and_then(|rest| Some(format!("/{}", rest.split_once('/')?.1)));
        path.map_or_else(|| self.hrefs(from), Hrefs::from_root)
    }

    /// What stands in place of a page whose rendering failed: the words of its file.
    fn fallen(&self, address: &UrlPath, page: &Page) -> (String, Vec<Finding>) {
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
        (out.finish().as_str().to_owned(), findings)
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
            findings.push(over_budget(self.site.doc(id)));
        }
        (body, findings)
    }
}

/// What is told of a page that grew past its limit.
pub(crate) fn over_budget(doc: &Doc) -> Finding {
    let message = "the page grew past ten times its source and ends in plain text";
    Finding::new(Code::OutputTooLarge, Place::file(doc.source), message)
        .hint("a table of many empty cells does that")
}

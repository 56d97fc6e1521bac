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

/// Keeps a file as it is.
const IN_MEMORY: Keep<'_, (String, Vec<u8>)> = &|path, bytes| Ok((path.to_owned(), bytes));

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
    /// What the reports count.
    pub(crate) facts: Facts<'a>,
    /// The picture of each service's dependencies, once it was drawn.
    pub(crate) graphs: BTreeMap<&'a ServiceId, OnceLock<Option<Html>>>,
    /// Every incident's durations by measure.
    pub(crate) durations: Vec<Durations>,
    /// Every report, once one was asked for.
    figures: OnceLock<Vec<Figures>>,
    /// Feeds by the page that shows the same, once one was asked for.
    feeds: OnceLock<BTreeMap<UrlPath, feed::Feed>>,
}

/// Returns the images and attachments that pages show, by path, and who shows each first.
pub fn attachments(site: &Site) -> BTreeMap<String, Place> {
    let mut wanted = BTreeMap::new();
    for (id, doc) in site.docs() {
        for (node, target) in &site.links[id.0 as usize].by_node {
            let Resolved::Asset(path) = target else { continue };
            let image = matches!(doc.tree.nodes[*node as usize].kind, Kind::Image(_));
            if is_servable(path, image) {
                let span = doc.tree.nodes[*node as usize].span;
                wanted.entry(path.clone()).or_insert_with(|| Place::new(doc.source, span));
            }
        }
    }
    wanted
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
    let (renderer, mut files) = Renderer::new(site, theme, found, options, read, keep)?;
    // Made here by all threads: pages that ask for it side by side would wait for one.
    site.similar();
    renderer.all_figures();
    let pages: Vec<(&UrlPath, &Page)> = site.routes.pages.iter().collect();
    let rendered = par::map(&pages, |(address, page)| {
        let (html, findings) = renderer.made(address, page)?;
        Ok::<_, String>((keep(&address.file(), html.into_bytes())?, findings))
    });
    let mut findings = Vec::new();
    for page in rendered {
        let (file, mut found) = page?;
        findings.append(&mut found);
        files.push(file);
    }
    let twin = |(address, page): &(&UrlPath, &Page)| {
        let text = twin::twin(&renderer.facts, renderer.all_figures(), address, page)?;
        Some(keep(&twin::file(address), text.into_bytes()))
    };
    // The data are made one after the other: beside them there is work for everybody else.
    let (data, twins) = par::both(|| renderer.data(keep), || par::map(&pages, twin));
    for file in twins.into_iter().flatten() {
        files.push(file?);
    }
    files.extend(data?);
    Ok((files, findings))
}

/// The files of a site, each made when it is asked for, by what [`render`] makes them all with.
pub struct Pages<'a> {
    renderer: Renderer<'a>,
    ready: BTreeMap<String, Vec<u8>>,
    data: OnceLock<Result<BTreeMap<String, Vec<u8>>, String>>,
}

impl<'a> Pages<'a> {
    /// Makes what pages share; `read` gives the bytes of an image or attachment.
    pub fn new(
        site: &'a Site,
        theme: &Theme,
        found: &'a Report,
        options: Options,
        read: &(dyn Fn(&str) -> Option<Vec<u8>> + Sync),
    ) -> Result<Self, String> {
        let (renderer, ready) = Renderer::new(site, theme, found, options, read, IN_MEMORY)?;
        Ok(Self { renderer, ready: ready.into_iter().collect(), data: OnceLock::new() })
    }

    /// Returns a file by its path in the site; `None` where the site has none of this path.
    pub fn file(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let Renderer { site, facts, .. } = &self.renderer;
        // A page stands at its folder, its twin in it, the page for lost readers at a name of its own.
        let folder = path.rfind('/').map_or(0, |slash| slash + 1);
        for address in [&path[..folder], path] {
            let Some((address, page)) = site.routes.pages.get_key_value(address) else { continue };
            if address.file() == path {
                return Ok(Some(self.renderer.made(address, page)?.0.into_bytes()));
            }
            if twin::file(address) == path {
                let reports = self.renderer.all_figures();
                return Ok(twin::twin(facts, reports, address, page).map(String::into_bytes));
            }
        }
        if let Some(file) = self.ready.get(path) {
            return Ok(Some(file.clone()));
        }
        let data = || Ok(self.renderer.data(IN_MEMORY)?.into_iter().collect());
        let data = self.data.get_or_init(data).as_ref().map_err(Clone::clone)?;
        Ok(data.get(path).cloned())
    }
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
    let wanted: Vec<String> = attachments(site).into_keys().collect();
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

impl<'a> Renderer<'a> {
    /// Makes what pages share, and hands the files among it to `keep`.
    fn new<T: Send>(
        site: &'a Site,
        theme: &Theme,
        found: &'a Report,
        options: Options,
        read: &(dyn Fn(&str) -> Option<Vec<u8>> + Sync),
        keep: Keep<'_, T>,
    ) -> Result<(Self, Vec<T>), String> {
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
        let mut index = view::Index::new(site);
        let durations = std::mem::take(&mut index.durations).map(Durations::new).to_vec();
        let renderer = Self {
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
            figures: OnceLock::new(),
            feeds: OnceLock::new(),
            facts,
        };
        Ok((renderer, files))
    }

    /// Returns every report.
    pub(crate) fn all_figures(&self) -> &[Figures] {
        self.figures.get_or_init(|| report::all(&self.facts))
    }

    /// Returns every feed but those of teams' lessons, by the page that shows the same.
    pub(crate) fn feeds(&self) -> &BTreeMap<UrlPath, feed::Feed> {
        let by_page = || feeds::feeds(&self.facts).into_iter().map(|f| (f.page.clone(), f));
        self.feeds.get_or_init(|| by_page().collect())
    }

    /// Makes everything that is neither a page nor shown in one: reports, interface, feeds, lists of addresses.
    fn data<T: Send>(&self, keep: Keep<'_, T>) -> Result<Vec<T>, String> {
        let Self { site, facts, .. } = self;
        let mut files = Vec::new();
        let mut put = |path: &str, bytes| {
            files.push(keep(path, bytes)?);
            Ok(())
        };
        report::files::files(facts, self.all_figures(), &mut put)?;
        export::api(facts, &mut put)?;
        files.push(keep("llms.txt", llms::llms(facts).into_bytes())?);
        files.push(keep("robots.txt", b"User-agent: *\nAllow: /\n".to_vec())?);
        files.push(keep("sitemap.xml", view::sitemap(site))?);
        let of_teams = self.feeds_of_teams();
        let feeds: Vec<&feed::Feed> = self.feeds().values().chain(&of_teams).collect();
        let atom = |feed: &&feed::Feed| {
            keep(&feed.file, feed::atom(&site.config, feed, self.options.portable))
        };
        for file in par::map(&feeds, atom) {
            files.push(file?);
        }
        Ok(files)
    }

    /// Makes one page; its fault stays its own.
    fn made(&self, address: &UrlPath, page: &Page) -> Result<(String, Vec<Finding>), String> {
        let made = par::caught(|| self.page(address, page));
        made.unwrap_or_else(|| Ok(self.fallen(address, page)))
    }

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

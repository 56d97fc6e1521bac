//! The stages in order: the only file that names every one of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::check;
use crate::compare::Inventory;
use crate::config::Config;
use crate::diag::emit::json::{self, JsonFinding};
use crate::diag::{Code, Finding, Level, Report};
use crate::discover::{self, Kept};
use crate::index;
use crate::link::{self, Linked, Site};
use crate::model::document::Doc;
use crate::model::known::Known;
use crate::model::{collect, document};
use crate::parse;
use crate::render;
use crate::render::keep::{self, Made};
use crate::report::facts::Facts;
use crate::text::date::Day;
use crate::text::hash::{Fingerprint, hash, hex};
use crate::text::par;
use crate::text::source::{Source, SourceKind, Sources};
use crate::theme::{self, Theme};
use crate::write::{self, Output, Writer, Written};

/// How long each stage took, in order. The clock is the caller's: stages know no time.
#[derive(Debug, Default)]
pub struct Times {
    /// Stage and time.
    pub stages: Vec<(&'static str, Duration)>,
}

/// A clock: time since some start.
pub type Clock<'a> = &'a dyn Fn() -> Duration;

impl Times {
    fn measure<R>(&mut self, clock: Clock<'_>, stage: &'static str, work: impl FnOnce() -> R) -> R {
        let start = clock();
        let result = work();
        self.stages.push((stage, clock().saturating_sub(start)));
        result
    }
}

/// Reads the sources and the theme of a site; the sheets of its own are sources too.
pub fn read(
    config: &Config,
    output: Option<&Path>,
    clock: Clock<'_>,
    times: &mut Times,
) -> Result<(Sources, Theme), String> {
    let theme = times.measure(clock, "theme", || theme::theme(&config.root, &config.theme))?;
    let mut sources = times.measure(clock, "discover", || discover::discover(config, output))?;
    sources.add_sheets(&theme.own);
    Ok((sources, theme))
}

/// Reads the commits of the sources' repositories: what pages tell of changes.
pub fn histories(config: &Config, sources: &mut Sources, clock: Clock<'_>, times: &mut Times) {
    times.measure(clock, "history", || discover::histories(config, sources));
}

/// Reads, parses, links and checks a site. Findings need no commits, so none are read.
pub fn analyse(
    config: Config,
    output: Option<&Path>,
    today: Day,
    clock: Clock<'_>,
    times: &mut Times,
) -> Result<(Site, Vec<Finding>), String> {
    let (sources, _) = read(&config, output, clock, times)?;
    Ok(analyse_sources(config, sources, today, clock, times))
}

/// Returns what a site is made from as one fingerprint: equal input makes equal sites.
pub fn fingerprint(
    config: &Config,
    sources: &Sources,
    theme: &Theme,
    options: render::Options,
) -> String {
    let mut print = Fingerprint::default();
    print.part(env!("OPSLORE_SOURCE").as_bytes()).part(config.text.as_bytes());
    print.part(config.title.as_bytes()).part(config.base_url.as_deref().unwrap_or("").as_bytes());
    print.part(options.today.to_string().as_bytes()).part(&[u8::from(options.portable)]);
    print.part(theme.css.as_bytes());
    for (name, text) in theme.templates.iter().chain(&theme.scripts) {
        print.part(name.as_bytes()).part(text.as_bytes());
    }
    let texts = par::map(&sources.files, |source| hash(source.text.as_bytes()));
    for (source, text) in sources.files.iter().zip(&texts) {
        print.part(source.path.as_bytes()).part(text);
        print.part(
            format!("{:?}{:?}{:?}", source.repository, source.kind, source.faults).as_bytes(),
        );
    }
    for (path, asset) in &sources.assets {
        print
            .part(path.as_bytes())
            .part(&asset.size.to_le_bytes())
            .part(&asset.changed.to_le_bytes());
    }
    for (id, history) in &sources.histories {
        print.part(format!("{id:?}").as_bytes()).part(history.head.as_bytes());
    }
    print.hex(32)
}

/// Returns the report of the site in `folder` where it was made from the same input and nobody touched it.
pub fn unchanged(folder: &Path, input: &str, sources: &Sources) -> Option<(Report, Written)> {
    #[derive(Deserialize)]
    struct Known {
        input: String,
        findings: Vec<JsonFinding>,
        files: BTreeMap<String, String>,
    }
    let known: Known = json::read(&write::manifest(folder)?)?;
    if known.input != input {
        return None;
    }
    let written = write::verify(folder, &known.files)?;
    Some((json::restore(&known.findings, sources)?, written))
}

/// Parses, links and checks sources that are already in memory.
pub fn analyse_sources(
    config: Config,
    sources: Sources,
    today: Day,
    clock: Clock<'_>,
    times: &mut Times,
) -> (Site, Vec<Finding>) {
    let parsed = times.measure(clock, "parse", || {
        let markdown: Vec<&Source> =
            sources.files.iter().filter(|s| s.kind == SourceKind::Markdown).collect();
        par::map(&markdown, |source| parse::parse(source))
    });
    let mut findings = Vec::new();
    let catalog = times.measure(clock, "model", || {
        let documents =
            par::map_owned(parsed, |document| document::read(&config, &sources, document));
        collect::collect(&config, &sources, documents, &mut findings)
    });
    let site = times.measure(clock, "link", || link::link(config, sources, catalog, &mut findings));
    times.measure(clock, "check", || all_checks(&site, today, &mut findings, &|| false));
    (site, findings)
}

/// Does what [`analyse_sources`] does; files that are as they were in `known` are not read again. `None` where
/// `is_old` says between two stages that nobody wants to know any more.
pub fn analyse_again(
    config: &Config,
    sources: Sources,
    known: &mut Known,
    today: Day,
    is_old: &dyn Fn() -> bool,
) -> Option<(Site, Vec<Finding>)> {
    let (site, mut findings) = analyse_changed(config, sources, known, &Linked::new(), is_old)?;
    all_checks(&site, today, &mut findings, is_old);
    (!is_old()).then_some((site, findings))
}

/// Parses and links sources of which only texts changed since a site was made: what it says of other files stays as it
/// was in that site. Returns what was found of the files that changed; `None` as [`analyse_again`] does.
pub fn analyse_changed(
    config: &Config,
    sources: Sources,
    known: &mut Known,
    linked: &Linked,
    is_old: &dyn Fn() -> bool,
) -> Option<(Site, Vec<Finding>)> {
    let mut findings = Vec::new();
    let documents = known.read(config, &sources);
    let catalog = collect::collect(config, &sources, documents, &mut findings);
    if is_old() {
        return None;
    }
    let site = link::link_again(config.clone(), sources, catalog, linked, &mut findings);
    (!is_old()).then_some((site, findings))
}

/// Lets documents of a site take over other readings of their files, of which `sources` has the texts and which tell the
/// pages of others the same. Returns what was found of these files.
pub fn analyse_own(site: &mut Site, sources: Sources, readings: &[Doc]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = readings.iter().flat_map(|doc| doc.findings.clone()).collect();
    collect::tell_once(&sources, &mut findings);
    site.take(sources, readings, &mut findings);
    findings
}

fn all_checks(site: &Site, today: Day, findings: &mut Vec<Finding>, is_old: &dyn Fn() -> bool) {
    check::check(site, today, findings, is_old);
    secrets_in_attachments(site, findings);
}

/// Gives findings their levels; what a file or the configuration allows is left out.
pub fn report(site: &Site, findings: Vec<Finding>) -> Report {
    let mut allowed: BTreeMap<u32, &[Code]> = BTreeMap::new();
    for doc in site.catalog.documents.iter().filter(|d| !d.allowed.is_empty()) {
        allowed.insert(doc.source.0, &doc.allowed);
    }
    let findings = findings
        .into_iter()
        .filter(|f| !allowed.get(&f.place.source.0).is_some_and(|codes| codes.contains(&f.code)));
    Report::new(findings.collect(), &site.sources, |finding, path| {
        site.config.policy.level(finding, path)
    })
}

/// Returns what a site has, by which it can be compared.
pub fn inventory(site: &Site, report: &Report, today: Day) -> Result<Inventory, String> {
    Inventory::of(&Facts::new(site, report, today))
}

/// Returns the findings that may be mended: all but those which a file or the configuration allows. A rule that is off
/// until somebody asks for it tells of things that are no fault, and that can be written better.
pub fn mendable(site: &Site, findings: Vec<Finding>) -> Vec<Finding> {
    let policy = &site.config.policy;
    let mut allowed: BTreeMap<u32, &[Code]> = BTreeMap::new();
    for doc in &site.catalog.documents {
        allowed.insert(doc.source.0, &doc.allowed);
    }
    let mut findings = findings;
    findings.retain(|finding| {
        let (code, source) = (finding.code, finding.place.source);
        let is_off = policy.level(finding, &site.sources.get(source).path) == Level::Off;
        let is_allowed = allowed.get(&source.0).is_some_and(|codes| codes.contains(&code));
        !is_allowed && (!is_off || code.rule().level == Level::Off)
    });
    findings
}

/// Renders a whole site into memory; `input` is its [`fingerprint`].
pub fn render(
    site: &Site,
    findings: Vec<Finding>,
    theme: &Theme,
    input: &str,
    options: render::Options,
    clock: Clock<'_>,
    times: &mut Times,
) -> Result<(Output, Report), String> {
    let keep =
        |path: &str, bytes: Vec<u8>| Ok((path.to_owned(), hex(&bytes, write::HASH_DIGITS), bytes));
    let first = report(site, findings.clone());
    let made = times.measure(clock, "render", || {
        render::render(site, theme, &first, options, &|path| asset(site, path), &keep)
    });
    let (mut files, found) = made?;
    let search = times.measure(clock, "search", || index::index(site))?;
    files.extend(
        search.into_iter().map(|(path, bytes)| (path, hex(&bytes, write::HASH_DIGITS), bytes)),
    );
    let report = second(site, first, findings, found);
    let output = times.measure(clock, "manifest", || {
        let made: Vec<Made<'_>> = files
            .iter()
            .map(|(path, hash, bytes)| Made { path, hash, size: bytes.len() })
            .collect();
        let last: Vec<_> = last(site, theme, options, &made)?
            .into_iter()
            .map(|(path, bytes)| (path, hex(&bytes, write::HASH_DIGITS), bytes))
            .collect();
        let hashes =
            files.iter().chain(&last).map(|(path, hash, _)| (path.as_str(), hash.as_str()));
        let manifest = manifest(site, &report, hashes.collect(), input)?;
        let mut output = Output::default();
        for (path, _, bytes) in files.into_iter().chain(last) {
            output.insert(path, bytes)?;
        }
        output.insert("build.json", manifest)?;
        Ok::<_, String>(output)
    })?;
    Ok((output, report))
}

/// What a site is made from, but for its sources.
pub struct Basis {
    /// What the site file says.
    pub config: Config,
    /// Its theme.
    pub theme: Theme,
    /// How it is rendered.
    pub options: render::Options,
    /// What tells it and the sources that were read with it from others.
    pub fingerprint: String,
}

/// Reads what a site is made from; files that are as they were in `kept` are not read again, and no commits are.
pub fn input(
    config: Config,
    options: render::Options,
    kept: &mut Kept,
) -> Result<(Basis, Sources), String> {
    let theme = theme::theme(&config.root, &config.theme)?;
    let mut sources = discover::discover_again(&config, None, kept)?;
    sources.add_sheets(&theme.own);
    let fingerprint = fingerprint(&config, &sources, &theme, options);
    Ok((Basis { config, theme, options, fingerprint }, sources))
}

/// A site whose files are made when they are asked for, by the same code that makes them all.
pub struct Live<'a> {
    site: &'a Site,
    pages: render::Pages<'a>,
    search: OnceLock<Result<BTreeMap<String, Vec<u8>>, String>>,
}

impl<'a> Live<'a> {
    /// Makes what all pages share.
    pub fn new(
        site: &'a Site,
        theme: &Theme,
        report: &'a Report,
        options: render::Options,
    ) -> Result<Self, String> {
        let pages = render::Pages::new(site, theme, report, options, &|path| asset(site, path))?;
        Ok(Self { site, pages, search: OnceLock::new() })
    }

    /// Returns a file by its path in the site; `None` where the site has none of this path.
    pub fn file(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        // The page of the search stands beside its files.
        if let Some(file) = self.pages.file(path)? {
            return Ok(Some(file));
        }
        if !path.starts_with(index::FOLDER) {
            return Ok(None);
        }
        let search = || Ok(index::index(self.site)?.into_iter().collect());
        let files = self.search.get_or_init(search).as_ref().map_err(Clone::clone)?;
        Ok(files.get(path).cloned())
    }
}

/// Returns every folder whose changes can change the site.
pub fn folders(config: &Config, output: Option<&Path>) -> Vec<PathBuf> {
    discover::folders(config, output)
}

/// Renders a whole site into `folder`, each page on its own way to the disk; `input` is its [`fingerprint`].
#[expect(clippy::too_many_arguments, reason = "what `render` takes, and where to")]
pub fn build(
    site: &Site,
    findings: Vec<Finding>,
    theme: &Theme,
    input: &str,
    options: render::Options,
    folder: &Path,
    clock: Clock<'_>,
    times: &mut Times,
) -> Result<(Written, Report), String> {
    let writer = Writer::begin(folder)?;
    let keep = |path: &str, bytes: Vec<u8>| writer.keep(path, &bytes);
    let first = report(site, findings.clone());
    // Before the pages, so that what likeness needs for a moment is not held beside it.
    let search = times.measure(clock, "search", || {
        let search = index::index(site)?;
        let kept = par::map(&search, |(path, bytes)| writer.keep(path, bytes));
        kept.into_iter().collect::<Result<Vec<_>, _>>()
    })?;
    let made = times.measure(clock, "render", || {
        render::render(site, theme, &first, options, &|path| asset(site, path), &keep)
    });
    let (mut files, found) = made?;
    files.extend(search);
    let report = second(site, first, findings, found);
    let manifest = times.measure(clock, "manifest", || {
        let made: Vec<Made<'_>> = files
            .iter()
            .map(|f| Made { path: &f.path, hash: &f.hash, size: f.bytes as usize })
            .collect();
        for (path, bytes) in last(site, theme, options, &made)? {
            files.push(writer.keep(&path, &bytes)?);
        }
        let hashes = files.iter().map(|file| (file.path.as_str(), file.hash.as_str()));
        manifest(site, &report, hashes.collect(), input)
    })?;
    let written = times.measure(clock, "write", || {
        files.push(writer.keep("build.json", &manifest)?);
        writer.finish(files)
    })?;
    Ok((written, report))
}

/// Files that name the others: what a device keeps of them.
fn last(
    site: &Site,
    theme: &Theme,
    options: render::Options,
    made: &[Made<'_>],
) -> Result<Vec<(String, Vec<u8>)>, String> {
    // From `file://` no worker runs.
    if options.portable {
        return Ok(Vec::new());
    }
    keep::keep(site, theme, options.today, made)
}

fn asset(site: &Site, path: &str) -> Option<Vec<u8>> {
    Some(discover::read_asset(&site.config, path, site.sources.assets.get(path)?)?.bytes)
}

/// Finds what is written over in files that pages show and nobody parses; it is told where the first page links them.
fn secrets_in_attachments(site: &Site, findings: &mut Vec<Finding>) {
    for (path, place) in render::attachments(site) {
        let asset = site.sources.assets.get(&path).filter(|_| discover::is_text(&path));
        let read = asset.and_then(|asset| discover::read_asset(&site.config, &path, asset));
        for secret in read.map(|read| read.secrets).unwrap_or_default() {
            let mut finding = parse::secret_finding(place, secret.rule);
            finding.message = format!("{} from `{path}`", finding.message);
            findings.push(finding);
        }
    }
}

/// The report with what was found while pages were made.
fn second(site: &Site, first: Report, findings: Vec<Finding>, mut found: Vec<Finding>) -> Report {
    if found.is_empty() {
        return first;
    }
    found.extend(findings);
    report(site, found)
}

/// `build.json`: what the site was made from, what was found, and what each file holds.
fn manifest(
    site: &Site,
    report: &Report,
    files: BTreeMap<&str, &str>,
    input: &str,
) -> Result<Vec<u8>, String> {
    #[derive(Serialize)]
    struct Manifest<'a> {
        generator: &'static str,
        /// Fingerprint of everything the site was made from.
        input: &'a str,
        title: &'a str,
        sources: Vec<ManifestSource<'a>>,
        counts: BTreeMap<&'static str, usize>,
        findings: Vec<JsonFinding>,
        files: BTreeMap<&'a str, &'a str>,
    }
    #[derive(Serialize)]
    struct ManifestSource<'a> {
        name: &'a str,
        path: &'a str,
        files: usize,
    }
    let sources =
        site.sources.repositories.iter().enumerate().map(|(n, repository)| ManifestSource {
            name: &repository.name,
            path: &repository.prefix,
            files: site.sources.files.iter().filter(|f| f.repository.0 as usize == n).count(),
        });
    let catalog = &site.catalog;
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    counts.extend([
        ("services", catalog.services.len()),
        ("teams", catalog.teams.len()),
        ("alerts", catalog.alerts.len()),
        ("alert_rules", catalog.rules.len()),
    ]);
    counts.extend([("lessons", catalog.lessons.len()), ("factors", catalog.factors.len())]);
    for doc in &catalog.documents {
        let plural = match doc.kind.value.word() {
            "runbook" => "runbooks",
            "postmortem" => "postmortems",
            "service" => "service_pages",
            "team" => "team_pages",
            "lesson" => "lesson_pages",
            _ => "pages",
        };
        *counts.entry(plural).or_insert(0) += 1;
    }
    let manifest = Manifest {
        generator: concat!("opslore ", env!("CARGO_PKG_VERSION")),
        input,
        title: &site.config.title,
        sources: sources.collect(),
        counts,
        findings: json::findings(report, &site.sources),
        files,
    };
    Ok(format!("{}\n", json::pretty(&manifest)?).into_bytes())
}

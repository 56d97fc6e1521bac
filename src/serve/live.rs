//! Sources → a [`Generation`]: one site in memory, whose files are made when they are first asked for.
//!
//! Where only texts changed, what tells of other files than these may at first be what the last site told: their
//! author sees the page that was saved, and the whole site is made when nobody saves any more.
//!
//! It lives on a thread of its own, which ends when nobody holds the generation any more. A file that its author
//! has just broken is read as it last was, so that its page and all that is tied to it stay.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use crate::config::Config;
use crate::diag::emit::human;
use crate::diag::{Code, Finding, Level, Report};
use crate::discover;
use crate::link::similar::SharedSimilar;
use crate::link::{Linked, Site};
use crate::model::document::Doc;
use crate::model::known::Known;
use crate::pipeline::{self, Basis, Live, Times};
use crate::serve::Setup;
use crate::text::hash::hex;
use crate::text::par;
use crate::text::source::{SourceId, Sources};

/// What tells that a file can no longer be understood.
const BROKEN: [Code; 6] = [
    Code::UnreadableFile,
    Code::BrokenFrontMatter,
    Code::UnclosedFrontMatter,
    Code::BrokenYaml,
    Code::WrongType,
    Code::UnknownKind,
];

/// Digits of a file's hash.
const HASH_DIGITS: usize = 16;

/// How often it is looked whether a site that is being made is old already.
const LOOK: Duration = Duration::from_millis(5);

/// A file of the site.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// Its bytes.
    pub(crate) bytes: Arc<[u8]>,
    /// What tells it from others of its path.
    pub(crate) hash: Arc<str>,
}

/// One site. Files that were made once are kept as long as it is.
pub(crate) struct Generation {
    asks: Sender<Ask>,
    kept: RwLock<BTreeMap<String, File>>,
    /// Pages of the site.
    pub(crate) pages: usize,
}

enum Ask {
    /// For a file, by its path in the site.
    File(String, Sender<Result<Option<Vec<u8>>, String>>),
    /// For the site with other readings of some files.
    Readings(Box<Readings>),
}

/// What documents take over.
struct Readings {
    sources: Sources,
    docs: Vec<Doc>,
    /// What was found of other files.
    findings: Vec<Finding>,
    answer: Sender<(Report, Vec<Finding>)>,
}

impl Generation {
    fn new(asks: Sender<Ask>, pages: usize) -> Arc<Self> {
        Arc::new(Self { asks, kept: RwLock::default(), pages })
    }

    /// Returns a file by its path in the site; `None` where the site has none of this path.
    pub(crate) fn file(&self, path: &str) -> Result<Option<File>, String> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        if kept.is_some() {
            return Ok(kept);
        }
        let (answer, made) = channel();
        let gone = || "the site has failed".to_owned();
        self.asks.send(Ask::File(path.to_owned(), answer)).map_err(|_| gone())?;
        let Some(bytes) = made.recv().map_err(|_| gone())?? else { return Ok(None) };
        let file = File { hash: hex(&bytes, HASH_DIGITS).into(), bytes: bytes.into() };
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.insert(path.to_owned(), file.clone());
        Ok(Some(file))
    }
}

/// What is kept from one generation for the next.
#[derive(Default)]
pub(crate) struct Memory {
    /// Every file as it last could be understood.
    good: Sources,
    /// What the files said when they were last read.
    known: Known,
    /// What resembles what in the last sites, where somebody asked.
    similar: Vec<SharedSimilar>,
    /// Where references led in the last whole site.
    linked: Linked,
    /// What was found in the last whole site.
    findings: Vec<Finding>,
    /// Files that never could.
    never: BTreeSet<String>,
    /// Files whose problems are shown.
    shown: BTreeSet<String>,
    /// True from the second generation on.
    began: bool,
}

impl Memory {
    /// Returns the sources of the last site after a change of some texts; `None` where more has to be looked at.
    pub(crate) fn changed(&self, config: &Config, files: &BTreeSet<PathBuf>) -> Option<Sources> {
        // A broken file is shown as it was: what it says now is not among the sources.
        let is_whole = self.began && self.shown.is_empty();
        is_whole.then(|| discover::changed(config, &self.good, files))?
    }

    /// Returns true where the last site was made of these files.
    pub(crate) fn is_of(&self, sources: &Sources) -> bool {
        self.good.files == sources.files
    }

    /// Returns the commits of the last sources, where they have the same heads.
    pub(crate) fn histories(&self, sources: &mut Sources) -> bool {
        let same = self.began
            && sources.histories.len() == self.good.histories.len()
            && sources
                .histories
                .iter()
                .zip(&self.good.histories)
                .all(|((id, new), (of, old))| id == of && new.head == old.head);
        if same {
            sources.histories.clone_from(&self.good.histories);
        }
        same
    }
}

/// A site that is ready.
pub(crate) struct Ready {
    pub(crate) generation: Arc<Generation>,
    /// What is wrong with files that changed, each as text.
    pub(crate) problems: Vec<String>,
    /// Every finding.
    pub(crate) report: Report,
    pub(crate) memory: Memory,
}

/// What is kept where no site was made.
pub(crate) struct Failed {
    /// Why none could be made; `None` where something newer is to be made instead.
    pub(crate) message: Option<String>,
    pub(crate) memory: Memory,
}

impl Failed {
    fn new(message: impl Into<String>) -> Box<Self> {
        Box::new(Self { message: Some(message.into()), memory: Memory::default() })
    }
}

/// How much of a site is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of it.
    Whole,
    /// What files that changed say; it fails where one of them cannot be understood.
    Changed,
}

/// A site, and what was found.
struct Made {
    site: Site,
    report: Report,
    problems: Vec<String>,
}

/// Makes a site ready; its thread stays. It is given up where `is_old` says so before it is ready.
pub(crate) fn start(
    setup: &Setup,
    basis: &Arc<Basis>,
    sources: Sources,
    extent: Extent,
    memory: Memory,
    mut is_old: impl FnMut() -> bool,
) -> Result<Ready, Box<Failed>> {
    let (sender, ready) = channel();
    let (setup, basis) = (setup.clone(), Arc::clone(basis));
    let old = Arc::new(AtomicBool::new(false));
    let given_up = Arc::clone(&old);
    let work = move || {
        let is_old = || given_up.load(Ordering::Relaxed);
        let live = || live(&setup, &basis, sources, extent, memory, &is_old, &sender);
        let made = par::on_threads(setup.threads, live);
        if let Err(message) = made {
            // Who started this waits for the answer.
            let _ = sender.send(Err(Failed::new(message)));
        }
    };
    let thread = thread::Builder::new().name("site".to_owned()).spawn(work);
    thread.map_err(|e| Failed::new(format!("cannot start a thread: {e}")))?;
    loop {
        match ready.recv_timeout(LOOK) {
            Ok(made) => return made,
            Err(RecvTimeoutError::Timeout) => old.store(is_old(), Ordering::Relaxed),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Failed::new("the site could not be made: a fault of opslore"));
            }
        }
    }
}

fn live(
    setup: &Setup,
    basis: &Basis,
    sources: Sources,
    extent: Extent,
    mut memory: Memory,
    is_old: &(dyn Fn() -> bool + Sync),
    ready: &Sender<Result<Ready, Box<Failed>>>,
) {
    let made = match extent {
        Extent::Whole => whole(setup, basis, sources, &mut memory, is_old).ok_or(None),
        Extent::Changed => changed(basis, sources, &mut memory).map_err(Some),
    };
    // Who started this waits for the answer.
    let fail = |message, memory| drop(ready.send(Err(Box::new(Failed { message, memory }))));
    let Made { mut site, mut report, problems } = match made {
        Ok(made) => made,
        Err(message) => return fail(message, memory),
    };
    let live = match Live::new(&site, &basis.theme, &report, basis.options) {
        Ok(live) => live,
        Err(message) => return fail(Some(message), memory),
    };
    let (asks, asked) = channel();
    let generation = Generation::new(asks, site.routes.pages.len());
    let made = Ready { generation, problems, report: report.clone(), memory };
    if ready.send(Ok(made)).is_err() {
        return;
    }
    let mut next = answer(&live, &asked);
    drop(live);
    while let Some(readings) = next {
        let Readings { sources, docs, findings, answer: told } = *readings;
        let mut found = pipeline::analyse_own(&mut site, sources, &docs);
        found.extend(findings);
        report = pipeline::report(&site, found.clone());
        // Theme and templates are those with which it was made before.
        let Ok(live) = Live::new(&site, &basis.theme, &report, basis.options) else { return };
        // Who asked may be gone.
        let _ = told.send((report.clone(), found));
        next = answer(&live, &asked);
    }
}

/// Makes the site out of the one that is; `None` where files tell the pages of others something new.
pub(crate) fn turn(
    basis: &Basis,
    last: &Generation,
    sources: &Sources,
    memory: &mut Memory,
) -> Option<(Arc<Generation>, Report)> {
    let new = news(sources, &memory.good);
    let mut docs = Vec::with_capacity(new.len());
    for id in &new {
        let doc = memory.known.read_own(&basis.config, sources, sources.get(*id))?;
        if doc.findings.iter().any(|finding| BROKEN.contains(&finding.code)) {
            return None;
        }
        docs.push(doc);
    }
    let others = memory.findings.iter().filter(|finding| !is_of(finding, &new));
    let findings = others.cloned().collect();
    let (answer, made) = channel();
    let readings = Readings { sources: sources.clone(), docs, findings, answer };
    last.asks.send(Ask::Readings(Box::new(readings))).ok()?;
    let (report, findings) = made.recv().ok()?;
    memory.good = sources.clone();
    memory.findings = findings;
    Some((Generation::new(last.asks.clone(), last.pages), report))
}

/// Files whose texts differ from those of the last site.
fn news(sources: &Sources, last: &Sources) -> BTreeSet<SourceId> {
    let pairs = sources.files.iter().zip(&last.files);
    pairs.filter(|(new, last)| new != last).map(|(new, _)| new.id).collect()
}

/// Returns true where something was found of one of these files.
fn is_of(finding: &Finding, files: &BTreeSet<SourceId>) -> bool {
    let mut places = finding.related.iter().map(|(place, _)| place).chain([&finding.place]);
    places.any(|place| files.contains(&place.source))
}

/// Makes a whole site; `None` where it is old before it is made.
fn whole(
    setup: &Setup,
    basis: &Basis,
    mut sources: Sources,
    memory: &mut Memory,
    is_old: &dyn Fn() -> bool,
) -> Option<Made> {
    if !memory.histories(&mut sources) {
        pipeline::histories(&basis.config, &mut sources, &*setup.clock, &mut Times::default());
    }
    let analyse = |sources: Sources, known: &mut Known, is_old| {
        pipeline::analyse_again(&basis.config, sources, known, basis.options.today, is_old)
    };
    let (mut site, mut findings) = analyse(sources, &mut memory.known, is_old)?;
    let mut report = pipeline::report(&site, findings.clone());
    let broken = broken(&report, &site.sources);
    let problems = problems(&broken, &site.sources, memory);
    if let Some(sources) = mended(&broken, &site.sources, memory) {
        (site, findings) = analyse(sources, &mut memory.known, &|| false)?;
        report = pipeline::report(&site, findings.clone());
    }
    let asked = memory.similar.iter().rfind(|similar| similar.get().is_some());
    let before = asked.cloned().unwrap_or_default();
    let similar = site.follow(Arc::clone(&before));
    // The page that shows it must not keep the next save waiting while it is read.
    if before.get().is_some() && !site.ask_similar(is_old) {
        return None;
    }
    memory.similar = vec![before, similar];
    memory.never = broken
        .iter()
        .map(|(path, _)| path.clone())
        .filter(|path| {
            !memory.began || memory.never.contains(path) || memory.good.by_path(path).is_none()
        })
        .collect();
    memory.good = site.sources.clone();
    memory.linked = site.linked();
    memory.findings = findings;
    memory.began = true;
    Some(Made { site, report, problems })
}

/// Makes a site of which only texts changed.
fn changed(basis: &Basis, sources: Sources, memory: &mut Memory) -> Result<Made, String> {
    let new = news(&sources, &memory.good);
    let Memory { known, linked, .. } = &mut *memory;
    let (mut site, mut findings) =
        pipeline::analyse_changed(&basis.config, sources, known, linked, &|| false)
            .ok_or("nobody waits for it")?;
    findings.retain(|finding| is_of(finding, &new));
    findings.extend(memory.findings.iter().filter(|finding| !is_of(finding, &new)).cloned());
    let report = pipeline::report(&site, findings.clone());
    let is_changed = |(path, _): &(String, _)| {
        site.sources.by_path(path).is_some_and(|file| new.contains(&file.id))
    };
    if broken(&report, &site.sources).iter().any(is_changed) {
        return Err("a file that changed cannot be understood".to_owned());
    }
    if let Some(similar) = memory.similar.last() {
        site.repeat(Arc::clone(similar));
    }
    memory.good = site.sources.clone();
    memory.findings = findings;
    Ok(Made { site, report, problems: Vec::new() })
}

/// Makes the files that are asked for, until somebody brings other readings; `None` where nobody can ask any more.
fn answer(live: &Live<'_>, asked: &Receiver<Ask>) -> Option<Box<Readings>> {
    while let Ok(ask) = asked.recv() {
        match ask {
            // Who asked may be gone.
            Ask::File(path, answer) => drop(answer.send(live.file(&path))),
            Ask::Readings(readings) => return Some(readings),
        }
    }
    None
}

/// Files that cannot be understood, with what was found.
fn broken(report: &Report, sources: &Sources) -> Vec<(String, Vec<Finding>)> {
    let mut broken: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
    for (level, finding) in &report.findings {
        if *level == Level::Error && BROKEN.contains(&finding.code) {
            let path = &sources.get(finding.place.source).path;
            broken.entry(path.clone()).or_default().push(finding.clone());
        }
    }
    broken.into_iter().collect()
}

/// What is wrong with files that were touched since the server began: others were broken before and stay so.
fn problems(
    broken: &[(String, Vec<Finding>)],
    sources: &Sources,
    memory: &mut Memory,
) -> Vec<String> {
    let touched = |path: &str| {
        let text =
            |sources: &Sources| sources.by_path(path).map(|s| (s.text.clone(), s.faults.clone()));
        memory.began && (memory.shown.contains(path) || text(sources) != text(&memory.good))
    };
    let shown: Vec<_> = broken.iter().filter(|(path, _)| touched(path)).collect();
    memory.shown = shown.iter().map(|(path, _)| path.clone()).collect();
    let findings = shown.into_iter().flat_map(|(_, findings)| findings);
    findings
        .map(|f| human::finding(Level::Error, f, sources, false).trim_end().to_owned())
        .collect()
}

/// Returns the sources with every broken file as it last was good; `None` where no file was.
fn mended(
    broken: &[(String, Vec<Finding>)],
    sources: &Sources,
    memory: &Memory,
) -> Option<Sources> {
    let good = |path: &str| memory.good.by_path(path).filter(|_| !memory.never.contains(path));
    if !broken.iter().any(|(path, _)| good(path).is_some()) {
        return None;
    }
    let mut sources = sources.clone();
    for file in &mut sources.files {
        let is_broken = broken.iter().any(|(path, _)| *path == file.path);
        if let Some(last) = good(&file.path).filter(|_| is_broken) {
            file.text.clone_from(&last.text);
            file.kind = last.kind;
            file.faults.clone_from(&last.faults);
        }
    }
    Some(sources)
}

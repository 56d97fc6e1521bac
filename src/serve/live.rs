//! Sources → a [`Generation`]: one site in memory, whose files are made when they are first asked for.
//!
//! It lives on a thread of its own, which ends when nobody holds the generation any more. A file that its author
//! has just broken is read as it last was, so that its page and all that is tied to it stay.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;

use crate::config::Config;
use crate::diag::emit::human;
use crate::diag::{Code, Finding, Level, Report};
use crate::link::similar::SharedSimilar;
use crate::model::known::Known;
use crate::pipeline::{self, Input, Live, Times};
use crate::serve::Setup;
use crate::text::hash::hex;
use crate::text::par;
use crate::text::source::Sources;

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
}

struct Ask {
    path: String,
    answer: Sender<Result<Option<Vec<u8>>, String>>,
}

impl Generation {
    /// Returns a file by its path in the site; `None` where the site has none of this path.
    pub(crate) fn file(&self, path: &str) -> Result<Option<File>, String> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        if kept.is_some() {
            return Ok(kept);
        }
        let (answer, made) = channel();
        let gone = || "the site has failed".to_owned();
        self.asks.send(Ask { path: path.to_owned(), answer }).map_err(|_| gone())?;
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
    /// Files that never could.
    never: BTreeSet<String>,
    /// Files whose problems are shown.
    shown: BTreeSet<String>,
    /// True from the second generation on.
    began: bool,
}

impl Memory {
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
    /// Pages of the site.
    pub(crate) pages: usize,
    pub(crate) memory: Memory,
}

/// Why no site could be made, and what is kept all the same.
pub(crate) struct Failed {
    pub(crate) message: String,
    pub(crate) memory: Memory,
}

impl Failed {
    fn new(message: impl Into<String>) -> Box<Self> {
        Box::new(Self { message: message.into(), memory: Memory::default() })
    }
}

/// Makes a site ready; its thread stays.
pub(crate) fn start(
    setup: &Setup,
    config: Config,
    input: Input,
    memory: Memory,
) -> Result<Ready, Box<Failed>> {
    let (sender, ready) = channel();
    let setup = setup.clone();
    let work = move || {
        let made = par::on_threads(setup.threads, || live(&setup, &config, input, memory, &sender));
        if let Err(message) = made {
            // Who started this waits for the answer.
            let _ = sender.send(Err(Failed::new(message)));
        }
    };
    let thread = thread::Builder::new().name("site".to_owned()).spawn(work);
    thread.map_err(|e| Failed::new(format!("cannot start a thread: {e}")))?;
    ready
        .recv()
        .unwrap_or_else(|_| Err(Failed::new("the site could not be made: a fault of opslore")))
}

fn live(
    setup: &Setup,
    config: &Config,
    input: Input,
    mut memory: Memory,
    ready: &Sender<Result<Ready, Box<Failed>>>,
) {
    let clock = || (setup.clock)();
    let mut times = Times::default();
    let today = input.options.today;
    let mut sources = input.sources;
    if !memory.histories(&mut sources) {
        pipeline::histories(config, &mut sources, &clock, &mut times);
    }
    let mut analyse = |sources: Sources, known: &mut Known| {
        pipeline::analyse_again(config.clone(), sources, known, today, &clock, &mut times)
    };
    let (mut site, findings) = analyse(sources, &mut memory.known);
    let mut report = pipeline::report(&site, findings);
    let broken = broken(&report, &site.sources);
    let problems = problems(&broken, &site.sources, &mut memory);
    if let Some(sources) = mended(&broken, &site.sources, &memory) {
        let (mended, findings) = analyse(sources, &mut memory.known);
        site = mended;
        report = pipeline::report(&site, findings);
    }
    let asked = memory.similar.iter().rfind(|similar| similar.get().is_some());
    let before = asked.cloned().unwrap_or_default();
    memory.similar = vec![Arc::clone(&before), site.follow(before)];
    memory.never = broken
        .iter()
        .map(|(path, _)| path.clone())
        .filter(|path| {
            !memory.began || memory.never.contains(path) || memory.good.by_path(path).is_none()
        })
        .collect();
    memory.good = site.sources.clone();
    memory.began = true;
    let live = match Live::new(&site, &input.theme, &report, input.options) {
        Ok(live) => live,
        Err(message) => {
            // Who started this waits for the answer.
            let _ = ready.send(Err(Box::new(Failed { message, memory })));
            return;
        }
    };
    let (asks, asked) = channel();
    let generation = Arc::new(Generation { asks, kept: RwLock::default() });
    let made = Ready {
        generation,
        problems,
        report: report.clone(),
        pages: site.routes.pages.len(),
        memory,
    };
    if ready.send(Ok(made)).is_ok() {
        answer(&live, &asked);
    }
}

/// Makes what is asked for, until nobody can ask any more.
fn answer(live: &Live<'_>, asked: &Receiver<Ask>) {
    while let Ok(ask) = asked.recv() {
        // Who asked may be gone.
        let _ = ask.answer.send(live.file(&ask.path));
    }
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

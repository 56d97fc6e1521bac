//! A folder → its site at an address of this machine, made anew on every change; nothing is written.
//!
//! One thread watches and builds, one holds each site ([`live`]), one answers each connection.

mod answer;
mod http;
mod live;
mod watch;

use std::io::{self, BufReader, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::config::Config;
use crate::diag::Report;
use crate::diag::emit::json;
use crate::discover::Kept;
use crate::pipeline::{self, Basis};
use crate::render::Options;
use crate::serve::answer::{Place, Wanted};
use crate::serve::http::Response;
use crate::serve::live::{Extent, Generation, Memory};
use crate::serve::watch::{Change, Waited, Watch};
use crate::text::date::Day;
use crate::text::par;
use crate::text::source::Sources;

/// Connections at a time; a browser opens six.
const MOST_CONNECTIONS: usize = 1_000;

/// How long a connection may stay idle.
const IDLE: Duration = Duration::from_mins(1);

/// How often a page that waits for changes is told that the server lives: who has gone is noticed then.
const BEAT: Duration = Duration::from_secs(10);

/// How long nothing may change before a site of which only what changed was made is made as a whole.
const REST: Duration = Duration::from_millis(500);

/// How often the whole site is begun at most before it is made whatever is saved meanwhile.
const MOST_BEGUN: u32 = 8;

/// Stack of a thread that answers: it only parses heads and copies bytes.
const STACK_BYTES: usize = 256 * 1024;

/// What to serve and how.
#[derive(Clone)]
pub struct Setup {
    /// Root of the site.
    pub root: PathBuf,
    /// Reads the configuration again.
    pub config: Arc<dyn Fn() -> Result<Config, String> + Send + Sync>,
    /// Tells today.
    pub today: Arc<dyn Fn() -> Result<Day, String> + Send + Sync>,
    /// Time since some start.
    pub clock: Arc<dyn Fn() -> Duration + Send + Sync>,
    /// Tells the person what happens.
    pub tell: Arc<dyn Fn(Event<'_>) + Send + Sync>,
    /// Where to listen.
    pub interface: IpAddr,
    /// The port; 0 takes one that is free.
    pub port: u16,
    /// Worker threads; 0 takes one a core.
    pub threads: usize,
}

/// What a person may want to know.
#[derive(Debug)]
pub enum Event<'a> {
    /// The site can be read at this address from now on.
    Listening(&'a str),
    /// A site took the last one's place.
    Built {
        /// What was found.
        report: &'a Report,
        /// Its pages.
        pages: usize,
        /// From the change to the site.
        time: Duration,
        /// What is wrong with files that changed, each as text.
        problems: &'a [String],
        /// False where only files that changed were read, and the whole site follows.
        is_whole: bool,
    },
    /// No site could be made; the last one stays.
    Failed(&'a str),
}

/// What connections and the builder share.
#[derive(Default)]
struct State {
    now: Mutex<Now>,
    turned: Condvar,
    connections: AtomicUsize,
}

/// What is shown now.
#[derive(Clone, Default)]
struct Now {
    turn: u64,
    site: Option<Arc<Generation>>,
    problems: Arc<[String]>,
    mount: String,
}

impl State {
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self, change: impl FnOnce(&mut Now)) {
        let mut now = self.now();
        change(&mut now);
        now.turn += 1;
        self.turned.notify_all();
    }
}

/// Serves a site until the process ends.
pub fn serve(setup: &Setup) -> Result<(), String> {
    let wanted = SocketAddr::new(setup.interface, setup.port);
    let listener =
        TcpListener::bind(wanted).map_err(|e| format!("cannot listen at {wanted}: {e}"))?;
    let listens = listener.local_addr().map_err(|e| format!("cannot listen at {wanted}: {e}"))?;
    let state = Arc::new(State::default());
    state.now().mount = "/".to_owned();
    let mut watch = Watch::new()?;
    let mut builder = Builder {
        setup,
        state: &state,
        memory: Memory::default(),
        kept: Kept::default(),
        basis: None,
    };
    // The folders first: what changes while the first site is made must not be missed.
    watch.folders(builder.folders())?;
    builder.build(|| false);
    let mount = state.now().mount.clone();
    (setup.tell)(Event::Listening(&format!("http://{listens}{mount}")));
    let shared = Arc::clone(&state);
    thread::Builder::new()
        .name("listener".to_owned())
        .spawn(move || listen(&listener, listens, &shared))
        .map_err(|e| format!("cannot start a thread: {e}"))?;
    // How often the whole site was begun since it was last made; `None` where it is made.
    let mut begun: Option<u32> = None;
    loop {
        // A file may have come into a new folder before it was watched.
        while begun.is_none() && watch.folders(builder.folders())? {
            builder.build(|| false);
        }
        let (is_shown, can_wait) = match watch.wait(begun.map(|_| REST)) {
            Waited::Change(change) => (builder.build_changed(&change), false),
            Waited::Nothing => (false, true),
            Waited::End => return Err("changes are reported no more".to_owned()),
        };
        let times = begun.unwrap_or_default();
        let can_wait = can_wait && times < MOST_BEGUN;
        let is_made = !is_shown && builder.build(|| can_wait && watch.has_news());
        begun = (!is_made).then_some(times + u32::from(!is_shown));
    }
}

/// Makes one site after the other; a change that comes meanwhile is part of the next.
struct Builder<'a> {
    setup: &'a Setup,
    state: &'a State,
    memory: Memory,
    kept: Kept,
    /// What the site was last made from; `None` where that failed.
    basis: Option<Arc<Basis>>,
}

impl Builder<'_> {
    fn folders(&self) -> Vec<PathBuf> {
        // A site file that is broken names no folders; they come back with it.
        let known = (self.setup.config)();
        let config = known.unwrap_or_else(|_| Config::default_for(&self.setup.root));
        pipeline::folders(&config, None)
    }

    /// Makes the whole site; false where `is_old` gave it up.
    fn build(&mut self, is_old: impl FnMut() -> bool) -> bool {
        let start = (self.setup.clock)();
        self.made(start, is_old).unwrap_or_else(|message| {
            self.basis = None;
            let problems: Arc<[String]> = Arc::new([message.clone()]);
            if self.state.now().problems != problems {
                self.state.turn(|now| now.problems = problems);
                (self.setup.tell)(Event::Failed(&message));
            }
            true
        })
    }

    fn made(&mut self, start: Duration, mut is_old: impl FnMut() -> bool) -> Result<bool, String> {
        let config = (self.setup.config)()?;
        let options = Options { today: (self.setup.today)()?, portable: false };
        let kept = &mut self.kept;
        let read = || pipeline::input(config, options, kept);
        let (basis, sources) = par::on_threads(self.setup.threads, read)??;
        if self.basis.as_ref().is_some_and(|last| last.fingerprint == basis.fingerprint) {
            return Ok(true);
        }
        let basis = Arc::new(basis);
        let is_made = !is_old() && self.turn(start, &basis, sources, Extent::Whole, is_old)?;
        if is_made {
            self.basis = Some(basis);
        }
        Ok(is_made)
    }

    /// Shows what a change says; false where the whole site is to be made first.
    fn build_changed(&mut self, change: &Change) -> bool {
        let start = (self.setup.clock)();
        let Some(basis) = self.basis.clone().filter(|_| change.is_known) else { return false };
        let Some(sources) = self.memory.changed(&basis.config, &change.files) else { return false };
        if self.memory.is_of(&sources) {
            return true;
        }
        let last = self.state.now().site.clone();
        let turned = last.and_then(|last| live::turn(&basis, &last, &sources, &mut self.memory));
        if let Some((generation, report)) = turned {
            self.show(start, &basis, generation, &report, Vec::new(), Extent::Changed);
            return true;
        }
        self.turn(start, &basis, sources, Extent::Changed, || false).is_ok()
    }

    /// Makes a site and shows it; false where `is_old` gave it up.
    fn turn(
        &mut self,
        start: Duration,
        basis: &Arc<Basis>,
        sources: Sources,
        extent: Extent,
        is_old: impl FnMut() -> bool,
    ) -> Result<bool, String> {
        let memory = std::mem::take(&mut self.memory);
        let ready = match live::start(self.setup, basis, sources, extent, memory, is_old) {
            Ok(ready) => ready,
            Err(failed) => {
                self.memory = failed.memory;
                return failed.message.map_or(Ok(false), Err);
            }
        };
        self.memory = ready.memory;
        self.show(start, basis, ready.generation, &ready.report, ready.problems, extent);
        Ok(true)
    }

    /// Gives a site the last one's place.
    fn show(
        &self,
        start: Duration,
        basis: &Basis,
        generation: Arc<Generation>,
        report: &Report,
        problems: Vec<String>,
        extent: Extent,
    ) {
        let problems: Arc<[String]> = problems.into();
        let pages = generation.pages;
        self.state.turn(|now| {
            now.site = Some(generation);
            now.problems = Arc::clone(&problems);
            now.mount = mount(&basis.config);
        });
        let time = (self.setup.clock)().saturating_sub(start);
        let is_whole = extent == Extent::Whole;
        (self.setup.tell)(Event::Built { report, pages, time, problems: &problems, is_whole });
    }
}

/// The path of a site's address: its pages may name each other by it.
fn mount(config: &Config) -> String {
    let url = config.base_url.as_deref().and_then(|url| url.split_once("://"));
    let path = url.and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    format!("/{path}")
}

fn listen(listener: &TcpListener, listens: SocketAddr, state: &Arc<State>) {
    for stream in listener.incoming() {
        // A connection that failed before it began is nobody's.
        let Ok(stream) = stream else { continue };
        if state.connections.fetch_add(1, Ordering::Relaxed) >= MOST_CONNECTIONS {
            state.connections.fetch_sub(1, Ordering::Relaxed);
            continue;
        }
        let shared = Arc::clone(state);
        let answer = move || {
            // Who went away is told nothing.
            let _ = connection(&stream, listens, &shared);
            shared.connections.fetch_sub(1, Ordering::Relaxed);
        };
        if thread::Builder::new().stack_size(STACK_BYTES).spawn(answer).is_err() {
            state.connections.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// Answers the requests of one connection.
fn connection(stream: &TcpStream, listens: SocketAddr, state: &State) -> io::Result<()> {
    stream.set_read_timeout(Some(IDLE))?;
    stream.set_write_timeout(Some(IDLE))?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    while let Some(read) = http::read(&mut reader)? {
        let request = match read {
            Ok(request) => request,
            Err(status) => return Response::plain(status).write(&mut writer, false, false),
        };
        let now = state.now().clone();
        let place = Place { listens, mount: now.mount };
        let site = now.site.as_deref().ok_or(&*now.problems);
        let wanted = place.answer(&request, site);
        let response = match wanted {
            Ok(Wanted::Events(page)) if request.method == "GET" => {
                return events(&mut writer, &page, state);
            }
            Ok(Wanted::Events(_)) => Response::plain(200),
            Ok(Wanted::Answer(response)) => response,
            Err(message) => {
                let body = format!("{message}\n").into_bytes().into();
                Response { body, ..Response::plain(500) }
            }
        };
        response.write(&mut writer, request.method == "HEAD", request.keep)?;
        if !request.keep {
            break;
        }
    }
    Ok(())
}

/// Tells a page of every change: what state it should be in, and what is wrong (server-sent events).
fn events(writer: &mut impl Write, page: &str, state: &State) -> io::Result<()> {
    #[derive(serde::Serialize)]
    struct Told<'a> {
        page: String,
        problems: &'a [String],
    }
    let head = http::head(200, "text/event-stream", false);
    writer.write_all(format!("{head}\r\nretry: 500\n\n").as_bytes())?;
    let mut turn = None;
    loop {
        let now = state.now();
        let same = |now: &mut Now| Some(now.turn) == turn;
        let waited = state.turned.wait_timeout_while(now, BEAT, same);
        let now = waited.unwrap_or_else(PoisonError::into_inner).0.clone();
        if Some(now.turn) == turn {
            writer.write_all(b":\n\n")?;
        } else {
            turn = Some(now.turn);
            // Where there is no site, pages wait for one: they have no state.
            let page =
                now.site.as_deref().map_or_else(|| Ok(String::new()), |s| answer::state(s, page));
            let problems = now.site.as_ref().map_or(&[][..], |_| &*now.problems);
            let told = page.and_then(|page| json::compact(&Told { page, problems }));
            if let Ok(told) = told {
                writer.write_all(format!("data: {told}\n\n").as_bytes())?;
            }
        }
        writer.flush()?;
    }
}

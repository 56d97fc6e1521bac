//! Whole-process benchmark: `opslore` beside the floor program and Hugo, in one run on one machine.
//!
//! ```text
//! cargo bench --bench build -- [--pages 1000,10000] [--runs 3]
//! cargo bench --bench build -- --serve 5000
//! ```
//!
//! Wall time, processor time and peak memory are the kernel's figures for each child. `std` cannot ask
//! for them and `wait4` needs `unsafe`, so `measure.py` does it: python3 makes the corpus anyway, and its
//! figures have microseconds where `/usr/bin/time` prints hundredths of a second.
//!
//! The tools take turns within each round, so that a load from outside falls on all of them.

#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark reads arguments, reads files and writes files"
)]
#![expect(clippy::print_stderr, reason = "a benchmark says what it does")]
#![expect(clippy::cast_precision_loss, reason = "counts of pages and bytes are far below 2^52")]

mod corpus;
mod floor;
mod measure;
mod report;
mod serve;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::measure::{Cost, median};
use crate::report::{Results, Row, Size};

/// The program that is measured.
const OPSLORE: &str = env!("CARGO_BIN_EXE_opslore");

/// The day that builds take as today, so that every run finds the same.
const TODAY: &str = "2026-11-22";

/// What to measure.
struct Options {
    pages: Vec<usize>,
    runs: usize,
    /// Where the sites are written; `target/bench` where it is not said.
    output: Option<PathBuf>,
}

/// Where things are.
struct Bench {
    /// This folder.
    benches: PathBuf,
    /// `target/bench`.
    work: PathBuf,
    /// Where the sites are written.
    output: PathBuf,
    /// This program, for the floor.
    own: PathBuf,
    hugo: Option<String>,
    runs: usize,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--floor", input, output] => floor::run(Path::new(input), Path::new(output)),
        // `cargo test --all-targets` runs benchmarks too, without this word.
        _ if !args.iter().any(|arg| arg == "--bench") => Ok(()),
        ["--serve", pages, "--bench"] | ["--bench", "--serve", pages] => serve_bench(pages),
        _ => options(&args).and_then(|options| bench(&options)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            eprintln!("error: {words}");
            ExitCode::FAILURE
        }
    }
}

fn options(args: &[String]) -> Result<Options, String> {
    let mut options = Options { pages: vec![1_000, 10_000], runs: 3, output: None };
    let mut args = args.iter().filter(|arg| *arg != "--bench");
    while let Some(arg) = args.next() {
        let value = args.next().ok_or_else(|| format!("{arg} needs a value"))?;
        let number = |text: &str| {
            text.parse()
                .ok()
                .filter(|n| *n > 0)
                .ok_or_else(|| format!("{arg} {value}: not a number above 0"))
        };
        match arg.as_str() {
            "--pages" => options.pages = value.split(',').map(number).collect::<Result<_, _>>()?,
            "--runs" => options.runs = number(value)?,
            "--output" => options.output = Some(PathBuf::from(value)),
            _ => {
                return Err(format!(
                    "there is no {arg}; there are --pages 1000,10000, --runs 3 and --output FOLDER"
                ));
            }
        }
    }
    options.pages.sort_unstable();
    options.pages.dedup();
    Ok(options)
}

/// From a save to the page that has it.
fn serve_bench(pages: &str) -> Result<(), String> {
    let pages = pages.parse().map_err(|_| format!("{pages} is no number"))?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let work = root.join("target/bench");
    fs::create_dir_all(&work).map_err(|e| format!("{}: {e}", work.display()))?;
    let corpus = corpus::corpus(&root.join("benches"), &work, pages)?;
    serve::print(pages, "save to page", &serve::saves(OPSLORE, &corpus.folder, 20)?);
    let Some(paints) = serve::paints(OPSLORE, &root.join("benches"), &corpus.folder, 20)? else {
        eprintln!("no browser: tests/browser/install.sh installs one");
        return Ok(());
    };
    for (what, times) in paints {
        serve::print(pages, &format!("save of {what} to paint"), &times);
    }
    Ok(())
}

fn bench(options: &Options) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let work = root.join("target/bench");
    fs::create_dir_all(&work).map_err(|e| format!("{}: {e}", work.display()))?;
    let own = std::env::current_exe().map_err(|e| format!("cannot find this program: {e}"))?;
    let output = options.output.clone().unwrap_or_else(|| work.clone());
    fs::create_dir_all(&output).map_err(|e| format!("{}: {e}", output.display()))?;
    let bench = Bench {
        benches: root.join("benches"),
        work,
        output,
        own,
        hugo: hugo(),
        runs: options.runs,
    };
    let mut results = Results {
        runs: options.runs,
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        load_before: load(),
        load_after: String::new(),
        hugo: bench.hugo.clone(),
        help_ms: bench.help()?,
        empty_site_ms: bench.empty_site()?,
        sizes: Vec::new(),
        growth: Vec::new(),
        targets: Vec::new(),
    };
    for pages in &options.pages {
        results.sizes.push(bench.size(*pages)?);
    }
    results.load_after = load();
    results.growth = report::growth(&results.sizes);
    results.targets = report::targets(&results);
    report::print(&results).map_err(|e| e.to_string())?;
    let json = serde_json::to_vec_pretty(&results).map_err(|e| e.to_string())?;
    fs::write(bench.work.join("result.json"), json).map_err(|e| format!("result.json: {e}"))
}

impl Bench {
    fn run(&self, command: &[&str]) -> Result<Cost, String> {
        measure::run(&self.benches, &self.work, command)
    }

    /// Measures every tool on one corpus.
    fn size(&self, pages: usize) -> Result<Size, String> {
        eprintln!("{pages} pages: making the corpus");
        let corpus = corpus::corpus(&self.benches, &self.work, pages)?;
        let hugo_site = match self.hugo {
            Some(_) => Some(corpus::hugo_site(&self.benches, &self.work, &corpus, pages)?),
            None => None,
        };
        let out = |tool: &str| self.output.join(format!("out-{tool}"));
        let (floor_out, build_out, hugo_out) = (out("floor"), out("opslore"), out("hugo"));
        let [input, own, floor_path, build_path, hugo_path] =
            [&corpus.folder, &self.own, &floor_out, &build_out, &hugo_out].map(|path| text(path));
        let mut noop_wrote_nothing = true;
        let mut rows = ["floor", "build", "no-op", "check", "hugo"].map(|tool| (tool, Vec::new()));
        let [floor, build, noop, check, hugo] = &mut rows;
        for round in 1..=self.runs {
            eprintln!("{pages} pages: round {round} of {}", self.runs);
            corpus::remove(&floor_out)?;
            floor.1.push(self.run(&[own?, "--floor", input?, floor_path?])?);

            corpus::remove(&build_out)?;
            let command = [OPSLORE, "build", input?, "-o", build_path?, "--now", TODAY];
            build.1.push(self.run(&command)?);

            let before = measure::state(&build_out)?;
            noop.1.push(self.run(&command)?);
            noop_wrote_nothing &= before == measure::state(&build_out)?;

            check.1.push(self.run(&[
                OPSLORE,
                "check",
                input?,
                "--fail-on",
                "never",
                "--now",
                TODAY,
            ])?);

            if let Some(site) = &hugo_site {
                corpus::remove(&hugo_out)?;
                let site = text(site)?;
                hugo.1.push(self.run(&[
                    "hugo",
                    "--quiet",
                    "--source",
                    site,
                    "--destination",
                    hugo_path?,
                ])?);
            }
        }
        // Sizes first: the build for the stages writes the site again.
        let sizes =
            [&floor_out, &build_out, &build_out, &self.work.join("no-such-folder"), &hugo_out]
                .map(|folder| measure::count(folder).unwrap_or_default());
        corpus::remove(&build_out)?;
        self.run(&[OPSLORE, "build", input?, "-o", build_path?, "--now", TODAY, "-v"])?;
        let stages = measure::stages(&self.work);
        let rows = rows.into_iter().zip(sizes).filter(|((_, runs), _)| !runs.is_empty());
        let rows = rows.map(|((tool, runs), (output_files, output_bytes))| Row {
            tool,
            median: median(&runs),
            runs,
            output_files,
            output_bytes,
        });
        Ok(Size {
            pages,
            source_files: corpus.files,
            source_bytes: corpus.bytes,
            rows: rows.collect(),
            stages,
            noop_wrote_nothing,
        })
    }

    /// Returns the milliseconds of `opslore --help`.
    fn help(&self) -> Result<f64, String> {
        let runs = (0..self.runs.max(5))
            .map(|_| self.run(&[OPSLORE, "--help"]))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(median(&runs).wall * 1e3)
    }

    /// Returns the milliseconds of the cold build of a site without pages.
    fn empty_site(&self) -> Result<f64, String> {
        let (site, out) = (self.work.join("empty"), self.work.join("out-empty"));
        fs::create_dir_all(&site).map_err(|e| format!("{}: {e}", site.display()))?;
        let mut runs = Vec::new();
        for _ in 0..self.runs.max(5) {
            corpus::remove(&out)?;
            runs.push(self.run(&[
                OPSLORE,
                "build",
                text(&site)?,
                "-o",
                text(&out)?,
                "--now",
                TODAY,
            ])?);
        }
        Ok(median(&runs).wall * 1e3)
    }
}

fn text(path: &Path) -> Result<&str, &'static str> {
    path.to_str().ok_or("the folder's path is not UTF-8")
}

/// Returns the first line of `hugo version`; `None` where there is no Hugo.
fn hugo() -> Option<String> {
    let done = Command::new("hugo").arg("version").output().ok()?;
    let words = String::from_utf8_lossy(&done.stdout);
    words.lines().next().map(str::to_owned)
}

/// Returns the mean number of running processes over the last minute, this benchmark included.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("?").to_owned()
}

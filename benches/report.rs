//! Measurements → tables on stdout and `result.json`.

use std::io::{self, Write as _};

use serde::Serialize;

use crate::measure::Cost;

/// One tool on one corpus.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) tool: &'static str,
    pub(crate) median: Cost,
    pub(crate) runs: Vec<Cost>,
    pub(crate) output_files: u64,
    pub(crate) output_bytes: u64,
}

/// Everything measured on one corpus.
#[derive(Debug, Serialize)]
pub(crate) struct Size {
    pub(crate) pages: usize,
    pub(crate) source_files: usize,
    pub(crate) source_bytes: u64,
    pub(crate) rows: Vec<Row>,
    /// Milliseconds of each stage, from a cold build of its own with `-v`.
    pub(crate) stages: Vec<(String, f64)>,
    pub(crate) noop_wrote_nothing: bool,
}

/// A target of `performance.md` and what was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Target {
    pub(crate) what: String,
    pub(crate) limit: String,
    pub(crate) measured: String,
    pub(crate) met: Option<bool>,
}

/// What one run of the benchmark found.
#[derive(Debug, Serialize)]
pub(crate) struct Results {
    pub(crate) runs: usize,
    pub(crate) cores: usize,
    pub(crate) load_before: String,
    pub(crate) load_after: String,
    pub(crate) hugo: Option<String>,
    pub(crate) help_ms: f64,
    pub(crate) empty_site_ms: f64,
    pub(crate) sizes: Vec<Size>,
    pub(crate) growth: Vec<Growth>,
    pub(crate) targets: Vec<Target>,
}

/// How cost grows from the smallest corpus to the largest: cost ~ pages ^ exponent.
#[derive(Debug, Serialize)]
pub(crate) struct Growth {
    pub(crate) tool: &'static str,
    pub(crate) wall: f64,
    pub(crate) cpu: f64,
    pub(crate) peak: f64,
}

impl Size {
    pub(crate) fn cost(&self, tool: &str) -> Option<Cost> {
        self.rows.iter().find(|row| row.tool == tool).map(|row| row.median)
    }
}

/// Returns the growth of each tool between the first and the last size.
pub(crate) fn growth(sizes: &[Size]) -> Vec<Growth> {
    let (Some(small), Some(large)) = (sizes.first(), sizes.last()) else { return Vec::new() };
    if small.pages >= large.pages {
        return Vec::new();
    }
    let pages = (large.pages as f64 / small.pages as f64).ln();
    let tools =
        large.rows.iter().filter_map(|row| Some((row.tool, small.cost(row.tool)?, row.median)));
    tools
        .map(|(tool, a, b)| Growth {
            tool,
            wall: (b.wall / a.wall).ln() / pages,
            cpu: (b.cpu / a.cpu).ln() / pages,
            peak: (b.peak_mib / a.peak_mib).ln() / pages,
        })
        .collect()
}

/// Judges the targets on the largest corpus.
pub(crate) fn targets(results: &Results) -> Vec<Target> {
    let Some(size) = results.sizes.last() else { return Vec::new() };
    let at = |what: &str| format!("{what}, {} pages", size.pages);
    let mut out = Vec::new();
    let mut push = |what: String, limit: &str, measured: Option<(String, bool)>| {
        let (measured, met) =
            measured.map_or(("not measured".to_owned(), None), |(words, met)| (words, Some(met)));
        out.push(Target { what, limit: limit.to_owned(), measured, met });
    };
    let ratio = |tool: &str, base: &str| Some((size.cost(tool)?, size.cost(base)?));
    let times = |pair: Option<(Cost, Cost)>, limit: f64| {
        let (a, b) = pair?;
        let (wall, cpu) = (a.wall / b.wall, a.cpu / b.cpu);
        Some((format!("{wall:.2} x wall, {cpu:.2} x CPU"), wall <= limit))
    };
    push(at("cold build without search"), "<= 2 x floor", times(ratio("build", "floor"), 2.0));
    push(at("cold build with search"), "<= 4 x floor", times(ratio("build", "floor"), 4.0));
    push(
        at("cold build: Hugo takes"),
        ">= 4 x as long",
        times(ratio("hugo", "build"), f64::INFINITY).map(|(words, _)| {
            let met =
                ratio("hugo", "build").is_some_and(|(hugo, build)| hugo.wall / build.wall >= 4.0);
            (words, met)
        }),
    );
    let growth = results.growth.iter().find(|g| g.tool == "build");
    let range =
        format!("growth, {} to {} pages", results.sizes.first().map_or(0, |s| s.pages), size.pages);
    push(
        range,
        "exponent <= 1.05",
        growth.map(|g| (format!("{:.2} wall, {:.2} CPU", g.wall, g.cpu), g.cpu <= 1.05)),
    );
    // 600 MB at 10,000 pages and 2.5 GB at 50,000 are nearly one line.
    let limit = 600.0 + (size.pages as f64 - 10_000.0).max(0.0) * 1_900.0 / 40_000.0;
    let peak = size.cost("build").map(|c| c.peak_mib * 1.048_576);
    push(
        at("peak memory"),
        &format!("<= {limit:.0} MB"),
        peak.map(|mb| (format!("{mb:.0} MB"), mb <= limit)),
    );
    push(
        at("no-op rebuild"),
        "<= 1 s",
        size.cost("no-op").map(|c| (format!("{:.2} s", c.wall), c.wall <= 1.0)),
    );
    let words = if size.noop_wrote_nothing { "nothing written" } else { "files were written" };
    push(at("no-op rebuild"), "no file written", Some((words.to_owned(), size.noop_wrote_nothing)));
    push(at("check alone"), "<= 1 x floor", times(ratio("check", "floor"), 1.0));
    push(
        "opslore --help".to_owned(),
        "<= 10 ms",
        Some((format!("{:.1} ms", results.help_ms), results.help_ms <= 10.0)),
    );
    push(
        "build of an empty site".to_owned(),
        "<= 50 ms",
        Some((format!("{:.1} ms", results.empty_site_ms), results.empty_site_ms <= 50.0)),
    );
    out
}

/// Prints everything as aligned tables.
pub(crate) fn print(results: &Results) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let hugo = results.hugo.as_deref().unwrap_or("not found");
    writeln!(
        out,
        "medians of {} runs, {} cores, load {} before and {} after",
        results.runs, results.cores, results.load_before, results.load_after
    )?;
    writeln!(out, "hugo: {hugo}")?;
    for size in &results.sizes {
        let megabytes = size.source_bytes as f64 / 1e6;
        writeln!(out, "\n{} pages ({} files, {megabytes:.1} MB)", size.pages, size.source_files)?;
        writeln!(
            out,
            "{:<8} {:>8} {:>8} {:>9} {:>9} {:>8} {:>9} {:>12} {:>12} {:>12}",
            "tool",
            "wall s",
            "CPU s",
            "peak MiB",
            "out MB",
            "files",
            "pages/s",
            "wall/floor",
            "CPU/floor",
            "Hugo wall/it"
        )?;
        let (floor, hugo) = (size.cost("floor"), size.cost("hugo"));
        for row in &size.rows {
            let cost = row.median;
            let ratio = |base: Option<f64>, own: f64, inverse: bool| match base {
                Some(base) if inverse => format!("{:.2}", base / own),
                Some(base) => format!("{:.2}", own / base),
                None => "-".to_owned(),
            };
            writeln!(
                out,
                "{:<8} {:>8.3} {:>8.3} {:>9.1} {:>9.1} {:>8} {:>9.0} {:>12} {:>12} {:>12}",
                row.tool,
                cost.wall,
                cost.cpu,
                cost.peak_mib,
                row.output_bytes as f64 / 1e6,
                row.output_files,
                size.pages as f64 / cost.wall,
                ratio(floor.map(|c| c.wall), cost.wall, false),
                ratio(floor.map(|c| c.cpu), cost.cpu, false),
                ratio(hugo.map(|c| c.wall), cost.wall, true),
            )?;
        }
        let sum: f64 = size.stages.iter().map(|(_, millis)| millis).sum();
        writeln!(out, "stages of one cold build:")?;
        for (stage, millis) in &size.stages {
            writeln!(out, "  {stage:<10} {millis:>9.1} ms {:>5.1} %", 100.0 * millis / sum)?;
        }
    }
    if !results.growth.is_empty() {
        writeln!(out, "\ngrowth from the first size to the last: cost ~ pages ^ exponent")?;
        writeln!(out, "{:<8} {:>6} {:>6} {:>6}", "tool", "wall", "CPU", "peak")?;
        for growth in &results.growth {
            writeln!(
                out,
                "{:<8} {:>6.2} {:>6.2} {:>6.2}",
                growth.tool, growth.wall, growth.cpu, growth.peak
            )?;
        }
    }
    writeln!(out, "\ntargets")?;
    for target in &results.targets {
        let verdict = match target.met {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "-",
        };
        writeln!(
            out,
            "{:<40} {:<18} {:<28} {verdict}",
            target.what, target.limit, target.measured
        )?;
    }
    Ok(())
}

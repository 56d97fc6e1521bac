//! `opslore serve` on a tree of pages → milliseconds from a save to the page that has it, and to the browser that has
//! painted it, where there is one.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A save comes one to ten of these after the last was shown: while the server rests, and while it still works.
const PAUSE: Duration = Duration::from_millis(300);

/// Longest wait for one change.
const PATIENCE: Duration = Duration::from_mins(1);

/// The server, ended with its value.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // Where it has ended already there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Saves a runbook of `corpus` so many times; returns how long each took until a browser with its page open could have
/// the new one, in milliseconds.
pub(crate) fn saves(program: &str, corpus: &Path, saves: usize) -> Result<Vec<f64>, String> {
    let file = first_runbook(corpus)?;
    let before = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    let (host, _server) = start(program, corpus)?;
    let source = file.strip_prefix(corpus).unwrap_or(&file).to_string_lossy().into_owned();
    let address = address(&host, &source)?;
    let mut changes = Changes::of(&host, &address)?;
    let times = (0..saves).map(|n| {
        sleep(PAUSE * (1 + (n * 7) % 10) as u32);
        let mark = format!("benchmark-mark-{n}");
        fs::write(&file, format!("{before}\n{mark}\n")).map_err(|e| e.to_string())?;
        let start = Instant::now();
        while !get(&host, &address)?.contains(&mark) {
            if start.elapsed() > PATIENCE {
                return Err(format!("{} does not show what was saved", file.display()));
            }
            changes.next()?;
        }
        Ok(start.elapsed().as_secs_f64() * 1_000.0)
    });
    let times: Result<Vec<f64>, String> = times.collect();
    fs::write(&file, before).map_err(|e| e.to_string())?;
    times
}

/// Starts a server; returns its host and port.
fn start(program: &str, corpus: &Path) -> Result<(String, Server), String> {
    let mut child = Command::new(program)
        .args(["serve", "--port", "0", "--quiet"])
        .arg(corpus)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| format!("{program}: {e}"))?;
    let stdout = child.stdout.take().ok_or("no standard output")?;
    let server = Server(child);
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).map_err(|e| e.to_string())?;
    let host = line.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
    Ok((host, server))
}

/// What an open page is told, as its script hears it.
struct Changes(BufReader<TcpStream>);

impl Changes {
    fn of(host: &str, address: &str) -> Result<Self, String> {
        let mut stream = TcpStream::connect(host).map_err(|e| format!("{host}: {e}"))?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(|e| e.to_string())?;
        let target = format!("/_opslore/events?page={address}");
        let head = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        stream.write_all(head.as_bytes()).map_err(|e| e.to_string())?;
        let mut changes = Self(BufReader::new(stream));
        changes.next()?;
        Ok(changes)
    }

    /// Waits for the next.
    fn next(&mut self) -> Result<(), String> {
        let mut line = String::new();
        while !line.starts_with("data: ") {
            line.clear();
            let read = self.0.read_line(&mut line).map_err(|e| e.to_string())?;
            if read == 0 {
                return Err("the server ended".to_owned());
            }
        }
        Ok(())
    }
}

/// Does the same with a real browser, by the script beside this file; returns the times by what is saved. `None` where
/// the browser tests are not installed.
pub(crate) fn paints(
    program: &str,
    benches: &Path,
    corpus: &Path,
    saves: usize,
) -> Result<Option<BTreeMap<String, Vec<f64>>>, String> {
    let packages = benches.join("../tests/browser/node_modules");
    if !packages.is_dir() {
        return Ok(None);
    }
    let file = first_runbook(corpus)?;
    let source = file.strip_prefix(corpus).unwrap_or(&file).to_string_lossy().into_owned();
    let address = {
        let (host, _server) = start(program, corpus)?;
        address(&host, &source)?
    };
    let made = Command::new("node")
        .arg(benches.join("saves.mjs"))
        .args([program, &corpus.to_string_lossy(), &source, &address, &saves.to_string()])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("node: {e}"))?;
    serde_json::from_slice(&made.stdout).map(Some).map_err(|e| format!("saves.mjs: {e}"))
}

/// Prints the figures of a size.
pub(crate) fn print(pages: usize, what: &str, times: &[f64]) {
    let most = times.iter().copied().fold(0.0, f64::max);
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    eprintln!(
        "{pages} pages: {what} {middle:.0} ms median, {most:.0} ms at most of {}",
        times.len()
    );
}

fn first_runbook(folder: &Path) -> Result<std::path::PathBuf, String> {
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "md")) {
            let text = fs::read_to_string(path).map_err(|e| e.to_string())?;
            if text.contains("\nkind: runbook\n") {
                return Ok(path.clone());
            }
        }
        open.extend(paths.into_iter().rev().filter(|path| path.is_dir()));
    }
    Err(format!("{} holds no page", folder.display()))
}

/// The address of the page of a file.
fn address(host: &str, source: &str) -> Result<String, String> {
    let pages: serde_json::Value =
        serde_json::from_str(&get(host, "/api/v1/pages.json")?).map_err(|e| e.to_string())?;
    let pages = pages["pages"].as_array().ok_or("no list of pages")?;
    let page = pages.iter().find(|page| page["source"] == source).ok_or("no page of this file")?;
    Ok(format!("/{}", page["url"].as_str().unwrap_or_default()))
}

fn get(host: &str, address: &str) -> Result<String, String> {
    let mut stream = TcpStream::connect(host).map_err(|e| format!("{host}: {e}"))?;
    let head = format!("GET {address} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).map_err(|e| e.to_string())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).map_err(|e| e.to_string())?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    Ok(answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}

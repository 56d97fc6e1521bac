//! One child process → what it cost.

use std::fs;
use std::path::Path;
use std::process::Command;

use walkdir::WalkDir;

/// What one run of a program cost.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub(crate) struct Cost {
    /// Seconds on the clock.
    pub(crate) wall: f64,
    /// Seconds of processor time, user and system, of all threads.
    pub(crate) cpu: f64,
    /// Largest resident set, in MiB.
    pub(crate) peak_mib: f64,
}

/// Runs a program through `measure.py`; what it prints goes to `stdout.txt` and `stderr.txt` in `work`.
pub(crate) fn run(benches: &Path, work: &Path, command: &[&str]) -> Result<Cost, String> {
    // What the run before left to be written to disk is not this run's to wait for.
    let _ = Command::new("sync").arg("-f").arg(work).status();
    let [stdout, stderr] = ["stdout.txt", "stderr.txt"].map(|name| work.join(name));
    let mut measure = Command::new("python3");
    measure.arg(benches.join("measure.py")).arg(stdout).arg(&stderr).args(command);
    let done = measure.output().map_err(|e| format!("cannot run python3: {e}"))?;
    let text = String::from_utf8_lossy(&done.stdout);
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [wall, user, system, peak_kib, code] = numbers[..] else {
        return Err(format!("measure.py: {}", String::from_utf8_lossy(&done.stderr)));
    };
    if code != 0.0 {
        let said = fs::read_to_string(&stderr).unwrap_or_default();
        return Err(format!("{} ended with {code}:\n{said}", command.join(" ")));
    }
    Ok(Cost { wall, cpu: user + system, peak_mib: peak_kib / 1024.0 })
}

/// Returns the median of each figure.
pub(crate) fn median(costs: &[Cost]) -> Cost {
    let middle = |figure: fn(&Cost) -> f64| {
        let mut values: Vec<f64> = costs.iter().map(figure).collect();
        values.sort_by(f64::total_cmp);
        let (low, high) = (values.get((values.len().max(1) - 1) / 2), values.get(values.len() / 2));
        low.zip(high).map_or(0.0, |(low, high)| f64::midpoint(*low, *high))
    };
    Cost { wall: middle(|c| c.wall), cpu: middle(|c| c.cpu), peak_mib: middle(|c| c.peak_mib) }
}

/// Returns files and bytes below a folder; `None` where there is no such folder.
pub(crate) fn count(folder: &Path) -> Option<(u64, u64)> {
    let mut sum = (0, 0);
    for entry in WalkDir::new(folder) {
        let meta = entry.ok()?.metadata().ok()?;
        if meta.is_file() {
            sum = (sum.0 + 1, sum.1 + meta.len());
        }
    }
    Some(sum)
}

/// Returns a number that changes when anything below a folder is written, replaced, added or removed.
pub(crate) fn state(folder: &Path) -> Result<blake3::Hash, String> {
    use std::os::unix::fs::MetadataExt as _;
    let mut hasher = blake3::Hasher::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|e| e.to_string())?;
        let meta = entry.metadata().map_err(|e| e.to_string())?;
        hasher.update(entry.path().as_os_str().as_encoded_bytes());
        for number in
            [meta.ino().cast_signed(), meta.mtime(), meta.mtime_nsec(), meta.len().cast_signed()]
        {
            hasher.update(&number.to_le_bytes());
        }
    }
    Ok(hasher.finalize())
}

/// Reads the times of the stages from what `opslore build -v` printed: `     parse     12.3 ms`.
pub(crate) fn stages(work: &Path) -> Vec<(String, f64)> {
    let text = fs::read_to_string(work.join("stderr.txt")).unwrap_or_default();
    let stage = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [name, millis, "ms"] = words[..] else { return None };
        Some((name.to_owned(), millis.parse().ok()?))
    };
    text.lines().filter_map(stage).collect()
}

//! The shape of the code, as ARCHITECTURE.md tells it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use opslore::diag::codes::RULES;
use opslore::text::hash::csp_source;

use crate::support::package;

/// Layers, lowest first: a module may name those below it and itself.
const LAYERS: [&[&str]; 15] = [
    &["text"],
    &["code", "secret"],
    &["diag"],
    &["config"],
    &["discover", "theme"],
    &["parse"],
    &["model"],
    &["link"],
    &["report"],
    &["export"],
    &["check", "compare", "render", "index"],
    &["mend"],
    &["pipeline"],
    &["serve"],
    &["cli"],
];

/// `write` knows nothing of sites: only what every stage may know.
const WRITE_MAY_NAME: [&str; 3] = ["text", "diag", "config"];

/// Third-party crates and the files that may name them.
const DOORS: [(&str, &[&str]); 31] = [
    ("aho_corasick", &["secret/rules.rs"]),
    ("annotate_snippets", &["diag/emit/human.rs"]),
    ("anstream", &["cli/run.rs"]),
    ("any_ascii", &["text/slug.rs"]),
    ("blake3", &["text/hash.rs"]),
    ("base64", &["text/hash.rs"]),
    ("clap", &["cli/args.rs", "cli/mod.rs"]),
    ("clap_complete", &["cli/complete.rs"]),
    ("clap_mangen", &["cli/manual.rs"]),
    ("globset", &["text/glob.rs"]),
    ("html5gum", &["parse/raw_html.rs"]),
    ("ignore", &["discover/walk.rs"]),
    ("jiff", &["text/date.rs"]),
    ("linkify", &["parse/markdown/mod.rs"]),
    ("mimalloc", &["main.rs"]),
    ("notify", &["serve/watch.rs"]),
    ("pulldown_cmark", &["parse/markdown/mod.rs"]),
    ("rayon", &["text/par.rs"]),
    ("regex", &["secret/pattern.rs"]),
    ("rustc_hash", &["text/map.rs"]),
    ("rustix", &["discover/mod.rs", "write/mod.rs"]),
    ("serde_saphyr", &["text/yaml.rs"]),
    ("serde_yaml", &["text/yaml.rs"]),
    ("sha2", &["text/hash.rs"]),
    ("similar", &["mend/diff.rs"]),
    ("strsim", &["text/nearest.rs"]),
    ("syntect", &["render/highlight.rs"]),
    ("terminal_size", &["cli/show.rs"]),
    ("textwrap", &["cli/terminal.rs"]),
    ("tera", &["render/templates.rs"]),
    ("walkdir", &["theme/mod.rs"]),
];

/// Most lines of a file without its tests.
const MAX_LINES: usize = 500;

/// Every source file: path below `src/`, whole text, and the text without its tests.
fn sources() -> Vec<(String, String, String)> {
    let mut out = Vec::new();
    let src = package().join("src");
    let mut open = vec![src.clone()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let name = path.strip_prefix(&src).unwrap().to_str().unwrap().to_owned();
                let is_test = name.ends_with("/tests.rs");
                let code =
                    if is_test { "" } else { text.split("\n#[cfg(test)]").next().unwrap_or("") };
                out.push((name, text.clone(), code.to_owned()));
            }
        }
    }
    out.sort();
    assert!(out.len() > 50);
    out
}

/// The lines of a text that are code, with their numbers.
fn code_lines(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = code.lines().enumerate().map(|(n, line)| (n + 1, line));
    lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Names that follow `prefix` in a line.
fn names_after<'a>(line: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(prefix).map(move |(at, _)| {
        let tail = &line[at + prefix.len()..];
        &tail[..tail.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(tail.len())]
    })
}

fn assert_none(what: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{what}:\n{}", faults.join("\n"));
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&module))
}

#[test]
fn modules_name_only_modules_below_them() {
    let mut faults = Vec::new();
    for (name, _, code) in
        sources().iter().filter(|(name, ..)| !matches!(name.as_str(), "lib.rs" | "main.rs"))
    {
        let module = name.split('/').next().unwrap().trim_end_matches(".rs");
        for (n, line) in code_lines(code) {
            for named in names_after(line, "crate::") {
                let is_module = layer(named).is_some() || named == "write";
                let allowed = match module {
                    "write" => WRITE_MAY_NAME.contains(&named),
                    _ if named == "write" => matches!(module, "pipeline" | "serve" | "cli"),
                    _ => layer(named) < layer(module),
                };
                if is_module && named != module && !allowed {
                    faults.push(format!("{name}:{n}: `{module}` must not name `{named}`"));
                }
            }
        }
        assert!(
            module == "write" || layer(module).is_some(),
            "`{module}` has no layer: add it to the table"
        );
    }
    assert_none("against the layers", &faults);
}

#[test]
fn paths_start_at_the_crate() {
    let mut faults = Vec::new();
    for (name, _, code) in sources() {
        let lines = code_lines(&code).filter(|(_, line)| line.contains("super::"));
        faults.extend(lines.map(|(n, _)| format!("{name}:{n}")));
    }
    assert_none("`super::` outside tests", &faults);
}

#[test]
fn files_are_short() {
    let mut faults = Vec::new();
    for (name, _, code) in sources() {
        let n = code.lines().count();
        if n > MAX_LINES {
            faults.push(format!("{name}: {n} lines, the limit is {MAX_LINES}"));
        }
    }
    assert_none("long files", &faults);
}

#[test]
fn files_start_with_what_they_do() {
    let mut faults = Vec::new();
    for (name, text, _) in sources() {
        if !text.starts_with("//! ") {
            faults.push(name);
        }
    }
    for folder in ["tests/it", "benches"] {
        for entry in fs::read_dir(package().join(folder)).into_iter().flatten() {
            let path = entry.unwrap().path();
            let is_rust = path.extension().is_some_and(|e| e == "rs");
            if is_rust && !fs::read_to_string(&path).unwrap().starts_with("//! ") {
                faults.push(path.display().to_string());
            }
        }
    }
    assert_none("files without `//!`", &faults);
}

#[test]
fn each_crate_has_one_door() {
    let manifest = fs::read_to_string(package().join("Cargo.toml")).unwrap();
    let mut faults = Vec::new();
    for (name, _, code) in sources() {
        for (n, line) in code_lines(&code) {
            for (krate, doors) in DOORS {
                let path = format!("{krate}::");
                let starts = line.match_indices(&path).any(|(at, _)| {
                    !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
                });
                if starts && !doors.contains(&name.as_str()) {
                    faults.push(format!(
                        "{name}:{n}: `{krate}` is named in {} only",
                        doors.join(", ")
                    ));
                }
            }
        }
    }
    let dependencies =
        manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    for line in dependencies.lines().filter(|l| !l.trim().is_empty()) {
        let krate = line.split([' ', '=']).next().unwrap().replace('-', "_");
        let everywhere = ["serde", "serde_json", "two_face"];
        if !everywhere.contains(&krate.as_str()) && !DOORS.iter().any(|(door, _)| *door == krate) {
            faults.push(format!("Cargo.toml: `{krate}` has no door: add it to the table"));
        }
    }
    assert_none("crates named elsewhere", &faults);
}

#[test]
fn only_some_stages_touch_the_disk_the_clock_and_the_environment() {
    let doors = [
        ("std::env", &["cli/"][..]),
        ("SystemTime", &["cli/"]),
        ("Instant", &["cli/"]),
        ("std::process", &["cli/", "main.rs", "discover/history.rs"]),
        ("std::net", &["cli/", "serve/"]),
        ("std::fs", &["cli/", "discover/", "theme/", "write/"]),
        ("println!", &[]),
        ("eprintln!", &[]),
    ];
    let mut faults = Vec::new();
    for (name, _, code) in sources() {
        for (n, line) in code_lines(&code) {
            for (word, allowed) in doors {
                if line.contains(word) && !allowed.iter().any(|a| name.starts_with(a)) {
                    faults.push(format!("{name}:{n}: `{word}`"));
                }
            }
        }
    }
    assert_none("world outside its stage", &faults);
}

#[test]
fn templates_trust_only_finished_html() {
    let mut faults = Vec::new();
    let mut open = vec![package().join("templates")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            if path.extension().is_none_or(|e| e != "html") {
                continue;
            }
            for (n, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
                for (at, _) in line.match_indices("| safe").chain(line.match_indices("|safe")) {
                    if !line[..at].trim_end().ends_with("_html") {
                        faults.push(format!(
                            "{}:{}: {}",
                            path.display(),
                            n + 1,
                            &line[at.saturating_sub(30)..at + 6]
                        ));
                    }
                }
                if line.contains("autoescape") || line.contains("macro ") {
                    faults.push(format!("{}:{}: {line}", path.display(), n + 1));
                }
            }
        }
    }
    assert_none("`| safe` on a name that does not end in `_html`", &faults);
}

#[test]
fn every_code_is_explained() {
    let mut faults = Vec::new();
    for rule in RULES {
        let file = package().join(format!("src/diag/explain/{}.md", rule.code));
        let text = fs::read_to_string(&file).unwrap_or_default();
        let title = format!("# {} {}\n", rule.code, rule.name);
        if !text.starts_with(&title) {
            faults.push(format!("{}: the title is not `{}`", rule.code, title.trim()));
        }
        let headings = ["## What\n", "## Why at 4 am\n", "## Example\n", "## Fix\n"];
        let places: Vec<Option<usize>> = headings.iter().map(|h| text.find(h)).collect();
        if places.iter().any(Option::is_none) || !places.windows(2).all(|w| w[0] < w[1]) {
            faults.push(format!(
                "{}: expected What, Why at 4 am, Example, Fix in this order",
                rule.code
            ));
        }
    }
    let n = fs::read_dir(package().join("src/diag/explain")).unwrap().count();
    assert_eq!(n, RULES.len(), "explanations without a code");
    assert_none("explanations", &faults);
}

#[test]
fn the_program_is_one_call() {
    let text = fs::read_to_string(package().join("src/main.rs")).unwrap();
    assert!(text.lines().count() <= 12);
    let path = package().join("ARCHITECTURE.md");
    let n = fs::read_to_string(path).map_or(0, |text| text.lines().count());
    assert!(n <= 200, "ARCHITECTURE.md has {n} lines");
}

#[test]
fn nothing_is_left_to_do() {
    let mut faults = Vec::new();
    for (name, _, code) in sources() {
        for (n, line) in code.lines().enumerate() {
            let unfinished =
                ["TODO:", "TODO(", "// TODO", "FIXME", "unimplemented!", "todo!(", "dbg!("];
            if unfinished.iter().any(|word| line.contains(word)) {
                faults.push(format!("{name}:{}: {}", n + 1, line.trim()));
            }
        }
    }
    assert_none("unfinished", &faults);
}

#[test]
fn every_embedded_file_exists_and_every_file_is_embedded() {
    let text = fs::read_to_string(package().join("src/theme/builtin.rs")).unwrap();
    let mut known: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for call in text.split("embedded!(").skip(1) {
        let mut quoted = call.split(");").next().unwrap().split('"').skip(1).step_by(2);
        let root = quoted.next().unwrap();
        known.insert(root, quoted.collect());
    }
    assert!(known.len() >= 2, "{known:?}");
    let mut faults = Vec::new();
    for (root, names) in known {
        for name in &names {
            if !package().join(root).join(name).is_file() {
                faults.push(format!("{root}/{name} does not exist"));
            }
        }
        for name in files_below(&package().join(root)) {
            let embedded =
                name.ends_with(".html") || name.ends_with(".css") || name.ends_with(".js");
            if embedded && !names.contains(&name.as_str()) {
                faults.push(format!("{root}/{name} is embedded nowhere"));
            }
        }
    }
    assert_none("embedded files", &faults);
}

#[test]
fn every_small_script_is_made_of_its_source() {
    let scripts = files_below(&package().join("themes/default/js"));
    let (small, sources): (Vec<_>, Vec<_>) =
        scripts.iter().partition(|name| name.starts_with("min/"));
    let mut faults = Vec::new();
    for name in &sources {
        let source = fs::read_to_string(package().join("themes/default/js").join(name)).unwrap();
        let small = package().join("themes/default/js/min").join(name);
        let small = fs::read_to_string(small).unwrap_or_default();
        let digits = &csp_source(&source)["sha256-".len()..][..12];
        if !small.starts_with(&format!("/*! {name} {digits} */\n")) {
            faults.push(format!("{name}: run `node tests/browser/minify.mjs`"));
        }
    }
    assert!(sources.len() >= 5, "{sources:?}");
    assert_eq!(small.len(), sources.len(), "scripts without a source");
    assert_none("scripts that are older than their source", &faults);
}

fn files_below(folder: &Path) -> Vec<String> {
    crate::support::tree(folder).into_keys().collect()
}

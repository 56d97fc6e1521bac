//! Whole sites: `content/` and, where they are at hand, the corpora: the same bytes each time, no dead link,
//! no word lost.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use opslore::model::document::Detail;
use opslore::model::runbook::Runbook;
use opslore::model::sections::RunbookPart;

use crate::html;
use crate::support::{Files, Temp, corpora, golden, package, run, tree};
use crate::words;

/// Builds a folder by the program and returns the site.
fn built(root: &Path, threads: &str) -> Files {
    let out = Temp::new();
    let folder = out.join("site");
    let root = root.to_str().unwrap();
    let ran = run(
        out.path(),
        &[
            "build",
            root,
            "-o",
            folder.to_str().unwrap(),
            "--now",
            "2026-11-22",
            "--threads",
            threads,
            "-q",
        ],
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    tree(&folder)
}

fn assert_same(one: &Files, two: &Files) {
    let paths = |files: &Files| files.keys().cloned().collect::<Vec<_>>().join("\n");
    assert_eq!(paths(one), paths(two));
    let differ: Vec<&String> =
        one.iter().filter(|(path, bytes)| two[*path] != **bytes).map(|(path, _)| path).collect();
    assert!(differ.is_empty(), "these files depend on the number of threads: {differ:?}");
}

#[test]
fn content_is_the_same_whatever_the_threads() {
    let content = package().join("content");
    let site = built(&content, "1");
    assert_same(&site, &built(&content, "2"));
    // Names of assets and of the search come from their content.
    let hashed = |p: &str| {
        p.starts_with("assets/")
            || (p.starts_with("search/") && p.ends_with(".js") && p != "search/root.js")
    };
    let paths: String = site.keys().filter(|p| !hashed(p)).map(|p| format!("{p}\n")).collect();
    golden(&package().join("tests/sites/content/paths.txt"), &paths);
}

#[test]
fn content_has_the_findings_that_its_authors_know() {
    let content = package().join("content");
    let ran = run(
        &package(),
        &["check", content.to_str().unwrap(), "--now", "2026-11-22", "--format", "json"],
    );
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap_or("").to_owned();
    let mut out = String::new();
    for row in json["findings"].as_array().unwrap() {
        out.push_str(&format!(
            "{}:{}:{}: {} {} {}: {}\n",
            text(row, "path"),
            row["line"],
            row["column"],
            text(row, "level"),
            text(row, "code"),
            text(row, "name"),
            text(row, "message")
        ));
        if row["hint"].is_string() {
            out.push_str(&format!("  hint: {}\n", text(row, "hint")));
        }
    }
    golden(&package().join("tests/sites/content/findings.txt"), &out);
}

#[test]
fn every_page_of_content_is_sound() {
    let (_, files) = words::built(&package().join("content"));
    let faults = html::faults(&files);
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_feed_of_content_is_sound() {
    const BASE: &str = "https://ops.harbour.example/";
    let (site, files) = words::built(&package().join("content"));
    let feeds: Vec<_> = files.iter().filter(|(path, _)| path.ends_with("feed.xml")).collect();
    assert!(feeds.len() >= site.catalog.teams.len());
    let mut ids = BTreeSet::new();
    for (path, bytes) in feeds {
        let text = std::str::from_utf8(bytes).unwrap();
        let body = text.strip_prefix("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n").unwrap();
        let mut open = Vec::new();
        let mut in_entries: Vec<String> = Vec::new();
        for token in html::scan(body) {
            match token {
                html::Token::Open(name, attributes) => {
                    for (_, href) in attributes.iter().filter(|(key, _)| *key == "href") {
                        let page =
                            href.strip_prefix(BASE).unwrap_or_else(|| panic!("{path}: {href}"));
                        let file = if page.is_empty() || page.ends_with('/') {
                            format!("{page}index.html")
                        } else {
                            page.to_owned()
                        };
                        assert!(files.contains_key(&file), "{path} leads to {file}");
                    }
                    in_entries.extend((name == "entry").then(String::new));
                    open.push(name);
                }
                html::Token::Close(name) => assert_eq!(open.pop(), Some(name), "{path}"),
                html::Token::Text(text) => match (open.last(), in_entries.last_mut()) {
                    (Some(&"id"), _) => assert!(ids.insert(text.clone()), "{path}: {text} twice"),
                    (Some(&"updated"), _) => {
                        assert!(text.ends_with("T00:00:00Z"), "{path}: {text}")
                    }
                    (Some(&"title"), Some(title)) => *title = text,
                    _ => {}
                },
            }
        }
        assert!(open.is_empty(), "{path}: {open:?} never end");
        assert!(
            in_entries.iter().all(|title| !title.is_empty()),
            "{path}: an entry without a title"
        );
    }
}

#[test]
fn the_program_and_the_library_build_the_same_site() {
    let content = package().join("content");
    let (_, mut files) = words::built(&content);
    let mut site = built(&content, "2");
    site.remove(".opslore-site");
    // The program notes in its manifest what the input was.
    assert!(site.remove("build.json").is_some() && files.remove("build.json").is_some());
    assert_same(&files, &site);
}

#[test]
fn no_word_of_content_is_lost() {
    let (site, files) = words::built(&package().join("content"));
    let (n, faults) = words::lost(&site, &files);
    assert!(n > 10_000, "only {n} words were compared");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Runs `test` on each corpus; what it returns is wrong.
fn each_corpus(test: impl Fn(&str, &Path) -> Vec<String>) {
    let Some(folder) = corpora() else {
        println!("no corpora at hand: nothing to do");
        return;
    };
    let mut roots: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    roots.sort();
    let mut faults = Vec::new();
    for root in roots {
        let name = root.file_name().unwrap().to_str().unwrap();
        faults.extend(test(name, &root).into_iter().map(|fault| format!("{name}: {fault}")));
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn no_word_of_the_corpora_is_lost() {
    each_corpus(|name, root| {
        let (site, files) = words::built(root);
        let (n, faults) = words::lost(&site, &files);
        println!(
            "{name}: {n} words of {} files, {} files lost some",
            site.catalog.documents.len(),
            faults.len()
        );
        faults
    });
}

#[test]
fn every_page_of_the_corpora_is_sound() {
    each_corpus(|name, root| {
        let (_, files) = words::built(root);
        let faults = html::faults(&files);
        println!("{name}: {} files", files.len());
        faults
    });
}

#[test]
fn the_corpora_are_the_same_whatever_the_threads() {
    each_corpus(|name, root| {
        let one = built(root, "1");
        assert_same(&one, &built(root, "2"));
        println!("{name}: {} files are the same", one.len());
        Vec::new()
    });
}

/// What the first screen needs, found in what people already wrote: printed, and held where it was promised.
#[test]
fn the_parts_of_a_first_screen_are_found_in_real_runbooks() {
    let mut names: Vec<PathBuf> = corpora()
        .into_iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    names.push(package().join("content"));
    names.sort();
    println!("folder                 runbooks meaning impact first mitigation escalation values");
    for folder in names {
        let (site, _) = words::built(&folder);
        let runbooks: Vec<_> = site
            .docs()
            .filter_map(|(_, doc)| match &doc.detail {
                Detail::Runbook(runbook) => Some(runbook),
                _ => None,
            })
            .collect();
        let count =
            |wanted: &dyn Fn(&Runbook) -> bool| runbooks.iter().filter(|r| wanted(r)).count();
        let has = |runbook: &Runbook, part| runbook.parts.iter().any(|(p, _)| *p == part);
        let meaning = |r: &Runbook| r.procedure.meaning.is_some() || r.meaning.is_some();
        let impact = |r: &Runbook| r.procedure.impact.is_some() || r.impact.is_some();
        let first = |r: &Runbook| r.procedure.first.is_some() || r.first.is_some();
        let mitigation = |r: &Runbook| has(r, RunbookPart::Mitigation);
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        println!(
            "{name:22} {:8} {:7} {:6} {:5} {:10} {:10} {:6}",
            runbooks.len(),
            count(&meaning),
            count(&impact),
            count(&first),
            count(&mitigation),
            count(&|r| has(r, RunbookPart::Escalation) || !r.escalation.is_empty()),
            count(&|r| r.procedure.commands.iter().any(|c| !c.values.is_empty())),
        );
        let sections = [RunbookPart::Meaning, RunbookPart::Impact, RunbookPart::Mitigation];
        let all = count(&|r| sections.iter().all(|part| has(r, *part)));
        match name.as_str() {
            "alert-runbooks" => assert!(all >= 104, "{all} have meaning, impact and mitigation"),
            "content" => {
                assert!(count(&first) * 10 >= runbooks.len() * 7, "too few first commands")
            }
            _ => {}
        }
    }
}

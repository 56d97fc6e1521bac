//! The folder of planted faults on which `tests/bad/run` compares opslore with others: each fault at its place, each page built.

use serde_json::Value;

use crate::support::{Temp, package, run, tree};

fn faults() -> Vec<Value> {
    let text = std::fs::read_to_string(package().join("tests/bad/faults.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn every_fault_of_the_comparison_is_found_at_its_place_and_nothing_else() {
    let fixture = package().join("tests/bad/fixture");
    let args = ["check", fixture.to_str().unwrap(), "--now", "2026-11-22", "--format", "json"];
    let ran = run(&package(), &args);
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    let row = |path: &Value, at: &Value| {
        (path.to_string(), at["line"].to_string(), at["column"].to_string(), at["code"].to_string())
    };
    let mut found: Vec<_> =
        json["findings"].as_array().unwrap().iter().map(|f| row(&f["path"], f)).collect();
    let faults = faults();
    let mut planted: Vec<_> =
        faults.iter().filter(|f| f["code"].is_string()).map(|f| row(&f["files"][0], f)).collect();
    found.sort();
    planted.sort();
    assert_eq!(planted.len(), 8);
    assert_eq!(found, planted);
}

#[test]
fn no_page_of_the_comparison_is_lost() {
    let fixture = package().join("tests/bad/fixture");
    let out = Temp::new();
    let folder = out.join("site");
    let args =
        ["build", fixture.to_str().unwrap(), "--output", folder.to_str().unwrap(), "--quiet"];
    assert_eq!(run(out.path(), &args).code, Some(0));
    let files = tree(&folder);
    let pages: Vec<&str> = files
        .iter()
        .filter(|(path, _)| path.ends_with(".html"))
        .map(|(_, bytes)| std::str::from_utf8(bytes).unwrap())
        .collect();
    let shown = |words: &str| {
        pages.iter().any(|page| page.split("<main").nth(1).is_some_and(|main| main.contains(words)))
    };
    assert!(shown("Look at the queue"));
    let faults = faults();
    let texts: Vec<&str> = faults
        .iter()
        .flat_map(|f| f["pages"].as_array().unwrap())
        .map(|p| p.as_str().unwrap())
        .collect();
    assert_eq!(texts.len(), 11);
    for text in texts {
        assert!(shown(text), "no page says `{text}`");
    }
}

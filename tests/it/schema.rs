//! `schema`: one declaration of keys, which readers ask by and editors are told of.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::support::{Temp, package, run};

/// Kinds of front matter; `teams` and `config` are YAML files of their own.
const FRONT: [&str; 6] = ["runbook", "postmortem", "service", "team", "lesson", "page"];

fn schema(kind: &str) -> Value {
    let ran = run(Temp::new().path(), &["schema", kind]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{kind}");
    serde_json::from_str(&ran.stdout).unwrap()
}

/// The maps that a value may be, however deep in lists and choices.
fn maps<'v>(value: &'v Value, out: &mut Vec<&'v serde_json::Map<String, Value>>) {
    out.extend(value.get("properties").and_then(Value::as_object));
    value.get("items").into_iter().for_each(|items| maps(items, out));
    let choices = value.get("anyOf").and_then(Value::as_array);
    choices.into_iter().flatten().for_each(|choice| maps(choice, out));
}

#[test]
fn every_kind_has_a_schema_and_the_list_names_it() {
    let temp = Temp::new();
    let listed = run(temp.path(), &["schema"]);
    let names: Vec<&str> =
        listed.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(FRONT.iter().all(|kind| names.contains(kind)) && names.contains(&"config"));
    let written = run(temp.path(), &["schema", "--output", "a/schema"]);
    assert_eq!(written.code, Some(0), "{}", written.stderr);
    for name in &names {
        let file = fs::read_to_string(temp.join(&format!("a/schema/{name}.json"))).unwrap();
        assert_eq!(file, run(temp.path(), &["schema", name]).stdout);
    }
    assert_eq!(written.stdout.lines().count(), names.len());
    let none = run(temp.path(), &["schema", "runbok"]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(2), ""));
    assert!(none.stderr.contains("'runbook'"), "{}", none.stderr);
}

#[test]
fn the_program_knows_every_key_of_its_schemas() {
    for kind in FRONT {
        let schema = schema(kind);
        let top = schema["properties"].as_object().unwrap();
        assert!(top.len() > 10, "{kind}");
        let mut files = Vec::new();
        for (key, value) in top {
            let stated = if key == "kind" { String::new() } else { format!("kind: {kind}\n") };
            files.push(format!("---\n{stated}{key}:\n---\n\n# A\n"));
            let mut below = Vec::new();
            maps(value, &mut below);
            for name in below.into_iter().flat_map(|map| map.keys()) {
                files.push(format!("---\n{stated}{key}: [{{{name}: }}]\n---\n\n# A\n"));
            }
        }
        let temp = Temp::new();
        for (n, text) in files.iter().enumerate() {
            temp.file(&format!("a{n}.md"), text.as_bytes());
        }
        let ran = run(temp.path(), &["check", "--format", "json", "--fail-on", "never"]);
        let told: Value = serde_json::from_str(&ran.stdout).unwrap();
        let unknown: Vec<&Value> = told["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["name"] == "unknown-key")
            .collect();
        assert!(unknown.is_empty(), "{kind}: {unknown:#?}");
        assert!(files.len() >= top.len(), "{kind}");
    }
}

#[test]
fn every_declared_key_has_a_reader() {
    let src = package().join("src");
    let text = |path: &str| fs::read_to_string(src.join(path)).unwrap();
    let model =
        ["document", "runbook", "postmortem", "action"].map(|f| text(&format!("model/{f}.rs")));
    for (table, readers) in
        [("model/keys.rs", model.concat()), ("config/keys.rs", text("config/read.rs"))]
    {
        let declared: BTreeSet<String> = text(table)
            .split("key(")
            .skip(1)
            .filter_map(|row| row.trim_start().strip_prefix("&[\"")?.split('"').next())
            .map(str::to_owned)
            .collect();
        assert!(declared.len() > 25, "{table}: {declared:?}");
        // Tiers are read as numbers, names of addresses by those who fill them in.
        let elsewhere = ["1", "2", "3", "4", "dashboard", "logs", "new_issue", "new_file"];
        for key in declared.iter().filter(|key| !elsewhere.contains(&key.as_str())) {
            assert!(readers.contains(&format!("\"{key}\"")), "{table}: nobody reads `{key}`");
        }
    }
}

#[test]
fn words_are_those_that_the_reader_takes_and_other_spellings_are_not_offered() {
    let runbook = schema("runbook");
    let risk = &runbook["properties"]["risk"]["anyOf"][0]["enum"];
    assert_eq!(*risk, serde_json::json!(["low", "medium", "high"]));
    let alias = &runbook["properties"]["alertname"];
    assert_eq!(alias["deprecated"], true);
    assert_eq!(alias["description"], "Another spelling of `alerts`.");
    assert!(runbook.get("additionalProperties").is_none(), "unknown keys are passed on");
    assert_eq!(schema("config")["additionalProperties"], false);
}

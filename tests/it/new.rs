//! `init` and `new`: a new user's walk, what rules know already, and files that exist.

use std::fs;

use serde_json::Value;

use crate::serve::Served;
use crate::support::{TODAY, Temp, run};

const RULES: &str = "groups:\n- name: a\n  rules:\n  - alert: CartSlow\n    expr: |\n      up{job=\"cart\"}\n        == 0\n    labels: {severity: critical, service: cart}\n";

#[test]
fn a_new_user_walks_from_nothing_to_a_site() {
    let temp = Temp::new();
    for args in [
        &["init"][..],
        &["new", "service", "cart"],
        &["new", "runbook", "cart-slow"],
        &["new", "postmortem", "INC-2026-001"],
    ] {
        let ran = run(temp.path(), &[args, &["--now", TODAY]].concat());
        assert_eq!(ran.code, Some(0), "{args:?}: {}", ran.stderr);
        for path in ran.stdout.lines() {
            assert!(temp.join(path).is_file(), "{path}");
        }
    }
    let checked = run(temp.path(), &["check", "--now", TODAY, "--fail-on", "info", "--verbose"]);
    assert_eq!((checked.code, checked.stdout.as_str()), (Some(0), ""), "{}", checked.stderr);
    let served = Served::start(temp.path());
    let page = served.get("runbooks/first-service-down/");
    assert_eq!(page.status, 200);
    assert!(page.text().contains("<h1"), "{}", page.text());
    drop(served);
    let built = run(temp.path(), &["build", "--now", TODAY, "--strict"]);
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    for page in
        ["services/cart", "services/first-service", "runbooks/cart-slow", "teams/first-team"]
    {
        assert!(temp.join(&format!("public/{page}/index.html")).is_file(), "{page}");
    }
}

#[test]
fn editors_find_schemas_that_fit() {
    let temp = Temp::new();
    assert_eq!(run(temp.path(), &["init"]).code, Some(0));
    let read = |path: &str| fs::read_to_string(temp.join(path)).unwrap();
    let json = |path: &str| -> Value { serde_json::from_str(&read(path)).unwrap() };
    let settings = json(".vscode/settings.json");
    let schemas = settings["yaml.schemas"].as_object().unwrap();
    assert!(schemas.values().flat_map(|v| v.as_array().unwrap()).any(|v| v == "opslore.yaml"));
    for path in schemas.keys() {
        let kind = path.rsplit('/').next().unwrap().trim_end_matches(".json");
        assert_eq!(read(path), run(temp.path(), &["schema", kind]).stdout, "{path}");
    }
    let first = read("opslore.yaml");
    let named = first.lines().next().unwrap().split("$schema=").nth(1).unwrap();
    assert!(temp.join(named).is_file(), "{first}");
    // What a snippet writes is front matter without a fault, whatever is chosen.
    let snippets = json(".vscode/opslore.code-snippets");
    let written: Vec<(String, String)> = snippets
        .as_object()
        .unwrap()
        .values()
        .map(|snippet| {
            let lines = snippet["body"].as_array().unwrap().iter().map(|l| l.as_str().unwrap());
            (snippet["prefix"][0].as_str().unwrap().to_owned(), lines.map(chosen).collect())
        })
        .collect();
    assert_eq!(written.len(), 5);
    for (kind, text) in &written {
        let text = format!("{text}# Some {kind}\n\nWords of it.\n");
        temp.file(&format!("more/{kind}s/{kind}-page.md"), text.as_bytes());
    }
    let checked = run(temp.path(), &["check", "--now", TODAY, "--format", "json"]);
    let told: Value = serde_json::from_str(&checked.stdout).unwrap();
    let faults: Vec<&Value> = told["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["code"].as_str().unwrap().starts_with("OL1"))
        .collect();
    assert!(faults.is_empty(), "{written:#?} {faults:#?}");
}

/// A line of a snippet as somebody fills it in: the first word of a choice, today, nothing where nothing is offered.
fn chosen(line: &str) -> String {
    let mut out = line.to_owned();
    for (name, value) in [
        ("$CURRENT_YEAR", "2026"),
        ("$CURRENT_MONTH", "11"),
        ("$CURRENT_DATE", "22"),
        ("$CURRENT_HOUR", "10"),
        ("$CURRENT_MINUTE", "30"),
        ("$CURRENT_TIMEZONE_OFFSET", "+01:00"),
    ] {
        out = out.replace(name, value);
    }
    if let Some((head, rest)) = out.split_once("${") {
        let offered = rest.trim_end_matches('}').trim_start_matches(|c: char| c.is_ascii_digit());
        let first = offered.trim_matches(['|', ':']).split([',', '|']).next().unwrap();
        out = format!("{head}{first}");
    } else if let Some((head, rest)) = out.split_once('$') {
        out = format!("{head}{}", rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    out + "\n"
}

#[test]
fn settings_of_an_editor_stay_as_they_are() {
    let temp = Temp::with(&[(".vscode/settings.json", "{\"mine\": 1}\n")]);
    let ran = run(temp.path(), &["init"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains(".vscode/settings.json exists already"), "{}", ran.stderr);
    let kept = fs::read_to_string(temp.join(".vscode/settings.json")).unwrap();
    assert_eq!(kept, "{\"mine\": 1}\n");
    assert!(temp.join(".opslore/schema/runbook.json").is_file());
}

#[test]
fn what_rules_know_of_an_alert_is_filled_in() {
    let temp = Temp::with(&[("rules.yaml", RULES)]);
    temp.file("cart/service.yaml", b"kind: service\nname: cart\nowner: shop\n");
    assert_eq!(run(temp.path(), &["new", "runbook", "CartSlow", "--now", TODAY]).code, Some(0));
    let text = fs::read_to_string(temp.join("runbooks/CartSlow.md")).unwrap();
    for part in [
        "alerts: [\"CartSlow\"]\n",
        "severity: \"critical\"\n",
        "services: [\"cart\"]\n",
        "owner: \"shop\"\n",
        "last_reviewed: 2026-11-22\n",
        "```promql\nup{job=\"cart\"}\n  == 0\n```\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    // Of a name that no rule knows nothing is made up.
    assert_eq!(run(temp.path(), &["new", "runbook", "Other", "--now", TODAY]).code, Some(0));
    let text = fs::read_to_string(temp.join("runbooks/Other.md")).unwrap();
    assert!(!text.contains("alerts:") && !text.contains("promql"), "{text}");
}

#[test]
fn nothing_that_exists_is_written_over() {
    let temp = Temp::with(&[("runbooks/a.md", "mine\n"), ("opslore.yaml", "title: Mine\n")]);
    for args in [&["new", "runbook", "a"][..], &["init"]] {
        let ran = run(temp.path(), args);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(ran.stderr.contains("exists already"), "{}", ran.stderr);
    }
    assert_eq!(fs::read_to_string(temp.join("runbooks/a.md")).unwrap(), "mine\n");
    assert!(!temp.join("services").exists());
    for name in ["../a", "a/b", "", ".a", "a\nb", "-"] {
        let ran = run(temp.path(), &["new", "runbook", "--", name]);
        assert_eq!(ran.code, Some(2), "{name:?}");
    }
    assert!(!temp.path().parent().unwrap().join("a.md").exists());
}

#[test]
fn a_site_has_templates_of_its_own() {
    let temp =
        Temp::with(&[("archetypes/runbook.md", "# Ours: {name}\n\n{owner} {x}\n\n{today}\n")]);
    assert_eq!(run(temp.path(), &["new", "runbook", "a", "--now", TODAY]).code, Some(0));
    let text = fs::read_to_string(temp.join("runbooks/a.md")).unwrap();
    assert_eq!(text, "# Ours: a\n\n\n2026-11-22\n");
}

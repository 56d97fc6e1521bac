//! What was wrong before passes, what is new fails: the baseline and the share of alerts with a runbook.

use std::collections::BTreeMap;
use std::fs;

use opslore::config::Config;
use opslore::link::Site;
use opslore::link::alerts::RunbookTarget;
use opslore::pipeline::{self, Times};
use opslore::text::date::Day;

use crate::support::{Ran, TODAY, Temp, corpora, no_clock, run};

fn check(site: &Temp, args: &[&str]) -> Ran {
    let args = [&["check", ".", "--now", TODAY, "--fail-on", "info"][..], args].concat();
    run(site.path(), &args)
}

fn found(ran: &Ran) -> usize {
    ran.stdout.lines().filter(|l| l.contains(": error OL") || l.contains(": warning OL")).count()
}

const BASELINE: [&str; 2] = ["--baseline", "known.json"];
const UPDATE: [&str; 3] = ["--baseline", "known.json", "--update-baseline"];

#[test]
fn old_findings_pass_wherever_their_lines_move_and_new_ones_fail() {
    let runbook = "---\nkind: runbook\nlast_reviewed: 2026-01-01\nowner: team:a\n---\n# B\n\n```sh\nls\n```\n\n## Escalation\n\nCall.\n";
    let site = Temp::with(&[("a.md", "# A\n\n[x](x.md)\n[y](y.md)\n"), ("b.md", runbook)]);
    let before = check(&site, &[]);
    assert_eq!((before.code, found(&before)), (Some(1), 3), "{}", before.stdout);
    let made = check(&site, &UPDATE);
    assert_eq!((made.code, made.stdout.as_str()), (Some(0), ""), "{}", made.stderr);
    let known = fs::read_to_string(site.join("known.json")).unwrap();
    let same = check(&site, &BASELINE);
    assert_eq!((same.code, same.stdout.as_str()), (Some(0), ""), "{}", same.stderr);
    assert_eq!(same.stderr, "3 known by known.json\nnothing found\n");

    // Lines move, a line is written anew around its fault, days go by.
    site.file("a.md", b"# A\n\nNew.\n\n- [why](y.md) then\n- [x](x.md)\n");
    let later = run(site.path(), &[&["check", ".", "--now", "2027-02-01"][..], &BASELINE].concat());
    assert_eq!((later.code, later.stdout.as_str()), (Some(0), ""), "{}", later.stderr);
    check(&site, &UPDATE);
    assert_eq!(fs::read_to_string(site.join("known.json")).unwrap(), known, "nothing to write");

    // Another fault, the same again, and the same in another file are new.
    site.file("a.md", b"# A\n\n[x](x.md) [x](x.md)\n[y](y.md) [z](z.md)\n");
    site.file("c.md", b"# C\n\n[x](x.md)\n");
    for args in [&BASELINE[..], &UPDATE] {
        let ran = check(&site, args);
        assert_eq!((ran.code, found(&ran)), (Some(1), 3), "{}", ran.stdout);
        assert!(ran.stdout.starts_with("a.md:3:15: error OL201"), "{}", ran.stdout);
    }
    assert_eq!(fs::read_to_string(site.join("known.json")).unwrap(), known, "it never grows");
    let only = check(&site, &[&["c.md"][..], &BASELINE].concat());
    assert_eq!((only.code, found(&only)), (Some(1), 1), "{}", only.stdout);
}

#[test]
fn what_is_mended_leaves_the_baseline_and_does_not_come_back() {
    let site = Temp::with(&[("a.md", "# A\n\n[x](x.md)\n[y](y.md)\n")]);
    check(&site, &UPDATE);
    site.file("a.md", b"# A\n\n[y](y.md)\n");
    let ran = check(&site, &BASELINE);
    assert_eq!(ran.code, Some(0));
    assert!(
        ran.stderr.starts_with("1 known by known.json, 1 in it found no more"),
        "{}",
        ran.stderr
    );
    let ran = check(&site, &UPDATE);
    assert!(ran.stderr.starts_with("1 known by known.json, 1 removed from it"), "{}", ran.stderr);
    site.file("a.md", b"# A\n\n[x](x.md)\n[y](y.md)\n");
    let ran = check(&site, &UPDATE);
    assert_eq!((ran.code, found(&ran)), (Some(1), 1), "{}", ran.stdout);
}

#[test]
fn a_baseline_that_cannot_be_read_is_told_once() {
    let site = Temp::with(&[("a.md", "# A\n\n[x](x.md)\n")]);
    let ran = check(&site, &BASELINE);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert_eq!(ran.stderr, "error: there is no baseline known.json; --update-baseline makes it\n");
    for broken in [
        "",
        "{",
        "[]",
        "{\"opslore_baseline\": 2, \"findings\": []}",
        "{\"opslore_baseline\": 1}",
        "{\"opslore_baseline\": 1, \"findings\": [], \"more\": 1}",
        "{\"opslore_baseline\": 1, \"findings\": [{\"code\": \"OL201\"}]}",
        "<<<<<<< ours\n{\"opslore_baseline\": 1, \"findings\": []}\n",
    ] {
        site.file("known.json", broken.as_bytes());
        for args in [&BASELINE[..], &UPDATE] {
            let ran = check(&site, args);
            assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{broken}");
            assert!(ran.stderr.starts_with("error: known.json is no baseline: "), "{}", ran.stderr);
            assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
        }
        assert_eq!(fs::read_to_string(site.join("known.json")).unwrap(), broken);
    }
    assert_eq!(check(&site, &["--update-baseline"]).code, Some(2));
    assert_eq!(check(&site, &[&["a.md"][..], &UPDATE].concat()).code, Some(2));
}

#[test]
fn a_share_of_covered_alerts_is_a_gate() {
    let rules = "groups:\n- name: a\n  rules:\n  - {alert: One, expr: up, labels: {severity: critical}}\n  - {alert: Two, expr: up, labels: {severity: critical}}\n  - {alert: Three, expr: up, labels: {severity: warning}}\n";
    let runbook = "---\nalerts: [One]\n---\n# One\n\n## Mitigation\n\nWait.\n";
    let site = Temp::with(&[("rules.yaml", rules), ("runbooks/one.md", runbook)]);
    let at = |percent: &str| {
        let args = ["check", ".", "--fail-on", "never", "--min-coverage", percent];
        run(site.path(), &args)
    };
    assert_eq!((at("50").code, at("50.1").code, at("101").code), (Some(0), Some(1), Some(2)));
    let words = "1 of 2 alerts that wake somebody lead to a runbook: below 60 %";
    assert!(at("60").stderr.contains(words), "{}", at("60").stderr);
    let none = Temp::with(&[("a.md", "# A\n")]);
    assert_eq!(run(none.path(), &["check", ".", "--min-coverage", "100"]).code, Some(0));
}

#[test]
fn coverage_tells_the_line_to_add_and_what_matches() {
    let rules = "groups:\n- name: a\n  rules:\n  - {alert: ByName, expr: up}\n  - {alert: Many, expr: up, annotations: {runbook_url: 'runbooks/{{ $labels.job }}.md'}}\n  - {alert: Nowhere, expr: up, annotations: {runbook_url: TODO}}\n";
    let site = Temp::with(&[
        ("opslore.yaml", "base_url: https://ops.example/\n"),
        ("rules.yaml", rules),
        ("runbooks/one.md", "---\nkind: runbook\nalerts: [ByName]\n---\n# One\n"),
        ("runbooks/two.md", "---\nkind: runbook\n---\n# Two\n"),
    ]);
    let ran = run(site.path(), &["report", "coverage", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let row = |name: &str| {
        let rows = json["rows"].as_array().unwrap();
        rows.iter().find(|r| r["alert"].to_string().contains(name)).unwrap()
    };
    assert_eq!(row("ByName")["class"], "by name only");
    assert_eq!(row("ByName")["add"], "runbook_url: https://ops.example/alerts/ByName/");
    assert_eq!(row("Many")["class"], "templated");
    let matches = row("Many")["matches"].to_string();
    assert!(matches.contains("One") && matches.contains("Two"), "{matches}");
    assert_eq!(
        (&row("Nowhere")["class"], &row("Nowhere")["written"]),
        (&"placeholder".into(), &"TODO".into())
    );
    assert!(
        ran.stdout.contains("By class: by name only 1, templated 1, placeholder 1."),
        "{}",
        ran.stdout
    );
}

/// A real tree, read and linked.
fn real(name: &str) -> Option<Site> {
    let Some(folder) = corpora() else {
        println!("skipped: no corpora");
        return None;
    };
    let folder = fs::canonicalize(folder.join(name)).unwrap();
    let config = Config::default_for(&folder);
    let today = Day::parse(TODAY).unwrap();
    let clock = || no_clock();
    Some(pipeline::analyse(config, None, today, &clock, &mut Times::default()).unwrap().0)
}

fn class(target: &RunbookTarget) -> &'static str {
    match target {
        RunbookTarget::None => "none",
        RunbookTarget::Document(..) => "page",
        RunbookTarget::OwnPage => "own",
        RunbookTarget::Dead => "dead",
        RunbookTarget::Placeholder => "placeholder",
        RunbookTarget::Outside(_) => "outside",
        RunbookTarget::Templated(_) => "templated",
    }
}

#[test]
fn real_rules_fall_into_the_classes_that_were_counted_by_others() {
    let Some(site) = real("alert-runbooks") else { return };
    let mut urls: BTreeMap<&str, &str> = BTreeMap::new();
    for (rule, target) in site.catalog.rules.iter().zip(&site.alerts.by_rule) {
        if let Some(field) = &rule.runbook {
            urls.insert(&field.value, class(target));
        }
    }
    let of = |class: &str| urls.values().filter(|c| **c == class).count();
    assert_eq!((site.catalog.rules.len(), urls.len(), of("page"), of("dead")), (139, 125, 99, 26));

    let Some(site) = real("one-organization") else { return };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for target in &site.alerts.by_rule {
        *counts.entry(class(target)).or_default() += 1;
    }
    let named = site.catalog.rules.iter().filter(|rule| rule.runbook.is_some()).count();
    let all = site.catalog.rules.len();
    assert!(all == 947 || all == 286, "{all} rules");
    // The counts of the whole set, and those of its copy without the rules that repeat for each service.
    let (expected, page, templated) = match all {
        947 => (901, 828, 72),
        _ => (244, 179, 64),
    };
    assert_eq!(named, expected, "{counts:?}");
    assert_eq!((counts.get("page"), counts.get("templated")), (Some(&page), Some(&templated)));
    assert_eq!((counts.get("outside"), counts.get("dead")), (Some(&1), None), "{counts:?}");
}

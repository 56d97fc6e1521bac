//! A site with twelve planted faults of twelve kinds and nothing else wrong: each is found at its place.

use crate::support::{Temp, package, run};

/// What was planted: file, line, column, code, level.
const PLANTED: [(&str, u64, u64, &str, &str); 12] = [
    ("checkout/alerts.yaml", 11, 16, "OL301", "warning"),
    ("checkout/alerts.yaml", 17, 26, "OL211", "error"),
    ("checkout/runbooks/burn.md", 5, 1, "OL106", "warning"),
    ("checkout/runbooks/burn.md", 6, 16, "OL304", "warning"),
    ("checkout/runbooks/burn.md", 13, 38, "OL201", "error"),
    ("checkout/runbooks/burn.md", 17, 11, "OL502", "warning"),
    ("checkout/runbooks/latency.md", 3, 16, "OL104", "error"),
    ("checkout/service.yaml", 8, 5, "OL204", "warning"),
    ("incidents/INC-2026-001.md", 8, 14, "OL308", "error"),
    ("incidents/INC-2026-001.md", 11, 13, "OL307", "warning"),
    ("orders/service.md", 4, 8, "OL205", "warning"),
    ("pages/guide.md", 5, 13, "OL501", "warning"),
];

#[test]
fn each_planted_fault_is_found_at_its_place() {
    let root = package().join("tests/sites/twelve-faults");
    let ran = run(
        &package(),
        &["check", root.to_str().unwrap(), "--now", "2026-11-22", "--format", "json"],
    );
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let found: Vec<(&str, u64, u64, &str, &str)> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            let text = |key: &str| f[key].as_str().unwrap();
            (
                text("path"),
                f["line"].as_u64().unwrap(),
                f["column"].as_u64().unwrap(),
                text("code"),
                text("level"),
            )
        })
        .collect();
    assert_eq!(found, PLANTED, "{}", ran.stdout);
    assert_eq!(json["counts"]["error"], 4);
    assert_eq!(json["counts"]["warning"], 8);
}

#[test]
fn a_site_with_faults_is_published_all_the_same() {
    let root = package().join("tests/sites/twelve-faults");
    let out = Temp::new();
    let folder = out.join("site");
    let args =
        ["build", root.to_str().unwrap(), "-o", folder.to_str().unwrap(), "--now", "2026-11-22"];
    let ran = run(out.path(), &args);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let strict = run(out.path(), &[&args[..], &["--strict"]].concat());
    assert_eq!(strict.code, Some(1), "{}", strict.stderr);
    assert!(folder.join("incidents/INC-2026-001/index.html").is_file());
}

#[test]
fn the_exit_code_follows_the_level_that_fails() {
    let site = Temp::with(&[("a.md", "# A\n\n## B\n\n[x](#c)\n")]);
    let code = |level: &str| {
        run(site.path(), &["check", ".", "--now", "2026-11-22", "--fail-on", level]).code
    };
    assert_eq!(
        (code("never"), code("error"), code("warning"), code("info")),
        (Some(0), Some(0), Some(1), Some(1))
    );
}

#[test]
fn a_clean_site_is_clean() {
    let site = Temp::with(&[("a.md", "# A\n\n[B](b.md)\n"), ("b.md", "# B\n\nWords.\n")]);
    let ran = run(site.path(), &["check", "."]);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (Some(0), "", "nothing found\n")
    );
    assert_eq!(run(site.path(), &["build", ".", "--strict"]).code, Some(0));
}

#[test]
fn a_broken_site_file_is_told_with_its_place() {
    let site = Temp::with(&[
        ("a.md", "# A\n"),
        ("opslore.yaml", "title: X\npolcy:\n  rules: {}\nbase_url: ftp://x\n"),
    ]);
    for command in ["check", "build", "config"] {
        let ran = run(site.path(), &[command, "."]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{command}");
        assert!(
            ran.stderr.contains("opslore.yaml:2:1: unknown key `polcy`: did you mean `policy`?"),
            "{}",
            ran.stderr
        );
        assert!(
            ran.stderr.contains("opslore.yaml:4:11: `base_url` must start with"),
            "{}",
            ran.stderr
        );
    }
    site.file("opslore.yaml", b"title: [\n");
    let ran = run(site.path(), &["check", "."]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("opslore.yaml:"), "{}", ran.stderr);
    assert!(!site.join("public").exists());
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let site = Temp::new();
    for args in [
        &["check", "nowhere"][..],
        &["build", "nowhere"],
        &["-C", "nowhere", "check"],
        &["config", "nowhere"],
    ] {
        let ran = run(site.path(), args);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
        assert!(
            ran.stderr.starts_with("error: ") && ran.stderr.contains("nowhere"),
            "{}",
            ran.stderr
        );
    }
    site.file("opslore.yaml", b"sources: [{name: a, path: gone}]\n");
    let ran = run(site.path(), &["check", "."]);
    assert_eq!(ran.code, Some(2), "{}", ran.stdout);
    assert!(ran.stderr.contains("gone"), "{}", ran.stderr);
}

//! What a change takes away: `diff` between sites, trees and commits, and the guard of `build --against`.

use std::fs;

use crate::history::{git, told};
use crate::support::{Ran, TODAY, Temp, golden, package, run, tree};

const SITE: &str = "base_url: https://ops.example.org/\n";

fn runbook(title: &str, head: &str, text: &str) -> String {
    format!(
        "---\nkind: runbook\nowner: shop\nlast_reviewed: 2026-11-01\n{head}---\n# {title}\n\n{text}\n\n```sh\nls\n```\n\n## Escalation\n\nCall.\n"
    )
}

/// Two states of one site: a change that does each thing once.
fn states() -> Temp {
    let site = Temp::new();
    let rules = |b_url: &str| {
        format!(
            "groups:\n- name: g\n  rules:\n  - alert: Gone\n    expr: up\n    labels: {{severity: page}}\n  - alert: Lost\n    expr: up\n    labels: {{severity: page}}\n    annotations: {{runbook_url: 'https://ops.example.org/{b_url}'}}\n"
        )
    };
    let both = |path: &str, text: &str| {
        site.file(&format!("old/{path}"), text.as_bytes());
        site.file(&format!("new/{path}"), text.as_bytes());
    };
    let old = |path: &str, text: &str| site.file(&format!("old/{path}"), text.as_bytes());
    let new = |path: &str, text: &str| site.file(&format!("new/{path}"), text.as_bytes());
    both("opslore.yaml", SITE);
    old("rules.yaml", &rules("runbooks/removed/"));
    new("rules.yaml", &rules("runbooks/removed/").replace("Gone", "Fresh"));
    old("removed.md", &runbook("Removed", "", "Text."));
    old("renamed.md", &runbook("Has a new name", "", "## Roll back\n\nText."));
    new("other.md", &runbook("Has a new name", "", "## Roll back\n\nText."));
    old("kept.md", &runbook("Is kept", "aliases: [wiki/kept]\n", "Text."));
    new(
        "keeper.md",
        &runbook("Kept by another name", "aliases: [runbooks/kept, wiki/kept]\n", "Text."),
    );
    old(
        "place/file.md",
        &runbook("Moves with its file", "id: stays\naliases: [wiki/place]\n", "Text."),
    );
    new("folder/file.md", &runbook("Moves with its file", "id: stays\n", "Text."));
    old("says.md", &runbook("Says *something*", "", "## Old part\n\nText."));
    new("says.md", &runbook("Says *something*", "", "## New part\n\nText."));
    new("fresh.md", &runbook("Fresh | <b>", "", "Text."));
    both(
        "reader.md",
        "---\nowner: readers\n---\n# Reads | all\n\n[a](removed.md) [b](says.md#old-part) [c](renamed.md) [d](https://ops.example.org/runbooks/removed/)\n[e](https://ops.example.org/runbooks/kept/) [f](place/file.md) `Gone`\n",
    );
    // The link to what is gone was taken out, another one was forgotten, a third was mended.
    old("mends.md", "# Mends\n\n[a](removed.md) [b](place/file.md) [c](renamed.md#roll-back)\n");
    new("mends.md", "# Mends\n\nNone. [b](place/file.md) [c](other.md#roll-back)\n");
    site
}

fn diff(site: &Temp, old: &str, new: &str, args: &[&str]) -> Ran {
    run(site.path(), &[&["diff", old, new, "--now", TODAY][..], args].concat())
}

fn build(site: &Temp, from: &str, to: &str, args: &[&str]) -> Ran {
    run(site.path(), &[&["build", from, "-o", to, "--now", TODAY, "-q"][..], args].concat())
}

#[test]
fn a_change_is_told_by_what_it_breaks_and_for_whom() {
    let site = states();
    let ran = diff(&site, "old", "new", &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.stdout);
    golden(&package().join("tests/diff/states.md"), &ran.stdout);
    let json = diff(&site, "old", "new", &["--format", "json", "--fail-on-loss"]);
    assert_eq!(json.code, Some(1), "something is lost");
    golden(&package().join("tests/diff/states.json"), &json.stdout);
    let same = diff(&site, "old", "old", &["--fail-on-loss"]);
    assert_eq!(same.code, Some(0));
    assert!(same.stdout.starts_with("### opslore: no page differs\n\n|"), "{}", same.stdout);
}

#[test]
fn a_built_site_is_compared_without_its_sources() {
    let site = states();
    for (from, to) in [("old", "was"), ("new", "is")] {
        assert_eq!(build(&site, from, to, &[]).code, Some(0));
    }
    let wanted = diff(&site, "old", "new", &[]).stdout;
    for (old, new) in [("was", "new"), ("old", "is"), ("was", "is")] {
        assert_eq!(diff(&site, old, new, &[]).stdout, wanted, "{old} {new}");
    }
    // What uploads a site often leaves hidden files out.
    fs::remove_file(site.join("was/.opslore-site")).unwrap();
    assert_eq!(diff(&site, "was", "is", &[]).stdout, wanted);
    fs::remove_file(site.join("was/api/v1/links.json")).unwrap();
    let ran = diff(&site, "was", "is", &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert_eq!(ran.stderr, "error: was is no site of opslore: there is no api/v1/links.json\n");
    let ran = diff(&site, "nowhere", "is", &[]);
    assert!(ran.code == Some(2) && ran.stderr.contains("nowhere is no folder"), "{}", ran.stderr);
}

#[test]
fn the_demo_and_its_site_are_the_same() {
    let out = Temp::new();
    let content = package().join("content");
    let content = content.to_str().unwrap();
    assert_eq!(build(&out, content, "site", &[]).code, Some(0));
    let ran = diff(&out, "site", content, &["--fail-on-loss", "--format", "json"]);
    assert_eq!(ran.code, Some(0));
    for list in ["added", "removed", "moved", "changed", "lost_runbook", "got_runbook"] {
        let empty = [format!("\"{list}\": []"), format!("\"{list}\": {{}}")];
        let count = ran.stdout.matches(&format!("\"{list}\":")).count();
        let empties: usize = empty.iter().map(|e| ran.stdout.matches(e.as_str()).count()).sum();
        assert_eq!((count, count > 0), (empties, true), "{list}: {}", ran.stdout);
    }
}

#[test]
fn a_commit_is_compared_with_the_folder_that_grew_from_it() {
    let site = states();
    let time = "2026-11-01T00:00:00Z";
    if git(site.path(), time).is_none() {
        return;
    }
    fs::create_dir(site.join("repo")).unwrap();
    let repo = site.join("repo");
    let copy = |from: &str| {
        for (path, bytes) in tree(&site.join(from)) {
            site.file(&format!("repo/{path}"), &bytes);
        }
    };
    copy("old");
    for args in [&["init", "-q"][..], &["add", "."], &["commit", "-qm", "old"]] {
        told(&repo, time, args);
    }
    for path in tree(&site.join("old")).keys() {
        fs::remove_file(repo.join(path)).unwrap();
    }
    copy("new");
    let wanted = diff(&site, "old", "new", &[]).stdout;
    assert_eq!(diff(&site, "git:HEAD", "repo", &[]).stdout, wanted);
    let ran = diff(&site, "git:nothing", "repo", &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
}

#[test]
fn a_site_that_would_lose_promised_addresses_is_not_published() {
    let site = states();
    assert_eq!(build(&site, "old", "public", &[]).code, Some(0));
    let before = tree(&site.join("public"));
    let guarded = |more: &[&str]| {
        build(&site, "new", "public", &[&["--against", "public"][..], more].concat())
    };
    let ran = guarded(&[]);
    assert_eq!(ran.code, Some(2));
    golden(&package().join("tests/diff/refused.txt"), &ran.stderr);
    assert_eq!(tree(&site.join("public")), before, "the old site is untouched");
    let some = guarded(&["--allow-vanish", "alerts/Gone/"]);
    assert!(!some.stderr.contains("/alerts/Gone/"), "{}", some.stderr);
    assert!(some.stderr.contains("/runbooks/removed/ (named by a rule)"), "{}", some.stderr);
    let ran = guarded(&[
        "--allow-vanish",
        "/alerts/*/",
        "--allow-vanish",
        "runbooks/removed/",
        "--allow-vanish",
        "wiki/**",
    ]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_ne!(tree(&site.join("public")), before);
    let missing = build(&site, "new", "public", &["--against", "nothing"]);
    assert!(
        missing.code == Some(2) && missing.stderr.contains("nothing is no site"),
        "{}",
        missing.stderr
    );
}

#[test]
fn a_site_that_would_shrink_too_much_is_not_published() {
    let pages = |n: usize| -> Vec<(String, String)> {
        (0..n).map(|n| (format!("docs/p{n}.md"), format!("# P{n}\n"))).collect()
    };
    let site = Temp::new();
    let write = |folder: &str, n| {
        for (path, text) in pages(n) {
            site.file(&format!("{folder}/{path}"), text.as_bytes());
        }
    };
    write("old", 60);
    write("new", 30);
    assert_eq!(build(&site, "old", "public", &[]).code, Some(0));
    let guarded = |more: &[&str]| {
        build(&site, "new", "public", &[&["--against", "public"][..], more].concat())
    };
    let ran = guarded(&[]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.starts_with("error: not published: 30 of "), "{}", ran.stderr);
    assert!(ran.stderr.contains("\n  and 20 more\n"), "{}", ran.stderr);
    assert_eq!(guarded(&["--allow-vanish", "5"]).code, Some(2));
    site.file("new/opslore.yaml", b"policy: {max_vanish: 90}\n");
    assert_eq!(guarded(&["--allow-vanish", "5%"]).code, Some(2), "the flag counts more");
    assert_eq!(guarded(&[]).code, Some(0));
    site.file("new/opslore.yaml", b"policy: {max_vanish: most}\n");
    let ran = guarded(&[]);
    assert!(
        ran.code == Some(2) && ran.stderr.contains("`max_vanish` is a share"),
        "{}",
        ran.stderr
    );
}

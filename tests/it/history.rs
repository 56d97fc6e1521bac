//! Git repositories as sources: what pages tell of changes, and that no repository makes git run anything.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Ran, Temp, opslore, run, run_command, tree};

const SITE: &str = "\
sources:
  - path: shop
    name: shop
    url: https://git.example.org/shop/src/{path}
    edit_url: https://git.example.org/shop/edit/{path}
";

const RUNBOOK: &str = "\
---
kind: runbook
title: Payments are slow
services: [pay]
last_reviewed: 2026-10-01
---
# Payments are slow

1. Look.
";

const PAGE: &str = "public/runbooks/payments-are-slow/index.html";

/// Returns git without anybody's configuration, or `None`, and says why, where there is none.
pub(crate) fn git(folder: &Path, time: &str) -> Option<Command> {
    let mut git = Command::new("git");
    let known = git.arg("version").stdout(Stdio::null()).status();
    if known.is_err() {
        println!("skipped: git is not installed");
        return None;
    }
    let mut git = Command::new("git");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"] {
        git.env_remove(name);
    }
    git.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    for who in ["AUTHOR", "COMMITTER"] {
        git.env(format!("GIT_{who}_NAME"), "Ada")
            .env(format!("GIT_{who}_EMAIL"), "ada@example.org");
        git.env(format!("GIT_{who}_DATE"), time);
    }
    git.current_dir(folder).stdin(Stdio::null());
    Some(git)
}

/// Runs git and returns what it printed.
pub(crate) fn told(folder: &Path, time: &str, args: &[&str]) -> String {
    let output = git(folder, time).unwrap().args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn commit(folder: &Path, time: &str) {
    told(folder, time, &["add", "-A"]);
    told(folder, time, &["commit", "-q", "--allow-empty", "-m", "words"]);
}

/// Makes a site with one repository of a service; `None` where git is missing.
fn shop() -> Option<Temp> {
    let site = Temp::with(&[
        ("opslore.yaml", SITE),
        ("shop/pay/ops/service.yaml", "kind: service\nid: pay\n"),
        ("shop/pay/ops/runbooks/payments-are-slow.md", RUNBOOK),
        ("shop/pay/src/main.go", "1"),
        ("shop/cart/src/main.go", "1"),
    ]);
    git(site.path(), "")?;
    told(&site.join("shop"), "", &["init", "-q", "-b", "main"]);
    commit(&site.join("shop"), "2026-09-01T12:00:00Z");
    Some(site)
}

/// Puts a signature into the newest commit: git asks the repository's own program about it.
fn sign(folder: &Path) {
    let safe = ["-c", "core.fsmonitor=", "-c", "core.hooksPath=/dev/null"];
    let run = |args: &[&str]| told(folder, "", &[&safe[..], args].concat());
    let text = run(&["cat-file", "commit", "HEAD"]);
    let signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----";
    fs::write(folder.join(".git/signed"), text.replacen("\n\n", &format!("\n{signature}\n\n"), 1))
        .unwrap();
    let id = run(&["hash-object", "-t", "commit", "-w", ".git/signed"]);
    run(&["update-ref", "HEAD", &id]);
}

fn build(site: &Temp) -> Ran {
    let ran = run(site.path(), &["build", ".", "--now", "2026-11-22"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    ran
}

fn page(site: &Temp) -> String {
    fs::read_to_string(site.join(PAGE)).unwrap()
}

/// Returns what a page says of commits.
fn says(page: &str) -> (bool, bool) {
    (page.contains("last change"), page.contains("code beside it changed"))
}

#[test]
fn pages_tell_the_last_change_and_what_changed_beside_them() {
    let Some(site) = shop() else { return };
    let shop = site.join("shop");
    build(&site);
    assert!(page(&site).contains("last change 1 Sep 2026, "));
    assert!(!page(&site).contains("code beside it"), "nothing changed since the review");

    // The day is the day in UTC, whatever the author's zone.
    site.file("shop/pay/src/main.go", b"2");
    commit(&shop, "2026-10-01T23:30:00-05:00");
    build(&site);
    assert!(page(&site).contains("code beside it changed once since"));

    site.file("shop/pay/src/main.go", b"3");
    site.file("shop/pay/ops/runbooks/payments-are-slow.md", format!("{RUNBOOK}\n").as_bytes());
    commit(&shop, "2026-10-07T12:00:00Z");
    let id = told(&shop, "", &["rev-parse", "HEAD"]);
    // Neither text, nor other services, nor the day of the review, nor merges count.
    site.file("shop/pay/README.md", b"# Pay\n");
    commit(&shop, "2026-10-08T12:00:00Z");
    site.file("shop/cart/src/main.go", b"2");
    commit(&shop, "2026-10-09T12:00:00Z");
    told(&shop, "", &["checkout", "-q", "-b", "side", "HEAD~1"]);
    site.file("shop/pay/src/other.go", b"1");
    commit(&shop, "2026-10-10T12:00:00Z");
    told(&shop, "", &["checkout", "-q", "main"]);
    told(&shop, "2026-10-11T12:00:00Z", &["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    build(&site);
    let html = page(&site);
    assert!(html.contains("code beside it changed 3 times since"), "{html}");
    let last = format!("last change 7 Oct 2026, {}", &id[..12]);
    assert!(html.contains(&format!("pay/ops/runbooks/payments-are-slow.md · {last}")), "{html}");
    assert!(html.contains(&format!("({last})")), "{html}");
    assert!(html.find("reviewed") < html.find("code beside it"), "{html}");
    let other = fs::read_to_string(site.join("public/services/pay/index.html")).unwrap();
    assert!(!other.contains("code beside it"), "{other}");
}

#[test]
fn a_commit_is_input_and_the_clock_is_not() {
    let Some(site) = shop() else { return };
    build(&site);
    let first = tree(&site.join("public"));
    assert!(build(&site).stderr.contains("nothing changed"));
    let mut command = opslore();
    command.current_dir(site.path()).args(["build", ".", "-o", "other", "--now", "2026-11-22"]);
    // Also in a hook's environment, which names another repository, and in another zone.
    command.env("TZ", "Pacific/Kiritimati").env("GIT_DIR", "/nowhere").env("GIT_WORK_TREE", "/");
    assert_eq!(run_command(command).code, Some(0));
    assert!(first == tree(&site.join("other")));

    site.file("shop/pay/src/main.go", b"2");
    commit(&site.join("shop"), "2026-10-05T12:00:00Z");
    assert!(!build(&site).stderr.contains("nothing changed"));
    assert_eq!(says(&page(&site)), (true, true));
}

#[test]
fn half_a_history_is_none() {
    let Some(site) = shop() else { return };
    let origin = site.join("origin");
    fs::rename(site.join("shop"), &origin).unwrap();
    fs::write(origin.join("pay/src/main.go"), "2").unwrap();
    commit(&origin, "2026-10-05T12:00:00Z");
    let address = format!("file://{}", origin.display());
    told(site.path(), "", &["clone", "-q", "--depth", "1", &address, "shop"]);
    build(&site);
    assert_eq!(says(&page(&site)), (false, false), "a shallow clone");

    // A work tree of it does not say so itself: its `.git` is a file.
    fs::rename(site.join("shop"), site.join("main")).unwrap();
    told(&site.join("main"), "", &["worktree", "add", "-q", "../shop", "HEAD", "--detach"]);
    build(&site);
    assert_eq!(says(&page(&site)), (false, false), "a work tree of a shallow clone");

    fs::remove_dir_all(site.join("shop")).unwrap();
    told(&origin, "", &["worktree", "add", "-q", "../shop", "HEAD", "--detach"]);
    build(&site);
    assert_eq!(says(&page(&site)), (true, true), "a work tree");
}

#[test]
fn only_the_folder_s_own_repository_counts() {
    let Some(site) = shop() else { return };
    // The repository is further up, and the folder holds what looks like one or like a bare one.
    fs::rename(site.join("shop/.git"), site.join(".git")).unwrap();
    build(&site);
    assert_eq!(says(&page(&site)), (false, false), "a folder of a repository");
    fs::create_dir(site.join("shop/.git")).unwrap();
    build(&site);
    assert_eq!(says(&page(&site)), (false, false), "an empty `.git`");
    site.file("shop/.git/HEAD", b"\xff\x00 not a repository");
    build(&site);
    told(site.path(), "", &["clone", "-q", "--bare", ".", "bare"]);
    for name in ["HEAD", "config", "objects", "refs", "packed-refs"] {
        fs::rename(site.join("bare").join(name), site.join("shop").join(name)).unwrap();
    }
    build(&site);
    assert_eq!(says(&page(&site)), (false, false), "a bare repository among the files");
    fs::remove_dir_all(site.join("shop/.git")).unwrap();
    std::os::unix::fs::symlink("../.git", site.join("shop/.git")).unwrap();
    build(&site);
    assert_eq!(says(&page(&site)), (false, false), "a link");
}

/// Returns `path:line CODE` of what `check` finds of a change.
fn found(folder: &Path, since: &str) -> Vec<String> {
    let args = ["check", "--now", "2026-11-22", "--fail-on", "never", "--format", "json"];
    let ran = run(folder, &[&args[..], &["--changed-since", since]].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let line = |f: &serde_json::Value| {
        let text = |key: &str| f[key].as_str().unwrap();
        format!("{}:{} {}", text("path"), f["line"], text("code"))
    };
    json["findings"].as_array().unwrap().iter().map(line).collect()
}

/// A site in a folder of a repository, with findings in every file.
fn linked() -> Option<Temp> {
    let site = Temp::with(&[
        ("docs/opslore.yaml", "title: Docs\n"),
        ("docs/a.md", "# A\n\n[old](gone.md)\n[b](b.md#part)\n![i](i.png)\n"),
        ("docs/b.md", "# B\n\n## Part\n\n[old](gone.md)\n"),
        ("docs/c.md", "# C\n\n[old](gone.md) and [b](b.md)\n"),
        ("docs/i.png", "i"),
        ("docs/services/pay.yaml", "kind: service\nid: pay\nowner: team:a\n"),
        ("docs/services/cart.yaml", "kind: service\nid: cart\nowner: team:a\ndepends_on: [pay]\n"),
    ]);
    git(site.path(), "")?;
    told(site.path(), "", &["init", "-q", "-b", "main"]);
    commit(site.path(), "2026-09-01T12:00:00Z");
    Some(site)
}

#[test]
fn a_change_answers_for_its_files_and_for_what_it_breaks_elsewhere() {
    let Some(site) = linked() else { return };
    let docs = site.join("docs");
    assert_eq!(found(&docs, "HEAD"), [""; 0]);

    // Neither committed nor staged, and in a folder of the repository: the heading that `a.md` names is gone.
    site.file("docs/b.md", b"# B\n\nNew.\n\n[old](gone.md)\n");
    let expected = ["a.md:4 OL202", "b.md:5 OL201"];
    assert_eq!(found(&docs, "main"), expected);
    told(site.path(), "", &["checkout", "-q", "-b", "change"]);
    commit(site.path(), "2026-10-01T12:00:00Z");
    assert_eq!(found(&docs, "main"), expected);
    assert_eq!(found(&docs, "HEAD"), [""; 0]);

    // What happened on `main` meanwhile is not of this change.
    told(site.path(), "", &["checkout", "-q", "main"]);
    site.file("docs/c.md", b"# C\n\nOther words, [old](gone.md)\n");
    commit(site.path(), "2026-10-02T12:00:00Z");
    told(site.path(), "", &["checkout", "-q", "change"]);
    assert_eq!(found(&docs, "main"), expected);

    // Deleted and renamed: whoever named them is told, files that nobody touched are not.
    for name in ["docs/b.md", "docs/i.png", "docs/services/pay.yaml"] {
        fs::remove_file(site.join(name)).unwrap();
    }
    fs::rename(site.join("docs/c.md"), site.join("docs/d.md")).unwrap();
    let all = found(&docs, "main");
    let expected = [
        "a.md:4 OL201",
        "a.md:5 OL203",
        "d.md:3 OL201",
        "d.md:3 OL201",
        "services/cart.yaml:4 OL204",
    ];
    assert_eq!(all, expected);
}

#[test]
fn a_commit_that_is_not_there_is_told() {
    let Some(site) = linked() else { return };
    let plain = Temp::with(&[("a.md", "# A\n")]);
    for (folder, since) in [
        (site.path(), "nowhere"),
        (site.path(), "--all"),
        (site.path(), "--output=x"),
        (site.path(), "HEAD:docs/a.md"),
        (site.path(), ""),
        (plain.path(), "HEAD"),
    ] {
        let ran = run(folder, &["check", &format!("--changed-since={since}")]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{since}");
        let start = format!("error: cannot tell what changed since `{since}` in ");
        assert!(ran.stderr.starts_with(&start), "{}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    }
}

#[test]
fn no_repository_makes_git_run_anything() {
    let Some(site) = shop() else { return };
    let shop = site.join("shop");
    let proof = site.join("PWNED");
    let script = site.join("evil");
    fs::write(&script, format!("#!/bin/sh\ntouch '{}'\n", proof.display())).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let script = script.to_str().unwrap();
    let pipe = site.join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let pipe = pipe.to_str().unwrap();
    for (key, value) in [
        ("core.fsmonitor", script),
        ("core.pager", script),
        ("core.editor", script),
        ("core.sshCommand", script),
        ("core.alternateRefsCommand", script),
        ("core.hooksPath", "hooks"),
        ("pager.log", "true"),
        ("alias.log", &format!("!{script}")),
        ("alias.rev-parse", &format!("!{script}")),
        ("gpg.program", script),
        ("log.showSignature", "true"),
        ("log.showRoot", "false"),
        ("log.follow", "true"),
        ("log.mailmap", "true"),
        ("mailmap.file", pipe),
        ("diff.external", script),
        ("diff.orderFile", pipe),
        ("diff.evil.textconv", script),
        ("diff.evil.command", script),
        ("filter.evil.process", script),
        ("format.pretty", "fuller"),
        ("color.ui", "always"),
        ("diff.relative", "true"),
    ] {
        told(&shop, "", &["config", key, value]);
    }
    site.file("shop/.gitattributes", b"* diff=evil filter=evil\n");
    for name in
        ["post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman"]
    {
        for folder in ["shop/hooks", "shop/.git/hooks"] {
            let hook = site.join(folder).join(name);
            fs::create_dir_all(site.join(folder)).unwrap();
            fs::copy(script, hook).unwrap();
        }
    }
    sign(&shop);
    site.file("shop/pay/README.md", b"# Pay\n\n[x](gone.md)\n");
    assert_eq!(found(site.path(), "HEAD"), ["shop/pay/README.md:3 OL201"]);
    fs::remove_file(site.join("shop/pay/README.md")).unwrap();
    build(&site);
    assert!(page(&site).contains("last change 1 Sep 2026, "), "{}", page(&site));
    assert!(!proof.exists());

    // A part that is missing would be fetched by whatever program the repository names.
    let missing = told(&shop, "", &["-c", "core.fsmonitor=", "rev-parse", "HEAD^{tree}"]);
    fs::remove_file(shop.join(".git/objects").join(&missing[..2]).join(&missing[2..])).unwrap();
    for (key, value) in [
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", &format!("ext::{script}")),
        ("remote.origin.uploadpack", script),
        ("protocol.allow", "always"),
        ("protocol.ext.allow", "always"),
    ] {
        told(&shop, "", &["config", key, value]);
    }
    fs::remove_dir_all(site.join("public")).unwrap();
    build(&site);
    assert_eq!(says(&page(&site)), (false, false));
    assert!(!proof.exists());
}

#[test]
fn names_are_bytes() {
    let Some(site) = shop() else { return };
    let names: [&[u8]; 6] = [
        b"a b.go",
        b"quo\"te'.go",
        b"\nline\nbreak\n.go",
        b"caf\xe9.go",
        b"-rf",
        "gr\u{fc}n.go".as_bytes(),
    ];
    for (n, name) in names.iter().enumerate() {
        let folder = site.join("shop/pay/src");
        fs::write(folder.join(OsStr::from_bytes(name)), "1").unwrap();
        commit(&site.join("shop"), &format!("2026-10-{:02}T12:00:00Z", n + 2));
    }
    let text = "---\nkind: page\n---\n# Odd\n\nWords.\n";
    for name in ["\n# odd \"name\".md".as_bytes(), b"caf\xe9 \xff.md"] {
        fs::write(site.join("shop").join(OsStr::from_bytes(name)), text).unwrap();
    }
    commit(&site.join("shop"), "2026-10-20T12:00:00Z");
    build(&site);
    assert!(page(&site).contains("code beside it changed 6 times since"), "{}", page(&site));
    let odd = tree(&site.join("public/pages"));
    let pages = odd.iter().filter(|(path, _)| path.ends_with("index.html"));
    let dated =
        pages.filter(|(_, html)| String::from_utf8_lossy(html).contains("last change 20 Oct 2026"));
    assert_eq!(dated.count(), 2);
}

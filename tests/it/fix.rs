//! `fix`: what one edit mends is mended, nothing else is touched, and a second run has nothing to do.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::history::{git, told};
use crate::support::{Ran, TODAY, Temp, golden, package, run, tree};

const RUNBOOK: &str = "---\nkind: runbook\nonwer: shop\nlast_reviewed: 12 May 2026  # by Ada\nlast-exercised: 2026/5/1\nstatus: depracated\n---\n# Rotate the keys\n\n```sh\nls\n```\n\n## Roll back\n\nText. \n\n## Escalation\n\nCall.\n";

const LINKS: &str = "# Links\n\n[moved](old/rotate-keys.md#rollback) and [again](<old/rotate-keys.md#roll-bakc>)\n[case](new/Rotate-Keys.md) [slip](new/rotate_keys.md?x#roll-back) ![](new/pictrue.png)\n[old/rotate-keys.md](old/rotate-keys.md) [old/rotate-keys.md](old/rotate-keys.md])\n[by name][keys], [not sure](old/renamed.md), [README](old/README.md), [eu](new/us-db.md)\n\n[keys]: old/rotate-keys.md \"Keys\"\n\n`[code](old/rotate-keys.md)`\n<!-- opslore-allow: unknown-key -->\n";

const POSTMORTEM: &str = "---\nkind: postmortem\nid: INC-1\nstarted_at: 2026-03-04 02:07 UTC\ndetected_at: 4 Mar 2026 03:15 +01:00\nmitigated_at: 2026-03-04 02:30 CST\nresolved_at: 2026-03-04T03:00:00Z\ntimezone: UTC\ntitel: No\n---\n# It broke\n";

const RULES: &str = "groups:\n- name: a\n  rules:\n  - alert: KeysOld\n    expr: up == 0\n    labels: {severity: page}\n    annotations:\n      runbook_url: new/rotate-keys.md#rol-back  # by Ada\n  - alert: KeysGone\n    expr: up == 0\n    labels: {severity: page}\n    annotations: {runbook_url: \"new/rotate-keys.md#escalaton\", summary: \"#escalaton\"}\n  - alert: KeysLost\n    expr: up == 0\n    labels: {severity: page}\n    annotations: {runbook_url: 'new/rotate-keys.md#gone'}\n";

/// A folder with each fault that one edit mends, and with faults that look like them.
fn faulty() -> Temp {
    let site = Temp::with(&[
        ("opslore.yaml", "title: X\n"),
        ("new/rotate-keys.md", RUNBOOK),
        ("new/eu-db.md", "# EU\n"),
        ("new/reader.md", "# Reader\n"),
        ("new/README.md", "# All\n"),
        ("new/picture.png", "x"),
        ("links.md", LINKS),
        ("inc.md", POSTMORTEM),
        ("rules.yaml", RULES),
    ]);
    let windows = LINKS.replace('\n', "\r\n").replace("opslore-allow: unknown-key", "x  ");
    site.file("windows.md", format!("\u{feff}{windows}").trim_end().as_bytes());
    fs::set_permissions(site.join("links.md"), fs::Permissions::from_mode(0o640)).unwrap();
    site
}

fn fix(site: &Temp, args: &[&str]) -> Ran {
    run(site.path(), &[&["fix", "--now", TODAY][..], args].concat())
}

#[test]
fn what_one_edit_mends_is_mended_once() {
    let site = faulty();
    let before = tree(site.path());
    let dry = fix(&site, &["--dry-run"]);
    assert_eq!(dry.code, Some(0), "{}", dry.stderr);
    golden(&package().join("tests/fix/faulty.diff"), &dry.stdout);
    assert_eq!(tree(site.path()), before, "a dry run writes nothing");

    let ran = fix(&site, &[]);
    golden(&package().join("tests/fix/faulty.txt"), &format!("{}{}", ran.stdout, ran.stderr));
    assert_eq!(ran.code, Some(0));
    let after = tree(site.path());
    assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    for (path, bytes) in &before {
        let is_fixed = ["links.md", "windows.md", "inc.md", "new/rotate-keys.md", "rules.yaml"]
            .contains(&path.as_str());
        assert_eq!(after[path] != *bytes, is_fixed, "{path}");
    }
    let windows = String::from_utf8(after["windows.md"].clone()).unwrap();
    assert!(windows.starts_with("\u{feff}# Links\r\n") && windows.ends_with("x   -->"));
    assert_eq!(windows.matches('\n').count(), windows.matches("\r\n").count());
    let mode = fs::metadata(site.join("links.md")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);

    let again = fix(&site, &[]);
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), ""));
    assert_eq!(again.stderr, "nothing to fix\n");
    assert_eq!(tree(site.path()), after);
    let check = run(site.path(), &["check", ".", "--now", TODAY]).stdout;
    golden(&package().join("tests/fix/left.txt"), &check);
}

#[test]
fn the_diff_is_what_git_applies() {
    let site = faulty();
    let diff = fix(&site, &["--dry-run"]).stdout;
    if git(site.path(), "").is_none() {
        return;
    }
    let other = faulty();
    other.file("../fix.diff", diff.as_bytes());
    let patch = other.path().parent().unwrap().join("fix.diff");
    told(other.path(), "2026-11-01T00:00:00Z", &["apply", patch.to_str().unwrap()]);
    fs::remove_file(patch).unwrap();
    fix(&site, &[]);
    assert_eq!(tree(site.path()), tree(other.path()));
}

#[test]
fn only_files_that_were_asked_for_are_touched() {
    let site = faulty();
    let before = tree(site.path());
    let ran = fix(&site, &["new", "inc.md"]);
    assert!(ran.stderr.ends_with("in 2 files\n"), "{}", ran.stderr);
    let after = tree(site.path());
    assert_eq!(
        (&after["links.md"], &after["windows.md"]),
        (&before["links.md"], &before["windows.md"])
    );
    assert_ne!(after["inc.md"], before["inc.md"]);
    // What a site file or a file allows is no fault.
    let site = faulty();
    site.file(
        "opslore.yaml",
        b"policy: {rules: {broken-link: off, unknown-key: off, broken-anchor: off, missing-image: off}}\n",
    );
    let ran = fix(&site, &["--dry-run", "links.md"]);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", "nothing to fix\n"));
}

#[test]
fn what_is_not_a_plain_file_of_the_root_is_left_alone() {
    let outside = Temp::with(&[("a.md", "---\nonwer: a\n---\n# A\n")]);
    let config = format!(
        "sources:\n- {{name: o, path: {}}}\n- {{name: i, path: in}}\n",
        outside.path().display()
    );
    let site = Temp::with(&[("opslore.yaml", &config), ("in/c.md", "# C\n")]);
    // UTF-16 would have to be written as such.
    let wide: Vec<u8> =
        "\u{feff}---\nonwer: b\n---\n# B\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    site.file("in/b.md", &wide);
    let before = (tree(outside.path()), tree(site.path()));
    let ran = fix(&site, &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("in/b.md is left alone: it is not UTF-8"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("o/a.md is left alone: it is outside of the root"),
        "{}",
        ran.stderr
    );
    assert_eq!((tree(outside.path()), tree(site.path())), before);
}

#[test]
fn what_moved_since_is_followed_and_keeps_its_address() {
    let page = |title: &str, head: &str| format!("{head}# {title}\n\nText.\n");
    let front = "---\nkind: runbook\nowner: a\n";
    let old: Vec<(&str, String)> = vec![
        ("none.md", page("Has no front matter", "")),
        ("some.md", page("Has some", &format!("{front}---\n"))),
        ("flow.md", page("Has a list in a line", &format!("{front}aliases: [/x/]\n---\n"))),
        (
            "block.md",
            page("Has a list of lines", &format!("{front}aliases:\n  - /y/\ntags: [t]\n---\n")),
        ),
        ("told.md", page("Has its alias", &format!("{front}---\n"))),
        (
            "links.md",
            page("[a](none.md#text) [b](some.md) [c](flow.md) [d](block.md) [e](told.md)", ""),
        ),
    ];
    let site = Temp::new();
    for (path, text) in &old {
        site.file(&format!("old/{path}"), text.as_bytes());
        let text = if *path == "told.md" {
            text.replace("---\n#", "aliases: [runbooks/told]\n---\n#")
        } else {
            text.clone()
        };
        let to = if *path == "links.md" {
            "links.md".to_owned()
        } else {
            format!("moved/{}", path.replace(".md", "-new.md"))
        };
        site.file(&format!("new/{to}"), text.as_bytes());
    }
    let ran =
        run(site.path(), &["fix", "-C", "new", "--against", "old", "--now", TODAY, "--dry-run"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    golden(&package().join("tests/fix/moved.diff"), &ran.stdout);
    let args = ["fix", "-C", "new", "--against", "old", "--now", TODAY];
    assert_eq!(run(site.path(), &args).code, Some(0));
    assert_eq!(run(site.path(), &args).stderr, "nothing to fix\n");
    let diff = run(site.path(), &["diff", "old", "new", "--fail-on-loss", "--now", TODAY]);
    assert_eq!(diff.code, Some(0), "{}", diff.stdout);
    assert!(!diff.stdout.contains("leads nowhere"), "{}", diff.stdout);
}

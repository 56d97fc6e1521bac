//! The output folder and the input's odd files: what is replaced, refused, skipped and cleaned up.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use crate::support::{Ran, Temp, opslore, run, run_command, tree};

const PAGE: &str = "# A page\n\nWords.\n";

fn build(site: &Temp) -> Ran {
    run(site.path(), &["build", ".", "--now", "2026-11-22"])
}

/// Returns the one finding line of `check` that holds a code.
fn finding(site: &Temp, code: &str) -> String {
    let ran = run(site.path(), &["check", ".", "--now", "2026-11-22", "--fail-on", "never"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let lines: Vec<&str> = ran.stdout.lines().filter(|l| l.contains(code)).collect();
    assert_eq!(lines.len(), 1, "{}", ran.stdout);
    lines[0].to_owned()
}

#[test]
fn a_folder_of_somebody_else_is_refused_and_left_as_it_is() {
    let site = Temp::with(&[("a.md", PAGE), ("public/mine.txt", "mine")]);
    let ran = build(&site);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("holds files that opslore did not make"), "{}", ran.stderr);
    assert_eq!(tree(&site.join("public")).len(), 1);
}

#[test]
fn an_empty_folder_is_taken() {
    let site = Temp::with(&[("a.md", PAGE)]);
    fs::create_dir(site.join("public")).unwrap();
    assert_eq!(build(&site).code, Some(0));
    assert!(site.join("public/pages/a/index.html").is_file());
}

#[test]
fn a_file_where_the_folder_should_be_is_refused() {
    let site = Temp::with(&[("a.md", PAGE), ("public", "mine")]);
    assert_eq!(build(&site).code, Some(2));
    assert_eq!(fs::read_to_string(site.join("public")).unwrap(), "mine");
}

#[test]
fn a_second_build_changes_nothing() {
    let site = Temp::with(&[("a.md", PAGE), ("runbooks/b.md", "# B\n\n```bash\nls\n```\n")]);
    assert_eq!(build(&site).code, Some(0));
    let first = tree(&site.join("public"));
    let ran = build(&site);
    assert!(ran.stderr.contains(" 0 new or changed, 0 removed"), "{}", ran.stderr);
    assert!(first == tree(&site.join("public")));
}

#[test]
fn only_changed_files_are_counted() {
    let site = Temp::with(&[("a.md", PAGE), ("b.md", PAGE)]);
    assert_eq!(build(&site).code, Some(0));
    // Files of the search are named after their content: others take their place.
    let paths = || {
        let all = tree(&site.join("public")).into_keys();
        all.filter(|path| !path.starts_with("search/")).collect::<Vec<_>>()
    };
    let before = paths();
    site.file("a.md", b"# A page\n\nOther words.\n");
    let ran = build(&site);
    assert_eq!(before, paths());
    assert!(!ran.stderr.contains(" 0 new or changed"), "{}", ran.stderr);
    let page = fs::read_to_string(site.join("public/pages/a/index.html")).unwrap();
    assert!(page.contains("Other words."));
}

#[test]
fn the_page_of_a_removed_file_disappears() {
    let site = Temp::with(&[("a.md", PAGE), ("b.md", PAGE)]);
    assert_eq!(build(&site).code, Some(0));
    assert!(site.join("public/pages/b/index.html").is_file());
    fs::remove_file(site.join("b.md")).unwrap();
    assert_eq!(build(&site).code, Some(0));
    assert!(!site.join("public/pages/b").exists());
    assert!(site.join("public/pages/a/index.html").is_file());
}

#[test]
fn the_site_is_not_its_own_input() {
    let site = Temp::with(&[("a.md", PAGE)]);
    assert_eq!(build(&site).code, Some(0));
    site.file("public/pages/a/note.md", PAGE.as_bytes());
    let ran = run(site.path(), &["build", ".", "-o", "other", "--now", "2026-11-22"]);
    assert_eq!(ran.code, Some(0));
    assert!(!site.join("other/pages/public").exists(), "{}", ran.stderr);
}

#[test]
fn leftovers_of_a_killed_build_are_cleaned_up() {
    let site = Temp::with(&[
        ("a.md", PAGE),
        (".public.opslore-new/half.html", "half"),
        (".public.opslore-lock", ""),
    ]);
    assert_eq!(build(&site).code, Some(0));
    assert!(!site.join(".public.opslore-new").exists());
    assert!(!site.join(".public.opslore-lock").exists());
    assert!(!site.join("public/half.html").exists());
}

#[test]
fn a_link_to_the_output_folder_is_kept() {
    let site = Temp::with(&[("in/a.md", PAGE)]);
    fs::create_dir(site.join("real")).unwrap();
    symlink(site.join("real"), site.join("public")).unwrap();
    let ran = run(site.path(), &["build", "in", "-o", "public", "--now", "2026-11-22"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(fs::symlink_metadata(site.join("public")).unwrap().is_symlink());
    assert!(site.join("real/pages/a/index.html").is_file());
}

#[test]
fn symbolic_links_in_the_input_are_not_followed() {
    let site = Temp::with(&[("a.md", "# A\n\n![x](shadow.png) and [y](up/a.md)\n")]);
    symlink("/etc/passwd", site.join("passwd.md")).unwrap();
    symlink("/etc/passwd", site.join("shadow.png")).unwrap();
    symlink("/etc", site.join("up")).unwrap();
    symlink("a.md", site.join("loop.md")).unwrap();
    let ran = build(&site);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for (path, bytes) in tree(&site.join("public")) {
        assert!(!String::from_utf8_lossy(&bytes).contains("root:x:"), "{path} holds /etc/passwd");
    }
    let ran = run(site.path(), &["check", ".", "--now", "2026-11-22"]);
    let n = ran.stdout.matches("OL504 symlink-skipped").count();
    assert_eq!(n, 4, "{}", ran.stdout);
}

#[test]
fn a_pipe_does_not_block_the_build() {
    let site = Temp::with(&[("a.md", PAGE)]);
    for name in ["pipe.md", "pipe.yaml", "pipe.png", "PIPE"] {
        assert!(Command::new("mkfifo").arg(site.join(name)).status().unwrap().success());
    }
    assert_eq!(build(&site).code, Some(0));
}

#[test]
fn a_file_that_may_not_be_read_is_a_finding_and_the_site_is_built() {
    let site = Temp::with(&[("good.md", PAGE), ("secret.md", PAGE), ("shut/inner.md", PAGE)]);
    let shut = |mode: u32| {
        fs::set_permissions(site.join("secret.md"), fs::Permissions::from_mode(mode)).unwrap();
        fs::set_permissions(site.join("shut"), fs::Permissions::from_mode(mode)).unwrap();
    };
    shut(0o000);
    let mut command = opslore();
    // The superuser reads everything: as nobody, from a copy that nobody can reach.
    if fs::read(site.join("secret.md")).is_ok() {
        let copy = site.join("program/opslore");
        fs::create_dir(site.join("program")).unwrap();
        fs::copy(env!("CARGO_BIN_EXE_opslore"), &copy).unwrap();
        fs::set_permissions(site.path(), fs::Permissions::from_mode(0o777)).unwrap();
        command = Command::new(copy);
        command.uid(65_534).gid(65_534);
    }
    command.current_dir(site.path()).args(["build", ".", "--now", "2026-11-22", "-v"]);
    let ran = run_command(command);
    shut(0o755);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("secret.md:1:1: error OL101 unreadable-file"), "{}", ran.stderr);
    assert!(ran.stderr.contains("shut:1:1: error OL101 unreadable-file"), "{}", ran.stderr);
    assert!(site.join("public/pages/good/index.html").is_file());
}

#[test]
fn bytes_that_are_not_utf8_are_shown_and_told() {
    let site = Temp::with(&[("good.md", PAGE)]);
    site.file("latin.md", b"# Caf\xe9\n\nWords.\n");
    assert_eq!(
        finding(&site, "OL102"),
        "latin.md:1:6: warning OL102 not-utf8: bytes that are not UTF-8 are shown as \u{fffd}"
    );
    assert_eq!(build(&site).code, Some(0));
    assert!(
        fs::read_to_string(site.join("public/pages/latin/index.html"))
            .unwrap()
            .contains("Caf\u{fffd}")
    );
}

#[test]
fn a_file_over_the_limit_is_told_and_not_read() {
    let site = Temp::with(&[("good.md", PAGE)]);
    let file = fs::File::create(site.join("dump.md")).unwrap();
    file.set_len(33 << 20).unwrap();
    assert!(
        finding(&site, "OL103")
            .starts_with("dump.md:1:1: warning OL103 file-too-large: 34603008 bytes")
    );
    assert_eq!(build(&site).code, Some(0));
}

#[test]
fn byte_order_marks_and_wide_text_are_decoded() {
    let site = Temp::new();
    site.file("utf8.md", b"\xef\xbb\xbf---\ntitle: Marked\n---\nWords.\n");
    let wide: Vec<u8> =
        "\u{feff}# Wide\n\nWords.\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    site.file("utf16.md", &wide);
    assert_eq!(build(&site).code, Some(0));
    assert!(
        fs::read_to_string(site.join("public/pages/utf8/index.html"))
            .unwrap()
            .contains("Marked</h1>")
    );
    assert!(
        fs::read_to_string(site.join("public/pages/utf16/index.html"))
            .unwrap()
            .contains("Wide</h1>")
    );
}

#[test]
fn ignored_hidden_and_foreign_folders_are_left_out() {
    let texts = [
        ("a.md", PAGE),
        (".gitignore", "drafts/\n*.tmp.md\n"),
        ("drafts/b.md", PAGE),
        ("c.tmp.md", PAGE),
        (".hidden/d.md", PAGE),
        ("node_modules/e.md", PAGE),
        ("vendor/f.md", PAGE),
        ("target/g.md", PAGE),
        (".h.md", PAGE),
        (".github/i.md", PAGE),
    ];
    let site = Temp::with(&texts);
    assert_eq!(build(&site).code, Some(0));
    let paths = tree(&site.join("public"))
        .into_keys()
        .filter(|p| p.starts_with("pages/") && p.ends_with(".html"))
        .collect::<Vec<_>>();
    assert_eq!(paths, ["pages/a/index.html", "pages/index.html"]);
}

#[test]
fn names_that_are_no_utf8_do_not_stop_the_build() {
    let site = Temp::with(&[("good.md", PAGE)]);
    fs::write(site.path().join(OsStr::from_bytes(b"caf\xe9.md")), PAGE).unwrap();
    assert_eq!(build(&site).code, Some(0));
    assert!(site.join("public/pages/good/index.html").is_file());
}

#[test]
fn builds_at_the_same_time_leave_one_whole_site() {
    let site = Temp::with(&[("a.md", PAGE), ("b.md", PAGE)]);
    let results = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| build(&site))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(results.iter().any(|r| r.code == Some(0)));
    for ran in results.iter().filter(|r| r.code != Some(0)) {
        assert_eq!(ran.code, Some(2));
        assert!(ran.stderr.contains("another opslore build"), "{}", ran.stderr);
    }
    assert!(site.join("public/pages/b/index.html").is_file());
    assert!(!site.join(".public.opslore-new").exists());
}

#[test]
fn what_somebody_changed_in_the_site_is_put_right() {
    let site = Temp::with(&[("a.md", PAGE), ("b.md", PAGE)]);
    assert_eq!(build(&site).code, Some(0));
    let first = tree(&site.join("public"));
    fs::write(site.join("public/pages/a/index.html"), "spoiled").unwrap();
    fs::remove_file(site.join("public/pages/b/index.html")).unwrap();
    site.file("public/pages/stray/index.html", b"stray");
    assert_eq!(build(&site).code, Some(0));
    assert!(first == tree(&site.join("public")));
}

#[test]
fn what_somebody_changed_without_leaving_a_trace_is_put_right() {
    let site = Temp::with(&[("a.md", PAGE), ("b.md", PAGE)]);
    assert_eq!(build(&site).code, Some(0));
    // Files that this build does not write again have their old names.
    site.file("b.md", b"# Other\n");
    assert_eq!(build(&site).code, Some(0));
    let first = tree(&site.join("public"));
    for path in ["pages/a/index.html", "pages/b/index.html"] {
        let page = site.join("public").join(path);
        let written = fs::metadata(&page).unwrap().modified().unwrap();
        let spoiled = vec![b'x'; first[path].len()];
        fs::write(&page, spoiled).unwrap();
        fs::File::options().write(true).open(&page).unwrap().set_modified(written).unwrap();
        assert_eq!(build(&site).code, Some(0));
        assert!(first == tree(&site.join("public")), "{path}");
    }
    // A spoiled site that was copied: the marker is the last file, with its times or without.
    for options in ["-a", "-r"] {
        let (public, copy) = (site.join("public"), site.join("copy"));
        fs::write(public.join("pages/a/index.html"), "spoiled").unwrap();
        let cp = |from: &Path, to: &Path| {
            let run = Command::new("cp").arg(options).args([from, to]).status();
            assert!(run.unwrap().success());
        };
        cp(&public, &copy);
        fs::remove_file(copy.join(".opslore-site")).unwrap();
        cp(&public.join(".opslore-site"), &copy.join(".opslore-site"));
        fs::remove_dir_all(&public).unwrap();
        fs::rename(&copy, &public).unwrap();
        assert_eq!(build(&site).code, Some(0));
        assert!(first == tree(&public), "cp {options}");
    }
    // A page that took the place of another, with all its times.
    let (a, b) = (site.join("public/pages/a/index.html"), site.join("public/pages/b/index.html"));
    fs::remove_file(&a).unwrap();
    fs::rename(&b, &a).unwrap();
    fs::copy(&a, &b).unwrap();
    assert_eq!(build(&site).code, Some(0));
    assert!(first == tree(&site.join("public")));
}

#[test]
fn a_picture_that_changes_is_published_anew() {
    let site = Temp::with(&[("a.md", "# A\n\n![x](p.png)\n"), ("p.png", "one")]);
    let pictures = || {
        let files = tree(&site.join("public"));
        files
            .into_iter()
            .filter(|(p, _)| p.starts_with("images/"))
            .map(|(_, b)| b)
            .collect::<Vec<_>>()
    };
    assert_eq!(build(&site).code, Some(0));
    assert_eq!(pictures(), [b"one"]);
    site.file("p.png", b"two");
    assert_eq!(build(&site).code, Some(0));
    assert_eq!(pictures(), [b"two"]);
    fs::remove_file(site.join("p.png")).unwrap();
    assert_eq!(build(&site).code, Some(0));
    assert!(pictures().is_empty());
}

#[test]
fn a_site_file_that_changes_is_heard() {
    let site = Temp::with(&[("opslore.yaml", "title: One\n"), ("a.md", PAGE)]);
    let home = || fs::read_to_string(site.join("public/index.html")).unwrap();
    assert_eq!(build(&site).code, Some(0));
    assert!(home().contains("One"));
    site.file("opslore.yaml", b"title: Two\n");
    assert_eq!(build(&site).code, Some(0));
    assert!(home().contains("Two"));
    site.file("templates/404.html", b"own");
    assert_eq!(build(&site).code, Some(0));
    assert_eq!(fs::read_to_string(site.join("public/404.html")).unwrap(), "own");
}

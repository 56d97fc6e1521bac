//! The command line: what goes to which stream, exit codes, help, and readers that go away.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::process::{Command, Stdio};

use opslore::diag::codes::RULES;

use crate::support::{Temp, opslore, run, run_command};

/// A site whose findings fill a pipe several times over.
fn noisy() -> Temp {
    let links: String = (0..3_000).map(|n| format!("- [dead {n}](nowhere/{n}.md)\n")).collect();
    Temp::with(&[("a.md", &format!("# A\n\n{links}"))])
}

#[test]
fn help_names_every_command_and_goes_to_standard_output() {
    let temp = Temp::new();
    for args in [&["--help"][..], &["help"], &["-h"]] {
        let ran = run(temp.path(), args);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
        for command in ["build", "serve", "check", "explain", "inspect", "config"] {
            assert!(ran.stdout.contains(&format!("  {command} ")), "{command}: {}", ran.stdout);
        }
    }
    assert!(run(temp.path(), &["check", "--help"]).stdout.contains("--fail-on <LEVEL>"));
    assert!(run(temp.path(), &["build", "--help"]).stdout.contains("--output <FOLDER>"));
}

/// Every command with its long options, as the help tells them.
fn commands() -> Vec<(String, Vec<String>)> {
    let temp = Temp::new();
    let help = run(temp.path(), &["--help"]).stdout;
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names = list.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let names = names.filter(|name| !name.is_empty() && *name != "help").map(str::to_owned);
    let commands: Vec<(String, Vec<String>)> = names
        .map(|name| {
            let help = run(temp.path(), &[&name, "--help"]).stdout;
            let lines = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
            let options = lines.filter_map(|line| {
                let at = line.find("--")?;
                let end = line[at..].find([' ', ',', '\n']).map_or(line.len(), |n| at + n);
                Some(line[at..end].to_owned())
            });
            (name, options.collect())
        })
        .collect();
    assert!(commands.len() > 12 && commands.iter().all(|(_, options)| options.len() > 3));
    commands
}

#[test]
fn completions_know_every_command_and_option() {
    let temp = Temp::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = run(temp.path(), &["completions", shell]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{shell}");
        for (command, options) in commands() {
            assert!(ran.stdout.contains(&command), "{shell}: {command}");
            for option in options {
                // fish writes `-l name`.
                let name = if shell == "fish" { &option[2..] } else { option.as_str() };
                assert!(ran.stdout.contains(name), "{shell}: {command} {option}");
            }
        }
    }
    let script = run(temp.path(), &["completions", "bash"]).stdout;
    temp.file("opslore.bash", script.as_bytes());
    let Ok(output) = Command::new("bash").arg("-n").arg(temp.join("opslore.bash")).output() else {
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_manual_knows_every_command_and_option() {
    let temp = Temp::new();
    let ran = run(temp.path(), &["man"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    let plain = |text: &str| text.replace("\\-", "-");
    let parts: BTreeMap<String, String> = plain(&ran.stdout)
        .split(".SH \"COMMAND ")
        .filter_map(|part| Some((part.split_once('"')?.0.to_lowercase(), part.to_owned())))
        .collect();
    let listed = run(temp.path(), &["man", "--output", "pages/man1"]);
    assert_eq!(listed.code, Some(0), "{}", listed.stderr);
    let global = plain(ran.stdout.split(".SH \"COMMAND ").next().unwrap());
    for (command, options) in commands() {
        let page = fs::read_to_string(temp.join(&format!("pages/man1/opslore-{command}.1")));
        let page = plain(&page.unwrap());
        for option in options {
            let bold = format!("\\fB{option}\\fR");
            assert!(page.contains(&bold), "{command} {option}");
            assert!(
                parts[&command].contains(&bold) || global.contains(&bold),
                "{command} {option}"
            );
        }
    }
    assert_eq!(listed.stdout.lines().count(), commands().len() + 1);
    // The same page again, over the old one.
    assert_eq!(run(temp.path(), &["man", "--output", "pages/man1"]).code, Some(0));
    let page = temp.join("pages/man1/opslore.1");
    fs::write(&page, &ran.stdout).unwrap();
    let groff = Command::new("groff").args(["-man", "-ww", "-z", "-Tutf8"]).arg(page).output();
    let Ok(groff) = groff else { return };
    assert_eq!(String::from_utf8_lossy(&groff.stderr), "");
}

#[test]
fn the_version_is_the_packages() {
    let ran = run(Temp::new().path(), &["--version"]);
    assert_eq!(
        (ran.code, ran.stdout),
        (Some(0), format!("opslore {}\n", env!("CARGO_PKG_VERSION")))
    );
}

#[test]
fn what_is_no_command_is_refused_with_code_2() {
    let temp = Temp::with(&[("a.md", "# A\n")]);
    let wrong = [
        &["chekc"][..],
        &[],
        &["check", "--format", "yaml"],
        &["check", "--fail-on", "fatal"],
        &["build", "--threads", "many"],
        &["check", ".", "--now", "yesterday"],
        &["-q", "-v", "check"],
        &["inspect"],
        &["inspect", "gone.md"],
    ];
    for args in wrong {
        let ran = run(temp.path(), args);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(
            !ran.stderr.is_empty() && !ran.stderr.contains("panicked"),
            "{args:?}: {}",
            ran.stderr
        );
    }
    assert!(run(temp.path(), &["chekc"]).stderr.contains("'check'"));
}

#[test]
fn explain_takes_codes_and_names_in_any_case() {
    let temp = Temp::new();
    let text = run(temp.path(), &["explain", "OL201"]);
    assert_eq!((text.code, text.stderr.as_str()), (Some(0), ""));
    assert!(text.stdout.starts_with("# OL201 broken-link\n"), "{}", text.stdout);
    for name in ["broken-link", "ol201", "Broken-Link"] {
        assert_eq!(run(temp.path(), &["explain", name]).stdout, text.stdout);
    }
    let all = run(temp.path(), &["explain"]).stdout;
    assert_eq!(all.lines().count(), RULES.len());
}

#[test]
fn explain_of_nonsense_suggests_what_was_meant() {
    let temp = Temp::new();
    for (name, words) in [
        ("broken-lnik", "did you mean `broken-link`?"),
        ("OL999", "there is no finding `OL999`"),
        ("nonsense", "there is no finding `nonsense`"),
    ] {
        let ran = run(temp.path(), &["explain", name]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
    }
}

#[test]
fn data_goes_to_standard_output_and_words_to_standard_error() {
    let site = Temp::with(&[("a.md", "# A\n\n[x](b.md)\n")]);
    let ran =
        run(site.path(), &["check", ".", "--format", "json", "--verbose", "--fail-on", "never"]);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(json["findings"][0]["code"], "OL201");
    assert_eq!(json["findings"][0]["path"], "a.md");
    assert!(ran.stderr.contains("discover"), "{}", ran.stderr);
    let text = run(site.path(), &["check", ".", "--fail-on", "never"]);
    assert!(text.stdout.starts_with("a.md:3:5: error OL201 broken-link: "), "{}", text.stdout);
    assert_eq!(text.stderr, "1 error\n");
    let build = run(site.path(), &["build", "."]);
    assert_eq!(build.stdout, "");
    assert!(build.stderr.contains("1 error (opslore check prints them all)"), "{}", build.stderr);
}

#[test]
fn quiet_says_nothing_but_findings() {
    let site = Temp::with(&[("a.md", "# A\n\n[x](b.md)\n")]);
    let check = run(site.path(), &["check", ".", "-q"]);
    assert_eq!((check.code, check.stderr.as_str()), (Some(1), ""));
    let build = run(site.path(), &["build", ".", "-q"]);
    assert!(build.stderr.starts_with("a.md:3:5: error OL201"), "{}", build.stderr);
    assert!(!build.stderr.contains("files in"), "{}", build.stderr);
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let site = noisy();
    for format in ["text", "json"] {
        let mut command = opslore();
        command.current_dir(site.path()).args([
            "check",
            ".",
            "--format",
            format,
            "--fail-on",
            "never",
        ]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0_u8; 16];
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut first).unwrap();
        drop(stdout);
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert!(!stderr.contains("panicked"), "{stderr}");
        assert_eq!(child.wait().unwrap().code(), Some(0), "{stderr}");
    }
}

#[test]
fn no_colour_where_nobody_looks() {
    let site = Temp::with(&[("a.md", "# A\n\n[x](b.md)\n")]);
    let plain = run(site.path(), &["check", "."]);
    assert!(!plain.stdout.contains('\u{1b}') && !plain.stderr.contains('\u{1b}'));
    let mut command = opslore();
    command
        .current_dir(site.path())
        .args(["check", "."])
        .env("NO_COLOR", "1")
        .env("TERM", "xterm-256color");
    assert_eq!(run_command(command).stdout, plain.stdout);
}

#[test]
fn today_is_what_the_caller_says() {
    let runbook = "---\nkind: runbook\nlast_reviewed: 2026-05-12\n---\n# A\n";
    let site = Temp::with(&[("a.md", runbook)]);
    let stale = |text: &str| text.contains("OL304 stale-runbook");
    assert!(!stale(&run(site.path(), &["check", ".", "--now", "2026-11-12"]).stdout));
    assert!(stale(&run(site.path(), &["check", ".", "--now", "2026-11-13"]).stdout));
    let by_epoch = |epoch: &str| {
        let mut command = opslore();
        command.current_dir(site.path()).args(["check", "."]).env("SOURCE_DATE_EPOCH", epoch);
        run_command(command)
    };
    // 2026-11-12T23:59:59Z and a second later.
    assert!(!stale(&by_epoch("1794527999").stdout));
    assert!(stale(&by_epoch("1794528000").stdout));
    assert_eq!(by_epoch("soon").code, Some(2));
}

#[test]
fn the_root_is_found_upward() {
    let site =
        Temp::with(&[("opslore.yaml", "title: Upward\n"), ("a/b/c.md", "# C\n\n[x](gone.md)\n")]);
    let ran = run(&site.join("a/b"), &["config"]);
    assert!(ran.stdout.contains("title: Upward\n"), "{}", ran.stdout);
    assert!(run(&site.join("a/b"), &["check"]).stdout.starts_with("a/b/c.md:3:5: "));
    assert!(run(&site.join("a/b"), &["-C", "../..", "check"]).stdout.starts_with("a/b/c.md:3:5: "));
}

#[test]
fn check_of_some_paths_tells_of_these_only() {
    let page = "# P\n\n[x](gone.md)\n";
    let site = Temp::with(&[("a/x.md", page), ("ab/x.md", page), ("b.md", page)]);
    let lines = |args: &[&str]| {
        run(site.path(), args).stdout.lines().filter(|l| l.contains("OL201")).count()
    };
    assert_eq!(lines(&["check", "."]), 3);
    assert_eq!(lines(&["check", ".", "a"]), 1);
    assert_eq!(lines(&["check", ".", "a/x.md", "b.md"]), 2);
    assert_eq!(run(site.path(), &["check", ".", "gone.md"]).code, Some(2));
}

#[test]
fn config_prints_what_was_understood() {
    let text = "title: Shop\nbase_url: https://ops.example\npolicy: {review_every: 90d}\nsources:\n  - {name: a, path: teams/a}\n";
    let site = Temp::with(&[("opslore.yaml", text), ("teams/a/x.md", "# X\n")]);
    let ran = run(site.path(), &["config"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    for line in [
        "title: Shop\n",
        "base_url: https://ops.example/\n",
        "review_every: 90 days\n",
        "  - a in ",
    ] {
        assert!(ran.stdout.contains(line), "{line}: {}", ran.stdout);
    }
}

#[test]
fn inspect_prints_each_field_and_where_it_came_from() {
    let runbook = "---\nlast_reviewed: 2026-05-12\ncolour: blue\nowner: team:data\n---\n# OrdersSlow\n\n## Diagnosis\n\nx\n\n## Mitigation\n\ny\n";
    let rules = "groups:\n- name: a\n  rules:\n  - alert: OrdersSlow\n    expr: up\n";
    let site = Temp::with(&[
        ("runbooks/OrdersSlow.md", runbook),
        ("rules.yaml", rules),
        ("orders/service.yaml", "id: orders\nowner: team:data\ntier: 1\n"),
    ]);
    let ran = run(site.path(), &["inspect", "runbooks/OrdersSlow.md"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    let row = |name: &str| {
        let found = ran.stdout.lines().find(|l| l.split_whitespace().next() == Some(name));
        found
            .unwrap_or_else(|| panic!("no `{name}` in\n{}", ran.stdout))
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(row("kind"), "kind runbook [section “headings”]");
    assert_eq!(row("owner"), "owner data [key `owner`]");
    assert_eq!(row("last_reviewed"), "last_reviewed 2026-05-12 [key `last_reviewed`]");
    assert!(row("alert").starts_with("alert OrdersSlow ["), "{}", ran.stdout);
    assert_eq!(row("colour"), "colour blue [kept, no schema knows it]");
    let ran = run(site.path(), &["inspect", "orders/service.yaml"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("orders") && ran.stdout.contains("data"), "{}", ran.stdout);
}

#[test]
fn a_theme_that_does_not_exist_is_refused_with_those_that_do() {
    let site = Temp::with(&[
        ("a.md", "# A\n"),
        ("opslore.yaml", "theme: harbor\n"),
        ("themes/harbour/css/theme.css", ":root { --ink: #999 }\n"),
    ]);
    for command in [&["check"][..], &["build", "-o", "out"]] {
        let ran = run(site.path(), command);
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        let words =
            "no theme `harbor`: did you mean `harbour`? there are `default`, `harbour`, `slate`";
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
    }
    // A name is the name of a folder, not a way out of it.
    for name in ["../themes/harbour", "harbour/css", "/etc", "."] {
        site.file("opslore.yaml", format!("theme: {name}\n").as_bytes());
        assert_eq!(run(site.path(), &["check"]).code, Some(2), "{name}");
    }
    site.file("opslore.yaml", b"theme: harbour\n");
    let found = run(site.path(), &["check", "--fail-on", "never"]).stdout;
    assert!(
        found.contains("low-contrast") && found.contains("themes/harbour/css/theme.css"),
        "{found}"
    );
    // The second build takes the findings from the first.
    for n in 0..2 {
        let ran = run(site.path(), &["build", "-o", "out"]);
        assert!(ran.stderr.contains("low-contrast"), "{n}: {}", ran.stderr);
    }
}

#[test]
fn search_finds_the_same_in_sources_and_in_a_built_site() {
    let site = Temp::with(&[
        (
            "runbooks/CheckoutDown.md",
            "---\nalerts: [CheckoutDown]\nteam: payments\n---\n# CheckoutDown\n\n## Diagnosis\n\n\
             ```sh\nkubectl get pods -n checkout\n```\n",
        ),
        ("runbooks/orders-lag.md", "# Orders lag\n\n## Mitigation\n\nDrain the queue.\n"),
    ]);
    let built = run(site.path(), &["build", "-q"]);
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    for query in ["checkout down", "checkuotdown", "drain queue", "get pods", "nothing-like-this"] {
        let sources = run(site.path(), &["search", "--json", query]);
        let from_site = run(site.path(), &["search", "--json", "--site", "public", query]);
        assert_eq!((sources.code, from_site.code), (Some(0), Some(0)), "{}", sources.stderr);
        assert_eq!(sources.stdout, from_site.stdout);
    }
    let ran = run(site.path(), &["search", "--json", "--limit", "1", "drain", "queue"]);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let hit = &json["hits"][0];
    assert_eq!(hit["source"], "runbooks/orders-lag.md");
    assert_eq!((&hit["section"], &hit["kind"]), (&"Mitigation".into(), &"runbook".into()));
    assert!(hit["url"].as_str().unwrap().ends_with("#mitigation"), "{hit}");
    let text = run(site.path(), &["search", "kind:alert", "team:payments", "checkout"]);
    assert!(text.stdout.contains("CheckoutDown  [alert, payments]"), "{}", text.stdout);
    assert!(text.stdout.contains("kubectl get pods -n checkout"), "{}", text.stdout);
    let none = run(site.path(), &["search", "zzzzzz"]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(0), ""));
    assert!(none.stderr.contains("nothing found"), "{}", none.stderr);
    assert_eq!(run(site.path(), &["search", "--site", "gone", "x"]).code, Some(2));
    assert_eq!(run(site.path(), &["search"]).code, Some(2));
}

//! Formats of findings: from one run, equal counts, each where it was asked to go, words of authors escaped.

use std::collections::BTreeSet;
use std::fs;

use crate::support::{Ran, Temp, opslore, package, run, run_command};

const FORMATS: [&str; 7] = ["text", "json", "sarif", "github", "gitlab", "junit", "markdown"];

/// Findings with words that every format has to escape, in a file whose name is as bad.
fn nasty() -> Temp {
    let page = "# A\n\n[x](<100%,b&\"]]\u{1b}.md>)\n\n[y](#n|o_*p*) and [y](#n|o_*p*)\n";
    Temp::with(&[
        ("we, ird: 100% <b> \u{fc}/::error::a.md", page),
        ("b.md", "---\nkind: runbook\nlast_reviewed: 2020-01-01\n---\n# B\n\nText.\n"),
        ("c.md", "---\nid: x\n---\n# C\n"),
    ])
}

fn check(site: &Temp, args: &[&str]) -> Ran {
    run(site.path(), &[&["check", ".", "--now", "2026-11-22"][..], args].concat())
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

fn read(site: &Temp, name: &str) -> String {
    fs::read_to_string(site.join(name)).unwrap()
}

#[test]
fn every_format_comes_of_one_run_with_equal_counts() {
    let site = nasty();
    let outputs: Vec<String> =
        FORMATS.iter().flat_map(|f| ["--output".to_owned(), format!("{f}=out.{f}")]).collect();
    let outputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
    let ran = check(&site, &[&["--fail-on", "warning"][..], &outputs].concat());
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{}", ran.stderr);
    let found = json(&read(&site, "out.json"));
    let rows = found["findings"].as_array().unwrap();
    let count = |level: &str| rows.iter().filter(|r| r["level"] == level).count();
    let (errors, warnings, notes) = (count("error"), count("warning"), count("info"));
    assert!(errors >= 1 && warnings >= 3, "{found}");
    let prints: BTreeSet<&str> = rows.iter().map(|r| r["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(prints.len(), rows.len(), "fingerprints are all different");

    let text = read(&site, "out.text");
    for (level, n) in [(" error OL", errors), (" warning OL", warnings), (" info OL", notes)] {
        assert_eq!(text.lines().filter(|l| l.contains(level)).count(), n, "{text}");
    }
    let sarif = json(&read(&site, "out.sarif"));
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let issues = json(&read(&site, "out.gitlab"));
    let github = read(&site, "out.github");
    let markdown = read(&site, "out.markdown");
    let listed: Vec<&str> = markdown.lines().filter(|l| l.starts_with("- line ")).collect();
    assert_eq!(
        (results.len(), issues.as_array().unwrap().len(), github.lines().count(), listed.len()),
        (rows.len(), rows.len(), rows.len(), rows.len())
    );
    for (n, row) in rows.iter().enumerate() {
        let (result, issue) = (&results[n], &issues[n]);
        assert_eq!(result["ruleId"], row["code"]);
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], row["code"]);
        assert!(rule["help"]["text"].as_str().unwrap().contains("## Why at 4 am"));
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert_eq!(
            (&region["startLine"], &region["endColumn"]),
            (&row["line"], &row["end_column"])
        );
        assert_eq!(result["partialFingerprints"]["opsloreFinding/v1"], row["fingerprint"]);
        assert_eq!(issue["fingerprint"], row["fingerprint"]);
        assert_eq!(issue["location"]["path"], row["path"]);
        assert_eq!(issue["location"]["lines"]["begin"], row["line"]);
    }
    let uri = &results.last().unwrap()["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(uri["uri"], "we%2C%20ird%3A%20100%25%20%3Cb%3E%20%C3%BC/%3A%3Aerror%3A%3Aa.md");
    let command = "::error file=we%2C ird%3A 100%25 <b> \u{fc}/%3A%3Aerror%3A%3Aa.md,line=3,";
    assert!(github.lines().any(|l| l.starts_with(command)), "{github}");
    assert!(
        !github.contains('\u{1b}') && github.contains("::there is no file `100%25,b&\"]]"),
        "{github}"
    );
    assert!(markdown.starts_with("### opslore: 1 error, "), "{markdown}");
    // What is no code is escaped; an escaped backtick begins no code.
    let plain = markdown.replace("\\`", "");
    let words: String = plain.split('`').step_by(2).collect();
    assert!(words.contains("\\<b\\>") && !words.contains("<b>"), "{markdown}");

    let junit = read(&site, "out.junit");
    assert_eq!(junit.matches("<testcase ").count(), rows.len());
    assert_eq!(junit.matches("<failure ").count(), errors + warnings, "{junit}");
    assert_eq!(junit.matches("<skipped ").count(), notes);
    assert!(junit.contains(&format!(
        "tests=\"{}\" failures=\"{}\"",
        rows.len(),
        errors + warnings
    )));
    assert!(!junit.contains('\u{1b}') && !junit.contains("<b>"), "{junit}");
}

#[test]
fn one_format_has_the_standard_output() {
    let site = nasty();
    let both = check(&site, &["--format", "json,sarif"]);
    assert_eq!((both.code, both.stdout.as_str()), (Some(2), ""));
    assert!(both.stderr.contains("--output sarif=FILE"), "{}", both.stderr);
    let two = check(&site, &["--format", "json", "--format", "junit", "--output", "x.xml"]);
    assert_eq!(two.code, Some(2), "{}", two.stderr);
    assert!(two.stderr.contains("write which format"), "{}", two.stderr);

    let ran = check(&site, &["--format", "sarif", "--output", "a=b.sarif"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{}", ran.stderr);
    assert_eq!(json(&read(&site, "a=b.sarif"))["version"], "2.1.0");
    let ran = check(&site, &["--format", "json", "--output", "junit=j.xml", "--output", "text=t"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(json(&ran.stdout)["counts"]["error"].as_u64().unwrap() >= 1);
    assert_eq!(read(&site, "t"), check(&site, &[]).stdout);
    let nowhere = check(&site, &["--output", "none/such/file"]);
    assert_eq!(nowhere.code, Some(2), "{}", nowhere.stderr);
}

#[test]
fn a_clean_site_is_whole_in_every_format() {
    let site = Temp::with(&[("a.md", "# A\n\nWords.\n")]);
    for format in FORMATS {
        let ran = check(&site, &["--format", format]);
        assert_eq!(ran.code, Some(0), "{format}: {}", ran.stderr);
        let whole = match format {
            "json" => json(&ran.stdout)["findings"] == serde_json::json!([]),
            "sarif" => json(&ran.stdout)["runs"][0]["results"] == serde_json::json!([]),
            "gitlab" => json(&ran.stdout) == serde_json::json!([]),
            "junit" => ran.stdout.contains("tests=\"0\""),
            "markdown" => ran.stdout == "### opslore: nothing found\n",
            _ => ran.stdout.is_empty(),
        };
        assert!(whole, "{format}: {}", ran.stdout);
    }
}

#[test]
fn a_runner_of_github_gets_commands_by_itself() {
    let site = nasty();
    let on_runner = |args: &[&str]| {
        let mut command = opslore();
        command.current_dir(site.path()).env("GITHUB_ACTIONS", "true");
        command.env("GITHUB_WORKSPACE", site.path().parent().unwrap());
        command.args(["check", ".", "--now", "2026-11-22"]).args(args);
        run_command(command)
    };
    let commands = |text: &str| text.lines().filter(|l| l.contains("file=")).count();
    let n = check(&site, &["--format", "github"]).stdout.lines().count();
    let text = on_runner(&[]);
    assert_eq!(commands(&text.stdout), n, "{}", text.stdout);
    // Paths are those of the repository, and what looks like a command is none.
    let folder = site.path().file_name().unwrap().to_str().unwrap();
    assert!(text.stdout.contains(&format!(" file={folder}/b.md,")), "{}", text.stdout);
    let mut lines = text.stdout.lines();
    let token = lines.next().unwrap().strip_prefix("::stop-commands::").unwrap().to_owned();
    let end = lines.position(|l| l == format!("::{token}::")).unwrap();
    assert!(end >= n);
    assert_eq!(lines.count(), n);

    let data = on_runner(&["--format", "json"]);
    assert_eq!(
        (json(&data.stdout)["findings"].as_array().unwrap().len(), commands(&data.stderr)),
        (n, n)
    );
    let asked = on_runner(&["--format", "github"]);
    assert_eq!((commands(&asked.stdout), commands(&asked.stderr)), (n, 0));
}

#[test]
fn formats_agree_on_the_site_of_twelve_faults() {
    let root = package().join("tests/sites/twelve-faults");
    let out = Temp::new();
    let ran = |format: &str| {
        let args = ["check", root.to_str().unwrap(), "--now", "2026-11-22", "--format", format];
        run(out.path(), &args).stdout
    };
    let codes = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        words.filter(|w| w.len() == 5 && w.starts_with("OL")).map(str::to_owned).collect()
    };
    let expected = codes(&ran("github"));
    assert_eq!(expected.len(), 12);
    assert_eq!(codes(&ran("markdown")), expected);
    assert_eq!(codes(&ran("gitlab")), expected);
    assert_eq!(codes(&ran("text")), expected);
    let junit = ran("junit");
    let cases: Vec<&str> = junit.lines().filter(|l| l.contains("<testcase ")).collect();
    assert_eq!(codes(&cases.join("\n")), expected);
}

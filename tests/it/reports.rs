//! Reports: one source of numbers for page, CSV, JSON and terminal; limits; what spreadsheets must not run.

use std::collections::BTreeSet;

use opslore::link::fixed::REPORTS;
use opslore::report;

use crate::support::{Temp, build, package, run, tree};

/// Reports whose page stands elsewhere.
const ELSEWHERE: [&str; 2] = ["actions", "problems"];

fn postmortem(actions: &str) -> String {
    format!(
        "---\nkind: postmortem\nid: INC-1\nstatus: final\nstarted_at: 2026-10-01T10:00:00Z\naction_items:\n{actions}---\n# Inc\n"
    )
}

#[test]
fn every_report_has_an_address() {
    let routed: BTreeSet<&str> = REPORTS.into_iter().chain(ELSEWHERE).collect();
    assert_eq!(routed, report::names().collect());
}

#[test]
fn page_files_and_terminal_tell_the_same() {
    let content = package().join("content");
    let out = Temp::new();
    let site = out.join("site");
    let args = ["--now", "2026-11-22", "-q"];
    let built =
        run(&content, &[&["build", ".", "-o", site.to_str().unwrap()][..], &args[..]].concat());
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    let files = tree(&site);
    for name in report::names() {
        let place = report::files::place(name);
        // Each run reads the whole of content/: some stand for all.
        let formats: &[&str] = match name {
            "actions" | "durations" => &["csv", "json", "text", "markdown"],
            "coverage" => &["json"],
            _ => &[],
        };
        for format in formats {
            let ran = run(&content, &[&["report", name, "--format", format][..], &args].concat());
            assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{name} {format}");
            assert!(!ran.stdout.trim().is_empty());
            if let Some(file) = files.get(&format!("{place}.{format}")) {
                assert_eq!(std::str::from_utf8(file).unwrap(), ran.stdout, "{name} {format}");
            }
        }
        let json = std::str::from_utf8(&files[&format!("{place}.json")]).unwrap();
        let json: serde_json::Value = serde_json::from_str(json).unwrap();
        if name != "problems" {
            let page = if name == "actions" { "actions/" } else { &format!("{place}/") };
            let page = std::str::from_utf8(&files[&format!("{page}index.html")]).unwrap();
            let rows = json["rows"].as_array().unwrap().len();
            let shown = page.split("id=\"ol-rows\"").nth(1).unwrap();
            assert_eq!(shown.matches("<tr><th scope=\"row\">").count(), rows, "{name}");
        }
    }
}

#[test]
fn nothing_in_a_csv_is_a_formula() {
    let text = postmortem(
        "  - {title: \"=cmd|' /C calc'!A0\", owner: \"@team\", due: 2026-11-01}\n  - {title: \"+1 \\\"quoted\\\", and more\", owner: \"-x\"}\n  - {title: \"\\tTab\"}\n",
    );
    let built = build(&[("inc.md", &text)]);
    let csv = built.page("actions.csv").to_owned();
    let lines: Vec<&str> = csv.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 4, "{csv}");
    assert!(csv.contains("\"'=cmd|' /C calc'!A0\""), "{csv}");
    assert!(csv.contains("\"'@team\"") && csv.contains("\"'-x\""), "{csv}");
    assert!(csv.contains("\"'+1 \"\"quoted\"\", and more\""), "{csv}");
    for line in &lines {
        assert!(!line.starts_with(['=', '+', '-', '@', '\t']), "{line}");
    }
}

#[test]
fn a_page_lists_the_first_rows_and_the_file_all() {
    let actions: String = (0..450).map(|n| format!("- [ ] Act {n:03} @ann 2027-01-01\n")).collect();
    let text = format!("---\nkind: postmortem\nid: INC-1\n---\n# Inc\n\n## Actions\n\n{actions}");
    let built = build(&[("inc.md", &text)]);
    let page = built.page("actions/");
    assert!(page.contains("The first 300 of 450; the files hold them all."));
    assert_eq!(page.matches("<tr><th scope=\"row\">Act ").count(), 300);
    assert_eq!(built.page("actions.csv").matches("\r\n").count(), 451);
    let ics = built.page("actions.ics");
    assert_eq!(ics.matches("BEGIN:VEVENT\r\n").count(), 450);
    let uids: BTreeSet<&str> = ics.lines().filter(|line| line.starts_with("UID:")).collect();
    assert_eq!(uids.len(), 450);
}

#[test]
fn a_limit_decides_the_exit_code() {
    let rules = "groups:\n  - name: a\n    rules:\n      - {alert: HasOne, expr: up}\n      - {alert: HasNone, expr: up}\n";
    let folder = Temp::with(&[
        ("rules.yaml", rules),
        ("runbooks/HasOne.md", "---\nalerts: [HasOne]\n---\n# HasOne\n\n## Meaning\n\nIt is up.\n"),
    ]);
    let code = |args: &[&str]| {
        let ran = run(folder.path(), &[&["report"][..], args].concat());
        (ran.code, ran.stderr)
    };
    let (met, words) = code(&["coverage", "--fail-under", "50"]);
    assert_eq!(
        (met, words.trim()),
        (Some(0), "1 of 2 alerts that lead to a runbook: at or above 50 %")
    );
    let (below, words) = code(&["coverage", "--fail-under", "50.1", "--quiet"]);
    assert_eq!(
        (below, words.trim()),
        (Some(1), "1 of 2 alerts that lead to a runbook: below 50.1 %")
    );
    let (wrong, words) = code(&["wanted", "--fail-under", "1"]);
    assert!(wrong == Some(2) && words.contains("is no share"), "{words}");
    let (unknown, words) = code(&["covrage"]);
    assert!(unknown == Some(2) && words.contains("did you mean `coverage`?"), "{words}");
    let (nonsense, _) = code(&["coverage", "--fail-under", "120"]);
    assert_eq!(nonsense, Some(2));
}

#[test]
fn markdown_of_a_report_holds_no_markup_of_authors() {
    let folder = Temp::with(&[(
        "inc.md",
        &postmortem("  - {title: \"a | b <img src=x> [y](z)\", owner: ann, due: 2027-01-01}\n"),
    )]);
    let ran =
        run(folder.path(), &["report", "actions", "--format", "markdown", "--now", "2026-11-22"]);
    assert!(ran.stdout.contains("| a \\| b \\<img src=x\\> \\[y\\](z) |"), "{}", ran.stdout);
}

#[test]
fn links_of_markdown_twins_lead_somewhere() {
    let (_, files) = crate::words::built(&package().join("content"));
    let twins = files.iter().filter(|(path, _)| path.ends_with(".md"));
    let (mut n, mut faults) = (0, Vec::new());
    for (path, bytes) in twins {
        let text = std::str::from_utf8(bytes).unwrap();
        assert!(text.starts_with("# ") && text.ends_with('\n'), "{path}: {text:.80}");
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for tail in text.split("](").skip(1) {
            let target = tail.split([')', ' ', '"']).next().unwrap();
            let target = target.split('#').next().unwrap();
            // What the sources themselves leave broken stays so.
            if target.is_empty() || target.contains("://") || target.contains("agent-cache") {
                continue;
            }
            n += 1;
            let found = opslore::text::path::join(folder, target).unwrap_or_default();
            let found = if target.ends_with('/') { format!("{found}/index.html") } else { found };
            if !files.contains_key(&found) {
                faults.push(format!("{path}: {target}"));
            }
        }
    }
    assert!(n > 1_000, "only {n} links were followed");
    assert!(faults.is_empty(), "{} links\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_digest_tells_what_is_new_and_what_is_late() {
    let text = "---\nkind: postmortem\nid: INC-1\nstatus: final\nservices: [web]\nseverity: sev2\nstarted_at: 2026-11-16T10:00:00Z\nlessons: [\"Limits <b>first</b>\"]\naction_items:\n  - {title: \"Set *limits*\", owner: team:shop, due: 2026-11-20}\n---\n# Web was slow\n";
    let old = "---\nkind: postmortem\nid: INC-0\nstarted_at: 2026-01-01T10:00:00Z\nlessons: [Old news]\n---\n# Long ago\n";
    let folder = Temp::with(&[
        ("opslore.yaml", "title: Shop\nbase_url: https://ops.example.org/\n"),
        ("inc.md", text),
        ("old.md", old),
        ("web/service.yaml", "id: web\nowner: team:shop\n"),
    ]);
    let digest = |more: &[&str]| {
        run(folder.path(), &[&["report", "digest", "--now", "2026-11-22"][..], more].concat())
    };
    let week = digest(&["--format", "markdown"]).stdout;
    assert_eq!(
        week,
        "# Shop: what we learned since 2026-11-15\n\n1 lesson, 1 incident, 0 actions done, 1 overdue.\n\n\
         ## Learned\n\n- **[Limits \\<b\\>first\\</b\\>](https://ops.example.org/lessons/limits-b-first-b/)**: learned by shop\n\n\
         ## Incidents\n\n- **[Web was slow](https://ops.example.org/incidents/INC-1/)**: 2026-11-16; sev2; web\n\n\
         ## Overdue\n\n- **[Set \\*limits\\*](https://ops.example.org/incidents/INC-1/)**: shop; 2 days late; INC-1\n"
    );
    let html = digest(&["--format", "html"]).stdout;
    assert!(
        html.contains(">Limits &lt;b&gt;first&lt;/b&gt;</a></strong>: learned by shop</li>"),
        "{html}"
    );
    assert!(!week.contains("Old news"));
    let year = digest(&["--since", "2026-01-01"]).stdout;
    assert!(year.contains("Old news") && year.contains("2 lessons, 2 incidents"), "{year}");
    assert_eq!(digest(&["--format", "csv"]).code, Some(2));
    assert_eq!(digest(&["--since", "soon"]).code, Some(2));
    let other = run(folder.path(), &["report", "coverage", "--format", "html"]);
    assert_eq!(other.code, Some(2), "{}", other.stderr);
}

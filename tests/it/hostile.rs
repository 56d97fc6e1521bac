//! Generated input that is meant to hurt: it costs a finding at most, never a page, a hang or a secret.

use opslore::diag::codes::RULES;

use crate::html;
use crate::support::{Built, Temp, build, run};

/// Builds one page of a text.
fn page(text: &str) -> Built {
    build(&[("a.md", text), ("b.md", "# B\n\nA neighbour.\n")])
}

fn assert_sound(built: &Built) {
    let faults = html::faults(&built.files);
    assert!(
        faults.is_empty(),
        "{}",
        faults.iter().take(20).cloned().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn deep_quotes_are_cut_and_their_words_stay() {
    let built = page(&format!("# A\n\n{} the end\n", ">".repeat(5_000)));
    assert!(built.findings.contains("OL115 too-deep"), "{}", built.findings);
    assert!(built.page("pages/a/").contains("the end"));
    assert_sound(&built);
}

#[test]
fn deep_lists_and_emphasis_are_no_trouble() {
    let list: String = (0..2_000).map(|n| format!("{}- item {n}\n", "  ".repeat(n))).collect();
    for text in [
        list,
        format!("{}x{}", "*a **b ".repeat(5_000), "** *".repeat(5_000)),
        "[".repeat(20_000),
        "![".repeat(20_000),
        "<b>".repeat(5_000),
        "`".repeat(9_999),
    ] {
        let built = page(&format!("# A\n\n{text}\n"));
        assert!(built.page("pages/a/").len() < text.len() * 20 + 100_000);
        assert_sound(&built);
    }
}

#[test]
fn ten_thousand_equal_headings_have_ten_thousand_anchors() {
    let built =
        page(&format!("# A\n\n{}\n[last](#again-9999)\n", "## Again\n\nx\n\n".repeat(10_000)));
    assert_eq!(built.findings, "");
    assert!(built.page("pages/a/").contains("id=\"again-9999\""));
    assert_sound(&built);
}

#[test]
fn one_line_of_three_megabytes_is_shown_as_it_is() {
    let built = page(&format!("# A\n\n{}\n", "word ".repeat(600_000)));
    assert!(
        built.findings.starts_with("a.md:1:1: warning OL103 file-too-large: "),
        "{}",
        built.findings
    );
    assert!(built.page("pages/a/").matches("word ").count() >= 600_000);
    assert_sound(&built);
}

#[test]
fn a_long_line_under_the_limit_is_ordinary() {
    let built = page(&format!(
        "# A\n\n{}\n\n```bash\n{}\n```\n",
        "word ".repeat(300_000),
        "x=1;".repeat(100_000)
    ));
    assert_eq!(built.findings, "");
    assert_sound(&built);
}

#[test]
fn a_table_of_empty_cells_does_not_outgrow_its_source() {
    let head = format!("|{}\n|{}\n", "a|".repeat(500), "-|".repeat(500));
    let built = page(&format!("# A\n\n{head}{}\n\nThe end.\n", "|\n".repeat(5_000)));
    let page = built.page("pages/a/");
    assert!(
        page.len() < 10 * 14_000 + 200_000 || built.findings.contains("OL403"),
        "{} bytes, {}",
        page.len(),
        built.findings
    );
    assert!(page.contains("The end."));
    assert_sound(&built);
}

#[test]
fn yaml_bombs_are_findings_of_their_file() {
    let aliases = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n";
    let nested = format!("a: {}\n", "[".repeat(10_000));
    let braces = format!("a: {}{}\n", "{a: ".repeat(3_000), "}".repeat(3_000));
    for text in [
        aliases.to_owned(),
        nested,
        braces,
        "a: &a\n  b: *a\n".to_owned(),
        "? [a, b]\n: c\n".to_owned(),
    ] {
        let built = page(&format!("---\ntitle: Hurt\n{text}---\n# A\n\nThe words.\n"));
        assert!(built.page("pages/a/").contains("The words."), "{text:.60}");
        assert!(built.page("pages/b/").contains("A neighbour."));
        assert_sound(&built);
    }
    let built = build(&[
        ("service.yaml", &format!("id: a\nowner: {}\n", "[".repeat(100_000))),
        ("b.md", "# B\n"),
    ]);
    assert!(built.findings.contains("service.yaml:"), "{}", built.findings);
}

#[test]
fn integration_keys_reach_no_byte_of_the_output() {
    let secret = "0123456789abcdefFEDCBA9876543210";
    let service = format!(
        "id: cart\nowner: team:a\npagerduty:\n  integration-key: {secret}\noncall:\n  provider: pagerduty\n  integration_key: {secret}\n"
    );
    let entity = format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: shop\n  annotations:\n    pagerduty.com/integration-key: {secret}\nspec:\n  type: service\n  owner: a\n  lifecycle: production\n"
    );
    let datadog = format!(
        "schema-version: v2\ndd-service: pay\nteam: a\nintegrations:\n  pagerduty:\n    service-url: https://x.pagerduty.com/\n    routing_key: {secret}\n"
    );
    let texts = [
        ("cart/service.yaml", service.as_str()),
        ("shop/catalog-info.yaml", &entity),
        ("pay/service.datadog.yaml", &datadog),
    ];
    let built = build(&texts);
    for (path, bytes) in &built.files {
        assert!(
            !String::from_utf8_lossy(bytes).contains(secret),
            "{path} holds the key\n{}",
            built.findings
        );
    }
    assert!(!built.findings.contains(secret));
    assert!(built.findings.contains("OL503 integration-key"), "{}", built.findings);
    let site = Temp::with(&texts);
    for format in ["text", "json"] {
        let ran = run(site.path(), &["check", ".", "--format", format]);
        assert!(!ran.stdout.contains(secret) && !ran.stderr.contains(secret), "{}", ran.stdout);
    }
}

#[test]
fn markup_in_any_field_stays_text() {
    let mark = "<script>alert(1)</script>\\\"'><img src=x onerror=alert(1)>";
    let fields = [
        "title",
        "id",
        "owner",
        "summary",
        "description",
        "severity",
        "tags",
        "services",
        "alerts",
        "status",
        "risk",
        "last_reviewed",
        "related",
        "colour",
        "aliases",
        "reviewed_by",
        "estimated_time",
    ];
    for kind in ["runbook", "postmortem", "service", "team", "lesson", "page"] {
        let front: String = fields.iter().map(|f| format!("{f}: \"{mark}\"\n")).collect();
        let built = build(&[(
            "x/a.md",
            &format!(
                "---\nkind: {kind}\n{front}---\n## {mark}\n\n[{mark}]({mark}) `{mark}` {mark}\n"
            ),
        )]);
        assert_sound(&built);
        let all: String = built
            .files
            .iter()
            .filter(|(p, _)| p.ends_with(".html"))
            .map(|(_, b)| String::from_utf8_lossy(b).into_owned())
            .collect();
        assert!(!all.contains("<script>alert"), "{kind}");
        assert!(!all.contains("<img src=x"), "{kind}");
    }
}

#[test]
fn templates_of_other_tools_are_plain_text() {
    let words =
        "{{ config.title }} {% for x in y %} {# note #} {{< ref \"x\" >}} ${VALUE} <%= erb %>";
    let built = page(&format!("# A\n\n{words}\n\n`{words}`\n\n```\n{words}\n```\n"));
    let (text, _) = html::texts(built.page("pages/a/"));
    assert_eq!(
        text.matches("{{ config.title }} {% for x in y %} {# note #}").count(),
        4,
        "three in the text, one in its description: {text}"
    );
    assert_sound(&built);
}

#[test]
fn messages_hold_one_line_and_no_full_stop() {
    assert!(RULES.iter().all(|r| !r.summary.ends_with('.') && !r.summary.contains('\n')));
    let texts = [
        (
            "a.md",
            "---\nkind: runbok\nowner: x\n---\n# A\n\n[a](b.md) [c](#d) ![e](f.png) [g](x:y)\n",
        ),
        ("service.yaml", "id: a\nowner: b\nteir: 1\n"),
    ];
    for line in build(&texts).findings.lines() {
        assert!(!line.ends_with('.'), "{line}");
    }
}

/// Pieces of markdown and HTML that are read in different ways where they meet.
const PIECES: [&str; 44] = [
    "word",
    " ",
    "\n",
    "\n\n",
    "> ",
    "- ",
    "1. ",
    "    ",
    "*",
    "**",
    "_",
    "~~",
    "`",
    "```\n",
    "# ",
    "## ",
    "|",
    "| a | b |\n|---|---|\n",
    "[x](b.md)",
    "[x](#y)",
    "[",
    "]",
    "(",
    ")",
    "![i](p.png)",
    "<b>",
    "</b>",
    "<div>",
    "</div>",
    "<table><tr><td>",
    "</td></tr></table>",
    "<ul><li>",
    "</li></ul>",
    "<a href=\"b.md\">",
    "</a>",
    "<details><summary>",
    "</summary>",
    "</details>",
    "<!-- ",
    " -->",
    "- [ ] ",
    "https://x.example",
    "<pod-name>",
    "&amp;",
];

#[test]
fn mixtures_of_markdown_and_html_are_sound_pages_and_keep_their_words() {
    let rounds =
        std::env::var("OPSLORE_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(60_u64);
    let mut state = 1_u64;
    let mut next = |n: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % n
    };
    for _ in 0..rounds {
        let texts: Vec<(String, String)> = (0..20)
            .map(|n| {
                (
                    format!("p{n}.md"),
                    (0..30).map(|m| format!("{}w{m}x", PIECES[next(PIECES.len())])).collect(),
                )
            })
            .collect();
        let named: Vec<(&str, &str)> =
            texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let built = build(&[&named[..], &[("b.md", "# B\n")]].concat());
        let faults = html::faults(&built.files);
        let page = faults
            .first()
            .map_or("", |fault| fault.trim_start_matches("pages/").split('/').next().unwrap_or(""));
        let text = texts
            .iter()
            .find(|(path, _)| path.trim_end_matches(".md") == page)
            .map_or("", |(_, text)| text);
        assert!(faults.is_empty(), "{}\n{text:?}", faults.join("\n"));
        assert!(!built.findings.contains("OL404"), "{}", built.findings);
        // A table's surplus cells are dropped, as on GitHub.
        for (path, text) in texts.iter().filter(|(_, text)| !text.contains("|---|")) {
            let (joined, _) =
                html::texts(built.page(&format!("pages/{}/", path.trim_end_matches(".md"))));
            let lost: Vec<String> = (0..30)
                .map(|m| format!("w{m}x"))
                .filter(|w| !joined.contains(w.as_str()))
                .collect();
            assert!(lost.is_empty(), "{lost:?} of {text:?}");
        }
    }
}

//! `init` and `new`: a new user's walk, what rules know already, and files that exist.

use std::fs;

use crate::support::{TODAY, Temp, run};

const RULES: &str = "groups:\n- name: a\n  rules:\n  - alert: CartSlow\n    expr: |\n      up{job=\"cart\"}\n        == 0\n    labels: {severity: critical, service: cart}\n";

#[test]
fn a_new_user_walks_from_nothing_to_a_site() {
    let temp = Temp::new();
    for args in [
        &["init"][..],
        &["new", "service", "cart"],
        &["new", "runbook", "cart-slow"],
        &["new", "postmortem", "INC-2026-001"],
    ] {
        let ran = run(temp.path(), &[args, &["--now", TODAY]].concat());
        assert_eq!(ran.code, Some(0), "{args:?}: {}", ran.stderr);
        for path in ran.stdout.lines() {
            assert!(temp.join(path).is_file(), "{path}");
        }
    }
    let checked = run(temp.path(), &["check", "--now", TODAY, "--fail-on", "warning"]);
    assert_eq!((checked.code, checked.stdout.as_str()), (Some(0), ""), "{}", checked.stderr);
    let built = run(temp.path(), &["build", "--now", TODAY, "--strict"]);
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    for page in
        ["services/cart", "services/first-service", "runbooks/cart-slow", "teams/first-team"]
    {
        assert!(temp.join(&format!("public/{page}/index.html")).is_file(), "{page}");
    }
}

#[test]
fn what_rules_know_of_an_alert_is_filled_in() {
    let temp = Temp::with(&[("rules.yaml", RULES)]);
    temp.file("cart/service.yaml", b"kind: service\nname: cart\nowner: shop\n");
    assert_eq!(run(temp.path(), &["new", "runbook", "CartSlow", "--now", TODAY]).code, Some(0));
    let text = fs::read_to_string(temp.join("runbooks/CartSlow.md")).unwrap();
    for part in [
        "alerts: [\"CartSlow\"]\n",
        "severity: \"critical\"\n",
        "services: [\"cart\"]\n",
        "owner: \"shop\"\n",
        "last_reviewed: 2026-11-22\n",
        "```promql\nup{job=\"cart\"}\n  == 0\n```\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    // Of a name that no rule knows nothing is made up.
    assert_eq!(run(temp.path(), &["new", "runbook", "Other", "--now", TODAY]).code, Some(0));
    let text = fs::read_to_string(temp.join("runbooks/Other.md")).unwrap();
    assert!(!text.contains("alerts:") && !text.contains("promql"), "{text}");
}

#[test]
fn nothing_that_exists_is_written_over() {
    let temp = Temp::with(&[("runbooks/a.md", "mine\n"), ("opslore.yaml", "title: Mine\n")]);
    for args in [&["new", "runbook", "a"][..], &["init"]] {
        let ran = run(temp.path(), args);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(ran.stderr.contains("exists already"), "{}", ran.stderr);
    }
    assert_eq!(fs::read_to_string(temp.join("runbooks/a.md")).unwrap(), "mine\n");
    assert!(!temp.join("services").exists());
    for name in ["../a", "a/b", "", ".a", "a\nb", "-"] {
        let ran = run(temp.path(), &["new", "runbook", "--", name]);
        assert_eq!(ran.code, Some(2), "{name:?}");
    }
    assert!(!temp.path().parent().unwrap().join("a.md").exists());
}

#[test]
fn a_site_has_templates_of_its_own() {
    let temp =
        Temp::with(&[("archetypes/runbook.md", "# Ours: {name}\n\n{owner} {x}\n\n{today}\n")]);
    assert_eq!(run(temp.path(), &["new", "runbook", "a", "--now", TODAY]).code, Some(0));
    let text = fs::read_to_string(temp.join("runbooks/a.md")).unwrap();
    assert_eq!(text, "# Ours: a\n\n\n2026-11-22\n");
}

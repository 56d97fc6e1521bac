//! `show`: a page in the terminal, by any of its names, from sources and from a built site.

use crate::support::{Temp, run};

fn site() -> Temp {
    Temp::with(&[
        ("opslore.yaml", "title: Shop\nbase_url: https://ops.example.org/site/\n"),
        (
            "runbooks/checkout-slow.md",
            "---\nalerts: [CheckoutSlow]\n---\n# Checkout is slow\n\n## Diagnosis\n\nLook at `top`.\n\n\
             ## Mitigation\n\n```sh\nkubectl delete pod checkout-0\n```\n\n### Afterwards\n\nWait.\n\n## Links\n\nNone.\n",
        ),
        ("services/cart/service.yaml", "id: cart\nname: Cart\n"),
        ("notes/a note.md", "# A note\n\nWords \u{1b}[31m.\n"),
    ])
}

#[test]
fn every_name_of_a_page_shows_it() {
    let temp = site();
    let built = run(temp.path(), &["build", "-q"]);
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    for name in [
        "CheckoutSlow",
        "alert:checkoutslow",
        "runbook:checkout-slow",
        "/alerts/CheckoutSlow/",
        "alerts/CheckoutSlow",
        "https://ops.example.org/site/alerts/CheckoutSlow/?service=cart",
    ] {
        for from in [&[][..], &["--site", "public"]] {
            let shown = run(temp.path(), &[&["show", name], from].concat());
            assert_eq!(shown.code, Some(0), "{name} {from:?}: {}", shown.stderr);
            assert!(shown.stdout.starts_with("# Checkout is slow\n"), "{name}: {}", shown.stdout);
        }
    }
    let by_path = run(temp.path(), &["show", "runbooks/checkout-slow.md"]);
    assert!(by_path.stdout.starts_with("# Checkout is slow\n"), "{}", by_path.stderr);
    let service = run(temp.path(), &["show", "cart"]);
    assert!(service.stdout.starts_with("# Cart\n"), "{}{}", service.stdout, service.stderr);
}

#[test]
fn a_section_is_shown_alone_and_says_what_a_command_does() {
    let temp = site();
    let shown = run(temp.path(), &["show", "CheckoutSlow#mitigation"]);
    assert_eq!(
        shown.stdout,
        "## Mitigation\n\n  Deletes data\n    kubectl delete pod checkout-0\n\n### Afterwards\n\nWait.\n"
    );
    let typo = run(temp.path(), &["show", "CheckoutSlow#mitigatoin"]);
    assert_eq!((typo.code, typo.stdout.as_str()), (Some(2), ""));
    assert!(typo.stderr.contains("did you mean `#mitigation`"), "{}", typo.stderr);
}

#[test]
fn what_is_not_there_is_told_with_what_is_near() {
    let temp = site();
    run(temp.path(), &["build", "-q"]);
    for from in [&[][..], &["--site", "public"]] {
        let shown = run(temp.path(), &[&["show", "CheckoutSlwo"], from].concat());
        assert_eq!((shown.code, shown.stdout.as_str()), (Some(2), ""));
        assert!(shown.stderr.contains("did you mean `CheckoutSlow`"), "{}", shown.stderr);
        for outside in ["../../etc/passwd", "search/", "public/../opslore.yaml"] {
            let shown = run(temp.path(), &[&["show", outside], from].concat());
            assert_eq!((shown.code, shown.stdout.as_str()), (Some(2), ""), "{outside}");
        }
    }
    let none = run(temp.path(), &["show", "cart", "--site", "notes"]);
    assert!(none.code == Some(2) && none.stderr.contains("holds no site"), "{}", none.stderr);
}

#[test]
fn words_do_not_steer_the_terminal() {
    let temp = site();
    let shown = run(temp.path(), &["show", "notes/a note.md"]);
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    assert!(!shown.stdout.contains('\u{1b}'), "{:?}", shown.stdout);
    let raw = run(temp.path(), &["show", "--raw", "cart"]);
    assert!(raw.stdout.contains("- Kind: service"), "{}", raw.stdout);
}

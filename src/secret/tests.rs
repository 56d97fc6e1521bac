//! Secrets and what looks like them. No value stands here in one piece: this file is no leak either.

use crate::secret::{Allow, Family, blacken, family, find};
use crate::text::glob::Globs;

fn token() -> String {
    format!("gh{}", "p_R4nd0mV4lu3Th4tN0b0dyUs3s1234567AbCd")
}

fn key() -> String {
    let body = "MIIEpAIBAAKCAQEA1c7n+9Zr2vQk3J8hT5yWm0bXeLsD6uFgPq4RtNiO\n".repeat(3);
    format!("-----{0} RSA PRIVATE KEY-----\n{body}-----{1} RSA PRIVATE KEY-----", "BEGIN", "END")
}

fn blackened(text: &str, allow: &Allow) -> (String, Vec<&'static str>) {
    let found = find("a.md", text, allow);
    let mut out = text.to_owned();
    blacken(&mut out, &found);
    assert_eq!(out.len(), text.len());
    assert_eq!(find("a.md", &out, &Allow::default()), [], "what is written over is no secret");
    (out, found.iter().map(|s| s.rule).collect())
}

#[test]
fn a_value_is_written_over_and_its_kind_can_still_be_told() {
    let (text, rules) = blackened(&format!("é `{}` is it\n", token()), &Allow::default());
    assert_eq!(text, format!("é `ghp_{}` is it\n", "X".repeat(36)));
    assert_eq!(rules, ["github-pat"]);
    let (text, rules) = blackened(&format!("a\n{}\nb\n", key()), &Allow::default());
    assert_eq!(rules, ["private-key"]);
    assert!(text.starts_with("a\n-----BEGIN RSA PRIVATE KEY-----\nXXXX"), "{text}");
    assert!(text.ends_with("XXXX\n-----END RSA PRIVATE KEY-----\nb\n"), "{text}");
    assert_eq!(family(find("a.md", &key(), &Allow::default())[0].rule), Family::PrivateKey);
}

#[test]
fn what_a_line_a_file_or_the_site_allows_stays() {
    let written = token();
    let none = Allow::default();
    let found = |text: &str, allow: &Allow| find("a/b.md", text, allow).len();
    assert_eq!(found(&format!("{written} # gitleaks:allow\n{written}\n"), &none), 1);
    assert_eq!(found(&format!("<!-- opslore-allow: secret -->\n{written}\n"), &none), 0);
    assert_eq!(found(&format!("<!-- opslore-allow: access-token -->\n{written}\n"), &none), 0);
    assert_eq!(found(&format!("<!-- opslore-allow: private-key -->\n{written}\n"), &none), 1);
    let values = |v: &str| Allow::new(vec![v.to_owned()], Globs::default());
    assert_eq!(found(&written, &values(&written)), 0);
    assert_eq!(found(&written, &values("ghp_R4nd.*")), 0);
    assert_eq!(found(&written, &values("R4nd")), 1);
    assert_eq!(found(&written, &Allow::new(Vec::new(), Globs::new(["a/*"]).unwrap())), 0);
}

#[test]
fn every_value_of_a_secret_of_kubernetes_is_written_over() {
    let text = format!(
        "kind: {}\ndata:\n  user: b3BlcmF0b3I0NzEx\n  pass: czNjcjN0LXBhc3M=\n  ca: {{{{ .ca }}}}\nother: kept-as-it-is\n",
        "Secret"
    );
    let (out, rules) = blackened(&text, &Allow::default());
    assert_eq!(rules, ["kubernetes-secret-yaml"; 2]);
    let kept = ["user: XXXX", "pass: XXXX", "ca: {{ .ca }}", "other: kept-as-it-is"];
    assert!(kept.iter().all(|words| out.contains(words)), "{out}");
}

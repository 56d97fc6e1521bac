//! Findings → fingerprints that stay the same while lines move: how a finding of today is known tomorrow.

use std::collections::BTreeMap;

use crate::diag::{Code, Finding, Report};
use crate::text::hash::Fingerprint;
use crate::text::par;
use crate::text::source::Sources;

/// Hexadecimal digits of a fingerprint.
const DIGITS: usize = 32;

/// Returns a fingerprint of each finding, all different: of its code, its path, the words at its place, and
/// which one of those alike it is.
pub fn fingerprints(report: &Report, sources: &Sources) -> Vec<String> {
    let alike = par::map(&report.findings, |(_, finding)| print(finding, sources).finish());
    let mut seen: BTreeMap<[u8; 32], u64> = BTreeMap::new();
    let number = |alike: [u8; 32]| {
        let n = seen.entry(alike).or_insert(0);
        *n += 1;
        Fingerprint::default().part(&alike).part(&n.to_le_bytes()).hex(DIGITS)
    };
    alike.into_iter().map(number).collect()
}

fn print(finding: &Finding, sources: &Sources) -> Fingerprint {
    let source = sources.get(finding.place.source);
    let mut print = Fingerprint::default();
    print.part(finding.code.rule().code.as_bytes()).part(source.path.as_bytes());
    let span = finding.place.span;
    let excerpt = source.text.get(span.start as usize..span.end as usize).unwrap_or("");
    let line = excerpt.lines().map(str::trim).find(|line| !line.is_empty());
    // What was made of a secret would help to guess it.
    match line.filter(|_| finding.code != Code::IntegrationKey) {
        Some(line) => print.part(b"words").part(joined(line).as_bytes()),
        None => print.part(b"message").part(without_numbers(&finding.message).as_bytes()),
    };
    print
}

/// One space wherever there is white space.
fn joined(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns a message without its numbers: sizes, counts and days change while the fault stays.
pub fn without_numbers(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    for c in joined(message).chars() {
        match c.is_ascii_digit() {
            true if out.ends_with('#') => {}
            true => out.push('#'),
            false => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{fingerprints, without_numbers};
    use crate::diag::{Code, Finding, Level, Place, Report};
    use crate::text::source::{SourceId, SourceKind, Sources};
    use crate::text::span::Span;

    fn prints(text: &str, words: &[&str]) -> Vec<String> {
        let sources = Sources::from_texts([("a.md", SourceKind::Markdown, text)], []);
        let mut from = 0;
        let finding = |word: &&str| {
            let at = from + text[from..].find(word).unwrap();
            from = at + word.len();
            let place = Place::new(SourceId(0), Span::new(at, from));
            (Level::Error, Finding::new(Code::BrokenLink, place, "3 days ago"))
        };
        fingerprints(&Report { findings: words.iter().map(finding).collect() }, &sources)
    }

    #[test]
    fn moved_lines_keep_their_fingerprint_and_twins_differ() {
        let old = prints("x.md y.md x.md", &["x.md", "y.md", "x.md"]);
        assert_eq!(old.iter().collect::<BTreeSet<_>>().len(), 3);
        assert_eq!(prints("new\n\nx.md\n  y.md x.md", &["x.md", "y.md", "x.md"]), old);
        assert_eq!(prints("y.md x.md", &["y.md", "x.md"]), [&*old[1], &*old[0]]);
        assert!(!old.contains(&prints("z.md", &["z.md"])[0]));
    }

    #[test]
    fn a_message_without_a_place_counts_without_its_numbers() {
        assert_eq!(without_numbers("12 days,  1 file"), "# days, # file");
    }
}

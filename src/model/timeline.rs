//! The timeline section of a postmortem → entries: tables, bullets, or one heading a time.

use std::ops::Range;

use crate::diag::{Code, Finding, Place};
use crate::parse::Document;
use crate::parse::tree::Kind;
use crate::text::date::{Day, Stamp, Zone};
use crate::text::source::Source;

/// One row of a timeline.
#[derive(Clone, Debug)]
pub struct TimelineEntry {
    /// When; `None` where the time could not be read.
    pub at: Option<Stamp>,
    /// The time as written.
    pub written: String,
    /// What happened.
    pub text: String,
    /// `start`, `detect`, `ack`, `escalate`, `action`, `mitigate`, `resolve`, `comms` or `other`.
    pub kind: Option<String>,
    /// A link beside it.
    pub link: Option<String>,
    /// Where it stands.
    pub place: Place,
}

/// What a timeline section holds.
pub struct TimelineSection {
    /// Its entries in the order of the file.
    pub entries: Vec<TimelineEntry>,
    /// True where the document names a zone for them.
    pub zoned: bool,
    /// Times that could not be read.
    pub findings: Vec<Finding>,
}

/// Reads the nodes `range` of a document as a timeline.
pub fn from_section(
    source: &Source,
    document: &Document,
    range: Range<usize>,
    zone: Option<Zone>,
) -> TimelineSection {
    let text = &*source.text;
    let mut words = String::new();
    document.tree.words_into(range.clone(), text, &mut words);
    let zone = stated_zone(&words).or(zone);
    let mut reader = Reader {
        source,
        zone,
        day: title_day(document, source),
        entries: Vec::new(),
        findings: Vec::new(),
    };
    let nodes = &document.tree.nodes;
    let mut at = range.start;
    while at < range.end {
        match &nodes[at].kind {
            Kind::TableRow => {
                let cells: Vec<usize> = document.tree.children(at).collect();
                if let [time, rest @ ..] = &cells[..] {
                    let told: Vec<String> =
                        rest.iter().map(|c| document.tree.words(*c, text)).collect();
                    reader.row(
                        &document.tree.words(*time, text),
                        told.join(" "),
                        nodes[*time].span,
                        true,
                    );
                }
                at = nodes[at].end as usize;
            }
            Kind::Heading(_, n) => {
                let title = document.outline[*n as usize].title.clone();
                let end = nodes[at].end as usize;
                let next = (end..range.end)
                    .find(|n| matches!(nodes[*n].kind, Kind::Heading(..)))
                    .unwrap_or(range.end);
                let mut told = String::new();
                document.tree.words_into(end..next, text, &mut told);
                reader.row(&title, told.trim().to_owned(), nodes[at].span, false);
                at = end;
            }
            Kind::Item => {
                let said = document.tree.words(at, text);
                if let Some((time, told)) = leading_time(&said) {
                    reader.row(time, told.to_owned(), nodes[at].span, false);
                    at = nodes[at].end as usize;
                } else {
                    at += 1;
                }
            }
            _ => at += 1,
        }
    }
    let zoned =
        reader.zone.is_some() || reader.entries.iter().any(|e| e.at.is_some_and(|s| s.zoned));
    TimelineSection { entries: reader.entries, zoned, findings: reader.findings }
}

struct Reader<'a> {
    source: &'a Source,
    zone: Option<Zone>,
    day: Option<Day>,
    entries: Vec<TimelineEntry>,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    /// Takes one row; `sure` where its first cell must be a time.
    fn row(&mut self, written: &str, text: String, span: crate::text::span::Span, sure: bool) {
        let place = Place::new(self.source.id, span);
        let written = written.trim();
        if let Some(day) = Day::parse(written)
            .filter(|_| text.is_empty() || Stamp::parse(written, None, None).is_none())
        {
            self.day = Some(day);
        }
        // Of a span of time, `09:00 - 11:00`, its start counts.
        let begin = written
            .split_once(" - ")
            .or_else(|| written.split_once(" – "))
            .map_or(written, |(begin, _)| begin);
        let at =
            Stamp::parse(begin.trim_end_matches(['~', ' ', '-']), self.zone.as_ref(), self.day);
        if let Some(stamp) = at {
            self.day = stamp.day().or(self.day);
        }
        let has_digit = written.bytes().any(|b| b.is_ascii_digit());
        if at.is_none() {
            if !sure || (written.is_empty() && text.is_empty()) {
                return;
            }
            // A time without a day cannot be placed, but it is a time all the same.
            let clock_only = Stamp::parse(written, None, Day::new(2000, 1, 1)).is_some();
            // `14:??`, `HH:mm` and `--:--` say that nobody knows; that is no mistake.
            let lower = written.to_ascii_lowercase();
            let open =
                ["?", "hh:mm", "--:--", "yyyy", "xx:xx"].iter().any(|mark| lower.contains(mark));
            if has_digit && !clock_only && !open {
                self.findings.push(
                    Finding::new(Code::BadTime, place, format!("`{written}` is not a time"))
                        .hint("write it as `2026-03-04 02:07`"),
                );
            }
        }
        self.entries.push(TimelineEntry {
            at,
            written: written.to_owned(),
            text,
            kind: None,
            link: None,
            place,
        });
    }
}

/// The zone of "All times in UTC", "Times are PST", "(all times UTC)".
fn stated_zone(words: &str) -> Option<Zone> {
    let lower = words.to_lowercase();
    let at = lower.find("times")?;
    let after = words.get(at + 5..)?;
    let mut names = after
        .split(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | ')' | '(' | ':' | '*'))
        .filter(|w| !w.is_empty());
    names.by_ref().take(6).find_map(Zone::named)
}

/// The day in the document's title or file name, for timelines that only have clock times.
fn title_day(document: &Document, source: &Source) -> Option<Day> {
    let title = document.outline.first().map_or("", |h| h.title.as_str());
    [source.file_name(), title].iter().find_map(|words| {
        words
            .char_indices()
            .filter(|(_, c)| c.is_ascii_digit())
            .find_map(|(at, _)| Day::parse(words.get(at..at + 10)?))
    })
}

/// `08:03 - text`, `2022-07-07 08:58: text`, `~14:00 UTC text` → time and text.
fn leading_time(words: &str) -> Option<(&str, &str)> {
    let day = Day::new(2000, 1, 1);
    let ends: Vec<usize> = words
        .char_indices()
        .filter(|(_, c)| c.is_whitespace() || matches!(c, '-' | '–' | '—' | ':' | ',' | ')' | ']'))
        .map(|(at, _)| at)
        .take_while(|at| *at <= 32)
        .collect();
    let end = ends.into_iter().rev().find(|end| {
        let head = words[..*end].trim_matches(['[', '(', '*']);
        head.bytes().any(|b| b.is_ascii_digit())
            && head.contains([':', '.'])
            && head.ends_with(|c: char| c.is_alphanumeric())
            && Stamp::parse(head, None, day).is_some()
    })?;
    let told = words[end..].trim_start_matches(|c: char| {
        c.is_whitespace() || matches!(c, '-' | '–' | '—' | ':' | ',' | ')' | ']')
    });
    Some((words[..end].trim_matches(['[', '(', '*']), told))
}

#[cfg(test)]
mod tests {
    use super::{leading_time, stated_zone};

    #[test]
    fn bullets_start_with_a_time_or_are_none() {
        for (words, expected) in [
            ("08:03 - alert fires", Some(("08:03", "alert fires"))),
            ("2022-07-07 08:58: deleted", Some(("2022-07-07 08:58", "deleted"))),
            ("~14:00 UTC we noticed", Some(("~14:00 UTC", "we noticed"))),
            ("We noticed at 14:00", None),
        ] {
            assert_eq!(leading_time(words), expected, "{words}");
        }
    }

    #[test]
    fn the_zone_of_the_document_is_found() {
        assert!(stated_zone("All times in UTC.").is_some());
        assert!(stated_zone("all times are in PST unless noted").is_some());
        assert!(stated_zone("Times vary").is_none());
    }
}

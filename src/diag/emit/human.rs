//! Findings → lines for a person: place, excerpt with the place underlined, hint. Names annotate-snippets.

use std::borrow::Cow;

use annotate_snippets::{AnnotationKind, Group, Level as SnippetLevel, Renderer, Snippet};

use crate::diag::{Code, Finding, Level, Report};
use crate::text::source::{Source, Sources};

/// Longest line that is quoted; of a longer one only its place is told.
const MAX_LINE: usize = 300;

/// Shows control characters by their number: a file's words must not steer the terminal.
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let show =
        |c: char| if c.is_control() { format!("\\u{{{:x}}}", c as u32) } else { c.to_string() };
    Cow::Owned(text.chars().map(show).collect())
}

/// Returns one finding as `path:line:col: level code name: message` and the excerpt below it.
pub fn finding(level: Level, finding: &Finding, sources: &Sources, colour: bool) -> String {
    let source = sources.get(finding.place.source);
    let (line, column) = source.line_column(finding.place.span.start);
    let rule = finding.code.rule();
    let mut out = format!(
        "{}:{line}:{column}: {} {} {}: {}\n",
        plain(&source.path),
        level.word(),
        rule.code,
        rule.name,
        plain(&finding.message)
    );
    if let Some(excerpt) = excerpt(level, finding, source, colour) {
        out.push_str(&excerpt);
        out.push('\n');
    }
    for (place, word) in &finding.related {
        let source = sources.get(place.source);
        let (line, column) = source.line_column(place.span.start);
        out.push_str(&format!("  note: {word}: {}:{line}:{column}\n", plain(&source.path)));
    }
    if let Some(hint) = &finding.hint {
        out.push_str(&format!("  hint: {}\n", plain(hint)));
    }
    out
}

fn excerpt(level: Level, finding: &Finding, source: &Source, colour: bool) -> Option<String> {
    let span = finding.place.span;
    // The line of a secret would print the secret.
    if finding.code == Code::IntegrationKey
        || source.text.is_empty()
        || (span.start == 0 && span.end == 0)
    {
        return None;
    }
    let start = (span.start as usize).min(source.text.len());
    let line_start = source.text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let line_end = source.text.get(start..)?.find('\n').map_or(source.text.len(), |at| start + at);
    let line = source.text.get(line_start..line_end)?.trim_end_matches('\r');
    if line.len() > MAX_LINE || line.contains('\0') {
        return None;
    }
    let from = start - line_start;
    let to = (span.end as usize).clamp(start, line_start + line.len()) - line_start;
    let to = if to <= from { (from + 1).min(line.len()) } else { to };
    if from > line.len() || !line.is_char_boundary(from) || !line.is_char_boundary(to) {
        return None;
    }
    let number = source.text[..line_start].bytes().filter(|b| *b == b'\n').count() + 1;
    let kind = match level {
        Level::Error => SnippetLevel::ERROR,
        Level::Warning => SnippetLevel::WARNING,
        Level::Info | Level::Off => SnippetLevel::INFO,
    };
    let snippet =
        Snippet::source(line).line_start(number).annotation(AnnotationKind::Primary.span(from..to));
    let group = Group::with_level(kind).element(snippet);
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let text = renderer.render(&[group]);
    // The renderer's first line names the file, which the line above already did.
    let lines: Vec<&str> =
        text.lines().filter(|l| !l.contains("-->") && !l.contains("╭▸")).collect();
    Some(lines.join("\n"))
}

/// Returns "3 errors, 1 warning", or "nothing found".
pub fn summary(report: &Report) -> String {
    let counts = report.counts();
    let words: Vec<String> =
        [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Info, "note")]
            .iter()
            .filter_map(|(level, word)| {
                let n = *counts.get(level)?;
                Some(format!("{n} {word}{}", if n == 1 { "" } else { "s" }))
            })
            .collect();
    if words.is_empty() { "nothing found".to_owned() } else { words.join(", ") }
}

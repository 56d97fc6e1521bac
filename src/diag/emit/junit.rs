//! Findings → XML as of `JUnit`: a suite a file, a case a finding; it failed where it fails the run, else it was skipped.

use crate::diag::codes::Code;
use crate::diag::emit::Sheet;
use crate::diag::emit::json::JsonFinding;
use crate::text::escape::xml;
use crate::text::html::HtmlWriter;

/// Returns the report as XML.
pub fn suites(sheet: &Sheet<'_>) -> String {
    let rows: Vec<(Code, &JsonFinding)> = sheet.rows().collect();
    let mut out = HtmlWriter::default();
    out.markup("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    out.attr("name", "opslore check");
    counts(sheet, &rows, &mut out);
    out.markup(">\n");
    for rows in rows.chunk_by(|a, b| a.1.path == b.1.path) {
        let path = xml(&sheet.path(&rows[0].1.path));
        out.markup("  <testsuite").attr("name", &path);
        counts(sheet, rows, &mut out);
        let skipped = rows.iter().filter(|(_, row)| !sheet.fails(row)).count();
        out.attr("skipped", &skipped.to_string()).markup(">\n");
        for (code, row) in rows {
            case(*code, row, &path, sheet.fails(row), &mut out);
        }
        out.markup("  </testsuite>\n");
    }
    out.markup("</testsuites>\n");
    out.finish().as_str().to_owned()
}

fn counts(sheet: &Sheet<'_>, rows: &[(Code, &JsonFinding)], out: &mut HtmlWriter) {
    let failures = rows.iter().filter(|(_, row)| sheet.fails(row)).count();
    out.attr("tests", &rows.len().to_string());
    out.attr("failures", &failures.to_string()).attr("errors", "0");
}

fn case(code: Code, row: &JsonFinding, path: &str, fails: bool, out: &mut HtmlWriter) {
    let rule = code.rule();
    let place = format!("{}:{}", row.line, row.column);
    out.markup("    <testcase").attr("classname", path);
    out.attr("name", &format!("{} {} at {place}", rule.code, rule.name));
    out.attr("file", path).attr("line", &row.line.to_string()).markup(">\n");
    let message = xml(&row.message);
    if fails {
        out.markup("      <failure").attr("type", row.level.word()).attr("message", &message);
        out.markup(">").text(path).markup(":").text(&place).markup(": ").text(&message);
        if let Some(hint) = &row.hint {
            out.markup("\n").text(&xml(hint));
        }
        out.markup("</failure>\n");
    } else {
        let told = format!("{}: {message}", row.level.word());
        out.markup("      <skipped").attr("message", &told).markup("/>\n");
    }
    out.markup("    </testcase>\n");
}

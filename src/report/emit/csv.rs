//! A table → CSV (RFC 4180) that no spreadsheet runs: a cell that looks like a formula is text.

use crate::report::emit::words;
use crate::report::{Table, Value};

/// Returns the table with a line of keys; every line ends as RFC 4180 asks.
pub fn csv(table: &Table) -> String {
    let mut out = String::new();
    line(&mut out, table.columns.iter().map(|column| column.key.clone()));
    for row in &table.rows {
        line(&mut out, row.iter().map(plain));
    }
    out
}

fn plain(value: &Value) -> String {
    match value {
        // Programs count seconds; words are for people.
        Value::Seconds(seconds) => seconds.to_string(),
        other => words(other),
    }
}

fn line(out: &mut String, cells: impl Iterator<Item = String>) {
    for (n, text) in cells.enumerate() {
        if n > 0 {
            out.push(',');
        }
        cell(out, &text);
    }
    out.push_str("\r\n");
}

/// Writes a cell. What starts like a formula gets a `'` in front, as OWASP asks of exports: `=`, `+`, `-`,
/// `@`, tab, line ends, and their full-width forms. Quotes around it keep separators from starting another.
fn cell(out: &mut String, text: &str) {
    let risky = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    let is_formula = text.starts_with(risky);
    let quoted = is_formula || text.contains([',', ';', '"', '\r', '\n', '\t', '|']);
    if !quoted {
        out.push_str(text);
        return;
    }
    out.push('"');
    if is_formula {
        out.push('\'');
    }
    out.push_str(&text.replace('"', "\"\""));
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::csv;
    use crate::report::{Column, Table, Value};

    #[test]
    fn what_looks_like_a_formula_is_text() {
        for (text, cell) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("a;b", "\"a;b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "\"'=1+1\""),
            ("+49", "\"'+49\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("＝1", "\"'＝1\""),
            ("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""),
            ("a-b", "a-b"),
        ] {
            let table = Table {
                title: "",
                columns: Column::plain([("a", "A")]),
                rows: vec![vec![Value::text(text)]],
            };
            assert_eq!(csv(&table), format!("a\r\n{cell}\r\n"));
        }
    }

    #[test]
    fn durations_are_seconds_and_nothing_is_empty() {
        let table = Table {
            title: "",
            columns: Column::plain([("a", "A"), ("b", "B"), ("c", "C")]),
            rows: vec![vec![Value::Seconds(90), Value::None, Value::Share(2, 3)]],
        };
        assert_eq!(csv(&table), "a,b,c\r\n90,,2 of 3\r\n");
    }
}

//! Figures → markdown tables.

use crate::report::emit::words;
use crate::report::{Figures, Look, Table, Value};
pub(crate) use crate::text::escape::markdown as escaped;

/// Returns a report as markdown with at most `most` rows a table. Pages are links where `base`, what their
/// addresses are relative to, is known.
pub fn markdown(figures: &Figures, base: Option<&str>, most: usize) -> String {
    let mut out = format!("# {}\n\n{}\n", figures.title, escaped(&figures.lead));
    if let Some(totals) = &figures.totals {
        table(totals, base, most, &mut out);
    }
    table(&figures.table, base, most, &mut out);
    for note in &figures.notes {
        out.push_str(&format!("\n{}\n", escaped(note)));
    }
    out
}

fn table(table: &Table, base: Option<&str>, most: usize, out: &mut String) {
    if table.rows.is_empty() {
        return;
    }
    let shown: Vec<usize> =
        (0..table.columns.len()).filter(|n| table.columns[*n].look != Look::Hidden).collect();
    out.push_str(&format!("\n## {}\n\n|", table.title));
    for n in &shown {
        out.push_str(&format!(" {} |", escaped(&table.columns[*n].title)));
    }
    out.push_str("\n|");
    for n in &shown {
        let first = table.rows.first().map(|row| &row[*n]);
        out.push_str(if matches!(first, Some(Value::Number(_))) { " ---: |" } else { " --- |" });
    }
    out.push('\n');
    for row in table.rows.iter().take(most) {
        out.push('|');
        for n in &shown {
            out.push_str(&format!(" {} |", cell(&row[*n], base)));
        }
        out.push('\n');
    }
    if table.rows.len() > most {
        out.push_str(&format!("\nThe first {most} of {}.\n", table.rows.len()));
    }
}

fn cell(value: &Value, base: Option<&str>) -> String {
    let page = |text: &str, address: &str| match base {
        Some(base) => link(text, &format!("{base}{address}")),
        None => escaped(text),
    };
    match value {
        Value::Page(text, address) => page(text, address.as_str()),
        Value::Outside(text, url) => link(text, url),
        Value::Pages(pages) => {
            let one = |(text, address): &(String, Option<_>)| match address {
                Some(address) => {
                    let address: &crate::link::routes::UrlPath = address;
                    page(text, address.as_str())
                }
                None => escaped(text),
            };
            pages.iter().map(one).collect::<Vec<_>>().join(", ")
        }
        other => escaped(&words(other)),
    }
}

/// Returns a link; what would end its address early is percent-encoded.
pub fn link(text: &str, url: &str) -> String {
    format!("[{}]({})", escaped(text), address(url))
}

/// Returns an address that nothing in it ends early.
pub fn address(url: &str) -> String {
    let mut address = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            '(' => address.push_str("%28"),
            ')' => address.push_str("%29"),
            '<' => address.push_str("%3C"),
            '>' => address.push_str("%3E"),
            '|' => address.push_str("%7C"),
            '\\' => address.push_str("%5C"),
            c if c.is_whitespace() || c.is_control() => address.push_str("%20"),
            c => address.push(c),
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::link;

    #[test]
    fn an_address_ends_where_it_should() {
        assert_eq!(link("a]b", "https://x/(y) z"), "[a\\]b](https://x/%28y%29%20z)");
    }
}

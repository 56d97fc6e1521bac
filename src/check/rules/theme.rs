//! A theme of the site's own: its colours can be read.

use std::collections::BTreeMap;

use crate::diag::{Code, Finding, Place};
use crate::link::Site;
use crate::text::date::Day;
use crate::text::source::{Source, SourceKind};
use crate::text::span::Span;
use crate::theme;
use crate::theme::contrast::{ContrastFault, Row, TEXT, Token, faults};

/// Most other pairs that a hint names.
const MAX_NAMED: usize = 3;

pub(crate) fn check(site: &Site, _today: Day, findings: &mut Vec<Finding>) {
    let files = site.sources.files.iter();
    let sheets: Vec<&Source> = files.filter(|s| s.kind == SourceKind::Sheet).collect();
    // The themes that are built in are held by a test.
    let Some(first) = sheets.first() else { return };
    let texts = sheets.iter().map(|s| (s.path.as_str(), &*s.text));
    let css = theme::css(&site.config.theme, texts);
    let place = |token: Token| {
        let at = token.at?;
        let inside = |sheet: &Source| {
            let start = css.find(&*sheet.text)?;
            let local = at.checked_sub(start).filter(|local| *local < sheet.text.len())?;
            Some(Place::new(sheet.id, Span::new(local, local + token.name.len() + "--".len())))
        };
        sheets.iter().find_map(|sheet| inside(sheet))
    };
    // One finding for a declaration, whatever stands on it or under it.
    let mut low: BTreeMap<Place, Vec<Row>> = BTreeMap::new();
    for fault in faults(&css) {
        match fault {
            ContrastFault::Low(row) => {
                let place = place(row.fore).or_else(|| place(row.back));
                low.entry(place.unwrap_or(Place::file(first.id))).or_default().push(row);
            }
            ContrastFault::Unread(token, why) => {
                let place = place(token).unwrap_or(Place::file(first.id));
                findings.push(Finding::new(Code::LowContrast, place, why).hint(
                    "set it on `:root` as `#rrggbb`, `rgb()`, `hsl()`, or `light-dark()` of two",
                ));
            }
        }
    }
    for (place, mut rows) in low {
        // The worst first, but those whom many see before those whom few do.
        let rare = |row: &Row| !matches!(row.mode, "light" | "dark");
        let shortfall = |row: &Row| row.ratio / row.needed;
        rows.sort_by(|a, b| {
            rare(a).cmp(&rare(b)).then_with(|| shortfall(a).total_cmp(&shortfall(b)))
        });
        let Some(worst) = rows.first() else { continue };
        let what = if worst.needed >= TEXT { "text" } else { "a border or mark" };
        let message = format!("{} in {}; {what} needs {}:1", pair(worst), worst.mode, worst.needed);
        let mut finding = Finding::new(Code::LowContrast, place, message);
        if rows.len() > 1 {
            let others = rows[1..].iter().take(MAX_NAMED);
            let mut named: Vec<String> =
                others.map(|row| format!("{} in {}", pair(row), row.mode)).collect();
            let n = rows.len() - 1 - named.len();
            if n > 0 {
                named.push(format!("{n} more"));
            }
            finding = finding.hint(format!("also {}", named.join(", ")));
        }
        findings.push(finding);
    }
}

/// The ratio is cut, not rounded: 4.499 is not 4.5.
fn pair(row: &Row) -> String {
    let ratio = (row.ratio * 100.0).floor() / 100.0;
    format!("`--{}` on `--{}` is {ratio}:1", row.fore.name, row.back.name)
}

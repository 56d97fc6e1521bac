//! Counts → bars: the strip of twelve months, and the bar in a cell of a table.

use crate::render::picture::{WHOLE, open_image, percent, scaled, share};
use crate::text::html::{Html, HtmlWriter};

/// Pixels from the top of the strip to the foot of its bars.
const FOOT: u32 = 60;
/// Pixels of the highest bar; the rest is for its number.
const HIGHEST: u32 = 42;

/// Counts by month, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Months {
    /// What is counted, in the plural: "incidents".
    pub what: String,
    /// The months; twelve as a rule.
    pub months: Vec<Month>,
}

/// One month.
#[derive(Clone, Debug)]
pub struct Month {
    /// "Nov 2026".
    pub name: String,
    /// What stands under the bar: a letter or two.
    pub short: String,
    /// How many.
    pub count: u32,
}

impl Months {
    /// Returns the strip; empty where there are no months. The numbers belong into a table or list
    /// beside it.
    pub fn html(&self) -> Html {
        let mut out = HtmlWriter::default();
        let (Some(first), Some(last)) = (self.months.first(), self.months.last()) else {
            return out.finish();
        };
        let most = self.months.iter().map(|m| m.count).max().unwrap_or(0);
        let sum: u64 = self.months.iter().map(|m| u64::from(m.count)).sum();
        let mut words = format!("{} {} from {} to {}", sum, self.what, first.name, last.name);
        if let Some(peak) = self.months.iter().find(|m| m.count == most && most > 0) {
            words.push_str(&format!(", most in {}: {most}", peak.name));
        }
        open_image(&mut out, "months", &words);
        let n = self.months.len() as u64;
        for (index, month) in self.months.iter().enumerate() {
            let index = index as u64;
            let left = share(index * 10 + 1, n * 10);
            let right = share(index * 10 + 9, n * 10);
            let middle = percent(share(index * 2 + 1, n * 2));
            out.markup("<g><title>").text(&format!("{}: {}", month.name, month.count));
            // The clear rectangle makes the whole column answer to the pointer.
            out.markup("</title><rect class=\"clear\"").attr("x", &percent(share(index, n)));
            out.attr("width", &percent(share(1, n))).markup(" height=\"100%\"/>");
            let height = match month.count {
                0 => 1,
                count => scaled(u64::from(count), u64::from(most), HIGHEST).max(3),
            };
            out.markup(if month.count == 0 { "<rect class=\"none\"" } else { "<rect" });
            out.attr("x", &percent(left)).attr("width", &percent(right.saturating_sub(left)));
            out.attr("y", &(FOOT - height).to_string()).attr("height", &height.to_string());
            out.markup("/>");
            if month.count > 0 {
                out.markup("<text class=\"n\"").attr("x", &middle);
                out.attr("y", &(FOOT - height - 5).to_string()).markup(">");
                out.number(u64::from(month.count)).markup("</text>");
            }
            out.markup("<text").attr("x", &middle).markup(" y=\"76\">").text(&month.short);
            out.markup("</text></g>");
        }
        out.markup("</svg>");
        out.finish()
    }
}

/// Pixels from the top of a row's strip to the foot of its bars, and of its highest bar.
const ROW_FOOT: u32 = 34;
const ROW_HIGHEST: u32 = 20;

impl Months {
    /// Returns the strip as it stands in a row of a table, beside rows whose highest bar is `most`.
    pub fn row(&self, most: u32) -> Html {
        let mut out = HtmlWriter::default();
        let known: Vec<String> = self
            .months
            .iter()
            .filter(|month| month.count > 0)
            .map(|month| format!("{}: {}", month.name, month.count))
            .collect();
        let words = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        open_image(&mut out, "months months--row", &words);
        let n = self.months.len() as u64;
        for (index, month) in self.months.iter().enumerate() {
            let index = index as u64;
            let (left, right) = (share(index * 10 + 1, n * 10), share(index * 10 + 9, n * 10));
            let height = match month.count {
                0 => 1,
                count => scaled(u64::from(count), u64::from(most), ROW_HIGHEST).max(3),
            };
            out.markup(if month.count == 0 { "<rect class=\"none\"" } else { "<rect" });
            out.attr("x", &percent(left)).attr("width", &percent(right.saturating_sub(left)));
            out.attr("y", &(ROW_FOOT - height).to_string()).attr("height", &height.to_string());
            out.markup("/>");
            if month.count > 0 {
                let middle = percent(share(index * 2 + 1, n * 2));
                out.markup("<text class=\"n\"").attr("x", &middle);
                out.attr("y", &(ROW_FOOT - height - 3).to_string()).markup(">");
                out.number(u64::from(month.count)).markup("</text>");
            }
        }
        out.markup("</svg>");
        out.finish()
    }
}

/// A bar in a cell of a table, beside its number.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bar {
    /// How much.
    pub value: u64,
    /// What a full bar stands for.
    pub of: u64,
    /// True where the value is a warning.
    pub hot: bool,
    /// True where the bar stands before its full length: parts of a whole.
    pub ground: bool,
}

impl Bar {
    /// Returns the bar. It says nothing to a screen reader: the number stands beside it.
    pub fn html(&self) -> Html {
        let mut out = HtmlWriter::default();
        out.markup("<svg class=\"bar\" aria-hidden=\"true\">");
        if self.ground {
            out.markup("<rect class=\"bg\" width=\"100%\" height=\"100%\"/>");
        }
        let length = share(self.value, self.of);
        if length > 0 || self.value > 0 {
            out.markup(if self.hot { "<rect class=\"hot\"" } else { "<rect" });
            // What is more than nothing is never invisible.
            out.attr("width", &percent(length.clamp(150, WHOLE))).markup(" height=\"100%\"/>");
        }
        out.markup("</svg>");
        out.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{Bar, Month, Months};

    fn months(counts: &[u32]) -> Months {
        let month = |(n, count): (usize, &u32)| Month {
            name: format!("<{n}> 2026"),
            short: "J".into(),
            count: *count,
        };
        let months = counts.iter().enumerate().map(month).collect();
        Months { what: "incidents".into(), months }
    }

    #[test]
    fn a_strip_says_what_it_shows() {
        let html = months(&[0, 2, 5, 1]).html();
        let text = html.as_str();
        assert!(text.contains(
            "aria-label=\"8 incidents from &lt;0&gt; 2026 to &lt;3&gt; 2026, most in &lt;2&gt; 2026: 5\""
        ));
        assert!(text.contains("<title>&lt;2&gt; 2026: 5</title>"));
        assert!(text.contains("x=\"52.50%\" width=\"20.00%\" y=\"18\" height=\"42\""));
        assert_eq!(text.matches("class=\"n\"").count(), 3, "no number over nothing");
        assert!(!text.contains("style=") && !text.contains(" id="));
    }

    #[test]
    fn strips_of_nothing_are_calm() {
        assert!(months(&[]).html().is_empty());
        assert!(!months(&[0; 12]).html().as_str().contains("most in"));
        months(&[u32::MAX, 0, u32::MAX]).html();
    }

    #[test]
    fn a_row_of_months_says_which_count() {
        let text = months(&[0, 2, 0, 1]).row(4).as_str().to_owned();
        assert!(text.contains("aria-label=\"&lt;1&gt; 2026: 2, &lt;3&gt; 2026: 1\""));
        assert!(text.contains("y=\"24\" height=\"10\""), "half as high as the highest: {text}");
        assert!(months(&[0, 0]).row(4).as_str().contains("aria-label=\"none\""));
    }

    #[test]
    fn a_bar_is_a_share() {
        let bar = |value, of| Bar { value, of, ..Bar::default() }.html();
        assert_eq!(
            bar(24, 25).as_str(),
            "<svg class=\"bar\" aria-hidden=\"true\"><rect width=\"96.00%\" height=\"100%\"/></svg>"
        );
        assert!(bar(1, 100_000).as_str().contains("width=\"1.50%\""));
        assert!(bar(9, 3).as_str().contains("width=\"100.00%\""));
        assert!(!bar(0, 3).as_str().contains("rect"));
        let hot = Bar { value: 1, of: 2, hot: true, ground: true }.html();
        assert!(hot.as_str().contains("class=\"bg\"") && hot.as_str().contains("class=\"hot\""));
    }
}

//! One duration among those of all incidents → a strip of dots with the median, and the same in words.

use crate::render::picture::{WHOLE, percent, scaled};
use crate::text::date::duration_words;
use crate::text::html::{Html, HtmlWriter};

/// Fewer incidents have no median worth the name.
const ENOUGH: usize = 3;
/// Shorter durations stand where this one stands: a logarithm has no place for nothing.
const SHORTEST: u64 = 30;
/// Longer ones than a hundred years are faults of a file.
const LONGEST: i64 = 3_155_760_000;

/// Dots nearer to each other than this are one: thousands of incidents fit into one strip.
const APART: u32 = WHOLE / 100;

/// The durations of all incidents, prepared once for every page that shows one of them.
#[derive(Clone, Debug, Default)]
pub struct Durations {
    count: usize,
    low: u64,
    high: u64,
    median: Option<i64>,
    /// Places of the dots.
    dots: Vec<u32>,
}

/// A strip and the sentence beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The picture, hidden from screen readers; empty where there is too little to compare with.
    pub strip: Html,
    /// "41 min; median of 12 incidents: 25 min".
    pub words: String,
}

impl Durations {
    /// Prepares the durations, in seconds, of every incident of the organization.
    pub fn new(all: Vec<i64>) -> Self {
        Self::with_ends(all, None)
    }

    /// Prepares durations on a scale of its own: the shortest and longest of several strips.
    pub fn with_ends(mut all: Vec<i64>, ends: Option<(i64, i64)>) -> Self {
        all.sort_unstable();
        let (low, high) = ends.unwrap_or_else(|| {
            (all.first().copied().unwrap_or(0), all.last().copied().unwrap_or(0))
        });
        let (upper, lower) = (all.get(all.len() / 2), all.get(all.len().saturating_sub(1) / 2));
        let median = upper.zip(lower).filter(|_| all.len() >= ENOUGH).map(|(upper, lower)| {
            // No sum: durations of broken files may be as large as the type.
            lower.saturating_add(upper.saturating_sub(*lower) / 2)
        });
        let mut durations = Self {
            count: all.len(),
            low: logarithm(low),
            high: logarithm(high),
            median,
            dots: Vec::new(),
        };
        for seconds in all {
            let place = durations.place(seconds);
            if durations.dots.last().is_none_or(|last| place >= last + APART) {
                durations.dots.push(place);
            }
        }
        durations
    }

    /// Returns the median in seconds; `None` where too few incidents are known.
    pub fn median(&self) -> Option<i64> {
        self.median
    }

    /// Returns one of the durations beside the others: a strip and its words.
    pub fn compared(&self, this: i64) -> Compared {
        let words = |seconds: i64| duration_words(seconds.clamp(0, LONGEST));
        let shown = words(this);
        let Some(median) = self.median else {
            return Compared { strip: Html::default(), words: shown };
        };
        let n = self.count;
        let words = format!("{shown}; median of {n} incidents: {}", words(median));
        Compared { strip: self.strip(Some(this), Some(median)), words }
    }

    fn place(&self, seconds: i64) -> u32 {
        let value = logarithm(seconds).saturating_sub(self.low);
        if self.high > self.low {
            scaled(value, self.high - self.low, WHOLE).min(WHOLE)
        } else {
            WHOLE / 2
        }
    }

    /// Returns the strip without one that stands out; empty where there is nothing.
    pub fn alone(&self) -> Html {
        if self.dots.is_empty() { Html::default() } else { self.strip(None, self.median) }
    }

    fn strip(&self, this: Option<i64>, median: Option<i64>) -> Html {
        let mut out = HtmlWriter::default();
        out.markup("<svg class=\"strip\" aria-hidden=\"true\">");
        out.markup("<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"11\" y2=\"11\"/>");
        for place in &self.dots {
            out.markup("<circle class=\"dot\"").attr("cx", &percent(*place));
            out.markup(" cy=\"11\" r=\"3\"/>");
        }
        let at = median.map(|median| self.place(median));
        if let Some(at) = at {
            let x = percent(at);
            out.markup("<line class=\"med\"").attr("x1", &x).attr("x2", &x);
            out.markup(" y1=\"2\" y2=\"20\"/>");
        }
        if let Some(this) = this {
            out.markup("<circle class=\"this\"").attr("cx", &percent(self.place(this)));
            out.markup(" cy=\"11\" r=\"6\"/>");
        }
        if let Some(at) = at {
            out.markup("<text").attr("x", &percent(at)).markup(" y=\"33\"");
            out.attr(
                "text-anchor",
                match at {
                    0..3_400 => "start",
                    3_400..=6_600 => "middle",
                    _ => "end",
                },
            );
            out.markup(">median, n\u{a0}").number(self.count as u64).markup("</text>");
        }
        out.markup("</svg>");
        out.finish()
    }
}

/// The logarithm to base 2 in 1/65536, by squaring: floating point may differ between machines.
fn logarithm(seconds: i64) -> u64 {
    let value = u64::try_from(seconds).unwrap_or(0).max(SHORTEST);
    let whole = value.ilog2();
    // A number from 1 to 2 with 31 bits behind the point.
    let mut rest = (u128::from(value) << 31) >> whole;
    let mut out = u64::from(whole);
    for _ in 0..16 {
        rest = (rest * rest) >> 31;
        out <<= 1;
        if rest >> 32 > 0 {
            rest >>= 1;
            out |= 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Durations, logarithm};

    #[test]
    fn the_words_say_what_the_strip_shows() {
        let all = vec![60, 600, 1_500, 2_460, 86_400];
        let made = Durations::new(all).compared(2_460);
        assert_eq!(made.words, "41\u{a0}min; median of 5 incidents: 25\u{a0}min");
        let strip = made.strip.as_str();
        assert_eq!(strip.matches("class=\"dot\"").count(), 5);
        assert!(strip.contains("<circle class=\"this\" cx=\"51.06%\""), "{strip}");
        assert!(strip.contains("median, n\u{a0}5"));
        assert!(!strip.contains("style=") && !strip.contains(" id="));
    }

    #[test]
    fn two_incidents_have_no_median() {
        let made = Durations::new(vec![60, 2_460]).compared(2_460);
        assert_eq!(made.words, "41\u{a0}min");
        assert!(made.strip.is_empty());
    }

    #[test]
    fn thousands_of_incidents_are_one_strip() {
        let made = Durations::new((0..5_000).map(|n| n * 37).collect()).compared(3_700);
        assert!(made.strip.as_str().matches("class=\"dot\"").count() <= 101);
        assert!(made.words.contains("median of 5000 incidents"));
    }

    #[test]
    fn odd_values_find_a_place() {
        assert_eq!(Durations::new(vec![4, 1, 3, 2]).median(), Some(2));
        let same = Durations::new(vec![300; 4]).compared(300);
        assert!(same.strip.as_str().contains("cx=\"50.00%\""));
        let made = Durations::new(vec![i64::MAX, -5, 0, i64::MIN]).compared(i64::MAX);
        assert!(made.strip.as_str().contains("cx=\"100.00%\""));
    }

    #[test]
    fn logarithms_are_exact_at_powers() {
        assert_eq!(logarithm(1 << 20), 20 << 16);
        assert_eq!(logarithm(0), logarithm(30));
        assert_eq!(logarithm(3_000) >> 8, 2_956);
    }
}

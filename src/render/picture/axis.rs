//! Points in time → an axis in percent, cut where nothing happens for long, with a few round ticks.

use crate::render::picture::{WHOLE, scaled};
use crate::text::date::duration_words;

/// Width of a cut, in hundredths of a percent.
const CUT: u32 = 700;
/// More cuts would make the axis a riddle.
const MOST_CUTS: usize = 3;
/// A gap is cut where it is so many times as long as the rest.
const LONG: i64 = 5;
/// Pixels of a character, and of the space between two labels.
const CHARACTER: u32 = 7;
const SPACE: u32 = 10;

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
/// Distances between ticks that people count in, in seconds.
const STEPS: [i64; 23] = [
    10,
    30,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    4 * DAY,
    7 * DAY,
    14 * DAY,
    28 * DAY,
    56 * DAY,
    112 * DAY,
    364 * DAY,
    1_820 * DAY,
];

/// A stretch of the axis that is drawn to scale.
#[derive(Debug)]
struct Stretch {
    from: i64,
    to: i64,
    left: u32,
    width: u32,
}

/// A place where the axis leaves something out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    /// Where, in hundredths of a percent.
    pub(crate) at: u32,
    /// How many seconds.
    pub(crate) seconds: i64,
}

/// Where the text of a tick stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A mark on the axis.
#[derive(Debug)]
pub(crate) struct Tick {
    pub(crate) at: u32,
    pub(crate) words: String,
    pub(crate) anchor: Anchor,
}

/// Seconds → hundredths of a percent.
#[derive(Debug)]
pub(crate) struct Axis {
    stretches: Vec<Stretch>,
}

impl Axis {
    /// Makes the axis of some points, which it sorts. Only gaps are cut that end before `start` or begin
    /// at `settled` or later: how long an incident took is what the picture is for.
    pub(crate) fn new(mut points: Vec<i64>, start: i64, settled: i64) -> Self {
        points.sort_unstable();
        points.dedup();
        let (Some(first), Some(last)) = (points.first().copied(), points.last().copied()) else {
            return Self { stretches: Vec::new() };
        };
        let mut gaps: Vec<(i64, i64)> = points
            .windows(2)
            .filter_map(|w| if let [a, b] = w { Some((*a, *b)) } else { None })
            .filter(|(a, b)| *b <= start || *a >= settled)
            .collect();
        gaps.sort_by_key(|(a, b)| (a - b, *a));
        let mut left = last - first;
        let mut cuts = Vec::new();
        for (a, b) in gaps.into_iter().take(MOST_CUTS) {
            let rest = left - (b - a);
            if rest < MINUTE || (b - a) / LONG <= rest {
                break;
            }
            left = rest;
            cuts.push((a, b));
        }
        cuts.sort_unstable();
        let room = WHOLE - CUT * (cuts.len() as u32);
        let mut stretches: Vec<Stretch> = Vec::new();
        let mut from = first;
        let mut at = 0;
        for to in cuts.iter().map(|(a, _)| *a).chain([last]) {
            let width = scaled(seconds(to - from), seconds(left), room);
            stretches.push(Stretch { from, to, left: at, width });
            at += width + CUT;
            from = cuts.iter().find(|(a, _)| *a == to).map_or(to, |(_, b)| *b);
        }
        // Rounding leaves a hundredth or two over: the last point stands at the end.
        if let Some(end) = stretches.last_mut().filter(|_| left > 0) {
            end.left = WHOLE.saturating_sub(end.width).min(end.left + 3);
            end.width = WHOLE - end.left;
        }
        if let Some(only) = stretches.first_mut().filter(|_| left == 0) {
            only.left = WHOLE / 2;
        }
        Self { stretches }
    }

    /// Returns the place of a moment; one outside of the axis stands at its end.
    pub(crate) fn at(&self, moment: i64) -> u32 {
        let mut place = 0;
        for stretch in &self.stretches {
            if moment < stretch.from {
                break;
            }
            let length = stretch.to - stretch.from;
            let part = seconds((moment - stretch.from).min(length));
            place = stretch.left + scaled(part, seconds(length), stretch.width);
            if length == 0 && stretch.width > 0 {
                place = WHOLE;
            }
        }
        place
    }

    /// Returns what is left out.
    pub(crate) fn cuts(&self) -> Vec<Cut> {
        let pairs = self.stretches.windows(2);
        let cut = |w: &[Stretch]| match w {
            [a, b] => Some(Cut { at: b.left - CUT / 2, seconds: b.from - a.to }),
            _ => None,
        };
        pairs.filter_map(cut).collect()
    }

    /// Returns about as many ticks as `most`, as far as their words fit into `pixels`.
    pub(crate) fn ticks(&self, zero: i64, zero_words: &str, most: i64, pixels: u32) -> Vec<Tick> {
        let whole: i64 = self.stretches.iter().map(|s| s.to - s.from).sum();
        let step = STEPS.iter().find(|step| whole / **step <= most);
        let step = step.copied().unwrap_or(1_820 * DAY * (whole / (1_820 * DAY * most) + 1));
        let mut moments: Vec<i64> = self.stretches.iter().skip(1).map(|s| s.from).collect();
        for stretch in &self.stretches {
            let mut moment = zero + (stretch.from - zero).div_euclid(step) * step;
            while moment <= stretch.to {
                if moment >= stretch.from {
                    moments.push(moment);
                }
                moment += step;
            }
        }
        if moments.is_empty() {
            moments.extend(self.stretches.first().map(|s| s.from));
        }
        let mut taken: Vec<(u32, u32)> = Vec::new();
        let mut out: Vec<Tick> = Vec::new();
        for moment in moments {
            let at = self.at(moment);
            let words = match moment - zero {
                0 => zero_words.to_owned(),
                s if s < 0 => format!("−{}", duration_words(-s)),
                s => duration_words(s),
            };
            let x = scaled(u64::from(at), u64::from(WHOLE), pixels) + SPACE;
            let half = (words.chars().count() as u32) * CHARACTER / 2;
            let (anchor, from) = if x < half + SPACE {
                (Anchor::Start, x)
            } else if x + half > pixels + SPACE {
                (Anchor::End, x.saturating_sub(2 * half))
            } else {
                (Anchor::Middle, x - half)
            };
            let to = from + 2 * half + SPACE;
            if taken.iter().all(|(a, b)| to <= *a || from >= *b) {
                taken.push((from, to));
                out.push(Tick { at, words, anchor });
            }
        }
        out.sort_by_key(|t| t.at);
        out
    }
}

fn seconds(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Axis, WHOLE};

    fn words(axis: &Axis, most: i64, pixels: u32) -> Vec<String> {
        axis.ticks(0, "start", most, pixels)
            .into_iter()
            .map(|t| t.words.replace('\u{a0}', " "))
            .collect()
    }

    #[test]
    fn ticks_are_round() {
        let axis = Axis::new(vec![0, 94 * 60], 0, 3_600);
        let expected = ["start", "15 min", "30 min", "45 min", "1 h", "1 h 15 min"];
        assert_eq!(words(&axis, 6, 560), expected);
        let axis = Axis::new(vec![0, 240], 0, 240);
        assert_eq!(words(&axis, 6, 560), ["start", "1 min", "2 min", "3 min", "4 min"]);
        assert_eq!((axis.at(0), axis.at(120), axis.at(240)), (0, 5_000, WHOLE));
    }

    #[test]
    fn a_late_afterthought_cuts_the_axis() {
        let weeks = 21 * 86_400;
        let axis = Axis::new(vec![0, 600, 3_600, 21_600, weeks], 0, 3_600);
        assert_eq!(axis.cuts().len(), 1);
        assert_eq!((axis.at(21_600), axis.at(weeks)), (9_300, WHOLE));
        assert_eq!(words(&axis, 6, 560).last().map(String::as_str), Some("21 d"));
        assert!(Axis::new(vec![0, 600, weeks], 0, weeks).cuts().is_empty(), "a long incident");
        let before = Axis::new(vec![-weeks, 0, 600], 0, 600);
        assert_eq!((before.cuts().len(), before.at(-weeks), before.at(0)), (1, 0, 700));
    }

    #[test]
    fn one_moment_stands_in_the_middle() {
        let axis = Axis::new(vec![5, 5], 5, 5);
        assert_eq!(axis.at(5), WHOLE / 2);
        assert_eq!(axis.ticks(5, "start", 6, 560).len(), 1);
        assert!(Axis::new(Vec::new(), 0, 0).ticks(0, "0", 6, 560).is_empty());
    }
}

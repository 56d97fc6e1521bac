//! The times of an incident → its picture: phases as bars, an axis, and a numbered pin for each event.
//!
//! Pins dodge into rows and share a pin where rows run out. Both depend on the width, so the picture is
//! made twice, for a column of text and for a phone; a container query shows one of them.

use crate::render::picture::axis::{Anchor, Axis};
use crate::render::picture::{WHOLE, enumeration, open_image, percent, scaled};
use crate::text::date::duration_words;
use crate::text::html::{Html, HtmlWriter};

/// Pixels that a row of pins takes.
const ROW: u32 = 26;
/// Height of the bars.
const BAR: u32 = 26;
/// Times further from the start than a hundred years are faults of the file.
const FAR: i64 = 3_155_760_000;

/// The times of an incident, all on one clock in seconds, such as Unix time.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// The beginning in words: "14 Nov 2026, 03:56 UTC"; empty where nobody knows it.
    pub from: String,
    /// When it began.
    pub started: Option<i64>,
    /// When somebody or something noticed.
    pub detected: Option<i64>,
    /// When somebody took it on.
    pub acknowledged: Option<i64>,
    /// When users were well again.
    pub mitigated: Option<i64>,
    /// When it was over.
    pub resolved: Option<i64>,
    /// What happened, numbered as in the list below the picture.
    pub events: Vec<Event>,
}

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// When, on the clock of the timeline.
    pub seconds: i64,
    /// Its number in the list.
    pub number: u32,
    /// True for a turning point.
    pub key: bool,
}

/// A stretch between two known times.
struct Phase {
    class: &'static str,
    word: &'static str,
    from: i64,
    to: i64,
}

/// A pin with the events from `first` to `last`.
#[derive(Clone, Copy, Debug)]
struct Pin {
    at: u32,
    first: u32,
    last: u32,
    key: bool,
    /// From the bottom.
    row: u32,
}

/// How wide a rendering is thought to be.
struct Width {
    class: &'static str,
    pixels: u32,
    rows: u32,
    /// So many events may all have a number.
    events: usize,
    ticks: i64,
}

/// In a column of text.
const WIDE: Width = Width { class: "tl tl--wide", pixels: 560, rows: 3, events: 16, ticks: 6 };
/// On a phone.
const SLIM: Width = Width { class: "tl tl--slim", pixels: 264, rows: 3, events: 12, ticks: 3 };

impl Timeline {
    /// Returns a figure with picture, legend and caption; empty where there is nothing to place.
    ///
    /// The events themselves stand in a list below, which the caller writes.
    pub fn html(&self) -> Html {
        let mut out = HtmlWriter::default();
        let clean = self.relative();
        let stamps = clean.stamps();
        let points: Vec<i64> = stamps
            .iter()
            .map(|(_, at)| *at)
            .chain(clean.events.iter().map(|e| e.seconds))
            .collect();
        let (Some(first), Some(last)) = (points.iter().min(), points.iter().max()) else {
            return out.finish();
        };
        let zero_words = if self.started.is_some() { "start" } else { "0" };
        let settled = clean.mitigated.or(clean.resolved).or(stamps.last().map(|(_, at)| *at));
        let start = stamps.first().map_or(*first, |(_, at)| *at);
        let span = *last - *first;
        let axis = Axis::new(points, start, settled.unwrap_or(start));
        let phases = phases(&stamps);
        let words = clean.sentence(&phases, &axis, span);
        out.markup("<figure class=\"tlf\">");
        let mut dots = false;
        let mut labelled = true;
        for width in [WIDE, SLIM] {
            let (pins, rest) = pins(&clean.events, &axis, &width);
            dots |= !rest.is_empty();
            let rows = pins.iter().map(|p| p.row + 1).max().unwrap_or(0);
            let picture = Picture { axis: &axis, phases: &phases, width: &width, rows };
            open_image(&mut out, &format!("{} tl--{rows}", width.class), &words);
            let all = picture.bars(&mut out);
            labelled &= all || width.pixels < WIDE.pixels;
            picture.ticks(&mut out, zero_words);
            picture.events(&mut out, &pins, &rest);
            out.markup("</svg>");
        }
        legend(&mut out, &phases, labelled);
        clean.caption(&mut out, &axis, dots);
        out.markup("</figure>");
        out.finish()
    }

    /// The same with the beginning at 0, events in order.
    fn relative(&self) -> Self {
        let stamps =
            [self.started, self.detected, self.acknowledged, self.mitigated, self.resolved];
        let known = stamps.into_iter().flatten().chain(self.events.iter().map(|e| e.seconds));
        let zero = self.started.or_else(|| known.min()).unwrap_or(0);
        let moved = |at: i64| Some(at.saturating_sub(zero)).filter(|s| (-FAR..=FAR).contains(s));
        let events = self.events.iter();
        let mut events: Vec<Event> =
            events.filter_map(|e| Some(Event { seconds: moved(e.seconds)?, ..*e })).collect();
        events.sort_by_key(|e| (e.seconds, e.number));
        Self {
            from: self.from.clone(),
            started: self.started.and_then(moved),
            detected: self.detected.and_then(moved),
            acknowledged: self.acknowledged.and_then(moved),
            mitigated: self.mitigated.and_then(moved),
            resolved: self.resolved.and_then(moved),
            events,
        }
    }

    /// The known times in the order of an incident; one that goes backwards is left to the findings.
    fn stamps(&self) -> Vec<(usize, i64)> {
        let stamps =
            [self.started, self.detected, self.acknowledged, self.mitigated, self.resolved];
        let mut out: Vec<(usize, i64)> = Vec::new();
        for (kind, at) in stamps.into_iter().enumerate() {
            if let Some(at) = at
                && out.last().is_none_or(|(_, last)| *last <= at)
            {
                out.push((kind, at));
            }
        }
        out
    }

    fn sentence(&self, phases: &[Phase], axis: &Axis, span: i64) -> String {
        let mut out = String::from("Timeline");
        if !self.from.is_empty() {
            out.push_str(&format!(" from {}", self.from));
        }
        out.push_str(&format!(" over {}", duration_words(span)));
        let list: Vec<String> = phases
            .iter()
            .map(|p| format!("{} {}", p.word.to_lowercase(), duration_words(p.to - p.from)))
            .collect();
        if !list.is_empty() {
            out.push_str(&format!(": {}", enumeration(&list)));
        }
        match self.events.len() {
            0 => {}
            1 => out.push_str("; 1 event, listed below"),
            n => out.push_str(&format!("; {n} events, listed below")),
        }
        let cuts: Vec<String> = axis.cuts().iter().map(|c| duration_words(c.seconds)).collect();
        if !cuts.is_empty() {
            out.push_str(&format!("; the axis leaves out {}", enumeration(&cuts)));
        }
        out
    }

    /// What the signs mean, as far as they occur.
    fn caption(&self, out: &mut HtmlWriter, axis: &Axis, dots: bool) {
        let keys = self.events.iter().filter(|e| e.key).count();
        let mut words = Vec::new();
        let cuts: Vec<String> = axis.cuts().iter().map(|c| duration_words(c.seconds)).collect();
        if !cuts.is_empty() {
            words.push(format!("The axis is cut: // leaves out {}.", enumeration(&cuts)));
        }
        if keys > 0 && keys < self.events.len() {
            words.push("Filled marks are turning points.".to_owned());
        }
        if dots {
            words.push("Dots are events that only the list tells.".to_owned());
        }
        if !words.is_empty() {
            out.markup("<figcaption class=\"dim\">").text(&words.join(" ")).markup("</figcaption>");
        }
    }
}

/// Bars between the known times. What a bar is called depends on which times are known.
fn phases(stamps: &[(usize, i64)]) -> Vec<Phase> {
    let mut out = Vec::new();
    for pair in stamps.windows(2) {
        let [(a, from), (b, to)] = pair else { continue };
        if from == to {
            continue;
        }
        let (class, word) = match (a, b) {
            (0, 1) => ("a", "Unseen"),
            (0, 2) => ("a", "Until taken on"),
            (1, 2) => ("b", "Waiting"),
            (0, 3) => ("c", "Until mitigated"),
            (1 | 2, 3) => ("c", "Fixing"),
            (3, _) => ("d", "Watching"),
            _ => ("c", "Until resolved"),
        };
        out.push(Phase { class, word, from: *from, to: *to });
    }
    out
}

fn legend(out: &mut HtmlWriter, phases: &[Phase], labelled: bool) {
    if phases.is_empty() {
        return;
    }
    out.markup(if labelled {
        "<ul class=\"legend\">"
    } else {
        "<ul class=\"legend legend--all\">"
    });
    for phase in phases {
        out.markup("<li><svg viewBox=\"0 0 1 1\" aria-hidden=\"true\"><rect");
        out.attr("class", phase.class).markup(" width=\"1\" height=\"1\"/></svg>");
        out.text(phase.word).markup(" ").text(&duration_words(phase.to - phase.from));
        out.markup("</li>");
    }
    out.markup("</ul>");
}

/// One rendering.
struct Picture<'a> {
    axis: &'a Axis,
    phases: &'a [Phase],
    width: &'a Width,
    rows: u32,
}

impl Picture<'_> {
    /// Top of the bars.
    fn top(&self) -> u32 {
        match self.rows {
            0 => 10,
            rows => 34 + ROW * (rows - 1),
        }
    }

    /// Where the axis runs: the bars hang above it.
    fn line(&self) -> u32 {
        self.top() + BAR
    }

    /// Where stems and dots meet the picture.
    fn ground(&self) -> u32 {
        if self.phases.is_empty() { self.line() } else { self.top() }
    }

    fn pixels(&self, share: u32) -> u32 {
        scaled(u64::from(share), u64::from(WHOLE), self.width.pixels)
    }

    /// Writes bars and cuts; returns true where every bar could carry its words.
    fn bars(&self, out: &mut HtmlWriter) -> bool {
        let mut all = true;
        let y = self.top().to_string();
        let cuts = self.axis.cuts();
        // The last one first: a short phase lies on top of the one after it.
        for phase in self.phases.iter().rev() {
            let (from, to) = (self.axis.at(phase.from), self.axis.at(phase.to));
            out.markup("<rect").attr("class", phase.class).attr("x", &percent(from));
            out.attr("width", &percent((to - from).max(90))).attr("y", &y);
            out.attr("height", &BAR.to_string()).markup("/>");
            let clear = cuts.iter().map(|c| c.at).filter(|at| *at > from).min().unwrap_or(WHOLE);
            let room = self.pixels(to.min(clear) - from).saturating_sub(16);
            let duration = duration_words(phase.to - phase.from);
            let both = format!("{} {duration}", phase.word);
            let fits = |text: &str| (text.chars().count() as u32) * 75 / 10 <= room;
            let text = if fits(&both) {
                both
            } else {
                all = false;
                if !fits(&duration) {
                    continue;
                }
                duration
            };
            out.markup("<text class=\"in\"").attr("x", &percent(from)).markup(" dx=\"8\"");
            out.attr("y", &(self.top() + 18).to_string()).markup(">").text(&text).markup("</text>");
        }
        let line = self.line().to_string();
        out.markup("<line class=\"axis\" x1=\"0\" x2=\"100%\"");
        out.attr("y1", &line).attr("y2", &line).markup("/>");
        for cut in cuts {
            // A picture in the picture: only so can a path stand at a percentage.
            out.markup("<svg class=\"cut\" overflow=\"visible\" width=\"1\" height=\"1\"");
            out.attr("x", &percent(cut.at)).attr("y", &y).markup(">");
            out.markup("<path class=\"off\" d=\"M-9 33L-1 -6H9L1 33z\"/>");
            out.markup("<path d=\"M-9 33L-1 -6M1 33L9 -6\"/></svg>");
        }
        all
    }

    fn ticks(&self, out: &mut HtmlWriter, zero: &str) {
        let line = self.line();
        for tick in self.axis.ticks(0, zero, self.width.ticks, self.width.pixels) {
            let x = percent(tick.at);
            out.markup("<line class=\"axis\"").attr("x1", &x).attr("x2", &x);
            out.attr("y1", &line.to_string()).attr("y2", &(line + 6).to_string()).markup("/>");
            out.markup("<text class=\"lab\"").attr("x", &x).attr("y", &(line + 21).to_string());
            out.markup(match tick.anchor {
                Anchor::Start => ">",
                Anchor::Middle => " text-anchor=\"middle\">",
                Anchor::End => " text-anchor=\"end\">",
            });
            out.text(&tick.words).markup("</text>");
        }
    }

    fn events(&self, out: &mut HtmlWriter, pins: &[Pin], rest: &[u32]) {
        let ground = self.ground();
        let y = |pin: &Pin| 13 + ROW * (self.rows.saturating_sub(pin.row + 1));
        for pin in pins {
            let x = percent(pin.at);
            out.markup("<line class=\"stem\"").attr("x1", &x).attr("x2", &x);
            out.attr("y1", &y(pin).to_string()).attr("y2", &ground.to_string()).markup("/>");
        }
        for at in rest {
            out.markup("<circle class=\"dot\"").attr("cx", &percent(*at));
            out.attr("cy", &(ground - 5).to_string()).markup(" r=\"3\"/>");
        }
        for pin in pins {
            let (shape, text) = if pin.key { ("pinx", "pinxt") } else { ("pin", "pint") };
            let (x, y, half) = (percent(pin.at), y(pin), pin.half());
            let shift = self.shift(pin);
            if pin.first == pin.last {
                out.markup("<circle").attr("class", shape).attr("cx", &x);
                out.attr("cy", &y.to_string()).markup(" r=\"11\"/>");
            } else {
                out.markup("<rect").attr("class", shape).attr("x", &x);
                out.attr("y", &(y - 11).to_string()).attr("width", &(2 * half).to_string());
                out.markup(" height=\"22\" rx=\"11\"");
                out.attr("transform", &format!("translate({} 0)", shift - i64::from(half)));
                out.markup("/>");
            }
            out.markup("<text").attr("class", text).attr("x", &x);
            if shift != 0 {
                out.attr("dx", &shift.to_string());
            }
            out.attr("y", &(y + 4).to_string()).markup(" text-anchor=\"middle\">");
            out.text(&pin.words()).markup("</text>");
        }
    }

    /// Pixels that a wide pin moves so that it stays inside at both ends.
    fn shift(&self, pin: &Pin) -> i64 {
        let (x, half) = (i64::from(self.pixels(pin.at)), i64::from(pin.half()));
        let over = x + half - i64::from(self.width.pixels) - 11;
        (half - 11 - x).max(0) - over.max(0)
    }
}

impl Pin {
    fn words(&self) -> String {
        if self.first == self.last {
            return self.first.to_string();
        }
        format!("{}–{}", self.first, self.last)
    }

    /// Half of its width in pixels.
    fn half(&self) -> u32 {
        if self.first == self.last { 11 } else { (self.words().chars().count() as u32) * 4 + 7 }
    }
}

/// Events → pins in rows, and the places of those that get no number.
fn pins(events: &[Event], axis: &Axis, width: &Width) -> (Vec<Pin>, Vec<u32>) {
    let pin = |e: &Event| {
        let at = axis.at(e.seconds);
        Pin { at, first: e.number, last: e.number, key: e.key, row: 0 }
    };
    let joined = |a: &Pin, b: &Pin| Pin {
        first: a.first.min(b.first),
        last: a.last.max(b.last),
        key: a.key || b.key,
        ..*a
    };
    let keys: Vec<&Event> = events.iter().filter(|e| e.key).collect();
    let mut all: Vec<Pin> = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let same = index.checked_sub(1).and_then(|i| events.get(i)).map(|e| e.seconds);
        match all.last_mut() {
            Some(last) if same == Some(event.seconds) => *last = joined(last, &pin(event)),
            _ => all.push(pin(event)),
        }
    }
    if all.len() <= width.events && placed(&mut all, width) {
        return (all, Vec::new());
    }
    let (mut shown, rest) = if keys.is_empty() {
        (all, Vec::new())
    } else {
        let rest = events.iter().filter(|e| !e.key).map(|e| axis.at(e.seconds)).collect();
        (keys.into_iter().map(pin).collect(), rest)
    };
    while shown.len() > width.events || !placed(&mut shown, width) {
        let pairs = shown.windows(2).enumerate();
        let distance = |w: &[Pin]| if let [a, b] = w { b.at - a.at } else { WHOLE };
        let Some(nearest) = pairs.min_by_key(|(i, w)| (distance(w), *i)).map(|(i, _)| i) else {
            break;
        };
        let next = shown.remove(nearest + 1);
        if let Some(pin) = shown.get_mut(nearest) {
            *pin = joined(pin, &next);
        }
    }
    (shown, rest)
}

/// Gives each pin the lowest row that has room; false where there is none.
fn placed(pins: &mut [Pin], width: &Width) -> bool {
    let mut ends: Vec<u32> = Vec::new();
    for pin in pins {
        let x = scaled(u64::from(pin.at), u64::from(WHOLE), width.pixels) + 100;
        let (from, to) = (x - pin.half() - 2, x + pin.half());
        let row = ends.iter().position(|end| *end <= from).unwrap_or(ends.len());
        if row as u32 >= width.rows {
            return false;
        }
        pin.row = row as u32;
        match ends.get_mut(row) {
            Some(end) => *end = to,
            None => ends.push(to),
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{Event, SLIM, Timeline, WIDE, pins};
    use crate::render::picture::axis::Axis;

    fn events(seconds: &[i64]) -> Vec<Event> {
        let event =
            |(n, s): (usize, &i64)| Event { seconds: *s, number: n as u32 + 1, key: n % 10 == 0 };
        seconds.iter().enumerate().map(event).collect()
    }

    fn sample(events: Vec<Event>) -> Timeline {
        Timeline {
            from: "14 Nov 2026, 03:56 UTC".into(),
            started: Some(1_000_000),
            detected: Some(1_000_660),
            acknowledged: None,
            mitigated: Some(1_002_820),
            resolved: Some(1_003_840),
            events,
        }
    }

    #[test]
    fn phases_are_named_by_what_is_known() {
        let html = sample(events(&[1_000_000, 1_000_660, 1_002_820])).html();
        let text = html.as_str();
        assert!(
            text.replace('\u{a0}', " ").contains(
                "Timeline from 14 Nov 2026, 03:56 UTC over 1 h 4 min: unseen 11 min, fixing 36 min \
                 and watching 17 min; 3 events, listed below"
            ),
            "{text}"
        );
        assert!(text.contains("<rect class=\"a\" x=\"0.00%\" width=\"17.19%\""));
        assert_eq!(text.matches("<circle class=\"pinx\"").count(), 2, "one a rendering");
        assert!(!text.contains("style=") && !text.contains(" id="));
    }

    #[test]
    fn missing_and_backward_times_are_no_bars() {
        assert!(Timeline::default().html().is_empty());
        let one = Timeline { resolved: Some(7), ..Timeline::default() }.html();
        assert!(!one.as_str().contains("<rect"));
        let mut back = sample(Vec::new());
        back.detected = Some(1);
        back.resolved = Some(i64::MAX);
        let html = back.html();
        assert!(html.as_str().contains("Until mitigated") && !html.as_str().contains("Watching"));
        back.started = Some(i64::MIN);
        back.html();
    }

    #[test]
    fn a_late_event_cuts_the_axis_and_says_so() {
        let html = sample(events(&[1_000_000, 1_003_840, 2_814_400])).html();
        let text = html.as_str().replace('\u{a0}', " ");
        assert!(text.contains("The axis is cut: // leaves out 20 d 22 h."), "{text}");
        assert_eq!(text.matches("class=\"cut\"").count(), 2);
    }

    #[test]
    fn sixty_events_have_numbers_only_where_they_turn() {
        let at: Vec<i64> = (0..60).map(|n| n * 60).collect();
        let axis = Axis::new(at.clone(), 0, 3_600);
        for width in [WIDE, SLIM] {
            let (pins, rest) = pins(&events(&at), &axis, &width);
            let numbers: Vec<u32> = pins.iter().map(|p| p.first).collect();
            assert_eq!((numbers, rest.len()), (vec![1, 11, 21, 31, 41, 51], 54));
        }
    }

    #[test]
    fn events_at_one_time_share_a_pin() {
        let all = events(&[5; 9]);
        let html = Timeline { events: all, ..Timeline::default() }.html();
        assert!(html.as_str().contains(">1–9</text>"));
        let mut crowd = events(&(0..60).collect::<Vec<i64>>());
        for event in &mut crowd {
            event.key = false;
        }
        let axis = Axis::new(vec![0, 90_000], 0, 90_000);
        let (pins, rest) = pins(&crowd, &axis, &SLIM);
        assert!(pins.len() <= 3 && rest.is_empty(), "{pins:?}");
    }

    #[test]
    fn pins_in_a_row_do_not_touch() {
        let at = [0, 60, 120, 180, 240, 2_000, 2_010, 3_600];
        let axis = Axis::new(at.to_vec(), 0, 3_600);
        for width in [WIDE, SLIM] {
            let (pins, _) = pins(&events(&at), &axis, &width);
            for (n, a) in pins.iter().enumerate() {
                for b in pins.iter().skip(n + 1).filter(|b| b.row == a.row) {
                    let pixels = (b.at - a.at) * width.pixels / 10_000;
                    assert!(pixels + 1 >= a.half() + b.half(), "{a:?} {b:?}");
                }
            }
        }
    }
}

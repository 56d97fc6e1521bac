//! Words for times → instants, days and durations: the only file that names jiff.
//!
//! Reads every form of time stamp met in real postmortems: RFC 3339, without seconds, with a space for
//! `T`, `-00:00`, a zone word behind, no zone at all, and a time alone whose day stands further up.

use std::fmt;

use jiff::civil;
use jiff::tz::TimeZone;

/// A calendar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(civil::Date);

/// A length on the calendar, such as a review interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Whole months.
    pub months: u32,
    /// Days beside the months.
    pub days: u32,
}

/// An instant, with what its text said about the zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub seconds: i64,
    /// Offset from UTC in minutes as written or implied.
    pub offset_minutes: i32,
    /// False where neither the text nor its surroundings named a zone; UTC was assumed.
    pub zoned: bool,
    /// False where only a day was given; midnight was assumed.
    pub timed: bool,
}

/// A zone to assume for stamps that name none.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Returns the zone that is so many minutes east of UTC.
    pub fn offset(minutes: i32) -> Option<Self> {
        fixed(minutes).map(Zone)
    }

    /// Returns the zone of a word (`UTC`, `PST`, `CET`, `+02:00`) or an IANA name (`Europe/Berlin`).
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim();
        if let Some(minutes) = zone_word(name).or_else(|| offset(name)) {
            return fixed(minutes).map(Zone);
        }
        if name.contains('/') { TimeZone::get(name).ok().map(Zone) } else { None }
    }
}

impl Day {
    /// Returns the day, or `None` where no calendar has it.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        civil::Date::new(year, month, day).ok().map(Day)
    }

    /// Reads `2026-05-12`, also with `/` or `.` between, `12 May 2026` and `May 12, 2026`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let head = text.split(['T', ' ']).next().unwrap_or(text);
        let parts: Vec<&str> = head.split(['-', '/', '.']).collect();
        if let [year, month, day] = parts[..]
            && year.len() == 4
            && all_digits(year)
            && all_digits(month)
            && all_digits(day)
        {
            return Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
        }
        let words: Vec<&str> = text.split([' ', ',']).filter(|w| !w.is_empty()).collect();
        let (day, month, year) = match words[..] {
            [a, b, c] if month_word(b).is_some() => (a, b, c),
            [a, b, c] if month_word(a).is_some() => (b, a, c),
            _ => return None,
        };
        let day = day.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        Self::new(year.parse().ok()?, month_word(month)?, day.parse().ok()?)
    }

    /// Returns the day of an instant in UTC.
    pub fn of_seconds(seconds: i64) -> Option<Self> {
        let instant = jiff::Timestamp::from_second(seconds).ok()?;
        Some(Day(TimeZone::UTC.to_datetime(instant).date()))
    }

    /// Returns the day `interval` later, clamped to the end of a shorter month.
    #[must_use]
    pub fn plus(self, interval: Interval) -> Self {
        let span = jiff::Span::new().months(interval.months).days(interval.days);
        Day(self.0.saturating_add(span))
    }

    /// Returns the days from `earlier` to this day; negative where this day comes first.
    pub fn days_since(self, earlier: Self) -> i64 {
        earlier.0.duration_until(self.0).as_hours() / 24
    }

    /// Returns the year.
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// Returns the month, 1 to 12.
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// Returns "12 Nov 2026".
    pub fn words(self) -> String {
        self.0.strftime("%-d %b %Y").to_string()
    }

    /// Returns midnight UTC of the day in seconds since 1970.
    pub fn seconds(self) -> i64 {
        TimeZone::UTC
            .to_timestamp(self.0.to_datetime(civil::Time::midnight()))
            .map_or(0, jiff::Timestamp::as_second)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Interval {
    /// Reads `90d`, `3 months`, `6 month`, `12  months`, `2 weeks`, `1 year`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let n: u32 = text[..digits].parse().ok()?;
        let interval = match text[digits..].trim().trim_end_matches('s') {
            "d" | "day" => Self { months: 0, days: n },
            "w" | "week" => Self { months: 0, days: n.checked_mul(7)? },
            "m" | "mo" | "month" => Self { months: n, days: 0 },
            "y" | "year" => Self { months: n.checked_mul(12)?, days: 0 },
            _ => return None,
        };
        (interval.months <= 1_200 && interval.days <= 36_500).then_some(interval)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.months, self.days) {
            (0, 1) => f.write_str("1 day"),
            (0, days) => write!(f, "{days} days"),
            (1, _) => f.write_str("1 month"),
            (months, _) => write!(f, "{months} months"),
        }
    }
}

impl Stamp {
    /// Reads a stamp. `zone` holds for stamps that name none; `day` for a time that stands alone.
    pub fn parse(text: &str, zone: Option<&Zone>, day: Option<Day>) -> Option<Self> {
        let text = text.trim().trim_start_matches(['~', '≈']).trim_start();
        let (date, rest) = match leading_day(text) {
            Some((date, rest)) => (date, rest.trim_start_matches(['T', 't', ' ', ','])),
            None => (day?, text),
        };
        if rest.is_empty() {
            if day.is_some() && leading_day(text).is_none() {
                return None;
            }
            return Self::at(date, civil::Time::midnight(), None, zone, false);
        }
        let (time, rest) = leading_time(rest)?;
        let rest = rest.trim();
        let word = rest.trim_matches(['(', ')']);
        let named =
            if word.is_empty() { None } else { Some(zone_word(word).or_else(|| offset(word))?) };
        Self::at(date, time, named, zone, true)
    }

    fn at(
        date: Day,
        time: civil::Time,
        named: Option<i32>,
        zone: Option<&Zone>,
        timed: bool,
    ) -> Option<Self> {
        let tz = match (named, zone) {
            (Some(minutes), _) => fixed(minutes)?,
            (None, Some(zone)) => zone.0.clone(),
            (None, None) => TimeZone::UTC,
        };
        let instant = tz.to_timestamp(date.0.to_datetime(time)).ok()?;
        Some(Self {
            seconds: instant.as_second(),
            offset_minutes: tz.to_offset(instant).seconds() / 60,
            zoned: named.is_some() || zone.is_some(),
            timed,
        })
    }

    /// Returns the day of the instant in UTC.
    pub fn day(self) -> Option<Day> {
        Day::of_seconds(self.seconds)
    }

    /// Returns `2026-03-04T02:07:00Z`.
    pub fn iso(self) -> String {
        jiff::Timestamp::from_second(self.seconds).map(|t| t.to_string()).unwrap_or_default()
    }

    /// Returns `2026-03-04T02:07:00+01:00`: the instant with the offset of record.
    pub fn iso_of_record(self) -> String {
        let Ok(instant) = jiff::Timestamp::from_second(self.seconds) else { return String::new() };
        let Ok(offset) = jiff::tz::Offset::from_seconds(self.offset_minutes * 60) else {
            return self.iso();
        };
        instant.display_with_offset(offset).to_string()
    }

    /// Returns "02:07" in UTC.
    pub fn clock(self) -> String {
        jiff::Timestamp::from_second(self.seconds)
            .map(|t| t.strftime("%H:%M").to_string())
            .unwrap_or_default()
    }

    /// Returns "4 Mar 2026, 02:07 UTC", or the day alone where no time was given.
    pub fn words(self) -> String {
        let pattern = if self.timed { "%-d %b %Y, %H:%M UTC" } else { "%-d %b %Y" };
        jiff::Timestamp::from_second(self.seconds)
            .map(|t| t.strftime(pattern).to_string())
            .unwrap_or_default()
    }
}

/// Returns true where a text that is read as a date says nothing but the date.
pub fn is_day_alone(text: &str) -> bool {
    leading_day(text.trim()).is_some_and(|(_, rest)| rest.is_empty())
        || (text.trim().len() <= 10 && Day::parse(text).is_some())
}

/// Returns a date or time in the form of RFC 3339, where it is in another and means one thing only: a day alone, or a time
/// that names UTC or an offset.
pub fn standard_form(text: &str) -> Option<String> {
    let text = text.trim();
    if is_day_alone(text) {
        return Some(Day::parse(text)?.to_string());
    }
    let bytes = text.as_bytes();
    let is_standard = bytes.get(4) == Some(&b'-') && bytes.get(10) == Some(&b'T');
    let stamp = Stamp::parse(text, None, None)?;
    let zone = text.rsplit([' ', '(']).next()?.trim_end_matches(')');
    let offset = zone.rsplit_once(['+', '-']).map_or("", |(_, digits)| digits);
    let is_plain = ["Z", "UTC", "GMT"].iter().any(|word| zone.ends_with(word))
        || matches!(offset.len(), 4 | 5) && offset.bytes().all(|b| b.is_ascii_digit() || b == b':');
    // Parts of a second would be lost.
    if is_standard || text.contains(['.', '~', '≈']) || !stamp.timed || !stamp.zoned || !is_plain
    {
        return None;
    }
    Some(if stamp.offset_minutes == 0 { stamp.iso() } else { stamp.iso_of_record() })
}

/// Returns the length of `6h 27m`, `53 minutes`, `20 hours 20 minutes.`, `2d 1h 29m` or `PT41M` in seconds.
pub fn parse_duration(text: &str) -> Option<i64> {
    let text =
        text.trim().trim_end_matches('.').trim_start_matches(['~', '≈']).to_ascii_lowercase();
    let text = text.trim_start_matches("about ").trim_start_matches("pt").replace(" and ", " ");
    let mut seconds = 0_i64;
    let mut rest = text.trim();
    let mut n_parts = 0;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        let amount: f64 = rest[..digits].parse().ok()?;
        rest = rest[digits..].trim_start();
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let unit = match &rest[..letters] {
            "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3_600.0,
            "d" | "day" | "days" => 86_400.0,
            "w" | "week" | "weeks" => 604_800.0,
            _ => return None,
        };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "durations of incidents are far below 2^53 s"
        )]
        let part = (amount * unit).round() as i64;
        seconds = seconds.checked_add(part)?;
        rest = rest[letters..].trim_start_matches([' ', ',']);
        n_parts += 1;
    }
    (n_parts > 0 && seconds < 1_000_000_000).then_some(seconds)
}

/// Returns "2 d 1 h", "6 h 27 min", "41 min" or "30 s", with no-break spaces inside.
pub fn duration_words(seconds: i64) -> String {
    let minutes = (seconds + 30).div_euclid(60);
    let (days, hours, mins) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    match (days, hours, mins) {
        (0, 0, 0) if seconds > 0 => format!("{seconds}\u{a0}s"),
        (0, 0, m) => format!("{m}\u{a0}min"),
        (0, h, 0) => format!("{h}\u{a0}h"),
        (0, h, m) => format!("{h}\u{a0}h {m}\u{a0}min"),
        (d, 0, _) => format!("{d}\u{a0}d"),
        (d, h, _) => format!("{d}\u{a0}d {h}\u{a0}h"),
    }
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn fixed(minutes: i32) -> Option<TimeZone> {
    jiff::tz::Offset::from_seconds(minutes.checked_mul(60)?).ok().map(TimeZone::fixed)
}

/// A day at the start of `text`, and what follows it.
fn leading_day(text: &str) -> Option<(Day, &str)> {
    let bytes = text.as_bytes();
    if bytes.len() >= 10 && matches!(bytes[4], b'-' | b'/' | b'.') && bytes[4] == bytes[7] {
        let day = Day::parse(text.get(..10)?)?;
        let rest = &text[10..];
        return (!rest.starts_with(|c: char| c.is_ascii_digit())).then_some((day, rest));
    }
    let mut ends = text.match_indices([' ', ',']).map(|(at, _)| at).chain([text.len()]);
    ends.find_map(|end| Day::parse(&text[..end]).map(|day| (day, &text[end..])))
}

/// A time at the start of `text` (`08:03`, `8:03:10.5`, `11.50`, `1600`, `8am`), and what follows it.
fn leading_time(text: &str) -> Option<(civil::Time, &str)> {
    let n = text.bytes().take_while(u8::is_ascii_digit).count();
    let after = &text[n..];
    let (hour, minute, second, rest): (i8, i8, i8, &str) = if n == 4 {
        (text[..2].parse().ok()?, text[2..4].parse().ok()?, 0, after)
    } else if (1..=2).contains(&n) && after.starts_with([':', '.', 'h']) {
        let minutes = after[1..].bytes().take_while(u8::is_ascii_digit).count();
        if minutes != 2 {
            return None;
        }
        let minute = after[1..3].parse().ok()?;
        let rest = &after[3..];
        match rest.strip_prefix(':') {
            Some(tail) if tail.len() >= 2 && all_digits(tail.get(..2)?) => {
                let fraction = tail[2..]
                    .strip_prefix('.')
                    .map_or(0, |f| 1 + f.bytes().take_while(u8::is_ascii_digit).count());
                (text[..n].parse().ok()?, minute, tail[..2].parse().ok()?, &tail[2 + fraction..])
            }
            _ => (text[..n].parse().ok()?, minute, 0, rest),
        }
    } else if (1..=2).contains(&n) && is_half(after.trim_start()).is_some() {
        (text[..n].parse().ok()?, 0, 0, after)
    } else {
        return None;
    };
    let (hour, rest) = match is_half(rest.trim_start()) {
        Some(12) if hour < 12 => (hour + 12, &rest.trim_start()[2..]),
        Some(0) if hour == 12 => (0, &rest.trim_start()[2..]),
        Some(_) => (hour, &rest.trim_start()[2..]),
        None => (hour, rest),
    };
    civil::Time::new(hour, minute, second, 0).ok().map(|time| (time, rest))
}

/// 0 for a leading `am`, 12 for `pm`.
fn is_half(text: &str) -> Option<i8> {
    let head = text.get(..2)?;
    let more = text[2..].starts_with(|c: char| c.is_alphabetic());
    match head.to_ascii_lowercase().as_str() {
        "am" if !more => Some(0),
        "pm" if !more => Some(12),
        _ => None,
    }
}

/// Minutes east of UTC of `+05:30`, `-0800`, `+02` and `-00:00`.
fn offset(text: &str) -> Option<i32> {
    let text = text.trim_start_matches("UTC").trim_start_matches("GMT").trim();
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    if !all_digits(&digits) {
        return None;
    }
    let (hours, minutes): (i32, i32) = match digits.len() {
        1 | 2 => (digits.parse().ok()?, 0),
        4 => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// Minutes east of UTC of the zone words that stand in real incident reports.
fn zone_word(word: &str) -> Option<i32> {
    Some(match word.trim_end_matches('.').to_ascii_uppercase().as_str() {
        "Z" | "UTC" | "GMT" | "WET" => 0,
        "BST" | "CET" | "WEST" | "IST(IRELAND)" => 60,
        "CEST" | "EET" | "SAST" => 120,
        "EEST" | "MSK" => 180,
        "IST" => 330,
        "SGT" | "HKT" | "AWST" => 480,
        "JST" | "KST" => 540,
        "AEST" => 600,
        "AEDT" => 660,
        "NZST" => 720,
        "NZDT" => 780,
        "EDT" => -240,
        "EST" | "CDT" => -300,
        "CST" | "MDT" => -360,
        "MST" | "PDT" => -420,
        "PST" => -480,
        _ => return None,
    })
}

fn month_word(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let word = word.to_ascii_lowercase();
    let head = word.get(..3)?;
    let full = word.bytes().all(|b| b.is_ascii_alphabetic()) && word.len() <= 9;
    MONTHS.iter().position(|m| *m == head && full).map(|at| at as i8 + 1)
}

#[cfg(test)]
mod tests {
    use super::{Day, Interval, Stamp, Zone, duration_words, parse_duration, standard_form};

    #[test]
    fn a_form_is_changed_where_the_meaning_is_sure() {
        for (text, expected) in [
            ("12 May 2026", Some("2026-05-12")),
            ("May 12, 2026", Some("2026-05-12")),
            ("2026/5/12", Some("2026-05-12")),
            ("2026-05-12", Some("2026-05-12")),
            ("2026-03-04 02:07 UTC", Some("2026-03-04T02:07:00Z")),
            ("14 Nov 2026 02:10 UTC", Some("2026-11-14T02:10:00Z")),
            ("2026-03-04 02:07 +01:00", Some("2026-03-04T02:07:00+01:00")),
            ("2026-03-04T02:07:00Z", None),
            ("2026-03-04 02:07", None),
            ("2026-03-04 02:07 CST", None),
            ("2026-03-04 02:07:00.5 UTC", None),
            ("~2026-03-04 02:07 UTC", None),
            ("soon", None),
        ] {
            assert_eq!(standard_form(text).as_deref(), expected, "{text}");
        }
    }

    fn utc(text: &str, zone: Option<&str>, day: Option<&str>) -> Option<(String, bool)> {
        let zone = zone.and_then(Zone::named);
        Stamp::parse(text, zone.as_ref(), day.and_then(Day::parse)).map(|s| (s.iso(), s.zoned))
    }

    #[test]
    fn stamps_of_every_form_are_read() {
        for (text, zone, day, expected, zoned) in [
            ("2026-03-04T02:07:00Z", None, None, "2026-03-04T02:07:00Z", true),
            ("2026-03-04T02:07", None, None, "2026-03-04T02:07:00Z", false),
            ("2022-07-11 09:33", Some("PST"), None, "2022-07-11T17:33:00Z", true),
            ("2020-06-13 15:54:00", None, None, "2020-06-13T15:54:00Z", false),
            ("2021-06-08T10:00:00-00:00", None, None, "2021-06-08T10:00:00Z", true),
            ("2021-06-08T10:00:00.250+05:30", None, None, "2021-06-08T04:30:00Z", true),
            ("08:03", Some("UTC"), Some("2020-01-02"), "2020-01-02T08:03:00Z", true),
            ("~14:00 UTC", None, Some("2020-01-02"), "2020-01-02T14:00:00Z", true),
            ("11.50", None, Some("2020-01-02"), "2020-01-02T11:50:00Z", false),
            ("1600", None, Some("2020-01-02"), "2020-01-02T16:00:00Z", false),
            ("3:05 pm CET", None, Some("2020-01-02"), "2020-01-02T14:05:00Z", true),
            ("2026-11-20 23:30", Some("Europe/Berlin"), None, "2026-11-20T22:30:00Z", true),
            ("14 Nov 2026 02:10 UTC", None, None, "2026-11-14T02:10:00Z", true),
            ("2026-03-04", None, None, "2026-03-04T00:00:00Z", false),
        ] {
            assert_eq!(utc(text, zone, day), Some((expected.to_owned(), zoned)), "{text}");
        }
        for text in
            ["20202-01-16 12:00", "2026-13-01", "soon", "", "25:00", "2026-01-02 10:00 sharp"]
        {
            assert_eq!(utc(text, None, None), None, "{text}");
        }
    }

    #[test]
    fn intervals_and_durations_are_prose() {
        let shown = |t: &str| Interval::parse(t).map(|i| i.to_string());
        assert_eq!(shown("6  months").as_deref(), Some("6 months"));
        assert_eq!(shown("90d").as_deref(), Some("90 days"));
        assert_eq!(shown("1 year").as_deref(), Some("12 months"));
        assert_eq!(shown("often"), None);
        for (text, seconds) in [
            ("6h 27m", Some(23_220)),
            ("53 minutes", Some(3_180)),
            ("20 hours 20 minutes.", Some(73_200)),
            ("2d 1h 29m", Some(178_140)),
            ("1.5 hours", Some(5_400)),
            ("Xh Xm", None),
            ("?", None),
        ] {
            assert_eq!(parse_duration(text), seconds, "{text}");
        }
        assert_eq!(duration_words(23_220), "6\u{a0}h 27\u{a0}min");
    }

    #[test]
    fn days_add_months_and_clamp() {
        let day = Day::parse("2026-01-31").unwrap();
        assert_eq!(day.plus(Interval { months: 1, days: 0 }).to_string(), "2026-02-28");
        assert_eq!(Day::parse("2026-03-01").unwrap().days_since(day), 29);
        assert_eq!(Day::parse("12th May 2026").unwrap().words(), "12 May 2026");
    }
}

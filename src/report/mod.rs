//! [`Site`](crate::link::Site) → [`Figures`]: the numbers of every report, once for page, CSV, JSON and terminal.

pub mod actions;
mod badges;
pub(crate) mod coverage;
pub mod digest;
pub mod emit;
pub mod facts;
pub mod files;
mod incidents;
mod knowledge;
mod learning;
pub mod problems;
mod services;
mod used;
mod wanted;

use crate::link::routes::UrlPath;
use crate::report::facts::Facts;
use crate::text::date::Day;
use crate::text::par;

/// Makes one report.
type Make = fn(&Facts<'_>) -> Figures;

/// Every report by name, in the order of their list.
const REPORTS: &[(&str, Make)] = &[
    ("coverage", coverage::coverage),
    ("services", services::services),
    ("freshness", knowledge::freshness),
    ("next", wanted::next),
    ("wanted", wanted::wanted),
    ("orphans", wanted::orphans),
    ("authors", knowledge::authors),
    ("runbooks", used::runbooks),
    ("actions", actions::actions),
    ("incidents", incidents::incidents),
    ("detection", incidents::detection),
    ("durations", incidents::durations),
    ("factors", learning::factors),
    ("recurrence", learning::recurrence),
    ("lessons", learning::lessons),
    ("problems", problems::problems),
];

/// Returns the names of all reports.
pub fn names() -> impl Iterator<Item = &'static str> {
    REPORTS.iter().map(|(name, _)| *name)
}

/// Returns one report; `None` where there is none of this name.
pub fn report(name: &str, facts: &Facts<'_>) -> Option<Figures> {
    REPORTS.iter().find(|(known, _)| *known == name).map(|(_, make)| make(facts))
}

/// Returns every report.
pub fn all(facts: &Facts<'_>) -> Vec<Figures> {
    par::map(REPORTS, |(_, make)| make(facts))
}

/// One report: a sentence with the number, and the tables it comes from.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Its name in addresses and commands.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// The sentence with the number.
    pub lead: String,
    /// How it was counted.
    pub notes: Vec<String>,
    /// The share that a limit can be set for.
    pub share: Option<Share>,
    /// Counts of the last twelve months, oldest first, and what is counted.
    pub months: Option<(&'static str, Vec<(Month, u32)>)>,
    /// What is counted from the rows of `table`, by team or kind.
    pub totals: Option<Table>,
    /// The rows.
    pub table: Table,
}

/// A part of a whole.
#[derive(Clone, Debug, Default)]
pub struct Share {
    /// How many.
    pub part: u64,
    /// Of how many.
    pub of: u64,
    /// What they are: "alerts that have a runbook".
    pub words: &'static str,
}

/// A month of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    /// The year.
    pub year: i16,
    /// 1 to 12.
    pub month: i8,
}

/// Rows under typed columns.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// What its rows are: "Alerts".
    pub title: &'static str,
    /// Its columns; the first names the row.
    pub columns: Vec<Column>,
    /// Its rows, each with a value a column.
    pub rows: Vec<Vec<Value>>,
}

/// One column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name for programs.
    pub key: String,
    /// Its name for people.
    pub title: String,
    /// What it is to the page.
    pub look: Look,
}

/// How a page shows a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// As its values are.
    Plain,
    /// With a bar beside the number.
    Bar,
    /// With a bar beside the number that warns.
    Hot,
    /// One of the months that stand in a row.
    Month,
    /// In the files only: the page has no room for it.
    Hidden,
}

impl Column {
    /// Returns a plain column.
    pub fn new(key: &str, title: &str) -> Self {
        Self { key: key.to_owned(), title: title.to_owned(), look: Look::Plain }
    }

    /// Returns the same column with another look.
    #[must_use]
    pub fn look(mut self, look: Look) -> Self {
        self.look = look;
        self
    }

    /// Returns plain columns.
    pub fn plain<const N: usize>(columns: [(&str, &str); N]) -> Vec<Self> {
        columns.into_iter().map(|(key, title)| Self::new(key, title)).collect()
    }

    /// Returns the column of a month.
    pub fn month(month: Month) -> Self {
        Self::new(&format!("{:04}-{:02}", month.year, month.month), &month.words())
            .look(Look::Month)
    }
}

impl Month {
    /// Returns "Nov 2026".
    pub fn words(self) -> String {
        format!("{} {}", self.name(), self.year)
    }

    /// Returns "Nov".
    pub fn name(self) -> &'static str {
        const NAMES: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let at = usize::try_from(self.month - 1).unwrap_or(0);
        NAMES.get(at).copied().unwrap_or("")
    }

    /// Returns the month of a day.
    pub fn of(day: Day) -> Self {
        Self { year: day.year(), month: day.month() }
    }

    /// Returns the twelve months that end with that of `today`, oldest first.
    pub fn twelve(today: Day) -> Vec<Self> {
        let last = i32::from(today.year()) * 12 + i32::from(today.month()) - 1;
        let month = |n: i32| Self {
            year: i16::try_from(n.div_euclid(12)).unwrap_or(i16::MIN),
            month: i8::try_from(n.rem_euclid(12)).unwrap_or(0) + 1,
        };
        (last - 11..=last).map(month).collect()
    }
}

/// What stands in one cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing is known, or nothing applies.
    None,
    /// Words.
    Text(String),
    /// A word of a fixed set, and how it is meant.
    State(&'static str, Mood),
    /// A count.
    Number(u64),
    /// A part of a whole.
    Share(u64, u64),
    /// A day.
    Day(Day),
    /// A duration in seconds.
    Seconds(i64),
    /// Durations in seconds, drawn as points.
    Points(Vec<i64>),
    /// A page of this site: its words and its address.
    Page(String, UrlPath),
    /// Several things, each with its page where it has one.
    Pages(Vec<(String, Option<UrlPath>)>),
    /// Words that lead to another site.
    Outside(String, String),
}

impl Value {
    /// Returns a count.
    pub fn count(n: usize) -> Self {
        Self::Number(n as u64)
    }

    /// Returns days that have passed; none for days to come.
    pub fn days(n: i64) -> Self {
        u64::try_from(n).map_or(Self::None, Self::Number)
    }

    /// Returns words; nothing where there are none.
    pub fn text(words: &str) -> Self {
        if words.is_empty() { Self::None } else { Self::Text(words.to_owned()) }
    }

    /// Returns a day, where there is one.
    pub fn day(day: Option<Day>) -> Self {
        day.map_or(Self::None, Self::Day)
    }

    /// Returns a duration, where there is one.
    pub fn seconds(seconds: Option<i64>) -> Self {
        seconds.map_or(Self::None, Self::Seconds)
    }

    /// Returns "yes" or "no".
    pub fn yes(is: bool) -> Self {
        if is { Self::State("yes", Mood::Good) } else { Self::State("no", Mood::Warn) }
    }
}

/// How a state is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// As it should be.
    Good,
    /// Neither good nor bad.
    Plain,
    /// To be looked at.
    Warn,
    /// To be mended.
    Bad,
}

/// The median; `None` where fewer than three values are known, of which none is worth the name.
pub(crate) fn median(mut values: Vec<i64>) -> Option<i64> {
    values.sort_unstable();
    let (lower, upper) =
        (values.get((values.len().max(1) - 1) / 2)?, values.get(values.len() / 2)?);
    // No sum: durations of broken files may be as large as the type.
    (values.len() >= 3).then(|| lower.saturating_add(upper.saturating_sub(*lower) / 2))
}

/// "1 alert", "3 alerts".
pub(crate) fn counted(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

#[cfg(test)]
mod tests {
    use super::{Month, median};
    use crate::text::date::Day;

    #[test]
    fn twelve_months_end_with_this_one() {
        let months = Month::twelve(Day::new(2026, 2, 28).unwrap());
        let keys: Vec<_> = months.iter().map(|m| (m.year, m.month)).collect();
        assert_eq!(
            (keys.len(), keys[0], keys[9], keys[11]),
            (12, (2025, 3), (2025, 12), (2026, 2))
        );
        assert_eq!(months[10].words(), "Jan 2026");
    }

    #[test]
    fn medians_need_three_values() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![1, 9]), None);
        assert_eq!(median(vec![9, 1, 4]), Some(4));
        assert_eq!(median(vec![4, 1, 3, 2]), Some(2));
    }
}

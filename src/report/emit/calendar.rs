//! Open actions with a date → iCalendar (RFC 5545), which a calendar can subscribe to.
//!
//! They are events of a whole day, not to-dos: the calendars that people subscribe with show no to-dos of others.

use crate::report::actions::Entry;
use crate::report::facts::Facts;
use crate::text::date::{Day, Interval};

/// Longest line, in bytes without its end.
const MAX_LINE: usize = 75;

/// Returns the calendar of the open actions of a ledger.
pub fn calendar(facts: &Facts<'_>, ledger: &[Entry<'_>]) -> String {
    let mut out = String::new();
    let site = facts.site;
    line(&mut out, "BEGIN", "VCALENDAR");
    line(&mut out, "VERSION", "2.0");
    line(&mut out, "PRODID", "-//opslore//opslore//EN");
    line(&mut out, "CALSCALE", "GREGORIAN");
    line(&mut out, "X-WR-CALNAME", &escaped(&format!("{}: actions", site.config.title)));
    for entry in ledger.iter().filter(|e| e.action.state.is_open()) {
        let Some(due) = entry.action.due else { continue };
        let incident = &facts.incidents[entry.incident];
        let address = site.routes.doc(incident.id).as_str();
        let base = site.config.base_url.as_deref();
        let url = base.map(|base| format!("{base}{address}"));
        let mut about = format!("{}: {}", incident.doc.id.value, incident.doc.title.value);
        about.push_str(&format!("\nOwner: {}", entry.action.owner.as_deref().unwrap_or("nobody")));
        if let Some(link) = &entry.action.link {
            about.push_str(&format!("\n{link}"));
        }
        line(&mut out, "BEGIN", "VEVENT");
        line(&mut out, "UID", &escaped(&format!("{address}{}@opslore", entry.name)));
        // The same input makes the same bytes: the stamp is the day of the build.
        line(&mut out, "DTSTAMP", &format!("{}T000000Z", digits(facts.today)));
        line(&mut out, "DTSTART;VALUE=DATE", &digits(due));
        let next = due.plus(Interval { months: 0, days: 1 });
        line(&mut out, "DTEND;VALUE=DATE", &digits(next));
        let late = if entry.late.is_some() { "Overdue: " } else { "" };
        line(&mut out, "SUMMARY", &escaped(&format!("{late}{}", entry.title())));
        line(&mut out, "DESCRIPTION", &escaped(&about));
        if let Some(team) = &entry.team {
            line(&mut out, "CATEGORIES", &escaped(team.as_str()));
        }
        if let Some(url) = url {
            line(&mut out, "URL", &url);
        }
        line(&mut out, "TRANSP", "TRANSPARENT");
        line(&mut out, "END", "VEVENT");
    }
    line(&mut out, "END", "VCALENDAR");
    out
}

fn digits(day: Day) -> String {
    day.to_string().replace('-', "")
}

/// Escapes a text value; other control characters have no place in one.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Writes a content line, folded between characters.
fn line(out: &mut String, name: &str, value: &str) {
    let mut used = 0;
    for c in format!("{name}:{value}").chars() {
        if used + c.len_utf8() > MAX_LINE {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::{escaped, line};

    #[test]
    fn values_are_escaped() {
        assert_eq!(escaped("a;b, c\\d\ne\r\u{7}"), "a\\;b\\, c\\\\d\\ne");
    }

    #[test]
    fn lines_are_folded_between_characters() {
        let mut out = String::new();
        line(&mut out, "SUMMARY", &"ü".repeat(100));
        let lines: Vec<&str> = out.split_terminator("\r\n").collect();
        assert!(lines.len() > 2 && lines.iter().all(|line| line.len() <= 75), "{lines:?}");
        let whole: String = lines.iter().map(|l| l.strip_prefix(' ').unwrap_or(l)).collect();
        assert_eq!(whole, format!("SUMMARY:{}", "ü".repeat(100)));
        let mut out = String::new();
        line(&mut out, "A", &"x".repeat(73));
        assert_eq!(out.matches("\r\n").count(), 1, "75 bytes are not folded");
    }
}

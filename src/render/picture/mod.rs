//! Plain numbers and names → inline pictures: SVG without inline style, scripts or ids.
//!
//! Colours and strokes come from `pictures.css` by class, so dark mode, print and forced colours cost
//! nothing here. Where a picture has no `viewBox`, widths are percentages and heights are pixels: it
//! stretches, its text does not. All arithmetic is in whole numbers: same input, same bytes.

mod axis;
pub mod bars;
pub mod durations;
pub mod graph;
pub mod timeline;

use crate::text::html::{HtmlWriter, hidden_name};

/// The whole width of a picture, in hundredths of a percent.
pub(crate) const WHOLE: u32 = 10_000;

/// Returns hundredths of a percent as `17.19%`.
pub(crate) fn percent(hundredths: u32) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// Returns `part` of `whole` in hundredths of a percent, at most all of it.
pub(crate) fn share(part: u64, whole: u64) -> u32 {
    scaled(part, whole, WHOLE)
}

/// Returns `part / whole * size`, rounded, at most `size`; nothing of nothing is 0.
pub(crate) fn scaled(part: u64, whole: u64, size: u32) -> u32 {
    let whole = u128::from(whole);
    if whole == 0 {
        return 0;
    }
    let value = (u128::from(part) * u128::from(size) * 2 + whole) / (whole * 2);
    u32::try_from(value).map_or(size, |v| v.min(size))
}

/// Returns "a", "a and b" or "a, b and c".
pub(crate) fn enumeration(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// Returns the name with U+FFFD for characters that have no shape: they could turn a line around.
pub(crate) fn visible(name: &str) -> String {
    let shown = |c: char| if c.is_control() || hidden_name(c).is_some() { '\u{fffd}' } else { c };
    name.chars().map(shown).collect()
}

/// Returns how many columns of a monospaced font the text takes.
pub(crate) fn columns(text: &str) -> u32 {
    text.chars().map(width).sum()
}

/// Shortens a name in the middle, where names of one family differ least, to at most `most` columns.
pub(crate) fn shortened(name: &str, most: u32) -> Option<String> {
    if columns(name) <= most {
        return None;
    }
    let room = most.saturating_sub(1);
    let head = taken(name.chars(), room.div_ceil(2));
    let tail = taken(name.chars().rev(), room / 2);
    let tail: String = tail.chars().rev().collect();
    Some(format!("{head}…{tail}"))
}

/// The characters that fit into `room` columns.
fn taken(characters: impl Iterator<Item = char>, room: u32) -> String {
    let mut used = 0;
    characters
        .take_while(|c| {
            used += width(*c);
            used <= room
        })
        .collect()
}

/// Ideographs, kana, hangul, full forms and pictographs are two columns wide.
fn width(c: char) -> u32 {
    match c as u32 {
        0x300..=0x36f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// Opens a picture that has no `viewBox` and is read as one image.
pub(crate) fn open_image(out: &mut HtmlWriter, class: &str, words: &str) {
    out.markup("<svg").attr("class", class).markup(" role=\"img\"").attr("aria-label", words);
    out.markup(">");
}

#[cfg(test)]
mod tests {
    use super::{columns, enumeration, percent, scaled, share, shortened, visible};

    #[test]
    fn shares_are_rounded_and_bounded() {
        assert_eq!(percent(share(11, 64)), "17.19%");
        assert_eq!(percent(share(1, 200)), "0.50%");
        assert_eq!((share(3, 2), share(0, 0), scaled(u64::MAX, u64::MAX, 7)), (10_000, 0, 7));
    }

    #[test]
    fn names_are_shortened_in_the_middle() {
        assert_eq!(shortened("checkout", 8), None);
        assert_eq!(shortened("checkout-api", 8).as_deref(), Some("chec…api"));
        assert_eq!(columns("在庫"), 4);
        assert_eq!(shortened("在庫在庫在庫", 8).as_deref(), Some("在庫…庫"));
        assert_eq!(shortened("abc", 0).as_deref(), Some("…"));
        assert_eq!(visible("a\u{202e}b\0"), "a\u{fffd}b\u{fffd}");
    }

    #[test]
    fn lists_read_as_sentences() {
        let words = |n: usize| enumeration(&["a", "b", "c"].map(str::to_owned)[..n]);
        assert_eq!([words(0), words(1), words(2), words(3)], ["", "a", "a and b", "a, b and c"]);
    }
}

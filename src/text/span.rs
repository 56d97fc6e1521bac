//! Byte ranges of a source text.

/// A half-open byte range `start..end` of one source text. Sources are capped at 64 MiB, so 32 bits hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// Returns the span `start..end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end.max(start) as u32 }
    }

    /// Returns the span as a range of `usize`, for slicing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Returns the text of the span, or "" where it does not fall on character boundaries of `text`.
    pub fn of(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or("")
    }

    /// Returns the same span moved right by `offset` bytes.
    #[must_use]
    pub fn shifted(self, offset: usize) -> Self {
        Self { start: self.start + offset as u32, end: self.end + offset as u32 }
    }

    /// Returns true where the span holds no byte.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }
}

/// Returns where `words` first stand in `text`.
pub fn find(text: &str, words: &str) -> Option<usize> {
    // The library's search prepares for long texts; most of these are an address in its brackets.
    match words.as_bytes() {
        [first, ..] if words.len() <= 64 => {
            let (text, words) = (text.as_bytes(), words.as_bytes());
            (0..text.len()).find(|at| text[*at] == *first && text[*at..].starts_with(words))
        }
        _ => text.find(words),
    }
}

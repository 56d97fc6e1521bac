//! Text → HTML that is safe by construction: [`Html`] is made only here, from literals and escaped text.

use std::fmt::Write as _;

/// Finished HTML. It has no constructor from a run-time string: use [`HtmlWriter`].
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Html(String);

impl Html {
    /// Returns the markup as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns true where there is no markup at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Writes HTML piece by piece. Markup comes only from literals; everything else is escaped.
#[derive(Debug, Default)]
pub struct HtmlWriter {
    out: String,
}

impl HtmlWriter {
    /// Returns an empty writer with room for `bytes`.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { out: String::with_capacity(bytes) }
    }

    /// Appends literal markup.
    pub fn markup(&mut self, literal: &'static str) -> &mut Self {
        self.out.push_str(literal);
        self
    }

    /// Appends text, with `< > & " '` escaped and NUL shown as U+FFFD.
    pub fn text(&mut self, text: &str) -> &mut Self {
        escape_into(&mut self.out, text);
        self
    }

    /// Appends ` name="value"` with the value escaped.
    pub fn attr(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape_into(&mut self.out, value);
        self.out.push('"');
        self
    }

    /// Appends code: characters that cannot be seen are shown by their number.
    pub fn code(&mut self, code: &str) -> &mut Self {
        if code.is_ascii() {
            return self.text(code);
        }
        let mut from = 0;
        for (at, c) in code.char_indices() {
            let Some(name) = hidden_name(c) else { continue };
            self.text(&code[from..at]);
            self.markup("<span class=\"hlx\"").attr("title", name).markup(">U+");
            let _ = write!(self.out, "{:04X}", c as u32);
            self.markup("</span>");
            from = at + c.len_utf8();
        }
        self.text(&code[from..])
    }

    /// Appends a decimal number.
    pub fn number(&mut self, value: u64) -> &mut Self {
        let _ = write!(self.out, "{value}");
        self
    }

    /// Appends finished HTML.
    pub fn html(&mut self, html: &Html) -> &mut Self {
        self.out.push_str(&html.0);
        self
    }

    /// Returns the number of bytes written so far.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// Returns true where nothing has been written.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// Returns the finished HTML.
    pub fn finish(self) -> Html {
        Html(self.out)
    }
}

/// Returns an alert's name with places where a narrow screen may break it.
pub fn breakable(name: &str) -> Html {
    let mut out = HtmlWriter::default();
    let mut from = 0;
    let bytes = name.as_bytes();
    for at in 1..bytes.len() {
        let hump = bytes[at].is_ascii_uppercase() && !bytes[at - 1].is_ascii_uppercase();
        let joint =
            matches!(bytes[at - 1], b'_' | b'-' | b'.' | b'/') && bytes[at].is_ascii_alphanumeric();
        if (hump || joint) && name.is_char_boundary(at) {
            out.text(&name[from..at]).markup("<wbr>");
            from = at;
        }
    }
    out.text(&name[from..]);
    out.finish()
}

/// Returns words of metadata with `code` between back ticks shown as code; the rest stays as it is.
pub fn with_code(text: &str) -> Html {
    let mut out = HtmlWriter::default();
    let mut rest = text;
    while let Some((before, code, after)) = rest.split_once('`').and_then(|(before, tail)| {
        let (code, after) = tail.split_once('`')?;
        Some((before, code, after))
    }) {
        out.text(before).markup("<code>").code(code).markup("</code>");
        rest = after;
    }
    out.text(rest);
    out.finish()
}

/// Returns what a character is that has no shape of its own: one of Unicode's format characters.
pub fn hidden_name(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{ad}' => "soft hyphen",
        '\u{200b}' => "zero-width space",
        '\u{200c}' => "zero-width non-joiner",
        '\u{200d}' => "zero-width joiner",
        '\u{200e}' => "left-to-right mark",
        '\u{200f}' => "right-to-left mark",
        '\u{61c}' => "Arabic letter mark",
        '\u{202a}' => "left-to-right embedding",
        '\u{202b}' => "right-to-left embedding",
        '\u{202c}' => "pop directional formatting",
        '\u{202d}' => "left-to-right override",
        '\u{202e}' => "right-to-left override",
        '\u{2060}' => "word joiner",
        '\u{2066}' => "left-to-right isolate",
        '\u{2067}' => "right-to-left isolate",
        '\u{2068}' => "first strong isolate",
        '\u{2069}' => "pop directional isolate",
        '\u{feff}' => "zero-width no-break space",
        '\u{e0001}' | '\u{e0020}'..='\u{e007f}' => "tag character",
        '\u{600}'..='\u{605}'
        | '\u{6dd}'
        | '\u{70f}'
        | '\u{890}'..='\u{891}'
        | '\u{8e2}'
        | '\u{180e}'
        | '\u{2061}'..='\u{2064}'
        | '\u{206a}'..='\u{206f}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{110bd}'
        | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' => "format character",
        _ => return None,
    })
}

/// Appends `text` to `out`, escaped for HTML text and for double-quoted attribute values.
fn escape_into(out: &mut String, text: &str) {
    let bytes = text.as_bytes();
    let mut from = 0;
    let mut block = 0;
    while block < bytes.len() {
        let end = (block + BLOCK).min(bytes.len());
        // Without a branch a whole block is looked at at once; most hold nothing to escape.
        if bytes[block..end].iter().fold(0, |any, b| any | needs_escape(*b)) != 0 {
            for (at, byte) in bytes[block..end].iter().enumerate() {
                let escaped = match byte {
                    b'<' => "&lt;",
                    b'>' => "&gt;",
                    b'&' => "&amp;",
                    b'"' => "&quot;",
                    b'\'' => "&#39;",
                    0 => "\u{fffd}",
                    _ => continue,
                };
                out.push_str(&text[from..block + at]);
                out.push_str(escaped);
                from = block + at + 1;
            }
        }
        block = end;
    }
    out.push_str(&text[from..]);
}

/// Bytes of text that are looked at together.
const BLOCK: usize = 32;

/// Not zero for a byte that is escaped: numbers, which the compiler compares sixteen at a time.
fn needs_escape(byte: u8) -> u8 {
    u8::from(byte == b'<')
        | u8::from(byte == b'>')
        | u8::from(byte == b'&')
        | u8::from(byte == b'"')
        | u8::from(byte == b'\'')
        | u8::from(byte == 0)
}

#[cfg(test)]
mod tests {
    use super::HtmlWriter;

    #[test]
    fn text_and_attributes_are_escaped() {
        let mut out = HtmlWriter::default();
        out.markup("<a").attr("title", "\"'<&>\0").markup(">").text("<b> & 'x'\0").markup("</a>");
        assert_eq!(
            out.finish().as_str(),
            "<a title=\"&quot;&#39;&lt;&amp;&gt;\u{fffd}\">&lt;b&gt; &amp; &#39;x&#39;\u{fffd}</a>"
        );
    }
}

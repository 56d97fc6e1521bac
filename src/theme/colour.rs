//! A colour as style sheets write it → red, green, blue; and the contrast of two by WCAG 2.2.

/// Red, green, blue and how opaque, each from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Colour {
    rgb: [f64; 3],
    /// How opaque.
    pub(crate) alpha: f64,
}

/// Names that people write; all others are reported as not read.
const NAMES: [(&str, u32); 20] = [
    ("aqua", 0x00_ffff),
    ("black", 0),
    ("blue", 0x00_00ff),
    ("cyan", 0x00_ffff),
    ("fuchsia", 0xff_00ff),
    ("gray", 0x80_8080),
    ("green", 0x00_8000),
    ("grey", 0x80_8080),
    ("lime", 0x00_ff00),
    ("magenta", 0xff_00ff),
    ("maroon", 0x80_0000),
    ("navy", 0x00_0080),
    ("olive", 0x80_8000),
    ("orange", 0xff_a500),
    ("purple", 0x80_0080),
    ("red", 0xff_0000),
    ("silver", 0xc0_c0c0),
    ("teal", 0x00_8080),
    ("white", 0xff_ffff),
    ("yellow", 0xff_ff00),
];

impl Colour {
    /// Reads `#rgb`, `#rrggbb`, both with alpha, `rgb()`, `hsl()` and the commonest names.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        if let Some(digits) = text.strip_prefix('#') {
            return Self::hex(digits);
        }
        if text == "transparent" {
            return Some(Self { rgb: [0.0; 3], alpha: 0.0 });
        }
        if let Some((_, number)) = NAMES.iter().find(|(name, _)| *name == text) {
            let [_, r, g, b] = number.to_be_bytes();
            return Some(Self { rgb: [r, g, b].map(|n| f64::from(n) / 255.0), alpha: 1.0 });
        }
        let (name, arguments) = text.strip_suffix(')')?.split_once('(')?;
        let parts: Vec<&str> =
            arguments.split([' ', ',', '/', '\n', '\t']).filter(|p| !p.is_empty()).collect();
        let (three, alpha) = match parts[..] {
            [a, b, c] => ([a, b, c], 1.0),
            [a, b, c, alpha] => ([a, b, c], number(alpha, 1.0)?),
            _ => return None,
        };
        let rgb = match name {
            "rgb" | "rgba" => {
                let [r, g, b] = three.map(|n| number(n, 255.0));
                [r?, g?, b?]
            }
            "hsl" | "hsla" => {
                let hue: f64 = three[0].trim_end_matches("deg").parse().ok()?;
                let [s, l] = [three[1], three[2]].map(|n| number(n, 100.0));
                of_hsl(hue, s?, l?)
            }
            _ => return None,
        };
        Some(Self { rgb, alpha })
    }

    fn hex(digits: &str) -> Option<Self> {
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let step = match digits.len() {
            3 | 4 => 1,
            6 | 8 => 2,
            _ => return None,
        };
        let part = |n: usize| -> Option<f64> {
            let Some(part) = digits.get(n * step..(n + 1) * step) else { return Some(1.0) };
            let value = u8::from_str_radix(part, 16).ok()?;
            Some(f64::from(if step == 1 { value * 17 } else { value }) / 255.0)
        };
        Some(Self { rgb: [part(0)?, part(1)?, part(2)?], alpha: part(3)? })
    }

    /// Returns what is seen where this colour lies on an opaque one.
    pub(crate) fn over(self, ground: Self) -> Self {
        let mut rgb = ground.rgb;
        for (under, top) in rgb.iter_mut().zip(self.rgb) {
            *under = top * self.alpha + *under * (1.0 - self.alpha);
        }
        Self { rgb, alpha: 1.0 }
    }

    fn luminance(self) -> f64 {
        let [r, g, b] = self
            .rgb
            .map(|n| if n <= 0.040_45 { n / 12.92 } else { ((n + 0.055) / 1.055).powf(2.4) });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
}

/// A number from 0 to 1: `50%`, or a part of `whole`.
fn number(text: &str, whole: f64) -> Option<f64> {
    let (digits, whole) = text.strip_suffix('%').map_or((text, whole), |digits| (digits, 100.0));
    Some((digits.parse::<f64>().ok()? / whole).clamp(0.0, 1.0))
}

fn of_hsl(hue: f64, saturation: f64, lightness: f64) -> [f64; 3] {
    [0.0, 8.0, 4.0].map(|n: f64| {
        let k = (n + hue / 30.0).rem_euclid(12.0);
        let spread = saturation * lightness.min(1.0 - lightness);
        lightness - spread * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)
    })
}

/// Returns the contrast of two opaque colours, from 1 to 21.
pub(crate) fn contrast(a: Colour, b: Colour) -> f64 {
    let (a, b) = (a.luminance(), b.luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::{Colour, contrast};

    #[test]
    fn colours_are_read_in_every_notation() {
        let red = Colour::parse("#f00").unwrap();
        for text in ["#ff0000", "#F00F", "rgb(255, 0, 0)", "rgb(100% 0% 0% / 1)", "red"] {
            assert_eq!(Colour::parse(text), Some(red), "{text}");
        }
        assert_eq!(Colour::parse("hsl(0deg 100% 50%)"), Some(red));
        assert!((Colour::parse("rgb(0 0 0 / 50%)").unwrap().alpha - 0.5).abs() < 1e-9);
        for text in ["oklch(0.5 0.1 20)", "#12345", "#ggg", "rebeccapurple", "rgb(1 2)", ""] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        let ratio = |a, b| contrast(Colour::parse(a).unwrap(), Colour::parse(b).unwrap());
        assert!((ratio("#000", "#fff") - 21.0).abs() < 1e-9);
        assert!((ratio("#767676", "#fff") - 4.54).abs() < 0.01);
        assert!((ratio("#777", "#fff") - 4.48).abs() < 0.01);
        let half = Colour::parse("rgb(0 0 0 / .5)").unwrap().over(Colour::parse("#fff").unwrap());
        assert!((contrast(half, Colour::parse("#fff").unwrap()) - 3.98).abs() < 0.01);
    }
}

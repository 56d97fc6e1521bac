//! Style sheets of a theme → which of its colours are too near to each other, by WCAG 2.2.

use std::collections::BTreeMap;

use crate::theme::colour::{Colour, contrast};
use crate::theme::css::{Declaration, Env, Scope, declarations, without_comments};

/// Least contrast of text (1.4.3).
pub const TEXT: f64 = 4.5;

/// Least contrast of the borders of controls and of marks that mean something (1.4.11).
pub const MARK: f64 = 3.0;

/// What is seen on what, and how well it has to be: every pair that stands in the sheets of the default theme.
pub const PAIRS: &[(&str, f64, &[&str])] = &[
    ("ink", TEXT, &["paper", "wash", "sunk", "code", "s1b", "s2b", "s3b"]),
    ("ink2", TEXT, &["paper", "wash", "sunk", "code", "s1b", "s2b", "s3b"]),
    ("link", TEXT, &["paper", "wash", "sunk", "s1b", "s2b", "s3b"]),
    ("link2", TEXT, &["paper", "wash", "sunk", "s1b", "s2b", "s3b"]),
    // The words of the chief button, of what is chosen, and the tick of a step.
    ("paper", TEXT, &["link", "link2", "ink", "okc"]),
    ("bandink", TEXT, &["band"]),
    ("banddim", TEXT, &["band", "band2"]),
    ("markink", TEXT, &["mark"]),
    ("s1c", TEXT, &["s1b", "paper", "wash", "code"]),
    ("s2c", TEXT, &["s2b", "paper", "code"]),
    ("s3c", TEXT, &["s3b"]),
    ("okc", TEXT, &["okb"]),
    ("c1", TEXT, &["code"]),
    ("c2", TEXT, &["code"]),
    ("c3", TEXT, &["code"]),
    ("fillink", TEXT, &["fill"]),
    ("edge", MARK, &["paper", "wash", "sunk", "band", "band2"]),
    ("mark", MARK, &["band"]),
    ("s3c", MARK, &["paper"]),
    ("okc", MARK, &["paper"]),
    // Bars on their ground.
    ("s2c", MARK, &["sunk"]),
];

/// Who looks: the two systems, the choice against the system, and browsers that know no `light-dark()`.
const MODES: [(&str, Env); 6] = [
    ("light", Env { dark: false, chosen: None, modern: true }),
    ("dark", Env { dark: true, chosen: None, modern: true }),
    ("light chosen on a dark system", Env { dark: true, chosen: Some("light"), modern: true }),
    ("dark chosen on a light system", Env { dark: false, chosen: Some("dark"), modern: true }),
    ("browsers without `light-dark()`", Env { dark: false, chosen: None, modern: false }),
    ("dark browsers without `light-dark()`", Env { dark: true, chosen: None, modern: false }),
];

/// Most steps from one `var()` to the next.
const MAX_STEPS: usize = 8;

/// A token and where it is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its name without the dashes.
    pub name: &'static str,
    /// Byte of the sheets at which the declaration starts that holds; `None` where nothing sets it.
    pub at: Option<usize>,
}

/// One thing wrong with the colours of a theme.
#[derive(Clone, Debug, PartialEq)]
pub enum ContrastFault {
    /// Two colours are too near.
    Low(Row),
    /// Nothing is known of a token: its value, or the block that sets it, is not one that is read.
    Unread(Token, String),
}

/// The contrast of one pair in one mode.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What is seen.
    pub fore: Token,
    /// What it stands on.
    pub back: Token,
    /// For whom: `light`, `dark`, or a rarer case in words.
    pub mode: &'static str,
    /// Contrast.
    pub ratio: f64,
    /// Least contrast.
    pub needed: f64,
}

/// Returns every fault of the colours that the sheets give the root element.
pub fn faults(css: &str) -> Vec<ContrastFault> {
    let (rows, unread) = judge(css);
    let low = rows.into_iter().filter(|row| row.ratio < row.needed).map(ContrastFault::Low);
    low.chain(unread.into_iter().map(|(token, why)| ContrastFault::Unread(token, why))).collect()
}

/// Returns the contrast of every pair in every mode that differs from the modes before it.
pub fn table(css: &str) -> Vec<Row> {
    judge(css).0
}

/// Returns the name of a token that stands in [`PAIRS`].
fn paired(name: &str) -> Option<&'static str> {
    let mut all = PAIRS.iter().flat_map(|(fore, _, backs)| backs.iter().chain([fore]));
    all.find(|known| **known == name).copied()
}

fn judge(css: &str) -> (Vec<Row>, Vec<(Token, String)>) {
    let css = without_comments(css);
    let declared = declarations(&css);
    let (mut rows, mut unread): (Vec<Row>, Vec<(Token, String)>) = (Vec::new(), Vec::new());
    for one in &declared {
        if let (Some(name), Scope::Unread(block)) = (paired(one.name), &one.scope) {
            let block = block.split_whitespace().collect::<Vec<_>>().join(" ");
            unread.push((
                Token { name, at: Some(one.at) },
                format!("`--{name}` is set inside of `{block}`, where its contrast is not checked"),
            ));
        }
    }
    let mut seen: Vec<(&str, &str, f64, Colour, Colour)> = Vec::new();
    for (mode, env) in MODES {
        let values = Values::new(&declared, env);
        let mut colour = |name: &'static str| -> Option<(Token, Colour)> {
            let token = Token { name, at: values.at(name) };
            match values.colour(name) {
                Ok(colour) => Some((token, colour)),
                Err(why) => {
                    // An old browser that cannot read a value has the browser's own colour: not ours to judge.
                    let known = unread.iter().any(|(t, _)| *t == token);
                    if env.modern && !known {
                        unread.push((token, why));
                    }
                    None
                }
            }
        };
        for &(fore, needed, backs) in PAIRS {
            for &back in backs {
                let (Some(fore), Some(back), Some((_, paper))) =
                    (colour(fore), colour(back), colour("paper"))
                else {
                    continue;
                };
                let ground = back.1.over(paper);
                let top = fore.1.over(ground);
                let row = (fore.0.name, back.0.name, needed, top, ground);
                if !seen.contains(&row) {
                    seen.push(row);
                    let ratio = contrast(top, ground);
                    rows.push(Row { fore: fore.0, back: back.0, mode, ratio, needed });
                }
            }
        }
    }
    (rows, unread)
}

/// The properties of the root element for one reader.
struct Values<'a> {
    winners: BTreeMap<&'a str, &'a Declaration<'a>>,
    env: Env,
}

impl<'a> Values<'a> {
    fn new(declared: &'a [Declaration<'a>], env: Env) -> Self {
        let mut winners: BTreeMap<&str, &Declaration<'_>> = BTreeMap::new();
        for one in declared {
            let Some(strength) = one.strength(env) else { continue };
            let weaker = |known: &&Declaration<'_>| known.strength(env) <= Some(strength);
            if winners.get(one.name).is_none_or(weaker) {
                winners.insert(one.name, one);
            }
        }
        Self { winners, env }
    }

    fn at(&self, name: &str) -> Option<usize> {
        self.winners.get(name).map(|one| one.at)
    }

    /// Which side of `light-dark()` holds: `color-scheme` says it, the system where it names both.
    fn is_dark(&self) -> bool {
        let scheme = self.winners.get("color-scheme").map_or("", |one| one.value);
        let has = |word| scheme.split_whitespace().any(|w| w == word);
        has("dark") && (self.env.dark || !has("light"))
    }

    fn colour(&self, name: &str) -> Result<Colour, String> {
        let Some(one) = self.winners.get(name) else {
            return Err(format!("`--{name}` is not set"));
        };
        self.read(one.value, MAX_STEPS)
            .ok_or_else(|| format!("`--{name}` is `{}`, a colour that is not read", one.value))
    }

    fn read(&self, text: &str, steps: usize) -> Option<Colour> {
        let text = text.trim();
        let steps = steps.checked_sub(1)?;
        if let Some(arguments) = call(text, "light-dark") {
            let (light, dark) = arguments_of(arguments)?;
            return self
                .read(if self.is_dark() { dark } else { light }, steps)
                .filter(|_| self.env.modern);
        }
        if let Some(arguments) = call(text, "var") {
            let (name, otherwise) = arguments_of(arguments).unwrap_or((arguments, ""));
            let name = name.trim().strip_prefix("--")?;
            return match self.winners.get(name) {
                Some(one) => self.read(one.value, steps),
                None => self.read(otherwise, steps),
            };
        }
        Colour::parse(text)
    }
}

/// `name(…)` → what stands in its parentheses.
fn call<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')')
}

/// Splits two arguments at the comma that stands in no parentheses.
fn arguments_of(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => return Some((&text[..at], &text[at + 1..])),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::{ContrastFault, PAIRS, faults, paired, table};
    use crate::theme::builtin::{SHEETS, THEMES};
    use crate::theme::css;

    /// Tokens that no pair names, and why.
    const NO_PAIR: [(&str, &str); 18] = [
        ("sans", "a font"),
        ("mono", "a font"),
        ("t-1", "a size of type"),
        ("t0", "a size of type"),
        ("t1", "a size of type"),
        ("t2", "a size of type"),
        ("t3", "a size of type"),
        ("t4", "a size of type"),
        ("t5", "a size of type"),
        ("s1", "a distance"),
        ("s2", "a distance"),
        ("s3", "a distance"),
        ("s4", "a distance"),
        ("s5", "a distance"),
        ("s6", "a distance"),
        ("s7", "a distance"),
        ("r", "a corner"),
        ("line", "rules between rows are decoration: the rows are told apart without them"),
    ];

    fn shown(css: &str) -> Vec<String> {
        let words = |fault: &ContrastFault| match fault {
            ContrastFault::Low(row) => {
                format!("{} on {} {:.1} in {}", row.fore.name, row.back.name, row.ratio, row.mode)
            }
            ContrastFault::Unread(_, why) => why.clone(),
        };
        faults(css).iter().map(words).collect()
    }

    /// The default theme and a sheet of a site behind it.
    fn with(own: &str) -> String {
        css("default", [("themes/default/css/own.css", own)])
    }

    #[test]
    fn every_pair_of_every_theme_is_readable() {
        for (name, _) in THEMES {
            let css = css(name, []);
            let mut text = format!("{name}\n");
            for row in table(&css) {
                let _ = writeln!(
                    text,
                    "{} {:>8} on {:<6} {:>5.2} (needs {}) in {}",
                    if row.ratio < row.needed { "!" } else { " " },
                    row.fore.name,
                    row.back.name,
                    row.ratio,
                    row.needed,
                    row.mode
                );
            }
            assert!(shown(&css).is_empty(), "{text}{:#?}", shown(&css));
            let modes = |mode| table(&css).iter().filter(|row| row.mode == mode).count();
            let pairs: usize = PAIRS.iter().map(|(_, _, backs)| backs.len()).sum();
            assert_eq!(modes("light"), pairs, "{text}");
            assert!(modes("dark") > pairs / 2, "{text}");
        }
    }

    #[test]
    fn every_token_has_a_pair_or_a_reason() {
        let (_, text) = SHEETS.iter().find(|(name, _)| *name == "tokens.css").unwrap();
        let text = css::without_comments(text);
        let mut names: Vec<&str> = css::declarations(&text).iter().map(|d| d.name).collect();
        names.retain(|name| *name != "color-scheme");
        names.sort_unstable();
        names.dedup();
        let reason = |name: &str| NO_PAIR.iter().any(|(known, _)| *known == name);
        for name in &names {
            assert!(paired(name).is_some() != reason(name), "--{name}");
        }
        let gone: Vec<_> = NO_PAIR.iter().filter(|(name, _)| !names.contains(name)).collect();
        assert!(gone.is_empty(), "{gone:?}");
    }

    #[test]
    fn every_way_to_write_a_mode_is_read() {
        let cases = [
            ("", ""),
            (":root { --c1: #999 }", "c1 on code 2.6 in light"),
            (
                "html:not([data-theme=dark]) { --c1: light-dark(#999, #fff) }",
                "c1 on code 2.6 in light",
            ),
            (
                "@media (prefers-color-scheme: dark) { :root { --c1: #333 } }",
                "c1 on code 1.5 in dark",
            ),
            (
                ":root[data-theme='dark'] { --c1: #333 }",
                "c1 on code 1.5 in dark chosen on a light system",
            ),
            (
                ":root { &[data-theme=light] { --c1: #eee } }",
                "c1 on code 1.1 in light chosen on a dark system",
            ),
            (
                "@supports not (color: light-dark(#000, #fff)) { :root { --c1: #eee } }",
                "c1 on code 1.1 in browsers without `light-dark()`",
            ),
            (":root { --c1: #eee !important } :root { --c1: #000 }", "c1 on code 1.1 in light"),
            ("@layer reset { :root { --c1: #eee } }", ""),
            (
                "@layer late { :root { --c1: var(--own, rgb(238 238 238)) } }",
                "c1 on code 1.1 in light",
            ),
            ("@media print { :root { --c1: #fff } } /* :root { --c1: #fff } */", ""),
        ];
        for (own, expected) in cases {
            let found = shown(&with(own));
            let first = found.first().map_or("", String::as_str);
            assert_eq!(first, expected, "{own}\n{found:#?}");
        }
    }

    #[test]
    fn what_is_not_read_is_told() {
        let cases = [
            (
                ":root { --c1: oklch(.5 .1 20) }",
                "`--c1` is `oklch(.5 .1 20)`, a colour that is not read",
            ),
            (":root { --c1: var(--c1) }", "`--c1` is `var(--c1)`, a colour that is not read"),
            (
                ".card { --c1: #000 }",
                "`--c1` is set inside of `.card`, where its contrast is not checked",
            ),
            (
                "@media (width > 9rem) { :root { --c1: #000 } }",
                "`--c1` is set inside of `@media (width > 9rem)`, where its contrast is not checked",
            ),
        ];
        for (own, expected) in cases {
            assert_eq!(shown(&with(own)), [expected], "{own}");
        }
        assert!(shown("").contains(&"`--ink` is not set".to_owned()));
        assert!(shown(".card { --own: #000 } }} \" { ( '").len() > 9);
    }
}

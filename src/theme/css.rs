//! Text of style sheets → what they say of the root element, with the conditions under which it holds.
//!
//! Only as much of CSS as a theme is written in. What is not followed (a selector of another element, a media
//! query of its own) is kept as [`Scope::Unread`], so that nobody takes silence for agreement.

use std::ops::Range;

/// A browser, its system and the reader's choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Env {
    /// The system asks for dark.
    pub(crate) dark: bool,
    /// What the reader chose with `data-theme`.
    pub(crate) chosen: Option<&'static str>,
    /// The browser knows `light-dark()`.
    pub(crate) modern: bool,
}

/// What has to hold for a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test<'a> {
    /// `prefers-color-scheme` is dark, or is not.
    Dark(bool),
    /// `@supports` holds in a browser of today, or does not.
    Modern(bool),
    /// `data-theme` is there (`None`) or is this word; or it is not.
    Chosen(Option<&'a str>, bool),
}

impl Test<'_> {
    fn holds(self, env: Env) -> bool {
        match self {
            Self::Dark(dark) => env.dark == dark,
            Self::Modern(modern) => env.modern == modern,
            Self::Chosen(None, is) => env.chosen.is_some() == is,
            Self::Chosen(Some(word), is) => (env.chosen == Some(word)) == is,
        }
    }
}

/// Whether a block speaks of the root element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope<'a> {
    /// Outside of every rule.
    Sheet,
    /// The root: selectors with their weight and their tests, any of which may hold.
    Root(Vec<(u32, Vec<TestOf<'a>>)>),
    /// Not on a screen, or nothing that declares properties.
    Never,
    /// A selector or condition that is not followed.
    Unread(&'a str),
}

/// A test that a selector makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TestOf<'a>(Test<'a>);

/// One declaration of a custom property or of `color-scheme`.
#[derive(Clone, Debug)]
pub(crate) struct Declaration<'a> {
    /// Name without the dashes.
    pub(crate) name: &'a str,
    /// Value without `!important`.
    pub(crate) value: &'a str,
    /// Where the name starts.
    pub(crate) at: usize,
    /// For whom.
    pub(crate) scope: Scope<'a>,
    tests: Vec<Test<'a>>,
    /// What wins over what: weight of importance and layer.
    rank: Vec<usize>,
}

impl Declaration<'_> {
    /// Returns how strong the declaration is where it holds: the greatest wins, of equals the last.
    pub(crate) fn strength(&self, env: Env) -> Option<(&[usize], u32)> {
        let Scope::Root(selectors) = &self.scope else { return None };
        if !self.tests.iter().all(|t| t.holds(env)) {
            return None;
        }
        let matching = selectors.iter().filter(|(_, tests)| tests.iter().all(|t| t.0.holds(env)));
        Some((&self.rank, matching.map(|(weight, _)| *weight).max()?))
    }
}

/// What surrounds a declaration.
#[derive(Clone)]
struct Context<'a> {
    layer: Vec<usize>,
    layer_name: String,
    tests: Vec<Test<'a>>,
    scope: Scope<'a>,
}

/// Layers by name in the order in which they are first named: a later one wins.
#[derive(Default)]
struct Layers(Vec<String>);

impl Layers {
    fn rank(&mut self, outer: &Context<'_>, name: &str) -> (Vec<usize>, String) {
        let mut rank = outer.layer.clone();
        let mut full = outer.layer_name.clone();
        for part in name.split('.') {
            full = format!("{full}.{}", part.trim());
            let at = self.0.iter().position(|known| *known == full).unwrap_or_else(|| {
                self.0.push(full.clone());
                self.0.len() - 1
            });
            rank.push(at);
        }
        (rank, full)
    }
}

/// Returns the sheets with comments as blanks, so that places stay.
pub(crate) fn without_comments(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find("/*") {
        let end = rest[at + 2..].find("*/").map_or(rest.len(), |end| at + end + 4);
        out.push_str(&rest[..at]);
        out.extend(std::iter::repeat_n(' ', end - at));
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// Returns every declaration of a custom property or of `color-scheme`; `css` is without comments.
pub(crate) fn declarations(css: &str) -> Vec<Declaration<'_>> {
    let top = Context {
        layer: Vec::new(),
        layer_name: String::new(),
        tests: Vec::new(),
        scope: Scope::Sheet,
    };
    let mut layers = Layers::default();
    let mut open = vec![top];
    let mut out = Vec::new();
    let (mut start, mut parens, mut quote, mut before) = (0, 0_usize, None, b' ');
    for (at, byte) in css.bytes().enumerate() {
        let escaped = std::mem::replace(&mut before, byte) == b'\\';
        match (quote, byte) {
            (Some(q), _) if (q == byte && !escaped) || byte == b'\n' => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'(') => parens += 1,
            (None, b')') => parens = parens.saturating_sub(1),
            (None, b'{' | b';' | b'}') if byte != b';' || parens == 0 => {
                parens = 0;
                let words = start..at;
                start = at + 1;
                let context = open.last().cloned();
                let Some(context) = context else { continue };
                if byte == b'{' {
                    open.push(inside(context, css[words].trim(), &mut layers));
                    continue;
                }
                statement(css, words, &context, &mut layers, &mut out);
                if byte == b'}' && open.len() > 1 {
                    open.pop();
                }
            }
            (None, _) => {}
        }
    }
    out
}

/// What ends in `;` or stands last in its block.
fn statement<'a>(
    css: &'a str,
    words: Range<usize>,
    context: &Context<'a>,
    layers: &mut Layers,
    out: &mut Vec<Declaration<'a>>,
) {
    let text = css[words.clone()].trim();
    if let Some(names) = text.strip_prefix("@layer ") {
        for name in names.split(',') {
            layers.rank(context, name);
        }
        return;
    }
    let Some((name, value)) = text.split_once(':') else { return };
    let name = name.trim_end();
    let Some(name) = name.strip_prefix("--").or((name == "color-scheme").then_some(name)) else {
        return;
    };
    let value = value.trim();
    let (value, important) = match value.rsplit_once('!') {
        Some((rest, word)) if word.trim() == "important" => (rest.trim_end(), true),
        _ => (value, false),
    };
    // Outside of every layer is last; what is important turns the order of the layers round.
    let mut rank = context.layer.clone();
    rank.push(usize::MAX);
    if important {
        rank = rank.into_iter().map(|n| usize::MAX - n).collect();
    }
    rank.insert(0, usize::from(important));
    let at = words.start + css[words].find(text).unwrap_or(0);
    let (scope, tests) = (context.scope.clone(), context.tests.clone());
    out.push(Declaration { name, value, at, scope, tests, rank });
}

/// What holds inside of the block that `prelude` opens.
fn inside<'a>(mut context: Context<'a>, prelude: &'a str, layers: &mut Layers) -> Context<'a> {
    let (word, rest) = prelude.split_once([' ', '(']).unwrap_or((prelude, ""));
    let rest = if rest.is_empty() { rest } else { prelude[word.len()..].trim() };
    match word {
        "@layer" => {
            let anonymous = format!("({})", layers.0.len());
            let name = if rest.is_empty() { &anonymous } else { rest };
            (context.layer, context.layer_name) = layers.rank(&context, name);
        }
        "@supports" => context.tests.push(Test::Modern(!rest.starts_with("not"))),
        "@media" => match media(rest) {
            Some(tests) => context.tests.extend(tests),
            None if rest.starts_with("print") || rest.contains("forced-colors") => {
                context.scope = Scope::Never;
            }
            None => context.scope = unread(context.scope, prelude),
        },
        _ if word.starts_with("@container") || word.starts_with("@scope") => {
            context.scope = unread(context.scope, prelude);
        }
        _ if word.starts_with('@') => context.scope = Scope::Never,
        _ => context.scope = selectors(context.scope, prelude),
    }
    context
}

fn unread<'a>(outer: Scope<'a>, words: &'a str) -> Scope<'a> {
    if matches!(outer, Scope::Never | Scope::Unread(_)) { outer } else { Scope::Unread(words) }
}

/// What a media query of screens asks; `None` where it asks for something that is not followed.
fn media(query: &str) -> Option<&'static [Test<'static>]> {
    let query: String = query.split_whitespace().collect();
    let query = query.strip_prefix("only").unwrap_or(&query);
    let query = query.strip_prefix("screenand").or(query.strip_prefix("alland")).unwrap_or(query);
    match query {
        "screen" | "all" => Some(&[]),
        "(prefers-color-scheme:dark)" => Some(&[Test::Dark(true)]),
        "(prefers-color-scheme:light)" => Some(&[Test::Dark(false)]),
        _ => None,
    }
}

fn selectors<'a>(outer: Scope<'a>, prelude: &'a str) -> Scope<'a> {
    let mut found = Vec::new();
    for selector in prelude.split(',').map(str::trim) {
        match (&outer, selector.strip_prefix('&')) {
            (Scope::Sheet, None) => found.extend(root(selector)),
            (Scope::Root(parents), Some(rest)) if !rest.starts_with([' ', '>', '+', '~']) => {
                let Some((weight, tests)) = root_tests(rest) else { continue };
                found.extend(parents.iter().map(|(outer, before)| {
                    (outer + weight, before.iter().chain(&tests).copied().collect())
                }));
            }
            _ => {}
        }
    }
    if found.is_empty() { unread(outer, prelude) } else { Scope::Root(found) }
}

/// A selector of the root element: its weight and tests.
fn root(selector: &str) -> Option<(u32, Vec<TestOf<'_>>)> {
    if selector == ":where(:root)" || selector == ":where(html)" {
        return Some((0, Vec::new()));
    }
    let (rest, weight) = match (selector.strip_prefix(":root"), selector.strip_prefix("html")) {
        (Some(rest), _) => (rest, 100),
        (None, Some(rest)) => (rest, 1),
        (None, None) if selector.starts_with("[data-theme") => (selector, 0),
        (None, None) => return None,
    };
    let (more, tests) = root_tests(rest)?;
    Some((weight + more, tests))
}

/// `[data-theme=dark]` and `:not([data-theme])`, as many as there are.
fn root_tests(mut rest: &str) -> Option<(u32, Vec<TestOf<'_>>)> {
    let (mut weight, mut tests) = (0, Vec::new());
    while !rest.is_empty() {
        let (body, is) = match rest.strip_prefix(":not(") {
            Some(body) => (body, false),
            None => (rest, true),
        };
        let (inner, tail) = body.strip_prefix("[data-theme")?.split_once(']')?;
        rest = if is { tail } else { tail.strip_prefix(')')? };
        let word = match inner.trim().strip_prefix('=') {
            Some(word) => Some(word.trim().trim_matches(['"', '\''])),
            None if inner.trim().is_empty() => None,
            None => return None,
        };
        tests.push(TestOf(Test::Chosen(word, is)));
        weight += 100;
    }
    Some((weight, tests))
}

//! A scanner over our own regular HTML, and what must hold for every page of every site.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::Files;

/// A tag or a text.
#[derive(Debug)]
pub(crate) enum Token<'a> {
    /// A start tag: name, attributes with entities decoded.
    Open(&'a str, Vec<(&'a str, String)>),
    /// An end tag.
    Close(&'a str),
    /// Text with entities decoded.
    Text(String),
}

/// Elements without end tag.
const VOID: [&str; 7] = ["br", "hr", "img", "input", "link", "meta", "wbr"];

/// Elements that may not stand in a paragraph: a browser would end it there.
const BLOCKS: [&str; 20] = [
    "blockquote",
    "details",
    "div",
    "dl",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "table",
    "ul",
];

/// Elements of which a text is made: they end no word.
const INLINE: [&str; 26] = [
    "a", "abbr", "b", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s",
    "samp", "small", "span", "strong", "sub", "sup", "u", "var", "wbr", "strike", "tt", "time",
];

/// Splits a page into tags and texts. Anything irregular is a panic: our own pages are regular.
pub(crate) fn scan(html: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let Some(at) = rest.find('<') else {
            out.push(Token::Text(decoded(rest)));
            break;
        };
        if at > 0 {
            out.push(Token::Text(decoded(&rest[..at])));
        }
        rest = &rest[at..];
        let end = tag_end(rest);
        let tag = &rest[1..end];
        rest = &rest[end + 1..];
        if tag.starts_with('!') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            out.push(Token::Close(name));
            continue;
        }
        let name_end = tag.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(tag.len());
        out.push(Token::Open(&tag[..name_end], attributes(&tag[name_end..])));
        if tag.ends_with('/') {
            out.push(Token::Close(&tag[..name_end]));
        }
    }
    out
}

/// Position of the `>` that ends a tag: one in quotes does not.
fn tag_end(text: &str) -> usize {
    let mut quoted = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at,
            _ => {}
        }
    }
    panic!("a tag without end: {}", text.chars().take(80).collect::<String>());
}

fn attributes(text: &str) -> Vec<(&str, String)> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() && rest != "/" {
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let name = &rest[..end];
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(tail) = rest.strip_prefix("=\"") {
            let end = tail.find('"').expect("an attribute is quoted");
            value = decoded(&tail[..end]);
            rest = &tail[end + 1..];
        } else {
            assert!(!rest.starts_with('='), "an attribute without quotes: {text}");
        }
        out.push((name, value));
        rest = rest.trim_start();
    }
    out
}

/// Decodes the entities that opslore and its templates write.
pub(crate) fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&#39;", "'"),
            ("&#x27;", "'"),
            ("&#x2F;", "/"),
            ("&#x2f;", "/"),
            ("&nbsp;", "\u{a0}"),
            ("&amp;", "&"),
        ];
        match known.iter().find(|(entity, _)| rest.starts_with(entity)) {
            Some((entity, c)) => {
                out.push_str(c);
                rest = &rest[entity.len()..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// Returns the text and attribute values of a page, once with tags inside words joined, once with each tag a space.
pub(crate) fn texts(html: &str) -> (String, String) {
    let (mut joined, mut spaced, mut values) = (String::new(), String::new(), String::new());
    for token in scan(html) {
        match token {
            Token::Text(text) => {
                joined.push_str(&text);
                spaced.push_str(&text);
            }
            Token::Open(name, attributes) => {
                if !INLINE.contains(&name) {
                    joined.push(' ');
                }
                spaced.push(' ');
                for (_, value) in attributes {
                    values.push(' ');
                    values.push_str(&value);
                }
            }
            Token::Close(name) => {
                if !INLINE.contains(&name) {
                    joined.push(' ');
                }
                spaced.push(' ');
            }
        }
    }
    joined.push_str(&values);
    spaced.push_str(&values);
    (joined, spaced)
}

/// Returns the text of a page as it is read: tags inside of words joined, white space as one space.
pub(crate) fn words(html: &str) -> String {
    let mut out = String::new();
    for token in scan(html) {
        match token {
            Token::Text(text) => out.push_str(&text),
            Token::Open(name, _) | Token::Close(name) if INLINE.contains(&name) => {}
            Token::Open(..) | Token::Close(_) => out.push(' '),
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns everything that is wrong with the pages of a site, a line each.
pub(crate) fn faults(files: &Files) -> Vec<String> {
    let pages = || files.iter().filter(|(path, _)| path.ends_with(".html"));
    let mut faults = Vec::new();
    let mut ids: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut links: Vec<(&str, String)> = Vec::new();
    for (path, bytes) in pages() {
        let html = std::str::from_utf8(bytes).expect("pages are UTF-8");
        let mut page = PageFaults {
            path,
            stack: Vec::new(),
            redirect: html.contains("http-equiv=\"refresh\""),
            headings: Vec::new(),
            faults: &mut faults,
        };
        let own = ids.entry(path).or_default();
        for token in scan(html) {
            let attributes = page.token(&token);
            for (name, value) in attributes {
                match *name {
                    "id" if !own.insert(value.clone()) => {
                        page.faults.push(format!("{path}: id `{value}` stands twice"))
                    }
                    "href" | "src" => links.push((path, value.clone())),
                    _ => {}
                }
            }
        }
        page.end();
    }
    for (path, link) in links {
        if let Some(fault) = dead(files, &ids, path, &link) {
            faults.push(format!("{path}: `{link}` {fault}"));
        }
    }
    faults
}

/// The only script that stands in a page.
const BOOT: &str = "document.documentElement.dataset.js='';try{var t=localStorage.getItem('opslore:theme');if(t)document.documentElement.dataset.theme=t}catch(e){}";

/// True for `assets/name-0123456789ab.js`, as seen from any page.
fn is_asset(src: &str) -> bool {
    let file = src
        .split_once("assets/")
        .filter(|(before, _)| before.bytes().all(|b| matches!(b, b'.' | b'/')));
    file.is_some_and(|(_, file)| {
        let stem = file.strip_suffix(".js").and_then(|f| f.rsplit_once('-'));
        stem.is_some_and(|(_, hash)| {
            hash.len() == 12 && hash.bytes().all(|b| b.is_ascii_hexdigit())
        })
    })
}

struct PageFaults<'a, 'f> {
    path: &'a str,
    stack: Vec<&'a str>,
    redirect: bool,
    headings: Vec<u8>,
    faults: &'f mut Vec<String>,
}

impl<'a> PageFaults<'a, '_> {
    fn fault(&mut self, words: String) {
        self.faults.push(format!("{}: {words}", self.path));
    }

    fn token<'t>(&mut self, token: &'t Token<'a>) -> &'t [(&'a str, String)] {
        match token {
            Token::Open(name, attributes) => {
                self.open(name);
                let value = |wanted: &str| attributes.iter().find(|(name, _)| *name == wanted);
                match *name {
                    // Scripts are files of the site with their hash in their name, and one known line.
                    "script" if value("src").is_some_and(|(_, src)| !is_asset(src)) => {
                        self.fault("a script from elsewhere".to_owned());
                    }
                    "form" if value("data-fill").is_none() && value("action").is_none() => {
                        self.fault("a form that goes nowhere".to_owned());
                    }
                    _ => {}
                }
                let handlers = attributes
                    .iter()
                    .filter(|(name, _)| name.starts_with("on") || *name == "style");
                for (name, _) in handlers {
                    self.fault(format!("an attribute `{name}`"));
                }
                attributes
            }
            Token::Close(name) => {
                if self.stack.last() == Some(name) {
                    self.stack.pop();
                } else {
                    self.fault(format!(
                        "</{name}> ends <{}>",
                        self.stack.last().unwrap_or(&"nothing")
                    ));
                }
                &[]
            }
            Token::Text(text) => {
                if self.stack.last() == Some(&"script") && text.trim() != BOOT {
                    self.fault(format!("an inline script: {text}"));
                }
                &[]
            }
        }
    }

    fn open(&mut self, name: &'a str) {
        if BLOCKS.contains(&name) && self.stack.contains(&"p") {
            self.fault(format!("<{name}> stands in a paragraph"));
        }
        if name == "a" && self.stack.contains(&"a") {
            self.fault("a link stands in a link".to_owned());
        }
        if matches!(name, "iframe" | "object" | "embed" | "base" | "style") {
            self.fault(format!("an element <{name}>"));
        }
        let parent = self.stack.last().copied().unwrap_or("");
        let fits = match name {
            "li" => matches!(parent, "ul" | "ol"),
            "tr" => matches!(parent, "thead" | "tbody" | "tfoot" | "table"),
            "td" | "th" => parent == "tr",
            _ => {
                !matches!(parent, "ul" | "ol" | "tr" | "thead" | "tbody" | "table")
                    || matches!(name, "thead" | "tbody" | "tfoot")
            }
        };
        if !fits {
            self.fault(format!("<{name}> stands in <{parent}>"));
        }
        if let Some(level) = name.strip_prefix('h').and_then(|n| n.parse::<u8>().ok()) {
            if self.headings.last().is_some_and(|before| level > before + 1) {
                self.fault(format!("<{name}> skips a level"));
            }
            self.headings.push(level);
        }
        if !VOID.contains(&name) {
            self.stack.push(name);
        }
    }

    fn end(&mut self) {
        let n = self.headings.iter().filter(|level| **level == 1).count();
        if n != 1 && !self.redirect {
            self.fault(format!("{n} headings of level 1"));
        }
        if !self.stack.is_empty() {
            self.fault(format!("{:?} never ends", self.stack));
        }
    }
}

/// Says why a link of a page leads nowhere; `None` where it leads somewhere or out of the site.
fn dead(
    files: &Files,
    ids: &BTreeMap<&str, BTreeSet<String>>,
    page: &str,
    link: &str,
) -> Option<&'static str> {
    // An address as the browser parses it: scheme first, white space and control characters gone.
    let bare: String = link
        .trim_matches(|c: char| c <= ' ')
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .collect();
    let scheme = bare.split_once(':').map(|(s, _)| s.to_ascii_lowercase());
    if let Some(scheme) = scheme.filter(|s| !s.contains(['/', '?', '#', '.'])) {
        let allowed = matches!(scheme.as_str(), "http" | "https" | "mailto" | "tel")
            || bare.starts_with("data:image/svg+xml,");
        return (!allowed).then_some("has a scheme that is not allowed");
    }
    if bare.starts_with("//") || bare.starts_with('\\') {
        return Some("leaves the site without a scheme");
    }
    let (path, fragment) =
        bare.split_once('#').map_or((bare.as_str(), None), |(p, f)| (p, Some(f)));
    let path = path.split('?').next().unwrap_or("");
    if path.starts_with('/') {
        // 404.html is shown at any address.
        return (page != "404.html").then_some("is not relative");
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    if !path.is_empty() {
        parts.pop();
        for part in path.split('/') {
            match part {
                "." => {}
                ".." if parts.is_empty() => return Some("leaves the site"),
                ".." => {
                    parts.pop();
                }
                other => parts.push(other),
            }
        }
        if path.ends_with('/') || path == "." || path == ".." {
            parts.retain(|p| !p.is_empty());
            parts.push("index.html");
        }
    }
    let target = opslore::text::path::percent_decode(&parts.join("/"));
    if !files.contains_key(&target) {
        return Some("leads to no file");
    }
    let fragment = fragment.filter(|f| !f.is_empty() && target.ends_with(".html"))?;
    let fragment = opslore::text::path::percent_decode(fragment);
    let known = ids.get(target.as_str()).is_some_and(|ids| ids.contains(&fragment));
    (!known).then_some("leads to no id")
}

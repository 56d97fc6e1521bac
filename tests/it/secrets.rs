//! A secret for every rule, made of its expression, goes in: no byte of what comes out has it, and each is named.

use std::fmt::Write as _;

use aho_corasick::AhoCorasick;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

use crate::support::{Ran, Temp, build, run, tree};

/// Secrets of each rule.
const OF_EACH: usize = 3;

/// Bytes of a secret that no output may have. What all secrets of a rule begin with is shorter or has its words.
const PIECE: usize = 12;

/// The rules, as the program reads them: name, words, expression.
fn rules() -> Vec<(String, Vec<String>, String)> {
    let table = include_str!("../../src/secret/gitleaks.txt");
    let mut rules: Vec<(String, Vec<String>, String)> = Vec::new();
    for line in table.lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match (word, rules.last_mut()) {
            ("rule", _) => rules.push((rest.to_owned(), Vec::new(), String::new())),
            ("keys", Some(rule)) => rule.1 = rest.split(' ').map(str::to_owned).collect(),
            ("find", Some(rule)) => rule.2 = rest.to_owned(),
            _ => {}
        }
    }
    rules.remove(0);
    rules
}

/// Random numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % n as u64).unwrap()
    }
}

/// A text that an expression matches, and the places of its groups.
#[derive(Default)]
struct Made {
    text: String,
    groups: Vec<(usize, usize)>,
}

impl Made {
    /// The longest group, or all.
    fn value(&self) -> &str {
        let longest = self.groups.iter().max_by_key(|(start, end)| end - start);
        longest.map_or(&self.text, |(start, end)| &self.text[*start..*end])
    }

    fn add(&mut self, hir: &Hir, dice: &mut Dice) {
        match hir.kind() {
            HirKind::Empty => {}
            // What stands before it may not be a part of a word.
            HirKind::Look(look) => {
                if matches!(look, Look::WordAscii) && self.text.ends_with(char::is_alphanumeric) {
                    self.text.push(' ');
                }
            }
            HirKind::Literal(literal) => {
                self.text.push_str(std::str::from_utf8(&literal.0).unwrap());
            }
            HirKind::Class(class) => self.text.push(letter(class, true, dice)),
            HirKind::Repetition(repeated) => {
                let most = repeated.max.map_or(repeated.min + 8, |max| max.min(repeated.min + 8));
                let n = repeated.min as usize + dice.below((most - repeated.min) as usize + 1);
                for _ in 0..n {
                    match repeated.sub.kind() {
                        HirKind::Class(class) => self.text.push(letter(class, false, dice)),
                        _ => self.add(&repeated.sub, dice),
                    }
                }
            }
            HirKind::Capture(capture) => {
                let start = self.text.len();
                self.add(&capture.sub, dice);
                self.groups.push((start, self.text.len()));
            }
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.add(part, dice)),
            HirKind::Alternation(parts) => {
                let part = &parts[dice.below(parts.len())];
                self.add(part, dice);
            }
        }
    }
}

/// A letter of a class: one that can be seen where there is any, and no mark of markdown where there are others.
fn letter(class: &Class, alone: bool, dice: &mut Dice) -> char {
    let ranges: Vec<(u32, u32)> = match class {
        Class::Bytes(class) => {
            class.iter().map(|r| (u32::from(r.start()), u32::from(r.end()))).collect()
        }
        Class::Unicode(class) => {
            class.iter().map(|r| (u32::from(r.start()), u32::from(r.end()))).collect()
        }
    };
    let all =
        || ranges.iter().flat_map(|(from, to)| *from..=(*to).min(0x7e)).filter_map(char::from_u32);
    // Any byte of a line: a dot that nobody escaped.
    if alone && ranges == [(0, 9), (11, 255)] {
        return '.';
    }
    let choices =
        |wanted: &dyn Fn(char) -> bool| all().filter(|c| wanted(*c)).collect::<Vec<char>>();
    let letters = [
        choices(&|c| c.is_ascii_alphanumeric()),
        choices(&|c| c == ' '),
        choices(&|c| c.is_ascii_graphic()),
        choices(&|_| true),
    ];
    let letters = letters.iter().find(|letters| !letters.is_empty()).unwrap();
    letters[dice.below(letters.len())]
}

/// Whether the text has one of the words near which its rule looks.
fn has_word(text: &str, words: &[String]) -> bool {
    let lower = text.to_lowercase();
    words.iter().any(|word| lower.contains(word))
}

#[test]
fn no_secret_of_any_rule_is_in_any_byte() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut pages: Vec<(String, String)> = Vec::new();
    let mut pieces: Vec<String> = Vec::new();
    for (name, words, pattern) in rules() {
        // A parser keeps the flags of the last expression.
        let mut parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
        let hir = parser.parse(&pattern).unwrap();
        for n in 0..OF_EACH {
            let made = std::iter::repeat_with(|| {
                let mut made = Made::default();
                made.add(&hir, &mut dice);
                made
            });
            // Some expressions match a value that is empty.
            let is_value = |made: &Made| {
                made.value().len() >= 8
                    && !["\"\"", "''", "{{"].iter().any(|p| made.text.contains(p))
            };
            let made = made.take(200).find(is_value).expect(&name);
            let word = if has_word(&made.text, &words) { "it" } else { &words[0] };
            let text = format!("# Page {name} {n}\n\nUse {word}:\n\n```\n{}\n```\n", made.text);
            // Long enough to be told from other words, and not what tells the rule from others.
            let is_secret = |piece: &&str| {
                piece.bytes().filter(u8::is_ascii_alphanumeric).count() >= PIECE - 2
                    && piece.bytes().all(|b| b.is_ascii_graphic())
                    && !words.iter().any(|word| overlap(&piece.to_lowercase(), word))
            };
            // Whose address it is may be read.
            let is_address = made.value().to_lowercase().starts_with("http");
            let host = made.value().match_indices('/').nth(2).filter(|_| is_address);
            let value = &made.value()[host.map_or(0, |(at, _)| at + 1)..];
            let windows = value.as_bytes().windows(PIECE);
            let of_value = windows.filter_map(|w| std::str::from_utf8(w).ok());
            pieces.extend(of_value.filter(is_secret).map(str::to_owned));
            pages.push((format!("{name}-{n}.md"), text));
        }
    }
    assert!(pages.len() > 600 && pieces.len() > 5_000, "{} {}", pages.len(), pieces.len());
    let texts: Vec<(&str, &str)> = pages.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
    let built = build(&texts);
    let is_named = |path: &str| {
        let mut lines = built.findings.lines().filter_map(|line| line.strip_prefix(path));
        lines.any(|rest| ["OL506", "OL507", "OL508"].iter().any(|code| rest.contains(code)))
    };
    let mut faults = String::new();
    for (path, text) in pages.iter().filter(|(path, _)| !is_named(path)) {
        writeln!(faults, "{path} is not named:\n{text}").unwrap();
    }
    let search = AhoCorasick::new(&pieces).unwrap();
    let printed = [("findings".to_owned(), built.findings.clone().into_bytes())];
    for (path, bytes) in built.files.iter().chain(printed.iter().map(|(p, b)| (p, b))) {
        if let Some(found) = search.find(bytes) {
            let piece = &pieces[found.pattern().as_usize()];
            writeln!(faults, "{path} holds {piece}").unwrap();
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// Whether a piece of a value has a word of its rule in it, or the end of one at its start.
fn overlap(piece: &str, word: &str) -> bool {
    piece.contains(word) || word.contains(piece)
}

/// What a run printed.
fn said(ran: &Ran) -> String {
    format!("{}{}", ran.stdout, ran.stderr)
}

#[test]
fn attachments_are_published_without_their_secrets() {
    let token = format!("gh{}", "p_R4nd0mV4lu3Th4tN0b0dyUs3s1234567AbCd");
    let site = Temp::with(&[
        ("a.md", "# A\n\n[log](job.log) ![plan](plan.svg) [table](t.csv)\n"),
        ("job.log", &format!("token {token}\n")),
        (
            "plan.svg",
            &format!("<svg xmlns=\"http://www.w3.org/2000/svg\"><!-- {token} --></svg>\n"),
        ),
        ("t.csv", "a,b\n"),
    ]);
    // The second run finds that nothing changed, and says the same.
    for _ in 0..2 {
        let said = said(&run(site.path(), &["build", ".", "-o", "out"]));
        assert!(said.contains("from `job.log`") && said.contains("from `plan.svg`"), "{said}");
        assert!(!said.contains(&token[4..]), "{said}");
    }
    for (path, bytes) in tree(&site.join("out")) {
        assert!(!String::from_utf8_lossy(&bytes).contains(&token[4..]), "{path}");
    }
}

#[test]
fn the_site_file_holds_no_secret() {
    let line = "url_templates: {logs: 'https://ops:hunter2x@logs.internal/'}\n";
    let site = Temp::with(&[("a.md", "# A\n"), ("opslore.yaml", line)]);
    let ran = run(site.path(), &["check", "."]);
    assert_eq!(ran.code, Some(2));
    assert!(said(&ran).contains("1:36: a secret (`password-in-url`)"), "{}", said(&ran));
    assert!(!said(&ran).contains("hunter2x"), "{}", said(&ran));
    let allowed = format!("{line}secrets: {{allow: [hunter2x]}}\n");
    let site = Temp::with(&[("a.md", "# A\n"), ("opslore.yaml", &allowed)]);
    assert_eq!(run(site.path(), &["check", "."]).code, Some(0));
}

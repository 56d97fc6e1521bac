//! What a runbook names beside it: files, targets of `make` and alerts that are there no more.
//!
//! A name is judged only where its repository shows that such things live there; what is not sure is silent.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crate::code::languages::{Language, language};
use crate::code::promql::{Dialect, lex_query};
use crate::code::token::TokenKind;
use crate::code::{lex_console, lex_shell};
use crate::diag::{Code, Finding, Place};
use crate::discover;
use crate::link::Site;
use crate::model::document::{Detail, Doc};
use crate::parse::tree::{CodeBlock, Kind};
use crate::text::date::Day;
use crate::text::par;
use crate::text::path::join;
use crate::text::source::RepositoryId;
use crate::text::span::Span;

/// Commands whose first argument is a file that they run.
const RUNNERS: [&str; 8] = ["bash", "sh", "zsh", "source", ".", "python", "python3", "ruby"];

/// What a `Makefile` may be called.
const MAKEFILES: [&str; 3] = ["Makefile", "makefile", "GNUmakefile"];

/// Letters in which an alert's name may differ from the one that was meant.
const NEAR: usize = 2;

pub(crate) fn check(site: &Site, _today: Day, findings: &mut Vec<Finding>) {
    let there = There::new(site);
    let documents = site.catalog.documents.iter();
    let runbooks: Vec<&Doc> =
        documents.filter(|doc| matches!(doc.detail, Detail::Runbook(_))).collect();
    for mut found in par::map(&runbooks, |doc| there.look_for(doc)) {
        findings.append(&mut found);
    }
}

/// What is there, to be asked by name.
struct There<'a> {
    site: &'a Site,
    /// Paths by repository and the file's name, where one file has it.
    by_name: BTreeMap<(RepositoryId, &'a str), Option<&'a str>>,
    /// Alerts by the first letters of their names.
    alerts: BTreeMap<String, Vec<&'a str>>,
    /// Metrics that expressions of alerts have.
    metrics: BTreeSet<String>,
    /// The metric that a name was meant to be, once it was asked for.
    near_metrics: Mutex<BTreeMap<String, Option<String>>>,
    /// Targets by the path of the `Makefile`; `None` where it may have others than can be read in it.
    makefiles: Mutex<BTreeMap<String, Option<Vec<String>>>>,
}

impl<'a> There<'a> {
    fn new(site: &'a Site) -> Self {
        let mut by_name: BTreeMap<(RepositoryId, &str), Option<&str>> = BTreeMap::new();
        let texts = site.sources.files.iter().map(|file| file.path.as_str());
        for path in texts.chain(site.sources.assets.keys().map(String::as_str)) {
            let name = path.rsplit('/').next().unwrap_or(path);
            let of_name = by_name.entry((repository_of(site, path), name));
            of_name.and_modify(|only| *only = None).or_insert(Some(path));
        }
        let mut alerts: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (name, _) in site.catalog.alerts.iter().filter(|(_, rules)| !rules.is_empty()) {
            alerts.entry(first_letters(name)).or_default().push(name);
        }
        let (rules, recordings) = (&site.catalog.rules, &site.catalog.recordings);
        let raised = rules.iter().filter_map(|rule| rule.expr.as_deref());
        let recorded = recordings.iter().filter_map(|recording| recording.expr.as_deref());
        let named = recordings.iter().map(|recording| recording.name.as_str());
        let metrics = raised.chain(recorded).flat_map(metrics_of).chain(named);
        let metrics = metrics.map(str::to_owned).collect();
        let (near_metrics, makefiles) = Default::default();
        Self { site, by_name, alerts, metrics, near_metrics, makefiles }
    }

    /// What a runbook names and what is not there.
    fn look_for(&self, doc: &Doc) -> Vec<Finding> {
        let mut findings = Vec::new();
        let text = &*self.site.source(doc).text;
        for node in &doc.tree.nodes {
            match &node.kind {
                Kind::InlineCode(words) => {
                    let words = words.of(text).trim();
                    if let Some(targets) = words.strip_prefix("make ") {
                        self.targets(doc, node.span, targets, &mut findings);
                    } else {
                        self.path(doc, node.span, words, &mut findings);
                        self.alert(doc, node.span, words, &mut findings);
                        self.metric(doc, node.span, words, &mut findings);
                    }
                }
                Kind::Code(block) => self.commands(doc, node.span, block, text, &mut findings),
                _ => {}
            }
        }
        findings
    }

    /// Looks at the commands of a shell block. One that goes elsewhere first says nothing of this repository.
    fn commands(
        &self,
        doc: &Doc,
        span: Span,
        block: &CodeBlock,
        text: &str,
        findings: &mut Vec<Finding>,
    ) {
        let code: &str = &block.code;
        if language(block.label(text).0) == Language::PromQl {
            for name in metrics_of(code) {
                self.metric(doc, span, name, findings);
            }
            return;
        }
        let tokens = match language(block.label(text).0) {
            Language::Shell => lex_shell(code),
            Language::Console => lex_console(code),
            _ => return,
        };
        let commands = tokens.into_iter().filter(|token| token.kind == TokenKind::Command);
        let commands: Vec<(&str, &str)> = commands
            .map(|token| {
                let line = code[token.end as usize..].lines().next().unwrap_or_default();
                let end = line.find(['|', ';', '&', '<', '>', '#', ')']).unwrap_or(line.len());
                (token.of(code).trim(), &line[..end])
            })
            .collect();
        if commands.iter().any(|(name, rest)| {
            matches!(*name, "cd" | "pushd" | "ssh" | "docker")
                || (*name == "git" && rest.contains("clone"))
        }) {
            return;
        }
        for (name, rest) in commands {
            let mut arguments = rest.split_whitespace();
            if name == "make" {
                self.targets(doc, span, rest, findings);
            } else if RUNNERS.contains(&name) {
                if let Some(file) = arguments.next() {
                    self.path(doc, span, file, findings);
                }
            } else {
                self.path(doc, span, name, findings);
                let file = arguments.skip_while(|word| *word != "-f").nth(1);
                if let Some(file) = file.filter(|_| name == "kubectl") {
                    self.path(doc, span, file, findings);
                }
            }
        }
    }

    /// A file that is not there, although the folder is, or although a file of this name is elsewhere.
    fn path(&self, doc: &Doc, span: Span, word: &str, findings: &mut Vec<Finding>) {
        let Some(path) = repository_path(word) else { return };
        let source = self.site.source(doc);
        let repository = self.site.sources.repository(source.repository);
        let bases = [repository.prefix.trim_end_matches('/'), source.folder()];
        let full = bases.map(|base| join(base, path).unwrap_or_default());
        if full.iter().any(|full| self.has(full)) {
            return;
        }
        let first = path.split('/').next().unwrap_or_default();
        let has_folder = |folder: &str| self.site.sources.folders.contains(folder);
        let is_near = |(base, full): (&&str, &String)| {
            let parent = full.rsplit_once('/').map_or("", |(parent, _)| parent);
            join(base, first).is_some_and(|first| has_folder(&first)).then(|| has_folder(parent))
        };
        let known: Vec<bool> = bases.iter().zip(&full).filter_map(is_near).collect();
        let name = path.rsplit('/').next().unwrap_or(path);
        let moved = self.by_name.get(&(source.repository, name)).copied();
        if known.is_empty() || !(known.contains(&true) || moved.is_some()) {
            return;
        }
        let finding = Finding::new(
            Code::MissingPath,
            self.place(doc, span, word),
            format!("there is no file `{path}` in `{}`", repository.name),
        );
        findings.push(match moved.flatten() {
            Some(moved) => {
                let inside = moved.strip_prefix(&repository.prefix).unwrap_or(moved);
                finding.hint(format!("did you mean `{inside}`?"))
            }
            None => finding.hint("name the file as it is called now, or take the step out"),
        });
    }

    fn has(&self, path: &str) -> bool {
        let config = &self.site.config;
        let sources = &self.site.sources;
        sources.by_path(path).is_some()
            || sources.assets.contains_key(path)
            || sources.folders.contains(path)
            // What is left out is not known to be gone.
            || config.ignore.is_match(path)
            || config.sources.iter().any(|source| {
                path.strip_prefix(&source.prefix).is_some_and(|inside| source.ignore.is_match(inside))
            })
    }

    /// Targets that the `Makefile` beside the runbook, or at the top of its repository, does not have.
    fn targets(&self, doc: &Doc, span: Span, words: &str, findings: &mut Vec<Finding>) {
        let is_plain = |word: &str| {
            word.starts_with(|c: char| c.is_ascii_alphabetic())
                && word
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/'))
        };
        let words: Vec<&str> = words.split_whitespace().collect();
        // With an option it may be another file's target or an argument of the option.
        if words.iter().any(|word| word.starts_with('-') || !(is_plain(word) || word.contains('=')))
        {
            return;
        }
        let source = self.site.source(doc);
        let prefix = self.site.sources.repository(source.repository).prefix.trim_end_matches('/');
        let files: Vec<String> = [source.folder(), prefix]
            .iter()
            .flat_map(|folder| MAKEFILES.iter().filter_map(|name| join(folder, name)))
            .filter(|path| self.site.sources.assets.contains_key(path))
            .collect();
        let mut known = Vec::new();
        for file in &files {
            let site = self.site;
            let mut makefiles = self.makefiles.lock().unwrap_or_else(PoisonError::into_inner);
            let targets = makefiles.entry(file.clone()).or_insert_with(|| {
                let read =
                    discover::read_asset(&site.config, file, site.sources.assets.get(file)?)?;
                targets_of(&String::from_utf8_lossy(&read.bytes))
            });
            let Some(targets) = targets else { return };
            known.extend(targets.iter().cloned());
        }
        if files.is_empty() {
            return;
        }
        for target in words.iter().filter(|word| is_plain(word) && !word.contains('=')) {
            if !known.iter().any(|known| known == target) {
                let message = format!("`{}` has no target `{target}`", files[0]);
                let near = crate::text::nearest::nearest(target, known.iter().map(String::as_str));
                let finding =
                    Finding::new(Code::MissingTarget, self.place(doc, span, target), message);
                findings.push(match near {
                    Some(_) => finding.nearest(near),
                    None => finding.hint("`make -qp` lists the targets there are"),
                });
            }
        }
    }

    /// A name written as code that no rule raises, a letter or two from one that a rule does.
    fn alert(&self, doc: &Doc, span: Span, word: &str, findings: &mut Vec<Finding>) {
        let humps = word.as_bytes().windows(2);
        let humps =
            humps.filter(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase()).count();
        let is_name = word.len() >= 8
            && word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.bytes().all(|b| b.is_ascii_alphanumeric());
        if !is_name || humps < 1 || self.site.catalog.alerts.contains_key(word) {
            return;
        }
        let alike = self.alerts.get(&first_letters(word));
        let near = alike.into_iter().flatten().find(|name| differs_little(word, name));
        if let Some(near) = near {
            let message = format!("no rule raises `{word}`");
            findings.push(
                Finding::new(Code::UnknownAlert, self.place(doc, span, word), message)
                    .nearest(Some(near)),
            );
        }
    }

    /// A metric that no rule has, a letter or two in one of its words from one that a rule has.
    fn metric(&self, doc: &Doc, span: Span, word: &str, findings: &mut Vec<Finding>) {
        if !is_metric(word) || self.metrics.contains(word) {
            return;
        }
        let metrics = &self.metrics;
        let mut asked = self.near_metrics.lock().unwrap_or_else(PoisonError::into_inner);
        let near = asked.entry(word.to_owned()).or_insert_with(|| {
            let start: String = word.chars().take(4).collect();
            let same_start = metrics.range(start.clone()..).take_while(|m| m.starts_with(&start));
            same_start.into_iter().find(|known| is_slip(word, known)).cloned()
        });
        let near = near.clone();
        drop(asked);
        if let Some(near) = near {
            let message = format!("no rule has `{word}`");
            let finding = Finding::new(Code::UnknownMetric, self.place(doc, span, word), message);
            findings.push(finding.nearest(Some(near.as_str())));
        }
    }

    /// Where a word stands in a piece of code.
    fn place(&self, doc: &Doc, span: Span, word: &str) -> Place {
        let text = span.of(&self.site.source(doc).text);
        let start = span.start as usize + text.find(word).unwrap_or_default();
        let end = if text.contains(word) { start + word.len() } else { span.end as usize };
        Place::new(doc.source, Span::new(start, end))
    }
}

/// The metrics of a query: what is no label, function, string or word of the language.
fn metrics_of(query: &str) -> Vec<&str> {
    let tokens = lex_query(query, Dialect::PromQl).into_iter();
    let texts = tokens.filter(|token| token.kind == TokenKind::Text).map(|token| token.of(query));
    let is_inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
    texts
        .flat_map(|text| text.split(move |c| !is_inside(c)))
        .filter(|word| is_metric(word))
        .collect()
}

/// True for what can be the name of a metric and little else: words joined by `_` or `:`.
fn is_metric(word: &str) -> bool {
    let inside = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b':');
    word.len() >= 8
        && word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.contains(['_', ':'])
        && word.bytes().all(inside)
}

/// Whether one long word of a metric's name is written with other letters: short words and numbers tell metrics apart.
fn is_slip(a: &str, b: &str) -> bool {
    let words = |name: &str| name.split(['_', ':']).map(str::to_owned).collect::<Vec<_>>();
    let (a, b) = (words(a), words(b));
    let mut other = a.iter().zip(&b).filter(|(a, b)| a != b);
    let (Some((a_word, b_word)), None) = (other.next(), other.next()) else { return false };
    let letters = |word: &str| word.len() >= 5 && word.bytes().all(|b| b.is_ascii_lowercase());
    a.len() == b.len() && letters(a_word) && letters(b_word) && differs_little(a_word, b_word)
}

/// The repository whose folder a path is in.
fn repository_of(site: &Site, path: &str) -> RepositoryId {
    let all = site.sources.repositories.iter().enumerate();
    let of_path = all.filter(|(_, repository)| path.starts_with(&repository.prefix));
    let nearest = of_path.max_by_key(|(_, repository)| repository.prefix.len());
    RepositoryId(nearest.map_or(0, |(n, _)| n as u32))
}

/// The path that a word is, where it can be one of a file in a repository: `scripts/failover.sh`.
fn repository_path(word: &str) -> Option<&str> {
    let path = word.strip_prefix("./").unwrap_or(word);
    let (folders, name) = path.rsplit_once('/')?;
    let (stem, ending) = name.rsplit_once('.')?;
    let is_plain =
        path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'/'));
    let is_ending = (1..=5).contains(&ending.len())
        && ending.bytes().all(|b| b.is_ascii_alphanumeric())
        && ending.starts_with(|c: char| c.is_ascii_alphabetic());
    // Hidden folders are not walked, and the name of a host has a dot.
    let are_folders = folders.split('/').all(|part| !part.is_empty() && !part.starts_with('.'))
        && !folders.split('/').next().is_some_and(|first| first.contains('.'));
    (is_plain && is_ending && are_folders && !stem.is_empty()).then_some(path)
}

/// Targets of a `Makefile`; `None` where it includes others or makes some up.
fn targets_of(text: &str) -> Option<Vec<String>> {
    let mut targets = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with(['\t', '#', ' '])) {
        if ["include ", "-include ", "sinclude "].iter().any(|word| line.starts_with(word)) {
            return None;
        }
        let Some((names, rest)) = line.split_once(':') else { continue };
        if rest.starts_with(['=', ':']) || names.contains('=') {
            continue;
        }
        if names.contains(['%', '$']) {
            return None;
        }
        let list = if names.trim() == ".PHONY" { rest } else { names };
        targets.extend(list.split_whitespace().map(str::to_owned));
    }
    Some(targets)
}

fn first_letters(name: &str) -> String {
    name.chars().take(4).collect::<String>().to_ascii_lowercase()
}

/// Whether two names are one but for a few letters at one place, or for their case.
fn differs_little(a: &str, b: &str) -> bool {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let rest = a.len().min(b.len()) - same;
    let tail = a.bytes().rev().zip(b.bytes().rev()).take(rest).take_while(|(a, b)| a == b).count();
    a.len().max(b.len()) - same - tail <= NEAR
}

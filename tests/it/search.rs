//! The search: the scoreboard over real runbooks, the table that both languages share, odd input.
//!
//! `OPSLORE_SEED=7 cargo test --test it search -- --nocapture` prints the scoreboard of another generated set.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use opslore::config::Config;
use opslore::index::query::{Hit, Search};
use opslore::index::records::{Record, records};
use opslore::index::tokens::tokens;
use opslore::link::Site;
use opslore::pipeline::{self, Times};
use opslore::text::date::Day;
use serde_json::Value;

use crate::support::{TODAY, no_clock, package};

/// Queries of each generated category.
const EACH: usize = 150;

/// Least share of right first answers in every category.
const LEAST: f64 = 0.90;

/// Files of a search by name.
type Files = BTreeMap<String, String>;

/// Opens a search in memory.
fn open(files: &Files) -> Search<'_> {
    Search::new(Box::new(|name| files.get(name).cloned())).unwrap()
}

fn index(site: &Site) -> Files {
    let files = opslore::index::index(site).unwrap();
    let text = |(path, bytes): (String, Vec<u8>)| {
        let name = path.strip_prefix("search/").unwrap().strip_suffix(".js").unwrap().to_owned();
        (name, String::from_utf8(bytes).unwrap())
    };
    files.into_iter().map(text).collect()
}

/// Folder of what the specification hands over, where it is at hand.
fn shared() -> Option<PathBuf> {
    let corpora = std::env::var_os("OPSLORE_CORPORA")
        .map_or_else(|| package().join("../shared/corpora"), PathBuf::from);
    let folder = corpora.parent()?.to_owned();
    corpora.join("one-organization").is_dir().then_some(folder)
}

fn corpus(folder: &Path) -> Site {
    let text = "sources:\n  - path: alert-runbooks\n  - path: one-organization\n";
    let config = Config::parse(&folder.join("corpora"), text).unwrap();
    let today = Day::parse(TODAY).unwrap();
    pipeline::analyse(config, None, today, &no_clock, &mut Times::default()).unwrap().0
}

/// A query, its category, and the files or pages of which any is right.
struct Question {
    category: String,
    query: String,
    right: BTreeSet<String>,
}

fn written(folder: &Path) -> Vec<Question> {
    let text = fs::read_to_string(folder.join("search/queries.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let one = |q: &Value| Question {
        category: q["category"].as_str().unwrap().to_owned(),
        query: q["query"].as_str().unwrap().to_owned(),
        right: q["expected"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f.as_str().unwrap().to_owned())
            .collect(),
    };
    all["queries"].as_array().unwrap().iter().map(one).collect()
}

/// Numbers that look random and are the same for the same seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }
}

/// Queries made from the names of pages and from the error lines of their code.
fn generated(records: &[Record], seed: u64) -> Vec<Question> {
    let mut dice = Dice(seed);
    let mut names: BTreeMap<String, (String, BTreeSet<String>)> = BTreeMap::new();
    for record in records.iter().filter(|r| !r.stub) {
        for (name, _) in record.heads.iter().filter(|(_, weight)| *weight >= 1.0) {
            let joined = tokens(name).words.concat();
            let entry = names.entry(joined).or_insert_with(|| (name.clone(), BTreeSet::new()));
            entry.1.insert(record.url.clone());
        }
    }
    let with = |is: &dyn Fn(&str) -> bool| -> BTreeSet<String> {
        let found = names.iter().filter(|(joined, _)| is(joined));
        found.flat_map(|(_, (_, urls))| urls.clone()).collect()
    };
    let usable: Vec<&(String, BTreeSet<String>)> = names
        .values()
        .filter(|(name, _)| {
            let words = tokens(name).words;
            let plain = words.iter().all(|w| w.bytes().all(|b| b.is_ascii_alphanumeric()));
            let long = words.iter().any(|w| w.len() >= 5);
            plain && long && (2..=8).contains(&words.len()) && words.concat().len() <= 48
        })
        .collect();
    let mut out = Vec::new();
    let mut ask = |category: &str, query: String, right: BTreeSet<String>| {
        out.push(Question { category: category.to_owned(), query, right });
    };
    for _ in 0..EACH {
        let (name, right) = usable[dice.roll(usable.len())];
        let words = tokens(name).words;
        let joined = words.concat();
        ask("gen exact", name.clone(), right.clone());
        ask("gen apart", words.join(" "), right.clone());
        ask("gen joined", joined.clone(), right.clone());
        ask("gen kebab", words.join("-"), right.clone());
        let longest = (0..words.len()).max_by_key(|n| words[*n].len()).unwrap();
        let mut wrong = words.clone();
        wrong[longest] = typo(&words[longest], &mut dice);
        ask("gen typo apart", wrong.join(" "), right.clone());
        let camel = wrong.iter().map(|w| w[..1].to_uppercase() + &w[1..]).collect::<String>();
        ask("gen typo camel", camel, right.clone());
        let tail = words[1 + dice.roll(words.len().max(3) - 2)..].concat();
        if words.len() > 2 && tail.len() >= 5 {
            ask("gen tail", tail.clone(), with(&|j| j.ends_with(&tail)));
        }
        let prefix: String = joined.chars().take(joined.len() * 7 / 10).collect();
        if prefix.len() >= 4 {
            ask("gen prefix", prefix.clone(), with(&|j| j.starts_with(&prefix)));
        }
    }
    let telling = ["error", "fail", "fatal", "exception", "denied", "refused", "timeout", "panic"];
    let code: Vec<(&Record, Vec<String>)> = records
        .iter()
        .flat_map(|r| r.sections.iter().flat_map(move |s| s.code.iter().map(move |line| (r, line))))
        .filter(|(_, line)| telling.iter().any(|t| line.to_lowercase().contains(t)))
        .map(|(r, line)| (r, line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()))
        .filter(|(_, words)| {
            let letters =
                words.iter().filter(|w| w.chars().filter(|c| c.is_alphabetic()).count() > 2);
            words.len() >= 7 && letters.count() >= 7
        })
        .collect();
    let texts: Vec<(&str, String)> = records
        .iter()
        .map(|r| {
            let lines = r.sections.iter().flat_map(|s| s.code.iter().chain(&s.text));
            let words: Vec<String> = lines.flat_map(|l| tokens(l).words).collect();
            (r.url.as_str(), format!(" {} ", words.join(" ")))
        })
        .collect();
    for _ in 0..EACH {
        let (record, words) = &code[dice.roll(code.len())];
        let from = dice.roll(words.len() - 6);
        let window = words[from..from + 7].join(" ");
        let plain = format!(" {} ", tokens(&window).words.join(" "));
        let mut right: BTreeSet<String> = texts
            .iter()
            .filter(|(_, text)| text.contains(&plain))
            .map(|(url, _)| (*url).to_owned())
            .collect();
        right.insert(record.url.clone());
        ask("gen error", window, right);
    }
    out
}

/// One letter dropped, doubled, changed or swapped with the next, anywhere but at the front.
fn typo(word: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = 1 + dice.roll(letters.len() - 2);
    match dice.roll(4) {
        0 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at]),
        2 => letters[at] = char::from(b'a' + dice.roll(26) as u8),
        _ => letters.swap(at, at + 1),
    }
    letters.into_iter().collect()
}

#[derive(Default)]
struct Score {
    asked: usize,
    first: usize,
    reciprocal: f64,
    none: usize,
}

impl Score {
    fn add(&mut self, hits: &[Hit], right: &BTreeSet<String>) -> Option<usize> {
        let is_right = |hit: &Hit| {
            right.contains(&hit.source) || right.contains(hit.url.split('#').next().unwrap())
        };
        let rank = hits.iter().position(is_right);
        self.asked += 1;
        self.first += usize::from(rank == Some(0));
        self.reciprocal += rank.map_or(0.0, |r| 1.0 / (r + 1) as f64);
        self.none += usize::from(hits.is_empty());
        rank
    }

    fn top(&self) -> f64 {
        self.first as f64 / self.asked.max(1) as f64
    }

    fn mrr(&self) -> f64 {
        self.reciprocal / self.asked.max(1) as f64
    }

    fn line(&self, name: &str) -> String {
        format!(
            "{name:<16} {:>5} {:>6.1} % {:.3} {:>4}",
            self.asked,
            self.top() * 100.0,
            self.mrr(),
            self.none
        )
    }
}

fn board(files: &Files, questions: &[Question]) -> (BTreeMap<String, Score>, Score) {
    let mut search = open(files);
    let mut by: BTreeMap<String, Score> = BTreeMap::new();
    let mut all = Score::default();
    let verbose = std::env::var_os("OPSLORE_MISSES").is_some();
    for question in questions {
        let answer = search.search(&question.query, 10);
        let rank = all.add(&answer.hits, &question.right);
        by.entry(question.category.clone()).or_default().add(&answer.hits, &question.right);
        if verbose && rank != Some(0) {
            println!("{} | {} | {rank:?} {:?}", question.category, question.query, answer.fixes);
            for hit in answer.hits.iter().take(3) {
                println!("    {:8.2} {} {} | {}", hit.score, hit.url, hit.source, hit.title);
            }
            println!("    wanted {:?}", question.right.iter().take(3).collect::<Vec<_>>());
        }
    }
    (by, all)
}

#[test]
fn the_scoreboard_holds() {
    let Some(folder) = shared() else {
        println!("no corpora at hand: nothing to do");
        return;
    };
    let seed = std::env::var("OPSLORE_SEED").map_or(1, |s| s.parse().unwrap());
    let site = corpus(&folder);
    let files = index(&site);
    let records = records(&site);
    println!("category          asked    top-1   MRR none");
    let mut faults = Vec::new();
    let sets = [
        ("written", written(&folder), 0.95, 0.965),
        ("generated", generated(&records, seed), 0.98, 0.99),
    ];
    for (name, questions, top, mrr) in sets {
        let (by, all) = board(&files, &questions);
        for (category, score) in &by {
            println!("{}", score.line(category));
            if score.top() < LEAST {
                faults.push(format!("{category}: {:.3}", score.top()));
            }
        }
        println!("{}", all.line(name));
        if all.top() < top || all.mrr() < mrr {
            faults.push(format!("{name}: {:.3} {:.3}", all.top(), all.mrr()));
        }
    }
    let bytes: usize = files.values().map(String::len).sum();
    println!(
        "{} pages, {} files, {bytes} bytes, root {}",
        records.len(),
        files.len(),
        files["root"].len()
    );
    assert!(faults.is_empty(), "{faults:#?}");
}

//! The search: the scoreboard over real runbooks, the table that both languages share, odd input.
//!
//! `OPSLORE_SEED=7 cargo test --test it scoreboard -- --nocapture` prints the scoreboard of another generated set,
//! `OPSLORE_MISSES=dev,headings` what stands first where it is not what was wanted.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use opslore::config::Config;
use opslore::index::query::{Hit, Search};
use opslore::index::records::{Record, Section, records};
use opslore::link::Site;
use opslore::pipeline::{self, Times};
use opslore::text::date::Day;
use opslore::text::tokens::tokens;
use opslore::text::words::is_stop;
use serde_json::Value;

use crate::support::{TODAY, corpora, no_clock, package};

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
    texts(opslore::index::index(site).unwrap())
}

fn texts(files: Vec<(String, Vec<u8>)>) -> Files {
    let text = |(path, bytes): (String, Vec<u8>)| {
        let name = path.strip_prefix("search/").unwrap().strip_suffix(".js").unwrap().to_owned();
        (name, String::from_utf8(bytes).unwrap())
    };
    files.into_iter().map(text).collect()
}

/// Writes the questions and the file of each page to the file that `OPSLORE_QUESTIONS` names: `peers/` asks
/// other engines the same.
fn dump(sets: &[(&str, Vec<Question>)], records: &[Record]) {
    let Some(file) = std::env::var_os("OPSLORE_QUESTIONS") else { return };
    let mut all = Vec::new();
    for (set, questions) in sets {
        for q in questions {
            all.push(serde_json::json!({"set": set, "category": q.category, "query": q.query,
                "right": q.right, "headings": q.headings}));
        }
    }
    let sources: BTreeMap<&str, &str> =
        records.iter().map(|r| (r.url.as_str(), r.source.as_str())).collect();
    let text = serde_json::json!({"questions": all, "sources": sources}).to_string();
    fs::write(file, text).unwrap();
}

/// Folder of what the specification hands over, where it is at hand.
fn shared() -> Option<PathBuf> {
    corpora()?.parent().map(Path::to_owned)
}

fn corpus(folder: &Path) -> Site {
    let text = "sources:\n  - path: alert-runbooks\n  - path: one-organization\n";
    let config = Config::parse(&folder.join("corpora"), text).unwrap();
    let today = Day::parse(TODAY).unwrap();
    pipeline::analyse(config, None, today, &no_clock, &mut Times::default()).unwrap().0
}

/// A query, its category, the files or pages of which any is right, and the headings where one is asked for.
struct Question {
    category: String,
    query: String,
    right: BTreeSet<String>,
    headings: BTreeSet<String>,
}

/// The queries of a list in a file, of one set where it has some.
fn written(file: &Path, list: &str, set: &str) -> Vec<Question> {
    let all: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let strings = |value: &Value| -> BTreeSet<String> {
        let all = value.as_array().into_iter().flatten();
        all.map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let one = |q: &Value| Question {
        category: q["category"].as_str().unwrap_or("heading").to_owned(),
        query: q["query"].as_str().unwrap().to_owned(),
        right: strings(&q["expected"]),
        headings: strings(&q["headings"]),
    };
    let of_set = |q: &&Value| q["set"].as_str().is_none_or(|s| s == set);
    all[list].as_array().unwrap().iter().filter(of_set).map(one).collect()
}

/// The sets of written queries: those of the specification, and ours.
fn all_written(folder: &Path) -> [(&'static str, Vec<Question>); 4] {
    let ours = package().join("tests/search/queries.json");
    [
        ("written", written(&folder.join("search/queries.json"), "queries", "")),
        ("dev", written(&ours, "queries", "dev")),
        ("test", written(&ours, "queries", "test")),
        ("headings", written(&ours, "sections", "")),
    ]
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
        let headings = BTreeSet::new();
        out.push(Question { category: category.to_owned(), query, right, headings });
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

/// Queries made from titles with headings, of which the section is wanted, and from words of one sentence.
fn from_sections(records: &[Record], seed: u64) -> Vec<Question> {
    let mut dice = Dice(seed);
    let content = |text: &str| -> Vec<String> {
        let words = tokens(text).words.into_iter();
        words.filter(|w| !is_stop(w) && !w.bytes().all(|b| b.is_ascii_digit())).collect()
    };
    let records: Vec<&Record> = records.iter().filter(|r| !r.stub).collect();
    let sections: Vec<(&Record, &Section)> = records
        .iter()
        .flat_map(|r| r.sections.iter().map(move |s| (*r, s)))
        .filter(|(_, s)| !content(&s.heading).is_empty())
        .collect();
    let mut out = Vec::new();
    while out.len() < EACH {
        let (record, section) = sections[dice.roll(sections.len())];
        let (title, heading) = (content(&record.title), content(&section.heading));
        if title.len() > 4 || heading.len() > 5 {
            continue;
        }
        let same = records.iter().filter(|r| content(&r.title) == title);
        out.push(Question {
            category: "gen heading".to_owned(),
            query: [title.join(" "), heading.join(" ")].join(" "),
            right: same.map(|r| r.url.clone()).collect(),
            headings: BTreeSet::from([section.heading.clone()]),
        });
    }
    let blocks: Vec<(&Record, Vec<String>)> = records
        .iter()
        .flat_map(|r| r.sections.iter().flat_map(move |s| s.text.iter().map(move |t| (*r, t))))
        .flat_map(|(r, t)| t.split(". ").map(move |sentence| (r, content(sentence))))
        .filter(|(_, words)| (5..=30).contains(&words.len()))
        .collect();
    for _ in 0..EACH {
        let (_, words) = &blocks[dice.roll(blocks.len())];
        let from = dice.roll(words.len() - 4);
        let mut words = words[from..from + 5].to_vec();
        words.remove(1 + dice.roll(3));
        let right = blocks.iter().filter(|(_, all)| words.iter().all(|w| all.contains(w)));
        out.push(Question {
            category: "gen sentence".to_owned(),
            right: right.map(|(r, _)| r.url.clone()).collect(),
            query: words.join(" "),
            headings: BTreeSet::new(),
        });
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
    fn add(&mut self, hits: &[Hit], question: &Question) -> Option<usize> {
        let Question { right, headings, .. } = question;
        let is_right = |hit: &Hit| {
            (right.contains(&hit.source) || right.contains(hit.url.split('#').next().unwrap()))
                && (headings.is_empty() || headings.contains(&hit.section))
        };
        let rank = hits.iter().position(is_right);
        self.asked += 1;
        self.first += usize::from(rank == Some(0));
        self.reciprocal += rank.map_or(0.0, |r| 1.0 / (r + 1) as f64);
        self.none += usize::from(hits.is_empty());
        rank
    }

    fn join(&mut self, other: &Self) {
        self.asked += other.asked;
        self.first += other.first;
        self.reciprocal += other.reciprocal;
        self.none += other.none;
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

fn board(name: &str, files: &Files, questions: &[Question]) -> (BTreeMap<String, Score>, Score) {
    let mut search = open(files);
    let mut by: BTreeMap<String, Score> = BTreeMap::new();
    let mut all = Score::default();
    let verbose = std::env::var("OPSLORE_MISSES").is_ok_and(|sets| sets.contains(name));
    for question in questions {
        let answer = search.search(&question.query, 10);
        let rank = all.add(&answer.hits, question);
        by.entry(question.category.clone()).or_default().add(&answer.hits, question);
        if verbose && rank != Some(0) {
            println!("{} | {} | {rank:?} {:?}", question.category, question.query, answer.fixes);
            for hit in answer.hits.iter().take(3) {
                println!("    {:8.2} {} {} | {}", hit.score, hit.url, hit.source, hit.title);
            }
            let wanted: Vec<_> = question.right.iter().take(3).chain(&question.headings).collect();
            println!("    wanted {wanted:?}");
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
    let mut categories: BTreeMap<String, Score> = BTreeMap::new();
    let least = |name: &str| match name {
        "generated" => (0.98, 0.99),
        "headings" => (20.0 / 21.0, 0.96),
        "sections" => (0.85, 0.9),
        _ => (0.95, 0.965),
    };
    let generated =
        [("generated", generated(&records, seed)), ("sections", from_sections(&records, seed))];
    let sets: Vec<(&str, Vec<Question>)> =
        all_written(&folder).into_iter().chain(generated).collect();
    dump(&sets, &records);
    for (name, questions) in &sets {
        let (by, all) = board(name, &files, questions);
        for (category, score) in by {
            categories.entry(category).or_default().join(&score);
        }
        println!("{}", all.line(name));
        let (top, mrr) = least(name);
        if all.top() < top || all.mrr() < mrr {
            faults.push(format!("{name}: {:.3} {:.3}", all.top(), all.mrr()));
        }
    }
    for (category, score) in &categories {
        println!("{}", score.line(category));
        // Sentences of any page are what no reader asks for: they only show what a change moves.
        if score.top() < if category == "gen sentence" { 0.75 } else { LEAST } {
            faults.push(format!("{category}: {:.3}", score.top()));
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

/// Texts whose words both languages must agree on, besides every letter that is folded.
const TEXTS: [&str; 34] = [
    "KubePodCrashLooping",
    "kube_pod-crash.looping",
    "APIDown HTTPServerErrorsHigh NodeRAIDDegraded",
    "PVCs PVCsFull IDs IDsFull s Xs",
    "pg_stat_activity.query_id = 42",
    "machineconfiguration.openshift.io/state",
    "db-primary-01.prod.example.com:5432",
    "/etc/haproxy/haproxy.cfg",
    "don't won’t 'quoted' rock 'n' roll it's",
    "ORA-00600 E1234 0x80070005 HTTP/1.1 502",
    "2026-11-22T10:11:12.123Z 10.0.3.4",
    "0123456789abcdef0123456789abcdef 12345678 123456",
    "averyveryverylongwordthatgoesonandonforeverandeverandneverends",
    "a.b.c.d.e.f.g.h.i.j.k.l.m",
    "数据库连接失败 connection refused",
    "データベース 가나다 ภาษาไทย 中",
    "x数据y abc数",
    "Straße ÆØÅ œuvre Łódź naïve İstanbul ﬁx",
    "Ünïcode ΣΊΣΥΦΟΣ Кириллица עברית العربية",
    "हिन्दी शीर्षक",
    "²½ Ⅳ ٣ 𝒳 𠮷野家 🚨 down",
    "foo--bar__baz..qux",
    "_leading -dash .dot trailing_ trailing- trailing.",
    "camelCase2Go v2Beta S3Bucket k8sNode x86_64",
    "C++ C# .NET node.js",
    "key=value k:v a@b.example a/b|c",
    "{{ $labels.instance }} ${VAR} $(cmd) `tick`",
    "tabs\tand\nlines\r\nhere\u{a0}nbsp\u{2028}sep\u{0}nul",
    "e\u{301}te\u{301} combining",
    "ABC ABc aBC aB A AB Ab",
    "ǅungla ǆ Ǆ ŉ ß ẞ",
    "１２３ ＡＢＣ ａｂｃ",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "",
];

#[test]
fn words_are_those_of_the_table() {
    let mut rows = Vec::new();
    let letters = ('\u{c0}'..='\u{24f}').chain('\u{1e00}'..='\u{1eff}');
    let letters: String = letters.flat_map(|c| [c, ' ']).collect();
    for text in TEXTS.iter().copied().chain([letters.as_str()]) {
        let found = tokens(text);
        let compounds: Vec<[usize; 2]> = found.compounds.iter().map(|c| [c.start, c.end]).collect();
        rows.push(serde_json::to_string(&(text, found.words, compounds)).unwrap());
    }
    let table = format!("[\n{}\n]\n", rows.join(",\n"));
    crate::support::golden(&package().join("tests/search/tokens.json"), &table);
}

/// Runs the script of the pages under node: what it makes of the table, and its hits for queries.
fn node(files: &Files, queries: &[String]) -> Option<Value> {
    let program = std::process::Command::new("node").arg("--version").output();
    if !program.is_ok_and(|out| out.status.success()) {
        println!("no node at hand: nothing to compare");
        return None;
    }
    let temp = crate::support::Temp::new();
    for (name, text) in files {
        temp.file(&format!("search/{name}.js"), text.as_bytes());
    }
    temp.file("queries.json", serde_json::to_string(queries).unwrap().as_bytes());
    let out = std::process::Command::new("node")
        .arg(package().join("tests/search/compare.mjs"))
        .arg(temp.path())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    Some(serde_json::from_slice(&out.stdout).unwrap())
}

fn as_node_has_them(search: &mut Search<'_>, query: &str) -> Value {
    let answer = search.search(query, 10);
    let hits: Vec<Value> = answer
        .hits
        .iter()
        .map(|h| {
            serde_json::json!([h.page, h.number, h.url, h.title, h.section, h.score.to_string()])
        })
        .collect();
    serde_json::json!([hits, answer.total, answer.fixes, answer.unknown, answer.facets])
}

/// Queries that no corpus needs to know.
const ODD: [&str; 22] = [
    "",
    " ",
    "\"",
    "the of to",
    "kind:alert",
    "kind:postmortem team:pay",
    "team:nobody down",
    "\"connection refused\"",
    "kind:runbook \"high memory\" redis",
    "k8s pg oom",
    "checkuot latncy",
    "{\"alerts\":[{\"labels\":{\"alertname\":\"KubePodCrashLooping\"}}]}",
    "数据库 连接",
    "alertname=NodeDown foo",
    "panic: runtime error\n\tat main.go:12 +0x1f\nCaused by: connection refused 10.0.0.1:80",
    "Straße ÉTÉ",
    "a",
    "kubernetes node filesystem space filling up because of docker images not garbage collected",
    "zzzz qqqq",
    "loadbalancerdown",
    "SEVERITY:critical etcd",
    "tag:x \u{0} 🚨",
];

#[test]
fn both_languages_find_the_same() {
    let (site, queries) = match shared() {
        Some(folder) => {
            let site = corpus(&folder);
            let records = records(&site);
            let written = all_written(&folder).into_iter().flat_map(|(_, questions)| questions);
            let all = written.chain(generated(&records, 2));
            (site, all.map(|q| q.query).collect::<Vec<_>>())
        }
        None => (crate::words::built(&package().join("content")).0, Vec::new()),
    };
    let queries: Vec<String> = ODD.iter().map(|q| (*q).to_owned()).chain(queries).collect();
    agree(&index(&site), &queries);
    let files = texts(opslore::index::index_naming(&site, 8).unwrap());
    let directories = files.keys().filter(|name| name.starts_with('r') && *name != "root");
    assert!(directories.count() > 0, "the root still names the files of words itself");
    agree(&files, &queries[..queries.len().min(300)]);
}

/// Whoever has typed half a word is shown what it begins, in whichever file that is.
#[test]
fn half_a_word_finds_what_it_begins() {
    let (site, _) = crate::words::built(&package().join("content"));
    let titles = records(&site).into_iter().map(|record| record.title);
    let words: BTreeSet<String> = titles.flat_map(|title| tokens(&title).words).collect();
    for most in [usize::MAX, 1] {
        let files = texts(opslore::index::index_naming(&site, most).unwrap());
        let mut search = open(&files);
        let (mut asked, mut right) = (0, 0);
        for word in words.iter().filter(|word| word.chars().all(|c| c.is_ascii_lowercase())) {
            for size in 3..word.len() {
                let answer = search.search(&word[..size], 10);
                assert!(answer.unknown.is_empty(), "{word} {size} {:?}", answer.unknown);
                asked += 1;
                let in_title = |hit: &Hit| tokens(&hit.title).words.contains(word);
                right += usize::from(answer.hits.iter().any(in_title));
            }
        }
        println!("{right} of {asked} beginnings lead to a title with the word");
        assert!(asked > 500 && right * 100 >= asked * 85, "{right} of {asked}");
    }
}

/// Asks both engines, and expects the same of them.
fn agree(files: &Files, queries: &[String]) {
    let Some(found) = node(files, queries) else { return };
    let table = fs::read_to_string(package().join("tests/search/tokens.json")).unwrap();
    let table: Value = serde_json::from_str(&table).unwrap();
    for (row, words) in table.as_array().unwrap().iter().zip(found["tokens"].as_array().unwrap()) {
        assert_eq!((&row[1], &row[2]), (&words[0], &words[1]), "{}", row[0]);
    }
    let mut search = open(files);
    let mut faults = Vec::new();
    for (query, theirs) in queries.iter().zip(found["answers"].as_array().unwrap()) {
        let ours = as_node_has_them(&mut search, query);
        if ours != *theirs {
            faults.push(format!("{query:?}\n  ours   {ours}\n  theirs {theirs}"));
        }
    }
    println!("{} queries, {}", queries.len(), found["loaded"]);
    assert!(
        faults.is_empty(),
        "{} differ\n{}",
        faults.len(),
        faults[..faults.len().min(3)].join("\n")
    );
}

#[test]
fn every_section_has_its_anchor_on_the_page() {
    let (site, files) = crate::words::built(&package().join("content"));
    let mut faults = Vec::new();
    let mut anchors = 0;
    for record in records(&site) {
        let page = &files[&format!("{}index.html", record.url)];
        let page = std::str::from_utf8(page).unwrap();
        for section in record.sections.iter().filter(|s| !s.anchor.is_empty()) {
            anchors += 1;
            if !page.contains(&format!("id=\"{}\"", section.anchor)) {
                faults.push(format!("{}#{}", record.url, section.anchor));
            }
        }
    }
    assert!(anchors > 100 && faults.is_empty(), "{anchors} anchors, missing: {faults:#?}");
}

#[test]
fn odd_queries_and_broken_files_do_no_harm() {
    let (site, _) = crate::words::built(&package().join("content"));
    let mut files = index(&site);
    for query in ODD {
        open(&files).search(query, 10);
        open(&files).search(&query.repeat(500), 0);
    }
    for (n, text) in files.values_mut().enumerate().filter(|(_, text)| !text.contains("\"root\"")) {
        match n % 3 {
            0 => text.clear(),
            1 => text.truncate(text.len() / 2),
            _ => *text = text.replace(['A', 'B', '1'], "~"),
        }
    }
    for query in ODD {
        open(&files).search(query, 10);
    }
}

/// A small site with one page for each way of asking.
fn small() -> Files {
    let texts = [
        ("opslore.yaml", "search:\n  synonyms:\n    till: [cash register, checkout]\n"),
        (
            "runbooks/PaymentsQueueStuck.md",
            "---\nalerts: [PaymentsQueueStuck]\nteam: payments\nservices: [payments]\nseverity: page\n\
             symptoms: [card payments hang]\n---\n# PaymentsQueueStuck\n\n## Meaning\n\nThe queue does not move.\n\n\
             ## Mitigation\n\nDrain the queue:\n\n```sh\npayctl drain --all\n```\n",
        ),
        (
            "runbooks/dns.md",
            "---\nteam: network\n---\n# Names do not resolve\n\n## Errors\n\n```text\n\
             dial tcp: lookup db-primary on 10.0.0.2:53: no such host\n```\n",
        ),
        ("pages/hosts.md", "# Hosts\n\nNo host is such a host as ours. There is no other.\n"),
        ("pages/shop.md", "# Checkout\n\nHow the shop sells.\n"),
        ("pages/db.md", "# 数据库连接失败\n\n重启数据库。\n"),
        (
            "runbooks/old.md",
            "---\nlast_reviewed: 2020-01-01\n---\n# Rotate certificates\n\nWords.\n",
        ),
        (
            "runbooks/new.md",
            "---\nlast_reviewed: 2026-11-01\n---\n# Rotate certificates\n\nWords.\n",
        ),
    ];
    let (site, _, _) = crate::support::build_site(&texts);
    index(&site)
}

#[test]
fn each_way_of_asking_finds_its_page() {
    let files = small();
    let mut search = open(&files);
    for (query, url) in [
        ("queue stuck", "alerts/PaymentsQueueStuck/"),
        ("paymentsqueue", "alerts/PaymentsQueueStuck/"),
        ("PaymentQueuStuck", "alerts/PaymentsQueueStuck/"),
        ("card payments hang", "alerts/PaymentsQueueStuck/"),
        ("payctl drain", "alerts/PaymentsQueueStuck/#mitigation"),
        ("\"no such host\"", "runbooks/dns/#errors"),
        ("kind:alert payments", "alerts/PaymentsQueueStuck/"),
        ("team:network host", "runbooks/dns/#errors"),
        ("till", "pages/pages/shop/"),
        ("shop", "pages/pages/shop/"),
        ("连接失败", "pages/pages/db/"),
        ("rotate certificates", "runbooks/new/"),
        (
            "{\"status\":\"firing\",\"alerts\":[{\"labels\":{\"alertname\":\"PaymentsQueueStuck\",\"pod\":\"dns\"}}]}",
            "alerts/PaymentsQueueStuck/",
        ),
        (
            "2026-11-22T04:11:09Z checkout-6f7d9 E1122 dial tcp: lookup db-primary on 10.9.8.7:53: no such host",
            "runbooks/dns/#errors",
        ),
        (
            "goroutine 1 [running]:\nmain.connect(0xc000012345)\n\t/app/main.go:42 +0x1d\n\
             panic: dial tcp: lookup db-primary: no such host",
            "runbooks/dns/#errors",
        ),
    ] {
        let answer = search.search(query, 3);
        let found = answer.hits.first().map_or("", |hit| hit.url.as_str());
        assert_eq!(found, url, "{query}: {:?}", answer.hits);
    }
    let answer = search.search("kind:runbook", 10);
    assert_eq!((answer.total, answer.hits[0].kind.as_str()), (3, "runbook"));
    let answer = search.search("certifcates", 10);
    assert_eq!(answer.fixes, [("certifcates".to_owned(), "certificates".to_owned())]);
    let [new, old] = [0, 1].map(|n| answer.hits[n].score);
    assert!(new > old && new <= old * 1.1 + 1e-9, "freshness is at most a tenth: {new} {old}");
    assert_eq!(search.search("qqqqqq", 10).unknown, ["qqqqqq"]);
}

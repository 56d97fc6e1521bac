//! `gitleaks.txt` → rules, each compiled when its words first stand in a text: the only file that names `aho_corasick`.

use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};

use crate::secret::pattern::Pattern;

/// The rules of gitleaks, as `convert.py` writes them.
const TABLE: &str = include_str!("gitleaks.txt");

/// One rule.
#[derive(Debug, Default)]
pub(crate) struct Rule {
    /// Its name, as gitleaks has it.
    pub(crate) name: &'static str,
    /// Words near which a value stands, lower case.
    pub(crate) keys: Vec<&'static str>,
    /// How far behind the word the value ends, in bytes.
    pub(crate) reach: usize,
    /// The value is more random than this, in bits a byte.
    pub(crate) entropy: f64,
    /// The group that holds the value; 0 for the first that holds anything.
    pub(crate) group: usize,
    find: &'static str,
    compiled: OnceLock<Option<Pattern>>,
    /// What is no secret.
    pub(crate) passes: Passes,
}

/// Values that are no secret.
#[derive(Debug, Default)]
pub(crate) struct Passes {
    value: Vec<&'static str>,
    whole: Vec<&'static str>,
    stops: Vec<&'static str>,
    compiled: OnceLock<[Vec<Pattern>; 2]>,
}

/// All rules, and what finds their words.
pub(crate) struct Rules {
    /// In the order of the table.
    pub(crate) all: Vec<Rule>,
    /// What every rule lets pass.
    pub(crate) passes: Passes,
    words: AhoCorasick,
    /// Rules by word.
    of_word: Vec<Vec<usize>>,
}

/// The rules of this program.
pub(crate) static RULES: LazyLock<Rules> = LazyLock::new(Rules::read);

impl Rule {
    /// Returns its expression, compiled at first use.
    pub(crate) fn pattern(&self) -> Option<&Pattern> {
        self.compiled.get_or_init(|| Pattern::new(self.find).ok()).as_ref()
    }
}

impl Passes {
    /// Returns true where a value, or the match around it, is none of a secret.
    pub(crate) fn holds(&self, value: &str, whole: &str) -> bool {
        let compile = |patterns: &[&str]| patterns.iter().flat_map(|p| Pattern::new(p)).collect();
        let [of_value, of_whole] =
            self.compiled.get_or_init(|| [compile(&self.value), compile(&self.whole)]);
        let lower = value.to_ascii_lowercase();
        self.stops.iter().any(|stop| lower.contains(stop))
            || of_value.iter().any(|p| p.is_match(value))
            || of_whole.iter().any(|p| p.is_match(whole))
    }
}

impl Rules {
    fn read() -> Self {
        let mut rules: Vec<Rule> = Vec::new();
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            if word == "rule" {
                rules.push(Rule { name: rest, ..Rule::default() });
            }
            let Some(rule) = rules.last_mut() else { continue };
            match word {
                "keys" => rule.keys = rest.split(' ').collect(),
                "reach" => rule.reach = rest.parse().unwrap_or_default(),
                "entropy" => rule.entropy = rest.parse().unwrap_or_default(),
                "group" => rule.group = rest.parse().unwrap_or_default(),
                "find" => rule.find = rest,
                "pass" => rule.passes.value.push(rest),
                "pass-match" => rule.passes.whole.push(rest),
                "stop" => rule.passes.stops.push(rest),
                _ => {}
            }
        }
        let passes = std::mem::take(&mut rules.remove(0).passes);
        let mut words: Vec<&str> = rules.iter().flat_map(|rule| &rule.keys).copied().collect();
        words.sort_unstable();
        words.dedup();
        let mut of_word = vec![Vec::new(); words.len()];
        for (n, rule) in rules.iter().enumerate() {
            for key in &rule.keys {
                if let Ok(at) = words.binary_search(key) {
                    of_word[at].push(n);
                }
            }
        }
        let words = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            // Every byte of every file is read by it.
            .kind(Some(AhoCorasickKind::DFA))
            .build(&words);
        #[expect(clippy::expect_used, reason = "the table is ours and a test reads it")]
        let words = words.expect("the words of the table are few");
        Self { all: rules, passes, words, of_word }
    }

    /// Calls `each` with the place of every word in `text` and the rules that it belongs to.
    pub(crate) fn words(&self, text: &str, mut each: impl FnMut(usize, usize, &[usize])) {
        for found in self.words.find_overlapping_iter(text) {
            each(found.start(), found.end(), &self.of_word[found.pattern().as_usize()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Passes, RULES};
    use crate::secret::pattern::Pattern;

    #[test]
    fn every_line_of_the_table_is_understood() {
        assert_eq!(RULES.all.len(), 220);
        for rule in &RULES.all {
            assert!(rule.pattern().is_some(), "{}", rule.name);
            assert!(rule.reach > 0 && !rule.keys.is_empty(), "{}", rule.name);
        }
        let all = |passes: &Passes| [passes.value.clone(), passes.whole.clone()].concat();
        let passes = RULES.all.iter().flat_map(|r| all(&r.passes)).chain(all(&RULES.passes));
        for pass in passes {
            assert!(Pattern::new(pass).is_ok(), "{pass}");
        }
    }
}

//! Words → what else they may mean: stems, synonyms of operations, words that say nothing, distances.

use std::sync::LazyLock;

use crate::text::map::FastSet;

/// Words that say nothing about what is looked for, and behind the semicolon those that say little.
pub const STOP: &str = "a an the of to in on at is are be was were it its this that and or for from by with as not no \
    do does did how what when why which can i my we our you your has have had if then so than into out up about \
    there their will would should could may might must any all some them they he she his her these those been \
    being also only very just;\
    too much many more most use uses used using get gets got keep keeps still show shows returns does work works \
    need needs want after before while during";

/// Words of operations that mean the same, a line each.
pub const SYNONYMS: [&str; 30] = [
    "down unavailable outage unreachable offline reachable dead",
    "full filling exhausted exhaustion saturated saturation",
    "slow latency slowness lag lagging",
    "crash crashing crashloop crashlooping",
    "oom killed",
    "expire expired expiration expiry",
    "cert certificate certs",
    "db database",
    "pg postgres postgresql",
    "k8s kubernetes",
    "failed failure failing fail",
    "hang hangs stuck hanging stall",
    "restart reboot",
    "delete remove",
    "lb balancer",
    "auth authentication",
    "disk storage",
    "mem memory",
    "config configuration",
    "repo repository",
    "drift skew",
    "email mail",
    "login logins",
    "ban block",
    "prod production",
    "wal xlog",
    "replica standby secondary",
    "primary leader master",
    "msg message",
    "backup snapshot",
];

/// Returns true for a word that says nothing about what is looked for.
pub fn is_stop(word: &str) -> bool {
    static STOPS: LazyLock<FastSet<&str>> = LazyLock::new(|| list(0));
    STOPS.contains(word)
}

/// Returns true for a word that says little beside others.
pub fn is_quiet(word: &str) -> bool {
    static QUIET: LazyLock<FastSet<&str>> = LazyLock::new(|| list(1));
    QUIET.contains(word)
}

fn list(part: usize) -> FastSet<&'static str> {
    STOP.split(';').nth(part).into_iter().flat_map(str::split_ascii_whitespace).collect()
}

/// Returns what words of one stem share: a light rule for English, other words as they are.
pub fn stem(word: &str) -> String {
    if word.len() < 5 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let ends = |word: &str, all: &[&str]| {
        all.iter().find(|end| word.ends_with(**end)).map_or(0, |end| end.len())
    };
    let mut base = word.to_owned();
    if ends(word, &["ies"]) > 0 {
        base.truncate(word.len() - 3);
        base.push('y');
    } else if ends(word, &["ss", "us", "is"]) == 0 && word.ends_with('s') {
        base.truncate(word.len() - 1);
    }
    let mut short = base.clone();
    let cut = ends(&short, &["ations", "ation", "ating", "ated"]);
    if cut > 0 {
        short.truncate(short.len() - cut);
        short.push_str("at");
    }
    let cut = ends(&short, &["ings", "ing", "ed", "er", "ion", "ly"]);
    short.truncate(short.len() - cut);
    if short.len() < 4 || !short.bytes().any(|b| b"aeiouy".contains(&b)) {
        short = base;
    }
    let last = short.as_bytes().last().copied().unwrap_or(b'a');
    let twice = short.as_bytes().iter().rev().nth(1) == Some(&last);
    if short.len() > 4 && twice && !b"lsz".contains(&last) {
        short.pop();
    }
    if short.ends_with('e') {
        short.pop();
    }
    short
}

/// Returns how many letters were added, dropped, changed or swapped between two words; more than `most`
/// is `most + 1`.
pub fn distance(a: &[char], b: &[char], most: usize) -> usize {
    if a.len().abs_diff(b.len()) > most {
        return most + 1;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        let mut least = i;
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut value = (above[j] + 1).min(row[j - 1] + 1).min(above[j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                value = value.min(before[j - 2] + 1);
            }
            row.push(value);
            least = least.min(value);
        }
        if least > most {
            return most + 1;
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()].min(most + 1)
}

#[cfg(test)]
mod tests {
    use super::{distance, stem};

    #[test]
    fn words_of_one_stem_meet() {
        for (a, b) in [
            ("crashing", "crash"),
            ("failures", "failure"),
            ("replicated", "replication"),
            ("stopped", "stop"),
            ("queries", "query"),
        ] {
            assert_eq!(stem(a), stem(b), "{a} {b}");
        }
        assert_eq!(stem("status"), "status");
    }

    #[test]
    fn a_swap_is_one_step() {
        let d = |a: &str, b: &str| {
            distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>(), 2)
        };
        assert_eq!((d("kublet", "kubelet"), d("kuebelt", "kubelet"), d("abc", "xyz")), (1, 2, 3));
    }
}

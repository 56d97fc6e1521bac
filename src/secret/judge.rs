//! A value → whether it is one at all: how random it is, and whether it only stands for one.

/// Words of which passwords in examples are made.
const WORDS: [&str; 42] = [
    "access",
    "admin",
    "api",
    "app",
    "auth",
    "bar",
    "baz",
    "change",
    "db",
    "default",
    "dummy",
    "example",
    "foo",
    "guest",
    "here",
    "hidden",
    "in",
    "insert",
    "key",
    "me",
    "my",
    "name",
    "pass",
    "password",
    "passwd",
    "passphrase",
    "placeholder",
    "pw",
    "pwd",
    "redacted",
    "replace",
    "root",
    "secret",
    "service",
    "some",
    "test",
    "the",
    "this",
    "token",
    "user",
    "username",
    "your",
];

/// Returns the entropy of a text in bits a byte.
pub(crate) fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let length = f64::from(text.len() as u32);
    let bits = |count: u32| {
        let part = f64::from(count) / length;
        -part * part.log2()
    };
    counts.into_iter().filter(|count| *count > 0).map(bits).sum()
}

/// Returns true for a value that says itself that it is none: `ghp_xxxxxxxx`, `AKIA…EXAMPLE`.
pub(crate) fn is_filler(value: &str) -> bool {
    let (mut longest, mut crossed, mut run) = (0, 0, 0);
    let mut last = '\0';
    for c in value.chars() {
        run = if c == last { run + 1 } else { 1 };
        last = c;
        longest = longest.max(run);
        if matches!(c, 'x' | 'X' | '*' | '.') {
            crossed = crossed.max(run);
        }
    }
    crossed >= 6 || longest * 2 >= value.chars().count() || value.contains("EXAMPLE")
}

/// Returns true for a password that stands for one: `$PASSWORD`, `your-password`, the name of the account again.
pub(crate) fn is_placeholder(user: &str, password: &str) -> bool {
    let is_code = |p: &str| {
        let bytes = p.as_bytes();
        bytes.len() >= 3 && bytes[1].is_ascii_hexdigit() && bytes[2].is_ascii_hexdigit()
    };
    password.len() < 3
        || password == user
        || password.starts_with(['$', '{', '[', '(', '*', '^', '.'])
        || (password.starts_with('%') && !is_code(password))
        || ["${", "$(", "{{", "%{", "...", "***", "xxx", "XXX"].iter().any(|p| password.contains(p))
        || is_filler(password)
        || is_words(password)
}

/// Whether nothing but words of examples stand in it: `my_db-password1`.
fn is_words(password: &str) -> bool {
    let lower = password.to_ascii_lowercase();
    let letters: String =
        lower.trim_end_matches(|c: char| c.is_ascii_digit()).replace(['-', '_', '.'], "");
    if letters.len() > 64 {
        return false;
    }
    // `ends[n]`: the first n letters are words.
    let mut ends = vec![false; letters.len() + 1];
    ends[0] = true;
    for at in 0..letters.len() {
        let Some(rest) = letters.get(at..).filter(|_| ends[at]) else { continue };
        for word in WORDS.iter().filter(|word| rest.starts_with(**word)) {
            ends[at + word.len()] = true;
        }
    }
    !letters.is_empty() && ends[letters.len()]
}

#[cfg(test)]
mod tests {
    use super::{is_filler, is_placeholder};

    #[test]
    fn what_stands_for_a_password_is_none() {
        for password in [
            "password",
            "my-password",
            "DB_PASSWORD",
            "changeme",
            "$PASS",
            "${PASS}",
            "{{pass}}",
            "xxxxx",
            "***",
            "%PASS%",
            "%s",
            "pw",
            "root",
            "secret123",
            "...",
        ] {
            assert!(is_placeholder("root", password), "{password}");
        }
        for password in ["hunter2", "correct-horse", "%40bc!d", "passw0rd", "S3cret"] {
            assert!(!is_placeholder("root", password), "{password}");
        }
    }

    #[test]
    fn a_run_of_one_letter_is_a_filler() {
        assert!(is_filler("ghp_xxxxxxxxxxxxxxxx"));
        assert!(is_filler("AKIAIOSFODNN7EXAMPLE"));
        assert!(!is_filler("AAAAB3NzaC1yc2EAAAADAQABAAABgQ"));
    }
}

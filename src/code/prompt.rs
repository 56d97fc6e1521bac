//! A line → its prompt, and a block → whether it is a recorded session rather than a script.

/// What the author called the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// `bash`, `sh` and the like.
    Shell,
    /// `console` and the like.
    Console,
}

/// How the lines of a session are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// True where `# ` is the prompt of root, false where it starts a comment.
    pub hash_is_prompt: bool,
}

/// Commands that are seen at root prompts. After `# `, other words may be prose.
const ROOT_COMMANDS: [&str; 40] = [
    "apt",
    "apt-get",
    "cat",
    "cd",
    "chmod",
    "chown",
    "cp",
    "curl",
    "df",
    "dmesg",
    "docker",
    "dpkg",
    "echo",
    "export",
    "grep",
    "helm",
    "ip",
    "journalctl",
    "kill",
    "kubectl",
    "ls",
    "lvs",
    "mkdir",
    "mount",
    "mv",
    "mysql",
    "nodetool",
    "oc",
    "ps",
    "psql",
    "rm",
    "service",
    "ss",
    "ssh",
    "sudo",
    "systemctl",
    "tail",
    "umount",
    "vgs",
    "yum",
];

/// Longest `user@host:~/path$` that is looked for, in bytes.
const LIMIT: usize = 96;

/// Returns how to read `code` as a session, or nothing where it is a script.
///
/// It is a session where its first line that is no comment carries a prompt (for a console block:
/// any line). `# ` counts as a prompt only where every line that is not blank starts so and reads
/// like a command, or in a console block that has no other prompt.
pub fn session(code: &str, label: Label) -> Option<Session> {
    let mut has_prompt = false;
    let mut has_hash = false;
    let mut all_root = true;
    for line in code.lines().filter(|line| !line.trim().is_empty()) {
        let line = line.as_bytes();
        let start = line.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(0);
        if line.get(start) == Some(&b'#') {
            let is_root = reads_like_root(line.get(start + 1..).unwrap_or_default());
            has_hash |= is_root || label == Label::Console && is_spaced_hash(line, start);
            all_root &= is_root;
            continue;
        }
        all_root = false;
        has_prompt |= end(line, 0, Session { hash_is_prompt: false }).is_some();
        if has_prompt || label == Label::Shell {
            break;
        }
    }
    let hash_is_prompt = !has_prompt && has_hash && (all_root || label == Label::Console);
    (has_prompt || hash_is_prompt).then_some(Session { hash_is_prompt })
}

/// Returns the end of the prompt in the line that starts at `at`, with the space after it.
///
/// Prompts are `$ `, `% `, `user@host:~$ `, `[user@host dir]# ` and, if the session says so, `# `.
pub fn end(code: &[u8], at: usize, session: Session) -> Option<usize> {
    let mut start = at;
    while matches!(code.get(start), Some(b' ' | b'\t')) {
        start += 1;
    }
    match code.get(start)? {
        b'$' => after_sign(code, start + 1),
        // The header of curl's progress starts with `% Total`.
        b'%' if code.get(start + 2).is_some_and(u8::is_ascii_lowercase) => {
            after_sign(code, start + 1)
        }
        b'#' if session.hash_is_prompt => {
            let rest = code.get(start + 1..).unwrap_or_default();
            let line = rest.split(|b| *b == b'\n').next().unwrap_or_default();
            if reads_like_prose(line) { None } else { after_sign(code, start + 1) }
        }
        b'[' | b'(' | b'_' | b'a'..=b'z' | b'A'..=b'Z' => after_user(code, start),
        _ => None,
    }
}

/// Returns the end of `> ` or `>` before a line break at `at`, in a command that goes on.
pub fn continuation_end(code: &[u8], at: usize) -> Option<usize> {
    if code.get(at) == Some(&b'>') { after_sign(code, at + 1) } else { None }
}

/// Returns where the command begins after a prompt's sign: behind one space, or at the line's end.
fn after_sign(code: &[u8], at: usize) -> Option<usize> {
    match code.get(at) {
        Some(b' ') => Some(at + 1),
        None | Some(b'\n' | b'\r') => Some(at),
        Some(_) => None,
    }
}

/// Returns the end of a prompt that names user and host.
fn after_user(code: &[u8], start: usize) -> Option<usize> {
    let window = code.get(start..code.len().min(start + LIMIT))?;
    let mut has_user = false;
    let mut spaces = 0;
    for (offset, byte) in window.iter().enumerate() {
        match byte {
            b'@' if offset > 0 && spaces == 0 => has_user = true,
            b'$' | b'#' | b'%' if has_user => {
                let end = after_sign(code, start + offset + 1)?;
                return (end > start + offset + 1).then_some(end);
            }
            // `user@host dir $` has two spaces at most: more are a line of text.
            b' ' if has_user && spaces < 2 => spaces += 1,
            b'(' | b')' if !has_user => {}
            b'[' | b']' | b'~' | b'/' | b':' | b'.' | b'-' | b'_' => {}
            byte if byte.is_ascii_alphanumeric() => {}
            _ => return None,
        }
    }
    None
}

/// Returns true for `# ` followed by something.
fn is_spaced_hash(line: &[u8], start: usize) -> bool {
    let rest = line.get(start + 1..).unwrap_or_default();
    rest.first() == Some(&b' ') && !reads_like_prose(rest)
}

/// Returns true where the text after `#` starts with a capital or ends like a sentence.
fn reads_like_prose(rest: &[u8]) -> bool {
    let text = rest.trim_ascii();
    text.first().is_some_and(u8::is_ascii_uppercase)
        || text.last().is_some_and(|b| matches!(b, b'.' | b':' | b'!' | b'?'))
}

/// Returns true where the text after `#` is a command: one that is known, or one by path.
fn reads_like_root(rest: &[u8]) -> bool {
    let words = rest.strip_prefix(b" ").unwrap_or_default();
    let first = words.split(|b| *b == b' ').next().unwrap_or_default();
    let known = std::str::from_utf8(first).is_ok_and(|word| ROOT_COMMANDS.contains(&word));
    let by_path = first.len() > 2 && (first.starts_with(b"/") || first.starts_with(b"./"));
    (known || by_path) && !reads_like_prose(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_found() {
        for (line, expected) in [
            ("$ ls", Some("$ ")),
            ("  $ ls", Some("  $ ")),
            ("% ls", Some("% ")),
            ("% Total    % Received", None),
            ("$", Some("$")),
            ("$HOME/bin/x", None),
            ("user@host:~$ ls", Some("user@host:~$ ")),
            ("[root@db-01 ~]# ls", Some("[root@db-01 ~]# ")),
            ("(venv) me@box dir % ls", None),
            ("me@box dir % ls", Some("me@box dir % ")),
            ("mail bob@example.com # later", None),
            ("curl x", None),
        ] {
            let found = end(line.as_bytes(), 0, Session { hash_is_prompt: false });
            assert_eq!(found.map(|end| &line[..end]), expected, "{line}");
        }
    }

    #[test]
    fn hash_is_a_prompt_only_where_every_line_has_it() {
        for (code, label, expected) in [
            ("# systemctl stop x\n# ls /var\n", Label::Shell, Some(true)),
            ("# systemctl stop x\nls\n", Label::Shell, None),
            ("# on the host\nls\n", Label::Shell, None),
            ("# on the host\n", Label::Shell, None),
            ("# list them\n$ ls\na b\n", Label::Shell, Some(false)),
            ("ls\n$ ls\n", Label::Shell, None),
            ("out\n$ ls\n", Label::Console, Some(false)),
            ("# frobnicate -x\nok\n", Label::Console, Some(true)),
            ("# Drain it first\nfrobnicate\n", Label::Console, None),
        ] {
            let found = session(code, label).map(|session| session.hash_is_prompt);
            assert_eq!(found, expected, "{code}");
        }
    }
}

//! One command with its arguments → its effect, for every program that is known.
//!
//! Most are rows of the tables; here stand those that need more: programs that run another command
//! or a text, that speak HTTP, that name what they write.

use crate::code::command::Word;
use crate::code::effect::Effect::{self, Changes, Deletes, Reads};
use crate::code::effect::tables::{self, Program, Verbs, has_option, is_in};

use crate::code::effect::{
    Verdict, clouds, http, is_scratch, nested, redis, simple_command, sql, write,
};

/// Programs whose every change can be tried with `--dry-run`.
const DRY: &str =
    "--dry-run --dryrun --just-print --simulate --noop --what-if -WhatIf --check-only";

/// Judges a program with its arguments.
pub(in crate::code) fn judge(
    name: &str,
    arguments: &[Word<'_>],
    input: Option<&str>,
    depth: u32,
) -> Option<Effect> {
    let asks = |word: &Word<'_>| is_in("--help --version", &word.text);
    if arguments.iter().take(4).any(asks) && tables::lookup(name).is_some() {
        return Some(Reads);
    }
    let effect = match name {
        "bash" | "sh" | "zsh" | "dash" | "ksh" | "ash" => shell(arguments, input, depth),
        "eval" => nested(&joined(arguments), depth),
        "ssh" | "mosh" => ssh(arguments, input, depth),
        "su" | "runuser" => value_of("-c --command", arguments).and_then(|c| nested(c, depth)),
        "find" => find(arguments, depth),
        "curl" => http::curl(arguments),
        "http" | "https" => http::httpie(arguments),
        "wget" => http::wget(arguments),
        "psql" | "gitlab-psql" => database(arguments, "-c --command", input),
        "mysql" | "mariadb" | "cqlsh" => database(arguments, "-e --execute", input),
        "sqlite3" | "clickhouse-client" => database(arguments, "-q --query", input),
        "redis-cli" | "gitlab-redis-cli" => redis::judge(arguments, input),
        "dd" => Some(dd(arguments)),
        "tee" => tee(arguments),
        "socat" | "nc" | "ncat" => socket(arguments, input),
        "cp" | "rsync" | "scp" => copy(name, arguments),
        "rm" => Some(if all_scratch(arguments) { Reads } else { Deletes }),
        "mkdir" | "touch" | "mv" => Some(if all_scratch(arguments) { Reads } else { Changes }),
        "hostname" => Some(if operands(arguments).next().is_some() { Changes } else { Reads }),
        "ifconfig" | "route" => Some(if operands(arguments).count() > 1 { Changes } else { Reads }),
        "mount" if arguments.is_empty() => Some(Reads),
        "sysctl" if operands(arguments).any(|word| word.contains('=')) => Some(Changes),
        "sed" | "gsed" => Some(tables::by_flag("sed", "", arguments).unwrap_or(Reads)),
        "tar" => tar(arguments),
        "kubectl" | "oc" | "k" => kubernetes(name, arguments, depth),
        "docker" | "podman" | "nerdctl" | "crictl" | "docker-compose" | "nomad" => {
            container(name, arguments, depth)
        }
        "bundle" if arguments.first().is_some_and(|word| word.text == "exec") => {
            simple_command(arguments.get(1..).unwrap_or_default(), input, depth + 1)
        }
        "aws" => clouds::aws(arguments),
        "gcloud" | "az" => clouds::cloud(arguments, depth),
        "gsutil" => clouds::gsutil(arguments),
        "bq" => clouds::bigquery(arguments),
        "ansible" => ansible(arguments, depth),
        "ansible-playbook" => Some(
            if any(arguments, "--check -C --syntax-check --list-hosts --list-tasks --list-tags") {
                Reads
            } else {
                Changes
            },
        ),
        "salt" => salt(arguments, depth),
        "knife" if arguments.first().is_some_and(|word| word.text == "ssh") => {
            let options = "-C -x -a -i -P -A -p -c -G -m --concurrency --ssh-user --attribute -z";
            let words = arguments.get(1..).unwrap_or_default();
            let (command, _) = positions(options, words).nth(1)?;
            nested(&joined(words.get(command..).unwrap_or_default()), depth)
        }
        _ => by_tables(name, arguments),
    };
    // What is only tried changes nothing.
    if effect > Some(Reads) && is_dry(arguments) { Some(Reads) } else { effect }
}

/// Judges a program that is a row of the tables.
fn by_tables(name: &str, arguments: &[Word<'_>]) -> Option<Effect> {
    match tables::lookup(name)? {
        Program::Verbs(_) if arguments.first().is_some_and(|word| word.text == "help") => {
            Some(Reads)
        }
        Program::Verbs(verbs) => by_verb(name, verbs, arguments).or(verbs.other),
        Program::Plain(plain) => tables::by_flag(name, "", arguments).or(plain),
        Program::Special => None,
        Program::Wrapper(wrapper) => wrapper.alone,
    }
}

/// Returns the effect of the verb among the arguments, if it is known.
fn by_verb(name: &str, verbs: &Verbs, arguments: &[Word<'_>]) -> Option<Effect> {
    let mut found = None;
    let mut path = String::new();
    let mut verb = String::new();
    for (_, word) in positions(&verbs.options, arguments).skip(verbs.skip).take(4) {
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(word);
        let effect = verbs.effects.get(path.as_str()).copied();
        if effect.is_some() || verb.is_empty() {
            verb.clone_from(&path);
        } else if found == Some(Reads) && is_group(verbs, &verb) {
            // `ip netns` reads, but of `ip netns exec` nothing is known.
            found = None;
            break;
        }
        found = effect.or(found);
    }
    for word in arguments.iter().filter(|word| word.text.starts_with('-')) {
        found = found.max(by_option(verbs, &word.text));
    }
    tables::by_flag(name, &verb, arguments).or(found)
}

/// Returns true where other verbs stand below this one.
fn is_group(verbs: &Verbs, verb: &str) -> bool {
    let next = verbs.effects.range(verb..).nth(1);
    next.is_some_and(|(next, _)| next.strip_prefix(verb).is_some_and(|rest| rest.starts_with('/')))
}

/// Returns the effect of an option that stands among the verbs: as it is, or by the first of its
/// letters that does.
fn by_option(verbs: &Verbs, text: &str) -> Option<Effect> {
    let bare = text.split('=').next().unwrap_or(text);
    verbs.effects.get(bare).copied().or_else(|| {
        let letters = bare.strip_prefix('-').filter(|l| l.len() <= 6 && !l.starts_with('-'))?;
        let mut letters = letters.chars().filter(char::is_ascii_alphabetic);
        letters.find_map(|c| verbs.effects.get(format!("-{c}").as_str()).copied())
    })
}

fn is_dry(arguments: &[Word<'_>]) -> bool {
    arguments.iter().any(|word| {
        let text = word.text.as_ref();
        let (option, value) = text.split_once('=').unwrap_or((text, ""));
        is_in(DRY, option) && !matches!(value, "none" | "false")
    })
}

/// Returns the words that are no options and no values of the given ones, with their places.
pub(in crate::code) fn positions<'b>(
    options: &'b str,
    arguments: &'b [Word<'_>],
) -> impl Iterator<Item = (usize, &'b str)> {
    let mut takes_value = false;
    arguments.iter().enumerate().filter_map(move |(n, word)| {
        let text = word.text.as_ref();
        if std::mem::take(&mut takes_value) {
            return None;
        }
        if text.starts_with('-') && text.len() > 1 {
            takes_value = is_in(options, text);
            return None;
        }
        Some((n, text))
    })
}

pub(in crate::code) fn operands<'b>(arguments: &'b [Word<'_>]) -> impl Iterator<Item = &'b str> {
    positions("", arguments).map(|(_, word)| word)
}

fn all_scratch(arguments: &[Word<'_>]) -> bool {
    operands(arguments).all(is_scratch) && operands(arguments).next().is_some()
}

pub(in crate::code) fn any(arguments: &[Word<'_>], options: &str) -> bool {
    arguments.iter().any(|word| has_option(options, &word.text))
}

fn joined(arguments: &[Word<'_>]) -> String {
    let words: Vec<&str> = arguments.iter().map(|word| word.text.as_ref()).collect();
    words.join(" ")
}

/// Returns the value of an option: the next word, or what stands behind `=`.
pub(in crate::code) fn value_of<'b>(options: &str, arguments: &'b [Word<'_>]) -> Option<&'b str> {
    values_of(options, arguments).next()
}

/// Returns the values of an option that may stand several times.
fn values_of<'b>(options: &str, arguments: &'b [Word<'_>]) -> impl Iterator<Item = &'b str> {
    let is_option = |word: &Word<'_>| {
        let name = word.text.split('=').next().unwrap_or("");
        let letters = name.strip_prefix('-').unwrap_or("");
        let last = letters.chars().next_back();
        let is_cluster = letters.len() < 5 && letters.bytes().all(|b| b.is_ascii_alphabetic());
        is_in(options, name)
            || is_cluster && last.is_some_and(|letter| is_in(options, &format!("-{letter}")))
    };
    arguments.iter().enumerate().filter(move |(_, word)| is_option(word)).filter_map(
        move |(n, word)| match word.text.split_once('=') {
            Some((_, value)) => Some(value),
            None => arguments.get(n + 1).map(|word| word.text.as_ref()),
        },
    )
}

/// `bash -c '…'`, or a script from a heredoc.
fn shell(arguments: &[Word<'_>], input: Option<&str>, depth: u32) -> Option<Effect> {
    match value_of("-c", arguments) {
        Some(script) => nested(script, depth),
        None if operands(arguments).all(|word| word == "-s") => nested(input?, depth),
        None => None,
    }
}

/// The command behind the host; a session without one is open to anything.
fn ssh(arguments: &[Word<'_>], input: Option<&str>, depth: u32) -> Option<Effect> {
    let options = "-i -p -l -o -F -J -L -R -D -b -c -E -e -m -Q -S -W -w -B -I -O";
    // `-N`: a tunnel only.
    if any(arguments, "-N -W") {
        return Some(Reads);
    }
    let (host, _) = positions(options, arguments).next()?;
    let inner = arguments.get(host + 1..).unwrap_or_default();
    let inner = match inner {
        [first, rest @ ..] if first.text == "--" => rest,
        _ => inner,
    };
    if operands(inner).next().is_none() {
        nested(input?, depth)
    } else {
        nested(&joined(inner), depth)
    }
}

fn find(arguments: &[Word<'_>], depth: u32) -> Option<Effect> {
    if arguments.iter().any(|word| word.text == "-delete") {
        return Some(Deletes);
    }
    let runs = |word: &Word<'_>| is_in("-exec -execdir -ok -okdir", &word.text);
    let Some(at) = arguments.iter().position(runs) else { return Some(Reads) };
    let inner = arguments.get(at + 1..).unwrap_or_default();
    let end = inner.iter().position(|word| word.text == ";" || word.text == "+");
    simple_command(inner.get(..end.unwrap_or(inner.len())).unwrap_or_default(), None, depth + 1)
}

/// A statement on the command line or from a heredoc; without one it is open to anything.
fn database(arguments: &[Word<'_>], options: &str, input: Option<&str>) -> Option<Effect> {
    if any(arguments, "-l --list") && options.starts_with("-c") {
        return Some(Reads);
    }
    // A file of statements may hold anything.
    if options.starts_with("-c") && any(arguments, "-f --file") {
        return None;
    }
    let mut verdict = Verdict::default();
    let is_given = |word: &&str| sql::is_statement(word);
    let given = values_of(options, arguments).chain(input);
    // `sqlite3 file 'select 1'`.
    for statement in given.chain(operands(arguments).filter(is_given)) {
        verdict.add(sql::verdict(statement).effect());
    }
    verdict.effect()
}

fn dd(arguments: &[Word<'_>]) -> Effect {
    let target = arguments.iter().find_map(|word| word.text.strip_prefix("of="));
    match target {
        None => Reads,
        Some("/dev/null" | "/dev/stdout") => Reads,
        Some(path) if is_scratch(path) => Reads,
        Some(path) if path.starts_with("/dev/") => Deletes,
        Some(_) => Changes,
    }
}

fn tee(arguments: &[Word<'_>]) -> Option<Effect> {
    let mut verdict = Verdict::default();
    verdict.add(Some(Reads));
    operands(arguments).for_each(|path| verdict.add(write(path, false)));
    verdict.effect()
}

/// `echo 'show stat' | socat stdio /run/haproxy/admin.sock`, `echo ruok | nc zookeeper 2181`.
fn socket(arguments: &[Word<'_>], input: Option<&str>) -> Option<Effect> {
    if any(arguments, "-z") {
        return Some(Reads);
    }
    match input?.split_ascii_whitespace().next()? {
        "ruok" | "stat" | "stats" | "srvr" | "mntr" | "conf" | "cons" | "envi" | "isro" => {
            Some(Reads)
        }
        _ if !arguments.iter().any(|word| word.text.contains("haproxy")) => None,
        "show" | "help" | "prompt" | "get" => Some(Reads),
        "set" | "enable" | "disable" | "shutdown" | "add" | "commit" => Some(Changes),
        "clear" | "del" => Some(Deletes),
        _ => None,
    }
}

/// Copies from elsewhere to the reader's own folder change nothing there.
fn copy(name: &str, arguments: &[Word<'_>]) -> Option<Effect> {
    let words: Vec<&str> = operands(arguments).collect();
    let (target, sources) = words.split_last()?;
    let from_elsewhere = sources.iter().any(|source| source.contains(':'));
    let is_own = !target.contains(':') && !target.starts_with('/');
    if name == "rsync" && any(arguments, "-n") {
        return Some(Reads);
    }
    if name == "rsync"
        && arguments
            .iter()
            .any(|word| word.text.starts_with("--delete") || word.text.starts_with("--remove"))
    {
        return Some(Deletes);
    }
    Some(if is_scratch(target) || from_elsewhere && is_own { Reads } else { Changes })
}

fn tar(arguments: &[Word<'_>]) -> Option<Effect> {
    let first = arguments.first().map_or("", |word| word.text.as_ref());
    let mode = first.trim_start_matches('-');
    if any(arguments, "--list")
        || mode.starts_with('t')
        || mode.contains('t') && !mode.contains('x')
    {
        return Some(Reads);
    }
    if any(arguments, "--extract") || mode.contains('x') { Some(Changes) } else { None }
}

fn kubernetes(name: &str, arguments: &[Word<'_>], depth: u32) -> Option<Effect> {
    let Program::Verbs(verbs) = tables::lookup(name)? else { return None };
    let (at, verb) = positions(&verbs.options, arguments).next()?;
    let rest = arguments.get(at + 1..).unwrap_or_default();
    match verb {
        "exec" | "rsh" => simple_command(inner(&verbs.options, rest)?, None, depth + 1),
        "debug" => {
            let dashes = rest.iter().position(|word| word.text == "--")?;
            simple_command(rest.get(dashes + 1..)?, None, depth + 1)
        }
        "cp" => {
            let to_pod = operands(rest).last().is_some_and(|word| word.contains(':'));
            Some(if to_pod { Changes } else { Reads })
        }
        "scale" if value_of("--replicas", rest) == Some("0") => Some(Deletes),
        _ => by_verb(name, verbs, arguments),
    }
}

/// Returns the command behind `--`, or behind the first word.
fn inner<'a, 'b>(options: &str, arguments: &'b [Word<'a>]) -> Option<&'b [Word<'a>]> {
    let dashes = arguments.iter().position(|word| word.text == "--");
    let start = match dashes {
        Some(at) => at + 1,
        None => positions(options, arguments).next()?.0 + 1,
    };
    let rest = arguments.get(start..)?;
    // Options may also stand behind the pod.
    let skipped = if dashes.is_some() { 0 } else { positions(options, rest).next()?.0 };
    rest.get(skipped..)
}

fn container(name: &str, arguments: &[Word<'_>], depth: u32) -> Option<Effect> {
    let Program::Verbs(verbs) = tables::lookup(name)? else { return None };
    let (at, verb) = positions(&verbs.options, arguments).next()?;
    let rest = arguments.get(at + 1..).unwrap_or_default();
    let options =
        "-u --user -e --env -w --workdir --env-file --index -f --file -p --detach-keys -task";
    match verb {
        "exec" => simple_command(inner(options, rest)?, None, depth + 1),
        "alloc" | "compose" | "container" => {
            let mut words = positions(options, rest);
            let (next, second) = words.next()?;
            let rest = rest.get(next + 1..).unwrap_or_default();
            if second == "exec" {
                return simple_command(inner(options, rest)?, None, depth + 1);
            }
            by_verb(name, verbs, arguments)
        }
        // A container that goes with its command may do anything or nothing.
        "run" if any(arguments, "--rm") => None,
        _ => by_verb(name, verbs, arguments),
    }
}

fn ansible(arguments: &[Word<'_>], depth: u32) -> Option<Effect> {
    let module = value_of("-m --module-name", arguments).unwrap_or("command");
    match module.rsplit('.').next().unwrap_or(module) {
        "ping" | "setup" | "debug" | "gather_facts" | "stat" | "win_ping" => Some(Reads),
        "command" | "shell" | "raw" => nested(value_of("-a --args", arguments)?, depth),
        _ if any(arguments, "-C --check") => Some(Reads),
        _ => Some(Changes),
    }
}

fn salt(arguments: &[Word<'_>], depth: u32) -> Option<Effect> {
    let mut words = positions("-C -t -b --timeout --out", arguments);
    let function = words.nth(1)?.1;
    match function {
        "cmd.run" | "cmd.shell" => nested(words.next()?.1, depth),
        "state.show_top" | "state.show_sls" | "service.status" => Some(Reads),
        _ if function.starts_with("test.") || function.starts_with("grains.") => Some(Reads),
        _ if function.starts_with("status.") || function.contains(".get") => Some(Reads),
        _ if arguments.iter().any(|word| word.text == "test=True") => Some(Reads),
        _ => Some(Changes),
    }
}

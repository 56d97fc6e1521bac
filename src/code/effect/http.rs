//! Requests over HTTP: `curl`, `wget` and `http` → their effects.

use crate::code::command::Word;
use crate::code::effect::Effect::{self, Changes, Deletes, Reads};
use crate::code::effect::programs::{any, positions, value_of};
use crate::code::effect::tables::is_in;
use crate::code::effect::{Verdict, write};

/// What addresses hold that are searched by POST.
const SEARCHES: [&str; 6] =
    ["_search", "_count", "_explain", "_validate", "_analyze", "/api/v1/query"];

/// Judges a request by its method.
fn request(method: &str, address: &str) -> Option<Effect> {
    match method.to_ascii_uppercase().as_str() {
        "GET" | "HEAD" | "OPTIONS" | "TRACE" => Some(Reads),
        "DELETE" => Some(Deletes),
        "POST" if address.contains("_delete_by_query") || address.contains("delete_series") => {
            Some(Deletes)
        }
        "POST" if SEARCHES.iter().any(|part| address.contains(part)) => Some(Reads),
        "POST" | "PUT" | "PATCH" | "PURGE" | "BAN" => Some(Changes),
        _ => None,
    }
}

/// Takes note of the file that an answer is written to.
fn with_file(effect: Option<Effect>, file: Option<&str>) -> Option<Effect> {
    let mut verdict = Verdict::default();
    verdict.add(effect);
    if let Some(file) = file.filter(|file| *file != "-") {
        verdict.add(write(file, false));
    }
    verdict.effect()
}

pub(in crate::code) fn curl(arguments: &[Word<'_>]) -> Option<Effect> {
    // `-XPUT`, `-sXPUT`.
    let glued = arguments.iter().find_map(|word| {
        let (flags, method) = word.text.strip_prefix('-')?.split_once('X')?;
        let is_method = method.len() > 2 && method.bytes().all(|b| b.is_ascii_uppercase());
        (is_method && flags.bytes().all(|b| b.is_ascii_alphabetic())).then_some(method)
    });
    let address = arguments.iter().find(|word| word.text.contains("://")).or_else(|| {
        let is_address = |text: &str| !text.starts_with('-') && text.contains(['/', ':']);
        arguments.iter().find(|word| is_address(&word.text))
    });
    let address = address.map_or("", |word| word.text.as_ref());
    let sends = arguments.iter().any(|word| {
        let text = word.text.as_ref();
        let name = text.split('=').next().unwrap_or(text);
        is_in("--json --form --upload-file", name)
            || text.starts_with("--data")
            || text.starts_with("-d")
            || any(std::slice::from_ref(word), "-d -F -T")
    });
    let reads = any(arguments, "-G --get -I --head");
    let method = glued.or_else(|| value_of("-X --request", arguments));
    let effect = request(method.unwrap_or(if sends && !reads { "POST" } else { "GET" }), address);
    with_file(effect, value_of("-o --output", arguments))
}

pub(in crate::code) fn httpie(arguments: &[Word<'_>]) -> Option<Effect> {
    let options = "-a --auth -A -o --output --timeout -p -s --style --session --cert --verify";
    let mut words = positions(options, arguments).map(|(_, word)| word);
    let first = words.next()?;
    if first.len() > 2 && first.bytes().all(|b| b.is_ascii_uppercase()) {
        return request(first, words.next().unwrap_or(""));
    }
    let sends = words.any(|word| word.contains('=') && !word.contains("=="));
    request(if sends { "POST" } else { "GET" }, first)
}

pub(in crate::code) fn wget(arguments: &[Word<'_>]) -> Option<Effect> {
    let sends = any(arguments, "--post-data --post-file --body-data --body-file");
    let method = value_of("--method", arguments).unwrap_or(if sends { "POST" } else { "GET" });
    let glued = arguments.iter().any(|word| word.text.ends_with("O-"));
    if glued || any(arguments, "--spider") {
        return request(method, "");
    }
    // Without a name, the file is called as the address says and lands beside the reader.
    with_file(request(method, ""), value_of("-O --output-document", arguments).or(Some("x")))
}

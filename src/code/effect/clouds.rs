//! Commands of the clouds' own tools → their effects.
//!
//! They have thousands of verbs, which are judged by the word they begin with: `terminate` of
//! `terminate-instances`. A verb that begins with none of the words is not known.

use crate::code::command::Word;
use crate::code::effect::Effect::{self, Changes, Deletes, Reads};
use crate::code::effect::programs::{any, operands, positions, value_of};
use crate::code::effect::tables::is_in;
use crate::code::effect::{is_scratch, nested, sql};

/// Verbs of cloud tools by how they begin, after which something is gone.
const DELETES: &str = "delete terminate remove purge destroy drop empty wipe rm rb";
/// Verbs that change.
const CHANGES: &str = "create update put set add start stop reboot restart attach detach modify enable \
    disable run send publish promote failover reset resize scale patch replace restore import deploy \
    rollback apply associate disassociate authorize revoke register deregister cancel suspend resume \
    tag untag release rotate upload sync copy cp mv move execute invoke assign unassign grant reject \
    accept switch upgrade invalidate submit kill drain migrate redrive abort recreate abandon \
    rolling-action clone insert load rename allocate deallocate redeploy swap activate deactivate \
    change initiate increase decrease rsync undelete seek unlock bind unbind transfer convert perform";
/// Verbs that read.
const READS: &str = "describe list get show read view search query filter lookup check validate tail ls \
    wait head scan download export estimate preview explain help version stat cat diff presign verify \
    compare";

/// Judges a verb of a cloud's tool by its first word: `terminate` of `terminate-instances`.
fn cloud_verb(verb: &str) -> Option<Effect> {
    let lists = [(DELETES, Deletes), (CHANGES, Changes), (READS, Reads)];
    let by =
        |verb: &str| lists.iter().find(|(list, _)| is_in(list, verb)).map(|(_, effect)| *effect);
    let verb = verb.strip_prefix("batch-").unwrap_or(verb);
    by(verb).or_else(|| by(verb.split('-').next().unwrap_or(verb)))
}

pub(in crate::code) fn aws(arguments: &[Word<'_>]) -> Option<Effect> {
    let options =
        "--profile --region --output --query --endpoint-url --color --cli-read-timeout --ca-bundle";
    let mut words = positions(options, arguments).map(|(_, word)| word);
    let (service, operation) = (words.next()?, words.next().unwrap_or(""));
    match (service, operation) {
        ("configure" | "sso" | "sts", _) => Some(Reads),
        ("s3", "sync") if any(arguments, "--delete") => Some(Deletes),
        ("s3", "cp" | "sync" | "mv") => {
            // Downloads.
            let target = words.nth(1).unwrap_or("s3://");
            let downloads =
                !target.starts_with("s3://") && !target.starts_with('/') && operation != "mv";
            Some(if downloads || is_scratch(target) { Reads } else { Changes })
        }
        ("ssm", "start-session") | ("ecs", "execute-command") => None,
        ("ecs", "update-service") if value_of("--desired-count", arguments) == Some("0") => {
            Some(Deletes)
        }
        (_, "start-query" | "start-query-execution" | "update-kubeconfig") => Some(Reads),
        _ => cloud_verb(operation),
    }
}

/// The verb of `gcloud` and `az` comes behind any number of groups.
pub(in crate::code) fn cloud(arguments: &[Word<'_>], depth: u32) -> Option<Effect> {
    let options = "--project --zone --region --account --format --filter -g --resource-group -n --name \
        --subscription -o --output --configuration --verbosity --query --limit --instance --cluster";
    let words = || positions(options, arguments).map(|(_, word)| word);
    let first = words().next()?;
    if matches!(first, "config" | "auth" | "login" | "info" | "init" | "account") {
        return Some(Reads);
    }
    if words().take(4).any(|word| word == "ssh") {
        return nested(value_of("--command", arguments)?, depth);
    }
    if words().take(4).any(|word| word == "scp") {
        let to_host = words().last().is_some_and(|word| word.contains(':'));
        return Some(if to_host { Changes } else { Reads });
    }
    let mut verbs = words().skip(1).take(5);
    verbs.find_map(|word| if word == "start-iap-tunnel" { Some(Reads) } else { cloud_verb(word) })
}

pub(in crate::code) fn gsutil(arguments: &[Word<'_>]) -> Option<Effect> {
    let mut words = positions("-o -h -u", arguments).map(|(_, word)| word);
    match words.next()? {
        "rm" | "rb" => Some(Deletes),
        "rsync" if any(arguments, "-d") => Some(Deletes),
        "cp" | "rsync" => {
            let target = words.last().unwrap_or("gs://");
            let is_own = !target.contains("://") && !target.starts_with('/');
            Some(if is_own || is_scratch(target) { Reads } else { Changes })
        }
        "ls" | "cat" | "stat" | "du" | "hash" | "version" | "help" | "config" | "signurl" => {
            Some(Reads)
        }
        "iam" | "acl" | "versioning" | "lifecycle" | "cors" | "defacl" | "label" => {
            Some(if words.next() == Some("get") { Reads } else { Changes })
        }
        "mv" | "mb" | "setmeta" | "compose" | "rewrite" | "retention" | "notification" => {
            Some(Changes)
        }
        _ => None,
    }
}

pub(in crate::code) fn bigquery(arguments: &[Word<'_>]) -> Option<Effect> {
    let mut words = operands(arguments);
    match words.find(|word| {
        is_in("query ls show head rm mk cp load insert update extract wait cancel", word)
    })? {
        "query" => sql::verdict(words.last()?).effect(),
        "rm" => Some(Deletes),
        "mk" | "cp" | "load" | "insert" | "update" | "cancel" => Some(Changes),
        _ => Some(Reads),
    }
}

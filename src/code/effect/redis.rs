//! A command of Redis → its effect.

use crate::code::command::Word;
use crate::code::effect::Effect::{self, Changes, Deletes, Reads};
use crate::code::effect::programs::{any, positions};
use crate::code::effect::tables::is_in;

const REDIS_READS: &str = "get mget info ping keys scan sscan hscan zscan ttl pttl type exists dbsize lrange llen \
    lindex hget hgetall hkeys hvals hlen hmget hexists smembers scard sismember srandmember zrange zrevrange \
    zrangebyscore zcard zscore zcount zrank strlen getrange client/list client/getname client/info cluster/info \
    cluster/nodes cluster/slots cluster/keyslot cluster/countkeysinslot cluster/getkeysinslot cluster/shards \
    config/get slowlog/get slowlog/len slowlog memory/usage memory/stats memory/doctor latency/latest \
    latency/history latency/doctor monitor object/encoding object/freq object/idletime object role lastsave \
    time command debug/object pubsub/channels pubsub/numsub pubsub/numpat xinfo xlen xrange xrevrange xpending \
    sentinel/masters sentinel/master sentinel/slaves sentinel/replicas sentinel/sentinels \
    sentinel/get-master-addr-by-name sentinel/ckquorum acl/list acl/whoami acl/users randomkey bitcount auth \
    select dump quit lolwut module/list";
const REDIS_CHANGES: &str = "set mset setex psetex setnx append incr incrby decr decrby expire pexpire expireat \
    persist rename renamenx move copy lpush rpush lset linsert hset hmset hsetnx hincrby sadd smove zadd zincrby \
    client/kill client/pause client/unpause client/setname config/set config/rewrite config/resetstat slaveof \
    replicaof failover cluster/failover cluster/meet cluster/addslots cluster/replicate cluster/setslot \
    cluster/saveconfig cluster/delslots bgsave save bgrewriteaof shutdown script/load script/kill eval evalsha \
    publish restore migrate slowlog/reset latency/reset sentinel/failover sentinel/reset sentinel/monitor \
    sentinel/set sentinel/flushconfig debug/segfault debug/sleep debug/restart acl/setuser acl/save acl/load swapdb \
    touch memory/purge xadd xack setrange setbit sort getset";
const REDIS_DELETES: &str = "del unlink flushall flushdb lpop rpop blpop brpop ltrim lrem spop srem zrem zpopmin \
    zpopmax zremrangebyscore zremrangebyrank hdel getdel xdel xtrim xgroup cluster/reset cluster/forget \
    cluster/flushslots sentinel/remove script/flush acl/deluser";

/// Judges `redis-cli` with its arguments, or with the commands that it is fed.
pub(in crate::code) fn judge(arguments: &[Word<'_>], input: Option<&str>) -> Option<Effect> {
    if any(
        arguments,
        "--bigkeys --hotkeys --memkeys --stat --latency --latency-history --scan --rdb",
    ) {
        return Some(Reads);
    }
    let options = "-h -p -a -n -u -s --user --pass -i -r -D -d --cacert --cert --key --tls -x";
    let line: Vec<&str> = positions(options, arguments).map(|(_, word)| word).take(2).collect();
    if !line.is_empty() {
        return command(&line);
    }
    let mut worst = Some(Reads);
    for line in input?.lines().filter(|line| !line.trim().is_empty()) {
        let words: Vec<&str> = line.split_ascii_whitespace().take(2).collect();
        worst = worst.and_then(|worst| Some(worst.max(command(&words)?)));
    }
    worst
}

fn command(words: &[&str]) -> Option<Effect> {
    // `redis-cli 'INFO replication'` and the like come as one word.
    let line = words.join(" ").to_ascii_lowercase();
    let mut parts = line.split_ascii_whitespace();
    let first = parts.next()?;
    let both = format!("{first}/{}", parts.next().unwrap_or(""));
    let lists = [(REDIS_DELETES, Deletes), (REDIS_CHANGES, Changes), (REDIS_READS, Reads)];
    let by =
        |verb: &str| lists.iter().find(|(list, _)| is_in(list, verb)).map(|(_, effect)| *effect);
    by(&both).or_else(|| by(first))
}

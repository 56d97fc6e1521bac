//! SQL → what its statements do to production.
//!
//! The first word of a statement decides; inside `WITH`, `EXPLAIN ANALYZE` and `ALTER` the words after
//! it do. Functions that end sessions count as changes. Of a session with prompts, only what stands
//! behind a prompt is read, up to its `;`.

use crate::code::effect::tables::is_in;
use crate::code::effect::{Effect, Verdict};
use crate::code::table::{self, TableLanguage};
use crate::code::token::TokenKind;

/// Statements that read, or that change nothing beyond the session.
const READS: &str = "select show explain values table describe desc use begin start commit rollback \
    abort end savepoint release fetch declare close analyse set reset help list status pragma print \
    prepare deallocate listen unlisten exit quit";

/// Statements that change data, structure, rights or the running of the server.
const CHANGES: &str = "insert update merge replace upsert alter create grant revoke vacuum analyze \
    reindex cluster comment rename kill flush load import refresh lock unlock optimize repair stop \
    change checkpoint reassign install attach detach system reload pause resume suspend \
    shutdown reconnect enable disable cancel terminate security notify wait_close";

/// Statements after which something is gone.
const DELETES: &str = "delete drop truncate purge";

/// Functions by how their names begin, after which the server or somebody's session is not as it was.
const CHANGING: [&str; 18] = [
    "pg_terminate_",
    "pg_cancel_",
    "pg_reload_conf",
    "pg_promote",
    "pg_switch_",
    "pg_rotate_",
    "pg_create_",
    "pg_copy_",
    "pg_stat_reset",
    "pg_stat_statements_reset",
    "pg_wal_replay_pause",
    "pg_wal_replay_resume",
    "pg_xlog_replay_",
    "pg_replication_slot_advance",
    "pg_start_backup",
    "pg_stop_backup",
    "pg_backup_",
    "setval",
];

/// Functions after which something is gone.
const DELETING: [&str; 2] = ["pg_drop_", "pg_replication_origin_drop"];

/// Functions that read, by how their names begin. A statement that reads no table may call any other
/// for its effect.
const READING: &str = "pg_ now version current_ count sum min max avg coalesce to_ date_ extract age \
    array_ json string_ lower upper length left right round abs greatest least nullif concat substr \
    regexp_ format inet_ has_ txid_ clock_ statement_ transaction_ unnest generate_series md5 row_ \
    database user connection_id sleep pg_sleep cast exists";

/// Longest statement prompt that is looked for, in bytes.
const MAX_PROMPT: usize = 48;

/// Returns what the statements of a block do.
pub(in crate::code) fn verdict(code: &str) -> Verdict {
    let mut out = Verdict::default();
    let is_session = code.lines().any(|line| prompt(line).is_some());
    if !is_session {
        statements(code, &mut out);
        return out;
    }
    let mut open = String::new();
    for line in code.lines() {
        let statement = match prompt(line) {
            Some(statement) => statement,
            // The next line of a statement that was pasted without the prompts between.
            None if !open.trim().is_empty() => line,
            None => continue,
        };
        open.push_str(statement);
        open.push('\n');
        if statement.trim_end().ends_with(';') || open.starts_with('\\') {
            statements(&open, &mut out);
            open.clear();
        }
    }
    statements(&open, &mut out);
    out
}

/// Returns true where the text starts like a statement that nothing but SQL starts with.
pub(in crate::code) fn is_statement(code: &str) -> bool {
    let start = code.trim_start();
    let end = start.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(start.len());
    let first = start.get(..end).unwrap_or("");
    let rest = start.get(end..).unwrap_or("").to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| rest.contains(word));
    match first.to_ascii_lowercase().as_str() {
        "select" => has(&[" from ", "\nfrom ", "(", ";"]),
        "insert" | "replace" => rest.trim_start().starts_with("into "),
        "update" => has(&[" set ", "\nset "]),
        "delete" => rest.trim_start().starts_with("from "),
        "alter" | "create" | "drop" => {
            let object = rest.split_whitespace().next().unwrap_or("");
            ["table", "index", "database", "user", "role", "view", "unique", "extension", "system"]
                .contains(&object)
        }
        "with" => has(&[" as (", " as\n("]) && has(&["select"]),
        "explain" => has(&["select", "update", "delete", "insert"]),
        "truncate" | "vacuum" | "grant" => rest.trim_end().ends_with(';'),
        _ => false,
    }
}

/// Returns what stands behind `name=# `, `name-> ` or `mysql> `, if the line starts so.
pub(in crate::code) fn prompt(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let window = line.as_bytes().get(..line.len().min(MAX_PROMPT))?;
    let name = window
        .iter()
        .position(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'_' | b'.' | b'@' | b':'))?;
    let signs = line.get(name..)?;
    let (rest, named) = [
        ("=# ", false),
        ("=> ", true),
        ("-# ", false),
        ("-> ", false),
        ("(# ", false),
        ("(> ", false),
    ]
    .iter()
    .find_map(|(sign, named)| Some((signs.strip_prefix(sign)?, *named)))
    .or_else(|| {
        let shells = ["mysql", "sqlite", "cqlsh", "MariaDB", "psql", "sql"];
        let is_shell = shells.iter().any(|shell| window.starts_with(shell.as_bytes()));
        Some((signs.strip_prefix("> ").filter(|_| is_shell)?, true))
    })?;
    (name > 0 || !named).then_some(rest)
}

/// Judges every statement of a text.
fn statements(code: &str, out: &mut Verdict) {
    let mut statement = Statement::default();
    let mut starts_line = true;
    let mut skips_line = false;
    for token in table::lex(code, TableLanguage::Sql) {
        let text = token.of(code);
        match token.kind {
            TokenKind::Comment => {}
            _ if skips_line => skips_line = !text.contains('\n'),
            TokenKind::Text | TokenKind::Keyword | TokenKind::Function => {
                let mut name = None;
                for (piece, is_word) in pieces(text) {
                    if skips_line {
                        skips_line = piece != "\n";
                    } else if is_word {
                        statement.word(piece);
                        name = Some(piece).filter(|_| token.kind == TokenKind::Text);
                        starts_line = false;
                        continue;
                    } else if piece == ";" {
                        std::mem::take(&mut statement).finish(out);
                    } else if piece == "\\" && starts_line && statement.is_empty() {
                        // `\d`, `\x`: commands of psql read, but for those that run something.
                        let run = text.contains("\\i ") || text.contains("\\!");
                        out.add((!run).then_some(Effect::Reads));
                        skips_line = true;
                    }
                    if let (Some(name), "(") = (name.take(), piece) {
                        statement.function(name);
                    }
                    starts_line = piece == "\n" || starts_line && piece.trim().is_empty();
                }
            }
            _ => statement.other(),
        }
    }
    statement.finish(out);
}

/// Splits a text into words and single other characters; true for words.
fn pieces(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let is_word_char = |c: char| c.is_alphanumeric() || c == '_';
        let length = rest.find(|c: char| !is_word_char(c)).unwrap_or(rest.len());
        let first = rest.chars().next().map_or(1, char::len_utf8);
        at += if length > 0 { length } else { first };
        Some((rest.get(..length.max(first))?, length > 0))
    })
}

/// What is known of a statement while its words go by.
#[derive(Debug, Default)]
struct Statement {
    first: String,
    before: String,
    worst: Option<Effect>,
    /// It starts with something that no statement is known to start with.
    is_unknown: bool,
    /// It reads a table.
    has_table: bool,
    /// It calls a function of which nothing is known.
    calls_unknown: bool,
    /// `SET GLOBAL`, `COPY … FROM`: the second word or a later one decides.
    words: u32,
}

impl Statement {
    fn is_empty(&self) -> bool {
        self.words == 0 && !self.is_unknown
    }

    /// Takes note of a string, number or name to fill in.
    fn other(&mut self) {
        if self.words == 0 {
            self.is_unknown = true;
        }
        self.before.clear();
    }

    fn function(&mut self, name: &str) {
        let name = name.to_ascii_lowercase();
        self.calls_unknown |=
            !READING.split_ascii_whitespace().any(|known| name.starts_with(known));
    }

    fn raise(&mut self, effect: Effect) {
        self.worst = self.worst.max(Some(effect));
    }

    fn word(&mut self, word: &str) {
        let word = word.to_ascii_lowercase();
        if self.words == 0 {
            if is_in(READS, &word) || matches!(word.as_str(), "with" | "copy") {
                self.raise(Effect::Reads);
            } else if is_in(CHANGES, &word) {
                self.raise(Effect::Changes);
            } else if is_in(DELETES, &word) {
                self.raise(Effect::Deletes);
            } else {
                self.is_unknown = true;
            }
            self.first.clone_from(&word);
        } else {
            self.later(&word);
        }
        if DELETING.iter().any(|start| word.starts_with(start)) {
            self.raise(Effect::Deletes);
        } else if CHANGING.iter().any(|start| word.starts_with(start)) {
            self.raise(Effect::Changes);
        }
        self.has_table |= word == "from";
        self.words += 1;
        self.before = word;
    }

    /// Judges a word behind the first.
    fn later(&mut self, word: &str) {
        match (self.first.as_str(), self.before.as_str(), word) {
            // `EXPLAIN` alone runs nothing.
            ("explain", "analyze" | "verbose", "insert" | "update") => self.raise(Effect::Changes),
            ("explain", "analyze" | "verbose", "delete") => self.raise(Effect::Deletes),
            ("with", "delete", "from") | ("alter", _, "drop") => self.raise(Effect::Deletes),
            ("with", "insert" | "merge", "into") | ("with", "update", _) => {
                self.raise(Effect::Changes);
            }
            ("set" | "reset", "set" | "reset", "global" | "persist" | "master" | "slave") => {
                self.raise(Effect::Changes);
            }
            ("start", "start", "slave" | "replica" | "group_replication")
            | ("copy", _, "from")
            | ("select", "into", "table" | "temp") => self.raise(Effect::Changes),
            _ => {}
        }
    }

    fn finish(self, out: &mut Verdict) {
        if !self.is_empty() {
            let may_do_more = self.calls_unknown && !self.has_table && self.first == "select";
            out.add(if self.is_unknown || may_do_more {
                self.worst.filter(|worst| *worst > Effect::Reads)
            } else {
                self.worst
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::effect::Effect::{Changes, Deletes, Reads};

    #[test]
    fn statements_are_judged_by_their_first_word() {
        for (code, expected) in [
            ("SELECT * FROM t;", Some(Reads)),
            ("select count(*) from deletes where x = 'delete from y'", Some(Reads)),
            ("show processlist;\nexplain select 1;", Some(Reads)),
            ("with a as (select 1) select * from a", Some(Reads)),
            ("WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone", Some(Deletes)),
            ("with a as (select 1) update t set x = 1", Some(Changes)),
            ("select x from t for update", Some(Reads)),
            ("EXPLAIN (ANALYZE, BUFFERS) SELECT 1", Some(Reads)),
            ("explain analyze delete from t", Some(Deletes)),
            ("explain delete from t", Some(Reads)),
            ("update t set a = 1 where id = 3;", Some(Changes)),
            ("insert into t values (1)", Some(Changes)),
            ("alter table t add column a int", Some(Changes)),
            ("ALTER TABLE t DROP COLUMN a", Some(Deletes)),
            ("create index concurrently i on t (a);", Some(Changes)),
            ("DROP INDEX CONCURRENTLY i", Some(Deletes)),
            ("truncate t", Some(Deletes)),
            ("delete from t where true", Some(Deletes)),
            ("grant select on t to u", Some(Changes)),
            ("VACUUM (VERBOSE) t;", Some(Changes)),
            ("select pg_terminate_backend(pid) from pg_stat_activity", Some(Changes)),
            ("SELECT pg_cancel_backend(<pid>);", Some(Changes)),
            ("select pg_drop_replication_slot('x')", Some(Deletes)),
            ("KILL 123", Some(Changes)),
            ("set statement_timeout = 0; select 1;", Some(Reads)),
            ("set global read_only = 1", Some(Changes)),
            ("STOP SLAVE;", Some(Changes)),
            ("START TRANSACTION; SELECT 1; ROLLBACK;", Some(Reads)),
            ("begin; delete from t; commit;", Some(Deletes)),
            ("copy t to stdout", Some(Reads)),
            ("copy t from stdin", Some(Changes)),
            ("\\d+ t\nselect 1;", Some(Reads)),
            ("\\x on", Some(Reads)),
            ("-- drop table t\nselect 1", Some(Reads)),
            ("-- nothing", None),
            ("select pg_current_wal_lsn(), now()", Some(Reads)),
            ("select partman.run_maintenance()", None),
            ("select f(x) from t", Some(Reads)),
            ("select pg_stat_reset()", Some(Changes)),
            ("call f()", None),
            ("do $$ begin end $$", None),
            ("db=# select 1;\n pid \n-----\n 1\n(1 row)\n", Some(Reads)),
            ("db=# delete\ndb-# from t;\nDELETE 3\n", Some(Deletes)),
            ("mysql> show slave status\\G\nempty\n", Some(Reads)),
            ("", None),
        ] {
            assert_eq!(verdict(code).effect(), expected, "{code}");
        }
    }

    #[test]
    fn statements_are_told_from_text() {
        for (code, expected) in [
            ("SELECT 1;", true),
            ("select the pod", false),
            ("update the page", false),
            ("UPDATE t SET a = 1", true),
            ("delete from t", true),
            ("drop table t", true),
            ("with care", false),
        ] {
            assert_eq!(is_statement(code), expected, "{code}");
        }
    }
}

//! A block of commands → the places in it that the reader has to fill in.
//!
//! `$NAMESPACE`, `${NAMESPACE}`, `<namespace>`, `<<NAMESPACE>>`, `{{ namespace }}`, `[NAMESPACE]`,
//! `NAMESPACE_HERE` and `YOUR_NAMESPACE` are one parameter, `NAMESPACE`. A variable is none where the
//! page assigns it, where every shell has it, or where the shell would not look for it; declared names
//! are parameters everywhere. Nothing is guessed in heredocs, regular expressions and templates.

use std::collections::BTreeSet;

use crate::code::command;
use crate::code::effect::{Reading, reading};
use crate::code::languages::Language;
use crate::code::placeholder;
use crate::code::table::{self, TableLanguage};
use crate::code::token::{Token, TokenKind};

/// A place that stands for a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The parameter, as [`normalized`] has it.
    pub name: String,
    /// First byte of the place, marks included.
    pub start: u32,
    /// One past its last byte.
    pub end: u32,
}

/// The variables that the blocks of a page have assigned so far. Start each page with an empty one.
#[derive(Clone, Debug, Default)]
pub struct Assigned {
    names: BTreeSet<String>,
}

/// Variables that are set in every shell, or by what the shell runs in.
const ENVIRONMENT: &str = "HOME PATH USER PWD OLDPWD SHELL HOSTNAME HOSTTYPE OSTYPE MACHTYPE KUBECONFIG EDITOR \
    VISUAL RANDOM SRANDOM IFS TMPDIR TMP TEMP PAGER LANG LANGUAGE LC_ALL LC_CTYPE SECONDS LOGNAME UID EUID GID \
    GROUPS PPID LINENO REPLY TERM DISPLAY COLUMNS LINES MAIL PS1 PS2 PS3 PS4 SHLVL BASH BASH_SOURCE \
    BASH_VERSION BASH_REMATCH BASHPID FUNCNAME PIPESTATUS OPTARG OPTIND OPTERR EPOCHSECONDS EPOCHREALTIME \
    SUDO_USER SUDO_UID SSH_AUTH_SOCK SSH_CONNECTION SSH_CLIENT SSH_TTY GOPATH GOROOT GOBIN JAVA_HOME \
    PYTHONPATH VIRTUAL_ENV XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME XDG_RUNTIME_DIR LD_LIBRARY_PATH \
    LD_PRELOAD MANPATH TZ DEBIAN_FRONTEND KUBECTL OC STDIN STDOUT STDERR ARGV ENV";

/// Words between angle brackets or square ones that programs print or read themselves.
const NO_NAMES: &str = "NONE NIL NULL UNKNOWN UNSET PENDING INVALID SNIP SNIPPED OMITTED REDACTED TRUNCATED \
    STDIN STDOUT STDERR EOF DEFAULT EMPTY NO_VALUE ERR ERROR ERRORS IDLE INSUFFICIENT_PRIVILEGE WARN WARNING INFO DEBUG TRACE FATAL CRITICAL \
    NOTICE OK FAIL FAILED PASS SUCCESS OPTIONS OPTION FLAGS ARGS ARGUMENTS EXPR IMG TITLE FORM BUTTON INPUT META \
    LINK DETAILS SUMMARY H3 H4 OL DL DT DD TH TBODY THEAD SECTION HEADER FOOTER STYLE UNDEFINED \
    PASSTHROUGH MULTIPLE_OUTPUTS";

/// Returns a name as all its spellings have in common: capitals, with `_` between the words.
///
/// `pod-name`, `your pod name` and `POD_NAME_HERE` are all `POD_NAME`.
pub fn normalized(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for char in name.trim().chars() {
        if char.is_alphanumeric() {
            out.extend(char.to_uppercase());
        } else if !out.ends_with('_') && !out.is_empty() {
            out.push('_');
        }
    }
    let name = out.trim_end_matches('_');
    let name = name.strip_suffix("_HERE").unwrap_or(name);
    let own = ["YOUR_", "MY_"].iter().find_map(|word| name.strip_prefix(word));
    own.unwrap_or(name).to_owned()
}

/// Returns what stands between the marks of a place: `pod-name` of `<pod-name>` and of
/// `{{ pod-name }}`. This is how the author spelled the name.
pub fn bare(place: &str) -> &str {
    place.trim_matches(|c: char| matches!(c, '<' | '>' | '{' | '}' | '[' | ']' | '$')).trim()
}

/// Returns the places of a block that stand for a value, in order.
///
/// `declared` are the names of the page's own list of parameters, in any spelling. What the block
/// assigns is added to `assigned`.
pub fn parameters(
    language: Language,
    code: &str,
    declared: &[&str],
    assigned: &mut Assigned,
) -> Vec<Use> {
    let declared: BTreeSet<String> = declared.iter().map(|name| normalized(name)).collect();
    let (tokens, is_shell) = match reading(language, code) {
        Some(Reading::Shell(tokens)) => (tokens, true),
        Some(Reading::Sql) => (table::lex(code, TableLanguage::Sql), false),
        None => return Vec::new(),
    };
    if is_shell {
        assigned.note(code, &tokens);
    }
    let mut finder = Finder { code, declared, assigned, is_shell, out: Vec::new() };
    for token in tokens {
        finder.token(token);
    }
    finder.out
}

impl Assigned {
    /// Takes note of the variables that a block sets: by `=`, `for`, `read`, `export` and the like.
    fn note(&mut self, code: &str, tokens: &[Token]) {
        let commands = command::commands(code, tokens);
        self.names.extend(commands.assigned.iter().map(|name| (*name).to_owned()));
        for simple in &commands.simple {
            let words: Vec<&str> = simple.words.iter().map(|word| word.text.as_ref()).collect();
            let names = match words.as_slice() {
                ["read" | "mapfile" | "readarray", names @ ..] => names,
                ["printf", "-v", names @ ..] | ["getopts", _, names @ ..] => {
                    names.get(..1).unwrap_or_default()
                }
                _ => &[],
            };
            let names = names.iter().filter(|name| !name.starts_with('-'));
            self.names.extend(names.map(|name| (*name).to_owned()));
        }
    }
}

struct Finder<'a> {
    code: &'a str,
    declared: BTreeSet<String>,
    assigned: &'a Assigned,
    is_shell: bool,
    out: Vec<Use>,
}

impl Finder<'_> {
    fn token(&mut self, token: Token) {
        let text = token.of(self.code);
        match token.kind {
            TokenKind::Placeholder => self.placeholder(token, text),
            TokenKind::Variable if self.is_shell => {
                let name = variable(text).filter(|name| self.is_variable(name));
                if let Some(name) = name.filter(|_| !self.is_told(token)) {
                    self.push(name, token.start, token.end);
                }
            }
            TokenKind::Comment | TokenKind::Prompt | TokenKind::Output => {}
            TokenKind::String if self.is_shell => self.strings(token, text),
            _ if !self.is_shell => self.braced(token, text),
            _ => {}
        }
    }

    fn push(&mut self, name: &str, start: u32, end: u32) {
        let name = normalized(name);
        if !name.is_empty() {
            self.out.push(Use { name, start, end });
        }
    }

    fn placeholder(&mut self, token: Token, text: &str) {
        let name = normalized(bare(text));
        let before = self.code.get(..token.start as usize).unwrap_or("");
        if self.declared.contains(&name) || !is_no_name(&name, text, before, self.is_shell) {
            self.push(&name, token.start, token.end);
        }
    }

    /// Returns true where the reader, not the page or the shell, gives the variable its value.
    fn is_variable(&self, name: &str) -> bool {
        let is_own = || {
            let capitals = name.bytes().all(|b| !b.is_ascii_lowercase());
            let known = ENVIRONMENT.split_ascii_whitespace().any(|known| known == name);
            capitals && !known && !self.assigned.names.contains(name)
        };
        self.declared.contains(&normalized(name)) || is_own()
    }

    /// Returns true for `($NAME)` and `(env $NAME)`: so the help texts of programs name variables.
    fn is_told(&self, token: Token) -> bool {
        let before = self.code.get(..token.start as usize).unwrap_or("");
        let after = self.code.get(token.end as usize..).unwrap_or("");
        let opened = before.ends_with(" (") || before.ends_with("(env ");
        opened && after.starts_with(')')
    }

    /// Finds declared names in a heredoc or in single quotes, where nothing else is one.
    fn strings(&mut self, token: Token, text: &str) {
        if self.declared.is_empty() {
            return;
        }
        self.each(token, text, |finder, name, start, end| {
            if finder.declared.contains(&normalized(name)) {
                finder.push(name, start, end);
            }
        });
    }

    /// Finds `${NAME}` in SQL.
    fn braced(&mut self, token: Token, text: &str) {
        self.each(token, text, |finder, name, start, end| {
            let braced = end - start > name.len() as u32 + 2;
            if braced && finder.is_variable(name) {
                finder.push(name, start, end);
            }
        });
    }

    /// Calls `found` for every `$name`, `${name}` and `<name>` of a piece of text.
    fn each(&mut self, token: Token, text: &str, found: impl Fn(&mut Self, &str, u32, u32)) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(offset) =
            bytes.get(at..).and_then(|rest| rest.iter().position(|b| matches!(b, b'$' | b'<')))
        {
            let start = at + offset;
            let end = if bytes.get(start) == Some(&b'<') {
                placeholder::angle(bytes, start)
            } else {
                variable_end(bytes, start)
            };
            at = end.unwrap_or(start + 1);
            let place = end.and_then(|end| text.get(start..end));
            if let Some(place) = place {
                let from = token.start + start as u32;
                found(self, bare(place), from, from + place.len() as u32);
            }
        }
    }
}

/// Returns the name of `$NAME` or `${NAME}`; with an operator inside, it is no name.
fn variable(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    let name = match name.strip_prefix('{') {
        Some(name) => name.strip_suffix('}')?,
        None => name,
    };
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
    (starts && name.bytes().all(placeholder::is_word_byte)).then_some(name)
}

/// Returns the end of `$NAME` or `${NAME}` at `at`.
fn variable_end(code: &[u8], at: usize) -> Option<usize> {
    let braced = code.get(at + 1) == Some(&b'{');
    let from = at + 1 + usize::from(braced);
    let rest = code.get(from..)?;
    let length = rest.iter().position(|b| !placeholder::is_word_byte(*b)).unwrap_or(rest.len());
    let closed = !braced || rest.get(length) == Some(&b'}');
    let named = rest.first().is_some_and(u8::is_ascii_alphabetic);
    (closed && named).then_some(from + length + usize::from(braced))
}

/// Returns true for what looks like a name to fill in, but is none.
fn is_no_name(name: &str, text: &str, before: &str, is_shell: bool) -> bool {
    // `(?<name>…)` and `(?P<name>…)` name a group of a regular expression.
    let is_group = before.ends_with("(?") || before.ends_with("(?P");
    // `List<String>`.
    let inner = bare(text);
    let is_type = text.starts_with('<')
        && before.ends_with(|c: char| c.is_ascii_alphanumeric())
        && inner.starts_with(|c: char| c.is_ascii_uppercase())
        && inner.contains(|c: char| c.is_ascii_lowercase())
        && inner.bytes().all(|b| b.is_ascii_alphanumeric());
    // `a <b and c> d` compares.
    let compares = !is_shell && inner.contains(' ') && {
        let lower = inner.to_ascii_lowercase();
        lower.split(' ').any(|word| matches!(word, "and" | "or"))
    };
    is_group || is_type || compares || NO_NAMES.split_ascii_whitespace().any(|known| known == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(language: Language, code: &str, declared: &[&str], expected: &[&str]) {
        let found = parameters(language, code, declared, &mut Assigned::default());
        let names: Vec<&str> = found.iter().map(|place| place.name.as_str()).collect();
        assert_eq!(names, expected, "{code}");
    }

    #[test]
    fn spellings_of_one_name_are_one_parameter() {
        for (code, expected) in [
            ("kubectl logs $POD_NAME", "POD_NAME"),
            ("kubectl logs ${POD_NAME}", "POD_NAME"),
            ("kubectl logs \"$POD_NAME\"", "POD_NAME"),
            ("kubectl logs <pod-name>", "POD_NAME"),
            ("kubectl logs <Pod Name>", "POD_NAME"),
            ("kubectl logs <<POD_NAME>>", "POD_NAME"),
            ("kubectl logs {{ pod_name }}", "POD_NAME"),
            ("kubectl logs POD_NAME_HERE", "POD_NAME"),
            ("kubectl logs YOUR_POD_NAME", "POD_NAME"),
            ("kubectl logs <your-pod-name>", "POD_NAME"),
            ("kubectl logs my-<my-pod-name>", "POD_NAME"),
            ("kubectl logs [POD_NAME]", "POD_NAME"),
            ("ssh <user@host>", "USER_HOST"),
        ] {
            check(Language::Shell, code, &[], &[expected]);
        }
        assert_eq!(normalized("Pod Name"), normalized("pod--name_"));
        assert_eq!(bare("{{ pod-name }}"), "pod-name");
        assert_eq!(bare("${POD}"), "POD");
        assert_eq!(bare("<<POD>>"), "POD");
    }

    #[test]
    fn places_are_told_from_what_looks_like_them() {
        for (code, expected) in [
            ("kubectl -n $NAMESPACE describe pod $POD", vec!["NAMESPACE", "POD"]),
            ("$ oc -n <ns> get pods\n<none>\n$ ls <dir>\n", vec!["NS", "DIR"]),
            ("curl -XDELETE \"${ES}/${OLD}\"", vec!["ES", "OLD"]),
            ("ssh \"kafka-${ID}\" 'sudo systemctl start <unit>'", vec!["ID", "UNIT"]),
            ("echo \"$(get $A)\" `get $B`", vec!["A", "B"]),
            ("A=$B run", vec!["B"]),
            ("# $COMMENT <here>", vec![]),
            // What the shell itself knows.
            ("echo $1 $? $@ $$ $! $# $0", vec![]),
            ("cd $HOME; echo $PATH $USER $KUBECONFIG $RANDOM $EDITOR", vec![]),
            ("echo $lower ${lower}", vec![]),
            ("echo ${A:-x} ${B%.*} ${#C} ${D/x/y} ${E:?}", vec![]),
            ("echo $((A + 1))", vec![]),
            // What the block itself sets.
            ("NS=x\nkubectl -n $NS get pods", vec![]),
            ("export NS=x; kubectl -n $NS get pods", vec![]),
            ("export NS\nkubectl -n $NS get pods", vec![]),
            ("for POD in a b; do ls $POD; done", vec![]),
            ("get | while read -r POD NODE; do ls $POD $NODE; done", vec![]),
            ("mapfile -t PODS < x; printf -v LINE %s x; echo $PODS $LINE", vec![]),
            ("NODE=<node name>\nssh $NODE", vec!["NODE_NAME"]),
            // Where the shell does not look.
            ("awk '{print $NF, $A}' x", vec![]),
            ("jq '.[] | $A'", vec![]),
            ("cat <<EOF\n$A <name> {{ x }}\nEOF\n", vec![]),
            ("echo \\$A", vec![]),
            // Templates, patterns, markup, redirections.
            ("get -o jsonpath='{.items[*].metadata.name}'", vec![]),
            ("get -o go-template='{{range .items}}{{.metadata.name}}{{end}}'", vec![]),
            ("docker ps --format '{{.Names}} {{ $labels.x }}'", vec![]),
            ("grep -P '(?<year>x)(?P<day>y)' [A-Z]* [0-9]", vec![]),
            ("grep '[ERROR]' x", vec![]),
            ("curl -d '<b>x</b><name>y</name>' x", vec![]),
            ("cat <file >out; diff <(a) <(b); sort <in", vec![]),
            ("mail <ann@example.com>", vec![]),
            ("javac Map<String>", vec![]),
            ("kubectl get nodes # Ready <none>", vec![]),
            ("git log <none> <unknown>", vec![]),
            ("--port   Port to listen on (env $PORT) (default \"8080\")", vec![]),
            ("curl 'http://prom/api?query=up{job=\"<job>\"}'", vec!["JOB"]),
        ] {
            check(Language::Shell, code, &[], &expected);
        }
    }

    #[test]
    fn declared_names_are_parameters_everywhere() {
        for (code, expected) in [
            ("kubectl -n $namespace get", vec!["NAMESPACE"]),
            ("NAMESPACE=x\nkubectl -n $NAMESPACE get", vec!["NAMESPACE"]),
            ("cat <<EOF\nnamespace: ${NAMESPACE} $OTHER\nEOF\n", vec!["NAMESPACE"]),
            ("curl -d '{\"ns\": \"$NAMESPACE\"}' x", vec!["NAMESPACE"]),
            ("curl -d '{\"ns\": \"<namespace>\"}' x", vec!["NAMESPACE"]),
            ("echo $USER <user>", vec!["USER", "USER"]),
        ] {
            check(Language::Shell, code, &["namespace", "user"], &expected);
        }
    }

    #[test]
    fn blocks_are_read_by_their_language() {
        let sql = Language::Table(TableLanguage::Sql);
        let yaml = Language::Table(TableLanguage::Yaml);
        for (language, code, expected) in [
            (sql, "select * from t where a = '<name>' and b = ${SLOT}", vec!["NAME", "SLOT"]),
            (
                sql,
                "select '${SLOT}', {{ slot }}, $1, :name, YOUR_TABLE",
                vec!["SLOT", "SLOT", "TABLE"],
            ),
            (sql, "select a <b and c> d from t where q = '<IDLE>'", vec![]),
            (sql, "-- ${SLOT}\nselect 1", vec![]),
            (yaml, "name: <name>\nx: ${NAME}", vec![]),
            (Language::PromQl, "up{job=\"$JOB\"}", vec![]),
            (Language::Plain, "kubectl get <pod>", vec![]),
            (Language::Unknown, "kubectl get <pod>", vec!["POD"]),
            (Language::Unknown, "Mail to <name>", vec![]),
            (Language::Console, "$ ls $A\n$B <c>\n", vec!["A"]),
        ] {
            check(language, code, &[], &expected);
        }
    }

    #[test]
    fn a_page_remembers_what_it_assigned() {
        let mut assigned = Assigned::default();
        let shell = Language::Shell;
        let mut names = |code| {
            let found = parameters(shell, code, &[], &mut assigned);
            found.into_iter().map(|place| place.name).collect::<Vec<_>>()
        };
        assert_eq!(names("ls $A $B"), ["A", "B"]);
        assert!(names("A=$(hostname)").is_empty());
        assert_eq!(names("ls $A $B"), ["B"]);
    }

    #[test]
    fn places_cover_their_marks() {
        let code = "é <<A>> {{ b }} ${C} 'x <d>' \"$E\"";
        let found = parameters(Language::Shell, code, &["e"], &mut Assigned::default());
        let places: Vec<&str> =
            found.iter().map(|u| &code[u.start as usize..u.end as usize]).collect();
        assert_eq!(places, ["<<A>>", "{{ b }}", "${C}", "<d>", "$E"]);
    }

    #[test]
    fn nothing_breaks_it() {
        let pieces = [
            "$A", "${", "}", "<a", ">", "{{", "}}", "[B]", "'", "\"", "\n", "é", "<<EOF", "EOF",
            "$(", ")", "read ", "for ", "=", " ", "A=", "(?", "$é",
        ];
        let mut state = 1_u32;
        for _ in 0..3000 {
            let mut code = String::new();
            for _ in 0..=state % 19 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                code.push_str(pieces[(state >> 16) as usize % pieces.len()]);
            }
            for language in [Language::Shell, Language::Table(TableLanguage::Sql)] {
                let found = parameters(language, &code, &["a"], &mut Assigned::default());
                for place in &found {
                    assert!(code.get(place.start as usize..place.end as usize).is_some(), "{code}");
                }
                assert!(found.windows(2).all(|w| w[0].end <= w[1].start), "{code} {found:?}");
            }
        }
    }
}

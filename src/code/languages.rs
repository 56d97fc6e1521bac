//! The label of a code block → the language it is highlighted as.
//!
//! Labels come as authors write them: in any case, with aliases, with a directive's name or
//! attributes around them, and misspelt. A label that is not known gives [`Language::Unknown`],
//! which is shown as plain text.
//!
//! Also says how long a grammar may take for a line, estimated from the text alone:
//! syntect cannot be interrupted, and a clock would make the output depend on the machine. Its
//! regular expressions take time with the square of a line's length and of its longest words, so
//! the estimate is `run × Σ(word²) + line × (length + 16)²` nanoseconds with two factors for each
//! grammar. The factors were fitted, in a release build, to the slowest lines that a search of a
//! few thousand combinations of each grammar's own words and signs has found (400 bytes of
//! `hidden` in C# take 0.17 s, of `$` in `JavaScript` 0.1 s, of `$_` in a makefile 0.07 s), and
//! raised where a second search, over whole blocks of 64 KiB, found a block above 45 ms. What is
//! not in the table is not given to syntect.

use crate::code::table::TableLanguage;

/// What a code block is highlighted as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// A shell script, read by [`crate::code::lex_shell`].
    Shell,
    /// A recorded session, read by [`crate::code::lex_console`].
    Console,
    /// A Prometheus query.
    PromQl,
    /// A Loki query.
    LogQl,
    /// A language read by [`crate::code::table::lex`].
    Table(TableLanguage),
    /// Text without highlighting, by the author's wish or for want of a grammar.
    Plain,
    /// A syntect grammar, by its name.
    Syntect(&'static str),
    /// A label that is in no table, or none at all.
    Unknown,
}

/// Languages with their labels, in lower case, parted by spaces.
const LABELS: [(Language, &str); 66] = [
    (
        Language::Shell,
        "bash sh shell zsh ksh shel !bash 8sh ash dash fish shellscript shell-script bsh env-shell",
    ),
    (
        Language::Console,
        "console shell-session shellsession terminal bash-session bashsession sh-session \
         sh-console session command-line commandline cmdline",
    ),
    (Language::PromQl, "promql prometheus promqlpromql metricsql prom"),
    (Language::LogQl, "logql loki"),
    (
        Language::Plain,
        "text txt plaintext plain plain-text none no-highlight nohighlight output raw ascii mermaid \
         plantuml puml math latex-math asciimath d2 ditaa wavedrom powershell ps1 pwsh ps mongo \
         mongosh mongodb redis redis-cli csv tsv spl splunk kql kusto esql lucene flux influxql \
         markdown md gfm rst asciidoc adoc mdx diagram tree stacktrace traceback cypher bicep \
         copy vue svelte scss sass less tcl expect fstab syslog lisp elisp \
         emacs-lisp common-lisp scheme",
    ),
    (
        Language::Table(TableLanguage::Yaml),
        "yaml yml eyaml k8s kubernetes kube ansible helm-values cloud-init",
    ),
    (Language::Table(TableLanguage::Json), "json json5 jsonc jsonl ndjson geojson json-object"),
    (
        Language::Table(TableLanguage::Sql),
        "sql psql postgres postgresql pgsql plpgsql mysql mariadb sqlite sqlite3 tsql mssql plsql \
         bigquery cql clickhouse ddl dml hql redshift snowflake",
    ),
    (Language::Syntect("Ruby"), "ruby rb rails irb chef gemfile rake"),
    (
        Language::Syntect("Python"),
        "python py python3 py3 python2 ipython ipython3 pycon doctest starlark bazel bzl tilt",
    ),
    (Language::Syntect("Terraform"), "hcl tf terraform tfvars hcl2 packer nomad opentofu vault"),
    (Language::Table(TableLanguage::Go), "go golang"),
    (Language::Syntect("TOML"), "toml"),
    (
        Language::Syntect("INI"),
        "ini cfg conf config cnf systemd service unit desktop editorconfig pip-conf reg",
    ),
    (Language::Syntect("Diff"), "diff patch udiff"),
    (Language::Syntect("Dockerfile"), "dockerfile docker containerfile"),
    (Language::Syntect("Makefile"), "makefile make mk gnumake"),
    (Language::Syntect("jsonnet"), "jsonnet libsonnet"),
    (Language::Syntect("nginx"), "nginx nginxconf nginx-conf"),
    (Language::Syntect("Apache Conf"), "apache apacheconf htaccess httpd"),
    (Language::Syntect("Crontab"), "cron crontab"),
    (Language::Syntect("HTTP Request and Response"), "http https http-request"),
    (Language::Syntect("log"), "log logs"),
    (Language::Syntect("Rust"), "rust rs"),
    (Language::Syntect("Java"), "java"),
    (Language::Syntect("Kotlin"), "kotlin kt kts"),
    (Language::Syntect("Scala"), "scala sbt"),
    (Language::Syntect("JavaScript"), "javascript js node nodejs jsx mjs cjs es6"),
    (Language::Syntect("TypeScript"), "typescript ts mts cts"),
    (Language::Syntect("TypeScriptReact"), "tsx"),
    (Language::Syntect("C"), "c h"),
    (Language::Syntect("C++"), "c++ cpp cc cxx hpp arduino"),
    (Language::Syntect("C#"), "c# cs csharp dotnet"),
    (Language::Syntect("PHP"), "php"),
    (Language::Syntect("Perl"), "perl pl"),
    (Language::Syntect("Lua"), "lua"),
    (Language::Syntect("R"), "r rlang"),
    (Language::Syntect("HTML"), "html htm xhtml"),
    (Language::Syntect("XML"), "xml xsd xsl xslt svg pom plist rss"),
    (Language::Syntect("CSS"), "css"),
    (Language::Syntect("Java Properties"), "properties java-properties"),
    (Language::Syntect("DotENV"), "dotenv env"),
    (Language::Syntect("GraphQL"), "graphql gql"),
    (Language::Syntect("Protocol Buffer"), "protobuf proto proto3"),
    (Language::Syntect("Groovy"), "groovy gradle jenkinsfile jenkins"),
    (Language::Syntect("Rego"), "rego opa"),
    (Language::Syntect("JQ"), "jq"),
    (Language::Syntect("Puppet"), "puppet pp"),
    (Language::Syntect("Nix"), "nix"),
    (Language::Syntect("Elixir"), "elixir ex exs iex"),
    (Language::Syntect("Erlang"), "erlang erl"),
    (Language::Syntect("Haskell"), "haskell hs"),
    (Language::Syntect("Clojure"), "clojure clj edn cljs"),
    (Language::Syntect("Swift"), "swift"),
    (Language::Syntect("Dart"), "dart"),
    (Language::Syntect("Batch File"), "bat batch cmd dos winbatch"),
    (Language::Syntect("AWK"), "awk gawk"),
    (Language::Syntect("SSH Config"), "ssh-config ssh_config sshconfig"),
    (Language::Syntect("SSHD Config"), "sshd-config sshd_config"),
    (Language::Syntect("Git Config"), "gitconfig git-config"),
    (Language::Syntect("VimL"), "vim viml vimscript"),
    (Language::Syntect("Jinja2"), "jinja jinja2 j2"),
    (Language::Syntect("CMake"), "cmake"),
    (Language::Syntect("Graphviz (DOT)"), "dot graphviz gv"),
    (Language::Syntect("Objective-C"), "objective-c objc objectivec"),
    (Language::Syntect("Zig"), "zig"),
];

/// Returns the language of a label: the info string of a fence, or a directive with its argument.
///
/// `Bash`, `{.python}`, `{code-block} python`, `yaml title="x"`, `shell script` and
/// `language-go` are all understood.
pub fn language(label: &str) -> Language {
    let label = label.trim().to_ascii_lowercase();
    if let Some(directive) = label.strip_prefix('{') {
        let (name, argument) = directive.split_once('}').unwrap_or((directive, ""));
        return match name.split([' ', ':']).next().unwrap_or("") {
            "code-block" | "code" | "code-cell" | "sourcecode" | "highlight" => {
                first_word(argument)
            }
            "prompt" => Language::Console,
            "mermaid" | "math" | "graphviz" | "parsed-literal" | "literalinclude" => {
                Language::Plain
            }
            _ => first_word(name.trim_start_matches('.')),
        };
    }
    // Two words that are one label.
    if label.starts_with("bash session") || label.starts_with("shell session") {
        return Language::Console;
    }
    first_word(&label)
}

/// Returns every label of the table, for tests.
#[cfg(test)]
pub fn labels() -> impl Iterator<Item = &'static str> {
    LABELS.iter().flat_map(|(_, labels)| labels.split(' '))
}

/// Returns the language of the first word of a label in lower case.
fn first_word(label: &str) -> Language {
    let label = label.trim_start();
    let end = label.find([' ', '\t', ',', '{', ';', ':', '(', '[']).unwrap_or(label.len());
    let word = label.get(..end).unwrap_or("").trim_start_matches("language-");
    let word = word.trim_start_matches(['.', '=']).trim_end_matches('}');
    if word.is_empty() {
        return Language::Unknown;
    }
    let found = LABELS.iter().find(|(_, labels)| labels.split(' ').any(|known| known == word));
    found.map_or(Language::Unknown, |(language, _)| *language)
}

/// What one block may take, in estimated nanoseconds.
pub const BUDGET: u64 = 50_000_000;

/// Longest line that is given to syntect, in bytes.
const MAX_LINE: usize = 400;
/// Longest run of blanks in a line: the INI grammar takes time with its cube.
const MAX_BLANKS: u64 = 64;

/// A grammar of syntect with the factors of its estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grammar {
    /// The name in the syntax set.
    pub name: &'static str,
    /// Nanoseconds for the square of a word's length.
    run: u64,
    /// Nanoseconds for the square of a line's length.
    line: u64,
}

/// How much longer a line of Ruby may take in a block with a heredoc, which may hold a second
/// language.
const RUBY_HEREDOC: u64 = 6;

const fn grammar_row(name: &'static str, run: u64, line: u64) -> Grammar {
    Grammar { name, run, line }
}

/// The grammars that are used, by name.
#[rustfmt::skip]
const GRAMMARS: [Grammar; 57] = [
    grammar_row("Apache Conf", 11, 178),
    grammar_row("AWK", 14, 82),
    grammar_row("Batch File", 104, 415),
    grammar_row("C", 61, 248),
    grammar_row("C#", 3608, 459),
    grammar_row("C++", 43, 582),
    grammar_row("Clojure", 1, 59),
    grammar_row("CMake", 38, 355),
    grammar_row("Crontab", 2, 143),
    grammar_row("CSS", 93, 118),
    grammar_row("Dart", 7, 111),
    grammar_row("Diff", 1, 8),
    grammar_row("Dockerfile", 1, 8),
    grammar_row("DotENV", 44, 28),
    grammar_row("Elixir", 53, 94),
    grammar_row("Erlang", 17, 137),
    grammar_row("Git Config", 4, 32),
    grammar_row("GraphQL", 10, 32),
    grammar_row("Graphviz (DOT)", 22, 94),
    grammar_row("Groovy", 13, 115),
    grammar_row("Haskell", 7, 1640),
    grammar_row("HTML", 732, 365),
    grammar_row("HTTP Request and Response", 2, 14),
    grammar_row("INI", 6, 1164),
    grammar_row("Java", 83, 146),
    grammar_row("Java Properties", 2, 17),
    grammar_row("JavaScript", 691, 253),
    grammar_row("Jinja2", 2, 94),
    grammar_row("JQ", 17, 81),
    grammar_row("jsonnet", 8, 58),
    grammar_row("Kotlin", 9, 104),
    grammar_row("log", 215, 282),
    grammar_row("Lua", 166, 161),
    grammar_row("Makefile", 399, 612),
    grammar_row("nginx", 30, 178),
    grammar_row("Nix", 16, 111),
    grammar_row("Objective-C", 26, 309),
    grammar_row("Perl", 42, 4187),
    grammar_row("PHP", 819, 1792),
    grammar_row("Protocol Buffer", 14, 94),
    grammar_row("Puppet", 144, 38),
    grammar_row("Python", 42, 333),
    grammar_row("R", 18, 1485),
    grammar_row("Rego", 7, 17),
    grammar_row("Ruby", 803, 270),
    grammar_row("Rust", 214, 201),
    grammar_row("Scala", 1221, 189),
    grammar_row("SSH Config", 27, 190),
    grammar_row("SSHD Config", 19, 190),
    grammar_row("Swift", 25, 174),
    grammar_row("Terraform", 13, 533),
    grammar_row("TOML", 8, 38),
    grammar_row("TypeScript", 1339, 658),
    grammar_row("TypeScriptReact", 878, 926),
    grammar_row("VimL", 53, 75),
    grammar_row("XML", 5, 32),
    grammar_row("Zig", 30, 234),
];

/// Returns a grammar by its name in the syntax set.
pub fn grammar(name: &str) -> Option<&'static Grammar> {
    GRAMMARS.iter().find(|grammar| grammar.name == name)
}

impl Grammar {
    /// Returns the grammar with the factors that hold for a whole block.
    #[must_use]
    pub fn for_block(self, code: &str) -> Self {
        let embeds = self.name == "Ruby" && code.contains("<<");
        Self { line: if embeds { self.line * RUBY_HEREDOC } else { self.line }, ..self }
    }

    /// Returns the estimated nanoseconds for a line, or nothing where it must not be read at all.
    pub fn work(&self, line: &str) -> Option<u64> {
        if line.len() > MAX_LINE {
            return None;
        }
        let (mut squares, mut word, mut blanks) = (0, 0, 0);
        for byte in line.bytes().chain([b'\n']) {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii() {
                word += 1;
                blanks = 0;
                continue;
            }
            squares += word * word;
            word = 0;
            blanks = if matches!(byte, b' ' | b'\t') { blanks + 1 } else { 0 };
            if blanks > MAX_BLANKS {
                return None;
            }
        }
        let length = line.len() as u64 + 16;
        Some(self.run * squares + self.line * length * length)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn labels_are_understood_as_authors_write_them() {
        for (label, expected) in [
            ("bash", Language::Shell),
            ("Shell script", Language::Shell),
            ("shel", Language::Shell),
            ("!bash", Language::Shell),
            ("sh change where=\"psql\"", Language::Shell),
            ("{code-block} console", Language::Console),
            ("bash session", Language::Console),
            ("console # Drain, but wait", Language::Console),
            ("{code-block} Python", Language::Syntect("Python")),
            ("{.yaml}", Language::Table(TableLanguage::Yaml)),
            ("language-go", Language::Table(TableLanguage::Go)),
            ("golang", Language::Table(TableLanguage::Go)),
            ("psql", Language::Table(TableLanguage::Sql)),
            ("yaml,linenos", Language::Table(TableLanguage::Yaml)),
            ("promqlpromql", Language::PromQl),
            ("text", Language::Plain),
            ("{mermaid}", Language::Plain),
            ("frobnicate", Language::Unknown),
            ("{note}", Language::Unknown),
            ("", Language::Unknown),
            ("REDISCLI_AUTH=$(sudo", Language::Unknown),
        ] {
            assert_eq!(language(label), expected, "{label}");
        }
    }

    #[test]
    fn every_label_stands_once() {
        let mut seen = BTreeSet::new();
        for label in LABELS.iter().flat_map(|(_, labels)| labels.split(' ')) {
            assert!(seen.insert(label), "{label} stands twice");
            assert_eq!(label, label.trim().to_ascii_lowercase());
        }
    }

    #[test]
    fn long_lines_words_and_blanks_cost_more() {
        let rust = grammar("Rust").map(|rust| {
            [
                rust.work("fn main() {}\n"),
                rust.work(&"fn main() {} ".repeat(8)),
                rust.work(&"f".repeat(104)),
                rust.work(&"f".repeat(401)),
                rust.work(&" ".repeat(65)),
            ]
        });
        let [short, long, word, too_long, blank] = rust.unwrap_or_default();
        assert!(short.is_some() && short < long && long < word, "{rust:?}");
        assert_eq!((too_long, blank), (None, None));
        assert!(short < Some(BUDGET / 100));
    }
}

//! Tokens of a shell block → its simple commands, each with its words, what it writes to and what it
//! is fed.
//!
//! Commands inside `$(…)`, backticks, subshells, loops and functions come out like any other; output,
//! comments, the words of `for` and the patterns of `case` do not. Works on the tokens alone, in one
//! pass and without recursion.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::code::token::{Token, TokenKind};

/// A word as the program gets it.
#[derive(Clone, Debug)]
pub(in crate::code) struct Word<'a> {
    /// Without quotes and the backslashes that quote.
    pub(in crate::code) text: Cow<'a, str>,
}

/// A program with its arguments, as far as the text tells.
#[derive(Clone, Debug, Default)]
pub(in crate::code) struct Simple<'a> {
    /// The program and its arguments; empty for a redirection alone.
    pub(in crate::code) words: Vec<Word<'a>>,
    /// Files behind `>` and `>>`; true for those that are emptied first.
    pub(in crate::code) writes: Vec<(Word<'a>, bool)>,
    /// What it reads from a heredoc or from `<<<`.
    pub(in crate::code) input: Option<Cow<'a, str>>,
    /// It reads what the command before it prints.
    pub(in crate::code) is_piped: bool,
    /// A parenthesis stands among its words, where no shell would take it: some words may be missing.
    pub(in crate::code) is_garbled: bool,
    delimiter: Option<Cow<'a, str>>,
}

/// The commands of a block in the order in which they end.
#[derive(Debug, Default)]
pub(in crate::code) struct Commands<'a> {
    /// All of them, also those within others.
    pub(in crate::code) simple: Vec<Simple<'a>>,
    /// Functions that the block defines.
    pub(in crate::code) functions: BTreeSet<&'a str>,
    /// Variables that the block assigns or loops over.
    pub(in crate::code) assigned: BTreeSet<&'a str>,
}

/// Returns the commands of a block, given the tokens of its lexer.
pub(in crate::code) fn commands<'a>(code: &'a str, tokens: &[Token]) -> Commands<'a> {
    let mut reader = Reader {
        code,
        out: Commands::default(),
        frames: vec![Frame::new(Nesting::Outermost)],
        heredocs: Vec::new(),
        at_body: false,
        goes_on: false,
    };
    let mut before = None;
    for (n, token) in tokens.iter().enumerate() {
        let after = tokens.get(n + 1).map_or("", |token| token.of(code));
        reader.token(*token, before, after);
        before = Some(*token);
    }
    reader.unwind();
    reader.out
}

/// What encloses a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nesting {
    Outermost,
    /// `$(…)` or `<(…)`: part of a word of the command outside.
    Substitution,
    Backticks,
    Subshell,
    Array,
}

/// What the next word of a command is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Command,
    Argument,
    /// Behind `>`; true where the file is emptied.
    Write(bool),
    Read,
    Delimiter,
    HereString,
}

/// What a keyword makes of the words behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Words {
    Command,
    /// Not a command: `done`, the list of `for`, the names of `export`.
    Nothing,
    /// The name that a loop assigns or a function gets; then nothing.
    LoopName,
    FunctionName,
    /// The names behind `export`.
    Names,
    /// Inside `[[ … ]]`, where operators end no command.
    Test,
}

/// A command that is being read.
#[derive(Debug)]
struct Frame<'a> {
    nesting: Nesting,
    simple: Simple<'a>,
    place: Place,
    words: Words,
    /// The word that is being read, and whether it starts with an assignment.
    word: Option<(usize, usize)>,
    assigns: bool,
}

impl Frame<'_> {
    fn new(nesting: Nesting) -> Self {
        Self {
            nesting,
            simple: Simple::default(),
            place: Place::Command,
            words: if nesting == Nesting::Array { Words::Nothing } else { Words::Command },
            word: None,
            assigns: false,
        }
    }
}

struct Reader<'a> {
    code: &'a str,
    out: Commands<'a>,
    frames: Vec<Frame<'a>>,
    /// Commands whose heredoc starts on the next line.
    heredocs: Vec<usize>,
    /// The strings that come next are heredocs.
    at_body: bool,
    /// The line break that comes next ends no command.
    goes_on: bool,
}

impl<'a> Reader<'a> {
    fn token(&mut self, token: Token, before: Option<Token>, after: &str) {
        let text = token.of(self.code);
        let is_quote_mark = |t: Token| t.kind == TokenKind::Prompt && is_continuation(t, self.code);
        if self.at_body && token.kind != TokenKind::String && !is_quote_mark(token) {
            self.at_body = false;
            self.heredocs.clear();
        }
        match token.kind {
            TokenKind::Comment => {}
            TokenKind::Prompt if is_continuation(token, self.code) => {}
            TokenKind::Prompt | TokenKind::Output => self.unwind(),
            TokenKind::Text => self.text(token, text),
            TokenKind::String if self.at_body => self.body(text),
            TokenKind::Keyword => self.keyword(token, text),
            TokenKind::Operator => self.operator(token, text, before, after),
            TokenKind::Variable => {
                let named = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
                if named {
                    self.out.assigned.insert(text);
                }
                let starts = self.top().is_some_and(|frame| frame.word.is_none());
                self.extend(token);
                if let (true, true, Some(frame)) = (named, starts, self.top()) {
                    frame.assigns = true;
                }
            }
            _ => self.extend(token),
        }
    }

    fn top(&mut self) -> Option<&mut Frame<'a>> {
        self.frames.last_mut()
    }

    fn extend(&mut self, token: Token) {
        let (start, end) = (token.start as usize, token.end as usize);
        self.grow(start, end);
    }

    fn grow(&mut self, start: usize, end: usize) {
        if let Some(frame) = self.top() {
            frame.word = Some((frame.word.map_or(start, |(from, _)| from), end));
        }
    }

    /// Reads text outside quotes: words with the white space between them.
    fn text(&mut self, token: Token, text: &str) {
        let from = token.start as usize;
        let mut escaped = false;
        for (offset, byte) in text.bytes().enumerate() {
            match byte {
                b'\n' => self.line_break(),
                b' ' | b'\t' | b'\r' if !escaped => self.end_word(),
                _ => self.grow(from + offset, from + offset + 1),
            }
            escaped = byte == b'\\' && !escaped;
        }
    }

    fn line_break(&mut self) {
        self.end_word();
        if std::mem::take(&mut self.goes_on) {
            return;
        }
        let is_array = self.top().is_some_and(|frame| frame.nesting == Nesting::Array);
        if !is_array {
            self.end_command();
        }
        self.at_body = !self.heredocs.is_empty();
    }

    /// Reads a heredoc's body, or the piece of it up to a prompt.
    fn body(&mut self, text: &'a str) {
        let Some(simple) = self.heredocs.first().copied().and_then(|n| self.out.simple.get_mut(n))
        else {
            return;
        };
        let delimiter = simple.delimiter.as_deref().unwrap_or("");
        let mut end = text.len();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            if line.trim() == delimiter {
                end = at;
                break;
            }
            at += line.len();
        }
        let body = text.get(..end).unwrap_or(text);
        match &mut simple.input {
            Some(input) => input.to_mut().push_str(body),
            None => simple.input = Some(Cow::Borrowed(body)),
        }
    }

    fn keyword(&mut self, token: Token, text: &str) {
        self.end_word();
        let Some(frame) = self.top() else { return };
        if frame.words != Words::Command || frame.place != Place::Command {
            if text != "in" {
                self.extend(token);
            }
            return;
        }
        frame.words = match text {
            "then" | "do" | "else" | "elif" | "!" | "time" | "if" | "while" | "until" | "{" => {
                Words::Command
            }
            "for" | "select" => Words::LoopName,
            "function" => Words::FunctionName,
            "[[" => Words::Test,
            "export" | "readonly" | "declare" | "local" => Words::Names,
            _ => Words::Nothing,
        };
    }

    fn operator(&mut self, token: Token, text: &'a str, before: Option<Token>, after: &str) {
        let Some(frame) = self.frames.last_mut() else { return };
        let is_behind = |sign: &str| {
            before.is_some_and(|t| {
                t.kind == TokenKind::Operator && t.end == token.start && t.of(self.code) == sign
            })
        };
        let behind_assignment = is_behind("=") || is_behind("+=");
        match text {
            "\\" => {
                self.end_word();
                self.goes_on = true;
            }
            "=" | "+=" => self.extend(token),
            "`" if frame.nesting == Nesting::Backticks => self.close(token),
            "`" => {
                self.extend(token);
                self.frames.push(Frame::new(Nesting::Backticks));
            }
            "$(" | "<(" | ">(" => {
                if text != "$(" {
                    self.end_word();
                }
                self.extend(token);
                self.frames.push(Frame::new(Nesting::Substitution));
            }
            _ if frame.words == Words::Test => {
                self.end_word();
                if self.top().is_some_and(|frame| frame.words != Words::Test) {
                    self.end_command();
                }
            }
            "(" if behind_assignment => self.frames.push(Frame::new(Nesting::Array)),
            "(" => {
                let name = frame.word.filter(|_| after.starts_with(')'));
                let name = name.and_then(|(start, end)| self.code.get(start..end));
                if let (Some(name), Place::Command) = (name, frame.place) {
                    self.out.functions.insert(name);
                    frame.word = None;
                }
                self.end_word();
                if let Some(frame) = self.top() {
                    frame.simple.is_garbled |= !frame.simple.words.is_empty();
                }
                self.frames.push(Frame::new(Nesting::Subshell));
            }
            ")" => match frame.nesting {
                Nesting::Outermost | Nesting::Backticks => {
                    // The pattern of a `case`.
                    *frame = Frame::new(frame.nesting);
                }
                _ => self.close(token),
            },
            "|" | "|&" => {
                self.end_word();
                self.end_command();
                if let Some(frame) = self.top() {
                    frame.simple.is_piped = true;
                }
            }
            _ if text.starts_with(['<', '>', '&']) && text.contains(['<', '>']) => {
                self.redirection(text);
            }
            _ if text.bytes().all(|b| b.is_ascii_digit()) => {}
            _ => {
                self.end_word();
                self.end_command();
            }
        }
    }

    fn redirection(&mut self, text: &str) {
        self.end_word();
        let Some(frame) = self.top() else { return };
        frame.place = match text {
            ">>" | "&>>" => Place::Write(false),
            ">" | ">|" | "&>" | ">&" => Place::Write(true),
            "<<" | "<<-" => Place::Delimiter,
            "<<<" => Place::HereString,
            "<" => Place::Read,
            // `>&1` has no word behind it.
            _ => return,
        };
    }

    /// Leaves a nested command; what it stands in goes on.
    fn close(&mut self, token: Token) {
        self.end_word();
        self.end_command();
        let Some(closed) = self.frames.pop() else { return };
        if matches!(closed.nesting, Nesting::Substitution | Nesting::Backticks | Nesting::Array) {
            self.extend(token);
        }
        if self.frames.is_empty() {
            self.frames.push(Frame::new(Nesting::Outermost));
        }
    }

    /// Ends every command that is open.
    fn unwind(&mut self) {
        while self.frames.len() > 1 {
            self.end_word();
            self.end_command();
            self.frames.pop();
        }
        self.end_word();
        self.end_command();
        self.heredocs.clear();
        self.at_body = false;
        self.goes_on = false;
    }

    fn end_word(&mut self) {
        let code = self.code;
        let Some(frame) = self.frames.last_mut() else { return };
        let Some((start, end)) = frame.word.take() else { return };
        let assigns = std::mem::take(&mut frame.assigns);
        let Some(raw) = code.get(start..end) else { return };
        let text = unquoted(raw);
        let has_words = !frame.simple.words.is_empty();
        let next = if has_words { Place::Argument } else { Place::Command };
        match std::mem::replace(&mut frame.place, next) {
            Place::Write(empties) => frame.simple.writes.push((Word { text }, empties)),
            Place::Read => {}
            Place::HereString => frame.simple.input = Some(text),
            Place::Delimiter => frame.simple.delimiter = Some(text),
            Place::Command | Place::Argument => match frame.words {
                Words::Command if !has_words && (assigns || matches!(raw, "{" | "}")) => {}
                Words::Command => {
                    frame.place = Place::Argument;
                    frame.simple.words.push(Word { text });
                }
                Words::LoopName => {
                    self.out.assigned.insert(raw);
                    frame.words = Words::Nothing;
                }
                Words::Names => {
                    self.out.assigned.insert(raw);
                }
                Words::FunctionName => {
                    self.out.functions.insert(raw);
                    frame.words = Words::Command;
                }
                Words::Test if raw == "]]" => frame.words = Words::Nothing,
                Words::Nothing | Words::Test => {}
            },
        }
    }

    fn end_command(&mut self) {
        let Some(frame) = self.frames.last_mut() else { return };
        if frame.nesting == Nesting::Array {
            return;
        }
        let simple = std::mem::take(&mut frame.simple);
        frame.place = Place::Command;
        frame.words = Words::Command;
        if simple.words.is_empty() && simple.writes.is_empty() {
            return;
        }
        if simple.delimiter.is_some() {
            self.heredocs.push(self.out.simple.len());
        }
        self.out.simple.push(simple);
    }
}

/// Returns true for the `> ` in front of a line that goes on.
fn is_continuation(token: Token, code: &str) -> bool {
    token.of(code).starts_with('>')
}

/// Returns a word without its quotes and the backslashes that quote.
fn unquoted(raw: &str) -> Cow<'_, str> {
    if !raw.contains(['\'', '"', '\\']) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut quote = None;
    let mut chars = raw.chars().peekable();
    while let Some(char) = chars.next() {
        match (char, quote) {
            ('\'' | '"', None) => quote = Some(char),
            (_, Some(open)) if open == char => quote = None,
            ('\\', None) => match chars.next() {
                Some('\n') | None => {}
                Some(next) => out.push(next),
            },
            ('\\', Some('"')) => match chars.peek() {
                Some('"' | '\\' | '$' | '`') => out.extend(chars.next()),
                _ => out.push(char),
            },
            _ => out.push(char),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::lex_console;

    #[track_caller]
    fn check(code: &str, expected: &[&str]) {
        let found = commands(code, &lex_console(code));
        let shown: Vec<String> = found
            .simple
            .iter()
            .map(|simple| {
                let words: Vec<&str> = simple.words.iter().map(|w| w.text.as_ref()).collect();
                let mut line = words.join("·");
                for (word, empties) in &simple.writes {
                    line += if *empties { " >" } else { " >>" };
                    line += &word.text;
                }
                if let Some(input) = &simple.input {
                    line += &format!(" <{}", input.trim_end());
                }
                if simple.is_piped { format!("|{line}") } else { line }
            })
            .collect();
        assert_eq!(shown, expected, "{code:?}");
    }

    #[test]
    fn every_simple_command_comes_out() {
        check("ls -l | grep x && a; (cd /tmp)", &["ls·-l", "|grep·x", "a", "cd·/tmp"]);
        check(
            "A=1 B=$(date -u) run \"x $(cat y | wc -l)z\" w",
            &["date·-u", "cat·y", "|wc·-l", "run·x $(cat y | wc -l)z·w"],
        );
        check("for i in a $(b c); do rm \"$i\"; done > log", &["b·c", "rm·$i", " >log"]);
        check("if [[ -f a && -d b ]]; then c; fi", &["c"]);
        check("case $x in\n  foo) ls;;\n  b*) rm x;;\nesac", &["ls", "rm·x"]);
        check("f() {\n  rm x\n}\nf", &["rm·x", "f"]);
        check("echo `hostname -f`.x y", &["hostname·-f", "echo·`hostname -f`.x·y"]);
        check("x=(a b)\nls", &["ls"]);
        check("export A=$(get it)\n", &["get·it"]);
    }

    #[test]
    fn words_come_without_quotes() {
        check("a 'b c' \"d \\\"e\\\"\" f\\ g h'i'j", &["a·b c·d \"e\"·f g·hij"]);
        check("a --b=\"c d\" \\\n  e", &["a·--b=c d·e"]);
        check("find . -exec rm {} \\;", &["find·.·-exec·rm·{}·;"]);
    }

    #[test]
    fn redirections_are_no_words() {
        check("a >b 2>&1 <c d 2>/dev/null >>e", &["a·d >b >/dev/null >>e"]);
        check("> x", &[" >x"]);
        check("a <<< 'b c'", &["a <b c"]);
        check("a <<EOF | b\nx y\nEOF\nc", &["a <x y", "|b", "c"]);
        check("$ a <<EOF\n> x\n> EOF\nout\n$ b", &["a <x", "b"]);
        check("diff <(a b) <(c)", &["a·b", "c", "diff·<(a b)·<(c)"]);
    }

    #[test]
    fn sessions_give_their_commands_only() {
        check("$ a b\nrm -rf x\n# no\n$ c \\\n>   d\n", &["a·b", "c·d"]);
    }
}

//! `docs/`: nothing that the program has is missing there, nothing stands there that it has not, and every example runs.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use opslore::config::Config;
use opslore::config::keys::SITE;
use opslore::diag::codes::RULES;
use opslore::text::keys::{Key, Shape};

use crate::support::{TODAY, Temp, build, golden, package, run, run_command, tree};

fn page(name: &str) -> String {
    fs::read_to_string(package().join("docs").join(name)).unwrap()
}

/// Every page, by the name of its file.
fn pages() -> Vec<(String, String)> {
    let files = tree(&package().join("docs")).into_iter();
    let pages: Vec<_> = files
        .filter(|(name, _)| name.ends_with(".md"))
        .map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap()))
        .collect();
    assert!(pages.len() >= 10);
    pages
}

/// Fenced blocks: what stands behind the fence, and the text. A block may be indented.
fn fences(text: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut open: Option<(String, usize, String)> = None;
    for line in text.lines() {
        let bare = line.trim_start();
        open = match open {
            Some((info, _, body)) if bare == "```" => {
                out.push((info, body));
                None
            }
            Some((info, indent, body)) => {
                let line = line.get(indent..).unwrap_or("");
                Some((info, indent, format!("{body}{line}\n")))
            }
            None => bare
                .strip_prefix("```")
                .map(|info| (info.to_owned(), line.len() - bare.len(), String::new())),
        };
    }
    assert!(open.is_none(), "a fence is not closed");
    out
}

/// Options such as `--format` in a text.
fn options(text: &str) -> BTreeSet<String> {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let long = parts
        .filter(|p| p.len() > 3 && p.starts_with("--") && p.as_bytes()[2].is_ascii_lowercase());
    long.map(str::to_owned).collect()
}

fn help(args: &[&str]) -> String {
    let ran = run(&package(), &[args, &["--help"]].concat());
    assert_eq!(ran.code, Some(0), "{args:?}");
    ran.stdout
}

/// Commands that the program's help lists.
fn commands() -> Vec<String> {
    let help = help(&[]);
    let listed = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names = listed.lines().filter(|l| l.starts_with("  ") && !l.starts_with("   "));
    let names = names.filter_map(|l| l.split_whitespace().next()).filter(|n| *n != "help");
    let names: Vec<String> = names.map(str::to_owned).collect();
    assert!(names.len() >= 10, "{help}");
    names
}

#[test]
fn the_documentation_is_a_site_without_a_finding() {
    let out = Temp::new();
    let folder = out.join("site");
    let docs = package().join("docs");
    let args = [
        "build",
        docs.to_str().unwrap(),
        "--output",
        folder.to_str().unwrap(),
        "--strict",
        "--now",
        TODAY,
    ];
    let ran = run(out.path(), &args);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{}", ran.stderr);
    for rule in RULES {
        let page = folder.join("pages/findings").join(rule.code).join("index.html");
        assert!(page.is_file(), "{} has no page", rule.code);
    }
}

#[test]
fn every_finding_is_listed() {
    let mut text = "# Findings\n\nWhat `opslore check` can find. Each page tells what it means, why it counts at night and how to mend it, as \
        `opslore explain CODE`\ndoes. The level is that without [`policy.rules`](configuration.md#policy).\n\n\
        | code | name | level | says |\n| --- | --- | --- | --- |\n"
        .to_owned();
    for rule in RULES {
        let (code, name, level, says) = (rule.code, rule.name, rule.level.word(), rule.summary);
        text.push_str(&format!("| [{code}](findings/{code}.md) | `{name}` | {level} | {says} |\n"));
    }
    golden(&package().join("docs/findings.md"), &text);
}

#[test]
fn every_command_and_option_is_documented_and_no_other() {
    let text = page("commands.md");
    let section = |title: &str| {
        let found = text.split("\n## ").find(|part| part.lines().next() == Some(title));
        found.unwrap_or_else(|| panic!("docs/commands.md has no section `## {title}`"))
    };
    let everywhere = options(section("Options of every command"));
    let mut known = options(&help(&[]));
    for command in commands() {
        let here = options(&help(&[&command]));
        // The last words of a help text name options of others at times.
        for option in &here {
            let told = everywhere.contains(option) || options(section(&command)).contains(option);
            assert!(told, "docs/commands.md: `{command}` does not tell of `{option}`");
        }
        known.extend(here);
    }
    known.insert("--locked".to_owned());
    known.insert("--path".to_owned());
    let readme = fs::read_to_string(package().join("README.md")).unwrap();
    for (name, text) in pages().into_iter().chain([("README.md".to_owned(), readme)]) {
        let calls = text.lines().filter(|l| l.contains("opslore ") || l.starts_with("| `-"));
        for option in calls.flat_map(options) {
            assert!(known.contains(&option), "{name}: no command has `{option}`");
        }
    }
}

#[test]
fn every_report_is_documented() {
    let listed = run(&package(), &["report", "-C", "docs"]).stdout;
    assert!(listed.lines().count() > 10, "{listed}");
    let text = page("reports.md");
    for line in listed.lines() {
        let name = line.split_whitespace().next().unwrap();
        assert!(text.contains(&format!("| `{name}` |")), "docs/reports.md lacks `{name}`");
    }
}

#[test]
fn every_key_of_the_site_file_is_documented_and_known() {
    let text = page("configuration.md");
    let mut parsed = 0;
    for (name, text) in pages() {
        for (info, body) in fences(&text) {
            if name == "configuration.md" && info == "yaml" {
                let config = Config::parse(Path::new("/x"), &body);
                assert!(config.is_ok(), "{name}: {:?}", config.err());
                parsed += 1;
            }
        }
    }
    assert!(parsed > 0);
    fn below(rows: &'static [Key], keys: &mut BTreeSet<&'static str>) {
        for row in rows {
            // Tiers are numbers, told together.
            if row.name().parse::<u8>().is_err() {
                keys.insert(row.name());
            }
            shape(row.shape, keys);
        }
    }
    fn shape(of: Shape, keys: &mut BTreeSet<&'static str>) {
        match of {
            Shape::Map(rows) | Shape::Open(rows, _) => below(rows, keys),
            Shape::List(item) | Shape::ByName(item) => shape(*item, keys),
            Shape::Either(shapes) => shapes.iter().for_each(|of| shape(*of, keys)),
            _ => {}
        }
    }
    let mut keys = BTreeSet::new();
    below(SITE, &mut keys);
    assert!(keys.len() > 20, "{keys:?}");
    for key in keys {
        let told = text.contains(&format!("`{key}`")) || text.contains(&format!("## {key}\n"));
        assert!(told, "docs/configuration.md does not tell of `{key}`");
    }
}

#[test]
fn the_files_shown_are_a_site_without_a_finding() {
    let text = page("files.md");
    let fences = fences(&text);
    let named: Vec<(&str, &str)> = fences
        .iter()
        .filter_map(|(info, body)| {
            Some((info.split("title=\"").nth(1)?.strip_suffix('"')?, body.as_str()))
        })
        .collect();
    assert!(named.len() >= 6);
    let built = build(&named);
    assert_eq!(built.findings, "");
    let alert = built.page("alerts/CartSlow/");
    assert!(
        alert.contains("kubectl --context"),
        "the runbook of the example does not answer its alert"
    );
    assert!(built.page("services/cart/").contains("orders-db"));
    assert!(built.page("lessons/alert-on-waiting/").contains("INC-2026-001"));
}

#[test]
fn every_command_shown_runs() {
    let demo = Temp::new();
    for (path, bytes) in tree(&package().join("content")) {
        demo.file(&path, &bytes);
    }
    let git = |script: &str| {
        let mut command = std::process::Command::new("sh");
        command.args(["-c", script]).current_dir(demo.path());
        run_command(command).code == Some(0)
    };
    let repository =
        git("git init -q && git add . && git -c user.name=n -c user.email=e@x.example \
        -c commit.gpgsign=false commit -qm a && git update-ref refs/remotes/origin/main HEAD");
    let mut ran = 0;
    for (name, text) in pages() {
        for (_, body) in fences(&text).iter().filter(|(info, _)| info == "sh") {
            let empty = Temp::new();
            let folder = if body.starts_with("opslore init\n") { &empty } else { &demo };
            for line in body.lines() {
                let args =
                    line.strip_prefix("opslore ").unwrap_or_else(|| panic!("{name}: {line}"));
                // The server comes to no end, and without git there are no changes.
                if args == "serve" || (args.contains("origin/main") && !repository) {
                    continue;
                }
                let mut words: Vec<&str> = Vec::new();
                for (n, part) in args.split('"').enumerate() {
                    if n % 2 == 1 {
                        words.push(part)
                    } else {
                        words.extend(part.split_whitespace())
                    }
                }
                // What goes into a file is for the shell.
                words.truncate(words.iter().position(|w| *w == ">").unwrap_or(words.len()));
                let done = run(folder.path(), &[&words[..], &["--now", TODAY]].concat());
                let fine = matches!(done.code, Some(0 | 1))
                    && done.stderr.lines().all(|l| !l.starts_with("error:"));
                assert!(fine, "{name}: {line}: {:?} {}", done.code, done.stderr);
                ran += 1;
            }
        }
    }
    assert!(ran >= 20, "{ran}");
}

#[test]
fn every_recipe_is_documented() {
    let text = page("recipes.md");
    for name in tree(&package().join("recipes")).keys() {
        assert!(
            text.contains(&format!("`recipes/{name}`")),
            "docs/recipes.md lacks `recipes/{name}`"
        );
    }
}

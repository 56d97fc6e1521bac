//! `recipes/`: the commands are taken out of the files and run over the demo; headers say what pages say.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use opslore::text::yaml::{self, Node};
use serde_json::Value;

use crate::support::{Ran, Temp, package, run_command, tree};

/// 2026-11-22.
const NOW: &str = "1795305600";

fn recipe(name: &str) -> String {
    fs::read_to_string(package().join("recipes").join(name)).unwrap()
}

fn parsed(name: &str) -> Node {
    yaml::parse(&recipe(name), yaml::FILE).unwrap()
}

/// The demo in a folder of its own.
fn demo() -> Temp {
    let temp = Temp::new();
    for (path, bytes) in tree(&package().join("content")) {
        temp.file(&path, &bytes);
    }
    temp
}

/// Runs what a shell would, with the program in the path.
fn shell(folder: &Temp, script: &str) -> Ran {
    let program = Path::new(env!("CARGO_BIN_EXE_opslore")).parent().unwrap().to_str().unwrap();
    let path =
        format!("{}:{program}:{}", folder.join("bin").display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail", "-c", script]).current_dir(folder.path());
    command.env("PATH", path).env("SOURCE_DATE_EPOCH", NOW);
    command.env("GITHUB_STEP_SUMMARY", folder.join("summary.md"));
    command.env_remove("GITHUB_ACTIONS").env_remove("GIT_DIR");
    run_command(command)
}

/// The lines below these keys that call the program, in their order.
fn calls(node: &Node, keys: &[&str]) -> Vec<String> {
    let mut out = Vec::new();
    for entry in node.entries() {
        if keys.contains(&entry.key.as_str()) {
            let texts = entry
                .value
                .text()
                .into_iter()
                .chain(entry.value.items().iter().filter_map(Node::text));
            out.extend(
                texts.flat_map(str::lines).filter(|l| l.contains("opslore")).map(str::to_owned),
            );
        }
        out.extend(calls(&entry.value, keys));
    }
    for item in node.items() {
        out.extend(calls(item, keys));
    }
    out.retain(|line| !line.contains("cargo install"));
    out
}

#[test]
fn the_workflow_of_github_runs() {
    let demo = demo();
    let lines = calls(&parsed("github-actions.yml"), &["run"]);
    let codes: Vec<_> = lines.iter().map(|line| shell(&demo, line).code).collect();
    // The demo has one error on purpose.
    assert_eq!(codes, [Some(1), Some(0), Some(0)], "{lines:?}");
    let sarif: Value =
        serde_json::from_slice(&fs::read(demo.join("opslore.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert!(!sarif["runs"][0]["results"].as_array().unwrap().is_empty());
    assert!(fs::read_to_string(demo.join("summary.md")).unwrap().contains("broken-link"));
    assert!(demo.join("public/index.html").is_file());
}

#[test]
fn the_pipeline_of_gitlab_runs() {
    let demo = demo();
    let file = parsed("gitlab-ci.yml");
    let lines = calls(&file, &["script"]);
    let codes: Vec<_> = lines.iter().map(|line| shell(&demo, line).code).collect();
    assert_eq!(codes, [Some(1), Some(0)], "{lines:?}");
    let reports = file.at(&["runbooks", "artifacts", "reports"]).unwrap();
    let report = |kind: &str| fs::read(demo.join(reports.text_at(kind).unwrap())).unwrap();
    let quality: Value = serde_json::from_slice(&report("codequality")).unwrap();
    assert!(!quality.as_array().unwrap().is_empty());
    assert!(report("junit").starts_with(b"<?xml"));
    assert!(demo.join("public/index.html").is_file());
}

#[test]
fn the_hook_of_pre_commit_runs() {
    let text = fs::read_to_string(package().join(".pre-commit-hooks.yaml")).unwrap();
    let hooks = yaml::parse(&text, yaml::FILE).unwrap();
    let [hook] = hooks.items() else { panic!("{text}") };
    assert_eq!(hook.text_at("pass_filenames"), Some("false"));
    let repos = parsed("pre-commit-config.yaml");
    let used =
        repos.get("repos").unwrap().items()[0].get("hooks").unwrap().items()[0].text_at("id");
    assert_eq!(used, hook.text_at("id"));
    let ran = shell(&demo(), hook.text_at("entry").unwrap());
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("OL201"), "{}", ran.stdout);
    let clean = Temp::with(&[("a.md", "# A\n\nWords.\n")]);
    assert_eq!(shell(&clean, hook.text_at("entry").unwrap()).code, Some(0));
}

#[test]
fn the_hook_before_a_push_fails_for_what_the_push_breaks() {
    let site = Temp::with(&[("a.md", "# A\n\n[old](gone.md)\n"), ("b.md", "# B\n")]);
    let git = "git -c user.name=n -c user.email=e@x.example -c commit.gpgsign=false";
    let begun = shell(
        &site,
        &format!(
            "git init -q && git add . && {git} commit -qm a && git update-ref refs/remotes/origin/main HEAD"
        ),
    );
    if begun.code != Some(0) {
        println!("skipped: git is missing");
        return;
    }
    let hook = recipe("pre-push");
    assert_eq!(shell(&site, &hook).code, Some(0));
    site.file("b.md", b"# B\n\n[new](gone-too.md)\n");
    assert_eq!(shell(&site, &format!("{git} commit -qam b")).code, Some(0));
    let ran = shell(&site, &hook);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stdout.contains("b.md:3:7") && !ran.stdout.contains("a.md"), "{}", ran.stdout);
}

#[test]
fn the_upload_to_s3_sends_assets_first_and_keeps_only_them_for_ever() {
    let demo = demo();
    demo.file("bin/aws", b"#!/bin/sh\necho \"$*\" >>aws.log\n");
    fs::set_permissions(demo.join("bin/aws"), fs::Permissions::from_mode(0o755)).unwrap();
    let ran = shell(&demo, &format!("export BUCKET=b DISTRIBUTION=d\n{}", recipe("s3.sh")));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let log = fs::read_to_string(demo.join("aws.log")).unwrap();
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 4, "{log}");
    for (line, immutable, delete) in [(0, true, false), (1, false, true), (2, true, true)] {
        assert_eq!(lines[line].contains("immutable"), immutable, "{}", lines[line]);
        assert_eq!(lines[line].contains("public/assets "), immutable, "{}", lines[line]);
        assert_eq!(lines[line].contains("--delete"), delete, "{}", lines[line]);
    }
    assert!(lines[3].starts_with("cloudfront create-invalidation"));
}

#[test]
fn headers_say_what_the_pages_say() {
    let demo = demo();
    assert_eq!(shell(&demo, "opslore build --output public --quiet").code, Some(0));
    let page = fs::read_to_string(demo.join("public/index.html")).unwrap();
    let policy = page
        .split("Content-Security-Policy\" content=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let policy = format!("{policy}; frame-ancestors 'none'");
    for name in ["nginx.conf", "_headers", "cloudfront-headers.json"] {
        assert!(recipe(name).contains(&policy), "{name} has another policy than\n{policy}");
    }
    let cloudfront: Value = serde_json::from_str(&recipe("cloudfront-headers.json")).unwrap();
    let security = &cloudfront["SecurityHeadersConfig"]["ContentSecurityPolicy"];
    assert_eq!(security["ContentSecurityPolicy"], policy);
    let nginx = recipe("nginx.conf");
    let mut endings = BTreeSet::new();
    for path in tree(&demo.join("public")).keys() {
        let (stem, ending) = path.rsplit_once('.').unwrap();
        if let Some(name) = path.strip_prefix("assets/") {
            let hash = stem.rsplit('-').next().unwrap();
            let hashed = hash.len() >= 12 && hash.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(hashed, "{name} is kept for ever and has no hash in its name");
        }
        endings.insert(ending.to_owned());
    }
    assert!(endings.len() > 5 && endings.remove("opslore-site"), "{endings:?}");
    for ending in endings {
        let known =
            nginx.contains(&format!(" {ending};")) || nginx.contains(&format!(" {ending} "));
        assert!(known, "nginx.conf has no type for .{ending}");
    }
}

#[test]
fn the_container_file_names_what_is_there() {
    let text = recipe("Containerfile");
    let mut ran = 0;
    for line in text.lines() {
        if let Some(args) = line.strip_prefix("RUN [") {
            let args: Vec<String> = serde_json::from_str(&format!("[{args}")).unwrap();
            assert!(args[0].ends_with("/opslore"), "{line}");
            let demo = demo();
            let moved: Vec<String> = args[1..]
                .iter()
                .map(|a| a.replace("/src/content", ".").replace("/public", "public"))
                .collect();
            assert_eq!(
                shell(&demo, &format!("opslore {}", moved.join(" "))).code,
                Some(0),
                "{line}"
            );
            ran += 1;
        }
        if let Some(copied) = line.strip_prefix("COPY ").filter(|c| !c.starts_with("--from")) {
            let file = copied.split(' ').next().unwrap();
            assert!(package().join(file).exists(), "{line}");
        }
    }
    assert_eq!(ran, 1);
}

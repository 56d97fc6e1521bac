//! What a runbook says to make, against the `Makefile` that is there.

use crate::support::{Temp, run};

const RUNBOOK: &str = "# Deploy\n\n## Steps\n\n1. Run `make deploy`, then `make -C x gone`, `make V=1 rolback`.\n\n```sh\nmake check\nmake gone # not here\n```\n";

/// The findings about targets.
fn found(makefile: &str) -> Vec<String> {
    let site = Temp::with(&[("runbooks/deploy.md", RUNBOOK), ("Makefile", makefile)]);
    let ran = run(site.path(), &["check", "."]);
    let lines = ran.stdout.lines().filter(|line| line.contains("OL219"));
    lines.map(|line| line.split(": ").last().unwrap().to_owned()).collect()
}

#[test]
fn a_target_that_the_makefile_does_not_have_is_told() {
    let makefile = "V := 0\n.PHONY: check\ndeploy rollback: check\n\t./deploy: now\n";
    let expected = ["`Makefile` has no target `rolback`", "`Makefile` has no target `gone`"];
    assert_eq!(found(makefile), expected);
}

#[test]
fn a_makefile_that_cannot_be_known_whole_is_not_judged() {
    for unsure in ["include other.mk\n", "%.txt: x\n", "$(ALL): x\n"] {
        assert_eq!(found(&format!("deploy: x\n{unsure}")), [""; 0], "{unsure}");
    }
}

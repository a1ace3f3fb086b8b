//! The merge driver, called by git itself: what two branches did to the registry becomes one registry, or a conflict
//! that nobody overlooks.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const INDEX: &str = "assets/.prometeu/index.json";

/// A repository with a registry, and the driver set up as the docs say; none where there is no git.
struct Repository {
    folder: tempfile::TempDir,
}

impl Repository {
    fn new() -> Option<Repository> {
        if Command::new("git").arg("--version").output().is_err() {
            return None;
        }
        let repository = Repository { folder: tempfile::tempdir().unwrap() };
        fixtures::showcase().write(repository.path()).unwrap();
        fs::write(
            repository.path().join("assets/.prometeu/.gitattributes"),
            "index.json text eol=lf merge=prometeu-registry\n",
        )
        .unwrap();
        for arguments in [
            &["init", "-q", "-b", "main"][..],
            &["config", "user.name", "A"],
            &["config", "user.email", "a@example.com"],
            &["config", "merge.prometeu-registry.name", "registry of a Prometeu project"],
            &["config", "merge.prometeu-registry.driver", &driver()],
        ] {
            repository.git(arguments);
        }
        repository.commit("begin");
        Some(repository)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn try_git(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("git");
        command.current_dir(self.path()).args(arguments).env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", self.path());
        command.output().unwrap()
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = self.try_git(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }

    fn read(&self) -> String {
        fs::read_to_string(self.path().join(INDEX)).unwrap()
    }

    /// Changes the registry on this branch and commits.
    fn edit(&self, change: impl Fn(&str) -> String) {
        let (before, path) = (self.read(), self.path().join(INDEX));
        let after = change(&before);
        assert_ne!(before, after, "the edit changes nothing");
        fs::write(path, after).unwrap();
        self.commit("edit");
    }

    /// Two branches from here, each with its change; `main` is checked out again.
    fn branch(&self, theirs: impl Fn(&str) -> String, ours: impl Fn(&str) -> String) {
        self.git(&["checkout", "-q", "-b", "other"]);
        self.edit(theirs);
        self.git(&["checkout", "-q", "main"]);
        self.edit(ours);
    }

    fn merge(&self) -> (bool, String) {
        let output = self.try_git(&["merge", "-q", "--no-edit", "other"]);
        (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    }

    fn run(&self, arguments: &[&str]) -> (i32, Value) {
        run(&[arguments, &["--project", self.path().to_str().unwrap()]].concat())
    }
}

fn packer() -> &'static str {
    env!("CARGO_BIN_EXE_prometeu-packer")
}

/// As the docs have it, with the program's place for its name.
fn driver() -> String {
    format!("'{}' merge-registry %O %A %B", packer())
}

fn run(arguments: &[&str]) -> (i32, Value) {
    let output = Command::new(packer()).args(arguments).args(["--format", "json"]).output().unwrap();
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap())
}

fn codes(report: &Value) -> Vec<&str> {
    report["diagnostics"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// The text with one line more behind the entry of this root, and the next id raised to `next`.
fn with_entry(text: &str, id: u32, root: &str, next: u32) -> String {
    let uuid = format!(
        "0c6e8a5e-3c0e-4f57-8d0b-{:012x}",
        root.bytes().fold(u64::from(id), |sum, b| sum * 31 + u64::from(b)) & 0xffff_ffff_ffff
    );
    let line = format!(r#"    {{"asset_id":{id},"asset_uuid":"{uuid}","included_in_build":false,"root":"{root}"}}"#);
    let text = text.replacen("\n  ]\n}", &format!(",\n{line}\n  ]\n}}"), 1);
    with_next(&text, next)
}

fn with_next(text: &str, next: u32) -> String {
    let lines = text.lines().map(|line| match line.contains("\"next_asset_id\"") {
        true => format!("  \"next_asset_id\": {next},\n"),
        false => format!("{line}\n"),
    });
    lines.collect()
}

fn without_entry(text: &str, root: &str) -> String {
    let kept: Vec<&str> = text.lines().filter(|line| !line.contains(&format!("\"root\":\"{root}\""))).collect();
    kept.join("\n").replace("},\n  ]", "}\n  ]") + "\n"
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

#[test]
fn what_each_branch_did_to_other_entries_and_members_is_all_there() {
    let Some(git) = Repository::new() else { return };
    git.branch(
        |text| {
            let text = with_entry(text, 12, "late/theirs", 13).replace("\"root\":\"actors\"", "\"root\":\"cast\"");
            without_entry(&text, "sfx/ui").replace("{\n  \"schema", "{\n  \"team\": {\"size\": 1.50},\n  \"schema")
        },
        |text| {
            let text = with_entry(text, 11, "late/ours", 12).replace(
                r#""included_in_build":true,"root":"actors""#,
                r#""included_in_build":false,"root":"actors","note":"ours""#,
            );
            without_entry(&text, "fx/burst")
        },
    );
    let (merged, said) = git.merge();
    assert!(merged, "{said}");
    let text = git.read();
    let index = json(&text);
    let roots: Vec<&str> =
        index["assets"].as_array().unwrap().iter().map(|entry| entry["root"].as_str().unwrap()).collect();
    assert_eq!(
        roots,
        ["world/tiles", "cast", "ui/font", "world/backdrop", "sfx/world", "drafts/boss", "late/ours", "late/theirs"]
    );
    assert_eq!(index["next_asset_id"], 13);
    let cast = r#"    {"asset_id":2,"asset_uuid":"8b1f2c44-0e9d-4c6a-8f21-6d0a9be45c02","included_in_build":false,"root":"cast","note":"ours"},"#;
    assert!(text.contains(cast) && text.contains("  \"team\": {\"size\": 1.50}"), "{text}");
    // It is in the packer's own form: a mutation changes nothing but its own line.
    let (exit, _) = git.run(&["exclude", "world/tiles", "--apply"]);
    let changed = std::iter::zip(text.lines(), git.read().lines().collect::<Vec<_>>()).filter(|(a, b)| a != b).count();
    assert_eq!((exit, changed), (0, 1));
}

#[test]
fn an_id_that_both_branches_issued_becomes_a_finding() {
    let Some(git) = Repository::new() else { return };
    git.branch(|text| with_entry(text, 11, "late/theirs", 12), |text| with_entry(text, 11, "late/ours", 12));
    let (merged, said) = git.merge();
    assert!(merged, "{said}");
    assert!(said.contains("registry/duplicate-id") && said.contains("late/ours") && said.contains("doctor"), "{said}");
    let text = git.read();
    let at = |root: &str| text.find(root).unwrap_or_else(|| panic!("no {root} in {text}"));
    assert!(at("late/ours") < at("late/theirs"), "this branch's entry stands first");
    assert_eq!(json(&text)["next_asset_id"], 12);
    let (exit, report) = git.run(&["doctor"]);
    assert_eq!((exit, codes(&report).iter().filter(|code| **code == "registry/duplicate-id").count()), (1, 2));
}

#[test]
fn a_rebase_merges_the_same_way() {
    let Some(git) = Repository::new() else { return };
    git.branch(|text| with_entry(text, 12, "late/theirs", 13), |text| with_entry(text, 11, "late/ours", 12));
    git.git(&["rebase", "-q", "other"]);
    let index = json(&git.read());
    assert_eq!((index["assets"].as_array().unwrap().len(), &index["next_asset_id"]), (10, &Value::from(13)));
}

#[test]
fn what_both_changed_in_two_ways_stays_for_people() {
    let Some(git) = Repository::new() else { return };
    git.branch(
        |text| with_entry(&text.replace("\"root\":\"actors\"", "\"root\":\"cast\""), 11, "late/theirs", 12),
        |text| text.replace("\"root\":\"actors\"", "\"root\":\"people\""),
    );
    let (merged, said) = git.merge();
    assert!(!merged && said.contains("changed in two ways"), "{said}");
    let text = git.read();
    for part in
        ["<<<<<<< ours\n", "\"root\":\"people\"},\n=======\n", "\"root\":\"cast\"},\n>>>>>>> theirs\n", "late/theirs"]
    {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
    let (exit, report) = git.run(&["doctor"]);
    assert_eq!((exit, codes(&report)), (4, vec!["file/conflict-markers"]));
    for (marks, chosen) in [("theirs", "people"), ("ours", "cast")] {
        assert_eq!(json(&choose(&text, marks))["assets"].as_array().unwrap().len(), 9, "without {marks}");
        assert!(choose(&text, marks).contains(chosen));
    }
}

#[test]
fn what_one_removed_and_the_other_changed_is_not_lost() {
    for root in ["actors", "drafts/boss"] {
        let Some(git) = Repository::new() else { return };
        let change = |text: &str| {
            text.replace(&format!("\"root\":\"{root}\""), &format!("\"root\":\"{root}\",\"note\":\"keep\""))
        };
        git.branch(|text| without_entry(text, root), change);
        let (merged, said) = git.merge();
        assert!(!merged && said.contains("removed on one side"), "{said}");
        let text = git.read();
        // Whichever side is chosen, the commas are right.
        assert_eq!(json(&choose(&text, "theirs"))["assets"].as_array().unwrap().len(), 8, "{text}");
        assert_eq!(json(&choose(&text, "ours"))["assets"].as_array().unwrap().len(), 7, "{text}");
    }
}

/// The text without the marks and without what stands on one side of them.
fn choose(text: &str, without: &str) -> String {
    let (mut side, mut kept) = ("", String::new());
    for line in text.lines() {
        match line {
            "<<<<<<< ours" => side = "ours",
            "=======" => side = "theirs",
            ">>>>>>> theirs" => side = "",
            _ if side == without => {}
            line => kept += &format!("{line}\n"),
        }
    }
    kept
}

/// Calls the driver as git would, with three files; gives exit code, report and what stands in the second one then.
fn merge_files(versions: [&[u8]; 3]) -> (i32, Value, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = ["O", "A", "B"].iter().map(|name| folder.path().join(name)).collect();
    std::iter::zip(&paths, versions).for_each(|(path, text)| fs::write(path, text).unwrap());
    let arguments: Vec<&str> = paths.iter().map(|path| path.to_str().unwrap()).collect();
    let (exit, report) = run(&[&["merge-registry"], arguments.as_slice()].concat());
    let entries = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(entries, 3, "something was left behind");
    (exit, report, fs::read(&paths[1]).unwrap())
}

fn registry(version: u32, next: u32, entries: &[&str]) -> String {
    let lines = entries.iter().map(|entry| format!("    {entry}")).collect::<Vec<_>>().join(",\n");
    format!("{{\n  \"schema_version\": {version},\n  \"next_asset_id\": {next},\n  \"assets\": [\n{lines}\n  ]\n}}\n")
}

const OLD: &str = r#"{"asset_id":1,"asset_uuid":"6f0f7f0e-5b0c-4b54-9c1f-0d5f4f3f9c55","root":"a"}"#;
const NEW: &str =
    r#"{"asset_id":1,"asset_uuid":"6f0f7f0e-5b0c-4b54-9c1f-0d5f4f3f9c55","included_in_build":true,"root":"a"}"#;
const OLD_SECOND: &str = r#"{"asset_id":2,"asset_uuid":"0c6e8a5e-3c0e-4f57-8d0b-6f4f0a4f7f11","root":"b"}"#;
const SECOND: &str =
    r#"{"asset_id":2,"asset_uuid":"0c6e8a5e-3c0e-4f57-8d0b-6f4f0a4f7f11","included_in_build":true,"root":"b"}"#;

#[test]
fn two_old_registries_stay_old_and_a_migrated_one_lifts_the_other() {
    let (old, both_old) = (registry(1, 2, &[OLD]), registry(1, 3, &[OLD, OLD_SECOND]));
    let (exit, _, merged) = merge_files([old.as_bytes(), both_old.as_bytes(), old.as_bytes()]);
    assert_eq!((exit, String::from_utf8(merged).unwrap()), (0, both_old.clone()));
    let migrated = registry(2, 2, &[NEW]);
    let expected = registry(2, 3, &[NEW, SECOND]);
    for sides in [[&migrated, &both_old], [&both_old, &migrated]] {
        let (exit, report, merged) = merge_files([old.as_bytes(), sides[0].as_bytes(), sides[1].as_bytes()]);
        assert_eq!((exit, String::from_utf8(merged).unwrap()), (0, expected.clone()), "{report:#}");
    }
}

#[test]
fn registries_without_a_common_ancestor_are_put_together() {
    let (ours, theirs) = (registry(2, 2, &[NEW]), registry(2, 3, &[SECOND]));
    let (exit, _, merged) = merge_files([b"", ours.as_bytes(), theirs.as_bytes()]);
    assert_eq!((exit, String::from_utf8(merged).unwrap()), (0, registry(2, 3, &[NEW, SECOND])));
}

#[test]
fn what_cannot_be_read_stands_whole_between_marks() {
    let good = registry(2, 2, &[NEW]);
    let newer = good.replace("\"schema_version\": 2", "\"schema_version\": 9");
    let asking = good.replace("  \"next", "  \"requires_packer\": \">=99\",\n  \"next");
    for (theirs, code, wanted) in [
        ("{", "json/syntax", 4),
        ("", "file/empty", 4),
        (newer.as_str(), "version/too-new", 3),
        (asking.as_str(), "version/requires-packer", 3),
        ("{\"schema_version\": 2}", "registry/invalid", 1),
    ] {
        let (exit, report, left) = merge_files([good.as_bytes(), good.as_bytes(), theirs.as_bytes()]);
        assert_eq!((exit, codes(&report)), (wanted, vec![code]), "{report:#}");
        let left = String::from_utf8(left).unwrap();
        assert!(left.starts_with("<<<<<<< ours\n") && left.contains(&good) && left.contains(theirs), "{left}");
    }
    let (exit, report) = run(&["merge-registry", "/nowhere/a", "/nowhere/b", "/nowhere/c"]);
    assert_eq!((exit, codes(&report)), (2, vec!["usage/arguments"]), "{report:#}");
}

#[test]
fn one_uuid_twice_is_merged_line_by_line_and_nothing_is_dropped() {
    let copy = NEW.replace("\"asset_id\":1", "\"asset_id\":3").replace("\"root\":\"a\"", "\"root\":\"c\"");
    let base = registry(2, 4, &[NEW, &copy]);
    let ours = registry(2, 4, &[&NEW.replace("true", "false"), &copy]);
    let theirs = registry(2, 4, &[NEW, &copy.replace("\"root\":\"c\"", "\"root\":\"d\"")]);
    let (exit, report, merged) = merge_files([base.as_bytes(), ours.as_bytes(), theirs.as_bytes()]);
    let merged = String::from_utf8(merged).unwrap();
    assert_eq!((exit, codes(&report)), (0, vec!["registry/duplicate-uuid"]), "{merged}");
    assert!(
        merged.contains("\"included_in_build\":false,\"root\":\"a\"") && merged.contains("\"root\":\"d\""),
        "{merged}"
    );
    assert_eq!(json(&merged)["assets"].as_array().unwrap().len(), 2);
}

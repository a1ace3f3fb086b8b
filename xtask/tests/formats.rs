//! What the repository holds of the code's own tables: up to date as it is committed, found out where it is not, and
//! extended by `new-step` at exactly the places that a new version of a format has.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use fixtures::{Entry, snapshot};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// What the commands look at, without what is built.
fn copy() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let parts = [
        ".config/gate.toml",
        "CHANGELOG.md",
        "docs",
        "schemas",
        "packer/src",
        "fixtures/src",
        "fixtures/frozen",
        "fixtures/frozen.sha256",
    ];
    for part in parts {
        let (from, to) = (repository().join(part), place.path().join(part));
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        if from.is_dir() {
            fixtures::Files::read(&from).unwrap().write(&to).unwrap();
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
    place
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments).current_dir(folder).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn edit(folder: &Path, path: &str, from: &str, to: &str) {
    let text = fs::read_to_string(folder.join(path)).unwrap();
    assert!(text.contains(from), "{path} holds {from:?}");
    fs::write(folder.join(path), text.replacen(from, to, 1)).unwrap();
}

/// The version that is written of a file.
fn written(file: &str) -> u64 {
    let output = run(&repository(), &["window", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&said(&output)).unwrap();
    let rows = report["result"]["artifacts"].as_array().unwrap();
    rows.iter().find(|row| row["artifact"] == file).unwrap()["written"].as_u64().unwrap()
}

#[test]
fn what_is_committed_is_what_the_code_says() {
    for command in ["schemas", "docs"] {
        let output = run(&repository(), &[command, "--check"]);
        assert!(output.status.success(), "run `cargo xtask {command}`: {}", said(&output));
    }
}

#[test]
fn each_file_that_is_not_what_the_code_says_is_named_and_written() {
    let place = copy();
    let folder = place.path();
    let whole = snapshot(folder).unwrap();
    edit(folder, "schemas/asset.v1.schema.json", "boolean", "number");
    fs::remove_file(folder.join("schemas/report.v1.schema.json")).unwrap();
    edit(folder, "docs/formats.md", "| asset.json |", "| asset.jso |");
    edit(folder, "docs/codes.md", "# Codes", "# Code");
    let broken = snapshot(folder).unwrap();
    for (command, wrong) in [
        ("schemas", ["schemas/asset.v1.schema.json", "schemas/report.v1.schema.json"]),
        ("docs", ["docs/codes.md", "docs/formats.md"]),
    ] {
        let output = run(folder, &[command, "--check"]);
        assert_eq!(output.status.code(), Some(1));
        let differing: Vec<_> =
            said(&output).lines().filter_map(|line| line.strip_suffix(": differs")).map(str::to_owned).collect();
        assert_eq!(differing, wrong);
    }
    assert_eq!(snapshot(folder).unwrap(), broken, "a check wrote something");
    for command in ["schemas", "docs"] {
        assert!(run(folder, &[command]).status.success());
    }
    assert_eq!(snapshot(folder).unwrap(), whole);
    fs::write(folder.join("schemas/asset.v9.schema.json"), "{}").unwrap();
    let output = run(folder, &["schemas", "--check", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_str(&said(&output)).unwrap();
    assert_eq!((&report["operation"], &report["status"]), (&"schemas".into(), &"blocked".into()));
    let rows = report["result"]["files"].as_array().unwrap();
    assert!(
        rows.iter().any(|row| row["path"] == "schemas/asset.v9.schema.json" && row["outcome"] == "stray"),
        "{report:#}"
    );
}

/// Paths that came, went or hold something else.
fn changed(before: &BTreeMap<String, Entry>, after: &BTreeMap<String, Entry>) -> BTreeSet<String> {
    let paths = before.keys().chain(after.keys());
    paths
        .filter(|path| before.get(*path) != after.get(*path) && !matches!(after.get(*path), Some(Entry::Folder)))
        .cloned()
        .collect()
}

#[test]
fn new_step_touches_exactly_the_places_of_a_new_version() {
    for (format, module) in [("asset", "declaration"), ("index", "registry")] {
        let written = written(&format!("{format}.json"));
        let place = copy();
        let folder = place.path();
        let before = snapshot(folder).unwrap();
        let output = run(folder, &["new-step", format, "five_words_for_a_change"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let (new, future) = (written + 1, written + 2);
        let mut expected: BTreeSet<String> = [
            "CHANGELOG.md".into(),
            "docs/formats.md".into(),
            "fixtures/frozen.sha256".into(),
            "fixtures/frozen/README.md".into(),
            "fixtures/src/frozen.rs".into(),
            "packer/src/envelope/kind.rs".into(),
            "packer/src/migrate/steps.rs".into(),
            format!("packer/src/migrate/steps/{format}_v{new}_five_words_for_a_change.rs"),
            format!("packer/src/migrate/steps/{format}_v{written}_shape.rs"),
            format!("packer/src/schema/{module}.rs"),
            format!("packer/src/schema/{module}/shape.rs"),
            format!("schemas/{format}.v{new}.schema.json"),
        ]
        .into();
        // The invented workspace of the future makes way.
        for path in before.keys() {
            if let Some(below) = path.strip_prefix(&format!("fixtures/frozen/{format}-{new}/")) {
                expected.insert(path.clone());
                expected.insert(format!("fixtures/frozen/{format}-{future}/{below}"));
            }
        }
        let after = snapshot(folder).unwrap();
        let is_file = |path: &String| matches!(before.get(path).or(after.get(path)), Some(Entry::File(_)));
        expected.retain(is_file);
        assert!(!folder.join(format!("fixtures/frozen/{format}-{new}")).exists(), "an empty folder was left");
        // Where the outgoing version has no workspace yet, the other test looks at the one that is made.
        let outgoing =
            format!("fixtures/frozen/asset-{}-index-{}/", self::written("asset.json"), self::written("index.json"));
        let found = changed(&before, &after).into_iter().filter(|path| is_file(path) && !path.starts_with(&outgoing));
        let found: BTreeSet<String> = found.collect();
        assert_eq!(found, expected);

        let read = |path: &str| fs::read_to_string(folder.join(path)).unwrap();
        let windows = read("packer/src/envelope/kind.rs");
        assert_ne!(windows, fs::read_to_string(repository().join("packer/src/envelope/kind.rs")).unwrap());
        assert!(read(&format!("schemas/{format}.v{new}.schema.json")).contains(&format!("\"const\": {new}")));
        let locked = read("fixtures/frozen.sha256");
        assert!(locked.contains(&format!("  schemas/{format}.v{written}.schema.json\n")), "{locked}");
        assert!(!locked.contains(&format!("{format}_v{new}_")), "a step that is not done is not locked: {locked}");
        assert_eq!(run(folder, &["new-step", format, "five_words_for_a_change"]).status.code(), Some(2));
    }
}

#[test]
fn new_step_makes_the_workspace_of_the_outgoing_version_when_nobody_has() {
    let place = copy();
    let folder = place.path();
    let (asset, index) = (written("asset.json"), written("index.json"));
    let outgoing = folder.join(format!("fixtures/frozen/asset-{asset}-index-{index}"));
    let _ = fs::remove_dir_all(&outgoing);
    assert!(run(folder, &["new-step", "asset", "another_change"]).status.success());
    let made = snapshot(&outgoing).unwrap();
    for (path, entry) in &made {
        let Entry::File(content) = entry else { continue };
        let text = String::from_utf8_lossy(content);
        let version = if path.ends_with("asset.json") { asset } else { index };
        if path.ends_with("asset.json") || path.ends_with("index.json") {
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(value["schema_version"], version, "{path}: {text}");
        }
    }
    assert!(made.len() > 5 && !made.keys().any(|path| path.contains("/txn/") || path.ends_with("/lock")), "{made:?}");
}

#[test]
fn a_place_that_is_not_found_leaves_everything_as_it_was() {
    let place = copy();
    edit(place.path(), "packer/src/envelope/kind.rs", "(Artifact::Declaration,", "(Artifact::Other,");
    let before = snapshot(place.path()).unwrap();
    for arguments in [["asset", "a_change"], ["asset", "Not A Name"], ["journal", "a_change"]] {
        let output = run(place.path(), &["new-step", arguments[0], arguments[1]]);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
    assert_eq!(snapshot(place.path()).unwrap(), before);
}

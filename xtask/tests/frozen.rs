//! Workspaces of every released version are brought forward and back through the program, and those of no released
//! version are refused and left alone. There is no version control near, and no program on the search path.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use fixtures::{Entry, Files, INDEX, project_content, snapshot};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// Below a folder that the workspace's own `.gitignore` names, in every workspace.
const IGNORED: &str = "assets/local/scratch/asset.json";
/// Spellings that only the original text has; whoever parses and prints loses them.
const SPELLINGS: [&str; 6] = [
    r#"  "studio": { "zoom": 1.50E+02, "seed": 123456789012345678901234567890, "offset": -0, "note": "caf\u00e9 \/ \ud83c\udfb2" }"#,
    r#","gain":0.10e-1}"#,
    "\t\t\"pipeline\" : { \"quality\" : 0.750, \"passes\" : 1E0 }\r\n",
    "\t\"history\" : [ 1.0, 2.00, 3e+00, null ]\r\n}\r\n\r\n",
    r#""studio_layout": { "split": 0.330, "open": [1e2, "caf\u00e9"] }"#,
    r#""colour_label":2.50"#,
];

fn run(project: &Path, arguments: &[&str]) -> (i32, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .args(["--format", "json", "--project"])
        .arg(project)
        .env("PATH", "")
        .output()
        .unwrap();
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap())
}

fn succeed(project: &Path, arguments: &[&str]) -> Value {
    let (exit, report) = run(project, arguments);
    assert_eq!(exit, 0, "{arguments:?}: {report:#}");
    report
}

fn placed(files: &Files) -> TempDir {
    let place = tempfile::tempdir().unwrap();
    files.write(place.path()).unwrap();
    place
}

/// What is the project's own.
fn content(project: &Path) -> BTreeMap<String, Entry> {
    project_content(project).unwrap()
}

/// The four outputs; of the one that says which versions were read, all but that.
fn built(project: &Path) -> (Vec<Vec<u8>>, Value) {
    succeed(project, &["build"]);
    let read = |name: &str| fs::read(project.join("build").join(name)).unwrap();
    let mut provenance: Value = serde_json::from_slice(&read("asset_table_metadata.json")).unwrap();
    for asset in provenance["assets"].as_array_mut().unwrap() {
        assert!(asset["declaration_version"].take().is_u64());
    }
    (["assets.pa", "asset_table.json", "preload.json"].map(read).to_vec(), provenance)
}

fn is_control(path: &str) -> bool {
    path == INDEX || path.ends_with("/asset.json")
}

fn version(content: &[u8]) -> u64 {
    serde_json::from_slice::<Value>(content).unwrap()["schema_version"].as_u64().unwrap()
}

#[test]
fn every_released_workspace_goes_forward_and_back_without_losing_a_byte() {
    for (name, files) in fixtures::frozen::supported().unwrap() {
        let place = placed(&files);
        let project = place.path();
        let before = content(project);
        let archive = built(project);
        let preview = succeed(project, &["migrate"]);
        assert_eq!(content(project), before, "{name}: a preview wrote something");

        let id = preview["result"]["preview_id"].as_str().unwrap();
        let applied = succeed(project, &["migrate", "--apply", id]);
        let rows = applied["result"]["files"].as_array().unwrap();
        for row in rows {
            let is_old = row["from"] != row["to"];
            assert_eq!(row["outcome"], if is_old { "applied" } else { "unchanged" }, "{name}: {row:#}");
            assert_eq!(row["steps"].as_array().unwrap().is_empty(), !is_old, "{name}: {row:#}");
        }
        let control: Vec<&str> = files.iter().map(|(path, _)| path).filter(|path| is_control(path)).collect();
        let mut listed: Vec<&str> = rows.iter().map(|row| row["path"].as_str().unwrap()).collect();
        listed.sort_unstable();
        assert_eq!(listed, control, "{name}");

        let migrated = content(project);
        for (path, old) in &before {
            let (Entry::File(old), Entry::File(new)) = (old, &migrated[path]) else { continue };
            let row = rows.iter().find(|row| row["path"] == **path);
            assert_eq!(old != new, row.is_some_and(|row| row["outcome"] == "applied"), "{name}: {path}");
            let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
            for spelling in SPELLINGS {
                assert_eq!(old.contains(spelling), new.contains(spelling), "{name}: {path}: {new}");
            }
        }
        assert_eq!(migrated.len(), before.len(), "{name}: a file came or went");
        let again = succeed(project, &["migrate", "--apply"]);
        assert!(again["result"]["migration_id"].is_null(), "{name}: {again:#}");
        assert_eq!(content(project), migrated, "{name}: a second migration changed something");
        succeed(project, &["migrate", "--check"]);
        assert_eq!(built(project), archive, "{name}: migrating changed what is built");

        if let Some(id) = applied["result"]["migration_id"].as_str() {
            succeed(project, &["migrate", "--rollback", id, "--apply"]);
            assert_eq!(content(project), before, "{name}: a rollback lost something");
            assert_eq!(built(project), archive, "{name}");
        }
    }
}

/// The names stand in every report of a migration, so they stay what they are.
#[test]
fn each_step_is_reported_by_its_name() {
    let place = placed(&fixtures::frozen::workspace("asset-1-index-1").unwrap());
    let preview = succeed(place.path(), &["migrate"]);
    let rows = preview["result"]["files"].as_array().unwrap();
    let declaration = json!(["asset_v2_identity_anchor", "asset_v3_glyph_bank"]);
    for row in rows {
        let names: Value = row["steps"].as_array().unwrap().iter().map(|step| step["name"].clone()).collect();
        let expected = if row["path"] == INDEX { &json!(["index_v2_build_participation"]) } else { &declaration };
        assert_eq!(names, *expected, "{row:#}");
    }
    assert!(rows.len() > 2, "{rows:#?}");
}

#[test]
fn frozen_workspaces_hold_what_their_names_say_and_leave_no_old_version_out() {
    let mut seen = (Vec::new(), Vec::new());
    for (name, files) in fixtures::frozen::supported().unwrap() {
        assert!(files.get(IGNORED).is_some_and(|_| files.get(".gitignore").is_some()), "{name}");
        for spelling in SPELLINGS {
            let is_there = |content: &[u8]| String::from_utf8_lossy(content).contains(spelling);
            assert!(files.iter().any(|(_, content)| is_there(content)), "{name}: {spelling}");
        }
        let control = files.iter().filter(|(path, _)| is_control(path));
        let versions: BTreeMap<&str, u64> = control.map(|(path, content)| (path, version(content))).collect();
        let mut declared: Vec<u64> =
            versions.iter().filter(|(path, _)| **path != INDEX).map(|(_, version)| *version).collect();
        declared.sort_unstable();
        declared.dedup();
        let kind = if let [one] = declared[..] { one.to_string() } else { "mixed".to_owned() };
        assert_eq!(name, format!("asset-{kind}-index-{}", versions[INDEX]));
        seen.0.extend(declared);
        seen.1.push(versions[INDEX]);
    }
    let window = succeed(&fixtures::folder(), &["window"]);
    for (artifact, seen) in [("asset.json", seen.0), ("index.json", seen.1)] {
        let rows = window["result"]["artifacts"].as_array().unwrap();
        let row = rows.iter().find(|row| row["artifact"] == artifact).unwrap();
        for old in row["min"].as_u64().unwrap()..row["written"].as_u64().unwrap() {
            assert!(seen.contains(&old), "no frozen workspace has {artifact} of version {old}");
        }
    }
}

/// Runs what reads and what would write; every command but the inspections must refuse for this reason alone, and none
/// may leave a trace.
fn refused(name: &str, code: &str, path: &str, span: &Value, words: &[&str]) -> TempDir {
    let place = placed(&fixtures::frozen::workspace(name).unwrap());
    let before = snapshot(place.path()).unwrap();
    let commands: [&[&str]; 6] = [
        &["doctor"],
        &["build"],
        &["build", "--check"],
        &["migrate"],
        &["migrate", "--check"],
        &["migrate", "--apply"],
    ];
    for command in commands {
        let (exit, report) = run(place.path(), command);
        assert_eq!((exit, report["status"].as_str()), (3, Some("blocked")), "{name} {command:?}: {report:#}");
        let blocking = |finding: &&Value| finding["blocking"] == true;
        let found: Vec<&Value> = report["diagnostics"].as_array().unwrap().iter().filter(blocking).collect();
        let [found] = found[..] else { panic!("{name} {command:?}: {report:#}") };
        assert_eq!((&found["code"], &found["path"]), (&json!(code), &json!(path)), "{name} {command:?}");
        assert_eq!(&found["span"], span, "{name} {command:?}");
        for word in words {
            assert!(found["message"].as_str().unwrap().contains(word), "{name} {command:?}: {found:#}");
        }
        assert_eq!(snapshot(place.path()).unwrap(), before, "{name} {command:?} wrote something");
    }
    place
}

/// Root and health of every listed asset.
fn health(project: &Path) -> Vec<(String, String)> {
    let report = succeed(project, &["list"]);
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let rows = report["result"]["assets"].as_array().unwrap();
    rows.iter().map(|row| (text(row, "root"), text(row, "health"))).collect()
}

fn pairs(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(root, health)| ((*root).to_owned(), (*health).to_owned())).collect()
}

#[test]
fn a_declaration_from_the_future_is_named_and_hides_no_other() {
    let (path, span) = ("assets/fx/tomorrow/asset.json", json!({"line": 3, "column": 21, "offset": 66}));
    let place = refused("asset-4", "version/too-new", path, &span, &["asset.json has version 4", "versions 1 to 3"]);
    let others = [
        ("ui/atlas", "warning"),
        ("sfx/ui", "warning"),
        ("fx/tomorrow", "unsupported"),
        ("local/scratch", "warning"),
        ("drafts/tomorrow", "unsupported"),
    ];
    assert_eq!(health(place.path()), pairs(&others));
    let (_, report) = run(place.path(), &["migrate"]);
    let outcome = |path: &str| {
        let rows = report["result"]["files"].as_array().unwrap();
        rows.iter().find(|row| row["path"] == path).unwrap()["outcome"].clone()
    };
    // Nothing depends on a root that is not registered; it alone would have stopped nothing.
    assert_eq!([outcome(path), outcome("assets/drafts/tomorrow/asset.json")], ["unsupported", "skipped"]);
}

#[test]
fn the_unversioned_draft_is_named_and_hides_no_other() {
    let (path, span) = ("assets/ui/draft/asset.json", json!({"line": 1, "column": 1, "offset": 0}));
    let place = refused("asset-unversioned", "version/missing", path, &span, &["no `schema_version`"]);
    let others =
        [("ui/atlas", "warning"), ("sfx/ui", "warning"), ("ui/draft", "unsupported"), ("local/scratch", "warning")];
    assert_eq!(health(place.path()), pairs(&others));
}

#[test]
fn a_registry_from_the_future_stops_all_and_says_which_packer_it_wants() {
    let span = json!({"line": 3, "column": 21, "offset": 56});
    let words = ["index.json has version 3", "versions 1 to 2", ">=7.2, <9"];
    let place = refused("index-3", "version/too-new", INDEX, &span, &words);
    let before = snapshot(place.path()).unwrap();
    for command in [&["list"][..], &["show", "ui/atlas"], &["init"]] {
        let (exit, report) = run(place.path(), command);
        assert_eq!(exit, 3, "{command:?}: {report:#}");
    }
    assert_eq!(snapshot(place.path()).unwrap(), before);
}

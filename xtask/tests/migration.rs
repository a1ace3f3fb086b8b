//! Old projects are brought forward and back through the program, and nothing else about them changes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod program;

use fixtures::{Entry, project_content, snapshot};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

const INDEX: &str = "assets/.prometeu/index.json";

fn run(project: &Path, arguments: &[&str]) -> (i32, Value) {
    let run = program::run(arguments, project).unwrap();
    (run.exit, run.report)
}

/// The showcase as older packers wrote it: every declaration at version 1, the registry at version 1.
fn old_project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fixtures::showcase().write(folder.path()).unwrap();
    for (path, entry) in snapshot(folder.path()).unwrap() {
        let Entry::File(bytes) = entry else { continue };
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let old = if path.ends_with("asset.json") {
            let lines = text.lines().filter(|line| !line.contains("\"asset_uuid\""));
            let text = lines.collect::<Vec<_>>().join("\n") + "\n";
            let text =
                text.replace("\"schema_version\": 3", "\"schema_version\": 1").replace("glyph_bank", "tile_bank");
            text.replace("GLYPH/indexed_v1", "TILES/indexed_v1").replace("\"NONE\"", "\"RAW\"")
        } else if path == INDEX {
            let text = text.replace("\"schema_version\": 2", "\"schema_version\": 1");
            // Version 1 knew no such member; then every asset was built.
            text.replace("\"included_in_build\":true,", "").replace("\"included_in_build\":false,", "")
        } else {
            continue;
        };
        fs::write(folder.path().join(&path), old).unwrap();
    }
    folder
}

/// What is the project's own.
fn content(project: &Path) -> BTreeMap<String, Entry> {
    project_content(project).unwrap()
}

fn outcomes(report: &Value) -> Vec<&str> {
    report["result"]["files"].as_array().unwrap().iter().map(|file| file["outcome"].as_str().unwrap()).collect()
}

#[test]
fn there_and_back_again_is_the_same_to_the_byte() {
    let project = old_project();
    let project = project.path();
    let before = snapshot(project).unwrap();
    let (exit, checked) = run(project, &["migrate", "--check"]);
    assert_eq!((exit, checked["status"].as_str()), (1, Some("blocked")));
    let (exit, preview) = run(project, &["migrate"]);
    assert_eq!(exit, 0, "{preview:#}");
    assert_eq!(preview["result"]["preview_id"], checked["result"]["preview_id"]);
    assert_eq!(snapshot(project).unwrap(), before, "a preview wrote something");

    assert_eq!(run(project, &["build"]).0, 0);
    let archive = fs::read(project.join("build/assets.pa")).unwrap();
    let (exit, applied) = run(project, &["migrate", "--apply", preview["result"]["preview_id"].as_str().unwrap()]);
    assert_eq!(exit, 0, "{applied:#}");
    assert!(outcomes(&applied).iter().all(|outcome| *outcome == "applied"), "{applied:#}");
    assert_eq!(run(project, &["migrate", "--check"]).0, 0);
    let migrated = content(project);
    let (exit, again) = run(project, &["migrate", "--apply"]);
    assert_eq!((exit, again["result"]["migration_id"].is_null()), (0, true));
    assert_eq!(content(project), migrated, "a second migration changed something");
    assert_eq!(run(project, &["build"]).0, 0);
    assert_eq!(fs::read(project.join("build/assets.pa")).unwrap(), archive, "migrating changed the archive");

    let id = applied["result"]["migration_id"].as_str().unwrap();
    let (exit, back) = run(project, &["migrate", "--rollback", id, "--apply"]);
    assert_eq!(exit, 0, "{back:#}");
    for file in back["result"]["files"].as_array().unwrap() {
        let versions = if file["artifact"] == "index.json" { [2, 1] } else { [3, 1] };
        assert_eq!([&file["from"], &file["to"]], versions, "{file:#}");
    }
    assert_eq!(content(project), before);
    let (_, history) = run(project, &["history"]);
    let rows = history["result"]["transactions"].as_array().unwrap();
    assert_eq!(rows.iter().map(|row| row["operation"].as_str().unwrap()).collect::<Vec<_>>(), ["migrate", "rollback"]);
}

#[test]
fn a_stale_preview_is_refused_and_so_is_a_rollback_over_later_edits() {
    let project = old_project();
    let project = project.path();
    let (_, preview) = run(project, &["migrate"]);
    let id = preview["result"]["preview_id"].as_str().unwrap();
    let path = project.join("assets/actors/asset.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\n}", ",\n  \"studio_note\": 1.50\n}")).unwrap();
    let before = snapshot(project).unwrap();
    let (exit, report) = run(project, &["migrate", "--apply", id]);
    assert_eq!((exit, report["diagnostics"][0]["code"].as_str()), (5, Some("plan/stale")), "{report:#}");
    assert_eq!(snapshot(project).unwrap(), before);

    let (exit, applied) = run(project, &["migrate", "--apply"]);
    assert_eq!(exit, 0, "{applied:#}");
    let migrated = fs::read_to_string(&path).unwrap();
    assert!(migrated.ends_with(",\n  \"studio_note\": 1.50\n}\n"), "an unknown member was touched: {migrated}");
    fs::write(&path, migrated + "\n").unwrap();
    let edited = snapshot(project).unwrap();
    let id = applied["result"]["migration_id"].as_str().unwrap();
    let (exit, report) = run(project, &["migrate", "--rollback", id, "--apply"]);
    assert_eq!((exit, report["diagnostics"][0]["code"].as_str()), (5, Some("plan/conflict")));
    assert_eq!(snapshot(project).unwrap(), edited);
}

#[test]
fn one_registered_file_that_cannot_follow_stops_all() {
    for (from, to, code, outcome, exit) in [
        ("\"RAW\"", "\"LZ4\"", "migration/step-failed", "failed", 1),
        ("\"schema_version\": 1", "\"schema_version\": 9", "version/too-new", "unsupported", 3),
        ("{\n", "{\n<", "json/syntax", "refused", 4),
    ] {
        let project = old_project();
        let project = project.path();
        let path = project.join("assets/actors/asset.json");
        fs::write(&path, fs::read_to_string(&path).unwrap().replacen(from, to, 1)).unwrap();
        let before = snapshot(project).unwrap();
        for command in [&["migrate", "--check"][..], &["migrate"], &["migrate", "--apply"]] {
            let (found, report) = run(project, command);
            assert_eq!(found, exit, "{command:?} {report:#}");
            assert!(report["diagnostics"].as_array().unwrap().iter().any(|finding| finding["code"] == code));
            assert!(outcomes(&report).contains(&outcome));
        }
        assert_eq!(snapshot(project).unwrap(), before, "{code}");
    }
}

#[test]
fn an_unregistered_root_gets_a_uuid_or_is_skipped() {
    let project = old_project();
    let project = project.path();
    let source = fs::read_to_string(project.join("assets/actors/asset.json")).unwrap();
    let with_uuid = |uuid: &str| source.replacen("{", &format!("{{\n  \"asset_uuid\": {uuid},"), 1);
    let not_in_use = "\"7b0f8a2e-5b0c-4b54-9c1f-0d5f4f3f9c99\"";
    let roots = [
        ("fresh", source.clone()),
        ("odd", source.replace("\"RAW\"", "\"LZ4\"")),
        ("null", with_uuid("null")),
        ("shouted", with_uuid(&not_in_use.to_uppercase())),
        ("own", with_uuid(not_in_use)),
    ];
    for (root, text) in &roots {
        fs::create_dir(project.join("assets").join(root)).unwrap();
        fs::write(project.join("assets").join(root).join("asset.json"), text).unwrap();
    }
    let (exit, report) = run(project, &["migrate", "--apply"]);
    assert_eq!(exit, 0, "{report:#}");
    let file = |root: &str| {
        let path = format!("assets/{root}/asset.json");
        report["result"]["files"].as_array().unwrap().iter().find(|file| file["path"] == path).unwrap().clone()
    };
    assert_eq!((file("fresh")["minted"].as_bool(), file("fresh")["outcome"].as_str()), (Some(true), Some("applied")));
    assert_eq!((file("own")["minted"].as_bool(), file("own")["outcome"].as_str()), (Some(false), Some("applied")));
    for (root, text) in roots.iter().filter(|(root, _)| ["odd", "null", "shouted"].contains(root)) {
        assert_eq!(file(root)["outcome"], "skipped", "{root}");
        let left = fs::read_to_string(project.join("assets").join(root).join("asset.json")).unwrap();
        assert_eq!(left, *text, "{root}");
    }
    let minted: Value = serde_json::from_slice(&fs::read(project.join("assets/fresh/asset.json")).unwrap()).unwrap();
    assert_eq!(minted["asset_uuid"].as_str().unwrap().len(), 36);
}

#[test]
fn what_was_cut_short_is_undone_by_the_next_command() {
    let project = old_project();
    let project = project.path();
    let before = content(project);
    let (_, applied) = run(project, &["migrate", "--apply"]);
    let id = applied["result"]["migration_id"].as_str().unwrap();
    let migrated = content(project);
    // Without its mark the transaction never ended.
    fs::remove_file(project.join("assets/.prometeu/txn").join(id).join("committed")).unwrap();
    // Nobody holds the lock, so there is nobody to wait for, however long one would.
    for check in ["migrate", "build"] {
        let started = Instant::now();
        let (exit, report) = run(project, &[check, "--check", "--wait", "600"]);
        assert_eq!((exit, report["diagnostics"][0]["code"].as_str()), (1, Some("journal/unfinished")));
        assert!(started.elapsed() < Duration::from_secs(5), "it waited for a dead writer");
        assert_eq!(content(project), migrated, "a check wrote something");
    }
    // A live one is waited for; the lock file was there before, as after a writer that was killed.
    let lock = fs::File::create(project.join("assets/.prometeu/lock")).unwrap();
    lock.lock().unwrap();
    let started = Instant::now();
    let (exit, report) = run(project, &["migrate", "--check", "--wait", "1"]);
    assert_eq!((exit, report["diagnostics"][0]["code"].as_str()), (1, Some("journal/unfinished")));
    assert!(started.elapsed() >= Duration::from_secs(1), "it did not wait for a live writer");
    drop(lock);
    fs::remove_file(project.join("assets/.prometeu/lock")).unwrap();
    let (exit, report) = run(project, &["list"]);
    assert_eq!(exit, 0, "{report:#}");
    assert!(report["diagnostics"].as_array().unwrap().iter().any(|finding| finding["code"] == "journal/recovered"));
    assert_eq!(content(project), before);
    let settled = snapshot(project).unwrap();
    run(project, &["list"]);
    assert_eq!(snapshot(project).unwrap(), settled, "recovering twice changed something");
}

#[test]
fn an_ending_that_was_not_confirmed_is_confirmed_by_the_next_command() {
    let project = old_project();
    let project = project.path();
    let (_, applied) = run(project, &["migrate", "--apply"]);
    let record = project.join("assets/.prometeu/txn").join(applied["result"]["migration_id"].as_str().unwrap());
    let migrated = snapshot(project).unwrap();
    fs::write(record.join("open"), "").unwrap();
    assert_eq!(run(project, &["migrate", "--check"]).0, 0, "all changes are in place");
    assert!(record.join("open").exists(), "a check wrote something");
    let (exit, report) = run(project, &["list"]);
    let note = &report["diagnostics"][0];
    assert_eq!((exit, note["code"].as_str()), (0, Some("journal/recovered")), "{report:#}");
    assert!(note["message"].as_str().unwrap().contains("it is done"), "{note:#}");
    assert_eq!(snapshot(project).unwrap(), migrated);
}

#[test]
fn roots_that_were_not_looked_for_are_no_secret() {
    let project = old_project();
    let (exit, report) = run(project.path(), &["migrate", "--limit", "files-walked=1"]);
    let said = report["diagnostics"].as_array().unwrap().iter().find(|finding| finding["code"] == "trust/too-many");
    assert_eq!((exit, said.map(|finding| &finding["blocking"])), (0, Some(&Value::Bool(false))), "{report:#}");
}

#[test]
fn what_keeps_a_migration_from_being_made_stands_above_no_diff() {
    let folder = old_project();
    let people = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_xtask"));
        let output = command.args(arguments).arg("--project").arg(folder.path()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(people(&["migrate"]).contains("+++ "));
    let refused = people(&["migrate", "--apply", "0123456789abcdef"]);
    assert!(refused.contains("plan/stale") && !refused.contains("+++ "), "{refused}");
}

#[cfg(unix)]
#[test]
fn whoever_may_read_and_run_a_file_may_do_so_afterwards() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = old_project();
    let project = folder.path();
    // As they come from a colleague's archive, a share, or a maker who keeps something back.
    let paths = declarations(project).into_iter().chain([INDEX.to_owned()]);
    let wanted: BTreeMap<String, u32> = paths.zip([0o600, 0o755, 0o664, 0o666].into_iter().cycle()).collect();
    for (path, mode) in &wanted {
        fs::set_permissions(project.join(path), fs::Permissions::from_mode(*mode)).unwrap();
    }
    let check = |what: &str| {
        for (path, mode) in &wanted {
            let found = fs::metadata(project.join(path)).unwrap().permissions().mode() & 0o777;
            assert_eq!(format!("{found:o}"), format!("{mode:o}"), "{path} after {what}");
        }
    };
    let apply = |arguments: &[&str]| {
        let (exit, report) = run(project, &[arguments, &["--apply"]].concat());
        assert_eq!(exit, 0, "{report:#}");
        check(arguments[0]);
        let id = ["transaction_id", "migration_id"].into_iter().find_map(|member| report["result"][member].as_str());
        id.unwrap().to_owned()
    };
    let migration = apply(&["migrate"]);
    let changes = [apply(&["rename", "actors", "people"]), apply(&["exclude", "people"])];
    changes.iter().rev().for_each(|id| drop(apply(&["undo", id])));
    apply(&["migrate", "--rollback", &migration]);
}

/// Every declaration of the project.
#[cfg(unix)]
fn declarations(project: &Path) -> Vec<String> {
    snapshot(project).unwrap().into_keys().filter(|path| path.ends_with("/asset.json")).collect()
}

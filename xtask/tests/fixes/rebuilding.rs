//! A registry that is lost, or cannot be read: which ids its assets get back.

use crate::projects::conflict;
use crate::{content, id, run, written};
use fixtures::broken::both;
use fixtures::{Files, INDEX, showcase};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn index(project: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(project.join(INDEX)).unwrap()).unwrap()
}

fn rebuild(project: &Path, code: &str) -> Value {
    let (_, preview) = run(project, &["doctor", "--fix", "--only", code]);
    let (_, made) = run(project, &["doctor", "--fix", "--only", code, "--apply", id(&preview)]);
    assert_eq!(made["result"]["applied"], true, "{made:#}");
    made
}

fn rows(index: &Value) -> Vec<(u64, &str)> {
    let row = |entry| -> (u64, &str) {
        let entry: &Value = entry;
        (entry["asset_id"].as_u64().unwrap(), entry["root"].as_str().unwrap())
    };
    index["assets"].as_array().unwrap().iter().map(row).collect()
}

#[test]
fn the_last_archive_tells_the_ids_by_name() {
    let folder = written(&showcase());
    let project = folder.path();
    assert_eq!(run(project, &["build"]).0, 0);
    let before = index(project);
    fs::remove_file(project.join(INDEX)).unwrap();
    rebuild(project, "registry/missing");
    let after = index(project);
    let built = |index: &Value| {
        let included = |entry: &&Value| entry["included_in_build"] == true;
        index["assets"].as_array().unwrap().iter().filter(included).cloned().collect::<Vec<Value>>()
    };
    for entry in built(&before) {
        assert!(built(&after).contains(&entry), "{entry} in {after:#}");
    }
    assert!(after["next_asset_id"].as_u64() >= before["next_asset_id"].as_u64().map(|next| next - 1), "{after:#}");
}

#[test]
fn without_any_evidence_ids_follow_the_order_of_roots() {
    let folder = written(&both().without(INDEX));
    rebuild(folder.path(), "registry/missing");
    let index = index(folder.path());
    assert_eq!((rows(&index), &index["next_asset_id"]), (vec![(1, "sfx"), (2, "ui")], &Value::from(3)));
}

#[test]
fn the_lines_of_a_broken_registry_tell_ids_and_participation() {
    let broken = both().edited(INDEX, "\"asset_id\":2", "\"asset_id\":7").edited(INDEX, "  ]\n}", "  ");
    let broken = broken.edited(INDEX, "\"asset_id\":1,", "\"asset_id\":5,").edited(
        INDEX,
        "\"next_asset_id\": 3",
        "\"next_asset_id\": 12",
    );
    let text = String::from_utf8(broken.get(INDEX).unwrap().to_vec()).unwrap();
    let folder =
        written(&broken.with(INDEX, text.replacen("included_in_build\":true", "included_in_build\":false", 1)));
    let before = content(folder.path());
    let made = rebuild(folder.path(), "json/syntax");
    let index = index(folder.path());
    assert_eq!((rows(&index), &index["next_asset_id"]), (vec![(5, "ui"), (7, "sfx")], &Value::from(12)));
    assert_eq!(index["assets"][0]["included_in_build"], false);
    let transaction = made["result"]["transaction_id"].as_str().unwrap();
    assert_eq!(run(folder.path(), &["undo", transaction, "--apply"]).0, 0);
    assert_eq!(content(folder.path()), before, "the broken file is back");
}

#[test]
fn of_two_sides_of_a_merge_the_first_keeps_the_id() {
    let folder = written(&conflict());
    rebuild(folder.path(), "file/conflict-markers");
    assert_eq!(rows(&index(folder.path())), [(1, "ui"), (3, "sfx")]);
}

#[test]
fn kept_transactions_tell_ids_that_nothing_else_knows() {
    let folder = written(&both());
    let project = folder.path();
    // `ui` was asset 1, and 2 is out of the way: neither is given to another one.
    assert_eq!(run(project, &["quarantine", "sfx", "--apply"]).0, 0);
    assert_eq!(run(project, &["exclude", "ui", "--apply"]).0, 0);
    let files = Files::read(&project.join("assets/ui")).unwrap();
    files.write(&project.join("assets/another")).unwrap();
    let path = project.join("assets/another/asset.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("6f0f7f0e", "7f0f7f0e")).unwrap();
    fs::write(project.join(INDEX), "").unwrap();
    rebuild(project, "file/empty");
    let index = index(project);
    assert_eq!((rows(&index), &index["next_asset_id"]), (vec![(1, "ui"), (3, "another")], &Value::from(4)));
    assert_eq!(index["assets"][0]["included_in_build"], false);
    let (_, list) = run(project, &["list"]);
    let quarantined = list["result"]["quarantined"][0]["id"].as_str().unwrap();
    let (exit, restored) = run(project, &["restore", quarantined, "--apply"]);
    assert_eq!(exit, 0, "{restored:#}");
}

#[test]
fn the_packers_folder_may_be_gone_altogether() {
    let folder = written(&both().without(INDEX));
    let project = folder.path();
    assert!(!project.join("assets/.prometeu").exists());
    rebuild(project, "registry/missing");
    assert_eq!(run(project, &["doctor"]).0, 0);
}

#[test]
fn an_empty_project_is_no_lost_one() {
    let folder = written(&Files::default().with("assets/notes.txt", "nothing yet"));
    let (exit, report) = run(folder.path(), &["doctor", "--fix", "--only", "registry/missing", "--apply", "0123"]);
    assert_eq!(exit, 5, "{report:#}");
    assert!(!folder.path().join("assets/.prometeu").exists(), "a refusal left something");
    let (exit, report) = run(folder.path(), &["doctor", "--fix", "--only", "registry/missing"]);
    assert_eq!((exit, report["result"]["fixes"].as_array().unwrap().len()), (1, 0), "{report:#}");
}

#[test]
fn a_newer_registry_is_not_rebuilt_even_when_it_is_broken() {
    let broken = both().edited(INDEX, "\"schema_version\": 2", "\"schema_version\": 9").edited(INDEX, "  ]\n}", "");
    let folder = written(&broken);
    let (exit, report) = run(folder.path(), &["doctor", "--fix", "--only", "json/syntax"]);
    assert_eq!((exit, &report["result"]["blockers"][0]["code"]), (4, &"version/too-new".into()), "{report:#}");
}

#[test]
fn a_root_without_a_uuid_gets_the_one_that_stood_beside_it() {
    let files = both().edited("assets/ui/asset.json", "\"schema_version\": 3", "\"schema_version\": 1");
    let files =
        files.edited("assets/ui/asset.json", "  \"asset_uuid\": \"6f0f7f0e-5b0c-4b54-9c1f-0d5f4f3f9c55\",\n", "");
    let files = files.edited("assets/ui/asset.json", "glyph_bank", "tile_bank");
    let files =
        files.edited("assets/ui/asset.json", "GLYPH/indexed_v1", "TILES/indexed_v1").edited(INDEX, "  ]\n}", "");
    let folder = written(&files);
    rebuild(folder.path(), "json/syntax");
    assert_eq!(index(folder.path())["assets"][0]["asset_uuid"], "6f0f7f0e-5b0c-4b54-9c1f-0d5f4f3f9c55");
}

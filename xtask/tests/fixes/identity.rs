//! Repairs of names, uuids and places that two assets cannot both have: who keeps what, and what is left to people.

use crate::projects::case;
use crate::{codes, content, id, rows, run, written};
use fixtures::broken::both;
use fixtures::{Files, INDEX, without_next_id};
use serde_json::Value;
use std::fs;
use std::path::Path;

const UI: &str = "assets/ui/asset.json";
const SFX: &str = "assets/sfx/asset.json";
const UI_UUID: &str = "6f0f7f0e-5b0c-4b54-9c1f-0d5f4f3f9c55";
const SFX_UUID: &str = "0c6e8a5e-3c0e-4f57-8d0b-6f4f0a4f7f11";
const NOBODYS_UUID: &str = "7b0f8a2e-5b0c-4b54-9c1f-0d5f4f3f9c99";

fn member(project: &Path, path: &str, name: &str) -> Value {
    serde_json::from_str::<Value>(&fs::read_to_string(project.join(path)).unwrap()).unwrap()[name].clone()
}

fn entries(project: &Path) -> Vec<(u64, String, String)> {
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let entry = |row: &Value| (row["asset_id"].as_u64().unwrap(), text(row, "asset_uuid"), text(row, "root"));
    member(project, INDEX, "assets").as_array().unwrap().iter().map(entry).collect()
}

/// Makes the repair of a code as it is shown, sees that the doctor has nothing more to say, and gives back the transaction.
fn repair(project: &Path, arguments: &[&str]) -> String {
    let arguments = [&["doctor", "--fix", "--only"], arguments].concat();
    let (_, preview) = run(project, &arguments);
    let (exit, made) = run(project, &[&arguments[..], &["--apply", id(&preview)]].concat());
    assert_eq!((exit, &made["result"]["applied"]), (0, &Value::Bool(true)), "{made:#}");
    made["result"]["transaction_id"].as_str().unwrap().to_owned()
}

/// The code and help of what keeps a repair from being made.
fn blocker(project: &Path, arguments: &[&str]) -> (String, String) {
    let before = content(project);
    let (_, preview) = run(project, &[&["doctor", "--fix", "--only"], arguments].concat());
    let finding = &preview["result"]["blockers"][0];
    let text = |name: &str| finding[name].as_str().unwrap_or_else(|| panic!("{preview:#}")).to_owned();
    assert_eq!(rows(&preview, arguments[0]), Vec::<&Value>::new(), "{preview:#}");
    assert_eq!(content(project), before);
    (text("code"), text("help"))
}

#[test]
fn of_two_assets_with_one_name_the_first_keeps_it_unless_another_is_to() {
    for (keep, names) in [(None, ["ui", "ui_2"]), (Some(SFX_UUID), ["ui_2", "ui"]), (Some(UI_UUID), ["ui", "ui_2"])] {
        let folder = written(&case("workspace/name-twice"));
        let project = folder.path();
        let before = content(project);
        let keep: Vec<&str> = keep.iter().flat_map(|keep| ["--keep", keep]).collect();
        let transaction = repair(project, &[&["declaration/name-duplicate"], &keep[..]].concat());
        assert_eq!([member(project, UI, "name"), member(project, SFX, "name")], names);
        assert_eq!(run(project, &["undo", &transaction, "--apply"]).0, 0);
        assert_eq!(content(project), before);
    }
    let folder = written(&case("workspace/name-twice"));
    let arguments = ["doctor", "--fix", "--only", "declaration/name-duplicate", "--keep", NOBODYS_UUID];
    assert_eq!(run(folder.path(), &arguments).0, 2);
}

#[test]
fn a_folder_keeps_its_id_or_is_registered_anew_under_the_uuid_that_it_has() {
    let mismatch = || written(&both().edited(UI, UI_UUID, NOBODYS_UUID));
    let folder = mismatch();
    let before = content(folder.path());
    let transaction = repair(folder.path(), &["registry/uuid-mismatch"]);
    assert_eq!(content(folder.path()), content(written(&both()).path()), "the declaration says what the registry does");
    assert_eq!(run(folder.path(), &["undo", &transaction, "--apply"]).0, 0);
    assert_eq!(content(folder.path()), before);

    let transaction = repair(folder.path(), &["registry/uuid-mismatch", "--keep", NOBODYS_UUID]);
    let of = |id, uuid: &str, root: &str| (id, uuid.to_owned(), root.to_owned());
    assert_eq!(
        entries(folder.path()),
        [of(2, SFX_UUID, "sfx"), of(3, NOBODYS_UUID, "ui")],
        "an id is no other asset's"
    );
    assert_eq!(run(folder.path(), &["undo", &transaction, "--apply"]).0, 0);
    assert_eq!(without_next_id(content(folder.path())), without_next_id(before));
}

#[test]
fn a_copy_over_another_asset_gets_the_registered_uuid_and_cannot_keep_that_of_its_original() {
    let folder = written(&both().edited(SFX, SFX_UUID, UI_UUID));
    let arguments = ["doctor", "--fix", "--only", "registry/uuid-mismatch", "--keep", UI_UUID];
    let blocked = run(folder.path(), &arguments).1["result"]["blockers"].clone();
    assert!(blocked[0]["help"].as_str().unwrap().contains("without `--keep`"), "{blocked:#}");
    repair(folder.path(), &["registry/uuid-mismatch"]);
    assert_eq!(member(folder.path(), SFX, "asset_uuid"), SFX_UUID);
}

#[test]
fn folders_that_were_swapped_by_hand_are_left_to_people() {
    let folder = written(&both());
    let assets = folder.path().join("assets");
    for (from, to) in [("ui", "x"), ("sfx", "ui"), ("x", "sfx")] {
        fs::rename(assets.join(from), assets.join(to)).unwrap();
    }
    let (code, help) = blocker(folder.path(), &["registry/uuid-mismatch"]);
    assert!(code == "registry/uuid-mismatch" && help.contains("relocate"), "{code}: {help}");
    let (_, report) = run(folder.path(), &["doctor"]);
    let findings = report["diagnostics"].as_array().unwrap();
    assert!(findings.iter().all(|finding| finding["evidence"]["fix"].is_null()), "{report:#}");
}

#[test]
fn a_contested_entry_is_settled_before_its_uuid_is() {
    let files = case("workspace/root-twice").edited(UI, UI_UUID, NOBODYS_UUID);
    let (code, help) = blocker(written(&files).path(), &["registry/uuid-mismatch"]);
    assert!(code == "registry/duplicate-root" && help.contains("first"), "{code}: {help}");
}

/// Roots three deep, and a folder that has the name that the innermost would get.
fn nested() -> Files {
    let mut files = case("workspace/root-inside-a-root");
    for (path, bytes) in both().iter().filter(|(path, _)| path.starts_with("assets/sfx/")) {
        files.put(&path.replace("/sfx/", "/ui/sfx/loud/"), bytes);
    }
    let loud = "assets/ui/sfx/loud/asset.json";
    let files = files.edited(loud, SFX_UUID, NOBODYS_UUID).edited(loud, "\"sfx\"", "\"loud\"");
    let line = format!(
        "    {{\"asset_id\":3,\"asset_uuid\":\"{NOBODYS_UUID}\",\"included_in_build\":true,\"root\":\"ui/sfx/loud\"}}"
    );
    let files = files.edited(INDEX, "\"root\":\"ui/sfx\"}\n", &format!("\"root\":\"ui/sfx\"}},\n{line}\n"));
    files.edited(INDEX, "\"next_asset_id\": 3", "\"next_asset_id\": 4").with("assets/UI_sfx_loud/notes.txt", "mine")
}

#[test]
fn nested_roots_move_out_the_innermost_first_and_to_where_nothing_is() {
    let folder = written(&nested());
    let project = folder.path();
    let before = content(project);
    let only = ["doctor", "--fix", "--only", "registry/nested-root"];
    let (_, report) = run(project, &["doctor"]);
    let fixes: Vec<&Value> =
        report["diagnostics"].as_array().unwrap().iter().map(|it| &it["evidence"]["fix"]).collect();
    assert_eq!(fixes, [&Value::Null, &Value::from("unsafe")], "only the one that can be moved: {report:#}");
    let (_, preview) = run(project, &only);
    assert_eq!(codes(&preview["result"]["warnings"]), ["registry/nested-root"], "{preview:#}");
    let (exit, made) = run(project, &[&only[..], &["--apply", id(&preview)]].concat());
    assert_eq!((exit, &made["result"]["applied"]), (1, &Value::Bool(true)), "the next one is left: {made:#}");
    let second = repair(project, &["registry/nested-root"]);
    let roots: Vec<String> = entries(project).into_iter().map(|(_, _, root)| root).collect();
    assert_eq!(roots, ["ui", "ui_sfx", "ui_sfx_loud_2"]);
    assert_eq!(run(project, &["build", "--check"]).0, 0);
    let first = made["result"]["transaction_id"].as_str().unwrap().to_owned();
    for transaction in [second, first] {
        assert_eq!(run(project, &["undo", &transaction, "--apply"]).0, 0);
    }
    assert_eq!(content(project), before);
}

#[test]
fn of_many_nested_roots_each_run_moves_as_many_as_it_may() {
    let mut files = both();
    let sound = files.get("assets/sfx/asset.json").map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap();
    let mut lines = String::new();
    for id in 3..=42 {
        let uuid = format!("7b0f8a2e-5b0c-4b54-9c1f-{id:012x}");
        let text = sound.replace(SFX_UUID, &uuid).replace("\"sfx\"", &format!("\"s{id}\""));
        files.put(&format!("assets/ui/s{id}/asset.json"), text);
        files.put(&format!("assets/ui/s{id}/a.wav"), files.get("assets/sfx/a.wav").unwrap().to_vec());
        lines += &format!(
            ",\n    {{\"asset_id\":{id},\"asset_uuid\":\"{uuid}\",\"included_in_build\":true,\"root\":\"ui/s{id}\"}}"
        );
    }
    let files = files.edited(INDEX, "\"root\":\"sfx\"}", &format!("\"root\":\"sfx\"}}{lines}"));
    let folder = written(&files.edited(INDEX, "\"next_asset_id\": 3", "\"next_asset_id\": 43"));
    let nested = || entries(folder.path()).into_iter().filter(|(_, _, root)| root.contains('/')).count();
    let only = ["doctor", "--fix", "--only", "registry/nested-root"];
    let (_, preview) = run(folder.path(), &only);
    let (exit, made) = run(folder.path(), &[&only[..], &["--apply", id(&preview)]].concat());
    assert_eq!((exit, nested()), (1, 8), "{made:#}");
    repair(folder.path(), &["registry/nested-root"]);
    assert_eq!(nested(), 0);
    assert_eq!(run(folder.path(), &["build", "--check"]).0, 0);
}

#[test]
fn a_root_that_the_outer_one_needs_files_of_is_not_moved_out() {
    let files = case("workspace/root-inside-a-root");
    let sprite = files.get("assets/ui/a.png").unwrap().to_vec();
    let files = files.edited(UI, "\"a.png\"", "\"a.png\",\n      \"sfx/b.png\"").with("assets/ui/sfx/b.png", sprite);
    let (code, help) = blocker(written(&files).path(), &["registry/nested-root"]);
    assert!(code == "registry/nested-root" && help.contains("inputs of its own"), "{code}: {help}");
}

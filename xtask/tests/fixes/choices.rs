//! What is chosen: all safe repairs, those of one code, one of several, and what is left alone.

use crate::projects::{case, sprite, without_palettes};
use crate::{codes, content, id, rows, run, written};
use fixtures::broken::{both, glyph_project};
use fixtures::{Files, INDEX, snapshot, without_next_id};
use serde_json::Value;
use std::fs;
use std::path::Path;

const UI: &str = "assets/ui/asset.json";

fn declaration(project: &Path, path: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(project.join(path)).unwrap()).unwrap()
}

fn entries(project: &Path) -> Vec<(u64, String)> {
    let entry = |row: &Value| (row["asset_id"].as_u64().unwrap(), row["root"].as_str().unwrap().to_owned());
    declaration(project, INDEX)["assets"].as_array().unwrap().iter().map(entry).collect()
}

/// A project with four things that are safely repaired, three of them in one file, and one that is not.
fn untidy() -> Files {
    let copy = case("hygiene/copied-identity").get("assets/ui2/asset.json").unwrap().to_vec();
    without_palettes()
        .edited(UI, "\"name\": \"ui\"", "\t\"name\": \"UI\"")
        .with("assets/ui2/asset.json", copy)
        .with("assets/.prometeu/cache.json", "no cache")
}

#[test]
fn all_safe_repairs_are_one_transaction_and_nothing_else_is_touched() {
    let folder = written(&untidy());
    let project = folder.path();
    let (before, untouched) = (content(project), snapshot(project).unwrap());
    let (exit, preview) = run(project, &["doctor", "--workspace", "--fix"]);
    assert_eq!((exit, snapshot(project).unwrap()), (1, untouched), "{preview:#}");
    let (exit, made) = run(project, &["doctor", "--workspace", "--fix", "--apply", id(&preview)]);
    assert_eq!((exit, &made["result"]["applied"]), (0, &Value::Bool(true)), "{made:#}");
    let left: Vec<&str> = codes(&made["result"]["fixes"]);
    assert_eq!(left, ["hygiene/unregistered-root", "hygiene/copied-identity"], "{made:#}");
    assert_eq!(declaration(project, UI)["name"], "ui");
    assert_eq!(declaration(project, UI)["inputs"]["palettes"], serde_json::json!(["palettes/00.gpl"]));
    assert_eq!(entries(project).len(), 1, "an unsafe repair was made");
    let (exit, build) = run(project, &["build"]);
    assert_eq!(exit, 0, "{build:#}");
    fs::remove_dir_all(project.join("build")).unwrap();
    let (_, again) = run(project, &["doctor", "--workspace", "--fix", "--apply"]);
    assert_eq!(again["result"]["applied"], false, "{again:#}");
    let (_, history) = run(project, &["history"]);
    let transactions = history["result"]["transactions"].as_array().unwrap();
    assert_eq!((transactions.len(), &transactions[0]["operation"]), (1, &Value::from("fix")));
    let transaction = made["result"]["transaction_id"].as_str().unwrap();
    // The cache of a later build stays; else the one that could not be used is back.
    fs::write(project.join("assets/.prometeu/cache.json"), "another cache").unwrap();
    let (exit, undone) = run(project, &["undo", transaction]);
    assert_eq!(exit, 0, "{undone:#}");
    fs::remove_file(project.join("assets/.prometeu/cache.json")).unwrap();
    assert_eq!(run(project, &["undo", transaction, "--apply"]).0, 0);
    assert_eq!(content(project), before);
}

#[test]
fn what_repairs_there_are_depends_on_where_was_looked() {
    let folder = written(&untidy());
    let (_, registered) = run(folder.path(), &["doctor"]);
    let mut found = codes(&registered["result"]["fixes"]);
    found.sort_unstable();
    assert_eq!(found, ["cache/dropped", "declaration/name-invalid", "glyph/no-palette"]);
    // A code of hygiene is looked for where it can be found.
    let (_, hygiene) = run(folder.path(), &["doctor", "--fix", "--only", "hygiene/not-canonical"]);
    assert_eq!((&hygiene["result"]["scope"], rows(&hygiene, "hygiene/not-canonical").len()), (&"workspace".into(), 1));
}

#[test]
fn a_call_that_cannot_be_meant_is_refused() {
    let folder = written(&case("workspace/id-twice"));
    let keep = "0c6e8a5e-3c0e-4f57-8d0b-000000000000";
    for (arguments, code) in [
        (&["doctor", "--fix", "--only", "trust/nonsense"][..], "usage/unknown-code"),
        (&["doctor", "--fix", "--only", "trust/link"], "usage/arguments"),
        (&["doctor", "--only", "glyph/no-palette"], "usage/arguments"),
        (&["doctor", "--apply"], "usage/arguments"),
        (&["doctor", "--fix", "--only", "glyph/no-palette", "--keep", keep], "usage/arguments"),
        (&["doctor", "--fix", "--only", "registry/duplicate-id", "--keep", keep], "usage/arguments"),
    ] {
        let (exit, report) = run(folder.path(), arguments);
        assert_eq!((exit, codes(&report["diagnostics"])), (2, vec![code]), "{arguments:?}: {report:#}");
    }
}

#[test]
fn the_entry_that_stands_second_gets_a_new_id_unless_another_is_to_keep_it() {
    let sfx = "0c6e8a5e-3c0e-4f57-8d0b-6f4f0a4f7f11";
    for (keep, wanted) in [(None, [(1, "ui"), (3, "sfx")]), (Some(sfx), [(1, "sfx"), (3, "ui")])] {
        let folder = written(&case("workspace/id-twice"));
        let project = folder.path();
        let before = content(project);
        let mut arguments = vec!["doctor", "--fix", "--only", "registry/duplicate-id"];
        arguments.extend(keep.iter().flat_map(|keep| ["--keep", keep]));
        let (_, preview) = run(project, &arguments);
        assert_eq!(preview["result"]["class"], "registry");
        assert_eq!(preview["result"]["registry"][0]["verb"], "change", "{preview:#}");
        let (exit, made) = run(project, &[&arguments[..], &["--apply", id(&preview)]].concat());
        assert_eq!(exit, 0, "{made:#}");
        let wanted: Vec<(u64, String)> = wanted.iter().map(|(id, root)| (*id, (*root).to_owned())).collect();
        assert_eq!(entries(project), wanted);
        assert_eq!(declaration(project, INDEX)["next_asset_id"], 4);
        let transaction = made["result"]["transaction_id"].as_str().unwrap();
        let (exit, undone) = run(project, &["undo", transaction, "--apply"]);
        assert_eq!(exit, 0, "{undone:#}");
        assert_eq!(without_next_id(content(project)), without_next_id(before));
        assert_eq!(declaration(project, INDEX)["next_asset_id"], 4, "an id was turned back");
    }
}

/// Two roots that nobody registered, one a copy of the other.
fn two_copies() -> Files {
    case("hygiene/copied-from-another-copy").edited("assets/a/asset.json", "\"name\": \"ui\"", "\"name\": \"b\"")
}

#[test]
fn of_several_repairs_one_is_made_by_its_own_id() {
    let folder = written(&two_copies());
    let project = folder.path();
    let (_, report) = run(project, &["doctor", "--workspace"]);
    let row = rows(&report, "hygiene/unregistered-root");
    assert_eq!(row.len(), 2, "{report:#}");
    let one = row.iter().find(|row| row["path"] == "assets/b").unwrap()["preview_id"].as_str().unwrap();
    let (_, made) = run(project, &["doctor", "--fix", "--only", "hygiene/unregistered-root", "--apply", one]);
    assert_eq!(made["result"]["applied"], true, "{made:#}");
    assert_eq!(entries(project), [(1, "ui".to_owned()), (2, "b".to_owned())]);
}

#[test]
fn several_roots_are_adopted_at_once_and_copies_of_each_other_become_two_assets() {
    let folder = written(&two_copies());
    let project = folder.path();
    let (_, preview) = run(project, &["doctor", "--fix", "--only", "hygiene/unregistered-root"]);
    let (_, made) = run(project, &["doctor", "--fix", "--only", "hygiene/unregistered-root", "--apply", id(&preview)]);
    assert_eq!(made["result"]["applied"], true, "{made:#}");
    assert_eq!(entries(project).len(), 3, "{made:#}");
    let uuid = |path| declaration(project, path)["asset_uuid"].clone();
    assert_ne!(uuid("assets/a/asset.json"), uuid("assets/b/asset.json"));
    assert_eq!(codes(&made["result"]["fixes"]), Vec::<&str>::new(), "{made:#}");
}

#[test]
fn a_file_of_an_old_version_is_not_touched() {
    let files = glyph_project().edited(UI, "\"name\": \"ui\"", "\"name\": \"UI\"");
    let files = files.edited(UI, "\"schema_version\": 3", "\"schema_version\": 2");
    let folder =
        written(&files.edited(UI, "glyph_bank", "tile_bank").edited(UI, "GLYPH/indexed_v1", "TILES/indexed_v1"));
    let before = content(folder.path());
    let (exit, preview) = run(folder.path(), &["doctor", "--fix"]);
    assert_eq!((exit, codes(&preview["result"]["blockers"])), (1, vec!["migration/pending"]), "{preview:#}");
    assert!(preview["result"]["blockers"][0]["help"].as_str().unwrap().contains("migrate"));
    assert_eq!(codes(&preview["result"]["fixes"]), Vec::<&str>::new());
    let (exit, refused) = run(folder.path(), &["doctor", "--fix", "--apply"]);
    assert_eq!((exit, content(folder.path())), (1, before), "{refused:#}");
}

#[test]
fn an_old_registry_is_not_touched() {
    let index = String::from_utf8(case("workspace/id-twice").get(INDEX).unwrap().to_vec()).unwrap();
    let index =
        index.replace("\"schema_version\": 2", "\"schema_version\": 1").replace("\"included_in_build\":true,", "");
    let folder = written(&both().with(INDEX, index));
    let before = content(folder.path());
    let only = ["doctor", "--fix", "--only", "registry/duplicate-id"];
    let (exit, preview) = run(folder.path(), &only);
    assert_eq!((exit, codes(&preview["result"]["blockers"])), (1, vec!["migration/pending"]), "{preview:#}");
    let (_, refused) = run(folder.path(), &[&only[..], &["--apply", id(&preview)]].concat());
    assert_eq!((&refused["result"]["applied"], content(folder.path())), (&Value::Bool(false), before));
}

#[test]
fn a_registry_that_asks_for_another_packer_is_left_alone() {
    for name in ["envelope/registry-version-too-new", "envelope/registry-requires-newer-packer"] {
        let folder = written(&case(name));
        let before = content(folder.path());
        for arguments in
            [&["doctor", "--fix", "--apply"][..], &["doctor", "--fix", "--only", "registry/missing", "--apply"]]
        {
            let (exit, report) = run(folder.path(), arguments);
            assert_eq!((exit, content(folder.path())), (3, before.clone()), "{name}: {report:#}");
        }
    }
}

#[test]
fn what_stands_in_the_way_of_one_repair_does_not_hold_up_another() {
    // Half transparent: no palette can be made from it.
    let half = fixtures::png::Picture::rgba(8, 8, |_, _| [9, 9, 9, 99]).encode();
    let folder =
        written(&without_palettes().with("assets/ui/a.png", half).with("assets/.prometeu/cache.json", "no cache"));
    let (_, preview) = run(folder.path(), &["doctor", "--fix"]);
    assert_eq!(codes(&preview["result"]["blockers"]), Vec::<&str>::new(), "{preview:#}");
    assert_eq!(codes(&preview["result"]["warnings"]), ["glyph/partial-alpha"], "{preview:#}");
    let (_, made) = run(folder.path(), &["doctor", "--fix", "--apply", id(&preview)]);
    assert_eq!(made["result"]["applied"], true, "{made:#}");
    let (exit, alone) = run(folder.path(), &["doctor", "--fix", "--only", "glyph/no-palette"]);
    assert_eq!((exit, codes(&alone["result"]["blockers"])), (1, vec!["glyph/partial-alpha"]), "{alone:#}");
}

#[test]
#[cfg(unix)]
fn a_file_whose_name_no_windows_can_hold_gets_a_copy() {
    let folder = written(&glyph_project().edited(UI, "a.png", "what?.png"));
    let project = folder.path();
    fs::write(project.join("assets/ui/what?.png"), sprite()).unwrap();
    let before = content(project);
    let (_, made) = run(project, &["doctor", "--fix", "--apply"]);
    assert_eq!(made["result"]["applied"], true, "{made:#}");
    assert_eq!(fs::read(project.join("assets/ui/what_.png")).unwrap(), sprite());
    assert_eq!(declaration(project, UI)["inputs"]["sprites"][0], "what_.png");
    let (exit, report) = run(project, &["doctor"]);
    assert_eq!(exit, 0, "{report:#}");
    assert_eq!(run(project, &["undo", made["result"]["transaction_id"].as_str().unwrap(), "--apply"]).0, 0);
    assert_eq!(content(project), before);
}

#[test]
#[cfg(unix)]
fn a_name_that_is_taken_on_some_system_is_not_given() {
    let folder = written(&glyph_project().edited(UI, "a.png", "what?.png").with("assets/ui/WHAT_.png", "other"));
    fs::write(folder.path().join("assets/ui/what?.png"), sprite()).unwrap();
    let (_, preview) = run(folder.path(), &["doctor", "--fix"]);
    assert_eq!(codes(&preview["result"]["fixes"]), Vec::<&str>::new(), "{preview:#}");
}

#[test]
fn a_folder_that_was_moved_by_hand_keeps_its_id() {
    let folder = written(&both());
    let project = folder.path();
    fs::create_dir(project.join("assets/gui")).unwrap();
    fs::rename(project.join("assets/ui"), project.join("assets/gui/main")).unwrap();
    let only = ["doctor", "--fix", "--only", "registry/root-missing"];
    let (_, preview) = run(project, &only);
    let (exit, made) = run(project, &[&only[..], &["--apply", id(&preview)]].concat());
    assert_eq!(exit, 0, "{made:#}");
    assert_eq!(entries(project), [(1, "gui/main".to_owned()), (2, "sfx".to_owned())]);
}

#[test]
fn a_copied_folder_that_is_registered_gets_a_uuid_of_its_own() {
    let mut files = both();
    for (path, bytes) in glyph_project().iter().filter(|(path, _)| path.starts_with("assets/ui/")) {
        files.put(&path.replace("/ui/", "/copy/"), bytes);
    }
    let line = "    {\"asset_id\":3,\"asset_uuid\":\"6f0f7f0e-5b0c-4b54-9c1f-0d5f4f3f9c55\",\"included_in_build\":true,\"root\":\"copy\"}";
    let files = files.edited(INDEX, "\"root\":\"sfx\"}\n", &format!("\"root\":\"sfx\"}},\n{line}\n"));
    let folder = written(&files.edited(INDEX, "\"next_asset_id\": 3", "\"next_asset_id\": 4"));
    let project = folder.path();
    let before = content(project);
    let only = ["doctor", "--fix", "--only", "registry/duplicate-uuid"];
    let (_, preview) = run(project, &only);
    assert!(preview["result"]["registry"].to_string().contains("(minted on apply)"), "{preview:#}");
    let (_, made) = run(project, &[&only[..], &["--apply", id(&preview)]].concat());
    assert_eq!(made["result"]["applied"], true, "{made:#}");
    let uuid = declaration(project, "assets/copy/asset.json")["asset_uuid"].clone();
    assert_eq!(declaration(project, INDEX)["assets"][2]["asset_uuid"], uuid);
    assert_ne!(uuid, declaration(project, UI)["asset_uuid"]);
    assert_eq!(run(project, &["undo", made["result"]["transaction_id"].as_str().unwrap(), "--apply"]).0, 0);
    assert_eq!(content(project), before);
}

#[test]
fn people_are_told_what_to_run() {
    let folder = written(&case("workspace/id-twice"));
    let say = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_xtask"));
        let output = command.args(arguments).arg("--project").arg(folder.path()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let doctor = say(&["doctor"]);
    assert!(doctor.contains("asks  registry/duplicate-id"), "{doctor}");
    assert!(doctor.contains("doctor --fix --only registry/duplicate-id --project"), "{doctor}");
    let preview = say(&["doctor", "--fix", "--only", "registry/duplicate-id"]);
    assert!(preview.contains("id 1 → id 3") && preview.contains("this can be undone"), "{preview}");
    assert!(preview.contains("; to carry it out: `") && preview.contains(" --apply "), "{preview}");
}

//! What mutations must not do to assets that nobody named, to ids that were handed out, and to files that changed behind
//! their back; through the program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod program;

use fixtures::{INDEX, snapshot};
use program::{Run, run};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn showcase() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fixtures::showcase().write(folder.path()).unwrap();
    folder
}

fn copy(project: &Path, from: &str, to: &str) {
    let assets = project.join("assets");
    fixtures::Files::read(&assets.join(from)).unwrap().write(&assets.join(to)).unwrap();
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "no {from} in {text}");
    fs::write(path, text.replace(from, to)).unwrap();
}

fn codes(report: &Value) -> Vec<&str> {
    report["diagnostics"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// Carries it out and gives the transaction's id.
fn apply(project: &Path, arguments: &[&str]) -> String {
    let Run { exit, report } = run(&[arguments, &["--apply"]].concat(), project).unwrap();
    assert_eq!(exit, 0, "{arguments:?}: {report:#}");
    report["result"]["transaction_id"].as_str().unwrap().to_owned()
}

/// The preview and the attempt are both refused with this code, and nothing changes.
fn refused(project: &Path, arguments: &[&str], code: &str, wanted: i32) -> Value {
    let before = snapshot(project).unwrap();
    for flags in [&["--apply"][..], &[]] {
        let Run { exit, report } = run(&[arguments, flags].concat(), project).unwrap();
        assert_eq!((exit, codes(&report).contains(&code)), (wanted, true), "{arguments:?} {flags:?}: {report:#}");
        let mut after = snapshot(project).unwrap();
        after.retain(|path, _| path != "assets/.prometeu/txn" || before.contains_key(path));
        assert_eq!(after, before, "{arguments:?} {flags:?} changed something");
    }
    run(arguments, project).unwrap().report
}

fn actions(project: &Path, root: &str) -> Vec<String> {
    let list = run(&["list"], project).unwrap().report;
    let rows = list["result"]["assets"].as_array().unwrap().clone();
    let row = rows.iter().find(|row| row["root"] == root).unwrap_or_else(|| panic!("no {root} in {list:#}"));
    row["actions"].as_array().unwrap().iter().map(|action| action.as_str().unwrap().to_owned()).collect()
}

/// A project in which the registered root `sfx/ui` lies inside the registered root `actors`.
fn nested() -> tempfile::TempDir {
    let project = showcase();
    copy(project.path(), "sfx/ui", "actors/inner");
    fs::remove_dir_all(project.path().join("assets/sfx/ui")).unwrap();
    edit(&project.path().join(INDEX), "\"root\":\"sfx/ui\"", "\"root\":\"actors/inner\"");
    project
}

#[test]
fn a_registered_root_inside_another_does_not_go_along() {
    let project = nested();
    let project = project.path();
    for arguments in [
        &["remove", "actors", "--confirm", "actors"][..],
        &["quarantine", "actors"],
        &["relocate", "actors", "people"],
        &["remove", "actors/inner", "--confirm", "sfx_ui"],
        &["quarantine", "actors/inner"],
    ] {
        refused(project, arguments, "registry/nested-root", 1);
    }
    assert_eq!(actions(project, "actors"), ["show", "forget", "rename", "exclude"]);
    assert_eq!(actions(project, "actors/inner"), ["show", "forget", "relocate", "rename", "exclude"]);
    // The way out of it, which keeps both identities.
    apply(project, &["relocate", "actors/inner", "sfx/ui"]);
    assert_eq!(run(&["doctor"], project).unwrap().exit, 0);
}

#[test]
fn a_root_does_not_leave_another_one_that_needs_its_files() {
    let project = nested();
    let project = project.path();
    copy(project, "actors/hero", "actors/inner/hero");
    edit(&project.join("assets/actors/asset.json"), "\"hero/walk.png\"", "\"inner/hero/walk.png\"");
    refused(project, &["relocate", "actors/inner", "sfx/ui"], "registry/nested-root", 1);
    assert!(!actions(project, "actors/inner").contains(&"relocate".to_owned()));
}

#[test]
fn an_entry_that_shares_its_root_does_not_take_it_away() {
    let project = showcase();
    let project = project.path();
    edit(&project.join(INDEX), "\"root\":\"ui/font\"", "\"root\":\"actors\"");
    for arguments in [&["remove", "2"][..], &["quarantine", "3"], &["relocate", "2", "people"]] {
        let report = run(arguments, project).unwrap().report;
        assert!(codes(&report).contains(&"registry/duplicate-root"), "{report:#}");
    }
    assert_eq!(run(&["forget", "3"], project).unwrap().exit, 0, "what repairs it is possible");
}

#[test]
fn a_root_that_nobody_registered_goes_along_only_where_nothing_is_lost() {
    let project = showcase();
    let project = project.path();
    copy(project, "actors", "world/tiles/old");
    refused(project, &["remove", "world/tiles", "--confirm", "world_tiles"], "registry/nested-root", 1);
    let Run { exit, report } = run(&["relocate", "world/tiles", "ground"], project).unwrap();
    assert_eq!((exit, codes(&report)), (0, vec!["hygiene/unregistered-root"]), "{report:#}");
    assert_eq!(report["diagnostics"][0]["path"], "assets/world/tiles/old");
    // Unregistered around unregistered: the outer one cannot be registered with another declaration inside it.
    copy(project, "actors", "copies/actors");
    copy(project, "sfx/ui", "copies/actors/sounds");
    refused(project, &["adopt", "copies/actors", "--new-identity"], "registry/nested-root", 1);
    assert_eq!(actions(project, "copies/actors"), ["show", "relocate", "rename"]);
    assert!(actions(project, "copies/actors/sounds").contains(&"adopt".to_owned()));
}

#[test]
fn names_that_some_system_takes_for_one_are_refused_on_every_system() {
    let project = showcase();
    let project = project.path();
    let report = refused(project, &["relocate", "actors", "Actors"], "trust/name-collision", 4);
    assert!(report["diagnostics"][0]["help"].as_str().unwrap().contains("another name first"));
    // The registered folder need not be there: a clone of the project may be incomplete.
    fs::remove_dir_all(project.join("assets/ui")).unwrap();
    refused(project, &["relocate", "actors", "UI/people"], "trust/name-collision", 4);
    refused(project, &["relocate", "actors", "ui/Font"], "trust/name-collision", 4);
}

#[test]
fn separators_of_one_system_are_none_of_ours() {
    let project = showcase();
    let project = project.path();
    copy(project, "actors", "extras/actors");
    for arguments in [&["relocate", "actors", "a\\b"][..], &["adopt", "extras\\actors"], &["register", "a\\b"]] {
        refused(project, arguments, "trust/name-not-portable", 4);
    }
    refused(project, &["relocate", "actors", "..\\b"], "trust/outside-root", 4);
    refused(project, &["relocate", "actors", "C:b"], "trust/outside-root", 4);
    for word in ["ui\\font", "assets/ui/font", "ui/font/", "./ui/font", "assets\\ui\\font"] {
        let Run { exit, report } = run(&["show", word], project).unwrap();
        let help = report["diagnostics"][0]["help"].as_str().unwrap();
        assert_eq!((exit, codes(&report)), (2, vec!["usage/unknown-asset"]));
        assert!(help.contains("`ui/font`"), "{word}: {help}");
    }
}

#[test]
fn a_moved_root_keeps_its_inputs_within_the_limits_of_paths() {
    let project = showcase();
    let deep = vec!["d"; 15].join("/");
    let long = format!("{}/{}", "a".repeat(115), "b".repeat(115));
    for root in [&deep, &long] {
        refused(project.path(), &["relocate", "actors", root], "trust/name-not-portable", 4);
    }
}

#[test]
fn a_change_that_hides_behind_length_and_time_is_seen() {
    let project = showcase();
    let project = project.path();
    for arguments in
        [&["remove", "actors", "--confirm", "actors"][..], &["relocate", "actors", "people"], &["quarantine", "2"]]
    {
        let preview = run(arguments, project).unwrap().report;
        let id = preview["result"]["preview_id"].as_str().unwrap();
        let path = project.join("assets/actors/hero/walk.png");
        let time = fs::metadata(&path).unwrap().modified().unwrap();
        let mut bytes = fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&path, &bytes).unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
        let Run { exit, report } = run(&[arguments, &["--apply", id]].concat(), project).unwrap();
        assert_eq!((exit, codes(&report).contains(&"plan/stale")), (5, true), "{report:#}");
        assert!(path.exists());
    }
}

#[test]
fn a_preview_of_what_is_gone_is_stale() {
    let project = showcase();
    let project = project.path();
    let preview = run(&["remove", "actors"], project).unwrap().report;
    let id = preview["result"]["preview_id"].as_str().unwrap();
    apply(project, &["remove", "actors", "--confirm", "actors"]);
    let Run { exit, report } = run(&["remove", "actors", "--confirm", "actors", "--apply", id], project).unwrap();
    assert_eq!((exit, codes(&report)), (5, vec!["plan/stale", "usage/unknown-asset"]));
}

#[test]
fn a_refused_preview_is_one_too() {
    let project = showcase();
    for (arguments, class) in [
        (&["relocate", "actors", "ui/font"][..], "workspace"),
        (&["adopt", "actors"], "registry"),
        (&["quarantine", "drafts/boss"], "workspace"),
    ] {
        if arguments[0] == "quarantine" {
            fs::remove_dir_all(project.path().join("assets/drafts")).unwrap();
        }
        let Run { exit, report } = run(arguments, project.path()).unwrap();
        let result = &report["result"];
        assert_eq!((exit, &result["class"], &result["applied"]), (1, &Value::from(class), &Value::Bool(false)));
        assert_eq!(result["blockers"].as_array().unwrap().len(), 1, "{report:#}");
        assert!(result["preview_id"].is_string() && result["transaction_id"].is_null(), "{report:#}");
    }
}

#[test]
fn undo_makes_the_folders_on_the_way_again() {
    let project = showcase();
    let project = project.path();
    let before = snapshot(&project.join("assets/fx")).unwrap();
    let id = apply(project, &["remove", "fx/burst", "--confirm", "burst"]);
    fs::remove_dir(project.join("assets/fx")).unwrap();
    apply(project, &["undo", &id]);
    assert_eq!(snapshot(&project.join("assets/fx")).unwrap(), before);
    assert_eq!(run(&["doctor"], project).unwrap().exit, 0);
}

#[test]
fn undo_puts_no_root_into_another() {
    let project = showcase();
    let project = project.path();
    let id = apply(project, &["relocate", "fx/burst", "burst"]);
    // Somebody else's root has taken the folder above in the meantime.
    apply(project, &["relocate", "sfx/ui", "elsewhere"]);
    fs::remove_dir(project.join("assets/fx")).unwrap();
    apply(project, &["relocate", "elsewhere", "fx"]);
    refused(project, &["undo", &id], "plan/conflict", 5);
}

#[test]
fn a_migration_can_be_undone_like_anything_else() {
    let project = showcase();
    let project = project.path();
    let index = project.join(INDEX);
    edit(&index, "\"schema_version\": 2", "\"schema_version\": 1");
    edit(&index, "\"included_in_build\":true,", "");
    edit(&index, "\"included_in_build\":false,", "");
    let before = fs::read(&index).unwrap();
    assert_eq!(run(&["rename", "actors", "people", "--apply"], project).unwrap().exit, 0, "no old file is rewritten");
    let report = run(&["migrate", "--apply"], project).unwrap().report;
    let id = report["result"]["migration_id"].as_str().unwrap();
    apply(project, &["undo", id]);
    assert_eq!(fs::read(&index).unwrap(), before);
}

#[test]
fn what_comes_back_finds_its_name_its_folder_and_its_id_free_or_says_so() {
    let project = showcase();
    let project = project.path();
    let id = apply(project, &["quarantine", "drafts/boss"]);
    let list = run(&["list"], project).unwrap().report;
    let name = list["result"]["quarantined"][0]["name"].as_str().unwrap().to_owned();
    apply(project, &["rename", "actors", &name]);
    refused(project, &["restore", &id], "declaration/name-duplicate", 1);
    apply(project, &["rename", "actors", "actors"]);
    let out_of_the_way = project.join("root");
    let kept = project.join("assets/.prometeu/quarantine").join(&id).join("root");
    fs::rename(&kept, &out_of_the_way).unwrap();
    refused(project, &["restore", &id], "registry/root-missing", 1);
    fs::rename(&out_of_the_way, &kept).unwrap();
    // A registry that was made anew does not know the id; from now on it does.
    edit(&project.join(INDEX), "\"next_asset_id\": 11", "\"next_asset_id\": 9");
    apply(project, &["restore", &id]);
    assert!(fs::read_to_string(project.join(INDEX)).unwrap().contains("\"next_asset_id\": 11"));
    assert_eq!(run(&["doctor"], project).unwrap().exit, 0);
}

#[test]
fn a_member_that_is_missing_is_added_where_it_belongs() {
    let project = showcase();
    let project = project.path();
    let without = |root: &str, member: &str| {
        let path = project.join("assets").join(root).join("asset.json");
        let text = fs::read_to_string(&path).unwrap();
        let kept = text.lines().filter(|line| !line.contains(&format!("\"{member}\":"))).collect::<Vec<_>>();
        fs::write(path, kept.join("\n") + "\n").unwrap();
        text
    };
    let before = without("actors", "name");
    apply(project, &["rename", "actors", "actors"]);
    assert_eq!(fs::read_to_string(project.join("assets/actors/asset.json")).unwrap(), before);
    without("ui/font", "asset_uuid");
    apply(project, &["forget", "ui/font"]);
    apply(project, &["adopt", "ui/font", "--new-identity"]);
    assert_eq!(run(&["doctor"], project).unwrap().exit, 0);
}

#[cfg(unix)]
#[test]
fn a_root_goes_with_everything_that_lies_in_it_or_not_at_all() {
    use std::os::unix::ffi::OsStrExt as _;
    let project = showcase();
    let project = project.path();
    let actors = project.join("assets/actors");
    std::os::unix::fs::symlink("/etc", actors.join("link")).unwrap();
    let fifo = std::process::Command::new("mkfifo").arg(actors.join("pipe")).status().unwrap();
    assert!(fifo.success());
    let odd = actors.join(std::ffi::OsStr::from_bytes(b"bad\xff"));
    fs::write(&odd, "").unwrap();
    let report = run(&["remove", "actors", "--confirm", "actors", "--apply"], project).unwrap().report;
    assert!(codes(&report).contains(&"trust/name-not-portable") && odd.exists(), "{report:#}");
    fs::remove_file(odd).unwrap();
    apply(project, &["remove", "actors", "--confirm", "actors"]);
    assert!(!actors.exists());
    // It is kept until the tenth newer transaction, and then gone for good, the link and not what it leads to.
    for _ in 0..5 {
        apply(project, &["exclude", "ui/font"]);
        apply(project, &["include", "ui/font"]);
    }
    let Run { exit, report } = run(&["list"], project).unwrap();
    assert_eq!((exit, codes(&report).len()), (0, 0), "{report:#}");
    assert_eq!(fs::read_dir(project.join("assets/.prometeu/txn")).unwrap().count(), 10);
    assert!(Path::new("/etc").exists());
}

#[test]
fn a_registry_spelled_with_escapes_is_like_any_other_and_is_tidied_by_what_writes_it() {
    let project = showcase();
    let project = project.path();
    let index = project.join("assets/.prometeu/index.json");
    let plain = fs::read_to_string(&index).unwrap();
    edit(&index, "\"8b1f2c44-0e9d", "\"8b1f\\u0032c44-0e9d");
    edit(&index, "\"root\":\"world/tiles\"", "\"r\\u006fot\":\"world\\/tiles\"");
    let hygiene = || run(&["doctor", "--workspace"], project).unwrap().report;
    assert!(codes(&hygiene()).contains(&"hygiene/not-canonical"));
    apply(project, &["exclude", "actors"]);
    assert!(!codes(&hygiene()).contains(&"hygiene/not-canonical"));
    apply(project, &["include", "actors"]);
    assert_eq!(fs::read_to_string(&index).unwrap(), plain);
}

#[test]
fn an_asset_goes_by_id_uuid_root_and_name_in_this_order() {
    let project = showcase();
    let project = project.path();
    copy(project, "actors", "extras/actors");
    let declaration = project.join("assets/extras/actors/asset.json");
    edit(&declaration, "8b1f2c44-0e9d-4c6a-8f21-6d0a9be45c02", "7b0f8a2e-5b0c-4b54-9c1f-0d5f4f3f9c99");
    let root_of = |word: &str| run(&["show", word], project).unwrap().report["result"]["root"].clone();
    for word in ["2", "002", "8b1f2c44-0e9d-4c6a-8f21-6d0a9be45c02", "8B1F2C44-0E9D-4C6A-8F21-6D0A9BE45C02", "actors"] {
        assert_eq!(root_of(word), "actors", "{word}");
    }
    assert_eq!(root_of("extras/actors"), "extras/actors");
    // The name of a registered asset comes first; what nobody else is called names an unregistered root as well.
    edit(&declaration, "\"name\": \"actors\"", "\"name\": \"extra\"");
    assert_eq!(root_of("extra"), "extras/actors");
    for word in ["", "5", "99999999999999999999", "8b1f2c440e9d4c6a8f216d0a9be45c02", "Actors", "ui_font/"] {
        let Run { exit, report } = run(&["show", word], project).unwrap();
        assert_eq!((exit, codes(&report)), (2, vec!["usage/unknown-asset"]), "{word}");
    }
}

/// Refused in the preview and when carried out, with a help that says what can be done.
fn helped(project: &Path, arguments: &[&str], code: &str, exit: i32, help: &str) {
    let report = refused(project, arguments, code, exit);
    let findings = report["diagnostics"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["code"] == code).unwrap();
    assert!(finding["help"].as_str().unwrap().contains(help), "{arguments:?}: {finding:#}");
}

#[test]
fn what_keeps_an_asset_from_coming_back_is_to_give_way() {
    let project = showcase();
    let project = project.path();
    let id = apply(project, &["quarantine", "actors"]);
    let taken = project.join("assets/actors");
    fs::create_dir(&taken).unwrap();
    helped(project, &["restore", &id], "plan/blocked", 1, "move away what is in its way");
    fs::rename(&taken, project.join("assets/ACTORS")).unwrap();
    helped(project, &["restore", &id], "trust/name-collision", 4, "move away what is in its way");
    fs::remove_dir(project.join("assets/ACTORS")).unwrap();
    copy(project, "world/tiles", "actors/inner");
    edit(&project.join(INDEX), "\"world/tiles\"", "\"actors/inner\"");
    helped(project, &["restore", &id], "registry/nested-root", 1, "move away what is in its way");
}

#[test]
fn a_root_that_is_not_written_as_roots_are_is_answered_with_how_they_are() {
    let project = showcase();
    copy(project.path(), "actors", "copy");
    for (arguments, code, help) in [
        (&["adopt", "copy/"][..], "trust/name-not-portable", "without the slash at its end: `copy`"),
        (&["relocate", "actors", "people/"], "trust/name-not-portable", "without the slash at its end: `people`"),
        (&["relocate", "actors", "../people"], "trust/outside-root", "below `assets/`"),
        (&["relocate", "actors", "a//b"], "trust/name-not-portable", "such as `ui/atlas`"),
    ] {
        helped(project.path(), arguments, code, 4, help);
    }
}

#[test]
fn a_root_that_cannot_be_adopted_says_what_else_to_run() {
    let project = showcase();
    copy(project.path(), "actors", "copy");
    helped(project.path(), &["adopt", "copy"], "declaration/name-duplicate", 1, "rename copy` or, if it is a copy,");
    helped(project.path(), &["adopt", "actors"], "registry/duplicate-root", 1, "nothing to adopt");
}

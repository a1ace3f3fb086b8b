//! Every mutation through the program: shown, carried out exactly as shown, refused when the project changed in
//! between, and undone to the byte.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod anywhere;
#[path = "../program/mod.rs"]
mod program;

use fixtures::{Entry, project_content, snapshot, without_next_id};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const INDEX: &str = "assets/.prometeu/index.json";

fn run(project: &Path, arguments: &[&str]) -> (i32, Value) {
    let run = program::run(arguments, project).unwrap();
    (run.exit, run.report)
}

fn showcase() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fixtures::showcase().write(folder.path()).unwrap();
    folder
}

/// The showcase with one root that is not registered yet: a copy of `actors`, with an identity of its own.
fn with_unregistered() -> tempfile::TempDir {
    let folder = showcase();
    copy_actors(folder.path());
    let path = folder.path().join("assets/extras/actors/asset.json");
    let text = fs::read_to_string(&path).unwrap();
    let uuid = serde_json::from_str::<Value>(&text).unwrap()["asset_uuid"].as_str().unwrap().to_owned();
    let text = text.replace(&uuid, "7b0f8a2e-5b0c-4b54-9c1f-0d5f4f3f9c99").replace("\"actors\"", "\"extra_actors\"");
    fs::write(path, text).unwrap();
    folder
}

/// A folder that was copied with everything in it, its identity too.
fn copy_actors(project: &Path) {
    for (path, entry) in snapshot(&project.join("assets/actors")).unwrap() {
        let Entry::File(bytes) = entry else { continue };
        let to = project.join("assets/extras/actors").join(path);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, bytes).unwrap();
    }
}

/// What is the project's own.
fn content(project: &Path) -> BTreeMap<String, Entry> {
    project_content(project).unwrap()
}

fn index(project: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(project.join(INDEX)).unwrap()).unwrap()
}

fn codes(report: &Value) -> Vec<&str> {
    report["diagnostics"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// Each mutation with its class.
const MUTATIONS: [(&[&str], &str); 10] = [
    (&["exclude", "actors"], "registry"),
    (&["include", "drafts/boss"], "registry"),
    (&["forget", "8"], "registry"),
    (&["remove", "sfx_ui", "--confirm", "sfx_ui"], "workspace"),
    (&["quarantine", "world/tiles"], "workspace"),
    (&["relocate", "burst", "effects/explosions/burst"], "workspace"),
    (&["relocate", "extras/actors", "people"], "workspace"),
    (&["rename", "ui_font", "letters"], "workspace"),
    (&["adopt", "extras/actors"], "registry"),
    (&["adopt", "extras/actors", "--new-identity"], "workspace"),
];

#[test]
fn what_is_shown_is_what_happens_and_it_can_be_undone() {
    for (arguments, class) in MUTATIONS {
        let project = with_unregistered();
        let project = project.path();
        let before = content(project);
        let (exit, preview) = run(project, arguments);
        assert_eq!(exit, 0, "{arguments:?}: {preview:#}");
        assert_eq!(snapshot(project).unwrap(), before, "{arguments:?}: a preview wrote something");
        let result = &preview["result"];
        assert_eq!(result["class"], class, "{arguments:?}");
        assert_eq!((&result["applied"], &result["transaction_id"]), (&Value::Bool(false), &Value::Null));
        assert_eq!(result["reversible"], true, "{arguments:?}");
        let (_, again) = run(project, arguments);
        assert_eq!(again["result"], preview["result"], "{arguments:?}: the same preview twice");

        let id = result["preview_id"].as_str().unwrap();
        let (exit, applied) = run(project, &[arguments, &["--apply", id]].concat());
        assert_eq!(exit, 0, "{arguments:?}: {applied:#}");
        assert_eq!(applied["result"]["applied"], true, "{arguments:?}");
        let after = content(project);
        assert_ne!(after, before, "{arguments:?}: nothing happened");
        assert_eq!(class == "registry", only_registry_differs(&before, &after), "{arguments:?}");
        let (exit, list) = run(project, &["list"]);
        assert_eq!(exit, 0, "{arguments:?}: {list:#}");
        let unwell = list["result"]["assets"].as_array().unwrap().iter().find(|row| row["health"] != "ok");
        assert!(unwell.is_none(), "{arguments:?} made an asset unwell: {unwell:#?}");

        let transaction = applied["result"]["transaction_id"].as_str().unwrap();
        let (exit, undone) = run(project, &["undo", transaction]);
        assert_eq!((exit, content(project)), (0, after.clone()), "{arguments:?}: {undone:#}");
        let (exit, undone) = run(project, &["undo", transaction, "--apply"]);
        assert_eq!(exit, 0, "{arguments:?}: {undone:#}");
        assert_eq!(without_next_id(content(project)), without_next_id(before), "{arguments:?} undone");
        // What is undone can be done again.
        let back = undone["result"]["transaction_id"].as_str().unwrap();
        let (exit, redone) = run(project, &["undo", back, "--apply"]);
        assert_eq!(exit, 0, "{arguments:?}: {redone:#}");
        assert_eq!(content(project), after, "{arguments:?} done again");
    }
}

fn only_registry_differs(before: &BTreeMap<String, Entry>, after: &BTreeMap<String, Entry>) -> bool {
    let strip = |all: &BTreeMap<String, Entry>| all.iter().filter(|(path, _)| *path != INDEX).count();
    strip(before) == strip(after) && before.iter().all(|(path, entry)| path == INDEX || after.get(path) == Some(entry))
}

#[test]
fn a_preview_is_stale_when_what_it_depends_on_changed() {
    for (arguments, _) in MUTATIONS {
        let project = with_unregistered();
        let project = project.path();
        let (_, preview) = run(project, arguments);
        let id = preview["result"]["preview_id"].as_str().unwrap().to_owned();
        let path = project.join(INDEX);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("\"next_asset_id\":", "\"note\": \"by hand\",\n  \"next_asset_id\":")).unwrap();
        let touches_no_registry = matches!(arguments[0], "rename") || arguments[1..] == ["extras/actors", "people"];
        if touches_no_registry {
            let declaration =
                if arguments[0] == "rename" { "assets/ui/font/asset.json" } else { "assets/extras/actors/asset.json" };
            let path = project.join(declaration);
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, text.replace('}', "} ")).unwrap();
        }
        let before = content(project);
        let (exit, answer) = run(project, &[arguments, &["--apply", &id]].concat());
        assert_eq!((exit, codes(&answer).contains(&"plan/stale")), (5, true), "{arguments:?}: {answer:#}");
        assert_eq!(content(project), before, "{arguments:?}: a stale plan changed something");
    }
}

#[test]
fn what_cannot_be_done_is_refused_and_changes_nothing() {
    let refusals: [(&[&str], &str, i32); 22] = [
        (&["remove", "actors"], "plan/consent-missing", 5),
        (&["remove", "actors", "--confirm", "actor"], "plan/consent-missing", 5),
        (&["rename", "actors", "ui_font"], "declaration/name-duplicate", 1),
        (&["rename", "actors", "Actors"], "declaration/name-invalid", 1),
        (&["relocate", "actors", "ui/font"], "registry/duplicate-root", 1),
        (&["relocate", "actors", "ui/font/inside"], "registry/nested-root", 1),
        (&["relocate", "ui/font", "ui"], "plan/blocked", 1),
        (&["relocate", "actors", "actors/deeper"], "plan/blocked", 1),
        (&["relocate", "actors", "../outside"], "trust/outside-root", 4),
        (&["relocate", "actors", "/etc/actors"], "trust/outside-root", 4),
        (&["relocate", "actors", "con"], "trust/name-not-portable", 4),
        (&["relocate", "actors", ".git/hooks"], "trust/reserved-name", 4),
        (&["relocate", "actors", "UI/people"], "trust/name-collision", 4),
        (&["adopt", "actors"], "registry/duplicate-root", 1),
        (&["adopt", "nowhere"], "usage/unknown-asset", 2),
        (&["adopt", "copies/actors"], "registry/duplicate-uuid", 1),
        (&["forget", "nobody"], "usage/unknown-asset", 2),
        (&["forget", "extras/actors"], "plan/blocked", 1),
        (&["exclude", "extras/actors"], "plan/blocked", 1),
        (&["restore", "20260101T000000Z-00000000"], "usage/unknown-transaction", 2),
        (&["restore", "../../x"], "usage/unknown-transaction", 2),
        (&["undo", "20260101T000000Z-00000000"], "usage/unknown-transaction", 2),
    ];
    let project = with_unregistered();
    let project = project.path();
    for (path, entry) in snapshot(&project.join("assets/actors")).unwrap() {
        let Entry::File(bytes) = entry else { continue };
        let to = project.join("assets/copies/actors").join(path);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, bytes).unwrap();
    }
    let before = snapshot(project).unwrap();
    for (arguments, code, wanted) in refusals {
        for apply in [false, true] {
            let flags: &[&str] = if apply { &["--apply"] } else { &[] };
            let (exit, answer) = run(project, &[arguments, flags].concat());
            let only_when_applied = code == "plan/consent-missing" && !apply;
            if !only_when_applied {
                assert_eq!(exit, wanted, "{arguments:?} {flags:?}: {answer:#}");
                assert!(codes(&answer).contains(&code), "{arguments:?} {flags:?}: {answer:#}");
            }
            let mut after = snapshot(project).unwrap();
            after.retain(|path, _| path != "assets/.prometeu/txn");
            assert_eq!(after, before, "{arguments:?} {flags:?} changed something");
        }
    }
}

#[test]
fn an_id_is_never_handed_out_twice() {
    let project = with_unregistered();
    let project = project.path();
    let next = |project: &Path| index(project)["next_asset_id"].as_u64().unwrap();
    let first = next(project);
    for round in 0..3 {
        let (exit, applied) = run(project, &["adopt", "extras/actors", "--apply"]);
        assert_eq!(exit, 0, "{applied:#}");
        let (_, shown) = run(project, &["show", "extra_actors"]);
        assert_eq!(shown["result"]["asset_id"], first + round);
        if round % 2 == 0 {
            let id = applied["result"]["transaction_id"].as_str().unwrap();
            assert_eq!(run(project, &["undo", id, "--apply"]).0, 0);
        } else {
            assert_eq!(run(project, &["forget", "extra_actors", "--apply"]).0, 0);
        }
        assert_eq!(next(project), first + round + 1);
    }
}

#[test]
fn undoing_leaves_later_changes_of_others_alone() {
    let project = showcase();
    let project = project.path();
    let apply = |arguments: &[&str]| {
        let (exit, report) = run(project, &[arguments, &["--apply"]].concat());
        assert_eq!(exit, 0, "{arguments:?}: {report:#}");
        report["result"]["transaction_id"].as_str().unwrap().to_owned()
    };
    let first = apply(&["exclude", "actors"]);
    let second = apply(&["forget", "burst"]);
    // Another entry may have changed since; the same one may not.
    let third = apply(&["undo", &first]);
    let (exit, refused) = run(project, &["undo", &first, "--apply"]);
    assert_eq!((exit, codes(&refused).contains(&"plan/conflict")), (5, true), "{refused:#}");
    apply(&["undo", &third]);
    apply(&["undo", &second]);
    let rename = apply(&["rename", "ui_font", "letters"]);
    let path = project.join("assets/ui/font/asset.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("letters", "glyphs")).unwrap();
    let (exit, refused) = run(project, &["undo", &rename, "--apply"]);
    assert_eq!((exit, codes(&refused).contains(&"plan/conflict")), (5, true), "{refused:#}");
}

#[test]
fn what_is_quarantined_comes_back_under_the_same_id() {
    let project = showcase();
    let project = project.path();
    let before = content(project);
    assert_eq!(run(project, &["quarantine", "actors", "--apply"]).0, 0);
    let (_, list) = run(project, &["list"]);
    let row = &list["result"]["quarantined"][0];
    assert_eq!((&row["name"], &row["root"]), (&Value::from("actors"), &Value::from("actors")));
    assert_eq!(list["result"]["assets"].as_array().unwrap().len(), 7);
    assert_eq!(run(project, &["build"]).0, 0, "the others are built");
    fs::remove_dir_all(project.join("build")).unwrap();
    let (exit, restored) = run(project, &["restore", row["id"].as_str().unwrap(), "--apply"]);
    assert_eq!(exit, 0, "{restored:#}");
    let mut after = content(project);
    after.remove("assets/.prometeu/quarantine");
    assert_eq!(after, before);
}

#[test]
fn an_old_registry_is_not_rewritten_on_the_way() {
    let project = showcase();
    let path = project.path().join(INDEX);
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replace("\"schema_version\": 2", "\"schema_version\": 1");
    let text = text.replace("\"included_in_build\":true,", "").replace("\"included_in_build\":false,", "");
    fs::write(&path, text).unwrap();
    let before = snapshot(project.path()).unwrap();
    for arguments in [["exclude", "actors", "--apply"], ["forget", "actors", "--apply"]] {
        let (exit, report) = run(project.path(), &arguments);
        assert_eq!((exit, codes(&report).contains(&"migration/pending")), (1, true), "{report:#}");
        assert_eq!(snapshot(project.path()).unwrap(), before);
    }
}

#[test]
fn apply_takes_an_id_only_where_the_word_is_not_needed() {
    let project = showcase();
    let (exit, report) = run(project.path(), &["exclude", "--apply", "actors"]);
    assert_eq!((exit, &report["result"]["applied"]), (0, &Value::Bool(true)), "{report:#}");
    let (exit, report) = run(project.path(), &["exclude", "--apply", "0123456789abcdef", "ui_font"]);
    assert_eq!((exit, codes(&report)), (5, vec!["plan/stale"]), "{report:#}");
}

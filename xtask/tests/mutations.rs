//! Every mutation through the program: shown, carried out exactly as shown, refused when the project changed in
//! between, and undone to the byte.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use fixtures::{Entry, snapshot};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const INDEX: &str = "assets/.prometeu/index.json";

fn run(project: &Path, arguments: &[&str]) -> (i32, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .args(["--format", "json", "--project"])
        .arg(project)
        .output()
        .unwrap();
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap())
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

/// Everything but the packer's own records.
fn content(project: &Path) -> BTreeMap<String, Entry> {
    let mut all = snapshot(project).unwrap();
    all.retain(|path, _| !path.starts_with("assets/.prometeu/txn"));
    all
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
        assert_eq!(without_allocator(content(project)), without_allocator(before), "{arguments:?} undone");
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

/// Ids that were handed out stay used.
fn without_allocator(mut all: BTreeMap<String, Entry>) -> BTreeMap<String, Entry> {
    if let Some(Entry::File(bytes)) = all.get_mut(INDEX) {
        let text = String::from_utf8(std::mem::take(bytes)).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| !line.contains("next_asset_id")).collect();
        *bytes = lines.join("\n").into_bytes();
    }
    all
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

/// One of the eleven mutations, played on any project that holds two sound assets.
struct Played {
    /// What has to be done before; its transactions are undone afterwards.
    before: &'static [&'static [&'static str]],
    /// The command.
    command: &'static [&'static str],
    class: &'static str,
    /// The same with something that cannot be, with code and exit code.
    refused: (&'static [&'static str], &'static str, i32),
}

/// `{asset}` is the uuid of an asset, `{root}` its root, `{name}` its name, `{other}` and `{other-name}` those of another
/// one; `{last}` is the transaction before.
const PLAYED: [Played; 11] = [
    Played {
        before: &[],
        command: &["register", "prop-new/folder", "--name", "prop_new"],
        class: "workspace",
        refused: (&["register", "{root}"], "registry/duplicate-root", 1),
    },
    Played {
        before: &[&["forget", "{asset}"]],
        command: &["adopt", "{root}"],
        class: "registry",
        refused: (&["adopt", "{other}"], "registry/duplicate-root", 1),
    },
    Played {
        before: &[],
        command: &["forget", "{asset}"],
        class: "registry",
        refused: (&["forget", "prop/nowhere"], "usage/unknown-asset", 2),
    },
    Played {
        before: &[],
        command: &["remove", "{asset}", "--confirm", "{name}"],
        class: "workspace",
        refused: (&["remove", "{asset}", "--confirm", "{other-name}"], "plan/consent-missing", 5),
    },
    Played {
        before: &[],
        command: &["quarantine", "{asset}"],
        class: "workspace",
        refused: (&["quarantine", "prop/nowhere"], "usage/unknown-asset", 2),
    },
    Played {
        before: &[&["quarantine", "{asset}"]],
        command: &["restore", "{last}"],
        class: "workspace",
        refused: (&["restore", "20260101T000000Z-00000000"], "usage/unknown-transaction", 2),
    },
    Played {
        before: &[],
        command: &["relocate", "{asset}", "prop-moved/far/away"],
        class: "workspace",
        refused: (&["relocate", "{asset}", "{other}"], "registry/duplicate-root", 1),
    },
    Played {
        before: &[],
        command: &["rename", "{asset}", "prop_renamed"],
        class: "workspace",
        refused: (&["rename", "{asset}", "{other-name}"], "declaration/name-duplicate", 1),
    },
    Played {
        before: &[&["exclude", "{asset}"]],
        command: &["include", "{asset}"],
        class: "registry",
        refused: (&["include", "prop/nowhere"], "usage/unknown-asset", 2),
    },
    Played {
        before: &[],
        command: &["exclude", "{asset}"],
        class: "registry",
        refused: (&["exclude", "prop/nowhere"], "usage/unknown-asset", 2),
    },
    Played {
        before: &[&["relocate", "{asset}", "prop-moved"], &["exclude", "{other}"]],
        command: &["undo", "{last}"],
        class: "workspace",
        refused: (&["undo", "20260101T000000Z-00000000"], "usage/unknown-transaction", 2),
    },
];

/// The showcase, and copies of the projects that `PROMETEU_CORPUS` names, as the gate `determinism` takes them.
fn projects() -> Vec<tempfile::TempDir> {
    let mut all = vec![showcase()];
    let named = std::env::var_os("PROMETEU_CORPUS").unwrap_or_default();
    for folder in std::env::split_paths(&named).filter(|folder| !folder.as_os_str().is_empty()) {
        assert!(folder.join("assets").is_dir(), "PROMETEU_CORPUS: {} is no project", folder.display());
        let copy = tempfile::tempdir().unwrap();
        fixtures::Files::read(&folder).unwrap().write(copy.path()).unwrap();
        all.push(copy);
    }
    all
}

#[test]
fn every_mutation_is_previewed_applied_refused_and_undone_on_every_project() {
    for project in projects() {
        let project = project.path();
        let picture = fixtures::folder().join("projects/showcase/assets/actors/coin.png");
        let folder = project.join("assets/prop-new/folder");
        fs::create_dir_all(&folder).unwrap();
        fs::copy(picture, folder.join("coin.png")).unwrap();
        for played in &PLAYED {
            play(project, played);
        }
    }
}

fn play(project: &Path, played: &Played) {
    let mut words = words(project);
    let apply = |arguments: &[String]| {
        let (exit, report) = run(project, &[&strs(arguments)[..], &["--apply"]].concat());
        assert_eq!(exit, 0, "{arguments:?}: {report:#}");
        report["result"]["transaction_id"].as_str().unwrap().to_owned()
    };
    let untouched = content(project);
    let mut done = Vec::new();
    for command in played.before {
        let id = apply(&filled(command, &words));
        words.insert("{last}", id.clone());
        done.push(id);
    }
    let before = content(project);
    let command = filled(played.command, &words);
    let command = strs(&command);

    let (exit, preview) = run(project, &command);
    assert_eq!((exit, &preview["result"]["class"]), (0, &Value::from(played.class)), "{command:?}: {preview:#}");
    let result = &preview["result"];
    assert_eq!((&result["applied"], &result["reversible"]), (&Value::Bool(false), &Value::Bool(true)), "{command:?}");
    assert!(!result["registry"].as_array().unwrap().is_empty() || command[0] == "rename", "{command:?}");
    assert_eq!(content(project), before, "{command:?}: a preview wrote something");
    let id = result["preview_id"].as_str().unwrap().to_owned();

    let refusal = filled(played.refused.0, &words);
    let (exit, report) = run(project, &[&strs(&refusal)[..], &["--apply"]].concat());
    assert_eq!((exit, codes(&report).contains(&played.refused.1)), (played.refused.2, true), "{refusal:?}: {report:#}");
    assert_eq!(content(project), before, "{refusal:?} changed something");

    let disturbed: Vec<PathBuf> = [INDEX.to_owned(), format!("assets/{}/asset.json", words["{root}"])]
        .iter()
        .map(|path| project.join(path))
        .filter(|path| path.exists())
        .collect();
    let originals: Vec<Vec<u8>> = disturbed.iter().map(|path| fs::read(path).unwrap()).collect();
    std::iter::zip(&disturbed, &originals)
        .for_each(|(path, text)| fs::write(path, [text, &b"\n"[..]].concat()).unwrap());
    let (exit, report) = run(project, &[&command[..], &["--apply", &id]].concat());
    assert_eq!((exit, codes(&report).contains(&"plan/stale")), (5, true), "{command:?}: {report:#}");
    std::iter::zip(&disturbed, &originals).for_each(|(path, text)| fs::write(path, text).unwrap());
    assert_eq!(content(project), before, "{command:?}: a stale plan changed something");

    // What was put back was written anew, so a plan that moves it is another one.
    let (_, preview) = run(project, &command);
    let id = preview["result"]["preview_id"].as_str().unwrap().to_owned();
    let (exit, applied) = run(project, &[&command[..], &["--apply", &id]].concat());
    assert_eq!((exit, &applied["result"]["applied"]), (0, &Value::Bool(true)), "{command:?}: {applied:#}");
    assert_ne!(content(project), before, "{command:?}: nothing happened");
    let placeholder = applied["result"].to_string().contains("minted on apply");
    assert!(!placeholder, "{command:?} shows a placeholder for what is made by now: {applied:#}");

    done.push(applied["result"]["transaction_id"].as_str().unwrap().to_owned());
    for (at, id) in done.iter().enumerate().rev() {
        apply(&["undo".to_owned(), id.clone()]);
        if at + 1 == done.len() {
            assert_eq!(without_allocator(content(project)), without_allocator(before.clone()), "{command:?} undone");
        }
    }
    assert_eq!(
        without_allocator(content(project)),
        without_allocator(untouched),
        "{command:?} and all before it undone"
    );
}

fn words(project: &Path) -> BTreeMap<&'static str, String> {
    let (_, list) = run(project, &["list"]);
    let is_sound = |row: &&Value| {
        row["state"] == "registered"
            && row["included_in_build"] == true
            && row["health"] == "ok"
            && row["schema_version"] == 3
            && row["actions"].as_array().unwrap().iter().any(|action| action == "remove")
    };
    let rows: Vec<&Value> = list["result"]["assets"].as_array().unwrap().iter().filter(is_sound).take(2).collect();
    let [one, other] = rows[..] else { panic!("no two sound assets in {}", project.display()) };
    let text = |row: &Value, member: &str| row[member].as_str().unwrap().to_owned();
    BTreeMap::from([
        ("{asset}", text(one, "asset_uuid")),
        ("{root}", text(one, "root")),
        ("{name}", text(one, "name")),
        ("{other}", text(other, "root")),
        ("{other-name}", text(other, "name")),
    ])
}

fn filled(words: &[&str], known: &BTreeMap<&str, String>) -> Vec<String> {
    words.iter().map(|word| known.get(word).cloned().unwrap_or_else(|| (*word).to_owned())).collect()
}

fn strs(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

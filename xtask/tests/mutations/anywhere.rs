//! All eleven mutations on projects of any kind, made-up and real ones: preview, refusal, stale preview, apply, undo.

use crate::{INDEX, codes, content, run, showcase};
use fixtures::without_next_id;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

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
    for files in fixtures::corpus().unwrap() {
        let copy = tempfile::tempdir().unwrap();
        files.write(copy.path()).unwrap();
        // A project of an old version is changed once it was brought forward.
        let (exit, report) = run(copy.path(), &["migrate", "--apply"]);
        assert_eq!(exit, 0, "{report:#}");
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
            assert_eq!(without_next_id(content(project)), without_next_id(before.clone()), "{command:?} undone");
        }
    }
    assert_eq!(without_next_id(content(project)), without_next_id(untouched), "{command:?} and all before it undone");
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

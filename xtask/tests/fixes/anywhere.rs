//! Repairs on projects of any kind, made-up and real ones: each project is damaged in one way, repaired as was shown, and
//! taken back.

use crate::projects::CONFIGURATION;
use crate::{codes, content, id, run, written};
use fixtures::{Files, INDEX, without_next_id};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// An asset that nothing is wrong with.
struct Sound {
    uuid: String,
    root: String,
    name: String,
}

impl Sound {
    fn declaration(&self) -> String {
        format!("assets/{}/asset.json", self.root)
    }
}

/// One way to damage a project with two sound assets, and the code by which it is found and repaired.
type Damage = (&'static str, fn(&Path, &Sound, &Sound));

const NOBODYS_UUID: &str = "7b0f8a2e-5b0c-4b54-9c1f-0d5f4f3f9c99";

const DAMAGES: [Damage; 14] = [
    ("declaration/name-invalid", |project, one, _| edit(project, &one.declaration(), &quoted(&one.name), "\"Größe!\"")),
    ("declaration/name-duplicate", |project, one, other| {
        edit(project, &one.declaration(), &quoted(&one.name), &quoted(&other.name));
    }),
    ("hygiene/not-canonical", |project, one, _| edit(project, &one.declaration(), "{", "\t{")),
    ("cache/dropped", |project, _, _| fs::write(project.join("assets/.prometeu/cache.json"), "no cache").unwrap()),
    ("registry/uuid-mismatch", |project, one, _| edit(project, &one.declaration(), &one.uuid, NOBODYS_UUID)),
    ("registry/duplicate-uuid", |project, one, other| edit(project, INDEX, &one.uuid, &other.uuid)),
    ("registry/duplicate-root", |project, one, other| edit(project, INDEX, &quoted(&one.root), &quoted(&other.root))),
    ("registry/nested-root", |project, one, other| {
        let inner = format!("{}/inner", one.root);
        rename(project, &other.root, &inner);
        edit(project, INDEX, &quoted(&other.root), &quoted(&inner));
    }),
    ("registry/root-missing", |project, one, _| rename(project, &one.root, "moved-by-hand")),
    ("registry/allocator-behind", |project, _, _| {
        let text = fs::read_to_string(project.join(INDEX)).unwrap();
        let line = text.lines().find(|line| line.contains("next_asset_id")).unwrap();
        edit(project, INDEX, line, "  \"next_asset_id\": 1,");
    }),
    ("hygiene/unregistered-root", |project, one, _| {
        Files::read(&project.join("assets").join(&one.root)).unwrap().write(&project.join("assets/a-copy")).unwrap();
    }),
    ("hygiene/copied-identity", |project, one, _| {
        Files::read(&project.join("assets").join(&one.root)).unwrap().write(&project.join("assets/a-copy")).unwrap();
    }),
    ("hygiene/suppression-unused", |project, _, _| {
        let file = project.join(CONFIGURATION);
        let before = fs::read_to_string(&file).unwrap_or_else(|_| "schema_version = 1\n".to_owned());
        let entry = "\n[[allow]]\ncode = \"hygiene/link\"\npath = \"nowhere\"\nreason = \"none\"\nuntil = 2999-12-31\n";
        fs::write(file, before + entry).unwrap();
    }),
    ("file/empty", |project, _, _| fs::write(project.join(INDEX), "").unwrap()),
];

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn edit(project: &Path, path: &str, from: &str, to: &str) {
    let text = fs::read_to_string(project.join(path)).unwrap();
    assert!(text.contains(from), "no {from} in {path}");
    fs::write(project.join(path), text.replacen(from, to, 1)).unwrap();
}

fn rename(project: &Path, from: &str, to: &str) {
    fs::rename(project.join("assets").join(from), project.join("assets").join(to)).unwrap();
}

#[test]
fn every_project_is_repaired_as_was_shown_and_comes_back() {
    for files in fixtures::corpus().unwrap().into_iter().chain([fixtures::showcase()]) {
        let folder = written(&files);
        // A file of an old version is repaired once it was brought forward.
        assert_eq!(run(folder.path(), &["migrate", "--apply"]).0, 0);
        let files = Files::read(folder.path()).unwrap();
        for (code, damage) in DAMAGES {
            let folder = written(&files);
            let project = folder.path();
            let count = || found(&run(project, &["doctor", "--workspace"]).1, code);
            let untouched = count();
            let [one, other] = sound(project);
            damage(project, &one, &other);
            assert!(count() > untouched, "{code} is not found");
            repair(project, code, untouched);
        }
    }
}

/// Makes all repairs of the code, after which no more of it is found than in the untouched project, and takes them back.
fn repair(project: &Path, code: &str, untouched: usize) {
    let only = ["doctor", "--workspace", "--fix", "--only", code];
    let damaged = content(project);
    let (_, preview) = run(project, &only);
    assert_eq!(codes(&preview["result"]["blockers"]), Vec::<&str>::new(), "{code}: {preview:#}");
    assert_eq!(content(project), damaged, "{code}: a preview wrote something");
    let (_, made) = run(project, &[&only[..], &["--apply", id(&preview)]].concat());
    let result = &made["result"];
    assert_eq!(result["applied"], true, "{code}: {made:#}");
    assert!(found(&made, code) <= untouched, "{code} is still there: {made:#}");
    if result["reversible"] == true {
        let (exit, undone) = run(project, &["undo", result["transaction_id"].as_str().unwrap(), "--apply"]);
        assert_eq!(exit, 0, "{code}: {undone:#}");
        assert!(without_next_id(content(project)) == without_next_id(damaged), "{code} is not undone");
    }
}

fn found(report: &Value, code: &str) -> usize {
    codes(&report["diagnostics"]).into_iter().filter(|found| *found == code).count()
}

/// Two sound assets of the project.
fn sound(project: &Path) -> [Sound; 2] {
    let (_, list) = run(project, &["list"]);
    let is_sound = |row: &&Value| row["state"] == "registered" && row["health"] == "ok";
    let text = |row: &Value, member: &str| row[member].as_str().unwrap().to_owned();
    let asset = |row: &Value| Sound { uuid: text(row, "asset_uuid"), root: text(row, "root"), name: text(row, "name") };
    let mut assets = list["result"]["assets"].as_array().unwrap().iter().filter(is_sound).map(asset);
    [assets.next().unwrap(), assets.next().unwrap()]
}

//! The steps, held against the workspaces that older packers left.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::{Known, steps, to_current, to_version};
use crate::diagnostic::Code;
use crate::envelope::{self, Artifact, Envelope, Windows};
use crate::trust::{Limits, admit_bytes};
use fixtures::{Files, INDEX};
use std::collections::{BTreeMap, BTreeSet};

/// Stands for the uuid that a migration mints where the registry has none.
const MINTED: &str = "0d4f5a0e-8f5e-4d0c-9a53-6b1f2e3d4c5b";

fn open(artifact: Artifact, path: &str, text: &str) -> Envelope {
    let admitted = admit_bytes(path, text.as_bytes(), &Limits::default());
    envelope::open(admitted, artifact, &Windows::default()).unwrap()
}

/// The registry's uuids by the path of the declaration.
fn uuids(workspace: &Files) -> BTreeMap<String, String> {
    let registry: serde_json::Value = serde_json::from_slice(workspace.get(INDEX).unwrap()).unwrap();
    let entry = |entry: &serde_json::Value| {
        let text = |key: &str| entry[key].as_str().unwrap().to_owned();
        (format!("assets/{}/asset.json", text("root")), text("asset_uuid"))
    };
    registry["assets"].as_array().unwrap().iter().map(entry).collect()
}

#[test]
fn step_by_step_equals_all_at_once_and_twice_equals_once() {
    let mut taken = BTreeSet::new();
    for (name, workspace) in fixtures::frozen::supported().unwrap() {
        let uuids = uuids(&workspace);
        for (path, content) in workspace.iter() {
            let artifact = match path.rsplit('/').next() {
                Some("asset.json") => Artifact::Declaration,
                Some("index.json") => Artifact::Registry,
                _ => continue,
            };
            let known = Known { asset_uuid: Some(uuids.get(path).map_or(MINTED, String::as_str).to_owned()) };
            let on_disk = std::str::from_utf8(content).unwrap();
            let first = open(artifact, path, on_disk);
            let from = first.version();
            let versions = from + 1..=artifact.written();
            let direct = to_current(first, &known).unwrap();
            assert_eq!((direct.path(), direct.from()), (path, from), "{name}");
            let told = direct.pending().map(|finding| (finding.code, finding.path));
            let is_old = from < artifact.written();
            assert_eq!(told, is_old.then(|| (Code::MigrationPending, Some(path.to_owned()))), "{name}");
            taken.extend(direct.steps().iter().map(|step| step.name));
            let mut text = on_disk.to_owned();
            for version in versions {
                // As it would lie on disk had a packer of that version been the last one to write it.
                let stepped = to_version(open(artifact, path, &text), version, &known).unwrap();
                assert_eq!(stepped.steps().len(), 1, "{name}: {path} to {version}");
                text = stepped.tree().text().to_owned();
                assert_eq!(open(artifact, path, &text).version(), version, "{name}: {path}");
            }
            assert_eq!(text, direct.tree().text(), "{name}: {path}");
            let again = to_current(open(artifact, path, &text), &known).unwrap();
            assert!(again.steps().is_empty() && again.tree().text() == text, "{name}: {path}");
        }
    }
    let all: BTreeSet<&str> = steps::ALL.iter().map(|step| step.name).collect();
    assert_eq!(taken, all, "no frozen workspace takes these steps");
}

#[test]
fn the_line_that_a_finding_shows_is_that_of_its_own_file() {
    let flat = "{\"schema_version\": 1, \"next_asset_id\": 1, \"assets\": []}";
    let lines = "{\n  \"schema_version\": 1,\n  \"next_asset_id\": 1,\n  \"assets\": []\n}";
    // Most files are alike, and share the text; the others must not.
    for text in [lines, flat, lines, flat] {
        let migrated = to_current(open(Artifact::Registry, INDEX, text), &Known { asset_uuid: None }).unwrap();
        let shown = migrated.pending().unwrap().place.unwrap().line_text;
        assert_eq!(Some(&*shown), text.lines().find(|line| line.contains("schema_version")));
    }
}

//! What is said of an archive, and the table that all answers come from.

use crate::{codes, project, put, run, unchanged};
use serde_json::Value;
use std::fs;

#[test]
fn an_archive_is_judged_by_its_version_before_anything_else() {
    let project = project();
    let project = project.path();
    run(project, &["build"], None, 0);
    let archive = fs::read(project.join("build/assets.pa")).unwrap();
    let verify = |bytes: &[u8], floor: Option<&String>, exit: i32| {
        put(project, "some.pa", bytes);
        let path = project.join("some.pa");
        unchanged(project, &["verify", path.to_str().unwrap()], floor, exit)
    };
    for (version, code) in [
        (0, "version/malformed"),
        (2, "version/too-new"),
        (65_535, "version/too-new"),
        (65_536, "version/malformed"),
        (u32::MAX, "version/malformed"),
    ] {
        // Of another version not even the length of the header is known to be one.
        for rest in [&archive[8..], &[0xff; 24], &[]] {
            let report = verify(&[&archive[..4], &u32::to_le_bytes(version), rest].concat(), None, 3);
            assert_eq!(codes(&report), [code], "{version}");
            let finding = &report["diagnostics"][0];
            assert_eq!((&finding["evidence"]["found"], &finding["evidence"]["offset"]), (&version.into(), &4.into()));
            let said = format!("{} {}", finding["message"].as_str().unwrap(), finding["help"].as_str().unwrap());
            assert!(
                said.contains(&version.to_string()) && said.contains("version 1") && said.contains("this packer"),
                "{said}"
            );
            let is_number = code == "version/too-new";
            let found = if is_number { Value::from(version) } else { Value::Null };
            assert_eq!(report["result"]["archive"]["schema_version"], found);
        }
    }
    assert_eq!(codes(&verify(&archive, Some(&"--window-floor=assets.pa=2".to_owned()), 3)), ["version/too-old"]);
    assert!(codes(&verify(&archive, None, 0)).is_empty());
    for foreign in [
        &b"PK\x03\x04 and so on, long enough to be an archive"[..],
        b"",
        b"ASPA",
        b"ASPA\x02\0\0",
        b"{\"schema_version\": 1}",
    ] {
        assert!(codes(&verify(foreign, None, 1))[0].starts_with("archive/"));
    }
}

#[test]
fn the_windows_are_printed_and_only_the_command_line_moves_them() {
    let project = project();
    let rows = |floors: &[&str]| {
        let report = run(project.path(), &[&["window"], floors].concat(), None, 0);
        report["result"]["artifacts"].as_array().unwrap().clone()
    };
    let table = rows(&[]);
    for (artifact, written, min, max) in [
        ("asset.json", 3, Some(1), Some(3)),
        ("index.json", 2, Some(1), Some(2)),
        ("journal.json", 1, Some(1), Some(1)),
        ("cache.json", 2, Some(2), Some(2)),
        ("assets.pa", 1, Some(1), Some(1)),
        ("asset_table_metadata.json", 1, None, None),
        ("report", 1, None, None),
        ("studio protocol", 1, Some(1), Some(1)),
    ] {
        let row = serde_json::json!({ "artifact": artifact, "written": written, "min": min, "max": max });
        assert!(table.contains(&row), "{row} in {table:#?}");
    }
    assert_eq!(table.len(), 8);
    let raised = rows(&["--window-floor", "asset.json=2", "--window-floor=index.json=2"]);
    assert_eq!((&raised[0]["min"], &raised[1]["min"]), (&2.into(), &2.into()));
    assert_eq!(raised[2..], table[2..]);
}

//! What a command that was killed leaves: who settles it says so, edits are kept only as they were previewed, and no project
//! at all is not taken for a broken disk.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod program;

use fixtures::snapshot;
use program::{Run, run};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn showcase() -> tempfile::TempDir {
    let project = tempfile::tempdir().unwrap();
    fixtures::showcase().write(project.path()).unwrap();
    project
}

/// The showcase after `exclude actors`, as if the packer had been killed before it could say that it was done.
fn cut_short() -> tempfile::TempDir {
    let project = showcase();
    let done = run(&["exclude", "actors", "--apply"], project.path()).unwrap().report;
    let id = done["result"]["transaction_id"].as_str().unwrap();
    fs::remove_file(project.path().join("assets/.prometeu/txn").join(id).join("committed")).unwrap();
    // A killed writer leaves this as well.
    fs::write(project.path().join("assets/.prometeu/lock"), "").unwrap();
    project
}

fn codes(report: &Value) -> Vec<&str> {
    report["diagnostics"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

fn index(project: &Path) -> String {
    fs::read_to_string(project.join("assets/.prometeu/index.json")).unwrap()
}

#[test]
fn who_settles_something_says_so_even_where_the_rest_of_the_call_is_wrong() {
    let calls: [(&[&str], &str); 3] = [
        (&["show", "nobody"], "usage/unknown-asset"),
        (&["migrate", "--forget", "nothing"], "usage/unknown-transaction"),
        (&["rename", "nobody", "other", "--apply"], "usage/unknown-asset"),
    ];
    for (call, code) in calls {
        let project = cut_short();
        let Run { exit, report } = run(call, project.path()).unwrap();
        assert_eq!((exit, codes(&report).contains(&code)), (2, true), "{call:?}: {report:#}");
        assert!(codes(&report).contains(&"journal/recovered"), "{call:?}: {report:#}");
        assert!(!index(project.path()).contains("\"included_in_build\":false,\"root\":\"actors\""), "{call:?}");
        assert!(!project.path().join("assets/.prometeu/lock").exists(), "{call:?} left the lock of the dead");
    }
}

#[test]
fn edits_are_kept_as_they_were_previewed_or_not_at_all() {
    let project = cut_short();
    let project = project.path();
    let path = project.join("assets/.prometeu/index.json");
    let edit = |more: &str| fs::write(&path, index(project) + more).unwrap();
    edit("\n");
    let shown = run(&["recover", "--keep-edited"], project).unwrap().report;
    let rows = shown["result"]["workspace"].as_array().unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row["verb"].as_str().unwrap(), row["path"].as_str().unwrap())).collect();
    assert_eq!(told[1..], [("keep", "assets/.prometeu/index.json")], "{shown:#}");
    let id = shown["result"]["preview_id"].as_str().unwrap();

    edit("\n");
    let before = snapshot(project).unwrap();
    let Run { exit, report } = run(&["recover", "--keep-edited", "--apply", id], project).unwrap();
    assert_eq!((exit, codes(&report).contains(&"plan/stale")), (5, true), "{report:#}");
    let mut after = snapshot(project).unwrap();
    after.extend(before.iter().filter(|(path, _)| path.ends_with("/lock")).map(|(k, v)| (k.clone(), v.clone())));
    assert_eq!(after, before);

    let kept = index(project);
    let shown = run(&["recover", "--keep-edited"], project).unwrap().report;
    let id = shown["result"]["preview_id"].as_str().unwrap();
    let Run { exit, report } = run(&["recover", "--keep-edited", "--apply", id], project).unwrap();
    assert_eq!((exit, report["result"]["preview_id"].as_str()), (0, Some(id)), "{report:#}");
    assert_eq!(index(project), kept);
    assert_eq!(run(&["list"], project).unwrap().exit, 0);
}

#[test]
fn beside_a_writer_in_the_middle_who_writes_is_told_of_the_lock_and_who_reads_of_the_change() {
    let project = cut_short();
    let lock = fs::File::open(project.path().join("assets/.prometeu/lock")).unwrap();
    lock.lock().unwrap();
    for (call, wanted, code) in
        [("build", 5, "lock/held"), ("recover", 5, "lock/held"), ("list", 4, "trust/changed-while-reading")]
    {
        let Run { exit, report } = run(&[call, "--wait", "0"], project.path()).unwrap();
        assert_eq!((exit, codes(&report)), (wanted, vec![code]), "{call}");
    }
}

#[test]
fn a_folder_without_a_project_is_no_broken_disk() {
    let calls: [&[&str]; 6] = [
        &["migrate", "--apply"],
        &["exclude", "1", "--apply"],
        &["undo", "nothing", "--apply"],
        &["doctor", "--fix", "--apply"],
        &["recover", "--keep-edited", "--apply"],
        &["build"],
    ];
    for call in calls {
        for has_assets in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            if has_assets {
                fs::create_dir(folder.path().join("assets")).unwrap();
            }
            let before = snapshot(folder.path()).unwrap();
            let Run { exit, report } = run(call, folder.path()).unwrap();
            assert_eq!((exit, codes(&report)), (1, vec!["registry/missing"]), "{call:?}, assets: {has_assets}");
            assert_eq!(snapshot(folder.path()).unwrap(), before, "{call:?}");
        }
    }
}

#[test]
fn a_refused_attempt_names_the_preview_that_it_refused() {
    let project = showcase();
    let id = |call: &[&str]| run(call, project.path()).unwrap().report["result"]["preview_id"].clone();
    let preview = id(&["remove", "actors"]);
    assert!(preview.is_string());
    assert_eq!(id(&["remove", "actors", "--apply"]), preview);
    assert_eq!(id(&["remove", "actors", "--confirm", "another", "--apply"]), preview);
    assert_eq!(id(&["remove", "actors", "--apply", "00000000000000000000000000000000"]), preview);
    assert_eq!(id(&["migrate", "--rollback", "nothing"]), Value::Null);
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_a_kept_folder_is_moved_nowhere() {
    let project = showcase();
    let project = project.path();
    let done = run(&["remove", "actors", "--confirm", "actors", "--apply"], project).unwrap().report;
    let record = project.join("assets/.prometeu/txn").join(done["result"]["transaction_id"].as_str().unwrap());
    fs::remove_file(record.join("committed")).unwrap();
    let kept = fs::read_dir(&record).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.is_dir()).unwrap();
    fs::remove_dir_all(&kept).unwrap();
    std::os::unix::fs::symlink("/usr", &kept).unwrap();
    let Run { exit, report } = run(&["list"], project).unwrap();
    assert_eq!((exit, codes(&report).contains(&"trust/link")), (4, true), "{report:#}");
    assert!(fs::symlink_metadata(project.join("assets/actors")).is_err());
}

#[cfg(unix)]
#[test]
fn no_root_moves_below_a_link() {
    let project = showcase();
    let project = project.path();
    for (name, target) in [("out", "/usr"), ("in", "world"), ("nowhere", "none")] {
        std::os::unix::fs::symlink(target, project.join("assets").join(name)).unwrap();
        let Run { exit, report } = run(&["relocate", "actors", &format!("{name}/x")], project).unwrap();
        assert_eq!((exit, codes(&report).contains(&"trust/link")), (4, true), "{name}: {report:#}");
    }
}

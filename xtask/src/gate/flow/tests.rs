//! Each flow passes with this build's program, and notices one that spoils a single thing.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::desk::Desk;
use super::session::Events;
use super::{SHOWCASE, build, doctor, migration, mutation, read, studio};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::json;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

type Flow = fn(&Desk) -> anyhow::Result<()>;

/// The program of this build: it lies one folder above its own unit tests.
fn program() -> Utf8PathBuf {
    let tests = Utf8PathBuf::try_from(std::env::current_exe().unwrap()).unwrap();
    let program = tests.parent().unwrap().parent().unwrap().join("xtask");
    assert!(program.is_file(), "{program} is not built; `cargo build -p xtask` builds it");
    program
}

/// What a flow says when the program is wrapped into this script, which knows `$real` and `$project`.
fn said(flow: impl Fn(&Desk) -> anyhow::Result<()>, project: &str, script: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let place = Utf8Path::from_path(folder.path()).unwrap();
    let wrapped = place.join("program");
    let find = "all=\"$*\"; project=${all#* --project }; project=${project%% --format*}";
    std::fs::write(&wrapped, format!("#!/bin/sh\nreal={}\n{find}\n{script}\n", program())).unwrap();
    std::fs::set_permissions(&wrapped, std::fs::Permissions::from_mode(0o755)).unwrap();
    let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let desk = Desk::copy(&wrapped, &root.join(project), &place.join("project")).unwrap();
    flow(&desk).map_err(|error| format!("{error:#}"))
}

#[test]
fn a_program_that_is_right_passes() {
    for flow in [read::flow as Flow, doctor::flow, build::flow, mutation::flow] {
        assert_eq!(said(flow, SHOWCASE, "exec \"$real\" \"$@\""), Ok(()));
    }
    assert_eq!(said(migration::flow, "fixtures/frozen/asset-1-index-1", "exec \"$real\" \"$@\""), Ok(()));
}

#[test]
fn looking_that_writes_is_noticed() {
    let script = "[ \"$1\" = show ] && touch \"$project/assets/note\"; exec \"$real\" \"$@\"";
    let said = said(read::flow, SHOWCASE, script).unwrap_err();
    assert!(said.contains("only looks, and changed assets/note"), "{said}");
}

#[test]
fn a_doctor_that_plays_down_is_noticed() {
    let script = "out=$(\"$real\" \"$@\"); code=$?; [ \"$1\" = doctor ] || { echo \"$out\"; exit $code; }
echo \"$out\" | sed 's/\"blocking\": true/\"blocking\": false/'; exit $code";
    let said = said(doctor::flow, SHOWCASE, script).unwrap_err();
    assert!(said.contains("`doctor` does not name assets/"), "{said}");
}

#[test]
fn a_mirror_out_of_step_is_noticed() {
    let script = "\"$real\" \"$@\"; code=$?; [ \"$1\" = build ] && [ -f \"$project/build/asset_table.json\" ] &&
echo '[]' > \"$project/build/asset_table.json\"; exit $code";
    let said = said(build::flow, SHOWCASE, script).unwrap_err();
    assert!(said.contains("the mirror is not the table"), "{said}");
}

#[test]
fn a_stale_preview_that_is_carried_out_is_noticed() {
    let script = "case \"$*\" in *0000000000*) exec \"$real\" \"$1\" \"$2\" \"$3\" --apply --project \"$project\" --format json;; esac
exec \"$real\" \"$@\"";
    let said = said(mutation::flow, SHOWCASE, script).unwrap_err();
    assert!(said.contains("exits with 0 instead of 5"), "{said}");
}

#[test]
fn a_rollback_that_is_not_exact_is_noticed() {
    let script = "\"$real\" \"$@\"; code=$?; case \"$*\" in *--rollback*--apply*)
for file in \"$project\"/assets/*/asset.json \"$project\"/assets/*/*/asset.json; do [ -f \"$file\" ] && echo >> \"$file\"; done;; esac; exit $code";
    let said = said(migration::flow, "fixtures/frozen/asset-1-index-1", script).unwrap_err();
    assert!(said.contains("after the rollback, assets/"), "{said}");
}

/// What the flow says when the adapter is this script, which knows `$real`.
fn said_of_adapter(project: &str, script: &str) -> Result<(), String> {
    let mut adapter = Command::new("/bin/sh");
    adapter.args(["-c", &format!("real={}; {script}", program())]);
    let adapter = std::cell::RefCell::new(adapter);
    said(|desk| studio::flow(desk, &mut adapter.borrow_mut()), project, "exec \"$real\" \"$@\"")
}

#[test]
fn a_day_in_an_editor_passes_and_an_adapter_that_is_not_right_is_noticed() {
    for project in [SHOWCASE, "fixtures/frozen/asset-1-index-1"] {
        assert_eq!(said_of_adapter(project, "exec \"$real\" serve"), Ok(()));
    }
    for (script, why) in [
        ("\"$real\" serve; exit 3", "the adapter ended with exit status: 3"),
        ("\"$real\" serve; echo bye", "standard output holds more than frames"),
        ("echo hello; exec \"$real\" serve", "after `initialize`: standard output holds more than frames"),
        ("exit 0", "`initialize`"),
    ] {
        let said = said_of_adapter(SHOWCASE, script).unwrap_err();
        assert!(said.contains(why), "{script}: {said}");
    }
}

#[test]
fn events_that_cannot_follow_each_other_are_noticed() {
    let event = |seq: u64, operation: &str, sequence: u64, kind: &str| {
        let detail = if kind.ends_with("_finished") { json!({ "outcome": "ok" }) } else { json!({}) };
        json!({ "seq": seq, "operation_id": operation, "sequence": sequence, "kind": kind, "detail": detail })
    };
    let start = event(1, "a", 1, "build_started");
    let follows = |next: serde_json::Value| {
        let mut events = Events::default();
        events.follow(&start).unwrap();
        events.follow(&next).map_err(|error| error.to_string())
    };
    assert_eq!(follows(event(2, "a", 2, "build_finished")), Ok(()));
    for (next, why) in [
        (event(3, "a", 2, "build_finished"), "build_finished is event 3 and not 2"),
        (event(2, "a", 3, "build_finished"), "build_finished is event 3 of its operation, not 2"),
        (event(2, "b", 1, "build_started"), "comes before the last event of operation a"),
        (event(2, "a", 2, "preview_ready"), "does not say how it ended"),
    ] {
        assert!(follows(next).unwrap_err().contains(why), "{why}");
    }
}

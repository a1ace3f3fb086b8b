//! Builds on a disk in memory: what is published is whole, of one build, and read back, whatever the disk does in between.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod again;
mod remembered;

use super::{BuildMode, build};
use crate::bank::{Bank, LaidOut, Recalled};
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::Disk as _;
use crate::disk::memory::{Fault, MemoryDisk};
use crate::emit::{self, Published, check_outputs, is_anything_left, recover, stage};
use crate::envelope::Windows;
use crate::event::{Event, Events, Phase, Silent};
use crate::ops::Context;
use crate::ops::trial::{context, disk};
use crate::path::PortablePath;
use crate::plan::{BuildPlan, for_build};
use crate::report::{OperationResult, Report};
use crate::schema::archive::CanonicalMetadata;
use crate::trust::Limits;
use crate::workspace::{Options, Workspace, load};
use fixtures::broken::both;
use std::collections::BTreeMap;
use std::io::{ErrorKind, Write as _};
use std::sync::Mutex;

const ID: &str = "20261101T120000.000Z-00000001";
const NEXT: &str = "20261101T120001.000Z-00000002";
const LAST: &str = "20261101T120002.000Z-00000003";
const OUTPUTS: [&str; 4] = ["asset_table.json", "preload.json", "asset_table_metadata.json", "assets.pa"];

/// What belongs to the build [`ID`] while it is under way.
fn under_way(name: &str) -> PortablePath {
    PortablePath::build().own(".staging").own(ID).own(name)
}

fn settle(disk: &MemoryDisk) -> Result<Vec<Diagnostic>, Diagnostic> {
    recover(disk, &Limits::default(), &Windows::default())
}

fn make(disk: &MemoryDisk, id: &str) -> Report {
    build_as(disk, id, BuildMode::PublishAnew)
}

fn build_as(disk: &MemoryDisk, id: &str, mode: BuildMode) -> Report {
    build(&context(disk, id), mode)
}

/// How many payloads were made and how many were taken from the archive before.
fn made(report: &Report) -> (u64, u64) {
    match &report.result {
        OperationResult::Build(built) => (built.materialised, built.reused),
        _ => panic!("{report:?}"),
    }
}

/// The outputs, by name.
fn outputs(disk: &MemoryDisk) -> BTreeMap<String, Vec<u8>> {
    let of = |(path, bytes): (String, Option<Vec<u8>>)| Some((path.strip_prefix("build/")?.to_owned(), bytes?));
    disk.snapshot().into_iter().filter_map(of).filter(|(name, _)| OUTPUTS.contains(&&**name)).collect()
}

#[test]
fn a_build_publishes_four_files_and_says_which() {
    let disk = disk(&both());
    let report = make(&disk, ID);
    let OperationResult::Build(built) = &report.result else { panic!("{report:?}") };
    assert_eq!((report.exit(), outputs(&disk).len()), (0, OUTPUTS.len()), "{report:?}");
    let archive = built.archive.as_ref().unwrap();
    assert_eq!((archive.path.as_str(), archive.bytes), ("build/assets.pa", outputs(&disk)["assets.pa"].len() as u64));
    for (name, rows) in [("asset_table.json", 2), ("preload.json", 0), ("asset_table_metadata.json", 2)] {
        let text = serde_json::from_slice::<serde_json::Value>(&outputs(&disk)[name]).unwrap();
        let list = text.get("assets").unwrap_or(&text);
        assert_eq!(list.as_array().map(Vec::len), Some(rows), "{name}: {text}");
    }
    let named = ["build/asset_table.json", "build/preload.json", "build/asset_table_metadata.json"];
    assert_eq!(built.companions, named);
    assert!(!is_anything_left(&disk).unwrap());
    assert!(disk.snapshot().keys().all(|path| !path.contains(".staging")));
}

#[test]
fn a_build_tells_how_far_it_is() {
    struct Listener(Mutex<Vec<(u64, u64)>>);
    impl Events for Listener {
        fn emit(&self, event: Event) {
            if let Event::Progress { phase: Phase::Pack, done, total } = event {
                self.0.lock().unwrap().push((done, total));
            }
        }
    }
    let (disk, listener) = (disk(&both()), Listener(Mutex::default()));
    let _ = build(&Context { events: &listener, ..context(&disk, ID) }, BuildMode::Publish);
    assert_eq!(*listener.0.lock().unwrap(), [(1, 2), (2, 2)]);
}

#[test]
fn whatever_fails_the_outputs_are_of_one_build() {
    let first = both();
    let second = first.clone().edited("assets/ui/asset.json", "\"name\": \"ui\"", "\"name\": \"hud\"");
    let whole = disk(&first);
    make(&whole, ID);
    let old = outputs(&whole);
    // The same project, and the old outputs beside it.
    let again = || {
        disk(
            &old.iter()
                .fold(second.clone(), |files, (name, bytes)| files.with(&format!("build/{name}"), bytes.clone())),
        )
    };
    let whole = again();
    assert_eq!(make(&whole, NEXT).exit(), 0);
    let new = outputs(&whole);
    assert_ne!(old, new);
    let (mut stayed, mut went) = (0, 0);
    for operation in 1..=whole.operations().len() {
        for fault in Fault::EACH {
            let disk = again();
            // Threads work side by side, so that it is not the same operation in every run.
            disk.fail_at(operation, fault);
            let exit = make(&disk, NEXT).exit();
            for next in [disk.killed(), disk.crash(5)] {
                let notes = settle(&next).unwrap();
                let found = outputs(&next);
                assert!(found == old || found == new, "{operation}, {fault:?}: {notes:?}, {:?}", found.keys());
                assert!(exit != 0 || found == new, "{operation}, {fault:?}: it was said to be done");
                assert!(!is_anything_left(&next).unwrap(), "{operation}, {fault:?}");
                if found == old { stayed += 1 } else { went += 1 }
            }
        }
    }
    assert!(stayed > 0 && went > 0);
}

#[test]
fn payloads_are_taken_from_the_archive_before_only_while_it_is_that() {
    type Damage = fn(&MemoryDisk);
    let rewrite = |disk: &MemoryDisk, change: fn(&mut Vec<u8>)| {
        let path = PortablePath::build().own("assets.pa");
        let mut bytes = outputs(disk).remove("assets.pa").unwrap();
        change(&mut bytes);
        disk.remove_file(&path).unwrap();
        disk.create(&path).unwrap().write_all(&bytes).unwrap();
    };
    let cases: [(&str, Damage, (u64, u64)); 7] = [
        ("nothing", |_| {}, (0, 2)),
        ("a name", |disk| edit(disk, "ui/asset.json", "\"name\": \"ui\"", "\"name\": \"hud\""), (0, 2)),
        ("an option", |disk| edit(disk, "ui/asset.json", "\"enabled\": false", "\"enabled\": true"), (0, 2)),
        ("an input", |disk| edit(disk, "ui/a.gpl", "GIMP Palette", "GIMP Palette\n# mine"), (1, 1)),
        ("the cache", |disk| disk.remove_file(&PortablePath::control().own("cache.json")).unwrap(), (2, 0)),
        ("the archive, gone", |disk| disk.remove_file(&PortablePath::build().own("assets.pa")).unwrap(), (2, 0)),
        ("a companion", |disk| disk.remove_file(&PortablePath::build().own("preload.json")).unwrap(), (0, 2)),
    ];
    let sound = || {
        let disk = disk(&both());
        assert_eq!(made(&build_as(&disk, ID, BuildMode::Publish)), (2, 0));
        disk
    };
    for (what, change, counts) in cases {
        let disk = sound();
        change(&disk);
        let report = build_as(&disk, NEXT, BuildMode::Publish);
        assert_eq!((report.exit(), made(&report)), (0, counts), "{what}");
        let found = outputs(&disk);
        make(&disk, LAST);
        assert_eq!(found, outputs(&disk), "{what}: a full build makes something else");
    }
    // Another file in its place, be it the same bytes, gives nothing.
    let changes: [fn(&mut Vec<u8>); 3] = [|_| {}, |bytes| *bytes.last_mut().unwrap() ^= 1, |bytes| bytes.truncate(99)];
    for change in changes {
        let disk = sound();
        let wanted = outputs(&disk);
        rewrite(&disk, change);
        assert_eq!(made(&build_as(&disk, NEXT, BuildMode::Publish)), (2, 0));
        assert_eq!(outputs(&disk), wanted);
    }
}

fn edit(disk: &MemoryDisk, file: &str, from: &str, to: &str) {
    let path = PortablePath::assets().join(file).unwrap();
    let text = String::from_utf8(disk.snapshot()[path.as_str()].clone().unwrap()).unwrap();
    assert_eq!(text.matches(from).count(), 1, "{text}");
    disk.remove_file(&path).unwrap();
    disk.create(&path).unwrap().write_all(text.replace(from, to).as_bytes()).unwrap();
}

#[test]
fn what_stands_in_the_place_of_an_output_is_not_replaced() {
    let places = ["build", "build/.staging", "build/assets.pa", "build/preload.json", "assets/.prometeu/lock"];
    for place in places {
        let is_folder = matches!(place, "build" | "build/.staging");
        for kind in ["link", "other", "folder"] {
            let disk = disk(&both());
            if place.starts_with("build/") {
                disk.place_folder("build");
            }
            match kind {
                "link" => disk.place_link(place),
                "other" => disk.place_other(place),
                _ => disk.place_folder(place),
            }
            let before = disk.snapshot();
            let said = check_outputs(&disk);
            let wanted = match kind {
                "link" => Some(Code::TrustLink),
                "folder" if is_folder => None,
                _ => Some(Code::TrustNotRegular),
            };
            assert_eq!(
                said.as_ref().err().map(|one| (one.code, one.path.as_deref())),
                wanted.map(|code| (code, Some(place)))
            );
            if wanted.is_some() {
                assert_ne!(make(&disk, ID).exit(), 0, "{place}, {kind}");
                assert_eq!(disk.snapshot(), before, "{place}, {kind}");
            }
        }
    }
    let sound = disk(&both());
    make(&sound, ID);
    assert!(check_outputs(&sound).is_ok());
}

/// A build that was killed when all its outputs were in place, over others, and before it said so.
fn all_but_ended() -> MemoryDisk {
    let old = OUTPUTS.iter().fold(both(), |files, name| files.with(&format!("build/{name}"), format!("old {name}")));
    let whole = disk(&old);
    make(&whole, ID);
    let done = whole.operations();
    let last = done.iter().position(|line| line.ends_with("/new-3 -> build/assets.pa")).unwrap();
    let disk = disk(&old);
    disk.fail_when(&done[last + 1], Fault::Stop);
    make(&disk, ID);
    assert_ne!(outputs(&disk)["assets.pa"], b"old assets.pa");
    disk.killed()
}

fn replace(disk: &MemoryDisk, name: &str, text: &str) {
    let path = PortablePath::build().own(name);
    disk.remove_file(&path).unwrap();
    disk.create(&path).unwrap().write_all(text.as_bytes()).unwrap();
}

#[test]
fn a_build_that_did_not_end_is_undone_and_dropped_where_its_originals_are_gone() {
    let disk = all_but_ended();
    let notes = settle(&disk).unwrap();
    let told = "the unfinished build of 2026-11-01T12:00:00.000Z was undone; every file is as it was before";
    assert!(matches!(&notes[..], [one] if &*one.message == told), "{notes:?}");
    assert!(OUTPUTS.iter().all(|name| outputs(&disk)[*name] == format!("old {name}").as_bytes()));

    let disk = all_but_ended();
    disk.remove_file(&under_way("kept-3")).unwrap();
    let notes = settle(&disk).unwrap();
    let told = "the unfinished build of 2026-11-01T12:00:00.000Z was dropped; what lies in build/ is partly of it: \
                build once more";
    assert!(matches!(&notes[..], [one] if &*one.message == told), "{notes:?}");
    assert!(!is_anything_left(&disk).unwrap());
}

#[test]
fn an_output_that_somebody_changed_is_not_put_back_unasked() {
    let disk = all_but_ended();
    replace(&disk, "assets.pa", "mine");
    let before = disk.snapshot();
    let said = settle(&disk).unwrap_err();
    assert_eq!((said.code, said.path.as_deref()), (Code::JournalEdited, Some("build/assets.pa")));
    assert_eq!(disk.snapshot(), before);
    // Somebody put the old one back, or took one away: that is no edit.
    let disk = all_but_ended();
    replace(&disk, "assets.pa", "old assets.pa");
    disk.remove_file(&PortablePath::build().own("preload.json")).unwrap();
    assert_eq!(settle(&disk).unwrap().len(), 1);
    let found = outputs(&disk);
    assert_eq!((found["assets.pa"].as_slice(), found.contains_key("preload.json")), (&b"old assets.pa"[..], false));
    assert_eq!(found["asset_table.json"], b"old asset_table.json");
}

/// The build [`ID`] of what `plan` makes of its plan, and of what `meanwhile` makes of what is staged.
fn publish(
    disk: &MemoryDisk,
    plan: impl FnOnce(&mut BuildPlan),
    meanwhile: impl FnOnce(),
) -> Result<Published, Vec<Diagnostic>> {
    publish_loaded(disk, load(disk, &Options::default(), &Silent), plan, meanwhile)
}

fn publish_loaded(
    disk: &MemoryDisk,
    workspace: Workspace,
    plan: impl FnOnce(&mut BuildPlan),
    meanwhile: impl FnOnce(),
) -> Result<Published, Vec<Diagnostic>> {
    let (limits, windows) = (Limits::default(), Windows::default());
    let mut recalled = Recalled::default();
    recalled.find_keys(&workspace, disk, &limits);
    let layout = |(index, asset)| Some(LaidOut::new(index, &Bank::of(asset, disk, &limits)?.layout(&mut Vec::new())?));
    let mut planned = for_build(&workspace, workspace.assets.iter().enumerate().filter_map(layout).collect());
    plan(&mut planned);
    let scope = emit::Context { disk, limits: &limits, windows: &windows, events: &Silent, operation_id: ID };
    let task = emit::Task { workspace: &workspace, plan: &planned, recalled: &recalled };
    let staged = stage(&scope, &task, &mut Vec::new())?;
    meanwhile();
    staged.publish()
}

#[test]
fn a_payload_that_turns_out_unlike_its_plan_is_not_published() {
    let changes: [fn(&mut BuildPlan); 3] = [
        |_| {},
        |plan| plan.table[0].metadata = CanonicalMetadata::of(&serde_json::Map::new()),
        |plan| plan.table[1].bytes += 1,
    ];
    for (at, change) in changes.into_iter().enumerate() {
        let disk = disk(&both());
        let said = publish(&disk, change, || {});
        let said: Vec<_> = said.err().into_iter().flatten().map(|one| (one.code, one.path)).collect();
        let wanted = [None, Some("assets/ui"), Some("assets/sfx")][at];
        let wanted: Vec<_> =
            wanted.map(|path| (Code::TrustChangedWhileReading, Some(path.into()))).into_iter().collect();
        assert_eq!((said, outputs(&disk).is_empty()), (wanted, at != 0));
    }
}

#[test]
fn a_staged_archive_that_somebody_changed_is_not_published() {
    let changes: [fn(&mut Vec<u8>); 5] = [
        |_| {},
        // Nothing, but whether there is an output to keep cannot be told.
        |_| {},
        // A sample, so that the file is a sound archive still.
        |bytes| *bytes.last_mut().unwrap() ^= 1,
        |bytes| bytes.truncate(bytes.len() - 2),
        |bytes| bytes[0] = b'X',
    ];
    for (at, change) in changes.into_iter().enumerate() {
        let disk = disk(&both());
        let said = publish(
            &disk,
            |_| {},
            || {
                let path = under_way("new-3");
                let mut bytes = disk.snapshot().remove(path.as_str()).flatten().unwrap();
                change(&mut bytes);
                disk.remove_file(&path).unwrap();
                disk.create(&path).unwrap().write_all(&bytes).unwrap();
                if at == 1 {
                    disk.fail_when("metadata build/preload.json", Fault::Error(ErrorKind::Other));
                }
            },
        );
        assert_eq!(said.is_ok(), at == 0, "change {at}");
        let codes: Vec<Code> = said.err().into_iter().flatten().map(|one| one.code).collect();
        assert!(at == 0 || codes.contains(&Code::DiskIo), "change {at}: {codes:?}");
        assert_eq!(outputs(&disk).is_empty(), at != 0, "change {at}");
        assert!(!is_anything_left(&disk).unwrap(), "change {at}");
    }
}

#[test]
fn an_archive_that_does_not_read_back_is_not_published() {
    let whole = disk(&both());
    make(&whole, ID);
    let read = whole.operations().into_iter().rfind(|line| line.starts_with("read ") && line.contains("new-3"));
    let disk = disk(&both());
    disk.fail_when(&read.expect("the staged archive is read"), Fault::Error(ErrorKind::Other));
    let report = make(&disk, ID);
    assert!(report.exit() != 0 && report.findings.iter().any(|one| one.code == Code::ArchiveUnreadable), "{report:?}");
    assert!(outputs(&disk).is_empty() && !is_anything_left(&disk).unwrap());
}

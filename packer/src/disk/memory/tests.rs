//! Each fault, each kind of loss, and that nothing else is ever lost.

#![allow(clippy::unwrap_used, reason = "a failing step is a failing test")]

mod alike;

use super::{Fault, MemoryDisk};
use crate::disk::{Disk, DiskErrorKind, WriteHandle};
use crate::path::PortablePath;
use std::collections::BTreeSet;
use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

const SEEDS: u64 = 200;

fn at(name: &str) -> PortablePath {
    PortablePath::assets().own(name)
}

fn disk() -> MemoryDisk {
    MemoryDisk::new([("assets/old", b"old bytes".to_vec()), ("assets/sub/in", b"inside".to_vec())])
}

fn bytes(disk: &MemoryDisk, name: &str) -> Option<Vec<u8>> {
    disk.snapshot().remove(at(name).as_str()).flatten()
}

fn write(disk: &MemoryDisk, name: &str, bytes: &[u8]) -> Box<dyn WriteHandle> {
    let mut file = disk.create(&at(name)).unwrap();
    file.write_all(bytes).unwrap();
    file
}

/// What `name` holds after a power loss, over all seeds.
fn after_crashes(disk: &MemoryDisk, name: &str) -> BTreeSet<Option<Vec<u8>>> {
    (0..SEEDS).map(|seed| bytes(&disk.crash(seed), name)).collect()
}

#[test]
fn operations_are_counted_and_named() {
    let disk = disk();
    write(&disk, "new", b"x").sync().unwrap();
    disk.rename(&at("new"), &at("sub/new")).unwrap();
    disk.flush(&[at("sub/new")], &[at("sub")]).unwrap();
    assert_eq!(
        disk.operations(),
        [
            "create assets/new",
            "write assets/new",
            "sync assets/new",
            "rename assets/new -> assets/sub/new",
            "flush assets/sub/new assets/sub"
        ]
    );
    assert!(disk.killed().operations().is_empty());
}

#[test]
fn an_error_strikes_the_planned_operation_alone_and_changes_nothing() {
    for (error, kind) in [
        (ErrorKind::StorageFull, DiskErrorKind::Full),
        (ErrorKind::Other, DiskErrorKind::Io),
        (ErrorKind::Interrupted, DiskErrorKind::Io),
        (ErrorKind::PermissionDenied, DiskErrorKind::Denied),
    ] {
        let disk = disk();
        let before = disk.snapshot();
        disk.fail_at(2, Fault::Error(error));
        disk.metadata(&at("old")).unwrap();
        let failed = disk.rename(&at("old"), &at("new")).unwrap_err();
        assert_eq!((failed.kind, failed.path.as_str()), (kind, "assets/new"));
        assert_eq!(disk.snapshot(), before);
        disk.rename(&at("old"), &at("new")).unwrap();
    }
}

#[test]
fn an_interrupted_read_or_write_is_tried_again_by_its_caller() {
    let disk = disk();
    disk.fail_at(2, Fault::Error(ErrorKind::Interrupted));
    write(&disk, "new", b"whole");
    assert_eq!(bytes(&disk, "new").unwrap(), b"whole");
    disk.fail_at(disk.operations().len() + 2, Fault::Error(ErrorKind::Interrupted));
    let mut text = String::new();
    disk.open(&at("new")).unwrap().handle.read_to_string(&mut text).unwrap();
    assert_eq!(text, "whole");
}

#[test]
fn a_short_write_takes_half_and_the_next_finds_no_space() {
    let disk = disk();
    disk.fail_at(1, Fault::ShortWrite);
    let mut file = disk.create(&at("new")).unwrap();
    assert_eq!(file.write_all(b"12345678").unwrap_err().kind(), ErrorKind::StorageFull);
    assert_eq!(bytes(&disk, "new").unwrap(), b"1234");
    file.write_all(b"rest").unwrap();
    assert_eq!(bytes(&disk, "new").unwrap(), b"1234rest");
}

#[test]
fn a_read_only_medium_refuses_every_change_and_no_look() {
    let disk = disk();
    let before = disk.snapshot();
    disk.fail_at(1, Fault::ErrorsFrom(ErrorKind::ReadOnlyFilesystem));
    assert_eq!(disk.remove_file(&at("old")).unwrap_err().kind, DiskErrorKind::ReadOnly);
    assert_eq!(disk.create_dir(&at("new")).unwrap_err().kind, DiskErrorKind::ReadOnly);
    assert!(
        disk.lock(&at("lock"), Duration::ZERO, &|| false).is_err_and(|error| error.kind == DiskErrorKind::ReadOnly)
    );
    assert_eq!(disk.open(&at("old")).unwrap().metadata.bytes, 9);
    assert_eq!(disk.snapshot(), before);
}

#[test]
fn after_a_stop_nothing_happens_and_the_next_process_finds_what_was() {
    let disk = disk();
    let lock = disk.lock(&at("lock"), Duration::ZERO, &|| false).unwrap();
    let mut file = write(&disk, "new", b"one");
    disk.fail_at(disk.operations().len() + 1, Fault::Stop);
    assert!(file.write(b"two").is_err() && file.sync().is_err());
    assert!(disk.metadata(&at("old")).is_err() && disk.remove_file(&at("old")).is_err());
    drop(lock);
    let next = disk.killed();
    assert_eq!(bytes(&next, "new").unwrap(), b"one");
    assert_eq!(bytes(&next, "old").unwrap(), b"old bytes");
    assert!(bytes(&next, "lock").is_some(), "the dead cannot take their lock file away");
    drop(next.lock(&at("lock"), Duration::ZERO, &|| false).unwrap());
    assert!(bytes(&next, "lock").is_none(), "the next one does");
    next.remove_file(&at("old")).unwrap();
    assert!(bytes(&disk, "old").is_some(), "the next process has its own copy");
}

#[test]
fn unsynced_bytes_are_lost_kept_torn_or_zero() {
    let disk = disk();
    let _open = write(&disk, "new", b"1234");
    disk.sync_dir(&at("sub").parent().unwrap()).unwrap();
    let found = after_crashes(&disk, "new");
    let expected = [&b""[..], b"1", b"12", b"123", b"1234", b"\0\0\0\0"];
    assert_eq!(found, expected.iter().map(|bytes| Some(bytes.to_vec())).collect());
}

#[test]
fn synced_bytes_stay_and_only_what_follows_is_torn() {
    let disk = disk();
    let mut file = write(&disk, "new", b"12");
    file.sync().unwrap();
    disk.flush(&[], &[PortablePath::assets()]).unwrap();
    assert_eq!(after_crashes(&disk, "new"), [Some(b"12".to_vec())].into());
    file.write_all(b"34").unwrap();
    assert!(after_crashes(&disk, "new").contains(&Some(b"12".to_vec())));
    disk.flush(&[at("new")], &[]).unwrap();
    assert_eq!(after_crashes(&disk, "new"), [Some(b"1234".to_vec())].into());
}

#[test]
fn a_name_is_durable_only_with_its_folder() {
    let disk = disk();
    write(&disk, "new", b"x").sync().unwrap();
    assert_eq!(after_crashes(&disk, "new"), [None, Some(b"x".to_vec())].into());
    disk.remove_file(&at("old")).unwrap();
    assert_eq!(after_crashes(&disk, "old"), [None, Some(b"old bytes".to_vec())].into());
    disk.sync_dir(&PortablePath::assets()).unwrap();
    assert_eq!(after_crashes(&disk, "new"), [Some(b"x".to_vec())].into());
    assert_eq!(after_crashes(&disk, "old"), [None].into());
}

#[test]
fn a_synced_file_is_lost_with_its_unsynced_folder() {
    let disk = disk();
    disk.create_dir(&at("made")).unwrap();
    write(&disk, "made/file", b"x").sync().unwrap();
    disk.sync_dir(&at("made")).unwrap();
    assert_eq!(after_crashes(&disk, "made/file"), [None, Some(b"x".to_vec())].into());
    disk.sync_dir(&PortablePath::assets()).unwrap();
    assert_eq!(after_crashes(&disk, "made/file"), [Some(b"x".to_vec())].into());
}

#[test]
fn a_rename_between_folders_never_loses_or_doubles_the_file() {
    let disk = disk();
    disk.rename(&at("old"), &at("sub/in")).unwrap();
    let mut outcomes = BTreeSet::new();
    for seed in 0..SEEDS {
        let after = disk.crash(seed);
        outcomes.insert((bytes(&after, "old"), bytes(&after, "sub/in")));
    }
    let (old, inside) = (b"old bytes".to_vec(), b"inside".to_vec());
    assert_eq!(outcomes, [(None, Some(old.clone())), (Some(old), Some(inside))].into());
}

#[test]
fn changes_in_one_folder_survive_in_order_and_in_two_folders_freely() {
    let disk = disk();
    for name in ["1", "2", "sub/3"] {
        write(&disk, name, b"x").sync().unwrap();
    }
    let survived = |seed| {
        let after = disk.crash(seed);
        ["1", "2", "sub/3"].map(|name| bytes(&after, name).is_some())
    };
    let found: BTreeSet<[bool; 3]> = (0..SEEDS).map(survived).collect();
    let prefixes = [[false, false], [true, false], [true, true]];
    assert_eq!(found, prefixes.iter().flat_map(|[a, b]| [[*a, *b, false], [*a, *b, true]]).collect());
}

#[test]
fn folders_that_trade_places_are_never_lost_in_a_circle() {
    let disk = MemoryDisk::new([("assets/y/d/kept", b"x".to_vec()), ("assets/q/other", Vec::new())]);
    disk.rename(&at("y/d"), &at("q/d")).unwrap();
    disk.rename(&at("y"), &at("q/d/y")).unwrap();
    for seed in 0..SEEDS {
        let after = disk.crash(seed).snapshot();
        assert!(after.values().any(|bytes| bytes.as_deref() == Some(b"x")), "seed {seed}: {after:?}");
    }
}

#[test]
fn a_removed_folder_takes_nothing_with_it_that_was_moved_out() {
    let disk = disk();
    disk.create_dir(&at("to")).unwrap();
    disk.sync_dir(&PortablePath::assets()).unwrap();
    disk.rename(&at("sub/in"), &at("to/in")).unwrap();
    disk.remove_dir(&at("sub")).unwrap();
    for seed in 0..SEEDS {
        let after = disk.crash(seed);
        assert!(bytes(&after, "sub/in").is_some() != bytes(&after, "to/in").is_some(), "seed {seed}");
    }
}

#[test]
fn a_seed_decides_everything_and_a_crashed_disk_is_durable() {
    let disk = disk();
    let _open = write(&disk, "new", b"1234");
    disk.rename(&at("old"), &at("sub/old")).unwrap();
    for seed in 0..SEEDS {
        let after = disk.crash(seed);
        assert_eq!(after.snapshot(), disk.crash(seed).snapshot());
        assert_eq!(after.snapshot(), after.crash(seed + 1).snapshot());
    }
}

#[test]
fn a_killed_process_loses_nothing_until_the_power_goes() {
    let disk = disk();
    let _open = write(&disk, "new", b"1234");
    let next = disk.killed();
    assert_eq!(next.snapshot(), disk.snapshot());
    assert!(after_crashes(&next, "new").contains(&None));
}

#[test]
fn one_writer_holds_the_lock_and_clones_are_one_disk() {
    let disk = disk();
    assert!(!disk.is_locked(&at("lock")).unwrap(), "there is not even a file");
    let held = disk.lock(&at("lock"), Duration::ZERO, &|| false).unwrap();
    assert!(disk.is_locked(&at("lock")).unwrap() && !disk.killed().is_locked(&at("lock")).unwrap());
    let busy = disk.clone().lock(&at("lock"), Duration::from_secs(60), &|| false);
    assert!(busy.is_err_and(|error| error.kind == DiskErrorKind::Busy));
    drop(disk.killed().lock(&at("lock"), Duration::ZERO, &|| false).unwrap());
    drop(held);
    assert!(bytes(&disk, "lock").is_none(), "who held the lock takes its file away");
    drop(disk.lock(&at("lock"), Duration::ZERO, &|| false).unwrap());
}

//! Transactions on a disk in memory, which fails at each of their operations in turn: what is left is a whole
//! project, whoever looks next finishes or undoes the rest, and says so.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod folders;
mod leftovers;
mod permissions;
mod previous;
mod refusing;
mod undoing;

use super::publish::time_of;
use super::{Transaction, is_anything_left, recover, transact, unfinished};
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;
use crate::disk::memory::{Fault, MemoryDisk};
use crate::envelope::Windows;
use crate::path::PortablePath;
use crate::plan::{Replacement, Step};
use crate::trust::Limits;
use std::collections::BTreeMap;

const ID: &str = "20261101T120000.000Z-00000001";
const TIME: &str = "2026-11-01T12:00:00Z";
const INDEX: &str = "assets/.prometeu/index.json";
const UNDONE: &str = "the unfinished test of 2026-11-01T12:00:00Z was undone; every file is as it was before";

fn path(text: &str) -> PortablePath {
    match text {
        INDEX => PortablePath::control().own("index.json"),
        _ => PortablePath::assets().join(text.strip_prefix("assets/").unwrap()).unwrap(),
    }
}

fn project() -> MemoryDisk {
    let texts =
        [(INDEX, "old"), ("assets/a/asset.json", "a"), ("assets/a/x.png", "x"), ("assets/gone/asset.json", "g")];
    let disk = MemoryDisk::new(texts.map(|(path, text)| (path, text.as_bytes().to_vec())));
    disk.place_folder("assets/empty");
    disk
}

/// Makes a folder and those around it, where they are not there yet.
fn place_folder(disk: &MemoryDisk, path: &str) {
    for end in path.match_indices('/').map(|(end, _)| end).chain([path.len()]) {
        if !disk.snapshot().contains_key(&path[..end]) {
            disk.place_folder(&path[..end]);
        }
    }
}

fn replace(at: &str, before: Option<&str>, after: Option<&str>) -> Step {
    Step::Replace(Replacement {
        path: path(at),
        before: before.map(|text| Digest::of(text.as_bytes())),
        after: after.map(|text| text.as_bytes().to_vec().into()),
    })
}

/// Everything that a transaction can do.
fn everything() -> Transaction {
    Transaction {
        id: ID.to_owned(),
        operation: "test".to_owned(),
        time: TIME.to_owned(),
        steps: vec![
            Step::MakeFolder(path("assets/new")),
            replace("assets/new/asset.json", None, Some("n")),
            replace(INDEX, Some("old"), Some("new")),
            replace("assets/gone/asset.json", Some("g"), None),
            Step::RemoveFolder(path("assets/gone")),
            Step::Move { from: path("assets/a"), to: path("assets/b") },
            Step::RemoveFolder(path("assets/empty")),
        ],
        entries: Vec::new(),
    }
}

fn run(disk: &MemoryDisk) -> Result<(), Vec<Diagnostic>> {
    transact(disk, &everything(), &Limits::default(), &|_, _| Ok(()))
}

fn settle(disk: &MemoryDisk) -> Result<Vec<Diagnostic>, Diagnostic> {
    recover(disk, &Limits::default(), &Windows::default())
}

/// The project without what belongs to transactions and builds under way.
fn files(disk: &MemoryDisk) -> BTreeMap<String, Option<Vec<u8>>> {
    let is_own = |path: &str| path.starts_with("assets/.prometeu/txn") || path.starts_with("build/.staging");
    disk.snapshot().into_iter().filter(|(path, _)| !is_own(path)).collect()
}

#[test]
fn whatever_fails_a_transaction_is_done_or_undone() {
    let whole = project();
    let before = files(&whole);
    run(&whole).unwrap();
    let after = files(&whole);
    let changed: Vec<&str> = after.keys().filter(|path| !before.contains_key(*path)).map(String::as_str).collect();
    assert_eq!(changed, ["assets/b", "assets/b/asset.json", "assets/b/x.png", "assets/new", "assets/new/asset.json"]);
    assert_eq!(after.keys().filter(|path| path.starts_with("assets/gone") || path.ends_with("empty")).count(), 0);
    assert!(!is_anything_left(&whole).unwrap());

    let (mut undone, mut done, mut unconfirmed, mut open) = (0, 0, 0, 0);
    for n in 1..=whole.operations().len() {
        for fault in Fault::EACH {
            let disk = project();
            disk.fail_at(n, fault);
            let said = run(&disk);
            let is_unsettled =
                said.as_ref().is_err_and(|all| all.iter().any(|one| one.code == Code::JournalUnfinished));
            let case = format!("operation {n}, {fault:?}, {said:?}");
            let says = |part: &str| said.as_ref().is_err_and(|all| all.iter().any(|one| one.message.contains(part)));
            if says("all its changes are made, but the disk would not confirm them") {
                assert_eq!(files(&disk), after, "{case}");
                unconfirmed += 1;
            }
            if let (Fault::ErrorsFrom(_), Err(all)) = (fault, &said) {
                assert_eq!(all[0].code, Code::DiskFull, "{case}");
            }
            if fault != Fault::Stop && !is_unsettled {
                assert_eq!(files(&disk), if said.is_ok() { after.clone() } else { before.clone() }, "{case}");
            }
            let ends = (0..3).map(|seed| disk.crash(seed)).chain([disk.killed()]);
            for next in ends {
                let (is_unfinished, is_left) =
                    (!unfinished(&next).unwrap().is_empty(), is_anything_left(&next).unwrap());
                let notes = settle(&next).unwrap();
                let found = files(&next);
                assert!(found == before || found == after, "{case}, {notes:?}: {found:?}");
                assert!(said.is_err() || found == after, "{case}: it was said to be done");
                assert!(is_left || notes.is_empty(), "{case}: {notes:?}");
                if is_unfinished {
                    open += 1;
                    assert!(matches!(&notes[..], [one] if &*one.message == UNDONE), "{case}: {notes:?}");
                    assert_eq!(found, before, "{case}");
                }
                // That settled it.
                assert!(!is_anything_left(&next).unwrap() && unfinished(&next).unwrap().is_empty(), "{case}");
                assert_eq!((settle(&next).unwrap(), files(&next.crash(7))), (Vec::new(), found.clone()), "{case}");
                if found == before { undone += 1 } else { done += 1 }
            }
        }
    }
    assert!(undone > 0 && done > 0 && unconfirmed > 0 && open > 0);
}

#[test]
fn an_operation_began_when_its_id_says() {
    assert_eq!(time_of(ID), "2026-11-01T12:00:00.000Z");
    assert_eq!(time_of("20261101T120000Z-00000001"), "2026-11-01T12:00:00Z");
    for text in ["", "2026", "20261101T1200", "20261101T120000", "no id at all"] {
        assert_eq!(time_of(text), text);
    }
}

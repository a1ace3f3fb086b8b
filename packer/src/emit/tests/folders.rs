//! The folder of one transaction by itself: its marks, its originals, and what becomes of it when a build lets go of it.

use super::{ID, place_folder, project, run};
use crate::diagnostic::Code;
use crate::digest::Digest;
use crate::disk::Disk as _;
use crate::disk::memory::{Fault, MemoryDisk};
use crate::emit::staging::Staging;
use crate::emit::{Ending, TransactionFolder};
use crate::envelope::Windows;
use crate::trust::Limits;
use std::io::{ErrorKind, Write as _};

fn fail_next(disk: &MemoryDisk, kind: ErrorKind) {
    disk.fail_at(disk.operations().len() + 1, Fault::Error(kind));
}

#[test]
fn a_mark_is_taken_back_or_it_is_said_that_it_is_there() {
    let (disk, folder) = (project(), TransactionFolder::of(ID));
    place_folder(&disk, folder.path().as_str());
    assert!(folder.withdraw(&disk).is_ok(), "there is none");
    folder.mark(&disk, Ending::Committed).unwrap();
    fail_next(&disk, ErrorKind::Other);
    assert!(folder.withdraw(&disk).is_err());
    assert_eq!(folder.ending(&disk).unwrap(), Some(Ending::Committed));
    assert!(folder.withdraw(&disk).is_ok());
    assert_eq!(folder.ending(&disk).unwrap(), None);
}

#[test]
fn a_folder_without_a_journal_has_none_and_one_that_cannot_be_looked_at_may_have_one() {
    let (disk, folder) = (project(), TransactionFolder::of(ID));
    let journal = || folder.journal(&disk, &Limits::default(), &Windows::default());
    assert_eq!(journal(), Ok(None));
    assert!(!folder.has_journal(&disk).unwrap() && folder.is_over(&disk).unwrap());
    fail_next(&disk, ErrorKind::Other);
    assert_eq!(journal().unwrap_err().code, Code::DiskIo);
    fail_next(&disk, ErrorKind::Other);
    assert!(folder.has_journal(&disk).is_err());
}

#[test]
fn originals_are_given_back_only_as_they_were_saved() {
    let (disk, folder) = (project(), TransactionFolder::of(ID));
    run(&disk).unwrap();
    let saved = Digest::of(b"old");
    assert_eq!(folder.original(&disk, saved, 0, 3).unwrap(), b"old");
    for (digest, offset, bytes) in [(Digest::of(b"new"), 0, 3), (saved, 1, 3), (saved, 0, 2), (saved, 900, 3)] {
        let said = folder.original(&disk, digest, offset, bytes).unwrap_err();
        assert_eq!(said.code, Code::JournalMalformed);
        // It ended, so nothing is in danger.
        assert!(said.help.as_ref().is_some_and(|help| help.starts_with("nothing was changed")), "{said:?}");
    }
    fail_next(&disk, ErrorKind::Other);
    assert_eq!(folder.original(&disk, saved, 0, 3).unwrap_err().code, Code::DiskIo);
    disk.remove_file(&folder.originals()).unwrap();
    assert_eq!(folder.original(&disk, saved, 0, 3).unwrap_err().code, Code::JournalMalformed);
}

#[test]
fn a_build_lets_go_of_its_folder_only_when_nobody_needs_it() {
    let cases: [(&[&str], bool); 5] = [
        (&[], false),
        (&["journal.json"], true),
        (&["journal.json", "committed"], true),
        (&["journal.json", "committed", "-open"], false),
        (&["journal.json", "-open"], true),
    ];
    for (marks, is_kept) in cases {
        let disk = project();
        let staging = Staging::create(&disk, ID).unwrap();
        disk.create(&staging.path(0)).unwrap().write_all(b"an output").unwrap();
        for mark in marks {
            match mark.strip_prefix('-') {
                Some(gone) => disk.remove_file(&staging.folder().path().own(gone)).unwrap(),
                None => drop(disk.create(&staging.folder().path().own(mark)).unwrap()),
            }
        }
        let output = staging.path(0);
        drop(staging);
        assert_eq!(disk.snapshot().contains_key(output.as_str()), is_kept, "{marks:?}");
        assert_eq!(disk.snapshot().contains_key("build"), is_kept, "{marks:?}");
    }
}

#[test]
fn what_keeps_a_folder_from_being_made_is_named() {
    for place in ["assets/.prometeu/txn", "assets/.prometeu/txn/20261101T120000.000Z-00000001"] {
        let disk = project();
        if place.ends_with(ID) {
            place_folder(&disk, "assets/.prometeu/txn");
        }
        disk.place_other(place);
        let said = run(&disk).unwrap_err();
        assert_eq!(said[0].path.as_deref(), Some(place), "{said:?}");
        assert_eq!(said[0].code == Code::TrustNotRegular, place.ends_with("txn"), "{said:?}");
    }
    for path in ["assets/.prometeu/txn", "assets/.prometeu/txn/20261101T120000.000Z-00000001"] {
        let disk = project();
        disk.fail_when(&format!("create_dir {path}"), Fault::Error(ErrorKind::PermissionDenied));
        let said = run(&disk).unwrap_err();
        assert_eq!((said[0].code, said[0].path.as_deref()), (Code::DiskReadOnly, Some(path)), "{said:?}");
    }
}

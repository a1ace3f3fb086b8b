//! What commands that were cut short leave lying about, each kind by itself.

use super::{ID, INDEX, everything, files, is_anything_left, place_folder, project, run, settle};
use crate::diagnostic::Code;
use crate::disk::Disk as _;
use crate::disk::memory::{Fault, MemoryDisk};
use crate::emit::folder::{DROPPED, all, staging};
use crate::emit::{Ending, TransactionFolder, create_file, transactions, unfinished};
use crate::path::PortablePath;
use std::io::ErrorKind;

const OTHER: &str = "20261101T120001.000Z-00000002";

fn put(disk: &MemoryDisk, folder: &str, name: &str, text: &str) {
    place_folder(disk, folder);
    let path = match folder.strip_prefix("build") {
        Some(below) => {
            below.split('/').filter(|part| !part.is_empty()).fold(PortablePath::build(), |at, name| at.own(name))
        }
        None => {
            let below = folder.strip_prefix("assets/.prometeu").unwrap();
            below.split('/').filter(|part| !part.is_empty()).fold(PortablePath::control(), |at, name| at.own(name))
        }
    };
    std::io::Write::write_all(&mut disk.create(&path.own(name)).unwrap(), text.as_bytes()).unwrap();
}

#[test]
fn a_project_at_rest_has_nothing_left() {
    let disk = project();
    assert!(!is_anything_left(&disk).unwrap() && unfinished(&disk).unwrap().is_empty());
    assert_eq!(settle(&disk).unwrap(), Vec::new());
    // Neither does what only looks like something of the packer's.
    put(&disk, "assets/.prometeu", "index.json.bak", "mine");
    put(&disk, "assets/.prometeu/txn/notes", "readme", "mine");
    put(&disk, "assets/.prometeu/txn", "readme", "mine");
    put(&disk, "build/.staging/notes", "readme", "mine");
    let before = disk.snapshot();
    assert!(!is_anything_left(&disk).unwrap());
    assert_eq!((settle(&disk).unwrap(), disk.snapshot()), (Vec::new(), before));
}

#[test]
fn each_leftover_is_found_and_taken_away() {
    let cleared = "a command that was cut short was cleared away; it had changed nothing yet";
    let (txn, dropped, build) = (
        format!("assets/.prometeu/txn/{ID}"),
        format!("assets/.prometeu/txn/{DROPPED}{ID}"),
        format!("build/.staging/{ID}"),
    );
    let cases: [(&str, &str, &str, Option<&str>); 6] = [
        ("a file before it is moved", "assets/.prometeu", &format!("index.json.{ID}"), None),
        ("a transaction that is forgotten", &dropped, "journal.json", None),
        ("a transaction before its journal", &txn, "originals", Some(cleared)),
        ("a journal before its name", &txn, "journal.new", Some(cleared)),
        ("a build before its journal", &build, "new-0", Some(cleared)),
        ("the folder of builds", "build/.staging", "", None),
    ];
    for (what, folder, name, note) in cases {
        let disk = project();
        let before = files(&disk);
        // A folder of all transactions may stay.
        place_folder(&disk, "assets/.prometeu/txn");
        let kept = disk.snapshot();
        if name.is_empty() {
            place_folder(&disk, folder)
        } else {
            put(&disk, folder, name, "part of it")
        }
        assert!(is_anything_left(&disk).unwrap() && unfinished(&disk).unwrap().is_empty(), "{what}");
        let notes = settle(&disk).unwrap();
        let said: Vec<(Code, &str)> = notes.iter().map(|one| (one.code, &*one.message)).collect();
        assert_eq!(said, note.map(|note| (Code::JournalRecovered, note)).into_iter().collect::<Vec<_>>(), "{what}");
        assert_eq!((disk.snapshot(), files(&disk)), (kept, before), "{what}");
        assert!(!is_anything_left(&disk).unwrap(), "{what}");
    }
}

#[test]
fn what_a_transaction_kept_beyond_its_end_is_swept_and_its_record_stays() {
    let disk = project();
    run(&disk).unwrap();
    let record = disk.snapshot();
    let folder = format!("assets/.prometeu/txn/{ID}");
    for name in ["new-9", "old-9", "gone-9", "journal.new"] {
        put(&disk, &folder, name, "of no use");
        assert!(is_anything_left(&disk).unwrap(), "{name}");
        assert_eq!((settle(&disk).unwrap(), disk.snapshot()), (Vec::new(), record.clone()), "{name}");
    }
    // The mark of its beginning says that its end may not have lasted.
    put(&disk, &folder, "open", "");
    let notes = settle(&disk).unwrap();
    let told = "the test of 2026-11-01T12:00:00Z was cut short after its last change; it is done";
    assert!(matches!(&notes[..], [one] if &*one.message == told), "{notes:?}");
    assert_eq!(disk.snapshot(), record);
    let folders = transactions(&disk).unwrap();
    let [folder] = &folders[..] else { panic!("{folders:?}") };
    assert_eq!((folder.id(), folder.ending(&disk).unwrap()), (ID, Some(Ending::Committed)));
    assert_eq!(folder.progress(&disk).unwrap(), (true, Some(Ending::Committed)));
}

#[test]
fn a_record_of_another_packer_is_left_alone() {
    let disk = project();
    let folder = format!("assets/.prometeu/txn/{ID}");
    put(&disk, &folder, "journal.json", r#"{"schema_version":65535}"#);
    put(&disk, &folder, "committed", "");
    put(&disk, &folder, "new-0", "who knows");
    let before = disk.snapshot();
    assert_eq!((settle(&disk).unwrap(), disk.snapshot()), (Vec::new(), before));
    // One that has not ended has to be undone by that packer first.
    let disk = project();
    put(&disk, &folder, "journal.json", r#"{"schema_version":65535}"#);
    let before = disk.snapshot();
    assert_eq!(settle(&disk).unwrap_err().code, Code::VersionTooNew);
    assert_eq!(disk.snapshot(), before);
    // One that cannot be read at all and has ended is only cleaned up.
    let disk = project();
    put(&disk, &folder, "journal.json", "{");
    put(&disk, &folder, "committed", "");
    put(&disk, &folder, "new-0", "of no use");
    assert_eq!(settle(&disk).unwrap(), Vec::new());
    assert!(!disk.snapshot().contains_key(&format!("{folder}/new-0")));
}

#[test]
fn a_forgotten_transaction_is_gone_or_there_as_it_was() {
    let whole = project();
    run(&whole).unwrap();
    let (count, there) = (whole.operations().len(), whole.snapshot());
    TransactionFolder::of(ID).forget(&whole).unwrap();
    let gone = whole.snapshot();
    assert!(!gone.keys().any(|path| path.contains(ID)), "{gone:?}");
    let (mut stayed, mut went) = (0, 0);
    for n in count + 1..=whole.operations().len() {
        for fault in [Fault::Error(ErrorKind::Other), Fault::ErrorsFrom(ErrorKind::PermissionDenied), Fault::Stop] {
            let disk = project();
            run(&disk).unwrap();
            disk.fail_at(n, fault);
            let said = TransactionFolder::of(ID).forget(&disk);
            let is_sure = !said.as_ref().is_err_and(|all| all.iter().any(|one| one.code == Code::JournalUnfinished));
            for next in [disk.crash(1), disk.killed()] {
                let notes = settle(&next).unwrap();
                let found = next.snapshot();
                assert!(found == there || found == gone, "operation {n}, {fault:?}: {notes:?} {found:?}");
                if is_sure && fault != Fault::Stop {
                    assert_eq!(found == gone, said.is_ok(), "operation {n}, {fault:?}, {said:?}");
                }
                if found == there { stayed += 1 } else { went += 1 }
            }
        }
    }
    assert!(stayed > 0 && went > 0);
}

#[test]
fn a_removed_root_goes_with_the_transaction_that_keeps_it() {
    let (disk, folder) = (project(), TransactionFolder::of(ID));
    run(&disk).unwrap();
    let inner = folder.kept_root(0).own("inner");
    place_folder(&disk, inner.as_str());
    disk.create(&inner.own("a.png")).unwrap();
    folder.forget(&disk).unwrap();
    let left = disk.snapshot();
    assert!(!left.keys().any(|path| path.contains(ID)), "{left:?}");
}

#[test]
fn what_stands_in_the_place_of_a_folder_is_refused() {
    for place in ["assets/.prometeu/txn", &format!("assets/.prometeu/txn/{ID}")] {
        let disk = project();
        if place.ends_with(ID) {
            place_folder(&disk, "assets/.prometeu/txn");
        }
        disk.place_link(place);
        for said in [settle(&disk).unwrap_err(), transactions(&disk).unwrap_err()] {
            assert_eq!((said.code, said.path.as_deref()), (Code::TrustLink, Some(place)));
        }
        let before = files(&disk);
        assert!(run(&disk).is_err());
        assert_eq!(files(&disk), before, "{place}");
    }
    // Where builds are made nothing of a build is looked for then; `check_outputs` refuses it.
    let disk = project();
    disk.place_folder("build");
    disk.place_other("build/.staging");
    assert_eq!((settle(&disk), is_anything_left(&disk)), (Ok(Vec::new()), Ok(false)));
    let disk = project();
    put(&disk, "assets/.prometeu/txn", OTHER, "a file");
    assert_eq!(settle(&disk).unwrap_err().code, Code::TrustNotRegular);
    assert_eq!(all().as_str(), "assets/.prometeu/txn");
    assert_eq!(staging().as_str(), "build/.staging");
}

#[test]
fn a_file_that_was_half_made_by_a_command_that_died_is_swept() {
    let disk = project();
    let index = PortablePath::control().own("lock");
    disk.fail_at(disk.operations().len() + 3, Fault::Stop);
    assert!(create_file(&disk, &index, b"{}", ID).is_err());
    let next = disk.killed();
    assert!(is_anything_left(&next).unwrap());
    assert_eq!(settle(&next).unwrap(), Vec::new());
    assert_eq!(files(&next), files(&project()));
    assert!(files(&next).contains_key(INDEX) && everything().id == ID);
}

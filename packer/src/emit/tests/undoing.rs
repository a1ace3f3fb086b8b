//! A transaction that did not end, and people who went on working in between.

use super::{ID, INDEX, files, path, project, run, settle};
use crate::diagnostic::Code;
use crate::digest::Digest;
use crate::disk::Disk as _;
use crate::disk::memory::{Fault, MemoryDisk};
use crate::emit::{Ending, Kept, TransactionFolder, keep_edited, plan_keeping, unfinished};
use crate::envelope::Windows;
use crate::trust::Limits;
use std::io::{ErrorKind, Write as _};

/// A project whose transaction made all its changes and was killed over its mark.
fn all_but_ended() -> MemoryDisk {
    let whole = project();
    run(&whole).unwrap();
    let mark = whole.operations().iter().position(|line| line.ends_with("/committed")).unwrap() + 1;
    let disk = project();
    disk.fail_at(mark, Fault::Stop);
    run(&disk).unwrap_err();
    disk.killed()
}

fn write(disk: &MemoryDisk, at: &str, text: &str) {
    let _ = disk.remove_file(&path(at));
    disk.create(&path(at)).unwrap().write_all(text.as_bytes()).unwrap();
}

fn kept(disk: &MemoryDisk) -> Vec<Kept> {
    plan_keeping(disk, &TransactionFolder::of(ID), &Limits::default(), &Windows::default()).unwrap()
}

fn keep(disk: &MemoryDisk) -> Result<usize, crate::diagnostic::Diagnostic> {
    keep_edited(disk, &TransactionFolder::of(ID), &Limits::default(), &Windows::default())
}

#[test]
fn edits_are_never_undone_unasked() {
    for (at, text) in [(INDEX, "mine"), ("assets/new/asset.json", "mine"), ("assets/gone/asset.json", "mine")] {
        let disk = all_but_ended();
        if at.contains("gone") {
            disk.place_folder("assets/gone");
        }
        write(&disk, at, text);
        let before = disk.snapshot();
        let said = settle(&disk).unwrap_err();
        assert_eq!((said.code, said.path.as_deref()), (Code::JournalEdited, Some(at)));
        assert!(said.message.contains(ID) && said.message.ends_with(at), "{said:?}");
        assert_eq!(disk.snapshot(), before, "{at}");
    }
}

#[test]
fn a_file_that_somebody_took_away_is_an_edit() {
    let disk = all_but_ended();
    disk.remove_file(&path(INDEX)).unwrap();
    let said = settle(&disk).unwrap_err();
    assert_eq!((said.code, said.path.as_deref()), (Code::JournalEdited, Some(INDEX)));
    assert_eq!(unfinished(&disk).unwrap().len(), 1);
    assert_eq!((keep(&disk).unwrap(), disk.snapshot().contains_key(INDEX)), (1, false));
    assert_eq!(unfinished(&disk).unwrap().len(), 0);
}

#[test]
fn edits_are_kept_and_the_rest_goes_back() {
    let disk = all_but_ended();
    write(&disk, INDEX, "mine");
    let rows = kept(&disk);
    let touched: Vec<(&str, bool)> = rows.iter().map(|row| (row.path.as_str(), row.is_edited)).collect();
    let all = [
        ("assets/new", false),
        ("assets/new/asset.json", false),
        (INDEX, true),
        ("assets/gone/asset.json", false),
        ("assets/gone", false),
        ("assets/a", false),
        ("assets/empty", false),
    ];
    assert_eq!(touched, all);
    let found = |text: &str| Some(Digest::of(text.as_bytes()));
    assert_eq!((rows[1].found, rows[2].found, rows[0].found, rows[3].found), (found("n"), found("mine"), None, None));

    assert_eq!(keep(&disk).unwrap(), 1);
    let mut wanted = files(&project());
    wanted.insert(INDEX.to_owned(), Some(b"mine".to_vec()));
    assert_eq!(files(&disk), wanted);
    let folder = TransactionFolder::of(ID);
    assert_eq!(folder.ending(&disk).unwrap(), Some(Ending::Undone));
    assert_eq!((settle(&disk).unwrap(), files(&disk.crash(3))), (Vec::new(), wanted));
}

#[test]
fn a_move_that_cannot_be_told_is_left_to_people() {
    let disk = all_but_ended();
    disk.place_folder("assets/a");
    let before = disk.snapshot();
    for said in [keep(&disk).unwrap_err(), settle(&disk).unwrap_err()] {
        assert_eq!((said.code, said.path.as_deref()), (Code::JournalEdited, Some("assets/a")));
    }
    assert_eq!(disk.snapshot(), before);
    let rows = kept(&disk);
    assert!(rows.iter().all(|row| row.is_edited == (row.path.as_str() == "assets/a")), "{rows:?}");

    // A link is nothing that was moved.
    let disk = all_but_ended();
    disk.place_link("assets/a");
    assert_eq!(settle(&disk).unwrap_err().code, Code::TrustLink);
}

#[test]
fn a_folder_that_somebody_put_something_into_stays() {
    let disk = all_but_ended();
    write(&disk, "assets/new/mine.png", "mine");
    assert_eq!(settle(&disk).unwrap().len(), 1);
    let mut wanted = files(&project());
    wanted.insert("assets/new".to_owned(), None);
    wanted.insert("assets/new/mine.png".to_owned(), Some(b"mine".to_vec()));
    assert_eq!(files(&disk), wanted);
}

#[test]
fn a_look_that_is_interrupted_is_taken_again() {
    let disk = all_but_ended();
    disk.fail_when(&format!("read {INDEX}"), Fault::Error(ErrorKind::Interrupted));
    assert_eq!(settle(&disk).unwrap().len(), 1);
    assert_eq!(files(&disk), files(&project()));
}

#[test]
fn originals_that_are_not_what_was_saved_go_nowhere() {
    for damage in ["otherwise", ""] {
        let disk = all_but_ended();
        let originals = crate::emit::folder::all().own(ID).own("originals");
        disk.remove_file(&originals).unwrap();
        if !damage.is_empty() {
            disk.create(&originals).unwrap().write_all(damage.as_bytes()).unwrap();
        }
        let before = files(&disk);
        let said = settle(&disk).unwrap_err();
        assert_eq!((said.code, said.path.as_deref()), (Code::JournalMalformed, Some(originals.as_str())));
        let help = said.help.unwrap();
        assert!(help.contains("version control") && help.contains("move the folder"), "{help}");
        assert_eq!(files(&disk), before);
    }
}

#[test]
fn an_undoing_that_fails_is_gone_on_with() {
    let whole = all_but_ended();
    settle(&whole).unwrap();
    let before = files(&project());
    assert_eq!(files(&whole), before);
    for n in 1..=whole.operations().len() {
        for fault in Fault::EACH {
            let disk = all_but_ended();
            disk.fail_at(n, fault);
            let said = settle(&disk);
            for next in [disk.killed(), disk.crash(n as u64)] {
                let notes = settle(&next).unwrap();
                assert_eq!(files(&next), before, "operation {n}, {fault:?}, {said:?}, {notes:?}");
                assert_eq!(settle(&next).unwrap(), Vec::new(), "operation {n}, {fault:?}");
            }
        }
    }
}

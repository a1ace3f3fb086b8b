//! What keeps a transaction from being made: the project is not what the plan saw, cannot be looked at, or would not be
//! read back. Nothing is changed then.

use super::{INDEX, everything, files, path, place_folder, project, run};
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::Disk as _;
use crate::disk::memory::{Fault, MemoryDisk};
use crate::emit::{is_anything_left, transact, transactions};
use crate::trust::Limits;
use std::io::{ErrorKind, Write as _};

#[test]
fn a_project_that_is_not_what_the_plan_saw_is_left_alone() {
    type Change = fn(&MemoryDisk);
    let cases: [(&str, Change); 7] = [
        (INDEX, |disk| {
            disk.remove_file(&path(INDEX)).unwrap();
            disk.create(&path(INDEX)).unwrap().write_all(b"mine").unwrap();
        }),
        (INDEX, |disk| disk.remove_file(&path(INDEX)).unwrap()),
        ("assets/gone/asset.json", |disk| disk.remove_file(&path("assets/gone/asset.json")).unwrap()),
        ("assets/new", |disk| place_folder(disk, "assets/new")),
        ("assets/b", |disk| place_folder(disk, "assets/b")),
        ("assets/a", |disk| disk.rename(&path("assets/a"), &path("assets/c")).unwrap()),
        ("assets/empty", |disk| disk.remove_dir(&path("assets/empty")).unwrap()),
    ];
    for (place, change) in cases {
        let disk = project();
        change(&disk);
        let before = files(&disk);
        let said = run(&disk).unwrap_err();
        assert_eq!((said[0].code, said[0].path.as_deref()), (Code::PlanStale, Some(place)), "{said:?}");
        assert_eq!((files(&disk), is_anything_left(&disk).unwrap()), (before, false), "{place}");
    }
}

#[test]
fn what_cannot_be_looked_at_is_not_taken_for_absent() {
    for operation in [
        &format!("open {INDEX}"),
        "open assets/new/asset.json",
        "metadata assets/new",
        "metadata assets/b",
        "metadata assets/a",
        "metadata assets/empty",
    ] {
        let disk = project();
        disk.fail_when(operation, Fault::Error(ErrorKind::Other));
        let before = files(&disk);
        let said = run(&disk).unwrap_err();
        assert_eq!((said.len(), said[0].code), (1, Code::DiskIo), "{operation}: {said:?}");
        assert_eq!((files(&disk), is_anything_left(&disk).unwrap()), (before, false), "{operation}");
    }
    for operation in ["metadata assets/.prometeu", "metadata assets/.prometeu/txn"] {
        let disk = project();
        run(&disk).unwrap();
        disk.fail_when(operation, Fault::Error(ErrorKind::Other));
        assert_eq!(transactions(&disk).unwrap_err().code, Code::DiskIo, "{operation}");
    }
}

#[test]
fn what_would_not_be_read_back_is_not_put_into_place() {
    for refused in ["assets/new/asset.json", INDEX] {
        let disk = project();
        let before = files(&disk);
        let said = transact(&disk, &everything(), &Limits::default(), &|path, bytes| {
            assert_eq!(bytes, if path.as_str() == INDEX { b"new".as_slice() } else { b"n" });
            let finding = Diagnostic::new(Code::JsonSyntax, "no object").at(path.as_str());
            if path.as_str() == refused { Err(finding) } else { Ok(()) }
        });
        let said = said.unwrap_err();
        assert_eq!((said[0].code, said[0].path.as_deref()), (Code::JsonSyntax, Some(refused)));
        assert_eq!((files(&disk), is_anything_left(&disk).unwrap()), (before, false), "{refused}");
    }
}

#[test]
fn a_folder_without_a_project_of_the_packers_has_nothing_to_settle() {
    let disk = MemoryDisk::new([("assets/a/x.png", b"x".to_vec())]);
    assert_eq!((is_anything_left(&disk), super::settle(&disk)), (Ok(false), Ok(Vec::new())));
    assert_eq!(transactions(&disk).unwrap().len(), 0);
}

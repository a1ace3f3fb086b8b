//! A transaction that does one of everything: it replaces, removes and makes files and folders, moves a root and sets
//! another aside. No command does all of that; the engine is called directly.

use crate::commands::OWN;
use crate::project;
use crate::scenario::{Scenario, Start};
use prometeu_packer::digest::Digest;
use prometeu_packer::disk::Disk as _;
use prometeu_packer::disk::memory::MemoryDisk;
use prometeu_packer::emit::{Transaction, TransactionFolder, transact};
use prometeu_packer::path::PortablePath;
use prometeu_packer::plan::{Replacement, Step};
use prometeu_packer::report::{OperationResult, Report};
use prometeu_packer::trust::Limits;
use std::time::Duration;

pub(super) const SCENARIO: Scenario = Scenario {
    name: "change",
    about: "files and folders are replaced, made, moved, set aside and removed",
    starts,
    act,
    ..Scenario::TRANSACTION
};

fn starts() -> Vec<Start> {
    vec![Start::of(project::old(), act)]
}

fn act(disk: &MemoryDisk) -> Report {
    let findings = match disk.lock(&PortablePath::control().own("lock"), Duration::ZERO, &|| false) {
        Ok(_lock) => transact(disk, &transaction(), &Limits::default(), &|_, _| Ok(())).err().unwrap_or_default(),
        Err(error) => vec![prometeu_packer::trust::refusal(&error)],
    };
    Report::new("change", "cargo xtask", "", findings, OperationResult::Nothing)
}

fn transaction() -> Transaction {
    let found = project::old().snapshot();
    let path = |text: &str| PortablePath::assets().join(text).expect("a portable path");
    let replace = |text: &str, after: Option<&[u8]>| {
        let path = path(text);
        let before = found.get(path.as_str()).and_then(|bytes| bytes.as_deref().map(Digest::of));
        Step::Replace(Replacement { path, before, after: after.map(|text| text.to_vec().into()) })
    };
    let steps = vec![
        replace("ui/a.png", Some(b"other pixels")),
        replace("ui/b.gpl", None),
        replace("ui/c.png", Some(b"a new file")),
        Step::MakeFolder(path("new")),
        Step::Move { from: path("old/logo"), to: path("new/logo") },
        Step::Move { from: path("sfx"), to: TransactionFolder::of(OWN).kept_root(6) },
        Step::RemoveFolder(path("old")),
    ];
    Transaction {
        id: OWN.to_owned(),
        operation: "change".to_owned(),
        time: "2026-02-02T00:00:00Z".to_owned(),
        steps,
        entries: Vec::new(),
    }
}

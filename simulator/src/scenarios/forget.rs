//! `migrate --forget`: the record of a migration is there whole, or not at all.

use crate::commands;
use crate::project;
use crate::scenario::{Scenario, Start};
use prometeu_packer::disk::memory::MemoryDisk;
use prometeu_packer::report::Report;

pub(super) const SCENARIO: Scenario = Scenario {
    name: "forget-record",
    about: "the record of a migration is dropped",
    starts,
    act,
    ..Scenario::TRANSACTION
};

const MIGRATION: &str = "20260101T000000Z-00000001";

fn starts() -> Vec<Start> {
    let migrated = project::old();
    let _ = commands::migrate(&migrated, MIGRATION);
    vec![Start::of(project::on_medium(&migrated.snapshot()), act)]
}

fn act(disk: &MemoryDisk) -> Report {
    commands::forget(disk, MIGRATION)
}

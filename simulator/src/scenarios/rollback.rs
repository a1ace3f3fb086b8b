//! `migrate --rollback`: the exact bytes of before, as one more transaction.

use crate::commands::{self, OWN};
use crate::project;
use crate::scenario::{Scenario, Start};
use crate::state::{visible, without_records};
use prometeu_packer::disk::memory::MemoryDisk;
use prometeu_packer::report::Report;

pub(super) const SCENARIO: Scenario = Scenario {
    name: "rollback",
    about: "every control file becomes again what it was before its migration",
    starts,
    act,
    ..Scenario::TRANSACTION
};

const MIGRATION: &str = "20260101T000000Z-00000001";

fn starts() -> Vec<Start> {
    let original = project::old();
    let migrated = original.killed();
    let _ = commands::migrate(&migrated, MIGRATION);
    let mut start = Start::of(project::on_medium(&migrated.snapshot()), act);
    let mut exact = without_records(visible(&original));
    exact.extend(start.before.clone().into_iter().filter(|(path, _)| path.contains(MIGRATION)));
    start.after = vec![exact];
    vec![start]
}

fn act(disk: &MemoryDisk) -> Report {
    commands::roll_back(disk, MIGRATION, OWN)
}

//! The eleventh transaction: the oldest record goes, whole; where it cannot go now, it stays, whole.

use super::migrate::may_skip;
use crate::commands::{self, OWN};
use crate::project;
use crate::scenario::{Scenario, Start};
use prometeu_packer::disk::memory::MemoryDisk;
use prometeu_packer::report::Report;

pub(super) const SCENARIO: Scenario = Scenario {
    name: "prune",
    about: "a migration after which the oldest of ten records is dropped",
    starts,
    act,
    ..Scenario::TRANSACTION
};

const OLDEST: &str = "20260101T000000Z-00000001";
/// How many records are kept.
const KEPT: usize = 10;

fn starts() -> Vec<Start> {
    let disk = project::old();
    for pair in 0..KEPT / 2 {
        let [there, back] = [1, 2].map(|at| format!("20260101T000000Z-{:08x}", 2 * pair + at));
        let _ = commands::migrate(&disk, &there);
        let _ = commands::roll_back(&disk, &there, &back);
    }
    let mut start = Start::of(project::on_medium(&disk.snapshot()), act);
    let mut unpruned = start.after[0].clone();
    unpruned.extend(start.before.clone().into_iter().filter(|(path, _)| path.contains(OLDEST)));
    start.after.push(unpruned);
    may_skip(&mut start);
    vec![start]
}

fn act(disk: &MemoryDisk) -> Report {
    commands::migrate(disk, OWN)
}

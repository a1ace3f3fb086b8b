//! `build`: its four outputs are all the old ones, none included, or all the new ones.

use crate::commands;
use crate::project::{self, INPUT};
use crate::scenario::{Scenario, Start};
use prometeu_packer::disk::memory::MemoryDisk;
use prometeu_packer::report::Report;

pub(super) const SCENARIO: Scenario = Scenario {
    name: "publish",
    about: "the four outputs of a build appear, or replace older ones",
    starts,
    act,
    ..Scenario::TRANSACTION
};

fn starts() -> Vec<Start> {
    let fresh = project::old();
    let built = fresh.killed();
    let _ = commands::build(&built);
    let changed = project::edited(&built, INPUT, Some(project::sound(96)));
    vec![Start::of(fresh, act), Start::of(changed, act)]
}

fn act(disk: &MemoryDisk) -> Report {
    commands::build(disk)
}

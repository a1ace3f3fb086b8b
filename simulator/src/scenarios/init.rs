//! `init`: cut short, it is given once more, and then everything is there and nothing else.

use crate::commands::{self, NEXT, OWN};
use crate::project;
use crate::scenario::{Scenario, Start, told};
use prometeu_packer::disk::memory::MemoryDisk;
use prometeu_packer::report::Report;

pub(super) const SCENARIO: Scenario = Scenario {
    name: "init",
    about: "a project gets its registry and the files beside it",
    starts,
    act,
    next,
    is_decided_by_report: false,
};

fn starts() -> Vec<Start> {
    vec![Start::of(MemoryDisk::new([(project::INPUT, project::sound(64))]), act)]
}

fn act(disk: &MemoryDisk) -> Report {
    commands::init(disk, OWN)
}

fn next(disk: &MemoryDisk, _n: usize) -> Result<(), String> {
    let report = commands::init(disk, NEXT);
    if report.exit() == 0 { Ok(()) } else { Err(told(&report)) }
}

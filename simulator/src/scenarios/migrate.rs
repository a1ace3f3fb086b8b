//! `migrate --apply`: registry and declarations, a root that nobody registered among them, become current together.

use crate::commands::{self, OWN};
use crate::project::{self, UNREGISTERED};
use crate::scenario::{Scenario, Start};
use prometeu_packer::disk::memory::MemoryDisk;
use prometeu_packer::report::Report;

pub(super) const SCENARIO: Scenario =
    Scenario { name: "migrate", about: "every control file becomes current", starts, act, ..Scenario::TRANSACTION };

fn starts() -> Vec<Start> {
    let mut start = Start::of(project::old(), act);
    may_skip(&mut start);
    vec![start]
}

/// An unregistered root that cannot be read, or not even be looked for, is skipped, which blocks nothing.
pub(super) fn may_skip(start: &mut Start) {
    let mut skipping = start.after[0].clone();
    skipping.extend(start.before.get_key_value(UNREGISTERED).map(|(path, bytes)| (path.clone(), bytes.clone())));
    start.skipping = Some((|operation| operation == "read_dir assets" || operation.contains(" assets/old"), skipping));
}

fn act(disk: &MemoryDisk) -> Report {
    commands::migrate(disk, OWN)
}

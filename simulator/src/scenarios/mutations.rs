//! The mutations, a row each: a name, where it starts, and the command. Inverses start from what they take back.

use crate::commands::{Mutation, OWN, mutate};
use crate::project;
use crate::scenario::{Scenario, Start};
use prometeu_packer::disk::memory::MemoryDisk;
use prometeu_packer::ops;

/// The transaction that an inverse takes back.
const EARLIER: &str = "20260101T000000Z-00000001";

const EXCLUDE: Mutation = |context, how| ops::set_included(context, "ui", false, how);
const INCLUDE: Mutation = |context, how| ops::set_included(context, "ui", true, how);
const RENAME: Mutation = |context, how| ops::rename(context, "ui", "panel", how);
const RELOCATE: Mutation = |context, how| ops::relocate(context, "ui", "hud/main", how);
const REMOVE: Mutation = |context, how| ops::remove(context, "ui", how);
const QUARANTINE: Mutation = |context, how| ops::quarantine(context, "ui", how);
const FORGET: Mutation = |context, how| ops::forget_asset(context, "ui", how);
const ADOPT: Mutation = |context, how| ops::adopt(context, "old/logo", false, how);
const ADOPT_COPY: Mutation = |context, how| ops::adopt(context, "old/logo", true, how);
const REGISTER: Mutation = |context, how| {
    let wanted = ops::Registration { root: "new/hero".to_owned(), ..ops::Registration::default() };
    ops::register(context, &wanted, how)
};
const RESTORE: Mutation = |context, how| ops::restore(context, EARLIER, how);
const UNDO: Mutation = |context, how| ops::undo(context, EARLIER, how);

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario { name: "exclude", starts: || start(EXCLUDE), act: |disk| mutate(disk, OWN, EXCLUDE), ..MUTATION },
    Scenario {
        name: "include",
        starts: || after(EXCLUDE, INCLUDE),
        act: |disk| mutate(disk, OWN, INCLUDE),
        ..MUTATION
    },
    Scenario { name: "rename", starts: || start(RENAME), act: |disk| mutate(disk, OWN, RENAME), ..MUTATION },
    Scenario { name: "relocate", starts: || start(RELOCATE), act: |disk| mutate(disk, OWN, RELOCATE), ..MUTATION },
    Scenario {
        name: "quarantine",
        starts: || start(QUARANTINE),
        act: |disk| mutate(disk, OWN, QUARANTINE),
        ..MUTATION
    },
    Scenario { name: "remove", starts: || start(REMOVE), act: |disk| mutate(disk, OWN, REMOVE), ..MUTATION },
    Scenario { name: "forget", starts: || start(FORGET), act: |disk| mutate(disk, OWN, FORGET), ..MUTATION },
    Scenario { name: "adopt", starts: || start(ADOPT), act: |disk| mutate(disk, OWN, ADOPT), ..MUTATION },
    Scenario {
        name: "adopt-copy",
        starts: || start(ADOPT_COPY),
        act: |disk| mutate(disk, OWN, ADOPT_COPY),
        ..MUTATION
    },
    Scenario { name: "register", starts: || start(REGISTER), act: |disk| mutate(disk, OWN, REGISTER), ..MUTATION },
    Scenario {
        name: "restore",
        starts: || after(QUARANTINE, RESTORE),
        act: |disk| mutate(disk, OWN, RESTORE),
        ..MUTATION
    },
    Scenario {
        name: "undo",
        starts: || {
            [EXCLUDE, RENAME, RELOCATE, REMOVE, QUARANTINE, FORGET, ADOPT, ADOPT_COPY, REGISTER]
                .iter()
                .flat_map(|&of| after(of, UNDO))
                .collect()
        },
        act: |disk| mutate(disk, OWN, UNDO),
        ..MUTATION
    },
];

const MUTATION: Scenario = Scenario { about: "one mutation of a project", ..Scenario::TRANSACTION };

/// A project whose files are all current, and a folder in it that nobody registered.
fn before() -> MemoryDisk {
    let disk = project::current();
    let picture = disk.snapshot().remove("assets/ui/a.png").flatten();
    project::edited(&disk, "assets/new/hero/a.png", picture)
}

fn start(mutation: Mutation) -> Vec<Start> {
    vec![played(before(), mutation)]
}

/// From a project in which something was done before.
fn after(earlier: Mutation, mutation: Mutation) -> Vec<Start> {
    let disk = before();
    let _ = mutate(&disk, EARLIER, earlier);
    vec![played(project::on_medium(&disk.snapshot()), mutation)]
}

fn played(disk: MemoryDisk, mutation: Mutation) -> Start {
    Start::of(disk, |disk| mutate(disk, OWN, mutation))
}

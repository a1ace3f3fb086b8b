//! `recover --keep-edited --apply`: a transaction was cut short, then the user edited or removed a file that it changes.
//! That file stays as the user left it, every other one goes back.

use super::TRANSACTIONS;
use super::recover::cut_short;
use crate::commands;
use crate::project::{DECLARATION, edited};
use crate::scenario::{Scenario, Start, told};
use crate::state::{State, record};
use prometeu_packer::disk::memory::MemoryDisk;

pub(super) const SCENARIO: Scenario = Scenario {
    name: "keep-edited",
    about: "a transaction is cut short, the user edits a file, and wants to keep that",
    starts,
    act: commands::keep_edited,
    next,
    is_decided_by_report: false,
};

fn starts() -> Vec<Start> {
    let states = TRANSACTIONS.iter().flat_map(cut_short).filter(is_unfinished);
    states.enumerate().map(|(at, start)| edit(&start, at.is_multiple_of(3))).collect()
}

fn is_unfinished(start: &Start) -> bool {
    let names = record(&start.disk).unwrap_or_default();
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    has("journal.json") && !has("committed") && !has("undone")
}

fn edit(start: &Start, removes: bool) -> Start {
    let bytes = (!removes).then(|| b"{ \"what\": \"the user wrote\" }\n".to_vec());
    let disk = edited(&start.disk, DECLARATION, bytes.clone());
    let mut before: State = start.before.clone();
    match bytes {
        Some(bytes) => before.insert(DECLARATION.to_owned(), Some(bytes)),
        None => before.remove(DECLARATION),
    };
    let kept = disk.killed();
    let _ = commands::keep_edited(&kept);
    let view = commands::view(&commands::list(&kept));
    // Nothing of the transaction may ever come about.
    Start { disk, before, after: Vec::new(), skipping: None, views: [view.clone(), view], leaves_record: true }
}

/// Everything but the lock file of the dead, which means nothing and goes with the next command that holds it.
fn but_for_the_lock(disk: &MemoryDisk) -> State {
    let mut found = disk.snapshot();
    found.remove("assets/.prometeu/lock");
    found
}

/// Other commands refuse and touch nothing until the user has said what is to stay.
fn next(disk: &MemoryDisk, _n: usize) -> Result<(), String> {
    let found = but_for_the_lock(disk);
    let listed = commands::list(disk);
    if listed.exit() != 0 && but_for_the_lock(disk) != found {
        return Err("`list` refused, but changed something".to_owned());
    }
    let report = commands::keep_edited(disk);
    if report.exit() == 0 { Ok(()) } else { Err(told(&report)) }
}

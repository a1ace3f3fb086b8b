//! Plays one fault at one operation, gives the next command, and compares what is left with what it was and what it was
//! to be, byte for byte.

use crate::commands;
use crate::faults::{Aftermath, Row};
use crate::scenario::{Said, Scenario, Start, told};
use crate::state::{State, difference, everything, record, visible};
use prometeu_packer::diagnostic::Code;
use prometeu_packer::disk::memory::{Fault, MemoryDisk};
use prometeu_packer::report::OperationResult;

/// One fault at one operation.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// What is played.
    pub scenario: &'a Scenario,
    /// From where.
    pub start: &'a Start,
    /// The fault.
    pub row: &'a Row,
    /// At which operation, counted from 1.
    pub at: usize,
    /// What that operation does when nothing fails.
    pub operation: &'a str,
}

/// What was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// The project as it was.
    Before,
    /// The project as it was to become.
    After,
}

/// Why a run failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The project is something that it never was nor was to be.
    Neither(String),
    /// The project is whole, but a promise about it does not hold.
    Broken(String),
}

/// One run's end, and the seed of the power loss when there was one.
pub type End = (Option<u64>, Result<Left, Wrong>);

/// Plays a run, once for a restart and once for each seed of a power loss, as far as its fault asks for these.
#[must_use]
pub fn check(run: &Run<'_>, seeds: impl Iterator<Item = u64>) -> Vec<End> {
    let disk = run.start.disk.killed();
    disk.fail_at(run.at, run.row.fault);
    let report = (run.scenario.act)(&disk);
    let said = (run.scenario.is_decided_by_report && !run.row.kills()).then(|| Said::of(&report));
    let watched = if run.row.kills() { watch(run, &disk.killed()) } else { Ok(()) };
    let restart = (run.row.aftermath != Aftermath::PowerLoss).then_some(None);
    let losses = seeds.filter(|_| run.row.aftermath != Aftermath::Restart).map(Some);
    let settled = |seed: Option<u64>| {
        let left = seed.map_or_else(|| disk.killed(), |seed| disk.crash(mixed(seed, run.at)));
        let settled = settle(run, &left, said);
        settled.and_then(|left| watched.clone().map(|()| left)).map_err(|wrong| wrong.after(&told(&report)))
    };
    restart.into_iter().chain(losses).map(|seed| (seed, settled(seed))).collect()
}

/// Another seed for every operation, so that neighbours do not lose the same things.
fn mixed(seed: u64, at: usize) -> u64 {
    seed.wrapping_add((at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// Looks, as a reader does while the writer lives: it sees one of the two states, or says that it cannot.
fn watch(run: &Run<'_>, disk: &MemoryDisk) -> Result<(), Wrong> {
    let Ok(_lock) = commands::hold_lock(disk) else { return Ok(()) };
    let report = commands::list(disk);
    let is_busy = report.findings.iter().any(|finding| finding.code == Code::TrustChangedWhileReading);
    let view = commands::view(&report);
    if is_busy || run.start.views.contains(&view) {
        return Ok(());
    }
    broken(&format!("a reader sees a state in between: {view}"))
}

fn settle(run: &Run<'_>, disk: &MemoryDisk, said: Option<Said>) -> Result<Left, Wrong> {
    let next = |disk: &MemoryDisk, when: &str| {
        (run.scenario.next)(disk, run.at).map_err(|why| Wrong::Broken(format!("{when} the next command fails: {why}")))
    };
    next(disk, "after the fault")?;
    let left = compare(run, &visible(disk), "")?;
    match (said, left) {
        (Some(Said::Done), Left::Before) => return broken("the report says it is done, and it is not"),
        (Some(Said::Refused), Left::After) => return broken("the report says nothing was done, and it was"),
        _ => {}
    }
    check_record(run, disk, left)?;
    check_history(disk)?;
    let settled = everything(disk);
    let unchanged = |who: &str| match everything(disk) == settled {
        true => Ok(()),
        false => broken(&format!("{who} still finds something to do")),
    };
    drop(commands::recover(disk));
    unchanged("a second recovery")?;
    // Every writer sweeps before it looks at what it was asked for.
    drop(commands::forget(disk, "no-such-transaction"));
    unchanged("a writer")?;
    let later = disk.crash(mixed(1, run.at));
    next(&later, "after a power loss that follows recovery")?;
    match compare(run, &visible(&later), "after a power loss that follows recovery: ")? {
        later if later == left => Ok(left),
        _ => broken("a power loss turns what the next command showed into the other state"),
    }
}

fn compare(run: &Run<'_>, found: &State, when: &str) -> Result<Left, Wrong> {
    let start = run.start;
    let skips = matches!(run.row.fault, Fault::Error(_));
    let skipping = start.skipping.iter().filter(|(is_of_it, _)| skips && is_of_it(run.operation));
    if start.after.iter().chain(skipping.map(|(_, state)| state)).any(|state| state == found) {
        return Ok(Left::After);
    }
    if *found == start.before {
        return Ok(Left::Before);
    }
    let after = start.after.first().map(|after| format!("; from after: {}", difference(after, found)));
    let before = difference(&start.before, found);
    Err(Wrong::Neither(format!("{when}it differs from before: {before}{}", after.unwrap_or_default())))
}

/// What may stay of the transaction: journal, originals and mark of one that is done, journal and mark of one that is not.
fn check_record(run: &Run<'_>, disk: &MemoryDisk, left: Left) -> Result<(), Wrong> {
    const TEMPORARY: [&str; 4] = ["new-", "old-", "gone-", "journal.new"];
    let names = record(disk).unwrap_or_default();
    let has = |name: &str| names.iter().any(|found| found == name);
    let is_sound = match left {
        Left::After if run.start.leaves_record => {
            let is_temporary = |name: &String| TEMPORARY.iter().any(|start| name.starts_with(start));
            has("journal.json") && has("committed") && !has("undone") && !names.iter().any(is_temporary)
        }
        _ => names.is_empty() || (names.len() == 2 && has("journal.json") && has("undone")),
    };
    if is_sound { Ok(()) } else { broken(&format!("{left:?}, but its record holds {}", names.join(", "))) }
}

/// What history calls reversible can be reversed, unless something was changed since.
fn check_history(disk: &MemoryDisk) -> Result<(), Wrong> {
    let OperationResult::History(rows) = commands::history(disk).result else { return Ok(()) };
    for row in rows.iter().filter(|row| row.reversible) {
        let is_migration = matches!(&*row.operation, "migrate" | "rollback");
        let preview = if is_migration { commands::preview_rollback } else { commands::preview_undo };
        let preview = preview(disk, &row.id);
        if preview.findings.iter().any(|finding| finding.blocking && finding.code != Code::PlanConflict) {
            return broken(&format!("history calls {} reversible: {}", row.id, told(&preview)));
        }
    }
    Ok(())
}

fn broken<T>(why: &str) -> Result<T, Wrong> {
    Err(Wrong::Broken(why.to_owned()))
}

impl Wrong {
    /// The same, with what was reported before.
    fn after(self, report: &str) -> Wrong {
        match self {
            Wrong::Neither(why) => Wrong::Neither(format!("{why}; {report}")),
            Wrong::Broken(why) => Wrong::Broken(format!("{why}; {report}")),
        }
    }
}

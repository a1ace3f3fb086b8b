//! What a scenario is: where it is played from, what is done, and what may be left. How it is checked stands in `check`.

use crate::commands;
use crate::state::{State, record, visible};
use prometeu_packer::diagnostic::Code;
use prometeu_packer::disk::memory::MemoryDisk;
use prometeu_packer::report::{OperationResult, Report};

/// One kind of change to a project.
#[derive(Clone, Copy)]
pub struct Scenario {
    /// What `--scenario` calls it.
    pub name: &'static str,
    /// What is played, in one sentence.
    pub about: &'static str,
    /// Where it is played from, in an order that never changes.
    pub starts: fn() -> Vec<Start>,
    /// Carries it out.
    pub act: fn(&MemoryDisk) -> Report,
    /// What the user does next, at the `n`-th operation; it settles what was cut short.
    ///
    /// # Errors
    /// Why the user cannot go on.
    pub next: fn(&MemoryDisk, usize) -> Result<(), String>,
    /// Whether the report says which state must follow. What settles, settles either way.
    pub is_decided_by_report: bool,
}

impl Scenario {
    /// A transaction as most are; name, sentence, starts and act are to be replaced.
    pub const TRANSACTION: Scenario = Scenario {
        name: "",
        about: "",
        starts: Vec::new,
        act: commands::list,
        next: any_command,
        is_decided_by_report: true,
    };
}

/// Whether an operation, by its text, is one that may fail without anything else failing.
pub type IsSkipped = fn(&str) -> bool;

/// A project to play from, and what may be left of it.
pub struct Start {
    /// The project; it is only ever copied.
    pub disk: MemoryDisk,
    /// What it was.
    pub before: State,
    /// What it was to become; the first of them when nothing fails.
    pub after: Vec<State>,
    /// What it becomes instead when a file that is not needed cannot be read: which operations that are, and the state.
    pub skipping: Option<(IsSkipped, State)>,
    /// What `list` shows of it before and after.
    pub views: [String; 2],
    /// Whether it leaves the record of a transaction when it is done.
    pub leaves_record: bool,
}

impl Start {
    /// A project that `act` changes from what it is to what it becomes when nothing fails.
    #[must_use]
    pub fn of(disk: MemoryDisk, act: impl Fn(&MemoryDisk) -> Report) -> Start {
        let whole = disk.killed();
        let _ = act(&whole);
        let (before, after) = (visible(&disk), vec![visible(&whole)]);
        let views = [&disk, &whole].map(|disk| commands::view(&commands::list(&disk.killed())));
        Start { before, after, skipping: None, views, leaves_record: record(&whole).is_some(), disk }
    }
}

/// What a report tells of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It is done, and stays done.
    Done,
    /// It is as it was.
    Refused,
    /// The next command decides.
    Unfinished,
}

impl Said {
    /// What this report tells.
    #[must_use]
    pub fn of(report: &Report) -> Said {
        // A repair that was made is made, whatever the doctor finds then.
        let is_repaired = matches!(&report.result, OperationResult::Doctor(doctor)
            if doctor.fix.as_ref().is_some_and(|fix| fix.mutation.applied));
        match report.exit() {
            _ if is_repaired => Said::Done,
            0 => Said::Done,
            _ if report.findings.iter().any(|finding| finding.code == Code::JournalUnfinished) => Said::Unfinished,
            _ => Said::Refused,
        }
    }
}

/// `list` or `recover`, by turns: each settles what was cut short, and both must work.
fn any_command(disk: &MemoryDisk, n: usize) -> Result<(), String> {
    let report = if n.is_multiple_of(2) { commands::list(disk) } else { commands::recover(disk) };
    if report.exit() == 0 { Ok(()) } else { Err(told(&report)) }
}

/// What stands in the way in a report, in one line.
#[must_use]
pub fn told(report: &Report) -> String {
    let findings: Vec<String> = report
        .findings
        .iter()
        .filter(|finding| finding.blocking)
        .map(|finding| format!("{}: {}", finding.code.as_str(), finding.message))
        .collect();
    format!("`{}` exits {} {}", report.operation, report.exit(), findings.join("; ")).trim_end().to_owned()
}

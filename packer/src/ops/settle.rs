//! What every command that opens the project does first: an unfinished transaction with no live writer is settled. And
//! how a command that takes no lock still sees one state of the project.

use super::Context;
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{DiskError, DiskErrorKind, Lock, Metadata, Patience};
use crate::emit::{Ending, TransactionFolder, is_anything_left, recover, transactions, unfinished, writing};
use crate::path::PortablePath;
use crate::workspace::{registry_file, unsupported};
use std::time::Duration;

/// What stands in the way, if anything does, and what was settled.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// Notes of what was settled.
    pub(super) notes: Vec<Diagnostic>,
    /// Why it could not be.
    pub(super) blocked: Option<Diagnostic>,
}

/// Settles before a reading command. A live writer is none of its business: it ends its transaction itself.
pub(super) fn before_reading(context: &Context<'_>) -> Settled {
    match is_to_settle(context) {
        Ok(false) => return Settled::default(),
        Ok(true) => {}
        Err(finding) => return blocked(finding),
    }
    let refused = match context.disk.lock(&lock_path(), Duration::ZERO, &|| context.events.cancelled()) {
        // A lock file that a killed command left can be locked where nothing can be written.
        Ok(_lock) => match settle(context) {
            Settled { blocked: Some(finding), .. } if finding.code == Code::DiskReadOnly => finding,
            settled => return settled,
        },
        Err(error) if error.kind == DiskErrorKind::Busy => return beside_others(context),
        Err(error) => writing(&error),
    };
    // What waits to be swept keeps nobody from reading.
    unsettled(context, &refused).map_or_else(Settled::default, blocked)
}

/// That a transaction is unfinished where nothing can be written, if one is.
fn unsettled(context: &Context<'_>, refused: &Diagnostic) -> Option<Diagnostic> {
    let found = match unfinished(context.disk) {
        Ok(found) => found,
        Err(finding) => return Some(finding),
    };
    let why = format!("and nothing can be written here: {}", refused.message);
    found.first().map(|folder| open(folder, &why, "run any command where the project can be written"))
}

/// Somebody holds the lock: a writer, which ends its transaction itself, or a reader that settles, perhaps in vain. As
/// long as nothing is half done, that does not matter.
fn beside_others(context: &Context<'_>) -> Settled {
    let is_over = || context.events.cancelled() || Snapshot::take(context).is_settled();
    if is_over() {
        return Settled::default();
    }
    match context.disk.lock(&lock_path(), context.wait.min(READING), &is_over) {
        Ok(_lock) => settle(context),
        Err(_) if is_over() => Settled::default(),
        Err(_) => blocked(kept_changing()),
    }
}

/// Settles, and reads one state of the project; gives what was read with the notes of what was settled.
///
/// # Errors
/// What keeps an unfinished transaction from being settled, or [`coherent`]'s.
pub(super) fn read<T>(context: &Context<'_>, read: impl FnMut() -> T) -> Result<(T, Vec<Diagnostic>), Diagnostic> {
    match before_reading(context) {
        Settled { blocked: Some(finding), .. } => Err(finding),
        Settled { notes, .. } => coherent(context, read).map(|found| (found, notes)),
    }
}

/// Looks, and writes nothing at all: for commands that promise it. A live writer is waited for, a dead one is not.
pub(super) fn look_only(context: &Context<'_>) -> Settled {
    let patience = Patience::of(context.wait.min(READING));
    let mut abandoned = None;
    loop {
        let found = match unfinished(context.disk) {
            Err(finding) => return blocked(finding),
            Ok(found) => found,
        };
        let Some(folder) = found.first() else { return Settled::default() };
        // It was there while nobody held the lock, and still is: its writer is dead.
        if abandoned.as_deref() == Some(folder.id()) || context.events.cancelled() {
            return left_open(context, folder);
        }
        // Where it cannot be told, a writer may live.
        if let Ok(false) = context.disk.is_locked(&lock_path()) {
            abandoned = Some(folder.id().to_owned());
        } else if !patience.pause() {
            return left_open(context, folder);
        }
    }
}

/// How a change failed, in one sentence: as `refused` says, or with the next command deciding.
pub(super) fn failed(findings: &[Diagnostic], refused: &str) -> String {
    if findings.iter().any(|finding| finding.code == Code::JournalUnfinished) {
        "it is not settled yet whether this was done; the next command that may write settles it".to_owned()
    } else {
        refused.to_owned()
    }
}

/// Takes the writer lock and settles before a writing command.
pub(super) fn for_writing(context: &Context<'_>) -> Result<(Lock, Vec<Diagnostic>), Diagnostic> {
    is_to_settle(context)?;
    let settled = lock(context).map(|lock| (lock, settle(context)));
    let refused = match settled {
        Ok((lock, Settled { notes, blocked: None })) => return Ok((lock, notes)),
        Ok((_, Settled { blocked: Some(finding), .. })) | Err(finding) => finding,
    };
    match refused.code {
        Code::DiskReadOnly => Err(unsettled(context, &refused).unwrap_or(refused)),
        _ => Err(refused),
    }
}

/// Takes the writer lock.
///
/// # Errors
/// Somebody else holds it, it cannot be taken here, or there is no project here at all.
pub(super) fn lock(context: &Context<'_>) -> Result<Lock, Diagnostic> {
    let taken = context.disk.lock(&lock_path(), context.wait, &|| context.events.cancelled());
    taken.map_err(|error| match error.kind {
        DiskErrorKind::NotFound => {
            let registry = registry_file(context.disk, &context.options(false));
            registry.admitted.err().unwrap_or_else(|| writing(&error))
        }
        _ => writing(&error),
    })
}

/// What a command says that reads first and would write then: others keep changing the project because one of them holds
/// the lock.
pub(super) fn as_writer(context: &Context<'_>, finding: Diagnostic) -> Diagnostic {
    let is_held = || context.disk.is_locked(&lock_path()).is_ok_and(|is_held| is_held);
    if finding == kept_changing() && is_held() {
        let held = DiskError::of(lock_path().as_str(), DiskErrorKind::Busy, "another writer holds the lock");
        return writing(&held);
    }
    finding
}

/// Whether something has to be settled or swept.
///
/// # Errors
/// It cannot be looked for, or this packer has to leave the project alone: settling is work on it, too.
fn is_to_settle(context: &Context<'_>) -> Result<bool, Diagnostic> {
    if !is_anything_left(context.disk)? {
        return Ok(false);
    }
    unsupported(context.disk, &context.options(false)).map_or(Ok(true), Err)
}

/// What a command says that settles nothing.
fn left_open(context: &Context<'_>, folder: &TransactionFolder) -> Settled {
    if let Some(finding) = unsupported(context.disk, &context.options(false)) {
        return blocked(finding);
    }
    let why = "and this command writes nothing";
    match folder.journal(context.disk, &context.limits, &context.windows) {
        Ok(_) => blocked(open(folder, why, "run `{program} list`, or any command that may write; it settles it")),
        // No other command of this packer settles it either; why not is what matters.
        Err(finding) => Settled {
            notes: vec![open(folder, why, "it can be settled once its journal can be read")],
            blocked: Some(finding),
        },
    }
}

/// How long a reader tries to see one state of the project while others write.
const READING: Duration = Duration::from_secs(5);

/// What every writer changes: which file the registry is, and the transactions, each with how far it has come.
#[derive(PartialEq, Eq)]
pub(super) struct Snapshot {
    registry: Option<Metadata>,
    /// Id, whether there is a journal, and how it ended.
    transactions: Vec<(String, bool, Option<Ending>)>,
}

impl Snapshot {
    /// Takes it, without a lock.
    pub(super) fn take(context: &Context<'_>) -> Snapshot {
        let transactions = transactions(context.disk).unwrap_or_default();
        let row = |folder: &TransactionFolder| {
            // What cannot be looked at may be under way.
            let (has_journal, ending) = folder.progress(context.disk).unwrap_or((true, None));
            (folder.id().to_owned(), has_journal, ending)
        };
        Snapshot {
            registry: context.disk.metadata(&PortablePath::control().own("index.json")).ok(),
            transactions: transactions.iter().map(row).collect(),
        }
    }

    /// Whether no writer is between its first change and its last.
    fn is_settled(&self) -> bool {
        !self.transactions.iter().any(|(_, has_journal, ending)| *has_journal && ending.is_none())
    }
}

/// Reads without a lock, and anew while a writer is at work, so that what was read is one state of the project.
///
/// # Errors
/// `trust/changed-while-reading` when writers leave no moment to read for five seconds.
pub(super) fn coherent<T>(context: &Context<'_>, mut read: impl FnMut() -> T) -> Result<T, Diagnostic> {
    let mut patience = None;
    loop {
        let seen = Snapshot::take(context);
        let found = read();
        if seen.is_settled() && seen == Snapshot::take(context) {
            return Ok(found);
        }
        let patience = patience.get_or_insert_with(|| Patience::of(context.wait.min(READING)));
        if context.events.cancelled() || !patience.pause() {
            return Err(kept_changing());
        }
    }
}

fn kept_changing() -> Diagnostic {
    let message = "another program kept changing the project while it was read";
    Diagnostic::new(Code::TrustChangedWhileReading, message)
        .at(PortablePath::control().own("txn").as_str())
        .help("let the other program finish and run the command again")
}

fn settle(context: &Context<'_>) -> Settled {
    match recover(context.disk, &context.limits, &context.windows) {
        Ok(notes) => Settled { notes, blocked: None },
        Err(finding) => blocked(finding),
    }
}

fn open(folder: &TransactionFolder, why: &str, help: &'static str) -> Diagnostic {
    let message = format!("transaction {} is unfinished, {why}", folder.id());
    Diagnostic::new(Code::JournalUnfinished, message).at(folder.path().as_str()).help_to_run(help)
}

fn blocked(finding: Diagnostic) -> Settled {
    Settled { notes: Vec::new(), blocked: Some(finding) }
}

fn lock_path() -> PortablePath {
    PortablePath::control().own("lock")
}

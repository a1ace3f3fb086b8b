//! What was done: every kept transaction, read from its journal; nothing is recorded elsewhere.

use crate::diagnostic::{Code, Diagnostic};
use crate::emit::{Ending, TransactionFolder, transactions};
use crate::ops::settle::{self, Settled};
use crate::ops::{Context, counted};
use crate::report::{OperationResult, Report, TransactionRow};
use crate::trust::refusal;
use crate::workspace::unsupported;

/// How many finished transactions are kept.
const KEPT_MAX: usize = 10;

/// `history`: every kept transaction.
#[must_use]
pub fn history(context: &Context<'_>) -> Report {
    rows(context, "history", &|_| true)
}

/// `migrate --history`: the migrations among them.
#[must_use]
pub fn migrations(context: &Context<'_>) -> Report {
    rows(context, "migrate", &|row| row.operation == "migrate" || row.operation == "rollback")
}

fn rows(context: &Context<'_>, operation: &str, wanted: &dyn Fn(&TransactionRow) -> bool) -> Report {
    if let Some(finding) = unsupported(context.disk, &context.options(false)) {
        let summary = "nothing was looked at: this packer has to leave the project alone";
        return Report::new(operation, &context.program, summary, vec![finding], OperationResult::History(Vec::new()));
    }
    let Settled { mut notes, blocked } = settle::before_reading(context);
    // An unfinished transaction is history too; what is the matter with it is said beside it.
    notes.extend(blocked);
    let mut rows = Vec::new();
    match transactions(context.disk) {
        Ok(folders) => {
            for folder in folders {
                match row(context, &folder) {
                    Ok(row) => rows.extend(row.filter(|row| wanted(row))),
                    // What blocks may be the very same.
                    Err(finding) if notes.contains(&finding) => {}
                    Err(finding) => notes.push(finding),
                }
            }
        }
        Err(finding) => notes.push(finding),
    }
    let summary = counted(rows.len(), "kept transaction");
    Report::new(operation, &context.program, summary, notes, OperationResult::History(rows))
}

fn row(context: &Context<'_>, folder: &TransactionFolder) -> Result<Option<TransactionRow>, Diagnostic> {
    let ending = folder.ending(context.disk).map_err(|error| refusal(&error))?;
    let journal = folder.journal(context.disk, &context.limits, &context.windows)?;
    Ok(journal.map(|journal| TransactionRow {
        id: folder.id().to_owned(),
        time: journal.time,
        operation: journal.operation,
        outcome: match ending {
            Some(Ending::Committed) => "applied",
            Some(Ending::Undone) => "failed",
            None => "unfinished",
        },
        reversible: ending == Some(Ending::Committed),
        files: journal.changes.iter().map(|change| change.path().to_string()).collect(),
    }))
}

/// `migrate --forget ID`: drops what a rollback would need.
#[must_use]
pub fn forget(context: &Context<'_>, id: &str) -> Report {
    let supported = unsupported(context.disk, &context.options(false)).map_or(Ok(()), Err);
    let (forgotten, notes) = match supported.and_then(|()| settle::for_writing(context)) {
        Ok((_lock, notes)) => (forget_settled(context, id), notes),
        Err(finding) => (Err(vec![finding]), Vec::new()),
    };
    let (summary, mut findings) = match forgotten {
        Ok(()) => (format!("{id} is forgotten and cannot be rolled back any more"), Vec::new()),
        Err(findings) => (settle::failed(&findings, "nothing was forgotten"), findings),
    };
    findings.extend(notes);
    Report::new("migrate", &context.program, summary, findings, OperationResult::Nothing)
}

fn forget_settled(context: &Context<'_>, id: &str) -> Result<(), Vec<Diagnostic>> {
    let one = |finding: Diagnostic| vec![finding];
    let known = transactions(context.disk).map_err(one)?.into_iter().find(|folder| folder.id() == id);
    let folder = known.ok_or_else(|| one(unknown(id)))?;
    of_another_version(context, &folder).map_or(Ok(()), |finding| Err(one(finding)))?;
    folder.forget(context.disk)
}

/// Why the folder of a finished transaction is not to be removed, if it is not: another packer's journal is in it.
fn of_another_version(context: &Context<'_>, folder: &TransactionFolder) -> Option<Diagnostic> {
    let journal = folder.journal(context.disk, &context.limits, &context.windows);
    journal.err().filter(|finding| finding.code.family() == "version")
}

pub(in crate::ops) fn unknown(id: &str) -> Diagnostic {
    Diagnostic::new(Code::UsageUnknownTransaction, format!("no kept transaction is called `{id}`"))
        .help_to_run("`{program} history` lists them")
}

/// Drops all but the newest finished transactions. What cannot be dropped now is dropped another time.
pub(in crate::ops) fn prune(context: &Context<'_>) {
    let Ok(folders) = transactions(context.disk) else { return };
    let finished: Vec<_> =
        folders.into_iter().filter(|folder| matches!(folder.ending(context.disk), Ok(Some(_)))).collect();
    for folder in finished.iter().rev().skip(KEPT_MAX) {
        let journal = folder.journal(context.disk, &context.limits, &context.windows);
        // One that cannot be looked at may be another packer's as well.
        if !journal.is_err_and(|finding| matches!(finding.code.family(), "version" | "disk" | "trust")) {
            let _ = folder.forget(context.disk);
        }
    }
}

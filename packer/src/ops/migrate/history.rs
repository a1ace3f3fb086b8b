//! What was done: every kept transaction, read from its journal; nothing is recorded elsewhere.

use crate::diagnostic::{Code, Diagnostic};
use crate::emit::{Ending, TransactionFolder, transactions, writing};
use crate::ops::settle::{self, Settled};
use crate::ops::{Context, counted};
use crate::report::{OperationResult, Report, TransactionRow};
use crate::trust::refusal;

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
    let Settled { mut notes, blocked } = settle::before_reading(context);
    // An unfinished transaction is history too; what is the matter with it is said beside it.
    notes.extend(blocked);
    let mut rows = Vec::new();
    match transactions(context.disk) {
        Ok(folders) => {
            for folder in folders {
                match row(context, &folder) {
                    Ok(row) => rows.extend(row.filter(|row| wanted(row))),
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
    let forgotten = settle::for_writing(context).and_then(|(_lock, notes)| {
        let known = transactions(context.disk)?.into_iter().find(|folder| folder.id() == id);
        let folder = known.ok_or_else(|| unknown(id))?;
        folder.forget(context.disk).map_err(|error| writing(&error))?;
        Ok(notes)
    });
    let (summary, findings) = match forgotten {
        Ok(notes) => (format!("{id} is forgotten and cannot be rolled back any more"), notes),
        Err(finding) => ("nothing was forgotten".to_owned(), vec![finding]),
    };
    Report::new("migrate", &context.program, summary, findings, OperationResult::Nothing)
}

pub(super) fn unknown(id: &str) -> Diagnostic {
    Diagnostic::new(Code::UsageUnknownTransaction, format!("no kept transaction is called `{id}`"))
        .help("`{program} history` lists them")
}

/// Drops all but the newest finished transactions. What cannot be dropped now is dropped another time.
pub(super) fn prune(context: &Context<'_>) {
    let Ok(folders) = transactions(context.disk) else { return };
    let finished: Vec<_> =
        folders.into_iter().filter(|folder| matches!(folder.ending(context.disk), Ok(Some(_)))).collect();
    for folder in finished.iter().rev().skip(KEPT_MAX) {
        let _ = folder.forget(context.disk);
    }
}

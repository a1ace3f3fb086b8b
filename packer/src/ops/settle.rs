//! What every command that opens the project does first: an unfinished transaction with no live writer is settled.

use super::Context;
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{DiskErrorKind, Lock};
use crate::emit::{TransactionFolder, recover, unfinished, writing};
use crate::path::PortablePath;
use crate::trust::refusal;
use crate::workspace::unsupported;

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
    match to_settle(context) {
        Ok(None) => return Settled::default(),
        Ok(Some(_)) => {}
        Err(finding) => return blocked(finding),
    }
    match context.disk.lock(&lock_path(), std::time::Duration::ZERO, &|| context.events.cancelled()) {
        Ok(_lock) => settle(context),
        Err(error) if error.kind == DiskErrorKind::Busy => Settled::default(),
        Err(error) => match unfinished(context.disk).ok().and_then(|found| found.into_iter().next()) {
            Some(folder) => blocked(
                Diagnostic::new(
                    Code::JournalUnfinished,
                    format!(
                        "transaction {} is unfinished, and nothing can be written here: {}",
                        folder.id(),
                        error.source
                    ),
                )
                .at(folder.path().as_str())
                .help("run any command where the project can be written"),
            ),
            None => blocked(refusal(&error)),
        },
    }
}

/// Looks, and writes nothing at all: for commands that promise it.
pub(super) fn look_only(context: &Context<'_>) -> Settled {
    let folder = match to_settle(context) {
        Ok(None) => return Settled::default(),
        Ok(Some(folder)) => folder,
        Err(finding) => return blocked(finding),
    };
    let unfinished = Diagnostic::new(Code::JournalUnfinished, format!("transaction {} is unfinished", folder.id()))
        .at(folder.path().as_str());
    match folder.journal(context.disk, &context.limits, &context.windows) {
        Ok(_) => blocked(unfinished.help_to_run("run `{program} list`, or any command that may write; it settles it")),
        // No command of this packer will settle it, so what is wrong with it comes first.
        Err(finding) => Settled {
            notes: vec![unfinished.help("it is settled once its journal can be read")],
            blocked: Some(finding),
        },
    }
}

/// Takes the writer lock and settles before a writing command.
pub(super) fn for_writing(context: &Context<'_>) -> Result<(Lock, Vec<Diagnostic>), Diagnostic> {
    to_settle(context)?;
    let lock = context
        .disk
        .lock(&lock_path(), context.wait, &|| context.events.cancelled())
        .map_err(|error| writing(&error))?;
    let settled = settle(context);
    match settled.blocked {
        Some(finding) => Err(finding),
        None => Ok((lock, settled.notes)),
    }
}

/// The first transaction that has to be settled, if there is one.
///
/// # Errors
/// They cannot be looked for, or this packer has to leave the project alone: settling is work on it, too.
fn to_settle(context: &Context<'_>) -> Result<Option<TransactionFolder>, Diagnostic> {
    let Some(first) = unfinished(context.disk)?.into_iter().next() else { return Ok(None) };
    match unsupported(context.disk, &context.options(false)) {
        Some(finding) => Err(finding),
        None => Ok(Some(first)),
    }
}

fn settle(context: &Context<'_>) -> Settled {
    match recover(context.disk, &context.limits, &context.windows) {
        Ok(notes) => Settled { notes, blocked: None },
        Err(finding) => blocked(finding),
    }
}

fn blocked(finding: Diagnostic) -> Settled {
    Settled { notes: Vec::new(), blocked: Some(finding) }
}

fn lock_path() -> PortablePath {
    PortablePath::control().own("lock")
}

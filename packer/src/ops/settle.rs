//! What every command that opens the project does first: an unfinished transaction with no live writer is settled.

use super::Context;
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{DiskErrorKind, Lock};
use crate::emit::{recover, unfinished, writing};
use crate::path::PortablePath;
use crate::trust::refusal;

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
    match unfinished(context.disk) {
        Ok(found) if found.is_empty() => return Settled::default(),
        Ok(_) => {}
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
    match unfinished(context.disk) {
        Ok(found) => match found.first() {
            None => Settled::default(),
            Some(folder) => blocked(
                Diagnostic::new(Code::JournalUnfinished, format!("transaction {} is unfinished", folder.id()))
                    .at(folder.path().as_str())
                    .help_to_run("run `{program} list`, or any command that may write; it settles it"),
            ),
        },
        Err(finding) => blocked(finding),
    }
}

/// Takes the writer lock and settles before a writing command.
pub(super) fn for_writing(context: &Context<'_>) -> Result<(Lock, Vec<Diagnostic>), Diagnostic> {
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

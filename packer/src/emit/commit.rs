//! Carries out a journal that lies flushed on the medium: every change in its order, and then the mark that says so.

use super::folder::{Ending, TransactionFolder};
use super::undo::undo;
use super::writing;
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{Disk, DiskError, DiskErrorKind};
use crate::path::PortablePath;
use crate::schema::journal::{Change, Journal};
use std::collections::BTreeSet;

/// Makes every change and marks the transaction as committed, or undoes it when `checked` or a change failed.
///
/// # Errors
/// What stopped it, and what kept it from being undone at once.
pub(super) fn carry_out(
    disk: &dyn Disk,
    folder: &TransactionFolder,
    journal: &Journal,
    checked: Result<(), Diagnostic>,
) -> Result<(), Vec<Diagnostic>> {
    match checked.and_then(|()| change_all(disk, folder, journal).map_err(|error| writing(&error))) {
        Ok(()) => Ok(()),
        // The mark is there but could neither be flushed nor taken back: whoever looks next sees a commit, so it is one.
        Err(_) if folder.withdraw(disk).is_err() && matches!(folder.ending(disk), Ok(Some(Ending::Committed))) => {
            Ok(())
        }
        Err(finding) => {
            let mut findings = vec![finding];
            match undo(disk, folder, journal) {
                // What is left of it is swept now or by the next command.
                Ok(()) => drop(folder.sweep(disk)),
                Err(more) => {
                    findings.push(more);
                    let message = format!("transaction {} could not be undone yet; the next command will", folder.id());
                    findings.push(Diagnostic::new(Code::JournalUnfinished, message).at(folder.path().as_str()));
                }
            }
            Err(findings)
        }
    }
}

fn change_all(disk: &dyn Disk, folder: &TransactionFolder, journal: &Journal) -> Result<(), DiskError> {
    for (at, change) in journal.changes.iter().enumerate() {
        match change {
            Change::File { path, after: Some(_), .. } => disk.rename(&folder.staged(at), path)?,
            Change::File { path, after: None, .. } => disk.rename(path, &folder.removed(at))?,
            Change::Move { from, to } => disk.rename(from, to)?,
            Change::MakeFolder(path) => make_folder(disk, path)?,
            Change::RemoveFolder(path) => disk.remove_dir(path)?,
        }
    }
    disk.flush(&[], &folders_of(disk, folder, journal)?)?;
    folder.mark(disk, Ending::Committed)
}

/// Makes a folder and waits until it is on the medium: what is moved into it must not be lost with it.
pub(super) fn make_folder(disk: &dyn Disk, path: &PortablePath) -> Result<(), DiskError> {
    disk.create_dir(path)?;
    path.parent().map_or(Ok(()), |parent| disk.sync_dir(&parent))
}

/// Every folder that is there now and whose names a journal changes, and the transaction's own.
pub(super) fn folders_of(
    disk: &dyn Disk,
    folder: &TransactionFolder,
    journal: &Journal,
) -> Result<Vec<PortablePath>, DiskError> {
    let mut parents = BTreeSet::from([folder.path().clone()]);
    for change in &journal.changes {
        parents.extend(change.path().parent());
        if let Change::Move { to, .. } = change {
            parents.extend(to.parent());
        }
    }
    let mut found = Vec::new();
    for parent in parents {
        match disk.metadata(&parent) {
            Ok(_) => found.push(parent),
            // A folder that the transaction made, or took away, is not there on one side of it.
            Err(error) if error.kind == DiskErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

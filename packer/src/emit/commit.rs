//! Carries out a journal that lies flushed on the medium: every change in its order, and then the mark that says so.

use super::folder::{Ending, TransactionFolder};
use super::undo::undo;
use super::writing;
use crate::diagnostic::Diagnostic;
use crate::disk::{Disk, DiskError};
use crate::path::PortablePath;
use crate::schema::journal::{Change, Journal};
use std::collections::BTreeSet;

/// Makes every change and marks the transaction as committed, or undoes it when `checked` or a change failed.
///
/// # Errors
/// What stopped it, and in a finding `journal/unfinished` what kept it from being undone at once.
pub(super) fn carry_out(
    disk: &dyn Disk,
    folder: &TransactionFolder,
    journal: &Journal,
    checked: Result<(), Diagnostic>,
) -> Result<(), Vec<Diagnostic>> {
    let Err(finding) = checked.and_then(|()| change_all(disk, folder, journal).map_err(|error| writing(&error))) else {
        return Ok(());
    };
    // A mark that was not flushed may last or not. Whoever looks next sees a commit, so nothing may be undone under it.
    if folder.withdraw(disk).is_err() {
        match folder.ending(disk) {
            Ok(None) => {}
            Ok(Some(_)) => {
                let how = "all its changes are made, but the disk would not confirm them; the next command finishes it";
                return Err(vec![finding, folder.unsettled(how)]);
            }
            Err(_) => {
                let how = "the disk does not say how far it came; the next command finishes or undoes it";
                return Err(vec![finding, folder.unsettled(how)]);
            }
        }
    }
    let mut findings = vec![finding];
    match undo(disk, folder, journal) {
        // What is left of it is swept now or by the next command.
        Ok(()) => drop(folder.sweep(disk)),
        Err(more) => {
            findings.extend([more, folder.unsettled("it could not be undone yet; the next command does that")])
        }
    }
    Err(findings)
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
    disk.flush(&[], &folders_of(folder, journal))?;
    folder.mark(disk, Ending::Committed)
}

/// Makes a folder and waits until it is on the medium: what is moved into it must not be lost with it.
pub(super) fn make_folder(disk: &dyn Disk, path: &PortablePath) -> Result<(), DiskError> {
    disk.create_dir(path)?;
    path.parent().map_or(Ok(()), |parent| disk.sync_dir(&parent))
}

/// Every folder whose names a journal changes, and the transaction's own. One that it makes, or takes away, is not there
/// on one side of it.
pub(super) fn folders_of(folder: &TransactionFolder, journal: &Journal) -> Vec<PortablePath> {
    let mut parents = BTreeSet::from([folder.path().clone()]);
    for change in &journal.changes {
        parents.extend(change.path().parent());
        if let Change::Move { to, .. } = change {
            parents.extend(to.parent());
        }
    }
    parents.into_iter().collect()
}

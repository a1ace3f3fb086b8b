//! Settles what an earlier command left behind: a transaction without a mark is undone, one with a mark is finished.
//! Running it again changes nothing.

use super::folder::{Ending, TransactionFolder, all};
use super::undo::undo;
use super::writing;
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{Disk, DiskErrorKind, Kind};
use crate::envelope::Windows;
use crate::path::PortablePath;
use crate::trust::{Limits, refusal};

/// Every transaction folder, oldest first.
///
/// # Errors
/// The folder cannot be listed.
pub fn transactions(disk: &dyn Disk) -> Result<Vec<TransactionFolder>, Diagnostic> {
    // A control folder that is none is refused where the registry is read.
    if !disk.metadata(&PortablePath::control()).is_ok_and(|found| found.kind == Kind::Folder) {
        return Ok(Vec::new());
    }
    match disk.read_dir(&all()) {
        Ok(entries) => {
            let mut names: Vec<String> = entries.into_iter().filter_map(|entry| entry.name.ok()).collect();
            names.sort();
            Ok(names.iter().map(|name| TransactionFolder::of(name)).collect())
        }
        Err(error) if error.kind == DiskErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(refusal(&error)),
    }
}

/// The transactions that have not ended, and those that have but were not cleaned up.
///
/// # Errors
/// They cannot be looked for.
pub fn unfinished(disk: &dyn Disk) -> Result<Vec<TransactionFolder>, Diagnostic> {
    let mut found = Vec::new();
    for folder in transactions(disk)? {
        let is_unfinished = match folder.ending(disk).map_err(|error| refusal(&error))? {
            None => true,
            Some(ending) => folder.is_unclean(disk, ending).map_err(|error| refusal(&error))?,
        };
        if is_unfinished {
            found.push(folder);
        }
    }
    Ok(found)
}

/// Settles every unfinished transaction. The caller holds the writer lock.
///
/// # Errors
/// What keeps one from being settled; it stays as it is.
pub fn recover(disk: &dyn Disk, limits: &Limits, windows: &Windows) -> Result<Vec<Diagnostic>, Diagnostic> {
    let mut notes = Vec::new();
    for folder in transactions(disk)? {
        match folder.ending(disk).map_err(|error| refusal(&error))? {
            // Cleaning may have been cut short.
            Some(ending) => folder.clean(disk, ending == Ending::Undone).map_err(|error| writing(&error))?,
            None => match folder.journal(disk, limits, windows)? {
                None => folder.remove(disk).map_err(|error| writing(&error))?,
                Some(journal) => {
                    undo(disk, &folder, &journal)?;
                    let message = format!(
                        "the unfinished {} of {} was undone; every file is as it was before",
                        journal.operation, journal.time
                    );
                    notes.push(Diagnostic::new(Code::JournalRecovered, message).at(folder.path().as_str()));
                }
            },
        }
    }
    Ok(notes)
}

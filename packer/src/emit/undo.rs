//! Brings the files of a transaction back to what they were. A file is touched only while its bytes are what the
//! transaction found or what it wrote; anything else is the user's, and then nothing at all is touched.

use super::folder::{Ending, TransactionFolder};
use super::transaction::folders_of;
use super::writing;
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::{Digest, Hasher};
use crate::disk::{Disk, DiskError, DiskErrorKind};
use crate::envelope::Windows;
use crate::path::PortablePath;
use crate::schema::journal::{Change, Journal};
use crate::trust::{Limits, refusal};
use std::io::{Read as _, Write as _};

/// Undoes every change and marks the transaction as undone.
pub(super) fn undo(disk: &dyn Disk, folder: &TransactionFolder, journal: &Journal) -> Result<(), Diagnostic> {
    let found = found(disk, journal)?;
    let edited: Vec<&str> = std::iter::zip(&journal.changes, &found)
        .filter(|(change, found)| is_edited(change, **found))
        .map(|(change, _)| change.path.as_str())
        .collect();
    if let Some(first) = edited.first() {
        let message =
            format!("files of the unfinished transaction {} were edited since: {}", folder.id(), edited.join(", "));
        return Err(Diagnostic::new(Code::JournalEdited, message)
            .at(first)
            .help_to_run("keep the edits with `{program} recover --keep-edited --apply`, or put the files back"));
    }
    let changed: Vec<usize> = (0..found.len()).filter(|&at| found[at] != before(&journal.changes[at])).collect();
    restore(disk, folder, journal, &changed).map_err(|error| writing(&error))
}

/// Undoes every change of a transaction that did not end, but for files that were edited since; those stay as they are.
/// Gives how many stayed.
///
/// # Errors
/// What keeps it from being settled.
pub fn keep_edited(
    disk: &dyn Disk,
    folder: &TransactionFolder,
    limits: &Limits,
    windows: &Windows,
) -> Result<usize, Diagnostic> {
    if let Some(ending) = folder.ending(disk).map_err(|error| refusal(&error))? {
        return folder.clean(disk, ending == Ending::Undone).map(|()| 0).map_err(|error| writing(&error));
    }
    let Some(journal) = folder.journal(disk, limits, windows)? else {
        return folder.remove(disk).map(|()| 0).map_err(|error| writing(&error));
    };
    let found = found(disk, &journal)?;
    let edited = |at: &usize| is_edited(&journal.changes[*at], found[*at]);
    let changed = |at: &usize| found[*at] != before(&journal.changes[*at]);
    let to_restore: Vec<usize> = (0..found.len()).filter(|at| changed(at) && !edited(at)).collect();
    restore(disk, folder, &journal, &to_restore).map_err(|error| writing(&error))?;
    Ok((0..found.len()).filter(edited).count())
}

fn found(disk: &dyn Disk, journal: &Journal) -> Result<Vec<Option<Digest>>, Diagnostic> {
    journal.changes.iter().map(|change| digest(disk, &change.path)).collect()
}

fn is_edited(change: &Change, found: Option<Digest>) -> bool {
    found != before(change) && found != change.after
}

fn restore(disk: &dyn Disk, folder: &TransactionFolder, journal: &Journal, changed: &[usize]) -> Result<(), DiskError> {
    let mut staged = Vec::new();
    for &at in changed {
        let Some(original) = journal.changes[at].before else { continue };
        let bytes = folder.original(disk, original)?;
        let path = folder.restored(at);
        // An undoing that was interrupted may have left a part of it.
        remove_if_there(disk, &path)?;
        let mut file = disk.create(&path)?;
        file.write_all(&bytes).map_err(|error| DiskError::new(path.as_str(), error))?;
        staged.push(path);
    }
    // Also for a commit mark that was taken back: were it to return, it would stand for files that are not there.
    disk.flush(&staged, &[folder.path().clone()])?;
    for &at in changed.iter().rev() {
        let change = &journal.changes[at];
        match change.before {
            Some(_) => disk.rename(&folder.restored(at), &change.path)?,
            None => remove_if_there(disk, &change.path)?,
        }
    }
    disk.flush(&[], &folders_of(folder, journal))?;
    folder.mark(disk, Ending::Undone)?;
    // The journal stays as the record of an attempt; nothing of it can be rolled back.
    folder.clean(disk, true)
}

fn before(change: &Change) -> Option<Digest> {
    change.before.map(|original| original.digest)
}

fn remove_if_there(disk: &dyn Disk, path: &PortablePath) -> Result<(), DiskError> {
    match disk.remove_file(path) {
        Err(error) if error.kind != DiskErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The digest of a file, or `None` where there is none.
pub(super) fn digest(disk: &dyn Disk, path: &PortablePath) -> Result<Option<Digest>, Diagnostic> {
    let mut file = match disk.open(path) {
        Ok(file) => file,
        Err(error) if error.kind == DiskErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(refusal(&error)),
    };
    let (mut hasher, mut buffer) = (Hasher::default(), vec![0; 64 << 10]);
    loop {
        match file.handle.read(&mut buffer) {
            Ok(0) => return Ok(Some(hasher.finish())),
            Ok(count) => hasher.update(&buffer[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(refusal(&DiskError::new(path.as_str(), error))),
        }
    }
}

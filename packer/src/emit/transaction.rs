//! Changes several files as one. What is about to change is written down and flushed first; whatever stops it, the files
//! are brought back to what they were, now or by the next command.

use super::folder::{Ending, TransactionFolder};
use super::undo::undo;
use super::writing;
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;
use crate::disk::{Disk, DiskError, DiskErrorKind};
use crate::path::PortablePath;
use crate::schema::journal::{Change, Journal, Original};
use crate::trust::{self, Limit, Limits, refusal};
use std::collections::BTreeSet;
use std::io::Write as _;

/// A file that changes.
#[derive(Clone, Debug)]
pub struct Replacement {
    /// The file.
    pub path: PortablePath,
    /// The digest of what it holds now, as the plan saw it; `None` when it does not exist.
    pub before: Option<Digest>,
    /// What it is to hold; `None` when it is to go.
    pub after: Option<Vec<u8>>,
}

/// Several files that change together.
#[derive(Clone, Debug)]
pub struct Transaction {
    /// Names its folder: UTC time and eight random hexadecimal digits.
    pub id: String,
    /// The operation's name.
    pub operation: String,
    /// When it begins, RFC 3339 in UTC.
    pub time: String,
    /// The files.
    pub replacements: Vec<Replacement>,
}

/// Looks at a staged content before it is published; stages 2 to 5 for a control file.
pub type ReadBack<'a> = &'a dyn Fn(&PortablePath, &[u8]) -> Result<(), Diagnostic>;

/// Carries it out. The caller holds the writer lock and has settled what was unfinished.
///
/// # Errors
/// What stopped it. Everything is as it was, or, when the medium refused even that, will be after the next command; a
/// finding `journal/unfinished` says so.
pub fn transact(
    disk: &dyn Disk,
    transaction: &Transaction,
    limits: &Limits,
    read_back: ReadBack<'_>,
) -> Result<(), Vec<Diagnostic>> {
    let folder = TransactionFolder::of(&transaction.id);
    let journal = match stage(disk, &folder, transaction, limits) {
        Ok(journal) => journal,
        Err(finding) => {
            // Nothing was changed yet; what is left of the folder is swept by the next writer.
            let _ = folder.remove(disk);
            return Err(vec![finding]);
        }
    };
    let done = check(disk, &folder, transaction, limits, read_back).and_then(|()| replace(disk, &folder, &journal));
    match done {
        Ok(()) => {
            // Committed. What could not be cleaned away is swept by the next writer.
            let _ = folder.clean(disk, false);
            Ok(())
        }
        // The mark is there but could neither be flushed nor taken back: whoever looks next sees a commit, so it is one.
        Err(_) if folder.withdraw(disk).is_err() && matches!(folder.ending(disk), Ok(Some(Ending::Committed))) => {
            Ok(())
        }
        Err(finding) => {
            let mut findings = vec![finding];
            if let Err(more) = undo(disk, &folder, &journal) {
                findings.push(more);
                let message = format!("transaction {} could not be undone yet; the next command will", folder.id());
                findings.push(Diagnostic::new(Code::JournalUnfinished, message).at(folder.path().as_str()));
            }
            Err(findings)
        }
    }
}

/// Saves originals, writes new contents beside them, and then the journal, each flushed before the next.
fn stage(
    disk: &dyn Disk,
    folder: &TransactionFolder,
    transaction: &Transaction,
    limits: &Limits,
) -> Result<Journal, Diagnostic> {
    let fail = |error: DiskError| writing(&error);
    folder.create(disk).map_err(fail)?;
    let path = folder.originals();
    let mut originals = disk.create(&path).map_err(fail)?;
    let (mut changes, mut offset, mut staged) = (Vec::new(), 0, vec![path.clone()]);
    for (at, replacement) in transaction.replacements.iter().enumerate() {
        let found = read_control_file(disk, &replacement.path, limits)?;
        let digest = found.as_deref().map(Digest::of);
        if digest != replacement.before {
            let message = "the file is not what the preview saw";
            return Err(Diagnostic::new(Code::PlanStale, message)
                .at(replacement.path.as_str())
                .help("look at a fresh preview"));
        }
        let before = match (&found, digest) {
            (Some(bytes), Some(digest)) => {
                originals.write_all(bytes).map_err(|error| fail(DiskError::new(path.as_str(), error)))?;
                let original = Original { digest, offset, bytes: bytes.len() as u64 };
                offset += original.bytes;
                Some(original)
            }
            _ => None,
        };
        if let Some(content) = &replacement.after {
            let path = folder.staged(at);
            let written = disk
                .create(&path)
                .and_then(|mut file| file.write_all(content).map_err(|error| DiskError::new(path.as_str(), error)));
            written.map_err(fail)?;
            staged.push(path);
        }
        changes.push(Change {
            path: replacement.path.clone(),
            before,
            after: replacement.after.as_deref().map(Digest::of),
        });
    }
    drop(originals);
    disk.flush(&staged, &[folder.path().clone()]).map_err(fail)?;
    let journal = Journal { operation: transaction.operation.clone(), time: transaction.time.clone(), changes };
    folder.write_journal(disk, &journal).map_err(fail)?;
    Ok(journal)
}

/// Opens every staged content again, as what will be read tomorrow.
fn check(
    disk: &dyn Disk,
    folder: &TransactionFolder,
    transaction: &Transaction,
    limits: &Limits,
    read_back: ReadBack<'_>,
) -> Result<(), Diagnostic> {
    for (at, replacement) in transaction.replacements.iter().enumerate() {
        let Some(content) = &replacement.after else { continue };
        let found = read_control_file(disk, &folder.staged(at), limits)?;
        if found.as_ref() != Some(content) {
            let message = "what was staged does not read back as it was written";
            return Err(Diagnostic::new(Code::DiskIo, message).at(replacement.path.as_str()).help("check the disk"));
        }
        read_back(&replacement.path, content)?;
    }
    Ok(())
}

fn replace(disk: &dyn Disk, folder: &TransactionFolder, journal: &Journal) -> Result<(), Diagnostic> {
    let fail = |error: DiskError| writing(&error);
    for (at, change) in journal.changes.iter().enumerate() {
        match change.after {
            Some(_) => disk.rename(&folder.staged(at), &change.path).map_err(fail)?,
            None => disk.rename(&change.path, &folder.removed(at)).map_err(fail)?,
        }
    }
    disk.flush(&[], &folders_of(folder, journal)).map_err(fail)?;
    folder.mark(disk, Ending::Committed).map_err(fail)
}

/// Every folder whose names a journal changes, and the transaction's own.
pub(super) fn folders_of(folder: &TransactionFolder, journal: &Journal) -> Vec<PortablePath> {
    let parents: BTreeSet<PortablePath> = journal.changes.iter().filter_map(|change| change.path.parent()).collect();
    parents.into_iter().chain([folder.path().clone()]).collect()
}

/// The bytes of a control file, or `None` where there is none.
pub(crate) fn read_control_file(
    disk: &dyn Disk,
    path: &PortablePath,
    limits: &Limits,
) -> Result<Option<Vec<u8>>, Diagnostic> {
    match disk.open(path) {
        Ok(file) => trust::admit(file, Limit::ControlFileBytes, limits).map(|admitted| Some(admitted.bytes().to_vec())),
        Err(error) if error.kind == DiskErrorKind::NotFound => Ok(None),
        Err(error) => Err(refusal(&error)),
    }
}

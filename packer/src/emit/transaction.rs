//! Changes several files as one. What is about to change is written down and flushed first; whatever stops it, the files
//! are brought back to what they were, now or by the next command.

use super::commit::carry_out;
use super::folder::TransactionFolder;
use super::writing;
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;
use crate::disk::{Disk, DiskError, DiskErrorKind};
use crate::path::PortablePath;
use crate::plan::Step;
use crate::schema::journal::{Change, EntryChange, Journal, Original};
use crate::trust::{self, Admitted, Limit, Limits, refusal};
use rayon::prelude::*;
use std::io::Write as _;

/// Several files and folders that change together.
#[derive(Clone, Debug)]
pub struct Transaction {
    /// Names its folder: UTC time and eight random hexadecimal digits.
    pub id: String,
    /// The operation's name.
    pub operation: String,
    /// When it begins, RFC 3339 in UTC.
    pub time: String,
    /// What it does, in this order.
    pub steps: Vec<Step>,
    /// The entries of the registry that it changes on the way, so that it can be undone entry by entry.
    pub entries: Vec<EntryChange>,
}

/// Looks at a staged content before it is published; stages 2 to 5 for a control file.
pub type ReadBack<'a> = &'a (dyn Fn(&PortablePath, &[u8]) -> Result<(), Diagnostic> + Sync);

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
            let _ = folder.sweep(disk);
            return Err(vec![finding]);
        }
    };
    let checked = check(disk, &folder, &journal, limits, read_back);
    carry_out(disk, &folder, &journal, checked)?;
    // Committed. What could not be cleaned away is swept by the next command.
    let _ = folder.sweep(disk);
    Ok(())
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
    for (at, step) in transaction.steps.iter().enumerate() {
        let replacement = match step {
            Step::Replace(replacement) => replacement,
            other => {
                changes.push(plain(disk, other)?);
                continue;
            }
        };
        let found = admit_control_file(disk, &replacement.path, limits)?;
        let content = found.as_ref().map(Admitted::bytes);
        let digest = content.map(Digest::of);
        if digest != replacement.before {
            return Err(stale(&replacement.path));
        }
        let before = match (content, digest) {
            (Some(content), Some(digest)) => {
                originals.write_all(content).map_err(|error| fail(DiskError::new(path.as_str(), error)))?;
                let bytes = content.len() as u64;
                offset += bytes;
                Some(Original::Slice { digest, offset: offset - bytes, bytes })
            }
            _ => None,
        };
        let after = replacement.after.as_ref().map(|after| after.bytes(content.unwrap_or_default()));
        if let Some(after) = &after {
            let path = folder.staged(at);
            let written = disk
                .create_with(&path, found.as_ref().and_then(Admitted::permissions))
                .and_then(|mut file| file.write_all(after).map_err(|error| DiskError::new(path.as_str(), error)));
            written.map_err(fail)?;
            staged.push(path);
        }
        let after = after.as_deref().map(Digest::of);
        changes.push(Change::File { path: replacement.path.clone(), before, after });
    }
    drop(originals);
    disk.flush(&staged, &[folder.path().clone()]).map_err(fail)?;
    let journal = Journal {
        operation: transaction.operation.clone(),
        time: transaction.time.clone(),
        changes,
        entries: transaction.entries.clone(),
    };
    folder.write_journal(disk, &journal).map_err(fail)?;
    Ok(journal)
}

/// The change of a step that stages nothing, if it can be made now.
fn plain(disk: &dyn Disk, step: &Step) -> Result<Change, Diagnostic> {
    let is_there = |path: &PortablePath| match disk.metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind == DiskErrorKind::NotFound => Ok(false),
        Err(error) => Err(refusal(&error)),
    };
    let expect = |path: &PortablePath, wanted: bool| match is_there(path) {
        Ok(found) if found == wanted => Ok(()),
        Ok(_) => Err(stale(path)),
        Err(finding) => Err(finding),
    };
    match step {
        Step::Move { from, to } => {
            expect(from, true)?;
            expect(to, false)?;
            Ok(Change::Move { from: from.clone(), to: to.clone() })
        }
        Step::MakeFolder(path) => expect(path, false).map(|()| Change::MakeFolder(path.clone())),
        Step::RemoveFolder(path) => expect(path, true).map(|()| Change::RemoveFolder(path.clone())),
        Step::Replace(_) => unreachable!("a replacement is staged"),
    }
}

fn stale(path: &PortablePath) -> Diagnostic {
    Diagnostic::new(Code::PlanStale, "it is not what the preview saw").at(path.as_str()).help("look at a fresh preview")
}

/// Opens every staged content again, as what will be read tomorrow.
fn check(
    disk: &dyn Disk,
    folder: &TransactionFolder,
    journal: &Journal,
    limits: &Limits,
    read_back: ReadBack<'_>,
) -> Result<(), Diagnostic> {
    let one = |(at, change): (usize, &Change)| {
        let Change::File { path, after: Some(wanted), .. } = change else { return Ok(()) };
        let found = read_control_file(disk, &folder.staged(at), limits)?;
        match found.filter(|found| Digest::of(found) == *wanted) {
            Some(found) => read_back(path, &found),
            None => {
                let message = "what was staged does not read back as it was written";
                Err(Diagnostic::new(Code::DiskIo, message).at(path.as_str()).help("check the disk"))
            }
        }
    };
    // Of several, the first in order is said, whichever thread found it.
    let refused = journal.changes.par_iter().enumerate().map(one).find_first(Result::is_err);
    refused.unwrap_or(Ok(()))
}

/// The bytes of a control file, or `None` where there is none.
pub(crate) fn read_control_file(
    disk: &dyn Disk,
    path: &PortablePath,
    limits: &Limits,
) -> Result<Option<Vec<u8>>, Diagnostic> {
    Ok(admit_control_file(disk, path, limits)?.map(|admitted| admitted.bytes().to_vec()))
}

fn admit_control_file(disk: &dyn Disk, path: &PortablePath, limits: &Limits) -> Result<Option<Admitted>, Diagnostic> {
    match disk.open(path) {
        Ok(file) => trust::admit(file, Limit::ControlFileBytes, limits).map(Some),
        Err(error) if error.kind == DiskErrorKind::NotFound => Ok(None),
        Err(error) => Err(refusal(&error)),
    }
}

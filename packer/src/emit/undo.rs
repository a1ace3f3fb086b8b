//! Brings what a transaction changed back to what it was. A file is touched only while its bytes are what the
//! transaction found or what it wrote; anything else is the user's, and then nothing at all is touched.

use super::commit::{folders_of, make_folder};
use super::folder::{Ending, TransactionFolder};
use super::writing;
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::{Digest, Hasher};
use crate::disk::{Disk, DiskError, DiskErrorKind, Kind, Metadata};
use crate::envelope::Windows;
use crate::path::PortablePath;
use crate::schema::journal::{Change, Home, Journal, Original};
use crate::trust::{Limits, refusal};
use std::io::{Read as _, Write as _};

/// How a change stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// As before, or there is nothing to bring back.
    Before,
    /// As the transaction left it.
    After,
    /// As neither: someone else was here.
    Edited,
}

/// Undoes every change and marks the transaction as undone.
pub(super) fn undo(disk: &dyn Disk, folder: &TransactionFolder, journal: &Journal) -> Result<(), Diagnostic> {
    let states = states(disk, folder, journal)?;
    let edited: Vec<&str> = std::iter::zip(&journal.changes, &states)
        .filter(|(_, state)| **state == State::Edited)
        .map(|(change, _)| change.path().as_str())
        .collect();
    if let Some(first) = edited.first() {
        let message =
            format!("files of the unfinished transaction {} were edited since: {}", folder.id(), edited.join(", "));
        return Err(Diagnostic::new(Code::JournalEdited, message)
            .at(first)
            .help_to_run("keep the edits with `{program} recover --keep-edited --apply`, or put the files back"));
    }
    restore(disk, folder, journal, &states)
}

/// What becomes of one file or folder when a transaction that did not end is settled and edits are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The file or folder.
    pub path: PortablePath,
    /// The digest of what it holds; `None` for a folder, and where nothing is there.
    pub found: Option<Digest>,
    /// Whether it stays as it is, because it was edited; else it goes back to what it was.
    pub is_edited: bool,
}

/// What [`keep_edited`] would change or leave because it was edited, in the order of the journal.
///
/// # Errors
/// What keeps it from being looked at.
pub fn plan_keeping(
    disk: &dyn Disk,
    folder: &TransactionFolder,
    limits: &Limits,
    windows: &Windows,
) -> Result<Vec<Kept>, Diagnostic> {
    let Some(journal) = folder.journal(disk, limits, windows)? else { return Ok(Vec::new()) };
    let states = states(disk, folder, &journal)?;
    let touched = std::iter::zip(&journal.changes, &states).filter(|(_, state)| **state != State::Before);
    let kept = touched.map(|(change, state)| {
        let path = change.path().clone();
        let found = if matches!(change, Change::File { .. }) { digest(disk, &path)? } else { None };
        Ok(Kept { path, found, is_edited: *state == State::Edited })
    });
    kept.collect()
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
    let Some(journal) = folder.journal(disk, limits, windows)? else { return Ok(0) };
    let states = states(disk, folder, &journal)?;
    for (change, state) in std::iter::zip(&journal.changes, &states) {
        if let (Change::Move { from, to }, State::Edited) = (change, state) {
            let message = format!("neither `{from}` nor `{to}` is what the transaction moved, or both are there");
            return Err(Diagnostic::new(Code::JournalEdited, message)
                .at(from.as_str())
                .help("leave exactly one of the two in place and run this again"));
        }
    }
    restore(disk, folder, &journal, &states)?;
    Ok(states.iter().filter(|state| **state == State::Edited).count())
}

fn states(disk: &dyn Disk, folder: &TransactionFolder, journal: &Journal) -> Result<Vec<State>, Diagnostic> {
    journal.changes.iter().enumerate().map(|(at, change)| state(disk, folder, at, change)).collect()
}

fn state(disk: &dyn Disk, folder: &TransactionFolder, at: usize, change: &Change) -> Result<State, Diagnostic> {
    let is_there = |path: &PortablePath| look(disk, path).map(|found| found.is_some());
    let of = |is_after: bool| if is_after { State::After } else { State::Before };
    match change {
        Change::File { path, before: Some(Original::Whole), after } => whole(disk, path, &folder.kept(at), *after),
        Change::File { path, before, after } => {
            let before = match before {
                Some(Original::Slice { digest, .. }) => Some(*digest),
                _ => None,
            };
            Ok(match digest(disk, path)? {
                found if found == before => State::Before,
                found if found == *after => State::After,
                // Outputs of a build may be deleted at any time.
                None if folder.home() == Home::Build => State::Before,
                _ => State::Edited,
            })
        }
        Change::Move { from, to } => match (is_there_itself(disk, from)?, is_there_itself(disk, to)?) {
            (true, false) => Ok(State::Before),
            (false, true) => Ok(State::After),
            _ => Ok(State::Edited),
        },
        Change::MakeFolder(path) => is_there(path).map(of),
        Change::RemoveFolder(path) => is_there(path).map(|there| of(!there)),
    }
}

/// How an output of a build stands whose original is kept whole. Without the original, or without the output, which may
/// be deleted at any time, there is nothing to bring back.
fn whole(
    disk: &dyn Disk,
    path: &PortablePath,
    kept: &PortablePath,
    after: Option<Digest>,
) -> Result<State, Diagnostic> {
    let (Some(found), Some(original)) = (look(disk, path)?, look(disk, kept)?) else { return Ok(State::Before) };
    if found.id == original.id {
        return Ok(State::Before);
    }
    Ok(match digest(disk, path)? {
        found if found == after => State::After,
        found if found == digest(disk, kept)? => State::Before,
        _ => State::Edited,
    })
}

/// Whether an output of a build is the new one for good, because its original is gone: what lies below `build/` may be
/// deleted at any time.
pub(super) fn is_past_undoing(
    disk: &dyn Disk,
    folder: &TransactionFolder,
    journal: &Journal,
) -> Result<bool, Diagnostic> {
    for (at, change) in journal.changes.iter().enumerate() {
        if let Change::File { path, before: Some(Original::Whole), after } = change
            && look(disk, &folder.kept(at))?.is_none()
            && after.is_some()
            && digest(disk, path)? == *after
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether there is something that a transaction may have moved, which never was a link.
fn is_there_itself(disk: &dyn Disk, path: &PortablePath) -> Result<bool, Diagnostic> {
    match look(disk, path)? {
        Some(found) if found.kind == Kind::Link => {
            Err(refusal(&DiskError::of(path.as_str(), DiskErrorKind::Link, "a link")))
        }
        found => Ok(found.is_some()),
    }
}

fn look(disk: &dyn Disk, path: &PortablePath) -> Result<Option<Metadata>, Diagnostic> {
    match disk.metadata(path) {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind == DiskErrorKind::NotFound => Ok(None),
        Err(error) => Err(refusal(&error)),
    }
}

fn restore(disk: &dyn Disk, folder: &TransactionFolder, journal: &Journal, states: &[State]) -> Result<(), Diagnostic> {
    let staged = stage(disk, folder, journal, states)?;
    put_back(disk, folder, journal, states, &staged).map_err(|error| writing(&error))
}

/// Writes every original beside its place: all of them are there, and right, before the first file is touched.
fn stage(
    disk: &dyn Disk,
    folder: &TransactionFolder,
    journal: &Journal,
    states: &[State],
) -> Result<Vec<PortablePath>, Diagnostic> {
    let mut staged = Vec::new();
    for at in (0..states.len()).filter(|&at| states[at] == State::After) {
        let Change::File { path: place, before: Some(Original::Slice { digest, offset, bytes }), .. } =
            &journal.changes[at]
        else {
            continue;
        };
        let content = folder.original(disk, *digest, *offset, *bytes)?;
        let path = folder.restored(at);
        // What took its place has its permissions, and where nothing did it still lies there itself.
        let successor = disk.metadata(place).or_else(|_| disk.metadata(&folder.removed(at)));
        let permissions = successor.ok().and_then(|found| found.permissions);
        let write = || {
            // An undoing that was interrupted may have left a part of it.
            remove_if_there(disk, &path)?;
            disk.create_with(&path, permissions)?
                .write_all(&content)
                .map_err(|error| DiskError::new(path.as_str(), error))
        };
        write().map_err(|error| writing(&error))?;
        staged.push(path);
    }
    Ok(staged)
}

fn put_back(
    disk: &dyn Disk,
    folder: &TransactionFolder,
    journal: &Journal,
    states: &[State],
    staged: &[PortablePath],
) -> Result<(), DiskError> {
    // Also for a commit mark that was taken back: were it to return, it would stand for files that are not there.
    disk.flush(staged, &[folder.path().clone()])?;
    for at in (0..states.len()).rev().filter(|&at| states[at] == State::After) {
        match &journal.changes[at] {
            Change::File { path, before: Some(Original::Slice { .. }), .. } => {
                disk.rename(&folder.restored(at), path)?;
            }
            Change::File { path, before: Some(Original::Whole), .. } => disk.rename(&folder.kept(at), path)?,
            Change::File { path, before: None, .. } => remove_if_there(disk, path)?,
            Change::Move { from, to } => disk.rename(to, from)?,
            Change::MakeFolder(path) => remove_if_empty(disk, path)?,
            Change::RemoveFolder(path) => make_folder(disk, path)?,
        }
    }
    disk.flush(&[], &folders_of(folder, journal))?;
    folder.mark(disk, Ending::Undone)
}

/// A folder that someone put something into stays.
fn remove_if_empty(disk: &dyn Disk, path: &PortablePath) -> Result<(), DiskError> {
    if disk.read_dir(path)?.is_empty() { disk.remove_dir(path) } else { Ok(()) }
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

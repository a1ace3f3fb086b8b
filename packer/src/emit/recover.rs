//! Settles what an earlier command left behind: a transaction without a mark is undone, one with a mark is finished.
//! Running it again changes nothing.

use super::create::is_staged;
use super::folder::{DROPPED, Ending, Standing, TransactionFolder, all, remove_tree, staging};
use super::staging::sweep_build;
use super::undo::{is_past_undoing, undo};
use super::writing;
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{Disk, DiskErrorKind, Kind};
use crate::envelope::Windows;
use crate::path::PortablePath;
use crate::schema::journal::{Journal, is_id};
use crate::trust::{Limits, refusal};

/// Every transaction on control files and roots, oldest first.
///
/// # Errors
/// The folder cannot be listed.
pub fn transactions(disk: &dyn Disk) -> Result<Vec<TransactionFolder>, Diagnostic> {
    let names = control_folders(disk)?;
    let is_transaction = |folder: &TransactionFolder| is_id(folder.id()) || folder.has_journal(disk).unwrap_or(false);
    let dropped = |name: &&String| !name.starts_with(DROPPED);
    Ok(names.iter().filter(dropped).map(|name| TransactionFolder::of(name)).filter(is_transaction).collect())
}

/// The transactions, builds among them, that have not ended and may have changed something.
///
/// # Errors
/// They cannot be looked for.
pub fn unfinished(disk: &dyn Disk) -> Result<Vec<TransactionFolder>, Diagnostic> {
    left(disk, |standing| standing == Standing::Unfinished)
}

/// Whether a command that may write has anything to settle or to sweep.
///
/// # Errors
/// It cannot be looked for.
pub fn is_anything_left(disk: &dyn Disk) -> Result<bool, Diagnostic> {
    let found = left(disk, |standing| standing != Standing::Kept)?;
    let is_empty = |path: &PortablePath| disk.read_dir(path).is_ok_and(|entries| entries.is_empty());
    Ok(!found.is_empty() || !dropped(disk)?.is_empty() || !half_made(disk)?.is_empty() || is_empty(&staging()))
}

fn left(disk: &dyn Disk, wanted: impl Fn(Standing) -> bool) -> Result<Vec<TransactionFolder>, Diagnostic> {
    let mut found = Vec::new();
    for folder in transactions(disk)?.into_iter().chain(builds(disk)?) {
        if wanted(folder.standing(disk).map_err(|error| refusal(&error))?) {
            found.push(folder);
        }
    }
    Ok(found)
}

/// Settles every unfinished transaction and sweeps what was left behind. The caller holds the writer lock.
///
/// # Errors
/// What keeps one from being settled; it stays as it is.
pub fn recover(disk: &dyn Disk, limits: &Limits, windows: &Windows) -> Result<Vec<Diagnostic>, Diagnostic> {
    let mut notes = Vec::new();
    for folder in transactions(disk)?.into_iter().chain(builds(disk)?) {
        notes.extend(settle(disk, &folder, limits, windows)?);
    }
    let dropped = dropped(disk)?;
    if !dropped.is_empty() {
        // Their names have to last before what they hold is gone.
        disk.sync_dir(&all()).map_err(|error| writing(&error))?;
    }
    for folder in &dropped {
        // Nobody needs it: what cannot be removed keeps nobody from working.
        if let Err(error) = remove_tree(disk, folder) {
            let message = format!("what a forgotten transaction left could not be removed: {}", error.source);
            notes.push(Diagnostic::new(Code::HygieneStrayStaging, message).at(&error.path).help("remove it by hand"));
        }
    }
    half_made(disk)?.iter().try_for_each(|path| disk.remove_file(path)).map_err(|error| writing(&error))?;
    sweep_build(disk);
    Ok(notes)
}

fn settle(
    disk: &dyn Disk,
    folder: &TransactionFolder,
    limits: &Limits,
    windows: &Windows,
) -> Result<Option<Diagnostic>, Diagnostic> {
    let message = match folder.standing(disk).map_err(|error| refusal(&error))? {
        Standing::Kept => return Ok(None),
        Standing::Stray => match folder.ending(disk).map_err(|error| refusal(&error))? {
            Some(ending) => match folder.journal(disk, limits, windows) {
                // What another packer left beside its journal is not known here.
                Err(finding) if finding.code.family() == "version" => return Ok(None),
                journal => confirm(disk, folder, ending, journal.ok().flatten().as_ref())?,
            },
            None => Some("a command that was cut short was cleared away; it had changed nothing yet".to_owned()),
        },
        Standing::Unfinished => match folder.journal(disk, limits, windows)? {
            Some(journal) => {
                let is_dropped = is_past_undoing(disk, folder, &journal)?;
                undo(disk, folder, &journal)?;
                Some(if is_dropped { dropped_build(&journal) } else { undone(&journal) })
            }
            None => None,
        },
    };
    folder.sweep(disk).map_err(|error| writing(&error))?;
    Ok(message.map(|message| Diagnostic::new(Code::JournalRecovered, message).at(folder.path().as_str())))
}

/// Makes an ending last that may not have been flushed; says what it is, when nobody may have been told.
fn confirm(
    disk: &dyn Disk,
    folder: &TransactionFolder,
    ending: Ending,
    journal: Option<&Journal>,
) -> Result<Option<String>, Diagnostic> {
    let is_open = folder.is_open(disk).map_err(|error| refusal(&error))?;
    folder.confirm(disk).map_err(|error| writing(&error))?;
    Ok(journal.filter(|_| is_open).map(|journal| match ending {
        Ending::Committed => {
            format!("the {} of {} was cut short after its last change; it is done", journal.operation, journal.time)
        }
        Ending::Undone => undone(journal),
    }))
}

fn undone(journal: &Journal) -> String {
    format!("the unfinished {} of {} was undone; every file is as it was before", journal.operation, journal.time)
}

fn dropped_build(journal: &Journal) -> String {
    let time = &journal.time;
    format!("the unfinished build of {time} was dropped; what lies in build/ is partly of it: build once more")
}

/// Files of the packer's own that a command was killed over before it moved them into place.
fn half_made(disk: &dyn Disk) -> Result<Vec<PortablePath>, Diagnostic> {
    if !is_folder(disk, &PortablePath::control())? {
        return Ok(Vec::new());
    }
    let entries = disk.read_dir(&PortablePath::control()).map_err(|error| refusal(&error))?;
    let files = entries.into_iter().filter(|entry| entry.metadata.kind == Kind::File);
    let names = files.filter_map(|entry| entry.name.ok()).filter(|name| is_staged(name));
    Ok(names.map(|name| PortablePath::control().own(&name)).collect())
}

/// Folders of transactions that were forgotten and are not gone yet.
fn dropped(disk: &dyn Disk) -> Result<Vec<PortablePath>, Diagnostic> {
    let is_dropped = |name: &String| name.strip_prefix(DROPPED).is_some_and(is_id);
    Ok(control_folders(disk)?.into_iter().filter(is_dropped).map(|name| all().own(&name)).collect())
}

/// The folders of builds under way or cut short. What else stands there is refused by the next build.
fn builds(disk: &dyn Disk) -> Result<Vec<TransactionFolder>, Diagnostic> {
    if !is_folder(disk, &PortablePath::build())? || !is_folder(disk, &staging())? {
        return Ok(Vec::new());
    }
    let names = folders_in(disk, &staging())?;
    Ok(names.iter().filter(|name| is_id(name)).map(|name| TransactionFolder::of_build(name)).collect())
}

/// The names of the folders of transactions and of what else lies beside them.
fn control_folders(disk: &dyn Disk) -> Result<Vec<String>, Diagnostic> {
    // A control folder that is none is refused where the registry is read.
    if is_folder(disk, &PortablePath::control())? { folders_in(disk, &all()) } else { Ok(Vec::new()) }
}

/// The names of the folders in a folder that may not be there, in order.
fn folders_in(disk: &dyn Disk, path: &PortablePath) -> Result<Vec<String>, Diagnostic> {
    let (folders, mut refused) = folders_of_ids(disk, path)?;
    match refused.is_empty() {
        true => Ok(folders),
        false => Err(refused.swap_remove(0)),
    }
}

/// The folders that lie where the packer keeps one for each id, in order, and a finding for each entry that stands in the
/// place of one. Nothing where there is none of it.
///
/// # Errors
/// Something else stands in the place of all, or it cannot be listed.
pub fn folders_of_ids(disk: &dyn Disk, path: &PortablePath) -> Result<(Vec<String>, Vec<Diagnostic>), Diagnostic> {
    match disk.metadata(path).map(|found| found.kind) {
        Ok(Kind::Folder) => {}
        Ok(kind) => return Err(no_folder(path, kind)),
        Err(error) if error.kind == DiskErrorKind::NotFound => return Ok((Vec::new(), Vec::new())),
        Err(error) => return Err(refusal(&error)),
    }
    let (mut names, mut refused) = (Vec::new(), Vec::new());
    for entry in disk.read_dir(path).map_err(|error| refusal(&error))? {
        match (entry.name, entry.metadata.kind) {
            (Ok(name), Kind::Folder) => names.push(name),
            (Ok(name), kind) if kind == Kind::Link || is_id(&name) => refused.push(no_folder(&path.own(&name), kind)),
            _ => {}
        }
    }
    names.sort();
    Ok((names, refused))
}

fn no_folder(path: &PortablePath, kind: Kind) -> Diagnostic {
    let (code, what) = match kind {
        Kind::Link => (Code::TrustLink, "a symbolic link"),
        _ => (Code::TrustNotRegular, "something that is no folder"),
    };
    Diagnostic::new(code, format!("{what} stands where the packer keeps a folder of its own"))
        .at(path.as_str())
        .help("remove it")
}

fn is_folder(disk: &dyn Disk, path: &PortablePath) -> Result<bool, Diagnostic> {
    match disk.metadata(path) {
        Ok(found) => Ok(found.kind == Kind::Folder),
        Err(error) if error.kind == DiskErrorKind::NotFound => Ok(false),
        Err(error) => Err(refusal(&error)),
    }
}

//! The folder of one transaction, `assets/.prometeu/txn/<id>/` or `build/.staging/<id>/`, and what lies in it: the
//! journal, the originals, new contents until they are moved into place, and the mark of how it ended.

use super::writing;
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;
use crate::disk::{Disk, DiskError, DiskErrorKind, Kind};
use crate::envelope::{self, Artifact, Windows};
use crate::path::PortablePath;
use crate::schema::journal::{Home, Journal};
use crate::trust::{self, Limit, Limits, refusal};
use std::io::{BufWriter, IntoInnerError, Read as _, Seek as _, SeekFrom, Write as _};

const JOURNAL: &str = "journal.json";
const ORIGINALS: &str = "originals";
/// There from the beginning until the ending is on the medium, so that a mark that may not last is told from one that does.
const OPEN: &str = "open";

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All changes are in place.
    Committed,
    /// It was undone; everything is as it was.
    Undone,
}

impl Ending {
    fn mark(self) -> &'static str {
        match self {
            Ending::Committed => "committed",
            Ending::Undone => "undone",
        }
    }
}

/// How things stand with a transaction when no writer lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It may have changed something and did not end.
    Unfinished,
    /// It changed nothing, or ended; what is left of it is of no use.
    Stray,
    /// It ended, and what is there is its record.
    Kept,
}

/// The folder of one transaction.
#[derive(Clone, Debug)]
pub struct TransactionFolder {
    path: PortablePath,
    home: Home,
}

/// The folder of all transactions on control files and roots.
pub(super) fn all() -> PortablePath {
    PortablePath::control().own("txn")
}

/// The folder of all builds under way.
pub(super) fn staging() -> PortablePath {
    PortablePath::build().own(".staging")
}

impl TransactionFolder {
    /// The folder of the transaction `id` on control files and roots.
    #[must_use]
    pub fn of(id: &str) -> TransactionFolder {
        TransactionFolder { path: all().own(id), home: Home::Control }
    }

    /// The folder of the build `id`.
    pub(super) fn of_build(id: &str) -> TransactionFolder {
        TransactionFolder { path: staging().own(id), home: Home::Build }
    }

    /// The transaction's id.
    #[must_use]
    pub fn id(&self) -> &str {
        self.path.name()
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &PortablePath {
        &self.path
    }

    pub(super) fn home(&self) -> Home {
        self.home
    }

    /// The name under which a root that was removed stays until the transaction is forgotten.
    #[must_use]
    pub fn kept_root(&self, at: usize) -> PortablePath {
        self.path.own(&format!("root-{at}"))
    }

    pub(super) fn staged(&self, at: usize) -> PortablePath {
        self.path.own(&format!("new-{at}"))
    }

    pub(super) fn restored(&self, at: usize) -> PortablePath {
        self.path.own(&format!("old-{at}"))
    }

    pub(super) fn removed(&self, at: usize) -> PortablePath {
        self.path.own(&format!("gone-{at}"))
    }

    /// Where the file that change `at` replaces is kept whole.
    pub(super) fn kept(&self, at: usize) -> PortablePath {
        self.path.own(&format!("kept-{at}"))
    }

    pub(super) fn originals(&self) -> PortablePath {
        self.path.own(ORIGINALS)
    }

    /// The folders that it lies in, outermost first.
    fn above(&self) -> [PortablePath; 2] {
        match self.home {
            Home::Control => [PortablePath::control(), all()],
            Home::Build => [PortablePath::build(), staging()],
        }
    }

    pub(super) fn create(&self, disk: &dyn Disk) -> Result<(), DiskError> {
        for path in self.above() {
            match disk.create_dir(&path) {
                Err(error) if error.kind != DiskErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
        }
        disk.create_dir(&self.path).map_err(|error| self.in_the_way(disk).unwrap_or(error))?;
        disk.create(&self.path.own(OPEN)).map(drop)
    }

    /// What stands where a folder above this one belongs.
    fn in_the_way(&self, disk: &dyn Disk) -> Option<DiskError> {
        let is_none = |path: &PortablePath| disk.metadata(path).is_ok_and(|found| found.kind != Kind::Folder);
        let path = self.above().into_iter().find(is_none)?;
        Some(DiskError::of(path.as_str(), DiskErrorKind::NotRegular, "no folder"))
    }

    /// How the transaction ended; `None` while it has not.
    ///
    /// # Errors
    /// The marks cannot be looked for.
    pub fn ending(&self, disk: &dyn Disk) -> Result<Option<Ending>, DiskError> {
        for ending in [Ending::Committed, Ending::Undone] {
            if self.has(disk, ending.mark())? {
                return Ok(Some(ending));
            }
        }
        Ok(None)
    }

    /// Whether its ending, or even its beginning, may not be on the medium yet.
    pub(super) fn is_open(&self, disk: &dyn Disk) -> Result<bool, DiskError> {
        self.has(disk, OPEN)
    }

    /// Whether nothing in it is needed to settle it: it ended for good, or nothing was going to change yet.
    pub(super) fn is_over(&self, disk: &dyn Disk) -> Result<bool, DiskError> {
        Ok(!self.has_journal(disk)? || (self.ending(disk)?.is_some() && !self.is_open(disk)?))
    }

    /// How far it has come: whether there is a journal, so that something may have changed, and how it ended.
    ///
    /// # Errors
    /// It cannot be looked for.
    pub fn progress(&self, disk: &dyn Disk) -> Result<(bool, Option<Ending>), DiskError> {
        Ok((self.has_journal(disk)?, self.ending(disk)?))
    }

    pub(super) fn mark(&self, disk: &dyn Disk, ending: Ending) -> Result<(), DiskError> {
        write_file(disk, &self.path.own(ending.mark()), b"")?;
        self.confirm(disk)
    }

    /// Waits until the mark that is there is on the medium.
    pub(super) fn confirm(&self, disk: &dyn Disk) -> Result<(), DiskError> {
        disk.sync_dir(&self.path)?;
        // Where it stays, or comes back, the mark is only waited for once more.
        let _ = disk.remove_file(&self.path.own(OPEN));
        Ok(())
    }

    /// Takes the commit mark back, where there is one. It may return after a power loss until the folder is flushed.
    pub(super) fn withdraw(&self, disk: &dyn Disk) -> Result<(), DiskError> {
        match disk.remove_file(&self.path.own(Ending::Committed.mark())) {
            Err(error) if error.kind != DiskErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Writes the journal; it appears under its name whole and flushed, or not at all.
    pub(super) fn write_journal(&self, disk: &dyn Disk, journal: &Journal) -> Result<(), DiskError> {
        let staged = self.path.own("journal.new");
        let mut file = BufWriter::new(disk.create(&staged)?);
        let written =
            journal.write(&mut file).and_then(|()| file.into_inner().map_err(IntoInnerError::into_error)?.sync());
        written.map_err(|error| DiskError::new(staged.as_str(), error))?;
        disk.rename(&staged, &self.path.own(JOURNAL))?;
        let [outer, inner] = self.above();
        disk.flush(&[], &[self.path.clone(), inner, outer])?;
        match self.home {
            Home::Control => Ok(()),
            // `build` may be a name that the project folder was just given.
            Home::Build => disk.sync_project(),
        }
    }

    /// Reads the journal; `None` when there is none, because nothing was going to change yet.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn journal(&self, disk: &dyn Disk, limits: &Limits, windows: &Windows) -> Result<Option<Journal>, Diagnostic> {
        let file = match disk.open(&self.path.own(JOURNAL)) {
            Ok(file) => file,
            Err(error) if error.kind == DiskErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(refusal(&error)),
        };
        let admitted = trust::admit(file, Limit::ControlFileBytes, limits)?;
        let envelope = envelope::open(admitted, Artifact::Journal, windows)?;
        Journal::parse(&envelope, self.home).map(Some)
    }

    /// Whether there is a journal, so that something may have changed.
    pub(super) fn has_journal(&self, disk: &dyn Disk) -> Result<bool, DiskError> {
        self.has(disk, JOURNAL)
    }

    fn has(&self, disk: &dyn Disk, name: &str) -> Result<bool, DiskError> {
        match disk.metadata(&self.path.own(name)) {
            Ok(_) => Ok(true),
            Err(error) if error.kind == DiskErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The original bytes from `offset` in the file of originals, checked against their digest.
    ///
    /// # Errors
    /// They cannot be read, or are not what was saved.
    pub fn original(&self, disk: &dyn Disk, digest: Digest, offset: u64, bytes: u64) -> Result<Vec<u8>, Diagnostic> {
        let path = self.originals();
        let mut file = match disk.open(&path) {
            Err(error) if error.kind == DiskErrorKind::NotFound => return Err(self.unfit(disk, "are not there")),
            opened => opened.map_err(|error| refusal(&error))?,
        };
        let mut content = Vec::new();
        let read =
            file.handle.seek(SeekFrom::Start(offset)).and_then(|_| file.handle.take(bytes).read_to_end(&mut content));
        read.map_err(|error| refusal(&DiskError::new(path.as_str(), error)))?;
        if Digest::of(&content) == digest { Ok(content) } else { Err(self.unfit(disk, "are not what was saved")) }
    }

    /// The originals are of no use. They may be damaged or forged: none of them is put anywhere.
    fn unfit(&self, disk: &dyn Disk, why: &str) -> Diagnostic {
        let message = format!("the originals that the journal of {} names {why}", self.id());
        let help = match self.ending(disk) {
            // The project is whole; only the way back is gone.
            Ok(Some(_)) => "nothing was changed; what was before can only come from version control".to_owned(),
            _ => format!(
                "bring the project's files back from version control, then move the folder {} out of the project; keep it",
                self.path
            ),
        };
        Diagnostic::new(Code::JournalMalformed, message).at(self.originals().as_str()).help(help)
    }

    /// How things stand with it.
    pub(super) fn standing(&self, disk: &dyn Disk) -> Result<Standing, DiskError> {
        match self.ending(disk)? {
            None if self.has_journal(disk)? => Ok(Standing::Unfinished),
            Some(ending) if self.home == Home::Control && self.leftovers(disk, ending)?.is_empty() => {
                Ok(Standing::Kept)
            }
            _ => Ok(Standing::Stray),
        }
    }

    /// Removes what nobody needs any more of a transaction that has ended, or that had not begun to change anything. A
    /// build leaves nothing; any other transaction its record and, if it can be undone, the originals. Its ending has to be
    /// on the medium.
    pub(super) fn sweep(&self, disk: &dyn Disk) -> Result<(), DiskError> {
        match self.ending(disk)? {
            Some(ending) if self.home == Home::Control => {
                self.leftovers(disk, ending)?.iter().try_for_each(|path| disk.remove_file(path))
            }
            _ => self.remove(disk),
        }
    }

    fn leftovers(&self, disk: &dyn Disk, ending: Ending) -> Result<Vec<PortablePath>, DiskError> {
        let is_left = |name: &String| {
            let is_temporary = ["new-", "old-", "gone-"].iter().any(|start| name.starts_with(start));
            is_temporary || name == "journal.new" || name == OPEN || (ending == Ending::Undone && name == ORIGINALS)
        };
        let names = disk.read_dir(&self.path)?.into_iter().filter_map(|entry| entry.name.ok());
        Ok(names.filter(is_left).map(|name| self.path.own(&name)).collect())
    }

    /// Forgets a transaction that has ended: in one step it is no transaction any more, and then its folder goes.
    ///
    /// # Errors
    /// What the medium says; then it is there as it was, or a finding `journal/unfinished` says that this is not sure.
    pub fn forget(&self, disk: &dyn Disk) -> Result<(), Vec<Diagnostic>> {
        let dropped = all().own(&format!("{DROPPED}{}", self.id()));
        disk.rename(&self.path, &dropped).map_err(|error| vec![writing(&error)])?;
        if let Err(error) = disk.sync_dir(&all()) {
            let is_back = disk.rename(&dropped, &self.path).and_then(|()| disk.sync_dir(&all())).is_ok();
            let left = (!is_back).then(|| self.unsettled("it may be forgotten or not; the next command settles that"));
            return Err([writing(&error)].into_iter().chain(left).collect());
        }
        // It is forgotten. What cannot be removed now is swept by the next command.
        let _ = remove_tree(disk, &dropped);
        Ok(())
    }

    /// The finding that this transaction waits for the next command.
    pub(super) fn unsettled(&self, how: &str) -> Diagnostic {
        let message = format!("transaction {} is not settled: {how}", self.id());
        Diagnostic::new(Code::JournalUnfinished, message)
            .at(self.path.as_str())
            .help_to_run("make room or repair the disk, then run `{program} recover`")
    }

    /// Removes the folder; at no moment does a finished transaction look unfinished.
    fn remove(&self, disk: &dyn Disk) -> Result<(), DiskError> {
        let is_mark = |name: &str| Ending::Committed.mark() == name || Ending::Undone.mark() == name;
        let mut names: Vec<String> =
            disk.read_dir(&self.path)?.into_iter().filter_map(|entry| entry.name.ok()).collect();
        names.sort_by_key(|name| is_mark(name));
        names.iter().try_for_each(|name| disk.remove_file(&self.path.own(name)))?;
        disk.remove_dir(&self.path)
    }
}

/// What a forgotten transaction's folder is called until it is gone.
pub(super) const DROPPED: &str = "drop-";

/// Removes a folder of the packer's own with everything in it.
pub(super) fn remove_tree(disk: &dyn Disk, folder: &PortablePath) -> Result<(), DiskError> {
    for entry in disk.read_dir(folder)? {
        let name = entry.name.map_err(|name| {
            let why = "its name is no Unicode text; remove it by hand";
            DiskError::of(format!("{folder}/{name}").as_str(), DiskErrorKind::Io, why)
        })?;
        let path = folder.own(&name);
        match entry.metadata.kind {
            Kind::Folder => remove_tree(disk, &path)?,
            _ => disk.remove_file(&path)?,
        }
    }
    disk.remove_dir(folder)
}

/// Writes a file that must not exist and flushes its bytes, not its name.
pub(super) fn write_file(disk: &dyn Disk, path: &PortablePath, bytes: &[u8]) -> Result<(), DiskError> {
    let mut file = disk.create(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync());
    written.map_err(|error| DiskError::new(path.as_str(), error))
}

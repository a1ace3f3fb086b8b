//! The folder of one transaction, `assets/.prometeu/txn/<id>/`, and what lies in it: the journal, the originals in one
//! file, new contents until they are moved into place, and the mark of how it ended.

use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::disk::{Disk, DiskError, DiskErrorKind};
use crate::envelope::{self, Artifact, Windows};
use crate::path::PortablePath;
use crate::schema::journal::Journal;
use crate::trust::{self, Limit, Limits, refusal};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

const JOURNAL: &str = "journal.json";
const ORIGINALS: &str = "originals";

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

/// The folder of one transaction.
#[derive(Clone, Debug)]
pub struct TransactionFolder {
    path: PortablePath,
}

/// The folder of all transactions.
pub(super) fn all() -> PortablePath {
    PortablePath::control().own("txn")
}

impl TransactionFolder {
    /// The folder of the transaction `id`.
    #[must_use]
    pub fn of(id: &str) -> TransactionFolder {
        TransactionFolder { path: all().own(id) }
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

    pub(super) fn staged(&self, at: usize) -> PortablePath {
        self.path.own(&format!("new-{at}"))
    }

    pub(super) fn restored(&self, at: usize) -> PortablePath {
        self.path.own(&format!("old-{at}"))
    }

    pub(super) fn removed(&self, at: usize) -> PortablePath {
        self.path.own(&format!("gone-{at}"))
    }

    pub(super) fn originals(&self) -> PortablePath {
        self.path.own(ORIGINALS)
    }

    pub(super) fn create(&self, disk: &dyn Disk) -> Result<(), DiskError> {
        match disk.create_dir(&all()) {
            Err(error) if error.kind != DiskErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        disk.create_dir(&self.path)
    }

    /// How the transaction ended; `None` while it has not.
    ///
    /// # Errors
    /// The marks cannot be looked for.
    pub fn ending(&self, disk: &dyn Disk) -> Result<Option<Ending>, DiskError> {
        for ending in [Ending::Committed, Ending::Undone] {
            match disk.metadata(&self.path.own(ending.mark())) {
                Ok(_) => return Ok(Some(ending)),
                Err(error) if error.kind == DiskErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    pub(super) fn mark(&self, disk: &dyn Disk, ending: Ending) -> Result<(), DiskError> {
        write_file(disk, &self.path.own(ending.mark()), b"")?;
        disk.sync_dir(&self.path)
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
        write_file(disk, &staged, journal.to_text().as_bytes())?;
        disk.rename(&staged, &self.path.own(JOURNAL))?;
        disk.flush(&[], &[self.path.clone(), all(), PortablePath::control()])
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
        Journal::parse(&envelope).map(Some)
    }

    /// The original bytes of a change, checked against their digest.
    ///
    /// # Errors
    /// They cannot be read, or are not what was saved.
    pub fn original(&self, disk: &dyn Disk, of: crate::schema::journal::Original) -> Result<Vec<u8>, DiskError> {
        let path = self.originals();
        let mut file = disk.open(&path)?;
        let mut bytes = Vec::new();
        let read = file
            .handle
            .seek(SeekFrom::Start(of.offset))
            .and_then(|_| file.handle.take(of.bytes).read_to_end(&mut bytes));
        read.map_err(|error| DiskError::new(path.as_str(), error))?;
        if Digest::of(&bytes) == of.digest {
            Ok(bytes)
        } else {
            Err(DiskError::of(path.as_str(), DiskErrorKind::Io, "the saved originals are damaged"))
        }
    }

    /// Removes what only an unfinished transaction needs. `with_originals` removes what a rollback would need, too.
    pub(super) fn clean(&self, disk: &dyn Disk, with_originals: bool) -> Result<(), DiskError> {
        self.leftovers(disk, with_originals)?.iter().try_for_each(|path| disk.remove_file(path))
    }

    /// Whether a transaction that ended this way still has to be cleaned up.
    pub(super) fn is_unclean(&self, disk: &dyn Disk, ending: Ending) -> Result<bool, DiskError> {
        self.leftovers(disk, ending == Ending::Undone).map(|left| !left.is_empty())
    }

    fn leftovers(&self, disk: &dyn Disk, with_originals: bool) -> Result<Vec<PortablePath>, DiskError> {
        let is_left = |name: &String| {
            let is_temporary = ["new-", "old-", "gone-"].iter().any(|start| name.starts_with(start));
            is_temporary || name == "journal.new" || (with_originals && name == ORIGINALS)
        };
        let names = disk.read_dir(&self.path)?.into_iter().filter_map(|entry| entry.name.ok());
        Ok(names.filter(is_left).map(|name| self.path.own(&name)).collect())
    }

    /// Removes the folder with everything in it.
    ///
    /// # Errors
    /// What the medium says; the journal goes last, so that a second try finds it.
    pub fn remove(&self, disk: &dyn Disk) -> Result<(), DiskError> {
        let mut names: Vec<String> =
            disk.read_dir(&self.path)?.into_iter().filter_map(|entry| entry.name.ok()).collect();
        // Originals first, then the journal, then the marks: at no moment does a finished transaction look unfinished.
        names.sort_by_key(|name| (Ending::Committed.mark() == name || Ending::Undone.mark() == name, name == JOURNAL));
        for name in names {
            disk.remove_file(&self.path.own(&name))?;
        }
        disk.remove_dir(&self.path)
    }
}

/// Writes a file that must not exist and flushes its bytes, not its name.
pub(super) fn write_file(disk: &dyn Disk, path: &PortablePath, bytes: &[u8]) -> Result<(), DiskError> {
    let mut file = disk.create(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync());
    written.map_err(|error| DiskError::new(path.as_str(), error))
}

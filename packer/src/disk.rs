//! The one door to the file system. The project folder is opened once; everything else is named by a
//! portable path beneath it and cannot leave it. Nothing here interprets a byte.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "this module is the file system's only user")]

#[cfg(target_os = "linux")]
mod beneath_linux;
mod beneath_walk;
mod error;
mod lock;
#[cfg(any(test, feature = "testing"))]
pub mod memory;
mod os;
mod patience;
mod watch;
#[cfg(target_os = "linux")]
mod watch_linux;

use crate::digest::Hasher;
use crate::path::PortablePath;
pub use error::{DiskError, DiskErrorKind};
pub use lock::Lock;
pub use os::{OsDisk, open_outside, replace_outside};
pub use patience::{Patience, Stopwatch};
use std::io::{self, Read, Seek, Write};
use std::sync::Arc;
use std::time::Duration;
pub use watch::{Changes, Waiter, Watch};

/// What lies under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, junction or other reparse point; never followed.
    Link,
    /// A FIFO, socket or device; never opened.
    Other,
}

/// What the file system says about a file without its bytes being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// What it is.
    pub kind: Kind,
    /// Length in bytes; meaningful for regular files.
    pub bytes: u64,
    /// When the bytes changed last, nanoseconds since 1970, by the file system's clock.
    pub modified_ns: i128,
    /// When anything about the file changed last, its names and the time above included; no program can set it. `None`
    /// where the system does not tell.
    pub changed_ns: Option<i128>,
    /// Which file it is: device and file number.
    pub id: (u64, u64),
    /// Who may read, write and run it: the nine bits of POSIX. `None` where the system knows no such thing.
    pub permissions: Option<u32>,
}

impl Metadata {
    /// Whether this is the same file with the same bytes as far as can be told: another name or right changes neither.
    #[must_use]
    pub fn is_same_content(&self, other: &Metadata) -> bool {
        let content = |of: &Metadata| (of.kind, of.bytes, of.modified_ns, of.id);
        content(self) == content(other)
    }
}

/// How a file can be told from what it was without its bytes being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Length in bytes.
    pub bytes: u64,
    /// [`Metadata::modified_ns`], as near as 64 bits come to it.
    pub modified_ns: i64,
    /// [`Metadata::changed_ns`]; `None` also where it does not fit.
    pub changed_ns: Option<i64>,
    /// Device and file number.
    pub id: (u64, u64),
}

impl From<&Metadata> for Stamp {
    fn from(of: &Metadata) -> Stamp {
        Stamp {
            bytes: of.bytes,
            modified_ns: i64::try_from(of.modified_ns).unwrap_or(i64::MAX),
            changed_ns: of.changed_ns.and_then(|ns| i64::try_from(ns).ok()),
            id: of.id,
        }
    }
}

/// How much older than the moment at which something was looked at its times must be for its stamp to tell every later
/// change: no file system that is in use keeps coarser times. In nanoseconds.
pub const DISTANCE_NS: i64 = 2_000_000_000;

impl Stamp {
    /// Adds all of it to a digest, which tells a stamp as well as it does itself.
    pub fn digest_into(&self, digest: &mut Hasher) {
        let Stamp { bytes, modified_ns, changed_ns, id: (device, number) } = self;
        let changed_ns = changed_ns.unwrap_or(i64::MIN).cast_unsigned();
        let numbers = [*bytes, modified_ns.cast_unsigned(), changed_ns, *device, *number];
        digest.update(numbers.map(u64::to_le_bytes).as_flattened());
    }

    /// Whether a file with this stamp that was read at `moment`, by the file system's own clock, is sure to have another
    /// stamp once its bytes change: both times lie `distance_ns` before the moment, or more.
    #[must_use]
    pub fn tells_changes_since(&self, moment: i64, distance_ns: i64) -> bool {
        self.changed_ns.is_some_and(|changed| self.modified_ns.max(changed).saturating_add(distance_ns) <= moment)
    }
}

/// A name in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name, or its escaped form where it is not UTF-8.
    pub name: Result<String, String>,
    /// What lies there.
    pub metadata: Metadata,
}

/// A name in a folder and what it leads to, sizes and times not asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name, or its escaped form where it is not UTF-8.
    pub name: Result<String, String>,
    /// What lies there.
    pub kind: Kind,
}

impl From<Entry> for Name {
    fn from(Entry { name, metadata }: Entry) -> Name {
        Name { name, kind: metadata.kind }
    }
}

/// An open file, nothing read yet.
pub struct RawFile {
    /// Which file was asked for, relative to the project, for messages.
    pub path: Arc<str>,
    /// As it was when the file was opened, taken from the handle.
    pub metadata: Metadata,
    /// The handle.
    pub handle: Box<dyn ReadHandle>,
}

/// Reads an open file.
pub trait ReadHandle: Read + Seek + Send {
    /// The metadata now, from the handle.
    ///
    /// # Errors
    /// The system's.
    fn metadata(&self) -> io::Result<Metadata>;
}

/// Writes a file that was just created.
pub trait WriteHandle: Write + Seek + Send {
    /// Waits until bytes and length are on the medium.
    ///
    /// # Errors
    /// The system's.
    fn sync(&mut self) -> io::Result<()>;
}

/// A project folder, real or simulated.
pub trait Disk: Send + Sync {
    /// What lies at `path`, links not followed.
    ///
    /// # Errors
    /// [`DiskErrorKind::NotFound`] when nothing does.
    fn metadata(&self, path: &PortablePath) -> Result<Metadata, DiskError>;

    /// Opens a regular file for reading. Anything else is refused without being opened for reading.
    ///
    /// # Errors
    /// Nothing there, a link on the way, not a regular file, no permission.
    fn open(&self, path: &PortablePath) -> Result<RawFile, DiskError>;

    /// The entries of a folder with their metadata, in no particular order.
    ///
    /// # Errors
    /// As [`Disk::open`], for a folder.
    fn read_dir(&self, path: &PortablePath) -> Result<Vec<Entry>, DiskError>;

    /// The names in a folder, in no particular order; sooner than their metadata.
    ///
    /// # Errors
    /// As [`Disk::read_dir`].
    fn names(&self, path: &PortablePath) -> Result<Vec<Name>, DiskError> {
        Ok(self.read_dir(path)?.into_iter().map(Name::from).collect())
    }

    /// Metadata of a folder, and of what lies in it under each of these names, links not followed; sooner than one by one.
    ///
    /// # Errors
    /// As [`Disk::metadata`], also where one of them is not there, or where it is no folder.
    fn metadata_within(&self, folder: &PortablePath, names: &[&str]) -> Result<(Metadata, Vec<Metadata>), DiskError> {
        one_by_one(self, folder, names)
    }

    /// Makes one folder.
    ///
    /// # Errors
    /// [`DiskErrorKind::AlreadyExists`], or what the medium says.
    fn create_dir(&self, path: &PortablePath) -> Result<(), DiskError>;

    /// Makes a file that did not exist, with the permissions that any new file has.
    ///
    /// # Errors
    /// [`DiskErrorKind::AlreadyExists`], or what the medium says.
    fn create(&self, path: &PortablePath) -> Result<Box<dyn WriteHandle>, DiskError> {
        self.create_with(path, None)
    }

    /// The same, with the [permissions](Metadata::permissions) of the file whose place it is to take; where the system does
    /// not let it have all of them it has fewer, and never more.
    ///
    /// # Errors
    /// As [`Disk::create`].
    fn create_with(&self, path: &PortablePath, permissions: Option<u32>) -> Result<Box<dyn WriteHandle>, DiskError>;

    /// Renames, replacing a file at `to`.
    ///
    /// # Errors
    /// What the medium says; then nothing changed.
    fn rename(&self, from: &PortablePath, to: &PortablePath) -> Result<(), DiskError>;

    /// Gives a file a second name, which must be free; both names then lead to the same bytes.
    ///
    /// # Errors
    /// What the medium says, also that it knows no such thing.
    fn hard_link(&self, from: &PortablePath, to: &PortablePath) -> Result<(), DiskError>;

    /// Removes a file.
    ///
    /// # Errors
    /// What the medium says.
    fn remove_file(&self, path: &PortablePath) -> Result<(), DiskError>;

    /// Removes an empty folder.
    ///
    /// # Errors
    /// What the medium says.
    fn remove_dir(&self, path: &PortablePath) -> Result<(), DiskError>;

    /// Waits until the names in a folder are on the medium.
    ///
    /// # Errors
    /// What the medium says.
    fn sync_dir(&self, path: &PortablePath) -> Result<(), DiskError>;

    /// Waits until the names in the project folder itself are on the medium.
    ///
    /// # Errors
    /// What the medium says.
    fn sync_project(&self) -> Result<(), DiskError>;

    /// Waits until the bytes of these files and the names in these folders are on the medium; for many at once this is
    /// faster than one by one. A folder that is not there has no names to wait for.
    ///
    /// # Errors
    /// What the medium says.
    fn flush(&self, files: &[PortablePath], folders: &[PortablePath]) -> Result<(), DiskError>;

    /// Takes the writer lock at `path`, waiting at most `wait` and only until `cancelled`.
    ///
    /// # Errors
    /// [`DiskErrorKind::Busy`] when another writer holds it for longer, [`DiskErrorKind::Cancelled`].
    fn lock(&self, path: &PortablePath, wait: Duration, cancelled: &dyn Fn() -> bool) -> Result<Lock, DiskError>;

    /// Whether a writer holds the lock at `path` now. Writes and makes nothing, and never waits.
    ///
    /// # Errors
    /// What the medium says; that there is no lock file is an answer.
    fn is_locked(&self, path: &PortablePath) -> Result<bool, DiskError>;
}

/// [`Disk::metadata_within`] where the system has nothing better.
fn one_by_one<D: Disk + ?Sized>(
    disk: &D,
    folder: &PortablePath,
    names: &[&str],
) -> Result<(Metadata, Vec<Metadata>), DiskError> {
    let own = disk.metadata(folder)?;
    if own.kind != Kind::Folder {
        return Err(DiskError::of(folder.as_str(), DiskErrorKind::NotRegular, "not a folder"));
    }
    let within: Result<_, _> = names.iter().map(|name| disk.metadata(&folder.own(name))).collect();
    Ok((own, within?))
}

//! Why the file system did not do what was asked.

use std::{fmt, io};

/// A refusal by the file system, with the path that was asked for.
#[derive(Debug)]
pub struct DiskError {
    /// Relative to the project.
    pub path: String,
    /// Which kind of refusal.
    pub kind: DiskErrorKind,
    /// What the system said.
    pub source: io::Error,
}

/// The refusals that the packer answers differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskErrorKind {
    /// Nothing under that name, or a file where a folder of the path belongs.
    NotFound,
    /// A symbolic link at the name or on the way to it.
    Link,
    /// Not a regular file, or not a folder where one belongs.
    NotRegular,
    /// No permission.
    Denied,
    /// The name is taken.
    AlreadyExists,
    /// No space, or over a quota.
    Full,
    /// The medium cannot be written.
    ReadOnly,
    /// Somebody else holds the lock.
    Busy,
    /// The caller wanted to wait no longer.
    Cancelled,
    /// Anything else.
    Io,
}

impl DiskError {
    /// Sorts a system error.
    #[must_use]
    pub fn new(path: impl Into<String>, source: io::Error) -> DiskError {
        let kind = match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => DiskErrorKind::NotFound,
            io::ErrorKind::PermissionDenied => DiskErrorKind::Denied,
            io::ErrorKind::AlreadyExists => DiskErrorKind::AlreadyExists,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                DiskErrorKind::Full
            }
            io::ErrorKind::ReadOnlyFilesystem => DiskErrorKind::ReadOnly,
            io::ErrorKind::IsADirectory => DiskErrorKind::NotRegular,
            _ => DiskErrorKind::Io,
        };
        DiskError { path: path.into(), kind, source }
    }

    /// A refusal that the packer itself decides.
    #[must_use]
    pub fn of(path: impl Into<String>, kind: DiskErrorKind, why: &'static str) -> DiskError {
        DiskError { path: path.into(), kind, source: io::Error::other(why) }
    }
}

impl fmt::Display for DiskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.source)
    }
}

impl std::error::Error for DiskError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

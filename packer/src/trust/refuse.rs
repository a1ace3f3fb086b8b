//! How a refusal by the disk or by a rule for names reads as a finding.

use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{DiskError, DiskErrorKind};
use crate::path::PathFault;

/// The finding for a file that could not be opened or read.
#[must_use]
pub fn refusal(error: &DiskError) -> Diagnostic {
    let (code, message, help) = match error.kind {
        DiskErrorKind::Link => (
            Code::TrustLink,
            "a symbolic link stands here or on the way here, and links are never followed".to_owned(),
            "put the file itself in its place",
        ),
        DiskErrorKind::NotRegular => (
            Code::TrustNotRegular,
            "not a regular file: a folder, FIFO, socket or device stands here".to_owned(),
            "put a regular file in its place, or name another one",
        ),
        DiskErrorKind::Denied => (
            Code::TrustUnreadable,
            format!("permission denied ({})", error.source),
            "give the user who runs the packer the right to read it",
        ),
        DiskErrorKind::NotFound => {
            (Code::TrustChangedWhileReading, "it was here a moment ago and is gone".to_owned(), "run the command again")
        }
        DiskErrorKind::Full => {
            (Code::DiskFull, format!("no space left ({})", error.source), "free some space and run the command again")
        }
        DiskErrorKind::ReadOnly => (
            Code::DiskReadOnly,
            format!("the medium cannot be written ({})", error.source),
            "make it writable and run the command again",
        ),
        DiskErrorKind::Busy => (
            Code::LockHeld,
            "another writer is at work on this project".to_owned(),
            "wait for it to end, or raise `--wait`",
        ),
        DiskErrorKind::Cancelled => {
            (Code::UsageInterrupted, "stopped on request; everything is as it was".to_owned(), "run the command again")
        }
        DiskErrorKind::AlreadyExists | DiskErrorKind::Io => (
            Code::DiskIo,
            format!("the file system failed: {}", error.source),
            "check the disk and run the command again",
        ),
    };
    Diagnostic::new(code, message).at(&error.path).help(help)
}

/// The finding for a text that is no portable path; `what` says whose name it is ("input", "root").
#[must_use]
pub fn refuse_path(what: &str, text: &str, fault: &PathFault) -> Diagnostic {
    let (code, help) = match fault {
        PathFault::OutsideRoot(_) => (Code::TrustOutsideRoot, "name a file inside the folder by its relative path"),
        PathFault::NotPortable(_) => (Code::TrustNameNotPortable, "rename it so that every system can hold it"),
        PathFault::Reserved(_) => (Code::TrustReservedName, "choose another name"),
    };
    Diagnostic::new(code, format!("the {what} `{text}` {fault}")).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Error, ErrorKind};

    #[test]
    fn each_refusal_of_the_disk_has_its_code() {
        for (kind, code) in [
            (ErrorKind::StorageFull, Code::DiskFull),
            (ErrorKind::QuotaExceeded, Code::DiskFull),
            (ErrorKind::ReadOnlyFilesystem, Code::DiskReadOnly),
            (ErrorKind::BrokenPipe, Code::DiskIo),
            (ErrorKind::PermissionDenied, Code::TrustUnreadable),
            (ErrorKind::NotFound, Code::TrustChangedWhileReading),
        ] {
            assert_eq!(refusal(&DiskError::new("a", Error::from(kind))).code, code, "{kind}");
        }
        let cancelled = DiskError::of("a", DiskErrorKind::Cancelled, "enough");
        assert_eq!(refusal(&cancelled).code, Code::UsageInterrupted);
    }
}

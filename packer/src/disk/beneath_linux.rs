//! Resolves a path beneath a folder in one system call, `openat2` (Linux 5.6), which refuses links and every way
//! out in the kernel, also while folders are being swapped. And lists a folder with few calls.

use super::os::name_of;
use super::{Entry, Kind, Metadata};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, ResolveFlags, Stat, openat2, statat};
use std::fs::File;
use std::io;
use std::os::fd::BorrowedFd;

/// Opens the folder at `path` (not empty) beneath `root`.
pub(super) fn open_folder(root: BorrowedFd<'_>, path: &str) -> io::Result<File> {
    open(root, path, OFlags::DIRECTORY)
}

/// Opens whatever is at `path` (not empty) for reading, without waiting for a FIFO's other end.
pub(super) fn open_file(root: BorrowedFd<'_>, path: &str) -> io::Result<File> {
    open(root, path, OFlags::NONBLOCK | OFlags::NOCTTY)
}

/// The entries of the folder at `path` (not empty) beneath `root`, with their metadata.
pub(super) fn entries(root: BorrowedFd<'_>, path: &str) -> io::Result<Vec<Entry>> {
    let mut folder = Dir::new(open_folder(root, path)?)?;
    let mut entries = Vec::new();
    while let Some(entry) = folder.read() {
        let entry = entry?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        match statat(folder.fd()?, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => entries.push(Entry { name: name_of(name.to_bytes()), metadata: metadata(&found) }),
            // Gone since the folder was listed.
            Err(rustix::io::Errno::NOENT) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(entries)
}

#[allow(clippy::useless_conversion, reason = "the widths differ from one processor to the other")]
fn metadata(found: &Stat) -> Metadata {
    let ns = |seconds: i64, rest: u64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
    Metadata {
        kind: match FileType::from_raw_mode(found.st_mode) {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Folder,
            FileType::Symlink => Kind::Link,
            _ => Kind::Other,
        },
        bytes: u64::try_from(found.st_size).unwrap_or(0),
        modified_ns: ns(found.st_mtime.into(), found.st_mtime_nsec.into()),
        changed_ns: Some(ns(found.st_ctime.into(), found.st_ctime_nsec.into())),
        id: (found.st_dev.into(), found.st_ino.into()),
        permissions: Some(found.st_mode & 0o777),
    }
}

/// Whether an error says that the kernel has no `openat2`, or that a sandbox forbids it.
pub(super) fn is_missing(error: &io::Error) -> bool {
    matches!(rustix::io::Errno::from_io_error(error), Some(rustix::io::Errno::NOSYS))
}

/// Whether an error says that the kernel met a link where it was to follow none.
pub(super) fn met_a_link(error: &io::Error) -> bool {
    rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::LOOP)
}

fn open(root: BorrowedFd<'_>, path: &str, flags: OFlags) -> io::Result<File> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    let flags = flags | OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    loop {
        match openat2(root, path, flags, Mode::empty(), resolve) {
            // The kernel asks to look again when something was renamed while it resolved the path.
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
            result => return Ok(File::from(result?)),
        }
    }
}

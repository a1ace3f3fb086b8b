//! Resolves a path beneath a folder in one system call, `openat2` (Linux 5.6), which refuses links and every way
//! out in the kernel, also while folders are being swapped.

use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
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

/// Whether an error says that the kernel has no `openat2`, or that a sandbox forbids it.
pub(super) fn is_missing(error: &io::Error) -> bool {
    matches!(rustix::io::Errno::from_io_error(error), Some(rustix::io::Errno::NOSYS))
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

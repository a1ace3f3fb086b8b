//! Resolves a path beneath a folder in one system call, `openat2` (Linux 5.6), which refuses links and every way
//! out in the kernel, also while folders are being swapped. And lists a folder with few calls.

use super::os::name_of;
use super::{Entry, Kind, Metadata, Name};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir, RawDirEntry, ResolveFlags, Stat, fstat, openat2, statat};
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, BorrowedFd};

/// What one call lists at most: some hundred names.
const LIST_BYTES: usize = 8 * 1024;

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
    list(root, path, |folder, entry| {
        let metadata = look_at(folder, entry)?;
        Ok(metadata.map(|metadata| Entry { name: name_of(entry.file_name().to_bytes()), metadata }))
    })
}

/// The same without metadata: what each is stands in the folder itself, on nearly all file systems.
pub(super) fn names(root: BorrowedFd<'_>, path: &str) -> io::Result<Vec<Name>> {
    list(root, path, |folder, entry| {
        let kind = match entry.file_type() {
            FileType::Unknown => look_at(folder, entry)?.map(|metadata| metadata.kind),
            known => Some(kind_of(known)),
        };
        Ok(kind.map(|kind| Name { name: name_of(entry.file_name().to_bytes()), kind }))
    })
}

/// Metadata of the folder at `path` (not empty) beneath `root`, and of what lies in it under each of these names.
pub(super) fn within(root: BorrowedFd<'_>, path: &str, names: &[&str]) -> io::Result<(Metadata, Vec<Metadata>)> {
    let folder = open_folder(root, path)?;
    let own = metadata(&fstat(&folder)?);
    let mut within = Vec::with_capacity(names.len());
    for name in names {
        within.push(metadata(&statat(&folder, *name, AtFlags::SYMLINK_NOFOLLOW)?));
    }
    Ok((own, within))
}

/// What `make` makes of each entry of the folder at `path`.
fn list<T>(
    root: BorrowedFd<'_>,
    path: &str,
    make: impl Fn(BorrowedFd<'_>, &RawDirEntry<'_>) -> io::Result<Option<T>>,
) -> io::Result<Vec<T>> {
    let folder = open_folder(root, path)?;
    let mut buffer = [MaybeUninit::uninit(); LIST_BYTES];
    let mut entries = RawDir::new(&folder, &mut buffer);
    let mut made = Vec::new();
    while let Some(entry) = entries.next() {
        let entry = match entry {
            // Removed since it was opened, and so it has no entries.
            Err(rustix::io::Errno::NOENT) => break,
            entry => entry?,
        };
        if matches!(entry.file_name().to_bytes(), b"." | b"..") {
            continue;
        }
        if let Some(of) = make(folder.as_fd(), &entry)? {
            made.push(of);
        }
    }
    Ok(made)
}

/// Metadata of an entry; `None` when it is gone since the folder was listed.
fn look_at(folder: BorrowedFd<'_>, entry: &RawDirEntry<'_>) -> io::Result<Option<Metadata>> {
    match statat(folder, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW) {
        Ok(found) => Ok(Some(metadata(&found))),
        Err(rustix::io::Errno::NOENT) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[allow(clippy::useless_conversion, reason = "the widths differ from one processor to the other")]
fn metadata(found: &Stat) -> Metadata {
    let ns = |seconds: i64, rest: u64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
    Metadata {
        kind: kind_of(FileType::from_raw_mode(found.st_mode)),
        bytes: u64::try_from(found.st_size).unwrap_or(0),
        modified_ns: ns(found.st_mtime.into(), found.st_mtime_nsec.into()),
        changed_ns: Some(ns(found.st_ctime.into(), found.st_ctime_nsec.into())),
        id: (found.st_dev.into(), found.st_ino.into()),
        permissions: Some(found.st_mode & 0o777),
    }
}

fn kind_of(file_type: FileType) -> Kind {
    match file_type {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Folder,
        FileType::Symlink => Kind::Link,
        _ => Kind::Other,
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::list;
    use std::fs::{self, File};
    use std::os::fd::AsFd as _;

    #[test]
    fn a_folder_that_is_removed_while_it_is_listed_has_no_more_entries() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("folder");
        fs::create_dir(&folder).unwrap();
        for name in 0..1000 {
            File::create(folder.join(format!("file-{name}"))).unwrap();
        }
        let listed = list(File::open(root.path()).unwrap().as_fd(), "folder", |_, _| {
            if folder.exists() {
                fs::remove_dir_all(&folder)?;
            }
            Ok(Some(()))
        });
        assert!((1..1000).contains(&listed.unwrap().len()));
    }
}

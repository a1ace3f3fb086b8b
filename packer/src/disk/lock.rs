//! The writer lock: an advisory lock of the operating system on a file whose bytes and existence mean nothing.
//! A dead owner's lock is free.

use super::os::OsDisk;
use super::{Disk as _, DiskError, DiskErrorKind, Patience};
use crate::path::PortablePath;
use std::fs::{File, TryLockError};
use std::time::Duration;

/// The writer lock, held until dropped.
pub struct Lock(#[allow(dead_code, reason = "it is held for what its end does")] Box<dyn Send>);

impl Lock {
    /// A lock that is let go when `held` is dropped.
    pub fn holding(held: impl Send + 'static) -> Lock {
        Lock(Box::new(held))
    }
}

/// A locked file.
struct Held {
    file: Option<File>,
    disk: OsDisk,
    path: PortablePath,
}

/// Takes the lock file at `path`, making it where there is none; who held it takes it away, also one that a killed writer
/// left.
pub(super) fn acquire(
    disk: &OsDisk,
    path: &PortablePath,
    wait: Duration,
    cancelled: &dyn Fn() -> bool,
) -> Result<Lock, DiskError> {
    let patience = Patience::of(wait);
    loop {
        let file = disk.open_lock(path)?;
        match file.try_lock() {
            Ok(()) if is_current(disk, path, &file) => {
                return Ok(Lock::holding(Held { file: Some(file), disk: disk.clone(), path: path.clone() }));
            }
            // Its owner took the file away between our opening and locking it: look again.
            Ok(()) => {}
            Err(TryLockError::WouldBlock) if cancelled() => {
                return Err(DiskError::of(path.as_str(), DiskErrorKind::Cancelled, "stopped while waiting"));
            }
            Err(TryLockError::WouldBlock) => {
                if !patience.pause() {
                    return Err(DiskError::of(path.as_str(), DiskErrorKind::Busy, "another writer holds the lock"));
                }
            }
            Err(TryLockError::Error(error)) => return Err(DiskError::new(path.as_str(), error)),
        }
    }
}

/// Whether somebody holds the lock at `path`. To find out, this shares it for a moment.
pub(super) fn is_held(disk: &OsDisk, path: &PortablePath) -> Result<bool, DiskError> {
    let file = match disk.open_lock_file(path) {
        Ok(file) => file,
        Err(error) if error.kind == DiskErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(DiskError::new(path.as_str(), error)),
    }
}

fn is_current(disk: &OsDisk, path: &PortablePath, file: &File) -> bool {
    let held = super::os::file_metadata(file).map(|m| m.id);
    matches!((disk.metadata(path), held), (Ok(named), Ok(held)) if named.id == held)
}

impl Drop for Held {
    fn drop(&mut self) {
        // Removed while it is held: whoever waits on this file sees that the name is gone and looks again.
        let _ = self.disk.remove_file(&self.path);
        drop(self.file.take());
    }
}

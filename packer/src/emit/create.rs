//! Makes one small file that did not exist, whole or not at all.

use crate::disk::{Disk, DiskError};
use crate::path::PortablePath;
use crate::schema::journal::is_id;
use std::io::Write as _;

/// Writes `bytes` to a file beside `path`, flushes it, and moves it into place.
///
/// # Errors
/// What the medium says; then nothing is left behind at `path`.
pub fn create_file(disk: &dyn Disk, path: &PortablePath, bytes: &[u8], operation_id: &str) -> Result<(), DiskError> {
    let folder = path.parent().expect("the packer's own files lie in folders");
    let staged = folder.own(&staged_name(path.name(), operation_id));
    let written = write(disk, &staged, bytes).and_then(|()| disk.rename(&staged, path));
    if written.is_err() {
        let _ = disk.remove_file(&staged);
    }
    written.and_then(|()| disk.sync_dir(&folder))
}

fn staged_name(name: &str, operation_id: &str) -> String {
    format!("{name}.{operation_id}")
}

/// Whether a file of this name waits to be moved into place, or would, were its command still running.
pub(super) fn is_staged(name: &str) -> bool {
    // An id may have a dot in it.
    name.match_indices('.').any(|(at, _)| at > 0 && is_id(&name[at + 1..]))
}

fn write(disk: &dyn Disk, path: &PortablePath, bytes: &[u8]) -> Result<(), DiskError> {
    let mut file = disk.create(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync());
    written.map_err(|error| DiskError::new(path.as_str(), error))
}

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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::{create_file, is_staged, staged_name};
    use crate::disk::memory::{Fault, MemoryDisk};
    use crate::path::PortablePath;
    use std::io::ErrorKind;

    const ID: &str = "20260102T030405.006Z-0000000a";

    #[test]
    fn a_file_is_there_whole_and_lasts_or_nothing_is_left_of_it() {
        let path = PortablePath::assets().own("a.json");
        let empty = || {
            let disk = MemoryDisk::new([]);
            disk.place_folder("assets");
            disk
        };
        let disk = empty();
        create_file(&disk, &path, b"{}", ID).unwrap();
        for seed in 0..8 {
            let left = disk.crash(seed).snapshot();
            assert_eq!(left.get("assets/a.json"), Some(&Some(b"{}".to_vec())), "{left:?}");
            assert_eq!(left.len(), 2, "{left:?}");
        }
        for at in 1..=disk.operations().len() {
            let disk = empty();
            disk.fail_at(at, Fault::Error(ErrorKind::Other));
            assert!(create_file(&disk, &path, b"{}", ID).is_err(), "{at}");
            let left: Vec<String> = disk.snapshot().into_keys().filter(|name| is_staged(name)).collect();
            assert!(left.is_empty(), "after operation {at}: {left:?}");
        }
    }

    #[test]
    fn a_name_is_one_of_a_file_under_way_if_it_ends_in_an_id() {
        assert!(is_staged(&staged_name("index.json", ID)) && is_staged(&staged_name("lock", ID)));
        for name in ["index.json", ID, &format!(".{ID}"), &format!("a{ID}"), &format!("a.{ID}."), "a."] {
            assert!(!is_staged(name), "{name}");
        }
    }
}

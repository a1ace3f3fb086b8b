//! Who may read a file is its maker's business: another content does not change it, and neither does taking it back.

use super::{INDEX, path, project, run, settle};
use crate::disk::Disk as _;
use crate::disk::memory::{Fault, MemoryDisk};

const GONE: &str = "assets/gone/asset.json";
const NEW: &str = "assets/new/asset.json";

fn permissions(disk: &MemoryDisk, file: &str) -> Option<u32> {
    disk.metadata(&path(file)).ok()?.permissions
}

/// A project with a file for its maker's eyes, and one that a group writes.
fn guarded() -> MemoryDisk {
    let disk = project();
    disk.permit(&path(GONE), 0o600);
    disk.permit(&path(INDEX), 0o664);
    disk
}

#[test]
fn a_file_keeps_its_permissions_whatever_fails() {
    let whole = guarded();
    run(&whole).unwrap();
    let all = [INDEX, GONE, NEW].map(|file| permissions(&whole, file));
    assert_eq!(all, [Some(0o664), None, Some(0o644)]);
    let (mut back, mut done) = (0, 0);
    for operation in 1..=whole.operations().len() {
        for fault in Fault::EACH {
            let disk = guarded();
            disk.fail_at(operation, fault);
            let _ = run(&disk);
            let next = disk.killed();
            settle(&next).unwrap();
            assert_eq!(permissions(&next, INDEX), Some(0o664), "{operation}, {fault:?}");
            match permissions(&next, GONE) {
                Some(found) => {
                    assert_eq!(found, 0o600, "{operation}, {fault:?}");
                    back += 1;
                }
                None => done += 1,
            }
        }
    }
    assert!(back > 0 && done > 0);
}

//! Folders swapped for links while the packer opens what is below them, on the real disk: what lies outside is never read.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop at the first surprise, and makes the disk that it reads"
)]

use prometeu_packer::disk::{Disk as _, DiskErrorKind, OsDisk};
use prometeu_packer::path::PortablePath;
use std::fs;
use std::io::Read as _;
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, Ordering};

/// How often a file is opened, at least.
const TRIES: usize = 4000;
/// How often at most, on a machine so busy that one side of the race rarely has its turn.
const TRIES_AT_MOST: usize = 100 * TRIES;

#[test]
fn nothing_outside_is_read_while_a_folder_is_swapped_for_a_link() {
    let place = tempfile::tempdir().unwrap();
    let (project, outside) = (place.path().join("project"), place.path().join("outside"));
    let (folder, aside, link) = (project.join("assets/ui"), project.join("aside"), project.join("link"));
    fs::create_dir_all(folder.join("sub")).unwrap();
    fs::create_dir_all(outside.join("sub")).unwrap();
    fs::write(folder.join("sub/a.png"), "inside").unwrap();
    fs::write(outside.join("sub/a.png"), "secret").unwrap();
    symlink(&outside, &link).unwrap();
    let (disk, is_over) = (OsDisk::open_project(&project).unwrap(), AtomicBool::new(false));
    let (file, sub) =
        (PortablePath::assets().join("ui/sub/a.png").unwrap(), PortablePath::assets().join("ui/sub").unwrap());
    let (mut read, mut refused) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                fs::rename(&folder, &aside).unwrap();
                fs::rename(&link, &folder).unwrap();
                fs::rename(&folder, &link).unwrap();
                fs::rename(&aside, &folder).unwrap();
            }
        });
        // Also when something is not as it should be: the other thread has to end.
        let _ends = Ends(&is_over);
        while read + refused < TRIES || (read == 0 || refused == 0) && read + refused < TRIES_AT_MOST {
            match disk.open(&file) {
                Ok(mut found) => {
                    let mut text = String::new();
                    found.handle.read_to_string(&mut text).unwrap();
                    assert_eq!(text, "inside");
                    read += 1;
                }
                Err(error) => {
                    assert!(matches!(error.kind, DiskErrorKind::Link | DiskErrorKind::NotFound), "{error:?}");
                    refused += 1;
                }
            }
            if let Ok(entries) = disk.read_dir(&sub) {
                assert!(entries.iter().all(|entry| entry.metadata.bytes == 6), "{entries:?}");
            }
        }
    });
    assert!(read > 0 && refused > 0, "{read} read, {refused} refused: there was no race");
}

struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

//! The folder that a build is made in before it is published: `build/.staging/<operation-id>/`. A build that ends, well
//! or not, leaves nothing of it; one that was killed leaves it to the next command.

use super::folder::{TransactionFolder, staging};
use crate::disk::{Disk, DiskError};
use crate::path::PortablePath;

/// A staging folder, swept when dropped.
pub(super) struct Staging<'d> {
    disk: &'d dyn Disk,
    folder: TransactionFolder,
}

impl<'d> Staging<'d> {
    /// Makes it. The caller holds the writer lock and has settled what was unfinished.
    pub(super) fn create(disk: &'d dyn Disk, operation_id: &str) -> Result<Staging<'d>, DiskError> {
        let made = Staging { disk, folder: TransactionFolder::of_build(operation_id) };
        made.folder.create(disk)?;
        Ok(made)
    }

    pub(super) fn folder(&self) -> &TransactionFolder {
        &self.folder
    }

    /// The name under which output `at` is made.
    pub(super) fn path(&self, at: usize) -> PortablePath {
        self.folder.staged(at)
    }
}

impl Drop for Staging<'_> {
    fn drop(&mut self) {
        // A publish that could be neither finished nor undone needs everything in here.
        if self.folder.is_over(self.disk).is_ok_and(|is_over| is_over) {
            let _ = self.folder.sweep(self.disk);
            sweep_build(self.disk);
        }
    }
}

/// Takes the folders of builds away where they are empty.
pub(super) fn sweep_build(disk: &dyn Disk) {
    for path in [staging(), PortablePath::build()] {
        if disk.read_dir(&path).is_ok_and(|entries| entries.is_empty()) {
            let _ = disk.remove_dir(&path);
        }
    }
}

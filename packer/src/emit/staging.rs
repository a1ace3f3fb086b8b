//! The folder that a build is made in before it is published: `build/.staging/<operation-id>/`. Whatever happens, it
//! does not stay, and folders that were made for it go with it.

use crate::disk::{Disk, DiskError, DiskErrorKind, Kind};
use crate::path::PortablePath;

/// A staging folder, taken away when dropped.
pub(super) struct Staging<'d> {
    disk: &'d dyn Disk,
    folder: PortablePath,
    /// Folders that did not exist before, outermost first.
    made: Vec<PortablePath>,
}

impl<'d> Staging<'d> {
    pub(super) fn create(disk: &'d dyn Disk, operation_id: &str) -> Result<Staging<'d>, DiskError> {
        let all = PortablePath::build().own(".staging");
        let folder = all.own(operation_id);
        sweep(disk, &all);
        let mut staging = Staging { disk, folder: folder.clone(), made: Vec::new() };
        for path in [PortablePath::build(), all, folder] {
            match disk.create_dir(&path) {
                Ok(()) => staging.made.push(path),
                Err(error) if error.kind == DiskErrorKind::AlreadyExists && path != staging.folder => {}
                Err(error) => return Err(error),
            }
        }
        Ok(staging)
    }

    pub(super) fn path(&self, name: &str) -> PortablePath {
        self.folder.own(name)
    }
}

/// Removes what builds that were killed left behind; the writer lock is held, so none of them lives.
fn sweep(disk: &dyn Disk, all: &PortablePath) {
    for entry in disk.read_dir(all).unwrap_or_default() {
        if let (Ok(name), Kind::Folder) = (entry.name, entry.metadata.kind) {
            remove(disk, &all.own(&name));
        }
    }
}

/// Removes one staging folder, which holds files only. Best effort: the next build tries again.
fn remove(disk: &dyn Disk, folder: &PortablePath) {
    for entry in disk.read_dir(folder).unwrap_or_default() {
        if let Ok(name) = entry.name {
            let _ = disk.remove_file(&folder.own(&name));
        }
    }
    let _ = disk.remove_dir(folder);
}

impl Drop for Staging<'_> {
    fn drop(&mut self) {
        remove(self.disk, &self.folder);
        let _ = self.disk.remove_dir(&PortablePath::build().own(".staging"));
        for path in self.made.iter().rev() {
            // Fails where something was published into it, as it should.
            let _ = self.disk.remove_dir(path);
        }
    }
}

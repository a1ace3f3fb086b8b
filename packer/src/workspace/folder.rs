//! The entries of a folder, looked up by exact name, and the names that some system would take for one.

use crate::disk::{Disk, DiskError, Metadata};
use crate::path::{PortablePath, fold};

/// A listed folder.
pub(super) struct Folder {
    entries: Vec<(String, Metadata)>,
}

/// What a name in a folder leads to.
pub(super) enum Found<'f> {
    /// Exactly this name.
    Entry(Metadata),
    /// No such name, but one that differs only in case or normal form.
    Similar(&'f str),
    /// Nothing like it.
    Nothing,
}

impl Folder {
    pub(super) fn list(disk: &dyn Disk, path: &PortablePath) -> Result<Folder, DiskError> {
        let mut entries: Vec<_> = disk
            .read_dir(path)?
            .into_iter()
            .filter_map(|entry| entry.name.ok().map(|name| (name, entry.metadata)))
            .collect();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(Folder { entries })
    }

    pub(super) fn find(&self, name: &str) -> Found<'_> {
        if let Ok(at) = self.entries.binary_search_by(|entry| entry.0.as_str().cmp(name)) {
            return Found::Entry(self.entries[at].1);
        }
        let folded = fold(name);
        let similar = self.entries.iter().find(|entry| fold(&entry.0) == folded);
        similar.map_or(Found::Nothing, |entry| Found::Similar(&entry.0))
    }

    /// Another name here that some system takes for `name`.
    pub(super) fn rival(&self, name: &str) -> Option<&str> {
        let folded = fold(name);
        // Cheap to rule out: names that are equal after folding ASCII have equal lengths.
        let may_fold =
            |other: &str| other != name && (!other.is_ascii() || !name.is_ascii() || other.len() == name.len());
        self.entries.iter().map(|entry| entry.0.as_str()).find(|other| may_fold(other) && fold(other) == folded)
    }
}

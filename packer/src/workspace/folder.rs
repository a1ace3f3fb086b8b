//! The entries of a folder, looked up by exact name, and the names that some system would take for one.

use crate::disk::{Disk, DiskError, Metadata};
use crate::path::{PortablePath, fold};
use std::collections::HashMap;
use std::sync::OnceLock;

/// A listed folder.
pub(super) struct Folder {
    entries: Vec<(String, Metadata)>,
    /// The entries by folded name, made when a large folder is first asked for names that are alike.
    alike: OnceLock<HashMap<String, Vec<usize>>>,
}

/// Below this many entries, to go through them all is quicker than to sort them by folded name.
const MANY: usize = 64;

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
        Ok(Folder { entries, alike: OnceLock::new() })
    }

    pub(super) fn find(&self, name: &str) -> Found<'_> {
        if let Ok(at) = self.entries.binary_search_by(|entry| entry.0.as_str().cmp(name)) {
            return Found::Entry(self.entries[at].1);
        }
        self.alike(name).next().map_or(Found::Nothing, Found::Similar)
    }

    /// Another name here that some system takes for `name`.
    pub(super) fn rival(&self, name: &str) -> Option<&str> {
        self.alike(name).find(|other| *other != name)
    }

    /// The names here that are `name` once both are folded, in order.
    fn alike(&self, name: &str) -> impl Iterator<Item = &str> {
        let folded = fold(name);
        let among_all = self.entries.len() < MANY;
        let found = if among_all { None } else { self.by_folded_name().get(&folded) };
        let found = found.into_iter().flatten().map(|&at| self.entries[at].0.as_str());
        // Cheap to rule out: names that are equal after folding ASCII have equal lengths.
        let bytes = name.is_ascii().then_some(name.len());
        let may_fold = move |other: &&str| bytes.is_none_or(|bytes| !other.is_ascii() || other.len() == bytes);
        let all = if among_all { self.entries.as_slice() } else { &[] };
        let all = all.iter().map(|entry| entry.0.as_str());
        found.chain(all.filter(may_fold).filter(move |other| fold(other) == folded))
    }

    fn by_folded_name(&self) -> &HashMap<String, Vec<usize>> {
        self.alike.get_or_init(|| {
            let mut alike: HashMap<String, Vec<usize>> = HashMap::with_capacity(self.entries.len());
            for (at, entry) in self.entries.iter().enumerate() {
                alike.entry(fold(&entry.0)).or_default().push(at);
            }
            alike
        })
    }
}

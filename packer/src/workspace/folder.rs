//! The entries of a folder, looked up by exact name, and the names that some system would take for one.

use crate::disk::{Disk, DiskError, Kind, Metadata, Stamp};
use crate::path::{PortablePath, fold};
use std::collections::HashMap;
use std::sync::OnceLock;

/// What is asked of the entries of a folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ask {
    /// What they are, and their stamps.
    #[default]
    Stamps,
    /// What they are alone.
    Names,
}

/// A listed folder.
pub(super) struct Folder {
    ask: Ask,
    entries: Vec<(String, Standing)>,
    /// The first two entries of each folded name, made when a name has to be looked for by it; empty where every name is
    /// its own folded form, so that no two of them are one to any system.
    folded: OnceLock<HashMap<String, (usize, Option<usize>)>>,
}

/// What stands in a folder under a name.
#[derive(Clone, Copy)]
pub(super) struct Standing {
    pub(super) kind: Kind,
    /// Absent where only names were asked for.
    pub(super) stamp: Option<Stamp>,
}

/// What a name in a folder leads to.
pub(super) enum Found<'f> {
    /// Exactly this name.
    Entry(Standing),
    /// No such name, but one that differs only in case or normal form.
    Similar(&'f str),
    /// Nothing like it.
    Nothing,
}

impl Folder {
    pub(super) fn list(disk: &dyn Disk, path: &PortablePath, ask: Ask) -> Result<Folder, DiskError> {
        let mut entries: Vec<(String, Standing)> = match ask {
            Ask::Names => {
                let standing = |kind| Standing { kind, stamp: None };
                let names = disk.names(path)?.into_iter();
                names.filter_map(|entry| Some((entry.name.ok()?, standing(entry.kind)))).collect()
            }
            Ask::Stamps => {
                let standing = |found: &Metadata| Standing { kind: found.kind, stamp: Some(found.into()) };
                let entries = disk.read_dir(path)?.into_iter();
                entries.filter_map(|entry| Some((entry.name.ok()?, standing(&entry.metadata)))).collect()
            }
        };
        entries.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let folded = OnceLock::new();
        if entries.iter().all(|entry| fold(&entry.0) == entry.0) {
            let _ = folded.set(HashMap::new());
        }
        Ok(Folder { ask, entries, folded })
    }

    /// What was asked of its entries.
    pub(super) fn ask(&self) -> Ask {
        self.ask
    }

    pub(super) fn find(&self, name: &str) -> Found<'_> {
        if let Some(at) = self.position(name) {
            return Found::Entry(self.entries[at].1);
        }
        let folded = fold(name);
        let similar = match self.folded() {
            groups if groups.is_empty() => self.position(&folded),
            groups => groups.get(&*folded).map(|group| group.0),
        };
        similar.map_or(Found::Nothing, |at| Found::Similar(&self.entries[at].0))
    }

    /// Another name here that some system takes for `name`, which stands here itself.
    pub(super) fn rival(&self, name: &str) -> Option<&str> {
        if self.folded().is_empty() {
            return None;
        }
        let &(first, second) = self.folded().get(&*fold(name))?;
        let other = if self.entries[first].0 == name { second? } else { first };
        Some(&self.entries[other].0)
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.entries.binary_search_by(|entry| entry.0.as_str().cmp(name)).ok()
    }

    fn folded(&self) -> &HashMap<String, (usize, Option<usize>)> {
        self.folded.get_or_init(|| {
            let mut groups = HashMap::with_capacity(self.entries.len());
            for (at, (name, _)) in self.entries.iter().enumerate() {
                let group = groups.entry(fold(name).into_owned()).or_insert((at, None));
                if group.0 != at {
                    group.1.get_or_insert(at);
                }
            }
            groups
        })
    }
}

//! The folders on the way to registered roots: each name must stand there exactly as the registry spells it, and no other
//! that some system takes for the same.

use super::folder::{Ask, Folder, Found};
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::Disk;
use crate::path::PortablePath;
use crate::schema::Registry;
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};

/// What is wrong on the way to the entries of a registry, by their place in it.
pub(super) fn astray(disk: &dyn Disk, registry: &Registry) -> HashMap<usize, Diagnostic> {
    let ways = Ways::list(disk, registry);
    let entries = registry.entries.par_iter().enumerate();
    let checked = entries.filter_map(|(at, entry)| Some((at, ways.check(entry.folder.as_ref()?).err()?)));
    checked.collect()
}

/// The listed folders above all roots; few, where projects are tidy.
struct Ways(HashMap<PortablePath, Folder>);

impl Ways {
    fn list(disk: &dyn Disk, registry: &Registry) -> Ways {
        let mut parents: BTreeSet<PortablePath> = BTreeSet::new();
        for folder in registry.entries.iter().filter_map(|entry| entry.folder.as_ref()) {
            // Where one is known, all further out are.
            let is_known = steps(folder).next().is_some_and(|(parent, _)| parents.contains(parent));
            let mut at = folder.parent().filter(|_| !is_known);
            while let Some(parent) = at.filter(|parent| parents.insert(parent.clone())) {
                at = parent.parent();
            }
        }
        let listed = parents
            .into_par_iter()
            .filter_map(|path| Folder::list(disk, &path, Ask::Names).ok().map(|folder| (path, folder)));
        Ways(listed.collect())
    }

    /// Whether every system finds `root` under its name. A folder that is not there at all is no matter of this.
    fn check(&self, root: &PortablePath) -> Result<(), Diagnostic> {
        for (parent, name) in steps(root) {
            let Some(folder) = self.0.get(parent) else { continue };
            if let Some(other) = folder.rival(name).filter(|_| matches!(folder.find(name), Found::Entry(_))) {
                let message =
                    format!("`{name}` and `{other}` stand in one folder, and some systems take them for one name");
                return Err(Diagnostic::new(Code::TrustNameCollision, message).help("rename one of them"));
            }
            if let Found::Similar(other) = folder.find(name) {
                let message = "the registered folder is not there under exactly this name";
                return Err(Diagnostic::new(Code::RegistryRootMissing, message)
                    .help(format!("rename `{other}` to `{name}`, as the registry has it"))
                    .text("found", other));
            }
        }
        Ok(())
    }
}

/// Each folder on the way to `path`, the innermost first, and the name in it that leads on.
fn steps(path: &PortablePath) -> impl Iterator<Item = (&str, &str)> {
    let path = path.as_str();
    let mut end = path.len();
    path.rmatch_indices('/').map(move |(at, _)| (&path[..at], &path[at + 1..std::mem::replace(&mut end, at)]))
}

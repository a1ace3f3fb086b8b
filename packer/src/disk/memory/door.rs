//! The disk door onto the tree in memory. Answers as the real disk does on Linux.

use super::super::{Disk, DiskError, DiskErrorKind, Entry, Kind, Lock, Metadata, RawFile, WriteHandle};
use super::fault::Effect;
use super::handle::{Held, Reader, Writer};
use super::tree::{Node, ROOT, Tree, refuse};
use super::{MemoryDisk, State};
use crate::path::PortablePath;
use std::sync::MutexGuard;
use std::time::Duration;

impl MemoryDisk {
    /// Counts an operation; a planned fault is reported for `path`.
    fn step(&self, effect: Effect, path: &str, text: String) -> Result<MutexGuard<'_, State>, DiskError> {
        let mut state = self.state();
        state.plan.step(effect, text).map_err(|error| DiskError::new(path, error))?;
        Ok(state)
    }

    fn one(&self, effect: Effect, verb: &str, path: &PortablePath) -> Result<MutexGuard<'_, State>, DiskError> {
        self.step(effect, path.as_str(), format!("{verb} {path}"))
    }

    fn two(&self, verb: &str, from: &PortablePath, to: &PortablePath) -> Result<MutexGuard<'_, State>, DiskError> {
        self.step(Effect::Change, to.as_str(), format!("{verb} {from} -> {to}"))
    }
}

impl Disk for MemoryDisk {
    fn metadata(&self, path: &PortablePath) -> Result<Metadata, DiskError> {
        let state = self.one(Effect::Look, "metadata", path)?;
        let (_, node) = state.tree.existing(path)?;
        Ok(state.tree.metadata(node))
    }

    fn open(&self, path: &PortablePath) -> Result<RawFile, DiskError> {
        let state = self.one(Effect::Look, "open", path)?;
        // An error names the file here, not the folder that is not there, since it is looked up in one go.
        let in_one_go = |error| DiskError { path: path.to_string(), ..error };
        let (_, node) = state.tree.existing(path).map_err(in_one_go)?;
        only_file(node, path)?;
        let metadata = state.tree.metadata(node);
        let handle = Box::new(Reader::new(self.clone(), node, path.clone()));
        Ok(RawFile { path: path.shared(), metadata, handle })
    }

    fn read_dir(&self, path: &PortablePath) -> Result<Vec<Entry>, DiskError> {
        let state = self.one(Effect::Look, "read_dir", path)?;
        let tree = &state.tree;
        let folder = tree.folder(Some(path))?;
        let entry = |(name, node): (&String, &Node)| Entry { name: Ok(name.clone()), metadata: tree.metadata(*node) };
        Ok(tree.names(folder).map(entry).collect())
    }

    fn create_dir(&self, path: &PortablePath) -> Result<(), DiskError> {
        make(&mut self.one(Effect::Change, "create_dir", path)?.tree, path, Kind::Folder)?;
        Ok(())
    }

    fn create_with(&self, path: &PortablePath, permissions: Option<u32>) -> Result<Box<dyn WriteHandle>, DiskError> {
        let tree = &mut self.one(Effect::Change, "create", path)?.tree;
        let node = make(tree, path, Kind::File)?;
        permissions.iter().for_each(|&permissions| tree.permit(node, permissions));
        Ok(Box::new(Writer::new(self.clone(), node, path.clone())))
    }

    fn rename(&self, from: &PortablePath, to: &PortablePath) -> Result<(), DiskError> {
        let tree = &mut self.two("rename", from, to)?.tree;
        let ((source, found), (target, replaced)) = (tree.slot(from)?, tree.slot(to)?);
        let node = found.ok_or_else(|| refuse(to, DiskErrorKind::NotFound, "nothing to rename"))?;
        if node.kind == Kind::Folder && to.below(from).is_some() {
            return Err(refuse(to, DiskErrorKind::Io, "a folder cannot move into itself"));
        }
        if from.below(to).is_some() {
            return Err(refuse(to, DiskErrorKind::Io, "the folder is not empty"));
        }
        match replaced {
            // Two names of one file: the system leaves both.
            Some(replaced) if replaced == node => return Ok(()),
            Some(replaced) => may_replace(tree, node, replaced, to)?,
            None => {}
        }
        tree.rename(node, (source, from.name()), (target, to.name()), replaced);
        Ok(())
    }

    fn hard_link(&self, from: &PortablePath, to: &PortablePath) -> Result<(), DiskError> {
        let tree = &mut self.two("hard_link", from, to)?.tree;
        let ((_, found), (target, taken)) = (tree.slot(from)?, tree.slot(to)?);
        let node = found.ok_or_else(|| refuse(to, DiskErrorKind::NotFound, "nothing to link"))?;
        if taken.is_some() {
            return Err(refuse(to, DiskErrorKind::AlreadyExists, "the name is taken"));
        }
        if node.kind == Kind::Folder {
            return Err(refuse(to, DiskErrorKind::Denied, "a folder has one name"));
        }
        tree.change(vec![(target, to.name().to_owned(), Some(node))], &[]);
        Ok(())
    }

    fn remove_file(&self, path: &PortablePath) -> Result<(), DiskError> {
        let tree = &mut self.one(Effect::Change, "remove_file", path)?.tree;
        let (folder, node) = tree.existing(path)?;
        if node.kind == Kind::Folder {
            return Err(refuse(path, DiskErrorKind::NotRegular, "a folder"));
        }
        tree.change(vec![(folder, path.name().to_owned(), None)], &[]);
        Ok(())
    }

    fn remove_dir(&self, path: &PortablePath) -> Result<(), DiskError> {
        let tree = &mut self.one(Effect::Change, "remove_dir", path)?.tree;
        let (folder, node) = tree.existing(path)?;
        if node.kind != Kind::Folder {
            return Err(refuse(path, DiskErrorKind::NotFound, "not a folder"));
        }
        only_empty(tree, node, path)?;
        tree.change(vec![(folder, path.name().to_owned(), None)], &[node.id]);
        Ok(())
    }

    fn sync_dir(&self, path: &PortablePath) -> Result<(), DiskError> {
        let tree = &mut self.one(Effect::Change, "sync_dir", path)?.tree;
        let folder = tree.folder(Some(path))?;
        tree.sync_folder(folder);
        Ok(())
    }

    fn sync_project(&self) -> Result<(), DiskError> {
        self.step(Effect::Change, ".", "sync_dir .".to_owned())?.tree.sync_folder(ROOT);
        Ok(())
    }

    fn flush(&self, files: &[PortablePath], folders: &[PortablePath]) -> Result<(), DiskError> {
        let names: Vec<&str> = files.iter().chain(folders).map(PortablePath::as_str).collect();
        let first = names.first().copied().unwrap_or(".");
        let tree = &mut self.step(Effect::Change, first, format!("flush {}", names.join(" ")))?.tree;
        for path in files {
            match tree.existing(path)?.1 {
                Node { kind: Kind::Link | Kind::Other, .. } => {
                    return Err(refuse(path, DiskErrorKind::Io, "not a file to flush"));
                }
                Node { kind: Kind::Folder, id } => tree.sync_folder(id),
                Node { kind: Kind::File, id } => tree.sync_file(id),
            }
        }
        for path in folders {
            match tree.folder(Some(path)) {
                Ok(folder) => tree.sync_folder(folder),
                Err(error) if error.kind == DiskErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Never waits: who holds the lock is in the same process, and would hold it for as long as anyone waits.
    fn lock(&self, path: &PortablePath, _wait: Duration, _cancelled: &dyn Fn() -> bool) -> Result<Lock, DiskError> {
        let state = &mut *self.one(Effect::Change, "lock", path)?;
        let node = match state.tree.slot(path)? {
            (_, Some(node)) => node,
            (_, None) => make(&mut state.tree, path, Kind::File)?,
        };
        only_file(node, path)?;
        if !state.locked.insert(node.id) {
            return Err(refuse(path, DiskErrorKind::Busy, "another writer holds the lock"));
        }
        Ok(Lock::holding(Held { disk: self.clone(), id: node.id, path: path.clone() }))
    }

    fn is_locked(&self, path: &PortablePath) -> Result<bool, DiskError> {
        let state = self.one(Effect::Look, "is_locked", path)?;
        let (_, node) = state.tree.slot(path)?;
        Ok(node.is_some_and(|node| state.locked.contains(&node.id)))
    }
}

fn make(tree: &mut Tree, path: &PortablePath, kind: Kind) -> Result<Node, DiskError> {
    let (folder, taken) = tree.slot(path)?;
    if taken.is_some() {
        return Err(refuse(path, DiskErrorKind::AlreadyExists, "the name is taken"));
    }
    let node = tree.make(kind);
    tree.change(vec![(folder, path.name().to_owned(), Some(node))], &[]);
    Ok(node)
}

fn only_file(node: Node, path: &PortablePath) -> Result<(), DiskError> {
    match node.kind {
        Kind::File => Ok(()),
        Kind::Link => Err(refuse(path, DiskErrorKind::Link, "a link")),
        Kind::Folder | Kind::Other => Err(refuse(path, DiskErrorKind::NotRegular, "not a regular file")),
    }
}

fn may_replace(tree: &Tree, node: Node, replaced: Node, to: &PortablePath) -> Result<(), DiskError> {
    match (node.kind == Kind::Folder, replaced.kind == Kind::Folder) {
        (false, false) => Ok(()),
        (true, true) => only_empty(tree, replaced, to),
        (true, false) => Err(refuse(to, DiskErrorKind::NotFound, "a folder replaces no file")),
        (false, true) => Err(refuse(to, DiskErrorKind::NotRegular, "a file replaces no folder")),
    }
}

fn only_empty(tree: &Tree, folder: Node, path: &PortablePath) -> Result<(), DiskError> {
    match tree.names(folder.id).next() {
        None => Ok(()),
        Some(_) => Err(refuse(path, DiskErrorKind::Io, "the folder is not empty")),
    }
}

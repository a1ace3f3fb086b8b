//! Files and folders with what is visible and what is durable of each. Knows nothing of faults.

use super::super::{DiskError, DiskErrorKind, Kind, Metadata};
use crate::path::PortablePath;
use std::collections::BTreeMap;

/// The project folder.
pub(super) const ROOT: u64 = 1;
/// The permissions of a new file.
const NEW: u32 = 0o644;
/// Stands for the shape of the tree in [`Pending::touches`]: folders are moved in order, so that none is ever lost in a
/// circle.
const SHAPE: u64 = 0;

/// What a name leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) id: u64,
}

/// A value as everybody sees it, and as it is on the medium.
#[derive(Clone, Default)]
pub(super) struct Stored<T> {
    pub(super) visible: T,
    pub(super) durable: T,
}

pub(super) type Names = BTreeMap<String, Node>;

/// In a folder, a name gets another meaning, or none.
pub(super) type Change = (u64, String, Option<Node>);

/// A change of names that is not durable yet.
#[derive(Clone)]
pub(super) struct Pending {
    /// The folders in whose logs it stands.
    pub(super) touches: Vec<u64>,
    pub(super) changes: Vec<Change>,
}

#[derive(Clone)]
pub(super) struct Tree {
    pub(super) files: BTreeMap<u64, Stored<Vec<u8>>>,
    pub(super) folders: BTreeMap<u64, Stored<Names>>,
    /// In the order in which they were made.
    pub(super) pending: Vec<Pending>,
    modified: BTreeMap<u64, u64>,
    /// Where they are not those of a new file.
    permissions: BTreeMap<u64, u32>,
    /// The last time, and the last id given out.
    clock: u64,
}

impl Default for Tree {
    fn default() -> Tree {
        let folders = BTreeMap::from([(ROOT, Stored::default())]);
        Tree {
            files: BTreeMap::new(),
            folders,
            pending: Vec::new(),
            modified: BTreeMap::new(),
            permissions: BTreeMap::new(),
            clock: ROOT,
        }
    }
}

impl Tree {
    /// Puts something at `path`, durable, in place of what is there; the folders on the way are made.
    pub(super) fn place(&mut self, path: &str, kind: Kind, bytes: Vec<u8>) {
        let (mut folder, mut rest) = (ROOT, path);
        while let Some((name, below)) = rest.split_once('/') {
            folder = match self.find(folder, name) {
                Some(Node { kind: Kind::Folder, id }) => id,
                _ => self.place_in(folder, name, Kind::Folder),
            };
            rest = below;
        }
        let id = self.place_in(folder, rest, kind);
        if kind == Kind::File {
            self.files.insert(id, Stored { visible: bytes.clone(), durable: bytes });
        }
    }

    fn place_in(&mut self, folder: u64, name: &str, kind: Kind) -> u64 {
        let node = self.make(kind);
        let names = self.folders.entry(folder).or_default();
        names.visible.insert(name.to_owned(), node);
        names.durable.insert(name.to_owned(), node);
        node.id
    }

    /// Something new without a name.
    pub(super) fn make(&mut self, kind: Kind) -> Node {
        let id = self.tick();
        self.modified.insert(id, id);
        match kind {
            Kind::File => drop(self.files.insert(id, Stored::default())),
            Kind::Folder => drop(self.folders.insert(id, Stored::default())),
            Kind::Link | Kind::Other => {}
        }
        Node { kind, id }
    }

    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    pub(super) fn permit(&mut self, node: Node, permissions: u32) {
        self.permissions.insert(node.id, permissions);
    }

    pub(super) fn pass(&mut self, time: u64) {
        self.clock += time;
    }

    pub(super) fn touch(&mut self, id: u64) {
        let now = self.tick();
        self.modified.insert(id, now);
    }

    pub(super) fn find(&self, folder: u64, name: &str) -> Option<Node> {
        self.folders.get(&folder)?.visible.get(name).copied()
    }

    /// The folder at `path`, or the project folder.
    pub(super) fn folder(&self, path: Option<&PortablePath>) -> Result<u64, DiskError> {
        let Some(path) = path else { return Ok(ROOT) };
        path.components().try_fold(ROOT, |folder, name| match self.find(folder, name) {
            Some(Node { kind: Kind::Folder, id }) => Ok(id),
            Some(Node { kind: Kind::Link, .. }) => Err(refuse(path, DiskErrorKind::Link, "a link")),
            _ => Err(missing(path)),
        })
    }

    /// The folder that holds `path`, and what is there.
    pub(super) fn slot(&self, path: &PortablePath) -> Result<(u64, Option<Node>), DiskError> {
        let folder = self.folder(path.parent().as_ref())?;
        Ok((folder, self.find(folder, path.name())))
    }

    /// The folder that holds `path`, and what is there, which must be something.
    pub(super) fn existing(&self, path: &PortablePath) -> Result<(u64, Node), DiskError> {
        let (folder, node) = self.slot(path)?;
        Ok((folder, node.ok_or_else(|| missing(path))?))
    }

    pub(super) fn metadata(&self, node: Node) -> Metadata {
        let bytes = self.files.get(&node.id).map_or(0, |file| file.visible.len() as u64);
        let modified_ns = i128::from(self.modified.get(&node.id).copied().unwrap_or_default());
        // The counter is moved by every change, so it is a time of change as well.
        let permissions = Some(self.permissions.get(&node.id).copied().unwrap_or(NEW));
        Metadata { kind: node.kind, bytes, modified_ns, changed_ns: Some(modified_ns), id: (1, node.id), permissions }
    }

    pub(super) fn names(&self, folder: u64) -> impl Iterator<Item = (&String, &Node)> {
        self.folders.get(&folder).into_iter().flat_map(|names| &names.visible)
    }

    /// Changes names for everybody to see; `also` are folders in whose logs it stands though none of their names change.
    pub(super) fn change(&mut self, changes: Vec<Change>, also: &[u64]) {
        let mut touches = also.to_vec();
        for change in &changes {
            let names = self.folders.entry(change.0).or_default();
            apply(&mut names.visible, change);
            self.touch(change.0);
            touches.push(change.0);
        }
        self.pending.push(Pending { touches, changes });
    }

    /// Renames `node`, replacing `replaced`.
    pub(super) fn rename(&mut self, node: Node, from: (u64, &str), to: (u64, &str), replaced: Option<Node>) {
        let mut also = Vec::new();
        if node.kind == Kind::Folder {
            also.push(SHAPE);
            also.extend(replaced.map(|replaced| replaced.id));
        }
        self.change(vec![(from.0, from.1.to_owned(), None), (to.0, to.1.to_owned(), Some(node))], &also);
    }

    /// Makes a file's bytes durable.
    pub(super) fn sync_file(&mut self, id: u64) {
        if let Some(file) = self.files.get_mut(&id) {
            file.durable.clone_from(&file.visible);
        }
    }

    /// Makes a folder's names durable, with every earlier change that these build on.
    pub(super) fn sync_folder(&mut self, id: u64) {
        let mut needed = vec![id];
        let (mut synced, mut waiting) = (Vec::new(), Vec::new());
        for pending in std::mem::take(&mut self.pending).into_iter().rev() {
            if pending.touches.iter().any(|folder| needed.contains(folder)) {
                needed.extend(&pending.touches);
                synced.push(pending);
            } else {
                waiting.push(pending);
            }
        }
        waiting.reverse();
        self.pending = waiting;
        synced.iter().rev().for_each(|pending| self.make_durable(pending));
    }

    pub(super) fn make_durable(&mut self, pending: &Pending) {
        for change in &pending.changes {
            apply(&mut self.folders.entry(change.0).or_default().durable, change);
        }
    }

    pub(super) fn snapshot(&self) -> BTreeMap<String, Option<Vec<u8>>> {
        let mut shown = BTreeMap::new();
        let mut folders = vec![(String::new(), ROOT)];
        while let Some((prefix, folder)) = folders.pop() {
            for (name, node) in self.names(folder) {
                let path = format!("{prefix}{name}");
                match node.kind {
                    Kind::Folder => {
                        folders.push((format!("{path}/"), node.id));
                        shown.insert(path, None);
                    }
                    Kind::File => drop(shown.insert(path, self.files.get(&node.id).map(|file| file.visible.clone()))),
                    Kind::Link => drop(shown.insert(format!("{path} (link)"), None)),
                    Kind::Other => drop(shown.insert(format!("{path} (other)"), None)),
                }
            }
        }
        shown
    }
}

fn apply(names: &mut Names, (_, name, node): &Change) {
    match node {
        Some(node) => names.insert(name.clone(), *node),
        None => names.remove(name),
    };
}

pub(super) fn refuse(path: &PortablePath, kind: DiskErrorKind, why: &'static str) -> DiskError {
    DiskError::of(path.as_str(), kind, why)
}

pub(super) fn missing(path: &PortablePath) -> DiskError {
    refuse(path, DiskErrorKind::NotFound, "nothing there, or a file where a folder belongs")
}

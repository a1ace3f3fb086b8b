//! A disk in memory that fails on demand and forgets what was not flushed; it proves that transactions survive.
//!
//! What is durable: a file's bytes as of its last sync, none before; a folder's names as of its last sync. A change of
//! names (create, remove, link, rename) waits in the log of every folder it touches. After a power loss
//! - each file that was not synced holds its synced bytes, its latest bytes, a prefix of them, or zeros of their length;
//! - each folder's log survives up to some point, independent of the other folders' logs; a rename between folders
//!   survives in both or in neither, and a folder is removed or moved only after what emptied or moved it before;
//! - a folder whose own name did not survive is gone with all below it.
//!
//! Ids are never used twice, and time is a counter of nanoseconds that every change advances by one.

mod crash;
mod door;
mod fault;
mod handle;
#[cfg(test)]
mod tests;
mod tree;

use super::Kind;
use crate::path::PortablePath;
pub use fault::Fault;
use fault::Plan;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tree::Tree;

/// A simulated project folder. A clone is the same disk; [`MemoryDisk::killed`] and [`MemoryDisk::crash`] copy it.
#[derive(Clone)]
pub struct MemoryDisk {
    state: Arc<Mutex<State>>,
}

/// What every clone and every open handle sees.
#[derive(Default)]
struct State {
    tree: Tree,
    plan: Plan,
    /// Ids of the files that are locked now.
    locked: BTreeSet<u64>,
}

impl MemoryDisk {
    /// A disk with these files, and the folders on the way to them, all durable.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, Vec<u8>)>) -> MemoryDisk {
        let mut tree = Tree::default();
        for (path, bytes) in files {
            tree.place(path, Kind::File, bytes);
        }
        MemoryDisk::of(tree)
    }

    fn of(tree: Tree) -> MemoryDisk {
        MemoryDisk { state: Arc::new(Mutex::new(State { tree, ..State::default() })) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A test that failed while it held the disk must not hide its own message behind another one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an empty folder at `path`, durable, counted as no operation.
    pub fn place_folder(&self, path: &str) {
        self.state().tree.place(path, Kind::Folder, Vec::new());
    }

    /// Puts a symbolic link at `path`, durable, counted as no operation. It leads nowhere: links are never followed.
    pub fn place_link(&self, path: &str) {
        self.state().tree.place(path, Kind::Link, Vec::new());
    }

    /// Puts a FIFO at `path`, durable, counted as no operation.
    pub fn place_other(&self, path: &str) {
        self.state().tree.place(path, Kind::Other, Vec::new());
    }

    /// Gives the file at `path`, if there is one, these permissions, durable, counted as no operation. Others have those of a
    /// new file, 644.
    pub fn permit(&self, path: &PortablePath, permissions: u32) {
        let tree = &mut self.state().tree;
        if let Ok((_, node)) = tree.existing(path) {
            tree.permit(node, permissions);
        }
    }

    /// Lets so much time pass in which nothing happens, in whole nanoseconds.
    pub fn pass(&self, time: Duration) {
        self.state().tree.pass(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }

    /// Everything visible now, by path: the bytes of files, `None` for folders. A link is shown as `path (link)`, a
    /// FIFO as `path (other)`, both with `None`. Not counted as an operation.
    #[must_use]
    pub fn snapshot(&self) -> BTreeMap<String, Option<Vec<u8>>> {
        self.state().tree.snapshot()
    }

    /// Lets the `n`-th operation fail, counted from 1 as [`MemoryDisk::operations`] lists them; this replaces an earlier
    /// plan. Every call of the trait is one operation, as is every read, write, sync and metadata call on an open file
    /// and taking away the file of a lock that is let go.
    pub fn fail_at(&self, n: usize, fault: Fault) {
        self.state().plan.arm(n, fault);
    }

    /// Lets the first operation fail that [`MemoryDisk::operations`] words like this; this replaces an earlier plan.
    /// Where threads work side by side an operation has the same words in every run, but not the same number.
    pub fn fail_when(&self, operation: &str, fault: Fault) {
        self.state().plan.arm_for(operation, fault);
    }

    /// What was attempted so far, in order, such as `rename a -> b`; operations after [`Fault::Stop`] are left out.
    #[must_use]
    pub fn operations(&self) -> Vec<String> {
        self.state().plan.operations()
    }

    /// The disk as the next process finds it when this one died and the system lives on: everything visible stays, no
    /// lock is held, no fault is planned, and operations count from 1 again. What was not flushed still is not.
    #[must_use]
    pub fn killed(&self) -> MemoryDisk {
        MemoryDisk::of(self.state().tree.clone())
    }

    /// The disk after a power loss at this moment; `seed` decides what of the unflushed survives. Otherwise as
    /// [`MemoryDisk::killed`], and everything left is durable.
    #[must_use]
    pub fn crash(&self, seed: u64) -> MemoryDisk {
        MemoryDisk::of(self.state().tree.clone().after_power_loss(seed))
    }
}

//! Whether anything changed below `assets/` since it was looked at, and what. Where the system tells of every change, that
//! is known at once and for sure; elsewhere somebody has to look, and nothing that was looked at is held to be current.

use prometeu_packer::disk::{Changes, Disk as _, Kind, OsDisk, Waiter, Watch};
use prometeu_packer::path::PortablePath;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// More changed paths than this are not told apart any more.
const PATHS_MAX: usize = 20_000;

/// What changed, for whoever wants to tell it.
#[derive(Debug, Default)]
pub(crate) struct Changed {
    pub(crate) paths: BTreeSet<PortablePath>,
    /// Not everything is known: all may have changed.
    pub(crate) is_all: bool,
}

impl Changed {
    pub(crate) fn is_empty(&self) -> bool {
        self.paths.is_empty() && !self.is_all
    }

    /// Takes in what changed later.
    pub(crate) fn add(&mut self, later: Changed) {
        self.paths.extend(later.paths);
        self.is_all |= later.is_all;
        if self.paths.len() > PATHS_MAX {
            self.paths.clear();
            self.is_all = true;
        }
    }
}

#[derive(Debug, Default)]
struct State {
    watch: Option<Watch>,
    was_begun: bool,
    /// One more with everything that changes.
    generation: u64,
    untold: Changed,
}

/// Looks after the `assets/` of one project.
#[derive(Debug)]
pub(crate) struct Watching {
    disk: OsDisk,
    state: Mutex<State>,
}

impl Watching {
    /// Nothing is watched before it is asked for the first time, and nothing ever if it is not to hear of changes.
    pub(crate) fn over(disk: OsDisk, hears: bool) -> Watching {
        Watching { disk, state: Mutex::new(State { was_begun: !hears, ..State::default() }) }
    }

    /// A number that stays the same as long as nothing changes; `None` where that cannot be told.
    pub(crate) fn generation(&self) -> Option<u64> {
        let mut state = self.state();
        self.catch_up(&mut state);
        state.watch.is_some().then_some(state.generation)
    }

    /// What changed since this was asked last; of that what was not asked for is lost.
    pub(crate) fn take(&self) -> Changed {
        let mut state = self.state();
        self.catch_up(&mut state);
        std::mem::take(&mut state.untold)
    }

    /// Waits for changes; `None` where nobody tells of them.
    pub(crate) fn waiter(&self) -> Option<Waiter> {
        let mut state = self.state();
        self.catch_up(&mut state);
        state.watch.as_ref().map(Watch::waiter)
    }

    fn catch_up(&self, state: &mut State) {
        if !std::mem::replace(&mut state.was_begun, true) {
            state.watch = self.disk.watch();
        }
        let Some(watch) = &mut state.watch else { return };
        let Changes { mut paths, is_lost } = watch.take();
        // The lock comes and goes with every writer and says nothing.
        let lock = PortablePath::control().own("lock");
        paths.retain(|path| *path != lock);
        if is_lost {
            state.watch = self.disk.watch();
        }
        if is_lost || !paths.is_empty() {
            state.generation += 1;
            state.untold.add(Changed { paths: paths.into_iter().collect(), is_all: is_lost });
        }
    }

    /// Looks at every folder below `assets/`: where no watch tells, two looks tell what changed in between.
    pub(crate) fn look(&self) -> Look {
        let mut look = Look::default();
        let mut left = vec![PortablePath::assets()];
        while let Some(folder) = left.pop() {
            let Ok(mut entries) = self.disk.read_dir(&folder) else { continue };
            entries.sort_by(|a, b| a.name.cmp(&b.name));
            let mut hasher = DefaultHasher::new();
            for entry in entries {
                let found = entry.metadata;
                (&entry.name, found.kind == Kind::Folder, found.bytes, found.id).hash(&mut hasher);
                if found.kind == Kind::Folder {
                    left.extend(entry.name.ok().and_then(|name| folder.entry(&name).ok()));
                } else {
                    found.modified_ns.hash(&mut hasher);
                }
            }
            look.0.insert(folder, hasher.finish());
        }
        look
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Every folder with a digest of what lies in it, as far as that is known without reading a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Look(BTreeMap<PortablePath, u64>);

impl Look {
    /// The folders that differ.
    pub(crate) fn changed_until(&self, later: &Look) -> Changed {
        let differs = |(path, digest): &(&PortablePath, &u64)| later.0.get(*path) != Some(*digest);
        let gone_or_changed = self.0.iter().filter(differs).map(|(path, _)| path);
        let appeared = later.0.keys().filter(|path| !self.0.contains_key(*path));
        Changed { paths: gone_or_changed.chain(appeared).cloned().collect(), is_all: false }
    }
}

//! The project that a client opened, and what is remembered of it between requests: the previews that it was
//! shown, and the list of assets for as long as nothing changes.

use crate::from_wire::{Change, Introduction};
use crate::surroundings;
use crate::to_wire::{row, to_wire};
use crate::watch::Watching;
use prometeu_packer::digest::Digest;
use prometeu_packer::disk::{DiskError, OsDisk};
use prometeu_packer::envelope::Windows;
use prometeu_packer::event::Events;
use prometeu_packer::ops::{self, Context};
use prometeu_packer::path::PortablePath;
use prometeu_packer::report::{Counts, OperationResult, Report, Status};
use prometeu_packer::trust::Limits;
use std::collections::{BTreeMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// So many previews can be applied; the oldest makes room.
const PREVIEWS_MAX: usize = 64;

/// What every session of this process is given.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The name that messages call the program by.
    pub program: String,
    /// What a project is held to, unless the client lowers it.
    pub limits: Limits,
    /// Versions that are read.
    pub windows: Windows,
    /// How long to wait for another writer.
    pub wait: Duration,
    /// Whether changes are heard from the system, where it tells all of them; else they are looked for.
    pub hears: bool,
    /// What a test has to say at each step of an operation, inside the library: how a fault of it is had on demand.
    #[cfg(test)]
    pub(crate) at_step: fn(),
}

impl Setup {
    /// The usual one, for a program that messages call by this name.
    #[must_use]
    pub fn named(program: &str) -> Setup {
        Setup {
            program: program.to_owned(),
            limits: Limits::default(),
            windows: Windows::default(),
            wait: Duration::from_secs(5),
            hears: true,
            #[cfg(test)]
            at_step: || {},
        }
    }
}

/// An open project.
#[derive(Debug)]
pub(crate) struct Session {
    setup: Setup,
    disk: OsDisk,
    project_id: String,
    /// Whether the client wants to hear of changes from outside.
    pub(crate) wants_changes: bool,
    pub(crate) watch: Watching,
    listing: Mutex<Option<(u64, Arc<Listing>)>>,
    previews: Mutex<VecDeque<(String, Change)>>,
}

/// The list of all assets, as it was answered last, and what is needed to tell what changed since.
#[derive(Debug)]
pub(crate) struct Listing {
    /// The report, as it goes on the wire.
    pub(crate) text: Arc<str>,
    /// By the path of its root: the id of an asset, and a digest of its row.
    pub(crate) rows: BTreeMap<String, (Option<u32>, u64)>,
    pub(crate) status: Status,
    pub(crate) counts: Counts,
}

impl Listing {
    fn of(report: &Report) -> Listing {
        let assets = match &report.result {
            OperationResult::List(assets, _) => assets.as_slice(),
            _ => &[],
        };
        let digest = |asset| {
            let mut hasher = DefaultHasher::new();
            row(asset).to_string().hash(&mut hasher);
            hasher.finish()
        };
        let root = |root: &str| PortablePath::assets().own(root).to_string();
        Listing {
            text: serde_json::to_string(&to_wire(report)).expect("a report is plain data").into(),
            rows: assets.iter().map(|asset| (root(&asset.reference.root), (asset.asset_id(), digest(asset)))).collect(),
            status: report.status(),
            counts: report.counts(),
        }
    }
}

impl Session {
    /// # Errors
    /// The folder cannot be opened.
    pub(crate) fn open(setup: Setup, introduction: &Introduction) -> Result<Session, DiskError> {
        let disk = OsDisk::open_project(&introduction.root)?;
        Ok(Session {
            watch: Watching::over(disk.clone(), setup.hears),
            disk,
            project_id: project_id(&introduction.root),
            wants_changes: introduction.watch,
            listing: Mutex::default(),
            setup: Setup { limits: introduction.limits.clone(), ..setup },
            previews: Mutex::default(),
        })
    }

    pub(crate) fn project_id(&self) -> &str {
        &self.project_id
    }

    pub(crate) fn setup(&self) -> &Setup {
        &self.setup
    }

    /// What the library is told for one operation.
    pub(crate) fn context<'a>(&'a self, operation_id: &str, events: &'a dyn Events) -> Context<'a> {
        Context {
            disk: &self.disk,
            limits: self.setup.limits.clone(),
            windows: self.setup.windows.clone(),
            events,
            operation_id: operation_id.to_owned(),
            wait: self.setup.wait,
            program: self.setup.program.clone(),
        }
    }

    /// The list of all assets: as it was answered last, if nothing can have changed since, else looked at anew.
    pub(crate) fn listing(&self, context: &Context<'_>) -> Arc<Listing> {
        let generation = self.watch.generation();
        if let Some((kept_at, kept)) = &*self.kept()
            && Some(*kept_at) == generation
        {
            return Arc::clone(kept);
        }
        let report = ops::list(context);
        let listing = Arc::new(Listing::of(&report));
        // What another writer's end would change is not remembered: nobody tells of that.
        if let Some(generation) = generation.filter(|_| report.status() == Status::Ok) {
            *self.kept() = Some((generation, Arc::clone(&listing)));
        }
        listing
    }

    fn kept(&self) -> MutexGuard<'_, Option<(u64, Arc<Listing>)>> {
        self.listing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what a preview was of.
    pub(crate) fn keep_preview(&self, preview_id: &str, change: &Change) {
        let mut previews = self.previews();
        previews.retain(|(kept, _)| kept != preview_id);
        if previews.len() == PREVIEWS_MAX {
            previews.pop_front();
        }
        previews.push_back((preview_id.to_owned(), change.clone()));
    }

    /// What a preview was of, if it is kept.
    pub(crate) fn previewed(&self, preview_id: &str) -> Option<Change> {
        self.previews().iter().find(|(kept, _)| kept == preview_id).map(|(_, change)| change.clone())
    }

    fn previews(&self) -> MutexGuard<'_, VecDeque<(String, Change)>> {
        self.previews.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A name for the project at this place, the same in every process and however the place is spelled.
fn project_id(root: &Path) -> String {
    #[allow(clippy::disallowed_methods, reason = "only to tell projects apart; nothing is opened by this path")]
    let place = root.canonicalize().or_else(|_| std::path::absolute(root)).unwrap_or_else(|_| root.to_owned());
    Digest::of(place.as_os_str().as_encoded_bytes()).to_string()[..32].to_owned()
}

/// When an operation is begun: its id.
pub(crate) fn new_operation() -> String {
    surroundings::operation_id()
}

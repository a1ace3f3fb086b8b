//! The project that a client opened, and what is remembered of it between requests: the previews that it was shown.

use crate::from_wire::{Change, Introduction};
use crate::surroundings;
use prometeu_packer::digest::Digest;
use prometeu_packer::disk::{DiskError, OsDisk};
use prometeu_packer::envelope::Windows;
use prometeu_packer::event::Events;
use prometeu_packer::ops::Context;
use prometeu_packer::trust::Limits;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
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
        }
    }
}

/// An open project.
#[derive(Debug)]
pub(crate) struct Session {
    setup: Setup,
    disk: OsDisk,
    project_id: String,
    previews: Mutex<VecDeque<(String, Change)>>,
}

impl Session {
    /// # Errors
    /// The folder cannot be opened.
    pub(crate) fn open(setup: Setup, introduction: &Introduction) -> Result<Session, DiskError> {
        Ok(Session {
            disk: OsDisk::open_project(&introduction.root)?,
            project_id: project_id(&introduction.root),
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

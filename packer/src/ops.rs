//! One file a command: the sequence of stages that it is, and nothing else. Both adapters call these.

mod build;
mod cache;
mod doctor;
mod fix;
mod init;
mod list;
mod merge_registry;
mod migrate;
mod mutate;
mod nothing_registered;
mod overview;
mod pack_set;
mod recover;
mod settle;
mod show;
mod tables;
#[cfg(test)]
mod stopped;
#[cfg(test)]
mod trial;
mod verify;

pub use build::{BuildMode, build};
pub use doctor::{Scope, doctor};
pub use fix::{FixRequest, fix};
pub use init::{init, init_as_previewed, preview_init};
pub use list::list;
pub use merge_registry::{Versions, merge_registry};
pub use migrate::{MigrateMode, forget, history, migrate, migrations, rollback};
pub use mutate::{
    Apply, Registration, adopt, forget_asset, quarantine, register, relocate, remove, rename, restore, set_included,
    undo,
};
pub use overview::{Altered, Change, ChangeKind, Overview, Published, overview};
pub use pack_set::{pack_summary, validate_pack};
pub use recover::{Edited, recover};
pub use show::show;
pub use tables::{explain, limits, windows};
pub use verify::verify;

use crate::diagnostic::{Code, Diagnostic};
use crate::disk::Disk;
use crate::envelope::Windows;
use crate::event::{Events, Silent};
use crate::trust::Limits;
use crate::workspace;
use std::time::Duration;

/// What every operation is given; everything about the world that the library itself does not know.
pub struct Context<'a> {
    /// The project.
    pub disk: &'a dyn Disk,
    /// What it is held to.
    pub limits: Limits,
    /// Versions that are read.
    pub windows: Windows,
    /// Who watches.
    pub events: &'a dyn Events,
    /// Names what this operation stages: UTC time and eight random hexadecimal digits.
    pub operation_id: String,
    /// How long to wait for another writer.
    pub wait: Duration,
    /// The name that the program was called by.
    pub program: String,
}

impl Context<'_> {
    /// Whether nobody asked to stop; looked at between two steps, for the last time right before a commit.
    fn go_on(&self) -> Result<(), Diagnostic> {
        match self.events.cancelled() {
            false => Ok(()),
            true => Err(Diagnostic::new(Code::UsageInterrupted, "stopped on request; everything is as it was")),
        }
    }

    /// The same for what is told of a change that is made: nobody is asked any more whether to stop.
    fn to_the_end(&self) -> Context<'_> {
        Context {
            disk: self.disk,
            limits: self.limits.clone(),
            windows: self.windows.clone(),
            events: &Silent,
            operation_id: self.operation_id.clone(),
            wait: self.wait,
            program: self.program.clone(),
        }
    }

    fn options(&self, find_unregistered: bool) -> workspace::Options {
        let (limits, windows) = (self.limits.clone(), self.windows.clone());
        workspace::Options { limits, windows, find_unregistered, ask: workspace::Ask::Stamps }
    }
}

/// Gives up what may take long to give up, on another thread: nobody who waits for an answer has to wait for memory.
fn let_go(of: impl Send + 'static) {
    rayon::spawn(|| drop(of));
}

/// `3 assets`, `1 asset`.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

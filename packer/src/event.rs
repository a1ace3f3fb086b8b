//! What a running operation tells its caller: the only link between doing and showing.
//! Events carry no text to print; an adapter turns them into a bar, a log line or a notification.

/// One thing that happened while an operation ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// `done` of `total` steps of the named phase are finished; `total` never changes within a phase.
    Progress {
        /// What is being counted.
        phase: Phase,
        /// Steps finished.
        done: u64,
        /// Steps in all.
        total: u64,
    },
    /// A migration or its rollback is about to change files.
    MigrationStarted {
        /// How many.
        files: u64,
    },
    /// It ended, one way or the other.
    MigrationFinished {
        /// Whether all files are changed; otherwise none is.
        applied: bool,
    },
}

/// A stretch of work that is long enough to watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Asset roots are read and checked.
    Load,
    /// Inputs are decoded and checked.
    Examine,
    /// Payloads are made and written.
    Pack,
}

/// Receives events, possibly from several threads at once.
pub trait Events: Sync {
    /// Takes one event. It must be quick and must not fail.
    fn emit(&self, event: Event);

    /// Whether the caller wants the operation to stop. Operations look between two steps and then end
    /// with everything as it was.
    fn cancelled(&self) -> bool {
        false
    }
}

/// Listens to nothing.
pub struct Silent;

impl Events for Silent {
    fn emit(&self, _event: Event) {}
}

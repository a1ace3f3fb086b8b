//! Hears what changes below `assets/`, whoever changes it, where the system tells all of it: on Linux, on local file
//! systems. Elsewhere there is no watch, and whoever wants to know has to look again.

#[cfg(target_os = "linux")]
use super::watch_linux as system;
use crate::path::PortablePath;
#[cfg(not(target_os = "linux"))]
use none as system;
use std::time::Duration;

/// What changed since it was asked for last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files and folders below `assets/`, each once for every change, in the order of the changes.
    pub paths: Vec<PortablePath>,
    /// Changes were missed, or will be: the watch is of no use any more, and a new one has to be made.
    pub is_lost: bool,
}

/// A watch over `assets/`, from its making on.
#[derive(Debug)]
pub struct Watch(system::Watch);

/// Waits for a watch, beside its owner.
#[derive(Clone, Debug)]
pub struct Waiter(system::Waiter);

impl super::OsDisk {
    /// Begins to watch; `None` where changes could go unheard.
    #[must_use]
    pub fn watch(&self) -> Option<Watch> {
        system::Watch::over(self).map(Watch)
    }
}

impl Watch {
    /// Everything that has changed until now: a change that was over before the call is among it.
    pub fn take(&mut self) -> Changes {
        self.0.take()
    }

    /// Waits for this watch, on another thread too.
    #[must_use]
    pub fn waiter(&self) -> Waiter {
        Waiter(self.0.waiter())
    }
}

impl Waiter {
    /// Waits until there may be something to take, at most for `time`.
    pub fn wait(&self, time: Duration) {
        self.0.wait(time);
    }
}

/// Where the system does not tell everything.
#[cfg(not(target_os = "linux"))]
mod none {
    use super::{Changes, Duration};
    use crate::disk::OsDisk;

    #[derive(Debug)]
    pub(super) enum Watch {}

    #[derive(Clone, Debug)]
    pub(super) enum Waiter {}

    impl Watch {
        pub(super) fn over(_disk: &OsDisk) -> Option<Watch> {
            None
        }

        pub(super) fn take(&mut self) -> Changes {
            match *self {}
        }

        pub(super) fn waiter(&self) -> Waiter {
            match *self {}
        }
    }

    impl Waiter {
        pub(super) fn wait(&self, _time: Duration) {
            match *self {}
        }
    }
}

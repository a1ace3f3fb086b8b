//! Counts operations and decides which of them fails, and how.

use std::io;

/// How an operation fails. Nothing has happened then, unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// This operation alone, with this error.
    Error(io::ErrorKind),
    /// This operation if it changes something, and every later one that does: a full or read-only medium.
    ErrorsFrom(io::ErrorKind),
    /// The first write from here on takes half of its bytes, the write after it fails for lack of space.
    ShortWrite,
    /// This operation panics, as a decoder might that meets bytes nobody thought of.
    Panic,
    /// This operation and all later ones, as if the process were killed before it.
    Stop,
}

#[cfg(test)]
impl Fault {
    /// One of each kind that a medium has.
    pub(crate) const EACH: [Fault; 4] = [
        Fault::Error(io::ErrorKind::Other),
        Fault::ErrorsFrom(io::ErrorKind::StorageFull),
        Fault::ShortWrite,
        Fault::Stop,
    ];
}

/// What an operation is about to do.
#[derive(Clone, Copy)]
pub(super) enum Effect {
    /// It only looks.
    Look,
    /// It changes names, or what is durable.
    Change,
    /// It writes so many bytes.
    Write(usize),
}

/// The planned fault and the operations so far.
#[derive(Default)]
pub(super) struct Plan {
    planned: Option<(usize, Fault)>,
    /// The operation with this wording is the planned one, whichever number it turns out to have.
    awaited: Option<String>,
    /// A write was cut short, and the next one fails.
    full: bool,
    stopped: bool,
    operations: Vec<String>,
}

impl Plan {
    pub(super) fn arm(&mut self, n: usize, fault: Fault) {
        *self = Plan { planned: Some((n, fault)), operations: std::mem::take(&mut self.operations), ..Plan::default() };
    }

    pub(super) fn arm_for(&mut self, text: &str, fault: Fault) {
        self.arm(usize::MAX, fault);
        self.awaited = Some(text.to_owned());
    }

    pub(super) fn operations(&self) -> Vec<String> {
        self.operations.clone()
    }

    /// Counts one operation that is worded by `text`. Says how many bytes it may write, when it writes.
    pub(super) fn step(&mut self, effect: Effect, text: String) -> io::Result<usize> {
        if self.stopped {
            return Err(io::Error::other("the process was killed"));
        }
        let n = self.operations.len() + 1;
        if self.awaited.take_if(|awaited| *awaited == text).is_some() {
            self.planned = self.planned.map(|(_, fault)| (n, fault));
        }
        self.operations.push(text);
        let wanted = if let Effect::Write(bytes) = effect { bytes } else { 0 };
        let writes = matches!(effect, Effect::Write(_));
        if writes && std::mem::take(&mut self.full) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        match self.planned {
            Some((at, Fault::Error(kind))) if at == n => Err(kind.into()),
            Some((at, Fault::Panic)) if at == n => unreachable!("a fault that was planned"),
            Some((at, Fault::ErrorsFrom(kind))) if at <= n && !matches!(effect, Effect::Look) => Err(kind.into()),
            Some((at, Fault::Stop)) if at <= n => {
                self.stopped = true;
                Err(io::Error::other("the process was killed"))
            }
            Some((at, Fault::ShortWrite)) if at <= n && writes => {
                self.planned = None;
                if wanted < 2 {
                    return Err(io::ErrorKind::StorageFull.into());
                }
                self.full = true;
                Ok(wanted / 2)
            }
            _ => Ok(wanted),
        }
    }
}

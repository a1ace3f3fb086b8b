//! The faults, one row each: what the disk does from the chosen operation on, and what comes after.

use prometeu_packer::disk::memory::Fault;
use std::io::ErrorKind;

/// What comes after the fault, before the next command is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aftermath {
    /// The system lives on.
    Restart,
    /// The power goes: whatever was not flushed may be lost or torn, each file and folder for itself.
    PowerLoss,
    /// Both are tried.
    Both,
}

/// One row of the table.
#[derive(Debug)]
pub struct Row {
    /// What `--fault` calls it.
    pub name: &'static str,
    /// What the disk does.
    pub fault: Fault,
    /// What comes after.
    pub aftermath: Aftermath,
}

/// Every fault.
pub const FAULTS: [Row; 9] = [
    Row { name: "killed", fault: Fault::Stop, aftermath: Aftermath::Restart },
    Row { name: "power-loss", fault: Fault::Stop, aftermath: Aftermath::PowerLoss },
    error("no-space", ErrorKind::StorageFull),
    error("io-error", ErrorKind::Other),
    error("interrupted", ErrorKind::Interrupted),
    error("no-permission", ErrorKind::PermissionDenied),
    Row { name: "short-write", fault: Fault::ShortWrite, aftermath: Aftermath::Both },
    Row { name: "full-from-here", fault: Fault::ErrorsFrom(ErrorKind::StorageFull), aftermath: Aftermath::Both },
    Row {
        name: "read-only-from-here",
        fault: Fault::ErrorsFrom(ErrorKind::ReadOnlyFilesystem),
        aftermath: Aftermath::Both,
    },
];

const fn error(name: &'static str, kind: ErrorKind) -> Row {
    Row { name, fault: Fault::Error(kind), aftermath: Aftermath::Both }
}

impl Row {
    /// Whether the process died, so that nobody read its report.
    #[must_use]
    pub fn kills(&self) -> bool {
        self.fault == Fault::Stop
    }
}

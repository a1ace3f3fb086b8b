//! What the tests of operations share: a project on a disk in memory, and an operation on it.

use super::Context;
use crate::disk::memory::MemoryDisk;
use crate::envelope::Windows;
use crate::event::Silent;
use crate::trust::Limits;
use fixtures::Files;
use std::time::Duration;

/// A disk with these files.
pub(super) fn disk(files: &Files) -> MemoryDisk {
    MemoryDisk::new(files.iter().map(|(path, bytes)| (path, bytes.to_vec())))
}

/// What the operation `id` has to do with: this disk, nobody who watches, and no patience.
pub(super) fn context<'a>(disk: &'a MemoryDisk, id: &str) -> Context<'a> {
    Context {
        disk,
        limits: Limits::default(),
        windows: Windows::default(),
        events: &Silent,
        operation_id: id.to_owned(),
        wait: Duration::ZERO,
        program: "packer".to_owned(),
    }
}

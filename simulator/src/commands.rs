//! The packer's commands, as a user gives them one after the other. Each gives the report that the user would read.

use prometeu_packer::disk::memory::MemoryDisk;
use prometeu_packer::disk::{Disk as _, DiskError, Lock};
use prometeu_packer::envelope::Windows;
use prometeu_packer::event::Silent;
use prometeu_packer::ops::{self, Apply, BuildMode, Context, Edited, MigrateMode};
use prometeu_packer::path::PortablePath;
use prometeu_packer::report::{OperationResult, Report};
use prometeu_packer::trust::Limits;
use prometeu_packer::workspace::Asset;
use std::time::Duration;

/// The transaction that a scenario makes. Older ones have ids that sort before it.
pub const OWN: &str = "20260202T000000Z-0000000a";
/// The id of whatever comes after it.
pub const NEXT: &str = "20260203T000000Z-0000000b";
const TIME: &str = "2026-02-02T00:00:00Z";

/// `migrate --apply`, as the transaction `id`.
#[must_use]
pub fn migrate(disk: &MemoryDisk, id: &str) -> Report {
    let mut minted = 0;
    let mut mint = || {
        minted += 1;
        format!("0c6e8a5e-3c0e-4f57-8d0b-{minted:012x}")
    };
    let mode = MigrateMode::Apply { preview_id: None, mint: &mut mint, time: TIME.to_owned() };
    ops::migrate(&context(disk, id), mode)
}

/// `migrate --rollback OF --apply`, as the transaction `id`.
#[must_use]
pub fn roll_back(disk: &MemoryDisk, of: &str, id: &str) -> Report {
    ops::rollback(&context(disk, id), of, None, Some(TIME.to_owned()))
}

/// `migrate --rollback OF`, which shows what it would do.
#[must_use]
pub fn preview_rollback(disk: &MemoryDisk, of: &str) -> Report {
    ops::rollback(&context(disk, NEXT), of, None, None)
}

/// `migrate --forget OF`.
#[must_use]
pub fn forget(disk: &MemoryDisk, of: &str) -> Report {
    ops::forget(&context(disk, NEXT), of)
}

/// A mutation of the packer, with its arguments.
pub type Mutation = fn(&Context<'_>, Apply<'_>) -> Report;

/// A mutation with `--apply`, as the transaction `id`.
#[must_use]
pub fn mutate(disk: &MemoryDisk, id: &str, mutation: Mutation) -> Report {
    let mint = || "0c6e8a5e-3c0e-4f57-8d0b-000000000099".to_owned();
    let how = Apply::Now { preview_id: None, consent: Some("ui".to_owned()), mint: &mint, time: TIME.to_owned() };
    mutation(&context(disk, id), how)
}

/// `undo OF`, which shows what it would do.
#[must_use]
pub fn preview_undo(disk: &MemoryDisk, of: &str) -> Report {
    ops::undo(&context(disk, NEXT), of, Apply::Preview)
}

/// `build`.
#[must_use]
pub fn build(disk: &MemoryDisk) -> Report {
    ops::build(&context(disk, OWN), BuildMode::Publish)
}

/// `init`, under this id.
#[must_use]
pub fn init(disk: &MemoryDisk, id: &str) -> Report {
    ops::init(&context(disk, id))
}

/// `list`.
#[must_use]
pub fn list(disk: &MemoryDisk) -> Report {
    ops::list(&context(disk, NEXT))
}

/// What a reader is shown by the report of `list`.
#[must_use]
pub fn view(report: &Report) -> String {
    let OperationResult::List(assets, quarantined) = &report.result else { return format!("{:?}", report.result) };
    // Times and identities of files are no part of it: what is undone comes back as other files with the same bytes.
    let seen: Vec<Asset> = assets.iter().map(|asset| Asset { input_stamps: Box::default(), ..asset.clone() }).collect();
    format!("{seen:?} {quarantined:?}")
}

/// Holds the writer lock, as a writer does that lives.
///
/// # Errors
/// The disk's.
pub fn hold_lock(disk: &MemoryDisk) -> Result<Lock, DiskError> {
    disk.lock(&PortablePath::control().own("lock"), Duration::ZERO, &|| false)
}

/// `history`.
#[must_use]
pub fn history(disk: &MemoryDisk) -> Report {
    ops::history(&context(disk, NEXT))
}

/// `recover`.
#[must_use]
pub fn recover(disk: &MemoryDisk) -> Report {
    ops::recover(&context(disk, NEXT), Edited::Refuse)
}

/// `recover --keep-edited --apply`.
#[must_use]
pub fn keep_edited(disk: &MemoryDisk) -> Report {
    ops::recover(&context(disk, NEXT), Edited::Keep(None))
}

fn context<'a>(disk: &'a MemoryDisk, id: &str) -> Context<'a> {
    Context {
        disk,
        limits: Limits::default(),
        windows: Windows::default(),
        events: &Silent,
        operation_id: id.to_owned(),
        wait: Duration::ZERO,
        program: "cargo xtask".to_owned(),
    }
}

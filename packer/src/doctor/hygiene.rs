//! What `doctor --workspace` would tidy up: everything below `assets/` and in the packer's own folders that no build
//! needs or that people would trip over. All of it are warnings, and no bytes are read but those of declarations, of
//! files in registered roots, and of `doctor.toml`.

mod duplicates;
mod identity;
mod layout;
mod sieve;
mod staging;
mod unused;
mod walk;

use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{Disk, DiskErrorKind};
use crate::envelope::Windows;
use crate::event::Events;
use crate::path::PortablePath;
use crate::schema::suppressions::{self, Allowed, Date};
use crate::trust::{self, Limit, Limits, refusal};
use crate::workspace::Workspace;
use sieve::Sieve;

/// What was looked at, and what was not said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidiness {
    /// Files and other entries below `assets/`, folders left out.
    pub files: u64,
    /// Findings that `doctor.toml` allows.
    pub suppressed: u64,
}

/// Looks at the whole workspace; `today` decides which suppressions still hold.
pub fn look_for_untidiness(
    workspace: &Workspace,
    disk: &dyn Disk,
    limits: &Limits,
    windows: &Windows,
    today: Date,
    events: &dyn Events,
    findings: &mut Vec<Diagnostic>,
) -> Tidiness {
    let allowed = read_suppressions(disk, limits, findings);
    let walked = walk::walk(workspace, disk, limits, events, findings);
    let mut sieve = Sieve::new(&allowed, today);
    identity::check(workspace, &mut sieve);
    layout::check(workspace, disk, limits, windows, &mut sieve);
    staging::check(disk, &mut sieve);
    for odd in &walked.odd {
        sieve.take(odd.code, &odd.path, || odd.finding());
    }
    unused::check(workspace, &walked.files, findings, &mut sieve);
    duplicates::check(workspace, disk, limits, events, &walked.files, &mut sieve);
    let suppressed = sieve.finish(walked.is_complete && !events.cancelled(), findings);
    Tidiness { files: walked.count, suppressed }
}

/// The entries that are right; what is wrong with the others, or with the file, is a finding.
fn read_suppressions(disk: &dyn Disk, limits: &Limits, findings: &mut Vec<Diagnostic>) -> Vec<Allowed> {
    let read = match disk.open(&suppressions_path()) {
        Err(error) if error.kind == DiskErrorKind::NotFound => return Vec::new(),
        Err(error) => Err(refusal(&error)),
        // All values of the file are held in memory at once, so it is held to the limit of a declaration.
        Ok(file) => trust::admit(file, Limit::DeclarationBytes, limits)
            .and_then(|admitted| suppressions::parse(admitted, findings)),
    };
    read.unwrap_or_else(|finding| {
        // It refuses what the doctor asked for; a build never asks.
        findings.push(finding);
        Vec::new()
    })
}

/// Where a project says what it has decided to live with.
#[must_use]
pub fn suppressions_path() -> PortablePath {
    PortablePath::control().own("doctor.toml")
}

/// A warning about one place; all of hygiene is made here.
fn warning(code: Code, path: &str, message: impl AsRef<str>) -> Diagnostic {
    debug_assert!(code.family() == "hygiene", "hygiene only warns");
    Diagnostic::new(code, message).at(path)
}

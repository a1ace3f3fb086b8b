//! What an operation tells while it runs and when it ends: exactly one event ends an operation that announces itself,
//! however it ended, and nothing is told of one that does not.

use super::preview::{mutation, preview_id};
use super::told;
use crate::connection::{Outbox, Told};
use crate::from_wire::{Call, Change};
use crate::session::Session;
use crate::wire::event::{Kind, Progress};
use prometeu_packer::event::{Event, Events, Phase, Silent};
use prometeu_packer::path::PortablePath;
use prometeu_packer::plan::PlannedChange;
use prometeu_packer::report::{OperationResult, Report, Status};
use prometeu_packer::workspace::{Options, read_registry, registry_file};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What an operation says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Announced {
    Nothing,
    Diagnostics,
    Preview,
    Action,
    Migration,
    Build,
}

impl Announced {
    pub(super) fn of(session: &Session, call: &Call) -> Announced {
        match call {
            Call::ListAssets | Call::Details(_) | Call::Explain(_) | Call::PackSummary => Announced::Nothing,
            Call::Doctor { .. } | Call::ValidatePack => Announced::Diagnostics,
            Call::Preview(_) => Announced::Preview,
            Call::Build { .. } => Announced::Build,
            Call::Apply { preview_id, .. } => match session.previewed(preview_id) {
                Some(Change::Migrate | Change::Rollback(_)) => Announced::Migration,
                _ => Announced::Action,
            },
        }
    }
}

/// Tells the client what the library tells, and the library what the client wants.
pub(super) struct Announcer<'a> {
    #[cfg(test)]
    at_step: fn(),
    outbox: &'a Outbox,
    operation_id: &'a Arc<str>,
    cancelled: &'a AtomicBool,
    announced: Announced,
    /// The phase that was told last, and how many hundredths of it were done.
    last: Mutex<Option<(Phase, u64)>>,
}

impl<'a> Announcer<'a> {
    pub(super) fn new(
        outbox: &'a Outbox,
        operation_id: &'a Arc<str>,
        cancelled: &'a AtomicBool,
        announced: Announced,
    ) -> Announcer<'a> {
        Announcer {
            #[cfg(test)]
            at_step: || {},
            outbox,
            operation_id,
            cancelled,
            announced,
            last: Mutex::new(None),
        }
    }

    /// The same with what a test has to say at each step.
    #[cfg(test)]
    pub(super) fn interrupted_by(self, at_step: fn()) -> Announcer<'a> {
        Announcer { at_step, ..self }
    }

    pub(super) fn build_started(&self) {
        self.outbox.tell(Told::new(self.operation_id, Kind::BuildStarted, "a build began"));
    }

    /// How many payloads were taken from the previous archive and how many were made.
    pub(super) fn cache_told(&self, report: &Report) {
        let OperationResult::Build(built) = &report.result else { return };
        let (reused, made) = (built.reused, built.materialised);
        let total = reused + made;
        for (kind, done, what) in [(Kind::CacheHit, reused, "reused"), (Kind::CacheMiss, made, "made")] {
            if done > 0 {
                let summary = format!("{done} of {total} payloads were {what}");
                let progress = Progress { done, total, unit: "assets" };
                let event = Told::new(self.operation_id, kind, summary).with("assets", done);
                self.outbox.tell(Told { progress: Some(progress), ..event });
            }
        }
    }

    fn progress(&self, phase: Phase, done: u64, total: u64) {
        let hundredths = done.saturating_mul(100) / total.max(1);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        // Threads may tell out of order; nobody sees a difference below a hundredth.
        if last.is_some_and(|(told, before)| told == phase && before >= hundredths) {
            return;
        }
        *last = Some((phase, hundredths));
        let (word, what) = match phase {
            Phase::Load => ("load", "read"),
            Phase::Examine => ("examine", "examined"),
            Phase::Pack => ("pack", "packed"),
        };
        let event = Told::new(self.operation_id, Kind::ProgressUpdated, format!("{done} of {total} {what}"));
        let progress = Some(Progress { done, total, unit: "assets" });
        self.outbox.tell(Told { progress, ..event.with("phase", word) });
    }
}

impl Events for Announcer<'_> {
    fn emit(&self, event: Event) {
        match event {
            _ if self.announced == Announced::Nothing => {}
            Event::Progress { phase, done, total } => self.progress(phase, done, total),
            Event::MigrationStarted { files } => {
                let summary = format!("{files} files are about to be rewritten");
                self.outbox.tell(Told::new(self.operation_id, Kind::MigrationStarted, summary).with("files", files));
            }
            // Told with the report.
            Event::MigrationFinished { .. } => {}
        }
    }

    fn cancelled(&self) -> bool {
        #[cfg(test)]
        (self.at_step)();
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// The event that ends an operation; `None` for one that announces nothing.
pub(super) fn last_event(
    session: &Session,
    operation_id: &Arc<str>,
    announced: Announced,
    report: &Report,
    is_cancelled: bool,
) -> Option<Told> {
    // After a repair the report says what is left to repair; the repair is done all the same.
    let is_repaired = announced == Announced::Action && mutation(report).is_some_and(|mutation| mutation.applied);
    let outcome = match report.status() {
        _ if is_cancelled => "cancelled",
        _ if is_repaired => "ok",
        Status::Ok => "ok",
        Status::Blocked => "blocked",
        Status::Failed => "failed",
    };
    let kind = match announced {
        Announced::Nothing => return None,
        Announced::Diagnostics => Kind::DiagnosticsUpdated,
        Announced::Preview => Kind::PreviewReady,
        Announced::Action if outcome == "ok" => Kind::ActionApplied,
        Announced::Action => Kind::ActionFailed,
        Announced::Migration => Kind::MigrationFinished,
        Announced::Build => Kind::BuildFinished,
    };
    let mut told = told(operation_id, kind, report).with("outcome", outcome).with("operation", &*report.operation);
    if is_cancelled {
        "cancelled; everything is as it was".clone_into(&mut told.summary);
    }
    if let Some(id) = preview_id(report) {
        told = told.with("preview_id", id);
    }
    let counts = report.counts();
    let counts = json!({ "errors": counts.errors, "warnings": counts.warnings, "notes": counts.notes });
    told = match &report.result {
        OperationResult::Migrate(migration) => told.with("migration_id", migration.migration_id.clone()),
        OperationResult::Build(built) => match &built.archive {
            Some(archive) => told.with(
                "archive",
                json!({ "path": archive.path, "bytes": archive.bytes, "sha256": archive.sha256.to_string() }),
            ),
            None => told.with("archive", json!(null)),
        },
        OperationResult::Doctor(doctor) => told.with("scope", doctor.scope),
        _ => told,
    };
    if let Some(mutation) = mutation(report) {
        told = told.with("transaction_id", mutation.transaction_id.clone());
    }
    told.affected_assets = affected(session, report);
    Some(told.with("counts", counts))
}

/// The ids of the assets that a report is about: those that it changes or packs, and those of which it finds something.
fn affected(session: &Session, report: &Report) -> Vec<u32> {
    let mut ids: BTreeSet<u32> = BTreeSet::new();
    ids.extend(report.findings.iter().filter_map(|finding| finding.asset.as_ref()?.asset_id));
    let mut paths: Vec<&str> = Vec::new();
    match &report.result {
        OperationResult::Build(built) => ids.extend(built.packed.iter().map(|asset| asset.asset_id)),
        OperationResult::Migrate(migration) => paths.extend(migration.files.iter().map(|file| file.path.as_str())),
        _ => {}
    }
    if let Some(mutation) = mutation(report) {
        ids.extend(mutation.registry.iter().flat_map(ids_of_entries));
        paths.extend(mutation.workspace.iter().map(|change| change.path.as_str()));
    }
    if !paths.is_empty() {
        let by_root = ids_by_root(session);
        ids.extend(paths.into_iter().filter_map(|path| owner(&by_root, path)));
    }
    ids.into_iter().collect()
}

/// The ids in the text of a changed entry, which may be one entry or two.
fn ids_of_entries(change: &PlannedChange) -> Vec<u32> {
    let after_key = change.detail.split("\"asset_id\":").skip(1);
    let digits = |text: &str| -> String { text.trim_start().chars().take_while(char::is_ascii_digit).collect() };
    after_key.filter_map(|text| digits(text).parse().ok()).collect()
}

/// Every registered root, relative to the project, with its id.
pub(super) fn ids_by_root(session: &Session) -> HashMap<String, u32> {
    let context = session.context("", &Silent);
    let options = Options { limits: context.limits.clone(), windows: context.windows.clone(), ..Options::default() };
    let registry = read_registry(registry_file(context.disk, &options), &options, &mut Vec::new());
    let entries = registry.map(|registry| registry.entries).unwrap_or_default();
    entries.iter().map(|entry| (PortablePath::assets().own(&entry.root).to_string(), entry.asset_id)).collect()
}

/// The asset whose root a path is, or lies in.
pub(super) fn owner(by_root: &HashMap<String, u32>, path: &str) -> Option<u32> {
    let ends = path.char_indices().rev().filter(|(_, c)| *c == '/').map(|(at, _)| at);
    std::iter::once(path.len()).chain(ends).find_map(|end| by_root.get(&path[..end]).copied())
}

//! `migrate`: brings the project's own files to current versions, previewed, all of them or none.

mod history;
mod rollback;
#[cfg(test)]
mod tests;

pub use history::{forget, history, migrations};
pub(super) use history::{prune, unknown};
pub use rollback::rollback;

use super::settle::{self, Settled};
use super::{Context, counted};
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;
use crate::emit::{ReadBack, Transaction, transact};
use crate::envelope::{self, Artifact};
use crate::event::Event;
use crate::path::PortablePath;
use crate::plan::{Content, FileOutcome, MINTED_ON_APPLY, MigrationPlan, Replacement, Step, for_migration};
use crate::report::{MigrateResult, OperationResult, Report};
use crate::trust::admit_bytes;
use crate::workspace::{Unread, declarations, read_registry, registry_file};
use std::sync::Arc;

/// What a migration is asked to do.
pub enum MigrateMode<'a> {
    /// Say what would change.
    Preview,
    /// The same for CI: old files are a failure, and nothing is written, not even a lock.
    Check,
    /// Carry it out, if it is still the preview with this id.
    Apply {
        /// The id of the preview that was agreed to; any when absent.
        preview_id: Option<&'a str>,
        /// Gives fresh uuids in their text form.
        mint: &'a mut dyn FnMut() -> String,
        /// The time now, RFC 3339 in UTC.
        time: String,
    },
}

/// Migrates the project, or says what that would change.
#[must_use]
pub fn migrate(context: &Context<'_>, mode: MigrateMode<'_>) -> Report {
    match mode {
        MigrateMode::Preview => look(context, "preview", settle::before_reading(context)),
        MigrateMode::Check => look(context, "check", settle::look_only(context)),
        MigrateMode::Apply { preview_id, mint, time } => apply(context, preview_id, mint, time),
    }
}

fn look(context: &Context<'_>, mode: &'static str, settled: Settled) -> Report {
    let Settled { mut notes, blocked } = settled;
    if let Some(finding) = blocked {
        notes.push(finding);
        return refuse(context, mode, notes);
    }
    let (plan, mut findings) = match settle::coherent(context, || plan(context, &mut || MINTED_ON_APPLY.to_owned())) {
        Ok(planned) => planned,
        Err(finding) => return refuse(context, mode, vec![finding]),
    };
    findings.extend(notes);
    let (summary, is_pending) = (summary(&plan, &findings), plan.is_pending());
    let result = MigrateResult::of(mode, plan);
    if mode == "check" && is_pending {
        Report::pending("migrate", &context.program, summary, findings, OperationResult::Migrate(result))
    } else {
        Report::new("migrate", &context.program, summary, findings, OperationResult::Migrate(result))
    }
}

fn apply(context: &Context<'_>, preview_id: Option<&str>, mint: &mut dyn FnMut() -> String, time: String) -> Report {
    let (_lock, notes) = match settle::for_writing(context) {
        Ok(settled) => settled,
        Err(finding) => return refuse(context, "apply", vec![finding]),
    };
    let (preview, mut findings) = plan(context, &mut || MINTED_ON_APPLY.to_owned());
    findings.extend(notes);
    let seen_id = preview.id();
    if preview_id.is_some_and(|id| id != seen_id) {
        let message = "the project is not what this preview saw";
        findings.push(
            Diagnostic::new(Code::PlanStale, message).help_to_run("look at a fresh preview with `{program} migrate`"),
        );
    }
    let blocked = findings.iter().any(|finding| finding.blocking);
    if blocked || !preview.is_pending() {
        let (summary, result) = (summary(&preview, &findings), MigrateResult::of("apply", preview));
        return Report::new("migrate", &context.program, summary, findings, OperationResult::Migrate(result));
    }
    let minted = match with_uuids(context, &preview, mint) {
        Ok(minted) => minted,
        Err(more) => {
            findings.extend(more);
            return not_carried_out(context, preview, findings);
        }
    };
    // What is done now is no longer to be said, and a hundred thousand may be old.
    findings.retain(|finding| finding.code != Code::MigrationPending);
    findings.shrink_to_fit();
    let transaction = transaction_of(context, minted.as_ref().unwrap_or(&preview), "migrate", time);
    let read_back = |path: &PortablePath, bytes: &[u8]| read_back(context, path, bytes);
    match carry_out(context, &transaction, &read_back) {
        Ok(()) => {
            let result = MigrateResult::of("apply", minted.unwrap_or(preview)).applied(&transaction.id);
            let result = MigrateResult { preview_id: seen_id, ..result };
            history::prune(context);
            let changed = counted(transaction.steps.len(), "file");
            let summary = format!("migrated {changed} as {}", transaction.id);
            Report::new("migrate", &context.program, summary, findings, OperationResult::Migrate(result))
        }
        Err(more) => {
            findings.extend(more);
            not_carried_out(context, preview, findings)
        }
    }
}

/// The plan with fresh uuids in the place of those that the preview left open; `None` where it left none open.
fn with_uuids(
    context: &Context<'_>,
    preview: &MigrationPlan,
    mint: &mut dyn FnMut() -> String,
) -> Result<Option<MigrationPlan>, Vec<Diagnostic>> {
    if !preview.files.iter().any(|file| file.minted) {
        return Ok(None);
    }
    // The same files once more. One that cannot be read this time would be left out silently.
    let (plan, mut findings) = plan(context, mint);
    if seen(&plan) == seen(preview) {
        return Ok(Some(plan));
    }
    findings.retain(|finding| finding.blocking);
    let message = "the project changed, or could not be read again, while the migration began";
    let stale = Diagnostic::new(Code::PlanStale, message);
    findings.push(stale.help_to_run("look at a fresh preview with `{program} migrate`"));
    Err(findings)
}

fn not_carried_out(context: &Context<'_>, preview: MigrationPlan, findings: Vec<Diagnostic>) -> Report {
    let summary = settle::failed(&findings, "the migration was not carried out; every file is as it was");
    let result = OperationResult::Migrate(MigrateResult::of("apply", preview));
    Report::new("migrate", &context.program, summary, findings, result)
}

/// Carries a migration or its rollback out, where whoever watches can see it.
fn carry_out(context: &Context<'_>, transaction: &Transaction, read_back: ReadBack<'_>) -> Result<(), Vec<Diagnostic>> {
    context.events.emit(Event::MigrationStarted { files: transaction.steps.len() as u64 });
    let done = transact(context.disk, transaction, &context.limits, read_back);
    context.events.emit(Event::MigrationFinished { applied: done.is_ok() });
    done
}

/// What a plan would rewrite, and from which bytes.
fn seen(plan: &MigrationPlan) -> Vec<(&PortablePath, Option<Digest>)> {
    let pending = plan.files.iter().filter(|file| file.outcome == FileOutcome::Pending);
    pending.map(|file| (&file.path, file.before)).collect()
}

fn plan(context: &Context<'_>, uuid: &mut dyn FnMut() -> String) -> (MigrationPlan, Vec<Diagnostic>) {
    let options = context.options(true);
    let mut findings = Vec::new();
    let read = |unread: Unread| unread.read(context.disk, &options);
    // Read once: what is planned for it and what it says about the others must be about the same bytes.
    let file = registry_file(context.disk, &options);
    let registry = match read_registry(file.clone(), &options, &mut findings) {
        Ok(registry) => registry,
        Err(finding) => {
            // Without it no declaration's uuid is known; the registry's own trouble is the whole answer.
            let mut plan = for_migration(file, Vec::new(), &read, &options.windows, uuid);
            let mut findings = std::mem::take(&mut plan.findings);
            if !findings.iter().any(|finding| finding.blocking) {
                findings.push(finding);
            }
            return (plan, findings);
        }
    };
    // A pending registry is said by its plan.
    findings.retain(|finding| finding.blocking);
    let (declarations, walked) = declarations(context.disk, &registry, &options);
    drop(registry);
    findings.extend(walked);
    let mut plan = for_migration(file, declarations, &read, &options.windows, uuid);
    // There may be one for each file: the long list stays where it is.
    let mut all = std::mem::take(&mut plan.findings);
    all.splice(..0, findings);
    (plan, all)
}

fn transaction_of(context: &Context<'_>, plan: &MigrationPlan, operation: &str, time: String) -> Transaction {
    let pending = plan.files.iter().filter(|file| file.outcome == FileOutcome::Pending);
    let step = |file: &crate::plan::PlannedFile| {
        Step::Replace(Replacement {
            path: file.path.clone(),
            before: file.before,
            after: file.texts.as_ref().map(|texts| Content::Rewritten(Arc::clone(texts))),
        })
    };
    Transaction {
        id: context.operation_id.clone(),
        operation: operation.to_owned(),
        time,
        steps: pending.map(step).collect(),
        entries: Vec::new(),
    }
}

/// What is about to be published must open as a current file, if it is one of the packer's own.
/// The last moment to stop on request.
pub(super) fn read_back(context: &Context<'_>, path: &PortablePath, bytes: &[u8]) -> Result<(), Diagnostic> {
    context.go_on()?;
    let artifact = match path.name() {
        "index.json" => Artifact::Registry,
        "asset.json" => Artifact::Declaration,
        _ => return Ok(()),
    };
    let envelope = envelope::open(admit_bytes(path.as_str(), bytes, &context.limits), artifact, &context.windows)?;
    if envelope.version() == artifact.written() {
        return Ok(());
    }
    let message = format!("what was to be written reads back as version {}", envelope.version());
    Err(Diagnostic::new(Code::MigrationStepFailed, message)
        .at(path.as_str())
        .help("this is a fault of the packer; please report it"))
}

fn refuse(context: &Context<'_>, mode: &'static str, findings: Vec<Diagnostic>) -> Report {
    let result = MigrateResult::of(mode, MigrationPlan::default());
    let what = if mode == "rollback" { "rollback" } else { "migration" };
    let why = findings.first().map_or("", |finding| &*finding.message);
    let summary = format!("the {what} was refused: {why}");
    Report::new("migrate", &context.program, summary, findings, OperationResult::Migrate(result))
}

fn summary(plan: &MigrationPlan, findings: &[Diagnostic]) -> String {
    let pending = plan.files.iter().filter(|file| file.outcome == FileOutcome::Pending).count();
    let blocking = findings.iter().filter(|finding| finding.blocking).count();
    match (pending, blocking) {
        (0, 0) => format!("{} looked at, all current", counted(plan.files.len(), "file")),
        (_, 0) => format!("{} would be rewritten", counted(pending, "file")),
        (_, _) => format!("nothing is rewritten: {} in the way", counted(blocking, "finding")),
    }
}

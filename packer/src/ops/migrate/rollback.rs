//! `migrate --rollback ID`: the exact bytes of before, as one more transaction.

use super::history;
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;
use crate::emit::{Ending, Transaction, TransactionFolder, read_control_file, transactions};
use crate::envelope::{self, Artifact};
use crate::ops::settle::{self, Settled};
use crate::ops::{Context, counted};
use crate::plan::{Content, FileOutcome, MigrationPlan, PlannedFile, Replacement, Rewrite, Step};
use crate::report::{MigrateResult, OperationResult, Report};
use crate::schema::journal::{Change, Original};
use crate::trust::{admit_bytes, refusal};
use crate::workspace::unsupported;
use std::sync::Arc;

/// Shows what a rollback changes; with a `time`, carries it out, if it is still the preview `preview_id`, where one is given.
#[must_use]
pub fn rollback(context: &Context<'_>, id: &str, preview_id: Option<&str>, time: Option<String>) -> Report {
    let mode = "rollback";
    if let Some(finding) = unsupported(context.disk, &context.options(false)) {
        return super::refuse(context, mode, vec![finding]);
    }
    let (_lock, mut findings) = match &time {
        Some(_) => match settle::for_writing(context) {
            Ok((lock, notes)) => (Some(lock), notes),
            Err(finding) => return super::refuse(context, mode, vec![finding]),
        },
        None => match settle::before_reading(context) {
            Settled { blocked: Some(finding), .. } => return super::refuse(context, mode, vec![finding]),
            Settled { notes, .. } => (None, notes),
        },
    };
    let (plan, steps) = match plan(context, id) {
        Ok(plan) => plan,
        Err(more) => {
            findings.extend(more);
            return super::refuse(context, mode, findings);
        }
    };
    let result = MigrateResult::of(mode, plan);
    let changed = counted(steps.len(), "file");
    let Some(time) = time else {
        let summary = format!("{changed} would be brought back to what they were before {id}");
        return Report::new("migrate", &context.program, summary, findings, OperationResult::Migrate(result));
    };
    if preview_id.is_some_and(|wanted| wanted != result.preview_id) {
        let stale = Diagnostic::new(Code::PlanStale, "the project is not what this preview saw");
        findings.push(stale.help_to_run_on("look at a fresh preview with `{program} migrate --rollback {}`", id));
        let summary = "nothing was rolled back; every file is as it was";
        return Report::new("migrate", &context.program, summary, findings, OperationResult::Migrate(result));
    }
    let transaction =
        Transaction { id: context.operation_id.clone(), operation: mode.to_owned(), time, steps, entries: Vec::new() };
    match super::carry_out(context, &transaction, &|_, _| context.go_on()) {
        Ok(()) => {
            history::prune(context);
            let result = result.applied(&transaction.id);
            let summary = format!("{changed} are what they were before {id}");
            Report::new("migrate", &context.program, summary, findings, OperationResult::Migrate(result))
        }
        Err(more) => {
            findings.extend(more);
            let summary = settle::failed(&findings, "nothing was rolled back; every file is as it was");
            Report::new("migrate", &context.program, summary, findings, OperationResult::Migrate(result))
        }
    }
}

type Planned = (MigrationPlan, Vec<Step>);

fn plan(context: &Context<'_>, id: &str) -> Result<Planned, Vec<Diagnostic>> {
    let one = |finding: Diagnostic| vec![finding];
    let folder = transactions(context.disk).map_err(one)?.into_iter().find(|folder| folder.id() == id);
    let folder = folder.ok_or_else(|| one(history::unknown(id)))?;
    let ending = folder.ending(context.disk).map_err(|error| one(refusal(&error)))?;
    let journal = folder.journal(context.disk, &context.limits, &context.windows).map_err(one)?;
    let journal = journal.filter(|_| ending == Some(Ending::Committed));
    let journal = journal.ok_or_else(|| one(nothing_to_undo(&folder)))?;
    if !matches!(&*journal.operation, "migrate" | "rollback") {
        let message = format!("{id} is no migration but {}", journal.operation);
        return Err(one(Diagnostic::new(Code::PlanConflict, message).help_to_run_on("use `{program} undo {}`", id)));
    }
    let (mut plan, mut steps, mut conflicts) = (MigrationPlan::default(), Vec::new(), Vec::new());
    for change in &journal.changes {
        let Change::File { path, before, after: now } = change else { continue };
        let found = read_control_file(context.disk, path, &context.limits).map_err(one)?;
        if found.as_deref().map(Digest::of) != *now {
            conflicts.push(
                Diagnostic::new(Code::PlanConflict, format!("the file was changed after {id}"))
                    .at(path.as_str())
                    .help("undo that change first, or leave the migration as it is"),
            );
            continue;
        }
        let original = match before {
            Some(Original::Slice { digest, offset, bytes }) => {
                Some(folder.original(context.disk, *digest, *offset, *bytes).map_err(one)?)
            }
            _ => None,
        };
        let text = |bytes: &Option<Vec<u8>>| String::from_utf8_lossy(bytes.as_deref().unwrap_or_default()).into_owned();
        let artifact = if path.name() == "index.json" { Artifact::Registry } else { Artifact::Declaration };
        let version = |bytes: &Option<Vec<u8>>| {
            let admitted = admit_bytes(path.as_str(), bytes.as_deref()?, &context.limits);
            envelope::open(admitted, artifact, &context.windows).ok().map(|envelope| envelope.version())
        };
        let texts = Arc::new(Rewrite::new(text(&found), text(&original)));
        plan.files.push(PlannedFile {
            artifact,
            path: path.clone(),
            from: version(&found),
            to: version(&original),
            before: *now,
            after: original.as_deref().map(Digest::of),
            texts: Some(Arc::clone(&texts)),
            minted: false,
            outcome: FileOutcome::Pending,
        });
        // What is no text was shown as one, and comes back as it was.
        let after = original.map(|bytes| match texts.after().as_bytes() == bytes {
            true => Content::Rewritten(texts),
            false => Content::from(bytes),
        });
        steps.push(Step::Replace(Replacement { path: path.clone(), before: *now, after }));
    }
    if conflicts.is_empty() { Ok((plan, steps)) } else { Err(conflicts) }
}

fn nothing_to_undo(folder: &TransactionFolder) -> Diagnostic {
    let message = format!("{} was not carried out, so there is nothing to roll back", folder.id());
    Diagnostic::new(Code::PlanConflict, message).help_to_run("`{program} history` shows how each transaction ended")
}

//! `recover`: shows what is unfinished, and settles what every other command leaves to the user.

use super::settle::{self, Settled};
use super::{Context, counted};
use crate::diagnostic::{Code, Diagnostic};
use crate::emit::{self, keep_edited, unfinished, writing};
use crate::path::PortablePath;
use crate::plan::{Class, PlannedChange};
use crate::report::{MutationResult, OperationResult, Report};
use crate::workspace::unsupported;

/// What to do about files that were edited after the transaction that changed them was cut short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    /// Leave everything as it is and say so.
    Refuse,
    /// Show what keeping them would mean.
    PreviewKeeping,
    /// Keep them, bring every other file back, and close the transaction.
    Keep,
}

/// Settles unfinished transactions.
#[must_use]
pub fn recover(context: &Context<'_>, edited: Edited) -> Report {
    if let Some(finding) = unsupported(context.disk, &context.options(false)) {
        let summary = "nothing was settled: this packer has to leave the project alone";
        let result = OperationResult::Mutation(MutationResult { class: Class::Workspace, ..MutationResult::default() });
        return Report::new("recover", &context.program, summary, vec![finding], result);
    }
    let mut result = MutationResult { class: Class::Workspace, ..MutationResult::default() };
    let mut findings = match edited {
        Edited::Refuse | Edited::PreviewKeeping => {
            let Settled { mut notes, blocked } = settle::before_reading(context);
            result.applied = !notes.is_empty();
            notes.extend(blocked.map(|mut finding| {
                finding.blocking &= edited == Edited::Refuse;
                finding
            }));
            notes
        }
        Edited::Keep => match keep(context) {
            Ok(notes) => {
                result.applied = !notes.is_empty();
                notes
            }
            Err(finding) => vec![finding],
        },
    };
    match unfinished(context.disk) {
        Ok(left) => result.workspace.extend(left.iter().map(|folder| {
            let detail = "edited files are kept, all others go back to what they were";
            PlannedChange::new("settle", folder.path().to_string(), detail)
        })),
        Err(finding) => findings.push(finding),
    }
    let summary = match (result.workspace.len(), result.applied) {
        (0, true) => "what was unfinished is settled".to_owned(),
        (0, false) => "nothing is unfinished".to_owned(),
        (left, _) => format!("{} unfinished", counted(left, "transaction")),
    };
    Report::new("recover", &context.program, summary, findings, OperationResult::Mutation(result))
}

fn keep(context: &Context<'_>) -> Result<Vec<Diagnostic>, Diagnostic> {
    let lock = PortablePath::control().own("lock");
    let _lock =
        context.disk.lock(&lock, context.wait, &|| context.events.cancelled()).map_err(|error| writing(&error))?;
    let mut notes = Vec::new();
    for folder in unfinished(context.disk)? {
        let kept = keep_edited(context.disk, &folder, &context.limits, &context.windows)?;
        let message = format!("{} is settled; {} kept as edited", folder.id(), counted(kept, "file"));
        notes.push(Diagnostic::new(Code::JournalRecovered, message).at(folder.path().as_str()));
    }
    notes.extend(emit::recover(context.disk, &context.limits, &context.windows)?);
    Ok(notes)
}

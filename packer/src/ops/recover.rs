//! `recover`: shows what is unfinished, and settles what every other command leaves to the user.

use super::settle::{self, Settled};
use super::{Context, counted};
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Hasher;
use crate::emit::{self, Kept, TransactionFolder, keep_edited, plan_keeping, unfinished};
use crate::plan::{Class, PlannedChange};
use crate::report::{MutationResult, OperationResult, Report};
use crate::workspace::unsupported;

/// What to do about files that were edited after the transaction that changed them was cut short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited<'a> {
    /// Leave everything as it is and say so.
    Refuse,
    /// Show what keeping them would mean.
    PreviewKeeping,
    /// Keep them, bring every other file back, and close the transaction; if it is still the preview with this id, where one
    /// is given.
    Keep(Option<&'a str>),
}

/// Settles unfinished transactions.
#[must_use]
pub fn recover(context: &Context<'_>, edited: Edited<'_>) -> Report {
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
            notes.extend(blocked.map(|finding| settle::as_writer(context, finding)).map(|mut finding| {
                finding.blocking &= edited == Edited::Refuse;
                finding
            }));
            notes
        }
        Edited::Keep(wanted) => match keep(context, wanted, &mut result.preview_id) {
            Ok(notes) => {
                result.applied = !notes.is_empty();
                notes
            }
            Err(finding) => vec![finding],
        },
    };
    let (left, unread) = look(context);
    for finding in unread {
        // What kept it from being settled may be the very same.
        if !findings.iter().any(|found| found.code == finding.code && found.path == finding.path) {
            findings.push(finding);
        }
    }
    for (folder, files) in &left {
        result.workspace.push(PlannedChange::new("settle", folder.path().to_string(), "the transaction is closed"));
        let told = |kept: &Kept| match kept.is_edited {
            true => PlannedChange::new("keep", kept.path.to_string(), "it was edited since, and stays as it is"),
            false => PlannedChange::new("rewrite", kept.path.to_string(), "it goes back to what it was"),
        };
        result.workspace.extend(files.iter().map(told));
    }
    if edited == Edited::PreviewKeeping && !left.is_empty() {
        result.preview_id = id_of(&left);
    }
    let summary = match (left.len(), result.applied) {
        (0, true) => "what was unfinished is settled".to_owned(),
        (0, false) => "nothing is unfinished".to_owned(),
        (left, _) => format!("{} unfinished", counted(left, "transaction")),
    };
    Report::new("recover", &context.program, summary, findings, OperationResult::Mutation(result))
}

type Left = Vec<(TransactionFolder, Vec<Kept>)>;

/// What is unfinished, and what settling it would do while edits are kept; and what kept that from being looked at.
fn look(context: &Context<'_>) -> (Left, Vec<Diagnostic>) {
    let folders = match unfinished(context.disk) {
        Ok(folders) => folders,
        Err(finding) => return (Vec::new(), vec![finding]),
    };
    let (mut left, mut unread) = (Vec::new(), Vec::new());
    for folder in folders {
        let files = plan_keeping(context.disk, &folder, &context.limits, &context.windows);
        left.push((
            folder,
            files.unwrap_or_else(|finding| {
                unread.push(finding);
                Vec::new()
            }),
        ));
    }
    (left, unread)
}

/// A digest of everything that decides what becomes of which file.
fn id_of(left: &Left) -> String {
    let mut hasher = Hasher::default();
    for (folder, files) in left {
        hasher.update(format!("{}\n", folder.path()).as_bytes());
        for Kept { path, found, is_edited } in files {
            hasher.update(format!("{path}\0{found:?}\0{is_edited}\n").as_bytes());
        }
    }
    hasher.finish().to_string()[..32].to_owned()
}

fn keep(context: &Context<'_>, wanted: Option<&str>, id: &mut String) -> Result<Vec<Diagnostic>, Diagnostic> {
    let _lock = settle::lock(context)?;
    if let Some(wanted) = wanted {
        let (left, unread) = look(context);
        *id = id_of(&left);
        if let Some(finding) = unread.into_iter().next() {
            return Err(finding);
        }
        if *id != wanted {
            let stale = Diagnostic::new(Code::PlanStale, "the project is not what this preview saw");
            return Err(stale.help_to_run("look at a fresh preview with `{program} recover --keep-edited`"));
        }
    }
    let mut notes = Vec::new();
    for folder in unfinished(context.disk)? {
        let kept = keep_edited(context.disk, &folder, &context.limits, &context.windows)?;
        let message = format!("{} is settled; {} kept as edited", folder.id(), counted(kept, "file"));
        notes.push(Diagnostic::new(Code::JournalRecovered, message).at(folder.path().as_str()));
    }
    notes.extend(emit::recover(context.disk, &context.limits, &context.windows)?);
    Ok(notes)
}

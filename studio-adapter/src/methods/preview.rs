//! `packer/preview`: what a change would do. What it was of is kept, so that it can be applied.

use super::apply::{How, change};
use crate::from_wire::Change;
use crate::session::Session;
use prometeu_packer::ops::Context;
use prometeu_packer::report::{MutationResult, OperationResult, Report};

pub(super) fn preview(session: &Session, context: &Context<'_>, wanted: &Change) -> Report {
    let report = change(context, wanted, How::Preview);
    if let Some(id) = preview_id(&report) {
        session.keep_preview(id, wanted);
    }
    report
}

/// The id of the preview in a report, if there is one.
pub(super) fn preview_id(report: &Report) -> Option<&str> {
    let id = match &report.result {
        OperationResult::Migrate(migration) => &migration.preview_id,
        _ => &mutation(report)?.preview_id,
    };
    Some(id.as_str()).filter(|id| !id.is_empty())
}

/// What a report says of a change, be it one of its own or a repair that `doctor` makes.
pub(super) fn mutation(report: &Report) -> Option<&MutationResult> {
    match &report.result {
        OperationResult::Mutation(mutation) => Some(mutation),
        OperationResult::Doctor(doctor) => doctor.fix.as_ref().map(|fix| &fix.mutation),
        _ => None,
    }
}

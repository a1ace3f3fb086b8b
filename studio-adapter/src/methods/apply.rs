//! `packer/apply`: carries out exactly what a preview showed, or refuses. The one place that knows which operation of the
//! library each change is.

use crate::from_wire::Change;
use crate::session::Session;
use crate::surroundings;
use prometeu_packer::diagnostic::{Code, Diagnostic};
use prometeu_packer::ops::{self, Apply, Context, FixRequest, MigrateMode};
use prometeu_packer::report::{OperationResult, Report};

/// Whether a change is shown or carried out.
#[derive(Clone, Copy)]
pub(super) enum How<'a> {
    Preview,
    /// If it is still this preview.
    Now {
        preview_id: &'a str,
        confirm: Option<&'a str>,
    },
}

pub(super) fn apply(session: &Session, context: &Context<'_>, preview_id: &str, confirm: Option<&str>) -> Report {
    match session.previewed(preview_id) {
        Some(wanted) => as_shown(context, change(context, &wanted, How::Now { preview_id, confirm })),
        None => {
            let message = format!("no preview `{preview_id}` is kept");
            let finding = Diagnostic::new(Code::PlanStale, message);
            let finding = finding.help("look at a fresh preview: the last 64 of this session are kept");
            let summary = "nothing was carried out; everything is as it was";
            Report::new("apply", &context.program, summary, vec![finding], OperationResult::Nothing)
        }
    }
}

/// A change that could be shown and now cannot even be understood, because what it names is gone, is stale.
fn as_shown(context: &Context<'_>, report: Report) -> Report {
    let is_about_names = |finding: &Diagnostic| {
        finding.code.family() == "usage" && finding.blocking && finding.code != Code::UsageInterrupted
    };
    match report {
        Report { operation, summary, mut findings, result: OperationResult::Nothing, .. }
            if findings.iter().any(is_about_names) =>
        {
            if !findings.iter().any(|finding| finding.code == Code::PlanStale) {
                let stale = Diagnostic::new(Code::PlanStale, "the project is not what this preview saw");
                findings.push(stale.help("look at a fresh preview"));
            }
            Report::new(&operation, &context.program, summary, findings, OperationResult::Nothing)
        }
        report => report,
    }
}

pub(super) fn change(context: &Context<'_>, wanted: &Change, how: How<'_>) -> Report {
    let apply = || match how {
        How::Preview => Apply::Preview,
        How::Now { preview_id, confirm } => Apply::Now {
            preview_id: Some(preview_id.to_owned()),
            consent: confirm.map(str::to_owned),
            mint: &surroundings::fresh_uuid,
            time: surroundings::now(),
        },
    };
    match wanted {
        Change::Register(declared) => ops::register(context, &declared.registration(), apply()),
        Change::Adopt { root, new_identity } => ops::adopt(context, root, *new_identity, apply()),
        Change::Forget(asset) => ops::forget_asset(context, asset, apply()),
        Change::Quarantine(asset) => ops::quarantine(context, asset, apply()),
        Change::Include(asset) => ops::set_included(context, asset, true, apply()),
        Change::Exclude(asset) => ops::set_included(context, asset, false, apply()),
        Change::Remove(asset) => ops::remove(context, asset, apply()),
        Change::Relocate { asset, root } => ops::relocate(context, asset, root, apply()),
        Change::Rename { asset, name } => ops::rename(context, asset, name, apply()),
        Change::Restore(id) => ops::restore(context, id, apply()),
        Change::Undo(id) => ops::undo(context, id, apply()),
        Change::Init => init(context, how),
        Change::Migrate => migrate(context, how),
        Change::Rollback(id) => rollback(context, id, how),
        Change::Fix { only } => {
            let (only, today) = (only.clone(), surroundings::today());
            ops::fix(context, &FixRequest { workspace: false, today, only, keep: None }, apply())
        }
    }
}

fn init(context: &Context<'_>, how: How<'_>) -> Report {
    match how {
        How::Preview => ops::preview_init(context),
        How::Now { preview_id, .. } => ops::init_as_previewed(context, preview_id),
    }
}

fn migrate(context: &Context<'_>, how: How<'_>) -> Report {
    let mut mint = surroundings::fresh_uuid;
    match how {
        How::Preview => ops::migrate(context, MigrateMode::Preview),
        How::Now { preview_id, .. } => {
            let time = surroundings::now();
            ops::migrate(context, MigrateMode::Apply { preview_id: Some(preview_id), mint: &mut mint, time })
        }
    }
}

fn rollback(context: &Context<'_>, id: &str, how: How<'_>) -> Report {
    match how {
        How::Preview => ops::rollback(context, id, None, None),
        How::Now { preview_id, .. } => ops::rollback(context, id, Some(preview_id), Some(surroundings::now())),
    }
}

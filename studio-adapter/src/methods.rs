//! The methods of the wire, one file for each group. Each gives the packer's report of an operation and, where it
//! announces itself, the one event that ends it.

mod announce;
mod apply;
mod build;
mod initialize;
mod preview;
mod read;
mod refresh;

use crate::connection::{Outbox, Told};
use crate::from_wire::Call;
use crate::session::{Session, new_operation};
use crate::to_wire::to_wire;
use announce::{Announced, Announcer, last_event};
pub(crate) use initialize::{answer as initialized, no_common_protocol, protocols};
use prometeu_packer::ops::Context;
use prometeu_packer::report::{OperationResult, Report};
pub(crate) use refresh::refresh_until_the_end;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How a request ended.
pub(crate) enum Ended {
    /// With a report, as it goes on the wire.
    Report(Arc<str>),
    /// The client did not want it any more, and nothing was changed.
    Cancelled,
}

/// Carries out one request. Everything that it tells is told when this returns.
pub(crate) fn run(session: &Session, outbox: &Outbox, call: &Call, cancelled: &AtomicBool) -> Ended {
    let operation_id: Arc<str> = new_operation().into();
    let announced = Announced::of(session, call);
    let announcer = Announcer::new(outbox, &operation_id, cancelled, announced);
    #[cfg(test)]
    let announcer = announcer.interrupted_by(session.setup().at_step);
    if announced == Announced::Build {
        announcer.build_started();
    }
    let done = catch_unwind(AssertUnwindSafe(|| {
        let context = session.context(&operation_id, &announcer);
        match call {
            // What is remembered of it needs no making.
            Call::ListAssets => Ok(session.listing(&context)),
            call => Err(carry_out(session, &context, call)),
        }
    }));
    let is_wanted = || !cancelled.load(Ordering::Relaxed);
    let ended = match done {
        Ok(Ok(listing)) if is_wanted() => return Ended::Report(Arc::clone(&listing.text)),
        Ok(Ok(_)) => return Ended::Cancelled,
        Ok(Err(report)) => Ok((is_wanted() || is_past_commit(&report), report)),
        Err(fault) => Err(fault),
    };
    // Where a fault left things is not known, so that it is never said to have been called off.
    let (is_answered, report) = ended.unwrap_or_else(|fault| {
        let said = fault.downcast_ref::<String>().map(String::as_str).or_else(|| fault.downcast_ref::<&str>().copied());
        let summary = format!("a fault of the packer itself: {}; please report it", said.unwrap_or("no message"));
        (true, Report::fault(operation(call), &session.setup().program, summary))
    });
    if let Some(told) = last_event(session, &operation_id, announced, &report, !is_answered) {
        if announced == Announced::Build {
            announcer.cache_told(&report);
        }
        outbox.tell(told);
    }
    if !is_answered {
        return Ended::Cancelled;
    }
    let text = serde_json::to_string(&to_wire(&report)).expect("a report is plain data");
    Ended::Report(text.into())
}

fn carry_out(session: &Session, context: &Context<'_>, call: &Call) -> Report {
    match call {
        Call::Preview(change) => preview::preview(session, context, change),
        Call::Apply { preview_id, confirm } => apply::apply(session, context, preview_id, confirm.as_deref()),
        Call::Build { full } => build::build(context, *full),
        reading => read::read(context, reading),
    }
}

/// The name of the operation in a report, where the operation could not say it itself.
fn operation(call: &Call) -> &'static str {
    match call {
        Call::ListAssets => "list",
        Call::Details(_) => "show",
        Call::Doctor { .. } => "doctor",
        Call::Explain(_) => "explain",
        Call::PackSummary => "pack_summary",
        Call::ValidatePack => "validate_pack",
        Call::Preview(_) => "preview",
        Call::Apply { .. } => "apply",
        Call::Build { .. } => "build",
    }
}

/// Whether the operation changed what it was to change, so that it cannot be called off any more.
fn is_past_commit(report: &Report) -> bool {
    match &report.result {
        OperationResult::Migrate(migration) => migration.migration_id.is_some(),
        OperationResult::Build(built) => built.archive.is_some(),
        _ => preview::mutation(report).is_some_and(|mutation| mutation.applied),
    }
}

/// An event of an operation that is about to be told.
fn told(operation_id: &Arc<str>, kind: crate::wire::event::Kind, report: &Report) -> Told {
    Told::new(operation_id, kind, prometeu_packer::diagnostic::escape(&report.summary))
}

//! `doctor`: everything a build would look at, and nothing written.

use super::{Context, cache, counted, settle};
use crate::doctor::{Examined, examine};
use crate::report::{DoctorResult, OperationResult, Report};
use crate::workspace::load;

/// Examines the registered world, inputs decoded.
#[must_use]
pub fn doctor(context: &Context<'_>) -> Report {
    let settled = settle::before_reading(context);
    let look = || {
        let mut workspace = load(context.disk, &context.options(false), context.events);
        let mut findings = std::mem::take(&mut workspace.findings);
        findings.extend(workspace.registry.as_ref().and_then(|_| cache::look(context)));
        let checked = examine(&workspace, context.disk, &context.limits, context.events, &mut findings);
        super::build::plan(context, &workspace, &mut findings);
        (checked, findings)
    };
    // What cannot be settled stays as it is; the doctor looks all the same.
    let looked = if settled.blocked.is_none() { settle::coherent(context, look) } else { Ok(look()) };
    let (checked, mut findings) = looked.unwrap_or_else(|finding| (Examined::default(), vec![finding]));
    findings.extend(settled.notes);
    // Loading may have met the same.
    let blocked = settled.blocked.filter(|finding| !findings.contains(finding));
    findings.extend(blocked);
    super::build::note_interruption(context, &mut findings);
    let blocking = findings.iter().filter(|finding| finding.blocking).count();
    let looked = counted(usize::try_from(checked.assets).unwrap_or(usize::MAX), "asset");
    let summary = match (blocking, findings.len()) {
        (0, 0) => format!("{looked} examined, nothing is wrong"),
        (0, _) => format!("{looked} examined, nothing blocks a build"),
        (_, _) => format!("{looked} examined, builds are blocked by {}", counted(blocking, "finding")),
    };
    Report::new("doctor", &context.program, summary, findings, OperationResult::Doctor(DoctorResult { checked }))
}

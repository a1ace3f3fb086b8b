//! `list`: every root of the project and how it is.

use super::cache::{Belief, Cache};
use super::mutate::quarantined;
use super::{Context, counted, settle};
use crate::report::{OperationResult, Quarantined, Report};
use crate::workspace::{Health, State, Workspace, load_remembering};

/// Lists every registered and unregistered root.
#[must_use]
pub fn list(context: &Context<'_>) -> Report {
    let ((mut workspace, quarantined), notes) = match settle::read(context, || look(context)) {
        Ok(read) => read,
        Err(finding) => {
            return Report::new(
                "list",
                &context.program,
                "nothing was listed",
                vec![finding],
                OperationResult::Nothing,
            );
        }
    };
    // What was not looked at any more would look as if nothing were wrong with it.
    if let Err(finding) = context.go_on() {
        let findings = [notes, vec![finding]].concat();
        let summary = "stopped before everything was listed";
        return Report::new("list", &context.program, summary, findings, OperationResult::Nothing);
    }
    workspace.findings.extend(notes);
    let registered = workspace.assets.iter().filter(|asset| asset.state == State::Registered).count();
    let unregistered = workspace.assets.len() - registered;
    let unwell = workspace.assets.iter().filter(|asset| !matches!(asset.health, Health::Ok | Health::Warning)).count();
    let mut summary = counted(registered, "asset");
    if unregistered > 0 {
        summary += &format!(", {}", counted(unregistered, "unregistered root"));
    }
    if unwell > 0 {
        summary += &format!("; {unwell} cannot be built as they are");
    }
    let readable = workspace.registry.is_some();
    let result = OperationResult::List(workspace.assets, quarantined);
    if readable {
        Report::inspection("list", &context.program, summary, workspace.findings, result)
    } else {
        Report::new("list", &context.program, "the registry could not be read", workspace.findings, result)
    }
}

fn look(context: &Context<'_>) -> (Workspace, Vec<Quarantined>) {
    let mut cache = Cache::open(context, Belief::Cache);
    let mut workspace = load_remembering(context.disk, &context.options(true), || cache.roots(), context.events);
    workspace.note_actions();
    let (rows, findings) = if workspace.registry.is_some() {
        quarantined(context.disk, &context.limits)
    } else {
        (Vec::new(), Vec::new())
    };
    workspace.findings.extend(findings);
    (workspace, rows)
}

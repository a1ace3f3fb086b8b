//! The one road of every mutation: load, plan, and show the plan; or load, plan, carry the plan out, and report. The
//! preview is the plan that is carried out.

mod adopt;
mod participation;
mod place;
mod quarantine;
mod register;
mod remove;
mod rename;
mod scene;
mod undo;

pub use adopt::adopt;
pub use participation::{forget_asset, set_included};
pub(super) use place::planned_relocation;
pub use place::relocate;
pub(super) use quarantine::quarantined;
pub use quarantine::{quarantine, restore};
pub(super) use register::name_for;
pub use register::{Registration, register};
pub use remove::remove;
pub use rename::rename;
pub use undo::undo;

use super::Context;
use super::migrate::{prune, read_back};
use super::settle;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::emit::{Transaction, transact};
use crate::path::PortablePath;
use crate::plan::{Class, MINTED_ON_APPLY, MutationPlan};
use crate::report::{MutationResult, OperationResult, Report};
use crate::workspace::load;
pub(super) use scene::Scene;

/// Whether a mutation is shown or carried out.
pub enum Apply<'a> {
    /// Say what would change.
    Preview,
    /// Carry it out.
    Now {
        /// The id of the preview that was agreed to; any when absent.
        preview_id: Option<String>,
        /// What was typed to agree to a removal.
        consent: Option<String>,
        /// Gives fresh uuids in their text form.
        mint: &'a dyn Fn() -> String,
        /// The time now, RFC 3339 in UTC.
        time: String,
    },
}

/// What is made only when a plan is carried out; placeholders until then.
pub(super) struct Fresh<'a> {
    /// The transaction's id.
    pub(super) id: &'a str,
    /// Gives uuids.
    pub(super) uuid: &'a dyn Fn() -> String,
}

type Planner<'p> = &'p dyn Fn(&Scene<'_>, &Fresh<'_>) -> Result<MutationPlan, Diagnostic>;

/// Takes one mutation along the road.
pub(super) fn mutate(context: &Context<'_>, operation: &str, how: Apply<'_>, planner: Planner<'_>) -> Report {
    match how {
        Apply::Preview => {
            let looked = settle::read(context, || plan(context, operation, planner));
            match looked {
                Ok((Ok(plan), notes)) => shown(context, plan, notes),
                Ok((Err(finding), notes)) => refused(context, operation, finding, notes),
                Err(finding) => refused(context, operation, finding, Vec::new()),
            }
        }
        Apply::Now { preview_id, consent, mint, time } => {
            let (_lock, notes) = match settle::for_writing(context) {
                Ok(settled) => settled,
                Err(finding) => return refused(context, operation, finding, Vec::new()),
            };
            let fresh = Fresh { id: &context.operation_id, uuid: mint };
            match plan_twice(context, operation, planner, &fresh) {
                Ok(planned) => carry_out(context, planned, Agreed { preview_id, consent, time }, notes),
                Err(finding) => {
                    // What was agreed to was a plan.
                    let notes = notes.into_iter().chain(preview_id.map(|_| stale(operation))).collect();
                    refused(context, operation, finding, notes)
                }
            }
        }
    }
}

fn plan(context: &Context<'_>, operation: &str, planner: Planner<'_>) -> Result<MutationPlan, Diagnostic> {
    let workspace = load(context.disk, &context.options(true), context.events);
    or_blocked(operation, as_shown(&Scene::open(context, &workspace)?, planner))
}

/// What keeps a plan from being made blocks it; a call that cannot be meant is none.
fn or_blocked(operation: &str, planned: Result<MutationPlan, Diagnostic>) -> Result<MutationPlan, Diagnostic> {
    match planned {
        Err(finding) if finding.blocking && finding.code.family() != "usage" => {
            let mut plan = MutationPlan::new(operation, class_of(operation));
            plan.findings.push(finding);
            Ok(plan)
        }
        planned => planned,
    }
}

/// What an operation touches, as far as its name tells.
fn class_of(operation: &str) -> Class {
    if matches!(operation, "adopt" | "forget" | "include" | "exclude") { Class::Registry } else { Class::Workspace }
}

/// The plan with placeholders for what is made when it is carried out.
fn as_shown(scene: &Scene<'_>, planner: Planner<'_>) -> Result<MutationPlan, Diagnostic> {
    planner(scene, &Fresh { id: MINTED_ON_APPLY, uuid: &|| MINTED_ON_APPLY.to_owned() })
}

/// A plan that is about to be carried out.
struct Planned {
    /// As it was shown.
    preview: MutationPlan,
    /// The id of that.
    id: String,
    /// The same with everything that is made when it is carried out.
    plan: MutationPlan,
}

/// Plans with placeholders, as it was shown, and once more with what is made when it is carried out.
fn plan_twice(
    context: &Context<'_>,
    operation: &str,
    planner: Planner<'_>,
    fresh: &Fresh<'_>,
) -> Result<Planned, Diagnostic> {
    let workspace = load(context.disk, &context.options(true), context.events);
    let scene = Scene::open(context, &workspace)?;
    let mut preview = or_blocked(operation, as_shown(&scene, planner))?;
    let id = preview.id();
    if preview.is_blocked() {
        return Ok(Planned { plan: preview.clone(), id, preview });
    }
    let plan = planner(&scene, fresh)?;
    if plan.steps.len() != preview.steps.len() && !plan.is_blocked() {
        // Something was another the second time that it was looked at.
        preview.findings.push(stale(operation));
    }
    Ok(Planned { preview, id, plan })
}

/// What the caller agreed to, and when.
struct Agreed {
    preview_id: Option<String>,
    consent: Option<String>,
    time: String,
}

fn shown(context: &Context<'_>, plan: MutationPlan, notes: Vec<Diagnostic>) -> Report {
    let summary = match (plan.is_blocked(), plan.steps.is_empty()) {
        (true, _) => format!("{} is blocked; nothing would be changed", plan.operation),
        (false, true) => "nothing would change".to_owned(),
        (false, false) if keeps_from_building(&plan) => {
            let operation = &plan.operation;
            format!(
                "{operation} would change what is listed, and what was found would block a build; nothing was changed"
            )
        }
        (false, false) => format!("{} would change what is listed; nothing was changed", plan.operation),
    };
    report(context, &summary, &plan, MutationResult::of(&plan), notes)
}

/// Whether something was found that does not stand in the way of the plan and will in that of a build.
fn keeps_from_building(plan: &MutationPlan) -> bool {
    plan.findings.iter().any(|finding| finding.severity() == Severity::Error && !finding.blocking)
}

fn carry_out(
    context: &Context<'_>,
    Planned { mut preview, id, plan }: Planned,
    agreed: Agreed,
    notes: Vec<Diagnostic>,
) -> Report {
    if agreed.preview_id.as_ref().is_some_and(|wanted| *wanted != id) {
        preview.findings.push(stale(&preview.operation));
    } else if let Some(name) = preview.consent.as_deref().filter(|name| agreed.consent.as_deref() != Some(name)) {
        let message = format!("{} needs the name typed: `{name}`", preview.operation);
        let missing = Diagnostic::new(Code::PlanConsentMissing, message);
        preview.findings.push(missing.help(format!("add `--confirm {name}` if that is what you want")));
    }
    // What was found on the way here is no part of the plan that has this id.
    let not_done = |preview: &MutationPlan| MutationResult { preview_id: id.clone(), ..MutationResult::of(preview) };
    if preview.is_blocked() {
        let summary = format!("{} was not carried out; everything is as it was", preview.operation);
        return report(context, &summary, &preview, not_done(&preview), notes);
    }
    if plan.steps.is_empty() {
        return report(context, "nothing had to be changed", &preview, not_done(&preview), notes);
    }
    match commit(context, &plan, agreed.time) {
        Ok(transaction_id) => {
            let mut result = MutationResult::of(&plan);
            (result.preview_id, result.applied, result.transaction_id) = (id.clone(), true, Some(transaction_id));
            let but = if keeps_from_building(&plan) { "; what was found blocks a build" } else { "" };
            report(context, &format!("{} is done{but}", plan.operation), &plan, result, notes)
        }
        Err(findings) => {
            let summary = format!("{} was not carried out; everything is as it was", preview.operation);
            let summary = settle::failed(&findings, &summary);
            preview.findings.extend(findings);
            report(context, &summary, &preview, not_done(&preview), notes)
        }
    }
}

/// Carries a plan out as one transaction, whose id it gives. The caller holds the writer lock.
///
/// # Errors
/// What stopped it; everything is as it was, or will be after the next command.
pub(super) fn commit(context: &Context<'_>, plan: &MutationPlan, time: String) -> Result<String, Vec<Diagnostic>> {
    let transaction = Transaction {
        id: context.operation_id.clone(),
        operation: plan.operation.clone(),
        time,
        steps: plan.steps.clone(),
        entries: plan.entries.clone(),
    };
    // What is brought back is what it was, also where that was nothing that could be read.
    let is_restored = plan.operation == "undo";
    let check =
        |path: &PortablePath, bytes: &[u8]| if is_restored { context.go_on() } else { read_back(context, path, bytes) };
    context.go_on().map_err(|finding| vec![finding])?;
    // What could be looked at for the preview may have failed for the plan; without its step this is another plan.
    if plan.is_blocked() {
        return Err(plan.findings.iter().filter(|finding| finding.blocking).cloned().collect());
    }
    transact(context.disk, &transaction, &context.limits, &check)?;
    prune(context);
    Ok(transaction.id)
}

fn stale(operation: &str) -> Diagnostic {
    let stale = Diagnostic::new(Code::PlanStale, "the project is not what this preview saw");
    stale.help_to_run_on("look at a fresh preview: `{program} {}` without `--apply`", operation)
}

fn report(
    context: &Context<'_>,
    summary: &str,
    plan: &MutationPlan,
    result: MutationResult,
    notes: Vec<Diagnostic>,
) -> Report {
    let findings = plan.findings.iter().cloned().chain(notes).collect();
    Report::new(&plan.operation, &context.program, summary, findings, OperationResult::Mutation(result))
}

fn refused(context: &Context<'_>, operation: &str, finding: Diagnostic, mut notes: Vec<Diagnostic>) -> Report {
    let summary = format!("{operation} was not looked at: {}", finding.message);
    let result = match finding.code.family() {
        "usage" => OperationResult::Nothing,
        _ => OperationResult::Mutation(MutationResult { class: class_of(operation), ..MutationResult::default() }),
    };
    notes.push(finding);
    Report::new(operation, &context.program, summary, notes, result)
}

/// A finding that stands in the way of a plan, whatever its code means elsewhere.
pub(super) fn blocker(code: Code, message: impl AsRef<str>, path: &str, help: &'static str) -> Diagnostic {
    let mut finding = Diagnostic::new(code, message).at(path).help_to_run(help);
    finding.blocking = true;
    finding
}

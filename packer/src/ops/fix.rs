//! `doctor --fix`: repairs of what the doctor found. Each is a plan like that of any mutation, shown before it is carried
//! out and undone like one. What a repair does stands in a file of its own below; which there are, in `table`.

mod adoption;
mod allocator;
mod cache;
mod draft;
mod duplicates;
mod evidence;
mod input_names;
mod layout;
mod missing_root;
mod name;
mod name_twice;
mod nested_root;
mod palettes;
mod patient;
mod rebuild;
mod request;
mod suppressions;
mod table;
mod uuid_mismatch;

use super::doctor::{Looked, look, summary};
use super::mutate::{Apply, Fresh, commit};
use super::{Context, Scope, counted, settle};
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;
use crate::disk::{DiskErrorKind, Kind};
use crate::emit::writing;
use crate::path::PortablePath;
use crate::plan::{MINTED_ON_APPLY, MutationPlan, Replacement, Step};
use crate::report::{DoctorResult, FixResult, FixRow, MutationResult, OperationResult, Report};
use crate::workspace::Workspace;
use patient::{Chosen, Patient};
pub use request::FixRequest;
use std::collections::{HashMap, HashSet};

/// The repairs that are listed; who has more than these repairs some and looks again.
const ROWS_MAX: usize = 10_000;
/// So many bytes are written into the plans of all repairs that ask: each one that changes the registry has a whole registry.
const PLANNED_BYTES_MAX: usize = 128 << 20;
/// About so long is an entry of the registry.
const ENTRY_BYTES: usize = 128;
/// So many of these are listed however large the files are.
const ROWS_MIN: usize = 16;

/// Shows, or makes, the repairs that are asked for. What was found is reported as `doctor` does it; once they are made,
/// what is found then.
#[must_use]
pub fn fix(context: &Context<'_>, wanted: &FixRequest, how: Apply<'_>) -> Report {
    let only = match wanted.code() {
        Ok(only) => only,
        Err(finding) => return refused(context, Scope::Registered, finding, Vec::new()),
    };
    let scope = wanted.scope(only);
    match how {
        Apply::Preview => match settle::read(context, || show(context, scope, only, wanted)) {
            Ok((Ok(answer), notes)) => answer.report(context, notes),
            Ok((Err(finding), notes)) => refused(context, scope, finding, notes),
            Err(finding) => refused(context, scope, finding, Vec::new()),
        },
        Apply::Now { preview_id, mint, time, .. } => {
            let made = match make_control_folder(context, only) {
                Ok(made) => made,
                Err(finding) => return refused(context, scope, finding, Vec::new()),
            };
            let report = match settle::for_writing(context) {
                Ok((_lock, notes)) => {
                    let fresh = Fresh { id: &context.operation_id, uuid: mint };
                    let agreed = Agreed { preview_id, fresh, time };
                    match carry_out(context, scope, only, wanted, agreed) {
                        Ok(answer) => answer.report(context, notes),
                        Err(finding) => refused(context, scope, finding, notes),
                    }
                }
                Err(finding) => refused(context, scope, finding, Vec::new()),
            };
            if made {
                // Fails where the repair put something into it, as it should.
                let _ = context.disk.remove_dir(&PortablePath::control());
            }
            report
        }
    }
}

/// The highest id that was ever handed out, as far as anything but the registry knows: what is kept of transactions, what is
/// quarantined, and the last archive. With it, what says so, as it is now.
pub(super) fn highest_known_id(context: &Context<'_>) -> (u32, Vec<(PortablePath, Option<Digest>)>) {
    let evidence = evidence::Evidence::gather(context);
    (evidence.highest(), evidence.seen)
}

/// Every repair that could be made now, each with the id of its own plan; and what was found says so.
pub(super) fn list(context: &Context<'_>, workspace: &mut Workspace) -> Vec<FixRow> {
    let mut rows = Vec::new();
    if !workspace.findings.iter().any(|finding| table::of(finding.code).is_some()) {
        return rows;
    }
    let patient = Patient::of(context, workspace, None);
    let mut known = HashMap::new();
    let can_be_made = |(_, plan): &(Chosen, MutationPlan)| !plan.is_blocked() && !plan.steps.is_empty();
    for (Chosen { fix, subject }, plan) in one_by_one(&patient, patient.all()).filter(can_be_made).take(ROWS_MAX) {
        known.insert((fix.code, subject.path.clone(), subject.offset), fix.safe);
        rows.push(FixRow { code: fix.code, path: subject.path, safe: fix.safe, preview_id: plan.id() });
    }
    drop(patient);
    rows.sort_by(|a, b| (&a.path, a.code.as_str(), &a.preview_id).cmp(&(&b.path, b.code.as_str(), &b.preview_id)));
    tell(&known, &mut workspace.findings);
    rows
}

/// Each repair with a plan of its own, as far as there is room for the plans.
fn one_by_one<'p, 'a>(
    patient: &'p Patient<'a>,
    chosen: Vec<Chosen>,
) -> impl Iterator<Item = (Chosen, MutationPlan)> + use<'p, 'a> {
    let entries = patient.workspace.registry.as_ref().map_or(0, |registry| registry.entries.len());
    let (mut asking, mut bytes_left) = (ROWS_MIN, PLANNED_BYTES_MAX);
    chosen.into_iter().filter_map(move |chosen| {
        if !chosen.fix.safe && asking == 0 && bytes_left == 0 {
            return None;
        }
        let plan = patient.plan(std::slice::from_ref(&chosen), &shown());
        if !chosen.fix.safe {
            asking = asking.saturating_sub(1);
            // What is not made after all was looked for in the whole registry, too.
            let bytes: usize = plan.steps.iter().map(Step::bytes).sum();
            bytes_left = bytes_left.saturating_sub(bytes.max(entries * ENTRY_BYTES));
        }
        Some((chosen, plan))
    })
}

/// Says beside each finding that can be repaired how that is done.
fn tell(known: &HashMap<(Code, String, Option<u64>), bool>, findings: &mut [Diagnostic]) {
    if known.is_empty() {
        return;
    }
    for finding in findings {
        let path = finding.path.clone().unwrap_or_default();
        let offset = finding.place.as_ref().map(|place| place.span.offset);
        let at = |offset| known.get(&(finding.code, path.clone(), offset));
        let Some(&safe) = at(offset).or_else(|| at(None)) else { continue };
        let is_said = finding.help.as_deref().is_some_and(|help| help.contains(" --fix"));
        if !is_said {
            let help = match safe {
                true => "`{program} doctor --fix --only {}` shows a repair, and with `--apply` makes it",
                false => {
                    "`{program} doctor --fix --only {}` shows a repair, which is made only with `--apply` and its id"
                }
            };
            finding.add_help_to_run_on(help, finding.code.as_str());
        }
        finding.add_text("fix", if safe { "safe" } else { "unsafe" });
    }
}

/// What a finding says, and of what.
fn said(finding: &Diagnostic) -> (Code, Option<&str>, &str) {
    (finding.code, finding.path.as_deref(), &finding.message)
}

/// What a plan that is only shown has in the place of what is made when it is carried out.
fn shown() -> Fresh<'static> {
    Fresh { id: MINTED_ON_APPLY, uuid: &|| MINTED_ON_APPLY.to_owned() }
}

/// What is answered.
struct Answer {
    result: DoctorResult,
    findings: Vec<Diagnostic>,
    summary: String,
}

impl Answer {
    fn of(mut looked: Looked, mutation: MutationResult, more: Vec<Diagnostic>, told: &str) -> Answer {
        let mut findings = std::mem::take(&mut looked.workspace.findings);
        let summary = format!("{told}; {}", summary(&looked.result, &findings));
        let known: HashSet<_> = findings.iter().map(said).collect();
        let is_new = |finding: &&Diagnostic| finding.blocking || !known.contains(&said(finding));
        let new: Vec<Diagnostic> = more.iter().filter(is_new).cloned().collect();
        findings.extend(new);
        looked.result.fix = Some(Box::new(FixResult { mutation, findings: more }));
        Answer { result: looked.result, findings, summary }
    }

    fn report(mut self, context: &Context<'_>, notes: Vec<Diagnostic>) -> Report {
        self.findings.extend(notes);
        Report::new("doctor", &context.program, self.summary, self.findings, OperationResult::Doctor(self.result))
    }
}

fn show(context: &Context<'_>, scope: Scope, only: Option<Code>, wanted: &FixRequest) -> Result<Answer, Diagnostic> {
    let mut looked = look(context, scope, None);
    let (plan, count) = {
        let patient = Patient::of(context, &looked.workspace, wanted.keep.as_deref());
        let chosen = patient.select(only)?;
        (patient.plan(&chosen, &shown()), chosen.len())
    };
    looked.result.fixes = list(context, &mut looked.workspace);
    let told = match (plan.is_blocked(), plan.steps.is_empty()) {
        (true, _) => "what was found cannot be fixed as it is".to_owned(),
        (false, true) if only.is_none() && !looked.result.fixes.is_empty() => {
            "no repair is safe to make unasked; `--only CODE` shows what one would do".to_owned()
        }
        (false, true) => "there is nothing to fix".to_owned(),
        (false, false) => format!("{} would be made, nothing was changed", counted(count, "repair")),
    };
    // What was found before it was stopped is not all that there is to repair.
    context.go_on()?;
    Ok(Answer::of(looked, MutationResult::of(&plan), plan.findings, &told))
}

/// What the caller agreed to, and what is made on the way.
struct Agreed<'a> {
    preview_id: Option<String>,
    fresh: Fresh<'a>,
    time: String,
}

fn carry_out(
    context: &Context<'_>,
    scope: Scope,
    only: Option<Code>,
    wanted: &FixRequest,
    agreed: Agreed<'_>,
) -> Result<Answer, Diagnostic> {
    let mut looked = look(context, scope, None);
    let (mut preview, plan, count, is_safe) = {
        let patient = Patient::of(context, &looked.workspace, wanted.keep.as_deref());
        let selected = patient.select(only)?;
        let (chosen, preview) = agreed_to(&patient, selected, only, agreed.preview_id.as_deref());
        let is_safe = chosen.iter().all(|chosen| chosen.fix.safe);
        (preview, patient.plan(&chosen, &agreed.fresh), chosen.len(), is_safe)
    };
    let id = preview.id();
    if agreed.preview_id.as_ref().is_some_and(|wanted| *wanted != id) || !is_alike(&preview, &plan) {
        let stale = Diagnostic::new(Code::PlanStale, "the project is not what this preview saw");
        preview.findings.push(stale.help_to_run("look at a fresh preview: `{program} doctor --fix` without `--apply`"));
    } else if agreed.preview_id.is_none() && !is_safe && !preview.steps.is_empty() {
        let message = "this repair decides something that only people can know, so it is made only as it was previewed";
        let missing = Diagnostic::new(Code::PlanConsentMissing, message);
        let only = only.map_or("", Code::as_str);
        preview.findings.push(
            missing.help_to_run_on("look at `{program} doctor --fix --only {}`, and give `--apply` its id", only),
        );
    }
    // What was found on the way here is no part of the plan that has this id.
    let not_done = |preview: &MutationPlan| MutationResult { preview_id: id.clone(), ..MutationResult::of(preview) };
    context.go_on()?;
    if preview.is_blocked() || plan.steps.is_empty() {
        let told = if preview.is_blocked() { "nothing was changed" } else { "there was nothing to fix" };
        looked.result.fixes = list(context, &mut looked.workspace);
        return Ok(Answer::of(looked, not_done(&preview), preview.findings, told));
    }
    match commit(context, &plan, agreed.time) {
        Ok(transaction_id) => {
            let mut result = MutationResult::of(&plan);
            (result.preview_id, result.applied, result.transaction_id) = (id.clone(), true, Some(transaction_id));
            let context = &context.to_the_end();
            let mut looked = look(context, scope, None);
            looked.result.fixes = list(context, &mut looked.workspace);
            Ok(Answer::of(looked, result, plan.findings, &format!("{} made", counted(count, "repair"))))
        }
        Err(findings) => {
            // Where more than that is said, not all may be as it was.
            if let [stopped] = &*findings
                && stopped.code == Code::UsageInterrupted
            {
                return Err(stopped.clone());
            }
            preview.findings.extend(findings);
            looked.result.fixes = list(context, &mut looked.workspace);
            Ok(Answer::of(looked, not_done(&preview), preview.findings, "nothing was changed"))
        }
    }
}

/// What is to be carried out: all that was selected, or the one repair among it whose own id was given.
fn agreed_to<'a>(
    patient: &Patient<'a>,
    selected: Vec<Chosen>,
    only: Option<Code>,
    id: Option<&str>,
) -> (Vec<Chosen>, MutationPlan) {
    let whole = patient.plan(&selected, &shown());
    let Some(id) = id.filter(|id| only.is_some() && selected.len() > 1 && whole.id() != *id) else {
        return (selected, whole);
    };
    match one_by_one(patient, selected.clone()).find(|(_, plan)| plan.id() == id) {
        Some((chosen, plan)) => (vec![chosen], plan),
        None => (selected, whole),
    }
}

/// Whether two plans differ in what is made when they are carried out, and in nothing else: each looked at the disk.
fn is_alike(shown: &MutationPlan, made: &MutationPlan) -> bool {
    let step = |step: &Step| match step {
        Step::Replace(Replacement { path, before, after }) => ("replace", path.clone(), *before, after.is_some()),
        Step::Move { from, .. } => ("move", from.clone(), None, true),
        Step::MakeFolder(path) => ("make", path.clone(), None, true),
        Step::RemoveFolder(path) => ("remove", path.clone(), None, false),
    };
    let changes = |plan: &MutationPlan| (plan.registry.len(), plan.workspace.len(), plan.entries.len());
    shown.steps.iter().map(step).eq(made.steps.iter().map(step))
        && shown.depends == made.depends
        && shown.findings == made.findings
        && changes(shown) == changes(made)
}

fn refused(context: &Context<'_>, scope: Scope, finding: Diagnostic, notes: Vec<Diagnostic>) -> Report {
    let mut result = DoctorResult::within(scope.name());
    result.fix = Some(Box::new(FixResult { mutation: MutationResult::default(), findings: vec![finding.clone()] }));
    let summary = format!("nothing was fixed: {}", finding.message);
    let findings = [notes, vec![finding]].concat();
    Report::new("doctor", &context.program, summary, findings, OperationResult::Doctor(result))
}

/// Makes the packer's own folder where a lost registry is to be rebuilt and the folder is gone with it; says whether it did.
fn make_control_folder(context: &Context<'_>, only: Option<Code>) -> Result<bool, Diagnostic> {
    let (disk, control) = (context.disk, PortablePath::control());
    let is_lost = matches!(disk.metadata(&control), Err(error) if error.kind == DiskErrorKind::NotFound);
    let has_assets = disk.metadata(&PortablePath::assets()).is_ok_and(|found| found.kind == Kind::Folder);
    if only != Some(Code::RegistryMissing) || !is_lost || !has_assets {
        return Ok(false);
    }
    let made = disk.create_dir(&control).and_then(|()| disk.sync_dir(&PortablePath::assets()));
    made.map(|()| true).map_err(|error| writing(&error))
}

#[cfg(test)]
mod tests;

//! `doctor`: everything a build would look at, with the rest of the workspace if asked for, and nothing written.

#[cfg(test)]
mod tests;

use super::cache::{Belief, Cache};
use super::nothing_registered::{entries_lost, next_without_entries, nothing_registered};
use super::{Context, counted, fix, let_go, settle};
use crate::bank::Recalled;
use crate::diagnostic::{Code, Diagnostic};
use crate::doctor::{Examined, Tidiness, examine, look_for_untidiness, suppressions_path};
use crate::report::{DoctorResult, OperationResult, Report};
use crate::schema::suppressions::Date;
use crate::workspace::{Ask, Options, Workspace, load_remembering};

/// How far the doctor looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// At what is registered, as a build does.
    Registered,
    /// At everything below `assets/` and in the packer's own folders, as well.
    Workspace {
        /// The day that decides which suppressions still hold.
        today: Date,
    },
}

/// Examines the registered world, inputs decoded, and within a wider scope what could be tidier.
#[must_use]
pub fn doctor(context: &Context<'_>, scope: Scope) -> Report {
    examined(context, scope, None).0
}

/// The same, with whether nothing was left unsettled; `also` looks at the project while it is known to be in one state, and
/// again where it turned out not to be.
pub(super) fn examined(context: &Context<'_>, scope: Scope, mut also: Also<'_, '_>) -> (Report, bool) {
    let settled = settle::before_reading(context);
    let mut look = || {
        let mut looked = look(context, scope, also.as_deref_mut());
        looked.result.fixes = fix::list(context, &mut looked.workspace);
        let findings = std::mem::take(&mut looked.workspace.findings);
        let_go(looked.workspace);
        (looked.result, findings)
    };
    // What cannot be settled stays as it is; the doctor looks all the same.
    let looked = if settled.blocked.is_none() { settle::coherent(context, look) } else { Ok(look()) };
    let (result, mut findings) = looked.unwrap_or_else(|finding| (DoctorResult::within(scope.name()), vec![finding]));
    findings.extend(settled.notes);
    let is_settled = settled.blocked.is_none();
    // Loading may have met the same.
    let blocked = settled.blocked.filter(|finding| !findings.contains(finding));
    findings.extend(blocked);
    super::build::note_interruption(context, &mut findings);
    let summary = summary(&result, &findings);
    (Report::new("doctor", &context.program, summary, findings, OperationResult::Doctor(result)), is_settled)
}

impl Scope {
    pub(super) fn name(self) -> &'static str {
        match self {
            Scope::Registered => "registered",
            Scope::Workspace { .. } => "workspace",
        }
    }
}

/// An examined project.
pub(super) struct Looked {
    pub(super) result: DoctorResult,
    /// Its findings are all that there are.
    pub(super) workspace: Workspace,
}

/// Looks at the workspace as well, and at all that the last build noted of it.
pub(super) type Also<'a, 'f> = Option<&'a mut (dyn FnMut(&Workspace, &Recalled) + 'f)>;

/// Examines the project; which repairs there are is not looked for.
pub(super) fn look(context: &Context<'_>, scope: Scope, also: Also<'_, '_>) -> Looked {
    // Stamps are compared with those in the cache, and every input is opened where there is none.
    let mut cache = Cache::open(context, Belief::Cache);
    let ask = if cache.is_there { Ask::Stamps } else { Ask::Names };
    let options = Options { ask, ..context.options(scope != Scope::Registered) };
    let mut workspace = load_remembering(context.disk, &options, || cache.roots(), context.events);
    let mut findings = std::mem::take(&mut workspace.findings);
    if let Some(next) = next_without_entries(&workspace) {
        // The wider scope names every root that is not registered.
        let nothing = || (scope == Scope::Registered).then(|| nothing_registered(context)).flatten();
        findings.extend(entries_lost(context, next).or_else(nothing));
    }
    // Before what is known and laid out takes its memory.
    let tidiness = match scope {
        Scope::Registered => Tidiness::default(),
        Scope::Workspace { today } => {
            let (disk, limits, windows) = (context.disk, &context.limits, &context.windows);
            look_for_untidiness(&workspace, disk, limits, windows, today, context.events, &mut findings)
        }
    };
    let mut recalled = cache.assets(context, &workspace);
    findings.extend(cache.note(context, &workspace));
    if also.is_some() {
        cache.facts(context, &workspace, &mut recalled);
    }
    // They are for what a build writes into the next cache.
    recalled.keys = Vec::new();
    let Examined { checked, laid_out } =
        examine(&workspace, context.disk, &context.limits, &recalled, context.events, &mut findings);
    if let Some(also) = also {
        also(&workspace, &recalled);
    }
    drop(recalled);
    // What counts of the plan is whether there is one.
    let_go(super::build::plan(context, &workspace, || laid_out, &mut findings));
    let mut result = DoctorResult::within(scope.name());
    let others = if scope == Scope::Registered { 0 } else { workspace.assets.len() - workspace.registered().len() };
    result.checked.assets = checked.assets + others as u64;
    // Every declaration and input is among the files that were walked.
    result.checked.files = tidiness.files.max(checked.files);
    result.suppressed = tidiness.suppressed;
    workspace.findings = findings;
    Looked { result, workspace }
}

/// One sentence about what was found.
pub(super) fn summary(result: &DoctorResult, findings: &[Diagnostic]) -> String {
    let count = |count: u64, what| counted(usize::try_from(count).unwrap_or(usize::MAX), what);
    let looked = count(result.checked.assets, "asset");
    if findings.iter().any(|finding| finding.code == Code::UsageInterrupted) {
        return format!("stopped when {looked} had been examined");
    }
    // No build reads `doctor.toml`.
    let (configuration, blocking): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
        findings.iter().filter(|finding| finding.blocking).partition(|finding| is_about_suppressions(finding));
    let mut told = match (blocking.len(), findings.len()) {
        (0, 0) => format!("{looked} examined, nothing is wrong"),
        (0, _) => format!("{looked} examined, nothing blocks a build"),
        (blocking, _) => format!("{looked} examined, builds are blocked by {}", counted(blocking, "finding")),
    };
    if !configuration.is_empty() {
        told += "; `doctor.toml` is not right";
    }
    match result.suppressed {
        0 => told,
        more => format!("{told}; {} allowed", count(more, "more finding")),
    }
}

fn is_about_suppressions(finding: &Diagnostic) -> bool {
    finding.path.as_deref() == Some(suppressions_path().as_str())
}

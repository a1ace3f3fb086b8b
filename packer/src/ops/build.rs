//! `build`: load, examine, plan, make, verify, publish.

use super::cache::{Belief, Cache};
use super::nothing_registered::{entries_lost, next_without_entries, nothing_registered};
use super::settle::{self, Snapshot};
use super::{Context, cache, counted, let_go};
use crate::bank::{Bank, LaidOut, Recalled};
use crate::diagnostic::{Code, Diagnostic};
use crate::doctor::{examine, preload};
use crate::emit::{self, Published, stage};
use crate::plan::{BuildPlan, for_build};
use crate::report::{ArchiveFile, BuildResult, OperationResult, PackedAsset, Report};
use crate::schema::archive::Measured;
use crate::workspace::{Asset, Workspace, load_remembering};
use rayon::prelude::*;

/// Whether a build writes, and whether it takes what the last one learned from the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuildMode {
    /// Makes and publishes the archive; what did not change is not made again.
    Publish,
    /// Makes and publishes all of it anew.
    PublishAnew,
    /// Plans and validates everything, and writes nothing at all.
    Check,
    /// The same, every input decoded.
    CheckAnew,
}

impl BuildMode {
    fn writes(self) -> bool {
        matches!(self, BuildMode::Publish | BuildMode::PublishAnew)
    }

    fn belief(self) -> Belief {
        match self {
            BuildMode::Publish | BuildMode::Check => Belief::Cache,
            BuildMode::PublishAnew | BuildMode::CheckAnew => Belief::Nothing,
        }
    }
}

/// Builds the project.
#[must_use]
pub fn build(context: &Context<'_>, mode: BuildMode) -> Report {
    let mut result = BuildResult::default();
    let settled = match mode.writes() {
        false => settle::look_only(context),
        true => settle::before_reading(context),
    };
    let mut findings = settled.notes;
    let was_begun = settled.blocked.is_none();
    let done = match (settled.blocked, mode.writes()) {
        (Some(finding), _) => Err(vec![finding]),
        (None, false) => check(context, mode.belief(), &mut result, &mut findings),
        (None, true) => make(context, mode.belief(), &mut result, &mut findings),
    };
    if let Err(more) = done {
        let as_said = |finding| if mode.writes() { settle::as_writer(context, finding) } else { finding };
        findings.extend(more.into_iter().map(as_said));
    }
    let blocking = findings.iter().filter(|finding| finding.blocking).count();
    let assets = counted(usize::try_from(result.assets).unwrap_or(usize::MAX), "asset");
    let summary = match (&result.archive, blocking) {
        (Some(archive), _) => format!("packed {assets} into {}, {} bytes", archive.path, archive.bytes),
        (None, 0) => format!("{assets} would be packed; nothing was written"),
        (None, _) => {
            let refused = format!("nothing was written: {} in the way", counted(blocking, "finding"));
            if was_begun { settle::failed(&findings, &refused) } else { refused }
        }
    };
    Report::new("build", &context.program, summary, findings, OperationResult::Build(result))
}

/// A workspace that nothing blocks, and what is to be done with it.
struct Prepared {
    workspace: Workspace,
    recalled: Recalled,
    task: Task,
}

enum Task {
    /// To make what is planned.
    Make(BuildPlan),
    /// Nothing: what a build would publish is in place.
    Nothing(Published),
}

/// Prepares a build, or gives, when something blocks, everything that does.
fn prepare(
    context: &Context<'_>,
    belief: Belief,
    result: &mut BuildResult,
    findings: &mut Vec<Diagnostic>,
) -> Result<Prepared, Vec<Diagnostic>> {
    let mut cache = Cache::open(context, belief);
    let mut workspace = load_remembering(context.disk, &context.options(false), || cache.roots(), context.events);
    result.assets = workspace.assets.iter().filter(|asset| asset.included_in_build).count() as u64;
    let mut found = std::mem::take(&mut workspace.findings);
    if let Some(next) = next_without_entries(&workspace) {
        found.extend(entries_lost(context, next).or_else(|| nothing_registered(context)));
    }
    let mut recalled = cache.assets(context, &workspace);
    found.extend(cache.note(context, &workspace));
    recalled.find_keys(&workspace, context.disk, &context.limits);
    // What a build needs of it is in the assets by now, and it takes as much memory as a third of them.
    workspace.registry = None;
    preload(&workspace, &mut found);
    if let Some(published) = in_place(context, &workspace, &recalled, &mut found) {
        findings.extend(found);
        return Ok(Prepared { workspace, recalled, task: Task::Nothing(published) });
    }
    cache.facts(context, &workspace, &mut recalled);
    let laid_out = || lay_out(context, &workspace, &recalled);
    let Some(plan) = plan(context, &workspace, laid_out, &mut found) else {
        // One more look, so that one run names everything that has to be repaired.
        found.retain(|finding| finding.code != Code::PreloadTooMany);
        examine(&workspace, context.disk, &context.limits, &recalled, context.events, &mut found);
        note_interruption(context, &mut found);
        if !found.iter().any(|finding| finding.blocking) {
            found.push(
                Diagnostic::new(Code::TrustChangedWhileReading, "an input changed while the build looked at it")
                    .help("build again"),
            );
        }
        return Err(found);
    };
    findings.extend(found);
    Ok(Prepared { workspace, recalled, task: Task::Make(plan) })
}

/// The same while no lock is held: of one state of the project.
fn prepare_coherent(
    context: &Context<'_>,
    belief: Belief,
    result: &mut BuildResult,
    findings: &mut Vec<Diagnostic>,
) -> Result<Prepared, Vec<Diagnostic>> {
    let once = || {
        let mut found = Vec::new();
        prepare(context, belief, result, &mut found).map(|prepared| (prepared, found))
    };
    let (prepared, found) = settle::coherent(context, once).map_err(|finding| vec![finding])??;
    findings.extend(found);
    Ok(prepared)
}

/// What the last build published, if this one would publish exactly that and it is still in place. What decoding has to
/// say is said anew.
fn in_place(
    context: &Context<'_>,
    workspace: &Workspace,
    recalled: &Recalled,
    findings: &mut Vec<Diagnostic>,
) -> Option<Published> {
    let last = recalled.last.as_ref()?;
    let included = || workspace.assets.iter().enumerate().filter(|(_, asset)| asset.included_in_build);
    let is_blocked = findings.iter().any(|finding| finding.blocking) || context.events.cancelled();
    if is_blocked || included().any(|(index, _)| recalled.fresh(index).is_none()) {
        return None;
    }
    if last.key != recalled.build_key(workspace) || !emit::is_in_place(context.disk, last) {
        return None;
    }
    emit::check_outputs(context.disk).ok()?;
    let said = |(index, asset): (usize, &Asset)| {
        let mut said = Vec::new();
        if let (Some(known), true) = (recalled.fresh(index), asset.included_in_build)
            && let Some(bank) = Bank::of(asset, context.disk, &context.limits)
        {
            known.say(bank, &mut said);
        }
        said
    };
    let said: Vec<Diagnostic> = workspace.assets.par_iter().enumerate().flat_map_iter(said).collect();
    if said.iter().any(|finding| finding.blocking) || context.events.cancelled() {
        return None;
    }
    findings.extend(said);
    emit::already_published(last, included().count() as u64)
}

/// The plan of a build that nothing known so far blocks, every included asset laid out; what else would keep it from being
/// published is added.
pub(super) fn plan<M: Measured>(
    context: &Context<'_>,
    workspace: &Workspace,
    laid_out: impl FnOnce() -> Option<Vec<LaidOut<M>>>,
    findings: &mut Vec<Diagnostic>,
) -> Option<BuildPlan<M>> {
    findings.extend(emit::check_outputs(context.disk).err());
    if findings.iter().any(|finding| finding.blocking) {
        return None;
    }
    let plan = for_build(workspace, laid_out()?);
    let too_large = emit::check_header(&plan, &context.limits).err();
    let fits = too_large.is_none();
    findings.extend(too_large);
    fits.then_some(plan)
}

/// The layout of every included asset, or `None` when one of them has none.
fn lay_out(context: &Context<'_>, workspace: &Workspace, recalled: &Recalled) -> Option<Vec<LaidOut>> {
    let included = workspace.assets.par_iter().enumerate().filter(|(_, asset)| asset.included_in_build);
    included
        .map(|(index, asset)| {
            let bank = Bank::of(asset, context.disk, &context.limits)?;
            let known = recalled.fresh(index).and_then(|known| known.layout(&bank));
            let layout = known.or_else(|| bank.layout(&mut Vec::new()))?;
            Some(LaidOut::new(index, &layout))
        })
        .collect()
}

fn check(
    context: &Context<'_>,
    belief: Belief,
    result: &mut BuildResult,
    findings: &mut Vec<Diagnostic>,
) -> Result<(), Vec<Diagnostic>> {
    let Prepared { workspace, recalled, task } = prepare_coherent(context, belief, result, findings)?;
    let is_to_be_made = matches!(task, Task::Make(_));
    // Nobody carries the plan out.
    drop(task);
    if is_to_be_made {
        examine(&workspace, context.disk, &context.limits, &recalled, context.events, findings);
    }
    note_interruption(context, findings);
    Ok(())
}

fn make(
    context: &Context<'_>,
    belief: Belief,
    result: &mut BuildResult,
    findings: &mut Vec<Diagnostic>,
) -> Result<(), Vec<Diagnostic>> {
    // What is blocked is refused before anything is written, the lock file included.
    let seen = Snapshot::take(context);
    let mut prepared = prepare_coherent(context, belief, result, findings)?;
    if let Task::Nothing(published) = prepared.task {
        report_rows(result, &prepared.workspace, &prepared.recalled);
        report(result, published);
        let_go((prepared.workspace, prepared.recalled));
        return Ok(());
    }
    let (_lock, notes) = settle::for_writing(context).map_err(|finding| vec![finding])?;
    if Snapshot::take(context) != seen {
        // Another writer was at work in between.
        findings.clear();
        prepared = prepare(context, belief, result, findings)?;
    }
    findings.extend(notes);
    let Prepared { workspace, recalled, task } = prepared;
    let published = match task {
        Task::Nothing(published) => {
            report_rows(result, &workspace, &recalled);
            published
        }
        Task::Make(plan) => {
            let scope = emit::Context {
                disk: context.disk,
                limits: &context.limits,
                windows: &context.windows,
                events: context.events,
                operation_id: &context.operation_id,
            };
            let task = emit::Task { workspace: &workspace, plan: &plan, recalled: &recalled };
            let staged = stage(&scope, &task, findings)?;
            // Reading the archive back takes memory of its own.
            drop((workspace, recalled));
            let packed = plan.table.into_iter();
            result.packed = packed
                .map(|row| PackedAsset {
                    asset_id: row.asset_id,
                    name: row.asset_name,
                    bank: row.bank,
                    bytes: row.bytes,
                })
                .collect();
            let published = staged.publish()?;
            cache::discard(context, findings);
            published
        }
    };
    report(result, published);
    Ok(())
}

/// Tells what lies in the archive, as far as that is not told yet: of a build that made nothing.
fn report_rows(result: &mut BuildResult, workspace: &Workspace, recalled: &Recalled) {
    let included = workspace.assets.iter().enumerate().filter(|(_, asset)| asset.included_in_build);
    let packed = |(index, asset): (usize, &Asset)| {
        let declaration = asset.declaration.as_ref()?;
        Some(PackedAsset {
            asset_id: asset.asset_id()?,
            name: declaration.name.clone()?,
            bank: declaration.bank?,
            bytes: recalled.fresh(index)?.bytes(),
        })
    };
    result.packed = included.filter_map(packed).collect();
}

/// Tells what was published.
fn report(result: &mut BuildResult, published: Published) {
    result.reused = published.reused;
    result.materialised = result.assets - published.reused;
    result.archive =
        Some(ArchiveFile { path: published.archive.to_string(), bytes: published.bytes, sha256: published.sha256 });
    result.companions = published.companions.iter().map(ToString::to_string).collect();
}

pub(super) fn note_interruption(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    if !findings.iter().any(|finding| finding.code == Code::UsageInterrupted) {
        findings.extend(context.go_on().err());
    }
}

#[cfg(test)]
mod tests;

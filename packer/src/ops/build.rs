//! `build`: load, examine, plan, make, verify, publish.

use super::settle::{self, Snapshot};
use super::{Context, cache, counted};
use crate::bank::Bank;
use crate::diagnostic::{Code, Diagnostic};
use crate::doctor::{examine, preload};
use crate::emit::{self, publish};
use crate::plan::{BuildPlan, PlannedAsset, for_build};
use crate::report::{ArchiveFile, BuildResult, OperationResult, PackedAsset, Report};
use crate::workspace::{Workspace, load};
use rayon::prelude::*;

/// Whether a build writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuildMode {
    /// Makes and publishes the archive.
    Publish,
    /// Plans and validates everything, and writes nothing at all.
    Check,
}

/// Builds the project.
#[must_use]
pub fn build(context: &Context<'_>, mode: BuildMode) -> Report {
    let mut result = BuildResult::default();
    let settled = match mode {
        BuildMode::Check => settle::look_only(context),
        BuildMode::Publish => settle::before_reading(context),
    };
    let mut findings = settled.notes;
    let done = match (settled.blocked, mode) {
        (Some(finding), _) => Err(vec![finding]),
        (None, BuildMode::Check) => check(context, &mut result, &mut findings),
        (None, BuildMode::Publish) => make(context, &mut result, &mut findings),
    };
    if let Err(more) = done {
        findings.extend(more);
    }
    let blocking = findings.iter().filter(|finding| finding.blocking).count();
    let assets = counted(usize::try_from(result.assets).unwrap_or(usize::MAX), "asset");
    let summary = match (&result.archive, blocking) {
        (Some(archive), _) => format!("packed {assets} into {}, {} bytes", archive.path, archive.bytes),
        (None, 0) => format!("{assets} would be packed; nothing was written"),
        (None, _) => {
            settle::failed(&findings, &format!("nothing was written: {} in the way", counted(blocking, "finding")))
        }
    };
    Report::new("build", &context.program, summary, findings, OperationResult::Build(result))
}

/// The workspace and its plan, or, when something blocks, everything that does.
fn prepare(
    context: &Context<'_>,
    result: &mut BuildResult,
    findings: &mut Vec<Diagnostic>,
) -> Result<(Workspace, BuildPlan), Vec<Diagnostic>> {
    let mut workspace = load(context.disk, &context.options(false), context.events);
    result.assets = workspace.assets.iter().filter(|asset| asset.included_in_build).count() as u64;
    let mut found = std::mem::take(&mut workspace.findings);
    found.extend(workspace.registry.as_ref().and_then(|_| cache::look(context)));
    preload(&workspace, &mut found);
    let Some(plan) = plan(context, &workspace, &mut found) else {
        // One more look, so that one run names everything that has to be repaired.
        found.retain(|finding| finding.code != Code::PreloadTooMany);
        examine(&workspace, context.disk, &context.limits, context.events, &mut found);
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
    Ok((workspace, plan))
}

/// The same while no lock is held: of one state of the project.
fn prepare_coherent(
    context: &Context<'_>,
    result: &mut BuildResult,
    findings: &mut Vec<Diagnostic>,
) -> Result<(Workspace, BuildPlan), Vec<Diagnostic>> {
    let once = || {
        let mut found = Vec::new();
        prepare(context, result, &mut found).map(|prepared| (prepared, found))
    };
    let (prepared, found) = settle::coherent(context, once).map_err(|finding| vec![finding])??;
    findings.extend(found);
    Ok(prepared)
}

/// The plan of a build that nothing known so far blocks; what else would keep it from being published is added.
pub(super) fn plan(context: &Context<'_>, workspace: &Workspace, findings: &mut Vec<Diagnostic>) -> Option<BuildPlan> {
    findings.extend(emit::check_outputs(context.disk).err());
    if findings.iter().any(|finding| finding.blocking) {
        return None;
    }
    let plan = for_build(workspace, lay_out(context, workspace)?);
    let too_large = emit::check_header(&plan, &context.limits).err();
    let fits = too_large.is_none();
    findings.extend(too_large);
    fits.then_some(plan)
}

/// The layout of every included asset, or `None` when one of them has none.
fn lay_out(context: &Context<'_>, workspace: &Workspace) -> Option<Vec<PlannedAsset>> {
    let included = workspace.assets.par_iter().enumerate().filter(|(_, asset)| asset.included_in_build);
    included
        .map(|(index, asset)| {
            let layout = Bank::of(asset, context.disk, &context.limits)?.layout(&mut Vec::new())?;
            Some(PlannedAsset { index, layout })
        })
        .collect()
}

fn check(
    context: &Context<'_>,
    result: &mut BuildResult,
    findings: &mut Vec<Diagnostic>,
) -> Result<(), Vec<Diagnostic>> {
    let (workspace, _plan) = prepare_coherent(context, result, findings)?;
    examine(&workspace, context.disk, &context.limits, context.events, findings);
    note_interruption(context, findings);
    Ok(())
}

fn make(
    context: &Context<'_>,
    result: &mut BuildResult,
    findings: &mut Vec<Diagnostic>,
) -> Result<(), Vec<Diagnostic>> {
    // What is blocked is refused before anything is written, the lock file included.
    let seen = Snapshot::take(context);
    let mut prepared = prepare_coherent(context, result, findings)?;
    let (_lock, notes) = settle::for_writing(context).map_err(|finding| vec![finding])?;
    if Snapshot::take(context) != seen {
        // Another writer was at work in between.
        findings.clear();
        prepared = prepare(context, result, findings)?;
    }
    findings.extend(notes);
    let (workspace, plan) = prepared;
    let scope = emit::Context {
        disk: context.disk,
        workspace: &workspace,
        plan: &plan,
        limits: &context.limits,
        windows: &context.windows,
        events: context.events,
        operation_id: &context.operation_id,
    };
    let published = publish(&scope, findings)?;
    cache::discard(context, findings);
    result.materialised = plan.table.len() as u64;
    result.archive =
        Some(ArchiveFile { path: published.archive.to_string(), bytes: published.bytes, sha256: published.sha256 });
    let packed = plan.table.into_iter();
    result.packed = packed
        .map(|row| PackedAsset { asset_id: row.asset_id, name: row.asset_name, bank: row.bank, bytes: row.bytes })
        .collect();
    result.companions = published.companions.iter().map(ToString::to_string).collect();
    Ok(())
}

pub(super) fn note_interruption(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    if context.events.cancelled() && !findings.iter().any(|finding| finding.code == Code::UsageInterrupted) {
        findings.push(Diagnostic::new(Code::UsageInterrupted, "stopped on request; everything is as it was"));
    }
}

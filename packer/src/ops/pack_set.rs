//! `pack_summary` and `validate_pack`: what a build would pack, told asset by asset, and what is in its way. Nothing is
//! judged here that `doctor` does not judge.

use super::{Context, Scope, counted, doctor, settle};
use crate::diagnostic::{AssetRef, Diagnostic};
use crate::report::{OperationResult, PackRow, Report};
use crate::workspace::{Asset, load};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Lists the included assets with the number of their inputs and when one of their files changed last.
#[must_use]
pub fn pack_summary(context: &Context<'_>) -> Report {
    let (operation, program) = ("pack_summary", &context.program);
    let look = || {
        let workspace = load(context.disk, &context.options(false), context.events);
        let included = workspace.assets.par_iter().filter(|asset| asset.included_in_build);
        let rows: Vec<PackRow> = included.map(|asset| row(context, asset)).collect();
        (workspace.registry.is_some(), rows, workspace.findings)
    };
    match settle::read(context, look) {
        Err(finding) => Report::new(operation, program, "nothing was listed", vec![finding], OperationResult::Nothing),
        Ok(((false, _, findings), _)) => {
            let summary = "the registry could not be read";
            Report::new(operation, program, summary, findings, OperationResult::PackSummary(Vec::new()))
        }
        Ok(((true, rows, mut findings), notes)) => {
            if let Err(finding) = context.go_on() {
                let findings = [notes, vec![finding]].concat();
                let summary = "stopped before everything was listed";
                return Report::new(operation, program, summary, findings, OperationResult::PackSummary(Vec::new()));
            }
            findings.extend(notes);
            let summary = format!("{} in the pack set", counted(rows.len(), "asset"));
            Report::inspection(operation, program, summary, findings, OperationResult::PackSummary(rows))
        }
    }
}

fn row(context: &Context<'_>, asset: &Asset) -> PackRow {
    let inputs = asset.declaration.as_ref().map(|declaration| &declaration.inputs);
    let of_inputs = asset
        .folder
        .iter()
        .flat_map(|folder| inputs.into_iter().flat_map(|inputs| inputs.iter()).map(|(_, text)| folder.own(text)));
    let files = asset.declaration_path().into_iter().chain(of_inputs);
    PackRow {
        asset: Arc::clone(&asset.reference),
        bank: asset.bank(),
        artifacts: inputs.map_or(0, |inputs| inputs.iter().count() as u64),
        modified_ns: files.filter_map(|path| Some(context.disk.metadata(&path).ok()?.modified_ns)).max(),
    }
}

/// An asset, and what blocks it.
type Blocked = (Arc<AssetRef>, Vec<Diagnostic>);

/// Examines what a build would pack; the report of `doctor`, with what blocks it told asset by asset.
#[must_use]
pub fn validate_pack(context: &Context<'_>) -> Report {
    let Report { summary, findings, .. } = doctor(context, Scope::Registered);
    let mut blocked: BTreeMap<(Option<u32>, String), Blocked> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.blocking) {
        let Some(asset) = &finding.asset else { continue };
        let of = blocked.entry((asset.asset_id, asset.root.to_string()));
        of.or_insert_with(|| (Arc::clone(asset), Vec::new())).1.push(finding.clone());
    }
    let result = OperationResult::ValidatePack(blocked.into_values().collect());
    Report::new("validate_pack", &context.program, summary, findings, result)
}

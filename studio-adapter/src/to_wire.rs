//! Turns a report into its JSON shape. It adds no rule and drops no finding; all text that may come from a project is
//! escaped here if it was not before.

use crate::diff::unified_diff;
use crate::surroundings::moment;
use crate::wire;
use prometeu_packer::diagnostic::{AssetRef, Diagnostic, Evidence, Severity, escape};
use prometeu_packer::envelope::Window;
use prometeu_packer::plan::{FileOutcome, PlannedChange, PlannedFile};
use prometeu_packer::report::{
    AssetDetails, BuildResult, DoctorResult, FixRow, MigrateResult, MutationResult, OperationResult, PackRow, Report,
    Status, TransactionRow, VerifyResult,
};
use prometeu_packer::schema::archive::bank_word;
use prometeu_packer::trust::Unit;
use prometeu_packer::workspace::{Asset, Health, State};
use serde_json::{Map, Value, json};

/// The report as it goes over a wire.
#[must_use]
pub fn to_wire(report: &Report) -> wire::Report {
    let counts = report.counts();
    wire::Report {
        report_version: wire::REPORT_VERSION,
        operation: escape(&report.operation),
        status: match report.status() {
            Status::Ok => "ok",
            Status::Blocked => "blocked",
            Status::Failed => "failed",
        },
        summary: escape(&report.summary),
        counts: wire::Counts { errors: counts.errors, warnings: counts.warnings, notes: counts.notes },
        diagnostics: report.findings.iter().map(diagnostic).collect(),
        result: result(report),
    }
}

fn diagnostic(finding: &Diagnostic) -> wire::Diagnostic {
    wire::Diagnostic {
        code: finding.code.as_str(),
        severity: match finding.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        },
        blocking: finding.blocking,
        message: finding.message.clone(),
        path: finding.path.clone(),
        span: finding.place.as_ref().map(|place| wire::Span {
            line: place.span.line,
            column: place.span.column,
            offset: place.span.offset,
        }),
        asset: finding.asset.as_deref().map(asset),
        help: finding.help.clone(),
        evidence: finding.evidence.iter().map(|(key, value)| (*key, evidence(value))).collect(),
    }
}

fn evidence(value: &Evidence) -> Value {
    match value {
        Evidence::Number(number) => json!(number),
        Evidence::Text(text) => json!(text),
        Evidence::List(texts) => json!(texts),
    }
}

fn asset(asset: &AssetRef) -> wire::Asset {
    wire::Asset {
        asset_id: asset.asset_id,
        asset_uuid: asset.asset_uuid.clone(),
        name: asset.name.as_deref().map(escape),
        root: escape(&asset.root),
    }
}

fn result(report: &Report) -> Value {
    match &report.result {
        OperationResult::Nothing => json!({}),
        OperationResult::List(assets, quarantined) => {
            let quarantined = quarantined.iter().map(|row| {
                json!({
                    "id": row.id,
                    "root": escape(&row.root),
                    "name": row.name.as_deref().map(escape),
                    "asset_uuid": row.asset_uuid,
                    "actions": ["restore"],
                })
            });
            json!({ "assets": assets.iter().map(row).collect::<Vec<_>>(), "quarantined": quarantined.collect::<Vec<_>>() })
        }
        OperationResult::Show(details) => show(details),
        OperationResult::Doctor(doctor) => self::doctor(doctor),
        OperationResult::PackSummary(rows) => json!({ "assets": rows.iter().map(pack_row).collect::<Vec<_>>() }),
        OperationResult::ValidatePack(blocked) => {
            json!({ "assets": blocked.iter().map(|(of, found)| blocked_asset(of, found)).collect::<Vec<_>>() })
        }
        OperationResult::Build(built) => build(built),
        OperationResult::Verify(verified) => verify(verified),
        OperationResult::Mutation(mutation) => self::mutation(mutation, &report.findings),
        OperationResult::Migrate(migration) => migrate(migration),
        OperationResult::History(rows) => {
            let row = |row: &TransactionRow| {
                json!({
                    "id": escape(&row.id),
                    "time": escape(&row.time),
                    "operation": escape(&row.operation),
                    "outcome": row.outcome,
                    "reversible": row.reversible,
                    "files": row.files.iter().map(|path| escape(path)).collect::<Vec<_>>(),
                })
            };
            json!({ "transactions": rows.iter().map(row).collect::<Vec<_>>() })
        }
        OperationResult::Windows(rows) => {
            let row = |(name, window): &(&str, Window)| {
                let (min, max) = (window.read.map(|range| range.min), window.read.map(|range| range.max));
                json!({ "artifact": name, "written": window.written, "min": min, "max": max })
            };
            json!({ "artifacts": rows.iter().map(row).collect::<Vec<_>>() })
        }
        OperationResult::Limits(rows) => {
            let row = |(name, value, unit): &(&str, u64, Unit)| json!({ "name": name, "value": value, "unit": self::unit(*unit) });
            json!({ "limits": rows.iter().map(row).collect::<Vec<_>>() })
        }
        OperationResult::Explain(code, text) => json!({ "code": code, "text": text }),
    }
}

/// The word for a unit.
#[must_use]
pub fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Bytes => "bytes",
        Unit::Count => "count",
        Unit::Levels => "levels",
        Unit::Pixels => "pixels",
    }
}

/// One row of a list.
pub(crate) fn row(asset: &Asset) -> Value {
    let declaration = asset.declaration.as_ref();
    json!({
        "asset_id": asset.asset_id(),
        "asset_uuid": asset.asset_uuid.map(|uuid| uuid.to_string()),
        "name": asset.reference.name.as_deref().map(escape),
        "root": escape(&asset.reference.root),
        "type": asset.bank().map(|bank| bank.name()),
        "state": match asset.state {
            State::Registered => "registered",
            State::Unregistered => "unregistered",
        },
        "included_in_build": asset.included_in_build,
        "health": health(asset.health),
        "schema_version": asset.schema_version,
        "preload": declaration.and_then(|declaration| declaration.preload),
        "actions": asset.actions.iter().map(|action| action.name()).collect::<Vec<_>>(),
    })
}

fn health(health: Health) -> &'static str {
    match health {
        Health::Ok => "ok",
        Health::Warning => "warning",
        Health::Blocked => "blocked",
        Health::Missing => "missing",
        Health::Unsupported => "unsupported",
    }
}

fn show(details: &AssetDetails) -> Value {
    let mut shown = row(&details.asset);
    let inputs = details.inputs.iter();
    let inputs = inputs
        .map(|input| json!({ "path": escape(&input.path), "bytes": input.bytes, "sha256": input.sha256.to_string() }));
    shown["inputs"] = inputs.collect();
    shown["output"] = details.output.as_ref().map_or(Value::Null, escaped);
    shown["declaration"] = details.declaration.as_ref().map_or(Value::Null, escaped);
    shown
}

/// The same value with every string and member name escaped.
fn escaped(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(escape(text)),
        Value::Array(items) => items.iter().map(escaped).collect(),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(key, value)| (escape(key), escaped(value))).collect::<Map<_, _>>())
        }
        plain => plain.clone(),
    }
}

fn doctor(doctor: &DoctorResult) -> Value {
    let row = |row: &FixRow| json!({ "code": row.code.as_str(), "path": row.path, "safe": row.safe, "preview_id": row.preview_id });
    let mut shown = match &doctor.fix {
        Some(fix) => mutation(&fix.mutation, &fix.findings),
        None => json!({}),
    };
    shown["scope"] = json!(doctor.scope);
    shown["checked"] = json!({ "assets": doctor.checked.assets, "files": doctor.checked.files });
    shown["fixes"] = doctor.fixes.iter().map(row).collect();
    if doctor.scope == "workspace" {
        shown["suppressed"] = json!(doctor.suppressed);
    }
    shown
}

fn pack_row(row: &PackRow) -> Value {
    json!({
        "asset_id": row.asset.asset_id,
        "name": row.asset.name.as_deref().map(escape),
        "family": row.bank.map(|bank| bank.name()),
        "artifacts": row.artifacts,
        "last_change": row.modified_ns.and_then(moment),
    })
}

fn blocked_asset(of: &AssetRef, found: &[Diagnostic]) -> Value {
    json!({
        "asset_id": of.asset_id,
        "name": of.name.as_deref().map(escape),
        "root": escape(&of.root),
        "diagnostics": found.iter().map(diagnostic).collect::<Vec<_>>(),
    })
}

fn build(built: &BuildResult) -> Value {
    let archive = built.archive.as_ref();
    let archive =
        archive.map(|file| json!({ "path": file.path, "bytes": file.bytes, "sha256": file.sha256.to_string() }));
    json!({
        "archive": archive,
        "companions": built.companions,
        "assets": built.assets,
        "materialised": built.materialised,
        "reused": built.reused,
        "elapsed_ms": built.elapsed_ms,
    })
}

fn verify(verified: &VerifyResult) -> Value {
    let entries = verified.entries.iter().map(|entry| {
        json!({
            "asset_id": entry.asset_id,
            "asset_name": escape(&entry.asset_name),
            "bank_type": bank_word(entry.bank),
            "offset": entry.offset,
            "size": entry.bytes,
            "decoded_size": entry.decoded_bytes,
            "codec": "NONE",
            "metadata": escaped(&Value::Object(entry.metadata.clone())),
        })
    });
    let mut shown = json!({
        "archive": {
            "bytes": verified.bytes,
            "sha256": verified.sha256.map(|digest| digest.to_string()),
            "schema_version": verified.schema_version,
        },
        "entries": entries.collect::<Vec<_>>(),
    });
    if !verified.regions.is_empty() {
        let regions = verified.regions.iter();
        let regions = regions
            .map(|region| json!({ "offset": region.offset, "bytes": region.bytes, "what": escape(&region.what) }));
        shown["regions"] = regions.collect();
    }
    shown
}

fn migrate(migration: &MigrateResult) -> Value {
    let file = |file: &PlannedFile| {
        let steps = file.steps.iter().map(|(name, text)| json!({ "name": name, "text": text }));
        json!({
            "path": escape(file.path.as_str()),
            "artifact": file.artifact,
            "from": file.from,
            "to": file.to,
            "steps": steps.collect::<Vec<_>>(),
            "diff": file.texts.as_ref().and_then(|(before, after)| unified_diff(file.path.as_str(), before, after)),
            "minted": file.minted,
            "outcome": outcome(file.outcome),
        })
    };
    json!({
        "mode": migration.mode,
        "migration_id": migration.migration_id,
        "preview_id": migration.preview_id,
        "files": migration.files.iter().map(file).collect::<Vec<_>>(),
    })
}

/// The word for how a file stands in a migration.
#[must_use]
pub fn outcome(outcome: FileOutcome) -> &'static str {
    match outcome {
        FileOutcome::Pending => "pending",
        FileOutcome::Applied => "applied",
        FileOutcome::Unchanged => "unchanged",
        FileOutcome::Failed => "failed",
        FileOutcome::Refused => "refused",
        FileOutcome::Unsupported => "unsupported",
        FileOutcome::Skipped => "skipped",
        FileOutcome::RolledBack => "rolled-back",
    }
}

fn mutation(mutation: &MutationResult, findings: &[Diagnostic]) -> Value {
    let change = |change: &PlannedChange| json!({ "verb": change.verb, "path": escape(&change.path), "detail": escape(&change.detail) });
    let list = |wanted: &dyn Fn(&Diagnostic) -> bool| {
        findings.iter().filter(|finding| wanted(finding)).map(diagnostic).collect::<Vec<_>>()
    };
    json!({
        "preview_id": (!mutation.preview_id.is_empty()).then_some(&mutation.preview_id),
        "class": mutation.class.name(),
        "registry": mutation.registry.iter().map(change).collect::<Vec<_>>(),
        "workspace": mutation.workspace.iter().map(change).collect::<Vec<_>>(),
        "blockers": list(&|finding| finding.blocking),
        "warnings": list(&|finding| !finding.blocking && finding.severity() != Severity::Note),
        "reversible": mutation.reversible,
        "applied": mutation.applied,
        "transaction_id": mutation.transaction_id,
    })
}

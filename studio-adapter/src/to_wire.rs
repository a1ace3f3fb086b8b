//! Turns a report into its JSON shape. It adds no rule and drops no finding; all text that may come from a project is
//! escaped here if it was not before.

use crate::diff::unified_diff;
use crate::surroundings::moment;
use crate::wire::{
    self,
    rows::{Object, Rows},
};
use prometeu_packer::diagnostic::{AssetRef, Diagnostic, Evidence, Severity, escape};
use prometeu_packer::envelope::Window;
use prometeu_packer::plan::{FileOutcome, PlannedChange, PlannedFile};
use prometeu_packer::report::{
    AssetDetails, BuildResult, DoctorResult, FixRow, MigrateResult, MutationResult, OperationResult, PackRow,
    Quarantined, Report, Status, TransactionRow, VerifyResult,
};
use prometeu_packer::schema::archive::{Region, TableEntry, bank_word};
use prometeu_packer::trust::Unit;
use prometeu_packer::workspace::{Asset, Health, State};
use serde_json::{Map, Value, json};

/// The report as it goes over a wire.
#[must_use]
pub fn to_wire(report: &Report) -> wire::Report<'_> {
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
        diagnostics: Rows::of(|| report.findings.iter().map(diagnostic)),
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
        message: finding.message.to_string(),
        path: finding.path.clone(),
        span: finding.place.as_ref().map(|place| wire::Span {
            line: place.span.line,
            column: place.span.column,
            offset: place.span.offset,
        }),
        asset: finding.asset.as_deref().map(asset),
        help: finding.help.as_deref().map(str::to_owned),
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
        asset_uuid: asset.asset_uuid.map(|uuid| uuid.to_string()),
        name: asset.name.as_deref().map(escape),
        root: escape(&asset.root),
    }
}

fn result(report: &Report) -> Object<'_> {
    match &report.result {
        OperationResult::Nothing => Object::default(),
        OperationResult::List(assets, quarantined) => {
            let kept = || quarantined.iter().map(self::quarantined);
            Object::default().rows("assets", || assets.iter().map(row)).rows("quarantined", kept)
        }
        OperationResult::Show(details) => show(details).into(),
        OperationResult::Doctor(doctor) => self::doctor(doctor),
        OperationResult::PackSummary(rows) => Object::default().rows("assets", || rows.iter().map(pack_row)),
        OperationResult::ValidatePack(blocked) => {
            Object::default().rows("assets", || blocked.iter().map(|(of, found)| blocked_asset(of, found)))
        }
        OperationResult::Build(built) => build(built).into(),
        OperationResult::Verify(verified) => verify(verified),
        OperationResult::Mutation(mutation) => self::mutation(mutation, &report.findings),
        OperationResult::Migrate(migration) => migrate(migration),
        OperationResult::History(rows) => Object::default().rows("transactions", || rows.iter().map(transaction)),
        OperationResult::Windows(rows) => Object::default().rows("artifacts", || rows.iter().map(window)),
        OperationResult::Limits(rows) => Object::default().rows("limits", || rows.iter().map(limit)),
        OperationResult::Explain(code, text) => Object::default().with("code", code.clone()).with("text", text.clone()),
    }
}

fn quarantined(row: &Quarantined) -> Value {
    json!({
        "id": row.id,
        "root": escape(&row.root),
        "name": row.name.as_deref().map(escape),
        "asset_uuid": row.asset_uuid,
        "actions": ["restore"],
    })
}

fn transaction(row: &TransactionRow) -> Value {
    json!({
        "id": escape(&row.id),
        "time": escape(&row.time),
        "operation": escape(&row.operation),
        "outcome": row.outcome,
        "reversible": row.reversible,
        "files": row.files.iter().map(|path| escape(path)).collect::<Vec<_>>(),
    })
}

fn window((name, window): &(&str, Window)) -> Value {
    let (min, max) = (window.read.map(|range| range.min), window.read.map(|range| range.max));
    json!({ "artifact": name, "written": window.written, "min": min, "max": max })
}

fn limit((name, value, unit): &(&str, u64, Unit)) -> Value {
    json!({ "name": name, "value": value, "unit": self::unit(*unit) })
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

fn doctor(doctor: &DoctorResult) -> Object<'_> {
    let row = |row: &FixRow| json!({ "code": row.code.as_str(), "path": row.path, "safe": row.safe, "preview_id": row.preview_id });
    let shown = match &doctor.fix {
        Some(fix) => mutation(&fix.mutation, &fix.findings),
        None => Object::default(),
    };
    let checked = json!({ "assets": doctor.checked.assets, "files": doctor.checked.files });
    let shown = shown.with("scope", doctor.scope).with("checked", checked);
    let shown = shown.rows("fixes", move || doctor.fixes.iter().map(row));
    if doctor.scope == "workspace" { shown.with("suppressed", doctor.suppressed) } else { shown }
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

fn verify(verified: &VerifyResult) -> Object<'_> {
    let entry = |entry: &TableEntry| {
        let metadata = verified.has_metadata.then(|| escaped(&Value::Object(entry.metadata.clone())));
        json!({
            "asset_id": entry.asset_id,
            "asset_name": escape(&entry.asset_name),
            "bank_type": bank_word(entry.bank),
            "offset": entry.offset,
            "size": entry.bytes,
            "decoded_size": entry.decoded_bytes,
            "codec": "NONE",
            "metadata": metadata,
        })
    };
    let archive = json!({
        "bytes": verified.bytes,
        "sha256": verified.sha256.map(|digest| digest.to_string()),
        "schema_version": verified.schema_version,
    });
    let shown = Object::default().with("archive", archive).rows("entries", move || verified.entries.iter().map(entry));
    if verified.regions.is_empty() {
        return shown;
    }
    let region =
        |region: &Region| json!({ "offset": region.offset, "bytes": region.bytes, "what": escape(&region.what) });
    shown.rows("regions", move || verified.regions.iter().map(region))
}

fn migrate(migration: &MigrateResult) -> Object<'_> {
    let file = |file: &PlannedFile| {
        let texts = file.texts.as_ref();
        let diff = texts.and_then(|texts| unified_diff(file.path.as_str(), texts.before(), &texts.after()));
        let steps = file.steps().map(|step| json!({ "name": step.name, "text": step.text }));
        json!({
            "path": escape(file.path.as_str()),
            "artifact": file.artifact.name(),
            "from": file.from,
            "to": file.to,
            "steps": steps.collect::<Vec<_>>(),
            "diff": diff,
            "minted": file.minted,
            "outcome": outcome(file.outcome),
        })
    };
    let shown = json!({
        "mode": migration.mode,
        "migration_id": migration.migration_id,
        "preview_id": (!migration.preview_id.is_empty()).then_some(&migration.preview_id),
    });
    Object::from(shown).rows("files", move || migration.files.iter().map(file))
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

fn mutation<'a>(mutation: &'a MutationResult, findings: &'a [Diagnostic]) -> Object<'a> {
    let change = |change: &PlannedChange| json!({ "verb": change.verb, "path": escape(&change.path), "detail": escape(&change.detail) });
    let is_warning = |finding: &&Diagnostic| !finding.blocking && finding.severity() != Severity::Note;
    let shown = json!({
        "preview_id": (!mutation.preview_id.is_empty()).then_some(&mutation.preview_id),
        "class": mutation.class.name(),
        "reversible": mutation.reversible,
        "applied": mutation.applied,
        "transaction_id": mutation.transaction_id,
    });
    Object::from(shown)
        .rows("registry", move || mutation.registry.iter().map(change))
        .rows("workspace", move || mutation.workspace.iter().map(change))
        .rows("blockers", || findings.iter().filter(|finding| finding.blocking).map(found))
        .rows("warnings", move || findings.iter().filter(is_warning).map(found))
}

fn found(finding: &Diagnostic) -> Value {
    serde_json::to_value(diagnostic(finding)).unwrap_or_default()
}

//! What each operation gives beside its findings.

use crate::diagnostic::{AssetRef, Code, Diagnostic};
use crate::digest::Digest;
use crate::doctor::Checked;
use crate::envelope::Window;
use crate::plan::{Class, FileOutcome, MigrationPlan, MutationPlan, PlannedChange, PlannedFile, Replacement, Step};
use crate::schema::BankType;
use crate::schema::archive::{Region, TableEntry};
use crate::trust::Unit;
use crate::workspace::Asset;
use serde_json::Value;
use std::sync::Arc;

/// The result of one operation.
#[derive(Clone, Debug)]
pub enum OperationResult {
    /// Nothing could be determined.
    Nothing,
    /// `list`
    List(Vec<Asset>, Vec<Quarantined>),
    /// `show`
    Show(Box<AssetDetails>),
    /// `doctor`
    Doctor(DoctorResult),
    /// `pack_summary`
    PackSummary(Vec<PackRow>),
    /// `validate_pack`: each asset that is in the way of a build, with what blocks it
    ValidatePack(Vec<(Arc<AssetRef>, Vec<Diagnostic>)>),
    /// `build`
    Build(BuildResult),
    /// `verify`
    Verify(VerifyResult),
    /// `init` and all mutations
    Mutation(MutationResult),
    /// `migrate`
    Migrate(MigrateResult),
    /// `history`, `migrate --history`
    History(Vec<TransactionRow>),
    /// `window`: format, window
    Windows(Vec<(&'static str, Window)>),
    /// `limits`: name, value, unit
    Limits(Vec<(&'static str, u64, Unit)>),
    /// `explain`: code, text
    Explain(String, String),
}

impl OperationResult {
    /// The findings that are told a second time, where they belong.
    pub(super) fn findings_mut(&mut self) -> Vec<&mut Diagnostic> {
        match self {
            OperationResult::ValidatePack(assets) => assets.iter_mut().flat_map(|(_, findings)| findings).collect(),
            OperationResult::Doctor(DoctorResult { fix: Some(fix), .. }) => fix.findings.iter_mut().collect(),
            _ => Vec::new(),
        }
    }
}

/// Everything about one asset.
#[derive(Clone, Debug)]
pub struct AssetDetails {
    /// Its row.
    pub asset: Asset,
    /// Its inputs in the declared order; one that could not be read is left out.
    pub inputs: Vec<InputFile>,
    /// `output` of its declaration, upgraded in memory.
    pub output: Option<Value>,
    /// The declaration, upgraded in memory.
    pub declaration: Option<Value>,
}

/// An input as it lies on disk.
#[derive(Clone, Debug)]
pub struct InputFile {
    /// Relative to the project.
    pub path: String,
    /// Length.
    pub bytes: u64,
    /// SHA-256.
    pub sha256: Digest,
}

/// One asset of the pack set.
#[derive(Clone, Debug)]
pub struct PackRow {
    /// Which one.
    pub asset: Arc<AssetRef>,
    /// Its type, where the declaration says one.
    pub bank: Option<BankType>,
    /// How many inputs it declares.
    pub artifacts: u64,
    /// When its declaration or one of its inputs changed last, nanoseconds since 1970, by the file system's clock.
    pub modified_ns: Option<i128>,
}

/// What `doctor` looked at, and what it could repair.
#[derive(Clone, Debug)]
pub struct DoctorResult {
    /// `registered` or `workspace`.
    pub scope: &'static str,
    /// Assets and files.
    pub checked: Checked,
    /// Findings that `doctor.toml` allows, and that are therefore not given.
    pub suppressed: u64,
    /// The repairs that could be made now, by path and code.
    pub fixes: Vec<FixRow>,
    /// What `--fix` would change, or changed; absent without it.
    pub fix: Option<Box<FixResult>>,
}

/// A repair that could be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixRow {
    /// The code of the finding that it repairs.
    pub code: Code,
    /// The path of that finding, escaped.
    pub path: String,
    /// Whether it is mechanical, loses nothing and can be undone.
    pub safe: bool,
    /// The id of the plan that makes this one repair.
    pub preview_id: String,
}

/// What `--fix` would change, or changed.
#[derive(Clone, Debug)]
pub struct FixResult {
    /// As of any mutation.
    pub mutation: MutationResult,
    /// What was found about the plan, and not about the project.
    pub findings: Vec<Diagnostic>,
}

impl DoctorResult {
    /// The result of an examination that saw nothing yet.
    #[must_use]
    pub fn within(scope: &'static str) -> DoctorResult {
        DoctorResult { scope, checked: Checked::default(), suppressed: 0, fixes: Vec::new(), fix: None }
    }
}

/// What `build` made, or would make.
#[derive(Clone, Debug, Default)]
pub struct BuildResult {
    /// The archive; absent when nothing was published.
    pub archive: Option<ArchiveFile>,
    /// The other files, relative to the project.
    pub companions: Vec<String>,
    /// What lies in the archive, in its order.
    pub packed: Vec<PackedAsset>,
    /// Included assets.
    pub assets: u64,
    /// Payloads made from their inputs.
    pub materialised: u64,
    /// Payloads taken from the previous archive.
    pub reused: u64,
    /// Milliseconds from start to end, as the caller's clock tells; the library has none.
    pub elapsed_ms: u64,
}

/// One asset of a published archive.
#[derive(Clone, Debug)]
pub struct PackedAsset {
    /// The registry's id.
    pub asset_id: u32,
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub bank: BankType,
    /// Length of its payload.
    pub bytes: u64,
}

/// A published archive.
#[derive(Clone, Debug)]
pub struct ArchiveFile {
    /// Relative to the project.
    pub path: String,
    /// Length.
    pub bytes: u64,
    /// SHA-256.
    pub sha256: Digest,
}

/// What `verify` read.
#[derive(Clone, Debug)]
pub struct VerifyResult {
    /// Length.
    pub bytes: u64,
    /// SHA-256, unless the file could not be read to its end.
    pub sha256: Option<Digest>,
    /// The version in the prelude.
    pub schema_version: Option<u16>,
    /// The table, as far as it could be read.
    pub entries: Vec<TableEntry>,
    /// Whether the entries have their metadata; that of a header over 4 MiB is checked and not kept.
    pub has_metadata: bool,
    /// What every byte is for; empty unless asked for.
    pub regions: Vec<Region>,
}

/// What a mutation changes, or changed.
#[derive(Clone, Debug, Default)]
pub struct MutationResult {
    /// What `--apply` takes.
    pub preview_id: String,
    /// What it touches.
    pub class: Class,
    /// Changes to the registry.
    pub registry: Vec<PlannedChange>,
    /// Changes to files and folders.
    pub workspace: Vec<PlannedChange>,
    /// The text of a declaration that it creates, for people; the detail of the change has it on one line.
    pub declaration: Option<String>,
    /// Whether `undo` can bring back what it changes.
    pub reversible: bool,
    /// The text that has to be typed before it is carried out.
    pub consent: Option<String>,
    /// Whether it was carried out.
    pub applied: bool,
    /// The transaction's id, once it was; what `undo` takes.
    pub transaction_id: Option<String>,
}

impl MutationResult {
    /// The result of a plan that was not carried out.
    #[must_use]
    pub fn of(plan: &MutationPlan) -> MutationResult {
        MutationResult {
            preview_id: plan.id(),
            class: plan.class,
            registry: plan.registry.clone(),
            workspace: plan.workspace.clone(),
            declaration: plan.steps.iter().find_map(new_declaration),
            reversible: plan.reversible,
            consent: plan.consent.clone(),
            applied: false,
            transaction_id: None,
        }
    }

    /// Whether it changes, or changed, anything at all.
    #[must_use]
    pub fn changes_something(&self) -> bool {
        !self.registry.is_empty() || !self.workspace.is_empty()
    }
}

fn new_declaration(step: &Step) -> Option<String> {
    match step {
        Step::Replace(Replacement { path, before: None, after: Some(after) }) if path.name() == "asset.json" => {
            String::from_utf8(after.bytes(&[]).into_owned()).ok()
        }
        _ => None,
    }
}

/// An asset that is out of the way.
#[derive(Clone, Debug)]
pub struct Quarantined {
    /// What `restore` takes.
    pub id: String,
    /// Where it goes back to, relative to `assets/`.
    pub root: String,
    /// Its name, where that can be read.
    pub name: Option<String>,
    /// Its uuid.
    pub asset_uuid: String,
}

/// What `migrate` changes, or changed.
#[derive(Clone, Debug)]
pub struct MigrateResult {
    /// `preview`, `check`, `apply` or `rollback`.
    pub mode: &'static str,
    /// The id of the transaction; absent until it is carried out.
    pub migration_id: Option<String>,
    /// What `--apply` takes.
    pub preview_id: String,
    /// Every control file.
    pub files: Vec<PlannedFile>,
}

impl MigrateResult {
    /// The result of a plan that was not carried out.
    #[must_use]
    pub fn of(mode: &'static str, plan: MigrationPlan) -> MigrateResult {
        let preview_id = if plan.files.is_empty() { String::new() } else { plan.id() };
        MigrateResult { mode, migration_id: None, preview_id, files: plan.files }
    }

    /// The same, carried out as the transaction `id`.
    #[must_use]
    pub fn applied(mut self, id: &str) -> MigrateResult {
        self.migration_id = Some(id.to_owned());
        let outcome = if self.mode == "rollback" { FileOutcome::RolledBack } else { FileOutcome::Applied };
        self.files
            .iter_mut()
            .filter(|file| file.outcome == FileOutcome::Pending)
            .for_each(|file| file.outcome = outcome);
        self
    }
}

/// One kept transaction.
#[derive(Clone, Debug)]
pub struct TransactionRow {
    /// What `--rollback` and `--forget` take.
    pub id: String,
    /// When it began, RFC 3339 in UTC.
    pub time: String,
    /// The operation's name.
    pub operation: String,
    /// `applied`, `failed` or `unfinished`.
    pub outcome: &'static str,
    /// Whether its originals are kept.
    pub reversible: bool,
    /// The files that it changed.
    pub files: Vec<String>,
}

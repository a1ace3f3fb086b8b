//! The plan of a migration: for every control file the steps that it needs and the text that it gets.

use crate::diagnostic::{Code, Diagnostic, Evidence};
use crate::digest::{Digest, Hasher};
use crate::envelope::{self, Artifact, Node, Windows};
use crate::migrate::{self, Known, Migrated};
use crate::path::PortablePath;
use crate::schema::{declaration::uuid_of, registry_text};
use crate::workspace::{ControlFile, Owner, Unread};
use rayon::prelude::*;
use std::sync::Arc;

/// What stands in a plan for a uuid that is minted when the plan is applied.
pub const MINTED_ON_APPLY: &str = "(minted on apply)";

/// How one file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileOutcome {
    /// It is old and would be rewritten.
    Pending,
    /// It was rewritten.
    Applied,
    /// It is current.
    Unchanged,
    /// A step could not be taken.
    Failed,
    /// It was refused before its version was read.
    Refused,
    /// Its version lies outside the window.
    Unsupported,
    /// It belongs to no registered asset and cannot be brought forward; nothing depends on it.
    Skipped,
    /// It was brought back to what it was before a migration.
    RolledBack,
}

/// One control file.
#[derive(Clone, Debug)]
pub struct PlannedFile {
    /// The file.
    pub path: PortablePath,
    /// `asset.json` or `index.json`.
    pub artifact: &'static str,
    /// The version on disk, where it could be read.
    pub from: Option<u16>,
    /// The version afterwards.
    pub to: Option<u16>,
    /// Name and sentence of each step.
    pub steps: Vec<(&'static str, &'static str)>,
    /// Digest of its bytes on disk, where they could be read.
    pub before: Option<Digest>,
    /// The text that it had and the one that it gets; [`MINTED_ON_APPLY`] stands in it for a uuid yet to be minted.
    pub texts: Option<(String, Arc<str>)>,
    /// Whether a uuid is minted for it.
    pub minted: bool,
    /// How it stands.
    pub outcome: FileOutcome,
}

/// A migration, before anything is written.
#[derive(Clone, Debug, Default)]
pub struct MigrationPlan {
    /// Every control file: the registry, then registered roots by id, then unregistered ones by root.
    pub files: Vec<PlannedFile>,
    /// What was found; a blocking finding blocks the whole migration.
    pub findings: Vec<Diagnostic>,
}

impl MigrationPlan {
    /// The plan's identity: a digest of everything that it depends on and of everything that it would write.
    #[must_use]
    pub fn id(&self) -> String {
        let line = |file: &PlannedFile| {
            let before = file.before.map(|digest| digest.to_string()).unwrap_or_default();
            let after =
                file.texts.as_ref().map(|(_, after)| Digest::of(after.as_bytes()).to_string()).unwrap_or_default();
            format!("{}\0{before}\0{after}\0{:?}\n", file.path, file.outcome)
        };
        let lines: Vec<String> = self.files.par_iter().map(line).collect();
        let mut hasher = Hasher::default();
        lines.iter().for_each(|line| hasher.update(line.as_bytes()));
        hasher.finish().to_string()[..32].to_owned()
    }

    /// Whether some file is old.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.files.iter().any(|file| file.outcome == FileOutcome::Pending)
    }
}

/// Plans the migration of the registry and of these declarations, each read by `read` when its turn comes. `uuid` gives the
/// uuid that is written into an unregistered declaration which has none: [`MINTED_ON_APPLY`] in a preview, a fresh one when
/// the plan is carried out.
pub fn for_migration(
    registry: ControlFile,
    declarations: Vec<Unread>,
    read: &(dyn Fn(Unread) -> ControlFile + Sync),
    windows: &Windows,
    uuid: &mut dyn FnMut() -> String,
) -> MigrationPlan {
    let (registered, unregistered): (Vec<_>, Vec<_>) =
        declarations.into_iter().partition(|declaration| declaration.owner != Owner::Unregistered);
    // Nothing is minted for these, so their order does not matter and they are planned at once.
    let no_uuid = || MINTED_ON_APPLY.to_owned();
    let (mut files, mut findings) = (Vec::new(), Vec::new());
    let registered = registered.into_par_iter().map(|unread| plan_file(read(unread), windows, &mut { no_uuid }));
    registered.unzip_into_vecs(&mut files, &mut findings);
    let (file, found) = plan_file(registry, windows, &mut { no_uuid });
    // Room for one more, and not twice the room: there may be a hundred thousand.
    files.reserve_exact(1);
    files.insert(0, file);
    findings.reserve_exact(1);
    findings.insert(0, found);
    let unregistered: Vec<ControlFile> = unregistered.into_par_iter().map(read).collect();
    for file in unregistered {
        let (file, found) = plan_file(file, windows, uuid);
        files.push(file);
        findings.push(found);
    }
    let mut all = Vec::with_capacity(findings.iter().map(Vec::len).sum());
    all.extend(findings.into_iter().flatten());
    MigrationPlan { files, findings: all }
}

fn plan_file(file: ControlFile, windows: &Windows, uuid: &mut dyn FnMut() -> String) -> (PlannedFile, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let ControlFile { path, artifact, owner, asset, admitted } = file;
    let mut planned = PlannedFile {
        path,
        artifact: artifact.name(),
        from: None,
        to: None,
        steps: Vec::new(),
        before: None,
        texts: None,
        minted: false,
        outcome: FileOutcome::Refused,
    };
    let migrated = admitted.and_then(|admitted| {
        planned.before = Some(Digest::of(admitted.bytes()));
        let envelope = envelope::open(admitted, artifact, windows)?;
        planned.from = Some(envelope.version());
        let is_old = envelope.version() < artifact.written();
        // For a member that is no uuid one is minted, too: the step finds another value there, and says so.
        let found = envelope.tree().root().member("asset_uuid").and_then(Node::text);
        let has_uuid = found.is_some_and(|text| uuid_of(&text).is_some());
        let known = match &owner {
            Owner::Registered(None) if is_old => return Err(claimed_twice(&planned.path)),
            Owner::Registered(known) => Known { asset_uuid: known.map(|uuid| uuid.to_string()) },
            Owner::Unregistered if artifact == Artifact::Declaration && envelope.version() == 1 && !has_uuid => {
                planned.minted = true;
                Known { asset_uuid: Some(uuid()) }
            }
            _ => Known::default(),
        };
        migrate::to_current(envelope, &known)
    });
    match migrated {
        Ok(migrated) => {
            planned.to = Some(artifact.written());
            planned.steps = migrated.steps().iter().map(|step| (step.name, step.text)).collect();
            planned.outcome = if planned.steps.is_empty() { FileOutcome::Unchanged } else { FileOutcome::Pending };
            note(&migrated, planned.minted, asset.as_ref(), &mut findings);
            if planned.outcome == FileOutcome::Pending {
                let after = if artifact == Artifact::Registry {
                    registry_text(migrated.tree())
                } else {
                    migrated.tree().text().to_owned()
                };
                planned.texts = Some((migrated.tree().text_on_disk().to_owned(), after.into()));
            }
        }
        Err(mut finding) => {
            planned.from = planned.from.or_else(|| found_version(&finding));
            planned.minted = false;
            planned.outcome = match finding.code.family() {
                _ if owner == Owner::Unregistered => FileOutcome::Skipped,
                "version" => FileOutcome::Unsupported,
                "migration" | "registry" => FileOutcome::Failed,
                _ => FileOutcome::Refused,
            };
            finding.blocking = owner != Owner::Unregistered;
            findings.push(match &asset {
                Some(asset) => finding.of(asset),
                None => finding,
            });
        }
    }
    // A list makes room for four, and nearly every file has one.
    findings.shrink_to_fit();
    (planned, findings)
}

fn note(
    migrated: &Migrated,
    minted: bool,
    asset: Option<&Arc<crate::diagnostic::AssetRef>>,
    findings: &mut Vec<Diagnostic>,
) {
    let minted = minted.then(|| {
        let message = "the declaration belongs to no registered asset and has no uuid; a fresh one is written into it";
        Diagnostic::new(Code::MigrationMinted, message).at(migrated.path())
    });
    for finding in migrated.pending().into_iter().chain(minted) {
        findings.push(match asset {
            Some(asset) => finding.of(asset),
            None => finding,
        });
    }
}

fn claimed_twice(path: &PortablePath) -> Diagnostic {
    Diagnostic::new(
        Code::RegistryDuplicateRoot,
        "several entries of the registry claim this root, so its uuid is not known",
    )
    .at(path.as_str())
    .help("decide which entry the root belongs to, then migrate")
}

/// The version that a refusal names.
fn found_version(finding: &Diagnostic) -> Option<u16> {
    finding.evidence.iter().find_map(|(key, value)| match value {
        Evidence::Number(found) if *key == "found" => u16::try_from(*found).ok(),
        _ => None,
    })
}

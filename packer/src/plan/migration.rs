//! The plan of a migration: for every control file the steps that it needs and the text that it gets.

use super::rewrite::{MINTED_ON_APPLY, NewUuid, Rewrite};
use crate::diagnostic::{Code, Diagnostic, Evidence};
use crate::digest::{Digest, Hasher};
use crate::envelope::{self, Artifact, Node, Windows};
use crate::migrate::{self, Migrated};
use crate::path::PortablePath;
use crate::schema::declaration::uuid_of;
use crate::workspace::{ControlFile, Owner, Unread, in_batches};
use std::sync::Arc;
use uuid::Uuid;

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
    /// What it is: the registry or a declaration.
    pub artifact: Artifact,
    /// The version on disk, where it could be read.
    pub from: Option<u16>,
    /// The version afterwards.
    pub to: Option<u16>,
    /// Digest of its bytes on disk, where they could be read.
    pub before: Option<Digest>,
    /// Digest of the bytes that it gets, where it is rewritten.
    pub after: Option<Digest>,
    /// The text that it has and the one that it gets, where it is rewritten.
    pub texts: Option<Arc<Rewrite>>,
    /// Whether a uuid is minted for it.
    pub minted: bool,
    /// How it stands.
    pub outcome: FileOutcome,
}

impl PlannedFile {
    /// The steps from its version to the one that it gets, oldest first; none on the way back.
    pub fn steps(&self) -> impl Iterator<Item = &'static migrate::Step> {
        let versions = self.from.unwrap_or_default()..self.to.unwrap_or_default();
        migrate::steps_through(self.artifact, versions)
    }
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
        let mut hasher = Hasher::default();
        for file in &self.files {
            let digest = |digest: Option<Digest>| digest.map(|digest| digest.to_string()).unwrap_or_default();
            let (before, after) = (digest(file.before), digest(file.after));
            hasher.update(format!("{}\0{before}\0{after}\0{:?}\n", file.path, file.outcome).as_bytes());
        }
        hasher.finish().to_string()[..32].to_owned()
    }

    fn add(&mut self, (file, findings): (PlannedFile, Vec<Diagnostic>)) {
        self.files.push(file);
        self.findings.extend(findings);
    }

    /// Whether some file is old.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.files.iter().any(|file| file.outcome == FileOutcome::Pending)
    }
}

/// Plans the migration of the registry and of these declarations, those of assets before those that nobody registered, each
/// read by `read` when its turn comes. `uuid` gives the uuid that is written into an unregistered declaration which has
/// none: [`MINTED_ON_APPLY`] in a preview, a fresh one when the plan is carried out.
pub fn for_migration(
    registry: ControlFile,
    declarations: Vec<Unread>,
    read: &(dyn Fn(Unread) -> ControlFile + Sync),
    windows: &Windows,
    uuid: &mut dyn FnMut() -> String,
) -> MigrationPlan {
    let mut registered = declarations;
    let of_assets = registered.partition_point(|declaration| declaration.owner != Owner::Unregistered);
    let unregistered = registered.split_off(of_assets);
    let no_uuid = || MINTED_ON_APPLY.to_owned();
    let files = Vec::with_capacity(1 + registered.len() + unregistered.len());
    let mut plan = MigrationPlan { files, findings: Vec::new() };
    // First, and let go of: it is as large as many declarations together.
    plan.add(plan_file(registry, windows, &mut { no_uuid }));
    // Nothing is minted for these, so their order does not matter.
    let planned = |unread| plan_file(read(unread), windows, &mut { no_uuid });
    in_batches(registered.into_iter(), planned, |planned| plan.add(planned));
    in_batches(unregistered.into_iter(), read, |file| plan.add(plan_file(file, windows, uuid)));
    plan
}

fn plan_file(file: ControlFile, windows: &Windows, uuid: &mut dyn FnMut() -> String) -> (PlannedFile, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let ControlFile { path, artifact, owner, asset, admitted } = file;
    let mut planned = PlannedFile {
        path,
        artifact,
        from: None,
        to: None,
        before: None,
        after: None,
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
        let uuid = match &owner {
            Owner::Registered(None) if is_old => return Err(claimed_twice(&planned.path)),
            Owner::Registered(known) => known.map_or(NewUuid::Unneeded, NewUuid::Known),
            Owner::Unregistered if artifact == Artifact::Declaration && envelope.version() == 1 && !has_uuid => {
                planned.minted = true;
                Uuid::parse_str(&uuid()).map_or(NewUuid::Open, NewUuid::Known)
            }
            _ => NewUuid::Unneeded,
        };
        Ok((migrate::to_current(envelope, &uuid.known())?, uuid))
    });
    match migrated {
        Ok((migrated, uuid)) => {
            planned.to = Some(artifact.written());
            note(&migrated, planned.minted, asset.as_ref(), &mut findings);
            if migrated.steps().is_empty() {
                planned.outcome = FileOutcome::Unchanged;
            } else {
                let (rewrite, after) = Rewrite::migrated(migrated, uuid);
                planned.outcome = FileOutcome::Pending;
                planned.after = Some(after);
                planned.texts = Some(Arc::new(rewrite));
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

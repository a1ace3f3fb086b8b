//! Loads a workspace: the registry first, then every root on its own, so that one bad asset hides no other.

use super::action::Actions;
use super::asset::{Asset, Health, State, health};
use super::control::{ControlFile, registry_file};
use super::folder::{Ask, Folder, Found};
use super::{identity, in_batches, inputs, names, unregistered, ways};
use crate::diagnostic::{AssetRef, Code, Diagnostic};
use crate::disk::{Disk, DiskErrorKind, Kind};
use crate::envelope::{self, Artifact, Envelope, Windows};
use crate::event::{Event, Events, Phase};
use crate::migrate::{self, Known, Migrated};
use crate::path::PortablePath;
use crate::schema::{BankType, Registry, declaration, registry};
use crate::trust::{self, Admitted, Limit, Limits, refusal, refuse_path};
use semver::{Version, VersionReq};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// What a workspace is held to.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Sizes and counts.
    pub limits: Limits,
    /// Versions that are read.
    pub windows: Windows,
    /// Whether to walk all of `assets/` for roots that are not registered.
    pub find_unregistered: bool,
    /// What is asked of the inputs of registered roots. With names alone, one that is too large is met by whoever opens it.
    pub ask: Ask,
}

/// A loaded project.
#[derive(Debug)]
pub struct Workspace {
    /// The registry; absent when it could not be read at all.
    pub registry: Option<Registry>,
    /// Registered assets by id, then unregistered ones by root.
    pub assets: Vec<Asset>,
    /// Everything found on the way.
    pub findings: Vec<Diagnostic>,
}

impl Workspace {
    /// The registered assets, by id.
    #[must_use]
    pub fn registered(&self) -> &[Asset] {
        &self.assets[..self.assets.partition_point(|asset| asset.state == State::Registered)]
    }
}

/// Loads the project behind `disk`.
pub fn load(disk: &dyn Disk, options: &Options, events: &dyn Events) -> Workspace {
    let mut findings = Vec::new();
    let registry = match read_registry(registry_file(disk, options), options, &mut findings) {
        Ok(registry) => Some(registry),
        Err(finding) => {
            findings.push(finding);
            None
        }
    };
    let mut assets = registry
        .as_ref()
        .map(|registry| load_registered(disk, registry, options, events, &mut findings))
        .unwrap_or_default();
    if events.cancelled() {
        findings.push(Diagnostic::new(Code::UsageInterrupted, "stopped on request; everything is as it was"));
    }
    // Beside a registry that is refused nothing can be told to be unregistered.
    let is_missing = findings.iter().any(|finding| finding.code == Code::RegistryMissing);
    if options.find_unregistered && (registry.is_some() || is_missing) {
        let registered: HashSet<&str> =
            registry.iter().flat_map(|registry| &registry.entries).map(|entry| &*entry.root).collect();
        let (found, more) = load_others(disk, &registered, options);
        // They are few, and the others many.
        assets.reserve_exact(found.len());
        assets.extend(found);
        findings.extend(more);
    }
    Workspace { registry, assets, findings }
}

/// Every root as if no registry knew it, ascending, and what was found on the way, none of it blocking.
pub fn load_roots(disk: &dyn Disk, options: &Options) -> (Vec<Asset>, Vec<Diagnostic>) {
    load_others(disk, &HashSet::new(), options)
}

/// The roots that are not `registered`.
fn load_others(disk: &dyn Disk, registered: &HashSet<&str>, options: &Options) -> (Vec<Asset>, Vec<Diagnostic>) {
    // Nobody opens their inputs.
    let options = &Options { ask: Ask::Stamps, ..options.clone() };
    let (roots, mut findings) =
        if exists(disk) { unregistered::find(disk, registered, &options.limits) } else { Default::default() };
    let mut assets = Vec::with_capacity(roots.len());
    in_batches(
        roots.into_iter(),
        |root| load_unregistered(disk, root, options),
        |(asset, mut found)| {
            found.iter_mut().for_each(|finding| finding.blocking = false);
            findings.extend(found);
            assets.push(asset);
        },
    );
    (assets, findings)
}

fn exists(disk: &dyn Disk) -> bool {
    disk.metadata(&PortablePath::assets()).is_ok_and(|metadata| metadata.kind == Kind::Folder)
}

/// Takes the registry through its stages.
///
/// # Errors
/// What keeps it from being understood at all; what is wrong inside is added to `findings`.
pub fn read_registry(
    file: ControlFile,
    options: &Options,
    findings: &mut Vec<Diagnostic>,
) -> Result<Registry, Diagnostic> {
    let migrated = migrate::to_current(open_registry(file, options)?, &Known::default())?;
    findings.extend(migrated.pending());
    registry::parse(migrated, &options.limits, findings)
}

/// Why this packer has to leave the project alone, if it has to: the registry is of a version that it does not read, or
/// asks for another packer. Everything else that may be wrong with the registry is not looked at.
#[must_use]
pub fn unsupported(disk: &dyn Disk, options: &Options) -> Option<Diagnostic> {
    open_registry(registry_file(disk, options), options).err().filter(|finding| finding.code.family() == "version")
}

/// The registry of a project that this packer may work on, nothing but its version interpreted.
fn open_registry(file: ControlFile, options: &Options) -> Result<Envelope, Diagnostic> {
    admit_registry(file.admitted?, &options.windows)
}

/// Opens a registry that this packer may work on, wherever it lies; nothing but its version is interpreted.
///
/// # Errors
/// What keeps it from being read, or that it asks for another packer.
pub fn admit_registry(admitted: Admitted, windows: &Windows) -> Result<Envelope, Diagnostic> {
    let envelope = envelope::open(admitted, Artifact::Registry, windows)?;
    check_requires_packer(&envelope)?;
    Ok(envelope)
}

/// The maintainers' switch: a packer outside `requires_packer` leaves the project alone.
fn check_requires_packer(envelope: &Envelope) -> Result<(), Diagnostic> {
    let Some(node) = envelope.tree().root().member("requires_packer") else { return Ok(()) };
    let at = |finding: Diagnostic| finding.at(envelope.path()).on(node.place());
    let requirement = node.text().and_then(|text| VersionReq::parse(&text).ok());
    let Some(requirement) = requirement else {
        let message = format!("`requires_packer` is {}, not a version requirement such as `>=0.1`", node.excerpt());
        return Err(at(Diagnostic::new(Code::RegistryInvalid, message)
            .help("write a requirement as Cargo does, or drop the member")));
    };
    let own = Version::parse(env!("CARGO_PKG_VERSION")).expect("Cargo accepts semantic versions only");
    if requirement.matches(&own) {
        return Ok(());
    }
    let message = format!("the project asks for packer {requirement}, and this is {own}");
    Err(at(Diagnostic::new(Code::VersionRequiresPacker, message)
        .help("use a packer that the project asks for; this one changes nothing here")
        .text("requires_packer", requirement.to_string())))
}

fn load_registered(
    disk: &dyn Disk,
    registry: &Registry,
    options: &Options,
    events: &dyn Events,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Asset> {
    let index = PortablePath::control().own("index.json");
    let mut about_identity = Vec::new();
    let contested = identity::check(registry, index.as_str(), &mut about_identity);
    let astray = ways::astray(disk, registry);
    let (done, total) = (AtomicU64::new(0), registry.entries.len() as u64);
    let mut assets = Vec::with_capacity(registry.entries.len());
    findings.extend_from_slice(&about_identity);
    in_batches(
        registry.entries.iter().enumerate(),
        |(at, entry)| {
            let known = Known { asset_uuid: (!contested[at]).then(|| entry.asset_uuid.to_string()) };
            let mut asset = Asset {
                reference: identity::reference(entry),
                state: State::Registered,
                asset_uuid: Some(entry.asset_uuid),
                included_in_build: entry.included_in_build,
                folder: entry.folder.clone(),
                declaration: None,
                schema_version: None,
                has_inputs: false,
                input_stamps: Box::default(),
                health: Health::Blocked,
                actions: Actions::default(),
            };
            let mut found = Vec::new();
            if let Some(folder) = entry.folder.as_ref().filter(|_| !events.cancelled()) {
                match astray.get(&at) {
                    None => load_root(disk, folder, &known, options, &mut asset, &mut found),
                    Some(finding) => found.push(finding.clone().at(folder.as_str()).of(&asset.reference)),
                }
            }
            if !entry.included_in_build {
                let about_others = |finding: &&mut Diagnostic| finding.code != Code::RegistryUuidMismatch;
                found.iter_mut().filter(about_others).for_each(|finding| finding.blocking = false);
            }
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if done.is_multiple_of(256) || done == total {
                events.emit(Event::Progress { phase: Phase::Load, done, total });
            }
            asset.health = health(&found);
            (asset, found)
        },
        |(asset, found)| {
            assets.push(asset);
            findings.extend(found);
        },
    );
    let same_name = names::check(&assets, disk, &options.limits, &options.windows);
    let accused = about_identity.iter().chain(&same_name).filter_map(|finding| finding.asset.as_ref());
    let accused: HashSet<&str> = accused.map(|of| &*of.root).collect();
    for (at, asset) in assets.iter_mut().enumerate() {
        let is_accused = contested[at] || asset.folder.is_none() || accused.contains(&*asset.reference.root);
        if is_accused && matches!(asset.health, Health::Ok | Health::Warning) {
            asset.health = Health::Blocked;
        }
    }
    findings.extend(same_name);
    // Sorting takes memory, and a registry is in order unless somebody edited it.
    if !assets.is_sorted_by_key(Asset::asset_id) {
        assets.sort_by_key(Asset::asset_id);
    }
    assets
}

fn load_unregistered(disk: &dyn Disk, folder: PortablePath, options: &Options) -> (Asset, Vec<Diagnostic>) {
    let root = folder.below(&PortablePath::assets()).unwrap_or_default().into();
    let mut asset = Asset {
        reference: Arc::new(AssetRef { root, ..AssetRef::default() }),
        state: State::Unregistered,
        asset_uuid: None,
        included_in_build: false,
        folder: Some(folder.clone()),
        declaration: None,
        schema_version: None,
        has_inputs: false,
        input_stamps: Box::default(),
        health: Health::Blocked,
        actions: Actions::default(),
    };
    let mut found = Vec::new();
    load_root(disk, &folder, &Known::default(), options, &mut asset, &mut found);
    let name = asset.reference.root.clone();
    if let Err(fault) = PortablePath::assets().join(&name) {
        found.push(refuse_path("root", &name, &fault).at(folder.as_str()).of(&asset.reference));
    }
    asset.health = health(&found);
    (asset, found)
}

/// Reads one root: its folder, its declaration, and whether its inputs are there.
fn load_root(
    disk: &dyn Disk,
    folder: &PortablePath,
    known: &Known,
    options: &Options,
    asset: &mut Asset,
    findings: &mut Vec<Diagnostic>,
) {
    let from = findings.len();
    match read_declaration(disk, folder, known, options, asset, findings) {
        Ok(top) => {
            if let Some(declaration) = &asset.declaration {
                let declared = &declaration.inputs;
                let stamps = inputs::check(disk, folder, &top, declared, &asset.reference, &options.limits, findings);
                asset.has_inputs = stamps.is_some();
                asset.input_stamps = stamps.unwrap_or_default();
            }
        }
        Err(finding) => findings.push(finding),
    }
    for finding in &mut findings[from..] {
        finding.asset = Some(Arc::clone(&asset.reference));
    }
}

fn read_declaration(
    disk: &dyn Disk,
    folder: &PortablePath,
    known: &Known,
    options: &Options,
    asset: &mut Asset,
    findings: &mut Vec<Diagnostic>,
) -> Result<Folder, Diagnostic> {
    let top = Folder::list(disk, folder, options.ask).map_err(|error| missing_root(disk, folder, &error))?;
    let path = folder.own("asset.json");
    match top.find("asset.json") {
        Found::Entry(found) if found.kind == Kind::File => {}
        Found::Entry(found) => {
            let kind = if found.kind == Kind::Link { DiskErrorKind::Link } else { DiskErrorKind::NotRegular };
            return Err(refusal(&crate::disk::DiskError::of(path.as_str(), kind, "not a regular file")));
        }
        found => {
            let help = match found {
                Found::Similar(other) => format!("rename `{other}` to `asset.json`"),
                _ => "restore the file, or take the asset out of the registry".to_owned(),
            };
            let message = "the registered folder has no `asset.json`";
            return Err(Diagnostic::new(Code::RegistryDeclarationMissing, message).at(path.as_str()).help(help));
        }
    }
    if let Some(other) = top.rival("asset.json") {
        let message =
            format!("`asset.json` and `{other}` stand in one folder, and some systems take them for one name");
        return Err(Diagnostic::new(Code::TrustNameCollision, message).at(path.as_str()).help("rename one of them"));
    }
    let file = disk.open(&path).map_err(|error| refusal(&error))?;
    let admitted = trust::admit(file, Limit::DeclarationBytes, &options.limits)?;
    let envelope = envelope::open(admitted, Artifact::Declaration, &options.windows).inspect_err(|finding| {
        asset.schema_version = finding.evidence.iter().find_map(|(key, value)| match value {
            crate::diagnostic::Evidence::Number(found) if *key == "found" => u16::try_from(*found).ok(),
            _ => None,
        });
    })?;
    asset.schema_version = Some(envelope.version());
    // The name is worth knowing even when the file cannot be brought forward.
    let name = envelope.tree().root().member("name").and_then(|node| node.text().map(Arc::from));
    asset.reference = Arc::new(AssetRef { name, ..(*asset.reference).clone() });
    let migrated = migrate::to_current(envelope, known)?;
    findings.extend(migrated.pending());
    let mut declaration = declaration::parse(&migrated, folder, &asset.reference, &options.limits, findings);
    if declaration.name == asset.reference.name {
        declaration.name.clone_from(&asset.reference.name);
    }
    check_uuid(&migrated, declaration.asset_uuid, asset.asset_uuid, findings);
    if asset.state == State::Unregistered {
        asset.asset_uuid = declaration.asset_uuid;
        asset.reference = Arc::new(AssetRef { asset_uuid: declaration.asset_uuid, ..(*asset.reference).clone() });
    }
    asset.declaration = Some(declaration);
    Ok(top)
}

fn missing_root(disk: &dyn Disk, folder: &PortablePath, error: &crate::disk::DiskError) -> Diagnostic {
    if error.kind != DiskErrorKind::NotFound {
        return refusal(error);
    }
    if disk.metadata(folder).is_ok_and(|metadata| metadata.kind != Kind::Folder) {
        return refusal(&crate::disk::DiskError::of(folder.as_str(), DiskErrorKind::NotRegular, "not a folder"));
    }
    Diagnostic::new(Code::RegistryRootMissing, "the registered folder is not there")
        .at(folder.as_str())
        .help("restore it, or take the asset out of the registry")
}

/// The uuid of a declaration and the one that the registry has for it, where the two are known and differ.
fn check_uuid(migrated: &Migrated, declared: Option<Uuid>, registered: Option<Uuid>, findings: &mut Vec<Diagnostic>) {
    let (Some(declared), Some(registered)) = (declared, registered) else { return };
    if declared != registered {
        let message = format!("the declaration says {declared}, and the registry says {registered}");
        let mut finding = Diagnostic::new(Code::RegistryUuidMismatch, message)
            .at(migrated.path())
            .help("find out which asset this is; was the folder copied or replaced?")
            .text("declared", declared.to_string())
            .text("registered", registered.to_string());
        if let Some(node) = migrated.tree().root().member("asset_uuid") {
            finding = finding.on(node.place());
        }
        findings.push(finding);
    }
}

impl Asset {
    /// Whether the asset has everything that a build needs to know.
    #[must_use]
    pub fn bank(&self) -> Option<BankType> {
        self.declaration.as_ref().and_then(|declaration| declaration.bank)
    }
}

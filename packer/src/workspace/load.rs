//! Loads a workspace: the registry first, then every root on its own, so that one bad asset hides no other.

use super::action::Actions;
use super::asset::{Asset, Health, State, health};
use super::control::{ControlFile, registry_file};
use super::folder::Ask;
use super::remembered::{Remembered, bring_back};
use super::root::load_root;
use super::{identity, in_batches, names, unregistered, ways};
use crate::diagnostic::{AssetRef, Code, Diagnostic};
use crate::disk::{Disk, Kind, Stopwatch};
use crate::envelope::{self, Artifact, Envelope, Windows};
use crate::event::{Event, Events, Phase};
use crate::migrate::{self, Known};
use crate::path::PortablePath;
use crate::schema::{Registry, registry};
use crate::trust::{Admitted, Limits, refuse_path};
use semver::{Version, VersionReq};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

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
    /// Since when it was looked at.
    pub since: Stopwatch,
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
    load_remembering(disk, options, Remembered::default, events)
}

/// The same, no sooner and no other: of roots that `remembered` knows and that nobody touched since, nothing is read.
pub fn load_remembering(
    disk: &dyn Disk,
    options: &Options,
    remembered: impl FnOnce() -> Remembered + Send,
    events: &dyn Events,
) -> Workspace {
    let since = Stopwatch::start();
    let mut findings = Vec::new();
    let judged = || {
        let registry = read_registry(registry_file(disk, options), options, &mut findings)?;
        Ok(Judged::of(disk, registry))
    };
    let (judged, remembered) = rayon::join(judged, remembered);
    let (registry, mut assets) = match judged {
        Ok(judged) => {
            let assets = load_registered(disk, &judged, remembered, options, events, &mut findings);
            (Some(judged.registry), assets)
        }
        Err(finding) => {
            findings.push(finding);
            (None, Vec::new())
        }
    };
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
    Workspace { registry, assets, findings, since }
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

/// A registry, and what can be said of it before any root is looked at.
struct Judged {
    registry: Registry,
    about_identity: Vec<Diagnostic>,
    /// Whether it claims what another one claims, for each entry.
    contested: Vec<bool>,
    /// What is wrong on the way to an entry's root, by its place.
    astray: HashMap<usize, Diagnostic>,
}

impl Judged {
    fn of(disk: &dyn Disk, registry: Registry) -> Judged {
        let index = PortablePath::control().own("index.json");
        let mut about_identity = Vec::new();
        let (contested, astray) = rayon::join(
            || identity::check(&registry, index.as_str(), &mut about_identity),
            || ways::astray(disk, &registry),
        );
        Judged { registry, about_identity, contested, astray }
    }
}

fn load_registered(
    disk: &dyn Disk,
    Judged { registry, about_identity, contested, astray }: &Judged,
    mut remembered: Remembered,
    options: &Options,
    events: &dyn Events,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Asset> {
    let (done, total) = (AtomicU64::new(0), registry.entries.len() as u64);
    let mut assets = Vec::with_capacity(registry.entries.len());
    findings.extend_from_slice(about_identity);
    in_batches(
        registry.entries.iter().map(|entry| (entry, remembered.take(entry.asset_id))).enumerate(),
        |(at, (entry, root))| {
            let mut asset = Asset {
                reference: identity::reference(entry),
                state: State::Registered,
                asset_uuid: Some(entry.asset_uuid),
                included_in_build: entry.included_in_build,
                folder: entry.folder.clone(),
                declaration: None,
                schema_version: None,
                has_inputs: false,
                is_remembered: false,
                input_stamps: Box::default(),
                health: Health::Blocked,
                actions: Actions::default(),
            };
            let mut found = Vec::new();
            if let Some(folder) = entry.folder.as_ref().filter(|_| !events.cancelled()) {
                match astray.get(&at) {
                    None => {
                        let known_root =
                            root.and_then(|root| bring_back(&mut asset, folder, &root, disk, &options.limits));
                        if known_root.is_none() {
                            let known = Known { asset_uuid: (!contested[at]).then(|| entry.asset_uuid.to_string()) };
                            load_root(disk, folder, &known, options, &mut asset, &mut found);
                        }
                    }
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
        is_remembered: false,
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

//! The control files of a project as they lie on disk, admitted and nothing more: what a migration starts from.

use super::load::Options;
use super::unregistered;
use crate::diagnostic::{AssetRef, Code, Diagnostic};
use crate::disk::{Disk, DiskError, DiskErrorKind, Kind};
use crate::envelope::Artifact;
use crate::path::PortablePath;
use crate::schema::Registry;
use crate::trust::{self, Admitted, Limit, refusal};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// Whose control file it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The project's: `index.json`.
    Project,
    /// A registered asset's, with the uuid that the registry holds; `None` when several entries claim its root.
    Registered(Option<Uuid>),
    /// Nobody's yet.
    Unregistered,
}

/// One control file.
#[derive(Clone)]
pub struct ControlFile {
    /// Where it lies.
    pub path: PortablePath,
    /// What it is.
    pub artifact: Artifact,
    /// Whose it is.
    pub owner: Owner,
    /// Its asset, for findings.
    pub asset: Option<Arc<AssetRef>>,
    /// Its bytes.
    pub admitted: Result<Admitted, Diagnostic>,
}

/// A declaration that is known to be wanted, nothing of it read. All of them fit in memory at once, their bytes need not.
pub struct Unread {
    root: PortablePath,
    asset_id: Option<u32>,
    asset_uuid: Option<Uuid>,
    /// Whose it is.
    pub owner: Owner,
}

impl Unread {
    /// Reads it.
    #[must_use]
    pub fn read(self, disk: &dyn Disk, options: &Options) -> ControlFile {
        let Unread { root, asset_id, asset_uuid, owner } = self;
        let asset = Arc::new(AssetRef {
            asset_id,
            asset_uuid,
            name: None,
            root: root.below(&PortablePath::assets()).unwrap_or_default().into(),
        });
        let path = root.own("asset.json");
        let admitted = admit(disk, &path, options).map_err(|finding| {
            let mut finding = finding.of(&asset);
            finding.blocking &= owner != Owner::Unregistered;
            finding
        });
        ControlFile { path, artifact: Artifact::Declaration, owner, asset: Some(asset), admitted }
    }
}

/// Every declaration: those of `registry` by id, then the others by root. Beside them is what kept the search for the
/// others from looking everywhere; it never blocks.
pub fn declarations(disk: &dyn Disk, registry: &Registry, options: &Options) -> (Vec<Unread>, Vec<Diagnostic>) {
    let mut claims: HashMap<&str, usize> = HashMap::new();
    for entry in &registry.entries {
        *claims.entry(&entry.root).or_default() += 1;
    }
    let mut entries: Vec<_> = registry.entries.iter().collect();
    entries.sort_by_key(|entry| entry.asset_id);
    let mut seen = HashSet::new();
    let mut wanted = Vec::with_capacity(entries.len());
    for entry in entries {
        // A root that is claimed twice is still one file.
        let Some(folder) = entry.folder.as_ref().filter(|_| seen.insert(&*entry.root)) else { continue };
        wanted.push(Unread {
            root: folder.clone(),
            asset_id: Some(entry.asset_id),
            asset_uuid: Some(entry.asset_uuid),
            owner: Owner::Registered((claims[&*entry.root] == 1).then_some(entry.asset_uuid)),
        });
    }
    let registered: HashSet<&str> = registry.entries.iter().map(|entry| &*entry.root).collect();
    let (roots, findings) = unregistered::find(disk, &registered, &options.limits);
    let unregistered = |root| Unread { root, asset_id: None, asset_uuid: None, owner: Owner::Unregistered };
    wanted.extend(roots.into_iter().map(unregistered));
    (wanted, findings)
}

/// Reads the registry.
pub fn registry_file(disk: &dyn Disk, options: &Options) -> ControlFile {
    let path = PortablePath::control().own("index.json");
    let admitted = disk.open(&path).map_err(|error| match error.kind {
        DiskErrorKind::NotFound if is_no_folder(disk) => {
            refusal(&DiskError::of(path.as_str(), DiskErrorKind::NotRegular, "not a folder"))
        }
        DiskErrorKind::NotFound => {
            Diagnostic::new(Code::RegistryMissing, "the project has no registry").at(path.as_str()).help_to_run(
                "a new project gets one by `{program} init`; one that was lost comes back from version control, or by \
                 `{program} doctor --fix --only registry/missing` with the ids that are still known; or name another \
                 folder with `--project DIR`",
            )
        }
        _ => refusal(&error),
    });
    let admitted = admitted.and_then(|file| trust::admit(file, Limit::ControlFileBytes, &options.limits));
    ControlFile { path, artifact: Artifact::Registry, owner: Owner::Project, asset: None, admitted }
}

/// Whether something else stands where the packer's folder belongs.
fn is_no_folder(disk: &dyn Disk) -> bool {
    let folders = [PortablePath::assets(), PortablePath::control()];
    folders.iter().any(|path| disk.metadata(path).is_ok_and(|found| found.kind != Kind::Folder))
}

fn admit(disk: &dyn Disk, path: &PortablePath, options: &Options) -> Result<Admitted, Diagnostic> {
    match disk.open(path) {
        Ok(file) => trust::admit(file, Limit::DeclarationBytes, &options.limits),
        Err(error) if error.kind == DiskErrorKind::NotFound => {
            // Where the root is no folder, that is what is wrong.
            let root = path.parent().and_then(|root| Some((disk.metadata(&root).ok()?.kind, root)));
            if let Some((_, root)) = root.filter(|(kind, _)| !matches!(kind, Kind::Folder | Kind::Link)) {
                return Err(refusal(&DiskError::of(root.as_str(), DiskErrorKind::NotRegular, "no folder")));
            }
            Err(Diagnostic::new(Code::RegistryDeclarationMissing, "the registered folder has no `asset.json`")
                .at(path.as_str())
                .help("restore the file, or take the asset out of the registry"))
        }
        Err(error) => Err(refusal(&error)),
    }
}

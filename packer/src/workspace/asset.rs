//! One asset of a workspace, registered or not.

use super::action::Actions;
use crate::diagnostic::{AssetRef, Code, Diagnostic, Severity};
use crate::disk::Stamp;
use crate::path::PortablePath;
use crate::schema::{BankType, Declaration};
use std::sync::Arc;
use uuid::Uuid;

/// Whether the registry knows a root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It has an entry.
    Registered,
    /// It has a declaration only.
    Unregistered,
}

/// How an asset is, as far as can be told without decoding its inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// Nothing is wrong.
    Ok,
    /// It can be built, and somebody should look.
    Warning,
    /// Something is wrong with it.
    Blocked,
    /// Its folder or declaration is not there.
    Missing,
    /// Its declaration is of a version that this packer does not read.
    Unsupported,
}

/// One asset.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Who it is, for findings and reports.
    pub reference: Arc<AssetRef>,
    /// Whether the registry knows it.
    pub state: State,
    /// The registry's uuid, else the declaration's.
    pub asset_uuid: Option<Uuid>,
    /// Whether it takes part in builds.
    pub included_in_build: bool,
    /// Its folder, unless its name is refused.
    pub folder: Option<PortablePath>,
    /// What it declares, as far as that could be read.
    pub declaration: Option<Declaration>,
    /// The version of its declaration on disk.
    pub schema_version: Option<u16>,
    /// Whether every declared input is there, with nothing to say against it.
    pub has_inputs: bool,
    /// Whether its declaration was not read, because the last build knew it.
    pub is_remembered: bool,
    /// The stamp of each input in the declared order, where they were [asked for](super::Ask) and all are there.
    pub input_stamps: Box<[Stamp]>,
    /// How it is.
    pub health: Health,
    /// What can be done with it now, once [`note_actions`](super::Workspace::note_actions) was asked.
    pub actions: Actions,
}

impl Asset {
    /// The id that the registry gave it.
    #[must_use]
    pub fn asset_id(&self) -> Option<u32> {
        self.reference.asset_id
    }

    /// Whether the asset has everything that a build needs to know.
    #[must_use]
    pub fn bank(&self) -> Option<BankType> {
        self.declaration.as_ref().and_then(|declaration| declaration.bank)
    }

    /// `asset.json` in its folder.
    #[must_use]
    pub fn declaration_path(&self) -> Option<PortablePath> {
        self.folder.as_ref().map(|folder| folder.own("asset.json"))
    }
}

/// The health that an asset's findings leave it in.
pub(super) fn health(findings: &[Diagnostic]) -> Health {
    let has = |wanted: &dyn Fn(&Diagnostic) -> bool| findings.iter().any(wanted);
    if has(&|f| matches!(f.code, Code::RegistryRootMissing | Code::RegistryDeclarationMissing)) {
        Health::Missing
    } else if has(&|f| f.code.family() == "version") {
        Health::Unsupported
    } else if has(&|f| f.severity() == Severity::Error) {
        Health::Blocked
    } else if has(&|f| f.severity() == Severity::Warning) {
        Health::Warning
    } else {
        Health::Ok
    }
}

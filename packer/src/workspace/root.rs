//! Reads one root: its folder, its declaration, and whether its inputs are there.

use super::asset::{Asset, State};
use super::folder::{Folder, Found};
use super::inputs;
use super::load::Options;
use crate::diagnostic::{AssetRef, Code, Diagnostic, Evidence};
use crate::disk::{Disk, DiskError, DiskErrorKind, Kind};
use crate::envelope::{self, Artifact};
use crate::migrate::{self, Known, Migrated};
use crate::path::PortablePath;
use crate::schema::declaration;
use crate::trust::{self, Limit, refusal};
use std::sync::Arc;
use uuid::Uuid;

/// Completes an asset by what lies in its folder. `known` is what the registry knows where the declaration is old.
pub(super) fn load_root(
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
            return Err(refusal(&DiskError::of(path.as_str(), kind, "not a regular file")));
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
            Evidence::Number(found) if *key == "found" => u16::try_from(*found).ok(),
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

fn missing_root(disk: &dyn Disk, folder: &PortablePath, error: &DiskError) -> Diagnostic {
    if error.kind != DiskErrorKind::NotFound {
        return refusal(error);
    }
    if disk.metadata(folder).is_ok_and(|metadata| metadata.kind != Kind::Folder) {
        return refusal(&DiskError::of(folder.as_str(), DiskErrorKind::NotRegular, "not a folder"));
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

//! Declarations and a registry of the current version that are not laid out as the packer writes them. Old ones are a
//! matter of `migrate`, and what cannot be read is said where it is needed.

use super::sieve::Sieve;
use super::warning;
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::Disk;
use crate::envelope::{self, Artifact, Windows};
use crate::path::PortablePath;
use crate::schema::{Registry, declaration_text};
use crate::trust::{self, Limit, Limits};
use crate::workspace::{Asset, State, Workspace};
use rayon::prelude::*;

/// Whether the registry, if it is of the current version, is laid out as it should be.
fn is_registry_tidy(workspace: &Workspace) -> bool {
    let current = workspace.registry.as_ref().filter(|registry| registry.from == Artifact::Registry.written());
    current.is_none_or(Registry::is_canonical)
}

pub(super) fn check(workspace: &Workspace, disk: &dyn Disk, limits: &Limits, windows: &Windows, sieve: &mut Sieve<'_>) {
    let code = Code::HygieneNotCanonical;
    if !is_registry_tidy(workspace) {
        let path = PortablePath::control().own("index.json");
        sieve.take(code, path.as_str(), || found(&path, "the registry is not laid out as the packer writes it"));
    }
    let untidy: Vec<(&Asset, PortablePath)> = workspace
        .assets
        .par_iter()
        .filter(|asset| asset.state == State::Registered)
        .filter(|asset| asset.schema_version == Some(Artifact::Declaration.written()))
        .filter_map(|asset| Some((asset, asset.declaration_path()?)))
        .filter(|(_, path)| is_untidy(path, disk, limits, windows).unwrap_or(false))
        .collect();
    for (asset, path) in untidy {
        sieve.take(code, path.as_str(), || {
            found(&path, "the declaration is not laid out as the packer writes it").of(&asset.reference)
        });
    }
}

fn is_untidy(path: &PortablePath, disk: &dyn Disk, limits: &Limits, windows: &Windows) -> Option<bool> {
    let admitted = trust::admit(disk.open(path).ok()?, Limit::DeclarationBytes, limits).ok()?;
    let envelope = envelope::open(admitted, Artifact::Declaration, windows).ok()?;
    Some(declaration_text(envelope.tree()) != envelope.tree().text())
}

fn found(path: &PortablePath, message: &str) -> Diagnostic {
    warning(Code::HygieneNotCanonical, path.as_str(), message)
        .help_to_run("run `{program} doctor --fix --only hygiene/not-canonical` to see what would change")
}

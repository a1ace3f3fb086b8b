//! `asset.json` 1 → 2: the declaration carries the asset's uuid, so that identity survives a move of the folder.

use crate::envelope::{Artifact, Tree};
use crate::migrate::edit::add_after;
use crate::migrate::{Edit, Known, Step, StepFault};

pub(super) const STEP: Step = Step {
    artifact: Artifact::Declaration,
    from: 1,
    name: "asset_v2_identity_anchor",
    text: "writes the asset's uuid from the registry into the declaration",
    run,
};

/// Without a registry entry there is no uuid to write, and reading never invents one.
fn run(tree: &Tree, known: &Known) -> Result<Vec<Edit>, StepFault> {
    let root = tree.root();
    let Some(uuid) = &known.asset_uuid else { return Ok(Vec::new()) };
    if let Some(found) = root.member("asset_uuid") {
        if found.text().as_deref() == Some(uuid) {
            return Ok(Vec::new());
        }
        let why = format!("it is {} already, and the registry says `{uuid}`", found.excerpt());
        return Err(StepFault { key: "asset_uuid", why, place: found.place() });
    }
    let version = root.members().find(|(key, _)| key.text().as_deref() == Some("schema_version"));
    Ok(version.map(|after| add_after(tree, after, "asset_uuid", &format!("\"{uuid}\""))).into_iter().collect())
}

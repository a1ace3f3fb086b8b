//! `index.json` 1 → 2: each entry says whether it takes part in builds; until then all did.

use crate::envelope::{Artifact, Tree};
use crate::migrate::edit::add_after;
use crate::migrate::{Edit, Known, Step, StepFault};

pub(super) const STEP: Step = Step {
    artifact: Artifact::Registry,
    from: 1,
    name: "index_v2_build_participation",
    text: "says of every asset that it takes part in builds, as all did before",
    run,
};

fn run(tree: &Tree, _known: &Known) -> Result<Vec<Edit>, StepFault> {
    let Some(assets) = tree.root().member("assets") else { return Ok(Vec::new()) };
    let mut edits = Vec::new();
    for entry in assets.items() {
        if let Some(found) = entry.member("included_in_build") {
            if found.bool() == Some(true) {
                continue;
            }
            let why = format!("it is {} already, and version 1 knew no such member", found.excerpt());
            return Err(StepFault { key: "included_in_build", why, place: found.place() });
        }
        let named = |name: &str| entry.members().find(|(key, _)| key.text().as_deref() == Some(name));
        let after = named("asset_uuid").or_else(|| entry.members().last());
        edits.extend(after.map(|after| add_after(tree, after, "included_in_build", "true")));
    }
    Ok(edits)
}

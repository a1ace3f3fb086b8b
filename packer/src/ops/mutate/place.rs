//! `relocate`: moves a root; its identity stays.

use super::{Apply, Scene, blocker, mutate};
use crate::diagnostic::{Code, Diagnostic};
use crate::ops::Context;
use crate::path::fold;
use crate::plan::{Class, MutationPlan};
use crate::report::Report;
use crate::schema::journal::EntryChange;
use crate::schema::with_member;
use crate::trust::refuse_path;
use crate::workspace::{Asset, State};

/// Moves an asset to another root.
#[must_use]
pub fn relocate(context: &Context<'_>, wanted: &str, root: &str, how: Apply<'_>) -> Report {
    mutate(context, "relocate", how, &|scene, _| planned_relocation(scene, scene.asset(wanted)?, root))
}

/// The plan of moving an asset to another root.
///
/// # Errors
/// What keeps it from being made.
pub(in crate::ops) fn planned_relocation(
    scene: &Scene<'_>,
    asset: &Asset,
    root: &str,
) -> Result<MutationPlan, Diagnostic> {
    let own = &*asset.reference.root;
    let mut plan = MutationPlan::new("relocate", Class::Workspace);
    if own == root {
        return Ok(plan);
    }
    let to = scene.root(root, Some(own))?;
    if fold(root) == fold(own) {
        let message = format!("`{own}` and `{root}` are one name on some systems");
        let help = "move it to another name first, and from there to this one";
        return Err(blocker(Code::TrustNameCollision, message, to.as_str(), help));
    }
    let is_inside = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    if is_inside(root, own) {
        let message = "a root cannot be moved into itself";
        return Err(blocker(Code::PlanBlocked, message, to.as_str(), "choose a root outside of it"));
    }
    let Some(from) = &asset.folder else {
        let message = "the root's name is refused, so it cannot be moved";
        return Err(blocker(Code::PlanBlocked, message, own, "rename the folder by hand"));
    };
    for (_, path) in asset.declaration.iter().flat_map(|declaration| declaration.inputs.iter()) {
        // What is refused where it lies now is no matter of the move.
        if let (Ok(_), Err(fault)) = (from.join(path), to.join(path)) {
            let mut finding = refuse_path("input", path, &fault).at(to.as_str());
            finding.help = Some("choose a root whose path is shorter".into());
            plan.findings.push(finding);
        }
    }
    scene.make_way(&mut plan, &to)?;
    scene.move_root(&mut plan, "move", from, to)?;
    if asset.state == State::Registered {
        let before = scene.line(asset)?;
        let after = with_member(&before, "root", &serde_json::Value::from(root).to_string());
        scene.edit_registry(&mut plan, vec![EntryChange { before: Some(before), after: Some(after) }], None);
    }
    Ok(plan)
}

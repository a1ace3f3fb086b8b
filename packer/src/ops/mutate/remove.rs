//! `remove`: deletes a root and its entry. The files stay in the transaction until it is forgotten.

use super::{Apply, mutate};
use crate::emit::TransactionFolder;
use crate::ops::Context;
use crate::plan::{Class, MutationPlan};
use crate::report::Report;
use crate::schema::journal::EntryChange;
use crate::workspace::State;

/// Deletes an asset, if its name was typed.
#[must_use]
pub fn remove(context: &Context<'_>, wanted: &str, how: Apply<'_>) -> Report {
    mutate(context, "remove", how, &|scene, fresh| {
        let asset = scene.asset(wanted)?;
        let mut plan = MutationPlan::new("remove", Class::Workspace);
        plan.consent = Some(asset.reference.name.as_ref().unwrap_or(&asset.reference.root).to_string());
        if let Some(folder) = scene.folder_of(asset)? {
            scene.move_root(&mut plan, "delete", folder, TransactionFolder::of(fresh.id).kept_root(0))?;
        }
        if asset.state == State::Registered {
            let change = EntryChange { before: Some(scene.line(asset)?), after: None };
            scene.edit_registry(&mut plan, vec![change], None);
        }
        Ok(plan)
    })
}

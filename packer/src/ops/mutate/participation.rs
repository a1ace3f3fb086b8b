//! `include`, `exclude` and `forget`: what the registry says of an asset, and nothing else.

use super::{Apply, mutate};
use crate::ops::Context;
use crate::plan::{Class, MutationPlan};
use crate::report::Report;
use crate::schema::journal::EntryChange;
use crate::schema::with_member;

/// Lets an asset take part in builds, or not.
#[must_use]
pub fn set_included(context: &Context<'_>, wanted: &str, included: bool, how: Apply<'_>) -> Report {
    let operation = if included { "include" } else { "exclude" };
    mutate(context, operation, how, &|scene, _| {
        let asset = scene.asset(wanted)?;
        let before = scene.line(asset)?;
        let mut plan = MutationPlan::new(operation, Class::Registry);
        if asset.included_in_build != included {
            let after = with_member(&before, "included_in_build", if included { "true" } else { "false" });
            let change = EntryChange { before: Some(before), after: Some(after) };
            scene.edit_registry(&mut plan, vec![change], None);
        }
        Ok(plan)
    })
}

/// `forget`: drops an asset's entry and leaves its files.
#[must_use]
pub fn forget_asset(context: &Context<'_>, wanted: &str, how: Apply<'_>) -> Report {
    mutate(context, "forget", how, &|scene, _| {
        let before = scene.line(scene.asset(wanted)?)?;
        let mut plan = MutationPlan::new("forget", Class::Registry);
        scene.edit_registry(&mut plan, vec![EntryChange { before: Some(before), after: None }], None);
        Ok(plan)
    })
}

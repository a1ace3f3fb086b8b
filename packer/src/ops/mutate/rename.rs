//! `rename`: another name for an asset; its identity stays.

use super::{Apply, mutate};
use crate::digest::Digest;
use crate::ops::Context;
use crate::plan::{Class, MutationPlan, Replacement, Step};
use crate::report::Report;
use crate::schema::declaration_with;

/// Gives an asset another name.
#[must_use]
pub fn rename(context: &Context<'_>, wanted: &str, name: &str, how: Apply<'_>) -> Report {
    mutate(context, "rename", how, &|scene, _| {
        let asset = scene.asset(wanted)?;
        let mut plan = MutationPlan::new("rename", Class::Workspace);
        let (path, envelope) = scene.declaration(asset)?;
        scene.check_name(&mut plan, name, path.as_str(), &asset.reference.root);
        let before = envelope.tree().text();
        let after = declaration_with(envelope.tree(), "name", &serde_json::Value::from(name).to_string());
        if after != before {
            let old = asset.reference.name.as_deref().unwrap_or("nothing legible");
            plan.note("rewrite", &path, format!("`name` was {old} and becomes {name}"));
            let (before, after) = (Some(Digest::of(before.as_bytes())), Some(after.into_bytes().into()));
            plan.steps.push(Step::Replace(Replacement { path, before, after }));
        }
        Ok(plan)
    })
}

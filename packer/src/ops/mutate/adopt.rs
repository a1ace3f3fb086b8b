//! `adopt`: registers a root that has a declaration; a copied folder gets an identity of its own.

use super::{Apply, Scene, blocker, mutate};
use crate::diagnostic::Code;
use crate::digest::Digest;
use crate::envelope::Artifact;
use crate::ops::Context;
use crate::plan::{Class, MutationPlan, Replacement, Step};
use crate::report::Report;
use crate::schema::journal::EntryChange;
use crate::schema::{declaration_with, entry_line, with_member};
use crate::workspace::{Asset, State};

/// Registers the root, which is named as in the registry.
#[must_use]
pub fn adopt(context: &Context<'_>, root: &str, new_identity: bool, how: Apply<'_>) -> Report {
    mutate(context, "adopt", how, &|scene, fresh| {
        let class = if new_identity { Class::Workspace } else { Class::Registry };
        let mut plan = MutationPlan::new("adopt", class);
        let folder = scene.root(root, None).map_err(|finding| match finding.code {
            Code::RegistryDuplicateRoot => {
                finding.help_to_run("there is nothing to adopt; `{program} show` says what it is")
            }
            _ => finding,
        })?;
        let asset = unregistered(scene, root)?;
        let path = folder.own("asset.json");
        let inside = |other: &&Asset| other.reference.root.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'));
        if let Some(inner) = scene.workspace.assets.iter().find(inside) {
            let message = format!("the root `{}` lies inside", inner.reference.root);
            let help = "move that one out first, or take its `asset.json` away";
            plan.findings.push(blocker(Code::RegistryNestedRoot, message, folder.as_str(), help));
        }
        let found = scene.workspace.findings.iter().filter(|finding| {
            finding.asset.as_ref().is_some_and(|of| &*of.root == root) && finding.code != Code::MigrationPending
        });
        // What is wrong with the asset itself keeps it from being built, not from being registered.
        plan.findings.extend(found.cloned());
        let uuid = if new_identity {
            let uuid = (fresh.uuid)();
            let (path, envelope) = scene.declaration(asset)?;
            let before = envelope.tree().text();
            let mut after =
                declaration_with(envelope.tree(), "asset_uuid", &serde_json::Value::from(uuid.as_str()).to_string());
            plan.note("rewrite", &path, format!("`asset_uuid` becomes {uuid}"));
            if let Some(name) = asset.reference.name.as_deref().filter(|name| scene.named(name, root).is_some()) {
                let free = free_name(scene, name);
                after = with_member(&after, "name", &serde_json::Value::from(free.as_str()).to_string());
                plan.note("rewrite", &path, format!("`name` was {name}, which is taken, and becomes {free}"));
            }
            let (before, after) = (Some(Digest::of(before.as_bytes())), Some(after.into_bytes().into()));
            plan.steps.push(Step::Replace(Replacement { path, before, after }));
            uuid
        } else {
            if let Some(name) = asset.reference.name.as_deref() {
                let from = plan.findings.len();
                scene.check_name(&mut plan, name, path.as_str(), root);
                for finding in &mut plan.findings[from..] {
                    let help = "give it another name with `{program} rename {}` or, if it is a copy, adopt it with `--new-identity`";
                    finding.help = None;
                    finding.add_help_to_run_on(help, root);
                }
            }
            depend_on_declaration(scene, &mut plan, asset)?;
            let Some(uuid) = asset.asset_uuid else {
                let message = "the declaration has no uuid that could be registered";
                let (code, help) = match asset.schema_version {
                    Some(version) if version < Artifact::Declaration.written() => {
                        (Code::MigrationPending, "bring the root forward first: `{program} migrate`")
                    }
                    _ => (Code::PlanBlocked, "repair the declaration, or give it a fresh one with `--new-identity`"),
                };
                return Err(blocker(code, message, path.as_str(), help));
            };
            if let Some(entry) = scene.registry.entries.iter().find(|entry| entry.asset_uuid == uuid) {
                let message = format!("asset {} at `{}` has this uuid already", entry.asset_id, entry.root);
                let help = "if the folder is a copy, give it an identity of its own with `--new-identity`";
                plan.findings.push(blocker(Code::RegistryDuplicateUuid, message, path.as_str(), help));
            }
            uuid.to_string()
        };
        let (id, next) = scene.next_id(&mut plan);
        let change = EntryChange { before: None, after: Some(entry_line(id, &uuid, true, root)) };
        scene.edit_registry(&mut plan, vec![change], Some(next));
        Ok(plan)
    })
}

fn unregistered<'a>(scene: &Scene<'a>, root: &str) -> Result<&'a Asset, crate::diagnostic::Diagnostic> {
    let is_it = |asset: &&Asset| asset.state == State::Unregistered && &*asset.reference.root == root;
    scene.workspace.assets.iter().find(is_it).ok_or_else(|| {
        let message = format!("no unregistered root with a declaration lies at `{root}`");
        let help = "`{program} list` shows all roots; a folder without a declaration is registered with `register`";
        crate::diagnostic::Diagnostic::new(Code::UsageUnknownAsset, message).help_to_run(help)
    })
}

/// The plan is made from the declaration as it is.
fn depend_on_declaration(
    scene: &Scene<'_>,
    plan: &mut MutationPlan,
    asset: &Asset,
) -> Result<(), crate::diagnostic::Diagnostic> {
    if let Some(path) = asset.declaration_path() {
        let bytes = crate::emit::read_control_file(scene.context.disk, &path, &scene.context.limits)?;
        plan.depends.push((path, bytes.as_deref().map(Digest::of)));
    }
    Ok(())
}

/// The name with the lowest number behind it that nobody has.
fn free_name(scene: &Scene<'_>, name: &str) -> String {
    let stem: String = name.chars().take(58).collect();
    (2_u32..)
        .map(|number| format!("{stem}_{number}"))
        .find(|name| scene.named(name, "").is_none())
        .expect("there are more numbers than assets")
}

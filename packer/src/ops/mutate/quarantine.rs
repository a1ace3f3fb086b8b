//! `quarantine` and `restore`: entry and root of an asset out of the way together, and back under the same id. What is
//! out of the way lies in `assets/.prometeu/quarantine/<id>/`: the root, and a registry that holds its entry alone.

use super::{Apply, Scene, blocker, mutate};
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;
use crate::disk::{Disk, DiskError, DiskErrorKind, Kind};
use crate::emit::{folders_of_ids, read_control_file};
use crate::envelope::{self, Artifact};
use crate::ops::Context;
use crate::path::PortablePath;
use crate::plan::{Class, MutationPlan, Replacement, Step};
use crate::report::{Quarantined, Report};
use crate::schema::journal::{EntryChange, is_id};
use crate::schema::{RegistryDraft, identity_of};
use crate::trust::{Limits, admit_bytes, refusal};

fn all() -> PortablePath {
    PortablePath::control().own("quarantine")
}

/// Takes an asset out of the way.
#[must_use]
pub fn quarantine(context: &Context<'_>, wanted: &str, how: Apply<'_>) -> Report {
    mutate(context, "quarantine", how, &|scene, fresh| {
        let asset = scene.asset(wanted)?;
        let line = scene.line(asset)?;
        let mut plan = MutationPlan::new("quarantine", Class::Workspace);
        let Some(folder) = scene.folder_of(asset)? else {
            let help = "take it out of the registry with `{program} forget`";
            return Err(blocker(Code::RegistryRootMissing, "the root is not there", &scene.path_of(asset), help));
        };
        match context.disk.metadata(&all()).map(|found| found.kind) {
            Ok(Kind::Folder) => {}
            Ok(kind) => {
                let kind = if kind == Kind::Link { DiskErrorKind::Link } else { DiskErrorKind::NotRegular };
                return Err(refusal(&DiskError::of(all().as_str(), kind, "no folder")));
            }
            Err(_) => plan.steps.push(Step::MakeFolder(all())),
        }
        let place = all().own(fresh.id);
        plan.steps.push(Step::MakeFolder(place.clone()));
        let entry = format!(
            "{{\n  \"schema_version\": {},\n  \"next_asset_id\": {},\n  \"assets\": [\n    {line}\n  ]\n}}\n",
            Artifact::Registry.written(),
            u64::from(asset.asset_id().unwrap_or_default()) + 1
        );
        plan.note("create", &place.own("index.json"), "the entry");
        let after = Some(entry.into_bytes().into());
        plan.steps.push(Step::Replace(Replacement { path: place.own("index.json"), before: None, after }));
        scene.move_root(&mut plan, "move", folder, place.own("root"))?;
        scene.edit_registry(&mut plan, vec![EntryChange { before: Some(line), after: None }], None);
        Ok(plan)
    })
}

/// Brings a quarantined asset back.
#[must_use]
pub fn restore(context: &Context<'_>, id: &str, how: Apply<'_>) -> Report {
    mutate(context, "restore", how, &|scene, _| {
        let line = is_id(id).then(|| entry_in(context.disk, id, &context.limits)).transpose()?.flatten();
        let identity = line.as_deref().and_then(|line| Some((line, identity_of(line)?)));
        let Some((line, (asset_id, uuid, root))) = identity else {
            let message = format!("nothing is quarantined as `{id}`");
            return Err(Diagnostic::new(Code::UsageUnknownTransaction, message)
                .help_to_run("`{program} list` shows what is quarantined"));
        };
        let mut plan = MutationPlan::new("restore", Class::Workspace);
        let to = scene.root(&root, None).map_err(|finding| in_the_way(finding, &root))?;
        claimed(scene, &mut plan, asset_id, uuid, &to);
        if let Some(name) = name_in(context.disk, &all().own(id).own("root/asset.json"), &context.limits)
            && let Some(other) = scene.named(&name, &root)
        {
            let message = format!("`{}` has the name `{name}` by now", other.reference.root);
            let help = "rename that asset first";
            plan.findings.push(blocker(Code::DeclarationNameDuplicate, message, to.as_str(), help));
        }
        scene.make_way(&mut plan, &to).map_err(|finding| in_the_way(finding, &root))?;
        let place = all().own(id);
        if !scene.is_there(&place.own("root"))? {
            let message = "the folder of this asset is not in the quarantine any more";
            let help = "bring it back from version control; `{program} adopt` registers it";
            return Err(blocker(Code::RegistryRootMissing, message, place.own("root").as_str(), help));
        }
        scene.move_root(&mut plan, "move", &place.own("root"), to)?;
        let path = place.own("index.json");
        let bytes = read_control_file(context.disk, &path, &context.limits)?;
        plan.steps.push(Step::Replace(Replacement { path, before: bytes.as_deref().map(Digest::of), after: None }));
        plan.steps.push(Step::RemoveFolder(place));
        scene.edit_registry(&mut plan, vec![EntryChange { before: None, after: Some(line.to_owned()) }], None);
        Ok(plan)
    })
}

/// An asset comes back to where it was, so it is the other one that has to give way.
fn in_the_way(finding: Diagnostic, root: &str) -> Diagnostic {
    finding
        .help(format!("it comes back to `{root}` and nowhere else: move away what is in its way, and restore it then"))
}

/// An id or uuid that someone else has in the meantime is not taken from them.
fn claimed(scene: &Scene<'_>, plan: &mut MutationPlan, asset_id: u32, uuid: uuid::Uuid, to: &PortablePath) {
    for entry in &scene.registry.entries {
        let code = match entry {
            entry if entry.asset_id == asset_id => Code::RegistryDuplicateId,
            entry if entry.asset_uuid == uuid => Code::RegistryDuplicateUuid,
            _ => continue,
        };
        let message = format!("asset {} at `{}` has the same identity now", entry.asset_id, entry.root);
        plan.findings.push(blocker(code, message, to.as_str(), "take that asset out of the registry first"));
    }
}

/// Everything that is quarantined, by id.
pub(in crate::ops) fn quarantined(disk: &dyn Disk, limits: &Limits) -> (Vec<Quarantined>, Vec<Diagnostic>) {
    let (folders, mut findings) = match folders_of_ids(disk, &all()) {
        Ok(found) => found,
        Err(finding) => (Vec::new(), vec![finding]),
    };
    let mut rows = Vec::new();
    for id in folders.into_iter().filter(|name| is_id(name)) {
        match entry_in(disk, &id, limits) {
            Ok(Some(line)) => {
                let Some((_, uuid, root)) = identity_of(&line) else { continue };
                let name = name_in(disk, &all().own(&id).own("root/asset.json"), limits);
                rows.push(Quarantined { id, root, name, asset_uuid: uuid.to_string() });
            }
            Ok(None) => {}
            Err(finding) => findings.push(finding),
        }
    }
    findings.iter_mut().for_each(|finding| finding.blocking = false);
    (rows, findings)
}

/// The text of the quarantined entry.
fn entry_in(disk: &dyn Disk, id: &str, limits: &Limits) -> Result<Option<String>, Diagnostic> {
    let path = all().own(id).own("index.json");
    let Some(bytes) = read_control_file(disk, &path, limits)? else { return Ok(None) };
    let admitted = admit_bytes(path.as_str(), &bytes, limits);
    let envelope = envelope::open(admitted, Artifact::Registry, &envelope::Windows::default())?;
    let migrated = crate::migrate::to_current(envelope, &crate::migrate::Known::default())?;
    Ok(RegistryDraft::of(migrated.tree()).lines().next().map(str::to_owned))
}

fn name_in(disk: &dyn Disk, path: &PortablePath, limits: &Limits) -> Option<String> {
    let bytes = read_control_file(disk, path, limits).ok()??;
    let tree = envelope::object(String::from_utf8(bytes).ok()?, limits).ok()?;
    tree.root().member("name")?.text().map(|name| name.into_owned())
}

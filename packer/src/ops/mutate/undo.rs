//! `undo`: the inverse of one transaction, as one more. The registry is brought back entry by entry, so that other
//! entries may have changed since; ids that were handed out stay used.

use super::scene::root_of;
use super::{Apply, Scene, blocker, mutate};
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;
use crate::disk::DiskErrorKind;
use crate::emit::{Ending, TransactionFolder, read_control_file, transactions, writing};
use crate::ops::Context;
use crate::ops::migrate::unknown;
use crate::path::PortablePath;
use crate::plan::{Class, MutationPlan, Replacement, Step};
use crate::report::Report;
use crate::schema::journal::{Change, EntryChange, Journal, Original};
use crate::schema::{identity_of, with_member};
use crate::trust::refusal;

/// Undoes the transaction `id`.
#[must_use]
pub fn undo(context: &Context<'_>, id: &str, how: Apply<'_>) -> Report {
    mutate(context, "undo", how, &|scene, fresh| {
        let (folder, journal) = committed(context, id)?;
        let mut plan = MutationPlan::new("undo", Class::Workspace);
        let index = PortablePath::control().own("index.json");
        for (at, change) in journal.changes.iter().enumerate().rev() {
            if matches!(change, Change::File { path, .. } if *path == index) && !journal.entries.is_empty() {
                continue;
            }
            invert(scene, &mut plan, &folder, (at, change), fresh.id)?;
        }
        if !journal.entries.is_empty() {
            let inverse: Vec<EntryChange> = journal.entries.iter().rev().map(flipped).collect();
            let whole = untouched(scene, &folder, &journal)?;
            if whole.is_none() {
                check_entries(scene, &mut plan, id, &inverse);
            }
            scene.edit_registry(&mut plan, inverse, None);
            if let (Some(whole), Some(Step::Replace(replacement))) = (whole, plan.steps.last_mut()) {
                replacement.after = Some(whole);
            }
        }
        Ok(plan)
    })
}

fn committed(context: &Context<'_>, id: &str) -> Result<(TransactionFolder, Journal), Diagnostic> {
    let folder = transactions(context.disk)?.into_iter().find(|folder| folder.id() == id);
    let folder = folder.ok_or_else(|| unknown(id))?;
    let ending = folder.ending(context.disk).map_err(|error| refusal(&error))?;
    let journal = folder.journal(context.disk, &context.limits, &context.windows)?;
    match journal.filter(|_| ending == Some(Ending::Committed)) {
        Some(journal) => Ok((folder, journal)),
        None => {
            let message = format!("{id} was not carried out, so there is nothing to undo");
            Err(Diagnostic::new(Code::PlanConflict, message)
                .help_to_run("`{program} history` shows how each transaction ended"))
        }
    }
}

/// The registry as it was before the transaction, if nothing has changed it since: then it comes back as it lay on disk,
/// whatever it was, and not entry by entry.
fn untouched(scene: &Scene<'_>, folder: &TransactionFolder, journal: &Journal) -> Result<Option<Vec<u8>>, Diagnostic> {
    let index = PortablePath::control().own("index.json");
    let original = journal.changes.iter().find_map(|change| match change {
        Change::File { path, before: Some(Original::Slice { digest, offset, bytes }), after } if *path == index => {
            (*after == Some(scene.registry.digest_on_disk())).then_some((*digest, *offset, *bytes))
        }
        _ => None,
    });
    let Some((digest, offset, bytes)) = original else { return Ok(None) };
    let bytes = folder.original(scene.context.disk, digest, offset, bytes).map_err(|error| writing(&error))?;
    Ok(Some(with_ids_used(scene, bytes)))
}

/// The bytes of a registry with the id that the next asset gets as it is now, where that is higher: ids that were handed
/// out stay used. What is no registry stays as it is.
fn with_ids_used(scene: &Scene<'_>, bytes: Vec<u8>) -> Vec<u8> {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return error.into_bytes(),
    };
    let tree = crate::envelope::object(text.clone(), &scene.context.limits);
    let next = tree.ok().and_then(|tree| tree.root().member("next_asset_id")?.raw().parse::<u64>().ok());
    match (next, scene.registry.next_asset_id.map(u64::from)) {
        (Some(then), Some(now)) if then < now => with_member(&text, "next_asset_id", &now.to_string()).into_bytes(),
        _ => text.into_bytes(),
    }
}

fn flipped(change: &EntryChange) -> EntryChange {
    EntryChange { before: change.after.clone(), after: change.before.clone() }
}

fn conflict(path: &PortablePath, message: impl AsRef<str>) -> Diagnostic {
    blocker(Code::PlanConflict, message, path.as_str(), "undo the later change first, or leave both as they are")
}

fn invert(
    scene: &Scene<'_>,
    plan: &mut MutationPlan,
    folder: &TransactionFolder,
    (at, change): (usize, &Change),
    own_id: &str,
) -> Result<(), Diagnostic> {
    let disk = scene.context.disk;
    let is_there = |path: &PortablePath| scene.is_there(path);
    match change {
        Change::File { path, before, after } => {
            let found = read_control_file(disk, path, &scene.context.limits)?;
            if found.as_deref().map(Digest::of) != *after {
                plan.findings.push(conflict(path, format!("the file was changed after {}", folder.id())));
                return Ok(());
            }
            let original = match before {
                Some(Original::Slice { digest, offset, bytes }) => {
                    Some(folder.original(disk, *digest, *offset, *bytes).map_err(|error| writing(&error))?)
                }
                _ => None,
            };
            let original = match *path == PortablePath::control().own("index.json") {
                true => original.map(|bytes| with_ids_used(scene, bytes)),
                false => original,
            };
            if original == found {
                return Ok(());
            }
            let verb = match (&original, after) {
                (None, _) => "delete",
                (Some(_), None) => "create",
                (Some(_), Some(_)) => "rewrite",
            };
            plan.note(verb, path, "as it was before");
            plan.steps.push(Step::Replace(Replacement { path: path.clone(), before: *after, after: original }));
        }
        Change::Move { from, to } => {
            let is_kept = |path: &PortablePath| path.below(&PortablePath::control().own("txn")).is_some();
            if !is_there(to)? {
                plan.findings.push(conflict(to, format!("what {} moved is not there any more", folder.id())));
            } else if is_kept(from) {
                // It was kept by a transaction that is over; now this one keeps it.
                scene.move_root(plan, "delete", to, TransactionFolder::of(own_id).kept_root(at))?;
            } else if is_there(from)? {
                // A build has made another cache since, which is as good as the one that could not be used.
                if from.below(&PortablePath::control()).is_some_and(|name| name.starts_with("cache")) {
                    return Ok(());
                }
                plan.findings.push(conflict(from, "something else lies there now"));
            } else {
                if let Some(root) = root_of(from)
                    && let Err(finding) = scene.root(root, root_of(to)).and_then(|_| scene.make_way(plan, from))
                {
                    plan.findings.push(conflict(from, finding.message));
                    return Ok(());
                }
                scene.move_root(plan, if is_kept(to) { "create" } else { "move" }, to, from.clone())?;
            }
        }
        Change::MakeFolder(path) => {
            let plan_removes = |name: &str| {
                let path = path.own(name);
                plan.steps.iter().any(|step| match step {
                    Step::Move { from, .. } => *from == path,
                    Step::Replace(Replacement { path: gone, after: None, .. }) | Step::RemoveFolder(gone) => {
                        *gone == path
                    }
                    _ => false,
                })
            };
            let entries = match disk.read_dir(path) {
                Ok(entries) => entries,
                Err(error) if error.kind == DiskErrorKind::NotFound => return Ok(()),
                Err(error) => return Err(refusal(&error)),
            };
            // A folder that is in use by now stays.
            if entries.iter().all(|entry| entry.name.as_deref().is_ok_and(plan_removes)) {
                plan.note("delete", path, "folder");
                plan.steps.push(Step::RemoveFolder(path.clone()));
            }
        }
        Change::RemoveFolder(path) => {
            if !is_there(path)? {
                plan.note("create", path, "folder");
                plan.steps.push(Step::MakeFolder(path.clone()));
            }
        }
    }
    Ok(())
}

/// Each entry must stand as the transaction left it, and nobody may have taken its place.
fn check_entries(scene: &Scene<'_>, plan: &mut MutationPlan, id: &str, inverse: &[EntryChange]) {
    let index = PortablePath::control().own("index.json");
    let draft = scene.registry.draft();
    for change in inverse {
        if let Some(now) = change.before.as_deref().filter(|line| !draft.holds(line)) {
            plan.findings.push(conflict(&index, format!("the entry {now} was changed after {id}")));
        }
        let Some((asset_id, uuid, root)) = change.after.as_deref().and_then(identity_of) else { continue };
        let own = change.before.as_deref().and_then(identity_of);
        let is_other = |entry: &&crate::schema::Entry| own.as_ref().is_none_or(|own| entry.asset_id != own.0);
        let taken = |entry: &&crate::schema::Entry| {
            entry.asset_id == asset_id || entry.asset_uuid == uuid || *entry.root == *root
        };
        if let Some(entry) = scene.registry.entries.iter().filter(is_other).find(taken) {
            let message = format!("asset {} at `{}` took its place since", entry.asset_id, entry.root);
            plan.findings.push(conflict(&index, message));
        }
    }
}

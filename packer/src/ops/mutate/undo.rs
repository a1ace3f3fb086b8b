//! `undo`: the inverse of one transaction, as one more. The registry is brought back entry by entry, so that other
//! entries may have changed since; ids that were handed out stay used.

mod inverse;

use super::{Apply, Scene, mutate};
use crate::diagnostic::{Code, Diagnostic};
use crate::emit::{Ending, TransactionFolder, transactions};
use crate::ops::Context;
use crate::ops::migrate::unknown;
use crate::path::PortablePath;
use crate::plan::{Class, MutationPlan, Step};
use crate::report::Report;
use crate::schema::journal::{Change, EntryChange, Journal, Original};
use crate::schema::{identity_of, with_member};
use crate::trust::refusal;
use inverse::{Inverse, conflict};

/// Undoes the transaction `id`.
#[must_use]
pub fn undo(context: &Context<'_>, id: &str, how: Apply<'_>) -> Report {
    mutate(context, "undo", how, &|scene, fresh| {
        let (folder, journal) = committed(context, id)?;
        let (own, plan) = (TransactionFolder::of(fresh.id), MutationPlan::new("undo", Class::Workspace));
        let whole = untouched(scene, &folder, &journal)?;
        let mut turned = Inverse { scene, folder: &folder, own, plan, is_untouched: whole.is_some() };
        let index = PortablePath::control().own("index.json");
        for (at, change) in journal.changes.iter().enumerate().rev() {
            if matches!(change, Change::File { path, .. } if *path == index) && !journal.entries.is_empty() {
                continue;
            }
            turned.add(at, change)?;
        }
        let mut plan = turned.plan;
        if !journal.entries.is_empty() {
            let inverse: Vec<EntryChange> = journal.entries.iter().rev().map(flipped).collect();
            if whole.is_none() {
                check_entries(scene, &mut plan, id, &inverse);
            }
            scene.edit_registry(&mut plan, inverse, None);
            if let (Some(whole), Some(Step::Replace(replacement))) = (whole, plan.steps.last_mut()) {
                replacement.after = Some(whole.into());
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
    let bytes = folder.original(scene.context.disk, digest, offset, bytes)?;
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

//! A folder whose declaration has another uuid than its entry: the declaration takes the entry's, so that the game finds the
//! asset under the id that it had. Whether it still is that asset only people know; with `--keep` and the declaration's
//! uuid, the folder is registered anew as what it says it is.

use super::draft::Draft;
use super::patient::{Patient, Subject};
use crate::diagnostic::{Code, Diagnostic};
use crate::ops::mutate::blocker;
use crate::schema::with_member;
use crate::workspace::Asset;
use serde_json::Value;
use uuid::Uuid;

/// The registered assets whose declaration says otherwise; of these only the one that `--keep` speaks of, if it does.
pub(super) fn subjects(patient: &Patient<'_>) -> Vec<Subject> {
    let mut subjects = patient.registered(Code::RegistryUuidMismatch);
    if let Some(keep) = patient.keep {
        let is_it = |uuid: Option<Uuid>| uuid.is_some_and(|uuid| uuid.to_string() == keep);
        subjects.retain(|subject| {
            let asset = &patient.workspace.assets[subject.at];
            is_it(asset.asset_uuid) || is_it(declared(asset))
        });
    }
    subjects
}

pub(super) fn plan(draft: &mut Draft<'_, '_>, subject: &Subject) -> Result<(), Diagnostic> {
    let asset = &draft.patient.workspace.assets[subject.at];
    let (Some(registered), Some(declared)) = (asset.asset_uuid, declared(asset)) else {
        return Err(blocked("it has no two uuids", &subject.path, "look into registry and declaration"));
    };
    check_claims(draft, asset, registered, &subject.path)?;
    let other = draft.scene()?.lookup.registered_as(declared).next();
    if let Some(other) = other.filter(|other| !is_at_home(other)) {
        let message = format!("{} has this uuid and is not there: it seems to lie here", said(other));
        return Err(blocked(
            message,
            &subject.path,
            "put the folders back where they were, and move them with `{program} relocate`",
        ));
    }
    if draft.patient.keep.is_some_and(|keep| declared.to_string() == keep) {
        if let Some(other) = other {
            let message = format!("{} has this uuid", said(other));
            return Err(blocked(
                message,
                &subject.path,
                "a folder that was copied gets an identity of its own without `--keep`",
            ));
        }
        return register_anew(draft, asset, declared);
    }
    let (path, before) = draft.text(asset)?;
    let after = with_member(&before, "asset_uuid", &Value::from(registered.to_string()).to_string());
    draft.rewrite(
        &path,
        &before,
        after,
        format!("`asset_uuid` was {declared} and becomes {registered}, as registered"),
    );
    Ok(())
}

/// The entry goes, and the folder gets an id that no other asset ever had.
fn register_anew(draft: &mut Draft<'_, '_>, asset: &Asset, declared: Uuid) -> Result<(), Diagnostic> {
    let root = &*asset.reference.root;
    let Some(entry) = draft.scene()?.registry.entries.iter().find(|entry| *entry.root == *root) else { return Ok(()) };
    let before = draft.line(entry)?;
    asset.declaration_path().map_or(Ok(()), |path| draft.depend_on(&path))?;
    let id = draft.next_id()?;
    let after = with_member(&before, "asset_id", &id.to_string());
    let after = with_member(&after, "asset_uuid", &Value::from(declared.to_string()).to_string());
    draft.change_entry(Some(before), Some(after));
    Ok(())
}

/// An entry that others contest is to be settled first.
fn check_claims(draft: &Draft<'_, '_>, asset: &Asset, registered: Uuid, path: &str) -> Result<(), Diagnostic> {
    let lookup = &draft.scene()?.lookup;
    let code = if lookup.registered_at(&asset.reference.root).nth(1).is_some() {
        Code::RegistryDuplicateRoot
    } else if lookup.registered_as(registered).nth(1).is_some() {
        Code::RegistryDuplicateUuid
    } else {
        return Ok(());
    };
    let message = format!("its entry is contested by another one: {}", code.as_str());
    Err(blocker(code, message, path, "settle that first; `{program} doctor` says how"))
}

/// Whether an asset lies where its entry says.
fn is_at_home(asset: &Asset) -> bool {
    declared(asset) == asset.asset_uuid
}

fn said(asset: &Asset) -> String {
    format!("asset {} at `{}`", asset.asset_id().unwrap_or_default(), asset.reference.root)
}

fn declared(asset: &Asset) -> Option<Uuid> {
    asset.declaration.as_ref()?.asset_uuid
}

fn blocked(message: impl AsRef<str>, path: &str, help: &'static str) -> Diagnostic {
    blocker(Code::RegistryUuidMismatch, message, path, help)
}

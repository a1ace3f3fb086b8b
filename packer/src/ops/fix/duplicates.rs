//! Entries of the registry that claim the same: one keeps it, the others give way. Which one keeps it is a guess that
//! people confirm: the one that its declaration speaks for, else the one that stands first.

use super::draft::Draft;
use super::patient::{Patient, Subject, index};
use crate::diagnostic::{Code, Diagnostic};
use crate::ops::mutate::blocker;
use crate::schema::{Entry, with_member};
use crate::workspace::{Asset, State};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// The entries that are to leave a root to another one.
pub(super) fn roots(patient: &Patient<'_>) -> Vec<Subject> {
    let keeps = |entry: &Entry| declared(patient, entry) == Some(entry.asset_uuid);
    giving_way(patient, |entry| entry.root.to_string(), keeps)
}

pub(super) fn drop_entry(draft: &mut Draft<'_, '_>, subject: &Subject) -> Result<(), Diagnostic> {
    let line = draft.line(&draft.scene()?.registry.entries[subject.at])?;
    draft.change_entry(Some(line), None);
    Ok(())
}

/// The entries that are to get another id. Two entries of one root are no two assets: one of them is to go.
pub(super) fn ids(patient: &Patient<'_>) -> Vec<Subject> {
    let keeps = |entry: &Entry| patient.keep.is_some_and(|keep| entry.asset_uuid.to_string() == keep);
    let Some(registry) = &patient.workspace.registry else { return Vec::new() };
    let mut at_root: HashMap<(u32, &str), usize> = HashMap::new();
    for entry in &registry.entries {
        *at_root.entry((entry.asset_id, &*entry.root)).or_default() += 1;
    }
    let kept: HashSet<u32> = registry.entries.iter().filter(|entry| keeps(entry)).map(|entry| entry.asset_id).collect();
    let is_asked_for = |at: &Subject| {
        let entry = &registry.entries[at.at];
        let is_alone = at_root.get(&(entry.asset_id, &*entry.root)) == Some(&1);
        is_alone && (patient.keep.is_none() || kept.contains(&entry.asset_id))
    };
    giving_way(patient, |entry| entry.asset_id, keeps).into_iter().filter(is_asked_for).collect()
}

pub(super) fn new_id(draft: &mut Draft<'_, '_>, subject: &Subject) -> Result<(), Diagnostic> {
    let before = draft.line(&draft.scene()?.registry.entries[subject.at])?;
    let id = draft.next_id()?;
    let after = with_member(&before, "asset_id", &id.to_string());
    draft.change_entry(Some(before), Some(after));
    Ok(())
}

/// The entries that are to get another uuid.
pub(super) fn uuids(patient: &Patient<'_>) -> Vec<Subject> {
    let Some(registry) = &patient.workspace.registry else { return Vec::new() };
    let same = |a: &Entry, b: &Entry| a.asset_uuid == b.asset_uuid && a.root == b.root;
    let is_alone = |at: &Subject| {
        let entry = &registry.entries[at.at];
        registry.entries.iter().filter(|other| same(other, entry)).count() == 1
    };
    let keeps = |entry: &Entry| declared(patient, entry) == Some(entry.asset_uuid);
    giving_way(patient, |entry| entry.asset_uuid, keeps).into_iter().filter(is_alone).collect()
}

/// A copy gets a fresh uuid, in its declaration as well; an entry whose declaration has another one gets that.
pub(super) fn new_uuid(draft: &mut Draft<'_, '_>, subject: &Subject) -> Result<(), Diagnostic> {
    let scene = draft.scene()?;
    let entry = &scene.registry.entries[subject.at];
    let before = draft.line(entry)?;
    let Some(asset) = asset_of(draft.patient, entry) else {
        let help = "take the entry out with `{program} forget`, or bring the folder back";
        return Err(blocker(Code::RegistryDuplicateUuid, "its folder cannot be looked into", index().as_str(), help));
    };
    let own = asset.declaration.as_ref().and_then(|declaration| declaration.asset_uuid);
    let is_free = |uuid: &Uuid| !scene.registry.entries.iter().any(|other| other.asset_uuid == *uuid);
    let with = |uuid: &str| with_member(&before, "asset_uuid", &Value::from(uuid).to_string());
    if let Some(own) = own.filter(is_free).filter(|own| draft.uuids.insert(*own)) {
        draft.change_entry(Some(before.clone()), Some(with(&own.to_string())));
        return Ok(());
    }
    let Some(declaration) = &asset.declaration else {
        let help = "repair the declaration first";
        return Err(blocker(Code::RegistryDuplicateUuid, "its declaration cannot be read", &subject.path, help));
    };
    let fresh = (draft.fresh.uuid)();
    // An old declaration without a uuid takes the registry's when it is migrated.
    if declaration.asset_uuid.is_some() {
        let (path, text) = draft.text(asset)?;
        let after = with_member(&text, "asset_uuid", &Value::from(fresh.as_str()).to_string());
        draft.rewrite(&path, &text, after, format!("`asset_uuid` becomes {fresh}"));
    }
    draft.change_entry(Some(before.clone()), Some(with(&fresh)));
    Ok(())
}

/// In each group of entries that claim one `key`, all but the one that `keeps` it, else all but the first.
fn giving_way<K: Ord>(
    patient: &Patient<'_>,
    key: impl Fn(&Entry) -> K,
    keeps: impl Fn(&Entry) -> bool,
) -> Vec<Subject> {
    let entries = patient.workspace.registry.iter().flat_map(|registry| &registry.entries);
    let mut groups: BTreeMap<K, Vec<(usize, &Entry)>> = BTreeMap::new();
    for (at, entry) in entries.enumerate() {
        groups.entry(key(entry)).or_default().push((at, entry));
    }
    let mut subjects = Vec::new();
    for group in groups.values().filter(|group| group.len() > 1) {
        let kept = group.iter().position(|(_, entry)| keeps(entry)).unwrap_or(0);
        let others = group.iter().enumerate().filter(|(at, _)| *at != kept);
        subjects.extend(others.map(|(_, (at, _))| Subject::new(index().to_string(), *at)));
    }
    subjects
}

fn asset_of<'a>(patient: &Patient<'a>, entry: &Entry) -> Option<&'a Asset> {
    let is_it = |asset: &&Asset| asset.state == State::Registered && asset.reference.root == entry.root;
    patient.workspace.assets.iter().find(is_it)
}

/// The uuid that the declaration at an entry's root has.
fn declared(patient: &Patient<'_>, entry: &Entry) -> Option<Uuid> {
    asset_of(patient, entry)?.declaration.as_ref()?.asset_uuid
}

//! An entry whose folder is not there: it follows the folder, where that was moved by hand, else it is dropped.

use super::draft::Draft;
use super::patient::{Patient, Subject};
use crate::diagnostic::{Code, Diagnostic, escape};
use crate::schema::{Entry, with_member};
use crate::workspace::Asset;
use std::collections::BTreeSet;

/// The entries whose folder is gone, at the path of the folder. One that lies there in another spelling is to be renamed.
pub(super) fn subjects(patient: &Patient<'_>) -> Vec<Subject> {
    let Some(registry) = &patient.workspace.registry else { return Vec::new() };
    let is_gone = |finding: &&Diagnostic| finding.code == Code::RegistryRootMissing && finding.evidence.is_empty();
    let gone: BTreeSet<&str> =
        patient.workspace.findings.iter().filter(is_gone).filter_map(|finding| finding.path.as_deref()).collect();
    let subject = |(at, entry): (usize, &Entry)| {
        let path = escape(entry.folder.as_ref()?.as_str());
        gone.contains(&*path).then(|| Subject::new(path, at))
    };
    registry.entries.iter().enumerate().filter_map(subject).collect()
}

pub(super) fn plan(draft: &mut Draft<'_, '_>, subject: &Subject) -> Result<(), Diagnostic> {
    let scene = draft.scene()?;
    let entry = &scene.registry.entries[subject.at];
    let before = draft.line(entry)?;
    let is_registered = |root: &str| scene.registry.entries.iter().any(|entry| *entry.root == *root);
    let is_it = |asset: &&Asset| asset.asset_uuid == Some(entry.asset_uuid) && !is_registered(&asset.reference.root);
    let found: Vec<&Asset> = draft.patient.roots().iter().filter(is_it).collect();
    let moved = match found.as_slice() {
        [one] => scene.root(&one.reference.root, Some(&entry.root)).ok().map(|folder| (one, folder)),
        _ => None,
    };
    match moved {
        Some((asset, folder)) => {
            draft.depend_on(&folder.own("asset.json"))?;
            let root = serde_json::Value::from(&*asset.reference.root);
            let after = with_member(&before, "root", &root.to_string());
            draft.change_entry(Some(before), Some(after));
        }
        None => draft.change_entry(Some(before), None),
    }
    Ok(())
}

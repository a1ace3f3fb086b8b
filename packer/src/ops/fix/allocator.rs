//! An allocator that fell behind is raised above every id that anything still knows: the registry, kept transactions, what
//! is quarantined, and the last archive. An id that none of them knows cannot be known here, and what was raised is never
//! turned back; so this asks.

use super::draft::Draft;
use super::patient::{Patient, Subject, index};
use crate::diagnostic::{Code, Diagnostic};
use crate::ops::mutate::blocker;
use crate::schema::registry::ASSET_ID_MAX;

pub(super) fn subjects(patient: &Patient<'_>) -> Vec<Subject> {
    // A registry that lost its entries gets them back with their ids; raised first, it would hand out new ones.
    let has_entries = patient.scene.as_ref().is_ok_and(|scene| !scene.registry.entries.is_empty());
    has_entries.then(|| Subject::new(index().to_string(), 0)).into_iter().collect()
}

pub(super) fn plan(draft: &mut Draft<'_, '_>, _: &Subject) -> Result<(), Diagnostic> {
    let scene = draft.scene()?;
    let evidence = draft.patient.evidence();
    let registered = scene.registry.entries.iter().map(|entry| entry.asset_id).max().unwrap_or(0);
    let highest = registered.max(evidence.highest());
    if highest >= ASSET_ID_MAX {
        let help = "ids are never reused; start a new registry for new assets";
        let message = "every asset id was handed out";
        return Err(blocker(Code::RegistryAllocatorExhausted, message, index().as_str(), help));
    }
    draft.depend(evidence.seen.iter().cloned());
    draft.raise_next(u64::from(highest) + 1);
    Ok(())
}

//! A root inside another one moves out and comes to lie beside it, as `relocate` would move it. Where an asset lies is for
//! people to say; so this asks.

use super::draft::Draft;
use super::patient::{Patient, Subject, index};
use crate::diagnostic::{Code, Diagnostic};
use crate::ops::mutate::{Scene, blocker, planned_relocation};
use crate::path::{PortablePath, fold};
use crate::schema::Entry;
use crate::trust::refusal;
use std::cmp::Reverse;
use std::collections::HashSet;

/// So many are moved at once: for each, the folder that it comes to lie in is looked through. The next repair takes the rest.
const MOVED_MAX: usize = 32;

/// The entries whose root lies inside that of another entry.
pub(super) fn subjects(patient: &Patient<'_>) -> Vec<Subject> {
    let Some(registry) = &patient.workspace.registry else { return Vec::new() };
    let found: HashSet<u64> = patient
        .findings(Code::RegistryNestedRoot)
        .filter_map(|finding| Some(finding.place.as_ref()?.span.offset))
        .collect();
    let subject = |(at, entry): (usize, &Entry)| {
        let offset = registry.place(entry).span.offset;
        let subject = Subject { offset: Some(offset), ..Subject::new(index().to_string(), at) };
        found.contains(&offset).then_some(subject)
    };
    let mut subjects: Vec<Subject> = registry.entries.iter().enumerate().filter_map(subject).collect();
    // What has roots in it cannot move before they do.
    subjects.sort_by_key(|subject| Reverse(registry.entries[subject.at].root.matches('/').count()));
    subjects.truncate(MOVED_MAX);
    subjects
}

pub(super) fn plan(draft: &mut Draft<'_, '_>, subject: &Subject) -> Result<(), Diagnostic> {
    let scene = draft.scene()?;
    let entry = &scene.registry.entries[subject.at];
    let Some(asset) = scene.lookup.registered_at(&entry.root).next() else {
        let help = "take the entry out with `{program} forget`, or bring the folder back";
        return Err(blocker(Code::RegistryNestedRoot, "its folder cannot be looked into", &subject.path, help));
    };
    let root = root_beside(draft, scene, &entry.root)?;
    draft.take(planned_relocation(scene, asset, &root)?)?;
    draft.roots.insert(root);
    Ok(())
}

/// A free root beside the outermost one that `root` lies in, called by the folders on the way: `ui/atlas` becomes `ui_atlas`.
fn root_beside(draft: &Draft<'_, '_>, scene: &Scene<'_>, root: &str) -> Result<String, Diagnostic> {
    let is_root = |start: &str| scene.registry.entries.iter().any(|entry| *entry.root == *start);
    let outer = root.match_indices('/').map(|(end, _)| &root[..end]).find(|start| is_root(start)).unwrap_or(root);
    let beside = outer.rsplit_once('/').map_or("", |(folders, _)| folders);
    let folder = if beside.is_empty() { PortablePath::assets() } else { PortablePath::assets().own(beside) };
    let entries = scene.context.disk.read_dir(&folder).map_err(|error| refusal(&error))?;
    let taken: HashSet<String> =
        entries.into_iter().map(|entry| fold(&entry.name.unwrap_or_else(|shown| shown)).into_owned()).collect();
    let stem = root[beside.len()..].trim_start_matches('/').replace('/', "_");
    let numbered = (2_u32..).map(|number| format!("{stem}_{number}"));
    let whole = |name: &str| if beside.is_empty() { name.to_owned() } else { format!("{beside}/{name}") };
    let is_free =
        |name: &String| !taken.contains(&*fold(name)) && !is_root(&whole(name)) && !draft.roots.contains(&whole(name));
    let name = std::iter::once(stem.clone()).chain(numbered).find(is_free);
    Ok(whole(&name.expect("there are more numbers than entries")))
}

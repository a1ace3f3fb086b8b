//! A cache that cannot be used is taken away; the next build makes another.

use super::draft::Draft;
use super::patient::{Patient, Subject};
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::Kind;
use crate::path::PortablePath;

/// Where a cache may lie: beside the registry, and in a folder where version 1 had it.
fn places() -> [PortablePath; 2] {
    let control = PortablePath::control();
    [control.own("cache.json"), control.own("cache").own("fingerprints.json")]
}

/// What is no file is nobody's cache; it stays, and keeps no other repair from being made.
pub(super) fn subjects(patient: &Patient<'_>) -> Vec<Subject> {
    let dropped = |path: &PortablePath| {
        let is_it =
            |finding: &Diagnostic| finding.code == Code::CacheDropped && finding.path.as_deref() == Some(path.as_str());
        patient.workspace.findings.iter().any(is_it)
    };
    let is_file = |path: &PortablePath| patient.context.disk.metadata(path).is_ok_and(|found| found.kind == Kind::File);
    let places = places().into_iter().enumerate().filter(|(_, place)| dropped(place) && is_file(place));
    places.map(|(at, place)| Subject::new(place.to_string(), at)).collect()
}

pub(super) fn plan(draft: &mut Draft<'_, '_>, subject: &Subject) -> Result<(), Diagnostic> {
    let disk = draft.patient.context.disk;
    let path = &places()[subject.at];
    draft.delete(path)?;
    let folder = path.parent().filter(|folder| *folder != PortablePath::control());
    if let Some(folder) = folder.filter(|folder| disk.read_dir(folder).is_ok_and(|entries| entries.len() == 1)) {
        draft.remove_folder(folder);
    }
    Ok(())
}

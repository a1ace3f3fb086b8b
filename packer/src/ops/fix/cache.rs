//! A cache that cannot be used is taken away; the next build makes another.

use super::draft::Draft;
use super::patient::{Patient, Subject};
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::Kind;
use crate::ops::mutate::blocker;
use crate::path::PortablePath;

/// Where a cache may lie: beside the registry, and in a folder where version 1 had it.
fn places() -> [PortablePath; 2] {
    let control = PortablePath::control();
    [control.own("cache.json"), control.own("cache").own("fingerprints.json")]
}

pub(super) fn subjects(patient: &Patient<'_>) -> Vec<Subject> {
    let dropped = |path: &str| {
        let is_it = |finding: &Diagnostic| finding.code == Code::CacheDropped && finding.path.as_deref() == Some(path);
        patient.workspace.findings.iter().any(is_it)
    };
    let places = places().into_iter().enumerate().filter(|(_, place)| dropped(place.as_str()));
    places.map(|(at, place)| Subject::new(place.to_string(), at)).collect()
}

pub(super) fn plan(draft: &mut Draft<'_>, subject: &Subject) -> Result<(), Diagnostic> {
    let disk = draft.patient.context.disk;
    let path = &places()[subject.at];
    if !disk.metadata(path).is_ok_and(|found| found.kind == Kind::File) {
        return Err(blocker(Code::CacheDropped, "what lies there is no file", path.as_str(), "move it away by hand"));
    }
    draft.delete(path)?;
    let folder = path.parent().filter(|folder| *folder != PortablePath::control());
    if let Some(folder) = folder.filter(|folder| disk.read_dir(folder).is_ok_and(|entries| entries.len() == 1)) {
        draft.remove_folder(folder);
    }
    Ok(())
}

//! Assets that have one name: one keeps it, the others get the nearest one that is free. What the game asks for by that name
//! is for people to say; without a word, the one that stands first in the registry keeps it.

use super::patient::{Patient, Subject};
use crate::diagnostic::{Code, escape};
use crate::workspace::{Asset, State};
use std::collections::{HashMap, HashSet};

/// The assets that are to get another name.
pub(super) fn subjects(patient: &Patient<'_>) -> Vec<Subject> {
    let later = patient.declarations(Code::DeclarationNameDuplicate);
    let Some(keep) = patient.keep else { return later };
    let assets = &patient.workspace.assets;
    let name = |at: usize| assets[at].reference.name.as_deref();
    let contested: HashSet<&str> = later.iter().filter_map(|subject| name(subject.at)).collect();
    let registered = assets.iter().enumerate().filter(|(_, asset)| asset.state == State::Registered);
    let is_kept = |asset: &&Asset| asset.asset_uuid.is_some_and(|uuid| uuid.to_string() == keep);
    let mut groups: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, _) in registered {
        if let Some(name) = name(at).filter(|name| contested.contains(name)) {
            groups.entry(name).or_default().push(at);
        }
    }
    let kept = groups.into_values().find_map(|group| {
        let kept = group.iter().copied().find(|at| is_kept(&&assets[*at]))?;
        Some(group.into_iter().filter(move |at| *at != kept))
    });
    let subject = |at: usize| Some(Subject::new(escape(assets[at].declaration_path()?.as_str()), at));
    kept.into_iter().flatten().filter_map(subject).collect()
}

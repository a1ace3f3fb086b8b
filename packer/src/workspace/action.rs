//! What can be done with a root as it is now: each action listed is one whose plan nothing known stands in the way of.
//! What a plan finds only when it looks closer, at the new name or deeper into the folder, may still block it.

use super::asset::{Asset, State};
use super::load::Workspace;
use super::lookup::Lookup;
use super::nesting::{Roots, needs};
use crate::diagnostic::{Code, Diagnostic};
use crate::envelope::Artifact;
use crate::path::PortablePath;
use crate::schema::{Registry, declaration};
use rayon::prelude::*;
use std::collections::HashMap;

/// Something that can be done with one asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Show everything about it.
    Show,
    /// Register it, under its own identity or a fresh one.
    Adopt,
    /// Drop its entry.
    Forget,
    /// Delete it.
    Remove,
    /// Take it out of the way.
    Quarantine,
    /// Move it.
    Relocate,
    /// Give it another name.
    Rename,
    /// Let it take part in builds.
    Include,
    /// Keep it out of builds.
    Exclude,
}

impl Action {
    /// All, in the order in which they are told.
    pub const ALL: [Action; 9] = [
        Action::Show,
        Action::Adopt,
        Action::Forget,
        Action::Remove,
        Action::Quarantine,
        Action::Relocate,
        Action::Rename,
        Action::Include,
        Action::Exclude,
    ];

    /// The command.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Action::Show => "show",
            Action::Adopt => "adopt",
            Action::Forget => "forget",
            Action::Remove => "remove",
            Action::Quarantine => "quarantine",
            Action::Relocate => "relocate",
            Action::Rename => "rename",
            Action::Include => "include",
            Action::Exclude => "exclude",
        }
    }
}

/// Several of them. A project has a hundred thousand such sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Actions(u16);

impl Actions {
    /// Each once, in the order in which [`Action`] has them.
    pub fn iter(self) -> impl Iterator<Item = Action> {
        Action::ALL.into_iter().filter(move |action| self.0 & 1 << *action as u16 != 0)
    }
}

impl FromIterator<Action> for Actions {
    fn from_iter<I: IntoIterator<Item = Action>>(actions: I) -> Actions {
        Actions(actions.into_iter().fold(0, |set, action| set | 1 << action as u16))
    }
}

/// Whether a finding keeps the registry from being rewritten: some value of it is none, and would be written again.
#[must_use]
pub fn keeps_registry(finding: &Diagnostic) -> bool {
    let is_about_values = finding.code == Code::RegistryInvalid || finding.code.family() == "json";
    let index = PortablePath::control().own("index.json");
    is_about_values && finding.blocking && finding.path.as_deref() == Some(index.as_str())
}

impl Workspace {
    /// Notes in each asset what can be done with it, for those who show assets.
    pub fn note_actions(&mut self) {
        if let Some(registry) = &self.registry {
            note_actions(registry, &mut self.assets, &self.findings);
        }
    }
}

fn note_actions(registry: &Registry, assets: &mut [Asset], findings: &[Diagnostic]) {
    let lookup = Lookup::of(assets);
    let unregistered = assets.iter().filter(|asset| asset.state == State::Unregistered);
    let known = Known {
        can_write_registry: registry.from == Artifact::Registry.written() && !findings.iter().any(keeps_registry),
        can_hand_out_ids: !findings.iter().any(|finding| finding.code == Code::RegistryAllocatorBehind)
            && registry.next_asset_id.is_none_or(|next| next <= crate::schema::registry::ASSET_ID_MAX),
        folders: folders(findings),
        roots: Roots::of(registry.entries.iter().map(|entry| &*entry.root)),
        unregistered: Roots::of(unregistered.map(|asset| &*asset.reference.root)),
        lookup: &lookup,
    };
    let actions: Vec<Actions> = assets.par_iter().enumerate().map(|(at, asset)| known.actions(at, asset)).collect();
    for (asset, actions) in assets.iter_mut().zip(actions) {
        asset.actions = actions;
    }
}

/// What the whole project says about single assets.
struct Known<'w> {
    can_write_registry: bool,
    can_hand_out_ids: bool,
    folders: HashMap<String, Absence>,
    /// Those of the registry.
    roots: Roots<'w>,
    unregistered: Roots<'w>,
    lookup: &'w Lookup<'w>,
}

/// Why a root cannot be moved.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absence {
    /// Nothing lies there.
    Missing,
    /// What lies there cannot be looked into.
    Refused,
}

impl Known<'_> {
    fn actions(&self, at: usize, asset: &Asset) -> Actions {
        // `adopt` takes a root, which is never ambiguous; all others take what `show` takes.
        let is_named = self.lookup.is_named(at);
        let absence = match &asset.folder {
            Some(folder) => self.folders.get(folder.as_str()).copied(),
            None => Some(Absence::Missing),
        };
        let is_there = absence.is_none();
        let is_gone = absence == Some(Absence::Missing);
        let (is_movable, is_apart) = (is_there && self.is_movable(asset), self.is_apart(asset));
        let is_current = asset.schema_version == Some(Artifact::Declaration.written()) && asset.declaration.is_some();
        let offered = match asset.state {
            State::Registered => {
                let writable = self.can_write_registry;
                [
                    (Action::Forget, writable),
                    (Action::Remove, writable && (is_gone || is_movable && is_apart)),
                    (Action::Quarantine, writable && is_movable && is_apart),
                    (Action::Relocate, writable && is_movable),
                    (Action::Rename, is_there && is_current),
                    (Action::Include, writable && !asset.included_in_build),
                    (Action::Exclude, writable && asset.included_in_build),
                ]
                .to_vec()
            }
            State::Unregistered => vec![
                (
                    Action::Adopt,
                    self.can_write_registry && self.can_hand_out_ids && self.is_adoptable(asset, is_current),
                ),
                (Action::Remove, is_movable && is_apart),
                (Action::Relocate, is_movable),
                (Action::Rename, is_there && is_current),
            ],
        };
        let all = std::iter::once((Action::Show, true)).chain(offered);
        all.filter(|(action, is_possible)| *is_possible && (is_named || *action == Action::Adopt))
            .map(|(action, _)| action)
            .collect()
    }

    /// Whether nothing of another asset goes along: no registered root lies inside, no other entry claims the same one,
    /// and no asset around it needs what is in it.
    fn is_movable(&self, asset: &Asset) -> bool {
        let root = &*asset.reference.root;
        let outer = |root| self.lookup.registered_at(root).next();
        self.roots.inside(root).is_none()
            && self.roots.count(root) <= 1
            && self.roots.around(root).into_iter().filter_map(outer).all(|outer| !needs(outer, root))
    }

    /// Whether it lies inside no registered root, and no root that nobody registered would be deleted with it.
    fn is_apart(&self, asset: &Asset) -> bool {
        let root = &*asset.reference.root;
        self.roots.around(root).is_empty() && self.unregistered.inside(root).is_none()
    }

    /// A declaration of the current version can be given a fresh identity; an older one has to have one that is free.
    fn is_adoptable(&self, asset: &Asset, is_current: bool) -> bool {
        let root = &*asset.reference.root;
        let is_alone = self.roots.around(root).is_empty()
            && self.roots.inside(root).is_none()
            && self.unregistered.inside(root).is_none();
        let is_legal = PortablePath::assets().join(root).is_ok() && is_alone;
        let name = asset.reference.name.as_deref();
        let has_free_name =
            name.is_none_or(|name| declaration::is_name(name) && self.lookup.registered_by_name(name).next().is_none());
        let has_free_uuid = asset.asset_uuid.is_some_and(|uuid| self.lookup.registered_as(uuid).next().is_none());
        is_legal && (is_current || has_free_uuid && has_free_name)
    }
}

/// The roots that are not there or cannot be looked into.
fn folders(findings: &[Diagnostic]) -> HashMap<String, Absence> {
    let about = findings.iter().filter(|finding| finding.asset.is_some()).filter_map(|finding| {
        let absence = match finding.code {
            Code::RegistryRootMissing => Absence::Missing,
            Code::TrustLink | Code::TrustNotRegular | Code::TrustUnreadable | Code::TrustTooMany => Absence::Refused,
            _ => return None,
        };
        Some((finding.path.clone()?, absence))
    });
    about.collect()
}

//! What the last build learned about a whole workspace.

use super::known::key;
use super::{Bank, Key, Known};
use crate::digest::Digest;
use crate::disk::Disk;
use crate::schema::cache::{self, Assets, CachedAsset, CachedBuild, CachedFacts};
use crate::trust::Limits;
use crate::workspace::{Asset, State, Workspace};
use rayon::prelude::*;

/// What is known of a workspace's assets, in their order.
#[derive(Debug, Default)]
pub struct Recalled {
    /// What decides the payload of each asset, inputs left out: where it is known, and of all once it is
    /// [asked for](Recalled::find_keys).
    pub keys: Vec<Option<Digest>>,
    /// What is known of each asset; empty where nothing is known at all.
    pub known: Vec<Option<Known>>,
    /// What was published last.
    pub last: Option<CachedBuild>,
}

impl Recalled {
    /// What is known of an asset.
    #[must_use]
    pub fn of(&self, index: usize) -> Option<&Known> {
        self.known.get(index)?.as_ref()
    }

    /// What is known of an asset of which no input can have changed.
    #[must_use]
    pub fn fresh(&self, index: usize) -> Option<&Known> {
        self.of(index).filter(|known| known.is_fresh)
    }

    /// Finds the keys that are not there yet, of registered assets that can be made.
    pub fn find_keys(&mut self, workspace: &Workspace, disk: &dyn Disk, limits: &Limits) {
        self.keys.resize(workspace.assets.len(), None);
        let missing = self.keys.par_iter_mut().zip(&workspace.assets).filter(|(key, _)| key.is_none());
        missing.for_each(|(key, asset)| *key = key_of(asset, disk, limits));
    }

    /// What decides what a build of this workspace publishes, inputs' bytes left out: which assets, how they are called
    /// and described, and what decides each payload.
    #[must_use]
    pub fn build_key(&self, workspace: &Workspace) -> Digest {
        let mut all = Key::default();
        for (asset, key) in workspace.assets.iter().zip(&self.keys).filter(|(asset, _)| asset.included_in_build) {
            let preload = asset.declaration.as_ref().and_then(|declaration| declaration.preload);
            all.part(&asset.asset_id().unwrap_or_default().to_le_bytes());
            all.part(asset.reference.asset_uuid.unwrap_or_default().as_bytes());
            all.part(asset.reference.name.as_deref().unwrap_or_default().as_bytes());
            all.part(&asset.schema_version.unwrap_or_default().to_le_bytes());
            all.part(&[u8::from(preload == Some(true))]);
            all.part(key.map(|key| key.to_string()).unwrap_or_default().as_bytes());
        }
        all.finish()
    }
}

/// What decides the payload of an asset, inputs left out, if it is registered and can be made.
fn key_of(asset: &Asset, disk: &dyn Disk, limits: &Limits) -> Option<Digest> {
    let asset = Some(asset).filter(|asset| asset.state == State::Registered)?;
    Bank::of(asset, disk, limits).map(|bank| key(&bank))
}

/// Compares what a cache says of the assets with the workspace, and gives what of the cache is left to be read.
///
/// # Errors
/// Why the cache cannot be used, as a fragment of a sentence.
pub fn recall(
    workspace: &Workspace,
    disk: &dyn Disk,
    limits: &Limits,
    cached: Assets,
) -> Result<(Recalled, cache::Facts), String> {
    // Of those that claim one id none is built, so it does not matter which is found.
    let of = |cached: CachedAsset| {
        let index = place(workspace, cached.asset_id)?;
        let asset = &workspace.assets[index];
        let bank = Bank::of(asset, disk, limits)?;
        // What the same file says of one and the same declaration belongs together.
        let is_of_it = asset.is_remembered || key(&bank) == cached.key;
        is_of_it.then(|| Some((index, Known::of(&bank, &cached)?, cached.key)))?
    };
    let count = workspace.assets.len();
    let (mut known, mut keys) = (vec![None; count], vec![None; count]);
    let keep = |(index, of, key): (usize, Known, Digest)| (known[index], keys[index]) = (Some(of), Some(key));
    let (last, facts) = cached.read(of, keep)?;
    Ok((Recalled { keys, known, last: Some(last) }, facts))
}

/// Adds what was made of the inputs of the assets that are known.
///
/// # Errors
/// As [`recall`]; what is known then means nothing.
pub fn learn(
    recalled: &mut Recalled,
    workspace: &Workspace,
    disk: &dyn Disk,
    limits: &Limits,
    cached: cache::Facts,
) -> Result<(), String> {
    let known = std::mem::take(&mut recalled.known);
    let mut learned = vec![None; known.len()];
    let of = |facts: CachedFacts| {
        let index = place(workspace, facts.asset_id)?;
        let bank = Bank::of(&workspace.assets[index], disk, limits)?;
        Some((index, known[index].as_ref()?.learn(&bank, &facts)?))
    };
    cached.read(of, |(index, known)| learned[index] = Some(known))?;
    recalled.known = learned;
    Ok(())
}

fn place(workspace: &Workspace, asset_id: u32) -> Option<usize> {
    workspace.registered().binary_search_by_key(&Some(asset_id), Asset::asset_id).ok()
}

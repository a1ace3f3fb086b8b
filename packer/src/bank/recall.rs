//! What the last build learned about a whole workspace.

use super::known::key;
use super::{Bank, Key, Known};
use crate::digest::Digest;
use crate::disk::Disk;
use crate::envelope::Windows;
use crate::schema::cache::{self, CachedAsset, CachedBuild};
use crate::trust::{Limits, Stream};
use crate::workspace::{Asset, State, Workspace};
use rayon::prelude::*;

/// What is known of a workspace's assets, in their order.
#[derive(Debug, Default)]
pub struct Recalled {
    /// The [`keys`]; empty where there was nothing to compare them with.
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

/// What decides each payload, inputs left out; only of registered assets that can be made.
#[must_use]
pub fn keys(workspace: &Workspace, disk: &dyn Disk, limits: &Limits) -> Vec<Option<Digest>> {
    let is_registered = |asset: &&Asset| asset.state == State::Registered;
    let bank = |asset| Some(asset).filter(is_registered).and_then(|asset| Bank::of(asset, disk, limits));
    workspace.assets.par_iter().map(|asset| bank(asset).map(|bank| key(&bank))).collect()
}

/// Reads the cache in `stream`, if there is one, and compares it with the workspace.
///
/// Beside it, why the cache cannot be used; nothing is known then.
pub fn recall(
    workspace: &Workspace,
    disk: &dyn Disk,
    limits: &Limits,
    windows: &Windows,
    stream: Option<Stream>,
) -> (Recalled, Option<String>) {
    let Some(stream) = stream else { return (Recalled::default(), None) };
    let keys = keys(workspace, disk, limits);
    let bank = |index: usize| Bank::of(&workspace.assets[index], disk, limits);
    // Of those that claim one id none is built, so it does not matter which is found.
    let place = |id: u32| workspace.registered().binary_search_by_key(&Some(id), Asset::asset_id).ok();
    let of = |cached: CachedAsset<'_>| {
        let index = place(cached.asset_id)?;
        Some((index, Known::of(&bank(index)?, keys[index]?, cached)?))
    };
    let mut known = vec![None; workspace.assets.len()];
    match cache::read(stream, windows, of, |(index, found)| known[index] = Some(found)) {
        Ok(last) => (Recalled { keys, known, last: Some(last) }, None),
        Err(why) => (Recalled { keys, ..Recalled::default() }, Some(why)),
    }
}

//! Which asset a word of the command line names. Digits are an id, the text form of a uuid is a uuid, a text with a slash
//! is a root; anything else is a name, or else a root. Names are those of registered assets, which are unique in a sound
//! project; a root that nobody registered goes by its name where no other asset has that name or root.

use super::asset::{Asset, State};
use std::collections::HashMap;
use uuid::Uuid;

/// An index of all assets of a project.
pub struct Lookup<'w> {
    assets: &'w [Asset],
    ids: HashMap<u32, Vec<usize>>,
    uuids: HashMap<Uuid, Vec<usize>>,
    roots: HashMap<&'w str, Vec<usize>>,
    names: HashMap<&'w str, Vec<usize>>,
    unregistered_names: HashMap<&'w str, Vec<usize>>,
}

impl<'w> Lookup<'w> {
    /// The index of these.
    #[must_use]
    pub fn of(assets: &'w [Asset]) -> Lookup<'w> {
        let mut index = Lookup {
            assets,
            ids: HashMap::new(),
            uuids: HashMap::new(),
            roots: HashMap::new(),
            names: HashMap::new(),
            unregistered_names: HashMap::new(),
        };
        for (at, asset) in assets.iter().enumerate() {
            if let Some(id) = asset.asset_id() {
                index.ids.entry(id).or_default().push(at);
            }
            if let Some(uuid) = asset.asset_uuid {
                index.uuids.entry(uuid).or_default().push(at);
            }
            index.roots.entry(&asset.reference.root).or_default().push(at);
            let names = match asset.state {
                State::Registered => &mut index.names,
                State::Unregistered => &mut index.unregistered_names,
            };
            if let Some(name) = &asset.reference.name {
                names.entry(name).or_default().push(at);
            }
        }
        index
    }

    /// Places of all that `word` names.
    #[must_use]
    pub fn places(&self, word: &str) -> &[usize] {
        let found = if !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()) {
            word.parse().ok().and_then(|id: u32| self.ids.get(&id))
        } else if let Some(uuid) = Uuid::parse_str(word).ok().filter(|_| word.len() == 36) {
            self.uuids.get(&uuid)
        } else if word.contains('/') {
            self.roots.get(word)
        } else {
            let by_name = self.names.get(word).or_else(|| self.roots.get(word));
            by_name.or_else(|| self.unregistered_names.get(word))
        };
        found.map_or(&[], Vec::as_slice)
    }

    /// All that `word` names.
    pub fn find(&self, word: &str) -> impl Iterator<Item = &'w Asset> {
        self.places(word).iter().map(|&at| &self.assets[at])
    }

    /// All at exactly this root.
    pub fn at_root(&self, root: &str) -> impl Iterator<Item = &'w Asset> {
        self.roots.get(root).into_iter().flatten().map(|&at| &self.assets[at])
    }

    /// Whether some word names the asset at a place and no other.
    #[must_use]
    pub fn is_named(&self, at: usize) -> bool {
        let asset = &self.assets[at];
        let id = asset.asset_id().map(|id| id.to_string());
        let uuid = asset.asset_uuid.map(|uuid| uuid.to_string());
        let words = [id.as_deref(), uuid.as_deref(), Some(&asset.reference.root), asset.reference.name.as_deref()];
        words.into_iter().flatten().any(|word| self.places(word) == [at])
    }
}

//! Which asset a word of the command line names. Digits are an id, the text form of a uuid is a uuid, a text with a slash
//! is a root; anything else is a name, or else a root. Names are those of registered assets, which are unique in a sound
//! project; a root that nobody registered goes by its name where no other asset has that name or root.

use super::asset::{Asset, State};
use uuid::Uuid;

/// An index of all assets of a project.
pub struct Lookup<'w> {
    assets: &'w [Asset],
    ids: Index<u32>,
    uuids: Index<Uuid>,
    roots: Index<&'w str>,
    names: Index<&'w str>,
    unregistered_names: Index<&'w str>,
}

/// Places by key, sorted: a fraction of what a table of lists takes, with a hundred thousand assets.
struct Index<K>(Vec<(K, u32)>);

impl<K: Ord> Index<K> {
    fn of(found: impl Iterator<Item = (K, usize)>) -> Index<K> {
        let mut all: Vec<(K, u32)> = found.map(|(key, at)| (key, u32::try_from(at).unwrap_or(u32::MAX))).collect();
        all.sort_unstable();
        Index(all)
    }

    fn get(&self, key: &K) -> Vec<usize> {
        let start = self.0.partition_point(|row| row.0 < *key);
        self.0[start..].iter().take_while(|row| row.0 == *key).map(|row| row.1 as usize).collect()
    }
}

impl<'w> Lookup<'w> {
    /// The index of these.
    #[must_use]
    pub fn of(assets: &'w [Asset]) -> Lookup<'w> {
        let all = || assets.iter().enumerate();
        let named = |state: State| {
            let of_state = all().filter(move |(_, asset)| asset.state == state);
            Index::of(of_state.filter_map(|(at, asset)| Some((asset.reference.name.as_deref()?, at))))
        };
        Lookup {
            assets,
            ids: Index::of(all().filter_map(|(at, asset)| Some((asset.asset_id()?, at)))),
            uuids: Index::of(all().filter_map(|(at, asset)| Some((asset.asset_uuid?, at)))),
            roots: Index::of(all().map(|(at, asset)| (asset.reference.root.as_str(), at))),
            names: named(State::Registered),
            unregistered_names: named(State::Unregistered),
        }
    }

    /// Places of all that `word` names.
    fn places(&self, word: &str) -> Vec<usize> {
        if !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()) {
            return word.parse().map_or_else(|_| Vec::new(), |id| self.ids.get(&id));
        }
        if let Some(uuid) = Uuid::parse_str(word).ok().filter(|_| word.len() == 36) {
            return self.uuids.get(&uuid);
        }
        let roots = || self.roots.get(&word);
        if word.contains('/') {
            return roots();
        }
        let found = [self.names.get(&word), roots(), self.unregistered_names.get(&word)];
        found.into_iter().find(|places| !places.is_empty()).unwrap_or_default()
    }

    /// All that `word` names.
    pub fn find(&self, word: &str) -> impl Iterator<Item = &'w Asset> {
        self.places(word).into_iter().map(|at| &self.assets[at])
    }

    /// All at exactly this root.
    pub fn at_root(&self, root: &str) -> impl Iterator<Item = &'w Asset> {
        self.roots.get(&root).into_iter().map(|at| &self.assets[at])
    }

    /// Whether some word names the asset at a place and no other.
    #[must_use]
    pub fn is_named(&self, at: usize) -> bool {
        let asset = &self.assets[at];
        asset.asset_id().is_some_and(|id| self.ids.get(&id) == [at])
            || asset.asset_uuid.is_some_and(|uuid| self.uuids.get(&uuid) == [at])
            || self.places(&asset.reference.root) == [at]
            || asset.reference.name.as_deref().is_some_and(|name| self.places(name) == [at])
    }
}

//! Which asset a word of the command line names. Digits are an id, the text form of a uuid is a uuid, a text with a slash
//! is a root; anything else is a name, or else a root. Names are those of registered assets, which are unique in a sound
//! project; a root that nobody registered goes by its name where no other asset has that name or root.

use super::asset::{Asset, State};
use std::hash::{DefaultHasher, Hash, Hasher as _};
use uuid::Uuid;

/// An index of all assets of a project.
pub struct Lookup<'w> {
    assets: &'w [Asset],
    ids: Index<'w, u32>,
    uuids: Index<'w, Uuid>,
    roots: Index<'w, &'w str>,
    names: Index<'w, &'w str>,
    unregistered_names: Index<'w, &'w str>,
}

/// Places of assets by a hash of their key, sorted: eight bytes an asset, whatever the key is.
struct Index<'w, K> {
    assets: &'w [Asset],
    key: fn(&'w Asset) -> Option<K>,
    rows: Vec<(u32, u32)>,
}

impl<'w, K: Hash> Index<'w, K> {
    fn of(assets: &'w [Asset], key: fn(&'w Asset) -> Option<K>) -> Index<'w, K> {
        let row = |(at, asset)| Some((hash(&key(asset)?), u32::try_from(at).unwrap_or(u32::MAX)));
        let mut rows: Vec<(u32, u32)> = assets.iter().enumerate().filter_map(row).collect();
        rows.sort_unstable();
        rows.shrink_to_fit();
        Index { assets, key, rows }
    }

    /// All of one key, looked for as far as they are wanted: a hundred thousand entries may have the same.
    fn get<Q: Hash>(&self, key: Q) -> impl Iterator<Item = usize>
    where
        K: PartialEq<Q>,
    {
        let hash = hash(&key);
        let start = self.rows.partition_point(|row| row.0 < hash);
        let rows = self.rows[start..].iter().take_while(move |row| row.0 == hash).map(|row| row.1 as usize);
        rows.filter(move |&at| (self.key)(&self.assets[at]).is_some_and(|found| found == key))
    }
}

/// The name of an asset of this state.
fn name(asset: &Asset, state: State) -> Option<&str> {
    asset.reference.name.as_deref().filter(|_| asset.state == state)
}

/// The same in every run.
fn hash(key: &impl Hash) -> u32 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish() as u32
}

impl<'w> Lookup<'w> {
    /// The index of these.
    #[must_use]
    pub fn of(assets: &'w [Asset]) -> Lookup<'w> {
        Lookup {
            assets,
            ids: Index::of(assets, Asset::asset_id),
            uuids: Index::of(assets, |asset| asset.asset_uuid),
            roots: Index::of(assets, |asset| Some(&asset.reference.root)),
            names: Index::of(assets, |asset| name(asset, State::Registered)),
            unregistered_names: Index::of(assets, |asset| name(asset, State::Unregistered)),
        }
    }

    /// Places of what `word` names, no more than `most`.
    fn places(&self, word: &str, most: usize) -> Vec<usize> {
        if !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()) {
            return word.parse().map_or_else(|_| Vec::new(), |id: u32| self.ids.get(id).take(most).collect());
        }
        if let Some(uuid) = Uuid::parse_str(word).ok().filter(|_| word.len() == 36) {
            return self.uuids.get(uuid).take(most).collect();
        }
        let of = |index: &Index<'w, &'w str>| index.get(word).take(most).collect::<Vec<_>>();
        if word.contains('/') {
            return of(&self.roots);
        }
        let found = [&self.names, &self.roots, &self.unregistered_names].map(of);
        found.into_iter().find(|places| !places.is_empty()).unwrap_or_default()
    }

    /// All that `word` names.
    pub fn find(&self, word: &str) -> impl Iterator<Item = &'w Asset> {
        self.places(word, usize::MAX).into_iter().map(|at| &self.assets[at])
    }

    /// All assets at exactly this root, in the order of the registry; they have the same declaration.
    pub fn at_root<'s>(&'s self, root: &'s str) -> impl Iterator<Item = &'w Asset> + 's {
        self.roots.get(root).map(|at| &self.assets[at])
    }

    /// Those of them that are registered.
    pub fn registered_at<'s>(&'s self, root: &'s str) -> impl Iterator<Item = &'w Asset> + 's {
        self.at_root(root).filter(|asset| asset.state == State::Registered)
    }

    /// All registered assets of exactly this name, in the order of the registry.
    pub fn registered_by_name<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'w Asset> + 's {
        self.names.get(name).map(|at| &self.assets[at])
    }

    /// All registered assets that claim this uuid, in the order of the registry.
    pub fn registered_as(&self, uuid: Uuid) -> impl Iterator<Item = &'w Asset> {
        self.uuids.get(uuid).map(|at| &self.assets[at]).filter(|asset| asset.state == State::Registered)
    }

    /// Whether some word names the asset at a place and no other.
    #[must_use]
    pub fn is_named(&self, at: usize) -> bool {
        let asset = &self.assets[at];
        let is_alone = |places: Vec<usize>| places == [at];
        asset.asset_id().is_some_and(|id| is_alone(self.ids.get(id).take(2).collect()))
            || asset.asset_uuid.is_some_and(|uuid| is_alone(self.uuids.get(uuid).take(2).collect()))
            || is_alone(self.places(&asset.reference.root, 2))
            || asset.reference.name.as_deref().is_some_and(|name| is_alone(self.places(name, 2)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::{Lookup, hash};
    use crate::disk::memory::MemoryDisk;
    use crate::event::Silent;
    use crate::workspace::{Options, load};
    use std::collections::HashMap;

    #[test]
    fn ids_with_the_same_hash_are_told_apart() {
        let mut seen = HashMap::new();
        let [one, other] = (1_u32..).find_map(|id| seen.insert(hash(&id), id).map(|before| [before, id])).unwrap();
        let entry = |id: u32| {
            format!(
                r#"{{"asset_id":{id},"asset_uuid":"00000000-0000-4000-8000-{id:012x}","included_in_build":true,"root":"a{id}"}}"#
            )
        };
        let text = format!(
            r#"{{"schema_version":2,"next_asset_id":{},"assets":[{},{}]}}"#,
            other + 1,
            entry(one),
            entry(other)
        );
        let disk = MemoryDisk::new([(fixtures::INDEX, text.into_bytes())]);
        let workspace = load(&disk, &Options::default(), &Silent);
        let lookup = Lookup::of(&workspace.assets);
        for id in [one, other] {
            let found: Vec<_> = lookup.find(&id.to_string()).map(|asset| asset.asset_id()).collect();
            assert_eq!(found, [Some(id)]);
        }
    }
}

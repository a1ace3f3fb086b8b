//! What a build would change in the archive: asset by asset, told by what the last build noted, and, where that is not
//! enough, by making the payload and comparing its bytes.

use super::super::Context;
use crate::bank::{Bank, InputDigest, Known, Layout, Recalled};
use crate::digest::{Digest, Hasher};
use crate::emit;
use crate::schema::archive::{CanonicalMetadata, Contents, Metadata as _, TableEntry};
use crate::workspace::{Asset, Workspace};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read as _, Write};

/// An asset that is another in the project than in the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The registry's id.
    pub asset_id: u32,
    /// Its name now, or in the archive where the project has no such asset.
    pub name: String,
    /// Its folder now, relative to `assets/`; `None` where the project has no such asset.
    pub root: Option<String>,
    /// What is other.
    pub kind: ChangeKind,
}

/// In which way an asset is another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// The archive does not have it.
    Added,
    /// A build would leave it out: the project does not have it, or excludes it.
    Removed,
    /// Both have it, and not the same.
    Altered(Altered),
    /// Both have it, and it cannot be made now; findings say why.
    Unknown,
}

/// What is other about an asset; at least one of these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Altered {
    /// Its name in the archive.
    pub was_named: Option<String>,
    /// Whether its bytes would be others.
    pub payload: bool,
    /// Whether its type or what the runtime is told of it would be another; always `false` where the archive's header was
    /// too large to keep it.
    pub metadata: bool,
    /// Whether it would be preloaded and is not, or the other way round.
    pub preload: bool,
    /// Where its bytes would be others, the inputs that they would be made of.
    pub inputs: Vec<InputDigest>,
}

/// A workspace that was examined, and what the last build noted of it.
#[derive(Clone, Copy)]
pub(super) struct Looked<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) recalled: &'a Recalled,
}

/// Compares the included assets of a workspace with an archive.
pub(super) fn since(context: &Context<'_>, looked: Looked<'_>, contents: &mut Contents) -> Vec<Change> {
    let included = looked.workspace.assets.iter().enumerate().filter(|(_, asset)| asset.included_in_build);
    let mut places: BTreeMap<u32, usize> = BTreeMap::new();
    for (index, asset) in included {
        // Of assets that claim one id, the first stands for all; none of them can be built.
        if let Some(id) = asset.asset_id() {
            places.entry(id).or_insert(index);
        }
    }
    let table: BTreeMap<u32, usize> = contents.entries().iter().map(|entry| entry.asset_id).zip(0..).collect();
    let is_memory_of_it = is_memory_of(context, looked, contents);
    let both: Vec<(u32, usize, usize)> =
        places.iter().filter_map(|(id, &index)| Some((*id, index, *table.get(id)?))).collect();
    let now: Vec<Option<Now>> = {
        let entries = contents.entries();
        let now =
            |&(_, index, row): &(u32, usize, usize)| Now::of(context, looked, index, &entries[row], is_memory_of_it);
        both.par_iter().map(now).collect()
    };
    let preloaded: BTreeSet<u32> = contents.preload().iter().map(|entry| entry.asset_id).collect();
    let mut changes: Vec<Change> = Vec::new();
    for ((id, index, row), now) in both.into_iter().zip(now) {
        let asset = &looked.workspace.assets[index];
        let kind = match now {
            None => Some(ChangeKind::Unknown),
            Some(now) => altered(asset, now, contents, row, &preloaded).map(ChangeKind::Altered),
        };
        changes.extend(kind.map(|kind| of_asset(id, asset, kind)));
    }
    let new = places.iter().filter(|(id, _)| !table.contains_key(id));
    changes.extend(new.map(|(id, &index)| of_asset(*id, &looked.workspace.assets[index], ChangeKind::Added)));
    let excluded: BTreeMap<Option<u32>, &Asset> =
        looked.workspace.assets.iter().map(|asset| (asset.asset_id(), asset)).collect();
    let gone = contents.entries().iter().filter(|entry| !places.contains_key(&entry.asset_id));
    changes.extend(gone.map(|entry| removed(entry, excluded.get(&Some(entry.asset_id)).copied())));
    changes.sort_by_key(|change| change.asset_id);
    changes
}

fn of_asset(asset_id: u32, asset: &Asset, kind: ChangeKind) -> Change {
    let name = asset.reference.name.as_deref().unwrap_or_default().to_owned();
    Change { asset_id, name, root: Some(asset.reference.root.to_string()), kind }
}

/// An asset that is left out; `excluded` where the project still has it.
fn removed(entry: &TableEntry, excluded: Option<&Asset>) -> Change {
    Change {
        asset_id: entry.asset_id,
        name: entry.asset_name.to_string(),
        root: excluded.map(|asset| asset.reference.root.to_string()),
        kind: ChangeKind::Removed,
    }
}

/// Whether the cache is about this very file, byte for byte.
fn is_memory_of(context: &Context<'_>, looked: Looked<'_>, contents: &Contents) -> bool {
    looked.recalled.last.as_ref().is_some_and(|last| {
        let archive = last.outputs.last().map(|(stamp, _)| *stamp);
        archive == Some(contents.stamp()) && emit::is_in_place(context.disk, last)
    })
}

/// What a build would pack of an asset.
struct Now {
    layout: Layout,
    payload: Payload,
}

enum Payload {
    /// Known to be that of the archive.
    Same,
    /// Made now: its digest and its inputs.
    Made(Digest, Vec<InputDigest>),
}

impl Now {
    /// `None` when it cannot be made, or when somebody asked to stop.
    fn of(context: &Context<'_>, looked: Looked<'_>, index: usize, entry: &TableEntry, is_memory: bool) -> Option<Now> {
        context.go_on().ok()?;
        let bank = Bank::of(&looked.workspace.assets[index], context.disk, &context.limits)?;
        let lies_there = |known: &&Known| is_memory && known.offset == entry.offset && known.bytes() == entry.bytes;
        let known = looked.recalled.of(index).filter(lies_there);
        let known = known.filter(|known| known.holds(&bank).unwrap_or(false));
        if let Some(layout) = known.and_then(|known| known.layout(&bank)) {
            return Some(Now { layout, payload: Payload::Same });
        }
        let mut sink = Digested(Hasher::default());
        let facts = bank.materialise(&mut sink, &mut Vec::new()).ok()??;
        let payload = Payload::Made(sink.0.finish(), facts.inputs);
        Some(Now { layout: bank.with_declared(facts.layout), payload })
    }
}

/// What is other about an asset that both have; `None` when nothing is.
fn altered(asset: &Asset, now: Now, contents: &mut Contents, row: usize, preloaded: &BTreeSet<u32>) -> Option<Altered> {
    let declaration = asset.declaration.as_ref()?;
    let bytes = now.layout.bytes;
    let has_other_payload = match &now.payload {
        Payload::Same => false,
        Payload::Made(digest, _) => contents.entries()[row].bytes != bytes || archived(contents, row) != Some(*digest),
    };
    let entry = &contents.entries()[row];
    let metadata = CanonicalMetadata::of(&now.layout.metadata);
    let mut altered = Altered {
        was_named: Some(entry.asset_name.to_string()).filter(|was| declaration.name.as_deref() != Some(was)),
        payload: has_other_payload,
        metadata: declaration.bank != Some(entry.bank)
            || contents.has_metadata() && metadata.canonical() != entry.metadata.canonical(),
        preload: (declaration.preload == Some(true)) != preloaded.contains(&entry.asset_id),
        inputs: Vec::new(),
    };
    if altered == Altered::default() {
        return None;
    }
    if let (true, Payload::Made(_, inputs)) = (has_other_payload, now.payload) {
        altered.inputs = inputs;
    }
    Some(altered)
}

/// The digest of a payload in the archive; `None` where it cannot be read.
fn archived(contents: &mut Contents, row: usize) -> Option<Digest> {
    let mut payload = contents.payload(row).ok()?;
    let (mut hasher, mut chunk) = (Hasher::default(), vec![0; 64 << 10]);
    loop {
        match payload.read(&mut chunk) {
            Ok(0) => return Some(hasher.finish()),
            Ok(count) => hasher.update(&chunk[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

/// Digests what is written to it.
struct Digested(Hasher);

impl Write for Digested {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

//! What the last build knew of a root, and whether it still holds: then no declaration is read and no folder listed. A
//! folder whose own times did not change has no other names than it had, and a file whose times did not change no other
//! bytes. What may change without either, the inputs, is looked at one by one.

#[cfg(test)]
mod tests;

use super::asset::{Asset, Health, State};
use super::inputs::check_size;
use crate::digest::{Digest, Hasher};
use crate::disk::{DISTANCE_NS, Disk, Kind, Stamp};
use crate::envelope::Artifact;
use crate::path::PortablePath;
use crate::schema::Inputs;
use crate::schema::cache::{CachedRoot, RootLine};
use crate::trust::Limits;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What the last build knew of the roots.
#[derive(Debug, Default)]
pub struct Remembered(Vec<Option<RootLine>>);

impl Remembered {
    /// Takes what is known of one more root.
    pub fn keep(&mut self, root: RootLine) {
        self.0.push(Some(root));
    }

    /// Gives up what is known of the root with this id.
    pub(super) fn take(&mut self, asset_id: u32) -> Option<RootLine> {
        // One that was given up stands where its id would: before all that are asked for later.
        let at = self.0.partition_point(|root| root.as_ref().is_none_or(|root| root.asset_id < asset_id));
        self.0.get_mut(at)?.take_if(|root| root.asset_id == asset_id)
    }
}

/// How the root of an asset of which nothing is to be said can be told from outside, as it was loaded; `None` of any other,
/// and where somebody may have changed it since `moment`, or could without leaving a trace. The time is that of the file
/// system with this number, in nanoseconds.
#[must_use]
pub fn seen(asset: &Asset, disk: &dyn Disk, moment: i64, device: u64) -> Option<Digest> {
    let is_plain = asset.state == State::Registered && asset.health == Health::Ok && asset.has_inputs;
    let is_current = asset.schema_version == Some(Artifact::Declaration.written());
    let (folder, declaration) =
        (asset.folder.as_ref()?, asset.declaration.as_ref().filter(|_| is_plain && is_current)?);
    let look = Look::at(disk, folder, &declaration.inputs, Wanted::Outside)?;
    let is_settled = |stamp: &Stamp| stamp.id.0 == device && stamp.tells_changes_since(moment, DISTANCE_NS);
    look.outside.iter().all(is_settled).then(|| look.digest(folder))
}

/// Completes a registered asset as reading its root would, if that is known and would find nothing to say.
pub(super) fn bring_back(
    asset: &mut Asset,
    folder: &PortablePath,
    root: &RootLine,
    disk: &dyn Disk,
    limits: &Limits,
) -> Option<()> {
    let CachedRoot { seen, declaration } = root.read()?;
    if declaration.asset_uuid != asset.asset_uuid || !leads_nowhere_else(&declaration.inputs) {
        return None;
    }
    let look = Look::at(disk, folder, &declaration.inputs, Wanted::All)?;
    let stamps = declaration.inputs.iter().zip(&look.inputs);
    let has_sound_sizes = stamps.into_iter().all(|((role, _), stamp)| check_size(Some(*stamp), role, limits).is_ok());
    if !has_sound_sizes || look.digest(folder) != seen {
        return None;
    }
    Arc::make_mut(&mut asset.reference).name.clone_from(&declaration.name);
    asset.schema_version = Some(Artifact::Declaration.written());
    asset.is_remembered = true;
    asset.has_inputs = true;
    asset.input_stamps = look.inputs;
    asset.declaration = Some(declaration);
    Some(())
}

/// A cache is no more to be believed than a declaration where it names files.
fn leads_nowhere_else(inputs: &Inputs) -> bool {
    inputs.iter().all(|(_, path)| PortablePath::leads_below(path))
}

/// What is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// The declaration, and the folders.
    Outside,
    /// The inputs, too.
    All,
}

/// A root, looked at without opening a file or listing a folder.
struct Look {
    /// Of each folder with an input or the declaration in it, the outermost first, and last of the declaration.
    outside: Vec<Stamp>,
    /// In the declared order.
    inputs: Box<[Stamp]>,
}

impl Look {
    /// `None` where something is not there, or not what it should be.
    fn at(disk: &dyn Disk, root: &PortablePath, inputs: &Inputs, wanted: Wanted) -> Option<Look> {
        let (mut outside, mut found, mut declaration) = (Vec::new(), vec![None; inputs.len()], None);
        for folder in folders(inputs) {
            let (mut places, mut names) = (Vec::with_capacity(inputs.len()), Vec::with_capacity(inputs.len() + 1));
            for (at, (_, path)) in inputs.iter().enumerate().filter(|_| wanted == Wanted::All) {
                if let Some(name) = name_in(path, folder) {
                    places.push(at);
                    names.push(name);
                }
            }
            names.extend(folder.is_empty().then_some("asset.json"));
            let path = if folder.is_empty() { root.clone() } else { root.own(folder) };
            let (own, within) = disk.metadata_within(&path, &names).ok()?;
            if within.iter().any(|found| found.kind != Kind::File) {
                return None;
            }
            outside.push(Stamp::from(&own));
            places.iter().zip(&within).for_each(|(&at, metadata)| found[at] = Some(Stamp::from(metadata)));
            declaration = declaration.or_else(|| within.last().map(Stamp::from));
        }
        outside.extend(declaration);
        Some(Look { outside, inputs: found.into_iter().flatten().collect() })
    }

    fn digest(&self, root: &PortablePath) -> Digest {
        let mut digest = Hasher::default();
        self.outside.iter().for_each(|stamp| stamp.digest_into(&mut digest));
        digest.update(root.as_str().as_bytes());
        digest.finish()
    }
}

/// The folders of a root that lead to its inputs, relative to it, itself first.
fn folders(inputs: &Inputs) -> Vec<&str> {
    let mut folders = vec![""];
    if !inputs.are_flat() {
        let on_the_way = |path| str::match_indices(path, '/').map(move |(end, _)| &path[..end]);
        folders.extend(inputs.iter().flat_map(|(_, path)| on_the_way(path)).collect::<BTreeSet<_>>());
    }
    folders
}

/// The name of a file that lies in `folder` itself.
fn name_in<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    match path.rsplit_once('/') {
        None => folder.is_empty().then_some(path),
        Some((parent, name)) => (parent == folder).then_some(name),
    }
}

//! `index.json`, version 2: which roots are assets, under which id and uuid, and whether they are built.

mod shape;

pub(super) use shape::{ENTRY, SHAPE, TOP};

use super::declaration::read_uuid;
use super::reader::Reader;
use super::registry_draft::{RegistryDraft, is_canonical};
use crate::diagnostic::{AssetRef, Code, Diagnostic};
use crate::digest::Digest;
use crate::envelope::{Node, Tree};
use crate::migrate::Migrated;
use crate::path::{PathFault, PortablePath};
use crate::span::Place;
use crate::trust::{Limit, Limits, refuse_path};
use rayon::prelude::*;
use std::sync::Arc;
use uuid::Uuid;

/// The largest asset id.
pub const ASSET_ID_MAX: u32 = shape::ASSET_ID_MAX as u32;

/// So many entries are read in one go, side by side with others.
const PART: usize = 512;

/// The level of the entries in the file, which is level 0 itself.
const ENTRIES: usize = 2;

/// A registry, as far as it could be understood.
#[derive(Debug)]
pub struct Registry {
    /// The id that the next registered asset gets; one above [`ASSET_ID_MAX`] when all are used up.
    pub next_asset_id: Option<u32>,
    /// The entries, in the order of the file.
    pub entries: Vec<Entry>,
    /// The version of the file on disk.
    pub from: u16,
    tree: Tree,
}

/// One registered root.
#[derive(Clone, Debug)]
pub struct Entry {
    /// From 1 to [`ASSET_ID_MAX`].
    pub asset_id: u32,
    /// Never nil.
    pub asset_uuid: Uuid,
    /// Whether it takes part in builds.
    pub included_in_build: bool,
    /// Relative to `assets/`, as written.
    pub root: Arc<str>,
    /// The folder, unless the name is refused.
    pub folder: Option<PortablePath>,
    start: u32,
    end: u32,
}

impl Registry {
    /// The registry as text that can be changed.
    #[must_use]
    pub fn draft(&self) -> RegistryDraft<'_> {
        RegistryDraft::of(&self.tree)
    }

    /// Whether a file of the current version is laid out as the packer writes it.
    #[must_use]
    pub fn is_canonical(&self) -> bool {
        is_canonical(&self.tree)
    }

    /// The digest of the file on disk.
    #[must_use]
    pub fn digest_on_disk(&self) -> Digest {
        Digest::of(self.tree.text_on_disk().as_bytes())
    }

    /// Where an entry stands in the file.
    #[must_use]
    pub fn place(&self, entry: &Entry) -> Place {
        self.tree.place_on_disk(entry.start as usize, entry.end as usize)
    }

    /// Where `next_asset_id` stands.
    #[must_use]
    pub fn place_of_next(&self) -> Place {
        let root = self.tree.root();
        root.member("next_asset_id").map_or_else(|| root.place_of_start(), Node::place)
    }
}

/// Reads a current registry.
///
/// # Errors
/// It lists more assets than the limit.
pub fn parse(migrated: Migrated, limits: &Limits, findings: &mut Vec<Diagnostic>) -> Result<Registry, Diagnostic> {
    let (path, from) = (migrated.path().to_owned(), migrated.from());
    let mut tree = migrated.into_tree();
    let reader = &mut Reader { path: &path, asset: None, invalid: Code::RegistryInvalid, findings };
    let top = tree.root();
    let next = reader.required(top, "next_asset_id");
    let next = next.and_then(|node| reader.integer(node, "next_asset_id", 1, i64::from(ASSET_ID_MAX) + 1));
    let list = reader.required(top, "assets").and_then(|node| reader.list(node, "assets"));
    let most = limits.size(Limit::RegisteredAssets);
    let count = list.map_or(0, |list| list.items().count());
    if count > most {
        return Err(Diagnostic::new(
            Code::TrustTooMany,
            format!("{count} registered assets are over the limit of {most}"),
        )
        .at(&path)
        .help(format!("raise `--limit {}=COUNT` if you trust the project", Limit::RegisteredAssets.name())));
    }
    let nodes: Vec<Node<'_>> = list.into_iter().flat_map(Node::items).collect();
    let read = |nodes: &[Node<'_>]| {
        let mut findings = Vec::new();
        let reader = &mut Reader { path: &path, asset: None, invalid: Code::RegistryInvalid, findings: &mut findings };
        let entries: Vec<Entry> = nodes.iter().filter_map(|node| read_entry(reader, *node)).collect();
        (entries, findings)
    };
    let parts: Vec<_> = nodes.par_chunks(PART).map(read).collect();
    let mut entries = Vec::with_capacity(count);
    for (read, found) in parts {
        entries.extend(read);
        reader.findings.extend(found);
    }
    let next_asset_id = next.and_then(|next| u32::try_from(next).ok());
    // Only what changes the registry looks at it again, and at each entry by itself.
    tree.keep_outline(ENTRIES);
    Ok(Registry { next_asset_id, entries, from, tree })
}

fn read_entry(reader: &mut Reader<'_>, node: Node<'_>) -> Option<Entry> {
    let object = reader.object(node, "assets[]")?;
    let first_finding = reader.findings.len();
    let id = reader.required(object, "asset_id");
    let id = id.and_then(|node| reader.integer(node, "asset_id", 1, i64::from(ASSET_ID_MAX)));
    let asset_uuid = reader.required(object, "asset_uuid").and_then(|node| read_uuid(reader, node));
    let included = reader.required(object, "included_in_build");
    let included = included.and_then(|node| reader.bool(node, "included_in_build"));
    let root_node = reader.required(object, "root");
    let root = root_node.and_then(|node| reader.text(node, "root"));
    let folder = match (root_node, &root) {
        (Some(node), Some(text)) => read_root(reader, node, text),
        _ => None,
    };
    let place = object.range_on_disk();
    if let (Some(id), Some(uuid), Some(root)) = (id, asset_uuid, &root)
        && reader.findings.len() > first_finding
    {
        let asset = Arc::new(AssetRef {
            asset_id: u32::try_from(id).ok(),
            asset_uuid: Some(uuid),
            name: None,
            root: (**root).into(),
        });
        for finding in &mut reader.findings[first_finding..] {
            finding.asset = Some(Arc::clone(&asset));
            // A folder name that is refused is the matter of its asset alone.
            finding.blocking &= included != Some(false) || finding.code.family() != "trust";
        }
    }
    Some(Entry {
        asset_id: u32::try_from(id?).ok()?,
        asset_uuid: asset_uuid?,
        included_in_build: included?,
        root: root?.into(),
        folder,
        start: u32::try_from(place.start).unwrap_or(u32::MAX),
        end: u32::try_from(place.end).unwrap_or(u32::MAX),
    })
}

fn read_root(reader: &mut Reader<'_>, node: Node<'_>, text: &str) -> Option<PortablePath> {
    let folder: Result<PortablePath, PathFault> = PortablePath::assets().join(text);
    folder.map_err(|fault| reader.note(refuse_path("root", text, &fault), node.place())).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::{PART, parse};
    use crate::disk::Disk as _;
    use crate::disk::memory::MemoryDisk;
    use crate::envelope::{self, Artifact, Windows};
    use crate::migrate::{self, Known};
    use crate::path::PortablePath;
    use crate::trust::{self, Limit, Limits};

    #[test]
    fn entries_and_findings_come_in_the_order_of_the_file_however_many_there_are() {
        let (count, without_uuid) = (3 * PART + 7, [PART - 1, PART, 3 * PART]);
        // From the highest id down, so that nothing is in order by itself.
        let id = |at: usize| count - at;
        let entry = |at: usize| {
            let uuid = format!(r#""asset_uuid":"{:08x}-0000-4000-8000-000000000000","#, id(at));
            let uuid = if without_uuid.contains(&at) { "" } else { &uuid };
            format!(r#"{{"asset_id":{},{uuid}"included_in_build":true,"root":"a{at}"}}"#, id(at))
        };
        let entries: Vec<String> = (0..count).map(entry).collect();
        let next = count + 1;
        let text =
            format!("{{\"schema_version\":2,\"next_asset_id\":{next},\"assets\":[\n{}\n]}}", entries.join(",\n"));
        let disk = MemoryDisk::new([("assets/.prometeu/index.json", text.into_bytes())]);
        let file = disk.open(&PortablePath::control().own("index.json")).unwrap();
        let limits = Limits::default();
        let admitted = trust::admit(file, Limit::ControlFileBytes, &limits).unwrap();
        let opened = envelope::open(admitted, Artifact::Registry, &Windows::default()).unwrap();
        let mut findings = Vec::new();
        let migrated = migrate::to_current(opened, &Known::default()).unwrap();
        let read = parse(migrated, &limits, &mut findings).unwrap();

        let found: Vec<usize> = read.entries.iter().map(|entry| entry.asset_id as usize).collect();
        let whole: Vec<usize> = (0..count).filter(|at| !without_uuid.contains(at)).map(id).collect();
        assert_eq!(found, whole);
        let lines: Vec<u64> = findings.iter().map(|one| one.place.as_ref().unwrap().span.line.into()).collect();
        assert_eq!(lines, without_uuid.map(|at| at as u64 + 2));
    }
}

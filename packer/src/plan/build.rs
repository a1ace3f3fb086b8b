//! The plan of a build: which asset lies where in the archive.

use crate::bank::LaidOut;
use crate::schema::BankType;
use crate::schema::archive::{CanonicalMetadata, GLYPH_DECODED_BYTES, PreloadEntry, TableEntry};
use crate::workspace::Workspace;

/// A build, decided to the byte before the first payload is made.
#[derive(Debug)]
pub struct BuildPlan<M = CanonicalMetadata> {
    /// The archive's table, ascending by id, offsets without gaps.
    pub table: Vec<TableEntry<M>>,
    /// The slots of preloaded assets, ascending by id.
    pub preload: Vec<PreloadEntry>,
    /// For each row of the table, the asset it is made from: its index in the workspace.
    pub assets: Vec<usize>,
}

/// Lays payloads end to end in the order of ids. `planned` holds every included asset of a workspace that nothing
/// blocks, ascending by id.
#[must_use]
pub fn for_build<M>(workspace: &Workspace, planned: Vec<LaidOut<M>>) -> BuildPlan<M> {
    let mut plan = BuildPlan { table: Vec::with_capacity(planned.len()), preload: Vec::new(), assets: Vec::new() };
    let (mut offset, mut slots) = (0, [0_u32; 2]);
    for LaidOut { index, bytes, metadata } in planned {
        let asset = &workspace.assets[index];
        let declaration = asset.declaration.as_ref().expect("an asset with a layout has a declaration");
        let bank = declaration.bank.expect("an asset with a layout has a type");
        let asset_id = asset.asset_id().expect("an included asset is registered");
        let decoded_bytes = match bank {
            BankType::Glyph => GLYPH_DECODED_BYTES,
            BankType::Sound => bytes,
        };
        if declaration.preload == Some(true) {
            let slot = &mut slots[bank as usize];
            plan.preload.push(PreloadEntry { asset_id, slot: *slot });
            *slot += 1;
        }
        plan.table.push(TableEntry {
            asset_id,
            asset_name: declaration.name.clone().unwrap_or_default(),
            bank,
            offset,
            bytes,
            decoded_bytes,
            metadata,
        });
        plan.assets.push(index);
        offset += bytes;
    }
    plan
}

//! What `build/asset_table_metadata.json` says of the archive beside it: inputs with their digests, and the palette of each
//! tile. It is text from anywhere, so it is used only where it fits the verified archive, and for colours and words alone.

use prometeu_packer::ops::{Context, Published};
use prometeu_packer::path::PortablePath;
use prometeu_packer::schema::archive::{Contents, GLYPH_BYTES};
use prometeu_packer::trust::{Limit, admit};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What is said of each asset, by id.
pub(super) struct Provenance(BTreeMap<u32, Origin>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema_version: u16,
    assets: Vec<Origin>,
}

/// Where one payload came from.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Origin {
    asset_id: u32,
    #[serde(rename = "asset_uuid")]
    _uuid: String,
    #[serde(rename = "declaration_version")]
    _version: u16,
    pub(super) inputs: Vec<Input>,
    #[serde(default)]
    pub(super) palette_per_tile: Vec<u8>,
    payload_bytes: u64,
    /// Relative to `assets/`.
    pub(super) root: String,
}

/// One input as it was when the archive was made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    #[serde(rename = "bytes")]
    _bytes: u64,
    /// Relative to the project.
    pub(super) path: String,
    pub(super) role: String,
    pub(super) sha256: String,
}

impl Provenance {
    /// What is said of an asset.
    pub(super) fn of(&self, asset_id: u32) -> Option<&Origin> {
        self.0.get(&asset_id)
    }
}

/// Reads it, or says in half a sentence why it is not used.
pub(super) fn read(context: &Context<'_>, archive: &Published) -> Result<Provenance, String> {
    let Published::Whole(archive) = archive else { return Err("there is no archive that it could be about".into()) };
    let path = PortablePath::build().own("asset_table_metadata.json");
    let file = context.disk.open(&path).map_err(|error| error.source.to_string())?;
    let admitted =
        admit(file, Limit::ControlFileBytes, &context.limits).map_err(|finding| finding.message.to_string())?;
    let file: File =
        serde_json::from_slice(admitted.bytes()).map_err(|_| "it is not what a build writes".to_owned())?;
    match file.schema_version == 1 && fits(&file.assets, archive) {
        true => Ok(Provenance(file.assets.into_iter().map(|origin| (origin.asset_id, origin)).collect())),
        false => Err("it is about another archive".into()),
    }
}

fn fits(origins: &[Origin], archive: &Contents) -> bool {
    let entries = archive.entries();
    let is_of = |(origin, entry): (&Origin, &prometeu_packer::schema::archive::TableEntry)| {
        (origin.asset_id, origin.payload_bytes) == (entry.asset_id, entry.bytes)
            && (origin.palette_per_tile.is_empty() || entry.bytes == GLYPH_BYTES)
    };
    origins.len() == entries.len() && origins.iter().zip(entries).all(is_of)
}

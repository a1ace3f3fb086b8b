//! `assets.pa`, version 1: a prelude, a header in canonical JSON, then the payloads. What the bytes of a payload
//! mean is known to the banks; here only how many there are.

mod contents;
mod explain;
mod faults;
pub mod header;
mod mangled;
mod metadata;
mod read;
mod rules;
mod shape;
#[cfg(test)]
mod tests;
mod verify;

pub use contents::Contents;
pub use explain::Region;
pub(super) use shape::{ASSET_TABLE, HEADER, PRELOAD};
pub use verify::{Keep, Verified, verify};

use super::BankType;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// The first bytes of every archive.
pub const MAGIC: [u8; 4] = *b"ASPA";
/// The `schema_version` that is written.
pub const SCHEMA_VERSION: u32 = 1;
/// Length of the prelude; the header follows it.
pub const PRELUDE_BYTES: usize = 32;

/// The fields of the prelude, all little-endian: name, offset and width in bytes. Together they fill it.
const MAGIC_FIELD: Field = Field { name: "magic", offset: 0, bytes: 4 };
const VERSION_FIELD: Field = Field { name: "schema_version", offset: 4, bytes: 4 };
const HEADER_FIELD: Field = Field { name: "header_len", offset: 8, bytes: 4 };
const PAYLOAD_FIELD: Field = Field { name: "payload_offset", offset: 12, bytes: 8 };
const FLAGS_FIELD: Field = Field { name: "flags", offset: 20, bytes: 4 };
const RESERVED_FIELD: Field = Field { name: "reserved", offset: 24, bytes: 8 };
const FIELDS: [Field; 6] = [MAGIC_FIELD, VERSION_FIELD, HEADER_FIELD, PAYLOAD_FIELD, FLAGS_FIELD, RESERVED_FIELD];

/// The sheet of a glyph payload: 256 × 256 pixels, two a byte.
pub const GLYPH_SHEET_BYTES: u64 = 256 * 256 / 2;
/// The palettes of a glyph payload: 64 of 16 colours, two bytes each.
pub const GLYPH_PALETTE_BYTES: u64 = 64 * 16 * 2;
/// A glyph payload.
pub const GLYPH_BYTES: u64 = GLYPH_SHEET_BYTES + GLYPH_PALETTE_BYTES;
/// A glyph payload with one byte a pixel, as a runtime holds it.
pub const GLYPH_DECODED_BYTES: u64 = 256 * 256 + GLYPH_PALETTE_BYTES;
/// The one codec: payloads lie as they are.
pub const CODEC: &str = "NONE";
/// Preload slots of one bank type.
pub const PRELOAD_SLOTS: u32 = 16;

#[derive(Clone, Copy)]
struct Field {
    name: &'static str,
    offset: usize,
    bytes: usize,
}

impl Field {
    /// The field's value in a complete prelude, unsigned and little-endian.
    fn read(self, prelude: &[u8; PRELUDE_BYTES]) -> u64 {
        let bytes = &prelude[self.offset..self.offset + self.bytes];
        bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte))
    }
}

/// The first 32 bytes of an archive that this packer writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prelude {
    /// Length of the header in bytes.
    pub header_bytes: u32,
    /// Where the payload region begins, in bytes from the start of the file.
    pub payload_offset: u64,
}

impl Prelude {
    /// The prelude before a header of `header_bytes`.
    #[must_use]
    pub fn of(header_bytes: u32) -> Prelude {
        Prelude { header_bytes, payload_offset: PRELUDE_BYTES as u64 + u64::from(header_bytes) }
    }

    /// Its bytes, integers little-endian; flags and the reserved field are zero.
    #[must_use]
    pub fn to_bytes(self) -> [u8; PRELUDE_BYTES] {
        let mut bytes = [0; PRELUDE_BYTES];
        let mut put = |field: Field, value: &[u8]| bytes[field.offset..][..field.bytes].copy_from_slice(value);
        put(MAGIC_FIELD, &MAGIC);
        put(VERSION_FIELD, &SCHEMA_VERSION.to_le_bytes());
        put(HEADER_FIELD, &self.header_bytes.to_le_bytes());
        put(PAYLOAD_FIELD, &self.payload_offset.to_le_bytes());
        bytes
    }
}

/// What the runtime is told of an asset: integers within ±(2^53 - 1), strings, booleans, lists, objects.
pub trait Metadata {
    /// Its text in the canonical form of RFC 8785.
    fn canonical(&self) -> Cow<'_, str>;
}

impl Metadata for Map<String, Value> {
    fn canonical(&self) -> Cow<'_, str> {
        Cow::Owned(serde_json_canonicalizer::to_string(self).expect("a plain value can be written"))
    }
}

/// Metadata that is only to be written: a tenth of the memory that its values take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanonicalMetadata(Box<str>);

impl CanonicalMetadata {
    /// Writes it down.
    #[must_use]
    pub fn of(metadata: &Map<String, Value>) -> CanonicalMetadata {
        CanonicalMetadata(metadata.canonical().into())
    }
}

impl Metadata for CanonicalMetadata {
    fn canonical(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

/// Metadata of which only the length is wanted: a hundredth of the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetadataBytes(u64);

impl MetadataBytes {
    /// Measures it. Without fractions, the canonical form differs from any other compact one in its order alone, which takes
    /// the longest to find.
    #[must_use]
    pub fn of(metadata: &Map<String, Value>) -> MetadataBytes {
        MetadataBytes(serde_json::to_vec(metadata).expect("a plain value can be written").len() as u64)
    }

    /// With the members of another object, of which the compact text has so many bytes; none is in both.
    #[must_use]
    pub fn with(self, other_bytes: u64) -> MetadataBytes {
        const EMPTY: u64 = "{}".len() as u64;
        match (self.0, other_bytes) {
            (EMPTY, bytes) | (bytes, EMPTY) => MetadataBytes(bytes),
            // One pair of braces less, and a comma more.
            (bytes, more) => MetadataBytes(bytes + more - 1),
        }
    }
}

/// What has a length in the header.
pub trait Measured {
    /// The length of its canonical text, in bytes.
    fn bytes(&self) -> u64;
}

impl<M: Metadata> Measured for M {
    fn bytes(&self) -> u64 {
        self.canonical().len() as u64
    }
}

impl Measured for MetadataBytes {
    fn bytes(&self) -> u64 {
        self.0
    }
}

/// One asset in the header's `asset_table`. Its codec is always [`CODEC`].
#[derive(Clone, Debug, PartialEq)]
pub struct TableEntry<M = Map<String, Value>> {
    /// From 1 to 2147483647.
    pub asset_id: u32,
    /// The declared name.
    pub asset_name: Arc<str>,
    /// Written as [`bank_word`].
    pub bank: BankType,
    /// Where the payload begins, in bytes from the start of the payload region.
    pub offset: u64,
    /// `size`: length of the payload in bytes.
    pub bytes: u64,
    /// `decoded_size`: length in bytes as a runtime holds it.
    pub decoded_bytes: u64,
    /// What the runtime is told.
    pub metadata: M,
}

/// One asset that a runtime loads at start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PreloadEntry {
    /// An id of the asset table.
    pub asset_id: u32,
    /// Counted from 0 for each bank type.
    pub slot: u32,
}

/// The word for a bank type in the header.
#[must_use]
pub fn bank_word(bank: BankType) -> &'static str {
    match bank {
        BankType::Glyph => "GLYPH",
        BankType::Sound => "SOUNDS",
    }
}

/// More assets of one bank type want to be preloaded than it has slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotsFull {
    /// Which bank type.
    pub bank: BankType,
    /// The first asset without a slot.
    pub asset_id: u32,
}

/// Hands out the preload slots: `enabled` are the assets to preload, ids ascending.
///
/// # Errors
/// A bank type has more than [`PRELOAD_SLOTS`] of them.
pub fn preload(enabled: impl IntoIterator<Item = (u32, BankType)>) -> Result<Vec<PreloadEntry>, SlotsFull> {
    let (mut glyphs, mut sounds) = (0, 0);
    let mut entries = Vec::new();
    for (asset_id, bank) in enabled {
        let next = match bank {
            BankType::Glyph => &mut glyphs,
            BankType::Sound => &mut sounds,
        };
        if *next == PRELOAD_SLOTS {
            return Err(SlotsFull { bank, asset_id });
        }
        entries.push(PreloadEntry { asset_id, slot: *next });
        *next += 1;
    }
    Ok(entries)
}

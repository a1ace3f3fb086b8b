//! `cache.json`, version 2: what the last build learned about the inputs of each asset, so that the next one need not
//! look again. Facts only, one asset a line; nothing that is wrong with the file is a finding: it is used or it is not.
//!
//! A checksum at its end tells a file that was cut off or edited. Whether a fact still holds is for its reader to decide.

mod foreign;
mod line;
mod read;
#[cfg(test)]
mod tests;
mod write;

use crate::digest::Digest;
use crate::disk::Stamp;
pub use read::read;
use serde_json::{Map, Value};
use std::borrow::Cow;
pub use write::Writer;

/// The file's first line; what follows are the assets, each on a line of its own.
const HEAD: &str = "{\"schema_version\":2,\"assets\":[";
/// Stands before the checksum of everything in front of it.
const CHECKSUM: &str = ",\"crc32\":";

/// What is known of one asset.
#[derive(Clone, Debug, PartialEq)]
pub struct CachedAsset<'a> {
    /// The registry's id.
    pub asset_id: u32,
    /// Digest of everything but the inputs' bytes that decides what its payload is.
    pub key: Digest,
    /// The file system's time before its inputs were read, in nanoseconds since 1970.
    pub hashed_ns: i64,
    /// Whether decoding gives warnings or notes that nothing here tells.
    pub is_told: bool,
    /// Where its payload begins, in bytes from the start of the payload region of the archive that was published.
    pub offset: u64,
    /// Length of its payload in bytes.
    pub bytes: u64,
    /// The metadata that its format adds.
    pub added: Map<String, Value>,
    /// Its inputs, by role, then in the order of the declaration.
    pub inputs: Vec<CachedInput<'a>>,
    /// The palette of each tile, by tile id.
    pub palette_per_tile: Vec<u8>,
    /// How many tiles have another index in another palette; of the first of them the sprite's place among the sprites,
    /// the tile's id, the palette that it uses and one that it could use.
    pub fragile: Option<[usize; 5]>,
}

/// What is known of one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedInput<'a> {
    /// Relative to the asset's root.
    pub path: Cow<'a, str>,
    /// How it could be told before it was read.
    pub stamp: Stamp,
    /// Of its bytes.
    pub digest: Digest,
}

/// What is known of the build as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedBuild {
    /// Digest of everything but the inputs' bytes that decides what is published.
    pub key: Digest,
    /// Where the payload region of the archive begins, in bytes from the start of the file.
    pub payload_offset: u64,
    /// The published files in the order in which they took their places; the archive is the last.
    pub outputs: Vec<(Stamp, Digest)>,
    /// Whether the file system's time had moved on when they were looked at, so that a later change shows in their stamps.
    pub is_settled: bool,
}

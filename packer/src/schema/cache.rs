//! `cache.json`, version 2: what the last build learned, so that the next one need not look again. Three parts, each read
//! by those alone who ask for it: what the roots declare; what is known of each asset and of the build; and what was made of
//! its inputs. Facts only, one root or asset a line; nothing that is wrong with the file is a finding: it is used or it is
//! not.
//!
//! A checksum at the end of each part tells a file that was cut off or edited. Whether a fact still holds is for its reader
//! to decide.

mod foreign;
mod line;
mod read;
mod root;
#[cfg(test)]
mod tests;
mod write;

use super::Declaration;
use crate::digest::Digest;
use crate::disk::Stamp;
pub use read::{Assets, Facts, Roots};
use serde_json::{Map, Value};
use std::sync::Arc;
pub use write::{FactsWriter, Writer};

/// The first line, around the digest of the circumstances; the roots follow, each on a line of its own.
const HEAD: [&str; 2] = ["{\"schema_version\":2,\"circumstances\":\"", "\",\"roots\":["];
/// The line behind the roots, around the checksum of everything in front of it; the assets follow, each on a line.
const BEHIND_ROOTS: [&str; 2] = ["],\"crc32_of_roots\":", ",\"assets\":["];
/// The line behind the assets, around what is known of the build, and the same; the facts follow, each on a line.
const BEHIND_ASSETS: [&str; 3] = ["],\"build\":", ",\"crc32_of_assets\":", ",\"facts\":["];
/// The last line, around the same.
const BEHIND_FACTS: [&str; 2] = ["],\"crc32\":", "}"];

/// The line of one registered root of which nothing was to be said. It is read where it is asked for, by many threads.
#[derive(Clone, Debug)]
pub struct RootLine {
    /// The registry's id.
    pub asset_id: u32,
    /// Lines that were read together; they go when the last of them is not needed any more.
    text: Arc<Vec<u8>>,
    start: u32,
    end: u32,
}

/// What is known of a root.
#[derive(Clone, Debug)]
pub struct CachedRoot {
    /// Digest of how its folders and its declaration looked from outside.
    pub seen: Digest,
    /// What it declares, all of it.
    pub declaration: Declaration,
}

/// What is known of one asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedAsset {
    /// The registry's id.
    pub asset_id: u32,
    /// Digest of everything but the inputs' bytes that decides what its payload is.
    pub key: Digest,
    /// The file system's time before its inputs were read, in nanoseconds since 1970.
    pub hashed_ns: i64,
    /// Digest of the stamps of its inputs, in the declared order.
    pub stamps: Digest,
    /// Whether decoding gives warnings or notes that nothing here tells.
    pub is_told: bool,
    /// How many tiles have another index in another palette; of the first of them the sprite's place among the sprites,
    /// the tile's id, the palette that it uses and one that it could use.
    pub fragile: Option<Box<[usize; 5]>>,
    /// Where its payload begins, in bytes from the start of the payload region of the archive that was published.
    pub offset: u64,
    /// Length of its payload in bytes.
    pub bytes: u64,
    /// Length of the metadata that its format adds, in bytes of JSON without spaces.
    pub added_bytes: u32,
}

/// What was made of the inputs of one asset.
#[derive(Clone, Debug, PartialEq)]
pub struct CachedFacts {
    /// The registry's id.
    pub asset_id: u32,
    /// The metadata that its format adds.
    pub added: Map<String, Value>,
    /// Length in bytes and digest of each input, by role, then in the order of the declaration; the key says which they are.
    pub inputs: Vec<(u64, Digest)>,
    /// The palette of each tile, by tile id.
    pub palette_per_tile: Vec<u8>,
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

//! `build/asset_table_metadata.json`, version 1: where each payload came from, for tools. One asset a line, so that it
//! is written while payloads are made. Nothing in it depends on when or where it was built.

mod shape;

pub(super) use shape::SHAPE;

use serde_json::{Value, json};
use std::io::{self, Write};

/// What is said of one asset.
#[derive(Clone, Debug)]
pub struct Provenance<'a> {
    /// The registry's id.
    pub asset_id: u32,
    /// The registry's uuid.
    pub asset_uuid: String,
    /// Relative to `assets/`.
    pub root: &'a str,
    /// The version of its declaration on disk.
    pub schema_version: u16,
    /// Length of its payload.
    pub payload_bytes: u64,
    /// Role, path below the project, length and SHA-256 of each input, in the declared order.
    pub inputs: Vec<(&'static str, String, u64, String)>,
    /// The palette of each tile, by tile id; empty for what has no tiles.
    pub palette_per_tile: &'a [u8],
}

/// Writes what stands before the first asset.
///
/// # Errors
/// What `sink` answered.
pub fn start(sink: &mut dyn Write) -> io::Result<()> {
    sink.write_all(b"{\"schema_version\":1,\"assets\":[")
}

/// Writes one asset on a line of its own.
///
/// # Errors
/// What `sink` answered.
pub fn entry(sink: &mut dyn Write, is_first: bool, of: &Provenance<'_>) -> io::Result<()> {
    let inputs: Vec<Value> = of
        .inputs
        .iter()
        .map(|(role, path, bytes, sha256)| json!({"role": role, "path": path, "bytes": bytes, "sha256": sha256}))
        .collect();
    let mut line = json!({
        "asset_id": of.asset_id,
        "asset_uuid": of.asset_uuid,
        "root": of.root,
        "declaration_version": of.schema_version,
        "payload_bytes": of.payload_bytes,
        "inputs": inputs,
    });
    if !of.palette_per_tile.is_empty() {
        line["palette_per_tile"] = json!(of.palette_per_tile);
    }
    write!(sink, "{}{line}", if is_first { "\n" } else { ",\n" })
}

/// Writes what stands behind the last asset.
///
/// # Errors
/// What `sink` answered.
pub fn end(sink: &mut dyn Write) -> io::Result<()> {
    sink.write_all(b"\n]}\n")
}

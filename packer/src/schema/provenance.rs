//! `build/asset_table_metadata.json`, version 1: where each payload came from, for tools. One asset a line, so that it
//! is written while payloads are made. Nothing in it depends on when or where it was built.

mod shape;

pub(super) use shape::SHAPE;

use crate::digest::Digest;
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
    pub inputs: Vec<(&'static str, &'a str, u64, Digest)>,
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
    // By hand, and in the order of the alphabet: a project may have a million inputs.
    let mut line = format!(
        r#"{{"asset_id":{},"asset_uuid":{},"declaration_version":{},"inputs":["#,
        of.asset_id,
        quoted(&of.asset_uuid),
        of.schema_version
    );
    for (at, (role, path, bytes, sha256)) in of.inputs.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        line += comma;
        line += &format!(r#"{{"bytes":{bytes},"path":{},"role":"{role}","sha256":"{sha256}"}}"#, quoted(path));
    }
    line += "]";
    if !of.palette_per_tile.is_empty() {
        line += ",\"palette_per_tile\":";
        line += &serde_json::to_string(of.palette_per_tile).expect("numbers can be written");
    }
    line += &format!(r#","payload_bytes":{},"root":{}}}"#, of.payload_bytes, quoted(of.root));
    write!(sink, "{}{line}", if is_first { "\n" } else { ",\n" })
}

/// Writes what stands behind the last asset.
///
/// # Errors
/// What `sink` answered.
pub fn end(sink: &mut dyn Write) -> io::Result<()> {
    sink.write_all(b"\n]}\n")
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string can be written")
}

//! The JSON of a line: an asset, or the end of the file with what is known of the build.

use super::{CachedAsset, CachedBuild, CachedInput};
use crate::digest::Digest;
use crate::disk::Stamp;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt::{self, Write as _};

/// The text of an asset's line, without its end.
pub(super) fn asset_text(asset: &CachedAsset<'_>) -> String {
    let mut text = format!(
        r#"{{"asset_id":{},"key":"{}","hashed_ns":{},"is_told":{},"offset":{},"bytes":{},"added":{},"inputs":["#,
        asset.asset_id,
        asset.key,
        asset.hashed_ns,
        asset.is_told,
        asset.offset,
        asset.bytes,
        written(serde_json::to_string(&asset.added)),
    );
    for (at, input) in asset.inputs.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(
            text,
            "{comma}[{},{},\"{}\"]",
            written(serde_json::to_string(&input.path)),
            stamp_text(&input.stamp),
            input.digest
        );
    }
    let palettes = written(serde_json::to_string(&asset.palette_per_tile));
    let fragile = written(serde_json::to_string(&asset.fragile));
    let _ = write!(text, "],\"palette_per_tile\":{palettes},\"fragile\":{fragile}}}");
    text
}

/// The members of the file's end, without braces.
pub(super) fn build_text(build: &CachedBuild) -> String {
    let output = |(stamp, digest): &(Stamp, Digest)| format!("[{},\"{digest}\"]", stamp_text(stamp));
    let outputs: Vec<String> = build.outputs.iter().map(output).collect();
    format!(
        r#""build":{{"key":"{}","payload_offset":{},"is_settled":{},"outputs":[{}]}}"#,
        build.key,
        build.payload_offset,
        build.is_settled,
        outputs.join(","),
    )
}

/// Length, modified, changed, device, number.
fn stamp_text(stamp: &Stamp) -> String {
    let Stamp { bytes, modified_ns, changed_ns, id: (device, number) } = stamp;
    format!("{bytes},{modified_ns},{},{device},{number}", written(serde_json::to_string(changed_ns)))
}

fn written(text: serde_json::Result<String>) -> String {
    text.expect("a plain value can be written")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AssetLine<'a> {
    asset_id: u32,
    key: Hex,
    hashed_ns: i64,
    is_told: bool,
    offset: u64,
    bytes: u64,
    added: Map<String, Value>,
    #[serde(borrow)]
    inputs: Vec<InputItem<'a>>,
    palette_per_tile: Vec<u8>,
    fragile: Option<[usize; 5]>,
}

#[derive(Deserialize)]
struct InputItem<'a>(#[serde(borrow)] Cow<'a, str>, u64, i64, Option<i64>, u64, u64, Hex);

impl<'a> InputItem<'a> {
    fn input(self) -> CachedInput<'a> {
        let InputItem(path, bytes, modified_ns, changed_ns, device, number, digest) = self;
        let stamp = Stamp { bytes, modified_ns, changed_ns, id: (device, number) };
        CachedInput { path, stamp, digest: digest.0 }
    }
}

/// Reads an asset's line.
pub(super) fn asset(line: &[u8]) -> Result<CachedAsset<'_>, serde_json::Error> {
    let line: AssetLine<'_> = serde_json::from_slice(line)?;
    Ok(CachedAsset {
        asset_id: line.asset_id,
        key: line.key.0,
        hashed_ns: line.hashed_ns,
        is_told: line.is_told,
        offset: line.offset,
        bytes: line.bytes,
        added: line.added,
        inputs: line.inputs.into_iter().map(InputItem::input).collect(),
        palette_per_tile: line.palette_per_tile,
        fragile: line.fragile,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    build: BuildItem,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BuildItem {
    key: Hex,
    payload_offset: u64,
    is_settled: bool,
    outputs: Vec<OutputItem>,
}

#[derive(Deserialize)]
struct OutputItem(u64, i64, Option<i64>, u64, u64, Hex);

/// Reads the file's end, in braces.
pub(super) fn build(text: &[u8]) -> Result<CachedBuild, serde_json::Error> {
    let End { build } = serde_json::from_slice(text)?;
    let output = |OutputItem(bytes, modified_ns, changed_ns, device, number, digest): OutputItem| {
        (Stamp { bytes, modified_ns, changed_ns, id: (device, number) }, digest.0)
    };
    Ok(CachedBuild {
        key: build.key.0,
        payload_offset: build.payload_offset,
        outputs: build.outputs.into_iter().map(output).collect(),
        is_settled: build.is_settled,
    })
}

/// A digest as it is printed.
struct Hex(Digest);

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Hex, D::Error> {
        struct Digits;
        impl Visitor<'_> for Digits {
            type Value = Hex;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("64 hexadecimal digits")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Hex, E> {
                Digest::parse(text).map(Hex).ok_or_else(|| E::custom("a digest that is none"))
            }
        }
        deserializer.deserialize_str(Digits)
    }
}

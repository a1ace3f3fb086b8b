//! The JSON of a line: an asset, its facts, or what is known of the build.

use super::{CachedAsset, CachedBuild, CachedFacts};
use crate::digest::{Digest, byte_of};
use crate::disk::Stamp;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use std::fmt::{self, Write as _};

/// The text of an asset's line, without its end.
pub(super) fn asset_text(asset: &CachedAsset) -> String {
    let CachedAsset { asset_id, key, hashed_ns, stamps, is_told, offset, bytes, added_bytes, .. } = asset;
    let fragile = written(serde_json::to_string(&asset.fragile));
    format!(
        "{{\"asset_id\":{asset_id},\"key\":\"{key}\",\"hashed_ns\":{hashed_ns},\"stamps\":\"{stamps}\",\"is_told\":{is_told},\
         \"fragile\":{fragile},\"offset\":{offset},\"bytes\":{bytes},\"added_bytes\":{added_bytes}}}"
    )
}

/// The text of the line of an asset's facts, without its end.
pub(super) fn facts_text(facts: &CachedFacts) -> String {
    let sizes: Vec<u64> = facts.inputs.iter().map(|(bytes, _)| *bytes).collect();
    let (sizes, added) = (written(serde_json::to_string(&sizes)), written(serde_json::to_string(&facts.added)));
    let mut text = format!(r#"{{"asset_id":{},"added":{added},"sizes":{sizes},"digests":""#, facts.asset_id);
    for (_, digest) in &facts.inputs {
        let _ = write!(text, "{digest}");
    }
    text.push_str("\",\"palette_per_tile\":\"");
    for palette in &facts.palette_per_tile {
        let _ = write!(text, "{palette:02x}");
    }
    text.push_str("\"}");
    text
}

/// What is known of a build, as an object.
pub(super) fn build_text(build: &CachedBuild) -> String {
    let output = |(stamp, digest): &(Stamp, Digest)| format!("[{},\"{digest}\"]", stamp_text(stamp));
    let outputs: Vec<String> = build.outputs.iter().map(output).collect();
    format!(
        r#"{{"key":"{}","payload_offset":{},"is_settled":{},"outputs":[{}]}}"#,
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

pub(super) fn written(text: serde_json::Result<String>) -> String {
    text.expect("a plain value can be written")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AssetLine {
    asset_id: u32,
    key: Hex,
    hashed_ns: i64,
    stamps: Hex,
    is_told: bool,
    fragile: Option<Box<[usize; 5]>>,
    offset: u64,
    bytes: u64,
    added_bytes: u32,
}

/// Reads an asset's line.
pub(super) fn asset(line: &[u8]) -> Result<CachedAsset, serde_json::Error> {
    let line: AssetLine = serde_json::from_slice(line)?;
    let AssetLine { asset_id, hashed_ns, is_told, fragile, offset, bytes, added_bytes, .. } = line;
    let (key, stamps) = (line.key.0, line.stamps.0);
    Ok(CachedAsset { asset_id, key, hashed_ns, stamps, is_told, fragile, offset, bytes, added_bytes })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactsLine<'a> {
    asset_id: u32,
    added: Map<String, Value>,
    sizes: Vec<u64>,
    digests: &'a str,
    palette_per_tile: &'a str,
}

/// Reads the line of an asset's facts.
pub(super) fn facts(line: &[u8]) -> Result<CachedFacts, serde_json::Error> {
    let FactsLine { asset_id, added, sizes, digests, palette_per_tile } = serde_json::from_slice(line)?;
    let digests = digests.as_bytes().chunks(64).map(|digits| Digest::parse(str::from_utf8(digits).ok()?));
    let digests: Option<Vec<Digest>> = digests.collect();
    let digests = digests.filter(|digests| digests.len() == sizes.len());
    let palettes = palette_per_tile.as_bytes().chunks(2).map(|digits| byte_of(digits.try_into().ok()?)).collect();
    let none = || Error::custom("digests or palettes that are none");
    let inputs = sizes.into_iter().zip(digests.ok_or_else(none)?).collect();
    Ok(CachedFacts { asset_id, added, inputs, palette_per_tile: Option::ok_or_else(palettes, none)? })
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

/// Reads what is known of a build.
pub(super) fn build(text: &[u8]) -> Result<CachedBuild, serde_json::Error> {
    let build: BuildItem = serde_json::from_slice(text)?;
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
pub(super) struct Hex(pub(super) Digest);

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

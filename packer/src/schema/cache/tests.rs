//! What is written is read, and nothing else is.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::disk::Disk as _;
use crate::disk::memory::MemoryDisk;
use crate::envelope::Windows;
use crate::path::PortablePath;
use crate::trust::{Limit, Limits, admit_stream};
use serde_json::json;

fn stamp(number: u64) -> Stamp {
    Stamp { bytes: 3, modified_ns: -5, changed_ns: (number != 2).then_some(1 << 61), id: (64, number) }
}

fn asset(asset_id: u32) -> CachedAsset<'static> {
    let input = |number, path: &'static str| CachedInput {
        path: Cow::Borrowed(path),
        stamp: stamp(number),
        digest: Digest::of(path.as_bytes()),
    };
    CachedAsset {
        asset_id,
        key: Digest::of(b"key"),
        hashed_ns: 1 << 60,
        is_told: asset_id == 2,
        offset: u64::from(asset_id) * 7,
        bytes: 7,
        added: json!({"samples": {"0": {"offset": 0, "length": 6}}}).as_object().unwrap().clone(),
        inputs: vec![input(1, "a.png"), input(2, "\u{e4} \"quoted\".png")],
        palette_per_tile: vec![0, 63],
        fragile: (asset_id == 1).then_some([5, 4, 3, 2, 1]),
    }
}

fn build() -> CachedBuild {
    let outputs = (1..=4).map(|number| (stamp(number), Digest::of(&[0]))).collect();
    CachedBuild { key: Digest::of(b"build"), payload_offset: 99, outputs, is_settled: true }
}

fn written(assets: u32) -> String {
    let mut bytes = Vec::new();
    let mut writer = Writer::start(&mut bytes).unwrap();
    (1..=assets).for_each(|id| writer.asset(&asset(id)).unwrap());
    writer.pause().unwrap();
    writer.pause().unwrap();
    writer.end(&build()).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The cache in a file of these bytes: what stands for each asset, and the build.
fn read_as<T: Send>(bytes: &[u8], take: impl Fn(CachedAsset<'_>) -> T + Sync) -> Result<(Vec<T>, CachedBuild), String> {
    let disk = MemoryDisk::new([("assets/cache.json", bytes.to_vec())]);
    let file = disk.open(&PortablePath::assets().own("cache.json")).unwrap();
    let stream = admit_stream(file, Limit::CacheBytes, &Limits::default()).unwrap();
    let mut taken = Vec::new();
    let build = read(stream, &Windows::default(), |cached| Some(take(cached)), |of| taken.push(of))?;
    Ok((taken, build))
}

fn read_back(bytes: &[u8]) -> Result<(Vec<u32>, CachedBuild), String> {
    read_as(bytes, |cached| {
        assert_eq!(cached, asset(cached.asset_id));
        cached.asset_id
    })
}

#[test]
fn what_is_written_is_read_and_is_json() {
    for count in [0, 1, 2, 500] {
        let text = written(count);
        assert_eq!(read_back(text.as_bytes()), Ok(((1..=count).collect(), build())));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&value["schema_version"], value["assets"].as_array().unwrap().len()), (&json!(2), count as usize));
        let lines = text.lines().filter(|line| !line.is_empty()).count();
        assert_eq!(lines, count as usize + 2, "one line an asset");
    }
}

#[test]
fn a_file_that_was_cut_off_anywhere_is_refused() {
    let text = written(2);
    for length in 0..text.len() {
        assert!(read_back(&text.as_bytes()[..length]).is_err(), "{length}");
    }
}

#[test]
fn a_file_that_was_edited_anywhere_is_refused() {
    let text = written(2).into_bytes();
    for at in 0..text.len() {
        let mut edited = text.clone();
        edited[at] = if edited[at] == b'1' { b'2' } else { b'1' };
        if edited != text {
            assert!(read_as(&edited, |_| ()).is_err(), "{at}");
        }
    }
    for more in ["\n", " ", "{}", "\0"] {
        assert!(read_back(&[text.as_slice(), more.as_bytes()].concat()).is_err(), "{more:?}");
    }
}

#[test]
fn a_refusal_says_what_the_file_is() {
    let says = |text: &str, words: &str| {
        let why = read_as(text.as_bytes(), |_| ()).unwrap_err();
        assert!(why.contains(words), "{why}");
    };
    says("{\"schema_version\":3}", "it has version 3, and this packer reads version 2");
    says("{\"schema_version\":2}", "not laid out");
    says("{\"assets\":[]}", "no `schema_version`");
    says(&written(1).replace("hashed_ns", "hashed_is"), "hashed_is");
    says(&written(1).replace("\"bytes\":7", "\"bytes\":8"), "damaged");
}

//! What is written is read, and nothing else is.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::disk::Disk as _;
use crate::disk::memory::MemoryDisk;
use crate::envelope::Windows;
use crate::path::PortablePath;
use crate::schema::{BankType, Inputs, Role};
use crate::trust::{Limit, Limits, Stream, admit_stream};
use serde_json::json;
use uuid::Uuid;

fn stamp(number: u64) -> Stamp {
    Stamp { bytes: 3, modified_ns: -5, changed_ns: (number != 2).then_some(1 << 61), id: (64, number) }
}

fn circumstances() -> Digest {
    Digest::of(b"circumstances")
}

/// A glyph bank, a sound bank of no inputs, or one of a payload.
fn declaration(asset_id: u32) -> Declaration {
    let paths: &[(Role, &str)] = match asset_id % 3 {
        0 => &[(Role::Sprites, "b.png"), (Role::Palettes, "\u{e4}/p.gpl"), (Role::Sprites, "\u{e4}/a.png")],
        1 => &[],
        _ => &[(Role::Payload, "payload.bin")],
    };
    let bank = if asset_id.is_multiple_of(3) { BankType::Glyph } else { BankType::Sound };
    let metadata = json!({"tile_size": 16, "deep": {"text": "\u{e4} \"quoted\"", "list": [1, true, "x"]}});
    Declaration {
        asset_uuid: Some(Uuid::from_u128(u128::from(asset_id) << 64 | 1)),
        name: Some(format!("asset_{asset_id}").into()),
        bank: Some(bank),
        inputs: Inputs::new(paths.iter().copied()),
        metadata: metadata.as_object().unwrap().clone(),
        tile_size: (bank == BankType::Glyph).then_some(16),
        preload: Some(asset_id.is_multiple_of(2)),
        alpha_threshold: (asset_id % 4 == 1).then_some(128),
        average_channels: asset_id % 5 == 1,
    }
}

fn asset(asset_id: u32) -> CachedAsset {
    CachedAsset {
        asset_id,
        key: Digest::of(b"key"),
        hashed_ns: 1 << 60,
        stamps: Digest::of(b"stamps"),
        is_told: asset_id == 2,
        fragile: (asset_id == 1).then(|| Box::new([5, 4, 3, 2, 1])),
        offset: u64::from(asset_id) * 7,
        bytes: 7,
        added_bytes: 9,
    }
}

fn facts(asset_id: u32) -> CachedFacts {
    CachedFacts {
        asset_id,
        added: json!({"samples": {"0": {"offset": 0, "length": 6}}}).as_object().unwrap().clone(),
        inputs: vec![(3, Digest::of(b"a")), (u64::MAX, Digest::of(b"b"))],
        palette_per_tile: if asset_id == 3 { Vec::new() } else { vec![0, 63, 255] },
    }
}

fn build() -> CachedBuild {
    let outputs = (1..=4).map(|number| (stamp(number), Digest::of(&[0]))).collect();
    CachedBuild { key: Digest::of(b"build"), payload_offset: 99, outputs, is_settled: true }
}

fn written(assets: u32) -> String {
    let (mut bytes, mut of_facts) = (Vec::new(), Vec::new());
    let mut writer = Writer::start(&mut bytes, &circumstances()).unwrap();
    let mut facts_writer = FactsWriter::start(&mut of_facts);
    (1..=assets).for_each(|id| writer.root(id, Digest::of(b"seen"), &declaration(id)).unwrap());
    writer.end_of_roots().unwrap();
    for id in 1..=assets {
        writer.asset(&asset(id)).unwrap();
        facts_writer.facts(&facts(id)).unwrap();
    }
    facts_writer.end().unwrap();
    writer.pause().unwrap();
    writer.pause().unwrap();
    writer.end(&build(), &mut of_facts.as_slice()).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn stream(bytes: &[u8]) -> Stream {
    let disk = MemoryDisk::new([("assets/cache.json", bytes.to_vec())]);
    let file = disk.open(&PortablePath::assets().own("cache.json")).unwrap();
    admit_stream(file, Limit::CacheBytes, &Limits::default()).unwrap()
}

/// What a cache says.
#[derive(Debug, Default)]
struct Told {
    roots: Vec<RootLine>,
    assets: Vec<CachedAsset>,
    facts: Vec<CachedFacts>,
}

fn read_back(bytes: &[u8]) -> Result<Told, String> {
    let mut told = Told::default();
    let roots = Roots::open(stream(bytes), &Windows::default(), &circumstances())?.ok_or("other circumstances")?;
    let assets = roots.read(|root| told.roots.push(root))?;
    let (built, facts) = assets.read(Some, |asset| told.assets.push(asset))?;
    assert_eq!(built, build());
    facts.read(Some, |facts| told.facts.push(facts))?;
    Ok(told)
}

#[test]
fn what_is_written_is_read_and_is_json() {
    for count in [0, 1, 2, 500] {
        let text = written(count);
        let told = read_back(text.as_bytes()).unwrap();
        assert_eq!(told.assets, (1..=count).map(asset).collect::<Vec<_>>());
        assert_eq!(told.facts, (1..=count).map(facts).collect::<Vec<_>>());
        assert_eq!(told.roots.len(), count as usize);
        for (root, id) in told.roots.iter().zip(1..) {
            let read = root.read().unwrap();
            assert_eq!((root.asset_id, read.seen), (id, Digest::of(b"seen")));
            assert_eq!(format!("{:?}", read.declaration), format!("{:?}", declaration(id)));
        }
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["schema_version"], 2);
        for part in ["roots", "assets", "facts"] {
            assert_eq!(value[part].as_array().unwrap().len(), count as usize);
        }
        let lines = text.lines().filter(|line| !line.is_empty()).count();
        assert_eq!(lines, 3 * count as usize + 4, "one line for each of them");
    }
}

#[test]
fn a_declaration_that_is_not_complete_is_not_written() {
    let without: [fn(&mut Declaration); 4] =
        [|of| of.asset_uuid = None, |of| of.name = None, |of| of.bank = None, |of| of.preload = None];
    for take in without {
        let mut declaration = declaration(3);
        take(&mut declaration);
        let mut bytes = Vec::new();
        let mut writer = Writer::start(&mut bytes, &circumstances()).unwrap();
        let before = written(0).lines().next().unwrap().len();
        writer.root(3, Digest::of(b"seen"), &declaration).unwrap();
        assert_eq!(bytes.len(), before, "{declaration:?}");
    }
}

#[test]
fn a_root_that_no_declaration_could_describe_is_passed_over() {
    let text = written(3);
    let changes = [
        ("\"name\":\"asset_3\"", "\"name\":\"Asset_3\""),
        ("\"type\":\"glyph_bank\"", "\"type\":\"glyph_tank\""),
        ("\"tile_size\":16},\"inputs\":[[\"sprites", "\"tile_size\":17},\"inputs\":[[\"sprites"),
        ("[\"sprites\",\"b.png\"]", "[\"sprite\",\"b.png\"]"),
        ("00000000-0000-0003-0000-000000000001", "00000000-0000-0003-0000-00000000000g"),
    ];
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        let roots = summed(&text.replace(from, to));
        let roots = Roots::open(stream(roots.as_bytes()), &Windows::default(), &circumstances()).unwrap().unwrap();
        let mut ids = Vec::new();
        drop(roots.read(|root| ids.extend(root.read().map(|_| root.asset_id))).unwrap());
        assert_eq!(ids, [1, 2], "{to}");
    }
}

/// The text with the checksum of its roots as it has to be.
fn summed(text: &str) -> String {
    let (roots, rest) = text.split_once(BEHIND_ROOTS[0]).unwrap();
    let rest = rest.split_once(BEHIND_ROOTS[1]).unwrap().1;
    let [before, behind] = BEHIND_ROOTS;
    format!("{roots}{before}{}{behind}{rest}", crc32fast::hash(roots.as_bytes()))
}

#[test]
fn a_cache_of_other_circumstances_is_none_at_all() {
    let open = |of: &[u8]| Roots::open(stream(written(1).as_bytes()), &Windows::default(), &Digest::of(of));
    assert!(open(b"circumstances").unwrap().is_some());
    assert!(open(b"other circumstances").unwrap().is_none());
}

#[test]
fn a_file_that_was_cut_off_anywhere_is_refused_before_an_asset_is_believed() {
    let text = written(2);
    for length in 0..text.len() {
        assert!(read_assets(&text.as_bytes()[..length]).is_err(), "{length}");
    }
}

#[test]
fn a_file_that_was_edited_anywhere_is_refused_before_an_asset_is_believed() {
    let text = written(2).into_bytes();
    for at in 0..text.len() {
        let mut edited = text.clone();
        edited[at] = if edited[at] == b'1' { b'2' } else { b'1' };
        if edited != text {
            assert!(read_assets(&edited).is_err(), "{at}");
        }
    }
    for more in ["\n", " ", "{}", "\0"] {
        assert!(read_assets(&[text.as_slice(), more.as_bytes()].concat()).is_err(), "{more:?}");
    }
}

/// As far as one reads who asks for no facts.
fn read_assets(bytes: &[u8]) -> Result<(), String> {
    let roots = Roots::open(stream(bytes), &Windows::default(), &circumstances())?.ok_or("other circumstances")?;
    roots.read(drop)?.read(Some, drop).map(drop)
}

#[test]
fn roots_that_were_cut_off_or_edited_are_refused_as_soon_as_they_were_read() {
    let text = written(2);
    let end = text.find("\"assets\"").unwrap();
    let read = |bytes: &[u8]| {
        let roots = Roots::open(stream(bytes), &Windows::default(), &circumstances())?.ok_or("other circumstances")?;
        roots.read(drop).map(drop)
    };
    assert_eq!(read(text.as_bytes()), Ok(()));
    for at in 0..end {
        let mut edited = text.clone().into_bytes();
        edited[at] = if edited[at] == b'1' { b'2' } else { b'1' };
        assert!(edited == text.as_bytes() || read(&edited).is_err(), "{at}");
        assert!(read(&text.as_bytes()[..at]).is_err(), "{at}");
    }
}

#[test]
fn a_refusal_says_what_the_file_is() {
    let says = |text: &str, words: &str| {
        let why = read_back(text.as_bytes()).unwrap_err();
        assert!(why.contains(words), "{why}");
    };
    says("{\"schema_version\":3}", "it has version 3, and this packer reads version 2");
    says("{\"schema_version\":2}", "not laid out");
    says("{\"assets\":[]}", "no `schema_version`");
    says(&written(1).replace("hashed_ns", "hashed_is"), "hashed_is");
    says(&written(1).replace("\"bytes\":7", "\"bytes\":8"), "damaged");
    says(&written(1).replace("\"sizes\":[3", "\"sizes\":[4"), "damaged");
}

#[test]
fn roots_without_end_are_read_to_their_end_and_not_kept() {
    let line = |id: u32| format!("{{\"asset_id\":{id},\"{}\"}}", "x".repeat(3 << 20));
    let lines: Vec<String> = (1..=40).map(line).collect();
    let rest = written(0);
    let (head, rest) = rest.split_once("\n").unwrap();
    let text = summed(&format!("{head}\n{}\n{rest}", lines.join(",\n")));
    let roots = Roots::open(stream(text.as_bytes()), &Windows::default(), &circumstances()).unwrap().unwrap();
    let mut kept = Vec::new();
    assert!(roots.read(|root| kept.push(root.asset_id)).is_ok());
    assert_eq!(kept, (1..=21).collect::<Vec<_>>());
}

//! What the writer writes is accepted; everything else is refused with its code.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;
use crate::diagnostic::{Diagnostic, Evidence};
use crate::digest::Digest;
use crate::disk::{Kind, Metadata, RawFile, ReadHandle};
use crate::envelope::{Artifact, Windows};
use crate::trust::Limits;
use serde_json::json;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

struct Memory(Cursor<Vec<u8>>);

impl Read for Memory {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for Memory {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

fn metadata(bytes: u64) -> Metadata {
    Metadata { kind: Kind::File, bytes, modified_ns: 0, changed_ns: None, id: (0, 0), permissions: None }
}

impl ReadHandle for Memory {
    fn metadata(&self) -> io::Result<Metadata> {
        Ok(metadata(self.0.get_ref().len() as u64))
    }
}

fn look_with(bytes: Vec<u8>, windows: &Windows) -> (Verified, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let metadata = metadata(bytes.len() as u64);
    let file = RawFile { path: "x.pa".into(), metadata, handle: Box::new(Memory(Cursor::new(bytes))) };
    let verified = verify(file, Keep::Metadata, &Limits::default(), windows, &mut findings);
    for finding in &findings {
        assert_eq!(finding.path.as_deref(), Some("x.pa"));
        assert!(finding.help.is_some(), "{finding:?}");
    }
    (verified, findings)
}

fn look(bytes: Vec<u8>) -> (Verified, Vec<Diagnostic>) {
    look_with(bytes, &Windows::default())
}

/// The codes found, each once.
fn codes(bytes: Vec<u8>) -> Vec<&'static str> {
    let mut codes: Vec<_> = look(bytes).1.iter().map(|finding| finding.code.as_str()).collect();
    codes.dedup();
    codes
}

fn sound(asset_id: u32, offset: u64, bytes: u64) -> TableEntry {
    let metadata = json!({"channels": 1, "sample_rate": 8000, "samples": {
        "0": {"offset": 0, "length": 2}, "1": {"offset": 2, "length": bytes - 2}}});
    let asset_name = format!("sound_{asset_id}").into();
    let metadata = metadata.as_object().unwrap().clone();
    TableEntry { asset_id, asset_name, bank: BankType::Sound, offset, bytes, decoded_bytes: bytes, metadata }
}

fn glyph(asset_id: u32, offset: u64) -> TableEntry {
    let metadata = json!({"tile_size": 16, "width": 256, "height": 256, "palette_count": 64, "palette_authored": 2,
        "deep": [true, "é\n", {"\u{ffff}": -1, "😀": 9_007_199_254_740_991_i64}]});
    TableEntry {
        asset_id,
        asset_name: format!("glyph_{asset_id}").into(),
        bank: BankType::Glyph,
        offset,
        bytes: GLYPH_BYTES,
        decoded_bytes: GLYPH_DECODED_BYTES,
        metadata: metadata.as_object().unwrap().clone(),
    }
}

fn around(header: &[u8], payloads: &[u8]) -> Vec<u8> {
    [&Prelude::of(header.len() as u32).to_bytes()[..], header, payloads].concat()
}

fn header_of(entries: &[TableEntry], preload: &[PreloadEntry]) -> Vec<u8> {
    let mut header = Vec::new();
    header::write(entries, preload, &mut header).unwrap();
    assert_eq!(header.len() as u64, header::length(entries, preload));
    let measured: Vec<_> = entries.iter().map(measured).collect();
    assert_eq!(header.len() as u64, header::length(&measured, preload), "as a doctor knows it");
    header
}

fn measured(entry: &TableEntry) -> TableEntry<MetadataBytes> {
    let TableEntry { asset_id, asset_name, bank, offset, bytes, decoded_bytes, metadata } = entry.clone();
    TableEntry { asset_id, asset_name, bank, offset, bytes, decoded_bytes, metadata: MetadataBytes::of(&metadata) }
}

fn archive(entries: &[TableEntry], preload: &[PreloadEntry]) -> Vec<u8> {
    let bytes: u64 = entries.iter().map(|entry| entry.bytes).sum();
    let payloads: Vec<u8> = (0..bytes).map(|at| (at * 7 % 251) as u8).collect();
    around(&header_of(entries, preload), &payloads)
}

fn small() -> Vec<u8> {
    archive(&[sound(1, 0, 6), sound(4, 6, 4)], &[PreloadEntry { asset_id: 4, slot: 0 }])
}

/// A small archive whose header text was changed from `old` to `new`, its lengths made right again.
fn reworded(old: &str, new: &str) -> Vec<u8> {
    let header = header_of(&[sound(1, 0, 6), sound(4, 6, 4)], &[PreloadEntry { asset_id: 4, slot: 0 }]);
    let text = String::from_utf8(header).unwrap();
    assert!(text.contains(old), "{old} is not in {text}");
    around(text.replacen(old, new, 1).as_bytes(), &[0; 10])
}

#[test]
fn metadata_is_measured_as_it_is_written() {
    let text: String = (0..0x180).chain([0x2028, 0xFFFF, 0x1F600]).filter_map(char::from_u32).collect();
    let numbers = json!([0, -1, 9_007_199_254_740_991_i64, -9_007_199_254_740_991_i64]);
    let metadata = json!({"z": numbers, "a": [[], {}, true, false], "\u{ffff}": {"\u{1f600}": "", &text: text}});
    let metadata = metadata.as_object().unwrap();
    assert_eq!(MetadataBytes::of(metadata).bytes(), metadata.bytes());
}

#[test]
fn what_the_writer_makes_is_accepted_and_read_back() {
    let entries = [glyph(2, 0), sound(3, GLYPH_BYTES, 10), glyph(2_147_483_647, GLYPH_BYTES + 10)];
    let preload = preload(entries.iter().map(|entry| (entry.asset_id, entry.bank))).unwrap();
    let bytes = archive(&entries, &preload);
    let (verified, findings) = look(bytes.clone());
    assert_eq!(findings, []);
    assert_eq!(verified.entries, entries);
    assert_eq!((verified.bytes, verified.schema_version), (bytes.len() as u64, Some(1)));
    assert_eq!(verified.sha256, Some(Digest::of(&bytes)));
    assert_eq!(codes(archive(&[], &[])), [""; 0]);
}

#[test]
fn the_bytes_are_those_of_the_format() {
    let header = header_of(&[sound(1, 0, 6)], &[PreloadEntry { asset_id: 1, slot: 0 }]);
    let expected = concat!(
        r#"{"asset_table":[{"asset_id":1,"asset_name":"sound_1","bank_type":"SOUNDS","codec":"NONE","decoded_size":6,"#,
        r#""metadata":{"channels":1,"sample_rate":8000,"samples":{"0":{"length":2,"offset":0},"1":{"length":4,"#,
        r#""offset":2}}},"offset":0,"size":6}],"preload":[{"asset_id":1,"slot":0}]}"#
    );
    assert_eq!(String::from_utf8(header).unwrap(), expected);
    // Keys ascend by UTF-16 code units, where the surrogates of an emoji stand before U+FFFF; text is not escaped.
    let deep = "\"deep\":[true,\"é\\n\",{\"😀\":9007199254740991,\"\u{ffff}\":-1}],\"height\"";
    assert!(header::entry_json(&glyph(1, 0)).contains(deep));
    assert_eq!(header_of(&[], &[]), br#"{"asset_table":[],"preload":[]}"#);
    let prelude = [b"ASPA\x01\0\0\0\x02\x01\0\0\x22\x01\0\0\0\0\0\0".as_slice(), &[0; 12]].concat();
    assert_eq!(Prelude::of(258).to_bytes().as_slice(), prelude);
}

#[test]
fn every_cut_is_a_truncation() {
    let bytes = small();
    for end in 0..bytes.len() {
        assert_eq!(codes(bytes[..end].to_vec()), ["archive/truncated"], "cut at {end}");
    }
    let glyphs = archive(&[glyph(1, 0)], &[]);
    assert_eq!(codes(glyphs[..glyphs.len() - 1].to_vec()), ["archive/truncated"]);
}

#[test]
fn every_byte_of_the_prelude_counts() {
    let bytes = small();
    for at in 0..PRELUDE_BYTES {
        for bit in 0..8 {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1 << bit;
            let found = codes(bytes);
            let expected = match at {
                0..4 => "archive/bad-magic",
                4 if bit == 0 => "version/malformed",
                4..6 => "version/too-new",
                6..8 => "version/malformed",
                _ => "archive/prelude-invalid",
            };
            assert!(found.contains(&expected), "byte {at} bit {bit}: {found:?}");
        }
    }
    let huge = [&bytes[..8], &u32::MAX.to_le_bytes(), &(32 + u64::from(u32::MAX)).to_le_bytes(), &bytes[20..]].concat();
    assert_eq!(codes(huge), ["archive/header-too-large"]);
    let claimed = [&bytes[..8], &60_000_000_u32.to_le_bytes(), &60_000_032_u64.to_le_bytes(), &bytes[20..]].concat();
    assert_eq!(codes(claimed), ["archive/truncated"]);
    assert_eq!(codes(around(b"", b"")), ["archive/prelude-invalid"]);
}

#[test]
fn a_version_outside_the_window_is_not_read_further() {
    let windows = Windows::default().with_floor(Artifact::Archive, 2);
    let (verified, findings) = look_with(small(), &windows);
    assert_eq!(findings[0].code.as_str(), "version/too-old");
    assert_eq!((findings.len(), verified.schema_version, verified.entries.len()), (1, Some(1), 0));
    assert!(verified.sha256.is_none(), "what is refused by its first bytes is not read to its end");
}

#[test]
fn a_header_that_the_writer_would_write_otherwise_is_refused() {
    for (old, new) in [
        (r#"{"asset_table""#, r#"{ "asset_table""#),
        (r#"}]}"#, "}]}\n"),
        (r#""asset_id":1,"asset_name":"sound_1""#, r#""asset_name":"sound_1","asset_id":1"#),
        ("sound_1", r"sound\u005f1"),
        (r#""asset_id":1"#, r#""asset_id":1.0"#),
        (r#""sample_rate":8000"#, r#""sample_rate":8e3"#),
        (r#""slot":0"#, r#""slot":-0"#),
    ] {
        assert_eq!(codes(reworded(old, new)), ["archive/header-not-canonical"], "{new}");
    }
    let (_, findings) = look(reworded(r#""slot":0}"#, r#""slot":0 }"#));
    let header = header_of(&[sound(1, 0, 6), sound(4, 6, 4)], &[PreloadEntry { asset_id: 4, slot: 0 }]);
    let at = PRELUDE_BYTES + header.len() - 3;
    assert!(findings[0].evidence.contains(&("offset", Evidence::Number(at as i64))), "{findings:?}");
}

#[test]
fn a_header_of_other_members_or_types_is_refused() {
    for (old, new) in [
        ("{", "["),
        (r#""preload""#, r#""preloads""#),
        (r#","slot":0"#, ""),
        (r#""slot":0"#, r#""slot":0,"slow":1"#),
        (r#""slot":0"#, r#""slot":0,"slot":0"#),
        (r#""codec":"NONE""#, r#""codec":"LZ4""#),
        ("SOUNDS", "TILES"),
        (r#""asset_id":1"#, r#""asset_id":0"#),
        (r#""asset_id":1"#, r#""asset_id":2147483648"#),
        (r#""asset_id":1"#, r#""asset_id":"1""#),
        (r#""offset":0,"size""#, r#""offset":-2,"size""#),
        (r#""offset":0,"size""#, r#""offset":0.5,"size""#),
        (r#""offset":0,"size":6"#, r#""offset":0,"size":9007199254740992"#),
        ("sound_1", "Sound"),
        ("sound_1", ""),
    ] {
        assert_eq!(codes(reworded(old, new)), ["archive/header-invalid"], "{new}");
    }
    assert_eq!(codes(around(b"\xff{}", b"")), ["archive/header-invalid"]);
    assert_eq!(codes(around("[".repeat(100_000).as_bytes(), b"")), ["archive/header-invalid"]);
}

#[test]
fn the_table_ascends_and_names_each_asset_once() {
    assert_eq!(codes(archive(&[sound(4, 0, 6), sound(1, 6, 4)], &[])), ["archive/table-unsorted"]);
    assert_eq!(codes(reworded("sound_4", "sound_1")), ["archive/duplicate-entry"]);
    let twice = TableEntry { asset_name: "other".into(), ..sound(1, 6, 4) };
    assert_eq!(codes(archive(&[sound(1, 0, 6), twice], &[])), ["archive/duplicate-entry"]);
}

#[test]
fn payloads_lie_without_gap_or_overlap_and_end_the_file() {
    for offset in [0, 4, 5, 7, 8, 9_007_199_254_740_990] {
        assert_eq!(codes(archive(&[sound(1, 0, 6), sound(4, offset, 4)], &[])), ["archive/layout"], "{offset}");
    }
    assert_eq!(codes([small(), vec![b'x']].concat()), ["archive/trailing-bytes"]);
    assert_eq!(codes([small(), b"\r\n".to_vec()].concat()), ["archive/trailing-bytes"]);
    assert_eq!(codes([small(), "é€".into()].concat()), ["archive/trailing-bytes"]);
    let beyond = around(&header_of(&[sound(1, 0, 9_007_199_254_740_990)], &[]), &[0; 10]);
    assert_eq!(codes(beyond), ["archive/truncated"]);
}

#[test]
fn sizes_agree_with_the_format() {
    let decoded = TableEntry { decoded_bytes: 8, ..sound(1, 0, 6) };
    let odd = TableEntry { metadata: sound(1, 0, 6).metadata, ..sound(1, 0, 7) };
    let sheet = TableEntry { decoded_bytes: GLYPH_BYTES, ..glyph(1, 0) };
    let short = TableEntry { bytes: 100, ..glyph(1, 0) };
    for entry in [decoded, odd, sheet, short] {
        assert_eq!(codes(archive(&[entry], &[])), ["archive/size-mismatch"]);
    }
}

#[test]
fn metadata_says_what_the_format_demands() {
    let with = |mut entry: TableEntry, key: &str, value: Value| {
        entry.metadata.insert(key.into(), value);
        archive(&[entry], &[])
    };
    for (key, value) in [
        ("tile_size", json!(12)),
        ("width", json!(128)),
        ("height", json!("256")),
        ("palette_count", json!(63)),
        ("palette_authored", json!(65)),
        ("palette_authored", json!({})),
        ("note", json!(null)),
        ("note", json!(0.5)),
        ("note", json!([{"deep": 1e300}])),
        ("note", serde_json::from_str(&format!("{}{}", "[".repeat(16), "]".repeat(16))).unwrap()),
        ("note", (0..1025).map(|at| (at.to_string(), json!(at))).collect::<Map<_, _>>().into()),
    ] {
        assert_eq!(codes(with(glyph(1, 0), key, value.clone())), ["archive/metadata-invalid"], "{key} {value}");
    }
    for (key, value) in [
        ("sample_rate", json!(7999)),
        ("channels", json!(2)),
        ("samples", json!([])),
        ("samples", json!({"0": {"offset": 0}})),
        ("samples", json!({"0": {"offset": 1, "length": 2}})),
        ("samples", json!({"0": {"offset": 0, "length": 3}})),
        ("samples", json!({"0": {"offset": 4, "length": 4}})),
        ("samples", json!({"0": {"offset": -2, "length": 4}})),
    ] {
        assert_eq!(codes(with(sound(1, 0, 6), key, value.clone())), ["archive/metadata-invalid"], "{key} {value}");
    }
    let many = (0..4096).map(|at| (at.to_string(), json!({"offset": 0, "length": 0}))).collect::<Map<_, _>>();
    assert_eq!(codes(with(sound(1, 0, 6), "samples", many.into())), [""; 0]);
}

#[test]
fn preloaded_assets_exist_and_slots_count() {
    let bad = |list: &[(u32, u32)]| {
        let list: Vec<_> = list.iter().map(|&(asset_id, slot)| PreloadEntry { asset_id, slot }).collect();
        codes(archive(&[sound(1, 0, 6), sound(4, 6, 4)], &list))
    };
    for list in [&[(2, 0)][..], &[(1, 1)], &[(4, 0), (1, 1)], &[(1, 0), (1, 1)], &[(1, 0), (4, 0)]] {
        assert_eq!(bad(list), ["archive/preload-invalid"], "{list:?}");
    }
    let entries: Vec<_> = (0..17).map(|at| sound(at + 1, u64::from(at) * 4, 4)).collect();
    let list: Vec<_> = (0..17).map(|at| PreloadEntry { asset_id: at + 1, slot: at }).collect();
    assert_eq!(codes(archive(&entries, &list[..16])), [""; 0]);
    assert_eq!(codes(archive(&entries, &list)), ["archive/preload-invalid"]);
    let banks = |count| (1..=count).flat_map(|id| [(2 * id, BankType::Glyph), (2 * id + 1, BankType::Sound)]);
    assert_eq!(preload(banks(16)).unwrap().last(), Some(&PreloadEntry { asset_id: 33, slot: 15 }));
    assert_eq!(preload(banks(17)), Err(SlotsFull { bank: BankType::Glyph, asset_id: 34 }));
}

fn to_crlf(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|&byte| if byte == b'\n' { vec![b'\r', b'\n'] } else { vec![byte] }).collect()
}

fn to_latin1(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|&byte| char::from(byte)).collect::<String>().into_bytes()
}

/// An archive with a header of so many bytes and a payload that holds every byte.
fn with_header_bytes(bytes: u64) -> Vec<u8> {
    let mut entry = sound(1, 0, 1000);
    entry.metadata.insert("pad".into(), json!(""));
    let pad = bytes - header::length([&entry], &[]);
    entry.metadata.insert("pad".into(), json!("x".repeat(pad as usize)));
    archive(&[entry], &[])
}

#[test]
fn text_mode_is_told_from_other_damage() {
    // Lengths that go through unharmed, that hold a line feed, and that hold bytes that are no ASCII: 0x141, 0x30A, 0x3E8.
    for bytes in [0x141, 0x30A, 0x3E8].map(with_header_bytes) {
        assert_eq!(codes(bytes.clone()), [""; 0]);
        let lossy = String::from_utf8_lossy(&bytes).into_owned().into_bytes();
        for mangled in [to_crlf(&bytes), to_latin1(&bytes), lossy] {
            assert_eq!(codes(mangled), ["archive/text-mangled"]);
        }
    }
    assert_eq!(codes([b"\xef\xbb\xbf".to_vec(), small()].concat()), ["archive/text-mangled"]);
    let wide: Vec<u8> = small().iter().flat_map(|&byte| [byte, 0]).collect();
    assert_eq!(codes(wide), ["archive/text-mangled"]);
    assert_eq!(codes(b"PK\x03\x04".to_vec()), ["archive/bad-magic"]);
}

#[test]
fn every_byte_is_accounted_for() {
    let mut gaps = sound(3, GLYPH_BYTES, 12);
    let samples =
        json!({"a": {"offset": 2, "length": 4}, "b": {"offset": 4, "length": 4}, "c": {"offset": 4, "length": 0}});
    gaps.metadata.insert("samples".into(), samples);
    let good = archive(&[glyph(2, 0), gaps], &[]);
    let whats: Vec<_> = look(good.clone()).0.regions().into_iter().map(|region| (region.what, region.bytes)).collect();
    let tail: Vec<_> = whats[7..].iter().map(|(what, bytes)| (&**what, *bytes)).collect();
    assert_eq!(
        tail,
        [
            ("glyph_2 (GLYPH): sheet", 32768),
            ("glyph_2 (GLYPH): palettes", 2048),
            ("sound_3 (SOUNDS): in no sample", 2),
            ("sound_3 (SOUNDS): sample a", 4),
            ("sound_3 (SOUNDS): sample b", 2),
            ("sound_3 (SOUNDS): in no sample", 4),
        ]
    );
    for bytes in [
        vec![],
        good[..7].to_vec(),
        good[..100].to_vec(),
        good[..5000].to_vec(),
        [good.clone(), vec![1]].concat(),
        good,
    ] {
        let mut at = 0;
        for region in look(bytes.clone()).0.regions() {
            assert_eq!(region.offset, at);
            at += region.bytes;
        }
        assert_eq!(at, bytes.len() as u64);
    }
}

#[test]
fn a_hostile_header_does_not_flood_the_findings() {
    let header = format!(r#"{{"asset_table":[{}0],"preload":[]}}"#, "0,".repeat(5000));
    let (_, findings) = look(around(header.as_bytes(), b""));
    assert_eq!(findings.len(), 1000);
    assert_eq!(findings[999].evidence.last(), Some(&("listed_max", Evidence::Number(1000))));
}

#[test]
fn whatever_is_accepted_is_what_the_writer_writes() {
    let bytes = small();
    let mut accepted = 0;
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            let (verified, findings) = look(changed.clone());
            let answers = findings.iter().all(|finding| ["archive", "version"].contains(&finding.code.family()));
            assert!(answers, "byte {at} bit {bit}: {findings:?}");
            if findings.is_empty() {
                let preload = PreloadEntry { asset_id: verified.entries[1].asset_id, slot: 0 };
                let header = header_of(&verified.entries, &[preload]);
                assert_eq!(around(&header, &changed[changed.len() - 10..]), changed, "byte {at} bit {bit}");
                accepted += 1;
            }
        }
    }
    assert!(accepted >= 80, "every payload byte may have any value");
}

#[test]
fn a_file_that_cannot_be_read_or_changes_is_unreadable() {
    for (promised, held) in [(small().len() + 1, small()), (small().len(), [small(), vec![0]].concat())] {
        let mut findings = Vec::new();
        let handle = Box::new(Memory(Cursor::new(held)));
        let file = RawFile { path: "x.pa".into(), metadata: metadata(promised as u64), handle };
        verify(file, Keep::Metadata, &Limits::default(), &Windows::default(), &mut findings);
        assert_eq!(findings.last().unwrap().code.as_str(), "archive/unreadable", "{findings:?}");
    }
}

#[test]
fn metadata_of_two_origins_is_measured_as_one() {
    let texts = ["{}", "{\"a\":1}", "{\"\u{e4}\":[{}],\"b\":\"{}\"}"];
    for (left, right) in texts.iter().flat_map(|left| texts.iter().map(move |right| (left, right))) {
        let left: Map<String, Value> = serde_json::from_str(left).unwrap();
        let right: Map<String, Value> = serde_json::from_str(right).unwrap();
        let right: Map<String, Value> = right.into_iter().map(|(key, value)| (format!("other {key}"), value)).collect();
        let other_bytes = serde_json::to_vec(&right).unwrap().len() as u64;
        let both = left.clone().into_iter().chain(right).collect();
        assert_eq!(MetadataBytes::of(&left).with(other_bytes).bytes(), MetadataBytes::of(&both).bytes());
    }
}

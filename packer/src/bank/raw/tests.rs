//! Payloads that are taken as they are, and the metadata that must fit them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::bank::tests::inputs::Memory;
use serde_json::json;

fn make(format: BankType, bytes: &[u8]) -> (Vec<u8>, Option<Facts>, Vec<Code>) {
    let inputs = Memory::new().with(Role::Payload, "p.bin", bytes);
    let (mut payload, mut findings) = (Vec::new(), Vec::new());
    let facts = materialise(format, &inputs, &mut payload, &mut findings).unwrap();
    let mut ahead_findings = Vec::new();
    assert_eq!(layout(format, &inputs, &mut ahead_findings), facts.as_ref().map(|facts| facts.layout.clone()));
    assert_eq!(ahead_findings, findings);
    (payload, facts, findings.iter().map(|found| found.code).collect())
}

fn check(format: BankType, declared: &Value, bytes: u64) -> Vec<(Code, String)> {
    let findings = check_metadata(format, declared.as_object().unwrap(), bytes);
    findings.into_iter().map(|found| (found.code, found.message.to_string())).collect()
}

#[test]
fn bytes_are_copied_as_they_are() {
    let bytes: Vec<u8> = (0..34_816_u32).map(|at| ((at * 7) >> 3) as u8).collect();
    let (payload, facts, _) = make(BankType::Glyph, &bytes);
    assert_eq!(payload, bytes);
    let metadata = json!({"width": 256, "height": 256, "palette_count": 64});
    assert_eq!(Value::Object(facts.unwrap().layout.metadata), metadata);
    let (payload, facts, _) = make(BankType::Sound, &bytes[..20_000]);
    assert_eq!((payload.len(), facts.unwrap().layout.metadata.len()), (20_000, 0));
}

#[test]
fn sizes_that_no_payload_has_are_refused() {
    for length in [0, 34_815, 34_817, 67_584] {
        assert_eq!(make(BankType::Glyph, &vec![0; length]).2, [Code::PayloadSizeMismatch]);
    }
    assert_eq!(make(BankType::Sound, &[0; 7]).2, [Code::PayloadSizeMismatch]);
    assert_eq!(make(BankType::Sound, &[]).2, []);
}

#[test]
fn glyph_metadata_says_how_many_palettes_were_authored() {
    for good in [1, 64] {
        assert_eq!(check(BankType::Glyph, &json!({"palette_authored": good, "tile_size": 8}), 34_816), []);
    }
    for bad in
        [json!({}), json!({"palette_authored": 0}), json!({"palette_authored": 65}), json!({"palette_authored": "1"})]
    {
        let found = check(BankType::Glyph, &bad, 34_816);
        assert_eq!((found.len(), found[0].0), (1, Code::DeclarationMetadataInvalid), "{bad}");
    }
}

#[test]
fn sound_metadata_has_to_fit_the_payload() {
    let with = |samples: Value| json!({"sample_rate": 22_050, "channels": 1, "samples": samples});
    let good = with(
        json!({"jump": {"offset": 0, "length": 90}, "rest": {"offset": 90, "length": 10}, "none": {"offset": 100, "length": 0}}),
    );
    assert_eq!(check(BankType::Sound, &good, 100), []);
    for (offset, length) in [(1, 2), (0, 3), (0, 102), (100, 2), (u64::MAX - 1, 2)] {
        let found = check(BankType::Sound, &with(json!({"a": {"offset": offset, "length": length}})), 100);
        assert_eq!((found.len(), found[0].0), (1, Code::PayloadSizeMismatch), "{offset} {length}");
    }
    for sample in [
        json!(7),
        json!({"offset": 0}),
        json!({"offset": -2, "length": 2}),
        json!({"offset": 0, "length": 2, "loop": 1}),
    ] {
        let found = check(BankType::Sound, &with(json!({ "a": sample })), 100);
        assert_eq!((found.len(), found[0].0), (1, Code::DeclarationMetadataInvalid), "{sample}");
    }
    let found = check(BankType::Sound, &json!({"sample_rate": 96_000, "channels": 2}), 100);
    assert_eq!(found.iter().map(|(code, _)| *code).collect::<Vec<_>>(), [Code::DeclarationMetadataInvalid; 3]);
    assert!(found[0].1.contains("`sample_rate` is `96000`"), "{}", found[0].1);
}

//! An archive, against a second reading of what `verify` accepts. The header of every file is also given the prelude that
//! it would need, so that a fuzzer gets past it.

use crate::project::{check, opened};
use prometeu_packer::envelope::Windows;
use prometeu_packer::schema::archive::verify;
use prometeu_packer::trust::Limits;
use serde_json::Value;

pub(crate) fn body(data: &[u8]) {
    examine(data);
    if let Some((&header_bytes, rest)) = data.split_first_chunk::<2>() {
        let header_bytes = usize::from(u16::from_le_bytes(header_bytes)).min(rest.len());
        let mut archive = b"ASPA\x01\0\0\0".to_vec();
        archive.extend((header_bytes as u32).to_le_bytes());
        archive.extend((32 + header_bytes as u64).to_le_bytes());
        archive.extend([0; 12]);
        archive.extend(rest);
        examine(&archive);
    }
}

fn examine(file: &[u8]) {
    let mut findings = Vec::new();
    let verified = verify(opened("assets/a.pa", file), &Limits::default(), &Windows::default(), &mut findings);
    check(&findings);
    assert!(findings.iter().all(|finding| matches!(finding.code.family(), "archive" | "version")), "{findings:?}");
    if findings.is_empty() {
        accepted(file, verified.entries.len());
    }
}

/// What must hold of a file that was accepted, read without the packer.
fn accepted(file: &[u8], entries: usize) {
    let number = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().expect("four bytes")) as usize;
    let header_bytes = number(8);
    assert_eq!((&file[..4], number(4), number(20)), (&b"ASPA"[..], 1, 0));
    let text = &file[32..32 + header_bytes];
    let header: Value = serde_json::from_slice(text).expect("a header is JSON");
    // Keys beyond the basic plane sort otherwise in UTF-16 than in UTF-8; there the second writer is not one.
    if text.iter().all(|&byte| byte < 0xf0) {
        assert_eq!(serde_json::to_vec(&header).expect("a value can be written"), text, "not canonical");
    }
    let table = header["asset_table"].as_array().expect("a list");
    assert_eq!(table.len(), entries);
    let (mut end, mut last) = (0, 0);
    for entry in table {
        let id = entry["asset_id"].as_u64().expect("an id");
        assert!(id > last && id <= 2_147_483_647);
        assert_eq!(entry["offset"].as_u64(), Some(end), "a gap or an overlap");
        end += entry["size"].as_u64().expect("a size");
        last = id;
    }
    assert_eq!(32 + header_bytes as u64 + end, file.len() as u64);
}

//! An archive: `verify` and a second reader come to one verdict, and where they accept it, to the same entries. Of most
//! bytes nothing is an archive, so they are also taken as a header, which gets the prelude that it needs, and as choices
//! that make an archive, right in most things.

mod maker;
mod reader;

use crate::project::{check, opened};
use prometeu_packer::envelope::Windows;
use prometeu_packer::schema::archive::{Keep, TableEntry, bank_word, verify};
use prometeu_packer::trust::Limits;

pub(crate) fn body(data: &[u8]) {
    examine(data);
    examine(&maker::make(data));
    if let Some((&header_bytes, rest)) = data.split_first_chunk::<2>() {
        let header_bytes = usize::from(u16::from_le_bytes(header_bytes)).min(rest.len());
        examine(&[&maker::prelude(header_bytes)[..], rest].concat());
    }
}

fn examine(file: &[u8]) {
    let mut findings = Vec::new();
    let verified =
        verify(opened("assets/a.pa", file), Keep::Metadata, &Limits::default(), &Windows::default(), &mut findings);
    check(&findings);
    assert!(findings.iter().all(|finding| matches!(finding.code.family(), "archive" | "version")), "{findings:?}");
    match reader::read(file) {
        Ok(entries) => {
            assert!(findings.is_empty(), "only the second reader accepts: {findings:?}");
            let there: Vec<reader::Entry> = verified.entries.iter().map(entry).collect();
            assert_eq!(there, entries);
        }
        Err(why) => assert!(!findings.is_empty(), "the second reader refuses: {why}"),
    }
    let covered: u64 = verified.regions().iter().map(|region| region.bytes).sum();
    assert_eq!(covered, file.len() as u64, "bytes that nobody accounts for");
}

fn entry(entry: &TableEntry) -> reader::Entry {
    reader::Entry {
        id: entry.asset_id.into(),
        name: entry.asset_name.to_string(),
        bank: bank_word(entry.bank).to_owned(),
        offset: entry.offset,
        size: entry.bytes,
        decoded_size: entry.decoded_bytes,
        metadata: entry.metadata.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::{examine, maker, reader};
    use crate::mutate::noise;
    use std::collections::BTreeMap;

    #[test]
    fn what_is_made_is_an_archive_or_next_to_one() {
        let mut verdicts = BTreeMap::new();
        for seed in 0..800 {
            let archive = maker::make(&noise(seed, 40 + seed as usize % 400));
            examine(&archive);
            let verdict = reader::read(&archive);
            let verdict = verdict.map_or_else(str::to_owned, |entries| format!("{:02}", entries.len()));
            *verdicts.entry(verdict).or_insert(0) += 1;
        }
        let (accepted, refused): (Vec<_>, Vec<_>) = verdicts.iter().partition(|(verdict, _)| verdict.len() == 2);
        assert!(accepted.len() > 15 && refused.len() > 15, "{verdicts:#?}");
    }
}

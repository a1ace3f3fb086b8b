//! What must hold between the entries of a header: order, sizes, layout of the payloads, preload slots.

use super::faults::Faults;
use super::read::Header;
use super::{GLYPH_BYTES, GLYPH_DECODED_BYTES, PRELOAD_SLOTS, TableEntry, bank_word, metadata};
use crate::diagnostic::Code;
use crate::schema::BankType;
use std::collections::HashSet;

/// Checks everything but the layout.
pub(super) fn check(header: &Header, faults: &mut Faults<'_>) {
    check_order(header, faults);
    header.late.iter().for_each(|finding| faults.push(finding.clone()));
    check_preload(header, faults);
}

/// Checks an entry by itself: its size and its metadata.
pub(super) fn check_entry(entry: &TableEntry, at: u64, faults: &mut Faults<'_>) {
    check_size(entry, at, faults);
    metadata::check(entry, at, faults);
}

/// Checks that the payloads follow each other without gaps, and gives the length of all of them in bytes.
pub(super) fn check_layout(header: &Header, faults: &mut Faults<'_>) -> Option<u64> {
    let (mut end, mut holds) = (0_u64, true);
    for (entry, &at) in header.entries.iter().zip(&header.entry_offsets) {
        if entry.offset != end {
            let what = if entry.offset > end { "leaves a gap after" } else { "overlaps" };
            let message = format!(
                "the payload of `{}` begins at byte {} of the payload region and {what} what ends at byte {end}",
                entry.asset_name, entry.offset
            );
            faults.note(Code::ArchiveLayout, at, message);
            holds = false;
        }
        let Some(next) = entry.offset.checked_add(entry.bytes) else {
            let message = format!("the payload of `{}` ends beyond what 64 bits can count", entry.asset_name);
            faults.note(Code::ArchiveLayout, at, message);
            return None;
        };
        end = next;
    }
    holds.then_some(end)
}

fn check_order(header: &Header, faults: &mut Faults<'_>) {
    let mut names = HashSet::with_capacity(header.entries.len());
    let mut last = 0;
    for (entry, &at) in header.entries.iter().zip(&header.entry_offsets) {
        let (id, name) = (entry.asset_id, &*entry.asset_name);
        if id == last {
            faults.note(Code::ArchiveDuplicateEntry, at, format!("asset {id} stands twice in the asset table"));
        } else if id < last {
            let message = format!("asset {id} stands after asset {last} in the asset table, which ascends");
            faults.note(Code::ArchiveTableUnsorted, at, message);
        }
        if !names.insert(name) {
            let message = format!("the name `{name}` of asset {id} stands twice in the asset table");
            faults.note(Code::ArchiveDuplicateEntry, at, message);
        }
        last = id;
    }
}

fn check_size(entry: &TableEntry, at: u64, faults: &mut Faults<'_>) {
    let TableEntry { asset_name: name, bytes, decoded_bytes: decoded, .. } = entry;
    let wrong = match entry.bank {
        BankType::Glyph if (*bytes, *decoded) != (GLYPH_BYTES, GLYPH_DECODED_BYTES) => {
            format!("a glyph bank has {GLYPH_BYTES} bytes and {GLYPH_DECODED_BYTES} decoded")
        }
        BankType::Sound if bytes != decoded => "a sound bank has as many bytes decoded as stored".to_owned(),
        BankType::Sound if bytes % 2 != 0 => "a sound bank has two bytes a sample".to_owned(),
        _ => return,
    };
    let message = format!("`{name}` has {bytes} bytes and {decoded} decoded, but {wrong}");
    faults.note(Code::ArchiveSizeMismatch, at, message);
}

fn check_preload(header: &Header, faults: &mut Faults<'_>) {
    // A table out of order has its own finding; here ids are looked up in any order.
    let mut table: Vec<_> = header.entries.iter().map(|entry| (entry.asset_id, entry.bank)).collect();
    table.sort_unstable();
    let (mut last, mut glyphs, mut sounds) = (0, 0, 0);
    for (entry, &at) in header.preload.iter().zip(&header.preload_offsets) {
        let (id, slot) = (entry.asset_id, entry.slot);
        let mut wrong = |message: String| faults.note(Code::ArchivePreloadInvalid, at, message);
        if id == last {
            wrong(format!("asset {id} stands twice in the preload list"));
        } else if id < last {
            wrong(format!("asset {id} stands after asset {last} in the preload list, which ascends"));
        }
        last = id;
        let Ok(found) = table.binary_search_by_key(&id, |row| row.0) else {
            wrong(format!("the preload list names asset {id}, which is not in the asset table"));
            continue;
        };
        let bank = table[found].1;
        let next = match bank {
            BankType::Glyph => &mut glyphs,
            BankType::Sound => &mut sounds,
        };
        let word = bank_word(bank);
        if slot != *next {
            wrong(format!("asset {id} has the {word} slot {slot}, not the next one, {next}"));
        } else if slot >= PRELOAD_SLOTS {
            wrong(format!("asset {id} has the {word} slot {slot}, but there are {PRELOAD_SLOTS}"));
        }
        *next = slot.saturating_add(1);
    }
}

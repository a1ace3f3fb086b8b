//! Accounts for every byte of an archive, in the order of the file.

use super::metadata::sample_range;
use super::{FIELDS, GLYPH_BYTES, GLYPH_SHEET_BYTES, PRELUDE_BYTES, TableEntry, Verified};
use crate::schema::BankType;
use serde_json::Value;

/// A stretch of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// Where it begins, in bytes from the start of the file.
    pub offset: u64,
    /// Its length.
    pub bytes: u64,
    /// What lies there.
    pub what: String,
}

impl Verified {
    /// What each byte of the file is, without gaps or overlap. What is not known to be anything is named as such.
    #[must_use]
    pub fn regions(&self) -> Vec<Region> {
        let mut ledger = Ledger { regions: Vec::new(), at: 0 };
        if let Some(header_bytes) = self.header_bytes {
            for field in FIELDS {
                ledger.push(field.bytes as u64, format!("prelude: {}", field.name));
            }
            debug_assert_eq!(ledger.at, PRELUDE_BYTES as u64, "the fields fill the prelude");
            ledger.push(header_bytes, "header".to_owned());
            if self.is_laid_out {
                self.entries.iter().for_each(|entry| ledger.push_payload(entry, self.has_metadata));
            }
        }
        ledger.push(self.bytes - ledger.at, "not accounted for".to_owned());
        ledger.regions
    }
}

struct Ledger {
    regions: Vec<Region>,
    at: u64,
}

impl Ledger {
    /// Adds what follows; nothing when it has no bytes.
    fn push(&mut self, bytes: u64, what: String) {
        if bytes > 0 {
            self.regions.push(Region { offset: self.at, bytes, what });
            self.at += bytes;
        }
    }

    fn push_payload(&mut self, entry: &TableEntry, has_metadata: bool) {
        let name = &entry.asset_name;
        match entry.bank {
            BankType::Glyph if entry.bytes == GLYPH_BYTES => {
                self.push(GLYPH_SHEET_BYTES, format!("{name} (GLYPH): sheet"));
                self.push(entry.bytes - GLYPH_SHEET_BYTES, format!("{name} (GLYPH): palettes"));
            }
            BankType::Glyph => self.push(entry.bytes, format!("{name} (GLYPH)")),
            BankType::Sound if !has_metadata => self.push(entry.bytes, format!("{name} (SOUNDS)")),
            BankType::Sound => self.push_samples(entry),
        }
    }

    /// The samples by their place. Where one begins inside another, only what is left of it is its own.
    fn push_samples(&mut self, entry: &TableEntry) {
        let samples = entry.metadata.get("samples").and_then(Value::as_object);
        let ranged = |(id, sample)| sample_range(sample, entry.bytes).map(|(offset, length)| (offset, length, id));
        let mut ranges: Vec<(u64, u64, &String)> = samples.into_iter().flatten().filter_map(ranged).collect();
        ranges.sort_unstable();
        let (name, mut end) = (&entry.asset_name, 0);
        for (offset, length, id) in ranges {
            self.push(offset.saturating_sub(end), format!("{name} (SOUNDS): in no sample"));
            end = end.max(offset);
            let own = (offset + length).saturating_sub(end);
            self.push(own, format!("{name} (SOUNDS): sample {id}"));
            end += own;
        }
        self.push(entry.bytes - end, format!("{name} (SOUNDS): in no sample"));
    }
}

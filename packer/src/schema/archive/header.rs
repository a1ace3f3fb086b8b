//! Writes the header of an archive in the canonical form of RFC 8785, entry by entry. It checks nothing.

use super::{CODEC, Measured, Metadata, PreloadEntry, TableEntry, bank_word};
use std::io::{self, Write};

/// Writes `{"asset_table":[…],"preload":[…]}`; `entries` and `preload` come in their final order.
///
/// # Errors
/// Those of `sink`.
pub fn write<'e, M: Metadata + 'e>(
    entries: impl IntoIterator<Item = &'e TableEntry<M>>,
    preload: &[PreloadEntry],
    sink: &mut dyn Write,
) -> io::Result<()> {
    write_lists(entries.into_iter().map(entry_json), preload, sink)
}

fn write_lists(
    entries: impl Iterator<Item = String>,
    preload: &[PreloadEntry],
    sink: &mut dyn Write,
) -> io::Result<()> {
    sink.write_all(b"{\"asset_table\":")?;
    write_list(entries, sink)?;
    sink.write_all(b",\"preload\":")?;
    write_list(preload.iter().copied().map(preload_json), sink)?;
    sink.write_all(b"}")
}

/// The length in bytes of what [`write()`] writes.
#[must_use]
pub fn length<'e, M: Measured + 'e>(
    entries: impl IntoIterator<Item = &'e TableEntry<M>>,
    preload: &[PreloadEntry],
) -> u64 {
    let mut count = Count(0);
    let mut measured = 0;
    let entries = entries.into_iter().map(|entry| {
        measured += entry.metadata.bytes();
        entry_around(entry, "")
    });
    write_lists(entries, preload, &mut count).expect("counting never fails");
    count.0 + measured
}

/// One entry of the asset table. Its members stand in sorted order, as the canonical form wants them.
#[must_use]
pub fn entry_json<M: Metadata>(entry: &TableEntry<M>) -> String {
    entry_around(entry, &entry.metadata.canonical())
}

fn entry_around<M>(entry: &TableEntry<M>, metadata: &str) -> String {
    format!(
        r#"{{"asset_id":{},"asset_name":{},"bank_type":"{}","codec":"{CODEC}","decoded_size":{},"metadata":{metadata},"offset":{},"size":{}}}"#,
        entry.asset_id,
        serde_json_canonicalizer::to_string(&&*entry.asset_name).expect("a string can be written"),
        bank_word(entry.bank),
        entry.decoded_bytes,
        entry.offset,
        entry.bytes,
    )
}

/// One entry of the preload list.
#[must_use]
pub fn preload_json(entry: PreloadEntry) -> String {
    format!(r#"{{"asset_id":{},"slot":{}}}"#, entry.asset_id, entry.slot)
}

fn write_list(texts: impl Iterator<Item = String>, sink: &mut dyn Write) -> io::Result<()> {
    let mut before = "[";
    for text in texts {
        sink.write_all(before.as_bytes())?;
        sink.write_all(text.as_bytes())?;
        before = ",";
    }
    sink.write_all(if before == "[" { b"[]" } else { b"]" })
}

struct Count(u64);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

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
    let write = |entry: &TableEntry<M>, sink: &mut dyn Write| write_entry(entry, &entry.metadata.canonical(), sink);
    write_lists(entries, write, preload, sink)
}

fn write_lists<E>(
    entries: impl IntoIterator<Item = E>,
    write: impl FnMut(E, &mut dyn Write) -> io::Result<()>,
    preload: &[PreloadEntry],
    sink: &mut dyn Write,
) -> io::Result<()> {
    sink.write_all(b"{\"asset_table\":")?;
    write_list(entries, write, sink)?;
    sink.write_all(b",\"preload\":")?;
    write_list(preload.iter().copied(), write_preload, sink)?;
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
    let write = |entry: &TableEntry<M>, sink: &mut dyn Write| {
        measured += entry.metadata.bytes();
        write_entry(entry, "", sink)
    };
    write_lists(entries, write, preload, &mut count).expect("counting never fails");
    count.0 + measured
}

/// One entry of the asset table. Its members stand in sorted order, as the canonical form wants them.
#[must_use]
pub fn entry_json<M: Metadata>(entry: &TableEntry<M>) -> String {
    text_of(|sink| write_entry(entry, &entry.metadata.canonical(), sink))
}

fn write_entry<M>(entry: &TableEntry<M>, metadata: &str, mut sink: &mut dyn Write) -> io::Result<()> {
    write!(sink, r#"{{"asset_id":{},"asset_name":"#, entry.asset_id)?;
    serde_json_canonicalizer::to_writer(&&*entry.asset_name, &mut sink)?;
    write!(
        sink,
        r#","bank_type":"{}","codec":"{CODEC}","decoded_size":{},"metadata":{metadata},"offset":{},"size":{}}}"#,
        bank_word(entry.bank),
        entry.decoded_bytes,
        entry.offset,
        entry.bytes,
    )
}

/// One entry of the preload list.
#[must_use]
pub fn preload_json(entry: PreloadEntry) -> String {
    text_of(|sink| write_preload(entry, sink))
}

fn write_preload(entry: PreloadEntry, sink: &mut dyn Write) -> io::Result<()> {
    write!(sink, r#"{{"asset_id":{},"slot":{}}}"#, entry.asset_id, entry.slot)
}

fn text_of(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut text = Vec::new();
    write(&mut text).expect("memory takes everything");
    String::from_utf8(text).expect("JSON is text")
}

fn write_list<E>(
    entries: impl IntoIterator<Item = E>,
    mut write: impl FnMut(E, &mut dyn Write) -> io::Result<()>,
    sink: &mut dyn Write,
) -> io::Result<()> {
    sink.write_all(b"[")?;
    for (at, entry) in entries.into_iter().enumerate() {
        sink.write_all(if at == 0 { b"" } else { b"," })?;
        write(entry, sink)?;
    }
    sink.write_all(b"]")
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

//! A file being written: buffered, counted and hashed on the way, and on the medium when it is finished.

use crate::digest::{Digest, Hasher};
use crate::disk::{Disk, DiskError, WriteHandle};
use crate::path::PortablePath;
use std::io::{self, BufWriter, Write};

/// A file being written, buffered, counted and hashed on the way.
pub(super) struct Sink {
    file: BufWriter<Box<dyn WriteHandle>>,
    bytes: u64,
    hasher: Hasher,
}

/// A file that is read back before it is used, being written: buffered, counted, and with a checksum that tells whether
/// what is read is what was written. Its digest is for the reader to take.
pub(super) struct CheckedSink {
    file: BufWriter<Box<dyn WriteHandle>>,
    bytes: u64,
    sum: crc32fast::Hasher,
}

impl CheckedSink {
    pub(super) fn new(file: Box<dyn WriteHandle>) -> CheckedSink {
        CheckedSink { file: BufWriter::with_capacity(BUFFER_BYTES, file), bytes: 0, sum: crc32fast::Hasher::new() }
    }

    /// Waits until everything is on the medium; gives length and CRC-32.
    pub(super) fn finish(&mut self) -> io::Result<(u64, u32)> {
        self.file.flush()?;
        self.file.get_mut().sync()?;
        Ok((self.bytes, self.sum.clone().finalize()))
    }
}

impl Write for CheckedSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.bytes += written as u64;
        self.sum.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

const BUFFER_BYTES: usize = 256 << 10;

impl Sink {
    pub(super) fn new(file: Box<dyn WriteHandle>) -> Sink {
        Sink { file: BufWriter::with_capacity(BUFFER_BYTES, file), bytes: 0, hasher: Hasher::default() }
    }

    /// Waits until everything is on the medium; gives length and digest.
    pub(super) fn finish(&mut self) -> io::Result<(u64, Digest)> {
        self.file.flush()?;
        self.file.get_mut().sync()?;
        Ok((self.bytes, self.hasher.clone().finish()))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.bytes += written as u64;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Makes a file with what `write` gives; its length and digest.
pub(super) fn write_file(
    disk: &dyn Disk,
    path: &PortablePath,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(u64, Digest), DiskError> {
    let mut sink = Sink::new(disk.create(path)?);
    let written = write(&mut sink).and_then(|()| sink.finish());
    written.map_err(|error| DiskError::new(path.as_str(), error))
}

/// A JSON list with one item a line.
pub(super) fn write_lines(sink: &mut dyn Write, items: impl Iterator<Item = String>) -> io::Result<()> {
    sink.write_all(b"[")?;
    for (at, item) in items.enumerate() {
        write!(sink, "{}{item}", if at == 0 { "\n" } else { ",\n" })?;
    }
    sink.write_all(b"\n]\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::disk::memory::MemoryDisk;

    const PIECES: [&[u8]; 4] = [b"one", b"", b"two", b"three"];

    /// What a power loss leaves of a file whose name is on the medium.
    fn left(disk: &MemoryDisk, seed: u64) -> Vec<u8> {
        disk.crash(seed).snapshot().remove("build/file").flatten().unwrap_or_default()
    }

    fn file() -> (MemoryDisk, PortablePath) {
        let disk = MemoryDisk::new([]);
        disk.place_folder("build");
        (disk, PortablePath::build().own("file"))
    }

    #[test]
    fn what_was_finished_is_counted_summed_and_on_the_medium() {
        let whole = PIECES.concat();
        for checked in [false, true] {
            let (disk, path) = file();
            let handle = disk.create(&path).unwrap();
            disk.sync_dir(&PortablePath::build()).unwrap();
            if checked {
                let mut sink = CheckedSink::new(handle);
                PIECES.iter().for_each(|piece| sink.write_all(piece).unwrap());
                assert_eq!(sink.finish().unwrap(), (11, crc32fast::hash(&whole)));
            } else {
                let mut sink = Sink::new(handle);
                PIECES.iter().for_each(|piece| sink.write_all(piece).unwrap());
                assert_eq!(sink.finish().unwrap(), (11, Digest::of(&whole)));
            }
            assert!((0..20).all(|seed| left(&disk, seed) == whole));
        }
    }

    #[test]
    fn what_is_flushed_can_be_read_before_it_is_finished() {
        let read = |disk: &MemoryDisk| disk.snapshot()["build/file"].clone().unwrap();
        let (disk, path) = file();
        let mut sink = Sink::new(disk.create(&path).unwrap());
        sink.write_all(b"early").unwrap();
        sink.flush().unwrap();
        assert_eq!(read(&disk), b"early");
        let (disk, path) = file();
        let mut sink = CheckedSink::new(disk.create(&path).unwrap());
        sink.write_all(b"early").unwrap();
        sink.flush().unwrap();
        assert_eq!(read(&disk), b"early");
    }

    #[test]
    fn a_list_has_one_item_a_line() {
        let text = |items: &[&str]| {
            let mut sink = Vec::new();
            write_lines(&mut sink, items.iter().map(|&item| item.to_owned())).unwrap();
            String::from_utf8(sink).unwrap()
        };
        assert_eq!((text(&[]).as_str(), text(&["1"]).as_str()), ("[\n]\n", "[\n1\n]\n"));
        assert_eq!(text(&["1", "2", "3"]), "[\n1,\n2,\n3\n]\n");
    }
}

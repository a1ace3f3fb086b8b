//! Writes a cache line by line, while payloads are made.

use super::line::{asset_text, build_text};
use super::{CHECKSUM, CachedAsset, CachedBuild, HEAD};
use std::io::{self, Write};

/// A cache being written.
pub struct Writer<W> {
    sink: W,
    sum: crc32fast::Hasher,
    is_first: bool,
}

impl<W: Write> Writer<W> {
    /// Begins the file.
    ///
    /// # Errors
    /// What `sink` answered.
    pub fn start(sink: W) -> io::Result<Writer<W>> {
        let mut writer = Writer { sink, sum: crc32fast::Hasher::new(), is_first: true };
        writer.put(HEAD)?;
        Ok(writer)
    }

    /// Writes the line of an asset; ids ascend.
    ///
    /// # Errors
    /// What the sink answered.
    pub fn asset(&mut self, asset: &CachedAsset<'_>) -> io::Result<()> {
        let comma = if std::mem::take(&mut self.is_first) { "\n" } else { ",\n" };
        self.put(&format!("{comma}{}", asset_text(asset)))
    }

    /// Ends the last asset's line and brings everything so far to the file.
    ///
    /// # Errors
    /// What the sink answered.
    pub fn pause(&mut self) -> io::Result<()> {
        self.put("\n")?;
        self.sink.flush()
    }

    /// Ends the file, after a [`pause`](Writer::pause).
    ///
    /// # Errors
    /// What the sink answered.
    pub fn end(mut self, build: &CachedBuild) -> io::Result<()> {
        self.put(&format!("],{}", build_text(build)))?;
        let sum = self.sum.clone().finalize();
        writeln!(self.sink, "{CHECKSUM}{sum}}}")?;
        self.sink.flush()
    }

    fn put(&mut self, text: &str) -> io::Result<()> {
        self.sum.update(text.as_bytes());
        self.sink.write_all(text.as_bytes())
    }
}

//! Writes a cache line by line, while payloads are made.

use super::line::{asset_text, build_text, facts_text};
use super::root::root_text;
use super::{BEHIND_ASSETS, BEHIND_FACTS, BEHIND_ROOTS, CachedAsset, CachedBuild, CachedFacts, HEAD};
use crate::digest::Digest;
use crate::schema::Declaration;
use std::io::{self, Read, Write};

/// A cache being written: all but the facts.
pub struct Writer<W> {
    sink: Summed<W>,
    is_first: bool,
}

/// Counts everything that is written into a checksum.
struct Summed<W> {
    sink: W,
    sum: crc32fast::Hasher,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.sink.write(bytes)?;
        self.sum.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

impl<W> Summed<W> {
    /// Of everything so far.
    fn sum(&self) -> u32 {
        self.sum.clone().finalize()
    }
}

impl<W: Write> Writer<W> {
    /// Begins the file: what it says holds under these circumstances alone.
    ///
    /// # Errors
    /// What `sink` answered.
    pub fn start(sink: W, circumstances: &Digest) -> io::Result<Writer<W>> {
        let mut writer = Writer { sink: Summed { sink, sum: crc32fast::Hasher::new() }, is_first: true };
        let [before, behind] = HEAD;
        writer.put(&format!("{before}{circumstances}{behind}"))?;
        Ok(writer)
    }

    /// Writes the line of a root, if its declaration is complete; ids ascend.
    ///
    /// # Errors
    /// What the sink answered.
    pub fn root(&mut self, asset_id: u32, seen: Digest, declaration: &Declaration) -> io::Result<()> {
        root_text(asset_id, seen, declaration).map_or(Ok(()), |text| self.line(&text))
    }

    /// Ends the roots; the assets follow.
    ///
    /// # Errors
    /// What the sink answered.
    pub fn end_of_roots(&mut self) -> io::Result<()> {
        self.put("\n")?;
        let ([before, behind], sum) = (BEHIND_ROOTS, self.sink.sum());
        self.is_first = true;
        self.put(&format!("{before}{sum}{behind}"))
    }

    /// Writes the line of an asset; ids ascend.
    ///
    /// # Errors
    /// What the sink answered.
    pub fn asset(&mut self, asset: &CachedAsset) -> io::Result<()> {
        self.line(&asset_text(asset))
    }

    /// Ends the last asset's line and brings everything so far to the file.
    ///
    /// # Errors
    /// What the sink answered.
    pub fn pause(&mut self) -> io::Result<()> {
        self.put("\n")?;
        self.sink.flush()
    }

    /// Ends the file, after a [`pause`](Writer::pause), with all that a [`FactsWriter`] wrote.
    ///
    /// # Errors
    /// What the sink answered, or the reader.
    pub fn end(mut self, build: &CachedBuild, facts: &mut dyn Read) -> io::Result<()> {
        let ([before, between, behind], sum) = (BEHIND_ASSETS, self.sink.sum());
        self.put(&format!("{before}{}{between}{sum}{behind}\n", build_text(build)))?;
        io::copy(facts, &mut self.sink)?;
        let ([before, behind], sum) = (BEHIND_FACTS, self.sink.sum());
        self.put(&format!("{before}{sum}{behind}\n"))?;
        self.sink.flush()
    }

    fn line(&mut self, text: &str) -> io::Result<()> {
        let comma = if std::mem::take(&mut self.is_first) { "\n" } else { ",\n" };
        self.put(&format!("{comma}{text}"))
    }

    fn put(&mut self, text: &str) -> io::Result<()> {
        self.sink.write_all(text.as_bytes())
    }
}

/// The facts of a cache being written, beside it: they come with the assets and stand behind them.
pub struct FactsWriter<W> {
    sink: W,
    is_first: bool,
}

impl<W: Write> FactsWriter<W> {
    /// Begins them.
    pub fn start(sink: W) -> FactsWriter<W> {
        FactsWriter { sink, is_first: true }
    }

    /// Writes the line of an asset's facts; ids ascend.
    ///
    /// # Errors
    /// What the sink answered.
    pub fn facts(&mut self, facts: &CachedFacts) -> io::Result<()> {
        let comma = if std::mem::take(&mut self.is_first) { "" } else { ",\n" };
        write!(self.sink, "{comma}{}", facts_text(facts))
    }

    /// Ends them.
    ///
    /// # Errors
    /// What the sink answered.
    pub fn end(mut self) -> io::Result<()> {
        if !self.is_first {
            self.sink.write_all(b"\n")?;
        }
        self.sink.flush()
    }
}

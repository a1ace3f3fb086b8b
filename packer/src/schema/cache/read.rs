//! Reads a cache in pieces: lines in batches, parsed on all threads, and the end last.

use super::foreign::{excerpt, why};
use super::{CHECKSUM, CachedAsset, CachedBuild, HEAD, line};
use crate::envelope::{Artifact, Windows};
use crate::trust::Stream;
use rayon::prelude::*;
use std::io::{self, BufRead, BufReader, Read, Seek};

/// The version that [`HEAD`] names.
const VERSION: u16 = 2;
/// Lines are parsed together until they hold so many bytes.
const BATCH_BYTES: usize = 1 << 20;
/// No line that the packer writes is longer; the inputs of one asset are limited.
const LINE_BYTES_MAX: u64 = 16 << 20;

/// Reads the file to its end and gives `keep` what `take` makes of each asset, on several threads, in their order. What the
/// two saw means nothing if the end is an error.
///
/// # Errors
/// Why the file cannot be used, as a fragment of a sentence.
pub fn read<T: Send>(
    mut stream: Stream,
    windows: &Windows,
    take: impl Fn(CachedAsset<'_>) -> Option<T> + Sync,
    mut keep: impl FnMut(T),
) -> Result<CachedBuild, String> {
    let failed = |error: io::Error| format!("it cannot be read: {error}");
    let mut head = vec![0; HEAD.len()];
    let is_own = stream.read_exact(&mut head).is_ok() && head == HEAD.as_bytes();
    if !is_own || !windows.read(Artifact::Cache).contains(VERSION) {
        stream.rewind().map_err(failed)?;
        return Err(why(BufReader::new(stream), windows));
    }
    let mut lines = Lines { file: BufReader::with_capacity(256 << 10, stream), sum: crc32fast::Hasher::new() };
    lines.sum.update(&head);
    let mut end = None;
    let mut first = lines.next().map_err(failed)?;
    if first != b"\n" {
        return Err("its first line is longer than it should be".to_owned());
    }
    while end.is_none() {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while bytes < BATCH_BYTES {
            first = lines.next().map_err(failed)?;
            if first.starts_with(b"]") || first.is_empty() {
                end = Some(first);
                break;
            }
            bytes += first.len();
            // The writer may have waited for the clock by lines of nothing.
            if first != b"\n" {
                batch.push(first);
            }
        }
        let parse = |text: &Vec<u8>| line::asset(without_comma(text)).map(&take);
        let parsed: Result<Vec<Option<T>>, _> = batch.par_iter().map(parse).collect();
        parsed.map_err(|error| excerpt(&error))?.into_iter().flatten().for_each(&mut keep);
    }
    finish(lines, &end.unwrap_or_default())
}

fn without_comma(text: &[u8]) -> &[u8] {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.strip_suffix(b",").unwrap_or(text)
}

/// Checks the end: its checksum is that of everything before, and nothing follows.
fn finish(mut lines: Lines, end: &[u8]) -> Result<CachedBuild, String> {
    let cut = || "it is damaged or was edited".to_owned();
    let text = std::str::from_utf8(end).map_err(|_| cut())?;
    let (text, checksum) = text.strip_suffix("}\n").and_then(|text| text.rsplit_once(CHECKSUM)).ok_or_else(cut)?;
    lines.sum.update(text.as_bytes());
    let is_whole = checksum.parse() == Ok(lines.sum.clone().finalize());
    let left = lines.next().map_err(|error| format!("it cannot be read: {error}"))?;
    let members = text.strip_prefix("],").filter(|_| is_whole && left.is_empty()).ok_or_else(cut)?;
    if lines.file.get_ref().check_unchanged().is_err() {
        return Err("it changed while it was being read".to_owned());
    }
    line::build(format!("{{{members}}}").as_bytes()).map_err(|error| excerpt(&error))
}

struct Lines {
    file: BufReader<Stream>,
    /// Of all lines that were given, but for the last.
    sum: crc32fast::Hasher,
}

impl Lines {
    /// The next line with its end; empty at the end of the file.
    fn next(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        (&mut self.file).take(LINE_BYTES_MAX).read_until(b'\n', &mut line)?;
        if line.len() as u64 == LINE_BYTES_MAX {
            return Err(io::Error::other("a line is too long"));
        }
        if !line.starts_with(b"]") {
            self.sum.update(&line);
        }
        Ok(line)
    }
}

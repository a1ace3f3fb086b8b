//! Reads a cache in pieces: lines in batches, parsed on all threads, and the end of each part last.

use super::foreign::{excerpt, why};
use super::{BEHIND_ASSETS, BEHIND_FACTS, BEHIND_ROOTS, CachedAsset, CachedBuild, CachedFacts, HEAD, RootLine, line};
use crate::digest::Digest;
use crate::envelope::{Artifact, Windows};
use crate::trust::Stream;
use rayon::prelude::*;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

/// The version that [`HEAD`] names.
const VERSION: u16 = 2;
/// Lines are parsed together until they hold so many bytes.
const BATCH_BYTES: usize = 1 << 20;
/// So many bytes of roots' lines are kept until they are asked for: those of a hundred thousand assets, and not all that a
/// forged file could hold. What is behind them is as if it were not known.
const ROOTS_BYTES_MAX: usize = 64 << 20;
/// No line that the packer writes is longer; the inputs of one asset are limited.
const LINE_BYTES_MAX: u64 = 16 << 20;

/// A cache of which nothing but the first line was read.
pub struct Roots(Lines);

/// A cache of which the roots were read.
pub struct Assets(Lines);

/// A cache of which all but the facts was read, and those are whole.
pub struct Facts(Lines);

impl Roots {
    /// Opens a cache; `None` where it was written under other circumstances.
    ///
    /// # Errors
    /// Why the file cannot be used, as a fragment of a sentence.
    pub fn open(mut stream: Stream, windows: &Windows, circumstances: &Digest) -> Result<Option<Roots>, String> {
        let [before, behind] = HEAD;
        let mut head = vec![0; before.len()];
        let is_own = stream.read_exact(&mut head).is_ok() && head == before.as_bytes();
        if !is_own || !windows.read(Artifact::Cache).contains(VERSION) {
            stream.rewind().map_err(failed)?;
            return Err(why(BufReader::new(stream), windows));
        }
        let mut lines = Lines {
            file: BufReader::with_capacity(256 << 10, stream),
            sum: crc32fast::Hasher::new(),
            text: Vec::new(),
        };
        lines.sum.update(&head);
        let rest = lines.next().map_err(failed)?;
        let rest =
            str::from_utf8(&lines.text[rest]).ok().and_then(|rest| rest.strip_suffix('\n')?.strip_suffix(behind));
        let of = rest.and_then(Digest::parse).ok_or("its first line is not as it should be")?;
        Ok((of == *circumstances).then_some(Roots(lines)))
    }

    /// Reads the roots, and gives `keep` the line of each in its order.
    ///
    /// # Errors
    /// As [`Roots::open`]; what `keep` was given means nothing then.
    pub fn read(mut self, mut keep: impl FnMut(RootLine)) -> Result<Assets, String> {
        let mut kept = 0;
        let end = loop {
            let (lines, end) = self.0.batch()?;
            kept += self.0.text.len();
            if kept <= ROOTS_BYTES_MAX {
                let mut text = std::mem::take(&mut self.0.text);
                text.shrink_to_fit();
                let text = Arc::new(text);
                lines.into_iter().filter_map(|line| RootLine::of(&text, line)).for_each(&mut keep);
            }
            if let Some(end) = end {
                break end;
            }
        };
        let [before, behind] = BEHIND_ROOTS;
        let checksum = end.strip_prefix(before).and_then(|text| text.strip_suffix(behind)).ok_or_else(cut)?;
        self.0.check(checksum, &end)?;
        Ok(Assets(self.0))
    }
}

impl Assets {
    /// Reads what is known of the assets and of the build, and gives `keep` what `take` makes of each asset, on several threads,
    /// in their order.
    ///
    /// # Errors
    /// As [`Roots::open`]; what the two saw means nothing then.
    pub fn read<T: Send>(
        mut self,
        take: impl Fn(CachedAsset) -> Option<T> + Sync,
        keep: impl FnMut(T),
    ) -> Result<(CachedBuild, Facts), String> {
        let end = self.0.part(|line| line::asset(line).map(&take), keep)?;
        let [before, between, behind] = BEHIND_ASSETS;
        let text = end.strip_prefix(before).and_then(|text| text.strip_suffix(behind));
        let (build, checksum) = text.and_then(|text| text.rsplit_once(between)).ok_or_else(cut)?;
        self.0.check(checksum, &end)?;
        let build = line::build(build.as_bytes()).map_err(|error| excerpt(&error))?;
        check_facts(&mut self.0)?;
        Ok((build, Facts(self.0)))
    }
}

/// Checks all that is left, and goes back to where it begins.
fn check_facts(lines: &mut Lines) -> Result<(), String> {
    let (start, sum) = (lines.file.stream_position().map_err(failed)?, lines.sum.clone());
    let end = loop {
        lines.text.clear();
        let line = lines.next().map_err(failed)?;
        if is_end(&lines.text[line]) {
            break String::from_utf8(lines.text.clone()).map_err(|_| cut())?;
        }
    };
    lines.finish(end.strip_suffix('\n').ok_or_else(cut)?)?;
    lines.file.seek(SeekFrom::Start(start)).map_err(failed)?;
    lines.sum = sum;
    Ok(())
}

impl Facts {
    /// Reads the facts, and gives `keep` what `take` makes of each asset's, on several threads, in their order.
    ///
    /// # Errors
    /// As [`Roots::open`]; what the two saw means nothing then.
    pub fn read<T: Send>(
        mut self,
        take: impl Fn(CachedFacts) -> Option<T> + Sync,
        keep: impl FnMut(T),
    ) -> Result<(), String> {
        let end = self.0.part(|line| line::facts(line).map(&take), keep)?;
        self.0.finish(&end)
    }
}

fn failed(error: io::Error) -> String {
    format!("it cannot be read: {error}")
}

fn cut() -> String {
    "it is damaged or was edited".to_owned()
}

/// Whether a line ends a part, or is none.
fn is_end(line: &[u8]) -> bool {
    matches!(line.first(), None | Some(b']'))
}

struct Lines {
    file: BufReader<Stream>,
    /// Of all that was given, but for the line that ended a part last.
    sum: crc32fast::Hasher,
    /// The lines that are looked at.
    text: Vec<u8>,
}

impl Lines {
    /// Parses lines up to the one that ends the part, which is given without its own end.
    fn part<T: Send>(
        &mut self,
        parse: impl Fn(&[u8]) -> Result<Option<T>, serde_json::Error> + Sync,
        mut keep: impl FnMut(T),
    ) -> Result<String, String> {
        loop {
            let (lines, end) = self.batch()?;
            let parsed: Result<Vec<_>, _> = lines.into_par_iter().map(|line| parse(&self.text[line])).collect();
            parsed.map_err(|error| excerpt(&error))?.into_iter().flatten().for_each(&mut keep);
            if let Some(end) = end {
                return Ok(end);
            }
        }
    }

    /// Reads some lines of a part, and the one that ends it, if it comes. Nothing has its line end any more, or a comma.
    fn batch(&mut self) -> Result<(Vec<Range<usize>>, Option<String>), String> {
        let mut lines = Vec::new();
        self.text.clear();
        while self.text.len() < BATCH_BYTES {
            let line = self.next().map_err(failed)?;
            match &self.text[line.clone()] {
                text if is_end(text) => {
                    let end = str::from_utf8(text).ok().and_then(|end| end.strip_suffix('\n')).ok_or_else(cut)?;
                    return Ok((lines, Some(end.to_owned())));
                }
                // The writer may have waited for the clock by lines of nothing.
                b"\n" => {}
                text => lines.push(line.start..line.start + without_comma(text).len()),
            }
        }
        Ok((lines, None))
    }

    /// Checks the checksum in the line that ended a part, and that the file did not change.
    fn check(&mut self, checksum: &str, end: &str) -> Result<(), String> {
        if checksum.parse() != Ok(self.sum.clone().finalize()) {
            return Err(cut());
        }
        self.sum.update(end.as_bytes());
        self.sum.update(b"\n");
        self.file.get_ref().check_unchanged().map_err(|_| "it changed while it was being read".to_owned())
    }

    /// Checks the last line, and that nothing follows.
    fn finish(&mut self, end: &str) -> Result<(), String> {
        let [before, behind] = BEHIND_FACTS;
        let checksum = end.strip_prefix(before).and_then(|text| text.strip_suffix(behind)).ok_or_else(cut)?;
        self.check(checksum, end)?;
        let left = self.next().map_err(failed)?;
        if left.is_empty() { Ok(()) } else { Err(cut()) }
    }

    /// Appends the next line with its end to the text, and says where it lies; empty at the end of the file.
    fn next(&mut self) -> io::Result<Range<usize>> {
        let start = self.text.len();
        let bytes = (&mut self.file).take(LINE_BYTES_MAX).read_until(b'\n', &mut self.text)?;
        if bytes as u64 == LINE_BYTES_MAX {
            return Err(io::Error::other("a line is too long"));
        }
        if !is_end(&self.text[start..]) {
            self.sum.update(&self.text[start..]);
        }
        Ok(start..self.text.len())
    }
}

fn without_comma(text: &[u8]) -> &[u8] {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.strip_suffix(b",").unwrap_or(text)
}

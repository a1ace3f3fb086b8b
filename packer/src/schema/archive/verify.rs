//! Checks that a file is exactly what this packer could have written: one pass over its bytes, in memory no more
//! than its header.

use super::faults::Faults;
use super::read::Header;
use super::{FIELDS, FLAGS_FIELD, HEADER_FIELD, MAGIC, PAYLOAD_FIELD, RESERVED_FIELD, VERSION_FIELD};
use super::{Field, PRELUDE_BYTES, PreloadEntry, TableEntry, mangled, read, rules};
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::{Digest, Hasher};
use crate::disk::{RawFile, ReadHandle};
use crate::envelope::{Artifact, Windows};
use crate::trust::{Limit, Limits};
use std::io;

/// What a file holds, as far as it is an archive.
#[derive(Debug)]
pub struct Verified {
    /// Length of the file.
    pub bytes: u64,
    /// Digest of all its bytes; absent when they could not be read to the end.
    pub sha256: Option<Digest>,
    /// CRC-32 of all its bytes, where there is a digest.
    pub crc32: Option<u32>,
    /// The version in the prelude, where it is one.
    pub schema_version: Option<u16>,
    /// The asset table, empty when it could not be read.
    pub entries: Vec<TableEntry>,
    /// The preload list, empty when it could not be read.
    pub preload: Vec<PreloadEntry>,
    /// Whether the entries have their metadata, as was asked: that of a header over 4 MiB is checked and let go.
    pub has_metadata: bool,
    /// Length of the header, where it lies in the file as the prelude says.
    pub(super) header_bytes: Option<u64>,
    /// Whether the payloads lie as the asset table says and end the file.
    pub(super) is_laid_out: bool,
}

/// What is kept of an archive's table once it is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Ids, names and places. The metadata takes ten times as much memory as these.
    Places,
    /// The metadata as well.
    Metadata,
}

/// Reads `file` to its end and notes everything that this packer could not have written.
///
/// Findings are `archive/*` or `version/*`; with none, the file is an archive of a supported version.
pub fn verify(
    mut file: RawFile,
    keep: Keep,
    limits: &Limits,
    windows: &Windows,
    findings: &mut Vec<Diagnostic>,
) -> Verified {
    verify_open(&mut file, keep, limits, windows, findings)
}

/// The same of a file that stays open.
pub(super) fn verify_open(
    file: &mut RawFile,
    keep: Keep,
    limits: &Limits,
    windows: &Windows,
    findings: &mut Vec<Diagnostic>,
) -> Verified {
    let RawFile { path, metadata, handle } = file;
    let mut faults = Faults::new(path, findings);
    let mut verified = Verified {
        bytes: metadata.bytes,
        sha256: None,
        crc32: None,
        schema_version: None,
        entries: Vec::new(),
        preload: Vec::new(),
        has_metadata: keep == Keep::Metadata,
        header_bytes: None,
        is_laid_out: false,
    };
    let mut pass =
        Pass { handle: &mut **handle, hasher: Hasher::default(), sum: crc32fast::Hasher::new(), left: metadata.bytes };
    let examined = examine(&mut pass, limits, windows, &mut verified, &mut faults);
    let unchanged = examined.and_then(|()| {
        verified.crc32 = (pass.left == 0).then(|| pass.sum.clone().finalize());
        verified.sha256 = (pass.left == 0).then(|| pass.hasher.finish());
        pass.handle.metadata().map(|now| now.is_same_content(metadata))
    });
    match unchanged {
        Ok(true) => {}
        Ok(false) => faults.push(
            Diagnostic::new(Code::ArchiveUnreadable, "the file changed while it was being read")
                .help("let the other program finish and run the command again"),
        ),
        Err(error) => faults.push(
            Diagnostic::new(Code::ArchiveUnreadable, format!("the file could not be read to its end: {error}"))
                .help("check the disk and run the command again"),
        ),
    }
    faults.finish();
    verified
}

/// One sequential pass over the file, every byte digested, none beyond the length it had when it was opened.
struct Pass<'h> {
    handle: &'h mut dyn ReadHandle,
    hasher: Hasher,
    sum: crc32fast::Hasher,
    left: u64,
}

impl Pass<'_> {
    /// The next `most` bytes, fewer only at the end of the file. Memory is reserved for bytes that are there.
    fn take(&mut self, most: u64) -> io::Result<Vec<u8>> {
        let most = most.min(self.left);
        let mut bytes = vec![0; usize::try_from(most).map_err(io::Error::other)?];
        self.handle.read_exact(&mut bytes)?;
        self.hasher.update(&bytes);
        self.sum.update(&bytes);
        self.left -= most;
        Ok(bytes)
    }

    /// Digests the rest of the file.
    fn finish(&mut self) -> io::Result<()> {
        let mut chunk = vec![0; 256 * 1024];
        while self.left > 0 {
            let most = usize::try_from(self.left).map_or(chunk.len(), |left| left.min(chunk.len()));
            self.handle.read_exact(&mut chunk[..most])?;
            self.hasher.update(&chunk[..most]);
            self.sum.update(&chunk[..most]);
            self.left -= most as u64;
        }
        Ok(())
    }
}

fn examine(
    pass: &mut Pass<'_>,
    limits: &Limits,
    windows: &Windows,
    verified: &mut Verified,
    faults: &mut Faults<'_>,
) -> io::Result<()> {
    let prelude = pass.take(PRELUDE_BYTES as u64)?;
    let header = match check_start(&prelude, windows, verified, faults) {
        Some(prelude) => examine_header(pass, &prelude, limits, verified, faults)?,
        None => None,
    };
    let (Some(header), Some(header_bytes)) = (header, verified.header_bytes) else { return Ok(()) };
    rules::check(&header, faults);
    let payload_bytes = verified.bytes - PRELUDE_BYTES as u64 - header_bytes;
    match rules::check_layout(&header, faults) {
        // Payloads are read only where the file has the length that its header promises.
        Some(end) if end == payload_bytes => {
            verified.is_laid_out = true;
            pass.finish()?;
        }
        Some(end) => check_end(pass.handle, end, payload_bytes, verified, faults),
        None => {}
    }
    (verified.entries, verified.has_metadata) = (header.entries, header.has_metadata);
    verified.preload = header.preload;
    Ok(())
}

/// Magic and version, in this order, then the length: a version of another layout is not interpreted further.
fn check_start(
    start: &[u8],
    windows: &Windows,
    verified: &mut Verified,
    faults: &mut Faults<'_>,
) -> Option<[u8; PRELUDE_BYTES]> {
    let magic = &start[..start.len().min(MAGIC.len())];
    if !MAGIC.starts_with(magic) {
        match mangled::in_magic(start) {
            Some(why) => note_mangled(0, why, faults),
            None => faults.push(
                Diagnostic::new(Code::ArchiveBadMagic, "the file does not begin with `ASPA`, so it is no archive")
                    .help("name an archive that `build` wrote")
                    .number("offset", 0),
            ),
        }
        return None;
    }
    // What is cut off counts as zero; only a whole version is looked at.
    let mut prelude = [0; PRELUDE_BYTES];
    prelude[..start.len()].copy_from_slice(start);
    if start.len() >= VERSION_FIELD.offset + VERSION_FIELD.bytes {
        let version = VERSION_FIELD.read(&prelude);
        verified.schema_version = u16::try_from(version).ok().filter(|&version| version > 0);
        check_version(version, verified.schema_version, windows, faults)?;
    }
    if start.len() < PRELUDE_BYTES {
        let message = format!("the file ends after {} bytes, inside the prelude of {PRELUDE_BYTES}", start.len());
        faults.note(Code::ArchiveTruncated, start.len() as u64, message);
        return None;
    }
    Some(prelude)
}

fn check_version(found: u64, version: Option<u16>, windows: &Windows, faults: &mut Faults<'_>) -> Option<()> {
    let name = Artifact::Archive.name();
    let range = windows.read(Artifact::Archive);
    let (code, message, help) = match version {
        None => (
            Code::VersionMalformed,
            format!("`schema_version` of {name} is {found}, not an integer from 1 to 65535"),
            format!("this packer reads {range}; build the project again"),
        ),
        Some(version) if version < range.min => (
            Code::VersionTooOld,
            format!("{name} has version {found}, older than the {range} that this packer reads"),
            "build the project again with this packer".to_owned(),
        ),
        Some(version) if version > range.max => (
            Code::VersionTooNew,
            format!("{name} has version {found}, newer than the {range} that this packer reads"),
            "use a newer packer, or build the project again with this one".to_owned(),
        ),
        Some(_) => return Some(()),
    };
    let finding = Diagnostic::new(code, message).help(help).number("offset", VERSION_FIELD.offset as u64);
    faults.push(finding.number("found", found).number("min", range.min).number("max", range.max));
    None
}

/// The rest of the prelude, then the header. Reads on to the end of the header.
fn examine_header(
    pass: &mut Pass<'_>,
    prelude: &[u8; PRELUDE_BYTES],
    limits: &Limits,
    verified: &mut Verified,
    faults: &mut Faults<'_>,
) -> io::Result<Option<Header>> {
    let wrong = prelude_faults(prelude, limits);
    let header_bytes = HEADER_FIELD.read(prelude);
    if !wrong.is_empty() {
        let start = [&prelude[..], &pass.take(PRELUDE_BYTES as u64)?].concat();
        match mangled::in_prelude(&start) {
            Some(why) => note_mangled(HEADER_FIELD.offset as u64, why, faults),
            None => {
                wrong.into_iter().for_each(|(code, field, message)| faults.note(code, field.offset as u64, message))
            }
        }
        return Ok(None);
    }
    let header = pass.take(header_bytes)?;
    if (header.len() as u64) < header_bytes {
        let message = format!("the file ends after {} of the header's {header_bytes} bytes", header.len());
        faults.note(Code::ArchiveTruncated, verified.bytes, message);
        return Ok(None);
    }
    verified.header_bytes = Some(header_bytes);
    Ok(read::read(header, verified.has_metadata, limits, faults))
}

fn prelude_faults(prelude: &[u8; PRELUDE_BYTES], limits: &Limits) -> Vec<(Code, Field, String)> {
    let [_, _, header_bytes, payload_offset, flags, reserved] = FIELDS.map(|field| field.read(prelude));
    let mut wrong = Vec::new();
    let limit = limits.get(Limit::ArchiveHeaderBytes);
    if header_bytes == 0 {
        wrong.push((Code::ArchivePreludeInvalid, HEADER_FIELD, "`header_len` in the prelude is 0".to_owned()));
    }
    if header_bytes > limit {
        let message = format!("the header is to have {header_bytes} bytes, over the limit of {limit}");
        wrong.push((Code::ArchiveHeaderTooLarge, HEADER_FIELD, message));
    }
    let expected = PRELUDE_BYTES as u64 + header_bytes;
    if payload_offset != expected {
        let message =
            format!("`payload_offset` in the prelude is {payload_offset}, not {expected}, where the header ends");
        wrong.push((Code::ArchivePreludeInvalid, PAYLOAD_FIELD, message));
    }
    for (field, value) in [(FLAGS_FIELD, flags), (RESERVED_FIELD, reserved)] {
        if value != 0 {
            let message = format!("`{}` in the prelude is {value}, not 0", field.name);
            wrong.push((Code::ArchivePreludeInvalid, field, message));
        }
    }
    wrong
}

fn check_end(handle: &mut dyn ReadHandle, expected: u64, found: u64, verified: &mut Verified, faults: &mut Faults<'_>) {
    if found < expected {
        let message = format!("the file ends after {found} of the {expected} bytes of its payloads");
        faults.note(Code::ArchiveTruncated, verified.bytes, message);
    }
    if let Some(excess) = found.checked_sub(expected).filter(|&excess| excess > 0) {
        let end = verified.bytes - excess;
        // A second look at the bytes only for better words; where it fails, the plain ones do.
        let second_look = (excess <= expected.saturating_mul(2))
            .then(|| mangled::in_payloads(handle, verified.bytes - found, excess));
        match second_look {
            Some(Ok(Some(why))) => note_mangled(verified.bytes - found, why, faults),
            _ => faults.note(Code::ArchiveTrailingBytes, end, format!("{excess} bytes follow after the last payload")),
        }
    }
}

fn note_mangled(offset: u64, why: &str, faults: &mut Faults<'_>) {
    let message = format!("the archive was handled as text on its way here: {why}");
    let help = "copy it again as binary; for git, mark `*.pa` as `binary` in .gitattributes, for FTP, use binary mode";
    faults.push(Diagnostic::new(Code::ArchiveTextMangled, message).help(help).number("offset", offset));
}

//! The archive that was published last, as a source of payloads. It is used only while it is the very file that the
//! packer put there: the one whose stamp the cache holds, which nobody can know beforehand or give to another file.

use super::publish::{OUTPUTS, PACKED};
use crate::digest::{Digest, Hasher};
use crate::disk::{Disk, Kind, RawFile, Stamp};
use crate::path::PortablePath;
use crate::schema::cache::CachedBuild;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};

/// How much is copied at once.
const CHUNK_BYTES: usize = 256 << 10;

/// The archive, open.
pub(super) struct Previous {
    file: RawFile,
    payload_offset: u64,
    /// Where the next byte is read.
    at: u64,
}

impl Previous {
    /// Opens it; `None` where it is not there, is another file than the one that was published, or was changed.
    pub(super) fn open(disk: &dyn Disk, last: &CachedBuild) -> Option<Previous> {
        let (stamp, digest) = last.outputs.get(PACKED)?;
        let mut file = disk.open(&PortablePath::build().own(OUTPUTS[PACKED])).ok()?;
        if Stamp::from(&file.metadata) != *stamp || stamp.changed_ns.is_none() {
            return None;
        }
        if !last.is_settled && hash(&mut file).ok()? != *digest {
            return None;
        }
        Some(Previous { file, payload_offset: last.payload_offset, at: u64::MAX })
    }

    /// How many bytes its payload region has.
    pub(super) fn payload_bytes(&self) -> u64 {
        self.file.metadata.bytes.saturating_sub(self.payload_offset)
    }

    /// Copies a payload, which lies within the payload region.
    pub(super) fn copy(&mut self, offset: u64, bytes: u64, sink: &mut dyn Write) -> io::Result<()> {
        let start = self.payload_offset + offset;
        if self.at != start {
            self.file.handle.seek(SeekFrom::Start(start))?;
        }
        self.at = u64::MAX;
        let mut left = bytes;
        let mut chunk = vec![0; CHUNK_BYTES.min(usize::try_from(bytes).unwrap_or(CHUNK_BYTES))];
        while left > 0 {
            let most = chunk.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            self.file.handle.read_exact(&mut chunk[..most])?;
            sink.write_all(&chunk[..most])?;
            left -= most as u64;
        }
        self.at = start + bytes;
        Ok(())
    }

    /// To be asked after the last copy: is it still the file that it was?
    pub(super) fn is_unchanged(&self) -> bool {
        self.file.handle.metadata().is_ok_and(|now| now == self.file.metadata)
    }
}

fn hash(file: &mut RawFile) -> io::Result<Digest> {
    let (mut hasher, mut chunk) = (Hasher::default(), vec![0; CHUNK_BYTES]);
    loop {
        match file.handle.read(&mut chunk) {
            Ok(0) => return Ok(hasher.finish()),
            Ok(count) => hasher.update(&chunk[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Whether all files of the last build are there as they were published, told without reading them.
#[must_use]
pub fn is_in_place(disk: &dyn Disk, last: &CachedBuild) -> bool {
    let is_same = |(name, (stamp, _)): (&&str, &(Stamp, Digest))| {
        let found = disk.metadata(&PortablePath::build().own(name));
        found.is_ok_and(|found| found.kind == Kind::File && Stamp::from(&found) == *stamp) && stamp.changed_ns.is_some()
    };
    last.is_settled && last.outputs.len() == OUTPUTS.len() && OUTPUTS.iter().zip(&last.outputs).all(is_same)
}

//! An archive that stays open after it was verified, so that its payloads can be read. What lies outside of a payload was
//! read then, and is not read again.

use super::verify::{Keep, verify_open};
use super::{PRELUDE_BYTES, PreloadEntry, TableEntry, Verified};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::disk::{RawFile, Stamp};
use crate::envelope::Windows;
use crate::trust::Limits;
use std::io::{self, Read, Seek as _, SeekFrom};

/// A whole archive: nothing was found about it. Nothing but [`open`](Contents::open) makes one.
pub struct Contents {
    file: RawFile,
    verified: Verified,
    payload_offset: u64,
}

impl Contents {
    /// Verifies `file` as [`verify`](super::verify) does, in one pass over all of its bytes, and keeps it open.
    ///
    /// `None` when anything is found, which is added to `findings`: then nothing of the file is to be believed.
    pub fn open(
        mut file: RawFile,
        limits: &Limits,
        windows: &Windows,
        findings: &mut Vec<Diagnostic>,
    ) -> Option<Contents> {
        let mut found = Vec::new();
        let verified = verify_open(&mut file, Keep::Metadata, limits, windows, &mut found);
        let is_whole = found.is_empty() && verified.is_laid_out;
        findings.append(&mut found);
        let payload_offset = PRELUDE_BYTES as u64 + verified.header_bytes?;
        is_whole.then_some(Contents { file, verified, payload_offset })
    }

    /// Length of the file in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.verified.bytes
    }

    /// Digest of the whole file.
    #[must_use]
    pub fn sha256(&self) -> Option<Digest> {
        self.verified.sha256
    }

    /// The asset table, ascending by id.
    #[must_use]
    pub fn entries(&self) -> &[TableEntry] {
        &self.verified.entries
    }

    /// The preload list, ascending by id.
    #[must_use]
    pub fn preload(&self) -> &[PreloadEntry] {
        &self.verified.preload
    }

    /// Whether the entries have their metadata: that of a header over 4 MiB is checked and let go.
    #[must_use]
    pub fn has_metadata(&self) -> bool {
        self.verified.has_metadata
    }

    /// How the file could be told when it was opened.
    pub(crate) fn stamp(&self) -> Stamp {
        Stamp::from(&self.file.metadata)
    }

    /// The payload of entry `index` of the table, to be read from its start to its end; its length is the entry's. An index
    /// that the table does not have is an empty payload.
    ///
    /// Its bytes were part of what was verified, as long as [`is_unchanged`](Contents::is_unchanged) afterwards.
    ///
    /// # Errors
    /// The system's.
    pub fn payload(&mut self, index: usize) -> io::Result<impl Read + '_> {
        let (offset, bytes) = self.verified.entries.get(index).map_or((0, 0), |entry| (entry.offset, entry.bytes));
        self.file.handle.seek(SeekFrom::Start(self.payload_offset + offset))?;
        Ok((&mut self.file.handle).take(bytes))
    }

    /// To be asked after the last read: is it still the file that was verified?
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        self.file.handle.metadata().is_ok_and(|now| now.is_same_content(&self.file.metadata))
    }
}

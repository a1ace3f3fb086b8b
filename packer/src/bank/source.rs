//! Reads one input: buffered, never beyond the size it was admitted with, and hashed on the way if something is made of
//! it. Decoders see bytes through it alone. It interprets nothing.

use super::{Content, Input, InputDigest, Inputs, Purpose, Role};
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::{Digest, Hasher};
use crate::disk::DiskError;
use crate::trust::refusal;
use std::io::{self, ErrorKind, SeekFrom};
use std::sync::Arc;

/// The most that is buffered of an input that is read as a whole, and of one that is scanned.
const READ_BYTES: u64 = 64 * 1024;
const SCAN_BYTES: u64 = 4 * 1024;

/// An input that is being read.
pub(super) struct Source {
    role: Role,
    path: Arc<str>,
    bytes: u64,
    content: Box<dyn Content>,
    buffer: Vec<u8>,
    /// `buffer[start..end]` was fetched and not yet handed out.
    start: usize,
    end: usize,
    fetched: u64,
    /// Absent where nobody asks for the digest.
    hasher: Option<Hasher>,
    /// Whether bytes that are skipped need not be read.
    is_scan: bool,
}

impl Source {
    /// Opens an input to be decoded. If something is made of it, all of it is read and hashed; else what is skipped is not.
    pub(super) fn open(inputs: &dyn Inputs, role: Role, index: usize) -> Result<Source, Diagnostic> {
        match (inputs.purpose(), role) {
            (Purpose::Make, _) => {
                let source = Source::new(inputs.open(role, index)?, role, READ_BYTES);
                Ok(Source { hasher: Some(Hasher::default()), ..source })
            }
            (Purpose::Examine, Role::Sprites | Role::Palettes) => {
                Ok(Source { is_scan: true, ..Source::new(inputs.open(role, index)?, role, READ_BYTES) })
            }
            // Their bytes are whatever they are, behind a short head.
            (Purpose::Examine, Role::Sources | Role::Payload) => Source::scan(inputs, role, index),
        }
    }

    /// Opens an input of which only parts are wanted: skipped bytes are not read.
    pub(super) fn scan(inputs: &dyn Inputs, role: Role, index: usize) -> Result<Source, Diagnostic> {
        Ok(Source { is_scan: true, ..Source::new(inputs.open(role, index)?, role, SCAN_BYTES) })
    }

    fn new(input: Input, role: Role, buffer_bytes: u64) -> Source {
        let Input { path, bytes, content } = input;
        let capacity = usize::try_from(bytes.clamp(1, buffer_bytes)).expect("at most 64 KiB");
        let buffer = vec![0; capacity];
        Source { role, path, bytes, content, buffer, start: 0, end: 0, fetched: 0, hasher: None, is_scan: false }
    }

    /// Relative to the project.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The same text, which is not copied for it.
    pub(super) fn shared_path(&self) -> Arc<str> {
        Arc::clone(&self.path)
    }

    /// The size of the whole input.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many bytes were handed out or skipped.
    pub(super) fn position(&self) -> u64 {
        self.fetched - (self.end - self.start) as u64
    }

    /// How many bytes are still to come.
    pub(super) fn left(&self) -> u64 {
        self.bytes - self.position()
    }

    /// A finding about this input.
    pub(super) fn finding(&self, code: Code, message: impl AsRef<str>) -> Diagnostic {
        Diagnostic::new(code, message).at(&*self.path)
    }

    /// The first bytes of the input, at most `most` and fewer only if it is shorter; hands nothing out.
    /// Called before anything else.
    pub(super) fn peek(&mut self, most: usize) -> Result<&[u8], Diagnostic> {
        let most = most.min(self.buffer.len());
        while self.end < most && self.fetched < self.bytes {
            self.fetch()?;
        }
        Ok(&self.buffer[..most.min(self.end)])
    }

    /// The next bytes: at most `most`, empty only at the end.
    pub(super) fn take(&mut self, most: usize) -> Result<&[u8], Diagnostic> {
        if self.start == self.end && self.fetched < self.bytes {
            self.start = 0;
            self.end = 0;
            self.fetch()?;
        }
        let from = self.start;
        self.start += most.min(self.end - from);
        Ok(&self.buffer[from..self.start])
    }

    /// Fills `out`. The caller has made sure that so many bytes are left.
    pub(super) fn fill(&mut self, out: &mut [u8]) -> Result<(), Diagnostic> {
        let mut done = 0;
        while done < out.len() {
            let run = self.take(out.len() - done)?;
            if run.is_empty() {
                return Err(self.changed());
            }
            out[done..done + run.len()].copy_from_slice(run);
            done += run.len();
        }
        Ok(())
    }

    /// Passes over `count` bytes, which are known to be left; reads them unless the input is only scanned.
    pub(super) fn skip(&mut self, mut count: u64) -> Result<(), Diagnostic> {
        while count > 0 {
            let buffered = (self.end - self.start) as u64;
            if self.is_scan && count > buffered {
                self.fetched += count - buffered;
                self.start = self.end;
                self.content.seek(SeekFrom::Start(self.fetched)).map_err(|error| self.unreadable(error))?;
                return Ok(());
            }
            let run = self.take(usize::try_from(count).unwrap_or(usize::MAX))?.len() as u64;
            if run == 0 {
                return Err(self.changed());
            }
            count -= run;
        }
        Ok(())
    }

    /// Passes over what is left and says what was read. The input must end where it should.
    pub(super) fn finish(mut self) -> Result<InputDigest, Diagnostic> {
        let digest = match self.hasher.is_some() {
            true => self.read_to_end()?,
            false => Digest::from([0; 32]),
        };
        self.content.check_unchanged()?;
        Ok(InputDigest { role: self.role, path: self.path, bytes: self.bytes, digest })
    }

    fn read_to_end(&mut self) -> Result<Digest, Diagnostic> {
        self.skip(self.left())?;
        let mut beyond = [0];
        loop {
            match self.content.read(&mut beyond) {
                Ok(0) => return Ok(self.hasher.take().unwrap_or_default().finish()),
                Ok(_) => return Err(self.changed()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.unreadable(error)),
            }
        }
    }

    /// Adds at least one byte behind `end`, where there is room.
    fn fetch(&mut self) -> Result<(), Diagnostic> {
        let wanted = usize::try_from(self.bytes - self.fetched).unwrap_or(usize::MAX);
        let room = self.buffer.len().min(self.end.saturating_add(wanted));
        loop {
            match self.content.read(&mut self.buffer[self.end..room]) {
                Ok(0) => return Err(self.changed()),
                Ok(count) => {
                    if let Some(hasher) = &mut self.hasher {
                        hasher.update(&self.buffer[self.end..self.end + count]);
                    }
                    self.end += count;
                    self.fetched += count as u64;
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.unreadable(error)),
            }
        }
    }

    fn changed(&self) -> Diagnostic {
        let found = self.finding(Code::TrustChangedWhileReading, "the file changed its length while it was read");
        found.help("run the command again when nothing else writes to this file")
    }

    fn unreadable(&self, error: io::Error) -> Diagnostic {
        refusal(&DiskError::new(&*self.path, error))
    }
}

//! Admits an open file: checks its size before a byte is read, and that it stayed the same while it was.

use super::{Limit, Limits, refusal};
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{DiskError, Metadata, RawFile, ReadHandle};
use std::io::{self, Read, Seek, SeekFrom};

/// The bytes of a small file, at most its limit's, read from one unchanged file.
///
/// Nothing but this stage makes one:
///
/// ```compile_fail,E0451
/// use prometeu_packer::trust::{Admitted, Limits};
/// let _ = Admitted { path: String::new(), bytes: b"{}".to_vec(), limits: Limits::default() };
/// ```
#[derive(Clone, Debug)]
pub struct Admitted {
    path: String,
    bytes: Vec<u8>,
    limits: Limits,
}

impl Admitted {
    /// Relative to the project.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The content.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The limits that hold for what is inside.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Path, bytes and limits for the next stage.
    pub(crate) fn into_parts(self) -> (String, Vec<u8>, Limits) {
        (self.path, self.bytes, self.limits)
    }
}

/// Reads a file of at most `limit` bytes whole.
///
/// # Errors
/// `trust/too-large`, `trust/changed-while-reading`, `trust/unreadable` or a disk failure.
pub fn admit(mut file: RawFile, limit: Limit, limits: &Limits) -> Result<Admitted, Diagnostic> {
    check_size(&file, limit, limits)?;
    let expected = file.metadata.bytes;
    let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or(0));
    let read = (&mut file.handle).take(expected.saturating_add(1)).read_to_end(&mut bytes);
    if let Err(error) = read {
        return Err(refusal(&DiskError::new(file.path, error)));
    }
    if bytes.len() as u64 != expected {
        return Err(changed(&file.path));
    }
    check_unchanged(&file.path, &*file.handle, &file.metadata)?;
    Ok(Admitted { path: file.path, bytes, limits: limits.clone() })
}

/// Bytes of the packer's own making, to be opened as if they had been read.
#[must_use]
pub(crate) fn admit_bytes(path: &str, bytes: &[u8], limits: &Limits) -> Admitted {
    Admitted { path: path.to_owned(), bytes: bytes.to_vec(), limits: limits.clone() }
}

/// A large file that is read piece by piece: never beyond the length that it had when it was admitted.
pub struct Stream {
    path: String,
    metadata: Metadata,
    handle: Box<dyn ReadHandle>,
    at: u64,
}

/// Admits a file of at most `limit` bytes for reading in pieces.
///
/// # Errors
/// `trust/too-large`.
pub fn admit_stream(file: RawFile, limit: Limit, limits: &Limits) -> Result<Stream, Diagnostic> {
    check_size(&file, limit, limits)?;
    Ok(Stream { path: file.path, metadata: file.metadata, handle: file.handle, at: 0 })
}

impl Stream {
    /// Relative to the project.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Length in bytes when it was admitted.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.metadata.bytes
    }

    /// To be asked after the last read: is it still the file that was admitted?
    ///
    /// # Errors
    /// `trust/changed-while-reading`.
    pub fn check_unchanged(&self) -> Result<(), Diagnostic> {
        check_unchanged(&self.path, &*self.handle, &self.metadata)
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.metadata.bytes.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        if most == 0 {
            return Ok(0);
        }
        let got = self.handle.read(&mut buffer[..most])?;
        self.at += got as u64;
        Ok(got)
    }
}

impl Seek for Stream {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.handle.seek(to)?;
        Ok(self.at)
    }
}

fn check_size(file: &RawFile, limit: Limit, limits: &Limits) -> Result<(), Diagnostic> {
    let most = limits.get(limit);
    if file.metadata.bytes <= most {
        return Ok(());
    }
    let message = format!("{} bytes are over the limit of {most} for this kind of file", file.metadata.bytes);
    Err(Diagnostic::new(Code::TrustTooLarge, message)
        .at(&file.path)
        .help(format!("make it smaller, or raise `--limit {}=BYTES` if you trust it", limit.name()))
        .number("bytes", file.metadata.bytes)
        .number("limit", most))
}

fn check_unchanged(path: &str, handle: &dyn ReadHandle, before: &Metadata) -> Result<(), Diagnostic> {
    match handle.metadata() {
        Ok(now) if now.is_same_content(before) => Ok(()),
        Ok(_) => Err(changed(path)),
        Err(error) => Err(refusal(&DiskError::new(path, error))),
    }
}

fn changed(path: &str) -> Diagnostic {
    Diagnostic::new(Code::TrustChangedWhileReading, "the file changed while it was being read")
        .at(path)
        .help("let the other program finish and run the command again")
}

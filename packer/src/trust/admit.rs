//! Admits an open file: checks its size before a byte is read, and that it stayed the same while it was.

use super::{Limit, Limits, refusal};
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{DiskError, Metadata, RawFile, ReadHandle};
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

/// The bytes of a small file, at most its limit's, read from one unchanged file.
///
/// Nothing but this stage makes one:
///
/// ```compile_fail,E0451
/// use prometeu_packer::trust::{Admitted, Limits};
/// let _ = Admitted { path: "".into(), bytes: b"{}".to_vec(), permissions: None, limits: Limits::default() };
/// ```
#[derive(Clone, Debug)]
pub struct Admitted {
    path: Arc<str>,
    bytes: Vec<u8>,
    permissions: Option<u32>,
    limits: Limits,
}

impl Admitted {
    /// The content.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The [permissions](Metadata::permissions) of the file.
    pub(crate) fn permissions(&self) -> Option<u32> {
        self.permissions
    }

    /// Path, bytes and limits for the next stage.
    pub(crate) fn into_parts(self) -> (Arc<str>, Vec<u8>, Limits) {
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
        return Err(refusal(&DiskError::new(&*file.path, error)));
    }
    if bytes.len() as u64 != expected {
        return Err(changed(&file.path));
    }
    check_unchanged(&file.path, &*file.handle, &file.metadata)?;
    Ok(Admitted { path: file.path, bytes, permissions: file.metadata.permissions, limits: limits.clone() })
}

/// Bytes of the packer's own making, to be opened as if they had been read.
#[must_use]
pub(crate) fn admit_bytes(path: &str, bytes: &[u8], limits: &Limits) -> Admitted {
    Admitted { path: path.into(), bytes: bytes.to_vec(), permissions: None, limits: limits.clone() }
}

/// A large file that is read piece by piece: never beyond the length that it had when it was admitted.
pub struct Stream {
    path: Arc<str>,
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

    /// The same text, which is not copied for it.
    pub(crate) fn shared_path(&self) -> Arc<str> {
        Arc::clone(&self.path)
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::{Admitted, Stream, admit, admit_stream};
    use crate::diagnostic::{Code, Diagnostic};
    use crate::disk::memory::{Fault, MemoryDisk};
    use crate::disk::{Disk as _, RawFile};
    use crate::path::PortablePath;
    use crate::trust::{Limit, Limits};
    use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};

    fn path() -> PortablePath {
        PortablePath::assets().own("a")
    }

    fn opened(disk: &MemoryDisk) -> RawFile {
        disk.open(&path()).unwrap()
    }

    fn file(bytes: &[u8]) -> MemoryDisk {
        MemoryDisk::new([("assets/a", bytes.to_vec())])
    }

    fn limits(most: u64) -> Limits {
        let mut limits = Limits::default();
        assert!(limits.set("palette-bytes", most));
        limits
    }

    fn whole(file: RawFile, most: u64) -> Result<Admitted, Diagnostic> {
        admit(file, Limit::PaletteBytes, &limits(most))
    }

    fn streamed(file: RawFile, most: u64) -> Result<Stream, Diagnostic> {
        admit_stream(file, Limit::PaletteBytes, &limits(most))
    }

    #[test]
    fn a_file_is_read_whole_up_to_its_limit_and_refused_from_there_on() {
        let disk = file(b"four");
        let admitted = whole(opened(&disk), 4).unwrap();
        assert_eq!(admitted.bytes(), b"four");
        let (name, bytes, kept) = admitted.into_parts();
        assert_eq!((&*name, bytes.as_slice(), kept), ("assets/a", b"four".as_slice(), limits(4)));
        let refused = [whole(opened(&disk), 3).unwrap_err(), streamed(opened(&disk), 3).err().unwrap()];
        for finding in refused {
            assert_eq!((finding.code, finding.path.as_deref()), (Code::TrustTooLarge, Some("assets/a")));
            assert!(finding.message.starts_with("4 bytes are over the limit of 3"), "{}", finding.message);
        }
    }

    #[test]
    fn a_file_that_another_program_writes_to_meanwhile_is_refused() {
        // What became longer before the first read, and what became another of the same length.
        for at in [4, 0] {
            let disk = file(b"");
            let mut other = disk.create(&PortablePath::assets().own("b")).unwrap();
            other.write_all(b"four").unwrap();
            let open = || disk.open(&PortablePath::assets().own("b")).unwrap();
            let (read, streamed) = (open(), streamed(open(), 9).unwrap());
            assert!(streamed.check_unchanged().is_ok());
            other.seek(SeekFrom::Start(at)).unwrap();
            other.write_all(b"more").unwrap();
            for finding in [whole(read, 9).unwrap_err(), streamed.check_unchanged().unwrap_err()] {
                assert_eq!((finding.code, finding.path.as_deref()), (Code::TrustChangedWhileReading, Some("assets/b")));
            }
        }
    }

    #[test]
    fn a_file_that_cannot_be_asked_any_more_is_no_unchanged_one() {
        let disk = file(b"four");
        let stream = streamed(opened(&disk), 4).unwrap();
        disk.fail_when("metadata of open assets/a", Fault::Error(ErrorKind::Other));
        assert!(stream.check_unchanged().is_err());
    }

    #[test]
    fn a_stream_ends_where_the_file_ended_when_it_was_admitted() {
        let disk = file(b"0123456789");
        let mut stream = streamed(opened(&disk), 10).unwrap();
        assert_eq!((stream.path(), Stream::bytes(&stream)), ("assets/a", 10));
        let mut part = [0; 4];
        assert_eq!(stream.read(&mut part).unwrap(), 4);
        assert_eq!(stream.seek(SeekFrom::Current(2)).unwrap(), 6);
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap();
        assert_eq!((&part, rest.as_slice()), (b"0123", b"6789".as_slice()));
        assert_eq!(stream.read(&mut []).unwrap(), 0);

        let mut grown = opened(&disk);
        grown.metadata.bytes = 3;
        let mut text = String::new();
        streamed(grown, 10).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "012");
    }
}

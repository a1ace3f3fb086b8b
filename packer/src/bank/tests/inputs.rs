//! Inputs in memory, which can lie, fail and panic.

use crate::bank::{Content, Input, Inputs, Role};
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

#[derive(Default)]
pub(in crate::bank) struct Memory {
    files: Vec<File>,
}

#[derive(Clone)]
struct File {
    role: Role,
    path: String,
    bytes: Vec<u8>,
    said: u64,
    trouble: Option<Trouble>,
}

#[derive(Clone, Copy)]
enum Trouble {
    Fails,
    Panics,
    Changes,
}

impl Memory {
    pub(in crate::bank) fn new() -> Memory {
        Memory::default()
    }

    pub(in crate::bank) fn with(mut self, role: Role, path: &str, bytes: impl Into<Vec<u8>>) -> Memory {
        let bytes = bytes.into();
        let said = bytes.len() as u64;
        self.files.push(File { role, path: path.to_owned(), bytes, said, trouble: None });
        self
    }

    pub(in crate::bank) fn lying_about(mut self, file: usize, said: u64) -> Memory {
        self.files[file].said = said;
        self
    }

    pub(in crate::bank) fn panicking_at(mut self, file: usize) -> Memory {
        self.files[file].trouble = Some(Trouble::Panics);
        self
    }

    pub(in crate::bank) fn changing_at(mut self, file: usize) -> Memory {
        self.files[file].trouble = Some(Trouble::Changes);
        self
    }

    pub(in crate::bank) fn failing_at(mut self, file: usize) -> Memory {
        self.files[file].trouble = Some(Trouble::Fails);
        self
    }
}

impl Inputs for Memory {
    fn count(&self, role: Role) -> usize {
        self.files.iter().filter(|file| file.role == role).count()
    }

    fn open(&self, role: Role, index: usize) -> Result<Input, Diagnostic> {
        let file = self.files.iter().filter(|file| file.role == role).nth(index).unwrap();
        let content = Slow { bytes: Cursor::new(file.bytes.clone()), trouble: file.trouble };
        Ok(Input { path: (*file.path).into(), bytes: file.said, content: Box::new(content) })
    }
}

/// Gives an odd number of bytes at a time, as a file may.
struct Slow {
    bytes: Cursor<Vec<u8>>,
    trouble: Option<Trouble>,
}

impl Read for Slow {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.trouble {
            Some(Trouble::Fails) => return Err(io::Error::other("the disk is gone")),
            Some(Trouble::Panics) => panic!("a decoder's own fault"),
            Some(Trouble::Changes) | None => {}
        }
        let most = out.len().min(1_021);
        self.bytes.read(&mut out[..most])
    }
}

impl Content for Slow {
    fn check_unchanged(&self) -> Result<(), Diagnostic> {
        match self.trouble {
            Some(Trouble::Changes) => Err(Diagnostic::new(Code::TrustChangedWhileReading, "changed")),
            _ => Ok(()),
        }
    }
}

impl Seek for Slow {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

//! The bank that an asset would become: its inputs lie in the folder, but for palettes that are yet to be written.

use crate::bank::{Content, Facts, Input, Inputs, Recipe, materialise};
use crate::diagnostic::Diagnostic;
use crate::digest::{Digest, Hasher};
use crate::disk::{Disk, DiskError};
use crate::path::PortablePath;
use crate::schema::Role;
use crate::trust::{self, Limit, Limits, refusal};
use std::io::{self, Cursor, Read as _};

/// Inputs of an asset that is not registered yet.
pub(super) struct WouldBe<'a> {
    pub(super) disk: &'a dyn Disk,
    pub(super) limits: &'a Limits,
    pub(super) folder: &'a PortablePath,
    pub(super) inputs: Vec<(Role, WouldBeInput)>,
}

/// One of them.
pub(super) enum WouldBeInput {
    /// A file of the folder, by its path relative to it.
    File(String),
    /// A file that is to be written, and its text.
    Planned(String, String),
}

impl WouldBe<'_> {
    /// What is wrong with the bank; a blocking finding means that it could not be built.
    pub(super) fn examine(&self, recipe: &Recipe) -> (Option<Facts>, Vec<Diagnostic>) {
        let mut findings = Vec::new();
        let made = materialise(recipe, None, self, self.limits, &mut io::sink(), &mut findings);
        (made.expect("a sink never fails"), findings)
    }

    /// The digest of each file in the folder that is an input, `None` where it cannot be read.
    pub(super) fn digests(&self) -> Vec<(PortablePath, Option<Digest>)> {
        let files = self.inputs.iter().filter_map(|(role, input)| match input {
            WouldBeInput::File(path) => Some((*role, path)),
            WouldBeInput::Planned(..) => None,
        });
        files.map(|(role, path)| (self.folder.own(path), self.digest(role, path).ok())).collect()
    }

    fn digest(&self, role: Role, path: &str) -> Result<Digest, Diagnostic> {
        let mut stream = self.stream(role, path)?;
        let (mut hasher, mut buffer) = (Hasher::default(), vec![0; 64 << 10]);
        loop {
            match stream.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => hasher.update(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(refusal(&DiskError::new(stream.path(), error))),
            }
        }
        stream.check_unchanged()?;
        Ok(hasher.finish())
    }

    fn stream(&self, role: Role, path: &str) -> Result<trust::Stream, Diagnostic> {
        let limit = if role == Role::Palettes { Limit::PaletteBytes } else { Limit::InputBytes };
        let file = self.disk.open(&self.folder.own(path)).map_err(|error| refusal(&error))?;
        trust::admit_stream(file, limit, self.limits)
    }
}

impl Inputs for WouldBe<'_> {
    fn count(&self, role: Role) -> usize {
        self.inputs.iter().filter(|row| row.0 == role).count()
    }

    fn open(&self, role: Role, index: usize) -> Result<Input, Diagnostic> {
        let (_, input) = self.inputs.iter().filter(|row| row.0 == role).nth(index).expect("an index below the count");
        Ok(match input {
            WouldBeInput::File(path) => {
                let stream = self.stream(role, path)?;
                Input { path: stream.shared_path(), bytes: trust::Stream::bytes(&stream), content: Box::new(stream) }
            }
            WouldBeInput::Planned(path, text) => {
                let content = Box::new(Planned(Cursor::new(text.clone().into_bytes())));
                Input { path: self.folder.own(path).shared(), bytes: text.len() as u64, content }
            }
        })
    }
}

/// The content of a file that is not there yet, which nobody changes.
struct Planned(Cursor<Vec<u8>>);

impl io::Read for Planned {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

impl io::Seek for Planned {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

impl Content for Planned {
    fn check_unchanged(&self) -> Result<(), Diagnostic> {
        Ok(())
    }
}

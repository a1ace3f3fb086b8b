//! Open files and held locks of the disk in memory. Like on a real one, they outlive the file's name.

use super::super::{Disk as _, Metadata, ReadHandle, WriteHandle};
use super::MemoryDisk;
use super::fault::Effect;
use super::tree::Node;
use crate::path::PortablePath;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// A file open for reading.
pub(super) struct Reader(Open);

/// A file open for writing.
pub(super) struct Writer(Open);

struct Open {
    disk: MemoryDisk,
    node: Node,
    path: PortablePath,
    position: u64,
}

impl Reader {
    pub(super) fn new(disk: MemoryDisk, node: Node, path: PortablePath) -> Reader {
        Reader(Open { disk, node, path, position: 0 })
    }
}

impl Writer {
    pub(super) fn new(disk: MemoryDisk, node: Node, path: PortablePath) -> Writer {
        Writer(Open { disk, node, path, position: 0 })
    }
}

impl Open {
    fn position(&self) -> usize {
        usize::try_from(self.position).unwrap_or(usize::MAX)
    }

    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let moved = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.disk.state().tree.metadata(self.node).bytes.checked_add_signed(by),
        };
        self.position = moved.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (open, mut state) = (&self.0, self.0.disk.state());
        state.plan.step(Effect::Look, format!("read {}", open.path))?;
        let bytes = state.tree.files.get(&open.node.id).map_or(&[][..], |file| &file.visible);
        let read = bytes.get(open.position()..).unwrap_or_default().read(buffer)?;
        drop(state);
        self.0.position += read as u64;
        Ok(read)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

impl ReadHandle for Reader {
    fn metadata(&self) -> io::Result<Metadata> {
        let mut state = self.0.disk.state();
        state.plan.step(Effect::Look, format!("metadata of open {}", self.0.path))?;
        Ok(state.tree.metadata(self.0.node))
    }
}

impl Write for Writer {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let (open, mut state) = (&self.0, self.0.disk.state());
        let length = state.plan.step(Effect::Write(buffer.len()), format!("write {}", open.path))?;
        let start = open.position();
        let end = start.checked_add(length).ok_or_else(|| io::Error::from(io::ErrorKind::FileTooLarge))?;
        let bytes = &mut state.tree.files.entry(open.node.id).or_default().visible;
        bytes.resize(bytes.len().max(end), 0);
        bytes[start..end].copy_from_slice(&buffer[..length]);
        state.tree.touch(open.node.id);
        drop(state);
        self.0.position += length as u64;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Writer {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

impl WriteHandle for Writer {
    fn sync(&mut self) -> io::Result<()> {
        let mut state = self.0.disk.state();
        state.plan.step(Effect::Change, format!("sync {}", self.0.path))?;
        state.tree.sync_file(self.0.node.id);
        Ok(())
    }
}

/// A held lock; who held it takes its file away.
pub(super) struct Held {
    pub(super) disk: MemoryDisk,
    pub(super) id: u64,
    pub(super) path: PortablePath,
}

impl Drop for Held {
    fn drop(&mut self) {
        // A lock file left behind means nothing.
        let _ = self.disk.remove_file(&self.path);
        self.disk.state().locked.remove(&self.id);
    }
}

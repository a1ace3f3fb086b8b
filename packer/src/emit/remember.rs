//! Writes the cache while a build is made, and puts it into its place once the build is published. It is no part of what
//! a build promises: where it cannot be written there is none, and the next build takes longer.

use super::publish::OUTPUTS;
use super::staging::Staging;
use crate::digest::Digest;
use crate::disk::{Disk, DiskErrorKind, Kind, Patience, Stamp, WriteHandle};
use crate::path::PortablePath;
use crate::schema::cache::{CachedAsset, CachedBuild, Writer};
use crate::workspace::Asset;
use std::io::{self, BufWriter};
use std::time::Duration;

/// How long the file system's time may take to move on: a tick of its clock, and not the seconds of the coarsest.
const TICK: Duration = Duration::from_millis(40);

/// The cache of a build under way.
pub(super) struct Memory {
    /// `None` where it could not be written.
    file: Option<Writer<BufWriter<Box<dyn WriteHandle>>>>,
    path: PortablePath,
    /// The file system's time before any input is read, and which file system it is.
    now_ns: i64,
    device: u64,
}

impl Memory {
    /// Begins it, beside the outputs of the build.
    pub(super) fn start(disk: &dyn Disk, staging: &Staging<'_>) -> Memory {
        let path = staging.folder().path().own("cache");
        // The folder was made a moment ago, and nobody else knows it.
        let now = disk.metadata(staging.folder().path()).map(|found| Stamp::from(&found)).ok();
        let now = now.filter(|now| now.changed_ns.is_some());
        // Where the system tells no time of change, nobody could ever believe it.
        let file = now.and_then(|_| disk.create(&path).ok());
        let file = file.and_then(|file| Writer::start(BufWriter::with_capacity(64 << 10, file)).ok());
        let (now_ns, device) = now.map_or((i64::MIN, 0), |now| (now.modified_ns, now.id.0));
        Memory { file, path, now_ns, device }
    }

    /// A moment before the inputs of an asset are read, by the clock of the file system that they lie on.
    pub(super) fn moment(&self, asset: &Asset) -> i64 {
        let is_same = asset.input_stamps.iter().all(|stamp| stamp.id.0 == self.device);
        if is_same { self.now_ns } else { i64::MIN }
    }

    /// Notes an asset. The caller goes through them in the order of their ids.
    pub(super) fn note(&mut self, asset: &CachedAsset<'_>) {
        if self.file.as_mut().is_some_and(|file| file.asset(asset).is_err()) {
            self.file = None;
        }
    }

    /// Puts it into its place. The build is published.
    pub(super) fn keep(mut self, disk: &dyn Disk, key: Digest, payload_offset: u64, digests: [Digest; 4]) {
        let Some(file) = self.file.take() else { return };
        // What could not be kept is swept with the folder, and the old one no longer fits.
        let _ = self.write(disk, file, key, payload_offset, digests).and_then(|()| self.place(disk));
    }

    fn write(
        &self,
        disk: &dyn Disk,
        mut file: Writer<BufWriter<Box<dyn WriteHandle>>>,
        key: Digest,
        payload_offset: u64,
        digests: [Digest; 4],
    ) -> io::Result<()> {
        let stamp = |name: &str| disk.metadata(&PortablePath::build().own(name)).map(|found| Stamp::from(&found));
        let stamps: Result<Vec<Stamp>, _> = OUTPUTS.into_iter().map(stamp).collect();
        let stamps = stamps.map_err(|error| error.source)?;
        let patience = Patience::of(TICK);
        let is_settled = loop {
            file.pause()?;
            let now = disk.metadata(&self.path).map_err(|error| error.source)?;
            let now = Stamp::from(&now).modified_ns;
            let has_moved_on = stamps.iter().all(|stamp| stamp.tells_changes_since(now, 1));
            if has_moved_on || !patience.pause() {
                break has_moved_on;
            }
        };
        let outputs = stamps.into_iter().zip(digests).collect();
        file.end(&CachedBuild { key, payload_offset, outputs, is_settled })
    }

    fn place(&self, disk: &dyn Disk) -> io::Result<()> {
        let place = PortablePath::control().own("cache.json");
        match disk.metadata(&place) {
            Ok(found) if found.kind != Kind::File => Ok(()),
            Err(error) if error.kind != DiskErrorKind::NotFound => Ok(()),
            _ => disk.rename(&self.path, &place).map_err(|error| error.source),
        }
    }
}

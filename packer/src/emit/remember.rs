//! Writes the cache while a build is made, and puts it into its place once the build is published. It is no part of what
//! a build promises: where it cannot be written there is none, and the next build takes longer.

use super::publish::{Context, OUTPUTS};
use super::staging::Staging;
use crate::bank::circumstances;
use crate::digest::Digest;
use crate::disk::{Disk, DiskErrorKind, Kind, Patience, Stamp, WriteHandle};
use crate::path::PortablePath;
use crate::schema::cache::{CachedAsset, CachedBuild, CachedFacts, FactsWriter, Writer};
use crate::workspace::{Asset, Workspace, seen};
use rayon::prelude::*;
use std::io::{self, BufWriter};
use std::time::Duration;

/// How long the file system's time may take to move on: a tick of its clock, and not the seconds of the coarsest.
const TICK: Duration = Duration::from_millis(40);

type File = BufWriter<Box<dyn WriteHandle>>;

/// The cache of a build under way.
pub(super) struct Memory {
    /// `None` where one of them could not be written.
    files: Option<(Writer<File>, FactsWriter<File>)>,
    path: PortablePath,
    facts_path: PortablePath,
    /// The file system's time before any input is read, and which file system it is.
    now_ns: i64,
    device: u64,
}

impl Memory {
    /// Begins it, beside the outputs of the build, with what the roots declare.
    pub(super) fn start(context: &Context<'_>, staging: &Staging<'_>, workspace: &Workspace) -> Memory {
        let (disk, folder) = (context.disk, staging.folder().path());
        // The folder was made a moment ago, and nobody else knows it.
        let now = disk.metadata(folder).map(|found| Stamp::from(&found)).ok();
        let now = now.filter(|now| now.changed_ns.is_some());
        let (now_ns, device) = now.map_or((i64::MIN, 0), |now| (now.modified_ns, now.id.0));
        let (path, facts_path) = (folder.own("cache"), folder.own("cache-facts"));
        let mut memory = Memory { files: None, path, facts_path, now_ns, device };
        // Where the system tells no time of change, nobody could ever believe it.
        if now.is_some() {
            memory.files = memory.begin(context, workspace).ok();
        }
        memory
    }

    fn begin(&self, context: &Context<'_>, workspace: &Workspace) -> io::Result<(Writer<File>, FactsWriter<File>)> {
        let disk = context.disk;
        let create = |path| disk.create(path).map_err(|error| error.source);
        let create = |path| create(path).map(|file| BufWriter::with_capacity(64 << 10, file));
        let mut writer = Writer::start(create(&self.path)?, &circumstances(context.limits, context.windows))?;
        // The roots were read a while ago, and may have changed since.
        let (then_ns, device) = (self.now_ns.saturating_sub(workspace.since.elapsed_ns()), self.device);
        let assets = workspace.registered().par_iter();
        let seen: Vec<_> = assets.map(|asset| seen(asset, disk, then_ns, device)).collect();
        for (asset, seen) in workspace.registered().iter().zip(seen) {
            if let (Some(id), Some(declaration), Some(seen)) = (asset.asset_id(), &asset.declaration, seen) {
                writer.root(id, seen, declaration)?;
            }
        }
        writer.end_of_roots()?;
        Ok((writer, FactsWriter::start(create(&self.facts_path)?)))
    }

    /// A moment before the inputs of an asset are read, by the clock of the file system that they lie on.
    pub(super) fn moment(&self, asset: &Asset) -> i64 {
        let is_same = asset.input_stamps.iter().all(|stamp| stamp.id.0 == self.device);
        if is_same { self.now_ns } else { i64::MIN }
    }

    /// Notes an asset. The caller goes through them in the order of their ids.
    pub(super) fn note(&mut self, asset: &CachedAsset, facts: &CachedFacts) {
        let Some((file, facts_file)) = &mut self.files else { return };
        if file.asset(asset).and_then(|()| facts_file.facts(facts)).is_err() {
            self.files = None;
        }
    }

    /// Puts it into its place. The build is published.
    pub(super) fn keep(mut self, disk: &dyn Disk, key: Digest, payload_offset: u64, digests: [Digest; 4]) {
        let Some((file, facts_file)) = self.files.take() else { return };
        let written = facts_file.end().and_then(|()| self.write(disk, file, key, payload_offset, digests));
        // What could not be kept is swept with the folder, and the old one no longer fits.
        let _ = written.and_then(|()| self.place(disk));
    }

    fn write(
        &self,
        disk: &dyn Disk,
        mut file: Writer<File>,
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
        let mut facts = disk.open(&self.facts_path).map_err(|error| error.source)?.handle;
        file.end(&CachedBuild { key, payload_offset, outputs, is_settled }, &mut facts)
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

//! Publishes a build: its four outputs are made beside `build/`, flushed, the archive re-opened and verified, and only
//! then they take their places as one, by a journal. Until then the previous outputs stay as they are.

use super::commit::carry_out;
use super::pack::{Packed, write_archive};
use super::remember::Memory;
use super::sink::{write_file, write_lines};
use super::staging::Staging;
use super::writing;
use crate::bank::Recalled;
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;
use crate::disk::{Disk, DiskError, DiskErrorKind, Kind};
use crate::envelope::Windows;
use crate::event::Events;
use crate::path::PortablePath;
use crate::plan::BuildPlan;
use crate::schema::archive::{self, Keep, header};
use crate::schema::cache::CachedBuild;
use crate::schema::journal::{Change, Journal, Original};
use crate::trust::{Limits, refusal};
use crate::workspace::Workspace;
use std::io;

/// What was published.
#[derive(Debug)]
pub struct Published {
    /// `build/assets.pa`.
    pub archive: PortablePath,
    /// Its length.
    pub bytes: u64,
    /// Its digest.
    pub sha256: Digest,
    /// The other three files.
    pub companions: Vec<PortablePath>,
    /// Payloads that were taken from the archive before.
    pub reused: u64,
}

/// The four outputs, in the order in which they take their places; the archive last.
pub(super) const OUTPUTS: [&str; 4] = ["asset_table.json", "preload.json", "asset_table_metadata.json", ARCHIVE];
const ARCHIVE: &str = "assets.pa";
const TABLE: usize = 0;
const PRELOAD: usize = 1;
pub(super) const PROVENANCE: usize = 2;
pub(super) const PACKED: usize = 3;

/// Where a build is made.
pub struct Context<'a> {
    /// The project.
    pub disk: &'a dyn Disk,
    /// What inputs and archive are held to.
    pub limits: &'a Limits,
    /// Versions that are read back.
    pub windows: &'a Windows,
    /// Who watches.
    pub events: &'a dyn Events,
    /// Names the staging folder.
    pub operation_id: &'a str,
}

/// What is built. None of it is needed any more once it is [staged](stage).
pub struct Task<'a> {
    /// The assets.
    pub workspace: &'a Workspace,
    /// Which of them lies where.
    pub plan: &'a BuildPlan,
    /// What the build before learned.
    pub recalled: &'a Recalled,
}

/// The outputs of a build beside their places, flushed and not read back.
pub struct Staged<'a> {
    context: &'a Context<'a>,
    staging: Staging<'a>,
    memory: Memory,
    /// Length and CRC-32 of the archive.
    archive: (u64, u32),
    payload_offset: u64,
    reused: u64,
    /// Of table, preload list and provenance.
    companions: [Digest; 3],
    key: Digest,
}

/// Makes the outputs. The caller holds the writer lock.
///
/// # Errors
/// The findings that kept them from being made, at least one of them blocking; everything is as it was then.
/// What else was found on the way is added to `findings`.
pub fn stage<'a>(
    context: &'a Context<'a>,
    task: &Task<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Result<Staged<'a>, Vec<Diagnostic>> {
    let disk = context.disk;
    let one = |error: DiskError| vec![writing(&error)];
    let staging = Staging::create(disk, context.operation_id).map_err(one)?;
    let mut memory = Memory::start(context, &staging, task.workspace);
    let Packed { archive, provenance: (_, provenance), payload_offset, reused } =
        write_archive(context, task, &staging, &mut memory, findings)?;
    let table = task.plan.table.iter().map(header::entry_json);
    let (_, table) = write_file(disk, &staging.path(TABLE), |sink| write_lines(sink, table)).map_err(one)?;
    let preload = task.plan.preload.iter().copied().map(header::preload_json);
    let (_, preload) = write_file(disk, &staging.path(PRELOAD), |sink| write_lines(sink, preload)).map_err(one)?;
    let (companions, key) = ([table, preload, provenance], task.recalled.build_key(task.workspace));
    Ok(Staged { context, staging, memory, archive, payload_offset, reused, companions, key })
}

impl Staged<'_> {
    /// Reads the archive back as any reader would, and puts all outputs into their places.
    ///
    /// # Errors
    /// As [`stage`].
    pub fn publish(self) -> Result<Published, Vec<Diagnostic>> {
        let Staged { context, staging, memory, archive: (bytes, sum), payload_offset, reused, .. } = self;
        let sha256 = verify(context, &staging, bytes, sum)?;
        let [table, preload, provenance] = self.companions;
        let digests = [table, preload, provenance, sha256];
        let journal = record(context, &staging, digests).map_err(|error| vec![writing(&error)])?;
        let stopped = || Diagnostic::new(Code::UsageInterrupted, "stopped on request; everything is as it was");
        let asked = if context.events.cancelled() { Err(stopped()) } else { Ok(()) };
        carry_out(context.disk, staging.folder(), &journal, asked)?;
        memory.keep(context.disk, self.key, payload_offset, digests);
        Ok(Published { archive: archive_path(), bytes, sha256, companions: companions(), reused })
    }
}

/// Keeps what is replaced and writes down what takes its place, flushed.
fn record(context: &Context<'_>, staging: &Staging<'_>, digests: [Digest; 4]) -> Result<Journal, DiskError> {
    let (disk, folder) = (context.disk, staging.folder());
    let (mut changes, mut copies) = (Vec::new(), Vec::new());
    for (at, (name, digest)) in std::iter::zip(OUTPUTS, digests).enumerate() {
        let path = PortablePath::build().own(name);
        let before = match disk.metadata(&path) {
            Ok(_) => {
                copies.extend(keep(disk, &path, folder.kept(at))?);
                Some(Original::Whole)
            }
            Err(error) if error.kind == DiskErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        changes.push(Change::File { path, before, after: Some(digest) });
    }
    disk.flush(&copies, &[folder.path().clone()])?;
    let journal =
        Journal { operation: "build".to_owned(), time: time_of(context.operation_id), changes, entries: Vec::new() };
    folder.write_journal(disk, &journal)?;
    Ok(journal)
}

/// Keeps a file under a second name, or as a copy where the system has no second names; gives the copy's path.
fn keep(disk: &dyn Disk, path: &PortablePath, kept: PortablePath) -> Result<Option<PortablePath>, DiskError> {
    if disk.hard_link(path, &kept).is_ok() {
        return Ok(None);
    }
    let mut file = disk.open(path)?;
    let mut copy = disk.create(&kept)?;
    io::copy(&mut file.handle, &mut copy).map_err(|error| DiskError::new(kept.as_str(), error))?;
    Ok(Some(kept))
}

/// The moment that an operation's id begins with, RFC 3339 in UTC.
pub(super) fn time_of(id: &str) -> String {
    match (id.get(..4), id.get(4..6), id.get(6..11), id.get(11..13), id.get(13..).and_then(|rest| rest.split_once('Z')))
    {
        (Some(year), Some(month), Some(day_hour), Some(minute), Some((second, _))) => {
            format!("{year}-{month}-{day_hour}:{minute}:{second}Z")
        }
        _ => id.to_owned(),
    }
}

/// What an earlier build published and is still in place, as if it had been published now.
#[must_use]
pub fn already_published(last: &CachedBuild, reused: u64) -> Option<Published> {
    let (stamp, sha256) = last.outputs.get(PACKED)?;
    Some(Published { archive: archive_path(), bytes: stamp.bytes, sha256: *sha256, companions: companions(), reused })
}

fn companions() -> Vec<PortablePath> {
    OUTPUTS[..PACKED].iter().map(|name| PortablePath::build().own(name)).collect()
}

/// `build/assets.pa`.
pub(super) fn archive_path() -> PortablePath {
    PortablePath::build().own(ARCHIVE)
}

/// Refuses what would keep a build from publishing, whatever it packs: a link or a folder where an output or the lock
/// belongs is not replaced.
///
/// # Errors
/// The first such thing.
pub fn check_outputs(disk: &dyn Disk) -> Result<(), Diagnostic> {
    let build = PortablePath::build();
    let lock = (PortablePath::control().own("lock"), Kind::File);
    let outputs = OUTPUTS.into_iter().map(|name| (build.own(name), Kind::File));
    for (path, wanted) in
        [lock, (build.clone(), Kind::Folder), (build.own(".staging"), Kind::Folder)].into_iter().chain(outputs)
    {
        let (code, what) = match disk.metadata(&path) {
            Ok(found) if found.kind == wanted => continue,
            Err(_) => continue,
            Ok(found) if found.kind == Kind::Link => (Code::TrustLink, "a symbolic link"),
            Ok(_) => (Code::TrustNotRegular, "something that is no output of a build"),
        };
        let message = format!("{what} stands where the build publishes");
        return Err(Diagnostic::new(code, message).at(path.as_str()).help("move it away and build again"));
    }
    Ok(())
}

/// Re-opens the staged archive as any reader would; gives its digest.
fn verify(context: &Context<'_>, staging: &Staging<'_>, bytes: u64, sum: u32) -> Result<Digest, Vec<Diagnostic>> {
    let path = staging.path(PACKED);
    let file = context.disk.open(&path).map_err(|error| vec![refusal(&error)])?;
    let mut found = Vec::new();
    let verified = archive::verify(file, Keep::Places, context.limits, context.windows, &mut found);
    if verified.bytes != bytes || verified.crc32 != Some(sum) {
        let message = "the staged archive does not read back as it was written";
        found.push(Diagnostic::new(Code::DiskIo, message).at(path.as_str()).help("check the disk and build again"));
    }
    match verified.sha256 {
        Some(sha256) if !found.iter().any(|finding| finding.blocking) => Ok(sha256),
        _ => Err(found),
    }
}

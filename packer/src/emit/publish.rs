//! Makes the four output files of a build and publishes them: staged, flushed, the archive re-opened and verified, and
//! only then renamed into `build/`. Until then the previous output stays as it is.

use super::pipeline::ordered;
use super::staging::Staging;
use crate::bank::{Bank, Facts};
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::{Digest, Hasher};
use crate::disk::{Disk, DiskError, Kind, WriteHandle};
use crate::envelope::Windows;
use crate::event::{Event, Events, Phase};
use crate::path::PortablePath;
use crate::plan::BuildPlan;
use crate::schema::archive::{self, Prelude, header};
use crate::schema::provenance::{self, Provenance};
use crate::trust::{Limit, Limits, refusal};
use crate::workspace::{Asset, Workspace};
use std::io::{self, BufWriter, Write};

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
}

const ARCHIVE: &str = "assets.pa";
const COMPANIONS: [&str; 3] = ["asset_table.json", "preload.json", "asset_table_metadata.json"];

/// Bytes of payloads under way between the threads that make them and the one that writes them.
const IN_FLIGHT_BYTES: u64 = 8 << 20;
/// A payload larger than this is made by the writing thread itself, straight into the file.
const LARGE_BYTES: u64 = 4 << 20;

/// Everything that publishing needs to look at.
pub struct Context<'a> {
    /// The project.
    pub disk: &'a dyn Disk,
    /// Its assets.
    pub workspace: &'a Workspace,
    /// Which asset lies where.
    pub plan: &'a BuildPlan,
    /// What inputs and archive are held to.
    pub limits: &'a Limits,
    /// Versions that are read back.
    pub windows: &'a Windows,
    /// Who watches.
    pub events: &'a dyn Events,
    /// Names the staging folder.
    pub operation_id: &'a str,
}

/// Carries out the plan. The caller holds the writer lock.
///
/// # Errors
/// The findings that kept it from being published, at least one of them blocking; everything is as it was then.
/// What else was found on the way is added to `findings`.
pub fn publish(context: &Context<'_>, findings: &mut Vec<Diagnostic>) -> Result<Published, Vec<Diagnostic>> {
    let disk = context.disk;
    let one = |error: DiskError| vec![writing(&error)];
    let staging = Staging::create(disk, context.operation_id).map_err(one)?;
    let (bytes, sha256) = write_archive(context, &staging, findings)?;
    write_file(disk, &staging.path(COMPANIONS[0]), |sink| {
        write_lines(sink, context.plan.table.iter().map(header::entry_json))
    })
    .map_err(one)?;
    write_file(disk, &staging.path(COMPANIONS[1]), |sink| {
        write_lines(sink, context.plan.preload.iter().copied().map(header::preload_json))
    })
    .map_err(one)?;
    verify(context, &staging, bytes, sha256)?;
    let build = PortablePath::build();
    for name in COMPANIONS.into_iter().chain([ARCHIVE]) {
        disk.rename(&staging.path(name), &build.own(name)).map_err(one)?;
    }
    disk.sync_dir(&build).map_err(one)?;
    let companions = COMPANIONS.into_iter().map(|name| build.own(name)).collect();
    Ok(Published { archive: build.own(ARCHIVE), bytes, sha256, companions })
}

/// Refuses what would keep a build from publishing, whatever it packs: a link or a folder where an output or the lock
/// belongs is not replaced.
///
/// # Errors
/// The first such thing.
pub fn check_outputs(disk: &dyn Disk) -> Result<(), Diagnostic> {
    let build = PortablePath::build();
    let lock = (PortablePath::control().own("lock"), Kind::File);
    let outputs = COMPANIONS.into_iter().chain([ARCHIVE]).map(|name| (build.own(name), Kind::File));
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

/// The length of the archive's header, in bytes.
///
/// # Errors
/// `archive/header-too-large`.
pub fn check_header(plan: &BuildPlan, limits: &Limits) -> Result<u32, Diagnostic> {
    let bytes = header::length(plan.table.iter(), &plan.preload);
    let within = u32::try_from(bytes).ok().filter(|_| bytes <= limits.get(Limit::ArchiveHeaderBytes));
    within.ok_or_else(|| {
        let message = format!("the archive's header would have {bytes} bytes, more than its limit");
        Diagnostic::new(Code::ArchiveHeaderTooLarge, message)
            .at(PortablePath::build().own(ARCHIVE).as_str())
            .help("shorten names and metadata, or build fewer assets")
    })
}

/// Why one payload or the archive was not written.
enum Stop {
    Medium(io::Error),
    Blocked,
    Cancelled,
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::Medium(error)
    }
}

struct Made {
    payload: Option<Vec<u8>>,
    facts: Option<Facts>,
    findings: Vec<Diagnostic>,
}

fn write_archive(
    context: &Context<'_>,
    staging: &Staging<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Result<(u64, Digest), Vec<Diagnostic>> {
    let (path, facts_path) = (staging.path(ARCHIVE), staging.path(COMPANIONS[2]));
    let one = |error: DiskError| vec![writing(&error)];
    let mut archive = Sink::new(context.disk.create(&path).map_err(one)?);
    let mut provenance = Sink::new(context.disk.create(&facts_path).map_err(one)?);
    let mut found = Vec::new();
    let written = write_payloads(context, &mut archive, &mut provenance, &mut found)
        .and_then(|()| Ok((archive.finish()?, provenance.finish()?)));
    let blocked = found.iter().any(|finding| finding.blocking);
    match written {
        Ok((archive, _)) if !blocked => {
            findings.extend(found);
            Ok(archive)
        }
        Err(Stop::Medium(error)) => {
            found.push(writing(&DiskError::new(path.as_str(), error)));
            Err(found)
        }
        Err(Stop::Cancelled) => {
            found.push(Diagnostic::new(Code::UsageInterrupted, "stopped on request; everything is as it was"));
            Err(found)
        }
        Ok(_) | Err(Stop::Blocked) => Err(found),
    }
}

fn write_payloads(
    context: &Context<'_>,
    archive: &mut Sink,
    provenance: &mut Sink,
    found: &mut Vec<Diagnostic>,
) -> Result<(), Stop> {
    let plan = context.plan;
    let header_bytes = match check_header(plan, context.limits) {
        Ok(bytes) => bytes,
        Err(finding) => {
            found.push(finding);
            return Err(Stop::Blocked);
        }
    };
    archive.write_all(&Prelude::of(header_bytes).to_bytes())?;
    header::write(plan.table.iter(), &plan.preload, archive)?;
    provenance::start(provenance)?;
    let total = plan.table.len();
    let mut blocked = false;
    ordered(
        total,
        rayon::current_num_threads(),
        IN_FLIGHT_BYTES,
        |at| weight(plan.table[at].bytes),
        |at| make(context, at),
        |at, made| {
            if context.events.cancelled() {
                return Err(Stop::Cancelled);
            }
            let mut facts = made.facts;
            found.extend(made.findings);
            match made.payload {
                Some(payload) if !blocked => archive.write_all(&payload)?,
                Some(_) => {}
                None => facts = bank(context, at).materialise(archive, found)?,
            }
            let planned = &plan.table[at];
            let asset = &context.workspace.assets[plan.assets[at]];
            match facts {
                Some(facts) if facts.layout.bytes == planned.bytes && is_part_of(&facts, planned) => {
                    provenance::entry(provenance, at == 0, &provenance_of(asset, planned, &facts))?;
                }
                Some(_) => {
                    let message = "an input changed between the moment it was measured and the moment it was read";
                    let path = asset.folder.as_ref().map(|folder| folder.to_string()).unwrap_or_default();
                    let finding =
                        Diagnostic::new(Code::TrustChangedWhileReading, message).at(path).of(&asset.reference);
                    found.push(finding.help("let the other program finish and build again"));
                    blocked = true;
                }
                None => blocked = true,
            }
            context.events.emit(Event::Progress { phase: Phase::Pack, done: at as u64 + 1, total: total as u64 });
            Ok(())
        },
    )?;
    provenance::end(provenance)?;
    if blocked { Err(Stop::Blocked) } else { Ok(()) }
}

fn provenance_of<'a>(asset: &'a Asset, planned: &archive::TableEntry, facts: &'a Facts) -> Provenance<'a> {
    let input = |input: &crate::bank::InputDigest| {
        (input.role.name(), input.path.clone(), input.bytes, input.digest.to_string())
    };
    Provenance {
        asset_id: planned.asset_id,
        asset_uuid: asset.reference.asset_uuid.clone().unwrap_or_default(),
        root: &asset.reference.root,
        schema_version: asset.schema_version.unwrap_or_default(),
        payload_bytes: planned.bytes,
        inputs: facts.inputs.iter().map(input).collect(),
        palette_per_tile: &facts.palette_per_tile,
    }
}

fn is_part_of(facts: &Facts, planned: &archive::TableEntry) -> bool {
    facts.layout.metadata.iter().all(|(key, value)| planned.metadata.get(key) == Some(value))
}

fn weight(bytes: u64) -> u64 {
    if bytes > LARGE_BYTES { 0 } else { bytes }
}

fn bank<'a>(context: &'a Context<'_>, at: usize) -> Bank<'a> {
    let asset = &context.workspace.assets[context.plan.assets[at]];
    Bank::of(asset, context.disk, context.limits).expect("a planned asset can be made")
}

fn make(context: &Context<'_>, at: usize) -> Made {
    let bytes = context.plan.table[at].bytes;
    let mut findings = Vec::new();
    if bytes > LARGE_BYTES {
        return Made { payload: None, facts: None, findings };
    }
    let mut payload = Vec::with_capacity(usize::try_from(bytes).unwrap_or(0));
    let facts = bank(context, at).materialise(&mut payload, &mut findings);
    Made { payload: Some(payload), facts: facts.unwrap_or_default(), findings }
}

/// Re-opens the staged archive as any reader would.
fn verify(context: &Context<'_>, staging: &Staging<'_>, bytes: u64, sha256: Digest) -> Result<(), Vec<Diagnostic>> {
    let path = staging.path(ARCHIVE);
    let file = context.disk.open(&path).map_err(|error| vec![refusal(&error)])?;
    let mut found = Vec::new();
    let verified = archive::verify(file, context.limits, context.windows, &mut found);
    if verified.bytes != bytes || verified.sha256 != Some(sha256) {
        let message = "the staged archive does not read back as it was written";
        found.push(Diagnostic::new(Code::DiskIo, message).at(path.as_str()).help("check the disk and build again"));
    }
    if found.iter().any(|finding| finding.blocking) { Err(found) } else { Ok(()) }
}

fn write_file(
    disk: &dyn Disk,
    path: &PortablePath,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), DiskError> {
    let mut sink = Sink::new(disk.create(path)?);
    let written = write(&mut sink).and_then(|()| sink.finish());
    written.map(|_| ()).map_err(|error| DiskError::new(path.as_str(), error))
}

/// A JSON list with one item a line.
fn write_lines(sink: &mut dyn Write, items: impl Iterator<Item = String>) -> io::Result<()> {
    sink.write_all(b"[")?;
    for (at, item) in items.enumerate() {
        write!(sink, "{}{item}", if at == 0 { "\n" } else { ",\n" })?;
    }
    sink.write_all(b"\n]\n")
}

/// A refusal while writing: permission is the medium's word here, not a matter of trust.
pub(crate) fn writing(error: &DiskError) -> Diagnostic {
    use crate::disk::DiskErrorKind;
    match error.kind {
        DiskErrorKind::Denied => Diagnostic::new(Code::DiskReadOnly, format!("may not be written ({})", error.source))
            .at(&error.path)
            .help("give the user who runs the packer the right to write here"),
        DiskErrorKind::NotFound => {
            Diagnostic::new(Code::DiskIo, format!("vanished while it was written ({})", error.source))
                .at(&error.path)
                .help("run the command again")
        }
        _ => refusal(error),
    }
}

/// A file being written, buffered, counted and hashed on the way.
struct Sink {
    file: BufWriter<Box<dyn WriteHandle>>,
    bytes: u64,
    hasher: Hasher,
}

impl Sink {
    fn new(file: Box<dyn WriteHandle>) -> Sink {
        Sink { file: BufWriter::with_capacity(256 << 10, file), bytes: 0, hasher: Hasher::default() }
    }

    /// Waits until everything is on the medium; gives length and digest.
    fn finish(&mut self) -> io::Result<(u64, Digest)> {
        self.file.flush()?;
        self.file.get_mut().sync()?;
        Ok((self.bytes, self.hasher.clone().finish()))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.bytes += written as u64;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

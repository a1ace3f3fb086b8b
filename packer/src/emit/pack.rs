//! Makes the archive and what lies beside it: payloads on all threads, or taken from the archive before, written in the
//! order of the table.

use super::pipeline::ordered;
use super::previous::Previous;
use super::publish::{Context, PACKED, PROVENANCE, Task, archive_path};
use super::remember::Memory;
use super::sink::{CheckedSink, Sink};
use super::staging::Staging;
use super::writing;
use crate::bank::{Bank, Facts, InputDigest, Known, remembered};
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;
use crate::disk::DiskError;
use crate::event::{Event, Phase};
use crate::plan::BuildPlan;
use crate::schema::archive::{CanonicalMetadata, Measured, Prelude, TableEntry, header};
use crate::schema::provenance::{self, Provenance};
use crate::trust::{Limit, Limits};
use crate::workspace::Asset;
use std::io::{self, Write as _};

/// Bytes of payloads under way between the threads that make them and the one that writes them.
const IN_FLIGHT_BYTES: u64 = 8 << 20;
/// About so much memory does what is known of a payload take until it is written, beside its bytes: payloads may be tiny.
const FACTS_BYTES: u64 = 4 << 10;
/// A payload larger than this is made by the writing thread itself, straight into the file.
const LARGE_BYTES: u64 = 4 << 20;

/// The length of the archive's header, in bytes.
///
/// # Errors
/// `archive/header-too-large`.
pub fn check_header<M: Measured>(plan: &BuildPlan<M>, limits: &Limits) -> Result<u32, Diagnostic> {
    let bytes = header::length(plan.table.iter(), &plan.preload);
    let within = u32::try_from(bytes).ok().filter(|_| bytes <= limits.get(Limit::ArchiveHeaderBytes));
    within.ok_or_else(|| {
        let message = format!("the archive's header would have {bytes} bytes, more than its limit");
        Diagnostic::new(Code::ArchiveHeaderTooLarge, message)
            .at(archive_path().as_str())
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

/// Where the bytes of a payload are.
enum Payload {
    /// Here.
    Made(Vec<u8>),
    /// Still to be made: it is too large to be kept waiting.
    Large,
    /// In the archive before, from this byte of its payload region on.
    Previous(u64),
}

struct Made {
    payload: Payload,
    facts: Option<Facts>,
    /// Whether there is anything to say about it that its facts do not tell.
    is_told: bool,
    /// When its inputs were read, where that was in an earlier build.
    hashed_ns: Option<i64>,
    findings: Vec<Diagnostic>,
}

/// What was written.
pub(super) struct Packed {
    /// The archive's length and CRC-32.
    pub(super) archive: (u64, u32),
    pub(super) provenance: Written,
    /// Where the payload region begins.
    pub(super) payload_offset: u64,
    /// Payloads that were taken from the archive before.
    pub(super) reused: u64,
}

/// A row of the plan.
type Planned = TableEntry<CanonicalMetadata>;

/// A file that was written: its length and digest.
pub(super) type Written = (u64, Digest);

/// Writes the archive and its provenance, flushed.
///
/// # Errors
/// The findings that kept them from being made, at least one of them blocking.
pub(super) fn write_archive(
    context: &Context<'_>,
    task: &Task<'_>,
    staging: &Staging<'_>,
    memory: &mut Memory,
    findings: &mut Vec<Diagnostic>,
) -> Result<Packed, Vec<Diagnostic>> {
    let (path, facts_path) = (staging.path(PACKED), staging.path(PROVENANCE));
    let one = |error: DiskError| vec![writing(&error)];
    let mut archive = CheckedSink::new(context.disk.create(&path).map_err(one)?);
    let mut provenance = Sink::new(context.disk.create(&facts_path).map_err(one)?);
    let mut found = Vec::new();
    let written = write_payloads(context, task, &mut archive, &mut provenance, memory, &mut found).and_then(
        |(payload_offset, reused)| {
            Ok(Packed { archive: archive.finish()?, provenance: provenance.finish()?, payload_offset, reused })
        },
    );
    let blocked = found.iter().any(|finding| finding.blocking);
    match written {
        Ok(written) if !blocked => {
            findings.extend(found);
            Ok(written)
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

/// Gives where the payload region begins, and how many payloads were taken from the archive before.
fn write_payloads(
    context: &Context<'_>,
    task: &Task<'_>,
    archive: &mut CheckedSink,
    provenance: &mut Sink,
    memory: &mut Memory,
    found: &mut Vec<Diagnostic>,
) -> Result<(u64, u64), Stop> {
    let plan = task.plan;
    let header_bytes = match check_header(plan, context.limits) {
        Ok(bytes) => bytes,
        Err(finding) => {
            found.push(finding);
            return Err(Stop::Blocked);
        }
    };
    let prelude = Prelude::of(header_bytes);
    archive.write_all(&prelude.to_bytes())?;
    header::write(plan.table.iter(), &plan.preload, archive)?;
    provenance::start(provenance)?;
    let total = plan.table.len();
    let mut previous = task.recalled.last.as_ref().and_then(|last| Previous::open(context.disk, last));
    let previous_bytes = previous.as_ref().map_or(0, Previous::payload_bytes);
    let (mut blocked, mut reused) = (false, 0);
    ordered(
        total,
        rayon::current_num_threads(),
        IN_FLIGHT_BYTES,
        |at| weight(plan.table[at].bytes),
        |at| make(context, task, at, previous_bytes),
        |at, made| {
            if context.events.cancelled() {
                return Err(Stop::Cancelled);
            }
            let (mut facts, mut is_told) = (made.facts, made.is_told);
            found.extend(made.findings);
            let planned = &plan.table[at];
            match (made.payload, &mut previous) {
                (Payload::Made(payload), _) if !blocked => archive.write_all(&payload)?,
                (Payload::Previous(offset), Some(previous)) => {
                    previous.copy(offset, planned.bytes, archive)?;
                    reused += 1;
                }
                (Payload::Large, _) => {
                    let before = found.len();
                    facts = bank(context, task, at).materialise(archive, found)?;
                    is_told = has_more_to_say(facts.as_ref(), found.len() - before);
                }
                _ => {}
            }
            let asset = &task.workspace.assets[plan.assets[at]];
            let bank = bank(context, task, at);
            match facts {
                Some(facts) if is_as_planned(&bank, &facts, planned) => {
                    provenance::entry(provenance, at == 0, &provenance_of(asset, planned, &facts))?;
                    let hashed_ns = made.hashed_ns.unwrap_or_else(|| memory.moment(asset));
                    if let Some(key) = task.recalled.keys.get(plan.assets[at]).copied().flatten()
                        && let Some((asset, facts)) = remembered(&bank, key, &facts, is_told, hashed_ns, planned.offset)
                    {
                        memory.note(&asset, &facts);
                    }
                }
                Some(_) => {
                    let path = asset.folder.as_ref().map(|folder| folder.to_string()).unwrap_or_default();
                    found.push(changed("an input").at(path).of(&asset.reference));
                    blocked = true;
                }
                None => blocked = true,
            }
            context.events.emit(Event::Progress { phase: Phase::Pack, done: at as u64 + 1, total: total as u64 });
            Ok(())
        },
    )?;
    if reused > 0 && !previous.is_some_and(|previous| previous.is_unchanged()) {
        found.push(changed("the archive before").at(archive_path().as_str()));
        blocked = true;
    }
    provenance::end(provenance)?;
    if blocked { Err(Stop::Blocked) } else { Ok((prelude.payload_offset, reused)) }
}

fn changed(what: &str) -> Diagnostic {
    let message = format!("{what} changed between the moment it was measured and the moment it was read");
    Diagnostic::new(Code::TrustChangedWhileReading, message).help("let the other program finish and build again")
}

fn provenance_of<'a>(asset: &'a Asset, planned: &Planned, facts: &'a Facts) -> Provenance<'a> {
    let input = |input: &'a InputDigest| (input.role.name(), &*input.path, input.bytes, input.digest);
    Provenance {
        asset_id: planned.asset_id,
        asset_uuid: asset.reference.asset_uuid.unwrap_or_default().to_string(),
        root: &asset.reference.root,
        schema_version: asset.schema_version.unwrap_or_default(),
        payload_bytes: planned.bytes,
        inputs: facts.inputs.iter().map(input).collect(),
        palette_per_tile: &facts.palette_per_tile,
    }
}

/// Whether a payload turned out as it was planned.
fn is_as_planned(bank: &Bank<'_>, facts: &Facts, planned: &Planned) -> bool {
    facts.layout.bytes == planned.bytes
        && CanonicalMetadata::of(&bank.with_declared(facts.layout.clone()).metadata) == planned.metadata
}

fn weight(bytes: u64) -> u64 {
    FACTS_BYTES + if bytes > LARGE_BYTES { 0 } else { bytes }
}

fn bank<'a>(context: &'a Context<'_>, task: &'a Task<'_>, at: usize) -> Bank<'a> {
    let asset = &task.workspace.assets[task.plan.assets[at]];
    Bank::of(asset, context.disk, context.limits).expect("a planned asset can be made")
}

/// Whether so many findings are more than the facts tell.
fn has_more_to_say(facts: Option<&Facts>, findings: usize) -> bool {
    findings > usize::from(facts.is_some_and(|facts| facts.fragile.is_some()))
}

/// Makes a payload, or finds it in the archive before, whose payload region has so many bytes.
fn make(context: &Context<'_>, task: &Task<'_>, at: usize, previous_bytes: u64) -> Made {
    let bank = bank(context, task, at);
    let known = task.recalled.of(task.plan.assets[at]);
    let is_there = |known: &&Known| known.offset.checked_add(known.bytes()).is_some_and(|end| end <= previous_bytes);
    // An input that cannot be read is told by whoever makes the payload.
    let known = known.filter(is_there).filter(|known| known.holds(&bank).unwrap_or(false));
    if let Some((known, facts)) = known.and_then(|known| Some((known, known.facts(&bank)?))) {
        let mut findings = Vec::new();
        known.say(bank, &mut findings);
        let payload = Payload::Previous(known.offset);
        let (is_told, hashed_ns) = (known.is_told, known.hashed_ns());
        return Made { payload, facts: Some(facts), is_told, hashed_ns, findings };
    }
    let bytes = task.plan.table[at].bytes;
    let mut findings = Vec::new();
    if bytes > LARGE_BYTES {
        return Made { payload: Payload::Large, facts: None, is_told: false, hashed_ns: None, findings };
    }
    let mut payload = Vec::with_capacity(usize::try_from(bytes).unwrap_or(0));
    let facts = bank.materialise(&mut payload, &mut findings).unwrap_or_default();
    let is_told = has_more_to_say(facts.as_ref(), findings.len());
    Made { payload: Payload::Made(payload), facts, is_told, hashed_ns: None, findings }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_counts_with_its_bytes_unless_it_is_never_kept_waiting() {
        for (bytes, counted) in [(0, 0), (1, 1), (LARGE_BYTES, LARGE_BYTES), (LARGE_BYTES + 1, 0), (u64::MAX, 0)] {
            assert_eq!(weight(bytes), FACTS_BYTES + counted);
        }
    }
}

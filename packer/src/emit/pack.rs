//! Makes the archive and what lies beside it: payloads on all threads, written in the order of the table.

use super::pipeline::ordered;
use super::publish::{Context, PACKED, PROVENANCE, archive_path};
use super::sink::Sink;
use super::staging::Staging;
use super::writing;
use crate::bank::{Bank, Facts};
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;
use crate::disk::DiskError;
use crate::event::{Event, Phase};
use crate::plan::BuildPlan;
use crate::schema::archive::{self, Prelude, header};
use crate::schema::provenance::{self, Provenance};
use crate::trust::{Limit, Limits};
use crate::workspace::Asset;
use std::io::{self, Write as _};

/// Bytes of payloads under way between the threads that make them and the one that writes them.
const IN_FLIGHT_BYTES: u64 = 8 << 20;
/// A payload larger than this is made by the writing thread itself, straight into the file.
const LARGE_BYTES: u64 = 4 << 20;

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

struct Made {
    payload: Option<Vec<u8>>,
    facts: Option<Facts>,
    findings: Vec<Diagnostic>,
}

/// A file that was written: its length and digest.
pub(super) type Written = (u64, Digest);

/// Writes the archive and its provenance, flushed.
///
/// # Errors
/// The findings that kept them from being made, at least one of them blocking.
pub(super) fn write_archive(
    context: &Context<'_>,
    staging: &Staging<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Result<(Written, Written), Vec<Diagnostic>> {
    let (path, facts_path) = (staging.path(PACKED), staging.path(PROVENANCE));
    let one = |error: DiskError| vec![writing(&error)];
    let mut archive = Sink::new(context.disk.create(&path).map_err(one)?);
    let mut provenance = Sink::new(context.disk.create(&facts_path).map_err(one)?);
    let mut found = Vec::new();
    let written = write_payloads(context, &mut archive, &mut provenance, &mut found)
        .and_then(|()| Ok((archive.finish()?, provenance.finish()?)));
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

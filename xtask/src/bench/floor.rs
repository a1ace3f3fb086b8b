//! The floors: the least that a command has to do, without any check, digest, finding or report. Each is a process
//! of its own when it is measured.

use super::{decode, inputs, replace, walk};
use clap::ValueEnum;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// One floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Floor {
    /// Metadata of everything below assets/, on two threads
    Walk,
    /// The walk, and every declaration it meets parsed
    WalkAndParse,
    /// The walk, and every declaration it meets read
    WalkAndRead,
    /// All inputs of all registered assets read, pictures decoded as they are stored
    ReadAndDecode,
    /// Inputs of all included assets read, decoded, indexed and written as one file with one flush
    Build,
    /// The walk once more, for commands that find what a build left
    WalkAgain,
    /// The walk, and the archive of the last build copied
    WalkAndCopy,
    /// All declarations journalled, written anew beside it, flushed at once and renamed into place
    Migrate,
}

/// What a floor got through, to see that it did its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Done {
    /// Files looked at or read.
    pub(super) files: u64,
    /// Bytes of files: their lengths in a walk, bytes read elsewhere.
    pub(super) bytes: u64,
}

impl Floor {
    /// What the command line and the table call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Floor::Walk => "walk",
            Floor::WalkAndParse => "walk-and-parse",
            Floor::WalkAndRead => "walk-and-read",
            Floor::ReadAndDecode => "read-and-decode",
            Floor::Build => "build",
            Floor::WalkAgain => "walk-again",
            Floor::WalkAndCopy => "walk-and-copy",
            Floor::Migrate => "migrate",
        }
    }

    /// Does the work on a project.
    ///
    /// # Errors
    /// When something cannot be read, parsed, decoded or written: a floor is for projects that build.
    pub(super) fn run(self, project: &Path) -> anyhow::Result<Done> {
        match self {
            Floor::Walk | Floor::WalkAgain => walk(project, |_| Ok(())),
            Floor::WalkAndCopy => {
                let walked = walk(project, |_| Ok(()))?;
                let mut archive = fs::File::open(project.join("build/assets.pa"))?;
                let mut copy = fs::File::create(project.join(OUTPUT))?;
                let bytes = io::copy(&mut archive, &mut copy)?;
                copy.sync_all()?;
                Ok(Done { bytes: walked.bytes + bytes, ..walked })
            }
            Floor::WalkAndParse => walk(project, |declaration| {
                serde_json::from_slice::<serde_json::Value>(&fs::read(declaration)?)?;
                Ok(())
            }),
            Floor::WalkAndRead => walk(project, |declaration| fs::read(declaration).map(|_| ())),
            Floor::ReadAndDecode => decode::read_all(&inputs::registered(project)?),
            Floor::Build => {
                let mut included = inputs::registered(project)?;
                included.retain(|asset| asset.included_in_build);
                decode::build(&included, &project.join(OUTPUT))
            }
            Floor::Migrate => {
                let registered = inputs::registered(project)?;
                replace::all(registered.iter().map(inputs::Asset::declaration), &project.join(STAGING))
            }
        }
    }
}

/// What the build floor writes, inside the project.
const OUTPUT: &str = "floor.out";
/// Where the migration floor writes before it renames, inside the project.
const STAGING: &str = "floor.new";

fn walk(project: &Path, visit: impl Fn(&Path) -> io::Result<()> + Sync) -> anyhow::Result<Done> {
    let (files, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
    walk::files(&project.join("assets"), |entry, length| {
        files.fetch_add(1, Ordering::Relaxed);
        bytes.fetch_add(length, Ordering::Relaxed);
        if entry.file_name() == inputs::DECLARATION { visit(&entry.path()) } else { Ok(()) }
    })?;
    Ok(Done { files: files.into_inner(), bytes: bytes.into_inner() })
}

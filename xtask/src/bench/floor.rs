//! The floors: the least that a command has to do, without any check, digest, finding or report. Each is a process
//! of its own when it is measured.

use super::{decode, inputs, walk};
use clap::ValueEnum;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// One floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Floor {
    /// Metadata of everything below assets/, on two threads
    Walk,
    /// The walk, and every declaration it meets parsed
    WalkAndParse,
    /// All inputs of all registered assets read, pictures decoded as they are stored
    ReadAndDecode,
    /// Inputs of all included assets read, decoded, indexed and written as one file with one flush
    Build,
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
            Floor::ReadAndDecode => "read-and-decode",
            Floor::Build => "build",
        }
    }

    /// Does the work on a project.
    ///
    /// # Errors
    /// When something cannot be read, parsed, decoded or written: a floor is for projects that build.
    pub(super) fn run(self, project: &Path) -> anyhow::Result<Done> {
        match self {
            Floor::Walk => walk(project, false),
            Floor::WalkAndParse => walk(project, true),
            Floor::ReadAndDecode => decode::read_all(&inputs::registered(project)?),
            Floor::Build => {
                let mut included = inputs::registered(project)?;
                included.retain(|asset| asset.included_in_build);
                decode::build(&included, &project.join(OUTPUT))
            }
        }
    }
}

/// What the build floor writes, inside the project.
const OUTPUT: &str = "floor.out";

fn walk(project: &Path, parse: bool) -> anyhow::Result<Done> {
    let (files, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
    walk::files(&project.join("assets"), |entry, length| {
        files.fetch_add(1, Ordering::Relaxed);
        bytes.fetch_add(length, Ordering::Relaxed);
        if parse && entry.file_name() == inputs::DECLARATION {
            serde_json::from_slice::<serde_json::Value>(&fs::read(entry.path())?)?;
        }
        Ok(())
    })?;
    Ok(Done { files: files.into_inner(), bytes: bytes.into_inner() })
}

//! The rounds of one project: which commands run, what each is held against, and in which order.

use super::floor::Floor;
use super::inputs::{self, Asset};
use super::old;
use super::process::{self, Usage};
use super::scratch::Scratch;
use anyhow::Context;
use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

/// A command and its goal. None of them finds a cache.
#[derive(Debug)]
pub(super) struct Subject {
    /// Its words on the command line.
    pub(super) words: &'static [&'static str],
    /// The exit code with which it has done its work.
    pub(super) exit: i32,
    /// What it is held against.
    pub(super) floor: Floor,
    /// How many times longer than the floor it may take; none is set for some.
    pub(super) ratio_max: Option<f64>,
}

/// Each command stands behind the floor it is held against, so that both meet the same machine.
type Round = &'static [(Floor, &'static [Subject])];

const fn subject(words: &'static [&'static str], floor: Floor, ratio_max: Option<f64>) -> Subject {
    Subject { words, exit: 0, floor, ratio_max }
}

/// What is measured on a project as it is.
const ROUND: Round = &[
    (Floor::Walk, &[]),
    (Floor::WalkAndParse, &[subject(&["list"], Floor::WalkAndParse, Some(1.3))]),
    (
        Floor::ReadAndDecode,
        &[
            subject(&["doctor"], Floor::ReadAndDecode, Some(1.3)),
            subject(&["build", "--check"], Floor::ReadAndDecode, None),
        ],
    ),
    (Floor::Build, &[subject(&["build", "--full"], Floor::Build, Some(1.3))]),
];

/// What is measured on an old project; only the last changes it.
const MIGRATION: Round = &[
    (
        Floor::WalkAndRead,
        // Old files are a failure in CI, and these all are.
        &[Subject { exit: 1, ..subject(&["migrate", "--check"], Floor::WalkAndRead, Some(1.2)) }],
    ),
    (Floor::Migrate, &[subject(&["migrate", "--apply"], Floor::Migrate, Some(1.5))]),
];

/// Everything measured on one project. All lists of runs are as long as there were rounds.
pub(super) struct Measured {
    /// The project as it was named.
    pub(super) project: String,
    /// Registered assets.
    pub(super) assets: usize,
    /// Their inputs.
    pub(super) inputs: usize,
    /// Bytes of the inputs.
    pub(super) input_bytes: u64,
    /// All inputs read once on one thread, inside this process.
    pub(super) cat: Vec<Duration>,
    /// The floors, cheapest first.
    pub(super) floors: Vec<(Floor, Vec<Usage>)>,
    /// The commands.
    pub(super) commands: Vec<(&'static Subject, Vec<Usage>)>,
}

/// Measures a copy of the project: one round that does not count and `rounds` that do.
///
/// # Errors
/// When the copy cannot be made, or a floor or command fails on it.
pub(super) fn project(project: &Path, rounds: u32) -> anyhow::Result<Measured> {
    let name = project.to_string_lossy().escape_debug().to_string();
    let scratch = Scratch::of(project)?;
    measure(name, ROUND, &scratch, rounds, &|| scratch.forget_cache())
}

/// Measures the migration of this many declarations, made for it and made anew for each round.
///
/// # Errors
/// When they cannot be written, or a floor or command fails on them.
pub(super) fn migration(assets: u32, rounds: u32) -> anyhow::Result<Measured> {
    let scratch = old::project(assets)?;
    measure("old declarations".to_owned(), MIGRATION, &scratch, rounds, &|| old::make_old(&scratch, assets))
}

/// `prepare` brings the project into the state that floors and commands are to meet.
fn measure(
    name: String,
    round: Round,
    scratch: &Scratch,
    rounds: u32,
    prepare: &dyn Fn() -> anyhow::Result<()>,
) -> anyhow::Result<Measured> {
    let program = std::env::current_exe().context("could not find this program")?;
    let assets = inputs::registered(scratch.folder())?;
    let (inputs, input_bytes) = cat(&assets)?;
    let mut measured = Measured {
        project: name,
        assets: assets.len(),
        inputs,
        input_bytes,
        cat: Vec::new(),
        floors: round.iter().map(|(floor, _)| (*floor, Vec::new())).collect(),
        commands: round.iter().flat_map(|(_, subjects)| *subjects).map(|subject| (subject, Vec::new())).collect(),
    };
    for (floor, subjects) in round {
        prepare()?;
        process::tried(&program, &floor_arguments(*floor, scratch), 0)?;
        for subject in *subjects {
            prepare()?;
            process::tried(&program, &arguments(subject, scratch), subject.exit)?;
        }
    }
    for _ in 0..rounds {
        let started = Instant::now();
        cat(&assets)?;
        measured.cat.push(started.elapsed());
        for (floor, runs) in &mut measured.floors {
            prepare()?;
            runs.push(process::timed(&program, &floor_arguments(*floor, scratch), 0)?);
            for (subject, runs) in measured.commands.iter_mut().filter(|(subject, _)| subject.floor == *floor) {
                prepare()?;
                runs.push(process::timed(&program, &arguments(subject, scratch), subject.exit)?);
            }
        }
    }
    Ok(measured)
}

fn floor_arguments(floor: Floor, scratch: &Scratch) -> Vec<&OsStr> {
    vec!["bench".as_ref(), "floor".as_ref(), floor.name().as_ref(), scratch.folder().as_os_str()]
}

fn arguments<'a>(subject: &Subject, scratch: &'a Scratch) -> Vec<&'a OsStr> {
    let words = subject.words.iter().map(|word| OsStr::new(*word));
    words.chain(["--project".as_ref(), scratch.folder().as_os_str()]).collect()
}

/// Reads all inputs, one after the other, and gives their number and bytes.
fn cat(assets: &[Asset]) -> anyhow::Result<(usize, u64)> {
    let mut buffer = vec![0; 128 * 1024];
    let (mut files, mut bytes) = (0, 0);
    for asset in assets {
        for (_, path) in asset.inputs()? {
            let said = || format!("could not read {}", path.display());
            let mut file = File::open(&path).with_context(said)?;
            files += 1;
            loop {
                match file.read(&mut buffer).with_context(said)? {
                    0 => break,
                    length => bytes += length as u64,
                }
            }
        }
    }
    Ok((files, bytes))
}

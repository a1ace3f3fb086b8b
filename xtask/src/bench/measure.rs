//! The rounds of one project: which commands run, what each is held against, and in which order.

use super::change;
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

/// What a command finds of earlier builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Past {
    /// No cache.
    Forgotten,
    /// A build of exactly this project, and its cache.
    Remembered,
    /// The same, but one input has other bytes since.
    OneChanged,
}

/// A command and its goal.
#[derive(Debug)]
pub(super) struct Subject {
    /// Its words on the command line.
    pub(super) words: &'static [&'static str],
    /// What it finds.
    pub(super) past: Past,
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
    Subject { words, past: Past::Forgotten, exit: 0, floor, ratio_max }
}

const fn later(past: Past, words: &'static [&'static str], floor: Floor, ratio_max: f64) -> Subject {
    Subject { past, ..subject(words, floor, Some(ratio_max)) }
}

/// A file whose times are older tells every later change by them.
const YOUNG: Duration = Duration::from_millis(2_100);

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
    (
        Floor::WalkAgain,
        &[
            later(Past::Remembered, &["list"], Floor::WalkAgain, 1.2),
            later(Past::Remembered, &["doctor"], Floor::WalkAgain, 1.2),
            later(Past::Remembered, &["build"], Floor::WalkAgain, 1.0),
        ],
    ),
    (Floor::WalkAndCopy, &[later(Past::OneChanged, &["build"], Floor::WalkAndCopy, 2.0)]),
];

/// Programs that pack all files of a project, and their arguments: `OUT` is the file that they write.
const PEERS: [(&str, &[&str]); 3] = [
    ("tar", &["--create", "--file", "OUT", "assets"]),
    ("zip", &["-0", "-q", "-r", "OUT.zip", "assets"]),
    ("7z", &["a", "-mx0", "-bd", "-y", "OUT.7z", "assets"]),
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
    /// Other programs that pack all files, as far as they are installed.
    pub(super) peers: Vec<(&'static str, Vec<Usage>)>,
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
    let inputs = inputs::registered(scratch.folder())?;
    // Files have to be older than this for their times to tell every later change.
    std::thread::sleep(YOUNG);
    let build = || process::tried(&std::env::current_exe()?, &build_arguments(&scratch), 0);
    let change = change::one_of(&inputs)?;
    let prepare = |past: Past| match past {
        Past::Forgotten => scratch.forget_cache(),
        Past::Remembered => {
            if scratch.has_cache() {
                Ok(())
            } else {
                build()
            }
        }
        Past::OneChanged => change.make(),
    };
    measure(name, ROUND, &scratch, rounds, &PEERS, &prepare)
}

/// Measures the migration of this many declarations, made for it and made anew for each round.
///
/// # Errors
/// When they cannot be written, or a floor or command fails on them.
pub(super) fn migration(assets: u32, rounds: u32) -> anyhow::Result<Measured> {
    let scratch = old::project(assets)?;
    measure("old declarations".to_owned(), MIGRATION, &scratch, rounds, &[], &|_| old::make_old(&scratch, assets))
}

/// `prepare` brings the project into the state that floors and commands are to meet.
fn measure(
    name: String,
    round: Round,
    scratch: &Scratch,
    rounds: u32,
    peers: &[(&'static str, &[&str])],
    prepare: &dyn Fn(Past) -> anyhow::Result<()>,
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
        peers: Vec::new(),
        floors: round.iter().map(|(floor, _)| (*floor, Vec::new())).collect(),
        commands: round.iter().flat_map(|(_, subjects)| *subjects).map(|subject| (subject, Vec::new())).collect(),
    };
    for (floor, subjects) in round {
        prepare(past_of(*floor))?;
        process::tried(&program, &floor_arguments(*floor, scratch), 0)?;
        for subject in *subjects {
            prepare(subject.past)?;
            process::tried(&program, &arguments(subject, scratch), subject.exit)?;
        }
    }
    for _ in 0..rounds {
        let started = Instant::now();
        cat(&assets)?;
        measured.cat.push(started.elapsed());
        for (name, arguments) in peers {
            let Some(usage) = peer(name, arguments, scratch)? else { continue };
            match measured.peers.iter_mut().find(|(known, _)| known == name) {
                Some((_, runs)) => runs.push(usage),
                None => measured.peers.push((name, vec![usage])),
            }
        }
        for (floor, runs) in &mut measured.floors {
            prepare(past_of(*floor))?;
            runs.push(process::timed(&program, &floor_arguments(*floor, scratch), 0)?);
            for (subject, runs) in measured.commands.iter_mut().filter(|(subject, _)| subject.floor == *floor) {
                prepare(subject.past)?;
                runs.push(process::timed(&program, &arguments(subject, scratch), subject.exit)?);
            }
        }
    }
    Ok(measured)
}

/// Floors that need what a build leaves.
fn past_of(floor: Floor) -> Past {
    if matches!(floor, Floor::WalkAgain | Floor::WalkAndCopy) { Past::Remembered } else { Past::Forgotten }
}

/// One run of another program; `None` where it is not installed.
fn peer(name: &str, arguments: &[&str], scratch: &Scratch) -> anyhow::Result<Option<Usage>> {
    let out = scratch.folder().join("peer.out");
    let (out, folder) = (out.to_string_lossy(), scratch.folder());
    let arguments: Vec<String> = arguments.iter().map(|word| word.replace("OUT", &out)).collect();
    let usage = process::of_peer(name, &arguments, folder);
    for file in [out.to_string(), format!("{out}.zip"), format!("{out}.7z")] {
        let _ = std::fs::remove_file(file);
    }
    usage
}

fn build_arguments(scratch: &Scratch) -> [&OsStr; 3] {
    ["build".as_ref(), "--project".as_ref(), scratch.folder().as_os_str()]
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

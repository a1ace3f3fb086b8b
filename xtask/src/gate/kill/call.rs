//! When a command is killed: at each of its calls to the file system, which strace counts and can strike; where there is
//! no strace, at moments on the clock.

use super::command;
use super::project::Change;
use anyhow::{Context, bail};
use camino::Utf8Path;
use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Calls that change files or names, or wait until they are on the medium.
const CHANGES: &str = "write,writev,pwrite64,ftruncate,rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir,mkdir,\
                       mkdirat,fsync,fdatasync,syncfs,sync_file_range,flock";
/// Calls that look, or make a file.
const LOOKS: &str = "open,openat,openat2";
/// How many moments on the clock are tried.
const CLOCKED: u32 = 40;

/// When a command is killed.
#[derive(Clone, Debug)]
pub(super) enum Moment {
    /// At the `n`-th call of this name in one thread, counted from 1, before it is carried out.
    Call { name: String, n: usize },
    /// After so long.
    Clock(Duration),
}

impl Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Moment::Call { name, n } => write!(f, "at {name} number {n}"),
            Moment::Clock(time) => write!(f, "after {time:?}"),
        }
    }
}

/// Whether strace can be used here; otherwise why not, and how to get it.
pub(super) fn is_possible() -> Result<(), String> {
    let quiet = |command: &mut Command| {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    if !quiet(Command::new("strace").arg("--version")) {
        return Err("strace is missing; get it by `apt-get install strace` or the like, on Linux".to_owned());
    }
    match quiet(Command::new("strace").args(["-f", "-o", "/dev/null", "true"])) {
        true => Ok(()),
        false => {
            Err("strace may not trace here; allow ptrace (`sysctl kernel.yama.ptrace_scope`, or --cap-add SYS_PTRACE)"
                .into())
        }
    }
}

/// Every moment at which this command can be killed.
pub(super) fn moments(program: &Utf8Path, change: &Change, place: &Utf8Path) -> anyhow::Result<Vec<Moment>> {
    let folder = place.join("counted");
    change.start.write(&folder)?;
    let moments =
        if is_possible().is_ok() { calls(program, change, &folder, place) } else { clock(program, change, &folder) };
    std::fs::remove_dir_all(&folder).with_context(|| format!("could not remove {folder}"))?;
    moments
}

/// The calls that strace sees, of each name as many as the thread has that has the most.
fn calls(program: &Utf8Path, change: &Change, folder: &Utf8Path, place: &Utf8Path) -> anyhow::Result<Vec<Moment>> {
    let log = place.join("strace.log");
    let wanted = format!("trace={CHANGES},{LOOKS}");
    let status = traced(&["-f", "-qq", "-o", log.as_str(), "-e", &wanted], program, change, folder)?;
    if !status {
        bail!("{} does not work under strace", change.name);
    }
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for line in std::fs::read_to_string(&log)?.lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let Some((name, _)) = call.trim_start().split_once('(') else { continue };
        if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            *counts.entry((name.to_owned(), thread.to_owned())).or_default() += 1;
        }
    }
    let mut most: BTreeMap<String, usize> = BTreeMap::new();
    for ((name, _), count) in counts {
        let most = most.entry(name).or_default();
        *most = count.max(*most);
    }
    Ok(most
        .into_iter()
        .flat_map(|(name, most)| (1..=most).map(move |n| Moment::Call { name: name.clone(), n }))
        .collect())
}

/// Moments from the start of the command to its end, evenly.
fn clock(program: &Utf8Path, change: &Change, folder: &Utf8Path) -> anyhow::Result<Vec<Moment>> {
    let started = Instant::now();
    plain(program, change, folder).status()?;
    let whole = started.elapsed();
    Ok((0..CLOCKED).map(|at| Moment::Clock(whole * at / CLOCKED)).collect())
}

impl Moment {
    /// Whether the call may change something.
    pub(super) fn changes(&self) -> bool {
        match self {
            Moment::Call { name, .. } => CHANGES.split(',').any(|change| change == name),
            Moment::Clock(_) => true,
        }
    }

    /// Runs the command and kills it.
    pub(super) fn kill(&self, program: &Utf8Path, change: &Change, folder: &Utf8Path) -> anyhow::Result<()> {
        match self {
            Moment::Call { name, n } => {
                let (trace, inject) = (format!("trace={name}"), format!("inject={name}:signal=SIGKILL:when={n}"));
                traced(&["-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject], program, change, folder)?;
            }
            Moment::Clock(time) => {
                let mut child = plain(program, change, folder).spawn()?;
                sleep(*time);
                // It may have ended by itself; that is a legal end too.
                let _ = child.kill();
                child.wait()?;
            }
        }
        Ok(())
    }
}

fn plain(program: &Utf8Path, change: &Change, folder: &Utf8Path) -> Command {
    let arguments: Vec<&str> = change.arguments.iter().map(String::as_str).collect();
    let mut command = command(program, &arguments, folder);
    command.stderr(Stdio::null());
    command
}

fn traced(options: &[&str], program: &Utf8Path, change: &Change, folder: &Utf8Path) -> anyhow::Result<bool> {
    let plain = plain(program, change, folder);
    let mut command = Command::new("strace");
    command.args(options).arg("--").arg(plain.get_program()).args(plain.get_args());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(command.status().context("could not start strace")?.success())
}

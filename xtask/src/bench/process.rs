//! Runs a program to its end and tells what that took.

use anyhow::{Context, bail};
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wait4::Wait4 as _;

/// What one run took.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Usage {
    /// From before the start to after the end.
    pub(super) wall: Duration,
    /// Processor time of all threads, in the program and in the system for it.
    pub(super) cpu: Duration,
    /// The most memory that was resident at once, in bytes, as the system counts it itself. Never below what this
    /// process needs, which the child is for a moment.
    pub(super) peak_bytes: u64,
}

/// Runs the program, silently and without input.
///
/// # Errors
/// When it does not start or ends with another code than `exit`.
pub(super) fn timed(program: &Path, arguments: &[&OsStr], exit: i32) -> anyhow::Result<Usage> {
    let started = Instant::now();
    let mut child = silent(program, arguments).spawn().context("could not start this program again")?;
    let used = child.wait4().context("could not wait for this program")?;
    let wall = started.elapsed();
    if used.status.code() != Some(exit) {
        bail!("{} ended with {}", shown(arguments), used.status);
    }
    let cpu = used.rusage.utime + used.rusage.stime;
    Ok(Usage { wall, cpu, peak_bytes: used.rusage.maxrss })
}

/// Runs the program without measuring, which makes a failure tell its reason.
///
/// # Errors
/// When it does not start or ends with another code than `exit`, with the last line that it said.
pub(super) fn tried(program: &Path, arguments: &[&OsStr], exit: i32) -> anyhow::Result<()> {
    let mut command = silent(program, arguments);
    let ended = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output();
    let ended = ended.context("could not start this program again")?;
    if ended.status.code() != Some(exit) {
        let said = [ended.stderr, ended.stdout].concat();
        let said = String::from_utf8_lossy(&said);
        let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("nothing was said");
        bail!("{} ended with {}: {}", shown(arguments), ended.status, last.trim().escape_debug());
    }
    Ok(())
}

/// Runs another program in `folder`; `None` where it is not installed.
///
/// # Errors
/// When it fails.
pub(super) fn of_peer(program: &str, arguments: &[String], folder: &Path) -> anyhow::Result<Option<Usage>> {
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    let started = Instant::now();
    let mut child = match silent(Path::new(program), &arguments).current_dir(folder).spawn() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        child => child.with_context(|| format!("could not start {program}"))?,
    };
    let used = child.wait4().with_context(|| format!("could not wait for {program}"))?;
    let wall = started.elapsed();
    if !used.status.success() {
        bail!("{program} ended with {}", used.status);
    }
    Ok(Some(Usage { wall, cpu: used.rusage.utime + used.rusage.stime, peak_bytes: used.rusage.maxrss }))
}

fn silent(program: &Path, arguments: &[&OsStr]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn shown(arguments: &[&OsStr]) -> String {
    let words: Vec<_> = arguments.iter().map(|word| word.to_string_lossy()).collect();
    format!("`{}`", words.join(" ").escape_debug())
}

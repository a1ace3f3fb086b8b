//! The kit's index, a run of this program as it says, and the judgement on its answer.

use anyhow::{Context, ensure};
use camino::Utf8Path;
use serde::Deserialize;
use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use wait4::Wait4 as _;

/// The longest that a run may keep processors busy, and when one that only waits is ended by force. Time on the clock would
/// say more of what else the machine does.
const BUSY_MAX: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(60);
/// The most memory that may be resident at once, in bytes.
const PEAK_BYTES_MAX: u64 = 512 << 20;

#[derive(Deserialize)]
struct Index {
    kit_version: u32,
    cases: Vec<Case>,
}

/// One project of the kit.
#[derive(Deserialize)]
pub(super) struct Case {
    /// Its folder in the kit.
    pub(super) name: String,
    needs: String,
    missing: Option<String>,
    pub(super) runs: Vec<Run>,
}

/// A command, and what is to come of it.
#[derive(Deserialize)]
pub(super) struct Run {
    pub(super) arguments: Vec<String>,
    pub(super) exit: i32,
    pub(super) code: Option<String>,
}

/// What came of it.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) ended: Ended,
    /// Each finding: its code, and whether it blocks. Absent when standard output was no report.
    pub(super) findings: Option<Vec<(String, bool)>>,
}

/// How a program ended.
#[derive(Default)]
pub(super) struct Ended {
    /// Its standard output; of a command it is gone once its findings were read.
    pub(super) said: Vec<u8>,
    /// Absent when it was ended by a signal.
    pub(super) exit: Option<i32>,
    /// Processor time of all threads, in the program and in the system for it.
    pub(super) busy: Duration,
    /// The most memory that was resident at once.
    pub(super) peak_bytes: u64,
}

impl Ended {
    /// What it took too much of.
    pub(super) fn excess(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.busy > BUSY_MAX {
            wrong.push(format!("took {:.1} s", self.busy.as_secs_f64()));
        }
        if self.peak_bytes > PEAK_BYTES_MAX {
            wrong.push(format!("needed {} MiB", self.peak_bytes >> 20));
        }
        wrong
    }
}

pub(super) fn read(path: &Utf8Path) -> anyhow::Result<Vec<Case>> {
    let text = std::fs::read(path).with_context(|| format!("could not read {path}"))?;
    let index: Index = serde_json::from_slice(&text).with_context(|| format!("could not understand {path}"))?;
    ensure!(index.kit_version == 1, "{path} has version {}, not 1", index.kit_version);
    Ok(index.cases)
}

/// The cases that this system can hold, and why others are left out, a line each reason.
pub(super) fn possible(cases: Vec<Case>, place: &Utf8Path) -> anyhow::Result<(Vec<Case>, Vec<String>)> {
    let has_permissions = has_permissions(place)?;
    let probe = place.join("probe");
    std::fs::write(&probe, "")?;
    let has_case = !place.join("PROBE").exists();
    std::fs::remove_file(&probe)?;
    let why_not = |case: &Case| match case.needs.as_str() {
        _ if case.missing.is_some() => Some("this system cannot hold them"),
        "permissions" if !has_permissions => Some("permissions do not bind this user; run as another to try them"),
        "case" if !has_case => Some("this file system does not tell upper from lower case"),
        "unix" if !cfg!(unix) => Some("this system cannot hold them"),
        _ => None,
    };
    let (mut kept, mut left_out) = (Vec::new(), std::collections::BTreeMap::<&str, usize>::new());
    for case in cases {
        match why_not(&case) {
            Some(why) => *left_out.entry(why).or_default() += 1,
            None => kept.push(case),
        }
    }
    Ok((kept, left_out.into_iter().map(|(why, count)| format!("{count} cases left out: {why}")).collect()))
}

/// Whether a file without permissions cannot be read; an administrator can.
#[cfg(unix)]
fn has_permissions(place: &Utf8Path) -> anyhow::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    let path = place.join("closed");
    std::fs::write(&path, "")?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000))?;
    let is_closed = std::fs::read(&path).is_err();
    std::fs::remove_file(&path)?;
    Ok(is_closed)
}

#[cfg(not(unix))]
fn has_permissions(_place: &Utf8Path) -> anyhow::Result<bool> {
    Ok(false)
}

/// Runs the program in the folder of a case. `command` is the program, with what stands before it where another one runs it.
pub(super) fn ask(command: &[&str], run: &Run, folder: &Utf8Path) -> anyhow::Result<Answer> {
    let (program, before) = command.split_first().context("a program is named")?;
    let mut command = Command::new(program);
    command.args(before).args(&run.arguments).args(["--format", "json", "--wait", "0"]);
    let mut ended = end(command.current_dir(folder).stdin(Stdio::null()), whole)?;
    let report: Option<Report> = serde_json::from_slice(&std::mem::take(&mut ended.said)).ok();
    Ok(Answer { findings: report.and_then(Report::findings), ended })
}

/// What a program says without being asked.
pub(super) fn whole(child: &mut Child) -> std::io::Result<Vec<u8>> {
    let mut said = Vec::new();
    child.stdout.take().map(|mut output| output.read_to_end(&mut said)).transpose()?;
    Ok(said)
}

/// Starts a program, lets `talk` have its pipes and give what it said, and waits for its end.
pub(super) fn end(
    command: &mut Command,
    talk: impl FnOnce(&mut Child) -> std::io::Result<Vec<u8>>,
) -> anyhow::Result<Ended> {
    let start = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = start.with_context(|| format!("could not start {}", command.get_program().display()))?;
    let (done, waiting) = mpsc::channel::<()>();
    let id = child.id().to_string();
    let watcher = std::thread::spawn(move || {
        if waiting.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = Command::new("kill").args(["-9", &id]).status();
        }
    });
    let said = talk(&mut child)?;
    let used = child.wait4().context("could not wait for this program")?;
    drop(done);
    let _ = watcher.join();
    let busy = used.rusage.utime + used.rusage.stime;
    Ok(Ended { said, exit: used.status.code(), busy, peak_bytes: used.rusage.maxrss })
}

/// What counts of a report; the rest of it, which may be large, is passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Report {
    pub(super) status: String,
    diagnostics: Option<Vec<Finding>>,
}

#[derive(Debug, Deserialize)]
struct Finding {
    code: String,
    blocking: bool,
}

impl Report {
    /// The findings, each with its code and whether it blocks; none where this is no report.
    pub(super) fn findings(self) -> Option<Vec<(String, bool)>> {
        Some(self.diagnostics?.into_iter().map(|finding| (finding.code, finding.blocking)).collect())
    }
}

/// What is wrong with an answer.
pub(super) fn judge(run: &Run, answer: &Answer) -> Vec<String> {
    let mut wrong = Vec::new();
    let ended = answer.ended.exit.map_or("a signal".to_owned(), |exit| exit.to_string());
    if answer.ended.exit != Some(run.exit) {
        wrong.push(format!("ended with {ended}, not {}", run.exit));
    }
    match (&answer.findings, &run.code) {
        (None, _) => wrong.push("standard output is no report".to_owned()),
        (Some(found), Some(code)) if !found.iter().any(|(other, _)| other == code) => {
            let mut codes: Vec<&str> = found.iter().map(|(code, _)| code.as_str()).collect();
            codes.dedup();
            wrong.push(format!("no {code} among {codes:?}"));
        }
        (Some(found), None) => {
            let blocking = found.iter().filter(|(_, blocks)| *blocks).map(|(code, _)| format!("{code} blocks"));
            wrong.extend(blocking.take(1));
        }
        _ => {}
    }
    wrong.extend(answer.ended.excess());
    wrong
}

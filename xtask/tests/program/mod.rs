//! Runs the program as a user would and waits for it, but not for ever.

use anyhow::{Context, Result, bail};
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Long enough for a large project on a slow machine; a program that waits on a FIFO takes longer.
const PATIENCE: Duration = Duration::from_secs(600);

/// What a run leaves behind.
pub(crate) struct Run {
    /// The exit code.
    pub(crate) exit: i32,
    /// The one document on standard output.
    pub(crate) report: serde_json::Value,
}

/// Runs a command on a project, with its report as JSON.
pub(crate) fn run(arguments: &[&str], project: &Path) -> Result<Run> {
    let output = tempfile::tempdir()?;
    let (answer, talk) = (output.path().join("stdout"), output.path().join("stderr"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .args(["--format", "json", "--project"])
        .arg(project)
        .current_dir(output.path())
        .stdin(Stdio::null())
        .stdout(File::create(&answer)?)
        .stderr(File::create(&talk)?)
        .spawn()?;
    let start = Instant::now();
    let status = loop {
        match child.try_wait()? {
            Some(status) => break status,
            None if start.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(2)),
            None => {
                child.kill()?;
                child.wait()?;
                bail!("{arguments:?} did not end");
            }
        }
    };
    let talk = String::from_utf8_lossy(&std::fs::read(talk)?).into_owned();
    let report = serde_json::from_slice(&std::fs::read(answer)?)
        .with_context(|| format!("standard output is not one JSON document ({status}); standard error: {talk}"))?;
    Ok(Run { exit: status.code().context("ended by a signal")?, report })
}
